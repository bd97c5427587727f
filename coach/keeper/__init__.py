"""The owner of the belt: a process of its own that outlives the screen (safety.md 9)."""

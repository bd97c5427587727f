"""The cockpit: screens that draw snapshots and send key presses, and keep no state of a session."""

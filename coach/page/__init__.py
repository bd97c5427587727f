"""The page behind the treadmill: a process that shows a session to browsers, and passes up one word: stop."""

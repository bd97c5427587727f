"""Workouts of other programs to outlines and back; what a format cannot hold is told, never guessed."""

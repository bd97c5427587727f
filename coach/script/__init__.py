"""The workout language: YAML or a shorthand in, a Workout and its problems out; yaml is imported nowhere else."""

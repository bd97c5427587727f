"""Setting up a runner, a strap and a treadmill: the steps as rules; who asks and who answers is in cli/setup.py."""

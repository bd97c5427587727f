"""What is fed from a session: event, session and outcome go in, nothing comes back."""

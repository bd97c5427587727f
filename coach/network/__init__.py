"""The session as the network knows it: topics, payloads, what Home Assistant is told, and which commands count."""

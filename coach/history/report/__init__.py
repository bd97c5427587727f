"""A session or weeks of them as a page for a browser, and a session as a card: what is on them, and how it looks."""

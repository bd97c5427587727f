"""How a session looks, in words and values, wherever it is drawn: on a screen or on a page."""

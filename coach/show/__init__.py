"""A workout shown before it is run: as a table, a signed profile, flat YAML, or a page to print."""

"""The link to a machine: bytes only, over the air or from a machine that is not there."""

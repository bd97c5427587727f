"""Sessions as files for other programs: FIT, TCX, CSV and JSON, each made of a track and a summary."""

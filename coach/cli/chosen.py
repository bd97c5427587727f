"""What was chosen on the screens, as far as commands heed it."""

from __future__ import annotations

import json

from coach import places
from coach.core.runner import SpokenUnit


def units() -> SpokenUnit:
    """The unit of speeds, and so of distances."""
    try:
        return SpokenUnit(json.loads(places.choices().read_bytes())["units"])
    except (OSError, ValueError, LookupError, TypeError):
        return SpokenUnit.KMH

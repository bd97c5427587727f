"""What a simulated belt truly did, as a file: the witness for tests, whatever anybody reported."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from time import monotonic


class Truth:
    """What the belt truly did, by the clock that all processes share: a line for everything that happened."""

    def __init__(self, path: str) -> None:
        self._number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if path else None

    @property
    def kept(self) -> bool:
        """There is a file; without one nothing is written."""
        return self._number is not None

    def note(self, by: str, at_s: float, speed_kmh: float, what: Mapping[str, object]) -> None:
        """Write a line; it is out before the call returns."""
        if self._number is not None:
            line = {"mono": monotonic(), "by": by, "at_s": at_s, "kmh": speed_kmh, **what}
            os.write(self._number, json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def close(self) -> None:
        """Write nothing any more."""
        if self._number is not None:
            os.close(self._number)
            self._number = None

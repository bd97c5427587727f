"""How coach knows that a peer on the air really is its own simulator: a service that nobody else has.

A name that begins `SIM-` is only a hint, which anybody may give to a treadmill; this service is the proof. Needs no
library of any radio.
"""

from __future__ import annotations

from typing import Final

SIMULATED_SERVICE: Final = "d57bf99d-34fc-441d-aaa9-4da72931297b"  # random, and coach's own
PACE: Final = "d57bf99e-34fc-441d-aaa9-4da72931297b"  # characteristic of it: u16, percent of true speed
MIN_PACE: Final = 1.0  # a simulated second is a true one
MAX_PACE: Final = 50.0  # above it the reports are too many for a radio


def encode_pace(pace: float) -> bytes:
    """How many simulated seconds a true one has, in percent.

    Raises:
        ValueError: the pace is not within MIN_PACE to MAX_PACE.
    """
    if not MIN_PACE <= pace <= MAX_PACE:
        raise ValueError(f"pace {pace:g} is not within {MIN_PACE:g} to {MAX_PACE:g}")
    return round(pace * 100).to_bytes(2, "little")

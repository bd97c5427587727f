"""What can go wrong, by whose fault it is.

CoachError
├── ScriptError    the author's: a workout that cannot be read
├── MachineError   the author's: a machine file that cannot be read
├── DecodeError    the machine's: bytes that are not what the specification says (also a ValueError)
└── LinkError      the radio's: says what the runner can do (also an OSError)

Our own fault is an assert or a crash. A refusal or a trip is no exception: it is state, and the runner sees it.
"""

from __future__ import annotations


class CoachError(Exception):
    """Root of everything that coach raises on purpose."""


class ScriptError(CoachError):
    """A workout that cannot be read; the message is one sentence for its author."""


class MachineError(CoachError):
    """A machine file that cannot be read; the message carries file and line."""


class DecodeError(CoachError, ValueError):
    """Bytes too short or too odd to mean anything; the message carries them in hex."""


class LinkError(CoachError, OSError):
    """The link to a machine failed; the message says what the runner can do."""

"""What a machine wants of the radio before it listens, beside what the core must know of its belt (core/machine.py)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unlock:
    """A vendor write without which a machine stays deaf; only where its bytes are known for certain.

    It is left out where the machine does not have the characteristic: other firmware of the model needs none.
    """

    uuid: str  # of the characteristic, 128 bit
    value: bytes
    response: bool = True  # False: written without response; KingSmith Z1 drops the other kind (ftms.md 4.20)
    answers_on: str = ""  # characteristic to subscribe to before the write, 128 bit; empty: there is no answer


@dataclass(frozen=True, slots=True)
class Habits:
    """How to connect to one model; the defaults suit a machine that nobody has tested."""

    cccd_gap_s: float = 0.1  # between subscriptions; some lose them back to back (ftms.md 4.21)
    unlock: tuple[Unlock, ...] = ()  # written once a connection, before control is asked for
    pair: bool = False  # pair while connecting; else only where the machine asks for it

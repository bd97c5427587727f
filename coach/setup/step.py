"""The steps of a set-up in their order, and how long each takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from coach.setup.trial import MINUTES


class Step(StrEnum):
    """One part of a set-up; the word is what `coach setup STEP` takes."""

    SCREENING = "screening"
    STRAP = "strap"
    KEYBOARD = "keyboard"
    SOUND = "sound"
    TREADMILL = "treadmill"
    PROOF = "proof"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class About:
    """What stands beside a step; `of_machine`: it belongs to a treadmill, not to a runner."""

    title: str
    minutes: float
    of_machine: bool = False


STEPS: Final = MappingProxyType(
    {
        Step.SCREENING: About("Health questions, risks and balance", 3),
        Step.STRAP: About("Heart strap", 1),
        Step.KEYBOARD: About("Presenter or keyboard", 1),
        Step.SOUND: About("Alarm and voice", 1),
        Step.TREADMILL: About("Which treadmill is yours", 1, of_machine=True),
        Step.PROOF: About("Proof that it is the one under you", 1, of_machine=True),
        Step.TEST: About("Machine test on an empty belt, safety key in your hand", MINUTES, of_machine=True),
    }
)
BEFORE: Final = MappingProxyType({Step.PROOF: Step.TREADMILL, Step.TEST: Step.PROOF})
"""What must be done first."""


def total(steps: Iterable[Step] = tuple(Step)) -> float:
    """Minutes for all of these."""
    return sum(STEPS[step].minutes for step in steps)


def minutes(number: float) -> str:
    """A length as it is said."""
    return f"about {max(round(number), 1)} min"

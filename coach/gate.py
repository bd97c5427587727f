"""The gate before a session: what is asked before a belt may carry somebody backward (safety.md 10).

Nothing that is missing ever blocks the forward part, and a simulated treadmill has no gate. The one refusal is age.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from coach.core.gates import prompt_only
from coach.core.plan import Plan
from coach.core.workout import Level

YOUNGEST: Final = 13  # years (safety.md 10; ASTM, backward-running.md 3.5)
PAIN_MOST: Final = 5  # of 10: with more there is no backward running today (backward-running.md 3.5; 7, W4)
PRESS: Final = "Face the rear on the rails. Press."  # what the voice asks for
PRESSES: Final = 2  # from the rails, facing the rear (safety.md 4)


class Blocks(StrEnum):
    """What a check that is not done keeps from starting."""

    NOTHING = "nothing"
    BACKWARD = "backward"
    SESSION = "session"  # age only


class Screening(StrEnum):
    """How a runner answered the health questions (backward-running.md 3.5)."""

    UNASKED = "unasked"
    CLEAR = "clear"  # seven times no, or cleared by a doctor
    FLAGGED = "flagged"  # one yes keeps backward off until it is cleared


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of this runner, this machine, this day and this session."""

    simulated: bool
    age: int | None = None
    screening: Screening = Screening.UNASKED
    consented: bool = False
    proved: bool = False  # this user has proved that this machine is the one under him (safety.md 5)
    tested: bool = False  # the machine test on an empty belt (backward-running.md 4.9)
    asked_today: bool = False  # the screen of each day was answered
    alarm_heard: bool = False  # in this session, facing away
    presses: int = 0  # in this session, from the rails facing the rear
    company: bool = False  # a person in earshot
    strap_live: bool = False  # the strap tells a heart rate now
    pain: int | None = None  # 0 to 10, as it was told for this session
    hears: bool = True  # else the page behind the treadmill is to him what sound is to others
    shared: bool = False  # there is such a page
    watched: bool = False  # and a screen shows it now


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the gate asks for."""

    name: str
    done: bool
    words: str  # what to do
    mend_s: float | None  # how long it takes; None: it cannot be mended here and now
    blocks: Blocks = Blocks.BACKWARD
    by_word: bool = False  # the runner's word does it; all else is asked or measured elsewhere


def gate(plan: Plan, facts: Facts) -> tuple[Check, ...]:
    """All checks of this session in their order, done or not; none on a simulated treadmill."""
    if facts.simulated:
        return ()
    young = facts.age is not None and facts.age < YOUNGEST
    found = [_age()] if young else []
    if plan.backward:
        found += _once(facts)
        if asks_pain(plan.workout.ask):
            found.append(_pain(facts.pain))
        found += _each_time(facts)
        if plan.level is Level.REHAB:
            found += _rehab(facts)
    else:
        words = HAND_LINE if prompt_only(plan.profile) else FORWARD_LINE
        found.append(Check("clip", done=True, words=words, mend_s=0.0, blocks=Blocks.NOTHING))
    return tuple(found)


def asks_pain(asks: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
    """A workout that asks so wants to know of pain before it begins."""
    return PAIN in dict(asks).get("before", ())


def too_much(pain: int | None) -> bool:
    """So much pain that nothing is run backward today."""
    return pain is not None and pain > PAIN_MOST


ALARM: Final = "alarm"  # the names of checks that coach helps with; here it plays or shows the alarm
PAIN: Final = "pain"  # the name of its check, and the word of `ask:`
FORWARD_LINE: Final = "Clip on. The belt will start and change speed by itself."
HAND_LINE: Final = "Clip on. You set the speed on the treadmill."


def missing(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Those that keep something from starting."""
    return tuple(check for check in checks if not check.done and check.blocks is not Blocks.NOTHING)


def mend_s(checks: Iterable[Check]) -> float | None:
    """How long all that is missing takes to mend; None where some of it cannot be mended today."""
    lengths = [check.mend_s for check in missing(checks)]
    known = [length for length in lengths if length is not None]
    return sum(known) if len(known) == len(lengths) else None


def _age() -> Check:
    words = f"coach is for people from {YOUNGEST} years."
    return Check("age", done=False, words=words, mend_s=None, blocks=Blocks.SESSION)


def _once(facts: Facts) -> Iterator[Check]:
    """Once for each runner, then once for each machine."""
    if facts.screening is Screening.FLAGGED:
        words = "You answered a health question with yes: backward stays off until a doctor has cleared it."
        yield Check("screening", done=False, words=words, mend_s=None)
    else:
        words = "Answer the questions about your health, once: coach setup screening."
        yield Check("screening", facts.screening is Screening.CLEAR, words, 60.0)
    words = "Read what no software can protect you from, and say that you know it: coach setup screening."
    yield Check("consent", facts.consented, words, 60.0)
    words = "Press a key of the console from the rails, which proves which treadmill it is: coach setup proof."
    yield Check("proof", facts.proved, words, 20.0)
    words = "Let coach try the machine once, nobody on the belt, the safety key in your hand: coach setup test."
    yield Check("test", facts.tested, words, 240.0)


def _pain(pain: int | None) -> Check:
    """More than PAIN_MOST cannot be mended today."""
    if too_much(pain):
        words = f"Pain {pain} of 10 is more than {PAIN_MOST}: no backward running today."
        return Check(PAIN, done=False, words=words, mend_s=None)
    return Check(PAIN, pain is not None, "Tell how much pain there is now, 0 to 10.", 5.0)


def _each_time(facts: Facts) -> Iterator[Check]:
    """Each day one screen, each session the alarm and two presses."""
    words = "Clear 2 m behind the belt, shoes on, clip pulled once, rails in reach, no pain or dizziness today."
    yield Check("today", facts.asked_today, words, 20.0, by_word=True)
    yield _alarm(facts)
    left = max(PRESSES - facts.presses, 0)
    count = f": {left} more" if 0 < left < PRESSES else ", twice"
    asks = "voice" if facts.hears else "page"
    words = f"Press when the {asks} asks, facing the rear on the rails{count}."
    yield Check("presses", left == 0, words, 10.0)


def _alarm(facts: Facts) -> Check:
    """Who does not hear it sees it, on a screen that he looks at while he faces the rear."""
    if facts.hears:
        return Check(ALARM, facts.alarm_heard, "Face the rear on the rails: you hear the alarm.", 10.0, by_word=True)
    if not facts.shared:
        words = "You do not hear alarms, so backward needs the page behind the treadmill: start coach with --share."
        return Check(ALARM, done=False, words=words, mend_s=None)
    if not facts.watched and not facts.alarm_heard:
        words = "Open the page on a screen behind the treadmill, so that you see an alarm while you face the rear."
        return Check(ALARM, done=False, words=words, mend_s=30.0)
    words = "Face the rear on the rails: you see the alarm on the page behind the treadmill."
    return Check(ALARM, facts.alarm_heard, words, 10.0, by_word=True)


def _rehab(facts: Facts) -> Iterator[Check]:
    yield Check("company", facts.company, "Somebody is within earshot and stays there.", 30.0, by_word=True)
    yield Check("strap", facts.strap_live, "Wear the heart strap, and wait until it shows your heart rate.", 30.0)

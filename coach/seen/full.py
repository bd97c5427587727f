"""The states that take the whole screen: a big word, what to do, why, and what is shown in big digits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from re import split
from typing import Final

from coach.core.progress import Ask
from coach.core.turn import PAUSE_S, READY_S
from coach.core.wish import Phase
from coach.keeper.crew import Life
from coach.seen.moment import Moment
from coach.seen.prompt import SIGN, open_prompt
from coach.seen.rows import told
from coach.seen.states import ALARMS, LEAD_ON, STATES, Situation
from coach.seen.units import Units, countdown, speed
from coach.told import reason_words

FLASH_HZ: Final = 1.0  # at most 2 (backward-running.md 5)


@dataclass(frozen=True, slots=True)
class Number:
    """Something in big digits, with what it is."""

    digits: str
    label: str
    role: str


@dataclass(frozen=True, slots=True)
class Full:
    """A state that takes the screen."""

    word: str
    role: str
    do: tuple[str, ...]
    more: tuple[str, ...]
    numbers: tuple[Number, ...]
    border: str = ""  # the sign of an alarm's border; it changes once a second


def full_without(now: Situation, *more: str) -> Full:
    """A state before anything was heard of the session."""
    state = STATES[now]
    return Full(state.word, "alarm" if state.role == "on-alarm" else "strong", state.do, more, ())


def full_of(moment: Moment) -> Full | None:
    """The state that takes the screen, or nothing where the cockpit stays."""
    now = moment.situation
    state = STATES[now]
    if not state.full:
        return None
    role = {"on-alarm": "alarm", "on-turn": "turn"}.get(state.role, "strong")
    border = ""
    if now in ALARMS:
        border = "█" if int(moment.snapshot.at_s * FLASH_HZ) % 2 or moment.life is Life.LOST else "▒"
    return Full(state.word, role, _do(moment), tuple(_more(moment)), tuple(_big(moment)), border)


def _do(moment: Moment) -> tuple[str, ...]:
    """What to do: the state's own words, then the question; what is asked at the console comes first."""
    snapshot, now = moment.snapshot, moment.situation
    if now is Situation.KEEPER_LOST:
        return (*STATES[now].do, guard_words(moment.guarded))
    if now is Situation.CONNECTING:
        why = snapshot.link_why or snapshot.waits
        return (why, *STATES[now].do[1:]) if why else STATES[now].do
    prompt = open_prompt(snapshot)
    asked = () if prompt is None else tuple(one for one in _sentences(prompt.text) if one not in STATES[now].do)
    first = (*STATES[now].do, *asked) if now in ALARMS else (*asked, *STATES[now].do)
    if snapshot.question is None or now is Situation.STEP_ON_YES:
        return first
    return first + _sentences(snapshot.question.text)


def _sentences(text: str) -> tuple[str, ...]:
    """One line for each; the point of a number ends none."""
    return tuple(part for part in split(r"(?<=[.?!])\s+", text.strip()) if part)


def guard_words(guarded: str) -> str:
    """What the guard does, once the keeper is lost."""
    match guarded:
        case "still":
            return "The guard has stopped the belt: it stands."
        case "stopping":
            return "The guard is stopping the belt."
        case "" | "acting":
            return "The guard is taking over."
        case _:
            return f"The guard says: {guarded}."


def _more(moment: Moment) -> Iterator[str]:
    """Why, how long, and what follows."""
    snapshot, question, now = moment.snapshot, moment.snapshot.question, moment.situation
    standing = now in {Situation.PAUSED, Situation.KEY, Situation.STOP_FAILED, Situation.BELT_MOVES}
    if standing and snapshot.reason:
        yield f"Why: {reason_words(snapshot.reason)}."
    if now is Situation.LINK_LOST and snapshot.link_why:
        yield snapshot.link_why
    if now in {Situation.PAUSED, Situation.NOT_TRUSTED}:
        left_s = PAUSE_S - (snapshot.at_s - snapshot.since_s)
        yield f"You can go on for {countdown(left_s)} more."
    if question is not None:
        waits_s = question.minimum_s - (snapshot.at_s - question.at_s)
        key = "the digit" if question.ask is Ask.DIGIT else "Enter"
        yield f"Read first: {key} counts in {ceil(waits_s)} s." if waits_s > 0 else f"Now {key} counts."
        if snapshot.phase is Phase.READY:
            yield f"The question stands for {countdown(READY_S - (snapshot.at_s - snapshot.since_s))} more."
    if now is Situation.KEEPER_LOST:
        yield "Any key leaves." if moment.acknowledged else "Any key silences the alarm."
    if now in LEAD_ON and snapshot.row < len(moment.plan.rows):
        yield f"Then: {told(replace(moment.row, turn=False), moment.units)}"


def _big(moment: Moment) -> Iterator[Number]:
    snapshot, question = moment.snapshot, moment.snapshot.question
    if question is not None and question.digit:
        yield Number(question.digit, "TYPE THIS DIGIT", "turn")
    prompt = open_prompt(snapshot)
    if prompt is not None and prompt.speed_kmh is not None:
        yield Number(speed(prompt.speed_kmh, moment.units), f"{SIGN} SET, {moment.units.word}", "turn")
    if moment.situation is Situation.RESTING and snapshot.left_s is not None:
        yield Number(countdown(snapshot.left_s), "REST LEFT", "strong")
    elif STATES[moment.situation].speed:
        shown = speed(snapshot.kmh, Units.KMH if moment.units is Units.PACE else moment.units)
        word = Units.KMH.word if moment.units is Units.PACE else moment.units.word
        yield Number(shown, f"BELT, {word}", "strong")

"""Faults and presses of a simulated session as text: KIND@WHEN[:SECONDS] and KEY@WHEN.

WHEN is an instant (`600`, `90s`, `1:30`) or a place in the workout, counted from 1, with seconds behind it if wanted
(`backward2+10`, `turn1`, `segment5`). Behind a plain number one colon brings SECONDS wherever the kind takes any:
`mute@90:10` is for 10 s from second 90, and `mute@1:30:10` for 10 s from minute 1:30.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from math import inf, isfinite
from typing import Final

from coach.core.error import CoachError
from coach.core.event import Key


class FaultError(CoachError, ValueError):
    """A fault or a press that cannot be read; the message is one sentence for who wrote it."""


class FaultKind(StrEnum):
    """What can go wrong in a simulated session."""

    DROP = "drop"  # the link
    MUTE = "mute"  # the machine says nothing
    GARBAGE = "garbage"  # the machine says random bytes
    REFUSE = "refuse"  # the machine refuses everything but Stop
    KEY = "key"  # the safety key is pulled; put back after SECONDS
    CONSOLE = "console"  # somebody changes the speed at the console, in km/h
    CONSOLE_STOP = "console-stop"
    SELF_START = "self-start"
    STOP_IGNORED = "stop-ignored"
    STRAP_OFF = "strap-off"
    STRAP_FROZEN = "strap-frozen"
    HEART = "heart"  # the strap says this, in bpm
    NO_CONFIRM = "no-confirm"  # the runner does not answer one question
    LATE_CONFIRM = "late-confirm"  # the runner answers one question so many seconds after it was asked
    DOUBLE_CONFIRM = "double-confirm"  # the runner presses twice at one question
    SOUND_LOST = "sound-lost"
    FOCUS_LOST = "focus-lost"
    SLEPT = "slept"  # the computer


class Anchor(StrEnum):
    """A place in a workout from which an instant is counted."""

    SEGMENT = "segment"
    FORWARD = "forward"
    BACKWARD = "backward"
    REST = "rest"
    TURN = "turn"


@dataclass(frozen=True, slots=True)
class When:
    """An instant: seconds from the start of the session, or from the start of the so many-th anchor."""

    offset_s: float
    anchor: Anchor | None = None
    number: int = 0  # of the anchor, counted from 1


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, when, and for how long."""

    kind: FaultKind
    when: When
    duration_s: float | None = None  # None: once; inf: for ever
    amount: float | None = None  # km/h, bpm or s, where the kind takes one


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A press that the simulated person makes at an instant."""

    key: Key
    when: When
    digit: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands behind a kind: seconds or none, and an amount in a range or none."""

    duration_s: float | None = None  # without SECONDS
    lasts: bool = False  # SECONDS may be given
    amounts: tuple[float, float] | None = None
    unit: str = ""
    example: str = ""


_ONCE: Final = _Row(lasts=True)
_ONCE_OR_LASTING: Final = _Row(None, lasts=True)
_LASTING: Final = _Row(inf, lasts=True)
_KINDS: Final = {
    FaultKind.DROP: _ONCE_OR_LASTING,
    FaultKind.MUTE: _LASTING,
    FaultKind.GARBAGE: _LASTING,
    FaultKind.REFUSE: _LASTING,
    FaultKind.KEY: _ONCE_OR_LASTING,
    FaultKind.CONSOLE: _Row(lasts=True, amounts=(-20, 20), unit="km/h", example="console=+1.0"),
    FaultKind.CONSOLE_STOP: _ONCE,
    FaultKind.SELF_START: _ONCE,
    FaultKind.STOP_IGNORED: _LASTING,
    FaultKind.STRAP_OFF: _LASTING,
    FaultKind.STRAP_FROZEN: _LASTING,
    FaultKind.HEART: _Row(inf, lasts=True, amounts=(0, 255), unit="bpm", example="heart=185"),
    FaultKind.NO_CONFIRM: _ONCE,
    FaultKind.LATE_CONFIRM: _Row(lasts=True, amounts=(0, 3600), unit="s", example="late-confirm=25"),
    FaultKind.DOUBLE_CONFIRM: _ONCE,
    FaultKind.SOUND_LOST: _LASTING,
    FaultKind.FOCUS_LOST: _LASTING,
    FaultKind.SLEPT: _Row(10.0, lasts=True),  # long enough for every clock to notice
}
_DIGITS: Final = ("1", "2", "3", "4")
_KEYBOARD: Final = {  # what a keyboard calls the keys (safety.md 4)
    "space": Key.STOP,
    "esc": Key.STOP,
    "enter": Key.YES,
    "pagedown": Key.YES,
    "up": Key.FASTER,
    "down": Key.SLOWER,
    "shift+up": Key.MUCH_FASTER,
    "shift+down": Key.MUCH_SLOWER,
    "right": Key.STEEPER,
    "left": Key.FLATTER,
    "p": Key.PAUSE,
    "n": Key.NEXT,
    "l": Key.LAP,
    "g": Key.RAILS,
    "b": Key.BLOCK,
    "h": Key.HELP,
    "q": Key.QUIT,
    "0": Key.UNTRIM,
    "+": Key.FASTER,
    "-": Key.SLOWER,
    "?": Key.HELP,
}
_KEYS: Final = _KEYBOARD | {key.value: key for key in Key if key is not Key.DIGIT}
_NUMBER: Final = r"\d{1,6}(?:\.\d{1,6})?"  # 999999 s is more than eleven days
_INSTANT: Final = re.compile(rf"(?:(?P<minutes>\d{{1,4}}):(?P<seconds>[0-5]\d(?:\.\d{{1,6}})?)|(?P<plain>{_NUMBER})s?)")
_PLACE: Final = re.compile(rf"(?P<anchor>[a-z]+)(?P<number>\d{{1,4}})(?:\+(?P<offset>{_NUMBER})s?)?")
_LASTING_TAIL: Final = re.compile(rf"(?P<when>.+):(?P<duration>{_NUMBER})s?")


def parse_fault(text: str) -> Fault:
    """Read KIND@WHEN[:SECONDS], where some kinds take an amount: `console=+1.0@600`.

    Raises:
        FaultError: the text is not a fault.
    """
    head, when = _halves(text, "a fault is written KIND@WHEN or KIND@WHEN:SECONDS, such as mute@600:10")
    name, equals, amount = head.partition("=")
    if name not in tuple(FaultKind):
        raise FaultError(f"{text}: {_unknown(name, 'a fault', [kind.value for kind in FaultKind])}")
    kind = FaultKind(name)
    row = _KINDS[kind]
    duration_s = row.duration_s
    if row.lasts:
        when, given_s = _without_duration(when)
        duration_s = duration_s if given_s is None else given_s
    return Fault(kind, _when(text, when, lasts=row.lasts), duration_s, _amount(text, row, amount if equals else None))


def parse_fault_now(text: str) -> Fault:
    """Read KIND or KIND:SECONDS: a fault of this instant, whatever its place in the session.

    Raises:
        FaultError: the text is not a fault.
    """
    kind, colon, seconds = text.partition(":")
    return parse_fault(f"{kind}@0{colon}{seconds}")


def parse_press(text: str) -> KeyPress:
    """Read KEY@WHEN; the key is what a keyboard or what safety.md calls it, or a digit.

    Raises:
        FaultError: the text is not a press.
    """
    name, when = _halves(text, "a press is written KEY@WHEN, such as space@600 or yes@turn1+20")
    if name in _DIGITS:
        return KeyPress(Key.DIGIT, _when(text, when), name)
    if name not in _KEYS:
        raise FaultError(f"{text}: {_unknown(name, 'a key', [*_KEYS, *_DIGITS])}")
    return KeyPress(_KEYS[name], _when(text, when))


def _halves(text: str, otherwise: str) -> tuple[str, str]:
    head, at, when = text.strip().lower().partition("@")
    if not at or not head or not when:
        raise FaultError(f"{text.strip() or 'nothing'}: {otherwise}")
    return head, when


def _without_duration(when: str) -> tuple[str, float | None]:
    tail = _LASTING_TAIL.fullmatch(when)
    return (tail["when"], float(tail["duration"])) if tail else (when, None)


def _when(text: str, when: str, *, lasts: bool = False) -> When:
    if instant := _INSTANT.fullmatch(when):
        if instant["plain"]:
            return When(float(instant["plain"]))
        return When(int(instant["minutes"]) * 60 + float(instant["seconds"]))
    if place := _PLACE.fullmatch(when):
        return _place(text, place)
    allowed = "seconds (600, 90s, 1:30) or a place such as backward2+10, turn1 or segment5"
    seconds = ", and SECONDS behind a colon" if lasts else ""
    raise FaultError(f"{text}: {when} is not an instant; give {allowed}{seconds}")


def _place(text: str, place: re.Match[str]) -> When:
    if place["anchor"] not in tuple(Anchor):
        raise FaultError(f"{text}: {_unknown(place['anchor'], 'a place', [anchor.value for anchor in Anchor])}")
    number = int(place["number"])
    if number < 1:
        raise FaultError(f"{text}: places are counted from 1, so the first is {place['anchor']}1")
    return When(float(place["offset"] or 0), Anchor(place["anchor"]), number)


def _amount(text: str, row: _Row, amount: str | None) -> float | None:
    if row.amounts is None:
        if amount is not None:
            raise FaultError(f"{text}: {text.partition('=')[0]} takes no amount; leave ={amount} away")
        return None
    low, high = row.amounts
    try:
        number = float(amount or "")
    except ValueError:
        raise FaultError(f"{text}: give an amount in {row.unit}, such as {row.example}") from None
    if not isfinite(number) or not low <= number <= high:
        raise FaultError(f"{text}: {amount} is not within {low:g} to {high:g} {row.unit}")
    return number


def _unknown(word: str, what: str, words: Iterable[str]) -> str:
    known = list(words)
    close = get_close_matches(word, known, 1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
    return f"{word} is not {what}; {hint}"

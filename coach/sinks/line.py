"""A line of a journal: an event as an object, and back; what an object lacks is told, never guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import inf
from typing import Final, TypeAlias, assert_never

from coach.core.error import CoachError
from coach.core.event import (
    CockpitSilent,
    Event,
    FocusFound,
    FocusLost,
    GuardFound,
    GuardLost,
    Heard,
    Key,
    LinkFound,
    LinkLost,
    Pressed,
    Remote,
    Returned,
    Slept,
    SoundFound,
    SoundLost,
    Tick,
    Verb,
)

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | int | bool | None"
_BARE: Final = (Tick, LinkLost, LinkFound, SoundLost, SoundFound, FocusLost, FocusFound, GuardLost, GuardFound)
_NAMES: Final[Mapping[type[Event], str]] = {
    Tick: "tick",
    Heard: "heard",
    Returned: "returned",
    Pressed: "pressed",
    Remote: "remote",
    LinkLost: "link-lost",
    LinkFound: "link-found",
    SoundLost: "sound-lost",
    SoundFound: "sound-found",
    FocusLost: "focus-lost",
    FocusFound: "focus-found",
    GuardLost: "guard-lost",
    GuardFound: "guard-found",
    Slept: "slept",
    CockpitSilent: "cockpit-silent",
}
_LARGEST: Final = 1e300  # of a number: what is more means nothing
_WITHOUT: Final = {_NAMES[kind]: kind for kind in _BARE}  # nothing but their instant


class JournalError(CoachError, ValueError):
    """A journal that cannot be read; the message carries file and line."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line  # counted from 1; 0: none of them in particular


def one_line(line: Mapping[str, object]) -> str:
    """An object as it stands in a journal."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def encode_event(event: Event) -> dict[str, object]:
    """One event as an object: its instant, its kind and what it carries, bytes as hex."""
    line: dict[str, object] = {"at_s": event.at_s, "event": _NAMES[type(event)]}
    match event:
        case Heard(_, uuid, value):
            line["uuid"], line["bytes"] = f"{uuid:04x}", value.hex()
        case Returned(_, ok):
            line["ok"] = ok
        case Pressed(_, key, digit, serial, steady_s):
            line["key"] = key.value
            if digit:
                line["digit"] = digit
            if serial is not None:
                line["serial"] = serial
            if steady_s < inf:
                line["steady_s"] = steady_s
        case Remote(_, verb, text, ticket):
            line["verb"], line["ticket"] = verb.value, ticket
            if text:
                line["text"] = text
        case Slept(_, gap_s):
            line["gap_s"] = gap_s
        case CockpitSilent(_, ended):
            line["for_good"] = ended
        case Tick() | LinkLost() | LinkFound() | SoundLost() | SoundFound() | FocusLost() | FocusFound():
            pass
        case GuardLost() | GuardFound():
            pass
        case _:
            assert_never(event)
    return line


def name_of(event: Event) -> str:
    """What journals and traces call this kind of event."""
    return _NAMES[type(event)]


def decode_event(line: Mapping[str, object]) -> Event:
    """An event from its object.

    Raises:
        JournalError: it is none.
    """
    at_s, kind = number_in(line, "at_s"), line.get("event")
    if isinstance(kind, str) and kind in _WITHOUT:
        return _WITHOUT[kind](at_s)
    match kind:
        case "heard":
            return Heard(at_s, int(text_in(line, "uuid"), 16), bytes.fromhex(text_in(line, "bytes")))
        case "returned":
            return Returned(at_s, line.get("ok") is True)
        case "pressed":
            serial = line.get("serial")
            return Pressed(
                at_s,
                Key(text_in(line, "key")),
                text_in(line, "digit") if "digit" in line else "",
                serial if isinstance(serial, int) else None,
                number_in(line, "steady_s") if "steady_s" in line else inf,
            )
        case "remote":
            text = text_in(line, "text") if "text" in line else ""
            return Remote(at_s, Verb(text_in(line, "verb")), text, int(number_in(line, "ticket")))
        case "slept":
            return Slept(at_s, number_in(line, "gap_s"))
        case "cockpit-silent":
            return CockpitSilent(at_s, line.get("for_good") is True)
        case _:
            raise JournalError(f"{kind} is not an event")


def mapping_of(value: object) -> Mapping[str, object]:
    """A value that has to be an object.

    Raises:
        JournalError: it is none.
    """
    if not isinstance(value, dict):
        raise JournalError("an object is missing")
    return value


def number_in(line: Mapping[str, object], name: str) -> float:
    """A number of a line.

    Raises:
        JournalError: there is none.
    """
    value = line.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        raise JournalError(f"{name} is not a number")
    return float(value)


def text_in(line: Mapping[str, object], name: str) -> str:
    """A text of a line.

    Raises:
        JournalError: there is none.
    """
    value = line.get(name)
    if not isinstance(value, str):
        raise JournalError(f"{name} is not text")
    return value


def whole_in(said: object, name: str) -> int | None:
    """A whole number of something that was said; None where it is none."""
    value = said.get(name) if isinstance(said, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None

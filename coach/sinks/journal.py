"""The journal of a session: JSON lines, one event each, written as it happens; and its way back to the same session.

The first line is the header: all that the session was run by. Then comes a line for each event with the writes that
its fold step handed out, then what it came to (coach/history/summary.py), and how it ended, with a digest of the final
state. Behind the end stands what the runner said of it later. A journal is folded again by replay(), which must come
to the same writes and the same state (safety.md 2.9).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from math import inf, isinf
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, assert_never

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
from coach.core.level import Allowance
from coach.core.plan import Plan
from coach.core.session import Outcome, Session, advance, first
from coach.sinks.claim import claim_empty
from coach.sinks.torn import read_lines

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT: Final = 1  # of the lines; a reader refuses others

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
NONSENSE: Final = "its numbers make no sense"
_LARGEST: Final = 1e300  # of a number: what is more means nothing
_WITHOUT: Final = {_NAMES[kind]: kind for kind in _BARE}  # nothing but their instant


class JournalError(CoachError, ValueError):
    """A journal that cannot be read; the message carries file and line."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line  # counted from 1; 0: none of them in particular


@dataclass(frozen=True, slots=True)
class Origin:
    """What a header tells beside the plan."""

    script: str  # the text of the workout's file, or the shorthand
    sha256: str  # of its bytes
    allowance: Allowance
    simulated: bool
    version: str  # of coach
    started: str = ""  # wall clock, ISO 8601; left out where the clock is virtual
    who: str = ""  # the name of the runner; nothing where he has none
    pain_before: int | None = None  # 0 to 10, as he said before the session; None: he did not


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a journal and the writes that came of it."""

    event: Event
    writes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class End:
    """The last line."""

    ended: str
    reason: str
    digest: str
    recovered: bool = False  # the journal was cut off, and closed later


@dataclass(frozen=True, slots=True)
class Guarded:
    """What a guard did, so many seconds after it took over."""

    what: str  # keeper-lost, stop, pause, control, still, unreachable
    after_s: float


@dataclass(frozen=True, slots=True)
class Recording:
    """A journal that was read; `end` is None where the writer did not come to it."""

    plan: Plan
    origin: Origin
    entries: tuple[Entry, ...]
    end: End | None
    torn: bool = False  # something was cut off at its end, and left away
    guard: tuple[Guarded, ...] = ()  # the keeper was lost: what the guard did
    summary: Mapping[str, object] | None = None  # what the session came to, as its keeper had it
    said: tuple[Mapping[str, object], ...] = ()  # by the runner, before and later, oldest first


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of a journal that was folded again."""

    equal: bool
    difference: str  # in words; empty where there is none
    events: int
    complete: bool  # the journal has its last line
    session: Session


class Sheet(Protocol):
    """What a journal is written on: a text file, or one behind a thread."""

    def write(self, text: str, /) -> int:
        """Take text."""

    def flush(self) -> None:
        """Let it be out when this returns."""

    def close(self) -> None:
        """Take no more."""


class Journal:
    """Writes a journal to an open file; each line is out before the call returns."""

    def __init__(self, file: Sheet, plan: Plan, origin: Origin) -> None:
        self._file = file
        self._line(header(plan, origin))

    @classmethod
    def open(cls, path: str | Path, plan: Plan, origin: Origin) -> Journal:
        """Begin a journal; what was in the file is gone.

        Raises:
            OSError: it cannot be written, or another session writes it.
        """
        number = claim_empty(Path(path)).number
        return cls(os.fdopen(number, "w", encoding="utf-8", newline="\n"), plan, origin)

    def take(self, event: Event, outcome: Outcome) -> None:
        """Write the line of one event."""
        line = encode_event(event)
        if outcome.writes:
            line["writes"] = [write.hex() for write in outcome.writes]
        self._line(line)

    def end(self, ended: str, reason: str, session: Session, summary: Mapping[str, Json] | None = None) -> None:
        """Write what the session came to, and the line that ends it."""
        for line in last_lines(ended, reason, session, summary):
            self._line(line)

    def close(self) -> None:
        """Close the file, whether the session has ended or not."""
        self._file.close()

    def _line(self, line: Mapping[str, object]) -> None:
        self._file.write(one_line(line))
        self._file.flush()


def one_line(line: Mapping[str, object]) -> str:
    """An object as it stands in a journal."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def last_lines(
    ended: str, reason: str, session: Session, summary: Mapping[str, Json] | None, *, recovered: bool = False
) -> Iterator[Mapping[str, Json]]:
    """What ends a journal; `recovered`: by somebody who found it cut off."""
    if summary is not None:
        yield {"summary": dict(summary)}
    yield {"ended": ended, "reason": reason, "digest": digest(session)} | ({"recovered": True} if recovered else {})


def header(plan: Plan, origin: Origin) -> dict[str, Json]:
    """The first line as an object."""
    told: dict[str, Json] = {
        "journal": FORMAT,
        "versions": {"coach": origin.version, "python": python_version()},
        "simulated": origin.simulated,
        "script": origin.script,
        "sha256": origin.sha256,
        "allowance": _plain(origin.allowance),
    }
    if origin.started:
        told["started"] = origin.started
    if origin.who:
        told["who"] = origin.who
    if origin.pain_before is not None:
        told["said"] = {"pain_before": origin.pain_before}
    return told | _header_of(plan)


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
    at_s, kind = _number(line, "at_s"), line.get("event")
    if isinstance(kind, str) and kind in _WITHOUT:
        return _WITHOUT[kind](at_s)
    match kind:
        case "heard":
            return Heard(at_s, int(_text(line, "uuid"), 16), bytes.fromhex(_text(line, "bytes")))
        case "returned":
            return Returned(at_s, line.get("ok") is True)
        case "pressed":
            serial = line.get("serial")
            return Pressed(
                at_s,
                Key(_text(line, "key")),
                _text(line, "digit") if "digit" in line else "",
                serial if isinstance(serial, int) else None,
                _number(line, "steady_s") if "steady_s" in line else inf,
            )
        case "remote":
            text = _text(line, "text") if "text" in line else ""
            return Remote(at_s, Verb(_text(line, "verb")), text, int(_number(line, "ticket")))
        case "slept":
            return Slept(at_s, _number(line, "gap_s"))
        case "cockpit-silent":
            return CockpitSilent(at_s, line.get("for_good") is True)
        case _:
            raise JournalError(f"{kind} is no event")


def read_journal(path: str | Path) -> Recording:
    """Read a journal; what was cut off at its end is left away.

    Raises:
        JournalError: it is no journal, or a line before its end cannot be read.
    """
    try:
        text = Path(path).read_bytes().decode(errors="replace")
    except OSError as error:
        raise JournalError(f"{path}: cannot be read: {error.strerror}") from error
    return parse_journal(text, str(path))


def parse_journal(text: str, file: str = "journal") -> Recording:
    """Read the text of a journal.

    Raises:
        JournalError: as read_journal().
    """
    found = read_lines(text)
    if not found.whole or found.whole[0][0] != 1:
        raise JournalError(f"{file}:1: is no journal: its header is missing" if text else f"{file}: is empty", 1)
    if found.damaged:
        raise JournalError(f"{file}:{found.damaged}: cannot be read", found.damaged)
    (_, head), *rest = found.whole
    try:
        plan, origin = read_header(head)
    except JournalError as error:
        raise JournalError(f"{file}:1: {error}", 1) from error
    entries, guard, said = list[Entry](), list[Guarded](), list(said_before(head))
    end: End | None = None
    summary: Mapping[str, object] | None = None
    for number, line in rest:
        try:
            if "guard" in line:
                guard.append(Guarded(_text(line, "guard"), _number(line, "after_s")))
            elif "event" in line:
                entries.append(Entry(decode_event(line), _writes(line)))
            elif "summary" in line:
                summary = _mapping(line["summary"])
            elif "said" in line:
                said.append(_mapping(line["said"]))
            else:
                recovered = line.get("recovered") is True
                end = End(_text(line, "ended"), _text(line, "reason"), _text(line, "digest"), recovered)
        except (ValueError, KeyError) as error:
            raise JournalError(f"{file}:{number}: cannot be read: {error}", number) from error
    return Recording(plan, origin, tuple(entries), end, found.torn, tuple(guard), summary, tuple(said))


def read_header(line: Mapping[str, object]) -> tuple[Plan, Origin]:
    """What a session is run by, from its first line.

    Raises:
        JournalError: it is none.
    """
    try:
        return _plan_of(line), _origin_of(line)
    except (ValueError, KeyError) as error:
        raise JournalError("is no journal: the header cannot be read") from error


def refold(recording: Recording) -> Iterator[tuple[Entry, Session, Session, Outcome]]:
    """Fold a recording again: each entry with the session before and after it, and what came of it.

    Raises:
        JournalError: its plan or its events have numbers with which nothing can be reckoned.
    """
    session = _first(recording)
    try:
        for entry in recording.entries:
            before = session
            session, outcome = advance(recording.plan, before, entry.event)
            yield entry, before, session, outcome
    except (ValueError, ArithmeticError) as error:
        raise JournalError(NONSENSE) from error


def _first(recording: Recording) -> Session:
    try:
        return first(recording.plan)
    except (ValueError, ArithmeticError) as error:
        raise JournalError(NONSENSE) from error


def replay(journal: str | Path | Recording) -> Replay:
    """Fold a journal again and compare its writes and, where it has ended, its final state.

    Raises:
        JournalError: it cannot be read.
    """
    recording = journal if isinstance(journal, Recording) else read_journal(journal)
    session, events, difference = _first(recording), 0, ""
    for entry, _, after, outcome in refold(recording):
        session, events = after, events + 1
        if outcome.writes != entry.writes:
            wrote, writes = _shown(entry.writes), _shown(outcome.writes)
            difference = f"event {events} at {entry.event.at_s:.2f} s: wrote {wrote}, now writes {writes}"
            break
    end = recording.end
    if not difference and end is not None and digest(session) != end.digest:
        difference = "the writes are equal, the final state is another"
    return Replay(not difference, difference, events, end is not None, session)


def digest(session: Session) -> str:
    """A session's state as one short text: equal states have equal digests, on every computer."""
    return hashlib.sha256(text_of(session).encode()).hexdigest()


def text_of(value: object) -> str:
    """A value of the core as canonical text."""
    return json.dumps(_plain(value), separators=(",", ":"), allow_nan=False)


def said_before(head: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    """What the runner said before the session, as its header has it: in the form of what is said later."""
    said = head.get("said")
    return (said,) if isinstance(said, dict) else ()


# The plan, there and back.


def _header_of(plan: Plan) -> dict[str, Json]:
    told = _plain(plan)
    assert isinstance(told, dict)
    return {"machine" if name == "profile" else name: value for name, value in told.items()}


def _plan_of(line: Mapping[str, object]) -> Plan:
    if line.get("journal", FORMAT) != FORMAT:
        raise JournalError(f"journals of format {line.get('journal')} are not read by this version")
    return _plans().validate_python({**line, "profile": _mapping(line["machine"])})


def _origin_of(line: Mapping[str, object]) -> Origin:
    versions = _mapping(line["versions"])
    return Origin(
        script=_text(line, "script"),
        sha256=_text(line, "sha256"),
        allowance=_allowances().validate_python(line["allowance"]),
        simulated=line["simulated"] is True,
        version=_text(versions, "coach"),
        started=_text(line, "started") if "started" in line else "",
        who=_text(line, "who") if "who" in line else "",
        pain_before=_whole(line["said"], "pain_before") if "said" in line else None,
    )


@cache
def _plans() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)


@cache
def _allowances() -> TypeAdapter[Allowance]:
    from pydantic import TypeAdapter

    return TypeAdapter(Allowance)


def _plain(value: object) -> Json:
    """A value as JSON: what JSON has no word for becomes text, sets are sorted, whole numbers stay what they are."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, float) and isinf(value):
        return "inf" if value > 0 else "-inf"
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted((_plain(item) for item in value), key=str)
    assert is_dataclass(value), f"{type(value).__name__} has no place in a journal"
    items = ((item, getattr(value, item.name)) for item in fields(value))
    return {item.name: _plain(held) for item, held in items if not (item.metadata and held == item.default)}


# Lines.


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise JournalError("an object is missing")
    return value


def _number(line: Mapping[str, object], name: str) -> float:
    value = line.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        raise JournalError(f"{name} is no number")
    return float(value)


def _whole(said: object, name: str) -> int | None:
    """A whole number of something that was said; None where it is none."""
    value = said.get(name) if isinstance(said, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(line: Mapping[str, object], name: str) -> str:
    value = line.get(name)
    if not isinstance(value, str):
        raise JournalError(f"{name} is no text")
    return value


def _writes(line: Mapping[str, object]) -> tuple[bytes, ...]:
    writes = line.get("writes", [])
    if not isinstance(writes, list):
        raise JournalError("writes is no list")
    return tuple(bytes.fromhex(str(write)) for write in writes)


def _shown(writes: Iterable[bytes]) -> str:
    return ", ".join(write.hex(" ") for write in writes) or "nothing"

"""What a keeper and its page say to each other: JSON lines over two pipes, besides those of coach/keeper/wire.py.

The first line down says what is served and where; then come snapshots, what was said, and at last what the session
came to. Up come where it is served, how many watch, and stop: nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, TypeAlias

from coach.core.error import CoachError

WATCHED_S: Final = 2.0  # a screen that has drawn nothing for so long is not watching
REPORT_S: Final = 0.5  # how often the page says how many watch
UP_LONGEST: Final = 4096  # bytes of a line from the page


class LineError(CoachError, ValueError):
    """A line that means nothing."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The first line: where to serve, under which secret, and the header of the session; without one a rehearsal."""

    host: str
    port: int
    token: str = field(repr=False)
    header: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a rehearsal shows: a word, what to do, and whether it looks like an alarm."""

    word: str
    do: tuple[str, ...] = ()
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """It is served there."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class NotServed:
    """It is not, and this is why."""

    why: str


@dataclass(frozen=True, slots=True)
class Watching:
    """So many screens have drawn it within the last seconds."""

    screens: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody pressed STOP."""


Up: TypeAlias = Served | NotServed | Watching | Stop


def opening_line(opening: Opening) -> bytes:
    """The first line down."""
    return _line(asdict(opening))


def read_opening(line: bytes) -> Opening:
    """The first line, read.

    Raises:
        LineError: it is none.
    """
    try:
        said = _object(line)
    except LineError:
        raise LineError("the first line cannot be read") from None  # it has the secret in it, so it is not shown
    match said:
        case {"host": str(host), "port": int(port), "token": str(token), "header": dict() | None as header} if token:
            return Opening(host, port, token, header)
        case _:
            raise LineError("the first line says nothing about a page")


def words_line(words: Words) -> bytes:
    """What a rehearsal is to show."""
    return _line({"kind": "words", **asdict(words)})


def read_words(line: bytes) -> Words | None:
    """The same, read; nothing where the line is another."""
    match _object(line):
        case {"kind": "words", "word": str(word), "do": list(do), "alarm": bool(alarm)}:
            return Words(word, tuple(str(one) for one in do), alarm)
        case _:
            return None


def up_line(said: Up) -> bytes:
    """What the page says."""
    match said:
        case Served(host, port):
            return _line({"served": [host, port]})
        case NotServed(why):
            return _line({"not-served": why})
        case Watching(screens):
            return _line({"watching": screens})
        case Stop():
            return _line({"stop": True})


def read_up(line: bytes) -> Up:
    """The same, read.

    Raises:
        LineError: it is nothing that a page says.
    """
    match _object(line):
        case {"served": [str(host), int(port)]}:
            return Served(host, port)
        case {"not-served": str(why)}:
            return NotServed(why)
        case {"watching": int(screens)}:
            return Watching(max(screens, 0))
        case {"stop": True}:
            return Stop()
        case _:
            raise LineError(f"a page does not say {line[:80]!r}")


def address(host: str, port: int, token: str) -> str:
    """What a browser is to open."""
    return f"http://{place(host, port)}/{token}/"


def place(host: str, port: int) -> str:
    """Host and port as they stand in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _object(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"no line of a page: {line[:80]!r}") from error

"""Captures: what a machine said, as lines of JSON, and a treadmill that says it again.

The first line is about the machine, with UUIDs of four digits or, a maker's own, of 128 bits, and values as hex:

    {"schema": 1, "coach": "0.1.0", "name": "FS-6041F1", "simulated": false, "address": null,
     "services": [{"uuid": "1826", "characteristics": [{"uuid": "2acd", "properties": ["notify"]}]}],
     "values": {"2ad4": "320062020a00"}}

Every other line is a value with its instant in seconds since the link was there, or a change of the link:

    {"at_s": 0.512, "uuid": "2acd", "value": "8404000000000000000000000000"}
    {"at_s": 71.3, "link": "lost"}
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final, TypeAlias

from coach.core.belt import Belt, observe
from coach.core.error import CoachError
from coach.core.event import Heard, LinkFound, LinkLost, Returned
from coach.core.ftms import FEATURE, INCLINATION_RANGE, SPEED_RANGE
from coach.core.machine import MachineProfile
from coach.core.sent import Sent
from coach.link.facts import Characteristic, Service, full, short
from coach.link.treadmill import Told

SCHEMA: Final = 1
FOUND: Final = "found"
LOST: Final = "lost"
LATEST_S: Final = 1e9  # no link lasts for thirty years
_UUID: Final = re.compile(r"[0-9a-f]{4}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})*")


class CaptureError(CoachError, ValueError):
    """A file that is no capture; the message begins with the file and the line."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of the machine before it says anything."""

    coach: str  # the version that captured it
    name: str  # as advertised
    simulated: bool
    services: tuple[Service, ...]
    values: Mapping[str, bytes]  # what could be read, by UUID of 128 bits in small letters
    address: str | None = None  # None: left out, which is usual


@dataclass(frozen=True, slots=True)
class Frame:
    """A notification or an indication; `at_s` counts from the first link."""

    at_s: float
    uuid: str  # 128 bit, lower case
    value: bytes


@dataclass(frozen=True, slots=True)
class LinkChange:
    """The link was lost, or was there again."""

    at_s: float
    linked: bool


Said: TypeAlias = Frame | LinkChange


@dataclass(frozen=True, slots=True)
class Capture:
    """All of a capture, in order of time."""

    header: Header
    said: tuple[Said, ...]


def brief(uuid: str) -> str:
    """A UUID as a capture has it: four digits where the Bluetooth SIG gave it, else 128 bits."""
    number = short(uuid)
    return uuid if number is None else f"{number:04x}"


def header_line(header: Header) -> str:
    """The first line of a capture, without its end."""
    told = {
        "schema": SCHEMA,
        "coach": header.coach,
        "name": header.name,
        "simulated": header.simulated,
        "address": header.address,
        "services": [_offered(service) for service in header.services],
        "values": {brief(uuid): value.hex() for uuid, value in header.values.items()},
    }
    return json.dumps(told, ensure_ascii=False)


def _offered(service: Service) -> dict[str, object]:
    rows = [{"uuid": brief(one.uuid), "properties": sorted(one.properties)} for one in service.characteristics]
    return {"uuid": brief(service.uuid), "characteristics": rows}


def said_line(said: Said) -> str:
    """Any other line of a capture, without its end; instants in milliseconds."""
    at_s = round(said.at_s, 3)
    if isinstance(said, LinkChange):
        return json.dumps({"at_s": at_s, "link": FOUND if said.linked else LOST})
    return json.dumps({"at_s": at_s, "uuid": brief(said.uuid), "value": said.value.hex()})


def load_capture(path: Path) -> Capture:
    """Read a capture from its file.

    Raises:
        CaptureError: it cannot be read, or is no capture.
    """
    try:
        return parse_capture(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise CaptureError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise CaptureError(f"{path}: is not UTF-8 text") from error


def parse_capture(text: str, file: str = "capture") -> Capture:
    """Read a capture; a last line without its end, of a capture that was cut short, is left out.

    Raises:
        CaptureError: a line is not what a capture has there, or its instant is before that of the line above.
    """
    first, *others = text.split("\n")[:-1] or [""]
    header = _header(_Line(f"{file}:1", first))
    said: list[Said] = []
    last_s = 0.0
    for number, words in enumerate(others, 2):
        line = _Line(f"{file}:{number}", words)
        said.append(_said(line))
        if said[-1].at_s < last_s:
            raise line.error(f"at_s {said[-1].at_s:g} is before {last_s:g} of the line above")
        last_s = said[-1].at_s
    return Capture(header, tuple(said))


class _Line:
    """One object of the file, whose values are asked for by name and kind."""

    def __init__(self, place: str, text: str) -> None:
        self._place = place
        try:
            facts = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.error("is not JSON") from error
        if not isinstance(facts, dict):
            raise self.error("is no JSON object")
        self.facts: dict[str, object] = facts

    def error(self, sentence: str) -> CaptureError:
        return CaptureError(f"{self._place}: {sentence}")

    def text(self, key: str, facts: Mapping[str, object]) -> str:
        value = facts.get(key)
        if not isinstance(value, str):
            raise self.error(f"{key} is missing or no text")
        return value

    def texts(self, key: str, facts: Mapping[str, object]) -> frozenset[str]:
        values = facts.get(key)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.error(f"{key} is missing or no list of texts")
        return frozenset(str(value) for value in values)

    def objects(self, key: str, facts: Mapping[str, object]) -> list[dict[str, object]]:
        values = facts.get(key)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.error(f"{key} is missing or no list of objects")
        return values

    def uuid(self, words: str) -> str:
        if not _UUID.fullmatch(words):
            raise self.error(f"{words[:40]!r} is no UUID: four digits or 128 bits, in small letters")
        return words if "-" in words else full(int(words, 16))

    def octets(self, name: str, value: object) -> bytes:
        if not isinstance(value, str) or not _HEX.fullmatch(value):
            raise self.error(f"{name} is missing or no hex")
        return bytes.fromhex(value)

    def instant(self) -> float:
        value = self.facts.get("at_s")
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LATEST_S:
            raise self.error("at_s is missing or no number")
        return float(value)


def _header(line: _Line) -> Header:
    if line.facts.get("schema") != SCHEMA:
        raise line.error(f'is not the beginning of a capture, which has "schema": {SCHEMA}')
    values, address = line.facts.get("values"), line.facts.get("address")
    if not isinstance(values, dict):
        raise line.error("values is missing or no JSON object")
    return Header(
        coach=line.text("coach", line.facts),
        name=line.text("name", line.facts),
        simulated=line.facts.get("simulated") is True,
        services=tuple(_service(line, one) for one in line.objects("services", line.facts)),
        values={line.uuid(str(uuid)): line.octets(f"the value of {uuid}", value) for uuid, value in values.items()},
        address=None if address is None else line.text("address", line.facts),
    )


def _service(line: _Line, facts: Mapping[str, object]) -> Service:
    rows = line.objects("characteristics", facts)
    offered = (Characteristic(line.uuid(line.text("uuid", one)), line.texts("properties", one)) for one in rows)
    return Service(line.uuid(line.text("uuid", facts)), tuple(offered))


def _said(line: _Line) -> Said:
    at_s, link = line.instant(), line.facts.get("link")
    if link is not None:
        if link not in (FOUND, LOST):
            raise line.error(f"link is neither {FOUND} nor {LOST}")
        return LinkChange(at_s, link == FOUND)
    return Frame(at_s, line.uuid(line.text("uuid", line.facts)), line.octets("value", line.facts.get("value")))


_STRANGER: Final = MachineProfile()
_SILENT: Final = Sent()
_READ: Final = (FEATURE, SPEED_RANGE, INCLINATION_RANGE)  # what the core wants to know of every link


class ReplayedTreadmill:
    """A Machine (link/treadmill.py) that says what a capture has, from the instant of the first `connect` on.

    It obeys nothing: every write comes back as failed, and the belt does what it did. While the link is down, by the
    capture or by the caller, time goes on and nothing is heard.
    """

    def __init__(self, capture: Capture) -> None:
        self.capture: Final = capture
        self._wanted = False  # the caller's end of the link
        self._up = True  # the machine's end of it, as captured
        self._from_s: float | None = None
        self._next = 0
        self._out: list[Told] = []
        self._belt = Belt()

    @property
    def hands(self) -> None:
        """Nobody can touch what is over."""

    @property
    def linked(self) -> bool:
        """The link is up."""
        return self._wanted and self._up

    @property
    def speed_kmh(self) -> float:
        """The speed that was reported last; 0 before the first report and while the link is down."""
        return self._belt.kmh or 0.0

    @property
    def incline_pct(self) -> float:
        """The incline that was reported last; 0 before."""
        return self._belt.incline_pct or 0.0

    @property
    def belt(self) -> Belt:
        """The belt as the core knows it from these bytes alone."""
        return self._belt

    @property
    def due_s(self) -> float:
        """The next instant at which something is said; infinity when all of it was."""
        if self._out:
            return self._out[0].at_s
        if self._from_s is None or self._next >= len(self.capture.said):
            return inf
        return self._from_s + self.capture.said[self._next].at_s

    def connect(self, at_s: float) -> None:
        """Link: the recording begins, or, after a `disconnect`, is heard again at where it is by then.

        Where the captured link is down by then, LinkFound is told as soon as it is up.
        """
        self._catch_up(at_s)
        if self._from_s is None:
            self._from_s = at_s
        self._wanted = True
        for event in self._found(at_s) if self.linked else ():
            self._know(event)

    def disconnect(self, at_s: float) -> None:
        """Lose the link, and stay away until `connect`."""
        self._catch_up(at_s)
        self._wanted = False
        self._know(LinkLost(at_s))

    def renew(self, at_s: float) -> None:
        """Lose the link and have it again at once."""
        self._catch_up(at_s)
        if self.linked:
            self._tell(LinkLost(at_s), *self._found(at_s))

    def slept(self, at_s: float) -> None:
        """The computer slept; the link proves alive at once."""
        self._catch_up(at_s)
        if self.linked:
            self._tell(LinkFound(at_s))

    def read(self, uuid: int) -> bytes | None:
        """The value that was read; None where there was none."""
        return self.capture.header.values.get(full(uuid))

    def write(self, value: bytes, at_s: float) -> None:
        """A write fails at once: what is recorded obeys nobody."""
        del value
        self._catch_up(at_s)
        self._tell(Returned(at_s, ok=False))

    def run_until(self, at_s: float) -> list[Told]:
        """All that was said up to an instant, that instant included, in order of time."""
        self._catch_up(at_s)
        out, self._out = self._out, []
        return out

    def _catch_up(self, at_s: float) -> None:
        while self._from_s is not None and self._next < len(self.capture.said):
            said = self.capture.said[self._next]
            said_at_s = self._from_s + said.at_s
            if said_at_s > at_s:
                return
            self._next += 1
            self._say(said, said_at_s)

    def _say(self, said: Said, at_s: float) -> None:
        if isinstance(said, LinkChange):
            changed, self._up = said.linked is not self._up, said.linked
            if changed and self._wanted:
                self._tell(*self._found(at_s)) if said.linked else self._tell(LinkLost(at_s))
        elif self.linked and (uuid := short(said.uuid)) is not None:  # the core knows nothing of a maker's own
            self._tell(Heard(at_s, uuid, said.value))

    def _found(self, at_s: float) -> list[Told]:
        values = ((uuid, self.read(uuid)) for uuid in _READ)
        return [LinkFound(at_s), *(Heard(at_s, uuid, value) for uuid, value in values if value is not None)]

    def _tell(self, *events: Told) -> None:
        for event in events:
            self._out.append(event)
            self._know(event)

    def _know(self, event: Told) -> None:
        self._belt = observe(_STRANGER, self._belt, _SILENT, event)

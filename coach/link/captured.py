"""Captures: what a machine said, as lines of JSON, and back.

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
from pathlib import Path
from typing import Final, TypeAlias

from coach.core.error import CoachError
from coach.link.facts import Characteristic, Service, full, short

SCHEMA: Final = 1  # of what is written; a reader refuses others
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
            raise self.error("is not a JSON object")
        self.facts: dict[str, object] = facts

    def error(self, sentence: str) -> CaptureError:
        return CaptureError(f"{self._place}: {sentence}")

    def text(self, key: str, facts: Mapping[str, object]) -> str:
        value = facts.get(key)
        if not isinstance(value, str):
            raise self.error(f"{key} is missing or not text")
        return value

    def texts(self, key: str, facts: Mapping[str, object]) -> frozenset[str]:
        values = facts.get(key)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.error(f"{key} is missing or not a list of texts")
        return frozenset(str(value) for value in values)

    def objects(self, key: str, facts: Mapping[str, object]) -> list[dict[str, object]]:
        values = facts.get(key)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.error(f"{key} is missing or not a list of objects")
        return values

    def uuid(self, words: str) -> str:
        if not _UUID.fullmatch(words):
            raise self.error(f"{words[:40]!r} is not a UUID: four digits or 128 bits, in small letters")
        return words if "-" in words else full(int(words, 16))

    def octets(self, name: str, value: object) -> bytes:
        if not isinstance(value, str) or not _HEX.fullmatch(value):
            raise self.error(f"{name} is missing or not hex")
        return bytes.fromhex(value)

    def instant(self) -> float:
        value = self.facts.get("at_s")
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LATEST_S:
            raise self.error("at_s is missing or not a number")
        return float(value)


def _header(line: _Line) -> Header:
    if line.facts.get("schema") != SCHEMA:
        raise line.error(f'is not the beginning of a capture, which has "schema": {SCHEMA}')
    values, address = line.facts.get("values"), line.facts.get("address")
    if not isinstance(values, dict):
        raise line.error("values is missing or not a JSON object")
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

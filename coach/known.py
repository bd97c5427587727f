"""What is known of a treadmill or a strap, as records and as text; coach/machines.py keeps them.

A text with something wrong gives the records that can be read, and a sentence about the rest. Keys that nobody here
knows are left out: a later version writes them again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Any, Final, TypeVar

from coach.core.error import MachineError
from coach.core.machine import MachineProfile, Range
from coach.link.sighting import Sighting

SCHEMA: Final = 1  # of what is written; a reader refuses others
Fact = float | bool | str
_T = TypeVar("_T", "Known", "KnownStrap")
_UNKNOWN: Final = MachineProfile()
_MOST: Final = 1000.0  # of any number that was found out; more is damage
# The type of each field of the profile as it is written there, such as "float | None".
_FIELDS: Final = {one.name: str(one.type).removesuffix(" | None") for one in fields(MachineProfile)}
# Fields of the profile that nobody finds out: they follow from the rest of a record.
_NOT_FOUND: Final = frozenset({"name", "known", "simulated", "unit_answered"})


@dataclass(frozen=True, slots=True)
class KnownUnits:
    """In which unit a machine takes and reports speeds; factors are km/h per unit of the machine's."""

    target: float = 1.0
    report: float = 1.0
    answered: bool = False  # "what does your console show now, and in which unit?" was answered (safety.md 5)


@dataclass(frozen=True, slots=True)
class Known:
    """A treadmill of this user; instants are ISO 8601 texts with a zone, None where it never happened.

    `found` holds fields of MachineProfile by name: numbers, flags, texts, and the values of choices as texts.
    """

    address: str  # what connects: six octets as hex, on macOS a UUID
    name: str = ""  # as advertised
    model: str = ""  # a table of models.toml; empty: the name decides
    accepted_at: str | None = None  # the user said that it is his
    proved_at: str | None = None  # a key of its console was pressed and seen (safety.md 5)
    tested_at: str | None = None  # the machine test on an empty belt was done
    found: Mapping[str, Fact] = field(default_factory=dict)
    speeds: Range | None = None  # as it sent them, in its own unit
    inclines: Range | None = None  # as it sent them, percent
    units: KnownUnits | None = None
    last_used_at: str | None = None
    simulated: bool = False

    @property
    def label(self) -> str:
        """Its name as it can be shown: what a device advertises may hold anything."""
        return _label(self.name)

    @property
    def real(self) -> bool:
        """It is a treadmill: neither the record nor its name says that it is simulated."""
        return not (self.simulated or Sighting(self.address, self.name).simulated)


@dataclass(frozen=True, slots=True)
class KnownStrap:
    """A heart strap of this user."""

    address: str
    name: str = ""
    bound_at: str | None = None  # it was shown with its reading and chosen (safety.md 5)
    last_used_at: str | None = None

    @property
    def label(self) -> str:
        """Its name as it can be shown."""
        return _label(self.name)


@dataclass(frozen=True, slots=True)
class Content:
    """All records of a file."""

    machines: tuple[Known, ...] = ()
    straps: tuple[KnownStrap, ...] = ()


def _label(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name).strip() or "without a name"


def profile_with(profile: MachineProfile, found: Mapping[str, Fact]) -> MachineProfile:
    """The profile with what was found out on the machine; facts that are no field of it are left alone.

    Raises:
        MachineError: a fact has a value that its field cannot have.
    """
    changes: dict[str, Any] = {}  # each is checked against its field; replace() has no other type for this
    for key, value in found.items():
        if key in _FIELDS:
            changes[key] = _fact(key, value)
    return replace(profile, **changes)


def _fact(key: str, value: object) -> object:
    usual: object = getattr(_UNKNOWN, key)
    if key in _NOT_FOUND:
        raise MachineError(f"{key} is nothing that is found out")
    match _FIELDS[key]:
        case "bool":
            if isinstance(value, bool):
                return value
        case "float":
            number = _number(value)
            if number is not None and (0.01 if key.endswith("kmh_s") else 0.0) <= number <= _MOST:
                return number
        case _ if isinstance(usual, StrEnum):
            if value in tuple(type(usual)):
                return type(usual)(str(value))
        case "str":
            if isinstance(value, str):
                return value
        case _:
            raise MachineError(f"{key} is nothing that is found out")
    raise MachineError(f"{key} cannot be {value!r}")


def check(record: Known | KnownStrap) -> None:
    """Nothing stands in the record that could not be read again.

    Raises:
        MachineError: an instant is none, a fact is none, or there is no address.
    """
    (_machine if isinstance(record, Known) else _strap)(_plain(record))


def text_of(content: Content) -> str:
    """The records as JSON, for people too."""
    told = {
        "schema": SCHEMA,
        "machines": [_plain(one) for one in content.machines],
        "straps": [_plain(one) for one in content.straps],
    }
    return json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _plain(record: Known | KnownStrap) -> dict[str, object]:
    return asdict(replace(record, found=dict(record.found)) if isinstance(record, Known) else record)


def parsed(text: str) -> tuple[Content, str]:
    """The records that can be read, and what is wrong with the rest; the sentence is empty where all is well."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return Content(), "is not JSON"
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        return Content(), "was not written by this version of coach"
    wrong: list[str] = []
    machines = tuple(_each(told.get("machines"), "machines", _machine, wrong))
    straps = tuple(_each(told.get("straps"), "straps", _strap, wrong))
    return Content(machines, straps), "; ".join(wrong)


def _each(told: object, kind: str, read: Callable[[Mapping[str, object]], _T], wrong: list[str]) -> Sequence[_T]:
    if not isinstance(told, list):
        wrong.append(f"{kind} is not a list")
        return ()
    found: dict[str, _T] = {}
    for number, one in enumerate(told, 1):
        try:
            record = read(one if isinstance(one, dict) else {})
            _ = json.dumps(_plain(record), ensure_ascii=False).encode()
        except UnicodeEncodeError:  # JSON can hold what is no text
            wrong.append(f"{kind}, the {number}. record: a sign in it is none")
            continue
        except MachineError as error:
            wrong.append(f"{kind}, the {number}. record: {error}")
            continue
        if record.address.casefold() in found:
            wrong.append(f"{kind}, the {number}. record: its address was there before")
        else:
            found[record.address.casefold()] = record
    return tuple(found.values())


def _machine(told: Mapping[str, object]) -> Known:
    found = told.get("found", {})
    if not isinstance(found, dict):
        raise MachineError("found is not a table")
    profile_with(_UNKNOWN, found)
    usable = {key: value for key, value in found.items() if isinstance(value, bool | str) or _number(value) is not None}
    return Known(
        address=_address(told),
        name=_text(told, "name"),
        model=_text(told, "model"),
        accepted_at=_instant(told, "accepted_at"),
        proved_at=_instant(told, "proved_at"),
        tested_at=_instant(told, "tested_at"),
        found=usable,
        speeds=_range(told, "speeds"),
        inclines=_range(told, "inclines"),
        units=_units(told),
        last_used_at=_instant(told, "last_used_at"),
        simulated=_flag(told, "simulated"),
    )


def _strap(told: Mapping[str, object]) -> KnownStrap:
    return KnownStrap(_address(told), _text(told, "name"), _instant(told, "bound_at"), _instant(told, "last_used_at"))


def _address(told: Mapping[str, object]) -> str:
    address = _text(told, "address")
    if not address.strip():
        raise MachineError("there is no address")
    return address


def _text(told: Mapping[str, object], key: str) -> str:
    value = told.get(key, "")
    if not isinstance(value, str):
        raise MachineError(f"{key} is not text")
    return value


def _flag(told: Mapping[str, object], key: str) -> bool:
    value = told.get(key, False)
    if not isinstance(value, bool):
        raise MachineError(f"{key} is not true or false")
    return value


def _instant(told: Mapping[str, object], key: str) -> str | None:
    """Proof and test must not come out of damage: an instant is a date with time and zone, or nothing."""
    value = told.get(key)
    if value is None:
        return None
    try:
        if isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None:
            return value
    except ValueError:
        pass
    raise MachineError(f"{key} is not an instant: {value!r}")


def _range(told: Mapping[str, object], key: str) -> Range | None:
    value = told.get(key)
    if value is None:
        return None
    ends = [_number(value.get(end)) if isinstance(value, dict) else None for end in ("low", "high", "step")]
    match ends:
        case [float(low), float(high), float(step)] if low <= high and step > 0:
            return Range(low, high, step)
    raise MachineError(f"{key} is not a range")


def _units(told: Mapping[str, object]) -> KnownUnits | None:
    value = told.get("units")
    if value is None:
        return None
    if isinstance(value, dict):
        target, report = _number(value.get("target")), _number(value.get("report"))
        if target is not None and report is not None and min(target, report) >= 1 and max(target, report) < 2:
            return KnownUnits(target, report, _flag(value, "answered"))
    raise MachineError("units are none")


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:  # a whole number of hundreds of digits
        return None

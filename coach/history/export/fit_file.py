"""A FIT file as its messages come: bytes through fit-tool, which nothing else of the history imports.

Values go in as they stand in the file; None is the value that means none. A message is defined when its fields change,
and one that comes every second is made once and filled again, since making one takes fit-tool a hundred times longer.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from coach.history.export.activity import ExportError

if TYPE_CHECKING:
    from fit_tool.data_message import DataMessage
    from fit_tool.definition_message import DefinitionMessage
    from fit_tool.developer_field import DeveloperField
    from fit_tool.field import Field

Value: TypeAlias = int | float | str | bytes | None
Values: TypeAlias = Mapping[str, Value]  # by the names of the profile

APPLICATION: Final = bytes.fromhex("3b8e0f6a5c214d0e9a7d62636f616368")  # of coach's own fields; never another
_UINT8, _UINT16, _UINT32, _STRING, _FLOAT32 = 2, 132, 134, 7, 136  # base types


class Kind(Enum):
    """The messages of an activity, by their modules in fit-tool; a kind's place is its local number."""

    FILE_ID = "file_id"
    DEVICE_INFO = "device_info"
    DEVELOPER_DATA_ID = "developer_data_id"
    FIELD_DESCRIPTION = "field_description"
    WORKOUT = "workout"
    WORKOUT_STEP = "workout_step"
    EVENT = "event"
    RECORD = "record"
    LAP = "lap"
    SESSION = "session"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class _Own:
    """A field that the profile has not."""

    name: str
    base: int
    units: str = ""
    size: int = 1  # bytes


class Own(Enum):
    """Coach's own fields; their places are their numbers in the file, so new ones go to the end."""

    DIRECTION = _Own("direction", _UINT8)  # of records and laps: 0 forward, 1 backward, 2 turn or stopped, 3 unknown
    STEP = _Own("step", _STRING, size=64)  # of laps: their names
    BACKWARD_TIME = _Own("backward_time", _UINT32, "s", 4)
    BACKWARD_DISTANCE = _Own("backward_distance", _FLOAT32, "m", 4)
    TURN_COUNT = _Own("turn_count", _UINT16, "turns", 2)
    KCAL_BACKWARD = _Own("kcal_backward", _UINT16, "kcal", 2)


Owned: TypeAlias = Mapping[Own, Value]
_NOTHING: Final[Owned] = MappingProxyType({})
_PLACES: Final = {kind: place for place, kind in enumerate(Kind)}
_NUMBERS: Final = {own: number for number, own in enumerate(Own)}


class File:
    """The messages so far."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._definitions: dict[Kind, DefinitionMessage] = {}
        self._record: _Sheet | None = None

    def add(self, kind: Kind, values: Values, own: Owned = _NOTHING) -> None:
        """Put a message behind the others; those of a kind RECORD all have the same fields.

        Raises:
            ExportError: a value does not fit into its field.
        """
        from fit_tool.definition_message import DefinitionMessage
        from fit_tool.record import Record

        with _told(kind):
            sheet = self._record if kind is Kind.RECORD else None
            sheet = sheet or _Sheet(kind, values, own)
            sheet.fill(values, own)
            message, known = sheet.message, self._definitions.get(kind)
            wanted = DefinitionMessage.from_data_message(message)
            if known is None or not known.supports(wanted):
                self._definitions[kind] = known = wanted
                self._parts.append(Record.from_message(wanted).to_bytes())
            message.set_definition_message(known)
            self._parts.append(Record.from_message(message).to_bytes())
        if kind is Kind.RECORD:
            self._record = sheet

    def describe(self, version: int) -> None:
        """Say whose own fields follow, and what they are."""
        whose: Values = {"application_id": APPLICATION, "developer_data_index": 0, "application_version": version}
        self.add(Kind.DEVELOPER_DATA_ID, whose)
        for own, number in _NUMBERS.items():
            told = own.value
            units = {"units": told.units} if told.units else {}
            values: dict[str, Value] = {
                "developer_data_index": 0,
                "field_definition_number": number,
                "fit_base_type_id": told.base,
                "field_name": told.name,
            }
            self.add(Kind.FIELD_DESCRIPTION, values | units)

    def bytes(self) -> bytes:
        """The whole file, with its header and both checksums."""
        from fit_tool.fit_file_header import FitFileHeader

        records = b"".join(self._parts)
        whole: bytes = FitFileHeader(len(records), gen_crc=True).to_bytes() + records
        checksum: int = import_module("fit_tool.utils.crc").crc16(whole)  # it has no types of its own
        return whole + struct.pack("<H", checksum)


class _Sheet:
    """A message and its fields."""

    def __init__(self, kind: Kind, values: Values, own: Owned) -> None:
        self._own = {one: _own_field(one) for one in own}
        self.message = _message(kind, list(self._own.values()))
        self._fields = {name: _field(self.message, name) for name in values}

    def fill(self, values: Values, own: Owned) -> None:
        """Set all values."""
        for name, value in values.items():
            _set(self._fields[name], value)
        for one, value in own.items():
            _set(self._own[one], value)


def _message(kind: Kind, own: list[DeveloperField]) -> DataMessage:
    with quiet():
        module = import_module(f"fit_tool.profile.messages.{kind.value}_message")
    words = kind.value.split("_")
    message: DataMessage = getattr(module, f"{''.join(map(str.capitalize, words))}Message")(
        developer_fields=own, local_id=_PLACES[kind]
    )
    return message


def _field(message: DataMessage, name: str) -> Field:
    field = message.get_field_by_name(name)
    assert field is not None, f"{message.name} has no field {name}"
    return field


def _own_field(one: Own) -> DeveloperField:
    from fit_tool.base_type import BaseType
    from fit_tool.developer_field import DeveloperField

    told = one.value
    base = BaseType(told.base)
    return DeveloperField(_NUMBERS[one], told.name, base, size=told.size, units=told.units, developer_data_index=0)


def _set(field: Field, value: Value) -> None:
    """A value as it stands in the file; what is out of range is refused, and None is the value that means none."""
    if value is None:
        field.set_encoded_value(0, field.base_type.invalid_raw_value(), check_validity=False)
    elif isinstance(value, bytes):
        for place, byte in enumerate(value):
            field.set_encoded_value(place, byte)
    else:
        field.set_encoded_value(0, value)


@contextmanager
def _told(kind: Kind) -> Iterator[None]:
    with quiet():
        from fit_tool.exceptions import FitError
    try:
        yield
    except FitError as error:
        raise ExportError(f"a FIT file cannot hold this session: {kind.value}: {str(error).rstrip('.')}") from error


@contextmanager
def quiet() -> Iterator[None]:
    """The import of fit-tool gives the root logger a handler, which is taken away again."""
    handlers = list(logging.root.handlers)
    try:
        yield
    finally:
        logging.getLogger("fit_tool").setLevel(logging.CRITICAL)
        for handler in set(logging.root.handlers) - set(handlers):
            logging.root.removeHandler(handler)

"""FIT files as two foreign readers see them: fitdecode with every error raised, and fit-tool with every rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from fit_tool.fit_file import FitFile
from fit_tool.validation import DEFAULT_LEVELS, ProfileScope, validate_fit_file
from fitdecode import CrcCheck, ErrorHandling, FitDataMessage, FitReader

from coach.history.export.fit import fit_bytes
from tests.history.export.played import active

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Read:
    """The messages of a file by name, in their order; fields without a value are left away."""

    raw: bytes
    order: tuple[tuple[str, Fields], ...]

    def all(self, name: str) -> list[Fields]:
        """The messages of a name."""
        return [fields for one, fields in self.order if one == name]

    def one(self, name: str) -> Fields:
        """The only message of a name."""
        (fields,) = self.all(name)
        return fields


def read(raw: bytes) -> Read:
    """A file through fitdecode: checksums are compared, and every fault is an error."""
    strict = {"check_crc": CrcCheck.RAISE, "error_handling": ErrorHandling.RAISE}
    with FitReader(raw, **strict) as file:  # type: ignore[no-untyped-call]  # it has no types
        messages = [one for one in file if isinstance(one, FitDataMessage)]
    return Read(raw, tuple((one.name, _fields(one)) for one in messages))


def _fields(message: FitDataMessage) -> Fields:
    return {field.name: field.value for field in message.fields if field.value is not None}


def problems(raw: bytes) -> Sequence[str]:
    """What fit-tool's strict reader has against a file, by every rule of its profile."""
    report = validate_fit_file(FitFile.from_bytes(raw), levels=DEFAULT_LEVELS, profile_scope=ProfileScope.FULL)
    return [str(finding) for finding in report.findings]


@cache
def fitted(name: str) -> Read:
    """The file of a session, written and read once."""
    return read(fit_bytes(active(name)))


def number(fields: Fields, name: str) -> float:
    """A field that is a number."""
    value = fields[name]
    assert isinstance(value, int | float), f"{name} is {value!r}"
    return value


def instant(fields: Fields, name: str = "timestamp") -> datetime:
    """A field that is an instant."""
    value = fields[name]
    assert isinstance(value, datetime), f"{name} is {value!r}"
    return value

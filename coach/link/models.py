"""What is known of real treadmills by the names that they advertise: models.toml, read when it is first asked for.

An entry may only make coach more careful than it is with a machine that nobody knows, unless the entry says that its
facts were captured from a real machine. What a link loss does, and whether a machine was tested, no entry may say.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final, TypeVar
from uuid import UUID

from coach.core.error import MachineError
from coach.core.machine import MILES, Ack, MachineProfile, Preamble, StartWhenRunning, Units
from coach.link.habits import Habits, Unlock

FILE: Final = "models.toml"
_UNKNOWN: Final = MachineProfile()
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Model:
    """One model or family of treadmills."""

    key: str  # its table in models.toml
    names: tuple[str, ...]  # patterns of advertised names; none where it advertises no name
    profile: MachineProfile  # that of a machine that nobody has tested, with what is known of this one
    habits: Habits
    units: Units  # to begin with; they are measured in every session
    units_in_miles: Units  # the same where the console shows miles
    captured: bool  # its facts were recorded from a real machine
    source: str
    note: str  # one sentence for its owner


def models() -> tuple[Model, ...]:
    """All that are known, in the order of the file.

    Raises:
        MachineError: models.toml is damaged; the message carries file, table and key.
    """
    return _shipped()


def model_of(name: str) -> Model | None:
    """The model that advertises this name; of several patterns that fit the longest decides, a whole name first."""
    fitting = [(pattern, one) for one in models() for pattern in one.names if fits(pattern, name)]
    return max(fitting, key=lambda found: _weight(found[0]))[1] if fitting else None


def _weight(pattern: str) -> tuple[int, bool]:
    return len(pattern.removesuffix("*")), not pattern.endswith("*")


def model(key: str) -> Model | None:
    """The model of that table."""
    return next((one for one in models() if one.key == key), None)


def fits(pattern: str, name: str) -> bool:
    """A name is what a pattern says: `*` at its end for any rest, `?` for any character, capitals and blanks alike."""
    return _expression(pattern).fullmatch(_plain(name)) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    begins = pattern.endswith("*")
    signs = _plain(pattern.removesuffix("*"), keep=begins)
    return re.compile("".join("." if sign == "?" else re.escape(sign) for sign in signs) + (".*" if begins else ""))


def _plain(name: str, *, keep: bool = False) -> str:
    """Blanks at the ends and doubled ones say nothing: a Therun T15 advertises two in its middle."""
    joined = re.sub(r"\s+", " ", name.casefold()).lstrip()
    return joined if keep else joined.rstrip()


@cache
def _shipped() -> tuple[Model, ...]:
    return read_models((files("coach.link") / FILE).read_text(encoding="utf-8"), FILE)


def read_models(text: str, file: str) -> tuple[Model, ...]:
    """Read models from TOML text; `file` is its name in messages.

    Raises:
        MachineError: it is no TOML, or an entry says what it must not; with file, table and key.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MachineError(f"{file}: is not TOML: {error}") from error
    found = tuple(_model(_Table(file, key, values)) for key, values in tables.items())
    seen: dict[str, str] = {}
    for one in found:
        for pattern in one.names:
            plain = _plain(pattern)
            if plain in seen:
                raise MachineError(f"{file}: {one.key}: names: {pattern!r} is a name of {seen[plain]} too")
            seen[plain] = one.key
    return found


# Of a flag the value that an unknown machine does not have is the careful one. `silent_when_stopped` is among them
# because the runner is asked as well whether the belt stands (safety.md 1).
_FLAGS: Final = (
    *("pause_stops", "stop_works", "stop_resets", "remote_start", "speed_control", "speed_needs_start"),
    *("incline_control", "incline_reported", "unit_doubtful", "silent_when_stopped", "stray_zeros"),
)
# The most that each may be; without a capture at least, or at most, what an unknown machine has.
_MORE: Final = {"min_write_gap_s": 5.0, "start_delay_s": 60.0, "start_kmh": 5.0, "settle_s": 30.0, "answer_s": 30.0}
_LESS: Final = {"accel_kmh_s": 20.0, "decel_kmh_s": 20.0}
_OTHERS: Final = (
    *("names", "source", "note", "captured", "preamble", "start_when_running", "ack", "reported"),
    *(
        "target_unit",
        "report_unit",
        "unit_of_console",
        "lowest_kmh",
        "incline_min_pct",
        "incline_max_pct",
        "incline_step_pct",
    ),
    *("cccd_gap_s", "pair", "unlock"),
)
_KEYS: Final = (*_FLAGS, *_MORE, *_LESS, *_OTHERS)
LONGEST_GAP_S: Final = 5.0  # a session has to begin at some time


class SpeedUnit(StrEnum):
    """In which unit a machine takes or reports a speed."""

    KMH = "kmh"
    MPH = "mph"

    @property
    def factor(self) -> float:
        """Km/h in one of it."""
        return MILES if self is SpeedUnit.MPH else 1.0


def _model(table: _Table) -> Model:
    table.check_keys()
    units = Units(
        target=table.choice("target_unit", SpeedUnit.KMH).factor,
        report=table.choice("report_unit", SpeedUnit.KMH).factor,
    )
    follows = table.speeds_of_console()
    in_miles = Units(
        target=MILES if "target" in follows else units.target,
        report=MILES if "report" in follows else units.report,
    )
    captured = table.flag("captured", False)
    made = Model(
        key=table.key,
        names=table.names(),
        profile=_profile(table),
        habits=_habits(table),
        units=units,
        units_in_miles=in_miles,
        captured=captured,
        source=table.text("source"),
        note=table.text("note"),
    )
    if not captured:
        table.check_careful(made.profile)
    return made


def _profile(table: _Table) -> MachineProfile:
    std = _UNKNOWN
    return MachineProfile(
        preamble=table.choice("preamble", std.preamble),
        start_when_running=table.choice("start_when_running", std.start_when_running),
        min_write_gap_s=table.number("min_write_gap_s", std.min_write_gap_s, 0, _MORE["min_write_gap_s"]),
        ack=table.choice("ack", std.ack),
        pause_stops=table.flag("pause_stops", std.pause_stops),
        stop_works=table.flag("stop_works", std.stop_works),
        stop_resets=table.flag("stop_resets", std.stop_resets),
        remote_start=table.flag("remote_start", std.remote_start),
        speed_control=table.flag("speed_control", std.speed_control),
        speed_needs_start=table.flag("speed_needs_start", std.speed_needs_start),
        incline_control=table.flag("incline_control", std.incline_control),
        reported=table.choice("reported", std.reported),
        start_delay_s=table.number("start_delay_s", std.start_delay_s, 0, _MORE["start_delay_s"]),
        start_kmh=table.number("start_kmh", std.start_kmh, 0.1, _MORE["start_kmh"]),
        settle_s=table.number("settle_s", std.settle_s, 0, _MORE["settle_s"]),
        accel_kmh_s=table.number("accel_kmh_s", std.accel_kmh_s, 0.01, _LESS["accel_kmh_s"]),
        decel_kmh_s=table.number("decel_kmh_s", std.decel_kmh_s, 0.01, _LESS["decel_kmh_s"]),
        incline_reported=table.flag("incline_reported", std.incline_reported),
        unit_doubtful=table.flag("unit_doubtful", std.unit_doubtful),
        lowest_kmh=table.optional("lowest_kmh", 0.1, 20),
        incline_min_pct=table.optional("incline_min_pct", -60, 0),
        incline_max_pct=table.optional("incline_max_pct", 0, 60),
        incline_step_pct=table.optional("incline_step_pct", 0.1, 10),
        silent_when_stopped=table.flag("silent_when_stopped", std.silent_when_stopped),
        stray_zeros=table.flag("stray_zeros", std.stray_zeros),
        answer_s=table.number("answer_s", std.answer_s, 0, _MORE["answer_s"]),
    )


def _habits(table: _Table) -> Habits:
    std = Habits()
    return Habits(
        cccd_gap_s=table.number("cccd_gap_s", std.cccd_gap_s, 0, LONGEST_GAP_S),
        unlock=table.unlocks(),
        pair=table.flag("pair", std.pair),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """The values of one entry, and how to say what is wrong with them."""

    file: str
    key: str
    values: object

    def wrong(self, key: str, sentence: str) -> MachineError:
        return MachineError(f"{self.file}: {self.key}: {key}: {sentence}")

    @property
    def _all(self) -> Mapping[str, object]:
        return self.values if isinstance(self.values, dict) else {}

    def check_keys(self) -> None:
        if not isinstance(self.values, dict):
            raise MachineError(f"{self.file}: {self.key}: is a value, not a table")
        for key in self.values:
            if key not in _KEYS:
                raise self.wrong(key, "is not a key of a model")

    def check_careful(self, profile: MachineProfile) -> None:
        """Nothing here makes coach less careful than with a machine that nobody knows."""
        loose = [
            *(key for key in _MORE if getattr(profile, key) < getattr(_UNKNOWN, key)),
            *(key for key in _LESS if getattr(profile, key) > getattr(_UNKNOWN, key)),
            *(["preamble"] if profile.preamble is not Preamble.NONE else []),
            *(["start_when_running"] if profile.start_when_running is not StartWhenRunning.FORBIDDEN else []),
            *(["ack"] if profile.ack is not Ack.INDICATION else []),
            *(["unlock"] if "unlock" in self._all else []),
        ]
        if loose:
            raise self.wrong(loose[0], "makes coach less careful; only a captured entry may")

    def names(self) -> tuple[str, ...]:
        names = self._all.get("names")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self.wrong("names", "must be a list of texts")
        for name in names:
            if len(name.strip(" *?")) < 2 or "*" in name[:-1]:
                raise self.wrong("names", f"{name!r} must have two letters, and * only at its end")
        return tuple(names)

    def speeds_of_console(self) -> tuple[str, ...]:
        speeds = self._all.get("unit_of_console", [])
        if not isinstance(speeds, list) or not all(speed in ("target", "report") for speed in speeds):
            raise self.wrong("unit_of_console", "must be a list of target, report or both")
        return tuple(speeds)

    def text(self, key: str) -> str:
        value = self._all.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "must be a text")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._all.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self._all.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.wrong(key, f"must be a number from {low:g} to {high:g}")
        return float(value)

    def optional(self, key: str, low: float, high: float) -> float | None:
        return self.number(key, 0, low, high) if key in self._all else None

    def choice(self, key: str, default: _Choice) -> _Choice:
        value = self._all.get(key, default.value)
        for member in type(default):
            if member.value == value:
                return member
        raise self.wrong(key, f"must be {' or '.join(member.value for member in type(default))}")

    def unlocks(self) -> tuple[Unlock, ...]:
        written = self._all.get("unlock", [])
        if not isinstance(written, list):
            raise self.wrong("unlock", "must be a list of tables")
        return tuple(self._unlock(_Table(self.file, f"{self.key}.unlock", one)) for one in written)

    def _unlock(self, table: _Table) -> Unlock:
        if not isinstance(table.values, dict) or not {"uuid", "value"} <= set(table.values):
            raise self.wrong("unlock", "needs a uuid and a value")
        if unknown := set(table.values) - {"uuid", "value", "response", "answers_on"}:
            raise table.wrong(min(unknown), "is not a key of an unlock")
        return Unlock(
            uuid=table.uuid("uuid"),
            value=table.octets("value"),
            response=table.flag("response", True),
            answers_on=table.uuid("answers_on") if "answers_on" in table.values else "",
        )

    def uuid(self, key: str) -> str:
        try:
            return str(UUID(self.text(key)))
        except ValueError as error:
            raise self.wrong(key, "must be a UUID of 128 bit") from error

    def octets(self, key: str) -> bytes:
        try:
            return bytes.fromhex(self.text(key))
        except ValueError as error:
            raise self.wrong(key, "must be octets in hex") from error

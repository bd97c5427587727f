"""Simulated machines as flat TOML files: what each can do, and in which ways it is not what the specification says.

Every speed in a file is in true km/h. `step_kmh = 0` and inverted ranges are possible: real machines send them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import takewhile
from pathlib import Path
from typing import Final, TypeVar

from coach.core.error import MachineError

_PAGE: Final = re.compile(r"\s*\([^()]*\.md [^()]*\)")  # where in our own notes an oddity is written


class SpeedUnit(StrEnum):
    """What a machine means by a speed."""

    KMH = "kmh"
    MPH = "mph"


class Report(StrEnum):
    """Which speed Treadmill Data carries while the belt runs."""

    ACTUAL = "actual"
    TARGET = "target"  # the target at once; the true speed only once the belt is stopping


class StartWhenRunning(StrEnum):
    """What Start does to a belt that was started already."""

    REFUSE = "refuse"  # answers 04, as FTMS 4.16.2.22 asks
    OK = "ok"  # answers success, changes nothing
    STOP = "stop"  # Start is a toggle


class StopWhenStopped(StrEnum):
    """What Stop does to a belt that stands."""

    REFUSE = "refuse"  # answers 04, as FTMS 4.16.2.22 asks
    OK = "ok"  # answers success, changes nothing
    START = "start"  # Stop is a toggle


class Pause(StrEnum):
    """What Pause (08 02) does."""

    PAUSE = "pause"
    STOP = "stop"
    SLOW = "slow"  # to the lowest speed, never to a stand
    IGNORE = "ignore"  # answers success, changes nothing


class Stop(StrEnum):
    """What Stop (08 01) does."""

    STOP = "stop"
    IGNORE_FIRST = "ignore_first"  # the first Stop of each run is answered and ignored
    IGNORE = "ignore"  # answers success, changes nothing


class Ack(StrEnum):
    """How the control point answers."""

    INDICATE = "indicate"
    NOTIFY = "notify"  # the characteristic has no indications, the same bytes come as notifications
    NONE = "none"  # never answers


class LinkLoss(StrEnum):
    """What the belt does when the link is lost."""

    KEEP = "keep"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class SimMachine:
    """A machine that speaks FTMS; the defaults are a well-behaved home treadmill."""

    name: str  # as advertised, where SIM- goes before it if it does not begin so
    min_kmh: float = 0.8
    max_kmh: float = 18.0
    step_kmh: float = 0.1  # 0 is sent as 0 and kept as 0.1
    incline_min_pct: float = 0.0
    incline_max_pct: float = 12.0  # equal to the lowest: no incline, no such characteristic
    incline_step_pct: float = 0.5
    incline_pct_s: float = 0.5  # how fast the incline changes
    accel_kmh_s: float = 0.5
    decel_kmh_s: float = 0.5
    start_countdown_s: float = 3.0  # from Start to motion
    start_kmh: float = 0.8  # taken after the countdown until a target comes; a file that is silent means its lowest
    resume_kmh: float = 0.8  # the same after a pause
    keeps_target: bool = False  # Start takes the last target again, whatever stopped the belt
    report: Report = Report.ACTUAL
    report_period_s: float = 0.5
    report_lag_s: float = 0.0  # how old a reported actual speed is
    jitter_s: float = 0.0  # up to this much later than due, for reports and answers, from the seed
    target_unit: SpeedUnit = SpeedUnit.KMH  # of the control point, of status 05 and of the speed range
    report_unit: SpeedUnit = SpeedUnit.KMH  # of Treadmill Data; its distance is always in true metres
    start_when_running: StartWhenRunning = StartWhenRunning.REFUSE
    stop_when_stopped: StopWhenStopped = StopWhenStopped.REFUSE
    pause: Pause = Pause.PAUSE
    stop: Stop = Stop.STOP
    ack: Ack = Ack.INDICATE
    ack_delay_s: float = 0.1  # after the write response, or after the write where the answer comes first
    ack_before_response: bool = False
    unanswered: tuple[int, ...] = ()  # op codes that are obeyed and never answered
    needs_control: bool = True  # False: everything works without Request Control
    refuses: tuple[int, ...] = ()  # op codes that are answered with refuse_result, though the feature bits promise them
    refuse_result: int = 2  # 02 not supported, 04 failed, 05 not permitted
    ignores: tuple[int, ...] = ()  # op codes that are answered with success, and nothing comes of them
    answers: int = 0  # so many procedures are answered on each link, and no more; 0: all
    speed_needs_start: bool = False  # a target is answered with 05 until the belt moves
    speed_part: float = 1.0  # the belt runs so much of what it is told; its report of the actual speed tells it
    slow_raises: bool = False  # a lower target raises the belt by as much
    resets_on_stop: bool = False  # distance, time and steps jump to 0 when the belt stands after a Stop
    silent_when_stopped: bool = False  # no Treadmill Data while the belt stands
    split_records: bool = False  # each record comes in two notifications
    steps_bits: int = 0  # width of a step count behind reserved flag 13
    on_link_loss: LinkLoss = LinkLoss.STOP


NAME_PREFIX: Final = "SIM-"  # what marks a simulated peripheral on the air (safety.md 5)
_STANDARD: Final = SimMachine(name=NAME_PREFIX)
_KEYS: Final = tuple(SimMachine.__slots__)
_FASTEST_KMH: Final = 60.0  # no treadmill is faster; also keeps every speed inside a u16
_STEEPEST_PCT: Final = 60.0  # more than any treadmill that is sold
_SLOWEST_S: Final = 60.0  # more would test nothing but patience
_SYNTAX_PLACE: Final = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_Choice = TypeVar("_Choice", bound=StrEnum)


def shipped_machines() -> dict[str, Traversable]:
    """The machines that come with coach, by their short names, in alphabetical order."""
    folder = files("coach.link") / "machines"
    shipped = {entry.name.removesuffix(".toml"): entry for entry in folder.iterdir() if entry.name.endswith(".toml")}
    return dict(sorted(shipped.items()))


def find_machine(name: str) -> SimMachine:
    """A shipped machine by its short name, or one from a file whose name ends in .toml.

    Raises:
        MachineError: no such machine, or its file cannot be read.
    """
    if name.endswith(".toml"):
        return load_machine(Path(name))
    shipped = shipped_machines()
    if name in shipped:
        return load_machine(shipped[name])
    near = _did_you_mean(name, tuple(shipped))
    raise MachineError(f"{name} is not a simulated machine{near} coach machines lists them; a file ends in .toml")


def about(source: Traversable) -> str:
    """The comment that a machine file begins with."""
    lines = takewhile(lambda line: line.startswith("#"), source.read_text(encoding="utf-8").splitlines())
    return _PAGE.sub("", " ".join(line.lstrip("# ") for line in lines))


def load_machine(source: str | Path | Traversable) -> SimMachine:
    """Read a machine from TOML text, or from the file at a path.

    Raises:
        MachineError: the file cannot be read, or says something that no machine can do; with file and line.
    """
    if isinstance(source, str):
        return _parse(source, "machine")
    try:
        return _parse(source.read_bytes().decode(), str(source))
    except OSError as error:
        raise MachineError(f"{source}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MachineError(f"{source}: is not UTF-8 text") from error


def _parse(text: str, file: str) -> SimMachine:
    try:
        page = _Page(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place = _SYNTAX_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        raise MachineError(f"{file}:{line}: is not TOML: {_SYNTAX_PLACE.sub('', str(error))}") from error
    except (ValueError, RecursionError) as error:  # thousands of digits, or of lists within each other
        raise MachineError(f"{file}: cannot be read: a number is too long, or lists are nested too deep") from error
    page.check_keys()
    return _machine(page)


@dataclass(frozen=True, slots=True)
class _Page:
    """The values of a file, and where in its text each stands."""

    file: str
    text: str
    values: dict[str, object]

    def check_keys(self) -> None:
        for key in self.values:
            if key not in _KEYS:
                raise self.error(key, f"{key} is not a key of a machine{_did_you_mean(key, _KEYS)}")

    def error(self, key: str, sentence: str) -> MachineError:
        place = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
        lines = (number for number, line in enumerate(self.text.splitlines(), 1) if place.match(line))
        return MachineError(f"{self.file}:{next(lines, 1)}: {sentence}")

    def wrong(self, key: str, allowed: str) -> MachineError:
        return self.error(key, f"{key} is {_shown(self.values[key])}; it must be {allowed}")

    def name(self) -> str:
        if "name" not in self.values:
            raise MachineError(f'{self.file}:1: a machine needs a name, such as name = "{NAME_PREFIX}mine"')
        name = self.values["name"]
        if not isinstance(name, str) or not name.strip():
            raise self.wrong("name", f'text, such as "{NAME_PREFIX}mine"')
        return name

    def number(self, key: str, default: float, low: float, high: float) -> float:
        if key not in self.values:
            return default
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.wrong(key, f"a number from {low:g} to {high:g}")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def choice(self, key: str, default: _Choice) -> _Choice:
        value = self.values.get(key, default)
        for member in type(default):
            if value == member.value:
                return member
        raise self.wrong(key, _any_of(type(default)))

    def one_of(self, key: str, default: int, allowed: tuple[int, ...]) -> int:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
            raise self.wrong(key, _any_of([str(number) for number in allowed]))
        return value

    def codes(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        value = self.values.get(key, list(default))
        if not isinstance(value, list):
            raise self.wrong(key, "a list of op codes, such as [0x02, 0x07]")
        for code in value:
            if isinstance(code, bool) or not isinstance(code, int) or not 0 <= code <= 0x7F:
                raise self.wrong(key, "a list of op codes from 0x00 to 0x7F")
        return tuple(value)


def _machine(page: _Page) -> SimMachine:
    std = _STANDARD
    min_kmh = page.number("min_kmh", std.min_kmh, 0, _FASTEST_KMH)
    max_kmh = page.number("max_kmh", std.max_kmh, 0, _FASTEST_KMH)
    creep_kmh = min(min_kmh, max_kmh) or min(std.start_kmh, max(min_kmh, max_kmh))
    machine = SimMachine(
        name=page.name(),
        min_kmh=min_kmh,
        max_kmh=max_kmh,
        step_kmh=page.number("step_kmh", std.step_kmh, 0, 5),
        incline_min_pct=page.number("incline_min_pct", std.incline_min_pct, -_STEEPEST_PCT, _STEEPEST_PCT),
        incline_max_pct=page.number("incline_max_pct", std.incline_max_pct, -_STEEPEST_PCT, _STEEPEST_PCT),
        incline_step_pct=page.number("incline_step_pct", std.incline_step_pct, 0, 10),
        incline_pct_s=page.number("incline_pct_s", std.incline_pct_s, 0.01, 20),
        accel_kmh_s=page.number("accel_kmh_s", std.accel_kmh_s, 0.01, 20),
        decel_kmh_s=page.number("decel_kmh_s", std.decel_kmh_s, 0.01, 20),
        start_countdown_s=page.number("start_countdown_s", std.start_countdown_s, 0, _SLOWEST_S),
        start_kmh=page.number("start_kmh", creep_kmh, 0.01, _FASTEST_KMH),
        resume_kmh=page.number("resume_kmh", creep_kmh, 0.01, _FASTEST_KMH),
        keeps_target=page.flag("keeps_target", std.keeps_target),
        report=page.choice("report", std.report),
        report_period_s=page.number("report_period_s", std.report_period_s, 0.05, _SLOWEST_S),
        report_lag_s=page.number("report_lag_s", std.report_lag_s, 0, _SLOWEST_S),
        jitter_s=page.number("jitter_s", std.jitter_s, 0, 1),
        target_unit=page.choice("target_unit", std.target_unit),
        report_unit=page.choice("report_unit", std.report_unit),
        start_when_running=page.choice("start_when_running", std.start_when_running),
        stop_when_stopped=page.choice("stop_when_stopped", std.stop_when_stopped),
        pause=page.choice("pause", std.pause),
        stop=page.choice("stop", std.stop),
        ack=page.choice("ack", std.ack),
        ack_delay_s=page.number("ack_delay_s", std.ack_delay_s, 0, _SLOWEST_S),
        ack_before_response=page.flag("ack_before_response", std.ack_before_response),
        needs_control=page.flag("needs_control", std.needs_control),
        unanswered=page.codes("unanswered", std.unanswered),
        refuses=page.codes("refuses", std.refuses),
        refuse_result=page.one_of("refuse_result", std.refuse_result, (2, 3, 4, 5)),
        ignores=page.codes("ignores", std.ignores),
        answers=round(page.number("answers", std.answers, 0, 1000)),
        speed_needs_start=page.flag("speed_needs_start", std.speed_needs_start),
        speed_part=page.number("speed_part", std.speed_part, 0.5, 1.5),
        slow_raises=page.flag("slow_raises", std.slow_raises),
        resets_on_stop=page.flag("resets_on_stop", std.resets_on_stop),
        silent_when_stopped=page.flag("silent_when_stopped", std.silent_when_stopped),
        split_records=page.flag("split_records", std.split_records),
        steps_bits=page.one_of("steps_bits", std.steps_bits, (0, 16, 24)),
        on_link_loss=page.choice("on_link_loss", std.on_link_loss),
    )
    _check_together(page, machine)
    return machine


def _check_together(page: _Page, machine: SimMachine) -> None:
    fastest_kmh = max(machine.min_kmh, machine.max_kmh)
    if fastest_kmh == 0:
        raise page.error("max_kmh", "min_kmh and max_kmh are both 0; such a belt never moves")
    if machine.start_kmh > fastest_kmh:
        raise page.error("start_kmh", f"start_kmh {machine.start_kmh:g} is above the fastest speed, {fastest_kmh:g}")
    if machine.resume_kmh > fastest_kmh:
        raise page.error("resume_kmh", f"resume_kmh {machine.resume_kmh:g} is above the fastest speed, {fastest_kmh:g}")
    if machine.jitter_s >= machine.report_period_s:
        raise page.error(
            "jitter_s" if "jitter_s" in page.values else "report_period_s",
            f"jitter_s must be below report_period_s, {machine.report_period_s:g}",
        )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _any_of(words: Sequence[str] | type[StrEnum]) -> str:
    *most, last = (str(word) for word in words)
    return f"{', '.join(most)} or {last}"


def _did_you_mean(word: str, words: Sequence[str]) -> str:
    close = get_close_matches(word, words, 1)
    return f"; did you mean {close[0]}?" if close else "."

"""What coach knows about a machine: the quirks as data, chosen by name and by what was observed (ftms.md 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, floor
from typing import Final

from coach.core.workout import KMH_PER_MPH


class Preamble(StrEnum):
    """Whether Request Control and Start go before a target (ftms.md 4.1, 4.2)."""

    NONE = "none"
    ONCE = "once"
    EVERY = "every"


class StartWhenRunning(StrEnum):
    """What a Start does on a moving belt; STOP is the toggle of ftms.md 4.3."""

    OK = "ok"
    FORBIDDEN = "forbidden"


class Ack(StrEnum):
    """How a machine answers a write to its control point."""

    INDICATION = "indication"
    STATUS = "status"
    TELEMETRY = "telemetry"  # never: only the belt tells


class Reported(StrEnum):
    """What the reported speed is: the belt's, or an echo of the target (ftms.md 4.23)."""

    ACTUAL = "actual"
    TARGET = "target"


LOWEST_CREEP_KMH: Final = 0.8  # creep is the lowest settable speed from here up (safety.md 1)
UNKNOWN_DECEL_KMH_S: Final = 0.3  # slowest stop measured, CitySports (safety.md 1)
UNKNOWN_START_S: Final = 6.2  # slowest start measured, Omega Z (ftms.md 5)


@dataclass(frozen=True, slots=True)
class MachineProfile:
    """The switches of one model; the defaults are those of a machine that nobody has tested."""

    name: str = "unknown"
    known: bool = False  # the machine test was done: start, ramps, stop time (backward-running.md 4.9)
    simulated: bool = False
    preamble: Preamble = Preamble.NONE
    start_when_running: StartWhenRunning = StartWhenRunning.FORBIDDEN
    min_write_gap_s: float = 0.4  # KingSmith Z1 needs 400 ms (ftms.md 4.20)
    ack: Ack = Ack.INDICATION
    pause_stops: bool = True  # False: Pause only slows, or ends by itself
    stop_works: bool = True
    disobeys: str = ""  # what the test found it not to obey at all, in words
    stop_resets: bool = False
    remote_start: bool = True
    speed_control: bool = True
    speed_needs_start: bool = False
    incline_control: bool = True
    reported: Reported = Reported.ACTUAL
    unit_answered: bool = False  # "what does your console show, in which unit?" was answered (safety.md 5)
    start_delay_s: float = UNKNOWN_START_S  # Start to motion
    start_kmh: float = LOWEST_CREEP_KMH
    settle_s: float = 1.0  # motion to the first speed that it takes
    accel_kmh_s: float = UNKNOWN_DECEL_KMH_S
    decel_kmh_s: float = UNKNOWN_DECEL_KMH_S
    silent_when_stopped: bool = False  # silence_means_stop (ftms.md 4.27)
    stray_zeros: bool = False  # single zero frames while running (ftms.md 4.19)
    keeps_on_link_loss: bool = True
    answer_s: float = 0.5  # write to indication; while it waits, some machines refuse the next write
    report_period_s: float | None = None  # as tested; observed ones win
    console_miles: bool | None = None  # its console shows miles; None: nobody has said
    lowest_kmh: float | None = None  # it takes less than its ranges say: these, in km/h and percent; None: they hold
    incline_min_pct: float | None = None
    incline_max_pct: float | None = None
    incline_step_pct: float | None = None
    incline_pct_s: float | None = None  # how fast its incline moves; None: nobody has measured
    incline_reported: bool = True  # False: what it says of its incline means nothing (ftms.md 4.14)
    unit_doubtful: bool = False  # asked and reported agree and both may be miles (3G Elite, Therun)

    def stop_s(self, speed_kmh: float) -> float:
        """Seconds from this speed to standstill on the machine's own ramp."""
        return speed_kmh / self.decel_kmh_s

    def speeds(self, told: Range) -> Range:
        """What can be set of the speeds that it told, km/h: on its own steps, and never a wider range."""
        return told if self.lowest_kmh is None else replace(told, low=told.at_least(max(told.low, self.lowest_kmh)))

    def inclines(self, told: Range) -> Range:
        """What can be set of the inclines that it told, percent; level where nothing else is left."""
        low = told.low if self.incline_min_pct is None else max(told.low, self.incline_min_pct)
        high = told.high if self.incline_max_pct is None else min(told.high, self.incline_max_pct)
        step = told.step if self.incline_step_pct is None else max(told.step, self.incline_step_pct)
        return Range(low, high, step) if low <= high else Range(0.0, 0.0, step)


@dataclass(frozen=True, slots=True)
class Range:
    """What can be set, in the machine's own unit: from 2AD4 or 2AD5, made usable."""

    low: float
    high: float
    step: float

    def snap(self, value: float) -> float:
        """The highest settable value that is not above the one asked for, at least the lowest."""
        steps = floor((value - self.low) / self.step + 1e-6)
        return round(min(max(self.low + steps * self.step, self.low), self.high), 6)

    def at_least(self, value: float) -> float:
        """The lowest settable value that is not below the one asked for."""
        steps = ceil((value - self.low) / self.step - 1e-6)
        return round(min(max(self.low + steps * self.step, self.low), self.high), 6)


UNKNOWN_SPEED: Final = Range(0.8, 16.0, 0.1)  # a machine without a readable 2AD4; above 16 km/h nothing is assumed
UNKNOWN_INCLINE: Final = Range(0.0, 0.0, 0.5)  # no readable 2AD5: the incline is left alone


def usable(low: float, high: float, step: float, otherwise: Range) -> Range:
    """Mend a range that a machine sent: the ends in order, empty ones fall back, a step of 0 becomes the usual one."""
    low, high = min(low, high), max(low, high)
    if high <= 0 or low < 0 <= otherwise.low - low:
        return otherwise
    return Range(low, high, step if step > 0 else otherwise.step)


@dataclass(frozen=True, slots=True)
class Units:
    """In which unit a machine takes targets and reports speed; factors are km/h per unit of the machine's."""

    target: float = 1.0
    report: float = 1.0
    agreed: bool = False  # asked and reported agreed on a settled belt
    measured: bool = False  # reported speed and distance agreed over a minute, or the runner answered


MILES: Final = KMH_PER_MPH

"""How one simulated machine puts things: its units, its ranges and the shape of its records, as bytes.

Treadmill Data is packed here and not by the codec: the specification was read twice, and a session against the
simulator compares the readings; it is also what a machine says most often.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from coach.core.ftms import (
    FEATURE,
    INCLINATION_RANGE,
    SPEED_RANGE,
    Feature,
    InclineRange,
    SpeedRange,
    encode_feature,
    encode_inclination_range,
    encode_speed_range,
)
from coach.core.workout import KMH_PER_MPH
from coach.link.machine_file import SimMachine, SpeedUnit

MIN_STEP_KMH: Final = 0.1  # what a machine keeps whose range says step 0
MIN_STEP_PCT: Final = 0.1  # the wire's own (FTMS 4.16.2.3)
STRIDE_M: Final = 0.7  # of the steps that some machines count
_MORE_DATA: Final = 1 << 0  # set: the rest of the record follows, and the speed is there and not here (FTMS 4.4.1.1)
_DISTANCE: Final = 1 << 2, "HB"  # 24 bits
_INCLINE: Final = 1 << 3, "hh"  # with the ramp angle
_ELAPSED: Final = 1 << 10, "H"
_STEPS: Final = {0: (0, ""), 16: (1 << 13, "H"), 24: (1 << 13, "HB")}
_NO_ANGLE: Final = 0x7FFF  # not available
_KMH_PER: Final = {SpeedUnit.KMH: 1.0, SpeedUnit.MPH: KMH_PER_MPH}


class Dialect:
    """The wire of one machine; speeds go in and come out in true km/h."""

    def __init__(self, machine: SimMachine) -> None:
        self._machine = machine
        self._target_kmh = _KMH_PER[machine.target_unit]  # true km/h per unit of the control point
        self._report_kmh = _KMH_PER[machine.report_unit]
        speeds = sorted((self.target_raw(machine.min_kmh), self.target_raw(machine.max_kmh)))
        self._speeds = speeds[0], speeds[1], max(self.target_raw(machine.step_kmh or MIN_STEP_KMH), 1)
        inclines = sorted((round(machine.incline_min_pct * 10), round(machine.incline_max_pct * 10)))
        self._inclines = inclines[0], inclines[1], max(round((machine.incline_step_pct or MIN_STEP_PCT) * 10), 1)
        self.inclines: bool = inclines[0] < inclines[1]  # whether the machine has an incline
        self.lowest_kmh: float = speeds[0] / 100 * self._target_kmh
        self.highest_kmh: float = speeds[1] / 100 * self._target_kmh
        incline = _INCLINE if self.inclines else (0, "")
        steps_flag, self._steps = _STEPS[machine.steps_bits]
        self._first_flags = _MORE_DATA | _DISTANCE[0] | incline[0]
        self._last_flags = _ELAPSED[0] | steps_flag
        self._flags = (self._first_flags | self._last_flags) & ~_MORE_DATA
        head, tail = _DISTANCE[1] + incline[1], _ELAPSED[1] + self._steps
        self._whole, self._first, self._last = Struct(f"<HH{head}{tail}"), Struct(f"<H{head}"), Struct(f"<HH{tail}")
        self.readable: dict[int, bytes] = self._readable()

    def target_raw(self, speed_kmh: float) -> int:
        """A true speed as the control point and status 05 carry it."""
        return round(speed_kmh / self._target_kmh * 100)

    def target_kmh(self, raw: int) -> float | None:
        """The true speed that the machine takes for a target: the nearest of its steps; None out of range."""
        snapped = _snap(raw, *self._speeds)
        return None if snapped is None else snapped / 100 * self._target_kmh

    def target_pct(self, raw: int) -> float | None:
        """The incline that the machine takes for a target: the nearest of its steps; None out of range."""
        snapped = _snap(raw, *self._inclines)
        return None if snapped is None else snapped / 10

    def record(self, speed_kmh: float, distance_m: float, incline_pct: float, elapsed_s: float) -> tuple[bytes, ...]:
        """Treadmill Data: one notification, or two where the machine splits its records."""
        speed = round(speed_kmh / self._report_kmh * 100)
        metres = int(distance_m)
        head: tuple[int, ...] = (metres & 0xFFFF, metres >> 16 & 0xFF)
        if self.inclines:
            head += (round(incline_pct * 10), _NO_ANGLE)
        tail: tuple[int, ...] = (int(elapsed_s) & 0xFFFF,)
        if self._machine.steps_bits:
            steps = int(distance_m / STRIDE_M)
            tail += (steps & 0xFFFF, steps >> 16 & 0xFF)[: len(self._steps)]
        if not self._machine.split_records:
            return (self._whole.pack(self._flags, speed, *head, *tail),)
        return self._first.pack(self._first_flags, *head), self._last.pack(self._last_flags, speed, *tail)

    def _readable(self) -> dict[int, bytes]:
        machine = self._machine
        reports = {"total_distance", "elapsed_time"}
        targets = {"speed"}
        if self.inclines:
            reports.add("inclination")
            targets.add("inclination")
        if machine.steps_bits:
            reports.add("step_count")
        unit = self._target_kmh
        speeds = SpeedRange(machine.min_kmh / unit, machine.max_kmh / unit, machine.step_kmh / unit)
        values = {
            FEATURE: encode_feature(Feature(frozenset(reports), frozenset(targets))),
            SPEED_RANGE: encode_speed_range(speeds),
        }
        if self.inclines:
            inclines = InclineRange(machine.incline_min_pct, machine.incline_max_pct, machine.incline_step_pct)
            values[INCLINATION_RANGE] = encode_inclination_range(inclines)
        return values


def _snap(raw: int, low: int, high: int, step: int) -> int | None:
    if not low <= raw <= high:
        return None
    return min(low + (raw - low + step // 2) // step * step, high)

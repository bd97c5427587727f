"""Motion that changes at a steady rate, exactly: no steps, so that a simulation costs nothing while nothing happens."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Ramp:
    """A value that goes from `start` to `goal` at `rate` a second and then stays."""

    at_s: float
    start: float
    goal: float
    rate: float  # > 0, whichever way the ramp goes
    end_s: float = field(init=False)  # when the goal is reached

    def __post_init__(self) -> None:
        object.__setattr__(self, "end_s", self.at_s + abs(self.goal - self.start) / self.rate)

    def value(self, at_s: float) -> float:
        """The value at an instant not before the ramp began."""
        if at_s >= self.end_s:
            return self.goal  # and not what rounding leaves of the ramp
        change = self.rate * (at_s - self.at_s)
        if self.start < self.goal:
            return min(self.start + change, self.goal)
        return max(self.start - change, self.goal)

    def area(self, at_s: float) -> float:
        """The integral from the beginning of the ramp, in units of the value times seconds."""
        end_s = min(at_s, self.end_s)
        ramping = (self.start + self.value(end_s)) / 2 * (end_s - self.at_s)
        return ramping + self.goal * (at_s - end_s)


class TrueBelt:
    """What a belt truly does, whatever is reported: speed, incline and distance at any instant from now on."""

    def __init__(self, accel_kmh_s: float, decel_kmh_s: float, incline_pct_s: float, *, memory_s: float = 0.0) -> None:
        self._accel_kmh_s = accel_kmh_s
        self._decel_kmh_s = decel_kmh_s
        self._incline_pct_s = incline_pct_s
        self._memory_s = memory_s  # how far back speed_kmh() can look
        self._speed = Ramp(0.0, 0.0, 0.0, accel_kmh_s)
        self._earlier: deque[Ramp] = deque()
        self._incline = Ramp(0.0, 0.0, 0.0, incline_pct_s)
        self._distance_m = 0.0  # when the present ramp began
        self._moved_s = 0.0

    @property
    def goal_kmh(self) -> float:
        """The speed that the belt heads for or holds."""
        return self._speed.goal

    @property
    def reached_s(self) -> float:
        """When the belt has its goal."""
        return self._speed.end_s

    def speed_kmh(self, at_s: float) -> float:
        """The true speed."""
        ramp = self._speed
        if at_s < ramp.at_s:
            ramp = next((earlier for earlier in reversed(self._earlier) if earlier.at_s <= at_s), ramp)
        return ramp.value(max(at_s, ramp.at_s))

    def distance_m(self, at_s: float) -> float:
        """How far the belt has run since the beginning."""
        return self._distance_m + self._speed.area(at_s) / 3.6

    def moved_s(self, at_s: float) -> float:
        """How long the belt has been in motion since the beginning."""
        ramp = self._speed
        return self._moved_s + (at_s if ramp.goal > 0 else min(at_s, ramp.end_s)) - ramp.at_s

    def incline_pct(self, at_s: float) -> float:
        """The true incline."""
        return self._incline.value(at_s)

    def head_for(self, goal_kmh: float, at_s: float, *, at_least_kmh_s: float = 0.0) -> None:
        """Change speed from here to a goal, at the belt's own rate or a quicker one."""
        speed_kmh = self._speed.value(at_s)
        rate = self._accel_kmh_s if goal_kmh > speed_kmh else self._decel_kmh_s
        self._distance_m = self.distance_m(at_s)
        self._moved_s = self.moved_s(at_s)
        if self._memory_s:
            self._earlier.append(self._speed)
            while len(self._earlier) > 1 and self._earlier[1].at_s <= at_s - self._memory_s:
                self._earlier.popleft()
        self._speed = Ramp(at_s, speed_kmh, goal_kmh, max(rate, at_least_kmh_s))

    def tilt(self, goal_pct: float, at_s: float) -> None:
        """Change the incline from here to a goal."""
        self._incline = Ramp(at_s, self._incline.value(at_s), goal_pct, self._incline_pct_s)

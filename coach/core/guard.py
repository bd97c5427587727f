"""What is watched: the state of safety, between the watch that finds trips and the governor that acts on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Final

from coach.core.trip import Action, Trip
from coach.core.value import ADDED


@dataclass(frozen=True, slots=True)
class Since:
    """Since when a condition holds; inf: it does not."""

    over: float = inf  # the report is above the cap
    off: float = inf  # and off the target
    console: float = inf  # and was on it before
    incline: float = inf
    far: float = inf  # the heart is far above its ceiling
    near_max: float = inf
    settled: bool = False  # the belt has reached the last set-point
    by: float = field(default=inf, metadata=ADDED)  # it is near to that
    near: float = field(default=inf, metadata=ADDED)  # and as fast as `near_kmh`
    near_kmh: float = field(default=0.0, metadata=ADDED)
    kept: bool = field(default=False, metadata=ADDED)  # and was for a while
    row: int = field(default=-1, metadata=ADDED)  # of the workout; -1: not yet


@dataclass(frozen=True, slots=True)
class Guard:
    """What is watched; instants in s, -inf or inf where nothing of the kind has happened."""

    latched: Trip | None = None
    latched_action: Action = Action.NOTE
    latched_at_s: float = -inf
    anew: bool = field(default=False, metadata=ADDED)  # in the very instant of another trip, which it outdoes
    notes: frozenset[Trip] = frozenset()  # what holds now
    rear: bool = True  # the facing that the notes were judged for
    hold: bool = False  # no increases while a note says so
    wait: bool = False  # nor until somebody presses: the link was lost
    released_at_s: float = -inf  # when that press came
    backward_off: str = ""  # why there is no more backward today
    trusted: bool = True  # False: a Stop was ignored, no Start again in this session
    control: bool = True  # False: the machine took it away (status FF)
    sound: bool = True
    guarded: bool = True  # the guard process stands by (safety.md 9)
    focus_at_s: float = inf  # since when presses are lost
    cockpit: Trip | None = None
    since: Since = field(default_factory=Since)
    judged_at_s: float = -inf  # the set-point that `since` speaks of
    part: float = field(default=1.0, metadata=ADDED)  # what the belt makes of a set-point facing the console
    console: int = 0  # how often the console changed the speed
    console_kmh: float = 0.0  # to what
    console_faster_at_s: float = -inf
    again: int = 0  # how often the set-point is to be written again
    incline_again: bool = False
    changed_at_s: float = -inf  # last change of the set-point
    eased_at_s: float = -inf
    ease_kmh: float = inf  # the most for this row since the heart was over its ceiling
    ease_row: int = -1
    heartless_at_s: float = inf  # since when no heart rate is trusted
    cap_kmh: float = inf  # what held in the last step
    set_kmh: float | None = None  # last permitted set-point
    goal_kmh: float = 0.0  # where set-points are going
    set_at_s: float = -inf
    step_at_s: float = -inf  # when the way down or up goes on
    leaping: bool = False  # half of a big rise is done
    stage: int = 0  # after a Start: 0 creep is not agreed yet, 1 second set-point, 2 free
    agreed_once: bool = False
    faster_at_s: float = inf  # first set-point above creep since the Start
    motion_at_s: float = inf
    fell_at_s: float = inf  # on the way to a guided stop: when the report last fell
    fell_kmh: float = inf
    stops: int = 0  # Stops of safety's own
    wished_stops: int = 0
    started: int = 0
    started_at_s: float = -inf  # when the last Start was permitted
    acknowledged: int = 0
    prompted: str = ""  # why coach only tells which button to press, and measures
    speedless: bool = False  # found out: the machine takes no speeds
    followed: bool = False  # the belt went where a set-point led, once at least
    unheeded_at_s: float = inf  # since when it does not, and never did

    @property
    def action(self) -> Action:
        """The worst that holds."""
        if self.latched is not None:
            return self.latched_action
        return _HOLD if self.hold or self.wait else _NOTE


_HOLD: Final = Action.HOLD  # a member is slow to reach in Python 3.11, and these are asked all the time
_NOTE: Final = Action.NOTE

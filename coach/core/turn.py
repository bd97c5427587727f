"""The turn, as the table of safety.md 6: what each state waits for and where it leads.

Nothing here moves a belt. Nothing is left by time towards motion, except STARTING, which a yes began.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from coach.core import bridge
from coach.core.ftms import Op, Result
from coach.core.machine import Reported
from coach.core.scene import Scene
from coach.core.wish import Phase
from coach.core.workout import Facing

__all__ = ["PAUSE_S", "READY_S", "TABLE", "Exit", "Scene", "asks_twice", "holds"]

AT_CREEP_S: Final = 1.0
SLOW_S: Final = 20.0  # and the way down, then it is no slowing
LEVEL_PCT: Final = 0.5
LEVEL_UNTOLD_S: Final = 20.0  # a machine that does not report its incline
INCLINE_STUCK_S: Final = 40.0
RAILS_S: Final = 5.0
AGAIN_S: Final = 2.0  # the second Stop
AGAIN_KMH: Final = 0.3
READY_S: Final = 60.0
COUNT_S: Final = 4.0  # "Stay on the rails. Three, two, one."; a yes is used within 6 s (safety.md 6a)
NO_MOTION_S: Final = 5.0  # after the start delay
NO_MOTION_LEAST_S: Final = 10.0
SETTLES_S: Final = 3.0  # in the band of creep
CORRECTS_S: Final = 2.0  # a wrong unit is found and corrected within
FAST_KMH: Final = 0.5  # above creep after settling
TOO_FAST_KMH: Final = 1.5  # above creep ever
BAND_KMH: Final = 0.3
STEP_ON_S: Final = 10.0
FORWARD_STEP_ON_S: Final = 5.0  # a workout without backward segments (safety.md 7)
SECOND_YES_S: Final = 30.0
RAMP_S: Final = 45.0
CONSOLE_START_S: Final = 60.0  # safety.md 6b
HELPER_S: Final = 20.0
SETTLED_STAGE: Final = 2  # the first set-points of a session have been agreed (safety.md 5)
PAUSE_S: Final = 300.0
UNHEARD_S: Final = 60.0  # a treadmill that stops and says nothing for so long has nothing more to say
_REFUSED: Final = frozenset({Result.NOT_SUPPORTED, Result.FAILED, Result.NOT_PERMITTED})


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a state: when, and where to. PAUSED, READY and the like are reached over STOPPING."""

    when: Callable[[Scene], bool]
    to: Phase
    why: str = ""


def holds(scene: Scene) -> bool:
    """The condition that a state measures: creep reached, or the report in the band of creep."""
    kmh, creep = scene.belt.kmh, scene.creep_kmh
    if kmh is None:
        return False
    match scene.progress.phase:
        case Phase.SLOW:
            return kmh <= creep + max(0.2, scene.belt.speeds.step) and _model_slow(scene)
        case Phase.STARTING | Phase.CONSOLE_START:
            return 0.2 < kmh <= creep + BAND_KMH
        case _:
            return False


def _model_slow(scene: Scene) -> bool:
    """A machine that echoes its target is slow by its ramp, not by its report."""
    if scene.plan.profile.reported is Reported.ACTUAL and scene.plan.profile.known:
        return True
    fall_kmh = max(scene.progress.slow_from_kmh - scene.creep_kmh, 0.0)
    return scene.in_s >= fall_kmh / scene.plan.profile.decel_kmh_s


def _level(scene: Scene) -> bool:
    if not scene.plan.profile.incline_control or scene.sent.incline_pct is None:
        return True
    if scene.belt.incline_pct is None:
        return scene.in_s >= LEVEL_UNTOLD_S or not _inclined(scene)
    return abs(scene.belt.incline_pct) <= LEVEL_PCT


def _inclined(scene: Scene) -> bool:
    target = scene.progress.here(scene.plan).segment.target
    return target is not None and (target.incline_pct != 0 or bool(target.end_incline_pct))


def _at_creep(scene: Scene) -> bool:
    return not scene.progress.guided and scene.lasts(AT_CREEP_S) and _level(scene)


def _slow_too_long(scene: Scene) -> bool:
    if scene.lasts(AT_CREEP_S):
        return scene.in_s >= INCLINE_STUCK_S
    decel = scene.plan.profile.decel_kmh_s
    if scene.progress.facing.rear:
        decel = min(decel, 0.3)
    fall_kmh = max(scene.progress.slow_from_kmh - scene.creep_kmh, 0.0)
    return not scene.progress.guided and scene.in_s >= SLOW_S + fall_kmh / decel


def _stopped(scene: Scene) -> bool:
    return scene.progress.guided and (scene.sent.stopping or scene.belt.still)


def _after(seconds: float) -> Callable[[Scene], bool]:
    return lambda scene: scene.in_s >= seconds


def _still(scene: Scene) -> bool:
    return scene.belt.still


def _rests(scene: Scene) -> bool:
    """It stands, and no Start of ours is under way whose Stop is yet to be written, in this very step."""
    due = scene.progress.stops > scene.guard.wished_stops
    return scene.belt.still and not (due and scene.belt.started(scene.sent))


def _seen_still(scene: Scene) -> bool:
    """It stands, and that was heard just now: it may have been started by hand since it was heard last."""
    return scene.belt.still and scene.heard


def _fell_silent(scene: Scene) -> bool:
    """It said 0, so that no Stop may be written, and whether it came to rest it does not say (safety.md 5)."""
    unheard_s = scene.at_s - max(scene.belt.heard_at_s, scene.progress.at_s)
    return scene.belt.link and not scene.sent.stopping and unheard_s >= UNHEARD_S


def _key_away(scene: Scene) -> bool:
    return scene.belt.still and scene.in_s >= PAUSE_S


def _settled(scene: Scene) -> bool:
    return scene.lasts(SETTLES_S)


def _prompted(scene: Scene) -> bool:
    """The runner sets the speed: nothing of coach's ramps."""
    return bool(scene.guard.prompted)


def _to_the_console(scene: Scene) -> bool:
    """Coach only prompts now, and its Start was not written yet."""
    return bool(scene.guard.prompted) and scene.sent.start_at_s < scene.progress.at_s


def _not_slowed(scene: Scene) -> bool:
    """The console's start is too fast to step on, and the runner has not slowed it down."""
    moved_s = min(scene.in_s, scene.at_s - scene.belt.stood_at_s)
    return scene.progress.by_hand and scene.belt.moving and moved_s >= CONSOLE_START_S


def _start_fast(scene: Scene) -> bool:
    kmh = scene.belt.kmh or 0.0
    if kmh > max(scene.creep_kmh, scene.plan.profile.start_kmh) + TOO_FAST_KMH:
        return True
    fall_s = max(kmh - scene.creep_kmh, 0.0) / scene.plan.profile.decel_kmh_s
    told = scene.sent.target_at_s > scene.sent.start_at_s and not scene.progress.by_hand
    settled = scene.at_s - scene.guard.motion_at_s > scene.plan.profile.settle_s + CORRECTS_S + SETTLES_S + fall_s
    return told and settled and kmh > scene.creep_kmh + FAST_KMH


def _no_start(scene: Scene) -> bool:
    """Refused by an answer, or no motion in the start delay and 5 s."""
    response = scene.belt.response
    answered = response is not None and response.op == Op.START and scene.belt.response_at_s >= scene.progress.at_s
    if answered and response is not None and response.result in _REFUSED:
        return not scene.belt.moving
    if scene.sent.start_at_s < scene.progress.at_s or scene.belt.moving:
        return False
    return scene.at_s - scene.sent.start_at_s >= max(scene.plan.profile.start_delay_s + NO_MOTION_S, NO_MOTION_LEAST_S)


def _never_sent(scene: Scene) -> bool:
    return scene.sent.start_at_s < scene.progress.at_s and scene.in_s >= COUNT_S + NO_MOTION_LEAST_S


def _stepped_on(scene: Scene) -> bool:
    if scene.progress.question is not None or asks_twice(scene):
        return False
    return scene.in_s >= (STEP_ON_S if scene.plan.backward else FORWARD_STEP_ON_S)


def asks_twice(scene: Scene) -> bool:
    """STEP_ON waits for a second yes: rehab and the first three sessions."""
    return scene.plan.backward and scene.plan.caps.second_yes and scene.progress.claimed is Facing.BACKWARD


def _ramped(scene: Scene) -> bool:
    kmh, guard = scene.belt.kmh, scene.guard
    if kmh is None or guard.set_kmh is None or scene.in_s == 0 or guard.stage != SETTLED_STAGE:
        return False
    step_kmh = scene.belt.speeds.step + 1e-6
    return abs(guard.set_kmh - guard.goal_kmh) <= 1e-6 and abs(kmh - guard.goal_kmh) <= step_kmh


def _console_late(scene: Scene) -> bool:
    window_s = HELPER_S if scene.progress.claimed is Facing.BACKWARD else CONSOLE_START_S
    return not scene.belt.moving and scene.in_s >= window_s


def _never_there(scene: Scene) -> bool:
    return scene.belt.kmh is None and scene.in_s >= PAUSE_S


TABLE: Final[Mapping[Phase, tuple[Exit, ...]]] = MappingProxyType(
    {
        Phase.CONNECTING: (
            Exit(_still, Phase.READY),
            Exit(_never_there, Phase.ENDED, "the treadmill was not heard"),
            Exit(_after(PAUSE_S), Phase.ENDED, "the belt was not found standing"),
        ),
        Phase.BRIDGE: (Exit(bridge.over, Phase.SLOW), Exit(bridge.late, Phase.RUN, "heart rate stays high")),
        Phase.SLOW: (
            Exit(_stopped, Phase.STOPPING),
            Exit(_at_creep, Phase.RAILS),
            Exit(_slow_too_long, Phase.STOPPING, "the belt does not slow down"),
        ),
        Phase.RAILS: (Exit(_after(RAILS_S), Phase.STOPPING),),
        Phase.STOPPING: (
            Exit(_rests, Phase.READY),  # or where the stop was to lead
            Exit(_fell_silent, Phase.ENDED, "the treadmill fell silent"),
        ),
        Phase.READY: (Exit(_after(READY_S), Phase.PAUSED, "nobody pressed"),),
        Phase.STARTING: (
            Exit(_to_the_console, Phase.CONSOLE_START),
            Exit(_start_fast, Phase.STOPPING, "the belt started too fast"),
            Exit(_settled, Phase.STEP_ON),
            Exit(_no_start, Phase.CONSOLE_START, "the treadmill did not start"),
            Exit(_never_sent, Phase.STOPPING, "the treadmill could not be told to start"),
        ),
        Phase.CONSOLE_START: (
            Exit(_start_fast, Phase.STOPPING, "the belt started too fast"),
            Exit(_settled, Phase.STEP_ON),
            Exit(_not_slowed, Phase.STOPPING, "the belt was not set slow"),
            Exit(_console_late, Phase.PAUSED, "nobody pressed Start on the treadmill"),
        ),
        Phase.STEP_ON: (
            Exit(_stepped_on, Phase.RAMP),
            Exit(_after(SECOND_YES_S), Phase.STOPPING, "nobody pressed"),
        ),
        Phase.RAMP: (Exit(_prompted, Phase.RUN), Exit(_ramped, Phase.RUN), Exit(_after(RAMP_S), Phase.RUN, "reached")),
        Phase.PAUSED: (Exit(_after(PAUSE_S), Phase.ENDED),),
        Phase.BELT_MOVES: (
            Exit(_still, Phase.PAUSED, "the belt moved by itself"),
            Exit(_after(PAUSE_S), Phase.ENDED, "the belt moved by itself and does not stop"),
        ),
        Phase.KEY: (Exit(_key_away, Phase.ENDED, "the safety key stayed away"),),
        Phase.STOP_FAILED: (
            Exit(_seen_still, Phase.PAUSED),
            Exit(_after(PAUSE_S), Phase.ENDED, "the belt does not stop"),
        ),
        Phase.RESTING: (),
        Phase.RUN: (),
        Phase.ENDED: (),
    }
)
"""The first exit that holds is taken; what trips and presses do is in the engine."""

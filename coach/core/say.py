"""The words of the states: what is said when one is entered, asked or left (safety.md 6, backward-running.md 5)."""

from __future__ import annotations

from typing import Final

from coach.core.cue import CueKind, spoken_speed, spoken_time
from coach.core.plan import Plan, Row
from coach.core.runner import SpokenUnit
from coach.core.workout import Facing

READY_REAR: Final = "Feet on the rails. Clip to your back. Cord free. Face the rear. Press when ready."
READY_REST: Final = "Feet on the rails. Face the rear. Press when ready."
READY_CONSOLE: Final = "Feet on the rails. Clip to your front. Face the console. Type the digit on the screen: {}."
READY_FIRST: Final = "Feet on the rails. Clip on. Face the console. Type the digit on the screen: {}."
READY_FORWARD: Final = "Clip on. The belt will start and change speed by itself. Press when ready."
READY_BY_HAND: Final = "Clip on. You set the speed on the treadmill. Press when ready."
READY_GO_ON: Final = "Ready to go on? Press when ready."
STANDS: Final = "Look at the belt. Does it stand? Press."
PAUSED_DIGIT: Final = "Paused. Belt stopped. Face the console when you like. To go on, type {}."
PAUSED_YES: Final = "Paused. Belt stopped. Press when you want to go on."
PAUSED_HAND: Final = "Paused. Start and speed are yours from here. To go on with the key back, type {}. Or leave."
PAUSED_HAND_YES: Final = "Paused. Start and speed are yours from here. To go on with the key back, press. Or leave."
PAUSED_UNSEEN: Final = "Paused. Look whether the belt stands. To go on, type {}."
PAUSED_UNSEEN_YES: Final = "Paused. Look whether the belt stands. Press when you want to go on."
KEY_BACK: Final = "Put the safety key back. Face the console. Type {}."
STARTING: Final = "Stay on the rails. Three, two, one."
CONSOLE_START: Final = "Stand on the rails. Press Start on the treadmill."
HELPER_START: Final = "Helper: press Start now."
OWN_KEY: Final = "The treadmill wants its own key. No more backward today. Face the console."
STEP_ON: Final = "Step on. Hold the rails."
STEP_ON_YES: Final = "Step on. Hold the rails. Press when steady."
RAMP_CONSOLE: Final = "Facing console. Slowly faster."
RAMP_CAREFUL: Final = "You face the console. Faster in twenty. Press to stop."
RAMP_REAR: Final = "Facing rear. Slowly faster."
SLOWING: Final = "Slowing. Hold the rails."
RAILS: Final = "Hold both rails. Belt stops."
NOT_TRUSTED: Final = "Belt stopped. Stay off until the key is out."
STOPPED: Final = "The belt has stopped."
RUNS_ON: Final = "The belt may run on. Rails. Step off. Pull the clip."
UNSEEN: Final = "The treadmill is silent. Stay off until the key is out."
MOVES: Final = "The belt is moving. Stop it on the console."
NO_LINK: Final = "Looking for the treadmill."
NOT_HEARD: Final = "Connected. The treadmill has not told its speed yet."
SETTLES: Final = "The belt must stand for a moment."
PRESS_STOP: Final = "Press Stop on the treadmill."
SET_SPEED: Final = "Set {} on the treadmill."
SET_BOTH: Final = "Set {} and {} percent on the treadmill."
ELSEWHERE: Final = "The belt runs at {}, not {}."
PROMPTED: Final = "You press, coach measures."
UNPROMPTED: Final = "Coach has control again."
RENEWING: Final = "The treadmill does not answer. Connecting again."
STOP_SOON: Final = "In ten: press Stop."
REST_SOON: Final = "Rest in thirty seconds."
SILENT_END: Final = "Session over. The treadmill is silent: look whether the belt stands."
FINISHED: Final = "Done. Belt stopped. Well run."
QUIT: Final = "Stop the belt and leave? Press again."
WRONG: Final = "Not that one. Type the digit {}."
EARLY: Final = "Too early. Press again."
TURN_WAITS: Final = "The turn waits for your heart rate."
EASY_FIRST: Final = "Easy first. The turn comes in a minute."
TOO_SOON: Final = "A minute between two turns. Wait."
RUNS_SO: Final = "The belt runs at {}. It stays so."
RUNS_OVER: Final = "The belt runs at {}. Back to {}."
NO_FASTER: Final = "No faster than {} here."
HOLDS: Final = "No faster for now."
TOO_LATE: Final = "It is too late for the turn. No turn."
LEFT_OUT: Final = "The turn is left out."
BLOCK_OVER: Final = "This block is over."
NO_HEART: Final = "The heart rate is not known. No turn."
UNKNOWN_HEART: Final = "the heart rate is not known"
HEART_HIGH: Final = "Heart rate stays high. No turn."
UNHEARD: Final = "The treadmill is quiet. Wait, then press again."
DEAF: Final = "Only stop and slower work now."
FOUND: Final = "Connected again. Press faster to go on."
UNGUARDED: Final = "The belt is not started without a guard. Wait, then press again."
GUARDED: Final = "The guard is back."
HELD: Final = "Rails held, block {}."
FREE: Final = "Hands free, block {}."
NO_BLOCK: Final = "There is no backward block here."
FOUND_BY_HAND: Final = "Connected again."
MILES: Final = "The treadmill counts in miles. Corrected."
REMINDERS_S: Final = (10.0, 20.0, 40.0)  # a question is asked again (safety.md 6a, READY)
PAUSED_EVERY_S: Final = 60.0
COUNTS: Final = {5: "Five.", 3: "Three.", 2: "Two.", 1: "One."}


def ready(plan: Plan, row: Row, *, first: bool, digit: str, by_hand: bool = False) -> str:
    """What is asked before a start."""
    if row.segment.facing is Facing.BACKWARD:
        return READY_REAR if row.turn else READY_REST
    if not plan.backward:
        return READY_GO_ON if not first else READY_BY_HAND if by_hand else READY_FORWARD
    return (READY_FIRST if first else READY_CONSOLE).format(digit)


def ahead(
    row: Row | None, after: Row | None, now_kmh: float, mark: int, unit: SpokenUnit, trim: float = 1.0
) -> tuple[CueKind, str] | None:
    """What is said at 30, 10, 5, 3, 2, 1 s before the end of a row; `after` is what follows, None at the end.

    `trim` is the runner's share of the speed that follows.
    """
    if mark in COUNTS:
        return CueKind.COUNT, COUNTS[mark]
    stops = after is None or after.segment.target is None or after.turn
    if mark == 30:
        if after is not None and after.turn:
            return CueKind.TURN, "Turn in thirty seconds. Belt will stop."
        if after is not None and after.segment.target is None:
            return CueKind.TURN, "Rest in thirty seconds. Belt will stop."
        rear = row is not None and row.segment.facing is Facing.BACKWARD
        return (CueKind.TIME, "Last thirty.") if rear else None
    if stops:
        return (
            (CueKind.TURN, "Ten. Hold the rails.") if after is not None else (CueKind.SLOWER, "In ten, the belt stops.")
        )
    assert after is not None
    return _change(after, now_kmh, unit, trim)


def _change(after: Row, now_kmh: float, unit: SpokenUnit, trim: float) -> tuple[CueKind, str]:
    target = after.segment.target
    assert target is not None
    then_kmh = target.speed_kmh * trim
    rear = after.segment.facing is Facing.BACKWARD
    if then_kmh > now_kmh + 0.05:
        speed = spoken_speed(then_kmh, unit)
        text = f"In ten: faster, {speed}. Light hands on the rails." if rear else f"In ten, faster: {speed}."
        return CueKind.FASTER, text
    if then_kmh < now_kmh - 0.05:
        return CueKind.SLOWER, f"In ten, slower: {spoken_speed(then_kmh, unit)}."
    return CueKind.TIME, "In ten, same speed."


def now(row: Row, unit: SpokenUnit, trim: float = 1.0) -> str:
    """What is said when a row begins."""
    name = row.segment.head.replace("-", " ")
    length = f", {spoken_time(row.planned_s)}" if row.planned_s is not None else ""
    speed = spoken_speed(row.segment.target.speed_kmh * trim if row.segment.target else 0, unit)
    return f"Now {name}: {speed}{length}."

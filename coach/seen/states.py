"""The states of a session as a runner meets them: one table of words, signs and what to do (safety.md 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from coach.core.event import Key
from coach.core.plan import Plan
from coach.core.progress import Ask, Button
from coach.core.wish import ON_BELT, TURNING, Phase
from coach.core.workout import Facing
from coach.keeper.crew import Life
from coach.keeper.wire import Snapshot
from coach.seen.own import Own
from coach.seen.prompt import SIGN, open_prompt

Means: TypeAlias = Key | Own


class Situation(StrEnum):
    """What the screen is about."""

    CONNECTING = "connecting"
    FOUND_MOVING = "found-moving"
    REFUSED = "refused"
    READY = "ready"
    READY_REAR = "ready-rear"
    READY_CONSOLE = "ready-console"
    STANDS = "stands"
    STARTING = "starting"
    CONSOLE_START = "console-start"
    SET_SLOWEST = "set-slowest"
    HELPER_START = "helper-start"
    STEP_ON = "step-on"
    STEP_ON_YES = "step-on-yes"
    RAMP_FORWARD = "ramp-forward"
    RAMP_REAR = "ramp-rear"
    FORWARD = "forward"
    SET_SPEED = "set-speed"
    BACKWARD = "backward"
    BRIDGE = "bridge"
    SLOW = "slow"
    SLOW_STOP = "slow-stop"
    PRESS_STOP = "press-stop"
    RAILS = "rails"
    TURN_STOPPING = "turn-stopping"
    STOPPING = "stopping"
    RESTING = "resting"
    PAUSED = "paused"
    NOT_TRUSTED = "not-trusted"
    KEY = "key"
    LINK_LOST = "link-lost"
    BELT_MOVES = "belt-moves"
    STOP_FAILED = "stop-failed"
    KEEPER_LOST = "keeper-lost"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class State:
    """How a situation looks: the banner's sign and word, the big word, and what to do in lines."""

    sign: str
    banner: str
    role: str  # of the banner: on-forward, on-backward, on-turn, on-alarm, on-plain
    word: str = ""  # big; nothing where the cockpit stays
    do: tuple[str, ...] = ()
    keys: tuple[Means, ...] = (Key.STOP,)
    any_key: str = ""  # what every key does, where all do the same
    speed: bool = True  # the belt's speed is shown

    @property
    def full(self) -> bool:
        """It takes the whole screen."""
        return bool(self.word)


STOPS: Final = "stops the belt"
_ASKED: Final = (Key.STOP, Key.YES, Key.QUIT, Key.HELP, Own.VOICE, Own.PANEL)
_TYPED: Final = (Key.STOP, Key.DIGIT, Key.QUIT, Key.HELP, Own.VOICE, Own.PANEL)
_WALKED: Final = (Key.STOP, Key.FASTER, Key.STEEPER, Key.PAUSE, Key.NEXT, Own.VOICE, Key.HELP)
_BRIDGED: Final = (Key.STOP, Key.FASTER, Key.PAUSE, Key.NEXT, Own.VOICE, Key.HELP)
_REAR: Final = (Key.STOP, Key.YES, Key.SLOWER)

STATES: Final[Mapping[Situation, State]] = MappingProxyType(
    {
        Situation.CONNECTING: State(
            "◌",
            "CONNECTING",
            "on-plain",
            "CONNECTING",
            ("Looking for the treadmill.", "Stay beside the belt."),
            (Key.STOP, Key.QUIT),
        ),
        Situation.FOUND_MOVING: State(
            "◌",
            "BELT MOVES, COACH ONLY READS",
            "on-turn",
            "STOP IT",
            ("The belt is moving. Stop it on the console.", "coach writes nothing until it stands."),
            (Key.STOP, Key.QUIT),
        ),
        Situation.REFUSED: State(
            "✕", "NO SESSION", "on-alarm", "NO SESSION", (), (), "leaves; nothing was started", speed=False
        ),
        Situation.READY: State("?", "READY", "on-turn", "READY", (), _ASKED),
        Situation.READY_REAR: State("↻ ▼▼", "TURN: FACE REAR", "on-turn", "FACE REAR", (), _ASKED),
        Situation.READY_CONSOLE: State("↻ ▲▲", "TURN: FACE CONSOLE", "on-turn", "FACE CONSOLE", (), _TYPED),
        Situation.STANDS: State("?", "LOOK AT THE BELT", "on-turn", "LOOK", (), _ASKED),
        Situation.STARTING: State(
            "!",
            "BELT STARTS",
            "on-turn",
            "STAY",
            ("Stay on the rails.", "The belt starts at its slowest."),
            any_key=STOPS,
        ),
        Situation.CONSOLE_START: State(
            SIGN,
            "START AT THE CONSOLE",
            "on-turn",
            "PRESS START",
            ("Stand on the rails.", "Press Start on the treadmill."),
            any_key=STOPS,
        ),
        Situation.SET_SLOWEST: State(
            SIGN,
            "SET THE LOWEST SPEED",
            "on-turn",
            "SET SPEED",
            ("Stay on the rails.",),
            any_key=STOPS,
        ),
        Situation.HELPER_START: State(
            SIGN,
            "HELPER STARTS",
            "on-turn",
            "HELPER",
            ("Stay on the rails.", "Helper: press Start on the treadmill now."),
            any_key=STOPS,
        ),
        Situation.STEP_ON: State("◇", "STEP ON", "on-turn", "STEP ON", ("Step on.", "Hold the rails."), any_key=STOPS),
        Situation.STEP_ON_YES: State(
            "◆", "STEP ON, THEN PRESS", "on-turn", "STEADY?", ("Step on. Hold the rails.", "Press when steady."), _REAR
        ),
        Situation.RAMP_FORWARD: State("↻ ▲▲", "FORWARD, SLOWLY FASTER", "on-turn", any_key=STOPS),
        Situation.RAMP_REAR: State("↻ ▼▼", "BACKWARD, SLOWLY FASTER", "on-turn", any_key=STOPS),
        Situation.FORWARD: State("▲▲", "FORWARD", "on-forward", keys=_WALKED),
        Situation.SET_SPEED: State(SIGN, "SET THE SPEED", "on-turn", keys=_WALKED),
        Situation.BACKWARD: State("▼▼", "BACKWARD", "on-backward", keys=_REAR),
        Situation.BRIDGE: State("▲▲ ▽", "FORWARD, EASY BEFORE THE TURN", "on-forward", keys=_BRIDGED),
        Situation.SLOW: State(
            "↻ ▽", "TURN: SLOWING", "on-turn", "SLOWING", ("Hold the rails.", "The belt slows down."), any_key=STOPS
        ),
        Situation.SLOW_STOP: State(
            "■ ▽",
            "STOP: SLOWING",
            "on-alarm",
            "EASY STOP",
            ("Hold the rails.", "The belt slows down and stops."),
            any_key=STOPS + " at once",
        ),
        Situation.PRESS_STOP: State(
            "■",
            "PRESS STOP AT THE CONSOLE",
            "on-alarm",
            "PRESS STOP",
            ("Press Stop on the treadmill.", "Hold the rails until it stands."),
            any_key=STOPS + " at once",
        ),
        Situation.RAILS: State(
            "↻ ‖", "TURN: RAILS", "on-turn", "RAILS", ("Hold both rails.", "The belt stops next."), any_key=STOPS
        ),
        Situation.TURN_STOPPING: State(
            "↻ ■",
            "TURN: BELT STOPS",
            "on-turn",
            "STOPPING",
            ("Hold both rails.", "Wait until the belt stands."),
            any_key="stops for good",
        ),
        Situation.STOPPING: State("■", "STOP", "on-alarm", "STOP", ("Hold both rails.", "Wait until the belt stands.")),
        Situation.RESTING: State(
            "■ ‖",
            "REST",
            "on-plain",
            "REST",
            ("Rest on the rails.", "The belt stands."),
            (Key.STOP, Key.HELP, Own.VOICE),
        ),
        Situation.PAUSED: State("■ ‖", "PAUSED", "on-plain", "PAUSED", (), _ASKED),
        Situation.NOT_TRUSTED: State(
            "‼",
            "STOPPED, NOT TRUSTED",
            "on-alarm",
            "STAY OFF",
            ("Stay off until the key is out.",),
            _ASKED,
        ),
        Situation.KEY: State(
            "✕",
            "SAFETY KEY",
            "on-alarm",
            "KEY OUT",
            ("Are you all right?", "When the belt stands: put the key back."),
            (Key.STOP, Key.DIGIT, Key.QUIT),
        ),
        Situation.LINK_LOST: State(
            "✕",
            "NO LINK",
            "on-alarm",
            "NO LINK",
            ("Connection lost: the belt may run on.", "Rails. Step off. Pull the clip.", "coach is connecting again."),
        ),
        Situation.BELT_MOVES: State(
            "‼",
            "BELT MOVES BY ITSELF",
            "on-alarm",
            "BELT MOVES",
            ("Rails. Step off.", "Do not step on."),
        ),
        Situation.STOP_FAILED: State(
            "‼",
            "STOP IS NOT OBEYED",
            "on-alarm",
            "STEP OFF",
            ("RAILS. STEP OFF. PULL THE CLIP.",),
        ),
        Situation.KEEPER_LOST: State(
            "‼",
            "COACH IS LOST",
            "on-alarm",
            "COACH LOST",
            ("Rails. Step off. Pull the clip.", "The part of coach that steers the belt has ended."),
            (),
            "silences the alarm",
            speed=False,
        ),
        Situation.ENDED: State("■", "OVER", "on-plain", "OVER", ("Session over.",), (Key.STOP, Key.QUIT)),
    }
)
ALARMS: Final = frozenset(
    {Situation.BELT_MOVES, Situation.STOP_FAILED, Situation.KEEPER_LOST, Situation.LINK_LOST, Situation.KEY}
)
"""These have a border."""
LEAD_ON: Final = frozenset(
    {
        Situation.READY,
        Situation.READY_REAR,
        Situation.READY_CONSOLE,
        Situation.STARTING,
        Situation.CONSOLE_START,
        Situation.SET_SLOWEST,
        Situation.HELPER_START,
        Situation.STEP_ON,
        Situation.STEP_ON_YES,
        Situation.SLOW,
        Situation.RAILS,
        Situation.TURN_STOPPING,
        Situation.PAUSED,
    }
)
"""These lead to the step that the session stands before, and say which it is."""

_PLAIN: Final[Mapping[Phase, Situation]] = MappingProxyType(
    {
        Phase.STARTING: Situation.STARTING,
        Phase.RAILS: Situation.RAILS,
        Phase.BRIDGE: Situation.BRIDGE,
        Phase.RESTING: Situation.RESTING,
        Phase.BELT_MOVES: Situation.BELT_MOVES,
        Phase.KEY: Situation.KEY,
        Phase.STOP_FAILED: Situation.STOP_FAILED,
        Phase.ENDED: Situation.ENDED,
    }
)
_LINKED: Final = ON_BELT | {Phase.STARTING, Phase.CONSOLE_START, Phase.STOPPING}


def turning(plan: Plan, snapshot: Snapshot) -> bool:
    """The runner may face the rear or is about to: what is said must be heard (safety.md 4)."""
    return plan.backward and (snapshot.facing is not Facing.FORWARD or snapshot.phase in TURNING)


def situation(plan: Plan, snapshot: Snapshot, life: Life) -> Situation:
    """What the screen is about now: what is worst comes first."""
    if life is Life.LOST:
        return Situation.KEEPER_LOST
    if not snapshot.link and snapshot.phase in _LINKED:
        return Situation.LINK_LOST
    rear, prompt = snapshot.claimed is Facing.BACKWARD, open_prompt(snapshot)
    match snapshot.phase:
        case Phase.CONNECTING:
            return Situation.FOUND_MOVING if snapshot.link and (snapshot.kmh or 0.0) > 0 else Situation.CONNECTING
        case Phase.READY:
            return _ready(plan, snapshot)
        case Phase.PAUSED:
            return Situation.PAUSED if snapshot.trusted else Situation.NOT_TRUSTED
        case Phase.CONSOLE_START if prompt is not None and prompt.button is Button.SPEED:
            return Situation.SET_SLOWEST
        case Phase.CONSOLE_START:
            return Situation.HELPER_START if rear else Situation.CONSOLE_START
        case Phase.STEP_ON:
            return Situation.STEP_ON if snapshot.question is None else Situation.STEP_ON_YES
        case Phase.RAMP:
            return Situation.RAMP_REAR if rear else Situation.RAMP_FORWARD
        case Phase.RUN if prompt is not None and snapshot.facing is Facing.FORWARD:
            return Situation.SET_SPEED
        case Phase.RUN:
            return Situation.FORWARD if snapshot.facing is Facing.FORWARD else Situation.BACKWARD
        case Phase.SLOW if prompt is not None:
            return Situation.PRESS_STOP
        case Phase.SLOW:
            return Situation.SLOW_STOP if snapshot.guided else Situation.SLOW
        case Phase.STOPPING:
            turns = snapshot.next in {Phase.READY, Phase.RESTING}
            return Situation.TURN_STOPPING if turns else Situation.STOPPING
        case phase:
            return _PLAIN[phase]


def _ready(plan: Plan, snapshot: Snapshot) -> Situation:
    if snapshot.question is not None and snapshot.question.ask is Ask.STANDS:
        return Situation.STANDS
    row = plan.rows[min(snapshot.row, len(plan.rows) - 1)]
    if row.segment.facing is Facing.BACKWARD:
        return Situation.READY_REAR
    return Situation.READY_CONSOLE if plan.backward and row.turn else Situation.READY

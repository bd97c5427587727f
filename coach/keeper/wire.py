"""What cockpit and keeper say to each other: JSON lines over two pipes, each line one of these messages.

The cockpit begins with Begin, the keeper with Hello; both carry WIRE, and a side that reads another number leaves.
Instants are seconds of the session's clock; where something is not known or has no end it is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias, TypeVar

from coach.core.cue import CueKind
from coach.core.error import CoachError
from coach.core.event import Key
from coach.core.heart import Source
from coach.core.progress import Button, Question
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.network.broker import Broker
from coach.result import SegmentResult, Side, Turn
from coach.result import Trip as TripResult

if TYPE_CHECKING:
    from pydantic import TypeAdapter
_T = TypeVar("_T")

WIRE: Final = 6  # one more whenever a message changes
BEAT_S: Final = 0.5  # both sides' heartbeat (safety.md 9)
LONGEST: Final = 64 * 1024 * 1024  # bytes of a line; a plan of 10,000 segments with cues has 12 MB


class WireError(CoachError, ValueError):
    """A line that is no message of this protocol."""


class Voice(StrEnum):
    """How much is said; facing the rear or turning at least SHORT holds, whatever was chosen."""

    FULL = "full"
    SHORT = "short"
    TONES = "tones"
    CAPTIONS = "captions"  # on the simulator until somebody asks for sound: nothing sounds


@dataclass(frozen=True, slots=True)
class Device:
    """A treadmill or a strap on the air; without an address it is found by its name."""

    address: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """The world that a keeper makes round a session; what is simulated as texts that the options of `run` take."""

    machine: str = ""  # a simulated one: shipped, or a file; nothing where the treadmill is on the air
    treadmill: Device | None = None
    strap: Device | None = None
    heart: str = "sim"  # where no strap is on the air
    faults: tuple[str, ...] = ()
    presses: tuple[str, ...] = ()
    seed: int = 0
    auto: bool = False  # a virtual runner confirms
    timelapse: float = 1.0
    lapse_turns: bool = False  # also in turns and while a press is awaited: for tests, where nobody watches


@dataclass(frozen=True, slots=True)
class Share:
    """The page behind the treadmill: where it is served, and the secret part of its address."""

    host: str  # an address of this computer; 127.0.0.1 is this computer only
    token: str = field(repr=False)
    port: int = 0  # 0: any that is free


# From the cockpit.


@dataclass(frozen=True, slots=True)
class Begin:
    """The first line: the session that is to be kept."""

    header: Mapping[str, object]  # of the journal: plan and origin
    world: World
    journal: str  # where to record
    asked: bool = False  # the user named that file: what was in it is gone
    voice: Voice = Voice.CAPTIONS
    report: str = ""  # a file in which the guard writes what it does
    broker: Broker | None = None  # to which the session is told
    share: Share | None = None
    notes: tuple[str, ...] = ()  # what the runner is to know of all this
    by_sight: bool = False  # the runner does not hear: what sound is to others, the page behind the treadmill is to him
    kind: Literal["begin"] = "begin"
    wire: int = WIRE


@dataclass(frozen=True, slots=True)
class Beat:
    """I live; `echo` is the other side's last number. From the cockpit it means that a snapshot was drawn."""

    number: int
    echo: int
    kind: Literal["beat"] = "beat"


@dataclass(frozen=True, slots=True)
class Press:
    """A key; `serial` is that of the question that was on the screen."""

    key: Key
    digit: str = ""
    serial: int | None = None
    kind: Literal["press"] = "press"


@dataclass(frozen=True, slots=True)
class Focus:
    """Whether presses reach the cockpit."""

    on: bool
    kind: Literal["focus"] = "focus"


@dataclass(frozen=True, slots=True)
class Say:
    """How much is to be said from here on."""

    voice: Voice
    kind: Literal["say"] = "say"


@dataclass(frozen=True, slots=True)
class Mischief:
    """Something goes wrong in the simulated world, now: KIND or KIND:SECONDS as `--fault` has it."""

    fault: str
    kind: Literal["mischief"] = "mischief"


@dataclass(frozen=True, slots=True)
class Leave:
    """The cockpit goes; the belt is stopped first."""

    kind: Literal["leave"] = "leave"


# From the keeper.


@dataclass(frozen=True, slots=True)
class Hello:
    """The first line: who keeps the belt."""

    version: str
    pid: int
    machine: str
    simulated: bool
    awake: bool  # the sleep guard holds
    kind: Literal["hello"] = "hello"
    wire: int = WIRE


@dataclass(frozen=True, slots=True)
class Refused:
    """There will be no session; the keeper ends."""

    reason: str
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the runner was asked to press on the console; speed in km/h and incline in percent where those are set."""

    button: Button
    serial: int  # counted from 1
    text: str
    speed_kmh: float | None = None
    incline_pct: float | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a cockpit shows of a session at an instant, beside the plan."""

    serial: int
    at_s: float
    pace: float  # how fast the session's clock goes: 1 but in time-lapse
    phase: Phase
    since_s: float
    facing: Facing
    claimed: Facing
    row: int  # of the plan, from 0; as many as there are rows when all are done
    clock_s: float  # of the row
    left_s: float | None  # until its end; None where it is open
    left_m: float | None
    runs: bool  # the clock of the row runs
    next: Phase  # where STOPPING leads
    guided: bool  # SLOW leads to a stop that was wanted, not to a turn
    question: Question | None
    waits: str  # what CONNECTING waits for, in words, or nothing
    prompted: str  # why coach only tells which button to press, and measures (safety.md 6b, 6c), or nothing
    prompt: Asked | None  # what the runner was asked to do at the console last, in this phase
    trusted: bool  # False: the treadmill has ignored a Stop (safety.md 6c)
    reason: str  # why the belt stands
    ended: str  # finished, stopped, tripped, or nothing yet
    kmh: float | None  # what the belt reports
    still: bool
    target_kmh: float | None  # what the workout and the runner want
    asked_kmh: float | None  # the last set-point that was written
    limit: str  # the rule of safety that holds the speed back, or nothing
    incline_pct: float | None
    trim: float  # of this facing: 1.05 is five percent faster than written
    incline_trim_pct: float
    bpm: int | None
    heart_age_s: float | None  # since the last good reading
    heart_why: str  # why there is none
    heart_from: Source | None  # who counts it; None where there is no heart rate
    battery_pct: int | None  # of the strap, as it said last
    link: bool
    link_age_s: float | None  # since the treadmill was heard
    link_why: str  # why there is no link
    sound: bool
    voice: Voice
    focus: bool
    awake: bool
    guarded: bool  # a guard watches
    recording: bool
    broker: str  # "connected", or why not; nothing: none was asked for
    page: str  # the address of the page behind the treadmill, or nothing
    watching: int  # screens that have drawn the page within the last seconds
    trips: tuple[Trip, ...]  # what holds now, worst first
    no_backward: str  # why there is no turn to the rear now, or nothing
    forward: Side
    backward: Side
    distance_m: float  # turns included
    climb_m: float
    turns: int
    laps: int
    kind: Literal["snapshot"] = "snapshot"


@dataclass(frozen=True, slots=True)
class Said:
    """A cue, as a caption."""

    at_s: float
    cue: CueKind
    text: str
    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True)
class Note:
    """A line about the session that nobody says."""

    text: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class HeartResult:
    """The heart rate of a session in bpm, and seconds in each of the zones, below zone 1 first."""

    mean_bpm: float | None = None
    max_bpm: int | None = None
    zones_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """The last line: what the session came to."""

    ended: str
    reason: str
    elapsed_s: float
    distance_m: float
    forward: Side
    backward: Side
    segments: tuple[SegmentResult, ...]
    turns: tuple[Turn, ...]
    trips: tuple[TripResult, ...]
    heart: HeartResult
    still: bool  # the belt stands
    trusted: bool  # False: the treadmill has ignored a Stop, so nobody steps on before the key is out
    started: bool  # it was started at all
    recording: str  # the path of the journal, or nothing
    lost: str = ""  # what is wrong with the recording, in a sentence
    kind: Literal["done"] = "done"


ToKeeper: TypeAlias = Begin | Beat | Press | Focus | Say | Mischief | Leave
FromKeeper: TypeAlias = Hello | Refused | Snapshot | Said | Note | Beat | Done


def encode(message: ToKeeper | FromKeeper) -> bytes:
    """A message as its line."""
    return _any().dump_json(message) + b"\n"


def to_keeper(line: bytes) -> ToKeeper:
    """What the cockpit says.

    Raises:
        WireError: it is no message.
    """
    return _read(_cockpit(), line)


def from_keeper(line: bytes) -> FromKeeper:
    """What the keeper says.

    Raises:
        WireError: it is no message.
    """
    return _read(_keeper(), line)


def _read(adapter: TypeAdapter[_T], line: bytes) -> _T:
    try:
        return adapter.validate_json(line)
    except ValueError as error:
        raise WireError(f"no message: {line[:80]!r}") from error


@cache
def _cockpit() -> TypeAdapter[ToKeeper]:
    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[ToKeeper, Field(discriminator="kind")])


@cache
def _keeper() -> TypeAdapter[FromKeeper]:
    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[FromKeeper, Field(discriminator="kind")])


@cache
def _any() -> TypeAdapter[ToKeeper | FromKeeper]:
    from pydantic import TypeAdapter

    return TypeAdapter(ToKeeper | FromKeeper)

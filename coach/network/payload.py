"""What is said on the topics, as JSON: one model for each topic, all with the number SCHEMA.

Fields have their unit as the last syllable. A number that is not known now is null, never 0. A reader passes over
fields that it does not know, so that some may be added; where one changes its meaning, SCHEMA grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from coach.core.event import Verb
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import Facing

SCHEMA: Final = 1  # of what is written; a reader refuses others
LONGEST_COMMAND: Final = 1024  # bytes
LONGEST_TEXT: Final = 240  # characters: of a cue, of what a command says
MOST_SEGMENTS: Final = 200  # that a workout lists; the rest is counted
IDLE: Final = "idle"

Text: TypeAlias = Annotated[str, Field(max_length=LONGEST_TEXT)]
Name: TypeAlias = Annotated[str, Field(max_length=64)]
Instant: TypeAlias = Annotated[str, Field(max_length=40, description="Wall clock, ISO 8601 with its offset.")]
Kmh: TypeAlias = Annotated[float, Field(ge=0, le=100)]
Pct: TypeAlias = Annotated[float, Field(ge=-100, le=100)]
Metres: TypeAlias = Annotated[float, Field(ge=0, le=1e7)]
Seconds: TypeAlias = Annotated[float, Field(ge=0, le=1e7)]
Kcal: TypeAlias = Annotated[float, Field(ge=0, le=1e6)]
Bpm: TypeAlias = Annotated[int, Field(ge=0, le=300)]
Zone: TypeAlias = Annotated[int, Field(ge=0, le=5, description="1 to 5, and 0 below zone 1.")]
PhaseWord: TypeAlias = Annotated[str, Field(max_length=64, description="A state of the session; idle without one.")]


class Faces(StrEnum):
    """Which way the runner looks, as he says."""

    CONSOLE = "console"
    REAR = "rear"
    NOT_SAID = "not-said"  # from a stop in a turn until he has said so and stepped on
    IDLE = IDLE  # there is no session


FACES: Final[Mapping[Facing, Faces]] = MappingProxyType(
    {Facing.FORWARD: Faces.CONSOLE, Facing.BACKWARD: Faces.REAR, Facing.UNKNOWN: Faces.NOT_SAID}
)
PHASES: Final = (*(phase.value for phase in Phase if phase is not Phase.ENDED), IDLE)


class Payload(BaseModel):
    """What all payloads have in common."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,  # what has a default is sent as well
    )

    schema_: Literal[1] = Field(default=SCHEMA, alias="schema", description="The number of this form.")

    def wire(self) -> bytes:
        """The payload as it is sent."""
        return self.model_dump_json(by_alias=True).encode()

    def plain(self) -> dict[str, Any]:  # JSON has no closer type
        """The payload as the object that is sent."""
        return self.model_dump(mode="json", by_alias=True)


class Status(Payload):
    """Topic status, retained, QoS 1: whether coach is there. The last will is a whole one: gone().

    Running, facing and phase stand here too, and Home Assistant reads them from here. A client has one will, and a
    will replaces one retained message. So what must end when coach is cut off stands in that message: whoever asks
    later finds off and idle, and no order of messages can bring the old values back.
    """

    status: Literal["online", "offline"]
    running: bool = Field(description="The belt moves, or may move.")
    facing: Faces
    phase: PhaseWord


class Sample(Payload):
    """Topic sample, each second, QoS 0: the numbers of now."""

    session: Name
    at: Instant
    speed_kmh: Kmh | None = Field(description="What the belt reports.")
    incline_pct: Pct | None
    distance_m: Metres = Field(description="Of the session, turns included.")
    energy_kcal: Kcal = Field(description="Of the session, an estimate, rest included.")
    heart_bpm: Bpm | None
    zone: Zone | None
    left_s: Seconds | None = Field(description="Of the session, turns included; null where a step has no end.")


class State(Sample):
    """Topic state, retained, on every change and each 5 s: all that there is to know now."""

    target_kmh: Kmh | None = Field(description="What the workout and the runner want.")
    segment_left_s: Seconds | None = Field(description="Of the segment; null where it has no end.")
    ends_at: Instant | None = Field(description="When the session will be over, to 5 s.")
    running: bool = Field(description="The belt moves, or may move.")
    facing: Faces
    phase: PhaseWord
    segment: Text | None = Field(description="The segment under way, or the one that a turn leads to, in words.")
    segment_index: int | None = Field(ge=1, le=1_000_000, description="Its place in the workout, counted from 1.")
    turns: int = Field(ge=0, le=100_000)
    link: bool = Field(description="The treadmill is connected.")
    strap: bool = Field(description="There is a heart rate from a strap.")
    trips: tuple[Name, ...] = Field(max_length=len(Trip), description="What holds now for safety, the worst first.")
    reason: Text = Field(description="Why the belt stands, in words, or nothing.")
    ended: Literal["", "finished", "stopped", "tripped"]
    simulated: bool = Field(description="No real belt moves.")


class EventType(StrEnum):
    """Kinds of events."""

    CUE = "cue"  # something was said to the runner
    SEGMENT = "segment"  # a segment began
    TURN = "turn"  # the runner has turned
    TRIP = "trip"  # a rule of safety acted
    STOPPED = "stopped"  # the session is over before its end
    FINISHED = "finished"  # the session is over as planned


class Event(Payload):
    """Topic event, QoS 1: something that happened, once each and in order."""

    event_type: EventType
    session: Name
    at: Instant
    number: int = Field(default=0, ge=0, description="Of the session, counted from 1 without gaps.")
    text: Text = Field(description="What happened, in words.")
    facing: Faces
    name: Name | None = Field(
        default=None, description="Of a cue its kind, of a trip its name, of an end finished … tripped."
    )
    segment_index: int | None = Field(default=None, ge=1, le=1_000_000, description="The segment, counted from 1.")


class Step(BaseModel):
    """A segment, a bridge or a rest of a workout; what it has not is null."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    index: int = Field(ge=1, le=1_000_000)
    name: Name = Field(description="What it is called in a workout: forward, backward, warm-up …")
    facing: Faces
    planned_s: Seconds | None
    planned_m: Metres | None
    speed_kmh: Kmh | None = Field(description="Null in a rest: the belt stands.")
    end_kmh: Kmh | None = Field(description="Of a ramp its end.")
    incline_pct: Pct | None
    turn: bool = Field(description="The runner turns before it.")


class Workout(Payload):
    """Topic workout, retained: what is being run."""

    session: Name
    name: Text
    level: Name
    began: Instant | None
    planned_s: Seconds = Field(description="Without turns; steps without an end count nothing.")
    turns: int = Field(ge=0, le=100_000)
    simulated: bool
    version: Name = Field(description="Of coach.")
    segments: tuple[Step, ...] = Field(max_length=MOST_SEGMENTS)
    left_out: int = Field(default=0, ge=0, description="So many more segments than are listed.")


class CommandIn(Payload):
    """Topic cmd/VERB, never retained: something safer is asked for. A stop needs nothing of this."""

    model_config = ConfigDict(strict=True)

    ts: float = Field(description="When it was sent: seconds since 1970. Older than 3 s is refused.")
    id: Name = Field(default="", description="Of this command, for the ack; a second one with it is refused.")
    session: Name = Field(default="", description="The session that is meant; nothing: whichever runs.")
    text: Text = Field(default="", description="Of say: what is said, after Message.")


class Ack(Payload):
    """Topic ack, QoS 1: what became of a command."""

    session: Name
    at: Instant
    verb: Verb | None = Field(description="Null where there is no such command.")
    id: Name = Field(description="Of the command, where it had one.")
    accepted: bool
    why: Text = Field(description="Why it was not, in a sentence, or what is to be known.")
    skew_s: float | None = Field(
        default=None, description="How far the clock of the sender is behind ours, where it is."
    )


PAYLOADS: Final = (Status, State, Sample, Event, Workout, CommandIn, Ack)


def gone() -> Status:
    """The status without a session: the last will, and what coach says itself when it goes."""
    return Status(status="offline", running=False, facing=Faces.IDLE, phase=IDLE)


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text that fits."""
    return text if len(text) <= longest else text[: longest - 1] + "…"

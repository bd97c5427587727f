"""Where a session is: the engine's own state. Clocks are anchors, so that nothing changes while only time passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Final

from coach.core.belt import Belt
from coach.core.plan import Plan, Row
from coach.core.value import ADDED
from coach.core.wish import Phase
from coach.core.workout import ExtentUnit, Facing

SLOWEST_KMH: Final = 0.5  # time left of a distance is never reckoned with less


class Ask(StrEnum):
    """What kind of answer a question takes."""

    YES = "yes"
    DIGIT = "digit"
    STANDS = "stands"  # "the belt stands": a machine that falls silent cannot say so (safety.md 1)


@dataclass(frozen=True, slots=True)
class Question:
    """What the runner is asked; an answer counts only with its serial and after it stood for `minimum_s`."""

    ask: Ask
    serial: int
    at_s: float
    minimum_s: float
    text: str
    digit: str = ""


class Button(StrEnum):
    """What the runner presses on the treadmill's console, where coach does not set the speed itself."""

    START = "start"
    SPEED = "speed"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the runner is asked to do at the console now; speed in km/h, incline in percent."""

    button: Button
    serial: int  # counted from 1; the same words again have the same serial
    at_s: float
    text: str
    speed_kmh: float | None = None
    incline_pct: float | None = None
    until_s: float = inf  # STOP: then coach writes it too


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command from the network."""

    ticket: int
    done: bool
    why: str = ""  # it was not, in words


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of the engine; instants in s, -inf or inf where nothing of the kind has happened."""

    phase: Phase = Phase.CONNECTING
    at_s: float = 0.0  # since when
    facing: Facing = Facing.UNKNOWN
    claimed: Facing = Facing.FORWARD  # what `facing` becomes when STEP_ON is over
    row: int = 0  # of the plan, counted from 0
    next: Phase = Phase.READY  # where STOPPING leads
    guided: bool = False  # SLOW leads to a stop that was wanted, not to a turn
    reason: str = ""  # why the belt stands, in words
    ended: str = ""  # finished, stopped, tripped
    troubled: bool = False  # the last stop was a trip's
    question: Question | None = None
    asked: int = 0  # questions so far
    digits: int = 0  # of them with a digit
    presenter: bool = False  # facing the console was confirmed by a press, not by the digit
    careful_until_s: float = -inf  # so the belt stays slow until then (safety.md 4)
    turning: bool = False  # the last stop was made in a turn
    prompts: int = 0  # of the present question
    pressed_at_s: float = -inf
    yes_at_s: float = -inf
    alarmed_at_s: float = -inf
    steady_at_s: float = inf  # the condition of this state has held since
    clock_s: float = 0.0  # segment clock up to run_at_s
    run_at_s: float = inf  # the segment clock runs since
    metres: float = 0.0  # of the segment up to run_from_m
    run_from_m: float = 0.0
    mark_m: float = 0.0  # odometer at the last mark
    marks: int = 0  # countdown marks that are done
    dues: int = 0  # bits: which due cues are done
    bridge_at_s: float = inf
    turn_waits: bool = field(default=False, metadata=ADDED)  # something speaks against it, after all was said
    no_turn: bool = field(default=False, metadata=ADDED)  # it is left out; the bridge ends in a step facing the console
    read_at_s: float = -inf  # the link whose first reports were judged
    ends_at_s: float = inf  # an open segment, once a key has said so
    late_s: float = 0.0  # how much later than its end the last row was left
    turned_at_s: float = -inf  # the last turn was over
    turned: Facing = Facing.FORWARD  # where it led
    trim_forward: float = 1.0
    trim_backward: float = 1.0
    incline_trim_pct: float = 0.0
    console: int = 0  # changes at the console that were taken over
    console_kmh: float | None = None  # for this segment
    held_kmh: float | None = None  # by the heart
    held_at_s: float = -inf
    spoken_kmh: float | None = None  # a new speed is told when the belt has it
    stands: bool = False  # the runner has said that the belt stands
    bad_starts: int = 0
    no_starts: int = 0  # how often nobody started the machine at its console
    console_start: bool = False  # remote Start was refused
    slow_from_kmh: float = 0.0
    start_told: bool = False  # STARTING has asked for its Start
    handled_at_s: float = -inf  # the latched trip that was last acted on
    quit_at_s: float = -inf
    starts: int = 0
    stops: int = 0
    pauses: int = 0
    acknowledged: int = 0
    block: int = 0
    turns: int = 0
    told_faster: bool = False  # that the first block goes faster
    laps: int = 0
    held: frozenset[int] = field(default=frozenset(), metadata=ADDED)  # backward blocks with the hands on the rails
    trips: int = 0  # that stopped the belt
    miles: bool = False  # the unit was corrected and told
    waits: str = ""  # what CONNECTING waits for, in words
    prompted: str = ""  # why coach only prompts and measures, as it was told
    prompt: Prompt | None = None
    prompts_made: int = 0
    asked_start_at_s: float = field(default=-inf, metadata=ADDED)  # somebody was asked to start it at the console
    by_hand: bool = False  # the runner started the belt at the console, in prompt mode
    stepped_at_s: float = -inf  # and stepped on
    told_kmh: float | None = None  # what the console was to show last, in this segment
    told_pct: float | None = None
    told_at_s: float = -inf
    told_from_kmh: float = 0.0
    told_off: bool = False  # that the belt is not there
    renewals: int = 0  # of the link, that were told
    guarded: bool = True  # as it was told
    answer: Answer | None = field(default=None, metadata=ADDED)  # to the last command from the network
    slowed_at_s: float = field(default=-inf, metadata=ADDED)  # the network has slowed the belt down last
    messaged_at_s: float = field(default=-inf, metadata=ADDED)  # and said something
    broke_off: bool = field(default=False, metadata=ADDED)  # and stopped a turn that slowed down already
    not_from_creep: bool = field(default=False, metadata=ADDED)  # the belt did not slow down for the stop of a turn

    @property
    def by_console(self) -> bool:
        """The next start is the console's: remote Start is refused, or might go on from where the belt was stopped."""
        return self.console_start or self.not_from_creep

    @property
    def starts_by(self) -> Phase:
        """The state that a yes leads to."""
        return Phase.CONSOLE_START if self.by_console else Phase.STARTING

    def here(self, plan: Plan) -> Row:
        """The row under way."""
        rows = plan.rows
        return rows[self.row] if self.row < len(rows) else rows[-1]

    def waits_here(self, plan: Plan) -> bool:
        """On a bridge that no author wrote: it was too soon for the turn to the row under way."""
        return self.phase is Phase.BRIDGE and self.here(plan).kind != "bridge"

    def trim(self, facing: Facing) -> float:
        """The runner's share of what the workout asks for, facing so."""
        return self.trim_backward if facing is Facing.BACKWARD else self.trim_forward

    def share(self, row: Row) -> float:
        """What the runner's share of a row's speed is when it begins.

        The heart's speed is nobody's share, and a bridge no faster for it.
        """
        held, target = row.segment.heart, row.segment.target
        if row.kind == "bridge":
            return min(self.trim_forward, 1.0)
        if held is None or target is None:
            return self.trim(row.segment.facing)
        return min(max(target.speed_kmh, held.low_kmh), held.high_kmh) / target.speed_kmh

    def clock(self, at_s: float) -> float:
        """Seconds of the segment clock."""
        return self.clock_s if self.run_at_s == inf else self.clock_s + at_s - self.run_at_s

    def ran_m(self, belt: Belt) -> float:
        """Metres of the segment."""
        return self.metres if self.run_at_s == inf else self.metres + belt.odometer_m - self.run_from_m

    def left_s(self, plan: Plan, belt: Belt, at_s: float) -> float:
        """Seconds until the extent is over, reckoned with the present speed where it is a distance."""
        extent = self.here(plan).segment.extent
        if extent.unit is ExtentUnit.TIME:  # the usual one, many times a second
            return extent.amount - self.clock(at_s)
        match extent.unit:
            case ExtentUnit.OPEN:
                return self.ends_at_s - at_s
            case ExtentUnit.DISTANCE:
                left_m = extent.amount - self.ran_m(belt)
            case _:
                left_m = self.mark_m + extent.amount - belt.odometer_m
        return left_m * 3.6 / max(belt.kmh or 0.0, SLOWEST_KMH)

"""Builders with good defaults: a belt, a guard, a wish, a plan, and whole sessions, scripted or simulated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import pairwise
from math import inf
from typing import Final, TypedDict, Unpack

from coach.core.belt import Belt
from coach.core.dose import Dose, Stopwatch
from coach.core.event import Event, Heard, Key, LinkFound, LinkLost, Pressed, Returned, Tick
from coach.core.ftms import INCLINATION_RANGE, SPEED_RANGE
from coach.core.guard import Guard
from coach.core.heart import Strap
from coach.core.level import UNLIMITED, Allowance
from coach.core.machine import Ack, MachineProfile, Preamble, Range, Reported, Units
from coach.core.plan import Plan, make_plan
from coach.core.progress import Progress, Prompt
from coach.core.runner import Runner
from coach.core.safety import Limit, Permit
from coach.core.sent import Sent
from coach.core.session import Outcome, Session, advance, first
from coach.core.trip import Action, Trip
from coach.core.wish import Phase, Wish
from coach.core.workout import Extent, ExtentUnit, Facing, Head, Level, Segment, Target, Workout
from coach.link.fault import parse_fault, parse_press
from coach.link.machine_file import SimMachine, find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import SteadyHeart, VirtualStrap
from coach.link.world import Step, World
from coach.script.check import check_text

DATA, POINT, STATUS, HEART = 0x2ACD, 0x2AD9, 0x2ADA, 0x2A37
NOW_S: Final = 1000.0  # where scripted tests stand in time
SPEEDS: Final = Range(0.8, 18.0, 0.1)
FORWARD, BACKWARD, UNKNOWN = Facing.FORWARD, Facing.BACKWARD, Facing.UNKNOWN
KEYS: Final = tuple(Key)
STOP, START, CONTROL, PAUSE = b"\x08\x01", b"\x07", b"\x00", b"\x08\x02"


def h(text: str) -> bytes:
    """Bytes as they are written in a capture."""
    return bytes.fromhex(text)


def target_bytes(kmh: float) -> bytes:
    """Set Target Speed: op code 02, 0.01 km/h, little end first (FTMS 4.16.2.2)."""
    return b"\x02" + round(kmh * 100).to_bytes(2, "little")


def asked_kmh(write: bytes) -> float | None:
    """The speed that a write asks for, in the unit of the machine; None for any other write."""
    return int.from_bytes(write[1:3], "little") / 100 if write[:1] == b"\x02" else None


# What the machine says.


def data(at_s: float, kmh: float, metres: int | None = None, incline_pct: float | None = None) -> Heard:
    """Treadmill Data with a speed, and with a distance and an incline where they are given (FTMS 4.4.1)."""
    flags, tail = 0, b""
    if metres is not None:
        flags, tail = flags | 0x04, tail + (metres & 0xFFFFFF).to_bytes(3, "little")
    if incline_pct is not None:
        flags, tail = flags | 0x08, tail + round(incline_pct * 10).to_bytes(2, "little", signed=True) + h("ff 7f")
    return Heard(at_s, DATA, flags.to_bytes(2, "little") + round(kmh * 100).to_bytes(2, "little") + tail)


def status(at_s: float, text: str) -> Heard:
    """A machine status, as hex."""
    return Heard(at_s, STATUS, h(text))


def answer(at_s: float, op: int, result: int = 1) -> Heard:
    """A control point answer."""
    return Heard(at_s, POINT, bytes([0x80, op, result]))


def pulse(at_s: float, bpm: int) -> Heard:
    """A heart rate measurement with a beat in it."""
    return Heard(at_s, HEART, h("10") + bytes([bpm]) + round(60 / bpm * 1024).to_bytes(2, "little"))


def pressed(
    at_s: float, key: Key = Key.YES, digit: str = "", serial: int | None = None, steady_s: float = inf
) -> Pressed:
    """A press; without a serial it answers whatever is asked."""
    return Pressed(at_s, key, digit, serial, steady_s)


# Plans.


def forward(seconds: float = 120.0, kmh: float = 6.0, *, end_kmh: float | None = None) -> Segment:
    """A forward segment."""
    return Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.TIME, seconds), Target(kmh, end_kmh))


def backward(seconds: float = 120.0, kmh: float = 3.0, *, incline_pct: float = 0.0) -> Segment:
    """A backward segment."""
    return Segment(Head.BACKWARD, BACKWARD, Extent(ExtentUnit.TIME, seconds), Target(kmh, incline_pct=incline_pct))


def rest(seconds: float = 30.0, facing: Facing = FORWARD) -> Segment:
    """A rest."""
    return Segment(Head.REST, facing, Extent(ExtentUnit.TIME, seconds))


class ProfileChanges(TypedDict, total=False):
    """What a profile may differ in."""

    known: bool
    ack: Ack
    preamble: Preamble
    reported: Reported
    unit_answered: bool
    start_delay_s: float
    start_kmh: float
    settle_s: float
    accel_kmh_s: float
    decel_kmh_s: float
    silent_when_stopped: bool
    stray_zeros: bool
    keeps_on_link_loss: bool
    min_write_gap_s: float
    incline_control: bool
    remote_start: bool
    answer_s: float
    speed_control: bool
    disobeys: str
    console_miles: bool | None


TESTED: Final = MachineProfile(
    name="tested",
    known=True,
    start_delay_s=3.0,
    accel_kmh_s=0.5,
    decel_kmh_s=0.5,
    keeps_on_link_loss=False,
    answer_s=0.1,
)


def profile(**changes: Unpack[ProfileChanges]) -> MachineProfile:
    """A machine that was tested."""
    return replace(TESTED, **changes)


def plan(
    *segments: Segment,
    level: Level = Level.INTERMEDIATE,
    machine: MachineProfile = TESTED,
    runner: Runner | None = None,
    allowance: Allowance = UNLIMITED,
    strap: bool = True,
    helper: bool = False,
) -> Plan:
    """Two minutes forward, two backward, three forward; or what is given."""
    rows = segments or (forward(), backward(), forward(180.0, 4.0))
    return make_plan(Workout("a test", rows, level), machine, runner, allowance=allowance, strap=strap, helper=helper)


def forward_plan(*segments: Segment, machine: MachineProfile = TESTED) -> Plan:
    """A workout without backward segments."""
    return plan(*(segments or (forward(), forward(60.0, 10.0), forward(60.0, 4.0))), machine=machine)


ALL_ROWS: Final[Iterable[Level]] = tuple(Level)


# Values in the middle of a session.


class BeltChanges(TypedDict, total=False):
    """What a belt may differ in."""

    link: bool
    link_at_s: float
    heard_at_s: float
    period_s: float
    steady_at_s: float
    zero_at_s: float | None
    moved_kmh: float
    moved_at_s: float
    rests: bool
    still: bool
    still_by_silence: bool
    incline_pct: float | None
    inclines: Range
    units: Units


def belt(
    speed_kmh: float | None = 8.0, *, at_s: float = NOW_S, speeds: Range = SPEEDS, **changes: Unpack[BeltChanges]
) -> Belt:
    """A belt that has run at this speed for a long time; 0 is one that stands."""
    stands = speed_kmh == 0
    usual = Belt(
        link=True,
        link_at_s=0.0,
        heard_at_s=at_s,
        gaps=(0.5,) * 9,
        kmh=speed_kmh,
        steady_at_s=at_s - 60,
        zero_at_s=at_s - 60 if stands else None,
        still=stands,
        moved_kmh=speed_kmh or 8.0,
        moved_at_s=at_s - 60 if stands else at_s,
        rests=stands,
        raw_speeds=speeds,
        speeds=speeds,
        creep_kmh=speeds.at_least(0.8),
        units=Units(agreed=True, measured=True),
    )
    return replace(usual, **changes)


def sent(
    target_kmh: float | None = 8.0,
    *,
    at_s: float = NOW_S - 60,
    start_at_s: float = NOW_S - 300,
    stop_at_s: float = -inf,
    stop_done: bool = False,
    stop_returned: bool = True,
    stop_accepted: bool = True,
    stop_from_kmh: float = 8.0,
) -> Sent:
    """What was written: a Start long ago and a set-point a minute ago."""
    return Sent(
        target_kmh=target_kmh,
        before_kmh=target_kmh,
        target_at_s=at_s if target_kmh is not None else -inf,
        ramp_until_s=at_s + 2,
        start_at_s=start_at_s,
        stop_at_s=stop_at_s,
        stop_from_kmh=stop_from_kmh,
        stop_returned=stop_returned,
        stop_accepted=stop_accepted,
        stop_done=stop_done,
    )


def guard(
    *,
    set_kmh: float | None = 8.0,
    cap_kmh: float = inf,
    at_s: float = NOW_S - 60,
    latched: Trip | None = None,
    latched_action: Action = Action.NOTE,
    latched_at_s: float = -inf,
    notes: Iterable[Trip] = (),
    rear: bool = False,
    started: int = 1,
    stage: int = 2,
) -> Guard:
    """All green, a minute after the last change."""
    return Guard(
        latched=latched,
        latched_action=latched_action,
        latched_at_s=latched_at_s,
        notes=frozenset(notes),
        rear=rear,
        judged_at_s=at_s,
        changed_at_s=at_s,
        cap_kmh=cap_kmh,
        set_kmh=set_kmh,
        goal_kmh=set_kmh or 0.0,
        set_at_s=at_s,
        step_at_s=at_s,
        stage=stage,
        agreed_once=True,
        faster_at_s=at_s - 200,
        motion_at_s=at_s - 220,
        started=started,
        acknowledged=1,
    )


def wish(
    phase: Phase = Phase.RUN,
    facing: Facing = FORWARD,
    target_kmh: float | None = 8.0,
    *,
    incline_pct: float | None = None,
    start: int = 1,
    stop: int = 0,
    pause: int = 0,
    guided: bool = False,
    scripted: bool = False,
    alarm: bool = False,
    acknowledged: int = 1,
    block: int = 0,
    row: int | None = None,
) -> Wish:
    """Runs at 8 km/h, or what is given; the row fits the facing."""
    here = row if row is not None else (1 if facing is BACKWARD else 0)
    return Wish(
        phase, facing, target_kmh, incline_pct, scripted, start, stop, pause, guided, alarm, acknowledged, block, here
    )


def rear(phase: Phase = Phase.RUN, target_kmh: float | None = 3.0, facing: Facing = BACKWARD) -> Wish:
    """Runs backward."""
    return wish(phase, facing, target_kmh, block=1)


def dose(held_kmh: float = 8.0, run_s: float = 60.0, block_s: float = 60.0, at_s: float = NOW_S) -> Dose:
    """A minute of backward running so far, after 8 km/h forward."""
    del at_s
    return Dose(run=Stopwatch(run_s), block=Stopwatch(block_s), number=1, held_kmh=held_kmh)


def strap(bpm: int | None = 120, *, at_s: float = NOW_S) -> Strap:
    """A strap that is believed; None: it is not."""
    if bpm is None:
        return Strap()
    return Strap(bpm=bpm, why="", good=((at_s - 1, bpm), (at_s, bpm)), good_at_s=at_s, beats=True)


def permit(
    target_kmh: float | None = 8.0,
    facing: Facing = FORWARD,
    *,
    incline_pct: float | None = None,
    start: int = 1,
    starting: bool = False,
    stop: int = 0,
    pause: int = 0,
    again: int = 0,
    green: bool = True,
    urgent: bool = False,
    limit: Limit | None = None,
) -> Permit:
    """A permit as govern() would make it."""
    return Permit(
        facing=facing,
        target_kmh=target_kmh,
        incline_pct=incline_pct,
        start=start,
        starting=starting,
        stop=stop,
        pause=pause,
        again=again,
        green=green,
        urgent=urgent,
        ask_control=False,
        limit=limit,
        reads=False,
        followed=False,
        renew=False,
    )


# A session by hand: a scripted belt and a person who presses.


@dataclass
class Play:
    """A session fed event by event; time only goes forward, and every event and every write is kept."""

    plan: Plan
    session: Session = field(init=False)
    at_s: float = 0.0
    kmh: float = 0.0
    metres: float = 0.0
    events: list[Event] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    writes: list[tuple[float, bytes]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    raised: list[Trip] = field(default_factory=list)
    obeys: bool = True  # the scripted machine returns and answers every write
    bpm: int | None = 110  # what the strap says once a second
    beat_at_s: float = 0.0

    def __post_init__(self) -> None:
        self.session = first(self.plan)

    @property
    def progress(self) -> Progress:
        """Where the session is."""
        return self.session.progress

    @property
    def phase(self) -> Phase:
        """The state."""
        return self.session.progress.phase

    def at(self) -> Phase:
        """The state now; asked again after each thing that happens."""
        return self.session.progress.phase

    def now(self) -> tuple[Plan, Session, float]:
        """Where it is: plan, state and instant, to go on from elsewhere."""
        return self.plan, self.session, self.at_s

    def feed(self, event: Event) -> Outcome:
        """Take one event in."""
        self.at_s = max(self.at_s, event.at_s)
        self.session, outcome = advance(self.plan, self.session, event)
        self.events.append(event)
        self.outcomes.append(outcome)
        self.writes += [(event.at_s, value) for value in outcome.writes]
        self.said += [cue.text for cue in outcome.cues]
        self.raised += outcome.trips
        if self.obeys:
            for value in outcome.writes:
                self.feed(Returned(self.at_s, ok=True))
                self.feed(answer(self.at_s, value[0]))
        return outcome

    def connect(self, low: float = 0.8, high: float = 18.0, step: float = 0.1) -> Play:
        """The machine is there, with its ranges, and its belt stands."""
        ranges = b"".join(round(value * 100).to_bytes(2, "little") for value in (low, high, step))
        self.feed(LinkFound(self.at_s))
        self.feed(Heard(self.at_s, SPEED_RANGE, ranges))
        self.feed(Heard(self.at_s, INCLINATION_RANGE, h("00 00 78 00 05 00")))
        return self.run(3.0)

    def tick(self, seconds: float = 0.0) -> Outcome:
        """Nothing but time passes."""
        return self.feed(Tick(self.at_s + seconds))

    def run(self, seconds: float, kmh: float | None = None, *, every_s: float = 0.5) -> Play:
        """Reports come for so long, all of the same speed."""
        self.kmh = self.kmh if kmh is None else kmh
        end_s = self.at_s + seconds
        while self.at_s < end_s - 1e-9:
            at_s = min(self.at_s + every_s, end_s)
            self._report(at_s)
        return self

    def _report(self, at_s: float) -> None:
        self.metres += self.kmh * (at_s - self.at_s) / 3.6
        self.feed(data(at_s, self.kmh, int(self.metres), 0.0))
        if self.bpm is not None and at_s >= self.beat_at_s:
            self.beat_at_s = at_s + 1.0
            self.feed(pulse(at_s, self.bpm))

    def follow(self, seconds: float, *, every_s: float = 0.5, kmh_s: float = 0.5) -> Play:
        """The belt does what it was told last, with its ramp, and reports it."""
        end_s = self.at_s + seconds
        while self.at_s < end_s - 1e-9:
            goal_kmh = self.goal()
            change = kmh_s * every_s
            self.kmh += max(min(goal_kmh - self.kmh, change), -change)
            self.kmh = round(self.kmh, 3)
            self._report(min(self.at_s + every_s, end_s))
        return self

    def goal(self) -> float:
        """What the writes so far come to."""
        goal_kmh, starts_s = 0.0, self.plan.profile.start_delay_s
        for at_s, value in self.writes:
            kmh = asked_kmh(value)
            if value == START:
                goal_kmh = 0.8 if self.at_s - at_s >= starts_s else 0.0
            elif value[:1] == b"\x08":
                goal_kmh = 0.0
            elif kmh is not None and goal_kmh > 0:
                goal_kmh = kmh
        return goal_kmh

    def until(self, phase: Phase, longest_s: float = 120.0) -> Play:
        """Follow until a state is reached."""
        end_s = self.at_s + longest_s
        while self.phase is not phase:
            assert self.at_s < end_s, f"{phase} was not reached from {self.phase}: {self.progress.reason}"
            self.follow(0.5)
        return self

    def press(self, key: Key = Key.YES, digit: str = "") -> Outcome:
        """A press now, with the serial of what is asked."""
        question = self.progress.question
        serial = question.serial if question is not None else None
        return self.feed(Pressed(self.at_s, key, digit, serial))

    def yes(self) -> Outcome:
        """The right answer to what is asked, late enough to count."""
        question = self.progress.question
        assert question is not None, f"nothing is asked in {self.phase}"
        self.follow(max(question.at_s + question.minimum_s - self.at_s, 0.0) + 1.0)
        return self.press(Key.DIGIT if question.digit else Key.YES, question.digit)

    def written(self, since_s: float = -inf) -> list[bytes]:
        """The writes from an instant on."""
        return [value for at_s, value in self.writes if at_s >= since_s]


def play(a_plan: Plan | None = None) -> Play:
    """A session in READY."""
    return Play(a_plan or plan()).connect()


def started(a_plan: Plan | None = None, phase: Phase = Phase.RUN) -> Play:
    """A session that has come as far as a state of its first row."""
    made = play(a_plan)
    made.yes()
    return made.until(phase)


def to_the_rear(phase: Phase, a_plan: Plan | None = None) -> Play:
    """A session that has come as far as a state of its first turn, or behind it."""
    made = started(a_plan)
    made.until(Phase.SLOW, 400.0)
    order = (Phase.SLOW, Phase.RAILS, Phase.STOPPING, Phase.READY)
    for step in order:
        made.until(step, 60.0)
        if step is phase:
            return made
    made.yes()
    for step in (Phase.STARTING, Phase.STEP_ON, Phase.RAMP, Phase.RUN):
        if step is Phase.RAMP and made.progress.question is not None:
            made.yes()
        made.until(step, 60.0)
        if step is phase:
            return made
    raise AssertionError(f"{phase} is no state of the way to the rear")


# The simulated world.

BACK_AND_FORTH: Final = """
format: 1
name: A test
level: {level}
steps:
  - warm-up: 100 s @ 6 km/h
  - backward: 70 s @ {kmh} km/h
  - cool-down: 180 s @ 4 km/h
"""
SPEED_OF: Final = {Level.REHAB: 1.2, Level.BEGINNER: 2.0, Level.INTERMEDIATE: 3.0, Level.ADVANCED: 3.5}


@cache
def script(level: Level = Level.INTERMEDIATE, kmh: float | None = None) -> Workout:
    """A short workout with a backward block, from the text of one."""
    loaded = check_text(BACK_AND_FORTH.format(level=level, kmh=kmh or SPEED_OF[level]))
    assert loaded.workout is not None, loaded.rendered()
    return loaded.workout


@cache
def machine(name: str) -> SimMachine:
    """A shipped machine."""
    return find_machine(name)


@dataclass
class Reachable(World):
    """A world whose runner presses the buttons of the console, and whose link can be made anew."""

    deaf_hands: bool = False  # the runner does not press what is asked for
    away_s: float = 2.0  # a renewed link is back after so long
    taken_s: float = inf  # when another app takes control
    _prompted: int = 0
    _renewed_s: float = -inf

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.taken_s < inf:
            self._later(self.taken_s, self._take)

    def _take(self, at_s: float) -> None:
        if self.treadmill.hands is not None:
            self.treadmill.hands.take_control(at_s)

    def _fold(self, event: Event) -> Step:
        step = super()._fold(event)
        if step.outcome.renew:
            self._renew(event.at_s)
        return step

    def _renew(self, at_s: float) -> None:
        if at_s == self._renewed_s:
            return
        self._renewed_s = at_s
        self.treadmill.renew(at_s)
        self._later(at_s, LinkLost)
        self._later(at_s + self.away_s, self._connect)

    def _notice(self, before: Progress, now: Progress, at_s: float) -> None:
        if now.prompt is not None and now.prompt.serial > self._prompted:
            self._prompted = now.prompt.serial
            if self.runner is not None and not self.deaf_hands:
                self._later(self.runner.reach(now.prompt, at_s), partial(self._at_console, now.prompt))
        super()._notice(before, now, at_s)

    def _at_console(self, prompt: Prompt, at_s: float) -> Event | None:
        now, hands = self.session.progress.prompt, self.treadmill.hands
        if now is not None and now.serial == prompt.serial and hands is not None and self.runner is not None:
            self.runner.press_console(prompt, hands, at_s)
        return None

    def _console_start(self, at_s: float) -> Event | None:
        return None if self.deaf_hands else super()._console_start(at_s)


def world(
    name: str = "home",
    faults: Sequence[str] = (),
    presses: Sequence[str] = (),
    *,
    level: Level = Level.INTERMEDIATE,
    kmh: float | None = None,
    workout: Workout | None = None,
    bpm: int | None = 110,
    seed: int = 0,
    auto: bool = True,
    sim: SimMachine | None = None,
    profile: MachineProfile | None = None,
    deaf_hands: bool = False,
    taken_s: float = inf,
) -> Reachable:
    """A session on a simulated machine, with what goes wrong."""
    here = sim or machine(name)
    made = make_plan(workout or script(level, kmh), profile or profile_of(here), strap=bpm is not None)
    return Reachable(
        plan=made,
        treadmill=VirtualTreadmill(here, seed),
        strap=None if bpm is None else VirtualStrap(SteadyHeart(bpm), seed),
        runner=VirtualRunner(seed) if auto else None,
        faults=[parse_fault(text) for text in faults],
        presses=[parse_press(text) for text in presses],
        deaf_hands=deaf_hands,
        taken_s=taken_s,
    )


def short(level: Level = Level.INTERMEDIATE) -> Workout:
    """As short as a session with a backward block can be."""
    kmh = SPEED_OF[level]
    return Workout("short", (forward(90.0, 6.0), backward(40.0, kmh), forward(30.0, 4.0)), level)


PHASES: Final = (Phase.SLOW, Phase.RAILS, Phase.STOPPING, Phase.READY, Phase.STARTING, Phase.STEP_ON, Phase.RAMP)


@cache
def instants(name: str, level: Level = Level.INTERMEDIATE) -> dict[str, float]:
    """When a session without faults is in the middle of each state, on this machine."""
    entered: list[tuple[Phase, int, float]] = []
    made = world(name, workout=short(level))
    last = (Phase.CONNECTING, 0)
    for step in made.run_until(600.0):
        here = step.session.progress
        if (here.phase, here.row) != last:
            last = (here.phase, here.row)
            entered.append((here.phase, here.row, step.event.at_s))
    entered.append((Phase.ENDED, 9, made.at_s))
    found: dict[str, float] = {}
    for (phase, row, at_s), (_, _, until_s) in pairwise(entered):
        found.setdefault(f"{phase}{row}", at_s + min((until_s - at_s) / 2, 20.0))
    return found


def steps(made: World, until_s: float = 1800.0) -> Iterator[Step]:
    """Everything that happens."""
    return made.run_until(until_s)

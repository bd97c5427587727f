"""The world round a session: a treadmill, a strap and a runner that meet the fold on one clock.

Each of them may be simulated or real. The clock is whatever the caller makes it: `simulate` jumps from event to event,
`run` waits for the wall.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from typing import Final

from coach.core.belt import Belt, observe
from coach.core.event import (
    Event,
    FocusFound,
    FocusLost,
    Heard,
    Key,
    LinkFound,
    LinkLost,
    Pressed,
    Remote,
    Slept,
    SoundFound,
    SoundLost,
    Tick,
    Verb,
)
from coach.core.ftms import FEATURE, INCLINATION_RANGE, SPEED_RANGE
from coach.core.machine import MachineProfile, Range
from coach.core.plan import Plan
from coach.core.progress import Progress, Prompt
from coach.core.sent import Sent
from coach.core.session import Outcome, Session, advance, first, wake_at_s
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import ExtentUnit, Facing
from coach.link.fault import Anchor, Fault, FaultKind, KeyPress, When
from coach.link.runner import VirtualRunner
from coach.link.strap import Strap, VirtualStrap
from coach.link.treadmill import Machine, Treadmill

OPEN_S: Final = 120.0  # the virtual runner ends an open step after so long
CONSOLE_REACH_S: Final = 4.0  # from "Press Start on the treadmill" to the press
AGAIN_S: Final = 8.0  # an answer that did not count is given again
KEY_S: Final = 2.0  # from the question to the key
RENEW_S: Final = 2.0  # how long a simulated link takes to be made anew
GO_ON_S: Final = 5.0  # from a link that is back to the press that lets the belt go faster again
READ: Final = (FEATURE, SPEED_RANGE, INCLINATION_RANGE)


@dataclass(frozen=True, slots=True)
class Step:
    """One event, what came of it, and the truth of the belt at that instant, where anybody knows it."""

    event: Event
    before: Session
    session: Session
    outcome: Outcome
    true_kmh: float


@dataclass
class World:
    """A session and all that surrounds it."""

    plan: Plan
    treadmill: Machine
    strap: Strap | None
    runner: VirtualRunner | None  # None: a person confirms
    faults: Sequence[Fault] = ()
    presses: Sequence[KeyPress] = ()
    idle: list[KeyPress] = field(default_factory=list)  # those that changed nothing
    session: Session = field(init=False)
    at_s: float = 0.0
    _heap: list[tuple[float, int, Callable[[float], Event | None]]] = field(default_factory=list)
    _order: int = 0
    _asked: int = 0
    _prompted: int = 0
    _anchors: dict[tuple[Anchor, int], float] = field(default_factory=dict)
    _counts: dict[Anchor, int] = field(default_factory=dict)
    _waiting: list[tuple[When, Callable[[float], None]]] = field(default_factory=list)
    _own_stop: bool = False
    _open_row: int = -1
    _key_until_s: float = -inf
    _by_hand: tuple[Event, KeyPress] | None = None  # the press of theirs that came last

    def __post_init__(self) -> None:
        self.session = first(self.plan)
        self._later(0.0, self._connect)
        for fault in self.faults:
            self._when(fault.when, partial(self._break, fault))
        for press in self.presses:
            self._when(press.when, partial(self._press_by_hand, press))

    @property
    def ended(self) -> bool:
        """The session is over."""
        return self.session.progress.phase is Phase.ENDED

    def due_s(self) -> float:
        """The next instant at which something happens."""
        strap_s = self.strap.due_s if self.strap is not None else inf
        heap_s = self._heap[0][0] if self._heap else inf
        return min(heap_s, self.treadmill.due_s, strap_s, wake_at_s(self.plan, self.session, self.at_s))

    def press(self, key: Key, at_s: float, digit: str = "") -> None:
        """A person presses a key."""
        self._later(at_s, partial(self._pressed, key, digit))

    def happen(self, event: Event) -> None:
        """Something happens outside the simulated world, at its own instant."""
        self._later(event.at_s, lambda now_s: replace(event, at_s=now_s))

    def reached(self, when: When) -> bool:
        """The session has come to this instant."""
        from_s = 0.0 if when.anchor is None else self._anchors.get((when.anchor, when.number), inf)
        return from_s + when.offset_s <= self.at_s

    def break_now(self, fault: Fault, at_s: float) -> None:
        """A fault at this instant, wherever the text of it was anchored."""
        self._break(fault, at_s)

    def sleep(self, gap_s: float, at_s: float, *, back_s: float) -> None:
        """The computer slept for so long until now: the link is gone, and a simulated one is back at an instant."""
        self._later(at_s, lambda now_s: Slept(now_s, gap_s))
        self.treadmill.slept(at_s)
        if self.treadmill.hands is not None:
            self._until(back_s, self._connect)

    def run_until(self, until_s: float) -> Iterator[Step]:
        """Let everything happen up to an instant, in order of time."""
        while not self.ended:
            due_s = self.due_s()
            if due_s > until_s:
                return
            yield from self._at(max(due_s, self.at_s))

    def _at(self, at_s: float) -> Iterator[Step]:
        self.at_s = at_s
        happened = False
        for heard in self.treadmill.run_until(at_s):
            happened = True
            yield self._fold(heard)
        if self.strap is not None and self.strap.due_s <= at_s:
            for heard_heart in self.strap.run_until(
                at_s, self._true_kmh(), self._true_pct(), self.session.progress.facing
            ):
                happened = True
                yield self._fold(heard_heart)
        while self._heap and self._heap[0][0] <= at_s:
            event = heapq.heappop(self._heap)[2](at_s)
            if event is not None:
                happened = True
                yield self._fold(event)
        if not happened:
            yield self._fold(Tick(at_s))

    def _fold(self, event: Event) -> Step:
        before = self.session
        if isinstance(event, Remote) and event.verb in {Verb.STOP, Verb.PAUSE}:
            self._own_stop = True  # somebody had a reason: the virtual runner does not go on by himself
        self.session, outcome = advance(self.plan, before, event)
        if self._by_hand is not None and self._by_hand[0] is event and self._idle(before, event.at_s, outcome):
            self.idle.append(self._by_hand[1])
        for value in outcome.writes:
            self.treadmill.write(value, event.at_s)
        if self.session.progress is not before.progress:
            self._notice(before.progress, self.session.progress, event.at_s)
        if outcome.renew:
            self._renew(event.at_s)
        notes = before.guard.notes
        if notes and Trip.LINK_LOST in notes and self.session.belt.link and self.runner is not None:
            self._later(event.at_s + GO_ON_S, self._go_on)
        return Step(event, before, self.session, outcome, self._true_kmh())

    def _idle(self, before: Session, at_s: float, outcome: Outcome) -> bool:
        """The press that came now changed nothing that time would not have; where coach prompts, any is an answer."""
        now = self.session
        without, nothing = advance(self.plan, before, Tick(at_s))
        progress = replace(now.progress, pressed_at_s=without.progress.pressed_at_s)
        came_to = (outcome, progress, now.guard, now.wish)
        return not before.guard.prompted and came_to == (nothing, without.progress, without.guard, without.wish)

    def _true_kmh(self) -> float:
        """Speed of the belt itself; of a real one what it reports."""
        hands = self.treadmill.hands
        return hands.speed_kmh if hands is not None else self.session.belt.kmh or 0.0

    def _true_pct(self) -> float:
        """And its incline."""
        hands = self.treadmill.hands
        return hands.incline_pct if hands is not None else self.session.belt.incline_pct or 0.0

    def _renew(self, at_s: float) -> None:
        """Give the link up; a real machine tells when it is back, a simulated one is connected again."""
        self.treadmill.renew(at_s)
        if self.treadmill.hands is not None:
            self._later(at_s, LinkLost)
            self._later(at_s + RENEW_S, self._connect)

    def _go_on(self, at_s: float) -> Event | None:
        waits = self.session.guard.wait and self.session.progress.phase is Phase.RUN
        return Pressed(at_s, Key.FASTER) if waits else None

    def _later(self, at_s: float, act: Callable[[float], Event | None]) -> None:
        self._order += 1
        heapq.heappush(self._heap, (at_s, self._order, act))

    def _connect(self, at_s: float) -> Event | None:
        self.treadmill.connect(at_s)
        if not self.treadmill.linked:
            return None  # it tells when it is
        for uuid in READ:
            value = self.treadmill.read(uuid)
            if value is not None:
                self._later(at_s, partial(self._heard, uuid, value))
        return LinkFound(at_s)

    def _heard(self, uuid: int, value: bytes, at_s: float) -> Event | None:
        return Heard(at_s, uuid, value)

    # Anchors: where a fault or a press is counted from.

    def _when(self, when: When, act: Callable[[float], None]) -> None:
        if when.anchor is None:
            self._later(when.offset_s, act)
        else:
            self._waiting.append((when, act))

    def _reach(self, anchor: Anchor, number: int, at_s: float) -> None:
        if (anchor, number) in self._anchors:
            return
        self._anchors[anchor, number] = at_s
        for when, act in [one for one in self._waiting if (one[0].anchor, one[0].number) == (anchor, number)]:
            self._waiting.remove((when, act))
            self._later(at_s + when.offset_s, act)

    def _count(self, anchor: Anchor, at_s: float) -> None:
        self._counts[anchor] = self._counts.get(anchor, 0) + 1
        self._reach(anchor, self._counts[anchor], at_s)

    def _notice(self, before: Progress, now: Progress, at_s: float) -> None:
        if now.phase is not before.phase or now.row != before.row:
            self._entered(now, at_s)
        if now.prompt is not None and now.prompt.serial > self._prompted and self.runner is not None:
            self._prompted = now.prompt.serial
            self._later(self.runner.reach(now.prompt, at_s), partial(self._at_console, now.prompt))
        if now.question is not None and now.question.serial > self._asked:
            self._asked = now.question.serial
            self._answer(now, at_s)

    def _entered(self, now: Progress, at_s: float) -> None:
        row = now.here(self.plan)
        if now.phase in {Phase.RUN, Phase.BRIDGE, Phase.RESTING} and (Anchor.SEGMENT, row.index) not in self._anchors:
            self._reach(Anchor.SEGMENT, row.index, at_s)
            kinds = {Facing.FORWARD: Anchor.FORWARD, Facing.BACKWARD: Anchor.BACKWARD}
            self._count(Anchor.REST if row.kind == "rest" else kinds[row.segment.facing], at_s)
        if now.phase is Phase.SLOW and not now.guided and row.turn:
            self._count(Anchor.TURN, at_s)
        if now.phase is Phase.CONSOLE_START and self.runner is not None:
            self._later(at_s + CONSOLE_REACH_S, self._console_start)
        opens = row.segment.extent.unit is ExtentUnit.OPEN and self.runner is not None
        if opens and now.phase in {Phase.RUN, Phase.RESTING} and self._open_row != now.row:
            self._open_row = now.row
            key = Key.NEXT if now.facing is Facing.FORWARD and now.phase is Phase.RUN else Key.YES
            self._later(at_s + OPEN_S, partial(self._open_end, key, now.row))

    def _open_end(self, key: Key, row: int, at_s: float) -> Event | None:
        progress = self.session.progress
        here = progress.row == row and progress.phase in {Phase.RUN, Phase.RESTING}
        return Pressed(at_s, key) if here else None

    def _console_start(self, at_s: float) -> Event | None:
        if self.session.progress.phase is Phase.CONSOLE_START and self.treadmill.hands is not None:
            self.treadmill.hands.console_start(at_s)
        return None

    def _at_console(self, prompt: Prompt, at_s: float) -> Event | None:
        now, hands, runner = self.session.progress.prompt, self.treadmill.hands, self.runner
        if now is not None and now.serial == prompt.serial and hands is not None and runner is not None:
            runner.press_console(prompt, hands, at_s)
        return None

    def _answer(self, now: Progress, at_s: float) -> None:
        question, runner = now.question, self.runner
        if question is None or runner is None or (now.phase is Phase.PAUSED and self._own_stop):
            return
        if now.phase is Phase.KEY:
            self._later(max(at_s + KEY_S, self._key_until_s), self._put_key)
        digit = question.digit or None
        for press in runner.asked(at_s, now.phase.value, question.minimum_s, digit):
            self._later(press.at_s, partial(self._confirm, press.key, press.digit or "", question.serial))

    def _pressed(self, key: Key, digit: str, at_s: float) -> Event | None:
        serial = self.session.progress.question.serial if self.session.progress.question is not None else None
        return Pressed(at_s, key, digit, serial)

    def _confirm(self, key: Key, digit: str, serial: int, at_s: float) -> Event | None:
        question = self.session.progress.question
        if question is not None and question.serial != serial:
            return None  # nobody answers a question that is gone
        if question is not None:
            self._later(at_s + AGAIN_S, partial(self._confirm_again, key, digit, serial))
        return Pressed(at_s, key, digit, serial)

    def _confirm_again(self, key: Key, digit: str, serial: int, at_s: float) -> Event | None:
        question = self.session.progress.question
        stands = question is not None and question.serial == serial
        return self._confirm(key, digit, serial, at_s) if stands else None

    def _put_key(self, at_s: float) -> Event | None:
        if self.treadmill.hands is not None:
            self.treadmill.hands.put_key(at_s)
        return None

    def _press_by_hand(self, press: KeyPress, at_s: float) -> None:
        if press.key in {Key.STOP, Key.YES, Key.PAUSE, Key.QUIT} and self.session.progress.question is None:
            self._own_stop = True
        if press.key in {Key.YES, Key.DIGIT} and self.session.progress.question is not None:
            self._own_stop = False
        self._later(at_s, partial(self._hand, press))

    def _hand(self, press: KeyPress, at_s: float) -> Event | None:
        event = self._pressed(press.key, press.digit, at_s)
        self._by_hand = None if event is None else (event, press)
        return event

    def _break(self, fault: Fault, at_s: float) -> None:
        """Make a fault happen, where there is something that can be broken."""
        end_s = at_s + (fault.duration_s if fault.duration_s is not None else inf)
        match fault.kind:
            case FaultKind.DROP:
                self.treadmill.disconnect(at_s)
                if self.treadmill.hands is not None:
                    self._later(at_s, LinkLost)
                self._until(end_s, self._connect)
            case FaultKind.SLEPT:
                self.sleep(fault.duration_s or 0.0, at_s, back_s=end_s)
            case FaultKind.SOUND_LOST:
                self._later(at_s, SoundLost)
                self._until(end_s, SoundFound)
            case FaultKind.FOCUS_LOST:
                self._later(at_s, FocusLost)
                self._until(end_s, FocusFound)
            case FaultKind.STRAP_OFF | FaultKind.STRAP_FROZEN | FaultKind.HEART:
                self._break_strap(fault, end_s)
            case FaultKind.NO_CONFIRM | FaultKind.LATE_CONFIRM | FaultKind.DOUBLE_CONFIRM:
                self._break_runner(fault)
            case _ if self.treadmill.hands is not None:
                self._break_machine(self.treadmill.hands, fault, at_s, end_s)
            case _:
                pass

    def _break_machine(self, treadmill: Treadmill, fault: Fault, at_s: float, end_s: float) -> None:
        match fault.kind:
            case FaultKind.MUTE:
                treadmill.mute(end_s)
            case FaultKind.GARBAGE:
                treadmill.garbage(end_s)
            case FaultKind.REFUSE:
                treadmill.refuse(end_s)
            case FaultKind.STOP_IGNORED:
                treadmill.ignore_stop(end_s)
            case FaultKind.KEY:
                treadmill.pull_key(at_s)
                self._key_until_s = end_s if end_s < inf else at_s
                self._until(end_s, self._put_key)
            case FaultKind.CONSOLE:
                change_kmh = fault.amount or 0.0
                treadmill.console_change(change_kmh, at_s)
                self._until(end_s, partial(self._console_change, treadmill, -change_kmh))
            case FaultKind.CONSOLE_STOP:
                treadmill.console_stop(at_s)
            case FaultKind.SELF_START:
                treadmill.self_start(at_s)
            case _:
                pass

    def _break_strap(self, fault: Fault, end_s: float) -> None:
        strap = self.strap
        if not isinstance(strap, VirtualStrap):
            return
        match fault.kind:
            case FaultKind.STRAP_OFF:
                strap.take_off(end_s)
            case FaultKind.STRAP_FROZEN:
                strap.freeze(end_s)
            case _:
                strap.fix(fault.amount or 0.0, end_s)

    def _break_runner(self, fault: Fault) -> None:
        runner = self.runner
        match fault.kind:
            case _ if runner is None:
                pass
            case FaultKind.NO_CONFIRM:
                runner.ignore_next()
            case FaultKind.LATE_CONFIRM:
                runner.delay_next(fault.amount or 0.0)
            case _:
                runner.double_next()

    def _console_change(self, treadmill: Treadmill, delta_kmh: float, at_s: float) -> Event | None:
        treadmill.console_change(delta_kmh, at_s)
        return None

    def _until(self, end_s: float, act: Callable[[float], Event | None]) -> None:
        if end_s < inf:
            self._later(end_s, act)


def ranges(profile: MachineProfile, treadmill: Machine) -> tuple[Range, Range]:
    """What can be set, as the machine sends it: speeds and inclines."""
    belt = Belt()
    for uuid in READ:
        value = treadmill.read(uuid)
        if value is not None:
            belt = observe(profile, belt, Sent(), Heard(0.0, uuid, value))
    return belt.speeds, belt.inclines

"""A bench that is not there: the machine test and the proof on a simulated treadmill, in this process.

The person's keys are real; console and safety key are worked by a simulated hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic, sleep
from typing import Final

from coach.core.event import Event, Heard, LinkFound, Tick
from coach.core.machine import MachineProfile
from coach.core.wish import Phase
from coach.link.fault import parse_fault, parse_press
from coach.link.machine_file import SimMachine
from coach.link.profile import profile_of
from coach.link.sim import VirtualTreadmill
from coach.link.world import READ, Step, World
from coach.setup.bench import Hand, Moment
from coach.setup.proof import ConsoleKey
from coach.setup.trial import Trial

CONSOLE_REACH_S: Final = 4.0  # from the question to the key of the console
PULLS_KEY_S: Final = 10.0  # a belt that does not stop is stopped by its key
TICK_S: Final = 1.0  # as in a session
STEP_KMH: Final = 0.1  # of the plus key


class SimBench:
    """A simulated treadmill as a bench; the profile is that of a machine which nobody has tested."""

    simulated: Final = True

    def __init__(self, machine: SimMachine, seed: int = 0, pace: float = inf) -> None:
        """`pace`: how many seconds of the machine pass in one of the wall while it is listened to; inf: at once."""
        self.machine: Final = machine
        self._seed = seed
        self._pace = pace

    @property
    def name(self) -> str:
        """As it advertises itself."""
        return self.machine.name

    @property
    def profile(self) -> MachineProfile:
        """Nobody has tested it; only whether it takes an incline is read from the machine."""
        return MachineProfile(name=self.name, simulated=True, incline_control=profile_of(self.machine).incline_control)

    @contextmanager
    def listen(self, wanted: Callable[[], str]) -> Iterator[Iterator[Event]]:
        """What it says, and a simulated hand that presses what is wanted."""
        yield self._events(wanted)

    def run(self, trial: Trial, hand: Hand) -> tuple[Event, ...]:
        """Run the machine test in this process."""
        treadmill = VirtualTreadmill(self.machine, self._seed)
        world = World(
            trial.plan,
            treadmill,
            None,
            None,
            [parse_fault(text) for text in (*trial.faults, *trial.hands)],
            [parse_press(text) for text in trial.presses],
        )
        events: list[Event] = []
        works = _Works(treadmill)
        while not world.ended:
            due_s = min(max(world.due_s(), world.at_s), works.due_s)
            passed_s, touches = hand.wait(due_s - world.at_s)
            at_s = min(world.at_s + max(passed_s, 0.0), due_s)
            for touch in touches:
                world.press(touch.key, at_s, touch.digit)
            for step in world.run_until(at_s):
                events.append(step.event)
                works.see(step)
                hand.see(_moment(trial, step))
            world.at_s = max(world.at_s, at_s)
            works.work(at_s)
        return tuple(events)

    def _events(self, wanted: Callable[[], str]) -> Iterator[Event]:
        treadmill, at_s, began_s = VirtualTreadmill(self.machine, self._seed), 0.0, monotonic()
        treadmill.connect(at_s)
        yield LinkFound(at_s)
        for uuid in READ:
            value = treadmill.read(uuid)
            if value is not None:
                yield Heard(at_s, uuid, value)
        asked, press_s = "", inf
        while True:
            if wanted() != asked:
                asked = wanted()
                press_s = at_s + CONSOLE_REACH_S if asked else inf
            at_s = min(treadmill.due_s, at_s + TICK_S, press_s)
            sleep(max(began_s + at_s / self._pace - monotonic(), 0.0))
            if at_s >= press_s:
                press_s = inf
                _press(treadmill, asked, at_s)
            heard = treadmill.run_until(at_s)
            yield from heard or (Tick(at_s),)


class _Works:
    """The simulated hand on the console and on the key, where the machine asks for it."""

    def __init__(self, treadmill: VirtualTreadmill) -> None:
        self._treadmill = treadmill
        self._phase = Phase.CONNECTING
        self._act: Callable[[float], None] | None = None
        self.due_s = inf

    def see(self, step: Step) -> None:
        """A phase that begins may ask for a hand."""
        phase, at_s = step.session.progress.phase, step.event.at_s
        if phase is self._phase:
            return
        self._phase = phase
        match phase:
            case Phase.CONSOLE_START:
                self._act, self.due_s = self._treadmill.console_start, at_s + CONSOLE_REACH_S
            case Phase.STOP_FAILED | Phase.BELT_MOVES:
                self._act, self.due_s = self._treadmill.pull_key, at_s + PULLS_KEY_S
            case _:
                self._act, self.due_s = None, inf

    def work(self, at_s: float) -> None:
        """Do what is due."""
        if self._act is not None and at_s >= self.due_s:
            act, self._act, self.due_s = self._act, None, inf
            act(at_s)


def _press(treadmill: VirtualTreadmill, key: str, at_s: float) -> None:
    match key:
        case ConsoleKey.START:
            treadmill.console_start(at_s)
        case ConsoleKey.PLUS:
            treadmill.console_change(STEP_KMH, at_s)
        case ConsoleKey.STOP:
            treadmill.console_stop(at_s)
        case _:
            pass


def _moment(trial: Trial, step: Step) -> Moment:
    progress = step.session.progress
    return Moment(
        step.event.at_s,
        progress.phase,
        progress.row,
        step.outcome.cues,
        progress.question,
        step.session.belt.kmh,
        trial.over(progress.row, progress.phase, still=step.session.belt.still),
    )

"""A keeper inside of the test: the real session and the simulated world, by a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from coach.core.event import FocusFound, FocusLost, Key
from coach.core.plan import Plan, make_plan
from coach.core.runner import Runner
from coach.keeper.crew import Life
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import FromKeeper, Hello, Said, Voice
from coach.link.fault import parse_fault_now
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import VirtualStrap, heart_source
from coach.link.world import World
from coach.script.check import load
from tests.core.build import Reachable

RECORDING: Final = "/tmp/session.jsonl"  # as the snapshots have it; nothing is written there


@dataclass
class LocalCrew:
    """Plays a world as far as `at_s` says; a test pulls `at_s` forward and then lets the screen draw."""

    world: World
    at_s: float = 0.0
    life: Life = Life.ALIVE
    guarded: str = ""
    voice: Voice = Voice.CAPTIONS
    closed: bool = False
    acknowledged: bool = False
    drawn: list[int] = field(default_factory=list)  # serials
    pressed: list[tuple[Key, str, int | None]] = field(default_factory=list)
    focused: list[bool] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _waiting: list[FromKeeper] = field(default_factory=list)
    _watcher: Watcher | None = None
    _over: bool = False

    @classmethod
    def of(cls, workout: str, machine: str = "home", *, auto: bool = True, heart: str = "sim") -> LocalCrew:
        """A workout on a simulated machine."""
        simulated, found = find_machine(machine), load(workout).workout
        assert found is not None, load(workout).rendered()
        source = heart_source(heart)
        plan = make_plan(found, profile_of(simulated), Runner(), strap=source is not None)
        strap = None if source is None else VirtualStrap(source)
        return cls(Reachable(plan, VirtualTreadmill(simulated), strap, VirtualRunner() if auto else None))

    @property
    def plan(self) -> Plan:
        """What is run."""
        return self.world.plan

    @property
    def watcher(self) -> Watcher:
        """Counts."""
        if self._watcher is None:
            self._watcher = Watcher(self.plan)
            self._waiting.append(Hello("0", 1, self.plan.profile.name, simulated=True, awake=True))
        return self._watcher

    def poll(self) -> list[FromKeeper]:
        """Play on to `at_s`; the newest snapshot is the last of the messages."""
        watcher, world = self.watcher, self.world
        for step in world.run_until(self.at_s):
            watcher.take(step)
            self._waiting += [Said(cue.at_s, cue.kind, cue.text) for cue in step.outcome.cues]
        now_s = max(min(self.at_s, world.at_s) if world.ended else self.at_s, world.at_s)
        around = Surroundings(1.0, self.voice, awake=True, guarded=True, recording=True)
        self._waiting.append(watcher.snapshot(world.session, now_s, around))
        if world.ended and not self._over:
            self._over, self.life = True, Life.OVER
            self._waiting.append(watcher.done(world.session, RECORDING))
        got, self._waiting = self._waiting, []
        return got

    def beat(self, serial: int) -> None:
        """Note it."""
        self.drawn.append(serial)

    def press(self, key: Key, digit: str = "", serial: int | None = None) -> None:
        """Press, at the instant that the screen shows."""
        self.pressed.append((key, digit, serial))
        self.world.press(key, max(self.at_s, self.world.at_s), digit)

    def focus(self, *, on: bool) -> None:
        """Tell the session."""
        self.focused.append(on)
        self.world.happen(FocusFound(self.at_s) if on else FocusLost(self.at_s))

    def say(self, voice: Voice) -> None:
        """Note it."""
        self.voice = voice

    def mischief(self, fault: str) -> None:
        """Break it now."""
        self.faults.append(fault)
        self.world.break_now(parse_fault_now(fault), self.at_s)

    def flush(self) -> None:
        """All is said at once here."""

    def acknowledge(self) -> None:
        """Note it."""
        self.acknowledged = True

    def close(self) -> None:
        """Note it."""
        self.closed = True

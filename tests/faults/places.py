"""Where a session can be when something goes wrong: every state on its way, found in sessions without that fault."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Final

from coach.core.wish import Phase
from coach.core.workout import Facing, Level, Workout
from coach.link.world import Step
from tests.core.build import BACKWARD, SPEED_OF, Reachable, backward, forward, rest, short, world

UNTIL_S: Final = 1200.0
DEEP_S: Final = 20.0  # a long state is met so long after it began
OWN_KEY: Final = "refuses-start"  # obeys as the usual machine, but for its own Start key
ROWS: Final = ("first start", "to the rear", "to the console", "the end")  # of the usual session, by the row it is in


@dataclass(frozen=True, slots=True)
class Setting:
    """How a session comes to states; the usual one comes to most."""

    name: str
    phases: frozenset[Phase] | None = None  # the only ones that are of interest; None: all
    presses: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()  # those that lead to the state, with an instant of the usual session
    prompts: bool = False  # only where the runner is asked to press something at the console
    machine: str = ""  # one that is needed for it
    taken: str = ""  # when somebody else takes control


SETTINGS: Final = (
    Setting("usual"),
    Setting("fast", frozenset({Phase.BRIDGE})),
    Setting("rest", frozenset({Phase.RESTING})),
    Setting("paused facing the console", frozenset({Phase.PAUSED}), presses=("p@{run0}",)),
    Setting("paused facing the rear", frozenset({Phase.PAUSED}), presses=("space@{run1}",)),
    Setting("key out", frozenset({Phase.KEY}), faults=("key@{run1}:40",)),
    Setting("moves by itself", frozenset({Phase.BELT_MOVES}), faults=("self-start@{ready1}",)),
    Setting("stop fails", frozenset({Phase.STOP_FAILED}), faults=("stop-ignored@{rails2}:15",)),
    Setting("own Start key", frozenset({Phase.CONSOLE_START}), machine=OWN_KEY),
    Setting("asked for the speed", frozenset({Phase.RUN}), prompts=True, taken="{run0}"),
    Setting("asked for Stop", frozenset({Phase.SLOW}), prompts=True, taken="{run0}"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A state of a session, and the instant in its middle."""

    setting: Setting
    phase: Phase
    row: int
    facing: Facing
    at_s: float
    kmh: float  # what the belt truly does then

    @property
    def words(self) -> str:
        """Where that is, for people."""
        name = self.phase.replace("-", " ")
        if self.setting.name != "usual":
            return name if self.setting.name.startswith(name) else f"{name} ({self.setting.name})"
        if self.phase is Phase.RUN:
            return "forward run" if self.row == 0 else "rear run" if self.facing is BACKWARD else "forward again"
        return f"{name}, {ROWS[min(self.row, len(ROWS) - 1)]}"


def workout(setting: Setting, level: Level) -> Workout:
    """What is run: as short as it can be."""
    kmh = SPEED_OF[level]
    match setting.name:
        case "fast":
            return Workout("fast", (forward(90.0, 8.0), backward(40.0, kmh), forward(30.0, 4.0)), level)
        case "rest":
            rests = (forward(90.0, 6.0), rest(20.0), backward(40.0, kmh), rest(20.0, BACKWARD), backward(30.0, kmh))
            return Workout("rest", (*rests, forward(30.0, 4.0)), level)
        case "own Start key":
            return Workout("forward", (forward(90.0, 6.0), forward(60.0, 4.0)), level)
        case _:
            return short(level)


class Ways:
    """Where the sessions of one machine come by, and how each is made."""

    def __init__(self, machine: str, level: Level) -> None:
        self.machine = machine
        self.level = level
        self.usual: dict[str, float] = {}
        usual = list(self._passed(SETTINGS[0]))
        self.usual = {f"{one.phase}{one.row}": one.at_s for one in reversed(usual)}
        self.places = [*usual, *(place for setting in SETTINGS[1:] for place in self._passed(setting))]

    def session(self, setting: Setting) -> Reachable:
        """A session of this setting."""
        return world(
            setting.machine or self.machine,
            [self._timed(text) for text in setting.faults],
            [self._timed(text) for text in setting.presses],
            level=self.level,
            workout=workout(setting, self.level),
            taken_s=float(self._timed(setting.taken)) if setting.taken else inf,
        )

    def _timed(self, text: str) -> str:
        return text.format(**{name: f"{at_s:.2f}" for name, at_s in self.usual.items()})

    def _passed(self, setting: Setting) -> Iterator[Place]:
        """Each state that this session comes by, the first time."""
        try:
            made = self.session(setting)
        except KeyError:  # this machine does not come to where the setting begins
            return
        steps = list(made.run_until(UNTIL_S))
        instants = [step.event.at_s for step in steps]
        seen: set[tuple[Phase, int]] = set()
        for entered, left in pairwise(_entered(steps, prompts=setting.prompts)):
            progress = entered.session.progress
            phase, row = progress.phase, progress.row
            wanted = setting.phases is None or phase in setting.phases
            asked = not setting.prompts or progress.prompt is not None
            if not wanted or not asked or (phase, row) in seen or phase is Phase.ENDED:
                continue
            seen.add((phase, row))
            begin_s = entered.event.at_s
            at_s = round(begin_s + min((left.event.at_s - begin_s) / 2, DEEP_S), 2)
            now = steps[bisect(instants, at_s) - 1]
            yield Place(setting, phase, row, now.session.progress.facing, at_s, now.true_kmh)
        if setting.phases is None and made.ended:
            yield Place(setting, Phase.ENDED, made.session.progress.row, made.session.progress.facing, made.at_s, 0.0)


def _entered(steps: Sequence[Step], *, prompts: bool) -> Iterator[Step]:
    """The steps in which a state begins, and the last of all."""
    last: tuple[Phase, int, bool] | None = None
    for step in steps:
        progress = step.session.progress
        here = (progress.phase, progress.row, prompts and progress.prompt is not None)
        if here != last:
            last = here
            yield step
    yield from steps[-1:]

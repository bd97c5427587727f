"""Exhaustive search of the turn and the governor: `python -m tests.core.explore [--depth N] [--seconds S]`.

From a machine that was just found, whatever can happen happens at every instant at which the session can be told apart
from before: at most N things that nobody asked for, in any order, between them the right answers or none. The laws
judge every step, and each state is left alone until its session is over.
"""

from __future__ import annotations

import gc
import sys
from argparse import ArgumentParser
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from time import monotonic
from types import MappingProxyType
from typing import Final

from coach.core.event import Heard, Pressed, Remote
from coach.core.ftms import MACHINE_STATUS
from coach.core.machine import Reported
from coach.core.wish import Phase
from coach.core.workout import Level
from tests.core.build import backward, forward, plan, profile, rest
from tests.core.explore_acts import ACTS, CALM_BPM, RIGHT, WAIT, Act
from tests.core.explore_laws import LAWS, Step, may_rise, named
from tests.core.explore_machine import LOW_KMH, Machine
from tests.core.explore_view import told_apart
from tests.core.explore_world import STEP_S, Happened, Tiny, connected

EPSILON: Final = 1e-6
BETWEEN_S: Final = 0.5  # after a report: no two things happen at one instant
LONGEST_WAIT: Final = 400  # seconds in which a key must change: the longest wait of a state is five minutes
WAITED_OUT: Final = frozenset({Phase.PAUSED, Phase.KEY, Phase.BELT_MOVES, Phase.STOP_FAILED})
WAITED_OUT_S: Final = 60.0  # from here they only wait for their end, and that is seen where they are left alone
LONGEST_S: Final = 1500.0  # a session that is left alone is over by then
TINY: Final[Mapping[str, Tiny]] = MappingProxyType(
    {
        "there and back": Tiny(plan(forward(75.0, 4.0), backward(35.0, 2.0), forward(35.0, 3.0), strap=False)),
        "forward only": Tiny(plan(forward(40.0, 6.0), forward(40.0, 9.0), strap=False)),
        "with a rest": Tiny(plan(forward(40.0, 4.0), rest(40.0), forward(40.0, 5.0), strap=False)),
        "from running": Tiny(plan(forward(90.0, 8.0), backward(35.0, 2.0), forward(35.0, 3.0), strap=False)),
        "with a strap": Tiny(plan(forward(75.0, 4.0), backward(35.0, 2.0), forward(35.0, 3.0)), CALM_BPM),
        "rehab": Tiny(plan(forward(75.0, 4.0), backward(35.0, 1.2), forward(35.0, 3.0), level=Level.REHAB), CALM_BPM),
        "silent at rest": Tiny(
            plan(forward(75.0, 4.0), backward(35.0, 2.0), strap=False, machine=profile(silent_when_stopped=True)),
            machine=Machine(quiet=True),
        ),
        "echoing": Tiny(
            plan(
                *(forward(75.0, 4.0), backward(35.0, 2.0)),
                strap=False,
                machine=profile(reported=Reported.TARGET, unit_answered=True),
            ),
            machine=Machine(echoes=True),
        ),
        "too fast": Tiny(
            plan(forward(75.0, 9.0), backward(35.0, 2.0), forward(35.0, 3.0), strap=False), machine=Machine(part=1.06)
        ),
        "too slow": Tiny(
            plan(forward(75.0, 9.0), backward(35.0, 2.0), forward(35.0, 3.0), strap=False), machine=Machine(part=0.92)
        ),
        "by hand": Tiny(
            plan(forward(40.0, 4.0), forward(40.0, 6.0), strap=False, machine=profile(speed_control=False))
        ),
    }
)
"""By hand the runner presses what he is asked for; a free session has no end of its own, and is not searched."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that was broken, and how the search came there."""

    law: str
    what: str
    way: tuple[tuple[float, str], ...]  # what was done, and when
    end_s: float


@dataclass(slots=True)
class Found:
    """What a search came to."""

    states: int = 0
    transitions: int = 0
    steps: int = 0
    left_alone: int = 0
    depth: int = 0  # searched to the end
    fixed: bool = False  # nothing new is left
    seconds: float = 0.0
    phases: set[Phase] = field(default_factory=set)
    broken: list[Broken] = field(default_factory=list)

    def line(self) -> str:
        """The figures."""
        how_far = "to a fixed point" if self.fixed else f"all of depth {self.depth}"
        return (
            f"{self.states} states, {self.transitions} transitions, {self.steps} events, "
            f"{self.left_alone} left alone to their end, {how_far}, {len(self.broken)} broken, {self.seconds:.1f} s"
        )


@dataclass(frozen=True, slots=True)
class Node:
    """A state that waits to be gone on from."""

    play: Happened
    way: tuple[tuple[float, str], ...]


@dataclass(slots=True)
class Search:
    """A search of one plan, level by level: a level is one more thing that nobody asked for."""

    tiny: Tiny
    acts: Sequence[Act] = ACTS
    most_broken: int = 5
    found: Found = field(default_factory=Found)
    seen: set[Hashable] = field(default_factory=set)
    over: set[Hashable] = field(default_factory=set)  # left alone, these came to an end

    def run(self, depth: int, until_s: float = inf, most_states: float = inf) -> Found:
        """Search to a depth, or until the time or the states are used up."""
        began_s = monotonic()
        level = [Node(connected(self.tiny), ())]
        self.seen.add(told_apart(level[0].play))
        for at_depth in range(depth + 1):
            here = list[Node]()
            for node in self._tails(level):  # all of them first, so that what nobody asked for is never the nearer way
                here.append(node)
                if monotonic() > until_s or len(self.seen) > most_states or self._enough():
                    return self._end(began_s)
            if self._enough():
                return self._end(began_s)
            self.found.depth, level = at_depth, []
            if at_depth == depth:
                break
            while here:
                level += self._doings(here.pop())
                if monotonic() > until_s or len(self.seen) > most_states or self._enough():
                    return self._end(began_s)
            self.found.fixed = not level
        return self._end(began_s)

    def _end(self, began_s: float) -> Found:
        self.found.states, self.found.seconds = len(self.seen), monotonic() - began_s
        return self.found

    def _enough(self) -> bool:
        return len(self.found.broken) >= self.most_broken

    def _tails(self, level: list[Node]) -> Iterator[Node]:
        """The states of a level, and all that waiting and right answers lead to from them."""
        level.reverse()
        while level:
            node = level.pop()
            yield node
            self._leave_alone(node)
            if self._enough():
                return
            progress = node.play.session.progress
            if progress.phase is Phase.ENDED:
                continue
            if progress.phase not in WAITED_OUT or node.play.at_s - progress.at_s < WAITED_OUT_S:
                level += self._new(node, WAIT, longest=LONGEST_WAIT)
            for act in RIGHT:
                if act.can(node.play):
                    level += self._new(node, act)

    def _doings(self, node: Node) -> Iterator[Node]:
        quiet = node.play.copy()
        quiet.second()
        for act in self.acts:
            if act.can(node.play):
                yield from self._new(node, act, quiet=quiet)

    def _new(self, node: Node, act: Act, *, quiet: Happened | None = None, longest: int = 1) -> list[Node]:
        """One act and a second, or so many until the state can be told apart; nothing where it is known."""
        play, way = node.play.copy(), node.way
        before = told_apart(play) if longest > 1 else None
        if act is not WAIT:
            play.at_s += BETWEEN_S
            way = (*way, (play.at_s, act.name))
            act.do(play)
        for _ in range(longest):
            play.second()
            key = told_apart(play)
            if key != before:
                break
        self.found.transitions += 1
        if not self._judged(play, way):
            return []
        if quiet is not None:
            self._compared(play, quiet, way)
        play.steps.clear()
        if key in self.seen:
            return []
        self.seen.add(key)
        self.found.phases.add(play.session.progress.phase)
        return [Node(play, way)]

    def _judged(self, play: Happened, way: tuple[tuple[float, str], ...]) -> bool:
        self.found.steps += len(play.steps)
        for step in play.steps:
            for name, law in LAWS.items():
                if what := law(step):
                    self.found.broken.append(Broken(name, what, way, step.event.at_s))
                    return False
        return True

    def _compared(self, play: Happened, quiet: Happened, way: tuple[tuple[float, str], ...]) -> None:
        """Law 6 a second later: nothing is faster than it would have been without the press."""
        pressed = play.steps[0] if play.steps else None
        if pressed is None or not isinstance(pressed.event, Pressed | Remote) or may_rise(pressed):
            return
        set_kmh = play.session.guard.set_kmh or 0.0
        held_kmh = max(pressed.before.guard.set_kmh or 0.0, quiet.session.guard.set_kmh or 0.0, LOW_KMH)
        if set_kmh > held_kmh + EPSILON:
            what = f"{held_kmh:.1f} -> {set_kmh:.1f} km/h a second after {named(pressed.event)}"
            self.found.broken.append(Broken("law 6", what, way, play.at_s))

    def _leave_alone(self, node: Node) -> None:
        """Law 7: whoever walks away from this state finds the session over, and the belt at 0 or the alarm on."""
        play, passed = node.play.copy(), set[Hashable]()
        end_s = play.at_s + LONGEST_S
        while play.session.progress.phase is not Phase.ENDED:
            key = told_apart(play)
            if key in self.over:
                break
            if play.at_s >= end_s:
                what = f"left alone it is in {play.session.progress.phase} after {LONGEST_S:.0f} s"
                self.found.broken.append(Broken("law 7", what, node.way, play.at_s))
                return
            passed.add(key)
            play.second()
        self.found.left_alone += 1
        if self._judged(play, node.way):
            self.over |= passed


def story(tiny: Tiny, broken: Broken) -> str:
    """How a law came to be broken: what was done, the states that were gone through, and what was written."""
    play, lines = connected(tiny), [f"{broken.law}: {broken.what}"]
    doings, acts = list(broken.way), {act.name: act for act in (*ACTS, *RIGHT)}
    phase = None
    while True:
        while doings and doings[0][0] < play.at_s + STEP_S:
            play.at_s, name = doings.pop(0)
            lines.append(f"{play.at_s:7.1f} s  {name}")
            acts[name].do(play)
        for step in play.steps:
            phase = _told(step, phase, lines)
        play.steps.clear()
        if play.at_s >= broken.end_s - EPSILON:
            return "\n".join(lines)
        play.second()


def _told(step: Step, phase: Phase | None, lines: list[str]) -> Phase:
    progress, at_s = step.after.progress, step.event.at_s
    if progress.phase is not phase:
        kmh = f"{step.machine.kmh:.1f} km/h"
        lines.append(f"{at_s:7.1f} s    {progress.phase}, {progress.facing}, belt {kmh} {progress.reason}".rstrip())
    if isinstance(step.event, Heard) and step.event.uuid == MACHINE_STATUS:
        lines.append(f"{at_s:7.1f} s    heard status {step.event.value.hex(' ')}")
    lines += [f"{at_s:7.1f} s    wrote {value.hex(' ')}" for value in step.outcome.writes]
    lines += [f"{at_s:7.1f} s    tripped {trip}" for trip in step.outcome.trips]
    return progress.phase


def main(arguments: Sequence[str]) -> int:
    """Search every plan and tell what came of it."""
    parser = ArgumentParser(prog="python -m tests.core.explore", description=__doc__)
    parser.add_argument("--depth", type=int, default=2, help="how many things that nobody asked for")
    parser.add_argument("--seconds", type=float, default=600.0, help="for all plans together")
    parser.add_argument("--plan", choices=tuple(TINY), help="this one only")
    chosen = parser.parse_args(arguments)
    names = [chosen.plan] if chosen.plan else list(TINY)
    end_s, broken = monotonic() + chosen.seconds, 0
    for i, name in enumerate(names):
        share_s = (end_s - monotonic()) / (len(names) - i)
        found = Search(TINY[name]).run(chosen.depth, monotonic() + share_s)
        print(f"{name}: {found.line()}", flush=True)
        for text in dict.fromkeys(story(TINY[name], one) for one in found.broken):
            print(text, flush=True)
        broken += len(found.broken)
    return 1 if broken else 0


if __name__ == "__main__":
    gc.freeze()
    sys.exit(main(sys.argv[1:]))

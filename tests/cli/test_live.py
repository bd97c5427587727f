"""A session on the wall clock: deadlines, presses, signals, and the belt stopped at every end."""

import os
import signal
import subprocess
import sys
from queue import SimpleQueue

import pytest

from coach.cli.keyboard import Closed, Inbox, Input, Signalled, Typed, Unseen
from coach.cli.live import LeftError, Live, signals, true_speed
from coach.core.event import CockpitSilent, Key
from coach.core.plan import make_plan
from coach.core.wish import Phase
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import ModelHeart, VirtualStrap
from coach.link.world import Step, World
from coach.script.check import load

WALK = "5min@5/1min@6"
BACK = "warm-up 70s@4 / back 60s@2 / cool-down 3min@4"


def world(workout: str = WALK, machine: str = "home", *, auto: bool = True) -> World:
    """A world that is ready to run."""
    simulated = find_machine(machine)
    loaded = load(workout).workout
    assert loaded is not None
    plan = make_plan(loaded, profile_of(simulated))
    runner = VirtualRunner() if auto else None
    return World(plan, VirtualTreadmill(simulated), VirtualStrap(ModelHeart()), runner)


class Waiting(SimpleQueue[Input]):
    """An inbox that does not wait: the wall clock goes on instead."""

    def __init__(self, wall: "Wall") -> None:
        self._wall = wall

    def get(self, block: bool = True, timeout: float | None = None) -> Input:
        """The next input, or nothing and a later hour."""
        if self.empty() and block:
            assert timeout is not None
            self._wall.now_s += timeout
        return super().get(block=False)


class Wall:
    """A wall clock, a little later whenever it is looked at."""

    def __init__(self, step_s: float = 1e-4) -> None:
        self.now_s = 1000.0
        self.step_s = step_s
        self.inbox: Inbox = Waiting(self)
        self.said: list[str] = []

    def __call__(self) -> float:
        """What the clock says."""
        self.now_s += self.step_s
        return self.now_s

    def live(self, played: World, pace: float = 1000.0, *, alone: bool = True) -> Live:
        """A session at one pace."""
        return Live(played, self.inbox, pace=lambda _: pace, clock=self, goes_on_alone=alone, said=self.said.append)


def until(live: Live, wall: Wall, played: World, phase: Phase, *inputs: Input) -> list[Step]:
    """Play; when a phase is entered the inputs come."""
    steps = []
    for step in live.steps():
        steps.append(step)
        if step.session.progress.phase is phase and step.before.progress.phase is not phase:
            for one in inputs:
                wall.inbox.put(one)
    assert played.session.belt.still
    assert played.treadmill.speed_kmh == 0
    return steps


def test_a_session_on_the_wall_clock_is_the_session_under_the_virtual_one() -> None:
    played, wall, other = world(BACK), Wall(), world(BACK)
    live = [step.session for step in wall.live(played).steps()]
    assert live == [step.session for step in other.run_until(1e6)]
    assert played.session.progress.ended == "finished"


def test_time_goes_by_deadlines_and_not_by_sleeps() -> None:
    played, wall = world(), Wall()
    started_s = wall.now_s
    for step in wall.live(played, pace=1.0).steps():
        lag_s = wall.now_s - started_s - step.event.at_s
        assert 0 <= lag_s < 0.1
        if step.event.at_s > 60:
            break


def test_time_lapse_falls_to_true_speed_for_presses_and_turns() -> None:
    played = world(BACK)
    slow: dict[Phase, set[bool]] = {}
    near = []
    for step in played.run_until(1e6):
        progress = step.session.progress
        slow.setdefault(progress.phase, set()).add(true_speed(played))
        if progress.phase is Phase.RUN and progress.row == 0:
            near.append((progress.left_s(played.plan, step.session.belt, step.event.at_s) <= 10, true_speed(played)))
    assert slow.pop(Phase.RUN) == {True, False}
    assert all(seen == {True} for seen in slow.values())
    assert all(is_near == is_slow for is_near, is_slow in near)


def test_the_pace_changes_at_the_step_that_changes_it() -> None:
    played, wall = world(BACK), Wall()
    live = Live(played, wall.inbox, pace=lambda now: 1.0 if true_speed(now) else 1000.0, clock=wall)
    seen_s = []
    for step in live.steps():
        progress = step.session.progress
        if progress.phase is Phase.RUN and progress.row == 0:
            seen_s.append(progress.left_s(played.plan, step.session.belt, step.event.at_s))
        if progress.phase is Phase.SLOW:
            break
    assert any(9.9 <= left_s <= 10.0 for left_s in seen_s)  # never a leap over the tenth second


@pytest.mark.parametrize("phase", [Phase.READY, Phase.STARTING, Phase.STEP_ON, Phase.RAMP, Phase.RUN, Phase.PAUSED])
def test_ctrl_c_once_stops_the_belt_and_leaves(phase: Phase) -> None:
    played, wall = world(BACK), Wall()
    if phase is Phase.PAUSED:
        played.press(Key.STOP, 40.0)
    until(wall.live(played), wall, played, phase, Signalled(signal.SIGINT))
    assert played.session.progress.ended == "stopped"


def test_ctrl_c_for_the_third_time_leaves_at_once() -> None:
    played, wall = world(), Wall()
    with pytest.raises(LeftError):
        until(wall.live(played, 1.0), wall, played, Phase.RUN, *[Signalled(signal.SIGINT)] * 3)
    assert any("Ctrl-C once more" in line for line in wall.said)


@pytest.mark.parametrize("asked", [Signalled(signal.SIGTERM), Unseen()], ids=["shutdown", "nobody reads"])
@pytest.mark.parametrize("phase", [Phase.READY, Phase.RUN, Phase.SLOW])
def test_a_lost_cockpit_is_a_guided_stop(phase: Phase, asked: Input) -> None:
    played, wall = world(BACK), Wall()
    steps = until(wall.live(played), wall, played, phase, asked)
    assert any(isinstance(step.event, CockpitSilent) and step.event.ended for step in steps)
    assert played.session.progress.ended == "tripped"


@pytest.mark.parametrize(("alone", "ended"), [(True, "finished"), (False, "tripped")])
def test_the_end_of_standard_input_is_a_guided_stop_unless_the_session_goes_on_alone(alone: bool, ended: str) -> None:
    played, wall = world(), Wall()
    until(wall.live(played, alone=alone), wall, played, Phase.RUN, Closed())
    assert played.session.progress.ended == ended


def test_a_belt_that_ignores_stop_keeps_nobody_for_ever() -> None:
    played, wall = world(machine="stop-ignored-once"), Wall()
    until(wall.live(played), wall, played, Phase.RUN, Signalled(signal.SIGTERM))
    assert played.at_s < 200


def test_keys_become_presses_and_unknown_ones_are_told_once() -> None:
    played, wall = world(auto=False), Wall()
    until(
        wall.live(played),
        wall,
        played,
        Phase.READY,
        *[Typed(None, text=sign) for sign in "xyz"],
        Typed(Key.HELP),
        Typed(Key.QUIT),
        Typed(Key.QUIT),
    )
    assert wall.said[0] == "x does nothing; h shows the keys."
    assert wall.said[1].startswith("Keys: ")
    assert played.session.progress.ended == "stopped"


def test_signals_are_inputs_meanwhile_and_what_they_were_afterwards() -> None:
    inbox: Inbox = SimpleQueue()
    before = signal.getsignal(signal.SIGINT)
    with signals(inbox):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is before
    assert [inbox.get_nowait() for _ in range(2)] == [Signalled(signal.SIGINT), Signalled(signal.SIGTERM)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_asked_to_end_stops_the_belt_first(number: int) -> None:
    words = [sys.executable, "-m", "coach", "run", "easy-walk-30", "--auto", "--journal", os.devnull]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("Press when ready" in line for line in lines)
        process.send_signal(number)
        rest = "".join(lines)
        assert process.wait(20) == 1
    assert "The belt stands." in rest

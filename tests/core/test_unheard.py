"""A belt that nobody hears any more: what is said of it, and what is written to it all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core import say
from coach.core.cue import CueKind
from coach.core.event import Key, LinkFound, LinkLost, Returned
from coach.core.machine import MachineProfile
from coach.core.wish import Phase
from tests.core.build import (
    CONTROL,
    START,
    STOP,
    Play,
    answer,
    data,
    forward_plan,
    play,
    profile,
    started,
    status,
    to_the_rear,
)

NOT_SUPPORTED = 2
RAILS = "Rails. Step off. Pull the clip."


def quiet(made: Play, seconds: float) -> list[bytes]:
    """Nothing is heard for so long; writes go out, and no answer comes. What was written."""
    made.obeys, before = False, len(made.writes)
    end_s = made.at_s + seconds
    while made.at_s < end_s:
        written = len(made.writes)
        made.tick(0.5)
        for _ in made.writes[written:]:
            made.feed(Returned(made.at_s, ok=True))
    return [value for _, value in made.writes[before:]]


def asked_to_start(machine: MachineProfile | None = None) -> Play:
    """A runner who was asked to press Start at the console: the machine has refused coach's."""
    made = play(forward_plan() if machine is None else forward_plan(machine=machine))
    made.yes()
    made.obeys = False
    for _ in range(20):
        if START in made.written():
            break
        made.run(0.5, 0.0)
    made.feed(Returned(made.at_s, ok=True))
    made.feed(answer(made.at_s, START[0], NOT_SUPPORTED))
    made.run(4.0, 0.0)
    made.press()
    assert made.at() is Phase.CONSOLE_START
    return made


@pytest.mark.parametrize("trusted", [True, False])
def test_a_silent_belt_that_somebody_was_asked_to_start_is_not_said_to_stand(trusted: bool) -> None:
    made = asked_to_start(profile(silent_when_stopped=True))
    made.session = replace(made.session, guard=replace(made.session.guard, trusted=trusted))
    before = len(made.said)
    quiet(made, 80.0)
    assert made.at() is Phase.PAUSED
    said = " ".join(made.said[before:])
    assert "stopped" not in said
    assert ("Look whether the belt stands." if trusted else say.UNSEEN) in said


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("keys", [[Key.STOP], [Key.YES], [Key.QUIT, Key.QUIT]])
def test_a_belt_that_was_not_heard_since_somebody_was_to_start_it_is_not_said_to_have_stopped(
    silent: bool, keys: list[Key]
) -> None:
    made = asked_to_start(profile(silent_when_stopped=silent))
    before = len(made.said)
    made.tick(1.0)
    for key in keys:
        made.press(key)
        made.tick(0.5)
    assert made.at() is (Phase.ENDED if Key.QUIT in keys else Phase.PAUSED)
    said = " ".join(made.said[before:])
    assert "stopped" not in said
    assert "ook whether the belt stands." in said
    if Key.QUIT in keys:
        assert made.said[-1] == say.SILENT_END


def test_a_belt_that_was_heard_to_stand_since_then_is_said_to_stand() -> None:
    made = asked_to_start()
    made.run(3.0, 0.0)
    made.press(Key.STOP)
    assert made.said[-1] == say.PAUSED_YES


def test_a_link_that_is_there_is_not_said_to_be_lost() -> None:
    made = asked_to_start()
    quiet(made, 20.0)
    alarms = [cue.text for outcome in made.outcomes for cue in outcome.cues if cue.kind is CueKind.ALARM]
    assert alarms[0] == "No answer from the treadmill."
    assert set(alarms[1:]) == {RAILS}
    assert len(alarms) >= 4


def test_a_link_that_is_back_is_not_said_to_be_lost_while_the_belt_runs_on() -> None:
    made = to_the_rear(Phase.STEP_ON)
    made.obeys = False
    made.feed(LinkLost(made.at_s))
    made.tick(4.0)
    made.feed(LinkFound(made.at_s + 0.5))
    before = len(made.said)
    made.run(8.0)
    assert "Connection lost" not in " ".join(made.said[before:])
    assert made.said[before:].count(RAILS) >= 2


def test_a_belt_that_told_0_last_gets_no_stop_until_it_is_heard_to_move() -> None:
    made = asked_to_start()
    assert STOP not in quiet(made, 20.0)
    made.feed(data(made.at_s, 0.8))
    assert made.written()[-1] == STOP


def test_a_stop_that_somebody_elses_control_may_have_refused_unheard_comes_again_behind_a_request() -> None:
    made = started(forward_plan())
    made.feed(status(made.at_s, "ff"))
    written = quiet(made, 20.0)
    assert written[0] == STOP
    assert CONTROL in written
    assert STOP in written[written.index(CONTROL) :]
    assert made.phase is Phase.STOP_FAILED

"""A belt that obeyed is not said to ignore Stop, and whoever faces the rear is never sent to the console."""

from __future__ import annotations

import pytest

from coach.core.cue import CueKind
from coach.core.event import Key, LinkFound, LinkLost, Returned
from coach.core.machine import MachineProfile, Reported
from coach.core.trip import COURSES, Trip
from coach.core.wish import Phase
from coach.sinks.phrase import phrases
from coach.sinks.tone import Tone
from tests.core.build import (
    BACKWARD,
    PAUSE,
    START,
    Play,
    answer,
    forward_plan,
    play,
    profile,
    started,
    status,
    target_bytes,
    to_the_rear,
)

UNTESTED = MachineProfile(name="unknown")
ECHOES = profile(reported=Reported.TARGET)


def running(machine: MachineProfile) -> Play:
    """Forward at 6 km/h."""
    return started(forward_plan(machine=machine)).follow(20)


def believed(made: Play) -> bool:
    """Nobody says that the machine ignores Stop."""
    return Trip.STOP_IGNORED not in made.raised and made.session.guard.trusted


@pytest.mark.parametrize("machine", [UNTESTED, ECHOES])
def test_a_key_that_is_pulled_in_the_second_of_a_zero_is_no_stop_that_was_ignored(machine: MachineProfile) -> None:
    made = running(machine).run(0.5, 0.0)
    made.feed(status(made.at_s + 0.1, "03"))
    made.run(30, 0.0)
    assert believed(made)
    assert made.phase is Phase.KEY


@pytest.mark.parametrize("machine", [UNTESTED, ECHOES])
def test_a_belt_that_stopped_with_the_link_did_not_ignore_the_stop_that_came_after_it(machine: MachineProfile) -> None:
    made = running(machine)
    made.feed(LinkLost(made.at_s))
    made.tick(1.0)
    made.press(Key.STOP)
    made.tick(2.0)
    made.feed(LinkFound(made.at_s + 0.5))
    made.run(30, 0.0)
    assert believed(made)
    assert made.phase is Phase.PAUSED


def test_coarse_reports_of_a_stop_are_those_of_one_that_is_obeyed() -> None:
    made = running(UNTESTED)
    made.press(Key.STOP)
    made.run(2.5, 5.6).run(7.5, 5.2).run(30, 0.0)
    assert believed(made)
    assert made.phase is Phase.PAUSED


def test_a_stop_on_a_stray_zero_is_judged_by_the_speed_before_it() -> None:
    made = started(forward_plan()).follow(20).run(0.5, 0.0)
    made.press(Key.STOP)
    for step in range(24):
        made.run(0.5, 6.0 - 0.25 * (step + 1))
    made.run(4.0, 0.0)
    assert made.raised == []
    assert made.phase is Phase.PAUSED


def test_a_start_that_is_called_off_on_a_machine_that_is_silent_at_rest_is_no_alarm() -> None:
    made = play(forward_plan(machine=profile(silent_when_stopped=True)))
    for _ in range(20):
        made.tick(0.5)
    made.press()
    while START not in made.written():
        made.tick(0.5)
    made.obeys = False
    made.tick(0.4)
    made.press(Key.STOP)
    made.feed(Returned(made.at_s + 0.1, ok=True))
    made.feed(answer(made.at_s, 8))
    for _ in range(20):
        made.tick(0.5)
    assert made.raised == []
    assert made.phase is Phase.PAUSED


def test_control_that_is_taken_in_the_count_of_a_turn_to_the_rear_calls_the_block_off() -> None:
    made = to_the_rear(Phase.STARTING)
    made.obeys = False
    before = len(made.said)
    made.feed(status(made.at_s + 0.1, "ff"))
    for _ in range(40):
        made.run(0.5, 0.0)
        assert made.phase is not Phase.CONSOLE_START or made.progress.claimed is not BACKWARD
    made.run(10.0, 0.8)
    assert made.progress.facing is not BACKWARD
    assert "Press Start" not in " ".join(made.said[before:])


def test_a_stop_whose_write_fails_each_time_starves_neither_the_lowest_speed_nor_the_pause() -> None:
    made = running(profile())
    made.obeys, before, came = False, len(made.writes), 0
    made.press(Key.STOP)
    for _ in range(100):
        for _ in made.writes[before + came :]:
            made.feed(Returned(made.at_s, ok=False))
            came += 1
        made.run(0.2, 6.0, every_s=0.2)
    written = [value for _, value in made.writes[before:]]
    assert target_bytes(0.8) in written
    assert PAUSE in written


def test_a_link_that_is_lost_before_the_start_is_one_alarm() -> None:
    made = play(forward_plan())
    told = made.feed(LinkLost(made.at_s))
    assert sum(cue.kind is CueKind.ALARM for cue in told.cues) == 1


def test_the_words_of_a_lost_link_are_ready_with_the_tone_that_they_are_said_with() -> None:
    assert (Tone.DANGER, COURSES[Trip.LINK_LOST].say_forward) in phrases(forward_plan())

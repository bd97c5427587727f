from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from coach.core import say
from coach.core.event import CockpitSilent, Key, LinkFound, LinkLost
from coach.core.gates import machine_problems
from coach.core.level import UNLIMITED
from coach.core.machine import UNKNOWN_INCLINE, MachineProfile, Units
from coach.core.plan import Plan, make_plan, refusals
from coach.core.progress import Button
from coach.core.prompt import console_speed
from coach.core.runner import Runner, SpokenUnit
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import Level, Segment, Workout
from coach.link.profile import profile_of
from tests.core.build import (
    BACKWARD,
    CONTROL,
    FORWARD,
    PAUSE,
    SPEEDS,
    START,
    STOP,
    Play,
    asked_kmh,
    backward,
    forward,
    machine,
    plan,
    profile,
    rest,
    short,
    started,
    status,
    world,
)
from tests.core.oracle import Judge, judged

DUMB: Final = profile(speed_control=False)
STUBBORN: Final = profile(disobeys="does not obey Stop")


def dumb(*segments: Segment) -> Plan:
    """A machine that takes no speeds, and a forward workout."""
    return plan(*(segments or (forward(60.0, 6.0), forward(60.0, 9.0))), machine=DUMB)


def walking(a_plan: Plan | None = None) -> Play:
    """The runner pressed Start on the console and stepped on; the belt creeps in the first row."""
    made = Play(a_plan or dumb()).connect()
    made.yes()
    assert made.phase is Phase.CONSOLE_START
    made.run(3.0, 0.0).run(4.0, 0.8)
    assert made.at() is Phase.STEP_ON
    made.run(11.0 if made.plan.backward else 6.0)
    assert made.at() is Phase.RUN
    return made


def count(made: Play, text: str) -> int:
    """How often something was said."""
    return made.said.count(text)


def speeds_and_starts(made: Play) -> list[bytes]:
    """The writes that move a belt or change what it does."""
    return [write for write in made.written() if write not in {STOP, CONTROL}]


# What is never written.


@pytest.mark.parametrize("a_machine", [DUMB, STUBBORN])
def test_a_whole_prompted_session_writes_nothing_but_request_control_on_a_standing_belt(
    a_machine: MachineProfile,
) -> None:
    made = walking(plan(forward(60.0, 6.0), machine=a_machine))
    made.run(60.0, 6.0)
    assert made.at() is Phase.SLOW
    made.run(4.0, 3.0).run(8.0, 0.0)
    assert (made.at(), made.progress.ended) == (Phase.ENDED, "finished")
    assert made.written() == [CONTROL]


def test_control_that_is_lost_facing_forward_leaves_the_belt_to_the_runner() -> None:
    made = started(plan(forward(120.0, 6.0), forward(60.0, 9.0)))
    made.follow(10.0)
    lost_at_s = made.at_s
    made.feed(status(made.at_s, "ff"))
    assert made.session.guard.prompted == "another app has control"
    assert say.PROMPTED in made.said
    made.run(150.0, made.kmh)
    assert made.at() is Phase.RUN
    assert made.written(lost_at_s) == []
    assert made.progress.row == 1
    assert "Set 9.0 on the treadmill." in made.said


def test_control_that_comes_back_on_a_standing_belt_is_used_again_after_a_yes() -> None:
    made = started(plan(forward(300.0, 6.0)))
    made.follow(10.0)
    made.feed(status(made.at_s, "ff"))
    made.run(5.0, 0.0)
    assert made.at() is Phase.PAUSED
    assert made.written()[-1] == CONTROL
    assert made.session.guard.prompted == ""
    assert say.UNPROMPTED in made.said
    written = len(made.writes)
    made.run(30.0, 0.0)
    assert len(made.writes) == written
    made.press()
    assert made.at() is Phase.STARTING
    made.run(2.0, 0.0)
    assert made.written().count(START) == 2


def test_a_link_that_comes_back_does_not_bring_back_control_that_was_lost() -> None:
    made = started(plan(forward(300.0, 6.0)))
    made.follow(10.0)
    made.feed(status(made.at_s, "ff"))
    since_s = made.at_s
    made.feed(LinkLost(made.at_s + 1))
    made.feed(LinkFound(made.at_s + 2))
    made.run(30.0)
    assert made.session.guard.prompted == "another app has control"
    assert made.written(since_s) == []
    assert say.FOUND_BY_HAND in made.said


@pytest.mark.parametrize("key", [Key.FASTER, Key.MUCH_FASTER, Key.STEEPER, Key.UNTRIM, Key.LAP, Key.NEXT])
def test_no_key_of_a_prompted_run_writes(key: Key) -> None:
    made = walking()
    made.run(20.0, 6.0)
    made.press(key)
    made.run(20.0)
    assert made.written() == [CONTROL]


# Stops.


@pytest.mark.parametrize("kmh", [0.8, 6.0])
def test_stop_is_written_in_its_step_and_said(kmh: float) -> None:
    made = walking()
    made.run(20.0, kmh)
    outcome = made.press(Key.STOP)
    assert outcome.writes == (STOP,)
    assert say.PRESS_STOP in [cue.text for cue in outcome.cues]
    made.run(2.0, kmh - 0.5).run(14.0, 0.0)
    assert made.at() is Phase.PAUSED


def test_a_stop_that_nobody_obeys_is_an_alarm_until_the_belt_stands() -> None:
    made = walking()
    made.run(20.0, 6.0)
    made.press(Key.STOP)
    made.run(30.0, 6.0)
    assert made.at() is Phase.STOP_FAILED
    assert count(made, "Rails. Step off. Pull the clip.") >= 8
    assert {asked_kmh(write) for write in speeds_and_starts(made) if write != PAUSE} == {0.8}
    made.run(8.0, 0.0)
    assert made.at() is Phase.PAUSED
    assert made.session.guard.prompted == "the treadmill ignored Stop"


@pytest.mark.parametrize("key", [Key.PAUSE, Key.YES])
def test_a_pause_is_asked_for_and_written_only_when_nobody_has_pressed(key: Key) -> None:
    made = walking()
    made.run(20.0, 6.0)
    pressed_at_s = made.at_s
    made.press(key)
    assert (made.at(), made.said[-1]) == (Phase.SLOW, say.PRESS_STOP)
    made.run(9.5, 6.0)
    assert made.written(pressed_at_s) == []
    made.run(1.0, 6.0)
    assert made.written(pressed_at_s) == [STOP]
    made.run(2.0, 5.0).run(14.0, 0.0)
    assert made.at() is Phase.PAUSED


def test_a_pause_that_the_runner_makes_is_no_trip_and_no_write() -> None:
    made = walking()
    made.run(20.0, 6.0)
    made.press(Key.PAUSE)
    made.feed(status(made.at_s + 1, "02 01"))
    made.run(3.0, 3.0).run(5.0, 0.0)
    assert (made.at(), made.raised, made.written()) == (Phase.PAUSED, [], [CONTROL])


def test_a_belt_that_is_stopped_without_being_asked_is_a_pause() -> None:
    made = walking()
    made.run(20.0, 6.0)
    made.run(5.0, 0.0)
    assert made.at() is Phase.PAUSED
    assert made.raised == [Trip.CONSOLE_STOP]


def test_the_end_is_asked_for_again_and_again_and_then_written() -> None:
    made = walking(dumb(forward(60.0, 6.0)))
    made.run(61.0, 6.0)
    ends_at_s = made.at_s
    assert made.at() is Phase.SLOW
    made.run(27.0, 6.0)
    assert count(made, say.PRESS_STOP) == 3
    assert made.written(ends_at_s) == []
    while not made.written(ends_at_s):
        assert made.at_s < ends_at_s + 31
        made.run(0.5, 6.0)
    assert made.progress.ended == ""
    made.run(2.0, 4.0).run(14.0, 0.0)
    assert made.written(ends_at_s) == [STOP]
    assert made.progress.ended == "finished"


def test_a_session_whose_belt_is_never_stopped_ends_tripped_and_alarmed() -> None:
    made = walking(dumb(forward(60.0, 6.0)))
    made.run(500.0, 6.0)
    assert (made.at(), made.progress.ended) == (Phase.ENDED, "tripped")
    assert made.said[-1] == say.RUNS_ON
    assert START not in made.written()


def test_a_belt_that_slows_by_itself_is_not_asked_for_again() -> None:
    made = walking(dumb(forward(60.0, 6.0)))
    made.run(61.0, 6.0)
    for kmh in range(59, 0, -2):
        made.run(1.0, kmh / 10)
    assert count(made, say.PRESS_STOP) == 1
    assert made.written() == [CONTROL]


def test_the_screen_that_is_lost_stops_a_prompted_belt_at_once() -> None:
    made = walking()
    made.run(20.0, 6.0)
    outcome = made.feed(CockpitSilent(made.at_s, ended=True))
    assert outcome.writes == (STOP,)
    assert say.PRESS_STOP in [cue.text for cue in outcome.cues]
    made.run(2.0, 4.0).run(14.0, 0.0)
    assert made.progress.ended == "tripped"


def test_silence_of_the_machine_stops_it_and_says_so() -> None:
    made = walking()
    made.run(20.0, 6.0)
    for _ in range(20):
        made.tick(0.5)
    assert STOP in made.written()
    assert {"No answer from the treadmill.", say.PRESS_STOP} <= set(made.said)


# Starts: motion that was asked for, and motion that was not.


def test_motion_before_the_yes_is_no_start() -> None:
    made = Play(dumb()).connect()
    assert made.at() is Phase.READY
    made.run(1.0, 0.8)
    assert made.at() is Phase.BELT_MOVES
    assert made.written()[-1] == STOP


def test_motion_in_a_pause_is_no_start() -> None:
    made = walking()
    made.run(5.0, 0.0)
    assert made.at() is Phase.PAUSED
    made.run(1.0, 0.8)
    assert made.at() is Phase.BELT_MOVES


def test_motion_that_was_asked_for_is_no_trip() -> None:
    assert walking().raised == []


def test_a_start_that_never_comes_is_asked_for_again_and_then_paused() -> None:
    made = Play(dumb()).connect()
    made.yes()
    made.run(59.0, 0.0)
    assert (made.at(), count(made, say.CONSOLE_START)) == (Phase.CONSOLE_START, 3)
    made.run(2.0, 0.0)
    assert made.at() is Phase.PAUSED
    made.run(1.0, 0.8)
    assert made.at() is Phase.BELT_MOVES


def test_a_console_that_starts_fast_is_set_slow_from_the_rails() -> None:
    made = Play(dumb()).connect()
    made.yes()
    made.run(20.0, 1.6)
    assert made.at() is Phase.CONSOLE_START
    asked = [prompt for prompt in made.said if prompt.startswith("Set 0.8")]
    assert len(asked) == 2
    made.run(4.0, 0.8)
    assert made.at() is Phase.STEP_ON


@pytest.mark.parametrize(("kmh", "seconds"), [(2.4, 1.0), (1.6, 62.0)])
def test_a_console_start_that_stays_fast_is_stopped(kmh: float, seconds: float) -> None:
    made = Play(dumb()).connect()
    made.yes()
    made.run(seconds, kmh)
    assert STOP in made.written()
    assert say.PRESS_STOP in made.said


def test_any_press_cancels_a_console_start() -> None:
    made = Play(dumb()).connect()
    made.yes()
    made.run(2.0, 0.0)
    made.press(Key.OTHER)
    made.run(1.0, 0.0)
    assert made.at() is Phase.PAUSED


# What is told, and how often.


def test_a_speed_is_asked_for_once_in_each_segment() -> None:
    made = walking()
    made.run(60.0, 6.0).run(20.0, 6.0)
    assert [text for text in made.said if text.startswith("Set ")] == [
        "Set 6.0 kilometres an hour on the treadmill.",
        "Set 9.0 on the treadmill.",
    ]


def test_a_belt_that_is_elsewhere_is_told_once_in_a_segment() -> None:
    made = walking(dumb(forward(200.0, 6.0), forward(200.0, 7.0)))
    made.run(180.0, 4.0)
    told = [text for text in made.said if text.startswith("The belt runs at")]
    assert told == ["The belt runs at 4.0 kilometres an hour, not 6.0 kilometres an hour."]
    made.run(150.0, 4.0)
    told = [text for text in made.said if text.startswith("The belt runs at")]
    assert told[1:] == ["The belt runs at 4.0, not 7.0."]
    assert made.raised == []


@pytest.mark.parametrize(("kmh", "told"), [(5.7, 0), (6.3, 0), (5.5, 1), (6.5, 1)])
def test_a_belt_that_is_near_enough_is_not_told(kmh: float, told: int) -> None:
    made = walking(dumb(forward(200.0, 6.0)))
    made.run(100.0, kmh)
    assert len([text for text in made.said if text.startswith("The belt runs at")]) == told


def test_there_is_time_to_press_and_to_get_there() -> None:
    made = walking(dumb(forward(200.0, 6.0)))
    told_at_s = made.progress.told_at_s
    made.run(told_at_s + 30.0 - made.at_s, 0.8)
    assert not [text for text in made.said if text.startswith("The belt runs at")]
    made.run(1.0, 0.8)
    assert [text for text in made.said if text.startswith("The belt runs at")]


def test_a_belt_that_is_there_already_needs_no_words() -> None:
    made = walking(dumb(forward(60.0, 6.0), forward(60.0, 6.0)))
    made.run(60.0, 6.0).run(20.0, 6.0)
    assert len([text for text in made.said if text.startswith("Set ")]) == 1


def test_a_ramp_is_told_in_steps_that_can_be_pressed() -> None:
    made = walking(dumb(forward(200.0, 4.0, end_kmh=6.0)))
    made.run(195.0, 4.0)
    told = [text for text in made.said if text.startswith("Set ")]
    assert 3 <= len(told) <= 5


def test_a_fast_first_segment_comes_in_two_steps() -> None:
    made = walking(dumb(forward(200.0, 12.0)))
    assert made.said[-1] == "Set 6.0 kilometres an hour on the treadmill."
    made.run(12.0, 6.0)
    assert made.said[-1] == "Set 12.0 kilometres an hour on the treadmill."


def test_keys_of_the_runner_are_told_when_they_are_over() -> None:
    made = walking(dumb(forward(200.0, 6.0)))
    made.run(30.0, 6.0)
    for _ in range(5):
        made.press(Key.FASTER)
        made.run(0.5)
    made.run(3.0)
    assert [text for text in made.said if text.startswith("Set ")][1:] == [
        "Set 6.5 kilometres an hour on the treadmill."
    ]


def test_an_incline_is_asked_for_with_its_speed() -> None:
    segment = forward(60.0, 6.0)
    assert segment.target is not None
    steep = replace(segment, target=replace(segment.target, incline_pct=2.0))
    made = walking(dumb(steep))
    assert made.said[-1] == "Set 6.0 kilometres an hour and 2 percent on the treadmill."
    prompt = made.progress.prompt
    assert prompt is not None
    assert (prompt.button, prompt.speed_kmh, prompt.incline_pct) == (Button.SPEED, 6.0, 2.0)


def test_the_end_is_announced_as_a_press() -> None:
    made = walking(dumb(forward(60.0, 6.0)))
    made.run(55.0, 6.0)
    assert say.STOP_SOON in made.said
    assert "In ten, the belt stops." not in made.said


def test_a_rest_is_stopped_and_started_by_hand() -> None:
    made = walking(dumb(forward(60.0, 6.0), rest(20.0), forward(60.0, 6.0)))
    made.run(61.0, 6.0)
    assert (made.at(), made.said[-1]) == (Phase.SLOW, say.PRESS_STOP)
    made.run(3.0, 3.0).run(5.0, 0.0)
    assert made.at() is Phase.RESTING
    made.run(21.0, 0.0)
    assert made.at() is Phase.READY
    made.yes()
    assert (made.at(), made.said[-1]) == (Phase.CONSOLE_START, say.CONSOLE_START)
    assert made.written() == [CONTROL]


@pytest.mark.parametrize(
    ("spoken", "units", "console", "text"),
    [
        (SpokenUnit.KMH, Units(), None, "8.0 kilometres an hour"),
        (SpokenUnit.KMH, Units(measured=True), None, "8.0"),
        (SpokenUnit.KMH, Units(), False, "8.0"),
        (SpokenUnit.KMH, Units(), True, "5.0 miles an hour"),
        (SpokenUnit.MPH, Units(), True, "5.0"),
        (SpokenUnit.MPH, Units(measured=True), None, "8.0 kilometres an hour"),
        (SpokenUnit.MPH, Units(1.609344, 1.609344, measured=True), None, "5.0"),
        (SpokenUnit.KMH, Units(report=1.609344), None, "5.0 miles an hour"),
        (SpokenUnit.PACE, Units(measured=True), None, "8.0 kilometres an hour"),
    ],
)
def test_a_speed_is_told_in_the_unit_of_the_console(
    spoken: SpokenUnit, units: Units, console: bool | None, text: str
) -> None:
    a_machine = replace(DUMB, console_miles=console)
    here = make_plan(Workout("a", (forward(),)), a_machine, Runner(spoken=spoken))
    assert console_speed(here, units, 8.0 if "8" in text else 5.0 * 1.609344) == text


# Finding out, and not finding out what is not so.


def obedient(name: str) -> MachineProfile:
    """What an unknown machine of this kind is thought to be."""
    return replace(profile_of(machine(name)), speed_control=True, disobeys="", stop_works=True, remote_start=True)


@pytest.mark.parametrize("name", ["refuses-speed", "no-control", "ignores-speed", "ignores-all"])
def test_a_machine_that_takes_no_speeds_is_found_out_and_its_workout_is_done(name: str) -> None:
    judge = judged(world(name, workout=short(), profile=obedient(name)))
    progress, guard = judge.world.session.progress, judge.world.session.guard
    assert judge.broken == []
    assert guard.prompted == "the treadmill does not take speeds from an app"
    assert progress.ended == "finished"


@pytest.mark.parametrize("name", ["refuses-speed", "no-control", "ignores-speed", "ignores-all", "stop-ignored"])
def test_a_machine_that_is_known_to_take_no_speeds_is_run_forward(name: str) -> None:
    made = world(name, workout=short())
    judge = Judge(made)
    rows, writes = set(), set()
    for step in made.run_until(900.0):
        judge.see(step)
        rows.add(step.session.progress.row)
        writes |= set(step.outcome.writes)
    judge.end()
    assert judge.broken == []
    assert [row.segment.facing for row in made.plan.rows] == [FORWARD, FORWARD]
    assert (rows, writes, made.session.progress.ended) == ({0, 1, 2}, {CONTROL}, "finished")


def test_what_runs_backward_is_left_out_where_the_machine_is_found_out_late() -> None:
    made = world("ignores-speed", workout=short(), profile=obedient("ignores-speed"))
    facings, said = set(), []
    for step in made.run_until(900.0):
        facings.add(step.session.progress.facing)
        said += [cue.text for cue in step.outcome.cues]
    assert BACKWARD not in facings
    assert "No turn now: the treadmill does not take speeds from an app." in said
    assert not [text for text in said if text.startswith("Turn in")]


@pytest.mark.parametrize("name", ["home", "control-refused", "refuses-until-started", "slow-machine", "never-answers"])
@pytest.mark.parametrize("known", [True, False])
def test_a_machine_that_obeys_is_never_prompted_for(name: str, known: bool) -> None:
    forward_only = Workout("a", (forward(60.0, 6.0), forward(30.0, 9.0)))
    made = world(name, workout=forward_only, profile=replace(profile_of(machine(name)), known=known))
    prompted = {step.session.guard.prompted for step in made.run_until(900.0)}
    assert prompted == {""}
    assert made.session.progress.ended == "finished"


def test_a_machine_that_refuses_for_a_while_after_it_obeyed_is_not_given_up() -> None:
    made = world(faults=("refuse@60:60",), workout=Workout("a", (forward(60.0, 6.0), forward(90.0, 9.0))))
    assert {step.session.guard.prompted for step in made.run_until(900.0)} == {""}


# Stopped, not trusted (safety.md 6c).


def test_a_machine_that_ignored_stop_is_run_on_by_the_console_and_never_started_by_coach() -> None:
    made = world("stop-ignored", workout=short(), profile=obedient("stop-ignored"))
    judge = Judge(made)
    starts, said = [], []
    for step in made.run_until(900.0):
        judge.see(step)
        said += [cue.text for cue in step.outcome.cues]
        starts += [step.event.at_s] * step.outcome.writes.count(START)
    judge.end()
    assert judge.broken == []
    assert len(starts) == 1
    assert said.count(say.NOT_TRUSTED) == 2  # when it stood, and at the end
    assert (made.session.progress.ended, made.session.guard.trusted) == ("finished", False)
    assert made.session.guard.backward_off


def test_a_machine_that_ignored_its_last_stop_has_nothing_to_go_on_with() -> None:
    made = world("stop-ignored", workout=Workout("a", (forward(40.0, 4.0),)), profile=obedient("stop-ignored"))
    steps = list(made.run_until(900.0))
    assert (steps[-1].true_kmh, made.session.progress.ended) == (0.0, "finished")
    assert say.NOT_TRUSTED in [cue.text for step in steps for cue in step.outcome.cues]


def test_alarm_words_are_not_mixed_with_others_when_a_stop_is_ignored_for_the_first_time() -> None:
    made = started(plan(forward(300.0, 6.0)))
    made.follow(20.0)
    made.press(Key.STOP)
    made.run(6.0, 6.0)
    assert made.at() is Phase.STOP_FAILED
    assert say.PRESS_STOP not in made.said
    assert say.PROMPTED not in made.said
    prompt = made.progress.prompt
    assert prompt is not None
    assert prompt.button is Button.STOP  # for the screen


# Nobody presses: law 7 all the same.


@pytest.mark.parametrize("name", ["refuses-speed", "no-control", "ignores-speed", "ignores-all", "stop-ignored"])
def test_without_hands_a_prompted_session_ends_within_the_laws(name: str) -> None:
    assert judged(world(name, workout=short(), deaf_hands=True)).broken == []


def test_without_hands_at_the_stop_a_machine_that_takes_stop_is_stopped_by_coach() -> None:
    made = world("refuses-speed", workout=Workout("a", (forward(40.0, 4.0),)))
    for _ in made.run_until(40.0):
        pass
    made.deaf_hands = True
    judge = Judge(made)
    writes = [write for step in made.run_until(900.0) for write in step.outcome.writes]
    judge.end()
    assert (judge.broken, writes, made.session.progress.ended) == ([], [STOP], "finished")


# What a machine that only shows may do, before the belt moves.


@pytest.mark.parametrize(("a_machine", "rule"), [(DUMB, "speed-control-refused"), (STUBBORN, "not-obeyed")])
def test_such_a_machine_is_a_warning_and_its_backward_blocks_are_left_out(a_machine: MachineProfile, rule: str) -> None:
    workout = Workout("a", (forward(), backward(), forward(180.0, 4.0)), Level.INTERMEDIATE)
    found = machine_problems(workout, Level.INTERMEDIATE, a_machine, SPEEDS, UNKNOWN_INCLINE)
    assert [(problem.rule, problem.error) for problem in found] == [(rule, False), ("backward-left-out", False)]
    made = make_plan(workout, a_machine)
    assert (len(made.rows), made.backward) == (2, False)
    assert refusals(made, UNLIMITED, SPEEDS, UNKNOWN_INCLINE) == ()


def test_a_workout_that_is_backward_only_is_refused_there() -> None:
    found = machine_problems(Workout("a", (backward(),)), Level.BEGINNER, DUMB, SPEEDS, UNKNOWN_INCLINE)
    assert [(problem.rule, problem.error) for problem in found][-1] == ("backward-left-out", True)


def test_a_rest_between_blocks_that_are_left_out_goes_with_them() -> None:
    segments = (forward(), backward(), rest(30.0, BACKWARD), backward(), rest(30.0), forward(180.0, 4.0), rest())
    assert [row.kind for row in dumb(*segments).rows] == ["segment", "rest", "segment"]


def test_a_workout_faster_than_the_machine_is_still_refused() -> None:
    found = machine_problems(Workout("a", (forward(60.0, 19.0),)), Level.BEGINNER, DUMB, SPEEDS, UNKNOWN_INCLINE)
    assert [problem.rule for problem in found if problem.error] == ["speed-over-device"]


def test_after_a_rest_nobody_is_told_to_clip_on_again() -> None:
    made = walking(dumb(forward(60.0, 6.0), rest(20.0), forward(60.0, 6.0)))
    made.run(61.0, 6.0).run(3.0, 3.0).run(26.0, 0.0)
    assert made.at() is Phase.READY
    assert made.said[-1] == say.READY_GO_ON
    assert made.said.count(say.READY_BY_HAND) == 1


def test_a_machine_that_falls_silent_when_its_start_was_asked_for_may_run() -> None:
    made = Play(dumb()).connect()
    made.yes()
    made.run(2.0, 0.0)
    for _ in range(12):
        made.tick(0.5)
    assert made.at() is Phase.STOP_FAILED
    for _ in range(310):
        made.tick(1.0)
    assert (made.progress.ended, made.said[-1]) == ("tripped", say.RUNS_ON)
    assert made.written() == [CONTROL]


def test_a_machine_that_is_heard_again_and_stands_is_asked_for_anew() -> None:
    made = Play(dumb()).connect()
    made.yes()
    made.run(2.0, 0.0)
    for _ in range(12):
        made.tick(0.5)
    made.run(1.0, 0.0)
    assert made.at() is Phase.PAUSED
    made.yes()
    assert made.at() is Phase.CONSOLE_START

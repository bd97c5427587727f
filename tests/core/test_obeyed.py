"""A belt that obeyed is not said to ignore Stop, and whoever faces the rear is never sent to the console."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from coach.core.belt import observe, stopped_at_s
from coach.core.cue import CueKind
from coach.core.event import Key, LinkFound, LinkLost, Pressed, Returned, SoundLost, Tick
from coach.core.machine import MachineProfile, Reported
from coach.core.plan import Plan
from coach.core.scene import Scene
from coach.core.trip import COURSES, Trip
from coach.core.turn import TABLE
from coach.core.way import leave
from coach.core.wish import Phase
from coach.sinks.phrase import phrases
from coach.sinks.tone import Tone
from tests.core.build import (
    BACKWARD,
    NOW_S,
    PAUSE,
    START,
    STOP,
    Play,
    answer,
    asked_kmh,
    backward,
    belt,
    forward,
    forward_plan,
    plan,
    play,
    profile,
    sent,
    started,
    status,
    strap,
    target_bytes,
    to_the_rear,
)

UNTESTED = MachineProfile(name="unknown")
ECHOES = profile(reported=Reported.TARGET)


def running(machine: MachineProfile) -> Play:
    """Forward at 6 km/h."""
    return started(forward_plan(machine=machine)).follow(20)


def told_to_start() -> Play:
    """A machine that is silent at rest was just written a Start, and does nothing yet."""
    made = play(forward_plan(machine=profile(silent_when_stopped=True)))
    for _ in range(20):
        made.tick(0.5)
    made.press()
    while START not in made.written():
        made.tick(0.5)
    made.obeys = False
    return made


def ends_paused(made: Play) -> None:
    """The Stop is taken, nothing is heard for ten seconds, and nobody is alarmed."""
    made.feed(Returned(made.at_s + 0.1, ok=True))
    made.feed(answer(made.at_s, 8))
    for _ in range(20):
        made.tick(0.5)
    assert made.raised == []
    assert made.phase is Phase.PAUSED


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
    made = told_to_start()
    made.tick(0.4)
    made.press(Key.STOP)
    ends_paused(made)


def test_a_stop_in_the_very_instant_of_the_start_comes_after_it() -> None:
    made = told_to_start()
    made.feed(Pressed(made.at_s, Key.STOP))
    assert made.written()[-1] == STOP
    ends_paused(made)


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


def test_a_last_block_that_is_called_off_after_our_start_is_stopped_before_the_session_ends() -> None:
    made = to_the_rear(Phase.STARTING, plan(forward(100.0, 6.0), backward(60.0, 2.0)))
    while made.written()[-1] != START:
        made.follow(0.5)
    made.feed(SoundLost(made.at_s))
    assert made.written()[-1] == STOP
    assert made.at() is Phase.STOPPING
    made.follow(10.0)
    made.run(20.0, 0.0)
    assert made.phase is Phase.ENDED
    assert made.session.belt.still


def test_a_start_that_is_stopped_while_the_last_report_is_a_zero_waits_for_what_the_belt_does() -> None:
    made = to_the_rear(Phase.STARTING, plan(forward(100.0, 6.0), backward(60.0, 2.0)))
    made.obeys = False
    while made.written()[-1] != START:
        made.run(0.5, 0.0)
    made.run(1.0, 0.0)  # it counts down, and says nothing more
    made.tick(1.5)
    made.feed(SoundLost(made.at_s))
    assert made.written()[-1] == STOP
    assert made.at() is Phase.STOPPING
    made.run(3.0, 0.8)
    assert made.phase is not Phase.ENDED


def test_a_belt_that_echoes_its_target_is_not_said_to_stand_while_it_comes_down_from_what_it_ran_before() -> None:
    made = started(forward_plan(machine=ECHOES)).follow(20)
    made.press(Key.SLOWER)
    made.feed(Pressed(made.at_s + 0.1, Key.PAUSE))
    while asked_kmh(made.written()[-1]) != 0.8:
        made.tick(0.1)
    made.run(1.0, 0.8)
    made.press(Key.STOP)
    stopped_s = made.at_s
    from_kmh = 6.0 - ECHOES.decel_kmh_s
    while not made.session.belt.still:
        made.run(0.5, 0.0)
    assert made.at_s - stopped_s >= ECHOES.stop_s(from_kmh) - 0.5


def test_a_belt_that_echoes_its_target_and_is_stopped_at_its_console_is_no_sooner_said_to_stand() -> None:
    made = started(forward_plan(machine=ECHOES)).follow(20)
    made.feed(Pressed(made.at_s + 0.1, Key.PAUSE))
    while asked_kmh(made.written()[-1]) != 0.8:
        made.tick(0.1)
    made.run(1.0, 0.8)
    made.feed(status(made.at_s, "02 01"))
    stopped_s = made.at_s
    from_kmh = 6.0 - 2 * ECHOES.decel_kmh_s
    while not made.session.belt.still:
        made.run(0.5, 0.0)
    assert made.at_s - stopped_s >= ECHOES.stop_s(from_kmh) - 0.5


def test_a_treadmill_that_stops_by_hand_and_falls_silent_ends_the_session() -> None:
    made = play(forward_plan(machine=profile(speed_control=False)))
    made.yes()
    made.run(3.0, 0.0).run(4.0, 0.8).run(6.0)
    made.press(Key.STOP)
    made.run(1.0, 0.8).run(1.0, 0.0)
    for _ in range(600):
        made.tick(1.0)
    assert made.phase is Phase.ENDED


def test_a_machine_that_is_silent_at_rest_and_says_that_it_was_started_is_not_said_to_stand() -> None:
    made = told_to_start()
    made.press(Key.STOP)
    made.feed(Returned(made.at_s + 0.1, ok=True))
    made.feed(answer(made.at_s, 8))
    for _ in range(8):
        made.tick(0.5)
    made.feed(status(made.at_s + 0.4, "04"))
    for _ in range(9):
        made.tick(0.5)
        assert not made.session.belt.still
        assert made.phase is not Phase.PAUSED
    made.tick(1.0)
    assert made.session.belt.still


def test_the_silence_of_a_machine_that_ignored_stop_is_no_end_without_an_alarm() -> None:
    made = running(profile(silent_when_stopped=True))
    made.obeys = False
    made.press(Key.STOP)
    made.feed(Returned(made.at_s, ok=True))
    made.feed(answer(made.at_s, 8))
    for _ in range(80):
        made.tick(0.5)
    assert made.session.belt.still_by_silence
    assert not made.session.guard.trusted
    made.press(Key.QUIT)
    made.press(Key.QUIT)
    assert made.phase is Phase.ENDED
    assert made.outcomes[-1].cues[-1].kind is CueKind.ALARM


def not_slowed(a_plan: Plan | None = None) -> Play:
    """Before the first turn the belt is told to slow down, runs on as fast, and obeys the Stop that follows."""
    made = to_the_rear(Phase.SLOW, a_plan)
    while made.at() is Phase.SLOW:
        made.run(0.5, 6.0)
    assert made.at() is Phase.STOPPING
    made.run(4.0, 3.0).run(10.0, 0.0)
    return made


def test_a_belt_that_was_stopped_from_above_creep_is_not_started_towards_a_runner_who_faces_the_rear() -> None:
    made = not_slowed()
    starts = made.written().count(START)
    assert made.at() is Phase.READY
    assert made.progress.here(made.plan).segment.facing is not BACKWARD
    assert "No backward now: the belt did not slow down." in made.said
    made.yes()
    made.run(20.0, 0.0)
    assert made.phase is Phase.CONSOLE_START
    assert made.written().count(START) == starts


def test_with_a_helper_it_is_started_at_the_console() -> None:
    made = not_slowed(plan(forward(100.0, 6.0), backward(60.0, 2.0), forward(180.0, 4.0), helper=True))
    starts = made.written().count(START)
    made.yes()
    assert made.at() is Phase.CONSOLE_START
    made.run(4.0, 0.8)
    assert made.at() is Phase.STEP_ON
    assert not made.progress.by_console
    assert made.written().count(START) == starts


def test_a_stop_from_creep_lets_coach_start_the_belt_again() -> None:
    made = to_the_rear(Phase.RAILS)
    made.session = replace(made.session, progress=replace(made.progress, not_from_creep=True))
    made.until(Phase.READY)
    assert not made.progress.by_console
    made.yes()
    assert made.phase is Phase.STARTING


@pytest.mark.parametrize("machine", [profile(), UNTESTED, ECHOES], ids=["known", "untested", "echoes"])
def test_how_long_a_stop_takes_is_reckoned_from_what_the_belt_may_have_run(machine: MachineProfile) -> None:
    told = replace(sent(0.8, at_s=NOW_S - 4), from_kmh=6.0)
    zero = belt(0.0, zero_at_s=NOW_S - 2, moved_kmh=0.8)
    ran_kmh = 6.0 - 2 * machine.decel_kmh_s
    slow = machine.reported is Reported.TARGET or not machine.known
    assert stopped_at_s(machine, zero, told) == NOW_S - 2 + (machine.stop_s(ran_kmh) if slow else 0.0)
    stopping = replace(told, stop_at_s=NOW_S - 3, stop_from_kmh=0.8)
    ran_kmh = 6.0 - machine.decel_kmh_s if slow else 0.8
    assert stopped_at_s(machine, belt(0.8), stopping) == NOW_S - 3 + machine.stop_s(ran_kmh)
    assert stopped_at_s(machine, belt(0.8), told) == -inf
    asked_again = replace(stopping, target_at_s=NOW_S - 1)
    assert stopped_at_s(machine, belt(0.8), asked_again) == NOW_S - 3 + machine.stop_s(0.8)
    at_once = replace(stopping, target_at_s=NOW_S - 3)
    assert stopped_at_s(machine, belt(0.8), at_once) == NOW_S - 3 + machine.stop_s(6.0 if slow else 0.8)


@pytest.mark.parametrize(("value", "stands"), [("04", False), ("05 50 00", True), ("02 01", True)])
def test_a_machine_that_says_started_does_not_stand(value: str, stands: bool) -> None:
    stood = belt(0.0, heard_at_s=NOW_S - 1)
    heard = observe(profile(), stood, sent(None), status(NOW_S, value))
    assert heard.still is stands
    assert heard.zero_at_s == (stood.zero_at_s if stands else None)


@pytest.mark.parametrize(("value", "stands"), [("04", False), ("05 50 00", True)])
def test_in_silence_it_counts_when_it_said_started_and_nothing_else(value: str, stands: bool) -> None:
    machine = profile(silent_when_stopped=True)
    crawls = belt(0.3, heard_at_s=NOW_S - 60, zero_at_s=None)
    told = sent(None, stop_at_s=NOW_S - 60)
    heard = observe(machine, crawls, told, status(NOW_S - 2, value))
    assert observe(machine, heard, told, Tick(NOW_S)).still is stands


@pytest.mark.parametrize(
    ("stops", "start_s", "stop_s", "rests"),
    [(1, 1.0, inf, False), (0, 1.0, inf, True), (1, 9.0, 1.0, True)],
    ids=["its stop is due", "stopped at the console", "stopped by us"],
)
def test_a_belt_rests_where_no_start_waits_for_its_stop(stops: int, start_s: float, stop_s: float, rests: bool) -> None:
    made = to_the_rear(Phase.STOPPING)
    told = sent(None, start_at_s=NOW_S - start_s, stop_at_s=NOW_S - stop_s)
    here = replace(made.progress, stops=made.session.guard.wished_stops + stops)
    stands = belt(0.0, moved_at_s=NOW_S - 60)
    scene = Scene(made.plan, here, stands, made.session.guard, made.session.dose, strap(), told, NOW_S, [])
    assert TABLE[Phase.STOPPING][0].when(scene) is rests


@pytest.mark.parametrize(
    ("unheard_s", "link", "stopping", "ends"),
    [(59.9, True, False, False), (60.0, True, False, True), (90.0, False, False, False), (90.0, True, True, False)],
)
def test_a_stop_by_hand_ends_after_a_silent_minute(unheard_s: float, link: bool, stopping: bool, ends: bool) -> None:
    made = to_the_rear(Phase.STOPPING)
    told = sent(None, stop_at_s=NOW_S - 95 if stopping else -inf)
    quiet = belt(0.0, still=False, link=link, heard_at_s=NOW_S - unheard_s)
    here = replace(made.progress, at_s=NOW_S - 95)
    scene = Scene(made.plan, here, quiet, made.session.guard, made.session.dose, strap(), told, NOW_S, [])
    assert TABLE[Phase.STOPPING][1].when(scene) is ends
    over = leave(scene, Phase.ENDED, "the treadmill fell silent")
    assert (over.phase, over.reason) == (Phase.ENDED, "the treadmill fell silent")


# A Stop that the machine did not take, because it was busy with our Start.


def called_off_at_once(*, told: bool = True, machine: MachineProfile | None = None) -> Play:
    """The Stop comes while the Start is under way, and so comes back with an error (FTMS 4.16.3)."""
    made = play(forward_plan(machine=machine) if machine is not None else forward_plan()).run(10.0, 0.0)
    made.press()
    while START not in made.written():
        made.run(0.25, 0.0, every_s=0.25)
    made.obeys = False
    if told:
        made.feed(status(made.at_s + 0.05, "04"))
    made.feed(Pressed(max(made.at_s + 0.05, made.progress.yes_at_s + 0.9), Key.OTHER))  # no part of the yes
    assert made.written()[-1] == STOP
    made.feed(answer(made.at_s, 7))
    made.feed(Returned(made.at_s, ok=False))
    return made


def fail_all(made: Play) -> None:
    """Every write that is out comes back with an error."""
    for _ in made.session.control.unreturned:
        made.feed(Returned(made.at_s, ok=False))


def stops(made: Play) -> int:
    """How many were written so far."""
    return made.written().count(STOP)


@pytest.mark.parametrize("told", [True, False])
def test_a_stop_that_came_back_because_the_start_was_under_way_is_written_again_before_the_belt_moves(
    told: bool,
) -> None:
    made = called_off_at_once(told=told)
    made.run(0.6, 0.0, every_s=0.2)
    assert stops(made) == 2
    made.feed(Returned(made.at_s, ok=True))
    made.feed(answer(made.at_s, 8))
    made.run(30.0, 0.0)
    assert made.raised == []
    assert made.phase is Phase.PAUSED
    assert stops(made) == 2


def test_a_stop_that_is_never_taken_is_told_in_a_second_and_a_half_and_written_for_as_long_as_the_start_may_come() -> (
    None
):
    made = called_off_at_once()
    began_s = made.at_s
    for _ in range(100):
        fail_all(made)
        made.run(0.2, 0.0, every_s=0.2)
        late = made.at_s - began_s
        assert Trip.STOP_IGNORED not in made.raised or late > 1.3
        assert Trip.STOP_IGNORED in made.raised or late < 1.8
        assert made.at() is not Phase.PAUSED or late > 13.0
    assert made.phase is Phase.PAUSED
    assert not made.session.guard.trusted
    before = stops(made)
    made.run(30.0, 0.0)
    assert stops(made) == before


def test_a_belt_that_starts_though_its_stop_came_back_is_told_to_stop_again() -> None:
    made = called_off_at_once()
    before = stops(made)
    made.run(1.2, 0.8, every_s=0.2)
    assert stops(made) > before


def stopped_at_the_console_facing_the_rear() -> Play:
    """At 3 km/h backward somebody presses Stop on the treadmill."""
    made = to_the_rear(Phase.RUN).follow(50.0)
    assert made.kmh > 2.5
    made.feed(status(made.at_s + 0.1, "02 01"))
    return made


def test_the_consoles_stop_facing_the_rear_is_ours_as_well_and_the_belt_that_falls_is_not_too_fast() -> None:
    made = stopped_at_the_console_facing_the_rear()
    assert made.written()[-1] == STOP
    made.follow(5.0, kmh_s=0.3)
    assert made.kmh > 0.8 + 0.3  # for longer than a cap is exceeded
    made.follow(30.0, kmh_s=0.3)
    assert made.raised == [Trip.CONSOLE_STOP]
    assert made.phase is Phase.PAUSED
    assert made.written().count(STOP) == 2  # the turn's, and this one


def test_a_belt_that_goes_on_after_the_consoles_stop_facing_the_rear_is_an_alarm() -> None:
    made = stopped_at_the_console_facing_the_rear()
    made.run(4.0, made.kmh)
    assert Trip.STOP_IGNORED in made.raised
    assert made.phase is Phase.STOP_FAILED


def test_a_link_that_is_lost_while_the_belt_of_a_pulled_key_still_moves_is_told_every_three_seconds() -> None:
    made = running(profile())
    made.feed(status(made.at_s + 0.1, "03"))
    assert made.at() is Phase.KEY
    made.feed(LinkLost(made.at_s))
    before = len(made.said)
    for _ in range(20):
        made.tick(0.5)
    assert [text for text in made.said[before:] if "Pull the clip" in text] == [made.said[-1]] * 3
    assert made.at() is Phase.KEY


def test_a_link_that_is_lost_when_the_belt_of_a_pulled_key_stands_is_told_once() -> None:
    made = running(profile())
    made.feed(status(made.at_s + 0.1, "03"))
    made.run(20.0, 0.0)
    assert made.at() is Phase.KEY
    made.feed(LinkLost(made.at_s))
    before = len(made.said)
    for _ in range(20):
        made.tick(0.5)
    assert not any("Pull the clip" in text for text in made.said[before:])


def stopped_before_it_moves() -> Play:
    """In the second after our last Start the machine says that somebody pressed Stop; its belt has not moved yet."""
    made = to_the_rear(Phase.STARTING, plan(forward(100.0, 6.0), backward(60.0, 2.0)))
    while made.written()[-1] != START:
        made.follow(0.5)
    made.obeys = False
    made.feed(status(made.at_s + 0.5, "02 01"))
    made.run(0.5, 0.0)
    assert made.at() is Phase.PAUSED
    assert made.written()[-1] == START
    return made


@pytest.mark.parametrize("keys", [[], [Key.QUIT, Key.QUIT]], ids=["nothing is left", "who leaves"])
def test_a_session_does_not_end_while_its_last_start_may_still_come(keys: list[Key]) -> None:
    made = stopped_before_it_moves().run(2.0, 0.0)
    if not keys:
        assert made.progress.question is not None
        made.feed(SoundLost(made.at_s))
        made.press(Key.DIGIT, made.progress.question.digit)
    for key in keys:
        made.press(key)
    assert made.at() is Phase.STOPPING
    assert made.written()[-1] == STOP
    made.feed(Returned(made.at_s, ok=True))
    made.feed(answer(made.at_s, 8))
    made.run(10.0, 0.0)
    assert made.phase is Phase.ENDED
    assert made.progress.ended == ("stopped" if keys else "finished")


def test_a_session_ends_at_once_when_no_start_comes_any_more() -> None:
    made = stopped_before_it_moves().run(15.0, 0.0)
    before = len(made.writes)
    made.press(Key.QUIT)
    made.press(Key.QUIT)
    assert made.at() is Phase.ENDED
    assert made.writes[before:] == []


def test_a_first_start_that_the_link_cuts_off_before_it_is_written_ends_where_a_silent_machine_stands() -> None:
    made = play(forward_plan(machine=profile(silent_when_stopped=True)))
    for _ in range(20):
        made.tick(0.5)
    made.press()
    made.tick(0.4)
    before = len(made.writes)
    made.feed(LinkLost(made.at_s))
    made.tick(3.0)
    made.feed(LinkFound(made.at_s))
    assert made.at() is Phase.STOP_FAILED
    for _ in range(12):
        made.tick(0.5)
    assert made.at() is Phase.PAUSED
    assert {STOP, PAUSE, START}.isdisjoint(value for _, value in made.writes[before:])


def test_a_belt_that_was_started_by_hand_and_said_0_once_is_not_taken_to_stand_in_silence() -> None:
    by_hand = profile(silent_when_stopped=True, speed_control=False)
    made = play(forward_plan(forward(120.0, 6.0), forward(60.0, 4.0), machine=by_hand))
    made.yes()
    made.follow(2.0).run(40.0, 0.8).run(20.0, 6.0).run(0.5, 0.0)
    made.feed(LinkLost(made.at_s))
    made.tick(2.0)
    made.feed(LinkFound(made.at_s))
    for _ in range(20):
        made.tick(0.5)
        assert not made.session.belt.still
    assert "stopped" not in " ".join(made.said[-4:])


def test_a_pause_that_no_belt_could_be_given_is_not_kept_for_the_next_alarm() -> None:
    made = play(forward_plan())
    made.yes()
    made.follow(0.4)
    made.feed(LinkLost(made.at_s))
    for _ in range(20):
        made.tick(0.5)
    made.feed(LinkFound(made.at_s))
    made.run(6.0, 0.0).until(Phase.PAUSED).yes()
    made.until(Phase.RUN, 200.0).follow(20.0)
    before, pressed_s = len(made.writes), made.at_s
    made.press(Key.STOP)
    made.run(12.0, made.kmh)
    pauses = [at_s - pressed_s for at_s, value in made.writes[before:] if value == PAUSE]
    assert len(pauses) == 1
    assert pauses[0] >= 6.0


@pytest.mark.parametrize("machine", [profile(), UNTESTED, profile(silent_when_stopped=True)])
def test_a_stop_that_is_never_taken_is_not_written_for_ever_to_a_machine_that_has_fallen_silent(
    machine: MachineProfile,
) -> None:
    made = called_off_at_once(machine=machine, told=False)
    for _ in range(80):
        fail_all(made)
        made.tick(0.2)
        assert made.at() is not Phase.PAUSED or made.at_s > made.session.control.sent.start_at_s + 14.9
    before = stops(made)
    assert before > 10
    for _ in range(150):
        fail_all(made)
        made.tick(2.0)
    assert stops(made) == before


@pytest.mark.parametrize("result", [2, 3, 4, 5])
@pytest.mark.parametrize("quits", [False, True])
def test_a_stop_that_is_refused_while_the_start_may_come_is_no_end_and_is_not_written_to_a_belt_that_says_0(
    result: int, quits: bool
) -> None:
    made = called_off_at_once().run(0.6, 0.0, every_s=0.2)
    before = stops(made)
    assert before == 2  # the one that came back, and the one that is refused now
    for step in range(20):
        for op in made.session.control.unreturned:
            made.feed(Returned(made.at_s, ok=True))
            made.feed(answer(made.at_s, op, result if op == 8 else 1))
        made.run(0.2, 0.0, every_s=0.2)
        if quits and step == 5:
            made.press(Key.QUIT)
            made.press(Key.QUIT)
    assert made.at() is Phase.STOPPING
    assert made.raised == []
    assert stops(made) == before
    made.run(15.0, 0.0)
    assert made.at() is (Phase.ENDED if quits else Phase.PAUSED)
    assert believed(made)


def test_a_belt_that_starts_though_its_stop_was_refused_is_an_alarm() -> None:
    made = called_off_at_once()
    for _ in range(20):
        for _ in made.session.control.unreturned:
            made.feed(Returned(made.at_s, ok=True))
            made.feed(answer(made.at_s, 8, 4))
        made.run(0.2, 0.0, every_s=0.2)
    made.run(1.0, 0.8)
    assert Trip.STOP_IGNORED in made.raised
    assert made.at() is Phase.STOP_FAILED


# What a belt ran before it stood is over.


@pytest.mark.parametrize("machine", [UNTESTED, ECHOES])
def test_a_start_that_is_called_off_after_a_run_is_judged_by_that_start(machine: MachineProfile) -> None:
    made = running(machine)
    made.press(Key.STOP)
    made.run(60.0, 0.0).yes()
    while made.written()[-1] != START:
        made.run(0.5, 0.0)
    made.press(Key.STOP)
    told = made.now()
    made.run(3.0, 0.0)
    assert (made.phase, made.raised) == (Phase.PAUSED, [])
    starts = Play(told[0])
    starts.session, starts.at_s = told[1], told[2]
    starts.run(1.0, 0.0).run(4.0, 0.8)
    assert Trip.STOP_IGNORED in starts.raised or Trip.BELT_MOVES in starts.raised


def test_a_status_that_a_standing_belt_was_started_writes_no_stop_to_it() -> None:
    made = running(profile())
    made.press(Key.STOP)
    made.run(30.0, 0.0)
    before = len(made.writes)
    made.feed(status(made.at_s + 0.1, "04"))
    assert made.at() is Phase.BELT_MOVES
    made.run(3.0, 0.0)
    assert made.at() is Phase.PAUSED
    assert made.writes[before:] == []


def test_a_key_that_is_pulled_while_the_last_start_may_come_does_not_end_the_session_before() -> None:
    made = stopped_before_it_moves()
    made.feed(status(made.at_s + 0.1, "03"))
    assert made.at() is Phase.KEY
    made.press(Key.QUIT)
    made.press(Key.QUIT)
    assert made.at() is Phase.STOPPING
    assert made.written()[-1] == STOP


@pytest.mark.parametrize("told", ["02 01", "02 02"])
def test_a_belt_that_the_console_has_just_stopped_is_not_said_to_have_stopped(told: str) -> None:
    made = running(profile())
    made.feed(status(made.at_s + 0.1, told))
    assert made.said[-1] == "Stopped at the console."
    stood = running(profile())
    stood.run(5.0, 0.0)
    assert "The belt has stopped." in stood.said


def test_a_key_that_is_pulled_on_a_belt_that_falls_is_no_alarm() -> None:
    made = running(profile())
    made.feed(status(made.at_s + 0.1, "03"))
    before = len(made.said)
    made.run(4.0, 4.0).run(2.0, 2.0)
    assert made.at() is Phase.KEY
    assert made.said[before:] == []


@pytest.mark.parametrize("silent", [False, True])
def test_what_a_belt_ran_is_forgotten_when_it_stands(silent: bool) -> None:
    made = running(profile(silent_when_stopped=silent))
    made.press(Key.STOP)
    made.run(8.0, 3.0)
    for _ in range(40):
        made.tick(0.5)
    if not silent:
        made.run(10.0, 0.0)
    assert made.session.belt.still_by_silence is silent
    assert made.session.belt.still
    assert made.session.belt.moved_kmh == 0.0

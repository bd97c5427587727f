"""The track of a session: every second, laps without a gap, pauses, and the truth of the belt beside it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.event import Heard, Slept, Tick
from coach.core.ftms import TREADMILL_DATA
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.history.summary import summary_of
from coach.history.track import Direction, LapKind, Pause, Track, TrackError, track
from coach.sinks.journal import Entry, Recording
from tests.history.export.played import BACK, BEGAN, SESSIONS, Session, play, played, tracked

NAMES = list(SESSIONS)
NEAR_M = 2.0  # a counter in whole metres, the report that is still to come, and a unit that is still to be found
OUTAGE_M = 12.0  # while the link is lost nobody knows where the belt is between two reports


@pytest.mark.parametrize("name", NAMES)
def test_there_is_a_sample_for_every_second_of_the_session(name: str) -> None:
    ran = tracked(name)
    last_s = played(name).recording.entries[-1].event.at_s
    assert [one.at_s for one in ran.samples] == list(range(len(ran.samples)))
    assert last_s <= ran.samples[-1].at_s < last_s + 1


@pytest.mark.parametrize("name", NAMES)
def test_laps_follow_each_other_without_a_gap(name: str) -> None:
    ran = tracked(name)
    assert ran.laps[0].start_s == ran.start_s
    assert ran.laps[-1].end_s == ran.end_s
    assert all(before.end_s == after.start_s for before, after in pairwise(ran.laps))
    assert all(lap.start_s < lap.end_s for lap in ran.laps)


@pytest.mark.parametrize("name", NAMES)
def test_laps_add_up_to_the_session(name: str) -> None:
    ran, summary = tracked(name), summary_of(played(name).recording)
    assert sum(round(lap.distance_m * 100) for lap in ran.laps) == round(ran.distance_m * 100)
    assert sum(lap.elapsed_s for lap in ran.laps) == ran.elapsed_s == ran.wall_s(ran.end_s) - ran.wall_s(ran.start_s)
    assert ran.timer_s == ran.end_s - ran.start_s - sum(pause.end_s - pause.start_s for pause in ran.pauses)
    assert ran.distance_m == pytest.approx(summary.distance_m, abs=0.1)
    kcal = summary.forward.gross_kcal + summary.backward.gross_kcal
    assert sum(lap.kcal for lap in ran.laps) == pytest.approx(kcal, abs=0.2)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_runs_as_long_in_its_laps_as_it_is_counted(name: str) -> None:
    ran, summary = tracked(name), summary_of(played(name).recording)
    for one in summary.segments:
        laps = [lap for lap in ran.laps if lap.row is not None and lap.row.index == one.index]
        assert sum(lap.timer_s for lap in laps) == pytest.approx(one.time_s, abs=len(laps) + 0.01)
        assert sum(lap.distance_m for lap in laps) == pytest.approx(one.distance_m, abs=2.5 * len(laps) + 0.5)


@pytest.mark.parametrize("name", NAMES)
def test_distance_never_falls_and_speed_is_never_negative(name: str) -> None:
    ran = tracked(name)
    assert all(before.distance_m <= after.distance_m for before, after in pairwise(ran.samples))
    assert all(one.speed_kmh is None or 0 <= one.speed_kmh < 25 for one in ran.samples)
    assert all(one.bpm is None or 30 < one.bpm < 240 for one in ran.samples)


@pytest.mark.parametrize("name", NAMES)
def test_distance_is_that_of_the_belt_itself(name: str) -> None:
    ran, truth = tracked(name), played(name)
    base_m = truth.metres(ran.start_s)
    assert ran.distance_m == pytest.approx(truth.metres(ran.end_s) - base_m, rel=0.005)
    for one in ran.recorded:
        near_m = OUTAGE_M if SESSIONS[name].faults else NEAR_M
        assert one.distance_m == pytest.approx(truth.metres(one.at_s) - base_m, rel=0.005, abs=near_m)


@pytest.mark.parametrize("name", ["distances", "splits frames", "miles and heart", "counters reset"])
def test_at_a_steady_speed_every_second_is_as_long_as_the_last(name: str) -> None:
    """Who reckons a speed from distance and time, as most programs do, must see no saw-tooth."""
    ran = tracked(name)
    lap = max((one for one in ran.laps if one.kind is LapKind.FORWARD), key=lambda one: one.timer_s)
    inside = ran.samples[int(lap.start_s) + 15 : int(lap.end_s)]
    steps_m = [after.distance_m - before.distance_m for before, after in pairwise(inside)]
    assert max(steps_m) - min(steps_m) < 0.05 * max(steps_m)


@pytest.mark.parametrize("name", NAMES)
def test_the_activity_lasts_from_the_first_motion_to_the_last(name: str) -> None:
    ran, truth = tracked(name), played(name)
    assert truth.at(ran.start_s - 1).kmh == 0
    assert truth.at(ran.start_s + 2).kmh > 0
    assert all(one.kmh == 0 for one in truth.truth if one.at_s > ran.end_s)


@pytest.mark.parametrize("name", NAMES)
def test_the_direction_of_every_second_is_where_the_runner_faces(name: str) -> None:
    ran, truth = tracked(name), played(name)
    turns = truth.recording.plan.backward
    for one in ran.samples:
        real = truth.at(one.at_s)
        facing = real.facing if turns else Facing.FORWARD
        if one.direction is Direction.FORWARD:
            assert facing is Facing.FORWARD
        elif one.direction is Direction.BACKWARD:
            assert facing is Facing.BACKWARD
        elif one.direction is Direction.TURN:
            assert facing is Facing.UNKNOWN or real.kmh < 1.5
        if real.phase is Phase.RUN and real.kmh > 0.5 and truth.at(one.at_s - 1).phase is Phase.RUN:
            assert one.direction.name == facing.name


@pytest.mark.parametrize("name", NAMES)
def test_a_lap_with_a_direction_is_run_in_it_from_its_first_second_to_its_last(name: str) -> None:
    ran, truth = tracked(name), played(name)
    for lap in ran.laps:
        if lap.row is None or lap.row.segment.target is None:
            assert lap.direction is Direction.TURN
            continue
        assert lap.direction.name == lap.row.segment.facing.name
        inside = [truth.at(at_s) for at_s in range(int(lap.start_s) + 1, int(lap.end_s))]
        assert {one.phase for one in inside} <= {Phase.RUN, Phase.BRIDGE}


@pytest.mark.parametrize("name", NAMES)
def test_a_pause_is_where_the_belt_stands_and_the_runner_is_waited_for(name: str) -> None:
    ran, truth = tracked(name), played(name)
    for pause in ran.pauses:
        assert truth.metres(pause.end_s) - truth.metres(pause.start_s) < 0.3
        phases = {truth.at(at_s).phase for at_s in range(int(pause.start_s) + 1, int(pause.end_s))}
        assert phases & {Phase.PAUSED, Phase.KEY}
    asked = {int(one.at_s) for one in truth.truth if one.phase is Phase.PAUSED and ran.start_s < one.at_s < ran.end_s}
    assert asked <= {at for one in ran.pauses for at in range(int(one.start_s) - 1, int(one.end_s) + 1)}
    assert [one.at_s for one in ran.samples if one.paused] == [
        at_s for pause in ran.pauses for at_s in range(int(pause.start_s), int(pause.end_s))
    ]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_recorded_within_a_pause(name: str) -> None:
    ran = tracked(name)
    seconds = [one.at_s for one in ran.recorded]
    assert seconds[0] == ran.start_s
    assert seconds[-1] == ran.end_s
    within = [at_s for at_s in seconds for pause in ran.pauses if pause.start_s < at_s < pause.end_s]
    assert within == []
    assert len(seconds) == ran.timer_s + 1 + sum(pause.end_s - pause.start_s > 0 for pause in ran.pauses)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_recording_has_the_same_track(name: str) -> None:
    if name in ("pauses", "key pulled", "slept"):
        assert track(played(name).recording) == tracked(name)


def test_turns_are_laps_of_their_own_and_no_moving_time() -> None:
    ran = tracked("backward, many turns")
    turns = [lap for lap in ran.laps if lap.kind is LapKind.TURN]
    assert [lap.number for lap in turns] == [1, 2, 3, 4, 5, 6]
    assert all(lap.moving_s == 0 and lap.kcal == 0 and lap.timer_s == lap.elapsed_s > 30 for lap in turns)
    blocks = [lap for lap in ran.laps if lap.kind is LapKind.BACKWARD]
    assert [(lap.timer_s, lap.moving_s, lap.ended_by) for lap in blocks] == [(60, 60, "extent")] * 3


def test_a_rest_is_a_lap_in_which_the_timer_runs() -> None:
    ran = tracked("rests")
    rests = [lap for lap in ran.laps if lap.kind is LapKind.REST]
    assert [(lap.timer_s, lap.moving_s, lap.distance_m) for lap in rests] == [(30, 0, 0.0), (20, 0, 0.0)]
    assert ran.pauses == ()


def test_a_row_that_was_paused_has_a_lap_for_each_stretch() -> None:
    ran = tracked("pauses")
    assert [(lap.kind, lap.ended_by) for lap in ran.laps] == [
        (LapKind.START, ""),
        (LapKind.FORWARD, "stop"),
        (LapKind.PAUSE, ""),
        (LapKind.FORWARD, "stop"),
        (LapKind.PAUSE, ""),
        (LapKind.FORWARD, "extent"),
        (LapKind.FORWARD, "extent"),
        (LapKind.STOP, ""),
    ]
    assert {lap.number for lap in ran.laps[1:6:2]} == {1}
    assert all(lap.timer_s < lap.elapsed_s for lap in ran.laps if lap.kind is LapKind.PAUSE)


def test_a_lap_key_ends_a_lap_and_begins_another_of_the_same_row() -> None:
    ran = tracked("lap key")
    rows = [lap for lap in ran.laps if lap.row is not None]
    assert [(lap.end_s, lap.ended_by) for lap in rows] == [(50, "lap"), (90, "lap"), (216, "extent")]
    assert sum(lap.timer_s for lap in rows) == 180


def test_a_recording_that_breaks_off_ends_where_the_belt_was_heard_last() -> None:
    ran, truth = tracked("breaks off"), played("breaks off")
    reports = [
        one for one in truth.recording.entries if isinstance(one.event, Heard) and one.event.uuid == TREADMILL_DATA
    ]
    assert ran.end_s - 1 < reports[-1].event.at_s <= ran.end_s
    assert ran.laps[-1].end_s == ran.end_s


def test_sleep_is_in_the_wall_clock_and_not_in_the_timer() -> None:
    ran = tracked("slept")
    assert ran.wall_s(99) == 99
    assert ran.wall_s(100) == 130
    assert ran.elapsed_s == ran.end_s - ran.start_s + 30
    assert ran.at(200, BEGAN) - ran.at(50, BEGAN) == timedelta(seconds=180)
    asleep = next(lap for lap in ran.laps if lap.start_s < 100 < lap.end_s)
    assert (asleep.elapsed_s, asleep.timer_s) == (asleep.timer_s + 30, asleep.end_s - asleep.start_s)


def test_sleep_that_the_session_clock_has_counted_is_not_counted_again() -> None:
    recording = played("no heart").recording
    entries = tuple(_later(entry, 100.0, 40.0) for entry in recording.entries)
    cut = next(place for place, entry in enumerate(entries) if entry.event.at_s >= 140)
    asleep = (*entries[:cut], Entry(Slept(entries[cut].event.at_s, 39.0), ()), *entries[cut:])
    ran = track(replace(recording, entries=asleep, end=None, summary=None))
    assert ran.sleeps == ()


def _later(entry: Entry, from_s: float, by_s: float) -> Entry:
    if entry.event.at_s < from_s:
        return entry
    return replace(entry, event=replace(entry.event, at_s=entry.event.at_s + by_s))


def test_the_first_motion_is_second_0_of_the_distance() -> None:
    ran = tracked("distances")
    assert ran.samples[int(ran.start_s)].distance_m == 0
    assert all(one.distance_m == 0 and not one.moving for one in ran.samples[: int(ran.start_s)])


def test_the_wall_clock_is_the_recordings_own_in_its_own_zone() -> None:
    ran = tracked("no heart")
    assert ran.started == BEGAN
    assert ran.at(61, BEGAN).isoformat() == "2026-05-20T18:01:01+02:00"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-40T00:00:00", "\x00"])
def test_a_wall_clock_that_is_none_is_not_made_up(text: str) -> None:
    recording = played("no heart").recording
    assert track(replace(recording, origin=replace(recording.origin, started=text))).started is None


def test_heights_come_from_incline_and_distance() -> None:
    ran = tracked("miles and heart")
    climb = [lap for lap in ran.laps if lap.kind is LapKind.FORWARD][1]
    from_m, to_m = (ran.samples[int(at_s)].climb_m for at_s in (climb.start_s, climb.end_s))
    assert to_m - from_m == pytest.approx(climb.distance_m * 0.03, rel=0.05)
    assert all(before.climb_m <= after.climb_m for before, after in pairwise(ran.samples))


def test_without_a_strap_there_is_no_heart_in_it() -> None:
    ran = tracked("no heart")
    assert ran.heart is None
    assert all(one.bpm is None for one in ran.samples)
    assert all(lap.mean_bpm is None and lap.max_bpm is None for lap in ran.laps)


def test_a_session_in_which_the_belt_never_moved_has_samples_and_no_activity() -> None:
    recording = played("no heart").recording
    still = tuple(entry for entry in recording.entries if entry.event.at_s < 9)
    ran = track(replace(recording, entries=still, end=None, summary=None))
    assert (ran.moved, ran.laps, ran.pauses, ran.recorded[1:]) == (False, (), (), ())
    assert (ran.elapsed_s, ran.timer_s, ran.distance_m) == (0, 0, 0.0)
    assert len(ran.samples) >= 9


def test_a_recording_without_any_event_has_an_empty_track() -> None:
    ran = track(replace(played("no heart").recording, entries=(), end=None, summary=None))
    assert not ran.moved
    assert len(ran.samples) == 1


@pytest.mark.parametrize("at_s", [172_800.0, 1e12, float("inf"), float("nan")], ids=str)
def test_a_clock_that_runs_away_is_refused(at_s: float) -> None:
    recording = played("no heart").recording
    with pytest.raises(TrackError, match="more than two days"):
        track(replace(recording, entries=(*recording.entries, Entry(Tick(at_s), ()))))


def test_a_clock_just_within_two_days_is_not() -> None:
    recording = played("no heart").recording
    late = (*recording.entries, Entry(Tick(172_799.0), ()))
    assert track(replace(recording, entries=late, end=None, summary=None)).laps == tracked("no heart").laps


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.02, 1.0))
def test_wherever_a_recording_breaks_off_everything_still_adds_up(share: float) -> None:
    recording = played("key pulled").recording
    cut = recording.entries[: max(round(len(recording.entries) * share), 1)]
    _adds_up(track(replace(recording, entries=cut, end=None, summary=None)))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 340), st.sampled_from(["space", "p", "l", "n", "enter", "q", "up"])), max_size=6)
)
def test_whatever_is_pressed_everything_still_adds_up(presses: list[tuple[float, str]]) -> None:
    keys = tuple(f"{key}@{at_s:.1f}" for at_s, key in presses)
    session = Session("1min @ 6 / rest 15s / 1min @ 7", presses=keys)
    _adds_up(track(play(session).recording))


def _adds_up(ran: Track) -> None:
    for before, after in pairwise(ran.laps):
        assert before.end_s == after.start_s
    if ran.moved:
        assert (ran.laps[0].start_s, ran.laps[-1].end_s) == (ran.start_s, ran.end_s)
        assert ran.samples[int(ran.end_s)].distance_m == ran.samples[-1].distance_m
    assert sum(round(lap.distance_m * 100) for lap in ran.laps) == round(ran.distance_m * 100)
    assert ran.timer_s == ran.end_s - ran.start_s - sum(pause.end_s - pause.start_s for pause in ran.pauses)
    assert all(0 <= lap.timer_s <= lap.elapsed_s and 0 <= lap.moving_s <= lap.elapsed_s for lap in ran.laps)
    assert all(before.distance_m <= after.distance_m for before, after in pairwise(ran.samples))
    assert all(_within(ran, pause) for pause in ran.pauses)
    assert all(before.end_s < after.start_s for before, after in pairwise(ran.pauses))


def _within(ran: Track, pause: Pause) -> bool:
    return ran.start_s <= pause.start_s < pause.end_s <= ran.end_s


def test_a_free_session_counts_its_laps_and_its_block() -> None:
    ran = tracked("free")
    kinds = [lap.kind for lap in ran.laps]
    assert LapKind.BACKWARD in kinds
    assert kinds.count(LapKind.TURN) == 2
    assert next(lap.ended_by for lap in ran.laps if lap.kind is LapKind.FORWARD) == "lap"


def test_the_summary_and_the_track_agree_about_what_was_run_backward() -> None:
    for name, session in SESSIONS.items():
        if session.workout != BACK:
            continue
        recording: Recording = played(name).recording
        back = [lap for lap in tracked(name).laps if lap.direction is Direction.BACKWARD]
        summary = summary_of(recording)
        assert sum(lap.timer_s for lap in back) == pytest.approx(summary.backward.time_s, abs=len(back))

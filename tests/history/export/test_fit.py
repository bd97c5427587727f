"""FIT activities of varied sessions, read by two foreign readers and held against the belt's truth."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from coach.core.heart import Source
from coach.core.workout import Facing
from coach.history.export.activity import Activity, ExportError, Sport, activity
from coach.history.export.fit import fit_bytes
from coach.history.export.fit_file import APPLICATION, File, Kind, Own
from coach.history.export.names import lap_name
from coach.history.summary import summary_of
from tests.history.export.fitted import Fields, fitted, instant, number, problems, read
from tests.history.export.played import BEGAN, SESSIONS, Session, active, play, played, renamed

NAMES = list(SESSIONS)
TIMED = ("event", "record", "lap", "session", "activity")
MARKED = "<script>\"&'; DROP TABLE laps; -- \x00\x1b[31m\u202e\ud800\N{RUNNER} " + "ä" * 500


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_strict_reader_has_nothing_against_the_file(name: str) -> None:
    assert problems(fitted(name).raw) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_an_activity_of_a_developer(name: str) -> None:
    head = fitted(name).one("file_id")
    assert (head["type"], head["manufacturer"], head["product_name"]) == ("activity", "development", "coach")
    assert number(head, "serial_number") > 0
    assert fitted(name).order[0] == ("file_id", head)


@pytest.mark.parametrize("name", NAMES)
def test_laps_add_up_to_the_session_to_the_last_unit(name: str) -> None:
    file = fitted(name)
    session, laps = file.one("session"), file.all("lap")
    for total in ("total_elapsed_time", "total_timer_time", "total_moving_time", "total_calories"):
        assert sum(number(lap, total) for lap in laps) == number(session, total), total
    assert sum(round(number(lap, "total_distance") * 100) for lap in laps) == round(
        number(session, "total_distance") * 100
    )
    assert session["num_laps"] == len(laps)
    assert [lap["message_index"] for lap in laps] == list(range(len(laps)))
    assert number(file.one("activity"), "total_timer_time") == number(session, "total_timer_time")


@pytest.mark.parametrize("name", NAMES)
def test_each_lap_begins_where_the_last_one_ends(name: str) -> None:
    file = fitted(name)
    laps, session = file.all("lap"), file.one("session")
    ends = [instant(lap, "start_time") + timedelta(seconds=number(lap, "total_elapsed_time")) for lap in laps]
    assert [instant(lap) for lap in laps] == ends
    assert [instant(lap, "start_time") for lap in laps] == [instant(session, "start_time"), *ends[:-1]]
    whole = timedelta(seconds=number(session, "total_elapsed_time"))
    assert ends[-1] == instant(session) == instant(session, "start_time") + whole


@pytest.mark.parametrize("name", NAMES)
def test_the_distance_of_records_never_falls_and_ends_at_that_of_the_session(name: str) -> None:
    file = fitted(name)
    metres = [number(one, "distance") for one in file.all("record")]
    assert metres[0] == 0
    assert all(before <= after for before, after in pairwise(metres))
    assert metres[-1] == number(file.one("session"), "total_distance")


@pytest.mark.parametrize("name", NAMES)
def test_a_lap_is_as_long_as_the_records_within_it(name: str) -> None:
    file = fitted(name)
    metres = {instant(one): number(one, "distance") for one in file.all("record")}
    for lap in file.all("lap"):
        ran_m = metres[instant(lap)] - metres[instant(lap, "start_time")]
        assert number(lap, "total_distance") == pytest.approx(ran_m, abs=0.001)


@pytest.mark.parametrize("name", NAMES)
def test_the_distance_is_within_half_a_percent_of_what_the_belt_truly_ran(name: str) -> None:
    ran, truth = active(name).track, played(name)
    true_m = truth.metres(ran.end_s) - truth.metres(ran.start_s)
    assert number(fitted(name).one("session"), "total_distance") == pytest.approx(true_m, rel=0.005)


@pytest.mark.parametrize("name", NAMES)
def test_the_direction_of_every_record_is_where_the_runner_faced(name: str) -> None:
    file, truth = fitted(name), played(name)
    facings = {Facing.FORWARD: {0, 2}, Facing.BACKWARD: {1, 2}, Facing.UNKNOWN: {2, 3}}
    for one in file.all("record"):
        at_s = _session_s(name, instant(one))
        facing = truth.at(at_s).facing if truth.recording.plan.backward else Facing.FORWARD
        direction = int(number(one, "direction"))
        assert direction in facings[facing]
        if facing is not Facing.UNKNOWN and truth.at(at_s).kmh > 1.5 and truth.at(at_s - 1).kmh > 1.5:
            assert direction == [Facing.FORWARD, Facing.BACKWARD].index(facing)


@pytest.mark.parametrize("name", NAMES)
def test_a_lap_has_the_direction_of_its_records(name: str) -> None:
    file = fitted(name)
    for lap in file.all("lap"):
        from_, to = instant(lap, "start_time"), instant(lap)
        inside = [one for one in file.all("record") if from_ < instant(one) < to]
        if lap["direction"] in (0, 1):
            assert {one["direction"] for one in inside if one.get("enhanced_speed")} == {lap["direction"]}
            assert {one["direction"] for one in inside} <= {
                lap["direction"],
                2,
            }  # the belt stood on a link that was lost
        else:
            assert lap["direction"] == 2


@pytest.mark.parametrize("name", NAMES)
def test_there_is_a_record_every_second_while_the_timer_runs_and_none_while_it_stands(name: str) -> None:
    file = fitted(name)
    times = [instant(one) for one in file.all("record")]
    stood = _stood(file.all("event"))
    assert all(before < after for before, after in pairwise(times))
    for before, after in pairwise(times):
        if after - before != timedelta(seconds=1):
            (stop,) = [stop for stop, start in stood if start == after]
            assert timedelta(0) <= stop - before <= timedelta(seconds=1)
    assert not any(stop < at < start for at in times for stop, start in stood)


@pytest.mark.parametrize("name", NAMES)
def test_the_timer_is_the_time_between_its_starts_and_stops(name: str) -> None:
    file = fitted(name)
    session, stood = file.one("session"), _stood(file.all("event"))
    away_s = sum((start - stop).total_seconds() for stop, start in stood)
    assert number(session, "total_timer_time") == number(session, "total_elapsed_time") - away_s
    assert (number(session, "total_timer_time") < number(session, "total_elapsed_time")) is bool(stood)
    first, *_, last = file.all("event")
    assert (first["event_type"], instant(first)) == ("start", instant(session, "start_time"))
    assert (last["event_type"], instant(last)) == ("stop_all", instant(session))


def _stood(events: list[Fields]) -> list[tuple[datetime, datetime]]:
    """Where the timer stood, from its events alone."""
    assert [one["event_type"] for one in events] == ["start", "stop_all"] * (len(events) // 2)
    assert {one["event"] for one in events} == {"timer"}
    return [(instant(stop), instant(start)) for stop, start in zip(events[1:-1:2], events[2::2], strict=True)]


@pytest.mark.parametrize("name", NAMES)
def test_times_are_exact_across_pauses(name: str) -> None:
    file, truth = fitted(name), played(name)
    base_m = truth.metres(active(name).track.start_s)
    near_m = 12.0 if SESSIONS[name].faults else 2.0
    for one in file.all("record"):
        true_m = truth.metres(_session_s(name, instant(one))) - base_m
        assert number(one, "distance") == pytest.approx(true_m, rel=0.005, abs=near_m)


def _session_s(name: str, at: datetime) -> float:
    """The second of the session clock, from a wall clock that goes on while the computer sleeps."""
    since_s = (at - BEGAN).total_seconds()
    for sleep in active(name).track.sleeps:
        since_s -= sleep.gap_s if since_s >= sleep.at_s + sleep.gap_s else 0.0
    return since_s


@pytest.mark.parametrize("name", NAMES)
def test_messages_stand_in_the_order_of_time_and_summaries_last(name: str) -> None:
    order = fitted(name).order
    times = [instant(fields) for one, fields in order if one in TIMED]
    assert all(before <= after for before, after in pairwise(times))
    assert [one for one, _ in order[-2:]] == ["session", "activity"]


@pytest.mark.parametrize("name", NAMES)
def test_every_lap_has_a_step_and_so_a_name(name: str) -> None:
    file, ran = fitted(name), active(name).track
    steps = {one["message_index"]: one["wkt_step_name"] for one in file.all("workout_step")}
    assert [steps[lap["wkt_step_index"]] for lap in file.all("lap")] == [lap_name(lap) for lap in ran.laps]
    assert [lap["step"] for lap in file.all("lap")] == [lap_name(lap) for lap in ran.laps]
    assert file.one("workout")["num_valid_steps"] == len(steps)
    assert list(steps) == list(range(len(steps)))


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_absurd(name: str) -> None:
    file = fitted(name)
    for one in file.all("record"):
        assert 0 <= number(one, "enhanced_speed") < 7 if "enhanced_speed" in one else True
        assert 30 <= number(one, "heart_rate") <= 240 if "heart_rate" in one else True
        assert -15 <= number(one, "grade") <= 25 if "grade" in one else True
        assert -50 <= number(one, "enhanced_altitude") < 500 if "enhanced_altitude" in one else True
    for one in (*file.all("lap"), file.one("session")):
        assert 0 <= number(one, "enhanced_avg_speed") <= number(one, "enhanced_max_speed") < 7
        assert 0 <= number(one, "total_moving_time") <= number(one, "total_timer_time")
        assert 0 <= number(one, "total_timer_time") <= number(one, "total_elapsed_time")
        assert 0 <= number(one, "total_calories") < 1000


@pytest.mark.parametrize("name", NAMES)
def test_the_session_tells_what_was_run_backward(name: str) -> None:
    file = fitted(name)
    session, back = file.one("session"), [lap for lap in file.all("lap") if lap["direction"] == 1]
    summary = summary_of(played(name).recording)
    assert session["backward_time"] == sum(number(lap, "total_timer_time") for lap in back)
    assert session["backward_time"] == pytest.approx(summary.backward.time_s, abs=len(back))
    assert session["backward_distance"] == pytest.approx(sum(number(lap, "total_distance") for lap in back), abs=0.01)
    assert session["turn_count"] == sum(turn.took_s is not None for turn in summary.turns)
    assert session["kcal_backward"] == pytest.approx(summary.backward.gross_kcal, abs=0.6)
    kcal = summary.forward.gross_kcal + summary.backward.gross_kcal
    assert session["total_calories"] == pytest.approx(kcal, abs=0.6)


def test_own_fields_are_described_before_they_are_used() -> None:
    file = fitted("backward, many turns")
    told = {one["field_name"]: one for one in file.all("field_description")}
    assert list(told) == [own.value.name for own in Own]
    assert {name for one in file.all("record") for name in one} >= {"direction"}
    assert file.one("developer_data_id")["application_id"] == tuple(APPLICATION)
    assert len(APPLICATION) == 16
    names = [name for name, _ in file.order]
    assert names.index("field_description") > names.index("developer_data_id")
    assert names.index("record") > max(place for place, name in enumerate(names) if name == "field_description")


def test_the_number_of_an_own_field_stays_what_it_is() -> None:
    """Files that are out there describe themselves, but charts that were made of them are looked up by name."""
    assert [own.value.name for own in Own] == [
        "direction",
        "step",
        "backward_time",
        "backward_distance",
        "turn_count",
        "kcal_backward",
    ]


@pytest.mark.parametrize(
    ("name", "triggers"),
    [
        ("distances", ["fitness_equipment", "distance", "distance", "distance", "session_end"]),
        ("skip", ["fitness_equipment", "manual", "time", "time", "session_end"]),
        ("lap key", ["fitness_equipment", "manual", "manual", "time", "session_end"]),
        ("stopped", ["fitness_equipment", "time", "fitness_equipment", "manual", "session_end"]),
        ("key pulled forward", ["fitness_equipment", "fitness_equipment", "fitness_equipment", "time", "session_end"]),
    ],
)
def test_a_lap_says_what_ended_it(name: str, triggers: list[str]) -> None:
    assert [lap["lap_trigger"] for lap in fitted(name).all("lap")] == triggers


def test_a_lap_says_how_hard_it_was_meant_to_be() -> None:
    file = fitted("steep, rear")
    assert [lap["intensity"] for lap in file.all("lap")][:6] == [
        "rest",
        "warmup",
        "warmup",
        "rest",
        "interval",
        "rest",
    ]
    assert [lap["intensity"] for lap in file.all("lap")][-3:] == ["cooldown", "cooldown", "rest"]
    steps = {one["message_index"]: one["intensity"] for one in file.all("workout_step")}
    assert all(steps[lap["wkt_step_index"]] == lap["intensity"] for lap in file.all("lap"))


def test_a_row_that_was_interrupted_is_one_step_with_two_laps() -> None:
    file = fitted("pauses")
    rows = [lap["wkt_step_index"] for lap in file.all("lap") if lap["direction"] == 0]
    assert len(rows) == 4
    assert len(set(rows)) == 2


def test_instants_are_utc_and_the_local_clock_stands_in_the_activity() -> None:
    file = fitted("no heart")
    start = instant(file.one("session"), "start_time")
    assert start == datetime(2026, 5, 20, 16, 0, 11, tzinfo=UTC)
    whole = file.one("activity")
    local = whole["local_timestamp"]
    assert isinstance(local, datetime)
    assert local.replace(tzinfo=UTC) - instant(whole) == timedelta(hours=2)
    assert instant(file.one("file_id"), "time_created") == start


def test_a_slope_has_heights() -> None:
    file = fitted("miles and heart")
    heights = [number(one, "enhanced_altitude") for one in file.all("record")]
    assert heights[0] == 0
    assert heights[-1] == pytest.approx(number(file.one("session"), "total_ascent"), abs=1)
    assert number(file.one("session"), "total_ascent") > 5
    assert file.one("session")["total_descent"] == 0


def test_a_level_session_has_no_heights() -> None:
    assert not any("enhanced_altitude" in one for one in fitted("distances").all("record"))


def test_a_session_without_a_strap_has_no_heart_rate_and_no_strap() -> None:
    file = fitted("no heart")
    assert not any("heart_rate" in one for one in file.all("record"))
    assert "avg_heart_rate" not in file.one("session")
    assert [one["product_name"] for one in file.all("device_info")] == ["coach", "SIM-home"]


def test_a_strap_is_among_the_devices_and_the_treadmills_own_count_is_not() -> None:
    one = active("distances")
    assert [device["product_name"] for device in fitted("distances").all("device_info")][2:] == ["heart strap"]
    own = replace(one, track=replace(one.track, heart=Source.TREADMILL))
    assert len(read(fit_bytes(own)).all("device_info")) == 2


@pytest.mark.parametrize(
    ("workout", "sport"), [("2min @ 5", "walking"), ("2min @ 9", "running"), ("1min @ 9 / 2min @ 5", "walking")]
)
def test_the_sport_is_what_was_mostly_done(workout: str, sport: str) -> None:
    file = read(fit_bytes(activity(play(Session(workout)).recording)))
    assert {one["sport"] for one in (file.one("session"), file.one("workout"), *file.all("lap"))} == {sport}
    assert file.one("session")["sub_sport"] == "treadmill"


def test_the_sport_that_was_chosen_is_taken() -> None:
    one = activity(played("no heart").recording, sport=Sport.RUNNING)
    assert active("no heart").sport is Sport.WALKING
    assert read(fit_bytes(one)).one("session")["sport"] == "running"


def test_a_session_that_nobody_ran_says_so() -> None:
    one = activity(play(Session("1min @ 6"), simulated=True).recording)
    assert str(read(fit_bytes(one)).one("workout")["wkt_name"]).startswith("SIMULATED: ")
    assert one.title.startswith("SIMULATED: ")
    assert one.description.startswith("SIMULATED: nobody ran this.")


def test_a_session_that_somebody_ran_does_not() -> None:
    one = active("no heart")
    assert "SIMULATED" not in f"{one.title} {one.description} {fitted('no heart').one('workout')['wkt_name']}"


@pytest.mark.parametrize("title", [MARKED, "", "\x00", "ö" * 400, "\ud800\udfff"])
def test_whatever_a_workout_is_called_the_file_is_whole(title: str) -> None:
    one = activity(renamed(played("no heart").recording, title))
    raw = fit_bytes(one)
    assert problems(raw) == []
    name = str(read(raw).one("workout")["wkt_name"])
    assert name
    assert name.isprintable()
    assert len(name.encode()) <= 200


def test_whatever_a_machine_is_called_the_file_is_whole() -> None:
    one = active("no heart")
    raw = fit_bytes(replace(one, summary=replace(one.summary, machine=MARKED)))
    assert problems(raw) == []
    assert fit_bytes(replace(one, summary=replace(one.summary, machine="\x00"))).count(b"treadmill\x00") == 1


def test_the_same_session_gives_the_same_bytes() -> None:
    assert fit_bytes(activity(played("pauses").recording)) == fitted("pauses").raw


def test_another_session_has_another_serial_number() -> None:
    later = activity(play(Session("2min @ 6", heart="none"), started="2026-05-20T18:00:01+02:00").recording)
    assert later.serial != active("no heart").serial


@pytest.mark.parametrize("started", ["1970-01-01T00:00:05+00:00", "1998-12-31T23:59:59+00:00", "2100-01-01T00:00:00Z"])
def test_a_clock_that_was_wrong_is_refused(started: str) -> None:
    recording = played("no heart").recording
    with pytest.raises(ExportError, match="the clock was wrong"):
        activity(replace(recording, origin=replace(recording.origin, started=started)))


def test_a_session_without_a_clock_takes_that_of_its_file() -> None:
    recording = played("no heart").recording
    undated = replace(recording, origin=replace(recording.origin, started=""))
    with pytest.raises(ExportError, match="does not tell when"):
        activity(undated)
    assert activity(undated, began=BEGAN) == replace(
        active("no heart"), track=replace(active("no heart").track, started=None)
    )


def test_a_belt_that_never_moved_is_no_activity() -> None:
    recording = played("no heart").recording
    still = tuple(entry for entry in recording.entries if entry.event.at_s < 9)
    with pytest.raises(ExportError, match="the belt never moved"):
        activity(replace(recording, entries=still))


def _laps(one: Activity, count: int) -> Activity:
    return replace(one, track=replace(one.track, laps=(one.track.laps * (count // len(one.track.laps) + 1))[:count]))


def test_more_laps_than_an_index_has_numbers_are_refused() -> None:
    with pytest.raises(ExportError, match="4,096 laps; a FIT file holds 4,095"):
        fit_bytes(_laps(active("no heart"), 4096))


def test_a_value_that_does_not_fit_its_field_is_refused_and_never_cut() -> None:
    file = File()
    with pytest.raises(ExportError, match="a FIT file cannot hold this session: session"):
        file.add(Kind.SESSION, {"total_distance": 1 << 32})
    with pytest.raises(ExportError, match="a FIT file cannot hold this session: lap"):
        file.add(Kind.LAP, {"total_elapsed_time": -1})


def test_a_day_of_walking_has_room_in_it() -> None:
    one = active("no heart")
    lap = replace(one.track.laps[1], elapsed_s=86_400.0, timer_s=86_400.0, distance_m=200_000.0, kcal=9_999.0)
    whole = replace(one, track=replace(one.track, laps=(one.track.laps[0], lap, one.track.laps[2])))
    assert number(read(fit_bytes(whole)).one("session"), "total_calories") == 9_999

"""The facts of a workout: times, totals, energy, and what they say to programs."""

from math import inf

import pytest
from hypothesis import given, settings

from coach.core.runner import Runner
from coach.core.workout import Facing, Level, Workout
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.script.check import check_text
from coach.script.outline import outline_of
from coach.script.write import write
from coach.show.facts import SCHEMA, Cue, Ending, Heart, Stop, facts, facts_json, plan_for
from coach.simulation import simulate
from tests.script.drawn import workouts
from tests.show.shown import HERE, loaded, shown, text_of


def test_the_rows_of_a_workout_in_time() -> None:
    found, _ = shown("blocks")
    assert [(row.head, row.start_s, row.length_s) for row in found.rows] == [
        ("warm-up", 0, 120),
        ("warm-up", 120, 180),
        ("backward", 390, 90),
        ("forward", 570, 120),
        ("backward", 780, 90),
        ("cool-down", 960, 180),
    ]
    assert [row.stop for row in found.rows if row.stop] == [
        Stop(300, 90, turn=True, to=Facing.BACKWARD),
        Stop(480, 90, turn=True, to=Facing.FORWARD),
        Stop(690, 90, turn=True, to=Facing.BACKWARD),
        Stop(870, 90, turn=True, to=Facing.FORWARD),
    ]


def test_a_row_has_what_its_step_says() -> None:
    row = shown("blocks")[0].rows[4]
    assert (row.index, row.kind, row.facing, row.extent, row.round, row.line) == (
        5, "segment", Facing.BACKWARD, "90 s", 2, 17,
    )  # fmt: skip
    assert (row.speed_kmh, row.end_kmh, row.pace_s_km, row.incline_pct) == (2.5, None, 1440, 0)
    assert row.distance_m == pytest.approx(62.5)
    assert row.cues == (
        Cue("start", "Kurze Schritte, schau weit."),
        Cue("half", "Hand ans Geländer."),
        Cue("-10 s", "Noch zehn."),
    )


def test_the_totals_are_those_of_the_rows() -> None:
    found, plan = shown("blocks")
    all_ = found.totals
    assert (all_.length_s, all_.without_turns_s, all_.turns, all_.turns_s) == (1140, 780, 4, 360)
    assert (all_.rests, all_.rest_stops_s, all_.bridges, all_.blocks) == (0, 0, 0, 2)
    assert (all_.forward.time_s, all_.backward.time_s) == (600, 180)
    assert all_.backward.distance_m == pytest.approx(100)
    assert all_.forward.distance_m == pytest.approx(2 * 3500 / 60 + 3 * 75 + 2 * 4000 / 60 + 3 * 3500 / 60)
    assert (all_.forward.top_kmh, all_.backward.top_kmh) == (4.5, 2.5)
    assert all_.backward_time_share == pytest.approx(180 / 780)
    assert all_.backward_distance_share == pytest.approx(100 / all_.distance_m)
    assert all_.length_s == plan.planned_s + plan.turns_s


def test_rests_stop_and_start_the_belt() -> None:
    found, _ = shown("rests")
    all_ = found.totals
    assert (all_.turns, all_.rests, all_.rests_s, all_.rest_stops_s, all_.blocks) == (2, 2, 120, 180, 3)
    assert all_.length_s == all_.forward.time_s + all_.backward.time_s + all_.turns_s + all_.rests_s + all_.rest_stops_s
    rest = next(row for row in found.rows if row.kind == "rest")
    assert (rest.stop, rest.speed_kmh, rest.distance_m) == (Stop(450, 90, turn=False, to=None), None, None)


def test_bridges_marks_hearts_and_open_rows() -> None:
    found, _ = shown("long")
    bridge = found.rows[2]
    assert (bridge.kind, bridge.head, bridge.length_s, bridge.speed_kmh) == ("bridge", "bridge", 60, 4)
    assert (found.rows[1].mark, found.rows[1].extent) == ("here", "to 1.5 km")
    assert found.rows[1].distance_m == pytest.approx(1500)
    held = found.rows[4]
    assert held.heart == Heart("zone 2", 108, 126, 5.5, 6.5)
    assert held.until == Ending("heart > 90 %max", 162, 120)
    assert (found.heart_rows, found.until_rows, found.open_rows) == ((5,), (5,), (6,))
    assert (found.rows[5].length_s, found.rows[5].distance_m) == (None, None)
    assert found.rows[6].start_s == found.rows[5].start_s
    assert found.totals.forward.top_kmh == pytest.approx(6 * 1.609344)
    assert found.totals.forward.incline_pct == 2
    assert (found.limits.heart, found.limits.backward_kmh, found.limits.ceiling_bpm) == ("85 %max", 4, 153)


def test_a_threshold_that_nobody_told_is_no_obstacle() -> None:
    made = check_text(
        "format: 1\nname: x\nsteps:\n  - warm-up: 5 min @ 5 km/h\n  - forward: 5 min @ 8 km/h\n"
        "    heart: 80..90 %lthr\n    within: 6 .. 10 km/h\n    until: heart > 95 %lthr\n"
    )
    found, _ = shown(made)
    assert found.rows[1].heart == Heart("80..90 %lthr", None, None, 6, 10)
    assert found.rows[1].until == Ending("heart > 95 %lthr", None, 0)
    assert "threshold heart rate" in found.unknown
    known, _ = shown(made, runner=Runner(threshold_bpm=160))
    assert known.rows[1].heart == Heart("80..90 %lthr", 128, 144, 6, 10)
    assert known.unknown == ""


def test_energy_is_a_range_that_grows_with_weight_and_with_inexperience() -> None:
    light, heavy = (shown("blocks", runner=Runner(weight_kg=kg))[0].energy for kg in (50, 100))
    assert heavy.kcal.low == pytest.approx(2 * light.kcal.low)
    assert light.first_kcal is not None
    assert light.kcal.low < light.first_kcal.low < light.first_kcal.high
    assert light.kcal.high < light.first_kcal.high
    assert light.kcal.high / light.kcal.low <= 1.3 / 0.7 + 1e-9


def test_forward_energy_is_that_of_the_equation() -> None:
    found, _ = shown(text_of("forward: 60 min @ 6 km/h"))
    middle = (3.5 + 0.1 * 100) * 70 / 1000 * 5 * 60
    assert (found.energy.kcal.low, found.energy.kcal.high) == pytest.approx((middle * 0.8, middle * 1.2))
    assert found.energy.first_kcal is None


def test_a_ramp_costs_what_its_parts_cost() -> None:
    ramp = shown(text_of("forward: 40 min @ 4 -> 6 km/h"))[0].energy.kcal
    parts = [shown(text_of(f"forward: 1 min @ {4 + (step + 0.5) / 20} km/h"))[0].energy.kcal for step in range(40)]
    assert ramp.low == pytest.approx(sum(part.low for part in parts), rel=1e-3)
    assert ramp.high == pytest.approx(sum(part.high for part in parts), rel=1e-3)


def test_a_row_that_follows_the_heart_costs_between_its_bounds() -> None:
    steps = "  - forward: 10 min @ 6 km/h\n    heart: zone 2\n    within: 5 .. 7 km/h\n"
    held = shown(check_text(f"format: 1\nname: x\nsteps:\n{steps}"))[0].energy.kcal
    slow, fast = (shown(text_of(f"forward: 10 min @ {kmh} km/h"))[0].energy.kcal for kmh in (5, 7))
    assert (held.low, held.high) == pytest.approx((slow.low, fast.high))


@pytest.mark.parametrize("name", ["blocks", "rests"])
def test_what_is_planned_is_what_the_simulation_does(name: str) -> None:
    """The simulated runner stops, turns and starts; the rows must take what was foretold."""
    found, _ = shown(name, profile=profile_of(find_machine("home")))
    done = simulate(HERE / "workouts" / f"{name}.yaml", "home")
    all_ = found.totals
    assert done.ended == "finished"
    assert done.planned_with_turns_s == pytest.approx(all_.length_s, abs=0.01)
    assert done.elapsed_s == pytest.approx(all_.length_s, rel=0.08)
    assert done.turns == all_.turns
    assert [one.kind for one in done.segments] == [row.kind for row in found.rows]
    for side, told in ((done.forward, all_.forward), (done.backward, all_.backward)):
        assert side.time_s == pytest.approx(told.time_s, rel=0.02)
        assert side.distance_m == pytest.approx(told.distance_m, rel=0.12)  # the first block begins at 60 %
        assert side.max_speed_kmh == pytest.approx(told.top_kmh, abs=0.11)
    assert found.energy.kcal.low < done.forward.energy_kcal + done.backward.energy_kcal < found.energy.kcal.high


@settings(deadline=None, max_examples=40)
@given(workouts())
def test_the_rows_follow_each_other_to_the_end(workout: Workout) -> None:
    text = write(outline_of(workout))
    made = check_text(text)
    assert made.workout is not None
    plan, unknown = plan_for(made.workout)
    found, at_s = facts(made, plan, unknown=unknown), 0.0
    for row in found.rows:
        if row.stop is not None:
            assert row.stop.at_s == pytest.approx(at_s)
            at_s += row.stop.length_s
        assert row.start_s == pytest.approx(at_s)
        assert row.length_s is not None
        at_s += row.length_s
    all_ = found.totals
    assert at_s == pytest.approx(all_.length_s)
    assert all_.forward.time_s + all_.backward.time_s + all_.rests_s == pytest.approx(all_.without_turns_s)
    assert 0 <= found.energy.kcal.low <= found.energy.kcal.high < inf


def test_the_json_has_every_field_under_its_name() -> None:
    found, _ = shown("blocks")
    told = facts_json(found)
    assert told["schema"] == SCHEMA == 1
    assert list(told) == [
        "schema", "name", "file", "sha256", "language", "description", "purpose", "source", "author", "tags", "ask",
        "level", "limits", "machine", "rows", "totals", "energy", "need", "open_rows", "until_rows", "heart_rows",
        "silenced", "unknown", "runs",
    ]  # fmt: skip
    rows = told["rows"]
    assert isinstance(rows, list)
    assert rows[2] == {
        "index": 3, "head": "backward", "kind": "segment", "facing": "backward", "start_s": 390.0, "extent": "90 s",
        "extent_unit": "time", "length_s": 90.0, "distance_m": 37.5, "speed_kmh": 1.5, "end_kmh": None,
        "pace_s_km": 2400.0, "incline_pct": 0.0, "end_incline_pct": None, "heart": None, "until": None,
        "stop": {"at_s": 300.0, "length_s": 90.0, "turn": True, "to": "backward"}, "round": 1, "mark": None,
        "line": 17, "cues": [
            {"when": "start", "text": "Kurze Schritte, schau weit."}, {"when": "half", "text": "Hand ans Geländer."},
            {"when": "-10 s", "text": "Noch zehn."},
        ],
    }  # fmt: skip
    assert told["totals"] == {
        "length_s": 1140.0, "without_turns_s": 780.0, "turns": 4, "turns_s": 360.0, "rests": 0, "rests_s": 0.0,
        "rest_stops_s": 0.0, "bridges": 0, "blocks": 2, "distance_m": 750.0,
        "forward": {"time_s": 600.0, "distance_m": 650.0, "top_kmh": 4.5, "incline_pct": 0.0},
        "backward": {"time_s": 180.0, "distance_m": 100.0, "top_kmh": 2.5, "incline_pct": 0.0},
        "backward_time_share": 0.231, "backward_distance_share": 0.133,
    }  # fmt: skip
    assert told["need"] == {
        "level": "beginner",
        "rows": [
            {"level": "rehab", "fits": False, "reasons": [
                "block 2 at 2.5 km/h is above 2 km/h", "4 turns are more than 2"]},
            {"level": "beginner", "fits": True, "reasons": []},
            {"level": "intermediate", "fits": True, "reasons": []},
            {"level": "advanced", "fits": True, "reasons": []},
        ],
        "sessions": 1, "minutes": 0, "first": ["block 2 at 2.5 km/h is above 2 km/h"], "strap": True,
        "strapless_kmh": 2.4, "smallest": "beginner",
    }  # fmt: skip
    assert told["machine"] == {"name": "", "known": False, "backward_left_out": False}


def test_a_draft_that_breaks_a_rule_has_facts_too() -> None:
    made = text_of("forward: 5 min @ 6 km/h\nbackward: 1 min @ 9 km/h", level="beginner")
    found, _ = shown(made)
    assert made.workout is None
    assert not found.runs
    assert found.totals.backward.top_kmh == 9


def test_another_level_is_that_of_the_facts() -> None:
    found, _ = shown(loaded("blocks"), level=Level.INTERMEDIATE)
    assert (found.level, found.need.level, found.totals.turns_s) == (Level.INTERMEDIATE, Level.INTERMEDIATE, 4 * 75)


@pytest.mark.parametrize(("limit", "ceiling_bpm"), [("80 %lthr", None), ("70 %max", 126)])
def test_a_ceiling_in_percent_of_a_number_that_nobody_told_is_not_made_up(
    limit: str, ceiling_bpm: float | None
) -> None:
    made = check_text(
        f"format: 1\nname: x\nlevel: beginner\nlimits: {{heart: {limit}}}\nsteps:\n"
        "  - warm-up: 5 min @ 5 km/h\n  - backward: 60 s @ 2 km/h\n  - cool-down: 4 min @ 4 km/h\n"
        "    until: heart < 70 %lthr\n"
    )
    found, _ = shown(made)
    assert found.limits.heart == limit
    assert found.limits.ceiling_bpm == ceiling_bpm

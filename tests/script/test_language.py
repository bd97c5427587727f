"""The workout language: every good form, and what it means."""

from dataclasses import replace
from math import inf

import pytest

from coach.core.workout import (
    KMH_PER_MPH,
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartHold,
    HeartRange,
    HeartUnit,
    Level,
    Say,
    SayAt,
    Segment,
    Target,
    Until,
    Workout,
)
from coach.script.check import check_text

# What is said of whole workouts, and not of a step.
COURSE = {"no-warmup", "ends-fast", "jump-split", "bridge-inserted"}


def workout(steps: str, top: str = "", **given: str) -> Workout:
    """The workout of some steps; without a single problem of its language."""
    text = f"format: 1\nname: Test\n{top}steps:\n{steps}"
    loaded = check_text(text, sets=given)
    assert [problem for problem in loaded.problems if problem.rule not in COURSE] == []
    assert loaded.workout is not None
    return loaded.workout


def one(head: str, *keys: str, top: str = "", **given: str) -> Segment:
    """The only segment of a step."""
    (segment,) = workout("\n".join([f"  - {head}", *(f"    {key}" for key in keys)]) + "\n", top, **given).segments
    return segment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90 s", 90), ("90s", 90), ("5 min", 300), ("0.5 min", 30), ("1 h", 3600), ("1.5 h", 5400), ("1 min 30 s", 90),
        ("1 h 5 min", 3900), ("1 h 5 min 10 s", 3910), ("1:30", 90), ("5:00", 300), ("08:00", 480), ("90:00", 5400),
        ("1:30:00", 5400), ('"90 s"', 90), ("'90 s'", 90), ("  90   s", 90),
    ],
)  # fmt: skip
def test_a_time_has_a_unit_or_a_colon(text: str, seconds: float) -> None:
    assert one(f"forward: {text}", "speed: 3 km/h").extent == Extent(ExtentUnit.TIME, seconds)


@pytest.mark.parametrize(
    ("text", "extent"),
    [
        ("400 m", Extent(ExtentUnit.DISTANCE, 400)),
        ("50 m", Extent(ExtentUnit.DISTANCE, 50)),
        ("0.02 km", Extent(ExtentUnit.DISTANCE, 20)),
        ("1.2 km", Extent(ExtentUnit.DISTANCE, 1200)),
        ("0.5 mi", Extent(ExtentUnit.DISTANCE, 500 * KMH_PER_MPH)),
        ("to 2.5 km", Extent(ExtentUnit.TO_MARK, 2500)),
        ("to 800 m", Extent(ExtentUnit.TO_MARK, 800)),
        ("open", Extent(ExtentUnit.OPEN, inf)),
    ],
)
def test_an_extent_is_a_time_a_distance_a_place_or_open(text: str, extent: Extent) -> None:
    assert one(f"forward: {text} @ 5 km/h").extent == extent


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("9 km/h", 9), ("9km/h", 9), ("8.25 km/h", 8.25), ("5 mph", 5 * KMH_PER_MPH), ("2.5 m/s", 9), ("6:00 /km", 10),
        ("6:00/km", 10), ("9:40 /mi", KMH_PER_MPH * 3600 / 580), ("22 km/h", 22), ("0.5 km/h", 0.5),
    ],
)  # fmt: skip
def test_a_speed_is_kmh_mph_ms_or_a_pace(text: str, kmh: float) -> None:
    target = one(f"forward: 1 min @ {text}").target
    assert target is not None
    assert target.speed_kmh == pytest.approx(kmh, abs=1e-12)


@pytest.mark.parametrize("form", ["5 min @ 9 km/h, 1 %", "5min@9km/h,1%", "5 min   @  9 km/h ,  1 %"])
def test_blanks_between_the_parts_of_a_step_mean_nothing(form: str) -> None:
    assert one(f"forward: {form}").target == Target(9, incline_pct=1)


@pytest.mark.parametrize(
    "keys", [("5 min", "speed: 9 km/h", "incline: 1 %"), ("5 min @ 9 km/h", "incline: 1 %"), ("5 min @ 9 km/h, 1 %",)]
)
def test_the_line_and_the_keys_mean_the_same(keys: tuple[str, ...]) -> None:
    assert one(f"forward: {keys[0]}", *keys[1:]) == one("forward: 300 s @ 9 km/h, 1 %")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("4 -> 6 km/h", Target(4, 6)),
        ("4 km/h -> 6 km/h", Target(4, 6)),
        ("7:30 -> 6:00 /km", Target(8, 10)),
        ("7:30 /km -> 6:00 /km", Target(8, 10)),
        ("2 m/s -> 9 km/h", Target(7.2, 9)),
        ("5 km/h, 0 -> 4 %", Target(5, None, 0, 4)),
        ("5 -> 6 km/h, 4 % -> 0 %", Target(5, 6, 4, 0)),
        ("5 km/h, -2 -> 2 %", Target(5, None, -2, 2)),
        ("5 km/h, -10 %", Target(5, None, -10)),
        ("5 km/h, 25 %", Target(5, None, 25)),
    ],
)
def test_a_ramp_goes_from_the_first_value_to_the_second(text: str, target: Target) -> None:
    assert one(f"forward: 5 min @ {text}").target == target


@pytest.mark.parametrize(
    ("head", "kind"), [("forward", Head.FORWARD), ("warm-up", Head.WARM_UP), ("cool-down", Head.COOL_DOWN)]
)
def test_warm_up_and_cool_down_are_forward_with_their_kind(head: str, kind: Head) -> None:
    segment = one(f"{head}: 5 min @ 4 km/h")
    assert (segment.head, segment.facing) == (kind, Facing.FORWARD)


def test_a_rest_keeps_the_facing_of_the_segment_before_it() -> None:
    rests = workout(
        "  - rest: 30 s\n  - forward: 5 min @ 5 km/h\n  - rest: 30 s\n  - backward: 1 min @ 2 km/h\n  - rest: 30 s\n"
        "  - rest: 30 s\n  - backward: 1 min @ 2 km/h\n  - forward: 3 min @ 4 km/h\n",
        "level: beginner\n",
    ).segments
    facings = [segment.facing.value for segment in rests if segment.head is Head.REST]
    assert facings == ["forward", "forward", "backward", "backward"]
    assert all(segment.target is None for segment in rests if segment.head is Head.REST)


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("zone 2", HeartRange(2, 2, HeartUnit.ZONE)),
        ("zone 2..3", HeartRange(2, 3, HeartUnit.ZONE)),
        ("120..135 bpm", HeartRange(120, 135)),
        ("120 .. 135 bpm", HeartRange(120, 135)),
        ("60..70 %max", HeartRange(60, 70, HeartUnit.MAX)),
        ("60..70 %hrr", HeartRange(60, 70, HeartUnit.RESERVE)),
        ("80..90 %lthr", HeartRange(80, 90, HeartUnit.THRESHOLD)),
    ],
)
def test_a_heart_step_holds_a_band_within_speeds(text: str, band: HeartRange) -> None:
    segment = one("forward: 5 min @ 6 km/h", f"heart: {text}", "within: 5 .. 7.5 km/h")
    assert segment.heart == HeartHold(band, 5, 7.5)


def test_the_bounds_of_a_heart_step_may_be_values() -> None:
    segment = one(
        "forward: 5 min @ $easy",
        "heart: zone 2",
        "within: 80 % of $easy .. $easy + 1 km/h",
        top="params: {easy: 6 km/h}\n",
    )
    assert segment.heart == HeartHold(HeartRange(2, 2, HeartUnit.ZONE), 4.8, 7)


@pytest.mark.parametrize(
    ("keys", "until"),
    [
        (["until: heart < 105 bpm"], Until(True, HeartRange(105, 105), 0)),
        (["until: heart > 85 %max", "at-least: 2 min"], Until(False, HeartRange(85, 85, HeartUnit.MAX), 120)),
        (["until: heart<105 bpm", "at-least: 0:30"], Until(True, HeartRange(105, 105), 30)),
    ],
)
def test_until_ends_a_step_early(keys: list[str], until: Until) -> None:
    assert one("forward: 5 min @ 6 km/h", *keys).until == until


@pytest.mark.parametrize(
    ("say", "cues"),
    [
        ("say: Go on.", [Say(SayAt.START, 0, "Go on.")]),
        ("say: off", [Say(SayAt.START, 0, "off")]),
        ('say: "Now: face"', [Say(SayAt.START, 0, "Now: face")]),
        ("say: {start: Go, half: Half., -10 s: Ten more.}", [
            Say(SayAt.START, 0, "Go"), Say(SayAt.HALF, 0, "Half."), Say(SayAt.BEFORE_END_S, 10, "Ten more.")]),
        ("say: {1:00: One minute.}", [Say(SayAt.AT_S, 60, "One minute.")]),
        ("say: {-1:00: One minute.}", [Say(SayAt.BEFORE_END_S, 60, "One minute.")]),
        ("say: {50 m: Fifty.}", [Say(SayAt.AT_M, 50, "Fifty.")]),
        ("say: {every 30 s: Tall.}", [Say(SayAt.EVERY_S, 30, "Tall.")]),
        ("say: >\n      Long\n      text.", [Say(SayAt.START, 0, "Long text.")]),
        ("say: Größer werden, 走", [Say(SayAt.START, 0, "Größer werden, 走")]),
    ],
)  # fmt: skip
def test_a_cue_is_a_text_or_a_map_of_times_to_texts(say: str, cues: list[Say]) -> None:
    assert list(one("forward: 5 min @ 6 km/h", say).say) == cues


def test_metres_before_the_end_are_for_a_step_that_is_a_distance() -> None:
    assert one("forward: 400 m @ 6 km/h", "say: {-50 m: Fifty.}").say == (Say(SayAt.BEFORE_END_M, 50, "Fifty."),)


def test_a_repeat_is_unrolled_with_what_stands_between_its_rounds() -> None:
    segments = workout(
        "  - repeat: 3\n    steps:\n      - forward: 1 min @ 9 km/h\n    between:\n      - forward: 2 min @ 5 km/h\n"
    ).segments
    assert [(segment.extent.amount, segment.round) for segment in segments] == [
        (60, 1), (120, 1), (60, 2), (120, 2), (60, 3),
    ]  # fmt: skip
    assert [segment.line for segment in segments] == [6, 8, 6, 8, 6]


def test_repeats_nest_and_the_round_is_that_of_the_innermost() -> None:
    segments = workout(
        "  - repeat: 2\n    steps:\n      - repeat: 2\n        steps:\n          - forward: 1 min @ 9 km/h\n"
        "      - forward: 2 min @ 5 km/h\n"
    ).segments
    assert [(segment.extent.amount, segment.round) for segment in segments] == [
        (60, 1), (60, 2), (120, 1), (60, 1), (60, 2), (120, 2),
    ]  # fmt: skip


def test_vary_gives_each_round_its_own_value() -> None:
    segments = workout(
        "  - repeat: 3\n    vary: {v: [5 km/h, $fast, 80 % of $fast], t: [60 s, 2 min, 400 m]}\n    steps:\n"
        "      - forward: $t @ $v\n",
        "params: {fast: 10 km/h}\n",
    ).segments
    assert [segment.target for segment in segments] == [Target(5), Target(10), Target(8)]
    assert [segment.extent.amount for segment in segments] == [60, 120, 400]


def test_a_vary_of_a_repeat_inside_hides_the_one_outside() -> None:
    segments = workout(
        "  - repeat: 2\n    vary: {v: [5 km/h, 6 km/h]}\n    steps:\n      - forward: 1 min @ $v\n"
        "      - repeat: 1\n        vary: {v: [9 km/h]}\n        steps:\n          - forward: 1 min @ $v\n"
    ).segments
    assert [segment.target for segment in segments] == [Target(5), Target(9), Target(6), Target(9)]


def test_a_block_is_used_where_it_is_named() -> None:
    segments = workout(
        "  - use: pair\n  - repeat: 2\n    steps:\n      - use: pair\n",
        "define:\n  pair:\n    - forward: 1 min @ 9 km/h\n    - forward: 2 min @ 5 km/h\n",
    ).segments
    assert [(segment.extent.amount, segment.round) for segment in segments] == [
        (60, None), (120, None), (60, 1), (120, 1), (60, 2), (120, 2),
    ]  # fmt: skip


def test_a_mark_names_the_segment_after_it() -> None:
    segments = workout("  - forward: 1 km @ 9 km/h\n  - mark: gate\n  - forward: to 2 km @ 9 km/h\n").segments
    assert [segment.mark for segment in segments] == [None, "gate"]


@pytest.mark.parametrize("steps", ["- mark: x", "- repeat: 3\n    steps:\n      - mark: x"])
def test_marks_alone_are_nothing_to_run(steps: str) -> None:
    loaded = check_text(f"format: 1\nname: Marks\nsteps:\n  {steps}\n")
    assert loaded.workout is None
    assert "error[no-steps]: nothing is run: there are only marks" in loaded.rendered()


def test_to_counts_from_the_start_where_there_is_no_mark() -> None:
    segments = workout("  - forward: 1 km @ 9 km/h\n  - forward: to 2 km @ 9 km/h\n").segments
    assert [segment.mark for segment in segments] == [None, None]


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("$easy", 8),
        ("60 % of $easy", 4.8),
        ("$easy + 0.5 km/h", 8.5),
        ("$easy - 0.5 km/h", 7.5),
        ("50 % of $easy + 1 km/h", 5),
    ],
)
def test_a_value_is_a_name_a_share_or_a_sum(text: str, kmh: float) -> None:
    target = one(f"forward: 5 min @ {text}", top="params: {easy: 8 km/h}\n").target
    assert target is not None
    assert target.speed_kmh == pytest.approx(kmh)


def test_a_parameter_may_be_of_any_kind() -> None:
    segments = workout(
        "  - repeat: $rounds\n    steps:\n      - forward: $long @ $easy, $hill\n",
        "params: {rounds: 2, long: 5 min, easy: 6:00 /km, hill: 2 %}\n",
    ).segments
    assert [(segment.extent.amount, segment.target) for segment in segments] == [(300, Target(10, None, 2))] * 2


def test_set_wins_over_the_runner_who_wins_over_the_file() -> None:
    text = "format: 1\nname: Test\nparams: {a: 5 km/h, b: 5 km/h, c: 5 km/h}\nsteps:\n" + "".join(
        f"  - forward: 1 min @ ${name}\n" for name in "abc"
    )
    loaded = check_text(text, sets={"a": "7 km/h"}, runner_params={"a": "6 km/h", "b": "6 km/h", "unknown": "odd"})
    assert loaded.workout is not None
    assert [segment.target for segment in loaded.workout.segments] == [Target(7), Target(6), Target(5)]


def test_a_name_needs_no_default_where_the_runner_has_a_value() -> None:
    text = "format: 1\nname: Test\nsteps:\n  - forward: 1 min @ $easy\n"
    assert check_text(text).workout is None
    assert check_text(text, runner_params={"easy": "6 km/h"}).workout is not None


@pytest.mark.parametrize(
    ("sets", "runner", "place", "said"),
    [
        ({"esay": "6 km/h"}, {}, (3, 1), "--set esay: the workout has no parameter esay"),
        ({"easy": "6"}, {}, (5, 22), "$easy is 6 without a unit; a speed is needed here"),
        ({"easy": "6 kmh"}, {}, (3, 1), '--set easy=6 kmh: "kmh" is not a unit that coach knows'),
        ({"easy": "$x"}, {}, (3, 1), "--set easy=$x: a parameter is a number, it cannot use another"),
        ({}, {"easy": "fast"}, (3, 1), 'the runner\'s own easy cannot be used: cannot read "fast" as a value'),
    ],
)
def test_a_given_value_that_does_not_fit_is_told(
    sets: dict[str, str], runner: dict[str, str], place: tuple[int, int], said: str
) -> None:
    text = "format: 1\nname: Test\nparams: {easy: 5 km/h}\nsteps:\n  - forward: 1 min @ $easy\n"
    problems = check_text(text, sets=sets, runner_params=runner).problems
    assert [(problem.line, problem.column, problem.message) for problem in problems] == [(*place, said)]


def test_the_top_of_a_file_is_what_the_library_shows() -> None:
    top = (
        "description: What it is.\npurpose: Why.\nsource: A book.\nauthor: Someone\nlanguage: en\ntags: [one, two]\n"
        "level: rehab\nlimits: {heart: 150 bpm, backward: 3.5 km/h}\nask: {before: pain, after: [pain, effort]}\n"
    )
    made = workout("  - forward: 1 min @ 5 km/h\n", top)
    assert replace(made, segments=()) == Workout(
        name="Test",
        segments=(),
        level=Level.REHAB,
        description="What it is.",
        purpose="Why.",
        source="A book.",
        author="Someone",
        language="en",
        tags=("one", "two"),
        heart_limit=HeartRange(150, 150),
        backward_limit_kmh=3.5,
        ask=(("before", ("pain",)), ("after", ("pain", "effort"))),
    )


@pytest.mark.parametrize("name", ["on", "no", "5:00", "08", "1.10", "null", "~", "1e3", "0x1f", "2026-01-01", "yes"])
def test_no_scalar_is_typed_by_yaml(name: str) -> None:
    loaded = check_text(f"format: 1\nname: {name}\nsteps: [forward: 1 min @ 5 km/h]\n")
    assert loaded.workout is not None
    assert loaded.workout.name == name == loaded.title


def test_json_is_yaml_too() -> None:
    text = '{"format": "1", "name": "Test", "steps": [{"forward": "5 min @ 6 km/h"}]}'
    assert check_text(text).workout is not None


def test_windows_line_ends_and_anchors_are_fine() -> None:
    text = "format: 1\r\nname: Test\r\nsteps:\r\n  - &a {forward: 1 min @ 5 km/h}\r\n  - *a\r\n"
    loaded = check_text(text)
    assert loaded.workout is not None
    assert len(loaded.workout.segments) == 2


def test_a_problem_as_json_has_the_documented_fields() -> None:
    problem, *_ = check_text("format: 1\nname: Test\nsteps:\n  - forward: 5 min\n", file="w.yaml").problems
    assert problem.facts() == {
        "file": "w.yaml",
        "line": 4,
        "column": 14,
        "rule": "speed-missing",
        "severity": "error",
        "message": "this step has no speed",
        "help": "write forward: 5 min @ 5 km/h",
    }


def test_a_workout_that_breaks_a_rule_of_the_plan_is_only_a_draft() -> None:
    text = "format: 1\nname: Test\nlevel: beginner\nsteps:\n  - warm-up: 5 min @ 5 km/h\n  - backward: 1 min @ 2 km/h\n"
    loaded = check_text(text)
    assert loaded.workout is None
    assert loaded.draft is not None
    assert [problem.rule for problem in loaded.errors] == ["ends-facing-rear"]


def test_the_row_of_the_session_is_the_one_that_is_checked() -> None:
    text = "format: 1\nname: Test\nlevel: advanced\nsteps:\n  - warm-up: 5 min @ 9 km/h\n  - backward: 1 min @ 5 km/h\n"
    text += "  - cool-down: 5 min @ 4 km/h\n"
    assert check_text(text).workout is not None
    errors = check_text(text, level=Level.BEGINNER).errors
    assert [problem.rule for problem in errors] == ["backward-too-fast"]

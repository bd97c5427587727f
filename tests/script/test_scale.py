"""A scaled workout is the same text with other numbers, and the same workout at another speed."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.workout import Extent, ExtentUnit, Facing, HeartHold, Segment, Target, Workout
from coach.script.check import check_text, load
from coach.script.find import shipped
from coach.script.outline import outline_of
from coach.script.scale import Off, ScaleError, Scaling, off, scale, too_fast
from coach.script.write import write
from tests.script.drawn import workouts

TOP = "format: 1\nname: Test\n"
FORWARD_KMH = 0.13  # $x + 0.5 km/h is rounded twice, and paces above 16 km/h to 0.03
REAR_KMH = 0.21
PERCENTS = st.integers(500, 1150).map(lambda tenths: Decimal(tenths) / 10)


def at(pct: float | Decimal, text: str) -> str:
    """A text at another speed."""
    return scale(text, Scaling(speed_pct=Decimal(str(pct)))).text


def step(line: str, *keys: str, top: str = "") -> str:
    """A workout of one step."""
    return f"{TOP}{top}steps:\n  - {line}\n" + "".join(f"    {key}\n" for key in keys)


def draft(text: str) -> Workout:
    """The workout of a text, which may break a rule of the plan."""
    found = check_text(text).draft
    assert found is not None, check_text(text).rendered()
    return found


@pytest.mark.parametrize(
    ("written", "pct", "new"),
    [
        ("5 min @ 9 km/h", 95, "5 min @ 8.6 km/h"),
        ("5 min @ 9 km/h, 1 %", 95, "5 min @ 8.6 km/h, 1 %"),
        ("5 min @ 9.0 km/h", 110, "5 min @ 9.9 km/h"),
        ("5 min @ 8.0 km/h", 150, "5 min @ 12.0 km/h"),
        ("5 min @ 8 km/h", 125, "5 min @ 10 km/h"),
        ("5min@9km/h,1%", 95, "5min@8.6km/h,1%"),
        ("5 min  @  9  km/h", 95, "5 min  @  8.6  km/h"),
        ("5:00 @ 6:00 /km", 95, "5:00 @ 6:19 /km"),
        ("5:00 @ 06:00/km", 95, "5:00 @ 06:19/km"),
        ("1 km @ 9:40 /mi", 105, "1 km @ 9:12 /mi"),
        ("1 km @ 59:50 /km", 90, "1 km @ 66:29 /km"),
        ("1 km @ 1:00:00 /km", 50, "1 km @ 2:00:00 /km"),
        ("5 min @ 5.6 mph", 95, "5 min @ 5.3 mph"),
        ("5 min @ 2.5 m/s", 95, "5 min @ 2.38 m/s"),
        ("5 min @ 4 -> 6 km/h", 90, "5 min @ 3.6 -> 5.4 km/h"),
        ("5 min @ 4 km/h -> 3 mph", 90, "5 min @ 3.6 km/h -> 2.7 mph"),
        ("5 min @ 7:30 -> 6:00 /km", 90, "5 min @ 8:20 -> 6:40 /km"),
        ("5 min @ 2 m/s -> 9 km/h", 90, "5 min @ 1.8 m/s -> 8.1 km/h"),
        ("400 m @ 9 km/h, 0 -> 4 %", 200, "400 m @ 18 km/h, 0 -> 4 %"),
        ("1 h 5 min 10 s @ 9 km/h", 90, "1 h 5 min 10 s @ 8.1 km/h"),
        ("open @ 9 km/h", 90, "open @ 8.1 km/h"),
        ("5 min @ 0.5 km/h", 20, "5 min @ 0.1 km/h"),
    ],
)  # fmt: skip
def test_a_speed_keeps_its_form_and_all_around_it(written: str, pct: float, new: str) -> None:
    assert at(pct, step(f"forward: {written}")) == step(f"forward: {new}").replace("Test", f"Test at {pct} %")


@pytest.mark.parametrize(
    ("value", "pct", "new"),
    [
        ("$easy", 90, "$easy"),
        ("60 % of $easy", 90, "60 % of $easy"),
        ("$easy + 0.5 km/h", 80, "$easy + 0.4 km/h"),
        ("$easy - 2 km/h", 90, "$easy - 1.8 km/h"),
        ("50 % of $easy + 1 km/h", 90, "50 % of $easy + 0.9 km/h"),
        ("$easy -> $easy + 2 km/h", 90, "$easy -> $easy + 1.8 km/h"),
        ("4 -> $easy + 2 km/h", 90, "3.6 -> $easy + 1.8 km/h"),
    ],
)
def test_a_name_follows_its_value(value: str, pct: float, new: str) -> None:
    before = step(f"forward: 5 min @ {value}", top="params: {easy: 8 km/h, long: 9 min, hill: 2 %, three: 3}\n")
    after = at(pct, before)
    assert f"forward: 5 min @ {new}\n" in after
    assert f"params: {{easy: {8 * pct / 100:g} km/h, long: 9 min, hill: 2 %, three: 3}}\n" in after


def test_all_places_of_a_speed_and_no_other_number() -> None:
    before = (
        'format: 1\nname: "Test"\ndescription: 5 km at 9 km/h.\nlevel: intermediate\n'
        "limits: {heart: 150 bpm, backward: 4 km/h}\n"
        "params: {run: 10 km/h}\n"
        "define:\n  one:\n    - forward: 1 km @ 8 km/h\n"
        "steps:\n  - use: one\n  - mark: 10 km/h\n"
        "  - forward: 8 min\n    speed: 6 km/h\n    incline: 1 %\n    heart: 120..135 bpm\n    within: 5 .. 7.5 km/h\n"
        "    until: heart < 105 bpm\n    at-least: 2 min\n    say: {1:00: 10 km/h now., 50 m: Go 9 km/h}\n"
        "  - repeat: 2\n    vary: {v: [10 km/h, $run + 1 km/h], t: [60 s, 400 m]}\n"
        "    steps:\n      - forward: $t @ $v\n    between:\n      - forward: 1 min @ 3:00 /km\n"
        "  - rest: 1 min\n"
    )
    after = before
    for old, new in (
        ("{run: 10 km/h}", "{run: 9 km/h}"), ("8 km/h\nsteps", "7.2 km/h\nsteps"), ("speed: 6 ", "speed: 5.4 "),
        ("5 .. 7.5 ", "4.5 .. 6.8 "), ("[10 km/h, $run + 1 ", "[9 km/h, $run + 0.9 "), ("3:00 /km", "3:20 /km"),
        ('"Test"', '"Test at 90 %"'),
    ):  # fmt: skip
        assert after.count(old) == 1
        after = after.replace(old, new)
    assert at(90, before) == after


def test_a_backward_speed_is_rounded_down_wherever_it_comes_from() -> None:
    top = "level: intermediate\nparams: {slow: 3 km/h, up: 3 km/h, fast: 3 km/h}\n"
    steps = (
        "  - forward: 5 min @ $fast\n  - backward: 2 min @ $slow\n  - backward: 2 min @ 3 km/h\n"
        "  - backward: 2 min @ 20:00 /km\n  - backward: 2 min @ $slow - 1 km/h\n"
        "  - repeat: 1\n    vary: {v: [$up + 1 km/h]}\n    steps:\n      - backward: 2 min @ $v\n"
        "  - backward: 2 min\n    speed: 3 km/h\n"
    )
    after = at(95, f"{TOP}{top}steps:\n{steps}")  # 3 km/h would be 2.85, 1 km/h 0.95
    assert "params: {slow: 2.8 km/h, up: 2.8 km/h, fast: 2.9 km/h}\n" in after
    for line in ("2 min @ 2.8 km/h", "2 min @ 21:04 /km", "@ $slow - 1 km/h", "[$up + 0.9 km/h]", "speed: 2.8 km/h"):
        assert f"{line}\n" in after or line in after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('forward: "5 min @ 9 km/h"', 'forward: "5 min @ 8.1 km/h"'),
        ("forward: '5 min @ 9 km/h'", "forward: '5 min @ 8.1 km/h'"),
        ("forward: &a 5 min @ 9 km/h\n  - forward: *a", "forward: &a 5 min @ 8.1 km/h\n  - forward: *a"),
        ('forward: "5 min\n      @ 9\n      km/h"', 'forward: "5 min\n      @ 8.1\n      km/h"'),
        ("forward: |\n      9 min @ 9 km/h", "forward: |\n      9 min @ 8.1 km/h"),
        ("{forward: 9 min, speed: 9 km/h}", "{forward: 9 min, speed: 8.1 km/h}"),
        ("forward: 9 min @ 9 km/h # 9 km/h", "forward: 9 min @ 8.1 km/h # 9 km/h"),
        ("forward: 9 min @ 9 km/h     # 9", "forward: 9 min @ 8.1 km/h   # 9"),
        ("forward: 9 min @ 9 km/h  # 9", "forward: 9 min @ 8.1 km/h  # 9"),
        ("{forward: 9 min @ 9 km/h, say: 'a    # 9'}    # 9", "{forward: 9 min @ 8.1 km/h, say: 'a    # 9'}  # 9"),
        ("forward: 1 min @ 10 km/h  # 9\n    # 9 km/h", "forward: 1 min @ 9 km/h   # 9\n    # 9 km/h"),
    ],
)
def test_quotes_anchors_lines_and_comments_stay(before: str, after: str) -> None:
    assert at(90, step(before)) == step(after).replace("Test", "Test at 90 %")


def test_windows_line_ends_stay() -> None:
    before, after = step("forward: 9 min @ 9 km/h  # one"), step("forward: 9 min @ 8.1 km/h  # one")
    assert at(90, before.replace("\n", "\r\n")) == after.replace("Test", "Test at 90 %").replace("\n", "\r\n")


def test_a_number_behind_an_escape_is_refused_with_its_line() -> None:
    with pytest.raises(ScaleError, match=r"^line 4: .* on one line without escapes$"):
        at(90, step(r'forward: "5 min @ \x39 km/h"'))


@pytest.mark.parametrize(
    ("name", "pct", "new"),
    [
        ("Test", 95, "Test at 95 %"),
        ("Test", 97.5, "Test at 97.5 %"),
        ("Test  # mine", 95, "Test at 95 %  # mine"),
        ('"Te\\"st" # mine', 95, '"Te\\"st at 95 %" # mine'),
        ("'It''s'", 95, "'It''s at 95 %'"),
        (">-\n  Two\n  lines", 95, ">-\n  Two\n  lines at 95 %"),
        ("Test at 95 %", 90, "Test at 85.5 %"),
        ("Test at 80 %", 125, "Test at 100 %"),
        ("Flat at 0 %", 90, "Flat at 0 %"),
        ("x" * 95, 90, "x" * 95),
    ],
)
def test_the_name_says_it(name: str, pct: float, new: str) -> None:
    text = step("forward: 5 min @ 9 km/h")
    made = scale(text.replace("Test", name), Scaling(Decimal(str(pct))))
    assert made.text.startswith(text[: text.index("Test")] + new + "\n")
    assert draft(made.text).name == made.name


@pytest.mark.parametrize("name", shipped())
def test_at_a_hundred_percent_only_the_name_changes(name: str) -> None:
    text = load(name).text
    (line,) = (line for line in text.splitlines() if line.startswith("name: "))
    for scaling in (Scaling(), Scaling(Decimal(100), Decimal(100))):
        made = scale(text, scaling)
        assert made.text == text.replace(line, f"{line} at 100 %", 1)
        assert (made.changed, made.names) == (0, frozenset())


@settings(deadline=None)
@given(st.sampled_from(shipped()), PERCENTS)
def test_a_shipped_workout_is_the_same_at_another_speed(name: str, pct: Decimal) -> None:
    text = load(name).text
    after = at(pct, text)
    assert _without_numbers(after) == _without_numbers(text)
    assert _comments(after) == _comments(text)
    _same_at(pct, draft(text), draft(after))


@settings(deadline=None)
@given(workouts(), PERCENTS)
def test_any_workout_is_the_same_at_another_speed(workout: Workout, pct: Decimal) -> None:
    text = write(outline_of(workout))
    _same_at(pct, draft(text), draft(at(pct, text)))


def _same_at(pct: Decimal, before: Workout, after: Workout) -> None:
    assert replace(after, segments=(), name="") == replace(before, segments=(), name="")
    assert len(after.segments) == len(before.segments)
    for old, new in zip(before.segments, after.segments, strict=True):
        assert replace(new, target=None, heart=None) == replace(old, target=None, heart=None)
        rear = old.facing is Facing.BACKWARD
        for one, two in zip(_speeds(old), _speeds(new), strict=True):
            assert two == pytest.approx(one * float(pct) / 100, abs=REAR_KMH if rear else FORWARD_KMH)
            assert not rear or two <= one * float(pct) / 100 + 1e-9
        assert _still(old) == _still(new)


def _speeds(segment: Segment) -> list[float]:
    match segment.target, segment.heart:
        case None, _:
            return []
        case Target(speed_kmh, None), None:
            return [speed_kmh]
        case Target(speed_kmh, None), HeartHold(_, low_kmh, high_kmh):
            return [speed_kmh, low_kmh, high_kmh]
        case Target(speed_kmh, end_kmh), _:
            return [speed_kmh, end_kmh or 0.0]
    raise AssertionError(segment)


def _still(segment: Segment) -> object:
    target, heart = segment.target, segment.heart
    return target and (target.incline_pct, target.end_incline_pct), heart and heart.range


def _without_numbers(text: str) -> str:
    lines = (line for line in text.splitlines() if not line.startswith("name: "))
    return "\n".join(re.sub(" +", " ", re.sub(r"[0-9]+([.:][0-9]+)*", "0", line)) for line in lines)


def _comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if re.search(r"(^|\s)#", line)]


@pytest.mark.parametrize(
    ("written", "pct", "new"),
    [
        ("5 min @ 9 km/h", 80, "4 min @ 9 km/h"),
        ("5 min @ 9 km/h", 95, "4 min 45 s @ 9 km/h"),
        ("90 s @ 9 km/h", 80, "70 s @ 9 km/h"),
        ("90s@9km/h", 90, "80s@9km/h"),
        ("30 s @ 9 km/h", 80, "24 s @ 9 km/h"),
        ("5:00 @ 5:00 /km", 90, "4:30 @ 5:00 /km"),
        ("1:00:00 @ 9 km/h", 110, "1:06:00 @ 9 km/h"),
        ("1 min 30 s @ 9 km/h", 200, "3 min @ 9 km/h"),
        ("1.5 h @ 9 km/h", 200, "3 h @ 9 km/h"),
        ("400 m @ 9 km/h", 80, "400 m @ 9 km/h"),
        ("open @ 9 km/h", 80, "open @ 9 km/h"),
        ("0.5 mi @ 9 km/h", 80, "0.5 mi @ 9 km/h"),
    ],
)
def test_times_are_scaled_where_that_is_asked(written: str, pct: float, new: str) -> None:
    made = scale(step(f"forward: {written}"), Scaling(time_pct=Decimal(str(pct))))
    assert made.text == step(f"forward: {new}").replace("Test", f"Test in {pct} % of the time")


def test_a_time_behind_an_anchor_of_the_same_letters() -> None:
    made = scale(step("rest: &9min 9min\n  - rest: *9min"), Scaling(time_pct=Decimal(200)))
    assert made.text == step("rest: &9min 18 min\n  - rest: *9min").replace("Test", "Test in 200 % of the time")


def test_both_at_once_and_times_with_names() -> None:
    before = step("forward: $t + 1 min @ $v", "until: heart < 105 bpm", "at-least: 2 min",
                  top="params: {t: 5 min, v: 9 km/h}\n")  # fmt: skip
    made = scale(before, Scaling(Decimal(90), Decimal(50)))
    assert made.name == "Test at 90 % in 50 % of the time"
    assert made.names == {"t", "v"}
    (segment,) = draft(made.text).segments
    assert segment.extent == Extent(ExtentUnit.TIME, 180)
    assert segment.target == Target(8.1)
    assert segment.until is not None
    assert segment.until.at_least_s == 60


def test_what_rounding_made_of_a_step_is_told_once() -> None:
    before = step("repeat: 2", "steps: [forward: 2 min @ 1.5 km/h, forward: 5 min @ 10 km/h]")
    scaling = Scaling(Decimal(95))
    (found,) = off(draft(before), draft(scale(before, scaling).text), scaling)
    assert replace(found, pct=round(found.pct, 2)) == Off(5, "1.5 km/h", "1.4 km/h", 93.33)


# With values of the runner's own


OWN = "level: intermediate\nparams: {easy: 6 km/h, slow: 2 km/h}\n"
TENTHS = st.integers(1, 20).map(lambda tenths: Decimal(tenths) / 10)
BACK = st.one_of(
    st.sampled_from(["$slow", "$easy", "2 km/h", "20:00 /km", "1 m/s", "$slow -> 2.2 km/h", "1 -> 2.3 km/h"]),
    st.tuples(st.sampled_from(["$slow", "$easy", "40 % of $easy"]), st.sampled_from("+-"), TENTHS).map(
        lambda drawn: f"{drawn[0]} {drawn[1]} {drawn[2]} km/h"
    ),
)


@settings(deadline=None)
@given(
    st.lists(BACK, min_size=1, max_size=3),
    st.lists(BACK, max_size=2),
    st.fixed_dictionaries({}, optional={name: TENTHS.map(lambda kmh: f"{kmh + 1} km/h") for name in ("easy", "slow")}),
    st.integers(200, 3000).map(lambda tenths: Decimal(tenths) / 10),
)
def test_a_backward_step_is_never_faster_than_was_asked_whoever_runs_it(
    steps: list[str], rounds: list[str], own: dict[str, str], pct: Decimal
) -> None:
    lines = [f"  - backward: 1 min @ {speed}\n" for speed in steps]
    if rounds:
        values = ", ".join(rounds).replace("2.2 km/h", "$slow").replace(" -> ", ", ")
        count = values.count(",") + 1
        lines.append(f"  - repeat: {count}\n    vary: {{v: [{values}]}}\n")
        lines.append("    steps:\n      - backward: 1 min @ $v\n")
    text = f"{TOP}{OWN}steps:\n  - warm-up: 5 min @ 6 km/h\n{''.join(lines)}  - cool-down: 5 min @ 4 km/h\n"
    scaling = Scaling(speed_pct=pct)
    made = scale(text, scaling, own)
    for params in (own, {}):
        before, after = (check_text(one, runner_params=params).draft for one in (text, made.text))
        if before is None or after is None:
            continue
        pairs = [
            (one, two)
            for old, new in zip(before.segments, after.segments, strict=True)
            if old.facing is Facing.BACKWARD
            for one, two in zip(_speeds(old), _speeds(new), strict=True)
        ]
        faster = any(two > one * float(pct) / 100 + 1e-6 for one, two in pairs)
        assert (too_fast(before, after, scaling) is not None) is faster
        assert own or not faster  # then every number is scaled
        assert pct > 100 or params != own or all(two <= one + 1e-6 for one, two in pairs)


@pytest.mark.parametrize("kind", ["km/h", "min"])
def test_an_offset_to_a_value_of_the_runner_stays(kind: str) -> None:
    value = f"$one - 3 {kind}"
    line = f"forward: 5 min @ {value}" if kind == "km/h" else f"forward: {value} @ 5 km/h"
    before = step(line, top=f"params: {{one: 8 {kind}}}\n")
    scaling = Scaling(Decimal(50), Decimal(50))
    assert value in scale(before, scaling, {"one": f"9 {kind}"}).text
    assert ("$one - 1.5 km/h" if kind == "km/h" else "$one - 90 s") in scale(before, scaling).text


def test_the_other_end_of_such_a_ramp_is_scaled() -> None:
    before = step("forward: 5 min @ 4 -> $easy + 2 km/h", top="params: {easy: 8 km/h}\n")
    assert "@ 2 -> $easy + 2 km/h" in scale(before, Scaling(Decimal(50)), {"easy": "6 km/h"}).text


def test_an_offset_to_what_varies_with_a_value_of_the_runner_stays() -> None:
    keys = ("vary: {v: [$easy, $easy + 1 km/h]}", "steps: [forward: 1 min @ $v + 2 km/h]")
    before = step("repeat: 2", *keys, top="params: {easy: 6 km/h}\n")
    after = scale(before, Scaling(Decimal(50)), {"easy": "6 km/h"}).text
    assert "[$easy, $easy + 1 km/h]" in after
    assert "$v + 2 km/h" in after
    shadowed = before.replace("$easy, $easy + 1", "4 km/h, 4")
    assert "$v + 1 km/h" in scale(shadowed, Scaling(Decimal(50)), {"v": "9 km/h"}).text  # for v varies in it

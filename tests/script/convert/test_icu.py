"""intervals.icu text: a golden table of what is read and what is refused, and what coach writes comes back."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.rules import mean_kmh
from coach.core.workout import (
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartHold,
    HeartRange,
    HeartUnit,
    Say,
    SayAt,
    Segment,
    Target,
    Until,
    Workout,
)
from coach.script.check import check_text, load
from coach.script.convert import icu
from coach.script.convert.format import Format, format_of, read, write
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.pace import Paces
from coach.script.find import shipped
from coach.script.outline import Outline, unrolled
from coach.script.write import write as write_yaml
from tests.script.convert.golden import KNOWN, RENEW, told
from tests.script.drawn import segment, workouts

TABLE = Path(__file__).with_name("icu.txt")
SIGNS = {"[BEL]": "\a", "[ESC]": "\x1b", "[NBSP]": "\u00a0"}
ROWS = re.findall(r"^=== (.*)\n((?s:.*?))^=>\n((?s:.*?))(?=^=== |\Z)", TABLE.read_text(encoding="utf-8"), re.MULTILINE)


def outcome(text: str) -> str:
    """What becomes of a text: YAML and what is told, or the refusal."""
    for name, sign in SIGNS.items():
        text = text.replace(name, sign)
    losses = Losses()
    try:
        outline = icu.read(text.encode(), KNOWN, losses)
    except ConvertError as refused:
        return f"refused: {refused}\n"
    yaml = write_yaml(replace(outline, name=outline.name or "x"))
    checked = check_text(yaml if outline.level else yaml.replace("\nsteps:", "\nlevel: beginner\nsteps:"))
    assert checked.draft is not None, checked.rendered()
    return yaml + "".join(f"-- {line}\n" for line in told(losses))


if RENEW:
    ROWS = [(name, text, outcome(text)) for name, text, _ in ROWS]
    TABLE.write_text("".join(f"=== {name}\n{text}=>\n{said}" for name, text, said in ROWS), encoding="utf-8")


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_text_is_read_or_refused_in_these_words(text: str, said: str) -> None:
    assert outcome(text) == said


@pytest.mark.parametrize("unit", ["MI", "m\u0130", "m\u0131", "\u212am", "yd\u017f"])
def test_a_unit_is_the_same_in_all_letters_that_a_pattern_takes_for_its_own(unit: str) -> None:
    assert "forward: " in outcome(f"- 3{unit} 6:00/km Pace")


def test_the_table_has_enough_of_both() -> None:
    refused = [name for name, _, said in ROWS if said.startswith("refused: ")]
    assert len(ROWS) == TABLE.read_text(encoding="utf-8").count("\n=== ") + 1
    assert [name for name, _, _ in ROWS if name.startswith("refused: ")] == refused
    assert len(refused) >= 30
    assert len(ROWS) - len(refused) >= 30


def test_a_refusal_is_one_printable_line_with_its_place() -> None:
    for name, _, said in ROWS:
        if name.startswith("refused: "):
            sentence = said.removeprefix("refused: ").removesuffix("\n")
            assert sentence.isprintable()
            assert not sentence.endswith(".")
            assert re.match(r"line \d+: |the text has no step", sentence)


NEEDS = {  # what a step needs, and how it is asked for
    "- 5m 80% Pace": (
        "relative to your threshold, and your threshold speed is not known; give it with --threshold '4:40 /km'"
    ),
    "- 5m Z3 Pace": "relative to your threshold, and your threshold speed is not known",
    "- 5m 70% HR": "between which speeds the belt may follow it is not known; give them with --within '5 .. 9 km/h'",
    "- 5m freeride": "says no speed, and your easy speed is not known; give it with --easy '6 km/h'",
    "- 5m": "says no speed, and your easy speed is not known",
}


@pytest.mark.parametrize(("text", "sentence"), NEEDS.items())
def test_what_is_relative_to_something_unknown_is_refused_and_never_guessed(text: str, sentence: str) -> None:
    with pytest.raises(ConvertError, match=re.escape(sentence)):
        icu.read(text.encode(), Paces(), Losses())


def test_the_first_zone_needs_an_easy_speed_too() -> None:
    with pytest.raises(ConvertError, match="a pace zone without a slower end, and your easy speed is not known"):
        icu.read(b"- 5m Z1 Pace", replace(KNOWN, easy_kmh=None), Losses())
    fast = icu.read(b"- 5m Z1 Pace", replace(KNOWN, easy_kmh=20.0), Losses())
    (segment,) = unrolled(fast.items)
    assert mean_kmh(segment) == pytest.approx(3600 / 280 * 0.775, abs=0.05)


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    with pytest.raises(ConvertError, match="line 3: this is not text in UTF-8"):
        icu.read(b"Warmup\n- 5m 6:00/km\n\xff", KNOWN, Losses())


def test_a_byte_order_mark_and_any_line_end_are_taken() -> None:
    plain = icu.read("Warmup\n- Größe 5m 6:00/km\n".encode(), KNOWN, Losses())
    assert icu.read("\ufeffWarmup\r\n- Größe 5m 6:00/km\r".encode(), KNOWN, Losses()) == plain


@pytest.mark.slow
def test_what_is_too_large_is_refused() -> None:
    line = b"- 5m 6:00/km\n"
    with pytest.raises(ConvertError, match="larger than 256 KB"):
        icu.read(b"x" * (256 * 1024 + 1), KNOWN, Losses())
    assert len(icu.read(line * 10_000, KNOWN, Losses()).items) == 10_000
    with pytest.raises(ConvertError, match="line 10001: the workout grows past 10,000 steps"):
        icu.read(line * 10_001, KNOWN, Losses())


def test_a_name_that_is_too_long_is_cut_and_kept_in_the_description() -> None:
    outline = icu.read(f"{'long ' * 30}\n\n- 5m 6:00/km".encode(), KNOWN, Losses())
    assert len(outline.name) == 100
    assert outline.description == ("long " * 30).strip()


# What coach writes. The text holds: of each step its kind and facing, its time to a second or its distance, its
# speeds to half a second a kilometre (of a walk to one, of a backward step to 0.0001 km/h), its incline to 0.01 %,
# its texts and the second at which they are due, a heart rate in percent; of the workout its name, description, level.


def returned(workout: Workout) -> tuple[Workout, list[str]]:
    """A workout to text and back through YAML, and what both ways told."""
    losses = Losses()
    raw = write(Format.ICU, workout, losses, Paces())
    assert raw.endswith(b"\n")
    assert format_of(raw, "workout.txt") is Format.ICU
    outline = read(Format.ICU, raw, KNOWN, losses, name="x")
    loaded = check_text(write_yaml(outline))
    assert loaded.draft is not None, loaded.rendered() + raw.decode()
    return loaded.draft, told(losses)


def due(segment: Segment) -> list[tuple[int, str]]:
    """The texts by the second at which they are due, as they are planned."""
    length_s = segment.extent.amount
    if segment.extent.unit is not ExtentUnit.TIME:
        length_s = length_s * 3.6 / mean_kmh(segment)
    found: dict[int, str] = {}
    for cue in segment.say:
        per_m = 3.6 / (mean_kmh(segment) or 1.0)
        moments = {
            SayAt.START: [0.0],
            SayAt.HALF: [length_s / 2],
            SayAt.AT_S: [cue.amount],
            SayAt.BEFORE_END_S: [length_s - cue.amount],
            SayAt.AT_M: [cue.amount * per_m],
            SayAt.BEFORE_END_M: [length_s - cue.amount * per_m],
            SayAt.EVERY_S: [cue.amount * count for count in range(1, 999)] if cue.amount else [],
        }[cue.at]
        for at_s in moments:
            if cue.at is SayAt.START or 0 <= at_s < length_s:
                second = round(round(at_s, 6))
                found[second] = f"{found.get(second, '')} {cue.text}".strip()
    return sorted((at_s, text.lower()) for at_s, text in found.items())


def ends(target: Target) -> tuple[float, float]:
    """The speeds between which it goes; a ramp between two that are one pace is none."""
    return target.speed_kmh, target.speed_kmh if target.end_kmh is None else target.end_kmh


def same(again: Segment, segment: Segment) -> None:
    """What came back is what was written, as far as the text holds it."""
    assert again.head is segment.head
    assert again.facing is segment.facing
    assert again.extent.unit is segment.extent.unit
    assert again.extent.amount == pytest.approx(segment.extent.amount, abs=0.5)
    assert [(round(cue.amount), cue.text.lower()) for cue in again.say] == due(segment)
    if segment.target is None or again.target is None:
        assert segment.target is again.target
        return
    assert again.target.incline_pct == pytest.approx(segment.target.incline_pct, abs=0.005)
    assert again.target.end_incline_pct == segment.target.end_incline_pct
    if segment.heart is not None and segment.heart.range.unit in (HeartUnit.ZONE, HeartUnit.MAX):
        assert again.heart is not None
        zone = segment.heart.range.unit is HeartUnit.ZONE
        low, high = segment.heart.range.low, segment.heart.range.high
        assert again.heart.range == HeartRange(
            40 + 10 * low if zone else low, 50 + 10 * high if zone else high, HeartUnit.MAX
        )
        return
    for kmh, written_kmh in zip(ends(again.target), ends(segment.target), strict=True):
        seconds = 0.52 if written_kmh > 6.1 else 1.04  # a kilometre; a walk is rounded once more, to a round speed
        off_kmh = 1e-4 if segment.facing is Facing.BACKWARD else seconds * written_kmh * written_kmh / 3600
        assert kmh == pytest.approx(written_kmh, abs=off_kmh)


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_workout_comes_back(name: str) -> None:
    workout = load(name).workout
    assert workout is not None
    again, losses = returned(workout)
    assert (again.name, again.description, again.level) == (workout.name, workout.description, workout.level)
    for one, other in zip(again.segments, workout.segments, strict=True):
        if other.extent.unit in (ExtentUnit.TIME, ExtentUnit.DISTANCE):
            same(one, other)
    assert [line for line in losses if line.startswith("lost: the purpose")] == (
        ["lost: the purpose has no place in intervals.icu text"] if workout.purpose else []
    )


@pytest.mark.slow
@settings(deadline=None)
@given(workouts())
def test_any_workout_comes_back(workout: Workout) -> None:
    again, losses = returned(workout)
    if not any("is reworded" in line for line in losses):
        assert (again.name, again.description, again.level) == (workout.name, workout.description, workout.level)
    for one, other in zip(again.segments, workout.segments, strict=True):
        same(one, other)


def written(*segments: Segment, **changed: object) -> tuple[str, list[str]]:
    """The text of a workout of some steps, and what was told."""
    losses = Losses()
    workout = replace(Workout("Name", segments), **changed)  # type: ignore[arg-type]  # the fields of a workout
    return icu.write(workout, losses, Paces()).decode(), told(losses)


def test_the_text_is_what_a_person_would_type() -> None:
    work, easy = segment(kmh=12.0, extent=Extent(ExtentUnit.TIME, 90.0)), segment(kmh=8.0)
    text, losses = written(segment(Head.WARM_UP), *[work, easy] * 4, segment(Head.COOL_DOWN, 6.0), description="Easy.")
    assert text == (
        "Name\n\nEasy.\n\nWarmup\n- 5m 6:00/km Pace\n\nMain set 4x\n- 1m30s 5:00/km Pace\n- 5m 7:30/km Pace\n\n"
        "Cooldown\n- 5m 10:00/km Pace\n"
    )
    assert losses == []


def test_rounds_within_rounds_are_written_out() -> None:
    sprint, jog, walk = segment(kmh=12.0), segment(kmh=8.0), segment(kmh=5.0)
    text, _ = written(*([*[sprint, jog] * 3, walk] * 2))
    assert text.count("x\n") == 1
    assert "Main set 2x\n" + "- 5m 5:00/km Pace\n- 5m 7:30/km Pace\n" * 3 + "- 5m 12:00/km Pace\n" in text


def test_a_backward_step_is_named_and_a_rest_is_too() -> None:
    text, losses = written(segment(), segment(Head.BACKWARD, 2.5), segment(Head.REST, target=None), level=None)
    assert "- Backward 2.5 km/h <!> 5m 24:00/km Pace\n" in text
    assert "- Rest, belt stopped 5m freeride intensity=rest\n" in text
    assert (
        'changed: intervals.icu text knows no standing belt: a rest is a free step named "Rest, belt stopped" [3]'
        in losses
    )


def test_a_warm_up_within_rounds_keeps_its_kind() -> None:
    items = [segment(Head.WARM_UP, 8.0), segment(kmh=12.0)] * 3
    text, _ = written(*items)
    assert "Main set 3x\n- 5m 7:30/km Pace intensity=warmup\n- 5m 5:00/km Pace\n" in text
    assert [one.head for one in returned(Workout("x", tuple(items)))[0].segments] == [one.head for one in items]


def test_what_has_no_place_is_told() -> None:
    until = Until(below=True, bound=HeartRange(120.0, 120.0))
    _, losses = written(
        segment(until=until),
        segment(extent=Extent(ExtentUnit.OPEN)),
        segment(mark="here"),
        segment(extent=Extent(ExtentUnit.TO_MARK, 2000.0)),
        purpose="p", source="s", author="a", language="en", tags=("t",), heart_limit=HeartRange(150, 150),
        backward_limit_kmh=2.0, ask=(("before", ("pain",)),),
    )  # fmt: skip
    assert losses == [
        "lost: the purpose has no place in intervals.icu text",
        "lost: the source has no place in intervals.icu text",
        "lost: the author has no place in intervals.icu text",
        "lost: the language has no place in intervals.icu text",
        "lost: the tags have no place in intervals.icu text",
        "lost: the highest heart rate has no place in intervals.icu text",
        "lost: the highest backward speed has no place in intervals.icu text",
        "lost: what is asked before and after has no place in intervals.icu text",
        "changed: a distance counted from a mark is the one that is planned [4]",
        "lost: the heart rate that ends the step early [1]",
        "assumed: an open step ends at the lap key; 5 min are put in for its length [2]",
    ]


@pytest.mark.parametrize("unit", [HeartUnit.BPM, HeartUnit.RESERVE])
def test_a_heart_rate_that_needs_the_runner_keeps_its_speed(unit: HeartUnit) -> None:

    text, losses = written(segment(heart=HeartHold(HeartRange(60.0, 70.0, unit), 8.0, 12.0)))
    assert "- 5m 6:00/km Pace\n" in text
    told_of = "counts in percent of the maximum or threshold [1]"
    assert losses == [f"lost: the heart rate that the belt follows; intervals.icu text {told_of}"]


def test_open_steps_and_heart_rates_in_percent_come_back() -> None:
    forever = Extent(ExtentUnit.OPEN)
    low_kmh, high_kmh = KNOWN.within_kmh or (0.0, 0.0)
    hold = HeartHold(HeartRange(90.0, 95.0, HeartUnit.THRESHOLD), low_kmh, high_kmh)
    items = (
        segment(Head.WARM_UP, 6.0, extent=forever),
        segment(heart=hold, target=Target(low_kmh, None, 2.0)),
        segment(Head.REST, target=None, extent=forever),
        segment(Head.COOL_DOWN, 6.0),
    )
    again, _ = returned(Workout("x", items))
    assert [replace(one, line=0) for one in again.segments] == list(items)


@pytest.mark.parametrize("name", ["- dash", "5x", "Warmup", "main set", "Level: beginner", "12x"])
def test_a_name_that_reads_like_something_else_is_reworded_and_told(name: str) -> None:
    text, losses = written(segment(), segment(kmh=12.0), name=name)
    assert "changed: a text that reads like a step, a repeat or a title is reworded" in losses
    outline = icu.read(text.encode(), KNOWN, Losses())
    assert name.lstrip("- ") in outline.name
    assert len(list(unrolled(outline.items))) == 2


@pytest.mark.parametrize("cue", ["Backward 3.0 km/h. Now.", "Rest, belt stopped", "Incline 3 %. Up."])
def test_a_cue_that_reads_like_a_mark_comes_back_as_a_cue(cue: str) -> None:

    again, _ = returned(Workout("x", (segment(Head.WARM_UP, say=(Say(SayAt.START, 0.0, cue),)),)))
    assert again.segments[0].head is Head.WARM_UP
    assert again.segments[0].target == Target(10.0)
    assert again.segments[0].say[0].text == cue


# Anything at all

WORDS = st.sampled_from(
    [
        *("10m", "1m30", "90s", "5'", '30"', "1h", "400mtr", "2km", "0.5mi", "0", "10min", "0m", "99999h"),
        *("5:00/km", "5:00-5:10/km", "8:00/mi", "5:00", "0:00/km", "1:30/400m", "Pace", "pace", "60%", "60-80%", "Z2"),
        *("Z1-Z3", "HR", "LTHR", "200w", "90rpm", "140bpm", "ramp", "freeride", "maxeffort", "press lap", "<!>"),
        *("60^30", "20^", "hr=1s", "intensity=rest", "intensity=cooldown", "Backward 3.0 km/h.", "Incline 2 %."),
        *(
            "Rest, belt stopped.",
            "Level: rehab",
            "3x",
            "2x Set",
            "Warmup",
            "Cooldown",
            "word",
            ",",
            "(",
            "-",
            "\t",
            "\a",
        ),
    ]
)
LINES = st.builds(
    lambda dash, words: dash + " ".join(words), st.sampled_from(["- ", "- ", "- ", ""]), st.lists(WORDS, max_size=7)
)


@settings(deadline=None, max_examples=200)
@given(st.lists(LINES, max_size=8).map("\n".join) | st.text(max_size=200) | st.binary(max_size=200))
def test_any_text_is_read_or_refused(source: str | bytes) -> None:
    raw = source if isinstance(source, bytes) else source.encode(errors="replace")
    losses = Losses()
    outline = outline_or_refusal(raw, losses)
    if isinstance(outline, str):
        assert outline.isprintable()
        return
    loaded = check_text(write_yaml(outline))
    told = [one.rule for one in loaded.errors]
    assert loaded.draft is not None or told in (["total-too-long"], ["only-rests"]), loaded.rendered()
    assert all(one.what.isprintable() for one in losses.all())


def outline_or_refusal(raw: bytes, losses: Losses) -> Outline | str:
    """What a text is read as, or why not."""
    try:
        return read(Format.ICU, raw, KNOWN, losses, name="x")
    except ConvertError as refused:
        return str(refused)

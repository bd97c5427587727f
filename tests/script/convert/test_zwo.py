"""Zwift's files: the dialects of the wild read as they are meant, and what coach writes comes back."""

from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.machine import MachineProfile
from coach.core.plan import make_plan
from coach.core.rules import mean_kmh
from coach.core.workout import Extent, ExtentUnit, Facing, Head, Level, Say, SayAt, Segment, Target, Workout
from coach.script.check import check_text, load
from coach.script.convert import zwo, zwo_write
from coach.script.convert.fold import spoken
from coach.script.convert.format import Format, format_of, read, write
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.pace import Paces
from coach.script.find import shipped
from coach.script.outline import unrolled
from coach.script.write import write as write_yaml
from tests.script.convert.golden import HERE, KNOWN, compared, files, told
from tests.script.drawn import workouts

FOLDER = "zwo"
NO_THRESHOLD = replace(KNOWN, threshold_kmh=None)
PACES = {"threshold-of-the-file": NO_THRESHOLD}  # the others are read by a runner who knows all his paces


@pytest.mark.parametrize("name", files(FOLDER, ".zwo"))
def test_a_file_is_read_as_it_stands_beside_it(name: str) -> None:
    yaml, losses, loaded = compared(HERE / FOLDER / f"{name}.zwo", PACES.get(name, KNOWN))
    assert yaml[0] == yaml[1]
    assert losses[0] == losses[1]
    assert loaded.errors == ()


def test_there_are_twenty_of_them() -> None:
    assert len(files(FOLDER, ".zwo")) >= 20


def run(steps: str, head: str = "<sportType>run</sportType><durationType>time</durationType>") -> bytes:
    """A file of some steps."""
    return f"<workout_file>{head}<workout>{steps}</workout></workout_file>".encode()


STEADY = '<SteadyState Duration="300" Power="0.7"/>'
HUGE = '<IntervalsT Repeat="{}" OnDuration="1" OffDuration="1" OnPower="1" OffPower="1"/>'
REFUSED = {  # the file, and what is said
    "a ride": (run(STEADY, "<sportType>bike</sportType>"), "the sport of this workout is bike.*shares of watts"),
    "no sport": (
        run(STEADY, ""),
        "names no sport, and Zwift takes it for a ride; if it is a run, write <sportType>run",
    ),
    "no steps": (run(""), "the workout has no steps"),
    "another XML": (b"<gpx/>", "not a Zwift workout: it begins with <gpx>"),
    "no XML": (b"format: 1", "line 1: this is not XML: syntax error"),
    "cut off": (run(STEADY)[:-20], "line 1: this is not XML"),
    "a rest day": (run("<RestDay/>"), r"step 1, line 1, is a rest day, on which there is nothing to run"),
    "a sprint": (run(f'{STEADY}<MaxEffort Duration="30"/>'), "step 2, line 1, is a MaxEffort, which says no speed"),
    "a step that nobody knows": (run('<Hop Duration="3"/>'), r"step 1 \(Hop, line 1\) is not a step.*are Warmup, "),
    "no power": (run('<SteadyState Duration="60"/>'), r"step 1 \(SteadyState, line 1\) has no Power"),
    "no power of a side": (
        run('<IntervalsT Repeat="2" OnDuration="1" OffDuration="1" OnPower="1" PowerOffLow="1"/>'),
        "has no OffPower",
    ),
    "watts": (
        run('<SteadyState Duration="60" Power="200"/>'),
        "a Power of 200, which is no share.*write 0.85 for 85 %",
    ),
    "standing": (run('<SteadyState Duration="60" Power="0"/>'), "a Power of 0, at which the belt stands"),
    "below standing": (run('<Ramp Duration="60" PowerLow="-1" PowerHigh="1"/>'), "a PowerLow of -1, at which the belt"),
    "power in words": (run('<SteadyState Duration="60" Power="half"/>'), 'a Power of "half", which is not a number'),
    "not a number": (run('<SteadyState Duration="NaN" Power="1"/>'), 'a Duration of "NaN", which is not a number'),
    "no duration": (run(f'<SteadyState Power="1"/>{STEADY}'), r"step 1 \(SteadyState, line 1\) has no Duration"),
    "no duration of a side": (run('<IntervalsT OnPower="1" OffPower="1" OnDuration="4"/>'), "has no OffDuration"),
    "no time at all": (run('<SteadyState Duration="0" Power="1"/>'), "a Duration of 0; a step has a length above 0"),
    "half a repeat": (run(HUGE.format("2.5")), "a Repeat of 2.5; it is a whole number from 1"),
    "no repeat": (run(HUGE.format("0")), "a Repeat of 0; it is a whole number from 1"),
    "a huge repeat": (run(HUGE.format("999999999")), "makes the workout longer than 10,000 steps"),
    "huge in sum": (run(HUGE.format("3000") * 2), r"step 2 \(IntervalsT, line 1\) makes the workout longer"),
    "an entity bomb": (
        b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><workout_file>&b;</workout_file>',
        "has a document type or entities, which no workout needs",
    ),
    "another file": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><workout_file>&x;</workout_file>',
        "has a document type or entities",
    ),
    "a document type": (b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><workout_file/>', "has a document type"),
    "too deep": (b"<a>" * 100_000, "the file is larger than 256 KB"),
    "deep": (b"<a>" * 50_000, "more than 40 elements stand within each other"),
    "an encoding that nobody has": (b'<?xml version="1.0" encoding="klingon"?><a/>', "in an encoding that cannot be"),
}


@pytest.mark.parametrize(("raw", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place(raw: bytes, sentence: str) -> None:
    with pytest.raises(ConvertError, match=sentence):
        zwo.read(raw, KNOWN, Losses())


def said_at(*events: str, tag: str = 'SteadyState Duration="60" Power="0.4"', more: str = "") -> bytes:
    """A steady step with events as they are typed, offset=text."""
    texts = (event.partition("=") for event in events)
    inner = "".join(f'<textevent timeoffset="{offset}" message="{text}"/>' for offset, _, text in texts)
    return run(f"{STEADY}<{tag}>{inner}{more}</{tag.partition(' ')[0]}>{STEADY}")


INTERVALS = 'IntervalsT Repeat="3" OnDuration="60" OffDuration="90" OnPower="1.0" OffPower="0.6"'
UNCLEAR = {
    "miles": said_at("0=Backward 1.9 mph"),
    "a comma": said_at("0=Backward 3,0 km/h"),
    "other words": said_at("0=Face rear"),
    "German": said_at("0=R\u00fcckw\u00e4rts"),
    "with signs of no width": said_at("0=\u200bFacing\u00ad the rear"),
    "a mark that comes later": said_at("5=Backward 2.5 km/h"),
    "two marks": said_at("0=Backward 2.5 km/h", "0=Backward 3 km/h"),
    "a mark and a rest": said_at("0=Rest, belt stopped", "0=Backward 3 km/h"),
    "no speed": said_at("0=Backward 0 km/h"),
    "intervals": said_at("0=Backward 3.0 km/h", tag=INTERVALS),
    "the second side of intervals": said_at("60=Backward 3.0 km/h", tag=INTERVALS),
    "the name of intervals": said_at(tag=f'{INTERVALS} name="Backward"'),
    "an attribute": said_at(tag='SteadyState Duration="60" Power="0.4" name="Walk, facing the rear"'),
    "a child": said_at(more="<note>Backward</note>"),
    "the text of a step": said_at(more="Backward"),
    "turning": said_at("0=Turn and go backwards now"),
}


@pytest.mark.parametrize("raw", UNCLEAR.values(), ids=UNCLEAR)
def test_a_step_that_may_be_backward_is_refused_or_left_out_and_never_run_forward(raw: bytes) -> None:
    with pytest.raises(ConvertError, match=r"step 2.* is about backward and no mark.*--forward-only leaves such"):
        read(Format.ZWO, raw, KNOWN, Losses(), name="x")
    losses = Losses(forward_only=True)
    outline = read(Format.ZWO, raw, KNOWN, losses, name="x")
    assert [one.facing for one in unrolled(outline.items)] == [Facing.FORWARD] * 2
    assert any("backward steps are left out" in line for line in told(losses))


def test_what_is_about_backward_between_the_steps_is_refused() -> None:
    with pytest.raises(ConvertError, match='line 1: "Backward" between the steps is about backward'):
        read(Format.ZWO, run(f'{STEADY}<Note text="Backward"/>{STEADY}'), KNOWN, Losses(forward_only=True), name="x")


def test_a_mark_is_found_wherever_it_stands_among_the_texts_at_the_start() -> None:
    for raw in (
        said_at("5=Go", "0=Backward 3.0 km/h"),
        said_at("0=Go", "00:00=backward 3.0km/h"),
    ):
        _, step, _ = unrolled(read(Format.ZWO, raw, KNOWN, Losses(), name="x").items)
        assert (step.facing, step.target) == (Facing.BACKWARD, Target(3.0))
        assert [cue.text for cue in step.say] == ["Go"]


@pytest.mark.parametrize("text", ["NaN", "inf", "-inf", "1e999", "Infinity", "0x10", "\uff11"])
@pytest.mark.parametrize("tag", ["Duration", "Power", "Incline"])
def test_no_odd_number_is_read(tag: str, text: str) -> None:
    values = {"Duration": "60", "Power": "0.5", "Incline": "0", tag: text}
    step = "".join(f' {key}="{value}"' for key, value in values.items())
    with pytest.raises(ConvertError, match=f"a {tag} of .* which is not a number"):
        zwo.read(run(f"<SteadyState{step}/>"), KNOWN, Losses())


NEEDS = {
    "a threshold": (STEADY, r"step 1 \(SteadyState, line 1\) is relative to your threshold, .*--threshold '4:40 /km'"),
    "a race": (
        '<SteadyState Duration="60" Power="1" pace="3"/>',
        "relative to your half speed, .*--pace 'half=4:20 /km'",
    ),
    "an easy speed": (
        '<FreeRide Duration="60"/>',
        "says no speed, and your easy speed is not known; .*--easy '6 km/h'",
    ),
}


@pytest.mark.parametrize(("steps", "sentence"), NEEDS.values(), ids=NEEDS)
def test_a_share_of_what_is_not_known_is_refused_and_never_guessed(steps: str, sentence: str) -> None:
    with pytest.raises(ConvertError, match=sentence):
        zwo.read(run(steps), Paces(), Losses())


@pytest.mark.parametrize("pace", ["12", "01", "5", "-1", "0.0", "x"])
def test_a_pace_that_is_none_of_five_is_the_threshold_and_told(pace: str) -> None:
    losses = Losses()
    outline = zwo.read(run(f'<SteadyState Duration="60" Power="1" pace="{pace}"/>'), KNOWN, losses)
    assert [mean_kmh(one) for one in unrolled(outline.items)] == [KNOWN.threshold_kmh]
    assert told(losses) == ["assumed: a pace that Zwift does not know is taken for your threshold [1]"]


def test_what_is_no_step_is_left_out_and_told() -> None:
    losses = Losses()
    zwo.read(run(f'<Note text="x"/>{STEADY}'), KNOWN, losses)
    assert "lost: <Note> between the steps" in told(losses)


def test_a_workout_has_all_steps_that_it_may_have_and_not_one_more() -> None:
    outline = zwo.read(run(HUGE.format(5000)), KNOWN, Losses())
    assert sum(1 for _ in unrolled(outline.items)) == 10_000
    with pytest.raises(ConvertError, match="longer than 10,000"):
        zwo.read(run(HUGE.format(5000) + STEADY), KNOWN, Losses())


@pytest.mark.parametrize(
    ("text", "incline_pct"), [("0.40", 40.0), ("0.4001", 0.4001), ("-0.40", -40.0), ("-0.5", -0.5)]
)
def test_an_incline_up_to_a_limit_is_a_share_and_beyond_it_percent(text: str, incline_pct: float) -> None:
    outline = zwo.read(run(f'<SteadyState Duration="60" Power="1" Incline="{text}"/>'), KNOWN, Losses())
    (segment,) = unrolled(outline.items)
    assert segment.target is not None
    assert segment.target.incline_pct == pytest.approx(incline_pct)


# What coach writes. A Zwift file holds: for each step its whole seconds, its speeds and its incline, its texts and
# when they are due, and by their marks backward steps and rests; of the workout its name, texts, tags and level.


def returned(workout: Workout) -> tuple[Workout, list[str]]:
    """A workout to Zwift and back through YAML, and what both ways told."""
    losses = Losses()
    raw = write(Format.ZWO, workout, losses, KNOWN)
    assert format_of(raw, "x") is Format.ZWO
    loaded = check_text(write_yaml(read(Format.ZWO, raw, KNOWN, losses, name="x")))
    again = loaded.workout or loaded.draft
    assert again is not None, loaded.rendered()
    return again, told(losses)


def seconds(workout: Workout) -> list[float]:
    """The planned seconds of each segment."""
    rows = make_plan(workout, MachineProfile()).rows
    planned = [row.planned_s for row in rows if row.segment.head is not Head.BRIDGE]
    assert None not in planned
    return [one for one in planned if one is not None]


def inclines(segment: Segment) -> float:
    """The mean incline of a segment."""
    target = segment.target
    if target is None:
        return 0.0
    return (target.incline_pct + (target.incline_pct if target.end_incline_pct is None else target.end_incline_pct)) / 2


def texts(segment: Segment) -> list[str]:
    """What is said in a segment, word by word."""
    return sorted(" ".join(spoken(cue.text) for cue in segment.say).lower().split())


def said(segment: Segment, length_s: float) -> Segment:
    """A segment with the cues that are said in it, each as often as it is."""
    cues: list[Say] = []
    for cue in segment.say:
        times = 1
        if cue.at is SayAt.EVERY_S:
            times = ceil(length_s / cue.amount) - 1
        elif cue.at is SayAt.AT_S and cue.amount >= length_s:
            times = 0
        cues += [cue] * times
    return replace(segment, say=tuple(cues))


def must_have_returned(workout: Workout) -> None:
    """All that a Zwift file holds is there again."""
    again, _ = returned(workout)
    assert (again.name, again.description) == (spoken(workout.name), spoken(workout.description))
    assert (again.author, again.level) == (spoken(workout.author), workout.level)
    assert again.tags == tuple(map(spoken, workout.tags))
    assert len(again.segments) == len(workout.segments)
    assert seconds(again) == pytest.approx(seconds(workout), abs=1.0)
    for one, other, length_s in zip(workout.segments, again.segments, seconds(again), strict=True):
        assert other.facing is one.facing
        assert (other.target is None) == (one.target is None)
        assert mean_kmh(other) == pytest.approx(mean_kmh(one), abs=0.1, rel=0.01)
        assert inclines(other) == pytest.approx(inclines(one), abs=0.01)
        if one.facing is Facing.BACKWARD and one.target is not None:
            assert other.target is not None
            assert other.target.speed_kmh == pytest.approx(one.target.speed_kmh, abs=0.0001)
        assert texts(other) == texts(said(one, length_s))


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_workout_goes_to_zwift_and_back(name: str) -> None:
    workout = load(name).workout
    assert workout is not None
    if any(segment.extent.unit is ExtentUnit.OPEN for segment in workout.segments):
        with pytest.raises(ConvertError, match="goes on until you say so"):
            zwo_write.write(workout, Losses(), KNOWN)
        return
    must_have_returned(workout)
    assert sum(one.facing is Facing.BACKWARD for one in returned(workout)[0].segments) == sum(
        one.facing is Facing.BACKWARD for one in workout.segments
    )


@settings(deadline=None, max_examples=40)
@given(workouts())
def test_any_workout_goes_to_zwift_and_back(workout: Workout) -> None:
    must_have_returned(workout)


@settings(deadline=None, max_examples=25)
@given(workouts(heart=False), st.integers(2, 12))
def test_two_steps_that_alternate_are_intervals(workout: Workout, times: int) -> None:
    on = Segment(Head.FORWARD, Facing.FORWARD, Extent(ExtentUnit.TIME, 45.0), Target(12.3))
    off = Segment(Head.FORWARD, Facing.FORWARD, Extent(ExtentUnit.TIME, 30.0), Target(6.1))
    *steps, last = workout.segments
    many = replace(workout, segments=(*steps, *(on, off) * times, last))
    raw = zwo_write.write(many, Losses(), KNOWN)
    assert f'<IntervalsT Repeat="{times}" OnDuration="45" OffDuration="30"'.encode() in raw
    must_have_returned(many)


def made(*segments: Segment, level: Level | None = None) -> Workout:
    """A workout with a minute before and three behind."""
    ahead = Segment(Head.WARM_UP, Facing.FORWARD, Extent(ExtentUnit.TIME, 120.0), Target(6.0))
    behind = Segment(Head.COOL_DOWN, Facing.FORWARD, Extent(ExtentUnit.TIME, 180.0), Target(4.0))
    return Workout("Made", (ahead, *segments, behind), level=level)


def forward(amount: float = 60.0, unit: ExtentUnit = ExtentUnit.TIME, kmh: float = 8.0) -> Segment:
    """A forward step."""
    return Segment(Head.FORWARD, Facing.FORWARD, Extent(unit, amount), Target(kmh))


BACK = Segment(Head.BACKWARD, Facing.BACKWARD, Extent(ExtentUnit.TIME, 60.0), Target(2.5))


def test_backward_is_marked_in_the_file_and_told_with_its_turns() -> None:
    losses = Losses()
    said = replace(BACK, say=(Say(SayAt.START, 0.0, "Short steps."),))
    raw = write(Format.ZWO, made(said, level=Level.BEGINNER), losses, KNOWN)
    assert b'<textevent timeoffset="0" message="Backward 2.5 km/h. Short steps."/>' in raw
    assert b'<tag name="level beginner"/>' in raw
    lines = told(losses)
    assert 'changed: Zwift knows no direction: the backward step is named "Backward 2.5 km/h" and says so [2]' in lines
    assert any(line.startswith("lost: 2 turns, about 3 min in which the belt slows") for line in lines)


def test_the_speed_of_a_mark_is_absolute_whatever_the_threshold_of_the_reader() -> None:
    raw = write(Format.ZWO, made(BACK, level=Level.BEGINNER), Losses(), KNOWN)
    fast = replace(KNOWN, threshold_kmh=20.0)
    segments = list(unrolled(read(Format.ZWO, raw, fast, Losses(), name="x").items))
    assert segments[1].target == Target(2.5)
    assert segments[1].facing is Facing.BACKWARD
    assert mean_kmh(segments[0]) == pytest.approx(6.0 * 20 * 280 / 3600, abs=0.06)


@pytest.mark.parametrize("text", ["Backward 2.5 km/h", "Backward 2.5 km/h. Go", "Rest, belt stopped"])
def test_no_cue_of_a_forward_step_comes_back_as_another_step(text: str) -> None:
    workout = made(replace(forward(), say=(Say(SayAt.START, 0.0, text),)))
    again, lines = returned(workout)
    assert [one.head for one in again.segments] == [one.head for one in workout.segments]
    assert again.segments[1].say == (Say(SayAt.START, 0.0, text),)
    assert 'changed: a cue that reads like the name of another step begins with "Cue:" [2]' in lines


@pytest.mark.parametrize("at", [SayAt.AT_S, SayAt.BEFORE_END_S])
def test_nor_does_one_that_is_due_almost_at_the_start(at: SayAt) -> None:
    cue = Say(at, 0.3 if at is SayAt.AT_S else 59.8, "Backward 2.5 km/h")
    again, _ = returned(made(replace(forward(), say=(cue,))))
    assert again.segments[1].facing is Facing.FORWARD
    assert again.segments[1].say == (Say(SayAt.START, 0.0, "Backward 2.5 km/h"),)


def test_a_distance_becomes_its_time_and_that_is_told() -> None:
    again, lines = returned(made(forward(400.0, ExtentUnit.DISTANCE, 9.0)))
    assert again.segments[1].extent == Extent(ExtentUnit.TIME, 160.0)
    assert "changed: a distance is the time that it takes [2]" in lines


def test_an_open_step_has_no_place() -> None:
    open_end = Segment(Head.FORWARD, Facing.FORWARD, Extent(ExtentUnit.OPEN), Target(6.0))
    with pytest.raises(ConvertError, match="step 2 goes on until you say so"):
        zwo_write.write(made(open_end), Losses(), KNOWN)


def test_without_a_threshold_nothing_is_written() -> None:
    with pytest.raises(ConvertError, match="knows no speeds, only shares of your threshold, and your threshold speed"):
        zwo_write.write(made(), Losses(), Paces())


def test_every_text_is_escaped() -> None:
    bad = "<&\"'>\x07\u202e\u2028 ]]>"
    workout = replace(made(replace(forward(), say=(Say(SayAt.HALF, 0.0, bad),))), name=bad, tags=(bad,), author=bad)
    again, _ = returned(workout)
    assert again.name == again.author == again.tags[0] == again.segments[1].say[0].text == "<&\"'> ]]>"


def test_a_step_lost_in_a_workout_of_heart_and_more_is_told() -> None:
    text = (
        "format: 1\nname: All\npurpose: p\nsource: s\nlanguage: en\nask: {before: pain}\nlimits: {heart: 150 bpm}\n"
        "steps:\n  - forward: 5 min @ 6 km/h, 0 -> 2 %\n    heart: zone 2\n    within: 5 .. 7 km/h\n"
        "    until: heart < 100 bpm\n  - cool-down: 90.4 s @ 4 -> 5 km/h\n"
    )
    workout = check_text(text.replace(", 0 -> 2 %", "")).workout
    assert workout is not None
    first = workout.segments[0]
    assert first.target is not None
    sloped = replace(first, target=replace(first.target, end_incline_pct=2.0))
    _, lines = returned(replace(workout, segments=(sloped, workout.segments[1])))
    for line in (
        "lost: the purpose is not in it",
        "lost: the source is not in it",
        "lost: the language of the texts is not in it",
        "lost: the questions before and after are not in it",
        "lost: the limit of the heart rate is not in it",
        "lost: the belt does not follow the heart, it keeps the speed at which the step starts [1]",
        "lost: the heart rate that ends the step early [1]",
        "changed: a ramp of the incline is its middle [1]",
        "changed: its length is rounded to whole seconds [2]",
        "changed: a cool-down that gets faster is a plain ramp [2]",
    ):
        assert line in lines


SEEDS = [path.read_bytes() for path in sorted((HERE / FOLDER).glob("*.zwo"))]


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_bytes_raise_anything_but_the_refusal(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        length = data.draw(st.integers(0, 12))
        raw[at : at + length] = data.draw(
            st.sampled_from([b"", b"<", b"/>", b'"', b"&", b"9" * 30, b"-", b"1e99", b"Warmup", b"\xff", b"\0"])
            | st.binary(max_size=6)
        )
    losses = Losses()
    try:
        outline = read(Format.ZWO, bytes(raw), KNOWN, losses, name="x")
    except ConvertError:
        return
    loaded = check_text(write_yaml(outline))  # there may be errors, such as a speed that nobody runs
    assert loaded.workout is not None or loaded.errors


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_noise_is_a_workout(raw: bytes) -> None:
    with pytest.raises(ConvertError):
        zwo.read(raw, KNOWN, Losses())


def test_the_goldens_are_all_used() -> None:
    for path in (Path(HERE) / FOLDER).iterdir():
        assert path.with_suffix(".zwo").exists(), path

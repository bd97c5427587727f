"""What a file is, the mark of a backward step, repeats that are found again, and the paces that are read."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.workout import Extent, ExtentUnit, Facing, Head, Level, Say, SayAt, Segment, Target, Workout
from coach.script.check import check_text, load
from coach.script.convert.fold import folded, spoken, standing, tidied, tidy, with_heads
from coach.script.convert.format import Format, by_name, format_of, read
from coach.script.convert.format import write as write_as
from coach.script.convert.loss import ConvertError, Kind, Loss, Losses
from coach.script.convert.mark import (
    REST,
    Marked,
    backward_mark,
    bids_backward,
    harmless,
    marked,
    names_backward,
    own_cue,
    read_mark,
    read_rest,
    sounds_backward,
    tell,
)
from coach.script.convert.pace import Paces, Race, read_race, read_speed, read_within
from coach.script.convert.spell import outline_of_shorthand
from coach.script.find import shipped
from coach.script.outline import Item, Rounds, unrolled
from coach.script.write import write
from tests.script.convert.golden import KNOWN
from tests.script.drawn import TEXTS

FIT = b"\x0e\x10\x00\x00\x00\x00\x00\x00.FIT\x00\x00"


@pytest.mark.parametrize(
    ("raw", "name", "kind"),
    [
        (b"<workout_file/>", "x", Format.ZWO),
        (b"<rows>", "x.zwo", Format.QZ),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a\n b --><Workout_File>', "-", Format.ZWO),
        (b"<gpx>", "a.XML", Format.QZ),
        (b"<gpx>", "a.gpx", None),
        (FIT, "x.zwo", Format.FIT),
        (b"format: 1\nname: x\n", "x.txt", Format.YAML),
        (b"# yaml-language-server: $schema=x\n", "-", Format.YAML),
        (b"name: x\nsteps:\n  - forward: 5 min @ 6 km/h\n", "-", Format.YAML),
        (b"- 10m 5:00/km Pace\n", "-", Format.ICU),
        (b"Warmup\n- easy 10m Z1 Pace", "x.icu", Format.ICU),
        (b"nothing", "x.txt", Format.ICU),
        (b"nothing", "x.fit", Format.FIT),
        (b"nothing", "-", None),
        (b"", "-", None),
    ],
)
def test_a_format_is_told_by_content_and_then_by_name(raw: bytes, name: str, kind: Format | None) -> None:
    assert format_of(raw, name) is kind


@given(st.binary(max_size=300), st.sampled_from(["-", "a.zwo", "b"]))
def test_any_bytes_have_a_format_or_none(raw: bytes, name: str) -> None:
    assert format_of(raw, name) in (*Format, None)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_file_is_yaml(name: str) -> None:
    path = Path(__file__).parents[3] / "workouts" / f"{name}.yaml"
    assert format_of(path.read_bytes(), "-") is Format.YAML


def test_names_end_in_any_case() -> None:
    assert by_name("A.ZWO") is Format.ZWO
    assert by_name("a.yml") is Format.YAML
    assert by_name("zwo") is None


# Marks

SPEEDS = st.integers(1, 6000).map(lambda thousandths: thousandths / 1000)


def back(kmh: float, end_kmh: float | None = None) -> Segment:
    """A backward minute."""
    return Segment(Head.BACKWARD, Facing.BACKWARD, Extent(ExtentUnit.TIME, 60.0), Target(kmh, end_kmh))


@given(SPEEDS, st.none() | SPEEDS, st.just("") | TEXTS)
def test_a_mark_says_what_it_was_made_of(kmh: float, end_kmh: float | None, cue: str) -> None:
    assert read_mark(marked(backward_mark(back(kmh, end_kmh)), cue)) == Marked(kmh, end_kmh, cue)
    assert read_rest(marked(REST, cue)) == cue


@pytest.mark.parametrize(
    ("kmh", "end_kmh", "mark"),
    [(3.0, None, "Backward 3.0 km/h"), (2.25, None, "Backward 2.25 km/h"), (2.0, 3.5, "Backward 2.0 to 3.5 km/h")],
)
def test_a_mark_is_plain_words(kmh: float, end_kmh: float | None, mark: str) -> None:
    assert backward_mark(back(kmh, end_kmh)) == mark


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("backward 3.0 km/h", ""), ("BACKWARD 3.0 km/h", ""), ("Backward 3.0km/h", ""), ("Backward 3 km/h", ""),
        ("Backward3km/h", ""), ("Backwards 3.0 km / h.", ""), ("Backward, 3.0 kmh", ""), ("Backward: 3.0 kph!", ""),
        ("Backward 3.0 km/h, short steps", "short steps"), ("Backward 3.0 km/h - short steps", "short steps"),
        ("  Backward 3.0 km/h. 3 more.", "3 more."), ("Backward 3.0 km/h. - 4", "- 4"),
    ],
)  # fmt: skip
def test_a_mark_is_known_as_people_write_it(text: str, cue: str) -> None:
    assert read_mark(text) == Marked(3.0, None, cue)
    assert read_mark(text.replace("3.0", "3")) == Marked(3.0, None, cue)


@pytest.mark.parametrize(
    "text",
    [
        "Backward", "Backward 3.0", "Backward at 3.0 km/h", "Now Backward 3.0 km/h", "Backward 3.0 mph",
        "Backward -3.0 km/h", "Backward 3,0 km/h", "Backward 300 km/h", "Backward 0 km/h", "Backward nan km/h",
        "Backward inf km/h", "Backward 2-3 km/h", "Backward 3.0 km/h, 4.0 km/h", "Backward 3.0 km/h - 4 km/h",
        "Backward 3.0 km/h or 4.0 km/h", "Backward 3.0 km/hour", "face rear", "Face the rear", "facing the rear",
        "rückwärts 3 km/h", "R\u00dcCKW\u00c4RTS", "ru\u0308ckwa\u0308rts", "Retro", "Retrogehen", "BWD",
        "\u2b05 Backward 3.0 km/h", "1. Backward", "Walk backwards", "Now run backward", "Backpedal", "reverse walk",
        "\uff22ackward 3.0 km/h", "Back 2.0 km/h", "Back-ward", "Run in reverse", "Backward comes next. Backward now",
        "Backward next 2 min",
    ],
)  # fmt: skip
def test_what_bids_to_go_backward_and_is_no_mark_is_known_too(text: str) -> None:
    assert read_mark(text) is None
    assert bids_backward(text)
    assert names_backward(text)
    assert bids_backward(f"\u200b{text[:4]}\u00ad{text[4:]}")


@pytest.mark.parametrize(
    "text",
    [
        "Backward comes next. The belt stops first.", "Backward in 10 s", "backward next", "Backward is done.",
        "Stop before you face the rear", "No backward here", "Two minutes, then the backward part comes next", "",
        "Back to easy", "Back 40", "Look back", "Reverse pyramid", "Keep your back straight", "Retrospect",
    ],
)  # fmt: skip
def test_an_announcement_bids_nothing(text: str) -> None:
    assert not bids_backward(text)
    assert not names_backward(text)
    assert read_mark(text) is None


ODD = st.sampled_from(
    "\u200b\u00ad\ufeff\u200d\u2060\u202e\u00a0\u2003\u3000\u2028\t\n\x00\x07\U000e0001 \ufe0f\u0301.:,"
)
HOSTILE = st.sampled_from(
    [
        *("Backward 3 km/h", "backward 2.0 km/h. Go", "Backward 3.0km/h, short", "Backward 3,0 km/h", "Face rear"),
        *("Rest, belt stopped", "rest , belt stopped.", "Incline 5 %", "Incline 5 %. Go", "rückwärts"),
        *("Cue: Backward 3 km/h", "Cue: x", "Cue: Cue: Rest, belt stopped", "Incline 2 %. Backward 2.0 km/h"),
        *("Backward 2 km/h. Incline 2 %", "[half] Backward 3 km/h", "a [10 s] b", "60^30 Backward 3 km/h", "3x"),
        *("Warmup", "<!> Backward 3 km/h", "2m 5:00/km", "Backward comes next."),
    ]
)
MOMENTS = st.sampled_from([(SayAt.AT_S, 0.3), (SayAt.AT_S, 20.0), (SayAt.HALF, 0.0), (SayAt.BEFORE_END_S, 59.8)])


@st.composite
def hostile(draw: st.DrawFn) -> str:
    """A cue that would be another step, but for signs that are not seen or not written."""
    text = draw(HOSTILE | st.text(max_size=20))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(ODD) + text[at:]
    return text


@given(
    hostile() | TEXTS | st.builds(lambda kmh, cue: marked(backward_mark(back(kmh)), cue), SPEEDS, TEXTS) | st.just(REST)
)
def test_no_cue_of_a_forward_step_is_a_mark(text: str) -> None:
    safe = harmless(text)
    assert read_mark(safe) is None
    assert read_rest(safe) is None
    assert spoken(safe) == safe
    assert spoken(text) == (safe if own_cue(safe) is None else own_cue(safe))
    assert own_cue(safe) is not None or not bids_backward(safe)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(st.sampled_from(["forward", "backward", "rest"]), hostile(), hostile(), MOMENTS),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([Format.ZWO, Format.ICU, Format.FIT]),
)
def test_whatever_is_said_in_a_step_it_faces_the_same_way_when_it_returns(
    drawn: list[tuple[str, str, str, tuple[SayAt, float]]], kind: Format
) -> None:
    steps = [Segment(Head.WARM_UP, Facing.FORWARD, Extent(ExtentUnit.TIME, 300.0), Target(5.0))]
    for head, first, later, moment in drawn:
        facing = Facing.BACKWARD if head == "backward" else Facing.FORWARD
        target = None if head == "rest" else Target(2.5 if facing is Facing.BACKWARD else 5.0)
        say = tuple(one for one in (Say(SayAt.START, 0.0, first), Say(*moment, later)) if one.text.strip())
        steps.append(Segment(Head(head), facing, Extent(ExtentUnit.TIME, 60.0), target, say=say))
    raw = write_as(kind, Workout("Odd", tuple(steps), Level.BEGINNER), Losses(), KNOWN)
    again = list(unrolled(read(kind, raw, KNOWN, Losses(), name="x").items))
    assert [(one.facing, one.target is None) for one in again] == [(one.facing, one.target is None) for one in steps]
    for one, other in zip(steps, again, strict=True):
        if one.facing is Facing.BACKWARD:
            assert other.target == one.target
    kept = read(kind, raw, KNOWN, Losses(forward_only=True), name="x")
    assert all(one.facing is Facing.FORWARD for one in unrolled(kept.items))


@given(st.floats(0.001, 20.0))
def test_a_mark_is_never_faster_than_its_step(kmh: float) -> None:
    mark = read_mark(backward_mark(back(kmh)))
    assert mark is not None
    assert kmh - 0.0001 <= mark.speed_kmh <= kmh + 1e-9


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("Backward comes next", True),
        ("Go backwards", True),
        ("BACKWARD", True),
        ("Rückwärts", True),
        ("back to easy", False),
        ("Look back", False),
    ],
)
def test_a_text_that_speaks_of_backward_is_heard(text: str, sounds: bool) -> None:
    assert sounds_backward(text) is sounds


def test_turns_and_bridges_are_told() -> None:
    text = (
        "format: 1\nname: x\nlevel: intermediate\nsteps:\n  - repeat: 2\n    steps:\n      - forward: 5 min @ 9 km/h\n"
    )
    workout = check_text(f"{text}      - backward: 1 min @ 4 km/h\n  - cool-down: 3 min @ 4 km/h\n").workout
    assert workout is not None
    losses = Losses()
    tell(workout, losses, "X")
    kinds = [(one.kind, re.sub(r"[0-9]+ (min|turns|walks)", r"N \1", one.what)) for one in losses.all()]
    assert kinds[0] == (
        Kind.CHANGED,
        'X knows no direction: the backward step is named "Backward 4.0 km/h" and says so',
    )
    assert [what.split(",")[0] for kind, what in kinds if kind is Kind.LOST] == [
        "N turns",
        "N walks are not in it",
    ]


# Repeats, heads and numbers


def step(kmh: float, seconds: float = 60.0, head: Head = Head.FORWARD) -> Segment:
    """A forward step."""
    return Segment(head, Facing.FORWARD, Extent(ExtentUnit.TIME, seconds), Target(kmh))


ITEMS: st.SearchStrategy[Item] = st.recursive(
    st.sampled_from([step(5), step(6), step(7)]),
    lambda inner: st.builds(Rounds, st.integers(1, 4), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)


@given(st.lists(ITEMS, max_size=12))
def test_folding_changes_no_step(items: list[Item]) -> None:
    found = folded(items)
    assert list(unrolled(found)) == list(unrolled(tuple(items)))
    assert all(not isinstance(one, Rounds) or one.times > 1 for one in found)


def test_neighbours_are_folded_the_way_a_person_would() -> None:
    on, off, long = step(12), step(6), step(5, 300)
    assert folded([long, on, off, on, off, on, off, long]) == (long, Rounds(3, (on, off)), long)
    assert folded([on, on]) == (on, on)
    assert folded([on, on, on]) == (Rounds(3, (on,)),)
    assert folded([*[on, off] * 3, long] * 2) == (Rounds(2, (Rounds(3, (on, off)), long)),)
    assert folded([on, off, on]) == (on, off, on)


def test_the_slower_ends_are_warm_up_and_cool_down_where_nothing_says_so() -> None:
    losses = Losses()
    items = (step(5, 300), Rounds(3, (step(12), step(6))), step(4, 300))
    heads = [one.head for one in standing(with_heads(items, losses))]
    assert heads == [Head.WARM_UP, Head.FORWARD, Head.FORWARD, Head.COOL_DOWN]
    assert losses.all() == (
        Loss(Kind.ASSUMED, "this step is the warm-up", (1,)),
        Loss(Kind.ASSUMED, "this step is the cool-down", (4,)),
    )


@pytest.mark.parametrize(
    "items",
    [
        (step(5, 300), step(12, 300)),
        (step(12, 300), step(12), step(12, 300)),
        (step(5, 100), step(12), step(5, 100)),
        (step(5, 300, Head.WARM_UP), step(12), step(5, 300)),
        (back(2), step(12), back(2)),
    ],
    ids=["two steps", "as fast", "too short", "it says so itself", "backward"],
)
def test_otherwise_heads_stay_as_they_are(items: tuple[Segment, ...]) -> None:
    losses = Losses()
    assert with_heads(items, losses) == items
    assert losses.all() == ()


@pytest.mark.parametrize(
    ("kmh", "tidy_kmh", "lines"),
    [(9.0, 9.0, 0), (9.0004, 9.0, 0), (9.03, 9.0, 1), (9.06, 9.1, 1), (0.01, 0.1, 1), (4 * 1.609344, 4 * 1.609344, 0)],
)
def test_a_speed_is_rounded_as_a_treadmill_sets_it_and_that_is_told(kmh: float, tidy_kmh: float, lines: int) -> None:
    losses = Losses()
    assert tidied(kmh, losses, 3) == pytest.approx(tidy_kmh)
    assert len(losses.all()) == lines


@given(st.floats(0.05, 25))
def test_a_rounded_speed_is_near_and_stays(kmh: float) -> None:
    assert abs(tidy(kmh) - kmh) <= 0.05 + 1e-9
    assert tidy(tidy(kmh)) == pytest.approx(tidy(kmh), abs=0.0005)


@given(st.text(max_size=60))
def test_a_text_becomes_one_printable_line(text: str) -> None:
    line = spoken(text)
    assert line.isprintable()
    assert line == " ".join(line.split())
    assert spoken(line) == line


# Shorthands and paces


@pytest.mark.parametrize(
    "shorthand",
    [
        "5min@5/3x(2min@9/1min@6)/5min@5",
        "2min@5/2x(2x(1min@9/30s@5)/rest 1min)/3min@4",
        "2min@5/2x(1min@5/back 1min@2)",
    ],
)
def test_a_shorthand_keeps_its_repeats(shorthand: str) -> None:
    workout = load(shorthand).workout
    assert workout is not None
    text = write(outline_of_shorthand(shorthand, workout))
    assert text.count("- repeat:") == shorthand.count("x(")
    again = check_text(text)
    assert again.errors == ()
    assert again.workout is not None
    assert [(one.head, one.extent, one.target) for one in again.workout.segments] == [
        (one.head, one.extent, one.target) for one in workout.segments
    ]


def test_a_long_shorthand_has_a_name_that_is_short_enough() -> None:
    shorthand = "/".join(["1min@5"] * 60)
    workout = load(shorthand).workout
    assert workout is not None
    assert check_text(write(outline_of_shorthand(shorthand, workout))).errors == ()


@pytest.mark.parametrize(
    ("text", "kmh"), [("4:40 /km", 3600 / 280), (" 12.9 km/h ", 12.9), ("8 mph", 12.874752), ("9:00 /mi", 10.72896)]
)
def test_a_pace_is_read_as_the_language_reads_it(text: str, kmh: float) -> None:
    assert read_speed(text) == pytest.approx(kmh)
    assert read_race("5K", text) == (Race.FIVE_K, read_speed(text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("4:40", "4:40 is a time; a speed is needed here; for a pace write 4:40 /km"),
        ("13", "13 has no unit; a speed is needed here"),
        ("0:40 /km", '"0:40 /km" is 90 km/h; it must be 1 to 30 km/h'),
        ("0.5 km/h", "is 0.5 km/h; it must be 1 to 30 km/h"),
        ("$easy", "is not a number"),
        ("brisk", 'cannot read "brisk" as a speed; write 4:40 /km or 12.9 km/h'),
        ("", "a speed is missing here"),
    ],
)
def test_what_is_no_pace_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ConvertError, match=re.escape(sentence)):
        read_speed(text)


def test_what_is_no_race_is_refused() -> None:
    with pytest.raises(ConvertError, match=r'"marathn" is not a race; did you mean marathon\?'):
        read_race("marathn", "5:00 /km")
    with pytest.raises(ConvertError, match='"100m" is not a race; there are mile, 5k, 10k, half, marathon'):
        read_race("100m", "5:00 /km")


def test_bounds_are_two_speeds_in_order() -> None:
    assert read_within("5 .. 9 km/h") == (5.0, 9.0)
    for text in ("5 km/h", "9 .. 5 km/h", "5 .. 5 km/h", "$a .. 9 km/h", "5 - 9", "0 .. 5 km/h"):
        with pytest.raises(ConvertError):
            read_within(text)


def test_unknown_references_say_what_to_give() -> None:
    with pytest.raises(ConvertError, match="it needs it, and your threshold speed is not known; give it with"):
        Paces().threshold("it needs it")
    with pytest.raises(ConvertError, match="--pace '10k=4:20 /km'"):
        Paces(race_kmh={Race.MILE: 15.0}).race(Race.TEN_K, "it needs it")
    with pytest.raises(ConvertError, match="--easy '6 km/h'"):
        Paces().easy("it needs it")
    known = Paces(12.0, {Race.MILE: 15.0}, easy_kmh=6.0)
    assert (known.threshold(""), known.race(Race.MILE, ""), known.easy("")) == (12.0, 15.0, 6.0)


def test_the_same_loss_at_several_steps_is_one() -> None:
    losses = Losses()
    losses.lost("a", 3)
    losses.changed("a", 1)
    losses.lost("a", 1)
    losses.lost("a", 3)
    losses.assumed("b")
    assert losses.all() == (Loss(Kind.LOST, "a", (3, 1)), Loss(Kind.CHANGED, "a", (1,)), Loss(Kind.ASSUMED, "b"))


def test_a_mark_needs_no_cue() -> None:
    assert marked("Backward 3.0 km/h", "") == "Backward 3.0 km/h"
    assert Say(SayAt.START, 0.0, marked(REST, "x")).text == f"{REST}. x"

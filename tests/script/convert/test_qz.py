"""QZ's programmes: absolute speeds, bounds of the heart, repeats within each other."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.workout import Extent, ExtentUnit, Facing, Head, HeartHold, HeartRange, HeartUnit, Segment, Target
from coach.script.check import check_text
from coach.script.convert import qz
from coach.script.convert.format import Format, read, write
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.pace import Paces
from coach.script.outline import unrolled
from coach.script.write import write as write_yaml
from tests.script.convert.golden import HERE, KNOWN, compared, files, told

FOLDER = "qz"
EASY = replace(KNOWN, easy_kmh=4.5)


@pytest.mark.parametrize("name", files(FOLDER, ".xml"))
def test_a_file_is_read_as_it_stands_beside_it(name: str) -> None:
    yaml, losses, loaded = compared(HERE / FOLDER / f"{name}.xml", EASY)
    assert yaml[0] == yaml[1]
    assert losses[0] == losses[1]
    assert loaded.errors == ()


def test_there_are_eight_of_them_and_all_goldens_are_used() -> None:
    assert len(files(FOLDER, ".xml")) >= 8
    for path in (HERE / FOLDER).iterdir():
        assert path.with_suffix(".xml").exists(), path


def rows(text: str) -> bytes:
    """A programme of some rows."""
    return f"<rows>{text}</rows>".encode()


ROW = '<row duration="00:01:00" speed="8" forcespeed="1"/>'
REFUSED = {
    "no rows": (b"<rows/>", "the programme has no rows"),
    "only an empty repeat": (rows('<repeat times="9"/>'), "the programme has no rows"),
    "another XML": (b"<html/>", "not a QZ program: it begins with <html>"),
    "for a bike": (b'<rows device="bike"/>', "for a bike, not for a treadmill"),
    "no length": (rows('<row speed="8"/>'), r"row 1 \(line 1\) has neither a duration nor a distance"),
    "no clock": (rows('<row duration="soon" speed="8"/>'), 'a duration of "soon"; durations are written 00:05:00'),
    "no number": (rows('<row duration="60" speed="fast"/>'), 'a speed of "fast", which is not a number'),
    "below zero": (rows('<row duration="60" speed="-0.5"/>'), "a speed of -0.5, which is below 0"),
    "a rest over a distance": (rows('<row distance="1" speed="0"/>'), "a speed of 0 and a distance, so it never ends"),
    "half a ramp": (rows('<row duration="60" speedfrom="8"/>'), "one end of a ramp; it needs speedfrom and speedto"),
    "half a heart": (rows('<row duration="60" hrmin="120"/>'), "one end of a heart rate; it needs hrmin and hrmax"),
    "zone 6": (rows('<row duration="60" zonehr="6"/>'), "the heart zone 6; there are 1 to 5"),
    "a repeat that does not say": (rows(f"<repeat>{ROW}</repeat>"), 'does not say how often; write times="3"'),
    "half a repeat": (rows(f'<repeat times="1.5">{ROW}</repeat>'), 'line 1: a repeat has times="1.5"'),
    "no repeat": (rows(f'<repeat times="0">{ROW}</repeat>'), 'a repeat has times="0"; it is a whole number from 1'),
    "a huge repeat": (rows(f'<repeat times="10001">{ROW}</repeat>'), "grows past 10,000 rows"),
    "huge in product": (
        rows(f'<repeat times="200"><repeat times="51">{ROW}</repeat></repeat>'),
        "line 1: with its repeats the programme grows past 10,000 rows",
    ),
    "deep repeats": (rows('<repeat times="1">' * 13 + ROW + "</repeat>" * 13), "more than 12 repeats stand within"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place(raw: bytes, sentence: str) -> None:
    with pytest.raises(ConvertError, match=sentence):
        qz.read(raw, KNOWN, Losses())


@pytest.mark.parametrize(
    "row",
    [
        ROW.replace("/>", '><textevent timeoffset="0" message="Walk backward if you like"/></row>'),
        ROW.replace("/>", ' name="Backward"/>'),
        ROW.replace("/>", "><label>Face rear</label></row>"),
    ],
)
def test_a_row_that_may_be_backward_is_refused_or_left_out(row: str) -> None:
    with pytest.raises(ConvertError, match=r"(row|step) 2.* is about backward and no mark"):
        read(Format.QZ, rows(ROW + row), KNOWN, Losses(), name="x")
    kept = read(Format.QZ, rows(ROW + row), KNOWN, Losses(forward_only=True), name="x")
    assert [one.facing for one in unrolled(kept.items)] == [Facing.FORWARD]


@pytest.mark.parametrize(
    "text", ['<repeat times="2" name="Backward">' + ROW + "</repeat>", '<note text="Backward"/>' + ROW]
)
def test_a_title_about_backward_is_refused(text: str) -> None:
    with pytest.raises(ConvertError, match='"Backward" between the rows is about backward'):
        qz.read(rows(text), KNOWN, Losses())


def test_a_mark_among_other_texts_at_the_start_of_a_row_is_found() -> None:
    texts = '<textevent timeoffset="5" message="Go"/><textevent timeoffset="0" message="Backward 3.0 km/h"/>'
    (step,) = unrolled(qz.read(rows(ROW.replace("/>", f">{texts}</row>")), KNOWN, Losses()).items)
    assert (step.facing, step.target) == (Facing.BACKWARD, Target(3.0))


NEEDS = {
    "bounds": ('<row duration="60" zonehr="2" maxspeed="9"/>', "so nothing bounds the belt; .*--within '5 .. 9 km/h'"),
    "an easy speed": ('<row duration="60"/>', r"row 1 \(line 1\) says no speed, and your easy speed is not known"),
}


@pytest.mark.parametrize(("row", "sentence"), NEEDS.values(), ids=NEEDS)
def test_what_is_not_said_is_refused_and_never_guessed(row: str, sentence: str) -> None:
    with pytest.raises(ConvertError, match=sentence):
        qz.read(rows(row), Paces(), Losses())


def test_as_many_rows_as_may_be_and_not_one_more() -> None:
    deepest = '<repeat times="1">' * 11 + '<repeat times="10000">' + ROW + "</repeat>" * 12
    outline = qz.read(rows(deepest), KNOWN, Losses())
    assert sum(1 for _ in unrolled(outline.items)) == 10_000
    with pytest.raises(ConvertError, match="grows past"):
        qz.read(rows(deepest + ROW), KNOWN, Losses())


@pytest.mark.parametrize(
    ("before", "own", "start"), [("5", "", 7.0), ("8", "", 8.0), ("12", "", 9.0), ("12", 'speed="7.5"', 7.5)]
)
def test_a_row_that_follows_the_heart_starts_within_its_bounds(before: str, own: str, start: float) -> None:
    led = f'<row duration="00:05:00" zonehr="3" minspeed="7" maxspeed="9" {own}/>'
    ahead = f'<row duration="00:01:00" speed="{before}" forcespeed="1"/>'
    segment = list(unrolled(qz.read(rows(ahead + led), KNOWN, Losses()).items))[1]
    assert segment.target == Target(start)
    assert segment.heart == HeartHold(HeartRange(3, 3, HeartUnit.ZONE), 7.0, 9.0)


def test_a_programme_goes_through_yaml_to_zwift() -> None:
    outline = read(Format.QZ, (HERE / FOLDER / "nested.xml").read_bytes(), KNOWN, Losses(), name="x")
    workout = check_text(write_yaml(outline)).workout
    assert workout is not None
    assert len(workout.segments) == 16
    assert b'<textevent timeoffset="50" message="Ten more"/>' in write(Format.ZWO, workout, Losses(), KNOWN)


def test_qz_is_read_and_not_written() -> None:
    workout = check_text("format: 1\nname: x\nsteps:\n  - forward: 5 min @ 5 km/h\n").workout
    assert workout is not None
    with pytest.raises(ConvertError, match="coach reads QZ and does not write it"):
        write(Format.QZ, workout, Losses(), KNOWN)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 7200), st.integers(8, 200).map(lambda tenths: tenths / 10), st.integers(0, 24)),
        min_size=1,
        max_size=20,
    )
)
def test_every_row_is_there_with_its_numbers(made: list[tuple[int, float, int]]) -> None:
    text = "".join(
        f'<row duration="{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" speed="{kmh}" inclination="{halves / 2}" '
        'forcespeed="1"/>'
        for s, kmh, halves in made
    )
    losses = Losses()
    segments = [replace(one, head=Head.FORWARD) for one in unrolled(qz.read(rows(text), Paces(), losses).items)]
    assert segments == [
        Segment(Head.FORWARD, Facing.FORWARD, Extent(ExtentUnit.TIME, float(s)), Target(kmh, None, halves / 2))
        for s, kmh, halves in made
    ]
    assert not any(line.startswith(("lost", "changed")) for line in told(losses))


SEEDS = [path.read_bytes() for path in sorted((HERE / FOLDER).glob("*.xml"))]


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_bytes_raise_anything_but_the_refusal(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 12))] = data.draw(
            st.sampled_from([b"", b"<", b"/>", b'"', b"&", b"9" * 30, b"-", b"0", b"repeat", b"\xff", b"\0"])
            | st.binary(max_size=6)
        )
    try:
        outline = read(Format.QZ, bytes(raw), KNOWN, Losses(), name="x")
    except ConvertError:
        return
    loaded = check_text(write_yaml(outline))  # there may be errors, such as a speed that nobody runs
    assert loaded.workout is not None or loaded.errors

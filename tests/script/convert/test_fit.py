"""FIT workouts: bytes made by hand and by fit-tool are read or refused, and what coach writes comes back."""

import logging
import re
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

import fitdecode
import pytest
from fit_tool import FitFile, FitFileBuilder, ProfileScope, validate_fit_file
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.workout_message import WorkoutMessage
from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
from fit_tool.profile.profile_type import FileType, Intensity, Sport, WorkoutStepDuration, WorkoutStepTarget
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
    Level,
    Say,
    SayAt,
    Segment,
    Target,
    Until,
    Workout,
)
from coach.script.check import check_text, load
from coach.script.convert import fit
from coach.script.convert.format import Format, format_of, read, write
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.pace import Paces
from coach.script.find import shipped
from coach.script.outline import Outline, Rounds, unrolled
from coach.script.write import write as write_yaml
from tests.script.convert.golden import KNOWN, told
from tests.script.drawn import segment, workouts

# A FIT file by hand: a header, records that define messages and records that fill them, two checksums.

NIBBLES = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
)  # fmt: skip
KINDS = {1: 0x02, 2: 0x84, 4: 0x86}  # unsigned, by their octets
STRING = 0x07

Value = int | str
Fields = Mapping[int, Value]
Message = tuple[int, Fields]


def checksum(raw: bytes) -> int:
    """The checksum of the format, nibble by nibble."""

    def half(crc: int, nibble: int) -> int:
        return (crc >> 4 & 0x0FFF) ^ NIBBLES[crc & 0xF] ^ NIBBLES[nibble]

    return reduce(lambda crc, octet: half(half(crc, octet & 0xF), octet >> 4), raw, 0)


def packed(value: Value, order: str) -> tuple[int, bytes]:
    """The base type of a value, and its octets."""
    if isinstance(value, str):
        return STRING, value.encode() + b"\0"
    size = 1 if value < 0xFF else 2 if value < 0xFFFF else 4
    return KINDS[size], value.to_bytes(size, "little" if order == "<" else "big")


def record(message: Message, order: str = "<") -> bytes:
    """A definition, and the message that it defines."""
    number, values = message
    fields = [(field, *packed(value, order)) for field, value in values.items()]
    definition = bytes([0x40, 0, order == ">"]) + struct.pack(f"{order}H", number) + bytes([len(fields)])
    definition += b"".join(bytes([field, len(octets), kind]) for field, kind, octets in fields)
    return definition + b"\0" + b"".join(octets for _, _, octets in fields)


def records(*messages: Message, order: str = "<") -> bytes:
    """Messages one after the other."""
    return b"".join(record(message, order) for message in messages)


def whole(records: bytes, *, short: bool = False, header_sum: int | None = None) -> bytes:
    """A file of records; `short` is the older header without a checksum."""
    header = struct.pack("<BBHI4s", 12 if short else 14, 0x20, 2140, len(records), b".FIT")
    if not short:
        header += struct.pack("<H", checksum(header) if header_sum is None else header_sum)
    return header + records + struct.pack("<H", checksum(header + records))


def file(*steps: Fields, head: Fields | None = None, title: Fields | None = None) -> bytes:
    """A workout of some steps."""
    plain: Fields = {4: 1, 6: len(steps), 8: "By hand"}
    messages: list[Message] = [(0, head or {0: 5, 1: 1}), (26, plain if title is None else title)]
    return whole(records(*messages, *((27, step) for step in steps)))


def run(seconds: float = 60, low: int = 2750, high: int = 2806, **more: Value) -> dict[int, Value]:
    """A step at about 10 km/h."""
    plain: dict[int, Value] = {1: 0, 2: round(seconds * 1000), 3: 0, 4: 0, 5: low, 6: high, 7: 0}
    return plain | {FIELDS[key]: more[key] for key in more}


FIELDS = {
    "name": 0, "ends": 1, "length": 2, "target": 3, "zone": 4, "low": 5, "high": 6, "intensity": 7, "notes": 8,
    "second": 19, "second_low": 21, "second_high": 22, "index": 254,
}  # fmt: skip


def repeat(start: int, times: int, **more: Value) -> dict[int, Value]:
    """A repeat from the step with this index."""
    plain: dict[int, Value] = {1: 6, 2: start, 3: 2, 4: times}
    return plain | {FIELDS[key]: more[key] for key in more}


def came(raw: bytes, paces: Paces = KNOWN) -> tuple[str, list[str]]:
    """The steps of a file as YAML, and what is told."""
    losses = Losses()
    yaml = write_yaml(fit.read(raw, paces, losses))
    return yaml.partition("steps:\n")[2], told(losses)


ASSUMED_EASY = "assumed: a step without a speed goes at your easy speed [1]"
LED = "assumed: the belt follows the heart within the given speeds and starts at the slower one [1]"
MIDDLE = "changed: a range of speeds is its middle [1]"
ROUNDED = "changed: the speed is rounded to 0.1 km/h [1]"
HEARTS = "    heart: {}\n    within: 6 km/h .. 9 km/h\n"
READ = {  # a step, its YAML, what is told
    "a time": (run(90), "  - forward: 90 s @ 10 km/h\n", [MIDDLE]),
    "a distance": (run(ends=1, length=40_000), "  - forward: 400 m @ 10 km/h\n", [MIDDLE]),
    "open": (run(ends=5), "  - forward: open @ 10 km/h\n", [MIDDLE]),
    "a single speed": (run(low=2778, high=2778), "  - forward: 60 s @ 10 km/h\n", []),
    "a range from fast to slow": (run(low=2806, high=2750), "  - forward: 60 s @ 10 km/h\n", [MIDDLE]),
    "an odd speed": (run(low=2700, high=2700), "  - forward: 60 s @ 9.7 km/h\n", [ROUNDED]),
    "the speed of a lap": (run(target=12), "  - forward: 60 s @ 10 km/h\n", [MIDDLE]),
    "a warm-up": (run(intensity=2), "  - warm-up: 60 s @ 10 km/h\n", [MIDDLE]),
    "a cool-down": (run(intensity=3), "  - cool-down: 60 s @ 10 km/h\n", [MIDDLE]),
    "a rest that is a jog": (run(intensity=1), "  - forward: 60 s @ 10 km/h\n", [MIDDLE]),
    "a recovery": (run(intensity=4), "  - forward: 60 s @ 10 km/h\n", [MIDDLE]),
    "a kind of step that nobody knows": (run(intensity=99), "  - forward: 60 s @ 10 km/h\n", [MIDDLE]),
    "a name": (run(name="Hills"), "  - forward: 60 s @ 10 km/h\n    say: Hills\n", [MIDDLE]),
    "a name and notes": (
        run(name="Hills", notes="Up."),
        "  - forward: 60 s @ 10 km/h\n    say: Hills. Up.\n",
        [MIDDLE],
    ),
    "a name that is its notes": (
        run(name="Go!", notes="Go!"),
        '  - forward: 60 s @ 10 km/h\n    say: "Go!"\n',
        [MIDDLE],
    ),
    "the name of a warm-up": (run(name="Warm up", intensity=2), "  - warm-up: 60 s @ 10 km/h\n", [MIDDLE]),
    "a mark in the name": (
        run(name="Backward 2.5 km/h", notes="Look ahead."),
        "  - backward: 60 s @ 2.5 km/h\n    say: Look ahead.\n",
        ["changed: the speed of a backward step is the one in its name, not its target [1]"],
    ),
    "a mark in the notes": (
        run(name="Step 3", notes="Backward 2.5 km/h. Look ahead.", low=660, high=730),
        "  - backward: 60 s @ 2.5 km/h\n    say: Look ahead. Step 3\n",
        [],
    ),
    "a rest by its mark": (run(name="Rest, belt stopped", target=2), "  - rest: 60 s\n", []),
    "a rest without a speed": (
        {1: 0, 2: 30_000, 3: 2, 7: 1},
        "  - rest: 30 s\n",
        ["assumed: a rest without a speed is one in which the belt stands [1]"],
    ),
    "no target": ({1: 0, 2: 60_000, 3: 2}, "  - forward: 60 s @ 8 km/h\n", [ASSUMED_EASY]),
    "a speed that says none": ({1: 0, 2: 60_000, 3: 0, 4: 0}, "  - forward: 60 s @ 8 km/h\n", [ASSUMED_EASY]),
    "a cadence": (run(target=3), "  - forward: 60 s @ 8 km/h\n", ["lost: the cadence [1]", ASSUMED_EASY]),
    "a heart rate in beats": (
        run(target=1, low=220, high=240),
        "  - forward: 60 s @ 6 km/h\n" + HEARTS.format("120..140 bpm"),
        [LED],
    ),
    "a heart rate in percent": (
        run(target=1, low=60, high=70),
        "  - forward: 60 s @ 6 km/h\n" + HEARTS.format("60..70 %max"),
        [LED],
    ),
    "a heart zone": (
        {1: 0, 2: 60_000, 3: 1, 4: 2},
        "  - forward: 60 s @ 6 km/h\n" + HEARTS.format("zone 2"),
        ["assumed: heart zones are those of coach, in percent of the maximum; a watch may count others [1]", LED],
    ),
    "a heart rate with its speeds": (
        run(target=1, low=220, high=240, second=0, second_low=1389, second_high=2083),
        "  - forward: 60 s @ 5 km/h\n    heart: 120..140 bpm\n    within: 5 km/h .. 7.5 km/h\n",
        ["assumed: a step that follows the heart starts at its slowest speed [1]"],
    ),
    "until the heart is slow": (
        run(ends=2, length=220),
        "  - forward: open @ 10 km/h\n    until: heart < 120 bpm\n",
        ["assumed: a step that ends by the heart rate has no other end, so it is open [1]", MIDDLE],
    ),
    "until the heart is fast": (
        run(ends=3, length=85),
        "  - forward: open @ 10 km/h\n    until: heart > 85 %max\n",
        ["assumed: a step that ends by the heart rate has no other end, so it is open [1]", MIDDLE],
    ),
    "a grade of another program": (
        run(second=5, second_low=2, second_high=2),
        "  - forward: 60 s @ 10 km/h\n",
        ["lost: the grade; FIT does not say in what it counts [1]", MIDDLE],
    ),
    "a second cadence": (
        run(second=3),
        "  - forward: 60 s @ 10 km/h\n",
        ["lost: the second target of a step [1]", MIDDLE],
    ),
}


@pytest.mark.parametrize(("step", "yaml", "losses"), READ.values(), ids=READ)
def test_a_step_is_read_as_it_is_meant(step: Fields, yaml: str, losses: list[str]) -> None:
    steps, said = came(file(step))
    assert steps == yaml
    assert sorted(said) == sorted(losses)


REFUSED = {  # a step, and what is said of it
    "no end": ({3: 2}, "step 1 does not say how it ends"),
    "calories": (run(ends=4), "step 1 ends by a number of calories, for which no belt can wait; give it a time or"),
    "power": (run(ends=14), "step 1 ends by a power"),
    "power of three seconds": (run(ends=20), "step 1 ends by a power"),
    "repetitions": (run(ends=29), "step 1 ends by a number of repetitions"),
    "an end that nobody knows": (run(ends=99), "step 1 ends by the end number 99"),
    "no time": (run(0), "step 1 has a length of 0 s; a step is longer than 0"),
    "an endless time": (run(4_000_000), "step 1 has a length of 4e+06 s"),
    "no distance": (run(ends=1, length=0), "step 1 has a length of 0 m"),
    "a speed zone": (
        {1: 0, 2: 60_000, 3: 0, 4: 3},
        "step 1 is in speed zone 3 of a watch, which is not known here; give it speeds of its own",
    ),
    "half a range": (run(low=0), "step 1 has only one end of its range of speeds; give it both"),
    "too fast": (run(low=9000, high=9000), "step 1 has a speed of 32.4 km/h, above 22 km/h, the most that a workout"),
    "held at a power": (run(target=4), "step 1 is to be held at a power, which is not a speed for a belt"),
    "held at a resistance": (run(target=6), "step 1 is to be held at a resistance"),
    "held at something": (run(target=77), "step 1 is to be held at the target number 77"),
    "half a heart rate": (run(target=1, low=0, high=70), "step 1 has only one end of its range of heart rates"),
    "a mixed heart rate": (run(target=1, low=70, high=240), "from percent to beats; give both ends in the same"),
    "a heart rate that cannot be": (run(target=1, low=500, high=600), "a heart rate that cannot be: 400..500"),
    "a heart zone that is not there": ({1: 0, 2: 60_000, 3: 1, 4: 6}, "a heart rate that cannot be: zone 6 is outside"),
    "an end that cannot be": (run(ends=2, length=10), "a heart rate that cannot be: 10 %max is outside"),
    "a rest with a distance": (
        run(ends=1, length=4000, name="Rest, belt stopped"),
        "step 1 is a rest, in which the belt stands, and has a distance",
    ),
    "backward in other words": (run(name="Run backwards"), 'step 1: "Run backwards" is about backward and no mark'),
    "backward in the notes": (run(notes="Backward 1.9 mph"), 'step 1: "Backward 1.9 mph" is about backward and no'),
    "a mark that a watch cut": (run(name="Backward 2.0"), 'step 1: "Backward 2.0" is about backward and no mark'),
    "backward at half": (run(notes="Go. [half] Face rear"), 'step 1: "Face rear" is about backward and no mark'),
    "a mark too fast": (run(name="Backward 30.0 km/h"), "step 1 has a speed of 30 km/h, above 22 km/h"),
    "a repeat of nothing": (repeat(0, 3), "step 1 is a repeat that does not begin at a step before it"),
    "until a time": ({1: 7, 2: 0, 4: 600}, "step 1 repeats until a time is over; a workout repeats a number of times"),
    "until the heart is slow": ({1: 10, 2: 0, 4: 220}, "step 1 repeats until the heart is slow enough"),
}  # fmt: skip


@pytest.mark.parametrize(("step", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_step_for_which_no_belt_can_be_set_is_refused(step: Fields, sentence: str) -> None:
    with pytest.raises(ConvertError, match=re.escape(sentence)):
        fit.read(file(step), KNOWN, Losses())


NEEDS = {
    "a heart rate": (run(target=1, low=220, high=240), "step 1 is a heart rate, and between which speeds the belt may"),
    "no speed": (
        {1: 0, 2: 60_000, 3: 2},
        "step 1 says no speed, and your easy speed is not known",
    ),
}


@pytest.mark.parametrize(("step", "sentence"), NEEDS.values(), ids=NEEDS)
def test_what_needs_something_unknown_is_refused_and_never_guessed(step: Fields, sentence: str) -> None:
    with pytest.raises(ConvertError, match=re.escape(sentence)):
        fit.read(file(step), Paces(), Losses())


OURS: dict[int, Value] = {0: 5, 1: 255, 2: 25_186, 8: "coach"}


def test_an_incline_is_read_from_a_file_of_coach_alone() -> None:
    step = run(second=5, second_low=150, second_high=150)
    assert came(file(step, head=OURS)) == ("  - forward: 60 s @ 10 km/h, 1.5 %\n", [])
    others: list[Fields] = [{1: 254}, {2: 1}, {8: "coachman"}]
    for other in others:
        steps, losses = came(file(step, head={**OURS, **other}))
        assert steps == "  - forward: 60 s @ 10 km/h\n"
        assert "lost: the grade; FIT does not say in what it counts [1]" in losses
    with pytest.raises(ConvertError, match=r"step 1 has an incline of 25.01 %, the most is 25 %"):
        came(file(run(second=5, second_low=2501, second_high=2501), head=OURS))


# Repeats


def test_a_repeat_takes_the_steps_before_it() -> None:
    steps, _ = came(file(run(300), run(), run(30), repeat(1, 5), run(300)))
    assert steps == (
        "  - forward: 5 min @ 10 km/h\n  - repeat: 5\n    steps:\n      - forward: 60 s @ 10 km/h\n"
        "      - forward: 30 s @ 10 km/h\n  - forward: 5 min @ 10 km/h\n"
    )


def test_repeats_within_each_other_are_read() -> None:
    outline = fit.read(file(run(), run(30), repeat(1, 3), repeat(0, 2)), KNOWN, Losses())
    (outer,) = outline.items
    assert isinstance(outer, Rounds)
    assert outer.times == 2
    assert [type(item) for item in outer.items] == [Segment, Rounds]
    assert len(list(unrolled(outline.items))) == 8


def test_steps_go_by_their_index_and_repeats_count_by_it() -> None:
    steps = [run(30, index=12), run(60, index=11), repeat(11, 2, index=13), run(90, index=10)]
    outline = fit.read(file(*steps), KNOWN, Losses())
    lengths = [step.extent.amount for step in unrolled(outline.items)]
    assert lengths == [90, 60, 30, 60, 30]


def test_indexes_that_are_not_all_there_count_for_nothing() -> None:
    outline = fit.read(file(run(30, index=5), run(60)), KNOWN, Losses())
    assert [step.extent.amount for step in unrolled(outline.items)] == [30, 60]


LOOPS = {
    "behind itself": ([run(), repeat(5, 2), run()], "step 2 is a repeat that does not begin at a step before it"),
    "at itself": ([run(), repeat(1, 2)], "step 2 is a repeat that does not begin at a step before it"),
    "within another": (
        [run(), run(), repeat(0, 2), run(), repeat(1, 2)],
        "step 5 is a repeat that begins at step 2, within another repeat",
    ),
    "from a repeat": ([run(), repeat(0, 2), repeat(1, 2)], "step 3 is a repeat that begins at step 2, within another"),
    "no rounds": ([run(), repeat(0, 0)], "step 2 is a repeat of 0 rounds; it is 1 to 10,000"),
    "too many rounds": ([run(), repeat(0, 10_001)], "step 2 is a repeat of 10001 rounds"),
    "too many in all": ([run(), repeat(0, 101), repeat(0, 101)], "step 3 makes the workout longer than 10,000 steps"),
    "too deep": ([run(), *[repeat(0, 1)] * 13], "step 14 is a repeat more than 12 deep within others"),
}


@pytest.mark.parametrize(("steps", "sentence"), LOOPS.values(), ids=LOOPS)
def test_a_repeat_that_cannot_be_is_refused(steps: list[dict[int, Value]], sentence: str) -> None:
    with pytest.raises(ConvertError, match=re.escape(sentence)):
        fit.read(file(*steps), KNOWN, Losses())


def test_twelve_deep_is_not_too_deep() -> None:
    outline = fit.read(file(run(), *[repeat(0, 1)] * 12), KNOWN, Losses())
    assert len(list(unrolled(outline.items))) == 1


# The file

GOOD = file(run(), run(30))
FILES = {
    "empty": (b"", "this is not a FIT file: .FIT does not stand at its beginning"),
    "text": (b"- 10m 6:00/km Pace\n", "this is not a FIT file"),
    "only a header": (GOOD[:14], "the FIT file is damaged or cut short"),
    "cut short": (GOOD[:-9], "the FIT file is damaged or cut short"),
    "without its checksum": (GOOD[:-2], "the FIT file is damaged or cut short"),
    "a wrong checksum": (GOOD[:-1] + bytes([GOOD[-1] ^ 1]), "the FIT file is damaged: its checksum does not fit"),
    "a wrong octet": (GOOD[:30] + bytes([GOOD[30] ^ 0x20]) + GOOD[31:], "the FIT file is damaged"),
    "a wrong header": (
        whole(record((0, {0: 5})), header_sum=0x1234),
        "the FIT file is damaged: the checksum of its header does not fit",
    ),
    "a header of nothing": (b"\x00" + GOOD[1:], "the FIT file is damaged or cut short"),
    "a message that nobody defined": (whole(b"\x05\x00"), "the FIT file is damaged or cut short"),
    "an activity": (
        file(run(), head={0: 4}),
        "the FIT file is an activity, the record of a session, and",
    ),
    "a course": (file(run(), head={0: 6}), "the FIT file is a course, and not a workout"),
    "no kind": (file(run(), head={1: 1}), "the FIT file is no kind at all, and not a workout"),
    "some kind": (file(run(), head={0: 77}), "the FIT file is the kind number 77, and not a workout"),
    "no records": (whole(b""), "the FIT file is no kind at all, and not a workout"),
    "no workout": (whole(record((0, {0: 5}))), "the FIT file has no workout message"),
    "a ride": (file(run(), title={4: 2}), "the sport of the workout is cycling; a belt takes running and walking"),
    "a swim": (file(run(), title={4: 5}), "the sport of the workout is swimming"),
    "some sport": (file(run(), title={4: 77}), "the sport of the workout is the sport number 77"),
    "fewer steps": (file(run(), title={4: 1, 6: 9}), "the workout has 9 steps and only 1 are in the file; it is cut"),
    "no steps": (file(title={4: 1, 6: 0}), "the workout has no steps"),
    "too large": (whole(b"\0" * 262_144), "the file is larger than 256 KB"),
    "many records": (whole(record((0, {})) + b"\0" * 30_000), "the file has more than 20,000 records"),
    "many steps": (
        whole(record((0, {0: 5})) + record((26, {4: 1})) + record((27, {1: 5})) + b"\0\5" * 10_000),
        "10,001",
    ),
}


@pytest.mark.parametrize(("raw", "sentence"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_workout_for_a_belt_is_refused(raw: bytes, sentence: str) -> None:
    with pytest.raises(ConvertError, match=re.escape(sentence)):
        fit.read(raw, KNOWN, Losses())


def test_a_wrong_bit_anywhere_is_found() -> None:
    for at in range(len(GOOD)):
        for bit in range(8):
            with pytest.raises(ConvertError):
                fit.read(GOOD[:at] + bytes([GOOD[at] ^ 1 << bit]) + GOOD[at + 1 :], KNOWN, Losses())


@pytest.mark.parametrize("length", [14, 17, 40, 80, len(GOOD) - 1])
def test_a_file_that_is_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(ConvertError, match="damaged or cut short"):
        fit.read(GOOD[:length], KNOWN, Losses())


WALK: list[Message] = [(0, {0: 5}), (26, {4: 1, 8: "By hand"}), (27, run())]
RECORDS = records(*WALK)
SWAPPED = records(*WALK, order=">")
EQUAL = {
    "an old header": whole(RECORDS, short=True),
    "a header without a checksum": whole(RECORDS, header_sum=0),
    "octets the other way round": whole(SWAPPED),
    "messages that mean nothing here": whole(record((23, {2: 4, 99: "x"})) + RECORDS + record((999, {1: 2}))),
}


@pytest.mark.parametrize("raw", EQUAL.values(), ids=EQUAL)
def test_a_file_may_be_packed_in_many_ways(raw: bytes) -> None:
    assert fit.read(raw, KNOWN, Losses()) == fit.read(whole(RECORDS), KNOWN, Losses())


def test_a_walk_is_taken_and_no_sport_is_told() -> None:
    assert came(file(run(), title={4: 11}))[0] == "  - forward: 60 s @ 10 km/h\n"
    assert "assumed: the workout names no sport: it is a run" in came(file(run(), title={8: "x"}))[1]


def test_a_count_of_steps_may_leave_the_repeats_out() -> None:
    steps = [run(), repeat(0, 2)]
    assert came(file(*steps, title={4: 1, 6: 1}))[1] == [MIDDLE]
    assert came(file(*steps, title={4: 1, 6: 2}))[1] == [MIDDLE]
    few = came(file(*steps, run(30), title={4: 1, 6: 1}))[1]
    assert "assumed: the number of steps in the file is 1, and there are 3, which are all read" in few


def test_what_stands_behind_the_file_is_told() -> None:
    for behind in (GOOD, b"\0\0\0"):
        steps, losses = came(GOOD + behind)
        assert steps == came(GOOD)[0]
        assert "lost: what stands behind the first workout of the file" in losses


def test_name_description_and_level_are_read() -> None:
    title: dict[int, Value] = {4: 1, 8: "Hills \a and more", 17: "Level: rehab. Up and down."}
    outline = fit.read(file(run(), title=title), KNOWN, Losses())
    assert (outline.name, outline.level, outline.description) == ("Hills and more", Level.REHAB, "Up and down.")
    long = fit.read(file(run(), title={4: 1, 8: "n" * 200}), KNOWN, Losses())
    assert len(long.name) == 100


def test_text_that_is_no_text_is_read_with_what_can_be() -> None:
    raw = whole(RECORDS.replace(b"By hand", b"By \xff\xfe\x07d"))
    assert fit.read(raw, KNOWN, Losses()).name == "By \ufffd\ufffdd"


def test_a_file_of_fit_tool_is_read() -> None:
    head, title = FileIdMessage(), WorkoutMessage()
    head.type, head.manufacturer, title.sport, title.workout_name = (
        FileType.WORKOUT,
        1,
        Sport.RUNNING,
        "Made by another",
    )
    steps = [WorkoutStepMessage() for _ in range(3)]
    for index, step in enumerate(steps):
        step.message_index, step.workout_step_name = index, f"Step {index}" * (index + 1)
        step.intensity = (Intensity.WARMUP, Intensity.ACTIVE, Intensity.COOLDOWN)[index]
        step.duration_type, step.duration_time = WorkoutStepDuration.TIME, 60.5
        step.target_type, step.target_speed_zone = WorkoutStepTarget.SPEED, 0
        step.custom_target_speed_low, step.custom_target_speed_high = 2.0, 3.0
    builder = FitFileBuilder(auto_define=True)
    builder.add_all([head, title, *steps])
    outline = fit.read(builder.build_bytes(), KNOWN, Losses())
    assert outline.name == "Made by another"
    assert [step.head for step in unrolled(outline.items)] == [Head.WARM_UP, Head.FORWARD, Head.COOL_DOWN]
    for one in unrolled(outline.items):
        assert one.extent == Extent(ExtentUnit.TIME, 60.5)
        assert one.target == Target(9.0)


# What coach writes. A FIT file holds: of each step its kind and facing, its time to a millisecond or its distance to a
# centimetre, its mean speed to 0.01 km/h (that of a backward step to 0.0001), its mean incline to 0.01 %, as many of
# its texts as have room, each with when it is due, a heart rate in beats or percent with its bounds; of the workout
# its name, its level and of its description 254 bytes.


def written(*segments: Segment, **changed: object) -> tuple[bytes, list[str]]:
    """The file of a workout of some steps, and what was told."""
    losses = Losses()
    workout = replace(Workout("Name", segments), **changed)  # type: ignore[arg-type]  # the fields of a workout
    return fit.write(workout, losses, Paces()), told(losses)


def decoded(raw: bytes) -> list[tuple[str, dict[str, object]]]:
    """The messages of a file as another program reads them."""
    strict = {"check_crc": fitdecode.CrcCheck.RAISE, "error_handling": fitdecode.ErrorHandling.RAISE}
    with fitdecode.FitReader(raw, **strict) as reader:  # type: ignore[no-untyped-call]  # it has no types
        frames = [frame for frame in reader if frame.frame_type == fitdecode.FIT_FRAME_DATA]
    return [
        (one.name, {field.name: field.raw_value for field in one.fields if field.value is not None}) for one in frames
    ]


def faults(raw: bytes) -> list[str]:
    """What fit-tool's validation, at its strictest, finds; its count leaves repeats out, unlike that of others."""
    report = validate_fit_file(FitFile.from_bytes(raw), profile_scope=ProfileScope.FULL)
    return [one.message for one in report.findings if "repeat meta-steps excluded" not in one.message]


def returned(workout: Workout) -> tuple[Workout, list[str]]:
    """A workout to FIT and back through YAML, and what both ways told."""
    losses = Losses()
    raw = write(Format.FIT, workout, losses, Paces())
    assert format_of(raw, "x") is Format.FIT
    assert faults(raw) == []
    loaded = check_text(write_yaml(read(Format.FIT, raw, KNOWN, losses, name="x")))
    assert loaded.draft is not None, loaded.rendered()
    return loaded.draft, told(losses)


def incline(segment: Segment) -> float:
    """The mean incline of a segment; that of a step which the heart leads is written in words."""
    target = segment.target
    if target is None:
        return 0.0
    return (target.incline_pct + (target.incline_pct if target.end_incline_pct is None else target.end_incline_pct)) / 2


def same(again: Segment, segment: Segment) -> None:
    """What came back is what was written, as far as the file holds it."""
    assert again.head is segment.head
    assert again.facing is segment.facing
    assert again.extent.unit is segment.extent.unit
    assert again.extent.amount == pytest.approx(segment.extent.amount, abs=0.005)
    assert incline(again) == pytest.approx(incline(segment), abs=0.0051)
    said = [{(cue.at, cue.amount): cue.text for cue in one.say} for one in (again, segment)]
    assert said[0] == said[1] or (len(" ".join(said[1].values()).encode()) > 150 and said[0].items() < said[1].items())
    if segment.heart is not None:
        assert again.heart is not None
        assert again.heart.low_kmh == pytest.approx(segment.heart.low_kmh, abs=0.01)
        assert again.heart.high_kmh == pytest.approx(segment.heart.high_kmh, abs=0.01)
        zone = segment.heart.range.unit is HeartUnit.ZONE
        low, high = segment.heart.range.low, segment.heart.range.high
        band = HeartRange(40 + 10 * low, 50 + 10 * high, HeartUnit.MAX) if zone else segment.heart.range
        assert again.heart.range == band
        return
    off_kmh = 1e-4 if segment.facing is Facing.BACKWARD else 0.01
    assert mean_kmh(again) == pytest.approx(mean_kmh(segment), abs=off_kmh)


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_workout_comes_back(name: str) -> None:
    workout = load(name).workout
    assert workout is not None
    again, _ = returned(workout)
    assert (again.name, again.level) == (workout.name, workout.level)
    assert workout.description.startswith(again.description)
    for one, other in zip(again.segments, workout.segments, strict=True):
        if other.extent.unit in (ExtentUnit.TIME, ExtentUnit.DISTANCE):
            same(one, other)


@pytest.mark.slow
@settings(deadline=None)
@given(workouts())
def test_any_workout_comes_back(workout: Workout) -> None:
    again, _ = returned(workout)
    assert (again.name, again.level) == (workout.name, workout.level)
    for one, other in zip(again.segments, workout.segments, strict=True):
        same(one, other)


def test_another_program_reads_what_is_written() -> None:
    work, easy = segment(kmh=12.0, extent=Extent(ExtentUnit.DISTANCE, 400.0)), segment(kmh=8.0)
    cue = Say(SayAt.START, 0.0, "Short steps.")
    raw, losses = written(
        segment(Head.WARM_UP), *[work, easy] * 4,
        segment(Head.BACKWARD, target=Target(2.5, None, 1.5), say=(cue,)),
        segment(Head.REST, target=None), segment(Head.COOL_DOWN, 6.0),
        description="Four hundreds.", level=Level.BEGINNER,
    )  # fmt: skip
    head, title, *steps = decoded(raw)
    assert head[0] == "file_id"
    assert {key: head[1][key] for key in ("type", "manufacturer", "product_name")} == {
        "type": 5, "manufacturer": 255, "product_name": "coach",
    }  # fmt: skip
    assert title == (
        "workout",
        {
            "sport": 1, "sub_sport": 1, "num_valid_steps": 7, "wkt_name": "Name",
            "wkt_description": "Level: beginner. Four hundreds.",
        },
    )  # fmt: skip
    assert [name for name, _ in steps] == ["workout_step"] * 7
    warm, fast, slow, rounds, back, rest, cool = (values for _, values in steps)
    assert warm["wkt_step_name"] == "Warm-up 10 km/h"
    assert [warm["duration_time"], warm["intensity"], cool["intensity"]] == [300_000, 2, 3]
    assert [fast["duration_distance"], fast["custom_target_speed_low"], fast["custom_target_speed_high"]] == [
        40_000, 3333 - 167, 3333 + 167,
    ]  # fmt: skip
    assert slow["message_index"] == 2
    assert [rounds["duration_type"], rounds["duration_step"], rounds["repeat_steps"]] == [6, 1, 4]
    assert (back["wkt_step_name"], back["notes"]) == ("Backward 2.5 km/h", "Short steps.")
    assert [back["secondary_target_type"], back["secondary_custom_target_value_low"]] == [5, 150]
    assert [rest["wkt_step_name"], rest["target_type"], rest["intensity"]] == ["Rest, belt stopped", 2, 1]
    assert "changed: a FIT workout knows no standing belt: a rest is a step without a target [11]" in losses


def test_the_same_workout_is_the_same_file_and_another_has_another_number() -> None:
    first, again, other = (written(segment(kmh=kmh))[0] for kmh in (10.0, 10.0, 10.1))
    assert first == again
    numbers = [decoded(raw)[0][1]["serial_number"] for raw in (first, other)]
    assert numbers[0] != numbers[1]
    assert len({str(decoded(raw)[0][1]["time_created"]) for raw in (first, other)}) == 1


def test_rounds_within_rounds_are_written_out() -> None:
    sprint, jog, walk = segment(kmh=12.0), segment(kmh=8.0), segment(kmh=5.0)
    raw, _ = written(*([*[sprint, jog] * 3, walk] * 2))
    repeats = [values for _, values in decoded(raw) if "repeat_steps" in values]
    assert [(one["duration_step"], one["repeat_steps"]) for one in repeats] == [(0, 2)]


def test_what_has_no_place_is_told() -> None:
    until = Until(below=True, bound=HeartRange(120.0, 120.0), at_least_s=60.0)
    open_end = segment(until=until, extent=Extent(ExtentUnit.OPEN))
    threshold = HeartHold(HeartRange(90.0, 95.0, HeartUnit.THRESHOLD), 8.0, 12.0)
    later = Say(SayAt.HALF, 0.0, "x" * 300)
    raw, losses = written(
        segment(until=until),
        open_end,
        segment(heart=threshold),
        segment(target=Target(8.0, 10.0, 0.0, 2.0), say=(later,)),
        segment(mark="here"),
        segment(extent=Extent(ExtentUnit.TO_MARK, 5000.0)),
        purpose="p", description="long " * 80,
    )  # fmt: skip
    assert losses == [
        "lost: the purpose has no place in a FIT workout",
        "changed: a distance counted from a mark is the one that is planned [6]",
        "lost: the shortest time before a heart rate may end the step [1, 2]",
        "lost: the heart rate that ends the step early [1]",
        "changed: a speed is a range from 5 % below it to 5 % above it [1, 2, 3, 4, 5, 6]",
        "lost: the heart rate that the belt follows; a FIT workout counts in beats or percent of the maximum [3]",
        "changed: a ramp of the speed is its middle [4]",
        "changed: a ramp of the incline is its middle [4]",
        "changed: the incline is a second target, which a watch may not show [4]",
        'lost: the cue at "half"; a FIT workout holds 254 bytes of them [4]',
        "lost: the end of the description; a FIT workout holds 254 bytes",
    ]
    assert faults(raw) == []
    again = list(unrolled(fit.read(raw, KNOWN, Losses()).items))
    assert again[1].until == replace(until, at_least_s=0.0)
    assert again[1].extent == open_end.extent


def test_every_cue_returns_with_its_moment_and_none_is_said_too_early() -> None:
    say = (
        Say(SayAt.START, 0.0, "Look far away."), Say(SayAt.HALF, 0.0, "Half [10 s] way"), Say(SayAt.AT_S, 90.0, "Go"),
        Say(SayAt.EVERY_S, 45.0, "Breathe"), Say(SayAt.BEFORE_END_S, 10.0, "Ten more."),
    )  # fmt: skip
    again, losses = returned(Workout("x", (segment(say=say), segment(Head.BACKWARD, 2.5, say=say)), Level.ADVANCED))
    for one in again.segments:
        assert one.say == (say[0], Say(SayAt.HALF, 0.0, "Half (10 s) way"), *say[2:])
    assert "changed: what reads like a moment in a cue stands in round brackets [1, 2]" in losses


def test_what_has_no_room_in_the_notes_is_told_and_the_rest_is_whole() -> None:
    say = (Say(SayAt.AT_S, 10.0, "a" * 150), Say(SayAt.AT_S, 20.0, "\u00e4" * 60), Say(SayAt.AT_S, 30.0, "last"))
    again, losses = returned(Workout("x", (segment(say=say),)))
    assert again.segments[0].say == (say[0], say[2])
    assert 'lost: the cue at "20 s"; a FIT workout holds 254 bytes of them [1]' in losses


def test_moments_that_are_in_no_step_are_told() -> None:
    notes = "Go. [half] Half [0 s] a [every 1 s] b [20 min] c [-10 s] d [soon] e [half] f"
    steps, losses = came(file(run(notes=notes)))
    assert steps.endswith('    say:\n      start: Go.\n      half: Half f\n      -10 s: "d [soon] e"\n')
    assert "lost: a cue whose moment is not in its step [1]" in losses


def test_many_steps_are_told() -> None:
    steps = [segment(kmh=5 + index / 10) for index in range(51)]
    assert "changed: it has 51 steps; a watch may take no more than 50" in written(*steps)[1]
    assert not any("a watch may take" in line for line in written(*steps[:50])[1])


def test_open_steps_and_heart_rates_in_beats_come_back() -> None:
    forever = Extent(ExtentUnit.OPEN)
    items = (
        segment(Head.WARM_UP, 6.0, extent=forever),
        segment(heart=HeartHold(HeartRange(120.0, 135.0), 8.0, 12.0), target=Target(8.0, None, 2.0)),
        segment(Head.REST, target=None, extent=forever),
        segment(Head.COOL_DOWN, 6.0, until=Until(below=True, bound=HeartRange(100.0, 100.0)), extent=forever),
    )
    again, _ = returned(Workout("x", items))
    assert [replace(one, line=0) for one in again.segments] == list(items)


@pytest.mark.parametrize("cue", ["Backward 3.0 km/h. Now.", "Rest, belt stopped", "Incline 3 %. Up.", "ä" * 127 + "é"])
def test_a_cue_that_reads_like_a_mark_comes_back_as_a_cue(cue: str) -> None:
    again, _ = returned(Workout("x", (segment(Head.WARM_UP, say=(Say(SayAt.START, 0.0, cue),)),)))
    assert again.segments[0].head is Head.WARM_UP
    assert again.segments[0].target == Target(10.0)
    assert cue.lower().startswith(again.segments[0].say[0].text.lower())


# Anything at all


def outline_or_refusal(raw: bytes, losses: Losses) -> Outline | str:
    """What bytes are read as, or why not."""
    try:
        return read(Format.FIT, raw, KNOWN, losses, name="x")
    except ConvertError as refused:
        return str(refused)


def sound(raw: bytes) -> None:
    """Bytes are refused in one line, or read as a workout that the language takes."""
    losses = Losses()
    outline = outline_or_refusal(raw, losses)
    if isinstance(outline, str):
        assert outline.isprintable()
        return
    loaded = check_text(write_yaml(outline))
    told = [one.rule for one in loaded.errors]
    assert loaded.draft is not None or told in (["total-too-long"], ["only-rests"]), loaded.rendered()
    assert all(one.what.isprintable() for one in losses.all())


LIKELY = st.sampled_from([0, 1, 2, 3, 5, 6, 50, 100, 101, 220, 260, 1000, 2778, 60_000, 4_000_000, 0xFFFFFFFE])
NUMBERS = LIKELY | st.integers(0, 0xFFFFFFFE)
TEXT = st.sampled_from(
    ["Run", "Backward 2.0 km/h", "Backward 99.0 km/h. x", "Rest, belt stopped", "Incline 3 %", "\a", ""]
)
STEPS = st.fixed_dictionaries(
    {1: st.sampled_from([0, 0, 1, 2, 3, 5, 6, 6, 7, 14, 99])},
    optional={
        0: TEXT | st.text(max_size=20),
        2: st.integers(0, 5) | NUMBERS,
        3: st.sampled_from([0, 0, 1, 2, 3, 4, 5, 12, 13, 77]),
        4: st.integers(0, 7) | NUMBERS,
        5: NUMBERS,
        6: NUMBERS,
        7: st.integers(0, 9),
        8: TEXT | st.text(max_size=20),
        19: st.integers(0, 13),
        21: NUMBERS,
        22: NUMBERS,
        254: st.integers(0, 6),
    },
)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(st.lists(STEPS, max_size=6), st.sampled_from([{0: 5}, OURS]))
def test_any_steps_are_read_or_refused(steps: list[dict[int, Value]], head: dict[int, Value]) -> None:
    sound(file(*steps, head=head))


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=120))
def test_any_records_are_read_or_refused(records: bytes) -> None:
    sound(records)
    sound(whole(records))
    sound(whole(RECORDS + records))


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_file_with_some_octets_changed_and_its_checksums_mended_is_read_or_refused(data: st.DataObject) -> None:
    octets = bytearray(GOOD[14:-2])
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    sound(whole(bytes(octets)))


@pytest.mark.slow
def test_the_library_is_loaded_when_it_is_needed_and_leaves_the_log_alone() -> None:
    code = (
        "import logging, sys\n"
        "from coach.script.convert import fit\n"
        "from coach.script.convert.loss import Losses\n"
        "from coach.script.convert.pace import Paces\n"
        "assert 'fit_tool' not in sys.modules\n"
        f"fit.read(bytes.fromhex('{file(run()).hex()}'), Paces(), Losses())\n"
        "assert 'fit_tool' in sys.modules and logging.root.handlers == []\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert logging.getLogger("fit_tool").level >= logging.CRITICAL

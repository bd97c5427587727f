"""Garmin's FIT workouts: bytes to an outline and back, through fit-tool, which nothing else here imports.

Reading trusts nothing: checksums are compared, each value is looked at, and every fault of a file is one ConvertError.
Writing gives the same bytes for the same workout: no clock, and a serial number that comes from its content.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from types import ModuleType
from typing import TYPE_CHECKING, Final
from zlib import crc32

from coach.core.workout import Segment, Workout
from coach.script.compile import DEEPEST, MOST_SEGMENTS
from coach.script.convert.fit_step import LONGEST_TEXT, NAME, Ends, Field, Fields, Goal, StepReader, fields_of
from coach.script.convert.fold import folded, spoken, with_heads
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.pace import Paces
from coach.script.convert.plain import flat, plain_segments
from coach.script.convert.prose import level_text, read_level, tell_lost
from coach.script.outline import Item, Outline, Rounds, unrolled
from coach.script.read import LONGEST_NAME
from coach.script.source import LARGEST_BYTES

if TYPE_CHECKING:
    from fit_tool.data_message import DataMessage
    from fit_tool.wire.model import RawDataRecord

MOST_RECORDS: Final = 20_000  # in a file; each step may have its definition
MOST_STEPS: Final = 50  # more are told; a careful number, no document names one
DEVELOPMENT: Final = 255  # the manufacturer of those that have no number
PRODUCT: Final = 25_186  # of coach among them; others may have the same, so its name counts too
PRODUCT_NAME: Final = "coach"
CREATED_S: Final = 1_000_000_000  # in the time of FIT, of every file: a clock would make equal workouts differ


class Message(IntEnum):
    """The messages that mean something here."""

    FILE_ID = 0
    WORKOUT = 26
    STEP = 27


class Id(IntEnum):
    """The fields of a file_id message."""

    TYPE = 0
    MANUFACTURER = 1
    PRODUCT = 2
    SERIAL = 3
    CREATED = 4
    PRODUCT_NAME = 8


class Title(IntEnum):
    """The fields of a workout message."""

    SPORT = 4
    STEPS = 6
    NAME = 8
    SUB_SPORT = 11
    DESCRIPTION = 17


_OURS: Final[Fields] = {Id.MANUFACTURER: DEVELOPMENT, Id.PRODUCT: PRODUCT, Id.PRODUCT_NAME: PRODUCT_NAME}
_WORKOUT_FILE: Final = 5  # of the FIT profile, like the two below
_RUNNING: Final = 1
_TREADMILL: Final = 1
_SPORTS: Final = {1: "running", 11: "walking"}
_FILES: Final = {
    1: "the settings of a device", 2: "settings", 4: "an activity, the record of a session", 6: "a course",
    34: "a segment",
}  # fmt: skip
_OTHER_SPORTS: Final = {2: "cycling", 4: "a fitness machine", 5: "swimming", 10: "training", 15: "rowing"}
_UNTIL: Final = {
    7: "a time is over", 8: "a distance is covered", 9: "calories are burnt", 10: "the heart is slow enough",
    11: "the heart is fast enough",
}  # fmt: skip
_BASES: Final = {  # by the low bits of a base type: how it is packed, and the value that means none
    0x00: ("B", 0xFF), 0x01: ("b", 0x7F), 0x02: ("B", 0xFF), 0x03: ("h", 0x7FFF), 0x04: ("H", 0xFFFF),
    0x05: ("i", 0x7FFFFFFF), 0x06: ("I", 0xFFFFFFFF), 0x0A: ("B", 0), 0x0B: ("H", 0), 0x0C: ("I", 0),
    0x0D: ("B", 0xFF), 0x0E: ("q", 0x7FFFFFFFFFFFFFFF), 0x0F: ("Q", 0xFFFFFFFFFFFFFFFF), 0x10: ("Q", 0),
}  # fmt: skip
_STRING: Final = 0x07  # of the FIT protocol's base types, like the one below
_BASE: Final = 0x1F


# Reading


@dataclass(slots=True)
class _File:
    """The messages of a file that matter."""

    head: Fields = field(default_factory=dict)
    workout: Fields | None = None
    steps: list[Fields] = field(default_factory=list)


def read(raw: bytes, paces: Paces, losses: Losses) -> Outline:
    """A run as an outline.

    Raises:
        ConvertError: the file is damaged or no workout for a belt, or a step has no speed, or no end that is known.
    """
    if len(raw) > LARGEST_BYTES:
        raise ConvertError("the file is larger than 256 KB, the most that a workout has")
    file = _file(raw, losses)
    _check(file, losses)
    workout = file.workout or {}
    ours = all(file.head.get(key) == value for key, value in _OURS.items())
    items = _items(_ordered(file.steps), paces, losses, ours=ours)
    if not items:
        raise ConvertError("the workout has no steps")
    level, description = read_level(_text(workout, Title.DESCRIPTION))
    return Outline(
        name=_shortened(_text(workout, Title.NAME), losses),
        items=items if ours else with_heads(folded(items), losses),
        level=level,
        description=description,
    )


def _file(raw: bytes, losses: Losses) -> _File:
    file = _File()
    for number, values in _messages(raw, losses):
        if number == Message.FILE_ID:
            file.head = file.head or values
        elif number == Message.WORKOUT:
            file.workout = file.workout or values
        elif number == Message.STEP:
            file.steps.append(values)
    return file


def _messages(raw: bytes, losses: Losses) -> Iterator[tuple[int, Fields]]:
    """The messages of the first file in the bytes, in order, by number."""
    if raw[8:12] != b".FIT":
        raise ConvertError("this is not a FIT file: .FIT does not stand at its beginning")
    wire = _quietly()
    decoder = wire.WireDecoder(check_crc=False)  # which refuses a header without a checksum, as the format allows it
    records = decoder.iter_raw_records(raw)
    try:
        for count, record in enumerate(records):
            if count >= MOST_RECORDS:
                raise ConvertError(f"the file has more than {MOST_RECORDS:,} records, the most that a workout has")
            if isinstance(record, wire.RawDataRecord):
                yield record.definition.global_id, _values(record)
    except (ValueError, struct.error, IndexError) as wrong:  # what fit-tool raises of damaged bytes is a ValueError
        raise ConvertError("the FIT file is damaged or cut short") from wrong
    assert decoder.header is not None
    header = decoder.header
    if header.crc and header.crc != wire.crc16(header.source_bytes[:-2]):
        raise ConvertError("the FIT file is damaged: the checksum of its header does not fit")
    if decoder.calculated_crc != decoder.stored_crc:
        raise ConvertError("the FIT file is damaged: its checksum does not fit")
    if decoder.crc_offset + 2 < len(raw):
        losses.lost("what stands behind the first workout of the file")


def _values(record: RawDataRecord) -> dict[int, int | str]:
    """The fields of a message that have a value, by number; of an array the first."""
    definition = record.definition
    order = ">" if definition.architecture else "<"
    values = dict[int, int | str]()
    at = 0
    for one in definition.field_definitions:
        raw = record.payload[at : at + one.size]
        at += one.size
        base = one.base_type & _BASE
        if base == _STRING:
            values[one.field_id] = raw.split(b"\0", 1)[0].decode(errors="replace")
        elif base in _BASES:
            code, none = _BASES[base]
            size = struct.calcsize(code)
            if len(raw) >= size and (value := struct.unpack(order + code, raw[:size])[0]) != none:
                values[one.field_id] = int(value)
    return values


def _check(file: _File, losses: Losses) -> None:
    """That it is a workout for a belt, and whole.

    Raises:
        ConvertError: it is not.
    """
    kind = file.head.get(Id.TYPE)
    if kind != _WORKOUT_FILE:
        what = _FILES.get(kind, f"the kind number {kind}") if isinstance(kind, int) else "no kind at all"
        raise ConvertError(f"the FIT file is {what}, and not a workout")
    if file.workout is None:
        raise ConvertError("the FIT file has no workout message, so nobody knows its sport")
    sport = file.workout.get(Title.SPORT)
    if sport is None:
        losses.assumed("the workout names no sport: it is a run")
    elif sport not in _SPORTS:
        what = _OTHER_SPORTS.get(sport, f"the sport number {sport}") if isinstance(sport, int) else "odd"
        raise ConvertError(f"the sport of the workout is {what}; a belt takes {' and '.join(_SPORTS.values())}")
    count = file.workout.get(Title.STEPS)
    if isinstance(count, int) and count > len(file.steps):
        raise ConvertError(f"the workout has {count} steps and only {len(file.steps)} are in the file; it is cut short")
    repeats = sum(step.get(Field.ENDS) == Ends.REPEAT for step in file.steps)
    if isinstance(count, int) and count < len(file.steps) - repeats:
        losses.assumed(
            f"the number of steps in the file is {count}, and there are {len(file.steps)}, which are all read"
        )


def _ordered(steps: Sequence[Fields]) -> list[Fields]:
    """The steps by their index, where each has one of its own; repeats count by it."""
    indexes = [index & 0xFFF for step in steps if isinstance(index := step.get(Field.INDEX), int)]
    if len(set(indexes)) != len(steps):
        return list(steps)
    return [step for _, step in sorted(zip(indexes, steps, strict=True), key=lambda pair: pair[0])]


def _items(steps: Sequence[Fields], paces: Paces, losses: Losses, *, ours: bool) -> tuple[Item, ...]:
    """Steps and rounds; a repeat takes what stands before it, from the step that it names."""
    if len(steps) > MOST_SEGMENTS:
        raise ConvertError(f"the workout has {len(steps):,} steps; {MOST_SEGMENTS:,} are the most")
    found: list[tuple[int, Item]] = []  # each with the index of its first step
    indexes = {int(step.get(Field.INDEX, place)) & 0xFFF: place for place, step in enumerate(steps)}
    for place, step in enumerate(steps):
        ends = step.get(Field.ENDS)
        if ends in _UNTIL:
            raise ConvertError(
                f"step {place + 1} repeats until {_UNTIL[int(ends)]}; a workout repeats a number of times, give it that"
            )
        if ends == Ends.REPEAT:
            _repeated(found, step, indexes, place)
        else:
            found.append((place, StepReader(step, place + 1, paces, losses, ours).segment()))
    return tuple(item for _, item in found)


def _repeated(found: list[tuple[int, Item]], step: Fields, indexes: Mapping[int, int], place: int) -> None:
    """Take the last items for the rounds of a repeat."""
    times, begin = step.get(Field.ZONE), step.get(Field.LENGTH)
    start = indexes.get(begin, -1) if isinstance(begin, int) else -1
    if not isinstance(times, int) or not 1 <= times <= MOST_SEGMENTS:
        raise ConvertError(f"step {place + 1} is a repeat of {times or 0} rounds; it is 1 to {MOST_SEGMENTS:,}")
    if not 0 <= start < place:
        raise ConvertError(f"step {place + 1} is a repeat that does not begin at a step before it")
    taken, first = list[Item](), -1
    while found and found[-1][0] >= start:
        first, item = found.pop()
        taken.append(item)
    if first != start:
        raise ConvertError(f"step {place + 1} is a repeat that begins at step {start + 1}, within another repeat")
    rounds = Rounds(times, tuple(reversed(taken)))
    if _depth(rounds) > DEEPEST:
        raise ConvertError(f"step {place + 1} is a repeat more than {DEEPEST} deep within others")
    if _count(rounds) > MOST_SEGMENTS:
        raise ConvertError(f"step {place + 1} makes the workout longer than {MOST_SEGMENTS:,} steps, the most there is")
    found.append((start, rounds))


def _depth(item: Item) -> int:
    return 1 + max(map(_depth, item.items), default=0) if isinstance(item, Rounds) else 0


def _count(item: Item) -> int:
    return item.times * sum(map(_count, item.items)) if isinstance(item, Rounds) else 1


def _text(fields: Fields, number: int) -> str:
    value = fields.get(number)
    return spoken(value) if isinstance(value, str) else ""


def _shortened(name: str, losses: Losses) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    losses.lost("the end of the name")
    return f"{name[: LONGEST_NAME - 1]}…"


# Writing


def write(workout: Workout, losses: Losses, paces: Paces) -> bytes:  # noqa: ARG001 - nothing in it is relative
    """A workout as a FIT file; the same bytes for the same workout.

    Raises:
        ConvertError: it cannot be written so.
    """
    tell_lost(workout, losses, NAME)
    segments = plain_segments(workout, losses)
    for step, segment in enumerate(segments, 1):
        fields_of(segment, step, losses)
    steps = list(_steps(tuple(flat(folded(segments)))))
    if len(steps) > MOST_STEPS:
        losses.changed(f"it has {len(steps)} steps; a watch may take no more than {MOST_STEPS}")
    return _bytes(_head(steps, workout), _title(workout, len(steps), losses), steps)


def _steps(items: Sequence[Item]) -> Iterator[Fields]:
    """The steps with their indexes, each repeat behind its own."""
    index = 0
    for item in items:
        begin = index
        for segment in unrolled((item,) if isinstance(item, Segment) else item.items):
            yield {Field.INDEX: index, **fields_of(segment, 0, Losses())}
            index += 1
        if isinstance(item, Rounds):
            repeat: Fields = {
                Field.ENDS: Ends.REPEAT,
                Field.LENGTH: begin,
                Field.TARGET: Goal.OPEN,
                Field.ZONE: item.times,
            }
            yield {Field.INDEX: index, **repeat}
            index += 1


def _head(steps: Sequence[Fields], workout: Workout) -> Fields:
    content = repr((workout.name, workout.description, [sorted(step.items()) for step in steps]))
    return {Id.TYPE: _WORKOUT_FILE, **_OURS, Id.SERIAL: crc32(content.encode()) or 1, Id.CREATED: CREATED_S}


def _title(workout: Workout, steps: int, losses: Losses) -> Fields:
    level = "" if workout.level is None else f"{level_text(workout.level)}."
    description = f"{level} {spoken(workout.description)}".strip()
    if len(description.encode()) > LONGEST_TEXT:
        losses.lost(f"the end of the description; {NAME} holds {LONGEST_TEXT} bytes")
        description = description.encode()[:LONGEST_TEXT].decode(errors="ignore").rstrip()
    title: dict[int, int | str] = {
        Title.SPORT: _RUNNING,
        Title.SUB_SPORT: _TREADMILL,
        Title.STEPS: steps,
        Title.NAME: spoken(workout.name),
    }
    return {**title, Title.DESCRIPTION: description} if description else title


def _bytes(head: Fields, title: Fields, steps: Sequence[Fields]) -> bytes:
    _quietly()
    from fit_tool.exceptions import FitError
    from fit_tool.fit_file import FitFile
    from fit_tool.fit_file_builder import FitFileBuilder
    from fit_tool.fit_file_header import FitFileHeader
    from fit_tool.profile.messages.file_id_message import FileIdMessage
    from fit_tool.profile.messages.workout_message import WorkoutMessage
    from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage

    try:
        builder = (
            FitFileBuilder()
        )  # strict wants the repeats left out of num_valid_steps, where other writers count them
        builder.add(_message(FileIdMessage(), head))
        builder.add(_message(WorkoutMessage(), title))
        builder.add_all([_message(WorkoutStepMessage(), step) for step in steps])
        header = FitFileHeader(sum(record.size for record in builder.records), gen_crc=True)
        return FitFile(header, builder.records).to_bytes()
    except FitError as wrong:
        raise ConvertError(f"a FIT file cannot hold this workout: {str(wrong).rstrip('.')}") from wrong


def _message(message: DataMessage, fields: Fields) -> DataMessage:
    """The message with these values, which are set as they stand in the file."""
    for number, value in fields.items():
        one = message.get_field(int(number))
        assert one is not None
        one.set_encoded_value(0, value if isinstance(value, str) else int(value))
    return message


def _quietly() -> ModuleType:
    """fit-tool's own readers of bytes; its import gives the root logger a handler, which is taken away again."""
    handlers = list(logging.root.handlers)
    from fit_tool import wire

    logging.getLogger("fit_tool").setLevel(logging.CRITICAL)
    for handler in set(logging.root.handlers) - set(handlers):
        logging.root.removeHandler(handler)
    return wire

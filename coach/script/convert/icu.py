"""Workout text of intervals.icu, for runs: a line with a dash is a step, a line with 3x repeats those below it.

Reading takes every step or refuses it with its line; no pace is guessed. Power is refused, a relative pace needs the
runner's threshold, a heart rate the speeds between which the belt may follow it. Writing gives absolute paces. Minutes
are `m` in this format and metres are `mtr`; there is no incline, no direction and no repeat within a repeat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coach.core.heart import ZONE_BOUNDS_PCT
from coach.core.rules import mean_kmh
from coach.core.workout import ExtentUnit, Head, HeartRange, HeartUnit, Level, Say, SayAt, Segment, Workout
from coach.script.compile import MOST_SEGMENTS
from coach.script.convert.fold import folded, spoken, with_heads
from coach.script.convert.icu_step import METRES, REPEAT, Step
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.mark import REST, bids_backward, harmless, names_backward
from coach.script.convert.pace import Paces
from coach.script.convert.plain import flat, plain_segments
from coach.script.convert.prose import level_text, plain, read_level, section, tell_lost, text_of
from coach.script.outline import Item, Outline, Rounds, unrolled
from coach.script.problem import quoted
from coach.script.read import LONGEST_NAME
from coach.script.source import LARGEST_BYTES

NAME: Final = "intervals.icu text"
SHOWN_S: Final = 10  # how long a text is shown that we write
OPEN_S: Final = 300.0  # put in for a step that lasts until a key
LONGEST_TITLE: Final = 6  # words
WHOLE: Final = 1e-6  # a number this near to a whole one is that one

_STEP: Final = re.compile(r"-\s*(.*)", re.DOTALL)
_KEYWORD: Final = re.compile(r"\b(?:ramp|free ?ride|max ?effort|lap)\b|[0-9'\"<>=]", re.IGNORECASE)
_SIGNS: Final = re.compile(r"(?<=[0-9])\^|<!>")
_TITLES: Final = {Head.WARM_UP: "Warmup", Head.COOL_DOWN: "Cooldown", Head.FORWARD: "Main set"}
_INTENSITIES: Final = {Head.WARM_UP: "warmup", Head.COOL_DOWN: "cooldown", Head.FORWARD: "active"}


def read(raw: bytes, paces: Paces, losses: Losses) -> Outline:
    """A run as an outline.

    Raises:
        ConvertError: a step cannot be read, has no speed for a belt, or needs a reference that is not known.
    """
    return _Reader(paces, losses).outline(_lines(raw))


def _lines(raw: bytes) -> list[str]:
    if len(raw) > LARGEST_BYTES:
        raise ConvertError("the text is larger than 256 KB, the most that a workout has")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise ConvertError(f"line {line}: this is not text in UTF-8; save it as UTF-8") from wrong
    return re.split("\r\n|\n|\r", text)


@dataclass(frozen=True, slots=True)
class _Loop:
    """A line with 3x."""

    line: int
    text: str
    times: int
    title: str


class _Reader:
    """Goes through the lines once; a block is what stands between two blank lines."""

    def __init__(self, paces: Paces, losses: Losses) -> None:
        self.paces = paces
        self.losses = losses
        self.items: list[Item] = []
        self.comments: dict[int, tuple[str, ...]] = {}
        self.prose: list[str] = []  # before the first step
        self.texts: list[str] = []  # of the block, above its next step
        self.loop: _Loop | None = None
        self.looped: list[Segment] = []  # the steps below it
        self.aside: _Loop | None = None  # a repeat at the top with nothing below it, which may be a name
        self.head: Head | None = None  # of the section; None where nothing says so
        self.rear = ""  # the title of the section, where it is about backward
        self.titled = False  # some section has a title
        self.stepped = False  # the block has a step
        self.steps = 0
        self.segments = 0

    def outline(self, lines: Sequence[str]) -> Outline:
        for line, text in enumerate(lines, 1):
            if not (stripped := text.strip()):
                self._blank()
            elif step := _STEP.fullmatch(stripped):
                self._step(line, step[1])
            elif shown := spoken(stripped):
                self._text(line, shown)
        self._blank()
        if not self.items:
            raise ConvertError("the text has no step; a step is a line such as - 10m 6:00/km Pace")
        items = tuple(self.items) if self.titled else with_heads(self.items, self.losses)
        name, description, level = self._top()
        return Outline(name, items, level, description, comments=self.comments)

    # Lines

    def _text(self, line: int, text: str) -> None:
        self.aside = None
        if self.looped:
            self.losses.assumed("a repeat ends at the text below it, where intervals.icu wants a blank line")
            self._close()
        times = REPEAT.fullmatch(text)
        if times is None:
            self.texts.append(text)
            return
        if self.loop is not None:
            raise ConvertError(
                f"line {line}: {quoted(text)} is a repeat within the repeat of line {self.loop.line}, which "
                "intervals.icu does not have; write the inner steps out"
            )
        count = int(times["first"] or times["last"])
        if not 1 <= count <= MOST_SEGMENTS:
            raise ConvertError(f"line {line}: {quoted(text)} repeats {count} times; it is 1 to {MOST_SEGMENTS:,}")
        self.loop = _Loop(line, text, count, (times["before"] or times["behind"] or "").strip(" -:"))

    def _blank(self) -> None:
        """The end of a block; a repeat ends with it, and text without a step below it is prose."""
        if self.loop is not None and not self.looped:
            if self.items or not self.loop.title:
                raise _nothing_below(self.loop)
            self.aside, self.loop = self.loop, None
            self.texts.append(self.aside.text)
        self._close()
        stepped, self.stepped = self.stepped, False
        if stepped:
            self.head, self.rear = None, ""
        if len(self.texts) == 1 and plain(self.texts[0]):
            self._titled(self.texts)
        elif self.prose and not self.items and titles_backward(self.texts):
            self.rear = self.texts[0]
        elif self.texts and self.items:
            self.losses.assumed("text without a step below it is a comment")
            self._comment(self.texts)
            self.rear = next(filter(names_backward, self.texts), "")
        else:
            self.prose += self.texts
        self.texts = []

    def _close(self) -> None:
        """The repeat is over."""
        if self.loop is not None and self.looped:
            title = "" if plain(self.loop.title) else self.loop.title
            self.items.append(Rounds(self.loop.times, tuple(self.looped), title))
            self.loop, self.looped, self.head, self.rear = None, [], None, ""

    def _comment(self, texts: Sequence[str]) -> None:
        kept = tuple(text for text in texts if not plain(text))
        if kept:
            self.comments[len(self.items)] = (*self.comments.get(len(self.items), ()), *kept)

    def _titled(self, titles: Sequence[str]) -> None:
        """What the lines above a step say about it and those that follow."""
        heads = [head for head in map(section, titles) if head is not None]
        self.head = heads[-1] if heads else Head.FORWARD
        self.rear = next(filter(names_backward, titles), self.rear if not self.stepped else "")
        self.titled = True

    def _top(self) -> tuple[str, str, Level | None]:
        """Name, description and level, from the text before the first step."""
        level = None
        texts = list[str]()
        for text in self.prose:
            found, behind = read_level(text)
            level = level or found
            texts += [behind] if behind else []
        if not texts:
            return "", "", level
        self.losses.assumed("the first line is the name of the workout")
        if len(texts[0]) > LONGEST_NAME:
            return f"{texts[0][: LONGEST_NAME - 1]}…", " ".join(texts), level
        if len(texts) > 1:
            self.losses.assumed("the text before the first step is the description")
        return texts[0], " ".join(texts[1:]), level

    def _step(self, line: int, body: str) -> None:
        if self.aside is not None:
            raise _nothing_below(self.aside)
        self.steps += 1
        self.segments += 1 if self.loop is None else self.loop.times
        if self.segments > MOST_SEGMENTS:
            raise ConvertError(
                f"line {line}: the workout grows past {MOST_SEGMENTS:,} steps, the most that it may have"
            )
        titles = [*self.texts, *([self.loop.title] if self.loop is not None and not self.looped else [])]
        if any(titles):
            self._titled(titles)
        self._comment(self.texts)
        self.texts, self.stepped = [], True
        segment = Step(line, self.steps, body, self.paces, self.losses).segment(self.head, self.rear)
        (self.items if self.loop is None else self.looped).append(segment)


def titles_backward(texts: Sequence[str]) -> bool:
    """A few words alone that are the title of what stands below them, and are about backward."""
    return len(texts) == 1 and len(texts[0].split()) <= LONGEST_TITLE and bids_backward(texts[0])


def _nothing_below(loop: _Loop) -> ConvertError:
    return ConvertError(
        f"line {loop.line}: {quoted(loop.text)} has no step right below it, so it repeats nothing; delete the blank "
        "line below it, or the repeat"
    )


# Writing


def write(workout: Workout, losses: Losses, paces: Paces) -> bytes:  # noqa: ARG001 - nothing in it is relative
    """A workout as text to paste into intervals.icu: absolute paces, one level of repeats."""
    tell_lost(workout, losses, NAME)
    segments = plain_segments(workout, losses)
    for step, segment in enumerate(segments, 1):
        _line(segment, step, losses)
    blocks = [_prose(workout, losses), *_blocks(flat(folded(segments)))]
    return ("\n\n".join(block for block in blocks if block) + "\n").encode()


def _prose(workout: Workout, losses: Losses) -> str:
    level = "" if workout.level is None else level_text(workout.level)
    name = _harmless(spoken(workout.name), losses)
    description = _harmless(spoken(workout.description), losses, below=True)
    return "\n\n".join(text for text in (name, level, description) if text)


def _harmless(text: str, losses: Losses, *, below: bool = False) -> str:
    """A text that is neither a step nor a repeat, nor, where it stands below the name, a title."""
    free = text.lstrip("- ")
    if _ambiguous(free) or (below and titles_backward([free])):
        free = f"Workout: {free}."
    if free != text:
        losses.changed("a text that reads like a step, a repeat or a title is reworded")
    return free


def _ambiguous(text: str) -> bool:
    repeat = REPEAT.fullmatch(text)
    bare = repeat is not None and not (repeat["before"] or repeat["behind"] or "").strip(" -:")
    return bare or plain(text) or read_level(text)[0] is not None


def _blocks(items: Iterator[Item]) -> Iterator[str]:
    """Sections with their titles; each repeat is one."""
    title, lines = "", list[str]()
    for item in items:
        heads = {_kind(step) for step in unrolled((item,))}
        kind = heads.pop() if len(heads) == 1 else Head.FORWARD
        if (isinstance(item, Rounds) or _TITLES[kind] != title) and lines:
            yield "\n".join((title, *lines))
            lines = []
        title = _TITLES[kind]
        steps = [_written(step, kind) for step in unrolled((item,) if isinstance(item, Segment) else item.items)]
        if isinstance(item, Rounds):
            yield "\n".join((f"{title} {item.times}x", *steps))
            title = ""
        else:
            lines += steps
    if lines:
        yield "\n".join((title, *lines))


def _kind(step: Segment) -> Head:
    return step.head if step.head in _TITLES else Head.FORWARD


def _written(segment: Segment, kind: Head) -> str:
    """A step below a title of this kind; one of another says so."""
    line = _line(segment, 0, Losses())
    if _kind(segment) is kind or segment.head is Head.REST:
        return line
    return f"{line} intensity={_INTENSITIES[_kind(segment)]}"


def _line(segment: Segment, step: int, losses: Losses) -> str:
    parts = ["-", *_texts(segment, step, losses), _length(segment, step, losses), _goal(segment, step, losses)]
    if segment.extent.unit is ExtentUnit.OPEN:
        parts.append("press lap")
    return " ".join(parts)


def _texts(segment: Segment, step: int, losses: Losses) -> Iterator[str]:
    cues = _cues(segment, step, losses)
    first = text_of(segment, cues.pop(0, ""), incline=True)
    if segment.target is not None and (segment.target.incline_pct or segment.target.end_incline_pct):
        losses.changed(f"the incline has no place in {NAME}, it stands in the text of the step", step)
    elif segment.target is None:
        losses.changed(f'{NAME} knows no standing belt: a rest is a free step named "{REST}"', step)
    later = [f"{second}^{SHOWN_S} {harmless(text)}" for second, text in sorted(cues.items())]
    if first:
        yield first
    yield from later
    if later or _KEYWORD.search(first):
        yield "<!>"


def _cues(segment: Segment, step: int, losses: Losses) -> dict[int, str]:
    """The cues by the second at which they are due."""
    cues = dict[int, str]()
    seconds = _seconds_of(segment)
    for cue in segment.say:
        for due_s in _due(cue, segment, seconds):
            if cue.at is SayAt.START or 0 <= due_s < seconds:
                text = _cue_text(cue.text, step, losses)
                second = round(round(due_s, 6))  # half a second is one, whatever the last bit of a float says
                cues[second] = f"{cues[second]} {text}".strip() if second in cues else text
            else:
                losses.lost("a cue that is due after the end of its step", step)
        if cue.at not in (SayAt.START, SayAt.AT_S):
            losses.changed("cues are due at a number of seconds", step)
    return cues


def _due(cue: Say, segment: Segment, seconds: float) -> Iterator[float]:
    metres_per_s = mean_kmh(segment) / 3.6 or 1.0
    match cue.at:
        case SayAt.START:
            yield 0.0
        case SayAt.HALF:
            yield seconds / 2
        case SayAt.AT_S:
            yield cue.amount
        case SayAt.BEFORE_END_S:
            yield seconds - cue.amount
        case SayAt.AT_M:
            yield cue.amount / metres_per_s
        case SayAt.BEFORE_END_M:
            yield seconds - cue.amount / metres_per_s
        case SayAt.EVERY_S:
            yield from (due for due in _every(cue.amount, seconds) if due < seconds)


def _every(step_s: float, seconds: float) -> Iterator[float]:
    return (count * step_s for count in range(1, int(seconds / step_s) + 1))


def _cue_text(text: str, step: int, losses: Losses) -> str:
    """A cue without the signs that mean something in a step."""
    line = spoken(text)  # first, since a sign that is left out may stand within <!>
    free = spoken(_SIGNS.sub(" ", line))
    if free != line:
        losses.changed("a cue loses the signs ^ and <!>, which mean something else here", step)
    return free


def _seconds_of(segment: Segment) -> float:
    """The planned length; one is put in where a step is open."""
    if segment.extent.unit is ExtentUnit.TIME:
        return segment.extent.amount
    if segment.extent.unit is ExtentUnit.DISTANCE:
        return segment.extent.amount * 3.6 / mean_kmh(segment)
    return OPEN_S


def _length(segment: Segment, step: int, losses: Losses) -> str:
    if segment.extent.unit is ExtentUnit.DISTANCE:
        return _distance(segment.extent.amount)
    if segment.extent.unit is ExtentUnit.OPEN:
        losses.assumed("an open step ends at the lap key; 5 min are put in for its length", step)
    seconds = _seconds_of(segment)
    whole = max(round(seconds), 1)
    if abs(whole - seconds) > WHOLE:
        losses.changed("its length is rounded to whole seconds", step)
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    return "".join(f"{amount}{unit}" for amount, unit in ((hours, "h"), (minutes, "m"), (rest, "s")) if amount)


def _distance(metres: float) -> str:
    miles = metres / METRES["mi"]
    if abs(miles * 4 - round(miles * 4)) < WHOLE and miles > 0.2:
        return f"{_decimal(miles)}mi"
    if metres >= 1000 and abs(metres / 10 - round(metres / 10)) < WHOLE:
        return f"{_decimal(metres / 1000)}km"
    return f"{_decimal(metres)}mtr"


def _decimal(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _goal(segment: Segment, step: int, losses: Losses) -> str:
    target = segment.target
    if target is None:
        return "freeride intensity=rest"
    if segment.until is not None:
        losses.lost("the heart rate that ends the step early", step)
    if segment.heart is not None:
        band = _share_of(segment.heart.range, step, losses)
        if band:
            losses.lost("the speeds between which the belt follows the heart, and the one at which it starts", step)
            return band
        losses.lost(f"the heart rate that the belt follows; {NAME} counts in percent of the maximum or threshold", step)
    first = _pace(target.speed_kmh, step, losses)
    if target.end_kmh is None:
        return f"{first} Pace"
    last = _pace(target.end_kmh, step, losses)
    if first.partition("/")[2] == last.partition("/")[2]:
        return f"ramp {first.partition('/')[0]}-{last} Pace"
    return f"ramp {first}-{last} Pace"


def _share_of(band: HeartRange, step: int, losses: Losses) -> str:
    """A band in percent; nothing where the maximum would be needed."""
    low, high, of = band.low, band.high, {HeartUnit.MAX: "HR", HeartUnit.THRESHOLD: "LTHR"}.get(band.unit, "")
    if band.unit is HeartUnit.ZONE:
        low, high, of = ZONE_BOUNDS_PCT[int(band.low) - 1], ZONE_BOUNDS_PCT[int(band.high)], "HR"
        losses.changed("a heart zone is a band in percent of the maximum", step)
    return f"{_decimal(low)}-{_decimal(high)}% {of}" if of else ""


def _pace(kmh: float, step: int, losses: Losses) -> str:
    """5:00/km, or /mi where only that is round."""
    exact = {unit: 3.6 * METRES[unit] / kmh for unit in ("km", "mi")}
    unit = next((unit for unit, seconds in exact.items() if abs(seconds - round(seconds)) < WHOLE), "km")
    seconds = round(exact[unit])
    if abs(seconds - exact[unit]) >= WHOLE:
        losses.changed("paces are in whole seconds", step)
    return f"{seconds // 60}:{seconds % 60:02}/{unit}"

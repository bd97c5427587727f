"""The page to print, before it is drawn: what stands on it, in which size, and what had to be left out to keep it one.

The page is 190 mm wide and 255 mm high, which A4 and Letter both hold within margins of 10 mm. All widths are those of
a wide font, so that with any usual one less room is taken than was reckoned with, never more.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coach.core.workout import Facing
from coach.script.problem import printable
from coach.show import sentences
from coach.show.facts import Facts, RowFacts
from coach.show.words import clock, counted, figure, wrapped

WIDTH_MM: Final = 190.0  # A4 and Letter both have room for it, like the height below
HEIGHT_MM: Final = 255.0
MM_PT: Final = 25.4 / 72  # a point is a 72nd of an inch
LEADING: Final = 1.3  # from line to line, as a share of the size
GAP_MM: Final = 3.0  # between two parts of the page, and between two columns
PAD_MM: Final = 0.5  # below a sentence of the foot
TITLED_MM: Final = 1.0  # above its second title
TITLE_PT: Final = 20.0  # read at arm's length, like those below
ABOUT_PT: Final = 10.0
FOOT_PT: Final = 7.0
MOST_ABOUT: Final = 3  # lines of the description, and of the purpose
MOST_LINES: Final = 300  # of the table; no layout has room for as many
SIGNS: Final = 300  # of a cue or a name; a longer one is cut

SAFETY: Final = (
    "Clip the safety key to your clothes before every start: at your back to face the rear, else in front.",
    "Stand on the rails whenever the belt stops or starts, and keep both handrails within reach.",
    "Space or Esc stops the belt at any time; while it moves, so does any button of the presenter.",
    "Face the rear only when the belt stands and coach has asked you to.",
    "coach is not a medical device: with pain, dizziness or doubt stop, and ask a doctor.",
)

# Widths of the signs from blank to tilde in hundredths of the size, in DejaVu Sans; most fonts are narrower.
_WIDTHS: Final = (
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
    84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69, 62,
    69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60,
    82, 60, 60, 53, 64, 34, 64, 84,
)  # fmt: skip
_BOLD: Final = 1.2  # of the same letters
_OTHER: Final = 1.1  # of a sign that is no Latin letter


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a row of the plan, or the stop before one."""

    number: str
    at: str
    what: str
    round: str
    length: str
    speed: str
    incline: str
    faces: str  # of a turn
    facing: Facing
    stop: bool
    notes: tuple[str, ...]  # what the heart does
    cues: tuple[tuple[str, str], ...]  # when, and what is said


_WIDTHS_MM: Final[dict[int, tuple[float, ...]]] = {  # by how many tables stand beside each other
    1: (8, 16, 6, 34, 20, 25, 17, 64),
    2: (6, 13, 4.5, 28, 17, 16, 9),
    3: (5.5, 10.5, 3.5, 15.5, 11.5, 9, 6),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How large things are; `columns` is how often the table stands beside itself."""

    columns: int
    size_pt: float
    chart_mm: float
    cues: bool = True

    @property
    def foot_pt(self) -> float:
        """The size of the sentences below the table."""
        return min(max(self.size_pt - 1, 6.5), 8.5)

    @property
    def widths_mm(self) -> tuple[float, ...]:
        """Of the cells: number, at, sign, what, length, speed, incline, and what is said where that stands beside."""
        return _WIDTHS_MM[self.columns]

    @property
    def pad_mm(self) -> float:
        """Above and below the text of a row."""
        return 0.5 if self.size_pt > 7.5 else 0.25

    @property
    def table_mm(self) -> float:
        """The width of one table."""
        return sum(self.widths_mm)


LAYOUTS: Final = (
    Layout(1, 12, 78),
    Layout(1, 10.5, 70),
    Layout(1, 9.5, 64),
    Layout(1, 8.5, 58),
    Layout(2, 8.5, 56),
    Layout(2, 8, 52),
    Layout(2, 7.5, 50),
    Layout(2, 7, 46),
    Layout(2, 6.5, 44),
    Layout(3, 6, 42),
    Layout(2, 6.5, 44, cues=False),
    Layout(3, 6, 42, cues=False),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the page."""

    lines: tuple[Line, ...]
    height_mm: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page that is no higher than it may be."""

    name: str
    language: str
    layout: Layout
    title: tuple[str, ...]  # the name, as lines
    about: tuple[tuple[str, ...], ...]  # description and purpose, each as lines
    parts: tuple[Part, ...]
    left_out: str  # a sentence on what did not fit; nothing where all of it is here
    told: tuple[str, ...]  # sentences: the left half of the foot
    rules: tuple[str, ...]  # sentences: the right half
    level: tuple[str, ...]  # sentences below them
    height_mm: float


def sheet_of(found: Facts) -> Sheet:
    """The page of a workout, in the largest layout in which it is one page."""
    lines = tuple(_lines(found))
    for layout in LAYOUTS if len(lines) <= MOST_LINES else ():
        made = _made(found, lines, layout)
        if made.height_mm <= HEIGHT_MM:
            return made
    return _cut(found, lines, LAYOUTS[-1])


def text_mm(text: str, size_pt: float) -> float:
    """How wide a text is at most."""
    return sum(map(_sign, text)) * size_pt * MM_PT


def line_mm(size_pt: float) -> float:
    """How high a line is."""
    return size_pt * MM_PT * LEADING


def broken(text: str, width_mm: float, size_pt: float) -> list[str]:
    """A text as lines of a page."""
    return wrapped(text, width_mm, lambda line: text_mm(line, size_pt))


def heads(layout: Layout) -> tuple[str, ...]:
    """What stands above the cells; where there is little room the units stand here."""
    if layout.columns == 1:
        return ("", "at", "", "step", "for", "speed", "incline", "what is said")
    return ("", "at", "", "step", "for", "km/h", "%")


def cells(line: Line, layout: Layout) -> tuple[str, ...]:
    """The cells of a line, without what is said; the third has the sign."""
    what, speed, incline = line.what, line.speed, line.incline
    if line.round:
        what = f"{what}, round {line.round}" if layout.columns == 1 else f"{what} {line.round}"
    if layout.columns == 1:
        speed = f"{speed} km/h" if speed else f"the {line.faces}" if line.faces else ""
        incline = incline and f"{incline} %"
    else:
        speed = speed or line.faces
    return (line.number, line.at, "", what, line.length, speed, incline)


def cell_lines(line: Line, layout: Layout) -> list[list[str]]:
    """The cells of a line that are not its cues, each as lines."""
    widths = list(layout.widths_mm)
    if line.stop:
        widths[5] += widths[6]
    told = zip(cells(line, layout), widths, strict=False)
    return [broken(cell, width - 1, layout.size_pt) or [""] for cell, width in told]


def said_lines(line: Line, layout: Layout) -> list[str]:
    """What the heart does and what is said, as lines: beside the cells in one column, else below them."""
    if layout.columns == 1:
        return [part for text in said(line, layout) for part in broken(text, layout.widths_mm[7] - 1, said_pt(layout))]
    width_mm = layout.table_mm - layout.widths_mm[0] - 1
    return [part for text in said(line, layout) for part in broken(text, width_mm, said_pt(layout))]


def said_pt(layout: Layout) -> float:
    """The size of cues."""
    return layout.size_pt - 0.5


def said(line: Line, layout: Layout) -> tuple[str, ...]:
    """What the heart does, and each cue with its moment."""
    cues = tuple(f"{when}: {text}" if when else text for when, text in line.cues)
    return (*line.notes, *cues) if layout.cues else line.notes


def row_mm(line: Line, layout: Layout) -> float:
    """How high a line of the table is."""
    cells = max(map(len, cell_lines(line, layout))) * line_mm(layout.size_pt)
    beside = len(said_lines(line, layout)) * line_mm(said_pt(layout))
    return 2 * layout.pad_mm + (max(cells, beside) if layout.columns == 1 else cells + beside)


def _sign(sign: str) -> float:
    if " " <= sign <= "~":
        return _WIDTHS[ord(sign) - 32] / 100
    if unicodedata.combining(sign):
        return 0.0
    letter = unicodedata.normalize("NFD", sign)[0]
    return _WIDTHS[ord(letter) - 32] / 100 if " " <= letter <= "~" else _OTHER


def _lines(found: Facts) -> Iterator[Line]:
    """The table; cues that were said in the same way before are named by the step in which they were."""
    later, first = "", dict[tuple[tuple[str, str], ...], int]()
    for row in found.rows:
        if row.stop is not None:
            yield _stop(row, later)
        cues = tuple((_moment(cue.when), _short(cue.text)) for cue in row.cues)
        again = first.setdefault(cues, row.index)
        if cues and again != row.index:
            cues = (("", f"cues as in step {again}"),)
        yield _line(row, later, cues)
        later = "+" if later or row.length_s is None else ""


def _moment(when: str) -> str:
    """When a cue is said, in words."""
    if when.startswith("-"):
        return f"last {when[1:]}"
    return when if when == "start" or when.startswith("every") else {"half": "halfway"}.get(when, f"at {when}")


def _stop(row: RowFacts, later: str) -> Line:
    assert row.stop is not None
    faces = "rear" if row.facing is Facing.BACKWARD else "console"
    return Line(
        number="",
        at=clock(row.stop.at_s) + later,
        what="turn to" if row.stop.turn else "stop",
        round="",
        length=clock(row.stop.length_s),
        speed="",
        incline="",
        faces=faces if row.stop.turn else "",
        facing=row.facing,
        stop=True,
        notes=(),
        cues=(),
    )


def _line(row: RowFacts, later: str, cues: tuple[tuple[str, str], ...]) -> Line:
    round_ = "" if row.round is None or row.kind != "segment" else str(row.round)
    speed = "" if row.speed_kmh is None else _ramp(row.speed_kmh, row.end_kmh)
    incline = "" if not row.incline_pct and not row.end_incline_pct else _ramp(row.incline_pct, row.end_incline_pct)
    return Line(
        number=str(row.index),
        at=clock(row.start_s) + later,
        what=row.head,
        round=round_,
        length=sentences.extent(row),
        speed=speed,
        incline=incline,
        faces="",
        facing=row.facing,
        stop=False,
        notes=tuple(sentences.heart(row)),
        cues=cues,
    )


def _ramp(first: float | None, last: float | None) -> str:
    told = figure(first or 0.0)
    return told if last is None else f"{told} → {figure(last)}"


def _short(text: str) -> str:
    clean = printable(text)
    return clean if len(clean) <= SIGNS else clean[: SIGNS - 1] + "…"


def _made(found: Facts, lines: Sequence[Line], layout: Layout, left_out: str = "") -> Sheet:
    title = broken(_short(found.name), WIDTH_MM / _BOLD, TITLE_PT)
    about = tuple(_about(text) for text in (found.description, found.purpose) if text)
    parts = _parts(lines, layout)
    if not layout.cues and any(line.cues for line in lines):
        left_out = f"{left_out} {_WITHOUT_CUES}".strip()
    told = (*sentences.totals(found), *sentences.ifs(found))
    level = tuple(sentences.level(found))
    rules = tuple(f"{number}. {rule}" for number, rule in enumerate(SAFETY, 1))
    table_mm = line_mm(layout.size_pt) + 2 * layout.pad_mm + max(part.height_mm for part in parts)
    heights = (
        len(title) * line_mm(TITLE_PT) + sum(map(len, about)) * line_mm(ABOUT_PT),
        layout.chart_mm,
        table_mm + len(broken(left_out, WIDTH_MM / _BOLD, layout.size_pt)) * line_mm(layout.size_pt),
        max(_foot_mm(told, layout), _foot_mm(rules, layout) + TITLED_MM + _foot_mm(level, layout)),
        line_mm(FOOT_PT),
    )
    return Sheet(
        name=_short(found.name),
        language=found.language,
        layout=layout,
        title=tuple(title),
        about=about,
        parts=parts,
        left_out=left_out,
        told=told,
        rules=rules,
        level=level,
        height_mm=sum(heights) + GAP_MM * (len(heights) - 1),
    )


def _about(text: str) -> tuple[str, ...]:
    lines = broken(text, WIDTH_MM, ABOUT_PT)
    if len(lines) > MOST_ABOUT:
        lines = [*lines[: MOST_ABOUT - 1], f"{lines[MOST_ABOUT - 1][:60]} …"]
    return tuple(lines)


_WITHOUT_CUES: Final = "What is said in each step has no room here; coach show --expand lists it."


def foot_lines(texts: Sequence[str], layout: Layout) -> list[list[str]]:
    """Sentences of one half of the foot, each as lines."""
    width_mm = (WIDTH_MM - GAP_MM) / 2 - 1
    return [broken(text, width_mm, layout.foot_pt) for text in texts]


def _foot_mm(texts: Sequence[str], layout: Layout) -> float:
    """How high sentences with a title above them are."""
    lines = foot_lines(texts, layout)
    return (sum(map(len, lines)) + 1) * line_mm(layout.foot_pt) + PAD_MM * len(lines)


def _parts(lines: Sequence[Line], layout: Layout) -> tuple[Part, ...]:
    """The lines in as many tables as there are columns, of about the same height."""
    heights = [row_mm(line, layout) for line in lines]
    parts, share, at = [], sum(heights) / layout.columns, 0
    for number in range(1, layout.columns + 1):
        end = at
        while end < len(lines) and (number == layout.columns or sum(heights[:end]) < share * number):
            end += 1
        while at < end < len(lines) and lines[end - 1].stop:  # a turn stands above the step to which it leads
            end -= 1
        parts.append(Part(tuple(lines[at:end]), sum(heights[at:end])))
        at = end
    return tuple(parts)


def _cut(found: Facts, lines: Sequence[Line], layout: Layout) -> Sheet:
    """As many of the first lines as there is room for, and a sentence on the others."""
    fewest, most = 0, min(len(lines), MOST_LINES)
    while most - fewest > 1:
        middle = (fewest + most) // 2
        made = _made(found, lines[:middle], layout, left_out=_more(lines, middle))
        fewest, most = (middle, most) if made.height_mm <= HEIGHT_MM else (fewest, middle)
    while fewest > 1 and lines[fewest - 1].stop:
        fewest -= 1
    return _made(found, lines[:fewest], layout, left_out=_more(lines, fewest))


def _more(lines: Sequence[Line], shown: int) -> str:
    steps = sum(not line.stop for line in lines[shown:])
    return f"{counted(steps, 'more step')} from {lines[shown].at} on are not here; coach show lists them all."

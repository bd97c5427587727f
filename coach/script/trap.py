"""Why a text is no YAML, in the words of its author: the traps, found on the lines around the parser's first error."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from coach.script.problem import Place, Problem, quoted

HEADS: Final = ("forward", "backward", "warm-up", "cool-down", "rest", "repeat", "use", "mark")
KEYS: Final = (
    *HEADS, "speed", "incline", "heart", "within", "until", "at-least", "say", "steps", "vary", "between",
    "format", "name", "description", "purpose", "source", "author", "language", "tags", "level", "params", "limits",
    "ask", "define", "start", "half",
)  # fmt: skip
OF_REPEAT: Final = ("steps", "vary", "between")
LOOK_BACK: Final = 3  # lines above the error on which its cause may stand
LONGEST_LINE: Final = 1000  # signs that are looked at: what the traps search for takes the square of that

_LINE: Final = re.compile(r"^([ \t]*)((?:-[ \t]+)*)([^\s:#{\[\"'-][^:#{\[\"']*):(?:[ \t]+(.*))?$")
_SQUEEZED: Final = re.compile(r"^[ \t]*(?:-[ \t]+)*([a-z-]+):([^\s:/].*)$")

_WITHOUT_COLON: Final = re.compile(r"^[ \t]*(?:-[ \t]+)*([a-z-]+)(?:[ \t]+([^:\s].*?))?[ \t]*$")


class _Row(NamedTuple):
    """A line as key and value."""

    indent: int
    dashes: str
    key: str
    value: str

    @property
    def column(self) -> int:
        return self.indent + len(self.dashes) + 1


class _Scene(NamedTuple):
    """All that a trap looks at."""

    lines: list[str]
    place: Place
    said: str
    context: Place | None

    @property
    def line(self) -> str:
        return self.at(self.place.line)

    @property
    def sign(self) -> str:
        return self.line[self.place.column - 1 : self.place.column]

    def at(self, number: int) -> str:
        return self.lines[number - 1][:LONGEST_LINE] if 1 <= number <= len(self.lines) else ""

    def above(self, number: int) -> int:
        """The nearest line above with more than a comment; 0 where there is none."""
        number = min(number, len(self.lines) + 1) - 1
        while number > 0 and (not self.at(number).strip() or self.at(number).lstrip().startswith("#")):
            number -= 1
        return number

    def row(self, number: int) -> _Row | None:
        found = _LINE.match(self.at(number))
        return found and _Row(len(found[1]), found[2], found[3].strip(), (found[4] or "").strip())


def explain(text: str, place: Place, said: str, context: Place | None) -> Problem:
    """The first error of a parser as a problem; the line named is the one to change."""
    scene = _Scene(re.split("\r\n|\n|\r", text), place, said, context)
    for trap in _TRAPS:
        found = trap(scene)
        if found is not None:
            return found
    fix = "look at the blanks, dashes, colons and quotes of this line and of the one above"
    last = len(scene.lines)
    shown = place
    if not scene.line.strip():  # the end of the file
        line = scene.above(min(place.line, last + 1))
        shown = Place(max(line, 1), 1 + _indent(scene.at(line)))
    return Problem(shown.line, shown.column, "yaml", f"this is not YAML: {said}", fix)


def _directive(scene: _Scene) -> Problem | None:
    if not scene.line.startswith("%"):
        return None
    return _problem(Place(scene.place.line, 1), "directive", "a workout has no lines that begin with %", "delete it")


def _tab(scene: _Scene) -> Problem | None:
    if scene.sign != "\t":
        return None
    return _problem(scene.place, "tab", "a tab stands here, where YAML takes blanks only", "use a blank")


def _first_sign(scene: _Scene) -> Problem | None:
    """A value that begins with a sign that means something to YAML."""
    row = scene.row(scene.place.line)
    if row is None or not row.value or row.value[0] not in "@%`>|*&?-":
        return None
    value_at = scene.line.find(row.value)
    said = ("start any token", "comment or line break", "alphabetic or numeric", "not allowed in this context")
    if not any(part in scene.said for part in said) or scene.place.column - 1 > value_at + 12:
        return None
    sign = row.value[0]
    place = Place(scene.place.line, value_at + 1)
    if sign == "@" and row.key in HEADS:
        fix = f"write {row.key}: 5 min {row.value}"
        return _problem(place, "value-missing", "the time or the distance is missing before the @", fix)
    return _problem(place, "unquoted-sign", f"a value cannot begin with {sign}", _without_sign(row))


def _without_sign(row: _Row) -> str:
    number = re.search(r"[0-9]{1,4}(?:\.[0-9]{1,4})?", row.value)
    if row.key == "heart" and row.value[0] == ">":
        low = number[0] if number else "120"
        return f"write heart: {low}..{int(float(low)) + 15} bpm, or until: heart > {low} bpm"
    if row.key == "until" and row.value[0] == ">":
        return f"write until: heart {row.value}"
    if row.value[0] == "%":
        return f"the number comes first: {number[0] if number else '1'} %"
    return f'put the text in quotes: {row.key}: "{row.value}"'


def _colon(scene: _Scene) -> Problem | None:
    """Text with a colon that is not in quotes."""
    if scene.sign != ":" or not ("mapping values" in scene.said or "expected ','" in scene.said):
        return None
    line, column = scene.line, scene.place.column
    before = line[: column - 1]
    found = re.search(r"([^\s:{\[,'\"-][^:{\[,'\"]*):[ \t]+([^:{\[]*)$", before)
    if found is None:
        return None
    key = found[1].strip()
    end = line.find("}", column) if "{" in before else -1
    whole = line[found.start(2) : end if end >= 0 else None].strip()
    place = Place(scene.place.line, column)
    if not line[column:].strip(" \t-"):
        return _problem(place, "colon-in-text", "there is a colon too many at the end of this line", "delete it")
    message = f"the text goes on after a colon, {quoted(found[2] + ':')}, which YAML takes for a key"
    return _problem(place, "colon-in-text", message, f'put the text in quotes: {key}: "{whole}"')


def _squeezed_key(scene: _Scene) -> Problem | None:
    """A key without the blank behind its colon; parsers notice it a line late."""
    if not any(part in scene.said for part in ("expected ':'", "mapping values", "expected key", "'-' indicator")):
        return None
    numbers = [scene.context.line] if scene.context is not None and "':'" in scene.said else []
    number = scene.place.line
    numbers.append(number)
    for _ in range(LOOK_BACK):
        number = scene.above(number)
        numbers.append(number)
    for number in numbers:
        found = _SQUEEZED.match(scene.at(number))
        if found and found[1] in KEYS:
            value = found[2].split(" #")[0].strip()
            message = f'a blank is missing after "{found[1]}:"'
            return _problem(Place(number, found.start(1) + 1), "blank-missing", message, f"write {found[1]}: {value}")
    return None


def _no_colon(scene: _Scene) -> Problem | None:
    """A key without its colon; parsers notice it at what follows."""
    if "expected ':'" not in scene.said:
        return None
    numbers = [scene.context.line] if scene.context is not None else []
    for number in (*numbers, scene.place.line, scene.above(scene.place.line)):
        found = _WITHOUT_COLON.match(scene.at(number))
        if found and found[1] in KEYS:
            place = Place(number, found.start(1) + 1)
            fix = f"write {found[1]}: {found[2] or ''}".rstrip()
            return _problem(place, "colon-missing", f"a colon is missing after {found[1]}", fix)
    return None


def _squeezed_dash(scene: _Scene) -> Problem | None:
    found = re.match(r"([ \t]*)-([a-z][a-z-]*):(.*)", scene.line)
    if found is None or found[2] not in HEADS:
        return None
    place = Place(scene.place.line, len(found[1]) + 1)
    fix = f"write - {found[2]}:{found[3].rstrip()}"
    return _problem(place, "blank-missing", "a blank is missing after the dash", fix)


def _repeat(scene: _Scene) -> Problem | None:
    """Steps, vary or between that do not stand under their repeat."""
    here, above = scene.row(scene.place.line), scene.row(scene.above(scene.place.line))
    place = Place(scene.place.line, 1 + _indent(scene.line))
    if above is not None and above.key == "repeat" and scene.line.lstrip().startswith("-"):
        message = "the steps of a repeat stand under steps:, which is missing here"
        return _problem(place, "indentation", message, "write steps: on a line of its own before this one")
    if here is None or here.dashes or here.key not in OF_REPEAT or "expected" not in scene.said:
        return None
    number = scene.place.line
    while number:
        number = scene.above(number)
        row = scene.row(number)
        if row is not None and row.key == "repeat" and here.column != row.column:
            message = f"{here.key}: belongs to the repeat on line {number} and stands in the wrong column"
            fix = f"begin it in column {row.column}, below the r of repeat"
            return _problem(place, "indentation", message, fix)
    return None


def _dash(scene: _Scene) -> Problem | None:
    row = scene.row(scene.place.line)
    if "'-' indicator" not in scene.said or row is None or row.dashes:
        return None
    if row.key in HEADS:
        message = f"a dash is missing before {row.key}:"
        return _problem(Place(scene.place.line, row.column), "dash-missing", message, f"write - {row.key}: {row.value}")
    return _indented(scene, row)


def _indentation(scene: _Scene) -> Problem | None:
    row = scene.row(scene.place.line)
    if row is None or not any(part in scene.said for part in ("mapping values", "expected key", "'-' indicator")):
        return None
    if "expected key" in scene.said and scene.place.column > row.column:
        return None
    return _indented(scene, row)


def _indented(scene: _Scene, row: _Row) -> Problem | None:
    above = scene.row(scene.above(scene.place.line))
    if above is None or above.column == row.column:
        return None
    side = "further in" if row.column > above.column else "further out"
    message = f"{row.key}: stands {side} than {above.key}: above it; the keys of one step begin in one column"
    fix = f"begin it in column {above.column}, below the {above.key[0]} of {above.key}"
    return _problem(Place(scene.place.line, row.column), "indentation", message, fix)


def _quote(scene: _Scene) -> Problem | None:
    """Quotes that end too soon, or never."""
    if "end of stream" in scene.said and scene.context is not None:
        sign = scene.at(scene.context.line)[scene.context.column - 1 : scene.context.column]
        if sign in ("'", '"'):
            return _problem(scene.context, "open-quote", f"the quote that opens here ({sign}) is never closed")
    before = scene.line[: scene.place.column - 1].rstrip()
    row = scene.row(scene.place.line)
    if "expected" not in scene.said or row is None or before[-1:] not in ("'", '"') or row.value[:1] != before[-1:]:
        return None
    inner = row.value.replace('"', "").strip()
    if row.value[0] == "'":
        inner = row.value.removeprefix("'").removesuffix("'")
        message = "the text goes on after the apostrophe, which closed its quote"
    else:
        message = "the text goes on after its closing quote"
    return _problem(scene.place, "open-quote", message, f'quote the whole text: {row.key}: "{inner}"')


def _escape(scene: _Scene) -> Problem | None:
    """A backslash in double quotes."""
    if "escape" not in scene.said:
        return None
    message = (
        f"in double quotes {quoted(scene.line[scene.place.column - 2 : scene.place.column])} means nothing to YAML"
    )
    return _problem(scene.place, "yaml", message, "use single quotes, in which a backslash is a backslash")


def _brackets(scene: _Scene) -> Problem | None:
    if scene.sign in ("]", "}") and "expected key" in scene.said:
        return _problem(scene.place, "open-bracket", f"there is a {scene.sign} too many", "delete it")
    if "expected ','" not in scene.said or scene.context is None:
        return None
    line = scene.at(scene.context.line)
    opened = line[scene.context.column - 1 : scene.context.column]
    cut = re.search(r"[ \t]#", line[scene.context.column :])
    if cut is not None:
        place = Place(scene.context.line, scene.context.column + cut.end())
        message = f"the # begins a comment here, so the {opened} before it is never closed"
        return _problem(place, "text-cut-by-comment", message, "put the text with the # in quotes")
    if opened not in ("[", "{"):
        return None
    goes_on = any(line.strip() for line in scene.lines[scene.place.line - 1 :])
    before = f"line {scene.place.line} goes on" if goes_on else "the file ends"
    message = f"the {opened} that opens here is not closed before {before}"
    closing = {"[": "]", "{": "}"}[opened]
    return _problem(scene.context, "open-bracket", message, f"close it with {closing}, or put the text in quotes")


def _problem(place: Place, rule: str, message: str, fix: str | None = None) -> Problem:
    return Problem(place.line, place.column, rule, message, fix)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


# In the order in which they are asked; the first that knows the scene answers.
_TRAPS: Final[tuple[Callable[[_Scene], Problem | None], ...]] = (
    _directive,
    _tab,
    _first_sign,
    _squeezed_key,
    _no_colon,
    _colon,
    _squeezed_dash,
    _repeat,
    _dash,
    _escape,
    _quote,
    _brackets,
    _indentation,
)

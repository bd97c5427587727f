"""What keys hold: texts, values and maps of every kind, each with its problem at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from coach.core.workout import Level
from coach.script.meant import STEP_HEADS, STEP_KEYS, instead, kind_of, meant_by
from coach.script.problem import Findings, Place, UnreadableError, quoted
from coach.script.source import Listing, Node, Table, Text
from coach.script.unit import NAME

LONGEST_NAME: Final = 100  # characters; a name is spoken and stands in the banner

_T = TypeVar("_T")


class Values:
    """Reads what a key may hold, and notes what it does not."""

    def __init__(self, text: str, findings: Findings) -> None:
        self.text = text
        self.findings = findings
        self._lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """The text, line by line."""
        if self._lines is None:
            self._lines = re.split("\r\n|\n|\r", self.text)
        return self._lines

    def error(self, place: Place, rule: str, message: str, fix: str | None = None) -> None:
        """Note an error."""
        self.findings.error(place, rule, message, fix)

    def name(self, key: Text, node: Node) -> str | None:
        """The name of a workout or a plan."""
        name = self.prose(key, node)
        if name is not None and not name:
            self.error(key.place, "value-missing", "the name is empty", "write name: My workout")
        elif name is not None and len(name) > LONGEST_NAME:
            self.error(key.place, "too-long", f"the name has {len(name)} characters, {LONGEST_NAME} are the most")
        return " ".join(name.split()) if name else None

    def level(self, key: Text, node: Node) -> Level | None:
        """One of the rows of caps."""
        text = self.scalar(key, node, "beginner")
        if text is None:
            return None
        try:
            return Level(text.value.strip())
        except ValueError:
            rows = ", ".join(Level)
            fix = meant_by(text.value.lower(), Level) or f"levels are {rows}"
            self.error(text.place, "level-row", f"{quoted(text.value)} is not a level", fix)
            return None

    def good_name(self, name: Text) -> bool:
        """A parameter or a block may be called so; else that is noted."""
        if re.fullmatch(NAME, name.value):
            return True
        fix = f"write {name.value[1:]}, the $ is for its use" if name.value.startswith("$") else None
        message = f"{quoted(name.value)} is not a name; a name has letters, digits, - and _"
        self.error(name.place, "bad-name", message, fix)
        return False

    def prose(self, key: Text, node: Node) -> str | None:
        """A text of any length."""
        if not isinstance(node, Text):
            fix = None
            if isinstance(node, Table) and node.items and not node.flow:
                fix = f'put a text with a colon in quotes: {key.value}: "..."'
            self.error(node.place, "not-text", f"{key.value}: is a text, here is {kind_of(node)}", fix)
            return None
        if not node.style and "#" in self.text:
            self._cut(key, node)
        return node.value.strip()

    def _cut(self, key: Text, node: Text) -> None:
        """Warn where a text seems to go on behind a # that began a comment; two blanks before it say it is meant."""
        if node.empty:
            return
        line = self.lines[node.end_line - 1]
        rest = line[node.end_column - 1 :]
        found = re.match(r"([ \t]+)#(.?)", rest)
        if found and (len(found[1]) == 1 or not found[2].isspace()) and rest.strip() != "#":
            place = Place(node.end_line, node.end_column + found.end(1))
            message = f"the text ends before the #, the rest is read as a comment: {quoted(rest.strip())}"
            whole = f"{node.value} {rest.strip()}"
            shown = whole if len(whole) <= 60 else "..."
            self.findings.warning(place, "text-cut-by-comment", message, f'put it in quotes: {key.value}: "{shown}"')

    def value(self, key: Text, node: Node, reader: Callable[[str], _T], example: str) -> _T | None:
        """What a reader makes of a value; None where it cannot."""
        text = self.scalar(key, node, example)
        if text is None:
            return None
        try:
            return reader(text.value)
        except UnreadableError as wrong:
            self.wrong(text, wrong)
            return None

    def scalar(self, key: Text, node: Node, example: str) -> Text | None:
        """A text of one line, which is what every value is."""
        if not isinstance(node, Text):
            message = f"{key.value}: takes one value, here is {kind_of(node)}"
            self.error(node.place, "not-text", message, f"write {key.value}: {example}")
            return None
        if node.empty or not node.value.strip():
            self.error(key.place, "value-missing", f"{key.value}: has no value", f"write {key.value}: {example}")
            return None
        if node.end_line > node.line and not node.style:
            self._runs_on(key, node)
            return None
        return node

    def _runs_on(self, key: Text, node: Text) -> None:
        """An unquoted value over several lines: a key without its blank, or a dash that was forgotten."""
        for number in range(node.line + 1, node.end_line + 1):
            line = self.lines[number - 1]
            squeezed = re.match(r"(\s*)(-\s+)?([a-z-]+):(\S.*)", line)
            if squeezed:
                value = squeezed[4].split(" #")[0].rstrip()
                self.blank_missing(Place(number, squeezed.start(3) + 1), squeezed[3], value)
                return
        message = f"{key.value}: takes a value on one line, this one goes on"
        column = len(self.lines[node.line]) - len(self.lines[node.line].lstrip()) + 1
        self.error(Place(node.line + 1, column), "value-goes-on", message, "is a colon or a dash missing here?")

    def blank_missing(self, place: Place, key: str, value: str) -> None:
        """Note a key without the blank behind its colon."""
        message = f"a blank is missing after {quoted(key + ':')}"
        self.error(place, "blank-missing", message, f"write {key}: {value}")

    def table(self, key: Text, node: Node, example: str) -> Iterable[tuple[Text, Node]]:
        """The pairs of a map; another thing is noted."""
        if isinstance(node, Table):
            return self.items(node)
        if isinstance(node, Text) and node.empty:
            self.error(key.place, "value-missing", f"{key.value}: has no value", f"write {key.value}: {example}")
        else:
            message = f"{key.value}: takes a map, here is {kind_of(node)}"
            self.error(node.place, "not-a-map", message, f"write {key.value}: {example}")
        return ()

    def items(self, table: Table) -> list[tuple[Text, Node]]:
        """The pairs of a map, without those that a comma or a missing blank has made."""
        if not table.flow:
            return table.items
        kept = list[tuple[Text, Node]]()
        for key, node in table.items:
            if not (isinstance(node, Text) and node.empty) or key.style:
                kept.append((key, node))
            elif squeezed := re.fullmatch(r"([a-z-]+):(\S.*)", key.value):
                self.blank_missing(key.place, squeezed[1], squeezed[2])
                kept.append((key._replace(value=squeezed[1]), key._replace(value=squeezed[2])))
            elif kept and isinstance(before := kept[-1][1], Text) and key.value not in STEP_KEYS:
                whole = self._comma(kept[-1][0], before, key)
                kept[-1] = (kept[-1][0], before._replace(value=whole, style='"'))
            else:
                kept.append((key, node))
        return kept

    def _comma(self, key: Text, before: Text, after: Text) -> str:
        """Note the comma, and give the text as it was meant."""
        if before.value[-1:].isdigit() and after.value[:1].isdigit():
            message = f"{quoted(before.value + ',' + after.value)} has a decimal comma"
            self.error(before.place, "decimal-comma", message, f"write {before.value}.{after.value}")
            return f"{before.value}.{after.value}"
        message = f"in braces a comma ends the text, so {quoted(after.value)} stands alone"
        whole = f"{before.value}, {after.value}"
        self.error(after.place, "comma-in-braces", message, f'put the text in quotes: {key.value}: "{whole}"')
        return whole

    def words(self, key: Text, node: Node) -> tuple[str, ...]:
        """One text, or a list of them."""
        nodes = node.items if isinstance(node, Listing) else [node]
        texts = [self.scalar(key, item, "[one, two]") for item in nodes]
        return tuple(text.value.strip() for text in texts if text is not None)

    def wrong(self, text: Text, wrong: UnreadableError) -> None:
        """Note what a reader could not read, at its place within a text."""
        self.error(text.at(wrong.at), wrong.rule, wrong.message, wrong.help)

    def twice(self, place: Place, name: str) -> None:
        """Note what a step says in two places."""
        message = f"this step says its {name} twice, in its head and here"
        self.error(place, "said-twice", message, "delete one of the two")

    def unknown(self, key: Text, whose: str, known: tuple[str, ...]) -> None:
        """Note a key that is none, and what was meant by it."""
        if whose == "a workout" and key.value in STEP_HEADS:
            message = f'"{key.value}:" is a step and stands here outside of steps:'
            self.error(key.place, "unknown-key", message, "write it under steps:, with a dash")
            return
        meant = instead(key.value, known)
        fix = f"did you mean {meant}?" if meant else (f"keys are {', '.join(known)}" if known else None)
        self.error(key.place, "unknown-key", f"{whose} has no key {quoted(key.value)}", fix)

"""Text with places: YAML gives only the tree, and no scalar is typed by it.

The tree is built from libyaml's events in a loop, so that neither depth nor aliases of a hostile file cost more than
the file is long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    StreamEndEvent,
)

from coach.script.problem import Findings, Place, named, quoted
from coach.script.trap import explain

if TYPE_CHECKING:
    from yaml._yaml import CParser

LARGEST_BYTES: Final = 256 * 1024  # what a person writes has a few KB
DEEPEST: Final = 40  # lists and maps within each other; 12 levels of repeats need 26
MOST_NODES: Final = 100_000  # aliases expanded; a file of the largest size has fewer of its own


class Text(NamedTuple):
    """A scalar as it stands in the file; line and column are counted from 1, style is "" where it is unquoted."""

    value: str
    line: int
    column: int
    style: str = ""
    end_line: int = 0
    end_column: int = 0

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.line, self.column)

    @property
    def empty(self) -> bool:
        """Nothing was written."""
        return not self.value and not self.style

    def at(self, offset: int) -> Place:
        """Where the character at an offset stands, as far as quoting lets us say."""
        if self.style in ("|", ">") or self.end_line != self.line:
            return self.place
        return Place(self.line, self.column + offset + (1 if self.style else 0))


class Listing(NamedTuple):
    """A sequence."""

    items: list[Node]
    line: int
    column: int

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.line, self.column)


class Table(NamedTuple):
    """A mapping, in the order of the file; keys are unique."""

    items: list[tuple[Text, Node]]
    line: int
    column: int
    flow: bool = False

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.line, self.column)


Node: TypeAlias = Text | Listing | Table

_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_BREAK: Final = re.compile("[\x85\u2028\u2029]")
_TAB_INDENT: Final = re.compile(r"^ *\t[ \t]*(?=[^\s#])", re.MULTILINE)
_ODD_INDENT: Final = re.compile("^ *([\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff])", re.MULTILINE)
_NO_KEY: Final = "no key"  # the style of what stands for a key that is a list or a map
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def decode(raw: bytes, findings: Findings) -> str | None:
    """The text of a file, or None where it is none; the reason is among the findings."""
    start = Place(1, 1)
    if len(raw) > LARGEST_BYTES:
        findings.error(start, "file-too-large", "the file is larger than 256 KB, the most that a workout has")
    elif raw.startswith(_UTF16) or (len(raw) > 3 and (raw[:2].count(0) == 1 and raw[2:4].count(0) == 1)):
        findings.error(start, "not-utf-8", "the file is UTF-16; save it as UTF-8")
    elif raw.startswith(b"\xef\xbb\xbf"):
        findings.error(start, "not-utf-8", "the file begins with a byte order mark; save it as UTF-8 without")
    elif b"\0" in raw:
        findings.error(start, "not-text", "the file is binary, a workout is text")
    else:
        return _decoded(raw, findings)
    return None


def _decoded(raw: bytes, findings: Findings) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as broken:
        before = raw[: broken.start]
        place = Place(before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode("utf-8")) + 1)
        byte = raw[broken.start]
        findings.error(place, "not-utf-8", f"the byte {byte:#04x} is not UTF-8; save the file as UTF-8")
        return None


def read(text: str, findings: Findings) -> Node | None:
    """The tree of a text; None where it has none, with the reason among the findings."""
    if not text.strip():
        findings.error(Place(1, 1), "empty-file", "the file is empty", "begin with a copy of one that coach list shows")
        return None
    if len(text) > LARGEST_BYTES:
        findings.error(Place(1, 1), "file-too-large", "the file is larger than 256 KB, the most that a workout has")
        return None
    if _odd_characters(text, findings):
        return None
    return _Builder(findings).build(text)


def texts(node: Node) -> Iterator[Text]:
    """All texts of a tree, keys among them, in the order of the file."""
    if isinstance(node, Text):
        yield node
    elif isinstance(node, Listing):
        for item in node.items:
            yield from texts(item)
    else:
        for key, value in node.items:
            yield key
            yield from texts(value)


def place_in(text: str, index: int) -> Place:
    """Line and column of a character."""
    before = text[:index]
    last = re.split("\r\n|\n|\r", before)
    return Place(len(last), len(last[-1]) + 1)


def _odd_characters(text: str, findings: Findings) -> bool:
    found = False
    if text.isascii() and "\t" not in text and not _CONTROL.search(text):
        return False
    for pattern, rule, message, fix in (
        (_CONTROL, "control-character", "there is a {name} here", "delete it"),
        (_BREAK, "odd-line-break", "there is an odd line break here, {name}", "press Enter in its place"),
        (_TAB_INDENT, "tab", "a tab cannot indent a line", "use blanks"),
        (_ODD_INDENT, "odd-blank", "{name} cannot indent a line", "use plain blanks"),
    ):
        for count, match in enumerate(pattern.finditer(text)):
            if count == 20:
                break
            sign = match.group(match.lastindex or 0)[:1]
            place = place_in(text, match.start(match.lastindex or 0))
            findings.error(place, rule, message.format(name=named(sign)), fix)
            found = True
    return found


class _Frame:
    """A list or map that is still open."""

    __slots__ = ("anchor", "before", "column", "flow", "height", "items", "key", "line", "pairs", "table")

    def __init__(self, event: CollectionStartEvent, before: int) -> None:
        self.line, self.column = _place(event)
        self.flow = bool(event.flow_style)
        self.anchor: str | None = event.anchor
        self.table = event.__class__ is MappingStartEvent
        self.items: list[Node] = []
        self.pairs: dict[str, tuple[Text, Node]] = {}
        self.key: Text | None = None
        self.before = before  # nodes counted before it
        self.height = 1

    def closed(self) -> Listing | Table:
        if self.table:
            return Table(list(self.pairs.values()), self.line, self.column, self.flow)
        return Listing(self.items, self.line, self.column)


class _Anchored(NamedTuple):
    node: Node
    nodes: int  # aliases expanded
    height: int


class _RefusedError(Exception):
    """The tree cannot be built further; the reason is among the findings."""


class _Builder:
    """Turns events into one tree."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.open: list[_Frame] = []
        self.anchors: dict[str, _Anchored] = {}
        self.nodes = 0
        self.root: Node | None = None

    def build(self, text: str) -> Node | None:
        parser = _parser(text)
        if parser is None:
            message = "PyYAML was installed without its C extension, which coach needs"
            fix = "pip install --force-reinstall --only-binary :all: pyyaml"
            self.findings.error(Place(1, 1), "no-c-yaml", message, fix)
            return None
        try:
            self._consume(parser)
        except yaml.YAMLError as broken:
            self._explain(text, broken)
            return None
        except _RefusedError:
            return None
        finally:
            parser.dispose()
        if self.root is None or (isinstance(self.root, Text) and self.root.empty):
            message = "the file holds no workout, only comments"
            self.findings.error(Place(1, 1), "empty-file", message, "begin with a copy of one that coach list shows")
            return None
        return self.root

    def _consume(self, parser: CParser) -> None:
        documents = 0
        next_event, scalar = parser.get_event, self._scalar  # this loop is half of the time of a check
        while True:
            event = next_event()
            if isinstance(event, ScalarEvent):
                scalar(event)
            elif isinstance(event, CollectionEndEvent):
                self._close()
            elif isinstance(event, CollectionStartEvent):
                self._begin(event)
            elif isinstance(event, AliasEvent):
                self._alias(event)
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = "a second document begins here; a file is one workout"
                    self._refuse(_place(event), "several-documents", message)
            elif event is None or isinstance(event, StreamEndEvent):
                return

    def _scalar(self, event: ScalarEvent) -> None:
        start, end = event.start_mark, event.end_mark
        assert start is not None, "the C parser marks all events"
        assert end is not None
        text = Text(event.value, start.line + 1, start.column + 1, event.style or "", end.line + 1, end.column + 1)
        self.nodes += 1
        if text.style == '"' and _CONTROL.search(event.value):
            message = "this text holds a control character, which would write into the terminal"
            self.findings.error(text.place, "control-character", message, "leave out the \\ escape")
        if event.tag is not None:
            self._tag(text.place, event.tag)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(text, 1, 0)
        if not self.open:
            self.root = text
            return
        frame = self.open[-1]
        if not frame.table:
            frame.items.append(text)
        elif frame.key is None:
            frame.key = text
        else:
            self._pair(frame, frame.key, text)

    def _begin(self, event: CollectionStartEvent) -> None:
        if event.tag is not None:
            self._tag(_place(event), event.tag)
        if len(self.open) >= DEEPEST:
            self._too_deep(_place(event))
        self.nodes += 1
        self.open.append(_Frame(event, self.nodes - 1))

    def _close(self) -> None:
        frame = self.open.pop()
        node = frame.closed()
        if frame.anchor is not None:
            self.anchors[frame.anchor] = _Anchored(node, self.nodes - frame.before, frame.height)
        if self.open:
            self.open[-1].height = max(self.open[-1].height, frame.height + 1)
        self._add(node)

    def _alias(self, event: AliasEvent) -> None:
        place = _place(event)
        anchored = self.anchors.get(event.anchor or "")
        if anchored is None:
            message = f"the alias *{event.anchor} names no anchor that was finished before it"
            self._refuse(place, "unknown-alias", message)
        self.nodes += anchored.nodes
        if self.nodes > MOST_NODES:
            message = f"with its aliases the file grows past {MOST_NODES:,} values"
            self._refuse(place, "alias-bomb", message, "write a repeat, or name a block under define: and use it")
        if len(self.open) + anchored.height > DEEPEST:
            self._too_deep(place)
        if self.open:
            self.open[-1].height = max(self.open[-1].height, anchored.height + 1)
        self._add(anchored.node)

    def _add(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        frame = self.open[-1]
        if not frame.table:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = self._key(node)
        else:
            self._pair(frame, frame.key, node)

    def _key(self, node: Node) -> Text:
        if isinstance(node, Text):
            return node
        self.findings.error(node.place, "key-not-text", "a key is plain text, here it is a list or a map")
        return Text("", node.line, node.column, _NO_KEY)

    def _pair(self, frame: _Frame, key: Text, node: Node) -> None:
        frame.key = None
        name = key.value
        if key.style == _NO_KEY:
            return
        if name in frame.pairs:
            self._duplicate(key, frame.pairs[name][0].line)
        elif name == "<<" and not key.style:
            message = "merge keys (<<) are not part of the language"
            self.findings.error(key.place, "merge-key", message, "name a block under define: and use it")
        else:
            frame.pairs[name] = key, node

    def _duplicate(self, key: Text, first: int) -> None:
        message = f"the key {quoted(key.value)} is already on line {first}"
        fix = "keep one of them; a new step begins with a dash"
        if key.value == "steps":
            fix = "keep one of them; the steps of a repeat are indented under it"
        self.findings.error(key.place, "duplicate-key", message, fix)

    def _tag(self, place: Place, tag: str) -> None:
        short = tag.replace("tag:yaml.org,2002:", "!!")
        message = f"tags such as {quoted(short)} are not part of the language"
        self.findings.error(place, "tag", message, "put a text with ! in quotes")

    def _too_deep(self, place: Place) -> None:
        message = f"lists and maps stand more than {DEEPEST} deep within each other"
        self._refuse(place, "too-deep", message, "12 levels of repeats are the most")

    def _refuse(self, place: Place, rule: str, message: str, fix: str | None = None) -> NoReturn:
        self.findings.error(place, rule, message, fix)
        raise _RefusedError

    def _explain(self, text: str, broken: yaml.YAMLError) -> None:
        line = column = 1
        said = str(broken).splitlines()[0]
        context = None
        if isinstance(broken, yaml.MarkedYAMLError):
            said = broken.problem or said
            mark = broken.problem_mark or broken.context_mark
            if broken.context_mark is not None:
                context = Place(broken.context_mark.line + 1, broken.context_mark.column + 1)
            if mark is not None:
                line, column = mark.line + 1, mark.column + 1
        self.findings.add(explain(text, Place(line, column), said, context))


def _parser(text: str) -> CParser | None:
    try:
        from yaml._yaml import CParser
    except ImportError:  # the pure parser differs in its marks and is ten times slower, so it is no way out
        return None
    return CParser(text)


def _place(event: Event) -> Place:
    assert event.start_mark is not None, "the C parser marks all events"
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)

"""XML of other programs as plain values; nothing in it is obeyed: no document type, no entity, no other file."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers.expat import ErrorString
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from coach.script.convert.fold import spoken
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.mark import names_backward
from coach.script.problem import quoted
from coach.script.source import LARGEST_BYTES

DEEPEST: Final = 40  # elements within each other


@dataclass(frozen=True, slots=True)
class Element:
    """An element; names are in small letters, since programs spell them as they like."""

    name: str
    written: str  # its name as it stands in the file
    line: int
    values: Mapping[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands between its tags, as one line."""
        return spoken("".join(self.texts))

    def named(self, *names: str) -> Iterator[Element]:
        """Its children of these names."""
        return (child for child in self.children if child.name in names)

    def first(self, name: str) -> str:
        """The text of its first child of a name that has any."""
        return next((child.text for child in self.named(name) if child.text), "")

    def said(self, values: Container[str], children: Container[str]) -> Iterator[str]:
        """Every text within it but those of these attributes and children, which are read elsewhere."""
        yield self.text
        yield from (spoken(value) for key, value in self.values.items() if key not in values)
        for child in self.children:
            if child.name not in children:
                yield from child.said((), ())


def parse(raw: bytes) -> Element:
    """The root element.

    Raises:
        ConvertError: it is no XML, is too large or too deep, or has a document type, where entities are made.
    """
    if len(raw) > LARGEST_BYTES:
        raise ConvertError("the file is larger than 256 KB, the most that a workout has")
    if not raw.strip():
        raise ConvertError("the file is empty")
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.line = lambda: int(parser.parser.CurrentLineNumber)
    try:
        parser.feed(raw)
        parser.close()
    except ParseError as wrong:
        reason = ErrorString(wrong.code) or "it cannot be read"
        raise ConvertError(f"line {wrong.position[0]}: this is not XML: {reason}") from wrong
    except DefusedXmlException as wrong:
        raise ConvertError(
            f"line {builder.line()}: the file has a document type or entities, which no workout needs; delete them"
        ) from wrong
    except (ValueError, LookupError) as wrong:  # an encoding that nobody knows, or one of several bytes
        raise ConvertError("this is XML in an encoding that cannot be read; save it as UTF-8") from wrong
    if builder.root is None:
        raise ConvertError("this is not XML: there is nothing in it")
    return builder.root


def opening(name: str, values: Mapping[str, str], *, closed: bool = False) -> str:
    """A tag as it is written."""
    written = "".join(f" {key}={quoteattr(spoken(value))}" for key, value in values.items())
    return f"<{name}{written}{'/' if closed else ''}>"


def whole(name: str, text: str) -> str:
    """An element that holds only text."""
    return f"<{name}>{escape(spoken(text))}</{name}>"


def between(element: Element, what: str, losses: Losses) -> None:
    """What stands between the steps is left out, unless it may be the title of backward ones.

    Raises:
        ConvertError: it is about backward.
    """
    for text in filter(names_backward, element.said((), ())):
        raise ConvertError(
            f"line {element.line}: {quoted(text)} between {what} is about backward, and nobody knows which of them "
            'are; name those "Backward 3.0 km/h" with their own speed, and take it out'
        )
    losses.lost(f"<{element.written[:40]}> between {what}")


class _Builder:
    """What the parser tells its events to."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.line: Callable[[], int] = lambda: 1

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        line = self.line()
        if len(self.open) >= DEEPEST:
            raise ConvertError(f"line {line}: more than {DEEPEST} elements stand within each other")
        written = _local(tag)
        element = Element(written.lower(), written, line, {_local(key).lower(): value for key, value in values.items()})
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, tag: str) -> None:
        del tag
        self.open.pop()

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1].texts.append(text)

    def close(self) -> None:
        """The parser asks for a result; it is in `root`."""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]

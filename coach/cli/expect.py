"""Expectations about the facts of a session: `FIELD OP VALUE`, such as `turns == 4` or `len(trips) == 0`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from coach.core.error import CoachError

_EXPECTATION: Final = re.compile(
    r"\s*(?P<len>len\(\s*)?(?P<path>[a-z_]\w*(?:\.[a-z_]\w*|\[-?\d+\])*)\s*(?(len)\))\s*"
    r"(?P<op>==|!=|<=|>=|<|>|(?<=\s)contains(?=\s))\s*(?P<value>[^\s=<>!].*?)\s*",
    re.IGNORECASE | re.DOTALL,
)
_STEP: Final = re.compile(r"\.?([a-z_]\w*)|\[(-?\d+)\]", re.IGNORECASE)
_EQUAL: Final[Mapping[str, Callable[[object, object], bool]]] = {"==": eq, "!=": ne}
_ORDERED: Final[Mapping[str, Callable[[float, float], bool]]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


class ExpectationError(CoachError, ValueError):
    """An expectation that cannot be read; the message is one sentence for who wrote it."""


class _MissingError(LookupError):
    """The facts have nothing there; the message says so."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation, ready to be held against facts."""

    text: str
    path: tuple[str | int, ...]
    length: bool  # it speaks of how many there are
    op: str
    value: object

    def failure(self, facts: Mapping[str, object]) -> str | None:
        """Why the facts are otherwise; None where they are as expected."""
        try:
            found = _found(facts, self.path)
            if self.length:
                found = _length(found)
        except _MissingError as error:
            return f"expected {self.text}, but {error}"
        return None if _holds(found, self.op, self.value) else f"expected {self.text}, found {_shown(found)}"


def parse_expectation(text: str, fields: tuple[str, ...]) -> Expectation:
    """Read `FIELD OP VALUE`; FIELD begins with one of `fields` and goes on with `.name` and `[n]`.

    Raises:
        ExpectationError: it cannot be read, or speaks of a field that no session has.
    """
    read = _EXPECTATION.fullmatch(text)
    if read is None:
        raise ExpectationError(
            f"{text!r} is not an expectation; write FIELD OP VALUE, such as 'ended == finished' or 'len(trips) == 0',"
            " with ==, !=, <, <=, >, >= or contains"
        )
    path = tuple(int(index) if index else name for name, index in _STEP.findall(read["path"]))
    if path[0] not in fields:
        close = get_close_matches(str(path[0]), fields, 1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(fields)}"
        raise ExpectationError(f"{text!r}: {path[0]} is not a field of a session; {hint}")
    value = _value(read["value"])
    if read["op"] in _ORDERED and not _is_number(value):
        raise ExpectationError(f"{text!r}: {read['op']} compares numbers, and {read['value']} is none")
    return Expectation(text.strip(), path, read["len"] is not None, read["op"].lower(), value)


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        quoted = len(text) > 1 and text[0] == text[-1] == "'"
        return text[1:-1] if quoted else text


def _found(facts: object, path: tuple[str | int, ...]) -> object:
    walked = ""
    for step in path:
        walked += f"[{step}]" if isinstance(step, int) else f".{step}" if walked else step
        match facts, step:
            case list(), int() if -len(facts) <= step < len(facts):
                facts = facts[step]
            case Mapping(), str() if step in facts:
                facts = facts[step]
            case _:
                raise _MissingError(f"there is no {walked}")
    return facts


def _length(found: object) -> int:
    if isinstance(found, list | str | Mapping):
        return len(found)
    raise _MissingError(f"{_shown(found)} has no length")


def _holds(found: object, op: str, value: object) -> bool:
    if op in _EQUAL:
        alike = isinstance(found, bool) == isinstance(value, bool)  # true is not 1 here
        return _EQUAL[op](found, value) if alike else op == "!="
    if op in _ORDERED:
        return _is_number(found) and _ORDERED[op](float(str(found)), float(str(value)))
    if isinstance(found, str):
        return str(value) in found
    if isinstance(found, Mapping):
        return value in found.values()
    return isinstance(found, list) and any(
        value in item.values() if isinstance(item, Mapping) else item == value for item in found
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(found: object) -> str:
    text = json.dumps(found, ensure_ascii=False)
    return text if len(text) <= 200 else text[:199] + "…"

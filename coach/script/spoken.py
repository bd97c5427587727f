"""Which of an author's cues are not heard whole: each step spoken through, with what coach itself says in it.

One voice says it all. What is announced cuts what the author wrote, and his words wait for each other and for what is
being announced (sinks/floor.py). How long words take is that of the voice at its usual rate (sinks/speech.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Final, NamedTuple

from coach.core import say
from coach.core.cue import CueKind
from coach.core.plan import Row
from coach.core.rules import Problem, end_kmh, mean_kmh
from coach.core.runner import SpokenUnit
from coach.core.tell import MARKS
from coach.core.workout import ExtentUnit, Say, SayAt
from coach.script.problem import quoted

LONGEST_S: Final = 15.0  # a cue in any step: nothing but an announcement is heard while it lasts
PATIENCE_S: Final = 8.0  # an author's words wait so long for their turn (sinks/floor.py)
SLACK_S: Final = 0.5  # neither voices nor belts keep to the tenth of a second
MOST_CUES: Final = 200  # of one step are looked at

# Measured of espeak-ng at the 165 words a minute that sinks/speech.py asks for: 18.5 letters and blanks a second, a
# stop after each sentence and a shorter one after each comma; a figure is a word of five letters.
LETTERS_S: Final = 18.5
STOP_S: Final = 0.4
COMMA_S: Final = 0.2
FIGURE_LETTERS: Final = 5
LETTERS_A_WORD: Final = 6

_CUT_OWN: Final = frozenset({CueKind.TURN, CueKind.COUNT})  # what coach itself is saying
_STOP: Final = re.compile(r"[.!?:;](?=\s|$)")
_FIGURE: Final = re.compile("[0-9]")


class _Said(NamedTuple):
    """Words of coach's own, in a step."""

    at_s: float
    end_s: float
    kind: CueKind
    text: str

    @property
    def cuts(self) -> bool:
        return self.kind is not CueKind.TIME


class _Due(NamedTuple):
    """A cue of the author, in a step."""

    at_s: float
    cue: int
    text: str


@lru_cache(maxsize=4096)
def speaking_s(text: str) -> float:
    """How long the voice takes for some words, about."""
    text = text.strip()
    letters = len(text) + FIGURE_LETTERS * len(_FIGURE.findall(text))
    closed = text if text[-1:] in ".!?:;" else f"{text}."
    return letters / LETTERS_S + STOP_S * len(_STOP.findall(closed)) + COMMA_S * text.count(",")


def unheard(row: Row, after: Row | None, cues: Sequence[Say]) -> Iterator[tuple[int, Problem]]:
    """The cues of a step that are cut, lost or late, by their place among them.

    Args:
        row: the step.
        after: what follows it; None at the end.
        cues: those of its author.
    """
    length_s = row.planned_s
    long = {cue for cue, one in enumerate(cues) if speaking_s(one.text) > LONGEST_S}
    for cue in sorted(long):
        yield cue, _problem("cue-too-long-to-speak", *_too_long(cues[cue].text))
    dues = sorted(due for due in _dues(row, cues) if due.cue not in long)[:MOST_CUES]
    own = () if length_s is None else _own(row, after, length_s)
    told, free_s, last = set[int](), 0.0, ""
    for due in dues:
        begin_s = _begin(due.at_s, own, free_s)
        end_s = begin_s + speaking_s(due.text)
        cut = next((one for one in own if one.cuts and begin_s < one.at_s < end_s - SLACK_S), None)
        late = begin_s - due.at_s > PATIENCE_S or any(
            one.kind is CueKind.COUNT and due.at_s < one.at_s <= begin_s for one in own
        )
        if due.cue not in told:
            found = _found(due, begin_s, own, cut, free_s, last, lost=late)
            if found is not None:
                told.add(due.cue)
                yield due.cue, found
        if not late:
            free_s, last = (end_s if cut is None else cut.at_s), due.text


def _found(
    due: _Due, begin_s: float, own: Sequence[_Said], cut: _Said | None, free_s: float, last: str, *, lost: bool
) -> Problem | None:
    takes_s = speaking_s(due.text)
    if free_s > due.at_s + SLACK_S and last:
        message = f"this cue begins while {quoted(last)} is still being spoken"
        fix = f"say it {round(free_s - due.at_s + 0.5)} s later"
        return _problem("cues-overlap", message, fix)
    if cut is None and not lost:
        return None
    edge = next((one for one in own if one.cuts and one.at_s > due.at_s), None)
    if edge is not None and edge.at_s - due.at_s < takes_s - SLACK_S:
        room_s = edge.at_s - due.at_s
        message = f"this cue takes about {takes_s:.0f} s to speak, and after {room_s:.0f} s comes {_named(edge)}"
        return _problem("cue-too-long-to-speak", message, _shorter(room_s, sooner=True))
    before = next((one for one in reversed(own) if one.at_s <= begin_s), None)
    first = "the countdown" if before is None else quoted(before.text)
    then = "" if cut is None else f" and is cut by {_named(cut)}"
    message = f"this cue waits until {first} was said{then}"
    left_s = 0.0 if cut is None else cut.at_s - begin_s
    return _problem("cues-overlap", message, _shorter(left_s, sooner=True))


def _problem(rule: str, message: str, fix: str) -> Problem:
    return Problem(rule, 0, message, fix, error=False)


def _too_long(text: str) -> tuple[str, str]:
    message = f"this cue takes about {speaking_s(text):.0f} s to speak, {LONGEST_S:.0f} s are the most"
    return message, f"{_shorter(LONGEST_S, sooner=False)}, or split it into two cues"


def _shorter(room_s: float, *, sooner: bool) -> str:
    words = int((room_s - STOP_S) * LETTERS_S / LETTERS_A_WORD)
    if words < 1:
        return "say it sooner"
    return f"say it in {words} {'word' if words == 1 else 'words'}{', or sooner' if sooner else ''}"


def _named(one: _Said) -> str:
    return quoted(one.text) if one.text else "the next step"


def _begin(at_s: float, own: Sequence[_Said], free_s: float) -> float:
    """When the voice is free."""
    begin_s = max(at_s, free_s)
    for one in own:
        if one.at_s <= begin_s + 1e-9 and one.end_s > begin_s:
            begin_s = one.end_s
    return begin_s


def _own(row: Row, after: Row | None, length_s: float) -> tuple[_Said, ...]:
    """What coach says in a step: that it begins, what comes before its end, and the step that follows."""
    unit, last_kmh = SpokenUnit.KMH, end_kmh(row.segment)
    ahead = (
        say.ahead(row, after, last_kmh, mark, unit) if length_s > then else None
        for mark, then in zip(MARKS, (*MARKS[1:], 0), strict=True)
    )
    return _laid(length_s, say.now(row, unit), tuple(ahead))


@lru_cache(maxsize=1024)
def _laid(length_s: float, now: str, ahead: tuple[tuple[CueKind, str] | None, ...]) -> tuple[_Said, ...]:
    """Words one after the other: an announcement cuts, others wait."""
    said = [(0.0, CueKind.NOW, now)]
    said += [(max(length_s - mark, 0.0), *words) for mark, words in zip(MARKS, ahead, strict=True) if words]
    found = list[_Said]()
    for at_s, kind, text in (*said, (length_s, CueKind.TURN, "")):
        before = found[-1] if found else None
        begin_s = at_s
        if before is not None and before.end_s > at_s:
            if kind in _CUT_OWN:
                found[-1] = before._replace(end_s=at_s)
            else:
                begin_s = before.end_s
        found.append(_Said(begin_s, begin_s + (speaking_s(text) if text else 0.0), kind, text))
    return tuple(found)


def _dues(row: Row, cues: Sequence[Say]) -> Iterator[_Due]:
    """When each cue is due, as far as that is known beforehand."""
    metre_s = 3.6 / mean_kmh(row.segment) if row.segment.target is not None else None
    for cue, one in enumerate(cues[:MOST_CUES]):
        yield from (_Due(at_s, cue, one.text) for at_s in _instants(one, row, metre_s))


def _instants(cue: Say, row: Row, metre_s: float | None) -> Iterator[float]:
    length_s, extent = row.planned_s, row.segment.extent
    match cue.at:
        case SayAt.START:
            yield 0.0
        case SayAt.AT_S if length_s is None or cue.amount < length_s:
            yield cue.amount
        case SayAt.HALF if length_s is not None:
            yield length_s / 2
        case SayAt.BEFORE_END_S if length_s is not None and cue.amount < length_s:
            yield length_s - cue.amount
        case SayAt.AT_M if metre_s is not None and (length_s is None or cue.amount * metre_s < length_s):
            yield cue.amount * metre_s
        case SayAt.BEFORE_END_M if metre_s is not None and extent.unit is ExtentUnit.DISTANCE:
            yield max(extent.amount - cue.amount, 0.0) * metre_s
        case SayAt.EVERY_S:
            end_s = cue.amount * MOST_CUES if length_s is None else length_s
            times = (cue.amount * (n + 1) for n in range(MOST_CUES))
            yield from takewhile(lambda at_s: at_s < end_s, times)
        case _:
            pass

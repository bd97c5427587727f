"""Cues of a step in one text, each later one behind the moment at which it is due.

"Short steps. [half] Halfway. [-10 s] Ten more." is three. The moments are those of the language. Nothing else in such
a text stands in square brackets that reads like a moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import inf
from typing import Final

from coach.core.workout import Extent, ExtentUnit, Say, SayAt
from coach.script.convert.fold import spoken
from coach.script.convert.loss import Losses
from coach.script.convert.mark import harmless
from coach.script.convert.prose import spoken_cue
from coach.script.field import read_moment
from coach.script.problem import UnreadableError
from coach.script.segment import SHORTEST_EVERY_S
from coach.script.write import moment_text

_MOMENT: Final = re.compile(r"(?<!\S)\[([^\[\]]{1,24})\](?!\S)")
_SPACED: Final = (SayAt.AT_M, SayAt.BEFORE_END_M)


def written(start: str, later: Iterable[Say], longest: int, name: str, step: int, losses: Losses) -> str:
    """The text of a step, at most so many bytes long; what has no room is told.

    Args:
        start: what is said at its start, fit to be read back.
        later: the cues that are due later.
        longest: bytes in UTF-8.
        name: of the format that holds no more.
        step: its number.
        losses: takes what has no room.
    """
    text = cut(_unbracketed(start, step, losses), longest, name, step, losses)
    for cue in later:
        words = _unbracketed(harmless(cue.text), step, losses)
        longer = f"{text} [{moment_text(cue)}] {words}".strip()
        if not words:
            continue
        if len(longer.encode()) > longest:
            losses.lost(f'the cue at "{moment_text(cue)}"; {name} holds {longest} bytes of them', step)
            continue
        text = longer
        losses.changed("cues that are due later stand in the notes of the step, which are shown at its start", step)
    return text


def cut(text: str, longest: int, name: str, step: int, losses: Losses) -> str:
    """As much of a text as has room."""
    raw = text.encode()
    if len(raw) <= longest:
        return text
    losses.lost(f"the end of a text; {name} holds {longest} bytes", step)
    return raw[:longest].decode(errors="ignore").rstrip()


def divided(text: str) -> tuple[str, tuple[Say, ...]]:
    """What a text says at the start of its step, and its later cues."""
    parts = re.split(_MOMENT, text)
    start, cues = parts[0], list[Say]()
    for moment, words in zip(parts[1::2], parts[2::2], strict=True):
        when = _moment(moment)
        if when is not None:
            cues.append(Say(*when, words.strip()))
        elif cues:
            cues[-1] = Say(cues[-1].at, cues[-1].amount, f"{cues[-1].text} [{moment}]{words}".strip())
        else:
            start = f"{start}[{moment}]{words}"
    return start.strip(), tuple(cue for cue in cues if cue.text)


def due(cues: Sequence[Say], extent: Extent, step: int, losses: Losses) -> tuple[Say, ...]:
    """The later cues as they are said: each moment once, none after the end of its step, where that is known."""
    found = dict[tuple[SayAt, float], str]()
    for cue in cues:
        long = extent.amount if extent.unit is (ExtentUnit.DISTANCE if cue.at in _SPACED else ExtentUnit.TIME) else inf
        from_end = cue.at in (SayAt.BEFORE_END_S, SayAt.BEFORE_END_M, SayAt.HALF)
        endless = extent.unit is ExtentUnit.OPEN
        often = cue.at is SayAt.EVERY_S and cue.amount < SHORTEST_EVERY_S
        if often or (cue.at is not SayAt.HALF and not 0 < cue.amount < long) or (from_end and endless):
            losses.lost("a cue whose moment is not in its step", step)
            continue
        key = (cue.at, cue.amount)
        if key in found:
            losses.changed("texts that are due at the same moment are one", step)
        found[key] = f"{found[key]} {spoken_cue(cue.text)}" if key in found else spoken_cue(cue.text)
    return tuple(Say(at, amount, text) for (at, amount), text in found.items())


def _moment(text: str) -> tuple[SayAt, float] | None:
    try:
        at, amount = read_moment(text)
    except UnreadableError:
        return None
    return None if at is SayAt.START else (at, amount)


def _unbracketed(text: str, step: int, losses: Losses) -> str:
    """A text of the author in which nothing reads like a moment."""

    def plain(found: re.Match[str]) -> str:
        return found[0] if _moment(found[1]) is None else f"({found[1]})"

    line = spoken(text)
    free = _MOMENT.sub(plain, line)
    if free != line:
        losses.changed("what reads like a moment in a cue stands in round brackets", step)
    return free

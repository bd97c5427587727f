"""The mark that a backward step carries where a format knows no direction, and by which it is known when it returns.

Backward is never silently made forward: a backward step is written as "Backward 3.0 km/h. Its own cue.", and a step
is read as backward only where its text is such a mark, in capitals or not. The speed of a mark is absolute and wins
over the step's own, so that nobody is sent backward faster because his threshold is. A step whose name is about
backward, or with a cue that begins with it, and that has no mark is refused: nobody knows which way it faces. A cue
of a forward step that reads like that is written behind "Cue: ", which is taken off when it returns.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from math import floor
from typing import Final

from coach.core.plan import plan_anywhere
from coach.core.workout import Facing, Head, Segment, Workout
from coach.script.convert.fold import spoken
from coach.script.convert.loss import ConvertError, Losses
from coach.script.problem import quoted

REST: Final = "Rest, belt stopped"  # the mark of a step in which the belt stands

CUE: Final = "Cue: "  # before a cue that reads like a mark and is none

_NUMBER: Final = r"([0-9]{1,2}(?:\.[0-9]{1,4})?)"
_BEHIND: Final = r"(?:\. (?P<cue>.*)|[.,;:!]?|\s*(?:[.,;:!]|\s[-\u2013\u2014])\s*(?P<loose>[^\s\d.,;:%-].*))"
_MARK: Final = re.compile(
    rf"Backwards?\s*[:,]?\s*{_NUMBER}(?:\s*to\s*{_NUMBER})?\s*(?:km\s*/\s*h|kmh|kph){_BEHIND}",
    re.DOTALL | re.IGNORECASE,
)
_REST: Final = re.compile(r"Rest\s*,\s*belt\s*stopped(?:\. (?P<cue>.*)|[.!]?)", re.DOTALL | re.IGNORECASE)

# What speaks of backward, in letters without accents; those of other languages that people write on such steps.
_REAR: Final = (
    r"(?<![a-z])(?:back[ -]?ward(?:s|ing)?|bwd|back[ -]?pedal(?:s|l?ing)?"
    r"|fac(?:e|es|ing) (?:to )?(?:the )?(?:rear|back)|(?:in )?reverse (?:walk|run|jog)(?:s|n?ing|g?ing)?"
    r"|(?:walk|run|jog)(?:n?ing|g?ing)? (?:in )?reverse"
    r"|retro(?:[ -]?(?:walk|run|jog)(?:s|n?ing|g?ing)?|gehen|laufen|lauf)?"
    r"|r(?:u|ue)ckw(?:a|ae)rts(?:gehen|laufen|lauf)?"
    r"|a reculons|en arriere|hacia atras|de espaldas|indietro|achteruit|achterwaarts|baklanges)(?![a-z])"
)
_SOON: Final = (  # it is announced or left, so it is not what the step itself is
    rf"(?:before|until|after|no|not|never|without) (?:(?:you|we|the|your|to|turn|go|run|walk|face|any) )*{_REAR}"
    rf"|{_REAR}(?: (?:walk|run|part|block|step)(?:ing|ning|s)?)? (?:(?:is|are|was) )?"
    r"(?:comes?(?: next)?|next(?! [0-9])|follows|coming|soon|later|done|behind you|after this|kommt|folgt"
    r"|in [0-9]{1,3} ?(?:s|sec|seconds?|min|minutes?))(?![a-z])"
)
_ABOUT: Final = re.compile(_REAR)
_ANNOUNCED: Final = re.compile(_SOON)
_BIDDEN: Final = re.compile(  # perhaps behind a number, a sign or a word that bids
    r"[\W\d_]*(?:(?:now|then|and|please|easy|slow|slowly|gently|go|walk|walking|run|running|jog|jogging|turn|to|gehen?"
    rf"|laufen?)[\W_]+)*(?:{_REAR}|back\s*[0-9][0-9.,]*\s*(?:km|mph|mi|min|m/s))"
)
_INCLINE: Final = re.compile(r"Incline [0-9]")  # as prose.py writes it
_LETTERS: Final = str.maketrans({"\u00df": "ss", "\u0131": "i", "\u2019": "'"})


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mark says: the speeds of the step, and the cue that stood behind it."""

    speed_kmh: float
    end_kmh: float | None = None
    cue: str = ""


def backward_mark(segment: Segment) -> str:
    """The name of a backward step: Backward 3.0 km/h, or Backward 2.0 to 3.0 km/h."""
    assert segment.target is not None
    end = "" if segment.target.end_kmh is None else f" to {_speed(segment.target.end_kmh)}"
    return f"Backward {_speed(segment.target.speed_kmh)}{end} km/h"


def marked(mark: str, cue: str) -> str:
    """A mark (of a backward step, or REST) with the cue that is due at the start of its step."""
    return f"{mark}. {cue}" if cue else mark


def read_mark(text: str) -> Marked | None:
    """What the mark of a backward step says; None where the text is none."""
    found = _MARK.fullmatch(text.strip())
    if found is None or not float(found[1]) or (found[2] and not float(found[2])):
        return None
    cue = (found["cue"] or found["loose"] or "").strip()
    return Marked(float(found[1]), float(found[2]) if found[2] else None, cue)


def read_rest(text: str) -> str | None:
    """The cue behind the mark of a rest, which may be empty; None where the text is no such mark."""
    found = _REST.fullmatch(text.strip())
    return None if found is None else (found["cue"] or "").strip()


def harmless(text: str) -> str:
    """The cue of a forward step as one line, such that nobody takes it for a mark or for the name of a backward step.

    It is the last thing that is done to a cue before it is written: signs that are left out may make it a mark.
    """
    line = spoken(text)
    return f"{CUE}{line}" if _disguised(line) else line


def own_cue(text: str) -> str | None:
    """The cue that was made harmless; None where the text is none that was."""
    line = spoken(text)
    return line[len(CUE) :] if line.startswith(CUE) and _disguised(line[len(CUE) :]) else None


def sounds_backward(text: str) -> bool:
    """A text speaks of backward, if only to announce it; that says nothing about the step, but it is told."""
    return _ABOUT.search(_bare(text)) is not None


def names_backward(text: str) -> bool:
    """A name or a title is about backward: more than an announcement of it."""
    return bids_backward(text) or _ABOUT.search(_unannounced(text)) is not None


def bids_backward(text: str) -> bool:
    """A cue begins like a mark, or bids to go backward, whether or not it is a whole mark."""
    return _BIDDEN.match(_unannounced(text)) is not None


def unclear(place: str, text: str, losses: Losses, step: int | None = None) -> None:
    """A step that may be backward and has no mark: it is refused, or left out where all backward steps are.

    Raises:
        ConvertError: backward steps are not left out, so somebody has to say which way it faces.
    """
    if not losses.forward_only:
        raise ConvertError(
            f"{place}: {quoted(spoken(text))} is about backward and no mark, so nobody knows which way the step faces; "
            'name it "Backward 3.0 km/h" with its own speed, or take the words out if it is forward; --forward-only '
            "leaves such steps out"
        )
    losses.assumed("a step whose text is about backward and no mark is taken for a backward step", step)


def rear(segment: Segment) -> Segment:
    """An unclear step as what is left out: a backward one."""
    return replace(segment, head=Head.BACKWARD, facing=Facing.BACKWARD, heart=None)


def _disguised(line: str) -> bool:
    """It is a mark, or would be taken for one, or begins as a cue does that was."""
    if line.startswith(CUE):
        return _disguised(line[len(CUE) :])
    return read_mark(line) is not None or read_rest(line) is not None or _slope(line) or names_backward(line)


def _slope(line: str) -> bool:
    return _INCLINE.match(line) is not None


def _bare(text: str) -> str:
    """A text without accents, signs of no width and capitals, however it is spelt."""
    apart = unicodedata.normalize("NFKD", spoken(text)).casefold().translate(_LETTERS)
    return " ".join("".join(sign for sign in apart if unicodedata.category(sign) not in ("Mn", "Cf", "Me")).split())


def _unannounced(text: str) -> str:
    return _ANNOUNCED.sub(" ", _bare(text)).strip()


def tell(workout: Workout, losses: Losses, target: str) -> None:
    """What no other format holds of a backward workout: its direction, its turns, bridges and level."""
    for step, segment in enumerate(workout.segments, 1):
        if segment.facing is Facing.BACKWARD and segment.target is not None:
            mark = backward_mark(segment)
            losses.changed(f'{target} knows no direction: the backward step is named "{mark}" and says so', step)
    plan = plan_anywhere(workout)
    turns = plan.turns
    bridges = [row for row in plan.rows if row.segment.head is Head.BRIDGE]
    if turns:
        seconds = sum(plan.turn_s(index) for index, row in enumerate(plan.rows) if row.turn)
        what = f"{turns} turns, about {_minutes(seconds)} in which the belt slows, stops and starts again"
        losses.lost(f"{what}, are not in it; stop the belt yourself before you turn")
    if bridges:
        seconds = sum(row.planned_s or 0.0 for row in bridges)
        counted = "a walk is" if len(bridges) == 1 else f"{len(bridges)} walks are"
        losses.lost(f"{counted} not in it, {_minutes(seconds)} in all, which lead from running to a turn")


def _speed(kmh: float) -> str:
    """As exact as a mark can be, and never faster than the step."""
    whole, _, decimals = f"{floor(kmh * 1e4 + 1e-6) / 1e4:.4f}".partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


def _minutes(seconds: float) -> str:
    return f"{max(round(seconds / 60), 1)} min"

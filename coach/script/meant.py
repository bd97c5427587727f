"""What an author meant who writes as another program does, or in another language: words, and what coach calls them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

from coach.script.field import read_moment
from coach.script.model import GROUPS, HEADS, REPEAT_KEYS, STRETCH_KEYS
from coach.script.problem import UnreadableError, quoted
from coach.script.source import Listing, Node, Table

STEP_HEADS: Final = frozenset((*HEADS, *GROUPS))
STEP_KEYS: Final = (*HEADS, *GROUPS, *STRETCH_KEYS, *REPEAT_KEYS)
LENGTHS: Final = frozenset({"duration", "time", "length", "distance", "for"})  # keys of other programs
KINDS: Final = frozenset({"type", "kind", "step", "name", "head"})  # the same, with the head behind them

INSTEAD: Final = {
    "back": "backward", "backwards": "backward", "reverse": "backward", "retro": "backward",
    "forwards": "forward", "walk": "forward", "run": "forward", "jog": "forward", "work": "forward", "step": "forward",
    "on": "forward", "off": "forward", "fast": "forward", "slow": "forward", "easy": "forward", "interval": "forward",
    "sprint": "forward", "vorwärts": "forward", "laufen": "forward", "gehen": "forward",
    "rückwärts": "backward",
    "einlaufen": "warm-up", "auslaufen": "cool-down", "wiederholen": "repeat",
    "warmup": "warm-up", "warm_up": "warm-up", "warm up": "warm-up",
    "cooldown": "cool-down", "cool_down": "cool-down", "cool down": "cool-down",
    "recovery": "rest", "pause": "rest", "stop": "rest", "loop": "repeat", "times": "repeat", "rounds": "repeat",
    "grade": "incline", "inclination": "incline", "slope": "incline", "pace": "speed", "hr": "heart", "cue": "say",
    "text": "say", "bounds": "within", "at_least": "at-least", "at least": "at-least", "title": "name",
    "version": "format", "parameters": "params", "variables": "params",
    "segments": "steps", "intervals": "steps", "workout": "steps",
}  # fmt: skip
TURNS: Final = frozenset({"turn", "turns", "turn-around", "turnaround", "turn around", "turning"})
FACINGS: Final = frozenset(
    {"direction", "facing", "face", "dir", "way"}
)  # keys of other programs: backward behind them
_REAR: Final = frozenset({"rear", "the rear", "back", "backward", "backwards", "reverse", "retro"})
_FRONT: Final = frozenset({"front", "the front", "console", "the console", "forward", "forwards"})
_MOMENTS_MEANT: Final = {"begin": "start", "beginning": "start", "middle": "half", "end": "-10 s", "finish": "-10 s"}
_NUMBERS: Final = {
    "once": 1, "one": 1, "twice": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10,
}  # fmt: skip


def instead(word: str, known: Iterable[str]) -> str | None:
    """The word that was meant, of those that are known."""
    known = tuple(known)
    other = INSTEAD.get(word.lower())
    if other in known:
        return other
    if word.lower() in known:
        return word.lower()
    close = difflib.get_close_matches(word.lower()[:40], known, 1)
    return close[0] if close else None


def meant_by(word: str, known: Iterable[str]) -> str | None:
    """The fix for a word that is none of those that are known."""
    close = instead(word, known)
    return f"did you mean {close}?" if close else None


def foreign(text: str) -> str | None:
    """The fix where a text is of another program."""
    text = text.strip()
    if text.startswith("<"):
        return "this is XML of another program: coach convert reads Zwift and QZ workouts"
    if re.search(r"[0-9]\s*%\s*(pace|hr|lthr|ftp)\b|\bz[1-7]\b|\bpace\b", text, re.IGNORECASE):
        return "this looks like text of intervals.icu, which coach convert reads"
    if rounds := re.match(r"([0-9]+)\s*[xX×]", text):
        return f"write - repeat: {rounds[1]}, below it steps:, and its steps further in, each with a dash"
    if re.match(r"[0-9].*@", text):
        return f"write - forward: {text}"
    return None


def rounds_of(text: str) -> str | None:
    """How often, in other people's words."""
    if found := re.fullmatch(r"([0-9]+) ?(?:[xX×*]|times|rounds|sets|mal)|[xX×*] ?([0-9]+)", text.strip()):
        return found[1] or found[2]
    times = _NUMBERS.get(text.lower().split(" ")[0]) if text else None
    return None if times is None else str(times)


def facing_meant(text: str) -> str | None:
    """The head that says which way the runner faces."""
    word = " ".join(text.lower().split())
    return "backward" if word in _REAR else "forward" if word in _FRONT else None


def moment_meant(text: str) -> str | None:
    """The fix for a time of a cue that is none."""
    word = text.lower()
    if word in _MOMENTS_MEANT:
        return f"did you mean {_MOMENTS_MEANT[word]}?"
    return f"did you mean every {word[5:]}?" if word.startswith("each ") else meant_by(text, ("start", "half"))


def is_moment(text: str) -> bool:
    """A key is the time of a cue."""
    try:
        read_moment(text)
    except UnreadableError:
        return False
    return True


def cues_meant(node: Listing) -> str:
    """The fix for cues in a list."""
    if node.items and all(isinstance(item, Table) for item in node.items):
        return "the times below say: without their dashes"
    return "say: {start: Go., half: Half of it., -10 s: Ten more.}"


def kind_of(node: Node) -> str:
    """What stands in a place, for people."""
    if isinstance(node, Listing):
        return "a list"
    return "a map" if isinstance(node, Table) else f"the text {quoted(node.value)}"

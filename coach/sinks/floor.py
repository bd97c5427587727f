"""Who has the floor: one utterance sounds at a time, and this table says who waits, who cuts and who is too late.

Pure: no clock, no thread and no sound. Instants are those of the caller's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Final

from coach.core.cue import CueKind
from coach.sinks.tone import Tone

MOST_WAITING: Final = 16  # a session never comes near; behind it the least urgent goes


@dataclass(frozen=True, slots=True)
class Utterance:
    """A tone, words or both, due at an instant."""

    kind: CueKind
    tone: Tone | None
    text: str
    due_s: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of cue behaves: its rank (0 first), how late it may begin, and what it cuts."""

    rank: int
    patience_s: float
    cuts: frozenset[CueKind]


_CHAT: Final = frozenset({CueKind.SAY, CueKind.TIME, CueKind.FORM})
_CHANGES: Final = frozenset({CueKind.NOW, CueKind.FASTER, CueKind.SLOWER, CueKind.COUNT})
_BUT_ALARM: Final = frozenset(CueKind) - {CueKind.ALARM}

MANNERS: Final[Mapping[CueKind, Manner]] = MappingProxyType(
    {
        CueKind.ALARM: Manner(0, 1.5, _BUT_ALARM),  # comes again every 3 s, so a late one is no loss
        CueKind.TURN: Manner(1, 5.0, _BUT_ALARM),  # a new state: what was said of the one before is no longer true
        CueKind.QUESTION: Manner(2, inf, _BUT_ALARM - {CueKind.TURN}),  # must be said
        CueKind.COUNT: Manner(3, 0.3, _CHAT | _CHANGES),  # on the session's clock, or not at all
        CueKind.NOW: Manner(4, 4.0, _CHAT | _CHANGES),  # behind "Facing rear. Slowly faster."
        CueKind.FASTER: Manner(5, 4.0, _CHAT),  # nobody is made faster unannounced
        CueKind.SLOWER: Manner(5, 4.0, _CHAT),
        CueKind.NOTICE: Manner(6, 5.0, _CHAT),
        CueKind.SAY: Manner(7, 8.0, frozenset()),  # the author's first words wait for RAMP and NOW, which take 7 s
        CueKind.TIME: Manner(8, 3.0, frozenset()),  # an arrival may wait for the rest of a status
        CueKind.FORM: Manner(9, 2.0, frozenset()),
    }
)
_REPLACES: Final[Mapping[CueKind, frozenset[CueKind]]] = MappingProxyType(
    {
        CueKind.TURN: frozenset({CueKind.TURN, CueKind.QUESTION}),  # a state that was left asks nothing
        CueKind.QUESTION: frozenset({CueKind.QUESTION}),
        CueKind.COUNT: _CHAT,  # the last seconds are the countdown's own
    }
)


class Floor:
    """Utterances that wait, and the one that sounds."""

    def __init__(self) -> None:
        self.speaking: Utterance | None = None
        self.dropped = 0
        self._waiting: list[Utterance] = []

    def ask(self, wanted: Utterance) -> bool:
        """Let an utterance wait for its turn; true when what sounds now must be cut for it."""
        gone = [one for one in self._waiting if _replaced(one, wanted)]
        self.dropped += len(gone)
        self._waiting = [one for one in self._waiting if one not in gone]
        self._waiting.append(wanted)
        self._waiting.sort(key=_urgency)
        self.dropped += len(self._waiting[MOST_WAITING:])
        del self._waiting[MOST_WAITING:]
        return self.speaking is not None and wanted in self._waiting and cuts(wanted, self.speaking)

    def next(self, now_s: float) -> Utterance | None:
        """Give the floor, if it is free, to the most urgent one that is due; who is too late goes."""
        if self.speaking is not None:
            return None
        fresh = [one for one in self._waiting if now_s - one.due_s <= MANNERS[one.kind].patience_s]
        self.dropped += len(self._waiting) - len(fresh)
        self._waiting = fresh
        self.speaking = next((one for one in fresh if one.due_s <= now_s), None)
        if self.speaking is not None:
            self._waiting.remove(self.speaking)
        return self.speaking

    def due_s(self) -> float:
        """When the next one that waits is due; never, if none waits."""
        return min((one.due_s for one in self._waiting), default=inf)

    def over(self) -> None:
        """What sounded has ended or was cut."""
        self.speaking = None

    def clear(self) -> None:
        """Nobody waits any more."""
        self._waiting.clear()


def cuts(wanted: Utterance, speaking: Utterance) -> bool:
    """Whether an utterance cuts the one that sounds; an alarm is cut by newer words only, not by its repeat."""
    if wanted.kind is speaking.kind is CueKind.ALARM:
        return wanted.text not in {"", speaking.text} and wanted.due_s > speaking.due_s
    if wanted.kind in {CueKind.TURN, CueKind.QUESTION} and wanted.kind is speaking.kind:
        return wanted.due_s > speaking.due_s
    return speaking.kind in MANNERS[wanted.kind].cuts


def _urgency(one: Utterance) -> tuple[int, float]:
    return MANNERS[one.kind].rank, one.due_s


def _replaced(waiting: Utterance, wanted: Utterance) -> bool:
    if waiting.kind is CueKind.ALARM:
        return wanted.kind is CueKind.ALARM and wanted.text == waiting.text
    older = waiting.due_s < wanted.due_s
    return older and waiting.kind in _REPLACES.get(wanted.kind, frozenset())

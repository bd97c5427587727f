"""Ready as it stands: what was chosen, what is missing and what was said, and the lines that show it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from coach.core.gates import prompt_only
from coach.core.wish import Phase
from coach.gate import ALARM, PAIN_MOST, Check, Facts, missing, too_much
from coach.keeper.wire import Snapshot, Voice
from coach.tui import before
from coach.tui.before import Before
from coach.tui.outside import SHORT_VOICE_SESSIONS, Machine, Settings, Staged, Strap, Wanted
from coach.tui.readiness import (
    Bottom,
    asked,
    belt_words,
    connecting,
    fact,
    heart_words,
    length_words,
    limit_words,
    missing_words,
    page_words,
    prompt_words,
    refusal,
    simulator_words,
    wants_helper,
)

PRACTICE: Final = "presses"  # a check of the gate that Ready helps with
NOBODY: Final = "Nobody pressed, so the treadmill was let go."


@dataclass(frozen=True, slots=True)
class Shown:
    """All that Ready shows."""

    wanted: Wanted
    machine: Machine
    strap: Strap
    staged: Staged | None  # None: it could not be planned
    forward_only: bool
    helper: bool
    connected: bool  # a keeper is open
    snapshot: Snapshot | None
    said: str  # by the keeper, last
    trouble: str  # why there is no keeper
    told: Before
    asking: Before | None  # a number that is asked for now
    unkept: str  # why an answer was lost
    checks: tuple[Check, ...]
    facts: Facts | None  # None: nothing is staged, and what is known of the machine may be what cannot be read
    page: str  # its address; nothing where there is none
    settings: Settings
    focus_told: bool  # the terminal says whether it has the focus

    def lines(self) -> Iterator[Content]:
        """What will happen, a fact a line."""
        units = self.settings.units
        yield fact("Treadmill", self.machine.name, belt_words(self.connected, self.snapshot, units))
        yield fact("Strap", self.strap.name, heart_words(self.strap, self.snapshot))
        if self.page:
            yield fact("Page", *page_words(self.page, self.snapshot))
        if self.staged is None:
            return
        plan, pain = self.staged.plan, self.told.pain
        if pain is not None:
            yield fact("Pain", f"{pain} of 10", _pain_words(pain, plan.backward))
        yield fact("Length", length_words(plan))
        yield fact("Limits", limit_words(plan, units))
        if self.staged.allowed:
            yield fact("Today", self.staged.allowed)
        if prompts := prompt_words(plan, self.snapshot):
            yield fact("Console", *prompts)
        elif plan.helper:
            yield fact("Console", "somebody stands there and presses Start when asked")

    def notes(self) -> Iterator[Content]:
        """What is worth knowing and stands in nobody's way."""
        plan = None if self.staged is None else self.staged.plan
        told = []
        if plan is not None and self.facts is not None and self.machine.simulated:
            told.append(simulator_words(plan, self.facts))
        told.append(before.note_of(self.told) if self.asking is None else "")
        for note in (self.unkept, " ".join(filter(None, told))):
            if note:
                yield Content.styled(note, "$ink-dim")
        if plan is not None and plan.backward and not self.focus_told:
            words = "This terminal has not said yet whether it has the focus: keep its window in front."
            yield Content.styled(words, "$ink-dim")
        if self.settings.sessions >= SHORT_VOICE_SESSIONS and self.settings.voice is Voice.FULL:
            yield Content.styled("Fewer words? Settings has a short voice.", "$ink-dim")

    def bottom(self) -> Bottom:
        """What is asked or wrong."""
        reasons = () if self.staged is None else self.staged.reasons
        if self.asking is not None:
            return before.bottom_of(self.asking)
        if self.trouble or reasons:
            forward = self.wanted.workout.backward and not self.forward_only and bool(reasons)
            head = "LET GO" if self.trouble == NOBODY else "NOT LIKE THIS"
            return Bottom(head, refusal(self.trouble, reasons, forward=forward), role="alarm")
        if missing(self.checks):
            return Bottom("NOT YET", missing_words(self.checks), role="turn")
        if self.snapshot is None or self.snapshot.question is None:
            return connecting(self.snapshot, self.said)
        return asked(self.snapshot.question, self.said, paused=self.snapshot.phase is Phase.PAUSED)

    def keys(self) -> Iterator[tuple[str, str]]:
        """At most seven."""
        question = None if self.snapshot is None else self.snapshot.question
        if question is not None:
            yield (question.digit or "Enter"), "start"
            yield "Space", "stop"
        elif self.asking is not None:
            yield from before.keys_of(self.asking)
        elif first := next(iter(missing(self.checks)), None):
            if first.name == ALARM and first.by_word:
                yield "a", "play it"
            if first.name == PRACTICE:
                yield "Enter", "press"
            if first.by_word:
                yield "c", "that is done"
        if self.wanted.workout.backward and (self.staged is None or not prompt_only(self.staged.plan.profile)):
            yield "f", "backward too" if self.forward_only else "forward only"
        if self.helper or wants_helper(self.staged):
            yield "m", "nobody there" if self.helper else "helper there"
        yield "q", "back"
        yield "t", "treadmill"
        yield "s", "strap"
        if self.told.askable and self.asking is None:
            yield before.KEY, "pain"


def _pain_words(pain: int, backward: bool) -> str:
    """What it means for today."""
    return f"more than {PAIN_MOST}: on a real belt nothing is run backward today" if backward and too_much(pain) else ""

"""A session as plain lines of at most 80 signs: where it is, and every cue as it comes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import inf
from textwrap import wrap
from typing import Final, TextIO

from coach.core.cue import CueKind
from coach.core.gates import prompt_only
from coach.core.heart import Source
from coach.core.plan import Plan
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.gate import FORWARD_LINE, HAND_LINE
from coach.keeper.wire import Done, Said, Snapshot
from coach.seen.prompt import MODE, SHARES, open_prompt
from coach.seen.units import clock, speed
from coach.system.terminal import colours
from coach.told import reason_words

WIDTH: Final = 80  # columns of the narrowest usual terminal
FAR_KMH: Final = 0.3  # a belt so far from what was asked is on its way
NOT_TRUSTED: Final = "STOPPED, NOT TRUSTED: stay off"
EVERY_S: Final = 5.0  # of the wall clock, where nothing changes

_WHERE: Final = {
    Phase.CONNECTING: "connecting",
    Phase.READY: "on the rails, ready?",
    Phase.STARTING: "on the rails, starting",
    Phase.CONSOLE_START: "on the rails, Start key",
    Phase.STEP_ON: "stepping on",
    Phase.RAMP: "speeding up",
    Phase.SLOW: "slowing",
    Phase.RAILS: "on the rails",
    Phase.STOPPING: "stopping",
    Phase.PAUSED: "paused",
    Phase.BELT_MOVES: "BELT MOVES BY ITSELF",
    Phase.KEY: "safety key pulled",
    Phase.STOP_FAILED: "STOP IS NOT OBEYED",
    Phase.ENDED: "over",
}
_MOVES: Final = frozenset({Phase.RUN, Phase.RAMP, Phase.BRIDGE})
_FACING: Final = {Facing.FORWARD: "1", Facing.BACKWARD: "1;35", Facing.UNKNOWN: "1;33"}
_PROMPTED: Final = "1;33"
_CUE: Final = {CueKind.QUESTION: "1;33", CueKind.ALARM: "1;31", CueKind.NOTICE: "33", CueKind.TURN: "36"}


def coloured(stream: TextIO | None) -> bool:
    """Colour belongs on a terminal whose owner has not said no (no-color.org)."""
    if stream is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return colours(os.environ)


def belt(plan: Plan) -> str:
    """What stands in every line (safety.md 5)."""
    return "SIMULATED" if plan.profile.simulated else "REAL BELT"


class Lines:
    """Draws a session and keeps nothing of it."""

    def __init__(self, plan: Plan, *, colour: bool = False) -> None:
        self._plan = plan
        self._colour = colour

    def cue(self, said: Said) -> Iterator[str]:
        """A cue, with the instant at which it is due; a long one takes more lines."""
        head, style = self._head(said.at_s), _CUE.get(said.cue, "")
        for at, part in enumerate(wrap(said.text, WIDTH - len(head) - 4) or [""]):
            yield f"{head}  {self._paint(style, ('  ' if at else '> ') + part)}"

    def caption(self, text: str) -> str:
        """A line about the session that nobody says."""
        return self._paint("1", f"-- {text}")

    def mode(self, now: Snapshot) -> Iterator[str]:
        """That coach only prompts, and why."""
        head = self._head(now.at_s)
        for at, part in enumerate(wrap(f"{MODE}: {SHARES} ({now.prompted}).", WIDTH - len(head) - 4)):
            yield f"{head}  {self._paint(_PROMPTED, ('  ' if at else '') + part)}"

    def status(self, now: Snapshot) -> str:
        """Belt, facing, segment, time left and heart rate; in prompt mode nobody turns, so that stands first."""
        prompts = bool(now.prompted) and now.facing is Facing.FORWARD
        word, style = ("PROMPT", _PROMPTED) if prompts else (now.facing.upper(), _FACING[now.facing])
        facing = self._paint(style, f"{word:<8}")
        return f"{self._head(now.at_s)}  {facing}  {self._belt(now)}  {self._where(now)}{_heart(now)}"

    def _head(self, at_s: float) -> str:
        return f"{belt(self._plan)} {clock(at_s):>6}"

    def _belt(self, now: Snapshot) -> str:
        if now.kmh is None:
            return "  no speed"
        unit, prompt = self._plan.runner.spoken, open_prompt(now)
        words = f"{speed(now.kmh, unit):>4} {unit.word}"
        if prompt is not None and prompt.speed_kmh is not None:
            words += f", SET {speed(prompt.speed_kmh, unit)}"
        elif now.phase in _MOVES and not now.prompted and now.asked_kmh is not None:
            words += f" to {speed(now.asked_kmh, unit)}" if abs(now.asked_kmh - now.kmh) > FAR_KMH else ""
        return words + (f" {now.incline_pct:g} %" if now.incline_pct else "")

    def _where(self, now: Snapshot) -> str:
        prompt = open_prompt(now)
        if now.phase is Phase.PAUSED and not now.trusted:
            return NOT_TRUSTED
        if now.phase is Phase.SLOW and prompt is not None:
            return "press Stop on the treadmill"
        if now.phase not in {Phase.RUN, Phase.BRIDGE, Phase.RESTING}:
            return _WHERE[now.phase]
        rows = self._plan.rows
        row = rows[min(now.row, len(rows) - 1)]
        number = f"{row.index}/{len(rows)} " if not self._plan.free else ""
        bridge = now.phase is Phase.BRIDGE
        left = f", {clock(max(now.left_s, 0.0))} left" if now.left_s is not None and not bridge else ""
        return f"{number}{'bridge to the turn' if bridge else row.segment.head}{left}"

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._colour and style else text


def _heart(now: Snapshot) -> str:
    if now.bpm is None:
        return ""
    return f", heart {now.bpm:.0f}{' console' if now.heart_from is Source.TREADMILL else ''}"


class Feed:
    """When a line about where the session is is due: on each change, and every few seconds."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._place: tuple[Phase, int, Facing, int] | None = None
        self._told_s = -inf
        self._prompted = ""

    def take(self, now: Snapshot, wall_s: float) -> Iterator[str]:
        """The line of a snapshot, if it is due; `wall_s` is a clock that goes at true speed."""
        if now.prompted != self._prompted:
            self._prompted = now.prompted
            if now.prompted:
                yield from self._lines.mode(now)
        prompt = open_prompt(now)
        here = now.phase, now.row, now.facing, 0 if prompt is None else prompt.serial
        if here != self._place or wall_s - self._told_s >= EVERY_S:
            self._place, self._told_s = here, wall_s
            yield self._lines.status(now)


def banner(title: str, machine: str, plan: Plan, timelapse: float) -> Iterator[str]:
    """What is about to happen, and whether a real belt moves."""
    if plan.profile.simulated:
        yield f"SIMULATED: no real belt moves. {title} on {machine}."
    else:
        yield f"REAL BELT: {title} on {machine}."
        yield HAND_LINE if prompt_only(plan.profile) else FORWARD_LINE
    if timelapse > 1:
        yield f"Time runs {timelapse:g} times faster, but not in the turns or while a press is awaited."
    if plan.free:
        yield "As long as you like: arrows set the speed, b leads to a backward block, q ends it."
        return
    length = f"{clock(plan.planned_s)} planned" if plan.planned_s else "As long as you like"
    turns = sum(row.turn for row in plan.rows)
    if turns:
        yield f"{length}, and about {clock(plan.turns_s)} for {turns} turns."
        yield f"Level {plan.level}: backward at most {plan.caps.speed_kmh:g} km/h."
    else:
        yield f"{length}, facing the console."


def summary(plan: Plan, done: Done) -> Iterator[str]:
    """What it came to."""
    reason = f" ({reason_words(done.reason)})" if done.reason and done.reason != done.ended else ""
    yield f"{belt(plan)} {clock(done.elapsed_s):>6}  {_ended(done)}{reason}: {done.distance_m / 1000:.2f} km."
    words = [f"forward {clock(done.forward.time_s)}"]
    if done.backward.time_s:
        words.append(f"backward {clock(done.backward.time_s)}")
    turns = sum(turn.took_s is not None for turn in done.turns)
    if turns:
        words.append(f"{turns} turn{'s' * (turns != 1)}")
    kcal = done.forward.energy_kcal + done.backward.energy_kcal
    yield f"  {', '.join(words)}; about {kcal:.0f} kcal. {_stands(done)}"


def _ended(done: Done) -> str:
    return "Session ended for safety" if done.ended == "tripped" else f"Session {done.ended}"


def _stands(done: Done) -> str:
    if not done.started:
        return "The belt was never started."
    if not done.still:
        return "THE BELT MAY STILL MOVE."
    return "The belt stands." if done.trusted else "The belt stands. Stay off until the key is out."

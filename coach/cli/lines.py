"""A session as plain lines of at most 80 signs: where it is, and every cue as it comes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from math import inf, isfinite
from textwrap import wrap
from typing import Final, TextIO

from coach.core.cue import Cue, CueKind
from coach.core.plan import Plan
from coach.core.session import Session
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.link.world import Step
from coach.tally import Tally

SIMULATED: Final = "SIMULATED"
WIDTH: Final = 80
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
_FACING: Final = {Facing.FORWARD: "1", Facing.BACKWARD: "1;35", Facing.UNKNOWN: "1;33"}
_CUE: Final = {CueKind.QUESTION: "1;33", CueKind.ALARM: "1;31", CueKind.NOTICE: "33", CueKind.TURN: "36"}


def coloured(stream: TextIO) -> bool:
    """Colour belongs on a terminal whose owner has not said no (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return sys.platform != "win32" or "WT_SESSION" in os.environ


def clock(seconds: float) -> str:
    """Minutes and seconds, hours where there are any."""
    minutes, rest = divmod(int(seconds + 1e-6), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Lines:
    """Draws a session and keeps nothing of it but what was said last."""

    def __init__(self, plan: Plan, *, colour: bool = False) -> None:
        self._plan = plan
        self._colour = colour

    def cue(self, cue: Cue) -> Iterator[str]:
        """A cue, with the instant at which it is due; a long one takes more lines."""
        head, style = self._head(cue.at_s), _CUE.get(cue.kind, "")
        for at, part in enumerate(wrap(cue.text, WIDTH - len(head) - 4) or [""]):
            yield f"{head}  {self._paint(style, ('  ' if at else '> ') + part)}"

    def caption(self, text: str) -> str:
        """A line about the session that nobody says."""
        return self._paint("1", f"-- {text}")

    def status(self, session: Session, at_s: float) -> str:
        """Belt, facing, segment, time left and heart rate."""
        progress = session.progress
        facing = self._paint(_FACING[progress.facing], f"{progress.facing.upper():<8}")
        return f"{self._head(at_s)}  {facing}  {self._belt(session)}  {self._where(session, at_s)}{_heart(session)}"

    def _head(self, at_s: float) -> str:
        return f"{SIMULATED} {clock(at_s):>6}"

    def _belt(self, session: Session) -> str:
        belt, asked = session.belt, session.control.sent.target_kmh
        if belt.kmh is None:
            return "  no speed"
        words = f"{belt.kmh:4.1f} km/h"
        moving = session.wish.phase in {Phase.RUN, Phase.RAMP, Phase.BRIDGE}
        if moving and asked is not None and abs(asked - belt.kmh) > 0.3:
            words += f" to {asked:.1f}"
        if belt.incline_pct:
            words += f" {belt.incline_pct:g} %"
        return words

    def _where(self, session: Session, at_s: float) -> str:
        progress = session.progress
        if progress.phase not in {Phase.RUN, Phase.BRIDGE, Phase.RESTING}:
            return _WHERE[progress.phase]
        row = progress.here(self._plan)
        number = f"{row.index}/{len(self._plan.rows)} " if not self._plan.free else ""
        left_s = progress.left_s(self._plan, session.belt, at_s)
        left = f", {clock(max(left_s, 0.0))} left" if isfinite(left_s) and progress.phase is not Phase.BRIDGE else ""
        head = "bridge to the turn" if progress.phase is Phase.BRIDGE else row.segment.head
        return f"{number}{head}{left}"

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._colour and style else text


def _heart(session: Session) -> str:
    bpm = session.strap.bpm
    return f", heart {bpm:.0f}" if bpm is not None else ""


class Feed:
    """Which lines a step brings: its cues, and where the session is, on each change and every few seconds."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._place: tuple[Phase, int, Facing] | None = None
        self._told_s = -inf

    def take(self, step: Step, wall_s: float) -> Iterator[str]:
        """The lines of one step; `wall_s` is a clock that goes at true speed."""
        for cue in step.outcome.cues:
            yield from self._lines.cue(cue)
        progress = step.session.progress
        here = progress.phase, progress.row, progress.facing
        if here != self._place or wall_s - self._told_s >= EVERY_S:
            self._place, self._told_s = here, wall_s
            yield self._lines.status(step.session, step.event.at_s)


def banner(title: str, machine: str, plan: Plan, timelapse: float) -> Iterator[str]:
    """What is about to happen, and that no real belt moves."""
    yield f"{SIMULATED}: no real belt moves. {title} on {machine}."
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


def summary(tally: Tally, ended: str) -> Iterator[str]:
    """What it came to."""
    forward, backward = tally.side(Facing.FORWARD), tally.side(Facing.BACKWARD)
    session = tally.session
    why = session.progress.reason
    reason = f" ({why})" if why and why != ended else ""
    yield f"{SIMULATED} {clock(tally.at_s):>6}  Session {ended}{reason}: {tally.distance_m / 1000:.2f} km."
    words = [f"forward {clock(forward.time_s)}"]
    if backward.time_s:
        words.append(f"backward {clock(backward.time_s)}")
    if session.progress.turns:
        words.append(f"{session.progress.turns} turns")
    belt = "The belt stands." if session.belt.still else "THE BELT MAY STILL MOVE."
    if session.progress.starts == 0 and not session.belt.still and not session.belt.moving:
        belt = "The belt was never started."
    yield f"  {', '.join(words)}; about {forward.energy_kcal + backward.energy_kcal:.0f} kcal. {belt}"

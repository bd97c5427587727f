"""Probes of the terminal: its size, its colours, and whether it says when presses go to another window."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from typing import Final

from coach.doctor.finding import Finding, State
from coach.system.terminal import ask

COLUMNS: Final = 80  # the smallest that all screens are drawn for
ROWS: Final = 24  # the same
ASK: Final = b"\x1b[?1004$p\x1b[c"  # DECRQM of the focus mode; then DA1, which every terminal answers, as the end
WAIT_S: Final = 0.4  # also over a slow line
_FOCUS: Final = re.compile(rb"\x1b\[\?1004;(\d)\$y")
_END: Final = re.compile(rb"\x1b\[\?[\d;]*c")
STAY: Final = (
    "stay in this window while you run backward, or try another terminal (kitty, iTerm2, GNOME Terminal, xterm)"
)
_KNOWN: Final = frozenset({b"1", b"2", b"3"})  # set, reset, set for ever; 0 is not known, 4 is reset for ever


def size(columns: int, rows: int) -> Finding:
    """The screens have room."""
    if not columns or not rows:
        return Finding(
            "terminal", State.WARN, "it does not say its size", f"{COLUMNS} by {ROWS} is needed; else --plain"
        )
    seen = f"{columns} columns, {rows} rows"
    if columns < COLUMNS or rows < ROWS:
        return Finding("terminal", State.WARN, seen, f"make it {COLUMNS} by {ROWS} or larger, or use --plain")
    return Finding("terminal", State.OK, seen)


def colours(variables: Mapping[str, str]) -> Finding:
    """Facing has a colour of its own, though it is never told by colour alone."""
    term = variables.get("TERM", "")
    if variables.get("NO_COLOR"):
        return Finding("colours", State.OK, "none, as NO_COLOR asks")
    if term == "dumb":
        return Finding("colours", State.WARN, "none; this terminal draws no screens", "use --plain")
    if variables.get("COLORTERM") in {"truecolor", "24bit"} or "WT_SESSION" in variables or "direct" in term:
        return Finding("colours", State.OK, "16 million")
    if "256" in term or variables.get("TERM_PROGRAM") == "Apple_Terminal":
        return Finding("colours", State.OK, "256")
    return Finding("colours", State.OK, f"16, as far as {term or 'the terminal'} says")


def focus(answer: bytes, variables: Mapping[str, str]) -> Finding:
    """What a terminal that was sent ASK says about focus events."""
    told = _FOCUS.search(answer)
    if told is not None and told[1] in _KNOWN:
        return Finding("focus", State.OK, "the terminal says when presses go to another window")
    if told is not None:
        return Finding("focus", State.WARN, "the terminal never says when presses go to another window", STAY)
    do = "in tmux: set -g focus-events on" if "TMUX" in variables else STAY
    seen = "the terminal does not say whether it tells when presses go to another window; Ready finds out"
    return Finding("focus", State.WARN, seen, do)


def no_terminal() -> Finding:
    """Nothing to draw on, or to press keys in."""
    do = "sessions are lines here, as with --plain; open a terminal for the screens"
    return Finding("terminal", State.WARN, "there is none", do)


def on_this_terminal() -> list[Finding]:
    """All that is to be said of the terminal of this process; asks it, for WAIT_S at most."""
    streams = sys.__stdin__, sys.__stdout__
    if any(stream is None or stream.closed or not stream.isatty() for stream in streams):
        return [no_terminal()]
    columns, rows = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ is not None else 1)
    found = [size(columns, rows), colours(os.environ)]
    return [*found, focus_here(sys.__stdin__.fileno() if sys.__stdin__ is not None else 0)]


def focus_here(terminal: int) -> Finding:
    """What the terminal of a file descriptor says about focus events."""
    answered = asked(terminal)
    if answered is None:
        return Finding("focus", State.OK, "not asked on Windows; Ready says whether presses can get lost")
    return focus(answered, os.environ)


def asked(terminal: int, wait_s: float = WAIT_S) -> bytes | None:
    """What a terminal (a file descriptor) answers to ASK; None where it cannot be asked."""
    return ask(terminal, ASK, _END.search, wait_s)

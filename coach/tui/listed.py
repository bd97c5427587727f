"""The list of sessions: a line for each, those that match what is typed, and the part that is on the screen. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from typing import Final

from rich.cells import set_cell_size

from coach.core.workout import KMH_PER_MPH
from coach.history.past import Past
from coach.seen.units import NOTHING, Units
from coach.tui.widgets.pane import Line, fitted

WEEKDAY_FROM: Final = 100  # columns from which there is room for it
CURSOR: Final = "▸"
READING: Final = "Reading your sessions …"
NARROW: Final = 72  # columns below which heart and effort have none
_NUMBERS: Final = 41  # columns behind the workout, and …
_FEW: Final = 28  # … without heart and effort
_ENDS: Final = {"finished": "finished", "stopped": "stopped", "tripped": "! safety"}


@dataclass(frozen=True, slots=True)
class Window:
    """The sessions that match, the one under the cursor, and the first that is drawn."""

    sessions: tuple[Past, ...]
    cursor: int = 0
    top: int = 0
    units: Units = Units.KMH
    empty: str = READING  # what stands there where nothing does

    @property
    def chosen(self) -> Past | None:
        """The one under the cursor."""
        return self.sessions[self.cursor] if self.sessions else None


def scrolled(count: int, cursor: int, top: int, height: int) -> tuple[int, int]:
    """Cursor and first line so that the cursor is among them, and no line is left empty that could be full."""
    cursor = min(max(cursor, 0), max(count - 1, 0))
    top = min(max(top, cursor - height + 1), cursor)
    return cursor, max(min(top, count - height), 0)


def draw_window(window: Window, width: int, height: int) -> list[Line]:
    """The lines that are on the screen; what lies outside is never made."""
    if not window.sessions:
        return [fitted(((f" {part}", "text"),), width) for part in wrap(window.empty, max(width - 2, 10))][:height]
    shown = window.sessions[window.top : window.top + height]
    return [
        fitted(((line(one, width, window.units, cursor=number == window.cursor), _role(one, window, number)),), width)
        for number, one in enumerate(shown, window.top)
    ]


def heading(width: int, units: Units) -> str:
    """What the columns are."""
    long = "mi" if units is Units.MPH else "km"
    more = f"{'heart':>6}{'effort':>7}" if width >= NARROW else ""
    names = f"{'min':>5}{long:>6}{'back':>6}{more}  ended"
    return set_cell_size(f"  {'date':<{_date_columns(width)}} workout", _head_columns(width)) + names


def line(one: Past, width: int, units: Units, *, cursor: bool = False) -> str:
    """A session: date, workout, minutes, distance, minutes facing the rear, mean heart, effort, how it ended."""
    long = one.distance_m / 1000 / (KMH_PER_MPH if units is Units.MPH else 1.0)
    back = f"{one.backward_s / 60:.1f}" if one.backward_s >= 1 else NOTHING
    day = f"{one.at:%a %Y-%m-%d %H:%M}" if width >= WEEKDAY_FROM else f"{one.at:%Y-%m-%d %H:%M}"
    head = set_cell_size(f"{CURSOR if cursor else ' '} {day} {_plain(one.workout)}", _head_columns(width))
    return f"{head}{one.elapsed_s / 60:>5.0f}{long:>6.2f}{back:>6}{_felt(one, width)}  {ended(one)}"


def _felt(one: Past, width: int) -> str:
    heart = f"{one.mean_bpm:.0f}" if one.mean_bpm is not None else NOTHING
    effort = f"{one.rating.effort}" if one.rating.effort is not None else NOTHING
    return f"{heart:>6}{effort:>7}" if width >= NARROW else ""


def _head_columns(width: int) -> int:
    return max(width - (_NUMBERS if width >= NARROW else _FEW), 0)


def ended(one: Past) -> str:
    """How it ended, in a word; a mark says that it was for safety."""
    if one.deleted:
        return "deleted"
    return "cut off" if one.open else _ENDS.get(one.ended, one.ended)


def matching(sessions: Iterable[Past], text: str) -> tuple[Past, ...]:
    """Those that have every word of the text in date, workout, machine, level, ending or note."""
    words = text.casefold().split()
    return tuple(one for one in sessions if all(word in _found_by(one) for word in words))


def nothing(text: str, *, simulated: bool) -> str:
    """What to do where no session is to be shown."""
    if text:
        return f"No session has '{text}' in its date, workout, treadmill or note. Esc clears."
    if simulated:
        return "No simulated session yet. q leads back to the Library; every workout there runs on the simulator too."
    return (
        "No session on a real belt yet. q leads back to the Library; what you run there is kept here. "
        "s shows the simulated ones."
    )


@lru_cache(maxsize=10_000)  # each letter that is typed asks for all of them again
def _found_by(one: Past) -> str:
    note = one.rating.note or ""
    day = f"{one.at:%A %Y-%m-%d %H:%M %B}"
    return " ".join((day, one.workout, one.machine, one.level, one.ended, ended(one), note)).casefold()


def _role(one: Past, window: Window, number: int) -> str:
    if number == window.cursor:
        return "key"
    return "dim" if one.deleted else "text"


def _date_columns(width: int) -> int:
    return 20 if width >= WEEKDAY_FROM else 16


def _plain(text: str) -> str:
    """In one line, without what would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in text)

"""What `coach history` says: sessions as a table for a terminal of 80 columns, their sum, and facts for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

from coach.core.workout import KMH_PER_MPH
from coach.history.past import Past

if TYPE_CHECKING:
    from coach.history.allowance import Standing

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
WIDTH: Final = 80  # columns of the narrowest usual terminal
HOUR_S: Final = 3600
NOTHING: Final = "-"
DATE, GAP, LONGEST_RUNNER = len("2026-11-21 18:25  "), len("  "), 10  # columns
_SAID: Final = frozenset({"EFFORT", "PAIN"})
_ENDS: Final = {"tripped": "! safety"}  # the others are their own words


@dataclass(frozen=True, slots=True)
class Line:
    """A session in the list."""

    past: Past
    under_way: bool = False  # it is being recorded right now

    @property
    def ended(self) -> str:
        """How it ended, in a word; a mark says that it was for safety."""
        if self.past.deleted:
            return "deleted"
        if self.under_way:
            return "running"
        return "cut off" if self.past.open else _ENDS.get(self.past.ended, self.past.ended)

    def facts(self) -> dict[str, object]:
        """The session as JSON has it."""
        one = self.past
        return {
            "id": one.id,
            "path": str(one.path),
            "at": one.at.isoformat(),
            "runner": one.who or None,
            "simulated": one.simulated,
            "workout": one.workout,
            "sha256": one.sha256 or None,
            "level": one.level.value,
            "machine": one.machine or None,
            "ended": one.ended,
            "reason": one.reason,
            "elapsed_s": one.elapsed_s,
            "distance_m": one.distance_m,
            "forward_s": one.forward_s,
            "backward_s": one.backward_s,
            "backward_m": one.backward_m,
            "gross_kcal": one.gross_kcal,
            "mean_bpm": one.mean_bpm,
            "turns": one.turns,
            "turns_confirmed": one.confirmed,
            "alarm": one.alarmed,
            "key_pulled_facing_rear": one.key_rear,
            "rating": one.rating.facts(),
            "cut_off": one.open and not self.under_way,
            "under_way": self.under_way,
            "deleted": one.deleted,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of the sessions are wanted."""

    since: date | None = None
    workout: str = ""  # words that are in its title
    backward: bool = False  # some of it faced the rear

    def wants(self, one: Past) -> bool:
        """This one is."""
        if self.since is not None and one.on < self.since:
            return False
        title = one.workout.casefold()
        return all(word in title for word in self.workout.casefold().split()) and (
            not self.backward or one.backward_s > 0
        )


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    text: Callable[[Line], str]
    width: int


def table(lines: Sequence[Line], *, names: bool, miles: bool = False) -> Iterator[str]:
    """A line for each session; columns in which nothing stands are left away.

    Args:
        lines: the sessions.
        names: with those of their runners; then there is no room for what was said.
        miles: distances in miles.
    """
    every = (_Column("RUNNER", lambda line: line.past.who or NOTHING, 0), *_columns(miles))
    left_out = _SAID if names else {"RUNNER"}
    filled = [one for one in every if one.head not in left_out and _filled(one, lines)]
    runner = next((_runner_width(lines) for one in filled if one.head == "RUNNER"), 0)
    ended = max(len("ENDED"), *(len(line.ended) for line in lines))
    title = WIDTH - DATE - runner - sum(one.width for one in filled) - GAP - ended
    numbers = [one for one in filled if one.width]
    heads = "".join(f"{one.head:>{one.width}}" for one in numbers)
    yield f"{'DATE':<{DATE}}{_fit('RUNNER', runner)}{_fit('WORKOUT', title)}{heads}  ENDED"
    for line in lines:
        who = _fit(line.past.who or NOTHING, runner)
        figures = "".join(f"{one.text(line):>{one.width}}" for one in numbers)
        yield f"{line.past.at:%Y-%m-%d %H:%M}  {who}{_fit(line.past.workout, title)}{figures}  {line.ended}"


def total(sessions: Sequence[Past], shown: int, *, miles: bool = False) -> Iterator[str]:
    """What they come to, and how many of them are not shown."""
    if shown < len(sessions):
        yield f"The newest {shown} of {len(sessions)}; --limit 0 lists them all."
    backward_s = sum(one.backward_s for one in sessions)
    time = _time(sum(one.elapsed_s for one in sessions))
    long = _long(sum(one.distance_m for one in sessions), miles=miles)
    told = f"{many(len(sessions))}, {time}, {long:.1f} {'mi' if miles else 'km'}"
    yield told + (f", {backward_s / 60:.1f} min backward." if backward_s > 0 else ".")


def _time(seconds: float) -> str:
    """Minutes, from an hour on hours."""
    return f"{max(round(seconds / 60), 1)} min" if seconds < HOUR_S else f"{seconds / HOUR_S:.1f} h"


def dose(now: Standing) -> str:
    """How much of what is allowed was run in these seven days, and why there is no more today."""
    told = f"Backward in the last 7 days: {now.week_s / 60:.1f} of {now.week_most_s / 60:.1f} min that you may have."
    return f"{told} Not today: {now.why_not_today}." if now.why_not_today else told


def _columns(miles: bool) -> tuple[_Column, ...]:
    return (
        _Column("MIN", lambda line: _figure(line.past.elapsed_s / 60, ".0f"), 5),
        _Column("MI" if miles else "KM", lambda line: _figure(_long(line.past.distance_m, miles=miles), ".2f"), 6),
        _Column("BACK", lambda line: _figure(line.past.backward_s / 60, ".1f"), 5),
        _Column("HEART", lambda line: _figure(line.past.mean_bpm, ".0f"), 6),
        _Column("EFFORT", lambda line: _said(line.past.rating.effort), 7),
        _Column("PAIN", lambda line: _said(_pain(line.past)), 5),
    )


def _filled(one: _Column, lines: Sequence[Line]) -> bool:
    return any(one.text(line) != NOTHING for line in lines)


def _runner_width(lines: Sequence[Line]) -> int:
    return min(max(len("RUNNER"), *(cell_len(line.past.who) for line in lines)), LONGEST_RUNNER) + 1


def _long(metres: float, *, miles: bool) -> float:
    return metres / 1000 / (KMH_PER_MPH if miles else 1.0)


def _figure(value: float | None, form: str) -> str:
    return NOTHING if value is None or value <= 0 else format(value, form)


def _said(value: int | None) -> str:
    return NOTHING if value is None else f"{value}"


def _pain(one: Past) -> int | None:
    """The worst that was said: before, after or the next morning."""
    rating = one.rating
    said = [value for value in (rating.pain_before, rating.pain_after, rating.pain_morning) if value is not None]
    return max(said, default=None)


def _fit(text: str, width: int) -> str:
    """So many columns of one line, the last of them empty; without what would move a cursor."""
    if not width:
        return ""
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    cut = clean if cell_len(clean) < width else set_cell_size(clean, width - 2) + "…"
    return set_cell_size(cut, width)


def facts(lines: Sequence[Line], sessions: Sequence[Past], trouble: Sequence[str]) -> dict[str, object]:
    """The list as JSON has it; the total is of all sessions that were asked for, also of those that are not listed."""
    return {
        "schema": SCHEMA,
        "sessions": [line.facts() for line in lines],
        "total": {
            "sessions": len(sessions),
            "elapsed_s": round(sum(one.elapsed_s for one in sessions), 2),
            "distance_m": round(sum(one.distance_m for one in sessions), 1),
            "backward_s": round(sum(one.backward_s for one in sessions), 2),
        },
        "trouble": list(trouble),
    }


def many(count: int) -> str:
    """So many sessions, in words."""
    return "1 session" if count == 1 else f"{count} sessions"


def day(at: datetime) -> str:
    """A day and an hour as people say it."""
    return f"{at:%A} {at.day} {at:%B %Y}, {at:%H:%M}"


def wrapped(text: str) -> list[str]:
    """A sentence for a terminal."""
    return wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False)

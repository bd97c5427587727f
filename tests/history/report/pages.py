"""Reports for tests: sessions that the simulator played, with what a page tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from coach.history.account import Window
from coach.history.past import Past, past
from coach.history.rating import UNSAID, Rating
from coach.history.report.session import session_page
from coach.history.report.shown import Shown, shown_of
from coach.history.summary import Summary, summary_of
from coach.history.trend import Seen
from coach.sinks.journal import Recording, read_journal
from tests.history.made import journal

STARTED = "2026-05-20T18:00:00+02:00"
AT = datetime.fromisoformat(STARTED)
EVIL = "<script>alert(1)</script> & \"quotes\" 'n' $x^2_1$ \x07\u202e 走る"


@cache
def played(
    workout: str, machine: str = "home", faults: Sequence[str] = (), presses: Sequence[str] = (), heart: str = "sim"
) -> Recording:
    """A session as it was recorded, on a day in May."""
    found = read_journal(journal(workout, machine, faults, presses, heart))
    return replace(found, origin=replace(found.origin, started=STARTED))


def told(
    workout: str = "first-steps-back",
    machine: str = "home",
    faults: Sequence[str] = (),
    *,
    presses: Sequence[str] = (),
    heart: str = "sim",
    rating: Rating = UNSAID,
    simulated: bool = False,
    seen: Sequence[Seen] = (),
) -> Shown:
    """All that is told of a session."""
    recording = played(workout, machine, tuple(faults), tuple(presses), heart)
    return told_of(recording, rating=rating, simulated=simulated, seen=seen)


def told_of(
    recording: Recording, *, rating: Rating = UNSAID, simulated: bool = False, seen: Sequence[Seen] = ()
) -> Shown:
    """All that is told of a recording."""
    summary = replace(summary_of(recording), simulated=simulated)
    return shown_of(one_line(summary, rating), recording, summary, seen)


def one_line(summary: Summary, rating: Rating = UNSAID) -> Past:
    """The session in the list."""
    return past("2026-05-20-180000-000-it", Path("it.jsonl"), AT, summary, rating)


def weeks_of_windows(shown: Shown, weeks: int = 6, then_bpm: float = 140.0) -> list[Seen]:
    """The windows of a session and of sessions like it in the weeks before, whose heart was faster."""
    mine = [Seen(shown.id, shown.at, window, rails=False) for window in shown.summary.windows]
    return mine + [
        Seen(
            f"before{ago}", shown.at - timedelta(weeks=ago), _at(one.window, then_bpm - 2 * (weeks - ago)), rails=False
        )
        for one in mine
        for ago in range(1, weeks)
    ]


def _at(window: Window, bpm: float) -> Window:
    return replace(window, bpm=bpm)


def written(folder: Path, shown: Shown) -> Path:
    """Its page as a file."""
    path = folder / "page.html"
    path.write_text(session_page(shown), encoding="utf-8")
    return path


@dataclass
class Table:
    """A table of a page: its rows of cells, the heads first."""

    rows: list[list[str]]

    def column(self, head: str) -> list[str]:
        """The cells below a head."""
        at = self.rows[0].index(head)
        return [row[at] for row in self.rows[1:]]


class Reading(HTMLParser):
    """The elements of a page: tables by caption, texts by element, attributes, and what was never closed."""

    VOID = frozenset({"meta", "br", "col"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, Table] = {}
        self.texts: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self._rows: list[list[str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"{tag} has an attribute twice"
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "table":
            self.tables[self._caption] = Table(self._rows)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))
        if "caption" in self.open:
            self._caption += data
        if {"td", "th"} & set(self.open):
            self._rows[-1][-1] += data

    def of(self, tag: str) -> list[str]:
        """The texts of an element."""
        return [text for inside, text in self.texts if inside == tag and text.strip()]

    def having(self, tag: str, attribute: str) -> list[str]:
        """The values of an attribute."""
        return [value for one, name, value in self.attributes if (one, name) == (tag, attribute)]

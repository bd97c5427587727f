"""One session of the past: planned and measured as a signed profile, its totals, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import ClassVar, Final

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from coach.core.error import CoachError
from coach.history.past import Past
from coach.history.question import Question, after, asks_morning
from coach.history.rating import Rating
from coach.history.summary import Summary
from coach.tui import talk
from coach.tui.frame import Bar, Choose, Keys
from coach.tui.measured import drawn
from coach.tui.past import Looked
from coach.tui.retold import retold
from coach.tui.screens.history import marked
from coach.tui.screens.paged import PagedScreen, sentence
from coach.tui.talk import Talk, draw_talk, keys_of
from coach.tui.widgets.page import Page, draw_page
from coach.tui.widgets.pane import Pane
from coach.tui.widgets.profile import LINE, TURN_MARK, Drawing, draw_profile

KEYS: Final = (
    ("r", "replay"),
    ("e", "how it was"),
    ("x", "export"),
    ("d", "delete"),
    ("h", "help"),
    ("q", "back"),
    ("↑ ↓", "read on"),
)
LEGEND: Final = f" above: forward · below: backward · {LINE} planned · {TURN_MARK} turn"
HEART: Final = " · • heart"
_ENDS_TALK: Final = frozenset({"q", "escape"})
_KEEP: Final = "keep"
_DELETE: Final = "delete"
_CHOICES: Final = (
    (_KEEP, "Keep it", "Nothing changes."),
    (
        _DELETE,
        "Delete the recording",
        "It is gone for good. Of a session on a real belt the minutes stay that count for doses and levels.",
    ),
)


class SessionScreen(PagedScreen):
    """One session; whatever takes long is done in a thread, and told in the line above the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "replay", "Replay"),
        Binding("e", "ask", "Effort, pain, note"),
        Binding("x", "export", "Export"),
        Binding("d", "delete", "Delete"),
    ]
    DEFAULT_CSS = """
    SessionScreen #profile { height: 8; display: none; }
    SessionScreen.-high #profile { height: 13; }
    SessionScreen.-tall #profile { height: 20; }
    SessionScreen #legend { height: 1; color: $ink-dim; display: none; }
    SessionScreen #talk { height: 4; display: none; }
    SessionScreen.-asks #talk { display: block; }
    SessionScreen #told { height: auto; max-height: 3; padding: 0 1; color: $facing-turn; display: none; }
    """

    def __init__(self, past: Past) -> None:
        super().__init__()
        self._past = past
        self._looked: Looked | None = None
        self._busy = False  # something is being done in a thread
        self._talk = Talk()
        self._order = Lock()  # answers are written one after the other

    def compose(self) -> ComposeResult:
        """Bar, profile, page, a line for what was done, keys."""
        yield Bar("Session", id="bar")
        yield Pane[Drawing](draw_profile, id="profile")
        yield Static(LEGEND, id="legend", markup=False)
        yield Pane[Page](draw_page, id="page")
        yield Pane[Talk](draw_talk, id="talk")
        yield Static(id="told", markup=False)
        yield Keys(id="keys")

    def on_mount(self) -> None:
        """Say which it is, and read the recording."""
        whose = " · ".join(part for part in ("Session", self._past.who) if part)
        self.query_one(Bar).tell(whose, *marked("real belt", simulated=self._past.simulated))
        self.query_one(Keys).show(KEYS)
        self._read()

    def on_resize(self) -> None:
        """Lines are wrapped anew."""
        self.call_after_refresh(self._draw)

    @work(thread=True, group="look", exclusive=True, exit_on_error=False)
    def _read(self) -> None:
        """In a thread: a recording of an hour takes two seconds."""
        try:
            looked = self.app.outside.memory().look(self._past)
        except CoachError as error:
            self.app.call_from_thread(self.failed, sentence(str(error)))
            return
        self.app.call_from_thread(self._take, looked)

    def _take(self, looked: Looked) -> None:
        self._past, self._looked = looked.past, looked
        self._draw()

    def _draw(self) -> None:
        if self._looked is None or not self.is_attached:
            return
        units, there = self.app.settings.units, bool(self._looked.points)
        self.query_one("#profile").display = self.query_one("#legend").display = there
        heart = not self.has_class("-low")
        self.query_one("#profile", Pane).put(drawn(self._looked, units, heart=heart))
        self.query_one("#legend", Static).update(LEGEND + HEART if heart else LEGEND)
        lines = retold(self._looked, units, self.size.width - 2)
        self.call_after_refresh(self.show_page, lines)  # the profile takes its room first

    # Keys.

    def action_replay(self) -> None:
        """Show it again in the Run screen."""
        self._begin("Reading the recording …", self._replay)

    def _replay(self) -> None:
        recorded = self.app.outside.memory().replay(self._past)
        self.app.call_from_thread(self._end, "")
        self.app.call_from_thread(self.app.replay, recorded)

    def action_ask(self) -> None:
        """Ask again how it was, from the first question on."""
        if self._looked is not None and not self._busy:
            summary = self._looked.summary
            self._say(replace(Talk(asked_later(summary), summary.held, kept=self._past.rating), begun=True))

    def take_key(self, event: events.Key) -> bool:
        """A key of the talk; what is none of its keys ends it."""
        if self.app.screen is not self or self._talk.question is None:
            return False
        answer = talk.press(self._talk, event.key, event.character)
        if answer is None:
            if event.key in _ENDS_TALK:
                self._say(Talk())
            return event.key in _ENDS_TALK
        told, rating = answer
        self._say(told)
        if rating.said:
            self._keep(rating)
        return True

    def _say(self, told: Talk) -> None:
        self._talk = told
        asks = told.question is not None
        self.set_class(asks, "-asks")
        self.query_one("#talk", Pane).put(told)
        self.query_one(Keys).show(keys_of(told) if asks else KEYS)
        self.call_after_refresh(self.move, 0)

    @work(thread=True, group="keep", exit_on_error=False)
    def _keep(self, rating: Rating) -> None:
        with self._order:
            try:
                past = self.app.outside.memory().rate(self._past, rating)
            except CoachError as error:
                self.app.call_from_thread(self._tell, f"Not kept: {sentence(str(error))}")
                return
        self.app.call_from_thread(self._rated, past)

    def _rated(self, past: Past) -> None:
        """What was said changes the page: its words, and the energy where the rails were held."""
        self._past = past
        self._read()

    def action_export(self) -> None:
        """Write a FIT file."""
        self._begin("Writing a FIT file …", self._export)

    def _export(self) -> None:
        path = self.app.outside.memory().export(self._past)
        self.app.call_from_thread(self._end, f"Written: {path}")

    def action_delete(self) -> None:
        """Ask first."""
        if not self._busy:
            _ = self.app.push_screen(Choose("Delete this recording?", _CHOICES, _KEEP), self._answered)

    def _answered(self, chosen: str | None) -> None:
        if chosen == _DELETE:
            self._begin("Deleting …", self._delete)

    def _delete(self) -> None:
        self.app.outside.memory().delete(self._past)
        self.app.call_from_thread(self.leave)

    def _begin(self, words: str, act: Callable[[], None]) -> None:
        """One thing at a time; what is under way says so."""
        if not self._busy:
            self._busy = True
            self._tell(words)
            self._do(act)

    @work(thread=True, group="act", exit_on_error=False)
    def _do(self, act: Callable[[], None]) -> None:
        try:
            act()
        except CoachError as error:
            self.app.call_from_thread(self._end, sentence(str(error)))

    def _end(self, words: str) -> None:
        self._busy = False
        self._tell(words)

    def failed(self, why: str) -> None:
        """In the line of what was done, where something was; else there is nothing to show of the session."""
        if self._busy:
            self._end(why)
        else:
            super().failed(why)

    def _tell(self, words: str) -> None:
        if self.is_attached:
            told = self.query_one("#told", Static)
            told.update(words)
            told.display = bool(words)


def asked_later(summary: Summary) -> tuple[Question, ...]:
    """What is asked of a session of another day: as when it was over, and the morning where its workout wants it."""
    morning = (Question.MORNING,) if asks_morning(summary.ask) else ()
    *first, note = after(summary) or (Question.NOTE,)
    return (*first, *morning, note)

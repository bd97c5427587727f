"""History: the sessions of a runner, newest first; those on real belts and simulated ones are never mixed."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from coach.core.error import CoachError
from coach.history.past import Past
from coach.tui.frame import Bar, Keys
from coach.tui.listed import READING, Window, draw_window, heading, matching, nothing, scrolled
from coach.tui.past import Listed
from coach.tui.screens.help import PAST
from coach.tui.screens.library import SEARCH_KEYS, Search
from coach.tui.screens.moved import MovedScreen
from coach.tui.screens.paged import OWN_ERROR, sentence
from coach.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from coach.tui.app import CoachApp

log = logging.getLogger(__name__)

KEYS: Final = (
    ("Enter", "open"),
    ("/", "find"),
    ("t", "trends"),
    ("s", "simulated"),
    ("h", "help"),
    ("q", "back"),
)
MARK: Final = "$on-accent on $accent bold"
NEVER_COUNTS: Final = "SIMULATED, never counts"


class HistoryScreen(MovedScreen):
    """The list; only the lines that are on the screen are drawn, however many sessions there are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open"),
        Binding("slash", "search", "Search"),
        Binding("s", "switch", "Real or simulated"),
        Binding("t", "trends", "Trends"),
        Binding("escape", "clear", show=False),
        Binding("q,backspace", "leave", "Back"),
    ]
    DEFAULT_CSS = """
    HistoryScreen #search { border: none; height: 1; padding: 0 1; background: $panel; color: $ink; display: none; }
    HistoryScreen #search:focus { border: none; }
    HistoryScreen #heading { height: 1; color: $ink-dim; }
    HistoryScreen #trouble { height: auto; max-height: 3; padding: 0 1; color: $facing-turn; display: none; }
    HistoryScreen #list { height: 1fr; }
    """
    moves = "#list"
    help_first = PAST
    app: CoachApp

    def __init__(self, *, simulated: bool = False) -> None:
        super().__init__()
        self._simulated = simulated
        self._listed: Listed | None = None
        self._failed = ""
        self._window = Window(())

    def compose(self) -> ComposeResult:
        """Bar, heading, list, keys."""
        yield Bar("History", id="bar")
        yield Static(id="trouble", markup=False)
        yield Search(id="search", placeholder="a date, a workout, a treadmill, how it ended", compact=True)
        yield Static(id="heading", markup=False)
        yield Pane[Window](draw_window, id="list")
        yield Keys(id="keys")

    def on_mount(self) -> None:
        """Draw what is known at once."""
        self._window = Window((), units=self.app.settings.units)
        self.query_one(Keys).show(KEYS)
        self._tell()

    def on_screen_resume(self) -> None:
        """A session may have been rated or deleted meanwhile."""
        self._read()

    def on_resize(self) -> None:
        """The cursor stays on the screen."""
        self.call_after_refresh(self._move_to, self._window.cursor)
        self.call_after_refresh(self._tell)

    @work(thread=True, group="past", exclusive=True, exit_on_error=False)
    def _read(self) -> None:
        """In a thread: a large folder that nobody has read before takes a while."""
        simulated, looking = self._simulated, self.app.outside.memory()
        try:
            listed, failed = looking.sessions(simulated=simulated), ""
        except CoachError as error:
            listed, failed = Listed(()), sentence(str(error))
        self.app.call_from_thread(self._take, listed, failed, simulated)

    def _take(self, listed: Listed, failed: str, simulated: bool) -> None:
        if simulated is self._simulated and self.is_attached:
            self._listed, self._failed = listed, failed
            self._fill()

    def _fill(self) -> None:
        """The list anew, with the cursor on the session where it was, or near that place."""
        before = self._window.chosen
        text = self.query_one(Search).value.strip()
        found = matching(self._listed.sessions, text) if self._listed is not None else ()
        empty = self._failed or (READING if self._listed is None else nothing(text, simulated=self._simulated))
        place = next((at for at, one in enumerate(found) if before is not None and one.id == before.id), None)
        self._window = replace(self._window, sessions=found, empty=empty)
        self._move_to(self._window.cursor if place is None else place)
        self._tell()

    def _move_to(self, cursor: int) -> None:
        height = max(self.query_one("#list").size.height, 1)
        cursor, top = scrolled(len(self._window.sessions), cursor, self._window.top, height)
        self._window = replace(self._window, cursor=cursor, top=top)
        self.query_one("#list", Pane).put(self._window)

    def _tell(self) -> None:
        """The words around the list."""
        settings, count = self.app.settings, len(self._window.sessions)
        many = f"{count} session{'s' * (count != 1)}" if self._listed is not None else ""
        left = " · ".join(part for part in ("History", settings.runner, many) if part)
        self.query_one(Bar).tell(left, *marked("real belts", simulated=self._simulated))
        self.query_one("#heading", Static).update(heading(self.size.width, settings.units))
        trouble = self._listed.trouble if self._listed is not None else ()
        more = f" And {len(trouble) - 1} more." if len(trouble) > 1 else ""
        told = self.query_one("#trouble", Static)
        told.update(f"{trouble[0]}{more}" if trouble else "")
        told.display = bool(trouble)

    # Keys.

    def move(self, by: int) -> None:
        """The cursor, up or down."""
        self._move_to(self._window.cursor + by)

    def action_open(self) -> None:
        """One session."""
        chosen = self._window.chosen
        if chosen is not None:
            self._open(chosen)

    def _open(self, chosen: Past) -> None:
        from coach.tui.screens.session import SessionScreen

        _ = self.app.push_screen(SessionScreen(chosen))

    def action_trends(self) -> None:
        """Weeks, level and heart."""
        from coach.tui.screens.trends import TrendsScreen

        _ = self.app.push_screen(TrendsScreen())

    def action_switch(self) -> None:
        """Those on real belts, or the simulated ones."""
        self._simulated = not self._simulated
        self._listed = None
        self._window = Window((), units=self._window.units)
        self._fill()
        self.query_one(Keys).show([(key, "real" if key == "s" and self._simulated else does) for key, does in KEYS])
        self._read()

    def action_search(self) -> None:
        """Type to filter."""
        search = self.query_one(Search)
        search.display = True
        search.focus()
        self.query_one(Keys).show(SEARCH_KEYS)

    def action_clear(self) -> None:
        """Esc: the whole list again; where it is whole, back."""
        search = self.query_one(Search)
        if not search.display:
            self.leave()
            return
        search.value = ""
        search.display = False
        self.set_focus(None)
        self.query_one(Keys).show(KEYS)
        self._fill()

    def on_input_changed(self) -> None:
        """The list follows each letter; the cursor stands on the newest that matches."""
        self._window = replace(self._window, sessions=(), cursor=0)
        self._fill()

    def on_input_submitted(self) -> None:
        """Enter in the search opens what is under the cursor."""
        self.action_open()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A slip of ours in a thread is told and logged; the screen stays."""
        if event.state is WorkerState.ERROR:
            log.error("the sessions could not be read", exc_info=event.worker.error)
            self._take(Listed(()), OWN_ERROR, self._simulated)

    def action_leave(self) -> None:
        """To the Library."""
        self.leave()

    def leave(self) -> None:
        """Nothing is left to keep."""
        _ = self.app.pop_screen()


def marked(real: str, *, simulated: bool) -> tuple[str, str]:
    """What stands at the right of the bar, and its look."""
    return (NEVER_COUNTS, MARK) if simulated else (real, "")

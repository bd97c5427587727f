"""The Done screen: what was achieved, every step, facing, heart, turns, trips, where it is recorded, and how it was.

Questions are only asked where the belt stands, and whoever wants to leave is out by the same press as without them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import ClassVar, Final, Protocol, runtime_checkable

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from coach.core.event import Key
from coach.core.plan import Plan
from coach.keeper.wire import Done
from coach.seen.units import Units
from coach.seen.view import Banner
from coach.tui import talk
from coach.tui.desk import Desk
from coach.tui.hands import Home
from coach.tui.keys import read_key
from coach.tui.outside import Afterwards
from coach.tui.over import UNKNOWN, draw_asked, draw_done, page
from coach.tui.signs import Foot
from coach.tui.talk import Talk, keys_of
from coach.tui.widgets.banner import draw_banner
from coach.tui.widgets.lines import draw_foot
from coach.tui.widgets.pane import Line, Pane

SETTLE_S: Final = 1.0  # a key that was meant for the session does not leave its summary
LOOK_S: Final = 0.25  # how often it is looked whether something was found or could not be kept
_LEAVES: Final = frozenset({Key.STOP, Key.YES, Key.QUIT})


@runtime_checkable
class Remembers(Protocol):
    """An app with a history behind it."""

    @property
    def outside(self) -> Afterwards:
        """Where a session goes when it is over."""


class DoneScreen(Screen[None]):
    """What a session came to; any of Enter, Space, Esc and q leaves it, and a number answers."""

    BINDINGS: ClassVar[list[BindingType]] = []
    ALLOW_SELECT = False
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    DoneScreen { background: $paper; overflow: hidden; }
    DoneScreen #banner { height: 3; }
    DoneScreen #page { height: 1fr; }
    DoneScreen #talk { height: 4; display: none; }
    DoneScreen.-asks #talk { display: block; }
    """

    def __init__(
        self, plan: Plan, done: Done, units: Units = Units.KMH, *, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__()
        self._plan, self._done, self._units, self._clock = plan, done, units, clock
        self._offset = 0
        self._lines: list[Line] = []
        self._shown_at_s = clock()
        self._desk: Desk | None = None
        self._aftermath = UNKNOWN
        self._talk = Talk()

    def compose(self) -> ComposeResult:
        """Banner, page, keys."""
        yield Pane[Banner](draw_banner, id="banner")
        yield Pane[tuple[Sequence[Line], int]](draw_done, id="page")
        yield Pane[Talk](draw_asked, id="talk")
        yield Pane[Foot](draw_foot, id="foot")

    def on_mount(self) -> None:
        """Nothing moves here but the page and the talk."""
        done = self._done
        belt = "SIMULATED" if self._plan.profile.simulated else "REAL BELT"
        moves = done.started and not done.still
        word = "BELT MAY MOVE" if moves else "DONE" if done.ended == "finished" else "SESSION OVER"
        role = "on-alarm" if moves else "on-forward"
        sign = "‼" if moves else "✓" if done.ended == "finished" else "■"
        self.query_one("#banner", Pane).put(Banner(sign, word, role, hatched=False, belt=belt))
        if done.recording and not moves and isinstance(self.app, Remembers):
            self._desk = Desk(self.app.outside, done)
            self.set_interval(LOOK_S, self.look)

    def on_unmount(self) -> None:
        """What was answered is still written."""
        if self._desk is not None:
            self._desk.close()

    def on_resize(self) -> None:
        """Lines are wrapped anew."""
        self._wrap()

    def look(self) -> None:
        """Show what the history knows, and ask; say what could not be kept."""
        if self._desk is None:
            return
        if (found := self._desk.looked()) is not None:
            self._aftermath, self._talk = found, Talk(found.ask, found.held)
            self._tell(self._talk)
            self._wrap()
        if trouble := self._desk.trouble():
            self._tell(replace(self._talk, trouble=trouble))

    def take_key(self, event: events.Key) -> bool:
        """Answer, scroll, or leave; a key that comes before the page was meant for the session."""
        if self.is_mounted and not self._said(event):
            self._act(event)
        return True

    def _said(self, event: events.Key) -> bool:
        """The key belongs to the talk; one that was meant for the session answers nothing."""
        answer = talk.press(self._talk, event.key, event.character)
        if answer is None or not self._settled:
            return False
        told, rating = answer
        if rating.said and self._desk is not None:
            self._desk.keep(rating)
        self._tell(told)
        return True

    def _tell(self, told: Talk) -> None:
        self._talk = told
        self.set_class(told.question is not None or told.kept.said or bool(told.trouble), "-asks")
        self.query_one("#talk", Pane).put(told)
        self.call_after_refresh(self._scroll, 0)

    def _wrap(self) -> None:
        self._lines = page(self._plan, self._done, self._units, self.size.width, self._aftermath)
        self._scroll(0)

    def _act(self, event: events.Key) -> None:
        rows = max(self.query_one("#page").size.height - 1, 1)
        match event.key:
            case "up":
                self._scroll(-1)
            case "down":
                self._scroll(1)
            case "pageup":
                self._scroll(-rows)
            case "pagedown" if self._more():
                self._scroll(rows)
            case "home":
                self._scroll(-len(self._lines))
            case "end":
                self._scroll(len(self._lines))
            case name if read_key(name).means in _LEAVES:
                self.leave()
            case _:
                pass

    def leave(self) -> None:
        """Back to where the session came from, once the summary could be seen."""
        if self._settled and isinstance(self.app, Home):
            self.app.back(self._done)

    @property
    def _settled(self) -> bool:
        return self._clock() - self._shown_at_s >= SETTLE_S

    def _more(self) -> bool:
        return self._offset + self.query_one("#page").size.height < len(self._lines)

    def _scroll(self, by: int) -> None:
        height = self.query_one("#page").size.height or self.size.height - 4
        self._offset = min(max(self._offset + by, 0), max(len(self._lines) - height, 0))
        self.query_one("#page", Pane).put((tuple(self._lines), self._offset))
        scroll = (("↑↓ PgDn", "more"),) if len(self._lines) > height else ()
        self.query_one("#foot", Pane).put(Foot((*keys_of(self._talk), *scroll)))

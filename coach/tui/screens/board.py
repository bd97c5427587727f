"""The board: every treadmill of a broker, to be read; its one key that acts asks all of them to stop."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from coach.network.board import Board, Group, Row
from coach.network.broker import CONNECTED
from coach.seen.board import BY_HAND, LINKS, Cell, counts, stop_words
from coach.seen.units import Units
from coach.tui.frame import Bar, Keys
from coach.tui.screens.moved import MovedScreen
from coach.tui.widgets.fleet import ARMED, Fleet, draw_fleet, draw_heads, draw_loud
from coach.tui.widgets.pane import Line, Pane, fitted

if TYPE_CHECKING:
    from coach.tui.board import BoardApp

DRAWS_S: Final = 0.25  # nobody reads faster, and 100 treadmills a second would draw 100 times
ARMED_S: Final = 3.0  # the second press of an all stop comes within that time
REFUSED_S: Final = 20.0  # that an all stop was not sent is shown so long
KEYS: Final = (("a a", "ALL STOP"), ("↑ ↓", "more treadmills"), ("q", "leave"))
LOUD_ROWS: Final = 3  # what must not be missed, with a row above and below


class BoardScreen(MovedScreen):
    """Counts, table, connection; drawn four times a second, and only the lines that changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "all_stop", "All stop", priority=True),
        Binding("q", "leave", "Leave"),
    ]
    DEFAULT_CSS = """
    BoardScreen #counts { height: 1; }
    BoardScreen #stop { height: 1; display: none; }
    BoardScreen #heads { height: 1; }
    BoardScreen #table { height: 1fr; }
    BoardScreen #connection { height: 1; dock: bottom; margin: 0 0 1 0; }
    """
    moves = "#table"
    keeps_rows = 2  # the last one says what is hidden
    app: BoardApp

    def __init__(self, board: Board, units: Units) -> None:
        super().__init__()
        self._board, self._fleet = board, Fleet(units=units)
        self._armed_s: float | None = None
        self._refused: tuple[float, str] | None = None  # when an all stop was not sent, and why

    def compose(self) -> ComposeResult:
        """Bar, counts, all stop, table, connection, keys."""
        yield Bar("Board", id="bar")
        yield Pane[tuple[str, bool]](_draw_counts, id="counts")
        yield Pane[tuple[Cell, ...]](draw_loud, id="stop")
        yield Pane[Units](draw_heads, id="heads")
        yield Pane[Fleet](draw_fleet, id="table")
        yield Pane[tuple[str, str, int]](_draw_connection, id="connection")
        yield Keys(id="keys")

    def on_mount(self) -> None:
        """Look and draw, from now on."""
        self.query_one("#heads", Pane).put(self._fleet.units)
        self.query_one(Keys).show(KEYS)
        self.draw()
        self.set_interval(DRAWS_S, self.draw)

    def draw(self) -> None:
        """Take in what has arrived, and show what changed."""
        now_s = monotonic()
        self._board.linked(now_s, on=self.app.line.state == CONNECTED)
        for topic, payload in self.app.line.arrived():
            self._board.take(topic, payload, now_s)
        rows = self._board.rows(now_s)
        self._show_all_stop(rows, now_s)
        table = self.query_one("#table", Pane)
        self._fleet = Fleet(rows, self._fleet.top, self._fleet.units).moved(0, table.size.height)
        table.put(self._fleet)
        many = f"{len(rows)} treadmill{'s' * (len(rows) != 1)}"
        self.query_one(Bar).tell(f"Board · {many}", self.app.line.where)
        self.query_one("#counts", Pane).put((counts(rows), any(row.group is Group.ALARM for row in rows)))
        self.query_one("#connection", Pane).put((self.app.line.state, self.app.line.notice, self._board.unread))

    def _show_all_stop(self, rows: tuple[Row, ...], now_s: float) -> None:
        texts = self._texts(rows, now_s)
        pane = self.query_one("#stop", Pane)
        pane.display = bool(texts)
        pane.styles.height = LOUD_ROWS if self._loud(now_s) else max(len(texts), 1)
        pane.put(texts)

    def _loud(self, now_s: float) -> bool:
        return self._is_armed(now_s) or self._refused is not None

    def _texts(self, rows: tuple[Row, ...], now_s: float) -> tuple[Cell, ...]:
        if self._is_armed(now_s):
            return ((ARMED, "on-alarm"),)
        if self._refused is not None and now_s - self._refused[0] > REFUSED_S:
            self._refused = None
        if self._refused is not None:
            return (f"ALL STOP WAS NOT SENT: {self._refused[1]}", "on-alarm"), (BY_HAND, "on-alarm")
        asked = self._board.all_stop
        connected = self.app.line.state == CONNECTED
        return stop_words(asked, rows, now_s, connected=connected) if asked is not None else ()

    def _is_armed(self, now_s: float) -> bool:
        return self._armed_s is not None and now_s - self._armed_s <= ARMED_S

    # Keys.

    def action_all_stop(self) -> None:
        """The first press arms, the second within three seconds sends."""
        now_s = monotonic()
        if not self._is_armed(now_s):
            self._armed_s, self._refused = now_s, None
            self.draw()
            return
        self._armed_s = None
        sent = self.app.line.stop_all()
        if sent.refused:
            self._refused = now_s, sent.refused
        else:
            self._refused = None
            self._board.asked(sent.id, now_s)
        self.draw()

    def move(self, by: int) -> None:
        """Other rows."""
        table = self.query_one("#table", Pane)
        self._fleet = self._fleet.moved(by, table.size.height)
        table.put(self._fleet)

    def action_leave(self) -> None:
        """Nothing is left to keep."""
        self.app.exit()


def _draw_counts(told: tuple[str, bool], width: int, height: int) -> list[Line]:
    del height
    text, alarm = told
    return [fitted(((f" ‼ {text}" if alarm else f" {text}", "on-alarm" if alarm else "strong"),), width)]


def _draw_connection(told: tuple[str, str, int], width: int, height: int) -> list[Line]:
    del height
    state, notice, unread = told
    if state != CONNECTED:
        return [fitted(((f" ✕ NOT CONNECTED: {state}. What stands above is old.", "on-alarm"),), width, "on-alarm")]
    more = f" · {unread} messages could not be read" if unread else ""
    about = (f" · {notice}", "turn") if notice else (f" · {LINKS}{more}", "dim")
    return [fitted(((f" ✓ {state}", "good"), about), width)]

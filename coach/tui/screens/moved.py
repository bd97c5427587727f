"""A screen of which a part is longer than it: the same keys and the wheel move that part, by the same steps."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen

WHEEL_ROWS: Final = 3  # as terminals scroll their own lines by one notch
ALL_ROWS: Final = 1_000_000  # more than any list has


class MovedScreen(Screen[None]):
    """Who inherits names the part and moves it."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move_page(-1)", show=False),
        Binding("pagedown", "move_page(1)", show=False),
        Binding("home", f"move({-ALL_ROWS})", show=False),
        Binding("end", f"move({ALL_ROWS})", show=False),
    ]
    moves: ClassVar[str]  # the part, as a selector
    keeps_rows: ClassVar[int] = 1  # of a page, so that the eye finds its place on the next one

    def move(self, by: int) -> None:
        """So many rows on, and never past an end."""
        raise NotImplementedError

    def action_move(self, by: int) -> None:
        """Up and down."""
        self.move(by)

    def action_move_page(self, by: int) -> None:
        """By as many rows as are on the screen, less those that it keeps."""
        self.move(by * max(self.query_one(self.moves).size.height - self.keeps_rows, 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel reads on."""
        event.stop()
        self.move(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel goes back."""
        event.stop()
        self.move(-WHEEL_ROWS)

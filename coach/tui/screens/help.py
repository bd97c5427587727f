"""Help: all keys, what they do facing the console and facing the rear. Over a session Space and Esc still stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from coach.core.event import Key
from coach.keeper.crew import Crew
from coach.tui.frame import Keys
from coach.tui.keys import KEYS, KeyRow, Own

REAR: Final = {
    Key.STOP: "the same",
    Key.YES: "the same",
    Key.SLOWER: "the same",
    Key.MUCH_SLOWER: "the same",
    Key.QUIT: "the same",
    Key.HELP: "nothing; turning: stops",
    Own.PANEL: "the same",
    Own.VOICE: "nothing; turning: stops",
}
NOTHING_REAR: Final = "nothing; it is said"
SCREENS: Final = (
    ("Library", (("Enter", "open"), ("/", "search"), ("f", "forward only"), ("Shift ↑ ↓", "read on at the right"))),
    (
        "Ready",
        (
            ("f", "run it forward only today"),
            ("t", "another treadmill"),
            ("s", "another strap, or none"),
            ("m", "somebody stands at the console and presses its Start"),
            ("c", "a check is done"),
        ),
    ),
    ("Both", (("q Ctrl-C", "back, or leave"), ("s", "settings, in the Library"), ("h ?", "this help"))),
)
KEY_COLUMNS: Final = 12
DOES_COLUMNS: Final = 42


class HelpScreen(ModalScreen[None]):
    """The table of keys, over whatever is shown; `crew` is the keeper of the session below, where there is one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,escape,ctrl+@", "stop", "Stop", show=False),
        Binding("h,question_mark,q,enter", "close", "Close", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    def __init__(self, crew: Crew | None = None) -> None:
        super().__init__()
        self._crew = crew

    def compose(self) -> ComposeResult:
        """The table."""
        with Vertical(id="help"):
            with VerticalScroll(id="help-scroll", can_focus=False):
                yield Static(Content("\n").join(lines()), markup=False)
            yield Keys()

    def on_mount(self) -> None:
        """Say how to get out."""
        stop = (("Space", "STOP THE BELT"),) if self._crew is not None else ()
        self.query_one(Keys).show((*stop, ("h", "close"), ("↑ ↓", "read on")))

    def action_stop(self) -> None:
        """Space and Esc mean stop, whatever lies over the session (safety.md 4); without one they only close."""
        if self._crew is not None:
            self._crew.press(Key.STOP)
        self.action_close()

    def action_close(self) -> None:
        """Back to what lies below."""
        _ = self.dismiss()

    def action_scroll(self, by: int) -> None:
        """Read on."""
        self.query_one("#help-scroll").scroll_relative(y=by, animate=False)


def lines() -> Iterator[Content]:
    """The help, line by line."""
    yield Content.styled("IN A SESSION", "bold")
    yield _row("key", "facing the console", "facing the rear", "$ink-dim")
    for row in KEYS:
        yield _row(row.shown, row.does, rear(row), "")
    yield Content.styled("In a turn, while the belt is brought to you or stopped, any key stops it.", "$ink-dim")
    for title, keys in SCREENS:
        yield Content("")
        yield Content.styled(title.upper(), "bold")
        for key, does in keys:
            yield _row(key, does, "", "")


def rear(row: KeyRow) -> str:
    """What a key does facing the rear (safety.md 4)."""
    if row.means is Key.DIGIT:
        return "nothing: out of sight"
    return REAR.get(row.means, NOTHING_REAR)


def _row(key: str, does: str, behind: str, style: str) -> Content:
    return Content.assemble(
        (f"{key:<{KEY_COLUMNS}}", style or "$accent bold"),
        (f"{does:<{DOES_COLUMNS}}", style),
        (f" {behind}", "$ink-dim"),
    )

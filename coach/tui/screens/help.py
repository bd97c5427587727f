"""Help: all keys, what they do facing the console and facing the rear. Over a session Space and Esc still stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from coach.core.event import Key
from coach.core.workout import KMH_PER_MPH
from coach.keeper.crew import Crew
from coach.seen.own import Own
from coach.seen.units import Units
from coach.tui.frame import Keys
from coach.tui.keys import KEYS, KeyRow

REAR: Final = {
    Key.STOP: "the same",
    Key.YES: "the same",
    Key.SLOWER: "the same",
    Key.MUCH_SLOWER: "the same",
    Key.QUIT: "the same",
    Key.HELP: "nothing; turning: stop",
    Own.PANEL: "the same",
    Own.VOICE: "nothing; turning: stop",
}
STEPS_KMH: Final[dict[Key | Own, float]] = {  # safety.md 4
    Key.FASTER: 0.1,
    Key.SLOWER: 0.1,
    Key.MUCH_FASTER: 0.5,
    Key.MUCH_SLOWER: 0.5,
}
NOTHING_REAR: Final = "nothing; it is said"
PAST: Final = "Past sessions"
REPLAY: Final = "Replay, where no belt moves"
SCREENS: Final = (
    (
        "Library",
        (
            ("Enter", "open"),
            ("/", "find by name, level or tag"),
            ("f", "forward only, or all"),
            ("p", "past sessions"),
            ("Shift ↑ ↓", "read on at the right"),
        ),
    ),
    (
        "Ready",
        (
            ("f", "run it forward only today"),
            ("t", "another treadmill"),
            ("s", "another strap, or none"),
            ("m", "somebody stands at the console and presses its Start"),
            ("c", "a check is done"),
            ("a", "play the alarm, while it is to be heard"),
            ("o", "the page behind the treadmill: its address and code (--share)"),
            ("Enter", "press, while the voice asks for it"),
        ),
    ),
    (
        PAST,
        (
            ("Enter", "open one"),
            ("/", "find by date, workout, treadmill, ending or note"),
            ("t", "trends: weeks, heart, level, next backward day"),
            ("s", "those on the simulator, or on real belts"),
            ("r", "in a session: replay it on the screen"),
            ("e", "in a session: effort, pain and a note"),
            ("x", "in a session: write a FIT file"),
            ("d", "in a session: delete its recording"),
        ),
    ),
    (
        REPLAY,
        (
            ("Space", "hold, and go on"),
            ("+ -", "faster and slower, 1 to 1000 times"),
            ("n b", "to the next step, and back"),
            ("q Esc", "leave"),
        ),
    ),
    ("All of them", (("q Ctrl-C", "back, or leave"), ("s", "settings, in the Library"), ("h ?", "this help"))),
)
KEY_COLUMNS: Final = 12  # the longest names of keys
DOES_COLUMNS: Final = 42  # with them within 80 columns, twice beside each other on a wide screen


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

    def __init__(self, crew: Crew | None = None, units: Units = Units.KMH, first: str = "") -> None:
        """`first` is the title of the part that is told before all others."""
        super().__init__()
        self._crew, self._units, self._first = crew, units, first

    def compose(self) -> ComposeResult:
        """The table."""
        with Vertical(id="help"):
            with VerticalScroll(id="help-scroll", can_focus=False):
                yield Static(Content("\n").join(lines(self._units, self._first)), markup=False)
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


def lines(units: Units = Units.KMH, first: str = "") -> Iterator[Content]:
    """The help, line by line."""
    for title, keys in SCREENS:
        if title == first:
            yield from _part(title, keys)
            yield Content("")
    yield Content.styled("IN A SESSION", "bold")
    yield _row("key", "facing the console", "facing the rear", "$ink-dim")
    for row in KEYS:
        yield _row(row.shown, doing(row, units), rear(row), "")
    yield Content.styled("In a turn, while the belt is brought to you or stopped, any key stops it.", "$ink-dim")
    for title, keys in SCREENS:
        if title != first:
            yield Content("")
            yield from _part(title, keys)


def _part(title: str, keys: Iterable[tuple[str, str]]) -> Iterator[Content]:
    yield Content.styled(title.upper(), "bold")
    yield from (_row(key, does, "", "") for key, does in keys)


def doing(row: KeyRow, units: Units) -> str:
    """What a key does, a step of speed also in miles; a pace has no step of its own."""
    kmh = STEPS_KMH.get(row.means)
    if kmh is None or units is not Units.MPH:
        return row.does
    return f"{row.does} ({kmh / KMH_PER_MPH:.2f} mph)"


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

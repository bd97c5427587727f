"""Settings: units, voice, theme and runner. Each change is kept at once; the user's own file is never written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from coach.keeper.wire import Voice
from coach.seen.units import Units
from coach.tui.frame import Bar, Keys
from coach.tui.outside import SHORT_VOICE_SESSIONS, Settings
from coach.tui.theme import PALETTES, TITLES

if TYPE_CHECKING:
    from coach.tui.app import CoachApp

KEYS: Final = (("↑ ↓", "choose"), ("← →", "change"), ("q", "back"))
VOICES: Final[dict[str, str]] = {
    Voice.FULL: "everything is said",
    Voice.SHORT: "fewer words",
    Voice.TONES: "tones only",
    Voice.CAPTIONS: "no sound, words on the screen",
}
LOUD: Final = (Voice.FULL, Voice.SHORT)
"""Facing the rear nobody can read: at least the short voice holds there (safety.md, keeper.wire.Voice)."""


@dataclass(frozen=True, slots=True)
class Row:
    """A setting: its field, its name, its values with their words, and what it means."""

    field: str
    title: str
    values: tuple[str, ...]
    words: dict[str, str]
    about: str

    def shown(self, settings: Settings) -> str:
        """The value that holds, in words."""
        value = str(getattr(settings, self.field))
        return self.words.get(value, value)

    def changed(self, settings: Settings, by: int) -> Settings:
        """The next value, or the one before."""
        now = str(getattr(settings, self.field))
        place = self.values.index(now) if now in self.values else 0
        value = self.values[(place + by) % len(self.values)]
        match self.field:
            case "units":
                return replace(settings, units=Units(value))
            case "voice":
                return replace(settings, voice=Voice(value))
            case "voice_forward":
                return replace(settings, voice_forward=Voice(value))
            case "theme":
                return replace(settings, theme=value)
            case _:
                return replace(settings, runner=value)


def rows(runners: tuple[str, ...], settings: Settings) -> Iterator[Row]:
    """The settings that there are; the runner only where there is a choice."""
    yield Row("units", "Units", tuple(Units), {Units.PACE: "pace, minutes for a kilometre"}, "How speeds are shown.")
    yield Row("voice", "Voice", LOUD, VOICES, voice_words(settings))
    words = "In forward-only sessions. On the simulator nothing sounds until v is pressed."
    yield Row("voice_forward", "Voice, forward", tuple(Voice), VOICES, words)
    yield Row("theme", "Theme", tuple(PALETTES), TITLES, "Colours. Nothing is told by a colour alone.")
    if len(runners) > 1:
        yield Row("runner", "Runner", runners, {}, "Whose values, level and history hold.")


def voice_words(settings: Settings) -> str:
    """What the voice is; fewer words are offered after some sessions."""
    words = "In sessions with backward steps; facing the rear it cannot be muted."
    if settings.sessions >= SHORT_VOICE_SESSIONS and settings.voice is Voice.FULL:
        return f"{words} You have run {settings.sessions} sessions: fewer words may do."
    return words


class SettingsScreen(Screen[None]):
    """A list of settings; left and right change the one under the cursor."""

    AUTO_FOCUS = "#settings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Before", priority=True),
        Binding("right", "turn(1)", "Next", priority=True),
        Binding("q,escape,backspace,s", "back", "Back"),
    ]
    app: CoachApp

    def compose(self) -> ComposeResult:
        """The list, and what the setting under the cursor means."""
        yield Bar("SETTINGS", "kept at once")
        with VerticalScroll(can_focus=False):
            yield OptionList(id="settings")
            yield Static(id="about", markup=False)
            yield Static(id="trouble", markup=False, classes="alarm")
        yield Keys()

    def on_mount(self) -> None:
        """Show what holds."""
        self.query_one(Keys).show(KEYS)
        self._fill()
        self.query_one(OptionList).highlighted = 0

    @property
    def _rows(self) -> list[Row]:
        return list(rows(self.app.outside.runners(), self.app.settings))

    def _fill(self) -> None:
        options = self.query_one(OptionList)
        place = options.highlighted
        options.clear_options()
        for row in self._rows:
            value = (f"‹ {row.shown(self.app.settings)} ›", "bold")
            options.add_option(Option(Content.assemble(f"{row.title:<18}", value), row.field))
        options.highlighted = place

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """What it means."""
        self.query_one("#about", Static).update(self._rows[event.option_index].about)

    def on_option_list_option_selected(self) -> None:
        """Enter: the next value."""
        self.action_turn(1)

    def action_turn(self, by: int) -> None:
        """Another value; it holds from now on."""
        place = self.query_one(OptionList).highlighted
        if place is None:
            return
        trouble = self.app.change(self._rows[place].changed(self.app.settings, by))
        self.query_one("#trouble", Static).update(trouble)
        self._fill()

    def action_back(self) -> None:
        """To the Library."""
        self.leave()

    def leave(self) -> None:
        """Nothing is left to keep."""
        _ = self.app.pop_screen()

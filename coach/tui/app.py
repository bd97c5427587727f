"""The app: it opens the first screen, holds the settings, and ends with what a session came to."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Final, Protocol, runtime_checkable

from textual.binding import Binding, BindingType

from coach.core.error import CoachError
from coach.core.plan import Plan
from coach.keeper.crew import Crew, Life
from coach.keeper.wire import Done, FromKeeper
from coach.tui.hands import HandsFirst
from coach.tui.keys import names_of
from coach.tui.outside import Outside, Settings, Wanted
from coach.tui.past import Recorded
from coach.tui.theme import PALETTES, known, roles, themes
from coach.tui.way_out import WayOut

log = logging.getLogger(__name__)

ASKED_TO_END: Final = "Asked to end. The belt is stopped."
WIDE: Final = 100  # columns from which two panes have room for words
VAST: Final = 160  # columns of a terminal over a whole large screen
LOWEST: Final = 2  # screens on the stack when only the first one is open


@runtime_checkable
class Leaving(Protocol):
    """A screen that says itself what leaving means: a session asks first."""

    def leave(self) -> None:
        """The runner wants to go."""


@runtime_checkable
class Crewed(Protocol):
    """A screen over a session."""

    @property
    def crew(self) -> Crew | None:
        """The keeper of the belt, where there is one."""


@runtime_checkable
class Helped(Protocol):
    """A screen with a part of its own in the help."""

    @property
    def help_first(self) -> str:
        """The title of that part."""


class CoachApp(HandsFirst[Done | str]):
    """The screens before, in and after a session; the result is its Done, or a sentence that says why there is none."""

    CSS_PATH = Path(__file__).with_name("coach.tcss")
    ENABLE_COMMAND_PALETTE = False
    TITLE = None
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (VAST, "-vast")]  # noqa: RUF012 Textual types it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high"), (50, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        # In raw mode no terminal turns ctrl+z or ctrl+c into a signal; ctrl+z is bound to nothing on purpose: a
        # cockpit that is suspended in a session is a cockpit that ended (safety.md 9).
        Binding("ctrl+c", "leave", "Leave", priority=True, show=False),
        Binding("ctrl+q", "leave", "Leave", priority=True, show=False),
        Binding("h,question_mark", "help", "Help", show=False),
    ]

    def __init__(self, outside: Outside, *, first: Wanted | Recorded | None = None) -> None:
        """Open the Library, or Ready for what is wanted first, or a recording."""
        super().__init__()
        self.animation_level = "none"
        self.outside = outside
        self.first = first
        self.settings = outside.settings()
        self.done: Done | None = None  # of the session that ended last
        self.plan: Plan | None = None  # of the same session
        self._runs: Crew | None = None  # the keeper of the session that was handed on last
        self.way_out = WayOut()
        self.yes_keys = names_of(outside.buttons())  # the runner's own button
        self.focus_told = False  # the terminal says whether presses reach it
        for theme in themes():
            self.register_theme(theme)
        self.theme = known(self.settings.theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles, also in a theme that is not ours."""
        return roles(PALETTES["dark"])

    def on_mount(self) -> None:
        """The first screen lies on Textual's own empty one, which cannot be switched for another."""
        self.way_out.on_signals(self.asked_to_end)
        match self.first:
            case Wanted():
                self.make_ready(self.first)
            case Recorded():
                self.replay(self.first)
            case None:
                from coach.tui.screens.library import LibraryScreen

                _ = self.push_screen(LibraryScreen())

    def on_app_focus(self) -> None:
        """The terminal is one that tells."""
        self.focus_told = True

    def on_app_blur(self) -> None:
        """The terminal is one that tells."""
        self.focus_told = True

    def _handle_exception(self, error: Exception) -> None:
        """To the log: Textual would print a traceback of sixty lines on the terminal. Textual 8.2 has no public way."""
        log.error("the screen failed", exc_info=error)
        super()._handle_exception(error)
        self._exit_renderables.clear()

    def asked_to_end(self) -> None:
        """The system wants us to go: a keeper that hears no more from us stops the belt."""
        self.exit(ASKED_TO_END)
        self._let_go()

    def on_unmount(self) -> None:
        """However the app ends, no keeper is left without a word."""
        self._let_go()

    def _let_go(self) -> None:
        if self._runs is not None and self._runs.life is not Life.OVER:
            self._runs.close()

    def make_ready(self, wanted: Wanted) -> None:
        """Go to the last stop before the belt."""
        self.yes_keys = names_of(self.outside.buttons())
        from coach.tui.screens.ready import ReadyScreen

        _ = self.push_screen(ReadyScreen(wanted))

    def run_session(self, crew: Crew, heard: Sequence[FromKeeper] = ()) -> None:
        """The session begins: its screen takes the place of Ready, with the same keeper."""
        from coach.tui.screens.run import RunScreen

        self._runs = crew
        _ = self.switch_screen(RunScreen(crew, self.settings, heard=heard, yes=self.yes_keys))

    def replay(self, recorded: Recorded) -> None:
        """Show a recording in the Run screen."""
        from coach.tui.screens.replay import ReplayScreen

        _ = self.push_screen(ReplayScreen(recorded, self.settings))

    def back(self, said: Done | str | None = None) -> None:
        """From a screen to the one below it; from the last one out of the app, with what is to be told."""
        if isinstance(said, Done):
            self.done, self.plan = said, None if self._runs is None else self._runs.plan
        if len(self.screen_stack) > LOWEST:
            _ = self.pop_screen()
        else:
            self.exit(said if said is not None else self.done)

    def change(self, settings: Settings) -> str:
        """Keep what was chosen and act by it; what stood in the way, or nothing."""
        try:
            self.outside.save(settings)
        except CoachError as error:
            log.warning("settings were not kept: %s", error)
            return str(error)
        self.settings = settings
        self.theme = known(settings.theme)
        return ""

    def action_leave(self) -> None:
        """Ctrl-C: out of the Library at once, out of a session as the session has it."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Leaving):
                screen.leave()
                return
        self.exit(self.done)

    def action_help(self) -> None:
        """All keys, over whatever is shown."""
        from coach.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            first = self.screen.help_first if isinstance(self.screen, Helped) else ""
            _ = self.push_screen(HelpScreen(next(self._crews(), None), self.settings.units, first))

    def _crews(self) -> Iterator[Crew]:
        found = (crew_of(screen) for screen in reversed(self.screen_stack))
        return (crew for crew in found if crew is not None)


def crew_of(screen: object) -> Crew | None:
    """The keeper that a screen shows, where there is one."""
    return screen.crew if isinstance(screen, Crewed) else None

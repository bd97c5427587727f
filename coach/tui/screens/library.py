"""The Library: the workouts at the left, what fits today on top, and the one under the cursor drawn at the right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import set_cell_size
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Digits, Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, get_current_worker

from coach.core.machine import MachineProfile
from coach.core.plan import make_plan
from coach.shelf import Entry, History, Listing, Pick, Source, entry, matching, pick
from coach.tui.frame import Bar, Keys
from coach.tui.outside import Wanted, free_session
from coach.tui.widgets.profile import Profile

if TYPE_CHECKING:
    from coach.tui.app import CoachApp

LOOK_S: Final = 1.0  # how often the files are looked at
AT_ONCE: Final = 16  # workouts that are read before the list is drawn again
FREE: Final = "free"
TODAY: Final = "today:"
NUMBERS: Final = 13  # columns of minutes, minutes backward and a mark
KEYS: Final = (
    ("Enter", "run"),
    ("/", "find"),
    ("f", "forward"),
    ("p", "past"),
    ("s", "settings"),
    ("h", "help"),
    ("q", "quit"),
)
SEARCH_KEYS: Final = (("Enter", "open"), ("Esc", "clear"), ("↑ ↓", "choose"))


class Search(Input):
    """The line that is typed into; up and down stay with the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.clear", show=False),
        Binding("up", "screen.move(-1)", show=False),
        Binding("down", "screen.move(1)", show=False),
    ]


class LibraryScreen(Screen[None]):
    """What bare `coach` opens."""

    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search"),
        Binding("f", "forward_only", "Forward only"),
        Binding("p", "past", "Past sessions"),
        Binding("s", "settings", "Settings"),
        Binding("q", "leave", "Leave"),
        Binding("escape", "clear", show=False),
        Binding("shift+down", "scroll_preview(1)", show=False),
        Binding("shift+up", "scroll_preview(-1)", show=False),
    ]
    app: CoachApp

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[Source, Entry] = {}
        self._listing: Listing | None = None
        self._history = History()
        self._runner: str | None = None
        self._forward_only = False
        self._shown: object = None  # what the preview shows
        self._looking: Worker[None] | None = None
        self._free = make_plan(free_session().workout, MachineProfile(), free=True)

    def compose(self) -> ComposeResult:
        """The list, and the preview beside it."""
        yield Bar("coach", id="bar")
        with Horizontal():
            with Vertical(id="shelf"):
                yield Static(id="heading")
                yield Search(id="search", placeholder="part of a name, a level, a tag", compact=True)
                yield Static(id="notice", markup=False)
                yield OptionList(id="list", markup=False)
            with VerticalScroll(id="preview", can_focus=False):
                yield Static(id="title", markup=False)
                yield Static(id="about", markup=False)
                with Horizontal(id="numbers"):
                    for name, words in (("minutes", "minutes"), ("backward", "min backward"), ("turns", "turns")):
                        with Vertical(classes="number"):
                            yield Digits(id=name)
                            yield Static(words, id=f"{name}-word", markup=False)
                yield Profile(id="profile", units=self.app.settings.units)
                yield Static(id="words", markup=False)
        yield Keys(id="keys")

    def on_mount(self) -> None:
        """Draw what is known at once, and read the workouts after that."""
        self.query_one(Keys).show(KEYS)
        self._fill()
        self.query_one(OptionList).highlighted = 0
        self.set_interval(LOOK_S, self._look_again)

    def on_screen_resume(self) -> None:
        """Another runner or a session may have changed what is open."""
        settings = self.app.settings
        self._history = self.app.outside.history()
        if self._runner != settings.runner:
            self._runner = settings.runner
            self._entries = {}
        self._entries = {source: entry(source, known.loaded, self._history) for source, known in self._entries.items()}
        self.query_one(Bar).tell("coach", settings.runner)
        self.query_one(OptionList).focus()
        self._fill()
        self.call_after_refresh(self._look_again)

    def on_resize(self) -> None:
        """The lines of the list are as long as it is wide."""
        self.call_after_refresh(self._fill)

    def _look_again(self) -> None:
        """One look at a time: a slow computer finishes the one that it has begun."""
        if self._looking is None or self._looking.is_finished:
            self._looking = self._look()

    @work(thread=True, group="shelf", exit_on_error=False)
    def _look(self) -> None:
        """In a thread: which workouts there are, and those read that are new or have changed."""
        outside, worker = self.app.outside, get_current_worker()
        known, history, runner = self._entries, self._history, self._runner
        listing = outside.listing()
        fresh: dict[Source, Entry] = {}
        for source in listing.sources:
            if worker.is_cancelled:
                return
            if source not in known:
                fresh[source] = entry(source, outside.read(source), history)
            if len(fresh) == AT_ONCE:
                self.app.call_from_thread(self._take, listing, fresh, (runner, history))
                fresh = {}
        if fresh or listing != self._listing:
            self.app.call_from_thread(self._take, listing, fresh, (runner, history))

    def _take(self, listing: Listing, fresh: dict[Source, Entry], seen_for: tuple[str | None, History]) -> None:
        if seen_for != (self._runner, self._history):  # looked at for another runner, or before a session
            return
        self._listing = listing
        known = self._entries | fresh
        self._entries = {source: known[source] for source in listing.sources if source in known}
        self._fill()

    def _fill(self) -> None:
        """The list anew, with the cursor where it was."""
        options = self.query_one(OptionList)
        before = options.highlighted_option.id if options.highlighted_option is not None else None
        place = options.highlighted
        options.clear_options()
        options.add_options(self._options(max(options.scrollable_content_region.width - 2, 20)))
        keys = [option.id for option in options.options]
        if before in keys:
            options.highlighted = keys.index(before)
        elif place is not None:
            self._nearest(options, place)
        self._tell_notice()
        self._heading()
        self._preview()

    @staticmethod
    def _nearest(options: OptionList, place: int) -> None:
        whole = [index for index, option in enumerate(options.options) if not option.disabled]
        options.highlighted = min(whole, key=lambda index: abs(index - place)) if whole else None

    def _options(self, width: int) -> Iterator[Option]:
        text = self.query_one(Search).value.strip()
        entries = tuple(self._entries.values())
        found = matching(entries, text, forward_only=self._forward_only)
        if text:
            yield from (Option(line(one, width), one.source.key) for one in found)
        else:
            yield Option(set_cell_size("Free session: arrows set the speed", width), FREE)
            yield from self._today(entries, width)
            yield from self._group("YOUR FOLDER", [one for one in found if one.source.own], width)
            yield from self._group("WITH COACH", [one for one in found if not one.source.own], width)
        if not found:
            yield Option(self._nothing(text), disabled=True)

    def _today(self, entries: tuple[Entry, ...], width: int) -> Iterator[Option]:
        chosen = self._pick(entries)
        if chosen is not None:
            yield Option("TODAY", disabled=True)
            yield Option(f"{line(chosen.entry, width)}\n{chosen.why}", TODAY + chosen.entry.source.key)

    def _pick(self, entries: tuple[Entry, ...]) -> Pick | None:
        return pick(entries, self._history, datetime.now(UTC).astimezone(), forward=self._forward_only)

    @staticmethod
    def _group(title: str, entries: list[Entry], width: int) -> Iterator[Option]:
        if entries:
            yield Option(title, disabled=True)
            yield from (Option(line(one, width), one.source.key) for one in entries)

    def _nothing(self, text: str) -> str:
        if self._listing is None:
            return "Reading the workouts …"
        if text:
            among = " among the forward ones" if self._forward_only else ""
            return f"No workout{among} has '{text}' in its name. Esc clears."
        return (
            "Every workout here has backward steps. f shows them." if self._forward_only else "There are no workouts."
        )

    def _tell_notice(self) -> None:
        notice = self.query_one("#notice", Static)
        told = self._listing.told if self._listing is not None else ""
        notice.update(told)
        notice.display = bool(told)

    def _heading(self) -> None:
        heading = self.query_one("#heading", Static)
        searching = self.query_one(Search).display
        width = max(heading.content_size.width, 20)
        left = "Forward only" if self._forward_only else "Workouts"
        heading.update(set_cell_size(left, width - NUMBERS) + "  min  back  ")
        heading.display = not searching

    def on_option_list_option_highlighted(self) -> None:
        """The cursor moved."""
        self._preview()

    def on_option_list_option_selected(self) -> None:
        """Enter: on to Ready."""
        self._open()

    def on_input_changed(self) -> None:
        """The list follows each letter; the cursor stands on the first that matches."""
        options = self.query_one(OptionList)
        options.highlighted = None
        self._fill()
        self._nearest(options, 0)

    def on_input_submitted(self) -> None:
        """Enter in the search takes what is under the cursor."""
        self._open()

    def _open(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        if isinstance(chosen, Entry):
            if chosen.workout is not None:
                self.app.make_ready(Wanted(chosen.workout, chosen.loaded))
            return
        self.app.make_ready(free_session())

    def _chosen(self) -> Entry | str | None:
        """The workout under the cursor, FREE, or nothing."""
        option = self.query_one(OptionList).highlighted_option
        if option is None or option.id is None or option.disabled:
            return None
        if option.id == FREE:
            return FREE
        key = option.id.removeprefix(TODAY)
        return next((one for one in self._entries.values() if one.source.key == key), None)

    def _preview(self) -> None:
        chosen = self._chosen()
        units = self.app.settings.units
        if (chosen, units) == self._shown:
            return
        self._shown = (chosen, units)
        broken = isinstance(chosen, Entry) and chosen.broken
        self.query_one("#numbers").display = chosen is not None and not broken
        profile = self.query_one(Profile)
        profile.display = chosen is not None and not broken
        title, about, words = told(chosen)
        self.query_one("#title", Static).update(title)
        self.query_one("#about", Static).update(about)
        self.query_one("#words", Static).update(words)
        plan = chosen.plan if isinstance(chosen, Entry) else self._free if chosen == FREE else None
        if plan is not None and not broken:
            profile.show_plan(plan, units)
            open_end = chosen == FREE or (isinstance(chosen, Entry) and chosen.open_end)
            self._number("minutes", f"{chosen.minutes}" if isinstance(chosen, Entry) and not open_end else "-")
            self._number("backward", f"{round(plan.backward_s / 60, 1):g}")
            self._number("turns", f"{plan.turns}")
            most = " at most" if chosen == FREE else ""
            for name, label in (("minutes", "open end" if open_end else "min in all"), ("turns", f"turns{most}")):
                self.query_one(f"#{name}-word", Static).update(label)
        self.query_one("#preview").scroll_home(animate=False)

    def _number(self, name: str, value: str) -> None:
        self.query_one(f"#{name}", Digits).update(value)

    def action_search(self) -> None:
        """Type to filter."""
        search = self.query_one(Search)
        search.display = True
        search.focus()
        self._heading()
        self.query_one(Keys).show(SEARCH_KEYS)

    def action_clear(self) -> None:
        """Esc: the whole list again."""
        search = self.query_one(Search)
        search.value = ""
        search.display = False
        self.query_one(OptionList).focus()
        self.query_one(Keys).show(KEYS)
        self._fill()

    def action_move(self, by: int) -> None:
        """Up and down while typing."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_forward_only(self) -> None:
        """Show those without backward steps, or all."""
        self._forward_only = not self._forward_only
        self._fill()

    def action_scroll_preview(self, by: int) -> None:
        """Read on where the words are longer than the screen."""
        self.query_one("#preview").scroll_relative(y=by * 3, animate=False)

    def action_past(self) -> None:
        """The sessions that were."""
        from coach.tui.screens.history import HistoryScreen

        _ = self.app.push_screen(HistoryScreen())

    def action_settings(self) -> None:
        """Units, sound, theme and runner."""
        from coach.tui.screens.settings import SettingsScreen

        _ = self.app.push_screen(SettingsScreen())

    def action_leave(self) -> None:
        """No belt: at once."""
        self.leave()

    def leave(self) -> None:
        """Out of the app."""
        self.app.exit(self.app.done)


def line(one: Entry, width: int) -> str:
    """A workout in the list: its name, minutes with turns, minutes backward, and a mark where it is locked."""
    if one.broken:
        return set_cell_size(one.title if one.title != one.loaded.file else one.name, width - 10) + "  problems"
    minutes = "open" if one.open_end else f"{one.minutes}"
    backward = f"{round(one.backward_s / 60, 1):g}" if one.backward else ""
    mark = "◇" if one.lock else " "
    return f"{set_cell_size(one.title, width - NUMBERS)}{minutes:>5}{backward:>6} {mark}"


def told(chosen: Entry | str | None) -> tuple[str, str, Content]:
    """The words of the preview: title, what it is, and the rest."""
    if chosen is None:
        return "", "", Content("")
    if not isinstance(chosen, Entry):
        return "Free session", "coach walk", Content(FREE_WORDS)
    if chosen.broken:
        head = f"{chosen.name} has problems. Mend the file; it is read again when it is saved."
        return chosen.name, chosen.loaded.file, Content.assemble((head, "$facing-turn bold"), "\n\n", problems(chosen))
    return chosen.title, _about(chosen), _words(chosen)


FREE_WORDS: Final = (
    "Walk or run as you like: the arrows set the speed, q pressed twice ends it. b leads to a backward block of a "
    "minute with its whole turn, three at most."
)


def problems(one: Entry) -> str:
    """The problems of a workout, each with its line and caret."""
    file = one.loaded.file
    return one.loaded.rendered().replace(f"{file}:", f"{Path(file).name}:")


def _about(one: Entry) -> str:
    workout = one.workout
    assert workout is not None
    level = f"{workout.level}" if workout.level is not None and one.backward else ""
    facing = "" if one.backward else "forward only"
    where = "your folder" if one.source.own else ""
    return " · ".join(part for part in (one.name, level, facing, where) if part)


def _words(one: Entry) -> Content:
    workout = one.workout
    assert workout is not None
    warnings = problems(one) if one.loaded.problems else ""
    parts = [
        Content.styled(f"◇ {one.lock}", "$facing-turn") if one.lock else Content(""),
        Content(" ".join(workout.description.split())),
        Content.assemble(("Why: ", "bold"), " ".join(workout.purpose.split())) if workout.purpose else Content(""),
        Content.styled(" ".join(workout.source.split()), "$ink-dim"),
        Content.styled(warnings, "$ink-dim"),
    ]
    return Content("\n\n").join([part for part in parts if part])

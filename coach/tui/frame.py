"""What the screens around a session share: the bar on top, the keys at the bottom, and choosing from a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

BETWEEN: Final = "  "


class Bar(Static):
    """One line on top: where one is, and at the right what always holds."""

    ALLOW_SELECT = False

    def __init__(self, left: str, right: str = "", *, id: str | None = None) -> None:  # noqa: A002 textual's name
        super().__init__(id=id)
        self._left, self._right, self._style = left, right, ""

    def on_resize(self) -> None:
        """Draw again for another width."""
        self._draw()

    def tell(self, left: str, right: str, style: str = "") -> None:
        """Say something else, the right end perhaps on a field of colour."""
        if (left, right) != (self._left, self._right):
            self._left, self._right, self._style = left, right, style
            self._draw()

    def _draw(self) -> None:
        width = self.content_size.width
        right = Content.styled(f" {self._right} ", self._style) if self._style else Content(self._right)
        left = Content.styled(self._left, "bold").truncate(max(width - right.cell_length - 1, 0), ellipsis=True)
        gap = max(width - left.cell_length - right.cell_length, 1)
        self.update(Content.assemble(left, " " * gap, right))


class Keys(Static):
    """One line at the bottom: at most seven keys (safety.md 4), each with what it does."""

    ALLOW_SELECT = False

    _pairs: tuple[tuple[str, str], ...] = ()

    def show(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Show keys; the last ones give way where there is no room."""
        if (pairs := tuple(pairs)) != self._pairs:
            self._pairs = pairs
            self._draw()

    def on_resize(self) -> None:
        """Draw again for another width."""
        self._draw()

    def _draw(self) -> None:
        line = Content("")
        for key, does in self._pairs:
            more = Content.assemble((f" {key} ", "$on-accent on $accent bold"), f" {does}", BETWEEN)
            if line.cell_length + more.cell_length - len(BETWEEN) > self.content_size.width > 0:
                break
            line = line + more
        self.update(line)


class Choose(ModalScreen[str | None]):
    """One out of several, each with a sentence; ends with its key, or with nothing. Never open over a session."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace", "back", "Back", show=False),
    ]

    def __init__(self, title: str, choices: Iterable[tuple[str, str, str]], chosen: str) -> None:
        """Each choice is its key, its name and what it is."""
        super().__init__()
        self._title, self._choices, self._chosen = title, tuple(choices), chosen

    def compose(self) -> ComposeResult:
        """The list in the middle, and what the one under the cursor is."""
        with Vertical(id="choose"):
            yield Static(self._title, id="choose-title", markup=False)
            yield OptionList(*(Option(name, key) for key, name, _ in self._choices), id="choices", markup=False)
            yield Static(id="choose-about", markup=False)
            yield Keys(id="choose-keys")

    def on_mount(self) -> None:
        """The cursor stands on what holds."""
        self.query_one(Keys).show((("Enter", "take"), ("Esc", "back")))
        keys = [key for key, _, _ in self._choices]
        self.query_one(OptionList).highlighted = keys.index(self._chosen) if self._chosen in keys else 0

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """What the one under the cursor is."""
        self.query_one("#choose-about", Static).update(self._choices[event.option_index][2])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter takes it."""
        _ = self.dismiss(event.option.id)

    def action_back(self) -> None:
        """As it was."""
        _ = self.dismiss(None)

    def leave(self) -> None:
        """Ctrl-C: back, too."""
        _ = self.dismiss(None)

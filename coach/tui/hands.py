"""Keys reach the session before any widget, binding or overlay can take them (safety.md 4)."""

from __future__ import annotations

from typing import Protocol, TypeVar, runtime_checkable

from textual import events
from textual.app import App

from coach.keeper.wire import Done
from coach.tui.theme import DEFAULT, PALETTES, roles

T = TypeVar("T")


@runtime_checkable
class TakesKeys(Protocol):
    """A screen that sees every key first, wherever it lies in the stack."""

    def take_key(self, event: events.Key) -> bool:
        """Act on a key; False leaves it to whatever lies above."""


@runtime_checkable
class Home(Protocol):
    """The app, as a session needs it."""

    def back(self, said: Done | str | None = None) -> None:
        """Leave the screen with what is to be told."""

    def action_help(self) -> None:
        """All keys, over the session."""


class HandsFirst(App[T]):
    """An app whose keys go to the session first; without a session they go their usual way."""

    async def on_event(self, event: events.Event) -> None:
        """Give a key to the uppermost screen that takes keys, and everything else to Textual."""
        if isinstance(event, events.Key) and not event.is_forwarded and self._taken(event):
            return
        await super().on_event(event)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of panes; a theme may name others."""
        return {**super().get_theme_variable_defaults(), **roles(PALETTES[DEFAULT])}

    def _taken(self, event: events.Key) -> bool:
        for screen in reversed(self.screen_stack):
            if isinstance(screen, TakesKeys):
                self.app_focus = True  # a key that comes proves it
                return screen.take_key(event)
        return False

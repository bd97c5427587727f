"""Who looks on while a session is kept, from the network or from behind the treadmill, and what he may ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from coach.core.event import Event, Verb
from coach.core.progress import Answer
from coach.core.session import Outcome, Session
from coach.keeper.wire import Done, Snapshot


@dataclass(frozen=True, slots=True)
class Command:
    """A command from the network that was found fresh and well-formed; the session says whether it may act."""

    verb: Verb
    text: str = ""  # of a message
    answered: Callable[[Answer], None] = lambda _: None  # from the keeper's loop; it must not wait


class Onlooker(Protocol):
    """Is shown a session. Nothing here waits or raises: it is called by the loop that owns the belt."""

    def take(self, event: Event, before: Session, session: Session, outcome: Outcome) -> None:
        """Each step, in order."""

    def show(self, snapshot: Snapshot) -> None:
        """How the session looks now; ten times a second at most."""

    def end(self, done: Done) -> None:
        """What the session came to: nothing follows."""

    def close(self) -> None:
        """Say the last things and go, within a second."""


class Bridging(Onlooker, Protocol):
    """Tells a session to an MQTT broker."""

    @property
    def state(self) -> str:
        """Connected, or why not, in a few words."""


class Showing(Onlooker, Protocol):
    """Shows a session on a page behind the treadmill."""

    @property
    def address(self) -> str:
        """Of the page; nothing until it is served."""

    @property
    def watching(self) -> int:
        """Screens that drew it within the last seconds."""

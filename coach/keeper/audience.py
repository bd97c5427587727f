"""All who look on: each is shown everything, none is waited for, and one that fails is let go."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Final

from coach.core.event import Event, Remote
from coach.core.plan import Plan
from coach.core.progress import Answer
from coach.core.session import Outcome, Session
from coach.keeper.onlooker import Bridging, Command, Onlooker, Showing
from coach.keeper.wire import Begin, Done, Note, Snapshot
from coach.sinks.header import Origin

FAILED: Final = "failed"  # what a bridge is that was let go

log = logging.getLogger(__name__)


class Audience:
    """The broker and the page behind the treadmill, as far as they were asked for. Nothing here waits or raises."""

    def __init__(self, bridge: Bridging | None = None, page: Showing | None = None) -> None:
        self._bridge, self._page = bridge, page
        self._all: list[Onlooker] = [one for one in (bridge, page) if one is not None]
        self._tickets = 0
        self._asked: dict[int, Command] = {}  # that wait for their answer, by their tickets

    @classmethod
    def of(
        cls,
        begin: Begin,
        plan: Plan,
        origin: Origin,
        offer: Callable[[Command], None],
        note: Callable[[Note], None],
        seen: Callable[[bool], None],
    ) -> Audience:
        """Those that a session was asked to have; one that cannot be begun is told, and the session goes on.

        Args:
            begin: what was asked for.
            plan: of the session.
            origin: of its journal.
            offer: takes commands, from any thread.
            note: takes what the runner is told, from any thread.
            seen: told whether somebody's screen shows the page, from any thread.
        """
        bridge: Bridging | None = None
        page: Showing | None = None

        def told(text: str) -> None:
            note(Note(text))

        if begin.broker is not None:
            try:
                from coach.sinks.bridge import Bridge

                bridge = Bridge(begin.broker, plan, origin, offer, told)
            except Exception:  # whatever it is, the belt is not held up by a network
                log.exception("no bridge")
                told("The session is not told to the network: the bridge could not be begun.")
        if begin.share is not None:
            try:
                from coach.sinks.page import Page

                page = Page(begin.share, plan, origin, offer, told, seen)
            except Exception:
                log.exception("no page")
                told("There is no page behind the treadmill: it could not be begun.")
        return cls(bridge, page)

    @property
    def broker(self) -> str:
        """How the broker is reached, in words; nothing where none was asked for."""
        if self._bridge is None:
            return ""
        return self._bridge.state if self._bridge in self._all else FAILED

    @property
    def page(self) -> str:
        """The address of the page, or nothing."""
        return self._page.address if self._page in self._all else ""

    @property
    def watching(self) -> int:
        """Screens that show the page."""
        return self._page.watching if self._page in self._all else 0

    def asked(self, command: Command, at_s: float) -> Remote:
        """A command as the session takes it, with the number of its answer."""
        self._tickets += 1
        self._asked[self._tickets] = command
        return Remote(at_s, command.verb, command.text, self._tickets)

    def take(self, event: Event, before: Session, session: Session, outcome: Outcome) -> None:
        """One step of the fold."""
        self._each(lambda one: one.take(event, before, session, outcome))
        if isinstance(event, Remote):
            self._answer(session.progress.answer)

    def _answer(self, answer: Answer | None) -> None:
        """Say what became of a command."""
        if answer is not None and (command := self._asked.pop(answer.ticket, None)) is not None:
            log.info("%s from the network: %s", command.verb, answer.why or "done")
            command.answered(answer)

    def show(self, snapshot: Snapshot) -> None:
        """How the session looks now."""
        self._each(lambda one: one.show(snapshot))

    def end(self, done: Done) -> None:
        """What it came to."""
        self._each(lambda one: one.end(done))

    def close(self) -> None:
        """Let them say their last things."""
        self._each(lambda one: one.close())

    def _each(self, act: Callable[[Onlooker], None]) -> None:
        for one in tuple(self._all):
            try:
                act(one)
            except Exception:
                log.exception("%s looks on no more", type(one).__name__)
                self._all.remove(one)
                Thread(target=_closed, args=(one,), daemon=True).start()  # its end may take a second


def _closed(one: Onlooker) -> None:
    with suppress(Exception):
        one.close()

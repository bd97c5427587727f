"""A sentence or the alarm outside of a session: rendered and played in a thread, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Final, TypeAlias

from coach.core.error import CoachError
from coach.sinks.alarm import Words, load, prepare
from coach.sinks.player import Player, find_player
from coach.sinks.speech import Cache, find_engine
from coach.sinks.tone import lasts_s

Making: TypeAlias = Callable[[], Path]
ALARM: Final = "alarm"  # the folder of its files, beside the phrases


class Mouth:
    """Speaks for screens and commands; where there is no voice or no player, nothing sounds and `mute` says why."""

    def __init__(self, folder: Path, player: Player | None = None) -> None:
        """`folder` is that of the sounds of this user."""
        self._folder = folder
        self._player = player or find_player()
        self._one = Lock()  # one sentence after the other
        self.mute = "" if self._player.there else "no program that plays sounds was found"

    def say(self, text: str) -> Thread:
        """Say it; the thread ends when it was said."""
        return self._begun(lambda: self._spoken(text))

    def alarm(self) -> Thread:
        """Play the danger tone with its words, once."""
        return self._begun(self._alarm)

    def _begun(self, make: Making) -> Thread:
        thread = Thread(target=self._play, args=(make,), name="mouth", daemon=True)
        thread.start()
        return thread

    def _play(self, make: Making) -> None:
        with self._one, suppress(CoachError, OSError):
            path = make()
            length_s = lasts_s(path)
            if self._player.there:
                self._player.play(path, length_s, lambda _: None).join(length_s + 2.0)

    def _spoken(self, text: str) -> Path:
        engine = find_engine()
        if engine is None or not engine.renders:
            self.mute = "no voice was found"
            raise CoachError(self.mute)
        cache = Cache(self._folder)
        path = cache.path(engine, None, text)
        return path if cache.found(path) else cache.make(engine, None, text)

    def _alarm(self) -> Path:
        folder = self._folder / ALARM
        alarm = load(folder)
        return (alarm if alarm.complete else prepare(folder)).path(Words.RAILS)

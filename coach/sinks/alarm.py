"""The alarm that outlives the keeper: danger tone and words as files that are made beforehand, and what plays them.

Guard and cockpit each hold one (safety.md 9). Standard library only, and light: nothing is loaded when it must sound.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TextIO
from zlib import crc32

from coach.sinks.player import Fate, Player, Playing, find_player
from coach.sinks.speech import Engine, SpeechError, find_engine
from coach.sinks.tone import SoundError, Tone, join, lasts_s, write

EVERY_S: Final = 3.0  # as the words of every alarm (safety.md 1, NOT_OBEYED)
BELL: Final = "\a"
TONE: Final = "danger.wav"
CLOSE_WITHIN_S: Final = 1.0  # a player that hangs keeps nobody
LONGEST_S: Final = 8.0  # of the longest words and a player that hangs


class Words(StrEnum):
    """What is said when nobody but guard or cockpit is left to say it."""

    RAILS = "Rails. Step off. Pull the clip."
    KEEPER = "Hold the rails. Coach lost the belt."
    STANDS = "Belt stopped."


class Way(StrEnum):
    """How an alarm sounds."""

    SILENT = "silent"  # none is on
    PLAYER = "player"
    BELL = "bell"  # of the terminal: no player works
    NOTHING = "nothing"  # no player and no terminal


@dataclass(frozen=True, slots=True)
class Alarm:
    """The files of an alarm; words that no engine spoke are the tone alone."""

    tone: Path
    phrases: Mapping[Words, Path]

    @property
    def complete(self) -> bool:
        """Tone and all words are there; without an engine they never are."""
        return self.tone.is_file() and set(self.phrases) == set(Words)

    def path(self, words: Words) -> Path:
        """The file to play."""
        return self.phrases.get(words, self.tone)


def prepare(folder: Path, engine: Engine | None = None) -> Alarm:
    """Write the files of an alarm into a folder, each with the danger tone in front of its words, the bare tone last.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    speaks = engine or find_engine()
    for words in Words if speaks is not None and speaks.renders else ():
        assert speaks is not None
        path = _file(folder, words)
        part = path.with_suffix(f".{os.getpid()}.part.wav")
        try:
            speaks.render(words, part)
            join(Tone.DANGER, part, part)
            part.replace(path)
        except (SpeechError, SoundError):
            part.unlink(missing_ok=True)
            break  # an engine that fails once may hang the next time, and this is awaited
    if speaks is not None and engine is None:
        speaks.close()
    write(Tone.DANGER, folder / TONE)
    return load(folder)


def load(folder: Path) -> Alarm:
    """An alarm that was prepared there, by this process or another."""
    found = {words: _file(folder, words) for words in Words}
    return Alarm(folder / TONE, {words: path for words, path in found.items() if path.is_file()})


def _file(folder: Path, words: Words) -> Path:
    """Other words have another file: what an older version prepared is not said by a newer one."""
    return folder / f"{words.name.lower()}-{crc32(words.encode()):08x}.wav"


class Siren:
    """Plays an alarm at once and every 3 s until it is silenced, by a player or else by the bell of a terminal."""

    def __init__(self, alarm: Alarm, player: Player | None = None, terminal: TextIO | None = None) -> None:
        """`terminal` has the bell; without one it is the standard error, if that is a terminal."""
        self.way = Way.SILENT
        self._alarm = alarm
        self._player = player or find_player()
        self._terminal = terminal or sys.__stderr__
        self._words = Words.RAILS
        self._silent = True
        self._again = threading.Event()  # do not wait for the next time
        self._lock = threading.Lock()
        self._playing: list[Playing] = []
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Say that the keeper is lost."""
        self.sound(Words.KEEPER)

    def sound(self, words: Words) -> None:
        """Sound at once, or go on with other words; returns before anything is heard."""
        with self._lock:
            changed, self._words = self._words is not words, words
            if self._silent:
                self._silent, self.way = False, Way.PLAYER if self._player.there else self._bell()
                self._again = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(self._again,), name="coach siren", daemon=True)
                self._thread.start()
            elif changed:
                self._cut()

    def silence(self) -> None:
        """End it now."""
        with self._lock:
            self._silent, self.way = True, Way.SILENT
            self._cut()
        if self._thread is not None:
            self._thread.join(CLOSE_WITHIN_S)

    def _cut(self) -> None:
        for one in self._playing:
            one.cut()
        self._again.set()

    def _run(self, again: threading.Event) -> None:
        while True:
            with self._lock:
                if self._silent or again is not self._again:
                    return
                again.clear()
                playing = self._playing = self._play(self._alarm.path(self._words))
            again.wait(EVERY_S)
            for one in playing:
                one.join(LONGEST_S)

    def _play(self, path: Path) -> list[Playing]:
        """By the player that works, or by every one that is there once it has failed."""
        try:
            length_s = lasts_s(path)
        except SoundError:  # the file is gone: whoever cleans folders knows nothing of belts
            self._ring()
            return []
        if self.way in {Way.BELL, Way.NOTHING} and self._player.there:
            return self._player.everywhere(path, length_s, self._heard)
        return [self._player.play(path, length_s, self._heard)]

    def _heard(self, playing: Playing) -> None:
        if playing.fate is Fate.PLAYED and not self._silent:
            self.way = Way.PLAYER
        elif playing.fate is Fate.FAILED and not self._silent:
            self._ring()

    def _ring(self) -> None:
        self.way = self._bell()
        if self.way is Way.BELL and self._terminal is not None:
            try:
                self._terminal.write(BELL)
                self._terminal.flush()
            except (OSError, ValueError):
                self.way = Way.NOTHING

    def _bell(self) -> Way:
        try:
            return Way.BELL if self._terminal is not None and self._terminal.isatty() else Way.NOTHING
        except ValueError:  # it is closed
            return Way.NOTHING

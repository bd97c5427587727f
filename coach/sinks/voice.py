"""The voice: a sink that sounds cues as tones and words, in a thread of its own, and says when it cannot.

`take()` puts into a queue and returns; who speaks, who is cut and whether the sound is lost is the Speaker's to decide,
in a thread that waits for nothing but this queue.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final, TypeAlias, assert_never

from coach.core.cue import Cue
from coach.core.plan import Plan
from coach.keeper.wire import Voice
from coach.sinks.phrase import effective, phrases
from coach.sinks.player import Player, Playing, find_player
from coach.sinks.speaker import Files, Owner, Speaker, Start
from coach.sinks.speech import LATER, Cache, Engine, Renderer, find_engine
from coach.sinks.tone import Tone, write, write_silence

log = logging.getLogger(__name__)

MOST_QUEUED: Final = 64  # messages that wait; a session brings one or two a second
CLOSE_WITHIN_S: Final = 2.0  # a player that hangs keeps nobody
HANGS_S: Final = 0.5  # a thread that is busy for so long sounds nothing; it never should be (safety.md 8, sound lost)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long after their instants sounds began, those left out that waited for another to end."""

    count: int = 0
    median_s: float = 0.0
    p99_s: float = 0.0
    most_s: float = 0.0
    held: int = 0  # that waited
    dropped: int = 0  # that would have been too late, or were replaced


@dataclass(frozen=True, slots=True)
class _Cues:
    cues: tuple[Cue, ...]
    rear: bool
    due_s: float


@dataclass(frozen=True, slots=True)
class _Danger:
    pass


@dataclass(frozen=True, slots=True)
class _Rendered:
    text: str


@dataclass(frozen=True, slots=True)
class _Close:
    pass


_Message: TypeAlias = _Cues | Voice | _Danger | Playing | _Rendered | _Close


class VoiceSink:
    """Sounds the cues of one session. Nothing here blocks or raises; close() takes two seconds at most."""

    def __init__(
        self,
        plan: Plan,
        voice: Voice,
        *,
        simulated: bool,
        greeting: str,
        player: Player,
        engine: Engine | None,
        folder: Path,
        lost: Callable[[str], None],
        found: Callable[[], None],
    ) -> None:
        """Begin to render into `folder`; `greeting` is the first phrase, and says whether the treadmill is a real one.

        `lost` (with the reason) and `found` are called in a thread of the sink; they must not wait.
        """
        self.overflow = 0  # messages that found the queue full
        self.failed = ""  # why there is no voice any more
        self._inbox: SimpleQueue[_Message] = SimpleQueue()
        self._simulated, self._words_needed, self._greeting = simulated, plan.backward, greeting
        self._plan, self._voice, self._player, self._engine, self._folder = plan, voice, player, engine, folder
        self._owner = Owner(lost, found, self._inbox.put)
        self._starts: deque[Start] = deque()
        self._dropped = 0
        self._prepared = False
        self._busy_at_s = inf  # since when the thread has not come back to its queue
        self._hangs = False
        self._thread = threading.Thread(target=self._run, name="coach voice", daemon=True)
        self._thread.start()

    @classmethod
    def open(
        cls,
        plan: Plan,
        voice: Voice,
        *,
        simulated: bool,
        greeting: str,
        folder: Path,
        lost: Callable[[str], None],
        found: Callable[[], None],
        player: str = "",
        engine: str = "",
    ) -> VoiceSink:
        """The voice of this computer, its phrases in `folder`; `player` and `engine` are settings that name others."""
        return cls(
            plan,
            voice,
            simulated=simulated,
            greeting=greeting,
            player=find_player(player),
            engine=find_engine(engine),
            folder=folder,
            lost=lost,
            found=found,
        )

    def take(self, cues: tuple[Cue, ...], *, rear: bool, due_s: float) -> None:
        """Sound cues, the first of them at `due_s` of time.monotonic(); `rear` is facing the rear or turning."""
        if cues:
            self._put(_Cues(cues, rear, due_s))

    def voice(self, voice: Voice) -> None:
        """Say so much from here on."""
        self._put(voice)

    def danger(self) -> None:
        """Sound the danger tone at once."""
        self._put(_Danger())

    def lateness(self) -> Lateness:
        """How well it kept time so far."""
        starts = self._starts.copy()
        late_s = sorted(start.late_s for start in starts if not start.held)
        held = len(starts) - len(late_s)
        if len(late_s) < 2:
            most_s = max(late_s, default=0.0)
            return Lateness(len(late_s), most_s, most_s, most_s, held, self._dropped)
        cuts = quantiles(late_s, n=100, method="inclusive")
        return Lateness(len(late_s), cuts[49], cuts[98], late_s[-1], held, self._dropped)

    def close(self) -> None:
        """End what sounds, and the threads."""
        self._inbox.put(_Close())
        self._thread.join(CLOSE_WITHIN_S)

    def _put(self, message: _Message) -> None:
        if self._inbox.qsize() >= MOST_QUEUED:
            self.overflow += 1
        else:
            self._inbox.put(message)
        if self._audible and not self._hangs and monotonic() - self._busy_at_s > HANGS_S:
            self._hangs = True
            self._owner.lost("the voice hangs")

    @property
    def _audible(self) -> bool:
        return effective(self._voice, rear=False, simulated=self._simulated) is not Voice.CAPTIONS

    def _run(self) -> None:
        try:
            with TemporaryDirectory(prefix="coach-", ignore_cleanup_errors=True) as folder:
                self._speak(_files(Path(folder)))
        except Exception as error:  # a voice that dies unheard must be known to who faces the rear
            log.warning("the voice has failed", exc_info=True)
            self.failed = str(error) or type(error).__name__
            self._stay_lost()

    def _stay_lost(self) -> None:
        """There is no voice any more: say so as soon as one is wanted."""
        told, message = False, None
        while not isinstance(message, _Close):
            if self._audible and not told:
                self._owner.lost(self.failed)
                told = True
            message = self._inbox.get()
            self._voice = message if isinstance(message, Voice) else self._voice

    def _speak(self, files: Files) -> None:
        renderer = self._renderer()
        speaker = Speaker(
            files,
            self._player,
            renderer,
            self._owner,
            voice=self._voice,
            simulated=self._simulated,
            words_needed=self._words_needed,
            greeting=self._greeting,
        )
        self._starts = speaker.starts
        try:
            self._prepare(renderer)
            while self._told(speaker, renderer):
                speaker.look()
                self._dropped = speaker.floor.dropped
                self._back(speaker)
        finally:
            self._busy_at_s = inf
            speaker.close(CLOSE_WITHIN_S / 4)
            if renderer is not None:
                renderer.close(CLOSE_WITHIN_S / 4)

    def _back(self, speaker: Speaker) -> None:
        """The thread is back at its queue."""
        self._busy_at_s = inf
        if self._hangs:
            self._hangs = False
            if not speaker.lost:
                self._owner.found()

    def _renderer(self) -> Renderer | None:
        if self._engine is None:
            return None
        return Renderer(self._engine, Cache(self._folder), lambda _, text: self._inbox.put(_Rendered(text)))

    def _prepare(self, renderer: Renderer | None) -> None:
        """Have all rendered that can be foreseen, alarms first; captions need nothing."""
        if renderer is None or not renderer.engine.renders or not self._audible or self._prepared:
            return
        self._prepared = True
        for voice in dict.fromkeys((self._voice, Voice.SHORT, Voice.FULL)):
            for tone, text in phrases(self._plan, voice):
                renderer.want(tone, text, LATER)

    def _told(self, speaker: Speaker, renderer: Renderer | None) -> bool:
        """Pass one message on; false when it is the last."""
        try:
            message = self._inbox.get(timeout=speaker.wait_s())
        except Empty:
            return True
        finally:
            self._busy_at_s = monotonic()
        match message:
            case _Cues(cues, rear, due_s):
                speaker.cues(cues, rear=rear, due_s=due_s)
            case Voice():
                speaker.choose(message)
                self._voice = message
                self._prepare(renderer)
            case _Danger():
                speaker.danger()
            case Playing():
                speaker.ended(message)
            case _Rendered(text):
                speaker.rendered(text)
            case _Close():
                return False
            case _:
                assert_never(message)
        return True


def _files(folder: Path) -> Files:
    tones = {tone: folder / f"{tone}.wav" for tone in Tone}
    for tone, path in tones.items():
        write(tone, path)
    silence = folder / "silence.wav"
    write_silence(silence)
    return Files(tones, silence)

"""One mouth: takes cues, gives the floor, plays files in turn, and knows whether the sound works.

Everything here runs in one thread and waits for nothing. Sounds are played and words rendered elsewhere; what comes of
them is told by `ended()` and `rendered()`, and `look()` is called when `wait_s()` have passed or anything was told.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import monotonic
from typing import Final

from coach.core.cue import Cue, CueKind
from coach.keeper.wire import Voice
from coach.sinks.floor import Floor, Utterance
from coach.sinks.phrase import effective, utterance
from coach.sinks.player import STARTS_WITHIN_S, Fate, Player, Playing
from coach.sinks.speech import SOON, Renderer
from coach.sinks.tone import SILENCE_S, SoundError, Tone, lasts_s

log = logging.getLogger(__name__)

PROBE_EVERY_S: Final = 3.0  # a silent sound, while the sound is lost
CUT_WITHIN_S: Final = 0.1  # a sound that was cut has let the device go by then
WORDS_WITHIN_S: Final = 2.0  # words that were not foreseen are awaited so long
LONGEST_WORDS_S: Final = 15.0  # of an engine that only speaks
MOST_BESIDE: Final = 8  # sounds that do not begin or end; no more are added to them
REMEMBERED: Final = 2000  # starts, for the statistic


@dataclass(frozen=True, slots=True)
class Start:
    """A sound that began: how long after its instant, and whether it waited for another to end."""

    kind: CueKind
    text: str
    late_s: float
    held: bool


@dataclass(frozen=True, slots=True)
class Files:
    """The sounds that need no engine."""

    tones: Mapping[Tone, Path]
    silence: Path


@dataclass(frozen=True, slots=True)
class Owner:
    """Who hears of what happens; nothing here may wait."""

    lost: Callable[[str], None]  # with the reason
    found: Callable[[], None]
    ended: Callable[[Playing], None]  # in any thread; it leads to Speaker.ended()


class Speaker:
    """Sounds cues, one at a time."""

    def __init__(
        self,
        files: Files,
        player: Player,
        renderer: Renderer | None,
        owner: Owner,
        *,
        voice: Voice,
        simulated: bool,
        words_needed: bool = False,
        greeting: str = "",
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`words_needed`: without an engine the sound counts as lost, for who faces the rear is led by words."""
        self.floor = Floor()
        self.starts: deque[Start] = deque(maxlen=REMEMBERED)
        self.lost = ""  # why; empty while all is well
        self._files, self._player, self._renderer, self._owner = files, player, renderer, owner
        self._voice, self._simulated, self._greeting, self._clock = voice, simulated, greeting, clock
        self._words_needed = words_needed
        self._rear = False
        self._playing: Playing | None = None
        self._begun_s = -inf
        self._then = ""  # words that follow the tone which sounds
        self._then_until_s = inf
        self._cut_at_s: float | None = None
        self._everywhere = False  # what sounds was given to every player
        self._live = False  # what sounds is spoken by the engine itself
        self._told = False  # the start of what sounds is remembered
        self._freed_at_s = -inf
        self._beside: list[Playing] = []  # on other players, or left to themselves
        self._probe_at_s = inf
        if self._audible:
            self._wake()

    # What is told.

    def cues(self, cues: tuple[Cue, ...], *, rear: bool, due_s: float) -> None:
        """Sound cues, the first of them at `due_s`."""
        self._rear = rear
        voice = effective(self._voice, rear=rear, simulated=self._simulated)
        for cue in cues:
            wanted = utterance(cue, voice, due_s + cue.at_s - cues[0].at_s)
            if wanted is not None:
                self._ask(wanted)

    def choose(self, voice: Voice) -> None:
        """Say so much from here on."""
        audible, self._voice = self._audible, voice
        if self._audible and not audible:
            self._wake()
        elif audible and not self._audible:
            self._sleep()

    def danger(self) -> None:
        """Sound the danger tone at once."""
        if self._audible:
            self._ask(Utterance(CueKind.ALARM, Tone.DANGER, "", self._clock()))

    def ended(self, playing: Playing) -> None:
        """A sound has come to its end."""
        if playing is not self._playing:
            self._beside = [one for one in self._beside if one is not playing]
            self._judge(playing, counts=False)
            return
        self._playing, self._cut_at_s = None, None
        self._remember(playing)
        self._judge(playing, counts=not self._everywhere)
        if self._then and playing.fate is not Fate.CUT:
            self._then_until_s = self._clock() + WORDS_WITHIN_S
            self._words()
        else:
            self._over()

    def rendered(self, text: str) -> None:
        """Words are there, or will never be."""
        if self._renderer is not None and self._speechless:
            self._lose(self._renderer.broken)
        if text == self._then and self._playing is None:
            self._words()

    def look(self) -> None:
        """Do what time asks for."""
        now_s = self._clock()
        if self._cut_at_s is not None and now_s - self._cut_at_s >= CUT_WITHIN_S:
            self._abandon()
        if self._playing is not None and self._playing.late:
            self._lose("the player does not start")
            self._abandon()
        if self._then and self._playing is None and now_s >= self._then_until_s:
            self._over()
        if self._playing is None and not self._then:
            self._next(now_s)
        if now_s >= self._probe_at_s:
            self._probe(now_s)

    def wait_s(self) -> float | None:
        """How long nothing happens by itself; None is for ever."""
        now_s, due_s = self._clock(), self._probe_at_s
        if self._cut_at_s is not None:
            due_s = min(due_s, self._cut_at_s + CUT_WITHIN_S)
        elif self._playing is not None and self._playing.started_at_s is None:
            due_s = min(due_s, self._begun_s + STARTS_WITHIN_S)
        if self._then and self._playing is None:
            due_s = min(due_s, self._then_until_s)
        if self.floor.speaking is None:
            due_s = min(due_s, self.floor.due_s())
        return None if due_s == inf else max(due_s - now_s, 0.005)  # a late start is asked for again every 5 ms

    def close(self, timeout_s: float) -> None:
        """Cut what sounds."""
        self.floor.clear()
        playing = [one for one in (self._playing, *self._beside) if one is not None]
        for one in playing:
            one.cut()
        until_s = monotonic() + timeout_s
        for one in playing:
            one.join(max(until_s - monotonic(), 0.0))

    # What is done.

    @property
    def _audible(self) -> bool:
        return effective(self._voice, rear=self._rear, simulated=self._simulated) is not Voice.CAPTIONS

    def _wake(self) -> None:
        """From here on there is sound: is there a player, and what is said first?"""
        if self._speechless:
            self._lose("nothing here can speak")
        self._probe_at_s = self._clock()
        if self._greeting:
            self._ask(Utterance(CueKind.NOTICE, None, self._greeting, self._clock()))
            self._greeting = ""

    def _sleep(self) -> None:
        """Captions from here on: they cannot be lost."""
        self.floor.clear()
        self._cut()
        self._probe_at_s = inf
        if self.lost:
            self.lost = ""
            self._owner.found()

    def _ask(self, wanted: Utterance) -> None:
        if self.floor.ask(wanted) or (self._playing is not None and self.floor.speaking is None):
            self._cut()  # what sounds without the floor is a probe, or was cut before

    def _cut(self) -> None:
        self._then = ""
        if self._playing is None:
            self._over()
        elif self._cut_at_s is None:
            self._cut_at_s = self._clock()
            for one in (self._playing, *(self._beside if self._everywhere else ())):
                one.cut()
            if self._live and self._renderer is not None:
                self._beside.append(Playing([self._renderer.engine.hushing()], CUT_WITHIN_S, self._owner.ended))

    def _next(self, now_s: float) -> None:
        one = self.floor.next(now_s)
        if one is None:
            return
        self._told = False
        if len(self._beside) >= MOST_BESIDE:
            self._over()
            return
        path = self._path(one)
        if path is None and one.text:
            self._then = one.text
            self._then_until_s = now_s + WORDS_WITHIN_S
            if self._renderer is not None and self._renderer.engine.renders:
                self._renderer.want(None, one.text, SOON)
        if path is None and one.tone is not None:
            path = self._files.tones[one.tone]
        if path is not None:
            self._play(path)
        else:
            self._words()

    def _path(self, one: Utterance) -> Path | None:
        """The file of the whole, if there is one."""
        if not one.text:
            return None if one.tone is None else self._files.tones[one.tone]
        return None if self._renderer is None else self._renderer.ready(one.tone, one.text)

    def _play(self, path: Path) -> None:
        speaking, self._begun_s, self._live = self.floor.speaking, self._clock(), False
        try:
            length_s = lasts_s(path)
        except SoundError as error:
            log.warning("not played: %s", error)
            self._over()
            return
        self._everywhere = self.lost != "" and speaking is not None and speaking.kind is CueKind.ALARM
        if self._everywhere:
            playing = self._player.everywhere(path, length_s, self._owner.ended)
            self._beside += playing[1:]
            self._playing = playing[0] if playing else None
        else:
            self._playing = self._player.play(path, length_s, self._owner.ended)
        if self._playing is None:
            self._over()

    def _words(self) -> None:
        """The words behind a tone, as soon as they are there."""
        text, renderer = self._then, self._renderer
        if renderer is None or renderer.broken:
            self._over()
            return
        if not renderer.engine.renders:
            self._then, self._begun_s, self._live, self._everywhere = "", self._clock(), True, False
            self._playing = Playing([renderer.engine.speaking(text)], LONGEST_WORDS_S, self._owner.ended)
            return
        path = renderer.ready(None, text)
        if path is not None:
            self._then = ""
            self._play(path)

    def _over(self) -> None:
        self._then, self._freed_at_s = "", self._clock()
        self.floor.over()

    def _abandon(self) -> None:
        """A sound that does not begin, or does not end when it is cut, is left to itself."""
        if self._playing is not None:
            self._playing.cut()
            self._beside.append(self._playing)
        self._playing, self._cut_at_s = None, None
        self._over()

    # Whether the sound works.

    @property
    def _speechless(self) -> bool:
        """Words will be needed and there is nothing that says them; no player mends that."""
        return self._words_needed and (self._renderer is None or self._renderer.broken != "")

    def _judge(self, playing: Playing, *, counts: bool) -> None:
        if playing.fate is Fate.PLAYED:
            self._find()
        elif playing.fate is Fate.FAILED and counts:
            self._lose("no player plays")

    def _lose(self, why: str) -> None:
        if self.lost or not self._audible:
            return
        self.lost = why
        self._probe_at_s = self._clock() + PROBE_EVERY_S
        log.warning("sound lost: %s", why)
        self._owner.lost(why)
        if self._rear:
            path = self._files.tones[Tone.DANGER]
            self._beside += self._player.everywhere(path, lasts_s(path), self._owner.ended)

    def _find(self) -> None:
        if not self.lost or self._speechless:
            return
        self.lost, self._probe_at_s = "", inf
        log.warning("sound is back")
        self._owner.found()

    def _probe(self, now_s: float) -> None:
        """Play a silence, if nothing sounds that would tell as well."""
        self._probe_at_s = now_s + PROBE_EVERY_S if self.lost and not self._speechless else inf
        if self._playing is None and not self._then and len(self._beside) < MOST_BESIDE:
            self._begun_s, self._everywhere, self._live = now_s, False, False
            self._playing = self._player.play(self._files.silence, SILENCE_S, self._owner.ended)

    def _remember(self, playing: Playing) -> None:
        one = self.floor.speaking
        if one is None or playing.started_at_s is None or self._told:
            return
        self._told = True
        held = self._freed_at_s > one.due_s + CUT_WITHIN_S
        late_s = playing.started_at_s - one.due_s
        self.starts.append(Start(one.kind, one.text, late_s, held))
        log.debug("%s %.0f ms after its time%s: %s", one.kind, late_s * 1000, ", held" if held else "", one.text)

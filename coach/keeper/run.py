"""The keeper: one inbox, one fold, and a belt that stands when it leaves (safety.md 9).

The loop takes what the cockpit says, plays the session up to now, and tells what became of it. Whatever may wait (the
journal, the voice, the pipes) sits behind threads; a loop that has not turned for HUNG_S ends the process, and the
guard stops the belt.
"""

from __future__ import annotations

import faulthandler
import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic
from typing import IO, Final, Protocol, TypeAlias

from coach.core.cue import Cue
from coach.core.energy import PRACTISED_SESSIONS
from coach.core.error import CoachError
from coach.core.event import (
    CockpitSilent,
    FocusFound,
    FocusLost,
    GuardFound,
    GuardLost,
    Pressed,
    SoundFound,
    SoundLost,
)
from coach.core.wish import TURNING, Phase
from coach.core.workout import Facing
from coach.keeper.audience import Audience
from coach.keeper.lapse import Lapse, true_speed
from coach.keeper.onlooker import Command
from coach.keeper.pulse import SILENT_S, TONE_S, Pulse
from coach.keeper.slept import Sleeper
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import (
    BEAT_S,
    Beat,
    Begin,
    Focus,
    FromKeeper,
    Leave,
    Mischief,
    Note,
    Press,
    Said,
    Say,
    ToKeeper,
    Voice,
    encode,
)
from coach.link.fault import parse_fault_now
from coach.link.world import Step, World
from coach.sinks.journal import Journal

HUNG_S: Final = 1.5  # a loop that has not turned for so long ends the process (safety.md 9)
REARM_S: Final = 0.3  # how often that is put off
LONGEST_WAIT_S: Final = 0.25  # the voice and the sleep guard are looked after so often
SNAPSHOT_S: Final = 0.1  # at most ten a second
CAPTION_PACE: Final = 2.0  # time that goes faster than this has no voice (design.md 8)
RECONNECT_S: Final = 2.0  # what connecting again takes
LEAVING_S: Final = 2.0  # the session itself has so long to end, once nobody is there any more
_WAITS: Final = frozenset({Phase.PAUSED, Phase.KEY})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Closed:
    """The cockpit's pipe has ended: it is gone for good."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The runner can be spoken to, or not any more."""

    on: bool
    why: str = ""  # it is not


@dataclass(frozen=True, slots=True)
class Stir:
    """The treadmill or the strap has said something."""


Inbound: TypeAlias = ToKeeper | Closed | Sound | Note | Stir | Command
Inbox: TypeAlias = "SimpleQueue[Inbound]"


class Speaker(Protocol):
    """What speaks. Nothing here waits."""

    def take(self, cues: tuple[Cue, ...], *, rear: bool, due_s: float) -> None:
        """Say cues that are due at an instant of the monotonic clock; `rear`: facing the rear or turning."""

    def voice(self, voice: Voice) -> None:
        """How much is said from here on."""

    def danger(self) -> None:
        """The danger tone, at once."""


class Watch(Protocol):
    """The guard, as the keeper knows it. Nothing here waits."""

    @property
    def alive(self) -> bool:
        """It is asleep and would wake up."""

    def report(self, kmh: float | None, *, rear: bool, phase: str, starting: bool, mute: bool) -> None:
        """What the belt last said."""


@dataclass
class Fittings:
    """All that a keeper is given."""

    world: World
    inbox: Inbox
    out: Callable[[bytes, bool], None]  # a line to the cockpit; True: only the newest of its kind counts
    journal: Journal | None
    recording: Callable[[], bool]
    speaker: Speaker | None
    watch: Watch | None
    awake: Callable[[], bool]
    paced: Callable[[float], None] = lambda _: None  # how fast the session's clock goes from here on
    timelapse: float = 1.0
    lapse_turns: bool = False
    voice: Voice = Voice.CAPTIONS
    clock: Callable[[], float] = monotonic
    sleeper: Callable[[], float] | None = None
    trouble: Callable[[], str] = str  # why the treadmill is not reached
    refusal: Callable[[], str] = str  # why it never will be
    backward_sessions: int = PRACTISED_SESSIONS  # that the runner has done: the first ones cost more
    watchdog: IO[str] | None = None  # where a loop that hangs tells where it hung
    audience: Audience = field(default_factory=Audience)
    worded: Callable[[str], str] = str  # what a cue is to this runner


class Keeper:
    """Keeps one session until it has ended."""

    def __init__(self, fittings: Fittings) -> None:
        self._fit = fittings
        self.world = fittings.world
        self.watcher = Watcher(self.world.plan, backward_sessions=fittings.backward_sessions)
        self._lapse = Lapse(self._pace(), fittings.clock, self.world.at_s)
        self._voice = fittings.voice
        self._pulse = Pulse()
        self._gap_s = fittings.sleeper or Sleeper().gap_s
        self._beats = self._echo = 0
        self._beat_at_s = -inf
        self._armed_at_s = -inf
        self._snapshot_at_s = -inf
        self._changed = True
        self._toned = self._silent = False
        self._guarded = True  # until it is found missing
        self._left_at_s = inf

    def run(self) -> None:
        """Turn the loop until the session is over."""
        gc.collect()
        gc.freeze()
        while not self.over():
            self.turn()
        self._show(self._fit.clock())
        if self._fit.watchdog is not None and self.stands:  # else what is left to do must not hang either
            faulthandler.cancel_dump_traceback_later()

    def beat(self) -> None:
        """Say that we live: also while something is waited for after the end."""
        self._beats += 1
        self._send(Beat(self._beats, self._echo))

    @property
    def stands(self) -> bool:
        """The belt stands, or never moved."""
        session = self.world.session
        return session.belt.still or (session.progress.starts == 0 and not session.belt.moving)

    def session_s(self, mono_s: float) -> float:
        """An instant of the monotonic clock as one of the session."""
        return self._lapse.session_s(mono_s)

    def over(self) -> bool:
        """The session has ended, or nobody is there and nothing was ever started."""
        world = self.world
        if world.ended or self._fit.refusal():
            return True
        if world.at_s < self._left_at_s + LEAVING_S:
            return False
        session = world.session
        return session.progress.phase is Phase.CONNECTING or (session.belt.still and session.progress.phase in _WAITS)

    def turn(self) -> None:
        """One turn of the loop: wait, hear, fold, tell."""
        heard = self._heard()
        now_s = self._fit.clock()
        self._rearm(now_s)
        gap_s = self._gap_s()
        if gap_s:
            log.warning("slept for %.1f s", gap_s)
            self._pulse.excuse(now_s)
            self.world.sleep(gap_s, self._at_s(), back_s=self._at_s() + RECONNECT_S)
        for message in heard:
            self._take(message, now_s)
        self._listen(now_s)
        self._look_at_guard()
        self._fold()
        self._tell(self._fit.clock())

    # What comes in.

    def _heard(self) -> list[Inbound]:
        """Sleep until something is due or somebody says something."""
        inbox, wait_s = self._fit.inbox, self._wait_s()
        found: list[Inbound] = []
        try:
            found.append(inbox.get(timeout=wait_s) if wait_s > 0 else inbox.get_nowait())
            while True:
                found.append(inbox.get_nowait())
        except Empty:
            return found

    def _wait_s(self) -> float:
        now_s = self._fit.clock()
        due_s = self._lapse.wait_s(self.world.due_s())
        beat_s = self._beat_at_s + BEAT_S - now_s
        shown_s = self._snapshot_at_s + SNAPSHOT_S - now_s if self._changed else inf
        watched = self._left_at_s == inf and not self._silent and self._pulse.last_s > -inf
        silent_s = SILENT_S - self._pulse.silent_s(now_s) if watched else inf
        return min(due_s, beat_s, shown_s, silent_s, LONGEST_WAIT_S)

    def _at_s(self) -> float:
        return max(self._lapse.now_s(), self.world.at_s)

    def _take(self, message: Inbound, now_s: float) -> None:
        at_s, world = self._at_s(), self.world
        match message:
            case Press(key, digit, serial):
                world.happen(Pressed(at_s, key, digit, serial, self._pulse.steady_s(now_s)))
            case Beat(number):
                self._echo = number
                self._pulse.beat(now_s)
                self._toned = self._silent = False
            case Focus(on):
                world.happen(FocusFound(at_s) if on else FocusLost(at_s))
            case Sound(on, why):
                log.info("sound: %s", why or "back")
                world.happen(SoundFound(at_s) if on else SoundLost(at_s))
            case Say(voice):
                self._say(voice)
            case Mischief(fault):
                self._break(fault, at_s)
            case Command():
                world.happen(self._fit.audience.asked(message, at_s))
            case Note():
                self._send(message)
            case Leave() | Closed():
                self._leave(at_s)
            case Stir():
                pass
            case Begin():
                log.warning("a second beginning is ignored")

    def _say(self, voice: Voice) -> None:
        self._voice, self._changed = voice, True
        if self._fit.speaker is not None:
            self._fit.speaker.voice(voice)

    def _break(self, fault: str, at_s: float) -> None:
        if not self.world.plan.profile.simulated:
            self._send(Note("nothing is broken on purpose on a real belt"))
            return
        try:
            self.world.break_now(parse_fault_now(fault), at_s)
        except CoachError as error:
            self._send(Note(str(error)))

    def _leave(self, at_s: float) -> None:
        if self._left_at_s == inf:
            self._left_at_s = at_s
            log.info("the cockpit has left")
            self.world.happen(CockpitSilent(at_s, ended=True))

    def _look_at_guard(self) -> None:
        """Without a guard a real belt is neither started nor made faster (safety.md 9)."""
        watch = self._fit.watch
        if watch is None or self.world.plan.profile.simulated or watch.alive is self._guarded:
            return
        self._guarded = not self._guarded
        at_s = self._at_s()
        self.world.happen(GuardFound(at_s) if self._guarded else GuardLost(at_s))

    def _listen(self, now_s: float) -> None:
        """A cockpit that does not draw: a tone, then a guided stop (safety.md 8)."""
        silent_s = self._pulse.silent_s(now_s)
        if self._left_at_s < inf or silent_s < TONE_S:
            return
        if not self._toned:
            self._toned = True
            if self._fit.speaker is not None:
                self._fit.speaker.danger()
        if silent_s >= SILENT_S and not self._silent:
            self._silent = True
            log.warning("the cockpit has been silent for %.1f s", silent_s)
            self.world.happen(CockpitSilent(self._at_s(), ended=False))

    # The fold.

    def _fold(self) -> None:
        """Instant by instant, for the pace may change at each, and an instant is never left half done."""
        world, now_s = self.world, self._lapse.now_s()
        while not world.ended and (due_s := world.due_s()) <= now_s:
            for step in world.run_until(max(due_s, world.at_s)):
                self._changed = True
                self._record(step)
                self._speak(step)
            pace = self._pace()
            if pace != self._lapse.pace:
                self._lapse.repace(pace, world.at_s)
                self._fit.paced(pace)
                return

    def _record(self, step: Step) -> None:
        fit = self._fit
        if fit.journal is not None:
            fit.journal.take(step.event, step.outcome)
        self.watcher.take(step)
        fit.audience.take(step.event, step.before, step.session, step.outcome)
        for cue in step.outcome.cues:
            self._send(Said(cue.at_s, cue.kind, fit.worded(cue.text)))
        progress, belt, sent = step.session.progress, step.session.belt, step.session.control.sent
        if fit.watch is not None and (belt is not step.before.belt or sent is not step.before.control.sent):
            starting = belt.started(sent)
            mute = self._voice is Voice.CAPTIONS and self.world.plan.profile.simulated
            fit.watch.report(belt.kmh, rear=progress.facing.rear, phase=progress.phase, starting=starting, mute=mute)

    def _speak(self, step: Step) -> None:
        cues, speaker = step.outcome.cues, self._fit.speaker
        if not cues or speaker is None or self._lapse.pace > CAPTION_PACE:
            return
        progress = step.session.progress
        rear = progress.facing is Facing.BACKWARD or (self.world.plan.backward and progress.phase in TURNING)
        speaker.take(cues, rear=rear, due_s=self._lapse.wall_s(cues[0].at_s))

    def _pace(self) -> float:
        return self._fit.timelapse if self._fit.lapse_turns or not true_speed(self.world) else 1.0

    # What goes out.

    def _tell(self, now_s: float) -> None:
        if now_s - self._beat_at_s >= BEAT_S:
            self._beat_at_s = now_s
            self.beat()
            self._changed = True
        if self._changed and now_s - self._snapshot_at_s >= SNAPSHOT_S:
            self._show(now_s)

    def _show(self, now_s: float) -> None:
        fit = self._fit
        around = Surroundings(
            pace=self._lapse.pace,
            voice=self._voice,
            awake=fit.awake(),
            guarded=fit.watch is not None and fit.watch.alive,
            recording=fit.recording(),
            link_why=fit.trouble(),
            broker=fit.audience.broker,
            page=fit.audience.page,
            watching=fit.audience.watching,
        )
        at_s = max(self.world.at_s, min(self._at_s(), self.world.due_s()))  # what is due then has not happened yet
        snapshot = self.watcher.snapshot(self.world.session, at_s, around)
        self._snapshot_at_s, self._changed = now_s, False
        fit.audience.show(snapshot)
        fit.out(encode(snapshot), True)

    def _send(self, message: FromKeeper) -> None:
        self._fit.out(encode(message), False)

    def _rearm(self, now_s: float) -> None:
        if self._fit.watchdog is not None and now_s - self._armed_at_s >= REARM_S:
            self._armed_at_s = now_s
            faulthandler.dump_traceback_later(HUNG_S, exit=True, file=self._fit.watchdog)

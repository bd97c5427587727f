"""What a keeper needs around its loop: the lock, the machine, the guard, the journal, the voice, the sleep guard."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Thread
from types import MappingProxyType
from typing import IO, Final

from coach import places
from coach.core.plan import Plan
from coach.core.session import Session
from coach.core.trip import COURSES, Trip, words
from coach.keeper.audience import Audience
from coach.keeper.awake import Awake
from coach.keeper.lessons import remember
from coach.keeper.lock import Lock, apart, lock_folder
from coach.keeper.pipe import Outlet
from coach.keeper.recorder import Recorded, Recorder
from coach.keeper.run import Fittings, Inbox, Keeper, Sound, Stir
from coach.keeper.sentry import Sentry
from coach.keeper.stage import Ground, ground_of, lock_name
from coach.keeper.wire import BEAT_S, Begin, Hello, Note, Refused, encode
from coach.sinks.claim import Name
from coach.sinks.header import read_header
from coach.sinks.voice import VoiceSink

LAST_WORD_S: Final = 0.3  # for the cockpit, before the guard is let loose
SIMULATED: Final = "Simulated treadmill. No real belt moves."  # the first phrase (safety.md 5)
REAL: Final = "Real belt. Clip on."
UNSEEN: Final = "no screen shows the page behind the treadmill"
BY_SIGHT: Final[Mapping[str, str]] = MappingProxyType(  # what is said of sound to others, to a runner who does not hear
    {
        COURSES[Trip.SOUND_LOST].say_forward: "No page. No turn until it is back.",
        words(Trip.SOUND_LOST, rear=False, turns=False): "No page.",
        COURSES[Trip.SOUND_LOST].say_rear: "Page lost.",
    }
)

STIR: Final = Stir()

log = logging.getLogger(__name__)


@dataclass
class Kept:
    """A session that is ready to be kept."""

    keeper: Keeper
    ground: Ground
    recorder: Recorder
    sentry: Sentry
    hello: Hello
    audience: Audience


def prepare(begin: Begin, inbox: Inbox, out: Outlet, stack: ExitStack, watchdog: IO[str] | None) -> Kept:
    """Take the lock, find the machine, and start the guard before control is asked for.

    Raises:
        CoachError: there will be no session.
    """
    plan, origin = read_header(begin.header)
    folder, machine = lock_folder(), lock_name(begin.world)
    lock = Lock(folder, machine, plan.workout.name)
    stack.callback(lock.close)
    if begin.world.strap is not None:
        stack.enter_context(apart(begin.world.strap.address, begin.world.strap.name))
    ground = ground_of(plan, begin.world, lambda: inbox.put(STIR))
    simulated = plan.profile.simulated
    recorder = Recorder(begin.journal, plan, origin, inbox, Name.ASKED if begin.asked else Name.FRESH)
    stack.callback(recorder.close)
    by_sight = begin.by_sight and (not simulated or begin.share is not None)  # a simulated belt asks for nothing
    awake = Awake()
    stack.callback(awake.close)
    speaker = VoiceSink.open(
        plan,
        begin.voice,
        simulated=simulated,
        greeting=SIMULATED if simulated else REAL,
        folder=places.sounds(),
        lost=log.info if by_sight else lambda why: inbox.put(Sound(on=False, why=why)),
        found=(lambda: None) if by_sight else lambda: inbox.put(Sound(on=True)),
    )
    stack.callback(speaker.close)
    for text in begin.notes:
        inbox.put(Note(text))
    audience = Audience.of(begin, plan, origin, inbox.put, inbox.put, _seen(inbox) if by_sight else lambda _: None)
    stack.callback(audience.close)
    duty = _duty(plan, ground.duty, recorder, begin) | {"lock": [str(folder), machine]}
    sentry = Sentry(duty, watchdog)  # the last that may fail: it wakes when we end
    if not sentry.ready():
        log.error("the guard is not ready")
    fittings = Fittings(
        ground.world,
        inbox,
        lambda line, newest: out.put(line, newest=newest),
        recorder.journal,
        lambda: recorder.recording,
        speaker,
        sentry,
        lambda: awake.on,
        paced=ground.paced,
        timelapse=begin.world.timelapse,
        lapse_turns=begin.world.lapse_turns or begin.world.treadmill is not None,  # its clock knows nothing of turns
        trouble=ground.trouble,
        refusal=ground.refusal,
        voice=begin.voice,
        watchdog=watchdog,
        backward_sessions=origin.allowance.backward_sessions,
        audience=audience,
        worded=(lambda text: BY_SIGHT.get(text, text)) if by_sight else str,
    )
    hello = Hello(origin.version, os.getpid(), plan.profile.name, simulated=simulated, awake=awake.on)
    keeper = Keeper(fittings)
    ground.timed(keeper.session_s)
    return Kept(keeper, ground, recorder, sentry, hello, audience)


def _seen(inbox: Inbox) -> Callable[[bool], None]:
    """To a runner who does not hear, a page that a screen shows is what sound is to others (safety.md 8)."""
    inbox.put(Sound(on=False, why=UNSEEN))
    return lambda on: inbox.put(Sound(on, "" if on else UNSEEN))


def keep(kept: Kept, out: Outlet) -> None:
    """Keep it to its end. Only where the belt stands is the guard sent home; else it acts as soon as we are gone."""
    out.put(encode(kept.hello))
    world, recorder = kept.keeper.world, kept.recorder
    log.info("keeping %s on %s", world.plan.workout.name, world.plan.profile.name)
    kept.keeper.run()
    session, stands = world.session, kept.keeper.stands
    recorder.end(session, kept.keeper.watcher.account if stands else None)  # a guard waits for no sums
    if stands:
        while not recorder.settle(BEAT_S):
            kept.keeper.beat()
        _last_word(kept, out, recorder.where())
        kept.sentry.close()
        kept.ground.close()
        _learn(kept, session)
        return
    log.error("the belt does not stand: the guard takes over at once")
    _last_word(kept, out, Recorded(str(recorder.path) if recorder.recording else ""))
    learning = Thread(target=_learn, args=(kept, session), daemon=True)  # a disk must not hold the guard up
    learning.start()
    out.drain(LAST_WORD_S)
    learning.join(LAST_WORD_S)
    os._exit(1)


def _last_word(kept: Kept, out: Outlet, recorded: Recorded) -> None:
    refusal = kept.ground.refusal()
    done = kept.keeper.watcher.done(kept.keeper.world.session, recorded.path, recorded.lost)
    out.put(encode(Refused(refusal) if refusal else done))
    kept.audience.end(done)


def _learn(kept: Kept, session: Session) -> None:
    if kept.ground.address:
        remember(kept.ground.address, session)


def _duty(plan: Plan, machine: Mapping[str, object], recorder: Recorder, begin: Begin) -> dict[str, object]:
    """The guard's orders: which belt, what is known of it, and whom to tell (orders.py)."""
    profile = plan.profile
    return {
        "machine": machine,
        "profile": {
            "name": profile.name,
            "decel_kmh_s": profile.decel_kmh_s,
            "silent_when_stopped": profile.silent_when_stopped,
            "stray_zeros": profile.stray_zeros,
            "min_write_gap_s": profile.min_write_gap_s,
        },
        "record": str(recorder.path),
        "report": begin.report,
        "alarm": {"folder": str(places.sounds() / "alarm")},
        "simulated": profile.simulated,
    }

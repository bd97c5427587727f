"""What a keeper needs around its loop: the lock, the machine, the guard, the journal, the voice, the sleep guard."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Final

from coach import places
from coach.core.plan import Plan
from coach.keeper.awake import Awake
from coach.keeper.lock import Lock, lock_folder
from coach.keeper.pipe import Outlet
from coach.keeper.recorder import Recorder
from coach.keeper.run import Fittings, Inbox, Keeper, Sound
from coach.keeper.sentry import Sentry
from coach.keeper.stage import world_of
from coach.keeper.wire import Begin, Hello, encode
from coach.link.machine_file import find_machine
from coach.link.remote import Hosted, RemoteTreadmill, host
from coach.sinks.journal import read_header
from coach.sinks.voice import VoiceSink

LAST_WORD_S: Final = 0.3  # for the cockpit, before the guard is let loose
TRUTH_VARIABLE: Final = "COACH_TRUTH"  # a file for what the simulated belt truly does: tests read it
GREETING: Final = "Simulated treadmill. No real belt moves."  # the first phrase (safety.md 5)

log = logging.getLogger(__name__)


@dataclass
class Kept:
    """A session that is ready to be kept."""

    keeper: Keeper
    treadmill: RemoteTreadmill
    recorder: Recorder
    sentry: Sentry
    hello: Hello


def prepare(begin: Begin, inbox: Inbox, out: Outlet, stack: ExitStack, watchdog: IO[str] | None) -> Kept:
    """Take the lock, find the machine, and start the guard before control is asked for.

    Raises:
        CoachError: there will be no session.
    """
    plan, origin = read_header(begin.header)
    folder, machine = lock_folder(), f"sim:{begin.world.machine}"
    lock = Lock(folder, machine, plan.workout.name)
    stack.callback(lock.close)
    hosted = host(begin.world.machine, begin.world.seed, os.environ.get(TRUTH_VARIABLE, ""))
    treadmill = RemoteTreadmill(hosted.port, hosted.secret, find_machine(begin.world.machine))
    world = world_of(plan, begin.world, treadmill)
    recorder = Recorder(begin.journal, plan, origin, inbox)
    stack.callback(recorder.close)
    awake = Awake()
    stack.callback(awake.close)
    speaker = VoiceSink.open(
        plan,
        begin.voice,
        simulated=True,
        greeting=GREETING,
        folder=places.sounds(),
        lost=lambda why: inbox.put(Sound(on=False, why=why)),
        found=lambda: inbox.put(Sound(on=True)),
    )
    stack.callback(speaker.close)
    duty = _duty(plan, hosted, recorder, begin) | {"lock": [str(folder), machine]}
    sentry = Sentry(duty, watchdog)  # the last that may fail: it wakes when we end
    if not sentry.ready():
        log.error("the guard is not ready")
    fittings = Fittings(
        world,
        inbox,
        lambda line, newest: out.put(line, newest=newest),
        recorder.journal,
        lambda: recorder.recording,
        speaker,
        sentry,
        lambda: awake.on,
        paced=lambda pace: setattr(treadmill, "pace", pace),
        timelapse=begin.world.timelapse,
        lapse_turns=begin.world.lapse_turns,
        voice=begin.voice,
        watchdog=watchdog,
    )
    hello = Hello(origin.version, os.getpid(), sentry.pid, plan.profile.name, simulated=True, awake=awake.on)
    return Kept(Keeper(fittings), treadmill, recorder, sentry, hello)


def keep(kept: Kept, out: Outlet) -> None:
    """Keep it to its end. Only where the belt stands is the guard sent home; else it acts as soon as we are gone."""
    out.put(encode(kept.hello))
    world, recorder = kept.keeper.world, kept.recorder
    log.info("keeping %s on %s", world.plan.workout.name, world.plan.profile.name)
    kept.keeper.run()
    session = world.session
    recorder.end(session)
    out.put(encode(kept.keeper.watcher.done(session, str(recorder.path) if recorder.recording else "")))
    if session.belt.still or (session.progress.starts == 0 and not session.belt.moving):
        kept.sentry.close()
        kept.treadmill.bye()
        return
    log.error("the belt does not stand: the guard takes over at once")
    out.drain(LAST_WORD_S)
    os._exit(1)


def _duty(plan: Plan, hosted: Hosted, recorder: Recorder, begin: Begin) -> dict[str, object]:
    """The guard's orders: which belt, what is known of it, and whom to tell (orders.py)."""
    profile = plan.profile
    return {
        "machine": {"kind": "sim", "port": hosted.port, "secret": hosted.secret},
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
        "simulated": True,
    }

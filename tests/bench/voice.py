"""How well the voice keeps time: `python -m tests.bench.voice [SECONDS] [FROM_S]`.

A part of a simulated session is spoken in real time by the engine of this computer and a player that takes as long as
the sounds last and notes when it was started. Printed are the starts as that player saw them, and how late a thread of
the same process woke that has a deadline every 5 ms, as the fold of a keeper has, before the voice and beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, sleep, time

from coach import simulate
from coach.core.cue import Cue, CueKind
from coach.core.plan import Plan, make_plan
from coach.keeper.wire import Voice
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.script.check import load
from coach.sinks.phrase import utterance
from coach.sinks.player import Player
from coach.sinks.speech import Cache, Engine, find_engine
from coach.sinks.voice import VoiceSink

WORKOUT = "first-steps-back"
LEAD_S = 20.0  # to render
ALONE_S = 10.0  # of deadlines without a voice
BUDGET_S = 0.15
DEADLINE_S = 0.005
SCRIPT = """#!/bin/sh
echo "$(date +%s.%N) $1" >> {log}
exec sleep "$(soxi -D "$1")"
"""


def main(arguments: list[str]) -> int:
    """Run, print, and say whether the budget is kept."""
    seconds = float(arguments[0]) if arguments else 75.0
    from_s = float(arguments[1]) if len(arguments) > 1 else 300.0
    cues = [
        Cue(cue.at_s, CueKind(cue.kind), cue.text)
        for cue in simulate(WORKOUT).cues
        if from_s <= cue.at_s < from_s + seconds
    ]
    with TemporaryDirectory() as folder:
        return _run(Path(folder), cues, from_s)


def plan() -> Plan:
    """The plan of the workout on the machine at home."""
    workout = load(WORKOUT).workout
    assert workout is not None
    return make_plan(workout, profile_of(find_machine("home")))


def _run(folder: Path, cues: list[Cue], from_s: float) -> int:
    script, log, engine = folder / "player", folder / "log", find_engine()
    script.write_text(SCRIPT.format(log=log))
    script.chmod(0o755)
    if engine is None:
        print("there is no engine here")
        return 2
    alone = _awake(lambda: sleep(ALONE_S))
    cache = Cache(folder / "cache")
    lost: list[str] = []
    sink = VoiceSink(
        plan(),
        Voice.FULL,
        simulated=True,
        greeting="Simulated treadmill.",
        player=Player([(str(script),)]),
        engine=engine,
        folder=cache.folder,
        lost=lost.append,
        found=lambda: lost.append("found"),
    )
    sleep(LEAD_S)
    zero_s, wall_s = monotonic() + 1.0, time() + 1.0
    beside = _awake(lambda: _speak(sink, cues, zero_s - from_s))
    found = sink.lateness()
    sink.close()
    print(f"{len(cues)} cues; as the sink has it: {found}")
    late_s = sorted(_seen(log, cache, engine, cues, wall_s - from_s))
    _print("starts as the player saw them, ms", late_s)
    _print("deadlines of a fold without a voice, ms late", alone)
    _print("deadlines of a fold beside it, ms late", beside)
    print("sound lost:", ", ".join(lost) or "never")
    return 0 if found.most_s <= BUDGET_S and not lost else 1


def _speak(sink: VoiceSink, cues: list[Cue], zero_s: float) -> None:
    """Give every cue at its instant."""
    for cue in cues:
        due_s = zero_s + cue.at_s
        sleep(max(due_s - monotonic(), 0.0))
        sink.take((cue,), rear=True, due_s=due_s)
    sleep(8.0)


def _awake(during: Callable[[], None]) -> list[float]:
    """How late a thread with a deadline every 5 ms is while something happens."""
    woke: list[float] = []
    over = Event()
    fold = Thread(target=_deadlines, args=(woke, over))
    fold.start()
    during()
    over.set()
    fold.join()
    return sorted(woke)


def _seen(log: Path, cache: Cache, engine: Engine, cues: list[Cue], zero_s: float) -> list[float]:
    """Seconds between the instant of a cue and the start of its sound, where nothing else sounded at that instant."""
    late_s = []
    lines = [line.split() for line in log.read_text().splitlines()]
    for cue in cues:
        one = utterance(cue, Voice.FULL, 0.0)
        assert one is not None
        name = cache.path(engine, one.tone, one.text).name
        starts = [float(at) - zero_s - cue.at_s for at, path in lines if Path(path).name == name]
        near = [start for start in starts if -0.5 < start < 10.0]
        print(f"  {cue.at_s:7.2f} {cue.kind:8} {near[0] * 1000 if near else float('nan'):7.0f} ms  {cue.text}")
        late_s += [start for start in near[:1] if start < 0.5]
    return late_s


def _deadlines(woke: list[float], over: Event) -> None:
    due_s = monotonic()
    while not over.is_set():
        due_s += DEADLINE_S
        sleep(max(due_s - monotonic(), 0.0))
        woke.append(monotonic() - due_s)


def _print(what: str, late_s: list[float]) -> None:
    cuts = quantiles(late_s, n=100, method="inclusive")
    print(f"{what}: {len(late_s)}, p50 {cuts[49] * 1000:.1f}, p99 {cuts[98] * 1000:.1f}, max {late_s[-1] * 1000:.1f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

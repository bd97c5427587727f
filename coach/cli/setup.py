"""`coach setup`: runner, strap, sound and treadmill made ready, in steps that may be left and done again."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from subprocess import DEVNULL, TimeoutExpired, run
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer

from coach import places
from coach.cli import options
from coach.cli.app import complain, out
from coach.cli.asking import Terminal
from coach.cli.stage import named
from coach.link.machine_file import find_machine
from coach.machines import Store
from coach.people import People
from coach.setup.air import Air
from coach.setup.bench import Bench
from coach.setup.rehearsal import SimAir
from coach.setup.simulated import SimBench
from coach.setup.step import Step
from coach.setup.whole import FINE, LEFT, Files, SetUp
from coach.sinks.alarm import Words, prepare
from coach.sinks.player import Fate, Player, Playing, find_player
from coach.sinks.speech import Cache, SpeechError, find_engine
from coach.sinks.tone import SoundError, lasts_s

REHEARSAL: Final = "REHEARSAL: nothing here is real, and nothing of it is kept."
LAPSE: Final = 10.0  # of a rehearsed machine test, while nobody is asked anything
PLAYS_S: Final = 20.0  # no sound of the set-up is longer

StepName = Annotated[
    Step | None, typer.Argument(metavar="STEP", help=f"Only this one, again: {', '.join(Step)}.", show_default=False)
]
Treadmill = Annotated[
    str,
    typer.Option(
        "--treadmill",
        metavar="NAME|sim[:MACHINE|FILE.toml]",
        help="One of your own, where there are several; sim: a rehearsal, of which nothing is kept.",
        show_default=False,
    ),
]
Pace = Annotated[
    float, typer.Option("--pace", hidden=True, min=1.0, max=1000.0, help="How fast a rehearsal goes: for tests.")
]
Listing = Annotated[bool, typer.Option("--list", help="What is done and when; asks nothing.")]


def command(
    step: StepName = None,
    *,
    treadmill: Treadmill = "",
    runner: options.RunnerName = None,
    listing: Listing = False,
    pace: Pace = 1.0,
) -> None:
    """Make runner, strap, sound and treadmill ready; leave at any question, and go on from there another time."""
    kind, _, machine = treadmill.partition(":")
    rehearsal = kind == options.SIMULATED
    model = (
        options.word("--treadmill", machine or options.STANDARD_MACHINE, ".toml", find_machine) if rehearsal else None
    )
    name, born = _runner(runner)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="coach-"))) if rehearsal else None
        files = _files(folder, name, "" if rehearsal else treadmill)
        if listing:
            for line in files.listed():
                out(line)
            return
        if not _terminal():
            complain("coach: setup asks questions, so it needs a terminal; coach setup --list shows what is done")
            raise typer.Exit(2)
        bench = SimBench(model, pace=pace) if model is not None else None
        air: Air = SimAir(bench) if bench is not None else _real(stack, files)
        _born(files, born)
        if rehearsal:
            out(REHEARSAL)
        terminal = Terminal(LAPSE * pace, pace) if rehearsal else Terminal()
        stack.callback(terminal.close)
        try:
            code = SetUp(terminal, terminal, files, air, Sounds(), _now).run(step)
        except KeyboardInterrupt:  # while nobody was asked: in a scan, in the proof
            out("")
            out(LEFT)
            code = FINE
        if rehearsal:
            out(REHEARSAL)
        if code:
            raise typer.Exit(code)


class Sounds:
    """The alarm and the voice, as a session has them."""

    def __init__(self) -> None:
        self._player: Player = find_player()

    def alarm(self) -> str:
        """Sound the danger tone and its words once; why not, or nothing."""
        try:
            return self._play(prepare(places.sounds() / "alarm").path(Words.RAILS))
        except OSError as error:
            return f"The alarm cannot be made: {error}."

    def phrase(self, text: str) -> str:
        """Say a phrase once; why not, or nothing."""
        engine = find_engine()
        if engine is None:
            return "No voice was found: on Linux install espeak-ng."
        try:
            if not engine.renders:
                return _spoken(engine.speaking(text))
            return self._play(Cache(places.sounds()).make(engine, None, text))
        except (SpeechError, OSError, TimeoutExpired) as error:
            return f"The voice does not work: {error}."
        finally:
            engine.close()

    def _play(self, path: Path) -> str:
        if not self._player.there:
            return "No player was found: on Linux install pipewire, pulseaudio-utils or alsa-utils."
        ended: list[Playing] = []
        try:
            playing = self._player.play(path, lasts_s(path), ended.append)
        except SoundError as error:
            return f"The sound cannot be read: {error}."
        playing.join(PLAYS_S)
        fine = playing.fate is Fate.PLAYED
        return "" if fine else f"{self._player.name} does not play: is a speaker connected and switched on?"


def _spoken(command: tuple[str, ...]) -> str:
    """Let an engine speak that writes no files; why it did not, or nothing."""
    done = run(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, timeout=PLAYS_S, check=False)
    return "" if done.returncode == 0 else f"{command[0]} does not speak."


def _terminal() -> bool:
    streams = sys.stdin, sys.stdout
    return all(stream is not None and not stream.closed and stream.isatty() for stream in streams)


def _runner(asked: str | None) -> tuple[str, int | None]:
    """The runner's name in the settings, and the year of birth that stands there.

    Raises:
        CoachError: there is no such, or it is not clear who.
    """
    if not places.configured():
        return asked or "", None
    from coach.config import load

    config = load()
    chosen = config.chosen(asked)
    return named(asked), chosen.birth_year


def _files(folder: Path | None, name: str, treadmill: str) -> Files:
    if folder is None:
        return Files(People(), Store(), name, treadmill)
    return Files(People(folder / "people.json"), Store(folder / "machines.json"), name, treadmill)


def _born(files: Files, born: int | None) -> None:
    """The settings know best how old somebody is."""
    from dataclasses import replace

    person = files.person
    if born is not None and person.born != born:
        files.people.remember(replace(person, born=born))


def _real(stack: ExitStack, files: Files) -> Air:
    from coach.cli.kept import KeptBench
    from coach.link.radio import Radio
    from coach.setup.onair import RealAir

    radio = stack.enter_context(Radio())

    def bench(address: str, name: str) -> Bench:
        del name
        return KeptBench(radio, files.store.machine(address))

    return RealAir(radio, bench)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

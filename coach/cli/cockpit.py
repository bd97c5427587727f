"""The process that the user started: it shows a kept session, on the whole screen or as lines, and keeps nothing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import typer

from coach import places
from coach.cli.app import complain, out
from coach.cli.keyboard import closed
from coach.cli.left_open import close_left_open
from coach.cli.lines import banner, coloured
from coach.cli.record import journal_path, origin
from coach.cli.stage import Stage, named
from coach.core.error import CoachError
from coach.keeper.client import Client
from coach.keeper.wire import Begin, Done, Voice
from coach.log import beside
from coach.network.broker import Broker
from coach.sinks.alarm import Siren, load, prepare
from coach.sinks.header import header

GUARD_REPORT: Final = "guard"  # the file in which the guard tells what it does


def on_screen() -> bool:
    """There is a terminal to draw on and to press keys in."""
    streams = sys.stdin, sys.stdout, sys.stderr
    if any(stream is None or stream.closed or not stream.isatty() for stream in streams):
        return False
    return os.environ.get("TERM") != "dumb" and not closed()


@dataclass
class Opened:
    """A keeper with what belongs to it."""

    client: Client
    folder: Path
    elsewhere: Path | None = None  # of a session on a real belt: a journal that is not among the others

    def close(self) -> None:
        """Let it end in order, whatever happens to us."""
        self.client.close()
        self.client.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.elsewhere is not None and self.elsewhere.is_file():
            from coach.cli.belonging import counts_too

            for text in counts_too(self.elsewhere):
                complain(text)


def kept(stage: Stage, journal: Path | None, voice: Voice = Voice.CAPTIONS) -> Opened:
    """Start a keeper that has the session.

    Raises:
        OSError: the journal that was asked for cannot be written, or the keeper cannot be started.
    """
    path = journal_path(stage, journal)
    folder = Path(mkdtemp(prefix="coach-"))
    try:
        report = str(folder / GUARD_REPORT)
        told, asked = header(stage.plan, origin(stage)), journal is not None
        broker, notes = _network()
        begin = Begin(
            told,
            stage.world(),
            str(path),
            asked=asked,
            voice=voice,
            report=report,
            broker=broker,
            share=stage.choice.share,
            notes=notes,
            by_sight=stage.by_sight,
        )
        with beside("keeper-errors.txt") as errors:
            client = Client(stage.plan, begin, alarm=siren(), stderr=errors)
            return Opened(client, folder, path if asked and not stage.taken.simulated else None)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _network() -> tuple[Broker | None, tuple[str, ...]]:
    """The broker of the settings, and what is to be said of it. Unusable settings keep nobody from running."""
    if not places.configured():
        return None, ()
    from coach.cli.network import broker_of, warnings_of

    try:
        broker = broker_of()
    except CoachError as error:
        return None, (f"{error}. This session is not told to the network.",)
    return broker, () if broker is None else warnings_of(broker)


def siren() -> Siren | None:
    """What sounds when the keeper is lost; its files are made once for each user."""
    folder = places.sounds() / "alarm"
    try:
        alarm = load(folder)
        return Siren(alarm if alarm.complete else prepare(folder))
    except OSError:
        return None


def play(
    stage: Stage, *, plain: bool, journal: Path | None, runner: str | None = None, voice: Voice | None = None
) -> None:
    """Show a session until it has ended.

    Raises:
        typer.Exit: it did not finish, or nobody could confirm it.
    """
    if not stage.choice.auto and closed():
        hint = "; --auto lets a simulated runner do it" if stage.taken.simulated else ""
        complain(f"coach: standard input is closed, so nobody can confirm{hint}")
        raise typer.Exit(2)
    left_open = close_left_open()
    if plain or not on_screen():
        _complain(left_open)
        _lines(stage, journal, runner, voice or _usual(stage))
    else:
        from coach.cli.screen import show

        try:
            show(stage, journal, runner, voice)
        finally:
            _complain(left_open)  # before it, the screen would cover them


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        complain(line)


def _usual(stage: Stage) -> Voice:
    """On a real belt everything is spoken; on a simulated one nothing sounds until somebody asks for it."""
    return Voice.CAPTIONS if stage.taken.simulated else Voice.FULL


def _asked_before(stage: Stage, runner: str | None, *, answers: bool) -> Stage:
    """Ask what is to be known before a session; `answers`: somebody is there for what may be passed over.

    Raises:
        CoachError: something is missing that cannot be mended here, or the person left.
    """
    from coach.cli.asking import Terminal
    from coach.cli.gatehouse import Gatehouse, ask_through
    from coach.cli.morning import Mornings
    from coach.cli.questions import ask_morning, ask_pain
    from coach.cli.sight import Sight
    from coach.cli.whose import whose
    from coach.gate import asks_pain
    from coach.sinks.mouth import Mouth

    share, hears = stage.choice.share, not stage.by_sight
    sight = None if hears or share is None else Sight(share)
    age = stage.plan.runner.age if places.configured() else None
    asker, gatehouse = Terminal(), Gatehouse(runner or "", age, hears=hears, sight=sight)
    if answers:
        ask_morning(asker, Mornings(whose(runner)))
    if not stage.taken.simulated:
        try:
            ask_through(stage, gatehouse, asker, sight or Mouth(places.sounds()))
        finally:
            if sight is not None:
                sight.close()
    pain = gatehouse.pain
    if pain is None and answers and asks_pain(stage.plan.workout.ask):
        pain = ask_pain(asker, backward=stage.plan.backward)
    return replace(stage, pain_before=pain)


def learnt(runner: str | None) -> frozenset[str]:
    """What the runner's own button sends to a terminal, without Esc."""
    from coach.people import People

    return frozenset(one.removeprefix("\x1b") for one in People().person(named(runner)).sends)


def _lines(stage: Stage, journal: Path | None, runner: str | None, voice: Voice) -> None:
    from coach.cli import plain
    from coach.cli.questions import answers
    from coach.cli.share import told

    asks = answers() and not stage.choice.auto
    address = list(told(stage.choice.share, colour=coloured(sys.stdout)))
    for line in address if stage.by_sight else ():  # the questions are on the page too
        out(line)
    stage = _asked_before(stage, runner, answers=asks)
    for line in () if stage.by_sight else address:
        out(line)
    head = banner(stage.plan.workout.name, stage.taken.name, stage.plan, stage.choice.timelapse)
    opened = kept(stage, journal, voice)
    try:
        ends = bool(stage.choice.presses) or not stage.plan.free  # a free session has no end but a key's
        alone = stage.choice.auto and ends
        done, refused = plain.play(opened.client, head, alone=alone, buttons=learnt(runner))
    except plain.LeftError:
        out("Left before the belt stood; it is being stopped.")
        raise typer.Exit(1) from None
    except BaseException:
        opened.close()
        raise
    opened.close()
    if refused:
        complain(f"coach: {refused}")
    if done is not None and done.recording:
        _asked_after(stage, done, runner, answers=asks)
    recorded(done)


def _asked_after(stage: Stage, done: Done, runner: str | None, *, answers: bool) -> None:
    """Tell what the history knows of a session that is over, and ask how it was."""
    from coach.cli.aftermath import Afterwards, talk
    from coach.cli.asking import Terminal
    from coach.cli.whose import whose

    talk(Afterwards(lambda: whose(runner), lambda: stage.plan.runner.spoken, asks=answers), done, Terminal())


def recorded(done: Done | None) -> None:
    """Say where the session is, and leave with its exit code.

    Raises:
        typer.Exit: it did not finish.
    """
    if done is not None and (done.lost or done.recording):
        out(done.lost or f"Recorded in {done.recording}")
    if done is None or done.ended != "finished":
        raise typer.Exit(1)

"""`coach doctor`: what a session needs of this computer, each with how it stands and what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from textwrap import wrap
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import out
from coach.cli.lines import coloured
from coach.core.error import CoachError
from coach.doctor import broker, radio, sound, system, terminal
from coach.doctor.finding import Finding, Probe, State, look_at
from coach.system.radio import bluez

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
_WIDTH: Final = 80  # columns of the narrowest usual terminal
_INDENT: Final = 22  # the widest name of a probe, and its sign
_COLOUR: Final = {State.OK: "32", State.WARN: "33", State.MISSING: "1;31"}
SOUND_S: Final = 40.0  # the words are made and then played, by one player after the other where the first fails

Sound = Annotated[bool, typer.Option("--sound", help="Play the alarm, as it sounds when the belt is lost. It is loud.")]


def command(*, as_json: options.Json = False, audible: Sound = False) -> None:
    """Look at everything that a session needs; nothing is heard without --sound.

    The exit code is 1 where something is missing that a session on a treadmill needs.
    """
    found = []
    for finding in _findings(audible=audible):
        found.append(finding)
        for line in () if as_json else described(finding, colour=coloured(sys.stdout)):
            out(line)
    if as_json:
        out(json.dumps(facts(found), ensure_ascii=False, indent=2))
    else:
        out("\n".join(wrap(verdict(found), _WIDTH)))
    if not ready(found):
        raise typer.Exit(1)


def probes() -> Iterator[Probe]:
    """All that can be looked at side by side, in the order in which it is told."""
    yield Probe("python", system.python, simulator=True)
    yield Probe("settings", system.settings, simulator=True)
    yield Probe("data folder", system.data_folder, simulator=True)
    yield Probe("clock", system.clock)
    yield Probe("bleak", system.bleak)
    if bluez():
        yield Probe("BlueZ", system.bluez)
        yield Probe("adapter", radio.adapter)
    yield Probe("radio", radio.radio)
    yield Probe("other coach", system.locks)
    yield Probe("sleep guard", system.sleep_guard)
    yield Probe("player", sound.player)
    yield Probe("voice", sound.voice)
    yield from _broker()


def _broker() -> Iterator[Probe]:
    """Only where the settings name one; what is wrong with the settings as a whole is told by their own probe."""
    from coach.cli.network import broker_of, warnings_of
    from coach.config import load

    try:
        wanted = bool(load().mqtt.host)
    except CoachError:
        return
    if not wanted:
        return
    try:
        found = broker_of()
    except CoachError as error:
        why = str(error)
        yield Probe(broker.ABOUT, lambda: broker.unusable(why))
        return
    if found is not None:
        yield Probe(broker.ABOUT, partial(broker.look, found, warnings_of(found)))


def _findings(*, audible: bool) -> Iterator[Finding]:
    """The terminal is asked alone, while nothing else is drawn on it."""
    at_terminal = terminal.on_this_terminal()
    yield from look_at(list(probes()))
    yield from at_terminal
    if audible:
        yield from look_at([Probe("alarm", sound.alarm)], SOUND_S)


def ready(found: Iterable[Finding], *, simulator: bool = False) -> bool:
    """Nothing is missing that a session needs, on a treadmill or on the simulated one."""
    return not any(one.state is State.MISSING and (one.simulator or not simulator) for one in found)


def described(finding: Finding, *, colour: bool = False) -> Iterator[str]:
    """A finding in lines of at most 80 signs: the state, what was seen, and below it what to do."""
    state = f"{finding.state:<8}"
    head = f"\x1b[{_COLOUR[finding.state]}m{state}\x1b[0m" if colour else state
    first, *others = wrap(finding.seen, _WIDTH - _INDENT) or [""]
    yield f"{head}{finding.about:<{_INDENT - 8}}{first}"
    for line in [*others, *(wrap(f"-> {finding.do}", _WIDTH - _INDENT, subsequent_indent="   ") if finding.do else ())]:
        yield " " * _INDENT + line


def verdict(found: Iterable[Finding]) -> str:
    """The last line."""
    every = list(found)
    if ready(every):
        return "All is there for a session on a treadmill. `coach scan` finds it."
    missing = ", ".join(one.about for one in every if one.state is State.MISSING)
    if ready(every, simulator=True):
        return f"Missing for a treadmill: {missing}. The simulated one works: coach demo"
    return f"Missing: {missing}."


def facts(found: Iterable[Finding]) -> dict[str, object]:
    """The same for programs.

    `simulator` and `treadmill` say whether a session can run there; each of `findings` has `about`, `state` (ok, warn,
    missing), `seen`, `do` (None where nothing is to be done) and `simulator` (a simulated session needs it as well).
    """
    every = list(found)
    told = [
        {"about": one.about, "state": one.state, "seen": one.seen, "do": one.do or None, "simulator": one.simulator}
        for one in every
    ]
    return {
        "schema": SCHEMA,
        "simulator": ready(every, simulator=True),
        "treadmill": ready(every),
        "findings": told,
    }

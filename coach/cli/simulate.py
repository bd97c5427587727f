"""`coach simulate`: a whole session in no time, as facts for programs or as a page for people."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.cli.expect import Expectation, parse_expectation
from coach.cli.stage import Reckoned, located, person
from coach.core.error import CoachError
from coach.core.level import FIRST, UNLIMITED, Allowance
from coach.core.workout import Level
from coach.link.fault import parse_fault, parse_press
from coach.link.machine_file import find_machine
from coach.link.strap import heart_source
from coach.result import SegmentResult, Side
from coach.script.check import load
from coach.script.problem import render
from coach.simulation import FINISHED, TRIPPED, Simulation, simulate

FIELDS: Final = tuple(field.name for field in fields(Simulation))
_FIRST_SESSION: Final = "first"
_FACES: Final = {
    "forward": "The runner faces the console.",
    "backward": "The runner faces the rear.",
    "unknown": "Which way the runner faces is not known.",
}
_ENDED_BY: Final = {"extent": "its length", "trip": "a rule of safety", "skip": "n"}  # the others are their own words
_KINDS: Final = "first, history, none, or a file"

AllowanceOption = Annotated[
    str | None,
    typer.Option(
        "--allowance",
        metavar="first|history|none|FILE",
        help="What may be run backward: as in a first session, by what you have run on real belts, or without a limit, "
        "as without this.",
    ),
]
TraceFile = Annotated[Path | None, typer.Option("--trace", metavar="FILE", help="A JSON line at every event.")]
JournalFile = Annotated[Path | None, typer.Option("--journal", metavar="FILE", help="The journal, for coach replay.")]
Expects = Annotated[
    list[str] | None,
    typer.Option(
        "--expect",
        metavar="'FIELD OP VALUE'",
        help="What the facts must be, such as 'turns == 4', 'len(trips) == 0' or 'trips contains key'. Many times.",
    ),
]


class AllowanceError(CoachError, ValueError):
    """An allowance that cannot be read; the message says where and what."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed behind `coach simulate`."""

    workout: str
    treadmill: str = options.SIMULATED
    heart: str = options.SIMULATED
    faults: Sequence[str] = ()
    presses: Sequence[str] = ()
    seed: int = 0
    level: Level | None = None
    allowance: str | None = None  # first, history, none, or a file
    sets: Sequence[str] = ()
    runner: str | None = None
    json: bool = False
    trace: Path | None = None
    journal: Path | None = None
    expects: Sequence[str] = ()


def command(
    workout: options.Workout,
    *,
    treadmill: options.Treadmill = options.SIMULATED,
    heart: options.Heart = options.SIMULATED,
    fault: options.Faults = None,
    press: options.Presses = None,
    seed: options.Seed = 0,
    level: options.Row = None,
    allowance: AllowanceOption = None,
    setting: options.Sets = None,
    runner: options.RunnerName = None,
    json: options.Json = False,
    trace: TraceFile = None,
    journal: JournalFile = None,
    expect: Expects = None,
) -> None:
    """Play a whole session on the simulated treadmill in no time and tell what happened.

    The exit code is 1 where it did not finish or, with --expect, where the facts are otherwise; and where a fault or a
    press never happened, unless an expectation speaks of `missed`.
    """
    typed = Options(
        workout,
        treadmill,
        heart,
        fault or (),
        press or (),
        seed,
        level,
        allowance,
        setting or (),
        runner,
        json,
        trace,
        journal,
        expect or (),
    )
    raise typer.Exit(run(typed))


def run(typed: Options) -> int:
    """Simulate, print, and say with which exit code to leave.

    Raises:
        typer.BadParameter: an option that means nothing.
        CoachError: a file that cannot be read or written.
    """
    expected = options.each("--expect", typed.expects, lambda text: parse_expectation(text, FIELDS))
    done = _simulated(typed)
    if typed.json:
        out(done.json())
    elif done.problems:
        complain(_rendered(typed, done))
    else:
        for line in page(done):
            out(line)
    for text in done.missed:
        complain(f"{text} never happened: the session did not come to it ({_came_to(done)}).")
    for text in done.unused:
        complain(f"{text} changed nothing: there was nothing for it to do.")
    failures = list(_failures(expected, done))
    for failure in failures:
        complain(failure)
    missed = done.missed and not any(expectation.path[0] == "missed" for expectation in expected)
    fine = not failures if expected else done.ended == FINISHED
    return 0 if fine and not missed else 1


def read_allowance(text: str) -> Allowance:
    """What may be run: `first`, `none` for no limit, or a TOML or JSON file with the fields of an allowance.

    Raises:
        AllowanceError: it cannot be read; with the file and what is allowed in it.
    """
    if text == _FIRST_SESSION:
        return FIRST
    if text == Reckoned.NONE:
        return UNLIMITED
    try:
        content = Path(text).read_bytes().decode()
        values = json.loads(content) if text.lower().endswith(".json") else tomllib.loads(content)
    except OSError as error:
        raise AllowanceError(f"{text}: cannot be read: {error.strerror}; give {_KINDS}") from error
    except ValueError as error:  # of the decoder, and of both parsers
        raise AllowanceError(f"{text}: is neither TOML nor, named .json, JSON: {error}") from error
    if not isinstance(values, dict):
        raise AllowanceError(f"{text}: an allowance is a table of names and values")
    return Allowance(**_checked(text, values))  # type: ignore[arg-type]  # _checked compares with the defaults


def page(done: Simulation) -> Iterator[str]:
    """What happened, for people."""
    yield f"{done.workout} on the simulated treadmill {done.inputs.machine}, level {done.inputs.level}"
    if done.ended == "refused":
        yield f"Refused before the belt moved: {done.reason}"
        return
    why = "" if done.reason in ("", done.ended) else f" ({done.reason})"
    ended = "Ended for safety" if done.ended == TRIPPED else done.ended.capitalize()
    yield f"{ended}{why} after {clock(done.elapsed_s)}, {done.distance_m / 1000:.2f} km."
    yield f"  forward   {_side(done.forward)}"
    if done.backward.time_s:
        turning = clock(sum(turn.took_s or 0.0 for turn in done.turn_list))
        yield f"  backward  {_side(done.backward)}"
        turns = f"{done.turns} turn{'s' * (done.turns != 1)}"
        yield f"  {turns} in {turning}; fastest facing the rear or turning {done.max_true_speed_backward_kmh} km/h"
    yield ""
    yield "   #  what        facing    planned     took    km  km/h target   heart  ended by"
    yield from (_row(row) for row in done.segments)
    if done.trips:
        yield ""
        yield from (f"{clock(trip.at_s):>8}  trip {trip.trip}: {trip.action}" for trip in done.trips)
    yield ""
    if done.prompted:
        yield f"The runner pressed and coach measured: {done.prompted}."
    if done.backward_left_out:
        yield "The backward steps were left out."
    runs = f", and it does, at {done.belt_at_end_kmh:.1f} km/h" if done.belt_at_end_kmh else ""
    belt = f"THE BELT MAY STILL MOVE{runs}" if done.alarm_at_end or runs else "the belt stands"
    yield f"At the end {belt}. {_FACES[done.facing_at_end]}"


def clock(seconds: float) -> str:
    """A length of time: 4:05 or 1:04:05."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _simulated(typed: Options) -> Simulation:
    options.each("--fault", typed.faults, parse_fault)
    options.each("--press", typed.presses, parse_press)
    sets, machine = options.settings(typed.sets), options.machine_name(typed.treadmill)
    options.word("--treadmill", machine, ".toml", find_machine)
    options.word("--heart", typed.heart, ".csv", heart_source)
    who = person(typed.runner)
    allowance = _allowed(typed.allowance, who.name)
    try:
        return simulate(
            located(typed.workout, who.folder),
            machine,
            level=typed.level,
            faults=typed.faults,
            presses=typed.presses,
            heart=typed.heart,
            seed=typed.seed,
            allowance=allowance,
            sets=sets,
            runner=who.runner,
            params=who.params,
            trace=typed.trace,
            journal=typed.journal,
        )
    except OSError as error:
        files = " or ".join(str(file) for file in (typed.trace, typed.journal) if file)  # a full disk names neither
        raise CoachError(f"{error.filename or files}: cannot be written: {(error.strerror or '').lower()}") from error


def _allowed(asked: str | None, runner: str) -> Allowance:
    if asked is None:
        return UNLIMITED
    if asked != Reckoned.HISTORY:
        return read_allowance(asked)
    from coach.cli.allowed import allowance_of

    return allowance_of(runner)


def _rendered(typed: Options, done: Simulation) -> str:
    found = load(located(typed.workout, person(typed.runner).folder))
    return render(done.problems, found.text)


def _failures(expected: Sequence[Expectation], done: Simulation) -> Iterator[str]:
    facts = done.facts()
    for expectation in expected:
        failure = expectation.failure(facts)
        if failure is not None:
            yield failure


def _came_to(done: Simulation) -> str:
    return f"{done.turns} turn{'s' * (done.turns != 1)}, {clock(done.elapsed_s)}"


def _side(side: Side) -> str:
    return (
        f"{clock(side.time_s):>7}  {side.distance_m / 1000:.2f} km  up to {side.max_speed_kmh:.1f} km/h,"
        f" about {side.energy_kcal:.0f} kcal"
    )


def _row(row: SegmentResult) -> str:
    planned = f"{row.planned_m:.0f} m" if row.planned_m is not None else "open"
    if row.planned_s is not None:
        planned = clock(row.planned_s)
    ends = "" if row.target_end_kmh is None else f" -> {row.target_end_kmh:g}"
    target = "" if row.target_kmh is None else f"{row.target_kmh:g}{ends}"
    mean = "" if row.mean_speed_kmh is None else f"{row.mean_speed_kmh:.1f}"
    heart = "" if row.mean_heart_bpm is None else f"{row.mean_heart_bpm:.0f}"
    ended_by = _ENDED_BY.get(row.ended_by or "", row.ended_by or "")
    return (
        f"{row.index:>4}  {row.name:<10}  {row.facing:<8}  {planned:>7}  {clock(row.time_s):>7}"
        f"  {row.distance_m / 1000:>4.2f}  {mean:>4} {target:<8} {heart:>5}  {ended_by}"
    )


def _checked(file: str, values: dict[str, object]) -> dict[str, object]:
    """The values of an allowance, each of the kind that its default has."""
    defaults = {field.name: getattr(UNLIMITED, field.name) for field in fields(Allowance)}
    checked: dict[str, object] = {}
    for name, value in values.items():
        if name not in defaults:
            raise AllowanceError(f"{file}: {name} is not part of an allowance; there are {', '.join(defaults)}")
        checked[name] = _of_kind(file, name, value, defaults[name])
    return checked


def _of_kind(file: str, name: str, value: object, default: object) -> object:
    if isinstance(default, Level):
        if value in tuple(Level):
            return Level(str(value))
        raise AllowanceError(f"{file}: {name} is {value!r}; it must be {', '.join(Level)}")
    kind, number = type(default), isinstance(value, int | float) and not isinstance(value, bool)
    if type(value) is kind and (not number or value >= 0):  # type: ignore[operator]  # a number is compared
        return value
    if kind is float and number and float(str(value)) >= 0:
        return float(str(value))
    kinds = {bool: "true or false", int: "a whole number from 0", float: "a number from 0", str: "text"}
    raise AllowanceError(f"{file}: {name} is {value!r}; it must be {kinds[kind]}")

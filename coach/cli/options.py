"""The options that several commands share, and what their texts mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

import typer

from coach.core.error import CoachError
from coach.core.workout import Level

SIMULATED: Final = "sim"
AUTO: Final = "auto"  # the user's own treadmill that was used last
USUAL: Final = ""  # what --treadmill and --heart are where nobody says anything
STANDARD_MACHINE: Final = "home"
_T = TypeVar("_T")

Workout = Annotated[
    str, typer.Argument(metavar="WORKOUT", help="A path, a name from `coach list`, or a quoted shorthand.")
]
Treadmill = Annotated[
    str,
    typer.Option(
        "--treadmill",
        metavar="sim[:MACHINE|FILE.toml]",
        help="The simulated treadmill: one from `coach machines`, or one from your own file.",
    ),
]
Heart = Annotated[
    str,
    typer.Option(
        "--heart",
        metavar="sim|none|BPM|FILE.csv",
        help="The heart strap: simulated, none, a fixed number, or a curve from a file.",
    ),
]
OwnTreadmill = Annotated[
    str,
    typer.Option(
        "--treadmill",
        metavar="auto|NAME|sim[:MACHINE|FILE.toml]|SIM-NAME",
        help="Your own treadmill (auto: the one used last), a simulated one, or a simulated one on the air. "
        "Without this: your own where you have proved one, else the simulated one.",
        show_default=False,
    ),
]
OwnHeart = Annotated[
    str,
    typer.Option(
        "--heart",
        metavar="NAME|none|sim|BPM|FILE.csv",
        help="Your own strap, none, or on a simulated treadmill: simulated, a fixed number, or a curve from a file.",
        show_default=False,
    ),
]
Faults = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="KIND@WHEN[:SECONDS]",
        help="Something goes wrong, such as mute@600:10 or key@backward1+20. May be given many times.",
    ),
]
Presses = Annotated[
    list[str] | None,
    typer.Option("--press", metavar="KEY@WHEN", help="A press, such as space@turn1+10. May be given many times."),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="What the simulated runner and machine do by chance.")]
Auto = Annotated[bool, typer.Option("--auto", help="A simulated runner confirms; nobody needs to press.")]
Row = Annotated[
    Level | None,
    typer.Option("--level", help="Whose backward caps hold; if left out, those of the workout's own level."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help='A value of the workout, such as "easy=5 km/h". May be given many times.'
    ),
]
RunnerName = Annotated[
    str | None, typer.Option("--runner", metavar="NAME", help="Whose settings; needed only where there are several.")
]
OnSimulator = Annotated[bool, typer.Option("--simulated", help="Look only among those on the simulator.")]
OfRunner = Annotated[str | None, typer.Option("--runner", metavar="NAME", help="Look only among this runner's.")]
Json = Annotated[bool, typer.Option("--json", help="Facts for programs, as JSON.")]


def machine_name(treadmill: str) -> str:
    """The name or file of the simulated machine that `--treadmill` asks for.

    Raises:
        typer.BadParameter: it asks for something else.
    """
    kind, _, machine = treadmill.partition(":")
    if kind != SIMULATED:
        hint = "a simulation has simulated treadmills only: sim, sim:MACHINE or sim:FILE.toml"
        raise typer.BadParameter(f"{treadmill!r}: {hint}", param_hint="--treadmill")
    return machine or STANDARD_MACHINE


def settings(sets: Sequence[str] | None) -> dict[str, str]:
    """What `--set NAME=VALUE` says, the last one of a name.

    Raises:
        typer.BadParameter: one has no name or no value.
    """
    found = {}
    for one in sets or ():
        name, equals, value = one.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise typer.BadParameter(f'{one!r} is not NAME=VALUE, such as "easy=5 km/h"', param_hint="--set")
        found[name.strip().removeprefix("$")] = value.strip()
    return found


def each(option: str, texts: Sequence[str] | None, read: Callable[[str], _T]) -> list[_T]:
    """Every text of an option as its reader understands it.

    Raises:
        typer.BadParameter: the reader refuses one.
    """
    try:
        return [read(text) for text in texts or ()]
    except CoachError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def word(option: str, text: str, suffix: str, read: Callable[[str], _T]) -> _T:
    """What the word of an option stands for, or a file by its suffix.

    Raises:
        typer.BadParameter: the word stands for nothing, whatever is on this computer.
        CoachError: the file cannot be used.
    """
    return read(text) if text.lower().endswith(suffix) else each(option, [text], read)[0]

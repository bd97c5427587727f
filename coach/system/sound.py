"""Sound: the programs of each system that play and that speak, the best first, and how to get one."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from typing import Final, TypeAlias

from coach.system import SYSTEM, of

FILE: Final = "{}"  # stands in a command where its file goes

Command: TypeAlias = tuple[str, ...]

_WINDOWS: Final = (
    "import sys, winsound; winsound.PlaySound(sys.argv[1], winsound.SND_FILENAME | winsound.SND_NODEFAULT)"
)
_PLAYERS: Final[dict[str, tuple[Command, ...]]] = {
    "linux": (  # sound servers first: they share the device
        ("pw-play", FILE),
        ("paplay", FILE),
        ("aplay", "-q", FILE),
        ("play", "-q", FILE),
        ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error", FILE),
    ),
    "darwin": (("afplay", FILE),),
    "win32": ((sys.executable, "-I", "-S", "-c", _WINDOWS, FILE),),
}
_ENGINES: Final = {
    "linux": ("espeak-ng", "spd-say"),
    "darwin": ("say", "espeak-ng"),
    "win32": ("powershell", "espeak-ng"),
}
_GET_PLAYER: Final = {
    "linux": "apt install pulseaudio-utils or alsa-utils, or name a program in COACH_PLAYER",
    "darwin": "afplay comes with macOS; name a program in COACH_PLAYER if it is gone",
    "win32": "install Python anew, or name a program in COACH_PLAYER",
}
_GET_ENGINE: Final = {
    "linux": "apt install espeak-ng",
    "darwin": "say comes with macOS; is it on the PATH?",
    "win32": "PowerShell comes with Windows; is it on the PATH?",
}


def players(system: str = SYSTEM, where: Callable[[str], str | None] = shutil.which) -> tuple[Command, ...]:
    """The commands that play here; `where` finds a program."""
    return tuple(command for command in of(_PLAYERS, system) if where(command[0]))


def engines(system: str = SYSTEM) -> tuple[str, ...]:
    """The names of engines that speak here, if they are there."""
    return of(_ENGINES, system)


def words(command: str, system: str = SYSTEM) -> Command:
    """The words of a command that a user wrote; a backslash of Windows stands in paths.

    Raises:
        ValueError: a quote is not closed.
    """
    return tuple(shlex.split(command, posix=system != "win32"))


def get_player(system: str = SYSTEM) -> str:
    """What to do where nothing plays."""
    return of(_GET_PLAYER, system)


def get_engine(system: str = SYSTEM) -> str:
    """What to do where nothing speaks."""
    return of(_GET_ENGINE, system)

"""Probes of the computer itself: versions, folders, locks, clocks and the sleep guard."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import get_clock_info
from typing import Final

from coach import places
from coach.core.error import CoachError
from coach.doctor.finding import Finding, State
from coach.installed import COACH, installed
from coach.keeper.awake import Awake
from coach.keeper.lock import HeldError, Lock, lock_folder
from coach.system import SYSTEM
from coach.system.sleep import noticed

PYTHON: Final = (3, 11)  # as in pyproject.toml
BLEAK: Final = (3, 1)  # as in pyproject.toml
BLUEZ: Final = (5, 55)  # bleak does not work with an older one
BLUEZ_SIZES: Final = (5, 62)  # older ones do not say how much a write may carry
RUN_S: Final = 3.0  # for a program that only says its version
AWAKE_S: Final = 2.0  # a desktop that answers does so in tenths of a second
SPARE_BYTES: Final = 50 * 1024 * 1024  # some hundred journals
BUILT: Final = 2025  # no clock is right that shows a year before
TICK_S: Final = 0.02  # Windows counts in steps of 16 ms
_UNITS: Final = ((0, "s"), (-3, "ms"), (-6, "µs"))
_BLUETOOTHD: Final = ("/usr/libexec/bluetooth/bluetoothd", "/usr/lib/bluetooth/bluetoothd", "/usr/sbin/bluetoothd")


def run(command: Sequence[str], timeout_s: float = RUN_S) -> str | None:
    """What a program says on standard output; None where it is not there, fails, or does not end in time."""
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, timeout=timeout_s, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace")


def numbers(text: str | None) -> tuple[int, ...]:
    """The first version in a text: (5, 66) of "bluetoothctl: 5.66"; empty where there is none."""
    found = re.search(r"\d+(?:\.\d+)+", text or "")
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def python() -> Finding:
    """The interpreter, and the version of coach itself."""
    about, own = ".".join(map(str, sys.version_info[:3])), installed(COACH) or "not installed"
    seen = f"{about} on {SYSTEM}, coach {own}"
    if sys.version_info < PYTHON:
        return Finding("python", State.MISSING, seen, "install Python 3.11 or newer", simulator=True)
    return Finding("python", State.OK, seen, simulator=True)


def bleak(found: str | None = None) -> Finding:
    """The library of the radio; `found` is its version, asked for where it is not given."""
    found = found or installed("bleak")
    if found is None or numbers(found) < BLEAK:
        return Finding("bleak", State.MISSING, found or "not installed", "pip install 'bleak>=3.1,<4'")
    return Finding("bleak", State.OK, found)


def bluez(asked: Callable[[Sequence[str]], str | None] = run) -> Finding:
    """The Bluetooth service of Linux by its version; `asked` runs a program."""
    commands = (["bluetoothctl", "--version"], *([path, "--version"] for path in _BLUETOOTHD))
    found = next((told for command in commands if (told := numbers(asked(command)))), ())
    seen = ".".join(map(str, found))
    if not found:
        do = "install it: apt install bluez, or your system's package of that name"
        return Finding("BlueZ", State.MISSING, "not found", do)
    if found < BLUEZ:
        return Finding("BlueZ", State.MISSING, f"{seen}; coach needs 5.55", "update the system's package bluez")
    if found < BLUEZ_SIZES:
        do = "update the system's package bluez to 5.62 or newer if writes fail"
        return Finding("BlueZ", State.WARN, f"{seen}; it does not tell how long a write may be", do)
    return Finding("BlueZ", State.OK, seen)


def settings() -> Finding:
    """The settings of this user can be read."""
    file = places.config_file()
    if not places.configured():
        return Finding("settings", State.OK, f"none; {file} may be written", simulator=True)
    from coach.config import load

    try:
        load()
    except CoachError as error:
        return Finding("settings", State.MISSING, str(error), "mend that line", simulator=True)
    seen = str(file) if file.exists() else "from variables of the environment"
    return Finding("settings", State.OK, seen, simulator=True)


def data_folder(folder: Path | None = None, free: Callable[[Path], int] | None = None) -> Finding:
    """Sessions can be recorded: the folder can be written, and there is room."""
    folder, about = folder or places.journals(simulated=False).parent, partial(Finding, "data folder", simulator=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".try").write_text("", encoding="utf-8")
        (folder / ".try").unlink()
        room = (free or _free)(folder)
    except OSError as error:
        do = f"make it writable, or name another folder in {places.HOME_VARIABLE}"
        return about(State.MISSING, f"{folder}: {(error.strerror or str(error)).lower()}", do)
    seen = f"{folder}, {room / 1e9:.1f} GB free"
    if room < SPARE_BYTES:
        return about(State.WARN, seen, "make room: a session that cannot be recorded goes on, but is lost")
    return about(State.OK, seen)


def locks(folder: Path | None = None) -> Finding:
    """No other process drives a treadmill; each lock is taken for an instant where it is free."""
    folder, held = folder or lock_folder(), []
    for path in sorted(folder.glob("*.lock")):
        try:
            Lock(folder, path.stem, "coach doctor", patience_s=0.0).close()
        except HeldError as error:
            held.append(str(error).partition(";")[0])
    if held:
        return Finding("other coach", State.WARN, "; ".join(held), "end that session first if you want this treadmill")
    return Finding("other coach", State.OK, "no other process drives a treadmill")


def clock(now: datetime | None = None) -> Finding:
    """The date can be right, and time is counted finely enough for a belt."""
    now, tick_s = now or datetime.now(UTC), get_clock_info("monotonic").resolution
    seen = f"{now:%Y-%m-%d %H:%M} UTC, counts in steps of {_span(tick_s)}, {_sleeps()}"
    if now.year < BUILT:
        return Finding("clock", State.WARN, seen, "set the date: doses and histories are counted in days")
    if tick_s > TICK_S:
        return Finding("clock", State.WARN, seen, "sessions will be less even")
    return Finding("clock", State.OK, seen)


def sleep_guard(patience_s: float = AWAKE_S) -> Finding:
    """The computer can be kept awake; a closed lid beats every such guard."""
    awake = Awake()
    on = awake.settled.wait(patience_s) and awake.on
    awake.close()
    if on:
        return Finding("sleep guard", State.OK, "keeps the computer awake while a belt is kept; a closed lid does not")
    do = "switch off the computer's sleep while you train, and leave the lid open"
    return Finding("sleep guard", State.WARN, "this system offers none", do)


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _span(seconds: float) -> str:
    factor, unit = next(((10**-power, name) for power, name in _UNITS if seconds >= 10**power), (1e9, "ns"))
    return f"{seconds * factor:.3g} {unit}"


def _sleeps() -> str:
    return "sleep is noticed" if noticed() else "sleep is not noticed"

"""The guest's own Linux in the hands of its owner: an adapter that is switched off, a bluetoothd that ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from contextlib import suppress
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Final

from tests.keeper.stand import running, wait_for
from tests.lab.adapter import power_adapter

CLOCK: Final = os.environ.get("COACH_GUEST", "")  # as guest.sh was told: real, skip, free; empty outside of the guest
_BLUEZ: Final = "org.bluez"
_BUS: Final = "org.freedesktop.DBus"
_REMEMBERED: Final = Path("/var/lib/bluetooth")


def switch(on: bool) -> None:
    """The adapter's own switch, as in the settings of a desktop."""
    asyncio.run(power_adapter(on))


def end_bluetoothd(number: int = signal.SIGTERM) -> None:
    """End bluetoothd, and wait until it is gone."""
    for process in _bluetoothd():
        with suppress(ProcessLookupError):
            os.kill(process, number)
        wait_for(partial(lambda one: not running(one), process))


def start_bluetoothd() -> None:
    """Start it again; it is on the bus when this returns."""
    subprocess.run(["bash", os.environ["BLUETOOTHD"]], check=True)


def forget() -> None:
    """A bluetoothd that has never met any device: what it keeps of their services goes too."""
    end_bluetoothd()
    rmtree(_REMEMBERED)
    _REMEMBERED.mkdir(mode=0o700)
    start_bluetoothd()


def _bluetoothd() -> list[int]:
    """Its process, if there is one."""
    words = f"dbus-send --system --print-reply --dest={_BUS} / {_BUS}.GetConnectionUnixProcessID string:{_BLUEZ}"
    done = subprocess.run(words.split(), capture_output=True, text=True, check=False)
    return [int(done.stdout.split()[-1])] if done.returncode == 0 else []

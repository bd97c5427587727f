"""Bluetooth: who offers it on each system, and where it is switched on and allowed."""

from __future__ import annotations

import signal
from typing import Final

from coach.system import SYSTEM, of

_SWITCH_ON: Final = {
    "linux": "`bluetoothctl power on`, or `rfkill unblock bluetooth`",
    "darwin": "the Control Centre",
    "win32": "Settings, Bluetooth & devices",
}
_ALLOW: Final = {
    "linux": "your user may have to be in the group bluetooth",
    "darwin": "allow your terminal in System Settings, Privacy & Security, Bluetooth",
    "win32": "allow it in Settings, Privacy & security, Radios",
}


def bluez(system: str = SYSTEM) -> bool:
    """Bluetooth comes from BlueZ and the adapters that the kernel lists."""
    return system == "linux"


def switch_on(system: str = SYSTEM) -> str:
    """Where Bluetooth is switched on."""
    return of(_SWITCH_ON, system)


def allow(system: str = SYSTEM) -> str:
    """What allows Bluetooth to a program."""
    return of(_ALLOW, system)


def forbidden(code: int, system: str = SYSTEM) -> bool:
    """A process that looked at the radio was ended because it may not: macOS does so, without an exception."""
    return system == "darwin" and code == -signal.SIGABRT.value

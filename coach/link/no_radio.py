"""Why this computer's Bluetooth cannot be used, in a sentence that says what to do about it on this system."""

from __future__ import annotations

import sys
from typing import Final

from coach.core.error import LinkError

NO_SERVICE: Final = "The Bluetooth service of this computer does not run; try `systemctl start bluetooth`."
DENIED: Final = "DENIED_BY_SYSTEM"
_SETTINGS: Final = {
    "linux": "`bluetoothctl power on`, or `rfkill unblock bluetooth`",
    "darwin": "the Control Centre",
    "win32": "Settings, Bluetooth & devices",
}
_ALLOW: Final = {
    "linux": "your user may have to be in the group bluetooth",
    "darwin": "allow your terminal in System Settings, Privacy & Security, Bluetooth",
    "win32": "allow it in Settings, Privacy & security, Radios",
}
_UNKNOWN: Final = "Bluetooth cannot be used here, and the system does not say why."
_WHY: Final = {  # by the names that bleak has for it
    "NO_BLUETOOTH": "This computer has no Bluetooth adapter; plug one in.",
    "NO_BLE_CENTRAL_ROLE": "This computer's Bluetooth adapter is too old for Low Energy; plug in a newer one.",
    "POWERED_OFF": "Bluetooth is switched off; switch it on with {settings}.",
    "DENIED_BY_USER": "Bluetooth is not allowed; {allow}.",
    DENIED: "Bluetooth is not allowed; {allow}.",
    "DENIED_BY_UNKNOWN": "Bluetooth is not allowed; {allow}.",
}


class NoRadioError(LinkError):
    """This computer's Bluetooth cannot be used; the message says what to do about it on this system."""


def no_radio(reason: str, system: str = sys.platform) -> NoRadioError:
    """The error for a reason (the name of bleak's BleakBluetoothNotAvailableReason) on a system (sys.platform)."""
    settings, allow = (table.get(system, table["linux"]) for table in (_SETTINGS, _ALLOW))
    return NoRadioError(_WHY.get(reason, _UNKNOWN).format(settings=settings, allow=allow))

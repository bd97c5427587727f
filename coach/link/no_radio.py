"""Why this computer's Bluetooth cannot be used, in a sentence that says what to do about it on this system."""

from __future__ import annotations

from typing import Final

from coach.core.error import LinkError
from coach.system import SYSTEM
from coach.system.radio import allow, switch_on

NO_SERVICE: Final = "The Bluetooth service of this computer is not running; try `systemctl start bluetooth`."
DENIED: Final = "DENIED_BY_SYSTEM"
_UNKNOWN: Final = "Bluetooth cannot be used here, and the system does not say why."
_WHY: Final = {  # by the names that bleak has for it
    "NO_BLUETOOTH": "This computer has no Bluetooth adapter; plug one in.",
    "NO_BLE_CENTRAL_ROLE": "This computer's Bluetooth adapter is too old for Low Energy; plug in a newer one.",
    "POWERED_OFF": "Bluetooth is switched off; switch it on with {switch_on}.",
    "DENIED_BY_USER": "Bluetooth is not allowed; {allow}.",
    DENIED: "Bluetooth is not allowed; {allow}.",
    "DENIED_BY_UNKNOWN": "Bluetooth is not allowed; {allow}.",
}


class NoRadioError(LinkError):
    """This computer's Bluetooth cannot be used; the message says what to do about it on this system."""


def no_radio(reason: str, system: str = SYSTEM) -> NoRadioError:
    """The error for a reason (the name of bleak's BleakBluetoothNotAvailableReason) on a system (sys.platform)."""
    why = _WHY.get(reason, _UNKNOWN)
    return NoRadioError(why.format(switch_on=switch_on(system), allow=allow(system)))

"""The adapter that the system's BlueZ made of our controller: wait for it, switch it on and off."""

from __future__ import annotations

import asyncio
from typing import Final

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

BLUEZ: Final = "org.bluez"
ADAPTER: Final = "org.bluez.Adapter1"
PATIENCE_S: Final = 30.0
_AGAIN_S: Final = 0.1


async def power_adapter(on: bool = True, *, timeout_s: float = PATIENCE_S) -> str:
    """Wait until BlueZ shows an adapter, switch it on or off, and say its object path.

    Raises:
        TimeoutError: there was none, or it did not switch.
    """
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                for path in await _adapters(bus):
                    if await _ask(bus, path, "org.freedesktop.DBus.Properties", "Set", ADAPTER, "Powered", on):
                        return path
                await asyncio.sleep(_AGAIN_S)
    finally:
        bus.disconnect()


async def _adapters(bus: MessageBus) -> list[str]:
    answer = await bus.call(
        Message(destination=BLUEZ, path="/", interface="org.freedesktop.DBus.ObjectManager", member="GetManagedObjects")
    )
    if answer.message_type is MessageType.ERROR:
        return []
    return [path for path, interfaces in answer.body[0].items() if ADAPTER in interfaces]


async def _ask(bus: MessageBus, path: str, interface: str, member: str, of: str, name: str, value: bool) -> bool:
    answer = await bus.call(
        Message(
            destination=BLUEZ,
            path=path,
            interface=interface,
            member=member,
            signature="ssv",
            body=[of, name, Variant("b", value)],
        )
    )
    return answer.message_type is not MessageType.ERROR

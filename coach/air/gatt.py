"""Characteristics of a server that answers as the specification wants: what cannot be read or written says so.

Bumble's own server checks encryption but neither kind of access, so each value refuses here what its properties do
not offer (Core 5.4, volume 3, part F, 3.4.1.1).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from bumble import att
from bumble.core import UUID
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service

from coach.link import facts

Bytes: TypeAlias = Characteristic[bytes]
Read: TypeAlias = Callable[[Connection], bytes]
Write: TypeAlias = Callable[[Connection, bytes], Awaitable[None]]

Properties = Characteristic.Properties
Permissions = Characteristic.Permissions

DEVICE_INFORMATION: Final = 0x180A  # assigned numbers of the Bluetooth SIG, this one and those below
GENERIC_ACCESS: Final = 0x1800
DEVICE_NAME: Final = 0x2A00
APPEARANCE: Final = 0x2A01
CCCD_IMPROPER: Final = 0xFD  # client characteristic configuration descriptor improperly configured (CSS part B)
IN_PROGRESS: Final = 0xFE  # procedure already in progress (CSS part B, FTMS 4.16.3)
MAKER: Final = "coach"


def characteristic(
    uuid: int | str,
    properties: Characteristic.Properties,
    *,
    read: Read | None = None,
    write: Write | None = None,
    encrypted: bool = False,
) -> Bytes:
    """One characteristic; a value without `read` or `write` refuses to be read or written."""
    permissions = Permissions(0)
    permissions |= Permissions.READABLE if read is not None else Permissions(0)
    permissions |= Permissions.WRITEABLE if write is not None else Permissions(0)
    permissions |= Permissions.WRITE_REQUIRES_ENCRYPTION if encrypted else Permissions(0)

    def reading(connection: Connection) -> bytes:
        if read is None:
            raise att.ATT_Error(att.ATT_READ_NOT_PERMITTED_ERROR)
        return read(connection)

    async def writing(connection: Connection, value: bytes) -> None:
        if write is None:
            raise att.ATT_Error(att.ATT_WRITE_NOT_PERMITTED_ERROR)
        await write(connection, value)

    return Characteristic(_uuid(uuid), properties, permissions, CharacteristicValue(read=reading, write=writing))


def constant(uuid: int | str, value: bytes) -> Bytes:
    """A characteristic that is read and is always the same."""
    return characteristic(uuid, Properties.READ, read=lambda _: value)


def service(uuid: int | str, characteristics: Sequence[Bytes]) -> Service:
    """A primary service."""
    return Service(_uuid(uuid), characteristics)


def device_information(model: str) -> Service:
    """Who made the simulated machine, and after which machine file."""
    return service(DEVICE_INFORMATION, [constant(facts.MAKER, MAKER.encode()), constant(facts.MODEL, model.encode())])


def _uuid(uuid: int | str) -> UUID:
    return UUID.from_16_bits(uuid) if isinstance(uuid, int) else UUID(uuid)

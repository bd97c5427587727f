"""Opens Bluetooth transports and puts peripherals on the air: each on its adapter, or both on one that can.

`vhci` is no radio. It gives the Linux kernel of this computer a controller in software, so that its own Bluetooth
finds what is served as if it came by air.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from bumble import hci
from bumble.controller import Controller
from bumble.core import BaseBumbleError
from bumble.device import Device
from bumble.transport import open_transport
from bumble.transport.common import Transport, TransportSink, TransportSource

from coach.air.presence import new_device
from coach.air.soft import VHCI, SoftController, SoftLink, attach_kernel
from coach.air.strap import ServedStrap
from coach.air.treadmill import ServedTreadmill
from coach.core.error import LinkError

Served: TypeAlias = ServedTreadmill | ServedStrap

START_S: Final = 10.0  # an adapter that is not ready after so long will not be
KERNEL: Final = "vhci"
EXAMPLES: Final = "usb:0, hci-socket:0 or vhci"
_SCHEMES: Final = frozenset(
    {
        *("usb", "pyusb", "hci-socket", "serial", "vhci", "pty", "file", "udp"),
        *("tcp-client", "tcp-server", "ws-client", "ws-server", "unix", "unix-client", "unix-server"),
        *("android-emulator", "android-netsim"),
    }
)


@dataclass(slots=True)
class OnAir:
    """What is served, what found no place, and the adapters that carry it."""

    served: list[Served] = field(default_factory=list)
    left_out: list[Served] = field(default_factory=list)  # the only adapter can be one peripheral at a time
    sources: list[TransportSource] = field(default_factory=list)

    async def lost(self) -> None:
        """Return when an adapter is gone; without one of our own, never."""
        ends = [source.terminated for source in self.sources] or [asyncio.get_running_loop().create_future()]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)


def scheme(transport: str) -> str:
    """The kind of a transport, which stands before its colon.

    Raises:
        LinkError: there is no such kind.
    """
    kind = transport.partition(":")[0]
    if kind not in _SCHEMES:
        raise LinkError(f"{transport} is not a Bluetooth transport; give {EXAMPLES}")
    return kind


@asynccontextmanager
async def on_air(transports: Sequence[str], peripherals: Sequence[Served]) -> AsyncIterator[OnAir]:
    """Serve peripherals, the first on the first transport and so on; on the last one what is left, if it can.

    Raises:
        LinkError: there is no such transport, no permission for it, or it does not work; one sentence each.
    """
    air = OnAir()
    async with AsyncExitStack() as stack:
        if scheme(transports[0]) == KERNEL:
            await _by_kernel(stack, air, transports[0], peripherals)
        else:
            for transport, group in zip(transports, _groups(len(transports), peripherals), strict=False):
                opened = await _open(stack, transport)
                air.sources.append(opened.source)
                await _serve(stack, air, group, opened.source, opened.sink)
        yield air


def _groups(count: int, peripherals: Sequence[Served]) -> list[Sequence[Served]]:
    alone = [peripherals[at : at + 1] for at in range(min(count, len(peripherals)) - 1)]
    return [*alone, peripherals[len(alone) :]]


async def _by_kernel(stack: AsyncExitStack, air: OnAir, transport: str, peripherals: Sequence[Served]) -> None:
    link = SoftLink()
    try:
        await stack.enter_async_context(attach_kernel(link, transport.partition(":")[2] or VHCI))
    except OSError as error:
        raise _refused(transport, error) from error
    for one in peripherals:
        controller = SoftController(one.face.name, link)
        await _serve(stack, air, [one], controller, controller)


async def _open(stack: AsyncExitStack, name: str) -> Transport:
    scheme(name)
    try:
        async with asyncio.timeout(START_S):
            return await stack.enter_async_context(await open_transport(name))
    except Exception as error:  # each transport raises what its own library or driver does
        raise _refused(name, error) from error


async def _serve(
    stack: AsyncExitStack, air: OnAir, group: Sequence[Served], source: TransportSource, sink: TransportSink
) -> None:
    device = new_device([one.face for one in group], source, sink)
    for service in {service.uuid: service for one in reversed(group) for service in one.services}.values():
        device.add_service(service)
    await _power(device)
    stack.push_async_callback(_power_off, device, source)
    for one in group if device.supports_le_extended_advertising else group[:1]:
        try:
            await one.serve(device)
        except LinkError:
            if one is group[0]:
                raise
            break  # it can advertise, but not twice at once
        stack.push_async_callback(_leave, one, source)
        air.served.append(one)
    air.left_out += [one for one in group if one not in air.served]


async def _power(device: Device) -> None:
    try:
        async with asyncio.timeout(START_S):
            await device.power_on()
    except (TimeoutError, hci.HCI_Error, BaseBumbleError) as error:
        raise LinkError("the Bluetooth adapter does not answer; unplug it and plug it in again") from error


async def _leave(one: Served, source: TransportSource) -> None:
    if not _gone(source):
        await one.close()


async def _power_off(device: Device, source: TransportSource) -> None:
    if _gone(source):
        return
    with suppress(TimeoutError, hci.HCI_Error, BaseBumbleError):  # gone meanwhile
        async with asyncio.timeout(START_S):
            await device.power_off()


def _gone(source: TransportSource) -> bool:
    """The adapter is there no more; it would not answer."""
    return not isinstance(source, Controller) and source.terminated.done()


def _refused(name: str, error: Exception) -> LinkError:
    number = getattr(error, "errno", None)
    if isinstance(error, PermissionError) or number in (errno.EPERM, errno.EACCES):
        return LinkError(f"no permission for {name}; as root it works")
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        load = "; `modprobe hci_vhci` makes it where the kernel has it" if name.startswith(KERNEL) else ""
        return LinkError(f"there is no {name}{load}")
    if number == errno.EBUSY:
        return LinkError(f"{name} is in use; switch it off for the rest of the system first (`hciconfig hci0 down`)")
    if isinstance(error, TimeoutError):
        return LinkError(f"{name} does not answer")
    return LinkError(f"{name} cannot be used: {str(error) or type(error).__name__}; give {EXAMPLES}")

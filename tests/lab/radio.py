"""A radio for tests: software controllers on a link that can fail, and what coach serves on the air on it.

async with Lab() as lab:
    mill = await lab.treadmill("home", pace=10)
    strap = await lab.strap("sim", mill)
    lab.link_loss(mill)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, TypeAlias

from bumble import hci
from bumble.controller import Controller
from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address

from coach.air.clock import PacedClock
from coach.air.presence import new_device
from coach.air.quirks import NO_QUIRKS, Quirks
from coach.air.soft import VHCI, SoftController, SoftLink, attach_kernel
from coach.air.strap import ServedStrap
from coach.air.treadmill import ServedTreadmill
from coach.link.machine_file import find_machine
from coach.link.sim import VirtualTreadmill
from coach.link.strap import VirtualStrap, heart_source
from coach.link.truth import Truth

LabController = SoftController
Served: TypeAlias = ServedTreadmill | ServedStrap

CENTRAL_ADDRESS: Final = "F0:00:00:00:00:FE"
SUPERVISION_S: Final = 2.0
_ADDRESS: Final = "C4:00:00:00:00:{:02X}"


class LabLink(SoftLink):
    """A link that gets lost, and controllers that go out of range."""

    def __init__(self) -> None:
        super().__init__()
        self._silent: set[Controller] = set()
        self._lost: dict[Controller, asyncio.TimerHandle] = {}

    def hears(self, sender: Controller | None, receiver: Controller | None) -> bool:
        return super().hears(sender, receiver) and not self._silent & {sender, receiver}

    def link_loss(self, controller: Controller, reason: int = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR) -> int:
        """Both ends of every link of a controller find it dead, as after a supervision time-out; how many it had."""
        links = list(controller.le_connections.values())
        for link in links:
            peer = self.find_le_controller(link.peer_address)
            controller.on_le_disconnected(link, reason)
            for back in list(peer.le_connections.values()) if peer is not None else []:
                if peer is not None and back.peer_address == link.self_address:
                    peer.on_le_disconnected(back, reason)
        return len(links)

    def out_of_range(self, controller: Controller, supervision_s: float = SUPERVISION_S) -> None:
        """Silence at once; both ends notice when the supervision time-out has run out."""
        self.in_range(controller)
        self._silent.add(controller)
        loop = asyncio.get_running_loop()
        self._lost[controller] = loop.call_later(supervision_s, self.link_loss, controller)

    def in_range(self, controller: Controller) -> None:
        """Back; before the time-out the link lives on, without what was sent meanwhile."""
        self._silent.discard(controller)
        if timer := self._lost.pop(controller, None):
            timer.cancel()

    def in_reach(self, controller: Controller) -> bool:
        """It is not out of range."""
        return controller not in self._silent


class Lab:
    """A link, what is served on it, and centrals of Bumble's own; everything is closed at the end."""

    def __init__(self, link: LabLink | None = None) -> None:
        self.link: Final = link if link is not None else LabLink()
        self.controllers: dict[Served, LabController] = {}
        self._open = AsyncExitStack()
        self._addresses = iter(range(1, 0xFF))

    async def __aenter__(self) -> Lab:
        await self._open.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def treadmill(
        self,
        machine: str = "home",
        *,
        seed: int = 0,
        pace: float = 1.0,
        quirks: Quirks = NO_QUIRKS,
        truth: str = "",
        address: str = "",
    ) -> ServedTreadmill:
        """A machine by its short name or its file, on the air; without an address it gets the next that is free."""
        virtual = VirtualTreadmill(find_machine(machine), seed)
        return await self.serve_treadmill(
            virtual, PacedClock(pace), model=machine, quirks=quirks, truth=truth, address=address
        )

    async def serve_treadmill(
        self,
        virtual: VirtualTreadmill,
        clock: PacedClock,
        *,
        model: str = "test",
        quirks: Quirks = NO_QUIRKS,
        truth: str = "",
        address: str = "",
        tell: Callable[[str, bytes], None] = lambda _what, _value: None,
    ) -> ServedTreadmill:
        """A virtual machine on the air; served once more with its clock, it is the same belt."""
        kept = Truth(truth)
        self._open.callback(kept.close)
        there = address or self._address()
        mill = ServedTreadmill(virtual, clock, model=model, quirks=quirks, truth=kept, address=there, tell=tell)
        await self._serve(mill)
        return mill

    async def strap(
        self,
        heart: str = "sim",
        mill: ServedTreadmill | None = None,
        *,
        seed: int = 0,
        body: Callable[[], tuple[float, float]] | None = None,
    ) -> ServedStrap:
        """A strap on the air, by the clock of that treadmill; on whoever is on it, unless `body` says (km/h, %)."""
        source = heart_source(heart)
        assert source is not None

        def on_it() -> tuple[float, float]:
            return (mill.treadmill.speed_kmh, mill.treadmill.incline_pct) if mill is not None else (0.0, 0.0)

        virtual, clock = VirtualStrap(source, seed), mill.clock if mill is not None else PacedClock()
        strap = ServedStrap(virtual, clock, model=heart, body=body or on_it, address=self._address())
        await self._serve(strap)
        return strap

    async def central(self, address: str = CENTRAL_ADDRESS) -> Device:
        """A host of Bumble's own that can scan and connect."""
        controller = LabController(f"central {address}", self.link)
        config = DeviceConfiguration(name="central", address=Address(address))
        device = Device.from_config_with_hci(config, controller, controller)
        await device.power_on()
        self._open.push_async_callback(_go_away, device)
        return device

    async def kernel(self, device: str = VHCI) -> LabController:
        """The kernel of this computer as another central."""
        return await self._open.enter_async_context(attach_kernel(self.link, device))

    def find(self, address: str) -> Served:
        """What is served at an address; KeyError where nothing is."""
        return {served.face.address: served for served in self.controllers}[address]

    async def leave(self, served: Served) -> None:
        """Take something off the air for good, as when its plug is pulled."""
        self.link_loss(served)
        controller = self.controllers.pop(served)
        await served.close()
        self.link.remove_controller(controller)

    def link_loss(self, served: Served) -> int:
        """The link is lost at both ends at once; how many there were."""
        return self.link.link_loss(self.controllers[served])

    def out_of_range(self, served: Served, supervision_s: float = SUPERVISION_S) -> None:
        """Silence, and after the supervision time-out the link is lost."""
        self.link.out_of_range(self.controllers[served], supervision_s)

    def in_range(self, served: Served) -> None:
        """Back in range."""
        self.link.in_range(self.controllers[served])

    async def _serve(self, served: Served) -> None:
        controller = LabController(served.face.name, self.link)
        device = new_device([served.face], controller, controller)
        device.add_services(served.services)
        self.controllers[served] = controller
        await device.power_on()
        self._open.push_async_callback(device.power_off)
        await served.serve(device)
        self._open.push_async_callback(self._close, served)

    async def _close(self, served: Served) -> None:
        if served in self.controllers:
            await served.close()

    def _address(self) -> str:
        return _ADDRESS.format(next(self._addresses))


async def _go_away(device: Device) -> None:
    for connection in tuple(device.connections.values()):
        await connection.disconnect()
    await device.power_off()

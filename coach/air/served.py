"""What every served peripheral has: a place on the air, which it takes and leaves with its clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bumble.device import Connection

from coach.air.presence import Presence


class Served:
    """A peripheral between `serve` and `close`; its class fills in the presence, the timer and who heeds its clock."""

    def __init__(self) -> None:
        self._presence: Presence | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unheed: Callable[[], None] | None = None

    async def close(self) -> None:
        """Leave the air; what it was goes on by nobody's clock."""
        if self._unheed is not None:
            self._unheed()
            self._unheed = None
        if self._presence is not None:
            await self._presence.close()
        if self._timer is not None:
            self._timer.cancel()

    @property
    def presence(self) -> Presence:
        """Its place on the air, once it is served."""
        assert self._presence is not None
        return self._presence

    @property
    def connection(self) -> Connection | None:
        """Whoever is connected."""
        return self._presence.connection if self._presence is not None else None

    async def advertise(self, on: bool) -> None:
        """Be found, or not."""
        await self.presence.advertise(on)

    async def kick(self) -> None:
        """End the link from the peripheral's side."""
        await self.presence.kick()

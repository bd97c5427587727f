"""A link that is wanted: opened, kept, and opened again when it is lost, until it is no longer wanted."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import Final, Protocol

from coach.core.error import LinkError
from coach.link.ble import Peer
from coach.link.radio import Radio
from coach.link.sighting import Sighting

log = logging.getLogger(__name__)

ATTEMPT_S: Final = 12.0  # to find, connect and discover; a slow machine takes 5 s for its services alone
PAIRING_S: Final = 40.0  # where somebody may have to press a button for it
SET_UP_S: Final = 40.0  # to read and to subscribe, where every answer is slow or somebody has to allow a pairing
BACK_OFF_S: Final = (0.0, 0.5, 1.0, 2.0, 5.0)  # between attempts: at once, then at most 5 s (safety.md 8)


class UnfitError(LinkError):
    """It is not the device that was wanted, and trying again does not make it so."""


class Holder(Protocol):
    """Who wants the link; all its methods are called in the loop of the radio."""

    async def set_up(self, peer: Peer) -> None:
        """Read and subscribe; UnfitError ends the attempts, any other LinkError leads to the next one."""

    def found(self, peer: Peer, at_s: float, /) -> None:
        """The link is up and set up; told again of the same link when it was probed and lives."""

    def lost(self, at_s: float) -> None:
        """The link that was found is gone, or was given up."""

    def trouble(self, at_s: float, text: str, *, final: bool) -> None:
        """Why it does not connect; told when it changes. `final`: it is not tried again."""


class Connection:
    """Keeps one link for its holder; the methods are for other threads and return at once, but for close()."""

    def __init__(self, radio: Radio, target: Sighting, holder: Holder, *, pair: bool = False) -> None:
        self._radio = radio
        self._target = target
        self._holder = holder
        self._pair = pair
        self._turn = asyncio.Lock()  # the next link waits until the last one is let go
        self._task: asyncio.Task[None] | None = None
        self._limit: asyncio.Timeout | None = None  # of the setting up
        self._gone = asyncio.Event()
        self._up: Peer | None = None
        self._probing: asyncio.Task[None] | None = None
        self._said = ""

    def connect(self) -> None:
        """Connect, and keep trying; nothing where that is so already."""
        self._radio.soon(self._connect)

    def disconnect(self) -> None:
        """Let go, and stay so until connect()."""
        self._radio.soon(self._disconnect)

    def renew(self) -> None:
        """Let go and connect again."""
        self._radio.soon(self._renew)

    def probe(self) -> None:
        """Find out whether the link lives: then it is found once more, else renewed; nothing where there is none."""
        self._radio.soon(self._probe)

    def close(self, timeout_s: float) -> None:
        """Let go and wait for it, at most so long. Never raises."""
        with suppress(LinkError):
            self._radio.run(self._close(), timeout_s)

    def _connect(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._keep())
            self._task.add_done_callback(_ended)

    def _disconnect(self) -> None:
        self._drop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _renew(self) -> None:
        self._disconnect()
        self._connect()

    def _probe(self) -> None:
        if self._up is not None and self._probing is None:
            self._probing = asyncio.get_running_loop().create_task(self._ask(self._up))
            self._probing.add_done_callback(_ended)

    async def _ask(self, peer: Peer) -> None:
        try:
            alive = await peer.alive()
        finally:
            self._probing = None
        if self._up is not peer:
            return  # it was lost meanwhile, and that was told
        if alive:
            self._holder.found(peer, monotonic())
        else:
            self._renew()

    async def _close(self) -> None:
        self._disconnect()
        async with self._turn:
            pass

    async def _keep(self) -> None:
        async with self._turn:
            self._said = ""
            tries = 0
            while True:
                try:
                    await self._hold()
                    tries = 0
                except UnfitError as error:
                    self._say(error, final=True)
                    return
                except LinkError as error:
                    self._say(error)
                    tries += 1
                except Exception:  # an error of our own, or of a library: the next link may be without it
                    log.exception("the link ended with an error")
                    self._say(LinkError("the radio had an error of its own; it tries again"))
                    tries += 1
                await asyncio.sleep(BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)])

    async def _hold(self) -> None:
        """One link, from its beginning to its end."""
        self._gone = gone = asyncio.Event()
        timeout_s = PAIRING_S if self._pair else ATTEMPT_S
        peer = await Peer.open(self._target, lost=self._lost, timeout_s=timeout_s, pair=self._pair)
        try:
            await self._set_up(peer)
            self._up, self._said = peer, ""
            # the address it has is the machine's from now on: another one with its name is another one
            self._target = replace(self._target, address=peer.address)
            log.info("connected")
            self._holder.found(peer, monotonic())
            await gone.wait()
        finally:
            self._drop()
            await peer.close()

    async def _set_up(self, peer: Peer) -> None:
        gone = LinkError(f"{peer.name} lets the link go at once; is another app connected to it?")
        try:
            async with asyncio.timeout(SET_UP_S) as self._limit:
                await self._holder.set_up(peer)
        except TimeoutError as error:
            if self._gone.is_set():
                raise gone from error
            raise LinkError(f"{peer.name} connects and then does not answer; switch it off and on") from error
        except LinkError as error:
            if self._gone.is_set():
                raise gone from error
            raise
        finally:
            self._limit = None
        if self._gone.is_set():
            raise gone

    def _lost(self) -> None:
        self._drop()
        self._gone.set()
        if self._limit is not None:
            with suppress(RuntimeError):  # it has just run out
                self._limit.reschedule(0.0)  # nobody waits for the answers of who is gone

    def _drop(self) -> None:
        if self._up is not None:
            self._up = None
            log.info("link gone")
            self._holder.lost(monotonic())

    def _say(self, error: LinkError, *, final: bool = False) -> None:
        text = str(error)
        if text != self._said:
            self._said = text
            log.warning("no link: %s", text)
            self._holder.trouble(monotonic(), text, final=final)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a link is no longer kept", exc_info=error)

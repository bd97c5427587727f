"""Who may come in: the right address under the right name, so many at a time, and nobody who only holds the door."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from typing import Final

MOST: Final = 32  # connections at a time
HEAD_S: Final = 5.0  # a connection that is not watching by then is closed
WRONG_BURST: Final = 20.0  # wrong addresses that one computer may ask for at once
WRONG_PER_S: Final = 1.0  # and then so many a second
MOST_PEERS: Final = 1024  # computers that are kept in mind


class Door:
    """Counts connections. When all places are taken, the longest one that does not watch makes room."""

    def __init__(self, later: Callable[[float, Callable[[], None]], object]) -> None:
        self._later = later
        self._open: dict[asyncio.Transport, bool] = {}  # whether it watches; in order of coming

    def enter(self, transport: asyncio.Transport) -> None:
        """Let it in, or close it or another."""
        if len(self._open) >= MOST:
            idle = next((one for one, watches in self._open.items() if not watches), None)
            if idle is None:
                transport.abort()
                return
            self._close(idle)
        self._open[transport] = False
        _ = self._later(HEAD_S, lambda: self._tired(transport))

    def watches(self, transport: asyncio.Transport) -> None:
        """It has shown the secret and watches: it may stay."""
        if transport in self._open:
            self._open[transport] = True

    def leave(self, transport: asyncio.Transport) -> None:
        """It is gone."""
        _ = self._open.pop(transport, None)

    def __len__(self) -> int:
        return len(self._open)

    def _tired(self, transport: asyncio.Transport) -> None:
        if self._open.get(transport) is False:
            self._close(transport)

    def _close(self, transport: asyncio.Transport) -> None:
        self.leave(transport)
        transport.abort()


class Patience:
    """How many wrong addresses a computer may still ask for."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}  # what is left of a burst, and when that was

    def spend(self, peer: str) -> bool:
        """It asked for a wrong one; False: it is answered no more for now."""
        now_s = self._clock()
        left, at_s = self._left.pop(peer, (WRONG_BURST, now_s))
        left = min(left + (now_s - at_s) * WRONG_PER_S, WRONG_BURST)
        self._left[peer] = (max(left - 1.0, 0.0), now_s)
        while len(self._left) > MOST_PEERS:
            del self._left[next(iter(self._left))]
        return left >= 1.0


def leaf_of(target: str, token: str) -> str | None:
    """What is asked for under the secret part of the address; None where that is not the secret.

    The target is taken as it came: nothing in it is decoded or resolved, so there is no way out of the folder.
    """
    head, slash, leaf = target.removeprefix("/").partition("/")
    same = hmac.compare_digest(head.encode("utf-8", "surrogateescape"), token.encode())
    return leaf if same and slash and target.startswith("/") else None

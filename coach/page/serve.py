"""The server of the page: four files, one live line to each browser, and a stop that goes up. It reads nothing else."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Final

from aiohttp import WSMsgType, web

from coach.keeper.wire import WireError, from_keeper
from coach.page.door import Door, Patience, leaf_of
from coach.page.lines import REPORT_S, WATCHED_S, NotServed, Opening, Served, Stop, Up, Watching, place, read_words
from coach.page.view import STOPPING, Shown, lost, view
from coach.page.watcher import MESSAGE_BYTES, STUCK_S, Watcher

PUSH_S: Final = 0.1  # at most ten views a second
AGAIN_S: Final = 0.5  # a view is sent again, so that a browser knows that it is the newest
HEARD_S: Final = 1.0  # a keeper speaks twice a second; of one that does not nothing is sent
STOP_GAP_S: Final = 0.25  # between two stops that are passed up
LOST_S: Final = 30.0  # the alarm of a lost keeper stays so long
LAST_S: Final = 4.0  # the summary stays so long when the keeper has gone
BIND_S: Final = 15.0  # a port that the page of the session before still has is waited for
BIND_AGAIN_S: Final = 0.25  # a port of a page that has just ended is free soon
FAREWELL_S: Final = 0.2  # so long a browser may take to hear that it is over
LINE_BYTES: Final = 2048  # of a request; and of each of its headers
HEADERS: Final = 40  # a browser sends half as many

FILES: Final[Mapping[str, tuple[str, str]]] = {
    "": ("page.html", "text/html"),
    "page.css": ("page.css", "text/css"),
    "page.js": ("page.js", "text/javascript"),
    "digits.js": ("digits.js", "text/javascript"),
}
LIVE: Final = "live"

log = logging.getLogger(__name__)
_MUTE: Final = logging.getLogger("coach.page.requests")  # what is asked for has the secret in it
_MUTE.disabled = True


class Server:
    """One page, served until its session has ended; `said` takes what goes up."""

    def __init__(self, opening: Opening, shown: Shown, said: Callable[[Up], None]) -> None:
        self._opening = opening
        self._shown = shown
        self._said = said
        self._loop = asyncio.get_running_loop()
        self._door = Door(self._loop.call_later)
        self._patience = Patience(monotonic)
        self._watchers: dict[Watcher, tuple[web.WebSocketResponse, asyncio.Transport]] = {}
        self._texts = {leaf: (_file(name), kind) for leaf, (name, kind) in FILES.items()}
        self._place = place(opening.host, opening.port)
        self._number = 0
        self._text = ""
        self._changed = True
        self._pushed_s = self._heard_s = self._stopped_s = self._reported_s = -1e9
        self._ended_s: float | None = None  # the keeper's pipe has ended

    # From the keeper.

    def hear(self, line: bytes) -> None:
        """A line from the keeper."""
        now_s = monotonic()
        try:
            words = read_words(line) if self._shown.plan is None else None
            if words is not None:
                self._shown = replace(self._shown, words=words)
            elif self._shown.plan is not None:
                shown = self._shown.take(from_keeper(line))
                new = shown.answer != self._shown.answer
                self._shown = replace(shown, answered_s=now_s) if new else shown
        except (WireError, ValueError) as error:
            log.warning("from the keeper: %s", error)
            return
        self._heard_s, self._changed = now_s, True

    def end(self) -> None:
        """The keeper says nothing more."""
        self._ended_s, self._changed = monotonic(), True
        self._shown = lost(self._shown)

    # Serving.

    async def run(self) -> None:
        """Until the session has ended and its last word was seen."""
        served = web.Server(self._answer, access_log=None, logger=_MUTE)
        try:
            bound = await self._bind(served)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            self._said(NotServed(f"{self._opening.host} cannot be served from: {why}"))
            return
        port = bound.sockets[0].getsockname()[1]
        self._place = place(self._opening.host, port)
        self._said(Served(self._opening.host, port))
        try:
            while not self._over():
                self._tick()
                await asyncio.sleep(PUSH_S)
        finally:
            bound.close()
            await self._leave()
            await served.shutdown(1.0)

    async def _bind(self, served: web.Server) -> asyncio.Server:
        until_s = monotonic() + BIND_S
        while True:
            try:
                return await self._loop.create_server(
                    lambda: _Connection(served, self._door, self._loop), self._opening.host, self._opening.port
                )
            except OSError:
                if monotonic() >= until_s or self._ended_s is not None:
                    raise
                await asyncio.sleep(BIND_AGAIN_S)

    def _over(self) -> bool:
        if self._ended_s is None:
            return False
        if self._shown.plan is None:
            return True
        stays_s = LOST_S if self._shown.lost else LAST_S
        done = self._shown.done
        if done is not None and not done.started:
            stays_s = 0.0
        return monotonic() - self._ended_s >= stays_s

    async def _leave(self) -> None:
        for watcher, (socket, _) in list(self._watchers.items()):
            watcher.wake.set()
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(FAREWELL_S):
                    await socket.close()

    def _tick(self) -> None:
        now_s = monotonic()
        fresh = self._ended_s is not None or self._shown.plan is None or now_s - self._heard_s < HEARD_S
        if fresh and (self._changed or now_s - self._pushed_s >= AGAIN_S):
            self._push(now_s)
        for watcher, (_, transport) in list(self._watchers.items()):
            if watcher.stuck(now_s):
                transport.abort()
        if now_s - self._reported_s >= REPORT_S - PUSH_S / 2:
            self._reported_s = now_s
            self._said(Watching(sum(one.drew(now_s, WATCHED_S) for one in self._watchers)))

    def _push(self, now_s: float) -> None:
        self._pushed_s, self._changed = now_s, False
        self._number += 1
        self._text = json.dumps({"n": self._number, **view(self._shown, now_s)}, ensure_ascii=False)
        for watcher in self._watchers:
            watcher.wake.set()

    # Requests.

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        leaf = self._asked(request)
        if leaf == LIVE:
            return await self._live(request)
        if leaf is None or leaf not in self._texts:
            if not self._patience.spend(request.remote or "") and request.transport is not None:
                request.transport.abort()
            return _closing(web.Response(status=404, text="Not found\n"))
        text, kind = self._texts[leaf]
        return _guarded(web.Response(text=text, content_type=kind, charset="utf-8"), self._place)

    def _asked(self, request: web.BaseRequest) -> str | None:
        """The file that a proper request asks for; None for any other, and the answer does not say why."""
        leaf = leaf_of(request.raw_path, self._opening.token)
        if leaf is None or request.method != "GET" or request.headers.getall("Host", []) != [self._place]:
            return None
        if leaf != LIVE:
            return leaf
        ours = request.headers.getall("Origin", []) == [f"http://{self._place}"]
        return leaf if ours and _shakes_hands(request) else None

    async def _live(self, request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse(timeout=1.0, autoping=False, compress=False, max_msg_size=MESSAGE_BYTES)
        _ = await socket.prepare(request)
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            return socket
        self._door.watches(transport)
        transport.set_write_buffer_limits(high=1)
        watcher = Watcher()
        self._watchers[watcher] = socket, transport
        watcher.wake.set()
        try:
            async with asyncio.TaskGroup() as group:
                feeding = group.create_task(self._feed(watcher, socket))
                await self._listen(watcher, socket)
                _ = feeding.cancel()
        except* (OSError, TimeoutError, RuntimeError):  # the browser is gone, in one of the ways that there are
            transport.abort()
        finally:
            _ = self._watchers.pop(watcher, None)
        return socket

    async def _feed(self, watcher: Watcher, socket: web.WebSocketResponse) -> None:
        while not socket.closed:
            _ = await watcher.wake.wait()
            watcher.wake.clear()
            if self._current() and watcher.wants(self._number):
                watcher.send(self._number, monotonic())
                async with asyncio.timeout(STUCK_S):
                    await socket.send_str(self._text)

    def _current(self) -> bool:
        """There is a view, and it is no older than a keeper's word may be: who comes late is shown nothing that was."""
        return self._number > 0 and monotonic() - self._pushed_s < HEARD_S

    async def _listen(self, watcher: Watcher, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if watcher.floods(monotonic()):
                return
            if message.type is WSMsgType.TEXT and watcher.hear(message.data):
                self._stop()

    def _stop(self) -> None:
        now_s = monotonic()
        if now_s - self._stopped_s >= STOP_GAP_S:
            self._stopped_s = now_s
            self._said(Stop())
        self._shown = replace(self._shown, answer=STOPPING, answered_s=now_s)
        self._changed = True


class _Connection(web.RequestHandler):
    """A connection that goes through the door."""

    __slots__ = ("_door", "_way")

    def __init__(self, served: web.Server, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            served,
            loop=loop,
            access_log=_MUTE,
            logger=_MUTE,
            max_line_size=LINE_BYTES,
            max_field_size=LINE_BYTES,
            max_headers=HEADERS,
        )
        self._door = door
        self._way: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if isinstance(transport, asyncio.Transport):
            self._way = transport
            self._door.enter(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._way is not None:
            self._door.leave(self._way)
        super().connection_lost(exc)


def _shakes_hands(request: web.BaseRequest) -> bool:
    try:
        return web.WebSocketResponse().can_prepare(request).ok
    except ValueError:  # aiohttp 3.14 reads the key as base64 and does not expect that it is none
        return False


def _guarded(response: web.Response, here: str) -> web.Response:
    """With all that keeps a browser from asking elsewhere, telling the address, or keeping a copy."""
    live = "" if here.startswith("[") else f" ws://{here}"  # a policy has no IPv6 addresses (CSP 3, 2.3.1)
    response.headers.update(
        {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
                f"connect-src 'self'{live}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Server": "coach",
        }
    )
    return response


def _closing(response: web.Response) -> web.Response:
    response.headers.update({"Cache-Control": "no-store", "Server": "coach"})
    response.force_close()
    return response


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")

"""The page under attack, over real sockets: whatever comes, only stop goes up, and who watches goes on watching."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing
from typing import Any

import aiohttp
import pytest

from coach.core.event import Verb
from coach.page.door import MOST
from coach.page.serve import HEARD_S
from coach.page.watcher import WINDOW
from tests.page.served import HERE, PATIENCE_S, TOKEN, Watched, moments, served, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only there this computer has many addresses of its own"),
]
SOURCES = itertools.count(1)


@pytest.fixture(scope="module")
def page() -> Iterator[Watched]:
    with served() as watched:
        watched.show(moments()["forward"])
        yield watched


@pytest.fixture(autouse=True)
def nothing_but_stop(page: Watched) -> Iterator[None]:
    yield
    while not page.offered.empty():
        assert page.offered.get_nowait().verb is Verb.STOP
    assert page.told.empty()
    assert raw(page, request(page)).startswith(b"HTTP/1.1 200 ")  # and it is still served


def request(page: Watched, target: str = f"/{TOKEN}/", method: str = "GET", **headers: str) -> bytes:
    told = {"Host": f"{HERE}:{page.port}", "Connection": "close", **headers}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def raw(page: Watched, sent: bytes, source: str | None = None) -> bytes:
    """What is answered; each time to another computer, as far as the page can tell."""
    own = source or f"127.0.{next(SOURCES)}.1"
    with closing(socket.create_connection((HERE, page.port), PATIENCE_S, (own, 0))) as one:
        found = b""
        try:
            one.sendall(sent)
            while some := one.recv(65536):
                found += some
        except ConnectionError:
            return found
        return found


def play(told: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await told()

    asyncio.run(bounded())


@asynccontextmanager
async def watching(page: Watched, **headers: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    told = {"Origin": f"http://{HERE}:{page.port}", **headers}
    address = f"http://{HERE}:{page.port}/{TOKEN}/live"
    async with aiohttp.ClientSession() as client, client.ws_connect(address, headers=told) as one:
        yield one


async def view(one: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await one.receive_str(timeout=PATIENCE_S))
    return found


def test_the_page_keeps_nothing_and_asks_for_nothing_else(page: Watched) -> None:
    head = raw(page, request(page)).partition(b"\r\n\r\n")[0].decode()
    assert "default-src 'none'" in head
    assert "no-referrer" in head
    assert "no-store" in head
    assert "frame-ancestors 'none'" in head
    assert "aiohttp" not in head


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/live",
        f"/{TOKEN}",
        f"/{TOKEN[:-1]}/",
        f"/{TOKEN}x/",
        f"/{TOKEN.upper()}/",
        f"/{TOKEN}/stop",
        f"/{TOKEN}/?stop=true",
        f"/{TOKEN}/../serve.py",
        f"/{TOKEN}/serve.py",
        f"/{TOKEN}/%2e%2e/serve.py",
        f"/{TOKEN}//etc/passwd",
        f"/{TOKEN}/..%5c..%5cserve.py",
        "/favicon.ico",
        "/%00",
        "*",
    ],
)
def test_any_other_address_is_not_found_and_says_no_more(page: Watched, target: str) -> None:
    found = raw(page, request(page, target))
    assert found[9:12] in {b"", b"400", b"404"}
    assert TOKEN.encode() not in found


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "STOP"])
def test_there_is_no_method_but_get(page: Watched, method: str) -> None:
    found = raw(page, request(page, method=method, Content_Length="0"))
    assert not found or found[9:12] in {b"404", b"400"}
    assert raw(page, request(page, f"/{TOKEN}/live", method=method)).partition(b" ")[2][:3] in {b"404", b"400", b""}


def test_a_form_of_another_site_changes_nothing(page: Watched) -> None:
    body = b'{"stop": true}'
    sent = request(
        page,
        f"/{TOKEN}/live",
        "POST",
        Origin="http://evil.example",
        Content_Type="text/plain",
        Content_Length=str(len(body)),
    )
    assert raw(page, sent + body).startswith(b"HTTP/1.1 404 ")
    assert page.offered.empty()


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "", "[::1]"])
def test_under_another_name_it_is_not_found(page: Watched, host: str) -> None:
    assert raw(page, request(page, Host=host))[9:12] in {b"404", b"400"}


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_another_site_cannot_watch_or_stop(page: Watched, origin: str | None) -> None:
    told = {} if origin is None else {"Origin": origin}
    sent = request(
        page,
        f"/{TOKEN}/live",
        Connection="Upgrade",
        Upgrade="websocket",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
        **told,
    )
    assert raw(page, sent).startswith(b"HTTP/1.1 404 ")


def test_a_stop_goes_up_and_a_flood_of_them_a_few_times(page: Watched) -> None:
    async def told() -> None:
        async with watching(page) as one:
            _ = await view(one)
            for _ in range(40):
                await one.send_str('{"stop": true}')
            while (await view(one))["answer"] != "STOPPING":
                pass

    play(told)
    assert page.offered.get(timeout=PATIENCE_S).verb is Verb.STOP
    assert page.offered.qsize() <= 3


@pytest.mark.parametrize(
    "said",
    ['{"start": true}', '{"verb": "faster"}', '{"kmh": 20}', '{"pause": true}', "[" * 250, "\x00\x01", "", '"stop"'],
)
def test_nothing_else_that_a_browser_says_has_an_effect(page: Watched, said: str) -> None:
    async def told() -> None:
        async with watching(page) as one:
            for _ in range(20):
                await one.send_str(said)
            await one.send_bytes(b'{"stop": true}')
            first = (await view(one))["n"]
            await one.send_str(json.dumps({"got": first}))
            assert (await view(one))["n"] > first

    play(told)
    assert page.offered.empty()


@pytest.mark.parametrize("size", [257, 100_000, 1_000_000])
def test_who_says_too_much_at_once_is_dropped(page: Watched, size: int) -> None:
    async def told() -> None:
        async with watching(page) as one:
            await one.send_str('{"stop": true}' + " " * size)
            async for _ in one:
                pass

    play(told)
    assert page.offered.empty()


def test_who_says_too_much_too_fast_is_dropped(page: Watched) -> None:
    async def told() -> None:
        async with watching(page) as one:
            try:
                for _ in range(10_000):
                    await one.send_str('{"got": 1}')
            except ConnectionError:
                return
            async for _ in one:
                pass

    play(told)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00" * 1000,
        b"GET " + b"/" * 10_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 5000 + b"\r\n",
        b"GET / HTTP/1.1\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x07" * 500,
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n" * 10_000,
        b"{" * 50_000,
    ],
    ids=["zeros", "long line", "many headers", "long header", "tls", "version", "empty lines", "braces"],
)
def test_garbage_is_answered_with_nothing_that_helps(page: Watched, sent: bytes) -> None:
    assert raw(page, sent)[9:12] in {b"", b"400", b"404", b"431"}


def test_wrong_addresses_are_answered_no_more_after_some(page: Watched) -> None:
    found = [raw(page, request(page, f"/guess-{number}/"), "127.1.1.1") for number in range(60)]
    assert found[0].startswith(b"HTTP/1.1 404 ")
    assert found[-1] == b""
    assert raw(page, request(page), "127.1.1.1").startswith(b"HTTP/1.1 200 ")  # the right one is


def test_two_hundred_connections_take_nothing_from_who_watches(page: Watched) -> None:
    async def told() -> None:
        async with watching(page) as one:
            first = await view(one)
            idle = [await asyncio.open_connection(HERE, page.port) for _ in range(200)]
            await one.send_str(json.dumps({"got": first["n"], "drawn": first["n"]}))
            for _ in range(5):
                now = await view(one)
                await one.send_str(json.dumps({"drawn": now["n"]}))
            closed = 0
            for reader, writer in idle[: 200 - MOST]:
                with pytest.raises(ConnectionError):
                    assert await reader.read(1) or _reset()
                closed += 1
                writer.close()
            assert closed == 200 - MOST
            async with watching(page) as another:  # there is room for the next one
                assert (await view(another))["now"] == "forward"
            for _, writer in idle[200 - MOST :]:
                writer.close()

    play(told)


def _reset() -> bool:
    """Closed in order is closed too."""
    raise ConnectionResetError


def test_a_slow_reader_is_dropped_and_the_others_see_the_newest(page: Watched) -> None:
    async def told() -> None:
        async with watching(page) as slow, watching(page) as quick:
            unread = asyncio.create_task(_all_of(slow))
            last = 0
            while not unread.done():
                now = await view(quick)
                assert now["n"] > last
                last = now["n"]
                await quick.send_str(json.dumps({"drawn": last}))
            assert len(await unread) == WINDOW

    play(told)


async def _all_of(one: aiohttp.ClientWebSocketResponse) -> list[str]:
    """All that comes, and no word that it came."""
    return [message.data async for message in one]


def test_who_draws_counts_as_watching_and_who_only_receives_does_not(page: Watched) -> None:
    async def told() -> None:
        async with watching(page) as one:
            while page.page.watching == 0:
                now = await view(one)
                await one.send_str(json.dumps({"drawn": now["n"]}))
            while page.page.watching > 0:
                now = await view(one)
                await one.send_str(json.dumps({"got": now["n"]}))

    wait_for(lambda: page.page.watching == 0)
    while not page.seen.empty():
        _ = page.seen.get()
    play(told)
    assert [page.seen.get(timeout=PATIENCE_S), page.seen.get(timeout=PATIENCE_S)] == [True, False]


def test_who_comes_while_coach_is_silent_is_shown_nothing_of_before(page: Watched) -> None:
    now = page.feeding
    assert now is not None

    async def told() -> None:
        async with watching(page) as first:
            _ = await view(first)
        page.hush()
        await asyncio.sleep(2 * HEARD_S)
        async with watching(page) as late:
            with pytest.raises(TimeoutError):
                _ = await late.receive_str(timeout=HEARD_S)
            page.show(now)
            assert await view(late)

    play(told)

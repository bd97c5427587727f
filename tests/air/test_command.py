"""`coach treadmill` as a process: its adapter is a controller of the test, on the other end of a socket."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from bumble.controller import Controller
from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address
from bumble.transport.common import StreamPacketSink, StreamPacketSource

from coach.air.soft import SoftController, SoftLink
from coach.cli.treadmill import asked
from coach.core.ftms import TREADMILL_DATA
from coach.link.simulated import PACE
from tests.air.central import SAID, Central, run, sight
from tests.air.pace import decode_pace

Adapter: TypeAlias = "Callable[[Plug, StreamPacketSink], None]"
Coach = Callable[..., tuple[int, str, str]]
TREADMILL, STRAP = "C4:00:00:00:00:01", "C4:00:00:00:00:02"
posix = pytest.mark.skipif(sys.platform == "win32", reason="sockets of this kind, and Ctrl-C for a child, are POSIX")


class Plug(StreamPacketSource):
    """The other end of the socket that coach takes for its adapter."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__()
        self._adapter = adapter
        self.wire: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        self.wire = transport
        self._adapter(self, StreamPacketSink(transport))

    def pull(self) -> None:
        """As when an adapter is taken out."""
        if self.wire is not None:
            self.wire.close()


@asynccontextmanager
async def served(path: Path, adapter: Adapter, *words: str) -> AsyncIterator[tuple[Process, Plug]]:
    """`coach treadmill` on an adapter that `adapter` makes of what comes and goes."""
    plug = Plug(adapter)
    server = await asyncio.get_running_loop().create_unix_server(lambda: plug, path)
    begun = [sys.executable, "-m", "coach", "treadmill", "--transport", f"unix-client:{path}", *words]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = await asyncio.create_subprocess_exec(*begun, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=env)
    try:
        yield process, plug
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        plug.pull()
        server.close()
        await server.wait_closed()


async def line(process: Process, part: str) -> str:
    """The next line with these words."""
    assert process.stdout is not None
    while read := await process.stdout.readline():
        if part in read.decode():
            return read.decode()
    assert process.stderr is not None
    pytest.fail(f"no line with {part!r}; {(await process.stderr.read()).decode()}")


async def central(link: SoftLink, kind: type[Controller], address: str = "F0:00:00:00:00:FE") -> Device:
    controller = kind("central", link=link)
    config = DeviceConfiguration(name="central", address=Address(address))
    device = Device.from_config_with_hci(config, controller, controller)
    await device.power_on()
    return device


@posix
def test_both_are_served_on_one_adapter_that_can_be_two(tmp_path: Path) -> None:
    async def play() -> None:
        link = SoftLink()

        def adapter(source: Plug, sink: StreamPacketSink) -> None:
            Controller("adapter", host_source=source, host_sink=sink, link=link)

        async with served(tmp_path / "s", adapter, "--pace", "50", "--heart", "120") as (process, _):
            await line(process, "Ctrl-C")
            device = await central(link, Controller)
            assert {TREADMILL, STRAP} <= set(await sight(device, 2))
            connection = await device.connect(TREADMILL)
            await line(process, "Treadmill: connected")
            other = await central(link, Controller, "F0:00:00:00:00:22")  # Bumble's controller knows a link by its peer
            strap = await other.connect(STRAP)
            await line(process, "Strap: connected")
            names = [await (await Central.on(one)).read(0x2A00) for one in (connection, strap)]
            assert names == [b"SIM-home", b"SIM-heart"]
            await strap.disconnect()
            await line(process, "Strap: disconnected")
            await connection.disconnect()
            await line(process, "Treadmill: disconnected")
            process.send_signal(signal.SIGINT)
            await line(process, "Off the air.")
            assert await process.wait() == 0

    run(play())


@posix
def test_it_says_what_happens_and_obeys_words(tmp_path: Path) -> None:
    async def play() -> None:
        link = SoftLink()

        def adapter(source: Plug, sink: StreamPacketSink) -> None:
            SoftController("adapter", link, host_source=source, host_sink=sink)

        words = ("--pace", "50", "--machine", "link-loss-keeps", "--fault", "console-stop@100000")
        async with served(tmp_path / "s", adapter, *words) as (process, _):
            assert TREADMILL in await line(process, "SIM-link-loss-keeps is on the air")
            await line(process, "Ctrl-C")
            device = await central(link, SoftController)
            one = await Central.at(device, TREADMILL)
            await one.listen(*SAID)
            await line(process, "Treadmill: connected.")
            assert decode_pace(await one.read(PACE)) == 50
            assert await one.read(0x2A24) == b"link-loss-keeps"
            assert await one.ask(0) == 1
            await line(process, "Treadmill: asked for control.")
            assert await one.ask(7) == 1
            await line(process, "Treadmill: asked to start.")
            await one.speed(lambda kmh: kmh > 0)
            assert await one.ask(2, 0x2C, 0x01) == 1
            await line(process, "Treadmill: asked for 3 km/h.")
            assert process.stdin is not None
            process.stdin.write(b"key\nnonsense\n\n")
            await line(process, "You: the safety key is out.")
            await one.speed(lambda kmh: kmh == 0)
            process.stdin.write(b"drop\n")
            await one.lost.wait()
            await line(process, "Treadmill: disconnected.")
            again = await Central.at(device, TREADMILL)
            await again.listen(TREADMILL_DATA)
            await again.until(lambda: bool(again.heard))
            process.stdin.close()  # the hands are gone, the treadmill stays
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 0
            assert process.stderr is not None
            said = (await process.stderr.read()).decode()
            assert "SIM-heart is left out" in said
            assert "nonsense is not something to do here" in said
            assert "Traceback" not in said

    run(play())


@posix
def test_an_adapter_that_goes_away_is_said(tmp_path: Path) -> None:
    async def play() -> None:
        link = SoftLink()

        def adapter(source: Plug, sink: StreamPacketSink) -> None:
            SoftController("adapter", link, host_source=source, host_sink=sink)

        async with served(tmp_path / "s", adapter, "--heart", "none") as (process, plug):
            await line(process, "Ctrl-C")
            plug.pull()
            assert await process.wait() == 1
            assert process.stderr is not None
            assert "the Bluetooth adapter is gone" in (await process.stderr.read()).decode()

    run(play())


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--transport", "foo:0"], 2, "foo:0 is not a Bluetooth transport; give usb:0"),
        (["--transport", "unix-client:/nowhere/at/all"], 1, "there is no unix-client:/nowhere/at/all"),
        (["--transport", "vhci:/nowhere"], 1, "modprobe hci_vhci"),
        (["--transport", "usb:0", "--machine", "hom"], 2, "did you mean home?"),
        (["--transport", "usb:0", "--heart", "900"], 2, "1 to 255"),
        (["--transport", "usb:0", "--pace", "51"], 2, "--pace"),
        (["--transport", "usb:0", "--fault", "key@backward1"], 2, "first connection"),
        (["--transport", "usb:0", "--fault", "slept@3"], 2, "not to a treadmill"),
        ([], 2, "--transport"),
    ],
)
def test_a_mistake_gets_one_sentence(coach: Coach, words: list[str], code: int, message: str) -> None:
    left, out, err = coach("treadmill", *words)
    assert left == code
    assert message in out + err
    assert "Traceback" not in out + err


def test_without_bumble_it_says_how_to_get_it(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("coach.cli.treadmill.find_spec", lambda name: None if name == "bumble" else find(name))
    code, _, err = coach("treadmill", "--transport", "usb:0")
    assert code == 1
    assert err.startswith("coach: coach treadmill needs Bumble, which is not installed; ")
    assert err.endswith("pip install '.[air]'\n")


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        ("", "an empty write"),
        ("00", "asked for control"),
        ("01", "asked for a reset"),
        ("02 2c 01", "asked for 3 km/h"),
        ("02 2c", "a write that treadmills do not have: 02 2c"),
        ("03 e2 ff", "asked for -3 % incline"),
        ("07", "asked to start"),
        ("08 01", "asked to stop"),
        ("08 02", "asked to pause"),
        ("08 03", "a write that treadmills do not have: 08 03"),
        ("42 07", "a write that treadmills do not have: 42 07"),
    ],
)
def test_a_write_in_plain_words(octets: str, words: str) -> None:
    assert asked(bytes.fromhex(octets)) == words

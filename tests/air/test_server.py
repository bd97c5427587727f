"""The lab's server: each deed in this process, and the whole of it as a process with its socket."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coach.core.ftms import CONTROL_POINT, SPEED_RANGE, TREADMILL_DATA
from tests.air.central import Central, run
from tests.lab.radio import Lab
from tests.lab.server import LabServer, Wanted

HOME = Path(__file__).parents[2]
FAST = 50.0


def test_the_deeds_of_the_server() -> None:
    async def play() -> None:
        async with Lab() as lab:
            server = await LabServer.begin(lab, Wanted(pace=FAST, heart="130"))

            async def do(what: str, **more: object) -> dict[str, Any]:
                answer = await server.do({"do": what, **more})
                assert answer["ok"], answer
                return answer

            begun = await do("state")
            assert (begun["motion"], begun["kmh"], begun["writes"], begun["connected"]) == ("idle", 0, [], False)
            device = await lab.central()
            mill = lab.find(begun["address"])
            central = await Central.to(device, mill)
            await central.listen(CONTROL_POINT, TREADMILL_DATA)
            assert await central.ask(0) == 1
            assert [value for _, _, value in (await do("state"))["writes"]] == ["00"]
            assert (await do("state", writes_from=1))["writes"] == []
            await do("mischief", results={"7": 4})
            assert await central.ask(7) == 4
            await do("mend")
            assert await central.ask(7) == 1
            assert (await do("key"))["key_in"] is False
            assert (await do("key"))["key_in"] is True
            await do("self_start")
            await do("take_control")
            assert (await do("state"))["controlled"] is False
            assert (await do("hand", word="stop"))["did"] == "Stop pressed on the console"
            assert (await do("battery", pct=5))["strap"]["battery_pct"] == 5
            assert (await do("pace", pace=10))["pace"] == 10
            assert (await do("link_loss"))["lost"] == 1
            await central.lost.wait()
            assert (await do("second"))["connected"] is True
            assert (await do("second", hold=False))["connected"] is False
            central = await Central.to(device, mill)
            await do("kick")
            await central.lost.wait()
            await do("silence", seconds=0.05, supervision_s=0.01)
            await do("in_range")
            assert (await do("advertise", on=False))["advertising"] is False
            again = await do("restart", machine="no-indications", quirks={"speed_range": False})
            assert (again["address"], again["connections"], again["writes"]) == (begun["address"], 0, [])
            other = await Central.to(device, lab.find(begun["address"]))
            assert other.find(SPEED_RANGE) is None
            await do("quit")
            assert server.done.is_set()

    run(play())


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"do": "strat"},
        {"do": "hand", "word": "strat"},
        {"do": "hand"},
        {"do": "pace", "pace": 0},
        {"do": "pace", "pace": "x"},
        {"do": "mischief", "mute": True},
        {"do": "restart", "machine": "hom"},
        {"do": "restart", "quirks": {"nmaed": True}},
        {"do": "battery", "pct": 5},
        {"do": "link_loss", "who": "strap"},
    ],
)
def test_what_the_server_cannot_do_it_says(asked: dict[str, object]) -> None:
    async def play() -> None:
        async with Lab() as lab:
            server = await LabServer.begin(lab, Wanted(heart="none"))
            answer = await server.do(asked)
            assert answer["ok"] is False
            assert answer["error"]
            assert (await server.do({"do": "state"}))["ok"] is True

    run(play())


def test_the_server_is_a_process_with_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "s"
    words = [sys.executable, "-m", "tests.lab.server", "--socket", str(path), "--machine", "mph-both", "--pace", "5"]
    server = subprocess.Popen(words, cwd=HOME, stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        ready = json.loads(server.stdout.readline())
        assert (ready["ready"], ready["name"], ready["pace"]) == (True, "SIM-mph-both", 5)

        async def ask() -> dict[str, Any]:
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b'{"do": "self_start"}\n{"do": "quit"}\n')
            answers = [json.loads(await reader.readline()) for _ in range(2)]
            writer.close()
            return dict(answers[0])

        assert run(ask())["motion"] == "running"
        assert server.wait(20) == 0
    finally:
        server.kill()
        server.wait()
        server.stdout.close()

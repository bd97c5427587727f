"""The lab as a process: a simulated treadmill and strap on a software radio, and a socket for the hand that breaks it.

    python -m tests.lab.server --socket PATH [--kernel] [--machine NAME] [--heart SOURCE] [--pace N] [--seed N]
                               [--truth FILE]

With --kernel the Linux kernel of this computer gets a controller on the same radio, and BlueZ's adapter is switched on.
When all is ready it prints one line of JSON. On the socket, a line of JSON is {"do": NAME, ...} and is answered by
{"ok": true, ...} or {"ok": false, "error": ...}; every answer carries the state. What NAME may be is in `_DEEDS`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final, TypeAlias

from bumble.core import BaseBumbleError
from bumble.device import Device

from coach.air.hands import Hands
from coach.air.quirks import Quirks
from coach.air.strap import ServedStrap
from coach.air.treadmill import ServedTreadmill
from coach.core.error import CoachError
from coach.link.machine_file import find_machine
from coach.link.sim import VirtualTreadmill
from tests.lab.radio import Lab, Served

Said: TypeAlias = dict[str, object]

SECOND_ADDRESS: Final = "F0:00:00:00:00:22"
CONNECT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the lab serves when it begins."""

    machine: str = "home"
    heart: str = "sim"
    pace: float = 1.0
    seed: int = 0
    truth: str = ""


class LabServer:
    """One treadmill and one strap, and all that can be done to them."""

    def __init__(self, lab: Lab, wanted: Wanted, mill: ServedTreadmill) -> None:
        self.done: Final = asyncio.Event()
        self._lab = lab
        self._wanted = wanted
        self._mill = mill
        self._strap: ServedStrap | None = None
        self._hands = Hands(mill)
        self._second: Device | None = None

    @classmethod
    async def begin(cls, lab: Lab, wanted: Wanted) -> LabServer:
        """Put both on the air."""
        mill = await lab.treadmill(wanted.machine, seed=wanted.seed, pace=wanted.pace, truth=wanted.truth)
        server = cls(lab, wanted, mill)
        if wanted.heart != "none":
            server._strap = await lab.strap(wanted.heart, mill, seed=wanted.seed, body=server._body)
            server._hands = Hands(mill, server._strap)
        return server

    def _body(self) -> tuple[float, float]:
        return self._mill.treadmill.speed_kmh, self._mill.treadmill.incline_pct

    async def do(self, asked: Said) -> Said:
        """Do one thing, and say what came of it."""
        deed = _DEEDS.get(str(asked.get("do")))
        if deed is None:
            return {"ok": False, "error": f"there are {', '.join(_DEEDS)}"}
        try:
            more = await deed(self, asked)
        except (CoachError, BaseBumbleError, ValueError, TypeError, KeyError, TimeoutError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}
        return {"ok": True, **self.state(asked), **(more or {})}

    def state(self, asked: Mapping[str, object]) -> Said:
        """The truth of this instant; `writes` begins at `writes_from`."""
        mill, strap = self._mill, self._strap
        belt = mill.look()
        begin = asked.get("writes_from", 0)
        return {
            "mono": monotonic(),
            "at_s": mill.clock.now_s(),
            "pace": mill.clock.pace,
            "kmh": belt.speed_kmh,
            "m": belt.distance_m,
            "pct": belt.incline_pct,
            "motion": belt.motion.value,
            "controlled": belt.controlled,
            "key_in": belt.key_in,
            "name": mill.face.name,
            "address": mill.face.address,
            "connected": mill.connection is not None,
            "connections": mill.connections,
            "advertising": mill.presence.advertising,
            "second": self._second is not None,
            "writes": [[one.at_s, one.mono_s, one.value.hex()] for one in mill.writes[_whole(begin) :]],
            "strap": None if strap is None else _strap_state(strap),
        }

    def _served(self, asked: Said) -> Served:
        if asked.get("who", "treadmill") == "treadmill":
            return self._mill
        if self._strap is None:
            raise ValueError("no strap is served")
        return self._strap

    # The deeds.

    async def look(self, _: Said) -> None:
        """Only the state."""

    async def quit(self, _: Said) -> None:
        """End the process."""
        self.done.set()

    async def link_loss(self, asked: Said) -> Said:
        """Both ends find the link dead; `lost` is how many there were."""
        return {"lost": self._lab.link_loss(self._served(asked))}

    async def silence(self, asked: Said) -> None:
        """Out of range, for `seconds` or until in_range; the link dies after `supervision_s`."""
        served = self._served(asked)
        self._lab.out_of_range(served, _number(asked.get("supervision_s", 2.0)))
        if "seconds" in asked:
            asyncio.get_running_loop().call_later(_number(asked["seconds"]), self._lab.in_range, served)

    async def in_range(self, asked: Said) -> None:
        """Back in range."""
        self._lab.in_range(self._served(asked))

    async def advertise(self, asked: Said) -> None:
        """Be found (`on`), or not."""
        await self._served(asked).advertise(on=asked["on"] is True)

    async def kick(self, asked: Said) -> None:
        """End the link from the peripheral's side."""
        await self._served(asked).kick()

    async def hand(self, asked: Said) -> Said:
        """Say a `word` of coach treadmill: key, start, stop, +, -, self-start, take-control, mute:10, heart=185 ..."""
        return {"did": self._hands.do(str(asked["word"]))}

    async def mend(self, _: Said) -> None:
        """End all mischief and all faults that last."""
        self._mill.mend()

    async def mischief(self, asked: Said) -> None:
        """Set fields of Mischief, such as {"results": {"7": 4}} or {"answer_late_s": 25}."""
        wish = {name: value for name, value in asked.items() if name != "do"}
        if isinstance(results := wish.get("results"), dict):
            wish["results"] = {int(op): int(result) for op, result in results.items()}
        self._mill.mischief = replace(self._mill.mischief, **wish)  # type: ignore[arg-type]  # replace() checks the names

    async def pace(self, asked: Said) -> None:
        """Another `pace`."""
        self._mill.clock.set_pace(_number(asked["pace"]))

    async def battery(self, asked: Said) -> None:
        """The strap's battery has `pct` left."""
        if self._strap is None:
            raise ValueError("no strap is served")
        self._strap.set_battery(_whole(asked["pct"]))

    async def second(self, asked: Said) -> None:
        """Another central connects to the treadmill and holds it (`hold`), or lets it go."""
        if asked.get("hold", True) is True:
            self._second = self._second or await self._lab.central(SECOND_ADDRESS)
            await self._second.connect(self._mill.face.address, timeout=CONNECT_S)
            return
        if self._second is not None:
            for connection in tuple(self._second.connections.values()):
                await connection.disconnect()

    async def restart(self, asked: Said) -> None:
        """The treadmill off and on again, as another `machine` or with `quirks` if told; its belt begins at 0."""
        quirks = asked.get("quirks", {})
        made = Quirks(**quirks) if isinstance(quirks, dict) else Quirks()
        wanted = replace(self._wanted, machine=str(asked.get("machine", self._wanted.machine)))
        virtual, old = VirtualTreadmill(find_machine(wanted.machine), wanted.seed), self._mill
        await self._lab.leave(old)
        self._mill = await self._lab.serve_treadmill(
            virtual, old.clock, model=wanted.machine, quirks=made, truth=wanted.truth, address=old.face.address
        )
        self._wanted = wanted
        self._hands = Hands(self._mill, self._strap)


_DEEDS: Final[dict[str, Callable[[LabServer, Said], Awaitable[Said | None]]]] = {
    "state": LabServer.look,
    "quit": LabServer.quit,
    "link_loss": LabServer.link_loss,
    "silence": LabServer.silence,
    "in_range": LabServer.in_range,
    "advertise": LabServer.advertise,
    "kick": LabServer.kick,
    "hand": LabServer.hand,
    "key": lambda server, _: server.hand({"word": "key"}),
    "self_start": lambda server, _: server.hand({"word": "self-start"}),
    "take_control": lambda server, _: server.hand({"word": "take-control"}),
    "mend": LabServer.mend,
    "mischief": LabServer.mischief,
    "pace": LabServer.pace,
    "battery": LabServer.battery,
    "second": LabServer.second,
    "restart": LabServer.restart,
}


def _strap_state(strap: ServedStrap) -> Said:
    return {
        "name": strap.face.name,
        "address": strap.face.address,
        "connected": strap.connection is not None,
        "connections": strap.connections,
        "battery_pct": strap.battery_pct,
    }


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value


async def _serve(wanted: Wanted, path: str, *, kernel: bool) -> None:
    async with Lab() as lab:
        if kernel:
            await lab.kernel()
        server = await LabServer.begin(lab, wanted)
        if kernel:
            from tests.lab.adapter import power_adapter

            await power_adapter()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while line := await reader.readline():
                writer.write(json.dumps(await server.do(json.loads(line))).encode() + b"\n")
                await writer.drain()
            writer.close()

        socket = await asyncio.start_unix_server(listen, path)
        print(json.dumps({"ready": True, **server.state({})}), flush=True)
        await server.done.wait()
        socket.close()


def main() -> int:
    """Serve until somebody says quit."""
    words = argparse.ArgumentParser(prog="python -m tests.lab.server")
    words.add_argument("--socket", required=True)
    words.add_argument("--machine", default="home")
    words.add_argument("--heart", default="sim")
    words.add_argument("--pace", type=float, default=1.0)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--truth", default="")
    words.add_argument("--kernel", action="store_true")
    given = words.parse_args()
    wanted = Wanted(given.machine, given.heart, given.pace, given.seed, given.truth)
    asyncio.run(_serve(wanted, given.socket, kernel=given.kernel))
    return 0


if __name__ == "__main__":
    sys.exit(main())

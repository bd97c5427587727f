"""A simulated treadmill as a process of its own: it outlives whoever drives it, as a real one does.

    python -m coach.link.peripheral MACHINE SEED [TRUTH]

It says its port, its secret and its process id in one line of JSON and closes standard output. While it is driven its
clock is the driver's. A driver that ends without `bye` leaves the link held, as BlueZ does when a process dies, and
the belt as it was: from there the machine goes on by the wall clock, and a guard may use the link. It ends by itself.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import inf, isfinite
from select import select
from time import monotonic
from typing import Final

from coach.core.error import LinkError, MachineError
from coach.core.event import Heard, Returned
from coach.link.cable import HOST, WIRE, Cable, Message, Role, finite, number, octets
from coach.link.machine_file import find_machine
from coach.link.sim import VirtualTreadmill
from coach.link.truth import Truth
from coach.system.signals import ignore

ALONE_S: Final = 60.0  # without anybody it ends after so long, whatever its belt does
STANDS_S: Final = 10.0  # and with a belt that stands after so long: a guard may still be on its way
NAMELESS_S: Final = 2.0  # who plugs in has so long to say the secret
LOOK_S: Final = 0.5  # at the latest it looks so soon whether it is to end


class Clock:
    """The machine's own: its driver's while there is one, the wall's behind it."""

    def __init__(self) -> None:
        self.at_s = 0.0
        self.free = False  # nobody drives
        self._mono_s = monotonic()
        self._pace = 1.0

    def drive(self, at_s: float, pace: float) -> None:
        """The driver's now, and how fast his clock goes."""
        self.at_s = max(at_s, self.at_s)
        self.free, self._pace, self._mono_s = False, pace, monotonic()

    def take(self) -> None:
        """A driver takes over, from where the machine is."""
        self.drive(self.now_s(), 1.0)

    def let_go(self) -> None:
        """The driver is gone: his time counts up to here, the wall's from here on."""
        now_s = monotonic()
        self.at_s += (now_s - self._mono_s) * self._pace
        self.free, self._pace, self._mono_s = True, 1.0, now_s

    def now_s(self) -> float:
        """The machine's now."""
        return self.at_s + (monotonic() - self._mono_s if self.free else 0.0)


class Peripheral:
    """One machine, its socket and who is at it."""

    def __init__(self, treadmill: VirtualTreadmill, truth: Truth) -> None:
        self.secret: Final = secrets.token_hex(16)
        self._socket = socket.create_server((HOST, 0))
        self.port: Final = int(self._socket.getsockname()[1])
        self._treadmill = treadmill
        self._truth = truth
        self._clock = Clock()
        self._calls = _calls(treadmill)
        self._driver: Cable | None = None
        self._guard: Cable | None = None
        self._callers: dict[Cable, float] = {}  # who has not said the secret yet, and until when they may
        self._alone_s = monotonic()
        self._stands_s = inf  # with a belt that stands nobody needs to be waited for longer than this

    def serve(self) -> None:
        """Serve until nobody needs the machine any more."""
        while not self._over():
            users = [cable for cable in (self._driver, self._guard, *self._callers) if cable is not None]
            plugs: list[Cable | socket.socket] = [self._socket, *users]
            ready, _, _ = select(plugs, [], [], self._wait_s())
            for cable in users:  # a driver before those who want to take his place
                if cable in ready:
                    self._hear(cable)
            if self._socket in ready:
                self._let_in()
            self._let_out()
            if self._guard is not None:
                self._tell_guard()
        self._socket.close()

    def _over(self) -> bool:
        if self._driver is not None or self._guard is not None or self._callers:
            return False
        alone_s = monotonic() - self._alone_s
        if alone_s >= ALONE_S:
            return True
        return alone_s >= self._stands_s and self._stands()

    def _stands(self) -> bool:
        self._run()
        return self._treadmill.motion.standing and self._treadmill.speed_kmh == 0

    def _wait_s(self) -> float:
        if self._guard is None:
            return LOOK_S
        return min(max(self._treadmill.due_s - self._clock.now_s(), 0.0), LOOK_S)

    # Who comes and goes.

    def _let_in(self) -> None:
        with suppress(OSError, LinkError):  # gone again
            plug, _ = self._socket.accept()
            self._callers[Cable(plug)] = monotonic() + NAMELESS_S

    def _let_out(self) -> None:
        for cable in [cable for cable, until_s in self._callers.items() if monotonic() > until_s]:
            self._drop(cable)

    def _drop(self, cable: Cable) -> None:
        cable.close()
        self._callers.pop(cable, None)
        if cable is self._driver:
            self._driver = None
            self._clock.let_go()
            self._leave(STANDS_S)
        elif cable is self._guard:
            self._guard = None
            self._leave(STANDS_S)

    def _leave(self, stands_s: float) -> None:
        self._alone_s, self._stands_s = monotonic(), stands_s

    def _hear(self, cable: Cable) -> None:
        try:
            for message in cable.heard():
                self._serve_one(cable, message)
        except LinkError:
            self._drop(cable)

    def _serve_one(self, cable: Cable, message: Message) -> None:
        if cable is self._driver:
            self._drive(cable, message)
        elif cable is self._guard:
            self._obey(cable, message)
        elif cable in self._callers:
            self._attach(cable, message)

    def _attach(self, cable: Cable, message: Message) -> None:
        secret, role = str(message.get("attach")), message.get("role")
        if not hmac.compare_digest(secret.encode(), self.secret.encode()) or message.get("wire") != WIRE:
            raise LinkError("a stranger")
        if self._driver is not None or self._guard is not None:
            cable.put({"taken": True})
            raise LinkError("somebody is at the machine")
        del self._callers[cable]
        if role == Role.GUARD:
            self._guard = cable
            self._found(cable)
        else:
            self._driver = cable
            self._clock.take()
            cable.put(self._state())

    # The driver: lockstep on his clock.

    def _drive(self, cable: Cable, message: Message) -> None:
        if "bye" in message:
            self._treadmill.disconnect(self._clock.now_s())
            self._drop(cable)
            self._leave(0.0)
            return
        if "at_s" in message:
            at_s, pace = number(message, "at_s"), number(message, "pace")
            if not isfinite(at_s + pace):
                raise LinkError(f"no instant: {message}")
            self._clock.drive(at_s, pace)
        call = self._calls.get(str(message.get("call")))
        if call is None:
            raise LinkError(f"no such call: {message}")
        answer = call(message)
        cable.put({**self._state(), **answer})
        self._truth.note(Role.DRIVE, self._clock.at_s, self._treadmill.speed_kmh, _noted(message))

    def _state(self) -> Message:
        treadmill = self._treadmill
        return {
            "at_s": self._clock.at_s,
            "due_s": finite(treadmill.due_s),
            "kmh": treadmill.speed_kmh,
            "m": treadmill.distance_m,
            "pct": treadmill.incline_pct,
            "linked": treadmill.linked,
            "motion": treadmill.motion.value,
            "controlled": treadmill.controlled,
            "key_in": treadmill.key_in,
        }

    # The guard: the wall clock.

    def _run(self) -> list[Heard | Returned]:
        return self._treadmill.run_until(self._clock.now_s())

    def _found(self, cable: Cable) -> None:
        """What was said to the driver after his end was heard by nobody."""
        if not self._clock.free:
            self._clock.let_go()
        self._run()
        held = self._treadmill.linked
        if not held:
            self._treadmill.connect(self._clock.now_s())
        cable.put({"found": True, "held": held})
        self._note({"attach": True})

    def _obey(self, cable: Cable, message: Message) -> None:
        self._tell_guard()
        if "bye" in message:
            self._treadmill.disconnect(self._clock.now_s())
            self._drop(cable)
            self._leave(0.0)
            return
        value = octets(message, "write")
        self._treadmill.write(value, self._clock.now_s())
        self._note({"write": value.hex()})

    def _tell_guard(self) -> None:
        said = self._run()
        if said:
            self._note({})
        for event in said:
            if self._guard is not None:
                self._push(self._guard, event)

    def _push(self, cable: Cable, event: Heard | Returned) -> None:
        try:
            cable.put({"heard": [event.uuid, event.value.hex()]} if isinstance(event, Heard) else {"ok": event.ok})
        except LinkError:
            self._drop(cable)

    def _note(self, what: Mapping[str, object]) -> None:
        self._truth.note(Role.GUARD, self._clock.now_s(), self._treadmill.speed_kmh, what)


def _calls(machine: VirtualTreadmill) -> dict[str, Callable[[Message], Message]]:
    """The hands on a machine: a row is a call with what it takes from its request."""
    instants = {
        "connect": machine.connect,
        "disconnect": machine.disconnect,
        "pull_key": machine.pull_key,
        "put_key": machine.put_key,
        "console_stop": machine.console_stop,
        "console_start": machine.console_start,
        "self_start": machine.self_start,
        "take_control": machine.take_control,
    }
    ends = {
        "mute": machine.mute,
        "garbage": machine.garbage,
        "refuse": machine.refuse,
        "ignore_stop": machine.ignore_stop,
    }

    def timed(act: Callable[[float], None], name: str) -> Callable[[Message], Message]:
        def call(asked: Message) -> Message:
            act(number(asked, name))
            return {}

        return call

    def read(asked: Message) -> Message:
        uuid = asked.get("uuid")
        value = machine.read(uuid) if isinstance(uuid, int) else None
        return {"value": None if value is None else value.hex()}

    def write(asked: Message) -> Message:
        machine.write(octets(asked, "write"), number(asked, "at_s"))
        return {}

    def console_change(asked: Message) -> Message:
        machine.console_change(number(asked, "delta_kmh"), number(asked, "at_s"))
        return {}

    def run_until(asked: Message) -> Message:
        return {"said": [_told(event) for event in machine.run_until(number(asked, "at_s"))]}

    rows = {name: timed(act, "at_s") for name, act in instants.items()}
    rows |= {name: timed(act, "until_s") for name, act in ends.items()}
    return rows | {"read": read, "write": write, "console_change": console_change, "run_until": run_until}


def _told(event: Heard | Returned) -> list[object]:
    if isinstance(event, Heard):
        return [event.at_s, event.uuid, event.value.hex()]
    return [event.at_s, event.ok]


def _noted(message: Message) -> Mapping[str, object]:
    return {"write": message["write"]} if "write" in message else {"call": message.get("call")}


def _close_output() -> None:
    """Whoever reads our output sees its end; closing sys.stdout leaves the descriptor open."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def main(words: list[str]) -> int:
    """Be the machine that the words name."""
    ignore(("SIGINT", "SIGHUP"))  # a belt runs on when whoever drove it is gone
    name, seed, *path = words
    try:
        treadmill = VirtualTreadmill(find_machine(name), int(seed))
    except MachineError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return 1
    peripheral = Peripheral(treadmill, Truth(path[0] if path else os.environ.get("COACH_TRUTH", "")))
    print(json.dumps({"port": peripheral.port, "secret": peripheral.secret, "pid": os.getpid()}), flush=True)
    _close_output()
    peripheral.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

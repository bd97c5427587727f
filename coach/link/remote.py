"""A simulated treadmill in another process: driven in lockstep, or held by a guard when its driver is gone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import IO, Final

from coach.core.error import LinkError, MachineError
from coach.core.event import Heard, Returned
from coach.link.cable import WIRE, Cable, Message, Role, finite, number
from coach.link.machine_file import SimMachine
from coach.link.sim import Motion
from coach.spawn import Process, spawn

START_S: Final = 10.0  # a Python on a busy computer takes seconds


@dataclass(frozen=True, slots=True)
class Hosted:
    """A machine that was started, and what attaches to it."""

    process: Process
    port: int
    secret: str


def host(machine: str, seed: int = 0, truth: str | Path = "") -> Hosted:
    """Start a machine in a process of its own; it ends by itself.

    Args:
        machine: a shipped one, or a file.
        seed: of everything random.
        truth: a file for what the belt truly does.

    Raises:
        MachineError: no such machine.
        LinkError: it did not start.
    """
    try:
        process = spawn("coach.link.peripheral", machine, str(seed), str(truth))
    except OSError as error:
        raise LinkError(f"The simulated treadmill cannot be started: {error}") from error
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    said = _first_line(process, process.stdout)
    if "error" in said:
        process.wait(START_S)
        raise MachineError(str(said["error"]))
    return Hosted(process, int(number(said, "port")), str(said.get("secret")))


def _first_line(process: Process, stdout: IO[bytes]) -> Message:
    lines: list[bytes] = []
    reader = Thread(target=lambda: lines.append(stdout.readline()), daemon=True)
    reader.start()
    reader.join(START_S)
    try:
        said = json.loads(lines[0])
    except (IndexError, ValueError) as error:
        process.kill()
        process.wait(START_S)
        raise LinkError("The simulated treadmill did not start") from error
    finally:
        if lines:
            stdout.close()
    if not isinstance(said, dict):
        raise LinkError("The simulated treadmill did not start")
    return said


def _attached(port: int, secret: str, role: Role) -> tuple[Cable, Message]:
    cable = Cable.to(port)
    try:
        cable.put({"attach": secret, "role": role, "wire": WIRE})
        answer = cable.get()
    except LinkError:
        cable.close()
        raise
    if "taken" in answer:
        cable.close()
        raise LinkError("Somebody else is at the simulated treadmill")
    return cable, answer


class RemoteTreadmill:
    """A Treadmill whose belt is in another process; every call is one request and one answer.

    All calls raise LinkError when the machine is gone or does not answer, and then for ever.
    """

    def __init__(self, port: int, secret: str, machine: SimMachine) -> None:
        """Attach as the driver.

        Raises:
            LinkError: it is not there, or somebody else drives it.
        """
        self.machine: Final = machine
        self.pace = 1.0  # seconds of the driver's clock in a second of the wall's
        self._cable, self._state = _attached(port, secret, Role.DRIVE)
        self._due_s = number(self._state, "due_s")

    @property
    def linked(self) -> bool:
        """The link is up."""
        return self._state["linked"] is True

    @property
    def hands(self) -> RemoteTreadmill:
        """Of people."""
        return self

    @property
    def motion(self) -> Motion:
        """What the belt is about."""
        return Motion(str(self._state["motion"]))

    @property
    def controlled(self) -> bool:
        """Request Control was granted on this link."""
        return self._state["controlled"] is True

    @property
    def key_in(self) -> bool:
        """The safety key is in its place."""
        return self._state["key_in"] is True

    @property
    def speed_kmh(self) -> float:
        """The true speed of the belt."""
        return number(self._state, "kmh")

    @property
    def distance_m(self) -> float:
        """How far the belt has truly run."""
        return number(self._state, "m")

    @property
    def incline_pct(self) -> float:
        """The true incline."""
        return number(self._state, "pct")

    @property
    def due_s(self) -> float:
        """The next instant at which the machine has something to say or changes what it does."""
        return self._due_s

    def connect(self, at_s: float) -> None:
        """Link and subscribe to everything."""
        self._timed("connect", at_s)

    def disconnect(self, at_s: float) -> None:
        """Lose the link; the machine itself stays attached."""
        self._timed("disconnect", at_s)

    renew = slept = disconnect  # the world makes the new link

    def read(self, uuid: int) -> bytes | None:
        """The value of a characteristic; None where the machine has no such, or it cannot be read."""
        value = self._ask({"call": "read", "uuid": uuid})["value"]
        return None if value is None else bytes.fromhex(str(value))

    def write(self, value: bytes, at_s: float) -> None:
        """Write to the control point, with response."""
        self._timed("write", at_s, write=value.hex())

    def run_until(self, at_s: float) -> list[Heard | Returned]:
        """All that the machine has said up to an instant, that instant included, in order of time."""
        said = self._timed("run_until", at_s)["said"]
        return [_event(one) for one in said] if isinstance(said, list) else []

    def pull_key(self, at_s: float) -> None:
        """Pull the safety key."""
        self._timed("pull_key", at_s)

    def put_key(self, at_s: float) -> None:
        """Put the safety key back."""
        self._timed("put_key", at_s)

    def console_change(self, delta_kmh: float, at_s: float) -> None:
        """Press faster or slower on the console of a running belt."""
        self._timed("console_change", at_s, delta_kmh=delta_kmh)

    def console_stop(self, at_s: float) -> None:
        """Press Stop on the console."""
        self._timed("console_stop", at_s)

    def console_start(self, at_s: float) -> None:
        """Press Start on the console."""
        self._timed("console_start", at_s)

    def self_start(self, at_s: float) -> None:
        """Start by itself."""
        self._timed("self_start", at_s)

    def take_control(self, at_s: float) -> None:
        """Let somebody else command the machine."""
        self._timed("take_control", at_s)

    def mute(self, until_s: float) -> None:
        """Say nothing from now on."""
        self._ask({"call": "mute", "until_s": finite(until_s)})

    def garbage(self, until_s: float) -> None:
        """Say random bytes for Treadmill Data from now on."""
        self._ask({"call": "garbage", "until_s": finite(until_s)})

    def refuse(self, until_s: float) -> None:
        """Answer every procedure but Stop with 04 from now on."""
        self._ask({"call": "refuse", "until_s": finite(until_s)})

    def ignore_stop(self, until_s: float) -> None:
        """Answer Stop and Pause with success and do nothing from now on."""
        self._ask({"call": "ignore_stop", "until_s": finite(until_s)})

    def bye(self) -> None:
        """Leave in order: the link is closed, and the machine ends when its belt stands. Never raises."""
        self._cable.leave()

    def _timed(self, call: str, at_s: float, **more: object) -> Message:
        return self._ask({"call": call, "at_s": at_s, "pace": self.pace, **more})

    def _ask(self, request: Message) -> Message:
        try:
            self._cable.put(request)
            self._state = self._cable.get()
        except LinkError:
            self._cable.close()  # an answer that comes late must not be taken for that of the next request
            raise
        self._due_s = number(self._state, "due_s")
        return self._state


def _event(told: object) -> Heard | Returned:
    match told:
        case [float() | int() as at_s, int(uuid), str(value)]:
            return Heard(at_s, uuid, bytes.fromhex(value))
        case [float() | int() as at_s, bool(ok)]:
            return Returned(at_s, ok)
        case _:
            raise LinkError(f"no event: {told}")


class HeldTreadmill:
    """The link to a machine whose driver is gone, on the wall clock."""

    def __init__(self, port: int, secret: str) -> None:
        """Attach as the guard.

        Raises:
            LinkError: it is not there, or it is driven.
        """
        self._cable, _ = _attached(port, secret, Role.GUARD)

    def write(self, value: bytes) -> None:
        """Write to the control point, with response.

        Raises:
            LinkError: the machine is gone.
        """
        self._cable.put({"write": value.hex()})

    def listen(self, timeout_s: float) -> list[Heard | Returned]:
        """What the machine says next, waiting at most so long; instants are those of the monotonic clock.

        Raises:
            LinkError: the machine is gone.
        """
        return [_said(message) for message in self._cable.heard(timeout_s)]

    def leave(self) -> None:
        """Close the link. Never raises."""
        self._cable.leave()


def _said(message: Message) -> Heard | Returned:
    match message.get("heard"):
        case [int(uuid), str(value)]:
            return Heard(monotonic(), uuid, bytes.fromhex(value))
        case _:
            return Returned(monotonic(), message.get("ok") is True)

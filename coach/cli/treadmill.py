"""`coach treadmill`: the simulated treadmill and strap over real Bluetooth, for coach elsewhere or for any app."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from textwrap import wrap
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.core.error import CoachError, DecodeError, LinkError
from coach.core.ftms import Op, Stopping, decode_request
from coach.link.fault import Fault, parse_fault
from coach.link.machine_file import find_machine
from coach.link.sim import VirtualTreadmill
from coach.link.simulated import MAX_PACE, MIN_PACE
from coach.link.strap import HeartSource, VirtualStrap, heart_source
from coach.link.truth import Truth

if TYPE_CHECKING:
    from coach.air.hands import Hands

TRUTH_VARIABLE: Final = "COACH_TRUTH"  # a file for what the belt truly does
_CHUNK: Final = 4096  # more than a person types at once
_COLUMNS: Final = 78  # columns of the narrowest usual terminal
NEEDS_BUMBLE: Final = (
    "coach treadmill needs Bumble, which is not installed; in the folder that coach came in: pip install '.[air]'"
)

Transports = Annotated[
    list[str],
    typer.Option(
        "--transport",
        metavar="NAME",
        help="The Bluetooth adapter: usb:0, hci-socket:0, or vhci for this computer's own Bluetooth. Given twice, the"
        " second is the strap's.",
    ),
]
MachineName = Annotated[
    str, typer.Option("--machine", metavar="NAME|FILE.toml", help="One from `coach machines`, or your own file.")
]
Pace = Annotated[
    float,
    typer.Option(
        "--pace", metavar="N", min=MIN_PACE, max=MAX_PACE, help="Simulated seconds in a true one, from 1 to 50."
    ),
]
TimedFaults = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="KIND@SECONDS[:SECONDS]",
        help="Something goes wrong, counted from the first connection, such as mute@600:10. May be given many times.",
    ),
]


def command(
    *,
    transport: Transports,
    machine: MachineName = options.STANDARD_MACHINE,
    heart: options.Heart = options.SIMULATED,
    pace: Pace = 1.0,
    seed: options.Seed = 0,
    fault: TimedFaults = None,
) -> None:
    """Be a simulated treadmill, and a heart strap, over Bluetooth until Ctrl-C.

    While it runs, words on standard input are its hands: key, start, stop, +, -, self-start, drop, and any fault.
    """
    if find_spec("bumble") is None:
        raise LinkError(NEEDS_BUMBLE)
    logging.getLogger("bumble").addHandler(logging.NullHandler())  # what matters of it is said here
    faults = options.each("--fault", fault, _of_a_machine)
    options.each("--transport", transport, _scheme)
    treadmill = VirtualTreadmill(options.word("--machine", machine, ".toml", find_machine), seed)
    strap = options.word("--heart", heart, ".csv", heart_source)
    wanted = Wanted(transport, treadmill, Path(machine).stem, strap, heart, pace, seed, faults)
    try:
        asyncio.run(_serve(wanted))
    except KeyboardInterrupt:
        out("Off the air.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be served."""

    transports: Sequence[str]
    treadmill: VirtualTreadmill
    model: str
    heart: HeartSource | None
    heart_text: str
    pace: float
    seed: int
    faults: Sequence[Fault]


def _of_a_machine(text: str) -> Fault:
    from coach.air.hands import check

    fault = parse_fault(text)
    check(fault)
    return fault


def _scheme(transport: str) -> str:
    from coach.air.serve import scheme

    return scheme(transport)


async def _serve(wanted: Wanted) -> None:
    from coach.air.clock import PacedClock
    from coach.air.hands import WORDS, Hands
    from coach.air.serve import on_air
    from coach.air.strap import ServedStrap
    from coach.air.treadmill import ServedTreadmill

    clock, treadmill = PacedClock(wanted.pace), wanted.treadmill
    truth = Truth(os.environ.get(TRUTH_VARIABLE, ""))
    happened = _Teller(wanted.faults)
    mill = ServedTreadmill(treadmill, clock, model=wanted.model, truth=truth, tell=happened.of_treadmill)
    strap = None
    if wanted.heart is not None:
        strap = ServedStrap(
            VirtualStrap(wanted.heart, wanted.seed),
            clock,
            model=wanted.heart_text,
            body=lambda: (treadmill.speed_kmh, treadmill.incline_pct),
            tell=happened.of_strap,
        )
    happened.hands = Hands(mill, strap)
    async with on_air(wanted.transports, [mill, strap] if strap is not None else [mill]) as air:
        for one in air.served:
            out(f"{one.face.name} is on the air at {one.face.address}.")
        for one in air.left_out:
            complain(f"{one.face.name} is left out: this adapter is one device at a time; give --transport twice.")
        for line in wrap(f"Words that you type are its hands: {WORDS}.", _COLUMNS):
            out(line)
        out(f"Pace {clock.pace:g}. Ctrl-C ends it.")
        _listen(happened.hands)
        await air.lost()
    raise LinkError("the Bluetooth adapter is gone; plug it in and start again")


class _Teller:
    """Says what happens in plain words, and begins the faults at the first connection."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.hands: Hands | None = None
        self._faults = faults

    def of_treadmill(self, what: str, value: bytes) -> None:
        out(f"Treadmill: {asked(value)}." if what == "write" else f"Treadmill: {what}.")
        if what == "connected" and self.hands is not None:
            faults, self._faults = self._faults, ()
            for fault in faults:
                self.hands.later(fault)

    def of_strap(self, what: str, _: bytes) -> None:
        out(f"Strap: {what}.")


def asked(value: bytes) -> str:
    """What a write to the control point asks for, in plain words."""
    try:
        request = decode_request(value)
    except DecodeError:
        return "an empty write"
    match request.op, request.parameter:
        case Op.REQUEST_CONTROL, _:
            return "asked for control"
        case Op.TARGET_SPEED, float() | int() as speed_kmh:
            return f"asked for {speed_kmh:g} km/h"
        case Op.TARGET_INCLINATION, float() | int() as incline_pct:
            return f"asked for {incline_pct:g} % incline"
        case Op.START, _:
            return "asked to start"
        case Op.STOP, Stopping.STOP:
            return "asked to stop"
        case Op.STOP, Stopping.PAUSE:
            return "asked to pause"
        case Op.RESET, _:
            return "asked for a reset"
    return f"a write that treadmills do not have: {value.hex(' ')}"


def _listen(hands: Hands) -> None:
    """Take words from standard input, where there is one, until it ends."""
    if sys.stdin is None:
        return
    loop, number = asyncio.get_running_loop(), sys.stdin.fileno()
    Thread(target=_read, args=(number, loop, lambda line: _do(hands, line)), daemon=True).start()


def _read(number: int, loop: asyncio.AbstractEventLoop, heard: Callable[[str], None]) -> None:
    """Read the descriptor itself: a thread that waits inside sys.stdin would be in the way when the program ends."""
    rest = b""
    with suppress(OSError, RuntimeError):  # the loop is over
        while octets := os.read(number, _CHUNK):
            *lines, rest = (rest + octets).split(b"\n")
            for line in lines:
                loop.call_soon_threadsafe(heard, line.decode("utf-8", "replace"))


def _do(hands: Hands, line: str) -> None:
    if not line.strip():
        return
    try:
        out(f"You: {hands.do(line)}.")
    except CoachError as error:
        complain(str(error))

"""`coach capture`: what a treadmill says, as lines of JSON (link/captured.py); nothing is written to the treadmill."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from textwrap import wrap
from time import monotonic
from typing import IO, Annotated, Final

import typer

from coach.cli.app import complain, out
from coach.cli.scan import NOTHING, WIDTH, Seen, chosen, label
from coach.core.belt import Belt, observe
from coach.core.error import CoachError, LinkError
from coach.core.event import Event, Heard, LinkFound, LinkLost
from coach.core.machine import MachineProfile
from coach.core.sent import Sent
from coach.installed import version
from coach.keeper.lock import apart
from coach.link.ble import Peer, scan
from coach.link.captured import Frame, Header, LinkChange, Said, header_line, said_line
from coach.link.facts import Service, full, short
from coach.link.habits import Habits
from coach.link.models import model_of
from coach.link.radio import Radio
from coach.link.sighting import Sighting
from coach.link.simulated import SIMULATED_SERVICE
from coach.seen.units import clock

LOOK_S: Final = 5.0  # to find it
SPARE_S: Final = 15.0  # for the system's own Bluetooth to begin
CONNECT_S: Final = 15.0  # as long as a session tries
BEGIN_S: Final = 60.0  # to read all that a slow machine has
CLOSE_S: Final = 15.0  # a system that hangs keeps nobody
AGAIN_S: Final = 2.0  # between attempts to get a lost link back
TELL_S: Final = 1.0  # between two summaries on a terminal
SELDOM_S: Final = 10.0  # and elsewhere, where each is a line
WAIT_S: Final = 0.25  # how soon Ctrl-C is noticed where nothing is heard
ADDRESS: Final = 6  # octets of a Bluetooth address
PRIVATE: Final = frozenset({full(0x2A23), full(0x2A25)})  # System ID, which is made of the address, and Serial Number
SILENT: Final = (
    "It said nothing. Some machines are silent while the belt stands: press Start on it and try again. Others are"
    " silent until an app writes their maker's code, which this never does."
)
HANDS_OFF: Final = (
    "Nothing is written to it: start and stop the belt with its own keys. Some treadmills stop when the link ends."
)
_LISTENS: Final = frozenset({"notify", "indicate"})

File = Annotated[Path, typer.Argument(metavar="FILE", help="A new file, such as my-treadmill.jsonl.")]
Whose = Annotated[
    str | None, typer.Option("--treadmill", metavar="NAME", help="Which one, by name or address, if several are near.")
]
Seconds = Annotated[
    float | None,
    typer.Option("--seconds", metavar="N", min=1, help="How long; without this until Ctrl-C.", show_default=False),
]
WithAddress = Annotated[
    bool, typer.Option("--with-address", help="Keep the Bluetooth address and the serial number, too.")
]


class CaptureFileError(CoachError):
    """The file cannot be written, or is there already."""


def command(file: File, *, treadmill: Whose = None, seconds: Seconds = None, with_address: WithAddress = False) -> None:
    """Record all that a treadmill says, and what can be read of it. Nothing is written to it; you press its keys."""
    if file.exists():
        raise CaptureFileError(f"{file} is there already; give a name that is new")
    with Radio() as radio:
        target = _target(radio, treadmill)
        with apart(target.address, target.name):
            _record(radio, Listener(target, with_address=with_address), file, seconds)


def _target(radio: Radio, word: str | None) -> Sighting:
    found = radio.run(scan(LOOK_S), LOOK_S + SPARE_S)
    if word is not None:
        return chosen(found, word)
    treadmills = Seen(found).treadmills
    if not treadmills:
        raise LinkError(NOTHING)
    if len(treadmills) > 1:
        names = ", ".join(f"{label(one.name)} ({one.address})" for one in treadmills)
        raise LinkError(f"several treadmills are near: {names}; say which with --treadmill NAME")
    return treadmills[0]


def _record(radio: Radio, listener: Listener, file: Path, seconds: float | None) -> None:
    tally = Tally()
    try:
        header = radio.run(listener.begin(), CONNECT_S + BEGIN_S)
        with file.open("x", encoding="utf-8", newline="\n") as lines:
            lines.write(header_line(header) + "\n")
            lines.flush()
            for line in _begun(header, seconds):
                out(line)
            radio.spawn(listener.keep())
            with suppress(KeyboardInterrupt):
                _listen(listener, lines, tally, seconds)
    except OSError as error:
        if isinstance(error, LinkError):
            raise
        raise CaptureFileError(f"{file}: {(error.strerror or str(error)).lower()}") from error
    finally:
        with suppress(LinkError):
            radio.run(listener.close(), CLOSE_S)
    for line in _done(file, tally, header):
        out(line)


def _begun(header: Header, seconds: float | None) -> Iterator[str]:
    simulated = ", which is simulated" if header.simulated else ""
    until = f"for {seconds:g} s" if seconds is not None else "until Ctrl-C"
    told = f"Connected to {label(header.name)}{simulated}. Listening {until}. {HANDS_OFF}"
    yield from wrap(told, WIDTH)


def _listen(listener: Listener, lines: IO[str], tally: Tally, seconds: float | None) -> None:
    """Write down what comes; on a terminal the summary is one line that changes."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    every_s = TELL_S if on_terminal else SELDOM_S
    began_s = tell_s = monotonic()
    while seconds is None or monotonic() - began_s < seconds:
        with suppress(Empty):
            said = listener.said.get(timeout=WAIT_S)
            lines.write(said_line(said) + "\n")
            lines.flush()
            tally.take(said)
        if monotonic() - tell_s >= every_s:
            tell_s = monotonic()
            words = tally.words(tell_s - began_s)
            print(f"\r{words:<{WIDTH - 1}}", end="", flush=True) if on_terminal else complain(words)
    if on_terminal:
        out()


def _done(file: Path, tally: Tally, header: Header) -> Iterator[str]:
    most = f", at most {tally.most_kmh:.1f} km/h" if tally.most_kmh is not None else ""
    told = (
        f"{tally.frames} values of {len(tally.spoke)} characteristics{most}, and {len(header.values)} that were read."
    )
    yield from wrap(f"{file}: {told}", WIDTH)
    if not tally.frames:
        yield from wrap(SILENT, WIDTH)
    if tally.belt.moving:
        yield f"THE BELT STILL MOVES, at {tally.belt.kmh:.1f} km/h. Stop it with its own key."
    if header.address is None:
        yield "Address and serial number are left out; the name that it advertises is in it."


@dataclass
class Tally:
    """What has come so far."""

    frames: int = 0
    most_kmh: float | None = None
    losses: int = 0
    spoke: set[str] = field(default_factory=set)
    belt: Belt = field(default_factory=Belt)

    def take(self, said: Said) -> None:
        """One more line."""
        event: Event | None = None
        if isinstance(said, LinkChange):
            self.losses += not said.linked
            event = LinkFound(said.at_s) if said.linked else LinkLost(said.at_s)
        else:
            self.frames += 1
            self.spoke.add(said.uuid)
            if (uuid := short(said.uuid)) is not None:
                event = Heard(said.at_s, uuid, said.value)
        if event is not None:
            self.belt = observe(MachineProfile(), self.belt, Sent(), event)
        if self.belt.kmh is not None:
            self.most_kmh = max(self.belt.kmh, self.most_kmh or 0.0)

    def words(self, at_s: float) -> str:
        """The summary after so many seconds."""
        speed = "no speed" if self.belt.kmh is None else f"{self.belt.kmh:.1f} km/h"
        lost = f", lost links: {self.losses}" if self.losses else ""
        return f"{clock(at_s)}  {self.frames} values of {len(self.spoke)} characteristics, {speed}{lost}"


class Listener:
    """One treadmill to which somebody listens; coroutines are for the radio's loop, `said` for any thread."""

    def __init__(self, target: Sighting, *, with_address: bool) -> None:
        self.said: Final[SimpleQueue[Said]] = SimpleQueue()
        self._target = target
        self._with_address = with_address
        model = model_of(target.name)
        self._gap_s = (model.habits if model is not None else Habits()).cccd_gap_s
        self._peer: Peer | None = None
        self._services: tuple[Service, ...] = ()
        self._gone = asyncio.Event()
        self._from_s = 0.0
        self._closed = False

    async def begin(self) -> Header:
        """Connect, and read everything that can be read.

        Raises:
            LinkError: it is not there, or does not let us.
        """
        self._peer = peer = await self._open()
        self._from_s = monotonic()
        self._services = peer.facts({}).services
        readable = [
            one.uuid for service in self._services for one in service.characteristics if "read" in one.properties
        ]
        values: dict[str, bytes] = {}
        for uuid in readable:
            with suppress(LinkError):  # a value that is refused is not there
                values[uuid] = await peer.read(uuid)
        address = self._target.address
        return Header(
            coach=version(),
            name=self._target.name,
            simulated=any(service.uuid == SIMULATED_SERVICE for service in self._services),
            services=self._services,
            values=values if self._with_address else public(values, address),
            address=address if self._with_address else None,
        )

    async def keep(self) -> None:
        """Subscribe to everything, and again each time that the link is back; ends with close()."""
        try:
            while not self._closed:
                if self._peer is None:
                    await asyncio.sleep(AGAIN_S)
                    with suppress(LinkError):
                        self._peer = await self._open()
                        self.said.put(LinkChange(self._at_s(), linked=True))
                else:
                    await self._hear_out(self._peer)
                    self._peer = None
        finally:
            await self.close()

    async def _hear_out(self, peer: Peer) -> None:
        """Until its link is gone."""
        rows = (one for service in self._services for one in service.characteristics)
        for uuid in [one.uuid for one in rows if one.properties & _LISTENS]:
            with suppress(LinkError):  # one that refuses says nothing
                await peer.listen(uuid, partial(self._hear, uuid))
            await asyncio.sleep(self._gap_s)
        await self._gone.wait()
        await peer.close()

    async def close(self) -> None:
        """Let go. Never raises."""
        self._closed = True
        if self._peer is not None:
            await self._peer.close()
        self._gone.set()

    async def _open(self) -> Peer:
        self._gone.clear()
        return await Peer.open(self._target, lost=self._lost, timeout_s=CONNECT_S)

    def _lost(self) -> None:
        self.said.put(LinkChange(self._at_s(), linked=False))
        self._gone.set()

    def _hear(self, uuid: str, value: bytes) -> None:
        self.said.put(Frame(self._at_s(), uuid, value))

    def _at_s(self) -> float:
        return monotonic() - self._from_s


def public(values: dict[str, bytes], address: str) -> dict[str, bytes]:
    """The values without those that are made to tell one machine from another, or that have its address in them."""
    try:
        octets = bytes.fromhex(address.replace(":", ""))
    except ValueError:  # a UUID of macOS, which no machine knows
        octets = b""
    ways = (
        {octets, octets[::-1], octets.hex().encode(), octets.hex().upper().encode()} if len(octets) == ADDRESS else ()
    )
    return {
        uuid: value for uuid, value in values.items() if uuid not in PRIVATE and not any(way in value for way in ways)
    }

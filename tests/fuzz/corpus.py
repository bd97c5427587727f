"""What each mutation begins with: frames of machines, workouts, journals, payloads and files as they should be."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import coach
from coach.core import ftms
from coach.core.event import Key
from coach.core.heart import HEART_RATE_MEASUREMENT
from coach.core.level import UNLIMITED
from coach.keeper import wire
from coach.link.machine_file import shipped_machines
from coach.network.payload import CommandIn
from coach.page.lines import NotServed, Opening, Served, Stop, Up, Watching, Words, opening_line, up_line, words_line
from coach.script.check import load
from coach.script.convert.format import Format, write
from coach.script.convert.loss import Losses
from coach.script.find import PLANS, find, home, shipped, shipped_plans
from coach.script.problem import Findings
from coach.sinks.header import Origin, header
from tests.network import board_build
from tests.page.served import TOKEN, moments, over
from tests.script.convert.golden import KNOWN
from tests.tui.bare import plan

TESTS = Path(__file__).resolve().parent.parent
CAPTURES = TESTS.parents[1] / "shared" / "captures" / "treadmill-frames.jsonl"  # not on every computer
UUIDS = (
    ftms.TREADMILL_DATA, ftms.MACHINE_STATUS, ftms.CONTROL_POINT, ftms.SPEED_RANGE, ftms.INCLINATION_RANGE,
    HEART_RATE_MEASUREMENT, ftms.FEATURE, ftms.TRAINING_STATUS, ftms.RESISTANCE_RANGE, ftms.HEART_RATE_RANGE,
    ftms.POWER_RANGE,
)  # fmt: skip
HERE = "@HERE@"  # where the page is served, in a request
_h = bytes.fromhex
_OTHERS = {  # by hand, from the specification
    ftms.MACHINE_STATUS: ("01", "02 01", "03", "04", "05 20 03", "06 0a 00", "08 64 00", "12 05 00 06 00", "ff"),
    ftms.CONTROL_POINT: (
        "80 00 01", "80 02 01", "80 07 04", "80 13 01 10 20 30 40", "02 20 03", "07", "08 01", "11 00 00 00 00 28 33",
    ),
    ftms.SPEED_RANGE: ("50 00 08 07 0a 00", "08 07 50 00 00 00"),
    ftms.INCLINATION_RANGE: ("00 00 96 00 05 00", "ce ff 96 00 05 00"),
    HEART_RATE_MEASUREMENT: ("16 48 00 02 ff 01", "00 50", "1f 48 00 10 00 00 02 10 02 20 02", "06 00"),
    ftms.FEATURE: ("0c 56 00 00 03 00 00 00", "ff ff ff ff ff ff ff ff"),
    ftms.TRAINING_STATUS: ("00 01", "01 0d 41 42 43", "03 02 c3 28"),
    ftms.RESISTANCE_RANGE: ("0a 00 96 00 0a 00",),
    ftms.HEART_RATE_RANGE: ("3c dc 01",),
    ftms.POWER_RANGE: ("00 00 20 03 01 00",),
}  # fmt: skip


@cache
def frames() -> tuple[bytes, ...]:
    """Each with an octet before it: the place of its characteristic in UUIDS."""
    known = {value for path in sorted((TESTS / "core").glob("test_*.py")) for value in _hexes(path.read_text("utf-8"))}
    if CAPTURES.exists():
        known |= {_h(json.loads(line)["hex"]) for line in CAPTURES.read_text("utf-8").splitlines()}
    data = [b"\0" + value for value in sorted(known)]
    others = [bytes([UUIDS.index(uuid)]) + _h(value) for uuid, values in _OTHERS.items() for value in values]
    return (*data, *others * 4)


def _hexes(text: str) -> list[bytes]:
    """The texts of a test that are Treadmill Data, by their length."""
    found: list[str] = re.findall(r'"((?:[0-9a-f]{2} ?){6,40})"', text)
    return [_h(one) for one in found]


@cache
def workouts() -> tuple[bytes, ...]:
    """Those that come with coach, and those that are broken."""
    whole = [find(name, Findings()).raw or b"" for name in shipped()]
    table = (TESTS / "script" / "broken.txt").read_bytes()
    broken: list[bytes] = re.findall(rb"^=== .*\n((?s:.*?))^=> *\n", table, re.MULTILINE)
    return (*whole, *broken)


def plans() -> tuple[bytes, ...]:
    """The training plans that come with coach."""
    return tuple((home() / PLANS / f"{name}.yaml").read_bytes() for name in shipped_plans())


def shorthands() -> tuple[bytes, ...]:
    """Workouts on the command line."""
    return (
        b"3x(2min@9/back 1min@3)",
        b"5min@4 / back 90s@2 / 3min@3,1%",
        b"400m@6:00/km",
        b"2x(open@9/rest 1min)",
        b"1:30@8->10",
    )


def zwifts() -> tuple[bytes, ...]:
    """Workouts of Zwift."""
    return (*_goldens("zwo"), *_written(Format.ZWO))


def qzs() -> tuple[bytes, ...]:
    """Programmes of QZ."""
    return _goldens("qz", ".xml")


def icus() -> tuple[bytes, ...]:
    """Texts of intervals.icu."""
    table = (TESTS / "script" / "convert" / "icu.txt").read_bytes()
    rows: list[bytes] = re.findall(rb"^=== .*\n((?s:.*?))^=>\n", table, re.MULTILINE)
    return (*rows, *_written(Format.ICU))


def fits() -> tuple[bytes, ...]:
    """Workouts as FIT files."""
    return _written(Format.FIT)


def _goldens(folder: str, suffix: str = "") -> tuple[bytes, ...]:
    paths = sorted((TESTS / "script" / "convert" / folder).glob(f"*{suffix or '.' + folder}"))
    return tuple(path.read_bytes() for path in paths)


@cache
def _written(kind: Format) -> tuple[bytes, ...]:
    made = []
    for name in shipped():
        workout = load(name).workout
        assert workout is not None
        try:
            made.append(write(kind, workout, Losses(), KNOWN))
        except coach.core.error.CoachError:  # the format cannot hold it
            continue
    return tuple(made)


@cache
def journals() -> tuple[bytes, ...]:
    """Whole ones, ones that break off, and ones that a guard and the runner wrote on; all are short."""
    made = []
    with TemporaryDirectory(prefix="coach-fuzz-") as folder:
        path = Path(folder) / "session.jsonl"
        for workout, faults in (("20s@5", ()), ("40s@4 / back 30s@2 / 3min@3", ("key@60",)), ("30s@6", ("drop@20",))):
            _ = coach.simulate(workout, faults=faults, journal=path)
            head, *lines = path.read_bytes().splitlines(keepends=True)
            last = [line for line in lines if not line.startswith(b'{"at_s"')]
            events = [line for line in lines if line.startswith(b'{"at_s"')][:120]
            other = [line for line in lines if b'"heard"' not in line and b'"tick"' not in line][:40]
            guard = [b'{"guard":"keeper-lost","after_s":0.0}\n', b'{"guard":"still","after_s":4.2}\n']
            said = [b'{"said":{"at":"2026-05-04T18:00:00+02:00","effort":4,"note":"sch\xc3\xb6n","who":"anna"}}\n']
            real = head.replace(b'"simulated":true', b'"simulated":false,"started":"2026-05-04T18:00:00+02:00"', 1)
            made += [
                b"".join(part)
                for part in ([head, *events, *last, *said], [real, *other, *last, *said], [head, *events[:60]])
            ]
            made += [b"".join(part) for part in ([head, *last], [head, *events[:30], *guard], [head, *other])]
    return tuple(made)


def stubs() -> tuple[bytes, ...]:
    """What is left of a deleted session."""
    from datetime import UTC, datetime

    from coach.history.entry import entry_of
    from coach.history.stub import stub_of, written
    from tests.history.journals import BACK, put

    with TemporaryDirectory(prefix="coach-fuzz-") as folder:
        entry = entry_of(put(Path(folder), workout=BACK, who="anna"))
        return (written(stub_of(entry, datetime(2026, 6, 1, tzinfo=UTC))),)


@cache
def to_keeper() -> tuple[bytes, ...]:
    """What a cockpit says."""
    origin = Origin("text", "00", UNLIMITED, simulated=True, version="0")
    world = wire.World("home", faults=("drop@20",), presses=("yes@1",), strap=wire.Device("00:11", "Strap"))
    begin = wire.Begin(header(plan(), origin), world, "journal.jsonl", share=wire.Share("127.0.0.1", "secret"))
    small = replace(begin, header={"journal": 1})
    pressed: list[wire.ToKeeper] = [wire.Press(key, "3", 4) for key in (Key.YES, Key.STOP)]
    others: tuple[wire.ToKeeper, ...] = (
        wire.Beat(3, 2),
        *pressed,
        wire.Focus(on=False),
        wire.Say(wire.Voice.SHORT),
        wire.Mischief("drop:3"),
        wire.Leave(),
    )
    every: tuple[wire.ToKeeper, ...] = (begin, small, *others, *others)
    return tuple(map(wire.encode, every))


@cache
def from_keeper() -> tuple[bytes, ...]:
    """What a keeper says."""
    hello = wire.Hello("0.1", 1, "home", simulated=True, awake=False)
    said: tuple[wire.FromKeeper, ...] = (
        wire.Refused("no"),
        wire.Note("so"),
        wire.Beat(1, 1),
        over(),
        hello,
        *moments().values(),
    )
    return tuple(map(wire.encode, said))


def page_lines() -> tuple[bytes, ...]:
    """What a keeper and its page say to each other, what a browser says, and what it asks for."""
    up: tuple[Up, ...] = (Served("127.0.0.1", 8080), NotServed("why"), Watching(3), Stop())
    opening = Opening("127.0.0.1", 0, TOKEN, {"journal": 1})
    browser = (
        b'{"stop": true}',
        b'{"got": 3}',
        b'{"drawn": 12}',
        f"/{TOKEN}/live".encode(),
        f"/{TOKEN}/page.css".encode(),
    )
    return (*map(up_line, up), opening_line(opening), words_line(Words("STOP", ("a", "b"), alarm=True)), *browser)


def requests() -> tuple[bytes, ...]:
    """Whole requests, and one that becomes a websocket with messages behind it."""
    got = f"GET /{TOKEN}/{{}} HTTP/1.1\r\nHost: {HERE}\r\n{{}}\r\n"
    upgrade = (
        f"Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: http://{HERE}\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    live = got.format("live", upgrade).encode()
    said = b"".join(frame(1, one) for one in (b'{"got": 1}', b'{"drawn": 1}', b'{"got": 2}'))
    odd = frame(2, b"\0\1\2") + frame(9, b"ping") + frame(0, b"more") + frame(8, b"\x03\xe8")
    plain = [got.format(leaf, "Connection: close\r\n").encode() for leaf in ("", "page.js", "page.css", "none")]
    body = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"
    posted = plain[0].replace(b"GET", b"POST", 1).replace(b"\r\n\r\n", b"\r\n" + body + b"\r\n4\r\nabcd\r\n0\r\n\r\n")
    return (*plain, posted, live, live + said, live + said + odd, live + frame(1, b'{"stop": true}'))


def frame(kind: int, payload: bytes) -> bytes:
    """A message of a browser, masked with zeros (RFC 6455, 5.2)."""
    return bytes([0x80 | kind, 0x80 | len(payload)]) + bytes(4) + payload


def messages() -> tuple[bytes, ...]:
    """What comes from a broker: a topic, the end of a line, a payload."""
    say = CommandIn(ts=1_700_000_000.0, id="one", session="0123456789ab", text="Well done").wire()
    commands = [
        (f"coach/{where}", say) for where in ("cellar/cmd/stop", "cellar/cmd/pause", "cellar/cmd/say", "all/cmd/stop")
    ]
    heard = [
        ("coach/one/state", board_build.state()),
        ("coach/two/state", board_build.rear(trips=("stale", "link-lost"))),
        ("coach/one/sample", board_build.sample()),
        ("coach/one/status", board_build.online()),
        ("coach/two/status", board_build.offline()),
        ("coach/one/event", board_build.tripped("safety-key")),
        ("coach/one/ack", board_build.ack("one")),
        ("coach/one/status", b""),
        ("coach/all/cmd/stop", board_build.command("one")),
    ]
    return tuple(topic.encode() + b"\n" + payload for topic, payload in (*commands, *heard))


def settings() -> tuple[bytes, ...]:
    """Settings of a user."""
    import coach.config

    example = re.findall(r"```toml\n((?s:.*?))```", coach.config.__doc__ or "")
    return (*(one.encode() for one in example), b"[runner]\n[runner.bo]\nmax_bpm = 180\nrest_bpm = 50\n")


def machine_files() -> tuple[bytes, ...]:
    """Simulated machines."""
    return tuple(source.read_bytes() for source in shipped_machines().values())


def known_files() -> tuple[bytes, ...]:
    """What is known of machines and straps."""
    from coach.core.machine import Range
    from coach.known import Content, Known, KnownStrap, KnownUnits, text_of

    at = "2026-05-04T18:00:00+00:00"
    found = {"start_delay_s": 3.0, "decel_kmh_s": 0.5}
    known = Known(
        "00:11", "T9", "t9", at, at, at, found, Range(0.8, 18, 0.1), Range(0, 12, 0.5), KnownUnits(1.609, 1.0), at
    )
    return (text_of(Content((known,), (KnownStrap("22:33", "H10", at, at),))).encode(),)


def people_files() -> tuple[bytes, ...]:
    """What is known of the runners."""
    from coach.people import Person, text_of

    at, day = "2026-05-04T18:00:00+00:00", "2026-05-04"
    person = Person("anna", 1980, at, ("heart",), day, "Dr", at, 1, 12.5, {"0d": "yes"}, at, {"sound": at}, {day: True})
    return (text_of({"anna": person, "bo": Person("bo")}).encode(),)


def captures() -> tuple[bytes, ...]:
    """What a machine said, as `coach capture` writes it."""
    from coach.link.captured import Frame, Header, LinkChange, header_line, said_line
    from coach.link.facts import Characteristic, Service, full

    service = Service(full(0x1826), (Characteristic(full(0x2ACD), frozenset({"notify"})),))
    head = Header("0.1", "T9", simulated=False, services=(service,), values={full(0x2ACC): b"\1\2"}, address="00:11")
    said = (
        LinkChange(0.0, linked=True),
        Frame(0.5, full(0x2ACD), _h("080020030a000000")),
        LinkChange(2.0, linked=False),
    )
    lines = [header_line(head), *(said_line(one) for one in said)]
    return ("".join(f"{line}\n" for line in lines).encode(),)

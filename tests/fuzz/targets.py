"""Every place where bytes and texts come in from outside: what reads them there, and which errors it may raise."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache, partial
from itertools import count
from math import isfinite
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from time import monotonic, time
from types import MappingProxyType
from typing import Final, TypeAlias

from coach.cli.decode import decode as decode_command
from coach.cli.decode import describe
from coach.config import ConfigError
from coach.config import load as load_settings
from coach.core import ftms
from coach.core.belt import Belt, observe
from coach.core.error import DecodeError, MachineError
from coach.core.event import Heard, LinkFound, LinkLost, Tick, Verb
from coach.core.heart import Strap, decode_heart_rate, hear
from coach.core.machine import MachineProfile
from coach.core.sent import Sent
from coach.core.session import Session, advance, first
from coach.history.entry import entry_of
from coach.history.recover import RecoverError, recover
from coach.history.stub import SUFFIX
from coach.history.summary import Summary
from coach.history.tail import has_end, is_over
from coach.history.take import take
from coach.keeper.__main__ import _begin
from coach.keeper.onlooker import Command
from coach.keeper.wire import WireError, encode, from_keeper, to_keeper
from coach.known import parsed as parsed_known
from coach.known import text_of as known_text
from coach.link.captured import CaptureError, parse_capture
from coach.link.machine_file import load_machine
from coach.network.board import Board
from coach.network.judge import Accepted, Arrived, Judge
from coach.network.topics import Topics
from coach.page.door import leaf_of
from coach.page.lines import LineError, read_opening, read_up, read_words
from coach.page.watcher import MESSAGE_BYTES, Watcher
from coach.people import PeopleError
from coach.people import parsed as parsed_people
from coach.people import text_of as people_text
from coach.places import FILE_VARIABLE
from coach.script.check import Loaded, Wanted, check_bytes, check_text, load
from coach.script.convert.format import Format, format_of, read
from coach.script.convert.loss import ConvertError, Losses
from coach.script.source import LARGEST_BYTES
from coach.script.training import check_plan
from coach.script.write import write
from coach.seen.board import counts, lines
from coach.seen.units import Units
from coach.sinks.header import read_header
from coach.sinks.journal import parse_journal
from coach.sinks.line import JournalError
from coach.sinks.replay import replay
from tests.fuzz import corpus
from tests.fuzz.tokens import FIT, FRAMES, HTTP, ICU, JSON, MQTT, TOML, WORDS, XML
from tests.page.served import HERE, PATIENCE_S, TOKEN, Watched, moments, served
from tests.script.convert.golden import KNOWN
from tests.tui.bare import plan

Feed: TypeAlias = Callable[[bytes], None]
MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads; `feeding` is entered anew for each batch, so that what has a state begins again."""

    name: str
    count: int  # inputs of the long form
    corpus: Callable[[], Sequence[bytes]]
    feeding: Callable[[], AbstractContextManager[Feed]]
    told: tuple[type[Exception], ...] = ()  # its documented errors
    tokens: tuple[bytes, ...] = ()
    longest: int = 4096
    batch: int = 1000
    text: bool = True


# Bytes of a machine


_READERS: Final[tuple[Callable[[bytes], object], ...]] = (
    ftms.decode_treadmill_data,
    ftms.decode_machine_status,
    ftms.decode_response,
    ftms.decode_speed_range,
    ftms.decode_inclination_range,
    decode_heart_rate,
    ftms.decode_feature,
    ftms.decode_training_status,
    ftms.decode_resistance_range,
    ftms.decode_heart_rate_range,
    ftms.decode_power_range,
    ftms.decode_service_data,
    ftms.decode_request,
)


def _decoded(raw: bytes) -> None:
    _READERS[raw[0] % len(_READERS) if raw else 0](raw[1:])


def _described(raw: bytes) -> None:
    uuid = corpus.UUIDS[raw[0] % len(corpus.UUIDS) if raw else 0]
    told = decode_command(f"{uuid:04x}", raw[1:].hex())
    assert json.dumps(told, allow_nan=False)
    assert all(line.isprintable() for line in describe(told))


@contextmanager
def _belt() -> Iterator[Feed]:
    profile, belt, strap, sent = MachineProfile(), Belt(), Strap(), Sent()
    at_s = 0.0

    def feed(raw: bytes) -> None:
        nonlocal belt, strap, at_s
        at_s += (raw[-1] if raw else 0) / 64
        uuid = corpus.UUIDS[raw[0] % len(corpus.UUIDS) if raw else 0]
        heard = Heard(at_s, uuid, raw[1:])
        event = LinkLost(at_s) if len(raw) == 3 else LinkFound(at_s) if len(raw) < 6 else heard
        before, belt = belt, observe(profile, belt, sent, event)
        assert isfinite(belt.odometer_m)
        assert belt.odometer_m >= before.odometer_m
        assert belt.kmh is None or 0 <= belt.kmh < 1000
        assert 0 < belt.creep_kmh < 1000
        strap = hear(strap, raw[1:], at_s)

    yield feed


@contextmanager
def _session() -> Iterator[Feed]:
    made = plan()
    session, at_s = Session(), 0.0

    def feed(raw: bytes) -> None:
        nonlocal session, at_s
        at_s += 0.25
        session = session if session.progress.ended == "" else first(made)
        uuid = corpus.UUIDS[raw[0] % len(corpus.UUIDS) if raw else 0]
        for event in (LinkFound(at_s) if len(raw) < 3 else Heard(at_s, uuid, raw[1:]), Tick(at_s)):
            session, _ = advance(made, session, event)

    session = first(made)
    yield feed


# Texts of an author


def _sound(loaded: Loaded) -> None:
    assert (loaded.workout is None) == any(one.error for one in loaded.problems)
    assert all(one.message.isprintable() and one.line >= 1 and one.column >= 1 for one in loaded.problems)
    assert loaded.rendered().replace("\n", "").isprintable()


def _checked(raw: bytes) -> None:
    _sound(check_bytes(raw, Wanted()))
    _sound(check_text(raw.decode(errors="surrogateescape")))


def _planned(raw: bytes) -> None:
    assert all(one.message.isprintable() for one in check_plan(raw.decode(errors="replace"), "plan"))


def _short(raw: bytes) -> None:
    _sound(load(raw.decode(errors="surrogateescape") + "@"))


def _converted(kind: Format, raw: bytes) -> None:
    _ = format_of(raw, "x")
    losses = Losses()
    refusal = ""
    try:
        outline = read(kind, raw, KNOWN, losses, name="x")
    except ConvertError as refused:
        refusal = str(refused)
    if refusal:
        assert refusal.isprintable(), "a refusal is one line"
        return
    assert all(one.what.isprintable() for one in losses.all())
    loaded = check_text(write(outline))
    _sound(loaded)
    assert kind in _UNCHECKED or loaded.draft is not None or {one.rule for one in loaded.errors} <= _NOTHING_TO_RUN


_NOTHING_TO_RUN: Final = {"total-too-long", "file-too-large", "only-rests"}  # though it was read rightly
_UNCHECKED: Final = {Format.ZWO, Format.QZ}  # of them check refuses what nobody runs, such as 65536 km/h
_FIT_HEADERS: Final = (12, 14)


def _fit(raw: bytes) -> None:
    """As it came, and with checksums and lengths that are right, or nothing behind them is ever read."""
    from tests.script.convert.test_fit import whole

    _converted(Format.FIT, raw)
    head = raw[0] if raw[:1] and raw[0] in _FIT_HEADERS else 14
    _converted(Format.FIT, whole(raw[head:-2]))


# Pipes


def _piped(raw: bytes) -> None:
    for reader in (to_keeper, from_keeper):
        with suppress(WireError):
            assert encode(reader(raw)).endswith(b"\n")
    with suppress(WireError, JournalError):
        _ = read_header(_begin(raw).header)


# The network


@contextmanager
def _messages() -> Iterator[Feed]:
    judge, board, at_s = Judge(Topics("cellar"), "0123456789ab"), Board(), 0.0

    def feed(raw: bytes) -> None:
        nonlocal at_s
        at_s += 0.1
        topic, _, payload = raw.partition(b"\n")
        where = topic.decode(errors="surrogateescape")
        verdict = judge.judge(Arrived(where, payload, retain=raw[-1:] == b" "), 1_700_000_000.0 + at_s, at_s)
        assert not isinstance(verdict, Accepted) or isinstance(verdict.verb, Verb)
        assert judge.answered(verdict, None, 1_700_000_000.0 + at_s).wire()
        _ = judge.notice()
        board.take(where, payload, at_s)
        rows = board.rows(at_s)
        assert all(line.isprintable() for line in (*lines(rows, Units.KMH), counts(rows)))

    yield feed


# The page


@contextmanager
def _page() -> Iterator[Feed]:
    watcher, at_s = Watcher(), 0.0

    def feed(raw: bytes) -> None:
        nonlocal at_s
        at_s += 0.01
        text = raw.decode(errors="surrogateescape")
        leaf = leaf_of(text, TOKEN)
        assert leaf is None or text == f"/{TOKEN}/{leaf}"
        watcher.send(int(at_s * 100), at_s)
        if watcher.hear(text[:MESSAGE_BYTES]):
            said = json.loads(text[:MESSAGE_BYTES])
            assert said["stop"] is True
        _ = watcher.floods(at_s), watcher.stuck(at_s), watcher.drew(at_s, 2.0), watcher.wants(int(at_s))
        for reader in (read_opening, read_words, read_up):
            with suppress(LineError):
                _ = reader(raw)

    yield feed


_SOURCES: Final = count(1)
_QUIET_S: Final = 0.02  # nothing came for so long: nothing more will come
_ANSWER_S: Final = 0.5  # to what may be a whole request
_GROWTH_KB: Final = 64 * 1024  # of the page's process, in a batch


@contextmanager
def _requests() -> Iterator[Feed]:
    """A page that is served; it answers the right request after each batch, and nothing but stop went up."""
    with served() as page:
        page.show(moments()["forward"])
        before_kb = _held_kb(page)
        yield partial(_asked, page)
        assert _answered(page, corpus.requests()[0], PATIENCE_S).startswith(b"HTTP/1.1 200 "), "it is served no more"
        assert _held_kb(page) - before_kb < _GROWTH_KB, "the page grows"
        assert page.told.empty()
        assert {one.verb for one in _all(page.offered)} <= {Verb.STOP}


def _asked(page: Watched, raw: bytes) -> None:
    answer = _answered(page, raw, _QUIET_S)
    assert not answer or re.match(rb"HTTP/[0-9.]{3} [1-4]", answer), answer[:80]


def _answered(page: Watched, raw: bytes, quiet_s: float) -> bytes:
    """What is answered, each time to another computer as far as the page can tell; half of them say that they end."""
    number = next(_SOURCES)
    own = f"127.{number // 62500 % 250 + 1}.{number // 250 % 250}.{number % 250 + 1}"
    found, until_s = b"", monotonic() + PATIENCE_S
    with closing(socket.create_connection((HERE, page.port), PATIENCE_S, (own, 0))) as one, suppress(OSError):
        one.sendall(raw.replace(corpus.HERE.encode(), f"{HERE}:{page.port}".encode()))
        if len(raw) % 2 and quiet_s < PATIENCE_S:
            one.shutdown(socket.SHUT_WR)
        one.settimeout(_ANSWER_S if b"\r\n\r\n" in raw else quiet_s)
        while (some := one.recv(65536)) and monotonic() < until_s:
            found += some
            one.settimeout(quiet_s)
    return found


def _held_kb(page: Watched) -> int:
    process = page.page._process
    status = Path(f"/proc/{process.pid if process else 0}/status")
    return int(status.read_text().partition("VmRSS:")[2].split()[0]) if status.exists() else 0


def _all(queue: Queue[Command]) -> Iterator[Command]:
    while not queue.empty():
        yield queue.get_nowait()


# Files


_PAST_S: Final = 600.0  # a journal that was changed just now is somebody's


@contextmanager
def _journals() -> Iterator[Feed]:
    with TemporaryDirectory(prefix="coach-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        yield partial(_recorded, Path(folder))


def _recorded(folder: Path, raw: bytes) -> None:
    path = folder / "2026-05-04-180000-000-session.jsonl"
    path.write_bytes(raw)
    with suppress(JournalError):
        _ = parse_journal(raw.decode(errors="replace"))
    with path.open("rb", buffering=0) as file:
        _ = has_end(file.fileno()), is_over(file.fileno())
    with suppress(JournalError):
        assert json.dumps(entry_of(path).past.elapsed_s, allow_nan=False)
    taken = take([path], folder / "taken", lambda who: who, lambda _: None)
    assert all(sentence.isprintable() for sentence in taken.refused), taken.refused
    old_s = time() - _PAST_S
    os.utime(path, (old_s, old_s))
    with suppress(RecoverError):
        assert isinstance(recover(path).summary, Summary)
        assert parse_journal(path.read_bytes().decode(errors="replace")).end is not None
    for left in (*folder.glob("*"), *folder.glob("taken/**/*")):
        if left.is_file():
            left.unlink()


@contextmanager
def _replayed() -> Iterator[Feed]:
    with TemporaryDirectory(prefix="coach-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path = Path(folder) / "session.jsonl"

        def feed(raw: bytes) -> None:
            path.write_bytes(raw)
            _ = replay(path)

        yield feed


@contextmanager
def _stubs() -> Iterator[Feed]:
    with TemporaryDirectory(prefix="coach-fuzz-") as folder:
        path = Path(folder) / f"2026-05-04-180000-000-session{SUFFIX}"

        def feed(raw: bytes) -> None:
            path.write_bytes(raw)
            taken = take([path], path.with_name("taken"), lambda who: who, lambda _: None)
            assert all(sentence.isprintable() for sentence in taken.refused), taken.refused
            for left in path.with_name("taken").rglob("*"):
                if left.is_file():
                    left.unlink()

        yield feed


@contextmanager
def _settings() -> Iterator[Feed]:
    before = os.environ.get(FILE_VARIABLE)
    with TemporaryDirectory(prefix="coach-fuzz-") as folder:
        path = Path(folder) / "config.toml"
        os.environ[FILE_VARIABLE] = str(path)

        def feed(raw: bytes) -> None:
            path.write_bytes(raw)
            _ = load_settings()

        try:
            yield feed
        finally:
            del os.environ[FILE_VARIABLE]
            if before is not None:
                os.environ[FILE_VARIABLE] = before


def _machine(raw: bytes) -> None:
    _ = load_machine(raw.decode(errors="replace"))


def _known(raw: bytes) -> None:
    content, wrong = parsed_known(raw.decode(errors="replace"))
    again, worse = parsed_known(known_text(content).encode().decode())
    assert (again, worse) == (content, ""), wrong


def _people(raw: bytes) -> None:
    try:
        people = parsed_people(raw.decode(errors="replace"))
    except (ValueError, RecursionError, PeopleError):  # what People catches
        return
    assert parsed_people(people_text(people).encode().decode()) == people


def _captured(raw: bytes) -> None:
    _ = parse_capture(raw.decode(errors="replace"))


def _plain(feed: Feed) -> Callable[[], AbstractContextManager[Feed]]:
    return lambda: nullcontext(feed)


@cache
def targets() -> Mapping[str, Target]:
    """All of them by name, in the order in which they are run."""
    mixed = LARGEST_BYTES + 4096
    made = (
        Target("frames", 10 * MILLION, corpus.frames, _plain(_decoded), (DecodeError,), FRAMES, 64, 20_000, text=False),
        Target("belt", 500_000, corpus.frames, _belt, (), FRAMES, 64, 10_000, text=False),
        Target("decode", 200_000, corpus.frames, _plain(_described), (), FRAMES, 64, 5000, text=False),
        Target("session", 100_000, corpus.frames, _session, (), FRAMES, 64, 2000, text=False),
        Target("check", 100_000, corpus.workouts, _plain(_checked), (), WORDS, mixed, 500),
        Target("plan", 10_000, corpus.plans, _plain(_planned), (), WORDS, mixed, 500),
        Target("shorthand", 50_000, corpus.shorthands, _plain(_short), (), (*WORDS, b"x(", b")", b"/back "), 20_000),
        Target("zwo", 50_000, corpus.zwifts, _plain(partial(_converted, Format.ZWO)), (), XML, mixed, 500),
        Target("qz", 50_000, corpus.qzs, _plain(partial(_converted, Format.QZ)), (), XML, mixed, 500),
        Target("icu", 50_000, corpus.icus, _plain(partial(_converted, Format.ICU)), (), ICU, mixed, 500),
        Target("fit", 20_000, corpus.fits, _plain(_fit), (), FIT, 8192, 200, text=False),
        Target("pipe", 200_000, lambda: (*corpus.to_keeper(), *corpus.from_keeper()), _plain(_piped), (), JSON, 40_000),
        Target("mqtt", 100_000, corpus.messages, _messages, (), MQTT, 20_000),
        Target("page", 500_000, corpus.page_lines, _page, (), JSON, 8192, 5000),
        Target("socket", 5000, corpus.requests, _requests, (), HTTP, 20_000, 500),
        Target("journal", 20_000, corpus.journals, _journals, (), JSON, 200_000, 200),
        Target("replay", 10_000, corpus.journals, _replayed, (JournalError,), JSON, 200_000, 200),
        Target("stub", 20_000, corpus.stubs, _stubs, (), JSON, 20_000, 500),
        Target("settings", 20_000, corpus.settings, _settings, (ConfigError,), TOML, 60_000, 500),
        Target("machine", 20_000, corpus.machine_files, _plain(_machine), (MachineError,), TOML, 60_000, 500),
        Target("known", 100_000, corpus.known_files, _plain(_known), (), JSON, 60_000),
        Target("people", 100_000, corpus.people_files, _plain(_people), (), JSON, 60_000),
        Target("capture", 50_000, corpus.captures, _plain(_captured), (CaptureError,), JSON, 60_000),
    )
    return MappingProxyType({one.name: one for one in made})

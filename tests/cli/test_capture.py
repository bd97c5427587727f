"""coach capture: what a treadmill on the air of this process says, written down and said again."""

from __future__ import annotations

import json
from _thread import interrupt_main
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from threading import Thread

import pytest

from coach.cli.capture import Tally, public
from coach.core.event import Heard
from coach.core.ftms import CONTROL_POINT, MACHINE_STATUS, SPEED_RANGE, TREADMILL_DATA
from coach.keeper.lock import Lock, lock_folder
from coach.link.captured import Frame, LinkChange, load_capture
from coach.link.facts import full
from coach.link.radio import Radio
from tests.lab.rig import Rig
from tests.lab.scripted import FEATURES, IDLE, SPEEDS, Shape
from tests.link.replayed import ReplayedTreadmill

Coach = Callable[..., tuple[int, str, str]]
ADDRESS = "C4:00:00:00:01:01"
OCTETS = bytes.fromhex("c40000000101")
VENDOR = "0000fff1-1000-8000-0080-00805f9b34fb"
YESOUL = bytes.fromhex("8624fa00d900a605005500ffffff5709f30d00")  # 2.50 km/h (ftms.md 5)


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as one:
        yield one


@pytest.fixture
def on_air(rig: Rig, coach: Coach, monkeypatch: pytest.MonkeyPatch) -> Coach:
    """The command, whose radio is that of the rig; it looks and waits no longer than it must there."""

    @contextmanager
    def radio() -> Iterator[Radio]:
        yield rig.radio

    monkeypatch.setattr("coach.cli.capture.Radio", radio)
    monkeypatch.setattr("coach.cli.capture.LOOK_S", 0.5)
    monkeypatch.setattr("coach.cli.capture.AGAIN_S", 0.01)
    return coach


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """Somebody acts beside the command; what he finds wrong fails the test."""
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - it is raised below, in the test's own thread
            wrong.append(error)

    other = Thread(target=run, daemon=True)
    other.start()
    yield
    other.join(30.0)
    assert not other.is_alive()
    if wrong:
        raise wrong[0]


def lines_of(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def until_written(file: Path, what: Callable[[list[dict[str, object]]], bool], rig: Rig) -> None:
    """Wait until the file has it."""
    rig.until(lambda: file.exists() and file.read_text(encoding="utf-8").endswith("\n") and what(lines_of(file)))


def captured(coach: Coach, rig: Rig, file: Path, lines: int, *words: str) -> tuple[int, str, str]:
    """Run the command until so many lines are written, then press Ctrl-C."""

    def end() -> None:
        until_written(file, lambda written: len(written) >= lines, rig)
        interrupt_main()

    with meanwhile(end):
        return coach("capture", str(file), *words)


@pytest.mark.slow
def test_a_capture_replays_to_the_belt_that_was_there(rig: Rig, on_air: Coach, tmp_path: Path) -> None:
    mill, file = rig.run(rig.lab.treadmill("home", pace=20)), tmp_path / "mine.jsonl"

    def press(lines: list[dict[str, object]]) -> bool:
        """Faster and slower again, until that is heard: the first press may be before the last subscription."""
        mill.console_change(0.1)
        mill.console_change(-0.1)
        return any(line.get("uuid") == "2ada" for line in lines)

    def walk() -> None:
        until_written(file, lambda lines: len(lines) > 1, rig)
        rig.do(lambda: mill.hand(mill.treadmill.console_start))
        until_written(file, lambda lines: str(lines[-1].get("value"))[4:8] == "5000", rig)  # 0.80 km/h behind the flags
        until_written(file, press, rig)
        interrupt_main()

    with meanwhile(walk):
        code, out, err = on_air("capture", str(file))
    capture = load_capture(file)
    replay = ReplayedTreadmill(capture)
    replay.connect(0.0)
    speeds = set()
    while replay.due_s < inf:
        replay.run_until(replay.due_s)
        speeds.add(replay.speed_kmh)
    assert (code, err) == (0, "")
    assert f"Connected to {mill.face.name}, which is simulated. Listening until Ctrl-C." in out
    assert "THE BELT STILL MOVES, at 0." in out
    assert max(speeds) in {0.8, 0.9}
    assert f"at most {max(speeds):.1f} km/h" in " ".join(out.split())
    assert (replay.belt.speeds.low, replay.belt.speeds.high) == (0.8, 18.0)
    assert (capture.header.name, capture.header.simulated, capture.header.address) == (mill.face.name, True, None)
    assert {one.uuid for one in capture.said if isinstance(one, Frame)} >= {full(TREADMILL_DATA), full(MACHINE_STATUS)}
    assert mill.face.address.lower() not in file.read_text(encoding="utf-8").lower()
    assert mill.writes == []
    rig.until(lambda: mill.connection is None)


PRIVATE_SHAPE = Shape(
    values=((0x2ACC, FEATURES), (SPEED_RANGE, SPEEDS), (0x2A25, b"SN 4711"), (0x2A26, b"fw " + OCTETS[::-1]))
)


@pytest.mark.slow
@pytest.mark.parametrize("with_address", [False, True], ids=["public", "with address"])
def test_what_tells_one_machine_from_another_is_left_out_unless_asked_for(
    rig: Rig, on_air: Coach, tmp_path: Path, with_address: bool
) -> None:
    odd, file = rig.peripheral(PRIVATE_SHAPE, greeting=((TREADMILL_DATA, IDLE),)), tmp_path / "mine.jsonl"
    code, out, _ = captured(on_air, rig, file, 2, "--treadmill", "odd", *(["--with-address"] if with_address else []))
    header = load_capture(file).header
    secret = {full(0x2A25), full(0x2A26)}
    assert code == 0
    assert set(header.values) >= {full(0x2ACC), full(SPEED_RANGE)}
    assert secret & set(header.values) == (secret if with_address else set())
    assert header.address == (odd.shape.address if with_address else None)
    assert ("left out" in out) is not with_address
    assert [one.value for one in load_capture(file).said if isinstance(one, Frame)] == [IDLE]
    assert odd.writes == []


@pytest.mark.slow
def test_a_lost_link_is_written_down_and_so_is_its_return_and_nothing_comes_twice(
    rig: Rig, on_air: Coach, tmp_path: Path
) -> None:
    odd, file = rig.peripheral(greeting=((TREADMILL_DATA, IDLE),)), tmp_path / "mine.jsonl"

    def break_it() -> None:
        until_written(file, lambda lines: len(lines) == 2, rig)
        rig.do(lambda: rig.link.link_loss(odd.controller))
        until_written(file, lambda lines: len(lines) == 5, rig)
        interrupt_main()

    with meanwhile(break_it):
        code, out, _ = on_air("capture", str(file))
    said = load_capture(file).said
    assert code == 0
    assert [(one.value if isinstance(one, Frame) else one.linked) for one in said] == [IDLE, False, True, IDLE]
    assert "Connected to ODD. Listening" in out
    assert "STILL MOVES" not in out
    assert "2 values of 1 characteristics" in " ".join(out.split())
    rig.until(lambda: odd.met == 2)


@pytest.mark.slow
def test_a_machine_that_says_nothing_is_told_so(rig: Rig, on_air: Coach, tmp_path: Path) -> None:
    rig.peripheral()
    code, out, _ = on_air("capture", str(tmp_path / "mine.jsonl"), "--seconds", "1")
    assert code == 0
    assert "It said nothing" in out


@pytest.mark.slow
def test_a_file_that_is_there_stays_as_it_is(rig: Rig, on_air: Coach, tmp_path: Path) -> None:
    odd, file = rig.peripheral(), tmp_path / "mine.jsonl"
    file.write_text("precious", encoding="utf-8")
    code, _, err = on_air("capture", str(file))
    assert (code, file.read_text(encoding="utf-8"), odd.met) == (1, "precious", 0)
    assert err == f"coach: {file} is there already; give a name that is new\n"


@pytest.mark.slow
def test_a_file_that_somebody_makes_meanwhile_stays_as_it_is(rig: Rig, on_air: Coach, tmp_path: Path) -> None:
    rig.peripheral()
    file = tmp_path / "mine.jsonl"

    def write() -> None:
        rig.until(lambda: rig.world.scanner is not None)
        file.write_text("precious", encoding="utf-8")

    with meanwhile(write):
        code, _, err = on_air("capture", str(file), "--seconds", "1")
    assert (code, file.read_text(encoding="utf-8")) == (1, "precious")
    assert "file exists" in err


@pytest.mark.slow
def test_a_folder_that_is_not_there_is_one_sentence(rig: Rig, on_air: Coach, tmp_path: Path) -> None:
    odd = rig.peripheral()
    code, _, err = on_air("capture", str(tmp_path / "none" / "mine.jsonl"), "--seconds", "1")
    assert code == 1
    assert err.endswith("mine.jsonl: no such file or directory\n")
    rig.until(lambda: odd.met == 0 or rig.world.held(odd.shape.address) is None)


@pytest.mark.slow
def test_several_treadmills_are_a_choice_and_none_is_said(rig: Rig, on_air: Coach, tmp_path: Path) -> None:
    file = str(tmp_path / "mine.jsonl")
    assert "another app" in on_air("capture", file)[2]
    one, two = rig.peripheral(), rig.peripheral(Shape("EVEN", "C4:00:00:00:01:02"))
    code, _, err = on_air("capture", file)
    assert code == 1
    assert "ODD (C4:00:00:00:01:01)" in err
    assert "EVEN (C4:00:00:00:01:02)" in err
    assert "--treadmill NAME" in err
    assert "was not found" in on_air("capture", file, "--treadmill", "third")[2]
    assert (one.met, two.met) == (0, 0)


@pytest.mark.slow
def test_a_treadmill_that_somebody_drives_is_left_alone(rig: Rig, on_air: Coach, tmp_path: Path) -> None:
    odd = rig.peripheral()
    held = Lock(lock_folder(), f"air:{odd.shape.address}", "easy-walk-30")
    code, _, err = on_air("capture", str(tmp_path / "mine.jsonl"))
    held.close()
    assert (code, odd.met) == (1, 0)
    assert "easy-walk-30" in err


@pytest.mark.parametrize(
    ("uuid", "value", "kept"),
    [
        (0x2A24, b"T9", True),
        (0x2A25, b"4711", False),
        (0x2A23, b"\0" * 8, False),
        (0x2A26, b"x" + OCTETS, False),
        (0x2A26, OCTETS[::-1] + b"x", False),
        (0x2A26, b"C40000000101", False),
        (0x2A26, b"c40000000101", False),
        (0x2A26, OCTETS[:5], True),
    ],
)
def test_a_value_with_the_address_in_it_is_private(uuid: int, value: bytes, kept: bool) -> None:
    assert (full(uuid) in public({full(uuid): value}, ADDRESS)) is kept


def test_a_uuid_of_macos_hides_nothing_but_what_is_private_anyway() -> None:
    values = {full(0x2A24): b"T9", full(0x2A25): b"4711", full(0x2A29): b""}
    assert set(public(values, "11111111-2222-3333-4444-555555555555")) == {full(0x2A24), full(0x2A29)}


def test_the_summary_counts_what_came_and_knows_the_speed() -> None:
    tally = Tally()
    assert tally.words(0.0) == "0:00  0 values of 0 characteristics, no speed"
    for at_s, uuid, value in [(0.5, 0x2ACD, YESOUL), (1.0, 0x2ACD, IDLE), (1.5, 0x2AD9, b"\x80\x00\x01")]:
        tally.take(Frame(at_s, full(uuid), value))
    tally.take(Frame(1.6, VENDOR, b"\xff"))
    assert tally.words(65.0) == "1:05  4 values of 3 characteristics, 0.0 km/h"
    assert tally.most_kmh == 2.5
    tally.take(LinkChange(2.0, linked=False))
    assert tally.words(66.0) == "1:06  4 values of 3 characteristics, no speed, lost links: 1"


@pytest.mark.slow
def test_a_control_point_that_somebody_else_writes_to_is_heard(rig: Rig, on_air: Coach, tmp_path: Path) -> None:
    rig.peripheral(greeting=((CONTROL_POINT, b"\x80\x07\x01"), (TREADMILL_DATA, YESOUL)))
    file = tmp_path / "mine.jsonl"
    code, _, _ = captured(on_air, rig, file, 3)
    replay = ReplayedTreadmill(load_capture(file))
    replay.connect(0.0)
    assert code == 0
    assert {one.uuid for one in replay.run_until(60.0) if isinstance(one, Heard)} == {CONTROL_POINT, TREADMILL_DATA}
    assert replay.speed_kmh == 2.5

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf, nan
from pathlib import Path
from threading import Thread

import pytest

from coach.core.error import LinkError
from coach.core.event import Heard, Returned
from coach.core.ftms import TREADMILL_DATA
from coach.link import peripheral
from coach.link.cable import HOST, WIRE, Cable
from coach.link.machine_file import SimMachine, load_machine
from coach.link.peripheral import Clock, Peripheral
from coach.link.remote import HeldTreadmill, RemoteTreadmill
from coach.link.sim import VirtualTreadmill
from coach.link.truth import Truth
from coach.spawn import spawn

ENDS_S = 20.0  # no test waits longer for an end
SOON_S = 0.2
QUICK = load_machine(
    'name = "SIM-quick"\nstart_countdown_s = 0\naccel_kmh_s = 20\ndecel_kmh_s = 20\nreport_period_s = 0.05\n'
)


class Served:
    """A machine that is served by a thread of the test."""

    def __init__(self, machine: SimMachine = QUICK, truth: str = "") -> None:
        self.machine = machine
        self.treadmill = VirtualTreadmill(machine)
        self.peripheral = Peripheral(self.treadmill, Truth(truth))
        self.thread = Thread(target=self.peripheral.serve)
        self.thread.start()

    def drive(self) -> RemoteTreadmill:
        """A driver."""
        return RemoteTreadmill(self.peripheral.port, self.peripheral.secret, self.machine)

    def running(self) -> RemoteTreadmill:
        """A driver with a belt that runs at 5 km/h, at 20 s of his clock."""
        treadmill = self.drive()
        treadmill.connect(0.0)
        treadmill.write(b"\x00", 0.0)
        treadmill.run_until(1.0)
        treadmill.write(b"\x07", 1.0)
        treadmill.run_until(2.0)
        treadmill.write(bytes.fromhex("02 f4 01"), 2.0)
        treadmill.run_until(20.0)
        assert treadmill.speed_kmh == 5.0
        return treadmill

    def guard(self) -> HeldTreadmill:
        """A guard, as soon as the end of the driver was seen."""
        for _ in range(1000):
            try:
                return HeldTreadmill(self.peripheral.port, self.peripheral.secret)
            except LinkError:
                continue
        raise AssertionError("the driver does not go")

    def ended(self, timeout_s: float = ENDS_S) -> bool:
        """It has ended by itself, within a time."""
        self.thread.join(timeout_s)
        return not self.thread.is_alive()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Served]]:
    """Machines that wait for nobody long."""
    made: list[Served] = []

    def make(
        machine: SimMachine = QUICK, truth: str = "", *, alone_s: float = ENDS_S, stands_s: float = ENDS_S
    ) -> Served:
        monkeypatch.setattr(peripheral, "ALONE_S", alone_s)
        monkeypatch.setattr(peripheral, "STANDS_S", stands_s)
        monkeypatch.setattr(peripheral, "LOOK_S", 0.02)
        made.append(Served(machine, truth))
        return made[-1]

    yield make
    monkeypatch.setattr(peripheral, "ALONE_S", 0.0)
    assert all(one.ended() for one in made)


def died(treadmill: RemoteTreadmill) -> None:
    """The driver's process is gone."""
    treadmill._cable.close()


# Its end.


def test_a_machine_that_nobody_ever_uses_ends(serve: Callable[..., Served]) -> None:
    assert serve(alone_s=SOON_S).ended()


def test_a_machine_never_ends_while_somebody_is_at_it(serve: Callable[..., Served]) -> None:
    one = serve(alone_s=0.05, stands_s=0.0)
    treadmill = one.drive()
    assert not one.ended(SOON_S)
    died(treadmill)
    assert one.ended()


def test_a_driver_that_says_bye_to_a_standing_belt_ends_the_machine_at_once(serve: Callable[..., Served]) -> None:
    one = serve()
    one.drive().bye()
    assert one.ended(ENDS_S / 2)


def test_a_belt_that_still_runs_down_is_waited_for_after_bye(serve: Callable[..., Served]) -> None:
    one = serve()
    one.running().bye()
    assert one.ended(ENDS_S / 2)
    assert not one.treadmill.linked
    assert one.treadmill.speed_kmh == 0


def test_a_belt_that_never_stops_is_left_in_the_end(serve: Callable[..., Served]) -> None:
    keeps = load_machine('name = "SIM-keeps"\non_link_loss = "keep"\naccel_kmh_s = 20\n')
    one = serve(keeps, alone_s=SOON_S)
    one.running().bye()
    assert one.ended()
    assert one.treadmill.speed_kmh > 0


def test_a_guard_that_never_comes_is_waited_for_longer_than_one_that_has_left(serve: Callable[..., Served]) -> None:
    one = serve(stands_s=SOON_S)
    died(one.drive())
    assert one.ended(ENDS_S / 2)


# What a driver leaves behind.


def test_a_driver_that_dies_leaves_the_link_held_and_the_belt_running(serve: Callable[..., Served]) -> None:
    one = serve()  # a machine that stops when its link is lost
    died(one.running())
    guard = one.guard()
    assert one.treadmill.linked
    assert one.treadmill.controlled
    assert one.treadmill.speed_kmh == 5.0
    guard.leave()


def heard(guard: HeldTreadmill, wanted: Callable[[Heard | Returned], bool]) -> list[Heard | Returned]:
    """All that is said until something is."""
    said: list[Heard | Returned] = []
    for _ in range(200):
        said += guard.listen(0.1)
        if any(wanted(event) for event in said):
            return said
    raise AssertionError("it is never said")


def stands(event: Heard | Returned) -> bool:
    """A report of 0."""
    return isinstance(event, Heard) and event.uuid == TREADMILL_DATA and event.value[2:4] == b"\x00\x00"


def test_a_guard_hears_the_belt_by_the_wall_clock_and_stops_it(serve: Callable[..., Served]) -> None:
    one = serve()
    died(one.running())
    guard = one.guard()
    guard.write(b"\x08\x01")
    said = heard(guard, lambda event: stands(event))
    assert [event.ok for event in said if isinstance(event, Returned)] == [True]
    assert [event.value.hex() for event in said if isinstance(event, Heard) and event.uuid == 0x2AD9] == ["800801"]
    assert len([event for event in said if isinstance(event, Heard) and event.uuid == TREADMILL_DATA]) > 1
    assert one.treadmill.speed_kmh == 0
    guard.leave()
    assert one.ended()
    assert not one.treadmill.linked


def test_a_guard_hears_nothing_of_what_was_said_before_it_came(serve: Callable[..., Served]) -> None:
    one = serve()
    treadmill = one.running()
    treadmill.write(bytes.fromhex("02 58 02"), 20.0)  # and nobody takes the answer
    died(treadmill)
    one.peripheral._clock.at_s += 5.0  # a hundred reports
    guard = one.guard()
    said = heard(guard, lambda event: isinstance(event, Heard))
    assert {event.uuid for event in said if isinstance(event, Heard)} == {TREADMILL_DATA}
    assert len(said) < 20
    guard.leave()


def test_a_link_that_was_down_when_the_driver_died_is_made_for_the_guard(serve: Callable[..., Served]) -> None:
    one = serve()
    treadmill = one.running()
    treadmill.disconnect(20.0)
    died(treadmill)
    guard = one.guard()
    assert heard(guard, lambda event: isinstance(event, Heard))
    guard.leave()


def test_a_second_driver_goes_on_where_the_machine_is(serve: Callable[..., Served]) -> None:
    one = serve()
    died(one.running())
    one.guard()._cable.close()  # and it is free again
    for _ in range(1000):
        try:
            second = one.drive()
            break
        except LinkError:
            continue
    assert second.linked
    assert second.speed_kmh == 5.0
    assert second.distance_m > 0
    assert second.motion is one.treadmill.motion
    second.bye()


# The clock.


def test_the_clock_is_the_drivers_until_he_is_gone_and_then_the_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = [1000.0]
    monkeypatch.setattr(peripheral, "monotonic", lambda: wall[0])
    clock = Clock()
    clock.drive(50.0, 10.0)
    wall[0] += 3.0
    assert clock.now_s() == 50.0  # lockstep: he says when
    clock.let_go()
    assert clock.now_s() == 80.0  # he hung for 3 s, 10 of his to one of the wall's
    wall[0] += 5.0
    assert clock.now_s() == 85.0
    clock.take()
    assert clock.now_s() == 85.0
    clock.drive(20.0, 1.0)
    assert clock.now_s() == 85.0  # never back


# Strangers.


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe\n",
        b"[1]\n",
        b'{"attach": ""}\n',
        b'{"call": "pull_key", "at_s": 1.0, "pace": 1.0}\n',
        b'{"write": "07"}\n',
        b"x" * 70_000,
    ],
)
def test_a_stranger_is_sent_away_and_disturbs_nobody(
    serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    monkeypatch.setattr(peripheral, "NAMELESS_S", SOON_S)
    one = serve()
    treadmill = one.running()
    with socket.create_connection((HOST, one.peripheral.port), ENDS_S) as stranger:
        stranger.sendall(line)
        with suppress(ConnectionResetError):  # it was sent away while it still talked
            assert stranger.recv(1) == b""
    assert treadmill.run_until(21.0)
    assert treadmill.speed_kmh == 5.0
    treadmill.bye()


def test_another_version_of_the_cable_is_sent_away(serve: Callable[..., Served]) -> None:
    one = serve()
    plug = Cable.to(one.peripheral.port)
    plug.put({"attach": one.peripheral.secret, "role": "drive", "wire": WIRE + 1})
    with pytest.raises(LinkError):
        plug.get()
    plug.close()


@pytest.mark.parametrize(
    "line",
    [
        '{"call":"none"}',
        '{"call":"connect"}',
        '{"call":"connect","at_s":null,"pace":1}',
        '{"call":"connect","at_s":NaN,"pace":1}',
        '{"call":"connect","at_s":true,"pace":1}',
        '{"call":"write","at_s":1,"pace":1,"write":"0"}',
        '{"call":"write","at_s":1,"pace":1}',
        "nothing",
    ],
)
def test_a_driver_that_talks_nonsense_counts_as_dead(serve: Callable[..., Served], line: str) -> None:
    one = serve()
    treadmill = one.running()
    treadmill._cable._plug.sendall(line.encode() + b"\n")
    with pytest.raises(LinkError):
        treadmill._cable.get()
    guard = one.guard()
    assert one.treadmill.speed_kmh == 5.0
    guard.leave()
    died(treadmill)


@pytest.mark.parametrize("value", [inf, nan])
def test_an_instant_that_is_none_is_refused(serve: Callable[..., Served], value: float) -> None:
    one = serve()
    treadmill = one.drive()
    with pytest.raises((LinkError, ValueError)):
        treadmill.run_until(value)
    treadmill.bye()


# The process and its truth.


def test_the_truth_has_a_line_for_every_request_and_report(serve: Callable[..., Served], tmp_path: Path) -> None:
    truth = tmp_path / "truth"
    one = serve(truth=str(truth))
    died(one.running())
    guard = one.guard()
    guard.write(b"\x08\x01")
    heard(guard, lambda event: stands(event))
    guard.leave()
    assert one.ended()
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    assert [(line["by"], line["write"]) for line in lines if "write" in line] == [
        ("drive", "00"),
        ("drive", "07"),
        ("drive", "02f401"),
        ("guard", "0801"),
    ]
    assert [line["mono"] for line in lines] == sorted(line["mono"] for line in lines)
    assert max(line["kmh"] for line in lines) == 5.0
    assert lines[-1]["kmh"] == 0


def test_the_process_says_one_line_and_closes_its_output() -> None:
    process = spawn("coach.link.peripheral", "home", "0", "")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    said = process.stdout.read()  # until it is closed, though the process lives
    assert process.poll() is None
    assert sorted(json.loads(said)) == ["pid", "port", "secret"]
    assert said.count(b"\n") == 1
    told = json.loads(said)
    RemoteTreadmill(told["port"], told["secret"], QUICK).bye()
    assert process.wait(ENDS_S) == 0
    process.stdout.close()

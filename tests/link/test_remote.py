from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from math import inf

import pytest

from coach.core.error import LinkError, MachineError
from coach.core.plan import make_plan
from coach.link import cable
from coach.link.fault import parse_fault
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.remote import HeldTreadmill, Hosted, RemoteTreadmill, host
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import VirtualStrap, heart_source
from coach.link.treadmill import Treadmill
from coach.link.world import Step, World
from coach.script.check import load
from coach.sinks.canonical import digest

ENDS_S = 20.0
OWN = {"pace", "bye"}  # what only a machine in another process needs

Host = Callable[..., Hosted]


@pytest.fixture
def hosts() -> Iterator[Host]:
    made: list[Hosted] = []

    def make(machine: str = "home", seed: int = 0) -> Hosted:
        made.append(host(machine, seed))
        return made[-1]

    yield make
    for one in made:
        one.process.kill()
        one.process.wait(ENDS_S)


def attached(hosted: Hosted, machine: str = "home") -> RemoteTreadmill:
    """The driver of a machine."""
    return RemoteTreadmill(hosted.port, hosted.secret, find_machine(machine))


def names(treadmill: Treadmill) -> set[str]:
    """The public names of an object."""
    return {name for name in dir(treadmill) if not name.startswith("_")}


def test_a_machine_in_another_process_has_the_names_of_one_that_is_here(hosts: Host) -> None:
    treadmill = attached(hosts())
    assert names(treadmill) - OWN == names(VirtualTreadmill(find_machine("home")))
    treadmill.bye()


def state(treadmill: Treadmill) -> tuple[object, ...]:
    """All that can be looked at."""
    belt = (treadmill.speed_kmh, treadmill.distance_m, treadmill.incline_pct, treadmill.due_s)
    return (*belt, treadmill.linked, treadmill.motion, treadmill.controlled, treadmill.key_in)


CALLS: list[Callable[[Treadmill], object]] = [
    lambda machine: machine.read(0x2AD4),
    lambda machine: machine.read(0x2A00),
    lambda machine: machine.connect(0.1),
    lambda machine: machine.write(b"\x00", 0.1 + 0.2),
    lambda machine: machine.run_until(1.0),
    lambda machine: machine.write(b"\x07", 1.0),
    lambda machine: machine.run_until(6.0),
    lambda machine: machine.write(bytes.fromhex("02 20 03"), 6.0),
    lambda machine: machine.write(bytes.fromhex("03 0f 00"), 6.01),  # while the first runs: an error
    lambda machine: machine.run_until(20.1),
    lambda machine: machine.write(bytes.fromhex("03 0f 00"), 20.1),
    lambda machine: machine.console_change(-0.7, 30 / 7),
    lambda machine: machine.garbage(31.0),
    lambda machine: machine.run_until(100 / 3),
    lambda machine: machine.mute(34.0),
    lambda machine: machine.refuse(inf),
    lambda machine: machine.ignore_stop(36.0),
    lambda machine: machine.write(bytes.fromhex("08 01"), 35.0),
    lambda machine: machine.run_until(40.0),
    lambda machine: machine.take_control(41.0),
    lambda machine: machine.console_stop(42.0),
    lambda machine: machine.run_until(60.0),
    lambda machine: machine.console_start(61.0),
    lambda machine: machine.pull_key(70.0),
    lambda machine: machine.run_until(80.0),
    lambda machine: machine.put_key(81.0),
    lambda machine: machine.self_start(82.0),
    lambda machine: machine.disconnect(83.0),
    lambda machine: machine.run_until(90.0),
]


def test_every_call_has_the_same_answer_and_leaves_the_same_state(hosts: Host) -> None:
    far, near = (
        attached(hosts("lagging-report", 3), "lagging-report"),
        VirtualTreadmill(find_machine("lagging-report"), 3),
    )
    assert state(far) == state(near)
    assert far.due_s == inf
    for number, call in enumerate(CALLS):
        assert (call(far), state(far)) == (call(near), state(near)), number
    far.bye()


def played(treadmill: Treadmill) -> list[Step]:
    """A whole session with a turn and faults."""
    workout = load("2min@5 / back 1min@2 / 3min@4").workout
    assert workout is not None
    plan = make_plan(workout, profile_of(treadmill.machine))
    source = heart_source("sim")
    assert source is not None
    faults = [parse_fault(text) for text in ("mute@30:1", "drop@80:2", "garbage@100:1", "key@backward1+20:5")]
    world = World(plan, treadmill, VirtualStrap(source, 1), VirtualRunner(1), faults)
    return list(world.run_until(3600.0))


@pytest.mark.parametrize("machine", ["home", "mph-both", "silent-stopped", "slow-answers", "splits-records"])
def test_a_session_in_lockstep_is_the_session_with_a_machine_that_is_here(hosts: Host, machine: str) -> None:
    treadmill = attached(hosts(machine, 5), machine)
    far, near = played(treadmill), played(VirtualTreadmill(find_machine(machine), 5))
    treadmill.bye()
    assert far[-1].session.progress.ended
    assert [step.outcome.writes for step in far] == [step.outcome.writes for step in near]
    assert [(step.event, step.true_kmh) for step in far] == [(step.event, step.true_kmh) for step in near]
    assert digest(far[-1].session) == digest(near[-1].session)


def test_a_machine_that_is_gone_is_an_error_of_the_link_for_ever(hosts: Host) -> None:
    hosted = hosts()
    treadmill = attached(hosted)
    treadmill.connect(0.0)
    hosted.process.kill()
    hosted.process.wait(ENDS_S)
    for _ in range(2):
        with pytest.raises(LinkError):
            treadmill.run_until(1.0)
    with pytest.raises(LinkError):
        attached(hosted)
    treadmill.bye()


def test_a_machine_that_does_not_answer_is_not_waited_for_and_a_late_answer_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cable, "ANSWER_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = cable.Cable.to(server.getsockname()[1])
        theirs, _ = server.accept()
        with theirs:
            with pytest.raises(LinkError):
                ours.get()
            ours.close()
            with pytest.raises(LinkError):
                ours.put({"late": True})


@pytest.mark.parametrize(
    "answer", [b"\xff\n", b"[]\n", b"x" * (cable.LONGEST + 1), b""], ids=["no", "list", "long", "end"]
)
def test_what_is_no_message_is_an_error_of_the_link(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = cable.Cable.to(server.getsockname()[1])
        theirs, _ = server.accept()
        with theirs:
            theirs.sendall(answer)
        with pytest.raises(LinkError):
            ours.get()
        ours.close()


def test_only_who_knows_the_secret_attaches_and_only_one_at_a_time(hosts: Host) -> None:
    hosted = hosts()
    with pytest.raises(LinkError):
        RemoteTreadmill(hosted.port, "0" * len(hosted.secret), find_machine("home"))
    first = attached(hosted)
    with pytest.raises(LinkError, match="Somebody else"):
        attached(hosted)
    with pytest.raises(LinkError, match="Somebody else"):
        HeldTreadmill(hosted.port, hosted.secret)
    first.connect(0.0)  # and is not disturbed
    assert first.linked
    first.bye()


def test_a_machine_that_is_not_known_does_not_start() -> None:
    with pytest.raises(MachineError, match="did you mean home"):
        host("hom")

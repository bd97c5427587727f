"""A guard over real ATT and GATT bytes: the machine is found, told to stop first, and watched until it stands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.air.treadmill import ServedTreadmill
from coach.core.error import LinkError
from coach.core.ftms import Op, Request, encode_request
from coach.core.machine import MachineProfile
from coach.keeper.diary import Diary
from coach.keeper.guard import Guard
from coach.keeper.guard_rule import Act, Last, Word
from coach.keeper.orders import OnAir, Orders
from coach.link.held import HeldMachine
from coach.link.sighting import Sighting
from tests.lab.rig import QUICK, Rig, of

ORDERS = Orders(OnAir("", "SIM-link-loss-keeps"), MachineProfile(decel_kmh_s=0.5, min_write_gap_s=0.1))


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as one:
        yield one


def running(rig: Rig, machine: str = "link-loss-keeps") -> ServedTreadmill:
    """A belt that somebody started, and who is gone."""
    mill = rig.run(rig.lab.treadmill(machine, pace=10.0))
    rig.do(lambda: mill.hand(mill.treadmill.console_start))
    rig.until(lambda: mill.look().speed_kmh > 0.5)
    return mill


def guard(rig: Rig, mill: ServedTreadmill, last: Last) -> Guard:
    target = Sighting("", mill.face.name)
    diary = Diary("", str(Path("/dev/null")))
    return Guard(ORDERS, last, diary, lambda: HeldMachine(rig.radio, target, QUICK), None)


def test_a_belt_that_runs_is_told_to_stop_before_anything_else_is_asked_and_watched_until_it_stands(rig: Rig) -> None:
    mill = running(rig)
    assert guard(rig, mill, Last(5.0)).serve() is Word.STILL
    assert mill.look().speed_kmh == 0
    assert mill.writes[0].value == Act.STOP.value
    assert {write.value for write in mill.writes} <= {act.value for act in Act}


def test_a_machine_that_wants_to_be_asked_is_asked_once_stop_was_refused(rig: Rig) -> None:
    mill = running(rig)
    assert mill.treadmill.machine.needs_control
    assert guard(rig, mill, Last(5.0)).serve() is Word.STILL
    assert [write.value for write in mill.writes[:3]] == [Act.STOP.value, Act.CONTROL.value, Act.STOP.value]


def test_a_belt_that_stands_is_looked_at_and_left_alone(rig: Rig) -> None:
    mill = rig.run(rig.lab.treadmill("home", pace=10.0))
    assert guard(rig, mill, Last(0.0)).serve() is Word.STILL
    assert mill.writes == []


def test_a_link_that_goes_on_duty_is_made_again(rig: Rig) -> None:
    mill = running(rig)
    held = HeldMachine(rig.radio, Sighting("", mill.face.name), QUICK)
    rig.do(lambda: rig.lab.link_loss(mill))
    with pytest.raises(LinkError):
        _ = [held.listen(0.05) for _ in range(1000)]
    held.leave()
    assert guard(rig, mill, Last(5.0)).serve() is Word.STILL


def test_a_machine_that_is_not_there_is_said(rig: Rig) -> None:
    with pytest.raises(LinkError, match="does not answer"):
        HeldMachine(rig.radio, Sighting("C4:00:00:00:00:99", ""), QUICK)


def test_what_is_heard_comes_with_the_answers_of_the_writes(rig: Rig) -> None:
    mill = rig.run(rig.lab.treadmill("home", pace=10.0))
    held = HeldMachine(rig.radio, Sighting("", mill.face.name), QUICK)
    held.write(encode_request(Request(Op.REQUEST_CONTROL)))
    said: list[object] = []
    while len({type(one) for one in said}) < 2:
        said += held.listen(0.5)
    assert of(said, object)
    held.leave()

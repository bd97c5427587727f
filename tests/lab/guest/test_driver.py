"""The driver on BlueZ itself: what only a real stack does, and every fault of a peripheral once through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from coach.air.quirks import Mischief, Quirks
from coach.core.event import Heard, LinkFound, LinkLost, Returned
from coach.core.ftms import CONTROL_POINT, FEATURE, INCLINATION_RANGE, SPEED_RANGE, TREADMILL_DATA
from coach.core.heart import HEART_RATE_MEASUREMENT
from coach.link.ble import held, inspect, scan
from coach.link.driver import Driver, StrapDriver, StrapFound, StrapLost, Trouble
from coach.link.habits import Habits
from coach.link.radio import Radio
from coach.link.sighting import FITNESS_MACHINE, Sighting
from tests.keeper.stand import PATIENCE_S, wait_for
from tests.lab.guest.air import Air, target
from tests.lab.guest.system import end_bluetoothd, start_bluetoothd, switch
from tests.lab.radio import Served

REQUEST_CONTROL, START, STOP = b"\x00", b"\x07", b"\x08\x01"
GRANTED, STARTED, STOPPED = b"\x80\x00\x01", b"\x80\x07\x01", b"\x80\x08\x01"


class Ears:
    """All that a driver told, in its order."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def __call__(self, event: object) -> None:
        self.told.append(event)

    def kinds(self) -> list[type]:
        return [type(one) for one in self.told]

    def heard(self, uuid: int) -> list[bytes]:
        return [one.value for one in self.told if isinstance(one, Heard) and one.uuid == uuid]

    @property
    def answers(self) -> list[bytes]:
        return self.heard(CONTROL_POINT)

    @property
    def returned(self) -> list[bool]:
        return [one.ok for one in self.told if isinstance(one, Returned)]

    @property
    def troubles(self) -> list[str]:
        return [one.text for one in self.told if isinstance(one, Trouble)]

    def count(self, kind: type) -> int:
        return self.kinds().count(kind)


@contextmanager
def driven(served: Served | Sighting, *, connected: bool = True) -> Iterator[tuple[Driver, Ears]]:
    """A driver of a machine, which wants its link."""
    ears = Ears()
    with Radio() as radio:
        driver = Driver(radio, served if isinstance(served, Sighting) else target(served), Habits(), ears)
        driver.connect()
        if connected:
            wait_for(lambda: ears.heard(TREADMILL_DATA))
        yield driver, ears
        driver.close(PATIENCE_S)


def asked(driver: Driver, ears: Ears, value: bytes) -> bytes:
    """Write, and wait for the one answer."""
    before = len(ears.answers)
    driver.write(value)
    wait_for(lambda: len(ears.answers) > before)
    return ears.answers[-1]


def found_again(ears: Ears, times: int) -> Callable[[], bool]:
    return lambda: ears.count(LinkFound) == times


# -- who is there


def test_a_scan_finds_the_machine_and_the_strap_and_says_that_they_are_simulated(air: Air) -> None:
    mill, strap = air.treadmill(), air.strap("sim")
    with Radio() as radio:
        seen = {one.name: one for one in radio.run(scan(5.0), PATIENCE_S)}
    machine, worn = seen[mill.face.name], seen[strap.face.name]
    assert (machine.address, machine.machine, machine.strap, machine.simulated) == (
        mill.face.address,
        True,
        False,
        True,
    )
    assert (machine.types, machine.other_type) == (1, False)
    assert (worn.address, worn.machine, worn.strap, worn.simulated) == (strap.face.address, False, True, True)


def test_a_machine_without_a_name_is_found_by_its_service(air: Air) -> None:
    mill = air.treadmill(quirks=Quirks(named=False))
    with Radio() as radio:
        (seen,) = radio.run(scan(5.0), PATIENCE_S)
    assert (seen.address, seen.machine) == (mill.face.address, True)


def test_a_machine_that_is_connected_is_found_though_it_is_silent(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill), Radio() as radio:
        (one,) = radio.run(held((FITNESS_MACHINE,)), PATIENCE_S)
        assert (one.address, one.held) == (mill.face.address, True)


@pytest.mark.usefixtures("air")
def test_nobody_on_the_air_is_nobody_found() -> None:
    with Radio() as radio:
        assert radio.run(scan(5.0), PATIENCE_S) == ()


def test_what_a_machine_is_can_be_read_without_touching_it(air: Air) -> None:
    mill = air.treadmill()
    with Radio() as radio:
        facts = radio.run(inspect(target(mill)), PATIENCE_S)
    assert set(facts.values) >= {FEATURE, SPEED_RANGE, INCLINATION_RANGE}
    assert air.written(mill) == []


# -- a link that comes and goes


def test_the_link_is_told_before_what_was_read_and_that_before_what_the_machine_says(air: Air) -> None:
    with driven(air.treadmill()) as (_, ears):
        assert isinstance(ears.told[0], LinkFound)
        first = [one.uuid for one in ears.told[1:4] if isinstance(one, Heard)]
        assert first == [FEATURE, SPEED_RANGE, INCLINATION_RANGE]


@pytest.mark.parametrize("away_s", [0.0, 2.0, 40.0])
def test_a_lost_link_comes_back_and_every_answer_comes_once(air: Air, away_s: float) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        assert asked(driver, ears, REQUEST_CONTROL) == GRANTED
        lost_s = monotonic()
        if away_s:
            air.leave(mill)
            wait_for(lambda: monotonic() > lost_s + away_s)
            air.come_back(mill)
        else:
            air.lose(mill)
        wait_for(found_again(ears, 2))
        assert ears.kinds().index(LinkLost) > 0
        before = len(ears.answers)
        assert asked(driver, ears, REQUEST_CONTROL) == GRANTED
        said = len(ears.heard(TREADMILL_DATA))
        wait_for(lambda: len(ears.heard(TREADMILL_DATA)) >= said + 3)
        assert len(ears.answers) == before + 1
        assert ears.count(LinkLost) == 1


def test_a_write_that_the_link_takes_with_it_is_told_before_the_loss(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        air.play(mill, Mischief(response_late_s=20.0))
        driver.write(REQUEST_CONTROL)
        wait_for(lambda: air.written(mill))
        air.lose(mill)
        wait_for(lambda: ears.count(LinkLost))
        kinds = [one for one in ears.kinds() if one in (Returned, LinkLost)]
        assert (kinds, ears.returned) == ([Returned, LinkLost], [False])


def test_a_machine_that_falls_silent_is_lost_when_its_supervision_runs_out_and_comes_back(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (_, ears):
        silent_s = monotonic()
        air.leave(mill, supervision_s=4.0)
        wait_for(lambda: ears.count(LinkLost))
        lost_s = next(one.at_s for one in ears.told if isinstance(one, LinkLost))
        assert 3.9 < lost_s - silent_s < 6.0
        air.come_back(mill)
        wait_for(found_again(ears, 2))


def test_a_link_that_is_no_longer_wanted_is_let_go_and_the_machine_can_be_found_again(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        driver.disconnect()
        wait_for(lambda: not air.connected(mill))
        assert ears.kinds()[-1] is LinkLost
        driver.connect()
        wait_for(found_again(ears, 2))


def test_a_machine_that_drops_every_link_is_told_as_trouble_until_it_stops_that(air: Air) -> None:
    mill = air.treadmill()
    air.play(mill, Mischief(drop_at_connect=True))
    with driven(mill, connected=False) as (_, ears):
        wait_for(lambda: ears.troubles)
        assert ears.count(LinkFound) == 0
        air.play(mill, Mischief())
        wait_for(found_again(ears, 1))


def test_a_machine_that_another_holds_is_told_as_such_and_connected_when_it_is_let_go(air: Air) -> None:
    mill = air.treadmill()
    let_go = air.take(mill)
    with driven(mill, connected=False) as (_, ears):
        wait_for(lambda: ears.troubles)
        assert "another app" in ears.troubles[0] or "other app" in ears.troubles[0]
        let_go()
        wait_for(found_again(ears, 1))


def test_an_exercise_bike_is_named_and_not_tried_again(air: Air) -> None:
    mill = air.treadmill(quirks=Quirks(bike=True))
    with driven(mill, connected=False) as (_, ears):
        wait_for(lambda: ears.troubles)
        assert "is an exercise bike, not a treadmill" in ears.troubles[0]
        wait_for(lambda: not air.connected(mill))
        assert ears.count(LinkFound) == 0


def test_without_a_speed_range_the_rest_is_told(air: Air) -> None:
    with driven(air.treadmill(quirks=Quirks(speed_range=False))) as (_, ears):
        assert ears.heard(SPEED_RANGE) == []
        assert ears.heard(FEATURE)


# -- the control point


def test_a_belt_is_started_and_stopped(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        assert asked(driver, ears, REQUEST_CONTROL) == GRANTED
        assert asked(driver, ears, START) == STARTED
        wait_for(lambda: air.kmh(mill) > 0.5)
        assert asked(driver, ears, STOP) == STOPPED
        wait_for(lambda: air.kmh(mill) == 0)
        assert air.written(mill) == [REQUEST_CONTROL, START, STOP]
        assert ears.returned == [True, True, True]


@pytest.mark.parametrize("machine", ["home", "no-indications"])
def test_answers_come_by_indication_and_where_there_is_none_by_notification(air: Air, machine: str) -> None:
    with driven(air.treadmill(machine)) as (driver, ears):
        driver.write(REQUEST_CONTROL)  # the second machine takes it and does not answer (Horizon Omega Z)
        asked_s = monotonic()
        wait_for(lambda: monotonic() > asked_s + 2.0)
        driver.write(START)
        wait_for(lambda: STARTED in ears.answers)
        assert ears.answers.count(STARTED) == 1


def test_a_machine_that_refuses_says_so(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        air.play(mill, Mischief(results={0x00: 0x05}))
        assert asked(driver, ears, REQUEST_CONTROL) == b"\x80\x00\x05"


def test_a_machine_that_never_answers_still_returns_the_write(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        air.play(mill, Mischief(mute_answers=True))
        driver.write(REQUEST_CONTROL)
        wait_for(lambda: ears.returned == [True])
        said = len(ears.heard(TREADMILL_DATA))
        wait_for(lambda: len(ears.heard(TREADMILL_DATA)) >= said + 5)
        assert ears.answers == []


def test_an_answer_that_comes_after_25_seconds_still_comes(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        air.play(mill, Mischief(answer_late_s=25.0))
        began_s = monotonic()
        assert asked(driver, ears, REQUEST_CONTROL) == GRANTED
        assert 25.0 <= monotonic() - began_s < 30.0


def test_a_stop_behind_a_write_that_hangs_goes_out_as_soon_as_the_stack_lets_it(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        air.play(mill, Mischief(response_late_s=6.0))
        driver.write(REQUEST_CONTROL)
        wait_for(lambda: air.written(mill))
        air.play(mill, Mischief())
        driver.write(START)
        stop_s = monotonic()
        driver.write(STOP)
        wait_for(lambda: STOP in air.written(mill))
        assert monotonic() - stop_s < 7.0
        wait_for(lambda: len(ears.returned) == 3)
        assert START not in air.written(mill)
        assert ears.returned[1:] == [False, True]


def test_a_control_point_that_wants_no_response_is_written(air: Air) -> None:
    mill = air.treadmill(quirks=Quirks(command_only=True))
    with driven(mill) as (driver, ears):
        assert asked(driver, ears, REQUEST_CONTROL) == GRANTED
        assert ears.returned == [True]


# -- the system below


def test_an_adapter_that_is_switched_off_loses_the_link_and_switched_on_brings_it_back(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        switch(on=False)
        wait_for(lambda: ears.count(LinkLost))
        wait_for(lambda: ears.troubles)
        assert "switched off" in ears.troubles[-1]
        switch(on=True)
        wait_for(found_again(ears, 2))
        assert asked(driver, ears, REQUEST_CONTROL) == GRANTED


def test_a_bluetoothd_that_ends_and_starts_again_is_survived(air: Air) -> None:
    mill = air.treadmill()
    with driven(mill) as (driver, ears):
        end_bluetoothd()
        wait_for(lambda: ears.count(LinkLost))
        wait_for(lambda: ears.troubles)
        start_bluetoothd()
        switch(on=True)
        wait_for(found_again(ears, 2))
        assert asked(driver, ears, REQUEST_CONTROL) == GRANTED
        said = len(ears.heard(TREADMILL_DATA))
        wait_for(lambda: len(ears.heard(TREADMILL_DATA)) >= said + 3)
        assert ears.answers == [GRANTED]


# -- the strap


def test_a_strap_beats_is_lost_and_comes_back(air: Air) -> None:
    strap = air.strap("120")
    ears = Ears()
    with Radio() as radio:
        driver = StrapDriver(radio, target(strap), ears)
        driver.connect()
        wait_for(lambda: len(ears.heard(HEART_RATE_MEASUREMENT)) >= 3)
        air.leave(strap)
        wait_for(lambda: ears.count(StrapLost))
        air.come_back(strap)
        wait_for(lambda: ears.count(StrapFound) == 2)
        driver.close(PATIENCE_S)
    assert not [one for one in ears.told if isinstance(one, LinkFound | LinkLost)]

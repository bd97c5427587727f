"""The driver with machines whose radio is odd, and with those that are not what was wanted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coach.air.gatt import Properties
from coach.core.event import Heard, LinkFound, LinkLost, Returned
from coach.core.ftms import CONTROL_POINT, FEATURE, SPEED_RANGE, TREADMILL_DATA
from coach.core.heart import HEART_RATE_MEASUREMENT
from coach.link import ble
from coach.link.driver import BATTERY_LEVEL, StrapFound, StrapLost, Trouble
from coach.link.facts import MAKER, full
from coach.link.habits import Habits, Unlock
from coach.link.no_radio import NoRadioError
from coach.link.sighting import FITNESS_MACHINE, Sighting
from tests.lab.rig import Rig, heard, of, returned
from tests.lab.scripted import FEATURES, IDLE, Shape

ASK = b"\x00"
ANSWER = b"\x80\x00\x01"
NOWHERE = "C4:00:00:00:01:77"
CONTROL_TYPES = {
    "indicates": Properties.WRITE | Properties.INDICATE,
    "notifies": Properties.WRITE | Properties.NOTIFY,  # Omega Z (ftms.md 4.16)
    "commands only": Properties.WRITE_WITHOUT_RESPONSE | Properties.INDICATE,  # CitySports (ftms.md 3.12)
    "both ways": Properties.WRITE | Properties.WRITE_WITHOUT_RESPONSE | Properties.NOTIFY | Properties.INDICATE,
}


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as one:
        yield one


@pytest.mark.parametrize("control", CONTROL_TYPES.values(), ids=CONTROL_TYPES)
def test_every_kind_of_control_point_is_written_and_heard(rig: Rig, control: Properties) -> None:
    odd = rig.peripheral(Shape(control=control))
    driver, log = rig.driver(odd.shape.address)
    log.some(LinkFound)
    driver.write(ASK)
    told = log.wait(lambda told: bool(heard(told, CONTROL_POINT)) and bool(returned(told)))
    assert (returned(told), heard(told, CONTROL_POINT)) == ([True], [ANSWER])


def test_a_machine_without_a_control_point_is_only_read(rig: Rig) -> None:
    odd = rig.peripheral(Shape(control=None))
    driver, log = rig.driver(odd.shape.address)
    log.some(LinkFound)
    driver.write(ASK)
    rig.run(odd.say(TREADMILL_DATA, IDLE))
    told = log.wait(lambda told: bool(heard(told, TREADMILL_DATA)))
    assert returned(told) == [False]


def test_a_machine_that_never_answers_keeps_its_link_and_returns_its_writes(rig: Rig) -> None:
    odd = rig.peripheral(answers=False)
    driver, log = rig.driver(odd.shape.address)
    log.some(LinkFound)
    driver.write(ASK)
    log.some(Returned)
    driver.write(b"\x07")
    told = log.some(Returned, 2)
    assert returned(told) == [True, True]
    assert of(told, LinkLost) == []
    rig.run(odd.say(CONTROL_POINT, ANSWER))  # and late it still counts
    assert heard(log.wait(lambda told: bool(heard(told, CONTROL_POINT))), CONTROL_POINT) == [ANSWER]


@pytest.mark.parametrize("error", [0x80, 0xFD, 0xFE], ids=["its own", "not subscribed", "in progress"])
def test_a_write_that_is_refused_is_told_and_the_next_one_goes_out(rig: Rig, error: int) -> None:
    odd = rig.peripheral(error=error)
    driver, log = rig.driver(odd.shape.address)
    log.some(LinkFound)
    driver.write(ASK)
    log.some(Returned)
    rig.do(lambda: setattr(odd, "error", None))
    driver.write(ASK)
    assert returned(log.some(Returned, 2)) == [False, True]


@pytest.mark.parametrize(
    "shape",
    [Shape(values=((FEATURE, FEATURES),)), Shape(refused=(SPEED_RANGE,))],
    ids=["not there", "not readable"],
)
def test_a_range_that_cannot_be_read_is_nothing(rig: Rig, shape: Shape) -> None:
    odd = rig.peripheral(shape)
    driver, log = rig.driver(odd.shape.address)
    told = log.some(Heard)
    assert heard(told, FEATURE) == [FEATURES]
    assert heard(told, SPEED_RANGE) == []
    assert driver.facts is not None
    assert set(driver.facts.values) == {FEATURE}


def test_a_machine_without_a_name_is_called_by_its_address(rig: Rig) -> None:
    odd = rig.peripheral(Shape(name=""))
    driver, log = rig.driver(odd.shape.address)
    log.some(LinkFound)
    assert driver.facts is not None
    assert driver.facts.name == odd.shape.address


def test_a_bike_is_said_to_be_one_and_not_tried_again(rig: Rig) -> None:
    odd = rig.peripheral(Shape(name="Spinner", data=0x2AD2))
    driver, log = rig.driver(odd.shape.address)
    trouble = log.some(Trouble)[0]
    assert isinstance(trouble, Trouble)
    assert trouble.text == "Spinner is an exercise bike, not a treadmill"
    rig.until(lambda: not odd.connected)
    rig.until(lambda: driver._connection._task is not None and driver._connection._task.done())
    assert odd.met == 1
    assert len(log.all) == 1
    driver.connect()
    log.some(Trouble, 2)


def test_a_strap_is_no_treadmill_and_a_treadmill_no_strap(rig: Rig) -> None:
    strap = rig.run(rig.lab.strap("120"))
    _, log = rig.driver(strap.face.address)
    assert [type(one) for one in log.some(Trouble)] == [Trouble]
    odd = rig.peripheral(Shape(name="Runner"))
    _, other = rig.strap_driver(odd.shape.address)
    trouble = other.some(Trouble)[0]
    assert isinstance(trouble, Trouble)
    assert trouble.text == "Runner measures no heart rate"


def test_a_machine_that_drops_its_link_is_tried_again_and_the_trouble_is_said_once(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.link.connection.BACK_OFF_S", (0.0, 0.05))
    odd = rig.peripheral(drops=True)
    _, log = rig.driver(odd.shape.address, name="Dropper")
    rig.until(lambda: odd.met >= 3)
    assert of(log.all, LinkFound) == []
    rig.do(lambda: setattr(odd, "drops", False))
    troubles = [one.text for one in log.some(LinkFound) if isinstance(one, Trouble)]
    assert len(troubles) == len(set(troubles)) >= 1
    assert all(text.startswith("Dropper ") for text in troubles)


def test_a_machine_that_another_app_holds_is_said_to_be_held_until_it_is_free(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.link.connection.ATTEMPT_S", 0.5)
    odd = rig.peripheral()
    other = rig.run(rig.lab.central())
    connection = rig.run(other.connect(odd.shape.address))
    _, log = rig.driver(odd.shape.address)
    trouble = log.some(Trouble)[0]
    assert isinstance(trouble, Trouble)
    assert "is no other app connected to it?" in trouble.text
    rig.run(connection.disconnect())
    log.some(LinkFound)


def test_a_machine_that_asks_for_it_is_paired_once(rig: Rig) -> None:
    odd = rig.peripheral(Shape(encrypted=True))
    driver, log = rig.driver(odd.shape.address)
    log.some(LinkFound)
    assert not rig.do(lambda: odd.encrypted)
    driver.write(ASK)
    driver.write(ASK)
    told = log.wait(lambda told: len(heard(told, CONTROL_POINT)) == 2)
    assert rig.do(lambda: odd.encrypted)
    assert returned(told) == [True, True]


def test_a_machine_can_be_paired_from_the_start(rig: Rig) -> None:
    odd = rig.peripheral(Shape(encrypted=True))
    _, log = rig.driver(odd.shape.address, Habits(cccd_gap_s=0.01, pair=True))
    log.some(LinkFound)
    assert rig.do(lambda: odd.encrypted)


def test_an_unlock_is_written_before_anything_else_and_where_it_is_missing_it_is_nothing(rig: Rig) -> None:
    odd = rig.peripheral()
    habits = Habits(
        cccd_gap_s=0.01,
        unlock=(Unlock("d18d2c10-c44c-11e8-a355-529269fb1459", b"\x01"), Unlock(full(CONTROL_POINT), b"\x71")),
    )
    driver, log = rig.driver(odd.shape.address, habits)
    log.some(LinkFound)
    driver.write(ASK)
    log.some(Returned)
    assert odd.writes == [b"\x71", ASK]


def test_without_bluetooth_it_says_what_to_do_and_goes_on_trying(rig: Rig) -> None:
    odd = rig.peripheral()
    rig.world.off = True
    _, log = rig.driver(odd.shape.address)
    trouble = log.some(Trouble)[0]
    assert isinstance(trouble, Trouble)
    assert trouble.text.startswith("Bluetooth is switched off")
    rig.world.off = False
    log.some(LinkFound)
    rig.world.off = True
    with pytest.raises(NoRadioError, match="switched off"):
        rig.run(ble.scan(0.1))


def test_a_strap_tells_its_battery_and_its_beats_and_comes_back(rig: Rig) -> None:
    strap = rig.run(rig.lab.strap("120"))
    driver, log = rig.strap_driver(strap.face.address)
    told = log.wait(lambda told: len(heard(told, HEART_RATE_MEASUREMENT)) >= 2)
    assert isinstance(told[0], StrapFound)
    assert heard(told, BATTERY_LEVEL)[0] == bytes([strap.battery_pct])
    rig.do(lambda: rig.lab.link_loss(strap))
    told = log.some(StrapFound, 2)
    assert len(of(told, StrapLost)) == 1
    assert driver.facts is not None
    driver.disconnect()
    log.some(StrapLost, 2)


def test_a_strap_that_is_not_there_does_not_keep_the_treadmill_away(rig: Rig) -> None:
    odd = rig.peripheral()
    rig.strap_driver(NOWHERE)
    rig.until(lambda: rig.world.scanner is not None)
    _, log = rig.driver(odd.shape.address)
    log.some(LinkFound)
    rig.do(lambda: rig.link.link_loss(odd.controller))
    log.some(LinkFound, 2)
    assert rig.world.connects_in_scan == 0
    rig.until(lambda: rig.world.scanner is not None)  # the strap is still sought


def test_a_scan_finds_treadmills_and_straps_the_strongest_first(rig: Rig) -> None:
    near, far = rig.peripheral(Shape("NEAR")), rig.peripheral(Shape("FAR", "C4:00:00:00:01:02"))
    rig.do(lambda: setattr(near.controller, "rssi", -40))
    rig.do(lambda: setattr(far.controller, "rssi", -80))
    quiet = rig.peripheral(Shape("HELD", "C4:00:00:00:01:03"))
    rig.run(rig.world.hold(quiet.shape.address))
    rig.peripheral(Shape("LAMP", "C4:00:00:00:01:04", advertised=()))
    seen: list[Sighting] = []
    found = rig.run(ble.scan(0.5, seen.append))
    assert [(one.address, one.rssi, one.held) for one in found] == [
        (quiet.shape.address, None, True),
        (near.shape.address, -40, False),
        (far.shape.address, -80, False),
    ]
    assert [one.name for one in found[1:]] == ["NEAR", "FAR"]
    assert all(one.machine and not one.other_type for one in found)
    assert {one.address for one in seen} == {one.address for one in found}
    assert rig.run(ble.held([FITNESS_MACHINE])) == (
        Sighting(quiet.shape.address, services=frozenset({FITNESS_MACHINE}), held=True),
    )


@pytest.mark.parametrize(
    ("service_data", "types", "other"),
    [("010100", 1, False), ("0101", 1, False), ("010001", 1, False), ("012000", 0x20, True), ("01", 0, False)],
    ids=["as specified", "one octet", "swapped", "a bike", "flags alone"],
)
def test_the_machine_type_is_read_however_it_stands(rig: Rig, service_data: str, types: int, other: bool) -> None:
    rig.peripheral(Shape(advertised=((0x16, b"\x26\x18" + bytes.fromhex(service_data)),)))
    (found,) = rig.run(ble.scan(0.3))
    assert (found.types, found.other_type, found.machine) == (types, other, True)


def test_a_search_goes_on_beside_a_driver_that_seeks(rig: Rig) -> None:
    odd = rig.peripheral()
    rig.driver(NOWHERE)
    rig.until(lambda: rig.world.scanner is not None)
    (found,) = rig.run(ble.scan(0.3))
    assert found.address == odd.shape.address


def test_an_inspection_reads_and_writes_nothing(rig: Rig) -> None:
    mill = rig.run(rig.lab.treadmill("home"))
    facts = rig.run(ble.inspect(Sighting(mill.face.address)))
    assert facts.text(MAKER) == "coach"
    assert full(FITNESS_MACHINE) in {service.uuid for service in facts.services}
    assert mill.writes == []
    rig.until(lambda: mill.connection is None)

"""The radio of a set-up on real ATT and GATT: scans, readings, and a proof for which nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from coach.air.clock import PacedClock
from coach.air.strap import ServedStrap
from coach.air.treadmill import ServedTreadmill
from coach.core.error import LinkError
from coach.core.ftms import TREADMILL_DATA
from coach.core.machine import MachineProfile
from coach.link.sighting import Sighting
from coach.link.strap import VirtualStrap, heart_source
from coach.setup import onair
from coach.setup.air import wrong_kind
from coach.setup.bench import Bench
from coach.setup.onair import RealAir, listening
from coach.setup.proof import ConsoleKey, Place, begin, step
from tests.lab.radio import Lab
from tests.lab.rig import Rig
from tests.lab.scripted import IDLE, Shape

SCAN_S = 1.5
BIKE = ((0x02, b"\x26\x18"), (0x16, b"\x26\x18\x01\x20\x00"))  # service data: bit 5, an indoor bike (FTMS 3.1.3)


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as one:
        yield one


def no_bench(address: str, name: str) -> Bench:
    raise AssertionError(f"nobody asked for {name} {address}")


def press(mill: ServedTreadmill, key: ConsoleKey) -> None:
    """A finger on the console."""
    match key:
        case ConsoleKey.START:
            mill.hand(mill.treadmill.console_start)
        case ConsoleKey.PLUS:
            mill.console_change(0.1)
        case ConsoleKey.STOP:
            mill.hand(mill.treadmill.console_stop)
        case _:
            pass


async def real_strap(lab: Lab) -> ServedStrap:
    """A strap that looks real: by its name, and without the service of a simulated one."""
    source = heart_source("72")
    assert source is not None
    strap = ServedStrap(VirtualStrap(source), PacedClock(), model="test", name="HRM-1", address=lab._address())
    vars(strap).update(services=strap.services[:-1])  # what is settled for everybody but a test
    await lab._serve(strap)
    return strap


@pytest.fixture
def air(rig: Rig) -> RealAir:
    return RealAir(rig.radio, no_bench, SCAN_S)


@pytest.mark.slow
def test_a_simulated_treadmill_is_found_read_and_called_simulated(rig: Rig, air: RealAir) -> None:
    mill = rig.run(rig.lab.treadmill("home"))
    found = air.treadmills()
    assert [one.name for one in found] == ["SIM-home"]
    reading = air.pace(found[0])
    assert (reading.good, reading.words) == (True, "SIMULATED, its belt stands, at 0.0")
    assert reading.speeds is not None
    assert (reading.speeds.low, reading.speeds.high, reading.speeds.step) == (0.8, 18.0, 0.1)
    assert reading.inclines is not None
    assert mill.writes == []


@pytest.mark.slow
def test_a_treadmill_and_a_bike_are_told_apart(rig: Rig, air: RealAir) -> None:
    rig.peripheral(Shape(name="Mill", address="C4:00:00:00:01:01"), greeting=((TREADMILL_DATA, IDLE),))
    rig.peripheral(Shape(name="Spin", address="C4:00:00:00:01:02", advertised=BIKE))
    found = {one.name: one for one in air.treadmills()}
    assert (wrong_kind(found["Mill"]), wrong_kind(found["Spin"]) != "") == ("", True)
    assert air.pace(found["Mill"]).words == "its belt stands, at 0.0"


@pytest.mark.slow
def test_a_name_that_lies_about_being_simulated_is_not_accepted(rig: Rig, air: RealAir) -> None:
    rig.peripheral(Shape(name="SIM-not"), greeting=((TREADMILL_DATA, IDLE),))
    reading = air.pace(air.treadmills()[0])
    assert (reading.good, reading.words) == (False, "its name says that it is simulated, and it is not")


@pytest.mark.slow
def test_a_strap_is_found_and_shows_its_reading(rig: Rig, air: RealAir) -> None:
    rig.run(real_strap(rig.lab))
    found = air.straps()
    assert [one.name for one in found] == ["HRM-1"]
    assert air.beat(found[0]).words == "72 beats a minute"


@pytest.mark.slow
def test_a_simulated_strap_is_nobodys_whatever_its_name(rig: Rig, air: RealAir) -> None:
    strap = rig.run(rig.lab.strap("72", rig.run(rig.lab.treadmill("home"))))
    assert air.straps() == []
    reading = air.beat(Sighting(strap.face.address, "HRM-1"))
    assert (reading.good, reading.words) == (False, "it is simulated, though its name does not say so")


@pytest.mark.slow
def test_the_proof_goes_over_the_air_and_nothing_is_written(rig: Rig) -> None:
    mill = rig.run(rig.lab.treadmill("home", pace=4))
    state, pressed, said = begin(MachineProfile()), ConsoleKey.NONE, []
    with listening(rig.radio, Sighting(mill.face.address, "SIM-home")) as (events, _):
        for event in events:
            state, words = step(state, event)
            said += [words] if words else []
            if state.wanted is not pressed and event.at_s - state.at_s > 0.4:  # as long as a finger takes
                pressed = state.wanted
                rig.do(partial(press, mill, pressed))
            if state.over:
                break
    assert (state.place, said[-1]) == (Place.STANDS, "The belt stands. Proved.")
    assert mill.writes == []


@pytest.mark.slow
def test_a_treadmill_that_is_away_is_said_in_the_end(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onair, "LINK_S", 0.5)
    with listening(rig.radio, Sighting("C4:00:00:00:01:77", "Gone")) as (events, _), pytest.raises(LinkError):
        for _event in events:
            pass

"""What needs no radio: the clock, the pace on the wire, and what a scan shows."""

from __future__ import annotations

from math import inf

import pytest
from bumble.core import AdvertisingData

from coach.air.clock import PacedClock
from coach.air.hands import check
from coach.air.presence import LONGEST_DATA, Face
from coach.air.treadmill import simulated_name
from coach.link.fault import FaultError, FaultKind, parse_fault_now
from coach.link.simulated import MAX_PACE, MIN_PACE, encode_pace
from tests.air.pace import decode_pace


class Hand:
    """A true clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_a_paced_clock_goes_on_from_where_it_is_when_its_pace_changes() -> None:
    true = Hand()
    clock = PacedClock(2.0, true)
    true.now_s += 3
    assert clock.now_s() == 6.0
    clock.set_pace(10.0)
    assert clock.now_s() == 6.0
    true.now_s += 1
    assert clock.now_s() == 16.0
    assert clock.wait_s(36.0) == pytest.approx(2.0)
    assert clock.wait_s(inf) == inf
    assert 0 < clock.wait_s(0.0) < 0.01


def test_who_heeds_the_pace_is_called_until_he_heeds_it_no_more() -> None:
    clock, called = PacedClock(), []
    forget = clock.heed(lambda: called.append(clock.pace))
    clock.set_pace(5.0)
    forget()
    clock.set_pace(6.0)
    assert called == [5.0]


@pytest.mark.parametrize("pace", [0.0, 0.99, 50.1, -1.0, inf, float("nan")])
def test_a_pace_outside_its_limits_is_refused(pace: float) -> None:
    with pytest.raises(ValueError, match="1 to 50"):
        PacedClock(pace)
    with pytest.raises(ValueError, match="1 to 50"):
        PacedClock().set_pace(pace)
    with pytest.raises(ValueError, match="1 to 50"):
        encode_pace(pace)


@pytest.mark.parametrize(("pace", "octets"), [(MIN_PACE, "6400"), (2.5, "fa00"), (MAX_PACE, "8813")])
def test_the_pace_is_percent_on_the_wire(pace: float, octets: str) -> None:
    assert encode_pace(pace) == bytes.fromhex(octets)
    assert decode_pace(bytes.fromhex(octets)) == pace


@pytest.mark.parametrize("octets", ["", "64", "0000", "6300", "8913", "ffff"])
def test_what_says_no_pace_of_a_simulator_is_none(octets: str) -> None:
    assert decode_pace(bytes.fromhex(octets)) is None


FTMS = ((0x03, b"\x26\x18"), (0x16, b"\x26\x18\x01\x01\x00"))


@pytest.mark.parametrize(
    ("name", "advertised", "answered"),
    [
        ("SIM-home", "SIM-home", "SIM-home"),
        ("SIM-15-octets-x", "SIM-15-octets-x", "SIM-15-octets-x"),
        ("SIM-16-octets-xy", None, "SIM-16-octets-xy"),
        ("SIM-" + "x" * 25, None, "SIM-" + "x" * 25),
        ("SIM-" + "x" * 26, None, "SIM-" + "x" * 25),
    ],
)
def test_a_name_is_advertised_where_there_is_room(name: str, advertised: str | None, answered: str) -> None:
    face = Face(name, "C4:00:00:00:00:01", FTMS)
    assert len(face.advertised) <= LONGEST_DATA
    assert len(face.answered) <= LONGEST_DATA
    assert face.advertised.startswith(bytes.fromhex("020106 03032618 06162618010100"))
    said = AdvertisingData.from_bytes(face.advertised).get(AdvertisingData.COMPLETE_LOCAL_NAME, raw=True)
    assert said == (advertised.encode() if advertised else None)
    assert face.answered[2:] == answered.encode()


def test_a_face_without_a_name_says_none() -> None:
    face = Face("SIM-home", "C4:00:00:00:00:01", FTMS, named=False)
    assert b"SIM" not in face.advertised + face.answered


@pytest.mark.parametrize(("name", "shown"), [("SIM-home", "SIM-home"), ("mine", "SIM-mine"), ("sim-x", "SIM-sim-x")])
def test_a_simulated_name_always_says_so(name: str, shown: str) -> None:
    assert simulated_name(name) == shown


NOT_OF_MACHINES = {"no-confirm", "late-confirm", "double-confirm", "sound-lost", "focus-lost", "slept"}


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_happens_to_a_machine_or_a_strap_or_is_refused(kind: FaultKind) -> None:
    amounts = {FaultKind.CONSOLE: "=1", FaultKind.HEART: "=150", FaultKind.LATE_CONFIRM: "=5"}
    fault = parse_fault_now(f"{kind}{amounts.get(kind, '')}")
    if kind in NOT_OF_MACHINES:
        with pytest.raises(FaultError, match="not to a treadmill"):
            check(fault)
    else:
        check(fault)

"""What a session finds out about a treadmill is kept for the next one, and what it did not see stays as it was."""

from dataclasses import replace

from coach.core.belt import Belt
from coach.core.guard import Guard
from coach.core.machine import MILES, Range, Units
from coach.core.progress import Progress
from coach.core.session import Session
from coach.keeper.lessons import learned, remember
from coach.known import Known, KnownUnits
from coach.machines import Store, profile_for

THEN, NOW = "2026-11-01T08:00:00+00:00", "2026-11-22T08:00:00+00:00"
MILL = Known(
    "C0:00:00:00:00:01",
    "FS-1234",
    proved_at=THEN,
    tested_at=THEN,
    found={"decel_kmh_s": 0.4},
    speeds=Range(0.8, 14.0, 0.1),
    units=KnownUnits(answered=True),
    last_used_at=THEN,
)


def test_an_uneventful_session_changes_the_day_alone() -> None:
    assert learned(MILL, Session(), NOW) == replace(MILL, last_used_at=NOW)


def test_a_start_that_was_refused_is_not_tried_again() -> None:
    known = learned(MILL, Session(progress=Progress(console_start=True)), NOW)
    assert not profile_for(known).remote_start
    assert known.found["decel_kmh_s"] == 0.4


def test_a_stop_that_was_ignored_turns_backward_off_for_good() -> None:
    known = learned(MILL, Session(guard=Guard(trusted=False)), NOW)
    assert profile_for(known).disobeys
    assert profile_for(learned(known, Session(), NOW)).disobeys


def test_a_machine_that_takes_no_speeds_is_prompted_for_from_the_beginning() -> None:
    assert not profile_for(learned(MILL, Session(guard=Guard(speedless=True)), NOW)).speed_control


def test_ranges_are_as_the_machine_sent_them_last() -> None:
    belt = Belt(raw_speeds=Range(0.5, 12.0, 0.5), inclines=Range(0.0, 10.0, 1.0))
    known = learned(MILL, Session(belt=belt), NOW)
    assert (known.speeds, known.inclines) == (belt.raw_speeds, belt.inclines)


def test_a_unit_counts_once_a_settled_belt_agreed_with_it() -> None:
    assert learned(MILL, Session(belt=Belt(units=Units(target=MILES))), NOW).units == MILL.units
    agreed = Session(belt=Belt(units=Units(target=MILES, agreed=True)))
    assert learned(MILL, agreed, NOW).units == KnownUnits(target=MILES, answered=True)


def test_it_is_written_down_and_a_machine_that_was_forgotten_meanwhile_is_no_error() -> None:
    Store().remember(MILL)
    remember(MILL.address, Session(progress=Progress(console_start=True)))
    assert Store().machine("FS-1234").found["remote_start"] is False
    Store().forget("FS-1234")
    remember(MILL.address, Session())
    assert Store().machines() == ()

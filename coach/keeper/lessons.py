"""What a session found out about a treadmill of the user's, written down for the next one (safety.md 5, 6b, 6c)."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime

from coach.core.belt import Belt
from coach.core.error import MachineError
from coach.core.machine import UNKNOWN_INCLINE, UNKNOWN_SPEED
from coach.core.session import Session
from coach.known import Known, KnownUnits
from coach.machines import Store

log = logging.getLogger(__name__)


def remember(address: str, session: Session) -> None:
    """Add what was found out; a file that cannot be written costs the lesson and nothing else."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        Store().amend(address, lambda known: learned(known, session, now))
    except MachineError as error:
        log.warning("what was found out is not kept: %s", error)


def learned(known: Known, session: Session, now: str) -> Known:
    """What is known with what a session found out; what it did not see stays as it was."""
    belt, found = session.belt, dict(known.found)
    if session.progress.console_start:
        found["remote_start"] = False
    if not session.guard.trusted:
        found["disobeys"] = "does not obey Stop"
    if session.guard.speedless:
        found["speed_control"] = False
    return replace(
        known,
        found=found,
        speeds=known.speeds if belt.raw_speeds == UNKNOWN_SPEED else belt.raw_speeds,
        inclines=known.inclines if belt.inclines == UNKNOWN_INCLINE else belt.inclines,
        units=_units(known.units, belt),
        last_used_at=now,
    )


def _units(before: KnownUnits | None, belt: Belt) -> KnownUnits | None:
    """Only a unit that a settled belt agreed with is one."""
    if not belt.units.agreed:
        return before
    return KnownUnits(belt.units.target, belt.units.report, before is not None and before.answered)

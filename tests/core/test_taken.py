"""Somebody else takes the treadmill, or it talks nonsense: found by the table of faults."""

from __future__ import annotations

import pytest

from coach.core.cue import CueKind
from coach.core.event import Heard, LinkLost, Returned
from coach.core.trip import Trip
from coach.core.wish import Phase
from tests.core.build import CONTROL, DATA, START, STOP, Play, answer, h, started, status, to_the_rear

NOT_PERMITTED = 5
STOP_OP, CONTROL_OP = 8, 0


def refusing(made: Play, seconds: float, *, grants: bool) -> list[bytes]:
    """The console has control: Stop is refused until coach has asked for control, and has got it if it is granted."""
    made.obeys, granted, before = False, False, len(made.writes)
    made.feed(status(made.at_s, "ff"))
    answered, end_s = 0, made.at_s + seconds
    while made.at_s < end_s:
        writes = [value for _, value in made.writes[before:]]
        for value in writes[answered:]:
            made.feed(Returned(made.at_s, ok=True))
            if value == CONTROL:
                granted = grants
                made.feed(answer(made.at_s, CONTROL_OP, 1 if grants else NOT_PERMITTED))
            else:
                made.feed(answer(made.at_s, value[0], 1 if granted else NOT_PERMITTED))
        answered = len(writes)
        stopped = granted and STOP in writes[writes.index(CONTROL) :]
        made.kmh = max(made.kmh - 0.1, 0.0) if stopped else made.kmh
        made.run(0.2, every_s=0.2)
    return [value for _, value in made.writes[before:]]


@pytest.mark.parametrize("grants", [True, False])
def test_a_stop_that_was_refused_comes_again_when_control_was_asked_for_granted_or_not(grants: bool) -> None:
    made = to_the_rear(Phase.RUN)
    assert refusing(made, 1.0, grants=grants)[:3] == [STOP, CONTROL, STOP]
    assert made.phase is Phase.STOP_FAILED


def test_a_machine_whose_control_came_back_is_not_said_to_ignore_stop() -> None:
    made = to_the_rear(Phase.RUN)
    refusing(made, 12.0, grants=True)
    assert made.session.belt.still
    assert Trip.STOP_IGNORED not in made.raised
    assert made.session.guard.trusted


def test_a_belt_whose_control_is_taken_after_our_start_is_stopped() -> None:
    made = to_the_rear(Phase.STARTING)
    while made.written()[-1] != START:
        made.follow(0.5)
    made.feed(status(made.at_s, "ff"))
    assert made.written()[-1] == STOP
    assert made.phase is Phase.STOP_FAILED


def test_a_link_that_is_lost_facing_forward_is_an_alarm_once() -> None:
    made = started()
    made.feed(LinkLost(made.at_s))
    for _ in range(20):
        made.tick(0.5)
    told = [cue for outcome in made.outcomes for cue in outcome.cues if cue.kind is CueKind.ALARM]
    assert [cue.text for cue in told] == ["Connection lost. The belt may run on."]


@pytest.mark.parametrize("value", ["01 00", "00 00 01", "ff ff"])
@pytest.mark.parametrize("phase", [Phase.RUN, Phase.STARTING])
def test_frames_that_tell_no_speed_are_silence(value: str, phase: Phase) -> None:
    made = to_the_rear(phase)
    if phase is Phase.STARTING:
        while made.written()[-1] != START:
            made.follow(0.5)
    began_s, wrote = made.at_s, len(made.writes)
    while made.at_s < began_s + 5.0:
        made.feed(Heard(made.at_s + 0.5, DATA, h(value)))
    assert Trip.STALE in made.raised
    stop_s = next(at_s for at_s, written in made.writes[wrote:] if written == STOP)
    assert stop_s - began_s <= 4.5
    assert made.phase is Phase.STOP_FAILED or phase is Phase.RUN

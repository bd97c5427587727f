"""Whole workouts over BlueZ at true speed, and what the belt truly did in them (safety.md 2, 3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.core.level import LEVELS
from coach.core.workout import Facing
from coach.script.check import load
from coach.script.find import shipped
from coach.sinks.replay import replay
from tests.lab.guest.air import Air
from tests.lab.guest.session import LONG_S, rear_speeds, session, starts_of_a_moving_belt

OVER_KMH = 0.3  # what a belt may be above its cap (safety.md 2, law 5)


WORKOUTS = [
    "couch-to-backward-1", "couch-to-backward-2", "couch-to-backward-3", "couch-to-backward-4", "fifteen-back",
    "first-steps-back", "five-k-retro-breaks", "flip-flop", "flip-flop-plus", "flip-flop-plus-short",
    "flip-flop-short", "hills-backward", "hills-backward-steep", "kind-knees", "kind-knees-start", "knee-friendly",
    "seven-days-4", "seven-days-7", "tempo-backward-recovery", "zone-2-backward-breaks", "zone-2-sandwich",
    "zone-2-sandwich-short",
]  # fmt: skip
ALWAYS = {"first-steps-back", "flip-flop", "kind-knees-start"}  # one of each kind; the others are as long as all these


def test_these_are_the_shipped_workouts_that_face_the_rear() -> None:
    workouts = {name: load(name).workout for name in shipped()}
    assert [name for name, workout in workouts.items() if workout is not None and workout.backward] == WORKOUTS


@pytest.mark.parametrize(
    "workout", [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.matrix) for name in WORKOUTS]
)
def test_a_shipped_workout_runs_to_its_end_and_the_belt_keeps_its_caps(
    air: Air, tmp_path: Path, capsys: pytest.CaptureFixture[str], workout: str
) -> None:
    with session(air, tmp_path, [workout, "--auto"]) as scene:
        stand = scene.stand
        said = stand.rest(LONG_S)
        assert stand.cockpit.returncode == 0, said
        assert "Session finished" in said
        recording, noted = stand.recorded(), stand.notes()
        assert scene.kmh == 0
    assert replay(recording).equal
    plan = recording.plan
    blocks = [row.segment.target for row in plan.rows if row.segment.facing is Facing.BACKWARD]
    fastest = max(target.speed_kmh or 0.0 for target in blocks if target is not None)
    cap_kmh = min(LEVELS[plan.level].speed_kmh, fastest)
    rear = rear_speeds(recording, noted)
    assert 0 < max(rear) <= cap_kmh + OVER_KMH
    assert starts_of_a_moving_belt(noted) == []
    starts = sum(one.starts for one in noted)
    assert starts > sum(row.turn for row in plan.rows)
    assert noted[-1].kmh == 0
    with capsys.disabled():
        top_kmh = max(one.kmh for one in noted)
        print(f"\n{workout}: {starts} starts, at most {top_kmh:.2f} km/h, facing the rear {max(rear):.2f} km/h")

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import coach
from coach.core.error import CoachError
from coach.core.level import FIRST, Allowance
from coach.core.workout import Facing
from coach.link.fault import FaultKind
from coach.link.machine_file import shipped_machines
from coach.script.check import load
from coach.script.find import shipped
from coach.simulation import simulate

SHORT = "2min@5/back 1min@2/4min@4"
FIELDS = (
    "schema version workout inputs ended reason planned_s planned_with_turns_s elapsed_s distance_m facing_at_end "
    "belt_at_end_kmh alarm_at_end prompted backward_left_out forward backward turns turn_list writes limits trips "
    "cues segments max_true_speed_backward_kmh over_cap_backward_s missed unused"
)
INNER = {
    "inputs": "level machine seed faults presses sha256",
    "forward": "time_s distance_m energy_kcal max_speed_kmh",
    "backward": "time_s distance_m energy_kcal max_speed_kmh",
    "turn_list": "at_s to confirm_s took_s states",
    "limits": "at_s asked_kmh allowed_kmh rule",
    "trips": "at_s trip action",
    "cues": "at_s kind text",
    "segments": "index name kind facing line round start_s end_s planned_s planned_m time_s distance_m target_kmh "
    "target_end_kmh incline_pct mean_speed_kmh mean_heart_bpm ended_by",
}
REFUSED = [
    ("first-steps-back", "minimum-1-6"),
    ("first-steps-back", "slow-answers"),
    ("first-steps-back", "refuses-until-started"),
    ("first-steps-back", "starts-fast"),
    ("eight-by-one-minute", "half-steps"),
]


def test_json_has_every_field_in_its_order() -> None:
    facts = json.loads(simulate("zone-2-sandwich", faults=["key@600"]).json())

    assert list(facts) == FIELDS.split()
    for name, fields in INNER.items():
        first = facts[name][0] if isinstance(facts[name], list) else facts[name]
        assert list(first) == fields.split(), name
    assert list(facts["turn_list"][0]["states"][0]) == ["state", "s"]


def test_each_row_is_what_the_plan_says() -> None:
    rows = simulate("kind-knees-start").segments

    assert [(row.index, row.kind) for row in rows[:4]] == [
        (1, "segment"),
        (2, "segment"),
        (3, "segment"),
        (4, "rest"),
    ]
    assert (rows[3].facing, rows[3].target_kmh, rows[3].planned_s, rows[3].planned_m) == ("backward", None, 60.0, None)


@pytest.mark.parametrize(
    ("workout", "row", "target_kmh", "target_end_kmh"),
    [("easy-walk-30", 0, 4.0, 5.0), ("zone-2-40", 1, 5.0, 7.5), ("20s@5", 0, 5.0, None)],
    ids=["ramp", "heart hold", "steady"],
)
def test_the_two_targets_of_a_row(workout: str, row: int, target_kmh: float, target_end_kmh: float | None) -> None:
    done = simulate(workout).segments[row]

    assert (done.target_kmh, done.target_end_kmh) == (target_kmh, target_end_kmh)


@pytest.mark.slow
@pytest.mark.parametrize("workout", shipped())
def test_every_shipped_workout_finishes_standing_and_facing_the_console(workout: str) -> None:
    done = simulate(workout)

    assert (done.ended, done.belt_at_end_kmh, done.facing_at_end, done.alarm_at_end) == (
        "finished",
        0,
        "forward",
        False,
    )
    assert done.trips == ()
    assert done.over_cap_backward_s == 0
    assert {row.ended_by for row in done.segments} <= {"extent", "until"}
    assert done.turns == sum(turn.took_s is not None for turn in done.turn_list)


@pytest.mark.parametrize(("workout", "machine"), REFUSED)
def test_a_machine_that_cannot_is_refused_before_the_belt_moves(workout: str, machine: str) -> None:
    done = simulate(workout, machine)

    assert (done.ended, done.elapsed_s, done.writes, done.distance_m) == ("refused", 0.0, 0, 0.0)
    assert done.reason
    assert {row.ended_by for row in done.segments} == {"skipped"}
    assert done.planned_s > 0


@pytest.mark.parametrize("machine", shipped_machines())
def test_a_walk_ends_with_the_belt_standing_or_refused_or_alarmed(machine: str) -> None:
    done = simulate("1min@4/30s@5", machine)

    assert done.ended in {"finished", "refused"} or done.alarm_at_end
    assert done.belt_at_end_kmh == 0 or done.alarm_at_end


@pytest.mark.parametrize(
    ("workout", "level", "allowance", "why"),
    [
        ("flip-flop", None, Allowance(backward_today=False, reason="a fall yesterday"), "a fall yesterday"),
        ("kind-knees", "advanced", FIRST, "level advanced is not open"),
        ("flip-flop", "rehab", None, "above 2 km/h"),
        (SHORT, None, Allowance(speed_kmh=1.5), "above 1.5 km/h"),
    ],
)
def test_what_history_or_level_forbids_is_refused(
    workout: str, level: str | None, allowance: Allowance | None, why: str
) -> None:
    done = simulate(workout, level=level, allowance=allowance)

    assert done.ended == "refused"
    assert why in done.reason


def test_the_level_is_the_row_that_it_ran_under() -> None:
    assert simulate(SHORT).inputs.level == "beginner"
    assert simulate(SHORT, level="intermediate").inputs.level == "intermediate"


@pytest.mark.parametrize("workout", ["2min@", "no-such-workout", "", "back 1min@9"])
def test_an_invalid_workout_has_problems_and_nothing_else(workout: str) -> None:
    done = simulate(workout)

    assert done.ended == "refused"
    assert set(done.facts()) == {"schema", "version", "workout", "problems"}
    assert set(json.loads(done.json())["problems"][0]) == {
        "file",
        "line",
        "column",
        "rule",
        "severity",
        "message",
        "help",
    }


def test_without_a_strap_there_is_no_heart_rate() -> None:
    assert simulate("20s@5", heart="none").segments[0].mean_heart_bpm is None
    assert simulate("20s@5", heart=140).segments[0].mean_heart_bpm == 140


def test_without_a_strap_the_backward_cap_is_lower() -> None:
    assert simulate("5min@5/back 1min@2.7/4min@4", heart="none").ended == "refused"
    assert simulate("5min@5/back 1min@2.4/4min@4", heart="none").ended == "finished"


def test_a_workout_of_ones_own_making_is_taken() -> None:
    workout = load(SHORT).workout
    assert workout is not None
    mine, theirs = simulate(workout), simulate(SHORT)

    assert mine.inputs.sha256 != theirs.inputs.sha256
    assert mine.segments == theirs.segments


def test_settings_are_values_of_the_workout() -> None:
    assert simulate("first-steps-back", sets={"slow": "1.2 km/h"}).segments[2].target_kmh == 1.2


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("machine", "no-such-machine"),
        ("machine", "no-such-machine.toml"),
        ("level", "expert"),
        ("faults", ["sneeze@10"]),
        ("presses", ["sneeze@10"]),
        ("heart", "loud"),
        ("heart", "no-such-file.csv"),
    ],
)
def test_an_option_that_means_nothing_is_an_error(option: str, value: str | list[str]) -> None:
    with pytest.raises(CoachError):
        simulate("20s@5", **{option: value})  # type: ignore[arg-type]  # one of many options


# The same, and nothing but what a fault changes.


def test_the_same_input_gives_the_same_bytes() -> None:
    first = simulate(SHORT, seed=3, faults=["key@backward1+5", "mute@100:3"])
    second = simulate(SHORT, seed=3, faults=["key@backward1+5", "mute@100:3"])

    assert first.json() == second.json()
    assert first.json() != simulate(SHORT, seed=4, faults=["key@backward1+5", "mute@100:3"]).json()


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    code = f"""
import coach, sys
print(coach.simulate({SHORT!r}, faults=["drop@backward1+5:9"], journal=sys.argv[1]).json())
"""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / number)],
            env={"PYTHONHASHSEED": number},
            cwd=Path(coach.__file__).parent.parent,
            capture_output=True,
            check=True,
        ).stdout
        for number in ("1", "2")
    ]

    assert outputs[0] == outputs[1]
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The first 195 s of a trace without a fault; the runner has turned to the rear by then."""
    trace = tmp_path_factory.mktemp("trace") / "trace.jsonl"
    simulate(SHORT, trace=trace)
    return [line for line in trace.read_text().splitlines() if json.loads(line)["at_s"] < 195]


@pytest.mark.parametrize(
    "fault", [kind + {"console": "=+1.0", "heart": "=185", "late-confirm": "=25"}.get(kind, "") for kind in FaultKind]
)
def test_a_fault_changes_nothing_before_its_time(fault: str, tmp_path: Path, undisturbed: list[str]) -> None:
    trace = tmp_path / "trace.jsonl"
    simulate(SHORT, faults=[f"{fault}@195"], trace=trace)

    assert [line for line in trace.read_text().splitlines() if json.loads(line)["at_s"] < 195] == undisturbed


# Sessions that never end.


@pytest.mark.parametrize(
    ("machine", "fault"),
    [
        ("home", "drop@backward1+10"),
        ("home", "drop@60"),
        ("link-loss-keeps", "drop@60"),
        ("home", "mute@60"),
        ("home", "mute@0"),
    ],
)
def test_a_session_that_nothing_can_end_is_left_with_the_alarm(machine: str, fault: str) -> None:
    done = simulate(SHORT, machine, faults=[fault])

    assert done.ended in {"tripped", "stopped"}
    assert done.alarm_at_end
    assert done.reason
    assert done.elapsed_s < 1000


def test_a_belt_that_runs_unheard_at_the_end_is_not_said_to_stand() -> None:
    done = simulate("first-steps-back", "silent-stopped", faults=["mute@backward1+1"])

    assert done.belt_at_end_kmh > 0
    assert done.alarm_at_end
    assert done.prompted == "the treadmill ignored Stop"


def test_a_machine_that_takes_no_speeds_is_run_by_hand_without_its_backward_steps() -> None:
    done = simulate("first-steps-back", "no-control")

    assert (done.prompted, done.backward_left_out) == ("the treadmill does not take speeds from an app", True)
    assert (simulate("first-steps-back").prompted, simulate("first-steps-back").backward_left_out) == ("", False)


def test_a_machine_that_ignores_stop_is_stopped_by_hand_and_never_started_again_by_coach() -> None:
    done = simulate(SHORT, faults=["stop-ignored@20"])

    assert "stop-ignored" in {trip.trip for trip in done.trips}
    assert done.belt_at_end_kmh == 0
    assert done.backward.time_s == 0


def test_a_long_loss_is_waited_for() -> None:
    done = simulate("3min@4", faults=["drop@60:250"])

    assert done.elapsed_s > 310
    assert not done.alarm_at_end


def test_an_open_step_is_ended_by_the_runner_after_two_minutes() -> None:
    row = simulate("open@5/20s@4").segments[0]

    assert (row.planned_s, row.planned_m, row.time_s, row.ended_by) == (None, None, 120.0, "skip")


def test_a_long_rest_is_no_standstill() -> None:
    assert simulate("20s@4/rest 10min/20s@4").ended == "finished"


# Files.


def test_the_trace_has_a_line_at_every_event_and_at_least_each_second(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    done = simulate(SHORT, trace=path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]

    names = ["at_s", "event", "target_kmh", "reported_kmh", "true_kmh", "facing", "phase", "heart_bpm", "row"]
    assert list(lines[-1]) == names
    assert lines[-1]["at_s"] == pytest.approx(done.elapsed_s, abs=0.01)
    instants = [line["at_s"] for line in lines]
    assert max(after - before for before, after in pairwise(instants)) <= 1.0
    rear = [line["true_kmh"] for line in lines if Facing(line["facing"]) is not Facing.FORWARD]
    assert max(rear) == pytest.approx(done.max_true_speed_backward_kmh, abs=0.01)


def test_a_refused_session_leaves_no_files(tmp_path: Path) -> None:
    simulate("first-steps-back", "minimum-1-6", trace=tmp_path / "trace", journal=tmp_path / "journal")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        simulate("20s@5", trace=tmp_path / "nowhere" / "trace")


# The package.


def test_the_package_is_light_until_the_simulator_is_named() -> None:
    code = "import coach, sys; print(len([m for m in sys.modules if m.startswith(('coach.', 'pydantic', 'yaml'))]))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(coach.__file__).parent.parent
    )

    assert done.stdout == "0\n"


def test_the_package_names_the_function() -> None:
    assert coach.simulate is simulate
    with pytest.raises(AttributeError, match="no attribute 'stimulate'"):
        _ = coach.stimulate

"""The workouts that come with coach: what they promise, what they come to, and how a workout is found."""

from hashlib import sha256
from itertools import pairwise, product
from pathlib import Path
from random import Random
from re import findall, search

import pytest

from coach.core.level import FIRST, LEVELS
from coach.core.machine import MachineProfile
from coach.core.plan import make_plan
from coach.core.rules import mean_kmh, problems
from coach.core.runner import ANYBODY
from coach.core.workout import Facing, Head, Level, Workout
from coach.link.machine_file import shipped_machines
from coach.script.check import load
from coach.script.find import shipped, shipped_plans
from coach.script.training import load_plan
from coach.simulation import simulate

FORWARD = [
    "easy-walk-30", "eight-by-one-minute", "hills", "long-easy-run", "lunch-20", "progression-run", "pyramid",
    "strides", "tempo-20", "walk-run-first", "zone-2-40",
]  # fmt: skip
REHAB, BEGINNER, INTERMEDIATE, ADVANCED = Level
DOSES = {  # blocks, minutes backward and turns
    "couch-to-backward-1": (BEGINNER, 2, 2, 4),
    "couch-to-backward-2": (BEGINNER, 2, 140 / 60, 4),
    "couch-to-backward-3": (BEGINNER, 2, 2.8, 4),
    "couch-to-backward-4": (BEGINNER, 3, 3, 6),
    "fifteen-back": (ADVANCED, 3, 15, 6),
    "first-steps-back": (BEGINNER, 2, 3, 4),
    "five-k-retro-breaks": (INTERMEDIATE, 2, 6, 4),
    "flip-flop": (BEGINNER, 3, 4.5, 6),
    "flip-flop-plus": (INTERMEDIATE, 5, 10, 10),
    "flip-flop-plus-short": (INTERMEDIATE, 2, 5, 4),
    "flip-flop-short": (BEGINNER, 3, 3.5, 6),
    "hills-backward": (INTERMEDIATE, 3, 6, 6),
    "hills-backward-steep": (ADVANCED, 4, 12, 8),
    "kind-knees": (REHAB, 5, 10, 2),
    "kind-knees-start": (REHAB, 3, 6, 2),
    "knee-friendly": (BEGINNER, 3, 4.5, 2),
    "seven-days-4": (BEGINNER, 2, 3.5, 4),
    "seven-days-7": (BEGINNER, 2, 3.5, 4),
    "tempo-backward-recovery": (INTERMEDIATE, 3, 6, 6),
    "zone-2-backward-breaks": (BEGINNER, 3, 4.5, 6),
    "zone-2-sandwich": (INTERMEDIATE, 3, 9, 6),
    "zone-2-sandwich-short": (INTERMEDIATE, 2, 5, 4),
}
NAMES = sorted([*FORWARD, *DOSES])
FIRST_SESSIONS = (*(f"couch-to-backward-{step}" for step in (1, 2, 3, 4)), "first-steps-back")
HOME = Path(__file__).parents[2] / "workouts"
# Ambiguous to somebody who faces the rear (backward-running.md 5), or words that coach has others for.
NEVER_SAID = r"(?i)\b(go back|turn|left|right|reverse|go forward|step back|step forward)\b"
# Of no direction that somebody who faces the rear could follow.
NO_DIRECTION = r"(?i)\b(lean|ahead)\b"
LETS_GO = r"(?i)\b(swing|one hand|a hand on the rail|hands? off|let go of|without the rails?|free hands?|no hands?)\b"
MOST_WORDS = 7
TEMPLATES = sorted((Path(__file__).parents[2] / "coach" / "templates").glob("*.yaml"))
EASY = ("3.5 km/h", "5 km/h", "6 km/h", "9 km/h")


def workout_of(name: str) -> Workout:
    """A shipped workout."""
    loaded = load(name)
    assert loaded.workout is not None, loaded.rendered()
    return loaded.workout


def test_these_workouts_are_shipped() -> None:
    assert shipped() == NAMES


def test_a_plan_is_no_workout() -> None:
    assert shipped_plans()
    assert not set(shipped()) & set(shipped_plans())


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_workout_has_no_problem_not_even_a_warning(name: str) -> None:
    assert load(name).rendered() == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_workout_tells_what_it_is_for(name: str) -> None:
    workout = workout_of(name)
    assert len(workout.description) > 30
    assert len(workout.purpose) > 20
    assert len(workout.source) > 40
    assert workout.level is not None
    assert workout.tags
    assert bool(workout.ask) == workout.backward


@pytest.mark.parametrize("name", NAMES)
def test_its_name_is_whole_in_the_library_of_the_smallest_terminal(name: str) -> None:
    assert len(workout_of(name).name) <= 22


def test_no_two_shipped_workouts_have_one_name_or_one_description() -> None:
    assert len({workout_of(name).name for name in NAMES}) == len(NAMES)
    assert len({workout_of(name).description for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_workout_names_the_schema_in_its_first_line_and_has_lines_of_a_page(name: str) -> None:
    text = (HOME / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=workout.schema.json\n")
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", NAMES)
def test_a_cue_is_short_and_never_ambiguous_to_somebody_who_faces_the_rear(name: str) -> None:
    said = [cue.text for segment in workout_of(name).segments for cue in segment.say]
    assert [text for text in said if len(text.split()) > MOST_WORDS] == []
    assert [text for text in said if search(NEVER_SAID, text)] == []


WITH_BACKWARD = [*DOSES, *(str(path) for path in TEMPLATES if path.stem in {"backward-intro", "rehab", "zone2-mix"})]


@pytest.mark.parametrize("name", WITH_BACKWARD)
def test_a_cue_facing_the_rear_names_no_direction(name: str) -> None:
    said = [cue.text for one in workout_of(name).segments if one.facing is Facing.BACKWARD for cue in one.say]
    assert said
    assert [text for text in said if search(NO_DIRECTION, text)] == []


@pytest.mark.parametrize("name", WITH_BACKWARD)
def test_nothing_tells_a_backward_runner_to_let_go_of_the_rails(name: str) -> None:
    workout, text = workout_of(name), load(name).text
    assert [cue.text for one in workout.segments for cue in one.say if search(LETS_GO, cue.text)] == []
    assert [line for line in text.splitlines() if search(LETS_GO, line)] == []


@pytest.mark.parametrize("name", shipped_plans())
def test_no_note_of_a_plan_tells_to_let_go_of_the_rails(name: str) -> None:
    plan = load_plan(name).plan
    assert plan is not None
    notes = [one.note for week in plan.weeks for one in week.sessions] + [week.aim for week in plan.weeks]
    assert [note for note in notes if search(LETS_GO, note)] == []


@pytest.mark.parametrize(
    "text", ["Let the arms swing.", "Try one hand only.", "Keep a hand on the rail.", "Hands off."]
)
def test_what_lets_go_is_known(text: str) -> None:
    assert search(LETS_GO, text)


@pytest.mark.parametrize("easy", EASY)
@pytest.mark.parametrize("name", [*NAMES, *(str(path) for path in TEMPLATES)])
def test_it_has_no_problem_for_slow_and_fast_runners(name: str, easy: str) -> None:
    assert load(name, runner_params={"easy": easy}).rendered() == ""


def test_easy_is_a_walk_and_run_is_a_run_in_every_shipped_workout() -> None:
    """One value of the runner holds in all workouts, so that a name means one thing (README, the settings)."""
    means = {"easy": (3, 6), "walk": (3, 6), "brisk": (5, 6.5), "run": (6, 10), "fast": (10, 13), "slow": (1, 2)}
    for name in [*NAMES, *(str(path) for path in TEMPLATES)]:
        for param, value in findall(r"[{ ](\w+): ([\d.]+) km/h", _params(name)):
            if param in means:
                least, most = means[param]
                assert least <= float(value) <= most, (name, param)


def _params(name: str) -> str:
    return load(name).text.partition("params:")[2].partition("steps:")[0]


def test_the_last_cue_of_the_five_kilometres_is_true() -> None:
    rows = make_plan(workout_of("five-k-retro-breaks"), MachineProfile(), ANYBODY).rows
    second = [at for at, row in enumerate(rows) if row.segment.facing is Facing.BACKWARD][1]
    assert [cue.text for cue in rows[second].segment.say] == ["Under one kilometre after this."]
    assert 500 < (rows[second + 1].planned_m or 0.0) < 1000  # 800 without the bridge, whose metres count


def test_these_shipped_workouts_face_the_rear_and_the_others_never() -> None:
    assert [name for name in NAMES if workout_of(name).backward] == sorted(DOSES)


@pytest.mark.parametrize(
    ("name", "level", "blocks", "minutes", "turns"), [(name, *dose) for name, dose in DOSES.items()]
)
def test_the_dose_of_a_shipped_workout_is_that_of_its_plan(
    name: str, level: Level, blocks: int, minutes: float, turns: int
) -> None:
    workout = workout_of(name)
    backward = [segment for segment in workout.segments if segment.head is Head.BACKWARD]
    seconds = [
        segment.extent.amount * (3.6 / mean_kmh(segment) if segment.extent.unit == "distance" else 1)
        for segment in backward
    ]
    facings = [Facing.FORWARD, *(segment.facing for segment in workout.segments)]
    assert workout.level is level
    assert len(backward) == blocks
    assert sum(seconds) / 60 == pytest.approx(minutes)
    assert sum(one is not two for one, two in pairwise(facings)) == turns <= LEVELS[level].turns


@pytest.mark.parametrize("name", DOSES)
def test_only_what_is_meant_for_a_first_session_is_open_to_one(name: str) -> None:
    open_to_one = [one.message for one in problems(workout_of(name), None, FIRST) if one.error] == []
    assert open_to_one is (name in FIRST_SESSIONS or name == "kind-knees-start")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_workout_is_run_to_its_end(name: str) -> None:
    done = simulate(name)
    assert (done.ended, done.reason, done.facing_at_end, done.belt_at_end_kmh) == ("finished", "finished", "forward", 0)
    assert done.trips == ()
    assert {row.ended_by for row in done.segments} <= {"extent", "until"}
    if name in DOSES:
        assert done.backward.time_s / 60 == pytest.approx(DOSES[name][2], abs=0.25)  # of metres at less than the target
        assert done.turns == DOSES[name][3]


ALL = list(product(NAMES, shipped_machines()))
SAMPLE = Random("shipped").sample(ALL, 12)


@pytest.mark.parametrize(
    ("name", "machine"),
    [pytest.param(*one, marks=pytest.mark.slow if one in SAMPLE else pytest.mark.matrix) for one in ALL],
)
def test_on_every_machine_it_is_run_to_its_end_or_refused_before_the_belt_moves(name: str, machine: str) -> None:
    done = simulate(name, machine)
    assert done.ended in {"finished", "refused"}
    if done.ended == "refused":
        assert (done.distance_m, done.writes) == (0.0, 0)
        assert done.reason
    else:
        assert (done.facing_at_end, done.belt_at_end_kmh) == ("forward", 0)


def test_a_workout_is_found_by_name_file_name_and_path() -> None:
    by_path = load(str(HOME / "flip-flop.yaml"))
    assert by_path.workout is not None
    assert load("flip-flop").workout == load("flip-flop.yaml").workout == by_path.workout
    assert by_path.sha256 == sha256((HOME / "flip-flop.yaml").read_bytes()).hexdigest()
    assert (by_path.title, by_path.file) == ("Flip-flop", str(HOME / "flip-flop.yaml"))


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("flip-flp", "did you mean flip-flop?"),
        ("Flip-Flop", "did you mean flip-flop?"),
        ("kind-kness.yaml", "did you mean kind-knees?"),
        ("some/where/tempo-2.yaml", "did you mean tempo-20?"),
        ("seven-days", "seven-days is a training plan: coach plan seven-days says which workout comes next"),
        ("xyz", "coach list shows the workouts that come with coach"),
        ("", "coach list shows those that come with coach"),
        ("\0", None),
        ("a" * 5000, None),
        ("\udcff", "coach list shows the workouts that come with coach"),
    ],
)
def test_an_unknown_name_gives_the_nearest(name: str, fix: str | None) -> None:
    (problem,) = load(name).problems
    assert problem.help == fix
    assert len(problem.file) < 250


def test_a_file_beside_the_runner_wins_over_a_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flip-flop.yaml").write_text("format: 1\nname: Mine\nsteps: [forward: 1 min @ 5 km/h]\n")
    assert load("flip-flop.yaml").title == "Mine"
    assert load("flip-flop").title == "Flip-flop"

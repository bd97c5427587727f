"""Training plans: the language, the rules that hold over days and weeks, and the plans that come with coach."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.workout import Facing, Level
from coach.history.dose import GROWTH, GROWTH_MOST, most_s
from coach.script.check import load
from coach.script.find import shipped, shipped_plans
from coach.script.problem import Problem
from coach.script.training import LoadedPlan, TrainingPlan, check_plan, load_plan, own_plans
from coach.script.training_read import PLAN_KEYS, SESSION_KEYS, WEEK_KEYS
from coach.simulation import simulate

HOME = Path(__file__).parents[2] / "workouts" / "plans"
NAMES = ["eight-weeks-backward", "five-weeks-from-the-couch", "seven-days", "six-weeks-kind-knees"]
DOSES: dict[str, list[list[float]]] = {  # backward minutes of every session, week by week (backward-running.md 7)
    "eight-weeks-backward": [
        [3, 3, 3], [3.5, 3.5, 3.5], [4, 4, 4.5], [3, 3, 4], [5, 5, 5], [6, 6, 6], [7.5, 7, 7], [6, 6, 5],
    ],
    "five-weeks-from-the-couch": [[2, 2, 2], [7 / 3] * 3, [2.8] * 3, [2.2] * 3, [3, 3, 3]],
    "seven-days": [[3, 0, 0, 3.5, 0, 0, 3.5]],
    "six-weeks-kind-knees": [[6, 6, 6], [7, 7, 7], [8, 8, 8], [19 / 3] * 3, [9, 9, 9], [10, 10, 10]],
}  # fmt: skip


def plan(*weeks: str, level: str = "beginner") -> str:
    """A plan; each text is the sessions of a week, or a whole week where it begins with another key of one."""
    lines = [f"{{sessions: [{week}]}}" if week.startswith("{day") else week for week in weeks]
    return "\n".join(["plan: 1", "name: Made", f"level: {level}", "weeks:", *(f"  - {line}" for line in lines), ""])


def found(text: str) -> list[Problem]:
    """Its problems."""
    return list(check_plan(text, "made.yaml"))


def rules(text: str) -> list[str]:
    """The rules it breaks."""
    return [problem.rule for problem in found(text)]


def session(workout: str, day: int = 1, **sets: str) -> str:
    """A session in braces."""
    given_ = ", ".join(f"{name}: {value}" for name, value in sets.items())
    return f"{{day: {day}, workout: {workout}, set: {{{given_}}}}}" if sets else f"{{day: {day}, workout: {workout}}}"


def couch(seconds: int, *days: int) -> str:
    """Sessions of so many backward seconds."""
    return ", ".join(session("couch-to-backward-3", day, block=f"{seconds / 2:g} s") for day in days or (1,))


# What is shipped


def test_these_plans_are_shipped() -> None:
    assert shipped_plans() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_plan_has_no_problem_and_tells_what_it_is_for(name: str) -> None:
    loaded = load_plan(name)
    assert loaded.rendered() == ""
    assert check_plan(loaded.text, str(HOME / f"{name}.yaml")) == ()
    assert loaded.plan is not None
    assert all((loaded.plan.description, loaded.plan.purpose, loaded.plan.source, loaded.plan.repeat_if))
    assert all(week.week.aim for week in loaded.weeks)
    assert loaded.text.startswith("# yaml-language-server: $schema=plan.schema.json\n")
    assert max(map(len, loaded.text.splitlines())) <= 120


@pytest.mark.parametrize("name", NAMES)
def test_the_doses_of_a_shipped_plan_are_those_of_the_table(name: str) -> None:
    weeks = [[one.backward_s / 60 for one in week.sessions] for week in load_plan(name).weeks]
    assert weeks == [pytest.approx(week) for week in DOSES[name]]


def test_the_six_weeks_of_rehab_rest_in_the_fourth_too() -> None:
    weeks = load_plan("six-weeks-kind-knees").weeks
    assert [round(week.backward_s / 60, 1) for week in weeks] == [18, 21, 24, 19, 27, 30]
    assert all(week.growth is None or week.growth <= 0.2 for week in weeks)
    assert [bool(week.week.easy) for week in weeks] == [False, False, False, True, False, False]


@pytest.mark.parametrize("name", NAMES)
def test_no_session_of_a_shipped_plan_raises_speed_and_dose_at_once(name: str) -> None:
    """One of speed, minutes and blocks grows against all before it; speed by half a km/h at most."""
    fastest = longest_s = most = 0.0
    for one in (one for week in load_plan(name).weeks for one in week.sessions if one.backward_s):
        assert one.workout is not None
        blocks = [s for s in one.workout.segments if s.facing is Facing.BACKWARD and s.target is not None]
        speed = max(s.target.speed_kmh for s in blocks if s.target is not None)
        if fastest:
            assert speed <= fastest + 0.5 + 1e-9, one.session
            assert one.backward_s <= 1.25 * longest_s + 1e-9, one.session
            if speed > fastest + 1e-9:
                assert one.backward_s <= longest_s + 0.5, one.session
                assert len(blocks) <= most, one.session
        fastest, longest_s, most = max(fastest, speed), max(longest_s, one.backward_s), max(most, len(blocks))


@pytest.mark.parametrize("name", ["five-weeks-from-the-couch", "seven-days"])
def test_the_first_sessions_of_a_life_grow_by_a_fifth_at_most(name: str) -> None:
    doses = [one.backward_s for week in load_plan(name).weeks for one in week.sessions if one.backward_s]
    assert all(after <= 1.2 * max(doses[:number]) + 1e-6 for number, after in enumerate(doses) if number)


SETTINGS = list(product(NAMES, ("3.5 km/h", "5 km/h", "6 km/h", "9 km/h")))


@pytest.mark.parametrize(("name", "easy"), SETTINGS)
def test_a_shipped_plan_has_no_problem_for_slow_and_fast_runners(name: str, easy: str) -> None:
    assert load_plan(name, runner_params={"easy": easy}).rendered() == ""


def test_the_eight_weeks_grow_by_a_fifth_and_rest_in_the_fourth() -> None:
    weeks = load_plan("eight-weeks-backward").weeks
    assert [round(week.backward_s / 60, 1) for week in weeks] == [9.0, 10.5, 12.5, 10.0, 15.0, 18.0, 21.5, 17.0]
    assert [None if one.growth is None else round(one.growth, 2) for one in weeks] == [
        None, 0.17, 0.19, -0.2, 0.2, 0.2, 0.19, -0.21,
    ]  # fmt: skip
    assert [week.level for week in weeks] == [Level.BEGINNER] * 4 + [Level.INTERMEDIATE] * 4
    assert [bool(week.week.easy) for week in weeks] == [False, False, False, True, False, False, False, True]


SESSIONS = sorted(
    {
        (one.session.workout, tuple(one.session.sets.items()))
        for name in NAMES
        for week in load_plan(name).weeks
        for one in week.sessions
        if one.session.sets
    }
)


@pytest.mark.slow
@pytest.mark.parametrize(("workout", "sets"), SESSIONS)
def test_every_session_of_a_shipped_plan_is_run_to_its_end(workout: str, sets: tuple[tuple[str, str], ...]) -> None:
    loaded = load(workout, sets=dict(sets))
    assert loaded.errors == ()
    done = simulate(workout, sets=dict(sets))
    assert (done.ended, done.reason, done.facing_at_end) == ("finished", "finished", "forward")
    assert done.trips == ()
    assert {row.ended_by for row in done.segments} == {"extent"}


# The language


def test_a_plan_is_what_it_says() -> None:
    text = """\
plan: 1
name: Two weeks
description: Short.
purpose: Why not.
source: Nobody.
author: Ann
language: en
tags: [one, two]
level: beginner
repeat-if: It hurt.
weeks:
  - aim: First.
    sessions:
      - workout: first-steps-back
        note: Hold the rails.
      - {workout: easy-walk-30, day: 2}
      - workout: couch-to-backward-3
        set: {slow: 1.2 km/h, block: 1:10}
  - easy: It is late.
    sessions: [workout: couch-to-backward-1]
"""
    path = "plan.yaml"
    assert check_plan(text, path) == ()
    read = _read(text)
    assert read.name == "Two weeks"
    assert (read.level, read.tags, read.repeat_if) == (Level.BEGINNER, ("one", "two"), ("It hurt.",))
    assert [[(one.workout, one.day) for one in week.sessions] for week in read.weeks] == [
        [("first-steps-back", 1), ("easy-walk-30", 2), ("couch-to-backward-3", 4)],
        [("couch-to-backward-1", 1)],
    ]
    assert read.weeks[0].sessions[0].note == "Hold the rails."
    assert read.weeks[0].sessions[2].sets == {"slow": "1.2 km/h", "block": "1:10"}
    assert read.weeks[1].easy == "It is late."


def _read(text: str) -> TrainingPlan:
    from coach.script import source
    from coach.script.problem import Findings
    from coach.script.training_read import read_training

    findings = Findings()
    root = source.read(text, findings)
    assert root is not None
    plan = read_training(root, text, findings)
    assert plan is not None, findings.sorted("")
    return plan


WEEK = "weeks:\n  - sessions: [workout: first-steps-back]\n"
TOP = "plan: 1\nname: Made\nlevel: beginner\n"
SLIPS = {
    "a text": ("nonsense", 1, 1, "plan-format", None),
    "a list": ("- one", 1, 1, "plan-format", None),
    "a workout": ("format: 1\nname: W\nsteps:\n  - forward: 5 min @ 5 km/h\n", 3, 1, "plan-format", None),
    "another format": (f"plan: 2\nname: M\nlevel: beginner\n{WEEK}", 1, 7, "plan-format", None),
    "no plan key": (f"name: M\nlevel: beginner\n{WEEK}", 1, 1, "key-missing", "write plan: 1"),
    "no level": (f"plan: 1\nname: M\n{WEEK}", 2, 1, "key-missing", "write level: beginner"),
    "no weeks": (TOP, 2, 1, "key-missing", "list its weeks under weeks:, each with a dash"),
    "weeks that are empty": (f"{TOP}weeks:\n", 4, 1, "plan-format", "begin with - aim: Learn the turn."),
    "weeks that are a text": (f"{TOP}weeks: many\n", 4, 8, "plan-format", "begin with - aim: Learn the turn."),
    "a week that is a text": (f"{TOP}weeks: [one]\n", 4, 9, "plan-format", "write - aim: Learn the turn."),
    "a week without sessions": (f"{TOP}weeks:\n  - aim: Rest.\n", 5, 5, "key-missing", None),
    "a misspelt key": (f"{TOP}{WEEK}desciption: x\n", 6, 1, "unknown-key", "did you mean description?"),
    "a key of another program": (f"{TOP}title: x\n{WEEK}", 4, 1, "unknown-key", "did you mean name?"),
    "a misspelt key of a week": (f"{TOP}weeks:\n  - goal: x\n    sessions: [workout: hills]\n", 5, 5, "unknown-key",
                                 "did you mean aim?"),
    "a misspelt key of a session": (f"{TOP}weeks:\n  - sessions: [{{workout: hills, params: {{}}}}]\n", 5, 33,
                                    "unknown-key", "did you mean set?"),
    "no such level": (f"plan: 1\nname: M\nlevel: pro\n{WEEK}", 3, 8, "level-row", None),
    "no blank": (f"{TOP}weeks:\n  - sessions:\n      - workout:hills\n", 6, 9, "blank-missing", "write workout: hills"),
    "a session without a workout": (f"{TOP}weeks:\n  - sessions: [day: 1]\n", 5, 16, "key-missing", None),
    "a workout that is empty": (f"{TOP}weeks:\n  - sessions:\n      - workout:\n", 6, 9, "value-missing", None),
    "an eighth day": (f"{TOP}weeks:\n  - sessions: [{session('hills', 8)}]\n", 5, 22, "plan-days", None),
    "a day in words": (f"{TOP}weeks:\n  - sessions: [{{day: Monday, workout: hills}}]\n", 5, 22, "plan-days", None),
    "a day twice": (f"{TOP}weeks:\n  - sessions: [{session('hills')}, {session('hills')}]\n", 5, 48, "plan-days",
                    "one session a day, in order"),
    "days backwards": (f"{TOP}weeks:\n  - sessions: [{session('hills', 3)}, {session('hills', 2)}]\n", 5, 48,
                       "plan-days", "one session a day, in order"),
    "an easy week without a reason": (f"{TOP}weeks:\n  - easy:\n    sessions: [workout: hills]\n", 5, 5,
                                      "value-missing", None),
    "a comma in a note": (f"{TOP}weeks:\n  - sessions: [{{workout: hills, note: Slow, please}}]\n", 5, 45,
                          "comma-in-braces", 'put the text in quotes: note: "Slow, please"'),
    "a key twice": (f"{TOP}name: Again\n{WEEK}", 4, 1, "duplicate-key", None),
    "a tab": (f"{TOP}weeks:\n\t- sessions: []\n", 5, 1, "tab", "use blanks"),
    "an unknown workout": (plan(session("first-steps-bak")), 5, 35, "unknown-workout",
                           "did you mean first-steps-back?"),
    "a directory": (plan(session("/tmp")), 5, 35, "unknown-workout", None),
    "an unknown parameter": (plan(session("first-steps-back", 1, slw="1 km/h")), 5, 59, "plan-set",
                             "did you mean slow?"),
    "a value without a unit": (plan(session("first-steps-back", 1, slow="1.2")), 5, 65, "plan-set", None),
    "a value of another kind": (plan(session("first-steps-back", 1, slow="2 min")), 5, 35, "plan-workout", None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "rule", "fix"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_at_its_place(text: str, line: int, column: int, rule: str, fix: str | None) -> None:
    first, *_ = found(text)
    assert (first.rule, first.line, first.column) == (rule, line, column), first
    assert first.error
    assert fix is None or first.help == fix


def test_all_problems_are_told_at_once() -> None:
    text = f"{TOP}tag: x\nweeks:\n  - sessions: [workout: hils]\n    aims: x\n  - sessions: [day: 9, workout: hills]\n"
    assert len(found(text)) >= 3


def test_a_day_in_disorder_hides_no_workout_that_is_missing() -> None:
    text = plan(f"{session('hils', 3)}, {session('tempo-20', 1)}, {session('first-steps-bak', 5)}", level="begginer")
    assert sorted(rules(text)) == ["level-row", "plan-days", "unknown-workout", "unknown-workout"]
    assert rules(plan(session("first-steps-back", 1, slw="1 km/h"), session("hills", 9))) == ["plan-set", "plan-days"]


def test_doses_are_not_reckoned_where_something_could_not_be_read() -> None:
    assert rules(plan(f"{session('flip-flop')}, {session('flip-flop', 2)}").replace("plan: 1", "plan: 2")) == [
        "plan-format"
    ]


def test_what_an_author_wrote_is_made_fit_for_a_terminal() -> None:
    text = plan(session('"\\e[31m"'))
    assert all(problem.message.isprintable() for problem in found(text))


@given(st.text(max_size=60), st.sampled_from(["plan: ", "weeks:\n  - ", "weeks:\n  - sessions:\n      - "]))
def test_no_text_breaks_the_reader(text: str, before: str) -> None:
    assert all(problem.message for problem in check_plan(f"{TOP}{before}{text}", "x"))


@given(
    st.recursive(
        st.sampled_from(["1", "", "first-steps-back", "beginner", "[", "day", "~"]),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
            st.dictionaries(st.sampled_from([*PLAN_KEYS, *WEEK_KEYS, *SESSION_KEYS]), inner, max_size=4).map(
                lambda items: f"{{{', '.join(f'{key}: {value}' for key, value in items.items())}}}"
            ),
        ),
        max_leaves=12,
    )
)
def test_no_shape_breaks_the_reader(text: str) -> None:
    assert all(problem.line >= 1 for problem in check_plan(text, "x"))


# Sessions


def test_the_first_sessions_have_caps_of_their_own() -> None:
    (speed, dose) = found(plan(session("flip-flop")))
    assert {speed.rule, dose.rule} == {"plan-session"}
    assert speed.message.startswith("flip-flop as backward session 1: backward at 2.5 km/h is above 2 km/h")
    assert rules(plan(f"{session('first-steps-back')}, {session('flip-flop', 3)}")) == []


def test_after_the_first_session_the_caps_of_the_row_hold() -> None:
    assert rules(plan(f"{session('first-steps-back')}, {session('flip-flop', 3)}")) == []


def test_the_first_three_sessions_of_rehab_are_slower_and_its_first_week_shorter() -> None:
    start, whole = "kind-knees-start", "kind-knees"
    assert rules(plan(", ".join(session(start, day) for day in (1, 3, 5)), level="rehab")) == []
    assert rules(plan(session(whole, 1, back="1.2 km/h"), level="rehab")) == ["plan-session"]  # ten minutes
    assert rules(plan(session(whole, 1, rounds="3"), level="rehab")) == ["plan-session"]  # 1.6 km/h
    slow = ", ".join(session(start, day) for day in (1, 3, 5))
    assert rules(plan(slow, session(whole, 1, rounds="4"), level="rehab")) == []


def test_a_plan_that_begins_higher_has_no_first_session() -> None:
    assert rules(plan(session("flip-flop-plus"), level="intermediate")) == []
    assert rules(plan(session("fifteen-back"), level="advanced")) == []


def test_a_workout_of_a_level_that_is_not_open_yet() -> None:
    (problem,) = found(plan(session("flip-flop-plus-short")))
    assert problem.rule == "plan-level-gate"
    assert problem.message == "flip-flop-plus-short is of level intermediate, and here the plan has level beginner"
    assert rules(plan(session("kind-knees-start"))) == []  # rehab is open to everybody
    assert rules(plan(session("tempo-20"))) == []  # forward only


def test_a_workout_that_breaks_a_rule_with_its_values() -> None:
    (problem,) = found(plan(session("couch-to-backward-3", 1, block="4 min")))
    assert problem.rule == "plan-workout"
    assert problem.message.startswith("couch-to-backward-3 does not run with these values: 4 min in one backward block")


def test_doses_are_not_reckoned_with_a_workout_missing() -> None:
    assert rules(plan(f"{session('first-steps-back')}, {session('nothing', 2)}, {session('first-steps-back', 3)}")) == [
        "unknown-workout"
    ]


# Weeks


@pytest.mark.parametrize(("days", "broken"), [((1, 2), True), ((1, 3), False)])
def test_backward_days_are_no_neighbours(days: tuple[int, ...], broken: bool) -> None:
    assert rules(plan(couch(120, *days))) == ["plan-neighbour-days"] * broken


@pytest.mark.parametrize(("last", "broken"), [(7, True), (6, False)])
def test_nor_are_the_last_and_the_first_of_two_weeks(last: int, broken: bool) -> None:
    text = plan(couch(120, 1, last), couch(120, 1, 3))
    assert rules(text) == ["plan-neighbour-days"] * broken
    if broken:
        (problem,) = found(text)
        assert "the last day of the week before" in problem.message
        assert problem.line == 6


def test_forward_days_may_stand_anywhere() -> None:
    days = [session("easy-walk-30", day) if day % 2 else session("couch-to-backward-1", day) for day in range(1, 8)]
    assert rules(plan(", ".join(days))) == []


@pytest.mark.parametrize(
    ("first", "second", "broken"),
    [(120, 156, False), (120, 158, True), (180, 130, False)],  # 1.30 where the floor of 3 min allows more
)
def test_a_week_grows_by_no_more_than_the_rule_allows(first: int, second: int, broken: bool) -> None:
    assert rules(plan(couch(first), couch(second))) == ["plan-growth"] * broken


def test_growth_is_that_of_the_larger_of_the_last_two_weeks() -> None:
    assert rules(plan(couch(150), couch(120), couch(180))) == []
    assert rules(plan(couch(150), couch(120), couch(120), couch(180))) == ["plan-growth"]


@pytest.mark.parametrize(
    ("before", "most"),
    [
        ([], None), ([0.0], None), ([0.0, 0.0], None), ([600.0, 0.0, 0.0], None), ([120.0], 156.0), ([600.0], 780.0),
        ([720.0], 900.0), ([900.0], 1080.0), ([1200.0], 1440.0), ([900.0, 600.0], 1080.0),
        ([1200.0, 600.0, 300.0], 780.0),
    ],
)  # fmt: skip
def test_what_a_week_may_have_after_others(before: list[float], most: float | None) -> None:
    assert most_s(before) == (None if most is None else pytest.approx(most))


@given(st.lists(st.floats(0, 3600), min_size=1, max_size=4))
def test_growth_is_between_a_fifth_and_three_tenths(before: list[float]) -> None:
    larger, most = max(before[-2:]), most_s(before)
    assert (most is None) is (larger == 0)
    if most is not None:
        assert GROWTH * larger - 1e-6 <= most <= GROWTH_MOST * larger + 1e-6


def test_a_week_has_its_cap() -> None:
    days = ", ".join(session("flip-flop-plus", day, rounds="4") for day in (1, 3, 5, 7))
    assert rules(plan(days, level="intermediate")) == []  # 32 of 36 minutes
    days = ", ".join(session("flip-flop-plus", day) for day in (1, 3, 5, 7))
    (problem,) = found(plan(days, level="intermediate"))
    assert problem.rule == "plan-week-cap"
    assert problem.message == "week 1 has 40 min backward, 36 min are the most a week for intermediate"


def test_a_level_opens_by_sessions_and_minutes() -> None:
    three, raised = couch(180, 1, 3, 5), "{level: intermediate, sessions: [workout: flip-flop-plus-short]}"
    assert rules(plan(three, three, raised)) == []  # 6 sessions, 18 min
    assert rules(plan(three, couch(180, 1, 3), raised)) == ["plan-level-gate"]
    assert rules(plan(couch(180, 1, 3, 5), couch(178, 1, 3, 5), raised)) == ["plan-level-gate"]
    (problem,) = found(plan(three, raised))
    assert problem.message == (
        "level intermediate opens after 6 backward sessions and 18 min; before week 2 the plan has 3 and 9 min"
    )
    assert (problem.line, problem.column) == (6, 6)


@pytest.mark.parametrize(
    ("weeks", "broken"),
    [
        ([120] * 3, False),
        ([120] * 4, True),  # the last too
        ([150, 150, 150, 120], False),
        ([120] * 5, True),
        ([150, 150, 150, 120, 150], False),
        ([150, 150, 150, 122, 150], True),
        ([150, 120, 120, 120, 120], False),
        ([150, 120, 120, 120, 120, 120], True),
    ],
)
def test_every_fourth_week_is_easy(weeks: list[int], broken: bool) -> None:
    assert set(rules(plan(*map(couch, weeks)))) == ({"plan-easy-week"} if broken else set())


def test_a_week_that_is_called_easy_is() -> None:
    easy = "{easy: Because., sessions: [{workout: couch-to-backward-3, set: {block: 72 s}}]}"
    assert rules(plan(couch(180), easy)) == []
    (problem,) = found(plan(couch(160), easy))
    assert problem.rule == "plan-easy-week"
    assert problem.help == "2 min 8 s are the most, a fifth less than the week before"
    assert rules(plan(easy)) == []  # nothing came before


def test_rehab_has_an_easy_week_too() -> None:
    week = ", ".join(session("kind-knees-start", day) for day in (1, 3, 5))
    assert rules(plan(*[week] * 3, level="rehab")) == []
    assert rules(plan(*[week] * 4, level="rehab")) == ["plan-easy-week"]


def test_a_plan_without_backward_running_has_no_rule_of_doses() -> None:
    assert rules(plan(*[session("tempo-20")] * 8)) == []


# Where a plan and its workouts are


def test_a_plan_is_found_by_name_file_name_and_path(monkeypatch: pytest.MonkeyPatch) -> None:
    by_path = load_plan(str(HOME / "seven-days.yaml"))
    assert by_path.plan == load_plan("seven-days").plan == load_plan("seven-days.yaml").plan
    monkeypatch.chdir(HOME)
    assert load_plan("./seven-days.yaml").plan == by_path.plan


@pytest.mark.parametrize(
    ("name", "rule", "fix"),
    [
        ("seven-day", "no-such-plan", "did you mean seven-days?"),
        ("first-steps-back", "no-such-plan", "first-steps-back is a workout: coach run first-steps-back"),
        ("nowhere/x.yaml", "no-such-plan", "coach plan lists those that come with coach"),
        ("/tmp/", "not-a-file", None),
        ("", "no-such-plan", "coach plan lists those that come with coach"),
        ("a\0/b", "unreadable-file", None),
        ("x/" + "y" * 5000, "unreadable-file", None),
    ],
)
def test_a_plan_that_is_not_there_is_told(name: str, rule: str, fix: str | None) -> None:
    loaded = load_plan(name)
    assert loaded.plan is None
    (problem,) = loaded.problems
    assert (problem.rule, problem.help) == (rule, fix)
    assert len(problem.message) < 260


def test_workouts_beside_the_plan_come_first(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("format: 1\nname: Mine\nsteps: [forward: 5 min @ 5 km/h]\n")
    (tmp_path / "hills.yaml").write_text("format: 1\nname: My hills\nsteps: [forward: 5 min @ 5 km/h]\n")
    file = tmp_path / "plan.yaml"
    file.write_text(plan(f"{session('mine')}, {session('hills.yaml', 2)}, {session('lunch-20', 3)}"))
    loaded = load_plan(str(file))
    assert loaded.problems == check_plan(file.read_text(), str(file)) == ()
    assert _titles(loaded) == ["Mine", "My hills", "Lunch walk"]


def _titles(loaded: LoadedPlan) -> list[str]:
    return [one.loaded.title for week in loaded.weeks for one in week.sessions]


def test_the_own_folder_has_plans_and_their_workouts(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "mine.yaml").write_text("format: 1\nname: Mine\nsteps: [forward: 5 min @ 5 km/h]\n")
    (tmp_path / "plans" / "my-plan.yaml").write_text(plan(session("mine")))
    assert list(own_plans(tmp_path)) == ["my-plan"]
    assert _titles(load_plan("my-plan", folder=tmp_path)) == ["Mine"]
    assert own_plans(tmp_path / "gone") == own_plans(None) == {}


def test_the_values_of_a_plan_win_over_the_runner_and_his_over_the_file() -> None:
    loaded = load_plan("eight-weeks-backward", runner_params={"walk": "6 km/h", "back": "1.5 km/h"})
    assert loaded.problems == ()
    last = loaded.weeks[1].sessions
    speeds = [[s.target.speed_kmh for s in one.workout.segments if s.target] for one in last if one.workout]
    assert [1.5 in one for one in speeds] == [True, True, False]
    assert [6.0 in one for one in speeds] == [True, True, True]


def test_no_shipped_workout_is_in_the_folder_of_plans() -> None:
    assert not set(shipped()) & set(shipped_plans())

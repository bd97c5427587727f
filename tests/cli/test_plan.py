"""`coach plan`: the weeks, what counts as done, what comes next, and what is said when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from coach import places
from coach.core.level import FIRST
from coach.core.machine import MachineProfile
from coach.core.plan import make_plan
from coach.core.runner import Runner
from coach.core.session import first
from coach.history.account import Account
from coach.history.summary import summarised
from coach.known import Known
from coach.machines import Store
from coach.script.check import load
from coach.script.find import shipped_plans
from coach.shelf import forward_only
from coach.sinks.header import Origin
from coach.sinks.journal import Journal
from tests.history.journals import put

Coach = Callable[..., tuple[int, str, str]]
MONDAY = date(2026, 5, 4)
PLAN = "eight-weeks-backward"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """The day on which it is asked: so many days after Monday; the fourth at first."""

    def at(days: int) -> None:
        monkeypatch.setattr("coach.cli.plan.today", lambda: MONDAY + timedelta(days=days))

    at(3)
    return at


def ran(
    workout: str,
    day: int,
    ended: str | None = "finished",
    *,
    simulated: bool = False,
    runner: Runner | None = None,
    who: str = "",
    ahead: bool = False,
    share: float = 1.0,
    **sets: str,
) -> Path:
    """The journal of a session, as a keeper writes its first and its last lines; `share` of its backward was run."""
    loaded = load(workout, sets=sets)
    assert loaded.workout is not None, loaded.rendered()
    plan = make_plan(forward_only(loaded.workout) if ahead else loaded.workout, MachineProfile(), runner)
    folder = places.journals(simulated=simulated)
    folder.mkdir(parents=True, exist_ok=True)
    earlier = len(list(folder.iterdir()))
    started = datetime(2026, 5, 4, 12, tzinfo=UTC) + timedelta(days=day, minutes=earlier)
    origin = Origin(loaded.text, loaded.sha256, FIRST, simulated, version="0", started=started.isoformat(), who=who)
    path = folder / f"{started:%Y-%m-%d-%H%M%S}-{earlier}.jsonl"
    journal = Journal.open(path, plan, origin)
    if ended is not None:
        came_to = summarised(Account(plan), origin, ended, ended)
        journal.end(
            ended, ended, first(plan), replace(came_to, distance_m=100.0, backward_s=share * plan.backward_s).facts()
        )
    journal.close()
    return path


def facts(coach: Coach, *words: str) -> dict[str, object]:
    """The plan as JSON."""
    code, out, err = coach("plan", *words, "--json")
    assert code == 0, err
    found = json.loads(out)
    assert isinstance(found, dict)
    return found


def done(coach: Coach, *words: str) -> list[tuple[int, int]]:
    """The sessions that are done, as week and place."""
    weeks = facts(coach, *(words or (PLAN,)))["weeks"]
    assert isinstance(weeks, list)
    return [
        (week["week"], place)
        for week in weeks
        for place, session in enumerate(week["sessions"], 1)
        if session["done"] is not None
    ]


def following(coach: Coach, *words: str) -> dict[str, object]:
    """What comes next."""
    found = facts(coach, *(words or (PLAN,)))["next"]
    assert isinstance(found, dict)
    return found


def test_without_a_name_the_plans_are_listed(coach: Coach) -> None:
    ran("first-steps-back", 0)
    code, out, _ = coach("plan")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert all(name in out for name in shipped_plans())
    code, out, _ = coach("plan", "--json")
    listed = json.loads(out)
    assert (code, listed["schema"]) == (0, 1)
    assert [one["name"] for one in listed["plans"]] == shipped_plans()
    (eight,) = (one for one in listed["plans"] if one["name"] == PLAN)
    assert (eight["weeks"], eight["sessions"], eight["done"]) == (8, 24, 1)
    assert (eight["backward_minutes_least"], eight["backward_minutes_most"]) == (9.0, 21.5)


@pytest.mark.parametrize("name", shipped_plans())
def test_every_plan_is_a_page_of_eighty_columns(coach: Coach, name: str) -> None:
    code, out, err = coach("plan", name)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert out.count("NEXT") == 1
    assert "A week is repeated when" in out


def test_a_week_tells_dose_growth_values_and_why_it_is_easy(coach: Coach) -> None:
    _, out, _ = coach("plan", PLAN, "--week", "4")
    assert "10 min backward, 20 % less than before, 0 of 3 done" in out
    assert "Easy: Every fourth week is lighter by a fifth" in out
    assert "with rounds 2, block 90 s, back 3 km/h" in out
    assert "WEEK 5" not in out
    _, out, _ = coach("plan", PLAN, "--week", "5")
    assert "15 min backward, 20 % more than before" in out
    assert 'level = "intermediate"' in out


def test_json_has_the_weeks_the_doses_and_the_next_session(coach: Coach) -> None:
    found = facts(coach, PLAN)
    assert (found["schema"], found["name"], found["level"]) == (1, PLAN, "beginner")
    weeks = found["weeks"]
    assert isinstance(weeks, list)
    assert [week["backward_minutes"] for week in weeks] == [9.0, 10.5, 12.5, 10.0, 15.0, 18.0, 21.5, 17.0]
    assert weeks[5]["sessions"][2] == {
        "day": 5,
        "workout": "five-k-retro-breaks",
        "set": {"break": "3 min", "back": "3.5 km/h"},
        "note": "Set run to your own easy speed, and keep it easy.",
        "backward_minutes": 6.0,
        "minutes": weeks[5]["sessions"][2]["minutes"],
        "turns": 4,
        "done": None,
    }
    assert found["next"] == {
        "week": 1,
        "session": 1,
        "on": "2026-05-07",
        "why": None,
        "command": "coach run first-steps-back",
    }


def test_real_sessions_that_ended_in_order_are_done(coach: Coach, today: Callable[[int], None]) -> None:
    ran("first-steps-back", 0)
    ran("first-steps-back", 1, "stopped")
    ran("first-steps-back", 1, None)
    ran("flip-flop", 1)
    ran("first-steps-back", 2)
    assert done(coach) == [(1, 1), (1, 2)]
    assert following(coach)["on"] == "2026-05-08"
    _, out, _ = coach("plan", PLAN)
    assert "  done  day 1  first-steps-back            3 backward of 21 min  04 May" in out
    told = " ".join(out.split())
    assert "Next: week 1, day 5: First steps back, tomorrow (not the day after a backward day)." in told
    today(4)
    assert "First steps back, today." in coach("plan", PLAN)[1]


def test_the_command_has_the_values_of_the_day(coach: Coach, today: Callable[[int], None]) -> None:
    for day in (0, 2, 4):
        ran("first-steps-back", day)
    for day in (7, 9):
        ran("flip-flop-short", day)
    today(10)
    assert following(coach)["command"] == 'coach run flip-flop-short --set "back=2.5 km/h"'
    _, out, _ = coach("plan", PLAN)
    assert '  coach run flip-flop-short --set "back=2.5 km/h"' in out.splitlines()
    assert "Faster today and not longer." in out


def test_simulated_sessions_never_count_and_that_is_said(coach: Coach) -> None:
    ran("first-steps-back", 0, simulated=True)
    ran("first-steps-back", 2, simulated=True)
    assert done(coach) == []
    assert facts(coach, PLAN)["simulated_sessions"] == 2
    assert "The 2 sessions on the simulator do not count, only those on a real belt." in coach("plan", PLAN)[1]
    ran("first-steps-back", 2)
    assert "do not count" not in coach("plan", PLAN)[1]


def test_a_simulated_journal_among_the_real_ones_does_not_count_either(coach: Coach) -> None:
    path = ran("first-steps-back", 0, simulated=True)
    folder = places.journals(simulated=False)
    path.rename(folder / path.name)
    assert done(coach) == []


def test_an_alarm_begins_the_week_anew(coach: Coach) -> None:
    ran("first-steps-back", 0)
    ran("first-steps-back", 2, "tripped")
    assert done(coach) == []
    assert facts(coach, PLAN)["again"] == [{"week": 1, "why": "alarm", "on": "2026-05-06"}]
    assert "Begun anew on Wednesday 6 May: an alarm stopped a session of it." in coach("plan", PLAN)[1]


def test_a_session_that_a_guard_ended_was_an_alarm(coach: Coach) -> None:
    ran("first-steps-back", 0)
    path = put(places.journals(simulated=False), 2, workout="first-steps-back", ended=None)
    with path.open("a") as file:
        file.write('{"guard":"still","after_s":2.5}\n')
    assert done(coach) == []


def test_a_week_of_which_too_little_was_done_begins_anew(coach: Coach, today: Callable[[int], None]) -> None:
    ran("first-steps-back", 0)
    today(8)
    assert done(coach) == []
    assert "seven days went by with less than two thirds of it done" in " ".join(coach("plan", PLAN)[1].split())


def test_a_lay_off_is_said_and_leads_back(coach: Coach, today: Callable[[int], None]) -> None:
    for day in (0, 2, 4):
        ran("first-steps-back", day)
    today(22)
    assert len(done(coach)) == 3
    today(24)
    told = " ".join(coach("plan", PLAN)[1].split())
    assert "above what the weeks before it really had: the plan begins anew." in told
    today(25)
    assert done(coach) == []
    assert facts(coach, PLAN)["days_off"] == 21
    told = " ".join(coach("plan", PLAN)[1].split())
    assert "21 days without backward running: the plan begins anew." in told
    assert "Begun anew on Friday 29 May: 21 days went by without backward running." in told
    today(334)
    told = " ".join(coach("plan", PLAN)[1].split())
    assert "330 days without backward running: the plan begins anew." in told
    assert "Next: week 1, day 1: First steps back, today." in told
    ran("first-steps-back", 334)
    assert done(coach) == [(1, 1)]
    assert "days without backward running:" not in coach("plan", PLAN)[1]


def test_the_level_is_one_lower_after_a_lay_off(
    coach: Coach, today: Callable[[int], None], settings: Callable[[str], Path], tmp_path: Path
) -> None:
    settings("[runner.ann]\nlevel = 'intermediate'\n")
    file = tmp_path / "mine.yaml"
    file.write_text("plan: 1\nname: Mine\nlevel: intermediate\nweeks:\n  - sessions: [workout: flip-flop-plus-short]\n")
    for day in range(0, 12, 2):
        ran("first-steps-back", day)
    today(12)
    assert "Opens after" not in coach("plan", str(file))[1]
    today(31)
    assert "Opens after 6 backward sessions" in coach("plan", str(file))[1]


def test_a_session_without_its_backward_minutes_does_not_count_and_that_is_said(
    coach: Coach, today: Callable[[int], None]
) -> None:
    for day in (0, 2, 4):
        ran("first-steps-back", day, ahead=True)
    today(6)
    assert done(coach) == []
    told = " ".join(coach("plan", PLAN)[1].split())
    assert "First steps back, forward only of Monday 4 May does not count: it had less backward than the plan" in told
    assert facts(coach, PLAN)["not_counted"][0]["why"] == "less"  # type: ignore[index]


def test_values_that_make_a_session_shorter_do_not_count(coach: Coach, today: Callable[[int], None]) -> None:
    for day in (0, 2, 4):
        ran("first-steps-back", day)
    ran("flip-flop-short", 7, block="60 s")
    ran("flip-flop-short", 9, block="65 s")  # more than nine tenths
    today(10)
    assert done(coach) == [(1, 1), (1, 2), (1, 3), (2, 1)]


def test_sessions_on_neighbouring_days_do_not_all_count_and_that_is_said(coach: Coach) -> None:
    for day in (0, 0, 1):
        ran("first-steps-back", day)
    assert done(coach) == [(1, 1)]
    assert [one["why"] for one in facts(coach, PLAN)["not_counted"]] == ["neighbour"] * 2  # type: ignore[attr-defined]
    told = " ".join(coach("plan", PLAN)[1].split())
    assert "of Tuesday 5 May does not count: two backward sessions on one day or on neighbouring days" in told


def test_the_minutes_that_were_done_are_told_beside_the_planned_ones(coach: Coach) -> None:
    ran("first-steps-back", 0, slow="1 km/h")
    assert "9 min backward, 1 of 3 done with 3 min" in coach("plan", PLAN)[1]
    assert facts(coach, PLAN)["weeks"][0]["backward_minutes_done"] == 3.0  # type: ignore[index]


def test_journals_of_days_to_come_are_left_out_and_told(coach: Coach) -> None:
    for day in (0, 600, 602):
        ran("first-steps-back", day)
    assert done(coach) == [(1, 1)]
    assert following(coach)["on"] == "2026-05-07"
    assert facts(coach, PLAN)["future_sessions"] == 2
    told = " ".join(coach("plan", PLAN)[1].split())
    assert "2 sessions are recorded as of a day that has not come yet, and left out: was the clock wrong?" in told


def test_sessions_count_from_the_day_that_is_said(coach: Coach) -> None:
    ran("first-steps-back", 0)
    ran("first-steps-back", 2)
    assert done(coach, PLAN, "--from", "2026-05-06") == [(1, 1)]
    assert done(coach, PLAN, "--from", "2026-05-07") == []
    assert following(coach, PLAN, "--from", "2026-05-07")["on"] == "2026-05-08"  # yesterday was a backward day anyway


def test_all_done_is_said(coach: Coach, today: Callable[[int], None]) -> None:
    names = ["first-steps-back", "lunch-20", "easy-walk-30", "seven-days-4", "walk-run-first", "lunch-20"]
    for day, name in enumerate([*names, "seven-days-7"]):
        ran(name, day)
    today(7)
    assert facts(coach, "seven-days")["next"] is None
    assert "All done, 7 sessions." in coach("plan", "seven-days")[1]


def test_files_that_are_no_journals_are_left_out(coach: Coach) -> None:
    folder = ran("first-steps-back", 0).parent
    (folder / "a.jsonl").write_text("nonsense\n")
    (folder / "b.jsonl").write_bytes(b"\xff\xfe\0\n")
    (folder / "c.jsonl").write_text('{"journal": 1}\n')
    (folder / "d.jsonl").write_text("[]\n[]\n")
    (folder / "e.jsonl").mkdir()
    (folder / "f.jsonl").touch()
    assert done(coach) == [(1, 1)]


def test_a_level_that_is_not_open_yet_is_said_with_what_opens_it(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("plan: 1\nname: Mine\nlevel: intermediate\nweeks:\n  - sessions: [workout: flip-flop-plus-short]\n")
    _, out, _ = coach("plan", str(file))
    assert "Opens after 6 backward sessions and 18 backward minutes" in " ".join(out.split())


BELT = Known("AA:BB:CC:DD:EE:FF", name="Belt", proved_at="2026-05-01T00:00:00+00:00")


def test_it_says_what_a_real_belt_would_refuse_on_its_day_and_why(
    coach: Coach, today: Callable[[int], None], tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    sessions = "[{workout: first-steps-back}, {workout: flip-flop}]"
    file.write_text(f"plan: 1\nname: Mine\nlevel: beginner\nweeks:\n  - sessions: {sessions}\n")
    ran("first-steps-back", 0)
    today(6)
    assert "You have no treadmill of your own here" in coach("plan", str(file))[1]
    Store().remember(BELT)
    _, out, _ = coach("plan", str(file))
    assert "refuse" not in out  # the first seven days
    assert "You have no treadmill" not in out
    ran("flip-flop", 7, "stopped", share=0.5)
    today(8)
    told = " ".join(coach("plan", str(file))[1].split())
    assert (
        "On Belt coach would refuse it tomorrow: 3 min of backward running is more than 1 min 39 s, the most in one "
        "session here and now for beginner. 1.6 of 3.9 minutes are left this week: the larger of the last two weeks "
        "had 3."
    ) in told


def test_json_tells_where_the_runner_stands(coach: Coach) -> None:
    ran("first-steps-back", 0)
    found = facts(coach, PLAN)["today"]
    assert isinstance(found, dict)
    assert {name: found[name] for name in ("level", "next_level", "sessions", "week_s", "left_s", "next_day")} == {
        "level": "beginner",
        "next_level": "intermediate",
        "sessions": 1,
        "week_s": 180.0,
        "left_s": 720.0,
        "next_day": "2026-05-07",
    }


def test_a_week_with_pain_is_done_again(coach: Coach) -> None:
    ran("first-steps-back", 0)
    assert coach("rate", "last", "--pain", "7")[0] == 0
    assert done(coach) == []
    assert "a session of it hurt too much" in coach("plan", PLAN)[1]


def test_of_several_runners_each_has_his_own_sessions(coach: Coach, settings: Callable[[str], Path]) -> None:
    settings("[runner.ann]\nweight_kg = 61\n[runner.ben]\nweight_kg = 80\nlevel = 'intermediate'\n")
    ran("first-steps-back", 0, who="ann")
    ran("first-steps-back", 2, who="ann", runner=Runner(weight_kg=80.0))
    ran("first-steps-back", 1, who="ben")
    assert done(coach, PLAN, "--runner", "ann") == [(1, 1), (1, 2)]
    assert done(coach, PLAN, "--runner", "ben") == [(1, 1)]
    assert str(following(coach, PLAN, "--runner", "ben")["command"]).endswith(" --runner ben")
    code, _, err = coach("plan", PLAN)
    assert code == 1
    assert "--runner NAME" in err


def test_of_several_runners_nobody_has_the_sessions_without_a_name_and_that_is_said(
    coach: Coach, settings: Callable[[str], Path]
) -> None:
    settings("[runner.ann]\n[runner.ben]\n")
    ran("first-steps-back", 0)
    assert done(coach, PLAN, "--runner", "ann") == done(coach, PLAN, "--runner", "ben") == []
    assert facts(coach, PLAN, "--runner", "ann")["unnamed_sessions"] == 1
    told = "1 session without a runner's name: `coach history` shows whose they can be."
    assert told in " ".join(coach("plan", PLAN, "--runner", "ann")[1].split())
    assert coach("history", "--claim", "ben", "last")[0] == 0
    assert done(coach, PLAN, "--runner", "ben") == [(1, 1)]
    assert facts(coach, PLAN, "--runner", "ann")["unnamed_sessions"] == 0


def test_what_was_skipped_of_the_backward_minutes_does_not_count(coach: Coach) -> None:
    ran("first-steps-back", 0, share=0.89)
    assert done(coach) == []
    assert facts(coach, PLAN)["not_counted"][0]["why"] == "less"  # type: ignore[index]
    ran("first-steps-back", 2, share=0.9)
    assert done(coach) == [(1, 1)]
    assert facts(coach, PLAN)["weeks"][0]["backward_minutes_done"] == 2.7  # type: ignore[index]


def test_a_deleted_session_counts_for_no_plan(coach: Coach) -> None:
    ran("first-steps-back", 0)
    ran("first-steps-back", 2)
    assert coach("delete", "2026-05-06", "--yes")[0] == 0
    assert done(coach) == [(1, 1)]
    assert following(coach)["on"] == "2026-05-08"  # and is still the day before this one


def test_an_only_runner_has_all_sessions_whatever_he_weighed_then(
    coach: Coach, settings: Callable[[str], Path]
) -> None:
    settings("[runner.ann]\nweight_kg = 61\n")
    ran("first-steps-back", 0, runner=Runner(weight_kg=80.0))
    assert done(coach) == [(1, 1)]


def test_own_plans_are_listed_and_found(coach: Coach, settings: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "mine.yaml").write_text("format: 1\nname: My walk\nsteps: [forward: 5 min @ 5 km/h]\n")
    (tmp_path / "plans" / "my-plan.yaml").write_text(
        "plan: 1\nname: Mine\nlevel: beginner\nweeks:\n  - sessions: [workout: mine]\n"
    )
    settings(f"workouts = '{tmp_path}'\n")
    assert "my-plan" in coach("plan")[1]
    assert following(coach, "my-plan")["command"] == "coach run mine"
    (tmp_path / "plans" / "broken.yaml").write_text("plan: 1\n")
    code, out, err = coach("plan")
    assert code == 1
    assert "my-plan" in out
    assert "broken.yaml: has problems; coach check shows them" in err


def test_a_workout_beside_a_plan_is_run_by_its_path(coach: Coach, tmp_path: Path) -> None:
    folder = tmp_path / "my plans"
    folder.mkdir()
    (folder / "mine.yaml").write_text("format: 1\nname: My walk\nsteps: [forward: 5 min @ 5 km/h]\n")
    file = folder / "plan.yaml"
    file.write_text("plan: 1\nname: Mine\nlevel: beginner\nweeks:\n  - sessions: [workout: mine]\n")
    assert following(coach, str(file))["command"] == f"coach run '{folder / 'mine.yaml'}'"


def test_a_plan_with_problems_is_shown_as_far_as_it_goes(coach: Coach, settings: Callable[[str], Path]) -> None:
    settings("[runner.ann.params]\nwalk = '3 km/h'\n")  # too slow for the backward speeds of flip-flop
    code, out, err = coach("plan", PLAN)
    assert code == 1
    assert "WEEK 8" in out
    assert "has problems" in out
    assert "error[plan-workout]: flip-flop-short does not run" in err


MISTAKES = {
    "an unknown plan": (["seven-day"], 1, "did you mean seven-days?"),
    "a workout": (["first-steps-back"], 1, "is a workout: coach run first-steps-back"),
    "a path to nothing": (["./x.yaml"], 1, 'there is no plan "./x.yaml"'),
    "a week that is not there": (["seven-days", "--week", "2"], 2, "Seven days has 1 week"),
    "no week": (["seven-days", "--week", "0"], 2, "--week"),
    "a week of nothing": (["--week", "1"], 2, "name the plan"),
    "no day": (["seven-days", "--from", "Monday"], 2, "'Monday' is not a day such as 2026-05-04"),
    "a runner that is unknown": (["seven-days", "--runner", "ben"], 1, "[runner.ben]"),
}


@pytest.mark.parametrize(("words", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_clear_message(coach: Coach, words: list[str], code: int, message: str) -> None:
    left, out, err = coach("plan", *words)
    assert left == code
    assert message in out + err
    assert "Traceback" not in out + err


def test_a_plan_with_a_slip_is_told_with_its_place(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: 1\nname: Mine\nlevel: beginer\nweeks:\n  - sessions: [workout: hills]\n")
    code, out, err = coach("plan", str(file))
    assert (code, out) == (1, "")
    assert f'{file}:3:8: error[level-row]: "beginer" is not a level' in err
    assert "did you mean beginner?" in err


def test_check_takes_plans_too(coach: Coach) -> None:
    code, out, _ = coach("check", str(Path(__file__).parents[2] / "workouts" / "plans" / "seven-days.yaml"))
    assert code == 0
    assert "no problems" in out

"""A real belt goes by what its runner has run: from journals on disk to the block that ends where nothing is left."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from coach import places
from coach.cli import allowed
from coach.cli.app import RefusedError
from coach.cli.outside import Out
from coach.cli.record import origin
from coach.cli.stage import Choice, Reckoned, Stage, allowance_on, refused, staged, staged_free
from coach.cli.taken import take
from coach.cli.whose import Whose
from coach.core.level import FIRST, UNLIMITED, caps
from coach.core.machine import Range
from coach.core.plan import free_workout
from coach.core.trip import Trip
from coach.core.workout import Level
from coach.history.allowance import Own
from coach.history.recover import RecoverError, recover
from coach.history.store import Archive
from coach.known import Known
from coach.link.machine_file import find_machine
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.world import World
from coach.machines import Store
from coach.people import People, Person
from coach.script.check import load
from coach.tui.outside import NO_STRAP, Strap, Wanted
from coach.tui.outside import Choice as Wish
from tests.history.journals import BACK, BEGIN, lines, put

Coach = Callable[..., tuple[int, str, str]]
THEN = "2026-05-01T08:00:00+00:00"
MILL = Known(
    "C0:00:00:00:00:01",
    "FS-1234",
    proved_at=THEN,
    tested_at=THEN,
    last_used_at=THEN,
    speeds=Range(0.8, 14.0, 0.1),
    found={"keeps_on_link_loss": False, "report_period_s": 0.5},
)
ONE_BLOCK = "5min@4 / back 100s@1.5 / 4min@4"
OPEN = "5min@4 / back open@1.5 / 4min@4"


@pytest.fixture(autouse=True)
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """So many days after the first journal, two hours later; the ninth at first. The treadmill is the user's own."""

    def at(day: float) -> None:
        now = BEGIN + timedelta(days=day, hours=2)
        monkeypatch.setattr(allowed, "now", lambda: now)

    at(8)
    Store().remember(MILL)
    return at


def ran(day: int, seconds: float = 180.0, *, who: str = "", simulated: bool = False, **summary: object) -> Path:
    """A session on a real belt, recorded."""
    folder = places.journals(simulated=simulated)
    came_to = {"backward_s": seconds, **summary}
    return put(folder, day, workout=BACK, who=who, simulated=simulated, summary=came_to, name=f"{day}-{who}{seconds}")


def stage(workout: str = ONE_BLOCK, *, runner: str | None = None, level: Level | None = None) -> Stage:
    """A session on the user's own treadmill, without a strap."""
    return staged(workout, Choice("auto", "none"), level=level, sets=None, runner=runner)


def test_a_journal_that_was_recorded_allows_more_than_a_first_session() -> None:
    with pytest.raises(RefusedError, match="1 min 40 s in one backward block is longer than 1 min 30 s"):
        stage()
    ran(6)
    assert stage().plan.caps.block_s == 180.0
    assert stage().allowance.backward_sessions == 1


@pytest.mark.parametrize(("seconds", "left_s"), [(799, 101), (800, 100), (801, 99)])
def test_the_core_refuses_what_is_more_than_the_week_has_left(seconds: float, left_s: float) -> None:
    ran(6, seconds)
    assert allowance_on(take("auto")).session_s == left_s
    if left_s >= 100:
        assert stage().plan.caps.session_s == left_s
        return
    with pytest.raises(RefusedError) as no:
        stage()
    assert "1 min 40 s of backward running is more than 1 min 39 s, the most in one session here and now" in str(
        no.value
    )
    assert str(no.value).endswith(
        "\nToday: 1.6 of 15 minutes are left this week.\n--forward-only runs it without its backward blocks today."
    )


def test_a_level_that_is_closed_is_refused_with_what_opens_it() -> None:
    ran(6)
    opens = "Level intermediate opens after 6 sessions and 18 minutes; you have 1 and 3"
    with pytest.raises(RefusedError) as no:
        stage("flip-flop-plus")
    assert "error[level-row]: level intermediate is not open to this runner, whose own level is beginner" in str(
        no.value
    )
    assert f"\n{opens}.\n" in str(no.value)
    held = staged("flip-flop-plus", Choice("auto"), level=None, sets=None, runner=None, admit=True)
    assert f"{opens}; choose level beginner or rehab" in [one.help for one in refused(held)]


def test_what_the_treadmill_cannot_do_is_not_laid_to_history() -> None:
    ran(6)
    with pytest.raises(RefusedError) as no:
        stage("5min@4 / back 60s@1.5 / 4min@20")
    assert "faster than FS-1234 can go" in str(no.value)
    assert "Today:" not in str(no.value)


def test_a_block_without_an_end_ends_where_nothing_is_left_and_forward_goes_on() -> None:
    """The plan of a real belt, played: the trip of safety.md 3 comes at the minute that history has left."""
    ran(2, 400)
    ran(6, 435)
    held = stage(OPEN)
    assert held.plan.caps.session_s == 65.0
    assert refused(held) == ()
    world = World(held.plan, VirtualTreadmill(find_machine("home")), None, VirtualRunner())
    steps = list(world.run_until(3600))
    trips = [trip for step in steps for trip in step.outcome.trips]
    assert trips == [Trip.DOSE]
    assert world.session.progress.ended == "finished"
    run_s = world.session.dose.run.read(world.at_s)
    assert 65.0 <= run_s <= 67.0
    ran(8, run_s)
    with pytest.raises(RefusedError, match="no backward running today: Nothing is left this week"):
        stage(OPEN)


def test_no_backward_running_on_the_day_of_a_fall_and_rehab_the_day_after(on_day: Callable[[float], None]) -> None:
    ran(6)
    ran(8, key_rear=True, alarms=["key"], ended="tripped")
    with pytest.raises(RefusedError) as no:
        stage()
    assert "no backward running today: The safety key was pulled on the moving belt today" in str(no.value)
    assert "level beginner is not open to this runner, whose own level is rehab" in str(no.value)
    assert "One level down since 12 May 2026" in str(no.value)
    forward = staged(ONE_BLOCK, Choice("auto", "none"), level=None, sets=None, runner=None, forward=True)
    assert not forward.plan.backward
    on_day(9)
    with pytest.raises(RefusedError, match="level beginner is not open") as no:
        stage()
    assert "no backward running today" not in str(no.value)
    assert allowance_on(take("auto")).level is Level.REHAB


def test_sessions_of_another_runner_and_simulated_ones_never_count(settings: Callable[[str], Path]) -> None:
    settings("[runner.anna]\n[runner.ben]\n")
    ran(6, 400, who="anna")
    ran(7, 500, who="ben")
    ran(7, 300, who="anna", simulated=True)
    assert allowance_on(take("auto"), "anna").session_s == 500
    assert allowance_on(take("auto"), "ben").session_s == 400
    assert stage(runner="anna").who == "anna"


def test_with_several_runners_a_session_without_a_name_weighs_on_each_and_helps_none(
    settings: Callable[[str], Path],
) -> None:
    settings("[runner.anna]\n[runner.ben]\n")
    ran(6, 200, who="anna")
    before = allowance_on(take("auto"), "anna")
    ran(7, 60)
    for name, done_s in (("anna", 200), ("ben", 0)):
        held = allowance_on(take("auto"), name)
        assert held.session_s <= 900 - done_s - 300
        assert "is nobody's and counts as a long session" in held.reason
    assert allowance_on(take("auto"), "anna").backward_sessions == before.backward_sessions


def test_with_several_runners_a_fall_that_is_nobodys_holds_for_each(settings: Callable[[str], Path]) -> None:
    settings("[runner.anna]\n[runner.ben]\n")
    ran(6, 200, who="anna")
    ran(8, 0.0, key_rear=True, alarms=["key"], ended="tripped")
    for name in ("anna", "ben"):
        held = allowance_on(take("auto"), name)
        assert (held.level, held.backward_today) == (Level.REHAB, False)


def test_the_only_runner_has_the_sessions_without_a_name(settings: Callable[[str], Path]) -> None:
    settings("[runner.anna]\n")
    ran(6, 400)
    assert stage().allowance.session_s == 500


def test_what_was_deleted_is_not_allowed_again() -> None:
    ran(6, 800)
    before = stage().allowance
    with Archive() as archive:
        archive.delete(archive.find("last"))
        assert archive.sessions()[0].deleted
    assert stage().allowance == before


def test_a_lost_index_changes_nothing() -> None:
    ran(6, 800)
    before = stage().allowance
    places.index().write_bytes(b"no index at all")
    assert stage().allowance == before
    places.index().unlink()
    assert stage().allowance == before


def test_sessions_that_cannot_be_read_leave_a_first_session_and_that_is_said(settings: Callable[[str], Path]) -> None:
    settings("[runner.anna]\nlevel = 'advanced'\ngranted_by = 'Ada'\n")
    folder = places.journals(simulated=False)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("where a folder should be")
    held = allowance_on(take("auto"), "anna")
    assert (held.level, held.backward_sessions, held.week_one) == (Level.BEGINNER, 0, True)
    assert caps(Level.BEGINNER, held) == caps(Level.BEGINNER, FIRST)
    assert held.reason.startswith("Your sessions cannot be read, so this one counts as the first: ")


def test_nothing_that_is_wrong_with_simulated_sessions_or_the_index_is_said_of_real_ones() -> None:
    folder = places.journals(simulated=True)
    folder.mkdir(parents=True)
    (folder / "2026-05-11-180000-000-session.jsonl").write_text("{")
    places.index().write_bytes(b"no index at all")
    held = allowance_on(take("auto"))
    assert (held.session_s, held.reason) == (900, "The first backward session. 15 of 15 minutes are left this week")


def test_a_recording_that_cannot_be_read_counts_as_a_long_session_and_that_is_said() -> None:
    ran(6, 300)
    ran(7, 200).with_name("2026-05-11-180000-000-session.jsonl").write_text("{")
    held = stage().allowance
    assert (held.session_s, held.backward_sessions) == (900 - 500 - 300, 2)
    told = "The recording of 11 May 2026 cannot be read or is nobody's and counts as a long session"
    assert held.reason.endswith(told)


@pytest.mark.parametrize("name", ["notes.jsonl", "2026-04-30-180000-000-session.jsonl", "2026-99-99-180000-x.jsonl"])
def test_other_files_and_old_ones_are_no_sessions_of_this_week(name: str) -> None:
    ran(6, 300).with_name(name).write_text("{")
    assert stage().allowance.session_s == 600
    assert "cannot be read" not in stage().allowance.reason


GRANTED = "[runner.anna]\nlevel = 'intermediate'\ngranted_by = 'Ada Weiss'\n"


def test_a_level_that_a_named_person_granted_is_recorded_with_the_name(settings: Callable[[str], Path]) -> None:
    settings("[runner.anna]\nlevel = 'intermediate'\n")
    assert allowance_on(take("auto"), "anna").level is Level.BEGINNER
    settings(GRANTED)
    held = stage(level=Level.INTERMEDIATE)
    assert held.allowance.level is Level.INTERMEDIATE
    assert "Level intermediate is granted by Ada Weiss" in origin(held).allowance.reason


@pytest.mark.parametrize(
    ("balance_s", "level"), [(3.5, "intermediate"), (3.6, "beginner"), (5.5, "beginner"), (5.6, "rehab")]
)
def test_nobody_grants_more_than_a_balance_allows(
    settings: Callable[[str], Path], balance_s: float, level: str
) -> None:
    settings(GRANTED)
    People().remember(Person("anna", balance_s=balance_s))
    assert allowance_on(take("auto"), "anna").level == level
    assert allowed.own_of("anna").level is Level.INTERMEDIATE


def test_without_settings_everybody_asks_for_beginner() -> None:
    assert allowed.own_of("") == Own()


def test_a_free_session_has_no_backward_block_for_somebody_in_rehab() -> None:
    free = free_workout()
    assert staged_free(free, Choice("auto", "none"), runner=None).plan.caps.backward_today
    People().remember(Person("", balance_s=6.0))
    held = staged_free(free, Choice("auto", "none"), runner=None)
    assert not held.plan.caps.backward_today
    assert refused(held) == ()  # it is run forward


# On the simulator


def test_a_simulated_treadmill_goes_by_history_only_where_that_is_asked_for() -> None:
    ran(6, 800)
    simulated = take("sim")
    assert allowance_on(simulated) is allowance_on(simulated, by=Reckoned.NONE) is UNLIMITED
    assert allowance_on(simulated, by=Reckoned.HISTORY) == allowance_on(take("auto"))
    with pytest.raises(RefusedError, match="more than 1 min 40 s"):
        staged("first-steps-back", Choice("sim", allowance=Reckoned.HISTORY), level=None, sets=None, runner=None)


@pytest.mark.parametrize("by", Reckoned)
def test_a_real_belt_takes_no_word_for_what_is_allowed(by: Reckoned) -> None:
    for treadmill in ("auto", "", "FS-1234"):
        with pytest.raises(typer.BadParameter, match="a real belt always goes by what you have run"):
            Choice(treadmill, allowance=by).taken()
    assert Choice("sim", allowance=by).taken().simulated


def test_coach_run_and_simulate_take_the_option(coach: Coach) -> None:
    ran(6, 800)
    code, _, err = coach("run", "first-steps-back", "--plain", "--treadmill", "sim", "--auto", "--allowance", "history")
    assert code == 1
    assert "3 min of backward running is more than 1 min 40 s" in " ".join(err.split())
    code, _, err = coach("run", "first-steps-back", "--plain", "--allowance", "none")
    assert code == 2
    assert "a real belt always goes by" in " ".join(err.split())
    code, _, err = coach("run", "first-steps-back", "--plain", "--treadmill", "sim", "--allowance", "all")
    assert code == 2
    assert "'history', 'none'" in " ".join(err.split())
    code, out, _ = coach("simulate", "first-steps-back", "--allowance", "history")
    assert code == 1
    assert "3 min of backward running is more than 1 min 40 s" in " ".join(out.split())
    assert coach("simulate", "first-steps-back", "--allowance", "none")[0] == 0


def test_the_list_says_what_fits_today_and_what_opens_the_rest(coach: Coach) -> None:
    ran(6, 690)
    _, out, _ = coach("list")
    assert max(map(len, out.splitlines())) <= 80
    told = " ".join(out.split())
    assert "Backward on a real belt today: 3.5 of 15 minutes are left this week." in told
    assert "◇ Opens after 6 backward sessions and 18 backward minutes on a real belt; 1 and 11 so far" in told
    facts = json.loads(coach("list", "flip-flop", "--json")[1])
    assert {one["name"]: (one["fits_today"], bool(one["lock"])) for one in facts["workouts"]} == {
        "flip-flop": (False, False),
        "flip-flop-short": (True, False),
        "flip-flop-plus": (False, True),
        "flip-flop-plus-short": (False, True),
    }
    assert facts["today"]["left_s"] == 210
    ran(8, key_rear=True, alarms=["key"])
    assert "Backward on a real belt today: no. The safety key" in " ".join(coach("list")[1].split())


# The screens


def chosen(out: Out, key: str, workout: str = "70s@4 / back 60s@2 / 3min@3") -> Wish:
    """A choice at Ready, without a strap."""
    found = load(workout).workout
    assert found is not None
    machine = next(one for one in out.machines() if one.key == key)
    return Wish(Wanted(found), found, machine, Strap(NO_STRAP, "no strap"))


def test_the_screens_know_what_was_run_on_real_belts_and_what_it_allows() -> None:
    ran(2, 300)
    ran(6, 400)
    for number in range(60):
        ran(7, 10.0 + number, simulated=True)
    found = Out(Choice()).history()
    assert [one.backward_s for one in found.recent] == [400, 300]
    assert (found.backward_sessions, found.backward_s, found.level) == (2, 700, Level.BEGINNER)
    assert (found.next_level, found.why_not_today) == (Level.INTERMEDIATE, "")
    assert found.allowance.session_s == 200
    assert found.missing == "Level intermediate opens after 6 sessions and 18 minutes; you have 2 and 11"


def test_ready_has_the_reason_on_a_real_belt_and_none_on_a_simulated_one() -> None:
    ran(6, 600)
    out = Out(Choice())
    assert out.prepare(chosen(out, MILL.address)).allowed == "5 of 15 minutes are left this week"
    assert out.prepare(chosen(out, MILL.address, "3min@4")).allowed == ""
    assert out.prepare(chosen(out, "sim:home")).allowed == ""


def test_history_that_was_asked_for_on_a_simulated_treadmill_holds_on_the_screens_too() -> None:
    ran(6, 870)
    out = Out(Choice("sim", allowance=Reckoned.HISTORY))
    for key in ("sim:home", MILL.address):
        refused_by = out.prepare(chosen(out, key)).reasons
        assert refused_by[0].message.startswith("no backward running today: Less than a minute is left this week")
    assert Out(Choice("sim")).prepare(chosen(out, "sim:home")).reasons == ()


def test_what_stood_behind_the_damage_of_a_recording_counts_as_a_long_session() -> None:
    path = put(places.journals(simulated=False), 7, workout=BACK, ended=None)
    _, *events = lines(BACK)
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*whole[: len(events) // 4], b"\xff damaged\n", *whole[len(events) // 4 + 1 :]]))
    before = allowed.standing_of(Whose("", only=True))
    os.utime(path, (0, 0))
    assert recover(path).aside is not None
    after = allowed.standing_of(Whose("", only=True))
    assert after.week_s >= before.week_s == caps(Level.BEGINNER, UNLIMITED, None).session_s
    assert "cannot be read or is nobody's and counts as a long session" in after.allowance.reason


@pytest.mark.parametrize(
    ("content", "counts"), [(b"", False), (b"\0" * 4096, False), (b'\0\0al":1}\n{"at_s":0}\n', True)]
)
def test_a_recording_that_was_put_aside_counts_where_anything_stands_in_it(content: bytes, *, counts: bool) -> None:
    path = places.journals(simulated=False) / "2026-05-11-180000-000-session.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    os.utime(path, (0, 0))
    with pytest.raises(RecoverError, match="It is kept as"):
        recover(path)
    assert (allowed.standing_of(Whose("", only=True)).week_s > 0) is counts

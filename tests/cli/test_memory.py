"""The past as the screens have it: from real journals in a real archive, asked for one runner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coach.cli.memory import WEEKS, Memory, recorded
from coach.cli.whose import Whose
from coach.core.error import CoachError
from coach.history.allowance import Own
from coach.history.rating import Rating
from coach.history.store import Archive
from coach.places import journals
from coach.seen.units import Units
from coach.sinks.journal import read_journal
from tests.history.made import journal

BACK = "70s@4 / back 60s@2 / 3min@3"
NAME = "2026-05-20-180000-000-back"


def memory(who: str = "", *, only: bool = True) -> Memory:
    return Memory(lambda: Whose(who, only=only), Own, lambda: Units.KMH)


def keep(
    name: str = NAME, *, simulated: bool = False, who: str = "", started: str = "2026-05-20T18:00:00+02:00"
) -> Path:
    """A session in the folder of this user."""
    folder = journals(simulated=simulated)
    folder.mkdir(parents=True, exist_ok=True)
    head, *rest = journal(BACK).read_text(encoding="utf-8").splitlines()
    told = json.loads(head) | {"simulated": simulated, "started": started, "who": who}
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join([json.dumps(told), *rest]) + "\n", encoding="utf-8")
    return path


def test_real_and_simulated_sessions_are_apart() -> None:
    keep()
    keep("2026-05-21-180000-000-sim", simulated=True)
    assert [one.id for one in memory().sessions(simulated=False).sessions] == [NAME]
    assert [one.id for one in memory().sessions(simulated=True).sessions] == ["2026-05-21-180000-000-sim"]


@pytest.mark.parametrize(("who", "only", "count"), [("Ada", False, 1), ("Ada", True, 2), ("Bo", False, 0)])
def test_they_are_those_of_the_runner_who_was_chosen(who: str, *, only: bool, count: int) -> None:
    keep(who="Ada")
    keep("2026-05-21-180000-000-nobody")
    assert len(memory(who, only=only).sessions(simulated=False).sessions) == count


def test_what_could_not_be_read_is_told() -> None:
    keep().with_name("broken.jsonl").write_text("{}\n", encoding="utf-8")
    listed = memory().sessions(simulated=False)
    assert len(listed.sessions) == 1
    assert "broken" in listed.trouble[0]


def test_one_session_has_its_curve_its_numbers_and_its_place() -> None:
    path = keep()
    looked = memory().look(memory().sessions(simulated=False).sessions[0])
    assert looked.past.id == NAME
    assert looked.where == str(path)
    assert looked.summary.backward_s == pytest.approx(60.0, abs=1.0)
    assert {point.facing for point in looked.points} == {"forward", "backward", "unknown"}
    assert 200 < len(looked.points) <= 480
    assert not looked.free


def test_the_outlook_counts_real_sessions_only() -> None:
    keep("2026-05-21-180000-000-sim", simulated=True)
    assert not any(week.sessions for week in memory().outlook().weeks)
    assert len(memory().outlook().weeks) == WEEKS


def test_what_is_said_is_in_the_journal_and_in_the_list() -> None:
    path = keep()
    one = memory().sessions(simulated=False).sessions[0]
    after = memory().rate(one, Rating(effort=7))
    assert after.rating.effort == 7
    assert '"effort":7' in path.read_text(encoding="utf-8").splitlines()[-1]
    assert memory().sessions(simulated=False).sessions[0].rating.effort == 7
    assert memory().look(one).past.rating.effort == 7


def test_a_deleted_recording_cannot_be_shown_again_but_its_minutes_stay() -> None:
    path = keep()
    one = memory().sessions(simulated=False).sessions[0]
    memory().delete(one)
    assert not path.exists()
    left = memory().sessions(simulated=False).sessions[0]
    assert left.deleted
    for act in (memory().look, memory().replay, memory().export):
        with pytest.raises(CoachError, match="was deleted"):
            act(left)


def test_a_journal_that_went_behind_its_back_is_one_sentence() -> None:
    path = keep()
    one = memory().sessions(simulated=False).sessions[0]
    path.unlink()
    for act in (memory().look, memory().replay, memory().export, memory().delete):
        with pytest.raises(CoachError):
            act(one)


def test_a_recording_whose_numbers_make_no_sense_is_one_sentence() -> None:
    path = keep()
    one = memory().sessions(simulated=False).sessions[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[400] = '{"at_s":1e300,"event":"tick"}'
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(CoachError, match="cannot be read"):
        memory().look(one)


def test_a_replay_says_which_session_it_is() -> None:
    keep(who="Ada")
    found = memory("Ada").replay(memory("Ada").sessions(simulated=False).sessions[0])
    assert found.of == f"{BACK}, real belt, 20 May 2026, 18:00, Ada"
    assert recorded(read_journal(journal(BACK))).of == f"{BACK}, simulated"
    assert not found.crew.over


@pytest.mark.slow
def test_an_export_goes_into_the_current_folder_and_never_over_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep()
    one = memory().sessions(simulated=False).sessions[0]
    monkeypatch.chdir(tmp_path)
    told = [memory().export(one) for _ in range(2)]
    assert [Path(path).read_bytes()[8:12] for path in told] == [b".FIT", b".FIT"]
    assert len(set(told)) == 2
    with pytest.raises(CoachError, match="is there already"):
        memory().export(one)


def test_a_session_under_way_is_not_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    keep()
    one = memory().sessions(simulated=False).sessions[0]
    monkeypatch.setattr(Archive, "under_way", lambda *_: True)
    with pytest.raises(CoachError, match="being recorded right now"):
        memory().export(one)

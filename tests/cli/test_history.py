"""`coach history`: what is listed, for whom, and how sessions get a runner or come in from another computer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from coach import places
from coach.history.store import Archive
from coach.system.lock import take
from tests.history.journals import BACK, WALK, put

Coach = Callable[..., tuple[int, str, str]]
Settings = Callable[[str], Path]

TWO = "[runner.anna]\n[runner.ben]\n"


@pytest.fixture
def real() -> Path:
    return places.journals(simulated=False)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.cli.history.today", lambda: date(2026, 5, 20))  # a Wednesday


def listed(coach: Coach, *words: str) -> list[int]:
    """The days of May that are listed."""
    code, out, err = coach("history", *words, "--json")
    assert code == 0, err
    return [int(one["at"][8:10]) for one in json.loads(out)["sessions"]]


def test_it_is_a_table_of_eighty_columns_newest_first_with_a_sum(coach: Coach, real: Path) -> None:
    put(real, 0, said=[{"effort": 3, "pain_before": 1, "pain_after": 4, "pain_morning": 2}])
    put(real, 2, workout=BACK, summary={"workout": "A workout with a title that is longer than its column"})
    put(real, 4, ended="tripped", hour=9)
    code, out, err = coach("history")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["DATE", "WORKOUT", "MIN", "KM", "BACK", "HEART", "EFFORT", "PAIN", "ENDED"]
    assert [line[:16] for line in lines[1:4]] == ["2026-05-08 09:00", "2026-05-06 18:00", "2026-05-04 18:00"]
    assert lines[1].split()[-7:] == ["0.10", "-", "84", "-", "-", "!", "safety"]
    assert "A workout with a…" in lines[2]
    assert lines[2].split()[-6:] == ["0.30", "1.5", "87", "-", "-", "finished"]
    assert lines[3].split()[-6:] == ["0.10", "-", "84", "3", "4", "finished"]
    assert lines[5] == "3 sessions, 11 min, 0.5 km, 1.5 min backward."
    assert lines[6].startswith("Backward in the last 7 days: ")


def test_columns_in_which_nothing_stands_are_left_away(coach: Coach, real: Path) -> None:
    put(real, summary={"heart": {"mean_bpm": None, "max_bpm": None, "zones_s": []}})
    out = coach("history")[1]
    assert out.splitlines()[0].split() == ["DATE", "WORKOUT", "MIN", "KM", "ENDED"]
    assert "Backward" not in out
    assert "1 session, 2 min, 0.1 km." in out


def test_miles_are_listed_where_they_were_chosen(coach: Coach, real: Path) -> None:
    put(real, summary={"distance_m": 1609.344})
    places.choices().write_text('{"units": "mph"}')
    out = coach("history")[1]
    assert " MI " in out
    assert " 1.00 " in out
    assert "1.0 mi" in out
    places.choices().write_text('{"units": 3}')
    assert " 1.61 " in coach("history")[1]


def test_signs_that_move_a_cursor_are_never_printed(coach: Coach, real: Path) -> None:
    put(real, summary={"workout": "\x1b[31mRed\rover\u202e\n"})
    put(real, 1, summary={"workout": "走路走路走路走路走路走路走路走路走路走路走路走路走路走路走路走路走路"})
    out = coach("history")[1]
    assert not {"\x1b", "\r", "\u202e"} & set(out)
    assert "…" in out


def test_json_has_every_fact_and_a_number_for_its_form(coach: Coach, real: Path) -> None:
    path = put(real, workout=BACK, who="anna", said=[{"effort": 3, "note": "good"}])
    code, out, err = coach("history", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["schema"] == 1
    (one,) = told["sessions"]
    assert one.pop("sha256")
    assert one == {
        "id": path.stem,
        "path": str(path),
        "at": "2026-05-04T18:00:00+00:00",
        "runner": "anna",
        "simulated": False,
        "workout": BACK,
        "level": "beginner",
        "machine": "SIM-home",
        "ended": "finished",
        "reason": "finished",
        "elapsed_s": one["elapsed_s"],
        "distance_m": one["distance_m"],
        "forward_s": 250.0,
        "backward_s": one["backward_s"],
        "backward_m": one["backward_m"],
        "gross_kcal": one["gross_kcal"],
        "mean_bpm": one["mean_bpm"],
        "turns": 2,
        "turns_confirmed": True,
        "alarm": False,
        "key_pulled_facing_rear": False,
        "rating": {"effort": 3, "note": "good"},
        "cut_off": False,
        "under_way": False,
        "deleted": False,
    }
    assert told["total"] == {
        "sessions": 1,
        "elapsed_s": one["elapsed_s"],
        "distance_m": one["distance_m"],
        "backward_s": one["backward_s"],
    }
    assert told["trouble"] == []


def test_simulated_sessions_are_apart(coach: Coach, real: Path) -> None:
    put(real, 0)
    put(real / "simulated", 1, simulated=True)
    assert (listed(coach), listed(coach, "--simulated")) == ([4], [5])


FILTERS = {
    "a day": (["--since", "2026-05-11"], [20, 18, 12, 11]),
    "the day after": (["--since", "2026-05-12"], [20, 18, 12]),
    "this week": (["--weeks", "1"], [20, 18]),
    "two weeks": (["--weeks", "2"], [20, 18, 12, 11]),
    "many weeks": (["--weeks", "1040"], [20, 18, 12, 11, 4]),
    "words of the title": (["--workout", "STEPS first"], [11]),
    "backward": (["--backward"], [18]),
    "two things": (["--backward", "--weeks", "1"], [18]),
    "nothing": (["--workout", "first", "--backward"], []),
    "the newest": (["--limit", "2"], [20, 18]),
    "no limit": (["--limit", "0"], [20, 18, 12, 11, 4]),
}


@pytest.mark.parametrize(("words", "found"), FILTERS.values(), ids=FILTERS)
def test_only_those_that_are_asked_for_are_listed(coach: Coach, real: Path, words: list[str], found: list[int]) -> None:
    put(real, 0)
    put(real, 7, summary={"workout": "First steps back"})
    put(real, 8)
    put(real, 14, workout=BACK)
    put(real, 16)
    assert listed(coach, *words) == found


def test_what_is_not_shown_is_told_and_counted(coach: Coach, real: Path) -> None:
    for day in range(21):
        put(real, day)
    out = coach("history")[1]
    assert sum(line.startswith("2026-") for line in out.splitlines()) == 20
    assert "The newest 20 of 21; --limit 0 lists them all." in out
    assert "21 sessions, " in out
    assert "The newest" not in coach("history", "--limit", "0")[1]
    assert len(listed(coach)) == 21
    assert json.loads(coach("history", "--json", "--limit", "1")[1])["total"]["sessions"] == 21


def test_who_has_no_sessions_is_told_how_to_come_to_some(coach: Coach, real: Path) -> None:
    assert coach("history")[1].splitlines() == [
        "No session is recorded yet. This runs one, and it is listed here when it has ended:",
        "  coach run first-steps-back",
    ]
    assert "No session on the simulator yet." in coach("history", "--simulated")[1]
    put(real / "simulated", simulated=True)
    told = "No session on a real belt yet. 1 session on the simulator:\n  coach history --simulated\n"
    assert coach("history")[1] == told
    put(real)
    assert "None of 1 session is like that" in coach("history", "--workout", "x")[1]
    assert json.loads(coach("history", "--workout", "x", "--json")[1])["sessions"] == []


def test_a_session_says_how_it_ended(coach: Coach, real: Path) -> None:
    put(real, 0, ended="stopped")
    put(real, 1, ended="tripped")
    put(real, 2, ended=None)
    put(real, 3, workout=BACK)
    running = put(real, 4, ended=None)
    assert coach("delete", "2026-05-07", "--yes")[0] == 0
    with running.open("r+b") as keeper:
        assert take(keeper.fileno())
        ends = [line[-9:].strip() for line in coach("history")[1].splitlines()[1:6]]
        facts = json.loads(coach("history", "--json")[1])["sessions"]
    assert ends == ["running", "deleted", "cut off", "! safety", "stopped"]
    assert [one["under_way"] for one in facts] == [True, False, False, False, False]
    assert [one["cut_off"] for one in facts] == [False, False, True, False, False]
    assert [one["deleted"] for one in facts] == [False, True, False, False, False]


def test_what_cannot_be_read_is_told_beside_the_list(coach: Coach, real: Path) -> None:
    put(real)
    (real / "bad.jsonl").write_text("nonsense\n")
    code, out, err = coach("history")
    assert (code, err) == (0, "bad.jsonl is left out: it is not a journal\n")
    assert "1 session, " in out
    code, out, err = coach("history", "--json")
    assert (code, err, json.loads(out)["trouble"]) == (0, "", ["bad.jsonl is left out: it is not a journal"])


# Runners


def test_with_one_runner_all_without_a_name_is_his(coach: Coach, real: Path, settings: Settings) -> None:
    settings("[runner.anna]\n")
    put(real, 0)
    put(real, 1, who="anna")
    put(real, 2, who="ben")
    assert listed(coach) == [5, 4]
    out = coach("history")[1]
    assert "RUNNER" not in out
    assert "1 session of ben, who is not in the settings: --runner ben lists them." in out
    assert listed(coach, "--runner", "ben") == [6]
    assert listed(coach, "--runner", "anna") == [5, 4]


def test_with_several_runners_all_are_listed_with_their_names(coach: Coach, real: Path, settings: Settings) -> None:
    settings(TWO)
    put(real, 0, workout=BACK, said=[{"effort": 3, "pain_after": 3}])
    put(real, 1, who="anna")
    put(real, 2, who="a very long name")
    out = coach("history")[1]
    lines = out.splitlines()
    assert lines[0].split() == ["DATE", "RUNNER", "WORKOUT", "MIN", "KM", "BACK", "HEART", "ENDED"]
    assert [line[18:29] for line in lines[1:4]] == ["a very lo… ", "anna       ", "-          "]
    assert max(map(len, lines)) <= 80
    assert "1 session without a runner's name: they count for nobody. Give them to somebody:" in out
    assert "  coach history --claim anna 2026-05-04-180000-000-session" in out
    assert listed(coach, "--runner", "anna") == [5]
    assert "--claim" not in coach("history", "--runner", "anna")[1]


def test_a_runner_who_is_nobody_is_refused(coach: Coach, real: Path, settings: Settings) -> None:
    settings(TWO)
    put(real)
    code, _, err = coach("history", "--runner", "cleo")
    assert code == 1
    assert "there is no runner 'cleo'; there are anna, ben" in err


def test_sessions_are_given_to_somebody_and_stay_his(coach: Coach, real: Path, settings: Settings) -> None:
    settings(TWO)
    put(real, 0)
    put(real, 1, who="anna")
    put(real, 2, who="ben")
    code, out, _ = coach("history", "--claim", "ben", "2026-05-04", "2026-05-05", "last")
    assert code == 0
    assert out.splitlines() == [
        "2026-05-04-180000-000-session is ben's now.",
        "2026-05-05-180000-000-session is ben's now; it was anna's.",
        "2026-05-06-180000-000-session is ben's already.",
    ]
    places.index().unlink()
    assert listed(coach, "--runner", "ben") == [6, 5, 4]


def test_all_that_is_nobodys_is_given_at_once(coach: Coach, real: Path, settings: Settings) -> None:
    settings(TWO)
    put(real, 0)
    put(real, 1)
    put(real, 2, who="ben")
    put(real / "simulated", 3, simulated=True)
    assert coach("history", "--claim", "anna", "unnamed")[1].count("is anna's now.") == 2
    assert listed(coach, "--runner", "anna") == [5, 4]
    assert coach("history", "--claim", "anna", "unnamed")[1] == "There is no session without a name.\n"
    assert coach("history", "--claim", "anna", "unnamed", "--simulated")[1].count("now.") == 1


# From another computer


def test_sessions_of_another_computer_come_in(coach: Coach, tmp_path: Path, settings: Settings) -> None:
    settings(TWO)
    there = tmp_path / "stick"
    put(there, 0)
    put(there, 1, who="ben")
    put(there, 2, who="me")
    put(there / "simulated", 3, simulated=True)
    code, out, err = coach("history", "--import", str(there))
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "4 sessions came in: 3 on a real belt, 1 on the simulator.",
        "  1 without a name: `coach history` shows how to give them to somebody",
        "  1 of ben",
        "  1 of me, who is not in the settings here: write [runner.me], or give them away",
    ]
    assert coach("history", "--import", str(there))[1] == "0 sessions came in. 4 sessions already here.\n"
    assert (listed(coach), listed(coach, "--simulated")) == ([6, 5, 4], [7])


def test_they_are_given_to_the_runner_who_is_named_but_for_those_of_others_here(
    coach: Coach, tmp_path: Path, settings: Settings
) -> None:
    settings(TWO)
    files = [put(tmp_path / "stick", day, who=who) for day, who in enumerate(["", "ben", "me"])]
    code, out, _ = coach("history", "--runner", "anna", "--import", *map(str, files))
    assert code == 0
    assert out.splitlines()[1:] == ["  2 of anna", "  1 of ben"]
    assert listed(coach, "--runner", "anna") == [6, 4]


def test_files_that_are_no_sessions_are_told_one_by_one(coach: Coach, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    put(stick, 0)
    put(stick, 1, ended=None)
    (stick / "bad.jsonl").write_text("nonsense\n")
    code, out, err = coach("history", "--import", str(stick))
    assert code == 1
    assert out == "1 session came in: 1 on a real belt, 0 on the simulator.\n"
    assert len(err.splitlines()) == 2
    assert f"{stick / 'bad.jsonl'} is left out: it is not a journal" in err
    assert "has no end; let coach end it on the computer that has recorded it" in err


MISTAKES = {
    "a word": (["hills"], 2, "to look for a workout write --workout 'hills'"),
    "no day": (["--since", "may"], 2, "'may' is not a day such as 2026-05-04"),
    "two begins": (["--since", "2026-05-04", "--weeks", "1"], 2, "one of both"),
    "no weeks": (["--weeks", "0"], 2, "--weeks"),
    "too many weeks": (["--weeks", "1041"], 2, "--weeks"),
    "less than nothing": (["--limit", "-1"], 2, "--limit"),
    "two things at once": (["--claim", "anna", "--import", "x"], 2, "one at a time: --claim or --import"),
    "a claim with a filter": (["--claim", "anna", "last", "--weeks", "1"], 2, "goes without the options"),
    "a claim of nothing": (["--claim", "anna"], 2, "name the sessions after it"),
    "a claim of what is not there": (["--claim", "anna", "2025"], 1, "there is no session '2025'"),
    "a claim for nobody": (["--claim", "cleo", "last"], 1, "there is no runner 'cleo'"),
    "an import of nothing": (["--import", "/nowhere"], 1, "no such file"),
    "an import for nobody": (["--import", "/nowhere", "--runner", "cleo"], 1, "there is no runner 'cleo'"),
}


@pytest.mark.parametrize(("words", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_clear_message(
    coach: Coach, real: Path, settings: Settings, words: list[str], code: int, message: str
) -> None:
    settings("[runner.anna]\n")
    put(real)
    left, out, err = coach("history", *words)
    assert left == code
    assert message in out + err
    assert "Traceback" not in out + err


def test_an_import_of_a_folder_without_sessions_says_so(coach: Coach, tmp_path: Path) -> None:
    code, _, err = coach("history", "--import", str(tmp_path))
    assert code == 1
    assert "there are no sessions in it" in err


def test_the_list_is_made_anew_where_that_is_asked(coach: Coach, real: Path) -> None:
    for day in range(3):
        put(real, day, workout=WALK)
    assert coach("history", "--rebuild")[1] == "The list was made anew from the recordings: 3 sessions.\n"
    with Archive() as archive:
        assert len(archive.sessions()) == 3

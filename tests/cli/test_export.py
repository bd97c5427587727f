"""`coach export` as a user meets it: what is written and where, what is told, and what is refused."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from coach.cli import export
from coach.core.error import CoachError
from coach.history.export.activity import ExportError, Format
from coach.history.export.worker import Exported, Order
from coach.history.name import NOTHING
from coach.places import journals
from coach.sinks.line import one_line
from coach.told import RETOLD
from tests.history.export.fitted import problems, read
from tests.history.made import as_of_other_rules, journal, past

Coach = Callable[..., tuple[int, str, str]]
WALK = "1min @ 6"
BACK = "2min @ 4 / back 60s @ 2"
ID = "2026-05-20-180000-000-walk"
OTHER = "2026-05-20-190000-000-walk"


def put(
    name: str = ID, workout: str = WALK, *, simulated: bool = False, title: str = "", who: str = "", events: int = 0
) -> Path:
    """A journal among the user's own: as of a real belt, with another title, or with so many events only."""
    lines = journal(workout).read_text(encoding="utf-8").splitlines(keepends=True)
    head = json.loads(lines[0]) | {"simulated": simulated, "who": who}
    head["started"] = f"{name[:10]}T{name[11:13]}:{name[13:15]}:{name[15:17]}+02:00"
    head["workout"]["name"] = title or head["workout"]["name"]
    body = [line for line in lines[1:] if '"event"' in line]
    file = journals(simulated=simulated) / f"{name}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join([one_line(head), *(body[:events] if events else body)]), encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """Exports without a process; what was ordered."""
    orders: list[Order] = []

    def exported(order: Order) -> Exported:
        orders.append(order)
        simulated = "simulated" in order.journal.parts
        return Exported(
            f"{order.to} of {order.journal.stem}\n".encode(), "Title", "Description", simulated, as_run=True
        )

    monkeypatch.setattr(export, "exported", exported)
    return orders


def names() -> list[str]:
    """The files in the current folder."""
    return sorted(path.name for path in Path().iterdir())


@pytest.mark.slow
def test_the_last_session_becomes_a_fit_file_with_a_title_to_paste(coach: Coach) -> None:
    put(workout=BACK, title="First steps back")
    code, out, err = coach("export", "last")
    assert (code, err) == (0, "")
    assert names() == ["2026-05-20-first-steps-back.fit"]
    lines = out.splitlines()
    assert lines[0].startswith("Written: 2026-05-20-first-steps-back.fit (")
    assert lines[2:6] == [
        "To paste as title and description:",
        "",
        "Treadmill intervals: 1:00 backward (0.03 km)",
        "",
    ]
    assert "First steps back (beginner)" in lines
    raw = Path(names()[0]).read_bytes()
    assert problems(raw) == []
    assert read(raw).one("session")["backward_time"] == 60


@pytest.mark.slow
def test_every_format_goes_to_standard_output_but_fit(coach: Coach) -> None:
    put()
    code, out, err = coach("export", ID, "--to", "csv", "-o", "-")
    assert (code, err) == (0, "")
    told = list(csv.DictReader(StringIO(out)))
    assert told[-1]["name"] == "STOP"
    code, out, _ = coach("export", ID, "--to", "json", "-o", "-", "--samples")
    assert json.loads(out)["samples"]
    code, out, _ = coach("export", ID, "--to", "tcx", "-o", "-")
    assert out.startswith("<?xml")
    code, out, err = coach("export", ID, "-o", "-")
    assert (code, out) == (2, "")
    assert "a FIT file is binary; name a file or a folder" in err
    assert names() == []


@pytest.mark.slow
def test_a_session_of_other_rules_is_told_of(coach: Coach) -> None:
    kept = put(workout=BACK)
    kept.write_text(as_of_other_rules(kept.read_text(encoding="utf-8")), encoding="utf-8")
    assert coach("export", "last", "--quiet")[2] == f"{RETOLD}\n"
    assert coach("export", "--all", "--force", "--quiet")[2] == f"{ID}: {RETOLD}\n"
    put(workout=BACK)
    assert coach("export", "last", "--force", "--quiet")[2] == ""


@pytest.mark.slow
def test_a_simulated_session_is_marked_everywhere_and_warned_of(coach: Coach) -> None:
    put(simulated=True)
    code, out, err = coach("export", "last")
    assert code == 0
    assert err == "This session was simulated: nobody ran it. Its title says so; it is not training.\n"
    assert names() == ["2026-05-20-1min-6-simulated.fit"]
    assert "SIMULATED: Treadmill walk: 1:00 (0.10 km)" in out
    assert read(Path(names()[0]).read_bytes()).one("workout")["wkt_name"] == "SIMULATED: 1min @ 6"


@pytest.mark.slow
def test_a_session_in_which_the_belt_never_moved_is_told(coach: Coach) -> None:
    put(events=20)
    code, out, err = coach("export", "last")
    assert (code, out) == (1, "")
    assert err == f"coach: {ID}: the belt never moved in this session, so there is nothing to export\n"
    assert names() == []


@pytest.mark.slow
def test_the_file_of_a_session_anywhere_can_be_exported(coach: Coach, tmp_path: Path) -> None:
    elsewhere = tmp_path / "copy.jsonl"
    put().rename(elsewhere)
    code, _, err = coach("export", str(elsewhere), "--to", "csv", "--laps", "--quiet")
    assert (code, err) == (0, "")
    assert names() == ["2026-05-20-1min-6-laps.csv"]


@pytest.mark.usefixtures("quick")
def test_nothing_is_written_over_without_force(coach: Coach) -> None:
    put()
    there = Path("2026-05-20-1min-6.fit")
    there.write_text("mine", encoding="utf-8")
    code, out, err = coach("export", "last")
    assert (code, out) == (1, "")
    assert err == f"coach: {there} is there already; --force writes over it\n"
    assert there.read_text(encoding="utf-8") == "mine"
    assert coach("export", "last", "--force")[0] == 0
    assert there.read_bytes() == f"fit of {ID}\n".encode()


def test_what_is_there_is_told_before_anything_takes_long(coach: Coach, quick: list[Order]) -> None:
    put()
    Path("2026-05-20-1min-6.fit").touch()
    assert coach("export", "last")[0] == 1
    assert quick == []


@pytest.mark.usefixtures("quick")
def test_a_file_that_appears_meanwhile_is_not_written_over(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    put()
    there = Path("2026-05-20-1min-6.fit")

    def exported(order: Order) -> Exported:
        there.write_text("mine", encoding="utf-8")
        return Exported(b"other", order.to, "", simulated=False, as_run=True)

    monkeypatch.setattr(export, "exported", exported)
    code, _, err = coach("export", "last")
    assert code == 1
    assert "is there already" in err
    assert there.read_text(encoding="utf-8") == "mine"


def test_what_was_typed_reaches_the_worker(coach: Coach, quick: list[Order]) -> None:
    file = put()
    assert coach("export", "last", "--to", "fit", "--sport", "running", "-o", "run.fit")[0] == 0
    assert coach("export", "last", "--to", "csv", "--laps")[0] == 0
    assert coach("export", "last", "--to", "json", "--samples")[0] == 0
    ordered = [(one.journal, one.to, one.sport, one.laps, one.samples) for one in quick]
    assert ordered == [
        (file, "fit", "running", False, False),
        (file, "csv", None, True, False),
        (file, "json", None, False, True),
    ]
    assert {str(one.began) for one in quick} == {"2026-05-20 18:00:00+02:00"}


@pytest.mark.parametrize(
    ("words", "name", "to"),
    [
        (("-o", "mine.tcx"), "mine.tcx", "tcx"),
        (("--out", "mine.JSON"), "mine.JSON", "json"),
        (("-o", "mine.fit", "--to", "fit"), "mine.fit", "fit"),
        (("-o", "mine", "--to", "csv"), "mine", "csv"),
        (("-o", "mine"), "mine", "fit"),
        (("-o", "mine.txt", "--to", "csv"), "mine.txt", "csv"),
        (("--to", "JSON"), "2026-05-20-1min-6.json", "json"),
        ((), "2026-05-20-1min-6.fit", "fit"),
    ],
)
def test_the_format_is_that_of_to_or_of_the_name(
    coach: Coach, quick: list[Order], words: tuple[str, ...], name: str, to: str
) -> None:
    put()
    assert coach("export", "last", *words)[0] == 0
    assert names() == [name]
    assert [one.to for one in quick] == [to]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "name a session, such as last, or say --all"),
        (("last", "--all"), "name sessions or say --all, not both"),
        (("last", "--since", "2026-05-01"), "name sessions or say --all, not both"),
        (("--since", "May"), "'May' is not a day such as 2026-05-04"),
        (("last", "-o", "a.gpx"), "a.gpx does not say which format; end it in .fit, .tcx, .csv, .json, or say --to"),
        (("last", "-o", "a.csv", "--to", "fit"), "a.csv is the name of a CSV file, and --to says fit"),
        (("last", "--to", "gpx"), "'gpx' is not one of"),
        (("last", "--laps"), "only CSV has either laps or seconds"),
        (("last", "--samples", "--to", "csv"), "only JSON has its seconds left out"),
        (("last", "--to", "csv", "--sport", "running"), "a CSV file does not tell a sport"),
        (("last", "--sport", "cycling"), "'cycling' is not one of"),
        ((ID, OTHER, "-o", "-", "--to", "csv"), "several sessions go into a folder"),
        (("--all", "-o", "there.fit"), "there.fit is a file; several sessions go into a folder"),
    ],
)
def test_what_means_nothing_is_a_matter_of_usage(coach: Coach, words: tuple[str, ...], sentence: str) -> None:
    put()
    put(OTHER)
    Path("there.fit").touch()
    code, out, err = coach("export", *words)
    assert (code, out) == (2, "")
    assert sentence in " ".join(err.split())


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("yesterday",), "there is no session 'yesterday'"),
        (("nowhere/x.jsonl",), "nowhere/x.jsonl: there is no such file"),
        (("last", "-o", "nowhere/"), "there is no folder nowhere/; make it, or choose another"),
        (("last", "-o", "nowhere/x.fit"), "there is no folder nowhere; make it, or choose another"),
        (("--all", "-o", "nowhere"), "there is no folder nowhere; make it, or choose another"),
        (("last", "-o", "/dev/null"), "/dev/null is a pipe or a device, no plain file; choose another"),
        (("last", "-o", "con.fit"), "con.fit: Windows keeps this name for a device; choose another"),
        (("--since", "2026-05-21"), "there is no session on a real belt since 2026-05-21 to export"),
        (("--all", "--simulated"), "there is no session on the simulator to export"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(coach: Coach, words: tuple[str, ...], sentence: str) -> None:
    put()
    code, out, err = coach("export", *words)
    assert (code, out) == (1, "")
    assert f"coach: {sentence}" in err
    assert names() == []


def test_without_any_session_there_is_nothing_to_export(coach: Coach) -> None:
    assert coach("export", "last") == (
        1,
        "",
        f"coach: {NOTHING}\n",
    )
    assert coach("export", "--all") == (1, "", "coach: there is no session on a real belt to export\n")


@pytest.mark.usefixtures("quick")
def test_all_sessions_go_into_a_folder_oldest_first_with_a_line_each(coach: Coach, tmp_path: Path) -> None:
    put("2026-05-20-180000-000-walk", title="Easy")
    put("2026-05-21-070000-000-walk", title="Twice a day")
    put("2026-05-21-190000-000-walk", title="Twice a day")
    put("2026-05-22-180000-000-walk", simulated=True)
    put("2026-05-23-180000-000-walk", title="Never moved", events=20)
    folder = tmp_path / "diary"
    folder.mkdir()
    code, out, err = coach("export", "--all", "-o", str(folder))
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "2026-05-20-easy.fit",
        "2026-05-21-070000-twice-a-day.fit",
        "2026-05-21-190000-twice-a-day.fit",
    ]
    assert [line for line in out.splitlines() if line.startswith("Written")] == [
        f"Written: {folder / name} (0 kB)" for name in sorted(path.name for path in folder.iterdir())
    ]
    assert err == "2026-05-23-180000-000-walk is left out: the belt never moved.\n"
    code, out, _ = coach("export", "--all", "-o", str(folder))
    assert (code, out) == (0, "3 files were there already and stay as they are; --force writes over them.\n")


@pytest.mark.usefixtures("quick")
def test_sessions_since_a_day_are_those_of_that_day_and_later(coach: Coach) -> None:
    for day in (19, 20, 21):
        put(f"2026-05-{day}-180000-000-walk")
    assert coach("export", "--since", "2026-05-20", "--quiet")[0] == 0
    assert names() == ["2026-05-20-1min-6.fit", "2026-05-21-1min-6.fit"]


@pytest.mark.usefixtures("quick")
def test_simulated_sessions_are_exported_together_only_where_they_are_asked_for(coach: Coach) -> None:
    put()
    put("2026-05-22-180000-000-walk", simulated=True)
    code, _, err = coach("export", "--all", "--simulated")
    assert code == 0
    assert names() == ["2026-05-22-1min-6-simulated.fit"]
    assert err == "1 of them were simulated: nobody ran them. Their titles say so.\n"


@pytest.mark.usefixtures("quick")
def test_a_runners_own_sessions_are_those_that_are_exported(coach: Coach, settings: Callable[[str], Path]) -> None:
    settings("[runner.ada]\n[runner.bob]\n")
    put("2026-05-20-180000-000-walk", who="ada")
    put("2026-05-21-180000-000-walk", who="bob")
    assert coach("export", "--all", "--runner", "bob", "--quiet")[0] == 0
    assert names() == ["2026-05-21-1min-6.fit"]
    assert coach("export", "--all", "--quiet")[0] == 0
    assert len(names()) == 2


def test_one_that_fails_among_several_does_not_keep_the_others(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    put("2026-05-20-180000-000-walk")
    put("2026-05-21-180000-000-walk")

    def exported(order: Order) -> Exported:
        if "05-20" in order.journal.name:
            raise ExportError("the part of coach that writes FIT files broke down; nothing is written")
        return Exported(b"x", "Title", "Description", simulated=False, as_run=True)

    monkeypatch.setattr(export, "exported", exported)
    code, out, err = coach("export", "2026-05-20", "2026-05-21")
    assert code == 1
    assert names() == ["2026-05-21-1min-6.fit"]
    assert "2026-05-20-180000-000-walk: the part of coach that writes FIT files broke down" in err
    assert out.splitlines()[1:] == ["  Title"]


@pytest.mark.usefixtures("quick")
def test_quiet_says_only_where_it_is(coach: Coach) -> None:
    put()
    code, out, err = coach("export", "last", "--quiet")
    assert (code, out, err) == (0, "Written: 2026-05-20-1min-6.fit (0 kB)\n", "")


def test_a_session_that_is_being_recorded_is_not_exported(
    coach: Coach, quick: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    monkeypatch.setattr("coach.history.store.Archive.under_way", lambda _self, _past: True)
    code, _, err = coach("export", "last")
    assert code == 1
    assert err == f"coach: {ID} is being recorded right now; export it when it has ended\n"
    assert quick == []


def test_a_session_that_was_deleted_is_not_exported(coach: Coach, quick: list[Order]) -> None:
    put(workout=BACK)
    assert coach("delete", "last", "--yes")[0] == 0
    code, _, err = coach("export", ID)
    assert code == 1
    assert "deleted" in err
    assert quick == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("First steps back", "2026-05-20-first-steps-back.fit"),
        ("../../etc/passwd", "2026-05-20-etc-passwd.fit"),
        ("CON", "2026-05-20-con.fit"),
        ("", "2026-05-20-session.fit"),
        ("???", "2026-05-20-session.fit"),
        ("Läufe \N{RUNNER} rückwärts", "2026-05-20-läufe-rückwärts.fit"),
        ("\ud800x\x00", "2026-05-20-x.fit"),
        ("ü" * 100, f"2026-05-20-{'ü' * 30}.fit"),
    ],
)
def test_the_name_of_a_file_is_a_plain_one(title: str, name: str) -> None:
    assert export.file_name(past(workout=title), Format.FIT) == name


def test_a_folder_that_cannot_be_written_is_told(coach: Coach, quick: list[Order], tmp_path: Path) -> None:
    put()
    locked = tmp_path / "file"
    locked.touch()
    code, _, err = coach("export", "last", "-o", str(locked / "x.fit"))
    assert code == 1
    assert err.startswith("coach: ")
    assert quick == []


def test_the_sentences_of_the_command_are_errors_of_coach() -> None:
    assert issubclass(ExportError, CoachError)

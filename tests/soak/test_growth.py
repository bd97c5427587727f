"""What counts as growth, and that what leaks is seen."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("processes are looked at as Linux shows them", allow_module_level=True)

from coach.core.session import Session
from coach.core.trip import Trip
from tests.soak.growth import FEWEST, Limit, growth, told
from tests.soak.load import Found, Row
from tests.soak.real import LASTING, Record, Truths, Window
from tests.soak.virtual import LIMITS, Mark, Measured, Soak, containers
from tests.soak.watched import PASSING, Seen, look, processes

MARK = Mark(0.0, "10min@5 on home", "finished", 50.0, 6, 1, 47_000, 80.0, 32, "11 worn.good")
LEAKS = {"rss_mb": 1.0, "files": 1, "threads": 1, "objects": 20, "advance_us": 6.0, "elements": 4}  # in each session

needs_proc = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells it so")


def test_what_stays_is_kept_and_an_odd_sample_changes_nothing() -> None:
    figures = [9.0, 5.0, 5.1, 5.0, 80.0, 5.0, 5.1, 5.0, 5.1]
    assert growth("memory", "MB", figures, Limit(0.2)).kept


@pytest.mark.parametrize(("more", "kept"), [(0.99, True), (1.0, True), (1.01, False)])
def test_just_below_on_and_above_the_limit(more: float, kept: bool) -> None:
    assert growth("memory", "MB", [4, 4, 4, 4, 4, 4, 4 + more, 4 + more, 4 + more], Limit(0.8, 0.05)).kept is kept


def test_a_figure_that_was_hardly_seen_is_not_kept() -> None:
    assert not growth("files", "", [5.0] * (FEWEST - 1), Limit(0.5)).kept
    assert growth("files", "", [5.0] * FEWEST, Limit(0.5)).kept


def test_of_what_comes_and_goes_only_what_stays_counts() -> None:
    sounds, leak = [15.0, 15, 15, 15, 17, 15, 17, 17, 15], [15.0, 15, 15, 16, 16, 17, 17, 18, 18]
    assert growth("threads", "", sounds, Limit(0.5), min).kept
    assert not growth("threads", "", leak, Limit(0.5), min).kept


def test_the_verdict_names_what_grows(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [growth("memory", "MB", range(9), Limit(1.0)), growth("files", "", [5.0] * 9, Limit(0.5))]
    assert not told(rows)
    assert capsys.readouterr().out.endswith("Verdict: grows: memory.\n")


def soak(leak: str = "") -> Soak:
    """Twelve sessions of which each leaves something behind."""
    marks = [replace(MARK, **({leak: getattr(MARK, leak) + n * LEAKS[leak]} if leak else {})) for n in range(12)]
    return Soak(marks, last=Measured(elements=[32] * 12))


@pytest.mark.parametrize("leak", ["", *LIMITS])
def test_what_every_session_leaves_behind_is_found(leak: str) -> None:
    grown = [row.what for row in soak(leak).verdict() if not row.kept]
    assert grown == ([f"over the sessions, {leak}"] if leak else [])


def test_a_state_that_grows_within_a_session_is_found() -> None:
    one = soak()
    one.last.elements[9:] = [33, 33, 33]
    assert [row.what for row in one.verdict() if not row.kept] == ["within the long session, elements"]


def test_every_container_of_a_session_is_measured() -> None:
    session = Session()
    grown = replace(session, guard=replace(session.guard, notes=frozenset(Trip)))
    before, now = dict(containers(session)), dict(containers(grown))
    assert {place for place in now if now[place] != before.get(place)} == {"session.guard.notes"}
    assert now["session.guard.notes"] == len(Trip)


def record(role: str = "", **more: float) -> Record:
    """Twelve samples of a session, in which one process has something more in each."""
    base = Seen(1, 50.0, 40.0, 9, 6, 0.0)
    made = Record()
    for number in range(12):
        made.at_s.append(30.0 * number)
        made.recording_mb.append(0.0)
        made.windows.append(Window(0.4, 5.0, 4.0, 0.1))
        seen = dict.fromkeys(LASTING, replace(base, cpu_s=0.3 * number))
        if role:
            known = seen[role]
            seen[role] = replace(known, **{name: getattr(known, name) + one * number for name, one in more.items()})
        made.seen.append(seen)
    return made


def test_a_session_in_which_nothing_grows_is_kept() -> None:
    assert all(row.kept for row in record().verdict())


@pytest.mark.parametrize("role", LASTING)
@pytest.mark.parametrize(("name", "more"), [("rss_mb", 0.3), ("files", 1), ("threads", 1)])
def test_what_one_process_of_a_session_keeps_is_found(role: str, name: str, more: float) -> None:
    grown = [row.what for row in record(role, **{name: more}).verdict() if not row.kept]
    assert grown[0] == f"{role}, {name}"
    assert set(grown[1:]) <= {"keeper, rss_mb less its recording"}


def test_what_the_keeper_keeps_of_its_recording_is_not_held_against_it() -> None:
    one = record("keeper", rss_mb=0.2)
    one.recording_mb = [0.2 * number for number in range(12)]
    assert all(row.kept for row in one.verdict())


def test_a_session_that_comes_later_and_later_is_found() -> None:
    one = record()
    one.windows = [Window(0.4 + number, 5.0 + number, 4.0, 0.1 + number) for number in range(12)]
    assert [row.what for row in one.verdict() if not row.kept] == [
        "late, median of a window",
        "late, p99 of a window above the floor",
        "drift of the clock",
    ]


def test_a_page_that_is_shown_less_and_less_is_found() -> None:
    one = record()
    one.between_ms["views of the page"] = [200.0 + 20 * number for number in range(12)]
    assert [row.what for row in one.verdict() if not row.kept] == ["between two views of the page"]


def test_a_line_that_is_not_whole_yet_waits_for_its_rest(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_text('{"mono": 100.0, "at_s": 1.0}\n{"mono": 101.0')
    with closing(Truths(path)) as truths:
        first = truths.window()
        with path.open("a") as file:
            file.write(', "at_s": 1.5}\n')
        second = truths.window()
        assert truths.window() is None
    assert first is not None
    assert second is not None
    assert (first.late_ms, second.late_ms) == (0.0, 500.0)


ROW = Row(3, "finished", stands=True, equal=True, told=True, core=0.01, mb=100.0, late_s=(0.001,), writes_s=(0.002,))


@pytest.mark.parametrize(
    ("row", "left", "missed"),
    [
        (ROW, 0, []),
        (replace(ROW, ended="stopped"), 0, ["treadmills 3"]),
        (replace(ROW, stands=False), 0, ["treadmills 3"]),
        (replace(ROW, equal=False), 0, ["treadmills 3"]),
        (replace(ROW, told=False), 0, ["treadmills 3"]),
        (replace(ROW, writes_s=()), 0, ["treadmills 3"]),
        (replace(ROW, writes_s=(0.11,)), 0, ["a write of a speed is later than 100 ms"]),
        (replace(ROW, core=0.14), 0, ["more than 0.13 of a core for each"]),
        (replace(ROW, mb=151.0), 0, ["more than 150 MB for each"]),
        (ROW, 1, ["processes that are still there: 1"]),
    ],
)
def test_what_a_treadmill_among_many_did_not_keep_is_said(row: Row, left: int, missed: list[str]) -> None:
    found = Found((row,), left, took_s=60.0, broker=0.001)
    assert list(found.missed()) == missed


LEAKING = """
import os, sys, threading
print(flush=True)
sys.stdin.readline()
kept = [b"x" * 1_000_000 for _ in range(8)], [open(os.devnull) for _ in range(3)]
threading.Thread(target=sys.stdin.read, daemon=True).start()
print(flush=True)
threading.Event().wait()
"""


@needs_proc
def test_a_process_is_seen_from_outside(home: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", LEAKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        assert processes(home) == {child.pid: PASSING}
        before = look(child.pid)
        child.stdin.write(b"\n")
        child.stdin.flush()
        child.stdout.readline()
        now = look(child.pid)
        child.kill()
    assert before is not None
    assert now is not None
    assert now.rss_mb - before.rss_mb > 7
    assert now.pss_mb - before.pss_mb > 7
    assert (now.files - before.files, now.threads - before.threads) == (3, 1)
    assert look(child.pid) is None

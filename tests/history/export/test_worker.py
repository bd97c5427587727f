"""Exports in a process of their own: what comes back, and what is left where one breaks down or hangs."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import gettempdir

import pytest

from coach.history.export.activity import ExportError, Format, Sport
from coach.history.export.worker import Order, exported, main
from coach.sinks.line import one_line
from coach.spawn import Process
from tests.history.export.fitted import problems, read
from tests.history.export.played import BEGAN
from tests.history.made import journal

WALK = "1min @ 6"


@pytest.fixture
def session() -> Path:
    """The journal of a short simulated session."""
    return journal(WALK)


def answered(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The line that the process would answer."""
    assert main(words) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert isinstance(told, dict)
    return told


def broken(code: str) -> Callable[..., Process]:
    """Start another process in the worker's place."""

    def start(_module: str, *_words: str) -> Process:
        return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    return start


def left() -> set[str]:
    """The folders of exports."""
    return {path.name for path in Path(gettempdir()).glob("coach-export-*")}


@pytest.mark.slow
@pytest.mark.parametrize("to", Format)
def test_a_session_comes_back_as_a_file_with_what_is_pasted_beside_it(session: Path, to: Format) -> None:
    before = left()
    done = exported(Order(session, to, began=BEGAN))
    assert done.simulated
    assert done.title.startswith("SIMULATED: Treadmill walk")
    assert done.description.startswith("SIMULATED: nobody ran this.")
    begins = {Format.FIT: b"\x0e", Format.TCX: b"<?xml", Format.CSV: b"time,", Format.JSON: b"{"}
    assert done.content.startswith(begins[to])
    assert left() <= before


def test_what_was_ordered_is_what_is_written(session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    began = f"--began={BEGAN.isoformat()}"
    assert "error" not in answered(["--sport=running", began, "--", str(session), "fit", str(tmp_path / "a")], capsys)
    raw = (tmp_path / "a").read_bytes()
    assert problems(raw) == []
    assert read(raw).one("session")["sport"] == "running"
    assert read(raw).one("session")["start_time"] == BEGAN + timedelta(seconds=11)
    assert "error" not in answered(["--laps", began, "--", str(session), "csv", str(tmp_path / "b")], capsys)
    assert (tmp_path / "b").read_bytes().startswith(b"lap,name,")
    assert "error" not in answered(["--samples", began, "--", str(session), "json", str(tmp_path / "c")], capsys)
    assert "samples" in json.loads((tmp_path / "c").read_bytes())


def test_a_file_that_is_there_is_not_written_over(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine", encoding="utf-8")
    told = answered([f"--began={BEGAN.isoformat()}", "--", str(session), "csv", str(there)], capsys)
    assert str(there) in str(told["error"])
    assert there.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("text", ["", "hello\n", "{}\n", '{"journal": 1}\n', "\x00" * 99])
def test_what_is_no_journal_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    file = tmp_path / "it.jsonl"
    file.write_text(text, encoding="utf-8")
    told = answered(["--", str(file), "fit", str(tmp_path / "out")], capsys)
    assert str(told["error"]).startswith(str(file))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "line",
    [
        {"at_s": 1e300, "event": "tick"},
        {"at_s": -1e300, "event": "tick"},
        {"at_s": 200.0, "event": "slept", "gap_s": 1e300},
        {"at_s": 200.0, "event": "heard", "uuid": "2acd", "bytes": "ff" * 40},
        {"at_s": 200.0, "event": "heard", "uuid": "ffff", "bytes": ""},
    ],
    ids=str,
)
def test_whatever_a_journal_holds_the_answer_is_a_file_or_a_sentence(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: dict[str, object]
) -> None:
    lines = session.read_text(encoding="utf-8").splitlines(keepends=True)
    events = [one for one in lines if '"event"' in one]
    file = tmp_path / "odd.jsonl"
    file.write_text("".join([lines[0], *events[:-200], one_line(line)]), encoding="utf-8")
    told = answered([f"--began={BEGAN.isoformat()}", "--", str(file), "fit", str(tmp_path / "out")], capsys)
    if "error" not in told:
        assert problems((tmp_path / "out").read_bytes()) == []


def test_numbers_that_are_none_are_told_in_a_sentence(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = session.read_text(encoding="utf-8").splitlines(keepends=True)
    head = json.loads(lines[0])
    head["rows"][0]["segment"]["extent"]["amount"] = "nan"
    file = tmp_path / "odd.jsonl"
    file.write_text("".join([one_line(head | {"x": 1}), *lines[1:]]).replace('"nan"', "NaN"), encoding="utf-8")
    told = answered([f"--began={BEGAN.isoformat()}", "--", str(file), "fit", str(tmp_path / "out")], capsys)
    assert "error" in told
    assert "\n" not in str(told["error"])


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(3)",
        "import os; os.kill(os.getpid(), 9)",
        "print('no json')",
        "print('[]')",
        "print('{}')",
        'print(\'{"title": "x", "description": "y", "simulated": false}\')',
        'print(\'{"error": "x"}\'); raise SystemExit(1)',
    ],
)
def test_a_worker_that_breaks_down_is_told_and_leaves_nothing(session: Path, code: str) -> None:
    before = left()
    with pytest.raises(ExportError, match="the part of coach that writes FIT files broke down; nothing is written"):
        exported(Order(session, Format.FIT), start=broken(code))
    assert left() <= before


def test_what_a_worker_refuses_is_told_in_its_own_words(session: Path) -> None:
    with pytest.raises(ExportError, match=r"^the belt never moved$"):
        exported(Order(session, Format.TCX), start=broken('print(\'{"error": "the belt never moved"}\')'))


def test_a_worker_that_hangs_is_given_up_and_ended(session: Path) -> None:
    started: list[Process] = []

    def start(module: str, *words: str) -> Process:
        started.append(broken("import time; time.sleep(600)")(module, *words))
        return started[0]

    with pytest.raises(ExportError, match="took longer than 0 s and was given up; nothing is written"):
        exported(Order(session, Format.FIT), patience_s=0.2, start=start)
    assert started[0].poll() is not None


def test_a_worker_does_not_outlive_a_command_that_is_interrupted(session: Path) -> None:
    started: list[Process] = []

    class Interrupted(subprocess.Popen[bytes]):
        calls = 0

        def communicate(self, input: bytes | None = None, timeout: float | None = None) -> tuple[bytes, bytes]:  # noqa: A002
            self.calls += 1
            if self.calls == 1:
                raise KeyboardInterrupt
            return super().communicate(input, timeout)

    def start(_module: str, *_words: str) -> Process:
        code = "import time; time.sleep(600)"
        started.append(Interrupted([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return started[0]

    with pytest.raises(KeyboardInterrupt):
        exported(Order(session, Format.FIT), start=start)
    assert started[0].poll() is not None


def test_a_journal_whose_name_looks_like_an_option_is_a_journal(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    odd = tmp_path / "--laps"
    odd.write_bytes(session.read_bytes())
    done = exported(Order(Path("--laps"), Format.CSV, Sport.WALKING, BEGAN))
    assert done.content.startswith(b"time,")

"""The replay oracle: every session that any test plays is folded again from its journal and must come out equal.

Properties are tried on the same examples each time; `pytest -m hypothesis --hypothesis-profile default` draws others.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import settings

from coach.core.event import Event
from coach.core.level import UNLIMITED
from coach.core.session import Outcome, Session
from coach.link.world import Step, World
from coach.places import HOME_VARIABLE, PREFIX
from coach.sinks.canonical import digest
from coach.sinks.header import Origin
from coach.sinks.journal import Journal, parse_journal
from coach.sinks.replay import refold

settings.load_profile("ci")  # Hypothesis has it

ORIGIN = Origin("", "", UNLIMITED, simulated=True, version="0")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs behind it; Ctrl-C is tested here
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with nothing: no settings, no journals, no variables; processes that a test starts have it too."""
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@dataclass
class Played:
    """What went through the fold of one world."""

    world: World
    steps: list[tuple[Event, Outcome]] = field(default_factory=list)


@pytest.fixture(autouse=True)
def _replayed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    played: dict[int, Played] = {}
    fold = World._fold

    def recording(world: World, event: Event) -> Step:
        step = fold(world, event)
        played.setdefault(id(world), Played(world)).steps.append((event, step.outcome))
        return step

    monkeypatch.setattr(World, "_fold", recording)
    yield
    for one in played.values():
        _must_come_out_equal(one)


def _must_come_out_equal(played: Played) -> None:
    file, session = StringIO(), played.world.session
    journal = Journal(file, played.world.plan, ORIGIN)
    for event, outcome in played.steps:
        journal.take(event, outcome)
    journal.end(session.progress.ended, session.progress.reason, session)
    recording, again = parse_journal(file.getvalue()), Session()
    for (entry, _, again, outcome), (_, first) in zip(refold(recording), played.steps, strict=True):  # noqa: B007
        assert outcome == first
        assert entry.writes == first.writes
    assert again == session
    assert recording.end is not None
    assert recording.end.digest == digest(again)


@pytest.fixture
def coach(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line in this process: exit code, output, errors."""
    from coach.__main__ import main

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["coach", *words])
        with pytest.raises(SystemExit) as done:
            main()
        captured = capsys.readouterr()
        return int(str(done.value.code)), captured.out, captured.err

    return run

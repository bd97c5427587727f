"""Three times the sessions are three times the work: counted in calls and in steps of the database, not in seconds."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import pytest

from coach.history.allowance import Own, standing
from coach.history.store import Archive
from coach.history.trend import trends
from tests.bench.years import Model, make, models

pytestmark = pytest.mark.slow

FEW, MANY = 120, 360
SLACK = 1.1
STEPS = 50  # of the database, between two counts of them
ACTS: dict[str, Callable[[Archive], object]] = {
    "index made anew": Archive.rebuild,
    "nothing new": Archive.refresh,
    "all sessions": lambda archive: archive.sessions(simulated=None),
    "windows and trends": lambda archive: trends(archive.windows(who="anna")),
    "what is allowed": lambda archive: standing(archive.of("anna", only=True), Own(), datetime.now(UTC)),
    "one that is named": lambda archive: archive.find("2026-11-21"),
}


@pytest.fixture(scope="module")
def of() -> tuple[Model, ...]:
    return models(("70s@4 / back 90s@2 / 3min@3", "2min@5", "70s@4 / back 2min@3 / 4min@3"))


class Work:
    """Calls of functions, and steps of the database, while it counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = self.steps = 0
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect

        def counted(*words: str, **options: float) -> sqlite3.Connection:
            base = connect(*words, **options)
            base.set_progress_handler(self._step, STEPS)
            return base

        monkeypatch.setattr("sqlite3.connect", counted)

    def _step(self) -> int:
        self.steps += 1
        return 0

    def _call(self, frame: FrameType, event: str, what: object) -> None:
        del frame, what
        self.calls += event in {"call", "c_call"}

    @contextmanager
    def counting(self) -> Iterator[None]:
        self.calls = self.steps = 0
        sys.setprofile(self._call)
        try:
            yield
        finally:
            sys.setprofile(None)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_work_grows_no_faster_than_sessions(
    tmp_path: Path, of: tuple[Model, ...], monkeypatch: pytest.MonkeyPatch, act: Callable[[Archive], object]
) -> None:
    work, found = Work(monkeypatch), list[tuple[int, int]]()
    for count in (FEW, MANY):
        make(tmp_path / f"{count}", count, of)
        with Archive(tmp_path / f"{count}") as archive:
            act(archive)  # what is read once only is read here
            with work.counting():
                act(archive)
        found.append((work.calls, work.steps))
    (few_calls, few_steps), (many_calls, many_steps) = found
    assert few_calls > 0
    assert few_steps > 0
    assert many_calls <= few_calls * MANY / FEW * SLACK
    assert many_steps <= few_steps * MANY / FEW * SLACK

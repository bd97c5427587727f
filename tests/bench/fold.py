"""Figures without a terminal or a process of ours beside: the fold, the simulator, `check`, and what starts quickly."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

import yaml

from coach.core.event import Event
from coach.core.plan import make_plan
from coach.core.session import advance, first
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import ModelHeart, VirtualStrap
from coach.link.world import World
from coach.script.check import check_text, load
from coach.script.find import shipped
from tests.bench.row import QUICKEST, Found, Row, under

SESSION: Final = "warm-up 5min@5/8x(2min@9/2min@5)/cool-down 8min@4"  # 45 min
ADVANCE: Final = Row("one `advance()`, median", "under 50 µs")
SIMULATE: Final = Row("`coach simulate` of a 45 min workout, after start-up", "under 0.5 s")
HELP: Final = Row("`python -m coach --help`, over `python -c pass`", "under 5 times")
CHECK: Final = Row("check of a 1,000-step file, over yaml.load of it", "under 2 times")
FOLDER: Final = Row("`coach check` of 200 files, start-up included", "under 2 s")


def advance_figure(quick: bool) -> Iterator[Found]:
    """Over all events of a session."""
    events = list(_events())
    step_us = min(_step_us(events) for _ in range(2 if quick else QUICKEST))
    yield under(step_us, 50, f"{step_us:.0f} µs")


def simulate_figure(quick: bool) -> Iterator[Found]:
    """By the clock of the process: what others do meanwhile is not ours."""
    took_s = _best(lambda: list(_events()), 2 if quick else QUICKEST, process_time)
    yield under(took_s, 0.5, f"{took_s:.2f} s")


def help_figure(quick: bool) -> Iterator[Found]:
    """Both in the same run."""
    rounds = 3 if quick else QUICKEST
    times = _quickest(rounds, "-m", "coach", "--help") / _quickest(rounds, "-c", "pass")
    yield under(times, 5, f"{times:.1f} times")


def check_figure(quick: bool) -> Iterator[Found]:
    """Both in the same run."""
    step = "  - forward: 20 s\n    speed: {:.1f} km/h\n    incline: 1 %\n    say: {{start: Round {}}}\n"
    text = "format: 1\nname: Long\nsteps:\n" + "".join(step.format(5 + i % 40 / 10, i) for i in range(1000))
    rounds = 3 if quick else QUICKEST
    check_s = _best(lambda: check_text(text, file="long.yaml"), rounds)
    times = check_s / _best(lambda: yaml.load(text, Loader=yaml.CSafeLoader), rounds)
    yield under(times, 2, f"{times:.2f} times")


def folder_figure(quick: bool) -> Iterator[Found]:
    """The whole process, as somebody with a folder of workouts meets it."""
    with TemporaryDirectory() as folder:
        for number, name in zip(range(200), cycle(shipped()), strict=False):
            Path(folder, f"{number:03}.yaml").write_text(load(name).text, encoding="utf-8")
        took_s = _quickest(1 if quick else 3, "-m", "coach", "check", folder)
    yield under(took_s, 2, f"{took_s:.2f} s")


def _world() -> World:
    workout = load(SESSION).workout
    assert workout is not None
    machine = find_machine("home")
    plan = make_plan(workout, profile_of(machine))
    return World(plan, VirtualTreadmill(machine), VirtualStrap(ModelHeart()), VirtualRunner())


def _events() -> Iterator[Event]:
    return (step.event for step in _world().run_until(10_000))


def _step_us(events: list[Event]) -> float:
    plan, took_s = _world().plan, []
    session = first(plan)
    for event in events:
        began_s = perf_counter()
        session, _ = advance(plan, session, event)
        took_s.append(perf_counter() - began_s)
    return median(took_s) * 1e6


def _quickest(rounds: int, *arguments: str) -> float:
    def run() -> None:
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    return _best(run, rounds)


def _best(act: Callable[[], object], rounds: int, clock: Callable[[], float] = perf_counter) -> float:
    took_s = []
    for _ in range(rounds):
        began_s = clock()
        act()
        took_s.append(clock() - began_s)
    return min(took_s)

"""Every budget that can be measured today: `python -m tests.bench [--python INTERPRETER_3.12]`.

Nothing here is asserted in a test; the exit code is 1 when a budget is missed, for those who want to know.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

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
from tests.bench import history

SESSION = "warm-up 5min@5/8x(2min@9/2min@5)/cool-down 8min@4"  # 45 min


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table."""

    what: str
    budget: str
    found: str
    kept: bool


def main() -> int:
    """Measure, print a table, and say whether all budgets are kept."""
    figures = list(measured())
    for figure in figures:
        print(f"{figure.what:58} {figure.budget:>20} {figure.found:>14}  {'kept' if figure.kept else 'MISSED'}")
    return 0 if all(figure.kept for figure in figures) else 1


def measured() -> Iterator[Figure]:
    """One figure after the other; the quickest of some rounds, which is what the machine can do undisturbed."""
    events, took_s = min((_play() for _ in range(5)), key=lambda played: played[1])
    yield Figure("simulate a 45 min workout, after start-up", "under 0.5 s", f"{took_s:.2f} s", took_s < 0.5)
    step_us = min(_step_us(events) for _ in range(5))
    yield Figure("one advance(), median", "under 50 us", f"{step_us:.0f} us", step_us < 50)
    bare_s, help_s = _quickest("-c", "pass"), _quickest("-m", "coach", "--help")
    yield Figure("coach --help, over python -c pass", "under 5 times", f"{help_s / bare_s:.1f}", help_s / bare_s < 5)
    yield _check_figure()
    yield _folder_figure()
    yield _decode_figure()
    yield from _history_figures()


def _world() -> World:
    workout = load(SESSION).workout
    assert workout is not None
    machine = find_machine("home")
    plan = make_plan(workout, profile_of(machine))
    return World(plan, VirtualTreadmill(machine), VirtualStrap(ModelHeart()), VirtualRunner())


def _play() -> tuple[list[Event], float]:
    world = _world()
    began_s = perf_counter()
    events = [step.event for step in world.run_until(10_000)]
    return events, perf_counter() - began_s


def _step_us(events: list[Event]) -> float:
    plan, took_s = _world().plan, []
    session = first(plan)
    for event in events:
        began_s = perf_counter()
        session, _ = advance(plan, session, event)
        took_s.append(perf_counter() - began_s)
    return median(took_s) * 1e6


def _quickest(*arguments: str) -> float:
    def run() -> None:
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    return _best(run, 7)


def _best(act: Callable[[], object], rounds: int) -> float:
    took_s = []
    for _ in range(rounds):
        began_s = perf_counter()
        act()
        took_s.append(perf_counter() - began_s)
    return min(took_s)


def _check_figure() -> Figure:
    import yaml

    step = "  - forward: 20 s\n    speed: {:.1f} km/h\n    incline: 1 %\n    say: {{start: Round {}}}\n"
    text = "format: 1\nname: Long\nsteps:\n" + "".join(step.format(5 + i % 40 / 10, i) for i in range(1000))
    check_s = _best(lambda: check_text(text, file="long.yaml"), 7)
    ratio = check_s / _best(lambda: yaml.load(text, Loader=yaml.CSafeLoader), 7)
    return Figure("check of 1,000 steps, over yaml.load", "under 2 times", f"{ratio:.2f}", ratio < 2)


def _folder_figure() -> Figure:
    """The whole process, as somebody with a folder of workouts meets it."""
    with TemporaryDirectory() as folder:
        for number, name in zip(range(200), cycle(shipped()), strict=False):
            Path(folder, f"{number:03}.yaml").write_text(load(name).text, encoding="utf-8")
        took_s = _quickest("-m", "coach", "check", folder)
    return Figure("check of 200 files, start-up included", "under 2 s", f"{took_s:.2f} s", took_s < 2)


def _decode_figure() -> Figure:
    """Frames as machines send them, each some times in a row; pyftms needs an interpreter of its own."""
    script = Path(__file__).with_name("bench_decode.py")
    found = subprocess.run([sys.executable, str(script), *sys.argv[1:]], capture_output=True, text=True, check=False)
    ratios = [float(line.split()[-1]) for line in found.stdout.splitlines() if "ratio" in line]
    if not ratios:
        why = found.stderr.strip().splitlines()
        return Figure(
            "decode of a frame, times faster than pyftms 0.4.15", "at least 25", why[-1] if why else "?", kept=False
        )
    shown = " / ".join(f"{ratio:.0f}" for ratio in ratios)
    return Figure("decode of a frame, times faster than pyftms 0.4.15", "at least 25", shown, found.returncode == 0)


def _history_figures() -> Iterator[Figure]:
    """From 300 sessions to 3,000; `python -m tests.bench.history` shows seconds and memory."""
    counts = 300, 3000
    for what, taken in history.measured(counts):
        over = history.growth(counts, taken)
        kept = over <= history.SLACK
        yield Figure(f"{what}, ten times the sessions", f"{history.SLACK} times linear", f"{over:.2f}", kept)


if __name__ == "__main__":
    sys.exit(main())

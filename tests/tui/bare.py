"""An app with nothing but a session in it, and moments of sessions that nobody has to play."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from coach.core.heart import Source
from coach.core.plan import Plan, free_workout, make_plan
from coach.core.runner import Runner
from coach.core.session import Session
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.crew import Crew
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import Done, FromKeeper, Snapshot
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.script.check import load
from coach.seen.moment import Moment
from coach.seen.units import Units
from coach.tui.hands import HandsFirst
from coach.tui.screens.run import RunScreen

NEVER_S = 3600.0  # the test says when to draw


@dataclass(frozen=True)
class Settings:
    """All that a session asks of the settings."""

    units: Units = Units.KMH


class Greedy(Screen[None]):
    """An overlay that would take every key: an input has the focus, and keys are bound first."""

    BINDINGS = [Binding("space,escape,enter,q,p", "take", priority=True)]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        yield Input()

    def action_take(self) -> None:
        raise AssertionError("a key came here first")


class Bare(HandsFirst[Any]):
    """Opens the Run screen."""

    def __init__(
        self,
        crew: Crew,
        units: Units = Units.KMH,
        draw_s: float = NEVER_S,
        heard: tuple[FromKeeper, ...] = (),
    ) -> None:
        super().__init__()
        self.draw_s = draw_s
        self.heard = heard
        self.crew = crew
        self.units = units
        self.left: list[Done | str | None] = []
        self.wall_s = 0.0

    def on_mount(self) -> None:
        settings = Settings(self.units)
        run = RunScreen(self.crew, settings, heard=self.heard, clock=lambda: self.wall_s, draw_s=self.draw_s)
        _ = self.push_screen(run)

    def back(self, said: Done | str | None = None) -> None:
        self.left.append(said)
        _ = self.pop_screen()

    def action_help(self) -> None:
        _ = self.push_screen(Greedy())

    @property
    def run_screen(self) -> RunScreen:
        """The session's screen, wherever it is."""
        return next(screen for screen in self.screen_stack if isinstance(screen, RunScreen))


@asynccontextmanager
async def shown(crew: Crew, size: tuple[int, int] = (80, 24), **how: Any) -> AsyncIterator[tuple[Bare, Pilot[Any]]]:
    """The Run screen over a crew, drawn once."""
    app = Bare(crew, **how)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def draw(app: Bare, pilot: Pilot[Any]) -> None:
    """Draw now what the crew says."""
    app.run_screen.tick()
    await pilot.pause()


@cache
def plan(workout: str = "flip-flop", *, strap: bool = True) -> Plan:
    """A workout on the usual simulated machine."""
    machine = find_machine("home")
    found = free_workout() if workout == "free" else load(workout).workout
    assert found is not None
    return make_plan(found, profile_of(machine), Runner(), strap=strap, free=workout == "free")


def snapshot(of: Plan | None = None, **changes: Any) -> Snapshot:
    """A session in its first step, everything well, and what is told otherwise."""
    base = Watcher(of or plan()).snapshot(Session(), 100.0, Surroundings(awake=True, guarded=True, recording=True))
    usual = {
        "phase": Phase.RUN,
        "since_s": 90.0,
        "facing": Facing.FORWARD,
        "runs": True,
        "clock_s": 40.0,
        "left_s": 80.0,
        "kmh": 4.0,
        "target_kmh": 4.0,
        "asked_kmh": 4.0,
        "incline_pct": 0.0,
        "bpm": 115,
        "heart_age_s": 0.4,
        "heart_why": "",
        "heart_from": Source.STRAP,
        "link": True,
        "link_age_s": 0.3,
        "link_why": "",
        "no_backward": "",
    }
    return replace(base, **{**usual, **changes})


def moment(of: Plan | None = None, **changes: Any) -> Moment:
    """The moment of such a snapshot."""
    return Moment(of or plan(), snapshot(of, **changes))

"""The screens of the README: the app itself over a simulated session, drawn at instants that are looked for in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count, takewhile
from pathlib import Path
from typing import Final, Protocol

from textual.events import AppFocus
from textual.pilot import Pilot

from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.wire import Done, Snapshot
from coach.tui.app import CoachApp
from coach.tui.screens.done import DoneScreen
from coach.tui.screens.ready import ReadyScreen
from coach.tui.screens.run import RunScreen
from tests.screens.svg import svg
from tests.tui.local import LocalCrew
from tests.tui.opened import opened
from tests.tui.outside import FakeOutside
from tests.tui.text import screen_rows

FOLDER: Final = Path(__file__).parent
SIZE: Final = (100, 32)  # the smallest with two panes and with large digits
WORKOUT: Final = "first-steps-back"
LONGEST_S: Final = 3600  # of a session
READ_S: Final = 4.5  # a yes to the turn counts


class Instant(Protocol):
    """An instant of a session, by what its snapshot says."""

    def __call__(self, now: Snapshot, /) -> bool:
        """It is now."""


def _forward(now: Snapshot) -> bool:
    return _runs(now, Facing.FORWARD, 60.0) and now.row == 1  # a turn comes next


def _turning(now: Snapshot) -> bool:
    return now.phase is Phase.READY and now.claimed is Facing.BACKWARD and now.at_s - now.since_s > READ_S


def _backward(now: Snapshot) -> bool:
    return _runs(now, Facing.BACKWARD, 50.0)


def _runs(now: Snapshot, facing: Facing, left_s: float) -> bool:
    return now.phase is Phase.RUN and now.facing is facing and now.left_s is not None and now.left_s < left_s


INSTANTS: Final[dict[str, Instant]] = {"forward": _forward, "turn": _turning, "backward": _backward}
NAMES: Final = ("library", "ready", *INSTANTS, "done")
ASKED_S: Final = 5.0  # the simulated treadmill is found, stands, and the session has asked


def snapshots(crew: LocalCrew) -> Iterator[Snapshot]:
    """A session, second by second."""
    for at_s in takewhile(lambda at_s: at_s < LONGEST_S and not crew.world.ended, count()):
        crew.at_s = float(at_s)
        yield from (said for said in crew.poll() if isinstance(said, Snapshot))


def instants(workout: str = WORKOUT) -> dict[str, float]:
    """When each of the instants is for the first time, and the end."""
    found: dict[str, float] = {}
    for now in snapshots(LocalCrew.of(workout)):
        found |= {name: now.at_s for name, met in INSTANTS.items() if name not in found and met(now)}
        found["done"] = now.at_s + 1
    return dict(sorted(found.items(), key=lambda one: one[1])) | {"ready": ASKED_S}


async def drawn() -> AsyncIterator[tuple[str, str]]:
    """Every picture as its name and its SVG: one app, from the library to the end of a session."""
    outside, when = FakeOutside(auto=True), instants()
    async with opened(outside, size=SIZE) as pilot:
        assert isinstance(pilot.app, CoachApp)
        pilot.app.post_message(AppFocus())  # a terminal that tells whether presses reach it
        await pilot.press("down")
        await pilot.pause()
        yield NAMES[0], picture(pilot.app, NAMES[0])
        await pilot.press("enter")
        (crew,) = outside.crews
        for name in NAMES[1:]:
            await _play(pilot, crew, when[name])
            yield name, picture(pilot.app, name)


async def _play(pilot: Pilot[Done | str], crew: LocalCrew, at_s: float) -> None:
    """The session is so old, and the screen has drawn it."""
    crew.at_s = at_s
    crew.drawn.clear()
    while not crew.drawn and not isinstance(pilot.app.screen, DoneScreen):
        match pilot.app.screen:
            case ReadyScreen() as ready:
                ready._poll()
            case RunScreen() as run if run.is_mounted and run.children:
                run.tick()
            case _:
                pass
        await pilot.pause()
    await pilot.pause()


def picture(app: CoachApp, name: str) -> str:
    """What is on the screen, as SVG."""
    return svg(screen_rows(app), app.size.width, f"coach: {name}")

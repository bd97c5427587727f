"""A page that is served for real, fed with moments of sessions that nobody has to play."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

from coach.core.level import UNLIMITED
from coach.core.plan import Plan
from coach.core.progress import Ask, Question
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.onlooker import Command
from coach.keeper.wire import Done, Share, Snapshot
from coach.result import Side
from coach.sinks.header import Origin
from coach.sinks.page import Page
from tests.tui.bare import plan, snapshot

HERE: Final = "127.0.0.1"
TOKEN: Final = "a-token-that-nobody-guesses"
ORIGIN: Final = Origin("", "", UNLIMITED, simulated=True, version="0")
PATIENCE_S: Final = 20.0


def moments(of: Plan | None = None) -> dict[str, Snapshot]:
    """A session in the states that matter behind a treadmill."""
    of = plan() if of is None else of
    rear = next(row.index - 1 for row in of.rows if row.segment.facing is Facing.BACKWARD)
    back: dict[str, Any] = {"facing": Facing.BACKWARD, "claimed": Facing.BACKWARD, "row": rear}
    turned: dict[str, Any] = {"facing": Facing.UNKNOWN, "claimed": Facing.BACKWARD, "row": rear, "runs": False}
    asks = Question(Ask.YES, 3, 90.0, 4.0, "Feet on the rails. Clip to your back. Cord free. Face the rear.")
    digit = Question(Ask.DIGIT, 4, 90.0, 1.5, "Face the console. Type the digit on the screen.", "3")
    return {
        "forward": snapshot(of, left_s=754.0, kmh=12.5, target_kmh=12.5),
        "backward": snapshot(of, **back, left_s=83.0, kmh=3.0, target_kmh=3.0, bpm=141),
        "rails": snapshot(of, **turned, phase=Phase.RAILS, kmh=0.8),
        "ready": snapshot(of, **turned, phase=Phase.READY, kmh=0.0, still=True, question=asks),
        "digit": snapshot(
            of, phase=Phase.READY, facing=Facing.UNKNOWN, row=rear + 1, kmh=0.0, still=True, question=digit, runs=False
        ),
        "alarm": snapshot(of, **turned, phase=Phase.STOP_FAILED, kmh=2.4, reason="stop-failed"),
        "no link": snapshot(of, **back, link=False, link_why="The radio has lost the treadmill."),
    }


def over(*, still: bool = True, started: bool = True) -> Done:
    """What a session came to."""
    from coach.keeper.wire import HeartResult

    side = Side(600.0, 1200.0, 80.0, 8.0)
    return Done(
        "finished", "", 1500.0, 1900.0, side, side, (), (), (), HeartResult(124.0, 151), still, True, started, ""
    )


@dataclass
class Watched:
    """A page, and all that it said to its keeper."""

    page: Page
    offered: Queue[Command]
    told: Queue[str]
    seen: Queue[bool]
    feeding: Snapshot | None = None
    _leave: Event = field(default_factory=Event)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.page.address.split("/")[2].rpartition(":")[2])

    def show(self, now: Snapshot) -> None:
        """From here on this is the newest, as a keeper would say twice a second."""
        self.feeding = now
        self.page.show(now)

    def hush(self) -> None:
        """Say nothing more, as a keeper that hangs."""
        self.feeding = None

    def feed(self) -> None:
        """As a keeper's loop."""
        while not self._leave.wait(0.2):
            if (now := self.feeding) is not None:
                self.page.show(now)

    def leave(self) -> None:
        """No more of that."""
        self._leave.set()


@contextmanager
def served(of: Plan | None = None, port: int = 0, token: str = TOKEN) -> Iterator[Watched]:
    """A page, served."""
    offered, told, seen = Queue[Command](), Queue[str](), Queue[bool]()
    page = Page(Share(HERE, token, port), of or plan(), ORIGIN, offered.put, told.put, seen.put)
    watched = Watched(page, offered, told, seen)
    feeding = Thread(target=watched.feed, daemon=True)
    feeding.start()
    try:
        wait_for(lambda: page.address)
        yield watched
    finally:
        watched.leave()
        feeding.join(PATIENCE_S)
        page.close()
        process = page._process
        if process is not None:
            process.kill()
            assert page.wait(PATIENCE_S)


def wait_for(holds: Callable[[], Any]) -> None:
    """Wait until it holds."""
    pause, until_s = Event(), monotonic() + PATIENCE_S
    while not holds():
        assert monotonic() < until_s
        _ = pause.wait(0.02)

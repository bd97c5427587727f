"""The board on the screen: how it looks, its one key that acts, and that it is read only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from coach.network.board import Board, Sent
from coach.network.payload import Faces
from coach.seen.board import BY_HAND
from coach.tui.board import BoardApp
from coach.tui.screens import board as screen
from coach.tui.widgets.fleet import ARMED, Fleet, draw_fleet
from coach.tui.widgets.pane import length
from tests.network.board_build import ack, command, idle, offline, rear, state, topic
from tests.tui.text import matches_snapshot, screen_lines

SIZES = [(80, 24), (120, 40), (200, 60)]
ALL = "coach/all/cmd/stop"


class FakeLine:
    """A line that says what a test gives it."""

    where = "broker.lan:8883"

    def __init__(self, *messages: tuple[str, bytes]) -> None:
        self.state, self.notice, self.refused = "connected", "", ""
        self.waiting: list[tuple[str, bytes]] = list(messages)
        self.stops = 0

    def arrived(self) -> Sequence[tuple[str, bytes]]:
        found, self.waiting = self.waiting, []
        return found

    def stop_all(self) -> Sent:
        if self.refused:
            return Sent(refused=self.refused)
        self.stops += 1
        return Sent(f"stop-{self.stops}")


class Clock:
    """Time for the screen, which a test sets."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(screen, "monotonic", made)
    return made


@asynccontextmanager
async def opened(line: FakeLine, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    app = BoardApp(line, Board())
    async with app.run_test(size=size) as pilot:
        await draw(pilot)
        yield pilot


async def draw(pilot: Pilot[None]) -> None:
    """What has come is on the screen."""
    await pilot.pause()
    shown = pilot.app.screen
    assert isinstance(shown, screen.BoardScreen)
    shown.draw()
    await pilot.pause()


def text(pilot: Pilot[None]) -> str:
    return "\n".join(screen_lines(pilot.app))


def play(test: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(test())


def studio() -> list[tuple[str, bytes]]:
    """Every kind of treadmill, more than 24 lines have room for."""
    return [
        *((topic(f"hall-{number}"), state(speed_kmh=6 + number / 5, zone=number % 6)) for number in range(1, 19)),
        (topic("cellar"), rear(simulated=True, strap=False, heart_bpm=None, zone=None)),
        (topic("attic"), state(facing=Faces.NOT_SAID, phase="slow", speed_kmh=1.2)),
        (topic("garage"), state(phase="stop-failed", trips=("stop-ignored",))),
        (topic("porch"), state(trips=("heart-missing",), heart_bpm=None, zone=None, strap=False)),
        (topic("guest"), idle()),
        (topic("shed", "status"), offline()),
        (topic("roof"), state(left_s=None)),
        *((topic(f"room-{number}"), idle()) for number in range(1, 5)),
    ]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_board_looks_as_drawn(size: tuple[int, int]) -> None:
    async def test() -> None:
        async with opened(FakeLine(*studio()), size) as pilot:
            assert matches_snapshot(f"board-{size[0]}x{size[1]}", screen_lines(pilot.app))
            await pilot.press("a")
            await draw(pilot)
            assert matches_snapshot(f"board-armed-{size[0]}x{size[1]}", screen_lines(pilot.app))

    play(test)


def test_an_all_stop_wants_two_presses_and_shows_what_becomes_of_it(clock: Clock) -> None:
    async def test() -> None:
        line = FakeLine((topic("one"), state()), (topic("two"), rear()))
        async with opened(line) as pilot:
            await pilot.press("a")
            assert line.stops == 0
            assert ARMED in text(pilot)
            await pilot.press("a")
            assert line.stops == 1
            assert "ALL STOP: handed to the broker." in text(pilot)
            line.waiting += [(ALL, command("stop-1")), (topic("one", "ack"), ack("stop-1"))]
            line.waiting += [(topic("two"), idle())]
            clock.now_s += 2
            await draw(pilot)
            assert "ALL STOP 2 s ago: 1 of 2 stopped, 1 stopping." in text(pilot)
            clock.now_s += 2
            line.waiting.append((topic("one"), state(running=False, phase="paused")))
            await draw(pilot)
            assert "ALL STOP 4 s ago: 2 of 2 stopped." in text(pilot)
            assert "■ STOPPED" in text(pilot)

    play(test)


def test_the_second_press_comes_within_three_seconds(clock: Clock) -> None:
    async def test() -> None:
        line = FakeLine((topic("one"), state()))
        async with opened(line) as pilot:
            await pilot.press("a")
            clock.now_s += screen.ARMED_S + 0.1
            await draw(pilot)
            assert ARMED not in text(pilot)
            await pilot.press("a")
            assert line.stops == 0
            assert ARMED in text(pilot)
            clock.now_s += screen.ARMED_S
            await pilot.press("a")
            assert line.stops == 1
            await pilot.press("a", "a")
            assert line.stops == 2

    play(test)


def test_an_all_stop_that_cannot_be_sent_says_so_at_once(clock: Clock) -> None:
    async def test() -> None:
        line = FakeLine((topic("one"), state()))
        line.refused = line.state = "the broker is away"
        async with opened(line) as pilot:
            await pilot.press("a", "a")
            assert "ALL STOP WAS NOT SENT: the broker is away" in text(pilot)
            assert BY_HAND in text(pilot)
            assert "NOT CONNECTED: the broker is away" in text(pilot)
            line.refused, line.state = "", "connected"
            await pilot.press("a")
            assert ARMED in text(pilot)
            await pilot.press("a")
            clock.now_s += 2
            await draw(pilot)
            assert "THE BROKER HAS NOT PASSED IT ON" in text(pilot)
            assert BY_HAND in text(pilot)

    play(test)


def test_a_connection_that_ends_before_an_all_stop_went_through_is_told_at_once_and_makes_no_alarms(
    clock: Clock,
) -> None:
    async def test() -> None:
        line = FakeLine((topic("one"), state()))
        async with opened(line) as pilot:
            await pilot.press("a", "a")
            assert "handed to the broker" in text(pilot)
            line.state = "the broker is away"
            await draw(pilot)
            assert "THE BROKER HAS NOT PASSED IT ON" in text(pilot)
            clock.now_s += 100
            await draw(pilot)
            assert "1 running" in text(pilot)
            assert "silent" not in text(pilot)

    play(test)


def test_no_other_key_acts_and_q_leaves() -> None:
    async def test() -> None:
        line = FakeLine(*studio())
        async with opened(line) as pilot:
            for key in ("space", "enter", "escape", "s", "p", "A", "up", "down", "tab", "delete", "ctrl+a", "b", "h"):
                await pilot.press(key, key)
            assert line.stops == 0
            assert ARMED not in text(pilot)
            await pilot.press("q")
            await pilot.pause()
            assert not pilot.app.is_running or pilot.app._exit

    play(test)


def test_many_treadmills_are_scrolled_and_what_is_hidden_is_told() -> None:
    async def test() -> None:
        messages = [(topic(f"t{number:03}"), state()) for number in range(100)]
        async with opened(FakeLine(*messages, (topic("bad"), state(phase="key")))) as pilot:
            assert "‼ bad" in text(pilot)
            await pilot.press("end")
            assert "t099" in text(pilot)
            assert "above, ‼ 1 of them in alarm" in text(pilot)
            assert "‼ 1 trip, 101 running" in text(pilot)
            await pilot.press("pageup", "home")
            assert "‼ bad" in text(pilot)
            await pilot.resize_terminal(60, 12)
            await draw(pilot)
            assert "‼ bad" in text(pilot)

    play(test)


def test_an_empty_board_and_a_broker_that_is_away_say_so() -> None:
    async def test() -> None:
        line = FakeLine()
        line.state = "nobody answers there"
        async with opened(line) as pilot:
            assert "No treadmill has been heard yet." in text(pilot)
            assert "✕ NOT CONNECTED: nobody answers there." in text(pilot)

    play(test)


def test_a_line_that_did_not_change_is_not_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        line = FakeLine(*((topic(f"t{number}"), state()) for number in range(10)))
        async with opened(line) as pilot:
            painted: list[int] = []
            table = pilot.app.screen.query_one("#table")
            render = table.render_line

            def counted(y: int) -> object:
                painted.append(y)
                return render(y)

            monkeypatch.setattr(table, "render_line", counted)
            await draw(pilot)
            assert painted == []
            line.waiting.append((topic("t3"), state(speed_kmh=9.9)))
            await draw(pilot)
            assert painted == [3]

    play(test)


@pytest.mark.parametrize("size", [(1, 1), (5, 2), (20, 3), (79, 5), (110, 1), (300, 90)])
def test_no_size_breaks_the_table(size: tuple[int, int]) -> None:
    made = Board()
    for where, payload in studio():
        made.take(where, payload, 0.0)
    for top in (0, 3, 1000):
        lines = draw_fleet(Fleet(made.rows(0.0), top), *size)
        assert len(lines) <= size[1]
        assert all(length(line) <= size[0] for line in lines)


@pytest.mark.parametrize("width", [80, 120])
def test_names_that_differ_at_the_end_are_told_apart(width: int) -> None:
    made = Board()
    names = [f"downtown-studio-treadmill-{number}" for number in (1, 2)]
    for name in names:
        made.take(topic(name), rear(), 0.0)
    drawn = ["".join(text for text, _ in line) for line in draw_fleet(Fleet(made.rows(0.0)), width, 10)]
    assert [line.split()[1][-2:] for line in drawn] == ["-1", "-2"]
    assert all(line.split()[1].startswith("down") for line in drawn)

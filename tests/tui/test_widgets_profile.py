"""The signed profile: what rises, what hangs, where the cursor is and what the heart leaves."""

import asyncio
from typing import Any

import pytest
from textual.app import ComposeResult

from coach.core.plan import Plan
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.tui.hands import HandsFirst
from coach.tui.shape import OPEN_S, Shape, Stretch, cursor_of, shape_of
from coach.tui.widgets.pane import length
from coach.tui.widgets.profile import BUCKETS, HATCH, LINE, TURN_MARK, Drawing, Profile, draw_profile
from tests.tui.bare import plan, snapshot
from tests.tui.text import matches_snapshot, screen_lines

WORKOUTS = [
    "flip-flop",
    "easy-walk-30",
    "eight-by-one-minute",
    "zone-2-40",
    "first-steps-back",
    "free",
    "five-k-retro-breaks",
]


def rows(workout: str = "flip-flop", width: int = 50, height: int = 7, **more: Any) -> list[str]:
    lines = draw_profile(Drawing(shape_of(plan(workout)), **more), width, height)
    return ["".join(part for part, _ in line) for line in lines]


def axis(lines: list[str]) -> int:
    return next(y for y, line in enumerate(lines) if "─" in line)


@pytest.mark.parametrize("workout", WORKOUTS)
@pytest.mark.parametrize("size", [(2, 2), (20, 3), (59, 5), (60, 7), (108, 8), (300, 30)])
def test_every_shipped_workout_fills_its_field_exactly(workout: str, size: tuple[int, int]) -> None:
    lines = draw_profile(Drawing(shape_of(plan(workout)), cursor=0.5), *size)
    assert len(lines) == size[1]
    assert {length(line) for line in lines} == {size[0]}


def test_forward_rises_and_backward_hangs() -> None:
    lines = rows()
    at = axis(lines)
    assert any("█" in line for line in lines[:at])
    assert not any(HATCH in line for line in lines[:at])
    assert any(HATCH in line for line in lines[at + 1 :])
    assert not any("█" in line for line in lines[at + 1 :])


def test_there_is_a_mark_for_each_turn() -> None:
    assert "".join(rows()).count(TURN_MARK) == sum(row.turn for row in plan().rows) == 6


def test_without_backward_there_is_nothing_under_the_axis() -> None:
    lines = rows("easy-walk-30")
    assert axis(lines) == len(lines) - 1


def test_a_faster_step_is_higher() -> None:
    shape = shape_of(plan("eight-by-one-minute"))
    lines = rows("eight-by-one-minute", 300, 9)
    fastest = max(shape.stretches, key=lambda stretch: stretch.from_kmh)
    column = int((fastest.from_s + fastest.to_s) / 2 / shape.total_s * 294) + 6
    assert lines[0][column] == "█"
    assert lines[0][7] == " "


def test_the_axis_is_as_long_as_the_plan_with_its_turns() -> None:
    assert shape_of(plan()).total_s == pytest.approx(plan().planned_s + plan().turns_s)


def test_a_step_without_an_end_is_drawn() -> None:
    assert shape_of(plan("free")).stretches[0].to_s == OPEN_S


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw_profile(Drawing(shape_of(plan())), 1, 9) == []
    assert draw_profile(Drawing(shape_of(plan())), 9, 1) == []


def test_the_cursor_stands_in_every_row() -> None:
    lines = rows(cursor=0.5)
    assert {line[25] for line in lines} == {"▼", "┃", "╋"}


def test_what_is_done_is_dimmed() -> None:
    lines = draw_profile(Drawing(shape_of(plan()), cursor=0.5), 50, 7)
    column = 0
    past: set[str] = set()
    ahead: set[str] = set()
    for text, role in lines[1]:
        if "█" in text:
            (past if column < 25 else ahead).add(role)
        column += len(text)
    assert (past, ahead) == ({"past-forward"}, {"forward"})


def test_the_heart_leaves_dots_that_rise_with_it() -> None:
    lines = rows("easy-walk-30", 48, 9, trace={0: 80, BUCKETS // 2: 170})
    low = next(y for y, line in enumerate(lines) if "•" in line[:2])
    high = next(y for y, line in enumerate(lines) if "•" in line[20:28])
    assert high < low


def place(of: Plan | None = None, **changes: Any) -> float:
    of = of or plan()
    return cursor_of(of, shape_of(of), snapshot(of, **changes))


def test_the_cursor_goes_with_the_clock_of_the_step() -> None:
    assert place(clock_s=30.0) == pytest.approx(30.0)
    assert place(row=1, clock_s=30.0) == pytest.approx(150.0)


def test_the_cursor_goes_through_a_turn_state_by_state() -> None:
    states = [Phase.SLOW, Phase.RAILS, Phase.STOPPING, Phase.READY, Phase.STARTING, Phase.STEP_ON, Phase.RAMP]
    places = [place(row=2, clock_s=0.0, runs=False, phase=phase) for phase in states]
    assert places == sorted(set(places))
    assert places[0] > 300.0
    assert places[-1] < place(row=2, clock_s=0.01, facing=Facing.BACKWARD)


def test_a_stop_in_a_step_leaves_the_cursor_where_it_was() -> None:
    running = place(row=2, clock_s=30.0)
    assert place(row=2, clock_s=30.0, runs=False, phase=Phase.PAUSED) == running


def test_at_the_end_the_cursor_is_at_the_end() -> None:
    assert place(row=len(plan().rows)) == shape_of(plan()).total_s


def test_an_open_step_never_reaches_its_end() -> None:
    assert place(plan("free"), clock_s=36000.0, left_s=None) < OPEN_S


class Lone(HandsFirst[None]):
    def compose(self) -> ComposeResult:
        yield Profile(id="profile")


def test_the_widget_follows_snapshots_and_cannot_take_the_focus() -> None:
    async def run() -> None:
        app = Lone()
        async with app.run_test(size=(80, 10)) as pilot:
            profile = app.query_one(Profile)
            assert not profile.can_focus
            profile.show(snapshot())
            await pilot.pause()
            assert set("".join(screen_lines(app)).strip()) == set()
            profile.show_plan(plan())
            for clock_s in range(0, 110, 5):
                profile.show(snapshot(clock_s=float(clock_s), bpm=80 + clock_s // 3))
            await pilot.pause()
            assert matches_snapshot("profile_80x10", screen_lines(app))
            profile.show_plan(plan("easy-walk-30"))
            await pilot.pause()
            lines = "".join(screen_lines(app))
            assert "•" not in lines
            assert "┃" not in lines

    asyncio.run(run())


def test_the_highest_speeds_stand_where_they_are_drawn() -> None:
    for height in range(8, 30):
        lines = rows(width=100, height=height)
        at = axis(lines)
        top = next(y for y, line in enumerate(lines) if set(line) & set("▁▂▃▄▅▆▇█"))
        bottom = max(y for y, line in enumerate(lines) if HATCH in line or "▀" in line)
        labels = {y: line[:6].strip() for y, line in enumerate(lines[:-1]) if line[:6].strip()}
        assert labels == {top: "5.0", bottom: "2.5"}, height
        assert top < at < bottom


def test_a_line_has_its_own_heights_on_its_own_side_and_ends_where_it_ends() -> None:
    bars = Shape((Stretch(0, 50, 0, Facing.FORWARD, 4, 4), Stretch(50, 100, 0, Facing.BACKWARD, 2, 2)), 190)
    line = Shape((Stretch(0, 25, 0, Facing.FORWARD, 8, 8), Stretch(75, 100, 0, Facing.BACKWARD, 2, 2)), 190)
    told = ["".join(part for part, _ in one) for one in draw_profile(Drawing(bars, line=line), 40, 7)]
    at = axis(told)
    assert [(y < at, one.index(LINE), one.rindex(LINE)) for y, one in enumerate(told) if LINE in one] == [
        (True, 0, 9),
        (False, 30, 39),
    ]
    assert LINE in told[0]
    assert LINE not in "".join("".join(part for part, _ in one) for one in draw_profile(Drawing(bars), 40, 7))


def test_what_is_passed_by_leaves_its_heart_and_draws_nothing() -> None:
    profile = Profile(plan())
    at = profile.pass_by(snapshot(clock_s=40.0, left_s=80.0, bpm=120))
    assert at is not None
    assert profile._trace == {at: 120}
    assert profile._value is not None
    assert profile._value.trace == {}
    assert Profile().pass_by(snapshot()) is None

"""Prompt mode on the Run screen: who presses, what is to be pressed, and why; never mistaken for driving."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from coach.core.progress import Button
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.crew import Life
from coach.keeper.wire import Asked
from coach.seen.full import full_of
from coach.seen.prompt import mode_words, next_row, open_prompt
from coach.seen.rows import ahead_of, left_in_all_s
from coach.seen.states import ALARMS, Situation, situation
from coach.seen.units import Units
from coach.seen.view import banner_of, numbers_of, prompt_of, small_of
from coach.tui.signs import signs_of
from coach.tui.widgets.lines import draw_prompt, draw_signs
from coach.tui.widgets.numbers import draw_numbers
from coach.tui.widgets.pane import Line, length
from tests.tui.bare import draw, moment, plan, shown, snapshot
from tests.tui.local import LocalCrew
from tests.tui.text import matches_snapshot, screen_lines

WHY = "the treadmill does not take speeds from an app"
SET = Asked(Button.SPEED, 1, "Set 8.0 on the treadmill.", speed_kmh=8.0)
START = Asked(Button.START, 1, "Stand on the rails. Press Start on the treadmill.")
STOP = Asked(Button.STOP, 1, "Press Stop on the treadmill.")
EASY = plan("easy-walk-30")
SIZES = [(80, 24), (120, 40), (200, 60)]


def prompted(**changes: Any) -> dict[str, Any]:
    return {"prompted": WHY, **changes}


def text(lines: list[Line]) -> str:
    return "\n".join("".join(part for part, _ in line) for line in lines)


# When a prompt is open.


@pytest.mark.parametrize(
    ("prompt", "changes", "opened"),
    [
        (None, {}, False),
        (SET, {"kmh": 5.0}, True),
        (SET, {"kmh": 7.74}, True),
        (SET, {"kmh": 7.75}, False),
        (SET, {"kmh": 8.25}, False),
        (SET, {"kmh": 8.26}, True),
        (SET, {"kmh": None}, True),
        (replace(SET, incline_pct=2.0), {"kmh": 8.0, "incline_pct": 0.0}, True),
        (replace(SET, incline_pct=2.0), {"kmh": 8.0, "incline_pct": 1.8}, False),
        (replace(SET, incline_pct=2.0), {"kmh": 8.0, "incline_pct": None}, False),
        (STOP, {"kmh": 3.0}, True),
        (STOP, {"kmh": 0.0, "still": True}, False),
        (START, {"kmh": 0.0, "still": True}, True),
        (STOP, {"kmh": 3.0, "phase": Phase.ENDED}, False),
    ],
)
def test_a_prompt_is_open_until_the_belt_does_what_it_asks_for(
    prompt: Asked | None, changes: dict[str, Any], opened: bool
) -> None:
    assert (open_prompt(snapshot(prompt=prompt, **changes)) is not None) is opened


# What is shown.


def test_the_banner_says_prompt_mode_and_a_speed_that_is_to_be_set_takes_it() -> None:
    assert banner_of(moment(EASY, **prompted())).word == "PROMPT MODE: FORWARD"
    now = banner_of(moment(EASY, **prompted(prompt=SET)))
    assert (now.sign, now.word, now.role) == ("◉", "PROMPT MODE: SET THE SPEED", "on-turn")


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("life", [Life.ALIVE, Life.LOST])
def test_prompt_mode_is_told_in_every_state_but_when_coach_is_lost(phase: Phase, life: Life) -> None:
    now = replace(moment(EASY, phase=phase, **prompted()), life=life)
    words = [sign.word for sign in signs_of(now)]
    assert ("PROMPT MODE" in words) is (life is Life.ALIVE)
    told = prompt_of(now)
    assert (told is None) is (now.situation in ALARMS)


def test_without_prompt_mode_nothing_of_it_is_told() -> None:
    now = moment()
    assert prompt_of(now) is None
    assert numbers_of(now).setting is None
    assert "PROMPT" not in banner_of(now).word + text(draw_signs(signs_of(now), 80, 1))
    assert draw_prompt(None, 80, 1) == []


@pytest.mark.parametrize(
    ("units", "digits", "label"),
    [(Units.KMH, "8.0", "◉ SET, km/h"), (Units.MPH, "5.0", "◉ SET, mph"), (Units.PACE, "7:30", "◉ SET, min/km")],
)
def test_the_speed_to_set_is_told_in_the_runners_units(units: Units, digits: str, label: str) -> None:
    setting = numbers_of(replace(moment(EASY, **prompted(prompt=SET)), units=units)).setting
    assert setting is not None
    assert (setting.speed, setting.label) == (digits, label)


@pytest.mark.parametrize(("width", "height"), [(80, 10), (120, 10), (200, 17)])
@pytest.mark.parametrize("speed", ["8.0", "16.0", "12:34"])
def test_the_speed_to_set_is_as_large_as_the_belts(width: int, height: int, speed: str) -> None:
    numbers = numbers_of(moment(EASY, **prompted(prompt=SET, left_s=754.0)))
    assert numbers.setting is not None
    lines = draw_numbers(replace(numbers, setting=replace(numbers.setting, speed=speed)), width, height)
    assert {length(line) for line in lines} == {width}
    assert len(lines) <= height
    assert sum(any("█" in part for part, role in line if role == "turn") for line in lines) >= 7
    assert sum(any("█" in part for part, role in line if role == "forward") for line in lines) >= 7
    assert "12:34 left" in text(lines) or "LEFT OF THIS STEP" in text(lines)
    assert "♥ 115" in text(lines)


def test_an_incline_to_set_is_told_too() -> None:
    setting = numbers_of(moment(EASY, **prompted(prompt=replace(SET, incline_pct=2.0)))).setting
    assert setting is not None
    assert setting.more == "and 2 % incline"


@pytest.mark.parametrize("why", [WHY, "another app has control", "the treadmill ignored Stop"])
@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_line_of_prompt_mode_has_its_reason_whole(why: str, width: int) -> None:
    words = mode_words(why, width - 2)
    assert len(words) <= width - 2
    assert why in words
    assert "you press, coach measures" in words.lower()


def test_what_is_to_be_pressed_has_the_line_to_itself_and_its_reason_where_there_are_two() -> None:
    line = prompt_of(moment(EASY, **prompted(prompt=SET)))
    one, two = text(draw_prompt(line, 80, 1)), text(draw_prompt(line, 120, 2))
    assert "◉ Set 8.0 on the treadmill." in one
    assert "You press, coach measures." in one
    assert f"PROMPT MODE: you press, coach measures ({WHY})." in two
    assert "◉ Set 8.0 on the treadmill." in two


# What comes next.


def test_next_tells_what_will_be_asked() -> None:
    easy = ahead_of(moment(EASY, row=1, **prompted()))
    assert easy.next == "◉ you set 5.0 km/h, 3 %, ▲▲ FORWARD 2:00"
    assert ahead_of(moment(EASY, row=0, **prompted())).next == "▲▲ FORWARD 8:00, same speed"  # after 4 -> 5
    assert ahead_of(moment(EASY, row=len(EASY.rows) - 1, **prompted())).next == "◉ you press Stop, ■ END"


def test_what_faces_the_rear_is_left_out_and_nobody_is_told_to_turn() -> None:
    of = plan()
    after = ahead_of(moment(of, row=1, **prompted()))
    assert "BACKWARD" not in after.next + after.then
    assert "turn" not in after.next + after.then
    index = next_row(of, 1, prompted=True)
    assert of.rows[index].segment.facing is Facing.FORWARD
    assert next_row(of, 1, prompted=False) == 2


def test_what_is_left_in_all_leaves_it_out_too() -> None:
    of = plan()
    forward_s = sum(row.planned_s or 0.0 for row in of.rows[1:] if row.segment.facing is Facing.FORWARD)
    assert left_in_all_s(moment(of, left_s=80.0, **prompted())) == pytest.approx(80.0 + forward_s)


# States.


def test_a_console_start_that_is_too_fast_shows_the_speed_to_set_beside_the_belts() -> None:
    slowest = replace(SET, text="Set 0.8 on the treadmill.", speed_kmh=0.8)
    full = full_of(moment(EASY, phase=Phase.CONSOLE_START, claimed=Facing.FORWARD, kmh=4.0, **prompted(prompt=slowest)))
    assert full is not None
    assert full.do == ("Set 0.8 on the treadmill.", "Stay on the rails.")
    assert [number.digits for number in full.numbers] == ["0.8", "4.0"]


def test_in_an_alarm_the_rails_come_before_the_button() -> None:
    full = full_of(moment(EASY, phase=Phase.STOP_FAILED, kmh=5.0, **prompted(prompt=STOP)))
    assert full is not None
    assert full.do == ("RAILS. STEP OFF. PULL THE CLIP.", "Press Stop on the treadmill.")


def test_a_belt_that_ignored_a_stop_and_stands_is_not_trusted() -> None:
    now = moment(EASY, phase=Phase.PAUSED, kmh=0.0, still=True, trusted=False, prompted="the treadmill ignored Stop")
    assert now.situation is Situation.NOT_TRUSTED
    assert banner_of(now).word == "STOPPED, NOT TRUSTED"
    full = full_of(now)
    assert full is not None
    assert full.do[0] == "Stay off until the key is out."


@pytest.mark.parametrize(("kmh", "now"), [(0.0, Situation.CONNECTING), (None, Situation.CONNECTING)])
def test_connecting_says_what_it_waits_for(kmh: float | None, now: Situation) -> None:
    seen = moment(EASY, phase=Phase.CONNECTING, kmh=kmh, waits="The belt must stand for a moment.")
    assert seen.situation is now
    full = full_of(seen)
    assert full is not None
    assert full.do == ("The belt must stand for a moment.", "Stay beside the belt.")


def test_why_there_is_no_link_wins_over_what_is_waited_for() -> None:
    why = "Bluetooth is switched off on this computer."
    full = full_of(moment(phase=Phase.CONNECTING, link=False, link_why=why, waits="Looking for the treadmill."))
    assert full is not None
    assert full.do[0] == why


def test_a_lost_link_says_why_in_a_session_too() -> None:
    full = full_of(moment(link=False, link_why="The treadmill is out of range."))
    assert full is not None
    assert "The treadmill is out of range." in full.more


def test_a_belt_that_is_found_moving_is_to_be_stopped_at_its_console() -> None:
    seen = snapshot(phase=Phase.CONNECTING, kmh=3.0)
    assert situation(plan(), seen, Life.ALIVE) is Situation.FOUND_MOVING
    full = full_of(moment(phase=Phase.CONNECTING, kmh=3.0))
    assert full is not None
    assert full.do[0] == "The belt is moving. Stop it on the console."


# On the screen.


async def _screens(crew: LocalCrew, at_s: float, size: tuple[int, int]) -> list[str]:
    async with shown(crew, size) as (app, pilot):
        crew.at_s = at_s
        await draw(app, pilot)
        return screen_lines(app)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(("name", "at_s"), [("press_start", 8.0), ("set_speed", 30.5), ("by_hand", 60.0)])
def test_a_prompted_session_looks_as_drawn(name: str, at_s: float, size: tuple[int, int]) -> None:
    crew = LocalCrew.of("easy-walk-30", "ignores-speed")
    lines = asyncio.run(_screens(crew, at_s, size))
    assert crew.world.session.guard.prompted
    assert any("PROMPT MODE" in line for line in lines)
    assert matches_snapshot(f"prompt_{name}_{size[0]}x{size[1]}", lines)


def test_a_whole_prompted_session_draws_without_a_dash() -> None:
    async def run() -> None:
        crew = LocalCrew.of("easy-walk-30", "ignores-speed")
        seen: set[Situation] = set()
        async with shown(crew) as (app, pilot):
            screen = app.run_screen
            for at_s in range(1, 2400):
                crew.at_s = float(at_s)
                screen.tick()
                if crew.life is Life.OVER:
                    break
                assert screen._drawn is not None
                seen.add(screen._drawn.situation)
            await pilot.pause()
        assert {Situation.CONSOLE_START, Situation.SET_SPEED, Situation.FORWARD, Situation.PRESS_STOP} <= seen
        assert crew.world.session.progress.ended == "finished"

    asyncio.run(run())


# A window that is too small.


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (60, 16), (30, 10)])
def test_a_window_that_would_cut_digits_has_words_instead(size: tuple[int, int]) -> None:
    async def run() -> None:
        crew = LocalCrew.of("easy-walk-30")
        async with shown(crew, (80, 24)) as (app, pilot):
            crew.at_s = 60.0
            await draw(app, pilot)
            assert any("█" in line for line in screen_lines(app)[4:14])
            await pilot.resize_terminal(*size)
            await draw(app, pilot)
            words = " ".join(" ".join(screen_lines(app)).split())
            assert "Belt" in words
            assert "left of this step" in words
            assert "Make the window larger: 80 columns and 24 rows" in words
            assert "Space STOP" in words
            await pilot.resize_terminal(80, 24)
            await draw(app, pilot)
            assert not any("window larger" in line for line in screen_lines(app))

    asyncio.run(run())


def test_in_a_small_window_an_alarm_comes_first_and_the_digit_is_in_the_words() -> None:
    alarm = small_of(moment(phase=Phase.STOP_FAILED))
    assert [words for words, _ in alarm][:2] == ["STEP OFF", "RAILS. STEP OFF. PULL THE CLIP."]
    assert alarm[-1][0] == "SIMULATED"

"""Ready: the keeper is opened at once, its own question is answered, and nothing is started that was not asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from coach.core.error import CoachError
from coach.core.event import Key
from coach.core.level import Allowance
from coach.core.machine import MachineProfile
from coach.core.plan import make_plan
from coach.core.workout import Level
from coach.gate import PRESS, Facts, Screening
from coach.keeper.wire import Done, Refused, Voice
from coach.script.check import load
from coach.tui.outside import Choice, Machine, Morning, Settings, Staged, Wanted, free_session
from coach.tui.screens.help import HelpScreen
from coach.tui.screens.library import LibraryScreen
from coach.tui.screens.ready import NOT_STARTED, ReadyScreen
from coach.tui.screens.run import RunScreen
from tests.tui.local import LocalCrew
from tests.tui.opened import opened, play, shown
from tests.tui.outside import FAST, HOME, OWN_KEY, FakeOutside
from tests.tui.text import matches_snapshot, screen_lines

ASKED_S = 5.0  # the simulated treadmill is found, is STILL, and the core has asked
DAMAGED = "what was known of your treadmills was damaged"
REAL = Machine("home", "Home", simulated=False)


def wanted(name: str) -> Wanted:
    loaded = load(name)
    assert loaded.workout is not None
    return Wanted(loaded.workout, loaded)


ASKING, FORWARD = wanted("first-steps-back"), wanted("easy-walk-30")
BACKWARD = replace(ASKING, workout=replace(ASKING.workout, ask=()))


def answers(crew: LocalCrew) -> list[Key]:
    """What was pressed that starts, stops or answers."""
    return [key for key, _, _ in crew.pressed if key is not Key.OTHER]


async def at(pilot: Pilot[Done | str], crew: LocalCrew, at_s: float) -> None:
    """The session is so old, and the screen has drawn it."""
    crew.at_s = at_s
    for screen in pilot.app.screen_stack:
        if isinstance(screen, ReadyScreen):
            screen._poll()
    await pilot.pause()
    while not pilot.app.screen.is_mounted or not pilot.app.screen.children:
        await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
def test_ready_looks_as_drawn(size: tuple[int, int]) -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, ASKING, size=size) as pilot:
            await at(pilot, outside.crews[0], ASKED_S)
            assert matches_snapshot(f"ready-{size[0]}x{size[1]}", screen_lines(pilot.app))

    play(test)


DOWN = (
    "One level down since 18 May 2026: the safety key was pulled on the moving belt. Level intermediate opens after "
    "6 sessions and 18 minutes; you have 3 and 9. 6 of 15 minutes are left this week"
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_what_may_be_run_today_stands_there_with_its_reason(size: tuple[int, int]) -> None:
    async def test() -> None:
        outside = FakeOutside(allowance=Allowance(Level.BEGINNER, 3, session_s=360.0, reason=DOWN))
        async with opened(outside, BACKWARD, size=size) as pilot:
            await at(pilot, outside.crews[0], ASKED_S)
            assert matches_snapshot(f"ready-today-{size[0]}x{size[1]}", screen_lines(pilot.app))

    play(test)


def test_what_history_refuses_is_said_with_its_reason_and_forward_goes_on() -> None:
    async def test() -> None:
        held = Allowance(Level.BEGINNER, 3, session_s=0.0, backward_today=False, reason="A fall today")
        outside = FakeOutside(allowance=held)
        async with opened(outside, BACKWARD) as pilot:
            assert outside.crews == []
            assert "No backward running today: A fall today" in shown(pilot)
            await pilot.press("f")
            assert len(outside.crews) == 1
            assert "A fall today" not in shown(pilot)

    play(test)


def test_forward_only_is_one_line_and_one_press() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, FORWARD) as pilot:
            crew = outside.crews[0]
            await at(pilot, crew, ASKED_S)
            assert "Clip on. The belt will start and change speed by itself." in shown(pilot)
            await pilot.press("enter")
            assert crew.pressed == [(Key.YES, "", 1)]
            await at(pilot, crew, ASKED_S + 1)
            assert isinstance(pilot.app.screen, RunScreen)
            assert pilot.app.screen.crew is crew
            assert "Stay on the rails. Three, two, one." in shown(pilot)
            assert not crew.closed

    play(test)


def test_the_digit_goes_to_the_keeper_with_the_serial_of_the_question_that_was_drawn() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            crew = outside.crews[0]
            await at(pilot, crew, 0.5)
            await pilot.press("enter")
            await at(pilot, crew, ASKED_S)
            await pilot.press("3")
            assert crew.pressed == [(Key.YES, "", None), (Key.DIGIT, "3", 1)]

    play(test)


def test_a_key_of_the_screen_is_a_press_too_so_that_no_yes_comes_with_it() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, FORWARD) as pilot:
            crew = outside.crews[0]
            await at(pilot, crew, ASKED_S)
            await pilot.press("down", "enter")
            assert crew.pressed == [(Key.OTHER, "", None), (Key.YES, "", 1)]
            await at(pilot, crew, ASKED_S + 1)
            assert isinstance(pilot.app.screen, ReadyScreen)
            assert "Too early" in shown(pilot)

    play(test)


def test_every_snapshot_that_was_drawn_is_told_to_the_keeper_also_under_the_help() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            crew = outside.crews[0]
            await at(pilot, crew, 1.0)
            drawn = len(crew.drawn)
            assert drawn
            await pilot.press("h")
            assert isinstance(pilot.app.screen, HelpScreen)
            await at(pilot, crew, 2.0)
            assert len(crew.drawn) > drawn

    play(test)


@pytest.mark.parametrize("key", ["space", "escape"])
def test_a_stop_is_a_stop_also_before_the_start(key: str) -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            crew = outside.crews[0]
            await at(pilot, crew, ASKED_S)
            await pilot.press(key)
            assert crew.pressed == [(Key.STOP, "", None)]
            await at(pilot, crew, ASKED_S + 1)
            assert isinstance(pilot.app.screen, RunScreen)

    play(test)


@pytest.mark.parametrize(
    ("keys", "pressed"),
    [(["space"], (Key.STOP, "", None)), (["escape"], (Key.STOP, "", None)), (["3"], (Key.DIGIT, "3", None))],
)
def test_under_the_help_a_stop_stops_and_an_answer_is_none(keys: list[str], pressed: tuple[Key, str, None]) -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            crew = outside.crews[0]
            await at(pilot, crew, ASKED_S)
            await pilot.press("h")
            await at(pilot, crew, ASKED_S + 1)
            await pilot.press(*keys)
            assert crew.pressed == [(Key.OTHER, "", None), pressed]
            if pressed[0] is Key.STOP:  # of an answer the session may go on at any moment, which closes the help too
                assert not isinstance(pilot.app.screen, HelpScreen)
            await at(pilot, crew, ASKED_S + 2)
            assert isinstance(pilot.app.screen, RunScreen)

    play(test)


def test_a_session_that_goes_on_under_the_help_is_shown() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            crew = outside.crews[0]
            await at(pilot, crew, ASKED_S)
            await pilot.press("h")
            crew.press(Key.STOP)
            await at(pilot, crew, ASKED_S + 1.0)
            assert isinstance(pilot.app.screen, RunScreen)

    play(test)


def test_a_runner_who_takes_his_time_is_still_at_the_last_stop_and_may_take_the_treadmill_again() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            crew = outside.crews[0]
            await at(pilot, crew, 120.0)  # nobody answered for a minute: paused
            assert isinstance(pilot.app.screen, ReadyScreen)
            assert "PAUSED" in shown(pilot)
            await at(pilot, crew, 500.0)  # nor for five more: over
            assert isinstance(pilot.app.screen, ReadyScreen)
            assert "Nobody pressed, so the treadmill was let go. Enter tries again" in shown(pilot)
            await pilot.press("enter")
            assert len(outside.crews) == 2

    play(test)


@pytest.mark.parametrize("key", ["q", "backspace", "ctrl+c"])
def test_leaving_ends_the_keeper_and_goes_back(key: str) -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside) as pilot:
            await pilot.press("enter")
            assert isinstance(pilot.app.screen, ReadyScreen)
            await pilot.press(key)
            assert outside.crews[0].closed
            assert answers(outside.crews[0]) == []
            assert isinstance(pilot.app.screen, LibraryScreen)

    play(test)


def test_leaving_the_first_screen_leaves_the_app_and_says_that_nothing_ran() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            await pilot.press("q")
            assert outside.crews[0].closed
        assert pilot.app.return_value == NOT_STARTED

    play(test)


@pytest.mark.parametrize("at_s", [1.0, 80.0], ids=["ready", "paused"])
def test_an_app_that_ends_leaves_no_keeper_without_a_word(at_s: float) -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            await at(pilot, outside.crews[0], at_s)
            assert not outside.crews[0].closed
            pilot.app.exit()
        assert outside.crews[0].closed

    play(test)


def test_forward_only_today_opens_another_keeper_without_backward_steps() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            await pilot.press("f")
            first, second = outside.crews
            assert first.closed
            assert first.world.plan.backward
            assert not second.closed
            assert not second.world.plan.backward
            assert outside.prepared[-1].forward_only
            assert "First steps back, forward only" in shown(pilot)
            await pilot.press("f")
            assert outside.crews[-1].world.plan.backward

    play(test)


def test_a_workout_that_is_all_forward_has_no_forward_part_to_choose() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, FORWARD) as pilot:
            await pilot.press("f")
            assert len(outside.crews) == 1
            assert "forward only" not in shown(pilot)

    play(test)


def test_another_treadmill_is_chosen_with_no_keeper_open() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            await pilot.press("t")
            assert outside.crews[0].closed
            assert pilot.app.screen.query_one(OptionList).highlighted == 0
            await pilot.press("escape")
            assert outside.prepared[-1].machine == HOME
            assert answers(outside.crews[0]) == []
            await pilot.press("t", "down", "down", "enter")
            assert outside.prepared[-1].machine == OWN_KEY

    play(test)


def test_without_a_strap_the_limits_are_lower() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            assert "backward to 3.0 km/h" in shown(pilot)
            await pilot.press("s")
            assert not outside.crews[-1].world.plan.strap
            assert "backward to 2.4 km/h without a strap" in shown(pilot)

    play(test)


def test_a_machine_that_cannot_says_why_and_what_can_be_done() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(FAST,))
        async with opened(outside, BACKWARD) as pilot:
            assert outside.crews == []
            assert "its lowest speed is 1.6 km/h" in shown(pilot)
            assert "f runs it forward only today, t takes another treadmill" in shown(pilot)
            await pilot.press("enter", "f")
            assert len(outside.crews) == 1

    play(test)


def test_a_machine_with_its_own_start_key_takes_a_helper_at_the_console() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(OWN_KEY,))
        async with opened(outside, BACKWARD) as pilot:
            assert outside.crews == []
            await pilot.press("m")
            assert outside.crews[0].world.plan.helper

    play(test)


def test_rehab_is_never_run_with_a_helper_instead_of_a_start() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(OWN_KEY,))
        async with opened(outside, wanted("kind-knees")) as pilot:
            await pilot.press("m")
            assert outside.crews == []
            assert not any(choice.helper for choice in outside.prepared)

    play(test)


def test_a_keeper_that_refuses_says_why_and_the_next_choice_may_go() -> None:
    async def test() -> None:
        outside = FakeOutside(on_open=lambda crew: crew._waiting.append(Refused("process 4711 has this treadmill")))
        async with opened(outside, BACKWARD) as pilot:
            await at(pilot, outside.crews[0], 0.5)
            assert "Process 4711 has this treadmill. Enter tries again" in shown(pilot)
            assert outside.crews[0].closed
            outside.on_open = lambda _: None
            await pilot.press("s")
            assert not outside.crews[1].closed

    play(test)


def test_what_cannot_be_opened_is_told() -> None:
    async def test() -> None:
        async with opened(FakeOutside(refuse="no keeper can be started here"), BACKWARD) as pilot:
            assert "No keeper can be started here" in shown(pilot)

    play(test)


class Damaged(FakeOutside):
    """What is known of the real treadmills cannot be read, neither to plan with it nor for its facts."""

    def prepare(self, choice: Choice) -> Staged:  # noqa: ARG002
        raise CoachError(DAMAGED)

    def facts(self, machine: Machine) -> Facts:  # noqa: ARG002
        raise CoachError(DAMAGED)


def test_a_treadmill_of_which_nothing_can_be_read_is_told_and_another_may_be_chosen() -> None:
    async def test() -> None:
        async with opened(Damaged(treadmills=(REAL,)), BACKWARD) as pilot:
            assert DAMAGED[1:] in " ".join(shown(pilot).split())
            assert isinstance(pilot.app.screen, ReadyScreen)

    play(test)


def test_on_a_real_belt_the_gate_comes_first_and_forward_needs_none_of_it() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(REAL,), known=Facts(simulated=False))
        async with opened(outside, BACKWARD, size=(120, 40)) as pilot:
            assert outside.crews == []
            assert "REAL BELT" in shown(pilot)
            assert "□ Answer the questions about your health" in shown(pilot)
            assert "7 checks are left (about 7 min). f runs it forward only today." in shown(pilot)
            await pilot.press("enter", "1")
            assert outside.crews == []
            await pilot.press("f")
            assert len(outside.crews) == 1
            assert not outside.crews[0].world.plan.backward

    play(test)


def test_the_last_check_of_the_gate_opens_the_keeper() -> None:
    async def test() -> None:
        known = Facts(False, screening=Screening.CLEAR, consented=True, proved=True, tested=True, presses=2)
        outside = FakeOutside(treadmills=(REAL,), known=known)
        async with opened(outside, BACKWARD) as pilot:
            await pilot.press("c")
            assert outside.crews == []
            await pilot.press("c")
            assert outside.confirmed == ["today", "alarm"]
            assert len(outside.crews) == 1

    play(test)


def test_the_alarm_is_played_for_who_finds_out_whether_he_hears_it() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(REAL,), known=replace(ALL, alarm_heard=False))
        async with opened(outside, BACKWARD) as pilot:
            await pilot.press("a")
            assert outside.alarms == 1
            await pilot.press("c", "a")
            assert (outside.confirmed, outside.alarms) == (["alarm"], 1)

    play(test)


def test_the_voice_asks_for_each_of_two_presses_and_one_that_bounces_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    monkeypatch.setattr("coach.tui.screens.ready.monotonic", lambda: now_s)

    async def test() -> None:
        nonlocal now_s
        outside = FakeOutside(treadmills=(REAL,), known=replace(ALL, presses=0))
        async with opened(outside, BACKWARD) as pilot:
            assert outside.spoken == [PRESS]
            now_s += 1.4
            await pilot.press("enter")
            assert outside.confirmed == []
            now_s += 0.2
            await pilot.press("enter", "enter")
            assert outside.confirmed == ["presses"]
            assert outside.spoken == [PRESS, PRESS]
            assert outside.crews == []
            now_s += 1.6
            await pilot.press("pagedown")
            assert outside.confirmed == ["presses", "presses"]
            assert len(outside.crews) == 1

    play(test)


ALL = Facts(False, 40, Screening.CLEAR, True, True, True, True, True, 2)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(ALL, screening=Screening.FLAGGED), "until a doctor has cleared it. f runs it forward only today."),
        (replace(ALL, proved=False), "coach setup proof. This is the last check. f runs it"),
        (replace(ALL, presses=1), "facing the rear on the rails: 1 more. This is the last check. f runs it"),
    ],
)
def test_what_the_runners_word_does_not_do_is_not_confirmed_by_it(facts: Facts, words: str) -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(REAL,), known=facts)
        async with opened(outside, BACKWARD) as pilot:
            await pilot.press("c")
            assert outside.confirmed == []
            assert words in shown(pilot)

    play(test)


def test_the_simulator_says_what_a_real_belt_would_ask() -> None:
    async def test() -> None:
        async with opened(FakeOutside(), BACKWARD) as pilot:
            assert "Simulator: no checks are needed; on a real belt: screening, consent" in shown(pilot)

    play(test)


def test_the_loss_of_the_window_is_told_to_the_keeper() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, BACKWARD) as pilot:
            assert "has not said yet whether it has the focus" in shown(pilot)
            pilot.app.app_focus = False
            await pilot.pause()
            assert outside.crews[0].focused == [True, False]

    play(test)


@pytest.mark.parametrize(("sessions", "voice", "offered"), [(2, "full", 0), (3, "full", 1), (3, "short", 0)])
def test_fewer_words_are_offered_after_three_sessions(sessions: int, voice: str, offered: int) -> None:
    async def test() -> None:
        settings = Settings(sessions=sessions, voice=Voice(voice))
        async with opened(FakeOutside(chosen=settings), BACKWARD, size=(120, 40)) as pilot:
            assert shown(pilot).count("Fewer words?") == offered

    play(test)


def test_the_free_session_gets_ready_as_any_other() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, free_session()) as pilot:
            assert outside.crews[0].world.plan.free
            assert "as long as you like; b leads to a backward block, 3 times at most" in shown(pilot)
            assert "↻" not in shown(pilot)

    play(test)


@pytest.mark.parametrize(
    ("simulated", "backward", "voice"),
    [(True, True, "captions"), (True, False, "captions"), (False, True, "full"), (False, False, "tones")],
)
def test_how_much_is_said_follows_the_belt_and_the_workout(simulated: bool, backward: bool, voice: str) -> None:
    plan = make_plan((BACKWARD if backward else FORWARD).workout, MachineProfile(simulated=simulated))
    assert Settings().voice_of(plan) == voice


def test_in_prompt_mode_there_is_no_forward_only_to_choose_and_it_is_told_who_presses() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(Machine("ignores-speed", "Deaf"),))
        async with opened(outside, BACKWARD) as pilot:
            await at(pilot, outside.crews[0], ASKED_S)
            assert "PROMPT MODE: you press, coach measures, backward is left out" in shown(pilot)
            assert "forward only" not in shown(pilot)
            assert "Clip on. You set the speed on the treadmill." in shown(pilot)

    play(test)


def test_a_belt_that_is_found_moving_is_to_be_stopped_at_its_console() -> None:
    async def test() -> None:
        outside = FakeOutside(on_open=_moving)
        async with opened(outside, BACKWARD) as pilot:
            await at(pilot, outside.crews[0], ASKED_S)
            assert "THE BELT MOVES The belt is moving. Stop it on the console." in shown(pilot)

    play(test)


def _moving(crew: LocalCrew) -> None:
    assert crew.world.treadmill.hands is not None
    crew.world.treadmill.hands.console_start(0.0)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("nothing", Facts(simulated=False)),
        ("alarm", replace(ALL, alarm_heard=False)),
        ("presses", replace(ALL, presses=1)),
    ],
)
def test_the_gate_looks_as_drawn(size: tuple[int, int], name: str, facts: Facts) -> None:
    async def test() -> None:
        async with opened(FakeOutside(treadmills=(REAL,), known=facts), BACKWARD, size=size) as pilot:
            assert matches_snapshot(f"gate-{name}-{size[0]}x{size[1]}", screen_lines(pilot.app))

    play(test)


# Pain before, and the morning after.

DUE = Morning("session.jsonl", "Pain the morning after Kind knees (Tuesday), 0 to 10?")


def test_on_a_real_belt_pain_is_asked_for_before_a_keeper_is_opened() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(REAL,), known=ALL)
        async with opened(outside, ASKING) as pilot:
            assert outside.crews == []
            assert "Pain now, 0 to 10?" in shown(pilot)
            await pilot.press("enter", "escape")
            assert outside.crews == []
            await pilot.press("5", "enter")
            assert len(outside.crews) == 1
            assert outside.prepared[-1].pain_before == 5
            assert "Pain 5 of 10" in shown(pilot)

    play(test)


def test_with_more_than_five_nothing_is_run_backward_and_forward_runs_with_it() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(REAL,), known=ALL)
        async with opened(outside, ASKING) as pilot:
            await pilot.press("6", "enter")
            assert outside.crews == []
            words = "Pain 6 of 10 is more than 5: no backward running today. f runs it forward only today."
            assert words in shown(pilot)
            await pilot.press("f")
            assert len(outside.crews) == 1
            assert not outside.crews[0].world.plan.backward
            assert outside.prepared[-1].pain_before == 6

    play(test)


def test_a_number_that_was_mistyped_can_be_told_again() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(REAL,), known=ALL)
        async with opened(outside, ASKING) as pilot:
            await pilot.press("7", "enter", "p", "2", "enter")
            assert len(outside.crews) == 1
            assert outside.prepared[-1].pain_before == 2

    play(test)


def test_on_the_simulator_pain_is_no_condition_and_may_be_told() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, ASKING) as pilot:
            await at(pilot, outside.crews[0], ASKED_S)
            assert "Pain now, 0 to 10? Press p." in shown(pilot)
            await pilot.press("p")
            assert outside.crews[0].closed
            await pilot.press("3", "enter")
            assert answers(outside.crews[0]) == []
            assert len(outside.crews) == 2
            assert outside.prepared[-1].pain_before == 3
            assert "Pain 3 of 10" in shown(pilot)

    play(test)


def test_on_the_simulator_too_much_pain_is_told_and_forbids_nothing() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, ASKING) as pilot:
            await pilot.press("p", "9", "enter")
            assert len(outside.crews) == 2
            assert outside.crews[1].world.plan.backward
            assert "on a real belt nothing is run backward today" in shown(pilot)

    play(test)


@pytest.mark.parametrize("key", ["escape", "enter"])
def test_a_question_that_was_asked_for_can_be_passed_over(key: str) -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, ASKING) as pilot:
            await pilot.press("p", key)
            assert len(outside.crews) == 2
            assert outside.prepared[-1].pain_before is None

    play(test)


def test_a_workout_that_asks_for_nothing_has_no_such_key() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, FORWARD) as pilot:
            await pilot.press("p")
            assert not outside.crews[0].closed
            assert "Pain" not in shown(pilot)

    play(test)


def test_the_morning_after_is_asked_for_once_and_kept() -> None:
    async def test() -> None:
        outside = FakeOutside(due=DUE)
        async with opened(outside, FORWARD) as pilot:
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            assert f"{DUE.words} Press p." in shown(pilot)
            await pilot.press("p", "2", "enter")
            await pilot.app.workers.wait_for_complete()
            assert outside.mornings == [(DUE, 2)]
            assert len(outside.crews) == 2
            assert DUE.words not in shown(pilot)

    play(test)


def test_on_a_real_belt_the_morning_after_stands_before_the_pain_of_today_and_is_skipped_by_enter() -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(REAL,), known=ALL, due=DUE)
        async with opened(outside, ASKING) as pilot:
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            assert DUE.words in shown(pilot)
            await pilot.press("enter", "0", "enter")
            await pilot.app.workers.wait_for_complete()
            assert outside.mornings == [(DUE, None)]
            assert outside.prepared[-1].pain_before == 0
            assert len(outside.crews) == 1

    play(test)


def test_a_morning_that_cannot_be_kept_says_why() -> None:
    async def test() -> None:
        outside = FakeOutside(due=DUE, unkept="the disk is full")
        async with opened(outside, FORWARD) as pilot:
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            await pilot.press("p", "2", "enter")
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            assert "Not kept: the disk is full." in shown(pilot)

    play(test)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
def test_the_question_of_pain_looks_as_drawn(size: tuple[int, int]) -> None:
    async def test() -> None:
        outside = FakeOutside(treadmills=(REAL,), known=ALL)
        async with opened(outside, ASKING, size=size) as pilot:
            await pilot.press("7")
            assert matches_snapshot(f"ready-pain-{size[0]}x{size[1]}", screen_lines(pilot.app))

    play(test)

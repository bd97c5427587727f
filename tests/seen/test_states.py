"""The table of states: each has words of its own, and the worst one wins."""

from dataclasses import replace
from typing import Any

import pytest

from coach.core.event import Key
from coach.core.progress import Ask, Button, Question
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.crew import Life
from coach.keeper.wire import Asked
from coach.seen.full import full_of
from coach.seen.moment import Moment
from coach.seen.own import Own
from coach.seen.states import ALARMS, LEAD_ON, STATES, Situation, situation
from coach.tui.signs import MOST_KEYS, foot_of
from coach.tui.widgets.glyphs import LETTERS, word
from tests.tui.bare import moment, plan, snapshot

REAR, FRONT = Facing.BACKWARD, Facing.FORWARD
QUESTION = Question(Ask.YES, 1, 98.0, 1.5, "Press when ready.")
STANDS = replace(QUESTION, ask=Ask.STANDS)
SET = Asked(Button.SPEED, 1, "Set 8.0 on the treadmill.", speed_kmh=8.0)
PRESS = Asked(Button.STOP, 2, "Press Stop on the treadmill.")
PROMPTED = {"prompted": "the treadmill does not take speeds from an app"}


def test_every_situation_has_a_row() -> None:
    assert set(STATES) == set(Situation)


def test_no_state_differs_from_another_by_colour_alone() -> None:
    words = [(state.sign, state.banner) for state in STATES.values()]
    assert len(words) == len(set(words)) == len({banner for _, banner in words})


def test_no_big_word_stands_for_two_states() -> None:
    words = [state.word for state in STATES.values() if state.full]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("now", [one for one in Situation if STATES[one].full])
def test_a_big_word_has_letters_for_all_of_it_and_fits_the_smallest_screen(now: Situation) -> None:
    text = STATES[now].word
    assert set(text) <= LETTERS
    assert len(word(text, 72)) == 7


@pytest.mark.parametrize("now", ALARMS)
def test_an_alarm_is_vermillion_and_takes_the_screen(now: Situation) -> None:
    assert STATES[now].role == "on-alarm"
    assert STATES[now].full


@pytest.mark.parametrize("now", Situation)
def test_stop_is_the_first_key_of_every_state_that_has_keys(now: Situation) -> None:
    state = STATES[now]
    assert state.any_key or state.keys[0] is Key.STOP


@pytest.mark.parametrize("now", [Situation.BACKWARD, Situation.STEP_ON_YES])
def test_facing_the_rear_only_stop_yes_and_slower_are_shown(now: Situation) -> None:
    assert STATES[now].keys == (Key.STOP, Key.YES, Key.SLOWER)


@pytest.mark.parametrize("now", Situation)
def test_neither_help_nor_voice_where_any_press_stops_or_an_alarm_sounds(now: Situation) -> None:
    if STATES[now].any_key or now in ALARMS:
        assert not {Key.HELP, Own.VOICE} & set(STATES[now].keys)


PHASES: dict[Situation, dict[str, Any]] = {
    Situation.CONNECTING: {"phase": Phase.CONNECTING, "kmh": 0.0},
    Situation.FOUND_MOVING: {"phase": Phase.CONNECTING, "kmh": 3.0},
    Situation.READY: {"phase": Phase.READY, "question": QUESTION},
    Situation.READY_REAR: {"phase": Phase.READY, "row": 2, "question": QUESTION},
    Situation.READY_CONSOLE: {"phase": Phase.READY, "row": 3, "question": QUESTION},
    Situation.STANDS: {"phase": Phase.READY, "question": STANDS},
    Situation.STARTING: {"phase": Phase.STARTING},
    Situation.CONSOLE_START: {"phase": Phase.CONSOLE_START, "claimed": FRONT},
    Situation.SET_SLOWEST: {"phase": Phase.CONSOLE_START, "claimed": FRONT, "prompt": SET, **PROMPTED},
    Situation.HELPER_START: {"phase": Phase.CONSOLE_START, "claimed": REAR},
    Situation.STEP_ON: {"phase": Phase.STEP_ON},
    Situation.STEP_ON_YES: {"phase": Phase.STEP_ON, "question": QUESTION},
    Situation.RAMP_FORWARD: {"phase": Phase.RAMP, "claimed": FRONT},
    Situation.RAMP_REAR: {"phase": Phase.RAMP, "claimed": REAR},
    Situation.FORWARD: {"phase": Phase.RUN, "facing": FRONT},
    Situation.SET_SPEED: {"phase": Phase.RUN, "facing": FRONT, "prompt": SET, **PROMPTED},
    Situation.BACKWARD: {"phase": Phase.RUN, "facing": REAR},
    Situation.BRIDGE: {"phase": Phase.BRIDGE},
    Situation.SLOW: {"phase": Phase.SLOW, "guided": False},
    Situation.SLOW_STOP: {"phase": Phase.SLOW, "guided": True},
    Situation.PRESS_STOP: {"phase": Phase.SLOW, "guided": True, "prompt": PRESS, **PROMPTED},
    Situation.RAILS: {"phase": Phase.RAILS},
    Situation.TURN_STOPPING: {"phase": Phase.STOPPING, "next": Phase.READY},
    Situation.STOPPING: {"phase": Phase.STOPPING, "next": Phase.PAUSED},
    Situation.RESTING: {"phase": Phase.RESTING},
    Situation.PAUSED: {"phase": Phase.PAUSED},
    Situation.NOT_TRUSTED: {"phase": Phase.PAUSED, "trusted": False, "prompted": "the treadmill ignored Stop"},
    Situation.KEY: {"phase": Phase.KEY},
    Situation.LINK_LOST: {"phase": Phase.RUN, "link": False},
    Situation.BELT_MOVES: {"phase": Phase.BELT_MOVES},
    Situation.STOP_FAILED: {"phase": Phase.STOP_FAILED},
    Situation.ENDED: {"phase": Phase.ENDED},
}


def test_every_situation_is_reached_or_has_no_snapshot() -> None:
    assert set(PHASES) == set(Situation) - {Situation.KEEPER_LOST, Situation.REFUSED}


@pytest.mark.parametrize("now", PHASES)
def test_a_snapshot_leads_to_its_situation(now: Situation) -> None:
    assert situation(plan(), snapshot(**PHASES[now]), Life.ALIVE) is now


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("facing", Facing)
def test_there_is_no_snapshot_without_a_situation(phase: Phase, facing: Facing) -> None:
    for row in (0, len(plan().rows)):
        for link in (True, False):
            seen = snapshot(phase=phase, facing=facing, claimed=facing, row=row, link=link)
            assert situation(plan(), seen, Life.ALIVE) in STATES


@pytest.mark.parametrize("phase", Phase)
def test_a_lost_keeper_is_worse_than_anything(phase: Phase) -> None:
    assert situation(plan(), snapshot(phase=phase, link=False), Life.LOST) is Situation.KEEPER_LOST


@pytest.mark.parametrize("phase", [Phase.STOP_FAILED, Phase.BELT_MOVES, Phase.KEY])
def test_a_lost_link_does_not_hide_an_alarm(phase: Phase) -> None:
    assert situation(plan(), snapshot(phase=phase, link=False), Life.ALIVE) is not Situation.LINK_LOST


@pytest.mark.parametrize("now", PHASES)
def test_a_state_shows_its_word_and_what_to_do(now: Situation) -> None:
    full = full_of(moment(**PHASES[now]))
    assert (full is None) is not STATES[now].full
    if full is not None:
        assert full.word == STATES[now].word
        assert full.do or full.more
        assert bool(full.border) is (now in ALARMS)
        assert any(line.startswith("Then: ") for line in full.more) is (now in LEAD_ON)


@pytest.mark.parametrize("now", PHASES)
def test_a_footer_has_at_most_seven_keys(now: Situation) -> None:
    assert 1 <= len(foot_of(moment(**PHASES[now])).keys) <= MOST_KEYS


def test_a_stop_that_is_not_obeyed_says_what_protects() -> None:
    full = full_of(moment(phase=Phase.STOP_FAILED))
    assert full is not None
    assert "RAILS. STEP OFF. PULL THE CLIP." in full.do


def test_the_digit_that_is_asked_for_is_big_beside_the_belts_speed() -> None:
    question = replace(QUESTION, ask=Ask.DIGIT, digit="4", text="Type the digit on the screen: 4.")
    full = full_of(moment(phase=Phase.READY, row=3, question=question, kmh=0.0))
    assert full is not None
    assert [number.digits for number in full.numbers] == ["4", "0.0"]


@pytest.mark.parametrize(
    ("at_s", "says"),
    [
        (98.1, "Read first: Enter counts in 2 s."),
        (99.4, "Read first: Enter counts in 1 s."),
        (99.5, "Now Enter counts."),
    ],
)
def test_a_question_says_when_an_answer_counts(at_s: float, says: str) -> None:
    full = full_of(moment(phase=Phase.READY, question=QUESTION, at_s=at_s))
    assert full is not None
    assert says in full.more


def test_a_pause_says_why_and_how_long_one_can_go_on() -> None:
    full = full_of(moment(phase=Phase.PAUSED, reason="you paused", at_s=190.0, since_s=100.0))
    assert full is not None
    assert full.more[:2] == ("Why: you paused.", "You can go on for 3:30 more.")


@pytest.mark.parametrize(
    ("guarded", "says"),
    [
        ("", "The guard is taking over."),
        ("stopping", "The guard is stopping the belt."),
        ("still", "The guard has stopped the belt: it stands."),
        ("no link", "The guard says: no link."),
    ],
)
def test_a_lost_keeper_tells_what_the_guard_does(guarded: str, says: str) -> None:
    full = full_of(replace(moment(), life=Life.LOST, guarded=guarded))
    assert full is not None
    assert says in full.do


def test_a_border_changes_once_a_second_and_not_faster() -> None:
    signs = [full_of(moment(phase=Phase.KEY, at_s=at_s / 4)) for at_s in range(8)]
    borders = [full.border for full in signs if full is not None]
    assert len(set(borders[:4])) == len(set(borders[4:])) == 1
    assert borders[0] != borders[4]


def test_a_moment_knows_its_row_after_the_last_one_too() -> None:
    seen = snapshot(row=len(plan().rows), phase=Phase.ENDED)
    assert Moment(plan(), seen).row is plan().rows[-1]

"""The page on the terminal: golden texts, and its laws for any workout and width."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.runner import Runner
from coach.core.workout import Level, Workout
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.script.check import check_text
from coach.script.outline import outline_of
from coach.script.write import write
from coach.show import sentences
from coach.show.facts import Facts
from coach.show.page import NARROWEST, WIDEST, Paper, page, table
from coach.show.profile import ASCII
from coach.show.words import columns
from tests.script.drawn import workouts
from tests.show.golden import golden
from tests.show.shown import NAMES, shown, text_of


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_a_workout(name: str, width: int) -> None:
    found, plan = shown(name)
    assert "\n".join(page(found, plan, Paper(width))) + "\n" == golden(f"{name}-{width}")


@settings(deadline=None, max_examples=40)
@given(workouts(), st.integers(NARROWEST, WIDEST))
def test_no_line_is_wider_than_the_terminal(workout: Workout, width: int) -> None:
    made = check_text(write(outline_of(workout)))
    found, plan = shown(made)
    lines = list(page(found, plan, Paper(width)))
    assert max(map(columns, lines)) <= width


@settings(deadline=None, max_examples=40)
@given(workouts(), st.integers(NARROWEST, WIDEST))
def test_the_table_has_every_row_and_every_turn(workout: Workout, width: int) -> None:
    found, _ = shown(check_text(write(outline_of(workout))))
    lines = [line for line, _ in table(found, width)]
    assert [int(line.split()[0]) for line in lines if re.match(r" *\d+ +\d+:\d\d", line)] == [
        row.index for row in found.rows
    ]
    assert sum("turn to" in line for line in lines) == found.totals.turns


@pytest.mark.parametrize("name", NAMES)
def test_without_colour_there_is_no_code_and_with_it_the_same_text(name: str) -> None:
    found, plan = shown(name)
    bare, painted = ("\n".join(page(found, plan, Paper(colour=colour))) for colour in (False, True))
    assert "\x1b" not in bare
    assert "\x1b[35m" in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == bare


@pytest.mark.parametrize("name", ["long", "rests"])
def test_in_plain_signs_all_of_it_is_plain(name: str) -> None:
    found, plan = shown(name)
    assert "\n".join(page(found, plan, Paper(signs=ASCII))).isascii()


def totals(found: Facts) -> str:
    return " ".join(sentences.totals(found))


def told(found: Facts) -> str:
    return " ".join(sentences.level(found))


def test_a_weight_that_is_known_is_no_guess() -> None:
    made = text_of("forward: 5 min @ 5 km/h")
    found, _ = shown(made, runner=Runner(weight_kg=62.5))
    assert "for 62.5 kg (the settings name no weight)." in totals(found)


def test_the_sentences_of_a_level() -> None:
    assert told(shown("blocks")[0]) == (
        "Level beginner. It opens after 1 backward session on a real belt, because of the caps of the first one: "
        "block 2 at 2.5 km/h is above 2 km/h. On the simulator it is open. It needs a heart strap: without one "
        "backward is at most 2.4 km/h. Facing the rear the heart stays below 144 bpm, for a maximum of 180."
    )
    assert told(shown("long")[0]).startswith(
        "Level intermediate. It opens after 6 backward sessions and 18 backward minutes on a real belt, because of the "
        "caps of beginner: block 1 at 3.5 km/h is above 3 km/h, block 1 at 1 % is above 0 % and block 1 of 3 min 26 s "
        "is longer than 3 min. On the simulator it is open."
    )
    assert told(shown("rests")[0]) == (
        "Level rehab. It is open to everybody, also as a first backward session. Rehab needs a live heart strap, and "
        "somebody in earshot. Its own limits: heart 110 bpm. "
        "Facing the rear the heart stays below 110 bpm, for a maximum of 180."
    )
    assert told(shown(text_of("forward: 5 min @ 5 km/h"))[0]) == "Forward only: no level and no history is needed."


def test_a_lower_level_that_would_do_is_named() -> None:
    found, _ = shown("blocks", level=Level.ADVANCED)
    assert told(found).startswith(
        "Level advanced. It opens after 18 backward sessions and 70 backward minutes on a real belt. On the simulator "
        "it is open. Level beginner would do as well: --level beginner."
    )


def test_a_level_that_does_not_allow_it_says_which_one_does() -> None:
    steps = "warm-up: 5 min @ 6 km/h\nforward: 5 min @ 12 km/h\nbackward: 1 min @ {} km/h\nforward: 5 min @ 6 km/h"
    slow, _ = shown(text_of(steps.format(4), level="beginner"))
    assert told(slow) == (
        "Level beginner does not allow it: block 1 at 4 km/h is above 3 km/h. The lowest level that does is "
        "intermediate: --level intermediate."
    )
    fast, _ = shown(text_of(steps.format(7), level="beginner"))
    assert told(fast).endswith("No level allows it.")


def test_a_workout_whose_backward_steps_are_left_out_is_not_said_to_have_none() -> None:
    found, _ = shown("blocks", profile=profile_of(find_machine("no-control")))
    assert (
        told(found) == "On this treadmill forward only, without the backward steps: no level and no history is needed."
    )


def test_the_machine_of_the_turns_is_named() -> None:
    unknown, _ = shown("blocks")
    known, _ = shown("blocks", profile=profile_of(find_machine("home")))
    assert list(sentences.ifs(unknown)) == ["Turns are counted as on a treadmill that nobody has tested."]
    assert list(sentences.ifs(known)) == ["Turns are counted as on SIM-home."]


def test_what_the_totals_do_not_know_is_said() -> None:
    steps = "forward: open @ 5 km/h\nforward: 5 min @ 6 km/h\nforward: open @ 5 km/h"
    found, _ = shown(text_of(steps))
    assert totals(found).startswith("At least 5:00 on the belt. 500 m. At most 6 km/h.")
    assert list(sentences.ifs(found)) == [
        "Steps 1 and 3 have no end: they last until you say so, and count nothing here."
    ]


def test_what_is_asked() -> None:
    assert sentences.asks(shown("blocks")[0]) == (
        "It asks about pain before, after and the next morning, and about effort after."
    )
    assert sentences.asks(shown("long")[0]) == ""

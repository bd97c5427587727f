"""What a workout asks of its runner, held against the caps themselves."""

import pytest
from hypothesis import given, settings

from coach.core.level import FIRST, UNLIMITED
from coach.core.rules import problems
from coach.core.workout import Level, Workout
from coach.show.facts import plan_for
from coach.show.need import Need, blocks, need_of
from tests.script.drawn import workouts
from tests.show.shown import shown, text_of

OF_A_ROW = {"backward-too-fast", "backward-incline", "backward-too-long", "backward-dose", "too-many-turns"}
BEFORE = "warm-up: 5 min @ 6 km/h\nforward: 5 min @ 10 km/h"


def need(back: str, level: str = "advanced", times: int = 1) -> Need:
    steps = BEFORE + f"\n{back}\nforward: 5 min @ 6 km/h" * times
    return shown(text_of(steps, level=level))[0].need


@pytest.mark.parametrize(
    ("back", "level"),
    [
        ("backward: 1 min @ 2 km/h", Level.REHAB),
        ("backward: 1 min @ 2.1 km/h", Level.BEGINNER),
        ("backward: 2 min @ 2 km/h", Level.REHAB),
        ("backward: 125 s @ 2 km/h", Level.BEGINNER),
        ("backward: 3 min @ 3 km/h", Level.BEGINNER),
        ("backward: 3 min @ 3.1 km/h", Level.INTERMEDIATE),
        ("backward: 3 min @ 3 km/h, 0.5 %", Level.INTERMEDIATE),
        ("backward: 5 min @ 4.5 km/h, 3 %", Level.INTERMEDIATE),
        ("backward: 5 min @ 4.5 km/h, 3.5 %", Level.ADVANCED),
        ("backward: 305 s @ 4.5 km/h", Level.ADVANCED),
        ("backward: 10 min @ 6 km/h, 3 %", Level.ADVANCED),
    ],
)
def test_the_smallest_row_that_allows_it(back: str, level: Level) -> None:
    found = need(back)
    assert found.smallest is level
    assert all(one.reasons for one in found.rows[: list(Level).index(level)])


@pytest.mark.parametrize(
    ("back", "reason"),
    [
        ("backward: 5 min @ 6.1 km/h", "block 1 at 6.1 km/h is above 6 km/h"),
        ("backward: 5 min @ 4.6 km/h, 3.5 %", "block 1 at 3.5 % is above 3 %"),
        ("backward: 5 min @ 4 km/h, 6.5 %", "block 1 at 6.5 % is above 6 %"),
        ("backward: 605 s @ 4 km/h", "block 1 of 10 min 5 s is longer than 10 min"),
    ],
)
def test_what_no_row_allows(back: str, reason: str) -> None:
    found = need(back)
    assert found.smallest is None
    assert found.fit(Level.ADVANCED).reasons == (reason,)


def test_the_reasons_of_a_whole_session() -> None:
    found = need("backward: 2 min @ 3.5 km/h", times=4)
    assert found.fit(Level.BEGINNER).reasons == (
        "block 1 at 3.5 km/h is above 3 km/h",
        "8 min backward in one session is more than 5 min",
        "8 turns are more than 6",
    )


@pytest.mark.parametrize(
    ("level", "sessions", "minutes"),
    [("intermediate", 6, 18), ("advanced", 18, 70), ("beginner", 0, 0), ("rehab", 0, 0)],
)  # fmt: skip
def test_the_least_history(level: str, sessions: int, minutes: int) -> None:
    found = need("backward: 1 min @ 1 km/h", level)
    assert (found.sessions, found.minutes, found.first) == (sessions, minutes, ())


@pytest.mark.parametrize(
    ("level", "back", "times", "first"),
    [
        ("beginner", "backward: 1 min @ 2.1 km/h", 1, "block 1 at 2.1 km/h is above 2 km/h"),
        ("beginner", "backward: 95 s @ 2 km/h", 1, "block 1 of 1 min 35 s is longer than 1 min 30 s"),
        ("beginner", "backward: 65 s @ 2 km/h", 3, "3 min 15 s backward in one session is more than 3 min"),
        ("rehab", "backward: 1 min @ 1.3 km/h", 1, "block 1 at 1.3 km/h is above 1.2 km/h"),
    ],
)
def test_the_caps_of_the_first_sessions(level: str, back: str, times: int, first: str) -> None:
    found = need(back, level, times)
    assert found.first == (first,)
    assert found.sessions == (1 if level == "beginner" else 3)


@pytest.mark.parametrize(
    ("level", "kmh", "strap"), [("beginner", 2.4, False), ("beginner", 2.5, True), ("rehab", 1.0, True)]
)
def test_when_a_heart_strap_is_needed(level: str, kmh: float, strap: bool) -> None:
    assert need(f"backward: 1 min @ {kmh} km/h", level).strap is strap


def test_a_forward_workout_needs_nothing() -> None:
    assert shown(text_of("forward: 5 min @ 12 km/h"))[0].need == Need(Level.ADVANCED, ())


def test_a_rest_divides_two_blocks() -> None:
    found = blocks(shown("rests")[1].rows)
    assert [(block.number, block.length_s, block.top_kmh) for block in found] == [
        (1, 60, 1.2),
        (2, 60, 1.2),
        (3, 60, 1.2),
    ]


@settings(deadline=None, max_examples=40)
@given(workouts(heart=False))
def test_a_row_fits_where_the_rules_find_nothing_against_it(workout: Workout) -> None:
    if not workout.backward:
        return
    for level in Level:
        plan, _ = plan_for(workout, level=level)
        found = need_of(plan)
        assert found.fit(level).fits == (not against(workout, level, first=False))
        if found.fit(level).fits:
            assert bool(found.first) == against(workout, level, first=True)


def against(workout: Workout, level: Level, *, first: bool) -> bool:
    """The rules of the caps refuse it; the share of the forward speed is no cap of a row."""
    found = problems(workout, level, FIRST if first else UNLIMITED)
    known = (one for one in found if one.rule in OF_A_ROW and "the fastest steady" not in one.message)
    return any(one for one in known if "steady forward step of a minute" not in one.message)

"""What pain says against more, and that nobody's silence takes it back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.history.allowance import standing
from coach.history.experience import Own
from coach.history.pain import holds, hurt
from coach.history.past import Past
from coach.history.rating import Rating
from tests.history.made import past
from tests.history.test_allowance import NOW, allowed

HURT = Rating(pain_after=7)
FINE = Rating(pain_after=2)


@pytest.mark.parametrize(
    ("rating", "words"),
    [
        (Rating(), ""),
        (Rating(pain_before=5, pain_after=5, pain_morning=5), ""),
        (Rating(pain_before=6), "pain 6 of 10 before the session"),
        (Rating(pain_after=6), "pain 6 of 10 after the session"),
        (Rating(pain_morning=6), "pain 6 of 10 on the morning after the session"),
        (Rating(pain_before=2, pain_morning=2), ""),
        (Rating(pain_before=2, pain_morning=3), "more pain on the morning after the session, 3, than before it, 2"),
        (Rating(pain_before=2, pain_after=4, pain_morning=2), ""),
        (Rating(pain_before=4, pain_after=1, pain_morning=3), ""),
        (Rating(pain_after=2, pain_morning=3), "more pain on the morning after the session, 3, than after it, 2"),
        (Rating(pain_after=3, pain_morning=3), ""),
        (Rating(pain_morning=1), "more pain on the morning after the session, 1"),
        (Rating(pain_morning=0), ""),
        (Rating(effort=10), ""),
    ],
)
def test_more_than_five_of_ten_or_more_the_next_morning_is_too_much(rating: Rating, words: str) -> None:
    assert hurt(rating) == words


@pytest.mark.parametrize(
    ("ratings", "held"),
    [
        ([], False),
        ([Rating()], False),
        ([HURT], True),
        ([HURT, FINE], False),
        ([HURT, Rating()], True),  # nobody said how that one was
        ([HURT, Rating(pain_before=1)], True),
        ([HURT, Rating(effort=3, note="good")], True),
        ([HURT, FINE, Rating()], False),
        ([FINE, HURT], True),
        ([HURT, Rating(pain_morning=0)], False),
    ],
)
def test_it_holds_until_a_session_of_which_the_runner_says_that_it_did_not_hurt(
    ratings: list[Rating], held: bool
) -> None:
    ran = [past(2 * (len(ratings) - number), rating=rating) for number, rating in enumerate(ratings)]
    assert bool(holds(ran)) is held


def test_only_sessions_with_backward_minutes_are_asked() -> None:
    assert holds([past(2, backward_s=0.0, rating=HURT)]) == ""
    assert holds([past(4, backward_s=5.0, ended="tripped", rating=HURT), past(2, backward_s=0.0, rating=FINE)])


WEEKS = [past(ago) for ago in (11, 9, 7)]  # nine minutes in the week before this one


def with_rating(ran: list[Past], rating: Rating) -> list[Past]:
    """The last of them as the runner rates it."""
    return [*ran[:-1], replace(ran[-1], rating=rating)]


def test_a_week_after_pain_has_no_more_than_the_larger_of_the_last_two() -> None:
    assert allowed(*WEEKS).session_s == 702
    held = allowed(*with_rating(WEEKS, HURT))
    assert held.session_s == 540
    assert held.reason == (
        "9 of 9 minutes are left this week: it does not grow after pain 7 of 10 after the session of 13 May 2026"
    )
    assert allowed(*with_rating(WEEKS, FINE)).session_s == 702


def test_what_was_said_before_a_session_is_asked_of_goes_with_it() -> None:
    assert allowed(*with_rating(WEEKS, HURT), past(3, rating=FINE)).session_s == 702 - 180
    assert allowed(*with_rating(WEEKS, HURT), past(3)).session_s == 540 - 180


def test_pain_in_the_first_week_leaves_what_a_first_week_has() -> None:
    """There is no week yet that could be done again; what a session may have stays what it is for the level."""
    assert standing([past(2, rating=HURT)], Own(), NOW).week_most_s == 900

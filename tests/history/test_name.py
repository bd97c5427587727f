"""Which session is meant: the whole name, a begin that no other has, or the newest; else what is near."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.history.name import SHOWN, MeantError, last, named
from coach.history.past import Past


def one(name: str, *, simulated: bool = False, deleted: bool = False, workout: str = "Walk") -> Past:
    at = datetime(2026, 5, 4, tzinfo=UTC)
    return Past(name, Path(name), "", at, simulated, workout, deleted=deleted)


SESSIONS = (
    one("2026-05-06-180000-000-first-steps-back", workout="First steps back"),
    one("2026-05-04-190000-000-lunch-walk", workout="Lunch walk"),
    one("2026-05-04-180000-000-lunch-walk", simulated=True, workout="Lunch walk"),
    one("2026-05", workout="Odd"),
)


@pytest.mark.parametrize(
    ("text", "place"),
    {
        "2026-05-06-180000-000-first-steps-back": 0,
        "2026-05-06": 0,
        "2026-05-04-19": 1,
        "2026-05-04 18:00": 2,
        " 2026-05-06 ": 0,
        "2026-05": 3,  # a whole name is never the begin of another
    }.items(),
)
def test_a_name_or_a_begin_that_no_other_has_is_meant(text: str, place: int) -> None:
    assert named(text, SESSIONS) is SESSIONS[place]


def test_a_begin_that_several_have_is_refused_with_their_names() -> None:
    with pytest.raises(MeantError) as refused:
        named("2026-05-04", SESSIONS)
    assert str(refused.value) == (
        "2 sessions begin with '2026-05-04'; write more of the name:\n"
        "  2026-05-04-190000-000-lunch-walk\n  2026-05-04-180000-000-lunch-walk"
    )


@pytest.mark.parametrize("count", [SHOWN, SHOWN + 1])
def test_only_some_of_many_are_named(count: int) -> None:
    many = [one(f"2026-05-{day:02}") for day in range(1, count + 1)]
    with pytest.raises(MeantError) as refused:
        named("2026", many)
    assert str(refused.value).endswith("\n  and 1 more" if count > SHOWN else f"\n  2026-05-{SHOWN:02}")


@pytest.mark.parametrize(
    ("text", "near"),
    {
        "lunch": "near it:\n  2026-05-04-190000-000-lunch-walk\n  2026-05-04-180000-000-lunch-walk",
        "first steps back": "near it:\n  2026-05-06-180000-000-first-steps-back",
        "2026-05-07-180000-000-first-steps-back": "near it:\n  2026-05-06-180000-000-first-steps-back",
        "lst": "did you mean last?",
        "zzz": "the newest:\n  2026-05-06-180000-000-first-steps-back",
    }.items(),
)
def test_what_nothing_begins_with_is_refused_with_what_is_near(text: str, near: str) -> None:
    with pytest.raises(MeantError) as refused:
        named(text, SESSIONS)
    assert f"there is no session {text!r}; {near}" in str(refused.value)


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_is_never_the_begin_of_a_name(text: str) -> None:
    with pytest.raises(MeantError, match="a session has a name"):
        named(text, SESSIONS[:1])


def test_where_nothing_is_recorded_that_is_said() -> None:
    with pytest.raises(MeantError, match="nothing is recorded yet"):
        named("2026", ())


def test_the_last_one_is_the_newest_real_one_with_a_recording() -> None:
    simulated, deleted, real = one("c", simulated=True), one("b", deleted=True), one("a")
    assert last([simulated, deleted, real]) is real
    assert last([deleted, simulated, replace(simulated, id="z")]) is simulated
    assert last([deleted]) is None
    assert last([]) is None


def test_of_two_of_one_name_the_real_one_is_meant() -> None:
    simulated, real = one("a", simulated=True), one("a")
    assert named("a", [simulated, real]) is real
    deleted = one("a", deleted=True)
    assert named("a", [simulated, deleted]) is deleted

"""The gate of a runner who does not hear: he sees the alarm on the page behind the treadmill, or runs forward only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.gate import ALARM, gate, mend_s, missing
from tests.test_gate import ALL as WELL
from tests.tui.bare import plan

ALL = replace(WELL, alarm_heard=False, hears=False)


def test_without_the_page_backward_is_off_and_a_sentence_says_why() -> None:
    (check,) = missing(gate(plan(), ALL))
    assert (check.name, check.mend_s, check.by_word) == (ALARM, None, False)
    assert check.words == (
        "You do not hear alarms, so backward needs the page behind the treadmill: start coach with --share."
    )
    assert mend_s(gate(plan(), ALL)) is None


def test_a_page_that_nobody_looks_at_cannot_be_confirmed() -> None:
    (check,) = missing(gate(plan(), replace(ALL, shared=True)))
    assert (check.name, check.by_word) == (ALARM, False)
    assert check.words.startswith("Open the page")


def test_a_page_that_is_watched_is_confirmed_by_word() -> None:
    (check,) = missing(gate(plan(), replace(ALL, shared=True, watched=True)))
    assert (check.name, check.by_word) == (ALARM, True)
    assert check.words == "Face the rear on the rails: you see the alarm on the page behind the treadmill."


@pytest.mark.parametrize("watched", [True, False])
def test_once_seen_it_was_seen_in_this_session(watched: bool) -> None:
    assert missing(gate(plan(), replace(ALL, shared=True, watched=watched, alarm_heard=True))) == ()


def test_without_a_page_an_alarm_that_was_confirmed_does_not_count() -> None:
    assert [check.name for check in missing(gate(plan(), replace(ALL, alarm_heard=True)))] == [ALARM]


def test_the_page_asks_for_the_presses() -> None:
    facts = replace(ALL, shared=True, watched=True, alarm_heard=True, presses=0)
    (check,) = missing(gate(plan(), facts))
    assert check.words == "Press when the page asks, facing the rear on the rails, twice."


def test_forward_needs_none_of_it() -> None:
    assert missing(gate(plan("10min@4"), ALL)) == ()

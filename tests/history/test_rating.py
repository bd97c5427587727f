from collections.abc import Mapping

import pytest

from coach.history.rating import LONGEST_NOTE, UNSAID, Rating, RatingError, heard


@pytest.mark.parametrize("name", ["effort", "pain_before", "pain_after", "pain_morning"])
@pytest.mark.parametrize("value", [-1, 11, 1000])
def test_a_number_off_the_scale_is_refused_with_its_name(name: str, value: int) -> None:
    with pytest.raises(RatingError, match=f"{name.replace('_', ' ')} is a number from 0 to 10, not {value}"):
        _ = heard([]).over(Rating(**{name: value}))  # type: ignore[arg-type]  # a name of a number each


@pytest.mark.parametrize("value", [0, 10])
def test_both_ends_of_the_scale_are_on_it(value: int) -> None:
    assert Rating(effort=value, pain_before=value).facts() == {"effort": value, "pain_before": value}


def test_a_note_that_is_too_long_is_refused_and_one_sign_less_is_not() -> None:
    assert Rating(note="x" * LONGEST_NOTE).said
    with pytest.raises(RatingError, match="2000 are the most"):
        _ = Rating(note="x" * (LONGEST_NOTE + 1))


def test_the_later_word_wins_and_what_it_leaves_out_stays() -> None:
    said: list[Mapping[str, object]] = [{"effort": 5, "note": "stiff"}, {"effort": 6, "pain_after": 2}, {"note": ""}]
    assert heard(said) == Rating(effort=6, pain_after=2, note="")


def test_no_and_nothing_are_two_things() -> None:
    assert heard([{"rails": True}, {"rails": False}]).rails is False
    assert heard([{"rails": True}, {}]).rails is True


@pytest.mark.parametrize("value", ["6", 6.5, True, None, [], {}, 11, -1, 10**30])
def test_what_cannot_be_read_counts_as_not_said(value: object) -> None:
    assert heard([{"effort": value, "rails": value if value is not True else 1, "note": None}]) == UNSAID


def test_nothing_said_has_no_facts() -> None:
    assert not UNSAID.said
    assert UNSAID.facts() == {}
    assert heard([Rating(fell=True, note="n").facts()]) == Rating(fell=True, note="n")

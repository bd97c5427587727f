"""The card: what others may see of a session and no more, on a picture of one size and as a few lines."""

import struct
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from coach.history.report.card import MOST_LINES, Card, card_of, card_text
from coach.history.report.charts.card import card_png, card_svg
from coach.history.report.shown import Shown
from coach.history.report.tell import KILOMETRES, Measure
from tests.history.report.pages import EVIL, played, told, told_of

SVG = "{http://www.w3.org/2000/svg}"


def card(shown: Shown) -> Card:
    return card_of(shown.summary, shown.at, shown.drawn, shown.measure)


def named(name: str) -> Shown:
    shown = told()
    return replace(shown, summary=replace(shown.summary, workout=name))


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_it_has_workout_day_time_distance_backward_and_heart() -> None:
    shown = told("flip-flop")
    found = card(shown)
    assert found.title == ("Flip-flop",)
    assert found.when == "20 May 2026, 18:00"
    assert [one[:2] for one in found.figures] == [
        ("20:30", "min in intervals"),
        (KILOMETRES.distance(shown.summary.distance_m), "of belt"),
        ("4:30", "min facing the rear"),
        (f"{shown.summary.heart.mean_bpm:.0f}", "bpm on average"),
    ]
    assert found.figures[2][2] == KILOMETRES.distance(shown.summary.backward.distance_m)


def test_the_picture_is_1200_by_630_as_svg_and_as_png() -> None:
    found = card(told("flip-flop"))
    root = ElementTree.fromstring(card_svg(found))
    assert (root.get("width"), root.get("height")) == ("1200", "630")
    assert root.findtext(f"{SVG}title") == "Flip-flop"
    png = card_png(found)
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (1200, 630)
    assert b"Matplotlib" not in png
    assert card_png(found) == png


def test_all_of_it_is_drawn() -> None:
    found = card(told("flip-flop"))
    drawn = words(card_svg(found))
    assert {"Flip-flop", found.when, found.foot, *(one for figure in found.figures for one in figure if one)} <= set(
        drawn
    )
    assert "SIMULATED" not in drawn


def test_simulated_stands_on_it() -> None:
    shown = told(simulated=True)
    assert "SIMULATED" in words(card_svg(card(shown)))
    assert card_text(shown.summary, shown.at, KILOMETRES)[-1] == "SIMULATED: no real belt moved."


def test_nobody_is_named_on_it() -> None:
    whole = played("first-steps-back")
    origin = replace(whole.origin, who="Ingeborg")
    runner = replace(whole.plan.runner, weight_kg=83.7, age=51)
    shown = told_of(replace(whole, origin=origin, plan=replace(whole.plan, runner=runner), summary=None))
    shown = replace(shown, summary=replace(shown.summary, machine="Ingeborgs treadmill"))
    lines = [*words(card_svg(card(shown))), *card_text(shown.summary, shown.at, KILOMETRES)]
    assert not any(word in line for line in lines for word in ("Ingeborg", "83.7", "kcal", "kg"))


def test_without_backward_and_without_a_heart_nothing_is_made_up() -> None:
    shown = told("10s@3", heart="none")
    assert [one[1] for one in card(shown).figures] == ["min in intervals", "of belt"]
    assert card_text(shown.summary, shown.at, KILOMETRES) == [
        "10s@3, 20 May 2026, 18:00",
        "0:10 min, 17 m",
    ]


def test_for_a_chat_it_is_a_few_lines() -> None:
    shown = told("flip-flop")
    assert card_text(shown.summary, shown.at, Measure(miles=True)) == [
        "Flip-flop, 20 May 2026, 18:00",
        "20:30 min, 0.93 mi",
        "Facing the rear: 4:30 min, 0.11 mi, 6 turns",
        f"Heart: {shown.summary.heart.mean_bpm:.0f} bpm on average",
    ]
    assert card_text(shown.summary, None, KILOMETRES)[0] == "Flip-flop"


@pytest.mark.parametrize("name", ["x" * 5000, "Donaudampfschifffahrt " * 30, EVIL, "走る " * 100, "", "  \n ", "$x^2$"])
def test_whatever_a_workout_is_called_the_card_is_whole(name: str) -> None:
    found = card(named(name))
    assert 1 <= len(found.title) <= MOST_LINES
    assert all(found.title)
    drawn = card_svg(found)
    ElementTree.fromstring(drawn)
    assert card_png(found).startswith(b"\x89PNG")
    assert len(card_text(named(name).summary, None, KILOMETRES)[0]) <= 210
    assert "<script" not in drawn


def test_a_title_that_was_cut_says_so() -> None:
    assert card(named("Donaudampfschifffahrt " * 30)).title[-1].endswith("…")
    assert card(named("x" * 5000)).title[-1].endswith("…")
    assert card(named("")).title == ("A session",)


def test_a_session_in_which_nothing_moved_has_a_card_without_a_profile() -> None:
    whole = played("10s@3")
    shown = told_of(replace(whole, entries=whole.entries[:5], end=None, summary=None))
    assert card(shown).drawn is None
    ElementTree.fromstring(card_svg(card(shown)))

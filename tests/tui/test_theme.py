"""The themes: every role in every theme is as legible as WCAG asks."""

from __future__ import annotations

import re
from dataclasses import fields
from itertools import product

import pytest

from coach.tui.theme import DEFAULT, PALETTES, TITLES, Palette, known, roles, themes
from coach.tui.widgets.pane import LOOKS

TEXT = 4.5  # WCAG 2.2, 1.4.3: text
SHAPE = 3.0  # 1.4.11: graphics
ENHANCED = 7.0  # 1.4.6
GROUNDS = ("paper", "surface", "panel")
ON = {"on_accent": ["accent"], "on_facing": ["facing_forward", "facing_backward", "facing_turn"], "on_alarm": ["alarm"]}
WORDS = ("ink", "ink_dim", "accent", "facing_forward", "facing_backward", "facing_turn", "alarm", "good")
SHAPES = ("past_forward", "past_backward", *(f"zone_{number}" for number in range(6)))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_the_measure_itself_gives_the_known_figures() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#0072B2", "#FFFFFF") == pytest.approx(5.2, abs=0.05)
    assert contrast("#CC79A7", "#111111") == pytest.approx(6.2, abs=0.05)


@pytest.mark.parametrize(("name", "role"), list(product(PALETTES, WORDS)))
def test_text_stands_out_on_every_ground(name: str, role: str) -> None:
    palette = PALETTES[name]
    least = ENHANCED if name == "high-contrast" else TEXT
    assert min(contrast(getattr(palette, role), getattr(palette, ground)) for ground in GROUNDS) >= least


@pytest.mark.parametrize(("name", "role"), list(product(PALETTES, SHAPES)))
def test_shapes_stand_out_on_paper(name: str, role: str) -> None:
    assert contrast(getattr(PALETTES[name], role), PALETTES[name].paper) >= SHAPE


@pytest.mark.parametrize(("name", "role"), list(product(PALETTES, ON)))
def test_text_stands_out_on_its_field(name: str, role: str) -> None:
    palette = PALETTES[name]
    assert min(contrast(getattr(palette, role), getattr(palette, field)) for field in ON[role]) >= TEXT


@pytest.mark.parametrize("name", PALETTES)
def test_forward_backward_and_turn_differ_also_in_brightness_or_hue(name: str) -> None:
    palette = PALETTES[name]
    assert len({palette.facing_forward, palette.facing_backward, palette.facing_turn, palette.alarm}) >= 3


def test_every_role_is_tested() -> None:
    assert {field.name for field in fields(Palette)} == {*GROUNDS, *ON, *WORDS, *SHAPES}


@pytest.mark.parametrize("name", PALETTES)
def test_a_theme_has_every_colour_that_a_pane_asks_for(name: str) -> None:
    assert {colour for *both, _ in LOOKS.values() for colour in both} <= set(roles(PALETTES[name]))
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in roles(PALETTES[name]).values())


def test_every_theme_has_a_name_for_people() -> None:
    assert [theme.name for theme in themes()] == list(PALETTES) == list(TITLES)


@pytest.mark.parametrize(("named", "taken"), [("light", "light"), ("textual-dark", DEFAULT), ("", DEFAULT)])
def test_a_theme_that_is_not_there_is_the_usual_one(named: str, taken: str) -> None:
    assert known(named) == taken

"""Countdown, belt and heart in digits seven rows high or higher, each with its label and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.seen.view import Heart, Numbers, Setting
from coach.tui.widgets.glyphs import ROWS, big, most_scale
from coach.tui.widgets.pane import Line, Span, beside, centred, fitted

HEART_FROM: Final = 110  # columns at which the heart has big digits of its own
ZONES: Final = 5  # as many as a heart has (core/heart.py)
AROUND: Final = 3  # rows besides the digits: the label and two lines


def draw_numbers(numbers: Numbers, width: int, height: int) -> list[Line]:
    """Two blocks side by side with the heart in a line below, or three blocks where there is room.

    A speed that is to be set stands beside the belt's, and what has no block then is told in a line.
    """
    wide = width >= HEART_FROM
    setting = numbers.setting
    texts = [*([numbers.left] if wide or setting is None else []), *([setting.speed] if setting is not None else [])]
    texts += [numbers.speed, *([numbers.heart.digits] if wide and setting is None else [])]
    scale = most_scale(texts, width, height - AROUND)
    column = width // len(texts)
    left = _block(numbers.left, numbers.left_label, "strong", (numbers.left_more,), column, scale)
    last = column if wide and setting is None else width - column * (len(texts) - 1)
    belt = _block(numbers.speed, numbers.speed_label, numbers.role, numbers.speed_more, last, scale)
    if setting is not None:
        return _to_set(numbers, setting, left if wide else [], belt, width, scale)
    if wide:
        return beside(left, beside(belt, _heart(numbers.heart, width - 2 * column, scale), column), column)
    lines = beside(left, belt, column)[: ROWS + 2]
    return [*lines, heart_line(numbers.heart, width)]


def _to_set(
    numbers: Numbers, setting: Setting, left: list[Line], belt: list[Line], width: int, scale: int
) -> list[Line]:
    column = width // (3 if left else 2)
    more = "" if left else f"{numbers.left} left"
    under = "  ".join(part for part in (setting.more, more) if part)
    there = _block(setting.speed, setting.label, "turn", (under,), column, scale)
    lines = beside(there, belt, column)
    lines = (beside(left, lines, column) if left else lines)[: scale * ROWS + 2]
    return [*lines, heart_line(numbers.heart, width)]


def _block(text: str, label: str, role: str, more: Sequence[str], width: int, scale: int) -> list[Line]:
    under: list[Line] = [centred(((line, "text"),), width) for line in more]
    return [centred(((label, "dim"),), width), *big(text, role, width, scale), *under]


def _heart(heart: Heart, width: int, scale: int) -> list[Line]:
    role = "dim" if heart.zone is None else f"zone-{heart.zone}"
    label = centred(((f"HEART, bpm{', ' + heart.source if heart.source else ''}", "dim"),), width)
    zone = centred((*_zone(heart), ("  " + heart.age, "dim")), width)
    why = "  ".join(part for part in (heart.purpose, heart.band) if part)
    return [label, *big(heart.digits, role, width, scale), zone, centred(((why, "text"),), width)]


def heart_line(heart: Heart, width: int) -> Line:
    """The heart in one line."""
    number = heart.digits if heart.zone is not None else "–"
    role = "dim" if heart.zone is None else f"zone-{heart.zone}"
    more = "  ".join(part for part in (heart.purpose, heart.band, heart.age) if part)
    number = f"{number} {heart.source}".strip()
    return fitted(((f" ♥ {number} ", role), *_zone(heart), (f"  {more}", "text")), width)


def _zone(heart: Heart) -> tuple[Span, ...]:
    """A bar for each zone that is reached, and the zone's word."""
    if heart.zone is None:
        return ((heart.word, "dim"),)
    return (("▮" * heart.zone + "▯" * (ZONES - heart.zone) + f" {heart.word}", f"zone-{heart.zone}"),)

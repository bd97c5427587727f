"""The printed page as SVG: 210 mm wide and as high as Letter, so that it prints on either paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from coach.show.facts import Facts
from coach.show.ink import FONTS, INK, MARGIN_MM, PALE, RULE, Section, footer, halves, language_of, mark, rooted
from coach.show.sheet import (
    ABOUT_PT,
    FOOT_PT,
    GAP_MM,
    HEIGHT_MM,
    LEADING,
    MM_PT,
    PAD_MM,
    TITLE_PT,
    TITLED_MM,
    WIDTH_MM,
    Line,
    Part,
    Sheet,
    cell_lines,
    foot_lines,
    heads,
    line_mm,
    row_mm,
    said_lines,
    said_pt,
)


def svg(sheet: Sheet, found: Facts, drawn: str) -> Iterator[str]:
    """The lines of the page around a chart."""
    width, height = WIDTH_MM + 2 * MARGIN_MM, HEIGHT_MM + 2 * MARGIN_MM
    yield '<?xml version="1.0" encoding="utf-8"?>'
    size = f'width="{width:g}mm" height="{height:g}mm" viewBox="0 0 {width:g} {height:g}"'
    style = f'xml:lang="{language_of(sheet)}" font-family="{FONTS}" fill="{INK}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>'
    yield f"<title>{escape(sheet.name)}</title>"
    yield f'<rect width="{width:g}" height="{height:g}" fill="#FFFFFF"/>'
    y = MARGIN_MM
    for line in sheet.title:
        yield _text(line, MARGIN_MM, y, TITLE_PT, weight="bold")
        y += line_mm(TITLE_PT)
    for line in (line for lines in sheet.about for line in lines):
        yield _text(line, MARGIN_MM, y, ABOUT_PT)
        y += line_mm(ABOUT_PT)
    y += GAP_MM
    size = f'width="{WIDTH_MM:g}" height="{sheet.layout.chart_mm:g}"'
    yield rooted(drawn, f'x="{MARGIN_MM:g}" y="{y:.2f}" {size}')
    y += sheet.layout.chart_mm + GAP_MM
    ends = []
    for number, part in enumerate(sheet.parts):
        x = MARGIN_MM + number * (WIDTH_MM - sheet.layout.table_mm) / max(len(sheet.parts) - 1, 1)
        ends.append(y + _head_mm(sheet) + part.height_mm)
        yield from _table(part, sheet, x, y)
    y = max(ends)
    if sheet.left_out:
        yield _text(sheet.left_out, MARGIN_MM, y, sheet.layout.size_pt, weight="bold")
        y += line_mm(sheet.layout.size_pt)
    y += GAP_MM
    for number, half in enumerate(halves(sheet)):
        yield from _foot(half, sheet, MARGIN_MM + number * (WIDTH_MM + GAP_MM) / 2, y)
    yield _text(footer(found), MARGIN_MM, height - MARGIN_MM - line_mm(FOOT_PT), FOOT_PT, colour=PALE)
    yield "</svg>"


def _head_mm(sheet: Sheet) -> float:
    return line_mm(sheet.layout.size_pt) + 2 * sheet.layout.pad_mm


def _table(part: Part, sheet: Sheet, x: float, y: float) -> Iterator[str]:
    layout = sheet.layout
    lefts = [x + sum(layout.widths_mm[:index]) for index in range(len(layout.widths_mm))]
    for left, head in zip(lefts, heads(layout), strict=False):
        yield _text(head, left, y + layout.pad_mm, layout.size_pt, colour=PALE) if head else ""
    y += _head_mm(sheet)
    for line in part.lines:
        yield f'<path d="M{x:.2f},{y:.2f} h{layout.table_mm:.2f}" stroke="{RULE}" stroke-width="0.2"/>'
        yield from _row(line, sheet, lefts, y + layout.pad_mm)
        y += row_mm(line, layout)


def _row(line: Line, sheet: Sheet, lefts: list[float], y: float) -> Iterator[str]:
    layout = sheet.layout
    step, colour = line_mm(layout.size_pt), PALE if line.stop else INK
    scale = layout.size_pt * MM_PT / 4
    yield f'<g transform="translate({lefts[2]:.2f} {y + 0.15 * step:.2f}) scale({scale:.4f})">{mark(line)}</g>'
    told = cell_lines(line, layout)
    for left, lines in zip(lefts, told, strict=False):
        ink = PALE if left == lefts[0] else colour
        for number, text in enumerate(lines):
            yield _text(text, left, y + number * step, layout.size_pt, colour=ink) if text else ""
    beside = layout.columns == 1
    left, top = (lefts[7], y) if beside else (lefts[1], y + max(map(len, told)) * step)
    for number, text in enumerate(said_lines(line, layout)):
        yield _text(text, left, top + number * line_mm(said_pt(layout)), said_pt(layout), colour=PALE)


def _foot(half: tuple[Section, ...], sheet: Sheet, x: float, y: float) -> Iterator[str]:
    size_pt = sheet.layout.foot_pt
    for number, (title, texts) in enumerate(half):
        y += TITLED_MM * number
        yield _text(title, x, y, size_pt, weight="bold")
        y += line_mm(size_pt)
        for lines in foot_lines(texts, sheet.layout):
            for line in lines:
                yield _text(line, x, y, size_pt)
                y += line_mm(size_pt)
            y += PAD_MM


def _text(text: str, x: float, y: float, size_pt: float, *, weight: str = "", colour: str = "") -> str:
    """A line of text whose upper edge is at y."""
    size = size_pt * MM_PT
    style = (f' font-weight="{weight}"' if weight else "") + (f' fill="{colour}"' if colour else "")
    base = y + size * (0.5 * (LEADING - 1) + 0.82)
    return f'<text x="{x:.2f}" y="{base:.2f}" font-size="{size:.3f}"{style}>{escape(text)}</text>'

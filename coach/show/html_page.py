"""The printed page as HTML: one file with everything in it, for a browser and its printer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from coach.show.facts import Facts
from coach.show.ink import FONTS, INK, MARGIN_MM, OURS, PALE, RULE, footer, halves, language_of, mark, rooted
from coach.show.sheet import (
    ABOUT_PT,
    FOOT_PT,
    GAP_MM,
    LEADING,
    PAD_MM,
    TITLE_PT,
    TITLED_MM,
    WIDTH_MM,
    Line,
    Part,
    Sheet,
    cells,
    heads,
    said,
    said_pt,
)


def html(sheet: Sheet, found: Facts, drawn: str) -> Iterator[str]:
    """The lines of the page around a chart."""
    yield "<!DOCTYPE html>"
    yield f'<html lang="{language_of(sheet)}">'
    yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(sheet.name)}</title>"
    yield f"<style>{_css(sheet)}</style></head>"
    yield '<body><main class="page">'
    yield f"<header><h1>{escape(sheet.name)}</h1>"
    yield from (f"<p>{escape(' '.join(lines))}</p>" for lines in sheet.about)
    yield "</header>"
    picture = rooted(drawn, f'width="{WIDTH_MM:g}mm" height="{sheet.layout.chart_mm:g}mm"')
    yield _ours(f'<figure role="img" aria-label="Speed over time">{picture}</figure>')
    yield '<div class="tables">'
    for part in sheet.parts:
        yield from _table(part, sheet)
    yield "</div>"
    if sheet.left_out:
        yield _ours(f'<p class="left-out">{escape(sheet.left_out)}</p>')
    yield _ours('<div class="foot">')
    for half in halves(sheet):
        yield "<section>"
        for title, texts in half:
            yield f"<h2>{title}</h2>"
            yield from (f"<p>{escape(text)}</p>" for text in texts)
        yield "</section>"
    yield "</div>"
    yield _ours(f"<footer>{escape(footer(found))}</footer>")
    yield "</main></body></html>"


def _ours(element: str) -> str:
    """An element of ours, in our language whatever that of the workout is."""
    return re.sub(r"^<(\w+)", rf'<\1 lang="{OURS}"', element, count=1)


def _table(part: Part, sheet: Sheet) -> Iterator[str]:
    layout = sheet.layout
    yield "<table><colgroup>"
    yield "".join(f'<col style="width:{width:g}mm">' for width in layout.widths_mm)
    yield "</colgroup>"
    yield _ours(f"<tr>{''.join(f'<th>{head}</th>' for head in heads(layout))}</tr>")
    for line in part.lines:
        yield from _row(line, sheet)
    yield "</table>"


def _row(line: Line, sheet: Sheet) -> Iterator[str]:
    layout = sheet.layout
    texts = [escape(text) for text in said(line, layout)]
    style = ' class="stop"' if line.stop else ""
    told = [escape(cell) for cell in cells(line, layout)]
    told[2] = f'<svg class="mark" viewBox="0 0 4 4" aria-hidden="true">{mark(line)}</svg>'
    row = "".join(f"<td>{cell}</td>" for cell in told[:5])
    row += f'<td colspan="2">{told[5]}</td>' if line.stop else f"<td>{told[5]}</td><td>{told[6]}</td>"
    if layout.columns == 1:
        yield f'<tr{style}>{row}<td class="said">{"<br>".join(texts)}</td></tr>'
        return
    yield f"<tr{style}>{row}</tr>"
    if texts:
        yield f'<tr class="more"><td></td><td class="said" colspan="6">{"<br>".join(texts)}</td></tr>'


def _css(sheet: Sheet) -> str:
    layout = sheet.layout
    size_pt, said_ = layout.size_pt, said_pt(layout)
    return f"""
@page {{ margin: {MARGIN_MM:g}mm }}
* {{ box-sizing: border-box }}
html {{ background: #E8E8E6; -webkit-print-color-adjust: exact; print-color-adjust: exact }}
body {{ margin: 0; color: {INK}; font: {size_pt:g}pt/{LEADING:g} {FONTS} }}
.page {{ width: {WIDTH_MM + 2 * MARGIN_MM:g}mm; margin: 0 auto; padding: {MARGIN_MM:g}mm; background: #FFF }}
h1 {{ margin: 0; font-size: {TITLE_PT:g}pt; line-height: {LEADING:g} }}
header p {{ margin: 0; font-size: {ABOUT_PT:g}pt }}
figure, .tables, .foot, footer {{ margin: {GAP_MM:g}mm 0 0 }}
figure {{ height: {layout.chart_mm:g}mm }}
figure > svg {{ display: block; max-width: 100% }}
.tables {{ display: flex; justify-content: space-between; align-items: flex-start }}
table {{ width: {layout.table_mm:g}mm; table-layout: fixed; border-collapse: collapse }}
th, td {{ padding: {layout.pad_mm:g}mm 1mm {layout.pad_mm:g}mm 0; overflow-wrap: anywhere }}
th, td {{ text-align: left; vertical-align: top }}
th {{ color: {PALE}; font-weight: normal }}
tr {{ border-top: 0.2mm solid {RULE} }}
tr:first-child, tr.more {{ border-top: none }}
tr.more td {{ padding-top: 0 }}
tr.stop {{ color: {PALE} }}
td {{ font-variant-numeric: tabular-nums }}
td:first-child {{ color: {PALE} }}
.said {{ font-size: {said_:g}pt; color: {PALE} }}
.mark {{ width: {size_pt:g}pt; height: {size_pt:g}pt; display: block; margin-top: {size_pt * 0.15:g}pt }}
.left-out {{ margin: 0; font-weight: bold }}
.foot {{ display: flex; justify-content: space-between; font-size: {layout.foot_pt:g}pt }}
.foot section {{ width: {(WIDTH_MM - GAP_MM) / 2:g}mm }}
.foot h2 {{ margin: 0; font-size: {layout.foot_pt:g}pt }}
.foot p + h2 {{ margin-top: {TITLED_MM:g}mm }}
.foot p {{ margin: 0 0 {PAD_MM:g}mm }}
footer {{ color: {PALE}; font-size: {FOOT_PT:g}pt }}
@media print {{ html {{ background: none }} .page {{ width: {WIDTH_MM:g}mm; margin: 0; padding: 0 }} }}
"""

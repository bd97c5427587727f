"""What both pages are built of: the frame of a page that needs nothing from elsewhere, its sections, tables and charts.

No script, no link to anything, and a policy in the page that would forbid them. Every text from outside goes through
escape() here and nowhere else. Charts are drawn twice, for a wide and for a narrow window; the style shows one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from coach.history.report.tell import NOTHING
from coach.script.problem import printable
from coach.show.ink import BACKWARD, BRIDGE, FONTS, FORWARD, HATCHED, INK, PALE, REST, RULE, TURN, rooted
from coach.show.sheet import MM_PT

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
WIDE_MM: Final = 212.0  # a chart over the width of the page
NARROW_MM: Final = 88.0  # one of two beside each other
SIMULATED: Final = "SIMULATED: no real belt moved, and this session counts for nothing."
_THEMED: Final = {  # colours of charts that change with the light, by the name that the style gives them
    INK: "ink", PALE: "pale", RULE: "rule", "#FFFFFF": "paper", FORWARD: "forward", BRIDGE: "bridge",
    BACKWARD: "backward", HATCHED: "hatched", TURN: "turn", REST: "rest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand to the right, and lines of words may break."""

    head: str
    number: bool = True
    breaks: bool = False


def told(text: str) -> str:
    """A text as markup: nothing in it is an element, and nothing in it is obeyed."""
    return escape(printable(" ".join(text.split())))


def page(title: str, body: Iterable[str]) -> str:
    """A whole page; `body` is markup, the title is a text."""
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        '<head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">',
        f"<title>{told(title)}</title>",
        f"<style>{_CSS}</style></head>",
        "<body><main>",
        *body,
        "</main></body></html>",
    ]
    return "\n".join(lines)


def head(title: str, under: Iterable[str], *, simulated: bool) -> Iterator[str]:
    """The top of a page: its title, lines below it, and loudly that nothing of it was real."""
    yield "<header>"
    yield f'<p class="simulated" role="note">{SIMULATED}</p>' if simulated else ""
    yield f"<h1>{told(title)}</h1>"
    yield from (f'<p class="under">{told(line)}</p>' for line in under if line)
    yield "</header>"


def section(title: str, body: Iterable[str]) -> Iterator[str]:
    """A part of a page with its heading; nothing where it has no body."""
    lines = [line for line in body if line]
    if lines:
        yield f"<section><h2>{told(title)}</h2>"
        yield from lines
        yield "</section>"


def tiles(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The few numbers that are read first, each with what it is."""
    yield '<dl class="tiles">'
    yield from (f"<div><dt>{told(name)}</dt><dd>{told(value)}</dd></div>" for name, value in facts)
    yield "</dl>"


def table(caption: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table whose first column names its rows; where there is no room it scrolls within itself.

    Columns in which nothing is known are left out.
    """
    lines = [tuple(row) for row in rows]
    keep = [at for at in range(len(columns)) if not at or any(line[at] not in {"", NOTHING} for line in lines)]
    name = told(caption)
    yield f'<div class="scroll" role="region" aria-label="{name}" tabindex="0"><table>'
    yield f"<caption><span>{name}</span></caption>"
    heads = "".join(f'<th scope="col"{_side(columns[at])}>{told(columns[at].head)}</th>' for at in keep)
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for line in lines:
        first, *others = (told(line[at]) for at in keep)
        cells = "".join(f"<td{_side(columns[at])}>{cell}</td>" for at, cell in zip(keep[1:], others, strict=True))
        yield f'<tr><th scope="row">{first}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def figure(name: str, caption: str, said: str, draw: Callable[[float], str]) -> Iterator[str]:
    """A chart for a wide and for a narrow window; `name` is a word of its own, `said` what it shows, in words."""
    for kind, width_mm in (("wide", WIDE_MM), ("narrow", NARROW_MM)):
        yield from _figure(kind, f"{name}-{kind}", caption, said, draw(width_mm))


def small_figure(name: str, caption: str, said: str, draw: Callable[[float], str]) -> Iterator[str]:
    """A chart that is no wider than a phone in any window, so that some stand beside each other."""
    yield from _figure("small", name, caption, said, draw(NARROW_MM))


def _figure(kind: str, name: str, caption: str, said: str, drawn: str) -> Iterator[str]:
    yield f'<figure class="{kind}"><div role="img" aria-label="{told(said)}">'
    yield chart(drawn, name)
    yield f"</div><figcaption>{told(caption)}</figcaption></figure>" if caption else "</div></figure>"


def chart(drawn: str, name: str) -> str:
    """A drawn chart as part of a page: in its colours by day and night, with names that no other chart has."""
    box = re.search(r'viewBox="0 0 ([0-9.]+)', drawn)
    assert box is not None
    width_mm = float(box[1]) * MM_PT
    sized = rooted(drawn, f'width="100%" style="max-width:{width_mm:.1f}mm" aria-hidden="true"')
    sized = re.sub(r'\bid="([^"]+)"', lambda found: f'id="{name}-{found[1]}"', sized)
    sized = re.sub(r"url\(#([^)]+)\)", lambda found: f"url(#{name}-{found[1]})", sized)
    sized = re.sub(r'href="#([^"]+)"', lambda found: f'href="#{name}-{found[1]}"', sized)
    sized = re.sub(r"<style[^>]*>.*?</style>", "", sized, flags=re.DOTALL)
    for colour, kind in _THEMED.items():
        sized = re.sub(re.escape(colour), f"var(--{kind})", sized, flags=re.IGNORECASE)
    return sized


def _side(column: Column) -> str:
    if column.number:
        return ""
    return ' class="words breaks"' if column.breaks else ' class="words"'


_CSS: Final = f"""
:root {{ --paper: #FFFFFF; --ink: {INK}; --pale: {PALE}; --rule: {RULE}; --forward: {FORWARD}; --bridge: {BRIDGE};
  --backward: {BACKWARD}; --hatched: {HATCHED}; --turn: {TURN}; --rest: {REST}; --shade: #F4F4F2 }}
@media (prefers-color-scheme: dark) {{ :root {{ --paper: #16181B; --ink: #ECECEC; --pale: #ABB0B6; --rule: #45494F;
  --forward: #56B4E9; --bridge: #2F7FB0; --hatched: #4A1338; --rest: #8A8A8A; --shade: #212429 }} }}
* {{ box-sizing: border-box }}
html {{ background: var(--paper); -webkit-text-size-adjust: 100%; text-size-adjust: 100% }}
body {{ margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.45 {FONTS} }}
main {{ max-width: 834px; margin: 0 auto; padding: 16px }}
h1 {{ margin: 8px 0 4px; font-size: 26px; line-height: 1.2; overflow-wrap: anywhere }}
h2 {{ margin: 28px 0 8px; font-size: 19px; line-height: 1.25 }}
h3 {{ margin: 16px 0 4px; font-size: 16px }}
p {{ margin: 6px 0; overflow-wrap: anywhere }}
.under, figcaption, footer, dt, caption {{ color: var(--pale) }}
.lead {{ font-size: 18px }}
.simulated {{ margin: 0 0 8px; padding: 8px 12px; background: {TURN}; color: #000000; font-weight: bold;
  border: 2px solid #000000 }}
.tiles {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 8px; margin: 16px 0 0 }}
.tiles div {{ padding: 8px 12px; background: var(--shade) }}
.tiles dt {{ font-size: 14px }}
.tiles dd {{ margin: 0; font-size: 21px; font-weight: bold; font-variant-numeric: tabular-nums }}
figure {{ margin: 8px 0 }}
figure svg {{ display: block; height: auto }}
figcaption, caption {{ font-size: 14px }}
.trends {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(330px, 100%), 1fr)); gap: 0 16px }}
.narrow {{ display: none }}
.trends svg {{ max-width: 100% !important }}
.scroll {{ overflow-x: auto; margin: 8px 0 }}
.scroll:focus-visible {{ outline: 2px solid var(--forward) }}
table {{ border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; min-width: 50% }}
caption {{ text-align: left; padding-bottom: 4px }}
caption span {{ display: block; position: sticky; left: 0; width: max-content; max-width: calc(100vw - 32px) }}
th, td {{ padding: 4px 10px 4px 0; text-align: right; vertical-align: top; white-space: nowrap }}
th:last-child, td:last-child {{ padding-right: 0 }}
th {{ font-weight: normal }}
thead th {{ color: var(--pale); vertical-align: bottom; white-space: normal; min-width: 3.6em }}
th:first-child, .words {{ text-align: left }}
.breaks {{ white-space: normal; min-width: 8.8em }}
tbody tr {{ border-top: 1px solid var(--rule) }}
footer {{ margin-top: 32px; padding-top: 8px; border-top: 1px solid var(--rule); font-size: 14px }}
ul {{ margin: 8px 0; padding-left: 20px }}
@media (max-width: 560px) {{ .wide {{ display: none }} .narrow {{ display: block }} }}
@page {{ margin: 12mm }}
@media print {{
  :root {{ --paper: #FFFFFF; --ink: {INK}; --pale: {PALE}; --rule: {RULE}; --forward: {FORWARD}; --bridge: {BRIDGE};
    --hatched: {HATCHED}; --rest: {REST}; --shade: #F4F4F2 }}
  html, .tiles div, .simulated {{ -webkit-print-color-adjust: exact; print-color-adjust: exact }}
  body {{ font-size: 10.5pt }} main {{ max-width: none; padding: 0 }}
  .wide {{ display: block }} .narrow {{ display: none }}
  table {{ font-size: 9pt }} th, td {{ padding-right: 2.4mm }} thead th {{ min-width: 0 }}
  .scroll {{ overflow: visible }} .scroll, figure, tr, dl {{ break-inside: avoid }} h2 {{ break-after: avoid }}
}}
"""

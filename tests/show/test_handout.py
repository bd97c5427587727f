"""The page to print: every step on it, nothing from elsewhere, texts as texts, and always the same bytes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from coach.core.workout import Facing
from coach.script.check import check_text
from coach.show.facts import Facts
from coach.show.handout import as_html, as_svg, chart
from coach.show.sheet import HEIGHT_MM, SAFETY, WIDTH_MM, sheet_of, text_mm
from coach.show.words import clock
from tests.show.shown import HERE, NAMES, shown, text_of

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta", "br", "col"}


class Page(HTMLParser):
    """The elements of a page: rows of cells, texts by their element, and what was opened and never closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.texts: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"{tag} has an attribute twice"
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def of(self, tag: str) -> list[str]:
        return [text for inside, text in self.texts if inside == tag and text.strip()]


def texts_of(svg: str) -> list[ElementTree.Element]:
    """The texts of a page, in order, without those of the chart."""
    return ElementTree.fromstring(svg).findall(f"{SVG}text")


def external(text: str) -> list[str]:
    """All that would be fetched from somewhere else; the names of XML are none."""
    bare = re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)
    links = re.findall(r"""(?:href|src|url)\s*[=(]\s*["']?([^"')\s>]+)""", bare)
    return [*re.findall(r"\w+://\S+|@import|<script|<link|<iframe", bare), *(one for one in links if one[0] != "#")]


@pytest.mark.parametrize("name", NAMES)
def test_the_html_has_every_row_with_its_numbers(name: str) -> None:
    found, plan = shown(name)
    page = Page(as_html(found, plan))
    assert page.open == []
    rows = {cells[0]: cells for cells in page.rows if cells and cells[0].isdigit()}
    assert list(rows) == [str(row.index) for row in found.rows]
    for row in found.rows:
        cells = rows[str(row.index)]
        assert cells[1].rstrip("+") == clock(row.start_s)
        assert cells[3].startswith(row.head)
        assert cells[4] == (clock(row.length_s or 0) if row.extent_unit == "time" else row.extent)
        if row.speed_kmh is not None and row.end_kmh is None:
            assert float(cells[5].removesuffix(" km/h")) == pytest.approx(row.speed_kmh, abs=0.006)
    turns = [cells for cells in page.rows if "turn to" in cells]
    assert len(turns) == found.totals.turns
    assert page.of("h1") == [found.name]


@pytest.mark.parametrize("name", NAMES)
def test_the_svg_has_every_row_within_the_page(name: str) -> None:
    found, plan = shown(name)
    svg = as_svg(found, plan)
    lines = texts_of(svg)
    told = [line.text or "" for line in lines]
    at = [clock(row.start_s) for row in found.rows]
    assert [text.rstrip("+") for text in told if text.rstrip("+") in at and ":" in text][: len(at)] != []
    assert all(any(text.rstrip("+") == one for text in told) for one in at)
    for line in lines:
        x, y, size = (float(line.attrib[key]) for key in ("x", "y", "font-size"))
        assert x + text_mm(line.text or "", size * 72 / 25.4) <= WIDTH_MM + 20
        assert 10 <= y <= HEIGHT_MM + 10
    assert found.name in " ".join(told)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_and_what_keeps_one_safe_is_on_it(name: str) -> None:
    found, plan = shown(name)
    html, svg = as_html(found, plan), " ".join(line.text or "" for line in texts_of(as_svg(found, plan)))
    paragraphs = Page(html).of("p")
    assert [f"{number}. {rule}" for number, rule in enumerate(SAFETY, 1)] == [
        one for one in paragraphs if re.match(r"\d\. ", one)
    ]
    assert all(rule.split(" ")[0] in svg for rule in SAFETY)
    for cue in (cue for row in found.rows for cue in row.cues):
        assert cue.text in " ".join(Page(html).of("td"))
        assert cue.text.split(" ")[0] in svg


@pytest.mark.parametrize("name", NAMES)
def test_nothing_comes_from_elsewhere(name: str) -> None:
    found, plan = shown(name)
    assert external(as_html(found, plan)) == []
    assert external(as_svg(found, plan)) == []


def hostile(found: Facts) -> Facts:
    """Texts that would be markup, a formula, or more than a page has room for."""
    evil = "<script>alert(1)</script> & \"quotes\" 'n' $x^2_1$ \x07\u202e 走る"
    rows = tuple(replace(row, cues=tuple(replace(cue, text=evil) for cue in row.cues)) for row in found.rows)
    return replace(
        found,
        name=evil,
        description=evil * 40,
        purpose="</p>" + evil,
        rows=rows,
        file=f"{evil}.yaml",
        language='en"><b',
    )


def test_a_text_of_the_author_is_never_markup() -> None:
    found, plan = shown("blocks")
    found = hostile(found)
    html, svg = as_html(found, plan), as_svg(found, plan)
    assert "<script" not in html + svg
    assert Page(html).open == []
    assert Page(html).of("h1")[0].startswith("<script>alert(1)</script> & \"quotes\" 'n' $x^2_1$")
    assert not re.search(r"[\x00-\x08\u202e]", html + svg)
    assert (texts_of(svg)[0].text or "").startswith('<script>alert(1)</script> & "quotes"')
    assert sheet_of(found).height_mm <= HEIGHT_MM


@pytest.mark.parametrize(
    ("language", "told"), [("de", "de"), ("pt-BR", "pt-BR"), ("", "en"), ('en"><b', "en"), ("not a tag", "en")]
)
def test_the_language_of_the_page_is_that_of_the_workout(language: str, told: str) -> None:
    found, plan = shown("blocks")
    page = Page(as_html(replace(found, language=language), plan))
    assert ("html", "lang", told) in page.attributes
    assert ("div", "lang", "en") in page.attributes


def test_the_page_is_printed_on_one_sheet() -> None:
    found, plan = shown("blocks")
    html, svg = as_html(found, plan), ElementTree.fromstring(as_svg(found, plan))
    assert "@page { margin: 10mm }" in html
    assert "@media print" in html
    assert (svg.get("width"), svg.get("height")) == ("210mm", "275mm")  # A4 is 210 by 297, Letter 216 by 279


def test_the_chart_draws_every_bar_and_marks_every_turn() -> None:
    found, plan = shown("blocks")
    drawn = chart(plan, 190, 60)
    tree = ElementTree.fromstring(drawn)
    words = [text.text for text in tree.iter(f"{SVG}text")]
    assert words.count("turn") == 1
    assert {"facing the console", "facing the rear", "km/h", "minutes, turns included", "1.5", "2.5"} <= set(words)
    assert "bridge" not in words
    fills = re.findall(r"fill: (#[0-9a-f]{6}|url)", drawn)
    forward = sum(row.facing is Facing.FORWARD for row in found.rows)
    assert fills.count("#0072b2") == forward + 1  # and one in the legend
    assert fills.count("url") == found.totals.blocks + 1
    assert drawn.count("<use ") >= found.totals.turns


def test_the_chart_tells_of_rests_bridges_hearts_and_open_steps() -> None:
    words = " ".join(re.findall(r">([^<>]+)</text>", chart(shown("long")[1], 190, 60)))
    assert "bridge" in words
    assert "heart bounds" in words
    assert "open: drawn for 2 min" in words
    assert ">rest</text>" in chart(shown("rests")[1], 190, 60)
    assert "turns included" not in chart(shown(text_of("forward: 5 min @ 5 km/h"))[1], 190, 60)


@pytest.mark.slow
def test_the_bytes_are_always_the_same_and_pyplot_is_left_alone() -> None:
    found, plan = shown("blocks")
    here = hashlib.sha256((as_html(found, plan) + as_svg(found, plan)).encode()).hexdigest()
    code = (
        "import hashlib, sys\nfrom tests.show.shown import shown\nfrom coach.show.handout import as_html, as_svg\n"
        "found, plan = shown('blocks')\n"
        "print(hashlib.sha256((as_html(found, plan) + as_svg(found, plan)).encode()).hexdigest())\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parents[1])
    assert run.stdout.split() == [here, "False"]


def test_the_settings_of_matplotlib_are_left_as_they_were() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    chart(shown("blocks")[1], 190, 60)
    assert dict(mpl.rcParams) == before


@pytest.mark.slow
def test_thousands_of_steps_are_one_small_page() -> None:
    steps = "    steps:\n      - forward: 2 s @ 8 km/h\n      - forward: 2 s @ 9 km/h\n"
    found, plan = shown(check_text(f"format: 1\nname: Many\nsteps:\n  - repeat: 4000\n{steps}"))
    html = as_html(found, plan)
    assert len(html) < 200_000
    assert re.search(r"7\d{3} more steps from", html)
    assert external(html) == []

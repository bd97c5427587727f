"""The pages in a real Chromium: readable at every width by day and night, right in their tables, asking for nothing."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from coach.history.report.card import card_of
from coach.history.report.charts.card import card_svg
from coach.history.report.session import session_page
from coach.history.report.shown import Shown
from coach.history.report.tell import KILOMETRES
from coach.history.report.weeks import weeks_page
from coach.show.words import clock
from tests.history.report.browser import PROGRAM, Browser
from tests.history.report.pages import EVIL, told, weeks_of_windows
from tests.history.report.weeks_made import a_year

pytestmark = [pytest.mark.slow, pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on this computer")]

WIDTHS = (360, 768, 1280)
PAGES = ("session", "real", "rests", "tripped", "no heart", "short", "long name", "weeks")
TABLES = "[...document.querySelectorAll('table')]"
OFF_PAGE = "[...document.querySelectorAll('h1,h2,p,li,dt,dd,figcaption,svg')].filter(e => e.getClientRects().length)"
CLIPPED = f"{OFF_PAGE}.filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    back = told("flip-flop")
    made = {
        "session": session_page(told(simulated=True)),
        "real": session_page(told("flip-flop", seen=weeks_of_windows(back))),
        "rests": session_page(told("kind-knees")),
        "tripped": session_page(told(faults=["key@backward1+20"])),
        "no heart": session_page(told(heart="none")),
        "short": session_page(told("10s@3")),
        "long name": session_page(_named(f"{EVIL} {'Donaudampfschifffahrt' * 20}")),
        "weeks": weeks_page(a_year()),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


def _named(name: str) -> Shown:
    shown = told()
    return replace(shown, summary=replace(shown.summary, workout=name))


def colours(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture)).convert("RGB")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_and_nothing_is_cut_off(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    browser.open(pages[name], width)
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert browser.value("innerWidth") == width
    assert browser.value(CLIPPED) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_the_network_or_breaks_its_own_policy(browser: Browser, pages: dict[str, Path], name: str) -> None:
    opened = browser.open(pages[name])
    assert opened.requests == [pages[name].as_uri()]
    assert opened.complaints == []


def test_the_browser_would_have_told_of_a_request_and_of_a_broken_policy(browser: Browser, tmp_path: Path) -> None:
    spy = tmp_path / "spy.html"
    spy.write_text(
        '<meta charset="utf-8"><p>hello</p><img src="http://example.invalid/it.png"><script>alerts()</script>'
    )
    opened = browser.open(spy)
    assert "http://example.invalid/it.png" in opened.requests
    assert opened.complaints != []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_one_of_both_charts_is_shown_and_in_the_window(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    browser.open(pages[name], width)
    shown = browser.value(
        "[...document.querySelectorAll('figure')].filter(f => f.getClientRects().length)"
        ".map(f => [f.className, f.querySelector('svg').getBoundingClientRect().width, "
        "f.querySelector('svg').getBoundingClientRect().height])"
    )
    every = browser.value("document.querySelectorAll('figure:not(.small)').length")
    small = browser.value("document.querySelectorAll('figure.small').length")
    assert len(shown) == every / 2 + small
    assert all(wide > 200 and high > 60 and wide <= width for _, wide, high in shown)
    assert {kind for kind, _, _ in shown} - {"small"} == {"narrow" if width < 560 else "wide"}


def test_letters_in_charts_are_large_enough_on_a_phone(browser: Browser, pages: dict[str, Path]) -> None:
    for name in ("session", "weeks"):
        browser.open(pages[name], 360)
        sizes = browser.value(
            "[...document.querySelectorAll('svg text')].filter(t => t.getClientRects().length)"
            ".map(t => t.getBoundingClientRect().height)"
        )
        assert min(sizes) >= 8


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["session", "weeks"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_page_looks_like_a_page_by_day_and_by_night(
    browser: Browser, pages: dict[str, Path], name: str, width: int, dark: bool
) -> None:
    browser.open(pages[name], width, dark=dark)
    picture = colours(browser.picture())
    assert picture.width == width
    assert picture.height > 900
    found = sorted(picture.getcolors(1 << 24) or [], key=lambda one: -one[0])
    assert found[0][1] == ((22, 24, 27) if dark else (255, 255, 255))  # the paper
    assert len(found) > 300
    drawn = {colour for _, colour in found}
    assert (204, 121, 167) in drawn  # backward
    text = (236, 236, 236) if dark else (26, 26, 26)
    assert text in drawn


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_letters_stand_out_from_the_paper(browser: Browser, pages: dict[str, Path], dark: bool) -> None:
    browser.open(pages["session"], dark=dark)
    for part in ("body", ".under", "figcaption", "thead th", ".tiles dt", "svg text"):
        style = f"getComputedStyle(document.querySelector('{part}'))"
        ink = _rgb(browser.value(f"{style}.{'fill' if part == 'svg text' else 'color'}"))
        paper = _rgb(browser.value("getComputedStyle(document.querySelector('.tiles div')).backgroundColor"))
        assert _contrast(ink, paper) >= 4.5, part


def _rgb(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.removeprefix("rgb(").removesuffix(")").split(","))


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    light, dark = sorted((_light(one), _light(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _light(colour: tuple[float, ...]) -> float:
    """Relative luminance (WCAG 2)."""
    red, green, blue = (c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("width", [360, 1280])
def test_the_tables_that_are_shown_are_the_numbers_of_the_summary(
    browser: Browser, pages: dict[str, Path], width: int
) -> None:
    shown = told(simulated=True)
    browser.open(pages["session"], width)
    tables = browser.tables()
    faced = {row[0]: row for row in tables["Totals of the intervals; turns are not in them"]}
    assert faced["console"][1] == clock(shown.summary.forward.time_s)
    assert faced["rear"][1] == clock(shown.summary.backward.time_s)
    assert faced["rear"][2] == KILOMETRES.distance(shown.summary.backward.distance_m)
    heads, *steps = tables["Every interval of the workout; lengths as minutes and seconds, or as written"]
    measured = [row[heads.index("Measured (km/h)")] for row in steps]
    assert measured == [f"{row.mean_speed_kmh:.1f}" for row in shown.summary.segments]
    assert [row[heads.index("Measured")] for row in steps] == [clock(row.time_s) for row in shown.summary.segments]
    turns = tables["Turns, from slowing down to running on"][1:]
    assert [row[3] for row in turns] == [clock(turn.took_s or 0) for turn in shown.summary.turns]


def test_the_weeks_that_are_shown_are_those_of_the_history(browser: Browser, pages: dict[str, Path]) -> None:
    found = a_year()
    browser.open(pages["weeks"], 360)
    heads, *rows = browser.tables()["Newest first; backward sessions have a minute or more"]
    assert len(rows) == len(found.rows)
    newest = found.rows[::-1]
    assert [row[heads.index("Facing rear (min:s)")] for row in rows] == [clock(one.backward_s) for one in newest]
    assert [int(row[heads.index("Sessions")]) for row in rows] == [one.sessions for one in newest]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_that_is_too_wide_scrolls_within_itself_and_by_keyboard(
    browser: Browser, pages: dict[str, Path], width: int
) -> None:
    browser.open(pages["real"], width)
    boxes = browser.value(
        "[...document.querySelectorAll('.scroll')].map(b => [b.clientWidth, b.scrollWidth, b.tabIndex, "
        "getComputedStyle(b).overflowX])"
    )
    assert all(inside <= width and tab == 0 and overflow == "auto" for inside, _, tab, overflow in boxes)
    if width == 360:
        assert any(whole > inside for inside, whole, _, _ in boxes)


@pytest.mark.parametrize("name", ["session", "real", "weeks"])
def test_a_printed_page_is_some_sheets_of_paper(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.open(pages[name], dark=True)
    printed = browser.printed()
    assert printed.startswith(b"%PDF")
    assert 1 <= printed.count(b"/Type /Page\n") <= 6


def test_a_hostile_name_is_shown_as_it_is_written(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["long name"])
    assert browser.value("document.querySelector('h1').textContent").startswith("<script>alert(1)</script> &")
    assert browser.value("document.scripts.length") == 0


def test_a_card_is_a_picture_of_its_size(browser: Browser, tmp_path: Path) -> None:
    shown = told("flip-flop")
    path = tmp_path / "card.svg"
    path.write_text(card_svg(card_of(shown.summary, shown.at, shown.drawn, KILOMETRES)), encoding="utf-8")
    opened = browser.open(path, 1200)
    assert opened.requests == [path.as_uri()]
    root = "document.documentElement"
    assert browser.value(f"[{root}.width.baseVal.value, {root}.height.baseVal.value]") == [1200, 630]
    assert "Flip-flop" in browser.value("document.documentElement.textContent")

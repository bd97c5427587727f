"""Panes: only what changed is painted, and a failure is a dash, never the end of the screen."""

import asyncio
import logging
from typing import Any

import pytest
from rich.color import Color
from textual.app import ComposeResult
from textual.geometry import Region

from coach.tui.hands import HandsFirst
from coach.tui.theme import PALETTES, roles, themes
from coach.tui.widgets.pane import LOOKS, Line, Pane, apart, beside, centred, fitted, length
from tests.tui.text import screen_lines


def draw_text(value: str, width: int, height: int) -> list[Line]:
    assert width
    assert height
    if "!" in value:
        raise ZeroDivisionError(value)
    return [((line, "text"),) for line in value.split("/")]


class Watched(Pane[str]):
    """Notes what it asks to be painted again."""

    asked: list[tuple[Region, ...]]

    def refresh(self, *regions: Region, **how: Any) -> "Watched":
        self.__dict__.setdefault("asked", []).append(regions)
        super().refresh(*regions, **how)
        return self


class One(HandsFirst[None]):
    CSS = "Pane { height: 3; }"

    def compose(self) -> ComposeResult:
        yield Watched(draw_text, id="pane")


def test_a_pane_paints_only_the_lines_that_changed() -> None:
    async def run() -> None:
        app = One()
        async with app.run_test(size=(10, 3)) as pilot:
            pane = app.query_one(Watched)
            pane.put("a/b/c")
            await pilot.pause()
            pane.asked = []
            pane.put("a/b/c")
            assert pane.asked == []
            pane.put("a/x/c")
            assert pane.asked == [(Region(0, 1, 10, 1),)]
            await pilot.pause()
            assert screen_lines(app) == ["a", "x", "c"]

    asyncio.run(run())


def test_a_drawing_that_fails_is_a_dash_and_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        app = One()
        async with app.run_test(size=(10, 3)) as pilot:
            pane = app.query_one(Watched)
            for value in ("a", "!1", "!2", "!3"):
                pane.put(value)
                await pilot.pause()
            assert screen_lines(app)[0] == "–"
            pane.put("well/again")
            await pilot.pause()
            assert screen_lines(app)[:2] == ["well", "again"]

    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    assert [record.message for record in caplog.records] == ["pane cannot be drawn"]


def test_a_view_that_fails_is_a_dash_too(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        app = One()
        async with app.run_test(size=(10, 3)) as pilot:
            pane = app.query_one(Watched)
            pane.put("a/b")
            for _ in range(3):
                pane.show_of(lambda moment: "abc"[moment], 7)
                await pilot.pause()
            assert screen_lines(app) == ["–", "", ""]
            pane.show_of(lambda moment: "abc"[moment], 1)
            await pilot.pause()
            assert screen_lines(app)[0] == "b"

    asyncio.run(run())
    assert len(caplog.records) == 1


def test_the_log_never_reaches_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("coach.tui.widgets.pane")
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    try:
        logger.error("anything")
    finally:
        root.handlers = handlers
    assert capfd.readouterr() == ("", "")


def test_another_size_is_another_drawing() -> None:
    async def run() -> None:
        app = One()
        async with app.run_test(size=(10, 3)) as pilot:
            app.query_one(Watched).put("abcdefghijklmnop")
            await pilot.pause()
            assert screen_lines(app)[0] == "abcdefghij"
            await pilot.resize_terminal(14, 3)
            await pilot.pause()
            assert screen_lines(app)[0] == "abcdefghijklmn"

    asyncio.run(run())


def test_panes_never_take_the_focus() -> None:
    assert not Pane(draw_text).can_focus


@pytest.mark.parametrize("theme", PALETTES)
def test_a_span_looks_as_the_theme_has_its_role(theme: str) -> None:
    colours = roles(PALETTES[theme])

    async def run() -> None:
        app = One()
        for one in themes():
            app.register_theme(one)
        app.theme = theme
        async with app.run_test(size=(10, 3)) as pilot:
            app.query_one(Watched).put("a")
            await pilot.pause()
            style = app.query_one(Watched).render_line(0)._segments[0].style
            assert style is not None
            assert (style.color, style.bgcolor) == (Color.parse(colours["ink"]), Color.parse(colours["paper"]))

    asyncio.run(run())


@pytest.mark.parametrize("theme", PALETTES)
def test_every_colour_of_the_panes_is_in_every_theme(theme: str) -> None:
    assert {colour for *both, _ in LOOKS.values() for colour in both} <= set(roles(PALETTES[theme]))


LINE: Line = (("ab", "text"), ("cd", "dim"))


@pytest.mark.parametrize("width", range(8))
def test_a_line_is_cut_or_filled_to_its_width(width: int) -> None:
    assert length(fitted(LINE, width)) == width


def test_wide_signs_count_their_columns() -> None:
    assert length((("走る", "text"),)) == 4
    assert length(fitted((("走る", "text"),), 3)) == 3


def text(line: Line) -> str:
    return "".join(part for part, _ in line)


def test_lines_are_centred_parted_and_joined() -> None:
    assert text(centred(LINE, 8)) == "  abcd  "
    assert text(apart(LINE, (("z", "dim"),), 8)) == "abcd   z"
    assert text(apart(LINE, (("z", "dim"),), 4)) == "abcd"
    assert [text(line) for line in beside([LINE], [LINE, LINE], 6)] == ["abcd  abcd", "      abcd"]

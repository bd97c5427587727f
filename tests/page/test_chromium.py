"""The page in a real Chromium, as a tablet or a phone on a stand: how large, how loud, and what it sends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from math import hypot
from typing import Final

import pytest
from PIL import Image

from coach.core.cue import CueKind
from coach.core.event import Verb
from coach.keeper.wire import Said, encode
from coach.page.lines import WATCHED_S
from coach.page.view import SILENT, STOPPING
from tests.history.report.browser import PROGRAM
from tests.page.chromium import SIZES, TABLET, Tablet
from tests.page.served import PATIENCE_S, Watched, moments, over, served, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on this computer")]

INCHES: Final = 10.1  # of a tablet, from corner to corner
PX_PER_MM: Final = hypot(*TABLET) / (INCHES * 25.4)
DIGIT_MM: Final = 45.0
WHITE: Final = (242, 242, 242)
BLUE: Final = (86, 180, 233)  # facing the console
PINK: Final = (204, 121, 167)  # facing the rear
YELLOW: Final = (240, 228, 66)  # turning
RED: Final = (213, 94, 0)  # an alarm
TEXTS: Final = (
    "[...document.querySelectorAll('#word,#heart,#heart-word,#next,#full-word,#full-press,#full-do,#full-more,#stop,"
    "#captions p')]"
)
CUT: Final = (
    f"{TEXTS}.filter(e => e.getClientRects().length && e.textContent).filter(e => e.scrollWidth > e.clientWidth + 1 && "
    "e.clientWidth || e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().bottom > "
    "(document.querySelector('#full').contains(e) ? document.querySelector('#full').getBoundingClientRect().bottom : "
    "innerHeight) + 1).map(e => e.id + e.textContent)"
)


@pytest.fixture(scope="module")
def tablet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tablet]:
    found = Tablet(tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


@pytest.fixture
def page() -> Iterator[Watched]:
    with served() as watched:
        yield watched


def show(tablet: Tablet, page: Watched, name: str) -> None:
    """Let it show a moment, and wait until that is drawn."""
    now = moments()[name]
    page.show(now)
    page.page.put(encode(Said(now.at_s, CueKind.SAY, name)))
    tablet.until(f"document.getElementById('captions').textContent.includes({json.dumps(name)})")


def picture(tablet: Tablet) -> Image.Image:
    return Image.open(BytesIO(tablet.shot())).convert("RGB")


def drawn_px(tablet: Tablet, what: str, colour: tuple[int, int, int]) -> int:
    """How high the strokes of some digits are, as they are on the screen."""
    box, shot = tablet.box(what), picture(tablet)
    part = shot.crop((int(box["left"]), int(box["top"]), int(box["right"]) + 1, int(box["bottom"]) + 1))
    rows = [row for row in range(part.height) if colour in {part.getpixel((x, row)) for x in range(part.width)}]
    return rows[-1] - rows[0] + 1


@pytest.mark.parametrize("size", [TABLET, TABLET[::-1]], ids=["on its side", "upright"])
@pytest.mark.parametrize(("name", "colour"), [("forward", BLUE), ("backward", PINK)])
def test_countdown_and_speed_are_45_mm_high_on_a_tablet(
    tablet: Tablet, page: Watched, name: str, colour: tuple[int, int, int], size: tuple[int, int]
) -> None:
    tablet.visit(page.page.address, size)
    show(tablet, page, name)
    assert drawn_px(tablet, "#left", WHITE) >= DIGIT_MM * PX_PER_MM
    assert drawn_px(tablet, "#speed", colour) >= DIGIT_MM * PX_PER_MM


@pytest.mark.parametrize("name", moments())
def test_nothing_is_cut_off_on_any_screen(tablet: Tablet, page: Watched, name: str) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, name)
    for size in SIZES.values():
        tablet.resize(size)
        tablet.until(f"innerWidth === {size[0]}")
        assert tablet.value("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [*size]
        assert tablet.value(CUT) == [], size
        button = tablet.box("#stop")
        assert button["height"] >= 44  # a thumb's width
        assert button["width"] >= size[0] * 0.9
        assert button["bottom"] <= size[1]


@pytest.mark.parametrize("name", ["forward", "backward"])
def test_the_longest_of_what_is_next_has_room(tablet: Tablet, page: Watched, name: str) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, name)
    page.hush()
    assert tablet.value("(socket.onmessage = () => {}, 1)")  # and nothing else is drawn
    told = {
        "next": "\u21bb turn, then \u25b2\u25b2 FORWARD 4.0 km/h, 2:00",
        "notice": "The first half minute is slower.",
    }
    for size in SIZES.values():
        tablet.resize(size)
        tablet.until(f"innerWidth === {size[0]}")
        assert tablet.value(f"(draw({{...newest, ...{json.dumps(told)}}}), 1)") == 1
        box, last = tablet.box("#next-box"), tablet.box("#notice")
        assert last["bottom"] <= box["bottom"] + 1, size
        assert last["right"] <= box["right"] + 1, size


def test_digits_are_large_on_a_phone_too(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "forward")
    for size in SIZES.values():
        tablet.resize(size)
        tablet.until(f"innerWidth === {size[0]}")
        for what, colour in (("#left", WHITE), ("#speed", BLUE)):
            assert drawn_px(tablet, what, colour) >= 0.14 * max(size)


@pytest.mark.parametrize(
    ("name", "colour"), [("forward", BLUE), ("backward", PINK), ("ready", YELLOW), ("alarm", RED), ("no link", RED)]
)
def test_each_way_to_face_has_its_colour_its_word_and_its_sign(
    tablet: Tablet, page: Watched, name: str, colour: tuple[int, int, int]
) -> None:
    tablet.visit(page.page.address, still=True)
    show(tablet, page, name)
    box, shot = tablet.box("#banner"), picture(tablet)
    band = shot.crop((0, int(box["top"]), shot.width, int(box["bottom"])))
    assert colour in {found for _, found in band.getcolors(1 << 24) or []}
    assert tablet.value("document.getElementById('word').textContent")
    assert tablet.value("document.getElementById('sign').textContent")


def test_an_alarm_fills_the_screen_and_changes_once_a_second(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "alarm")
    moving = "getComputedStyle(document.getElementById('full'))"
    assert tablet.value(f"[{moving}.animationName, {moving}.animationDuration]") == ["flash", "1s"]
    box = tablet.box("#full")
    assert box["width"] * box["height"] > 0.6 * TABLET[0] * TABLET[1]


def test_where_nothing_is_to_move_an_alarm_does_not_flash(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address, still=True)
    show(tablet, page, "alarm")
    assert tablet.value("getComputedStyle(document.getElementById('full')).animationName") == "none"
    assert picture(tablet).getpixel((60, 400)) == RED


def test_it_asks_nothing_of_any_other_place_and_breaks_no_policy(tablet: Tablet, page: Watched) -> None:
    tablet._events.clear()
    tablet.visit(page.page.address)
    show(tablet, page, "forward")
    here = page.page.address
    assert set(tablet.requests()) == {here, *(f"{here}{name}" for name in ("page.css", "page.js", "digits.js"))}
    assert [one for one in tablet.complained() if here in one] == []


def test_stop_on_the_page_goes_up_and_is_answered(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "backward")
    tablet.value("document.getElementById('stop').click() || 0")
    assert page.offered.get(timeout=PATIENCE_S).verb is Verb.STOP
    tablet.until(f"newest.answer === '{STOPPING}' && document.getElementById('stop').textContent === '{STOPPING}'")


def test_a_stop_that_reaches_nobody_says_so(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "backward")
    tablet.value("socket.close() || 0")
    tablet.value("document.getElementById('stop').click() || 0")
    assert tablet.value("document.getElementById('stop').textContent") == "NOT SENT. PULL THE CLIP"
    assert page.offered.empty()
    tablet.until("newest.n && document.getElementById('stop').textContent === 'STOP'")  # it connects again


@pytest.mark.parametrize(("key", "code"), [(" ", "Space"), ("Escape", "Escape")])
def test_space_and_escape_stop(tablet: Tablet, page: Watched, key: str, code: str) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "backward")
    tablet.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=code)
    assert page.offered.get(timeout=PATIENCE_S).verb is Verb.STOP


def test_who_looks_at_it_is_counted_until_coach_is_silent(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "forward")
    assert page.seen.get(timeout=PATIENCE_S) is True
    tablet.wait_for(lambda: page.page.watching == 1)
    page.hush()
    assert page.seen.get(timeout=PATIENCE_S) is False
    tablet.until("!document.getElementById('silent').hidden")
    assert tablet.value("document.getElementById('silent-word').textContent") == SILENT
    assert tablet.value("SILENT_MS") == WATCHED_S * 1000
    page.show(moments()["forward"])
    tablet.until("document.getElementById('silent').hidden")


def test_a_page_that_is_out_of_sight_is_not_watching(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "forward")
    tablet.wait_for(lambda: page.page.watching == 1)
    tablet.value("Object.defineProperty(document, 'visibilityState', {value: 'hidden'}) && 0")
    wait_for(lambda: page.page.watching == 0)
    first = tablet.value("newest.n")
    tablet.until(f"newest.n > {first}")


def test_a_connection_that_died_while_the_phone_slept_is_made_anew(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "forward")
    tablet.value("socket.onmessage = socket.onclose = null")  # it is open, and nothing comes through it any more
    tablet.until("!document.getElementById('silent').hidden")
    tablet.until("document.getElementById('silent').hidden")
    tablet.wait_for(lambda: page.page.watching == 1)


def test_after_a_sleep_that_only_the_wall_clock_shows_what_is_drawn_is_old(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "backward")
    page.hush()
    assert tablet.value("(heardAt = performance.now(), heardOn = Date.now() - 60000, hush(), 1)") == 1
    assert not tablet.value("document.getElementById('silent').hidden")


def test_a_stop_that_nobody_answers_says_so(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "backward")
    tablet.value("(socket.send = () => {}, 1)")  # the network takes it, and it goes nowhere
    tablet.value("(document.getElementById('stop').click(), 1)")
    tablet.until("document.getElementById('stop').textContent === 'SENDING'")
    tablet.until("document.getElementById('stop').textContent === 'NO ANSWER. PULL THE CLIP'")


def test_the_touch_of_a_finger_stops_once_and_a_key_that_is_held_too(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "forward")
    box = tablet.box("#stop")
    where = {"x": box["left"] + 50, "y": box["top"] + 10, "button": "left", "clickCount": 1}
    tablet.call("Input.dispatchMouseEvent", type="mousePressed", **where)
    assert page.offered.get(timeout=PATIENCE_S).verb is Verb.STOP  # before it is lifted
    tablet.until("document.getElementById('stop').textContent === 'STOPPING'")
    tablet.value("(window.sent = [], socket.send = (text) => sent.push(text), 1)")
    tablet.call("Input.dispatchMouseEvent", type="mouseReleased", **where)
    for held in (False, True, True):
        tablet.call("Input.dispatchKeyEvent", type="keyDown", key=" ", code="Space", autoRepeat=held)
    assert tablet.value("sent.filter((text) => text.includes('stop')).length") == 1


def test_a_keeper_that_dies_is_an_alarm_on_every_screen(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "backward")
    page.hush()
    assert page.page._out is not None
    page.page._out.close()
    tablet.until("document.body.dataset.now === 'keeper-lost' && document.body.dataset.alarm === 'true'")
    assert "Pull the clip." in tablet.value("document.getElementById('full-do').textContent")
    assert tablet.box("#stop")["height"] == 0


def test_the_end_is_shown_and_then_the_page_is_gone(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "forward")
    page.hush()
    page.page.end(over())
    tablet.until("document.body.dataset.now === 'ended'")
    assert "The belt stands." in tablet.value("document.getElementById('full-do').textContent")
    page.page.close()
    assert page.page.wait(PATIENCE_S)
    tablet.until(f"performance.now() - heardAt > {WATCHED_S * 1000}")
    assert tablet.value("document.getElementById('silent').hidden")  # over is over, and no alarm


def test_it_comes_back_by_itself_when_the_next_page_is_there(tablet: Tablet, page: Watched) -> None:
    tablet.visit(page.page.address)
    show(tablet, page, "forward")
    port = page.port
    page.hush()
    page.page.end(over(started=False))
    page.page.close()
    with served(port=port) as again:
        show(tablet, again, "backward")
        assert again.port == port

"""The pictures of the README are the screens: made again they come out equal, and need nothing else to be shown."""

import asyncio
import re
from xml.etree import ElementTree

import pytest
from rich.segment import Segment
from rich.style import Style

from tests.screens.pictures import FOLDER, NAMES, drawn
from tests.screens.svg import boxes, svg

LARGEST = 60_000  # bytes
README = FOLDER.parents[1] / "README.md"


def words(text: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", text)


@pytest.mark.slow
def test_the_pictures_in_the_repository_are_the_screens() -> None:
    async def made() -> dict[str, str]:
        return {name: text async for name, text in drawn()}

    for name, text in asyncio.run(made()).items():
        there = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        assert words(there) == words(text), f"{name} says something else: `python -m tests.screens` makes it again"
        assert there == text, f"{name} looks otherwise: `python -m tests.screens` makes it again"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small_and_whole(name: str) -> None:
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert len(text.encode()) < LARGEST
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"


def test_every_picture_is_on_the_page_with_its_words_and_none_is_left_over() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\(tests/screens/([a-z]+)\.svg\)", README.read_text(encoding="utf-8"))
    assert sorted(name for _, name in shown) == sorted(NAMES)
    assert all(len(alt) > 40 for alt, _ in shown)
    assert sorted(path.stem for path in FOLDER.glob("*.svg")) == sorted(NAMES)


def test_words_stand_in_their_cells_and_blocks_are_rectangles() -> None:
    text = svg([[Segment("  ab  c d"), Segment("▄▄", Style.parse("#ff0000"))]], 11, "a & b")
    assert re.findall(r'<text x="(\d+)"[^>]*textLength="(\d+)">([^<]*)<', text) == [
        ("20", "20", "ab"),
        ("60", "30", "c d"),
    ]
    assert '<rect x="90" y="10" width="20" height="10" fill="#ff0000"' in text
    assert "<title>a &amp; b</title>" in text


def test_a_reversed_piece_changes_ink_and_paper() -> None:
    text = svg([[Segment("x", Style.parse("#ff0000 on #0000ff reverse"))]], 1, "")
    assert 'height="20" fill="#ff0000"' in text
    assert 'fill="#0000ff"' in text


@pytest.mark.parametrize("letter", "▁▄█▏▌▀▐▔▕▘▚▟░▓─")
def test_a_block_stays_in_its_cell(letter: str) -> None:
    assert boxes(letter)
    for box in boxes(letter):
        assert 0 <= box.x <= box.x + box.width <= 1
        assert 0 <= box.y <= box.y + box.height <= 1

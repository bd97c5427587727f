"""The layout of the page to print: always one page, and honest about what did not fit."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.workout import Workout
from coach.script.check import check_text
from coach.script.outline import outline_of
from coach.script.write import write
from coach.show.facts import Facts
from coach.show.sheet import HEIGHT_MM, LAYOUTS, WIDTH_MM, Sheet, broken, cell_lines, said_lines, sheet_of, text_mm
from tests.script.drawn import workouts
from tests.show.shown import NAMES, shown


def many(steps: int, *, cues: bool = False, hearts: bool = False) -> Facts:
    """A forward workout of so many different steps."""
    lines = []
    for number in range(steps):
        lines.append(f"  - forward: {20 + number % 30} s @ {5 + number % 7} km/h, {number % 3} %\n")
        if hearts and number % 4 == 0:
            lines.append("    heart: zone 3\n    within: 4 .. 13 km/h\n")
        if cues:
            lines.append(f"    say: {{start: Step {number} is short and light and even., half: Half of {number}.}}\n")
    found = check_text(f"format: 1\nname: Many steps\nsteps:\n{''.join(lines)}")
    return shown(found)[0]


def numbers(sheet: Sheet) -> list[str]:
    return [line.number for part in sheet.parts for line in part.lines if line.number]


@pytest.mark.parametrize("steps", [1, 5, 20, 40, 60])
@pytest.mark.parametrize(("cues", "hearts"), [(False, False), (True, False), (True, True)])
def test_sixty_steps_are_all_on_one_page(steps: int, cues: bool, hearts: bool) -> None:
    found = many(steps, cues=cues, hearts=hearts)
    sheet = sheet_of(found)
    assert sheet.height_mm <= HEIGHT_MM
    assert numbers(sheet) == [str(row.index) for row in found.rows]
    assert "more step" not in sheet.left_out


def test_few_steps_are_large_and_stand_in_one_table() -> None:
    assert sheet_of(many(5)).layout == LAYOUTS[0]
    assert sheet_of(many(60)).layout.columns > 1


@pytest.mark.parametrize("steps", [150, 600])
def test_a_longer_workout_is_cut_and_says_so(steps: int) -> None:
    found = many(steps, cues=True)
    sheet = sheet_of(found)
    shown_ = len(numbers(sheet))
    assert sheet.height_mm <= HEIGHT_MM
    assert 60 < shown_ < steps
    assert sheet.left_out.startswith(f"{steps - shown_} more steps from ")
    assert "What is said in each step has no room here" in sheet.left_out
    assert numbers(sheet) == [str(number) for number in range(1, shown_ + 1)]


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_cell_is_as_wide_as_its_cell(name: str) -> None:
    sheet = sheet_of(shown(name)[0])
    for line in (line for part in sheet.parts for line in part.lines):
        for cell, width in zip(cell_lines(line, sheet.layout), sheet.layout.widths_mm, strict=False):
            room = width + (sheet.layout.widths_mm[6] if line.stop else 0)
            assert all(text_mm(text, sheet.layout.size_pt) <= room for text in cell)
        assert all(text_mm(text, sheet.layout.size_pt) <= WIDTH_MM for text in said_lines(line, sheet.layout))


@settings(deadline=None, max_examples=40)
@given(workouts(), st.text(min_size=1, max_size=300), st.text(max_size=2000))
def test_any_workout_is_one_page(workout: Workout, name: str, purpose: str) -> None:
    from dataclasses import replace

    found, _ = shown(check_text(write(outline_of(workout))))
    sheet = sheet_of(replace(found, name=name, purpose=purpose))
    assert sheet.height_mm <= HEIGHT_MM
    assert numbers(sheet) == [str(row.index) for row in found.rows]


def test_cues_that_were_said_before_are_not_printed_twice() -> None:
    found, _ = shown("blocks")
    lines = [line for part in sheet_of(found).parts for line in part.lines if line.cues]
    assert [line.cues for line in lines] == [
        (("at 60 s", "Aufrecht gehen."),),
        (("start", "Kurze Schritte, schau weit."), ("halfway", "Hand ans Geländer."), ("last 10 s", "Noch zehn.")),
        (("", "cues as in step 3"),),
    ]


def test_no_text_is_wider_than_reckoned() -> None:
    import matplotlib as mpl
    from matplotlib.ft2font import FT2Font, LoadFlags

    font = FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    for sign in map(chr, (*range(32, 127), *map(ord, "äöüßéèçñåøŁŻœ→…–«»×°µ"))):
        advance = font.load_char(ord(sign), flags=LoadFlags.NO_HINTING | LoadFlags.NO_SCALE).horiAdvance / 2048
        assert text_mm(sign, 72 / 25.4) >= advance - 1e-6, sign


def test_a_wide_word_is_broken() -> None:
    lines = broken("Wort" * 60, 50, 10)
    assert "".join(lines) == "Wort" * 60
    assert all(text_mm(line, 10) <= 50 for line in lines)

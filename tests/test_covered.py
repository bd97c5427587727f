"""The figures of coverage: what is a gap, how it is written, and that each explanation is of code that is there."""

from __future__ import annotations

import pytest

from tests.covered import ROOT, UNREACHED, File, _file, _share, _sum

NAME = "coach/core/tell.py"
LINES = (ROOT / NAME).read_text("utf-8").splitlines()


def found(lines: list[int], branches: list[tuple[int, int]]) -> File:
    """What is told of a file that has these gaps."""
    summary = {"covered_lines": 9, "num_statements": 10, "covered_branches": 3, "num_branches": 4}
    return _file(NAME, {"summary": summary, "missing_lines": lines, "missing_branches": branches})


def line_of(text: str) -> int:
    """The number of the line that says this."""
    return next(number for number, line in enumerate(LINES, 1) if line.strip() == text)


def test_a_gap_is_written_with_what_stands_in_its_line() -> None:
    line = line_of("case DueBy.METRES:")
    assert found([line], []) == File(NAME, (9, 10), (3, 4), ((line, "case DueBy.METRES:"),))


def test_a_branch_is_written_with_what_it_leads_to() -> None:
    first, second = line_of("case DueBy.CLOCK:"), line_of("case DueBy.METRES:")
    assert found([], [(first, second)]).gaps == ((first, "case DueBy.CLOCK: -> case DueBy.METRES:"),)
    assert found([], [(first, -first)]).gaps == ((first, "case DueBy.CLOCK: -> the end"),)


def test_a_branch_from_or_to_a_line_that_is_a_gap_itself_is_not_told_twice() -> None:
    first, second = line_of("case DueBy.CLOCK:"), line_of("case DueBy.METRES:")
    assert found([second], [(first, second)]).gaps == ((second, "case DueBy.METRES:"),)
    assert found([first], [(first, second)]).gaps == ((first, "case DueBy.CLOCK:"),)


def test_shares_add_up_and_nothing_of_nothing_is_all() -> None:
    assert _sum(iter([(1, 2), (3, 4)])) == (4, 6)
    assert _share((1, 2)).endswith(" 50.00 %")
    assert _share((0, 0)).endswith("100.00 %")


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in UNREACHED.items() for text in texts])
def test_what_is_explained_stands_in_its_file(name: str, text: str) -> None:
    lines = {line.strip() for line in (ROOT / name).read_text("utf-8").splitlines()}
    start, _, end = text.partition(" -> ")
    assert start in lines
    assert end in lines | {"", "the end"}

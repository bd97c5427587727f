"""The golden table: what an author hears about each mistake, word for word (broken.txt)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.script.check import check_text

TABLE = Path(__file__).with_name("broken.txt").read_bytes().decode()  # bytes, since it holds odd line breaks
ROWS = [
    (name, text, said.strip("\n"))
    for name, text, said in re.findall(r"^=== (.*)\n((?s:.*?))^=> *\n((?s:.*?))(?=^=== |\Z)", TABLE, re.MULTILINE)
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_mistake_is_told_in_these_words(text: str, said: str) -> None:
    assert check_text(text, file="w.yaml").rendered() == said


def test_the_table_has_a_row_for_every_common_mistake() -> None:
    assert len(ROWS) == TABLE.count("\n=== ") + 1
    assert len(ROWS) >= 60


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_mistake_that_is_an_error_leaves_no_workout(text: str, said: str) -> None:
    assert (check_text(text).workout is None) == (": error[" in said)


def test_a_sentence_is_plain_text_of_one_line_without_a_full_stop() -> None:
    for _, text, _ in ROWS:
        for problem in check_text(text).problems:
            for sentence in (problem.message, problem.help or "x"):
                assert sentence.isprintable()
                assert sentence == sentence.strip()
            assert not problem.message.endswith(".")
            assert re.fullmatch("[a-z0-9-]+", problem.rule)


# Words of a fix that describes instead of writing it out.
PROSE = (
    r", | or |;|such as|\b(below|under|with|alone|it|one|the|them|at most|value|heart rate|fewer|repeat)\b|\.\.\.|/km$"
)
WRITTEN = [
    (name, text, found[1])
    for name, text, said in ROWS
    if (found := re.search(r"= help: write (.*)$", said)) and said.count("= help:") == said.count("]: ") == 1
    if not re.search(PROSE, found[1])
]


@pytest.mark.parametrize(("text", "fix"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_a_fix_that_is_written_out_mends_the_mistake(text: str, fix: str) -> None:
    (problem,) = check_text(text).problems
    lines = re.split("\r\n|\n|\r", text)
    before, after = lines[: problem.line - 1], lines[problem.line :]
    mended = ("\n".join((*before, line, *after)) for line in with_fix(lines[problem.line - 1], problem.column - 1, fix))
    assert any(not check_text(one).errors for one in mended)


def with_fix(line: str, column: int, fix: str) -> Iterator[str]:
    """The line with the fix where an author may put it: for a part of the line, for the value, for all of it."""
    yield from (line[:begin] + fix + line[end:] for begin in range(column + 1) for end in range(column, len(line) + 1))
    yield line[: len(line) - len(line.lstrip())] + fix


def test_many_fixes_are_written_out() -> None:
    assert len(WRITTEN) >= 80

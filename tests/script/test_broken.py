"""The golden table: what an author hears about each mistake, word for word (broken.txt)."""

import re
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

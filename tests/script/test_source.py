"""Hostile and odd files: one clear problem each, at once, and never an exception."""

import sys
import time
from pathlib import Path

import pytest

from coach.script.check import check_text, load
from coach.script.problem import Findings, Place
from coach.script.source import DEEPEST, Listing, Table, Text, read

GOOD = b"format: 1\nname: Test\nsteps:\n  - forward: 1 min @ 5 km/h\n"
TOO_LARGE = "the file is larger than 256 KB, the most that a workout has"
SAVE_IT = "save it as UTF-8"
HEAD = "format: 1\nname: Test\n"


def only(path: Path) -> str:
    """The one problem of a file, without its path."""
    (problem,) = load(str(path)).problems
    return f"{problem.line}:{problem.column} {problem.rule}: {problem.message}"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "1:1 empty-file: the file is empty"),
        (b" \n\n", "1:1 empty-file: the file is empty"),
        (b"# only a comment\n", "1:1 empty-file: the file holds no workout, only comments"),
        (b"---\n...\n", "1:1 empty-file: the file holds no workout, only comments"),
        (b"\x00\x01\x02", "1:1 not-text: the file is binary, a workout is text"),
        (GOOD + b"\x00", "1:1 not-text: the file is binary, a workout is text"),
        (GOOD.decode().encode("utf-16"), "1:1 not-utf-8: the file is UTF-16; save it as UTF-8"),
        (GOOD.decode().encode("utf-16-le"), "1:1 not-utf-8: the file is UTF-16; save it as UTF-8"),
        (b"\xef\xbb\xbf" + GOOD, f"1:1 not-utf-8: the file begins with a byte order mark; {SAVE_IT} without"),
        (GOOD + b"# caf\xe9\n", "5:6 not-utf-8: the byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (GOOD + b"# " + b"x" * 1_000_000, f"1:1 file-too-large: {TOO_LARGE}"),
        (b"\x89PNG\r\n\x1a\n", "1:1 not-utf-8: the byte 0x89 is not UTF-8; save the file as UTF-8"),
    ],
    ids=["empty", "blank", "comment", "document marks", "binary", "NUL", "UTF-16", "UTF-16 without mark", "BOM",
         "Latin-1", "1 MB", "PNG"],
)  # fmt: skip
def test_a_file_that_is_no_text_has_one_clear_problem(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "w.yaml"
    path.write_bytes(raw)
    assert only(path) == said


def test_a_missing_file_and_a_directory_have_one_clear_problem(tmp_path: Path) -> None:
    assert only(tmp_path / "gone.yaml").startswith('1:1 no-such-workout: there is no workout "')
    assert only(tmp_path).startswith("1:1 not-a-file: ")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 60_000,
        "- " * 100_000,
        "? " * 100_000,
        HEAD + "steps:\n" + "".join(f"{' ' * (2 * i)}- repeat: 2\n{' ' * (2 * i)}  steps:\n" for i in range(300)),
        HEAD + "steps: " + "[" * 1000 + "]" * 1000,
        HEAD + "steps:\n" + "&a " * 60_000,
        "{" * 1000 + "}" * 1000,
        '"' + "a: " * 80_000,
        "a: b: " * 40_000,
        "!a " * 80_000,
        "%" * 200_000,
        HEAD + "steps: [" + "forward: 1 min @ 5 km/h, " * 10_000 + "]",
        HEAD + "say: " + "\\x" * 100_000,
    ],
    ids=["brackets", "braces", "dashes", "questions", "repeats", "lists", "anchors", "maps", "quote", "colons", "tags",
         "percent", "pairs", "escapes"],
)  # fmt: skip
def test_deep_and_endless_nesting_is_refused_at_once(text: str) -> None:
    before = time.process_time()
    loaded = check_text(text)
    assert loaded.workout is None
    assert loaded.problems
    assert time.process_time() - before < 2.0  # a guard against squares and worse, no benchmark


@pytest.mark.parametrize(
    "value",
    ["9" * 5000, "9" * 5000 + ":00 /km", "0" * 5000 + ":00 /km", "1:" + "9" * 5000, ".0.", "1." + "0" * 5000 + " min",
     "9" * 5000 + " min @ 5 km/h", "-" * 5000, "$" * 5000, "$" + "x" * 5000, "60 % of " * 500 + "$x",
     "5 −" + "x" * 5000],
)  # fmt: skip
@pytest.mark.parametrize("key", ["forward", "repeat", "rest", "forward: 5 min\n    speed", "forward: 5 min\n    heart"])
def test_absurd_numbers_have_one_short_problem(key: str, value: str) -> None:
    loaded = check_text(f"{HEAD}steps:\n  - {key}: {value}\n")
    assert loaded.workout is None
    assert max(map(len, loaded.rendered().split("\n"))) < 350


@pytest.mark.parametrize("sign", ["\ud800", "\ufeff", "\x7f", "\x85", "\u2029", "\x1b", "\uffff"])
def test_an_odd_character_is_named_with_its_place(sign: str) -> None:
    (problem,) = check_text(f"{HEAD}description: a{sign}\nsteps: []\n").problems
    assert (problem.line, problem.column) == (3, 15)
    assert f"(U+{ord(sign):04X})" in problem.message


def test_without_the_c_extension_there_is_one_clear_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    assert [problem.rule for problem in check_text(GOOD.decode()).problems] == ["no-c-yaml"]


@pytest.mark.parametrize("sign", ["> ", "| ", "% ", "@ ", "* ", "& ", "? ", "- ", "` "])
def test_a_sign_before_an_absurd_number_is_told_too(sign: str) -> None:
    for key in ("heart", "until", "speed", "say"):
        assert check_text(f"{HEAD}steps:\n  - forward: 1 min\n    {key}: {sign}{'9' * 5000}\n").workout is None


def test_the_depth_is_bounded_where_it_says() -> None:
    fine, deep = Findings(), Findings()
    assert read("[" * DEEPEST + "]" * DEEPEST, fine) is not None
    assert read("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), deep) is None
    assert not fine.failed
    assert [problem.rule for problem in deep.sorted("w")] == ["too-deep"]


def test_aliases_count_as_what_they_stand_for() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (problem,) = check_text(bomb).problems
    assert (problem.line, problem.rule) == (5, "alias-bomb")


def test_aliases_cannot_build_depth() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}]\n" for i in range(2000))
    assert [problem.rule for problem in check_text(chain).problems] == ["too-deep"]


def test_an_alias_inside_its_own_anchor_is_refused() -> None:
    assert [problem.rule for problem in check_text("steps: &a [*a]\n").problems] == ["unknown-alias"]


def test_a_hundred_thousand_steps_are_refused_before_they_are_read() -> None:
    text = HEAD + "steps:\n" + "  - forward: 1 s @ 5 km/h\n" * 100_000
    assert [problem.rule for problem in check_text(text).problems] == ["file-too-large"]


@pytest.mark.parametrize(("rounds", "rules"), [(10_000, []), (10_001, ["repeat-explosion"])])
def test_ten_thousand_segments_are_the_most(rounds: int, rules: list[str]) -> None:
    text = HEAD + f"steps:\n  - repeat: {rounds}\n    steps:\n      - forward: 1 s @ 5 km/h\n"
    assert [problem.rule for problem in check_text(text).problems] == rules


@pytest.mark.parametrize("body", ["mark: x", "forward: 1 min", "use: gone", "forward: $x"])
def test_endless_repeats_of_nothing_end(body: str) -> None:
    indent, text = 2, HEAD + "steps:\n"
    for _ in range(12):
        text += f"{' ' * indent}- repeat: 9999\n{' ' * indent}  steps:\n"
        indent += 4
    text += f"{' ' * indent}- {body}\n"
    assert check_text(text).workout is None


@pytest.mark.parametrize(("levels", "fine"), [(12, True), (13, False)])
def test_twelve_levels_of_repeats_are_the_most(levels: int, fine: bool) -> None:
    indent, text = 2, HEAD + "steps:\n"
    for _ in range(levels):
        text += f"{' ' * indent}- repeat: 1\n{' ' * indent}  steps:\n"
        indent += 4
    loaded = check_text(text + f"{' ' * indent}- forward: 1 min @ 5 km/h\n")
    assert (loaded.workout is not None) is fine
    assert ("too-deep" in [problem.rule for problem in loaded.problems]) is not fine


@pytest.mark.parametrize(("levels", "fine"), [(12, True), (13, False)])
def test_uses_count_as_levels(levels: int, fine: bool) -> None:
    blocks = "".join(f"  b{i}: [use: b{i + 1}]\n" for i in range(1, levels))
    text = f"{HEAD}define:\n{blocks}  b{levels}: [forward: 1 min @ 5 km/h]\nsteps: [use: b1]\n"
    loaded = check_text(text)
    assert (loaded.workout is not None) is fine
    assert ("too-deep" in [problem.rule for problem in loaded.problems]) is not fine


def test_the_tree_is_text_with_places() -> None:
    assert read("a: 08\nb: ['on', {c: \"x\"}]\n", Findings()) == Table(
        [
            (Text("a", 1, 1, "", 1, 2), Text("08", 1, 4, "", 1, 6)),
            (
                Text("b", 2, 1, "", 2, 2),
                Listing(
                    [
                        Text("on", 2, 5, "'", 2, 9),
                        Table([(Text("c", 2, 12, "", 2, 13), Text("x", 2, 15, '"', 2, 18))], 2, 11, True),
                    ],
                    2,
                    4,
                ),
            ),
        ],
        1,
        1,
    )


def test_columns_count_characters_and_carets_count_cells() -> None:
    text = HEAD + 'steps:\n  - {say: "走走", forward: 1 min @ 5}\n'
    loaded = check_text(text)
    assert [(problem.line, problem.column) for problem in loaded.problems] == [(4, 34)]
    line, caret = loaded.rendered().split("\n")[1:3]
    assert line.index("5}") + 2 == caret.index("^")  # two characters of two cells each stand before it


def test_nothing_that_a_terminal_obeys_is_shown() -> None:
    text = HEAD + 'steps:\n  - forward: "\\e[2J 5"\n  - "\\x9b31m"\n'
    assert all(line.isprintable() for line in check_text(text).rendered().split("\n"))


def test_many_problems_are_listed_and_then_counted() -> None:
    loaded = check_text(HEAD + "steps:\n" + "  - forward: 5\n" * 60)
    assert len(loaded.problems) == 60
    assert loaded.rendered().endswith("and 10 more problems")


def test_a_long_line_is_cut_around_its_caret() -> None:
    text = HEAD + "steps: [" + "forward: 1 min @ 5 km/h, " * 50 + "forward: 1 min @ 5]\n"
    shown = check_text(text).rendered().split("\n")
    assert max(map(len, shown)) < 120
    assert shown[1][shown[2].index("^")] == "5"


def test_a_place_is_a_line_and_a_column() -> None:
    assert Place(2, 3) == (2, 3)

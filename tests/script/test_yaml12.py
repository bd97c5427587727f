"""The tree of a file is that of YAML 1.2: what libyaml gives us is held against another parser, scalar by scalar.

libyaml reads YAML 1.1. What differs between the two is how scalars are typed, which coach leaves alone, and a few signs
that coach refuses. So both must give the same texts, in the same places of the tree, quoted in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from coach.script.find import shipped
from coach.script.problem import Findings
from coach.script.source import Listing, Node, Table, Text, read

Tree: TypeAlias = "tuple[str, str] | list[Tree] | dict[str, Tree]"

HOME = Path(__file__).parents[2] / "workouts"
TABLES = ("broken.txt", "broken_on_machine.txt")
STYLES = {None: "", "": "", "'": "'", '"': '"', "|": "|", ">": ">"}

BY_HAND = {
    "on and off": "on: on\noff: off\nOn: ON\n",
    "yes and no": "yes: no\ny: n\nYes: NO\ntrue: false\n",
    "a pace": "a: 5:30\nb: 1:30:00\nc: 190:20:30\n",
    "an eight with a nought": "a: 08\nb: 010\nc: 0o10\nd: +1\n",
    "a nought at the end": "a: 1.10\nb: 1.0\nc: .5\nd: 5.\n",
    "nothing": "a: ~\nb: null\nc:\nd: Null\n",
    "a hexadecimal number": "a: 0x1F\nb: 0b101\n",
    "a power": "a: 1e3\nb: 1_000\nc: 6.02e+23\nd: .inf\ne: .nan\n",
    "dates": "a: 2024-01-31\nb: 2024-01-31 10:00:00\n",
    "quotes": "a: '5:30'\nb: \"on\"\nc: 'it''s'\nd: \"a \\\"b\\\"\"\n'e': \"\"\n",
    "escapes": 'a: "\\t\\u00e9\\x41\\\\"\n',
    "a text in bars": "a: |\n  one\n  two\n\nb: |-\n  one\n    two\nc: |+\n  one\n\nd: |2\n   one\n",
    "a folded text": "a: >\n  one\n  two\n\n  three\nb: >-\n  one\n   two\n  three\n",
    "a text over lines": "a: one\n  two\n\n  three\nb: \"one\n  two\"\nc: 'one\n\n  two'\n",
    "a map in braces": "a: {b: c, d: [e, f], g: {h: i}}\n",
    "a list in brackets": "a: [1, two, '3', \"four\", [5, 6]]\n",
    "empty ones": "a: {}\nb: []\nc: ''\n",
    "one pair in brackets": "a: [b: c, d: e]\n",
    "braces over lines": "a: {\n  b: c,\n  d: e,\n}\nf: [\n  g,\n  h\n]\n",
    "anchors": "a: &x {b: c}\nd: *x\ne: [*x, &y z, *y]\n",
    "an anchor on a list": "a: &x\n  - b\n  - c\nd: *x\n",
    "comments": "# one\na: b # two\n#three\nc: d#e\nf: 'g # h' # i\n\n# four\n",
    "a comment in a list": "a:\n  # one\n  - b\n  # two\n  - c # three\n",
    "a comment in braces": "a: {b: c, # one\n  d: e}\n",
    "lists within lists": "- - a\n  - b\n-\n  - c\n- d: e\n  f: g\n",
    "a list beside its key": "a:\n- b\n- c\nd: e\n",
    "signs within": "a: b:c\nd: e-f\ng: h,i\nj: k[l]\nm: n{o}\np: q&r\ns: t!u\nv: w|x\ny: z?\n",
    "signs in front": "a: -b\nc: ?d\ne: :f\ng: (h)\ni: $j\nk: /l\nm: <n\no: ;p\n",
    "a question": "? a\n: b\n? c\n: d\n",
    "umlauts and others": "größe: weiß\n走: 路\na: “b”\nc: 5\u202fmin\nd: 𝔞\n",
    "blanks at the ends": "a:   b   \nc  : d\n'e' : f\n",
    "line ends of Windows": "a: b\r\nc:\r\n  - d\r\n  - e: |\r\n      f\r\n      g\r\n",
    "line ends of old machines": "a: b\rc: d\r",
    "no line end": "a: b",
    "a document with its marks": "---\na: b\n...\n",
    "a document after comments": "# one\n---\n# two\na: b\n",
    "a steep ramp": "steps:\n  - forward: 5 min @ 4 -> 6 km/h, 1 %\n  - backward: 90 s @ 60 % of $x\n",
    "times as keys": "say: {1:00: Go, -10 s: Ten., half: Half., every 30 s: On.}\n",
    "a key of several words": "every 10 min: a\n-1:00: b\n",
    "one scalar": "a text\n",
    "a directive of 1.1": "%YAML 1.1\n---\na: on\nb: 010\n",
    "a directive of 1.2": "%YAML 1.2\n---\na: on\n",
    "JSON": '{"a": 1, "b": [true, null, {"c": "d"}], "e": "5:30"}\n',
    "colons in braces": "a: {b: c:d, e: http://f/g}\n",
}

# What YAML 1.2 allows and the other parser cannot read, so that nothing can be compared.
NOT_COMPARED = {
    "a tab behind a value": ("a: b\t\nc: d \t # e\n", {"a": ("b", ""), "c": ("d", "")}),
    "a tab behind a colon": ("a:\tb\n", {"a": ("b", "")}),
    "a text that begins with a shorter line of blanks": ("a: |\n  \n    b\n", {"a": ("\nb\n", "|")}),
}

# What the two read differently, and coach refuses with its place; by the name of the rule.
REFUSED = {
    "a tag": ("a: !!str b\n", "tag"),
    "a merge key": ("a: &x {b: c}\nd: {<<: *x}\n", "merge-key"),
    "a key twice": ("a: b\na: c\n", "duplicate-key"),
    "a key that is a list": ("[a, b]: c\n", "key-not-text"),
    "two documents": ("a: b\n---\nc: d\n", "several-documents"),
    "a next line (U+0085), a line break of 1.1": ("a: b\x85c: d\n", "odd-line-break"),
    "a line separator (U+2028), a line break of 1.1": ("a: b\u2028c: d\n", "odd-line-break"),
    "an alias of nothing": ("a: *b\n", "unknown-alias"),
}


def ours(text: str) -> Tree | None:
    """The tree that coach reads; None where it refuses the text."""
    findings = Findings()
    root = read(text, findings)
    return None if root is None or findings.failed else plain(root)


def plain(node: Node) -> Tree:
    match node:
        case Text():
            return node.value, node.style
        case Listing():
            return [plain(item) for item in node.items]
        case Table():
            return {key.value: plain(value) for key, value in node.items}


def theirs(text: str) -> Tree | None:
    """The tree of a parser of YAML 1.2; None where it cannot read the text."""
    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 2)
    try:
        node: object = parser.compose(text)
    except YAMLError:
        return None
    return None if node is None else composed(node)


def composed(node: object) -> Tree:
    match node:
        case ScalarNode():
            return str(node.value), STYLES[node.style]
        case SequenceNode():
            return [composed(item) for item in node.value]
        case MappingNode():
            return {str(key.value): composed(value) for key, value in node.value}
        case _:
            raise AssertionError(node)


def texts_of_tables() -> Iterator[tuple[str, str]]:
    """All texts of the golden tables that are YAML."""
    for name in TABLES:
        table = Path(__file__).with_name(name).read_bytes().decode()
        for row, text in re.findall(r"^=== (.*)\n((?s:.*?))^=> *\n", table, re.MULTILINE):
            if ours(text) is not None:
                yield row, text


CORPUS = [*BY_HAND.items(), *((name, (HOME / f"{name}.yaml").read_text(encoding="utf-8")) for name in shipped())]
GOLDEN = list(texts_of_tables())


@pytest.mark.parametrize("text", [text for _, text in CORPUS], ids=[name for name, _ in CORPUS])
def test_a_file_has_the_tree_of_yaml_1_2(text: str) -> None:
    tree = ours(text)
    assert tree is not None
    assert theirs(text) == tree


@pytest.mark.parametrize("text", [text for _, text in GOLDEN], ids=[name for name, _ in GOLDEN])
def test_a_text_of_the_golden_tables_has_the_tree_of_yaml_1_2(text: str) -> None:
    assert theirs(text) == ours(text)


@pytest.mark.parametrize(("text", "tree"), NOT_COMPARED.values(), ids=NOT_COMPARED)
def test_what_the_other_parser_cannot_read_is_read_as_it_stands(text: str, tree: Tree) -> None:
    assert ours(text) == tree
    assert theirs(text) is None


SIGNS = st.sampled_from(
    [
        *("a", "b", "on", "1:30", "x y", "5 km/h", "é", "~", "0x1F", "->"),
        *(": ", ":", "- ", "-", "{", "}", "[", "]", ", ", ",", " ", "#", " # x", "? ", "&x ", "*x", "%", "@", "!", ";"),
        *("'", '"', "|", "|\n  ", ">\n  ", "\\"),
        *("\n", "\n  ", "\n    ", "\r\n", "\n- ", "\n  - ", "\na: ", "\nb: ", "\n  c: "),
    ]
)


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.ReusedAnchorWarning")
@given(st.lists(SIGNS, max_size=12).map("".join))
@example(" |\n  a # x\n")
@settings(max_examples=300)
def test_a_text_that_both_can_read_has_one_tree(signs: str) -> None:
    text = f"first: line\nsecond: {signs}"
    tree, other = ours(text), theirs(text)
    assert tree is None or other is None or tree == other


def test_the_corpus_is_large() -> None:
    assert len(BY_HAND) >= 40
    assert len(GOLDEN) >= 150


@pytest.mark.parametrize(("text", "rule"), REFUSED.values(), ids=REFUSED)
def test_what_the_two_could_read_differently_is_refused(text: str, rule: str) -> None:
    findings = Findings()
    read(text, findings)
    assert [problem.rule for problem in findings.sorted("a")] == [rule]

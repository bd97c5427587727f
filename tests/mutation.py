"""Mutation testing of one file: `python -m tests.mutation coach/core/safety.py [PART/OF]`; tells which mutants live.

Each mutant is one small change of the syntax tree: a comparison, a constant, an operator, a condition, a return or a
statement. It is made in a copy of the package, and the tests that speak of the file are run on it, quickest first.
"""

from __future__ import annotations

import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TESTS: Final = {
    "safety": ("test_safety", "test_hostile", "test_laws", "test_guard", "test_turn"),
    "control": ("test_control", "test_hostile", "test_laws", "test_turn"),
    "turn": ("test_turn", "test_hostile", "test_press"),
    "belt": ("test_belt", "test_turn"),
    "units": ("test_units", "test_belt"),
    "press": ("test_press", "test_turn"),
    "guard": ("test_guard", "test_turn"),
    "cause": ("test_guard", "test_turn"),
}
LONGEST_S: Final = 90
COMPARES: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
NAMES: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}


def mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """All trees with one change, each with a word on what was changed."""
    for index, node in enumerate(ast.walk(tree)):
        for word, change in changes(node):
            other = copy.deepcopy(tree)
            target = next(two for number, two in enumerate(ast.walk(other)) if number == index)
            change(target)
            before, after = ast.unparse(tree), ast.unparse(ast.fix_missing_locations(other))
            if before != after:
                yield f"{getattr(node, 'lineno', 0)}: {word}", other


def changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """What can be changed at one place."""
    match node:
        case ast.Compare(ops=[*ops]):
            for at, op in enumerate(ops):
                for new in COMPARES.get(type(op), ()):
                    yield f"{type(op).__name__} -> {new.__name__} in {ast.unparse(node)}", Compared(at, new)
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            yield f"{type(op).__name__} turned in {ast.unparse(node)}", Operated()
        case ast.BoolOp(op=op):
            yield f"{type(op).__name__} turned in {ast.unparse(node)[:80]}", Joined()
        case ast.UnaryOp(op=ast.Not()):
            yield f"not left out in {ast.unparse(node)}", Unturned()
        case ast.Constant(value=bool()):
            yield f"{ast.unparse(node)} turned", Flipped()
        case ast.Constant(value=int() | float()):
            yield f"{ast.unparse(node)} + 1", Raised()
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield f"{name} -> {NAMES[name]} in {ast.unparse(node)[:80]}", Renamed()
        case ast.If(test=test):
            yield f"if False: {ast.unparse(test)[:80]}", Tested(new=False)
            yield f"if True: {ast.unparse(test)[:80]}", Tested(new=True)
        case ast.IfExp(test=test):
            yield f"first of {ast.unparse(node)[:80]}", Chosen(first=True)
            yield f"second of {ast.unparse(node)[:80]}", Chosen(first=False)
        case ast.Call(func=ast.Name(id="replace"), keywords=[_, *_]):
            for at, keyword in enumerate(node.keywords):
                yield f"{keyword.arg} left out of {ast.unparse(node)[:80]}", Shortened(at)
        case _:
            return


class Change:
    """One change, made in place."""

    def __call__(self, node: ast.AST) -> None:
        """Make it."""
        raise NotImplementedError


class Compared(Change):
    """Another comparison."""

    def __init__(self, at: int, new: type[ast.cmpop]) -> None:
        self.at, self.new = at, new

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Compare)
        node.ops[self.at] = self.new()


class Operated(Change):
    """The opposite operator."""

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.BinOp)
        node.op = OPERATORS[type(node.op)]()


class Joined(Change):
    """And for or, or for and."""

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.BoolOp)
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


class Unturned(Change):
    """A not that is left out."""

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.UnaryOp)
        node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)


class Flipped(Change):
    """True for False."""

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Constant)
        node.value = not node.value


class Raised(Change):
    """A number that is one more."""

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Constant)
        assert isinstance(node.value, int | float)
        node.value = node.value + 1


class Renamed(Change):
    """The opposite function."""

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        node.func.id = NAMES[node.func.id]


class Tested(Change):
    """A condition that always or never holds."""

    def __init__(self, *, new: bool) -> None:
        self.new = new

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.If)
        node.test = ast.Constant(self.new)


class Chosen(Change):
    """One branch of a conditional expression only."""

    def __init__(self, *, first: bool) -> None:
        self.first = first

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.IfExp)
        node.test = ast.Constant(self.first)


class Shortened(Change):
    """A field that is not replaced."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Call)
        del node.keywords[self.at]


def dies(folder: Path, tests: tuple[str, ...]) -> bool:
    """Whether a test fails on the copy in this folder."""
    for test in tests:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "--tb=no"]
        environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(
                [*command, f"tests/core/{test}.py"],
                cwd=folder,
                env=environment,
                capture_output=True,
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return True
        if done.returncode != 0:
            return True
    return False


def main(arguments: list[str]) -> int:
    """Run all mutants of a file and tell which live."""
    path = Path(arguments[0])
    part, of = (int(number) for number in (arguments[1] if len(arguments) > 1 else "1/1").split("/"))
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    tests = TESTS[path.stem]
    live = total = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part_of in ("coach", "tests", "workouts"):
            shutil.copytree(ROOT / part_of, folder / part_of, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        if dies(folder, tests):
            print("the tests fail without a mutant")
            return 2
        for index, (word, mutant) in enumerate(mutants(tree)):
            if index % of != part - 1:
                continue
            total += 1
            (folder / path).write_text(ast.unparse(mutant), encoding="utf-8")
            if not dies(folder, tests):
                live += 1
                print(f"lives: {path}:{word}", flush=True)
    print(f"{path}: {live} of {total} mutants live")
    return 1 if live else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

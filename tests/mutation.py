"""Mutation testing: `python -m tests.mutation coach/core/safety.py coach/core/cap.py` tells which mutants live.

Each mutant is one small change of the syntax tree: a comparison, an operator, a constant, a condition, a branch or a
field of a replace(). It is put into a forked child in place of the code, and the direct tests of the file that reach
the changed function are run on it, those that killed last and then the quickest first. All must die but those that
EQUIVALENT explains, and what EQUIVALENT explains must be there and live.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType, FunctionType, MappingProxyType, ModuleType
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
LONGEST_S: Final = 10.0  # of computing, on top of three times what all tests take: one that never ends is dead
WATCHED: Final = (
    *("test_eased", "test_exits", "test_obeyed", "test_unguarded", "test_unheard", "test_way", "test_console"),
    *("test_connect", "test_stands", "test_return", "test_calibration", "test_heart", "test_course", "test_taken"),
    "test_hostile",
)
TESTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "safety": ("test_safety", "test_calibration", "test_return"),
        "cap": ("test_cap", "test_safety"),
        "control": ("test_control", "test_obeyed", "test_calibration", "test_console_told"),
        "procedure": ("test_control", "test_renewal"),
        "heed": ("test_prompt",),
        "prompt": ("test_prompt",),
        "bridge": ("test_bridge", "test_exits"),
        "turn": ("test_exits", "test_obeyed", "test_connect"),
        "engine": ("test_engine", "test_connect", "test_turn", "test_obeyed"),
        "belt": ("test_belt", "test_belt_frames", "test_units", "test_stands", "test_safety", "test_obeyed"),
        "units": ("test_units", "test_belt"),
        "press": ("test_press", "test_turn"),
        "guard": ("test_guard", "test_turn"),
        "since": ("test_since", "test_guard", "test_console", "test_console_told", "test_calibration", "test_return"),
        "sent": ("test_sent", "test_control", "test_calibration", "test_console_told", "test_safety"),
        "watch": ("test_guard", "test_turn", "test_console_told", *WATCHED),
        "cause": ("test_guard", "test_turn", "test_console_told", *WATCHED),
    }
)
EQUIVALENT: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "safety": {
            "_shape: if goal_kmh >= last_kmh:": "where they are equal it was left before",
            "_rise_kmh: return max(belt.speeds.step, plan.caps.ramp_kmh_s / UP_EVERY_S)": "once a second: divided by 1",
            "_set: changed_at_s=at_s if guard.set_kmh is None or set_kmh >= guard.set_kmh else guard.changed_at_s": (
                "nobody sets what is set: _shape left before, and both ways go a step at least"
            ),
        },
        "bridge": {"racing: return (strap.mean_bpm or 1.0) > most_bpm": "nobody's heart beats so slowly"},
        "cap": {
            "cap_of: if True or guard.heartless_at_s < inf:": "without a loss the cap of a lost heart rate is infinite",
            "cap_of: if guard.heartless_at_s <= inf:": "without a loss the cap of a lost heart rate is infinite",
            "soft_cap: return min(cap_kmh, "
            "max(creep_kmh, FIRST_SHARE * max(target.speed_kmh, target.end_kmh or 1.0)))": (
                "0.6 of 1 km/h is below creep"
            ),
            "incline_of: fast = (wish.target_kmh or 1.0) > FAST_KMH": "neither 0 nor 1 km/h is fast",
            "incline_of: level_pct = wanted_pct if wanted_pct > 0 else belt.inclines.at_least(0.0)": (
                "where 0 can be set, 0 is the lowest from 0 up"
            ),
        },
        "turn": {
            "_start_fast: kmh = scene.belt.kmh or 1.0": "creep is 0.8 at least: 1 km/h is not too fast either",
            "_ramped: return abs(guard.set_kmh - guard.goal_kmh) <= 1e-06 and abs(kmh - guard.goal_kmh) < step_kmh": (
                "step_kmh gives way by a millionth: such a limit has no edge"
            ),
        },
        "since": {
            "lasting: near_s, near_kmh, near_for_s = (at_s, kmh, 1.0)": "less than what is asked of it",
            "lasting: console = away and (kept if facing is Facing.FORWARD and kmh >= asked else settled)": (
                "what does as it is asked is not away"
            ),
            "console_kmh: asked = (sent.target_kmh or 1.0) * part": "nothing is told where nothing was asked",
            "console_kmh: went_kmh = belt.kmh - asked if told * part >= asked else asked - belt.kmh": (
                "what was asked is not told"
            ),
            "_racing: max_bpm, mean_bpm = (plan.runner.measured_max_bpm, strap.mean_bpm or 1.0)": (
                "nobody's heart beats so slowly"
            ),
        },
        "belt": {
            "return sent.stop_at_s >= sent.start_at_s > self.moved_at_s": "of one instant, either is the act",
            "_hear: return _frame(profile, replace(belt, pending=None) if True or belt.pending else belt, "
            "sent, at_s, record)": "without a half there is none to drop",
            "_frame: belt = belt if False and units is belt.units else "
            "_ranged(profile, belt, belt.raw_speeds, units)": "the same ranges, worked out anew",
            "_ranged: told = raw if False and factor == 1 else Range(raw.low * factor, raw.high * factor, "
            "raw.step * factor)": "once is a factor of 1",
            "_ranged: told = raw if factor == 2 else Range(raw.low * factor, raw.high * factor, raw.step * factor)": (
                "once is a factor of 1, and no unit is twice another"
            ),
        },
        "engine": {
            "MOST_MOVES: Final = 5": "no event leads through so many states",
        },
        "procedure": {
            "busy_at_s: float = --inf": "read only while something is under way, and set when it is written",
            "returned: bool = True": "read only while something is under way, and set when it is written",
            "stop_failed: bool = True": "read only while a Stop is under way, and set when it is written",
        },
        "control": {
            "_write: repeated = sent.target_kmh is not None and "
            "abs(sent.target_kmh - (permit.target_kmh or 1.0)) <= TINY": "a set-point is at least creep, never 0",
            "_write: sent = aimed(profile, sent, permit.target_kmh or 1.0, belt.kmh or 0.0, belt.period_s, at_s)": (
                "a set-point is at least creep, never 0"
            ),
        },
    }
)
"""Mutants that nothing can tell from the code: file, where and what it says then, and why that is the same."""

COMPARES: Final[Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = MappingProxyType(
    {
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
)
OPERATORS: Final[Mapping[type[ast.operator], type[ast.operator]]] = MappingProxyType(
    {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
)
PLACES: Final = ast.stmt | ast.match_case | ast.keyword
NAMES: Final[Mapping[str, str]] = MappingProxyType({"min": "max", "max": "min", "any": "all", "all": "any"})


@dataclass(frozen=True)
class Mutant:
    """A file with one change."""

    line: int
    where: str  # the function, or "" where it is none
    code: str  # the changed statement, the head of it, or the changed argument
    tree: ast.Module

    @property
    def text(self) -> str:
        """As it stands in EQUIVALENT."""
        return f"{self.where}: {self.code}" if self.where else self.code


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """All trees with one change."""
    for at, top in enumerate(tree.body):
        where = top.name if isinstance(top, ast.FunctionDef) else ""
        for index, (node, _) in enumerate(_nodes(top, top)):
            for change in changes(node):
                other = copy.deepcopy(top)
                target, around = next(two for number, two in enumerate(_nodes(other, other)) if number == index)
                change(target)
                ast.fix_missing_locations(other)
                code = ast.unparse(around).strip().split("\n")[0]
                body = [*tree.body[:at], other, *tree.body[at + 1 :]]
                yield Mutant(getattr(node, "lineno", top.lineno), where, code, ast.Module(body, tree.type_ignores))


def _nodes(node: ast.AST, around: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """What can be changed, each with its place; a decorator and an annotation are for the type checker."""
    yield node, around
    for name, value in ast.iter_fields(node):
        if name in {"decorator_list", "annotation", "returns"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _nodes(child, child if isinstance(child, PLACES) else around)


def changes(node: ast.AST) -> Iterator[Change]:
    """What can be changed at one place."""
    match node:
        case ast.Compare(ops=[*ops]):
            for at, op in enumerate(ops):
                edged = "TINY" in ast.unparse(node) or "1e-06" in ast.unparse(node)  # such a limit has no edge
                for new in COMPARES.get(type(op), ())[1 if edged and len(COMPARES[type(op)]) > 1 else 0 :]:
                    yield Compared(at, new)
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            yield Operated()
        case ast.BoolOp():
            yield Joined()
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield Unturned()
        case ast.Constant(value=bool()):
            yield Flipped()
        case ast.Constant(value=int() | float()):
            yield Raised()
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield Renamed()
        case ast.If():
            yield Tested(new=False)
            yield Tested(new=True)
        case ast.IfExp():
            yield Chosen(first=True)
            yield Chosen(first=False)
        case ast.Call(func=ast.Name(id="replace"), keywords=[_, *_]):
            yield from (Shortened(at) for at in range(len(node.keywords)))
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
    """A not or a minus that is left out."""

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.UnaryOp)
        node.operand = ast.UnaryOp(node.op, node.operand)


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
        node.test = _settled(node.test, self.new)


class Chosen(Change):
    """One branch of a conditional expression only."""

    def __init__(self, *, first: bool) -> None:
        self.first = first

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.IfExp)
        node.test = _settled(node.test, self.first)


def _settled(test: ast.expr, outcome: bool) -> ast.expr:
    """A condition with this outcome, which can still be read."""
    return ast.BoolOp(ast.Or() if outcome else ast.And(), [ast.Constant(outcome), test])


class Shortened(Change):
    """A field that is not replaced."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Call)
        del node.keywords[self.at]


@dataclass(frozen=True)
class Reach:
    """A test, how long it takes and which functions of the file it runs through."""

    item: pytest.Item
    seconds: float
    functions: frozenset[str]


@dataclass
class Count:
    """What became of the mutants of a file."""

    killed: int = 0
    equivalent: int = 0
    survived: int = 0


def swap(module: ModuleType, tree: ast.Module) -> None:
    """Put the code of this tree in the place of the module's, wherever its functions and values are held."""
    fresh = ModuleType(module.__name__)
    exec(compile(tree, str(module.__file__), "exec"), vars(fresh))
    for name, new in vars(fresh).items():
        old = vars(module).get(name)
        if name.startswith("__") or new is old:
            continue
        if isinstance(old, FunctionType) and isinstance(new, FunctionType):
            _recode(old, new)
        elif isinstance(old, type) and isinstance(new, type):
            _remake(old, new)
        else:
            for holder in [held for key, held in sys.modules.items() if key.startswith(("coach.", "tests."))]:
                if vars(holder).get(name) is old:
                    setattr(holder, name, new)


def _recode(old: FunctionType, new: FunctionType) -> None:
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _remake(old: type, new: type) -> None:
    for name, value in vars(new).items():
        before = vars(old).get(name)
        if isinstance(value, property) and isinstance(before, property):
            value, before = value.fget, before.fget
        if isinstance(value, FunctionType) and isinstance(before, FunctionType):
            if name == "__init__":  # with the defaults of the fields
                setattr(old, name, value)
            elif not name.startswith("__"):
                _recode(before, value)


class Mutating:
    """In the place of one run of the collected tests: a run for each mutant."""

    def __init__(self, paths: list[Path], part: int, of: int) -> None:
        self.paths, self.part, self.of = paths, part, of
        self.failed = False
        self.good = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests on the mutants of each file."""
        for path in self.paths:
            self._file(path, [item for item in session.items if item.path.stem in TESTS[path.stem]])
        return True

    def _file(self, path: Path, items: list[pytest.Item]) -> None:
        module = import_module(".".join(path.with_suffix("").parts))
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        reaches = self._reaches(module, tree, items)
        if not reaches:
            print(f"{path}: the tests fail without a mutant", flush=True)
            self.good = False
            return
        known, killed, seen, count = EQUIVALENT.get(path.stem, {}), set(), set(), Count()
        for index, mutant in enumerate(mutants(tree)):
            seen.add(mutant.text)
            if index % self.of != self.part - 1:
                continue
            if self._dies(module, mutant, reaches):
                count.killed += 1
                killed.add(mutant.text)
            elif mutant.text in known:
                count.equivalent += 1
            else:
                count.survived += 1
                print(f"survived: {path}:{mutant.line}: {mutant.text}", flush=True)
        gone, dead = sorted(known.keys() - seen), sorted(known.keys() & killed)
        for text in gone:
            print(f"explained, but no mutant any more: {path}: {text}", flush=True)
        for text in dead:
            print(f"explained, but a test tells it: {path}: {text}", flush=True)
        total = count.killed + count.equivalent + count.survived
        figures = f"{count.killed} killed, {count.equivalent} equivalent, {count.survived} survived"
        print(f"{path}: {total} mutants, {figures}", flush=True)
        self.good = self.good and not (count.survived or gone or dead)

    def _reaches(self, module: ModuleType, tree: ast.Module, items: list[pytest.Item]) -> list[Reach]:
        """Run all tests on the file as it is, quickest first; nothing where one fails."""

        def look(out: int) -> bool:
            swap(module, tree)
            found: list[tuple[float, list[str]]] = []
            for item in items:
                functions: set[str] = set()
                sys.settrace(_calls(str(module.__file__), functions))
                began_s = time.process_time()
                self._run(item)
                sys.settrace(None)
                found.append((time.process_time() - began_s, sorted(functions)))
            os.write(out, json.dumps(found).encode())
            return not self.failed

        passed, told = forked(look, 900.0)
        if not passed:
            return []
        found = zip(items, json.loads(told), strict=True)
        return sorted(
            (Reach(item, seconds, frozenset(names)) for item, (seconds, names) in found), key=lambda one: one.seconds
        )

    def _dies(self, module: ModuleType, mutant: Mutant, reaches: list[Reach]) -> bool:
        def live(out: int) -> bool:
            swap(module, mutant.tree)
            for index, reach in enumerate(reaches):
                if not mutant.where or mutant.where in reach.functions:
                    self._run(reach.item)
                    if self.failed:
                        os.write(out, str(index).encode())
                        return False
            return True

        lived, killer = forked(live, LONGEST_S + 3 * sum(reach.seconds for reach in reaches))
        if killer:
            reaches.insert(0, reaches.pop(int(killer)))  # what killed this one may kill the next
        return not lived

    def _run(self, item: pytest.Item) -> None:
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)


def _calls(file: str, functions: set[str]) -> Callable[[FrameType, str, object], None]:
    def called(frame: FrameType, _: str, __: object) -> None:
        if frame.f_code.co_filename == file:
            functions.add(frame.f_code.co_qualname.split(".")[0])

    return called


def forked(work: Callable[[int], bool], longest_s: float) -> tuple[bool, bytes]:
    """Do it in a child of its own: whether it came well to its end in time, and what it wrote."""
    inside, outside = os.pipe()
    child = os.fork()
    if child == 0:
        good = False
        try:
            signal.setitimer(signal.ITIMER_PROF, longest_s)  # its signal ends the child
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            good = work(outside)
        finally:
            os._exit(0 if good else 1)
    os.close(outside)
    with os.fdopen(inside, "rb") as pipe:
        told = pipe.read()
    return os.waitpid(child, 0)[1] == 0, told


def _part(text: str) -> tuple[int, int]:
    part, of = (int(number) for number in text.split("/"))
    if not 1 <= part <= of:
        raise ValueError(text)
    return part, of


def main(arguments: list[str]) -> int:
    """Run all mutants of the files and tell which live."""
    parser = ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=f"of coach/core: {', '.join(TESTS)}")
    parser.add_argument("--part", type=_part, default=(1, 1), metavar="K/N", help="the k-th of n parts of the mutants")
    asked = parser.parse_args(arguments)
    paths: list[Path] = asked.files
    core = ROOT / "coach/core"
    if unknown := [str(path) for path in paths if path.stem not in TESTS or (ROOT / path).resolve().parent != core]:
        parser.error(f"there are no tests for the mutants of {', '.join(unknown)}")
    mutating = Mutating(paths, *asked.part)
    os.chdir(ROOT)
    tests = dict.fromkeys(f"tests/core/{name}.py" for path in paths for name in TESTS[path.stem])
    options = ["-o", "addopts=--import-mode=importlib", "-m", "not slow and not matrix", "-s", "--assert=plain"]
    options += ["-p", "no:terminal", "-p", "no:cacheprovider"]
    code = pytest.main([*options, *tests], plugins=[mutating])
    return int(code) or int(not mutating.good)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

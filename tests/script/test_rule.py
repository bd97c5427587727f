"""The registry of rules: complete, and true of the checker; every example is checked as it stands."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coach.core.level import UNLIMITED
from coach.core.rules import problems as plan_problems
from coach.core.workout import Level
from coach.script import source
from coach.script.check import check_text, load
from coach.script.example import machine_of, problems_of
from coach.script.problem import Severity
from coach.script.rule import UNUSED, Group, Of, Rule, Silence, group_of, rules
from coach.script.training import load_plan

PACKAGE = Path(__file__).parents[2] / "coach"
RULES = list(rules().values())
WITH_TEXT = [rule for rule in RULES if rule.of is not Of.WORDS]
IN_WORDS = [rule for rule in RULES if rule.of is Of.WORDS]
GOOD = "format: 1\nname: Test\nsteps:\n  - forward: 20 min @ 5 km/h\n"


def called(rule: Rule) -> str:
    return rule.name


# The examples


@pytest.mark.parametrize("rule", WITH_TEXT, ids=called)
def test_the_bad_example_breaks_this_rule_and_no_other(rule: Rule) -> None:
    assert {problem.rule for problem in problems_of(rule, rule.bad)} == {rule.name}


@pytest.mark.parametrize("rule", WITH_TEXT, ids=called)
def test_the_good_example_breaks_no_rule(rule: Rule) -> None:
    assert problems_of(rule, rule.good) == ()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.machine], ids=called)
def test_a_rule_of_the_machine_is_broken_on_it_only(rule: Rule) -> None:
    assert rule.group is Group.DEVICE
    assert rule.name not in {problem.rule for problem in check_text(f"{rule.bad}\n").problems}


def file_of(raw: bytes, tmp_path: Path) -> str:
    file = tmp_path / "mine.yaml"
    file.write_bytes(raw)
    return str(file)


def rules_of(workout: str) -> set[str]:
    return {problem.rule for problem in load(workout).problems}


def without_c_yaml(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    monkeypatch.setattr(source, "_parser", lambda _: None)
    return {problem.rule for problem in check_text(GOOD).problems}


def of_a_runner(params: dict[str, str]) -> set[str]:
    text = "format: 1\nname: Test\nparams: {easy: 5 km/h}\nsteps:\n  - forward: 20 min @ $easy\n"
    return {problem.rule for problem in check_text(text, runner_params=params).problems}


def without_strap() -> set[str]:
    workout = load("kind-knees-start").workout
    assert workout is not None
    return {problem.rule for problem in plan_problems(workout, Level.REHAB, UNLIMITED, heart=False)}


def on_machine(workout: str, facts: dict[str, object]) -> set[str]:
    return {problem.rule for problem in load(workout, machine=machine_of(facts)).problems}


BROKEN: dict[str, Callable[[Path, pytest.MonkeyPatch], set[str]]] = {  # what breaks a rule that no text alone can break
    "file-too-large": lambda path, _: rules_of(file_of(b"#" * 300_000, path)),
    "not-utf-8": lambda path, _: rules_of(file_of(GOOD.encode("utf-16"), path)),
    "no-such-workout": lambda *_: rules_of("first-steps-bck"),
    "not-a-file": lambda path, _: rules_of(str(path)),
    "unreadable-file": lambda path, _: rules_of(f"{file_of(GOOD.encode(), path)}/more.yaml"),
    "no-c-yaml": lambda _, patch: without_c_yaml(patch),
    "runner-param": lambda *_: of_a_runner({"easy": "fast"}),
    "strap-required": lambda *_: without_strap(),
    "speed-control-refused": lambda *_: on_machine("easy-walk-30", {"speed_control": False}),
    "not-obeyed": lambda *_: on_machine("easy-walk-30", {"disobeys": "does not obey Stop"}),
    "backward-left-out": lambda *_: on_machine("first-steps-back", {"speed_control": False}),
    "no-such-plan": lambda *_: {problem.rule for problem in load_plan("nothing-such").problems},
}


@pytest.mark.parametrize("rule", IN_WORDS, ids=called)
def test_a_rule_that_is_told_in_words_can_be_broken_too(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rule.name in BROKEN[rule.name](tmp_path, monkeypatch)


def test_only_rules_without_a_text_are_told_in_words() -> None:
    assert BROKEN.keys() == {rule.name for rule in IN_WORDS}


@pytest.mark.parametrize("rule", WITH_TEXT, ids=called)
def test_advice_never_keeps_a_workout_from_running_and_safety_always_does(rule: Rule) -> None:
    found = {problem.severity for problem in problems_of(rule, rule.bad)}
    match rule.group:
        case Group.ADVICE:
            assert found == {Severity.WARNING}
        case Group.SAFETY:
            assert found == {Severity.ERROR}
        case _:
            assert found


# The texts


@pytest.mark.parametrize("rule", RULES, ids=called)
def test_a_rule_is_told_in_plain_sentences(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", rule.name)
    assert len(rule.says) <= 76
    assert not rule.says.endswith(".")
    assert not rule.says[0].isupper()
    assert rule.because.endswith((".", '."'))
    assert "!" not in rule.because.replace("begins with !", "")
    for text in (rule.bad, rule.good):
        assert text == text.strip("\n")
        assert all(len(line) <= 100 for line in text.split("\n")) or rule.name in {"alias-bomb", "too-long"}


def test_the_machine_of_an_example_is_made_of_its_facts() -> None:
    machine = machine_of({"name": "A", "report_period_s": 2.0, "reported": "target", "speeds": [1, 12, 0.5]})
    assert machine is not None
    assert (machine.profile.name, machine.profile.known, machine.profile.report_period_s) == ("A", True, 2.0)
    assert (machine.speeds.low, machine.speeds.high, machine.speeds.step) == (1, 12, 0.5)
    assert machine.inclines.high == 12
    assert machine_of({}) is None


def test_a_rule_has_one_group_and_comments_silence_two_of_them() -> None:
    assert group_of("two-heads") is Group.SYNTAX
    assert group_of("backward-too-fast") is Group.SAFETY
    assert group_of("no-such-rule") is None
    assert {rule.group for rule in RULES if rule.silenced} == {Group.ADVICE, Group.DEVICE}
    assert [rule.name for rule in RULES if rule.silence is Silence.WARNINGS] == [
        "below-device-minimum",
        "off-device-step",
    ]
    assert [rule.name for rule in RULES if not rule.silenced and rule.group is Group.ADVICE] == [UNUSED]


# What the code can say


TELLERS = {"error", "warning", "Problem", "UnreadableError", "Unheard", "_problem", "_refuse"}
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass
class Module:
    """A file of the checker, with the names of rules that it can produce."""

    path: Path
    constants: dict[str, str] = field(default_factory=dict)

    def texts(self, node: ast.expr | None) -> Iterator[str]:
        """The texts that an expression can be."""
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp():
                yield from (*self.texts(node.body), *self.texts(node.orelse))
            case ast.Name(id=name) if name in self.constants:
                yield self.constants[name]
            case _:
                pass

    def produced(self) -> Iterator[str]:
        """The first text of a call that tells a problem, what is called rule, and the tables of both."""
        for node in ast.walk(ast.parse(self.path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in TELLERS:
                    yield from [text for one in node.args for text in self.texts(one) if NAME.fullmatch(text)][:1]
                    yield from (text for word in node.keywords if word.arg == "rule" for text in self.texts(word.value))
                case ast.Assign(targets=[ast.Name(id="rule")]):
                    yield from self.texts(node.value)
                case ast.For(target=ast.Tuple(elts=names), iter=ast.Tuple(elts=rows)):
                    at = [index for index, one in enumerate(names) if isinstance(one, ast.Name) and one.id == "rule"]
                    for row in rows if at else ():
                        assert isinstance(row, ast.Tuple)
                        yield from (text for index in at for text in self.texts(row.elts[index]))
                case _:
                    pass


def modules() -> list[Module]:
    paths = sorted({*(PACKAGE / "script").rglob("*.py"), PACKAGE / "core" / "rules.py", PACKAGE / "core" / "gates.py"})
    constants = dict[str, str]()
    for path in paths:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            match node:
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text))) if name.isupper():
                    constants[name] = text
                case _:
                    pass
    return [Module(path, constants) for path in paths]


PRODUCED = {name for module in modules() for name in module.produced()}


def test_every_rule_that_the_code_can_tell_is_in_the_registry() -> None:
    assert PRODUCED - rules().keys() == set()


def test_every_rule_of_the_registry_stands_in_the_code() -> None:
    assert rules().keys() - PRODUCED == set()


def test_every_rule_of_the_golden_tables_is_in_the_registry() -> None:
    for table in sorted(Path(__file__).parent.glob("*.txt")):
        told = re.findall(r"^\S+:\d+:\d+: (?:error|warning)\[([^\]]*)\]: ", table.read_bytes().decode(), re.MULTILINE)
        assert set(told) <= rules().keys(), table.name


def test_a_name_stands_in_one_group_only() -> None:
    folder = PACKAGE / "script" / "rules"
    names = [name for file in folder.glob("*.toml") for name in tomllib.loads(file.read_text(encoding="utf-8"))]
    assert len(names) == len(set(names)) == len(rules())
    assert {file.name for file in folder.glob("*.toml")} == {group.file for group in Group}

"""Comments that silence a rule: what they reach, what they never reach, and what is told about the comments."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.machine import MachineProfile, Range, Reported
from coach.core.workout import Level
from coach.script.check import Loaded, check_text, load
from coach.script.device import Machine
from coach.script.find import shipped
from coach.script.ignore import MOST
from coach.script.problem import Problem, Severity
from coach.script.rule import Group, Of, Silence, group_of, rules

TABLE = Path(__file__).with_name("ignored.txt").read_text(encoding="utf-8")
ROWS = [
    (name, text, said.strip("\n"))
    for name, text, said in re.findall(r"^=== (.*)\n((?s:.*?))^=> *\n((?s:.*?))(?=^=== |\Z)", TABLE, re.MULTILINE)
]
SLOW = Machine(profile=MachineProfile(name="Slow", known=True), speeds=Range(0.8, 6, 0.1), inclines=Range(0, 10, 0.5))
BAD = Machine(
    profile=MachineProfile(name="Bad", known=True, stop_works=False, remote_start=False, reported=Reported.TARGET,
                           unit_doubtful=True, start_kmh=5, answer_s=9, report_period_s=5, decel_kmh_s=0.1,
                           speed_needs_start=True, keeps_on_link_loss=True),
    speeds=Range(1.6, 6, 0.7),
    inclines=Range(0, 0, 0.5),
)  # fmt: skip
MACHINES = [None, SLOW, BAD, replace(BAD, profile=replace(BAD.profile, disobeys="does not obey Stop"))]
OWN = {"ignore-form", "ignore-unknown-rule", "ignore-without-reason", "ignore-refused", "unused-ignore"}


def told(loaded: Loaded) -> list[tuple[int, str]]:
    return [(problem.line, problem.rule) for problem in loaded.problems]


def silenced(loaded: Loaded) -> list[tuple[int, str]]:
    return [(problem.line, problem.rule) for problem in loaded.silenced]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_comment_is_told_in_these_words(text: str, said: str) -> None:
    loaded = check_text(text, file="w.yaml")
    count = f"{len(loaded.silenced)} silenced"
    assert (f"{loaded.rendered()}\n{count}".lstrip("\n") if loaded.silenced else loaded.rendered()) == said


def test_the_table_has_all_rules_of_comments() -> None:
    assert set(re.findall(r"\[([a-z-]+)\]: ", TABLE)) >= OWN


# Where it reaches


UNUSED = "format: 1\nname: Test\nparams:{}\n  one: 5 km/h{}\n  two: 6 km/h{}\nsteps:\n  - forward: 20 min @ 5 km/h\n"
COMMENT = "  # coach: ignore[unused-param] for --set"


def test_on_its_line_it_silences_that_line_only() -> None:
    loaded = check_text(UNUSED.format("", COMMENT, ""))
    assert (told(loaded), silenced(loaded)) == ([(5, "unused-param")], [(4, "unused-param")])


def test_alone_it_silences_the_line_below_past_other_comments() -> None:
    loaded = check_text(UNUSED.format(f"\n{COMMENT}\n  # how fast", "", ""))
    assert (told(loaded), silenced(loaded)) == ([(7, "unused-param")], [(6, "unused-param")])


def test_alone_above_an_empty_line_it_silences_nothing() -> None:
    loaded = check_text(UNUSED.format(f"\n{COMMENT}\n", "", ""))
    assert told(loaded) == [(4, "unused-ignore"), (6, "unused-param"), (7, "unused-param")]


def test_before_the_first_key_it_silences_the_whole_file() -> None:
    loaded = check_text(f"# A file.\n{COMMENT.strip()}\n\n" + UNUSED.format("", "", ""))
    assert (told(loaded), len(loaded.silenced)) == ([], 2)


def test_on_the_line_of_the_first_key_it_silences_that_line_only() -> None:
    loaded = check_text(UNUSED.format("", "", "").replace("format: 1", f"format: 1{COMMENT}"))
    assert told(loaded) == [(1, "unused-ignore"), (4, "unused-param"), (5, "unused-param")]


def test_several_names_and_several_comments_hold_at_once() -> None:
    text = (
        "format: 1\nname: Test\nparams: {one: 5 km/h}  # coach: ignore[unused-mark, unused-param] for --set\nsteps:\n"
    )
    text += "  # coach: ignore[unused-mark] for next year\n  # coach: ignore[cue-too-long-to-speak] it is read\n"
    text += f"  - forward: 20 min @ 5 km/h\n    say: {'Go. ' * 60}\n"
    assert "unused-mark" in rules()
    assert told(check_text(text)) == [
        (3, "unused-ignore"),
        (5, "unused-ignore"),
        (6, "unused-ignore"),
        (8, "cue-too-long-to-speak"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "# coach: ignore[unused-param] for --set",
        "#coach:ignore[unused-param]for --set",
        "#\tcoach:  ignore [ unused-param ,]  - for --set",
        "# coach: ignore[unused-param] 設定",
    ],
)
def test_blanks_in_a_comment_mean_nothing(written: str) -> None:
    assert told(check_text(UNUSED.format("", f" {written}", f" {written}"))) == []


@pytest.mark.parametrize(
    "remark",
    ["# coach: Anna", "# coach: see above", "# coaching: ignore[x]", "# note # coach: ignore[unused-param] x", "#"],
)
def test_other_comments_are_left_alone(remark: str) -> None:
    loaded = check_text(UNUSED.format("", f"  {remark}", ""))
    assert told(loaded) == [(4, "unused-param"), (5, "unused-param")]


TEXTS = {  # the same signs within a text
    "double quotes": '"Go # coach: ignore[two-heads] no"',
    "single quotes": "'Go # coach: ignore[two-heads] no'",
    "two lines in quotes": '"Go\n      # coach: ignore[two-heads] no\n      on"',
    "a block": "|\n      Go\n      # coach: ignore[two-heads] no",
    "a folded block": ">-\n      # coach: ignore[two-heads] no\n      Go",
    "a block with an empty line": "|+\n      Go\n\n      # coach: ignore[two-heads] no\n\n",
    "no blank before it": "Go#coach:ignore[two-heads]no",
}


@pytest.mark.parametrize("said", TEXTS.values(), ids=TEXTS)
def test_in_a_text_it_is_text(said: str) -> None:
    loaded = check_text(f"format: 1\nname: Test\nsteps:\n  - forward: 20 min @ 5 km/h\n    say: {said}\n")
    assert loaded.problems == ()
    assert loaded.workout is not None
    assert "two-heads" in loaded.workout.segments[0].say[0].text


def test_behind_the_sign_of_a_block_and_behind_a_list_it_is_a_comment() -> None:
    text = "format: 1\nname: Test\nparams: {one: 5 km/h} # coach: ignore[two-heads] no\nsteps:\n"
    text += "  - forward: 20 min @ $one\n    say: >  # coach: ignore[two-heads] no\n      Go\n"
    text += "  - {forward: 1 min @ 5 km/h, say: [x]}# coach: ignore[two-heads] no\n"
    assert [line for line, rule in told(check_text(text)) if rule == "ignore-refused"] == [3, 6, 8]


def test_a_text_is_not_cut_by_such_a_comment() -> None:
    text = "format: 1\nname: Test\nsteps:\n  - forward: 20 min @ 5 km/h\n    say: Go {}\n"
    assert told(check_text(text.format("# 3"))) == [(5, "text-cut-by-comment")]
    assert told(check_text(text.format("# coach: ignore[unused-mark] x"))) == [(5, "unused-ignore")]
    for remark in ("# coach: seconds left", "# COACH: he knows", "#coach: ignore", "# coach: ignore me"):
        assert (5, "text-cut-by-comment") in told(check_text(text.format(remark)))


# What it cannot do


def test_where_the_file_is_no_workout_a_comment_is_not_one_too_many() -> None:
    text = UNUSED.format("", COMMENT, "").replace("5 km/h", "5 kmh")
    assert "unused-ignore" not in {rule for _, rule in told(check_text(text))}


def test_another_value_or_level_than_the_authors_leaves_the_comment_alone() -> None:
    text = "# coach: ignore[no-warmup] whole\nformat: 1\nname: Test\nparams: {run: 5 km/h}\nsteps:\n"
    text += "  - forward: 20 min @ $run\n"
    assert told(check_text(text)) == [(1, "unused-ignore")]
    assert told(check_text(text, sets={"run": "4 km/h"})) == []
    assert told(check_text(text, runner_params={"run": "4 km/h"})) == []
    assert told(check_text(text, runner_params={"other": "4 km/h"})) == [(1, "unused-ignore")]
    assert told(check_text(text, level=Level.BEGINNER)) == []


def test_a_rule_of_the_machine_is_silenced_for_a_check_and_the_workout_is_whole_either_way() -> None:
    text = "format: 1\nname: Test\nsteps:\n  - warm-up: 10 min @ 5 km/h\n  - forward: 10 min @ 6.5 km/h{}\n"
    comment = "  # coach: ignore[speed-over-device] only on the gym's"
    loud, still = check_text(text.format(""), machine=SLOW), check_text(text.format(comment), machine=SLOW)
    assert [(problem.rule, problem.error) for problem in loud.problems] == [("speed-over-device", True)]
    assert (told(still), silenced(still)) == ([], [(5, "speed-over-device")])
    assert loud.workout == still.workout == check_text(text.format("")).workout
    assert still.workout is not None
    assert told(check_text(text.format(comment))) == []


def test_a_comment_for_a_machine_that_can_do_it_is_one_too_many() -> None:
    text = "format: 1\nname: Test\nsteps:\n  - forward: 20 min @ 5 km/h  # coach: ignore[speed-over-device] gym\n"
    assert told(check_text(text)) == []
    assert told(check_text(text, machine=SLOW)) == [(4, "unused-ignore")]


@pytest.mark.parametrize(
    "hostile",
    [
        "# coach: ignore[nothing-such] x\n" * 6000,
        f"# coach: ignore[{'nothing-such,' * 15_000}] x\n",
        "# coach: x[\n" * 3000,
    ],
    ids=["comments", "names", "none of the form"],
)
def test_a_file_full_of_comments_is_told_once_and_soon(hostile: str) -> None:
    problems = [problem for problem in check_text(UNUSED.format("", "", "") + hostile).problems if problem.rule in OWN]
    said = f"this file silences more than {MOST} times, what comes from here on is not read"
    assert len(problems) == MOST + 1
    assert [problem.message for problem in problems].count(said) == 1
    assert problems[-1].message == said


BACK = """\
format: 1
name: Sup
level: beginner
steps:
  - warm-up: 5 min @ 5 km/h
  - backward: 1 min @ 1.5 km/h
  - forward: 1 min @ 1.2 km/h
  - cool-down: 5 min @ 4 km/h
"""
GATES = sorted(
    {problem.rule for machine in MACHINES[2:] for problem in check_text(BACK, machine=machine).problems}
    | {problem.rule for problem in check_text(BACK.replace("1.5 km/h", "2.5 km/h"), machine=BAD).problems}
)


def test_the_bad_machine_breaks_every_gate() -> None:
    firm = {rule.name for rule in rules().values() if rule.group is Group.DEVICE and rule.silence is not Silence.ALL}
    assert set(GATES) >= firm
    assert len(firm) == 14


@pytest.mark.parametrize("name", GATES)
@pytest.mark.parametrize("at", ["# {}\n{}", "{1} # {0}"], ids=["the whole file", "each line"])
def test_no_comment_silences_what_a_machine_lacks_to_be_safe(name: str, at: str) -> None:
    comment = f"coach: ignore[{name}] I want it"
    for machine in MACHINES[1:]:
        for plain in (BACK, BACK.replace("1.5 km/h", "2.5 km/h")):
            if at[0] == "#":
                text = at.format(comment, plain)
            else:
                text = "\n".join(at.format(comment, line) for line in plain.splitlines())
            asked, unasked = check_text(text, machine=machine), check_text(plain, machine=machine)
            safe = {"speed-over-device", "incline-over-device", "step-shorter-than-belt-needs"}
            errors = [problem.message for problem in unasked.errors if problem.rule not in safe]
            assert [problem.message for problem in asked.errors if problem.rule not in {*OWN, *safe}] == errors
            refused = rules()[name].silence is Silence.NOTHING
            assert ("ignore-refused" in {problem.rule for problem in asked.errors}) is refused
            if refused:
                assert asked.silenced == ()


def test_where_a_comment_silences_warnings_only_the_errors_stay() -> None:
    text = f"# coach: ignore[below-device-minimum] I want it\n{BACK}"
    loaded = check_text(text, machine=BAD)
    rule = "below-device-minimum"
    assert [problem.line for problem in loaded.errors if problem.rule == rule] == [3, 7]
    assert [problem.line for problem in loaded.silenced if problem.rule == rule] == [8]
    only = check_text(text.replace("forward: 1 min @ 1.2", "forward: 1 min @ 2"), machine=BAD)
    assert (only.silenced, "unused-ignore" in {problem.rule for problem in only.problems}) == ((), False)


# Laws


TEXTED = [rule for rule in rules().values() if rule.of is Of.FILE]
WRITTEN = [*(load(name).text for name in shipped()), *(f"{one}\n" for rule in TEXTED for one in (rule.bad, rule.good))]
FILES = [text.replace("# coach:", "# Anna:") for text in WRITTEN]  # without comments of their own
NAMES = st.one_of(st.sampled_from(sorted(rules())), st.sampled_from(["all", "*", "nothing-such", "Two-Heads", ""]))
NOTE = "# a remark that says as much"


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, str]:
    """A file with comments to coach, and the same file with remarks in their places."""
    lines = draw(st.sampled_from(FILES)).split("\n")
    first = next((index for index, line in enumerate(lines) if line.startswith("steps:")), 0)
    plain = list(lines)
    for _ in range(draw(st.integers(1, 4))):
        names = ", ".join(draw(st.lists(NAMES, min_size=1, max_size=3)))
        comment = f"# coach: ignore[{names}]{draw(st.sampled_from(['', ' it is meant']))}"
        index = draw(st.one_of(st.integers(first, len(lines)), st.just(0)))
        if draw(st.booleans()) and index < len(lines) and lines[index].strip() and "#" not in lines[index]:
            lines[index], plain[index] = f"{lines[index]}  {comment}", f"{plain[index]}  {NOTE}"
        else:
            blanks = " " * draw(st.integers(0, 6))
            lines.insert(index, blanks + comment)
            plain.insert(index, blanks + NOTE)
    return "\n".join(lines), "\n".join(plain)


def places(problems: Iterable[Problem]) -> list[tuple[int, int, str, Severity]]:
    """What is told where; a sentence may quote its line, and with it the comment."""
    return sorted((one.line, one.column, one.rule, one.severity) for one in problems if one.rule not in OWN)


def firm(problems: tuple[Problem, ...]) -> list[tuple[int, int, str, Severity]]:
    """Those that no comment silences."""
    firm = {Silence.NOTHING: (False, True), Silence.WARNINGS: (True,), Silence.ALL: ()}
    return places(one for one in problems if one.error in firm[rules()[one.rule].silence])


@settings(deadline=None, max_examples=50)
@given(commented(), st.sampled_from(MACHINES))
def test_no_comment_silences_the_language_or_safety_or_changes_the_workout(
    files: tuple[str, str], machine: Machine | None
) -> None:
    written, plain = files
    asked, unasked = check_text(written, machine=machine), check_text(plain, machine=machine)
    assert firm(asked.problems) == firm(unasked.problems)
    assert asked.draft == unasked.draft
    if not {problem.rule for problem in asked.errors} & OWN:
        assert asked.workout == unasked.workout
    assert asked.workout is None or unasked.workout is not None


@settings(deadline=None, max_examples=50)
@given(commented(), st.sampled_from(MACHINES))
def test_what_is_silenced_is_what_would_have_been_told(files: tuple[str, str], machine: Machine | None) -> None:
    written, plain = files
    asked, unasked = check_text(written, machine=machine), check_text(plain, machine=machine)
    assert places((*asked.problems, *asked.silenced)) == places(unasked.problems)
    for problem in asked.silenced:
        assert group_of(problem.rule) is Group.DEVICE or (group_of(problem.rule) is Group.ADVICE and not problem.error)

"""The golden table of machines: what an author hears of a treadmill that he names, word for word."""

import re
import tomllib
from pathlib import Path

import pytest

from coach.core.level import LEVELS
from coach.core.workout import Level
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.sim import VirtualTreadmill
from coach.link.world import ranges
from coach.script.check import check_text
from coach.script.device import Machine
from coach.script.example import machine_of
from coach.script.rule import Group, Of, rules

FOLDER = Path(__file__).parent
TABLE = (FOLDER / "broken_on_machine.txt").read_bytes().decode()
ROWS = re.findall(r"^=== (.*) @ (.*)\n((?s:.*?))^=> *\n((?s:.*?))(?=^=== |\Z)", TABLE, re.MULTILINE)
TOLD = re.compile(r": (?:error|warning)\[([^\]]*)\]: ")


def machine(words: str) -> Machine:
    """A simulated machine by its name, or one of these facts."""
    kind, _, name = words.partition(":")
    if kind != "sim":
        made = machine_of(tomllib.loads(f"machine = {words}")["machine"])
        assert made is not None
        return made
    found = find_machine(name)
    profile = profile_of(found)
    speeds, inclines = ranges(profile, VirtualTreadmill(found))
    return Machine(profile=profile, speeds=speeds, inclines=inclines)


@pytest.mark.parametrize(("words", "text", "said"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_a_machine_makes_of_a_workout_is_told_in_these_words(words: str, text: str, said: str) -> None:
    assert check_text(text, file="w.yaml", machine=machine(words)).rendered() == said.strip("\n")


def test_the_table_is_read_whole() -> None:
    assert len(ROWS) == TABLE.count("\n=== ") + 1


@pytest.mark.parametrize(("words", "text"), [row[1:3] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_a_machine_cannot_do_leaves_the_workout_whole(words: str, text: str) -> None:
    assert check_text(text, machine=machine(words)).workout is not None


@pytest.mark.parametrize(
    "group", [Group.SYNTAX, Group.SAFETY, Group.ADVICE, Group.DEVICE], ids=lambda group: group.name
)
def test_every_rule_that_a_text_can_break_has_a_row(group: Group) -> None:
    told = {name for table in FOLDER.glob("broken*.txt") for name in TOLD.findall(table.read_bytes().decode())}
    of_texts = {rule.name for rule in rules().values() if rule.group is group and rule.of is Of.FILE}
    assert of_texts - told == set()


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("by", [-0.01, 0.0, 0.01])
def test_the_lowest_speed_of_a_machine_is_held_against_the_row(level: Level, by: float) -> None:
    lowest = LEVELS[level].machine_min_kmh + by
    found = check_text(BACK, machine=machine(f"{{speeds = [{lowest:.2f}, 16.0, 0.1]}}"), level=level)
    gate = [problem for problem in found.problems if problem.rule == "below-device-minimum" and problem.line == 2]
    assert bool(gate) is (by > 0)


BACK = """\
format: 1
name: Test
level: beginner
steps:
  - warm-up: 5 min @ 6 km/h
  - backward: 2 min @ 2 km/h
  - cool-down: 5 min @ 4 km/h
"""

"""The rules of the language: what each says, why, and an example of it broken and kept; read only when asked for.

Each group of rules is one file of rules/; a name is in one of them. What the checker says is never written there: it is
asked for, of the example itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Final


class Group(StrEnum):
    """What kind of rule it is; the letter stands in JSON."""

    SYNTAX = "E"
    SAFETY = "S"
    ADVICE = "W"
    DEVICE = "D"
    PLAN = "P"

    @property
    def file(self) -> str:
        """Which file of rules/ has the group."""
        return FILES[self]

    @property
    def words(self) -> str:
        """The group, for people."""
        return WORDS[self]


FILES: Final = {
    Group.SYNTAX: "syntax.toml",
    Group.SAFETY: "safety.toml",
    Group.ADVICE: "advice.toml",
    Group.DEVICE: "device.toml",
    Group.PLAN: "plan.toml",
}
WORDS: Final = {
    Group.SYNTAX: "the language",
    Group.SAFETY: "safety",
    Group.ADVICE: "advice",
    Group.DEVICE: "the machine, with --machine",
    Group.PLAN: "training plans",
}
SILENCED: Final = frozenset({Group.ADVICE, Group.DEVICE})
UNUSED: Final = "unused-ignore"  # a comment that silences nothing is deleted; another one would not help


class Of(StrEnum):
    """What the examples of a rule are."""

    FILE = "file"  # the text of a workout file
    SHORTHAND = "shorthand"  # a workout in one line
    PLAN = "plan"  # the text of a training plan
    WORDS = "words"  # a sentence, where no text alone can break the rule


class Silence(StrEnum):
    """What of a rule a comment may silence."""

    NOTHING = "nothing"
    WARNINGS = "warnings"  # its errors are of safety
    ALL = "all"


_OF_SAFETY: Final = {"always": Silence.NOTHING, "errors": Silence.WARNINGS}  # the key safety of a rule of the machine


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, with a workout that breaks it and one that keeps it."""

    name: str
    group: Group
    says: str  # one line
    because: str
    bad: str
    good: str
    of: Of = Of.FILE
    machine: Mapping[str, object] = field(default_factory=dict)  # the treadmill of both examples
    silence: Silence = Silence.NOTHING

    @property
    def silenced(self) -> bool:
        """A comment may silence it, or at least its warnings."""
        return self.silence is not Silence.NOTHING

    def may_be_silent(self, *, error: bool) -> bool:
        """A comment may silence such a problem of it."""
        return self.silence is Silence.ALL or (self.silence is Silence.WARNINGS and not error)


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by name, group after group, in alphabetical order within each."""
    return {name: rule for group in Group for name, rule in sorted(_of_group(group).items())}


def group_of(name: str) -> Group | None:
    """The group of a rule; None where there is no such rule."""
    rule = rules().get(name)
    return None if rule is None else rule.group


def _of_group(group: Group) -> dict[str, Rule]:
    import tomllib  # a check of a file without problems reads no rules
    from importlib.resources import files

    file = files("coach.script") / "rules" / group.file
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: _rule(name, group, table) for name, table in tables.items()}


def _rule(name: str, group: Group, table: Mapping[str, object]) -> Rule:
    text = {key: str(value).strip("\n") for key, value in table.items() if isinstance(value, str)}
    machine = table.get("machine", {})
    assert isinstance(machine, dict), name
    usual = Of.PLAN if group is Group.PLAN else Of.FILE
    return Rule(
        name=name,
        group=group,
        says=text["says"],
        because=" ".join(text["because"].split()),
        bad=text["bad"],
        good=text["good"],
        of=Of(text.get("of", usual)),
        machine=machine,
        silence=_silence(name, group, text.get("safety")),
    )


def _silence(name: str, group: Group, safety: str | None) -> Silence:
    if group not in SILENCED or name == UNUSED:
        return Silence.NOTHING
    return Silence.ALL if safety is None else _OF_SAFETY[safety]

"""Changing a frozen value the quick way gives what dataclasses.replace gives, and names only fields that exist."""

from __future__ import annotations

import ast
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from inspect import getsource
from types import ModuleType

import pytest

from coach.core import belt, heart
from coach.core.belt import Belt
from coach.core.heart import Strap
from coach.core.session import NOTHING, Outcome, advance
from coach.core.value import evolve
from tests.core.build import steps, world

QUICK = ((belt, Belt), (heart, Strap))


def test_a_value_is_changed_as_replace_changes_it() -> None:
    assert evolve(Belt(), link=True, kmh=3.0) == replace(Belt(), link=True, kmh=3.0)
    assert evolve(Strap(), bpm=120, why="") == replace(Strap(), bpm=120, why="")


def test_the_value_before_stays_as_it_was() -> None:
    before = Belt()
    after = evolve(before, kmh=3.0)

    assert before == Belt()
    assert evolve(after, kmh=None) == before


def test_a_changed_value_is_frozen_too() -> None:
    changed = evolve(Belt(), kmh=3.0)
    with pytest.raises(FrozenInstanceError):
        changed.kmh = 9.0  # type: ignore[misc]


@pytest.mark.parametrize(("module", "kind"), QUICK, ids=[kind.__name__ for _, kind in QUICK])
def test_only_fields_that_exist_are_named(module: ModuleType, kind: type) -> None:
    assert is_dataclass(kind)
    calls = (node for node in ast.walk(ast.parse(getsource(module))) if isinstance(node, ast.Call))
    named = {
        word.arg
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "evolve"
        for word in call.keywords
    }

    assert named
    assert named <= {field.name for field in fields(kind)}


def test_the_wish_that_is_kept_is_the_wish_that_would_be_made() -> None:
    """Of equal progress that is another object a wish is made anew: both must say the same, in a whole session."""
    made = world("home", ("console=-1.0@40:10", "drop@70:8"))
    for step in steps(made, 400.0):
        progress = replace(step.before.progress)
        anew, outcome = advance(made.plan, replace(step.before, progress=progress), step.event)

        assert anew == step.session
        assert outcome == step.outcome


def test_what_comes_to_nothing_is_one_value() -> None:
    assert Outcome() == NOTHING
    quiet = [step.outcome for step in steps(world(), 60.0) if step.outcome == NOTHING]

    assert len(quiet) > 10
    assert all(outcome is NOTHING for outcome in quiet)

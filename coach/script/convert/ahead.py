"""The part of an outline that faces the console: backward steps are left out, whether or not they could be run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from coach.core.workout import Facing, Head, Segment
from coach.script.convert.fold import folded, standing
from coach.script.convert.loss import ConvertError, Losses
from coach.script.outline import Outline, unrolled
from coach.script.read import LONGEST_NAME

_BEHIND: Final = ", forward only"


def forward_part(outline: Outline, losses: Losses) -> Outline:
    """An outline without its backward steps; as it is where there are none.

    Rests facing the rear go with them, and so do the cues of a step before a turn, which may speak of it.

    Raises:
        ConvertError: nothing forward is left.
    """
    if not any(one.facing is Facing.BACKWARD for one in standing(outline.items)):
        return outline
    steps = list(unrolled(outline.items))
    left_out = sum(one.facing is Facing.BACKWARD for one in steps)
    kept = tuple(_kept(steps))
    if not any(one.target is not None for one in kept):
        raise ConvertError("the workout has no forward part that could stand alone")
    losses.lost(f"{left_out} backward steps are left out, as --forward-only asks")
    if outline.comments:
        losses.lost("the comments between the steps, which may speak of those that are left out")
    name = f"{outline.name[: LONGEST_NAME - len(_BEHIND)]}{_BEHIND}"
    return replace(outline, name=name, items=folded(kept), comments={})


def _kept(steps: Sequence[Segment]) -> Iterator[Segment]:
    facing = Facing.FORWARD
    for one, then in zip(steps, chain(steps[1:], (None,)), strict=True):
        facing = facing if one.head is Head.REST else one.facing
        if facing is Facing.BACKWARD:
            continue
        if then is not None and then.facing is Facing.BACKWARD:
            yield replace(one, say=())
        else:
            yield one

"""Steps of other programs as a person would write them: repeats found again, heads named, speeds without noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from coach.core.rules import mean_kmh
from coach.core.workout import KMH_PER_MPH, ExtentUnit, Facing, Head, Segment
from coach.script.convert.loss import Losses
from coach.script.outline import Item, Rounds

LONGEST_ROUND: Final = 12  # items of one round
FEWEST_ALONE: Final = 3  # rounds of a single step that are worth a repeat
SHORTEST_S: Final = 120.0  # of a step that is taken for a warm-up or a cool-down
NOISE_KMH: Final = 0.0005  # a speed this near to a round one is that one


def folded(items: Sequence[Item]) -> tuple[Item, ...]:
    """The same steps, with equal neighbours as rounds; what is a round already stays one."""
    return tuple(_folded(list(_plain(items))))


def with_heads(items: Sequence[Item], losses: Losses) -> tuple[Item, ...]:
    """The first step as warm-up and the last as cool-down, where nothing says so and they are the slower ones."""
    found, steps = list(items), list(standing(items))
    if len(found) < 3 or any(step.head in (Head.WARM_UP, Head.COOL_DOWN) for step in steps):
        return tuple(items)
    fastest_kmh = max(map(mean_kmh, steps))
    for index, head, number in ((0, Head.WARM_UP, 1), (-1, Head.COOL_DOWN, len(steps))):
        step = found[index]
        if isinstance(step, Segment) and _gentle(step, fastest_kmh):
            found[index] = replace(step, head=head)
            losses.assumed(f"this step is the {head}", number)
    return tuple(found)


def tidied(kmh: float, losses: Losses, step: int, noise_kmh: float = NOISE_KMH) -> float:
    """A speed that was worked out, as a treadmill sets it: to 0.1 km/h, or 0.1 mph where it is that but for noise."""
    tidy_kmh = tidy(kmh, noise_kmh)
    if abs(tidy_kmh - kmh) > max(noise_kmh, NOISE_KMH):
        losses.changed("the speed is rounded to 0.1 km/h", step)
    return tidy_kmh


def tidy(kmh: float, noise_kmh: float = NOISE_KMH) -> float:
    """The same without a word about it."""
    tenth = max(round(kmh, 1), 0.1)
    if abs(tenth - kmh) <= noise_kmh:
        return tenth
    if abs((miles := round(kmh / KMH_PER_MPH, 1) * KMH_PER_MPH) - kmh) <= noise_kmh:
        return miles
    return tenth


def standing(items: Sequence[Item]) -> Iterator[Segment]:
    """The steps as they stand, each once."""
    for item in items:
        if isinstance(item, Rounds):
            yield from standing(item.items)
        else:
            yield item


def spoken(text: str) -> str:
    """A text as one line that can be shown and said: blanks squeezed, signs that a terminal would obey left out."""
    return " ".join("".join(sign if sign.isprintable() or sign.isspace() else "" for sign in text).split())


def _plain(items: Sequence[Item]) -> Iterator[Item]:
    """The items without what only their place in a file gives them; what is done once is no round."""
    for item in items:
        if isinstance(item, Segment):
            yield replace(item, line=0, round=None)
        elif item.times == 1:
            yield from _plain(item.items)
        else:
            yield replace(item, items=tuple(_plain(item.items)))


def _folded(items: list[Item]) -> list[Item]:
    result = list[Item]()
    at = 0
    while at < len(items):
        length, times = _best(items, at)
        if times == 1:
            result.append(items[at])
            at += 1
        else:
            result.append(Rounds(times, tuple(_folded(items[at : at + length]))))
            at += length * times
    return result


def _best(items: list[Item], at: int) -> tuple[int, int]:
    """The length of a round that begins here, and how many follow each other; those that cover most."""
    best = (1, 1)
    for length in range(1, min(LONGEST_ROUND, (len(items) - at) // 2) + 1):
        times = _times(items, at, length)
        enough = times >= (FEWEST_ALONE if length == 1 else 2)
        if enough and length * times > best[0] * best[1]:
            best = length, times
    return best


def _times(items: list[Item], at: int, length: int) -> int:
    first, times = items[at : at + length], 1
    while items[at + times * length : at + (times + 1) * length] == first:
        times += 1
    return times


def _gentle(step: Segment, fastest_kmh: float) -> bool:
    long = step.extent.unit is not ExtentUnit.TIME or step.extent.amount >= SHORTEST_S
    ahead = step.head is Head.FORWARD and step.facing is Facing.FORWARD
    return ahead and long and 0 < mean_kmh(step) < fastest_kmh

"""Who comes in at the door of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from coach.page.door import MOST, WRONG_BURST, Door, Patience, leaf_of


class Way(asyncio.Transport):
    """A connection that only knows whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


class Later:
    """Calls nothing before the test says so."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []

    def __call__(self, wait_s: float, call: Callable[[], None]) -> None:
        del wait_s
        self.due.append(call)


def test_the_longest_that_does_not_watch_makes_room() -> None:
    door, ways = Door(Later()), [Way() for _ in range(MOST + 1)]
    for way in ways[:-1]:
        door.enter(way)
    door.watches(ways[0])
    door.enter(ways[-1])
    assert [way.aborted for way in ways] == [False, True, *[False] * (MOST - 1)]
    assert len(door) == MOST


def test_who_watches_is_never_turned_out() -> None:
    door, ways, late = Door(Later()), [Way() for _ in range(MOST)], Way()
    for way in ways:
        door.enter(way)
        door.watches(way)
    door.enter(late)
    assert late.aborted
    assert not any(way.aborted for way in ways)


def test_who_only_holds_the_door_is_closed_after_a_while() -> None:
    later = Later()
    door, idle, watching, gone = Door(later), Way(), Way(), Way()
    for way in (idle, watching, gone):
        door.enter(way)
    door.watches(watching)
    door.leave(gone)
    for call in later.due:
        call()
    assert [idle.aborted, watching.aborted, gone.aborted] == [True, False, False]


def test_wrong_addresses_are_answered_for_so_long_and_no_longer() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    answered = [patience.spend("a") for _ in range(int(WRONG_BURST) + 5)]
    assert answered == [True] * int(WRONG_BURST) + [False] * 5
    assert patience.spend("b")
    now[0] += 1.0
    assert [patience.spend("a"), patience.spend("a")] == [True, False]


@pytest.mark.parametrize(
    ("target", "leaf"),
    [
        ("/secret/", ""),
        ("/secret/live", "live"),
        ("/secret/../etc/passwd", "../etc/passwd"),  # is no name of a file that there is
        ("/secret", None),
        ("/", None),
        ("secret/", None),
        ("//secret/", None),
        ("/Secret/", None),
        ("/secre/", None),
        ("/secret%2f", None),
        ("/sécret/", None),
        ("http://here/secret/", None),
    ],
)
def test_only_the_secret_leads_to_anything(target: str, leaf: str | None) -> None:
    assert leaf_of(target, "secret") == leaf

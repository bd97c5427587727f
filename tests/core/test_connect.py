from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from coach.core import say
from coach.core.event import Event, Heard, Key, LinkFound, LinkLost, Slept
from coach.core.wish import Phase
from tests.core.build import CONTROL, KEYS, Play, answer, data, forward, h, plan, pressed, profile, status

PLANS: Final = (
    plan(),
    plan(forward()),
    plan(forward(), machine=profile(speed_control=False)),
    plan(machine=profile(known=False)),
)
SAID: Final[tuple[Event, ...]] = (
    status(0.0, "04"),
    status(0.0, "03"),
    status(0.0, "ff"),
    status(0.0, "02 01"),
    status(0.0, "05 20 03"),
    answer(0.0, 0, 5),
    answer(0.0, 7),
    Heard(0.0, 0x2ACD, h("ff 1f 00")),
    Slept(0.0, 9.0),
)


def connecting(a_plan: int = 0) -> Play:
    """The machine is there and was not heard yet."""
    made = Play(PLANS[a_plan])
    made.feed(LinkFound(0.0))
    return made


@pytest.mark.parametrize("a_plan", range(len(PLANS)))
@pytest.mark.parametrize("kmh", [0.1, 0.8, 6.0, 18.0])
def test_nothing_is_written_to_a_belt_that_is_found_moving(a_plan: int, kmh: float) -> None:
    made = connecting(a_plan)
    made.run(60.0, kmh)
    assert (made.at(), made.written()) == (Phase.CONNECTING, [])
    made.run(1.5, 0.0)
    assert made.written() == []


@pytest.mark.parametrize("event", range(len(SAID)))
@pytest.mark.parametrize("key", [Key.STOP, Key.YES, Key.FASTER])
def test_nothing_that_it_says_and_no_key_makes_coach_write(event: int, key: Key) -> None:
    made = connecting()
    made.run(5.0, 3.0)
    made.feed(replace(SAID[event], at_s=made.at_s))
    made.run(5.0, 3.0)
    made.feed(pressed(made.at_s, key))
    made.run(5.0, 3.0)
    assert made.written() == []


@pytest.mark.parametrize("key", [key for key in KEYS if key is not Key.QUIT])
def test_no_key_leads_on_from_a_belt_that_moves(key: Key) -> None:
    made = connecting()
    made.run(5.0, 3.0)
    made.feed(pressed(made.at_s, key))
    made.run(5.0, 3.0)
    assert (made.at(), made.written()) == (Phase.CONNECTING, [])


def test_stop_says_what_coach_cannot_do() -> None:
    made = connecting()
    made.run(5.0, 3.0)
    outcome = made.feed(pressed(made.at_s, Key.STOP))
    assert [cue.text for cue in outcome.cues] == [say.MOVES]


def test_a_link_that_comes_and_goes_is_only_read() -> None:
    made = connecting()
    for _ in range(3):
        made.run(5.0, 3.0)
        made.feed(LinkLost(made.at_s + 1))
        made.feed(LinkFound(made.at_s + 1))
    made.run(10.0, 3.0)
    assert made.written() == []


def test_control_is_asked_for_once_the_belt_stands() -> None:
    made = connecting()
    made.run(30.0, 3.0).run(20.0, 0.0)
    assert made.at() is Phase.READY
    assert made.written() == [CONTROL]


def test_a_moving_belt_is_said_at_once_and_every_ten_seconds() -> None:
    made = connecting()
    made.run(0.5, 3.0)
    assert made.said == ["The belt is moving. Stop it on the console."]
    made.run(9.0, 3.0)
    assert len(made.said) == 1
    made.run(1.0, 3.0)
    assert len(made.said) == 2


def test_what_is_waited_for_has_a_sentence() -> None:
    made = Play(PLANS[0])
    made.tick()
    assert made.progress.waits == say.NO_LINK
    waits = []
    for event in (LinkFound(1.0), data(1.5, 3.0), data(2.0, 0.0), LinkLost(2.2)):
        made.feed(event)
        waits.append(made.progress.waits)
    assert waits == [say.NOT_HEARD, say.MOVES, say.SETTLES, say.NO_LINK]
    made.feed(LinkFound(2.3))
    made.run(4.0, 0.0)
    assert (made.at(), made.progress.waits) == (Phase.READY, "")


def test_a_belt_that_is_never_stopped_ends_the_session_without_a_write() -> None:
    made = connecting()
    made.run(305.0, 3.0)
    assert (made.at(), made.progress.ended, made.written()) == (Phase.ENDED, "tripped", [])
    assert made.progress.reason == "the belt was not found standing"
    assert made.said[-1] == say.RUNS_ON


def test_a_treadmill_that_is_not_there_is_not_said_to_have_moved() -> None:
    made = Play(PLANS[0])
    for _ in range(299):
        made.tick(1.0)
    assert made.at() is Phase.CONNECTING
    made.tick(1.0)
    assert (made.at(), made.progress.reason) == (Phase.ENDED, "the treadmill was not heard")

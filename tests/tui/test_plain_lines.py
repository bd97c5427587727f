"""The plain lines of a session: where it is, that coach only prompts and why, and what the belt is waited for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any

import pytest

from coach.cli.keyboard import Inbox
from coach.cli.lines import WIDTH, Feed, Lines, banner, summary
from coach.cli.plain import WAITS_S, Plain
from coach.core.heart import Source
from coach.core.machine import MachineProfile
from coach.core.plan import Plan, make_plan
from coach.core.progress import Button
from coach.core.runner import Runner, SpokenUnit
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.gate import FORWARD_LINE, HAND_LINE
from coach.keeper.crew import Life
from coach.keeper.wire import Asked, Done, FromKeeper, HeartResult, Snapshot
from coach.result import Side
from tests.tui.bare import plan, snapshot
from tests.tui.local import LocalCrew

WHY = "the treadmill does not take speeds from an app"
EASY = plan("easy-walk-30")
SET = Asked(Button.SPEED, 1, "Set 8.0 on the treadmill.", speed_kmh=8.0)
STOP = Asked(Button.STOP, 2, "Press Stop on the treadmill.")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "SIMULATED   1:40  FORWARD    4.0 km/h  1/7 warm-up, 1:20 left, heart 115"),
        ({"asked_kmh": 4.3}, "SIMULATED   1:40  FORWARD    4.0 km/h  1/7 warm-up, 1:20 left, heart 115"),
        ({"asked_kmh": 6.0}, "SIMULATED   1:40  FORWARD    4.0 km/h to 6.0  1/7 warm-up, 1:20 left, heart 115"),
        (
            {"heart_from": Source.TREADMILL},
            "SIMULATED   1:40  FORWARD    4.0 km/h  1/7 warm-up, 1:20 left, heart 115 console",
        ),
        ({"prompted": WHY}, "SIMULATED   1:40  PROMPT     4.0 km/h  1/7 warm-up, 1:20 left, heart 115"),
        (
            {"prompted": WHY, "prompt": SET, "asked_kmh": 6.0, "bpm": None},
            "SIMULATED   1:40  PROMPT     4.0 km/h, SET 8.0  1/7 warm-up, 1:20 left",
        ),
        (
            {"prompted": WHY, "prompt": STOP, "phase": Phase.SLOW, "bpm": None},
            "SIMULATED   1:40  PROMPT     4.0 km/h  press Stop on the treadmill",
        ),
        (
            {"prompted": WHY, "facing": Facing.UNKNOWN, "trusted": False, "phase": Phase.PAUSED, "kmh": 0.0, "bpm": 99},
            "SIMULATED   1:40  UNKNOWN    0.0 km/h  STOPPED, NOT TRUSTED: stay off, heart 99",
        ),
    ],
)
def test_a_line_says_where_the_session_is(changes: dict[str, Any], line: str) -> None:
    assert Lines(EASY).status(snapshot(EASY, **changes)) == line
    assert len(line) <= WIDTH


def test_speeds_are_told_in_the_runners_unit() -> None:
    mph = replace(EASY, runner=Runner(spoken=SpokenUnit.MPH))
    assert " 2.5 mph, SET 5.0 " in Lines(mph).status(snapshot(mph, prompted=WHY, prompt=SET))


def test_prompt_mode_is_told_with_its_reason_once_and_again_when_that_changes() -> None:
    feed = Feed(Lines(EASY))
    first = list(feed.take(snapshot(EASY, prompted=WHY), 0.0))
    assert " ".join(" ".join(first[:-1]).split()).count("PROMPT MODE: you press, coach measures") == 1
    assert "from an app)." in first[-2]
    assert all(len(line) <= WIDTH for line in first)
    assert list(feed.take(snapshot(EASY, prompted=WHY), 1.0)) == []
    assert "another app" in "".join(feed.take(snapshot(EASY, prompted="another app has control"), 2.0))
    assert list(feed.take(snapshot(EASY), 3.0)) == []


def test_a_new_prompt_is_a_line_of_its_own() -> None:
    feed = Feed(Lines(EASY))
    now = snapshot(EASY, prompted=WHY)
    _ = list(feed.take(now, 0.0))
    assert "SET 8.0" in "".join(feed.take(replace(now, prompt=SET), 1.0))
    assert list(feed.take(replace(now, prompt=SET), 2.0)) == []


@pytest.mark.parametrize(("speed_control", "line"), [(True, FORWARD_LINE), (False, HAND_LINE)])
def test_the_first_lines_of_a_real_belt_say_who_sets_the_speed(speed_control: bool, line: str) -> None:
    real = make_plan(EASY.workout, MachineProfile(simulated=False, speed_control=speed_control))
    assert line in list(banner("Easy walk", "Home", real, 1.0))


def done(*, trusted: bool = True, still: bool = True) -> Done:
    return Done(
        "tripped", "stop ignored", 20.0, 0.0, Side(), Side(), (), (), (), HeartResult(), still, trusted, True, ""
    )


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (done(), "The belt stands."),
        (done(trusted=False), "The belt stands. Stay off until the key is out."),
        (done(still=False), "THE BELT MAY STILL MOVE."),
    ],
)
def test_the_summary_says_why_in_words_and_whether_the_belt_can_be_trusted(end: Done, words: str) -> None:
    told = list(summary(EASY, end))
    assert "(the treadmill ignored a stop)" in told[0]
    assert told[1].endswith(f" {words}")


@dataclass
class Told(LocalCrew):
    """Says what a test gives it."""

    messages: list[FromKeeper] = field(default_factory=list)

    def poll(self) -> list[FromKeeper]:
        messages, self.messages = self.messages, []
        return messages


class Watched:
    """Plain lines over such a crew, with the test's own clock."""

    def __init__(self, of: Plan = EASY) -> None:
        self.crew = Told(LocalCrew.of("easy-walk-30").world)
        self.shown: list[str] = []
        self.at_s = 0.0
        inbox: Inbox = SimpleQueue()
        self.plain = Plain(self.crew, inbox, self.shown.append, colour=False, alone=True, clock=lambda: self.at_s)
        self.plan = of

    def see(self, *messages: Snapshot, after_s: float = 0.0) -> list[str]:
        """What is shown of them."""
        self.at_s += after_s
        before = len(self.shown)
        self.crew.messages = list(messages)
        self.plain.turn(0.0)
        return self.shown[before:]


def connecting(**changes: Any) -> Snapshot:
    return snapshot(EASY, phase=Phase.CONNECTING, **changes)


def test_what_is_waited_for_is_told_once_it_has_lasted() -> None:
    watched, waits = Watched(), "The belt must stand for a moment."
    assert waits not in watched.see(connecting(kmh=0.0, waits=waits))
    assert waits not in watched.see(connecting(kmh=0.0, waits=waits), after_s=WAITS_S - 0.1)
    assert waits in watched.see(connecting(kmh=0.0, waits=waits), after_s=0.1)
    assert waits not in watched.see(connecting(kmh=0.0, waits=waits), after_s=60.0)
    assert watched.crew.life is Life.ALIVE


def test_why_there_is_no_link_is_told_instead() -> None:
    watched, waits, why = Watched(), "Looking for the treadmill.", "Bluetooth is switched off."
    away = connecting(link=False, kmh=None, waits=waits, link_why=why)
    assert why in watched.see(away)
    assert waits not in watched.see(away, after_s=60.0)


def test_a_belt_that_moves_is_told_by_the_voice_and_not_twice() -> None:
    watched = Watched()
    moving = connecting(kmh=3.0, waits="The belt is moving. Stop it on the console.")
    _ = watched.see(moving)
    assert moving.waits not in watched.see(moving, after_s=60.0)

"""The player: a recording comes out as it was, at any speed, and nothing that is done to it reaches anything."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise
from math import inf, nan
from pathlib import Path

import pytest

from coach.core.event import Heard, Key, Slept, Tick
from coach.keeper.crew import Life
from coach.keeper.player import (
    AGAIN_S,
    AT_ONCE,
    FASTEST,
    MOST_MARKS,
    SLOWEST,
    SPOILT,
    Player,
)
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import Done, FromKeeper, Note, Said, Snapshot, Voice
from coach.link.world import Step
from coach.sinks.journal import BREAKS_OFF, Entry, Guarded, Recording, parse_journal
from coach.sinks.line import JournalError
from coach.sinks.replay import refold
from tests.history.made import journal, recording

SHORT = "70s@4 / back 60s@2 / 3min@3"
KEY = ("key@backward1+20",)


class Wall:
    """A player and the clock of who looks."""

    def __init__(self, found: Recording, speed: float = SLOWEST) -> None:
        self.at_s = 100.0
        self.player = Player(found, speed=speed, clock=lambda: self.at_s)

    def after(self, seconds: float) -> list[FromKeeper]:
        """What is told so much later."""
        self.at_s += seconds
        return self.player.poll()

    def through(self, every_s: float = 0.25) -> list[FromKeeper]:
        """All that is told up to the end."""
        told = self.player.poll()
        while not self.player.over:
            told += self.after(every_s)
        return told

    def now(self) -> Snapshot:
        """The newest snapshot, without a second passing."""
        return newest(self.after(0.0))


def newest(told: list[FromKeeper]) -> Snapshot:
    return [one for one in told if isinstance(one, Snapshot)][-1]


def counted(found: Recording) -> tuple[Watcher, Snapshot]:
    """What a keeper's own watcher says at the end of it."""
    watcher = Watcher(found.plan, backward_sessions=found.origin.allowance.backward_sessions)
    session = None
    for entry, before, session, outcome in refold(found):
        watcher.take(Step(entry.event, before, session, outcome, session.belt.kmh or 0.0))
    assert session is not None
    return watcher, watcher.snapshot(session, found.entries[-1].event.at_s, Surroundings(voice=Voice.CAPTIONS))


def plain(snapshot: Snapshot) -> Snapshot:
    """Without its number, which tells how often it was looked."""
    return replace(snapshot, serial=0)


@pytest.fixture
def short() -> Recording:
    return recording(SHORT)


@pytest.mark.parametrize("speed", [1.0, 7.5, 50.0, 1000.0])
def test_at_any_speed_it_ends_as_the_session_ended(short: Recording, speed: float) -> None:
    watcher, last = counted(short)
    told = Wall(short, speed).through(0.25 if speed > 1 else 60.0)
    assert plain(newest(told)) == plain(last)
    assert short.end is not None
    done = watcher.done(Wall(short).player._session, "")
    assert [one for one in told if isinstance(one, Done)] == [
        replace(done, ended=short.end.ended, reason=short.end.reason, still=True, trusted=True, started=True)
    ]


@pytest.mark.parametrize("speed", [1.0, 1000.0])
def test_everything_that_was_said_is_said_once_and_in_order(short: Recording, speed: float) -> None:
    said = [Said(cue.at_s, cue.kind, cue.text) for *_, outcome in refold(short) for cue in outcome.cues]
    assert len(said) > 10
    assert [one for one in Wall(short, speed).through(20.0) if isinstance(one, Said)] == said


@pytest.mark.parametrize("speed", [1.0, 2.5, 100.0])
def test_its_clock_goes_as_many_times_faster_as_was_asked(short: Recording, speed: float) -> None:
    wall = Wall(short, speed)
    assert newest(wall.after(0.4)).at_s == pytest.approx(0.4 * speed)
    assert newest(wall.after(0.2)).at_s == pytest.approx(0.6 * speed)


def test_another_speed_holds_from_there_on(short: Recording) -> None:
    wall = Wall(short)
    wall.after(10.0)
    wall.player.play_at(20.0)
    assert newest(wall.after(1.0)).at_s == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("asked", "speed"), [(0.5, 1.0), (1.0, 1.0), (1.1, 1.1), (999.9, 999.9), (1000.0, 1000.0), (1000.1, 1000.0)]
)
def test_its_speed_stays_within_its_bounds(short: Recording, asked: float, speed: float) -> None:
    player = Player(short, speed=asked)
    assert player.speed == speed
    player.play_at(SLOWEST)
    player.play_at(asked)
    assert player.speed == speed


def test_held_its_clock_stands_and_goes_on_from_there(short: Recording) -> None:
    wall = Wall(short)
    wall.after(30.0)
    wall.player.hold(on=True)
    assert newest(wall.after(500.0)).at_s == pytest.approx(30.0)
    wall.player.hold(on=False)
    assert newest(wall.after(2.0)).at_s == pytest.approx(32.0)


def test_a_wall_clock_that_steps_back_moves_nothing(short: Recording) -> None:
    wall = Wall(short)
    wall.after(30.0)
    assert newest(wall.after(-20.0)).at_s == pytest.approx(30.0)


def test_next_leads_from_step_to_step_and_says_nothing_of_what_was_passed(short: Recording) -> None:
    wall, rows = Wall(short), list[int]()
    wall.player.hold(on=True)
    while not wall.player.over:
        wall.player.next()
        told = wall.after(0.0)
        rows.append(newest(told).row)
        assert not [one for one in told if isinstance(one, Said)]
    assert rows == [*range(1, len(short.plan.rows) + 1), len(short.plan.rows)]


def test_back_leads_to_the_begin_of_the_step_and_then_to_the_one_before(short: Recording) -> None:
    wall, begins = Wall(short), [0.0]
    for _ in range(3):
        wall.player.next()
        begins.append(wall.now().at_s)
    wall.after(AGAIN_S)
    wall.player.back()
    assert wall.now().at_s == begins[3]
    wall.after(AGAIN_S - 0.01)
    wall.player.back()
    assert wall.now().at_s == begins[2]
    for _ in range(5):
        wall.player.back()
    assert wall.now().at_s == 0.0


def test_a_fast_replay_can_be_gone_back_in_too(short: Recording) -> None:
    wall = Wall(short, 100.0)
    for _ in range(2):
        wall.player.next()
        wall.now()
    wall.after(0.5)  # 50 s into the step, and half a second of who looks
    wall.player.back()
    assert wall.now().row == 1


def test_back_from_the_end_and_through_again_it_ends_the_same(short: Recording) -> None:
    wall = Wall(short, FASTEST)
    first = wall.through(1.0)
    for _ in range(3):
        wall.player.back()
    assert not wall.player.over
    again = wall.through(1.0)
    assert plain(newest(again)) == plain(newest(first))
    assert [one for one in again if isinstance(one, Done)] == [one for one in first if isinstance(one, Done)]


def test_however_many_steps_there_are_some_of_them_can_be_gone_back_to() -> None:
    found = recording("40x(2s@3/1s@3.5)")
    wall = Wall(found, FASTEST)
    wall.through(1.0)
    assert len(wall.player._marks) <= MOST_MARKS
    rows = list[int]()
    while wall.now().at_s > 0:
        wall.player.back()
        rows.append(wall.now().row)
    assert rows == sorted(rows, reverse=True)
    assert len(rows) >= MOST_MARKS / 2


def test_one_look_takes_no_more_than_a_part_of_a_long_recording() -> None:
    found = recording("15min@5")
    assert len(found.entries) > 2 * AT_ONCE
    wall = Wall(found, FASTEST)
    looks = 0
    while not wall.player.over:
        wall.after(3600.0)
        looks += 1
    assert looks == -(-len(found.entries) // AT_ONCE)


def test_a_fast_replay_tells_how_it_looked_on_its_way(short: Recording) -> None:
    told = Wall(short, FASTEST).through(1.0)
    seen = [one.at_s for one in told if isinstance(one, Snapshot)]
    part_s = short.entries[-1].event.at_s / 240
    assert max(after - before for before, after in pairwise(seen)) < 2 * part_s + 2


def test_nothing_that_a_screen_does_to_it_changes_it(short: Recording) -> None:
    wall = Wall(short)
    wall.after(200.0)
    before, player = plain(wall.now()), wall.player
    for key in Key:
        player.press(key, "1", 1)
    player.focus(on=False)
    player.say(Voice.FULL)
    player.mischief("key:5")
    player.acknowledge()
    player.flush()
    player.beat(7)
    assert plain(wall.now()) == before
    assert player.guarded == ""
    lives = [player.life]
    player.close()
    assert [*lives, player.life] == [Life.ALIVE, Life.OVER]


def test_it_writes_no_file_and_starts_no_thread(home: Path, tmp_path: Path) -> None:
    path = journal(SHORT)
    before, bytes_before = threading.active_count(), path.read_bytes()
    Wall(recording(SHORT), FASTEST).through(1.0)
    assert threading.active_count() == before
    assert path.read_bytes() == bytes_before
    assert not home.exists()
    assert not list(tmp_path.iterdir())


def test_an_alarm_that_was_recorded_is_shown_and_ends_as_it_did() -> None:
    found = recording(SHORT, faults=KEY)
    told = Wall(found, FASTEST).through(1.0)
    done = next(one for one in told if isinstance(one, Done))
    assert [trip.trip for trip in done.trips] == ["key"]
    assert any(one.phase == "key" for one in told if isinstance(one, Snapshot))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_recording_that_was_cut_off_plays_up_to_there_and_says_so(share: float) -> None:
    text = journal(SHORT).read_text(encoding="utf-8")
    found = parse_journal(text[: int(len(text) * share)])
    assert found.torn
    assert found.end is None
    told = Wall(found, FASTEST).through(1.0)
    assert newest(told).at_s == found.entries[-1].event.at_s
    done = next(one for one in told if isinstance(one, Done))
    assert (done.ended, done.reason) == ("stopped", BREAKS_OFF)


@pytest.mark.parametrize(("what", "still"), [("still", True), ("stop", False), ("unreachable", False)])
def test_a_keeper_that_was_lost_ends_it_for_safety_and_a_guard_may_have_stopped_the_belt(
    short: Recording, what: str, still: bool
) -> None:
    moving = replace(short, entries=short.entries[:400], end=None, guard=(Guarded(what, 4.0),))
    done = next(one for one in Wall(moving, FASTEST).through(1.0) if isinstance(one, Done))
    assert (done.ended, done.still) == ("tripped", still)


def test_a_recording_without_an_event_is_refused(short: Recording) -> None:
    with pytest.raises(JournalError, match="no event to show"):
        Player(replace(short, entries=()))


@pytest.mark.parametrize("at_s", [nan, inf, -inf])
def test_an_instant_that_is_no_number_is_refused(short: Recording, at_s: float) -> None:
    spoilt = (*short.entries[:50], Entry(Tick(at_s), ()))
    with pytest.raises(JournalError, match="not a number"):
        Player(replace(short, entries=spoilt))


@pytest.mark.parametrize(
    "event",
    [Tick(-5.0), Tick(1e300), Heard(30.0, 0x2ACD, b""), Heard(30.0, 0xFFFF, b"\xff" * 600), Slept(30.0, 1e300)],
    ids=["before the begin", "far away", "no bytes", "bytes of nobody", "slept for ages"],
)
def test_an_event_that_makes_no_sense_does_not_raise(short: Recording, event: Tick | Heard | Slept) -> None:
    spoilt = (*short.entries[:300], Entry(event, ()), *short.entries[300:])
    wall = Wall(replace(short, entries=spoilt), FASTEST)
    wall.after(1.0)
    for _ in range(20):
        wall.player.next()
        wall.now()
    assert wall.player.over


def test_what_cannot_be_folded_is_left_out_and_told(short: Recording) -> None:
    spoilt = replace(short, entries=(*short.entries[:300], Entry(Heard(60.0, 0x2ACD, None), ())))  # type: ignore[arg-type]  # as a broken reader
    told = Wall(spoilt, FASTEST).through(1.0)
    assert Note(SPOILT) in told
    assert newest(told).at_s == short.entries[299].event.at_s
    assert isinstance(told[-1], Done)

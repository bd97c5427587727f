"""The bridge before a turn to the rear: its speed, its words, and what it waits for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core import say
from coach.core.bridge import before_turn, calm_bpm, ease, late, speed_kmh
from coach.core.bridge import racing as races
from coach.core.event import Key, LinkFound, LinkLost, SoundLost
from coach.core.scene import Scene
from coach.core.wish import Phase
from tests.core.build import BACKWARD, FORWARD, Play, asked_kmh, backward, forward, plan, started, strap, to_the_rear


def test_a_heart_that_races_waits_on_a_bridge_that_no_author_wrote() -> None:
    made = Play(plan(forward(70.0), backward(), forward(180.0, 4.0)), bpm=150).connect()
    made.yes()
    made.until(Phase.RUN).until(Phase.BRIDGE)
    assert made.progress.row == 1
    began_s = made.at_s
    made.follow(30.0)
    assert (made.at(), made.session.wish.target_kmh) == (Phase.BRIDGE, 4.0)
    made.bpm = 100
    made.until(Phase.SLOW)
    assert made.at_s - began_s >= 60.0
    made.until(Phase.READY)
    assert (made.progress.claimed, made.progress.row) == (BACKWARD, 1)


def test_a_heart_that_stays_high_leaves_the_block_out() -> None:
    made = Play(plan(forward(70.0), backward(), forward(180.0, 4.0)), bpm=150).connect()
    made.yes()
    made.until(Phase.RUN).until(Phase.BRIDGE)
    began_s = made.at_s
    made.until(Phase.RUN, 200.0)
    assert made.at_s - began_s == pytest.approx(180.0, abs=1.0)
    assert (made.progress.row, made.progress.facing) == (2, FORWARD)
    assert "Heart rate stays high. No turn." in made.said


def racing() -> Play:
    """On a bridge that no author wrote, the heart too fast for the turn."""
    made = Play(plan(forward(70.0), backward(60.0), forward(180.0, 6.0)), bpm=150).connect()
    made.yes()
    return made.until(Phase.RUN).until(Phase.BRIDGE)


def test_a_bridge_that_no_author_wrote_announces_its_turn_and_not_what_comes_behind() -> None:
    made = racing()
    made.bpm, before = 115, len(made.said)
    made.until(Phase.SLOW)
    counted = ["Turn in thirty seconds. Belt will stop.", "Ten. Hold the rails.", *say.COUNTS.values()]
    assert made.said[before:] == [*counted, say.SLOWING]


def test_a_block_behind_a_bridge_that_no_author_wrote_counts_down_to_its_own_end() -> None:
    made = racing()
    made.bpm = 115
    made.until(Phase.READY)
    made.yes()
    made.until(Phase.RUN)
    before = len(made.said)
    made.until(Phase.SLOW)
    said = made.said[before:]
    assert said[-1] == say.SLOWING
    for words in ("Turn in thirty seconds. Belt will stop.", "Ten. Hold the rails.", *say.COUNTS.values()):
        assert said.count(words) == 1


def test_nothing_is_counted_to_a_turn_that_waits_for_the_heart() -> None:
    made = racing()
    assert made.said[-1] == say.TURN_WAITS
    before = len(made.said)
    made.follow(100.0)
    assert made.said[before:] == [say.TURN_WAITS]
    made.bpm = 115
    made.until(Phase.SLOW)
    assert made.said[before + 1 :] == ["Ten. Hold the rails.", *say.COUNTS.values(), say.SLOWING]


@pytest.mark.parametrize("calm_s", [range(20, 31), range(44, 64)])
def test_every_turn_behind_a_bridge_is_counted_down_to_whenever_the_heart_calms(calm_s: range) -> None:
    for seconds in calm_s:
        made = racing()
        made.follow(float(seconds))
        before = len(made.said)
        made.bpm = 115
        made.until(Phase.SLOW)
        said = [words for words in made.said[before:] if words != say.TURN_WAITS]
        assert said[-6:] == ["Ten. Hold the rails.", *say.COUNTS.values(), say.SLOWING], seconds
        assert said[:-6] in ([], ["Turn in thirty seconds. Belt will stop."]), seconds


def test_a_heart_that_is_not_known_any_more_is_not_calm() -> None:
    made = racing()
    made.follow(55.0)
    made.bpm = None
    made.until(Phase.RUN, 200.0)
    assert made.progress.row == 2
    assert say.NO_HEART in made.said
    assert made.said[-6:-1] == ["In ten, faster: 6.0.", *say.COUNTS.values()]


@pytest.mark.parametrize("key", [Key.PAUSE, Key.STOP])
@pytest.mark.parametrize("after_s", [57.0, 90.0])
def test_a_block_behind_a_bridge_that_was_stopped_counts_down_to_its_own_end(key: Key, after_s: float) -> None:
    made = racing()
    made.press(Key.MUCH_SLOWER)
    made.follow(after_s)
    made.press(key)
    made.until(Phase.PAUSED)
    made.bpm = 115
    made.yes()
    made.until(Phase.READY).yes()
    made.until(Phase.RUN)
    assert (made.progress.row, made.progress.marks, made.progress.console_kmh) == (1, 0, None)


def test_a_turn_waits_for_the_heart_of_whoever_was_paused_too() -> None:
    made = racing()
    made.press(Key.STOP)
    made.until(Phase.PAUSED).yes()
    made.until(Phase.READY).yes()
    assert (made.at(), made.said[-1]) == (Phase.READY, say.TURN_WAITS)
    made.bpm = 115
    made.follow(12.0)
    made.press()
    assert made.at() is Phase.STARTING


def test_a_turn_that_waited_for_the_heart_in_vain_is_left_out() -> None:
    made = racing()
    made.press(Key.STOP)
    made.until(Phase.PAUSED).yes()
    made.until(Phase.READY).yes()
    made.follow(61.0)
    assert (made.at(), made.progress.row, made.progress.claimed) == (Phase.READY, 2, FORWARD)
    assert "No backward now: heart rate stays high." in made.said
    silent = racing()
    silent.press(Key.STOP)
    silent.until(Phase.PAUSED).yes()
    silent.until(Phase.READY).follow(61.0)
    assert (silent.at(), silent.progress.row) == (Phase.PAUSED, 1)


def test_a_bridge_leads_to_no_turn_that_something_speaks_against() -> None:
    made = racing()
    made.bpm = 115
    made.follow(20.0)
    before = len(made.said)
    made.feed(SoundLost(made.at_s))
    made.until(Phase.RUN)
    assert (made.progress.row, made.progress.facing) == (2, FORWARD)
    after = made.said[before + 1 :]  # the alarm
    assert after[0] == "No turn now: no cue would reach you."
    assert after[1:6] == ["In ten, faster: 6.0.", *say.COUNTS.values()]
    assert after[6].startswith("Now forward: 6.0")


def slowest(made: Play, since_s: float) -> float:
    """The lowest set-point since."""
    return min(kmh for value in made.written(since_s) if (kmh := asked_kmh(value)) is not None)


def test_the_consoles_slower_speed_is_that_of_the_bridge() -> None:
    made = racing()
    made.follow(20.0)
    began_s, before = made.at_s, len(made.said)
    made.run(35.0, 2.5)
    assert slowest(made, began_s + 0.1) == max(asked_kmh(value) or 0.0 for value in made.written(began_s + 0.1)) == 2.5
    assert "The treadmill does not follow." not in made.said[before:]


def test_the_console_is_not_fought_on_a_bridge() -> None:
    made = racing()
    made.follow(20.0).run(12.0, 2.5)
    made.run(12.0, 3.5)
    began_s = made.at_s
    made.run(10.0)
    assert made.written(began_s) == []
    assert made.session.guard.set_kmh == 3.5


def test_a_link_that_is_back_on_a_bridge_is_told() -> None:
    made = racing()
    made.bpm = 115
    made.follow(20.0)
    made.feed(LinkLost(made.at_s))
    before = len(made.said)
    for _ in range(100):
        made.tick(0.5)
    assert made.said[before:] == ["No heart rate."]  # nothing is counted to where nothing can be written
    made.feed(LinkFound(made.at_s))
    assert made.said[-1] == say.FOUND
    before = len(made.said)
    made.until(Phase.SLOW)
    assert made.said[before:] == ["Ten. Hold the rails.", *say.COUNTS.values(), say.SLOWING]


def test_nothing_is_announced_without_a_link() -> None:
    made = racing()
    made.press(Key.NEXT)
    made.feed(LinkLost(made.at_s))
    before = len(made.said)
    for _ in range(20):
        made.tick(0.5)
    assert made.said[before:] == ["No heart rate."]
    assert made.at() is Phase.BRIDGE


def test_next_on_a_bridge_leads_to_the_turn_where_nothing_speaks_against_it() -> None:
    made = bridge_of_the_plan()
    made.press(Key.NEXT)
    assert (made.at(), made.progress.row, made.progress.next) == (Phase.SLOW, 2, Phase.READY)


def test_next_on_a_bridge_leaves_a_turn_out_that_would_have_to_wait() -> None:
    for made in (racing(), bridge_of_the_plan()):
        made.bpm = 150
        made.follow(15.0)
        before = len(made.said)
        made.press(Key.NEXT)
        made.press(Key.NEXT)
        made.until(Phase.RUN)
        assert made.progress.facing is FORWARD
        assert made.plan.rows[made.progress.row].segment.facing is FORWARD
        assert made.said[before] == say.LEFT_OUT
        assert made.said[before + 1].startswith("In ten, ")
        assert made.said[before + 2 : before + 6] == [*say.COUNTS.values()]


def test_a_bridge_is_at_four_where_nothing_was_asked_for_before() -> None:
    made = racing()
    assert speed_kmh(made.progress, replace(made.session.guard, set_kmh=None)) == 4.0


def test_a_key_that_changes_no_speed_changes_nothing() -> None:
    made = racing()
    for key in (Key.FASTER, Key.STEEPER, Key.UNTRIM):
        assert ease(made.progress, made.session.guard, made.session.belt, key) is made.progress


def test_what_is_not_counted_to_is_passed() -> None:
    made = racing()
    for left_s, marks in ((31.0, 0), (30.0, 1), (11.0, 1), (10.0, 2), (5.5, 2), (0.0, 6)):
        made.follow(60.0 - left_s - (made.at_s - made.progress.bridge_at_s))
        assert made.progress.marks == marks
    before = made.progress
    made.follow(5.0)
    assert made.progress is before


@pytest.mark.parametrize(("known_bpm", "ago_s", "waits"), [(150, 6.0, True), (150, 180.0, False), (115, 6.0, False)])
def test_a_heart_that_is_lost_is_waited_for_where_it_was_too_fast_just_now(
    known_bpm: float, ago_s: float, waits: bool
) -> None:
    made = racing()
    made.follow(55.0)
    session, progress = made.session, made.progress
    lost = replace(session.strap, bpm=None, known_bpm=known_bpm, good_at_s=made.at_s - ago_s)
    parts = (session.belt, session.guard, session.dose, lost, session.control.sent)
    after = before_turn(Scene(made.plan, replace(progress, turn_waits=True), *parts, made.at_s, []), 5.0)
    assert after.turn_waits is waits


@pytest.mark.parametrize(
    ("keys", "kmh"),
    [
        ([Key.SLOWER], 3.9),
        ([Key.MUCH_SLOWER, Key.SLOWER], 3.4),
        ([Key.MUCH_SLOWER] * 20, 0.8),
        ([Key.MUCH_SLOWER, Key.FASTER, Key.UNTRIM, Key.STEEPER], 3.6),
        ([Key.SLOWER, Key.MUCH_FASTER], 4.0),
        ([Key.FASTER], 4.0),
    ],
)
def test_on_a_bridge_the_keys_change_its_speed_and_nothing_behind_it(keys: list[Key], kmh: float) -> None:
    made = racing()
    made.follow(15.0)
    for key in keys:
        made.press(key)
        made.follow(1.0)
    made.follow(5.0)
    assert made.session.guard.set_kmh == pytest.approx(kmh)
    assert asked_kmh(made.writes[-1][1]) == pytest.approx(kmh)
    trims = (made.progress.trim_forward, made.progress.trim_backward, made.progress.incline_trim_pct)
    assert trims == (1.0, 1.0, 0.0)
    made.bpm = 115
    made.until(Phase.SLOW)
    assert made.progress.console_kmh is None


def test_from_a_bridge_of_the_plan_the_turn_is_for_the_row_behind_it() -> None:
    made = Play(plan(forward(70.0, 6.5), backward(), forward(180.0, 4.0))).connect()
    made.yes()
    made.until(Phase.RUN).until(Phase.BRIDGE)
    assert made.progress.here(made.plan).kind == "bridge"
    made.until(Phase.SLOW)
    assert made.progress.here(made.plan).segment.facing is BACKWARD


def bridge_of_the_plan() -> Play:
    """A run, and on the bridge from it to a turn."""
    made = Play(plan(forward(70.0, 6.5), backward(), forward(180.0, 4.0))).connect()
    made.yes()
    return made.until(Phase.RUN).until(Phase.BRIDGE)


def left_s(made: Play) -> float:
    """What is left of the row under way."""
    return made.progress.left_s(made.plan, made.session.belt, made.at_s)


def test_the_clock_of_a_bridge_of_the_plan_runs() -> None:
    made = bridge_of_the_plan()
    began_m = made.session.belt.odometer_m
    assert left_s(made) == 60.0
    made.follow(20.0)
    assert left_s(made) == pytest.approx(40.0)
    assert made.progress.ran_m(made.session.belt) == pytest.approx(made.session.belt.odometer_m - began_m)
    made.until(Phase.SLOW)
    assert made.progress.clock(made.at_s) == made.progress.metres == 0.0


def test_a_bridge_that_was_stopped_goes_on_where_it_was() -> None:
    made = bridge_of_the_plan()
    made.follow(20.0)
    made.press(Key.STOP)
    made.until(Phase.PAUSED).yes()
    made.until(Phase.BRIDGE)
    assert made.progress.here(made.plan).kind == "bridge"
    assert left_s(made) == pytest.approx(40.0)
    assert made.progress.bridge_at_s == pytest.approx(made.at_s - 20.0)


@pytest.mark.parametrize("kmh", [3.0, 3.9])
def test_a_bridge_makes_nobody_faster_who_is_slower_already(kmh: float) -> None:
    slow = started(plan(forward(100.0, kmh), backward(60.0, 1.5), forward(200.0, 3.0)))
    slow.bpm = 178  # too fast for a turn
    slow.until(Phase.BRIDGE, 300.0).follow(50.0)
    assert slow.at() is Phase.BRIDGE
    assert max(asked for value in slow.written() if (asked := asked_kmh(value)) is not None) == pytest.approx(kmh)


# What speaks against a turn.


@pytest.mark.parametrize("after_s", [2.0, 30.0, 49.0, 52.0, 58.0])
def test_a_heart_that_raced_when_it_was_heard_last_is_no_calm_one(after_s: float) -> None:
    made = Play(plan(forward(70.0, 6.5), backward(60.0), forward(180.0, 4.0)), bpm=150).connect()
    made.yes()
    made.until(Phase.RUN).until(Phase.BRIDGE)
    made.follow(after_s)
    made.bpm = None
    made.until(Phase.RUN, 200.0)
    assert (made.progress.row, made.progress.facing) == (3, FORWARD)
    assert say.NO_HEART in made.said


def test_the_question_for_the_turn_waits_too_where_the_heart_is_lost() -> None:
    made = racing()
    made.bpm = 115
    made.until(Phase.READY)
    made.bpm = 150
    made.follow(20.0)
    made.bpm = None
    made.follow(10.0)
    made.yes()
    assert (made.at(), made.said[-1]) == (Phase.READY, say.TURN_WAITS)
    made.follow(40.0)
    assert (made.progress.row, "No backward now: the heart rate is not known." in made.said) == (2, True)


def test_a_turn_that_was_announced_is_made() -> None:
    """The heart calms down just before the bridge has been long enough for what comes in the place of the turn."""
    made = racing()
    made.follow(158.0)
    made.bpm, before = 115, len(made.said)
    made.until(Phase.SLOW)
    assert made.said[before:] == ["Ten. Hold the rails.", *say.COUNTS.values(), say.SLOWING]


def test_a_link_that_comes_back_too_late_for_a_turn_leaves_it_out() -> None:
    made = racing()
    made.bpm = 115
    made.follow(20.0)
    made.feed(LinkLost(made.at_s))
    made.tick(155.0)
    made.feed(LinkFound(made.at_s))
    made.until(Phase.RUN)
    assert (made.progress.row, say.TOO_LATE in made.said) == (2, True)
    assert "Ten. Hold the rails." not in made.said[made.said.index(say.TOO_LATE) :]


def turned(kmh: float) -> Play:
    """Just turned to the console, at a speed from which the plan has a bridge before the next turn, or none."""
    rows = forward(100.0, 6.0), backward(30.0), forward(90.0, kmh), backward(30.0), forward(200.0, 4.0)
    made = started(plan(*rows))
    for facing in (BACKWARD, FORWARD):
        made.until(Phase.READY, 300.0).yes()
        made.until(Phase.RUN)
        assert made.progress.facing is facing
    return made


def test_no_key_makes_two_turns_of_a_minute() -> None:
    made = turned(6.5)
    turned_at_s = made.progress.turned_at_s
    made.press(Key.NEXT)
    assert made.at() is Phase.BRIDGE
    made.follow(2.0)
    made.press(Key.NEXT)
    assert (made.at(), made.said[-1]) == (Phase.BRIDGE, say.TOO_SOON)
    made.until(Phase.SLOW)
    assert made.at_s - turned_at_s >= 60.0


def test_no_pause_makes_two_turns_of_a_minute() -> None:
    made = turned(5.0)
    turned_at_s = made.progress.turned_at_s
    made.press(Key.NEXT)
    made.press(Key.STOP)
    made.until(Phase.PAUSED).yes()
    made.until(Phase.READY).yes()
    assert (made.at(), made.said[-1]) == (Phase.READY, say.TOO_SOON)
    made.follow(turned_at_s + 60.0 - made.at_s)
    made.yes()
    assert made.at() is Phase.STARTING


def test_a_block_that_was_paused_is_gone_on_with_within_the_minute() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(10.0)
    made.press(Key.STOP)
    made.until(Phase.PAUSED).yes()
    made.until(Phase.READY).yes()
    assert made.at() is Phase.STARTING


@pytest.mark.parametrize(("after_s", "left"), [(20.0, 40.0), (55.0, 10.0), (100.0, 10.0)])
def test_a_bridge_that_is_gone_on_with_announces_its_turn(after_s: float, left: float) -> None:
    made = Play(plan(forward(70.0, 6.5), backward(60.0), forward(180.0, 4.0)), bpm=150).connect()
    made.yes()
    made.until(Phase.RUN).until(Phase.BRIDGE)
    made.follow(after_s)
    made.press(Key.STOP)
    made.bpm = 115
    made.until(Phase.PAUSED).follow(5.0)
    made.yes()
    before = len(made.said)
    made.until(Phase.BRIDGE)
    began_s = made.at_s
    made.until(Phase.SLOW)
    assert made.at_s - began_s == pytest.approx(left, abs=0.6)
    ten = "Ten. Hold the rails."
    assert made.said[before:][made.said[before:].index(ten) :] == [ten, *say.COUNTS.values(), say.SLOWING]


@pytest.mark.parametrize("console", [False, True])
def test_nothing_of_the_runner_makes_a_bridge_faster_that_is_gone_on_with(console: bool) -> None:
    made = started(plan(forward(100.0, 6.5), backward(60.0), forward(200.0, 4.0))).follow(10.0)
    for _ in range(6):
        made.press(Key.MUCH_FASTER)
    made.until(Phase.BRIDGE).follow(20.0)
    if console:
        made.run(8.0, 5.5)
        assert made.progress.console_kmh == 5.5
    made.press(Key.STOP)
    made.until(Phase.PAUSED).yes()
    before = len(made.writes)
    made.until(Phase.SLOW)
    assert max(asked for _, value in made.writes[before:] if (asked := asked_kmh(value)) is not None) == 4.0


def test_a_block_that_is_asked_for_on_its_bridge_is_on_its_way() -> None:
    made = started(replace(plan(forward(100.0, 6.5), backward(60.0), forward(200.0, 4.0)), free=True))
    made.until(Phase.BRIDGE).follow(55.0)
    before = made.progress
    made.press(Key.BLOCK)
    assert (made.progress.marks, made.progress.ends_at_s) == (before.marks, before.ends_at_s)


def bridge_scene(at_s: float, bpm: int | None = 115, *, marks: int, turn_waits: bool = False) -> Scene:
    """So many seconds into a bridge, its links as they were."""
    made = racing().follow(20.0)
    one, now_s = made.session, made.progress.at_s + at_s
    progress = replace(one.progress, marks=marks, turn_waits=turn_waits)
    heart = strap(bpm, at_s=now_s)
    return Scene(made.plan, progress, one.belt, one.guard, one.dose, heart, one.control.sent, now_s, [])


@pytest.mark.parametrize(
    ("at_s", "marks", "turn_waits", "bpm", "leaves_out"),
    [
        (172.0, 2, False, 115, False),  # ten was said: the turn comes
        (172.0, 1, False, 115, True),
        (172.0, 2, True, 115, True),
        (172.0, 2, False, 178, True),
        (170.0, 1, False, 115, True),
        (169.9, 1, False, 178, False),
    ],
)
def test_what_was_not_announced_in_time_is_left_out(
    at_s: float, marks: int, turn_waits: bool, bpm: int, leaves_out: bool
) -> None:
    assert late(bridge_scene(at_s, bpm, marks=marks, turn_waits=turn_waits)) is leaves_out


@pytest.mark.parametrize(
    ("left_s", "marks", "anew"), [(9.5, 1, False), (9.0, 1, False), (8.5, 1, True), (8.5, 2, False)]
)
def test_ten_seconds_that_were_missed_begin_anew(left_s: float, marks: int, anew: bool) -> None:
    here = bridge_scene(80.0, marks=marks)
    after = before_turn(here, left_s)
    assert after.bridge_at_s == (here.at_s - 50.0 if anew else here.progress.bridge_at_s)


@pytest.mark.parametrize(("more", "waits"), [(0.0, False), (0.1, True)])
def test_a_heart_at_the_limit_is_calm(more: float, waits: bool) -> None:
    here = bridge_scene(80.0, marks=1)
    lost = replace(here.strap, bpm=None, known_bpm=calm_bpm(here.plan) + more)
    assert races(here._replace(strap=lost)) is waits

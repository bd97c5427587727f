"""A belt that runs some percent faster or slower than it is asked, and one whose reports tremble.

Treadmills are not calibrated by anybody: coach asks for what it means, once, and neither nags nor follows the error.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from coach.core import say
from coach.core.event import GuardFound, GuardLost, Key, LinkFound, LinkLost
from coach.core.trip import Trip
from coach.core.wish import Phase
from tests.core.build import Play, asked_kmh, forward, plan, started

TAKEN = "Console speed taken."
STAYS = "It stays so."
NO_FOLLOWING = "The treadmill does not follow."
TREMBLE = (0.0, 0.16, -0.14, 0.1, -0.16, 0.02, 0.14)  # km/h, report by report


@dataclass
class Uneven(Play):
    """A belt that makes more or less of what it is asked, and reports what it does, more or less."""

    part: float = 1.0
    trembles: bool = False

    def goal(self) -> float:
        return round(super().goal() * self.part, 2)

    def _report(self, at_s: float) -> None:
        true_kmh = self.kmh
        if self.trembles and true_kmh > 2:
            self.kmh = round(true_kmh + TREMBLE[len(self.events) % len(TREMBLE)], 2)
        super()._report(at_s)
        self.kmh = true_kmh

    def asked(self, since_s: float = 0.0) -> list[float]:
        """The set-points that were written."""
        return [kmh for value in self.written(since_s) if (kmh := asked_kmh(value)) is not None]


def uneven(*kmh: float, part: float = 1.0, trembles: bool = False, seconds: float = 300.0) -> Uneven:
    """In RUN, on such a belt."""
    made = Uneven(plan(*(forward(seconds, each) for each in kmh), forward(60.0, 3.0)), part=part, trembles=trembles)
    _ = made.connect().yes()
    _ = made.until(Phase.RUN)
    return made


@pytest.mark.parametrize("kmh_s", [0.1, 0.5, 1.0])
@pytest.mark.parametrize(
    ("kmh", "part"), [(14.0, 1.03), (9.0, 1.035), (9.0, 1.06), (6.0, 1.1), (16.0, 1.02), (3.0, 1.06), (4.0, 1.08)]
)
def test_a_belt_that_runs_too_fast_is_not_told_again_and_again(kmh: float, part: float, kmh_s: float) -> None:
    """Many machines beep at each write."""
    made = uneven(kmh, part=part)
    _ = made.follow(60.0, kmh_s=kmh_s)
    since_s = made.at_s
    _ = made.follow(150.0, kmh_s=kmh_s)
    assert made.asked(since_s) == []
    assert max(made.asked()) == kmh
    assert not {TAKEN, f"The belt runs at {kmh * part:.1f}. {STAYS}"} & {*made.said}


@pytest.mark.parametrize("kmh_s", [0.1, 0.3, 1.0])
@pytest.mark.parametrize(
    ("kmh", "part"), [(9.0, 0.92), (12.0, 0.95), (9.0, 0.86), (3.0, 0.92), (5.0, 0.9), (16.0, 0.97)]
)
def test_a_belt_that_runs_too_slow_is_not_led_down(kmh: float, part: float, kmh_s: float) -> None:
    made = uneven(kmh, kmh, part=part, seconds=240.0)
    since_s = made.at_s
    _ = made.follow(430.0, kmh_s=kmh_s)
    assert made.progress.row == 1
    assert TAKEN not in made.said
    assert not [text for text in made.said if STAYS in text]
    reached_kmh = kmh * part if kmh_s > 0.1 else 0.8 + 45 * kmh_s * 0.9  # what the slow ones came to in RAMP
    assert min(made.asked(since_s), default=kmh) >= min(reached_kmh, kmh * part) - 0.2
    assert made.said.count(NO_FOLLOWING) <= 3


@pytest.mark.parametrize("part", [1.03, 1.06, 1.1])
@pytest.mark.parametrize("kmh", [3.0, 4.0, 9.0])
def test_nobody_makes_a_belt_faster_that_is_too_fast(kmh: float, part: float) -> None:
    """After 45 s the target becomes what was reached (safety.md 6a, RAMP), and never a higher one (2.3)."""
    made = Uneven(plan(forward(300.0, kmh), forward(60.0, 3.0)), part=part)
    _ = made.connect().yes()
    while made.phase is not Phase.RUN:
        _ = made.follow(0.5, kmh_s=20.0)  # at once, so that it is never seen at what was asked
    _ = made.follow(120.0, kmh_s=20.0)
    assert max(made.asked()) == kmh


def test_a_ramp_of_the_workout_goes_on_though_the_belt_is_faster_than_it_is_asked() -> None:
    made = uneven(4.0, part=1.06, seconds=120.0)
    while made.progress.row == 0:
        _ = made.follow(0.5)
    _ = made.follow(20.0)
    assert made.asked()[-1] == 3.0


def test_what_a_too_slow_belt_came_to_in_its_ramp_is_told() -> None:
    made = uneven(9.0, part=0.9)
    assert made.said[-2:] == ["Now forward: 9.0, 5 minutes.", "No faster than 8.1 here."]
    _ = made.follow(5.0)
    assert made.asked()[-2:] == [9.0, 8.1]


@pytest.mark.parametrize("kmh", [5.0, 7.0])
def test_the_console_is_heard_though_the_reports_tremble(kmh: float) -> None:
    made = uneven(6.0, trembles=True)
    _ = made.follow(30.0)
    made.part = kmh / 6.0  # pressed at the console
    for _ in range(40):
        _ = made.follow(0.5)
        if TAKEN in made.said:
            break
    assert TAKEN in made.said
    made.part = 1.0
    since_s = made.at_s
    _ = made.follow(60.0)
    assert made.said.count(TAKEN) == 1
    assert all(abs(asked - kmh) <= 0.25 for asked in made.asked(since_s))


def test_a_trembling_belt_that_passes_by_has_not_followed() -> None:
    made = uneven(6.5, part=1.1, trembles=True)
    _ = made.follow(200.0, kmh_s=0.1)
    assert TAKEN not in made.said
    assert max(made.asked()) == 6.5


def test_slower_at_the_console_is_still_taken_at_once_where_the_belt_has_followed() -> None:
    made = uneven(6.0)
    _ = made.follow(10.0)
    _ = made.run(3.0, 5.0)
    assert TAKEN not in made.said
    _ = made.run(5.0, 5.0)
    assert TAKEN in made.said
    assert made.session.wish.target_kmh == 5.0


@pytest.mark.parametrize("part", [1.03, 1.06])
def test_a_belt_that_goes_faster_after_it_was_left_alone_is_not_left_alone(part: float) -> None:
    """Where it followed it is the console's speed, else it is slowed (safety.md 2.4, 8)."""
    made = uneven(14.0, part=part)
    _ = made.follow(60.0)
    since_s, made.part = made.at_s, part * 1.1
    _ = made.follow(12.0)
    assert TAKEN in made.said or made.asked(since_s)[0] == 14.0


def test_a_key_counts_on_a_belt_that_is_left_alone() -> None:
    made = uneven(9.0, part=1.06)
    _ = made.follow(60.0)
    since_s = made.at_s
    _ = made.press(Key.MUCH_SLOWER)
    _ = made.follow(30.0)
    assert made.asked(since_s)[0] == 8.5
    assert len(made.asked(since_s)) < 30


@pytest.mark.parametrize("part", [0.92, 0.95, 1.05, 1.08])
def test_a_belt_that_is_off_by_its_own_measure_is_not_held_for_the_rest_of_the_session(part: float) -> None:
    """It does not follow by the letter, and holds for the segment that was asked; the next is asked for again."""
    made = uneven(9.0, 10.0, 11.0, 12.0, part=part, seconds=120.0)
    for kmh in (10.0, 11.0, 12.0):
        row = made.progress.row
        while made.progress.row == row:
            _ = made.follow(0.5)
        _ = made.follow(10.0)
        assert made.asked()[-1] == kmh


def test_in_the_segment_itself_nothing_is_faster_on_a_belt_that_does_not_follow() -> None:
    made = uneven(9.0, part=0.9)
    _ = made.follow(40.0)
    since_s = made.at_s
    for _ in range(5):
        _ = made.press(Key.MUCH_FASTER)
        _ = made.follow(2.0)
    assert made.asked(since_s) == []


@pytest.mark.parametrize("stuck_kmh", [5.0, 6.0, 7.8])
def test_a_belt_that_is_stuck_is_not_asked_for_more_in_the_next_segment(stuck_kmh: float) -> None:
    made = uneven(5.0, 9.0, 10.0, seconds=120.0)
    while made.progress.row == 0:
        _ = made.run(0.5, 5.0)
    _ = made.run(60.0, stuck_kmh)
    since_s = made.at_s
    while made.progress.row == 1:
        _ = made.run(0.5, stuck_kmh)
    _ = made.run(30.0, stuck_kmh)
    assert [kmh for kmh in made.asked(since_s) if kmh > 9.0] == []


@pytest.mark.parametrize("part", [0.94, 0.96, 1.03, 1.06])
def test_what_the_console_asks_is_asked_of_the_belt_in_its_own_measure(part: float) -> None:
    made = uneven(5.0, part=part)
    _ = made.follow(40.0)
    made.part = part * 6.4 / made.asked()[-1]  # pressed at the console
    while TAKEN not in made.said:
        _ = made.follow(0.5)
    made.part = part
    _ = made.follow(60.0)
    assert made.said.count(TAKEN) == 1
    assert made.asked()[-1] == pytest.approx(6.4, abs=0.11)


@pytest.mark.parametrize("part", [0.93, 0.95, 1.05, 1.07])
def test_the_console_is_not_found_in_a_ramp_of_the_workout(part: float) -> None:
    ramp = forward(200.0, 5.0)
    target = ramp.target
    assert target is not None
    made = Uneven(plan(replace(ramp, target=replace(target, end_kmh=9.0)), forward(200.0, 9.0), forward(60.0, 3.0)))
    made.part = part
    _ = made.connect().yes()
    _ = made.until(Phase.RUN)
    _ = made.follow(400.0)
    assert TAKEN not in made.said
    assert max(made.asked()) <= 9.0


@pytest.mark.parametrize("part", [0.94, 1.06])
def test_a_link_that_comes_back_finds_the_belt_where_it_was(part: float) -> None:
    made = uneven(5.0, 9.0, part=part, seconds=120.0)
    _ = made.follow(160.0)
    assert made.asked()[-1] == 9.0
    _ = made.feed(LinkLost(made.at_s))
    _ = made.tick(3.0)
    _ = made.feed(LinkFound(made.at_s))
    _ = made.follow(5.0)
    _ = made.press(Key.FASTER)
    _ = made.follow(30.0)
    assert 9.0 <= made.asked()[-1] <= 9.1
    assert not [text for text in made.said if STAYS in text]


@pytest.mark.parametrize("kmh_s", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("part", [1.02, 1.04, 1.06, 1.1])
def test_a_set_point_below_the_report_and_above_the_last_is_no_slower_one(part: float, kmh_s: float) -> None:
    """The belt goes up upon it as it was asked to, and that is not the wrong way (safety.md 2.4)."""
    made = uneven(9.0, 9.3, 9.8, 10.4, 11.0, part=part, seconds=100.0)
    _ = made.follow(440.0, kmh_s=kmh_s)
    assert Trip.RISING not in made.raised
    assert made.asked()[-1] == 11.0
    for _ in range(8):
        _ = made.press(Key.FASTER)
        _ = made.follow(0.5, kmh_s=kmh_s)
    assert made.at() is Phase.RUN


def test_a_belt_that_rises_upon_a_slower_set_point_is_still_stopped() -> None:
    made = uneven(9.0, 8.0, part=1.06, seconds=100.0)
    while made.progress.row == 0:
        _ = made.follow(0.5)
    made.part = 1.3
    _ = made.follow(5.0)
    assert Trip.RISING in made.raised
    assert made.at() is Phase.STOPPING


@pytest.mark.parametrize("wait_s", [1.0, 3.0, 8.0])
@pytest.mark.parametrize("part", [1.04, 1.06, 1.09])
def test_a_key_for_faster_is_no_fault_of_a_belt_that_was_just_told_to_be_slower(part: float, wait_s: float) -> None:
    made = uneven(9.0, part=part)
    while made.kmh < 9.0 * part - 0.01:
        _ = made.follow(0.5)
    _ = made.follow(wait_s)
    for key in (Key.FASTER, Key.FASTER, Key.MUCH_FASTER, Key.MUCH_FASTER):
        _ = made.press(key)
        _ = made.follow(3.0)
    assert Trip.RISING not in made.raised
    assert made.at() is Phase.RUN


@pytest.mark.parametrize(("step_kmh", "every_s"), [(0.1, 2.0), (0.1, 1.8), (0.2, 4.0)])
def test_a_belt_that_did_not_follow_and_creeps_up_is_stopped(step_kmh: float, every_s: float) -> None:
    """However slowly: what is more than a belt is off is written each second, and a rise upon that is a Stop."""
    made = started(plan(forward(60.0, 9.0), forward(3000.0, 6.0), forward(60.0, 3.0))).follow(20.0)
    while made.progress.row == 0:
        _ = made.follow(0.5)
    _ = made.follow(4.0)
    kmh = 7.0
    _ = made.run(25.0, kmh)
    while kmh < 16.0 and made.at() is Phase.RUN:
        kmh = round(kmh + step_kmh, 2)
        _ = made.run(every_s, kmh)
    assert made.at() is not Phase.RUN
    assert kmh < 9.0


@pytest.mark.parametrize("keys", [1, 6])
def test_faster_keys_are_not_kept_for_later_while_nothing_is_raised(keys: int) -> None:
    """All of them would come in one leap, when nobody thinks of them any more."""
    made = uneven(6.0, 12.0, seconds=60.0)
    made.part = 0.95
    _ = made.follow(90.0)
    assert Trip.NOT_FOLLOWED in made.session.guard.notes
    for _ in range(keys):
        _ = made.press(Key.MUCH_FASTER)
        _ = made.follow(2.0)
    assert made.said.count(say.HOLDS) == keys
    assert made.session.wish.target_kmh == 12.0
    since_s = made.at_s
    _ = made.press(Key.MUCH_SLOWER)
    _ = made.follow(2.0)
    assert (made.asked(since_s)[-1], max(made.asked(since_s))) == (11.5, 11.5)


def test_slower_is_slower_than_the_belt_is_held_at() -> None:
    """Without a guard nothing is raised, and the segment asks for more."""
    made = uneven(6.0, 8.0, seconds=60.0)
    _ = made.follow(54.0)
    _ = made.feed(GuardLost(made.at_s))
    _ = made.follow(10.0)
    assert made.session.wish.target_kmh == 8.0
    assert made.kmh == 6.0
    since_s = made.at_s
    _ = made.press(Key.SLOWER)
    _ = made.follow(2.0)
    assert made.asked(since_s) == [5.9]
    _ = made.press(Key.FASTER)
    _ = made.follow(2.0)
    assert made.asked(since_s) == [5.9]
    _ = made.feed(GuardFound(made.at_s))
    _ = made.follow(20.0)
    assert made.kmh == pytest.approx(5.9)

"""Two who count the heart: the strap wherever it has a good reading, else the treadmill, which is doubted as well."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core.event import Heard
from coach.core.heart import Doubt, Source, Strap, choose
from coach.core.plan import Plan, make_plan
from coach.core.runner import Runner
from coach.core.session import advance, first
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import (
    Extent,
    ExtentUnit,
    Head,
    HeartHold,
    HeartRange,
    HeartUnit,
    Level,
    Segment,
    Target,
    Workout,
)
from tests.core.build import (
    BACKWARD,
    DATA,
    FORWARD,
    Play,
    backward,
    forward,
    forward_plan,
    plan,
    pulse,
    strap,
    to_the_rear,
)


def counted(at_s: float, kmh: float, bpm: int, metres: int = 0) -> Heard:
    """Treadmill Data with distance and heart rate (FTMS 4.4.1: bits 2 and 8)."""
    speed = round(kmh * 100).to_bytes(2, "little")
    return Heard(at_s, DATA, bytes((0x04, 0x01)) + speed + metres.to_bytes(3, "little") + bytes([bpm]))


class Console(Play):
    """A machine that sends a heart rate of its own with every report."""

    own_bpm: int = 100

    def _report(self, at_s: float) -> None:
        self.metres += self.kmh * (at_s - self.at_s) / 3.6
        self.feed(counted(at_s, self.kmh, self.own_bpm, int(self.metres)))
        if self.bpm is not None and at_s >= self.beat_at_s:
            self.beat_at_s = at_s + 1.0
            self.feed(pulse(at_s, self.bpm))


def console(here: Plan | None = None, *, bpm: int | None = None, own_bpm: int = 100) -> Console:
    """Such a machine, in READY."""
    made = Console(here or forward_plan(), bpm=bpm)
    made.own_bpm = own_bpm
    made.connect()
    return made


def running(here: Plan | None = None, *, bpm: int | None = None, own_bpm: int = 100) -> Console:
    """And on its belt."""
    made = console(here, bpm=bpm, own_bpm=own_bpm)
    made.yes()
    made.until(Phase.RUN)
    return made


def vary(made: Console, seconds: float, *bpms: int) -> Console:
    """Time passes and the count goes round: a heart is no clock."""
    for second in range(int(seconds)):
        made.own_bpm = bpms[second % len(bpms)]
        made.follow(1.0)
    return made


def test_the_strap_wins_wherever_it_has_a_reading() -> None:
    worn, own = strap(120), replace(strap(90), source=Source.TREADMILL)
    silent = Strap(why=Doubt.SILENT)
    assert choose(worn, own) is worn
    assert choose(silent, own) is own
    assert choose(silent, Strap(source=Source.TREADMILL)) is silent
    assert choose(worn, Strap(source=Source.TREADMILL)) is worn


def test_without_a_strap_the_treadmill_s_count_is_used_and_says_whose_it_is() -> None:
    made = console()
    made.run(2.0)
    assert (made.session.strap.bpm, made.session.strap.source) == (100, Source.TREADMILL)
    assert made.session.strap.worn_bpm is None


def test_the_strap_takes_over_and_gives_back() -> None:
    made = console(bpm=130)
    made.run(2.0)
    assert (made.session.strap.bpm, made.session.strap.source, made.session.strap.worn_bpm) == (130, Source.STRAP, 130)
    made.bpm = None
    made.run(4.0)
    assert made.session.strap.source is Source.STRAP
    made.run(2.0)
    assert (made.session.strap.bpm, made.session.strap.source) == (100, Source.TREADMILL)


@pytest.mark.parametrize("bpm", [130, None])
def test_a_zero_of_the_treadmill_hides_nothing(bpm: int | None) -> None:
    made = console(bpm=bpm, own_bpm=0)
    made.run(8.0)
    assert made.session.strap.bpm == bpm
    assert made.session.strap.source is Source.STRAP
    assert made.session.own == Strap(source=Source.TREADMILL)


def test_a_treadmill_that_falls_to_zero_or_silence_is_missed_after_five_seconds() -> None:
    made = console()
    made.run(2.0)
    made.own_bpm = 0
    made.run(4.5)
    assert made.session.strap.bpm == 100
    made.run(1.0)
    assert made.session.strap.bpm is None
    assert made.session.strap.source is Source.STRAP


@pytest.mark.parametrize(
    ("bpms", "why"), [((100,) * 62, Doubt.FROZEN), ((150, 150, 100), Doubt.FALL), ((250,), Doubt.HIGH)]
)
def test_the_treadmill_is_doubted_as_a_strap_is(bpms: tuple[int, ...], why: Doubt) -> None:
    made = console()
    made.session = first(made.plan)
    for bpm in bpms:
        made.feed(counted(made.at_s + 1, 0.0, bpm))
    assert made.session.own.why == why
    assert made.session.strap.bpm is None


def test_a_frame_without_a_heart_rate_is_no_reading() -> None:
    here = forward_plan()
    session, _ = advance(here, first(here), counted(1.0, 0.0, 100))
    later, _ = advance(here, session, Heard(1.5, DATA, b"\x00\x00\x00\x00"))
    assert later.own.said_at_s == 1.0
    assert later.own.bpm == 100


# Facing FORWARD it is used.


def test_facing_forward_it_is_told_that_the_treadmill_counts() -> None:
    made = running(plan(forward(200.0, 4.0)))
    assert "No strap. Heart rate from the treadmill." in made.said
    assert "No heart rate." not in made.said
    made.own_bpm = 0
    made.follow(8.0)
    assert made.said[-1] == "No heart rate."


def held() -> Plan:
    """The heart leads the belt between 3 and 6 km/h."""
    band = HeartHold(HeartRange(140, 150, HeartUnit.BPM), 3.0, 6.0)
    segment = Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.TIME, 600.0), Target(4.0), heart=band)
    return make_plan(Workout("held", (segment,), Level.BEGINNER), plan().profile, Runner())


def test_a_heart_hold_follows_the_treadmill_s_count() -> None:
    made = vary(running(held()), 120.0, 100, 101, 102)
    assert made.kmh > 4.0
    vary(made, 15.0, 170, 171, 172)
    fast_kmh = made.kmh
    vary(made, 60.0, 170, 171, 172)
    assert made.kmh < fast_kmh


# Facing the rear it is missing, and still trips.


def to_the_rear_without_a_strap(here: Plan, phase: Phase = Phase.RUN) -> Console:
    """Backward with the treadmill's count alone."""
    made = running(here)
    while made.at() is not Phase.READY:
        vary(made, 1.0, 100, 101, 102)
    made.yes()
    while made.at() is not phase:
        if made.progress.question is not None and made.at() is Phase.STEP_ON:
            made.yes()
        vary(made, 1.0, 100, 101, 102)
    return made


def test_facing_the_rear_it_does_not_lift_the_cap_of_a_missing_strap() -> None:
    here = plan(forward(120.0, 8.0), backward(120.0, 4.5), forward(180.0, 4.0))
    made = vary(to_the_rear_without_a_strap(here), 60.0, 100, 101, 102)
    assert made.session.strap.bpm is not None
    assert made.session.guard.cap_kmh == pytest.approx(0.8 * 4.5)
    assert made.kmh <= 3.6
    assert "No strap. Slower." in made.said
    assert Trip.HEART_MISSING not in made.session.guard.notes


def test_the_cap_falls_when_the_strap_is_lost_though_the_treadmill_counts_on() -> None:
    here = plan(forward(120.0, 8.0), backward(120.0, 4.5), forward(180.0, 4.0))
    made = Console(here, bpm=110).connect()
    assert isinstance(made, Console)
    made.yes()
    while made.at() is not Phase.READY:
        vary(made, 1.0, 100, 101, 102)
    made.yes()
    while made.at() is not Phase.RUN:
        vary(made, 1.0, 100, 101, 102)
    vary(made, 40.0, 100, 101, 102)
    assert made.session.guard.cap_kmh == pytest.approx(4.5)
    made.bpm = None
    vary(made, 36.0, 100, 101, 102)
    assert made.session.strap.source is Source.TREADMILL
    assert made.session.guard.cap_kmh == pytest.approx(3.6)


def test_rehab_needs_a_strap_for_a_block_whatever_the_treadmill_counts() -> None:
    here = plan(forward(120.0, 3.0), backward(60.0, 1.2), forward(180.0, 2.0), level=Level.REHAB)
    made = running(here)
    for _ in range(130):
        vary(made, 1.0, 90, 91, 92)
    assert made.progress.row == 2
    assert "No turn now: rehab needs a live heart strap." in made.said


def test_rehab_ends_its_block_when_the_strap_is_lost_though_the_treadmill_counts_on() -> None:
    here = plan(forward(120.0, 3.0), backward(120.0, 1.2), forward(180.0, 2.0), level=Level.REHAB)
    made = to_the_rear(Phase.RUN, here)
    made.bpm = None
    for second in range(9):
        made.feed(counted(made.at_s + 1, made.kmh, 90 + second, int(made.metres)))
    assert Trip.STRAP_REQUIRED in made.raised
    assert made.at() in {Phase.SLOW, Phase.RAILS}


def test_over_its_ceiling_it_trips_facing_the_rear() -> None:
    made = to_the_rear_without_a_strap(plan())
    assert made.progress.facing is BACKWARD
    vary(made, 30.0, 200, 201, 202)
    assert Trip.HEART_DANGER in made.raised
    assert made.session.guard.backward_off == Trip.HEART_DANGER


def test_a_session_with_its_strap_is_the_same_whatever_the_treadmill_counts() -> None:
    plain, counting = running(bpm=110, own_bpm=0), running(bpm=110, own_bpm=222)
    assert plain.follow(60).writes == counting.follow(60).writes
    assert plain.session.strap == counting.session.strap

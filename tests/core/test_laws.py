from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from os import environ
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.core import say
from coach.core.belt import Belt, observe
from coach.core.control import drive
from coach.core.event import (
    CockpitSilent,
    Event,
    FocusFound,
    FocusLost,
    GuardFound,
    GuardLost,
    Heard,
    Key,
    LinkFound,
    LinkLost,
    Pressed,
    Returned,
    Slept,
    SoundFound,
    SoundLost,
    Tick,
)
from coach.core.guard import Guard
from coach.core.plan import Plan
from coach.core.procedure import Control
from coach.core.safety import Permit, cap_of, govern
from coach.core.sent import Sent
from coach.core.session import Outcome, Session, advance
from coach.core.trip import Action
from coach.core.watch import watch
from coach.core.wish import Phase, Wish
from coach.core.workout import Facing, Level
from tests.core.build import (
    BACKWARD,
    CONTROL,
    DATA,
    FORWARD,
    KEYS,
    NOW_S,
    PAUSE,
    POINT,
    START,
    STATUS,
    STOP,
    UNKNOWN,
    Play,
    answer,
    asked_kmh,
    backward,
    belt,
    data,
    dose,
    forward,
    guard,
    plan,
    profile,
    pulse,
    sent,
    started,
    status,
    strap,
    wish,
)
from tests.core.build import (
    permit as permitted,
)

TINY: Final = 1e-6
PLANS: Final = {level: plan(forward(), backward(kmh=1.2), forward(180.0, 4.0), level=level) for level in Level}
DENSE_KMH: Final = (
    *(-1.0, 0.0, 0.2, 0.21, 0.5, 0.79, 0.8, 0.81, 0.9, 1.0, 1.19, 1.2, 1.21, 1.6, 1.99, 2.0, 2.01, 2.39, 2.4, 2.41),
    *(2.99, 3.0, 3.01, 3.29, 3.3, 3.31, 3.59, 3.6, 3.61, 4.49, 4.5, 4.51, 4.79, 4.8, 4.81, 4.9, 5.99, 6.0, 6.01, 6.3),
    *(6.31, 8.0, 12.0, 15.99, 16.0, 16.01, 17.0, 21.99, 22.0, 22.01, 40.0, 655.35),
)
GAPS_S: Final = (0.02, 0.1, 0.4, 0.5, 0.9, 0.99, 1.0, 1.01, 1.5, 2.0, 2.5, 3.0, 5.0, 16.0, 31.0)
speeds = st.sampled_from([kmh for kmh in DENSE_KMH if kmh >= 0])
gaps = st.sampled_from(GAPS_S)


@dataclass(frozen=True)
class Asked:
    """What a hostile engine asks after an event, and what happened before it did."""

    gap_s: float
    event: str
    kmh: float
    phase: Phase
    facing: Facing
    target_kmh: float | None
    incline_pct: float | None
    start: bool
    stop: bool
    pause: bool
    acknowledged: bool
    guided: bool
    scripted: bool
    alarm: bool
    row: int


rarely = st.sampled_from((False,) * 9 + (True,))
asked = st.builds(
    Asked,
    gap_s=gaps,
    event=st.sampled_from(
        ("data",) * 12
        + ("tick", "tick", "ok", "fail", "good", "bad", "lost", "found", "02 01", "03", "04", "ff", "junk")
    ),
    kmh=speeds,
    phase=st.sampled_from(Phase),
    facing=st.sampled_from((FORWARD, BACKWARD, BACKWARD, UNKNOWN)),
    target_kmh=st.sampled_from((None, *DENSE_KMH)),
    incline_pct=st.sampled_from((None, -3.0, -0.1, 0.0, 0.1, 2.9, 3.0, 3.1, 6.0, 15.1, 40.0)),
    start=rarely,
    stop=rarely,
    pause=rarely,
    acknowledged=rarely,
    guided=rarely,
    scripted=st.booleans(),
    alarm=rarely,
    row=st.sampled_from((0, 1, 1, 2, 99)),
)


@dataclass(frozen=True)
class Record:
    """One step of govern and drive, with what was before it."""

    at_s: float
    wish: Wish
    belt: Belt
    guard: Guard
    permit: Permit
    last: Permit
    before: Control
    control: Control
    cap_kmh: float
    writes: tuple[bytes, ...]


def event_of(one: Asked, at_s: float, control: Control) -> Event:
    """The event that a name means."""
    op = control.busy if control.busy is not None else 2
    match one.event:
        case "data":
            return data(at_s, max(one.kmh, 0.0), int(at_s), 0.0)
        case "tick":
            return Tick(at_s)
        case "ok" | "fail":
            return Returned(at_s, ok=one.event == "ok")
        case "good" | "bad":
            return answer(at_s, op, 1 if one.event == "good" else 4)
        case "lost":
            return LinkLost(at_s)
        case "found":
            return LinkFound(at_s)
        case "junk":
            return Heard(at_s, DATA, b"\xff\x1f\x00")
        case text:
            return status(at_s, text)


def records(here: Plan, asks: Sequence[Asked], now: Belt, green: Guard, wrote: Sent, first: Wish) -> Iterator[Record]:
    """A hostile engine between the real guard, governor and control."""
    at_s, was = NOW_S, first
    control = Control(sent=wrote, starts=green.started, wanted=False)
    last = permitted(green.set_kmh, first.facing, start=green.started)
    for one in asks:
        at_s += one.gap_s
        event = event_of(one, at_s, control)
        now = observe(here.profile, now, control.sent, event)
        green, _ = watch(here, green, dose(), now, strap(120, at_s=at_s), control.sent, was, event)
        was = replace(
            was,
            phase=one.phase,
            facing=one.facing,
            target_kmh=one.target_kmh,
            incline_pct=one.incline_pct,
            start=was.start + one.start,
            stop=was.stop + one.stop,
            pause=was.pause + one.pause,
            acknowledged=was.acknowledged + one.acknowledged,
            guided=one.guided,
            scripted=one.scripted,
            alarm=one.alarm,
            row=one.row,
        )
        green, permit = govern(here, green, dose(), now, control.sent, was, at_s)
        before = control
        control, writes = drive(here.profile, control, permit, now, event)
        cap_kmh, _ = cap_of(here, green, dose(), now, was, at_s)
        yield Record(at_s, was, now, green, permit, last, before, control, cap_kmh, writes)
        last = permit


def running(facing: Facing, level: Level, asks: Sequence[Asked], kmh: float = 2.0) -> list[Record]:
    """From a belt that runs."""
    first = wish(Phase.RUN, facing, kmh, row=1 if facing.rear else 0)
    return list(records(PLANS[level], asks, belt(kmh), guard(set_kmh=kmh, rear=facing.rear), sent(kmh), first))


def standing(asks: Sequence[Asked]) -> list[Record]:
    """From a belt that stands."""
    first = wish(Phase.READY, UNKNOWN, None)
    stood = sent(None, stop_at_s=NOW_S - 100, stop_done=True)
    return list(records(PLANS[Level.INTERMEDIATE], asks, belt(0.0), guard(set_kmh=None), stood, first))


from_any = given(
    st.sampled_from((FORWARD, BACKWARD, UNKNOWN)), st.sampled_from(Level), st.lists(asked, min_size=1, max_size=12)
)
quick = settings(max_examples=int(environ.get("LAWS", "60")), deadline=None, derandomize="LAWS" not in environ)


CALM: Final = Asked(
    gap_s=0.02,
    event="data",
    kmh=2.0,
    phase=Phase.RUN,
    facing=FORWARD,
    target_kmh=6.3,
    incline_pct=None,
    start=False,
    stop=False,
    pause=False,
    acknowledged=False,
    guided=False,
    scripted=False,
    alarm=False,
    row=0,
)
ROUND: Final = [CALM, *(replace(CALM, facing=BACKWARD, target_kmh=kmh, gap_s=1.0) for kmh in (-1.0, 6.0, 6.0))]
UNWRITTEN: Final = [replace(one, phase=Phase.CONNECTING) for one in ROUND]  # only read: the forward one never left


@from_any
@example(FORWARD, Level.REHAB, ROUND)
@example(FORWARD, Level.REHAB, UNWRITTEN)
@example(FORWARD, Level.ADVANCED, [UNWRITTEN[0], *UNWRITTEN[2:]])
@quick
def test_no_set_point_is_above_the_cap_of_the_facing_nor_below_creep(
    facing: Facing, level: Level, asks: list[Asked]
) -> None:
    for one in running(facing, level, asks):
        kmh = one.permit.target_kmh
        if kmh is None:
            continue
        assert kmh >= one.belt.creep_kmh - TINY
        written_kmh = one.before.sent.target_kmh
        glides = one.wish.facing.rear and written_kmh is not None and kmh <= written_kmh + TINY
        assert kmh <= max(one.cap_kmh, one.belt.creep_kmh) + TINY or glides
        if one.wish.facing is FORWARD:
            assert kmh <= 16.0


@from_any
@quick
def test_no_write_asks_for_more_than_is_permitted(facing: Facing, level: Level, asks: list[Asked]) -> None:
    for one in running(facing, level, asks):
        for write in one.writes:
            kmh = asked_kmh(write)
            assert kmh is None or kmh == one.permit.target_kmh


about_to_rise = st.builds(
    replace,
    asked,
    event=st.sampled_from(("data",) * 8 + ("tick", "ok", "good")),
    kmh=st.sampled_from((1.6, 1.61, 1.9, 2.0, 2.1, 2.2, 2.3, 2.39, 2.4, 2.41)),
    phase=st.sampled_from((Phase.RUN, Phase.RAMP)),
    facing=st.sampled_from((BACKWARD,) * 9 + (UNKNOWN,)),
    target_kmh=st.sampled_from((2.0, 2.05, 2.1, 2.3, 2.4, 6.0, 40.0)),
    gap_s=st.sampled_from((0.1, 0.4, 0.5, 0.99, 1.0, 1.01, 2.0)),
    guided=st.just(False),
    stop=st.just(False),
)


@given(st.sampled_from(Level), st.lists(about_to_rise, min_size=1, max_size=12))
@quick
def test_facing_the_rear_nothing_rises_faster_than_its_ramp_nor_more_than_once_a_second(
    level: Level, asks: list[Asked]
) -> None:
    rose_at_s, was = -inf, BACKWARD
    for one in running(BACKWARD, level, asks):
        kmh, last_kmh = one.permit.target_kmh, one.last.target_kmh
        rear = one.wish.facing.rear and was.rear
        was = one.wish.facing
        if kmh is None or last_kmh is None or kmh <= last_kmh + TINY:
            continue
        if rear:
            assert kmh - last_kmh <= max(0.1, PLANS[level].caps.ramp_kmh_s) + TINY
            assert one.at_s - rose_at_s >= 1 - TINY
            assert one.guard.action < Action.HOLD
            assert one.belt.kmh is not None
            assert abs(one.belt.kmh - last_kmh) <= 0.4 + TINY
        rose_at_s = one.at_s


@from_any
@quick
def test_in_doubt_nothing_is_raised(facing: Facing, level: Level, asks: list[Asked]) -> None:
    for one in running(facing, level, asks):
        kmh, last_kmh = one.permit.target_kmh, one.last.target_kmh
        if kmh is None or last_kmh is None or one.guard.action < Action.HOLD:
            continue
        assert kmh <= last_kmh + TINY


@from_any
@quick
def test_a_stop_is_handed_over_in_its_step_whatever_is_under_way(
    facing: Facing, level: Level, asks: list[Asked]
) -> None:
    for one in running(facing, level, asks):
        if one.permit.stop > one.before.stops and one.belt.link and one.belt.moving:
            assert one.writes == (STOP,)
        if not one.belt.link:
            assert one.control.stops == one.before.stops


@from_any
@quick
def test_a_trip_that_stops_is_followed_by_a_stop_and_by_no_speed(
    facing: Facing, level: Level, asks: list[Asked]
) -> None:
    for one in running(facing, level, asks):
        if one.guard.action < Action.STOP:
            continue
        stopped = one.control.sent.stop_at_s >= one.guard.latched_at_s or one.control.sent.stopping
        assert stopped or not one.belt.link or not one.belt.moving
        assert one.permit.target_kmh is None or one.wish.phase is Phase.STOP_FAILED


often = st.booleans()
about_to_start = st.builds(
    replace,
    asked,
    event=st.sampled_from(("data",) * 8 + ("tick", "ok", "good", "bad", "fail", "lost", "found", "04")),
    kmh=st.sampled_from((0.0,) * 8 + (0.2, 0.21, 0.8)),
    phase=st.sampled_from((Phase.STARTING,) * 4 + (Phase.READY, Phase.PAUSED, Phase.STOPPING)),
    facing=st.just(UNKNOWN),
    target_kmh=st.just(None),
    incline_pct=st.just(None),
    start=often,
    acknowledged=often,
    gap_s=st.sampled_from((0.1, 0.4, 0.5, 0.9, 1.0, 1.01, 3.0)),
)


@given(st.lists(about_to_start, min_size=1, max_size=20))
@quick
def test_a_start_goes_to_a_still_belt_only_and_once_for_each_wish(asks: list[Asked]) -> None:
    written = 0
    for one in standing(asks):
        starts = one.writes.count(START)
        if not starts:
            continue
        written += starts
        assert one.belt.still
        assert one.belt.link
        assert one.wish.phase is Phase.STARTING
        assert one.guard.latched is None
        assert one.guard.trusted
        assert one.control.starts == one.wish.start > one.before.starts
    assert written <= sum(one.start for one in asks)


@given(st.lists(about_to_start, min_size=1, max_size=20))
@quick
def test_a_start_is_written_within_a_second_of_its_wish_or_never(asks: list[Asked]) -> None:
    wished_at_s, wished = -inf, 1
    for one in standing(asks):
        if one.wish.start > wished:
            wished, wished_at_s = one.wish.start, one.at_s
        if START in one.writes:
            assert one.at_s - wished_at_s <= 1.0 + TINY


@from_any
@quick
def test_nothing_is_written_while_the_link_is_down(facing: Facing, level: Level, asks: list[Asked]) -> None:
    assert not [one for one in running(facing, level, asks) if one.writes and not one.belt.link]


@from_any
@quick
def test_at_most_one_write_leaves_in_a_step(facing: Facing, level: Level, asks: list[Asked]) -> None:
    assert all(len(one.writes) <= 1 for one in running(facing, level, asks))


@from_any
@quick
def test_the_incline_facing_the_rear_is_never_negative_nor_above_its_cap(
    facing: Facing, level: Level, asks: list[Asked]
) -> None:
    caps = PLANS[level].caps
    for one in running(facing, level, asks):
        pct = one.permit.incline_pct
        if pct is None or not one.wish.facing.rear:
            continue
        assert 0 <= pct <= (0 if one.wish.facing is UNKNOWN else caps.incline_pct)


@given(st.lists(st.tuples(gaps, st.sampled_from(("tick", "ok", "good", "bad", "fail")), speeds), max_size=20))
@quick
def test_without_anything_permitted_nothing_but_control_is_asked_for(doings: list[tuple[float, str, float]]) -> None:
    nothing = permitted(None, UNKNOWN, start=0)
    control, at_s, written = Control(), NOW_S, set[bytes]()
    for gap_s, name, kmh in doings:
        at_s += gap_s
        one = replace(QUIET, event=name, kmh=kmh)
        control, writes = drive(
            PLANS[Level.REHAB].profile, control, nothing, belt(kmh, at_s=at_s), event_of(one, at_s, control)
        )
        written |= set(writes)
    assert written <= {b"\x00"}


QUIET: Final = Asked(
    0.5, "tick", 0.0, Phase.READY, UNKNOWN, None, None, False, False, False, False, False, False, False, 0
)


@given(st.lists(asked, min_size=1, max_size=16))
@quick
def test_a_rise_never_leaves_while_another_write_has_not_come_back(asks: list[Asked]) -> None:
    out: list[float] = []
    for one, was in zip(running(FORWARD, Level.ADVANCED, asks), asks, strict=True):
        if was.event in {"lost", "found", "good", "bad"}:  # gone with the link, or answered
            out.clear()
        if was.event in {"ok", "fail"} and out:
            out.pop(0)
        if not one.writes or one.writes == (STOP,):
            out += [one.at_s] * len(one.writes)
            continue
        target, before = one.permit.target_kmh, one.before.sent.target_kmh
        lower = (
            asked_kmh(one.writes[0]) is not None
            and target is not None
            and (target < (one.belt.kmh or 0.0) or (before is not None and target < before))
        )
        waited_s = one.at_s - max(out, default=-inf)
        assert not out or (lower and waited_s >= 1 - TINY) or waited_s >= 1 - TINY
        out.append(one.at_s)


# A hostile machine and a hostile hand on the whole fold.

junk = st.one_of(
    st.builds(lambda value: (DATA, value), st.binary(max_size=24)),
    st.builds(lambda value: (STATUS, value), st.binary(max_size=6)),
    st.builds(lambda value: (POINT, value), st.binary(max_size=6)),
    st.builds(lambda value: (0x2AD4, value), st.binary(max_size=7)),
    st.builds(lambda value: (0x2AD5, value), st.binary(max_size=7)),
    st.builds(lambda value: (0x2A37, value), st.binary(max_size=6)),
    st.builds(lambda op, result: (POINT, bytes([0x80, op, result])), st.integers(0, 9), st.integers(0, 6)),
    st.builds(lambda event: (STATUS, bytes([event])), st.sampled_from((1, 2, 3, 4, 5, 6, 255))),
)
happenings = st.one_of(
    st.builds(lambda gap_s, said: (gap_s, Heard(0.0, *said)), gaps, junk),
    st.builds(lambda gap_s, kmh: (gap_s, data(0.0, kmh, 7, 0.0)), gaps, speeds),
    st.builds(lambda gap_s, kmh: (gap_s, data(0.0, kmh)), gaps, speeds),
    st.builds(lambda gap_s, bpm: (gap_s, pulse(0.0, bpm)), gaps, st.integers(40, 220)),
    st.builds(lambda gap_s, ok: (gap_s, Returned(0.0, ok)), gaps, st.booleans()),
    st.builds(
        lambda gap_s, key, digit: (gap_s, Pressed(0.0, key, digit)),
        gaps,
        st.sampled_from(KEYS),
        st.sampled_from(("", "1", "2", "3", "4")),
    ),
    st.builds(
        lambda gap_s, event: (gap_s, event),
        gaps,
        st.sampled_from(
            (
                Tick(0.0),
                LinkLost(0.0),
                LinkFound(0.0),
                SoundLost(0.0),
                SoundFound(0.0),
                FocusLost(0.0),
                FocusFound(0.0),
                GuardLost(0.0),
                GuardFound(0.0),
                Slept(0.0, 9.0),
                CockpitSilent(0.0, ended=False),
                CockpitSilent(0.0, ended=True),
            )
        ),
    ),
)


def folded(here: Plan, happens: Sequence[tuple[float, Event]]) -> list[tuple[Session, tuple[bytes, ...]]]:
    """The whole fold over whatever happens."""
    session, at_s, found = Session(), 0.0, []
    for gap_s, event in happens:
        at_s += gap_s
        session, outcome = advance(here, session, replace(event, at_s=at_s))
        found.append((session, outcome.writes))
    return found


@given(st.lists(happenings, max_size=40))
@quick
def test_nothing_that_a_machine_or_a_hand_does_raises(happens: list[tuple[float, Event]]) -> None:
    folded(PLANS[Level.BEGINNER], [(0.0, LinkFound(0.0)), *happens])


@given(st.lists(happenings, max_size=25))
@quick
def test_the_same_events_give_equal_states_and_equal_writes(happens: list[tuple[float, Event]]) -> None:
    once = folded(PLANS[Level.BEGINNER], [(0.0, LinkFound(0.0)), *happens])
    assert once == folded(PLANS[Level.BEGINNER], [(0.0, LinkFound(0.0)), *happens])


@given(st.lists(happenings, max_size=40))
@quick
def test_every_start_of_the_fold_has_a_yes_of_its_own_less_than_six_seconds_before(
    happens: list[tuple[float, Event]],
) -> None:
    used = -inf
    for session, writes in folded(PLANS[Level.BEGINNER], [(0.0, LinkFound(0.0)), *happens]):
        if START not in writes:
            continue
        yes_at_s = session.progress.yes_at_s
        assert session.belt.still
        assert used < yes_at_s
        assert session.control.sent.start_at_s - yes_at_s <= 6
        used = yes_at_s


@pytest.mark.parametrize("level", list(Level))
def test_the_caps_of_a_level_are_those_of_the_table(level: Level) -> None:
    caps = PLANS[level].caps
    rows = {
        Level.REHAB: (2.0, 0, 120, 600, 0.1),
        Level.BEGINNER: (3.0, 0, 180, 300, 0.2),
        Level.INTERMEDIATE: (4.5, 3, 300, 720, 0.3),
        Level.ADVANCED: (6.0, 6, 600, 1200, 0.3),
    }
    assert (caps.speed_kmh, caps.incline_pct, caps.block_s, caps.session_s, caps.ramp_kmh_s) == rows[level]


# Prompt mode and renewal, from the middle of sessions.

DUMB: Final = plan(forward(60.0), forward(60.0, 9.0), machine=profile(speed_control=False))
FAR: Final = plan(forward(600.0), forward(60.0, 9.0))


@cache
def beginnings() -> dict[str, tuple[Plan, Session, float]]:
    """Sessions that have come somewhere: plan, state and instant."""
    prompted = Play(DUMB).connect()
    found = {"ready": prompted.now()}
    prompted.yes()
    found["asked for Start"] = prompted.now()
    prompted.run(3.0, 0.0).run(10.0, 0.8)
    found["prompted"] = prompted.run(10.0, 6.0).now()
    prompted.press(Key.PAUSE)
    found["asked for Stop"] = prompted.run(2.0, 6.0).now()
    taken = started(FAR)
    taken.follow(20.0)
    found["driven"] = taken.now()
    taken.feed(status(taken.at_s, "ff"))
    found["taken"] = taken.run(2.0).now()
    ignored = started(FAR)
    ignored.press(Key.STOP)
    found["stop ignored"] = ignored.run(6.0, 6.0).now()
    found["not trusted"] = ignored.run(20.0, 0.0).now()
    deaf = Play(FAR, obeys=False).connect()
    found["deaf"] = deaf.run(31.0, 0.0).now()
    away = Play(FAR, obeys=False).connect().run(31.0, 0.0)
    away.feed(LinkLost(away.at_s + 1))
    found["renewing"] = away.now()
    return found


BEGINNINGS: Final = (
    *("ready", "asked for Start", "prompted", "asked for Stop", "driven", "taken", "stop ignored", "not trusted"),
    *("deaf", "renewing"),
)


def going_on(beginning: str, happens: Sequence[tuple[float, Event]]) -> list[tuple[Session, Session, Outcome]]:
    """Whatever happens from there on: the session before, after, and what came of each."""
    here, session, at_s = beginnings()[beginning]
    found = []
    for gap_s, event in happens:
        at_s += gap_s
        before = session
        session, outcome = advance(here, session, replace(event, at_s=at_s))
        found.append((before, session, outcome))
    return found


from_anywhere = given(st.sampled_from(BEGINNINGS), st.lists(happenings, max_size=40))


@from_anywhere
@quick
def test_in_prompt_mode_no_start_and_no_speed_is_written_but_the_lowest_after_a_stop_that_failed(
    beginning: str, happens: list[tuple[float, Event]]
) -> None:
    for _, session, outcome in going_on(beginning, happens):
        if not session.guard.prompted or session.progress.facing.rear:
            continue
        for write in outcome.writes:
            kmh = asked_kmh(write)
            failed = session.progress.phase is Phase.STOP_FAILED
            assert write != START
            assert kmh is None or (failed and kmh * session.belt.units.target <= session.belt.creep_kmh + 0.01)
            calm = session.belt.still or session.control.sent.stopping
            assert write in {STOP, PAUSE} or kmh is not None or (write == CONTROL and calm) or failed


@from_anywhere
@quick
def test_in_prompt_mode_a_stop_is_written_and_said(beginning: str, happens: list[tuple[float, Event]]) -> None:
    for before, session, outcome in going_on(beginning, happens):
        phase, said = session.progress.phase, {cue.text for cue in outcome.cues}
        entered = phase is Phase.STOPPING and before.progress.phase is not Phase.STOPPING
        if entered and session.guard.prompted and STOP in outcome.writes:
            assert say.PRESS_STOP in said


@from_anywhere
@quick
def test_a_segment_is_told_once_that_the_belt_is_elsewhere(beginning: str, happens: list[tuple[float, Event]]) -> None:
    told: dict[int, int] = {}
    for _, session, outcome in going_on(beginning, happens):
        row = session.progress.row
        told[row] = told.get(row, 0) + sum(
            ", not " in cue.text and cue.text.startswith("The belt runs at") for cue in outcome.cues
        )
        assert told[row] <= 1 or not session.guard.prompted


@from_anywhere
@quick
def test_a_link_is_renewed_on_a_still_belt_only_and_three_times_at_most(
    beginning: str, happens: list[tuple[float, Event]]
) -> None:
    for before, session, outcome in going_on(beginning, happens):
        sent = session.control.sent
        assert outcome.renew == (sent.renewals == before.control.sent.renewals + 1)
        assert sent.renewals <= 3
        if outcome.renew:
            assert session.belt.still
            assert session.belt.link
            assert session.progress.phase in {Phase.READY, Phase.PAUSED, Phase.RESTING}
            assert outcome.writes == ()


@from_anywhere
@quick
def test_no_start_without_a_yes_on_the_link_that_it_leaves_by(
    beginning: str, happens: list[tuple[float, Event]]
) -> None:
    for _, session, outcome in going_on(beginning, happens):
        if START in outcome.writes:
            assert session.progress.yes_at_s >= session.belt.link_at_s
            assert session.belt.still
            assert session.guard.trusted


@from_anywhere
@quick
def test_from_anywhere_the_same_events_give_equal_states(beginning: str, happens: list[tuple[float, Event]]) -> None:
    assert going_on(beginning, happens) == going_on(beginning, happens)


@given(st.lists(happenings, max_size=40))
@quick
def test_nothing_is_written_before_the_belt_was_seen_standing(happens: list[tuple[float, Event]]) -> None:
    for session, writes in folded(PLANS[Level.BEGINNER], [(0.0, LinkFound(0.0)), *happens]):
        assert session.progress.phase is not Phase.CONNECTING or writes == ()


@from_any
@quick
def test_a_governor_that_prompts_permits_nothing_faster(facing: Facing, level: Level, asks: list[Asked]) -> None:
    first = wish(Phase.RUN, facing, 2.0, row=1 if facing.rear else 0)
    green = replace(guard(set_kmh=2.0, rear=facing.rear), speedless=True)
    wrote = replace(sent(2.0), start_at_s=NOW_S - 300)
    for one in records(PLANS[level], asks, belt(2.0), green, wrote, first):
        assert START not in one.writes
        if one.wish.phase is not Phase.STOP_FAILED and not one.wish.facing.rear:
            assert one.permit.target_kmh is None
        for write in one.writes:
            kmh = asked_kmh(write)
            assert kmh is None or one.last.target_kmh is None or kmh <= max(one.last.target_kmh, 0.8) + TINY

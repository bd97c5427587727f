"""The engine on values: what one event makes of a state, at each of its limits."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final, TypedDict, Unpack

import pytest

from coach.core import say
from coach.core.belt import Belt, observe
from coach.core.cause import LATE_S
from coach.core.cue import Cue, CueKind
from coach.core.engine import step
from coach.core.event import Event, GuardFound, Key, LinkFound, Pressed, Remote, Tick, Verb
from coach.core.guard import Guard
from coach.core.machine import MILES, Units
from coach.core.plan import Plan
from coach.core.progress import Answer, Ask, Button, Progress, Prompt, Question
from coach.core.sent import Sent
from coach.core.wish import Phase, Wish
from coach.core.workout import Facing
from tests.core.build import (
    BACKWARD,
    FORWARD,
    NOW_S,
    backward,
    belt,
    data,
    dose,
    forward,
    guard,
    plan,
    profile,
    rest,
    sent,
    status,
    strap,
)

HERE: Final = profile(settle_s=1.0)
PLAN: Final = plan(machine=HERE)
OTHER: Final = Wish(target_kmh=99.0)  # asks for what nobody asks for now
QUESTION: Final = Question(Ask.YES, 7, NOW_S - 5, 1.5, "Ready?")
PROMPT: Final = Prompt(Button.STOP, 1, NOW_S - 1, "Press Stop.")


def at(phase: Phase, in_s: float = 1.0, *, facing: Facing = FORWARD) -> Progress:
    """A state that was entered so long ago, after one Start."""
    return Progress(phase=phase, at_s=NOW_S - in_s, facing=facing, claimed=facing, starts=1, slow_from_kmh=3.0)


class Around(TypedDict, total=False):
    """What a state may look at."""

    now: Belt
    green: Guard
    told: Sent
    here: Plan
    last: Wish


def stepped(
    before: Progress, event: Event | None = None, **around: Unpack[Around]
) -> tuple[Progress, Wish, tuple[Cue, ...]]:
    """What one event makes of it, on a belt at 3 km/h that does what it was told."""
    here, last = around.get("here", PLAN), around.get("last", OTHER)
    now, green, told = around.get("now", belt(3.0)), around.get("green", guard()), around.get("told", sent(3.0))
    return step(here, before, green, dose(), now, strap(), told, (), last, event or Tick(NOW_S))


def became(before: Progress, event: Event | None = None, **around: Unpack[Around]) -> Progress:
    """The state after it."""
    return stepped(before, event, **around)[0]


def said(before: Progress, event: Event | None = None, **around: Unpack[Around]) -> list[str]:
    """What is said in it."""
    return [cue.text for cue in stepped(before, event, **around)[2]]


def wished(before: Progress, **around: Unpack[Around]) -> Wish:
    """What is asked of the belt in it."""
    return stepped(before, **around)[1]


def by_hand(green: Guard | None = None) -> Guard:
    """Coach only prompts."""
    return replace(green or guard(), prompted="taken")


def heard(kmh: float, text: str) -> Belt:
    """A belt whose machine just said this."""
    return observe(HERE, belt(kmh), sent(), status(NOW_S, text))


# Nothing changes.


@pytest.mark.parametrize("phase", [Phase.PAUSED, Phase.RAILS, Phase.KEY, Phase.ENDED])
def test_where_nothing_changes_the_state_and_the_wish_stay_the_same_values(phase: Phase) -> None:
    before = replace(at(phase), question=QUESTION)
    now = belt(0.0) if phase in {Phase.PAUSED, Phase.KEY, Phase.ENDED} else belt(3.0)
    first, wish, cues = stepped(before, now=now)
    assert first is before
    assert cues == ()
    assert stepped(first, now=now, last=wish)[1] is wish


def test_a_wish_is_made_anew_where_the_state_has_changed() -> None:
    waits = at(Phase.RAILS, 4.9)
    still = stepped(waits)[1]
    later, wish, _ = stepped(at(Phase.RAILS, 5.0), last=still)
    assert (later.phase, wish.phase, wish.stop) == (Phase.STOPPING, Phase.STOPPING, 1)
    slow = wished(at(Phase.SLOW))
    later, wish, _ = stepped(replace(at(Phase.SLOW), steady_at_s=NOW_S - 9), now=belt(0.8), last=slow)
    assert (later.phase, wish.phase, wish.target_kmh) == (Phase.RAILS, Phase.RAILS, slow.target_kmh)


def test_one_event_leads_through_several_states() -> None:
    before = replace(at(Phase.SLOW), guided=True, next=Phase.PAUSED)
    assert became(before, now=belt(0.0)).phase is Phase.PAUSED


def test_a_press_and_a_command_of_the_network_are_taken_in_the_step_in_which_they_come() -> None:
    pressed = became(at(Phase.RUN), Pressed(NOW_S, Key.STOP, "", None, inf))
    asked = became(at(Phase.RUN), Remote(NOW_S, Verb.STOP, ticket=4))
    assert (pressed.phase, pressed.stops) == (Phase.STOPPING, 1)
    assert (asked.phase, asked.guided, asked.answer) == (Phase.SLOW, True, Answer(4, done=True))


# The link.


def gone(for_s: float) -> Belt:
    """A link that was lost so long ago."""
    return belt(None, link=False, link_at_s=NOW_S - for_s)


@pytest.mark.parametrize(("for_s", "ends"), [(299.9, False), (300.0, True), (900.0, True)])
def test_a_link_that_stays_away_for_five_minutes_ends_the_session_tripped(for_s: float, ends: bool) -> None:
    after = became(at(Phase.RUN, 400.0), now=gone(for_s))
    assert (after.phase is Phase.ENDED) is ends
    assert (after.ended, after.reason) == (("tripped", "the link was lost") if ends else ("", ""))


@pytest.mark.parametrize("phase", [Phase.CONNECTING, Phase.ENDED])
def test_before_the_first_report_and_after_the_end_no_link_is_missed(phase: Phase) -> None:
    after = became(replace(at(phase), ended="stopped" if phase is Phase.ENDED else ""), now=gone(400.0))
    assert (after.phase, after.reason) == (phase, "")


def test_a_link_that_is_there_for_hours_is_not_gone() -> None:
    assert became(at(Phase.RUN, 400.0), now=belt(3.0, link_at_s=NOW_S - 900)).phase is Phase.RUN


@pytest.mark.parametrize(
    ("phase", "facing", "prompted", "event", "text"),
    [
        (Phase.RUN, FORWARD, "", LinkFound(NOW_S), say.FOUND),
        (Phase.RUN, FORWARD, "taken", LinkFound(NOW_S), say.FOUND_BY_HAND),
        (Phase.RUN, BACKWARD, "", LinkFound(NOW_S), None),
        (Phase.RAILS, FORWARD, "", LinkFound(NOW_S), None),
        (Phase.RUN, FORWARD, "", Tick(NOW_S), None),
    ],
)
def test_a_link_that_is_back_on_a_run_forward_is_said(
    phase: Phase, facing: Facing, prompted: str, event: Event, text: str | None
) -> None:
    before = replace(at(phase, facing=facing), prompted=prompted, row=1 if facing is BACKWARD else 0)
    found = said(before, event, green=replace(guard(), prompted=prompted), now=belt(3.0, link_at_s=NOW_S))
    assert [one for one in found if one in {say.FOUND, say.FOUND_BY_HAND}] == ([] if text is None else [text])


@pytest.mark.parametrize(("renewals", "told", "says"), [(1, 0, True), (1, 1, False), (0, 0, False)])
def test_a_link_that_is_renewed_is_told_once(renewals: int, told: int, says: bool) -> None:
    before = replace(at(Phase.PAUSED), renewals=told, question=QUESTION)
    asked = replace(sent(None), renewals=renewals)
    assert (say.RENEWING in said(before, now=belt(0.0), told=asked)) is says
    assert became(before, now=belt(0.0), told=asked).renewals == renewals


@pytest.mark.parametrize(
    ("phase", "event", "renewing", "anew"),
    [
        (Phase.READY, LinkFound(NOW_S), True, True),
        (Phase.PAUSED, LinkFound(NOW_S), True, True),
        (Phase.RAILS, LinkFound(NOW_S), True, False),
        (Phase.PAUSED, LinkFound(NOW_S), False, False),
        (Phase.PAUSED, Tick(NOW_S), True, False),
    ],
)
def test_what_was_asked_is_asked_anew_on_a_renewed_link(phase: Phase, event: Event, renewing: bool, anew: bool) -> None:
    before = replace(at(phase), question=QUESTION, asked=7)
    told = replace(sent(3.0), renewing=renewing, renewals=1)
    after = became(before, event, now=belt(3.0 if phase is Phase.RAILS else 0.0), told=told)
    assert (after.phase, after.asked, after.renewals) == (phase, 8 if anew else 7, 1)


# The safety key on a belt that stands.


@pytest.mark.parametrize("phase", list(Phase))
def test_a_key_that_is_pulled_while_the_belt_stands_is_asked_for_where_a_start_may_come(phase: Phase) -> None:
    waits = phase in {Phase.READY, Phase.RESTING, Phase.PAUSED, Phase.STARTING, Phase.CONSOLE_START}
    before = replace(at(phase), question=QUESTION, ended="stopped" if phase is Phase.ENDED else "")
    after = became(before, status(NOW_S, "03"), now=heard(0.0, "03"))
    assert (after.reason == "the safety key is out") is waits
    if waits:
        starting = phase in {Phase.STARTING, Phase.CONSOLE_START}
        assert (after.phase, after.stops) == (Phase.KEY, 1 if starting else 0)
        assert after.question is not None
        assert after.question.ask is Ask.DIGIT


@pytest.mark.parametrize(
    ("event", "kmh", "text"),
    [(status(NOW_S, "03"), 3.0, "03"), (status(NOW_S, "04"), 0.0, "04"), (Tick(NOW_S), 0.0, "03")],
    ids=["moving", "started", "a tick later"],
)
def test_a_key_on_a_moving_belt_another_status_and_another_event_are_no_such_thing(
    event: Event, kmh: float, text: str
) -> None:
    before = replace(at(Phase.PAUSED), question=QUESTION)
    assert became(before, event, now=heard(kmh, text)).phase is Phase.PAUSED
    assert became(before, data(NOW_S, 0.0), now=heard(0.0, "03")).phase is Phase.PAUSED


def test_a_status_that_cannot_be_read_is_no_key() -> None:
    before = replace(at(Phase.PAUSED), question=QUESTION)
    assert became(before, status(NOW_S, ""), now=belt(0.0)).phase is Phase.PAUSED


# What is told once.


@pytest.mark.parametrize(
    ("target", "report", "known", "says"),
    [
        (1.0, 1.0, False, False),
        (MILES, 1.0, False, True),
        (1.0, MILES, False, True),
        (MILES, MILES, False, True),
        (MILES, MILES, True, False),
    ],
)
def test_a_machine_that_counts_in_miles_is_told_once(target: float, report: float, known: bool, says: bool) -> None:
    before = replace(at(Phase.RAILS), miles=known)
    now = belt(3.0, units=Units(target=target, report=report, agreed=True, measured=True))
    assert (say.MILES in said(before, now=now)) is says
    assert became(before, now=now).miles is (says or known)


@pytest.mark.parametrize(
    ("told", "stands_by", "event", "says"),
    [
        (False, True, GuardFound(NOW_S), True),
        (True, True, GuardFound(NOW_S), False),
        (False, True, Tick(NOW_S), False),
        (True, False, Tick(NOW_S), False),
    ],
)
def test_a_guard_that_is_back_is_told_and_one_that_went_is_noted(
    told: bool, stands_by: bool, event: Event, says: bool
) -> None:
    before, green = replace(at(Phase.RAILS), guarded=told), replace(guard(), guarded=stands_by)
    assert said(before, event, green=green) == ([say.GUARDED] if says else [])
    assert became(before, event, green=green).guarded is stands_by


# Coach prompts from now on.


@pytest.mark.parametrize(
    ("phase", "before", "now", "texts"),
    [
        (Phase.RAMP, "", "taken", [say.PROMPTED]),
        (Phase.RAMP, "taken", "", [say.UNPROMPTED]),
        (Phase.RAMP, "taken", "deaf", []),
        (Phase.RAMP, "taken", "taken", []),
        (Phase.STOP_FAILED, "", "taken", []),
        (Phase.CONNECTING, "", "taken", []),
        (Phase.CONNECTING, "taken", "", []),
    ],
)
def test_that_coach_only_prompts_is_said_once_and_nothing_is_said_in_an_alarm(
    phase: Phase, before: str, now: str, texts: list[str]
) -> None:
    old = replace(at(phase, facing=BACKWARD), prompted=before, alarmed_at_s=NOW_S)
    green = replace(guard(), prompted=now)
    assert [one for one in said(old, green=green) if one in {say.PROMPTED, say.UNPROMPTED}] == texts
    assert became(old, green=green).prompted == now


def test_a_session_that_is_over_does_not_begin_to_prompt() -> None:
    before = replace(at(Phase.ENDED), ended="stopped")
    assert became(before, green=by_hand(), now=belt(0.0)) is before


@pytest.mark.parametrize(
    ("phase", "then", "guided", "facing", "to"),
    [
        (Phase.BRIDGE, Phase.READY, False, FORWARD, Phase.RUN),
        (Phase.SLOW, Phase.READY, False, FORWARD, Phase.RUN),
        (Phase.SLOW, Phase.READY, True, FORWARD, Phase.SLOW),
        (Phase.SLOW, Phase.RESTING, False, FORWARD, Phase.SLOW),
        (Phase.RAILS, Phase.READY, False, FORWARD, Phase.STOPPING),
        (Phase.RAILS, Phase.RESTING, False, FORWARD, Phase.RAILS),
        (Phase.SLOW, Phase.READY, False, BACKWARD, Phase.SLOW),
        (Phase.RAILS, Phase.READY, False, BACKWARD, Phase.RAILS),
    ],
)
def test_a_turn_to_the_rear_is_called_off_and_a_stop_is_asked_of_the_runner(
    phase: Phase, then: Phase, guided: bool, facing: Facing, to: Phase
) -> None:
    before = replace(at(phase, facing=facing), next=then, guided=guided, row=1, bridge_at_s=NOW_S - 5)
    after = became(before, green=by_hand())
    assert (after.phase, after.prompted) == (to, "taken")
    assert to is not Phase.SLOW or (after.prompt is not None) is (facing is FORWARD)
    assert (after.row > 1) is (facing is FORWARD and then is Phase.READY and not guided)


@pytest.mark.parametrize("prompted", ["taken", ""])
def test_what_is_prompted_already_is_not_begun_again(prompted: str) -> None:
    before = replace(at(Phase.SLOW), guided=True, prompted="deaf", prompt=PROMPT)
    after = became(before, green=replace(guard(), prompted=prompted))
    assert (after.phase, after.at_s, after.prompted) == (Phase.SLOW, before.at_s, prompted)


# The condition of a state.


@pytest.mark.parametrize(
    ("kmh", "since_s", "then_s"),
    [(0.8, inf, NOW_S), (0.8, NOW_S - 1, NOW_S - 1), (1.2, NOW_S - 1, inf), (1.2, inf, inf)],
)
def test_how_long_the_condition_of_a_state_holds_is_counted_from_its_beginning(
    kmh: float, since_s: float, then_s: float
) -> None:
    before = replace(at(Phase.CONSOLE_START), steady_at_s=since_s)
    assert became(before, now=belt(kmh), told=sent(None)).steady_at_s == then_s


# STOPPING.


@pytest.mark.parametrize(
    ("in_s", "kmh", "from_kmh", "prompts", "stops"),
    [
        (1.9, 0.8, 0.8, 0, 0),
        (2.0, 0.8, 0.8, 1, 1),
        (2.0, 0.51, 0.8, 1, 1),
        (2.0, 0.5, 0.8, 1, 0),
        (2.0, 0.3, 0.3, 1, 0),
        (2.0, 0.31, 0.3, 1, 1),
        (2.0, None, 0.8, 1, 0),
        (9.0, 2.0, 3.0, 1, 0),
    ],
)
def test_the_second_stop_is_for_a_belt_that_moves_and_has_not_fallen(
    in_s: float, kmh: float | None, from_kmh: float, prompts: int, stops: int
) -> None:
    told = sent(0.8, stop_at_s=NOW_S - in_s)
    after = became(replace(at(Phase.STOPPING, in_s), slow_from_kmh=from_kmh), now=belt(kmh), told=told)
    assert (after.prompts, after.stops) == (prompts, stops)


def test_the_second_stop_is_asked_for_once() -> None:
    before = replace(at(Phase.STOPPING, 9.0), prompts=1)
    assert became(before, told=sent(3.0, stop_at_s=NOW_S - 9)) is before


@pytest.mark.parametrize(
    ("over_s", "kmh", "stopping", "stops"), [(-0.1, 2.0, False, 0), (0.0, 2.0, False, 1), (9.0, 2.0, True, 0)]
)
def test_a_belt_that_the_console_only_slowed_is_stopped_when_it_should_stand(
    over_s: float, kmh: float, stopping: bool, stops: int
) -> None:
    before = replace(at(Phase.STOPPING, HERE.stop_s(3.0) + LATE_S + over_s), prompts=1)
    told = sent(3.0, stop_at_s=NOW_S - 1 if stopping else -inf)
    assert became(before, now=belt(kmh), told=told).stops == stops


# STARTING.


@pytest.mark.parametrize(
    ("delay_s", "in_s", "starts"),
    [(3.0, 0.9, 1), (3.0, 1.0, 2), (0.0, 3.9, 1), (0.0, 4.0, 2), (9.0, 0.0, 2)],
)
def test_start_goes_out_so_that_the_count_ends_when_the_belt_moves(delay_s: float, in_s: float, starts: int) -> None:
    here = plan(machine=profile(start_delay_s=delay_s))
    after = became(at(Phase.STARTING, in_s), here=here, now=belt(0.0), told=sent(None))
    assert (after.starts, after.start_told) == (starts, starts == 2)


def test_start_is_asked_for_once() -> None:
    before = replace(at(Phase.STARTING, 3.0), start_told=True)
    assert became(before, now=belt(0.0), told=sent(None)).starts == 1


# KEY, rests, bridges.


@pytest.mark.parametrize(
    ("kmh", "question", "asks"), [(0.0, None, True), (3.0, None, False), (0.0, QUESTION, False), (3.0, QUESTION, False)]
)
def test_the_key_is_asked_for_once_when_the_belt_stands(kmh: float, question: Question | None, asks: bool) -> None:
    before = replace(at(Phase.KEY), question=question, reason="the key", asked=3)
    after = became(before, now=belt(kmh), told=sent(3.0, stop_at_s=NOW_S - 1))
    assert (after.phase, after.asked, after.reason) == (Phase.KEY, 4 if asks else 3, "the key")


@pytest.mark.parametrize(("rested_s", "over"), [(28.0, False), (29.9, False), (29.9999995, True), (30.0, True)])
def test_a_rest_is_over_when_its_clock_says_so(rested_s: float, over: bool) -> None:
    here = plan(forward(), rest(30.0), forward(180.0, 4.0))
    before = replace(at(Phase.RESTING, rested_s), row=1, run_at_s=NOW_S - rested_s)
    after = became(before, here=here, now=belt(0.0), told=sent(None))
    assert (after.phase is not Phase.RESTING) is over


@pytest.mark.parametrize(("bridge_s", "marks"), [(29.9, 0), (30.0, 1)])
def test_a_bridge_counts_down_from_half_a_minute(bridge_s: float, marks: int) -> None:
    before = replace(at(Phase.BRIDGE, 20.0), bridge_at_s=NOW_S - bridge_s)
    assert became(before).marks == marks


# On the way to a stop.


@pytest.mark.parametrize(("guided", "link", "alarms"), [(True, False, 1), (True, True, 0), (False, False, 0)])
def test_a_guided_stop_without_a_link_is_an_alarm(guided: bool, link: bool, alarms: int) -> None:
    now = belt(3.0) if link else gone(1.0)
    cues = stepped(replace(at(Phase.SLOW, facing=BACKWARD), guided=guided), now=now)[2]
    assert [cue.kind for cue in cues].count(CueKind.ALARM) == alarms


@pytest.mark.parametrize(
    ("left_s", "falls", "to"),
    [(0.1, False, Phase.SLOW), (0.0, False, Phase.STOPPING), (-1.0, False, Phase.STOPPING), (-1.0, True, Phase.SLOW)],
)
def test_a_stop_that_was_asked_of_the_runner_is_written_when_its_time_is_over(
    left_s: float, falls: bool, to: Phase
) -> None:
    asked = replace(PROMPT, until_s=NOW_S + left_s)
    before = replace(at(Phase.SLOW), guided=True, prompted="taken", prompt=asked, next=Phase.PAUSED, reason="you")
    now = belt(1.5 if falls else 3.0, steady_at_s=NOW_S if falls else NOW_S - 60)
    after = became(before, green=by_hand(), now=now)
    assert (after.phase, after.stops, after.reason) == (to, 0 if to is Phase.SLOW else 1, "you")


@pytest.mark.parametrize("moving", [True, False])
def test_no_prompt_and_no_stop_where_the_runner_was_not_asked(moving: bool) -> None:
    before = replace(at(Phase.SLOW), guided=True)
    assert became(before, now=belt(3.0 if moving else 2.9)).stops == 0


# CONNECTING.


@pytest.mark.parametrize(
    ("now", "waits", "says"),
    [
        (belt(None, link=False), say.NO_LINK, False),
        (belt(None), say.NOT_HEARD, False),
        (belt(0.0, still=False), say.SETTLES, False),
        (belt(3.0), say.MOVES, True),
        (belt(3.0, link=False), say.NO_LINK, False),
    ],
)
def test_what_is_waited_for_is_told_and_a_moving_belt_aloud(now: Belt, waits: str, says: bool) -> None:
    before = at(Phase.CONNECTING)
    after, _, cues = stepped(before, now=now, told=sent(None))
    assert (after.waits, [cue.text for cue in cues]) == (waits, [say.MOVES] if says else [])
    assert became(after, now=now, told=sent(None)) is after


@pytest.mark.parametrize(("ago_s", "says"), [(9.9, False), (10.0, True)])
def test_a_moving_belt_is_said_every_ten_seconds(ago_s: float, says: bool) -> None:
    before = replace(at(Phase.CONNECTING), waits=say.MOVES, alarmed_at_s=NOW_S - ago_s)
    after, _, cues = stepped(before)
    assert len(cues) == int(says)
    assert after.alarmed_at_s == (NOW_S if says else NOW_S - ago_s)


# What is asked of the belt.


@pytest.mark.parametrize(
    ("phase", "guided", "prompted", "is_guided"),
    [
        (Phase.SLOW, True, "", True),
        (Phase.SLOW, False, "", False),
        (Phase.RAILS, True, "", False),
        (Phase.SLOW, True, "taken", False),
    ],
)
def test_a_guided_stop_is_one_in_slow_that_coach_makes(
    phase: Phase, guided: bool, prompted: str, is_guided: bool
) -> None:
    before = replace(at(phase), guided=guided, prompted=prompted, prompt=PROMPT if prompted else None)
    assert wished(before, green=replace(guard(), prompted=prompted)).guided is is_guided


@pytest.mark.parametrize("phase", [Phase.SLOW, Phase.RAILS, Phase.BELT_MOVES, Phase.STOP_FAILED])
@pytest.mark.parametrize("troubled", [True, False])
def test_ways_down_are_quick_after_a_trip_but_not_where_the_runner_is_on_the_belt(phase: Phase, troubled: bool) -> None:
    wish = wished(replace(at(phase), troubled=troubled, alarmed_at_s=NOW_S))
    assert (wish.phase, wish.alarm) == (phase, troubled and phase is not Phase.RAILS)


@pytest.mark.parametrize(
    ("phase", "question", "stands"),
    [(Phase.KEY, QUESTION, True), (Phase.KEY, None, False), (Phase.PAUSED, QUESTION, False)],
)
def test_a_belt_whose_key_is_asked_for_stands(phase: Phase, question: Question | None, stands: bool) -> None:
    moving = phase is Phase.KEY and question is None
    assert wished(replace(at(phase), question=question), now=belt(3.0 if moving else 0.0)).stands is stands


@pytest.mark.parametrize(
    ("phase", "prompt", "asks"), [(Phase.SLOW, PROMPT, True), (Phase.SLOW, None, False), (Phase.RAILS, PROMPT, False)]
)
def test_a_stop_is_asked_of_the_runner_in_slow(phase: Phase, prompt: Prompt | None, asks: bool) -> None:
    before = replace(at(phase), guided=True, prompt=prompt, prompted="taken")
    assert wished(before, green=by_hand()).asks_stop is asks


@pytest.mark.parametrize(
    ("phase", "told", "counts"),
    [(Phase.STARTING, False, True), (Phase.STARTING, True, False), (Phase.CONSOLE_START, False, False)],
)
def test_a_count_runs_in_starting_until_start_was_asked_for(phase: Phase, told: bool, counts: bool) -> None:
    before = replace(at(phase, 0.5), start_told=told)
    assert wished(before, now=belt(0.0), told=sent(None)).counts_down is counts


@pytest.mark.parametrize(
    ("moved_s", "kmh", "target_kmh"), [(0.9, 0.8, None), (1.0, 0.8, 0.8), (9.0, 0.0, None), (9.0, 0.8, 0.8)]
)
@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.CONSOLE_START])
def test_after_a_start_creep_waits_for_motion_and_for_the_profile_s_settling(
    phase: Phase, moved_s: float, kmh: float, target_kmh: float | None
) -> None:
    green = replace(guard(set_kmh=None), motion_at_s=NOW_S - moved_s)
    before = replace(at(phase, 2.0), start_told=True)
    wish = wished(before, green=green, now=belt(kmh), told=sent(None, start_at_s=NOW_S - 2))
    assert (wish.phase, wish.target_kmh, wish.incline_pct, wish.scripted) == (phase, target_kmh, None, False)


@pytest.mark.parametrize(
    ("phase", "kmh", "pct"),
    [
        (Phase.STEP_ON, 0.8, 0.0),
        (Phase.BRIDGE, 4.0, 0.0),
        (Phase.SLOW, 0.8, 0.0),
        (Phase.RAILS, 0.8, 0.0),
        (Phase.STOP_FAILED, 0.8, None),
        (Phase.STOPPING, None, None),
        (Phase.PAUSED, None, None),
    ],
)
def test_what_a_state_asks_of_the_belt(phase: Phase, kmh: float | None, pct: float | None) -> None:
    before = replace(at(phase), question=QUESTION, alarmed_at_s=NOW_S, bridge_at_s=NOW_S - 1, prompts=1)
    wish = wished(before, now=belt(0.0) if phase is Phase.PAUSED else belt(3.0))
    assert (wish.phase, wish.target_kmh, wish.incline_pct, wish.scripted) == (phase, kmh, pct, False)


@pytest.mark.parametrize(("set_kmh", "asked_kmh"), [(None, 4.0), (3.9, 3.9), (4.0, 4.0), (9.0, 4.0)])
def test_a_bridge_asks_for_no_more_than_was_asked_before(set_kmh: float | None, asked_kmh: float) -> None:
    before = replace(at(Phase.BRIDGE), bridge_at_s=NOW_S - 1)
    assert wished(before, green=guard(set_kmh=set_kmh), now=belt(3.0)).target_kmh == asked_kmh


@pytest.mark.parametrize("phase", [Phase.RUN, Phase.STOP_FAILED])
@pytest.mark.parametrize(
    ("prompted", "hand", "facing", "leaves"),
    [
        ("taken", False, FORWARD, True),
        ("taken", True, BACKWARD, True),
        ("taken", False, BACKWARD, False),
        ("", True, FORWARD, False),
    ],
)
def test_the_runner_s_console_is_left_alone_unless_a_stop_failed(
    phase: Phase, prompted: str, hand: bool, facing: Facing, leaves: bool
) -> None:
    before = replace(at(phase, facing=facing), prompted=prompted, by_hand=hand, alarmed_at_s=NOW_S)
    before = replace(before, row=1 if facing is BACKWARD else 0, run_at_s=NOW_S - 1, prompts=9)
    here = plan(forward(), backward(), forward(180.0, 4.0), machine=HERE)
    wish = wished(before, green=replace(guard(), prompted=prompted), here=here)
    assert (wish.phase, wish.target_kmh is None) == (phase, leaves and phase is Phase.RUN)
    assert not wish.scripted

"""Commands from the network: whatever comes, and whenever, the belt is only stopped, slowed or lowered by it."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from itertools import product
from typing import Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core import event as events
from coach.core import remote, say
from coach.core.cue import CueKind
from coach.core.event import Event, Key, LinkLost, Pressed, Remote, Verb
from coach.core.plan import Plan
from coach.core.progress import Answer
from coach.core.session import Outcome, Session, advance
from coach.core.target import HOLD_UP_S, aim
from coach.core.wish import ON_BELT, Phase
from coach.core.workout import Facing, HeartHold, HeartRange, HeartUnit, Segment, Target
from coach.sinks.canonical import text_of
from tests.core.build import (
    BACKWARD,
    FORWARD,
    START,
    STOP,
    Play,
    asked_kmh,
    backward,
    forward,
    forward_plan,
    plan,
    play,
    profile,
    rest,
    started,
    steps,
    to_the_rear,
    world,
)

SOON: Final = (Phase.SLOW, Phase.RAILS, Phase.STOPPING, Phase.READY, Phase.STARTING, Phase.STEP_ON, Phase.RAMP)
HILL: Final = plan(forward(600.0, 6.0), backward(60.0), forward(300.0, 4.0))
TINY: Final = 1e-6


def ask(made: Play, verb: Verb, text: str = "", ticket: int = 1) -> Outcome:
    """A command now."""
    return made.feed(Remote(made.at_s, verb, text, ticket))


def answered(made: Play) -> Answer:
    """What became of the last one."""
    answer = made.progress.answer
    assert answer is not None
    return answer


def aimed_kmh(made: Play) -> float:
    return aim(made.plan, made.progress, made.session.belt, made.at_s).kmh


def reached(phase: Phase) -> Play:
    """A session in this state, on the way to the rear where there is one."""
    if phase in SOON:
        return to_the_rear(phase)
    if phase is Phase.CONNECTING:
        return Play(plan())
    made = started()
    match phase:
        case Phase.RUN:
            return made.run(10.0)
        case Phase.PAUSED:
            made.press(Key.STOP)
            return made.until(Phase.PAUSED)
        case Phase.STOP_FAILED:
            made.follow(20)
            made.press(Key.STOP)
            return made.run(8.0, made.kmh)
        case Phase.ENDED:
            made.press(Key.QUIT)
            made.press(Key.QUIT)
            return made.until(Phase.ENDED)
        case _:
            raise AssertionError(phase)


REACHED: Final = (*SOON, Phase.CONNECTING, Phase.RUN, Phase.PAUSED, Phase.STOP_FAILED, Phase.ENDED)


# What there is.


def test_there_are_five_verbs_and_each_is_a_lesser_one() -> None:
    assert {verb.value for verb in Verb} == {"stop", "pause", "slower", "incline-down", "say"}


def test_a_command_carries_no_speed_no_incline_and_no_yes() -> None:
    assert {field.name: field.type for field in fields(Remote)} == {
        "at_s": "float",
        "verb": "Verb",
        "text": "str",
        "ticket": "int",
    }
    assert events.Remote in get_args(events.Event)


# The laws, in each state and for each verb.


@pytest.mark.parametrize(("phase", "verb"), list(product(REACHED, Verb)))
def test_no_state_is_made_faster_steeper_or_started_and_nothing_is_confirmed(phase: Phase, verb: Verb) -> None:
    made = reached(phase)
    before, kmh = made.progress, aimed_kmh(made)
    pct = aim(made.plan, before, made.session.belt, made.at_s).incline_pct
    outcome = ask(made, verb, "Dinner at seven.")
    after = made.progress
    assert START not in outcome.writes
    assert (after.starts, after.acknowledged, after.yes_at_s) == (before.starts, before.acknowledged, before.yes_at_s)
    assert (after.troubled, after.pressed_at_s) == (before.troubled, before.pressed_at_s)
    assert aimed_kmh(made) <= kmh + TINY
    assert aim(made.plan, after, made.session.belt, made.at_s).incline_pct <= max(pct, 0.0) + TINY
    assert after.trim_forward <= before.trim_forward
    assert after.trim_backward <= before.trim_backward
    assert after.row == before.row
    assert answered(made).ticket == 1


@pytest.mark.parametrize(("phase", "verb"), list(product(REACHED, (Verb.STOP, Verb.PAUSE))))
def test_a_stop_ends_on_a_belt_that_stands_from_everywhere(phase: Phase, verb: Verb) -> None:
    made = reached(phase)
    ask(made, verb)
    starts = made.written().count(START)
    if phase is Phase.STOP_FAILED:
        assert made.progress.phase is Phase.STOP_FAILED
        return
    if phase is not Phase.CONNECTING:
        made.follow(40)
        assert made.progress.phase in {Phase.PAUSED, Phase.ENDED}
    assert made.kmh == 0
    assert made.written().count(START) == starts


def test_a_stop_facing_the_rear_goes_down_in_steps_and_stops_at_creep() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(40)
    since_s = made.at_s
    assert made.progress.facing is BACKWARD
    ask(made, Verb.STOP)
    made.until(Phase.PAUSED)
    speeds = [kmh for kmh in map(asked_kmh, made.written(since_s)) if kmh is not None]
    assert speeds == sorted(speeds, reverse=True)
    assert speeds[-1] == pytest.approx(0.8)
    assert len(speeds) > 4
    assert STOP in made.written(since_s)
    assert made.progress.reason == "somebody stopped it over the network"
    assert made.progress.facing is Facing.UNKNOWN


def test_a_stop_facing_the_console_is_one_write_to_creep_and_then_stop() -> None:
    made = started()
    made.follow(30)
    since_s = made.at_s
    ask(made, Verb.PAUSE)
    made.until(Phase.PAUSED)
    assert [asked_kmh(value) for value in made.written(since_s) if asked_kmh(value)] == [pytest.approx(0.8)]
    assert made.progress.reason == "somebody paused it over the network"


def test_a_flood_of_stops_does_not_put_the_stop_off() -> None:
    quiet, flooded = started(), started()
    for made in (quiet, flooded):
        made.follow(30)
        ask(made, Verb.STOP)
    while quiet.at() is not Phase.PAUSED:
        quiet.follow(0.5)
        flooded.follow(0.5)
        for _ in range(20):
            ask(flooded, Verb.STOP)
    assert flooded.phase is Phase.PAUSED
    assert [value for _, value in flooded.writes] == [value for _, value in quiet.writes]


def test_a_flood_of_stops_writes_no_stop_more_where_the_machine_ignores_them() -> None:
    quiet, flooded = reached(Phase.STOP_FAILED), reached(Phase.STOP_FAILED)
    for _ in range(40):
        for _ in range(10):
            ask(flooded, Verb.STOP)
        quiet.run(0.5)
        flooded.run(0.5)
    assert flooded.writes == quiet.writes


def test_a_stop_while_the_end_is_under_way_does_not_make_a_pause_of_it() -> None:
    made = started()
    made.follow(20)
    made.press(Key.QUIT)
    made.press(Key.QUIT)
    ask(made, Verb.PAUSE)
    made.until(Phase.ENDED)


def test_a_stop_does_not_calm_an_alarm() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(40)
    made.feed(LinkLost(made.at_s))
    troubled, notes = made.progress.troubled, made.session.guard.notes
    ask(made, Verb.STOP)
    assert (made.progress.troubled, made.session.guard.notes) == (troubled, notes)
    before = len(made.said)
    for _ in range(20):
        made.tick(0.5)
    assert len([text for text in made.said[before:] if "Rails" in text]) >= 2


def test_only_the_person_goes_on_after_a_stop_from_the_network() -> None:
    made = started()
    made.follow(20)
    ask(made, Verb.STOP)
    made.until(Phase.PAUSED)
    starts = made.written().count(START)
    for verb in Verb:
        ask(made, verb, "Hello.")
        made.run(5)
    assert made.written().count(START) == starts
    made.yes()
    made.until(Phase.RUN)


def test_a_start_that_is_counted_down_is_cancelled() -> None:
    made = play(forward_plan())
    made.yes()
    assert made.phase is Phase.STARTING
    ask(made, Verb.STOP)
    made.run(20, 0.0)
    assert START not in made.written()


# Slower.


@pytest.mark.parametrize("facing", [FORWARD, BACKWARD])
def test_slower_is_one_step_of_the_machine_a_second(facing: Facing) -> None:
    made = started() if facing is FORWARD else to_the_rear(Phase.RUN)
    made.follow(50)
    assert made.progress.facing is facing
    before, since_s = aimed_kmh(made), made.at_s
    ask(made, Verb.SLOWER)
    assert answered(made).done
    assert aimed_kmh(made) == pytest.approx(before - 0.1, abs=1e-6)
    ask(made, Verb.SLOWER)
    assert answered(made) == Answer(1, done=False, why="too soon after the last one")
    assert aimed_kmh(made) == pytest.approx(before - 0.1, abs=1e-6)
    made.follow(1.0)
    ask(made, Verb.SLOWER)
    made.follow(3.0)
    assert [asked_kmh(value) for value in made.written(since_s)][-1] == pytest.approx(before - 0.2)


def test_slower_works_on_a_bridge_too() -> None:
    made = Play(plan(forward(70.0, 6.5), backward(), forward(180.0, 4.0))).connect()
    made.yes()
    made.until(Phase.RUN).until(Phase.BRIDGE).follow(15.0)
    for done in (True, False):  # once a second
        ask(made, Verb.SLOWER)
        assert answered(made).done is done
    made.follow(2.0)
    assert made.session.guard.set_kmh == pytest.approx(3.9)
    for _ in range(34):
        ask(made, Verb.SLOWER)
        made.follow(1.0)
    assert (answered(made).done, answered(made).why) == (False, remote.LOWEST)
    assert made.progress.console_kmh == pytest.approx(made.session.belt.creep_kmh)


def test_slower_never_goes_under_creep() -> None:
    made = started(plan(forward(900.0, 1.5), backward(60.0, 1.0), forward(200.0, 4.0)))
    for _ in range(30):
        made.follow(1.5)
        ask(made, Verb.SLOWER)
    assert answered(made).why == remote.LOWEST
    assert aimed_kmh(made) >= 0.8 - TINY
    assert made.phase is Phase.RUN


def test_slower_stays_for_this_facing_as_the_runners_own_key_does() -> None:
    by_key, by_network = started(HILL), started(HILL)
    for made in (by_key, by_network):
        made.follow(30)
    by_key.press(Key.SLOWER)
    ask(by_network, Verb.SLOWER)
    assert by_network.progress.trim_forward == pytest.approx(by_key.progress.trim_forward)


def test_slower_starts_from_what_safety_lets_through() -> None:
    """Facing the rear without a strap the cap is lower than what is written: the first step is felt."""
    made = to_the_rear(Phase.RUN, plan(forward(120.0), backward(120.0, 4.5), forward(180.0, 4.0)))
    made.follow(60)
    asked = made.session.control.sent.target_kmh
    assert asked is not None
    assert asked < aimed_kmh(made)
    ask(made, Verb.SLOWER)
    assert answered(made).done
    assert aimed_kmh(made) == pytest.approx(asked - 0.1)


@pytest.mark.parametrize("phase", [phase for phase in REACHED if phase is not Phase.RUN])
@pytest.mark.parametrize("verb", [Verb.SLOWER, Verb.INCLINE_DOWN, Verb.SAY])
def test_outside_a_running_part_nothing_but_a_stop_is_obeyed(phase: Phase, verb: Verb) -> None:
    made = reached(phase)
    before = len(made.said)
    outcome = ask(made, verb, "Dinner at seven.")
    assert not answered(made).done
    assert answered(made).why
    assert not outcome.writes
    assert made.said[before:] == []


# Incline and words: only facing the console.


def test_incline_down_is_half_a_percent_and_never_a_decline() -> None:
    made = started(HILL)
    made.follow(20)
    for _ in range(2):
        made.press(Key.STEEPER)
    levels = []
    for _ in range(4):
        made.follow(2)
        ask(made, Verb.INCLINE_DOWN)
        levels.append(aim(made.plan, made.progress, made.session.belt, made.at_s).incline_pct)
    assert levels == [0.5, 0.0, 0.0, 0.0]
    assert answered(made).why == remote.FLAT


@pytest.mark.parametrize("verb", [Verb.INCLINE_DOWN, Verb.SAY])
def test_facing_the_rear_nobody_changes_the_incline_or_speaks(verb: Verb) -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(20)
    before = len(made.said)
    ask(made, verb, "Dinner at seven.")
    assert answered(made).why == remote.REAR
    assert made.said[before:] == []


def test_a_message_is_said_as_one_and_seldom() -> None:
    made = started(HILL)
    made.follow(20)
    outcome = ask(made, Verb.SAY, "  Dinner   at seven. ")
    assert [(cue.kind, cue.text) for cue in outcome.cues] == [(CueKind.SAY, "Message: Dinner at seven.")]
    made.follow(29.5)
    assert ask(made, Verb.SAY, "Tea?").cues == ()
    assert answered(made).why == remote.AGAIN
    made.follow(0.5)
    assert [cue.text for cue in ask(made, Verb.SAY, "Tea?").cues] == ["Message: Tea?"]


@pytest.mark.parametrize(
    "text",
    [
        "Stop",
        "please STOP now",
        "Step on. Hold the rails.",
        "s t o p",
        "S.T.E.P",
        "ｓｔｏｐ",
        "face the rear",
        "Faster!",
        "stop/go",
        "Press when ready",
    ],
)
def test_a_message_with_a_word_that_coach_commands_with_is_not_said(text: str) -> None:
    made = started(HILL)
    made.follow(20)
    assert ask(made, Verb.SAY, text).cues == ()
    assert answered(made).why.startswith("a message must not command: ")


@pytest.mark.parametrize("text", ["", "   ", "a" * 81, "ring\x07bell", "two\x00", "\ud800", "‮abc"])
def test_a_message_that_cannot_be_read_aloud_is_not_said(text: str) -> None:
    made = started(HILL)
    made.follow(20)
    assert ask(made, Verb.SAY, text).cues == ()
    assert answered(made).why == remote.WORDLESS


def test_a_message_keeps_quiet_where_a_turn_is_near() -> None:
    made = started(plan(forward(120.0), backward(60.0), forward(200.0, 4.0)))
    while made.progress.left_s(made.plan, made.session.belt, made.at_s) > 34:
        made.follow(0.5)
    ask(made, Verb.SAY, "Tea?")
    assert answered(made).why == remote.TURN_NEAR


# Drawn at random, among everything else that happens.

_commands = st.tuples(st.sampled_from(Verb), st.sampled_from(("", "Tea?", "Stop", "x" * 200)), st.floats(0.0, 3.0))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(REACHED), st.lists(_commands, max_size=25))
def test_whatever_is_asked_nothing_is_started_and_no_set_point_rises_because_of_it(
    phase: Phase, asked: list[tuple[Verb, str, float]]
) -> None:
    """Each command is folded beside a tick of the same instant: what it changes is never more than nothing."""
    made = reached(phase)
    for number, (verb, text, gap_s) in enumerate(asked):
        made.follow(gap_s)
        told, quiet = _both(made.plan, made.session, Remote(made.at_s, verb, text, number))
        assert told[0].wish.start == quiet[0].wish.start
        assert told[0].progress.acknowledged == quiet[0].progress.acknowledged
        if told[0].progress.phase in ON_BELT and quiet[0].wish.target_kmh is not None:
            assert (told[0].wish.target_kmh or 0.0) <= quiet[0].wish.target_kmh + TINY
        speeds = [kmh for kmh in map(asked_kmh, told[1].writes) if kmh is not None]
        held = made.session.control.sent.target_kmh
        may_kmh = max([kmh for kmh in map(asked_kmh, quiet[1].writes) if kmh is not None], default=held or 0.0)
        assert all(kmh <= may_kmh + TINY for kmh in speeds)
        made.feed(Remote(made.at_s, verb, text, number))
        assert answered(made).ticket == number


def _both(here: Plan, session: Session, event: Remote) -> tuple[tuple[Session, Outcome], tuple[Session, Outcome]]:
    quiet: Event = Pressed(event.at_s, Key.HELP)
    return advance(here, session, event), advance(here, session, quiet)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("every_s", [0.3, 7.0])
def test_a_whole_session_under_a_rain_of_commands_is_never_faster_than_without(verb: Verb, every_s: float) -> None:
    """The true belt of a simulated session, with its virtual runner; what stops is gone on with, by him alone."""
    calm = max(step.true_kmh for step in steps(world(presses=()))) if verb not in {Verb.STOP, Verb.PAUSE} else 6.0
    made = world()
    for number in range(1, int(200 / every_s)):
        made.happen(Remote(number * every_s, verb, "Tea?", number))
    starts, yes = 0, 0
    for step in steps(made):
        assert step.true_kmh <= calm + TINY
        rear = step.session.progress.facing.rear
        assert not rear or step.true_kmh <= 3.0 + 0.3
        starts += START in step.outcome.writes
        yes += step.session.progress.acknowledged > step.before.progress.acknowledged
    assert starts <= yes


def test_a_virtual_runner_does_not_go_on_after_a_stop_from_the_network() -> None:
    made = world()
    made.happen(Remote(60.0, Verb.STOP))
    played = list(steps(made))
    assert played[-1].session.progress.ended == "stopped"
    assert sum(START in step.outcome.writes for step in played) == 1


def test_a_session_without_the_network_has_the_digest_that_it_always_had() -> None:
    made = started()
    assert not {"messaged_at_s", "ticket"} & set(re.findall(r"\w+", text_of(made.session)))
    ask(made, Verb.SAY, "Tea?")
    assert {"messaged_at_s", "ticket"} <= set(re.findall(r"\w+", text_of(made.session)))


# A machine that takes no speeds: the runner on it cannot be what a stop waits for.


def by_hand(*segments: Segment) -> Play:
    """A session in which the runner sets the speed at the console, under way in its first row."""
    made = Play(plan(*(segments or (forward(60.0),)), machine=profile(speed_control=False))).connect()
    made.yes()
    made.run(3.0, 0.0).run(4.0, 0.8)
    made.run(6.0)
    assert made.at() is Phase.RUN
    return made.run(20.0, 6.0)


@pytest.mark.parametrize("verb", [Verb.STOP, Verb.PAUSE])
def test_a_stop_is_written_at_once_where_the_runner_sets_the_speed(verb: Verb) -> None:
    made = by_hand()
    outcome = ask(made, verb)
    assert outcome.writes == (STOP,)
    assert say.PRESS_STOP in [cue.text for cue in outcome.cues]
    made.run(2.0, 4.0).run(14.0, 0.0)
    assert made.phase is Phase.PAUSED


def test_a_stop_is_written_at_once_where_the_runner_was_asked_to_stop_for_a_rest() -> None:
    made = by_hand(forward(60.0), rest(), forward(60.0))
    made.run(60.0)
    assert made.at() is Phase.SLOW
    assert ask(made, Verb.STOP).writes == (STOP,)
    made.run(2.0, 4.0).run(14.0, 0.0)
    assert made.phase is Phase.PAUSED


def test_a_stop_is_written_at_once_where_the_runner_was_asked_to_stop_at_the_end() -> None:
    made = by_hand()
    made.run(60.0)
    assert made.at() is Phase.SLOW
    assert ask(made, Verb.STOP).writes == (STOP,)
    made.run(2.0, 4.0).run(14.0, 0.0)
    assert made.progress.ended == "finished"


# A turn that is under way.


@pytest.mark.parametrize("verb", [Verb.STOP, Verb.PAUSE])
def test_after_a_stop_in_a_turn_nobody_knows_which_way_the_runner_faces(verb: Verb) -> None:
    made = to_the_rear(Phase.SLOW)
    ask(made, verb)
    made.until(Phase.STOPPING)
    made.until(Phase.PAUSED)
    assert made.progress.facing is Facing.UNKNOWN


# Slower, where something else slows the belt down as well.


def held_by_the_heart() -> Play:
    """The heart leads the belt between 3 and 6 km/h."""
    band = HeartHold(HeartRange(140, 150, HeartUnit.BPM), 3.0, 6.0)
    segment = replace(forward(900.0, 6.0), heart=band)
    made = started(plan(segment))
    made.bpm = 145
    return made.follow(60.0)


@pytest.mark.parametrize("bpm", [None, 180], ids=["lost", "too fast"])
def test_slower_never_keeps_the_heart_from_slowing_the_belt_down(bpm: int | None) -> None:
    quiet, asked = held_by_the_heart(), held_by_the_heart()
    for made in (quiet, asked):
        made.bpm = bpm
    for _ in range(30):
        for made in (quiet, asked):
            made.follow(10.0)
        assert aimed_kmh(asked) <= aimed_kmh(quiet) + TINY
        ask(asked, Verb.SLOWER)
    assert aimed_kmh(quiet) == pytest.approx(3.0)


def test_what_was_made_slower_is_not_made_faster_by_a_slow_heart_at_once() -> None:
    made = held_by_the_heart()
    made.bpm = 100
    made.follow(HOLD_UP_S * 3)
    before_kmh = aimed_kmh(made)
    ask(made, Verb.SLOWER)
    made.follow(HOLD_UP_S - 1.0)
    assert aimed_kmh(made) < before_kmh


def test_slower_while_the_belt_rises_to_a_new_part_is_a_step_and_no_more() -> None:
    made = started(plan(forward(60.0, 3.0), forward(600.0, 10.0)))
    while made.progress.row == 0:
        made.follow(0.5)
    for _ in range(3):
        before_kmh = aimed_kmh(made)
        ask(made, Verb.SLOWER)
        assert answered(made).done
        assert before_kmh - 0.2 <= aimed_kmh(made) < before_kmh
        made.follow(1.0)


# Incline.


def test_the_incline_of_a_ramp_never_becomes_a_decline() -> None:
    hill = replace(forward(120.0), target=Target(6.0, incline_pct=4.0, end_incline_pct=1.0))
    made = started(plan(hill))
    for _ in range(110):
        made.follow(1.0)
        ask(made, Verb.INCLINE_DOWN)
        assert aim(made.plan, made.progress, made.session.belt, made.at_s).incline_pct >= -TINY
        if made.progress.phase is not Phase.RUN:
            break


def test_a_treadmill_without_an_incline_says_that_it_has_none() -> None:
    hill = replace(forward(120.0), target=Target(6.0, incline_pct=4.0))
    made = started(plan(hill, machine=profile(incline_control=False)))
    ask(made, Verb.INCLINE_DOWN)
    assert answered(made) == Answer(1, done=False, why=remote.NO_INCLINE)


# Words.


def test_nobody_speaks_while_something_is_wrong() -> None:
    made = started(HILL)
    made.follow(20)
    made.feed(LinkLost(made.at_s))
    assert made.phase is Phase.RUN
    assert ask(made, Verb.SAY, "All is well.").cues == ()
    assert answered(made).why == remote.NOT_NOW


@pytest.mark.parametrize("text", ["st-op now", "s-top", "stóp", "sto\u0336p", "get off", "turn_around"])
def test_a_command_that_is_cut_up_or_decorated_is_one(text: str) -> None:
    assert remote.commands(text)


@pytest.mark.parametrize(
    "text", ["[[volm 0]] hello", "[[slnc 600000]]", "<break time='1h'/>", "{x}", "a \\!br", "`id`"]
)
def test_a_message_that_a_voice_would_read_as_orders_is_not_said(text: str) -> None:
    made = started(HILL)
    made.follow(20)
    assert ask(made, Verb.SAY, text).cues == ()
    assert answered(made).why == remote.WORDLESS

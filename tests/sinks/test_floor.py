from __future__ import annotations

from math import inf, nextafter

import pytest

from coach.core.cue import CueKind
from coach.sinks.floor import MANNERS, MOST_WAITING, Floor, Utterance

CHAT = {CueKind.SAY, CueKind.TIME, CueKind.FORM}


def said(kind: CueKind, due_s: float = 0.0, text: str = "Words.") -> Utterance:
    """An utterance without a tone."""
    return Utterance(kind, None, text, due_s)


def speaking(one: Utterance) -> Floor:
    """A floor on which this sounds."""
    floor = Floor()
    floor.ask(one)
    assert floor.next(one.due_s) == one
    return floor


@pytest.mark.parametrize("kind", CueKind)
def test_on_a_free_floor_everybody_speaks_at_once(kind: CueKind) -> None:
    floor = Floor()
    assert not floor.ask(said(kind))
    assert floor.next(0.0) == said(kind)


@pytest.mark.parametrize("kind", CueKind)
def test_nobody_speaks_before_the_instant(kind: CueKind) -> None:
    floor = Floor()
    floor.ask(said(kind, 5.0))
    assert floor.next(nextafter(5.0, 0.0)) is None
    assert floor.due_s() == 5.0
    assert floor.next(5.0) == said(kind, 5.0)
    assert floor.due_s() == inf


@pytest.mark.parametrize("kind", [kind for kind in CueKind if MANNERS[kind].patience_s < inf])
def test_who_would_be_too_late_does_not_speak(kind: CueKind) -> None:
    patience_s = MANNERS[kind].patience_s
    on_time, late = Floor(), Floor()
    for floor in (on_time, late):
        floor.ask(said(kind))
    assert on_time.next(patience_s) is not None
    assert late.next(nextafter(patience_s, inf)) is None
    assert late.dropped == 1


def test_a_question_is_said_however_late() -> None:
    floor = speaking(said(CueKind.ALARM))
    floor.ask(said(CueKind.QUESTION, 1.0))
    floor.over()
    assert floor.next(1000.0) == said(CueKind.QUESTION, 1.0)


@pytest.mark.parametrize("other", [kind for kind in CueKind if kind is not CueKind.ALARM])
def test_an_alarm_cuts_everything_and_nothing_cuts_an_alarm(other: CueKind) -> None:
    assert speaking(said(other)).ask(said(CueKind.ALARM, 1.0))
    assert not speaking(said(CueKind.ALARM)).ask(said(other, 1.0))


def test_an_alarm_is_cut_by_a_newer_one_with_other_words_only() -> None:
    now = said(CueKind.ALARM, text="Connection lost.")
    assert speaking(now).ask(said(CueKind.ALARM, 3.0, "Belt moving."))
    assert not speaking(now).ask(said(CueKind.ALARM, 3.0, "Connection lost.")), "its repeat lets it end"
    assert not speaking(now).ask(said(CueKind.ALARM, 0.0, "Belt moving.")), "the worst of one step was first"
    assert not speaking(now).ask(said(CueKind.ALARM, 3.0, "")), "a bare tone says less"


def test_of_the_same_alarm_one_waits_at_most() -> None:
    floor = speaking(said(CueKind.ALARM))
    for at_s in (1.0, 2.0, 3.0):
        floor.ask(said(CueKind.ALARM, at_s))
    floor.over()
    assert floor.next(3.0) == said(CueKind.ALARM, 3.0)
    floor.over()
    assert floor.next(3.0) is None


@pytest.mark.parametrize("other", [kind for kind in CueKind if kind is not CueKind.ALARM])
def test_a_state_of_the_turn_cuts_all_but_alarms(other: CueKind) -> None:
    assert speaking(said(other)).ask(said(CueKind.TURN, 1.0, "Slowing. Hold the rails."))


def test_a_new_state_takes_the_place_of_the_words_of_the_old_one() -> None:
    floor = speaking(said(CueKind.ALARM))
    floor.ask(said(CueKind.TURN, 1.0, "Slowing. Hold the rails."))
    floor.ask(said(CueKind.QUESTION, 1.5, "Press when ready."))
    floor.ask(said(CueKind.TURN, 2.0, "Hold both rails. Belt stops."))
    floor.over()
    assert floor.next(2.0) == said(CueKind.TURN, 2.0, "Hold both rails. Belt stops.")
    floor.over()
    assert floor.next(2.0) is None


def test_a_question_waits_for_the_words_of_its_state() -> None:
    floor = speaking(said(CueKind.TURN))
    assert not floor.ask(said(CueKind.QUESTION, 0.0))
    floor.over()
    assert floor.next(3.0) is not None


@pytest.mark.parametrize("other", sorted(CHAT))
def test_a_count_cuts_talk_and_never_queues_behind_it(other: CueKind) -> None:
    assert speaking(said(other)).ask(said(CueKind.COUNT, 1.0, "Three."))


@pytest.mark.parametrize("other", sorted(CHAT))
def test_talk_that_still_waits_when_the_countdown_begins_is_not_said(other: CueKind) -> None:
    floor = speaking(said(CueKind.TURN, text="Ten. Hold the rails."))
    floor.ask(said(other, 0.0))
    floor.ask(said(CueKind.COUNT, 1.0, "Five."))
    floor.over()
    assert floor.next(1.0) == said(CueKind.COUNT, 1.0, "Five.")
    floor.over()
    assert floor.next(1.5) is None


@pytest.mark.parametrize("other", [CueKind.ALARM, CueKind.TURN, CueKind.QUESTION, CueKind.NOTICE])
def test_a_count_that_cannot_be_on_time_is_not_said(other: CueKind) -> None:
    floor = speaking(said(other))
    assert not floor.ask(said(CueKind.COUNT, 1.0, "Three."))
    floor.over()
    assert floor.next(1.4) is None


@pytest.mark.parametrize("kind", sorted(CHAT))
@pytest.mark.parametrize("other", CueKind)
def test_talk_cuts_nobody(kind: CueKind, other: CueKind) -> None:
    assert not speaking(said(other)).ask(said(kind, 1.0))


def test_of_what_came_at_once_the_most_urgent_is_first() -> None:
    floor, order = Floor(), []
    for kind in reversed(CueKind):
        floor.ask(said(kind))
    while (one := floor.next(0.0)) is not None:
        order.append(one.kind)
        floor.over()
    assert len(order) == len(CueKind)
    assert [MANNERS[kind].rank for kind in order] == sorted(MANNERS[kind].rank for kind in CueKind)
    assert order[:3] == [CueKind.ALARM, CueKind.TURN, CueKind.QUESTION]


def test_the_worst_of_two_alarms_of_one_step_is_first_and_the_other_follows() -> None:
    floor = Floor()
    floor.ask(said(CueKind.ALARM, 0.0, "Worst."))
    floor.ask(said(CueKind.ALARM, 0.0, "Bad."))
    assert floor.next(0.0) == said(CueKind.ALARM, 0.0, "Worst.")
    floor.over()
    assert floor.next(1.0) == said(CueKind.ALARM, 0.0, "Bad.")


def test_the_crowd_that_waits_is_bounded_and_the_least_urgent_go() -> None:
    floor = speaking(said(CueKind.ALARM))
    for at in range(MOST_WAITING + 3):
        floor.ask(said(CueKind.FORM, 1.0, str(at)))
    floor.ask(said(CueKind.QUESTION, 1.0))
    floor.over()
    assert floor.dropped == 4
    assert floor.next(1.0) == said(CueKind.QUESTION, 1.0)


def test_whoever_is_silenced_does_not_speak_later() -> None:
    floor = speaking(said(CueKind.ALARM))
    floor.ask(said(CueKind.QUESTION))
    floor.clear()
    floor.over()
    assert floor.next(0.0) is None


def test_while_somebody_speaks_nobody_else_gets_the_floor() -> None:
    floor = speaking(said(CueKind.FORM))
    floor.ask(said(CueKind.ALARM))
    assert floor.next(0.0) is None
    assert floor.speaking == said(CueKind.FORM)


def test_nothing_is_said_twice() -> None:
    floor = speaking(said(CueKind.QUESTION))
    floor.over()
    assert floor.next(0.0) is None
    assert floor.speaking is None


@pytest.mark.parametrize("kind", [CueKind.TURN, CueKind.QUESTION])
def test_of_one_instant_the_first_is_not_cut_by_the_second(kind: CueKind) -> None:
    assert not speaking(said(kind, 1.0, "One.")).ask(said(kind, 1.0, "Other."))
    assert speaking(said(kind, 1.0, "One.")).ask(said(kind, nextafter(1.0, inf), "Other."))

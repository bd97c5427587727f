"""The board as a fold: order, what is old, all stops, bounds, and that nothing hostile raises."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.network.board import (
    ALL_STOP_S,
    ANSWER_S,
    COACH_GONE,
    COACH_SILENT,
    LARGEST,
    LOST_S,
    MOST,
    NO_LINK,
    RECENT_S,
    SILENT_S,
    Board,
    Group,
    Reach,
    Row,
    Stopped,
    clean,
)
from coach.network.payload import Faces
from coach.seen.board import FACES, MARKS, PHASES, STOPS, cells, counts, lines, stop_words, told
from coach.seen.units import Units
from tests.network.board_build import ack, command, idle, offline, online, rear, sample, state, topic, tripped

ALL = "coach/all/cmd/stop"


def board(*messages: tuple[str, bytes], at_s: float = 0.0) -> Board:
    made = Board()
    take(made, *messages, at_s=at_s)
    return made


def take(to: Board, *messages: tuple[str, bytes], at_s: float = 0.0) -> None:
    for where, payload in messages:
        to.take(where, payload, at_s)


def row(of: Board, device: str = "one", at_s: float = 0.0) -> Row:
    (found,) = [one for one in of.rows(at_s) if one.device == device]
    return found


def names(rows: Iterable[Row]) -> list[str]:
    return [one.device for one in rows]


def test_trips_come_first_then_the_rear_then_running_then_idle_then_offline() -> None:
    made = board(
        (topic("f"), idle()),
        (topic("e"), idle()),
        (topic("gone", "status"), offline()),
        (topic("run-10"), state()),
        (topic("run-9"), state()),
        (topic("turning"), state(facing=Faces.NOT_SAID, phase="slow")),
        (topic("rear"), rear()),
        (topic("trip"), state(phase="stop-failed")),
    )
    assert names(made.rows(0.0)) == ["trip", "rear", "turning", "run-9", "run-10", "e", "f", "gone"]


def test_a_row_holds_what_the_treadmill_says() -> None:
    assert row(board((topic("one"), state(simulated=True)))) == Row(
        "one",
        Group.RUNNING,
        Reach.ONLINE,
        0.0,
        running=True,
        faces=Faces.CONSOLE,
        phase="run",
        segment="forward 2 min at 8.5 km/h",
        speed_kmh=8.4,
        heart_bpm=142,
        zone=3,
        left_s=754.0,
        link=True,
        strap=True,
        simulated=True,
    )


def test_a_sample_is_newer_than_the_state_before_it_and_older_than_the_one_after() -> None:
    made = board((topic("one"), state(speed_kmh=8.0)), (topic("one", "sample"), sample(speed_kmh=9.0)))
    assert row(made).speed_kmh == 9.0
    take(made, (topic("one"), state(speed_kmh=5.0)))
    assert row(made).speed_kmh == 5.0


@pytest.mark.parametrize("phase", ["belt-moves", "stop-failed", "key"])
def test_a_state_of_alarm_is_on_top(phase: str) -> None:
    assert row(board((topic("one"), state(phase=phase)))).group is Group.ALARM


@pytest.mark.parametrize(
    ("trip", "facing", "grave"),
    [
        (Trip.STOP_IGNORED, Faces.CONSOLE, True),
        (Trip.OVER_CAP, Faces.REAR, True),
        (Trip.OVER_CAP, Faces.CONSOLE, False),
        (Trip.HEART_MISSING, Faces.REAR, False),
        (Trip.QUIET, Faces.REAR, False),
        ("invented-later", Faces.CONSOLE, True),
    ],
)
def test_a_trip_that_acts_is_an_alarm_and_a_milder_one_a_note(trip: str, facing: Faces, grave: bool) -> None:
    found = row(board((topic("one"), state(trips=(trip,), facing=facing))))
    assert bool(found.alarms) is grave
    assert bool(found.notes) is not grave


def test_a_trip_that_is_over_stays_on_top_for_a_while() -> None:
    made = board((topic("one"), state()), (topic("one", "event"), tripped("key")))
    assert row(made).alarms == ("the safety key was pulled",)
    take(made, (topic("one"), state()), at_s=RECENT_S)
    assert row(made, at_s=RECENT_S).group is Group.RUNNING


def test_a_belt_without_its_link_is_an_alarm_while_it_runs() -> None:
    assert row(board((topic("one"), state(link=False)))).alarms == (NO_LINK,)
    assert row(board((topic("one"), idle(link=False)))).alarms == ()


def test_a_treadmill_that_says_nothing_is_silent_and_its_numbers_are_gone() -> None:
    made = board((topic("one", "status"), online()), (topic("one"), idle()))
    assert row(made, at_s=SILENT_S).reach is Reach.ONLINE
    assert row(made, at_s=SILENT_S + 0.1).reach is Reach.SILENT
    made = board((topic("one"), state()))
    late = row(made, at_s=SILENT_S + 0.1)
    assert (late.group, late.alarms, late.speed_kmh, late.link) == (Group.ALARM, (COACH_SILENT,), None, False)


def test_while_the_board_has_no_connection_nobody_grows_silent_for_that() -> None:
    made = board((topic("one", "status"), online()), (topic("one"), state()))
    made.linked(1.0, on=False)
    made.linked(50.0, on=False)
    assert row(made, at_s=100.0).reach is Reach.ONLINE
    made.linked(100.0, on=True)
    assert row(made, at_s=100.0 + SILENT_S - 1.0).reach is Reach.ONLINE
    assert row(made, at_s=100.0 + SILENT_S).alarms == (COACH_SILENT,)
    take(made, (topic("one", "status"), offline()), at_s=100.0)  # it may have ended in order
    assert row(made, at_s=100.0).group is Group.OFFLINE


def test_a_status_alone_says_whether_the_belt_moves() -> None:
    made = board((topic("one", "status"), online()))
    found = row(made)
    assert (found.group, found.running, found.faces, found.simulated) == (Group.RUNNING, True, Faces.CONSOLE, None)
    assert row(made, at_s=SILENT_S + 1).alarms == (COACH_SILENT,)


def test_a_coach_that_goes_before_our_eyes_while_the_belt_moves_is_on_top_for_five_minutes() -> None:
    made = board((topic("one", "status"), online()), (topic("one"), state()), (topic("one", "status"), offline()))
    found = row(made)
    assert (found.reach, found.group, found.alarms) == (Reach.OFFLINE, Group.ALARM, (COACH_GONE,))
    assert row(made, at_s=LOST_S).group is Group.OFFLINE
    take(made, (topic("one", "status"), online()), (topic("one"), state()))
    assert row(made).group is Group.RUNNING


@pytest.mark.parametrize("first", ["status", "state"])
def test_what_a_broker_kept_of_a_coach_that_has_gone_is_no_running_belt(first: str) -> None:
    kept = [(topic("one", "status"), offline()), (topic("one"), rear())]
    found = row(board(*(kept if first == "status" else reversed(kept))))
    assert (found.group, found.running, found.faces, found.speed_kmh) == (Group.OFFLINE, False, Faces.IDLE, None)


def test_a_treadmill_that_was_forgotten_leaves() -> None:
    made = board((topic("one"), state()), (topic("one", "status"), b""))
    assert made.rows(0.0) == ()


def test_an_all_stop_is_followed_for_each_belt_that_moved() -> None:
    made = board(*((topic(name), state()) for name in ("a", "b", "c", "d")), (topic("idle"), idle()))
    made.asked("x", 0.0)
    take(made, (ALL, command("x")), (topic("a", "ack"), ack("x")), (topic("b", "ack"), ack("x")))
    take(made, (topic("b"), state(running=False, phase="paused")))
    take(made, (topic("c", "ack"), ack("x", accepted=False, why="no session\x1b[2J")), (topic("d", "ack"), ack("y")))
    became = {one.device: one.all_stop for one in made.rows(ANSWER_S)}
    assert became == {
        "a": Stopped.STOPPING,
        "b": Stopped.STOPPED,
        "c": Stopped.REFUSED,
        "d": Stopped.WAITING,
        "idle": None,
    }
    assert row(made, "c").why == "no session [2J"
    assert row(made, "d", ANSWER_S + 0.1).all_stop is Stopped.NO_ANSWER
    assert made.all_stop is not None
    assert stop_words(made.all_stop, made.rows(4.0), 4.0)[0] == (
        "ALL STOP 4 s ago: 1 of 4 stopped, 1 stopping, 1 REFUSED, 1 WITHOUT AN ANSWER (d).",
        "on-alarm",
    )


def test_an_all_stop_that_the_broker_does_not_hand_back_is_told() -> None:
    made = board((topic("a"), state()))
    made.asked("x", 0.0)
    assert made.all_stop is not None
    assert "NOT PASSED IT ON" not in stop_words(made.all_stop, made.rows(1.0), 1.0)[0][0]
    assert "NOT PASSED IT ON" in stop_words(made.all_stop, made.rows(2.0), 2.0)[0][0]
    take(made, (ALL, command("x")), at_s=2.0)
    assert "NOT PASSED IT ON" not in stop_words(made.all_stop, made.rows(2.0), 2.0)[0][0]


@pytest.mark.parametrize("payload", [b"", b"PRESS", b"{}", command("other")])
def test_an_all_stop_of_somebody_else_is_shown_too(payload: bytes) -> None:
    made = board((topic("a"), state()), (ALL, payload))
    assert made.all_stop is not None
    take(made, (ALL, payload), at_s=0.5)
    assert "sent from elsewhere" in stop_words(made.all_stop, made.rows(1.0), 1.0)[0][0]
    assert row(made, "a").all_stop is Stopped.WAITING


@pytest.mark.parametrize("status", [True, False], ids=["it was seen online", "it was not"])
def test_a_coach_that_dies_after_an_all_stop_has_not_answered_and_one_that_ends_has_stopped(*, status: bool) -> None:
    before = [(topic(name, "status"), online()) for name in "ab"] if status else []
    made = board(*before, *((topic(name), state()) for name in "ab"))
    made.asked("x", 0.0)
    take(made, (topic("a", "ack"), ack("x")), (topic("a", "status"), offline()))
    take(made, (topic("b"), idle()), (topic("b", "status"), offline()))
    assert [row(made, name).all_stop for name in "ab"] == [Stopped.NO_ANSWER, Stopped.STOPPED]


def test_a_belt_that_has_stopped_and_is_started_again_by_its_runner_has_stopped() -> None:
    made = board((topic("a"), state()))
    made.asked("x", 0.0)
    take(made, (topic("a"), state(running=False, phase="paused")), (topic("a"), state()))
    assert row(made, "a", ANSWER_S + 1).all_stop is Stopped.STOPPED
    assert cells(row(made, "a"), Units.KMH)[2] == ("running", "text")
    made.asked("y", 5.0)
    assert row(made, "a", 5.0).all_stop is Stopped.WAITING


def test_an_all_stop_is_shown_for_two_minutes() -> None:
    made = board((topic("a"), state()))
    made.asked("x", 0.0)
    assert row(made, "a", ALL_STOP_S).all_stop is not None
    assert row(made, "a", ALL_STOP_S + 1).all_stop is None


def test_more_treadmills_than_there_is_room_for_forget_the_oldest_and_those_offline_first() -> None:
    made = board((topic("off"), idle()), (topic("off", "status"), offline()), at_s=9.0)
    for number in range(MOST):
        made.take(topic(f"t{number}"), state(), float(number) / MOST)
    assert len(made.rows(1.0)) == MOST
    assert "off" not in names(made.rows(1.0))
    made.take(topic("last"), state(), 1.0)
    assert "t0" not in names(made.rows(1.0))
    assert "last" in names(made.rows(1.0))


HOSTILE = [
    b"",
    b"\xff\xfe\x00",
    b"null",
    b"[" * 100_000,
    b'{"schema": 1}',
    b'{"schema": 2, "status": "online"}',
    state() + b"}",
    json.dumps({**json.loads(state()), "speed_kmh": 1e308}).encode(),
    state().replace(b"8.4", b"NaN"),
    b"x" * (LARGEST + 1),
]


@pytest.mark.parametrize("leaf", ["status", "state", "sample", "event", "ack", "workout", "cmd/stop", "../state", ""])
@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_payloads_change_nothing(leaf: str, payload: bytes) -> None:
    made = board((topic("one"), state()))
    before = row(made)
    take(made, (f"coach/one/{leaf}", payload))
    take(made, (f"coach/new/{leaf}", payload))
    if not (leaf == "status" and not payload):
        assert made.rows(0.0) == (before,)


@pytest.mark.parametrize("device", ["all", "a b", "\x1b[2J", "é", "x" * 65, "+", "#", ""])
def test_a_name_that_is_none_is_not_listed(device: str) -> None:
    assert board((topic(device), state())).rows(0.0) == ()


@given(st.text(), st.binary(max_size=200), st.floats(0, 1e6))
def test_nothing_that_arrives_raises(where: str, payload: bytes, at_s: float) -> None:
    made = board((topic("one"), state()))
    for leaf in ("status", "state", "sample", "event", "ack", where):
        made.take(f"coach/one/{leaf}", payload, at_s)
    made.take(where, payload, at_s)
    made.take(ALL, payload, at_s)
    assert lines(made.rows(at_s), Units.KMH)


def test_a_text_of_somebody_else_cannot_steer_the_terminal() -> None:
    evil = "\x1b]0;x\x07\n\u202eback\u2066\u0000 " + "y" * 100
    found = board((topic("one"), state(segment=evil, phase="\x1b[31m", trips=("\x9b31m-x",))))
    text = "\n".join([*lines(found.rows(0.0), Units.KMH), told(row(found), Units.KMH)])
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    assert clean(evil).startswith("]0;x back")


# The words.


def test_every_state_has_a_word() -> None:
    assert set(PHASES) == {*(phase.value for phase in Phase if phase is not Phase.ENDED), "idle"}
    assert set(FACES) == set(Faces)
    assert set(MARKS) == set(Group)
    assert set(STOPS) == set(Stopped)


def test_marks_and_words_tell_without_colour() -> None:
    assert len({mark for mark, _ in MARKS.values()}) == len(Group)
    assert len({text for text, _ in FACES.values()}) == len(Faces)
    found = cells(row(board((topic("one"), rear(simulated=True, strap=False)))), Units.KMH, wide=True)
    assert [text for text, _ in found] == [
        "▼",
        "one",
        "running",
        "▼▼ REAR",
        "2.5",
        "142 Z3 brisk",
        "12:34",
        "T✓ S✕ B✓",
        "SIM",
        "backward 90 s at 2.5 km/h",
    ]


def test_the_counts_say_what_is_worst_first() -> None:
    made = board(
        *((topic(f"r{number}"), state()) for number in range(9)),
        *((topic(f"b{number}"), rear()) for number in range(3)),
        (topic("t"), state(running=False, phase="key")),
        (topic("i"), idle()),
        (topic("o", "status"), offline()),
    )
    assert counts(made.rows(0.0)) == "1 trip, 12 running, 3 facing the rear, 1 idle, 1 offline"
    assert counts(()) == "0 running, 0 facing the rear"


def test_a_line_for_a_pipe_says_all_that_matters() -> None:
    made = board((topic("one"), rear(simulated=True, phase="stop-failed")))
    assert told(row(made), Units.KMH) == "one SIM: STOP IGNORED, ▼▼ REAR, 2.5 km/h, ‼ a stop is not obeyed"

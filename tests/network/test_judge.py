"""The judge: only safer commands, only fresh ones, each once; a stop always, unless it is retained; never an error."""

from __future__ import annotations

import json
import tracemalloc
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.core.event import Verb
from coach.core.progress import Answer
from coach.network.judge import (
    AGAIN_S,
    AHEAD_S,
    DEEPEST,
    OLDEST_S,
    RATE,
    SEEN,
    Accepted,
    Arrived,
    Judge,
    Refused,
    Verdict,
)
from coach.network.payload import LONGEST_COMMAND, Ack
from coach.network.topics import Topics

WALL_S = 1_700_000_000.0
MONO_S = 500.0
SESSION = "0123456789ab"
TOPICS = Topics("cellar")
ASKING = [verb for verb in Verb if verb is not Verb.STOP]
NAN = b'{"ts": NaN}'


def judge() -> Judge:
    return Judge(TOPICS, SESSION)


def command(ts: object = WALL_S, **more: object) -> bytes:
    return json.dumps({"ts": ts, **more}).encode()


def arrived(verb: Verb | str, payload: bytes = b"", *, retain: bool = False, device: str = "cellar") -> Arrived:
    return Arrived(f"coach/{device}/cmd/{verb}", payload, retain)


def ask(verb: Verb | str, payload: bytes, *, retain: bool = False, of: Judge | None = None) -> Verdict:
    return (of or judge()).judge(arrived(verb, payload, retain=retain), WALL_S, MONO_S)


def why(verdict: Verdict) -> str:
    assert isinstance(verdict, Refused), verdict
    return verdict.why


# A stop.


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"PRESS",
        b"\xff\xfe\x00",
        b"{}",
        b"[" * 5000,
        b"x" * 1_000_000,
        command(0.0),
        command(WALL_S + 9e9),
        command(session="another"),
        command(schema=99),
        b"null",
    ],
    ids=[
        "nothing",
        "what Home Assistant sends",
        "no text",
        "no ts",
        "deep",
        "1 MB",
        "old",
        "future",
        "other",
        "99",
        "null",
    ],
)
@pytest.mark.parametrize("device", ["cellar", "all"])
def test_a_stop_counts_whatever_it_says(payload: bytes, device: str) -> None:
    verdict = judge().judge(arrived(Verb.STOP, payload, device=device), WALL_S, MONO_S)
    assert verdict == Accepted(Verb.STOP)


@pytest.mark.parametrize("device", ["cellar", "all"])
@pytest.mark.parametrize("payload", [b"", b"PRESS", command()])
def test_a_retained_stop_never_counts(payload: bytes, device: str) -> None:
    verdict = judge().judge(arrived(Verb.STOP, payload, retain=True, device=device), WALL_S, MONO_S)
    assert "retained" in why(verdict)


def test_a_stop_has_its_id_for_the_ack() -> None:
    assert ask(Verb.STOP, command(0.0, id="s1")) == Accepted(Verb.STOP, "", "s1")
    assert ask(Verb.STOP, command(0.0, id="x" * 65)) == Accepted(Verb.STOP)


def test_a_stop_goes_through_a_flood_of_other_commands() -> None:
    one = judge()
    for number in range(10_000):
        ask(Verb.SLOWER, command(id=str(number)), of=one)
    assert ask(Verb.STOP, b"", of=one) == Accepted(Verb.STOP)


def test_a_flood_of_stops_asks_the_session_a_few_times_a_second_and_never_later_than_the_first() -> None:
    one, asked = judge(), []
    for number in range(10_000):
        mono_s = MONO_S + number / 5000
        verdict = one.judge(arrived(Verb.STOP), WALL_S, mono_s)
        assert isinstance(verdict, Accepted)
        if not verdict.again:
            asked.append(mono_s)
    assert asked[0] == MONO_S
    assert len(asked) == 2 / AGAIN_S
    assert all(AGAIN_S <= b - a < AGAIN_S + 0.001 for a, b in pairwise(asked))


def test_a_clock_that_goes_back_never_swallows_a_stop() -> None:
    one = judge()
    one.judge(arrived(Verb.STOP), WALL_S, MONO_S)
    assert one.judge(arrived(Verb.STOP), WALL_S, MONO_S - 100) == Accepted(Verb.STOP)


# All else.


@pytest.mark.parametrize("verb", ASKING)
def test_a_fresh_command_counts(verb: Verb) -> None:
    text = "dinner is ready" if verb is Verb.SAY else ""
    assert ask(verb, command(id="c1", text="dinner is ready")) == Accepted(verb, text, "c1")
    assert ask(verb, command(int(WALL_S), text="x")) == Accepted(verb, "x" if verb is Verb.SAY else "", "")


@pytest.mark.parametrize("verb", ASKING)
def test_a_retained_command_never_counts(verb: Verb) -> None:
    assert "retained" in why(ask(verb, command(text="x"), retain=True))


@pytest.mark.parametrize(
    ("age_s", "good"),
    [
        (0.0, True),
        (OLDEST_S - 0.01, True),
        (OLDEST_S, True),
        (OLDEST_S + 0.001, False),
        (3600.0, False),
        (9e9, False),
        (-AHEAD_S + 0.01, True),
        (-AHEAD_S, True),
        (-AHEAD_S - 0.001, False),
        (-9e9, False),
    ],
)
@pytest.mark.parametrize("verb", ASKING)
def test_a_command_counts_for_three_seconds(verb: Verb, age_s: float, good: bool) -> None:
    wall_s = 2.0**20  # so small that both limits can be met to the last bit
    verdict = judge().judge(arrived(verb, command(wall_s - age_s, text="x")), wall_s, MONO_S)
    assert isinstance(verdict, Accepted) is good


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        (b"", "not JSON"),
        (b"PRESS", "not JSON"),
        (b"\xff", "not JSON"),
        (b'{"ts": 1', "not JSON"),
        (b"null", "no JSON object"),
        (b"[]", "no JSON object"),
        (b"5", "no JSON object"),
        (b"{}", "no ts"),
        (b'{"ts": "1700000000"}', "not a number"),
        (b'{"ts": true}', "not a number"),
        (b'{"ts": null}', "not a number"),
        (b'{"ts": 1e999}', "not a number"),
        (NAN, "not a number"),
        (b'{"ts": 1700000000000}', "since 1970"),
        (command(schema=2), "schema"),
        (command(id=5), "id"),
        (command(id="x" * 65), "id"),
        (command(session="other"), "another session"),
        (command(session=5), "session"),
        (command(text="x" * 241), "text"),
        (b'{"ts":' + b" " * LONGEST_COMMAND + b"1}", "longer than"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "too deep"),
        (b'{"a":' * 200, "too deep"),
    ],
)
@pytest.mark.parametrize("verb", ASKING)
def test_what_does_not_count_is_refused_with_its_reason(verb: Verb, payload: bytes, word: str) -> None:
    assert word in why(ask(verb, payload))


def test_at_the_limit_of_size() -> None:
    payload = command(id="c")
    assert isinstance(ask(Verb.PAUSE, payload.ljust(LONGEST_COMMAND)), Accepted)
    assert "longer than 1024 bytes" in why(ask(Verb.PAUSE, payload.ljust(LONGEST_COMMAND + 1)))


def test_of_a_long_payload_nothing_is_read() -> None:
    huge = b'{"ts":' + b"[" * 5_000_000
    tracemalloc.start()
    for verb in Verb:
        ask(verb, huge)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000


@pytest.mark.parametrize(
    "word", ["start", "resume", "faster", "incline-up", "load", "yes", "", "STOP", "stop/now", "+", "ack"]
)
def test_no_other_command_exists(word: str) -> None:
    verdict = ask(word, command())
    assert verdict == Refused(None, "", "there is no such command; there are stop, pause, slower, incline-down, say")


@pytest.mark.parametrize("verb", ASKING)
def test_all_treadmills_can_only_be_told_to_stop(verb: Verb) -> None:
    assert "only be told to stop" in why(judge().judge(arrived(verb, command(), device="all"), WALL_S, MONO_S))


@pytest.mark.parametrize("topic", ["coach/attic/cmd/stop", "other/cellar/cmd/stop", "coach/cmd/stop", "cmd/stop", ""])
def test_a_command_for_another_treadmill_is_nothing_to_us(topic: str) -> None:
    assert why(judge().judge(Arrived(topic, b""), WALL_S, MONO_S)) == "it is for another treadmill"


def test_the_session_may_be_named() -> None:
    assert isinstance(ask(Verb.PAUSE, command(session=SESSION)), Accepted)


@pytest.mark.parametrize("more", [{"id": "once"}, {}], ids=["by its id", "by its instant"])
def test_a_command_counts_once(more: dict[str, object]) -> None:
    one = judge()
    assert isinstance(ask(Verb.SLOWER, command(**more), of=one), Accepted)
    assert why(ask(Verb.SLOWER, command(**more), of=one)) == "it was here before"


def test_two_commands_of_one_instant_are_two() -> None:
    one = judge()
    assert isinstance(ask(Verb.SLOWER, command(), of=one), Accepted)
    assert isinstance(ask(Verb.PAUSE, command(), of=one), Accepted)


def test_what_was_refused_may_come_again() -> None:
    one = judge()
    assert "another session" in why(ask(Verb.PAUSE, command(id="a", session="x"), of=one))
    assert isinstance(ask(Verb.PAUSE, command(id="a"), of=one), Accepted)


def test_no_replay_within_its_time_is_forgotten_in_a_flood() -> None:
    """Nothing that is still fresh can be pushed out of what is remembered."""
    one = judge()
    assert isinstance(ask(Verb.SLOWER, command(id="replayed"), of=one), Accepted)
    for tenth in range(int((OLDEST_S + AHEAD_S) * 10)):
        now_s = tenth / 10
        for number in range(100):
            payload = command(WALL_S + now_s, id=f"{tenth}-{number}")
            one.judge(arrived(Verb.SLOWER, payload), WALL_S + now_s, MONO_S + now_s)
    assert "here before" in why(ask(Verb.SLOWER, command(id="replayed"), of=one))
    assert (OLDEST_S + AHEAD_S) * RATE < SEEN


def test_five_commands_a_second() -> None:
    one = judge()
    verdicts = [
        one.judge(arrived(Verb.SLOWER, command(id=str(number))), WALL_S, MONO_S + number / 100) for number in range(20)
    ]
    assert [isinstance(verdict, Accepted) for verdict in verdicts] == [True] * RATE + [False] * 15
    assert "within a second" in why(verdicts[5])
    assert isinstance(one.judge(arrived(Verb.SLOWER, command(id="x")), WALL_S, MONO_S + 1.0), Accepted)


def test_rubbish_does_not_keep_a_good_command_out() -> None:
    one = judge()
    for _ in range(1000):
        ask(Verb.PAUSE, b"rubbish", of=one)
    assert isinstance(ask(Verb.PAUSE, command(), of=one), Accepted)


def test_a_flood_of_rubbish_is_answered_a_few_times_a_second() -> None:
    one = judge()
    verdicts = [one.judge(arrived(Verb.PAUSE, b"rubbish"), WALL_S, MONO_S + n / 5000) for n in range(10_000)]
    told = [verdict for verdict in verdicts if isinstance(verdict, Refused) and not verdict.silent]
    assert 2 * RATE - 1 <= len(told) <= 2 * RATE + 1


@pytest.mark.parametrize("text", ["", "   ", "two\nlines", "a\x07bell", "\x1b[2J", "\u202eback"])
def test_only_words_are_said(text: str) -> None:
    assert "text" in why(ask(Verb.SAY, command(text=text)))


def test_a_message_is_said_without_the_space_round_it() -> None:
    assert ask(Verb.SAY, command(text="  Dinner, Zoë! ")) == Accepted(Verb.SAY, "Dinner, Zoë!", "")


# Clocks.


def sent_at(one: Judge, offset_s: float, times: int = 3, every_s: float = 2.0) -> list[Verdict]:
    """Commands of somebody whose clock is so far behind ours."""
    return [
        one.judge(
            arrived(Verb.PAUSE, command(WALL_S + n * every_s - offset_s, id=f"n{n}")),
            WALL_S + n * every_s,
            MONO_S + n * every_s,
        )
        for n in range(times)
    ]


@pytest.mark.parametrize(("offset_s", "side"), [(12.0, "behind"), (-7.0, "ahead of"), (2.0, "behind")])
def test_a_clock_that_differs_all_the_time_is_told_once(offset_s: float, side: str) -> None:
    one = judge()
    verdicts = sent_at(one, offset_s)
    assert one.skew_s == pytest.approx(offset_s)
    assert one.answered(verdicts[-1], None, WALL_S).skew_s == offset_s
    text = one.notice()
    assert f"{abs(offset_s):.1f} s {side}" in text
    assert [one.notice(), one.notice()] == ["", ""]


@pytest.mark.parametrize("offset_s", [0.0, 0.9, -0.9])
def test_clocks_that_agree_to_a_second_are_fine(offset_s: float) -> None:
    one = judge()
    sent_at(one, offset_s)
    assert (one.skew_s, one.notice()) == (None, "")


def test_a_slow_way_is_no_clock() -> None:
    one = judge()
    for number, late_s in enumerate((2.9, 0.2, 1.7, 2.4)):
        one.judge(arrived(Verb.PAUSE, command(WALL_S + number * 2 - late_s)), WALL_S + number * 2, MONO_S)
    assert one.skew_s is None


def test_old_commands_that_are_let_go_at_once_are_no_clock() -> None:
    one = judge()
    for number in range(5):
        one.judge(arrived(Verb.PAUSE, command(WALL_S - 60 + number)), WALL_S, MONO_S)
        one.judge(arrived(Verb.PAUSE, command(WALL_S - 60)), WALL_S, MONO_S)
    assert one.skew_s is None


def test_one_command_that_comes_three_times_is_no_clock() -> None:
    one = judge()
    for _ in range(5):
        ask(Verb.PAUSE, command(WALL_S - 30), of=one)
    assert one.skew_s is None


def test_a_skew_never_lets_a_stale_command_in() -> None:
    verdicts = sent_at(judge(), 12.0, times=20)
    assert not [verdict for verdict in verdicts if isinstance(verdict, Accepted)]
    assert "clocks" in why(verdicts[-1])


def test_a_clock_that_was_set_right_is_no_longer_told() -> None:
    one = judge()
    sent_at(one, 12.0)
    assert one.skew_s is not None
    for number in range(3):
        now_s = WALL_S + 100 + number
        one.judge(arrived(Verb.PAUSE, command(now_s)), now_s, MONO_S + 100 + number)
    assert one.skew_s is None


# Answers.


def test_a_refusal_is_answered_with_its_reason() -> None:
    ack = judge().answered(Refused(Verb.SAY, "c9", "it has no text to say"), None, WALL_S)
    assert (ack.session, ack.verb, ack.id, ack.accepted, ack.why) == (
        SESSION,
        Verb.SAY,
        "c9",
        False,
        "it has no text to say",
    )
    assert Ack.model_validate_json(ack.wire()) == ack


def test_what_the_session_decides_is_the_answer() -> None:
    one, good = judge(), Accepted(Verb.SAY, "hello", "c1")
    assert one.answered(good, Answer(1, done=True), WALL_S).accepted
    no = one.answered(good, Answer(1, done=False, why="Messages are said facing the console." + "x" * 500), WALL_S)
    assert not no.accepted
    assert no.why.startswith("Messages are said")
    assert one.answered(Accepted(Verb.STOP, again=True), None, WALL_S).accepted


# Laws.

ANY_PAYLOAD = st.one_of(
    st.binary(max_size=1500),
    st.text(max_size=400).map(str.encode),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=10,
    ).map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {},
        optional={
            "ts": st.floats(WALL_S - 10, WALL_S + 10) | st.integers() | st.floats() | st.text(max_size=4) | st.none(),
            "id": st.text(max_size=70) | st.integers(),
            "session": st.sampled_from([SESSION, "other", ""]) | st.text(max_size=5),
            "text": st.text(max_size=300),
            "schema": st.integers(0, 3),
            "more": st.lists(st.lists(st.none())),
        },
    ).map(lambda value: json.dumps(value).encode()),
)
ANY_TOPIC = st.one_of(
    st.sampled_from(
        [f"coach/{device}/cmd/{verb}" for device in ("cellar", "all", "attic") for verb in (*Verb, "start")]
    ),
    st.text(max_size=40),
    st.text(max_size=12).map(lambda text: f"coach/cellar/cmd/{text}"),
    st.text(max_size=12).map(lambda text: f"coach/cellar/{text}"),
)
ANY_TIME = st.floats(WALL_S - 20, WALL_S + 20)


@settings(max_examples=200, deadline=None)
@example([("coach/cellar/cmd/pause", NAN, False, WALL_S, MONO_S)])
@given(st.lists(st.tuples(ANY_TOPIC, ANY_PAYLOAD, st.booleans(), ANY_TIME, st.floats(0, 1e6)), max_size=8))
def test_whatever_arrives_only_fresh_safer_commands_come_out(
    messages: list[tuple[str, bytes, bool, float, float]],
) -> None:
    one = judge()
    for topic, payload, retain, wall_s, mono_s in messages:
        verdict = one.judge(Arrived(topic, payload, retain), wall_s, mono_s)
        one.notice()
        assert one.answered(verdict, None, wall_s).wire()
        if isinstance(verdict, Refused):
            assert verdict.why
            continue
        assert not retain
        assert type(verdict.verb) is Verb
        assert topic in {TOPICS.command(verdict.verb), TOPICS.all_stop}
        if verdict.verb is not Verb.STOP:
            told: dict[str, Any] = json.loads(payload)
            assert len(payload) <= LONGEST_COMMAND
            assert type(told["ts"]) in {int, float}
            assert -AHEAD_S <= wall_s - told["ts"] <= OLDEST_S
            assert told.get("session", "") in {"", SESSION}


@settings(max_examples=200, deadline=None)
@given(ANY_PAYLOAD, ANY_TIME, st.floats(0, 1e6), st.sampled_from(["cellar", "all"]))
def test_every_stop_that_is_not_retained_counts(payload: bytes, wall_s: float, mono_s: float, device: str) -> None:
    verdict = judge().judge(arrived(Verb.STOP, payload, device=device), wall_s, mono_s)
    assert isinstance(verdict, Accepted)
    assert (verdict.verb, verdict.again) == (Verb.STOP, False)


def test_a_flood_leaves_nothing_behind() -> None:
    one = judge()
    tracemalloc.start()
    for number in range(5_000):
        at_s = number / 20
        one.judge(arrived(Verb.SLOWER, command(WALL_S + at_s, id=f"{number:064}")), WALL_S + at_s, MONO_S + at_s)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(one._seen) == SEEN
    assert kept < 300_000

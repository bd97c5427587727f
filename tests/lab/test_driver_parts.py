"""The parts of the driver that need no radio: the queue of writes, the shared scan, the thread, the sentences."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.error import LinkError
from coach.link.ear import Ear
from coach.link.facts import MODEL, Facts, full, short
from coach.link.no_radio import no_radio
from coach.link.radio import Radio
from coach.link.seen import Seen
from coach.link.sighting import FITNESS_MACHINE, HEART_RATE, Sighting
from coach.link.writes import PATIENCE_S, STOP, Turn, Write, Writes, ask, back, lose, wake

SPEED = b"\x02\x64\x00"
PAUSE = b"\x08\x02"
LONG_S = 30.0


# The queue.


def test_a_stop_is_the_stop_of_the_specification() -> None:
    assert STOP == b"\x08\x01"


def test_the_first_write_goes_out_at_once_and_the_second_behind_its_answer() -> None:
    writes, first = ask(Writes(), SPEED, 1.0)
    writes, second = ask(writes, PAUSE, 2.0)
    assert (first, second) == (Turn(handed=(Write(0, SPEED, 1.0),)), Turn())
    writes, turn = back(writes, 0, 3.0, ok=True)
    assert turn == Turn(told=(True,), handed=(Write(1, PAUSE, 3.0),))


@pytest.mark.parametrize(("after_s", "handed"), [(0.99, 0), (1.0, 1), (1.01, 1)])
def test_a_stop_waits_a_second_for_what_is_outstanding(after_s: float, handed: int) -> None:
    writes, _ = ask(Writes(), SPEED, 10.0)
    writes, turn = ask(writes, STOP, 10.0 + after_s)
    assert len(turn.handed) == handed
    assert writes.due_s == (inf if handed else 10.0 + PATIENCE_S)
    writes, turn = wake(writes, 10.0 + PATIENCE_S)
    assert len(turn.handed) == 1 - handed


def test_a_stop_throws_away_what_waits_but_no_other_stop() -> None:
    writes = Writes()
    for value in (SPEED, PAUSE, STOP, STOP):
        writes, turn = ask(writes, value, 1.0)
    assert turn == Turn()
    writes, turn = back(writes, 0, 1.5, ok=True)
    assert turn.told == (True, False)
    assert [write.value for write in turn.handed] == [STOP]


def test_an_answer_says_that_what_was_handed_over_before_is_lost() -> None:
    writes, _ = ask(Writes(), SPEED, 1.0)
    writes, turn = ask(writes, STOP, 3.0)
    assert turn.handed == (Write(1, STOP, 3.0),)
    writes, turn = back(writes, 1, 3.1, ok=True)
    assert turn.told == (False, True)
    assert back(writes, 0, 9.0, ok=True) == (writes, Turn())


Act = tuple[str, int, float]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["speed", "pause", "stop", "yes", "no", "wake", "lose"]),
        st.integers(0, 3),
        st.floats(0, 2, allow_nan=False),
    ),
    max_size=40,
)
VALUES = {"speed": SPEED, "pause": PAUSE, "stop": STOP}


@given(ACTS)
def test_every_write_is_told_once_in_order_and_a_stop_is_never_kept_waiting(acts: list[Act]) -> None:
    writes, at_s = Writes(), 0.0
    asked: list[bytes] = []
    told: list[bool] = []
    handed: list[Write] = []
    answered: dict[int, bool] = {}
    for name, which, later_s in acts:
        at_s += later_s
        if writes.due_s <= at_s:  # the alarm that the driver sets
            writes, turn = wake(writes, at_s := max(writes.due_s, at_s - later_s))
            told, handed = [*told, *turn.told], [*handed, *turn.handed]
        before = writes
        match name:
            case "speed" | "pause" | "stop":
                asked.append(VALUES[name])
                writes, turn = ask(writes, VALUES[name], at_s)
            case "yes" | "no":
                number = handed[-1 - which].number if which < len(handed) else which
                writes, turn = back(writes, number, at_s, ok=name == "yes")
                if turn != Turn() or writes != before:
                    answered[number] = name == "yes"
            case "wake":
                writes, turn = wake(writes, at_s)
            case _:
                writes, turn = lose(writes)
                assert len(told) + len(turn.told) == len(asked)
        told, handed = [*told, *turn.told], [*handed, *turn.handed]
        _hold(writes, at_s)
    _, turn = lose(writes)
    told += turn.told
    assert len(told) == len(asked)
    assert [write.value for write in handed] == [asked[write.number] for write in handed]
    assert all(one.number < two.number for one, two in pairwise(handed)), "nothing is handed over twice or out of order"
    assert all(told[number] is ok for number, ok in answered.items())
    assert not any(told[number] for number in range(len(asked)) if number not in answered)


def _hold(writes: Writes, at_s: float) -> None:
    """What is true at every instant."""
    out = [row for row in writes.rows if row.outstanding]
    waiting = [row for row in writes.rows if row.waiting]
    assert len([row for row in out if row.value != STOP]) <= 1
    assert not waiting or out, "nothing waits for nothing"
    stops = [place for place, row in enumerate(waiting) if row.value == STOP]
    assert stops == list(range(len(stops))), "no write that can be thrown away stands before a Stop"
    assert not stops or at_s < writes.due_s or len(stops) > 1


# The scan.


class Scan:
    """A scan that notes who runs it."""

    running = 0
    most = 0
    starts = 0
    fails = False

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell

    async def start(self) -> None:
        await asyncio.sleep(0)
        if Scan.fails:
            raise LinkError("no")
        Scan.starts += 1
        Scan.running += 1
        Scan.most = max(Scan.most, Scan.running)

    async def stop(self) -> None:
        await asyncio.sleep(0)
        Scan.running -= 1


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    Scan.running = Scan.most = Scan.starts = 0
    Scan.fails = False
    yield
    assert Scan.running == 0


def test_two_who_listen_share_one_scan_that_starts_anew_for_the_second() -> None:
    async def story() -> None:
        ear: Ear[[str]] = Ear(Scan)
        async with ear.listening(lambda _: None):
            assert (Scan.running, Scan.starts) == (1, 1)
            async with ear.listening(lambda _: None):
                assert (Scan.running, Scan.starts) == (1, 2)
            assert Scan.running == 1

    asyncio.run(story())
    assert Scan.most == 1


def test_who_connects_has_quiet_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.link.ear.QUIET_S", 0.01)

    async def story() -> None:
        ear: Ear[[str]] = Ear(Scan)
        async with ear.listening(lambda _: None):
            async with ear.quiet():
                assert Scan.running == 0
                async with asyncio.timeout(LONG_S):
                    while not Scan.running:
                        await asyncio.sleep(0.001)
            assert Scan.running == 1

    asyncio.run(story())


def test_a_scan_that_is_refused_is_an_error_for_who_asks_and_nothing_is_left() -> None:
    async def story() -> None:
        ear: Ear[[str]] = Ear(Scan)
        Scan.fails = True
        with pytest.raises(LinkError):
            async with ear.listening(lambda _: None):
                pass
        Scan.fails = False
        async with ear.listening(lambda _: None):
            assert Scan.running == 1

    asyncio.run(story())


# The thread.


def test_the_radio_runs_in_one_thread_of_its_own() -> None:
    async def where() -> int:
        return threading.get_ident()

    with Radio() as radio:
        first, second = radio.run(where(), LONG_S), radio.run(where(), LONG_S)
    assert first == second != threading.get_ident()


def test_what_is_run_raises_here_and_what_takes_too_long_is_cancelled() -> None:
    ended = threading.Event()

    async def wrong() -> None:
        raise KeyError("mine")

    async def slow() -> None:
        try:
            await asyncio.sleep(LONG_S)
        finally:
            ended.set()

    async def late() -> None:
        raise TimeoutError("its own")

    with Radio() as radio:
        with pytest.raises(KeyError, match="mine"):
            radio.run(wrong(), LONG_S)
        with pytest.raises(LinkError, match=r"0\.01 s"):
            radio.run(slow(), 0.01)
        assert ended.wait(LONG_S)
        with pytest.raises(TimeoutError, match="its own"):
            radio.run(late(), LONG_S)


def test_close_ends_what_was_spawned_and_afterwards_nothing_happens() -> None:
    began, ended = threading.Event(), threading.Event()

    async def work() -> None:
        try:
            began.set()
            await asyncio.sleep(LONG_S)
        finally:
            ended.set()

    radio = Radio()
    radio.spawn(work())
    assert began.wait(LONG_S)
    radio.close()
    assert ended.is_set()
    radio.close()
    radio.spawn(work())
    radio.soon(began.clear)
    assert began.is_set()
    with pytest.raises(LinkError, match="closed"):
        radio.run(work(), 1.0)


def test_who_waits_while_the_radio_is_closed_is_told() -> None:
    began = threading.Event()

    async def work() -> None:
        began.set()
        await asyncio.sleep(LONG_S)

    radio = Radio()

    def close() -> None:
        assert began.wait(LONG_S)
        radio.close()

    closer = threading.Thread(target=close)
    closer.start()
    with pytest.raises(LinkError, match="closed"):
        radio.run(work(), LONG_S)
    closer.join(LONG_S)


def test_a_task_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def wrong() -> None:
        raise KeyError("mine")

    async def nothing() -> None:
        pass

    with Radio() as radio:
        radio.spawn(wrong())
        radio.run(nothing(), LONG_S)
        radio.run(nothing(), LONG_S)
    assert "KeyError" in caplog.text


# Words and numbers.


@pytest.mark.parametrize(
    ("reason", "system", "says"),
    [
        ("POWERED_OFF", "linux", "bluetoothctl power on"),
        ("POWERED_OFF", "darwin", "Control Centre"),
        ("DENIED_BY_USER", "darwin", "Privacy & Security, Bluetooth"),
        ("DENIED_BY_SYSTEM", "win32", "Radios"),
        ("NO_BLUETOOTH", "freebsd", "no Bluetooth adapter"),
        ("POWERED_OFF", "freebsd", "bluetoothctl power on"),
        ("SOMETHING_NEW", "linux", "does not say why"),
    ],
)
def test_what_is_wrong_with_bluetooth_is_said_for_this_system(reason: str, system: str, says: str) -> None:
    assert says in str(no_radio(reason, system))


def test_every_reason_of_bleak_has_its_sentence() -> None:
    from bleak.exc import BleakBluetoothNotAvailableReason as Reason

    unknown = str(no_radio("UNKNOWN"))
    assert [one.name for one in Reason if str(no_radio(one.name)) == unknown] == ["UNKNOWN"]


@given(st.integers(0, 0xFFFF))
def test_a_short_uuid_is_found_again_in_its_long_form(uuid: int) -> None:
    assert short(full(uuid)) == uuid


def test_a_vendors_uuid_has_no_short_form() -> None:
    assert short("d18d2c10-c44c-11e8-a355-529269fb1459") is None


def test_a_text_ends_at_its_nul() -> None:
    assert Facts("", "", (), {MODEL: b" T9\0\0x"}).text(MODEL) == "T9"


def test_a_device_is_told_of_again_only_when_there_is_something_new() -> None:
    seen = Seen()
    machine = Sighting("A", rssi=-60, services=frozenset({FITNESS_MACHINE}))
    assert seen.note(Sighting("A", rssi=-60)) is None
    assert seen.note(machine) == machine
    assert seen.note(replace(machine, rssi=-70)) is None
    named = Sighting("A", "T9", rssi=None)
    assert seen.note(named) == replace(machine, name="T9", rssi=-70)
    assert seen.note(Sighting("B", "Lamp")) is None
    assert [one.name for one in seen.found] == ["T9"]


def test_what_is_held_stands_first_then_the_strongest_and_what_nobody_measured_last() -> None:
    seen = Seen()
    strap = frozenset({HEART_RATE})
    for one in (
        Sighting("weak", rssi=-90, services=strap),
        Sighting("unknown", services=strap),
        Sighting("strong", rssi=-40, services=strap),
        Sighting("held", services=strap, held=True),
    ):
        seen.note(one)
    assert [one.address for one in seen.found] == ["held", "strong", "weak", "unknown"]

"""The proof: which changes prove a treadmill, which do not, and that nothing is ever written for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.event import Event, Heard, LinkFound, LinkLost, Tick
from coach.core.ftms import MACHINE_STATUS, TREADMILL_DATA
from coach.core.machine import MachineProfile
from coach.link.machine_file import SimMachine, find_machine, shipped_machines
from coach.setup.proof import ConsoleKey, Place, Proof, again, begin, step
from coach.setup.simulated import SimBench

PROFILE = MachineProfile()


def frame(at_s: float, kmh: float) -> Heard:
    """Treadmill Data with nothing but the instantaneous speed, in hundredths of km/h (FTMS 4.4.1.1)."""
    return Heard(at_s, TREADMILL_DATA, b"\x00\x00" + round(kmh * 100).to_bytes(2, "little"))


def frames(from_s: float, until_s: float, kmh: float) -> list[Event]:
    return [frame(from_s + 0.5 * count, kmh) for count in range(int((until_s - from_s) / 0.5))]


def told(events: list[Event], state: Proof | None = None) -> tuple[Proof, list[str]]:
    state, said = state or begin(PROFILE), []
    for event in events:
        state, words = step(state, event)
        said += [words] if words else []
    return state, said


STANDS: list[Event] = [LinkFound(0.0), *frames(0.5, 4, 0.0)]
STARTS: list[Event] = [*STANDS, *frames(6, 10, 0.8)]
PLUS: list[Event] = [*STARTS, *frames(12, 13, 0.9)]


def test_a_belt_that_stands_is_asked_for_start() -> None:
    state, said = told(STANDS)
    assert (state.wanted, said) == (ConsoleKey.START, ["Both feet on the rails. Now press Start on the treadmill."])


def test_start_then_plus_prove_it_and_stop_ends_it() -> None:
    state, said = told([*PLUS, *frames(14, 18, 0.0)])
    assert (state.place, state.start_kmh, state.silent) == (Place.STANDS, 0.8, False)
    assert said[-1] == "The belt stands. Proved."


def test_start_alone_proves_nothing() -> None:
    state, said = told([*STARTS, *frames(10, 31, 0.8)])
    assert (state.place, state.proved, said[-1]) == (
        Place.NOT_SEEN,
        False,
        "Not seen: +. Instead the speed stayed at 0.8. Press Stop on the treadmill.",
    )


INSTEAD: dict[str, tuple[list[Event], str]] = {
    "nothing": ([*STANDS, *frames(4, 25, 0.0)], "its speed stayed at 0.0"),
    "another key": ([*STARTS, Heard(11, MACHINE_STATUS, b"\x02\x01"), *frames(11, 14, 0.0)], "Stop was pressed"),
    "pause": ([*STARTS, Heard(11, MACHINE_STATUS, b"\x02\x02"), *frames(11, 14, 0.0)], "Pause was pressed"),
    "the safety key": ([*STARTS, Heard(11, MACHINE_STATUS, b"\x03"), *frames(11, 14, 0.0)], "safety key was pulled"),
    "the incline": ([*STARTS, Heard(11, MACHINE_STATUS, b"\x06\x0a\x00"), *frames(11, 32, 0.8)], "incline"),
    "slower": ([*STARTS, *frames(11, 32, 0.6)], "the speed fell to 0.6"),
    "far too fast": ([*STARTS, *frames(11, 13, 4.0)], "more than one press"),
    "the link": ([*STARTS, LinkLost(11.0)], "the connection was lost"),
    "a ramp without end": (
        [*STANDS, *(frame(6 + 0.5 * count, 0.8 + 0.05 * count) for count in range(80))],
        "the speed does not hold still",
    ),
    "silence on the way": ([*STANDS, frame(6, 0.8), Tick(7.0), Tick(11.0)], "the treadmill fell silent"),
    "too soon": ([*STANDS, frame(2.6, 0.8)], "before anybody can have pressed"),
    "out of reach": ([LinkFound(0.0), frame(0.5, 0.0)], ""),
}


@pytest.mark.parametrize(("events", "why"), INSTEAD.values(), ids=INSTEAD)
def test_what_came_instead_is_said(events: list[Event], why: str) -> None:
    state, said = told(events)
    if not why:
        assert state.place is Place.LISTENING
        return
    assert state.place is Place.NOT_SEEN
    assert why in state.why
    assert why in said[-1]


def test_the_window_is_twenty_seconds() -> None:
    late, _ = told([*STANDS, *frames(4, 22, 0.0), frame(22.4, 0.0)])
    assert late.place is Place.START  # asked at 2.5
    over, _ = told([Tick(22.5)], late)
    assert over.place is Place.NOT_SEEN


@pytest.mark.parametrize(("rise", "proves"), [(0.04, False), (0.06, True), (1.2, True), (1.3, False)])
def test_how_far_one_press_goes(rise: float, proves: bool) -> None:
    state, _ = told([*STARTS, *frames(12, 13, 0.8 + rise)])
    assert state.proved is proves


def test_a_moving_belt_is_only_read_until_it_stands() -> None:
    state, said = told([LinkFound(0.0), *frames(0.5, 30, 5.0)])
    assert (state.place, said) == (Place.LISTENING, ["The belt is moving. Stop it on the console; coach only reads."])
    state, said = told(frames(30, 34, 0.0), state)
    assert state.wanted is ConsoleKey.START


def test_a_machine_that_is_silent_while_it_stands_is_asked_for_start_too() -> None:
    state, said = told([LinkFound(0.0), *(Tick(float(count)) for count in range(1, 8))])
    assert (state.wanted, state.silent) == (ConsoleKey.START, True)
    assert said[0].startswith("The treadmill says nothing while it stands")


def test_without_a_link_nothing_is_asked_and_then_it_is_over() -> None:
    state, said = told([Tick(float(count)) for count in range(1, 29)])
    assert (state.place, said) == (Place.LISTENING, [])
    state, _ = told([LinkFound(0.0), frame(0.5, 0.0), LinkLost(1.0)])
    state, said = told([Tick(5.0), Tick(32.0)], again(state))
    assert state.why == "the treadmill is out of reach"


def test_once_more_begins_at_the_beginning_with_what_is_known() -> None:
    failed, _ = told([*STANDS, *frames(4, 25, 0.0)])
    state, _ = told(frames(25, 28, 0.0), again(failed))
    assert state.wanted is ConsoleKey.START
    state, _ = told([*frames(28, 33, 0.8), *frames(33, 35, 0.9)], state)
    assert state.proved


def test_what_comes_after_the_end_changes_nothing_but_the_belt() -> None:
    failed, _ = told([*STANDS, *frames(4, 25, 0.0)])
    later, said = told(frames(25, 40, 3.0), failed)
    assert (replace(later, belt=failed.belt), said) == (failed, [])


@pytest.mark.parametrize("name", shipped_machines())
def test_every_simulated_machine_can_be_proved(name: str) -> None:
    state, said = proved(find_machine(name))
    assert (state.place, said[-1]) == (Place.STANDS, "The belt stands. Proved.")


def proved(machine: SimMachine) -> tuple[Proof, list[str]]:
    bench = SimBench(machine)
    state, said = begin(bench.profile), []
    with bench.listen(lambda: state.wanted) as events:
        for event in events:
            state, words = step(state, event)
            said += [words] if words else []
            if state.over or event.at_s > 200:
                return state, said
    raise AssertionError("the bench fell silent")


@given(st.lists(st.tuples(st.floats(0.01, 9), st.floats(0, 20), st.binary(max_size=6)), max_size=60))
def test_nothing_that_comes_on_the_air_raises(heard: list[tuple[float, float, bytes]]) -> None:
    at_s, state = 0.0, begin(PROFILE)
    for gap_s, kmh, value in heard:
        at_s += gap_s
        for event in (frame(at_s, kmh), Heard(at_s, MACHINE_STATUS, value), Heard(at_s, TREADMILL_DATA, value)):
            state, _ = step(state, event)

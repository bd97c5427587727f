from __future__ import annotations

import ast
import inspect
import io
import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.error import LinkError
from coach.core.event import Heard, LinkFound, LinkLost, Returned, Tick
from coach.core.machine import MachineProfile
from coach.keeper import guard as module
from coach.keeper.diary import Diary
from coach.keeper.guard import REACH_S, SIMULATED_DUTY_S, Guard, sleep
from coach.keeper.guard_rule import LATE_S, Act, Event, Last, Word, step, take_over
from coach.keeper.orders import GUARD, Hosted, OnAir, Orders, OrdersError, on_air, read_last, read_orders
from coach.link.habits import Habits, Unlock
from coach.link.machine_file import find_machine, load_machine, shipped_machines
from coach.link.profile import profile_of
from coach.link.sim import VirtualTreadmill
from coach.sinks.alarm import Words

DATA, POINT = 0x2ACD, 0x2AD9
OBEYS_NOTHING = ["ignores-all", "no-control", "stop-ignored"]
TICK_S = 0.1
PROFILE = MachineProfile(name="SIM-x", known=True, simulated=True, decel_kmh_s=0.5)
SILENT = MachineProfile(name="SIM-x", known=True, simulated=True, decel_kmh_s=0.5, silent_when_stopped=True)


def says(at_s: float, kmh: float) -> Heard:
    """A report."""
    return Heard(at_s, DATA, b"\x00\x00" + round(kmh * 100).to_bytes(2, "little"))


def answers(at_s: float, text: str) -> Heard:
    """An answer on the control point."""
    return Heard(at_s, POINT, bytes.fromhex(text))


class Played:
    """A guard's rule, fed with events and ticks; what it wrote, and when."""

    def __init__(self, last: Last, profile: MachineProfile = PROFILE) -> None:
        self.profile = profile
        self.duty = take_over(last, 0.0)
        self.now_s = 0.0
        self.acts: list[tuple[float, Act]] = []

    def take(self, event: Event) -> tuple[Act, ...]:
        """One event."""
        self.now_s = event.at_s
        self.duty, acts = step(self.profile, self.duty, event)
        self.acts += [(round(event.at_s, 3), act) for act in acts]
        return acts

    def until(self, at_s: float, kmh: Callable[[float], float | None] = lambda _: None) -> Played:
        """Time passes; a report every half second where there is one."""
        ticks = round(self.now_s / TICK_S)
        while ticks < round(at_s / TICK_S):
            ticks += 1
            now_s, report = ticks * TICK_S, kmh(ticks * TICK_S)
            self.take(says(now_s, report) if ticks % 5 == 0 and report is not None else Tick(now_s))
        return self


def found(last: Last, profile: MachineProfile = PROFILE) -> Played:
    """A guard that has its link at 0."""
    played = Played(last, profile)
    played.take(LinkFound(0.0))
    return played


# What is written.


def test_the_first_thing_written_is_stop_in_the_step_that_finds_the_link() -> None:
    assert found(Last(5.0)).acts == [(0.0, Act.STOP)]


def test_nothing_is_written_without_a_link() -> None:
    played = Played(Last(5.0)).until(30.0)
    assert played.acts == []
    assert played.duty.word is Word.ACTING


def test_a_belt_that_slows_down_is_told_once() -> None:
    played = found(Last(5.0)).until(14.0, lambda at_s: max(5.0 - 0.5 * at_s, 0.0))
    assert played.acts == [(0.0, Act.STOP)]
    assert played.duty.over(14.0)


def test_a_belt_that_does_not_slow_down_is_told_again_and_then_to_pause_once() -> None:
    played = found(Last(5.0)).until(17.0, lambda _: 5.0)
    stops = [(0.0, Act.STOP), (2.0, Act.STOP), (4.0, Act.STOP), (6.0, Act.PAUSE), (11.0, Act.STOP), (16.0, Act.STOP)]
    assert played.acts == stops


def test_a_machine_that_says_nothing_is_told_as_one_that_does_not_slow_down() -> None:
    assert found(Last(5.0)).until(7.0).acts == found(Last(5.0)).until(7.0, lambda _: 5.0).acts


def test_a_belt_that_stops_slowing_down_halfway_is_told_again() -> None:
    played = found(Last(5.0)).until(12.0, lambda at_s: max(5.0 - at_s, 2.0))
    fell_s = 3.0
    again = [(fell_s + 2.0, Act.STOP), (fell_s + 4.0, Act.STOP), (fell_s + 6.0, Act.PAUSE)]
    assert played.acts == [(0.0, Act.STOP), *again]


def test_control_is_asked_for_only_when_stop_was_refused_and_stop_follows_the_answer() -> None:
    played = found(Last(5.0))
    played.take(Returned(0.05, ok=True))
    assert played.take(answers(0.15, "80 08 05")) == ()
    played.until(0.6)
    played.take(answers(0.7, "80 00 01"))
    played.until(1.0)
    assert played.acts == [(0.0, Act.STOP), (0.4, Act.CONTROL), (0.8, Act.STOP)]


@pytest.mark.parametrize("answer", ["80 00 05", "80 00 02", ""], ids=["refused", "not supported", "none"])
def test_stop_follows_whether_or_not_control_was_granted(answer: str) -> None:
    played = found(Last(5.0))
    played.take(answers(0.15, "80 08 05"))
    played.until(0.6)
    if answer:
        played.take(answers(0.7, answer))
    played.until(1.9)
    assert [act for _, act in played.acts] == [Act.STOP, Act.CONTROL, Act.STOP]


def test_a_machine_that_always_refuses_is_not_flooded() -> None:
    played = found(Last(5.0))
    for tenth in range(1, 300):
        at_s = tenth / 10
        for act in played.take(says(at_s, 5.0)):
            played.take(answers(at_s, "80 00 05" if act is Act.CONTROL else "80 08 05"))
    assert len([act for _, act in played.acts if act is Act.CONTROL]) <= 6
    assert len(played.acts) <= 24


def test_a_stop_whose_write_came_back_with_an_error_is_written_again_after_the_gap() -> None:
    played = found(Last(5.0))
    played.take(Returned(0.05, ok=False))
    assert played.until(1.0).acts == [(0.0, Act.STOP), (0.4, Act.STOP)]


def test_a_belt_that_stood_is_left_alone_and_watched_for_a_late_start() -> None:
    played = found(Last(0.0)).until(LATE_S - 0.5, lambda _: 0.0)
    assert played.acts == []
    assert played.duty.word is Word.STILL
    assert not played.duty.over(played.now_s)
    assert played.until(LATE_S + 0.5, lambda _: 0.0).duty.over(played.now_s)


def test_a_belt_that_starts_late_is_stopped_with_its_first_report() -> None:
    played = found(Last(0.0)).until(8.0, lambda at_s: 0.0 if at_s < 5.0 else 0.8)
    assert played.acts[0] == (5.0, Act.STOP)


def test_a_start_that_is_under_way_is_stopped_before_the_belt_moves() -> None:
    assert found(Last(0.0, starting=True)).until(5.0, lambda _: 0.0).acts == [(0.0, Act.STOP)]


def test_a_belt_that_nobody_ever_heard_is_stopped_when_it_stays_silent() -> None:
    assert found(Last()).until(3.0).acts == [(2.0, Act.STOP)]
    assert found(Last(), SILENT).until(20.0).acts == []


def test_a_machine_that_falls_silent_when_it_stands_is_not_told_again() -> None:
    played = found(Last(2.0), SILENT).until(20.0, lambda at_s: 2.0 - 0.5 * at_s if at_s < 4.0 else None)
    assert played.acts == [(0.0, Act.STOP)]
    assert played.duty.word is Word.STILL


def test_a_belt_that_came_to_rest_while_control_was_asked_for_is_left_alone() -> None:
    played = found(Last(5.0))
    played.take(answers(0.15, "80 08 05"))
    played.until(0.4)
    played.take(says(0.5, 0.0))
    played.take(answers(0.7, "80 00 01"))
    assert played.until(5.0, lambda _: 0.0).acts == [(0.0, Act.STOP), (0.4, Act.CONTROL)]


def test_a_belt_that_rises_again_is_told_at_once() -> None:
    reports = {0.5: 4.5, 1.0: 4.0, 1.5: 3.5, 2.0: 3.0, 2.5: 3.2, 3.0: 3.4}
    played = found(Last(5.0)).until(3.0, lambda at_s: reports.get(round(at_s, 1)))
    assert played.acts == [(0.0, Act.STOP), (3.0, Act.STOP)]


def test_a_link_that_is_lost_ends_all_that_was_under_way() -> None:
    played = found(Last(5.0))
    played.take(answers(0.15, "80 08 05"))
    played.until(0.4)
    played.take(LinkLost(0.45))
    played.take(LinkFound(0.5))
    assert played.until(1.0).acts == [(0.0, Act.STOP), (0.4, Act.CONTROL), (0.8, Act.STOP)]


def test_a_machine_whose_silence_means_that_it_stands_is_believed_in_the_end() -> None:
    played = found(Last(5.0), SILENT).until(5.0 / 0.5 + 3.0 + TICK_S)  # fell silent before it was heard to slow down
    assert played.duty.word is Word.STILL
    told = len(played.acts)
    assert len(played.until(40.0).acts) == told


def test_a_belt_that_moves_after_all_is_a_belt_to_stop() -> None:
    played = found(Last(2.0), SILENT).until(20.0, lambda at_s: 2.0 - 0.5 * at_s if at_s < 4.0 else None)
    played.take(says(20.5, 0.8))
    assert played.acts[1:] == [(20.5, Act.STOP)]
    assert played.duty.word is Word.STOPPING


def test_a_belt_that_moves_again_has_its_whole_stop_time_again() -> None:
    played = found(Last(5.0)).until(14.0, lambda at_s: max(5.0 - 0.5 * at_s, 0.0))
    assert played.duty.belt.still
    played.until(20.0, lambda at_s: 5.0 if at_s > 19.0 else 0.0)
    (_, (moved_s, act)) = played.acts
    assert (moved_s, act) == (19.5, Act.STOP)
    assert not played.until(moved_s + 9.9, lambda _: 0.0).duty.belt.still  # it says so too early
    assert played.until(moved_s + 11.0, lambda _: 0.0).duty.belt.still


def test_a_stray_zero_holds_the_next_stop_up_for_one_report_only() -> None:
    played = found(Last(5.0)).until(1.0, lambda at_s: 0.0 if at_s == 0.5 else 5.0)
    assert played.acts == [(0.0, Act.STOP), (1.0, Act.STOP)]


def test_a_link_that_comes_back_brings_another_stop_to_a_moving_belt_only() -> None:
    moving, stood = found(Last(5.0)), found(Last(5.0))
    moving.take(says(0.5, 5.0))
    stood.take(says(0.5, 0.0))
    for played in (moving, stood):
        played.take(LinkLost(1.0))
        played.take(LinkFound(3.0))
    assert moving.acts == [(0.0, Act.STOP), (3.0, Act.STOP)]
    assert stood.acts == [(0.0, Act.STOP)]


EVENTS = st.one_of(
    st.builds(lambda kmh: lambda at_s: says(at_s, kmh), st.sampled_from([0.0, 0.8, 3.0, 5.0, 20.0])),
    st.sampled_from(["80 08 05", "80 08 01", "80 08 04", "80 00 01", "80 00 05", "80", "80 07 01"]).map(
        lambda text: lambda at_s: answers(at_s, text)
    ),
    st.binary(max_size=12).map(lambda value: lambda at_s: Heard(at_s, DATA, value)),
    st.booleans().map(lambda ok: lambda at_s: Returned(at_s, ok)),
    st.sampled_from([LinkFound, LinkLost, Tick]),
)
LASTS = st.builds(Last, st.sampled_from([None, 0.0, 0.8, 5.0]), starting=st.booleans())


@given(LASTS, st.lists(st.tuples(st.sampled_from([0.0, 0.05, 0.5, 2.0, 6.0]), EVENTS), max_size=60), st.booleans())
def test_no_history_brings_a_write_to_a_belt_that_said_0_or_a_flood(
    last: Last, story: list[tuple[float, Callable[[float], Event]]], silent: bool
) -> None:
    played, at_s, link, stood = Played(last, SILENT if silent else PROFILE), 0.0, False, last.kmh == 0
    starting, written_s = last.starting, -inf
    for after_s, event_at in story:
        at_s += after_s
        event = event_at(at_s)
        acts = played.take(event)
        link = (link or isinstance(event, LinkFound)) and not isinstance(event, LinkLost)
        speed = played.duty.belt.kmh if isinstance(event, Heard) and event.uuid == DATA else None
        if speed is not None and played.duty.belt.heard_at_s == at_s:
            stood = speed == 0
            starting = starting and not stood
        assert len(acts) <= 1
        assert not acts or link
        assert not acts or not stood or (starting and acts == (Act.STOP,))
        assert not acts or at_s - written_s >= PROFILE.min_write_gap_s
        written_s = at_s if acts else written_s
        starting = starting and not acts


def test_nothing_but_an_act_is_ever_written_and_there_are_three() -> None:
    writes = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if _is_write(node)]
    (write,) = writes
    assert ast.unparse(write) == "link.write(act.value)"
    assert {act.value.hex() for act in Act} == {"0801", "0802", "00"}


def _is_write(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "write"


# A belt.


def run_at(kmh: float, treadmill: VirtualTreadmill) -> float:
    """Bring a simulated belt to a speed in its own unit; the instant at which it is there."""
    treadmill.connect(0.0)
    treadmill.write(b"\x00", 0.0)
    treadmill.run_until(5.0)
    treadmill.write(b"\x07", 5.0)
    treadmill.run_until(7.0)
    treadmill.console_start(7.0)  # where Start is refused
    treadmill.run_until(30.0)
    treadmill.write(b"\x02" + round(kmh * 100).to_bytes(2, "little"), 30.0)
    treadmill.run_until(120.0)
    return 120.0


def guarded(
    treadmill: VirtualTreadmill, at_s: float, *, long_s: float = 90.0, starting: bool = False
) -> tuple[Played, list[tuple[float, float]]]:
    """A guard at a simulated belt from an instant on; also the true speed at every tick."""
    last = Last(treadmill.speed_kmh, starting=starting)
    played = Played(last, profile_of(treadmill.machine))
    played.duty = take_over(last, at_s)
    true = []
    events: list[Event] = [LinkFound(at_s)]
    for tick in range(round(long_s / TICK_S)):
        now_s = at_s + tick * TICK_S
        for event in [*events, Tick(now_s)]:
            for act in played.take(event):
                treadmill.write(act.value, now_s)
        events = list(treadmill.run_until(now_s + TICK_S))
        true.append((now_s, treadmill.speed_kmh))
    return played, true


@pytest.mark.parametrize("name", [name for name in shipped_machines() if name not in OBEYS_NOTHING])
def test_the_belt_of_every_machine_that_obeys_stands_in_time_and_stays(name: str) -> None:
    treadmill = VirtualTreadmill(find_machine(name))
    began_s = run_at(5.0, treadmill)
    from_kmh = treadmill.speed_kmh
    assert from_kmh > 0
    played, true = guarded(treadmill, began_s)
    stop_s = profile_of(treadmill.machine).stop_s(from_kmh)
    assert max(kmh for at_s, kmh in true if at_s >= began_s + stop_s + 5.0) == 0
    assert played.duty.word is Word.STILL
    assert played.duty.over(began_s + 60.0)


def test_a_machine_that_gave_its_control_away_is_asked_for_it_and_stopped() -> None:
    treadmill = VirtualTreadmill(load_machine('name = "SIM-x"'))
    began_s = run_at(5.0, treadmill)
    treadmill.take_control(began_s)
    treadmill.run_until(began_s)
    played, true = guarded(treadmill, began_s)
    assert [act for _, act in played.acts] == [Act.STOP, Act.CONTROL, Act.STOP]
    assert next(at_s for at_s, kmh in true if kmh == 0) - began_s <= 5.0 / 0.5 + 5.0


def test_a_machine_that_ignores_stop_is_told_for_ever_and_never_faster() -> None:
    treadmill = VirtualTreadmill(find_machine("stop-ignored"))
    began_s = run_at(5.0, treadmill)
    played, true = guarded(treadmill, began_s)
    assert played.duty.word is Word.STOPPING
    assert true[-1][1] == pytest.approx(0.8)  # Pause slows it
    assert played.acts[-1][0] > began_s + 80.0
    assert max(kmh for _, kmh in true) <= 5.0


def test_a_stop_that_works_late_is_waited_for() -> None:
    treadmill = VirtualTreadmill(find_machine("slow-machine"))
    began_s = run_at(5.0, treadmill)
    treadmill.ignore_stop(began_s + 3.0)
    played, true = guarded(treadmill, began_s)
    assert true[-1][1] == 0
    assert played.duty.word is Word.STILL
    assert [act for _, act in played.acts][:3] == [Act.STOP, Act.STOP, Act.STOP]


@pytest.mark.parametrize("starting", [True, False], ids=["told", "not told"])
@pytest.mark.parametrize("name", ["home", "stop-toggle", "starts-fast", "slow-machine", "silent-stopped"])
def test_a_start_that_the_keeper_wrote_before_it_died_comes_to_nothing(name: str, starting: bool) -> None:
    machine = find_machine(name)
    treadmill = VirtualTreadmill(machine)
    treadmill.connect(0.0)
    treadmill.write(b"\x00", 0.0)
    treadmill.run_until(2.0)
    treadmill.write(b"\x07", 2.0)
    treadmill.run_until(2.5)
    played, true = guarded(treadmill, 2.5, starting=starting)
    assert max(kmh for _, kmh in true) <= (0.0 if starting else machine.start_kmh)
    assert true[-1][1] == 0
    assert {act for _, act in played.acts} == {Act.STOP}
    assert played.duty.over(played.now_s)


# The process around the rule.


class FakeMachine:
    """A machine at a link, and a clock that goes when somebody waits."""

    def __init__(self, kmh: float = 5.0, *, reached_at_s: float = 0.0, gone_at_s: float = inf) -> None:
        self.now_s = 0.0
        self.kmh, self.stopped_s = kmh, inf
        self.reached_at_s, self.gone_at_s = reached_at_s, gone_at_s
        self.tries: list[float] = []
        self.written: list[tuple[float, bytes]] = []
        self.left = 0

    def clock(self) -> float:
        return self.now_s

    def wait(self, wait_s: float) -> None:
        self.now_s += wait_s

    def reach(self) -> FakeMachine:
        self.tries.append(self.now_s)
        if not self.reached_at_s <= self.now_s < self.gone_at_s:
            raise LinkError("not there")
        return self

    def write(self, value: bytes) -> None:
        if self.now_s >= self.gone_at_s:
            raise LinkError("gone")
        self.written.append((self.now_s, value))
        self.stopped_s = min(self.stopped_s, self.now_s)

    def listen(self, timeout_s: float) -> Sequence[Heard | Returned]:
        self.now_s += timeout_s
        if self.now_s >= self.gone_at_s:
            raise LinkError("gone")
        return [says(self.now_s, max(self.kmh - max(self.now_s - self.stopped_s, 0.0), 0.0))]

    def leave(self) -> None:
        self.left += 1


class Deaf(FakeMachine):
    """One that obeys nothing."""

    def write(self, value: bytes) -> None:
        self.written.append((self.now_s, value))


class FakeVoice:
    """What cried out, and when that changed."""

    def __init__(self, machine: FakeMachine) -> None:
        self.machine = machine
        self.heard: list[tuple[float, Words | None]] = []

    def sound(self, words: Words) -> None:
        if not self.heard or self.heard[-1][1] is not words:
            self.heard.append((round(self.machine.now_s, 3), words))

    def silence(self) -> None:
        if self.heard and self.heard[-1][1] is not None:
            self.heard.append((round(self.machine.now_s, 3), None))


def duty_at(
    machine: FakeMachine, folder: Path, last: Last | None = None, record: str = "", voice: FakeVoice | None = None
) -> tuple[Word, list[str]]:
    """A guard's whole duty at a fake machine; the words that it left for the cockpit."""
    report = folder / "report"
    diary = Diary(record, str(report))
    orders = Orders(Hosted(1, ""), PROFILE, record, str(report))
    word = Guard(orders, last or Last(5.0), diary, machine.reach, voice, clock=machine.clock, wait=machine.wait).serve()
    diary.close()
    return word, report.read_text().splitlines()


def test_a_guard_stops_the_belt_says_so_and_leaves_last(tmp_path: Path) -> None:
    machine = FakeMachine()
    assert duty_at(machine, tmp_path) == (Word.STILL, ["acting", "stopping", "still"])
    assert machine.written == [(0.0, b"\x08\x01")]
    assert machine.left == 1
    assert machine.now_s >= 5.0 / PROFILE.decel_kmh_s  # not before the stop time of the profile


def test_a_machine_that_is_found_late_is_stopped_then(tmp_path: Path) -> None:
    machine = FakeMachine(reached_at_s=20.0)
    assert duty_at(machine, tmp_path) == (Word.STILL, ["acting", "unreachable", "stopping", "still"])
    assert 20.0 <= machine.written[0][0] <= 25.0
    assert machine.tries[1] <= 0.1  # the keeper's end may not have been seen yet
    assert max(later - sooner for sooner, later in pairwise(machine.tries)) <= 5.0 + TICK_S


def test_a_machine_that_is_not_there_is_given_up_in_the_end(tmp_path: Path) -> None:
    machine = FakeMachine(reached_at_s=inf)
    assert duty_at(machine, tmp_path) == (Word.UNREACHABLE, ["acting", "unreachable"])
    assert REACH_S <= machine.now_s <= REACH_S + 5.0


def test_a_real_machine_that_nobody_ever_reached_is_given_up_and_one_that_may_move_is_not(tmp_path: Path) -> None:
    orders = Orders(OnAir("C0:00:00:00:00:01", "FS-1234"), PROFILE, simulated=False)
    for last, found_s in ((Last(), REACH_S), (Last(0.0, phase="run"), 1000.0), (Last(phase="stop-failed"), 1000.0)):
        machine = FakeMachine(reached_at_s=1000.0)
        diary = Diary("", str(tmp_path / "report"))
        guard = Guard(orders, last, diary, machine.reach, None, clock=machine.clock, wait=machine.wait)
        guard.serve()
        diary.close()
        assert found_s - 6.0 <= machine.tries[-1] <= found_s + 6.0


def test_a_link_that_is_lost_on_duty_is_sought_again(tmp_path: Path) -> None:
    machine = FakeMachine(gone_at_s=1.0)
    assert duty_at(machine, tmp_path)[0] is Word.UNREACHABLE
    assert machine.tries[1:]
    assert machine.left == 1


def test_a_simulated_belt_that_obeys_nothing_does_not_keep_its_guard_for_ever(tmp_path: Path) -> None:
    machine = Deaf()
    assert duty_at(machine, tmp_path) == (Word.STOPPING, ["acting", "stopping"])
    assert SIMULATED_DUTY_S <= machine.now_s <= SIMULATED_DUTY_S + 1.0
    assert {value for _, value in machine.written} <= {act.value for act in Act}


def test_the_journal_of_the_keeper_tells_what_the_guard_did(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    journal.write_text('{"journal":1}\n{"at_s":1.0,"eve')  # cut off by the keeper's death
    duty_at(FakeMachine(), tmp_path, Last(5.0, phase="run"), str(journal))
    lines = journal.read_text().splitlines()
    assert lines[:2] == ['{"journal":1}', '{"at_s":1.0,"eve']
    told = [json.loads(line) for line in lines[2:]]
    assert [line["guard"] for line in told] == ["keeper-lost", "stop", "still"]
    assert (told[0]["kmh"], told[0]["phase"]) == (5.0, "run")
    assert told[-1]["after_s"] >= 5.0 / PROFILE.decel_kmh_s


def test_the_alarm_sounds_at_once_and_until_the_belt_stands(tmp_path: Path) -> None:
    machine = FakeMachine()
    voice = FakeVoice(machine)
    duty_at(machine, tmp_path, voice=voice)
    assert [words for _, words in voice.heard] == [Words.KEEPER, None]
    assert voice.heard[0][0] == 0.0
    assert voice.heard[-1][0] >= 5.0 / PROFILE.decel_kmh_s


@pytest.mark.parametrize("machine", [Deaf(), FakeMachine(reached_at_s=inf)], ids=["not obeyed", "not reached"])
def test_the_alarm_sends_people_off_a_belt_that_is_not_stopped(tmp_path: Path, machine: FakeMachine) -> None:
    voice = FakeVoice(machine)
    duty_at(machine, tmp_path, voice=voice)
    assert [words for _, words in voice.heard] == [Words.KEEPER, Words.RAILS, None]
    assert 2.0 <= voice.heard[1][0] <= 4.0


@pytest.mark.parametrize("record", ["no/such/folder/journal", ".", "", "\x00"])
def test_a_journal_that_cannot_be_written_changes_nothing(tmp_path: Path, record: str) -> None:
    machine = FakeMachine()
    assert duty_at(machine, tmp_path, record=record)[0] is Word.STILL
    assert machine.written == [(0.0, b"\x08\x01")]


def test_a_report_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    machine, diary = FakeMachine(), Diary("", str(tmp_path / "none" / "report"))
    guard = Guard(
        Orders(Hosted(1, ""), PROFILE), Last(5.0), diary, machine.reach, None, clock=machine.clock, wait=machine.wait
    )
    assert guard.serve() is Word.STILL
    diary.close()


# What it is told.


CLOSED, REPORT = b'{"closed": true}\n', b'{"kmh": 5.0, "rear": true, "phase": "run"}\n'


@pytest.mark.parametrize(
    "lines", [CLOSED, REPORT + CLOSED, b"\xff{]\n" + CLOSED + REPORT], ids=["closed", "after a report", "and more"]
)
def test_a_keeper_that_ended_in_order_wakes_nobody(lines: bytes) -> None:
    assert sleep(io.BytesIO(lines)) is None


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"closed\n",
        b'{"closed": 1}\n',
        b'{"closed": "true"}\n',
        b'{"closed": true}',  # torn: the keeper died while it wrote, so nobody knows
        b'{"closed": tr',
        b'["closed", true]\n',
        b"\x00\xff\xfe\n",
        b"[" * 70_000 + b"\n",
        b'{"kmh": "5"}\n',
        b'{"kmh": true}\n',
    ],
)
def test_what_is_not_closed_does_not_send_the_guard_home(line: bytes) -> None:
    assert sleep(io.BytesIO(REPORT + line)) == Last(5.0, rear=True, phase="run")


def test_the_last_report_counts() -> None:
    lines = REPORT + b'{"kmh": null}\n{"kmh": 0, "rear": false, "phase": "starting", "starting": true}\n'
    assert sleep(io.BytesIO(lines)) == Last(0.0, rear=False, phase="starting", starting=True)
    assert read_last(b'{"kmh": null}\n') == Last()


def test_orders_without_a_profile_are_for_a_machine_that_nobody_has_tested() -> None:
    orders = read_orders(b'{"guard": 2, "machine": {"kind": "sim", "port": 9, "secret": "s"}}\n')
    unknown = MachineProfile()
    assert (orders.machine, orders.simulated, orders.sound) == (Hosted(9, "s"), True, None)
    assert orders.profile.decel_kmh_s == unknown.decel_kmh_s
    assert orders.profile.min_write_gap_s == unknown.min_write_gap_s


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b'{"guard": 2}',
        b'{"guard": 1, "machine": {"kind": "sim", "port": 9, "secret": "s"}}',
        b'{"guard": 2, "machine": {"kind": "usb"}}',
        b'{"guard": 2, "machine": {"kind": "air", "address": "", "name": ""}}',
        b"[]",
        b"\xff",
    ],
)
def test_orders_that_name_no_machine_are_refused(line: bytes) -> None:
    with pytest.raises(OrdersError):
        read_orders(line)


def test_orders_for_a_machine_on_the_air_bring_what_it_wants_of_the_radio() -> None:
    unlock = Unlock("d18d2c10-c44c-11e8-a355-529269fb1459", b"\x01\x02", response=False, answers_on="d18d2c11")
    habits = Habits(unlock=(unlock,), pair=True)
    line = json.dumps({"guard": GUARD, "machine": on_air("C0:00:00:00:00:01", "FS-1234", habits)}).encode()
    assert read_orders(line).machine == OnAir("C0:00:00:00:00:01", "FS-1234", habits)


def test_a_damaged_unlock_costs_nothing_but_the_unlock() -> None:
    told = {"kind": "air", "address": "", "name": "FS-1234", "unlock": [["d18d", "zz", True, ""], ["alone"], 7]}
    machine = read_orders(json.dumps({"guard": GUARD, "machine": told}).encode()).machine
    assert machine == OnAir("", "FS-1234", Habits())

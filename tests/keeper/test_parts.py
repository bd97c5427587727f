"""The parts of a keeper: the lock, the heartbeat, the pipes, the clock that counts sleep, and what it shows."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from queue import Queue

import pytest

from coach.core.event import Heard, Key, Tick
from coach.core.heart import Source
from coach.core.plan import make_plan
from coach.core.progress import Button
from coach.core.session import Outcome, Session
from coach.core.wish import Phase
from coach.keeper.lapse import Lapse
from coach.keeper.lock import HeldError, Lock, lock_folder
from coach.keeper.pipe import Outlet, listen
from coach.keeper.pulse import Pulse
from coach.keeper.slept import Sleeper
from coach.keeper.view import BATTERY_LEVEL, STOOD_BACK, Surroundings, Watcher
from coach.keeper.wire import Done, Snapshot, encode, from_keeper
from coach.link.fault import parse_fault
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import ModelHeart, VirtualStrap
from coach.link.world import Step
from coach.script.check import load
from coach.system.sleep import slept_s
from tests.core.build import Reachable


def test_a_treadmill_has_one_coach_and_the_holder_is_named(tmp_path: Path) -> None:
    lock = Lock(tmp_path, "sim:home", "Easy walk")
    with pytest.raises(HeldError, match=rf"The treadmill sim:home is driven by process {os.getpid()} \(Easy walk\)"):
        Lock(tmp_path, "sim:home", "Flip-flop", patience_s=0.0)
    Lock(tmp_path, "sim:other", "Flip-flop", patience_s=0.0).close()
    lock.close()
    Lock(tmp_path, "sim:home", "Flip-flop", patience_s=0.0).close()


def test_a_lock_that_is_about_to_be_given_back_is_awaited(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom coach.keeper.lock import Lock\n"
        "lock = Lock(Path(sys.argv[1]), 'sim:home', 'x')\nprint('held', flush=True)\nsys.stdin.readline()\n"
    )
    words = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        other.stdin.write("go\n")
        other.stdin.flush()
        Lock(tmp_path, "sim:home", "mine", patience_s=30.0).close()
        assert other.wait(30) == 0


def test_a_lock_whose_holder_cannot_be_read_still_holds(tmp_path: Path) -> None:
    lock = Lock(tmp_path, "sim:home", "x")
    (tmp_path / "sim-home.lock").write_text("nonsense")
    with pytest.raises(HeldError, match="another process"):
        Lock(tmp_path, "sim:home", "y", patience_s=0.0)
    lock.close()


def test_where_the_users_folder_cannot_be_used_there_is_a_lock_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "file" / "home"))
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    tempfile.tempdir = None
    folder = lock_folder()
    tempfile.tempdir = None
    Lock(folder, "sim:home", "x", patience_s=0.0).close()
    assert tmp_path in folder.parents


@pytest.mark.parametrize("machine", ["sim:../../etc", "sim:/tmp/x.toml", "sim: ", "µ", "a" * 40])
def test_a_lock_stays_in_its_folder(tmp_path: Path, machine: str) -> None:
    Lock(tmp_path / "locks", machine, "x").close()
    (found,) = (tmp_path / "locks").iterdir()
    assert json.loads(found.read_text())["pid"] == os.getpid()
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]


class TestPulse:
    """Instants in s; nothing is silent before the first beat."""

    def test_nothing_is_silent_or_steady_before_the_first_beat(self) -> None:
        pulse = Pulse()
        assert pulse.silent_s(1e6) == 0
        assert pulse.steady_s(1e6) == 0

    def test_beats_without_a_gap_are_steady_since_the_first(self) -> None:
        pulse = Pulse()
        for at_s in (10.0, 10.5, 11.0, 12.0):  # a gap of a second is none yet
            pulse.beat(at_s)
        assert pulse.steady_s(12.4) == pytest.approx(2.4)
        assert pulse.silent_s(12.4) == pytest.approx(0.4)

    def test_a_gap_begins_anew_and_during_it_nothing_is_steady(self) -> None:
        pulse = Pulse()
        pulse.beat(10.0)
        assert pulse.steady_s(11.0) == 1.0
        assert pulse.steady_s(11.01) == 0
        pulse.beat(11.01)
        assert pulse.steady_s(11.5) == pytest.approx(0.49)

    def test_who_slept_himself_blames_nobody(self) -> None:
        pulse = Pulse()
        pulse.beat(10.0)
        pulse.excuse(100.0)
        assert pulse.silent_s(100.5) == 0.5
        assert pulse.steady_s(100.5) == 0.5  # nor does the sleep count as steady
        never = Pulse()
        never.excuse(5.0)
        assert never.silent_s(50.0) == 0


class Pair:
    """An anonymous pipe with our two ends on it."""

    def __init__(self, longest: int = 1000) -> None:
        number, other = os.pipe()
        self.lines: Queue[bytes | None] = Queue()
        self.out = Outlet(os.fdopen(other, "wb", buffering=0), "out")
        self.reader = os.fdopen(number, "rb", buffering=0)
        self.longest = longest

    def listen(self) -> None:
        """Begin to read."""
        listen(self.reader, "in", self.lines.put, lambda: self.lines.put(None), self.longest)

    def got(self) -> list[bytes]:
        """All lines until the end."""
        return list(iter(lambda: self.lines.get(timeout=30), None))


def test_lines_come_out_in_order_and_the_end_is_told() -> None:
    pair = Pair()
    pair.listen()
    for number in range(1000):
        pair.out.put(b"%d\n" % number)
    pair.out.close()
    assert pair.got() == [b"%d" % number for number in range(1000)]


def test_a_side_that_does_not_read_holds_nobody_and_gets_the_newest_of_what_was_replaced() -> None:
    pair = Pair(longest=1 << 20)
    filler = b"x" * 100_000 + b"\n"  # more than a pipe holds
    pair.out.put(filler)
    while not pair.out._busy:
        pair.out.drain(0.01)
    for number in range(1000):
        pair.out.put(b"%d\n" % number, newest=True)
    pair.out.put(b"last\n")
    assert not pair.out.drain(0.01)
    pair.listen()
    pair.out.close(30)
    assert pair.got() == [filler.strip(), b"999", b"last"]


def test_a_line_without_an_end_is_let_go() -> None:
    pair = Pair(longest=1000)
    pair.listen()
    pair.out.put(b"y" * 200_000)
    assert pair.out.drain(30)
    pair.out.put(b"\n")
    pair.out.put(b"good\n")
    pair.out.close()
    got = pair.got()
    assert got[-1] == b"good"
    assert sum(map(len, got)) < 100_000


def test_a_side_that_is_gone_breaks_nothing() -> None:
    pair = Pair()
    pair.reader.close()
    pair.out.put(b"into the void\n")
    assert not pair.out.drain(30)
    assert pair.out.broken
    pair.out.put(b"again\n")
    pair.out.close()


@pytest.mark.parametrize(("gap_s", "told_s"), [(0.0, 0.0), (2.0, 0.0), (2.1, 2.1), (3600.0, 3600.0)])
def test_a_gap_of_more_than_two_seconds_is_sleep_and_told_once(gap_s: float, told_s: float) -> None:
    total = [100.0]
    sleeper = Sleeper(lambda: total[0])
    assert sleeper.gap_s() == 0
    total[0] += gap_s
    assert sleeper.gap_s() == pytest.approx(told_s)
    assert sleeper.gap_s() == 0


def test_a_computer_that_is_awake_does_not_sleep() -> None:
    before_s = slept_s()
    sum(range(100_000))
    assert abs(slept_s() - before_s) < 0.1


def test_a_lapse_goes_on_where_it_was_when_its_pace_changes() -> None:
    wall = [50.0]
    lapse = Lapse(1.0, lambda: wall[0], at_s=7.0)
    wall[0] = 60.0
    assert lapse.now_s() == 17.0
    lapse.repace(10.0, 17.0)
    wall[0] = 61.0
    assert lapse.now_s() == 27.0
    assert lapse.wall_s(27.0) == 61.0
    assert lapse.wait_s(37.0) == 1.0


# What a cockpit is shown.


class Kept:
    """A session on a simulated machine, with what a cockpit would see of it."""

    def __init__(self, machine: str = "home", fault: str = "", workout: str = "easy-walk-30") -> None:
        found, simulated = load(workout).workout, find_machine(machine)
        assert found is not None
        plan = make_plan(found, profile_of(simulated))
        faults = [parse_fault(fault)] if fault else []
        treadmill, strap = VirtualTreadmill(simulated), VirtualStrap(ModelHeart())
        self.world = Reachable(plan, treadmill, strap, VirtualRunner(), faults=faults)
        self.watcher = Watcher(plan)
        self.seen: list[Snapshot] = []

    def run(self, until_s: float) -> Snapshot:
        """Play on, and show each step."""
        for step in self.world.run_until(until_s):
            self.watcher.take(step)
            self.seen.append(self.watcher.snapshot(step.session, step.event.at_s, Surroundings()))
        return self.seen[-1]

    def done(self) -> Done:
        """What it came to."""
        return self.watcher.done(self.world.session, "")


def test_a_snapshot_and_an_end_come_through_the_pipe_as_they_are() -> None:
    kept = Kept("ignores-speed")
    assert kept.run(40.0).prompt is not None
    now = kept.seen[-1]
    assert from_keeper(encode(now)) == now
    assert from_keeper(encode(kept.done())) == kept.done()


def test_what_connecting_waits_for_is_told_until_it_is_over() -> None:
    kept = Kept()
    kept.run(10.0)
    waits = [one.waits for one in kept.seen if one.phase is Phase.CONNECTING]
    assert {"Connected. The treadmill has not told its speed yet.", "The belt must stand for a moment."} <= set(waits)
    assert not any(one.waits for one in kept.seen if one.phase is not Phase.CONNECTING)


def test_prompt_mode_and_its_prompts_are_told() -> None:
    kept = Kept("ignores-speed")
    kept.run(60.0)
    assert {one.prompted for one in kept.seen[-5:]} == {"the treadmill does not take speeds from an app"}
    buttons = {one.prompt.button for one in kept.seen if one.prompt is not None}
    assert buttons == {Button.START, Button.SPEED}
    assert all(one.trusted for one in kept.seen)


def test_a_treadmill_that_ignored_a_stop_is_not_trusted_any_more() -> None:
    kept = Kept("stop-ignored")
    kept.run(60.0)
    kept.world.press(Key.STOP, 60.0)
    assert not kept.run(75.0).trusted
    assert not kept.done().trusted


def test_a_heart_rate_has_a_source() -> None:
    kept = Kept()
    kept.run(30.0)
    assert {one.heart_from for one in kept.seen if one.bpm is not None} == {Source.STRAP}
    assert {one.heart_from for one in kept.seen if one.bpm is None} == {None}


@pytest.mark.parametrize(
    ("values", "pct"),
    [
        ([], None),
        ([b"\x00"], 0),
        ([b"\x64"], 100),
        ([b"\x0c", b"\x65"], 12),
        ([b"\x0c", b""], 12),
        ([b"\x0c\x00"], None),
    ],
)
def test_the_battery_of_the_strap_is_one_octet_up_to_a_hundred(values: list[bytes], pct: int | None) -> None:
    watcher = Watcher(Kept().world.plan)
    for at_s, value in enumerate(values):
        watcher.take(Step(Heard(float(at_s), BATTERY_LEVEL, value), Session(), Session(), Outcome(), 0.0))
    watcher.take(Step(Tick(9.0), Session(), Session(), Outcome(), 0.0))
    assert watcher.snapshot(Session(), 9.0, Surroundings()).battery_pct == pct


def test_a_belt_that_stood_when_the_link_came_back_was_stopped_by_nobody_at_the_console() -> None:
    kept = Kept(fault="drop@90:60")
    kept.run(200.0)
    reasons = {one.reason for one in kept.seen if one.at_s > 100 and one.phase in {Phase.STOPPING, Phase.PAUSED}}
    assert reasons == {STOOD_BACK}
    assert "console-stop" not in {trip.trip for trip in kept.done().trips}
    assert "link-lost" in {trip.trip for trip in kept.done().trips}


def test_a_stop_at_the_console_is_one_also_after_an_earlier_outage() -> None:
    kept = Kept(fault="drop@60:5")
    kept.run(120.0)
    assert kept.world.treadmill.hands is not None
    kept.world.treadmill.hands.console_stop(120.0)
    assert kept.run(128.0).reason == "stopped at the console"
    assert "console-stop" in {trip.trip for trip in kept.done().trips}

"""Real processes are killed, frozen and hung, and the true belt is slowed in time and stands (safety.md 9)."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from coach.core.event import CockpitSilent
from coach.sinks.replay import replay
from tests.keeper.stand import Stand, running, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals"),
]

RUN = ["run", "20min@3", "--auto", "--timelapse", "20", "--lapse-turns"]
STOPS_S = 3.0 / 0.3 + 5.0  # from 3 km/h at the slowest ramp, and what safety.md 9 allows on top
COCKPIT_ENDED_S = 0.5
KEEPER_ENDED_S = 1.0
FROZEN_S = 3.5
HUNG_S = 1.5
SPARE_S = 1.0  # two cores with other tests beside these; alone it is a tenth of a second


@contextmanager
def at_speed(folder: Path, env: dict[str, str] | None = None, words: list[str] | None = None) -> Iterator[Stand]:
    """A session at 3 km/h."""
    with Stand(folder, words or RUN, env or {}) as stand:
        wait_for(lambda: stand.kmh == 3.0)
        yield stand


def signalled(process: int, number: int) -> float:
    """Send a signal; when it was sent."""
    now_s = monotonic()
    os.kill(process, number)
    return now_s


def slowed_and_stopped(stand: Stand, since_s: float, within_s: float) -> None:
    """The belt was slowed in time, came to a stand, and was never started again."""
    truth = stand.stands()
    assert truth.slowing_s(since_s) - since_s <= within_s + SPARE_S
    assert truth.stood_s(since_s) - since_s <= STOPS_S + within_s
    assert truth.starts(since_s) == 0


def test_a_killed_keeper_is_followed_by_the_guard_and_the_journal_has_it(tmp_path: Path) -> None:
    with at_speed(tmp_path) as stand:
        killed_s = signalled(stand.keeper, signal.SIGKILL)
        said = stand.rest()
        slowed_and_stopped(stand, killed_s, KEEPER_ENDED_S)
        assert "HAS ENDED. Rails. Step off." in said
        assert "The guard has stopped the belt: it stands." in said
        assert stand.cockpit.returncode == 1
        wait_for(lambda: stand.recorded().guard and stand.recorded().guard[-1].what == "still")
        recording = stand.recorded()
        assert [one.what for one in recording.guard][:2] == ["keeper-lost", "stop"]
        assert recording.end is None
        assert replay(recording).equal
        assert recording.entries[-1].event.at_s > 20


def test_a_killed_cockpit_is_a_guided_stop_by_the_keeper(tmp_path: Path) -> None:
    with at_speed(tmp_path) as stand:
        killed_s = signalled(stand.cockpit.pid, signal.SIGKILL)
        slowed_and_stopped(stand, killed_s, COCKPIT_ENDED_S)
        wait_for(lambda: stand.recorded().end is not None)
        recording = stand.recorded()
        assert recording.end is not None
        assert (recording.end.ended, recording.guard) == ("tripped", ())
        assert any(isinstance(one.event, CockpitSilent) and one.event.ended for one in recording.entries)
        assert replay(recording).equal


def test_when_both_are_killed_the_guard_stops_the_belt(tmp_path: Path) -> None:
    with at_speed(tmp_path) as stand:
        keeper = stand.keeper
        os.kill(stand.cockpit.pid, signal.SIGKILL)
        killed_s = signalled(keeper, signal.SIGKILL)
        slowed_and_stopped(stand, killed_s, KEEPER_ENDED_S)
        wait_for(lambda: stand.recorded().guard and stand.recorded().guard[-1].what == "still")
        assert replay(stand.recorded()).equal


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM", "SIGINT"])
def test_a_cockpit_that_is_asked_to_end_stops_the_belt_first(tmp_path: Path, name: str) -> None:
    with at_speed(tmp_path) as stand:
        sent_s = signalled(stand.cockpit.pid, getattr(signal, name))
        said = stand.rest()
        slowed_and_stopped(stand, sent_s, COCKPIT_ENDED_S)
        assert "The belt stands." in said
        assert stand.cockpit.returncode == 1
        end = stand.recorded().end
        assert end is not None
        assert end.ended == ("stopped" if name == "SIGINT" else "tripped")


def test_a_frozen_cockpit_is_a_guided_stop_and_what_it_does_afterwards_starts_nothing(tmp_path: Path) -> None:
    words = ["run", "20min@3", "--timelapse", "20"]
    with Stand(tmp_path, words) as stand:
        stand.until("ready?")
        stand.until("ready?")  # five seconds later
        stand.type("yes")
        wait_for(lambda: stand.kmh == 3.0)
        frozen_s = signalled(stand.cockpit.pid, signal.SIGSTOP)
        stand.type("yes", "yes", "up")  # kept in the pipe while it is frozen
        slowed_and_stopped(stand, frozen_s, FROZEN_S)
        wait_for(lambda: any(isinstance(one.event, CockpitSilent) for one in stand.recorded().entries))
        os.kill(stand.cockpit.pid, signal.SIGCONT)
        stand.until("paused")
        stand.type("q", "q")
        stand.rest()
        assert stand.truth().starts(frozen_s) == 0
        assert replay(stand.recorded()).equal


def test_a_frozen_keeper_is_killed_by_its_cockpit_and_the_guard_stops_the_belt(tmp_path: Path) -> None:
    with at_speed(tmp_path) as stand:
        keeper = stand.keeper
        frozen_s = signalled(keeper, signal.SIGSTOP)
        said = stand.rest()
        assert not running(keeper)
        slowed_and_stopped(stand, frozen_s, FROZEN_S + KEEPER_ENDED_S)
        assert "The guard has stopped the belt" in said


HANG = """
import os, sys, threading, time

def wait():
    while "coach.keeper.run" not in sys.modules or not hasattr(sys.modules["coach.keeper.run"], "Keeper"):
        time.sleep(0.01)
    from coach.keeper.run import Keeper
    turn = Keeper.turn
    def turned(self):
        if os.path.exists(os.environ["HANG_IF"]):
            {hang}
        turn(self)
    Keeper.turn = turned

if "coach.keeper" in " ".join(sys.orig_argv) and "guard" not in " ".join(sys.orig_argv):
    threading.Thread(target=wait, daemon=True).start()
"""


@pytest.mark.parametrize(
    ("hang", "within_s"),
    [
        ("time.sleep(60)", HUNG_S + KEEPER_ENDED_S),
        ("sum(range(10**12))", HUNG_S + KEEPER_ENDED_S),  # C code that holds the interpreter
        ("raise RuntimeError('a slip')", KEEPER_ENDED_S),
        ("os.abort()", KEEPER_ENDED_S),
    ],
    ids=["blocked", "blocked in C", "an exception", "a crash"],
)
def test_a_keeper_that_hangs_or_slips_ends_itself_and_the_guard_stops_the_belt(
    tmp_path: Path, hang: str, within_s: float
) -> None:
    folder, flag = tmp_path / "site", tmp_path / "hang"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HANG.format(hang=hang))
    env = {"PYTHONPATH": str(folder), "HANG_IF": str(flag)}
    with at_speed(tmp_path, env) as stand:
        hung_s = monotonic()
        flag.touch()
        said = stand.rest()
        slowed_and_stopped(stand, hung_s, within_s)
        assert "The guard has stopped the belt" in said
        assert replay(stand.recorded()).equal


def test_a_second_coach_on_the_same_treadmill_is_refused_with_the_holder(tmp_path: Path) -> None:
    with at_speed(tmp_path) as stand:
        words = [sys.executable, "-m", "coach", "run", "5min@5", "--auto", "--plain"]
        second = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        assert second.returncode == 1
        assert f"process {stand.keeper}" in second.stderr
        assert stand.kmh == 3.0


def test_the_lock_is_free_again_after_a_kill(tmp_path: Path) -> None:
    with at_speed(tmp_path) as stand:
        os.kill(stand.keeper, signal.SIGKILL)
        stand.rest()
    again = [sys.executable, "-m", "coach", "run", "1min@4", "--auto", "--plain", "--timelapse", "50", "--lapse-turns"]
    done = subprocess.run(again, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    with Stand(tmp_path, ["run", "1min@4", "--auto", "--timelapse", "50", "--lapse-turns"]) as stand:
        said = stand.rest()
        assert stand.cockpit.returncode == 0, said
    environment = f"COACH_TRUTH={stand.truth_file}".encode()

    def left() -> list[str]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if environment in (folder / "environ").read_bytes() and running(int(folder.name)):
                    found.append((folder / "cmdline").read_text())
            except OSError:
                continue
        return found

    wait_for(lambda: not left())


def test_a_keeper_that_cannot_start_is_told_at_once_and_nobody_is_sent_to_the_rails(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys\nif 'coach.keeper' in sys.orig_argv:\n    sys.exit(3)\n")
    with Stand(tmp_path, ["run", "1min@4", "--auto"], {"PYTHONPATH": str(folder)}) as stand:
        said = stand.rest(20.0)
        assert stand.cockpit.returncode == 1
        assert "did not start" in said
        assert "Rails" not in said


def test_a_keeper_that_is_done_ends_in_order(tmp_path: Path) -> None:
    words = [sys.executable, "-X", "dev", "-c", KEEPS, "1min@4", str(tmp_path / "j.jsonl")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.split(), done.returncode) == (["finished", "0"], 0), done.stderr


KEEPS = """
import sys, time
from pathlib import Path
from coach.cli.cockpit import kept
from coach.cli.stage import Choice, staged
from coach.keeper.crew import Life
from coach.keeper.wire import Done, Snapshot
choice = Choice("sim", "sim", auto=True, timelapse=50.0, lapse_turns=True)
stage = staged(sys.argv[1], choice, level=None, sets=None, runner=None)
opened, ended = kept(stage, Path(sys.argv[2])), ""
while opened.client.life is not Life.OVER:
    for message in opened.client.poll():
        if isinstance(message, Snapshot):
            opened.client.beat(message.serial)
        if isinstance(message, Done):
            ended = message.ended
    time.sleep(0.05)
opened.client.wait()
print(ended, opened.client._process.returncode)
"""

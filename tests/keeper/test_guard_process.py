from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pytest

from coach.keeper.orders import GUARD as VERSION
from coach.link.machine_file import find_machine
from coach.link.remote import Hosted, RemoteTreadmill, host
from coach.sinks.tone import Tone, write
from tests.keeper.driver import THERE_S, run_at

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and process sessions of POSIX"),
]

STOP_S: Final = 1.0  # from the keeper's end to the first Stop, the link being held (safety.md 9)
STILL_SPARE_S: Final = 5.0  # on top of the time that a guided stop takes (safety.md 9)
ENDS_S: Final = 30.0  # no test waits longer for a process
DECEL_KMH_S: Final = 5.0
QUICK: Final = f"""
name = "SIM-quick"
start_countdown_s = 0.5
accel_kmh_s = 5
decel_kmh_s = {DECEL_KMH_S}
report_period_s = 0.2
on_link_loss = "keep"
"""
KMH: Final = 5.0


class Scene:
    """A machine in its own process, and what is written about it."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.machine = folder / "machine.toml"
        self.machine.write_text(QUICK + text)
        self.truth, self.report, self.journal = folder / "truth", folder / "report", folder / "journal"
        self.journal.write_text('{"journal":1}\n')
        self.hosted: Hosted = host(str(self.machine), 0, self.truth)

    def orders(self, alarm: object = None, **profile: object) -> dict[str, object]:
        return {
            "guard": VERSION,
            "machine": {"kind": "sim", "port": self.hosted.port, "secret": self.hosted.secret},
            "profile": {"name": "SIM-quick", "decel_kmh_s": DECEL_KMH_S, **profile},
            "record": str(self.journal),
            "report": str(self.report),
            "alarm": alarm,
            "simulated": True,
        }

    def driven(self) -> RemoteTreadmill:
        """The machine at its speed, driven from here."""
        treadmill = RemoteTreadmill(self.hosted.port, self.hosted.secret, find_machine(str(self.machine)))
        run_at(KMH, treadmill)
        return treadmill

    def lines(self) -> list[dict[str, Any]]:
        """What truly happened."""
        return [json.loads(line) for line in self.truth.read_text().splitlines()]

    def writes(self) -> list[tuple[float, str]]:
        """What the guard wrote, and when."""
        return [(line["mono"], line["write"]) for line in self.lines() if line["by"] == "guard" and "write" in line]

    def stands_at(self, after_s: float) -> float:
        """When the belt stood."""
        return next(float(line["mono"]) for line in self.lines() if line["mono"] >= after_s and line["kmh"] == 0)

    def words(self) -> list[str]:
        """What the cockpit reads."""
        return self.report.read_text().splitlines() if self.report.exists() else []

    def guard_lines(self) -> list[str]:
        """What stands in the journal of what the guard did."""
        told = [json.loads(line) for line in self.journal.read_text().splitlines()]
        return [line["guard"] for line in told if "guard" in line]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Callable[[str], Scene]]:
    made: list[Scene] = []

    def make(text: str) -> Scene:
        made.append(Scene(tmp_path, text))
        return made[-1]

    yield make
    for one in made:
        one.hosted.process.kill()
        one.hosted.process.wait(ENDS_S)


GUARD: Final = ("-m", "coach.keeper.guard")
WATCHED: Final = (
    "-c",
    """
import sys, time
class Finder:
    def find_spec(self, name, path=None, target=None):
        print(time.monotonic(), name, file=sys.stderr, flush=True)
sys.meta_path.insert(0, Finder())
from coach.keeper.guard import main
sys.exit(main())
""",
)


class Posted:
    """A guard whose pipe the test holds."""

    def __init__(self, scene: Scene, words: tuple[str, ...] = GUARD, **profile: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.tell(scene.orders(**profile))
        assert self.process.stdout is not None
        assert json.loads(self.process.stdout.readline())["pid"] == self.process.pid

    def tell(self, line: dict[str, object]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()

    def ended(self) -> str:
        """The pipe ends; what the guard said on standard error when it has left."""
        return self.process.communicate(timeout=ENDS_S)[1].decode()


def killed(scene: Scene, *, pace: float = 1.0, frozen_s: float = 0.0) -> float:
    """Kill the driver of a running belt, after it was frozen for a while; when it died, with its guard's duty done."""
    last = {"kmh": KMH, "rear": True, "phase": "run"}
    asked = {
        "port": scene.hosted.port,
        "secret": scene.hosted.secret,
        "machine": str(scene.machine),
        "kmh": KMH,
        "pace": pace,
        "orders": scene.orders(),
        "last": last,
    }
    driver = subprocess.Popen(
        [sys.executable, "-m", "tests.keeper.driver", json.dumps(asked)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert driver.stdin is not None
    assert driver.stdout is not None
    assert driver.stderr is not None
    guard_pid = int(driver.stdout.readline())
    if frozen_s:
        driver.send_signal(signal.SIGSTOP)
        with pytest.raises(subprocess.TimeoutExpired):
            driver.wait(frozen_s)
    died_s = monotonic()
    driver.kill()
    driver.wait(ENDS_S)
    try:
        rest = driver.stderr.read()  # ends when the guard ends, who has it too
    except BaseException:
        os.kill(guard_pid, signal.SIGKILL)
        raise
    for pipe in (driver.stdin, driver.stdout, driver.stderr):
        pipe.close()
    assert rest == b""
    return died_s


def test_a_driver_that_is_killed_leaves_a_belt_that_its_guard_stops_in_time(scene: Callable[[str], Scene]) -> None:
    one = scene("")
    died_s = killed(one)
    writes = one.writes()
    assert writes[0][1] == "0801"
    assert writes[0][0] - died_s <= STOP_S
    assert one.stands_at(died_s) - died_s <= KMH / DECEL_KMH_S + STILL_SPARE_S
    assert [value for _, value in writes] == ["0801"]
    assert one.words() == ["acting", "stopping", "still"]
    assert one.guard_lines() == ["keeper-lost", "stop", "still"]
    assert one.hosted.process.wait(ENDS_S) == 0  # nobody is left behind


def test_the_time_of_a_driver_that_hung_before_it_died_counts(scene: Callable[[str], Scene]) -> None:
    one, frozen_s, pace = scene(""), 1.0, 10.0
    died_s = killed(one, pace=pace, frozen_s=frozen_s)
    before_s = max(line["at_s"] for line in one.lines() if line["by"] == "drive")
    attached_s = next(line["at_s"] for line in one.lines() if line["by"] == "guard")
    assert attached_s - before_s >= frozen_s * pace  # the driver's own clock until it died
    assert one.writes()[0][0] - died_s <= STOP_S


def left(one: Scene, guard: Posted, treadmill: RemoteTreadmill, **last: object) -> str:
    """The driver is gone all at once, and with it the guard's pipe; what the guard said on standard error."""
    guard.tell({"kmh": KMH, "rear": True, "phase": "run", **last})
    treadmill._cable.close()
    said = guard.ended()
    one.hosted.process.wait(ENDS_S)
    return said


def test_a_machine_that_took_its_control_away_is_asked_for_it(scene: Callable[[str], Scene]) -> None:
    one = scene("")
    treadmill = one.driven()
    treadmill.take_control(THERE_S)
    assert left(one, Posted(one), treadmill) == ""
    assert [value for _, value in one.writes()] == ["0801", "00", "0801"]
    assert one.words()[-1] == "still"


def test_a_machine_that_ignores_stop_for_a_while_is_told_again(scene: Callable[[str], Scene]) -> None:
    one = scene("")
    treadmill = one.driven()
    treadmill.ignore_stop(THERE_S + 1.5)
    assert left(one, Posted(one), treadmill) == ""
    (first_s, first), (second_s, second) = one.writes()
    assert (first, second) == ("0801", "0801")
    assert 2.0 <= second_s - first_s <= 2.0 + STOP_S
    assert one.words()[-1] == "still"


def test_a_machine_that_falls_silent_when_it_stands_is_left_in_peace(scene: Callable[[str], Scene]) -> None:
    one = scene("silent_when_stopped = true")
    assert left(one, Posted(one, silent_when_stopped=True), one.driven()) == ""
    assert [value for _, value in one.writes()] == ["0801"]
    assert one.words()[-1] == "still"


def test_a_machine_that_is_started_by_stop_is_not_started(scene: Callable[[str], Scene]) -> None:
    one = scene('stop_when_stopped = "start"')
    assert left(one, Posted(one), one.driven()) == ""
    assert [value for _, value in one.writes()] == ["0801"]
    assert one.lines()[-1]["kmh"] == 0


def test_without_the_folder_of_the_journal_the_belt_is_stopped_all_the_same(scene: Callable[[str], Scene]) -> None:
    one = scene("")
    one.journal = one.folder / "gone" / "journal"
    one.report = one.folder / "gone" / "report"
    assert left(one, Posted(one), one.driven()) == ""
    assert [value for _, value in one.writes()] == ["0801"]


def test_a_guard_that_is_told_nonsense_acts_and_one_that_is_told_closed_does_not(scene: Callable[[str], Scene]) -> None:
    one = scene("")
    treadmill = one.driven()
    calm, alarmed = Posted(one), Posted(one)
    alarmed.tell({"closed": "maybe"})
    calm.tell({"closed": True})
    assert calm.ended() == ""
    assert calm.process.returncode == 0
    assert one.writes() == []
    assert left(one, alarmed, treadmill) == ""
    assert [value for _, value in one.writes()] == ["0801"]


def test_no_signal_ends_a_guard(scene: Callable[[str], Scene]) -> None:
    one = scene("")
    guard, treadmill = Posted(one), one.driven()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTSTP):
        guard.process.send_signal(number)
    with pytest.raises(subprocess.TimeoutExpired):
        guard.process.wait(0.2)
    assert left(one, guard, treadmill) == ""
    assert guard.process.returncode == 0
    assert one.words()[-1] == "still"


def test_a_guard_whose_machine_is_gone_says_so_and_goes_on_trying(scene: Callable[[str], Scene]) -> None:
    one = scene("")
    guard = Posted(one)
    one.hosted.process.kill()
    one.hosted.process.wait(ENDS_S)
    assert guard.process.stdin is not None
    guard.process.stdin.close()
    while "unreachable" not in one.words():
        with pytest.raises(subprocess.TimeoutExpired):
            guard.process.wait(0.1)
    guard.process.kill()
    guard.process.stdin = None
    assert guard.ended() == ""
    assert one.words() == ["acting", "unreachable"]


def test_everything_that_a_guard_needs_is_loaded_before_it_sleeps(scene: Callable[[str], Scene]) -> None:
    one = scene("")
    treadmill = one.driven()
    treadmill.take_control(THERE_S)
    write(Tone.DANGER, one.folder / "danger.wav")
    played = one.folder / "played"
    player = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import sys; open(sys.argv[1], 'a').write(sys.argv[2])",
        str(played),
        "{}",
    ]
    guard = Posted(one, WATCHED, alarm={"folder": str(one.folder), "player": player})
    slept_s = monotonic()
    found = [line.split() for line in left(one, guard, treadmill).splitlines()]
    assert "coach.keeper.guard" in [name for _, name in found]
    assert [name for at_s, name in found if float(at_s) > slept_s] == []
    assert played.read_text().startswith(str(one.folder / "danger.wav"))
    assert one.words()[-1] == "still"

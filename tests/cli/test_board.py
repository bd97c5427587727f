"""`coach board` with a real broker: the table, lines for a pipe, and in a terminal the all stop from end to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from coach.network.payload import CommandIn
from tests.network.board_build import ack, idle, offline, online, rear, state, topic
from tests.sinks.mosquitto import PATIENCE_S, Listener, Mosquitto, free_port, mosquitto, needs_mosquitto
from tests.tui.terminal import Terminal, needs_tmux

Coach = Callable[..., tuple[int, str, str]]
ALL = "coach/all/cmd/stop"
ACL = """\
user reader
topic read coach/#
user belt
topic readwrite coach/#
"""


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker") as made:
        monkeypatch.setenv("COACH_MQTT__HOST", "127.0.0.1")
        monkeypatch.setenv("COACH_MQTT__PORT", str(made.port))
        yield made


def keep(broker: Mosquitto, device: str, payload: bytes, leaf: str = "state", user: str = "") -> None:
    """Say it, and have it kept."""
    broker.publish(topic(device, leaf), payload, "-r", "-q", "1", user=user)


@needs_mosquitto
@pytest.mark.slow
def test_once_prints_the_table_of_what_the_broker_has_kept(broker: Mosquitto, coach: Coach) -> None:
    keep(broker, "cellar", online(), "status")
    keep(broker, "cellar", rear(simulated=True))
    keep(broker, "attic", idle())
    keep(broker, "shed", offline(), "status")
    keep(broker, "no name", state())
    code, out, err = coach("board", "--once")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "1 running, 1 facing the rear, 1 idle, 1 offline"
    assert [line.split()[1] for line in lines[2:]] == ["cellar", "attic", "shed"]
    assert "▼▼ REAR" in lines[2]
    assert "SIM" in lines[2]
    assert "\x1b" not in out


@needs_mosquitto
@pytest.mark.usefixtures("broker")
@pytest.mark.slow
def test_once_without_any_treadmill_says_so(coach: Coach) -> None:
    assert coach("board", "--once") == (0, "No treadmill has been heard yet.\n", "")


@pytest.mark.slow
def test_a_broker_that_is_not_there_is_told(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_MQTT__HOST", "127.0.0.1")
    monkeypatch.setenv("COACH_MQTT__PORT", str(free_port()))
    code, out, err = coach("board", "--once")
    assert (code, out) == (1, "")
    assert err.startswith("coach: No MQTT broker listens at 127.0.0.1:")


@pytest.mark.slow
def test_a_broker_that_is_not_there_is_told_once() -> None:
    env = {**os.environ, "COACH_MQTT__HOST": "127.0.0.1", "COACH_MQTT__PORT": str(free_port())}
    words = [sys.executable, "-m", "coach", "board", "--once"]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["coach"]


def test_without_a_broker_in_the_settings_it_says_where_to_write_it(coach: Coach) -> None:
    code, out, err = coach("board")
    assert (code, out) == (1, "")
    assert "there is no broker yet" in err
    assert "config.toml" in err


class Piped:
    """`coach board --plain` into a pipe."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coach", "board", "--plain"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env=dict(os.environ, PYTHONIOENCODING="utf-8"),
        )
        self._lines: Queue[str] = Queue()
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def until(self, words: str) -> str:
        """The next line with these words."""
        while words not in (line := self._lines.get(timeout=PATIENCE_S)):
            pass
        return line

    def end(self) -> int:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE_S)
        self._thread.join(PATIENCE_S)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as out:
            for line in out:
                self._lines.put(line.rstrip("\n"))


@needs_mosquitto
@pytest.mark.slow
def test_plain_tells_what_changes_and_outlives_the_broker(broker: Mosquitto) -> None:
    piped = Piped()
    try:
        piped.until("connected")
        keep(broker, "cellar", state())
        assert "cellar: running, ▲▲ console, 8.4 km/h" in piped.until("cellar")
        keep(broker, "cellar", state(speed_kmh=9.0))
        keep(broker, "cellar", rear(phase="stop-failed"))
        assert "‼ a stop is not obeyed" in piped.until("STOP IGNORED")
        broker.kill()
        assert "connected" not in piped.until(" 127.0.0.1:")
        broker.start()
        piped.until(": connected")
        keep(broker, "cellar", idle())
        piped.until("cellar: no session")
    finally:
        assert piped.end() == 0


@needs_mosquitto
@needs_tmux
@pytest.mark.slow
def test_an_all_stop_reaches_the_treadmills_is_not_kept_and_its_answers_are_shown(
    broker: Mosquitto, tmp_path: Path
) -> None:
    env = {"COACH_MQTT__HOST": "127.0.0.1", "COACH_MQTT__PORT": str(broker.port)}
    with Listener(broker, ALL) as belts, Terminal(tmp_path / "window", ["board"], env=env) as window:
        window.until("✓ connected")
        keep(broker, "cellar", state())
        keep(broker, "attic", rear())
        window.until("2 running")
        window.keys("x", "Space", "Enter")
        window.keys("a")
        window.until("ALL STOP: press a again")
        assert belts.heard.empty()
        window.keys("a")
        heard = belts.next()
        told = CommandIn.model_validate_json(heard.payload)
        assert (heard.qos, heard.retain, bool(told.id)) == (1, False, True)
        window.until("0 of 2 stopped")
        broker.publish(topic("cellar", "ack"), ack(told.id), "-q", "1")
        window.until("1 stopping")
        keep(broker, "cellar", idle())
        keep(broker, "attic", idle())
        window.until("2 of 2 stopped")
        with Listener(broker, ALL) as late:
            broker.publish(ALL, b"the next one", "-q", "1")
            assert late.next().payload == "the next one"
        window.keys("q")
        assert window.code() == 0


@needs_mosquitto
@needs_tmux
@pytest.mark.slow
def test_an_all_stop_that_the_broker_does_not_take_or_cannot_hear_is_loud(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker", conf="", acl=ACL, users=("reader", "belt")) as broker:
        env = {
            "COACH_MQTT__HOST": "127.0.0.1",
            "COACH_MQTT__PORT": str(broker.port),
            "COACH_MQTT__USER": "reader",
            "COACH_MQTT__PASSWORD": "secret of reader",
        }
        with Terminal(tmp_path / "window", ["board"], env=env, size=(120, 40)) as window:
            window.until("✓ connected")
            keep(broker, "cellar", state(), user="belt")
            window.until("1 running")
            window.keys("a", "a")
            window.until("THE BROKER HAS NOT PASSED IT ON")
            broker.kill()
            window.until("NOT CONNECTED")
            window.keys("a", "a")
            window.until("ALL STOP WAS NOT SENT")
            assert "Go to the treadmills and pull the keys." in window.screen()

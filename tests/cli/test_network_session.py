"""A session on the network as a whole: the command, its keeper, and a real broker that is used, lost and wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from coach import places
from coach.core.event import Remote, Verb
from coach.sinks.journal import read_journal
from coach.sinks.replay import replay
from tests.sinks.mosquitto import Listener, Mosquitto, mosquitto, needs_mosquitto

pytestmark = [pytest.mark.slow, needs_mosquitto, pytest.mark.usefixtures("home")]

DEVICE: Final = "mill"
PATIENCE_S: Final = 60.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker") as one:
        yield one


def told_to(broker: Mosquitto, **more: str) -> dict[str, str]:
    """The environment of somebody whose settings name this broker."""
    return os.environ | {
        "COACH_MQTT__HOST": "127.0.0.1",
        "COACH_MQTT__PORT": str(broker.port),
        "COACH_MQTT__DEVICE": DEVICE,
        **more,
    }


@contextmanager
def session(env: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """`coach run` with a virtual runner, as lines."""
    command = [sys.executable, "-m", "coach", "run", *words, "--auto", "--plain"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def phase_until(heard: Listener, wanted: Callable[[dict[str, object]], bool]) -> dict[str, object]:
    """The first status that is so."""
    while True:
        told: dict[str, object] = json.loads(heard.next(f"coach/{DEVICE}/status").payload)
        if wanted(told):
            return told


def test_a_stop_from_a_phone_stops_the_belt_and_stands_in_the_journal(broker: Mosquitto) -> None:
    with Listener(broker, f"coach/{DEVICE}/#") as heard, session(told_to(broker), "10min@4", "--timelapse", "4") as run:
        phase_until(heard, lambda told: told["phase"] == "run")
        broker.publish(f"coach/{DEVICE}/cmd/stop", b"PRESS")
        phase_until(heard, lambda told: told["phase"] == "paused")
        run.terminate()
        said, _ = run.communicate(timeout=PATIENCE_S)
        last = phase_until(heard, lambda told: told["status"] == "offline")
    assert (last["running"], last["phase"], last["facing"]) == (False, "idle", "idle")
    assert "Slowing. Hold the rails." in said
    (journal,) = places.journals(simulated=True).glob("*.jsonl")
    recording = read_journal(journal)
    assert [entry.event.verb for entry in recording.entries if isinstance(entry.event, Remote)] == [Verb.STOP]
    assert replay(recording).equal


def test_a_broker_that_dies_in_the_middle_changes_nothing_of_the_session(broker: Mosquitto) -> None:
    with Listener(broker, f"coach/{DEVICE}/#") as heard, session(told_to(broker), "2min@4", "--timelapse", "10") as run:
        phase_until(heard, lambda told: told["phase"] == "run")
        broker.kill()
        said, _ = run.communicate(timeout=PATIENCE_S)
    assert "Session finished" in said
    assert run.returncode == 0
    assert said.count("broker at") == 1, said  # told once


def test_settings_of_the_broker_that_cannot_be_used_are_told_and_keep_nobody_from_running(
    broker: Mosquitto, home: Path
) -> None:
    secret = home / "password"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text("hidden-word")
    secret.chmod(0o644)
    env = told_to(broker, COACH_MQTT__USER="mill", COACH_MQTT__PASSWORD_FILE=str(secret))
    with session(env, "1min@4", "--timelapse", "20") as run:
        said, _ = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 0
    assert f"chmod 600 {secret}" in said
    assert "This session is not told to the network." in said
    assert "hidden-word" not in said

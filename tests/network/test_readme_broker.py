"""The broker of the README: a real mosquitto with its access list lets each user do his part and nothing else."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import Queue
from threading import Event
from typing import Final

import pytest

from coach.core.event import Verb
from coach.network.broker import Broker
from coach.network.discovery import birth, discovery_topic
from coach.network.topics import Topics, all_stop
from coach.sinks.broker_client import Client
from coach.sinks.mqtt import Received
from tests.sinks.mosquitto import (
    PATIENCE_S,
    Mosquitto,
    certificate,
    mosquitto,
    needs_mosquitto,
    needs_openssl,
    password_of,
)

README: Final = Path(__file__).parents[2] / "README.md"
CELLAR, ATTIC = Topics("cellar"), Topics("attic")
USERS: Final = ("cellar", "homeassistant", "family", "board")
OWN: Final = (CELLAR.status, CELLAR.state, CELLAR.sample, CELLAR.event, CELLAR.workout, CELLAR.ack)
COMMANDS: Final = {verb: CELLAR.command(verb) for verb in Verb}
DESCRIBED: Final = discovery_topic(Broker("b", device="cellar"))
OTHERS: Final = (ATTIC.state, ATTIC.status, ATTIC.event, ATTIC.ack, discovery_topic(Broker("b", device="attic")))
EVERYTHING: Final = (
    *OWN,
    *COMMANDS.values(),
    *OTHERS,
    ATTIC.command(Verb.STOP),
    all_stop(),
    DESCRIBED,
    birth(Broker("b")),
)

MAY: Final[dict[str, set[str]]] = {
    "cellar": {*OWN, DESCRIBED},
    "homeassistant": {
        *(COMMANDS[verb] for verb in (Verb.STOP, Verb.PAUSE, Verb.SLOWER)),
        *(ATTIC.command(Verb.STOP), all_stop(), DESCRIBED, birth(Broker("b"))),
        discovery_topic(Broker("b", device="attic")),
    },
    "family": {COMMANDS[Verb.STOP], COMMANDS[Verb.PAUSE], ATTIC.command(Verb.STOP), all_stop()},
    "board": {all_stop()},
}


def block(kind: str) -> str:
    """The fenced block of one kind, word for word."""
    (text,) = re.findall(rf"^```{kind}\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.fixture(name="broker", scope="module")
def _broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(
        tmp_path_factory.mktemp("broker"), conf="allow_anonymous false\n", acl=block("acl"), users=USERS
    ) as made:
        yield made


def taken(broker: Mosquitto, user: str, topic: str) -> bool:
    """Whether the broker takes a message of somebody."""
    command = ["mosquitto_pub", *broker._as(user), "-q", "1", "-t", topic, "-m", "{}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.stderr == "" or "Not authorized" in done.stderr
    return done.stderr == ""


@needs_mosquitto
@pytest.mark.parametrize("user", USERS)
def test_each_may_write_his_part_and_nothing_else(broker: Mosquitto, user: str) -> None:
    assert {topic for topic in EVERYTHING if taken(broker, user, topic)} == MAY[user]


@needs_mosquitto
def test_nobody_gets_in_without_a_password(broker: Mosquitto) -> None:
    command = ["mosquitto_pub", *broker._as(""), "-t", CELLAR.command(Verb.STOP), "-n"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode != 0


def test_no_treadmill_may_send_commands_and_no_one_else_may_speak_for_it() -> None:
    for user, topics in MAY.items():
        assert user == "cellar" or not topics & set(OWN)
        assert user != "cellar" or not topics & {*COMMANDS.values(), all_stop()}


@needs_mosquitto
@needs_openssl
def test_the_configuration_runs_and_takes_a_treadmill_with_its_password_over_tls(tmp_path: Path) -> None:
    """Word for word, but for the places of its files and its port."""
    made = certificate(tmp_path, "ours")
    with mosquitto(tmp_path / "first", acl=block("acl"), users=USERS, started=False) as known:
        here = {
            "cafile": made["cafile"],
            "certfile": made["certfile"],
            "keyfile": made["keyfile"],
            "password_file": known.folder / "passwords",
            "acl_file": known.folder / "acl",
        }
        words = [line.split(" ", 1) for line in block("conf").splitlines()]
        assert {key for key, _ in words} >= set(here)
        lines = [f"{key} {here.get(key, value)}" for key, value in words if key != "listener"]
        known.conf = "\n".join([f"listener {known.port} 127.0.0.1", *lines, "user root"]) + "\n"
        known.start()
        told, heard = Queue[str](), Queue[Received]()
        broker = Broker("127.0.0.1", known.port, tls=True, ca=str(made["cafile"]), user="cellar", device="cellar")
        broker = replace(broker, password=password_of("cellar"))
        stop = CELLAR.command(Verb.STOP)
        one = Client(broker, "coach-cellar", told=told.put, arrived=heard.put)
        family = Client(replace(broker, user="family", password=password_of("family")), "phone", told=told.put)
        try:
            one.subscribe(CELLAR.commands, retained=False)
            one.publish(CELLAR.status, b"{}", qos=1)
            sent = Event()
            one.flush(sent.set)
            assert sent.wait(PATIENCE_S)
            family.publish(stop, b"PRESS", qos=1)
            assert heard.get(timeout=PATIENCE_S).topic == stop
        finally:
            one.close()
            family.close()
        assert told.empty()


def test_the_configuration_asks_for_passwords_and_speaks_tls() -> None:
    lines = dict(line.split(" ", 1) for line in block("conf").splitlines())
    assert lines["listener"] == "8883"
    assert lines["allow_anonymous"] == "false"
    assert {"cafile", "certfile", "keyfile", "password_file", "acl_file"} <= set(lines)

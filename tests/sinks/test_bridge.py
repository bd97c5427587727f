"""The bridge on a real broker with an access list: what it tells, and that only fresh and safer words come in."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from queue import Queue
from time import monotonic, time
from typing import Any

import pytest

from coach.core.event import Verb
from coach.core.progress import Answer
from coach.keeper.onlooker import Command
from coach.network.broker import Broker
from coach.network.discovery import announcement, birth
from coach.network.payload import Ack, Event, State, Status, Workout, gone
from coach.network.topics import Topics
from coach.sinks import broker_client
from coach.sinks.bridge import Bridge
from tests.network.stream import ORIGIN, sent, shown, world
from tests.sinks.mosquitto import (
    ACL,
    PATIENCE_S,
    Line,
    Listener,
    Mosquitto,
    mosquitto,
    needs_mosquitto,
    password_of,
)

pytestmark = needs_mosquitto

DEVICE = "cellar"
USERS = (DEVICE, "homeassistant", "family", "board", "other")
ALL = "user everybody\ntopic readwrite #\n"  # who hears and attacks
TOPICS = Topics(DEVICE)
FLOOD = 10_000


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_client, "FIRST_AGAIN_S", 0.05)
    monkeypatch.setattr(broker_client, "LAST_AGAIN_S", 0.1)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    conf = "allow_anonymous false\n"
    with mosquitto(tmp_path / "broker", conf=conf, acl=ACL + "\n" + ALL, users=(*USERS, "everybody")) as running:
        yield running


def to(broker: Mosquitto) -> Broker:
    return Broker("127.0.0.1", broker.port, user=DEVICE, password=password_of(DEVICE), device=DEVICE)


@dataclass
class Keeper:
    """What the keeper is to the bridge."""

    answer: Answer | None = field(default_factory=lambda: Answer(0, done=True))
    offered: Queue[tuple[float, Command]] = field(default_factory=Queue)
    told: Queue[str] = field(default_factory=Queue)

    def offer(self, command: Command) -> None:
        self.offered.put((monotonic(), command))
        if self.answer is not None:
            command.answered(self.answer)

    def next(self) -> Command:
        return self.offered.get(timeout=PATIENCE_S)[1]

    def all(self) -> list[tuple[float, Command]]:
        return list(self.offered.queue)


@contextmanager
def bridged(to_broker: Broker, keeper: Keeper) -> Iterator[Bridge]:
    bridge = Bridge(to_broker, world().plan, ORIGIN, keeper.offer, keeper.told.put)
    try:
        yield bridge
    finally:
        bridge.close()


@contextmanager
def heard(broker: Mosquitto, *topics: str) -> Iterator[Listener]:
    with Listener(broker, *(topics or ("coach/#", "homeassistant/#")), user="everybody") as listener:
        yield listener


@cache
def events() -> tuple[Event, ...]:
    """All that happens in the session."""
    return tuple(one.told for one in sent(world()) if isinstance(one.told, Event))


def play(bridge: Bridge, until: Callable[[int], None] = lambda _: None) -> None:
    """A whole session goes by, as fast as it can."""
    for number, (step, snapshot) in enumerate(shown(world())):
        bridge.take(step.event, step.before, step.session, step.outcome)
        if number % 20 == 0:
            bridge.show(snapshot)
        until(number)


def timeless(event: Event) -> Event:
    return event.model_copy(update={"at": ""})


# What is told.


@pytest.mark.slow
def test_a_session_is_told_from_its_beginning_to_its_end(broker: Mosquitto) -> None:
    keeper = Keeper()
    with heard(broker) as listener:
        with bridged(to(broker), keeper) as bridge:
            told = [listener.next()]
            while told[-1].topic != TOPICS.status:
                told.append(listener.next())
            assert told[-1].payload == gone().wire().decode().replace("offline", "online")
            play(bridge)
        while told[-1] != Line(TOPICS.status, gone().wire().decode(), retain=False, qos=1):
            told.append(listener.next())
    assert keeper.told.empty()
    happened = [Event.model_validate_json(one.payload) for one in told if one.topic == TOPICS.event]
    assert [timeless(one) for one in happened] == [timeless(one) for one in events()]
    assert [one.number for one in happened] == list(range(1, len(happened) + 1))
    topic, described = announcement(to(broker), ORIGIN.version)
    assert [json.loads(one.payload) for one in told if one.topic == topic] == [described]
    assert [Workout.model_validate_json(one.payload).name for one in told if one.topic == TOPICS.workout]
    states = [State.model_validate_json(one.payload) for one in told if one.topic == TOPICS.state]
    assert (states[-1].phase, states[-1].running, states[-1].facing) == ("idle", False, "idle")
    assert all(one.qos == 0 for one in told if one.topic == TOPICS.sample)
    with heard(broker, "coach/#") as late:
        kept = {late.next().topic for _ in range(3)}
    assert kept == {TOPICS.status, TOPICS.state, TOPICS.workout}


@pytest.mark.slow
def test_no_event_is_lost_while_the_broker_is_away(tmp_path: Path) -> None:
    users = (DEVICE, "everybody")
    conf = f"allow_anonymous false\npersistence true\npersistence_location {tmp_path}/\n"
    keeper, halfway = Keeper(), len(list(shown(world()))) // 2
    with mosquitto(tmp_path / "b", conf=conf, acl=ACL + "\n" + ALL, users=users) as broker:
        known = ["-u", "everybody", "-P", password_of("everybody"), "-c", "-i", "keeps", "-q", "1", "-t", TOPICS.event]
        ask = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), *known]
        subprocess.run([*ask, "-E"], check=True, timeout=PATIENCE_S)

        def stop_it(number: int) -> None:
            if number == halfway:
                broker.stop()
            if number == halfway + halfway // 2:
                assert "is lost" in keeper.told.get(timeout=PATIENCE_S)
                broker.start()

        with bridged(to(broker), keeper) as bridge:
            play(bridge, stop_it)
            assert "is there again" in keeper.told.get(timeout=PATIENCE_S)
        count = str(len(events()))
        done = subprocess.run([*ask, "-C", count], check=True, timeout=PATIENCE_S, capture_output=True, text=True)
    numbers = [json.loads(line)["number"] for line in done.stdout.splitlines()]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(events()) + 1))


def test_home_assistant_is_told_again_when_it_is_born(broker: Mosquitto) -> None:
    keeper = Keeper()
    topic, _ = announcement(to(broker), ORIGIN.version)
    with heard(broker) as listener, bridged(to(broker), keeper):
        first = listener.next(topic)
        assert first.qos == 1
        listener.next(TOPICS.status)
        broker.publish(birth(to(broker)), b"offline", user="homeassistant")
        broker.publish(birth(to(broker)), b"online", user="homeassistant")
        assert listener.next(topic) == first


def test_home_assistant_is_not_told_where_that_is_not_wanted(broker: Mosquitto) -> None:
    with heard(broker) as listener, bridged(replace(to(broker), discovery_prefix=""), Keeper()):
        assert listener.next().topic == TOPICS.status


def test_the_will_says_idle_after_a_kill(broker: Mosquitto) -> None:
    code = (
        "import sys, threading\nfrom tests.sinks.test_bridge import *\n"
        f"broker = Broker('127.0.0.1', int(sys.argv[1]), user={DEVICE!r}, password=sys.argv[2], device={DEVICE!r})\n"
        "bridge = Bridge(broker, world().plan, ORIGIN, lambda command: None, lambda text: None)\n"
        "for (step, snapshot), _ in zip(shown(world()), range(600)):\n"
        "    bridge.take(step.event, step.before, step.session, step.outcome)\n"
        "bridge.show(snapshot)\nthreading.Event().wait()\n"
    )
    with heard(broker, TOPICS.status) as listener:
        command = [sys.executable, "-c", code, str(broker.port), password_of(DEVICE)]
        with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as process:
            try:
                while not Status.model_validate_json(listener.next().payload).running:
                    pass
            finally:
                process.kill()
        assert process.returncode in {-getattr(signal, "SIGKILL", 9), 1}
        assert listener.next() == Line(TOPICS.status, gone().wire().decode(), retain=False, qos=1)


def test_a_broker_that_is_not_there_harms_nothing() -> None:
    keeper = Keeper()
    with bridged(Broker("127.0.0.1", 1, device=DEVICE), keeper) as bridge:
        play(bridge)
        assert "No MQTT broker listens" in keeper.told.get(timeout=PATIENCE_S)
        assert bridge.state == "refused"
    assert keeper.told.empty()


# What comes in.


def command(verb: str, **more: Any) -> tuple[str, bytes]:
    return TOPICS._of(f"cmd/{verb}"), json.dumps({"ts": time(), **more}).encode()


def ack_of(listener: Listener) -> Ack:
    return Ack.model_validate_json(listener.next(TOPICS.ack).payload)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def attacked(broker: Mosquitto, keeper: Keeper) -> Iterator[Listener]:
    """A bridge that is there, and one who hears what it says."""
    with heard(broker, "coach/+/status", "coach/+/ack", "t/#") as listener, bridged(to(broker), keeper):
        listener.next(TOPICS.status)
        send(broker, command("pause", id="first"))  # so that it is known to listen
        assert keeper.next().verb is Verb.PAUSE
        assert ack_of(listener).accepted
        yield listener


def send(broker: Mosquitto, what: tuple[str, bytes | None], *options: str) -> None:
    broker.publish(*what, "-q", "1", *options, user="everybody")


@pytest.mark.parametrize("payload", [None, b"PRESS", b"{", b'{"ts": 1}', b"[" * 900, bytes(2000), "✋".encode()])
@pytest.mark.parametrize("topic", [TOPICS.command(Verb.STOP), TOPICS.all_stop])
def test_a_stop_counts_whatever_it_says(
    broker: Mosquitto, keeper: Keeper, attacked: Listener, topic: str, payload: bytes | None
) -> None:
    send(broker, (topic, payload))
    assert keeper.next().verb is Verb.STOP
    ack = ack_of(attacked)
    assert (ack.verb, ack.accepted) == (Verb.STOP, True)


def test_the_answer_of_the_session_is_the_ack(broker: Mosquitto, keeper: Keeper, attacked: Listener) -> None:
    keeper.answer = Answer(0, done=False, why="The belt stands.")
    send(broker, command("slower", id="a"))
    assert keeper.next().verb is Verb.SLOWER
    ack = ack_of(attacked)
    assert (ack.id, ack.accepted, ack.why) == ("a", False, "The belt stands.")
    send(broker, command("say", id="b", text="Well done"))
    said = keeper.next()
    assert (said.verb, said.text) == (Verb.SAY, "Well done")


def test_an_ack_goes_where_it_is_wanted_and_never_where_it_would_be_a_command(tmp_path: Path, keeper: Keeper) -> None:
    def wanted(topic: str) -> tuple[str, ...]:
        return ("-D", "publish", "response-topic", topic, "-D", "publish", "correlation-data", "c")

    with (
        mosquitto(tmp_path) as broker,
        Listener(broker, "t/#", f"{TOPICS.ack}/#", TOPICS.status) as listener,
        bridged(Broker("127.0.0.1", broker.port, device=DEVICE), keeper),
    ):
        listener.next(TOPICS.status)
        for topic, lands in {
            "t/answers": "t/answers",
            f"{TOPICS.ack}/phone": f"{TOPICS.ack}/phone",
            TOPICS.command(Verb.STOP): TOPICS.ack,
            "coach/other/cmd/stop": TOPICS.ack,
            "homeassistant/device/x/config": TOPICS.ack,
        }.items():
            broker.publish(*command("pause", id=topic[:60]), "-q", "1", *wanted(topic))
            line = listener.next()
            assert (line.topic, json.loads(line.payload)["id"]) == (lands, topic[:60])
            keeper.next()
    assert keeper.offered.empty()


@pytest.mark.parametrize("wanted", ["/" * 256, "t/" * 128])
def test_nobody_has_us_cut_off_by_where_he_wants_his_answer(
    broker: Mosquitto, keeper: Keeper, attacked: Listener, wanted: str
) -> None:
    """Mosquitto passes such a topic on, and hangs up on whoever publishes to it."""
    send(broker, (TOPICS.command(Verb.STOP), b""), "-D", "publish", "response-topic", wanted)
    assert keeper.next().verb is Verb.STOP
    assert attacked.next().topic == TOPICS.ack  # and no status: the will was not told


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "start": ("start", lambda: command("x")[1], "no such command"),
    "resume": ("resume", lambda: command("x")[1], "no such command"),
    "faster": ("faster", lambda: command("x")[1], "no such command"),
    "speed": ("speed", lambda: b"12", "no such command"),
    "a stop in capitals": ("STOP", lambda: b"", "no such command"),
    "nothing": ("slower", lambda: b"", "not JSON"),
    "press": ("pause", lambda: b"PRESS", "not JSON"),
    "no ts": ("slower", lambda: b"{}", "no ts"),
    "old": ("slower", lambda: command("x", ts=time() - 10)[1], "old"),
    "from the future": ("slower", lambda: command("x", ts=time() + 60)[1], "ahead"),
    "of no time": ("slower", lambda: b'{"ts": NaN}', "not a number"),
    "of another session": ("slower", lambda: command("x", session="other")[1], "another session"),
    "deep": ("slower", lambda: b'{"ts":' + b"[" * 400 + b"]" * 400 + b"}", "deep"),
    "long": ("slower", lambda: command("x", text="x" * 2000)[1], "longer"),
    "binary": ("incline-down", lambda: bytes(range(256)), "JSON"),
    "seen": ("slower", lambda: command("x", id="first")[1], "here before"),
    "without words": ("say", lambda: command("x", text=" ")[1], "no text"),
}


@pytest.mark.parametrize(("verb", "payload", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_a_fresh_and_safer_command_never_comes_through(
    broker: Mosquitto, keeper: Keeper, attacked: Listener, verb: str, payload: Callable[[], bytes], why: str
) -> None:
    send(broker, (TOPICS._of(f"cmd/{verb}"), payload()))
    ack = ack_of(attacked)
    assert not ack.accepted
    assert why in ack.why
    assert keeper.offered.empty()


@pytest.mark.parametrize("verb", ["stop", "start", "slower"])
def test_a_retained_command_never_acts_neither_before_nor_now(broker: Mosquitto, keeper: Keeper, verb: str) -> None:
    send(broker, command(verb), "-r")
    with heard(broker, "coach/+/status", "coach/+/ack") as listener, bridged(to(broker), keeper):
        listener.next(TOPICS.status)
        send(broker, command("pause", id="first"))
        assert (keeper.next().verb, ack_of(listener).id) == (Verb.PAUSE, "first")
        send(broker, command(verb), "-r")
        assert not ack_of(listener).accepted
    assert keeper.offered.empty()


def test_a_command_that_waited_for_us_at_the_broker_is_gone(broker: Mosquitto, keeper: Keeper) -> None:
    """A session that the broker keeps would release it without a sign of its age."""
    name = ["-c", "-i", f"coach-{DEVICE}", "-q", "1", "-t", TOPICS.commands, "-E"]
    subprocess.run(["mosquitto_sub", *broker._as(DEVICE), "-x", "3600", *name], check=True, timeout=PATIENCE_S)
    send(broker, (TOPICS.command(Verb.STOP), b"waited"))
    with heard(broker, "coach/+/status", "coach/+/ack") as listener, bridged(to(broker), keeper):
        listener.next(TOPICS.status)
        send(broker, command("pause", id="live"))
        assert (keeper.next().verb, ack_of(listener).id) == (Verb.PAUSE, "live")
    assert keeper.offered.empty()


def test_what_is_for_another_treadmill_does_not_arrive(broker: Mosquitto, keeper: Keeper, attacked: Listener) -> None:
    send(broker, ("coach/other/cmd/stop", b""))
    send(broker, (f"coach/{DEVICE}/extra/cmd/stop", b""))
    send(broker, (f"COACH/{DEVICE}/cmd/stop", b""))
    send(broker, ("coach/all/cmd/pause", command("x")[1]))
    send(broker, command("pause", id="mine"))
    keeper.next()
    assert ack_of(attacked).id == "mine"
    assert keeper.offered.empty()


def test_a_payload_of_a_megabyte_changes_nothing(broker: Mosquitto, keeper: Keeper, attacked: Listener) -> None:
    for verb in ("stop", "slower", "say"):
        send(broker, (TOPICS._of(f"cmd/{verb}"), b'{"text": "' + b"x" * 1_000_000 + b'"}'))
    send(broker, command("pause", id="behind"))
    keeper.next()
    assert ack_of(attacked).id == "behind"
    assert keeper.offered.empty()


@pytest.mark.parametrize("user", ["other", "family", "board"])
def test_who_may_not_command_cannot(broker: Mosquitto, keeper: Keeper, attacked: Listener, user: str) -> None:
    broker.publish(*command("slower", id="not mine"), "-q", "1", user=user)
    send(broker, command("pause", id="allowed"))
    keeper.next()
    assert ack_of(attacked).id == "allowed"
    assert keeper.offered.empty()


def flood(broker: Mosquitto, topic: str, lines: Iterator[str]) -> None:
    """Publish a line each, as fast as the broker's own client can."""
    text = "\n".join(lines) + "\n"
    run = ["mosquitto_pub", *broker._as("everybody"), "-t", topic, "-l", "-q", "1"]
    subprocess.run(run, input=text, text=True, check=True, timeout=3 * PATIENCE_S)


def behind(broker: Mosquitto, keeper: Keeper, verb: Verb) -> list[tuple[float, Command]]:
    """What came through until a command did that was sent behind a flood; a broker may drop it with the rest."""
    found: list[tuple[float, Command]] = []
    until_s = monotonic() + PATIENCE_S
    while not found or found[-1][1].verb is not verb:
        assert monotonic() < until_s
        if keeper.offered.empty():
            send(broker, command(verb))
        else:
            found.append(keeper.offered.get())
    return found


@pytest.mark.slow
def test_of_ten_thousand_commands_five_a_second_come_through_and_a_stop_does(
    broker: Mosquitto, keeper: Keeper, attacked: Listener
) -> None:
    del attacked
    flood(broker, TOPICS.command(Verb.SLOWER), (json.dumps({"ts": time(), "id": str(one)}) for one in range(FLOOD)))
    *found, (stop_s, _) = behind(broker, keeper, Verb.STOP)
    first_s = found[0][0] if found else stop_s
    assert sum(one.verb is Verb.SLOWER for _, one in found) <= 5 * (stop_s - first_s + 2)


@pytest.mark.slow
@pytest.mark.parametrize("answered", [True, False])
def test_ten_thousand_stops_are_a_few_and_one_comes_through(
    broker: Mosquitto, keeper: Keeper, attacked: Listener, answered: bool
) -> None:
    keeper.answer = Answer(0, done=True) if answered else None
    flood(broker, TOPICS.command(Verb.STOP), (f"stop {one}" for one in range(FLOOD)))
    *found, (last_s, _) = behind(broker, keeper, Verb.PAUSE)
    assert found
    assert all(one.verb is Verb.STOP for _, one in found)
    assert len(found) <= (5 if answered else 1) * (last_s - found[0][0] + 2)
    assert attacked.heard.qsize() <= 20 * (last_s - found[0][0] + 2)


def test_an_unanswered_stop_is_asked_for_again(broker: Mosquitto, keeper: Keeper, attacked: Listener) -> None:
    del attacked
    keeper.answer = None
    while keeper.offered.qsize() < 2:
        send(broker, (TOPICS.command(Verb.STOP), b""))
    (first_s, first), (second_s, second) = keeper.all()
    assert first.verb is second.verb is Verb.STOP
    assert second_s - first_s > 0.5

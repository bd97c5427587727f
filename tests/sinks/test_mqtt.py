"""The client of a broker: whatever a broker does, who hands over is not held up, and is told what is wrong."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from queue import Queue
from threading import Event, Thread

import pytest

from coach.network.broker import Broker
from coach.sinks import broker_client, mqtt
from coach.sinks.broker_client import QUEUED, Client
from coach.sinks.mqtt import Message, Received
from tests.sinks.mosquitto import (
    PATIENCE_S,
    Line,
    Listener,
    Mosquitto,
    certificate,
    free_port,
    mosquitto,
    needs_mosquitto,
    needs_openssl,
    password_of,
)

CONNACK = bytes.fromhex("20 03 00 00 00")  # MQTT 5, 3.2: no session, success, no properties
NOT_ALLOWED = bytes.fromhex("20 03 00 87 00")
OLD = bytes.fromhex("20 02 00 01")  # MQTT 3.1.1, 3.2: this version of the protocol is not taken
HUGE = bytes.fromhex("30 ff ff ff 7f")  # a message of 256 MB
MANY = 3 * 4 * QUEUED  # more than may wait


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in seconds is waited for in tenths."""
    monkeypatch.setattr(broker_client, "FIRST_AGAIN_S", 0.05)
    monkeypatch.setattr(broker_client, "LAST_AGAIN_S", 0.1)
    monkeypatch.setattr(broker_client, "SETTLED_S", 0.05)


class Heard:
    """What came from a client, in order."""

    def __init__(self) -> None:
        self.told: Queue[str] = Queue()
        self.arrived: Queue[Received] = Queue()
        self.up: Queue[None] = Queue()

    def next(self) -> str:
        return self.told.get(timeout=PATIENCE_S)

    def next_up(self) -> None:
        self.up.get(timeout=PATIENCE_S)

    def next_arrived(self) -> Received:
        return self.arrived.get(timeout=PATIENCE_S)


@contextmanager
def client(broker: Broker, heard: Heard, *, name: str = "test", will: Message | None = None) -> Iterator[Client]:
    one = Client(
        broker,
        name,
        told=heard.told.put,
        arrived=heard.arrived.put,
        up=lambda: heard.up.put(None),
        will=will,
    )
    try:
        yield one
    finally:
        one.close()
        assert not one.alive


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker") as running:
        yield running


def at(port: int) -> Broker:
    return Broker("127.0.0.1", port)


# A broker as it should be.


@needs_mosquitto
def test_what_is_published_arrives_in_order_with_all_that_belongs_to_it(broker: Mosquitto, heard: Heard) -> None:
    with Listener(broker, "t/#") as listener, client(at(broker.port), heard) as one:
        for number in range(100):
            one.publish("t/event", b"%d" % number, qos=1)
        one.publish("t/state", b"kept", qos=1, retain=True)
        assert [listener.next() for _ in range(101)] == [
            *(Line("t/event", str(number), retain=False, qos=1) for number in range(100)),
            Line("t/state", "kept", retain=False, qos=1),
        ]
    with Listener(broker, "t/#") as late:
        assert late.next() == Line("t/state", "kept", retain=True, qos=1)


@needs_mosquitto
def test_a_message_is_heard_with_its_answer_topic(broker: Mosquitto, heard: Heard) -> None:
    with client(at(broker.port), heard) as one, client(at(broker.port), Heard(), name="other") as other:
        one.subscribe("t/+")
        one.publish("t/mine", b"subscribed", qos=1)
        assert heard.next_arrived() == Received("t/mine", b"subscribed")
        other.publish("t/x", b"what?", qos=1, response="r/1", correlation=b"\x00\x01", expiry_s=5)
        assert heard.next_arrived() == Received("t/x", b"what?", False, "r/1", b"\x00\x01")


@needs_mosquitto
@pytest.mark.parametrize("retained", [True, False])
def test_what_was_kept_is_heard_only_where_it_is_wanted(broker: Mosquitto, heard: Heard, retained: bool) -> None:
    broker.publish("t/old", b"old", "-r", "-q", "1")
    with client(at(broker.port), heard) as one:
        one.subscribe("t/+", retained=retained)
        one.publish("t/mine", b"subscribed", qos=1)
        found = [heard.next_arrived() for _ in range(2 if retained else 1)]
        assert Received("t/mine", b"subscribed") in found
        assert (Received("t/old", b"old", retain=True) in found) is retained


@needs_mosquitto
def test_without_kept_messages_one_that_is_to_be_kept_says_so(broker: Mosquitto, heard: Heard) -> None:
    with client(at(broker.port), heard) as one:
        one.subscribe("t/+", retained=False)
        one.publish("t/x", b"fresh", qos=1, retain=True)
        assert heard.next_arrived() == Received("t/x", b"fresh", retain=True)


@needs_mosquitto
def test_a_message_that_is_too_large_never_comes(broker: Mosquitto, heard: Heard) -> None:
    with client(at(broker.port), heard) as one:
        one.subscribe("t/+")
        one.publish("t/mine", b"subscribed", qos=1)
        assert heard.next_arrived().topic == "t/mine"
        broker.publish("t/x", bytes(1_000_000), "-q", "1")
        broker.publish("t/x", b"small", "-q", "1")
        assert heard.next_arrived() == Received("t/x", b"small")


@needs_mosquitto
def test_the_last_words_are_sent_before_the_end_and_the_will_is_not(broker: Mosquitto, heard: Heard) -> None:
    with Listener(broker, "t/#") as listener:
        with client(at(broker.port), heard, will=Message("t/status", b"killed", qos=1)) as one:
            heard.next_up()
            for number in range(50):
                one.publish("t/event", b"%d" % number, qos=1)
            one.publish("t/status", b"offline", qos=1, retain=True, newest=True)
        assert [listener.next().payload for _ in range(51)] == [*map(str, range(50)), "offline"]
        broker.publish("t/last", b"end", "-q", "1")
        assert listener.next().payload == "end"


@needs_mosquitto
def test_of_what_only_the_newest_matters_the_newest_is_sent(tmp_path: Path, heard: Heard) -> None:
    with mosquitto(tmp_path, started=False) as broker, client(at(broker.port), heard) as one:
        assert "No MQTT broker listens" in heard.next()
        for number in range(5000):
            one.publish("t/sample", b"%d" % number, newest=True)
        one.publish("t/event", b"first", qos=1)
        one.publish("t/stale", b"nobody needs it", qos=1, expiry_s=0)
        broker.start()
        with Listener(broker, "t/#") as listener:  # the first samples may be over before it listens
            one.publish("t/sample", b"now", qos=1, newest=True)
            assert listener.next("t/sample").payload in {"4999", "now"}


# An outage.


@needs_mosquitto
def test_events_outlast_a_restart_of_the_broker(tmp_path: Path, heard: Heard) -> None:
    conf = f"allow_anonymous true\npersistence true\npersistence_location {tmp_path}/\n"
    with mosquitto(tmp_path, conf=conf) as broker, client(at(broker.port), heard) as one:
        heard.next_up()
        subscriber = ["-c", "-i", "keeps", "-q", "1", "-t", "t/#"]
        ask = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), *subscriber]
        subprocess.run([*ask, "-E"], check=True, timeout=PATIENCE_S)
        for number in range(100):
            one.publish("t/event", b"%d" % number, qos=1)
        broker.stop()
        assert "lost" in heard.next()
        for number in range(100, 200):
            one.publish("t/event", b"%d" % number, qos=1)
        broker.start()
        heard.next_up()
        one.publish("t/event", b"last", qos=1)
        assert "is there again" in heard.next()
        done = subprocess.run([*ask, "-C", "201"], check=True, timeout=PATIENCE_S, capture_output=True, text=True)
        assert list(dict.fromkeys(done.stdout.split())) == [*map(str, range(200)), "last"]


def test_the_oldest_events_go_when_there_are_too_many(heard: Heard) -> None:
    with client(at(free_port()), heard) as one:
        for number in range(MANY):
            one.publish("t/event", b"%d" % number, qos=1)
        done = Event()
        one.call(done.set)
        assert done.wait(PATIENCE_S)
        assert one.waiting <= QUEUED
        assert one._events[-1].payload == b"%d" % (MANY - 1)


@needs_mosquitto
def test_an_answer_for_which_the_broker_cuts_us_off_is_tried_once(broker: Mosquitto, heard: Heard) -> None:
    with Listener(broker, "t/#") as listener, client(at(broker.port), heard) as one:
        heard.next_up()
        one.publish("/" * 256, b"answer", qos=1, quiet=True)  # mosquitto takes 200 levels, and hangs up
        heard.next_up()
        one.publish("t/event", b"after", qos=1)
        assert listener.next().payload == "after"


@needs_mosquitto
def test_two_that_have_one_name_are_told_so_once(broker: Mosquitto, heard: Heard) -> None:
    with client(at(broker.port), heard, name="mill"), client(at(broker.port), Heard(), name="mill"):
        while "another coach" not in heard.next():
            pass
        for _ in range(6):
            assert "another coach" not in heard.next()


# Brokers that are slow, dead or hostile.


@contextmanager
def server(act: Callable[[socket.socket, Event], None]) -> Iterator[int]:
    """Something that takes connections and is no broker; it is given each, and an event that says when to let go."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threads: list[Thread] = []

        def serve() -> None:
            while True:
                try:
                    taken, _ = listening.accept()
                except OSError:
                    return
                thread = Thread(target=play, args=(taken,))
                threads.append(thread)
                thread.start()

        def play(taken: socket.socket) -> None:
            with taken, suppress(OSError):
                act(taken, over)

        acceptor = Thread(target=serve)
        acceptor.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR) if sys.platform == "linux" else listening.close()
            acceptor.join(PATIENCE_S)
            for thread in threads:
                thread.join(PATIENCE_S)


def silent(taken: socket.socket, over: Event) -> None:
    del taken
    over.wait()


def hangs_up(taken: socket.socket, over: Event) -> None:
    del over
    taken.recv(1)


def garbage(taken: socket.socket, over: Event) -> None:
    taken.sendall(bytes(range(255, 0, -1)) * 100)
    over.wait()


def stops_reading(taken: socket.socket, over: Event) -> None:
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    taken.sendall(CONNACK)
    over.wait()


def garbage_later(taken: socket.socket, over: Event) -> None:
    taken.sendall(CONNACK + bytes(range(255, 0, -1)) * 100)
    over.wait()


def floods(taken: socket.socket, over: Event) -> None:
    taken.sendall(CONNACK + HUGE)
    while not over.is_set():
        taken.sendall(bytes(65536))


def drips(taken: socket.socket, over: Event) -> None:
    for octet in CONNACK[:-1]:
        taken.sendall(bytes([octet]))
    over.wait()


HOSTILE = (silent, hangs_up, garbage, stops_reading, garbage_later, floods, drips)


@pytest.mark.parametrize("act", HOSTILE, ids=lambda act: act.__name__)
def test_no_broker_holds_up_who_hands_over_or_makes_memory_grow(
    act: Callable[[socket.socket, Event], None], heard: Heard
) -> None:
    with server(act) as port, client(at(port), heard) as one:
        for number in range(MANY):
            one.publish("t/event", b"%d" % number + bytes(500), qos=number % 2)
            one.publish("t/sample", bytes(500), newest=True)
            assert one.waiting <= 6 * QUEUED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "words"),
    {
        silent: "gives no answer",
        drips: "gives no answer",
        hangs_up: "hangs up at once",
        stops_reading: "gives no answer any more",
        floods: "sends more than coach takes",
    }.items(),
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_it_is_said_once_what_is_wrong_with_it(
    act: Callable[[socket.socket, Event], None], words: str, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "ANSWER_S", 0.3)
    with server(act) as port, client(at(port), heard) as one:
        one.publish("t/event", b"x", qos=1)
        told = heard.next()
        while words not in told:
            told = heard.next()
        one.publish("t/event", b"x", qos=1)
    assert words not in list(heard.told.queue)


@pytest.mark.parametrize("tls", [False, True])
def test_the_end_waits_for_no_broker(tls: bool, heard: Heard) -> None:
    with server(silent) as port, client(replace(at(port), tls=tls), heard) as one:
        one.publish("t/event", b"x", qos=1)
        one.close(0.1)
        assert not one.alive
        one.publish("t/event", b"x", qos=1)  # too late, and no error
        one.close(0.1)


# What a person is told.


def answers(answer: bytes) -> Callable[[socket.socket, Event], None]:
    def act(taken: socket.socket, over: Event) -> None:
        taken.recv(1024)
        taken.sendall(answer)
        over.wait()

    return act


@pytest.mark.parametrize(
    ("answer", "user", "words"),
    [
        (NOT_ALLOWED, "", "wants a user and a password"),
        (NOT_ALLOWED, "anna", "refuses user anna or the password"),
        (OLD, "", "does not speak MQTT 5"),
        (bytes.fromhex("20 03 00 85 00"), "", "change device under [mqtt]"),
        (bytes.fromhex("20 03 00 97 00"), "", "takes no more clients"),
        (bytes.fromhex("20 03 00 8a 00"), "", "does not let this client in"),
        (bytes.fromhex("20 03 00 80 00"), "", "is not an MQTT broker coach understands"),
    ],
)
def test_a_broker_that_does_not_let_us_in_is_told(answer: bytes, user: str, words: str, heard: Heard) -> None:
    with server(answers(answer)) as port, client(replace(at(port), user=user, password="x"), heard):
        assert words in heard.next()


def test_a_host_that_is_none_is_told(heard: Heard) -> None:
    with client(Broker("no-such-host.invalid"), heard) as one:
        assert heard.next() == "There is no computer named no-such-host.invalid in this network."
        assert one.state == "no such host"


def test_a_port_where_nobody_listens_is_told_once(heard: Heard) -> None:
    port = free_port()
    with client(at(port), heard) as one:
        assert heard.next() == f"No MQTT broker listens at 127.0.0.1:{port}."
        assert one.state == "refused"
    assert heard.told.empty()


@needs_mosquitto
def test_a_wrong_password_is_told_and_appears_nowhere(
    tmp_path: Path, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with mosquitto(tmp_path, conf="allow_anonymous false\n", users=("anna",)) as broker:
        wrong = replace(at(broker.port), user="anna", password="Wiesengrund")
        with client(wrong, heard) as one:
            said = heard.next()
            assert said == f"The MQTT broker at 127.0.0.1:{broker.port} refuses user anna or the password."
        with client(replace(wrong, password=password_of("anna")), heard):
            heard.next_up()
    assert "Wiesengrund" not in said + one.state + repr(wrong) + caplog.text


@needs_mosquitto
def test_a_refused_topic_is_told_once_and_the_rest_goes_on(tmp_path: Path, heard: Heard) -> None:
    acl = "user anna\ntopic readwrite t/#\n"
    with mosquitto(tmp_path, conf="allow_anonymous false\n", acl=acl, users=("anna",)) as broker:
        allowed = replace(at(broker.port), user="anna", password=password_of("anna"))
        with Listener(broker, "t/#", user="anna") as listener, client(allowed, heard) as one:
            one.publish("closed/1", b"x", qos=1, quiet=True)
            one.publish("closed/2", b"x", qos=1)
            one.publish("closed/3", b"x", qos=1)
            one.publish("t/event", b"x", qos=1)
            assert listener.next().topic == "t/event"
            assert heard.next() == (
                f"The MQTT broker at 127.0.0.1:{broker.port} does not take closed/2 (not allowed): "
                "look at its access list."
            )
            assert one.state == "connected"
    assert heard.told.empty()


def test_a_refused_subscription_is_told(heard: Heard) -> None:
    def act(taken: socket.socket, over: Event) -> None:
        taken.recv(1024)
        taken.sendall(CONNACK)
        asked = taken.recv(1024)
        taken.sendall(b"\x90\x04" + asked[2:4] + b"\x00\x87")
        over.wait()

    with server(act) as port, client(at(port), heard) as one:
        one.subscribe("t/cmd/+")
        assert "does not let coach hear t/cmd/+ (not allowed)" in heard.next()


def test_a_message_larger_than_the_broker_takes_is_told_and_not_sent(heard: Heard) -> None:
    sent: Queue[bytes] = Queue()

    def act(taken: socket.socket, over: Event) -> None:
        taken.recv(1024)
        taken.sendall(bytes.fromhex("20 08 00 00 05 27 00 00 01 00"))  # no packet over 256 bytes
        sent.put(taken.recv(65536))
        over.wait()

    with server(act) as port, client(at(port), heard) as one:
        one.publish("t/large", bytes(1000), qos=1)
        one.publish("t/small", b"x")
        assert "does not take t/large (too large)" in heard.next()
        assert b"t/small" in sent.get(timeout=PATIENCE_S)


# TLS.


@needs_mosquitto
@needs_openssl
def test_tls_with_the_right_authority_and_with_a_wrong_one(tmp_path: Path, heard: Heard) -> None:
    ours, theirs = certificate(tmp_path / "c", "ours"), certificate(tmp_path / "c", "theirs")
    with mosquitto(tmp_path, tls=ours) as broker:
        good = Broker("127.0.0.1", broker.port, tls=True, ca=str(ours["cafile"]))
        with client(good, heard) as one:
            one.subscribe("t/+")
            one.publish("t/x", b"over TLS", qos=1)
            assert heard.next_arrived() == Received("t/x", b"over TLS")
        with client(replace(good, ca=str(theirs["cafile"])), heard) as one:
            told = heard.next()
            assert told.startswith(f"The certificate of the MQTT broker at 127.0.0.1:{broker.port} is not trusted: ")
            assert told.endswith("Name the file of the authority that signed it as ca under [mqtt].")
            assert one.state == "certificate not trusted"
        with client(replace(good, ca=""), heard):
            assert "is not trusted" in heard.next()


@needs_mosquitto
@needs_openssl
def test_tls_on_one_side_only_is_told(tmp_path: Path, heard: Heard) -> None:
    with mosquitto(tmp_path / "plain") as plain, client(replace(at(plain.port), tls=True), heard):
        assert "TLS" in heard.next()
    with mosquitto(tmp_path / "tls", tls=certificate(tmp_path / "c", "ours")) as broker, client(at(broker.port), heard):
        assert "hangs up at once: does it take a connection without TLS" in heard.next()


@pytest.mark.parametrize(("content", "words"), [(None, "no such file"), ("x", "no certificate")])
def test_certificates_that_cannot_be_used_are_told(
    tmp_path: Path, heard: Heard, content: str | None, words: str
) -> None:
    ca = tmp_path / "ca.pem"
    if content is not None:
        ca.write_text(content)
    with client(Broker("127.0.0.1", free_port(), tls=True, ca=str(ca)), heard):
        told = heard.next()
        assert told.startswith(f"The certificates in {ca} cannot be used: ")
        assert words in told


# The end of a process.


@needs_mosquitto
def test_the_will_is_told_after_a_kill(broker: Mosquitto) -> None:
    code = (
        "import sys\nfrom threading import Event\nfrom coach.network.broker import Broker\n"
        "from coach.sinks.broker_client import Client\nfrom coach.sinks.mqtt import Message\n"
        "Client(Broker('127.0.0.1', int(sys.argv[1])), 'killed', will=Message('t/status', b'offline', 1, True),\n"
        "       up=lambda: print('up', flush=True))\n"
        "Event().wait()\n"
    )
    with Listener(broker, "t/#") as listener, ExitStack() as stack:
        command = [sys.executable, "-c", code, str(broker.port)]
        process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.kill()
        assert listener.next() == Line("t/status", "offline", retain=False, qos=1)


def test_a_process_ends_while_a_connection_hangs() -> None:
    code = (
        "import sys\nfrom coach.network.broker import Broker\nfrom coach.sinks.broker_client import Client\n"
        "one = Client(Broker('127.0.0.1', int(sys.argv[1]), tls=True), 'hangs')\n"
        "one.publish('t', b'x', qos=1)\none.close(0.2)\nprint(one.alive)\n"
    )
    with server(silent) as port:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code, str(port)], capture_output=True, text=True, timeout=PATIENCE_S
        )
    assert (done.stdout, done.stderr, done.returncode) == ("False\n", "", 0)

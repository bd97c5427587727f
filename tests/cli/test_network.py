"""From the settings to a broker: what holds, what is refused, what is warned of, and that no password is ever shown."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.cli.network import broker_of, is_loopback, slug, warnings_of
from coach.config import ConfigError
from coach.doctor import broker as probe
from coach.doctor.finding import State
from coach.network.broker import Broker
from coach.network.topics import device_problem
from tests.sinks.mosquitto import ACL, Listener, free_port, mosquitto, needs_mosquitto, password_of

Coach = Callable[..., tuple[int, str, str]]
SECRET = "Wiesengrund 7"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of files")


@pytest.fixture(autouse=True)
def _named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Sole F85")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "config.toml"
    monkeypatch.setenv("COACH_CONFIG", str(file))
    return file


def write(file: Path, *lines: str) -> None:
    file.write_text("\n".join(["[mqtt]", *lines]) + "\n", encoding="utf-8")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "mqtt password"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_without_a_host_there_is_no_broker(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("")
    monkeypatch.setenv("COACH_MQTT__PASSWORD", SECRET)
    assert broker_of() is None


def test_all_that_is_left_out_has_a_value(file: Path) -> None:
    write(file, "host = 'broker.lan'")
    assert broker_of() == Broker("broker.lan", 8883, tls=True, device="sole-f85")
    write(file, "host = 'localhost'")
    assert broker_of() == Broker("localhost", 1883, tls=False, device="sole-f85")


def test_all_that_is_said_holds(file: Path, secret: Path) -> None:
    write(
        file,
        "host = '10.0.0.7'\nport = 1884\ntls = false\nca = '/etc/ca.pem'\nuser = 'belt'",
        f"password_file = '{secret}'\ndevice = 'cellar_2'\nprefix = 'hall/3'\ndiscovery_prefix = ''",
    )
    broker = broker_of()
    assert broker == Broker("10.0.0.7", 1884, False, "/etc/ca.pem", "belt", SECRET, "cellar_2", "hall/3", "")
    assert SECRET not in repr(broker)


@pytest.mark.parametrize("password", ["12345", "true", "null", '{"a": 1}', SECRET])
def test_a_password_of_the_environment_is_taken_as_it_is(
    file: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    write(file, "host = 'broker.lan'")
    monkeypatch.setenv("COACH_MQTT__PASSWORD", password)
    broker = broker_of()
    assert broker is not None
    assert broker.password == password


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o700 | 0o010])
def test_a_password_that_others_can_read_is_refused_with_what_mends_it(file: Path, secret: Path, mode: int) -> None:
    write(file, "host = 'broker.lan'", f"password_file = '{secret}'")
    secret.chmod(mode)
    with pytest.raises(ConfigError) as wrong:
        broker_of()
    assert str(wrong.value) == f"{secret}: others can read the password; run: chmod 600 '{secret}'"


@posix
@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can give a file away")
def test_a_password_of_somebody_else_is_refused(file: Path, secret: Path) -> None:
    write(file, "host = 'broker.lan'", f"password_file = '{secret}'")
    os.chown(secret, 12345, 12345)
    with pytest.raises(ConfigError, match="belongs to another user"):
        broker_of()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has to be the one line"),
        (b"one\ntwo\n", "has to be the one line"),
        (bytes([0xFF]), "is not UTF-8"),
        (b"x" * 5000, "one line"),
    ],
)
def test_a_file_without_a_password_is_refused(file: Path, secret: Path, content: bytes, words: str) -> None:
    write(file, "host = 'broker.lan'", f"password_file = '{secret}'")
    secret.write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        broker_of()


@posix
@pytest.mark.parametrize("key", ["ca", "password_file"])
def test_a_file_in_the_home_of_nobody_is_refused(file: Path, key: str) -> None:
    write(file, "host = 'broker.lan'", f"{key} = '~nobody-of-this-name/file'")
    with pytest.raises(ConfigError, match="no such user"):
        broker_of()


def test_a_file_that_no_system_can_name_is_refused(file: Path) -> None:
    write(file, "host = 'broker.lan'", 'password_file = "a\\u0000b"')
    with pytest.raises(ConfigError, match="not a name of a file"):
        broker_of()


@posix
def test_a_pipe_in_the_place_of_the_file_is_refused_and_not_waited_for(file: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    write(file, "host = 'broker.lan'", f"password_file = '{tmp_path / 'pipe'}'")
    with pytest.raises(ConfigError, match="is not a file"):
        broker_of()


def test_settings_of_the_environment_that_are_no_table_are_not_shown(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("")
    monkeypatch.setenv("COACH_MQTT", f'["{SECRET}"]')
    with pytest.raises(ConfigError, match="mqtt is not a table of settings") as told:
        broker_of()
    assert SECRET not in str(told.value)


def test_a_file_that_is_not_there_is_refused(file: Path, tmp_path: Path) -> None:
    write(file, "host = 'broker.lan'", f"password_file = '{tmp_path / 'none'}'")
    with pytest.raises(ConfigError, match="no such file"):
        broker_of()


WRONG = {
    "a password in the file": (f"host = 'b'\npassword = '{SECRET}'", ":3: a password does not belong in this file"),
    "a misspelt key": ("host = 'b'\nprot = 1", ":3: mqtt.prot is not a setting; did you mean port?"),
    "no port": ("port = 0", ":2: mqtt.port is 0"),
    "an address with its scheme": ("host = 'mqtt://b'", ":2: mqtt.host: 'mqtt://b' is not a name or address"),
    "a device with a slash": ("device = 'a/b'", ":2: mqtt.device: 'a/b' is not a device"),
    "a device that means all": ("device = 'all'", ":2: mqtt.device: all means every treadmill"),
    "a wild prefix": ("prefix = 'coach/#'", ":2: mqtt.prefix: 'coach/#' cannot begin a topic"),
    "no prefix": ("prefix = ''", ":2: mqtt.prefix: '' cannot begin a topic"),
    "a wild discovery": ("discovery_prefix = '+'", ":2: mqtt.discovery_prefix: '+' cannot begin a topic"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_place(file: Path, text: str, message: str) -> None:
    write(file, text)
    with pytest.raises(ConfigError) as wrong:
        broker_of()
    assert str(wrong.value).startswith(f"{file}{message}")
    assert SECRET not in str(wrong.value)


def test_a_password_that_is_none_is_not_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(file, "host = 'b'")
    monkeypatch.setenv("COACH_MQTT__PASSWORD__X", SECRET)
    with pytest.raises(ConfigError) as wrong:
        broker_of()
    assert str(wrong.value) == "COACH_MQTT__PASSWORD__X: mqtt.password is not text"


def test_two_passwords_are_one_too_many(file: Path, secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(file, "host = 'b'", f"password_file = '{secret}'")
    monkeypatch.setenv("COACH_MQTT__PASSWORD", SECRET)
    with pytest.raises(ConfigError, match="one of them is enough"):
        broker_of()


def test_config_shows_what_holds_and_of_the_password_only_that_it_is_set(
    coach: Coach, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, "host = 'broker.lan'", "user = 'belt'")
    monkeypatch.setenv("COACH_MQTT__PASSWORD", SECRET)
    code, out, err = coach("config", "--json")
    told = {one["name"]: (one["value"], one["origin"]) for one in json.loads(out)["values"]}
    assert (code, err) == (0, "")
    assert told["mqtt.host"] == ("broker.lan", f"{file}:2")
    assert told["mqtt.password"] == ("set", "COACH_MQTT__PASSWORD")
    assert told["mqtt.tls"] == (None, "default")
    plain = coach("config")[1]
    assert "mqtt.password" in plain
    assert SECRET not in out + plain


def test_config_says_nothing_of_a_broker_where_there_is_none(coach: Coach, file: Path) -> None:
    file.write_text("")
    assert "mqtt" not in coach("config")[1]


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("broker.localhost", True),
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("127.0.0.1.example.org", False),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("broker", False),
    ],
)
def test_only_this_computer_is_this_computer(host: str, here: bool) -> None:
    assert is_loopback(host) is here


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Sole F85", "sole-f85"),
        ("Länge/läuft #1+", "lange-lauft-1"),
        ("  --x--  ", "x"),
        ("all", "all-treadmill"),
        ("走步机", ""),
        ("x" * 200, "x" * 64),
        ("SIM-home", "sim-home"),
    ],
)
def test_a_name_becomes_a_part_of_a_topic(name: str, told: str) -> None:
    assert slug(name) == told
    assert not told or not device_problem(told)


def test_an_open_broker_elsewhere_is_warned_of() -> None:
    assert warnings_of(Broker("127.0.0.1")) == ()
    assert warnings_of(Broker("b.lan", tls=True, user="belt")) == ()
    plain = warnings_of(Broker("b.lan", user="belt", password="x"))
    assert [one.startswith("WARNING: your password") for one in plain] == [True]
    assert [one.split()[0] for one in warnings_of(Broker("b.lan"))] == ["WARNING:", "WARNING:"]
    assert "to stop your belt" in warnings_of(Broker("b.lan", tls=True))[0]


# coach mqtt


def test_mqtt_shows_the_broker_and_its_topics(coach: Coach, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(file, "host = 'broker.lan'", "user = 'belt'", "device = 'cellar'")
    monkeypatch.setenv("COACH_MQTT__PASSWORD", SECRET)
    code, out, err = coach("mqtt")
    assert (code, err) == (0, "")
    assert "broker.lan:8883, with TLS" in out
    assert "belt, password set" in out
    assert "coach/cellar/cmd/+, coach/all/cmd/stop" in out
    told = json.loads(coach("mqtt", "--json")[1])
    assert (told["schema"], told["password"], told["topics"]["state"]) == (1, "set", "coach/cellar/state")
    assert SECRET not in out + json.dumps(told)


def test_mqtt_without_a_broker_says_what_to_write(coach: Coach, file: Path) -> None:
    file.write_text("")
    code, _, err = coach("mqtt")
    assert code == 1
    assert f"Write two lines into {file}: [mqtt] and host" in err


@pytest.mark.parametrize("words", [["forgt"], ["forget", "--device", "a/b"]])
def test_mqtt_misspelt_is_a_usage_error(coach: Coach, file: Path, words: list[str]) -> None:
    write(file, "host = 'broker.lan'")
    assert coach("mqtt", *words)[0] == 2


@needs_mosquitto
def test_forget_takes_back_what_the_broker_keeps(coach: Coach, file: Path, tmp_path: Path) -> None:
    with mosquitto(tmp_path / "b") as broker:
        write(file, "host = '127.0.0.1'", f"port = {broker.port}", "device = 'new'")
        code, out, _ = coach("mqtt", "forget", "--device", "old", "--json")
        topics = json.loads(out)["forgotten"]
        assert (code, len(topics)) == (0, 4)
        for topic in topics:
            broker.publish(topic, b"kept", "-r", "-q", "1")
        broker.publish("t/last", b"kept", "-r", "-q", "1")
        assert coach("mqtt", "forget", "--device", "old")[0] == 0
        with Listener(broker, "#") as listener:
            assert listener.next().topic == "t/last"


def test_forget_says_what_is_wrong(coach: Coach, file: Path) -> None:
    port = free_port()
    write(file, "host = '127.0.0.1'", f"port = {port}")
    code, _, err = coach("mqtt", "forget")
    assert code == 1
    assert f"No MQTT broker listens at 127.0.0.1:{port}." in err


# coach doctor


@needs_mosquitto
def test_the_probe_finds_a_good_broker_and_leaves_nothing_there(tmp_path: Path) -> None:
    with mosquitto(tmp_path, conf="allow_anonymous false\n", acl=ACL, users=("cellar",)) as broker:
        good = Broker("127.0.0.1", broker.port, user="cellar", password=password_of("cellar"), device="cellar")
        found = probe.look(good, ())
        assert (found.about, found.state) == ("broker", State.OK)
        assert probe.look(good, ("WARNING: open.",)).state is State.WARN


@needs_mosquitto
def test_the_probe_says_what_is_wrong(tmp_path: Path) -> None:
    with mosquitto(tmp_path, conf="allow_anonymous false\n", acl=ACL, users=("cellar",)) as broker:
        good = Broker("127.0.0.1", broker.port, user="cellar", password=password_of("cellar"), device="other")
        refused = probe.look(good, ())
        assert refused.state is State.WARN
        assert "does not take coach/other/ack (not allowed)" in refused.seen
        wrong = probe.look(Broker("127.0.0.1", broker.port, user="cellar", password=SECRET), ())
        assert "refuses user cellar or the password" in wrong.seen
        assert SECRET not in wrong.seen + wrong.do


def test_doctor_looks_for_a_broker_only_where_there_is_one(file: Path, secret: Path) -> None:
    from coach.cli.doctor import probes

    file.write_text("")
    assert "broker" not in [one.about for one in probes()]
    write(file, "host = '127.0.0.1'", f"port = {free_port()}")
    (found,) = (one.look() for one in probes() if one.about == "broker")
    assert found.state is State.WARN
    assert "No MQTT broker listens" in found.seen
    write(file, "host = '127.0.0.1'", f"password_file = '{secret}.none'")
    (found,) = (one.look() for one in probes() if one.about == "broker")
    assert "cannot be read" in found.seen
    file.write_text("[mqtt]\nport = 0\n")
    assert "broker" not in [one.about for one in probes()]

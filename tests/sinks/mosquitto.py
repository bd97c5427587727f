"""A real MQTT broker of a test's own: mosquitto on a free port of this computer, configured as it is wanted."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread
from time import monotonic
from typing import Final

import pytest

PROGRAM: Final = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin")
TOOLS: Final = all(shutil.which(name) for name in ("mosquitto_pub", "mosquitto_sub", "mosquitto_passwd"))
PATIENCE_S: Final = 20.0
README: Final = Path(__file__).parents[2] / "README.md"
needs_mosquitto: Final = pytest.mark.skipif(
    PROGRAM is None or not TOOLS, reason="mosquitto and its clients are not installed"
)


def shipped(language: str) -> str:
    """A block of the README, by the word behind its fence."""
    found = re.search(rf"^```{language}\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found is not None, f"the README has no {language}"
    return found[1]


ACL: Final = shipped("acl")

needs_openssl: Final = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def certificate(folder: Path, name: str) -> dict[str, Path]:
    """An authority of its own and a certificate for this computer."""
    folder.mkdir(exist_ok=True)
    key, pem = folder / f"{name}.key", folder / f"{name}.pem"
    subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [*new, "-keyout", str(key), "-out", str(pem), *subject], check=True, timeout=PATIENCE_S, capture_output=True
    )
    return {"cafile": pem, "certfile": pem, "keyfile": key}


def free_port() -> int:
    """A port of this computer on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Mosquitto:
    """A broker; it can be stopped and started again on the same port."""

    folder: Path
    port: int
    conf: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        assert PROGRAM is not None
        path = self.folder / "mosquitto.conf"
        path.write_text(self.conf, encoding="utf-8")
        log = (self.folder / "mosquitto.log").open("ab")
        with log:
            self.process = subprocess.Popen([PROGRAM, "-c", str(path)], stdout=log, stderr=log)
        until_s = monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), PATIENCE_S).close()
            except ConnectionRefusedError:
                assert self.process.poll() is None, self.log
                assert monotonic() < until_s, self.log
                with_process_end(self.process, 0.02)
            else:
                return

    def stop(self) -> None:
        """End it; it forgets what it kept."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
            self.process = None

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self.process = None

    @property
    def log(self) -> str:
        """What it has said."""
        return (self.folder / "mosquitto.log").read_text(encoding="utf-8", errors="replace")

    def publish(self, topic: str, payload: bytes | None = b"", *options: str, user: str = "") -> None:
        """Publish with the broker's own client; without a payload as `-n` does."""
        message = ["-s"] if payload else ["-n"]
        command = ["mosquitto_pub", *self._as(user), "-t", topic, *message, *options]
        subprocess.run(command, input=payload or b"", check=True, timeout=PATIENCE_S)

    def _as(self, user: str) -> list[str]:
        known = ["-u", user, "-P", password_of(user)] if user else []
        return ["-V", "5", "-h", "127.0.0.1", "-p", str(self.port), *known]


def with_process_end(process: subprocess.Popen[bytes], timeout_s: float) -> None:
    """Wait for the end of a process, but not for long."""
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return


def password_of(user: str) -> str:
    """The password that a test gives a user."""
    return f"secret of {user}"


@contextmanager
def mosquitto(
    folder: Path,
    *,
    conf: str = "allow_anonymous true\n",
    acl: str = "",
    users: tuple[str, ...] = (),
    tls: Mapping[str, Path] | None = None,
    started: bool = True,
) -> Iterator[Mosquitto]:
    """A broker on loopback.

    Args:
        folder: of its files.
        conf: more lines of its configuration; a listener is not among them.
        acl: the access list, where there is one.
        users: who has a password, that of password_of().
        tls: cafile, certfile and keyfile, where it speaks TLS.
        started: False: start() does it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    lines = [f"listener {port} 127.0.0.1"]
    lines += [f"{key} {path}" for key, path in (tls or {}).items()]
    if acl:
        (folder / "acl").write_text(acl, encoding="utf-8")
        (folder / "acl").chmod(0o600)
        lines.append(f"acl_file {folder / 'acl'}")
    if users:
        passwords = folder / "passwords"
        passwords.write_text("", encoding="utf-8")
        passwords.chmod(0o600)
        for user in users:
            command = ["mosquitto_passwd", "-b", str(passwords), user, password_of(user)]
            subprocess.run(command, check=True, timeout=PATIENCE_S, capture_output=True)
        lines.append(f"password_file {passwords}")
    broker = Mosquitto(folder, port, "\n".join([*lines, "user root", conf]) + "\n")
    try:
        if started:
            broker.start()
        yield broker
    finally:
        broker.stop()


@dataclass(frozen=True)
class Line:
    """A message as the broker's own client has heard it."""

    topic: str
    payload: str
    retain: bool
    qos: int


class Listener:
    """The broker's own client, that hears what is published."""

    def __init__(self, broker: Mosquitto, *topics: str, user: str = "") -> None:
        command = ["stdbuf", "-oL", "mosquitto_sub", *broker._as(user), "-F", "%r %q %t\t%p", "-q", "1", "-d"]
        for topic in topics:
            command += ["-t", topic]
        self.heard: Queue[Line | None] = Queue()
        self._ready: Queue[bool] = Queue()
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()
        assert self._ready.get(timeout=PATIENCE_S), "the listener is not let in"

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def next(self, topic: str = "") -> Line:
        """The next message, or the next on a topic that ends so."""
        while True:
            line = self.heard.get(timeout=PATIENCE_S)
            assert line is not None, "the listener has ended"
            if line.topic.endswith(topic):
                return line

    def close(self) -> None:
        """Hear no more."""
        self._process.terminate()
        self._process.wait(PATIENCE_S)
        self._thread.join(PATIENCE_S)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as out:
            for line in out:
                self._sort(line.decode(errors="replace").rstrip("\n"))
        self._ready.put(False)
        self.heard.put(None)

    def _sort(self, line: str) -> None:
        head, tab, payload = line.partition("\t")
        words = head.split(" ", 2)
        if tab and len(words) == 3 and words[0] in {"0", "1"}:
            self.heard.put(Line(words[2], payload, words[0] == "1", int(words[1])))
        elif line.startswith("Subscribed"):
            self._ready.put(True)

"""What a session may meet on the network: a broker that works, is silent or is flooded, and a page that hangs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from coach.keeper.wire import Share
from coach.network.broker import Broker
from tests.sinks.mosquitto import Mosquitto, free_port, mosquitto

HOST = "127.0.0.1"
DEVICE = "mill"
LINES = 200  # commands at once
TROUBLES = ("broker", "flood", "page")


@dataclass(frozen=True, slots=True)
class Net:
    """Where a session is told to and shown, and what is done to it once it runs."""

    broker: Broker
    share: Share
    begun: Callable[[int], None] = lambda _: None  # called with the process of the keeper


@contextmanager
def network(folder: Path, blocked: str) -> Iterator[Net]:
    """A network for one session, in which one thing is `blocked`, or nothing."""
    share = Share(HOST, "secret", free_port())
    if blocked == "broker":
        with silent() as port:
            yield Net(Broker(HOST, port, device=DEVICE), share)
        return
    with mosquitto(folder / "broker") as one:
        broker = Broker(HOST, one.port, device=DEVICE)
        if blocked == "flood":
            with flooded(one):
                yield Net(broker, share)
        else:
            yield Net(broker, share, freeze_page if blocked == "page" else lambda _: None)


@contextmanager
def silent() -> Iterator[int]:
    """A broker that takes connections and never says a word."""
    with socket.create_server((HOST, 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            with suppress(OSError):
                while True:
                    taken.append(server.accept()[0])

        thread = Thread(target=take, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in taken:
            one.close()


@contextmanager
def flooded(broker: Mosquitto) -> Iterator[None]:
    """A broker over which somebody sends commands without an end, stale ones and some that nobody knows."""
    over = Event()
    command = ["mosquitto_pub", "-h", HOST, "-p", str(broker.port), "-t", f"coach/{DEVICE}/cmd/slower", "-l"]

    def send() -> None:
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            while not over.wait(0.05):
                process.stdin.write(b'{"ts": 1}\n' * LINES)
                process.stdin.flush()

    thread = Thread(target=send, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def freeze_page(keeper: int) -> None:
    """Stop the process of the page, as soon as it is there; it is woken by its end."""

    def freeze() -> None:
        while not (found := list(_pages(keeper))):
            Event().wait(0.1)
        Event().wait(3.0)  # it serves by now
        for one in found:
            os.kill(one, signal.SIGSTOP)

    Thread(target=freeze, daemon=True).start()


def _pages(keeper: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int(path.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            if parent == keeper and b"coach.page" in path.joinpath("cmdline").read_bytes():
                yield int(path.name)

"""A hall of treadmills on one broker, and a board that shows them: `python -m tests.bench.network [--treadmills 100]`.

Every treadmill is a simulated session with the real bridge, which tells it once a second. The broker is mosquitto. The
board is the real one, in a terminal of its own. Broker, board and treadmills are processes apart, so that each one's
share of a core is its own. Linux only: the shares come from /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

from coach.cli.board import Line
from coach.core.event import Key
from coach.core.level import UNLIMITED
from coach.core.plan import make_plan
from coach.core.progress import Answer
from coach.core.runner import Runner
from coach.keeper.onlooker import Command
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import Voice
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import ModelHeart, VirtualStrap
from coach.link.world import World
from coach.network.board import Board, Stopped
from coach.network.broker import CONNECTED, Broker
from coach.network.topics import read
from coach.script.check import load
from coach.sinks import mqtt
from coach.sinks.bridge import Bridge
from coach.sinks.broker_trouble import REFUSED_FROM
from coach.sinks.header import Origin
from coach.tui.board import BoardApp
from tests.bench.used import cpu_s, most_mb
from tests.sinks.mosquitto import mosquitto

WORKOUTS: Final = ("30min@8", "3x(2min@9/1min@6)/20min@5", "70s@4/back 90s@2/20min@4")
SIZE: Final = (40, 120)  # rows and columns of the board's terminal
PATIENCE_S: Final = 60.0
BUDGET: Final = 0.25  # of a core, for the board
BEGUN_S: Final = 40.0  # every belt moves by then
LEAVES: Final = frozenset({"status", "state", "event", "ack"})  # of QoS 1, and what the board hears
APART_S: Final = 10.0  # between two sessions, so that they are not all in the same step
APART: Final = 20  # sessions
ORIGIN: Final = Origin("", "", UNLIMITED, simulated=True, version="0")
AROUND: Final = Surroundings(1.0, Voice.CAPTIONS, awake=True, guarded=True, recording=True)
Counts = dict[str, int]  # messages by topic


@dataclass
class Load:
    """What a process has used, between two looks."""

    pid: int
    cpu_s: float = 0.0
    at_s: float = 0.0

    def begin(self) -> None:
        """From here on."""
        self.cpu_s, self.at_s = cpu_s(self.pid), monotonic()

    @property
    def share(self) -> float:
        """Of a core."""
        return (cpu_s(self.pid) - self.cpu_s) / (monotonic() - self.at_s)

    @property
    def mb(self) -> float:
        """Of memory, at most."""
        return most_mb(self.pid)


@dataclass(frozen=True)
class Result:
    """What came of it."""

    treadmills: int
    seconds: float
    published: Counts
    received: Counts
    sampled: int
    samples: Counts  # of QoS 0, by treadmill
    gaps: int
    board: float  # share of a core
    broker: float
    board_mb: float
    broker_mb: float
    asked: int  # belts that moved when all were asked to stop
    stopped_s: float | None  # from the press to the last belt that stands, as the board shows it

    @property
    def lost(self) -> int:
        """Messages of QoS 1 that a treadmill has sent and the board has not."""
        return sum((Counter(self.published) - Counter(self.received)).values())

    @property
    def twice(self) -> int:
        """Messages of QoS 1 that have come more often than they were sent."""
        return sum((Counter(self.received) - Counter(self.published)).values())


def measure(treadmills: int, seconds: float, processes: int) -> Result:
    """Run it all."""
    with (
        TemporaryDirectory() as folder,
        mosquitto(Path(folder, "broker")) as broker,
        _opened(broker.port, Path(folder, "home")) as board,
        ExitStack() as stack,
    ):
        assert broker.process is not None
        parts = [list(range(begin, treadmills, processes)) for begin in range(processes)]
        halls = [Child.of("hall", str(broker.port), json.dumps(part), str(seconds)) for part in parts]
        for hall in halls:
            stack.callback(hall.close)
        for hall in halls:
            hall.heard("ready")
        boards, brokers = Load(board.child.process.pid), Load(broker.process.pid)
        boards.begin()
        brokers.begin()
        for hall in halls:
            hall.heard("over")
        board_share, broker_share = boards.share, brokers.share
        asked, stopped_s = board.stop_all()
        told = [hall.ask("leave") for hall in halls]
        published = sum((Counter(one["published"]) for one in told), Counter[str]())
        received = board.until(published)
        return Result(
            treadmills=treadmills,
            seconds=seconds,
            published=dict(published),
            received=received["received"],
            sampled=sum(one["sampled"] for one in told),
            samples=received["samples"],
            gaps=received["gaps"],
            board=board_share,
            broker=broker_share,
            board_mb=boards.mb,
            broker_mb=brokers.mb,
            asked=asked,
            stopped_s=stopped_s,
        )


class Child:
    """A process of this module that is asked by lines and answers in JSON."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    @classmethod
    def of(cls, *words: str, terminal: int | None = None, home: Path | None = None) -> Child:
        """Start it; with a terminal it draws there, and is asked beside it."""
        env = dict(os.environ) | ({"TERM": "xterm-256color"} if terminal is not None else {})
        env |= {"COACH_HOME": str(home)} if home is not None else {}
        command = [sys.executable, "-m", "tests.bench.network", *words]
        if terminal is None:
            return cls(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env))
        code = (
            "import os, sys\n"
            "asks, tells = os.dup(0), os.dup(1)\n"
            "os.dup2(2, 0), os.dup2(2, 1)\n"
            "from tests.bench.network import show\n"
            "show(int(sys.argv[1]), asks, tells)\n"
        )
        command = [sys.executable, "-c", code, *words]
        pipe = subprocess.PIPE
        return cls(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=terminal, text=True, env=env))

    def heard(self, word: str) -> None:
        """It has said a word."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line == word, f"{line!r} instead of {word}"

    def ask(self, word: str) -> Any:
        """What it answers."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        """Let it end."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE_S)


# The board, in a process and a terminal of its own.


@dataclass(frozen=True)
class Opened:
    """The board in its terminal."""

    child: Child
    terminal: int

    def stop_all(self) -> tuple[int, float | None]:
        """Press a twice; belts that moved, and seconds until the board shows that they stand, or None."""
        os.write(self.terminal, b"aa")
        began_s, pause = monotonic(), Event()
        told = {"asked": 0, "stopped": 0}
        while monotonic() - began_s < PATIENCE_S:
            told = self.child.ask("stopped")
            if told["asked"] and told["asked"] == told["stopped"]:
                return told["asked"], monotonic() - began_s
            pause.wait(0.1)
        return told["asked"], None

    def until(self, published: Counts) -> Any:
        """What it has received, once that is all, or once the patience is over."""
        began_s, pause = monotonic(), Event()
        while True:
            told = self.child.ask("received")
            missing = Counter(published) - Counter(told["received"])
            if not missing or monotonic() - began_s > PATIENCE_S / 4:
                return told
            pause.wait(0.1)


@contextmanager
def _opened(port: int, home: Path) -> Iterator[Opened]:
    import fcntl
    import pty
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
    child = Child.of(str(port), terminal=slave, home=home)
    os.close(slave)
    Thread(target=_drain, args=(master,), daemon=True).start()
    try:
        child.heard("ready")
        yield Opened(child, master)
    finally:
        child.close()
        os.close(master)


def _drain(terminal: int) -> None:
    with suppress(OSError):  # the terminal is closed
        while os.read(terminal, 65536):
            pass


class CountedLine(Line):
    """The line of the board, which counts what it takes."""

    def __init__(self, broker: Broker, board: Board) -> None:
        self.received, self.samples, self.gaps = Counter[str](), Counter[str](), 0
        self._numbers = Counter[str]()
        super().__init__(broker, board)

    def arrived(self) -> Sequence[tuple[str, bytes]]:
        """What the board takes now."""
        found = super().arrived()
        for topic, payload in found:
            self._count(topic, payload)
        return found

    def _count(self, topic: str, payload: bytes) -> None:
        device, leaf = read(topic) or ("", "")
        if leaf == "sample":
            self.samples[device] += 1
        elif leaf in LEAVES:
            self.received[topic] += 1
        if leaf == "event":
            number = json.loads(payload)["number"]
            self.gaps += number != self._numbers[device] + 1
            self._numbers[device] = number


def show(port: int, asks: int, tells: int) -> None:
    """Be the board."""
    board = Board()
    with CountedLine(Broker("127.0.0.1", port), board) as line, open(asks) as asked, open(tells, "w") as told:
        app = BoardApp(line, board)
        assert line.up.wait(PATIENCE_S)

        def answer() -> None:
            print("ready", file=told, flush=True)
            for word in asked:
                found = app.call_from_thread(partial(_told, word.strip(), line, board))
                print(json.dumps(found), file=told, flush=True)

        Thread(target=answer, daemon=True).start()
        app.run()


def _told(word: str, line: CountedLine, board: Board) -> dict[str, object]:
    if word == "stopped":
        rows = board.rows(monotonic())
        stopped = sum(row.all_stop is Stopped.STOPPED for row in rows)
        return {"asked": len(board.all_stop.devices) if board.all_stop is not None else 0, "stopped": stopped}
    return {"received": dict(line.received), "samples": dict(line.samples), "gaps": line.gaps}


# The treadmills, some in each process.


class Session:
    """A simulated session and its bridge."""

    def __init__(self, number: int, port: int) -> None:
        machine = find_machine("home")
        workout = load(WORKOUTS[number % len(WORKOUTS)]).workout
        assert workout is not None
        plan = make_plan(workout, profile_of(machine), Runner(), strap=True)
        self._world = World(plan, VirtualTreadmill(machine), VirtualStrap(ModelHeart()), VirtualRunner())
        self._watcher = Watcher(plan)
        self._ahead_s = BEGUN_S + number % APART * APART_S
        self._commands: SimpleQueue[Command] = SimpleQueue()
        for step in self._world.run_until(self._ahead_s):
            self._watcher.take(step)
        broker = Broker("127.0.0.1", port, device=f"treadmill-{number}", discovery_prefix="")
        self.bridge = Bridge(broker, plan, ORIGIN, self._commands.put, lambda _: None)

    def play(self, at_s: float) -> None:
        """Go on to an instant, counted from the begin of the measurement."""
        now_s = self._ahead_s + at_s
        while not self._commands.empty():
            self._world.runner = None  # he would go on after a while
            self._world.press(Key.STOP, self._world.at_s)
            self._commands.get().answered(Answer(0, done=True))
        for step in self._world.run_until(now_s):
            self._watcher.take(step)
            self.bridge.take(step.event, step.before, step.session, step.outcome)
        self.bridge.show(self._watcher.snapshot(self._world.session, max(now_s, self._world.at_s), AROUND))


def hall(port: int, numbers: Sequence[int], seconds: float) -> None:
    """Be some treadmills: each steps and tells once a second, one after the other."""
    published, sampled = Counter[str](), Counter[str]()
    _count_sent(published, sampled)
    sessions = [Session(number, port) for number in numbers]
    leave, pause = Event(), Event()
    while any(session.bridge.state != CONNECTED for session in sessions):
        pause.wait(0.05)
    print("ready", flush=True)

    def asked() -> None:
        sys.stdin.readline()
        leave.set()

    Thread(target=asked, daemon=True).start()
    began_s, round_s, over = monotonic(), 0.0, False
    while not leave.is_set():
        for place, session in enumerate(sessions):
            at_s = round_s + place / len(sessions)
            pause.wait(max(began_s + at_s - monotonic(), 0.0))
            session.play(at_s)
        round_s += 1.0
        if round_s >= seconds and not over:
            over = True
            print("over", flush=True)
    closing = [Thread(target=session.bridge.close) for session in sessions]
    for one in closing:
        one.start()
    for one in closing:
        one.join()
    print(json.dumps({"published": published, "sampled": sampled.total()}), flush=True)


def _count_sent(published: Counter[str], sampled: Counter[str]) -> None:
    """Count what the broker has taken."""
    put = mqtt.Link.put

    async def counted(self: mqtt.Link, message: mqtt.Message) -> int:
        code = await put(self, message)
        _, leaf = read(message.topic) or ("", "")
        if leaf in LEAVES and code < REFUSED_FROM:
            published[message.topic] += 1
        elif leaf == "sample":
            sampled[leaf] += 1
        return code

    mqtt.Link.put = counted  # type: ignore[method-assign]  # the library tells nobody


def told(result: Result) -> Iterator[str]:
    """The result in lines."""
    published, received = sum(result.published.values()), sum(result.received.values())
    yield f"{result.treadmills} treadmills for {result.seconds:.0f} s, each telling once a second"
    yield f"heard each second: {len(result.samples)} treadmills"
    yield f"QoS 1: {published} published, {received} received, {result.lost} lost, {result.twice} twice"
    yield f"events without a gap in their numbers: {'yes' if not result.gaps else f'no, {result.gaps} gaps'}"
    yield f"QoS 0: {result.sampled} samples published, {sum(result.samples.values())} received"
    yield f"board: {result.board:.1%} of a core, {result.board_mb:.0f} MB"
    yield f"broker: {result.broker:.1%} of a core, {result.broker_mb:.0f} MB"
    stood = "not all stood" if result.stopped_s is None else f"all stood after {result.stopped_s:.1f} s"
    yield f"all stop: {result.asked} belts moved, {stood}"


def main() -> int:
    """Measure and print; 1 where a budget is missed."""
    if sys.argv[1:2] == ["hall"]:
        hall(int(sys.argv[2]), json.loads(sys.argv[3]), float(sys.argv[4]))
        return 0
    parser = argparse.ArgumentParser()
    parser.add_argument("--treadmills", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    result = measure(asked.treadmills, asked.seconds, asked.processes)
    for line in told(result):
        print(line)
    whole = len(result.samples) == result.treadmills
    return 0 if whole and not result.lost and not result.gaps and result.board < BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())

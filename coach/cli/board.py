"""`coach board`: every treadmill on the broker at a glance, and one key that asks all of them to stop."""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from secrets import token_hex
from threading import Event
from time import monotonic, time
from types import TracebackType
from typing import Annotated, Final, Self, TypeAlias

import typer

from coach.cli.app import complain
from coach.cli.chosen import units
from coach.cli.cockpit import on_screen
from coach.cli.network import broker_of, warnings_of
from coach.core.error import CoachError
from coach.core.runner import SpokenUnit
from coach.log import to_file
from coach.network.board import Board, Row, Sent
from coach.network.broker import CONNECTED, Broker
from coach.network.payload import CommandIn
from coach.network.topics import all_stop
from coach.places import config_file, logs
from coach.seen.board import lines, told
from coach.sinks.broker_client import Client
from coach.sinks.mqtt import Received

KEPT: Final = 20_000  # messages between two looks; 100 treadmills say 60 in a quarter of a second
LOOKS_S: Final = 0.25  # as often as the board on a full screen is drawn
EXPIRES_S: Final = 2  # an all stop that has not arrived by then is none
NOTICE_S: Final = 20.0  # what was told of the broker is shown so long
CONNECTS_S: Final = 10.0  # --once waits so long for a broker
GATHERS_S: Final = 1.5  # and so long for what the broker has kept

Plain = Annotated[bool, typer.Option("--plain", help="Lines instead of the whole screen: one for each change.")]
Once = Annotated[bool, typer.Option("--once", help="Print the table once and end.")]
_Heard: TypeAlias = tuple[str, bytes]


def command(*, plain: Plain = False, once: Once = False) -> None:
    """Show every treadmill that tells its session to the broker of your settings; nothing here starts a belt.

    `a` pressed twice asks all of them to stop. It comes on top of the keys at the treadmills, never in their place.
    """
    broker = broker_of()
    if broker is None:
        raise CoachError(f'there is no broker yet. Write two lines into {config_file()}: [mqtt] and host = "…"')
    for warning in warnings_of(broker):
        complain(warning)
    logging.getLogger("coach").addHandler(logging.NullHandler())  # else Python prints what is told here anyway
    board = Board(broker.prefix)
    with Line(broker, board) as line:
        if once:
            _once(line, board)
        elif plain or not on_screen():
            _plain(line, board)
        else:
            _screen(line, board)


class Line:
    """The line to a broker: what arrives waits here until the board looks."""

    def __init__(self, broker: Broker, board: Board) -> None:
        """Begin to connect and to listen."""
        self._broker = broker
        self._waiting: deque[_Heard] = deque(maxlen=KEPT)
        self._told: tuple[float, str] | None = None
        self.up = Event()  # it was connected once
        name = f"coach-board-{token_hex(4)}"
        self._client = Client(broker, name, arrived=self._take, told=self._tell, up=self.up.set)
        for topic, kept in board.filters.items():
            self._client.subscribe(topic, retained=kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    @property
    def where(self) -> str:
        """The broker."""
        return f"{self._broker.host}:{self._broker.port}"

    @property
    def state(self) -> str:
        """`connected`, or why not, in a few words."""
        return self._client.state

    @property
    def notice(self) -> str:
        """What was told of it last, while that is new."""
        told = self._told
        return told[1] if told is not None and monotonic() - told[0] < NOTICE_S else ""

    def arrived(self) -> Sequence[_Heard]:
        """Topics and payloads since it was asked last."""
        return list(self._drained())

    def stop_all(self) -> Sent:
        """Ask every treadmill to stop; what is not connected does not take it, and nothing is sent later."""
        if self.state != CONNECTED:
            return Sent(refused=f"no connection ({self.state})")
        sent = Sent(token_hex(8))
        payload = CommandIn(ts=time(), id=sent.id).wire()
        self._client.publish(all_stop(self._broker.prefix), payload, qos=1, expiry_s=EXPIRES_S)
        return sent

    def _drained(self) -> Iterator[_Heard]:
        for _ in range(len(self._waiting)):
            yield self._waiting.popleft()

    def _take(self, received: Received) -> None:
        if received.retain and received.topic == all_stop(self._broker.prefix):
            return  # no treadmill obeys one that was kept
        self._waiting.append((received.topic, received.payload))

    def _tell(self, sentence: str) -> None:
        self._told = monotonic(), sentence


def _screen(line: Line, board: Board) -> None:
    from coach.tui.board import BoardApp

    to_file("board")
    app = BoardApp(line, board, units=units())
    try:
        app.run()
    finally:
        app.way_out.left.set()
    if app.return_code:
        complain(f"coach: the board failed, an error of its own. {logs() / 'board.log'} says where.")
        raise typer.Exit(1)


def _once(line: Line, board: Board) -> None:
    """The table, as soon as all that the broker has kept is here.

    Raises:
        CoachError: there is no connection.
    """
    until_s = monotonic() + CONNECTS_S
    while not line.up.wait(LOOKS_S):
        if line.notice or monotonic() > until_s:
            raise CoachError(line.notice or f"{line.where}: {line.state}")
    Event().wait(GATHERS_S)
    _look(line, board)
    for text in lines(board.rows(monotonic()), units()):
        print(text)


def _plain(line: Line, board: Board) -> None:
    """A line whenever something changes that is not a number, until Ctrl-C."""
    before: dict[str, object] = {}
    state = notice = ""
    never, shown = Event(), units()
    try:
        while True:
            if line.state != state:
                state = line.state
                _say(f"{line.where}: {state}")
            if line.notice != notice:
                notice = line.notice
                if notice:
                    _say(notice)
            _look(line, board)
            for text in _changed(board.rows(monotonic()), before, shown):
                _say(text)
            never.wait(LOOKS_S)
    except KeyboardInterrupt:
        return


def _look(line: Line, board: Board) -> None:
    now_s = monotonic()
    board.linked(now_s, on=line.state == CONNECTED)
    for topic, payload in line.arrived():
        board.take(topic, payload, now_s)


def _changed(rows: Iterable[Row], before: dict[str, object], shown: SpokenUnit) -> Iterator[str]:
    now: dict[str, object] = {}
    for row in rows:
        now[row.device] = (row.reach, row.phase, row.faces, row.alarms, row.notes, row.all_stop)
        if before.get(row.device) != now[row.device]:
            yield told(row, shown)
    before.clear()
    before.update(now)


def _say(text: str) -> None:
    """With its time, at once; where nobody reads any more the command ends.

    Raises:
        BrokenPipeError: nobody reads any more.
    """
    print(f"{datetime.now(UTC).astimezone():%H:%M:%S} {text}", flush=True, file=sys.stdout)

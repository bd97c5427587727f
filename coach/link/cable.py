"""The cable between a simulated machine and who uses it: JSON lines over a socket of this computer.

The first line from a user is {"attach": SECRET, "role": "drive" or "guard", "wire": WIRE}. A driver then sends one
request and waits for one answer; a guard sends and hears lines as they come. Numbers survive exactly; null is inf.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from math import inf
from select import select
from time import monotonic
from typing import Final, TypeAlias

from coach.core.error import LinkError

Message: TypeAlias = dict[str, object]

WIRE: Final = 1  # one more whenever a message changes
HOST: Final = "127.0.0.1"  # as a number, so that no name is looked up
ANSWER_S: Final = 1.0  # a machine on this computer that does not answer for so long is gone
LONGEST: Final = 65536  # bytes of a line; what a machine says in ten minutes has less
_CHUNK: Final = 65536  # what a pipe of Linux holds


class Role(StrEnum):
    """What somebody wants of a machine."""

    DRIVE = "drive"  # with a clock of their own
    GUARD = "guard"  # by the wall clock, when its driver is gone


class Cable:
    """One end; whatever goes wrong with it is a LinkError, and then it is thrown away."""

    def __init__(self, plug: socket.socket) -> None:
        plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plug.settimeout(ANSWER_S)
        self._plug = plug
        self._rest = b""
        self._whole: list[bytes] = []

    @classmethod
    def to(cls, port: int) -> Cable:
        """Plug in at a machine.

        Raises:
            LinkError: there is none.
        """
        plug = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            plug.settimeout(ANSWER_S)
            plug.connect((HOST, port))
            return cls(plug)
        except (OSError, OverflowError) as error:
            plug.close()
            raise LinkError(f"The simulated treadmill is not there: {error}") from error

    def fileno(self) -> int:
        """The socket, for select()."""
        return self._plug.fileno()

    def put(self, message: Mapping[str, object]) -> None:
        """Send one message.

        Raises:
            LinkError: the other end is gone, or does not read.
        """
        try:
            self._plug.sendall(json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n")
        except OSError as error:
            raise LinkError(f"The simulated treadmill is out of reach: {error}") from error

    def get(self) -> Message:
        """Wait for one message, at most ANSWER_S.

        Raises:
            LinkError: the other end is gone, is silent, or talks nonsense.
        """
        while not self._whole:
            self._take()
        return _message(self._whole.pop(0))

    def heard(self, timeout_s: float = 0.0) -> list[Message]:
        """The messages that are there, waiting at most so long for a first one.

        Raises:
            LinkError: as get().
        """
        if not self._whole and select([self._plug], [], [], timeout_s)[0]:
            self._take()
        lines, self._whole = self._whole, []
        return [_message(line) for line in lines]

    def leave(self) -> None:
        """Say `bye`, wait until that was heard, at most ANSWER_S, and pull it out. Never raises.

        A socket that is closed with something unread in it takes back what it has sent.
        """
        until_s = monotonic() + ANSWER_S
        with suppress(LinkError):
            self.put({"bye": True})
            while monotonic() < until_s:
                self.heard(ANSWER_S)
        self.close()

    def close(self) -> None:
        """Pull it out."""
        self._plug.close()

    def _take(self) -> None:
        try:
            chunk = self._plug.recv(_CHUNK)
        except OSError as error:
            raise LinkError(f"The simulated treadmill does not answer: {error}") from error
        if not chunk:
            raise LinkError("The simulated treadmill is gone")
        *self._whole, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > LONGEST:
            raise LinkError("The simulated treadmill does not speak lines")


def number(message: Mapping[str, object], name: str) -> float:
    """A number of a message; null is inf.

    Raises:
        LinkError: it has none.
    """
    value = message.get(name, "")
    if value is None:
        return inf
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LinkError(f"no number {name} in {message}")
    return value


def octets(message: Mapping[str, object], name: str) -> bytes:
    """Bytes of a message, which stand there as hex.

    Raises:
        LinkError: it has none.
    """
    value = message.get(name)
    try:
        return bytes.fromhex(value if isinstance(value, str) else "none")
    except ValueError as error:
        raise LinkError(f"no bytes {name} in {message}") from error


def finite(value: float) -> float | None:
    """A number as it is sent."""
    return value if value < inf else None


def _message(line: bytes) -> Message:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise LinkError(f"no message: {line[:80]!r}") from error
    if not isinstance(message, dict):
        raise LinkError(f"no message: {line[:80]!r}")
    return message

"""The topics of a treadmill on a broker, and their way back from a topic to the treadmill and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from coach.core.event import Verb
from coach.network.broker import PREFIX

ALL: Final = "all"  # in the place of a device: every treadmill
COMMAND: Final = "cmd"
STATUS: Final = "status"
STATE: Final = "state"
SAMPLE: Final = "sample"
EVENT: Final = "event"
WORKOUT: Final = "workout"
ACK: Final = "ack"
LONGEST: Final = 64  # of a device, in characters
_DEVICE: Final = re.compile(r"[A-Za-z0-9_-]+")  # what Home Assistant takes in the topic of a discovery as well
_WILD: Final = frozenset("+#\0")


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one treadmill; `prefix` may have levels of its own."""

    device: str
    prefix: str = PREFIX

    @property
    def status(self) -> str:
        """Online or offline, and what a last will must be able to end; retained."""
        return self._of(STATUS)

    @property
    def state(self) -> str:
        """All that there is to know now; retained."""
        return self._of(STATE)

    @property
    def sample(self) -> str:
        """The numbers, each second."""
        return self._of(SAMPLE)

    @property
    def event(self) -> str:
        """What happened, once each."""
        return self._of(EVENT)

    @property
    def workout(self) -> str:
        """What is being run; retained."""
        return self._of(WORKOUT)

    @property
    def ack(self) -> str:
        """What became of each command."""
        return self._of(ACK)

    @property
    def commands(self) -> str:
        """A filter of all commands to this treadmill."""
        return self._of(f"{COMMAND}/+")

    @property
    def all_stop(self) -> str:
        """The one command to every treadmill."""
        return all_stop(self.prefix)

    def command(self, verb: Verb) -> str:
        """Where a command is sent to."""
        return self._of(f"{COMMAND}/{verb.value}")

    def _of(self, leaf: str) -> str:
        return f"{self.prefix}/{self.device}/{leaf}"


def all_stop(prefix: str = PREFIX) -> str:
    """Where every treadmill of a prefix is told to stop."""
    return f"{prefix}/{ALL}/{COMMAND}/{Verb.STOP.value}"


def read(topic: str, prefix: str = PREFIX) -> tuple[str, str] | None:
    """The device of a topic and what stands behind it: state, or cmd/stop; None where it is none of this prefix."""
    begin = f"{prefix}/"
    if not topic.startswith(begin):
        return None
    device, slash, leaf = topic[len(begin) :].partition("/")
    return (device, leaf) if device and slash and leaf else None


def device_problem(device: str) -> str:
    """Why a text is no name of a treadmill on the network, in a sentence; nothing where it is one."""
    if device == ALL:
        return f"{ALL} means every treadmill and cannot be the name of one"
    if not _DEVICE.fullmatch(device) or len(device) > LONGEST:
        return f"{device!r} is not a device: letters, digits, - and _ are, at most {LONGEST}"
    return ""


def prefix_problem(prefix: str) -> str:
    """Why a text cannot begin topics, in a sentence; nothing where it can."""
    if not prefix or prefix.startswith(("/", "$")) or prefix.endswith("/") or _WILD & set(prefix):
        return f"{prefix!r} cannot begin a topic: words between single slashes can, without + and #"
    return ""

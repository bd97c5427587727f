"""What a probe found: a state, what was seen, and what to do; and the law that every probe has an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Thread
from time import monotonic
from typing import Final

LIMIT_S: Final = 20.0  # for all probes together; the radio's own limit is below


class State(StrEnum):
    """How something stands."""

    OK = "ok"
    WARN = "warn"  # a session runs, with less
    MISSING = "missing"  # a session on a treadmill does not run without it, or not backward


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    about: str  # one or two words: adapter, sleep guard
    state: State
    seen: str
    do: str = ""  # what makes it good; empty where it is
    simulator: bool = False  # a session on the simulated treadmill needs it too


@dataclass(frozen=True, slots=True)
class Probe:
    """A look at one thing; `look` may take long or raise, and neither reaches the caller."""

    about: str
    look: Callable[[], Finding]
    simulator: bool = False


def look_at(probes: Sequence[Probe], limit_s: float = LIMIT_S) -> Iterator[Finding]:
    """The findings in the order of the probes, which run side by side; one that is late or raises is missing."""
    until_s = monotonic() + limit_s
    for running in [_Running(probe) for probe in probes]:
        yield running.finding(until_s)


class _Running:
    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._found: list[Finding] = []
        self._thread = Thread(target=self._look, name=f"probe of {probe.about}", daemon=True)
        self._thread.start()

    def finding(self, until_s: float) -> Finding:
        self._thread.join(max(until_s - monotonic(), 0.0))
        return self._found[0] if self._found else self._missing("gave no answer in time", "try again")

    def _look(self) -> None:
        try:
            self._found.append(self._probe.look())
        except Exception as error:  # noqa: BLE001 - whatever this computer does to a probe is what the probe found
            seen = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self._found.append(self._missing(seen, "this is not expected; please report it where you got coach"))

    def _missing(self, seen: str, do: str) -> Finding:
        return Finding(self._probe.about, State.MISSING, seen, do, self._probe.simulator)

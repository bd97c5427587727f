"""A session as a user has it, over the guest's Bluetooth, and the belt's own log as the witness of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final, Self

from coach.air.strap import ServedStrap
from coach.air.treadmill import ServedTreadmill
from coach.core.ftms import Op
from coach.core.workout import Facing
from coach.sinks.journal import Recording
from coach.sinks.replay import refold
from tests.keeper.stand import STANDS_KMH, Stand, running, wait_for
from tests.lab.guest.air import Air

LONG_S: Final = 3 * 3600.0  # of the guest's clock; no session is longer
READY: Final = re.compile(r"km/h  on the rails, ready\?")
_DIGIT: Final = re.compile(r"screen:(?:\s+SIMULATED\s+\S+)?\s+([1-4])\.")  # a long line is broken anywhere


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the belt's own log: what it did, or what was done to it."""

    mono_s: float
    kmh: float
    write: bytes | None = None
    link: str = ""

    @property
    def target_kmh(self) -> float | None:
        """The set-point that was written."""
        if self.write is None or self.write[0] != Op.TARGET_SPEED:
            return None
        return int.from_bytes(self.write[1:3], "little") / 100

    @property
    def starts(self) -> bool:
        """A Start was written."""
        return self.write is not None and self.write[0] == Op.START

    @property
    def slows(self) -> bool:
        """A Stop was written, or a set-point under what the belt does."""
        if self.write is None:
            return False
        return self.write[0] == Op.STOP or (self.target_kmh is not None and self.target_kmh < self.kmh)


class AirStand(Stand):
    """A session of real processes with a treadmill and a strap on the air; somebody may sit at its keys."""

    def __init__(self, folder: Path, mill: ServedTreadmill, words: Sequence[str]) -> None:
        super().__init__(folder, ["run", *words, "--treadmill", mill.face.name])

    def __enter__(self) -> Self:
        return self

    def notes(self, since_s: float = 0.0) -> list[Note]:
        """The belt's own log from an instant on; a line that is not whole yet is left away."""
        rows = [json.loads(line) for line in self.truth_file.read_text().splitlines() if line.endswith("}")]
        noted = (
            Note(one["mono"], one["kmh"], bytes.fromhex(one["write"]) if "write" in one else None, one.get("link", ""))
            for one in rows
        )
        return [one for one in noted if one.mono_s >= since_s]

    def reach(self, *places: str) -> None:
        """Go on until a line has each of these in turn, answering every question on the way as its runner."""
        asked = 0
        for place in places:
            while True:
                line = self.until("", LONG_S)
                if re.search(place, line):
                    asked = 1 if READY.search(line) else 0
                    break
                asked = asked + 1 if READY.search(line) else 0
                if asked == 2:  # the line comes again after five seconds; no question stands longer unanswered
                    self.type(self.answer())

    def answer(self) -> str:
        """What the last question asks for."""
        digit = _DIGIT.search("".join(self.said).rpartition("> Feet")[2])
        return digit[1] if digit is not None else "yes"

    def leave(self) -> str:
        """Leave the session in order; all that was said until then."""
        self.type("q", "q")
        return self.rest(LONG_S)

    def left(self) -> list[int]:
        """The processes of this session that are there."""
        mark = f"COACH_TRUTH={self.truth_file}".encode()
        return [int(one.name) for one in Path("/proc").glob("[0-9]*") if mark in _environment(one)]

    def gone(self) -> None:
        """Wait until nothing of it runs any more."""
        wait_for(lambda: not self.left(), LONG_S)


@dataclass(frozen=True, slots=True)
class Scene:
    """A session under way, and what it is about."""

    air: Air
    stand: AirStand
    mill: ServedTreadmill
    strap: ServedStrap

    @property
    def kmh(self) -> float:
        """How fast the belt truly is."""
        return self.air.kmh(self.mill)


@contextmanager
def session(air: Air, folder: Path, words: Sequence[str], machine: str = "home") -> Iterator[Scene]:
    """A session that runs, and is gone when this ends."""
    mill = air.treadmill(machine, truth=folder / "truth.jsonl")
    strap = air.strap("sim", mill)
    with AirStand(folder, mill, [*words, "--heart", strap.face.name]) as stand:
        yield Scene(air, stand, mill, strap)
    stand.gone()


def rear_speeds(recording: Recording, noted: Sequence[Note]) -> list[float]:
    """How fast the belt truly was whenever the runner may have faced the rear."""
    wrote_s = next(entry.event.at_s for entry in recording.entries if entry.writes)
    shift_s = (
        next(one.mono_s for one in noted if one.write is not None) - wrote_s
    )  # from the session's clock to the log's
    spans = [(begin_s + shift_s, end_s + shift_s) for begin_s, end_s in _rear_spans(recording)]
    return [one.kmh for one in noted if any(begin_s <= one.mono_s < end_s for begin_s, end_s in spans)]


def _rear_spans(recording: Recording) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    since_s: float | None = None
    for entry, _, after, _ in refold(recording):
        rear = after.progress.facing is not Facing.FORWARD
        if rear and since_s is None:
            since_s = entry.event.at_s
        if not rear and since_s is not None:
            spans.append((since_s, entry.event.at_s))
            since_s = None
    return spans if since_s is None else [*spans, (since_s, inf)]


def starts_of_a_moving_belt(noted: Sequence[Note]) -> list[Note]:
    """What must never be: a Start that came to a belt which did not stand."""
    return [one for one in noted if one.starts and one.kmh > STANDS_KMH]


def _environment(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes() if running(int(process.name)) else b""
    except OSError:
        return b""

"""A heart strap that is not there: a Heart Rate Measurement a second, from a model, a number or a recorded curve."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random
from typing import Final, Protocol, TypeAlias

from coach.core.energy import MAX_BPM, REST_BPM, heart_target_bpm, respond
from coach.core.error import CoachError
from coach.core.event import Heard
from coach.core.heart import HEART_RATE_MEASUREMENT, HeartRate, encode_heart_rate
from coach.core.workout import Facing

PERIOD_S: Final = 1.0  # about one measurement a second (HRS 3.1)
OFF_SAYS_S: Final = 3.0  # a strap taken off first says so, then falls silent
_WANDER_KEPT: Final = 0.9  # of the wander a second before; with the next line it stays within about 3 bpm
_WANDER_BPM: Final = 0.5  # a beat or two in all, with what is kept of the last
_RR_S: Final = 0.012  # spread from beat to beat during effort
_BPM: Final = (1.0, 255.0)  # what the wire can say in a byte; 0 is no heart


class HeartError(CoachError, ValueError):
    """A source of heart rate that cannot be read; the message says where and what."""


@dataclass(frozen=True, slots=True)
class ModelHeart:
    """Follows the effort (energy.heart_target_bpm)."""

    rest_bpm: float = REST_BPM
    max_bpm: float = MAX_BPM


@dataclass(frozen=True, slots=True)
class SteadyHeart:
    """Is always the same."""

    bpm: float


@dataclass(frozen=True, slots=True)
class CurveHeart:
    """Follows recorded points, straight from one to the next."""

    points: tuple[tuple[float, float], ...]  # s and bpm, in order of time, at least one

    def bpm(self, at_s: float) -> float:
        """Heart rate at an instant; before the first and after the last point it holds."""
        after = bisect_right(self.points, (at_s, inf))
        if after in (0, len(self.points)):
            return self.points[max(after - 1, 0)][1]
        (from_s, from_bpm), (to_s, to_bpm) = self.points[after - 1 : after + 1]
        return from_bpm + (to_bpm - from_bpm) * (at_s - from_s) / (to_s - from_s)


HeartSource: TypeAlias = ModelHeart | SteadyHeart | CurveHeart


def heart_source(text: str) -> HeartSource | None:
    """Read what `--heart` says: sim, none, a number of bpm, or a CSV file with t_s,bpm in its first line.

    Raises:
        HeartError: none of these, or the file cannot be read.
    """
    if text == "sim":
        return ModelHeart()
    if text == "none":
        return None
    if text.lower().endswith(".csv"):
        return load_curve(Path(text))
    bpm = _number(text)
    if bpm is None:
        raise HeartError(f"{text} is not a source of heart rate; give sim, none, bpm from 1 to 255, or FILE.csv")
    return SteadyHeart(bpm)


def load_curve(path: Path) -> CurveHeart:
    """Read a heart rate curve from a CSV file.

    Raises:
        HeartError: the file cannot be read; with file and line.
    """
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except OSError as error:
        raise HeartError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise HeartError(f"{path}: is not CSV text") from error
    if not rows or [cell.strip() for cell in rows[0][:2]] != ["t_s", "bpm"]:
        raise HeartError(f"{path}:1: the first line must be t_s,bpm")
    points = tuple(_points(path, rows[1:]))
    if not points:
        raise HeartError(f"{path}:1: no heart rate follows the first line")
    return CurveHeart(points)


class Strap(Protocol):
    """A strap as a session knows it; the caller owns the clock."""

    @property
    def due_s(self) -> float:
        """When it has something to say next."""

    def run_until(self, at_s: float, speed_kmh: float, incline_pct: float, facing: Facing) -> Sequence[Heard]:
        """All that it has said up to an instant; what the body does matters to a simulated one only."""


class VirtualStrap:
    """A strap on a body; the caller owns the clock and says what the body does."""

    def __init__(self, source: HeartSource, seed: int = 0) -> None:
        self._source = source
        self._due_s = PERIOD_S
        self._bpm = source.rest_bpm if isinstance(source, ModelHeart) else 0.0
        self._wander_bpm = 0.0
        self._beats = 0.0  # the part of a beat that is left from the second before
        self._wander = Random(f"{seed} wander")
        self._rhythm = Random(f"{seed} rhythm")
        self._off_since_s = self._off_until_s = self._frozen_until_s = self._fixed_until_s = -inf
        self._fixed_bpm = 0.0
        self._said_bpm: float | None = None

    @property
    def due_s(self) -> float:
        """When the strap measures next."""
        return self._due_s

    def run_until(
        self, at_s: float, speed_kmh: float = 0.0, incline_pct: float = 0.0, facing: Facing = Facing.FORWARD
    ) -> list[Heard]:
        """All that the strap has said up to an instant, with the body at this effort since the call before."""
        said = []
        while self._due_s <= at_s:
            value = self._measure(self._due_s, speed_kmh, incline_pct, facing)
            if value is not None:
                said.append(Heard(self._due_s, HEART_RATE_MEASUREMENT, value))
            self._due_s += PERIOD_S
        return said

    def take_off(self, until_s: float) -> None:
        """Take the strap off: it says so for a while, with the last heart rate, and then nothing."""
        self._off_since_s = self._due_s
        self._off_until_s = until_s

    def freeze(self, until_s: float) -> None:
        """Repeat the last heart rate, with contact, as straps do that lie on the table (ftms.md 4.35)."""
        self._frozen_until_s = until_s

    def fix(self, bpm: float, until_s: float) -> None:
        """Say this heart rate whatever the body does."""
        self._fixed_bpm = bpm
        self._fixed_until_s = until_s

    def _measure(self, at_s: float, speed_kmh: float, incline_pct: float, facing: Facing) -> bytes | None:
        bpm = self._feel(at_s, speed_kmh, incline_pct, facing)
        if at_s < self._fixed_until_s:
            bpm = self._fixed_bpm
        rr_s = self._beat(bpm)
        stuck_bpm = bpm if self._said_bpm is None else self._said_bpm
        if at_s < self._off_until_s:
            return _encoded(stuck_bpm, (), contact=False) if at_s < self._off_since_s + OFF_SAYS_S else None
        if at_s < self._frozen_until_s:
            return _encoded(stuck_bpm, ())
        self._said_bpm = bpm
        return _encoded(bpm, rr_s)

    def _feel(self, at_s: float, speed_kmh: float, incline_pct: float, facing: Facing) -> float:
        match self._source:
            case SteadyHeart(bpm):
                return bpm
            case CurveHeart() as curve:
                return curve.bpm(at_s)
            case ModelHeart(rest_bpm, max_bpm):
                target = heart_target_bpm(speed_kmh, incline_pct, facing, rest_bpm=rest_bpm, max_bpm=max_bpm)
                self._bpm = respond(self._bpm, target, PERIOD_S)
                self._wander_bpm = _WANDER_KEPT * self._wander_bpm + self._wander.gauss(0.0, _WANDER_BPM)
                return min(self._bpm + self._wander_bpm, max_bpm)

    def _beat(self, bpm: float) -> tuple[float, ...]:
        self._beats += bpm / 60 * PERIOD_S
        whole, self._beats = divmod(self._beats, 1.0)
        return tuple(max(60 / bpm + self._rhythm.gauss(0.0, _RR_S), 0.1) for _ in range(int(whole)))


def _encoded(bpm: float, rr_s: tuple[float, ...], *, contact: bool = True) -> bytes:
    return encode_heart_rate(HeartRate(bpm=round(bpm), contact=contact, rr_s=rr_s))


def _points(path: Path, rows: Iterable[list[str]]) -> Iterable[tuple[float, float]]:
    last_s = -inf
    for line, row in enumerate(rows, 2):
        if not row:
            continue
        try:
            at_s = float(row[0])
        except ValueError:
            raise HeartError(f"{path}:{line}: {row[0]} is not a time in seconds") from None
        if not last_s < at_s < inf:
            raise HeartError(f"{path}:{line}: time {row[0]} does not come after the one before")
        bpm = _number(row[1]) if len(row) > 1 else None
        if bpm is None:
            raise HeartError(f"{path}:{line}: heart rate must be a number from 1 to 255")
        last_s = at_s
        yield at_s, bpm


def _number(text: str) -> float | None:
    try:
        bpm = float(text)
    except ValueError:
        return None
    return bpm if _BPM[0] <= bpm <= _BPM[1] else None

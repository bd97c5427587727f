"""The heart: Heart Rate Measurement, 2A37, whether a strap can be believed, and zones. Time comes as an argument."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Final

from coach.core.error import DecodeError, ScriptError
from coach.core.ftms.wire import BYTE, WORD, Number, Problem, shown, spare
from coach.core.value import ADDED, evolve
from coach.core.workout import HeartRange, HeartUnit

HEART_RATE_MEASUREMENT: Final = 0x2A37  # notify, about once a second

WIDE: Final = 0x01  # flag: the heart rate takes two octets; may change from packet to packet
CONTACT: Final = 0x02  # flag: skin contact detected
CONTACT_SUPPORTED: Final = 0x04  # flag: the bit before means something
ENERGY: Final = 0x08  # flag: energy follows, about every tenth packet
INTERVALS: Final = 0x10  # flag: the rest are RR intervals, oldest first
RESERVED: Final = 0xE0
RR: Final = Number(2, per=1024)  # s


@dataclass(frozen=True, slots=True)
class HeartRate:
    """One measurement; 0 bpm is what straps send when they have no reading."""

    bpm: int
    contact: bool | None = None  # None: the strap cannot tell
    energy_kj: int | None = None  # since it was reset; sticks at 65535
    rr_s: tuple[float, ...] = ()  # from beat to beat, oldest first
    problems: tuple[Problem, ...] = ()


def decode_heart_rate(value: bytes) -> HeartRate:
    """Read one Heart Rate Measurement (HRS 3.1); what is cut off behind the heart rate is left out and told.

    Raises:
        DecodeError: the value ends before or inside the heart rate.
    """
    flags = value[0] if value else 0
    at = 3 if flags & WIDE else 2
    if len(value) < at:
        raise DecodeError(f"a Heart Rate Measurement without a heart rate: {shown(value)}")
    problems: tuple[Problem, ...] = ()
    if flags & RESERVED:
        problems += (Problem("reserved-bits", f"reserved flags 0x{flags & RESERVED:02x} are set and ignored"),)
    bpm, energy_kj = int.from_bytes(value[1:at], "little"), None
    if flags & ENERGY:
        if len(value) < at + 2:
            problems += (Problem("truncated", "the measurement ends inside of the energy"),)
            return HeartRate(bpm, _contact(flags), problems=problems)
        energy_kj = int.from_bytes(value[at : at + 2], "little")
        at += 2
    last = len(value) - 1 if flags & INTERVALS else at
    rr_s = tuple(RR.read(value, place) for place in range(at, last, 2))
    if flags & INTERVALS and (not rr_s or (len(value) - at) % 2):
        problems += (Problem("truncated", "the measurement ends inside of an RR interval"),)
    if not flags & INTERVALS:
        problems += spare(len(value) - at)
    return HeartRate(bpm, _contact(flags), energy_kj, rr_s, problems)


def encode_heart_rate(heart: HeartRate, *, bpm_bits: int = 8) -> bytes:
    """Write one Heart Rate Measurement with the heart rate in 8 or 16 bits.

    Raises:
        ValueError: a number does not fit.
    """
    contact = 0 if heart.contact is None else CONTACT_SUPPORTED | (CONTACT if heart.contact else 0)
    energy = 0 if heart.energy_kj is None else ENERGY
    flags = contact | energy | (INTERVALS if heart.rr_s else 0) | (WIDE if bpm_bits == 16 else 0)
    out = bytes([flags]) + (WORD if bpm_bits == 16 else BYTE).write(heart.bpm)
    if heart.energy_kj is not None:
        out += WORD.write(heart.energy_kj)
    return out + b"".join(RR.write(rr_s) for rr_s in heart.rr_s)


def _contact(flags: int) -> bool | None:
    return bool(flags & CONTACT) if flags & CONTACT_SUPPORTED else None


MISSING_S: Final = 5.0  # without a good reading for so long (backward-running.md 4.5)
MEAN_S: Final = 10.0  # what a ceiling is compared with (safety.md 8)
FROZEN_S: Final = 60.0  # the same number for so long, from a strap that sends no beats
BEATLESS: Final = 3  # frames without RR from a strap that sent some: a Polar H10 off the body (ftms.md 5)
LONGEST_RR_S: Final = 3.0  # 20 bpm; the H10 off the body sends 5.995 s between its frozen frames
HIGHEST_BPM: Final = 240  # no heart beats faster; a spike would also make the true rate behind it look like a fall
FALL_BPM: Final = 40  # more than that within MEAN_S is a sensor, not a heart (safety.md 8)
_SPACING_S: Final = 0.1  # readings closer than that count once, so that the window is bounded


class Doubt(StrEnum):
    """Why there is no heart rate, in words for the runner."""

    NONE = ""
    UNHEARD = "no strap heard yet"
    CONTACT = "no skin contact"
    BEATLESS = "the strap counts no beats"
    FROZEN = "the strap repeats itself"
    HIGH = "heart rate is too high to be one"
    FALL = "heart rate fell too fast"
    SILENT = "no reading for 5 s"


class Source(StrEnum):
    """Who counts the heart."""

    STRAP = "strap"
    TREADMILL = "treadmill"  # its own pads or receiver; facing the rear it counts as missing


@dataclass(frozen=True)
class Strap:
    """What a strap said and whether it is believed: either `bpm` is there or `why` says why it is not."""

    bpm: int | None = None  # last good reading, at most 5 s old
    why: str = Doubt.UNHEARD
    good: tuple[tuple[float, int], ...] = ()  # instant and bpm of the good readings of the last 10 s
    good_at_s: float = -inf
    known_bpm: float = field(default=0.0, metadata=ADDED)  # the mean when there was a good reading last
    beats: bool = False  # it has sent RR intervals
    beatless: int = 0  # frames in a row without
    said_bpm: int = 0  # last reading, good or not
    said_at_s: float = -inf
    said_since_s: float = -inf  # the reading has been the same since
    damaged: int = 0  # frames that could not be read whole
    source: Source = Source.STRAP

    @property
    def worn_bpm(self) -> int | None:
        """The reading where it is a strap's: hands on the console's pads are not what a runner facing the rear has."""
        return self.bpm if self.source is Source.STRAP else None

    @property
    def mean_bpm(self) -> float | None:
        """Mean of the good readings of the last 10 s; it outlives `bpm` until they are over."""
        return sum(bpm for _, bpm in self.good) / len(self.good) if self.good else None


def hear(strap: Strap, value: bytes | HeartRate, at_s: float) -> Strap:
    """Take a Heart Rate Measurement in; damaged bytes are counted and otherwise as if they had not come."""
    strap = age(strap, at_s)
    try:
        heart = value if isinstance(value, HeartRate) else decode_heart_rate(value)
    except DecodeError:
        return evolve(strap, damaged=strap.damaged + 1)
    strap = _noted(strap, heart, at_s)
    doubt = _doubt(strap, heart, at_s)
    if doubt:
        return evolve(strap, bpm=None, why=doubt)
    if not heart.bpm:
        return strap
    spaced = not strap.good or at_s - strap.good[-1][0] >= _SPACING_S
    good = (*strap.good, (at_s, heart.bpm)) if spaced else strap.good
    mean_bpm = sum(bpm for _, bpm in good) / len(good)
    return evolve(strap, bpm=heart.bpm, why=Doubt.NONE, good=good, good_at_s=at_s, known_bpm=mean_bpm)


def choose(worn: Strap, own: Strap) -> Strap:
    """The strap wherever it has a good reading, else the treadmill's own count, else why the strap has none."""
    return worn if worn.bpm is not None or own.bpm is None else own


def age(strap: Strap, at_s: float) -> Strap:
    """Let time pass: readings leave the mean after 10 s, and after 5 s without a good one there is none."""
    good = strap.good
    while good and at_s - good[0][0] > MEAN_S:
        good = good[1:]
    if good is not strap.good:
        strap = evolve(strap, good=good)
    if strap.bpm is not None and at_s - strap.good_at_s >= MISSING_S:
        return evolve(strap, bpm=None, why=Doubt.SILENT)
    return strap


def _noted(strap: Strap, heart: HeartRate, at_s: float) -> Strap:
    """Keep what later doubts are made of."""
    alive = any(0 < rr_s <= LONGEST_RR_S for rr_s in heart.rr_s)
    same = heart.bpm == strap.said_bpm and at_s - strap.said_at_s < MISSING_S
    return evolve(
        strap,
        beats=strap.beats or alive,
        beatless=0 if alive else min(strap.beatless + 1, BEATLESS),
        said_bpm=heart.bpm,
        said_at_s=at_s,
        said_since_s=strap.said_since_s if same else at_s,
        damaged=strap.damaged + (1 if heart.problems else 0),
    )


def _doubt(strap: Strap, heart: HeartRate, at_s: float) -> Doubt:
    """Name what speaks against a reading; a contact bit that is set proves little, one that is clear is believed."""
    if heart.contact is False:
        return Doubt.CONTACT
    if strap.beats and strap.beatless >= BEATLESS:
        return Doubt.BEATLESS
    if not heart.bpm:
        return Doubt.NONE
    if heart.bpm > HIGHEST_BPM:
        return Doubt.HIGH
    if not strap.beats and at_s - strap.said_since_s >= FROZEN_S:
        return Doubt.FROZEN
    if strap.good and max([bpm for _, bpm in strap.good]) - heart.bpm > FALL_BPM:
        return Doubt.FALL
    return Doubt.NONE


ZONE_BOUNDS_PCT: Final = (50, 60, 70, 80, 90, 100)  # of maximum; zone 2 is 60 to 70 (backward-running.md 3.6)
ZONE_WORDS: Final = ("easy", "steady", "brisk", "hard", "all-out")  # zone 1 first


def zone_of(bpm: float, max_bpm: float) -> int:
    """The zone of a heart rate: 1 to 5, and 0 below zone 1; the lower bound belongs to its zone."""
    return sum(bpm * 100 >= bound * max_bpm for bound in ZONE_BOUNDS_PCT[:-1])


def zone_word(zone: int) -> str:
    """What a zone is called."""
    return ZONE_WORDS[zone - 1] if zone else "rest"


def tanaka_max_bpm(age_years: float) -> float:
    """Maximum heart rate by age (Tanaka 2001); errs by 7 bpm and more, so a measured one is better."""
    return 208 - 0.7 * age_years


def karvonen_bpm(pct: float, *, rest_bpm: float, max_bpm: float) -> float:
    """Heart rate at a percentage of the reserve between rest and maximum (Karvonen)."""
    return rest_bpm + (max_bpm - rest_bpm) * pct / 100


def resolve(
    band: HeartRange, *, max_bpm: float, rest_bpm: float | None = None, threshold_bpm: float | None = None
) -> tuple[float, float]:
    """Give a band in bpm for one runner, lowest and highest.

    Raises:
        ScriptError: the band is in percent of a number that is not known of the runner, or there is no such zone.
    """
    match band.unit:
        case HeartUnit.BPM:
            return band.low, band.high
        case HeartUnit.MAX:
            return max_bpm * band.low / 100, max_bpm * band.high / 100
        case HeartUnit.RESERVE:
            rest = _known(rest_bpm, "heart-rate reserve", "resting heart rate")
            low_bpm = karvonen_bpm(band.low, rest_bpm=rest, max_bpm=max_bpm)
            return low_bpm, karvonen_bpm(band.high, rest_bpm=rest, max_bpm=max_bpm)
        case HeartUnit.THRESHOLD:
            threshold = _known(threshold_bpm, "threshold heart rate", "threshold heart rate")
            return threshold * band.low / 100, threshold * band.high / 100
        case HeartUnit.ZONE:
            low, high = int(band.low), int(band.high)
            if not 1 <= low <= high <= len(ZONE_WORDS):
                raise ScriptError(f"there is no heart-rate zone from {band.low:g} to {band.high:g}, only 1 to 5")
            return max_bpm * ZONE_BOUNDS_PCT[low - 1] / 100, max_bpm * ZONE_BOUNDS_PCT[high] / 100


def _known(bpm: float | None, of: str, what: str) -> float:
    if bpm is None:
        raise ScriptError(f"percent of {of} needs the runner's {what}, which is not in the configuration")
    return bpm

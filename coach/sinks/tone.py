"""The tones as samples: each is known by its rhythm, so that it is told apart at any pitch and through any speaker.

Rising means that the belt will speed up, falling that it will slow down, two tones a turn, three harsh low pulses
danger (backward-running.md 5). All lie between 200 and 5000 Hz, the band that is heard over a treadmill.
"""

from __future__ import annotations

import sys
import wave
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import cos, exp, pi, sin
from pathlib import Path
from types import MappingProxyType
from typing import Final

RATE: Final = 22050  # Hz; what espeak-ng speaks in, so that tone and words fit into one file
FULL_SCALE: Final = 32767  # of 16 bits
FADE_S: Final = 0.005  # at both ends of a pulse: a shorter one clicks
GAP_S: Final = 0.08  # between a tone and the words behind it
SILENCE_S: Final = 0.1  # of a probe
QUIET: Final = 200  # of FULL_SCALE; below it a sample of speech is silence
KEPT_S: Final = 0.02  # of the silence around words


class Tone(StrEnum):
    """What a tone means."""

    FASTER = "faster"
    SLOWER = "slower"
    TURN = "turn"  # a state of the turn, or of a stop, begins
    DANGER = "danger"
    COUNT = "count"  # a tick of three, two, one
    NOW = "now"
    QUESTION = "question"  # a press is awaited
    HALF = "half"  # the bell of halfway
    NOTICE = "notice"  # something happened; the belt is not heard


@dataclass(frozen=True, slots=True)
class Pulse:
    """A sound between two silences; `gap_s` is the silence behind it."""

    hz: float
    length_s: float
    gap_s: float = 0.0
    to_hz: float | None = None  # where a glide ends
    harsh: bool = False  # odd harmonics, as a horn has
    ring_s: float | None = None  # how fast a bell dies away
    level: float = 0.6  # of full scale


TONES: Final[Mapping[Tone, tuple[Pulse, ...]]] = MappingProxyType(
    {
        Tone.FASTER: (Pulse(700, 0.08, 0.16), Pulse(950, 0.08, 0.06), Pulse(1250, 0.08, to_hz=1500)),
        Tone.SLOWER: (Pulse(1250, 0.08, 0.06), Pulse(900, 0.14, 0.16), Pulse(600, 0.26, to_hz=450)),
        Tone.TURN: (Pulse(880, 0.25, 0.05), Pulse(587, 0.25)),
        Tone.DANGER: tuple(Pulse(310, 0.2, gap_s, harsh=True, level=0.9) for gap_s in (0.1, 0.1, 0.0)),
        Tone.COUNT: (Pulse(1000, 0.06),),
        Tone.NOW: (Pulse(1320, 0.35),),
        Tone.QUESTION: (Pulse(800, 0.08, 0.1), Pulse(950, 0.2, to_hz=1200)),
        Tone.HALF: (Pulse(1568, 0.35, 0.2, ring_s=0.2), Pulse(1568, 0.7, ring_s=0.3)),
        Tone.NOTICE: tuple(Pulse(1500, 0.06, gap_s) for gap_s in (0.06, 0.06, 0.06, 0.0)),
    }
)
_HORN: Final = ((1, 0.8), (3, 0.39), (5, 0.26), (7, 0.155))  # harmonics and their parts; their sum has its peak at 0.97


class SoundError(ValueError):
    """A file that is not the sound it should be."""


@cache
def pcm(tone: Tone, rate: int = RATE) -> bytes:
    """A tone as mono samples of 16 bits, little end first."""
    samples: array[int] = array("h")
    for pulse in TONES[tone]:
        samples.extend(_pulse(pulse, rate))
        samples.extend([0] * round(pulse.gap_s * rate))
    return _little(samples)


def write(tone: Tone, path: Path) -> None:
    """Write a tone as a WAV file."""
    _write(path, pcm(tone), RATE)


def write_silence(path: Path) -> None:
    """Write a WAV file that nobody hears; it tells whether a player works."""
    _write(path, bytes(2 * round(SILENCE_S * RATE)), RATE)


def join(tone: Tone | None, words: Path, path: Path) -> None:
    """Write a tone and the words behind it as one WAV file, so that nothing comes between; the file may be the same.

    Raises:
        SoundError: the words are no sound, or a silent one.
    """
    spoken, rate = _read(words)
    before = b"" if tone is None else pcm(tone, rate) + bytes(2 * round(GAP_S * rate))
    _write(path, before + _trimmed(spoken, rate), rate)


def lasts_s(path: Path) -> float:
    """How long a WAV file sounds.

    Raises:
        SoundError: it is none.
    """
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (wave.Error, EOFError, OSError) as error:
        raise SoundError(f"{path.name} is no WAV file: {error}") from error


def _pulse(pulse: Pulse, rate: int) -> Iterator[int]:
    count, phase = round(pulse.length_s * rate), 0.0
    for i in range(count):
        yield round(
            FULL_SCALE
            * pulse.level
            * _fade(min(i, count - 1 - i) / rate)
            * _ring(pulse, i / rate)
            * _wave(pulse, phase)
        )
        phase += 2 * pi * (pulse.hz + ((pulse.to_hz or pulse.hz) - pulse.hz) * i / count) / rate


def _wave(pulse: Pulse, phase: float) -> float:
    if pulse.harsh:
        return sum(part * sin(times * phase) for times, part in _HORN)
    return sin(phase)


def _fade(from_end_s: float) -> float:
    return 1.0 if from_end_s >= FADE_S else (1 - cos(pi * from_end_s / FADE_S)) / 2


def _ring(pulse: Pulse, at_s: float) -> float:
    return 1.0 if pulse.ring_s is None else exp(-at_s / pulse.ring_s)


def _trimmed(spoken: bytes, rate: int) -> bytes:
    """Words without the silence that engines put around them: it would make every phrase late."""
    samples = array("h", spoken)
    if sys.byteorder == "big":
        samples.byteswap()
    first = next((i for i, sample in enumerate(samples) if abs(sample) > QUIET), None)
    if first is None:
        raise SoundError("the words are silent")
    last = next(i for i in range(len(samples) - 1, -1, -1) if abs(samples[i]) > QUIET)
    kept = round(KEPT_S * rate)
    return _little(samples[max(first - kept, 0) : last + kept])


def _little(samples: array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def _read(path: Path) -> tuple[bytes, int]:
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise SoundError(f"{path.name} is not mono with 16 bits")
            return file.readframes(file.getnframes()), file.getframerate()
    except (wave.Error, EOFError, OSError) as error:
        raise SoundError(f"{path.name} is no WAV file: {error}") from error


def _write(path: Path, frames: bytes, rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames)

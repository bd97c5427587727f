from __future__ import annotations

import shutil
import subprocess
import sys
import wave
from array import array
from dataclasses import dataclass
from itertools import combinations
from math import cos, pi
from pathlib import Path

import pytest

from coach.sinks.tone import (
    FULL_SCALE,
    RATE,
    SoundError,
    Tone,
    join,
    lasts_s,
    pcm,
    write,
    write_silence,
)
from tests.sinks.lasting import length_s

BLOCK_S = 0.004
HEARD = 0.03  # of full scale: above it a block sounds
RHYTHM_S = 0.05  # what an ear tells apart without comparing
BAND_HZ = (200.0, 5000.0)


@dataclass(frozen=True)
class Sounding:
    """A pulse as it is measured."""

    at_s: float
    length_s: float


def samples(tone: Tone) -> array[int]:
    """The samples as numbers."""
    found = array("h", pcm(tone))
    if sys.byteorder == "big":
        found.byteswap()
    return found


def envelope(values: array[int]) -> list[float]:
    """The peak of each block, in parts of full scale."""
    block = round(BLOCK_S * RATE)
    return [max(map(abs, values[at : at + block])) / FULL_SCALE for at in range(0, len(values), block)]


def pulses(tone: Tone) -> list[Sounding]:
    """Where the envelope says that something sounds."""
    found, began = [], None
    for at, level in enumerate([*envelope(samples(tone)), 0.0]):
        if level >= HEARD and began is None:
            began = at
        elif level < HEARD and began is not None:
            found.append(Sounding(began * BLOCK_S, (at - began) * BLOCK_S))
            began = None
    return found


def rhythm(tone: Tone) -> list[float]:
    """Lengths of sounds and silences in turn."""
    found, end_s = [], 0.0
    for one in pulses(tone):
        found += [one.at_s - end_s, one.length_s]
        end_s = one.at_s + one.length_s
    return found[1:]


def power(values: array[int], hz: float) -> float:
    """How much of a frequency is in the samples (Goertzel)."""
    turn, before, last = 2 * cos(2 * pi * hz / RATE), 0.0, 0.0
    for value in values:
        before, last = last, value + turn * last - before
    return (before * before + last * last - turn * before * last) / len(values) ** 2


def dominant_hz(tone: Tone, one: Sounding) -> float:
    """The strongest frequency in the middle of a pulse."""
    first, last = (round((one.at_s + one.length_s * part) * RATE) for part in (0.25, 0.75))
    middle = samples(tone)[first:last]
    return max((float(hz) for hz in range(100, 5200, 10)), key=lambda hz: power(middle, hz))


@pytest.mark.parametrize(("tone", "count"), [
    (Tone.FASTER, 3),
    (Tone.SLOWER, 3),
    (Tone.TURN, 2),
    (Tone.DANGER, 3),
    (Tone.COUNT, 1),
    (Tone.NOW, 1),
    (Tone.QUESTION, 2),
    (Tone.HALF, 2),
    (Tone.NOTICE, 4),
])  # fmt: skip
def test_a_tone_has_its_number_of_pulses(tone: Tone, count: int) -> None:
    assert len(pulses(tone)) == count


@pytest.mark.parametrize(("one", "other"), list(combinations(Tone, 2)))
def test_two_tones_never_share_a_rhythm(one: Tone, other: Tone) -> None:
    here, there = rhythm(one), rhythm(other)
    alike = len(here) == len(there) and all(abs(a - b) < RHYTHM_S for a, b in zip(here, there, strict=True))
    assert not alike, (here, there)


@pytest.mark.parametrize(("tone", "rises"), [(Tone.FASTER, True), (Tone.SLOWER, False), (Tone.TURN, False)])
def test_faster_rises_and_slower_falls(tone: Tone, rises: bool) -> None:
    found = [dominant_hz(tone, one) for one in pulses(tone)]
    assert found == sorted(found, reverse=not rises)
    assert len(set(found)) == len(found)


def test_faster_comes_ever_quicker_and_slower_ever_later() -> None:
    quicker = rhythm(Tone.FASTER)[1::2]
    later = rhythm(Tone.SLOWER)[1::2]
    assert quicker[0] > quicker[1] + RHYTHM_S
    assert later[1] > later[0] + RHYTHM_S


def test_danger_is_three_equal_low_harsh_pulses_and_the_loudest_of_all() -> None:
    found = pulses(Tone.DANGER)
    assert len({round(one.length_s, 2) for one in found}) == 1
    lowest = [dominant_hz(Tone.DANGER, one) for one in found]
    assert all(hz < 400 for hz in lowest)
    middle = samples(Tone.DANGER)[round(0.05 * RATE) : round(0.15 * RATE)]
    assert power(middle, 3 * lowest[0]) > power(middle, lowest[0]) / 10
    assert power(middle, 5 * lowest[0]) > power(middle, lowest[0]) / 20
    peaks = {tone: max(map(abs, samples(tone))) for tone in Tone}
    assert max(peaks, key=lambda tone: peaks[tone]) is Tone.DANGER


@pytest.mark.parametrize("tone", Tone)
def test_every_pulse_lies_in_the_band_that_is_heard_over_a_treadmill(tone: Tone) -> None:
    assert all(BAND_HZ[0] <= dominant_hz(tone, one) <= BAND_HZ[1] for one in pulses(tone))


@pytest.mark.parametrize("tone", Tone)
def test_a_tone_is_loud_and_never_clips(tone: Tone) -> None:
    peak = max(map(abs, samples(tone))) / FULL_SCALE
    assert 0.5 < peak < 0.95


@pytest.mark.parametrize("tone", Tone)
def test_a_tone_begins_and_ends_without_a_click(tone: Tone) -> None:
    found = samples(tone)
    edge = [*found[:8], *found[-8:]]
    assert max(map(abs, edge)) < 0.02 * FULL_SCALE


@pytest.mark.parametrize("tone", Tone)
def test_a_file_has_the_samples_and_the_length_of_its_tone(tone: Tone, tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    write(tone, path)
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert file.readframes(file.getnframes()) == pcm(tone)
    assert lasts_s(path) == pytest.approx(length_s(tone), abs=0.001)


@pytest.mark.parametrize("tone", Tone)
def test_sox_hears_every_tone(tone: Tone, tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    write(tone, path)
    assert sox_peak(path) > 0.5


def test_sox_hears_nothing_in_a_silence(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    write_silence(path)
    assert sox_peak(path) == 0


def test_words_are_joined_to_their_tone_without_the_silence_around_them(tmp_path: Path) -> None:
    words, path = tmp_path / "words.wav", tmp_path / "both.wav"
    said = b"\x00\x40" * RATE
    written(words, bytes(2 * RATE) + said + bytes(2 * RATE))
    join(Tone.TURN, words, path)
    assert lasts_s(path) == pytest.approx(length_s(Tone.TURN) + 0.08 + 1.0, abs=0.05)
    with wave.open(str(path), "rb") as file:
        frames = file.readframes(file.getnframes())
    assert frames.startswith(pcm(Tone.TURN))
    assert said in frames


def test_a_tone_takes_the_rate_of_the_words(tmp_path: Path) -> None:
    words = tmp_path / "words.wav"
    written(words, b"\x00\x40" * 16000, rate=16000)
    join(Tone.TURN, words, words)
    with wave.open(str(words), "rb") as file:
        assert file.getframerate() == 16000
    assert lasts_s(words) == pytest.approx(length_s(Tone.TURN) + 0.08 + 1.0, abs=0.05)


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"no sound at all, but longer than a header of a file would be"],
    ids=["empty", "cut off", "text"],
)
def test_what_is_no_wav_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "words.wav"
    path.write_bytes(content)
    with pytest.raises(SoundError):
        join(None, path, path)
    with pytest.raises(SoundError):
        lasts_s(path)


def test_silent_words_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.wav"
    written(path, bytes(2 * RATE))
    with pytest.raises(SoundError, match="silent"):
        join(None, path, path)


def test_words_in_stereo_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.wav"
    written(path, b"\x00\x40" * RATE, channels=2)
    with pytest.raises(SoundError, match="mono"):
        join(None, path, path)


def written(path: Path, frames: bytes, *, rate: int = RATE, channels: int = 1) -> None:
    """Write a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames)


def sox_peak(path: Path) -> float:
    """The greatest amplitude, as sox measures it."""
    if shutil.which("sox") is None:
        pytest.skip("sox is not installed")
    told = subprocess.run(["sox", str(path), "-n", "stat"], capture_output=True, text=True, check=True).stderr
    return next(float(line.split()[-1]) for line in told.splitlines() if line.startswith("Maximum amplitude"))

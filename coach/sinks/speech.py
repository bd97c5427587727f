"""Engines that make words into WAV files, and the renderer that has them ready before they are due.

An engine is a program of the computer, called as a child process; none is imported. Files are kept in a folder of the
user, bounded in size, under a name that says engine, voice, rate, tone and text: the second session finds them there.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from queue import Empty, PriorityQueue, SimpleQueue
from typing import Final, Protocol

from coach.core.error import CoachError
from coach.sinks.tone import RATE, SoundError, Tone, join, lasts_s
from coach.system import SYSTEM
from coach.system.process import unseen
from coach.system.sound import engines

log = logging.getLogger(__name__)

WORDS_PER_MIN: Final = 165  # a little slower than engines speak by themselves: over a treadmill
RENDER_WITHIN_S: Final = 15.0  # a phrase takes a tenth of a second; an engine that hangs is given up
CACHE_BYTES: Final = 64 * 1024 * 1024  # some 600 phrases; a workout has 100
FAILURES: Final = 3  # in a row: then the engine is not asked again
SOON, LATER = 0, 1  # urgency of what is due, and of what is made ready


class SpeechError(CoachError, OSError):
    """The engine made no sound of a text; the message says what it said."""


class Engine(Protocol):
    """A program that speaks."""

    @property
    def name(self) -> str:
        """Engine, voice and rate: what makes its files differ from those of another."""

    @property
    def renders(self) -> bool:
        """It can write files; else it only speaks."""

    def render(self, text: str, path: Path) -> None:
        """Write words as a WAV file.

        Raises:
            SpeechError: it did not.
        """

    def speaking(self, text: str) -> tuple[str, ...]:
        """The command that speaks at once and ends with the words; empty where it renders."""

    def hushing(self) -> tuple[str, ...]:
        """The command that cuts what it speaks; empty where it renders."""

    def close(self) -> None:
        """End what it has running."""


class EspeakNg:
    """espeak-ng, of Linux."""

    renders: Final = True

    def __init__(self, program: str = "espeak-ng", voice: str = "en", words_per_min: int = WORDS_PER_MIN) -> None:
        self.name: Final = f"espeak-ng {voice} {words_per_min}"
        self._writer = _Writer((program, "-v", voice, "-s", str(words_per_min), "--stdin", "-w"))

    def render(self, text: str, path: Path) -> None:
        """Write words as a WAV file."""
        self._writer.write(text, path)

    def speaking(self, text: str) -> tuple[str, ...]:
        """Not needed: it renders."""
        del text
        return ()

    def hushing(self) -> tuple[str, ...]:
        """Not needed: it renders."""
        return ()

    def close(self) -> None:
        """Nothing is written any more."""
        self._writer.close()


class Say:
    """The say of macOS."""

    renders: Final = True

    def __init__(self, program: str = "say", voice: str = "", words_per_min: int = WORDS_PER_MIN) -> None:
        self.name: Final = f"say {voice} {words_per_min}"
        chosen = ("-v", voice) if voice else ()
        form = ("--file-format=WAVE", f"--data-format=LEI16@{RATE}")
        self._writer = _Writer((program, *chosen, "-r", str(words_per_min), *form, "-f", "-", "-o"))

    def render(self, text: str, path: Path) -> None:
        """Write words as a WAV file."""
        self._writer.write(text, path)

    def speaking(self, text: str) -> tuple[str, ...]:
        """Not needed: it renders."""
        del text
        return ()

    def hushing(self) -> tuple[str, ...]:
        """Not needed: it renders."""
        return ()

    def close(self) -> None:
        """Nothing is written any more."""
        self._writer.close()


class SpdSay:
    """The speech dispatcher of Linux: it speaks, but writes no files."""

    renders: Final = False
    name: Final = "spd-say"

    def __init__(self, program: str = "spd-say") -> None:
        self._program = program

    def render(self, text: str, path: Path) -> None:
        """It cannot."""
        raise SpeechError(f"spd-say writes no files, so not {path.name} of {text!r}")

    def speaking(self, text: str) -> tuple[str, ...]:
        """The command that speaks and ends with the words."""
        return (self._program, "--wait", "--priority", "important", "--", text)

    def hushing(self) -> tuple[str, ...]:
        """The command that cuts what it speaks."""
        return (self._program, "--stop")

    def close(self) -> None:
        """What is still being said is cut."""
        _quietly(self.hushing())


_POWERSHELL: Final = """
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Speech
$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer
$mono = [System.Speech.AudioFormat.AudioChannel]::Mono
$bits = [System.Speech.AudioFormat.AudioBitsPerSample]::Sixteen
$form = New-Object System.Speech.AudioFormat.SpeechAudioFormatInfo(%d, $bits, $mono)
while ($null -ne ($line = [Console]::In.ReadLine())) {
  try {
    $parts = $line.Split(' ') | ForEach-Object {
      [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($_))
    }
    $voice.SetOutputToWaveFile($parts[0], $form)
    $voice.Speak($parts[1])
    $voice.SetOutputToNull()
    [Console]::Out.WriteLine('ok')
  } catch {
    [Console]::Out.WriteLine('no ' + $_.Exception.Message)
  }
  [Console]::Out.Flush()
}
"""


class SystemSpeech:
    """The voice of Windows: one PowerShell that lives as long as the session and reads a line for each file."""

    renders: Final = True
    name: Final = "System.Speech"

    def __init__(self, command: tuple[str, ...] = ()) -> None:
        script = base64.b64encode((_POWERSHELL % RATE).encode("utf-16-le")).decode()
        shell = ("powershell", "-NoLogo", "-NoProfile", "-NonInteractive", "-EncodedCommand", script)
        self._command = command or shell
        self._child: subprocess.Popen[str] | None = None
        self._answers: SimpleQueue[str] = SimpleQueue()

    def render(self, text: str, path: Path) -> None:
        """Write words as a WAV file."""
        child = self._running()
        assert child.stdin is not None
        try:
            child.stdin.write(f"{_base64(str(path))} {_base64(text)}\n")
            child.stdin.flush()
            answer = self._answers.get(timeout=RENDER_WITHIN_S)
        except (OSError, Empty) as error:
            self.close()
            raise SpeechError("the voice of Windows does not answer") from error
        if answer != "ok":
            if not answer:
                self.close()
            raise SpeechError(f"the voice of Windows: {answer.removeprefix('no ') or 'it ended'}")

    def speaking(self, text: str) -> tuple[str, ...]:
        """Not needed: it renders."""
        del text
        return ()

    def hushing(self) -> tuple[str, ...]:
        """Not needed: it renders."""
        return ()

    def close(self) -> None:
        """End the shell."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    _quiet(pipe.close)

    def _running(self) -> subprocess.Popen[str]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        try:
            child = _open(self._command)
        except OSError as error:
            raise SpeechError(f"{self._command[0]} cannot be started: {error}") from error
        self._child, self._answers = child, SimpleQueue()
        threading.Thread(target=_read, args=(child, self._answers), name="coach voice of Windows", daemon=True).start()
        return child


def find_engine(setting: str = "", system: str = SYSTEM) -> Engine | None:
    """The engine of this computer; a setting names another (espeak-ng, spd-say, say, powershell, none)."""
    for name in (setting,) if setting else engines(system):
        program = shutil.which(name)
        if program is not None and name in _ENGINES:
            return _ENGINES[name](program)
    return None


_ENGINES: Final[dict[str, Callable[[str], Engine]]] = {
    "espeak-ng": EspeakNg,
    "spd-say": SpdSay,
    "say": Say,
    "powershell": lambda _: SystemSpeech(),
}


class Cache:
    """Phrases as files in a folder."""

    def __init__(self, folder: Path, most_bytes: int = CACHE_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes

    def path(self, engine: Engine, tone: Tone | None, text: str) -> Path:
        """The file of a phrase, whether it is there or not."""
        key = "\0".join((engine.name, str(RATE), tone or "", text))
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.wav"

    def found(self, path: Path) -> bool:
        """The file is there and whole; it counts as used now."""
        try:
            os.utime(path)
        except OSError:
            return False
        try:
            return lasts_s(path) > 0
        except SoundError:
            return False

    def make(self, engine: Engine, tone: Tone | None, text: str) -> Path:
        """Render a phrase, the tone in front of it.

        Raises:
            SpeechError: the engine did not do it, or the folder cannot be written.
        """
        path = self.path(engine, tone, text)
        raw = path.with_suffix(f".{os.getpid()}.part.wav")  # say looks at the ending
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            engine.render(text, raw)
            join(tone, raw, raw)
            raw.replace(path)
        except SoundError as error:
            raise SpeechError(f"{engine.name} made no sound of {text!r}: {error}") from error
        except OSError as error:
            raise error if isinstance(error, SpeechError) else SpeechError(f"{self.folder}: {error}") from error
        finally:
            _quiet(lambda: raw.unlink(missing_ok=True))
        return path

    def prune(self) -> None:
        """Let the files go that were not used for longest, until the rest is small enough."""
        total = 0
        for _, size, path in sorted(self._files(), reverse=True):
            total += size
            if total > self._most_bytes:
                _quiet(path.unlink)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        if not self.folder.is_dir():
            return
        for path in self.folder.glob("*.wav"):
            try:
                told = path.stat()
            except OSError:
                continue
            yield told.st_mtime, told.st_size, path


class Renderer:
    """Renders in a thread of its own; what is due goes before what is made ready."""

    def __init__(self, engine: Engine, cache: Cache, rendered: Callable[[Tone | None, str], None]) -> None:
        self.engine = engine
        self.broken = ""
        self._cache = cache
        self._rendered = rendered
        self._ready: dict[tuple[Tone | None, str], Path] = {}
        self._wanted: PriorityQueue[tuple[int, int, Tone | None, str]] = PriorityQueue()
        self._serials = count()
        self._failures = 0
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="coach renderer", daemon=True)
        self._thread.start()

    def ready(self, tone: Tone | None, text: str) -> Path | None:
        """The file of a phrase, if it is there."""
        return self._ready.get((tone, text))

    def want(self, tone: Tone | None, text: str, urgency: int = SOON) -> None:
        """Have a phrase rendered; `rendered` is called in the renderer's thread when it is there or cannot be."""
        self._wanted.put((urgency, next(self._serials), tone, text))

    def close(self, timeout_s: float) -> None:
        """Render no more."""
        self._closing = True
        self._wanted.put((SOON - 1, next(self._serials), None, ""))
        self._thread.join(timeout_s)
        self.engine.close()

    def _run(self) -> None:
        self._cache.prune()
        while True:
            _, _, tone, text = self._wanted.get()
            if self._closing:
                return
            if (tone, text) not in self._ready and not self.broken:
                self._make(tone, text)
            self._rendered(tone, text)

    def _make(self, tone: Tone | None, text: str) -> None:
        path = self._cache.path(self.engine, tone, text)
        if self._cache.found(path):
            self._ready[tone, text] = path
            return
        try:
            self._ready[tone, text] = self._cache.make(self.engine, tone, text)
        except SpeechError as error:
            self._failures += 1
            log.warning("not rendered: %s", error)
            if self._failures >= FAILURES:
                self.broken = str(error)
                log.warning("%s is not asked again", self.engine.name)
        else:
            self._failures = 0


class _Writer:
    """A program that reads words and writes the file whose name comes last."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None

    def write(self, text: str, path: Path) -> None:
        program, quiet = self._command[0], subprocess.DEVNULL
        try:
            self._child = child = subprocess.Popen(
                (*self._command, str(path)), stdin=subprocess.PIPE, stdout=quiet, stderr=subprocess.PIPE, **unseen()
            )
        except OSError as error:
            raise SpeechError(f"{program}: {error}") from error
        try:
            said = child.communicate(text.encode(), timeout=RENDER_WITHIN_S)[1].decode(errors="replace").strip()
        except subprocess.TimeoutExpired as error:
            child.kill()
            child.communicate()
            raise SpeechError(f"{program}: {error}") from error
        if child.returncode or not path.is_file():
            raise SpeechError(f"{program} ended with {child.returncode} {said}".rstrip())

    def close(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.kill()


def _open(command: tuple[str, ...]) -> subprocess.Popen[str]:
    piped = subprocess.PIPE
    return subprocess.Popen(
        command,
        stdin=piped,
        stdout=piped,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        **unseen(),
    )


def _read(child: subprocess.Popen[str], answers: SimpleQueue[str]) -> None:
    assert child.stdout is not None
    try:
        for line in child.stdout:
            answers.put(line.strip())
    except ValueError:  # it was closed under the reader
        pass
    answers.put("")


def _quietly(command: tuple[str, ...]) -> None:
    quiet = subprocess.DEVNULL
    try:
        subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, timeout=1.0, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        log.debug("%s: %s", command[0], error)


def _quiet(tidy: Callable[[], None]) -> None:
    """Tidy up; what cannot be is no harm."""
    try:
        tidy()
    except OSError as error:
        log.debug("not tidied up: %s", error)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()

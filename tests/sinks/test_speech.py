from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

from coach.sinks.speech import (
    LATER,
    SOON,
    Cache,
    EspeakNg,
    Renderer,
    Say,
    SpdSay,
    SpeechError,
    SystemSpeech,
    find_engine,
)
from coach.sinks.tone import RATE, Tone, lasts_s, write
from tests.sinks.lasting import length_s
from tests.sinks.test_tone import sox_peak, written

WAIT_S = 20.0
espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
scripts = pytest.mark.skipif(sys.platform == "win32", reason="the engines of this test are shell scripts")


class Counting:
    """An engine that writes a second of tone for every text and remembers it."""

    name = "counting"
    renders = True

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fails = False
        self.closed = False

    def render(self, text: str, path: Path) -> None:
        self.texts.append(text)
        if self.fails:
            raise SpeechError("no voice today")
        written(path, b"\x00\x40" * RATE)

    def speaking(self, text: str) -> tuple[str, ...]:
        del text
        return ()

    def hushing(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        self.closed = True


def script(folder: Path, name: str, body: str) -> str:
    """A program that is a shell script."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@espeak
@pytest.mark.parametrize("text", ["Three.", "-w /tmp/x --version", "Ça va? 3.5, α", "<b>1 & 2</b>"])
def test_espeak_says_any_text_and_takes_none_for_an_option(text: str, tmp_path: Path) -> None:
    path = tmp_path / "words.wav"
    EspeakNg().render(text, path)
    assert sox_peak(path) > 0.05
    assert list(tmp_path.iterdir()) == [path]


@espeak
def test_a_folder_that_is_not_there_is_an_error_of_speech(tmp_path: Path) -> None:
    with pytest.raises(SpeechError):
        EspeakNg().render("Three.", tmp_path / "nowhere" / "words.wav")


@scripts
@pytest.mark.parametrize("body", ["exit 0", "echo no such voice >&2; exit 1", "kill -9 $$"])
def test_an_engine_that_writes_nothing_has_failed(body: str, tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match=r"ended with"):
        EspeakNg(script(tmp_path, "engine", body)).render("Three.", tmp_path / "words.wav")


def test_an_engine_that_is_missing_has_failed(tmp_path: Path) -> None:
    with pytest.raises(SpeechError):
        EspeakNg("/no/such/engine").render("Three.", tmp_path / "words.wav")


@scripts
def test_an_engine_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.sinks.speech.RENDER_WITHIN_S", 0.05)
    with pytest.raises(SpeechError, match="timed out"):
        EspeakNg(script(tmp_path, "engine", "exec sleep 1000")).render("Three.", tmp_path / "words.wav")


@scripts
def test_the_voice_of_macos_reads_the_words_and_writes_samples_of_our_rate(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = script(tmp_path, "say", f'echo "$@" > {log}; cat >> {log}; for out; do :; done; touch "$out"')
    path = tmp_path / "words.wav"
    Say(program, "Samantha", 170).render("-r Three.", path)
    options = f"-v Samantha -r 170 --file-format=WAVE --data-format=LEI16@{RATE} -f - -o {path}"
    assert log.read_text() == f"{options}\n-r Three."


def powershell(folder: Path, answer: str) -> SystemSpeech:
    """A shell of Windows that is none: it reads lines as that one does, and answers."""
    body = (
        "import base64, shutil, sys\n"
        "for line in sys.stdin:\n"
        "    path, text = (base64.b64decode(part).decode() for part in line.split())\n"
        f"    print(text, file=open({str(folder / 'log')!r}, 'a', encoding='utf-8'))\n"
        f"    shutil.copy({str(folder / 'tone.wav')!r}, path)\n"
        f"    {answer}\n"
    )
    write(Tone.NOW, folder / "tone.wav")
    return SystemSpeech((sys.executable, "-I", "-S", "-c", body))


def test_the_voice_of_windows_is_one_child_that_reads_a_line_for_each_file(tmp_path: Path) -> None:
    engine = powershell(tmp_path, "print('ok', flush=True)")
    paths = [tmp_path / f"{at} of mine.wav" for at in range(3)]
    for path in paths:
        engine.render(f"Über {path.stem}\nThree.", path)
    assert len({id(engine._child)}) == 1
    assert all(path.is_file() for path in paths)
    assert (tmp_path / "log").read_text(encoding="utf-8").count("Über") == 3
    child = engine._child
    engine.close()
    assert child is not None
    assert child.poll() is not None


@pytest.mark.parametrize("answer", ["print('no voice is installed', flush=True)", "sys.exit(1)"])
def test_a_voice_of_windows_that_refuses_or_ends_has_failed_and_is_tried_anew(answer: str, tmp_path: Path) -> None:
    engine = powershell(tmp_path, answer)
    for _ in range(2):
        with pytest.raises(SpeechError, match="the voice of Windows"):
            engine.render("Three.", tmp_path / "words.wav")
    engine.close()


def test_a_voice_of_windows_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.sinks.speech.RENDER_WITHIN_S", 0.05)
    engine = SystemSpeech((sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"))
    with pytest.raises(SpeechError, match="does not answer"):
        engine.render("Three.", tmp_path / "words.wav")
    assert engine._child is None


def test_a_shell_that_is_missing_has_failed(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match="cannot be started"):
        SystemSpeech(("/no/such/shell",)).render("Three.", tmp_path / "words.wav")


@scripts
@pytest.mark.parametrize(
    ("there", "setting", "name"),
    [
        (["espeak-ng", "spd-say"], "", "espeak-ng en 165"),
        (["spd-say"], "", "spd-say"),
        ([], "", None),
        (["espeak-ng", "spd-say"], "spd-say", "spd-say"),
        (["espeak-ng"], "none", None),
        (["espeak-ng"], "spd-say", None),
    ],
)
def test_the_engine_is_what_is_found_or_what_the_setting_says(
    there: list[str], setting: str, name: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for program in there:
        script(tmp_path, program, "")
    engine = find_engine(setting, "linux")
    assert (engine.name if engine is not None else None) == name


def test_what_only_speaks_says_how_it_is_cut_and_writes_nothing(tmp_path: Path) -> None:
    engine = SpdSay("/no/such/spd-say")
    assert engine.speaking("--stop")[-2:] == ("--", "--stop")
    assert engine.hushing() == ("/no/such/spd-say", "--stop")
    with pytest.raises(SpeechError):
        engine.render("Three.", tmp_path / "words.wav")
    engine.close()


# The cache.


def test_a_phrase_has_its_tone_in_front(tmp_path: Path) -> None:
    cache, engine = Cache(tmp_path / "new" / "cache"), Counting()
    path = cache.make(engine, Tone.TURN, "Words.")
    assert cache.found(path)
    assert lasts_s(path) == pytest.approx(length_s(Tone.TURN) + 0.08 + 1.0, abs=0.05)
    assert list(cache.folder.iterdir()) == [path]


def test_engine_tone_and_text_each_make_another_file(tmp_path: Path) -> None:
    cache, engine = Cache(tmp_path), Counting()
    paths = {
        cache.path(engine, None, "Words."),
        cache.path(engine, Tone.TURN, "Words."),
        cache.path(engine, None, "Words!"),
        cache.path(EspeakNg(), None, "Words."),
        cache.path(EspeakNg(voice="de"), None, "Words."),
        cache.path(EspeakNg(words_per_min=150), None, "Words."),
    }
    assert len(paths) == 6
    assert cache.path(engine, None, "Words.") in paths


@pytest.mark.parametrize("content", [b"", b"RIFF"], ids=["empty", "cut off"])
def test_a_damaged_file_is_not_found(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "words.wav"
    path.write_bytes(content)
    assert not Cache(tmp_path).found(path)


def test_a_folder_that_cannot_be_written_is_an_error_of_speech(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpeechError):
        Cache(tmp_path / "file").make(Counting(), None, "Words.")


def test_what_was_not_used_for_longest_goes_when_there_is_too_much(tmp_path: Path) -> None:
    paths = [tmp_path / f"{at}.wav" for at in range(5)]
    for at, path in enumerate(paths):
        path.write_bytes(bytes(100))
        os.utime(path, (at, at))
    other = tmp_path / "notes.txt"
    other.write_text("of somebody else")
    Cache(tmp_path, most_bytes=250).prune()
    assert sorted(tmp_path.iterdir()) == [*paths[3:], other]


def test_a_phrase_that_is_used_counts_as_new(tmp_path: Path) -> None:
    cache, engine = Cache(tmp_path, most_bytes=60_000), Counting()
    first, second = (cache.make(engine, None, text) for text in ("One.", "Two."))
    for at, path in enumerate((first, second)):
        os.utime(path, (at, at))
    assert cache.found(first)
    cache.prune()
    assert cache.found(first)
    assert not second.exists()


# The renderer.


def rendering(engine: Counting, folder: Path) -> tuple[Renderer, SimpleQueue[str]]:
    """A renderer and what it says to have rendered."""
    done: SimpleQueue[str] = SimpleQueue()
    return Renderer(engine, Cache(folder), lambda _, text: done.put(text)), done


def test_a_phrase_is_ready_when_it_is_said_to_be(tmp_path: Path) -> None:
    engine = Counting()
    renderer, done = rendering(engine, tmp_path)
    assert renderer.ready(Tone.NOW, "Words.") is None
    renderer.want(Tone.NOW, "Words.")
    assert done.get(timeout=WAIT_S) == "Words."
    path = renderer.ready(Tone.NOW, "Words.")
    assert path is not None
    assert path.is_file()
    renderer.close(WAIT_S)
    assert engine.closed


def test_a_phrase_is_rendered_once_and_never_again_in_the_next_session(tmp_path: Path) -> None:
    for session in (Counting(), Counting()):
        renderer, done = rendering(session, tmp_path)
        for _ in range(2):
            renderer.want(None, "Words.")
            done.get(timeout=WAIT_S)
        renderer.close(WAIT_S)
        assert renderer.ready(None, "Words.") is not None
    assert session.texts == []


def test_what_is_due_goes_before_what_is_made_ready(tmp_path: Path) -> None:
    class Waiting(Counting):
        """An engine whose first words take until it is told."""

        def __init__(self) -> None:
            super().__init__()
            self.go: SimpleQueue[None] = SimpleQueue()
            self.began: SimpleQueue[None] = SimpleQueue()

        def render(self, text: str, path: Path) -> None:
            if not self.texts:
                self.began.put(None)
                self.go.get(timeout=WAIT_S)
            super().render(text, path)

    engine = Waiting()
    renderer, done = rendering(engine, tmp_path)
    renderer.want(None, "First.", LATER)
    engine.began.get(timeout=WAIT_S)
    renderer.want(None, "Later.", LATER)
    renderer.want(None, "Soon.", SOON)
    engine.go.put(None)
    for _ in range(3):
        done.get(timeout=WAIT_S)
    renderer.close(WAIT_S)
    assert engine.texts == ["First.", "Soon.", "Later."]


def test_an_engine_that_fails_three_times_is_not_asked_again(tmp_path: Path) -> None:
    engine = Counting()
    engine.fails = True
    renderer, done = rendering(engine, tmp_path)
    for at in range(5):
        renderer.want(None, str(at))
        assert done.get(timeout=WAIT_S) == str(at), "who waits is told"
    renderer.close(WAIT_S)
    assert engine.texts == ["0", "1", "2"]
    assert renderer.broken == "no voice today"


def test_a_failure_now_and_then_is_forgiven(tmp_path: Path) -> None:
    engine = Counting()
    renderer, done = rendering(engine, tmp_path)
    for at in range(8):
        engine.fails = at % 2 == 0
        renderer.want(None, str(at))
        done.get(timeout=WAIT_S)
    renderer.close(WAIT_S)
    assert renderer.broken == ""
    assert len(engine.texts) == 8

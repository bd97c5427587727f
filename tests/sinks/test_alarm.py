from __future__ import annotations

import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from coach.core.trip import COURSES, Trip
from coach.sinks.alarm import Alarm, Siren, Way, Words, load, prepare
from coach.sinks.player import Player
from coach.sinks.tone import Tone, lasts_s, pcm
from tests.sinks.lasting import length_s
from tests.sinks.test_player import script
from tests.sinks.test_speech import Counting, espeak
from tests.sinks.test_tone import sox_peak

needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="the players of these tests are shell scripts")


class Terminal(StringIO):
    """Where a bell can be heard."""

    def __init__(self, *, seen: bool = True) -> None:
        super().__init__()
        self._seen = seen

    def isatty(self) -> bool:
        return self._seen


@pytest.fixture
def alarm(tmp_path: Path) -> Alarm:
    """The files of an alarm."""
    return prepare(tmp_path / "alarm", Counting())


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """A pipe into which players write the names of their files; reading waits for them."""
    path = tmp_path / "heard"
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)
    return path


def way(siren: Siren) -> Way:
    """How it sounds now."""
    return siren.way


def heard(fifo: Path, count: int) -> list[str]:
    """The names of the next sounds."""
    found = []
    for _ in range(count):
        with fifo.open() as pipe:
            found.append(Path(pipe.read().strip()).name.partition("-")[0])
    return found


def test_tone_and_phrases_are_files_with_the_danger_tone_in_front(alarm: Alarm) -> None:
    assert lasts_s(alarm.tone) == pytest.approx(length_s(Tone.DANGER), abs=0.001)
    assert set(alarm.phrases) == set(Words)
    for path in alarm.phrases.values():
        assert lasts_s(path) > length_s(Tone.DANGER) + 0.5
        assert pcm(Tone.DANGER) in path.read_bytes()


@espeak
def test_the_engine_of_this_computer_speaks_every_phrase(tmp_path: Path) -> None:
    alarm = prepare(tmp_path)
    assert set(alarm.phrases) == set(Words)
    assert all(sox_peak(path) > 0.5 for path in alarm.phrases.values())
    lengths = {lasts_s(path) for path in alarm.phrases.values()}
    assert len(lengths) == len(Words)
    assert min(lengths) > length_s(Tone.DANGER) + 0.4


def test_the_other_process_finds_what_was_prepared(alarm: Alarm) -> None:
    assert load(alarm.tone.parent) == alarm
    assert alarm.complete


@pytest.mark.parametrize("missing", ["danger.wav", "rails-*.wav"])
def test_an_alarm_that_was_half_prepared_is_not_complete(missing: str, alarm: Alarm) -> None:
    folder = alarm.tone.parent
    next(folder.glob(missing)).unlink()
    assert not load(folder).complete
    assert prepare(folder, Counting()).complete


def test_words_of_an_older_version_are_not_said(alarm: Alarm) -> None:
    path = alarm.phrases[Words.RAILS]
    path.rename(path.with_name("rails-00000000.wav"))
    assert load(alarm.tone.parent).path(Words.RAILS) == alarm.tone


@pytest.mark.parametrize("fails", [True, False], ids=["an engine that fails", "none"])
def test_without_an_engine_the_alarm_is_the_tone(fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Counting()
    engine.fails = True
    monkeypatch.setattr("coach.sinks.alarm.find_engine", lambda: None)
    alarm = prepare(tmp_path, engine if fails else None)
    assert alarm.phrases == {}
    assert [path.name for path in tmp_path.iterdir()] == ["danger.wav"]
    assert load(tmp_path).path(Words.RAILS) == alarm.tone
    assert len(engine.texts) <= 1


@pytest.mark.parametrize("words", Words)
def test_the_words_are_few_and_none_is_ambiguous(words: Words) -> None:
    said = words.lower().replace(".", "").split()
    assert len(said) <= 7
    assert not {"back", "left", "right", "around", "reverse", "forward"} & set(said)


def test_the_words_are_those_of_the_session_where_it_has_some() -> None:
    said = {course.say_rear for course in COURSES.values()}
    assert Words.RAILS in said
    assert COURSES[Trip.STOP_IGNORED].say_rear == Words.RAILS


@needs_shell
def test_an_alarm_sounds_at_once_and_again_until_it_is_silenced(
    alarm: Alarm, fifo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.sinks.alarm.EVERY_S", 0.01)
    siren = Siren(alarm, Player([(script(tmp_path, "player", f'echo "$1" > {fifo}'),)]))
    assert way(siren) is Way.SILENT
    siren.sound(Words.RAILS)
    assert heard(fifo, 3) == ["rails"] * 3
    assert way(siren) is Way.PLAYER
    siren.silence()
    assert way(siren) is Way.SILENT
    assert siren._thread is not None
    assert not siren._thread.is_alive()


@needs_shell
def test_other_words_come_at_once(alarm: Alarm, fifo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.sinks.alarm.EVERY_S", 1000.0)
    player = script(tmp_path, "player", f'echo "$1" > {fifo}; exec sleep 1000')
    siren = Siren(alarm, Player([(player,)]))
    siren.start()
    assert heard(fifo, 1) == ["keeper"]
    siren.sound(Words.RAILS)
    assert heard(fifo, 1) == ["rails"]
    siren.silence()


@needs_shell
def test_the_same_words_again_do_not_begin_anew(
    alarm: Alarm, fifo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.sinks.alarm.EVERY_S", 1000.0)
    siren = Siren(alarm, Player([(script(tmp_path, "player", f'echo "$1" > {fifo}; exec sleep 1000'),)]))
    siren.sound(Words.RAILS)
    assert heard(fifo, 1) == ["rails"]
    thread, playing = siren._thread, siren._playing
    siren.sound(Words.RAILS)
    assert (siren._thread, siren._playing) == (thread, playing)
    siren.silence()


@needs_shell
def test_an_alarm_that_was_silenced_can_sound_again(alarm: Alarm, fifo: Path, tmp_path: Path) -> None:
    siren = Siren(alarm, Player([(script(tmp_path, "player", f'echo "$1" > {fifo}'),)]))
    for words in (Words.KEEPER, Words.RAILS):
        siren.sound(words)
        assert heard(fifo, 1) == [words.name.lower()]
        siren.silence()


@needs_shell
def test_silence_ends_a_player_that_hangs(alarm: Alarm, fifo: Path, tmp_path: Path) -> None:
    siren = Siren(alarm, Player([(script(tmp_path, "player", f'echo "$1" > {fifo}; sleep 1000'),)]))
    siren.sound(Words.RAILS)
    heard(fifo, 1)
    siren.silence()
    assert all(one.join(20.0) for one in siren._playing)


def test_without_a_player_the_terminal_rings(alarm: Alarm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.sinks.alarm.EVERY_S", 0.01)
    terminal = Terminal()
    siren = Siren(alarm, Player([]), terminal)
    siren.sound(Words.RAILS)
    assert way(siren) is Way.BELL
    while terminal.getvalue().count("\a") < 2:
        siren._again.wait(0.01)
    siren.silence()
    assert set(terminal.getvalue()) == {"\a"}


def test_without_player_and_terminal_it_says_that_nothing_sounds(alarm: Alarm) -> None:
    terminal = Terminal(seen=False)
    siren = Siren(alarm, Player([]), terminal)
    siren.sound(Words.RAILS)
    assert way(siren) is Way.NOTHING
    siren.silence()
    assert terminal.getvalue() == ""


@needs_shell
def test_players_that_fail_give_way_to_the_bell_and_are_tried_again(
    alarm: Alarm, fifo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.sinks.alarm.EVERY_S", 0.01)
    terminal, good = Terminal(), tmp_path / "good"
    player = script(tmp_path, "player", f'test -e {good} || exit 1; echo "$1" > {fifo}')
    siren = Siren(alarm, Player([(player,)]), terminal)
    siren.sound(Words.RAILS)
    while not terminal.getvalue():
        siren._again.wait(0.01)
    assert way(siren) is Way.BELL
    good.touch()
    heard(fifo, 2)
    assert way(siren) is Way.PLAYER
    siren.silence()


def test_files_that_are_gone_leave_the_bell(alarm: Alarm) -> None:
    shutil.rmtree(alarm.tone.parent)
    siren = Siren(alarm, Player([("player",)]), Terminal())
    siren.sound(Words.RAILS)
    while way(siren) is not Way.BELL:
        siren._again.wait(0.01)
    siren.silence()


def test_an_alarm_needs_nothing_but_the_standard_library() -> None:
    code = "import sys\nbefore = set(sys.modules)\nimport coach.sinks.alarm\nprint(*(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    found = {name.partition(".")[0] for name in run.stdout.split()}
    assert found <= {"coach", *sys.stdlib_module_names}

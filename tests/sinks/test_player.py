from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import SimpleQueue

import pytest

from coach.sinks.player import STARTS_WITHIN_S, Fate, Player, Playing, filled, find_player
from coach.sinks.tone import write_silence

WAIT_S = 20.0  # for what comes at once on a quiet computer
SHORT_S = 0.1

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the players of these tests are shell scripts")


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A WAV file."""
    path = tmp_path / "a sound's file.wav"
    write_silence(path)
    return path


@pytest.fixture
def ended() -> SimpleQueue[Playing]:
    """Sounds that have ended."""
    return SimpleQueue()


def script(folder: Path, name: str, body: str) -> str:
    """A player that is a shell script."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_a_sound_is_played_by_one_child_with_its_file(tmp_path: Path, sound: Path, ended: SimpleQueue[Playing]) -> None:
    log = tmp_path / "log"
    player = Player([(script(tmp_path, "player", f'echo "$1" >> {log}'),)])
    playing = player.play(sound, SHORT_S, ended.put)
    assert ended.get(timeout=WAIT_S) is playing
    assert playing.fate is Fate.PLAYED
    assert playing.started_at_s is not None
    assert log.read_text() == f"{sound}\n"


@pytest.mark.parametrize("body", ["exit 1", "kill -9 $$"])
def test_a_player_that_fails_fails_the_sound(
    body: str, tmp_path: Path, sound: Path, ended: SimpleQueue[Playing]
) -> None:
    Player([(script(tmp_path, "player", body),)]).play(sound, SHORT_S, ended.put)
    playing = ended.get(timeout=WAIT_S)
    assert playing.fate is Fate.FAILED
    assert playing.started_at_s is None


@pytest.mark.parametrize("commands", [[], [("/no/such/player",)]], ids=["none", "not there"])
def test_a_player_that_is_missing_fails_the_sound(
    commands: list[tuple[str, ...]], sound: Path, ended: SimpleQueue[Playing]
) -> None:
    Player(commands).play(sound, SHORT_S, ended.put)
    assert ended.get(timeout=WAIT_S).fate is Fate.FAILED


def test_the_next_player_takes_over_at_once_and_is_asked_first_from_then_on(
    tmp_path: Path, sound: Path, ended: SimpleQueue[Playing]
) -> None:
    log = tmp_path / "log"
    bad = script(tmp_path, "bad", f"echo bad >> {log}; exit 1")
    good = script(tmp_path, "good", f"echo good >> {log}")
    player = Player([(bad,), (good,)])
    for _ in range(2):
        player.play(sound, SHORT_S, ended.put)
        assert ended.get(timeout=WAIT_S).fate is Fate.PLAYED
    assert log.read_text().split() == ["bad", "good", "good"]
    assert player.name == good


def test_a_sound_that_is_cut_ends_with_all_that_its_player_started(
    tmp_path: Path, sound: Path, ended: SimpleQueue[Playing]
) -> None:
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    player = Player([(script(tmp_path, "player", f"sleep 1000 3> {fifo} & wait"),)])
    playing = player.play(sound, 1000, ended.put)
    with fifo.open() as alive:  # opens when the grandchild has, and ends when it has ended
        playing.cut()
        assert ended.get(timeout=WAIT_S).fate is Fate.CUT
        assert alive.read() == ""


def test_a_sound_that_is_cut_before_it_began_does_not_sound_on(
    tmp_path: Path, sound: Path, ended: SimpleQueue[Playing]
) -> None:
    playing = Player([(script(tmp_path, "player", "sleep 1000"),)]).play(sound, 1000, ended.put)
    playing.cut()
    assert ended.get(timeout=WAIT_S).fate is Fate.CUT
    assert playing.join(WAIT_S)


def test_a_player_that_hangs_is_ended_and_the_sound_has_failed(
    tmp_path: Path, sound: Path, ended: SimpleQueue[Playing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.sinks.player.DRAINS_S", 0.0)
    hangs, next_one = script(tmp_path, "hangs", "sleep 1000"), script(tmp_path, "next", "exit 0")
    player = Player([(hangs,), (next_one,)])
    player.play(sound, 0.1, ended.put)
    assert ended.get(timeout=WAIT_S).fate is Fate.FAILED
    player.play(sound, 0.1, ended.put)
    assert ended.get(timeout=WAIT_S).fate is Fate.PLAYED, "the next sound is another player's"


def test_everywhere_means_every_player(tmp_path: Path, sound: Path, ended: SimpleQueue[Playing]) -> None:
    log = tmp_path / "log"
    commands = [(script(tmp_path, name, f"echo {name} >> {log}"),) for name in ("one", "two", "three")]
    assert len(Player(commands).everywhere(sound, SHORT_S, ended.put)) == 3
    assert {ended.get(timeout=WAIT_S).fate for _ in range(3)} == {Fate.PLAYED}
    assert sorted(log.read_text().split()) == ["one", "three", "two"]


def test_the_player_that_played_everywhere_is_asked_first_from_then_on(
    tmp_path: Path, sound: Path, ended: SimpleQueue[Playing]
) -> None:
    bad, good = script(tmp_path, "bad", "exit 1"), script(tmp_path, "good", "exit 0")
    player = Player([(bad,), (good,)])
    player.everywhere(sound, SHORT_S, ended.put)
    for _ in range(2):
        ended.get(timeout=WAIT_S)
    assert player.name == good


@pytest.mark.parametrize(
    ("command", "whole"),
    [
        (("aplay",), ("aplay", "/f.wav")),
        (("sox", "{}", "-d"), ("sox", "/f.wav", "-d")),
        (("ssh", "den", "play {}"), ("ssh", "den", "play /f.wav")),
    ],
    ids=["behind everything", "where it is marked", "inside a part"],
)
def test_a_command_has_its_file(command: tuple[str, ...], whole: tuple[str, ...]) -> None:
    assert filled(command, Path("/f.wav")) == whole


def test_a_setting_wins_over_the_environment_and_both_over_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, named = script(tmp_path, "own", ""), script(tmp_path, "named", "")
    monkeypatch.setenv("COACH_PLAYER", f"'{named}' --quiet")
    assert find_player(own).name == own
    assert find_player().name == named
    monkeypatch.setenv("COACH_PLAYER", "no-such-player-here")
    assert not find_player().there


def test_what_is_installed_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COACH_PLAYER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not find_player(system="linux").there
    script(tmp_path, "aplay", "")
    script(tmp_path, "paplay", "")
    assert find_player(system="linux").name == "paplay", "sound servers share the device"


class Slow:
    """Takes the place of what starts a child: it takes until the test lets it."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def __call__(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        assert self.go.wait(WAIT_S)
        return subprocess.Popen(command, start_new_session=True)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    """No child starts before the test lets it."""
    found = Slow()
    monkeypatch.setattr("coach.sinks.player._start", found)
    return found


def test_a_sound_that_has_not_begun_in_time_is_late_until_it_has(
    slow: Slow, tmp_path: Path, sound: Path, ended: SimpleQueue[Playing], monkeypatch: pytest.MonkeyPatch
) -> None:
    playing = Player([(script(tmp_path, "player", "exit 0"),)]).play(sound, SHORT_S, ended.put)
    began_s = playing.asked_at_s
    monkeypatch.setattr("coach.sinks.player.monotonic", lambda: began_s + STARTS_WITHIN_S)
    assert not playing.late
    monkeypatch.setattr("coach.sinks.player.monotonic", lambda: began_s + STARTS_WITHIN_S + 0.01)
    assert playing.late
    slow.go.set()
    assert ended.get(timeout=WAIT_S).fate is Fate.PLAYED
    assert not playing.late


def test_a_child_that_starts_after_its_sound_was_cut_is_ended(
    slow: Slow, tmp_path: Path, sound: Path, ended: SimpleQueue[Playing]
) -> None:
    playing = Player([(script(tmp_path, "player", "exec sleep 1000"),)]).play(sound, 1000, ended.put)
    playing.cut()
    slow.go.set()
    assert ended.get(timeout=WAIT_S).fate is Fate.CUT


def no_thread(*_: object) -> None:
    """Take the place of what needs one more thread."""
    raise RuntimeError("can't start new thread")


def test_the_end_of_a_sound_is_told_whatever_happens(
    sound: Path, ended: SimpleQueue[Playing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.sinks.player._start", no_thread)
    monkeypatch.setattr("threading.excepthook", lambda _: None)
    Player([("player",)]).play(sound, SHORT_S, ended.put)
    assert ended.get(timeout=WAIT_S).fate is Fate.FAILED


def test_a_sound_that_nobody_can_watch_is_played(
    tmp_path: Path, sound: Path, ended: SimpleQueue[Playing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("threading.Timer.start", no_thread)
    Player([(script(tmp_path, "player", "exit 0"),)]).play(sound, SHORT_S, ended.put)
    assert ended.get(timeout=WAIT_S).fate is Fate.PLAYED

"""What differs between the systems: the tables and rules of all three, looked at on whichever this is."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.sinks.player import find_player
from coach.sinks.speech import find_engine
from coach.system import files, of, process, radio, signals, sleep, sound, terminal

SYSTEMS = ("linux", "darwin", "win32")
POSIX_SIGNALS = {"SIGINT": 2, "SIGHUP": 1, "SIGQUIT": 3, "SIGTERM": 15, "SIGTSTP": 18, "SIGTTIN": 21, "SIGTTOU": 22}
HAVE = {  # the signals that a system has, of those that coach knows
    "linux": POSIX_SIGNALS,
    "darwin": POSIX_SIGNALS,
    "win32": {"SIGINT": 2, "SIGTERM": 15, "SIGBREAK": 21},
}
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files and signals")


def test_a_system_without_a_row_is_taken_for_linux() -> None:
    table = {"linux": 1, "darwin": 2}
    assert [of(table, system) for system in ("darwin", "linux", "freebsd14", "win32")] == [2, 1, 1, 1]


# Processes.


@pytest.mark.parametrize(
    ("system", "apart", "unseen"),
    [
        ("linux", (True, 0), (False, 0)),
        ("darwin", (True, 0), (False, 0)),
        ("win32", (False, 0x08000200), (False, 0x08000000)),
    ],
)
def test_a_process_has_a_session_or_a_group_of_its_own_and_no_window(
    system: str, apart: tuple[bool, int], unseen: tuple[bool, int]
) -> None:
    assert tuple(process.apart(system).values()) == apart
    assert tuple(process.unseen(system).values()) == unseen


def test_a_process_that_was_started_apart_is_ended_and_may_be_ended_again() -> None:
    words = [sys.executable, "-c", "input()"]
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, **process.apart())
    process.end(child)
    assert child.wait(20) != 0
    process.end(child)
    assert child.stdin is not None
    child.stdin.close()


# Signals.


@pytest.mark.parametrize(
    ("system", "of_terminal", "ending"),
    [
        ("linux", (2, 1, 18, 21, 22), (15, 1, 3)),
        ("darwin", (2, 1, 18, 21, 22), (15, 1, 3)),
        ("win32", (2,), (15, 21)),
    ],
)
def test_only_signals_that_a_system_has_are_taken(
    system: str, of_terminal: tuple[int, ...], ending: tuple[int, ...]
) -> None:
    assert signals.known(signals.OF_TERMINAL, HAVE[system]) == of_terminal
    assert signals.known(signals.ENDING, HAVE[system]) == ending


def test_this_system_has_what_its_row_says() -> None:
    have = HAVE.get(sys.platform, POSIX_SIGNALS)
    names = {*signals.OF_TERMINAL, *signals.ENDING, *signals.SUSPENDING}
    assert names & set(signal.Signals.__members__) == names & set(have)


# The terminal.


class Console:
    """A console of Windows with these signs in it."""

    def __init__(self, *signs: str) -> None:
        self.signs = list(signs)

    def kbhit(self) -> bool:
        return bool(self.signs)

    def getwch(self) -> str:
        return self.signs.pop(0)


@pytest.mark.parametrize(
    ("signs", "sent"),
    [
        (("p",), "p"),
        (("\xe0", "H"), "\x1b[A"),
        (("\x00", "H"), "\x1b[A"),
        (("\xe0", "P"), "\x1b[B"),
        (("\xe0", "M"), "\x1b[C"),
        (("\xe0", "K"), "\x1b[D"),
        (("\xe0", "Q"), "\x1b[6~"),
        (("\x00", "?"), "\x1b[0;63~"),
        ((), ""),
    ],
)
def test_keys_of_windows_are_sent_as_those_of_xterm(signs: tuple[str, ...], sent: str) -> None:
    console = Console(*signs)
    assert terminal.ConsoleKeys(console).sent(0.0) == sent
    assert console.signs == []


def test_on_windows_ctrl_c_interrupts_and_what_was_typed_before_is_forgotten() -> None:
    keys = terminal.ConsoleKeys(console := Console("\x03", "a", "b"))
    with pytest.raises(KeyboardInterrupt):
        keys.sent()
    keys.forget()
    assert console.signs == []


def test_on_windows_who_waits_for_a_key_can_be_woken() -> None:
    keys = terminal.ConsoleKeys(Console("a"))
    keys.wake()
    assert keys.sent() == ""


@posix
def test_a_terminal_gives_single_keys_until_it_is_closed_and_is_as_it_was() -> None:
    import pty
    import termios

    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    keys = terminal.keys(theirs)
    os.write(ours, b"line that is not whole")
    keys.single()
    keys.single()
    keys.forget()
    assert keys.sent(0.0) == ""
    os.write(ours, b"\x1b[A")
    assert keys.sent() == "\x1b[A"
    os.write(ours, b"\x1b")
    assert keys.sent() == "\x1b"
    keys.wake()
    assert keys.sent() == ""
    keys.close()
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)


def test_of_the_terminals_of_windows_only_the_newer_one_draws_colours() -> None:
    assert [terminal.colours({}, system) for system in SYSTEMS] == [True, True, False]
    assert terminal.colours({"WT_SESSION": "1"}, "win32")


# Sound.


def only(*names: str) -> Callable[[str], str | None]:
    """A computer that has these programs, and Python."""
    return lambda name: name if name in {*names, sys.executable} else None


@pytest.mark.parametrize(
    ("system", "there", "found"),
    [
        ("linux", ("aplay", "paplay"), ["paplay", "aplay"]),
        ("linux", (), []),
        ("darwin", ("afplay", "play"), ["afplay"]),
        ("win32", ("aplay",), [sys.executable]),
    ],
)
def test_what_plays_is_what_the_system_has(system: str, there: tuple[str, ...], found: list[str]) -> None:
    assert [command[0] for command in sound.players(system, only(*there))] == found


def test_every_command_of_a_player_says_where_its_file_goes() -> None:
    for system in SYSTEMS:
        for command in sound.players(system, lambda name: name):
            assert command.count(sound.FILE) == 1, command


def test_the_player_of_windows_is_python_itself_with_a_script_that_can_be_read() -> None:
    ((*words, script, _),) = sound.players("win32")
    assert words == [sys.executable, "-I", "-S", "-c"]
    compile(script, "player", "exec")
    assert "SND_FILENAME" in script


def test_a_player_of_the_users_own_may_have_a_path_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sound.words(r"C:\play.exe -q {}", "win32") == (r"C:\play.exe", "-q", "{}")
    assert sound.words("'/opt/my player' {}", "darwin") == ("/opt/my player", "{}")
    monkeypatch.setenv("COACH_PLAYER", "'open")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not any(find_player(system=system).there for system in SYSTEMS)


@pytest.mark.parametrize(
    ("system", "engines"),
    [("linux", ("espeak-ng", "spd-say")), ("darwin", ("say", "espeak-ng")), ("win32", ("powershell", "espeak-ng"))],
)
def test_the_engine_of_a_system_comes_first(
    system: str, engines: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sound.engines(system) == engines
    monkeypatch.setattr("coach.sinks.speech.shutil.which", lambda name: name)
    engine = find_engine(system=system)
    assert engine is not None
    assert engine.name.split()[0] == {"say": "say", "powershell": "System.Speech"}.get(engines[0], engines[0])
    engine.close()


# Bluetooth, sleep and files.


def test_each_system_says_in_its_own_words_what_to_do() -> None:
    for say in (sound.get_player, sound.get_engine, radio.switch_on, radio.allow):
        assert len({say(system) for system in SYSTEMS}) == len(SYSTEMS)
    assert [radio.bluez(system) for system in SYSTEMS] == [True, False, False]


def test_only_macos_ends_a_process_that_may_not_use_bluetooth() -> None:
    assert [radio.forbidden(-6, system) for system in SYSTEMS] == [False, True, False]
    assert not radio.forbidden(-9, "darwin")


def test_sleep_is_noticed_on_all_three_and_only_grows() -> None:
    assert [sleep.noticed(system) for system in (*SYSTEMS, "freebsd14")] == [True, True, True, False]
    before_s = sleep.slept_s()
    assert sleep.slept_s() - before_s > -0.1


@posix
@pytest.mark.parametrize(("mode", "private"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
def test_a_file_is_private_by_its_mode_and_on_windows_by_its_place(mode: int, private: bool, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("secret", encoding="utf-8")
    path.chmod(mode)
    found = path.stat()
    assert stat.S_IMODE(found.st_mode) == mode
    assert files.own(found)
    assert [files.private(found, system) for system in SYSTEMS] == [private, private, True]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    number = os.open(tmp_path / "f", os.O_WRONLY | os.O_CREAT | files.AS_IS | files.NOT_INHERITED)
    os.write(number, b"a\nb\r\n")
    os.close(number)
    assert (tmp_path / "f").read_bytes() == b"a\nb\r\n"

"""What coach doctor looks at: each probe on what a computer can be like, and the whole of it on this one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile, which
from threading import Event, Thread

import pytest

from coach.cli.doctor import described, facts, ready, verdict
from coach.doctor import radio, sound, system, terminal
from coach.doctor.finding import Finding, Probe, State, look_at
from coach.keeper.lock import Lock
from coach.sinks.player import Player

Coach = Callable[..., tuple[int, str, str]]
OK, WARN, MISSING = State.OK, State.WARN, State.MISSING
posix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no pseudo-terminals and no signals of this kind"
)
SILENT_PLAYER = Player([(sys.executable, "-c", "")])
DEAF_PLAYER = Player([(sys.executable, "-c", "raise SystemExit(1)")])


def finding(state: State, *, simulator: bool = False) -> Finding:
    return Finding("thing", state, "seen", "" if state is OK else "mend it", simulator)


# The law of probes.


def test_probes_that_are_late_or_raise_are_missing_and_the_others_come_in_order() -> None:
    forever = Event()

    def late() -> Finding:
        forever.wait()
        return finding(OK)

    def raises() -> Finding:
        raise ZeroDivisionError("a test")

    looks = {"late": late, "raises": raises, "good": lambda: finding(OK)}
    found = list(look_at([Probe(name, look, simulator=True) for name, look in looks.items()], 0.2))
    forever.set()
    assert [one.state for one in found] == [MISSING, MISSING, OK]
    assert [one.about for one in found] == ["late", "raises", "thing"]
    assert "in time" in found[0].seen
    assert "ZeroDivisionError: a test" in found[1].seen
    assert found[0].simulator


# The computer.


@pytest.mark.parametrize(
    ("told", "numbers"),
    [("bluetoothctl: 5.66\n", (5, 66)), ("5.55", (5, 55)), ("3.1.0", (3, 1, 0)), ("", ()), (None, ()), ("none", ())],
)
def test_versions_are_read(told: str | None, numbers: tuple[int, ...]) -> None:
    assert system.numbers(told) == numbers


@pytest.mark.parametrize(
    ("told", "state"),
    [(None, MISSING), ("5.54", MISSING), ("5.55", WARN), ("5.61", WARN), ("5.62", OK), ("bluetoothctl: 5.66", OK)],
)
def test_bluez_must_be_new_enough_for_bleak(told: str | None, state: State) -> None:
    assert system.bluez(lambda _: told).state is state


def test_bluez_is_asked_for_where_its_tools_are_not_installed() -> None:
    asked = []

    def run(command: Sequence[str]) -> str | None:
        asked.append(command[0])
        return "5.66" if command[0].endswith("bluetoothd") else None

    assert system.bluez(run).seen == "5.66"
    assert asked[0] == "bluetoothctl"


@pytest.mark.parametrize(("found", "state"), [("3.0.2", MISSING), ("3.1.0", OK), ("3.2.1", OK)])
def test_bleak_must_know_what_the_system_holds_connected(found: str, state: State) -> None:
    assert system.bleak(found).state is state


def test_the_installed_bleak_and_python_are_good() -> None:
    assert [system.bleak().state, system.python().state] == [OK, OK]


def test_a_program_that_hangs_fails_or_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert system.run([str(tmp_path / "none")]) is None
    assert system.run([sys.executable, "-c", "raise SystemExit(3)"]) is None
    assert system.run([sys.executable, "-c", "import time; time.sleep(60)"], 0.2) is None
    assert system.run([sys.executable, "-c", "print('5.66')"], 30.0) is not None


def test_settings_that_cannot_be_read_are_shown_with_their_line(settings: Callable[[str], Path]) -> None:
    assert system.settings().state is OK
    file = settings("sound = maybe\n")
    found = system.settings()
    assert (found.state, found.simulator) == (MISSING, True)
    assert found.seen.startswith(f"{file}:1:")
    settings("sound = false\n")
    assert system.settings() == Finding("settings", OK, str(file), simulator=True)


def test_settings_of_the_environment_alone_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_SOUND", "false")
    assert "environment" in system.settings().seen


def test_the_data_folder_is_made_written_and_left_clean(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    assert system.data_folder(folder).state is OK
    assert list(folder.iterdir()) == []


def test_a_data_folder_that_is_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    found = system.data_folder(tmp_path / "data")
    assert (found.state, found.simulator) == (MISSING, True)
    assert str(tmp_path / "data") in found.seen


@pytest.mark.parametrize(("room", "state"), [(0, WARN), (50 * 1024**2 - 1, WARN), (50 * 1024**2, OK)])
def test_a_full_disk_is_a_warning(room: int, state: State, tmp_path: Path) -> None:
    assert system.data_folder(tmp_path, lambda _: room).state is state


def test_a_treadmill_that_another_process_drives_is_named(tmp_path: Path) -> None:
    assert system.locks(tmp_path).state is OK
    held = Lock(tmp_path, "AA:BB:CC:00:11:22", "first-steps-back")
    Lock(tmp_path, "sim:home", "easy-walk-30").close()
    found = system.locks(tmp_path)
    held.close()
    assert found.state is WARN
    assert f"process {os.getpid()} (first-steps-back)" in found.seen
    assert "easy-walk-30" not in found.seen
    assert system.locks(tmp_path).state is OK


def test_a_clock_that_was_never_set_is_a_warning() -> None:
    assert system.clock(datetime(1970, 1, 1, tzinfo=UTC)).state is WARN
    assert system.clock(datetime(2026, 11, 22, tzinfo=UTC)).state is OK


def test_the_sleep_guard_is_tried_and_let_go() -> None:
    assert system.sleep_guard(0.1).state in {OK, WARN}


# The radio.


def adapters(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / "bluetooth" / name).mkdir(parents=True)
    return folder


def switch(folder: Path, kind: str, *, soft: int = 0, hard: int = 0) -> None:
    here = folder / "rfkill" / f"rfkill{len(list(folder.glob('rfkill/*')))}"
    here.mkdir(parents=True)
    for name, value in (("type", kind), ("soft", soft), ("hard", hard)):
        (here / name).write_text(f"{value}\n", encoding="utf-8")


def test_adapters_are_those_that_the_kernel_lists(tmp_path: Path) -> None:
    assert radio.adapter(tmp_path).state is MISSING
    adapters(tmp_path, "hci0", "hci1", "hci0:12")
    switch(tmp_path, "wlan", soft=1, hard=1)
    assert radio.adapter(tmp_path) == Finding("adapter", OK, "hci0, hci1")


@pytest.mark.parametrize(("soft", "hard", "do"), [(1, 0, "rfkill"), (0, 1, "switch"), (1, 1, "switch")])
def test_an_adapter_that_is_switched_off_is_missing(tmp_path: Path, soft: int, hard: int, do: str) -> None:
    switch(adapters(tmp_path, "hci0"), "bluetooth", soft=soft, hard=hard)
    found = radio.adapter(tmp_path)
    assert found.state is MISSING
    assert do in found.do


CHILDREN = {  # exit code, what was said, on which system, state, a part of what is seen, a part of what to do
    "heard": (0, b'{"heard": 2, "error": ""}\n', "linux", OK, "2 treadmills", ""),
    "nothing heard": (0, b'noise\n{"heard": 0, "error": ""}\n', "darwin", OK, "no treadmill", ""),
    "off": (
        1,
        b'{"heard": 0, "error": "Bluetooth is off; switch it on."}\n',
        "linux",
        MISSING,
        "is off",
        "switch it on",
    ),
    "no advice": (1, b'{"heard": 0, "error": "Who knows"}\n', "linux", MISSING, "Who knows", "again"),
    "not allowed on macOS": (-6, b"", "darwin", MISSING, "does not allow", "Privacy & Security"),
    "aborted on Linux": (-6, b"", "linux", MISSING, "signal 6", "--debug"),
    "killed on macOS": (-9, b"", "darwin", MISSING, "signal 9", "--debug"),
    "a traceback": (1, b"", "win32", MISSING, "exit code 1", "--debug"),
    "half a line": (0, b'{"heard": 2', "linux", MISSING, "exit code 0", "--debug"),
    "another object": (0, b"[1]\n", "linux", MISSING, "exit code 0", "--debug"),
}


@pytest.mark.parametrize(("code", "told", "on", "state", "seen", "do"), CHILDREN.values(), ids=CHILDREN)
def test_the_end_of_the_child_is_understood(code: int, told: bytes, on: str, state: State, seen: str, do: str) -> None:
    found = radio.answered(code, told, on)
    assert found.state is state
    assert seen in found.seen
    assert do in found.do
    assert bool(found.do) is (state is not OK)


def test_a_child_looks_at_the_radio_of_this_computer_and_comes_back() -> None:
    found = radio.radio(60.0)
    assert "signal" not in found.seen
    assert "exit code" not in found.seen
    assert "no answer" not in found.seen


def test_a_child_that_takes_too_long_is_ended() -> None:
    assert "no answer" in radio.radio(0.001).seen


# Sound.


def test_a_player_must_play_and_not_only_be_there() -> None:
    assert sound.player(Player([])).state is MISSING
    assert sound.player(SILENT_PLAYER).state is OK
    deaf = sound.player(DEAF_PLAYER)
    assert deaf.state is MISSING
    assert Path(sys.executable).name in deaf.seen


def test_the_second_player_is_found_where_the_first_fails() -> None:
    assert sound.player(Player([*DEAF_PLAYER.commands, *SILENT_PLAYER.commands])).state is OK


def test_without_an_engine_nothing_speaks() -> None:
    assert sound.voice("none").state is MISSING


@pytest.mark.skipif(which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_an_engine_makes_words() -> None:
    found = sound.voice("espeak-ng")
    assert found.state is OK
    assert "espeak-ng" in found.seen


@posix
@pytest.mark.skipif(which("spd-say") is None and which("true") is None, reason="nothing here can stand for spd-say")
def test_an_engine_that_writes_no_files_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copyfile(which("true") or "", tmp_path / "spd-say")
    (tmp_path / "spd-say").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sound.voice("spd-say").state is WARN


@posix
def test_the_alarm_is_played_once_and_its_fate_told(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    keeps = "import shutil, sys; shutil.copyfile(sys.argv[1], sys.argv[2])"
    found = sound.alarm(Player([(sys.executable, "-c", keeps, "{}", str(heard))]))
    assert found.state is OK
    assert heard.read_bytes()[:4] == b"RIFF"
    assert sound.alarm(DEAF_PLAYER).state is MISSING


# The terminal.


@pytest.mark.parametrize(
    ("columns", "rows", "state"),
    [(80, 24, OK), (79, 24, WARN), (80, 23, WARN), (200, 60, OK), (0, 0, WARN), (80, 0, WARN)],
)
def test_a_terminal_has_room(columns: int, rows: int, state: State) -> None:
    assert terminal.size(columns, rows).state is state


@pytest.mark.parametrize(
    ("variables", "state", "seen"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, OK, "16 million"),
        ({"TERM": "screen-256color"}, OK, "256"),
        ({"TERM": "dumb"}, WARN, "none"),
        ({"TERM": "vt100"}, OK, "16, as far as vt100"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, OK, "NO_COLOR"),
        ({"WT_SESSION": "x"}, OK, "16 million"),
        ({}, OK, "16"),
    ],
)
def test_colours_are_told(variables: dict[str, str], state: State, seen: str) -> None:
    found = terminal.colours(variables)
    assert found.state is state
    assert seen in found.seen


DA1 = b"\x1b[?62;22c"


@pytest.mark.parametrize(
    ("answer", "state", "seen"),
    [
        (b"\x1b[?1004;2$y" + DA1, OK, "says when"),
        (b"\x1b[?1004;1$y" + DA1, OK, "says when"),
        (b"\x1b[?1004;3$y" + DA1, OK, "says when"),
        (b"\x1b[?1004;0$y" + DA1, WARN, "never says"),
        (b"\x1b[?1004;4$y" + DA1, WARN, "never says"),
        (DA1, WARN, "does not say whether"),
        (b"abc" + DA1, WARN, "does not say whether"),
        (b"", WARN, "does not say whether"),
    ],
)
def test_focus_is_what_the_terminal_says(answer: bytes, state: State, seen: str) -> None:
    found = terminal.focus(answer, {})
    assert found.state is state
    assert seen in found.seen
    assert bool(found.do) is (state is WARN)


def test_tmux_must_be_told_to_pass_focus_on() -> None:
    assert "focus-events" in terminal.focus(DA1, {"TMUX": "/tmp/x"}).do


if sys.platform != "win32":
    import pty
    import termios

    def terminal_that_says(answer: bytes) -> tuple[bytes, bytes | None, bool]:
        """Ask a real pseudo-terminal: what it was sent, what came back, and whether its mode is as before."""
        ours, theirs = pty.openpty()
        before, sent = termios.tcgetattr(theirs), bytearray()

        def play() -> None:
            while not bytes(sent).endswith(terminal.ASK):
                sent.extend(os.read(ours, 1))
            os.write(ours, answer)

        player = Thread(target=play, daemon=True)
        player.start()
        got = terminal.asked(theirs, 5.0 if answer else 0.2)
        player.join(5.0)
        same = termios.tcgetattr(theirs) == before
        os.close(ours)
        os.close(theirs)
        return bytes(sent), got, same

    @pytest.mark.parametrize("answer", [b"\x1b[?1004;2$y" + DA1, DA1, b""], ids=["tells", "does not", "is silent"])
    def test_a_terminal_is_asked_and_left_as_it_was(answer: bytes) -> None:
        assert terminal_that_says(answer) == (terminal.ASK, answer, True)


# The command.


def test_missing_counts_only_for_those_who_need_it() -> None:
    warned, missing = [finding(OK), finding(WARN)], [finding(OK, simulator=True), finding(MISSING)]
    assert (ready(warned), ready(missing), ready(missing, simulator=True)) == (True, False, True)
    assert not ready([finding(MISSING, simulator=True)], simulator=True)
    assert "coach scan" in verdict(warned)
    assert verdict(missing) == "Missing for a treadmill: thing. The simulated one works: coach demo"
    assert verdict([finding(MISSING, simulator=True)]) == "Missing: thing."


def test_a_finding_is_lines_of_eighty_signs_with_what_to_do_below() -> None:
    long = Finding("sleep guard", WARN, "word " * 30, "do " * 40)
    lines = list(described(long))
    assert max(len(line) for line in lines) <= 80
    assert lines[0].startswith("warn    sleep guard   word")
    assert sum("-> do" in line for line in lines) == 1
    assert "\x1b[" not in "".join(lines)
    assert next(described(long, colour=True)).startswith("\x1b[33mwarn    \x1b[0msleep guard")
    assert list(described(finding(OK))) == ["ok      thing         seen"]


def test_facts_are_the_same_for_programs() -> None:
    told = json.loads(json.dumps(facts([finding(OK, simulator=True), finding(MISSING)])))
    assert {key: told[key] for key in ("schema", "simulator", "treadmill")} == {
        "schema": 1,
        "simulator": True,
        "treadmill": False,
    }
    assert told["findings"][0] == {"about": "thing", "state": "ok", "seen": "seen", "do": None, "simulator": True}
    assert told["findings"][1]["do"] == "mend it"


def test_doctor_looks_at_everything_and_its_exit_code_says_whether_a_belt_could_move(coach: Coach) -> None:
    code, out, err = coach("doctor", "--json")
    told = json.loads(out)
    about = [one["about"] for one in told["findings"]]
    assert about[:4] == ["python", "settings", "data folder", "clock"]
    assert {"bleak", "radio", "other coach", "sleep guard", "player", "voice", "terminal"} <= set(about)
    assert "alarm" not in about
    assert told["simulator"] is True
    assert code == (0 if told["treadmill"] else 1)
    assert all(one["do"] for one in told["findings"] if one["state"] != "ok")
    assert err == ""


def test_doctor_names_settings_that_stop_every_session(coach: Coach, settings: Callable[[str], Path]) -> None:
    settings("sound = maybe\n")
    code, out, _ = coach("doctor")
    assert code == 1
    assert "Missing: " in out
    assert "config.toml:1:" in out.replace("\n" + " " * 22, "")

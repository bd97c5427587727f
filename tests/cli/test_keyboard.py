"""What a terminal or a pipe sends, as presses."""

import os
import sys
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from coach.cli.keyboard import Closed, Inbox, Typed, closed, forget, listening, read_signs, read_word
from coach.core.event import Key

SIGNS = {
    "space": (" ", [Typed(Key.STOP, text=" ")]),
    "Esc": ("\x1b", [Typed(Key.STOP, text="\x1b")]),
    "Esc twice": ("\x1b\x1b", [Typed(Key.STOP, text="\x1b"), Typed(Key.STOP, text="\x1b")]),
    "Enter": ("\r", [Typed(Key.YES, text="\r")]),
    "up": ("\x1b[A", [Typed(Key.FASTER, text="[A")]),
    "up in application mode": ("\x1bOA", [Typed(Key.FASTER, text="OA")]),
    "Shift and down": ("\x1b[1;2B", [Typed(Key.MUCH_SLOWER, text="[1;2B")]),
    "PageDown": ("\x1b[6~", [Typed(Key.YES, text="[6~")]),
    "F5 means nothing": ("\x1b[15~", [Typed(None, text="[15~")]),
    "Esc and a key at once": ("\x1bx", [Typed(Key.STOP, text="\x1b"), Typed(None, text="x")]),
    "a sequence that was cut off": ("\x1b[1;2", [Typed(None, text="[1;2")]),
    "digits": ("31", [Typed(Key.DIGIT, "3", "3"), Typed(Key.DIGIT, "1", "1")]),
    "5 is not a digit of ours": ("5", [Typed(None, text="5")]),
    "0 undoes": ("0", [Typed(Key.UNTRIM, text="0")]),
    "aliases": ("+-?", [Typed(Key.FASTER, text="+"), Typed(Key.SLOWER, text="-"), Typed(Key.HELP, text="?")]),
    "a capital": ("Q", [Typed(Key.QUIT, text="Q")]),
    "two at once": ("\x1b[A ", [Typed(Key.FASTER, text="[A"), Typed(Key.STOP, text=" ")]),
    "a letter that means nothing": ("é", [Typed(None, text="é")]),
}
WORDS = {
    "yes": Typed(Key.YES, text="yes"),
    " STOP \r": Typed(Key.STOP, text="stop"),
    "": Typed(Key.YES, text="enter"),
    "3": Typed(Key.DIGIT, "3", "3"),
    "space": Typed(Key.STOP, text="space"),
    "shift+up": Typed(Key.MUCH_FASTER, text="shift+up"),
    "q": Typed(Key.QUIT, text="q"),
    "halt": Typed(None, text="halt"),
}


@pytest.mark.parametrize(("sent", "typed"), SIGNS.values(), ids=SIGNS)
def test_signs_of_a_terminal_are_keys(sent: str, typed: list[Typed]) -> None:
    assert list(read_signs(sent)) == typed


@pytest.mark.parametrize(("word", "typed"), WORDS.items(), ids=[word.strip() or "nothing" for word in WORDS])
def test_a_line_of_a_pipe_is_a_key(word: str, typed: Typed) -> None:
    assert read_word(word) == typed


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The other end of a pipe that is standard input."""
    reads, writes = os.pipe()
    with os.fdopen(reads, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield writes


def test_a_pipe_is_read_line_by_line_until_its_end(pipe: int) -> None:
    inbox: Inbox = SimpleQueue()
    with listening(inbox):
        os.write(pipe, b"ye")
        os.write(pipe, b"s\n3\nsto")
        os.write(pipe, b"p")
        os.close(pipe)
        got = [inbox.get(timeout=5) for _ in range(4)]
    assert got == [Typed(Key.YES, text="yes"), Typed(Key.DIGIT, "3", "3"), Typed(Key.STOP, text="stop"), Closed()]


def test_no_standard_input_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    inbox: Inbox = SimpleQueue()
    with listening(inbox):
        assert inbox.get(timeout=5) == Closed()
    with open(os.devnull, encoding="utf-8") as nothing:  # noqa: PTH123 - a device
        monkeypatch.setattr("sys.stdin", nothing)
        assert closed()


def test_an_open_pipe_is_not_closed(pipe: int) -> None:
    assert not closed()
    os.close(pipe)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_afterwards_nobody_reads_the_terminal_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    import pty
    import termios

    ours, theirs = pty.openpty()
    monkeypatch.setattr("coach.cli.keyboard.in_background", lambda _: False)
    inbox: Inbox = SimpleQueue()
    with os.fdopen(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        before = termios.tcgetattr(theirs)
        with listening(inbox):
            os.write(ours, b"p")
            assert inbox.get(timeout=5) == Typed(Key.PAUSE, text="p")
        assert termios.tcgetattr(theirs) == before
        os.write(ours, b"x")
        forget()
        os.write(ours, b"6\n")
        assert stdin.readline() == "6\n"
        assert inbox.empty()
    os.close(ours)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
class TestTerminal:
    """A real process on a real (pseudo) terminal."""

    def test_keys_are_read_singly_and_the_terminal_is_left_as_it_was(self) -> None:
        import pty
        import subprocess
        import termios

        ours, theirs = pty.openpty()
        before = termios.tcgetattr(theirs)
        words = [sys.executable, "-m", "coach", "run", "easy-walk-30", "--journal", os.devnull]
        with subprocess.Popen(words, stdin=theirs, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            assert any("Press when ready" in line for line in lines)
            assert termios.tcgetattr(theirs) != before
            os.write(ours, b"q")
            assert any("Press again" in line for line in lines)
            os.write(ours, b"q")
            assert any("Session stopped (you left)" in line for line in lines)
            assert process.wait(10) == 1
        assert termios.tcgetattr(theirs) == before
        os.close(ours)
        os.close(theirs)

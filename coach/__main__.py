"""The command `coach`: help at once, everything else through its command; nothing ends in a traceback."""

from __future__ import annotations

import os
import sys
from typing import Final

from coach.cli import SHORT_HELP, long_help

INTERRUPTED: Final = 130  # what a shell says of Ctrl-C: 128 and the number of the signal
_HELP = {"--help", "-h"}


def main() -> None:
    """Run the command line and leave with its exit code: 0 fine, 1 a reported problem, 2 usage."""
    words = sys.argv[1:]
    debug = "--debug" in words
    if debug:
        words.remove("--debug")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a name in a workout may have signs that a terminal has not
    code = 0
    try:
        code = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _unread()
    except KeyboardInterrupt:  # before a command listens for it itself, or in one that has nothing to finish
        if debug:
            raise
        code = INTERRUPTED
    except Exception as error:
        if debug:
            raise
        code = _failed(error)
    sys.exit(code)


def _run(words: list[str]) -> int:
    if not words:
        return _bare()
    if words[0] == "help":
        words = [*words[1:], "--help"]
    if words[0] in _HELP:
        print(long_help())
        return 0
    if words[0] == "--version":
        from coach.installed import version

        print(f"coach {version()}")
        return 0
    from coach.cli.app import call

    return call(words)


def _bare() -> int:
    """The Library; without a terminal, what somebody sees who does not know yet what there is."""
    if sys.stdout is not None and sys.stdout.isatty():
        from coach.cli.cockpit import on_screen

        if on_screen():
            from coach.cli.app import command
            from coach.cli.screen import library

            return command(library)
    print(SHORT_HELP)
    return 0


def _unread() -> None:
    """Nobody reads any more, as in `coach list | head -1`; leave without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(error: Exception) -> int:
    from coach.core.error import CoachError

    if isinstance(error, CoachError):
        print(f"coach: {error}", file=sys.stderr)
    elif isinstance(error, OSError) and error.filename is not None:
        print(f"coach: {error.filename}: {(error.strerror or str(error)).lower()}", file=sys.stderr)
    else:
        print(
            f"coach: an error of its own: {type(error).__name__}: {error}. Please report it where you got coach, with"
            " what the same command prints with --debug.",
            file=sys.stderr,
        )
    return 1


if __name__ == "__main__":
    main()

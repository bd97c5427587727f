"""The typer application: one command is imported, the one that was called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module

import typer
from typer.main import get_command

from coach.cli import COMMANDS
from coach.core.error import CoachError


class RefusedError(CoachError):
    """A session that must not begin; the message is all reasons, one a line, and is shown as it is."""


def call(words: Sequence[str]) -> int:
    """Run a command line and return its exit code.

    Raises:
        CoachError: the command has a problem to report.
    """
    name = next((word for word in words if not word.startswith("-")), "")
    try:
        get_command(_app(name))(args=list(words), prog_name="coach")
    except RefusedError as refused:
        complain(str(refused))
        return 1
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 1
    return 0


def command(act: Callable[[], None]) -> int:
    """Run a command that has no words, and return its exit code.

    Raises:
        CoachError: it has a problem to report.
    """
    try:
        act()
    except typer.Exit as done:
        return done.exit_code
    return 0


def _app(name: str) -> typer.Typer:
    """All commands only where the word is none of them, so that typer can say which is near."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
    app.callback()(_coach)
    for one in [name] if name in COMMANDS else COMMANDS:
        command = import_module(f"coach.cli.{one.replace('-', '_')}").command
        app.command(one, short_help=COMMANDS[one].line)(command)
    return app


def _coach() -> None:
    """Guided forward and backward intervals on a treadmill."""


def out(text: str = "") -> None:
    """A line for the user, at once; where nobody reads any more the command goes on, for its exit code."""
    try:
        print(text, flush=True)
    except OSError:  # the pipe or the terminal is gone
        silence()


def complain(text: str) -> None:
    """A line about something that is wrong, or that does not belong to the answer."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def silence() -> None:
    """Nobody reads standard output any more: what is still printed goes nowhere and is no error."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a descriptor, not a file of ours
        os.dup2(nowhere.fileno(), sys.stdout.fileno())

"""The typer application: one command is imported, the one that was called."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Final

import typer
from typer.core import TyperCommand
from typer.main import get_command

from coach.cli import COMMANDS
from coach.core.error import CoachError
from coach.plainly import plainly

_PYTHON: Final = re.compile(r" <(?:str|int|float|path|file|list\[str\])>")  # kinds of values, in the words of Python
_WITHIN: Final = re.compile(r"([\d.]+)<=x<=([\d.]+)")
_FROM: Final = re.compile(r"x>=([\d.]+)")
_WHOLE: Final = re.compile(r"(default: \d+)\.0\b")


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
        app.command(one, cls=Command, short_help=COMMANDS[one].line)(command)
    return app


def _coach() -> None:
    """Guided forward and backward intervals on a treadmill."""


class Command(TyperCommand):
    """A command whose help and complaints are for people who know no Python."""

    def get_usage(self, ctx: typer.Context) -> str:  # type: ignore[override]  # typer hides the class above
        """The line that says what is typed."""
        return _usage(super().get_usage(ctx))

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]  # typer hides the class above
        """The whole help."""
        first, blank, rest = super().get_help(ctx).partition("\n\n")
        rest = _PYTHON.sub(lambda kind: " " * len(kind[0]), rest)
        rest = _WITHIN.sub(lambda ends: f"{float(ends[1]):g} to {float(ends[2]):g}", rest)
        rest = _WHOLE.sub(r"\1", _FROM.sub(lambda end: f"at least {float(end[1]):g}", rest))
        return _usage(first) + blank + "\n".join(line.rstrip() for line in rest.split("\n"))

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # typer hides the class above
        """Read what was typed.

        Raises:
            typer.BadParameter: it means nothing; with a sentence.
        """
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = plainly(error.message)
            raise


def _usage(text: str) -> str:
    """What must be typed stands bare, what may be left away in one pair of brackets."""
    bare = text.replace("{", "").replace("}", "").replace("[[", "[").replace("]]", "]")
    return bare.replace("...]...", "]...").replace("......", "...")


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

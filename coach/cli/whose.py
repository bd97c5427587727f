"""Whose sessions a command is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coach.core.error import CoachError
from coach.history.past import Past
from coach.history.store import Archive
from coach.places import configured


@dataclass(frozen=True, slots=True)
class Whose:
    """A runner, as the history knows him."""

    name: str  # nothing: there are no settings, or nobody in them
    only: bool  # sessions without a name are his too

    @classmethod
    def among(cls, name: str, runners: Sequence[str]) -> Whose:
        """One of these runners: what is nobody's is his where there is no other."""
        return cls(name, only=len(runners) <= 1)


def whose(runner: str | None) -> Whose:
    """The runner of that name, or the only one.

    Raises:
        CoachError: the settings are wrong, there is no such runner, or there are several and nobody said which.
    """
    if not configured() and runner is None:
        return Whose("", only=True)
    from coach.config import load

    config = load()
    _ = config.chosen(runner)
    return Whose.among(runner or next(iter(config.runner), ""), tuple(config.runner))


def found(archive: Archive, text: str, runner: str | None, *, simulated: bool = False) -> Past:
    """The session that is meant by what was typed: of a runner where one is named, on the simulator where that is said.

    Raises:
        CoachError: there is none, there are several, or there is no such runner.
    """
    names = known()
    whole = runner is None or names == (runner,)  # sessions without a name are his too
    if not whole and not archive.sessions(who=runner, simulated=None):
        there = f"; there are {', '.join(sorted(names))}" if names else ""
        none = f"no session of {runner} is recorded; `coach history` lists those that are"
        raise CoachError(none if runner in names else f"there is no runner {runner!r}{there}")
    return archive.find(text, who=None if whole else runner, simulated=simulated or None)


def known() -> tuple[str, ...]:
    """The names of the runners in the settings.

    Raises:
        CoachError: the settings are wrong.
    """
    if not configured():
        return ()
    from coach.config import load

    return tuple(load().runner)

"""`coach list`: the workouts that come with coach, and those of the own folder, by level."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.allowed import history_of, standing_of
from coach.cli.app import complain, out
from coach.cli.stage import person
from coach.cli.whose import whose
from coach.core.plan import plan_anywhere, problems
from coach.core.workout import Level
from coach.history.allowance import Standing
from coach.library import Library
from coach.script.check import Loaded
from coach.shelf import lock

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
OWN: Final = "own"
WIDTH: Final = 80  # columns of the narrowest usual terminal
TITLES: Final = {  # of the groups, in their order
    OWN: "YOUR FOLDER",
    "": "FORWARD ONLY",
    Level.REHAB: "BACKWARD, REHAB",
    Level.BEGINNER: "BACKWARD, BEGINNER",
    Level.INTERMEDIATE: "BACKWARD, INTERMEDIATE",
    Level.ADVANCED: "BACKWARD, ADVANCED",
}

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="WORD...", help="Only those with these words in their name, title, tags or description."),
]
OfLevel = Annotated[Level | None, typer.Option("--level", help="Only those of this level.")]
Ahead = Annotated[bool, typer.Option("--forward-only", help="Only those that never face the rear.")]


@dataclass(frozen=True, slots=True)
class Listed:
    """A workout as the list tells it."""

    name: str
    file: str
    title: str
    level: str | None
    planned_s: float  # of its steps alone
    turns_s: float  # of its turns and the stops around rests, on a machine that nobody has tested
    backward_s: float
    turns: int
    description: str
    tags: tuple[str, ...] = ()
    own: bool = False
    lock: str = ""  # what opens it, in words
    fits: bool = True  # a real belt would take it today

    def facts(self) -> dict[str, object]:
        """The workout as JSON has it."""
        return {
            "name": self.name,
            "file": self.file,
            "title": self.title,
            "level": self.level,
            "planned_s": round(self.planned_s, 1),
            "turns_s": round(self.turns_s, 1),
            "minutes": round(self.length_s / 60, 1),  # the turns included
            "backward_minutes": round(self.backward_s / 60, 1),
            "turns": self.turns,
            "description": self.description,
            "tags": list(self.tags),
            "own": self.own,
            "lock": self.lock or None,
            "fits_today": self.fits,
        }

    @property
    def length_s(self) -> float:
        """All of it, turns included."""
        return self.planned_s + self.turns_s

    @property
    def group(self) -> str:
        """Where it stands in the list."""
        if self.own:
            return OWN
        return (self.level or Level.BEGINNER) if self.backward_s else ""

    def asked(self, words: Sequence[str], level: Level | None, *, forward_only: bool) -> bool:
        """It is among those that are asked for."""
        told = " ".join((self.name, self.title, self.description, *self.tags)).casefold()
        wanted = level in (None, self.level) and not (forward_only and self.backward_s)
        return wanted and all(word.casefold() in told for word in words)


def command(
    words: Words = None,
    *,
    level: OfLevel = None,
    forward_only: Ahead = False,
    as_json: options.Json = False,
    runner: options.RunnerName = None,
) -> None:
    """List the workouts that come with coach, and those of your own folder."""
    who = person(runner)
    library = Library(who.folder, who.params)
    listed, broken, now, there = [], [], standing_of(whose(runner)), library.listing()
    for source in there.sources:
        loaded = library.read(source)
        if loaded.draft is None or loaded.workout is None:
            broken.append(loaded)
        else:
            listed.append(_listed(source.name, loaded, now, own=source.own))
    found = [one for one in listed if one.asked(words or (), level, forward_only=forward_only)]
    if as_json:
        facts = {"schema": SCHEMA, "workouts": [one.facts() for one in found], "today": now.facts()}
        out(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        for line in table(found, _today(now)):
            out(line)
    if there.told:
        complain(there.told)
    for loaded in broken:
        complain(f"{loaded.file}: has problems; coach check shows them")
    if broken:
        raise typer.Exit(1)


def _today(now: Standing) -> str:
    """How much may be backward today, behind a colon."""
    reason = now.allowance.reason
    return f"no. {reason}" if now.why_not_today else reason[:1].lower() + reason[1:]


def table(listed: Sequence[Listed], today: str) -> Iterator[str]:
    """The list for a terminal of 80 columns, group after group, and at its end how much may be backward today."""
    if not listed:
        yield "No workout is like that; coach list shows them all."
        return
    for group, title in TITLES.items():
        here = [one for one in listed if one.group == group]
        if here:
            yield f"{title:<36}{'MINUTES':>7}{'BACKWARD':>10}{'TURNS':>7}"
            if group != OWN:
                yield from _locked(here[0])
            for one in here:
                yield from _lines(one)
            yield ""
    if any(one.backward_s for one in listed):
        yield from wrap(f"Backward on a real belt today: {today}.", WIDTH, break_on_hyphens=False)
    yield "Minutes include the turns. `coach run WORKOUT` takes a name or a path,"
    yield "`coach list WORD` looks for one, and `coach plan` has weeks of them."


def _locked(one: Listed) -> Iterator[str]:
    """What opens it; all of one level have the same."""
    if one.lock:
        yield from wrap(f"◇ {one.lock}", WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def _lines(one: Listed) -> Iterator[str]:
    minutes, backward = f"{one.length_s / 60:.0f}", f"{round(one.backward_s / 60, 1):g}" if one.backward_s else "-"
    yield f"  {one.name:<34}{minutes:>7}{backward:>10}{one.turns or '-':>7}"
    if one.description:
        yield from wrap(one.description, 76, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    if one.own:
        yield from _locked(one)


def _listed(name: str, loaded: Loaded, now: Standing, *, own: bool) -> Listed:
    workout = loaded.workout
    assert workout is not None
    plan = plan_anywhere(workout)
    return Listed(
        name=name,
        file=loaded.file,
        title=workout.name,
        level=workout.level,
        planned_s=plan.planned_s,
        turns_s=plan.turns_s,
        backward_s=plan.backward_s,
        turns=plan.turns,
        description=" ".join(workout.description.split()),
        tags=workout.tags,
        own=own,
        lock=lock(workout, history_of(now)),
        fits=not any(found.error for found in problems(workout, None, now.allowance)),
    )

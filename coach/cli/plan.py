"""`coach plan`: the weeks of a training plan, what is done of it on a real belt, and what comes next."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from coach.cli import options, planned
from coach.cli.app import RefusedError, complain, out
from coach.cli.planned import Line, Seen
from coach.core.error import CoachError

PlanName = Annotated[
    str | None, typer.Argument(metavar="PLAN", help="A name from this list, or a path; without it the list.")
]
WeekNumber = Annotated[int | None, typer.Option("--week", metavar="N", min=1, help="One week, with all notes.")]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DATE",
        help="Count sessions since that day, such as 2026-05-04: for a plan that is begun again.",
    ),
]


def command(
    plan: PlanName = None,
    *,
    week: WeekNumber = None,
    since: From = None,
    runner: options.RunnerName = None,
    as_json: options.Json = False,
) -> None:
    """Show the weeks of a training plan: what is done and what comes next."""
    from coach.cli.stage import person

    if plan is None and week is not None:
        raise typer.BadParameter("name the plan whose week it is", param_hint="--week")
    who = person(runner)
    past = _past(runner, None if since is None else _date(since))
    if plan is None:
        _list(who.folder, who.params, past, as_json=as_json)
        return
    from coach.script.training import load_plan

    loaded = load_plan(plan, folder=who.folder, runner_params=who.params)
    if loaded.plan is None:
        raise RefusedError(loaded.rendered())
    if week is not None and week > len(loaded.weeks):
        many = f"{len(loaded.weeks)} week{'s' * (len(loaded.weeks) != 1)}"
        raise typer.BadParameter(f"{loaded.plan.name} has {many}", param_hint="--week")
    seen = planned.seen(loaded, past, today(), who.folder, runner)
    if as_json:
        out(json.dumps(planned.facts(seen), ensure_ascii=False, indent=2))
    else:
        told = _refusal(seen)
        for line in planned.page(seen, week, told):
            out(line)
    if loaded.problems:
        complain(loaded.rendered())
        raise typer.Exit(1)


def today() -> date:
    """The day on which this is asked, where the runner is."""
    return datetime.now(UTC).astimezone().date()


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2026-05-04", param_hint="--from") from None


def _past(runner: str | None, since: date | None) -> planned.Past:
    """What this runner has on record; the simulator's sessions are only counted, to say that they do not count."""
    from coach.cli.allowed import own_of
    from coach.cli.whose import whose
    from coach.history.store import Archive

    who = whose(runner)
    with Archive() as archive:
        real = archive.of(who.name, only=who.only)
        simulated = len(archive.of(who.name, only=who.only, simulated=True))
        unnamed = 0 if who.only else len(archive.sessions(who=""))
    return planned.past(real, simulated, since, own_of(who.name), today(), unnamed)


def _list(folder: Path | None, params: dict[str, str], past: planned.Past, *, as_json: bool) -> None:
    from coach.script.find import shipped_plans
    from coach.script.training import load_plan, own_plans

    own = [name for name in own_plans(folder) if name not in shipped_plans()]
    loaded = [load_plan(name, folder=folder, runner_params=params) for name in (*own, *shipped_plans())]
    lines = [Line.of(one, past, today()) for one in loaded if one.plan is not None]
    if as_json:
        listed = [line.facts() for line in lines]
        out(json.dumps({"schema": planned.SCHEMA, "plans": listed}, ensure_ascii=False, indent=2))
    else:
        for text in planned.table(lines):
            out(text)
    broken = [one for one in loaded if one.problems]
    for one in broken:
        complain(f"{one.file}: has problems; coach check shows them")
    if broken:
        raise typer.Exit(1)


def _refusal(seen: Seen) -> tuple[str, ...]:
    """What stands in the way of the next session on the runner's own treadmill; the simulator counts for nothing."""
    from coach.cli.taken import take

    if seen.workout is None:
        return ()
    try:
        taken = take(options.USUAL)
    except CoachError as error:
        return (f"It does not run yet: {error}",)
    if taken.simulated:
        return ("You have no treadmill of your own here, so this runs on the simulator, which never counts.",)
    return planned.refusal(seen, taken.name)

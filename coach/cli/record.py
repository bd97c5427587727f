"""Where a session is recorded, and what its journal tells about how it came to be."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from coach.cli.stage import Stage
from coach.installed import version
from coach.places import journals, named_for
from coach.sinks.canonical import text_of
from coach.sinks.header import Origin


def journal_path(stage: Stage, asked: Path | None) -> Path:
    """The file that was asked for, or a new one among the sessions of its kind, named by the hour and the workout.

    Raises:
        OSError: the file that was asked for cannot be written.
    """
    if asked is not None:
        asked.open("a", encoding="utf-8").close()
        return asked.absolute()
    name = named_for(stage.plan.workout.name)
    now = datetime.now(UTC).astimezone()
    folder = journals(simulated=stage.taken.simulated)
    return folder / f"{now:%Y-%m-%d-%H%M%S}-{now.microsecond // 1000:03}-{name}.jsonl"


def origin(stage: Stage) -> Origin:
    """What the header of the journal tells beside the plan."""
    loaded = stage.loaded
    text = loaded.text if loaded is not None else text_of(stage.plan.workout)
    return Origin(
        script=text,
        sha256=loaded.sha256 if loaded is not None else sha256(text.encode()).hexdigest(),
        allowance=stage.allowance,
        simulated=stage.taken.simulated,
        version=version(),
        started=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        who=stage.who,
        pain_before=stage.pain_before,
    )

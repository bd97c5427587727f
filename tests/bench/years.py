"""Ten years of history: some simulated sessions, and copies of them with other days, runners, hearts and endings.

Each workout is simulated once. A copy has the header, the summary and the last line of its model, in which these
differ: the day (about six sessions a week, with a month off in every year and ten weeks off in every third), the
runner (anna, ben, or nobody), whether it was on a real belt (one in ten was not), the heart in the summary and its
windows (four beats down over a year, noise of four to both sides), how it ended (one in forty by an alarm, one in
twenty stopped), and in every third what the runner said of it. Of the events one in thirty has all, the others the
first ones: nothing that is measured here reads them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import coach

WORKOUTS = (
    *("first-steps-back", "flip-flop-short", "easy-walk-30", "lunch-20", "kind-knees-start", "walk-run-first"),
    *("70s@4 / back 90s@2 / 3min@3", "70s@4 / back 2min@3 / 4min@3", "3x(2min@9/1min@5)", "20min@5", "10min@6"),
    *("2x(90s@4 / back 2min@2.5) / 3min@3", "5min@5/5min@6/5min@5", "2x(1min@4 / back 90s@3) / 4min@4"),
    *("strides", "seven-days-4", "seven-days-7", "tempo-20", "4x(1min@8/1min@4)", "15min@4"),
)
YEARS = 10
FIRST_EVENTS = 30
WHOLE = 30  # one in so many has all its events
TODAY = datetime(2026, 11, 21, 18, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Model:
    """A simulated session, taken apart."""

    header: dict[str, object]
    events: list[str]
    summary: dict[str, object]
    end: dict[str, object]


def models(workouts: tuple[str, ...] = WORKOUTS) -> tuple[Model, ...]:
    """Every workout, simulated once."""
    with TemporaryDirectory() as folder:
        return tuple(_model(workout, Path(folder, "session.jsonl")) for workout in workouts)


def _model(workout: str, path: Path) -> Model:
    coach.simulate(workout, "home", journal=path)
    header, *events, summary, end = path.read_text(encoding="utf-8").splitlines()
    return Model(json.loads(header), events, json.loads(summary)["summary"], json.loads(end))


def make(folder: Path, count: int, of: tuple[Model, ...], seed: int = 0) -> None:
    """Write so many sessions into a folder of journals, simulated ones below it; the newest is of TODAY."""
    chance = Random(seed)
    (folder / "simulated").mkdir(parents=True, exist_ok=True)
    for number, at in enumerate(days(count)):
        simulated = number % 10 == 9
        model = of[number % len(of)]
        lines = _copy(model, at, number, chance, simulated=simulated)
        name = f"{at:%Y-%m-%d-%H%M%S}-{number % 1000:03}-session-{number % len(of)}.jsonl"
        ((folder / "simulated") if simulated else folder).joinpath(name).write_text("".join(lines), encoding="utf-8")


def days(count: int) -> list[datetime]:
    """So many evenings over the years before TODAY, oldest first, with months off."""
    step = timedelta(days=365.25 * YEARS / count)
    every = [TODAY - step * back for back in range(count)]
    moved = (at - timedelta(days=70 if at.year % 3 == 0 else 30) if at.month == 8 else at for at in every)
    return sorted(moved)


def _copy(model: Model, at: datetime, number: int, chance: Random, *, simulated: bool) -> list[str]:
    who = ("anna", "ben", "anna", "ben", "anna", "anna", "anna", "")[number % 8]
    told = {"simulated": simulated, "started": at.isoformat(timespec="seconds"), "who": who}
    header = {**model.header, **told}
    offset_bpm = 4.0 * (TODAY - at).days / 365.25 + chance.uniform(-4, 4)
    ended = "tripped" if number % 40 == 39 else "stopped" if number % 20 == 11 else "finished"
    summary = _hearts(model.summary, offset_bpm) | told | {"ended": ended, "alarms": ["key"] * (ended == "tripped")}
    events = model.events if number % WHOLE == 0 else model.events[:FIRST_EVENTS]
    said = {"said": {"at": at.isoformat(), "effort": chance.randrange(1, 9), "pain_after": chance.randrange(0, 4)}}
    lines = [_line(header), *(f"{event}\n" for event in events), _line({"summary": summary})]
    lines.append(_line({**model.end, "ended": ended}))
    return [*lines, _line(said)] if number % 3 == 0 else lines


def _hearts(summary: dict[str, object], offset_bpm: float) -> dict[str, object]:
    """A summary with another heart."""
    windows, heart = summary["windows"], summary["heart"]
    assert isinstance(windows, list)
    assert isinstance(heart, dict)
    others = [{**window, "bpm": round(window["bpm"] + offset_bpm, 1)} for window in windows]
    mean_bpm = None if heart["mean_bpm"] is None else round(heart["mean_bpm"] + offset_bpm, 1)
    return {**summary, "windows": others, "heart": {**heart, "mean_bpm": mean_bpm}}


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"

"""A session in words: what was achieved, what happened, why it ended. For the full screen and for plain lines."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from coach.core.plan import Plan
from coach.core.workout import Facing
from coach.keeper.wire import Done
from coach.seen.units import Units, clock, distance
from coach.told import achieved, ending, trip_words

LIMITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "facing-unknown": "Slowest until you say which way you face.",
        "level": "Held at the cap of your level.",
        "of-forward": "Held: backward stays below your forward speed.",
        "machine": "Held: the treadmill goes no faster.",
        "unit-unknown": "Slowest until the treadmill's unit is known.",
        "no-heart": "Slower without a heart rate.",
        "heart": "Eased off for your heart.",
        "forward-limit": "Held at your own forward limit.",
        "creep-first": "Slowest first, until the belt agrees.",
        "second-set-point": "One small step first, to see that the belt agrees.",
        "after-start": "Gently, after the start.",
        "first-half-minute": "The first half minute is slower.",
    }
)
"""The rules that hold a speed back (core/cap.py), as the runner reads them."""


def limit_words(rule: str) -> str:
    """Why the belt is slower than the workout asks for."""
    return LIMITS.get(rule, f"Held by the rule {rule}.") if rule else ""


def lost_words(plan: Plan, guarded: str) -> str:
    """What stays in the shell when the process that drives the belt was lost."""
    head = "SIMULATED: " if plan.profile.simulated else ""
    belt = (
        "The guard has stopped the belt: it stands."
        if guarded == "still"
        else "THE BELT MAY STILL MOVE. Stay off. Pull the clip."
    )
    return f"{head}Coach was lost in the session. {belt} `coach replay` reads its journal."


def belt_words(done: Done) -> str:
    """What the belt does now."""
    if done.still:
        return "The belt stands." if done.trusted else "The belt stands. Stay off until the key is out."
    if not done.started:
        return "The belt was never started."
    return "THE BELT MAY STILL MOVE. Stay off. Pull the clip."


def achievement(plan: Plan, done: Done, units: Units = Units.KMH) -> str:
    """One sentence of what was done."""
    name = "" if plan.free else plan.workout.name
    return achieved(done, name, lambda metres: distance(metres, units), started=done.started)


def trips_told(done: Done) -> list[str]:
    """What went wrong, in order, each with its time."""
    return [f"{clock(one.at_s)} {trip_words(one.trip)}" for one in done.trips]


def done_lines(plan: Plan, done: Done, units: Units = Units.KMH) -> list[str]:
    """The five lines that stay in the shell: the sentence, the totals, heart and trips, the end, the recording."""
    head = "SIMULATED: " if plan.profile.simulated else ""
    return [
        head + achievement(plan, done, units),
        _totals(done, units),
        _heart_and_trips(done),
        f"{ending(done)} {belt_words(done)}",
        done.lost or (f"Recording: {done.recording}" if done.recording else "It was not recorded."),
    ]


def _totals(done: Done, units: Units) -> str:
    parts = [f"forward {clock(done.forward.time_s)} {distance(done.forward.distance_m, units)}"]
    if done.backward.time_s or any(row.facing == Facing.BACKWARD for row in done.segments):
        parts.append(f"backward {clock(done.backward.time_s)} {distance(done.backward.distance_m, units)}")
        count = sum(turn.took_s is not None for turn in done.turns)
        parts.append(f"{count} turn{'s' * (count != 1)}")
    kcal = done.forward.energy_kcal + done.backward.energy_kcal
    return f"{clock(done.elapsed_s)} in all: {', '.join(parts)}; about {kcal:.0f} kcal."


def _heart_and_trips(done: Done) -> str:
    heart = "No heart rate."
    if done.heart.mean_bpm is not None:
        heart = f"Heart {done.heart.mean_bpm:.0f} on average, {done.heart.max_bpm} at most."
    told = trips_told(done)
    if not told:
        return f"{heart} Nothing went wrong."
    more = f", and {len(told) - 1} more" if len(told) > 1 else ""
    return f"{heart} What happened: {told[0]}{more}."

"""A session in words: what was achieved, what happened, why it ended. For the full screen and for plain lines."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from coach.core.plan import Plan
from coach.core.trip import Trip
from coach.core.workout import Facing
from coach.keeper.wire import Done
from coach.tui.units import Units, clock, distance

WIDTH: Final = 80

TRIPS: Final[Mapping[Trip, str]] = MappingProxyType(
    {
        Trip.QUIET: "the treadmill was quiet",
        Trip.STALE: "the treadmill gave no answer",
        Trip.LINK_LOST: "the connection was lost",
        Trip.HEART_HIGH: "the heart rate was above its ceiling",
        Trip.HEART_STAYS_HIGH: "the heart rate stayed above its ceiling",
        Trip.HEART_DANGER: "the heart rate was very high",
        Trip.HEART_MISSING: "there was no heart rate",
        Trip.STRAP_MISSING: "the strap was silent, and the treadmill measured the heart",
        Trip.STRAP_REQUIRED: "the strap that rehab needs was silent",
        Trip.CONSOLE: "the speed was changed at the console",
        Trip.CONSOLE_FASTER: "the console made the belt faster",
        Trip.CONSOLE_AGAIN: "the console made the belt faster again",
        Trip.OVER_CAP: "the belt was faster than allowed",
        Trip.CONSOLE_INCLINE: "the incline was changed at the console",
        Trip.INCLINE_STUCK: "the incline did not go back",
        Trip.CONSOLE_STOP: "somebody pressed stop at the console",
        Trip.KEY: "the safety key was pulled",
        Trip.BELT_MOVES: "the belt moved by itself",
        Trip.CONTROL_LOST: "the console took control",
        Trip.NOT_FOLLOWED: "the treadmill did not follow",
        Trip.STOP_IGNORED: "the treadmill ignored a stop",
        Trip.RISING: "the belt got faster when told to slow down",
        Trip.SOUND_LOST: "the sound was lost",
        Trip.UNGUARDED: "no guard watched",
        Trip.FOCUS_AWAY: "presses went to another window",
        Trip.FOCUS_LOST: "presses went to another window for too long",
        Trip.COCKPIT_SILENT: "the screen was silent",
        Trip.COCKPIT_LOST: "the screen was closed",
        Trip.BELOW_MINIMUM: "the belt could not go slow enough",
        Trip.DOSE: "it was enough backward for today",
    }
)

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

_NAMES: Final = frozenset(trip.value for trip in Trip)

ENDED_BY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "extent": "done",
        "until": "by heart",
        "skip": "skipped",
        "stop": "stopped",
        "trip": "cut short",
        "skipped": "not begun",
    }
)


def limit_words(rule: str) -> str:
    """Why the belt is slower than the workout asks for."""
    return LIMITS.get(rule, f"Held by the rule {rule}.") if rule else ""


def trip_words(name: str) -> str:
    """A trip by its name."""
    return TRIPS[Trip(name)] if name in _NAMES else name


def reason_words(reason: str) -> str:
    """Why the belt stands; where that is the bare name of a trip, its words."""
    return trip_words(reason.replace(" ", "-")) if reason.replace(" ", "-") in _NAMES else reason


def minutes(seconds: float) -> str:
    """A length of time in a sentence."""
    whole, rest = divmod(round(seconds), 60)
    if not whole:
        return f"{rest} seconds"
    told = f"{whole}:{rest:02}" if rest else f"{whole}"
    return f"{told} minute{'s' * (told != '1')}"


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
    """One sentence of what was done: warm where it was much, and never more than is true."""
    if not done.started:
        return "Nothing was run today. The plan waits for you."
    ran_s = done.forward.time_s + done.backward.time_s
    what = f"{minutes(ran_s)} and {distance(done.distance_m, units)}"
    if done.backward.time_s >= 1:
        count = sum(turn.took_s is not None for turn in done.turns)
        turns = f" and {count} clean turn{'s' * (count != 1)}" if count else ""
        what += f", {minutes(done.backward.time_s)} of it facing the rear{turns}"
    if done.ended == "finished":
        return f"Well done: {what}." if plan.free else f"Well done, all of {plan.workout.name}: {what}."
    if ran_s < 1:
        return "No step was begun. Another time."
    return f"Every minute counts: {what}."


def ending(done: Done) -> str:
    """How a session ended and why."""
    why = reason_words(done.reason) if done.reason not in {"", done.ended} else ""
    match done.ended:
        case "finished":
            return "Finished as planned."
        case "tripped":
            return f"Ended for safety: {why}." if why else "Ended for safety."
        case _:
            return f"Stopped before the end: {why}." if why else "Stopped before the end."


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
        f"Recording: {done.recording}" if done.recording else "It was not recorded.",
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

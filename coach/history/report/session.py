"""The page of one session: what was achieved, the profile, every table, what happened, and the trend it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coach.core.heart import ZONE_BOUNDS_PCT
from coach.core.trip import Trip
from coach.history.rating import MOST, Rating
from coach.history.report import tell
from coach.history.report.charts.profile import profile
from coach.history.report.markup import figure, head, page, section, tiles, told
from coach.history.report.shown import Shown
from coach.history.report.tables import faced, interval_table, turn_table, zone_table
from coach.history.report.trends import trend_section
from coach.history.steady import LARGE_PCT, SMALL_PCT
from coach.history.summary import Summary
from coach.show.words import clock
from coach.told import RETOLD, ending, trip_words

_STOPS: Final = frozenset({"guided", "stop", "alarm"})  # what a trip did, as core/trip.py names it


def session_page(shown: Shown) -> str:
    """The whole page.

    Raises:
        CoachError: matplotlib is not here.
    """
    return page(shown.summary.workout or "A session", _body(shown))


def _body(shown: Shown) -> Iterator[str]:
    summary, found, measure = shown.summary, shown.statistics, shown.measure
    yield from head(summary.workout or "A session", _under(shown), simulated=summary.simulated)
    yield f'<p class="lead">{told(shown.sentence)}</p>'
    yield f"<p>{told(ending(summary))}</p>"
    yield f"<p>{told(shown.trend)}</p>" if shown.trend else ""
    yield "" if shown.whole else "<p>The recording breaks off: what came after its last line is not known.</p>"
    yield "" if shown.as_run else f"<p>{told(RETOLD)}</p>"
    yield from tiles(_tiles(shown))
    yield from section("Profile", _profile(shown))
    yield from section("By facing", faced(shown))
    yield from section("Heart zones", zone_table(shown))
    yield from section("Intervals, planned and measured", interval_table(found.intervals, measure))
    yield from section("Turns", turn_table(found))
    yield from section("Steady stretch", _steady(shown))
    yield from section("What happened", _happened(summary))
    yield from section("How it was", _rating(shown.rating))
    yield from trend_section(shown.trends, measure)
    yield f"<footer><p>{told(_foot(shown))}</p></footer>"


def _under(shown: Shown) -> Iterator[str]:
    summary = shown.summary
    yield tell.moment(shown.at)
    backward = f", level {summary.level}" if shown.plan.backward else ""
    yield f"{summary.machine}{backward}"


def _tiles(shown: Shown) -> Iterator[tuple[str, str]]:
    summary, measure = shown.summary, shown.measure
    yield "Time in intervals", tell.span(summary.forward.time_s + summary.backward.time_s)
    yield "With turns and stops", tell.span(summary.elapsed_s)
    yield "Distance of the belt", measure.distance(summary.distance_m)
    if summary.backward.time_s:
        yield "Facing the rear", tell.span(summary.backward.time_s)
    if summary.heart.mean_bpm is not None:
        yield "Heart, on average", tell.bpm(summary.heart.mean_bpm)
    if summary.climb_m >= 1:
        yield "Climb", f"{summary.climb_m:.0f} m"


def _profile(shown: Shown) -> Iterator[str]:
    if not shown.drawn.moved:
        yield "<p>The belt never moved.</p>"
        return
    summary, drawn = shown.summary, shown.drawn
    bounds = [pct * summary.max_bpm / 100 for pct in ZONE_BOUNDS_PCT[:-1]]
    caption = "Blocks are planned, the line is what the treadmill reported."
    if drawn.rear:
        caption += " Facing the rear is drawn below the axis; the belt itself never turns round."
    if drawn.cuts:
        caption += " Pauses are cut out."
    if not drawn.heart:
        caption += " There was no heart rate."
    yield from figure(
        "profile", caption, _said(shown), lambda width_mm: profile(drawn, bounds, shown.measure, width_mm)
    )


def _said(shown: Shown) -> str:
    """The profile in words."""
    summary, measure = shown.summary, shown.measure
    text = f"Speed over {tell.span(shown.drawn.length_s)}, up to {measure.speed(summary.forward.max_speed_kmh)}"
    text += " facing the console"
    if summary.backward.time_s:
        text += f" and {measure.speed(summary.backward.max_speed_kmh)} facing the rear"
    if summary.heart.mean_bpm is not None and summary.heart.max_bpm is not None:
        text += f"; heart {summary.heart.mean_bpm:.0f} bpm on average, {summary.heart.max_bpm} at most"
    return f"{text}. The table of intervals has the numbers."


def _steady(shown: Shown) -> Iterator[str]:
    steady = shown.statistics.steady
    if steady is None:
        return
    length = tell.span(steady.to_s - steady.from_s)
    yield (
        f"<p>{told(f'{length} facing the console at about {shown.measure.speed(steady.speed_kmh)}')}: "
        f"heart {steady.mean_bpm:.0f} bpm on average, {steady.m_per_beat:.2f} m for each beat.</p>"
    )
    off = steady.decoupling_pct
    much = "little" if off < SMALL_PCT else "some" if off <= LARGE_PCT else "much"
    lost = "lost" if off >= 0 else "gained"
    yield (
        f"<p>The second half {lost} {abs(off):.1f} % of that against the first. Up to {SMALL_PCT:g} % is held to be "
        f"little, more than {LARGE_PCT:g} % much: a convention of coaches; here it is {much}.</p>"
    )


def _happened(summary: Summary) -> Iterator[str]:
    if not summary.trips:
        yield "<p>Nothing went wrong.</p>"
        return
    yield "<ul>"
    for one in summary.trips:
        stopped = one.action in _STOPS and one.trip != Trip.KEY  # a key stops the belt by itself
        text = f"At {clock(one.at_s)}: {trip_words(one.trip)}{'; coach stopped the belt' * stopped}."
        yield f"<li>{told(text)}</li>"
    yield "</ul>"


def _rating(rating: Rating) -> Iterator[str]:
    numbers = [
        ("Effort", rating.effort),
        ("Pain before", rating.pain_before),
        ("Pain after", rating.pain_after),
        ("Pain the next morning", rating.pain_morning),
    ]
    lines = [f"{name}: {value} of {MOST}" for name, value in numbers if value is not None]
    if rating.rails is not None:
        lines.append("Hands held the rails facing the rear" if rating.rails else "Hands free of the rails")
    if rating.fell:
        lines.append("There was a fall")
    if lines:
        yield f"<ul>{''.join(f'<li>{told(line)}</li>' for line in lines)}</ul>"
    for part in (rating.note or "").splitlines():
        yield f"<p>{told(part)}</p>" if part.strip() else ""


def _foot(shown: Shown) -> str:
    session = "simulated session" if shown.summary.simulated else "session"
    return (
        f"A {session} as coach {shown.version} recorded it. Which way the runner faced is what the runner said; speeds "
        "are those that the treadmill reported. coach is not a medical device."
    )

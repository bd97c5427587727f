"""What the explorer tells apart: a session and its machine as a small key, with ages in place of instants.

Two plays with one key are taken for one, and the first that was found stands for both. So a counter-example is always
real; what is not told apart here may be passed over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from typing import Final

from coach.core.guard import Guard
from coach.core.procedure import Control
from coach.core.progress import Progress
from coach.core.wish import Phase
from tests.core.explore_acts import answers
from tests.core.explore_laws import ALARM_S, YES_S
from tests.core.explore_world import Happened

IN_S: Final = (1, 2, 4, 5, 10, 20, 30, 45, 60, 180, 300)  # what the table of the turn waits for
LEFT_S: Final = (0, 5, 31)  # of a segment: the count, ALERT
START_AGE_S: Final = (1, 5, 15)
STOP_AGE_S: Final = (1.5, 3, 6)
LINK_AGE_S: Final = (1, 2)
HEARD_AGE_S: Final = (2, 4, 8)
WAITING: Final = frozenset({Phase.READY, Phase.PAUSED, Phase.RESTING, Phase.KEY})


def told_apart(play: Happened) -> Hashable:
    """The key of a play."""
    session, at_s = play.session, play.at_s
    if session.progress.phase is Phase.ENDED:
        return Phase.ENDED, session.progress.ended, session.belt.link, play.machine.kmh > 0, play.machine.mode
    return (
        _progress(session.progress, play),
        _guard(session.guard, at_s),
        _control(session.control, at_s),
        _belt(play),
        (play.machine.mode, play.machine.mute, _fast(play.machine.goal_kmh), play.machine.start_in_s > 0),
        (play.machine.stop_in_s > 0, play.bpm),
        (at_s - play.known.yes_at_s <= YES_S, at_s - play.known.alarmed_at_s <= ALARM_S),
    )


def _age(at_s: float, since_s: float, marks: tuple[float, ...]) -> int:
    return bisect_right(marks, at_s - since_s + 1e-6)


def _fast(kmh: float | None) -> int:
    """Nothing known, at rest, creep and less, a start that is not settled, or faster."""
    return -1 if kmh is None else bisect_right((0.05, 0.85, 1.15), kmh)


def _progress(progress: Progress, play: Happened) -> Hashable:
    at_s = play.at_s
    left = 0
    if progress.phase in {Phase.RUN, Phase.RESTING}:
        planned_s = progress.here(play.plan).planned_s or 0.0
        left = bisect_right(LEFT_S, planned_s - progress.clock(at_s))
    question = progress.question
    return (
        (progress.phase, progress.facing, progress.claimed, progress.row, progress.next, progress.guided, left),
        (progress.troubled, progress.turning, progress.broke_off, progress.start_told, progress.console_start),
        (
            progress.by_hand,
            min(progress.no_starts, 1),
            min(progress.bad_starts, 2),
            progress.presenter,
            progress.stands,
        ),
        () if question is None else (question.ask, answers(play)),
        progress.prompt is not None,
        () if progress.phase is Phase.RUN else _age(at_s, progress.at_s, IN_S),
        (at_s - progress.quit_at_s <= 5, at_s < progress.careful_until_s),
    )


def _guard(guard: Guard, at_s: float) -> Hashable:
    way = 0 if guard.set_kmh is None else 1 + (guard.goal_kmh > guard.set_kmh) - (guard.goal_kmh < guard.set_kmh)
    return (
        (guard.latched, guard.notes, guard.wait, bool(guard.backward_off), guard.trusted, bool(guard.prompted)),
        (guard.control, guard.sound, guard.guarded, guard.cockpit, at_s - guard.focus_at_s >= 5),
        (guard.focus_at_s < at_s + 1, guard.stage, _fast(guard.set_kmh), guard.set_kmh is None, way, guard.leaping),
    )


def _control(control: Control, at_s: float) -> Hashable:
    sent = control.sent
    return (
        (control.busy, control.returned, control.deaf, control.refused, control.wanted, control.stop_failed),
        (sent.stopping, sent.stop_accepted, sent.stop_done, sent.renewing, sent.given_up),
        (_age(at_s, sent.start_at_s, START_AGE_S), _age(at_s, sent.stop_at_s, STOP_AGE_S) if sent.stopping else 0),
    )


def _belt(play: Happened) -> Hashable:
    belt, at_s = play.session.belt, play.at_s
    return (
        (belt.link, _age(at_s, belt.link_at_s, LINK_AGE_S), belt.still, belt.still_by_silence, belt.rests),
        (_fast(belt.kmh), _fast(play.machine.kmh), _age(at_s, belt.heard_at_s, HEARD_AGE_S), belt.units.measured),
    )

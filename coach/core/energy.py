"""What the effort costs: oxygen, energy and heart rate from speed, incline and facing (backward-running.md 2.2).

Forward follows the ACSM equations; backward multiplies their horizontal part (walking) or all above rest (running).
Every figure is an estimate: show it with its margin, 20 %, or 30 % below 3 km/h, where the equations were not made.
"""

from __future__ import annotations

from enum import StrEnum
from math import exp
from typing import Final

from coach.core.workout import Facing

REST_ML_KG_MIN: Final = 3.5  # oxygen at rest, which is 1 MET
WALK_ML: Final = 0.1  # per m/min (ACSM, walking)
RUN_ML: Final = 0.2  # per m/min (ACSM, running)
WALK_CLIMB_ML: Final = 1.8  # per m/min of climb (ACSM, walking)
RUN_CLIMB_ML: Final = 0.9  # per m/min of climb (ACSM, running)
RUN_FROM_KMH: Final = 7.2  # forward, people run from here

BACKWARD_WALK: Final = 1.8  # on the horizontal part; the fits of the Compendium lie between 1.71 and 1.86
BACKWARD_RUN: Final = 1.35  # on all above rest: +35 % at every gradient (Rasica 2020, Wright & Weyand 2001)
BACKWARD_WALK_TO_KMH: Final = 5.9  # Hreljac's two speeds of the backward transition:
BACKWARD_RUN_FROM_KMH: Final = 6.7  # walking below the first, running above the second, a blend between

NOVICE: Final = 1.20  # on all above rest in the first backward session (Heath) …
PRACTISED_SESSIONS: Final = 12  # … falling to 1 in the thirteenth

KCAL_PER_LITRE: Final = 5.0  # of oxygen
MARGIN: Final = 0.20
SLOW_MARGIN: Final = 0.30
SLOW_KMH: Final = 3.0  # below 50 m/min the walking equation is out of its range

GAIN_BPM_PER_KMH: Final = 24.2 / 3.6  # 24.2 bpm per m/s on a treadmill (BioMed Eng OnLine 2015, n = 24)
RESPONSE_S: Final = 57.6  # time constant, up and down, from the same study
BACKWARD_OF_MAX: Final = 0.20  # +15 to +25 % points of the maximum at equal speed, at first
BACKWARD_FULL_KMH: Final = 4.0  # from here the whole of it counts; the study walked at 5
REST_BPM: Final = 70.0  # standing on the rails, not lying in bed
MAX_BPM: Final = 190.0


class Rails(StrEnum):
    """What the hands do."""

    FREE = "free"
    RESTING = "resting"  # hands lie on the rails
    GRIPPED = "gripped"


ABOVE_REST: Final = {Rails.FREE: 1.0, Rails.RESTING: 0.95, Rails.GRIPPED: 0.80}  # on all above rest (Berling 2006)


def vo2_ml_kg_min(
    speed_kmh: float,
    incline_pct: float = 0.0,
    facing: Facing = Facing.FORWARD,
    *,
    backward_sessions: int = PRACTISED_SESSIONS,
    rails: Rails = Rails.FREE,
) -> float:
    """Oxygen uptake, gross, in ml per kg and minute; never below rest.

    UNKNOWN counts as forward: the belt creeps or stands then. `backward_sessions` is how many the runner has done.
    """
    speed_m_min = max(speed_kmh, 0.0) * 1000 / 60
    climb_m_min = speed_m_min * incline_pct / 100
    if facing is Facing.BACKWARD:
        above_rest = _backward(speed_kmh, speed_m_min, climb_m_min) * _novice(backward_sessions)
    elif speed_kmh < RUN_FROM_KMH:
        above_rest = _walk(speed_m_min, climb_m_min)
    else:
        above_rest = _run(speed_m_min, climb_m_min)
    return REST_ML_KG_MIN + max(above_rest, 0.0) * ABOVE_REST[rails]


def mets(vo2: float) -> float:
    """Oxygen uptake as multiples of rest."""
    return vo2 / REST_ML_KG_MIN


def gross_kcal_per_s(vo2: float, weight_kg: float) -> float:
    """Energy a second, rest included; `vo2` in ml per kg and minute."""
    return vo2 * weight_kg / 1000 * KCAL_PER_LITRE / 60


def net_kcal_per_s(vo2: float, weight_kg: float) -> float:
    """Energy a second above rest; `vo2` in ml per kg and minute."""
    return gross_kcal_per_s(vo2 - REST_ML_KG_MIN, weight_kg)


def energy_margin(speed_kmh: float) -> float:
    """How far off an estimate at this speed may be, as a fraction to both sides."""
    return SLOW_MARGIN if speed_kmh < SLOW_KMH else MARGIN


def heart_target_bpm(
    speed_kmh: float,
    incline_pct: float = 0.0,
    facing: Facing = Facing.FORWARD,
    *,
    rest_bpm: float = REST_BPM,
    max_bpm: float = MAX_BPM,
) -> float:
    """Where the heart rate ends when this effort goes on for long; never above the maximum.

    An incline counts as the level speed that costs as much more; backward adds its share of the maximum.
    """
    if speed_kmh <= 0:
        return rest_bpm
    level = vo2_ml_kg_min(speed_kmh) - REST_ML_KG_MIN
    climbing = (vo2_ml_kg_min(speed_kmh, incline_pct) - REST_ML_KG_MIN) / level
    target = rest_bpm + GAIN_BPM_PER_KMH * speed_kmh * climbing
    if facing is Facing.BACKWARD:
        target += BACKWARD_OF_MAX * max_bpm * min(speed_kmh / BACKWARD_FULL_KMH, 1.0)
    return min(target, max_bpm)


def respond(bpm: float, target_bpm: float, elapsed_s: float, *, response_s: float = RESPONSE_S) -> float:
    """Heart rate after it went towards a target for a while: first order, exact for any length of time."""
    return target_bpm + (bpm - target_bpm) * exp(-elapsed_s / response_s)


def _walk(speed_m_min: float, climb_m_min: float) -> float:
    return WALK_ML * speed_m_min + WALK_CLIMB_ML * climb_m_min


def _run(speed_m_min: float, climb_m_min: float) -> float:
    return RUN_ML * speed_m_min + RUN_CLIMB_ML * climb_m_min


def _backward(speed_kmh: float, speed_m_min: float, climb_m_min: float) -> float:
    walking = _walk(BACKWARD_WALK * speed_m_min, climb_m_min)
    running = BACKWARD_RUN * _run(speed_m_min, climb_m_min)
    share = (speed_kmh - BACKWARD_WALK_TO_KMH) / (BACKWARD_RUN_FROM_KMH - BACKWARD_WALK_TO_KMH)
    share = min(max(share, 0.0), 1.0)
    return walking + (running - walking) * share


def _novice(backward_sessions: int) -> float:
    return 1.0 + (NOVICE - 1.0) * max(1.0 - backward_sessions / PRACTISED_SESSIONS, 0.0)

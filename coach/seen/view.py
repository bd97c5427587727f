"""What the screen says about an instant of a session: pure functions from a moment to the words of each pane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from coach.core.cue import CueKind
from coach.core.heart import Source, zone_of, zone_word
from coach.core.plan import BRIDGE_S
from coach.core.progress import Button
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.crew import Life
from coach.keeper.wire import Said, Snapshot
from coach.seen.full import full_of
from coach.seen.moment import STALE_S, Moment
from coach.seen.prompt import MODE, SIGN, open_prompt
from coach.seen.rows import after_of, left_in_all_s, named
from coach.seen.states import ALARMS, STATES, Situation
from coach.seen.units import change, clock, countdown, distance, percent, speed
from coach.seen.words import limit_words
from coach.told import TRIPS

CAPTION_S: Final = 12.0  # what was said stays so long
_STOPPED: Final = frozenset({Phase.PAUSED, Phase.KEY, Phase.BELT_MOVES, Phase.STOP_FAILED, Phase.ENDED})
TURN_NEAR_S: Final = 40.0  # what stands in the way of a turn is shown so long before it
LEFT: Final = "LEFT OF THIS STEP"
CONSOLE: Final = "console"  # where a heart rate is from that no strap has measured

ZONE_PURPOSE: Final = (
    "below the zones",
    "warms up and recovers",
    "builds the base; you can talk",
    "lifts the pace; short sentences",
    "raises the threshold; single words",
    "all you have; seconds to minutes",
)
CUE_SIGNS: Final[Mapping[CueKind, str]] = MappingProxyType(
    {
        CueKind.QUESTION: "?",
        CueKind.TURN: "↻",
        CueKind.FASTER: "▲",
        CueKind.SLOWER: "▼",
        CueKind.COUNT: "•",
        CueKind.NOW: "▶",
        CueKind.TIME: "◷",
        CueKind.FORM: "~",
        CueKind.SAY: "”",
        CueKind.NOTICE: "i",
        CueKind.ALARM: "‼",
    }
)


# The banner.


@dataclass(frozen=True, slots=True)
class Banner:
    """Which way to face, and whether the belt is real."""

    sign: str
    word: str
    role: str
    hatched: bool
    belt: str


def banner_of(moment: Moment) -> Banner:
    """Sign, word and colour of the situation."""
    now = moment.situation
    state = STATES[now]
    sign, word, role = state.sign, state.banner, state.role
    if not moment.row.turn:
        sign, word = sign.replace("↻ ", ""), word.replace("TURN: ", "REST: ")
        role = {Situation.RAMP_FORWARD: "on-forward", Situation.RAMP_REAR: "on-backward"}.get(now, role)
    if moment.snapshot.prompted and role != "on-alarm" and ":" not in word:
        word = f"{MODE}: {word}"
    if moment.replay is not None:
        word = f"REPLAY, {word}"  # in big letters only what stands before the comma is drawn
    hatched = now in {Situation.BACKWARD, Situation.RAMP_REAR}
    return Banner(sign, word, role, hatched, moment.belt)


# The numbers.


@dataclass(frozen=True, slots=True)
class Heart:
    """The heart rate, or why there is none."""

    digits: str
    zone: int | None
    word: str  # Z2 steady
    purpose: str
    age: str
    band: str  # what the step holds it in
    source: str = ""  # where it is from, where that is not the strap


@dataclass(frozen=True, slots=True)
class Setting:
    """What the runner is to set on the console: a speed, and an incline where that changes too."""

    speed: str
    label: str
    more: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """Countdown, belt and heart; and a speed that the runner is to set, while it is not set."""

    left: str
    left_label: str
    left_more: str
    speed: str
    speed_label: str
    speed_more: tuple[str, str]
    role: str  # of the speed: which way the runner faces
    heart: Heart
    setting: Setting | None = None


def numbers_of(moment: Moment) -> Numbers:
    """What is shown in digits."""
    snapshot, units = moment.snapshot, moment.units
    left, label, more = _countdown(moment)
    return Numbers(
        left=left,
        left_label=label,
        left_more=more,
        speed=speed(snapshot.kmh, units),
        speed_label=f"BELT, {units.word}",
        speed_more=_targets(moment),
        role="backward" if snapshot.facing is Facing.BACKWARD else "forward",
        heart=heart_of(moment),
        setting=_setting(moment),
    )


def _setting(moment: Moment) -> Setting | None:
    prompt = open_prompt(moment.snapshot) if moment.snapshot.phase is Phase.RUN else None
    if prompt is None or prompt.button is not Button.SPEED:
        return None
    incline = "" if prompt.incline_pct is None else f"and {prompt.incline_pct:g} % incline"
    return Setting(speed(prompt.speed_kmh, moment.units), f"{SIGN} SET, {moment.units.word}", incline)


def _countdown(moment: Moment) -> tuple[str, str, str]:
    """The time that is left, what it is left of, and more about it."""
    snapshot = moment.snapshot
    left_s = BRIDGE_S - (snapshot.at_s - snapshot.since_s)
    if moment.heart_bridge or (snapshot.phase is Phase.BRIDGE and left_s <= 0):
        return countdown(left_s), "EASY BEFORE THE TURN", "until your heart is calm"
    if snapshot.left_s is None:
        return countdown(snapshot.clock_s), "SO FAR, OPEN END", "b: backward block" if moment.plan.free else "n: next"
    if snapshot.left_m is not None:
        return countdown(snapshot.left_s), LEFT, f"{distance(snapshot.left_m, moment.units)} left"
    done = snapshot.clock_s / max(snapshot.clock_s + snapshot.left_s, 1e-9)
    return countdown(snapshot.left_s), LEFT, f"{done:.0%} done"


def _targets(moment: Moment) -> tuple[str, str]:
    """Target with its difference, trim and incline; and how far an asked speed is on its way."""
    snapshot, units = moment.snapshot, moment.units
    parts = []
    if snapshot.target_kmh is not None:
        parts.append(f"target {speed(snapshot.target_kmh, units)}")
        if snapshot.kmh is not None:
            parts[0] += f" ({change(snapshot.target_kmh, snapshot.kmh, units)})"
    if abs(snapshot.trim - 1) >= 0.005:
        parts.append(f"trim {percent(snapshot.trim)}")
    incline = f"incline {snapshot.incline_pct:g} %" if snapshot.incline_pct is not None else ""
    if snapshot.incline_trim_pct:
        incline = f"{incline or 'incline'} ({snapshot.incline_trim_pct:+g})"
    written = snapshot.asked_kmh is not None and not snapshot.prompted
    asked = f"asked {speed(snapshot.asked_kmh, units)}" if written else ""
    if snapshot.incline_pct or snapshot.incline_trim_pct:  # the second line is not shown everywhere
        parts.append(incline)
        incline = ""
    return "  ".join(parts), "  ".join(part for part in (asked, incline) if part)


def heart_of(moment: Moment) -> Heart:
    """The heart rate with its zone and age; older than 5 s it is a dash with the reason."""
    snapshot, most = moment.snapshot, moment.plan.runner.max_bpm
    age_s = snapshot.heart_age_s
    band = moment.row.heart_bpm
    held = f"hold {band[0]:.0f} to {band[1]:.0f}" if band is not None else ""
    if snapshot.bpm is None or age_s is None or age_s > STALE_S:
        why = snapshot.heart_why or ("no strap" if age_s is None else f"no reading for {age_s:.0f} s")
        return Heart("---", None, "no heart rate", why if moment.plan.strap else "no strap", "", held)
    zone = zone_of(snapshot.bpm, most)
    source = CONSOLE if snapshot.heart_from is Source.TREADMILL else ""
    word = f"Z{zone} {zone_word(zone)}" if zone else zone_word(0)
    return Heart(str(snapshot.bpm), zone, word, ZONE_PURPOSE[zone], f"{age_s:.0f} s old", held, source)


# Step, next, then.


@dataclass(frozen=True, slots=True)
class Step:
    """Which step it is, and what holds it back."""

    name: str
    notice: str


def step_of(moment: Moment) -> Step:
    """Number, name and length of the step; a rule or a trip that holds now."""
    row, plan, snapshot = moment.row, moment.plan, moment.snapshot
    number = "free session" if plan.free else f"step {row.index} of {len(plan.rows)}"
    parts = [number, named(row, moment.units)]
    if row.segment.round is not None:
        parts.append(f"round {row.segment.round}")
    if moment.heart_bridge:
        parts = [f"before {number}", "easy until your heart is calm"]
    if snapshot.pace != 1:
        parts.append(f"time × {snapshot.pace:g}")
    return Step(" · ".join(parts), _notice(moment) if not snapshot.ended else "")


def _notice(moment: Moment) -> str:
    snapshot = moment.snapshot
    if snapshot.trips:
        words = TRIPS[snapshot.trips[0]]
        return words[0].upper() + words[1:] + "."
    if snapshot.limit:
        return limit_words(snapshot.limit)
    after, near = after_of(moment), snapshot.left_s is not None and snapshot.left_s <= TURN_NEAR_S
    if near and after is not None and after.turn and after.segment.facing is Facing.BACKWARD and snapshot.no_backward:
        return f"No turn now: {snapshot.no_backward}."
    return ""


# Prompt mode.


@dataclass(frozen=True, slots=True)
class PromptLine:
    """What the runner is to press, or nothing; and why it is the runner who presses."""

    text: str
    why: str


def prompt_of(moment: Moment) -> PromptLine | None:
    """The line of prompt mode; nothing where coach drives the belt itself, or an alarm needs the room."""
    now, prompted = moment.situation, moment.snapshot.prompted
    if not prompted or now in ALARMS:
        return None
    prompt = None if STATES[now].full else open_prompt(moment.snapshot)
    return PromptLine("" if prompt is None else prompt.text, prompted)


# A window that is too small.

SMALLEST: Final = (80, 24)  # columns and rows that the digits need
LARGER: Final = "Make the window larger: {} columns and {} rows show all of it."


def small_of(moment: Moment) -> tuple[tuple[str, str], ...]:
    """What matters most, in words with their roles, where digits would be cut."""
    snapshot, units, full = moment.snapshot, moment.units, full_of(moment)
    prompt, lines = open_prompt(snapshot), []
    if full is not None:
        lines += [(full.word, full.role), *((line, "strong") for line in full.do)]
    elif prompt is not None:
        lines.append((prompt.text, "strong"))
    lines.append((f"Belt {speed(snapshot.kmh, units)} {units.word}", "strong"))
    if full is None:
        left, label, _ = _countdown(moment)
        lines.append((f"{left} {label.lower()}", "strong"))
    return (*lines, (LARGER.format(*SMALLEST), "turn"), (banner_of(moment).belt, "text"))


# Captions.


@dataclass(frozen=True, slots=True)
class Caption:
    """Something that coach said."""

    sign: str
    text: str
    role: str


def captions_of(moment: Moment) -> tuple[Caption, ...]:
    """What was said in the last seconds, newest first."""
    if moment.life is Life.LOST:
        return ()
    fresh = [said for said in moment.said if _fresh(said, moment.snapshot)]
    return tuple(
        Caption(CUE_SIGNS[said.cue], said.text, _cue_role(said.cue) if number == 0 else "dim")
        for number, said in enumerate(reversed(fresh))
    )


def _fresh(said: Said, snapshot: Snapshot) -> bool:
    """Not too old, not the question or prompt that stands on the screen already, and none that was answered."""
    if snapshot.at_s - said.at_s > CAPTION_S:
        return False
    if said.cue in {CueKind.TURN, CueKind.COUNT} and snapshot.phase in _STOPPED:
        return said.at_s >= snapshot.since_s  # what was to come will not
    if said.cue is not CueKind.QUESTION:
        return True
    asked = (snapshot.question, open_prompt(snapshot))
    return said.at_s >= snapshot.since_s and all(one is None or said.text != one.text for one in asked)


def _cue_role(cue: CueKind) -> str:
    match cue:
        case CueKind.ALARM:
            return "on-alarm"
        case CueKind.QUESTION | CueKind.TURN:
            return "turn"
        case _:
            return "strong"


# Totals.


def totals_of(moment: Moment) -> tuple[str, ...]:
    """Time and distance by facing, what is left in all, turns and climb."""
    snapshot, units = moment.snapshot, moment.units
    parts = [f"▲ forward {clock(snapshot.forward.time_s)}  {distance(snapshot.forward.distance_m, units)}"]
    if moment.plan.backward:
        parts.append(f"▼ backward {clock(snapshot.backward.time_s)}  {distance(snapshot.backward.distance_m, units)}")
        parts.append(f"↻ {snapshot.turns} turn{'s' * (snapshot.turns != 1)}")
    parts.append(f"Σ with waits {clock(snapshot.at_s)}  {distance(snapshot.distance_m, units)}")
    if not moment.plan.free:
        parts.append(f"about {clock(left_in_all_s(moment))} left in all")
    if snapshot.climb_m >= 1:
        parts.append(f"△ {snapshot.climb_m:.0f} m up")
    if snapshot.laps:
        parts.append(f"{snapshot.laps} lap{'s' * (snapshot.laps != 1)}")
    return tuple(parts)

"""What the screen says about an instant of a session: pure functions from a moment to the words of each pane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil
from types import MappingProxyType
from typing import Final

from coach.core.cue import CueKind
from coach.core.event import Key
from coach.core.heart import zone_of, zone_word
from coach.core.plan import BRIDGE_S, Plan, Row
from coach.core.progress import Ask
from coach.core.turn import PAUSE_S, READY_S
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.crew import Life
from coach.keeper.wire import Said, Snapshot, Voice
from coach.tui.keys import Own
from coach.tui.states import ALARMS, LEAD_ON, STATES, Situation, situation
from coach.tui.units import Units, change, clock, countdown, distance, percent, speed
from coach.tui.words import TRIPS, limit_words

STALE_S: Final = 5.0  # an older heart rate is a dash
AHEAD_S: Final = 3.0  # the clocks go on so long without a snapshot; then the keeper counts as lost (safety.md 9)
SOON_S: Final = 10.0  # what comes next is marked
CAPTION_S: Final = 12.0  # what was said stays so long
_STOPPED: Final = frozenset({Phase.PAUSED, Phase.KEY, Phase.BELT_MOVES, Phase.STOP_FAILED, Phase.ENDED})
TURN_NEAR_S: Final = 40.0  # what stands in the way of a turn is shown so long before it
LEFT: Final = "LEFT OF THIS STEP"
FLASH_HZ: Final = 1.0  # at most 2 (backward-running.md 5)
LINK_QUIET_S: Final = 3.0  # without a word of the treadmill: shown as doubt

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


@dataclass(frozen=True, slots=True)
class Moment:
    """All that is drawn at an instant."""

    plan: Plan
    snapshot: Snapshot
    units: Units = Units.KMH
    life: Life = Life.ALIVE
    guarded: str = ""  # what the guard does, once the keeper is lost
    acknowledged: bool = False
    said: tuple[Said, ...] = ()  # newest last

    @property
    def situation(self) -> Situation:
        """What the screen is about."""
        return situation(self.plan, self.snapshot, self.life)

    @property
    def simulated(self) -> bool:
        """No real belt moves."""
        return self.plan.profile.simulated

    @property
    def heart_bridge(self) -> bool:
        """The heart is too fast for the turn: an easy stretch that is no row of the plan."""
        return self.snapshot.phase is Phase.BRIDGE and self.row.kind != "bridge"

    @property
    def row(self) -> Row:
        """The row under way, or the one that a turn leads to."""
        return self.plan.rows[min(self.snapshot.row, len(self.plan.rows) - 1)]


def aged(snapshot: Snapshot, by_s: float) -> Snapshot:
    """The same snapshot so many seconds of the wall later: clocks and ages go on, nothing else does."""
    by_s = min(max(by_s, 0.0), AHEAD_S) * snapshot.pace
    if not by_s:
        return snapshot
    runs = snapshot.runs and not snapshot.ended
    left_s = snapshot.left_s if snapshot.left_s is None or not runs else max(snapshot.left_s - by_s, 0.0)
    heart_age_s, link_age_s = snapshot.heart_age_s, snapshot.link_age_s
    return replace(
        snapshot,
        at_s=snapshot.at_s + by_s,
        clock_s=snapshot.clock_s + (by_s if runs else 0.0),
        left_s=left_s,
        heart_age_s=None if heart_age_s is None else heart_age_s + by_s,
        link_age_s=None if link_age_s is None else link_age_s + by_s,
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
    hatched = now in {Situation.BACKWARD, Situation.RAMP_REAR}
    return Banner(sign, word, role, hatched, "SIMULATED" if moment.simulated else "REAL BELT")


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


@dataclass(frozen=True, slots=True)
class Numbers:
    """Countdown, belt and heart."""

    left: str
    left_label: str
    left_more: str
    speed: str
    speed_label: str
    speed_more: tuple[str, str]
    role: str  # of the speed: which way the runner faces
    heart: Heart


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
    )


def _countdown(moment: Moment) -> tuple[str, str, str]:
    """The time that is left, what it is left of, and more about it."""
    snapshot = moment.snapshot
    if moment.heart_bridge:
        left_s = BRIDGE_S - (snapshot.at_s - snapshot.since_s)
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
    asked = f"asked {speed(snapshot.asked_kmh, units)}" if snapshot.asked_kmh is not None else ""
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
    word = f"Z{zone} {zone_word(zone)}" if zone else zone_word(0)
    return Heart(str(snapshot.bpm), zone, word, ZONE_PURPOSE[zone], f"{age_s:.0f} s old", held)


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
    parts = [number, _named(row, moment.units)]
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
    after, near = _after(moment), snapshot.left_s is not None and snapshot.left_s <= TURN_NEAR_S
    if near and after is not None and after.turn and after.segment.facing is Facing.BACKWARD and snapshot.no_backward:
        return f"No turn now: {snapshot.no_backward}."
    return ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What comes next, and what then; `soon` from ten seconds on."""

    next: str
    next_role: str
    then: str
    soon: str


def ahead_of(moment: Moment) -> Ahead:
    """The next two rows with direction, speed, incline and length."""
    snapshot = moment.snapshot
    after = _after(moment)
    then = None if after is None else _row(moment.plan, after.index)
    left_s = snapshot.left_s
    soon = f"in {ceil(left_s - 1e-6)} s" if snapshot.runs and left_s is not None and left_s <= SOON_S else ""
    return Ahead(
        _told(after, moment.units),
        "turn" if after is not None and after.turn else _role(after),
        _told(then, moment.units) if after is not None else "",
        soon,
    )


def _after(moment: Moment) -> Row | None:
    """The row that follows what goes on; a bridge that the heart asked for leads to the row that is named."""
    snapshot, plan = moment.snapshot, moment.plan
    return _row(plan, snapshot.row + (0 if moment.heart_bridge else 1))


def _row(plan: Plan, index: int) -> Row | None:
    return plan.rows[index] if index < len(plan.rows) else None


def _role(row: Row | None) -> str:
    if row is None or row.segment.target is None:
        return "dim"
    return "backward" if row.segment.facing is Facing.BACKWARD else "forward"


def _told(row: Row | None, units: Units) -> str:
    if row is None:
        return "■ END, the belt stops"
    if row.segment.target is None:
        return f"■ REST {_extent(row, units)}, the belt stops"
    rear = row.segment.facing is Facing.BACKWARD
    turn = "↻ turn, then " if row.turn else ""
    return f"{turn}{'▼▼ BACKWARD' if rear else '▲▲ FORWARD'} {_asked(row, units)}, {_extent(row, units)}"


def _asked(row: Row, units: Units) -> str:
    target = row.segment.target
    assert target is not None
    words = speed(target.speed_kmh, units)
    if target.end_kmh is not None and target.end_kmh != target.speed_kmh:
        words += f" → {speed(target.end_kmh, units)}"
    words += f" {units.word}"
    if row.heart_bpm is not None:
        words = f"heart {row.heart_bpm[0]:.0f} to {row.heart_bpm[1]:.0f}, from {words}"
    return words + (f", {target.incline_pct:g} %" if target.incline_pct else "")


def _extent(row: Row, units: Units) -> str:
    if row.planned_m is not None:
        return distance(row.planned_m, units)
    return clock(row.planned_s) if row.planned_s is not None else "open end"


def _named(row: Row, units: Units) -> str:
    head = row.segment.head.replace("-", " ")
    return f"{head} {_extent(row, units)}" + (f" @ {_asked(row, units)}" if row.segment.target is not None else "")


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
    """Not too old, not the question that stands on the screen already, and none that was answered."""
    if snapshot.at_s - said.at_s > CAPTION_S:
        return False
    if said.cue in {CueKind.TURN, CueKind.COUNT} and snapshot.phase in _STOPPED:
        return said.at_s >= snapshot.since_s  # what was to come will not
    if said.cue is not CueKind.QUESTION:
        return True
    question = snapshot.question
    return said.at_s >= snapshot.since_s and (question is None or said.text != question.text)


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


def left_in_all_s(moment: Moment) -> float:
    """What is left of the step and of all behind it, turns included; open steps count nothing."""
    plan, snapshot = moment.plan, moment.snapshot
    if snapshot.row >= len(plan.rows):
        return 0.0
    later = range(snapshot.row + 1, len(plan.rows))
    return (snapshot.left_s or 0.0) + sum(
        (plan.rows[i].planned_s or 0.0) + (plan.turn_s(i) if plan.rows[i].turn else 0.0) for i in later
    )


# The row of states.


@dataclass(frozen=True, slots=True)
class Sign:
    """How something is: a mark, a word, and its role. The mark and the word say it without the colour."""

    mark: str
    word: str
    role: str
    more: str = ""  # where there is room


def signs_of(moment: Moment) -> tuple[Sign, ...]:
    """Link, strap, sound, focus, sleep guard, recording and guard."""
    snapshot = moment.snapshot
    if moment.life is Life.LOST:
        return (Sign("✕", "KEEPER LOST", "on-alarm"), Sign("i", _guard_words(moment.guarded), "turn"))
    return (
        _link(snapshot),
        _strap(moment),
        _sound(snapshot),
        _sign(snapshot.focus, "focus", "NO FOCUS", "keys reach coach", "click this window"),
        _sign(snapshot.awake, "awake", "may sleep", "sleep is held off", "keep the computer awake"),
        _sign(snapshot.recording, "rec", "NO REC", "recording", "nothing is recorded", good="●"),
        _sign(snapshot.guarded, "guard", "NO GUARD", "a guard watches", "no guard watches"),
    )


def _sign(holds: bool, word: str, lost: str, more: str, less: str, *, good: str = "✓") -> Sign:
    return Sign(good, word, "good", more) if holds else Sign("!", lost, "turn", less)


def _link(snapshot: Snapshot) -> Sign:
    age_s = snapshot.link_age_s
    age = "never heard" if age_s is None else f"{age_s:.0f} s"
    if not snapshot.link:
        return Sign("✕", f"NO LINK {age}", "on-alarm")
    if age_s is None or (age_s > LINK_QUIET_S and not snapshot.still):
        return Sign("!", f"link quiet {age}", "turn")
    return Sign("✓", f"link {age}", "good")


def _strap(moment: Moment) -> Sign:
    snapshot = moment.snapshot
    if not moment.plan.strap:
        return Sign("–", "no strap", "dim", "none is used")
    if snapshot.bpm is None or (snapshot.heart_age_s or 0.0) > STALE_S:
        return Sign("!", "strap?", "turn", snapshot.heart_why)
    return Sign("✓", f"strap {snapshot.heart_age_s or 0.0:.0f} s", "good")


def _sound(snapshot: Snapshot) -> Sign:
    if not snapshot.sound:
        return Sign("✕", "NO SOUND", "on-alarm", "coach cannot speak")
    if snapshot.voice is Voice.CAPTIONS:
        return Sign("–", "captions", "dim", "v: speak")
    return Sign("♪", f"voice {snapshot.voice}", "good")


# The footer.


@dataclass(frozen=True, slots=True)
class Foot:
    """At most seven keys: what to press, and what it does."""

    keys: tuple[tuple[str, str], ...]


MOST_KEYS: Final = 7
_SHORT: Final[Mapping[Key | Own, tuple[str, str]]] = MappingProxyType(
    {
        Key.STOP: ("Space", "STOP"),
        Key.YES: ("Enter", "yes"),
        Key.DIGIT: ("1–4", "the digit"),
        Key.FASTER: ("↑↓", "speed"),
        Key.SLOWER: ("↓", "slower"),
        Key.STEEPER: ("←→", "incline"),
        Key.PAUSE: ("p", "pause"),
        Key.NEXT: ("n", "next"),
        Key.BLOCK: ("b", "backward"),
        Key.HELP: ("h", "help"),
        Key.QUIT: ("q", "leave"),
        Own.VOICE: ("v", "voice"),
        Own.PANEL: ("F9", "trouble"),
    }
)


def foot_of(moment: Moment) -> Foot:
    """The keys that do something now."""
    now = moment.situation
    state = STATES[now]
    if state.any_key:
        doing = "leaves" if now is Situation.KEEPER_LOST and moment.acknowledged else state.any_key
        stop = () if now in {Situation.KEEPER_LOST, Situation.REFUSED} else (_SHORT[Key.STOP],)
        return Foot((*stop, ("any key", doing)))
    means = [_swapped(one, moment) for one in state.keys]
    asked = moment.snapshot.question is not None
    means = [one for one in means if asked or now is Situation.BACKWARD or one not in {Key.YES, Key.DIGIT}]
    shown = [_SHORT[one] for one in means if moment.simulated or one is not Own.PANEL]
    if now is Situation.BACKWARD:
        shown[1] = ("Enter", "gentle stop")
    return Foot(tuple(shown[:MOST_KEYS]))


def _swapped(means: Key | Own, moment: Moment) -> Key | Own:
    """A free session has a block where others have a next step; a paused one asks for a digit or a yes."""
    question = moment.snapshot.question
    if means is Key.NEXT and moment.plan.free:
        return Key.BLOCK
    if means is Key.YES and question is not None and question.ask is Ask.DIGIT:
        return Key.DIGIT
    return means


# Full-screen states.


@dataclass(frozen=True, slots=True)
class Number:
    """Something in big digits, with what it is."""

    digits: str
    label: str
    role: str


@dataclass(frozen=True, slots=True)
class Full:
    """A state that takes the screen."""

    word: str
    role: str
    do: tuple[str, ...]
    more: tuple[str, ...]
    numbers: tuple[Number, ...]
    border: str = ""  # the sign of an alarm's border; it changes once a second


def full_without(now: Situation, *more: str) -> Full:
    """A state before anything was heard of the session."""
    state = STATES[now]
    return Full(state.word, "alarm" if state.role == "on-alarm" else "strong", state.do, more, ())


def full_of(moment: Moment) -> Full | None:
    """The state that takes the screen, or nothing where the cockpit stays."""
    now = moment.situation
    state = STATES[now]
    if not state.full:
        return None
    role = {"on-alarm": "alarm", "on-turn": "turn"}.get(state.role, "strong")
    border = ""
    if now in ALARMS:
        border = "█" if int(moment.snapshot.at_s * FLASH_HZ) % 2 or moment.life is Life.LOST else "▒"
    return Full(state.word, role, _do(moment), tuple(_more(moment)), tuple(_big(moment)), border)


def _do(moment: Moment) -> tuple[str, ...]:
    question, now = moment.snapshot.question, moment.situation
    if now is Situation.KEEPER_LOST:
        return (*STATES[now].do, _guard_words(moment.guarded))
    if question is None or now is Situation.STEP_ON_YES:
        return STATES[now].do
    said = tuple(part.strip() + "." for part in question.text.replace("?", "?.").split(".") if part.strip())
    return STATES[now].do + tuple(part.replace("?.", "?") for part in said)


def _guard_words(guarded: str) -> str:
    match guarded:
        case "still":
            return "The guard has stopped the belt: it stands."
        case "stopping":
            return "The guard is stopping the belt."
        case "" | "acting":
            return "The guard is taking over."
        case _:
            return f"The guard says: {guarded}."


def _more(moment: Moment) -> Iterator[str]:
    """Why, how long, and what follows."""
    snapshot, question, now = moment.snapshot, moment.snapshot.question, moment.situation
    standing = now in {Situation.PAUSED, Situation.KEY, Situation.STOP_FAILED, Situation.BELT_MOVES}
    if standing and snapshot.reason:
        yield f"Why: {snapshot.reason}."
    if now is Situation.PAUSED:
        left_s = PAUSE_S - (snapshot.at_s - snapshot.since_s)
        yield f"You can go on for {countdown(left_s)} more."
    if question is not None:
        waits_s = question.minimum_s - (snapshot.at_s - question.at_s)
        key = "the digit" if question.ask is Ask.DIGIT else "Enter"
        yield f"Read first: {key} counts in {ceil(waits_s)} s." if waits_s > 0 else f"Now {key} counts."
        if snapshot.phase is Phase.READY:
            yield f"The question stands {countdown(READY_S - (snapshot.at_s - snapshot.since_s))} more."
    if now is Situation.KEEPER_LOST:
        yield "Any key leaves." if moment.acknowledged else "Any key silences the alarm."
    if now in LEAD_ON and snapshot.row < len(moment.plan.rows):
        yield f"Then: {_told(replace(moment.row, turn=False), moment.units)}"


def _big(moment: Moment) -> Iterator[Number]:
    snapshot, question = moment.snapshot, moment.snapshot.question
    if question is not None and question.digit:
        yield Number(question.digit, "TYPE THIS DIGIT", "turn")
    if moment.situation is Situation.RESTING and snapshot.left_s is not None:
        yield Number(countdown(snapshot.left_s), "REST LEFT", "strong")
    elif STATES[moment.situation].speed:
        shown = speed(snapshot.kmh, Units.KMH if moment.units is Units.PACE else moment.units)
        word = Units.KMH.word if moment.units is Units.PACE else moment.units.word
        yield Number(shown, f"BELT, {word}", "strong")

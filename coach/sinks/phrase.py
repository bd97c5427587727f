"""Which words a cue gets, and all the words that a session will say or may say, so that they can be made ready."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from coach.core import say
from coach.core.cue import Cue, CueKind, spoken_speed, whole_speed
from coach.core.plan import Plan, Row
from coach.core.runner import SpokenUnit
from coach.core.trip import COURSES, alarms, words
from coach.core.workout import Facing
from coach.keeper.wire import Voice
from coach.sinks.floor import Utterance
from coach.sinks.tone import Tone

HALFWAY: Final = "Halfway."
STATUS: Final = "Facing "  # how the status of every half minute begins
MARKS: Final = (30, 10, *say.COUNTS)  # s before the end of a row
DIGITS: Final = "1234"
LAPS: Final = 5  # as many as are made ready, and of backward blocks that may be marked

TONE_OF: Final[Mapping[CueKind, Tone]] = MappingProxyType(
    {
        CueKind.ALARM: Tone.DANGER,
        CueKind.TURN: Tone.TURN,
        CueKind.QUESTION: Tone.QUESTION,
        CueKind.COUNT: Tone.COUNT,
        CueKind.NOW: Tone.NOW,
        CueKind.FASTER: Tone.FASTER,
        CueKind.SLOWER: Tone.SLOWER,
        CueKind.NOTICE: Tone.NOTICE,
    }
)
_WORDS_IN_TONES: Final = frozenset({CueKind.ALARM, CueKind.QUESTION})  # no tone says these


def effective(voice: Voice, *, rear: bool, simulated: bool) -> Voice:
    """How much is said: facing the rear or turning the words cannot be left out, and a real belt is never mute."""
    if simulated and voice is Voice.CAPTIONS:
        return voice
    if rear and voice in {Voice.TONES, Voice.CAPTIONS}:
        return Voice.SHORT
    return Voice.TONES if voice is Voice.CAPTIONS else voice


def utterance(cue: Cue, voice: Voice, due_s: float) -> Utterance | None:
    """What sounds of a cue, or nothing."""
    tone = Tone.HALF if cue.text == HALFWAY else TONE_OF.get(cue.kind)
    match voice:
        case Voice.CAPTIONS:
            return None
        case Voice.TONES:
            text = cue.text if cue.kind in _WORDS_IN_TONES else ""
        case Voice.SHORT:
            text = _short(cue)
        case Voice.FULL:
            text = cue.text
    return Utterance(cue.kind, tone, text, due_s) if tone or text else None


def phrases(plan: Plan, voice: Voice = Voice.FULL) -> tuple[tuple[Tone | None, str], ...]:
    """All words that a session will say or may say, each with the tone in front of it, alarms first.

    What depends on the moment (heart, seconds left, a speed that was trimmed) is not among them.
    """
    urgent = sorted(_trips(), key=lambda cue: cue.kind is not CueKind.ALARM)
    cues = (*urgent, *_states(), *_counts(), *_rows(plan))
    said = (utterance(cue, voice, 0.0) for cue in cues)
    return tuple(dict.fromkeys((one.tone, one.text) for one in said if one is not None and one.text))


def _short(cue: Cue) -> str:
    match cue.kind:
        case CueKind.FORM:
            return ""
        case CueKind.TIME if cue.text == HALFWAY or cue.text.startswith(STATUS):
            return ""
        case CueKind.NOW:
            return cue.text.partition(":")[0].rstrip(".") + "."
        case _:
            return cue.text


def _trips() -> Iterator[Cue]:
    """What is said when something goes wrong."""
    yield _cue(CueKind.ALARM, say.RUNS_ON)
    for trip, course in COURSES.items():
        for rear, turns in ((True, True), (False, True), (False, False)):
            if text := words(trip, rear=rear, turns=turns):
                yield _cue(CueKind.ALARM if alarms(trip, rear=rear) else CueKind.NOTICE, text)
        if course.repeats:
            yield _cue(CueKind.ALARM, course.say_rear)


def _states() -> Iterator[Cue]:
    """The words of the states, digits filled in."""
    turns = (say.STARTING, say.STEP_ON, say.RAMP_CONSOLE, say.RAMP_CAREFUL, say.RAMP_REAR, say.SLOWING, say.RAILS)
    yield from _all(CueKind.TURN, (*turns, "Rest on the rails.", say.REST_SOON, say.STOP_SOON))
    yield _cue(CueKind.SLOWER, say.STOP_SOON)
    asked = (say.READY_REAR, say.READY_REST, say.READY_CONSOLE, say.READY_FIRST, say.READY_FORWARD, say.READY_GO_ON)
    paused = (say.PAUSED_DIGIT, say.PAUSED_YES, say.KEY_BACK, say.STANDS, say.QUIT, say.EARLY, say.WRONG)
    left = (say.PAUSED_HAND, say.PAUSED_HAND_YES, say.PAUSED_UNSEEN, say.PAUSED_UNSEEN_YES)
    started = (say.CONSOLE_START, say.HELPER_START, say.STEP_ON_YES, say.READY_BY_HAND, say.PRESS_STOP)
    for text in (*asked, *paused, *left, *started):
        yield from _all(CueKind.QUESTION, (text.format(digit) for digit in DIGITS))
    yield from _all(CueKind.NOTICE, (say.OWN_KEY, say.NOT_TRUSTED, say.MOVES, say.SILENT_END, say.UNHEARD, say.DEAF))
    yield from _all(CueKind.NOTICE, (say.FOUND, say.FOUND_BY_HAND, say.MILES, "The treadmill did not start."))
    yield from _all(CueKind.NOTICE, (say.PROMPTED, say.UNPROMPTED, say.RENEWING, say.UNGUARDED, say.GUARDED))
    yield from _all(CueKind.NOTICE, (say.TURN_WAITS, say.EASY_FIRST, say.LEFT_OUT, say.BLOCK_OVER, say.NO_HEART))
    yield from _all(CueKind.NOTICE, (say.TOO_SOON, say.TOO_LATE))
    yield from _all(CueKind.NOTICE, (say.STOPPED, say.UNSEEN, "Incline stays up. No turn.", say.HEART_HIGH))
    yield from _all(CueKind.TIME, (say.FINISHED, "Session over. Belt stopped."))


def _counts() -> Iterator[Cue]:
    yield from _all(CueKind.COUNT, say.COUNTS.values())
    yield from _all(CueKind.TIME, (f"Lap {lap}." for lap in range(2, LAPS + 2)))
    rails = (text.format(block) for block in range(1, LAPS + 1) for text in (say.HELD, say.FREE))
    yield from _all(CueKind.NOTICE, (*rails, say.NO_BLOCK))


def _rows(plan: Plan) -> Iterator[Cue]:
    """What belongs to the rows: their beginnings, their dues and what is said before they end."""
    for row, after in pairwise((*plan.rows, None)):
        assert row is not None
        yield _cue(CueKind.NOW, say.now(row, plan.runner.spoken))
        yield from (_cue(due.kind, due.text) for due in row.dues if due.text)
        yield from _before(row, after, plan.runner.spoken)
        if row.segment.facing is Facing.BACKWARD and row.segment.target is not None:
            target_kmh = row.segment.target.speed_kmh
            speed = spoken_speed(target_kmh, plan.runner.spoken)
            yield _cue(CueKind.FASTER, f"In ten: faster, {speed}. Light hands on the rails.")
            yield _cue(CueKind.TIME, f"{whole_speed(target_kmh, plan.runner.spoken)}.")


def _before(row: Row, after: Row | None, unit: SpokenUnit) -> Iterator[Cue]:
    """The belt may be slower or faster than the row that follows, or as fast."""
    then_kmh = 0.0 if after is None or after.segment.target is None else after.segment.target.speed_kmh
    for mark in MARKS:
        for now_kmh in (then_kmh - 1.0, then_kmh, then_kmh + 1.0):
            words = say.ahead(row, after, now_kmh, mark, unit)
            if words is not None:
                yield _cue(*words)


def _all(kind: CueKind, texts: Iterable[str]) -> Iterator[Cue]:
    return (_cue(kind, text) for text in texts)


def _cue(kind: CueKind, text: str) -> Cue:
    return Cue(0.0, kind, text)

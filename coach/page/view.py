"""What the page shows: the newest of a session folded into a few words, so that a browser only has to draw them.

The digit that confirms the facing is never among them: it is to be read on the screen that the console side has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Final, TypeAlias

from coach.core.plan import Plan
from coach.core.progress import Ask, Question
from coach.keeper.wire import Done, FromKeeper, Note, Said, Snapshot
from coach.page.lines import Words
from coach.seen.digit import asks_digit
from coach.seen.full import Full, full_of, full_without
from coach.seen.moment import Moment
from coach.seen.rows import ahead_of
from coach.seen.states import ALARMS, LEAD_ON, STATES, Situation
from coach.seen.units import clock, distance
from coach.seen.view import banner_of, captions_of, heart_of, numbers_of, step_of
from coach.seen.words import achievement, belt_words, trips_told
from coach.told import ending

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | int | bool | None"

MOST_SAID: Final = 6  # captions that are kept
CAPTIONS: Final = 2  # that are shown
ANSWER_S: Final = 5.0  # that a stop is under way, or why not, is shown so long
SILENT: Final = "NO WORD FROM COACH. HOLD THE RAILS."
WAIT: Final = "COACH IS COMING BACK. WAIT ON THE RAILS."
STOPPING: Final = "STOPPING"
PRESS: Final = "PRESS WHEN READY"
DIGIT: Final = "TYPE THE DIGIT ON COACH'S SCREEN"
_PRESS: Final = "press when"  # how the line begins that `press` stands for
READING: Final = Words("WAIT", ("coach is getting ready.",))
_ROLES: Final[Mapping[str, str]] = {"on-forward": "forward", "on-backward": "backward", "on-turn": "turn"}


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page knows; without a plan it is a rehearsal."""

    plan: Plan | None
    snapshot: Snapshot | None = None
    said: tuple[Said, ...] = ()  # newest last
    done: Done | None = None
    lost: bool = False  # the keeper ended without a last word
    words: Words = READING  # of a rehearsal
    answer: str = ""  # to STOP
    answered_s: float = 0.0  # by the clock of the page

    def take(self, message: FromKeeper) -> Shown:
        """After a message."""
        match message:
            case Snapshot():
                return replace(self, snapshot=message)
            case Said():
                return replace(self, said=(*self.said, message)[-MOST_SAID:])
            case Done():
                return replace(self, done=message)
            case Note(text):
                return replace(self, answer=text)
            case _:
                return self

    @property
    def over(self) -> bool:
        """The last word was said."""
        return self.done is not None


def view(shown: Shown, now_s: float) -> dict[str, Json]:
    """What is drawn now."""
    return {
        **_blank(),
        **_what(shown),
        "answer": shown.answer if 0 <= now_s - shown.answered_s < ANSWER_S else "",
    }


def _what(shown: Shown) -> dict[str, Json]:
    if shown.plan is None:
        return _rehearsed(shown.words)
    belt = "SIMULATED" if shown.plan.profile.simulated else "REAL BELT"
    if shown.done is not None:
        return _over(shown.plan, shown.done) | {"belt": belt}
    if shown.lost:
        return _bare(Situation.KEEPER_LOST, belt) | {"stop": False}
    if shown.snapshot is None:
        return _bare(Situation.CONNECTING, belt)
    return _session(Moment(shown.plan, shown.snapshot, shown.plan.runner.spoken, said=shown.said))


def _blank() -> dict[str, Json]:
    """Every field that a browser looks at."""
    return {
        "now": "",
        "role": "plain",
        "sign": "",
        "word": "",
        "belt": "",
        "hatched": False,
        "left": "",
        "left_label": "",
        "speed": "",
        "speed_label": "",
        "heart": "",
        "zone": None,
        "heart_word": "",
        "heart_more": "",
        "next": "",
        "soon": "",
        "notice": "",
        "full": None,
        "alarm": False,
        "captions": [],
        "stop": True,
        "over": False,
        "silent": SILENT,
    }


def _session(moment: Moment) -> dict[str, Json]:
    banner, numbers, heart = banner_of(moment), numbers_of(moment), heart_of(moment)
    ahead, full, now = ahead_of(moment), full_of(moment), moment.situation
    return {
        "now": now.value,
        "role": _role(banner.role),
        "sign": banner.sign,
        "word": banner.word,
        "belt": banner.belt,
        "hatched": banner.hatched,
        "left": numbers.left,
        "left_label": numbers.left_label,
        "speed": numbers.speed,
        "speed_label": numbers.speed_label,
        "heart": heart.digits,
        "zone": heart.zone,
        "heart_word": heart.word,
        "heart_more": heart.band or heart.purpose,
        "next": ahead.next,
        "soon": ahead.soon,
        "notice": _notice(moment),
        "full": None if full is None else _full(moment, full),
        "alarm": now in ALARMS,
        "captions": [
            {"sign": one.sign, "text": one.text, "loud": one.role == "on-alarm"}
            for one in [one for one in captions_of(moment) if not asks_digit(one.text)][:CAPTIONS]
        ],
        "stop": not moment.snapshot.ended,
    }


def _notice(moment: Moment) -> str:
    """What the runner is to set at the console, or what holds a step back."""
    setting = numbers_of(moment).setting
    if setting is not None:
        return f"{setting.label}: {setting.speed} {setting.more}".strip()
    return step_of(moment).notice


def _full(moment: Moment, full: Full) -> Json:
    """The state that takes the screen, in words for somebody who cannot see the console's."""
    question = moment.snapshot.question
    press = _press(moment.snapshot, question)
    numbers = [] if press else full.numbers  # the belt stands
    return {
        "word": full.word,
        "do": [line for line in full.do if not _left_out(line, press)],
        "press": press,
        "more": [*_more(moment, full)],
        "numbers": [{"digits": one.digits, "label": one.label} for one in numbers],
    }


def _left_out(line: str, press: str) -> bool:
    """What is not to be said here, or what `press` says already."""
    return asks_digit(line) or (bool(press) and line.lower().startswith(_PRESS))


def _press(snapshot: Snapshot, question: Question | None) -> str:
    if question is None:
        return ""
    waits_s = question.minimum_s - (snapshot.at_s - question.at_s)
    if waits_s > 0:
        return f"WAIT {ceil(waits_s)}"
    return DIGIT if question.ask is Ask.DIGIT else PRESS


def _more(moment: Moment, full: Full) -> Iterator[str]:
    """Why it stands, and what it leads to; all that speaks of keys is left to those who have them."""
    yield from (line for line in full.more if line.startswith("Why: "))
    if moment.situation is Situation.LINK_LOST and moment.snapshot.link_why:
        yield moment.snapshot.link_why
    if moment.situation in LEAD_ON:
        yield from (line for line in full.more if line.startswith("Then: "))


def _bare(now: Situation, belt: str) -> dict[str, Json]:
    """A situation with no snapshot."""
    state, full = STATES[now], full_without(now)
    return {
        "now": now.value,
        "role": _role(state.role),
        "sign": state.sign,
        "word": state.banner,
        "belt": belt,
        "full": {"word": full.word, "do": list(full.do), "press": "", "more": [], "numbers": []},
        "alarm": now in ALARMS,
    }


def _over(plan: Plan, done: Done) -> dict[str, Json]:
    safe = done.still or not done.started
    more: list[Json] = [ending(done), *trips_told(done)[:2]]
    if done.started:
        more.append(_total(plan, done))
    return _bare(Situation.ENDED, "") | {
        "role": "plain" if safe else "alarm",
        "full": {
            "word": STATES[Situation.ENDED].word if safe else "STAY OFF",
            "do": [belt_words(done), achievement(plan, done, plan.runner.spoken)],
            "press": "",
            "more": more,
            "numbers": [],
        },
        "alarm": not safe,
        "stop": False,
        "over": safe,
        "silent": "" if safe else SILENT,
    }


def _total(plan: Plan, done: Done) -> str:
    units, heart = plan.runner.spoken, done.heart.mean_bpm
    told = f"{clock(done.elapsed_s)} in all, {distance(done.distance_m, units)}"
    return told + (f", heart {heart:.0f} on average" if heart is not None else "")


def _rehearsed(words: Words) -> dict[str, Json]:
    return {
        "now": "rehearsal",
        "role": "alarm" if words.alarm else "turn",
        "sign": "‼" if words.alarm else "?",
        "word": "THIS IS A TRIAL",
        "belt": "NO SESSION YET",  # and no word of a belt that nobody has looked at
        "full": {"word": words.word, "do": list(words.do), "press": "", "more": [], "numbers": []},
        "alarm": words.alarm,
        "stop": False,
        "silent": WAIT,
    }


def _role(role: str) -> str:
    return "alarm" if role == "on-alarm" else _ROLES.get(role, "plain")


def lost(shown: Shown) -> Shown:
    """The keeper has ended; where it has said its last word nothing changes."""
    return shown if shown.over or shown.plan is None else replace(shown, lost=True)

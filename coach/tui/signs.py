"""The two lowest lines of the screen: how link, strap, sound and the rest are, and which keys do something now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from coach.core.event import Key
from coach.core.heart import Source
from coach.core.progress import Ask
from coach.keeper.crew import Life
from coach.keeper.wire import Snapshot, Voice
from coach.network.broker import CONNECTED
from coach.seen.full import guard_words
from coach.seen.moment import STALE_S, Moment
from coach.seen.own import Own
from coach.seen.prompt import MODE, SHARES, SIGN
from coach.seen.states import STATES, Situation

LINK_QUIET_S: Final = 3.0  # without a word of the treadmill: shown as doubt
LOW_PCT: Final = 20  # a strap with less in its battery is told of
REPLAYS: Final = "▷"


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
    if moment.replay is not None:
        return (Sign(REPLAYS, "REPLAY, no belt moves", "turn", moment.replay.of), _link(snapshot), _strap(moment))
    if moment.life is Life.LOST:
        return (Sign("✕", "KEEPER LOST", "on-alarm"), Sign("i", guard_words(moment.guarded), "turn"))
    prompts = (Sign(SIGN, MODE, "turn", SHARES),) if snapshot.prompted else ()
    return (
        *prompts,
        _link(snapshot),
        _strap(moment),
        _sound(snapshot),
        _sign(snapshot.focus, "focus", "NO FOCUS", "keys reach coach", "click this window"),
        _sign(snapshot.awake, "awake", "may sleep", "sleep is held off", "keep the computer awake"),
        _sign(snapshot.recording, "rec", "NO REC", "recording", "nothing is recorded", good="●"),
        _sign(snapshot.guarded, "guard", "NO GUARD", "a guard watches", "no guard watches"),
        *_network(snapshot),
    )


def _network(snapshot: Snapshot) -> Iterator[Sign]:
    """The broker and the page behind the treadmill, where they were asked for."""
    if snapshot.broker:
        yield _sign(snapshot.broker == CONNECTED, "net", "no net", "the broker is told", snapshot.broker)
    if snapshot.page:
        screens = f"{snapshot.watching} screen{'s' * (snapshot.watching != 1)} show it"
        yield _sign(snapshot.watching > 0, "page", "page unseen", screens, "no screen shows it")


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
        return _console_heart(snapshot) or Sign("–", "no strap", "dim", "none is used")
    if snapshot.bpm is None or (snapshot.heart_age_s or 0.0) > STALE_S:
        return Sign("!", "strap?", "turn", snapshot.heart_why)
    if snapshot.battery_pct is not None and snapshot.battery_pct < LOW_PCT:
        return Sign("!", f"strap {snapshot.battery_pct} %", "turn", "its battery is low")
    if (console := _console_heart(snapshot)) is not None:
        return console
    return Sign("✓", f"strap {snapshot.heart_age_s or 0.0:.0f} s", "good")


def _console_heart(snapshot: Snapshot) -> Sign | None:
    """The strap is silent or there is none, and the treadmill measures the heart."""
    if snapshot.heart_from is not Source.TREADMILL or snapshot.bpm is None:
        return None
    return Sign("✓", f"heart {snapshot.heart_age_s or 0.0:.0f} s", "good", "the console measures it")


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


MOST_KEYS: Final = 7  # that are read at a glance
REPLAY_KEYS: Final = (("+ -", "speed"), ("n", "next step"), ("b", "back"), ("h", "help"), ("q", "leave"))
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
    if moment.replay is not None:
        return Foot((("Space", "go on" if moment.replay.held else "hold"), *REPLAY_KEYS))
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

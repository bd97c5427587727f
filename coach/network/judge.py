"""Which commands from the network count: only safer ones, only fresh ones, each once.

A stop that is not retained counts whatever it says. All else must show when it was sent. Nothing here raises for any
bytes, and nothing is kept that a flood could make grow. Whether a good command may act is the session's to say.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final, TypeAlias

from pydantic import ValidationError

from coach.core.event import Verb
from coach.core.progress import Answer
from coach.network.facts import at_of
from coach.network.payload import LONGEST_COMMAND, SCHEMA, Ack, CommandIn, shortened
from coach.network.topics import ALL, COMMAND, Topics, read

OLDEST_S: Final = 3.0  # from `ts` to our clock
AHEAD_S: Final = 1.0  # so far a clock may be ahead of ours; a skew above is told
SKEW_S: Final = 1.0  # a clock that is off by less does no harm
STEADY_S: Final = 0.5  # offsets that lie so close together are a clock's, not the way's
STEADY: Final = 3  # so many in a row
RATE: Final = 5  # commands in RATE_S; a stop is no part of it
RATE_S: Final = 1.0  # nobody means more than RATE commands in it
AGAIN_S: Final = 0.2  # a stop so soon after a stop adds nothing: no session starts a belt in that time
SEEN: Final = 256  # ids that are remembered: twelve times what can come while a `ts` is fresh
DEEPEST: Final = 4  # of the JSON of a command; a good one has 1
LONGEST_AGE_S: Final = 1e6  # that is told as a number
_NOBODY: Final = CommandIn(ts=0.0)  # what is known of a stop that cannot be read


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message on a command topic."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The session is to be asked; `again` is the same stop as a moment ago, that the session has been asked already."""

    verb: Verb
    text: str = ""
    id: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing follows; `silent` is one of so many that no answer is sent either."""

    verb: Verb | None
    id: str
    why: str
    silent: bool = False


Verdict: TypeAlias = Accepted | Refused


class Judge:
    """Judges what arrives on the command topics of one treadmill, for one session."""

    def __init__(self, topics: Topics, session_id: str) -> None:
        self._topics = topics
        self._session_id = session_id
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._good_at_s: deque[float] = deque(maxlen=RATE)
        self._refused_at_s: deque[float] = deque(maxlen=RATE)
        self._stopped_at_s: float | None = None
        self._offsets: deque[tuple[float, float]] = deque(maxlen=STEADY)  # `ts` and how far our clock is ahead of it
        self._told = False
        self.skew_s: float | None = None  # how far the clock of the sender is behind ours; None: it is not

    def judge(self, arrived: Arrived, wall_s: float, mono_s: float) -> Verdict:
        """Say whether a message is a command that counts; `mono_s` never goes back, `wall_s` is compared with `ts`."""
        verdict = self._judged(arrived, wall_s, mono_s)
        if isinstance(verdict, Accepted):
            return verdict
        flood = _full(self._refused_at_s, mono_s)
        if not flood:
            self._refused_at_s.append(mono_s)
        return Refused(verdict.verb, verdict.id, verdict.why, flood)

    def notice(self) -> str:
        """The sentence about clocks that differ, once; else nothing."""
        if self.skew_s is None or self._told:
            return ""
        self._told = True
        side = "behind" if self.skew_s > 0 else "ahead of"
        return (
            f"Who sends commands has a clock {abs(self.skew_s):.1f} s {side} this computer's. Set both by the network."
        )

    def answered(self, verdict: Verdict, answer: Answer | None, wall_s: float) -> Ack:
        """The ack of a command: what was refused here, or what the session has answered; None: it was not asked."""
        if isinstance(verdict, Refused):
            done, why = False, verdict.why
        else:
            done, why = (True, "") if answer is None else (answer.done, answer.why)
        return Ack(
            session=self._session_id,
            at=at_of(wall_s),
            verb=verdict.verb,
            id=verdict.id,
            accepted=done,
            why=shortened(why),
            skew_s=None if self.skew_s is None else round(self.skew_s, 1),
        )

    def _judged(self, arrived: Arrived, wall_s: float, mono_s: float) -> Verdict:
        found = _verb(arrived.topic, self._topics)
        if not isinstance(found, Verb):
            return Refused(None, "", found)
        if arrived.retain:
            return Refused(found, "", "it was retained; a command is sent once and never kept")
        if found is Verb.STOP:
            return self._stop(arrived.payload, mono_s)
        command = _read(arrived.payload)
        if isinstance(command, str):
            return Refused(found, "", command)
        why = self._stale(command, wall_s) or self._unfit(found, command) or self._crowd(mono_s)
        if why:
            return Refused(found, command.id, why)
        self._remember(_key(found, command))
        self._good_at_s.append(mono_s)
        return Accepted(found, command.text.strip() if found is Verb.SAY else "", command.id)

    def _stop(self, payload: bytes, mono_s: float) -> Accepted:
        """A stop counts whatever it says; what it says is read for the ack alone."""
        command = _read(payload)
        again = self._stopped_at_s is not None and 0 <= mono_s - self._stopped_at_s < AGAIN_S
        if not again:
            self._stopped_at_s = mono_s
        return Accepted(Verb.STOP, "", _NOBODY.id if isinstance(command, str) else command.id, again)

    def _stale(self, command: CommandIn, wall_s: float) -> str:
        """Why the instant of a command does not count; the offset of its clock is noted."""
        age_s = wall_s - command.ts
        if not abs(age_s) <= LONGEST_AGE_S:
            return "its ts is not the time now, in seconds since 1970"
        self._note(command.ts, age_s)
        if age_s > OLDEST_S:
            return f"it is {age_s:.1f} s old and counts for {OLDEST_S:g} s{self._clocks()}"
        if age_s < -AHEAD_S:
            return f"its ts is {-age_s:.1f} s ahead of our clock{self._clocks()}"
        return ""

    def _unfit(self, verb: Verb, command: CommandIn) -> str:
        if command.session and command.session != self._session_id:
            return "it is for another session"
        if _key(verb, command) in self._seen:
            return "it was here before"
        if verb is Verb.SAY and not command.text.strip():
            return "it has no text to say"
        if verb is Verb.SAY and not command.text.strip().isprintable():
            return "its text has signs that cannot be said"
        return ""

    def _crowd(self, mono_s: float) -> str:
        return f"more than {RATE} came within a second" if _full(self._good_at_s, mono_s) else ""

    def _remember(self, key: str) -> None:
        self._seen[key] = None
        while len(self._seen) > SEEN:
            self._seen.popitem(last=False)

    def _note(self, ts: float, offset_s: float) -> None:
        """Keep the last offsets; a clock differs where they agree over commands that were sent one after another."""
        if self._offsets and abs(ts - self._offsets[-1][0]) < STEADY_S:
            return
        self._offsets.append((ts, offset_s))
        offsets = [offset for _, offset in self._offsets]
        steady = len(offsets) == STEADY and max(offsets) - min(offsets) <= STEADY_S
        middle_s = sorted(offsets)[len(offsets) // 2]
        self.skew_s = middle_s if steady and abs(middle_s) > SKEW_S else None

    def _clocks(self) -> str:
        return "" if self.skew_s is None else "; the clocks differ all the time, set both by the network"


def _verb(topic: str, topics: Topics) -> Verb | str:
    """The verb of a topic, or why it has none."""
    found = read(topic, topics.prefix)
    if found is None or found[0] not in {topics.device, ALL}:
        return "it is for another treadmill"
    command, _, word = found[1].partition("/")
    if command != COMMAND or word not in tuple(Verb):
        return f"there is no such command; there are {', '.join(Verb)}"
    if found[0] == ALL and word != Verb.STOP:
        return "every treadmill at once can only be told to stop"
    return Verb(word)


def _read(payload: bytes) -> CommandIn | str:
    """A command, or why it is none."""
    if len(payload) > LONGEST_COMMAND:
        return f"it is longer than {LONGEST_COMMAND} bytes"
    if _depth(payload) > DEEPEST:
        return "it is nested too deep"
    try:
        return CommandIn.model_validate_json(payload)
    except ValidationError as error:
        return _wrong(error)


def _depth(payload: bytes) -> int:
    """How deep brackets are nested, those in texts too: no more than 1 KB is looked at, and nothing is built."""
    deepest = depth = 0
    for octet in payload:
        if octet in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif octet in b"}]":
            depth -= 1
    return deepest


def _wrong(error: ValidationError) -> str:
    """The first thing that is wrong, in words."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = first["loc"][0] if first["loc"] else ""
    match field, first["type"]:
        case "", "json_invalid":
            return 'it is not JSON; a command says when it was sent: {"ts": seconds since 1970}'
        case "", _:
            return "it is no JSON object with ts"
        case "ts", "missing":
            return "it has no ts: when it was sent, in seconds since 1970"
        case "ts", _:
            return "its ts is not a number of seconds since 1970"
        case "schema", _:
            return f"its schema is not {SCHEMA}"
        case _:
            return f"its {field} is not text, or is too long"


def _key(verb: Verb, command: CommandIn) -> str:
    """What tells a command from another: its id, or the instant at which it was sent."""
    return f"id {command.id}" if command.id else f"ts {verb} {command.ts!r}"


def _full(at_s: deque[float], mono_s: float) -> bool:
    return len(at_s) == RATE and mono_s - at_s[0] < RATE_S

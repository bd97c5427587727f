"""What a board shows: every treadmill of a prefix, folded from topics and payloads, the worst first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from math import inf
from types import MappingProxyType
from typing import Final, TypeVar

from pydantic import ValidationError

from coach.core.trip import COURSES, Action, Trip, action
from coach.core.wish import Phase
from coach.network import topics
from coach.network.broker import PREFIX
from coach.network.payload import IDLE, Ack, CommandIn, Event, EventType, Faces, Payload, Sample, State, Status
from coach.told import trip_words

MOST: Final = 500  # treadmills
LARGEST: Final = 16_384  # bytes of a payload; a state has under 2,000
LONGEST: Final = 120  # characters of a text
SILENT_S: Final = 15.0  # three states have not come: "online" may be two keep-alives old
LOST_S: Final = 300.0  # a treadmill that went while it ran stays on top so long
RECENT_S: Final = 20.0  # a trip that is over stays on top so long
ANSWER_S: Final = 3.0  # after an all stop: a belt that has neither slowed nor answered
ALL_STOP_S: Final = 120.0  # it is shown so long
_GRAVE: Final = Action.END_BLOCK  # milder trips are told in their row and do not raise it
_P = TypeVar("_P", bound=Payload)


class Group(IntEnum):
    """The order of the rows."""

    ALARM = 0
    REAR = 1
    RUNNING = 2
    IDLE = 3
    OFFLINE = 4


class Reach(StrEnum):
    """How coach at that treadmill is to be reached."""

    ONLINE = "online"
    SILENT = "silent"  # said to be there, and not heard
    OFFLINE = "offline"


class Stopped(StrEnum):
    """What became of an all stop at one treadmill."""

    WAITING = "asked"
    STOPPING = "stopping"
    STOPPED = "stopped"
    REFUSED = "refused"
    NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Row:
    """One treadmill; numbers are None where they are not known now."""

    device: str
    group: Group
    reach: Reach
    quiet_s: float  # since something of it was heard
    running: bool = False
    faces: Faces = Faces.IDLE
    phase: str = IDLE
    segment: str = ""
    speed_kmh: float | None = None
    heart_bpm: int | None = None
    zone: int | None = None
    left_s: float | None = None
    link: bool = False
    strap: bool = False
    simulated: bool | None = None  # None: it has not said so
    alarms: tuple[str, ...] = ()  # in words, the worst first
    notes: tuple[str, ...] = ()  # milder ones
    all_stop: Stopped | None = None
    why: str = ""  # it was refused


@dataclass(frozen=True, slots=True)
class AllStop:
    """An all stop: when it was sent, by whom, and to whom it mattered."""

    id: str
    at_s: float
    ours: bool
    devices: frozenset[str]  # whose belts moved then
    passed: bool = False  # the broker has handed it on


@dataclass(frozen=True, slots=True)
class Sent:
    """An all stop was handed to the line under a name, or why it was not."""

    id: str = ""
    refused: str = ""


@dataclass(slots=True)
class _Seen:
    """What is known of one device."""

    heard_s: float
    online: bool = True
    status: Status | None = None
    state: State | None = None
    sample: Sample | None = None
    lost_s: float = -inf  # it went offline while its belt moved, before our eyes
    tripped: str = ""
    tripped_s: float = -inf
    ack: Ack | None = None  # the last one to the all stop that counts
    stood: bool = False  # its belt has stood since
    alive: bool = False  # it was online since we look


@dataclass(slots=True)
class Board:
    """Everything that was heard, bounded; whatever comes, nothing raises."""

    prefix: str = PREFIX
    all_stop: AllStop | None = None
    unread: int = 0  # messages that could not be read
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _away_s: float = inf  # the board itself has no connection since

    @property
    def filters(self) -> Mapping[str, bool]:
        """What to subscribe to, and whether what the broker keeps of it is wanted."""
        leaves = {topics.STATUS: True, topics.STATE: True, topics.SAMPLE: False, topics.EVENT: False, topics.ACK: False}
        filters = {f"{self.prefix}/+/{leaf}": kept for leaf, kept in leaves.items()}
        return MappingProxyType({**filters, topics.all_stop(self.prefix): False})

    def linked(self, mono_s: float, *, on: bool) -> None:
        """Whether the board itself has a connection: while it has none nobody grows silent for that."""
        if not on:
            self._away_s = min(self._away_s, mono_s)
        elif self._away_s < inf:
            for seen in self._seen.values():
                seen.heard_s += mono_s - self._away_s
                seen.alive = False  # what became of it meanwhile nobody saw
            self._away_s = inf

    def take(self, topic: str, payload: bytes, mono_s: float) -> None:
        """Take a message in."""
        if topic == topics.all_stop(self.prefix):
            self._passed(payload, mono_s)
            return
        found = topics.read(topic, self.prefix)
        if found is None or topics.device_problem(found[0]):
            return
        device, leaf = found
        if leaf == topics.STATUS and not payload:  # a treadmill that was forgotten
            self._seen.pop(device, None)
            return
        self._read(device, leaf, payload, mono_s)
        seen = self._seen.get(device)
        if seen is not None and seen.online and not _moves(seen):  # it has said so itself; a will says nothing
            seen.stood = True

    def asked(self, id: str, mono_s: float) -> None:  # noqa: A002 the name that it has on the wire
        """We have sent an all stop."""
        self.all_stop = AllStop(id, mono_s, ours=True, devices=self._moving(mono_s))
        self._forget_answers()

    def rows(self, mono_s: float) -> tuple[Row, ...]:
        """Every treadmill now: alarms, facing the rear, running, idle, offline; by name where that is equal."""
        if self.all_stop is not None and mono_s - self.all_stop.at_s > ALL_STOP_S:
            self.all_stop = None
        now_s = min(mono_s, self._away_s)
        found = [self._row(device, seen, now_s) for device, seen in self._seen.items()]
        return tuple(sorted(found, key=lambda row: (row.group, _natural(row.device))))

    def _read(self, device: str, leaf: str, payload: bytes, mono_s: float) -> None:
        match leaf:
            case topics.STATUS:
                self._status(device, self._parsed(Status, payload), mono_s)
            case topics.STATE:
                if (state := self._parsed(State, payload)) is not None:
                    seen = self._of(device, mono_s)
                    seen.state, seen.sample = state if seen.online else _without_session(state), state
            case topics.SAMPLE:
                if (sample := self._parsed(Sample, payload)) is not None:
                    self._of(device, mono_s).sample = sample
            case topics.EVENT:
                event = self._parsed(Event, payload)
                if event is not None and event.event_type is EventType.TRIP:
                    seen = self._of(device, mono_s)
                    seen.tripped, seen.tripped_s = event.name or "", mono_s
            case topics.ACK:
                ack = self._parsed(Ack, payload)
                if ack is not None and self.all_stop is not None and ack.id == self.all_stop.id:
                    self._of(device, mono_s).ack = ack
                    self.all_stop = replace(self.all_stop, passed=True)
            case _:
                pass

    def _parsed(self, model: type[_P], payload: bytes) -> _P | None:
        try:
            if len(payload) <= LARGEST:
                return model.model_validate_json(payload)
        except ValidationError:
            pass
        self.unread += 1
        return None

    def _of(self, device: str, mono_s: float) -> _Seen:
        """What is known of it, which has just spoken."""
        seen = self._seen.get(device)
        if seen is None:
            if len(self._seen) >= MOST:
                oldest = min(self._seen, key=lambda name: (self._seen[name].online, self._seen[name].heard_s))
                del self._seen[oldest]
            seen = self._seen[device] = _Seen(mono_s)
        seen.heard_s = mono_s
        return seen

    def _status(self, device: str, status: Status | None, mono_s: float) -> None:
        if status is None:
            return
        seen = self._of(device, mono_s)
        online = status.status == "online"
        if seen.online and not online and seen.alive and _moves(seen):
            seen.lost_s = mono_s
        if online:
            seen.alive, seen.lost_s = True, -inf
        elif seen.state is not None:
            seen.state = _without_session(seen.state)
        seen.online, seen.status = online, status

    def _passed(self, payload: bytes, mono_s: float) -> None:
        """An all stop went over the broker: ours, or that of somebody else."""
        command = self._parsed(CommandIn, payload) if payload else None
        last = self.all_stop
        name = command.id if command is not None else ""
        if last is not None and name and name == last.id:
            self.all_stop = replace(last, passed=True)
            return
        self.all_stop = AllStop(name, mono_s, ours=False, devices=self._moving(mono_s), passed=True)
        self._forget_answers()

    def _forget_answers(self) -> None:
        for seen in self._seen.values():
            seen.ack, seen.stood = None, False

    def _moving(self, mono_s: float) -> frozenset[str]:
        return frozenset(name for name, seen in self._seen.items() if _moves(seen) or mono_s - seen.lost_s < LOST_S)

    def _row(self, device: str, seen: _Seen, mono_s: float) -> Row:
        quiet_s = max(mono_s - seen.heard_s, 0.0)
        reach = Reach.OFFLINE if not seen.online else Reach.SILENT if quiet_s > SILENT_S else Reach.ONLINE
        alarms, notes = _alarms(seen, reach, mono_s)
        asked, why = self._answer(device, seen, mono_s)
        state = seen.state
        if state is None:
            known = seen.status if reach is not Reach.OFFLINE else None
            return Row(
                device,
                _group(seen, reach, alarms),
                reach,
                quiet_s,
                running=known is not None and known.running,
                faces=known.facing if known is not None else Faces.IDLE,
                phase=clean(known.phase) if known is not None else IDLE,
                alarms=alarms,
                all_stop=asked,
                why=why,
            )
        live = reach is Reach.ONLINE
        sample = seen.sample if live and state.phase != IDLE else None
        return Row(
            device,
            _group(seen, reach, alarms),
            reach,
            quiet_s,
            running=state.running,
            faces=state.facing,
            phase=clean(state.phase),
            segment=clean(state.segment or "") if sample is not None else "",
            speed_kmh=sample.speed_kmh if sample is not None else None,
            heart_bpm=sample.heart_bpm if sample is not None else None,
            zone=sample.zone if sample is not None else None,
            left_s=sample.left_s if sample is not None else None,
            link=live and state.link,
            strap=live and state.strap,
            simulated=state.simulated,
            alarms=alarms,
            notes=notes,
            all_stop=asked,
            why=why,
        )

    def _answer(self, device: str, seen: _Seen, mono_s: float) -> tuple[Stopped | None, str]:
        asked = self.all_stop
        if asked is None or device not in asked.devices:
            return None, ""
        if seen.stood:
            return Stopped.STOPPED, ""
        if not seen.online:
            return Stopped.NO_ANSWER, ""
        if seen.ack is not None:
            return (Stopped.STOPPING, "") if seen.ack.accepted else (Stopped.REFUSED, clean(seen.ack.why))
        return Stopped.WAITING if mono_s - asked.at_s <= ANSWER_S else Stopped.NO_ANSWER, ""


def _without_session(state: State) -> State:
    """What a broker kept of a coach that has gone says nothing about now."""
    return state.model_copy(update={"running": False, "facing": Faces.IDLE, "phase": IDLE})


def _moves(seen: _Seen) -> bool:
    """Its belt moves or may move, as far as it has said."""
    said = seen.state if seen.state is not None else seen.status
    return said is not None and said.running


def _faces(seen: _Seen) -> Faces:
    said = seen.state if seen.state is not None else seen.status
    return said.facing if said is not None else Faces.IDLE


def _group(seen: _Seen, reach: Reach, alarms: Iterable[str]) -> Group:
    if any(alarms):
        return Group.ALARM
    if reach is not Reach.ONLINE:
        return Group.OFFLINE if reach is Reach.OFFLINE else Group.IDLE
    faces, moves = _faces(seen), _moves(seen)
    if faces is Faces.REAR or (faces is Faces.NOT_SAID and moves):
        return Group.REAR
    return Group.RUNNING if moves else Group.IDLE


_PHASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Phase.BELT_MOVES.value: "the belt moves by itself",
        Phase.STOP_FAILED.value: "a stop is not obeyed",
        Phase.KEY.value: "the safety key is pulled",
    }
)
_NAMES: Final = frozenset(trip.value for trip in Trip)
COACH_GONE: Final = "coach has gone while the belt moved: look at the belt"
COACH_SILENT: Final = "nothing is heard while the belt moves: look at the belt"
NO_LINK: Final = "coach does not reach the treadmill: the belt may run on"


def _alarms(seen: _Seen, reach: Reach, mono_s: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Alarms and milder notes, in words."""
    return tuple(dict.fromkeys(_grave(seen, reach, mono_s))), tuple(dict.fromkeys(_mild(seen, reach)))


def _grave(seen: _Seen, reach: Reach, mono_s: float) -> Iterator[str]:
    if mono_s - seen.lost_s < LOST_S:
        yield COACH_GONE
    if reach is Reach.SILENT and _moves(seen):
        yield COACH_SILENT
    state = seen.state
    if reach is not Reach.OFFLINE and state is not None:
        if state.phase in _PHASES:
            yield _PHASES[state.phase]
        if not state.link and state.running:
            yield NO_LINK
        yield from (_words(trip) for trip in state.trips if _is_grave(trip, state))
    if mono_s - seen.tripped_s < RECENT_S and _is_grave(seen.tripped, state):
        yield _words(seen.tripped)


def _mild(seen: _Seen, reach: Reach) -> Iterator[str]:
    if reach is Reach.ONLINE and seen.state is not None:
        yield from (_words(trip) for trip in seen.state.trips if not _is_grave(trip, seen.state))


def _is_grave(trip: str, state: State | None) -> bool:
    """It stops somebody; one that nobody here knows may be any."""
    rear = state is None or state.facing in {Faces.REAR, Faces.NOT_SAID}
    if trip not in _NAMES:
        return True
    return COURSES[Trip(trip)].counts and action(Trip(trip), rear=rear) >= _GRAVE


def _words(trip: str) -> str:
    return clean(trip_words(trip)) or "a trip without a name"


def clean(text: str) -> str:
    """A text of somebody else, as it can stand in a line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:LONGEST]).split())


_PARTS: Final = re.compile(r"(\d{1,9})")


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """Treadmill-2 before treadmill-10."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in _PARTS.split(name) if part)

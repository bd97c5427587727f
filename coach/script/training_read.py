"""A training plan as its author wrote it: the keys there are, what they mean, and each problem at its place.

Nothing is looked up here: whether a workout exists and what a week comes to is asked by training_rule.py.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from coach.core.workout import Level
from coach.script.problem import Findings, Place, quoted
from coach.script.source import Listing, Node, Table, Text
from coach.script.values import Values

FORMAT: Final = "1"
MOST_WEEKS: Final = 52  # a year
DAYS: Final = 7  # of a week, and so the most sessions: one a day
USUAL_STEP: Final = 2  # days to the next session where its day is left out

# The keys, with what the JSON schema says of them.
PLAN_KEYS: Final[Mapping[str, str]] = {
    "plan": "The format of the file, 1. It is what makes a file a plan and no workout.",
    "name": "What the runner sees.",
    "description": "What the weeks are, in one or two sentences.",
    "purpose": "What the plan does for the runner.",
    "source": "Where the doses come from.",
    "author": "Who wrote it.",
    "language": "The language of its texts, such as en or de.",
    "tags": "Words to find it by.",
    "level": "The level that the runner has on the first day.",
    "repeat-if": "When a week is done again: a sentence, or a list of them.",
    "weeks": "The weeks, in order.",
}
WEEK_KEYS: Final[Mapping[str, str]] = {
    "aim": "What the week is for, in one sentence.",
    "easy": "Why the week is lighter than the one before; it makes the week an easy one.",
    "level": "The level that the runner has from this week on.",
    "sessions": "The sessions of the week, in order.",
}
SESSION_KEYS: Final[Mapping[str, str]] = {
    "workout": "A shipped name, or a file beside the plan.",
    "day": "The day of the week, 1 to 7, counted from the first day; left out it is two days after the one before.",
    "set": "Other values for parameters of the workout, as --set takes them.",
    "note": "What to heed on that day.",
}
REQUIRED: Final = {  # with the fix where it is missing
    "plan": "write plan: 1",
    "name": "write name: My plan",
    "level": "write level: beginner",
    "weeks": "list its weeks under weeks:, each with a dash",
}
_INSTEAD: Final = {
    "format": "plan", "version": "plan", "title": "name", "session": "sessions", "days": "sessions", "goal": "aim",
    "params": "set", "sets": "set", "with": "set", "values": "set", "comment": "note", "say": "note", "run": "workout",
    "repeat": "repeat-if", "repeat_if": "repeat-if", "rest": "day", "week": "weeks", "deload": "easy",
}  # fmt: skip
_START: Final = Place(1, 1)


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a week."""

    workout: str  # as written
    day: int  # 1 to 7, counted from the first day of the week
    sets: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    place: Place = _START  # of the name of the workout
    day_at: Place = _START
    set_at: Mapping[str, tuple[Place, Place]] = field(default_factory=dict)  # name and value


@dataclass(frozen=True, slots=True)
class Week:
    """One week; `level` is None where it stays what it was."""

    number: int  # counted from 1
    sessions: tuple[Session, ...]
    aim: str = ""
    easy: str = ""  # why it is lighter
    level: Level | None = None
    place: Place = _START
    easy_at: Place = _START
    level_at: Place = _START


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Weeks of sessions."""

    name: str
    level: Level  # of the runner on the first day
    weeks: tuple[Week, ...]
    description: str = ""
    purpose: str = ""
    source: str = ""
    author: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    repeat_if: tuple[str, ...] = ()


def read_training(root: Node, text: str, findings: Findings) -> TrainingPlan | None:
    """The plan in a tree, as far as it can be read: where findings.failed, it only tells which workouts it names."""
    return _PlanReader(text, findings).plan(root)


class _PlanReader(Values):
    """Walks the tree once, with the fields and the messages of workouts."""

    def __init__(self, text: str, findings: Findings) -> None:
        super().__init__(text, findings)
        self._meant = set[str]()  # by the keys of the last table that are none

    def plan(self, root: Node) -> TrainingPlan | None:
        if not isinstance(root, Table):
            message = 'a plan has the keys "plan:", "name:", "level:" and "weeks:", here is none'
            self.error(root.place, "plan-format", message, "begin with a copy of one that coach plan lists")
            return None
        there = {key.value: key for key, _ in root.items}
        if "steps" in there and not {"plan", "weeks"} & set(there):
            message = "this is a workout and no plan, it has steps and no weeks"
            self.error(there["steps"].place, "plan-format", message, "coach run runs it, a plan names it")
            return None
        keys = self._keys_of(root, "a plan", PLAN_KEYS)
        self._all_there(keys)
        prose = {name: self._line(keys, name) for name in ("description", "purpose", "source", "author", "language")}
        self._plan_format(keys)
        level, name = self._row(keys), self._title(keys)
        weeks = tuple(self._weeks(*keys["weeks"])) if "weeks" in keys else ()
        tags, again = self._list(keys, "tags"), self._list(keys, "repeat-if")
        return TrainingPlan(name or "", level or Level.BEGINNER, weeks, **prose, tags=tags, repeat_if=again)

    def _all_there(self, keys: Mapping[str, tuple[Text, Node]]) -> None:
        for name, fix in REQUIRED.items():
            if name not in keys and name not in self._meant:
                place = keys["name"][0].place if "name" in keys else Place(1, 1)
                self.error(place, "key-missing", f'the plan has no "{name}:"', fix)

    def _plan_format(self, keys: Mapping[str, tuple[Text, Node]]) -> None:
        text = self.scalar(*keys["plan"], "1") if "plan" in keys else None
        if text is not None and text.value.strip() != FORMAT:
            fix = "this coach reads plan: 1; a newer coach may read it"
            self.error(text.place, "plan-format", f"plans of format {quoted(text.value)} are not known", fix)

    def _title(self, keys: Mapping[str, tuple[Text, Node]]) -> str | None:
        return self.name(*keys["name"]) if "name" in keys else None

    def _row(self, keys: Mapping[str, tuple[Text, Node]]) -> Level | None:
        return self.level(*keys["level"]) if "level" in keys else None

    def _line(self, keys: Mapping[str, tuple[Text, Node]], name: str) -> str:
        found = self.prose(*keys[name]) if name in keys else None
        return " ".join(found.split()) if found else ""

    def _list(self, keys: Mapping[str, tuple[Text, Node]], name: str) -> tuple[str, ...]:
        """One text, or a list of them."""
        if name not in keys:
            return ()
        key, node = keys[name]
        items = node.items if isinstance(node, Listing) else [node]
        found = (self.prose(key, item) for item in items)
        return tuple(" ".join(one.split()) for one in found if one)

    # Weeks

    def _weeks(self, key: Text, node: Node) -> Iterator[Week]:
        tables = list(self._tables(key, node, "weeks", "- aim: Learn the turn."))
        if len(tables) > MOST_WEEKS:
            message = f"the plan has {len(tables)} weeks, {MOST_WEEKS} are the most"
            self.error(key.place, "too-long", message, "write what comes after that as a second plan")
            return
        for number, table in enumerate(tables, 1):
            yield self._week(number, table)

    def _week(self, number: int, table: Table) -> Week:
        keys = self._keys_of(table, "a week", WEEK_KEYS)
        sessions = tuple(self._sessions(*keys["sessions"])) if "sessions" in keys else ()
        if "sessions" not in keys and "sessions" not in self._meant:
            fix = "write sessions: in it, and the sessions below, each with a dash"
            self.error(table.place, "key-missing", f'week {number} has no "sessions:"', fix)
        easy, level = (keys[name][0].place if name in keys else table.place for name in ("easy", "level"))
        if "easy" in keys and not self._line(keys, "easy"):
            self.error(easy, "value-missing", "easy: says why the week is easy, here is nothing")
        return Week(
            number,
            sessions,
            aim=self._line(keys, "aim"),
            easy=self._line(keys, "easy"),
            level=self._row(keys),
            place=table.place,
            easy_at=easy,
            level_at=level,
        )

    def _tables(self, key: Text, node: Node, what: str, example: str) -> Iterator[Table]:
        """The items of a list of maps; what else is in it is a problem."""
        if not isinstance(node, Listing) or not node.items:
            none = isinstance(node, Listing) or (isinstance(node, Text) and node.empty)
            message = f"{key.value}: has no {what}" if none else f"{key.value}: is a list of {what}, each with a dash"
            place = key.place if none else node.place
            self.error(place, "plan-format", message, f"begin with {example}")
            return
        for item in node.items:
            if isinstance(item, Table):
                yield item
            elif isinstance(item, Text) and (squeezed := re.match(r"([a-z-]+):(\S.*)", item.value)):
                self.blank_missing(item.place, squeezed[1], squeezed[2])
            else:
                message = f"this is no {what.removesuffix('s')}, which is a map of keys to values"
                self.error(item.place, "plan-format", message, f"write {example}")

    # Sessions

    def _sessions(self, key: Text, node: Node) -> Iterator[Session]:
        day = 1 - USUAL_STEP
        for number, table in enumerate(self._tables(key, node, "sessions", "- workout: first-steps-back"), 1):
            if number > DAYS:
                message = f"a week has at most {DAYS} sessions, one a day"
                self.error(table.place, "plan-days", message, "put it into the next week")
                return
            session = self._session(table, day)
            if session is not None:
                yield session
                day = session.day

    def _session(self, table: Table, before: int) -> Session | None:
        keys = self._keys_of(table, "a session", SESSION_KEYS)
        if "workout" not in keys:
            if "workout" in self._meant:
                return None
            fix = "write workout: first-steps-back, or another that coach list shows"
            self.error(table.place, "key-missing", 'this session has no "workout:"', fix)
            return None
        workout = self.scalar(*keys["workout"], "first-steps-back")
        day = self._day(keys, before, table.place)
        sets, at = self._sets(keys)
        if workout is None:
            return None
        place = keys["day"][1].place if "day" in keys else table.place
        return Session(
            workout.value.strip(),
            before if day is None else day,
            sets,
            self._line(keys, "note"),
            workout.place,
            place,
            at,
        )

    def _day(self, keys: Mapping[str, tuple[Text, Node]], before: int, place: Place) -> int | None:
        if "day" in keys:
            text = self.scalar(*keys["day"], "3")
            if text is None:
                return None
            place, said = text.place, text.value.strip()
            day = int(said) if re.fullmatch("[0-9]", said) else 0
        else:
            day, said = before + USUAL_STEP, str(before + USUAL_STEP)
        if not 1 <= day <= DAYS:
            fix = "days are 1 to 7, counted from the first day of the week"
            self.error(place, "plan-days", f"{quoted(said)} is not a day of a week", fix)
        elif day <= before:
            message = f"day {day} does not come after day {before}, the session before"
            self.error(place, "plan-days", message, "one session a day, in order")
        else:
            return day
        return None

    def _sets(self, keys: Mapping[str, tuple[Text, Node]]) -> tuple[dict[str, str], dict[str, tuple[Place, Place]]]:
        sets, places = dict[str, str](), dict[str, tuple[Place, Place]]()
        if "set" in keys:
            for name, value in self.table(*keys["set"], "{back: 3 km/h}"):
                text = self.scalar(name, value, "3 km/h")
                if text is not None and self.good_name(name):
                    sets[name.value] = text.value.strip()
                    places[name.value] = name.place, text.place
        return sets, places

    def _keys_of(self, table: Table, whose: str, known: Mapping[str, str]) -> dict[str, tuple[Text, Node]]:
        """The keys of a table; another one is a problem, and what was meant by it is not missing as well."""
        self._meant = set[str]()
        return {key.value: (key, node) for key, node in self.items(table) if self._known(key, whose, known)}

    def _known(self, key: Text, whose: str, keys: Mapping[str, str]) -> bool:
        """It is one of the keys, or the problem is noted."""
        if key.value in keys:
            return True
        word = key.value.lower()
        meant = word if word in keys else _INSTEAD.get(word, "")
        close = [meant] if meant in keys else difflib.get_close_matches(word[:40], keys, 1)
        self._meant |= set(close)
        fix = f"did you mean {close[0]}?" if close else f"keys are {', '.join(keys)}"
        self.error(key.place, "unknown-key", f"{whose} has no key {quoted(key.value)}", fix)
        return False

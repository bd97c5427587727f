"""What is known of the runners beside their settings: screening, consent, balance, button, days, and how far set-up is.

One JSON file in the folder of the user's data, readable by him alone. Whoever writes reads it again first and replaces
one record, so that of two processes the last word on each runner holds. Nothing here looks at a clock: instants are
ISO 8601 texts with a zone, days ISO dates, both given by the caller.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from coach import places
from coach.core.error import CoachError
from coach.core.workout import Level
from coach.gate import Facts, Screening
from coach.setup.screening import CONSENT_VERSION, balance_level

SCHEMA: Final = 1  # of what is written; a reader refuses others
FILE: Final = "people.json"
LONGEST_S: Final = 3600.0  # of anything that is timed; more is damage
KEPT_DAYS: Final = 60  # answers of each day; older ones say nothing any more


class PeopleError(CoachError):
    """What is known of the runners cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Person:
    """A runner; the name is that of [runner.NAME] in the settings, empty where there is only one and he has none."""

    name: str = ""
    born: int | None = None  # year
    screened_at: str | None = None
    yes: tuple[str, ...] = ()  # keys of the health questions that were answered with yes
    cleared_on: str | None = None  # by a doctor, after the screening
    cleared_by: str = ""
    consented_at: str | None = None
    consent: int = 0  # version of the text that was agreed to
    balance_s: float | None = None  # for 3 m backward on the floor
    buttons: Mapping[str, str] = field(default_factory=dict)  # what a presenter sends, as hex, and its name
    heard_at: str | None = None  # the alarm, facing away
    done: Mapping[str, str] = field(default_factory=dict)  # step of the set-up -> when
    days: Mapping[str, bool] = field(default_factory=dict)  # date -> all was as it must be

    @property
    def sends(self) -> tuple[str, ...]:
        """What his presenter's buttons send to a terminal; what is no such text is left out."""
        found = []
        for one in self.buttons:
            with suppress(ValueError):
                found.append(bytes.fromhex(one).decode())
        return tuple(found)

    @property
    def screening(self) -> Screening:
        """Unasked, clear, or flagged until a doctor has cleared it."""
        if self.screened_at is None:
            return Screening.UNASKED
        return Screening.FLAGGED if self.yes and self.cleared_on is None else Screening.CLEAR

    @property
    def consented(self) -> bool:
        """He has agreed to the text that holds today."""
        return self.consented_at is not None and self.consent >= CONSENT_VERSION

    @property
    def most(self) -> Level | None:
        """The fastest level that his balance allows; None: any, or it was not measured."""
        return None if self.balance_s is None else balance_level(self.balance_s)

    def age(self, year: int) -> int | None:
        """In a year, as far as a year of birth tells."""
        return None if self.born is None else year - self.born

    def finished(self, step: str, at: str) -> Person:
        """A step of the set-up is done."""
        return replace(self, done={**self.done, step: at})

    def answered(self, day: date, *, well: bool) -> Person:
        """The screen of a day was answered; the last answer of a day holds."""
        days = {**self.days, day.isoformat(): well}
        return replace(self, days=dict(sorted(days.items())[-KEPT_DAYS:]))

    def well_on(self, day: date) -> bool | None:
        """What he said that day; None: he was not asked."""
        return self.days.get(day.isoformat())


def facts(person: Person, *, simulated: bool, proved: bool, tested: bool, today: date) -> Facts:
    """What the gate takes of a runner and a machine; what belongs to a session is added by whoever runs it."""
    return Facts(
        simulated=simulated,
        age=person.age(today.year),
        screening=person.screening,
        consented=person.consented,
        proved=proved,
        tested=tested,
        asked_today=person.well_on(today) is True,
    )


class People:
    """The file of all runners.

    `trouble` is a sentence about a file that could not be read; it was put aside, and nobody is in it any more.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path: Final = path or places.choices().with_name(FILE)
        self.trouble = ""

    def all(self) -> tuple[Person, ...]:
        """Every runner who has a record, by name."""
        return tuple(self._read().values())

    def person(self, name: str = "") -> Person:
        """The runner of that name; an empty record where there is none."""
        return self._read().get(name, Person(name))

    def remember(self, person: Person) -> None:
        """Write one record; those of others stay as they are now.

        Raises:
            PeopleError: it cannot be written.
        """
        people = {**self._read(), person.name: person}
        self._write(people)

    def forget(self, name: str) -> bool:
        """Take a record out; whether there was one.

        Raises:
            PeopleError: the file cannot be written.
        """
        people = self._read()
        if name not in people:
            return False
        del people[name]
        self._write(people)
        return True

    def _read(self) -> dict[str, Person]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            return self._aside(str(error))
        try:
            return parsed(text)
        except (ValueError, RecursionError, PeopleError) as error:
            return self._aside(str(error))

    def _aside(self, why: str) -> dict[str, Person]:
        """Nothing is ever written over a file that could not be read."""
        damaged = self.path.with_suffix(".damaged.json")
        try:
            self.path.replace(damaged)
            kept = f"it is kept as {damaged.name}, and every runner is asked again"
        except OSError:
            kept = "and it cannot be put aside"
        self.trouble = f"{self.path} cannot be read ({why}); {kept}."
        return {}

    def _write(self, people: Mapping[str, Person]) -> None:
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # health is nobody else's business
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text_of(people))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                new.unlink()
            raise PeopleError(f"{self.path}: {(error.strerror or str(error)).lower()}") from error


def text_of(people: Mapping[str, Person]) -> str:
    """All records as JSON."""
    records = [asdict(people[name]) for name in sorted(people)]
    return json.dumps({"schema": SCHEMA, "people": records}, ensure_ascii=False, indent=2) + "\n"


def parsed(text: str) -> dict[str, Person]:
    """All records of a text; keys that nobody here knows are left out.

    Raises:
        ValueError: it is no JSON, or has a date that is none.
        PeopleError: it is no such text, or a record has something that cannot be. No record is then taken: a screening
            must not come out of damage.
    """
    told = json.loads(text)
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise PeopleError("it was not written by this version of coach")
    records = told.get("people")
    if not isinstance(records, list):
        raise PeopleError("people is not a list")
    people = {person.name: person for person in map(_person, records)}
    _ = text_of(people).encode()  # JSON can hold what is no text, and that could never be written again
    return people


def _person(record: object) -> Person:
    if not isinstance(record, dict):
        raise PeopleError("a record is not an object")
    born, balance = record.get("born"), record.get("balance_s")
    days = record.get("days", {})
    if born is not None and (isinstance(born, bool) or not isinstance(born, int)):
        raise PeopleError(f"born is {born!r}")
    if balance is not None and (isinstance(balance, bool) or not isinstance(balance, int | float)):
        raise PeopleError(f"balance_s is {balance!r}")
    if balance is not None and not 0 <= balance <= LONGEST_S:
        raise PeopleError("balance_s is not a time")
    if not isinstance(days, dict) or not all(isinstance(well, bool) for well in days.values()):
        raise PeopleError("days are no answers")
    yes = record.get("yes", [])
    if not isinstance(yes, list):
        raise PeopleError("yes is not a list")
    consent = record.get("consent", 0)
    if isinstance(consent, bool) or not isinstance(consent, int):
        raise PeopleError(f"consent is {consent!r}")
    return Person(
        name=_text(record, "name"),
        born=born,
        screened_at=_instant(record, "screened_at"),
        yes=tuple(str(key) for key in yes),
        cleared_on=_day(record, "cleared_on"),
        cleared_by=_text(record, "cleared_by"),
        consented_at=_instant(record, "consented_at"),
        consent=consent,
        balance_s=None if balance is None else float(balance),
        buttons=_texts(record, "buttons"),
        heard_at=_instant(record, "heard_at"),
        done=_texts(record, "done"),
        days={date.fromisoformat(str(day)).isoformat(): bool(well) for day, well in days.items()},
    )


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key, "")
    if not isinstance(value, str):
        raise PeopleError(f"{key} is not text")
    return value


def _texts(record: Mapping[str, object], key: str) -> dict[str, str]:
    value = record.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise PeopleError(f"{key} is not a table of texts")
    return {str(name): str(one) for name, one in value.items()}


def _instant(record: Mapping[str, object], key: str) -> str | None:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is None:
        raise PeopleError(f"{key} is not an instant: {value!r}")
    return value


def _day(record: Mapping[str, object], key: str) -> str | None:
    value = record.get(key)
    return None if value is None else date.fromisoformat(str(value)).isoformat()

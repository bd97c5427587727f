"""What this user knows of his own treadmills and straps: one JSON file beside the sessions (safety.md 5).

A record is written whole, under a lock, into a file that was read a moment before: of two processes that write the same
record the later one wins, and neither loses the records of the other. What cannot be read is kept aside and said.
Instants are ISO 8601 texts in UTC that the caller gives; nothing here asks a clock.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from coach import places
from coach.core.error import MachineError
from coach.core.machine import UNKNOWN_INCLINE, UNKNOWN_SPEED, MachineProfile, Range, Units
from coach.keeper.lock import HeldError, Lock
from coach.known import Content, Known, KnownStrap, check, parsed, profile_with, text_of
from coach.link.habits import Habits
from coach.link.models import Model, model, model_of
from coach.link.sighting import Sighting

_T = TypeVar("_T", Known, KnownStrap)
_BACK: Final = "What is missing comes back with: coach setup"


class Store:
    """The file with what is known; `told` says what was wrong with it when it was read last."""

    def __init__(self, path: Path | None = None) -> None:
        """Nothing is read before it is asked for; without a path it is the file of this user."""
        self.path = path or places.machines()
        self.told = ""
        self._content: Content | None = None

    def load(self) -> None:
        """Read the file again. What cannot be read is kept aside, and `told` says where.

        Raises:
            MachineError: the file is there and may not be read, or what is broken cannot be put aside.
        """
        self.told = ""
        self._content, wrong = self._read()
        if wrong:
            self._change(lambda content: content)

    def machines(self) -> tuple[Known, ...]:
        """All treadmills, the last used first; those that were never used by name."""
        return _ordered(self._loaded().machines)

    def straps(self) -> tuple[KnownStrap, ...]:
        """All heart straps, the last used first."""
        return _ordered(self._loaded().straps)

    def machine(self, word: str) -> Known:
        """The treadmill of that address or name, or the only one with that in its name; capitals do not matter.

        Raises:
            MachineError: there is none, or there are several; the message names them.
        """
        return _chosen(self.machines(), word, "treadmill")

    def strap(self, word: str) -> KnownStrap:
        """The strap of that address or name, or the only one with that in its name.

        Raises:
            MachineError: there is none, or there are several; the message names them.
        """
        return _chosen(self.straps(), word, "heart strap")

    def remember(self, known: Known) -> None:
        """Write a treadmill down, in place of what was known under its address.

        Raises:
            MachineError: a fact or an instant is none, or the file cannot be written.
        """
        check(known)
        self._change(lambda content: replace(content, machines=_with(content.machines, known)))

    def remember_strap(self, strap: KnownStrap) -> None:
        """Write a strap down, in place of what was known under its address.

        Raises:
            MachineError: an instant is none, or the file cannot be written.
        """
        check(strap)
        self._change(lambda content: replace(content, straps=_with(content.straps, strap)))

    def amend(self, address: str, change: Callable[[Known], Known]) -> Known:
        """Change what is known of a treadmill, as it stands in the file at this moment; returns what was written.

        Raises:
            MachineError: it is not known, a fact or an instant is none, or the file cannot be written.
        """
        made: list[Known] = []

        def amended(content: Content) -> Content:
            made.append(change(_chosen(content.machines, address, "treadmill")))
            check(made[-1])
            return replace(content, machines=_with(content.machines, made[-1]))

        self._change(amended)
        return made[-1]

    def forget(self, word: str) -> Known:
        """Forget a treadmill, its proof and its test; returns what was known.

        Raises:
            MachineError: there is none, or there are several; or the file cannot be written.
        """
        self.load()
        known = self.machine(word)
        self._change(lambda content: replace(content, machines=_without(content.machines, known.address)))
        return known

    def forget_strap(self, word: str) -> KnownStrap:
        """Forget a strap; returns what was known.

        Raises:
            MachineError: there is none, or there are several; or the file cannot be written.
        """
        self.load()
        strap = self.strap(word)
        self._change(lambda content: replace(content, straps=_without(content.straps, strap.address)))
        return strap

    def _loaded(self) -> Content:
        if self._content is None:
            self.load()
        assert self._content is not None
        return self._content

    def _change(self, change: Callable[[Content], Content]) -> None:
        """Read, change, write, with nobody between."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(Lock(self.path.parent, "machines", "writes down what it knows of treadmills")):
                before, wrong = self._read()
                after = change(before)
                if wrong:
                    aside = _aside(self.path)
                    self.path.replace(aside)
                    self.told = f"{self.path}: {wrong}; it was kept as {aside.name}. {_BACK}"
                if after != before or wrong:
                    _write(self.path, after)
        except HeldError as error:
            raise MachineError(f"{self.path}: another coach is writing to it; try again") from error
        except OSError as error:
            raise MachineError(f"{self.path}: {(error.strerror or str(error)).lower()}") from error
        self._content = after

    def _read(self) -> tuple[Content, str]:
        """What stands in the file and can be read, and what is wrong with the rest."""
        try:
            text = self.path.read_bytes().decode()
        except FileNotFoundError:
            return Content(), ""
        except UnicodeDecodeError:
            return Content(), "is not UTF-8 text"
        except OSError as error:
            raise MachineError(f"{self.path}: cannot be read: {(error.strerror or str(error)).lower()}") from error
        return parsed(text)


def profile_for(known: Known | None, name: str = "") -> MachineProfile:
    """How coach takes a machine: that of nobody knows what, then its model, then what was found out on it.

    `known.tested_at` makes it a known one; without the test it keeps going when the link is lost, whatever was found.
    """
    kind = model_for(known, name)
    profile = MachineProfile() if kind is None else kind.profile
    if known is not None:
        profile = profile_with(profile, known.found)
    called = (known.name if known else "") or name
    tested = known is not None and known.tested_at is not None
    return replace(
        profile,
        name=called.strip() or profile.name,
        known=tested,
        simulated=not known.real if known else Sighting("", name).simulated,
        unit_answered=known is not None and known.units is not None and known.units.answered,
        keeps_on_link_loss=profile.keeps_on_link_loss or not tested,
    )


def habits_for(known: Known | None, name: str = "") -> Habits:
    """What the machine wants of the radio."""
    kind = model_for(known, name)
    return Habits() if kind is None else kind.habits


def units_for(known: Known | None, name: str = "") -> Units:
    """The units to begin a session with: remembered ones, else the model's; each session agrees and measures anew.

    Some models change theirs with the console; `console_miles` among what was found says what it shows.
    """
    if known is not None and known.units is not None:
        return Units(target=known.units.target, report=known.units.report)
    kind = model_for(known, name)
    if kind is None:
        return Units()
    return kind.units_in_miles if known is not None and known.found.get("console_miles") is True else kind.units


def speeds_for(known: Known | None, name: str = "") -> Range:
    """What can be set, km/h: what the machine sent, in its unit, less what its model is known not to take."""
    sent, factor = (known.speeds if known else None) or UNKNOWN_SPEED, units_for(known, name).target
    return profile_for(known, name).speeds(Range(sent.low * factor, sent.high * factor, sent.step * factor))


def inclines_for(known: Known | None, name: str = "") -> Range:
    """What can be set, percent: what the machine sent, less what its model is known not to take."""
    return profile_for(known, name).inclines((known.inclines if known else None) or UNKNOWN_INCLINE)


def auto_choice(store: Store) -> Known | MachineError:
    """The treadmill that `auto` means: a real one that this user proved, the last used of several (safety.md 5)."""
    proved = [known for known in store.machines() if known.proved_at is not None and known.real]
    if proved:
        return proved[0]
    return MachineError("No treadmill of yours is set up yet: coach setup finds it and has you prove it")


def model_for(known: Known | None, name: str = "") -> Model | None:
    """The model that the record names, else the one that its name, or the name heard, is a pattern of."""
    if known is None:
        return model_of(name)
    return (model(known.model) if known.model else None) or model_of(known.name or name)


def _ordered(records: Sequence[_T]) -> tuple[_T, ...]:
    by_name = sorted(records, key=lambda one: (one.name.casefold(), one.address))
    return tuple(sorted(by_name, key=lambda one: _instant_s(one.last_used_at), reverse=True))


def _instant_s(at: str | None) -> float:
    return 0.0 if at is None else datetime.fromisoformat(at).timestamp()


def _chosen(records: Sequence[_T], word: str, what: str) -> _T:
    wanted = word.strip().casefold()
    ways: tuple[Callable[[_T], bool], ...] = (
        lambda one: one.address.casefold() == wanted,
        lambda one: one.name.casefold() == wanted,
        lambda one: wanted in one.name.casefold(),
    )
    for fits in ways if wanted else ():
        found = [one for one in records if fits(one)]
        if len(found) == 1:
            return found[0]
        if found:
            raise MachineError(f"{word!r} is the name of several {what}s: {_listed(found)}; say the address of one")
    there = f"there are {_listed(records)}" if records else "there are none yet; coach setup finds one"
    raise MachineError(f"you have no {what} {word!r}; {there}")


def _listed(records: Sequence[_T]) -> str:
    return ", ".join(f"{one.label} ({one.address})" for one in records)


def _with(records: tuple[_T, ...], record: _T) -> tuple[_T, ...]:
    kept = list(_without(records, record.address))
    kept.append(record)
    return tuple(kept)


def _without(records: tuple[_T, ...], address: str) -> tuple[_T, ...]:
    return tuple(one for one in records if one.address.casefold() != address.casefold())


def _aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    return aside


def _write(path: Path, content: Content) -> None:
    """Whole or not at all, also when the power goes."""
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text_of(content))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)

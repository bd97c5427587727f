"""What a runner may run backward today on a real belt: by his settings, his balance and his recorded sessions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from coach import places
from coach.cli.whose import Whose, known
from coach.core.error import CoachError
from coach.core.level import Allowance
from coach.core.workout import Level
from coach.history.allowance import Own, Standing, standing
from coach.history.experience import ORDER
from coach.history.past import Past
from coach.history.recover import DAMAGED
from coach.history.store import Archive
from coach.history.summary import CUT_OFF
from coach.people import People
from coach.places import configured
from coach.shelf import History, Recent

_NAMED: Final = re.compile(r"(\d{4}-\d\d-\d\d)-\d{6}")


@dataclass(frozen=True, slots=True)
class Record:
    """The sessions of a runner on real belts, as far as they can be read."""

    sessions: tuple[Past, ...]  # with the falls of those that are nobody's
    unread: tuple[date, ...] = ()  # the days of those that cannot be read or are nobody's: they may be his
    lost: str = ""  # why none can be read, though there may be some


def now() -> datetime:
    """Here, by the wall clock."""
    return datetime.now(UTC).astimezone()


def allowance_of(name: str) -> Allowance:
    """What a runner's history allows today; `name` as history knows him."""
    return standing_of(Whose.among(name, known())).allowance


def standing_of(whose: Whose) -> Standing:
    """Where a runner stands today."""
    return standing_by(record_of(whose), own_of(whose.name))


def standing_by(record: Record, own: Own) -> Standing:
    """Where a runner stands today with this record. One that cannot be read allows no more than a first session has."""
    at = now()
    if not record.lost:
        return standing(record.sessions, own, at, record.unread)
    first = standing((), replace(own, level=min(own.level, Level.BEGINNER, key=ORDER.index), granted_by=""), at)
    reason = f"Your sessions cannot be read, so this one counts as the first: {record.lost}"
    return replace(first, allowance=replace(first.allowance, reason=reason))


def history_of(now: Standing, recent: tuple[Recent, ...] = ()) -> History:
    """Where a runner stands, as the shelf takes it."""
    return History(
        recent,
        now.sessions,
        now.backward_s,
        now.level,
        now.next_level,
        now.missing,
        now.allowance,
        now.why_not_today,
    )


def record_of(whose: Whose) -> Record:
    """His sessions on real belts; never raises for what is in the folder."""
    try:
        with Archive() as archive:
            record = record_in(archive, whose)
    except (CoachError, OSError) as error:
        return Record((), lost=str(error) or type(error).__name__)
    return record if record.sessions else replace(record, lost=_unlisted(places.journals(simulated=False)))


def record_in(archive: Archive, whose: Whose) -> Record:
    """The sessions of a runner. Where there are several runners, one without a name may be his and never helps him."""
    unread = tuple(_days((*archive.unread(), *_kept_as_found(archive.folder.path))))
    nobodys = () if whose.only else archive.sessions(who="")
    falls = tuple(replace(one, ended=CUT_OFF, backward_s=0.0) for one in nobodys if one.fell)
    heavy = tuple(one.on for one in nobodys if one.backward_s > 0 or one.alarmed)
    return Record((*archive.of(whose.name, only=whose.only), *falls), (*unread, *heavy))


def _kept_as_found(folder: Path) -> Iterator[str]:
    """Damaged files that recovery has put aside: what stood behind the damage nobody knows. Empty ones had nothing."""
    with suppress(OSError):
        yield from (path.name for path in sorted(folder.glob(f"*{DAMAGED}")) if _has_text(path))


def _has_text(path: Path) -> bool:
    try:
        return bool(path.read_bytes().strip(b"\0"))
    except OSError:
        return True


def _unlisted(folder: Path) -> str:
    """Why the files of a folder are not known; nothing where they are, or where there is none."""
    try:
        with os.scandir(folder):
            return ""
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{folder}: {(error.strerror or str(error)).lower()}"


def _days(names: Iterable[str]) -> Iterator[date]:
    """The days of journals that have the names which coach gives, on real belts; other files are nobody's sessions."""
    for name in names:
        found = _NAMED.match(name)
        with suppress(ValueError):
            yield from [date.fromisoformat(found[1])] if found else []


def own_of(name: str) -> Own:
    """What a runner asks for in the settings, who has granted it, and what his balance allows.

    Raises:
        CoachError: the settings cannot be used, or there is no such runner.
    """
    most = People().person(name).most
    steady = Own(rehab_only=most is Level.REHAB, beginner_only=most is Level.BEGINNER)
    if not configured():
        return steady
    from coach.config import load

    runner = load().chosen(name or None)
    return replace(steady, level=runner.level, granted_by=runner.granted_by, granted_on=runner.granted_on)

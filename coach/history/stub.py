"""What is left of a session that was deleted: a small file where its journal was, so that doses and levels still know.

Without it a deleted session would be one that never was, and more would be allowed than was there to begin with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Final

from coach.core.workout import Level
from coach.history.entry import Entry, must_make_sense
from coach.history.past import Past
from coach.history.rating import Rating, heard
from coach.result import Json

SUFFIX: Final = ".deleted.json"  # behind the name that the journal had
FORMAT: Final = 1  # of what is written; a reader refuses others
TITLE: Final = "deleted"  # stands where the workout's title was
LONGEST_BYTES: Final = 10_000  # ours have some hundred


class StubError(ValueError):
    """No such file; the message goes behind its name."""


def weighs(past: Past) -> bool:
    """It counts for doses or levels, so that deleting all of it would change what is allowed."""
    counts = past.backward_s > 0 or past.alarmed or past.fell or not past.confirmed
    return counts and not past.simulated


def stub_of(entry: Entry, deleted_at: datetime) -> Entry:
    """What is left of a session: when it was, whose, and what counts."""
    one = entry.past
    left = Past(
        id=one.id,
        path=place(one),
        who=one.who,
        at=one.at,
        simulated=one.simulated,
        workout=TITLE,
        level=one.level,
        ended=one.ended,
        reason=f"deleted on {deleted_at.date().isoformat()}",
        backward_s=one.backward_s,
        confirmed=one.confirmed,
        alarmed=one.alarmed,
        key_rear=one.key_rear,
        rating=_weighty(one.rating),
        deleted=True,
    )
    return Entry(left, entry.mark)


def _weighty(rating: Rating) -> Rating:
    """What was said of it that holds growth back."""
    return Rating(
        pain_before=rating.pain_before,
        pain_after=rating.pain_after,
        pain_morning=rating.pain_morning,
        fell=rating.fell,
    )


def place(past: Past) -> Path:
    """Where what is left of it is kept."""
    return past.path.with_name(f"{past.id}{SUFFIX}")


def written(stub: Entry) -> bytes:
    """The file of it."""
    one = stub.past
    told: dict[str, Json] = {
        "deleted": FORMAT,
        "mark": stub.mark,
        "at": one.at.isoformat(),
        "who": one.who,
        "level": one.level.value,
        "ended": one.ended,
        "reason": one.reason,
        "backward_s": one.backward_s,
        "confirmed": one.confirmed,
        "alarmed": one.alarmed,
        "key_rear": one.key_rear,
        "said": one.rating.facts(),
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def read_stub(path: Path) -> Entry:
    """What is left of a session.

    Raises:
        StubError: it cannot be read.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        text = file.read(LONGEST_BYTES)
    try:
        told = json.loads(text)
        return _entry(path, told) if told["deleted"] == FORMAT else _of_another_version()
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise StubError(str(error) if isinstance(error, StubError) else "cannot be read") from error


def _of_another_version() -> Entry:
    raise StubError("is of a version that is not read here")


def _entry(path: Path, told: Mapping[str, object]) -> Entry:
    at, backward_s, said = datetime.fromisoformat(str(told["at"])), told["backward_s"], told["said"]
    if not isinstance(said, dict):
        raise StubError("does not tell what was said of it")
    if at.tzinfo is None or not isinstance(backward_s, int | float) or not 0 <= backward_s < inf:
        raise StubError("has numbers that make no sense")
    one = Past(
        id=path.name.removesuffix(SUFFIX),
        path=path,
        who=str(told["who"]),
        at=at,
        simulated=False,
        workout=TITLE,
        level=Level(str(told["level"])),
        ended=str(told["ended"]),
        reason=str(told["reason"]),
        backward_s=float(backward_s),
        confirmed=told["confirmed"] is True,
        alarmed=told["alarmed"] is not False,
        key_rear=told["key_rear"] is not False,
        rating=_weighty(heard([said])),
        deleted=True,
    )
    must_make_sense(one)
    mark = str(told["mark"])
    _ = mark.encode()  # JSON can hold what is no text
    return Entry(one, mark)

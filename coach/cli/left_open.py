"""What an earlier session left open: its journal is closed when coach starts the next time, and the runner is told."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Final

from coach import places
from coach.seen.units import clock
from coach.sinks.marker import FOLDER, Marker, mark, marked

if TYPE_CHECKING:
    from coach.history.recover import Recovered

TESTS: Final = "tests"  # machine tests are recorded there, and are no sessions
MOST: Final = 3  # sentences: what lies long ago is only counted


def close_left_open() -> tuple[str, ...]:
    """Close the journals that nobody writes any more; a sentence for each. Never raises.

    Each keeper leaves a marker while it writes, so that a look into an empty folder is all in almost every start.
    """
    told = list[str]()
    for simulated in (False, True):
        sessions = places.journals(simulated=simulated)
        _mark_all(sessions)
        told += filter(None, [_close(one, simulated=simulated) for one in marked(sessions)])
    if len(told) <= MOST:
        return tuple(told)
    return (f"{len(told)} sessions broke off; all are closed now, and `coach history` lists them.", *told[-MOST:])


def _mark_all(sessions: Path) -> None:
    """Journals of the time before there were markers: all are looked at, once."""
    if (sessions / FOLDER).is_dir() or not sessions.is_dir():
        return
    from coach.history.recover import left_open

    with suppress(OSError):  # a folder that cannot be written has nothing that can be closed
        for path in left_open(sessions):
            mark(sessions, path)
        (sessions / FOLDER).mkdir(exist_ok=True)


def _close(marker: Marker, *, simulated: bool) -> str:
    """Close one; what is to be said of it, or nothing."""
    from coach.history.recover import BusyError, NotNowError, RecoverError, ended, recover

    path, said = marker.journal, ""
    try:
        if path.is_file():
            said = "" if ended(path) else _sentence(recover(path), simulated=simulated)
            said = " ".join(filter(None, (said, *_counted(path, simulated=simulated))))
    except BusyError:
        return ""
    except NotNowError as error:
        return f"{error}."
    except OSError as error:
        return f"{path} cannot be read: {(error.strerror or str(error)).lower()}."
    except RecoverError as error:
        said = f"{error}."
    marker.remove()
    return "" if _test(path) else said


def _counted(path: Path, *, simulated: bool) -> tuple[str, ...]:
    """A session on a real belt counts, wherever it was recorded; sentences on what failed."""
    if simulated or _test(path) or path.is_relative_to(places.journals(simulated=False)):
        return ()
    from coach.cli.belonging import counts_too

    return counts_too(path)


def _test(path: Path) -> bool:
    return path.parent == places.journals(simulated=False).parent / TESTS


def _sentence(one: Recovered, *, simulated: bool) -> str:
    summary = one.summary
    what = f"Your {'simulated ' * simulated}session {summary.workout}{_when(summary.started)}"
    how = f"broke off after {clock(summary.elapsed_s)}" if one.events else "broke off before it began"
    if summary.ended == "finished":
        how = "finished, but nobody closed its recording"
    if one.guard and one.guard[-1].what == "still":
        how += ", and the guard stopped the belt"
    own = one.path.parent == places.journals(simulated=simulated)
    name = one.path.stem if own else quote(str(one.path))
    closed = f"{what} {how}; it is closed now. `coach report {name}` shows it, `coach export {name}` writes it."
    return closed if one.aside is None else f"{closed} Its file was damaged there and is kept as {one.aside}."


def _when(started: str) -> str:
    """` of today 18:25`, or nothing where nobody knows."""
    try:
        at = datetime.fromisoformat(started).astimezone()
    except (ValueError, OverflowError, OSError):
        return ""
    return f" of {_day(at.date(), datetime.now(UTC).astimezone().date())} {at:%H:%M}"


def _day(day: date, today: date) -> str:
    return {today: "today", today - timedelta(days=1): "yesterday"}.get(day, day.isoformat())

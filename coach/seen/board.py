"""A board in words: a line of cells for each treadmill, the counts, and what became of an all stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from coach.core.heart import zone_word
from coach.core.wish import Phase
from coach.network.board import AllStop, Group, Reach, Row, Stopped
from coach.network.payload import IDLE, Faces
from coach.seen.units import NOTHING, Units, countdown, speed

Cell: TypeAlias = tuple[str, str]  # a text, and the role that gives it its look; the text says it without the look

PHASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Phase.CONNECTING.value: "connecting",
        Phase.READY.value: "ready",
        Phase.STARTING.value: "belt starts",
        Phase.CONSOLE_START.value: "start by hand",
        Phase.STEP_ON.value: "step on",
        Phase.RAMP.value: "getting faster",
        Phase.RUN.value: "running",
        Phase.BRIDGE.value: "before a turn",
        Phase.SLOW.value: "slowing",
        Phase.RAILS.value: "on the rails",
        Phase.STOPPING.value: "stopping",
        Phase.RESTING.value: "resting",
        Phase.PAUSED.value: "paused",
        Phase.BELT_MOVES.value: "BELT MOVES",
        Phase.KEY.value: "KEY PULLED",
        Phase.STOP_FAILED.value: "STOP IGNORED",
        IDLE: "no session",
    }
)
FACES: Final[Mapping[Faces, Cell]] = MappingProxyType(
    {
        Faces.CONSOLE: ("▲▲ console", "forward"),
        Faces.REAR: ("▼▼ REAR", "backward"),
        Faces.NOT_SAID: ("◇◇ not said", "turn"),
        Faces.IDLE: (NOTHING, "dim"),
    }
)
MARKS: Final[Mapping[Group, Cell]] = MappingProxyType(
    {
        Group.ALARM: ("‼", "on-alarm"),
        Group.REAR: ("▼", "backward"),
        Group.RUNNING: ("▶", "good"),
        Group.IDLE: ("■", "dim"),
        Group.OFFLINE: ("✕", "dim"),
    }
)
STOPS: Final[Mapping[Stopped, Cell]] = MappingProxyType(
    {
        Stopped.WAITING: ("■ asked", "turn"),
        Stopped.STOPPING: ("■ stopping", "turn"),
        Stopped.STOPPED: ("■ STOPPED", "good"),
        Stopped.REFUSED: ("‼ REFUSED", "on-alarm"),
        Stopped.NO_ANSWER: ("‼ NO ANSWER", "on-alarm"),
    }
)
LINKS: Final = "links: T treadmill, S strap, B broker"
SIMULATED: Final = "SIM"
NONE_YET: Final = "No treadmill has been heard yet."
BY_HAND: Final = "Go to the treadmills and pull the keys."
PASSED_S: Final = 1.0  # within that time a broker hands an all stop back


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head and how wide it is on a usual and on a wide screen; no width: what is left."""

    head: str
    usual: int
    wide: int
    right: bool = False  # numbers stand at the right


NAME: Final = "treadmill"
COLUMNS: Final = (
    Column("", 1, 1),
    Column(NAME, 15, 20),
    Column("state", 14, 15),
    Column("faces", 11, 11),
    Column("km/h", 6, 7, right=True),
    Column("heart", 6, 14),
    Column("left", 7, 8, right=True),
    Column("links", 8, 8),
    Column("", 3, 3),
    Column("step", 0, 0),
)


def cells(row: Row, units: Units, *, wide: bool = False) -> tuple[Cell, ...]:
    """One cell for each column."""
    return (
        MARKS[row.group] if row.reach is not Reach.SILENT or row.alarms else ("?", "turn"),
        (row.device, "strong" if row.running else "text"),
        _state(row),
        FACES[row.faces],
        (speed(row.speed_kmh, units), "strong" if row.speed_kmh else "dim"),
        _heart(row, wide=wide),
        (NOTHING if row.left_s is None else countdown(row.left_s), "text"),
        _links(row),
        (SIMULATED if row.simulated else "", "hot" if row.simulated else "text"),
        ("; ".join((*row.notes, row.segment)) if row.notes else row.segment, "turn" if row.notes else "dim"),
    )


def below(row: Row) -> tuple[str, ...]:
    """What stands in a line of its own below: the alarms, and why an all stop was refused."""
    refused = (f"it refused the all stop: {row.why}",) if row.all_stop is Stopped.REFUSED and row.why else ()
    return (*row.alarms, *refused)


def heads(units: Units) -> tuple[str, ...]:
    """The heads of the columns."""
    return tuple(units.word if column.head == "km/h" else column.head for column in COLUMNS)


def counts(rows: Sequence[Row]) -> str:
    """How many of each: what is worst comes first."""
    groups = Counter(row.group for row in rows)
    reach = Counter(row.reach for row in rows)
    trips, running = groups[Group.ALARM], sum(row.running and row.reach is Reach.ONLINE for row in rows)
    rear = sum(row.faces is Faces.REAR and row.reach is Reach.ONLINE for row in rows)
    parts = [
        f"{trips} trip{'s' * (trips != 1)}" if trips else "",
        f"{running} running",
        f"{rear} facing the rear",
        f"{groups[Group.IDLE]} idle" if groups[Group.IDLE] else "",
        f"{reach[Reach.SILENT]} silent" if reach[Reach.SILENT] else "",
        f"{reach[Reach.OFFLINE]} offline" if reach[Reach.OFFLINE] else "",
    ]
    return ", ".join(part for part in parts if part)


def stop_words(asked: AllStop, rows: Sequence[Row], mono_s: float, *, connected: bool = True) -> tuple[Cell, ...]:
    """What became of the last all stop, in lines; `connected`: the board still hears of it."""
    whose = "ALL STOP" if asked.ours else "ALL STOP, sent from elsewhere"
    ago = f"{whose} {max(mono_s - asked.at_s, 0.0):.0f} s ago: "
    if not asked.passed and (not connected or mono_s - asked.at_s > PASSED_S):
        return ((f"{ago}THE BROKER HAS NOT PASSED IT ON", "on-alarm"), (BY_HAND, "on-alarm"))
    if not asked.passed:
        return ((f"{whose}: handed to the broker.", "on-turn"),)
    became = Counter(row.all_stop for row in rows)
    if not asked.devices:
        return ((f"{ago}no belt moved that the board knows of.", "turn"),)
    parts = [f"{became[Stopped.STOPPED]} of {len(asked.devices)} stopped"]
    words = {Stopped.WAITING: "asked", Stopped.STOPPING: "stopping", Stopped.REFUSED: "REFUSED"}
    parts += [f"{became[one]} {word}" for one, word in words.items() if became[one]]
    silent = [row.device for row in rows if row.all_stop is Stopped.NO_ANSWER]
    parts += [f"{len(silent)} WITHOUT AN ANSWER ({_some(silent)})"] if silent else []
    bad = bool(silent or became[Stopped.REFUSED])
    role = "on-alarm" if bad else "good" if became[Stopped.STOPPED] == len(asked.devices) else "on-turn"
    return ((f"{ago}{', '.join(parts)}.", role), *(((BY_HAND, "on-alarm"),) if bad else ()))


def lines(rows: Sequence[Row], units: Units) -> list[str]:
    """The board as plain lines: the counts, and a table."""
    found = [counts(rows), _plain(heads(units))]
    for row in rows:
        found += [_plain([text for text, _ in cells(row, units)]), *(f"  ‼ {text}" for text in below(row))]
    return [line.rstrip() for line in found] if rows else [NONE_YET]


def told(row: Row, units: Units) -> str:
    """A treadmill in one line without columns, for a pipe."""
    state, faces = _state(row)[0], FACES[row.faces][0]
    parts = [
        state,
        faces if row.faces is not Faces.IDLE else "",
        f"{speed(row.speed_kmh, units)} {units.word}" if row.speed_kmh is not None else "",
        *(f"‼ {text}" for text in below(row)),
        *row.notes,
    ]
    simulated = f" {SIMULATED}" if row.simulated else ""
    return f"{row.device}{simulated}: {', '.join(part for part in parts if part)}"


def _state(row: Row) -> Cell:
    if row.all_stop is not None and not (row.all_stop is Stopped.STOPPED and row.running):
        return STOPS[row.all_stop]
    match row.reach:
        case Reach.OFFLINE:
            return "offline", "dim"
        case Reach.SILENT:
            return f"silent {_age(row.quiet_s)}", "turn"
        case _:
            return PHASES.get(row.phase, row.phase), "text" if row.phase != IDLE else "dim"


def _age(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _heart(row: Row, *, wide: bool) -> Cell:
    if row.heart_bpm is None:
        return NOTHING, "dim"
    if row.zone is None:
        return f"{row.heart_bpm}", "text"
    word = f" {zone_word(row.zone)}" if wide else ""
    return f"{row.heart_bpm} Z{row.zone}{word}", f"zone-{row.zone}"


def _links(row: Row) -> Cell:
    there = (("T", row.link), ("S", row.strap), ("B", row.reach is Reach.ONLINE))
    text = " ".join(f"{name}{'✓' if holds else '✕'}" for name, holds in there)
    return text, "good" if row.link and row.strap and row.reach is Reach.ONLINE else "dim"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _plain(texts: Sequence[str]) -> str:
    return " ".join(
        text.rjust(column.usual) if column.right else text.ljust(column.usual)
        for text, column in zip(texts, COLUMNS, strict=True)
    )

"""The Done screen: what was achieved, every step, facing, heart, turns, trips, and where it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap
from time import monotonic
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from coach.core.event import Key
from coach.core.heart import zone_word
from coach.core.plan import Plan
from coach.keeper.wire import Done
from coach.result import SegmentResult, Side, Turn
from coach.tui.hands import Home
from coach.tui.keys import read_key
from coach.tui.signs import Foot
from coach.tui.units import NOTHING, Units, clock, distance, speed
from coach.tui.view import Banner
from coach.tui.widgets.banner import draw_banner
from coach.tui.widgets.lines import draw_foot
from coach.tui.widgets.pane import Line, Pane
from coach.tui.words import ENDED_BY, achievement, belt_words, ending, trips_told

SETTLE_S: Final = 1.0  # a key that was meant for the session does not leave its summary
WIDEST: Final = 110  # columns of text that are pleasant to read
_LEAVES: Final = frozenset({Key.STOP, Key.YES, Key.QUIT})


def draw_done(page: tuple[Sequence[Line], int], width: int, height: int) -> list[Line]:
    """The part of the page from a line on, in the middle where there is much room."""
    lines, offset = page
    indent = " " * max((width - WIDEST) // 2, 1)
    return [((indent, "text"), *line) for line in lines[offset : offset + height]]


def page(plan: Plan, done: Done, units: Units = Units.KMH, width: int = 80) -> list[Line]:
    """All lines of the screen."""
    return list(_page(plan, done, units, min(width - 2, WIDEST)))


def _page(plan: Plan, done: Done, units: Units, width: int) -> Iterator[Line]:
    yield ()
    yield from (((line, "strong"),) for line in wrap(achievement(plan, done, units), width))
    belt = belt_words(done)
    role = "text" if done.still or not done.started else "on-alarm"
    yield from (((line, "text"),) for line in wrap(ending(done), width))
    yield ((belt, role),)
    if done.started:
        yield from _totals(done, units)
        yield from _heart(done)
        yield from _turns(done.turns)
    yield from _trips(done)
    if done.started:
        yield from _table(done, units)
    yield ()
    where = f"Recorded in {done.recording}" if done.recording else "Nothing was recorded."
    yield from (((line, "dim"),) for line in wrap(where, width))


def _head(text: str) -> Iterator[Line]:
    yield ()
    yield ((text, "dim"),)


def _totals(done: Done, units: Units) -> Iterator[Line]:
    yield from _head("TOTAL")
    yield _side("▲ forward ", done.forward, units, "forward")
    if done.backward.time_s:
        yield _side("▼ backward", done.backward, units, "backward")
    kcal = done.forward.energy_kcal + done.backward.energy_kcal
    words = f"Σ in all    {clock(done.elapsed_s):>7}  {distance(done.distance_m, units):>8}  about {kcal:.0f} kcal"
    yield ((words, "text"),)


def _side(name: str, side: Side, units: Units, role: str) -> Line:
    mean_kmh = side.distance_m / side.time_s * 3.6 if side.time_s else None
    words = (
        f"{clock(side.time_s):>7}  {distance(side.distance_m, units):>8}  mean {speed(mean_kmh, units)} {units.word}"
    )
    top = f", fastest {speed(side.max_speed_kmh, units)}" if side.max_speed_kmh else ""
    return (name, role), (f"  {words}{top}", "text")


def _heart(done: Done) -> Iterator[Line]:
    yield from _head("HEART")
    heart = done.heart
    if heart.mean_bpm is None:
        yield (("No heart rate was recorded.", "text"),)
        return
    yield ((f"{heart.mean_bpm:.0f} bpm on average, {heart.max_bpm} at most", "text"),)
    longest_s = max(heart.zones_s, default=0.0)
    for zone, zone_s in enumerate(heart.zones_s):
        if zone_s >= 1:
            bar = "▮" * max(round(20 * zone_s / longest_s), 1)
            name = f"Z{zone} {zone_word(zone)}" if zone else "below Z1"
            yield (f"{name:<12}", f"zone-{zone}"), (f"{clock(zone_s):>7}  ", "text"), (bar, f"zone-{zone}")


def _turns(turns: Sequence[Turn]) -> Iterator[Line]:
    if not turns:
        return
    yield from _head("TURNS")
    for turn in turns:
        took = f"took {clock(turn.took_s)}" if turn.took_s is not None else "was given up"
        sure = f", confirmed after {turn.confirm_s:.0f} s" if turn.confirm_s is not None else ""
        yield ((f"{clock(turn.at_s):>7}  ↻ to face {_FACES[turn.to]}: {took}{sure}", "text"),)


_FACES: Final = {"backward": "the rear", "forward": "the console"}


def _trips(done: Done) -> Iterator[Line]:
    yield from _head("WHAT HAPPENED")
    told = trips_told(done)
    yield from ((((f"  ! {line}", "turn"),) for line in told) if told else [(("Nothing went wrong.", "text"),)])


def _table(done: Done, units: Units) -> Iterator[Line]:
    yield from _head("STEP BY STEP: planned, then measured")
    word = units.word
    yield ((f" {'#':>2}   {'step':<9}{'planned':>20}  {'time':>8}{'distance':>9}{word:>8}{'heart':>6}", "dim"),)
    for row in done.segments:
        yield _row(row, units)


def _row(row: SegmentResult, units: Units) -> Line:
    rear = row.facing == "backward"
    mark = "■" if row.kind == "rest" else "▼" if rear else "▲"
    began = row.start_s is not None
    measured = f"{NOTHING:>8}{NOTHING:>9}{NOTHING:>8}{NOTHING:>6}"
    if began:
        heart = f"{row.mean_heart_bpm:.0f}" if row.mean_heart_bpm is not None else NOTHING
        mean = speed(row.mean_speed_kmh, units)
        measured = f"{clock(row.time_s):>8}{distance(row.distance_m, units):>9}{mean:>8}{heart:>6}"
    role = "backward" if rear else "text" if began else "dim"
    by = ENDED_BY.get(row.ended_by or "", "")
    name = row.name.replace("-", " ")
    return ((f" {row.index:>2} {mark} {name:<9}{_planned(row, units):>20}  {measured} {by}", role),)


def _planned(row: SegmentResult, units: Units) -> str:
    long = "open end"
    if row.planned_m is not None:
        long = distance(row.planned_m, units)
    elif row.planned_s is not None:
        long = clock(row.planned_s)
    if row.target_kmh is None:
        return long
    ramp = row.target_end_kmh is not None and row.target_end_kmh != row.target_kmh
    end = f"→{speed(row.target_end_kmh, units)}" if ramp else ""
    return f"{long} @ {speed(row.target_kmh, units)}{end}"


class DoneScreen(Screen[None]):
    """What a session came to; any of Enter, Space, Esc and q leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = []
    ALLOW_SELECT = False
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    DoneScreen { background: $paper; overflow: hidden; }
    DoneScreen #banner { height: 3; }
    DoneScreen #page { height: 1fr; }
    """

    def __init__(
        self, plan: Plan, done: Done, units: Units = Units.KMH, *, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__()
        self._plan, self._done, self._units, self._clock = plan, done, units, clock
        self._offset = 0
        self._lines: list[Line] = []
        self._shown_at_s = clock()

    def compose(self) -> ComposeResult:
        """Banner, page, keys."""
        yield Pane[Banner](draw_banner, id="banner")
        yield Pane[tuple[Sequence[Line], int]](draw_done, id="page")
        yield Pane[Foot](draw_foot, id="foot")

    def on_mount(self) -> None:
        """Nothing moves here but the page."""
        done = self._done
        belt = "SIMULATED" if self._plan.profile.simulated else "REAL BELT"
        moves = done.started and not done.still
        word = "BELT MAY MOVE" if moves else "DONE" if done.ended == "finished" else "SESSION OVER"
        role = "on-alarm" if moves else "on-forward"
        sign = "‼" if moves else "✓" if done.ended == "finished" else "■"
        self.query_one("#banner", Pane).put(Banner(sign, word, role, hatched=False, belt=belt))

    def on_resize(self, event: events.Resize) -> None:
        """Lines are wrapped anew."""
        self._lines = page(self._plan, self._done, self._units, event.size.width)
        self._scroll(0)

    def take_key(self, event: events.Key) -> bool:
        """Scroll, or leave."""
        rows = max(self.query_one("#page").size.height - 1, 1)
        match event.key:
            case "up":
                self._scroll(-1)
            case "down":
                self._scroll(1)
            case "pageup":
                self._scroll(-rows)
            case "pagedown" if self._more():
                self._scroll(rows)
            case "home":
                self._scroll(-len(self._lines))
            case "end":
                self._scroll(len(self._lines))
            case name if read_key(name).means in _LEAVES:
                self.leave()
            case _:
                pass
        return True

    def leave(self) -> None:
        """Back to where the session came from, once the summary could be seen."""
        if self._clock() - self._shown_at_s >= SETTLE_S and isinstance(self.app, Home):
            self.app.back(self._done)

    def _more(self) -> bool:
        return self._offset + self.query_one("#page").size.height < len(self._lines)

    def _scroll(self, by: int) -> None:
        height = self.query_one("#page").size.height or self.size.height - 4
        self._offset = min(max(self._offset + by, 0), max(len(self._lines) - height, 0))
        self.query_one("#page", Pane).put((tuple(self._lines), self._offset))
        scroll = (("↑↓ PgDn", "more"),) if len(self._lines) > height else ()
        self.query_one("#foot", Pane).put(Foot((*scroll, ("Enter q Esc", "leave"))))

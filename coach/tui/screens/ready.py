"""Ready: the last stop before the belt. The treadmill is connected and read while one looks; a press starts it.

A change of machine, strap or workout closes the keeper, which has not started the belt, and opens another. As soon as
the session is past READY, the session's own screen takes over with the same keeper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from coach.core.error import CoachError
from coach.core.event import Key
from coach.core.plan import Plan, Problem
from coach.core.progress import Question
from coach.core.wish import Phase
from coach.core.workout import Level
from coach.gate import FORWARD_LINE, Blocks, Check, Facts, gate, mend_s, missing
from coach.keeper.crew import Crew, Life
from coach.keeper.wire import Done, FromKeeper, Note, Refused, Said, Snapshot, Voice
from coach.shelf import backward_s, forward_only, minutes, turns
from coach.tui.frame import Bar, Choose, Keys
from coach.tui.keys import read_key
from coach.tui.outside import SHORT_VOICE_SESSIONS, Choice, Machine, Settings, Staged, Strap, Wanted
from coach.tui.units import Units, speed_unit
from coach.tui.widgets.glyphs import digits
from coach.tui.widgets.pane import Line, Pane, beside
from coach.tui.widgets.profile import Profile

if TYPE_CHECKING:
    from coach.tui.app import CoachApp

DRAW_S: Final = 0.25  # four times a second
HERE: Final = frozenset({Phase.CONNECTING, Phase.READY})
"""What this screen shows; all that follows is the session's own."""
UNPRESSED: Final = "nobody pressed"  # why the core pauses at READY
NOBODY: Final = "Nobody pressed, so the treadmill was let go."
NOT_STARTED: Final = "No session: the belt was not started."
DIGIT_COLUMNS: Final = 12


@dataclass(frozen=True, slots=True)
class Bottom:
    """What is asked or wrong, at the bottom: a head, a text and perhaps a digit."""

    head: str
    text: str
    digit: str = ""
    role: str = "strong"


class ReadyScreen(Screen[None]):
    """The choice of machine and strap, the gate, and the core's own question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "forward_only", "Forward only today"),
        Binding("t", "treadmill", "Treadmill"),
        Binding("s", "strap", "Strap"),
        Binding("m", "helper", "Somebody at the console"),
        Binding("c", "confirm", "Confirm a check"),
        Binding("q,backspace", "leave", "Back"),
        Binding("enter", "again", "Take it again", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
    ]
    app: CoachApp

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self.wanted = wanted
        self._forward_only = False
        self._helper = False
        self._machine: Machine | None = None
        self._strap: Strap | None = None
        self._staged: Staged | None = None
        self._crew: Crew | None = None
        self._trouble = ""  # why there is no keeper
        self._snapshot: Snapshot | None = None
        self._said = ""  # by the keeper, last
        self._asked: int | None = None  # the serial of the question that is on the screen

    @property
    def crew(self) -> Crew | None:
        """The keeper, where one is open."""
        return self._crew

    def compose(self) -> ComposeResult:
        """What will happen at the top, what is asked at the bottom."""
        yield Bar(f"READY  {self.wanted.title}", id="bar")
        with VerticalScroll(id="upper", can_focus=False):
            with Horizontal(id="plan"):
                with Vertical(id="facts"):
                    yield Static(id="lines", markup=False)
                yield Profile(id="profile", units=self.app.settings.units)
            yield Static(id="checks", markup=False)
        yield Pane(draw_bottom, id="bottom")
        yield Keys(id="keys")

    def on_mount(self) -> None:
        """Take the usual machine and strap, and connect."""
        self._machine, self._strap = self.app.outside.machines()[0], self.app.outside.straps()[0]
        self._stage()
        self.set_interval(DRAW_S, self._poll)
        self.watch(self.app, "app_focus", self._focused, init=False)

    def on_unmount(self) -> None:
        """A keeper that was not handed on is told to end."""
        self._close()

    def _focused(self, focused: bool) -> None:
        if self._crew is not None:
            self._crew.focus(on=focused)

    def _stage(self) -> None:
        """Plan what was chosen, and open its keeper where nothing stands in the way."""
        self._close()
        self._staged, self._trouble = None, ""
        assert self._machine is not None
        assert self._strap is not None
        try:
            workout = forward_only(self.wanted.workout) if self._forward_only else self.wanted.workout
            choice = Choice(self.wanted, workout, self._machine, self._strap, self._forward_only, self._helper)
            self._staged = self.app.outside.prepare(choice)
            if not self._staged.reasons and not missing(self._checks()):
                self._crew = self.app.outside.open(self._staged)
        except CoachError as error:
            self._trouble = str(error)
        if self._crew is not None:
            self._crew.focus(on=self.app.app_focus)
        self.query_one(Profile).show_plan(self._staged.plan if self._staged is not None else None)
        self._draw()

    def _close(self) -> None:
        if self._crew is not None and self._crew.life is not Life.OVER:
            self._crew.close()
        self._crew, self._snapshot, self._asked, self._said = None, None, None, ""

    def _checks(self) -> tuple[Check, ...]:
        return () if self._staged is None else gate(self._staged.plan, self._facts())

    def _facts(self) -> Facts:
        assert self._machine is not None
        return self.app.outside.facts(self._machine)

    def _poll(self) -> None:
        """Draw what the keeper says, and tell it that it was drawn; hand it on once the session goes on."""
        crew = self._crew
        if crew is None:
            return
        over = crew.life is Life.LOST
        heard = crew.poll()
        for message in heard:
            match message:
                case Snapshot():
                    self._snapshot = message
                case Said() | Note():
                    self._said = message.text
                case Refused(reason):
                    self._trouble = reason or "the treadmill was not reached"
                case Done():
                    over = True
                case _:
                    pass
        snapshot = self._snapshot
        if over and snapshot is not None and snapshot.ended == "stopped" and not _begun(snapshot):
            self._let_go()
            return
        if over or (snapshot is not None and snapshot.phase not in HERE and not _dozes(snapshot)):
            self._hand_on(crew, heard)
            return
        if self._trouble:
            self._close()
        self._draw()
        if snapshot is not None and self._crew is not None:
            self.call_after_refresh(self._drawn, crew, snapshot)

    def _let_go(self) -> None:
        """Nobody pressed for so long that the session was given up before it began."""
        self._close()
        self._trouble = NOBODY
        self._draw()

    def action_again(self) -> None:
        """Take the treadmill again that was let go."""
        if self._crew is None and self._trouble:
            self._stage()

    def _drawn(self, crew: Crew, snapshot: Snapshot) -> None:
        if crew is self._crew:
            self._asked = None if snapshot.question is None else snapshot.question.serial
            crew.beat(snapshot.serial)

    def _hand_on(self, crew: Crew, heard: Sequence[FromKeeper]) -> None:
        """To the session's screen, with what was said last: a cue is said once."""
        self._crew = None
        while self.app.screen is not self:
            _ = self.app.pop_screen()
        self.app.run_session(crew, heard)

    def take_key(self, event: events.Key) -> bool:
        """Stop, yes and the digits go to the keeper, whatever lies over this screen."""
        if self._crew is None:
            return False
        typed = read_key(event.key)
        covered = self.app.screen is not self
        match typed.means:
            case Key.STOP:
                self._crew.press(Key.STOP)
                if covered:
                    _ = self.app.pop_screen()
            case Key.YES | Key.DIGIT:  # a yes without its question is none: the help covers it
                self._crew.press(Key(typed.means.value), typed.digit, None if covered else self._asked)
            case _:
                return False
        return True

    def action_forward_only(self) -> None:
        """Leave the backward blocks out today, or take them in again."""
        if self.wanted.workout.backward:
            self._forward_only = not self._forward_only
            self._stage()

    def action_helper(self) -> None:
        """Somebody stands at the console and presses its Start (safety.md 6b)."""
        if self._helper or wants_helper(self._staged):
            self._helper = not self._helper
            self._stage()

    def action_strap(self) -> None:
        """The next strap, or none."""
        straps = self.app.outside.straps()
        assert self._strap is not None
        keys = [strap.key for strap in straps]
        self._strap = straps[(keys.index(self._strap.key) + 1) % len(straps)]
        self._stage()

    def action_treadmill(self) -> None:
        """Another treadmill; while it is chosen no keeper is open."""
        assert self._machine is not None
        self._close()
        self._draw()
        choices = [(one.key, one.name, one.about) for one in self.app.outside.machines()]
        _ = self.app.push_screen(Choose("Which treadmill?", choices, self._machine.key), self._take_machine)

    def _take_machine(self, key: str | None) -> None:
        machines = {one.key: one for one in self.app.outside.machines()}
        self._machine = machines.get(key or "", self._machine)
        self._stage()

    def action_confirm(self) -> None:
        """The first check that is missing is done, where the runner's word is enough for it."""
        check = next(iter(missing(self._checks())), None)
        if check is not None and check.by_word and self._machine is not None:
            self.app.outside.confirm(check, self._machine)
            self._stage()

    def action_scroll(self, by: int) -> None:
        """Read on where the checks are longer than the screen."""
        self.query_one("#upper").scroll_relative(y=by * 3, animate=False)

    def action_leave(self) -> None:
        """Back to the Library."""
        self.leave()

    def leave(self) -> None:
        """The keeper ends; the belt was not started."""
        self._close()
        self.app.back(NOT_STARTED)

    def _draw(self) -> None:
        assert self._machine is not None
        checks, settings = self._checks(), self.app.settings
        simulated = self._machine.simulated
        title = self.wanted.title + (", forward only" if self._forward_only else "")
        self.query_one(Bar).tell(f"READY  {title}", "SIMULATED" if simulated else "REAL BELT")
        self.set_class(bool(checks), "-gated")
        self._write("#lines", Content("\n").join(self._lines(settings.units)))
        self._write("#checks", Content("\n").join([*checked(checks), *self._notes(settings)]))
        self.query_one("#bottom", Pane).put(self._bottom(checks))
        self.query_one(Keys).show(self._keys(checks))

    def _write(self, where: str, content: Content) -> None:
        static = self.query_one(where, Static)
        if static.content != content:
            static.update(content)

    def _lines(self, units: Units) -> Iterator[Content]:
        assert self._machine is not None
        assert self._strap is not None
        yield _line("Treadmill", self._machine.name, belt_words(self._crew is not None, self._snapshot, units))
        yield _line("Strap", self._strap.name, heart_words(self._strap, self._snapshot))
        if self._staged is not None:
            plan = self._staged.plan
            yield _line("Length", length_words(plan))
            yield _line("Limits", limit_words(plan, units))
            if plan.helper:
                yield _line("Console", "somebody stands there and presses Start when asked")

    def _notes(self, settings: Settings) -> Iterator[Content]:
        """What is worth knowing and stands in nobody's way."""
        plan = None if self._staged is None else self._staged.plan
        if plan is not None and self._machine is not None and self._machine.simulated:
            yield Content.styled(simulator_words(plan, self._facts()), "$ink-dim")
        if plan is not None and plan.backward and not self.app.focus_told:
            words = "This terminal has not said yet whether it has the focus: keep its window in front."
            yield Content.styled(words, "$ink-dim")
        if settings.sessions >= SHORT_VOICE_SESSIONS and settings.voice is Voice.FULL:
            yield Content.styled("Fewer words? Settings has a short voice.", "$ink-dim")

    def _bottom(self, checks: tuple[Check, ...]) -> Bottom:
        reasons = () if self._staged is None else self._staged.reasons
        if self._trouble or reasons:
            forward = self.wanted.workout.backward and not self._forward_only and bool(reasons)
            head = "LET GO" if self._trouble == NOBODY else "NOT LIKE THIS"
            return Bottom(head, refusal(self._trouble, reasons, forward=forward), role="alarm")
        if missing(checks):
            return Bottom("NOT YET", missing_words(checks), role="turn")
        question = None if self._snapshot is None else self._snapshot.question
        if question is None:
            linked = self._snapshot is not None and self._snapshot.link
            words = "The treadmill is read." if linked else "Looking for the treadmill. It is only read."
            words = self._said or words
            return Bottom("CONNECTING", words, role="dim")
        assert self._snapshot is not None
        return asked(question, self._said, paused=self._snapshot.phase is Phase.PAUSED)

    def _keys(self, checks: tuple[Check, ...]) -> Iterator[tuple[str, str]]:
        """At most seven."""
        question = None if self._snapshot is None else self._snapshot.question
        if question is not None:
            yield (question.digit or "Enter"), "start"
            yield "Space", "stop"
        elif any(check.by_word for check in missing(checks)[:1]):
            yield "c", "that is done"
        if self.wanted.workout.backward:
            yield "f", "backward too" if self._forward_only else "forward only"
        if self._helper or wants_helper(self._staged):
            yield "m", "nobody there" if self._helper else "helper there"
        yield "q", "back"
        yield "t", "treadmill"
        yield "s", "strap"


def wants_helper(staged: Staged | None) -> bool:
    """The machine refuses a Start from afar, and a person at its console may press it (safety.md 6b)."""
    if staged is None:
        return False
    plan = staged.plan
    return plan.backward and not plan.profile.remote_start and plan.level is not Level.REHAB


def _begun(snapshot: Snapshot) -> bool:
    """The belt has moved in this session."""
    return snapshot.distance_m > 0 or snapshot.row > 0


def _dozes(snapshot: Snapshot) -> bool:
    """Nobody pressed for a minute, so the session is paused before it began: still the last stop before the belt."""
    return snapshot.phase is Phase.PAUSED and snapshot.reason == UNPRESSED and not _begun(snapshot)


def asked(question: Question, said: str = "", *, paused: bool = False) -> Bottom:
    """The core's own question, and under it what was said since: that a press came too early, say."""
    text = question.text if question.digit else f"{question.text} (Enter)"
    if said and said != question.text:
        text += f"\n\n{said}"
    return Bottom("PAUSED" if paused else "READY?", text, question.digit)


def belt_words(opened: bool, snapshot: Snapshot | None, units: Units) -> str:
    """How the treadmill is."""
    if not opened:
        return ""
    if snapshot is None or not snapshot.link or snapshot.kmh is None:
        return "connecting …"
    if snapshot.kmh > 0:
        return f"the belt MOVES: {speed_unit(snapshot.kmh, units)}"
    return "connected, the belt stands"


def heart_words(strap: Strap, snapshot: Snapshot | None) -> str:
    """How the strap is."""
    if not strap.worn or snapshot is None:
        return ""
    return f"{snapshot.bpm} bpm" if snapshot.bpm is not None else "no heart rate yet"


def length_words(plan: Plan) -> str:
    """Minutes with turns, minutes backward, turns."""
    whole = "open end" if plan.free else f"{minutes(plan)} min"
    if not plan.backward:
        return f"{whole}, all of it forward"
    return f"{whole} with {turns(plan)} turns on this treadmill, {backward_s(plan) / 60:.3g} min backward"


def limit_words(plan: Plan, units: Units) -> str:
    """The level and what follows from it."""
    if not plan.backward:
        return f"forward at most {speed_unit(plan.runner.fastest_kmh, units)}"
    most = plan.caps
    kmh = most.speed_kmh if plan.strap else most.speed_kmh * NO_STRAP_SHARE
    return (
        f"{plan.level}: backward to {speed_unit(kmh, units)}{'' if plan.strap else ' without a strap'}, "
        f"a block {most.block_s / 60:.3g} min, all {most.session_s / 60:.3g} min, "
        f"heart {plan.heart_ceiling_bpm:.0f}"
    )


NO_STRAP_SHARE: Final = 0.8  # of the backward speed cap (safety.md 3)


def simulator_words(plan: Plan, facts: Facts) -> str:
    """What a real belt would ask for."""
    checks = gate(plan, replace(facts, simulated=False))
    wanted = missing(checks)
    if not wanted:
        return f"Simulator: no checks are needed; on a real belt: “{FORWARD_LINE}”"
    names = ", ".join(check.name for check in wanted)
    return f"Simulator: no checks are needed; on a real belt: {names}{_takes(mend_s(checks))}."


def checked(checks: tuple[Check, ...]) -> Iterator[Content]:
    """Each check with its sign: done, to do, or not to be mended today."""
    for check in checks:
        if check.done:
            yield Content.styled(f"✓ {check.words}", "$ink-dim")
        else:
            yield Content.styled(
                f"{'□' if check.mend_s is not None else '✗'} {check.words}{_takes(check.mend_s)}", "bold"
            )


def missing_words(checks: tuple[Check, ...]) -> str:
    """What to do next, how long all of it takes, and that forward needs none of it."""
    wanted = missing(checks)
    if any(check.blocks is Blocks.SESSION for check in wanted):
        return next(check.words for check in wanted if check.blocks is Blocks.SESSION)
    length = mend_s(checks)
    if length is None:
        first = next(check.words for check in wanted if check.mend_s is None)
        return f"{first} f runs it forward only today."
    then = " Then press c." if wanted[0].by_word else ""
    return f"{wanted[0].words}{then} {_all(len(wanted), length)} f runs it forward only today."


def _all(count: int, length_s: float) -> str:
    return f"{count} checks are left{_takes(length_s)}." if count > 1 else "This is the last check."


def refusal(trouble: str, reasons: tuple[Problem, ...], *, forward: bool) -> str:
    """Why not, and what can be done."""
    told = [reason.message + (f" ({reason.help})" if reason.help else "") for reason in reasons]
    words = "; ".join([trouble, *told] if trouble else told)
    ways = ["f runs it forward only today"] if forward else []
    ways += ["Enter tries again"] if trouble else []
    return f"{words[:1].upper()}{words[1:].rstrip('.')}. {', '.join([*ways, 't takes another treadmill'])}."


def draw_bottom(bottom: Bottom, width: int, height: int) -> list[Line]:
    """The question, with its digit seven rows high where there is room."""
    picture: list[Line] = []
    if bottom.digit and height >= 7:
        picture = [((f"  {row}", bottom.role),) for row in digits(bottom.digit)]
    columns = DIGIT_COLUMNS if picture else 1
    head = ((bottom.head + (f"  type {bottom.digit}" if bottom.digit else ""), bottom.role),)
    text: list[Line] = [((row, "text"),) for row in wrapped(bottom.text, width - columns - 1)]
    words: list[Line] = [head, (), *text]
    return beside(picture, words[: max(height, 1)], columns)[:height]


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of a width."""
    return [line for part in text.splitlines() for line in wrap(part, max(width, 10)) or [""]]


def _takes(seconds: float | None) -> str:
    if seconds is None or seconds <= 0:
        return ""
    return f" (about {seconds:.0f} s)" if seconds < 90 else f" (about {round(seconds / 60)} min)"


def _line(name: str, value: str, more: str = "") -> Content:
    return Content.assemble((f"{name:<11}", "$ink-dim"), (value, "bold"), f"  {more}" if more else "")

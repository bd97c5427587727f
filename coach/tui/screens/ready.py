"""Ready: the last stop before the belt. The treadmill is connected and read while one looks; a press starts it.

A change of machine, strap or workout closes the keeper, which has not started the belt, and opens another. As soon as
the session is past READY, the session's own screen takes over with the same keeper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import inf
from time import monotonic
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
from coach.core.press import YES_S
from coach.core.wish import Phase
from coach.gate import ALARM, PAIN, PRESS, Check, Facts, asks_pain, gate, missing
from coach.history.question import Question
from coach.keeper.crew import Crew, Life
from coach.keeper.wire import Done, FromKeeper, Note, Refused, Said, Snapshot
from coach.shelf import forward_only
from coach.tui import before
from coach.tui.before import Before, Told
from coach.tui.frame import Bar, Choose, Keys
from coach.tui.keys import read_key
from coach.tui.outside import Choice, Machine, Morning, Staged, Strap, Wanted
from coach.tui.readiness import (
    FACT_COLUMNS,
    SIGN_COLUMNS,
    checked,
    draw_bottom,
    hung,
    wants_helper,
)
from coach.tui.ready_shown import NOBODY, PRACTICE, Shown
from coach.tui.screens.page import PageScreen
from coach.tui.widgets.pane import Pane
from coach.tui.widgets.profile import Profile

if TYPE_CHECKING:
    from coach.tui.app import CoachApp

DRAW_S: Final = 0.25  # four times a second
HERE: Final = frozenset({Phase.CONNECTING, Phase.READY})
"""What this screen shows; all that follows is the session's own."""
UNPRESSED: Final = "nobody pressed"  # why the core pauses at READY
LOW_PADDING: Final = 2  # columns beside the text, as in coach.tcss
PADDING: Final = 4  # the same on a screen with room
NOT_STARTED: Final = "No session: the belt was not started."


class ReadyScreen(Screen[None]):
    """The choice of machine and strap, the gate, and the core's own question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "forward_only", "Forward only today"),
        Binding("t", "treadmill", "Treadmill"),
        Binding("s", "strap", "Strap"),
        Binding("m", "helper", "Somebody at the console"),
        Binding("c", "confirm", "Confirm a check"),
        Binding("a", "alarm", "Play the alarm", show=False),
        Binding("p", "tell", "Tell how it is", show=False),
        Binding("o", "page", "The page behind the treadmill", show=False),
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
        self._prompted = -1  # so many presses were made when the voice asked for the next one
        self._prompted_s = inf
        self._before = Before(wanted=asks_pain(wanted.workout.ask))
        self._unkept = ""  # why an answer was lost
        self._watched = False  # a screen behind the treadmill shows the page, before there is a keeper

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
        self._machine = self.app.outside.machines()[0]
        self._strap = self._straps()[0]
        self._stage()
        self.set_interval(DRAW_S, self._poll)
        self.watch(self.app, "app_focus", self._focused, init=False)
        _ = self.run_worker(self._look_back, thread=True)
        self.action_page()

    def on_unmount(self) -> None:
        """A keeper that was not handed on is told to end."""
        self._close()

    def _look_back(self) -> None:
        """In a thread: whether the next morning of an earlier session is to be asked for."""
        morning = self.app.outside.morning()
        if morning is not None:
            self.app.call_from_thread(self._remember, morning)

    def _remember(self, morning: Morning) -> None:
        if not self._before.typed:  # what stands there answers another question
            self._before = replace(self._before, morning=morning)
            self._draw()

    def _focused(self, focused: bool) -> None:
        if self._crew is not None:
            self._crew.focus(on=focused)

    def _stage(self) -> None:
        """Plan what was chosen, and open its keeper where nothing stands in the way."""
        self._close()
        self._staged, self._trouble = None, ""
        self._before = replace(self._before, opened=False, typed="")
        assert self._machine is not None
        assert self._strap is not None
        try:
            workout = forward_only(self.wanted.workout) if self._forward_only else self.wanted.workout
            only, helper, pain = self._forward_only, self._helper, self._before.pain
            choice = Choice(self.wanted, workout, self._machine, self._strap, only, helper, pain)
            self._staged = self.app.outside.prepare(choice)
            if not self._staged.reasons and not missing(self._checks()):
                self._crew = self.app.outside.open(self._staged)
        except CoachError as error:
            self._trouble = str(error)
        if self._crew is not None:
            self._crew.focus(on=self.app.app_focus)
        known = self._staged is not None and not self._staged.plan.free  # what a free session will be nobody knows
        self.query_one(Profile).show_plan(self._staged.plan if self._staged is not None and known else None)
        self._draw()

    def _close(self) -> None:
        if self._crew is not None and self._crew.life is not Life.OVER:
            self._crew.close()
        self._crew, self._snapshot, self._asked, self._said = None, None, None, ""

    def _checks(self, facts: Facts | None = None) -> tuple[Check, ...]:
        return () if self._staged is None else gate(self._staged.plan, facts or self._facts())

    def _facts(self) -> Facts:
        assert self._machine is not None
        return replace(self.app.outside.facts(self._machine), pain=self._before.pain)

    def _poll(self) -> None:
        """Draw what the keeper says, and tell it that it was drawn; hand it on once the session goes on."""
        crew = self._crew
        if crew is None:
            self._await_page()
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

    def _await_page(self) -> None:
        """Draw anew when a screen behind the treadmill begins or ceases to show the page."""
        if not missing(self._checks()):
            return
        facts = self._facts()
        if facts.shared and facts.watched != self._watched:
            self._watched = facts.watched
            self._draw()

    def action_page(self) -> None:
        """Where the page behind the treadmill is, for a camera."""
        address = self.app.outside.page()
        if address:
            _ = self.app.push_screen(PageScreen(address))

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
        typed = read_key(event.key, self.app.yes_keys)
        if self._crew is None and self.app.screen is self and self._told(event.key):
            return True
        if self._crew is None:
            return typed.means is Key.YES and self.app.screen is self and self._practised()
        covered = self.app.screen is not self
        match typed.means:
            case Key.STOP:
                self._crew.press(Key.STOP)
                if covered:
                    _ = self.app.pop_screen()
            case Key.YES | Key.DIGIT if not isinstance(self.app.screen, PageScreen):  # any key closes that one
                # a yes without its question is none: the help covers it
                self._crew.press(Key(typed.means.value), typed.digit, None if covered else self._asked)
            case _:  # a press all the same: no yes within a second after it
                self._crew.press(Key.OTHER)
                return False
        return True

    def action_tell(self) -> None:
        """Ask for what may be told; meanwhile no keeper is open that could take a digit for its own."""
        if self._before.askable and not self._trouble:
            self._close()
            self._before = replace(self._before, opened=True, typed="")
            self._draw()

    def _told(self, key: str) -> bool:
        """A key of a number that is asked for."""
        asked = self._asking(self._checks())
        answer = None if asked is None else before.press(asked, key)
        if asked is None or answer is None:
            return False
        self._before, told = answer
        if told is not None and told.question is Question.MORNING and asked.morning is not None:
            _ = self.run_worker(partial(self._keep, asked.morning, told), thread=True)
        if self._before.opened or (told is None and not asked.opened):
            self._draw()
        else:
            self._stage()
        return True

    def _asking(self, checks: tuple[Check, ...]) -> Before | None:
        """What is asked, by what is missing now; None where nothing is, or something else stands in the way."""
        if self._crew is not None or self._trouble or self._staged is None or self._staged.reasons:
            return None
        left = missing(checks)
        needed = bool(left) and left[0].name == PAIN and left[0].mend_s is not None
        asking = replace(self._before, needed=needed)
        return None if asking.question is None else asking

    def _keep(self, morning: Morning, told: Told) -> None:
        """In a thread: how the morning was, into the journal of its session."""
        try:
            self.app.outside.tell_morning(morning, told.number)
        except CoachError as error:
            self.app.call_from_thread(self._lose, f"Not kept: {error}.")

    def _lose(self, words: str) -> None:
        self._unkept = words
        self._draw()

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
        straps = self._straps()
        assert self._strap is not None
        keys = [strap.key for strap in straps]
        self._strap = straps[(keys.index(self._strap.key) + 1) % len(straps)]
        self._stage()

    def _straps(self) -> tuple[Strap, ...]:
        """Those that fit the treadmill: a real belt has no simulated heart."""
        assert self._machine is not None
        simulated = self._machine.simulated
        return tuple(strap for strap in self.app.outside.straps() if strap.simulated is simulated or not strap.worn)

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
        straps = self._straps()
        self._strap = next((strap for strap in straps if strap == self._strap), straps[0])
        self._stage()

    def action_confirm(self) -> None:
        """The first check that is missing is done, where the runner's word is enough for it."""
        check = next(iter(missing(self._checks())), None)
        if check is not None and check.by_word and self._machine is not None:
            self.app.outside.confirm(check, self._machine)
            self._stage()

    def action_alarm(self) -> None:
        """Play the alarm that somebody is to hear, facing the rear on the rails."""
        if first_name(self._checks()) == ALARM:
            self.app.outside.alarm()

    def _prompt(self, checks: tuple[Check, ...]) -> None:
        """The voice asks for each of the presses that are made before a session (safety.md 4)."""
        if first_name(checks) != PRACTICE:
            self._prompted = -1
        elif self._prompted != (presses := self._facts().presses):
            self._prompted, self._prompted_s = presses, monotonic()
            self.app.outside.speak(PRESS)

    def _practised(self) -> bool:
        """A press that the voice asked for; one that comes at once is the bounce of the one before."""
        check = next(iter(missing(self._checks())), None)
        if check is None or check.name != PRACTICE or self._machine is None:
            return False
        if monotonic() - self._prompted_s >= YES_S:
            self.app.outside.confirm(check, self._machine)
            self._stage()
        return True

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

    def on_resize(self) -> None:
        """Lines are wrapped anew."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        assert self._machine is not None
        shown = self._shown()
        checks = shown.checks
        self._prompt(checks)
        simulated = self._machine.simulated
        title = self.wanted.title + (", forward only" if self._forward_only else "")
        belt, style = ("SIMULATED", "") if simulated else ("REAL BELT", "$on-alarm on $alarm bold")
        self.query_one(Bar).tell(f"READY  {title}", belt, style)
        self.set_class(bool(checks), "-gated")
        self.set_class(bool(missing(checks)), "-missing")
        low = self.has_class("-low")
        scrolls = bool(missing(checks)) or (self._staged is not None and bool(self._staged.allowed))
        width = self.app.size.width - (LOW_PADDING if low else PADDING) - scrolls  # with its scroll bar
        told = [hung(line, width, FACT_COLUMNS) for line in shown.lines()]
        self._write("#lines", Content("\n").join(told))
        listed = [hung(line, width, SIGN_COLUMNS) for line in checked(checks, brief=low)]
        self._write("#checks", Content("\n").join([*listed, *shown.notes()]))
        self.query_one("#bottom", Pane).put(shown.bottom())
        self.query_one(Keys).show(shown.keys())

    def _shown(self) -> Shown:
        assert self._machine is not None
        assert self._strap is not None
        facts = None if self._staged is None else self._facts()
        checks = self._checks(facts)
        return Shown(
            wanted=self.wanted,
            machine=self._machine,
            strap=self._strap,
            staged=self._staged,
            forward_only=self._forward_only,
            helper=self._helper,
            connected=self._crew is not None,
            snapshot=self._snapshot,
            said=self._said,
            trouble=self._trouble,
            told=self._before,
            asking=self._asking(checks),
            unkept=self._unkept,
            checks=checks,
            facts=facts,
            page=self.app.outside.page(),
            settings=self.app.settings,
            focus_told=self.app.focus_told,
        )

    def _write(self, where: str, content: Content) -> None:
        static = self.query_one(where, Static)
        if static.content != content:
            static.update(content)


def _begun(snapshot: Snapshot) -> bool:
    """The belt has moved in this session."""
    return snapshot.distance_m > 0 or snapshot.row > 0


def _dozes(snapshot: Snapshot) -> bool:
    """Nobody pressed for a minute, so the session is paused before it began: still the last stop before the belt."""
    return snapshot.phase is Phase.PAUSED and snapshot.reason == UNPRESSED and not _begun(snapshot)


def first_name(checks: tuple[Check, ...]) -> str:
    """The name of the first check that is missing, or nothing."""
    return next((check.name for check in missing(checks)), "")

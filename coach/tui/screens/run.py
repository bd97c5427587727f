"""The Run screen: four times a second it draws the newest snapshot, and every key goes to the session first.

It decides nothing: presses carry the question that was drawn, and what they mean is the session's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import ClassVar, Final, Protocol

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from coach.core.cue import CueKind
from coach.core.event import Key
from coach.keeper.crew import Crew, Life
from coach.keeper.wire import Done, FromKeeper, Note, Refused, Said, Snapshot, Voice
from coach.seen.full import Full, full_of, full_without
from coach.seen.moment import Moment, aged
from coach.seen.own import Own
from coach.seen.rows import Ahead, ahead_of
from coach.seen.states import ALARMS, STATES, Situation, turning
from coach.seen.units import Units
from coach.seen.view import (
    LARGER,
    SMALLEST,
    Banner,
    Caption,
    Numbers,
    PromptLine,
    Step,
    banner_of,
    captions_of,
    numbers_of,
    prompt_of,
    small_of,
    step_of,
    totals_of,
)
from coach.seen.words import lost_words
from coach.tui.hands import Home
from coach.tui.keys import Typed, read_key
from coach.tui.screens.done import DoneScreen
from coach.tui.signs import Foot, Sign, foot_of, signs_of
from coach.tui.widgets.banner import draw_banner
from coach.tui.widgets.full import draw_full
from coach.tui.widgets.lines import (
    draw_ahead,
    draw_captions,
    draw_foot,
    draw_prompt,
    draw_signs,
    draw_small,
    draw_step,
    draw_totals,
)
from coach.tui.widgets.numbers import draw_numbers
from coach.tui.widgets.pane import Pane
from coach.tui.widgets.panel import HEIGHT, TROUBLES, WIDTH, Trouble, draw_panel
from coach.tui.widgets.profile import Profile

DRAW_S: Final = 0.25  # ecosystem.md 5.3; a timer with deadlines
MOST_SAID: Final = 6  # captions that are kept
MEDIUM: Final = (80, 34)  # columns and rows from which there is more room
LARGE: Final = (170, 56)  # columns and rows from which the digits are drawn twice as large
_SCROLLS: Final = frozenset({"up", "down", "pageup", "home", "end"})  # what a help over the session may have
_THROUGH: Final = frozenset({Key.STOP, Key.QUIT, Key.YES, Key.DIGIT, Key.OTHER})  # what passes a help


class Settings(Protocol):
    """What the screen asks of the settings."""

    @property
    def units(self) -> Units:
        """What speeds are shown in."""


class RunScreen(Screen[None]):
    """A session: its cockpit, and its states that take the whole screen."""

    BINDINGS: ClassVar[list[BindingType]] = []
    ALLOW_SELECT = False
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    RunScreen { background: $paper; layers: base overlay; overflow: hidden; }
    RunScreen #banner { height: 3; }
    RunScreen #numbers { height: 10; }
    RunScreen #ahead { height: 2; }
    RunScreen #full { height: 1fr; display: none; }
    RunScreen #captions { height: 2; }
    RunScreen #totals { display: none; }
    RunScreen #prompt { display: none; }
    RunScreen.-prompted #prompt { display: block; }
    RunScreen.-medium #prompt { height: 2; }
    RunScreen #panel { layer: overlay; position: absolute; display: none; }
    RunScreen.-medium #step { margin: 0 0 1 0; }
    RunScreen.-medium #ahead { margin: 1 0; }
    RunScreen.-medium #captions { height: 3; }
    RunScreen.-medium #totals { display: block; height: 2; }
    RunScreen.-large #banner { height: 10; }
    RunScreen.-large #step { margin: 1 0; }
    RunScreen.-large #numbers { height: 17; }
    RunScreen.-large #captions { height: 4; }
    RunScreen.-full #step, RunScreen.-full #numbers, RunScreen.-full #ahead, RunScreen.-full #profile,
    RunScreen.-full #totals { display: none; }
    RunScreen.-full #full { display: block; }
    RunScreen #small { height: 1fr; display: none; }
    RunScreen.-small #small { display: block; }
    RunScreen.-small #step, RunScreen.-small #numbers, RunScreen.-small #ahead, RunScreen.-small #profile,
    RunScreen.-small #full, RunScreen.-small #prompt, RunScreen.-small #captions { display: none; }
    RunScreen.-small #banner { height: 1; }
    """

    def __init__(
        self,
        crew: Crew,
        settings: Settings,
        *,
        heard: Sequence[FromKeeper] = (),
        yes: frozenset[str] = frozenset(),
        clock: Callable[[], float] = monotonic,
        draw_s: float = DRAW_S,
    ) -> None:
        """`heard` is what the screen before has polled and this one should know, `yes` the runner's own button."""
        super().__init__()
        self._heard = list(heard)
        self._crew = crew
        self._units = settings.units
        self._yes = yes
        self._clock = clock
        self._draw_s = draw_s
        self._snapshot: Snapshot | None = None  # the newest
        self._heard_at_s = 0.0  # by the clock of the wall
        self._drawn: Moment | None = None  # what the panes have been told
        self._painted: Moment | None = None  # what stands on the terminal: what a press answers
        self._said: list[Said] = []
        self._refused: str | None = None
        self._acknowledged = False

    @property
    def crew(self) -> Crew | None:
        """Who keeps the belt."""
        return self._crew

    def compose(self) -> ComposeResult:
        """The panes, from top to bottom."""
        yield Pane[Banner](draw_banner, id="banner")
        yield Pane[PromptLine | None](draw_prompt, id="prompt")
        yield Pane[Step](draw_step, id="step")
        yield Pane[Numbers](draw_numbers, id="numbers")
        yield Pane[Ahead](draw_ahead, id="ahead")
        yield Pane[Full](draw_full, id="full")
        yield Pane[tuple[tuple[str, str], ...]](draw_small, id="small")
        yield Pane[tuple[Caption, ...]](draw_captions, id="captions")
        yield Profile(self._crew.plan, units=self._units, id="profile")
        yield Pane[tuple[str, ...]](draw_totals, id="totals")
        yield Pane[tuple[Sign, ...]](draw_signs, id="signs")
        yield Pane[Foot](draw_foot, id="foot")
        yield Pane[Mapping[str, Trouble]](draw_panel, id="panel")

    def on_mount(self) -> None:
        """Draw at once, and then by deadlines."""
        self.query_one("#panel", Pane).put(TROUBLES)
        self.watch(self.app, "app_focus", self._focus, init=not self.app.app_focus)
        self.tick()
        self.set_interval(self._draw_s, self.tick, name="draw")

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout."""
        width, height = event.size
        self.set_class(width < SMALLEST[0] or height < SMALLEST[1], "-small")
        self.set_class(width >= MEDIUM[0] and height >= MEDIUM[1], "-medium")
        self.set_class(width >= LARGE[0] and height >= LARGE[1], "-large")
        panel = self.query_one("#panel")
        panel.styles.width, panel.styles.height = min(WIDTH, width), HEIGHT
        panel.styles.offset = (max(width - WIDTH - 1, 0), 3)

    # What the keeper says.

    def tick(self) -> None:
        """Take what the keeper said, draw the newest, and say that it was drawn."""
        messages, self._heard = [*self._heard, *self._crew.poll()], []
        for message in messages:
            if self._take(message):
                return
        if self._snapshot is None or self._refused is not None:
            self._draw_nothing()
            return
        self._draw(self._moment(aged(self._snapshot, self._clock() - self._heard_at_s)))
        self._crew.beat(self._snapshot.serial)

    def _moment(self, snapshot: Snapshot) -> Moment:
        return Moment(
            self._crew.plan,
            snapshot,
            self._units,
            self._crew.life,
            self._crew.guarded,
            self._acknowledged,
            tuple(self._said),
        )

    def _take(self, message: FromKeeper) -> bool:
        """Take a message; True when the session is over."""
        match message:
            case Snapshot():
                self._snapshot, self._heard_at_s = message, self._clock()
            case Said():
                self._said = [*self._said, message][-MOST_SAID:]
            case Note(text):
                self._note(text)
            case Refused(reason):
                self._refused = reason
            case Done():
                self._uncover()
                _ = self.app.switch_screen(DoneScreen(self._crew.plan, message, self._units))
                return True
            case _:
                pass
        return False

    def _note(self, text: str) -> None:
        at_s = self._snapshot.at_s if self._snapshot is not None else 0.0
        self._said = [*self._said, Said(at_s, CueKind.NOTICE, text)][-MOST_SAID:]

    # Drawing.

    def _draw(self, moment: Moment) -> None:
        state = STATES[moment.situation]
        if self._drawn is None or moment.situation is not self._drawn.situation:
            self.set_class(state.full, "-full")
            if Key.HELP not in state.keys:
                self._uncover()
        self._drawn = moment
        self.set_class(bool(moment.snapshot.prompted) and moment.situation not in ALARMS, "-prompted")
        self._pane("banner").show_of(banner_of, moment)
        self._pane("prompt").show_of(prompt_of, moment)
        if state.full:
            self._pane("full").show_of(full_of, moment)
        else:
            self._pane("step").show_of(step_of, moment)
            self._pane("numbers").show_of(numbers_of, moment)
            self._pane("ahead").show_of(ahead_of, moment)
            self._pane("totals").show_of(totals_of, moment)
        profile = self.query_one(Profile)
        profile.attempt(lambda: profile.show(moment.snapshot))
        self._pane("small").show_of(small_of, moment)
        self._pane("captions").show_of(captions_of, moment)
        self._pane("signs").show_of(signs_of, moment)
        self._pane("foot").show_of(foot_of, moment)
        self.call_after_refresh(self._paint, moment)

    def _paint(self, moment: Moment) -> None:
        """The terminal has it."""
        self._painted = moment

    def _draw_nothing(self) -> None:
        """No snapshot yet, or never any."""
        lost = self._crew.life is Life.LOST
        now = Situation.KEEPER_LOST if lost else Situation.CONNECTING
        now = now if self._refused is None else Situation.REFUSED
        state, belt = STATES[now], "SIMULATED" if self._crew.plan.profile.simulated else "REAL BELT"
        self.set_class(True, "-full")
        self._pane("banner").put(Banner(state.sign, state.banner, state.role, hatched=False, belt=belt))
        full = full_without(now, *filter(None, (self._refused or "",)))
        self._pane("full").put(full)
        words = (full.word, *full.do, *full.more)
        self._pane("small").put(((LARGER.format(*SMALLEST), "turn"), *((text, "strong") for text in words)))
        self._pane("foot").put(
            Foot((("any key", "leaves"),) if lost or self._refused is not None else (("q", "leave"),))
        )

    def _pane(self, name: str) -> Pane[object]:
        return self.query_one(f"#{name}", Pane)

    def _uncover(self) -> None:
        """Take away what lies over the session."""
        while self.app.screen is not self and self in self.app.screen_stack:
            _ = self.app.pop_screen()

    # Keys.

    def take_key(self, event: events.Key) -> bool:
        """Every key of the app comes here first (coach.tui.hands), even before anything is drawn."""
        typed = read_key(event.key, self._yes)
        if self._refused is not None or self._crew.life is Life.LOST:
            self._last_key()
        elif self.app.screen is not self:
            return self._covered_key(event.key, typed)
        else:
            self._key(event.key, typed)
        return True

    def leave(self) -> None:
        """Ctrl-C, where it comes as a wish to leave: the session asks first."""
        self._press(Key.QUIT)

    def _key(self, name: str, typed: Typed) -> None:
        """A key with nothing over the session but, perhaps, the simulator's panel."""
        if self._for_panel(name, typed):
            return
        allowed = STATES[self._drawn.situation].keys if self._drawn is not None else ()
        match typed.means:
            case Own.VOICE if Own.VOICE in allowed:
                self._voice()
            case Own.VOICE:
                self._note("The voice stays as it is while you face the rear or turn.")
                self._press(Key.OTHER)
            case Own.PANEL:
                self._press(Key.OTHER)
            case Key.HELP if Key.HELP in allowed and isinstance(self.app, Home):
                self._press(Key.HELP)
                self.app.action_help()
            case Key.HELP:
                self._press(Key.OTHER)
            case key:
                self._press(key, typed.digit)

    def _for_panel(self, name: str, typed: Typed) -> bool:
        """Whether the simulator's panel has taken the key; a stop only closes it."""
        if not self.is_mounted:
            return False
        panel = self.query_one("#panel")
        if typed.means is Own.PANEL and self._crew.plan.profile.simulated:
            panel.display = not panel.display
            return True
        if not panel.display:
            return False
        chosen = name in TROUBLES
        if chosen:
            self._trouble(name)
        if chosen or typed.means is Key.STOP:
            panel.display = False
        return chosen

    def _covered_key(self, name: str, typed: Typed) -> bool:
        """Something lies over the session: stops get through, and an answer to what is hidden does not count."""
        if name in _SCROLLS:
            return False
        self._uncover()
        if isinstance(typed.means, Key) and typed.means in _THROUGH:
            self._crew.press(typed.means, typed.digit, None)
        return True

    def _press(self, key: Key, digit: str = "") -> None:
        """Send a key with the serial of the question that could be seen, not of one that came since."""
        question = self._painted.snapshot.question if self._painted is not None else None
        self._crew.press(key, digit, None if question is None else question.serial)

    def _voice(self) -> None:
        """On the simulator captions or the full voice, on a real belt the full voice or tones."""
        quiet = Voice.CAPTIONS if self._crew.plan.profile.simulated else Voice.TONES
        voice = self._drawn.snapshot.voice if self._drawn is not None else quiet
        after = Voice.FULL if voice is not Voice.FULL else quiet
        if after is quiet and self._drawn is not None and turning(self._crew.plan, self._drawn.snapshot):
            self._note("Not mute while you turn or face the rear.")
            return
        self._crew.say(after)
        self._note(f"Voice: {after}.")

    def _trouble(self, letter: str) -> None:
        trouble = TROUBLES[letter]
        self._crew.mischief(trouble.fault)
        self._note(f"Simulator: {trouble.does}.")

    def _last_key(self) -> None:
        """The keeper is gone or there never was a session: the first key silences the alarm, the next one leaves."""
        if self._crew.life is Life.LOST and not self._acknowledged:
            self._acknowledged = True
            self._crew.acknowledge()
            if self.is_mounted:
                self.tick()
            return
        if self._crew.life is not Life.OVER:
            self._crew.close()
        if isinstance(self.app, Home):
            self.app.back(self._refused or lost_words(self._crew.plan, self._crew.guarded))

    def _focus(self, focused: bool) -> None:
        self._crew.focus(on=focused)

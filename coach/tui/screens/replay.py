"""A recording in the Run screen: the session as it was drawn, at any speed. Its keys move time, and never a belt."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic
from types import MappingProxyType
from typing import Final

from textual import events

from coach.keeper.wire import Done, FromKeeper, Snapshot
from coach.seen.moment import Moment, Replay
from coach.told import ending
from coach.tui.hands import Home
from coach.tui.past import Recorded
from coach.tui.screens.help import REPLAY
from coach.tui.screens.run import DRAW_S, RunScreen, Settings
from coach.tui.widgets.profile import Profile

SPEEDS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # that + and - lead through
_HOLDS: Final = ("space", "enter", "p", "pagedown")
_LEAVES: Final = ("q", "escape", "backspace", "ctrl+c", "ctrl+q")


class ReplayScreen(RunScreen):
    """The Run screen over a recording; no key of a session is a key here."""

    help_first = REPLAY

    def __init__(
        self,
        recorded: Recorded,
        settings: Settings,
        *,
        clock: Callable[[], float] = monotonic,
        draw_s: float = DRAW_S,
    ) -> None:
        super().__init__(recorded.crew, settings, clock=clock, draw_s=draw_s)
        self._player = recorded.crew
        self._of = recorded.of
        self._acts: Mapping[str, Callable[[], None]] = MappingProxyType(
            {
                **dict.fromkeys(_HOLDS, self._hold),
                **dict.fromkeys(_LEAVES, self.leave),
                **dict.fromkeys(("+", "plus", "up", "right"), self._faster),
                **dict.fromkeys(("-", "minus", "down", "left"), self._slower),
                "n": self._player.next,
                "b": self._back,
                "h": self._help,
                "question_mark": self._help,
            }
        )

    @property
    def crew(self) -> None:
        """Nobody keeps a belt here, so that no help and no signal asks one to stop."""

    def take_key(self, event: events.Key) -> bool:
        """What lies over the replay has its own keys."""
        if self.app.screen is not self:
            return False
        name = event.key.lower() if len(event.key) == 1 else event.key
        act = self._acts.get(name)
        if act is not None:
            act()
            if self.is_mounted and self.app.screen is self:
                self.tick()
        return True

    def leave(self) -> None:
        """Nothing has to stop: at once."""
        self._player.close()
        self._uncover()
        if isinstance(self.app, Home):
            self.app.back()

    def _moment(self, snapshot: Snapshot) -> Moment:
        player = self._player
        live = super()._moment(snapshot)
        return Moment(
            live.plan,
            snapshot,
            live.units,
            said=live.said,
            replay=Replay(player.speed, player.held, player.over, self._of),
        )

    def _take(self, message: FromKeeper) -> bool:
        """The end stays on the screen: one may go back from it."""
        match message:
            case Snapshot():
                profile = self.query_one(Profile)
                profile.attempt(partial(profile.pass_by, message))
            case Done():
                self._note(f"The recording ends here. {ending(message)}")
                return False
            case _:
                pass
        return super()._take(message)

    def _hold(self) -> None:
        if self._player.over:
            self._note("This is the end of the recording. b goes back, q leaves.")
        self._player.hold(on=not self._player.held)

    def _faster(self) -> None:
        self._player.play_at(SPEEDS[min(bisect_right(SPEEDS, self._player.speed), len(SPEEDS) - 1)])

    def _slower(self) -> None:
        self._player.play_at(SPEEDS[max(bisect_left(SPEEDS, self._player.speed) - 1, 0)])

    def _back(self) -> None:
        """What was said later was not said yet."""
        self._said = []
        self._player.back()

    def _help(self) -> None:
        if isinstance(self.app, Home):
            self.app.action_help()

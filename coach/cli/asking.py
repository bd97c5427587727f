"""The talk of a set-up in a terminal: plain lines out, lines and single keys in; no colours, nothing is drawn over."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from time import monotonic
from types import FrameType
from typing import Final

from coach.cli.app import out
from coach.cli.keyboard import read_signs
from coach.core.event import Key
from coach.core.wish import Phase
from coach.setup.ask import LeftError
from coach.setup.bench import Moment, Touch
from coach.setup.trial import words
from coach.system.terminal import Keys, keys

LEAVE: Final = frozenset({"q", "quit"})
EVERY_S: Final = 5.0  # between lines about the speed
CTRL_C: Final = 3  # the first stops the belt, the second is patience, this one leaves
_PACED: Final = frozenset({Phase.RUN, Phase.STEP_ON, Phase.RAMP, Phase.STOPPING, Phase.CONNECTING})
_LEAVES: Final = (Touch(Key.QUIT), Touch(Key.QUIT))


class Terminal:
    """Asks in a terminal, and is the hand beside the treadmill while a machine test runs.

    `lapse`: so many seconds of a simulated machine pass in one, while nobody is asked anything, and `pace` of them
    while somebody is; a real machine has 1.
    """

    def __init__(self, lapse: float = 1.0, pace: float = 1.0, show: Callable[[str], None] = out) -> None:
        self._lapse = lapse
        self._show = show
        self._keys: Keys | None = None
        self._asking = self._pace = pace
        self._over = False
        self._ctrl_c = _CtrlC()
        self._interrupts = 0
        self._told_s = -EVERY_S

    def close(self) -> None:
        """The terminal is as it was."""
        self._ctrl_c.close()
        opened, self._keys = self._keys, None
        if opened is not None:
            opened.close()

    # Asker

    def say(self, text: str = "") -> None:
        """A line."""
        self._show(text)

    def text(self, question: str) -> str:
        """A line; q, the end of input and Ctrl-C leave."""
        self.close()
        self._show(question)
        try:
            line = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            self._show("")
            raise LeftError("left") from None
        if line.casefold() in LEAVE:
            raise LeftError("left")
        return line

    def yes(self, question: str) -> bool:
        """Yes or no, in full or by its first letter."""
        while True:
            match self.text(f"{question} (yes or no)").casefold():
                case "y" | "yes":
                    return True
                case "n" | "no":
                    return False
                case _:
                    self._show("Type yes or no; q leaves, and what was done is kept.")

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """A numbered list."""
        self._show(question)
        for number, choice in enumerate(choices, 1):
            self._show(f"  {number}  {choice}")
        while True:
            line = self.text(f"Type a number from 1 to {len(choices)}.")
            if line.isdecimal() and 1 <= int(line) <= len(choices):
                return int(line) - 1

    def press(self, seconds: float) -> str:
        """All that one press sends."""
        try:
            return self._sent(seconds)
        except KeyboardInterrupt:
            raise LeftError("left") from None

    # Hand

    def wait(self, seconds: float) -> tuple[float, Sequence[Touch]]:
        """Let time pass until a key comes.

        Raises:
            LeftError: Ctrl-C for the third time.
        """
        if self._over:
            self._over = False
            return 0.0, _LEAVES
        began_s = monotonic()
        burst = self._ctrl_c.awaited(lambda: self._sent(seconds / self._pace))
        passed_s = min((monotonic() - began_s) * self._pace, seconds)
        if burst is None:
            return passed_s, self._interrupted()
        if not burst:
            return seconds, ()
        return passed_s, tuple(Touch(typed.key or Key.OTHER, typed.digit) for typed in read_signs(burst))

    def see(self, moment: Moment) -> None:
        """Lines about what happens: what is said, and the speed now and then."""
        for cue in () if moment.over else moment.cues:
            if words(cue.text):
                self._show(words(cue.text))
        asked = moment.question is not None
        self._pace = self._lapse if not asked and moment.phase in _PACED else self._asking
        self._over = moment.over
        if moment.kmh and moment.at_s - self._told_s >= EVERY_S * self._pace:
            self._told_s = moment.at_s
            self._show(f"  {moment.kmh:.1f} km/h")

    def _sent(self, wait_s: float) -> str:
        """What one press sends; keys come singly and unseen until the next line is asked for."""
        if self._keys is None:
            self._keys = keys()
        self._keys.single()
        try:
            return self._keys.sent(wait_s)
        except OSError as error:
            raise LeftError("the terminal is gone") from error

    def _interrupted(self) -> Sequence[Touch]:
        self._interrupts += 1
        if self._interrupts >= CTRL_C:
            raise LeftError("left")
        self._show("The belt is being stopped.")
        return _LEAVES


class _CtrlC:
    """Ctrl-C from the first wait to the close: one that comes between two waits is the next one's."""

    def __init__(self) -> None:
        self._before: Callable[[int, FrameType | None], object] | int | None = None
        self._waiting = self._came = False

    def awaited(self, wait: Callable[[], str]) -> str | None:
        """What the wait gives; None after Ctrl-C, which ends it."""
        if self._before is None:
            self._before = signal.signal(signal.SIGINT, self._note)
        try:
            try:
                self._waiting = True
                came, self._came = self._came, False
                return None if came else wait()
            finally:
                self._waiting = False
        except KeyboardInterrupt:
            return None

    def close(self) -> None:
        """It is what it was before."""
        before, self._before = self._before, None
        if before is not None:
            signal.signal(signal.SIGINT, before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._waiting:
            self._waiting = False
            raise KeyboardInterrupt
        self._came = True

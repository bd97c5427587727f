"""A runner who is not there: hears a question, waits until it is spoken, and confirms; misbehaves once if told to."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from coach.core.event import Key
from coach.core.progress import Button, Prompt
from coach.link.treadmill import Treadmill

CONSOLE_S: Final = (1.0, 2.0)  # from the last word to the button of the console, and what pressing it takes
SPOKEN_S: Final = 3.0  # how long the words of a question take
REACTION_S: Final = (1.0, 3.0)  # from the last word to the press
BOUNCE_S: Final = 0.4  # between the presses of a finger that trembles; under 0.8 s it is one press (safety.md 4)


@dataclass(frozen=True, slots=True)
class Press:
    """What the runner will do, and when."""

    at_s: float
    key: Key
    digit: str | None = None  # with Key.DIGIT, as read from the screen


class VirtualRunner:
    """Confirms every question; how fast depends on the seed and on how many questions came before, on nothing else."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self.heard: list[str] = []  # the kinds of all questions so far
        self._silent = False
        self._late_s: float | None = None
        self._bounce_s: float | None = None

    def asked(self, at_s: float, kind: str, minimum_wait_s: float = 0.0, digit: str | None = None) -> list[Press]:
        """Hear a question; the presses that answer it, none where the runner does not.

        Args:
            at_s: when its words begin.
            kind: what is asked; kept in `heard`, changes no answer.
            minimum_wait_s: how long a press would not count yet; the runner knows.
            digit: what the screen shows, where the answer is a digit.
        """
        self.heard.append(kind)
        reaction_s = Random(f"{self._seed} question {len(self.heard)}").uniform(*REACTION_S)
        silent, late_s, bounce_s = self._silent, self._late_s, self._bounce_s
        self._silent, self._late_s, self._bounce_s = False, None, None
        if silent:
            return []
        wait_s = max(SPOKEN_S, minimum_wait_s) + reaction_s if late_s is None else late_s
        press = Press(at_s + wait_s, Key.YES if digit is None else Key.DIGIT, digit)
        if bounce_s is None:
            return [press]
        return [press, Press(press.at_s + bounce_s, press.key, digit)]

    def reach(self, prompt: Prompt, at_s: float) -> float:
        """When the button is pressed that is asked for from an instant on."""
        return at_s + SPOKEN_S + Random(f"{self._seed} console {prompt.serial}").uniform(*CONSOLE_S)

    def press_console(self, prompt: Prompt, treadmill: Treadmill, at_s: float) -> None:
        """Press what is asked for; a speed is set by what the belt does now."""
        match prompt.button:
            case Button.START:
                treadmill.console_start(at_s)
            case Button.STOP:
                treadmill.console_stop(at_s)
            case Button.SPEED if prompt.speed_kmh is not None:
                treadmill.console_change(prompt.speed_kmh - treadmill.speed_kmh, at_s)
            case _:
                pass

    def ignore_next(self) -> None:
        """Do not answer the next question."""
        self._silent = True

    def delay_next(self, late_s: float) -> None:
        """Answer the next question so long after its first word."""
        self._late_s = late_s

    def double_next(self, bounce_s: float = BOUNCE_S) -> None:
        """Press twice at the next question."""
        self._bounce_s = bounce_s

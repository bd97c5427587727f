"""A treadmill and a strap on the air, as a session knows them: what the radio's thread tells, in the session's time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Final, Generic, TypeVar

from coach.core.event import Heard, LinkFound, LinkLost, Returned
from coach.core.workout import Facing
from coach.link.driver import Driver, StrapDriver, StrapFound, StrapLost, Trouble
from coach.link.habits import Habits
from coach.link.radio import Radio
from coach.link.sighting import Sighting
from coach.link.treadmill import Told

NOT_SIMULATED: Final = "{} has the name of a simulated treadmill and is none: it is not driven."
SIMULATED: Final = "{} is a simulated treadmill: take it as --treadmill {}."

_T = TypeVar("_T", bound="Told | Trouble | StrapFound | StrapLost")


def _same(mono_s: float) -> float:
    return mono_s


class _Ear(Generic[_T]):
    """What was told in one thread and is taken in another, each with an instant that never goes back."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.session_s: Callable[[float], float] = _same
        self._wake = wake
        self._told: deque[_T] = deque()
        self._last_s = 0.0

    def tell(self, told: _T) -> None:
        """From any thread."""
        self._told.append(told)
        self._wake()

    @property
    def due_s(self) -> float:
        return max(self.session_s(self._told[0].at_s), self._last_s) if self._told else inf

    def take(self, at_s: float) -> list[_T]:
        """All of it, in the session's time, none before the call before and none behind this one."""
        taken: list[_T] = []
        while self._told:
            told = self._told.popleft()
            self._last_s = min(max(self.session_s(told.at_s), self._last_s), max(at_s, self._last_s))
            taken.append(replace(told, at_s=self._last_s))
        self._last_s = max(self._last_s, at_s)
        return taken


class _Aired(Generic[_T]):
    """Somebody on the air, as far as his time goes."""

    def __init__(self, ear: _Ear[_T]) -> None:
        self._ear = ear

    def timed(self, session_s: Callable[[float], float]) -> None:
        """How an instant of the monotonic clock is one of the session's."""
        self._ear.session_s = session_s

    @property
    def due_s(self) -> float:
        """When something was told that was not taken yet."""
        return self._ear.due_s


class AirTreadmill(_Aired[Told | Trouble]):
    """A machine on the air. The session is never told of a link to another machine than was meant."""

    hands: Final = None

    def __init__(
        self, radio: Radio, target: Sighting, habits: Habits, *, simulated: bool, wake: Callable[[], None]
    ) -> None:
        """Nothing is done before `connect`.

        Args:
            radio: the thread of the radio.
            target: which machine; without an address it is found by its name.
            habits: what the machine wants of the radio.
            simulated: it is meant to be a simulated one.
            wake: called from the radio's thread when something was told.
        """
        self._simulated = simulated
        self._name = target.name
        super().__init__(_Ear(wake))
        self._driver = Driver(radio, target, habits, self._ear.tell)
        self._links = 0  # of which the session knows
        self.linked = False
        self.trouble = ""  # why there is no link
        self.refusal = ""  # why there will be none

    def connect(self, at_s: float) -> None:
        """Look for it until it is there."""
        del at_s
        self._driver.connect()

    def disconnect(self, at_s: float) -> None:
        """Drop the link, and stay away."""
        del at_s
        self._driver.disconnect()

    def renew(self, at_s: float) -> None:
        """Drop the link, and come back."""
        del at_s
        self._driver.renew()

    def slept(self, at_s: float) -> None:
        """Find out whether the link lives, and tell it found, or come back."""
        del at_s
        self._driver.probe()

    def read(self, uuid: int) -> bytes | None:
        """What can be read is told behind LinkFound."""
        del uuid
        return None

    def write(self, value: bytes, at_s: float) -> None:
        """Hand a write over to the radio."""
        del at_s
        self._driver.write(value, self._links)

    def run_until(self, at_s: float) -> list[Told]:
        """What the machine has told."""
        return [told for one in self._ear.take(at_s) if (told := self._checked(one)) is not None]

    def close(self, timeout_s: float) -> None:
        """Leave the link in order."""
        self._driver.close(timeout_s)

    def _checked(self, told: Told | Trouble) -> Told | None:
        match told:
            case Trouble(_, text, final):
                self.trouble = text
                if final and not self._links:
                    self.refusal = text
                return None
            case LinkFound():
                self._links += 1
                return self._found(told)
            case LinkLost():
                linked, self.linked = self.linked, False
                return told if linked else None
            case Heard() | Returned():
                return told if self.linked else None

    def _found(self, found: LinkFound) -> LinkFound | None:
        facts = self._driver.facts
        truly = facts is not None and facts.simulated
        if truly is not self._simulated:
            self.refusal = (SIMULATED if truly else NOT_SIMULATED).format(self._name, self._name)
            self._driver.disconnect()
            return None
        self.linked, self.trouble = True, ""
        return found


class AirStrap(_Aired[Heard | StrapFound | StrapLost | Trouble]):
    """A heart strap on the air; while it is away it says nothing, and the core notices that by itself."""

    def __init__(self, radio: Radio, target: Sighting, *, simulated: bool, wake: Callable[[], None]) -> None:
        """Look for it until it is there; a heart that is `simulated` beats on a simulated treadmill only."""
        super().__init__(_Ear(wake))
        self._simulated = simulated
        self._driver = StrapDriver(radio, target, self._ear.tell)
        self.trouble = ""
        self._driver.connect()

    def run_until(self, at_s: float, speed_kmh: float, incline_pct: float, facing: Facing) -> list[Heard]:
        """What it has measured."""
        del speed_kmh, incline_pct, facing
        heard: list[Heard] = []
        for told in self._ear.take(at_s):
            match told:
                case Heard():
                    heard.append(told)
                case Trouble(_, text, _):
                    self.trouble = text
                case StrapFound() if not self._simulated and (facts := self._driver.facts) and facts.simulated:
                    self.trouble = "that strap is simulated, and the belt is real"
                    self._driver.disconnect()
                    return []
                case StrapFound():
                    self.trouble = ""
                case StrapLost():
                    pass
        return heard

    def close(self, timeout_s: float) -> None:
        """Leave the link in order."""
        self._driver.close(timeout_s)

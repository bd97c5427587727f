"""Who has a treadmill of his own in the gym: what his files know, what he does with his hands, and his sessions."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Final

from coach.air.treadmill import ServedTreadmill
from coach.core.machine import Range
from coach.known import Known, KnownStrap, KnownUnits
from coach.machines import Store
from coach.people import People, Person
from coach.setup.screening import CONSENT_VERSION
from tests.keeper.stand import PATIENCE_S, Stand
from tests.lab.guest.gym import NAME, STRAP, Gym
from tests.lab.guest.session import AirStand
from tests.lab.guest.sitting import REACTION_S, Act

THEN: Final = "2026-11-01T08:00:00+00:00"
ANSWERS: Final = {
    "Enter begins": "",
    "In which year": "1980",
    "Type yes if": "yes",
    "How many seconds": "3.2",
    "Is this your": "yes",
    "Enter when": "",
    "nobody on the belt": "yes",
    "While the connection was away": "yes",
    "What do you press": "2",
    "Which treadmill": f"#{NAME}",
    "Which strap": f"#{STRAP}",
    "Clear 2 m": "yes",
    "you hear the alarm": "yes",
    "Did you hear": "yes",
    "Press when the voice asks": "",
    "(yes or no)": "no",
}
WORKOUT: Final = """
format: 1
name: Short
level: beginner
steps:
  - warm-up: 75 s @ 5 km/h
  - backward: {seconds} s @ {kmh} km/h
  - cool-down: 3 min @ 4 km/h
"""
STEADY: Final = "Press when steady."


def hands(gym: Gym, mill: ServedTreadmill) -> dict[str, Act]:
    """What somebody does at a treadmill, and at the keyboard beside it, when coach says so."""
    return {
        "Now press Start on the treadmill": gym.press(mill, "start"),
        "Now press + on the treadmill": gym.press(mill, "+"),
        "Press Stop on": gym.press(mill, "stop"),
        "Press Enter, and it starts": "\r",
        "Press plus on the console": gym.press(mill, "+"),
        "Now pull the safety key": gym.press(mill, "pull"),
    }


def own(mill: ServedTreadmill, *, tested: bool = False, name: str = "") -> Known:
    """It is known to its user: accepted and proved, and perhaps tested."""
    known = Known(
        mill.face.address,
        name or mill.face.name,
        accepted_at=THEN,
        proved_at=THEN,
        tested_at=THEN if tested else None,
        speeds=Range(0.8, 18.0, 0.1) if tested else None,
        units=KnownUnits() if tested else None,
        last_used_at=THEN,
    )
    Store().remember(known)
    return known


def kept(mill: ServedTreadmill) -> Known:
    """What the files of the user know of it now."""
    return Store().machine(mill.face.address)


def screened(balance_s: float = 3.2) -> None:
    """Its runner has answered what is asked once."""
    person = Person("", 1980, THEN, consented_at=THEN, consent=CONSENT_VERSION, balance_s=balance_s)
    People().remember(person)


def short(folder: Path, kmh: float = 1.6, seconds: float = 90.0) -> str:
    """A workout with one block that faces the rear."""
    workout = folder / "short.yaml"
    workout.write_text(WORKOUT.format(kmh=kmh, seconds=seconds))
    return str(workout)


def strapped(gym: Gym, mill: ServedTreadmill) -> None:
    """The runner wears his own strap."""
    strap = gym.chest(mill)
    Store().remember_strap(KnownStrap(strap.face.address, STRAP, bound_at=THEN, last_used_at=THEN))


class RealStand(AirStand):
    """A session whose lines say REAL BELT; the digit of a question stands behind that."""

    def __init__(self, folder: Path, *words: str) -> None:
        Stand.__init__(self, folder, ["run", *words])

    def until(self, words: str, timeout_s: float = PATIENCE_S) -> str:
        """The next line with these words; on the way he says that he stands steady, as a first session asks."""
        while True:
            line = super().until("", timeout_s)
            if STEADY in line:
                Event().wait(REACTION_S)
                self.type("yes")
            if words in line:
                return line

    def answer(self) -> str:
        asked = re.sub(r"\s*REAL BELT\s+\S+\s*", " ", "".join(self.said).rpartition("> Feet")[2])
        digit = re.search(r"screen:\s+([1-4])\.", asked)
        return digit[1] if digit is not None else "yes"

    def through_the_gate(self) -> None:
        """Say yes to the day and to the alarm, and press twice, from the rails."""
        for words, typed in (("Clear 2 m", "yes"), ("you hear the alarm", "yes"), ("asks", ""), ("asks", "")):
            self.until(words)
            Event().wait(REACTION_S)
            self.type(typed)


@contextmanager
def session(gym: Gym, folder: Path, mill: ServedTreadmill, *words: str) -> Iterator[RealStand]:
    """A session on it, whose processes are all gone when this ends."""
    with RealStand(folder, *words) as stand:
        yield stand
    stand.gone()
    assert gym.kmh(mill) == 0


def coach(*words: str, typed: str | None = "") -> tuple[int, str]:
    """A command that needs no terminal: its exit code, and all that it said."""
    done = subprocess.run(
        [sys.executable, "-m", "coach", *words],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def guards() -> list[int]:
    """Processes that stand guard over a session."""
    return [int(one.name) for one in Path("/proc").glob("[0-9]*") if b"coach.keeper.guard" in _command(one)]


def _command(process: Path) -> bytes:
    with suppress(OSError):
        return (process / "cmdline").read_bytes()
    return b""

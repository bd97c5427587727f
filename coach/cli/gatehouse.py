"""What the gate of a real belt knows: from the files of people and treadmills, and from what was said since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from time import monotonic

from coach.cli.app import RefusedError
from coach.cli.questions import ask_one
from coach.cli.sight import Sight
from coach.cli.stage import FORWARD, Stage, named
from coach.cli.taken import Taken, Worn
from coach.core.error import MachineError
from coach.core.press import YES_S
from coach.gate import ALARM, PAIN, PRESS, Check, Facts, gate, missing
from coach.history.question import Question
from coach.machines import Store
from coach.people import People, facts
from coach.setup.ask import Asker
from coach.sinks.mouth import Mouth


def today() -> date:
    """Where the runner is."""
    return datetime.now(UTC).astimezone().date()


class Gatehouse:
    """Holds for one start of coach: the alarm and the presses belong to a session, the rest is kept."""

    def __init__(self, runner: str, age: int | None, *, hears: bool = True, sight: Sight | None = None) -> None:
        """`runner` as it was asked for; `age` is that of the settings, and the screening may know another.

        `sight` is the page before the session, for a runner who does not hear and has asked for one.
        """
        self._runner = named(runner)
        self._age = age
        self._hears, self._sight = hears, sight
        self._heard = self._company = False
        self._presses = 0
        self._pain: int | None = None

    def simulated(self) -> Facts:
        """What there is to know where no real belt moves."""
        return Facts(simulated=True, age=self._age)

    def facts(self, taken: Taken, worn: Worn) -> Facts:
        """What is known now; nothing is asked for a simulated treadmill."""
        if taken.simulated or taken.device is None:
            return self.simulated()
        person = People().person(self._runner)
        known = facts(person, simulated=False, proved=True, tested=_tested(taken.device.address), today=today())
        return replace(
            known,
            age=known.age if known.age is not None else self._age,
            alarm_heard=self._heard,
            presses=self._presses,
            company=self._company,
            strap_live=worn.on,  # whether it beats, the session itself looks (safety.md 3)
            pain=self._pain,
            hears=self._hears,
            shared=self._sight is not None,
            watched=self._sight is not None and self._sight.watched,
        )

    @property
    def pain(self) -> int | None:
        """As it was told for the session, 0 to 10."""
        return self._pain

    def tell(self, pain: int | None) -> None:
        """How much pain there is before the session; one that was told stays until another is."""
        self._pain = self._pain if pain is None else pain

    def confirm(self, check: Check) -> None:
        """A check was done."""
        match check.name:
            case "today":
                people = People()
                people.remember(people.person(self._runner).answered(today(), well=True))
            case "alarm":
                self._heard = True
            case "presses":
                self._presses += 1
            case "company":
                self._company = True
            case _:
                pass


def _tested(address: str) -> bool:
    try:
        return Store().machine(address).tested_at is not None
    except MachineError:
        return False


def ask_through(
    stage: Stage, gatehouse: Gatehouse, asker: Asker, mouth: Mouth, clock: Callable[[], float] = monotonic
) -> None:
    """The gate as lines: each check that is missing is asked for, until nothing is, and what history allows is told.

    Args:
        stage: the session.
        gatehouse: what is known.
        asker: who is asked.
        mouth: for the alarm, and for the voice that asks for the presses.
        clock: monotonic; a press that comes at once is none.

    Raises:
        RefusedError: something is missing that cannot be mended here.
        LeftError: the runner left.
    """
    while left := missing(gate(stage.plan, gatehouse.facts(stage.taken, stage.worn))):
        check = left[0]
        if check.name == "presses":
            asked_s = clock()
            _ = mouth.say(PRESS)
            if mouth.mute:
                asker.say(f"{mouth.mute}: face the rear on the rails.")
            _ = asker.text(f"{check.words} Enter")
            if clock() - asked_s < YES_S:
                continue
        elif check.name == PAIN and check.mend_s is not None:
            gatehouse.tell(ask_one(asker, Question.BEFORE).pain_before)
        elif check.name == ALARM and not check.by_word and check.mend_s is not None:
            _ = asker.text(f"{check.words} Then Enter")
            continue
        elif not check.by_word:
            raise RefusedError(f"{stage.plan.workout.name}: {check.words}\n{FORWARD}")
        else:
            if check.name == ALARM:
                _ = mouth.alarm()
                if mouth.mute:
                    asker.say(f"Nothing sounds: {mouth.mute}.")
            if not asker.yes(check.words):
                raise RefusedError(f"{stage.plan.workout.name}: not like this. {FORWARD}")
        gatehouse.confirm(check)
    if stage.plan.backward:
        asker.say(f"Today: {stage.allowance.reason}.")

"""What the screens need of the world outside: workouts, machines, people and sessions. The glue of the commands has it.

Nothing here blocks for longer than a file takes to read. `listing` and `read` are called from a thread, all else from
the event loop of the screens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from coach.core.plan import Plan, Problem, free_workout
from coach.core.workout import Level, Workout
from coach.gate import Check, Facts
from coach.history.question import Question
from coach.history.rating import Rating
from coach.keeper.crew import Crew
from coach.keeper.wire import Done, Voice
from coach.script.check import Loaded
from coach.seen.units import Units
from coach.shelf import History, Listing, Source
from coach.tui.past import Looking

SHORT_VOICE_SESSIONS: Final = 3  # after so many, fewer words are offered


@dataclass(frozen=True, slots=True)
class Settings:
    """What the runner chose on the screens; the user's own file of settings is never written."""

    units: Units = Units.KMH
    theme: str = "dark"  # a name of coach.tui.theme.THEMES
    voice: Voice = Voice.FULL  # where somebody faces the rear
    voice_forward: Voice = Voice.TONES  # in forward-only sessions
    runner: str = ""  # of Outside.runners(); nothing: the only one
    sessions: int = 0  # so many were run; counted by the glue, never saved from here

    def voice_of(self, plan: Plan) -> Voice:
        """How much is said in this session: on a simulated treadmill nothing, until somebody asks for it."""
        if plan.profile.simulated:
            return Voice.CAPTIONS
        return self.voice if plan.backward else self.voice_forward


@dataclass(frozen=True, slots=True)
class Machine:
    """A treadmill that can be taken."""

    key: str  # what --treadmill takes: "home"
    name: str
    about: str = ""  # a sentence
    simulated: bool = True


@dataclass(frozen=True, slots=True)
class Strap:
    """A heart strap that can be taken, or none."""

    key: str  # what --heart takes: "sim", "none"
    name: str
    simulated: bool = True

    @property
    def worn(self) -> bool:
        """There is one."""
        return self.key != NO_STRAP


NO_STRAP: Final = "none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the runner wants to run, before a machine is chosen."""

    workout: Workout
    loaded: Loaded | None = None  # what it was read from; None: the free session
    level: Level | None = None  # the row to run under; None: the workout's own
    free: bool = False

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.workout.name


@dataclass(frozen=True, slots=True)
class Choice:
    """All that was chosen at Ready."""

    wanted: Wanted
    workout: Workout  # what is to be run: that of `wanted`, or its forward part
    machine: Machine
    strap: Strap
    forward_only: bool = False  # the backward blocks were left out today
    helper: bool = False  # somebody stands at the console (safety.md 6b)
    pain_before: int | None = None  # 0 to 10, as the runner told it; None: he did not


@dataclass(frozen=True, slots=True)
class Staged:
    """A session before its keeper is started."""

    choice: Choice
    plan: Plan
    reasons: tuple[Problem, ...] = ()  # why it must not run; then it cannot be opened
    ticket: object = None  # what open() needs besides; the screens do not look
    allowed: str = ""  # how much may be run backward today, and why; nothing where nothing limits it

    @property
    def title(self) -> str:
        """The name of the workout for people."""
        return self.choice.wanted.title


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is told and asked when a session is over; nothing where nothing is known."""

    trend: str = ""  # how the heart was at this speed weeks ago, in one sentence
    next_day: str = ""  # when the next backward day is, in one sentence
    ask: tuple[Question, ...] = ()
    held: tuple[int, ...] = ()  # backward blocks that were marked as held on the rails


@dataclass(frozen=True, slots=True)
class Morning:
    """A session that asks how its next morning was."""

    session: str  # how the outside finds it again
    words: str  # the question


class Afterwards(Protocol):
    """What happens to a session when it is over. Called from a thread, and takes as long as a disk takes."""

    def aftermath(self, done: Done) -> Aftermath:
        """What is told and asked; never raises."""

    def rate(self, done: Done, rating: Rating) -> None:
        """Keep what the runner says of the session.

        Raises:
            CoachError: it cannot be kept; the message is a sentence.
        """


class Outside(Afterwards, Protocol):
    """The world outside of the screens."""

    def listing(self) -> Listing:
        """Which workouts there are, each with a stamp that changes with its file. Asked once a second."""

    def read(self, source: Source) -> Loaded:
        """A workout with its problems, as `coach.script.check.load` has it, with the runner's own values."""

    def history(self) -> History:
        """What was run before, and which level the runner has."""

    def memory(self) -> Looking:
        """The past of the runner who was chosen; asked for from any thread."""

    def machines(self) -> tuple[Machine, ...]:
        """The treadmills that can be taken, the usual one first."""

    def straps(self) -> tuple[Strap, ...]:
        """The heart straps that can be taken, the usual one first, and NO_STRAP."""

    def runners(self) -> tuple[str, ...]:
        """The names of the people in the settings; empty where there are none."""

    def settings(self) -> Settings:
        """What was chosen last time."""

    def save(self, settings: Settings) -> None:
        """Keep what was chosen, and from here on act by it (another runner has other workouts and caps).

        Raises:
            CoachError: it cannot be kept, or the runner cannot be taken; the screens say so.
        """

    def facts(self, machine: Machine) -> Facts:
        """What is known for the gate: screening, proof, what was confirmed today."""

    def confirm(self, check: Check, machine: Machine) -> None:
        """The runner says that a check is done."""

    def morning(self) -> Morning | None:
        """The session whose next morning is to be asked for, if there is one. Called from a thread."""

    def tell_morning(self, morning: Morning, pain: int | None) -> None:
        """Keep how that morning was, 0 to 10; None: the question was passed over, and is not asked again.

        Raises:
            CoachError: it cannot be kept; the message is a sentence.
        """

    def buttons(self) -> tuple[str, ...]:
        """What the runner's presenter sends to the terminal, as it was learnt; it means yes."""

    def alarm(self) -> None:
        """Play the alarm once, for a runner who finds out whether it is heard from the belt."""

    def speak(self, text: str) -> None:
        """Say a sentence now, where there is a voice; never waits for it."""

    def page(self) -> str:
        """The address of the page behind the treadmill; nothing where nobody asked for one."""

    def prepare(self, choice: Choice) -> Staged:
        """Plan a session. What is wrong with it stands in its reasons.

        Raises:
            CoachError: something that was chosen cannot be used.
        """

    def open(self, staged: Staged) -> Crew:
        """Start the keeper of a session, which connects and reads, with the voice that the settings have for it.

        Connecting goes on while this returns.

        Raises:
            CoachError: no keeper can be started.
        """


def free_session() -> Wanted:
    """The free session: what `coach walk` and the first line of the Library lead to."""
    return Wanted(free_workout(), free=True)

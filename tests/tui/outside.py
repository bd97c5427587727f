"""A whole world outside for tests of screens: shipped workouts, simulated machines, a LocalCrew for a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from coach.core.error import CoachError
from coach.core.level import UNLIMITED, Allowance
from coach.core.plan import make_plan, refusals
from coach.core.runner import Runner
from coach.gate import Check, Facts, Screening
from coach.history.rating import Rating
from coach.keeper.wire import Done
from coach.library import Library
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import VirtualStrap, heart_source
from coach.link.world import World, ranges
from coach.script.check import Loaded
from coach.shelf import History, Listing, Source
from coach.tui.outside import NO_STRAP, Aftermath, Choice, Machine, Morning, Settings, Staged, Strap
from tests.tui.local import LocalCrew
from tests.tui.remembered import FakeLooking

HOME = Machine("home", "Home", "A treadmill for the living room.")
FAST = Machine("minimum-1-6", "Fast", "No slower than 1.6 km/h.")
OWN_KEY = Machine("refuses-start", "Own key", "Wants its own Start key.")
SIMULATED_STRAP = Strap("sim", "simulated strap")
NONE = Strap(NO_STRAP, "no strap")
CONFIRMS: dict[str, Callable[[Facts], Facts]] = {
    "screening": lambda facts: replace(facts, screening=Screening.CLEAR),
    "consent": lambda facts: replace(facts, consented=True),
    "proof": lambda facts: replace(facts, proved=True),
    "test": lambda facts: replace(facts, tested=True),
    "today": lambda facts: replace(facts, asked_today=True),
    "alarm": lambda facts: replace(facts, alarm_heard=True),
    "presses": lambda facts: replace(facts, presses=facts.presses + 1),
    "company": lambda facts: replace(facts, company=True),
}


@dataclass
class FakeOutside:
    """Give it a library, a history or facts; look at what was saved, confirmed, prepared and opened."""

    library: Library = field(default_factory=Library)
    past: History = field(default_factory=History)
    known: Facts = field(default_factory=lambda: Facts(simulated=True))
    chosen: Settings = field(default_factory=Settings)
    people: tuple[str, ...] = ()
    treadmills: tuple[Machine, ...] = (HOME, FAST, OWN_KEY)
    auto: bool = False  # a virtual runner confirms
    on_open: Callable[[LocalCrew], None] = lambda _: None
    refuse: str = ""  # save, prepare and open raise it
    saved: list[Settings] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    prepared: list[Choice] = field(default_factory=list)
    crews: list[LocalCrew] = field(default_factory=list)
    read_keys: list[str] = field(default_factory=list)
    alarms: int = 0
    presenter: tuple[str, ...] = ()
    spoken: list[str] = field(default_factory=list)
    after: Aftermath = field(default_factory=Aftermath)
    rated: list[Rating] = field(default_factory=list)
    looking: FakeLooking = field(default_factory=FakeLooking)
    unkept: str = ""  # rate and tell_morning raise it
    due: Morning | None = None
    mornings: list[tuple[Morning, int | None]] = field(default_factory=list)
    allowance: Allowance = UNLIMITED
    address: str = ""  # of the page behind the treadmill

    def listing(self) -> Listing:
        return self.library.listing()

    def read(self, source: Source) -> Loaded:
        self.read_keys.append(source.key)
        return self.library.read(source)

    def history(self) -> History:
        return self.past

    def memory(self) -> FakeLooking:
        return self.looking

    def machines(self) -> tuple[Machine, ...]:
        return self.treadmills

    def straps(self) -> tuple[Strap, ...]:
        return (SIMULATED_STRAP, NONE)

    def runners(self) -> tuple[str, ...]:
        return self.people

    def settings(self) -> Settings:
        return self.chosen

    def save(self, settings: Settings) -> None:
        if self.refuse:
            raise CoachError(self.refuse)
        self.chosen = settings
        self.saved.append(settings)

    def facts(self, machine: Machine) -> Facts:  # noqa: ARG002
        return self.known

    def confirm(self, check: Check, machine: Machine) -> None:  # noqa: ARG002
        self.confirmed.append(check.name)
        self.known = CONFIRMS[check.name](self.known)

    def buttons(self) -> tuple[str, ...]:
        return self.presenter

    def alarm(self) -> None:
        self.alarms += 1

    def speak(self, text: str) -> None:
        self.spoken.append(text)

    def page(self) -> str:
        return self.address

    def prepare(self, choice: Choice) -> Staged:
        self.prepared.append(choice)
        profile = profile_of(find_machine(choice.machine.key))
        plan = make_plan(
            choice.workout,
            profile,
            Runner(),
            level=choice.wanted.level,
            allowance=self.allowance,
            strap=choice.strap.worn,
            helper=choice.helper,
            free=choice.wanted.free,
        )
        treadmill = VirtualTreadmill(find_machine(choice.machine.key))
        reasons = refusals(plan, self.allowance, *ranges(profile, treadmill))
        allowed = self.allowance.reason if plan.backward and self.allowance is not UNLIMITED else ""
        return Staged(choice, plan, reasons, treadmill, allowed)

    def open(self, staged: Staged) -> LocalCrew:
        if self.refuse:
            raise CoachError(self.refuse)
        assert isinstance(staged.ticket, VirtualTreadmill)
        source = heart_source(staged.choice.strap.key)
        strap = None if source is None else VirtualStrap(source)
        crew = LocalCrew(World(staged.plan, staged.ticket, strap, VirtualRunner() if self.auto else None))
        self.crews.append(crew)
        self.on_open(crew)
        return crew

    def aftermath(self, done: Done) -> Aftermath:  # noqa: ARG002
        return self.after

    def rate(self, done: Done, rating: Rating) -> None:  # noqa: ARG002
        if self.unkept:
            raise CoachError(self.unkept)
        self.rated.append(rating)

    def morning(self) -> Morning | None:
        return self.due

    def tell_morning(self, morning: Morning, pain: int | None) -> None:
        if self.unkept:
            raise CoachError(self.unkept)
        self.mornings.append((morning, pain))

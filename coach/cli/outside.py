"""What the screens need of the world outside: workouts, simulated treadmills, people, choices and keepers."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coach import places
from coach.cli.allowed import history_of, own_of, record_of, standing_by
from coach.cli.cockpit import Opened, kept
from coach.cli.gatehouse import Gatehouse
from coach.cli.left_open import close_left_open
from coach.cli.options import SIMULATED
from coach.cli.share import address_of
from coach.cli.sight import Sight
from coach.cli.stage import Choice as World
from coach.cli.stage import Person, Stage, allowance_on, named, person, refused
from coach.cli.taken import Taken, take, wear
from coach.core.error import CoachError
from coach.core.level import UNLIMITED
from coach.core.plan import make_plan
from coach.gate import Check, Facts
from coach.history.past import Past
from coach.history.rating import Rating
from coach.history.store import Archive
from coach.keeper.crew import Crew
from coach.keeper.wire import Done, Voice
from coach.known import Known
from coach.library import Library
from coach.link.machine_file import about, shipped_machines
from coach.machines import Store
from coach.people import People
from coach.places import configured
from coach.script.check import Loaded
from coach.shelf import History, Listing, Recent, Source
from coach.sinks.mouth import Mouth
from coach.tui.outside import NO_STRAP, Aftermath, Choice, Machine, Morning, Settings, Staged, Strap
from coach.tui.past import Looking

if TYPE_CHECKING:
    from coach.cli.aftermath import Afterwards
    from coach.cli.morning import Mornings
    from coach.cli.whose import Whose
    from coach.history.allowance import Own

MOST_RECENT: Final = 50  # sessions that are looked at for what fits today


class ChoicesError(CoachError):
    """What was chosen on the screens cannot be kept."""


class Out:
    """The outside of one cockpit; `world` is what the command line said of the simulated world."""

    def __init__(
        self, world: World, *, runner: str | None = None, journal: Path | None = None, voice: Voice | None = None
    ) -> None:
        """Look at the settings.

        Raises:
            CoachError: they cannot be used, or it is not clear who runs.
        """
        self._world = world
        self._journal = journal
        self._voice = voice
        self._runner = runner
        self._settings = _chosen()
        people = self.runners()
        if runner is None and people and self._settings.runner not in people:  # a new user, or one who was renamed
            self._settings = replace(self._settings, runner=people[0] if len(people) > 1 else "")
        self._person: Person = person(runner or self._settings.runner or None)
        self._settings = self._counted(self._settings)
        self._opened: list[Opened] = []
        self._gated = 0  # keepers for whom alarm and presses are done with
        self._left_open: tuple[str, ...] | None = None  # nobody has looked yet
        self._sight: Sight | None = None
        self._mouth = self._voice_of()
        self._gatehouse = self._gate()

    def listing(self) -> Listing:
        """Which workouts there are, and until a session begins what an earlier one left open."""
        if self._left_open is None:
            self._left_open = close_left_open()
        listing = self._library.listing()
        left_open = () if self._opened else self._left_open
        return replace(listing, told="\n".join(filter(None, (*left_open, listing.told))))

    def read(self, source: Source) -> Loaded:
        """A workout with its problems."""
        return self._library.read(source)

    def history(self) -> History:
        """What was run before on real belts, and what it allows today; simulated sessions never count."""
        record = record_of(self._whose())
        now = standing_by(record, self._own())
        return history_of(now, tuple(map(_recent, record.sessions[:MOST_RECENT])))

    def memory(self) -> Looking:
        """The past of this runner."""
        from coach.cli.memory import Memory

        return Memory(self._whose, self._own, lambda: self._settings.units)

    def aftermath(self, done: Done) -> Aftermath:
        """What is told and asked of a session that is over."""
        return self._afterwards().aftermath(done)

    def rate(self, done: Done, rating: Rating) -> None:
        """Keep what the runner says of it.

        Raises:
            CoachError: it cannot be kept.
        """
        self._afterwards().rate(done, rating)

    def morning(self) -> Morning | None:
        """The session whose next morning is to be asked for."""
        return None if self._world.auto else self._mornings().due()

    def tell_morning(self, morning: Morning, pain: int | None) -> None:
        """Keep how it was.

        Raises:
            CoachError: it cannot be kept.
        """
        self._mornings().answer(morning, pain)

    def machines(self) -> tuple[Machine, ...]:
        """The one of the command line first, then those of the user, then those that come with coach."""
        own_ones = {one.address: _own(one) for one in Store().machines() if one.proved_at and one.real}
        shipped = {
            f"{SIMULATED}:{name}": Machine(f"{SIMULATED}:{name}", name.replace("-", " "), about(source))
            for name, source in shipped_machines().items()
        }
        known = own_ones | shipped
        first = self._first()
        return (known.pop(first.key, Machine(first.key, first.name, simulated=first.simulated)), *known.values())

    def straps(self) -> tuple[Strap, ...]:
        """The one of the command line first."""
        known = {
            SIMULATED: Strap(SIMULATED, "simulated strap"),
            **{one.address: Strap(one.address, one.name or one.address, simulated=False) for one in Store().straps()},
            NO_STRAP: Strap(NO_STRAP, "no strap"),
        }
        first = self._world.heart or self._usual_heart()
        return (known.pop(first, Strap(first, f"simulated strap: {first}")), *known.values())

    def _first(self) -> Taken:
        return self._world.taken()

    def _usual_heart(self) -> str:
        worn = wear("", self._first())
        return worn.device.address or worn.device.name if worn.device is not None else worn.heart

    def runners(self) -> tuple[str, ...]:
        """The people in the settings."""
        if not configured():
            return ()
        from coach.config import load

        return tuple(load().runner)

    def settings(self) -> Settings:
        """What was chosen last time."""
        return self._settings

    def save(self, settings: Settings) -> None:
        """Keep it beside the sessions; the user's own settings are never written.

        Raises:
            CoachError: it cannot be kept, or the runner cannot be taken.
        """
        self._person = person(self._runner or settings.runner or None)
        self._settings = self._counted(settings)
        self._mouth = self._voice_of()
        self._gatehouse = self._gate()
        path = places.choices()
        new = path.with_suffix(".new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps({**asdict(settings), "sessions": 0}, indent=2) + "\n", encoding="utf-8")
            new.replace(path)
        except OSError as error:
            raise ChoicesError(f"{path}: {(error.strerror or str(error)).lower()}") from error

    def facts(self, machine: Machine) -> Facts:
        """What is known of this runner and this treadmill."""
        if machine.simulated:  # the screens ask at every drawing
            return self._gatehouse.simulated()
        taken = take(machine.key)
        return self._gatehouse.facts(taken, wear("", taken))

    def confirm(self, check: Check, machine: Machine) -> None:
        """Kept where it holds for longer than this session."""
        del machine
        self._gatehouse.confirm(check)

    def buttons(self) -> tuple[str, ...]:
        """As `coach setup keyboard` learnt it."""
        return People().person(named(self._runner or self._settings.runner)).sends

    def alarm(self) -> None:
        """Play it once."""
        _ = self._mouth.alarm()

    def speak(self, text: str) -> None:
        """Say a sentence."""
        _ = self._mouth.say(text)

    def page(self) -> str:
        """Of the page behind the treadmill."""
        return address_of(self._world.share)

    def prepare(self, choice: Choice) -> Staged:
        """Plan a session.

        Raises:
            CoachError: something that was chosen cannot be used.
        """
        if len(self._opened) != self._gated:  # they belong to one session (safety.md 10)
            self._gated, self._gatehouse = len(self._opened), self._gate()
        world = replace(self._world, treadmill=choice.machine.key, heart=choice.strap.key)
        world = world if choice.machine.simulated else replace(world, allowance=None)  # a real one needs no asking
        taken = world.taken()
        worn, allowance = wear(world.heart, taken), allowance_on(taken, self._person.name, world.allowance)
        plan = make_plan(
            choice.workout,
            taken.profile,
            replace(self._person.runner, spoken=self._settings.units),
            level=choice.wanted.level,
            allowance=allowance,
            strap=worn.on,
            helper=choice.helper,
            free=choice.wanted.free,
            units=taken.units,
        )
        stage = Stage(
            plan,
            world,
            taken,
            worn,
            allowance,
            choice.wanted.loaded,
            self._person.name,
            choice.pain_before,
            by_sight=not self._person.hears,
        )
        limited = plan.backward and allowance is not UNLIMITED
        return Staged(choice, plan, refused(stage), ticket=stage, allowed=allowance.reason if limited else "")

    def open(self, staged: Staged) -> Crew:
        """Start a keeper.

        Raises:
            CoachError: it cannot be started.
        """
        stage = staged.ticket
        assert isinstance(stage, Stage)
        if self._sight is not None:
            self._sight.close()
        try:
            opened = kept(stage, self._journal, self._voice or self._settings.voice_of(stage.plan))
        except OSError as error:
            raise ChoicesError(f"The session cannot be started: {error}") from error
        self._opened.append(opened)
        return opened.client

    def close(self) -> None:
        """Let every keeper end in order; the belt stands then."""
        if self._sight is not None:
            self._sight.close()
        for opened in self._opened:
            opened.client.close()
        for opened in self._opened:
            opened.close()

    @property
    def opened(self) -> bool:
        """A keeper was started."""
        return bool(self._opened)

    def _gate(self) -> Gatehouse:
        age = self._person.runner.age if configured() else None
        hears = self._person.hears
        return Gatehouse(self._runner or self._settings.runner, age, hears=hears, sight=self._sight)

    def _voice_of(self) -> Mouth:
        """What asks and alarms before a session; to somebody who does not hear it is the page, where there is one."""
        if self._sight is not None:
            self._sight.close()
        share = None if self._person.hears else self._world.share
        self._sight = None if share is None else Sight(share, self._kept)
        return self._sight or Mouth(places.sounds())

    def _kept(self) -> bool:
        """A keeper has not ended yet, and the page of its session is served."""
        return any(not opened.client.wait(0.0) for opened in self._opened)

    @property
    def _library(self) -> Library:
        return Library(self._person.folder, self._person.params)

    def _sessions(self) -> tuple[Past, ...]:
        """All that this runner has run, newest first."""
        with Archive() as archive:
            whose = self._whose()
            return archive.of(whose.name, only=whose.only, simulated=None)

    def _whose(self) -> Whose:
        from coach.cli.whose import Whose

        return Whose.among(self._person.name, self.runners())

    def _own(self) -> Own:
        return own_of(self._person.name)

    def _afterwards(self) -> Afterwards:
        from coach.cli.aftermath import Afterwards

        return Afterwards(self._whose, lambda: self._settings.units, asks=not self._world.auto)

    def _mornings(self) -> Mornings:
        from coach.cli.morning import Mornings

        return Mornings(self._whose())

    def _counted(self, settings: Settings) -> Settings:
        return replace(settings, sessions=len(self._sessions()))


def _own(known: Known) -> Machine:
    tested = "tested" if known.tested_at else "not tested yet: forward only"
    return Machine(known.address, known.name or known.address, f"Yours, {tested}.", simulated=False)


def _chosen() -> Settings:
    """What was kept; choices that cannot be read are as if nothing was chosen."""
    from pydantic import TypeAdapter

    try:
        return TypeAdapter(Settings).validate_json(places.choices().read_bytes())
    except (OSError, ValueError):
        return Settings()


def _recent(one: Past) -> Recent:
    return Recent(one.workout, one.at, one.backward_s, one.ended, one.simulated)

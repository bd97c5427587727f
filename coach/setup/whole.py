"""A whole set-up: which steps are done, which are due, and what each leaves in the files of this user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from coach.core.error import LinkError, MachineError
from coach.known import Known, KnownStrap, KnownUnits
from coach.link.sighting import Sighting
from coach.machines import Store, model_for, profile_for
from coach.people import People, Person
from coach.setup import machine, runner
from coach.setup.air import Air, Reading
from coach.setup.ask import Asker, LeftError
from coach.setup.bench import Hand
from coach.setup.findings import MEASURED, Findings
from coach.setup.proof import Proof
from coach.setup.step import BEFORE, STEPS, Step, minutes, total
from coach.setup.trial import FROM_KMH
from coach.setup.unit import ask_unit

_OF_PROOF: Final = frozenset({"start_kmh", "silent_when_stopped"})
_ADVERSE: Final = frozenset({"remote_start", "stop_works", "speed_control"})  # False keeps something off
FINE, PROBLEM = 0, 1  # exit codes
LEFT: Final = "Left. What is done is kept, and coach setup goes on from there."


@dataclass(frozen=True, slots=True)
class Files:
    """Where all of it is kept; a rehearsal has files of its own, which are thrown away."""

    people: People
    store: Store
    name: str = ""  # of the runner
    treadmill: str = ""  # as it was named; nothing: the one used last

    @property
    def person(self) -> Person:
        """The runner as he is known now."""
        return self.people.person(self.name)

    @property
    def known(self) -> Known | None:
        """The treadmill that is set up; None where there is none yet.

        Raises:
            MachineError: the name fits several.
        """
        machines = self.store.machines()
        if not self.treadmill:
            return max(machines, key=lambda one: (one.last_used_at or "", one.accepted_at or ""), default=None)
        there = any(self.treadmill.casefold() in f"{one.name} {one.address}".casefold() for one in machines)
        return self.store.machine(self.treadmill) if there else None

    def done(self, step: Step) -> str | None:
        """When a step was done, ISO 8601; None: not yet."""
        if not STEPS[step].of_machine:
            return self.person.done.get(step)
        known = self.known
        if known is None:
            return None
        return {Step.TREADMILL: known.accepted_at, Step.PROOF: known.proved_at, Step.TEST: known.tested_at}[step]

    def listed(self) -> Iterator[str]:
        """What is done and when, a line for each step."""
        for trouble in (self.people.trouble, self.store.told):
            if trouble:
                yield trouble
        for step in Step:
            at = self.done(step)
            yield f"  {step:<11}{STEPS[step].title}: {f'done {at[:10]}' if at else 'not done'}"
        known = self.known
        if known is not None:
            yield f"Treadmill: {known.label}, {known.address}"
        elif self.treadmill:
            yield f"No treadmill of yours is called {self.treadmill}."


class SetUp:
    """Goes through the steps with somebody."""

    def __init__(
        self, asker: Asker, hand: Hand, files: Files, air: Air, sound: runner.Sound, now: Callable[[], str]
    ) -> None:
        """`now` gives the instant, ISO 8601 in UTC."""
        self._asker = asker
        self._hand = hand
        self._files = files
        self._air = air
        self._sound = sound
        self._now = now
        self._acts: dict[Step, Callable[[], None]] = {
            Step.STRAP: self._strap,
            Step.KEYBOARD: self._keyboard,
            Step.SOUND: self._hearing,
            Step.TREADMILL: self._treadmill,
            Step.PROOF: self._proof,
            Step.TEST: self._test,
        }

    def run(self, only: Step | None = None) -> int:
        """All steps that are not done, or one again; the exit code."""
        steps = [only] if only is not None else [step for step in Step if self._files.done(step) is None]
        if not steps:
            self._asker.say("Everything is set up. coach setup STEP does a step again; --list shows when.")
            return FINE
        self._plan(steps)
        code = FINE
        try:
            self._asker.text("Enter begins; q leaves, at any question.")
            for number, step in enumerate(steps, 1):
                code = max(code, self._one(step, f"{number} of {len(steps)}", redo=only is not None))
        except LeftError:
            self._asker.say(LEFT)
            return code
        except runner.RefusedError as refused:
            self._asker.say(str(refused))
            return PROBLEM
        self._close()
        return code

    def _plan(self, steps: list[Step]) -> None:
        self._asker.say(f"Set-up: {minutes(total(steps))} in all. Each step is kept when it is done.")
        for step in steps:
            self._asker.say(f"  {step:<11}{STEPS[step].title}, {minutes(STEPS[step].minutes)}")

    def _one(self, step: Step, place: str, *, redo: bool) -> int:
        about = STEPS[step]
        self._asker.say("")
        self._asker.say(f"Step {place}: {about.title}, {minutes(about.minutes)}.")
        before = BEFORE.get(step)
        if before is not None and self._files.done(before) is None:
            self._asker.say(f"First comes {STEPS[before].title.lower()}: coach setup {before}")
            return PROBLEM
        try:
            self._screening(redo=redo) if step is Step.SCREENING else self._acts[step]()
        except (LinkError, MachineError) as error:
            self._asker.say(f"{error}.")
            self._asker.say(f"This step is not done: coach setup {step} does it another time.")
            return PROBLEM
        return FINE

    def _screening(self, *, redo: bool) -> None:
        runner.screen(self._asker, self._files.person, self._keep, self._now(), redo=redo)

    def _keyboard(self) -> None:
        runner.learn_button(self._asker, self._files.person, self._keep, self._now())

    def _hearing(self) -> None:
        runner.hear(self._asker, self._sound, self._files.person, self._keep, self._now())

    def _strap(self) -> None:
        chosen = machine.choose_strap(self._asker, self._air)
        now = self._now()
        if chosen is None:
            self._asker.say("Without a strap: backward is slower, and closed for rehab. Fine for everything else.")
        else:
            strap = chosen[0]
            self._files.store.remember_strap(KnownStrap(strap.address, strap.name, bound_at=now, last_used_at=now))
        self._keep(self._files.person.finished(Step.STRAP, now))

    def _treadmill(self) -> None:
        chosen = machine.choose_treadmill(self._asker, self._air)
        if chosen is None:
            self._asker.say(f"None accepted: coach setup {Step.TREADMILL} looks again.")
            return
        sighting, reading = chosen
        kept = next((one for one in self._files.store.machines() if one.address == sighting.address), None)
        known = _accepted(kept, sighting, reading, self._now())
        self._files.store.remember(known)
        kind = model_for(known, known.name)
        self._asker.say(f"Accepted: {known.label}." + (f" {kind.note}" if kind is not None and kind.note else ""))

    def _proof(self) -> None:
        known = self._needed()
        proof = machine.prove(self._asker, self._air.bench(known.address, known.name))
        if proof is None:
            self._asker.say(f"Not proved, so coach will not drive it: coach setup {Step.PROOF} tries again.")
            return
        self._files.store.amend(known.address, lambda one: _proved(one, proof, self._now()))

    def _test(self) -> None:
        known = self._needed()
        bench = self._air.bench(known.address, known.name)
        silent = bool(known.found.get("silent_when_stopped", False))
        found = machine.test(self._asker, bench, self._hand, _start_kmh(known), silent=silent)
        if found is None:
            return
        found = self._confirmed(found)
        for line in machine.summary(found):
            self._asker.say(line)
        if not found.enough:
            self._asker.say(f"Too little was measured: coach setup {Step.TEST} does it again.")
            return
        units = self._unit(known, found)
        tested = self._files.store.amend(known.address, lambda one: _tested(one, found, units, self._now()))
        if profile_for(tested, tested.name).keeps_on_link_loss:
            self._asker.say("REMEMBER: this belt is taken to run on when the connection is lost.")

    def _confirmed(self, found: Findings) -> Findings:
        """A belt that stood when the link came back may have been stopped by a hand: only the person knows."""
        question = "While the connection was away: did the belt stop by itself, with nobody touching key or console?"
        if found.keeps_on_link_loss is not False or self._asker.yes(question):
            return found
        return replace(found, keeps_on_link_loss=None)

    def _unit(self, known: Known, found: Findings) -> KnownUnits:
        before = known.units
        if not found.unit_unsure:
            return KnownUnits(found.units.target, found.units.report, answered=before is not None and before.answered)
        answer = ask_unit(self._asker, FROM_KMH)
        if answer is None:
            return KnownUnits(found.units.target, found.units.report, answered=False)
        return KnownUnits(answer.target, answer.report, answered=True)

    def _needed(self) -> Known:
        known = self._files.known
        assert known is not None  # BEFORE says so
        return known

    def _keep(self, person: Person) -> None:
        self._files.people.remember(person)

    def _close(self) -> None:
        left = [step for step in Step if self._files.done(step) is None]
        if left:
            self._asker.say(f"Still open: {', '.join(left)}. coach setup goes on with them.")
        else:
            self._asker.say("All is set up. Next: coach run first-steps-back")


def _accepted(kept: Known | None, sighting: Sighting, reading: Reading, now: str) -> Known:
    known = kept or Known(sighting.address, sighting.name, simulated=sighting.simulated)
    return replace(
        known,
        name=sighting.name or known.name,
        accepted_at=now,
        speeds=reading.speeds or known.speeds,
        inclines=reading.inclines or known.inclines,
    )


def _proved(known: Known, proof: Proof, now: str) -> Known:
    """Proved; what the console's own Start showed is kept for the test."""
    found = dict(known.found)
    if proof.silent is not None:
        found["silent_when_stopped"] = proof.silent
    if proof.start_kmh is not None and known.tested_at is None:
        found["start_kmh"] = proof.start_kmh
    return replace(known, found=found, proved_at=now, last_used_at=now)


def _start_kmh(known: Known) -> float | None:
    """As the proof saw it, in whatever the machine reports."""
    value = known.found.get("start_kmh")
    factor = known.units.report if known.units is not None and known.tested_at is not None else 1.0
    return float(value) / factor if isinstance(value, int | float) else None


def _tested(known: Known, found: Findings, units: KnownUnits, now: str) -> Known:
    """Tested anew: what an older test measured and this one did not is forgotten, unless it keeps something off."""
    kept = {key: value for key, value in known.found.items() if key not in MEASURED or _holds(key, value, found)}
    return replace(known, found={**kept, **found.found()}, units=units, tested_at=now, last_used_at=now)


def _holds(key: str, value: object, found: Findings) -> bool:
    if key == "disobeys":
        return found.stop_works is None
    return key in _OF_PROOF or (value is False and key in _ADVERSE)

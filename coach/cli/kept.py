"""A treadmill on the air as a bench: the machine test is a session of a keeper like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from coach import places
from coach.cli.cockpit import kept
from coach.cli.stage import Choice, Stage
from coach.cli.taken import Taken, Worn
from coach.core.cue import Cue
from coach.core.error import LinkError
from coach.core.event import Event
from coach.core.level import UNLIMITED
from coach.core.machine import MachineProfile
from coach.keeper.crew import Crew, Life
from coach.keeper.wire import Device, Refused, Said, Snapshot, Voice
from coach.known import Known
from coach.link.radio import Radio
from coach.link.sighting import Sighting
from coach.machines import inclines_for, profile_for, speeds_for
from coach.setup.bench import Hand, Moment
from coach.setup.onair import listening
from coach.setup.trial import Trial
from coach.sinks.journal import read_journal
from coach.sinks.line import JournalError

LOOK_S: Final = 0.1  # how often the keeper is heard and told that we live
TESTS: Final = "tests"  # folder of the recordings, beside those of sessions: they are no sessions
LOST: Final = "The part of coach that drives the belt has ended. Pull the safety key."


class KeptBench:
    """One treadmill of the user; its test is recorded."""

    def __init__(self, radio: Radio, known: Known) -> None:
        self._radio = radio
        self._known = known

    @property
    def name(self) -> str:
        """As it advertises itself."""
        return self._known.label

    @property
    def simulated(self) -> bool:
        """Its name begins with SIM-."""
        return not self._known.real

    @property
    def profile(self) -> MachineProfile:
        """Its model's, and what the proof found out."""
        return profile_for(self._known, self._known.name)

    @contextmanager
    def listen(self, wanted: Callable[[], str]) -> Iterator[Iterator[Event]]:
        """A link on which nothing is written."""
        del wanted
        with listening(self._radio, Sighting(self._known.address, self._known.name)) as (events, _):
            yield events

    def run(self, trial: Trial, hand: Hand) -> tuple[Event, ...]:
        """A kept session of the machine test, and the events of its recording.

        Raises:
            LinkError: the keeper refused it, was lost, or has recorded nothing.
        """
        known = self._known
        device = Device(known.address, known.name)
        ranges = speeds_for(known), inclines_for(known)
        taken = Taken(known.address, known.label, trial.plan.profile, *ranges, device=device)
        choice = Choice(faults=trial.faults, presses=trial.presses)
        return run_kept(Stage(trial.plan, choice, taken, Worn(), UNLIMITED), trial, hand)


def run_kept(stage: Stage, trial: Trial, hand: Hand) -> tuple[Event, ...]:
    """Run a machine test by a keeper, on whatever treadmill the stage has; the events of its recording.

    Raises:
        LinkError: the keeper refused it, was lost, or has recorded nothing.
    """
    path = _journal()
    opened = kept(stage, path, Voice.CAPTIONS)
    try:
        refused = _through(opened.client, trial, hand)
    finally:
        opened.close()
    if refused:
        raise LinkError(refused)
    try:
        return tuple(entry.event for entry in read_journal(path).entries)
    except (JournalError, OSError) as error:
        raise LinkError(f"the test was not recorded, so nothing was learnt from it: {error}") from error


def _through(crew: Crew, trial: Trial, hand: Hand) -> str:
    """To the end of the session; why it was refused, or nothing."""
    now: Snapshot | None = None
    refused = ""
    while crew.life in {Life.STARTING, Life.ALIVE}:
        _, touches = hand.wait(LOOK_S)
        for touch in touches:
            serial = now.question.serial if now is not None and now.question is not None else None
            crew.press(touch.key, touch.digit, serial)
        cues: list[Cue] = []
        for message in crew.poll():
            match message:
                case Snapshot():
                    now = message
                case Said(at_s, cue, text):
                    cues.append(Cue(at_s, cue, text))
                case Refused(reason):
                    refused = reason
                case _:
                    pass
        if now is not None:
            hand.see(_moment(trial, now, tuple(cues)))
            crew.beat(now.serial)
    if crew.life is Life.LOST:
        raise LinkError(LOST)
    return refused


def _moment(trial: Trial, now: Snapshot, cues: tuple[Cue, ...]) -> Moment:
    over = trial.over(now.row, now.phase, still=now.still)
    return Moment(now.at_s, now.phase, now.row, cues, now.question, now.kmh, over)


def _journal() -> Path:
    folder = places.journals(simulated=False).parent / TESTS
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}-machine-test.jsonl"

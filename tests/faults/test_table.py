"""The table of faults in a small form: a row for each kind, no gap, no law broken and what safety.md promises kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from math import inf
from typing import Final

import pytest

from coach.core.cue import Cue, CueKind
from coach.core.wish import Phase
from coach.core.workout import Facing, Level
from coach.link.fault import FaultKind
from tests.core.build import STOP, target_bytes
from tests.faults.kinds import ALL, CONTROL_TAKEN, FAULTS, kind_of
from tests.faults.places import Place, Ways
from tests.faults.promises import PROMISES
from tests.faults.row import HEADS, USUAL, Row, over, row
from tests.faults.run import Run, runs
from tests.faults.storm import storm
from tests.faults.table import FORMATS, gaps, rows

SAMPLE: Final = (
    "console-stop@{}",
    "mute@{}",
    "key@{}:8",
    "console=+4@{}",
    "self-start@{}",
    "sound-lost@{}",
    "screen-closed@{}",
    "drop@{}:1",
    "garbage@{}:5",
    CONTROL_TAKEN,
)
PLACES: Final = ("forward run", "slow, to the rear", "ready, to the rear", "step on, to the rear", "rear run")


@pytest.fixture(autouse=True)
def _replayed() -> None:
    """A session that goes on as a copy of another begins in its middle; what is replayed wants its beginning."""


@cache
def ways() -> Ways:
    """Where a session on the usual machine comes by."""
    return Ways(USUAL, Level.INTERMEDIATE)


def place(words: str) -> Place:
    """One of them by its words."""
    return next(one for one in ways().places if one.words == words)


@cache
def sample() -> tuple[Row, ...]:
    """Rows that show something in every column."""
    return tuple(rows(ways(), SAMPLE, [place(words) for words in PLACES]))


def test_every_kind_of_fault_has_a_row_and_a_promise() -> None:
    assert {kind_of(fault) for fault in FAULTS} == {kind.value for kind in FaultKind}
    assert set(ALL) == set(PROMISES)


def test_every_state_of_a_session_is_a_place() -> None:
    assert {one.phase for one in ways().places} == set(Phase)


def test_both_ways_of_the_turn_are_places_in_every_state_of_it() -> None:
    turn = ("slow", "rails", "stopping", "ready", "starting", "step on", "ramp")
    wanted = {f"{state}, {way}" for state in turn for way in ("to the rear", "to the console")}
    assert wanted <= {one.words for one in ways().places}


def test_no_cell_is_empty_and_every_format_has_every_row() -> None:
    ended = [one for one in ways().places if one.phase == "ended"]
    table = [*sample(), *(over(USUAL, fault, one) for fault in ALL for one in ended)]
    assert list(gaps(table)) == []
    for write in FORMATS.values():
        assert all(cell in write([one]) for one in table[:: len(table) // 9] for cell in (one.place, one.told))


def test_no_law_and_no_promise_is_broken_in_the_sample() -> None:
    assert [asdict(one) for one in sample() if one.broken] == []


@pytest.mark.parametrize(
    ("fault", "words", "column", "shown"),
    [
        ("mute", "rear run", "slowed", "3."),
        ("mute", "forward run", "slowed", "6.0"),
        ("mute", "rear run", "told", "Treadmill quiet. Hold the rails. (1."),
        ("mute", "rear run", "ended", "tripped: the belt does not stop"),
        ("key for 8 s", "rear run", "told", "Stopped. Are you all right? (0.0 s)"),
        ("self-start", "ready, to the rear", "alarm", "yes, 0."),
        ("self-start", "rear run", "slowed", "none needed: the belt runs already or has no key"),
        ("console-stop", "rear run", "slowed", "none needed: the machine stops by itself"),
        ("sound-lost", "forward run", "slowed", "none needed: is said, and asks for nothing slower"),
        ("drop for 1 s", "forward run", "alarm", "yes, 0.0 s"),
        ("drop for 1 s", "forward run", "slowed", "none needed: a belt that runs on as asked is left running"),
        ("drop for 1 s", "step on, to the rear", "slowed", "0.0, 1.0 s after the fault"),
        ("garbage for 5 s", "rear run", "slowed", "3.9"),
        ("control-taken", "rear run", "told", "Rails. Step off. Pull the clip. (0.0 s)"),
        ("control-taken", "forward run", "told", "The console has control now. (0.0 s)"),
    ],
)
def test_a_cell_is_what_the_session_showed(fault: str, words: str, column: str, shown: str) -> None:
    cell = next(getattr(one, column) for one in sample() if (one.fault, one.place) == (fault, words))
    assert cell.startswith(shown)


def test_a_fault_that_comes_to_a_copied_session_comes_to_the_same_as_in_one_of_its_own() -> None:
    without, _ = runs(ways(), place("rear run"), ("self-start@{}",))
    made = ways().session(place("rear run").setting)
    told = [cue.text for step in made.run_until(1200.0) for cue in step.outcome.cues if cue.at_s >= without.from_s]
    assert told == [cue.text for cue in without.cues]


def mute(run: Run) -> Run:
    """The same session without a word."""
    return replace(run, cues=[])


def idle(run: Run) -> Run:
    """The same session without a slowing write."""
    return replace(run, slowed=[])


def late(run: Run, seconds: float) -> Run:
    """The same session with its slowing writes so much later."""
    return replace(run, slowed=[(at_s + seconds, write) for at_s, write in run.slowed])


def test_a_row_tells_what_breaks_its_promise() -> None:
    here = place("rear run")
    without, muted = runs(ways(), here, ("mute@{}",))
    assert not row(USUAL, "mute@{}", here, without, muted).broken
    assert "promised" in row(USUAL, "mute@{}", here, without, late(muted, 5.0)).promise
    assert "no alarm" in row(USUAL, "mute@{}", here, without, replace(muted, cues=[])).promise
    assert "never" in row(USUAL, "mute@{}", here, without, replace(muted, slowed=[], writes=[])).promise
    assert "stood after" in row(USUAL, "mute@{}", here, without, replace(muted, stood=[])).promise
    assert row(USUAL, "mute@{}", here, without, replace(muted, broken=["law 1"])).broken


def test_a_session_that_cannot_be_told_from_one_without_the_fault_says_why() -> None:
    here = place("rear run")
    without, same = runs(ways(), here, ("self-start@{}",))
    assert row(USUAL, "self-start@{}", here, without, same).told == "nothing that is not said without it"
    louder = replace(same, cues=[*same.cues, Cue(here.at_s + 1, CueKind.NOTICE, "Something else.")])
    assert row(USUAL, "self-start@{}", here, without, louder).told == "Something else. (1.0 s)"


@pytest.mark.parametrize(
    ("fault", "words", "changed", "broken"),
    [
        ("drop@{}:1", "forward run", mute, "no alarm"),
        ("drop@{}:1", "rear run", idle, "never"),
        (CONTROL_TAKEN, "rear run", idle, "never"),
        (CONTROL_TAKEN, "rear run", mute, "no alarm"),
        ("garbage@{}:5", "rear run", idle, "never"),
        ("key@{}:8", "rear run", mute, "no alarm"),
    ],
)
def test_a_promise_that_is_not_kept_is_told(fault: str, words: str, changed: Callable[[Run], Run], broken: str) -> None:
    here = place(words)
    without, run = runs(ways(), here, (fault,))
    assert not row(USUAL, fault, here, without, run).broken
    assert broken in row(USUAL, fault, here, without, changed(run)).promise


def test_only_a_stop_keeps_a_promise_of_a_stop() -> None:
    here = place("rear run")
    without, run = runs(ways(), here, ("mute@{}",))
    slower = replace(run, slowed=[(at_s, target_bytes(0.8)) for at_s, _ in run.slowed])
    assert "never" in row(USUAL, "mute@{}", here, without, slower).promise


def test_a_stop_that_is_ignored_has_to_be_an_alarm() -> None:
    here = place("slow, to the rear")
    without, run = runs(ways(), here, ("stop-ignored@{}",))
    assert not row(USUAL, "stop-ignored@{}", here, without, run).broken
    assert "ignored" in row(USUAL, "stop-ignored@{}", here, without, replace(run, cues=[])).promise


def test_a_silence_lies_between_two_reports() -> None:
    run = Run(10.0, heard=[9.5, 10.0, 12.0, 17.0])
    assert run.silence(2.0) == (10.0, 12.0)
    assert run.silence(4.0) == (12.0, 17.0)
    assert run.silence(6.0) == (17.0, inf)
    assert run.silence(6.0, until_s=17.0) == (inf, inf)


def test_it_is_told_when_a_link_is_said_to_be_lost_and_is_there() -> None:
    here = place("rear run")
    run = Run(here.at_s)
    step = next(step for step in ways().session(here.setting).run_until(here.at_s) if step.true_kmh > 1)
    cue = Cue(step.event.at_s, CueKind.ALARM, "Connection lost. Rails.")
    run.see(replace(step, outcome=replace(step.outcome, cues=(cue,))), 1.0)
    assert [law.split()[0] for law in run.broken] == ["words"]


def test_it_is_told_when_a_belt_is_said_to_stand_and_runs() -> None:
    here = place("rear run")
    run = Run(here.at_s)
    step = next(step for step in ways().session(here.setting).run_until(here.at_s) if step.true_kmh > 1)
    cue = Cue(step.event.at_s, CueKind.QUESTION, "Paused. Belt stopped.")
    run.see(replace(step, outcome=replace(step.outcome, cues=(cue,), writes=(STOP,))), 1.0)
    assert [law.split()[0] for law in run.broken] == ["words"]
    assert [write for _, write in run.slowed] == [STOP]


def test_a_place_faces_where_the_session_says() -> None:
    assert place("rear run").facing is Facing.BACKWARD
    assert place("ready, to the rear").facing is Facing.UNKNOWN
    assert place("slow, to the rear").facing is Facing.FORWARD


@pytest.mark.parametrize("seed", [1, 2])
def test_a_storm_is_made_from_its_number_and_breaks_no_law(seed: int) -> None:
    text, broken = storm(seed, (USUAL,))
    assert text.startswith(f"{seed}: {USUAL} ")
    assert broken == []


@pytest.mark.matrix
def test_the_whole_table_has_no_gap_and_breaks_no_law() -> None:
    table = rows(ways(), ALL, ways().places)
    assert list(gaps(table)) == []
    assert [asdict(one) for one in table if one.laws != "none"] == []
    assert len(HEADS) == len(asdict(table[0]))

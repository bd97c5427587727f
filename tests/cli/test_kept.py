"""The machine test through a keeper: another process drives, a guard sleeps, and the recording tells the same."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic, sleep

import pytest

from coach.cli.kept import run_kept
from coach.cli.stage import Choice, Stage
from coach.cli.taken import Worn, simulated
from coach.core.event import Key
from coach.core.level import UNLIMITED
from coach.core.machine import MachineProfile
from coach.core.progress import Ask
from coach.setup.bench import Moment, Touch
from coach.setup.trial import findings, trial

REACTION_S = 0.6


class Person:
    """Answers every question when it has stood for long enough, on the clock of the wall."""

    def __init__(self) -> None:
        self.over = False
        self._asked = 0
        self._answer: tuple[float, Touch] | None = None

    def wait(self, seconds: float) -> tuple[float, Sequence[Touch]]:
        sleep(seconds)  # the pace of a cockpit's loop
        if self.over:
            return seconds, (Touch(Key.QUIT), Touch(Key.QUIT))
        if self._answer is None or monotonic() < self._answer[0]:
            return seconds, ()
        touch, self._answer = self._answer[1], None
        return seconds, (touch,)

    def see(self, moment: Moment) -> None:
        self.over, question = moment.over, moment.question
        if question is not None and question.serial > self._asked:
            self._asked = question.serial
            touch = Touch(Key.DIGIT, question.digit) if question.ask is Ask.DIGIT else Touch(Key.YES)
            self._answer = monotonic() + question.minimum_s + REACTION_S, touch


@pytest.mark.slow
def test_a_kept_machine_test_finds_what_one_in_process_finds() -> None:
    tried = trial(MachineProfile(name="SIM-home", simulated=True))
    hands = (*tried.faults, *tried.hands)
    choice = Choice(treadmill="sim:home", faults=hands, presses=tried.presses, timelapse=20, lapse_turns=True)
    stage = Stage(tried.plan, choice, simulated("home"), Worn(), UNLIMITED)
    found = findings(tried.plan, run_kept(stage, tried, Person()))
    assert (found.remote_start, found.stop_works, found.keeps_on_link_loss) == (True, True, False)
    assert (found.key_status, found.console_status, found.speed_control) == (True, True, True)
    assert found.accel_kmh_s == pytest.approx(0.5, rel=0.1)
    assert found.decel_kmh_s == pytest.approx(0.5, rel=0.1)
    assert found.stop_s == pytest.approx(6.0, abs=0.8)

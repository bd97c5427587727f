"""The gate of a real belt as lines: what is asked, what is kept, and that nothing missing is waved through."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from coach.cli.app import RefusedError
from coach.cli.gatehouse import Gatehouse, ask_through, today
from coach.cli.stage import Choice, Stage, staged
from coach.cli.taken import Worn, take
from coach.gate import gate, missing
from coach.known import Known
from coach.machines import Store
from coach.people import People, Person
from coach.setup.ask import LeftError
from coach.setup.screening import CONSENT_VERSION
from coach.sinks.mouth import Mouth

THEN = "2026-11-01T08:00:00+00:00"
MILL = Known("C0:00:00:00:00:01", "FS-1234", proved_at=THEN, tested_at=THEN, last_used_at=THEN)
READY = Person("", born=1980, screened_at=THEN, consented_at=THEN, consent=CONSENT_VERSION)
BACKWARD = "5min@4 / back 1min@1.5 / 4min@4"


@dataclass
class Answers:
    """Answers every question; each line takes so many seconds."""

    word: bool = True
    takes_s: float = 2.0
    now_s: float = 0.0
    asked: list[str] = field(default_factory=list)

    def clock(self) -> float:
        return self.now_s

    def say(self, text: str = "") -> None:
        self.asked.append(text)

    def yes(self, question: str) -> bool:
        self.asked.append(question)
        return self.word

    def text(self, question: str) -> str:
        self.asked.append(question)
        self.now_s += self.takes_s
        if len(self.asked) > 20:
            raise LeftError("left")
        return ""

    def choose(self, question: str, choices: Sequence[str]) -> int:
        raise AssertionError(question, choices)

    def press(self, seconds: float) -> str:
        raise AssertionError(seconds)


class Silent(Mouth):
    """Plays nothing."""

    def __init__(self) -> None:
        super().__init__(Path("none"))
        self.mute = ""

    def _begun(self, make: object) -> None:  # type: ignore[override]
        del make


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.delenv("COACH_PLAYER", raising=False)
    Store().remember(MILL)
    return staged(BACKWARD, Choice("auto", "none"), level=None, sets=None, runner=None, admit=True)


def through(stage: Stage, answers: Answers) -> Gatehouse:
    gatehouse = Gatehouse("", None)
    ask_through(stage, gatehouse, answers, Silent(), answers.clock)
    return gatehouse


def test_a_runner_who_has_set_up_answers_today_the_alarm_and_two_presses(stage: Stage) -> None:
    People().remember(READY)
    answers = Answers()
    gatehouse = through(stage, answers)
    assert not missing(gate(stage.plan, gatehouse.facts(stage.taken, stage.worn)))
    assert len(answers.asked[:-1]) == 4
    assert answers.asked[-1] == "Today: The first backward session. 15 of 15 minutes are left this week."
    assert People().person("").well_on(today()) is True


def test_the_screen_of_the_day_is_asked_once_a_day_and_the_alarm_each_time(stage: Stage) -> None:
    People().remember(READY)
    through(stage, Answers())
    again = Answers()
    through(stage, again)
    assert len(again.asked[:-1]) == 3
    assert "alarm" in again.asked[0]


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person(""), "coach setup screening"),
        (replace(READY, yes=("heart",)), "doctor"),
        (replace(READY, consented_at=None), "coach setup screening"),
        (replace(READY, consent=CONSENT_VERSION - 1), "coach setup screening"),
        (replace(READY, born=today().year - 12), "from 13 years"),
    ],
    ids=["unasked", "flagged", "no consent", "an older consent", "too young"],
)
def test_what_cannot_be_mended_here_is_refused_and_nothing_is_asked(stage: Stage, person: Person, words: str) -> None:
    People().remember(person)
    answers = Answers()
    with pytest.raises(RefusedError, match=words):
        through(stage, answers)
    assert answers.asked == []


def test_a_machine_that_was_not_tested_is_refused(stage: Stage) -> None:
    People().remember(READY)
    Store().remember(replace(MILL, tested_at=None))
    with pytest.raises(RefusedError, match="coach setup test"):
        through(stage, Answers())


def asking(stage: Stage) -> Stage:
    """The same, by a workout that asks for pain."""
    return replace(stage, plan=replace(stage.plan, workout=replace(stage.plan.workout, ask=(("before", ("pain",)),))))


@dataclass
class Hurts(Answers):
    """Tells his pain in these words, one after another."""

    pain: list[str] = field(default_factory=list)

    def text(self, question: str) -> str:
        said = super().text(question)
        return self.pain.pop(0) if "0 to 10" in question else said


@pytest.mark.parametrize("line", ["0", "5"])
def test_pain_is_asked_for_where_the_workout_asks_and_stays_with_the_session(stage: Stage, line: str) -> None:
    People().remember(READY)
    person = Hurts(pain=["", "much", line])
    gatehouse = through(asking(stage), person)
    assert gatehouse.pain == int(line)
    assert person.pain == []
    assert not missing(gate(asking(stage).plan, gatehouse.facts(stage.taken, stage.worn)))


def test_with_more_than_five_there_is_no_backward_running_today(stage: Stage) -> None:
    People().remember(READY)
    with pytest.raises(RefusedError, match=r"Pain 6 of 10 is more than 5(.|\n)*--forward-only"):
        through(asking(stage), Hurts(pain=["6"]))
    assert People().person("").well_on(today()) is None


def test_a_workout_that_does_not_ask_is_not_asked_for_pain(stage: Stage) -> None:
    People().remember(READY)
    answers = Answers()
    assert through(stage, answers).pain is None
    assert not any("0 to 10" in line for line in answers.asked)


def test_a_no_is_a_no(stage: Stage) -> None:
    People().remember(READY)
    with pytest.raises(RefusedError, match="--forward-only"):
        through(stage, Answers(word=False))
    assert People().person("").well_on(today()) is None


def test_presses_that_come_at_once_do_not_count(stage: Stage) -> None:
    People().remember(READY)
    with pytest.raises(LeftError):
        through(stage, Answers(takes_s=0.3))


def test_a_simulated_treadmill_asks_nothing() -> None:
    assert Gatehouse("", None).facts(take("sim"), Worn()).simulated


def test_an_alarm_that_cannot_sound_is_said_before_it_is_asked_for(stage: Stage) -> None:
    People().remember(READY)
    answers, mouth = Answers(), Silent()
    mouth.mute = "no program that plays sounds was found"
    ask_through(stage, Gatehouse("", None), answers, mouth, answers.clock)
    assert answers.asked[1] == "Nothing sounds: no program that plays sounds was found."


def test_the_gate_looks_for_the_runner_whom_the_set_up_has_kept(settings: Callable[[str], Path], stage: Stage) -> None:
    settings("[runner.anna]\nbirth_year = 1980\n")
    People().remember(replace(READY, name="anna"))
    through(stage, Answers())
    assert People().person("anna").well_on(today()) is True

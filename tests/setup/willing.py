"""The keys of a person who says yes to every question."""

from collections.abc import Sequence
from typing import Final

from coach.core.event import Key
from coach.core.progress import Ask
from coach.setup.bench import Moment, Touch

WAITS_S: Final = 3.0  # from a question to its answer


class Willing:
    """A hand that answers every question, and lets time pass at once."""

    def __init__(self) -> None:
        self._asked = 0
        self._at_s = 0.0
        self._leaves = False
        self._answer: tuple[float, Touch] | None = None

    def wait(self, seconds: float) -> tuple[float, Sequence[Touch]]:
        """No time at all, as far as anybody waits."""
        if self._leaves:
            return 0.0, (Touch(Key.QUIT),)
        until_s = self._at_s + seconds
        if self._answer is not None and self._answer[0] <= until_s:
            due_s, touch = self._answer
            self._answer, passed_s = None, max(due_s - self._at_s, 0.0)
            self._at_s += passed_s
            return passed_s, (touch,)
        self._at_s = until_s
        return seconds, ()

    def see(self, moment: Moment) -> None:
        """A new question is answered when it has stood for a while."""
        self._at_s, self._leaves = moment.at_s, moment.over
        question = moment.question
        if question is None or question.serial <= self._asked:
            return
        self._asked = question.serial
        touch = Touch(Key.DIGIT, question.digit) if question.ask is Ask.DIGIT else Touch(Key.YES)
        self._answer = self._at_s + max(question.minimum_s, WAITS_S), touch

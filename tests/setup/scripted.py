"""Somebody who answers the questions of a set-up from a list, in order, and remembers what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from coach.setup.ask import LeftError


@dataclass
class Scripted:
    """`answers` are taken one for each question: texts, True and False, places, or what a press sends."""

    answers: list[str | bool | int]
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def say(self, text: str = "") -> None:
        self.said.append(text)

    def yes(self, question: str) -> bool:
        answer = self._next(question)
        assert isinstance(answer, bool), question
        return answer

    def text(self, question: str) -> str:
        answer = self._next(question)
        assert isinstance(answer, str), question
        return answer

    def choose(self, question: str, choices: Sequence[str]) -> int:
        answer = self._next(question)
        assert isinstance(answer, int), question
        assert 0 <= answer < len(choices), choices
        return answer

    def press(self, seconds: float) -> str:
        answer = self._next(f"press within {seconds:g} s")
        assert isinstance(answer, str)
        return answer

    def _next(self, question: str) -> str | bool | int:
        self.asked.append(question)
        if not self.answers:
            raise LeftError("left")
        return self.answers.pop(0)

    @property
    def all_said(self) -> str:
        return "\n".join(self.said)

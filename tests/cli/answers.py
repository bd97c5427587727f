"""A person who is asked in lines: reads each question and types what he has ready."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coach.setup.ask import LeftError


@dataclass
class Answers:
    """Types these lines, one for each question; then he leaves."""

    lines: list[str]
    asked: list[str] = field(default_factory=list)  # questions
    said: list[str] = field(default_factory=list)  # what he was told

    def say(self, text: str = "") -> None:
        self.said.append(text)

    def text(self, question: str) -> str:
        self.asked.append(question)
        if not self.lines:
            raise LeftError("left")
        return self.lines.pop(0)

    def yes(self, question: str) -> bool:
        return self.text(question) == "yes"

    def choose(self, question: str, choices: Sequence[str]) -> int:
        raise AssertionError(question, choices)

    def press(self, seconds: float) -> str:
        raise AssertionError(seconds)

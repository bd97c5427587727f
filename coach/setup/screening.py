"""What is asked of a runner before backward running, once: health, the risks that are known, and balance.

The seven questions cover what the PAR-Q covers, in words of our own; the further ones are those of treadmill trials and
of common sense (backward-running.md 3.5). A yes to any of them keeps backward off until a doctor has cleared it.
Forward running is not kept from anybody by an answer, only by an age under 13 (safety.md 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from coach.core.workout import Level
from coach.gate import YOUNGEST

CONSENT_VERSION: Final = 1  # of RISKS: whoever said yes to an older text is asked again
CONSENT_WORD: Final = "yes"
OLDEST: Final = 110  # years; more is a slip of the finger
BALANCE_FREE_S: Final = 3.5  # at most: free choice of level
BALANCE_BEGINNER_S: Final = 5.5  # at most: beginner; longer: rehab, with somebody beside
BALANCE_LONGEST_S: Final = 120.0  # longer says no more


@dataclass(frozen=True, slots=True)
class Health:
    """A question that takes yes or no; the key is what is kept."""

    key: str
    text: str


QUESTIONS: Final = (
    Health(
        "heart", "Has a doctor ever found something wrong with your heart, or told you to exercise only under care?"
    ),
    Health("chest-exercise", "Do you feel pain in your chest when you exercise?"),
    Health("chest-rest", "Have you had pain in your chest at rest in the last month?"),
    Health("balance", "Do you get dizzy, lose your balance, or have you lost consciousness?"),
    Health("joints", "Do you have a bone or joint problem that exercise could make worse, in knee, hip or back?"),
    Health("drugs", "Do you take medicine for your blood pressure or for your heart?"),
    Health("other", "Do you know of any other reason why you should not exercise?"),
)
"""The seven."""

FURTHER: Final = (
    Health("unstable", "Angina that comes unforeseen, or an irregular heartbeat that is being treated?"),
    Health("pressure", "A blood pressure above 200 over 100 at rest?"),
    Health("senses", "Trouble with balance, feeling in your feet (neuropathy), sight, or thinking clearly? Vertigo?"),
    Health("knee", "Knee surgery lately, or a knee that is inflamed now?"),
    Health("foot-drop", "A foot that does not lift as it should (foot-drop)?"),
    Health("concussion", "A concussion lately?"),
    Health("pregnant", "Are you pregnant?"),
    Health("neck", "A neck problem that makes turning your head hard?"),
    Health("sedatives", "Medicine that makes you drowsy, or alcohol before you exercise?"),
)
"""What treadmill trials leave people out for, and what makes a fall more likely."""

RISKS: Final = (
    "A belt that runs on. Many treadmills keep going when the connection is lost, and some ignore a stop command.",
    "A fall. It takes less than a second, and no program reacts in time.",
    "A tether that is not worn, or hangs on the wrong side.",
    "A wrong claim. coach knows which way you face only because you say so.",
    "Your treadmill's maker, who may forbid backward use. Read the manual.",
    "Your body. Heart, balance and joints are between you and your doctor.",
    "The tether and the rails are the protection. coach is not a medical device.",
)
"""What software cannot protect against (safety.md 11), as the runner reads it before he says yes."""

EACH_TIME: Final = (
    "Shoes on, never socks or bare feet. The clip on you. Two metres clear behind the belt.",
    "No alcohol, no sedatives. Not alone in the house the first time.",
)


def age_problem(age: int) -> str:
    """Why somebody of this age is refused, or must have mistyped; empty where all is well."""
    if age < 0 or age > OLDEST:
        return f"{age} years cannot be; give the year of birth with four digits."
    if age < YOUNGEST:
        return f"coach is for people from {YOUNGEST} years."
    return ""


def balance_level(seconds: float) -> Level | None:
    """The fastest level for somebody who needs so long for 3 m backward on the floor; None: any."""
    if seconds <= BALANCE_FREE_S:
        return None
    return Level.BEGINNER if seconds <= BALANCE_BEGINNER_S else Level.REHAB


def balance_words(seconds: float) -> str:
    """What that means, for the runner."""
    match balance_level(seconds):
        case None:
            return "Good: every level is open as far as your sessions allow."
        case Level.BEGINNER:
            return "Start with the beginner level, and hold the rails."
        case _:
            return "Only the rehab level, and only with somebody beside you."

"""The steps that belong to a runner: screening, presenter, sound. Each gives the record with what was answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from coach.core.error import CoachError
from coach.gate import Screening
from coach.people import Person
from coach.setup import screening
from coach.setup.ask import Asker, number
from coach.setup.button import PRESSES, USUAL, Button, learn
from coach.setup.step import Step

EARLIEST: Final = 1900  # year of birth
PRESS_S: Final = 15.0  # for a press that was asked for from the rails
PHRASE: Final = "Facing rear. Slowly faster."

Keep = Callable[[Person], None]


class RefusedError(CoachError):
    """Somebody must not use coach at all; the message is one sentence."""


class Sound(Protocol):
    """What sounds in a session."""

    def alarm(self) -> str:
        """Sound the alarm once, with its words; why it did not sound, or nothing."""

    def phrase(self, text: str) -> str:
        """Say a phrase; why it was not said, or nothing."""


def screen(asker: Asker, person: Person, keep: Keep, now: str, *, redo: bool = False) -> Person:
    """Health questions, the risks, and balance; each part is kept when it is answered, so that one may leave between.

    Args:
        asker: who is asked.
        person: what is known; parts that were answered are left out.
        keep: writes what is known.
        now: the instant, ISO 8601.
        redo: ask everything again.

    Raises:
        RefusedError: under 13.
        LeftError: left at a question.
    """
    today = date.fromisoformat(now[:10])
    person = _aged(asker, person, today.year, keep)
    if redo or person.screening is Screening.UNASKED:
        person = _health(asker, person, now)
        keep(person)
    if person.screening is Screening.FLAGGED:
        person = _cleared(asker, person, today)
        keep(person)
    if redo or not person.consented:
        person = _consent(asker, person, now)
        keep(person)
    if redo or person.balance_s is None:
        person = _balance(asker, person)
        keep(person)
    if not person.consented:
        return person
    person = person.finished(Step.SCREENING, now)
    keep(person)
    return person


def _aged(asker: Asker, person: Person, year: int, keep: Keep) -> Person:
    while person.born is None:
        born = number(asker, "In which year were you born?", EARLIEST, year)
        if born is None:
            asker.say("coach needs to know that you are old enough.")
            continue
        person = replace(person, born=int(born))
    problem = screening.age_problem(year - (person.born or year))
    if problem:
        raise RefusedError(problem)
    keep(person)
    return person


def _health(asker: Asker, person: Person, now: str) -> Person:
    asker.say("Seven questions about your health, then some more. One yes keeps backward off until a doctor agrees;")
    asker.say("forward running stays open. The answers stay on this computer.")
    yes = [one.key for one in screening.QUESTIONS if asker.yes(one.text)]
    asker.say("Does any of these hold for you?")
    yes += [one.key for one in screening.FURTHER if asker.yes(one.text)]
    return replace(person, screened_at=now, yes=tuple(yes), cleared_on=None, cleared_by="")


def _cleared(asker: Asker, person: Person, today: date) -> Person:
    asker.say("One of your answers is yes, so backward stays off until a doctor has agreed to backward walking.")
    if not asker.yes("Has a doctor agreed, knowing of it?"):
        asker.say(f"Come back with coach setup {Step.SCREENING} when one has. Forward running is open.")
        return person
    while True:
        line = asker.text("On which day? (YYYY-MM-DD; empty: today)") or today.isoformat()
        try:
            day = date.fromisoformat(line)
        except ValueError:
            asker.say(f"{line} is not a date; write it like {today.isoformat()}.")
            continue
        if day <= today:
            break
        asker.say("That day is still to come.")
    doctor = asker.text("Which doctor? (as you would write it down for yourself; may stay empty)")
    return replace(person, cleared_on=day.isoformat(), cleared_by=doctor)


def _consent(asker: Asker, person: Person, now: str) -> Person:
    asker.say("Walking backward on a treadmill can hurt you. What no software can protect you from:")
    for risk in screening.RISKS:
        asker.say(f"- {risk}")
    for each in screening.EACH_TIME:
        asker.say(each)
    word = asker.text(f"Type {screening.CONSENT_WORD} if you know this and want backward running; empty: forward only.")
    if word.casefold() != screening.CONSENT_WORD:
        asker.say("Then backward stays off. Forward running is open.")
        return replace(person, consented_at=None, consent=0)
    return replace(person, consented_at=now, consent=screening.CONSENT_VERSION)


def _balance(asker: Asker, person: Person) -> Person:
    asker.say("Balance: on the floor, with somebody beside you, walk 3 m backward and have it timed.")
    question = "How many seconds did it take? (empty: not today)"
    seconds = number(asker, question, 0.5, screening.BALANCE_LONGEST_S)
    if seconds is None:
        asker.say("Not measured. Start with the beginner level, and do it when somebody is there.")
        return person
    asker.say(screening.balance_words(seconds))
    return replace(person, balance_s=seconds)


def learn_button(asker: Asker, person: Person, keep: Keep, now: str) -> Person:
    """Which button says yes: what a presenter sends, three times alike. Enter and PageDown say it in any case.

    Raises:
        LeftError: left at a question.
    """
    asker.say("Facing the rear you cannot reach the keyboard: a presenter in the hand says yes, and stops the belt.")
    if asker.choose("What do you press with?", ("a presenter", "the keyboard only")) == 1:
        asker.say("Enter and PageDown say yes, Space and Esc stop. The keyboard must be in reach from the rails.")
        button: Button | None = None
    else:
        button = _button(asker)
    if button is not None and button.name not in USUAL:
        person = replace(person, buttons={**person.buttons, button.hex: button.name})
    person = person.finished(Step.KEYBOARD, now)
    keep(person)
    return person


def _button(asker: Asker) -> Button | None:
    while True:
        asker.say("Press its main button three times, slowly.")
        bursts = []
        for count in range(1, PRESSES + 1):
            bursts.append(asker.press(PRESS_S))
            asker.say(f"{count} of {PRESSES}." if bursts[-1] else "Nothing came.")
            if not bursts[-1]:
                break
        learnt = learn(bursts)
        if isinstance(learnt, Button):
            asker.say(f"Learnt: {learnt.name} says yes, and stops a belt that moves.")
            return learnt
        asker.say(learnt)
        if not asker.yes("Try again?"):
            asker.say("Then Enter and PageDown say yes.")
            return None


def hear(asker: Asker, sound: Sound, person: Person, keep: Keep, now: str) -> Person:
    """The alarm and a phrase, heard from the belt facing away; done only when both were.

    Raises:
        LeftError: left at a question.
    """
    asker.say("Stand on the belt, which stands, and face the rear. The alarm comes, then the voice.")
    asker.text("Enter when somebody else, or you yourself, is ready.")
    while True:
        why = sound.alarm() or sound.phrase(PHRASE)
        if why:
            asker.say(why)
        elif asker.yes("Did you hear the alarm, and understand the words behind it?"):
            person = replace(person.finished(Step.SOUND, now), heard_at=now)
            keep(person)
            asker.say("Good. Each session asks for it once more.")
            return person
        else:
            asker.say("Make it louder, or bring the speaker closer: backward needs it.")
        if not asker.yes("Play it again?"):
            asker.say(f"Not done: coach setup {Step.SOUND} does it another time. Forward running is open.")
            return person

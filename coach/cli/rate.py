"""`coach rate`: say how a session was; what is said later wins, and nothing of what was recorded changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Final

import typer

from coach.cli import options, sessions
from coach.cli.app import complain, out
from coach.cli.questions import SKIPS, answers, ask_one
from coach.cli.whose import found
from coach.gate import asks_pain
from coach.history.name import LAST
from coach.history.past import Past
from coach.history.question import WORDS, Question, asks_morning, in_line, marked, ran_backward, said_in_words
from coach.history.rating import MOST, Rating
from coach.history.store import Archive
from coach.history.summary import Summary
from coach.setup.ask import Asker, LeftError

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else

Name = Annotated[
    str,
    typer.Argument(metavar="[SESSION]", help="`last`, or a date or name as `coach history` shows it, or a journal."),
]
Effort = Annotated[
    int | None,
    typer.Option("--effort", metavar="N", min=0, max=MOST, help="How hard it was: 0 rest, 10 the most there is."),
]
Pain = Annotated[int | None, typer.Option("--pain", metavar="N", min=0, max=MOST, help="Pain afterwards, 0 to 10.")]
Before = Annotated[
    int | None, typer.Option("--pain-before", metavar="N", min=0, max=MOST, help="Pain before it, 0 to 10.")
]
NextMorning = Annotated[
    int | None, typer.Option("--morning", metavar="N", min=0, max=MOST, help="Pain the next morning, 0 to 10.")
]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A note; an empty one takes it back.")]
Rails = Annotated[
    bool | None,
    typer.Option("--rails/--free", help="Facing the rear you held the rails, or you did not, in all blocks."),
]
Fell = Annotated[bool | None, typer.Option("--fell/--no-fall", help="You fell, or you did not.")]


def command(
    session: Name = LAST,
    *,
    effort: Effort = None,
    pain: Pain = None,
    pain_before: Before = None,
    morning: NextMorning = None,
    note: Note = None,
    rails: Rails = None,
    fell: Fell = None,
    simulated: options.OnSimulator = False,
    runner: options.OfRunner = None,
    as_json: options.Json = False,
) -> None:
    """Say how a session was. Without options you are asked; Enter keeps what was said before."""
    rating = Rating(effort, pain_before, pain, morning, note, rails, fell)
    with Archive() as archive:
        past = found(archive, session, runner, simulated=simulated)
        summary = archive.summary(past)
        if rating.said:
            past = archive.say(past, rating)
        elif answers() and not as_json:
            past = _asked(archive, past, summary)
        for text in archive.trouble:
            complain(text)
    if as_json:
        out(json.dumps(_facts(past, summary), ensure_ascii=False, indent=2))
        return
    for text in _told(past, summary):
        for line in sessions.wrapped(text):
            out(line)


def _asked(archive: Archive, past: Past, summary: Summary) -> Past:
    """Ask one by one; each answer is kept at once, and whoever leaves keeps those before."""
    from coach.cli.asking import Terminal

    asker: Asker = Terminal()
    asker.say(f"{_title(past)}.")
    asker.say(SKIPS)
    try:
        for question in _questions(past, summary, datetime.now(UTC).astimezone().date()):
            rating = ask_one(asker, question, summary.held, _words(question, past.rating))
            if rating.said:
                past = archive.say(past, rating)
    except LeftError:
        pass
    return past


def _questions(past: Past, summary: Summary, today: date) -> Iterator[Question]:
    """What can be said of it: more than is asked on the day itself."""
    if asks_pain(summary.ask):
        yield Question.BEFORE
    yield from (Question.EFFORT, Question.PAIN)
    if asks_morning(summary.ask) and past.on < today:
        yield Question.MORNING
    if ran_backward(summary):
        yield from (Question.RAILS, Question.FELL)
    yield Question.NOTE


_PAST: Final = {Question.BEFORE: "Pain before it, 0 to 10?", Question.PAIN: "Pain after it, 0 to 10?"}


def _words(question: Question, rating: Rating) -> str:
    """The question, and what was said before."""
    words = _PAST.get(question, WORDS[question])
    now = {
        Question.BEFORE: rating.pain_before,
        Question.EFFORT: rating.effort,
        Question.PAIN: rating.pain_after,
        Question.MORNING: rating.pain_morning,
        Question.RAILS: None if rating.rails is None else "yes" if rating.rails else "no",
        Question.FELL: None if rating.fell is None else "yes" if rating.fell else "no",
        Question.NOTE: f"“{in_line(rating.note)}”" if rating.note else None,
    }[question]
    return words if now is None else f"{words} You said {now}."


def _title(past: Past) -> str:
    return f"{in_line(past.workout)} of {sessions.day(past.at)}{', simulated' * past.simulated}"


def _told(past: Past, summary: Summary) -> Iterator[str]:
    said = said_in_words(past.rating)
    yield f"{_title(past)}: {said or 'nothing was said yet'}."
    if past.rating.rails is None and (blocks := marked(summary.held)):
        yield f"Rails held in {blocks}, as marked on the way."
    if past.rating.note and in_line(past.rating.note) not in said:
        yield f"Note: {in_line(past.rating.note)}"


def _facts(past: Past, summary: Summary) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "id": past.id,
        "path": str(past.path),
        "simulated": past.simulated,
        "rating": past.rating.facts(),
        "held": list(summary.held),
    }

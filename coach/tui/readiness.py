"""What Ready says: how treadmill and strap are, what the session will be, what is missing, and what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Final

from textual.content import Content

from coach.core.gates import prompt_only
from coach.core.heart import Source
from coach.core.plan import Plan, Problem
from coach.core.progress import Question
from coach.core.say import MOVES
from coach.core.workout import Level
from coach.gate import ALARM, FORWARD_LINE, HAND_LINE, Blocks, Check, Facts, gate, mend_s, missing
from coach.keeper.wire import Snapshot
from coach.seen.prompt import MODE, SHARES
from coach.seen.units import Units, speed_unit
from coach.shelf import minutes
from coach.tui.outside import Staged, Strap
from coach.tui.signs import LOW_PCT
from coach.tui.widgets.glyphs import digits
from coach.tui.widgets.pane import Line, beside

DIGIT_COLUMNS: Final = 12  # of a digit that is drawn, and its margin
FACT_COLUMNS: Final = 11  # of the name of a line
SIGN_COLUMNS: Final = 2  # of the sign of a check
LOOKING: Final = "Looking for the treadmill. It is only read."


@dataclass(frozen=True, slots=True)
class Bottom:
    """What is asked or wrong, at the bottom: a head, a text and perhaps a digit."""

    head: str
    text: str
    digit: str = ""
    role: str = "strong"


def wants_helper(staged: Staged | None) -> bool:
    """The machine refuses a Start from afar, and a person at its console may press it (safety.md 6b)."""
    if staged is None:
        return False
    plan = staged.plan
    return plan.backward and not plan.profile.remote_start and plan.level is not Level.REHAB


def asked(question: Question, said: str = "", *, paused: bool = False) -> Bottom:
    """The core's own question, and under it what was said since: that a press came too early, say."""
    text = question.text if question.digit else f"{question.text} (Enter)"
    if said and said != question.text:
        text += f"\n\n{said}"
    return Bottom("PAUSED" if paused else "READY?", text, question.digit)


def connecting(snapshot: Snapshot | None, said: str = "") -> Bottom:
    """Nothing is asked yet: why there is no link, what is waited for, and what was said last."""
    if snapshot is None:
        return Bottom("CONNECTING", said or LOOKING, role="dim")
    if snapshot.link and (snapshot.kmh or 0.0) > 0:
        return Bottom("THE BELT MOVES", snapshot.waits or said or MOVES, role="alarm")
    return Bottom("CONNECTING", snapshot.link_why or snapshot.waits or said or LOOKING, role="dim")


def belt_words(opened: bool, snapshot: Snapshot | None, units: Units) -> str:
    """How the treadmill is."""
    if not opened:
        return ""
    if snapshot is None or not snapshot.link or snapshot.kmh is None:
        return "connecting …"
    if snapshot.kmh > 0:
        return f"the belt MOVES: {speed_unit(snapshot.kmh, units)}"
    return "connected, the belt stands"


def heart_words(strap: Strap, snapshot: Snapshot | None) -> str:
    """How the strap is."""
    if not strap.worn or snapshot is None:
        return ""
    if snapshot.bpm is None:
        return "no heart rate yet"
    low = snapshot.battery_pct is not None and snapshot.battery_pct < LOW_PCT
    battery = f", battery {snapshot.battery_pct} %" if low else ""
    return f"{snapshot.bpm} bpm{' from the console' if snapshot.heart_from is Source.TREADMILL else ''}{battery}"


def prompt_words(plan: Plan, snapshot: Snapshot | None) -> tuple[str, ...]:
    """That coach only prompts on this treadmill, and why; nothing where it drives the belt."""
    why = "" if snapshot is None else snapshot.prompted
    why = why or prompt_only(plan.profile).replace("it ", "the treadmill ", 1)
    if not why:
        return ()
    left_out = ", backward is left out" if plan.workout.backward else ""
    return f"{MODE}: {SHARES}{left_out}", f"({why})"


def page_words(address: str, snapshot: Snapshot | None) -> tuple[str, str]:
    """Where the page behind the treadmill is, and how many look at it; o shows it for a camera."""
    if snapshot is None or not snapshot.watching:
        return address, "o shows its code"
    return address, f"{snapshot.watching} screen{'s show' if snapshot.watching > 1 else ' shows'} it"


def length_words(plan: Plan) -> str:
    """Minutes with turns, minutes backward, turns; a free session has those that the runner asks for."""
    if plan.free and plan.backward:
        return f"as long as you like; b leads to a backward block, {plan.turns // 2} times at most"
    whole = "open end" if plan.free else f"{minutes(plan)} min"
    if not plan.backward:
        return f"{whole}, all of it forward"
    return f"{whole} with {plan.turns} turns on this treadmill, {round(plan.backward_s / 60, 1):g} min backward"


def limit_words(plan: Plan, units: Units) -> str:
    """The level and what follows from it."""
    if not plan.backward:
        return f"forward at most {speed_unit(plan.runner.fastest_kmh, units)}"
    most = plan.caps
    kmh = most.speed_kmh if plan.strap else most.speed_kmh * NO_STRAP_SHARE
    return (
        f"{plan.level}: backward to {speed_unit(kmh, units)}{'' if plan.strap else ' without a strap'}, "
        f"a block {most.block_s / 60:.3g} min, all {most.session_s / 60:.3g} min, "
        f"heart {plan.heart_ceiling_bpm:.0f}"
    )


NO_STRAP_SHARE: Final = 0.8  # of the backward speed cap (safety.md 3)


def simulator_words(plan: Plan, facts: Facts) -> str:
    """What a real belt would ask for."""
    checks = gate(plan, replace(facts, simulated=False))
    wanted = missing(checks)
    if not wanted:
        line = HAND_LINE if prompt_only(plan.profile) else FORWARD_LINE
        return f"Simulator: no checks are needed; on a real belt: “{line}”"
    names = ", ".join(check.name for check in wanted)
    return f"Simulator: no checks are needed; on a real belt: {names}{_takes(mend_s(checks))}."


def checked(checks: tuple[Check, ...], *, brief: bool = False) -> Iterator[Content]:
    """Each check with its sign: done, to do, or not to be mended today; in brief what is done takes one line."""
    done = [check for check in checks if check.done]
    if brief and len(done) > 1:
        yield Content.styled(f"✓ Done: {', '.join(check.name for check in done)}.", "$ink-dim")
    for check in checks:
        if not check.done:
            sign = "□" if check.mend_s is not None else "✗"
            yield Content.styled(f"{sign} {check.words}{_takes(check.mend_s)}", "bold")
        elif not brief or len(done) == 1:
            yield Content.styled(f"✓ {check.words}", "$ink-dim")


def hung(content: Content, width: int, indent: int) -> Content:
    """A line wrapped to so many columns, all but its first part set in by so many."""
    first, *more = content.wrap(max(width, 2 * indent))
    if not more:
        return content
    rest = content[len(first.plain) :]
    rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
    return Content("\n").join([first, *(part.pad_left(indent) for part in rest.wrap(max(width - indent, indent)))])


def missing_words(checks: tuple[Check, ...]) -> str:
    """What to do next, how long all of it takes, and that forward needs none of it."""
    wanted = missing(checks)
    if any(check.blocks is Blocks.SESSION for check in wanted):
        return next(check.words for check in wanted if check.blocks is Blocks.SESSION)
    length = mend_s(checks)
    if length is None:
        first = next(check.words for check in wanted if check.mend_s is None)
        return f"{first} f runs it forward only today."
    play = " Press a to play it." if wanted[0].name == ALARM and wanted[0].by_word else ""
    then = " Then press c." if wanted[0].by_word else ""
    return f"{wanted[0].words}{play}{then} {_all(len(wanted), length)} f runs it forward only today."


def _all(count: int, length_s: float) -> str:
    return f"{count} checks are left{_takes(length_s)}." if count > 1 else "This is the last check."


def refusal(trouble: str, reasons: tuple[Problem, ...], *, forward: bool) -> str:
    """Why not, and what can be done."""
    told = [reason.message + (f" ({reason.help})" if reason.help else "") for reason in reasons]
    words = "; ".join([trouble, *told] if trouble else told)
    ways = ["f runs it forward only today"] if forward else []
    ways += ["Enter tries again"] if trouble else []
    return f"{words[:1].upper()}{words[1:].rstrip('.')}. {', '.join([*ways, 't takes another treadmill'])}."


def draw_bottom(bottom: Bottom, width: int, height: int) -> list[Line]:
    """The question, with its digit seven rows high where there is room."""
    picture: list[Line] = []
    if bottom.digit and height >= 7:
        picture = [((f"  {row}", bottom.role),) for row in digits(bottom.digit)]
    columns = DIGIT_COLUMNS if picture else 1
    head = ((bottom.head + (f"  type {bottom.digit}" if bottom.digit else ""), bottom.role),)
    text: list[Line] = [((row, "text"),) for row in wrapped(bottom.text, width - columns - 1)]
    words: list[Line] = [head, (), *text]
    return beside(picture, words[: max(height, 1)], columns)[:height]


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of a width."""
    return [line for part in text.splitlines() for line in wrap(part, max(width, 10)) or [""]]


def _takes(seconds: float | None) -> str:
    if seconds is None or seconds <= 0:
        return ""
    return f" (about {seconds:.0f} s)" if seconds < 90 else f" (about {round(seconds / 60)} min)"


def fact(name: str, value: str, more: str = "") -> Content:
    """One line about the session: its name, what it is, and more about it."""
    return Content.assemble((f"{name:<{FACT_COLUMNS}}", "$ink-dim"), (value, "bold"), f"  {more}" if more else "")

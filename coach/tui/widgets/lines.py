"""The lines of the cockpit: step, what is ahead, captions, totals, the row of states and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from coach.seen.prompt import SHARES, SIGN, mode_words
from coach.seen.rows import Ahead
from coach.seen.view import Caption, PromptLine, Step
from coach.tui.signs import Foot, Sign
from coach.tui.widgets.pane import Line, apart, centred, fitted, length

BOTH_FROM: Final = 2  # rows in which there is room for what to press and for why


def draw_step(step: Step, width: int, height: int) -> list[Line]:
    """Which step it is, and at the right what holds it back; that wins where there is no room for both."""
    del height
    notice: Line = ((f" {step.notice} ", "turn"),) if step.notice else ()
    name = step.name if len(step.name) + length(notice) + 2 <= width else step.name.partition(" · ")[0]
    return [apart(((f" {name}", "text"),), notice, width)]


def draw_prompt(prompt: PromptLine | None, width: int, height: int) -> list[Line]:
    """What the runner is to press on a field of colour, and that coach only measures; in one line what is to press."""
    if prompt is None:
        return []
    why: Line = ((f" {mode_words(prompt.why, width - 2)}", "turn"),)
    if not prompt.text:
        return [fitted(why, width)]
    asked: Line = ((f" {SIGN} {prompt.text} ", "hot"),)
    more: Line = ((f"{SHARES[0].upper()}{SHARES[1:]}. ", "turn"),)
    if height < BOTH_FROM:
        return [apart(asked, more, width)]
    return [fitted(why, width), fitted(asked, width)]


def draw_ahead(ahead: Ahead, width: int, height: int) -> list[Line]:
    """NEXT and THEN; NEXT is marked by a field and the seconds when it is near."""
    del height
    if ahead.soon:
        head: Line = ((f" ▶ NEXT {ahead.soon} ", "hot"), (f" {ahead.next}", ahead.next_role))
    else:
        head = ((" NEXT  ", "dim"), (ahead.next, ahead.next_role))
    then: Line = ((" THEN  ", "dim"), (ahead.then, "dim")) if ahead.then else ()
    return [fitted(head, width), fitted(then, width)]


def draw_small(texts: Sequence[tuple[str, str]], width: int, height: int) -> list[Line]:
    """Words only, each with its role, wrapped."""
    lines = [((f" {part}", role),) for text, role in texts for part in wrap(text, max(width - 2, 10))]
    return [fitted(line, width) for line in lines][:height]


def draw_captions(captions: Sequence[Caption], width: int, height: int) -> list[Line]:
    """What coach says, newest first and bold; a long one takes two lines."""
    lines: list[Line] = []
    for number, caption in enumerate(captions):
        parts = wrap(caption.text, max(width - 6, 10)) or [""]
        for at, part in enumerate(parts):
            mark = f" {caption.sign} " if at == 0 else "   "
            lines.append(fitted(((mark, "key" if number == at == 0 else "dim"), (f" {part} ", caption.role)), width))
    return lines[:height]


def draw_totals(totals: Sequence[str], width: int, height: int) -> list[Line]:
    """Totals, as many lines as it takes."""
    return [centred(((line, "text"),), width) for line in _joined(totals, width, "   │   ")][:height]


def draw_signs(signs: Sequence[Sign], width: int, height: int) -> list[Line]:
    """The states, each with mark and word; what is behind them where there is room."""
    del height
    shown = list(signs)
    line = _signs(shown, more=True)
    while length(line) > width:
        line = _signs(shown, more=False)
        well = [sign for sign in shown if sign.role in {"good", "dim"}]
        if length(line) <= width or not well:
            break
        shown.remove(well[-1])  # what is well gives way to what is not
    return [centred(line, width)]


def _signs(signs: Sequence[Sign], *, more: bool) -> Line:
    return tuple(
        span
        for sign in signs
        for span in (
            (f" {sign.mark} {sign.word}", sign.role),
            (f" {sign.more} " if more and sign.more else " ", "dim"),
        )
    )


def draw_foot(foot: Foot, width: int, height: int) -> list[Line]:
    """The keys; there are never more than seven."""
    del height
    for count in range(len(foot.keys), 1, -1):  # the last ones are the least needed, and half a word helps nobody
        line = _keys(foot.keys[:count])
        if length(line) - 2 <= width:
            return [fitted(line, width)]
    return [fitted(_keys(foot.keys[:1]), width)]


def _keys(keys: Sequence[tuple[str, str]]) -> Line:
    return tuple(span for key, does in keys for span in ((f" {key} ", "key"), (f" {does}  ", "text")))


def _joined(parts: Sequence[str], width: int, gap: str) -> list[str]:
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]}{gap}{part}" if lines else part
        if lines and len(longer) <= width - 2:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines

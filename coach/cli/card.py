"""`coach card`: a session as a picture to share, or as a few lines for a chat."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.cli.placed import place
from coach.cli.report import LAST, STANDARD_OUTPUT, free, gathered, give, in_folder, told
from coach.cli.whose import found
from coach.history.store import Archive

PICTURES: Final = (".svg", ".png")

Session = Annotated[
    str,
    typer.Argument(metavar="SESSION", help="`last`, or a date or name as `coach history` shows it, or a journal."),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="FILE.svg|FILE.png", help="Where the picture goes, also a folder; a PNG without it."
    ),
]
Text = Annotated[bool, typer.Option("--text", help="A few lines for a chat, in place of a picture.")]


def command(
    session: Session = LAST,
    *,
    output: Output = None,
    text: Text = False,
    simulated: options.OnSimulator = False,
    runner: options.OfRunner = None,
) -> None:
    """Draw a session as a card to share. No name and no weight are on it."""
    from coach.history.report.card import card_of, card_text

    kind = _kind(output, text=text)
    with Archive() as archive:
        past = found(archive, session, runner, simulated=simulated)
        shown = gathered(archive, past)
        for trouble in archive.trouble:
            complain(trouble)
    if text:
        lines = "\n".join(card_text(shown.summary, shown.at, shown.measure))
        give(lines + "\n" * (output is not None), output or STANDARD_OUTPUT, "", past.path)
        return
    from coach.history.report.charts.card import card_png, card_svg

    card = card_of(shown.summary, shown.at, shown.drawn, shown.measure)
    file = in_folder(output, f"{past.id}{kind}")
    if file == STANDARD_OUTPUT:
        out(card_svg(card))
        return
    path = free(file, past.path)
    place(path, card_png(card) if kind == ".png" else f"{card_svg(card)}\n", over=True)
    told(file, "SIMULATED stands on it." if shown.summary.simulated else "")


def _kind(output: str | None, *, text: bool) -> str:
    """What is drawn: the ending of its file."""
    if text or output == STANDARD_OUTPUT:
        return ".svg"
    if output is None or Path(output).expanduser().is_dir():
        return ".png"
    found = Path(output).suffix.lower()
    if found not in PICTURES:
        raise typer.BadParameter(f"{output}: a card is a picture, so name a .svg or a .png", param_hint="--output")
    return found

"""An address as a QR code in half blocks, for a terminal: two modules of a column to a sign, dark on light."""

from __future__ import annotations

from typing import Final

QUIET: Final = 4  # modules of light round it, as the standard asks for
INK: Final = "\x1b[38;5;16;48;5;231m"  # black on white, whatever the terminal's own colours are
PLAIN: Final = "\x1b[0m"
_SIGNS: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Row by row, with the light border; True is dark."""
    import segno

    code = segno.make(text, error="l", micro=False, boost_error=False)
    return tuple(tuple(bool(one) for one in row) for row in code.matrix_iter(border=QUIET))


def blocks(text: str, *, negative: bool = False) -> tuple[str, ...]:
    """The lines; `negative` is for a terminal of which only is known that it writes light on dark."""
    rows = [tuple(one != negative for one in row) for row in modules(text)]
    if len(rows) % 2:
        rows.append((negative,) * len(rows[0]))
    return tuple(
        "".join(_SIGNS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )


def lines(text: str, *, colour: bool) -> tuple[str, ...]:
    """The lines to print."""
    if not colour:
        return blocks(text, negative=True)
    return tuple(f"{INK}{line}{PLAIN}" for line in blocks(text))

"""The screen of an app as plain text, and snapshots of it: the one place that looks into Textual's compositor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rich.segment import Segment
from textual.app import App

SNAPSHOTS = Path(__file__).parent / "snapshots"
REWRITE = "REWRITE_SNAPSHOTS"  # set it to take what is drawn as what should be drawn


def screen_lines(app: App[Any]) -> list[str]:
    """What stands on the screen, line by line, without colours and trailing blanks."""
    return ["".join(piece.text for piece in row).rstrip() for row in screen_rows(app)]


def screen_rows(app: App[Any]) -> list[list[Segment]]:
    """What stands on the screen, line by line, as pieces of one look each."""
    strips = app.screen._compositor.render_strips()
    return [list(strip.crop(0, app.size.width)) for strip in strips[: app.size.height]]


def matches_snapshot(name: str, lines: list[str]) -> bool:
    """Whether the lines are those of a snapshot; what differs is printed."""
    path, text = SNAPSHOTS / f"{name}.txt", "\n".join(lines) + "\n"
    if os.environ.get(REWRITE):
        path.write_text(text, encoding="utf-8")
    there = path.read_text(encoding="utf-8") if path.exists() else ""
    if there == text:
        return True
    print(f"--- {path} is\n{there}--- and the screen is\n{text}--- ({REWRITE}=1 takes it over)")
    return False

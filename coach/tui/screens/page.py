"""The address of the page behind the treadmill, and its QR code, over whatever is shown; any key closes it."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from coach import qr
from coach.tui.frame import Keys

HEAD: Final = "Open this on a phone or tablet behind the treadmill:"
CODE: Final = "#000000 on #FFFFFF"  # dark on light, as every camera reads it


class PageScreen(ModalScreen[None]):
    """Shown before a session only: over a belt that moves nothing is laid."""

    DEFAULT_CSS = """
    PageScreen { align: center middle; }
    PageScreen #page { width: 100%; height: 100%; align: center middle; background: $paper; }
    PageScreen Static { width: auto; }
    """

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def compose(self) -> ComposeResult:
        """The code, the address, and how to get out."""
        with Vertical(id="page"):
            yield Static(Content(HEAD), markup=False)
            code = Content("\n").join(Content.styled(line, CODE) for line in qr.blocks(self._address))
            yield Static(code, id="code", markup=False)
            yield Static(Content.styled(self._address, "bold"), id="address", markup=False)
            yield Keys()

    def on_mount(self) -> None:
        """Say how to get out."""
        self.query_one(Keys).show((("any key", "goes on"),))

    def on_key(self, event: events.Key) -> None:
        """Back to what lies below."""
        event.stop()
        _ = self.dismiss()

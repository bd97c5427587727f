"""A real Chromium as the screen behind the treadmill: a phone or a tablet, upright or on its side."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, Final

from tests.history.report.browser import Browser

PATIENCE_S: Final = 20.0
TABLET: Final = (1280, 800)
SIZES: Final = {
    "tablet": TABLET,
    "tablet upright": (800, 1280),
    "phone": (360, 740),
    "phone on its side": (740, 360),
    "larger phone": (390, 844),
    "larger phone on its side": (844, 390),
}


class Tablet(Browser):
    """One screen."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked: list[str] = []
        self.complaints: list[str] = []

    def visit(self, address: str, size: tuple[int, int] = TABLET, *, still: bool = False) -> None:
        """Open an address; `still`: its owner wants nothing to move."""
        motion = {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}
        self.call("Emulation.setEmulatedMedia", features=[motion])
        self.resize(size)
        self.call("Page.navigate", url=address)
        self.until(f"document.readyState === 'complete' && location.href === {json.dumps(address)}")

    def resize(self, size: tuple[int, int]) -> None:
        """Another screen."""
        width, height = size
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def until(self, expression: str) -> None:
        """Wait until it holds in the page."""
        self.wait_for(lambda: self.value(f"Boolean({expression})"), expression)

    def wait_for(self, holds: Callable[[], Any], what: str = "") -> None:
        """Look, again and again, as the page goes on."""
        until_s = monotonic() + PATIENCE_S
        while not holds():
            assert monotonic() < until_s, what
            self.call("Runtime.evaluate", expression="new Promise(requestAnimationFrame)", awaitPromise=True)

    def box(self, what: str) -> dict[str, float]:
        """Where something is drawn, in CSS pixels."""
        found: dict[str, float] = self.value(f"document.querySelector({json.dumps(what)}).getBoundingClientRect()")
        return found

    def requests(self) -> list[str]:
        """All that was asked of the network since the beginning."""
        return [one["params"]["request"]["url"] for one in self._events if one["method"] == "Network.requestWillBeSent"]

    def complained(self) -> list[str]:
        """What the console had to say."""
        methods = {"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"}
        return [json.dumps(one["params"]) for one in self._events if one["method"] in methods]

    def shot(self) -> bytes:
        """What is on the screen, and no more."""
        import base64

        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

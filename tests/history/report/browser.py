"""A real Chromium at the end of two pipes: it opens a file, tells what it asked the network for, and takes pictures."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PROGRAM = next((found for name in NAMES if (found := shutil.which(name))), None)
_BEGIN = "import os, sys; os.dup2({reads}, 3); os.dup2({writes}, 4); os.execv(sys.argv[1], sys.argv[1:])"
LONGEST_S = 60.0  # for an answer
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
)


@dataclass
class Opened:
    """What came of opening a page."""

    requests: list[str]  # addresses that were asked for
    complaints: list[str]  # of the console, broken policies among them


class Browser:
    """One Chromium with one page."""

    def __init__(self, folder: Path) -> None:
        assert PROGRAM is not None
        reads, self._out = _pipe()
        self._in, writes = _pipe()
        words = [PROGRAM, *_FLAGS, f"--user-data-dir={folder}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _BEGIN.format(reads=reads, writes=writes), *words],
            pass_fds=(reads, writes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        self._rest = b""
        self._number = 0
        self._events: list[Mapping[str, Any]] = []
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def open(self, page: Path, width: int = 1280, *, dark: bool = False) -> Opened:
        """Load a file in a window of a width, by day or by night."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        self._events.clear()
        self.call("Page.navigate", url=page.as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            self._take()
        self.call("Runtime.evaluate", expression="1")  # what is reported belatedly has come by then
        return Opened(
            [one["params"]["request"]["url"] for one in self._events if one["method"] == "Network.requestWillBeSent"],
            [
                json.dumps(one["params"])
                for one in self._events
                if one["method"] in {"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"}
            ],
        )

    def value(self, expression: str) -> Any:
        """What an expression is in the page."""
        done = self.call("Runtime.evaluate", expression=f"JSON.stringify({expression})", returnByValue=True)
        assert "exceptionDetails" not in done, done
        return json.loads(done["result"]["value"])

    def tables(self) -> dict[str, list[list[str]]]:
        """The cells of every table as they are shown, by caption; the first row has the heads."""
        rows = "[...t.rows].map(r => [...r.cells].map(c => c.innerText.replace(/\\s+/g, ' ').trim()))"
        found: dict[str, list[list[str]]] = self.value(
            f"Object.fromEntries([...document.querySelectorAll('table')].map(t => [t.caption.innerText, {rows}]))"
        )
        return found

    def picture(self) -> bytes:
        """The whole page as PNG."""
        done = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(done["data"])

    def printed(self) -> bytes:
        """The page as PDF, on A4."""
        done = self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=True)
        return base64.b64decode(done["data"])

    def close(self) -> None:
        """Let it end, and wait for it."""
        self._session = None
        self.call("Browser.close")
        self._process.wait(10)
        os.close(self._in)
        os.close(self._out)

    def call(self, method: str, **params: object) -> Any:
        """Ask for something and wait for the answer."""
        self._number += 1
        told: dict[str, object] = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            told["sessionId"] = self._session
        os.write(self._out, json.dumps(told).encode() + b"\0")
        while (answer := self._take()) is None or answer["id"] != self._number:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def _take(self) -> Mapping[str, Any] | None:
        """The next message: an answer, or None for an event that was kept."""
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], LONGEST_S)
            assert ready, "the browser says nothing any more"
            some = os.read(self._in, 1 << 20)
            assert some, "the browser is gone"
            self._rest += some
        line, _, self._rest = self._rest.partition(b"\0")
        message: Mapping[str, Any] = json.loads(line)
        if "id" in message:
            return message
        self._events.append(message)
        return None


def _pipe() -> tuple[int, int]:
    """Both ends of a pipe, out of the way of the descriptors 3 and 4 that the browser listens on."""
    import fcntl

    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]

"""One browser that watches: what it was sent, what it has, and when it drew last."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Final

WINDOW: Final = 2  # views that are under way at a time; a slow reader gets the newest after that
STUCK_S: Final = 5.0  # a reader that has taken nothing for so long is dropped
MOST_A_S: Final = 60  # messages from a browser; a drawing one sends two for each of ten views a second
MESSAGE_BYTES: Final = 256  # all that a page says has less than a hundred


class Watcher:
    """The page's end of a browser; instants are those of the page's clock."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self.drawn_s: float | None = None  # when the newest view that it drew was sent
        self._sent: deque[tuple[int, float]] = deque(maxlen=64)
        self._got = 0
        self._heard: deque[float] = deque(maxlen=MOST_A_S)

    def wants(self, number: int) -> bool:
        """It has not been sent this view, and is not too far behind to be sent any."""
        newest = self._sent[-1][0] if self._sent else 0
        return number > newest and sum(sent > self._got for sent, _ in self._sent) < WINDOW

    def send(self, number: int, now_s: float) -> None:
        """It is sent a view."""
        self._sent.append((number, now_s))

    def stuck(self, now_s: float) -> bool:
        """It has had a view for so long and not said so."""
        oldest_s = next((sent_s for number, sent_s in self._sent if number > self._got), now_s)
        return now_s - oldest_s >= STUCK_S

    def drew(self, now_s: float, within_s: float) -> bool:
        """It has drawn something that was sent within so many seconds."""
        return self.drawn_s is not None and now_s - self.drawn_s <= within_s

    def floods(self, now_s: float) -> bool:
        """It says too much; counts this message."""
        full = len(self._heard) == MOST_A_S and now_s - self._heard[0] < 1.0
        self._heard.append(now_s)
        return full

    def hear(self, text: str) -> bool:
        """Take a message; True where it is a stop. Anything that is not known means nothing."""
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return False
        match said:
            case {"stop": True}:
                return True
            case {"got": int(number)} if not isinstance(number, bool):
                self._take(number)
            case {"drawn": int(number)} if not isinstance(number, bool):
                self._take(number)
                at_s = next((sent_s for sent, sent_s in self._sent if sent == number), None)
                if at_s is not None:
                    self.drawn_s = max(at_s, self.drawn_s or at_s)
            case _:
                pass
        return False

    def _take(self, number: int) -> None:
        if any(sent == number for sent, _ in self._sent):
            self._got = max(self._got, number)
            self.wake.set()

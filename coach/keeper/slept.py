"""Whether the computer slept: the gap that only a clock which counts sleep shows (safety.md 8)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

SLEPT_S: Final = 2.0  # a gap of more than this is sleep


def slept_s() -> float:
    """Seconds that this computer has slept since it was started; only differences mean something."""
    return _slept_s()


class Sleeper:
    """Notices that the computer slept, from one look to the next."""

    def __init__(self, total_s: Callable[[], float] = slept_s) -> None:
        self._total_s = total_s
        self._before_s = total_s()

    def gap_s(self) -> float:
        """How long it slept since the last look; 0 where that was no sleep."""
        now_s = self._total_s()
        gap_s, self._before_s = now_s - self._before_s, now_s
        return gap_s if gap_s > SLEPT_S else 0.0


if sys.platform == "linux":

    def _slept_s() -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)

elif sys.platform == "darwin":

    def _slept_s() -> float:
        return time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_UPTIME_RAW)

elif sys.platform == "win32":
    import ctypes

    def _slept_s() -> float:
        awake = ctypes.c_uint64()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(awake))
        ctypes.windll.kernel32.GetTickCount64.restype = ctypes.c_uint64
        return float(ctypes.windll.kernel32.GetTickCount64()) / 1e3 - awake.value / 1e7

else:

    def _slept_s() -> float:
        return 0.0

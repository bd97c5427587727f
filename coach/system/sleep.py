"""How long this computer has slept: the gap between a clock that counts sleep and one that does not."""

from __future__ import annotations

import sys
import time
from typing import Final

from coach.system import SYSTEM

_NOTICED: Final = frozenset({"linux", "darwin", "win32"})


def noticed(system: str = SYSTEM) -> bool:
    """This system has both clocks, so that sleep can be told from a pause."""
    return system in _NOTICED


if sys.platform == "linux":

    def slept_s() -> float:
        """Seconds that this computer has slept since it was started; only differences mean something."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)

elif sys.platform == "darwin":

    def slept_s() -> float:
        """Seconds that this computer has slept since it was started; only differences mean something."""
        return time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_UPTIME_RAW)

elif sys.platform == "win32":
    import ctypes

    def slept_s() -> float:
        """Seconds that this computer has slept since it was started; only differences mean something."""
        awake = ctypes.c_uint64()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(awake))
        ctypes.windll.kernel32.GetTickCount64.restype = ctypes.c_uint64
        return float(ctypes.windll.kernel32.GetTickCount64()) / 1e3 - awake.value / 1e7

else:

    def slept_s() -> float:
        """Sleep is not noticed here."""
        return 0.0

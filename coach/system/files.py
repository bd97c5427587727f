"""Files: opened for their bytes as they are, and whose they are."""

from __future__ import annotations

import os
import sys
from typing import Final

from coach.system import SYSTEM

AS_IS: Final = getattr(os, "O_BINARY", 0)  # for os.open(): Windows would change the ends of lines
NOT_INHERITED: Final = getattr(os, "O_CLOEXEC", 0)  # for os.open(): Windows lets no child inherit by itself


def private(found: os.stat_result, system: str = SYSTEM) -> bool:
    """Nobody but its owner reads this file; Windows has no modes, and keeps a user's own folder from others."""
    return system == "win32" or not found.st_mode & 0o077


if sys.platform == "win32":

    def own(found: os.stat_result) -> bool:
        """This file is the user's; Windows does not say so by a number."""
        del found
        return True

else:

    def own(found: os.stat_result) -> bool:
        """This file is the user's."""
        return found.st_uid == os.getuid()

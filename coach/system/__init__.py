"""What Linux, macOS and Windows do differently: a file for each subject, and no difference stands anywhere else.

Where a table or a rule can be chosen the system is an argument, so that every system's choice can be tested on each.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final, TypeVar

SYSTEM: Final[str] = sys.platform

_Row = TypeVar("_Row")


def of(table: Mapping[str, _Row], system: str = SYSTEM) -> _Row:
    """The row of a system; one that has none of its own is taken for a kind of Linux."""
    return table.get(system, table["linux"])

"""What is installed: the version of coach itself, and of what it stands on."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Final

COACH: Final = "treadmill-coach"


def installed(package: str) -> str | None:
    """The version of a package; None where it is not installed."""
    try:
        return version_of(package)
    except PackageNotFoundError:
        return None


def version() -> str:
    """The version of coach; "0" where it runs from a copy that nobody installed."""
    return installed(COACH) or "0"

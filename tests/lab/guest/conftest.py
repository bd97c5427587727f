"""These tests need a Bluetooth stack, which they have in the guest that guest.sh boots; elsewhere they are skipped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.guest.air import Air
from tests.lab.guest.system import CLOCK, forget


def pytest_runtest_setup() -> None:
    if not CLOCK:
        pytest.skip("runs in the guest: bash tests/lab/guest.sh test -- tests/lab/guest")


@pytest.fixture
def air() -> Iterator[Air]:
    """A computer whose Bluetooth is new: it knows no device, and nothing is on the air yet."""
    forget()
    with Air() as one:
        yield one

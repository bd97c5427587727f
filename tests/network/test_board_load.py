"""A hall of treadmills, one broker and one board as processes: nothing of QoS 1 is lost, and the board stays idle."""

from __future__ import annotations

import sys

import pytest

from tests.bench import network
from tests.sinks.mosquitto import needs_mosquitto

TREADMILLS = 24
SECONDS = 6.0


@needs_mosquitto
@pytest.mark.skipif(sys.platform != "linux", reason="what a process uses is read from /proc")
@pytest.mark.slow
def test_a_board_hears_every_treadmill_loses_nothing_and_needs_little_of_a_core() -> None:
    result = network.measure(TREADMILLS, SECONDS, processes=2)
    print("\n".join(network.told(result)))
    assert result.lost == 0
    assert result.gaps == 0
    assert len(result.samples) == TREADMILLS
    assert result.asked > TREADMILLS / 2
    assert result.stopped_s is not None
    assert result.board < network.BUDGET

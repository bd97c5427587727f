"""The 16-bit UUIDs of the Fitness Machine Service (FTMS 1.0, table 4.1) and of the values that the coach reads."""

from __future__ import annotations

from typing import Final

FITNESS_MACHINE: Final = 0x1826  # the service
FEATURE: Final = 0x2ACC  # read
TREADMILL_DATA: Final = 0x2ACD  # notify
TRAINING_STATUS: Final = 0x2AD3  # read, notify
SPEED_RANGE: Final = 0x2AD4  # read
INCLINATION_RANGE: Final = 0x2AD5  # read
RESISTANCE_RANGE: Final = 0x2AD6  # read
HEART_RATE_RANGE: Final = 0x2AD7  # read
POWER_RANGE: Final = 0x2AD8  # read
CONTROL_POINT: Final = 0x2AD9  # write with response, indicate
MACHINE_STATUS: Final = 0x2ADA  # notify

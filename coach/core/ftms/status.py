"""What the machine tells of itself: Machine Status, 2ADA (FTMS 4.17), and Training Status, 2AD3 (FTMS 4.10)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from coach.core.error import DecodeError
from coach.core.ftms.control_point import CADENCE, SIMULATION, Parameter, Row, read_parameter, write_parameter
from coach.core.ftms.wire import BYTE, INCLINE, SIGNED, SPEED, TENTH, TRIPLE, WORD, Number, Problem, known, spare


class Status(IntEnum):
    """What happened to the machine (FTMS table 4.26); CitySports tells the client that caused it, too."""

    RESET = 0x01
    STOPPED = 0x02  # or paused, by the user at the console: the parameter says which
    SAFETY_KEY = 0x03
    STARTED = 0x04  # or resumed, by the user at the console
    TARGET_SPEED = 0x05  # km/h
    TARGET_INCLINATION = 0x06  # %
    TARGET_RESISTANCE = 0x07
    TARGET_POWER = 0x08  # W
    TARGET_HEART_RATE = 0x09  # bpm
    TARGETED_ENERGY = 0x0A  # kcal
    TARGETED_STEPS = 0x0B
    TARGETED_STRIDES = 0x0C
    TARGETED_DISTANCE = 0x0D  # m
    TARGETED_TIME = 0x0E  # s
    TIME_IN_2_ZONES = 0x0F
    TIME_IN_3_ZONES = 0x10
    TIME_IN_5_ZONES = 0x11
    BIKE_SIMULATION = 0x12
    WHEEL_CIRCUMFERENCE = 0x13  # mm
    SPIN_DOWN = 0x14  # 1 requested, 2 done, 3 failed, 4 stop pedalling
    TARGETED_CADENCE = 0x15  # rpm
    CONTROL_LOST = 0xFF


EVENTS: Final[dict[int, Row]] = {
    Status.RESET: Row("reset"),
    Status.STOPPED: Row("stopped_or_paused_by_user", (BYTE,)),
    Status.SAFETY_KEY: Row("stopped_by_safety_key"),
    Status.STARTED: Row("started_or_resumed_by_user"),
    Status.TARGET_SPEED: Row("target_speed_changed", (SPEED,)),
    Status.TARGET_INCLINATION: Row("target_incline_changed", (INCLINE,)),
    Status.TARGET_RESISTANCE: Row("target_resistance_changed", (TENTH,)),
    Status.TARGET_POWER: Row("target_power_changed", (SIGNED,)),
    Status.TARGET_HEART_RATE: Row("target_heart_rate_changed", (BYTE,)),
    Status.TARGETED_ENERGY: Row("targeted_expended_energy_changed", (WORD,)),
    Status.TARGETED_STEPS: Row("targeted_steps_changed", (WORD,)),
    Status.TARGETED_STRIDES: Row("targeted_strides_changed", (WORD,)),
    Status.TARGETED_DISTANCE: Row("targeted_distance_changed", (TRIPLE,)),
    Status.TARGETED_TIME: Row("targeted_training_time_changed", (WORD,)),
    Status.TIME_IN_2_ZONES: Row("targeted_time_in_2_hr_zones_changed", (WORD,) * 2),
    Status.TIME_IN_3_ZONES: Row("targeted_time_in_3_hr_zones_changed", (WORD,) * 3),
    Status.TIME_IN_5_ZONES: Row("targeted_time_in_5_hr_zones_changed", (WORD,) * 5),
    Status.BIKE_SIMULATION: Row("indoor_bike_simulation_changed", SIMULATION),
    Status.WHEEL_CIRCUMFERENCE: Row("wheel_circumference_changed", (Number(2, per=10),)),
    Status.SPIN_DOWN: Row("spin_down_status", (BYTE,)),
    Status.TARGETED_CADENCE: Row("targeted_cadence_changed", (CADENCE,)),
    Status.CONTROL_LOST: Row("control_permission_lost"),
}


@dataclass(frozen=True, slots=True)
class MachineStatus:
    """One event that the machine tells of."""

    event: Status | int
    parameter: Parameter = None
    problems: tuple[Problem, ...] = ()


def decode_machine_status(value: bytes) -> MachineStatus:
    """Read one event; zeros behind it are padding (CitySports), a parameter that is too short is None and a problem.

    Raises:
        DecodeError: the value is empty.
    """
    if not value:
        raise DecodeError("a machine status without an event: no octets")
    return MachineStatus(known(Status, value[0]), *read_parameter(EVENTS.get(value[0]), value[1:], padded=True))


def encode_machine_status(status: MachineStatus) -> bytes:
    """Write one event; ValueError when a number does not fit or the event takes other parameters."""
    return bytes([status.event]) + write_parameter(EVENTS.get(status.event), status.parameter)


class Training(IntEnum):
    """What the machine thinks the runner is doing."""

    OTHER = 0x00
    IDLE = 0x01
    WARMING_UP = 0x02
    LOW_INTENSITY_INTERVAL = 0x03
    HIGH_INTENSITY_INTERVAL = 0x04
    RECOVERY_INTERVAL = 0x05
    ISOMETRIC = 0x06
    HEART_RATE_CONTROL = 0x07
    FITNESS_TEST = 0x08
    SPEED_TOO_LOW = 0x09  # outside of the control region
    SPEED_TOO_HIGH = 0x0A
    COOL_DOWN = 0x0B
    WATT_CONTROL = 0x0C
    MANUAL_MODE_QUICK_START = 0x0D
    PRE_WORKOUT = 0x0E  # the countdown on CitySports
    POST_WORKOUT = 0x0F


_TEXT: Final = 0x01  # flag: text follows; many machines set it and send none
_LONG_TEXT: Final = 0x02  # flag: the text is longer than a notification


@dataclass(frozen=True, slots=True)
class TrainingStatus:
    """What the machine thinks the runner is doing, in its own words where it has some."""

    status: Training | int | None  # None: the value ended before it
    text: str | None = None  # None: not announced; empty: announced and not sent
    problems: tuple[Problem, ...] = ()


def decode_training_status(value: bytes) -> TrainingStatus:
    """Read a Training Status, however short: one machine sends a single octet."""
    if len(value) < 2:
        return TrainingStatus(None, problems=(Problem("truncated", f"{len(value)} of 2 octets: no status"),))
    status = known(Training, value[1])
    if not value[0] & (_TEXT | _LONG_TEXT):
        return TrainingStatus(status, problems=spare(len(value) - 2))
    words = value[2:].rstrip(b"\0")
    try:
        return TrainingStatus(status, words.decode())
    except UnicodeDecodeError:
        return TrainingStatus(status, words.decode(errors="replace"), (Problem("not-utf-8", f"text {words.hex()}"),))


def encode_training_status(status: TrainingStatus) -> bytes:
    """Write a Training Status; ValueError when there is no status or it does not fit into an octet."""
    if status.status is None:
        raise ValueError("a Training Status needs a status")
    return bytes([0 if status.text is None else _TEXT, status.status]) + (status.text or "").encode()

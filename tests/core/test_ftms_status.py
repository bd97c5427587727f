import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.error import DecodeError
from coach.core.ftms import (
    EVENTS,
    MachineStatus,
    Status,
    Stopping,
    Training,
    TrainingStatus,
    decode_machine_status,
    decode_training_status,
    encode_machine_status,
    encode_training_status,
)

h = bytes.fromhex

EVENTS_SEEN = {  # typed from FTMS table 4.26
    "reset": ("01", MachineStatus(Status.RESET)),
    "stopped": ("02 01", MachineStatus(Status.STOPPED, Stopping.STOP)),
    "paused": ("02 02", MachineStatus(Status.STOPPED, Stopping.PAUSE)),
    "safety key": ("03", MachineStatus(Status.SAFETY_KEY)),
    "started": ("04", MachineStatus(Status.STARTED)),
    "1.05 km/h": ("05 6900", MachineStatus(Status.TARGET_SPEED, 1.05)),
    "-0.5 %": ("06 fbff", MachineStatus(Status.TARGET_INCLINATION, -0.5)),
    "resistance": ("07 69", MachineStatus(Status.TARGET_RESISTANCE, 10.5)),
    "power": ("08 c800", MachineStatus(Status.TARGET_POWER, 200)),
    "heart rate": ("09 82", MachineStatus(Status.TARGET_HEART_RATE, 130)),
    "energy": ("0a 2c01", MachineStatus(Status.TARGETED_ENERGY, 300)),
    "steps": ("0b 1027", MachineStatus(Status.TARGETED_STEPS, 10000)),
    "strides": ("0c 8813", MachineStatus(Status.TARGETED_STRIDES, 5000)),
    "distance": ("0d 40420f", MachineStatus(Status.TARGETED_DISTANCE, 1_000_000)),
    "time": ("0e 100e", MachineStatus(Status.TARGETED_TIME, 3600)),
    "two zones": ("0f 0100 0200", MachineStatus(Status.TIME_IN_2_ZONES, (1, 2))),
    "three zones": ("10 0100 0200 0300", MachineStatus(Status.TIME_IN_3_ZONES, (1, 2, 3))),
    "five zones": ("11 0100 0200 0300 0400 0500", MachineStatus(Status.TIME_IN_5_ZONES, (1, 2, 3, 4, 5))),
    "bike simulation": ("12 e803 9cff 28 33", MachineStatus(Status.BIKE_SIMULATION, (1.0, -1.0, 0.004, 0.51))),
    "wheel": ("13 6651", MachineStatus(Status.WHEEL_CIRCUMFERENCE, 2083.8)),
    "spin down": ("14 02", MachineStatus(Status.SPIN_DOWN, 2)),
    "cadence": ("15 b500", MachineStatus(Status.TARGETED_CADENCE, 90.5)),
    "control lost": ("ff", MachineStatus(Status.CONTROL_LOST)),
    "unknown": ("77 0102", MachineStatus(0x77, b"\1\2")),
}


@pytest.mark.parametrize(("hex_text", "status"), EVENTS_SEEN.values(), ids=EVENTS_SEEN.keys())
def test_an_event_is_read_and_written_as_the_specification_has_it(hex_text: str, status: MachineStatus) -> None:
    assert decode_machine_status(h(hex_text)) == status
    assert encode_machine_status(status) == h(hex_text)


def test_every_event_has_its_row_and_its_bytes_here() -> None:
    assert set(EVENTS) == set(Status) <= {status.event for _, status in EVENTS_SEEN.values()}


ODD_EVENTS = {
    "padded with zeros": ("05 6900 000000", MachineStatus(Status.TARGET_SPEED, 1.05), []),
    "a padded safety key": ("03 0000", MachineStatus(Status.SAFETY_KEY), []),
    "followed by something": ("05 6900 01", MachineStatus(Status.TARGET_SPEED, 1.05), ["trailing-octets"]),
    "cut off": ("05 69", MachineStatus(Status.TARGET_SPEED), ["truncated"]),
    "stopped, nobody knows how": ("02", MachineStatus(Status.STOPPED), ["truncated"]),
}


@pytest.mark.parametrize(("hex_text", "status", "rules"), ODD_EVENTS.values(), ids=ODD_EVENTS.keys())
def test_an_odd_event_is_read_and_doubted(hex_text: str, status: MachineStatus, rules: list[str]) -> None:
    read = decode_machine_status(h(hex_text))

    assert (read.event, read.parameter) == (status.event, status.parameter)
    assert [problem.rule for problem in read.problems] == rules


def test_no_octets_are_no_event() -> None:
    with pytest.raises(DecodeError):
        decode_machine_status(b"")


TRAININGS = {
    "idle": ("00 01", TrainingStatus(Training.IDLE)),
    "quick start": ("00 0d", TrainingStatus(Training.MANUAL_MODE_QUICK_START)),
    "Yesoul: text announced, none sent": ("01 0d", TrainingStatus(Training.MANUAL_MODE_QUICK_START, "")),
    "FitShow: text announced, none sent": ("01 01", TrainingStatus(Training.IDLE, "")),
    "text": ("01 0e 476f21", TrainingStatus(Training.PRE_WORKOUT, "Go!")),
    "text beyond ASCII": ("01 0b 417573c3bc", TrainingStatus(Training.COOL_DOWN, "Ausü")),
    "reserved": ("00 42", TrainingStatus(0x42)),
}


@pytest.mark.parametrize(("hex_text", "status"), TRAININGS.values(), ids=TRAININGS.keys())
def test_a_training_status_is_read_and_written(hex_text: str, status: TrainingStatus) -> None:
    assert decode_training_status(h(hex_text)) == status
    assert encode_training_status(status) == h(hex_text)


ODD_TRAININGS = {
    "nothing": ("", None, None, ["truncated"]),
    "flags only": ("01", None, None, ["truncated"]),
    "long text": ("02 0d 4869", Training.MANUAL_MODE_QUICK_START, "Hi", []),
    "text with a NUL": ("01 0d 4869 00", Training.MANUAL_MODE_QUICK_START, "Hi", []),
    "text that is not UTF-8": ("01 0d ff", Training.MANUAL_MODE_QUICK_START, "�", ["not-utf-8"]),
    "text not announced": ("00 0d 4869", Training.MANUAL_MODE_QUICK_START, None, ["trailing-octets"]),
}


@pytest.mark.parametrize(("hex_text", "training", "text", "rules"), ODD_TRAININGS.values(), ids=ODD_TRAININGS.keys())
def test_an_odd_training_status_is_read_and_doubted(
    hex_text: str, training: Training | None, text: str | None, rules: list[str]
) -> None:
    read = decode_training_status(h(hex_text))

    assert (read.status, read.text) == (training, text)
    assert [problem.rule for problem in read.problems] == rules


def test_the_codes_are_those_of_the_specification() -> None:
    assert (Training.SPEED_TOO_HIGH, Training.COOL_DOWN, Training.POST_WORKOUT) == (0x0A, 0x0B, 0x0F)


def test_a_training_status_without_status_is_not_written() -> None:
    with pytest.raises(ValueError, match="needs a status"):
        encode_training_status(TrainingStatus(None))


@given(st.binary(max_size=20))
def test_any_bytes_are_a_status(value: bytes) -> None:
    decode_training_status(value)
    if value:
        status = decode_machine_status(value)
        assert status.event == value[0]
        if not status.problems:
            assert value.startswith(encode_machine_status(status))

from __future__ import annotations

from collections.abc import Callable
from math import inf
from random import Random

import pytest

from coach.core.event import Heard, Returned
from coach.core.ftms import TreadmillData, decode_treadmill_data, merge
from coach.link.machine_file import find_machine, load_machine, shipped_machines
from coach.link.sim import KEY_DECEL_KMH_S, Motion, VirtualTreadmill

DATA, TRAINING, POINT, STATUS = 0x2ACD, 0x2AD3, 0x2AD9, 0x2ADA
FEATURE, SPEEDS, INCLINES = 0x2ACC, 0x2AD4, 0x2AD5
CONTROL, RESET, START, STOP, PAUSE = "00", "01", "07", "08 01", "08 02"
DONE, UNSUPPORTED, INVALID, FAILED, FORBIDDEN = 1, 2, 3, 4, 5


def standing(text: str = "") -> VirtualTreadmill:
    """A machine that is connected and under control at 1 s; the text says in what it is not standard."""
    treadmill = VirtualTreadmill(load_machine(f'name = "SIM-x"\n{text}\n'))
    treadmill.connect(0.0)
    treadmill.write(bytes.fromhex(CONTROL), 0.0)
    treadmill.run_until(1.0)
    return treadmill


def running(text: str = "", target: str = "02 20 03") -> VirtualTreadmill:
    """A machine that runs at its target, 8 km/h, since long at 60 s."""
    treadmill = standing(text)
    treadmill.write(bytes.fromhex(START), 1.0)
    treadmill.run_until(20.0)
    treadmill.write(bytes.fromhex(target), 20.0)
    treadmill.run_until(60.0)
    return treadmill


def talk(said: list[Heard | Returned]) -> list[str]:
    """Everything but Treadmill Data, as text."""
    words = []
    for event in said:
        if isinstance(event, Returned):
            words.append("returned" if event.ok else "error")
        elif event.uuid != DATA:
            words.append(f"{event.uuid:x} {event.value.hex(' ')}")
    return words


def records(said: list[Heard | Returned]) -> list[TreadmillData]:
    """All Treadmill Data, parts joined."""
    pending, whole = None, []
    for event in said:
        if isinstance(event, Heard) and event.uuid == DATA:
            pending, record = merge(pending, decode_treadmill_data(event.value), event.at_s)
            if record is not None:
                whole.append(record)
    return whole


def ask(treadmill: VirtualTreadmill, request: str, at_s: float) -> int:
    """The result of a request, from the bytes of its answer."""
    value = bytes.fromhex(request)
    treadmill.run_until(at_s)
    treadmill.write(value, at_s)
    answers = [event for event in treadmill.run_until(at_s + 1.0) if isinstance(event, Heard) and event.uuid == POINT]
    (answer,) = answers
    assert answer.value[:2] == bytes([0x80, value[0]])
    return answer.value[2]


# What is read.


def test_features_and_ranges_are_those_of_the_specification() -> None:
    treadmill = standing("steps_bits = 24")
    assert treadmill.read(FEATURE) == bytes.fromhex("4c 10 00 00 03 00 00 00")  # bits 2, 3, 6, 12; 0, 1
    assert treadmill.read(SPEEDS) == bytes.fromhex("50 00 08 07 0a 00")  # 0.80, 18.00, 0.10
    assert treadmill.read(INCLINES) == bytes.fromhex("00 00 78 00 05 00")  # 0.0, 12.0, 0.5
    assert treadmill.read(TRAINING) == bytes.fromhex("00 01")
    assert treadmill.read(DATA) is None


def test_the_captured_half_step_machine_says_what_was_captured() -> None:
    treadmill = VirtualTreadmill(find_machine("half-steps"))
    assert treadmill.read(SPEEDS) == bytes.fromhex("64 00 58 02 32 00")
    assert treadmill.read(FEATURE) == bytes.fromhex("44 10 00 00 01 00 00 00")
    assert treadmill.read(INCLINES) is None


def test_a_range_in_miles_is_sent_in_miles() -> None:
    treadmill = VirtualTreadmill(find_machine("mph-target"))
    assert treadmill.read(SPEEDS) == bytes.fromhex("32 00 e8 03 0a 00")  # 0.5, 10.0, 0.1 mph


def test_odd_ranges_are_sent_as_they_are_and_used_as_they_were_meant() -> None:
    treadmill = running("step_kmh = 0\nmin_kmh = 9\nmax_kmh = 1\nincline_min_pct = 10\nincline_max_pct = 0")
    assert treadmill.read(SPEEDS) == bytes.fromhex("84 03 64 00 00 00")
    assert treadmill.read(INCLINES) == bytes.fromhex("64 00 00 00 05 00")
    assert ask(treadmill, "02 a3 01", 60.0) == DONE  # 4.19 becomes 4.2
    treadmill.run_until(99.0)
    assert treadmill.speed_kmh == pytest.approx(4.2)
    assert ask(treadmill, "02 8e 03", 99.0) == INVALID  # 9.10
    assert ask(treadmill, "03 32 00", 100.0) == DONE


# What is said.


def test_a_session_sounds_as_captured_ones_do() -> None:
    treadmill = VirtualTreadmill(load_machine('name = "SIM-x"'))
    treadmill.connect(0.0)
    treadmill.write(bytes.fromhex(CONTROL), 0.1)
    assert talk(treadmill.run_until(1.0)) == ["returned", "2ad9 80 00 01"]
    treadmill.write(bytes.fromhex(START), 1.0)
    said = treadmill.run_until(5.0)
    assert talk(said) == ["returned", "2ada 04", "2ad3 00 0e", "2ad9 80 07 01", "2ad3 00 0d"]
    treadmill.write(bytes.fromhex("02 20 03"), 5.0)
    assert talk(treadmill.run_until(30.0)) == ["returned", "2ada 05 20 03", "2ad9 80 02 01"]
    treadmill.write(bytes.fromhex("03 0f 00"), 30.0)
    assert talk(treadmill.run_until(40.0)) == ["returned", "2ada 06 0f 00", "2ad9 80 03 01"]
    treadmill.write(bytes.fromhex(STOP), 40.0)
    assert talk(treadmill.run_until(60.0)) == ["returned", "2ada 02 01", "2ad3 00 0f", "2ad9 80 08 01"]
    assert treadmill.motion is Motion.IDLE
    assert treadmill.speed_kmh == 0.0
    assert treadmill.read(TRAINING) == bytes.fromhex("00 0f")


def test_answers_take_their_time() -> None:
    treadmill = standing()
    treadmill.write(bytes.fromhex(START), 1.1)
    said = treadmill.run_until(1.4)
    assert [event.at_s for event in said] == pytest.approx([1.15, 1.15, 1.15, 1.25])
    assert said[0] == Returned(said[0].at_s, ok=True)


def test_a_record_is_what_the_specification_says() -> None:
    treadmill = running("accel_kmh_s = 8\nstart_kmh = 8")  # in motion at 4.05 s, 8 km/h a second later
    (record,) = treadmill.run_until(60.5)
    assert isinstance(record, Heard)
    # flags 040c, 8.00 km/h, (56.45 - 0.5) s * 8 / 3.6 = 124.3 m, 0.0 %, no ramp angle, 56 s
    assert record.value == bytes.fromhex("0c 04  20 03  7c 00 00  00 00 ff 7f  38 00")


def test_steps_stand_behind_a_reserved_flag() -> None:
    wide, narrow = running("steps_bits = 24\nincline_max_pct = 0"), running("steps_bits = 16\nincline_max_pct = 0")
    (record,), (short,) = wide.run_until(60.5), narrow.run_until(60.5)
    assert isinstance(record, Heard)
    assert isinstance(short, Heard)
    assert record.value[:2] == short.value[:2] == bytes.fromhex("04 24")
    assert record.value == short.value + b"\0"
    assert decode_treadmill_data(record.value).steps == int(wide.distance_m / 0.7)


def test_a_split_record_brings_its_speed_last() -> None:
    treadmill = running("split_records = true\nsteps_bits = 24")
    first, last = treadmill.run_until(60.5)
    assert isinstance(first, Heard)
    assert isinstance(last, Heard)
    assert first.value[:2] == bytes.fromhex("0d 00")
    assert last.value[:4] == bytes.fromhex("00 24 20 03")
    assert records([first, last]) == records(running("steps_bits = 24").run_until(60.5))


@pytest.mark.parametrize("name", list(shipped_machines()))
def test_the_codec_reads_every_machine_without_complaint(name: str) -> None:
    treadmill = VirtualTreadmill(find_machine(name))
    treadmill.connect(0.0)
    treadmill.console_start(1.0)
    said = records(treadmill.run_until(60.0))
    assert said
    assert all(not record.problems for record in said)
    unit = 1.609344 if "mph-both" in name else 1.0
    assert said[-1].speed_kmh == pytest.approx(treadmill.speed_kmh / unit, abs=0.006)
    assert said[-1].distance_m == pytest.approx(treadmill.distance_m, abs=1.0)


def test_reports_come_once_a_period_from_the_connection_on() -> None:
    treadmill = VirtualTreadmill(load_machine('name = "SIM-x"\nreport_period_s = 0.25'))
    assert treadmill.due_s == inf
    treadmill.connect(3.1)
    assert [event.at_s for event in treadmill.run_until(4.2)] == pytest.approx([3.35, 3.6, 3.85, 4.1])
    assert treadmill.due_s == pytest.approx(4.35)


def test_jitter_delays_reports_and_adds_up_to_nothing() -> None:
    treadmill = VirtualTreadmill(load_machine('name = "SIM-x"\njitter_s = 0.1'))
    treadmill.connect(0.0)
    late = [event.at_s - 0.5 * number for number, event in enumerate(treadmill.run_until(600.2), 1)]
    assert len(late) == 1200
    assert 0.0 <= min(late) < 0.01
    assert 0.09 < max(late) <= 0.1


def test_an_echo_shows_the_target_before_the_belt_has_it() -> None:
    treadmill = running('report = "target"')
    treadmill.write(bytes.fromhex("02 90 01"), 60.0)  # 4.0
    said = records(treadmill.run_until(61.0))
    assert [record.speed_kmh for record in said] == [4.0, 4.0]
    assert treadmill.speed_kmh == pytest.approx(8.0 - 0.95 * 0.5)


def test_an_echo_jumps_up_when_the_belt_stops() -> None:
    treadmill = running('report = "target"')
    treadmill.write(bytes.fromhex("02 64 00"), 60.0)  # 1.0
    treadmill.run_until(64.0)
    treadmill.write(bytes.fromhex(STOP), 64.0)
    speeds = [record.speed_kmh or 0.0 for record in records(treadmill.run_until(65.0))]
    assert speeds == pytest.approx([5.775, 5.525], abs=0.006)  # 8 - 0.5 * 4.45


def test_a_lagging_report_is_as_old_as_it_says() -> None:
    prompt, lagging = running(), running("report_lag_s = 1.5")
    for treadmill in (prompt, lagging):
        treadmill.write(bytes.fromhex("02 90 01"), 60.0)
        treadmill.write(bytes.fromhex(STOP), 63.0)
    old, new = (records(treadmill.run_until(90.0)) for treadmill in (prompt, lagging))
    assert [record.speed_kmh for record in new][3:] == [record.speed_kmh for record in old][:-3]


@pytest.mark.parametrize(("text", "reported"), [('report_unit = "mph"', 4.97), ("", 8.0)])
def test_a_report_in_miles_has_its_distance_in_metres(text: str, reported: float) -> None:
    treadmill = running(text)
    (record,) = records(treadmill.run_until(60.5))
    assert record.speed_kmh == reported
    assert record.distance_m == int(treadmill.distance_m)


def test_silence_means_that_the_belt_stands() -> None:
    treadmill = running("silent_when_stopped = true")
    assert records(treadmill.run_until(61.0))
    treadmill.write(bytes.fromhex(STOP), 61.0)
    last = [event.at_s for event in treadmill.run_until(90.0)][-1]
    assert last == pytest.approx(77.0)  # stands at 77.05
    treadmill.write(bytes.fromhex(START), 90.0)
    said = treadmill.run_until(94.0)
    assert talk(said)[0] == "returned"
    assert len(records(said)) == 2  # in motion at 93.05


# The control point.


def test_nothing_is_done_without_control() -> None:
    treadmill = VirtualTreadmill(load_machine('name = "SIM-x"'))
    treadmill.connect(0.0)
    for number, request in enumerate([RESET, "02 20 03", "03 00 00", START, STOP]):
        assert ask(treadmill, request, 2.0 * number) == FORBIDDEN
    assert ask(treadmill, CONTROL, 20.0) == DONE
    assert ask(treadmill, START, 22.0) == DONE


@pytest.mark.parametrize(
    ("request_", "result"),
    [
        ("02 4f 00", INVALID),  # 0.79
        ("02 50 00", DONE),
        ("02 51 00", DONE),
        ("02 07 07", DONE),
        ("02 08 07", DONE),
        ("02 09 07", INVALID),  # 18.01
        ("02 00 00", INVALID),
        ("02 ff ff", INVALID),
        ("02 20", INVALID),
        ("02", INVALID),
        ("02 20 03 00 00", DONE),  # what follows is ignored
        ("03 ff ff", INVALID),  # -0.1
        ("03 78 00", DONE),
        ("03 79 00", INVALID),
        ("03", INVALID),
        ("04 0a", UNSUPPORTED),
        ("06 96", UNSUPPORTED),
        ("15", UNSUPPORTED),
        ("ff 00", UNSUPPORTED),
        ("80 07 01", UNSUPPORTED),
        ("07", FAILED),  # started already
        ("08 00", INVALID),
        ("08 03", INVALID),
        ("08", INVALID),
        ("08 01", DONE),
        ("08 02", DONE),
        ("00", DONE),
        ("01", DONE),
    ],
)
def test_a_running_machine_answers_as_the_specification_asks(request_: str, result: int) -> None:
    assert ask(running(), request_, 60.0) == result


@pytest.mark.parametrize(
    ("request_", "result"), [("07", DONE), ("08 01", FAILED), ("08 02", FAILED), ("02 20 03", DONE)]
)
def test_a_standing_machine_answers_as_the_specification_asks(request_: str, result: int) -> None:
    assert ask(standing(), request_, 5.0) == result


def test_a_target_is_rounded_to_the_nearest_step() -> None:
    treadmill = running("min_kmh = 1\nstart_kmh = 1\nstep_kmh = 0.5")
    for at_s, request, speed_kmh in [(60.0, "02 d5 02", 7.5), (90.0, "02 d4 02", 7.0), (120.0, "02 08 07", 18.0)]:
        treadmill.write(bytes.fromhex(request), at_s)
        treadmill.run_until(at_s + 30.0)
        assert treadmill.speed_kmh == pytest.approx(speed_kmh)


def test_a_target_in_miles_moves_the_belt_in_miles() -> None:
    treadmill = running('target_unit = "mph"', "02 f4 01")
    assert treadmill.speed_kmh == pytest.approx(5 * 1.609344)
    treadmill.write(bytes.fromhex("02 c8 00"), 60.0)
    assert talk(treadmill.run_until(60.06)) == ["returned", "2ada 05 c8 00"]


def test_a_machine_with_a_minimum_of_half_a_mile_takes_half_a_mile() -> None:
    treadmill = VirtualTreadmill(find_machine("mph-both"))
    treadmill.connect(0.0)
    assert ask(treadmill, CONTROL, 1.0) == DONE
    assert ask(treadmill, "02 32 00", 3.0) == DONE
    assert ask(treadmill, "02 31 00", 5.0) == INVALID


def test_a_second_write_fails_while_a_procedure_runs() -> None:
    treadmill = standing("ack_delay_s = 6")
    treadmill.run_until(10.0)
    treadmill.write(bytes.fromhex(START), 10.0)
    treadmill.write(bytes.fromhex(STOP), 12.0)
    assert talk(treadmill.run_until(17.0)) == [
        "returned", "2ada 04", "2ad3 00 0e", "error", "2ad3 00 0d", "2ad9 80 07 01"
    ]  # fmt: skip
    assert treadmill.motion is Motion.RUNNING
    assert ask(standing(), START, 16.1) == DONE


def test_a_procedure_is_over_with_its_answer() -> None:
    treadmill = standing()
    treadmill.write(bytes.fromhex(START), 2.0)
    answered_s = next(e.at_s for e in treadmill.run_until(3.0) if isinstance(e, Heard) and e.uuid == POINT)
    early, late = standing(), standing()
    for machine, at_s in ((early, answered_s - 0.001), (late, answered_s)):
        machine.write(bytes.fromhex(START), 2.0)
        machine.write(bytes.fromhex("02 20 03"), at_s)
    assert "error" in talk(early.run_until(3.0))
    assert "error" not in talk(late.run_until(3.0))


def test_an_empty_write_is_an_error_and_nothing_else() -> None:
    treadmill = standing()
    treadmill.write(b"", 2.0)
    assert talk(treadmill.run_until(3.0)) == ["error"]


def test_the_answer_can_come_before_the_write_response() -> None:
    treadmill = standing("ack_before_response = true")
    treadmill.write(bytes.fromhex(START), 2.0)
    assert talk(treadmill.run_until(3.0)) == ["2ada 04", "2ad3 00 0e", "2ad9 80 07 01", "returned"]


@pytest.mark.parametrize("ack", ["none", "notify"])
def test_who_never_answers_still_obeys(ack: str) -> None:
    treadmill = VirtualTreadmill(load_machine(f'name = "SIM-x"\nack = "{ack}"\nunanswered = [0x00]'))
    treadmill.connect(0.0)
    treadmill.write(bytes.fromhex(CONTROL), 0.1)
    assert talk(treadmill.run_until(1.0)) == ["returned"]
    treadmill.write(bytes.fromhex(START), 1.0)
    answer = ["2ad9 80 07 01"] if ack == "notify" else []
    assert talk(treadmill.run_until(3.0)) == ["returned", "2ada 04", "2ad3 00 0e", *answer]


@pytest.mark.parametrize(
    ("name", "request_", "result"),
    [
        ("refuses-speed", "02 20 03", UNSUPPORTED),
        ("refuses-start", START, FAILED),
        ("control-refused", CONTROL, FORBIDDEN),
    ],
)
def test_a_refused_operation_changes_nothing(name: str, request_: str, result: int) -> None:
    treadmill = VirtualTreadmill(find_machine(name))
    treadmill.connect(0.0)
    treadmill.write(bytes.fromhex(CONTROL), 0.0)
    treadmill.run_until(1.0)
    assert ask(treadmill, request_, 1.0) == result
    treadmill.run_until(30.0)
    assert (treadmill.motion, treadmill.speed_kmh) == (Motion.IDLE, 0.0)


def test_a_machine_that_refuses_control_obeys_nothing_and_its_console_all() -> None:
    treadmill = VirtualTreadmill(find_machine("no-control"))
    treadmill.connect(0.0)
    assert [ask(treadmill, text, at_s) for text, at_s in ((CONTROL, 1.0), (START, 2.0))] == [FORBIDDEN, FORBIDDEN]
    treadmill.console_start(3.0)
    treadmill.run_until(10.0)
    assert [ask(treadmill, text, at_s) for text, at_s in (("02 20 03", 10.0), ("08 01", 12.0))] == [FORBIDDEN] * 2
    assert (treadmill.motion, treadmill.speed_kmh) == (Motion.RUNNING, 0.8)
    treadmill.console_stop(14.0)
    treadmill.run_until(30.0)
    assert treadmill.speed_kmh == 0


def test_what_is_ignored_is_answered_with_success_and_changes_nothing() -> None:
    treadmill = running("ignores = [0x02]")
    assert ask(treadmill, "02 e8 03", 60.0) == DONE
    treadmill.run_until(90.0)
    assert (treadmill.motion, treadmill.speed_kmh) == (Motion.RUNNING, 0.8)
    assert ask(treadmill, "08 01", 90.0) == DONE
    assert treadmill.motion is Motion.STOPPING


def test_a_machine_that_answers_so_many_procedures_on_a_link_obeys_the_others_too() -> None:
    treadmill = VirtualTreadmill(load_machine('name = "SIM-x"\nanswers = 2'))
    for from_s in (0.0, 100.0):
        treadmill.connect(from_s)
        assert ask(treadmill, CONTROL, from_s + 1) == DONE
        assert ask(treadmill, START, from_s + 2) == DONE
        treadmill.write(bytes.fromhex("02 20 03"), from_s + 10)
        assert "2ad9" not in " ".join(talk(treadmill.run_until(from_s + 30)))
        assert treadmill.speed_kmh == pytest.approx(8.0)
        treadmill.disconnect(from_s + 40)


def test_control_can_be_refused_and_not_needed() -> None:
    treadmill = VirtualTreadmill(find_machine("control-refused"))
    treadmill.connect(0.0)
    assert ask(treadmill, START, 1.0) == DONE


def test_a_target_may_have_to_wait_for_the_start() -> None:
    treadmill = standing("speed_needs_start = true")
    assert ask(treadmill, "02 20 03", 2.0) == FORBIDDEN
    assert ask(treadmill, START, 4.0) == DONE
    assert ask(treadmill, "02 20 03", 5.5) == FORBIDDEN  # still counting down
    assert ask(treadmill, "02 20 03", 8.0) == DONE


def test_reset_stops_clears_and_ends_control() -> None:
    treadmill = running()
    treadmill.write(bytes.fromhex(RESET), 60.0)
    said = treadmill.run_until(60.4)
    assert talk(said) == ["returned", "2ad3 00 0f", "2ada 01", "2ad3 00 01", "2ad9 80 01 01"]
    assert treadmill.motion is Motion.STOPPING
    assert ask(treadmill, "02 20 03", 61.0) == FORBIDDEN
    assert (records(treadmill.run_until(62.5))[0].elapsed_s or 0) <= 2


# Starting.


def test_the_belt_moves_after_its_countdown_and_takes_its_own_speed() -> None:
    treadmill = standing("start_kmh = 3")
    treadmill.write(bytes.fromhex(START), 1.0)
    treadmill.run_until(4.05)
    assert treadmill.speed_kmh == 0.0
    treadmill.run_until(5.05)
    assert treadmill.speed_kmh == pytest.approx(0.5)
    treadmill.run_until(20.0)
    assert treadmill.speed_kmh == pytest.approx(3.0)


@pytest.mark.parametrize("requests", [["02 90 01", START], [START, "02 90 01"]], ids=["before", "in the countdown"])
def test_a_target_that_waits_is_taken_instead(requests: list[str]) -> None:
    treadmill = standing()
    for at_s, request in enumerate(requests, 2):
        treadmill.write(bytes.fromhex(request), at_s)
    treadmill.run_until(30.0)
    assert treadmill.speed_kmh == pytest.approx(4.0)


def test_a_target_from_before_a_stop_is_forgotten() -> None:
    treadmill = running()
    treadmill.write(bytes.fromhex(STOP), 60.0)
    treadmill.write(bytes.fromhex(START), 90.0)
    treadmill.run_until(120.0)
    assert treadmill.speed_kmh == pytest.approx(0.8)


def test_some_machines_keep_it() -> None:
    treadmill = running("keeps_target = true")
    treadmill.write(bytes.fromhex(STOP), 60.0)
    treadmill.write(bytes.fromhex(START), 90.0)
    treadmill.run_until(120.0)
    assert treadmill.speed_kmh == pytest.approx(8.0)


@pytest.mark.parametrize(("stop", "speed_kmh"), [(PAUSE, 6.0), (STOP, 0.8)])
def test_after_a_pause_some_machines_resume_faster(stop: str, speed_kmh: float) -> None:
    treadmill = running("resume_kmh = 6")
    treadmill.write(bytes.fromhex(stop), 60.0)
    treadmill.write(bytes.fromhex(START), 90.0)
    treadmill.run_until(120.0)
    assert treadmill.speed_kmh == pytest.approx(speed_kmh)


@pytest.mark.parametrize(
    ("text", "result", "motion"),
    [
        ("", FAILED, Motion.RUNNING),
        ('start_when_running = "ok"', DONE, Motion.RUNNING),
        ('start_when_running = "stop"', DONE, Motion.STOPPING),
    ],
)
def test_start_on_a_running_belt(text: str, result: int, motion: Motion) -> None:
    treadmill = running(text)
    assert ask(treadmill, START, 60.0) == result
    assert treadmill.motion is motion


@pytest.mark.parametrize(
    ("text", "result", "motion"),
    [
        ("", FAILED, Motion.IDLE),
        ('stop_when_stopped = "ok"', DONE, Motion.IDLE),
        ('stop_when_stopped = "start"', DONE, Motion.COUNTDOWN),
    ],
)
def test_stop_on_a_standing_belt(text: str, result: int, motion: Motion) -> None:
    treadmill = standing(text)
    assert ask(treadmill, STOP, 5.0) == result
    assert treadmill.motion is motion


def test_a_stop_in_the_countdown_cancels_the_start() -> None:
    treadmill = standing()
    treadmill.write(bytes.fromhex(START), 1.0)
    assert ask(treadmill, STOP, 2.0) == DONE
    treadmill.run_until(60.0)
    assert (treadmill.motion, treadmill.distance_m) == (Motion.IDLE, 0.0)


# Stopping.


def test_the_distance_of_a_session_is_the_integral_of_its_speed() -> None:
    treadmill = running()  # start at 4.05 s, 0.8 at 5.65, target at 20.05, 8.0 at 34.45
    treadmill.write(bytes.fromhex(STOP), 60.0)  # from 60.05 over 16 s
    treadmill.run_until(100.0)
    kmh_s = 0.8**2 / 2 / 0.5 + 0.8 * (20.05 - 5.65) + (0.8 + 8.0) / 2 * 14.4 + 8.0 * (60.05 - 34.45) + 8.0 * 8.0
    assert treadmill.distance_m == pytest.approx(kmh_s / 3.6)


def test_the_captured_machine_takes_as_long_to_stop_as_captured() -> None:
    treadmill = VirtualTreadmill(find_machine("half-steps"))
    treadmill.connect(0.0)
    treadmill.write(bytes.fromhex(CONTROL), 0.1)
    treadmill.write(bytes.fromhex(START), 1.0)
    treadmill.write(bytes.fromhex("02 2c 01"), 5.0)  # 3.0
    treadmill.run_until(40.0)
    treadmill.write(bytes.fromhex(STOP), 40.0)
    treadmill.run_until(40.05 + 9.6)
    assert 0.0 < treadmill.speed_kmh < 0.05
    treadmill.run_until(40.05 + 9.7)
    assert (treadmill.speed_kmh, treadmill.motion) == (0.0, Motion.IDLE)


def test_a_target_does_not_hold_up_a_stop() -> None:
    treadmill = running()
    treadmill.write(bytes.fromhex(STOP), 60.0)
    assert ask(treadmill, "02 e8 03", 62.0) == FAILED
    treadmill.run_until(80.0)
    assert treadmill.motion is Motion.IDLE


def test_a_stop_said_twice_is_one_stop() -> None:
    treadmill = running()
    assert ask(treadmill, STOP, 60.0) == DONE
    assert ask(treadmill, STOP, 62.0) == DONE
    treadmill.run_until(76.06)
    assert treadmill.motion is Motion.IDLE


@pytest.mark.parametrize(
    ("text", "requests", "speeds_kmh"),
    [
        ("", [PAUSE], [0.0]),
        ('pause = "stop"', [PAUSE], [0.0]),
        ('pause = "slow"', [PAUSE, STOP], [0.8, 0.0]),
        ('pause = "ignore"', [PAUSE, STOP], [8.0, 0.0]),
        ('stop = "ignore_first"', [STOP, STOP], [8.0, 0.0]),
        ('stop = "ignore"', [STOP, STOP, PAUSE], [8.0, 8.0, 0.0]),
        ('stop = "ignore"\npause = "slow"', [STOP, PAUSE, STOP], [8.0, 0.8, 0.8]),
    ],
)
def test_what_stops_the_belt(text: str, requests: list[str], speeds_kmh: list[float]) -> None:
    treadmill, found = running(text), []
    for number, request in enumerate(requests):
        assert ask(treadmill, request, 60.0 + 30.0 * number) == DONE
        treadmill.run_until(89.0 + 30.0 * number)
        found.append(treadmill.speed_kmh)
    assert found == pytest.approx(speeds_kmh)


def test_the_first_stop_of_every_run_is_ignored() -> None:
    treadmill = running('stop = "ignore_first"')
    for at_s in (60.0, 62.0):
        treadmill.write(bytes.fromhex(STOP), at_s)
    treadmill.write(bytes.fromhex(START), 90.0)
    treadmill.write(bytes.fromhex(STOP), 100.0)
    treadmill.run_until(110.0)
    assert treadmill.motion is Motion.RUNNING


def test_a_stop_while_paused_ends_the_pause() -> None:
    treadmill = running("resume_kmh = 6\nresets_on_stop = true")
    treadmill.write(bytes.fromhex(PAUSE), 60.0)
    assert ask(treadmill, PAUSE, 80.0) == FAILED
    assert ask(treadmill, STOP, 82.0) == DONE
    assert records(treadmill.run_until(83.5))[0].distance_m == 0
    assert ask(treadmill, START, 84.0) == DONE
    treadmill.run_until(99.0)
    assert treadmill.speed_kmh == pytest.approx(0.8)


def test_a_pause_that_only_slows_does_not_cancel_a_start() -> None:
    treadmill = standing('pause = "slow"')
    assert [ask(treadmill, START, 1.0), ask(treadmill, PAUSE, 2.5)] == [DONE, DONE]
    treadmill.run_until(30.0)
    assert treadmill.motion is Motion.RUNNING


def test_the_incline_takes_its_time_and_stays() -> None:
    treadmill = running("incline_pct_s = 0.5")
    treadmill.write(bytes.fromhex("03 28 00"), 60.0)  # 4.0 %
    treadmill.run_until(64.05)
    assert treadmill.incline_pct == pytest.approx(2.0)
    treadmill.write(bytes.fromhex(STOP), 70.0)
    said = records(treadmill.run_until(99.0))
    assert {record.incline_pct for record in said[20:]} == {4.0}
    assert treadmill.incline_pct == 4.0


@pytest.mark.parametrize(("stop", "reset"), [(STOP, True), (PAUSE, False)])
def test_counters_jump_to_zero_when_the_belt_stands_after_a_stop(stop: str, reset: bool) -> None:
    treadmill = running("resets_on_stop = true")
    treadmill.write(bytes.fromhex(stop), 60.0)
    said = records(treadmill.run_until(80.0))
    before, after = said[30], said[-1]  # 75.5 s, 80 s; it stands at 76.05
    assert (before.distance_m or 0) > 70
    assert (before.elapsed_s or 0) > 70
    assert ((after.distance_m, after.elapsed_s) == (0, 0)) is reset
    assert treadmill.distance_m > 70


def test_a_lower_target_may_raise_the_belt_but_stop_works() -> None:
    treadmill = running("slow_raises = true")
    assert ask(treadmill, "02 bc 02", 60.0) == DONE  # 7.0
    treadmill.run_until(70.0)
    assert treadmill.speed_kmh == pytest.approx(9.0)
    assert ask(treadmill, STOP, 70.0) == DONE
    treadmill.run_until(89.0)
    assert treadmill.speed_kmh == 0.0


# The link.


def test_control_and_answers_go_with_the_link_and_the_belt_runs_on() -> None:
    treadmill = running('on_link_loss = "keep"')
    treadmill.write(bytes.fromhex("02 e8 03"), 60.0)
    treadmill.disconnect(60.06)
    assert (treadmill.linked, treadmill.controlled) == (False, False)
    treadmill.run_until(70.0)
    assert treadmill.run_until(80.0) == []
    assert treadmill.speed_kmh == pytest.approx(10.0)
    treadmill.write(bytes.fromhex(STOP), 80.0)
    assert treadmill.run_until(81.0) == [Returned(80.0, ok=False)]
    treadmill.connect(90.0)
    assert [record.speed_kmh for record in records(treadmill.run_until(90.5))] == [10.0]
    assert ask(treadmill, STOP, 91.0) == FORBIDDEN


def test_some_belts_stop_when_the_link_is_lost() -> None:
    treadmill = running('on_link_loss = "stop"')
    treadmill.disconnect(60.0)
    treadmill.run_until(68.0)
    assert treadmill.speed_kmh == pytest.approx(4.0)
    treadmill.run_until(76.0)
    assert (treadmill.speed_kmh, treadmill.motion, treadmill.due_s) == (0.0, Motion.IDLE, inf)


def test_another_client_takes_control() -> None:
    treadmill = running()
    treadmill.take_control(60.0)
    assert talk(treadmill.run_until(60.1)) == ["2ada ff"]
    assert ask(treadmill, STOP, 61.0) == FORBIDDEN


# Hands and faults.


def test_a_pulled_key_stops_the_belt_at_once_and_holds_it_until_it_is_back() -> None:
    treadmill = running("decel_kmh_s = 0.2")
    treadmill.pull_key(60.0)
    assert talk(treadmill.run_until(60.1)) == ["2ada 03", "2ad3 00 0f"]
    treadmill.run_until(60.0 + 8.0 / KEY_DECEL_KMH_S)
    assert (treadmill.speed_kmh, treadmill.motion) == (0.0, Motion.IDLE)
    assert ask(treadmill, START, 70.0) == FAILED
    treadmill.console_start(72.0)
    treadmill.self_start(73.0)
    assert treadmill.motion is Motion.IDLE
    treadmill.put_key(80.0)
    assert ask(treadmill, START, 81.0) == DONE


def test_a_key_pulled_while_the_belt_stops_stops_it_sooner() -> None:
    treadmill = running("decel_kmh_s = 0.2")
    treadmill.write(bytes.fromhex(STOP), 60.0)
    treadmill.pull_key(61.0)
    treadmill.write(bytes.fromhex(STOP), 61.5)
    treadmill.run_until(64.0)
    assert treadmill.speed_kmh == 0.0


@pytest.mark.parametrize(
    ("delta_kmh", "goal_kmh", "said"),
    [
        (1.0, 9.0, "2ada 05 84 03"),
        (-0.5, 7.5, "2ada 05 ee 02"),
        (19.0, 18.0, "2ada 05 08 07"),
        (-9, 0.8, "2ada 05 50 00"),
    ],
)
def test_the_console_changes_the_speed(delta_kmh: float, goal_kmh: float, said: str) -> None:
    treadmill = running()
    treadmill.console_change(delta_kmh, 60.0)
    assert talk(treadmill.run_until(60.1)) == [said]
    treadmill.run_until(90.0)
    assert treadmill.speed_kmh == pytest.approx(goal_kmh)


def test_the_console_starts_and_stops() -> None:
    treadmill = standing()
    treadmill.console_change(1.0, 1.5)  # nothing to change
    treadmill.console_start(2.0)
    assert talk(treadmill.run_until(6.0)) == ["2ada 04", "2ad3 00 0e", "2ad3 00 0d"]
    treadmill.console_stop(20.0)
    assert talk(treadmill.run_until(30.0)) == ["2ada 02 01", "2ad3 00 0f"]
    assert treadmill.motion is Motion.IDLE


def test_a_belt_that_starts_by_itself_says_no_status() -> None:
    treadmill = standing()
    treadmill.self_start(2.0)
    assert talk(treadmill.run_until(3.0)) == ["2ad3 00 0d"]
    assert treadmill.speed_kmh == pytest.approx(0.5)


def test_a_mute_machine_obeys() -> None:
    treadmill = running()
    treadmill.mute(63.0)
    treadmill.write(bytes.fromhex("02 e8 03"), 60.0)
    assert treadmill.run_until(62.99) == [Returned(60.05, ok=True)]
    assert [event.at_s for event in treadmill.run_until(63.6)] == [63.0, 63.5]
    assert treadmill.speed_kmh > 9.0


def test_garbage_is_on_treadmill_data_only() -> None:
    treadmill = running()
    treadmill.garbage(75.0)
    said = treadmill.run_until(74.9)
    values = {event.value for event in said if isinstance(event, Heard) and event.uuid == DATA}
    assert (len(said), len(values) > 20) == (29, True)
    assert ask(treadmill, STOP, 80.0) == DONE


def test_everything_is_refused_but_stop() -> None:
    treadmill = running()
    treadmill.refuse(70.0)
    assert [ask(treadmill, request, 60.0 + at_s) for at_s, request in enumerate([CONTROL, "02 e8 03", STOP])] == [
        FAILED, FAILED, DONE
    ]  # fmt: skip
    assert ask(treadmill, CONTROL, 70.0) == DONE


def test_stop_and_pause_are_ignored_for_a_while() -> None:
    treadmill = running()
    treadmill.ignore_stop(65.0)
    assert [ask(treadmill, STOP, 60.0), ask(treadmill, PAUSE, 62.0)] == [DONE, DONE]
    assert treadmill.speed_kmh == 8.0
    assert ask(treadmill, STOP, 65.0) == DONE
    assert treadmill.speed_kmh < 8.0


# Laws.

SCRIPT = [
    (1.0, "00"),
    (2.0, "07"),
    (8.0, "02 20 03"),
    (12.0, "03 14 00"),
    (20.0, "02 90 01"),
    (30.0, "08 01"),
    (50.0, "07"),
]
FAULTS: dict[str, Callable[[VirtualTreadmill], None]] = {
    "mute": lambda treadmill: treadmill.mute(40.0),
    "garbage": lambda treadmill: treadmill.garbage(40.0),
    "refuse": lambda treadmill: treadmill.refuse(55.0),
    "stop ignored": lambda treadmill: treadmill.ignore_stop(40.0),
    "key": lambda treadmill: treadmill.pull_key(25.0),
    "console": lambda treadmill: treadmill.console_change(1.0, 25.0),
    "console stop": lambda treadmill: treadmill.console_stop(25.0),
    "drop": lambda treadmill: treadmill.disconnect(25.0),
}


def play(seed: int = 0, fault: Callable[[VirtualTreadmill], None] | None = None) -> list[Heard | Returned]:
    treadmill, said = VirtualTreadmill(find_machine("home"), seed), []
    treadmill.connect(0.0)
    for at_s, request in SCRIPT:
        if fault is not None and at_s == 30.0:
            said += treadmill.run_until(25.0)
            fault(treadmill)
        treadmill.write(bytes.fromhex(request), at_s)
        said += treadmill.run_until(at_s)
    return said + treadmill.run_until(60.0)


def test_the_same_seed_says_the_same() -> None:
    assert play(1) == play(1) != play(2)


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_changes_nothing_before_it_and_something_after(fault: str) -> None:
    good, bad = play(), play(fault=FAULTS[fault])
    assert [event for event in bad if event.at_s < 25.0] == [event for event in good if event.at_s < 25.0]
    assert bad != good


@pytest.mark.parametrize("fault", ["mute", "garbage"])
def test_a_fault_of_speech_changes_nothing_once_it_is_over(fault: str) -> None:
    after = [[event for event in said if event.at_s > 40.0] for said in (play(), play(fault=FAULTS[fault]))]
    assert after[0] == after[1]


def test_how_often_it_is_looked_at_changes_nothing() -> None:
    once, often = running(), running()
    for treadmill in (once, often):
        treadmill.write(bytes.fromhex("02 90 01"), 60.0)
        treadmill.write(bytes.fromhex(STOP), 61.0)
    said = [event for tick in range(6001, 9001) for event in often.run_until(tick / 100)]
    assert said == once.run_until(90.0)
    assert often.distance_m == pytest.approx(once.distance_m)


def test_it_says_something_exactly_when_it_is_due() -> None:
    treadmill = running()
    treadmill.write(bytes.fromhex(STOP), 60.0)
    while (due_s := treadmill.due_s) < 80.0:
        said = treadmill.run_until(due_s)
        assert all(event.at_s == due_s for event in said)
        assert treadmill.due_s > due_s
    assert treadmill.motion is Motion.IDLE


@pytest.mark.parametrize("name", list(shipped_machines()))
def test_whatever_is_written_nothing_raises_and_time_goes_forward(name: str) -> None:
    random, treadmill, said = Random(name), VirtualTreadmill(find_machine(name)), []
    hands: list[Callable[[float], None]] = [
        treadmill.pull_key,
        treadmill.put_key,
        treadmill.console_start,
        treadmill.console_stop,
        treadmill.self_start,
        treadmill.take_control,
        treadmill.disconnect,
        treadmill.connect,
    ]
    treadmill.connect(0.0)
    at_s = 0.0
    for _ in range(1500):
        at_s += random.choice([0.01, 0.3, 0.7, 5.0])
        value = random.randbytes(random.randint(0, 6))
        if random.random() < 0.8:
            value = bytes([random.choice([0, 0, 1, 2, 2, 3, 7, 7, 8])]) + value
        treadmill.write(value, at_s)
        if random.random() < 0.05:
            random.choice(hands)(at_s)
        said += treadmill.run_until(at_s)
        assert 0.0 <= treadmill.speed_kmh <= 18.0
    assert [event.at_s for event in said] == sorted(event.at_s for event in said)
    assert treadmill.distance_m > 0.0

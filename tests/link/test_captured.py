from __future__ import annotations

import json
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from coach.core.event import Heard, LinkFound, LinkLost, Returned
from coach.core.ftms import FEATURE, INCLINATION_RANGE, SPEED_RANGE
from coach.core.machine import MachineProfile
from coach.core.plan import Plan, make_plan
from coach.core.session import Session, advance
from coach.core.wish import Phase
from coach.link.captured import (
    Capture,
    CaptureError,
    Frame,
    Header,
    LinkChange,
    Said,
    header_line,
    load_capture,
    parse_capture,
    said_line,
)
from coach.link.facts import Characteristic, Service, full
from coach.link.machine_file import SimMachine, find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.treadmill import Machine
from coach.link.world import World, ranges
from coach.script.check import check_text
from tests.link.replayed import ReplayedTreadmill

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures" / "treadmill-frames.jsonl"
DATA = 0x2ACD
WALK = "format: 1\nname: x\nlevel: beginner\nsteps:\n  - warm-up: 70 s @ 4 km/h\n  - cool-down: 3 min @ 3 km/h\n"
IDLE = bytes.fromhex("8404 0000 000000 00000000 0000")  # Horizon (ftms.md 5)
YESOUL = bytes.fromhex("8624fa00d900a605005500ffffff5709f30d00")  # 2.50 km/h
LIFE_FITNESS = bytes.fromhex("9e04730233022500003c00ff7f0000ff7f0200ffffff1f00")  # 6.27 km/h, 6.0 %
RANGE = bytes.fromhex("320062020a00")  # Yesoul: 0.5 to 6.1 km/h

VENDOR = "d18d2c10-c44c-11e8-a355-529269fb1459"
BOTH = frozenset({"write", "notify"})
HEADER = Header(
    coach="0.1.0",
    name="Laufband Süd",
    simulated=False,
    services=(
        Service(full(0x180A), ()),
        Service(full(0x1826), (Characteristic(full(DATA), frozenset({"notify"})), Characteristic(VENDOR, BOTH))),
    ),
    values={full(SPEED_RANGE): RANGE},
)


def frame(at_s: float, value: bytes = YESOUL, uuid: int | str = DATA) -> Frame:
    return Frame(at_s, full(uuid), value)


def replayed(*said: Said, values: dict[int, bytes] | None = None) -> ReplayedTreadmill:
    """A capture, connected at 100 s."""
    treadmill = ReplayedTreadmill(
        Capture(replace(HEADER, values={full(uuid): value for uuid, value in (values or {}).items()}), said)
    )
    treadmill.connect(100.0)
    return treadmill


def text(*said: Said, header: Header = HEADER) -> str:
    return "".join(f"{line}\n" for line in [header_line(header), *map(said_line, said)])


def test_what_is_written_is_read() -> None:
    vendor = frame(2.25, b"\x71\x00", "0000fff1-1000-8000-0080-00805f9b34fb")
    said = (frame(0.5), frame(1.0, b""), LinkChange(1.5, linked=False), LinkChange(2.0, linked=True), vendor)
    assert parse_capture(text(*said)) == Capture(HEADER, said)
    assert parse_capture(text(header=replace(HEADER, address="11:22:33:44:55:66"))).header.address is not None


def test_the_lines_are_what_the_module_says() -> None:
    assert json.loads(header_line(HEADER)) == {
        "schema": 1,
        "coach": "0.1.0",
        "name": "Laufband Süd",
        "simulated": False,
        "address": None,
        "services": [
            {"uuid": "180a", "characteristics": []},
            {
                "uuid": "1826",
                "characteristics": [
                    {"uuid": "2acd", "properties": ["notify"]},
                    {"uuid": VENDOR, "properties": ["notify", "write"]},
                ],
            },
        ],
        "values": {"2ad4": "320062020a00"},
    }
    assert said_line(frame(0.51249, IDLE)) == f'{{"at_s": 0.512, "uuid": "2acd", "value": "{IDLE.hex()}"}}'
    assert said_line(LinkChange(71.3, linked=False)) == '{"at_s": 71.3, "link": "lost"}'


def test_a_capture_that_was_cut_short_ends_with_its_last_whole_line() -> None:
    whole = text(frame(0.5), frame(1.0))
    assert parse_capture(whole[:-1]).said == (frame(0.5),)
    assert parse_capture(text()).said == ()


GOOD = said_line(frame(5.0))
BROKEN = {  # what stands in the file, the line that is named, a part of the message
    "nothing": ("", 1, "not JSON"),
    "a journal": ('{"schema": 7}\n', 1, "beginning of a capture"),
    "a list": ("[]\n", 1, "not a JSON object"),
    "a header that was cut": (header_line(HEADER), 1, "not JSON"),
    "no name": (header_line(HEADER).replace('"name"', '"nom"') + "\n", 1, "name is missing"),
    "a value that is no hex": (header_line(HEADER).replace("3200", "32 0") + "\n", 1, "value of 2ad4"),
    "values in a list": (header_line(HEADER).replace('{"2ad4": "320062020a00"}', "[]") + "\n", 1, "values"),
    "services that are numbers": (
        header_line(HEADER).replace('{"uuid": "180a"', '6, {"uuid": "180a"') + "\n",
        1,
        "services",
    ),
    "characteristics by name": (
        header_line(HEADER).replace('"characteristics": []', '"characteristics": 0') + "\n",
        1,
        "characterist",
    ),
    "no instant": (text(frame(0.5)).replace("0.5", "true"), 2, "at_s"),
    "an instant without end": (text(frame(0.5)).replace("0.5", "1e999"), 2, "at_s"),
    "time that goes back": (text(frame(5.0), frame(4.0)), 3, "before 5"),
    "half an octet": (text(frame(5.0, b"\x01")).replace('"01"', '"0"'), 2, "value"),
    "a UUID in words": (text(frame(5.0)).replace('"uuid": "2acd", "va', '"uuid": "data", "va'), 2, "UUID"),
    "an empty line": (text(frame(5.0)) + "\n\n", 3, "not JSON"),
    "a link that dances": (text(LinkChange(5.0, linked=True)).replace("found", "maybe"), 2, "neither"),
}


@pytest.mark.parametrize(("words", "line", "message"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_capture_is_said_with_its_line(words: str, line: int, message: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(words, encoding="utf-8")
    with pytest.raises(CaptureError) as said:
        load_capture(file)
    assert str(said.value).startswith(f"{file}:{line}: ")
    assert message in str(said.value)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no such file"):
        load_capture(tmp_path / "none.jsonl")
    (tmp_path / "raw").write_bytes(b"\xff\xfe\n")
    with pytest.raises(CaptureError, match="UTF-8"):
        load_capture(tmp_path / "raw")


def test_a_replayed_treadmill_says_the_capture_in_the_time_of_its_caller() -> None:
    treadmill = replayed(frame(0.5, IDLE), frame(1.0), frame(1.5, LIFE_FITNESS))
    assert treadmill.due_s == 100.5
    assert treadmill.run_until(100.49) == []
    assert treadmill.run_until(101.0) == [Heard(100.5, DATA, IDLE), Heard(101.0, DATA, YESOUL)]
    assert (treadmill.speed_kmh, treadmill.incline_pct) == (2.5, 0.0)
    assert treadmill.run_until(200.0) == [Heard(101.5, DATA, LIFE_FITNESS)]
    assert (treadmill.speed_kmh, treadmill.incline_pct, treadmill.due_s) == (6.27, 6.0, inf)


def test_before_it_is_connected_it_is_silent() -> None:
    treadmill = ReplayedTreadmill(Capture(HEADER, (frame(0.5),)))
    assert (treadmill.linked, treadmill.due_s, treadmill.run_until(1000.0)) == (False, inf, [])


def test_a_write_fails_and_changes_nothing() -> None:
    treadmill = replayed(frame(0.5), frame(1.5))
    treadmill.write(b"\x02\x20\x03", 101.0)
    assert treadmill.due_s == 100.5
    assert treadmill.run_until(102.0) == [
        Heard(100.5, DATA, YESOUL),
        Returned(101.0, ok=False),
        Heard(101.5, DATA, YESOUL),
    ]
    assert treadmill.speed_kmh == 2.5


def test_a_captured_loss_of_the_link_is_told_and_so_is_its_return_with_the_ranges() -> None:
    lost, found = LinkChange(1.0, linked=False), LinkChange(3.0, linked=True)
    treadmill = replayed(frame(0.5), lost, frame(2.0), found, frame(3.5), values={SPEED_RANGE: RANGE})
    assert treadmill.run_until(102.5) == [Heard(100.5, DATA, YESOUL), LinkLost(101.0)]
    assert (treadmill.linked, treadmill.speed_kmh) == (False, 0.0)
    assert treadmill.run_until(104.0) == [
        LinkFound(103.0),
        Heard(103.0, SPEED_RANGE, RANGE),
        Heard(103.5, DATA, YESOUL),
    ]
    assert (treadmill.linked, treadmill.speed_kmh) == (True, 2.5)


def test_a_state_of_the_link_that_is_captured_twice_is_told_once() -> None:
    changes = [LinkChange(at_s, linked) for at_s, linked in ((1.0, True), (2.0, False), (3.0, False), (4.0, True))]
    treadmill = replayed(*changes, LinkChange(5.0, linked=True))
    assert treadmill.run_until(110.0) == [LinkLost(102.0), LinkFound(104.0)]


def test_who_hangs_up_hears_nothing_and_time_goes_on() -> None:
    treadmill = replayed(
        frame(0.5), frame(1.5, IDLE), LinkChange(2.0, linked=False), LinkChange(4.0, linked=True), frame(5)
    )
    treadmill.disconnect(101.0)
    assert (treadmill.linked, treadmill.run_until(102.5)) == (False, [Heard(100.5, DATA, YESOUL)])
    treadmill.connect(103.0)  # while the captured link is down
    assert (treadmill.linked, treadmill.run_until(103.5)) == (False, [])
    assert treadmill.run_until(106.0) == [LinkFound(104.0), Heard(105.0, DATA, YESOUL)]


def test_a_link_that_is_renewed_or_slept_through_is_there_again_at_once() -> None:
    treadmill = replayed(frame(5.0), values={FEATURE: b"\0" * 8, INCLINATION_RANGE: b"\0" * 6})
    treadmill.renew(101.0)
    treadmill.slept(102.0)
    assert treadmill.run_until(103.0) == [
        LinkLost(101.0),
        LinkFound(101.0),
        Heard(101.0, FEATURE, b"\0" * 8),
        Heard(101.0, INCLINATION_RANGE, b"\0" * 6),
        LinkFound(102.0),
    ]
    treadmill.disconnect(103.0)
    treadmill.renew(104.0)
    treadmill.slept(104.0)
    assert (treadmill.linked, treadmill.run_until(104.5)) == (False, [])


def test_a_makers_own_characteristic_is_not_for_the_core() -> None:
    own = "0000fff1-1000-8000-0080-00805f9b34fb"
    assert replayed(frame(0.5, uuid=own)).run_until(101.0) == []


def walk(machine: SimMachine) -> Plan:
    workout = check_text(WALK).workout
    assert workout is not None
    return make_plan(workout, profile_of(machine))


@pytest.mark.parametrize("name", ["home", "splits-records", "echo-target", "steps-counted", "slow-machine"])
def test_a_capture_of_a_session_gives_the_belt_of_the_session_at_every_instant(name: str) -> None:
    machine = VirtualTreadmill(find_machine(name))
    world = World(walk(machine.machine), machine, None, VirtualRunner())
    steps = [(step.event, step.session.belt) for step in world.run_until(400.0) if isinstance(step.event, Heard)]
    read = {FEATURE, SPEED_RANGE, INCLINATION_RANGE}
    values = {full(event.uuid): event.value for event, _ in steps if event.uuid in read}
    belts = [(event, belt) for event, belt in steps if event.uuid not in read]
    said = [frame(event.at_s, event.value, event.uuid) for event, _ in belts]

    replay = ReplayedTreadmill(parse_capture(text(*said, header=replace(HEADER, values=values))))
    replay.connect(0.0)
    heard = []
    for at_s, belt in {event.at_s: belt for event, belt in belts}.items():  # after all of an instant was said
        heard += replay.run_until(at_s + 0.0005)  # instants are kept to a millisecond
        assert (replay.belt.kmh, replay.incline_pct) == (belt.kmh, belt.incline_pct or 0.0)
        assert replay.belt.odometer_m == pytest.approx(belt.odometer_m, abs=0.1)
    assert [(one.uuid, one.value) for one in heard if isinstance(one, Heard)] == [(o.uuid, o.value) for o, _ in belts]
    assert world.ended
    assert max(belt.kmh or 0.0 for _, belt in belts) == 4.0
    assert ranges(MachineProfile(), replay) == ranges(MachineProfile(), machine)


def test_a_session_on_a_capture_only_reads() -> None:
    machine: Machine = replayed(*(frame(second / 2, IDLE) for second in range(1, 120)), values={SPEED_RANGE: RANGE})
    world = World(walk(find_machine("home")), machine, None, VirtualRunner(), at_s=100.0)
    steps = list(world.run_until(160.0))
    assert world.session.belt.speeds.high == 6.1
    assert world.session.belt.kmh == 0.0
    assert [step.event for step in steps if isinstance(step.event, Returned) and step.event.ok] == []
    assert {step.session.progress.phase for step in steps} & {Phase.RUN, Phase.RAMP} == set()


def uuid_of(text: str) -> int | str:
    return int(text, 16) if len(text) == 4 else text


@pytest.mark.skipif(not CAPTURES.exists(), reason="the captures are not beside the project")
def test_frames_of_real_machines_go_through_the_core_without_raising() -> None:
    frames = [json.loads(line) for line in CAPTURES.read_text(encoding="utf-8").splitlines()]
    said = [
        frame(at / 2, bytes.fromhex(one["hex"]), uuid_of(one["characteristic_uuid"])) for at, one in enumerate(frames)
    ]
    treadmill: Machine = (replay := ReplayedTreadmill(parse_capture(text(*said))))
    plan = walk(find_machine("home"))
    session = Session()
    treadmill.connect(0.0)
    told = 0
    while treadmill.due_s < inf:
        for event in treadmill.run_until(treadmill.due_s):
            session, _ = advance(plan, session, event)
            told += 1
    assert told == sum(one.uuid.endswith(full(0)[8:]) for one in said) > 40
    assert session.belt.counter_m is not None
    assert replay.belt.counter_m == session.belt.counter_m

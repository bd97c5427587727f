"""The served treadmill, driven over real ATT by a central that shares no code with it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from bumble.att import ATT_Error
from bumble.core import AdvertisingData
from bumble.device import Device

from coach.air.clock import PacedClock
from coach.air.quirks import Mischief, Quirks
from coach.air.treadmill import ServedTreadmill
from coach.core.event import Heard, Returned
from coach.core.ftms import (
    CONTROL_POINT,
    FEATURE,
    INCLINATION_RANGE,
    MACHINE_STATUS,
    SPEED_RANGE,
    TRAINING_STATUS,
    TREADMILL_DATA,
)
from coach.link.machine_file import find_machine, shipped_machines
from coach.link.sim import Motion, VirtualTreadmill
from coach.link.simulated import PACE, SIMULATED_SERVICE
from tests.air.central import SAID, Central, run, sight, uuid_of
from tests.air.pace import decode_pace
from tests.lab.radio import Lab

FAST = 50.0  # pace
READ = (FEATURE, SPEED_RANGE, INCLINATION_RANGE)
CONTROL, START, STOP = (0x00,), (0x07,), (0x08, 0x01)
SUCCESS, FAILED = 1, 4
SIX_KMH = (0x02, 0x58, 0x02)


def speed(kmh: float) -> tuple[int, ...]:
    return 0x02, *round(kmh * 100).to_bytes(2, "little")


class Recorded(VirtualTreadmill):
    """A virtual machine that keeps what was done to it, and what it said."""

    def __init__(self, machine: str, seed: int) -> None:
        super().__init__(find_machine(machine), seed)
        self.done: list[tuple[str, float, bytes]] = []
        self.said: list[Heard | Returned] = []

    def connect(self, at_s: float) -> None:
        self.done.append(("connect", at_s, b""))
        super().connect(at_s)

    def write(self, value: bytes, at_s: float) -> None:
        self.done.append(("write", at_s, value))
        super().write(value, at_s)

    def run_until(self, at_s: float) -> list[Heard | Returned]:
        said = super().run_until(at_s)
        self.said += said
        return said

    def again(self, machine: str, seed: int) -> list[Heard | Returned]:
        """What a machine says to which the same is done at the same instants, and nothing else."""
        other = VirtualTreadmill(find_machine(machine), seed)
        for what, at_s, value in self.done:
            other.connect(at_s) if what == "connect" else other.write(value, at_s)
        return other.run_until(self.said[-1].at_s)


@pytest.mark.parametrize("machine", ["home", "indication-first", "no-indications", "splits-records", "steps-counted"])
def test_what_is_heard_is_what_the_virtual_machine_says(machine: str) -> None:
    async def play() -> None:
        virtual = Recorded(machine, seed=7)
        async with Lab() as lab:
            mill = await lab.serve_treadmill(virtual, PacedClock(FAST))
            central = await Central.of(lab, mill)
            await central.listen(*SAID)
            for octets in (CONTROL, START, SIX_KMH):
                if octets[0] in virtual.machine.unanswered:
                    await central.write(*octets)
                else:
                    assert await central.ask(*octets) == SUCCESS
            await central.speed(lambda kmh: kmh == 6.0)
            assert await central.ask(*STOP) == SUCCESS
            await central.speed(lambda kmh: kmh == 0.0)
            said = [(event.uuid, event.value) for event in virtual.said if isinstance(event, Heard)]
            assert central.heard == said[len(said) - len(central.heard) :]
            assert {uuid for uuid, _ in central.heard} == set(SAID)
        assert virtual.said == virtual.again(machine, seed=7)
        assert [one.value for one in mill.writes] == [bytes(one) for one in (CONTROL, START, SIX_KMH, STOP)]

    run(play())


def kinds() -> list[str]:
    """One machine of each kind that a server shows in another way."""
    found: dict[object, str] = {}
    for name in shipped_machines():
        virtual = VirtualTreadmill(find_machine(name))
        found.setdefault((virtual.machine.ack, tuple(virtual.read(uuid) for uuid in READ)), name)
    return list(found.values())


def test_a_machine_has_on_the_air_what_it_has() -> None:
    async def play() -> None:
        for name in kinds():
            virtual = VirtualTreadmill(find_machine(name))
            async with Lab() as lab:
                mill = await lab.serve_treadmill(virtual, PacedClock(), model=name)
                central = await Central.of(lab, mill)
                for uuid in READ:
                    expected = virtual.read(uuid)
                    assert (None if central.find(uuid) is None else await central.read(uuid)) == expected, name
                assert await central.read(TRAINING_STATUS) == virtual.read(TRAINING_STATUS)
                assert (await central.read(0x2A29), await central.read(0x2A24)) == (b"coach", name.encode())
                assert decode_pace(await central.read(PACE)) == 1.0
                assert central.peer.get_services_by_uuid(uuid_of(SIMULATED_SERVICE))
                properties = {uuid: str(central.the(uuid).properties) for uuid in SAID}
                answers = "NOTIFY" if virtual.machine.ack == "notify" else "INDICATE"
                assert properties == {
                    CONTROL_POINT: f"WRITE|{answers}",
                    TREADMILL_DATA: "NOTIFY",
                    TRAINING_STATUS: "READ|NOTIFY",
                    MACHINE_STATUS: "NOTIFY",
                }

    run(play())


def test_it_advertises_as_the_specification_says() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home")
            data = (await sight(await lab.central(), 1))[mill.face.address]
            assert data.get(AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, raw=True) == b"\x26\x18"
            assert data.get(AdvertisingData.SERVICE_DATA_16_BIT_UUID, raw=True) == b"\x26\x18\x01\x01\x00"

    run(play())


async def refused(central: Central, uuid: int, value: bytes | None) -> int:
    one = central.the(uuid)
    work = one.read_value() if value is None else one.write_value(value, with_response=True)
    with pytest.raises(ATT_Error) as error:
        await work
    return int(error.value.error_code)


def test_what_is_not_allowed_says_why() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("slow-answers")
            central = await Central.of(lab, mill)
            assert await refused(central, CONTROL_POINT, b"\x00") == 0xFD  # nobody listens for the answer
            await central.listen(CONTROL_POINT)
            assert await refused(central, CONTROL_POINT, b"") == 0x0D  # attribute length
            assert await refused(central, CONTROL_POINT, None) == 0x02  # read not permitted
            assert await refused(central, TREADMILL_DATA, None) == 0x02
            assert await refused(central, FEATURE, b"\x00") == 0x03  # write not permitted
            await central.write(*CONTROL)
            assert await refused(central, CONTROL_POINT, bytes(START)) == 0xFE  # the one before is not answered yet
            assert mill.treadmill.motion is Motion.IDLE

    run(play())


def test_values_come_only_to_who_subscribed() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", pace=FAST)
            central = await Central.of(lab, mill)
            await central.listen(CONTROL_POINT, TREADMILL_DATA)
            assert await central.ask(*CONTROL) == SUCCESS
            assert await central.ask(*START) == SUCCESS
            await central.speed(lambda kmh: kmh > 0)
            assert {uuid for uuid, _ in central.heard} == {CONTROL_POINT, TREADMILL_DATA}

    run(play())


async def running(device: Device, mill: ServedTreadmill) -> Central:
    """A central on a belt that runs at 6 km/h by its command."""
    central = await Central.to(device, mill)
    await central.listen(*SAID)
    assert await central.ask(*CONTROL) == SUCCESS
    assert await central.ask(*START) == SUCCESS
    await central.speed(lambda kmh: kmh > 0)
    assert await central.ask(*SIX_KMH) == SUCCESS
    await central.speed(lambda kmh: kmh == 6.0)
    return central


@pytest.mark.parametrize(("machine", "kmh"), [("home", 0.0), ("link-loss-keeps", 6.0)])
def test_a_lost_link_leaves_the_belt_as_the_machine_does(machine: str, kmh: float) -> None:
    async def play() -> None:
        async with Lab() as lab:
            virtual = VirtualTreadmill(find_machine(machine))
            mill = await lab.serve_treadmill(virtual, PacedClock(FAST))
            device = await lab.central()
            central = await running(device, mill)
            assert lab.link_loss(mill) == 1
            await central.lost.wait()
            assert not virtual.linked
            assert not virtual.controlled
            again = await Central.to(device, mill)
            await again.listen(TREADMILL_DATA, CONTROL_POINT)
            assert await again.speed(lambda now_kmh: now_kmh == kmh) == kmh
            assert await again.ask(*speed(3.0)) == 5  # control went with the link
            assert mill.connections == 2

    run(play())


def test_the_key_stops_the_belt_and_says_so() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", pace=FAST)
            central = await running(await lab.central(), mill)
            mill.hand(mill.treadmill.pull_key)
            await central.speed(lambda kmh: kmh == 0)
            assert bytes([3]) in central.values(MACHINE_STATUS)
            assert await central.ask(*START) == FAILED
            mill.hand(mill.treadmill.put_key)
            assert await central.ask(*START) == SUCCESS

    run(play())


def test_a_write_without_response_only_machine_is_driven_all_the_same() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill(
                "home", pace=FAST, quirks=Quirks(command_only=True, speed_range=False, named=False)
            )
            device = await lab.central()
            assert b"SIM" not in bytes((await sight(device, 1))[mill.face.address])
            central = await Central.to(device, mill)
            assert central.find(SPEED_RANGE) is None
            point = central.the(CONTROL_POINT)
            assert str(point.properties) == "WRITE_WITHOUT_RESPONSE|INDICATE"
            await central.listen(CONTROL_POINT)
            await point.write_value(b"\x00", with_response=False)
            await central.until(lambda: central.values(CONTROL_POINT) == [b"\x80\x00\x01"])

    run(play())


def test_a_bike_has_no_treadmill_data() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", quirks=Quirks(bike=True))
            device = await lab.central()
            data = (await sight(device, 1))[mill.face.address]
            assert data.get(AdvertisingData.SERVICE_DATA_16_BIT_UUID, raw=True) == b"\x26\x18\x01\x20\x00"
            central = await Central.to(device, mill)
            assert central.find(TREADMILL_DATA) is None
            assert central.find(0x2AD2) is not None

    run(play())


def test_an_encrypted_control_point_wants_a_pairing_first() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", quirks=Quirks(encrypted=True))
            central = await Central.of(lab, mill)
            await central.listen(CONTROL_POINT)
            assert await refused(central, CONTROL_POINT, b"\x00") == 0x0F  # insufficient encryption
            await central.connection.pair()
            assert await central.ask(*CONTROL) == SUCCESS

    run(play())


def test_mischief_on_the_air() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", pace=FAST)
            device = await lab.central()
            central = await Central.to(device, mill)
            await central.listen(CONTROL_POINT, TREADMILL_DATA)
            mill.mischief = Mischief(results={0x07: 5})
            assert await central.ask(*CONTROL) == SUCCESS
            assert await central.ask(*START) == 5
            assert mill.treadmill.motion is Motion.IDLE
            mill.mischief = Mischief(mute_answers=True)
            await central.write(*START)
            await central.speed(lambda kmh: kmh > 0)
            assert len(central.values(CONTROL_POINT)) == 2
            mill.mischief = Mischief(response_late_s=600)
            written = asyncio.create_task(central.write(*STOP))
            await central.until(lambda: b"\x80\x08\x01" in central.values(CONTROL_POINT))
            assert not written.done()
            mill.mischief = Mischief(drop_at_connect=True)
            lab.link_loss(mill)
            await central.lost.wait()
            with pytest.raises(asyncio.CancelledError):  # what Bumble's client makes of it
                await written
            connection = await device.connect(mill.face.address)
            gone = asyncio.Event()
            connection.on(connection.EVENT_DISCONNECTION, lambda _: gone.set())
            if connection.handle in device.connections:
                await gone.wait()
            mill.mend()
            assert mill.mischief == Mischief()

    run(play())


def test_a_second_central_finds_nothing_until_the_first_is_gone() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home")
            strap = await lab.strap("sim", mill)
            first = await Central.of(lab, mill)
            other = await lab.central("F0:00:00:00:00:22")
            assert set(await sight(other, 1)) == {strap.face.address}
            assert not mill.presence.advertising
            await first.connection.disconnect()
            assert set(await sight(other, 2)) == {strap.face.address, mill.face.address}
            await mill.advertise(on=False)
            assert set(await sight(other, 1)) == {strap.face.address}

    run(play())


def test_out_of_range_is_silence_and_then_a_lost_link() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", pace=FAST)
            central = await Central.of(lab, mill)
            await central.listen(TREADMILL_DATA)
            await central.speed(lambda kmh: kmh == 0)
            lab.out_of_range(mill, supervision_s=0.2)
            assert mill.treadmill.linked
            await central.lost.wait()
            assert not mill.treadmill.linked

    run(play())


def test_the_truth_of_the_belt_is_written_down(tmp_path: Path) -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", pace=FAST, truth=str(tmp_path / "truth"))
            central = await running(await lab.central(), mill)
            assert await central.ask(*STOP) == SUCCESS
            await central.speed(lambda kmh: kmh == 0)

    run(play())
    lines = [json.loads(line) for line in (tmp_path / "truth").read_text().splitlines()]
    assert {line["by"] for line in lines} == {"air"}
    assert [line["at_s"] for line in lines] == sorted(line["at_s"] for line in lines)
    assert [line["write"] for line in lines if "write" in line] == ["00", "07", "025802", "0801"]
    motions = [line["motion"] for line in lines]
    assert list(dict.fromkeys(motions)) == ["idle", "countdown", "running", "stopping"]
    assert max(line["kmh"] for line in lines) == 6.0
    assert lines[-1]["kmh"] == 0
    rising = [line["kmh"] for line in lines if line["motion"] == "running"]
    assert rising == sorted(rising)

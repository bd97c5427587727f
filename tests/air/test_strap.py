"""The served strap, heard over real ATT by a central that shares no code with it."""

from __future__ import annotations

from math import inf

from bumble.core import AdvertisingData

from coach.air.hands import Hands
from coach.core.heart import HEART_RATE_MEASUREMENT
from coach.link.simulated import PACE
from tests.air.central import Central, run, sight
from tests.air.pace import decode_pace
from tests.lab.radio import Lab

CONTACT, CONTACT_KNOWN = 0x02, 0x04  # flags (HRS 3.1.1.1)
BATTERY_LEVEL = 0x2A19
FAST = 50.0


def test_a_strap_advertises_measures_and_shows_its_battery() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", pace=FAST)
            strap = await lab.strap("120", mill)
            device = await lab.central()
            data = (await sight(device, 2))[strap.face.address]
            assert data.get(AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, raw=True) == b"\x0d\x18"
            assert data.get(AdvertisingData.COMPLETE_LOCAL_NAME, raw=True) == b"SIM-heart"
            central = await Central.to(device, strap)
            await central.listen(HEART_RATE_MEASUREMENT, BATTERY_LEVEL)
            await central.until(lambda: len(central.values(HEART_RATE_MEASUREMENT)) >= 3)
            first = central.values(HEART_RATE_MEASUREMENT)[0]
            assert first[0] & (CONTACT | CONTACT_KNOWN) == CONTACT | CONTACT_KNOWN
            assert first[1] == 120
            assert await central.read(BATTERY_LEVEL) == bytes([strap.battery_pct])
            assert await central.read(0x2A38) == bytes([1])
            strap.set_battery(9)
            await central.until(lambda: central.values(BATTERY_LEVEL) == [bytes([9])])
            assert await central.read(BATTERY_LEVEL) == bytes([9])

    run(play())


def test_a_strap_that_is_taken_off_says_so_and_falls_silent_and_comes_back() -> None:
    async def play() -> None:
        async with Lab() as lab:
            strap = await lab.strap("120", await lab.treadmill("home", pace=FAST))
            central = await Central.of(lab, strap)
            await central.listen(HEART_RATE_MEASUREMENT)
            await central.until(lambda: bool(central.heard))
            strap.look().take_off(inf)
            await central.until(lambda: not central.heard[-1][1][0] & CONTACT)
            assert central.heard[-1][1][1] == 120
            strap.look().take_off(-inf)
            await central.until(lambda: bool(central.heard[-1][1][0] & CONTACT))

    run(play())


def test_the_heart_of_the_model_rises_with_the_belt() -> None:
    async def play() -> None:
        async with Lab() as lab:
            speeds = [0.0]
            strap = await lab.strap("sim", await lab.treadmill("home", pace=50.0), body=lambda: (speeds[0], 0.0))
            central = await Central.of(lab, strap)
            await central.listen(HEART_RATE_MEASUREMENT)
            await central.until(lambda: bool(central.heard))
            rest_bpm = central.heard[0][1][1]
            speeds[0] = 12.0
            await central.until(lambda: central.heard[-1][1][1] > rest_bpm + 20)

    run(play())


def test_both_are_told_of_another_pace() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home")
            strap = await lab.strap("sim", mill)
            device = await lab.central()
            treadmill, heart = await Central.to(device, mill), await Central.to(device, strap)
            await treadmill.listen(PACE)
            await heart.listen(PACE)
            assert Hands(mill, strap).do("pace 10") == "pace 10"
            await treadmill.until(lambda: bool(treadmill.heard))
            await heart.until(lambda: bool(heart.heard))
            for central in (treadmill, heart):
                assert decode_pace(central.heard[0][1]) == 10.0
                assert decode_pace(await central.read(PACE)) == 10.0

    run(play())

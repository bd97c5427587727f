"""The hands on a served treadmill: words that people type, and faults at an instant."""

from __future__ import annotations

import pytest

from coach.air.hands import WORDS, Hands
from coach.core.ftms import CONTROL_POINT, MACHINE_STATUS, TREADMILL_DATA
from coach.link.fault import FaultError, parse_fault
from coach.link.sim import Motion
from tests.air.central import SAID, Central, run
from tests.lab.radio import Lab

FAST = 50.0


def test_words_do_what_they_say() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", pace=FAST)
            hands = Hands(mill)
            central = await Central.of(lab, mill)
            await central.listen(*SAID)
            assert hands.do("start") == "Start pressed on the console"
            await central.speed(lambda kmh: kmh == 0.8)
            hands.do("+")
            await central.speed(lambda kmh: kmh == 1.3)
            hands.do("-")
            await central.speed(lambda kmh: kmh == 0.8)
            assert hands.do(" KEY ") == "the safety key is out"
            await central.speed(lambda kmh: kmh == 0)
            assert hands.do("key") == "the safety key is back in"
            hands.do("self-start")
            await central.speed(lambda kmh: kmh > 0)
            hands.do("stop")
            await central.speed(lambda kmh: kmh == 0)
            assert central.values(MACHINE_STATUS)[-1] == b"\x02\x01"
            assert await central.ask(0) == 1
            hands.do("take-control")
            await central.until(lambda: b"\xff" in central.values(MACHINE_STATUS))
            hands.do("drop")
            await central.lost.wait()

    run(play())


def test_faults_last_as_long_as_they_say_by_the_clock_of_the_machine() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", pace=FAST)
            hands = Hands(mill)
            central = await Central.of(lab, mill)
            await central.listen(TREADMILL_DATA, CONTROL_POINT)
            hands.do("start")
            await central.speed(lambda kmh: kmh > 0)
            hands.later(parse_fault("key@1:2"))
            await central.speed(lambda kmh: kmh == 0)
            while not mill.treadmill.key_in:
                await central.speed(lambda kmh: kmh == 0)
            hands.do("start")
            await central.speed(lambda kmh: kmh > 0)
            hands.do("stop")
            await central.speed(lambda kmh: kmh == 0)
            hands.do("refuse")
            assert await central.ask(0) == 4
            hands.do("mend")
            assert await central.ask(0) == 1
            hands.do("console=+1.0")
            assert mill.look().motion is Motion.IDLE

    run(play())


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("", "nothing is not something to do here"),
        ("strat", WORDS),
        ("mute:x", WORDS),
        ("pace", "give a pace from 1 to 50"),
        ("pace 0.5", "give a pace from 1 to 50"),
        ("pace x", "give a pace from 1 to 50"),
        ("strap-off", "none is served"),
        ("slept", "not to a treadmill"),
    ],
)
def test_a_word_that_is_none_is_said(word: str, message: str) -> None:
    async def play() -> None:
        async with Lab() as lab:
            hands = Hands(await lab.treadmill("home"))
            with pytest.raises(FaultError) as error:
                hands.do(word)
            assert message in str(error.value)

    run(play())


def test_a_strap_has_hands_too() -> None:
    async def play() -> None:
        async with Lab() as lab:
            mill = await lab.treadmill("home", pace=FAST)
            strap = await lab.strap("120", mill)
            hands = Hands(mill, strap)
            central = await Central.of(lab, strap)
            await central.listen(0x2A37)
            await central.until(lambda: bool(central.heard))
            hands.do("heart=185:5")
            await central.until(lambda: central.heard[-1][1][1] == 185)
            await central.until(lambda: central.heard[-1][1][1] == 120)
            hands.do("strap-off:2")
            await central.until(lambda: not central.heard[-1][1][0] & 2)
            await central.until(lambda: bool(central.heard[-1][1][0] & 2))
            hands.do("strap-frozen")

    run(play())


def test_a_place_in_a_workout_is_nothing_to_a_treadmill() -> None:
    async def play() -> None:
        async with Lab() as lab:
            with pytest.raises(FaultError, match="first connection"):
                Hands(await lab.treadmill("home")).later(parse_fault("key@backward1"))

    run(play())

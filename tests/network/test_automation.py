"""The automation of the README, run against the payloads of whole sessions: fan by zone, red light by facing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from coach.network.broker import Broker
from coach.network.discovery import announcement
from coach.network.payload import Faces, gone
from tests.network.home import Home
from tests.network.stream import TOPICS, WALL_S, Sent, sent, world

README: Final = Path(__file__).parents[2] / "README.md"
FAN, LIGHT = "fan.treadmill_fan", "light.treadmill_lamp"
WORKOUT: Final = "3min@5 / back 60s@2 / 5min@6 / back 60s@2 / 4min@4"
HEART: Final = (  # of a maximum of 180: zone 4 from 144, zone 3 from 126
    *((0, 90), (40, 90), (90, 150), (140, 150), (175, 100), (420, 100)),
    *((480, 130), (500, 146), (510, 135), (520, 146), (560, 127), (600, 127), (640, 120), (660, 150), (690, 110)),
    *((1500, 100),),
)


def automation() -> str:
    """The text of the page, word for word."""
    (text,) = re.findall(
        r"^```yaml automation\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return str(text)


def automated() -> Home:
    found = Home(wall_s=WALL_S)
    found.discover(*announcement(Broker("broker.lan"), "1"))
    found.automate(automation())
    return found


@cache
def whole() -> tuple[Sent, ...]:
    """All that is sent of the session."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "heart.csv"
        rows = "".join(f"{at_s},{bpm}\n" for at_s, bpm in HEART)
        file.write_text(f"t_s,bpm\n{rows}", encoding="utf-8")
        return tuple(sent(world(WORKOUT, heart=file)))


@pytest.fixture(name="session")
def _session() -> tuple[Sent, ...]:
    return whole()


def played(found: Home, session: tuple[Sent, ...]) -> Iterator[tuple[Sent, str, str]]:
    """Each message, with what fan and light do behind it."""
    for one in session:
        found.to(one.at_s)
        found.message(one.topic, one.payload)
        fan, light = (found.switched.get(name, {"state": "off"}) for name in (FAN, LIGHT))
        red = light["state"] == "on" and light.get("color_name") == "red"
        yield one, fan["state"], "red" if red else light["state"]


def test_the_fan_runs_from_zone_4_until_under_zone_3(session: tuple[Sent, ...]) -> None:
    wanted, zones = "off", set()
    for one, fan, _ in played(automated(), session):
        told = json.loads(one.payload)
        if one.topic == TOPICS.sample and told["zone"] is not None:
            zones.add(told["zone"])
            wanted = "on" if told["zone"] >= 4 else "off" if told["zone"] < 3 else wanted
        if one.topic == TOPICS.status and told["phase"] == "idle":
            wanted = "off"
        assert fan == wanted, f"at {one.at_s} s in zone {told.get('zone')}"
    assert {2, 3, 4} <= zones


def test_the_light_is_red_exactly_while_facing_the_rear(session: tuple[Sent, ...]) -> None:
    facing = Faces.IDLE.value
    seen: list[str] = []
    for one, _, light in played(automated(), session):
        if one.topic == TOPICS.status:
            facing = json.loads(one.payload)["facing"]
        assert (light == "red") is (facing == "rear"), f"at {one.at_s} s facing {facing}"
        seen += [light] if not seen or seen[-1] != light else []
    assert seen == ["off", "red", "off", "red", "off"]


def test_both_are_switched_at_changes_only(session: tuple[Sent, ...]) -> None:
    found = automated()
    for _ in played(found, session):
        pass
    light = [call.action for call in found.calls if call.entity_id == LIGHT]
    assert light == ["light.turn_on", "light.turn_off"] * 2
    fan = [call.action for call in found.calls if call.entity_id == FAN]
    assert fan.count("fan.turn_on") >= 3
    assert len(fan) < 20
    assert found.complaints == []


@pytest.mark.parametrize("where", ["rear", "zone"])
def test_a_bridge_that_is_killed_leaves_neither_on(session: tuple[Sent, ...], where: str) -> None:
    found = automated()
    for one, fan, light in played(found, session):
        if (light == "red") if where == "rear" else (fan == "on" and one.topic == TOPICS.sample):
            break
    found.message(TOPICS.status, gone().wire(), retain=True)
    assert {found.switched.get(name, {"state": "off"})["state"] for name in (FAN, LIGHT)} == {"off"}


def test_a_lost_strap_leaves_the_fan_as_it_is(session: tuple[Sent, ...]) -> None:
    found = automated()
    for one, fan, _ in played(found, session):
        if fan == "on" and one.topic == TOPICS.sample:
            break
    told = json.loads(one.payload) | {"zone": None, "heart_bpm": None}
    found.message(TOPICS.sample, json.dumps(told))
    found.to(found.at_s + 60)
    assert found.switched[FAN]["state"] == "on"


def test_a_home_assistant_that_starts_in_the_middle_catches_up(session: tuple[Sent, ...]) -> None:
    found = automated()
    half = next(place for place, one in enumerate(session) if b'"facing":"rear"' in one.payload)
    retained = {one.topic: one for one in session[: half + 1] if one.retain}
    for one in retained.values():
        found.message(one.topic, one.payload, retain=True)
    assert found.switched[LIGHT]["state"] == "on"

"""Home Assistant: every entity has a pair of classes that it allows, is fed by real payloads, and ends as it must."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

import pytest

from coach.core.event import Verb
from coach.network.broker import Broker
from coach.network.discovery import BIRTH, EVENTS, EXPIRE_S, announcement, birth, discovery_topic, spoken
from coach.network.judge import Accepted, Arrived, Judge
from coach.network.payload import PHASES, Faces, gone
from coach.network.topics import Topics, read
from tests.network.home import UNAVAILABLE, UNKNOWN, Home
from tests.network.stream import TOPICS, WALL_S, Sent, sent, world

BROKER: Final = Broker("broker.lan")
TOLD: Final[dict[str, Any]] = announcement(BROKER, "1.2.3")[1]
ENTITIES: Final[dict[str, dict[str, Any]]] = TOLD["components"]
EACH: Final = pytest.mark.parametrize("key", ENTITIES)

LASTING: Final = ("sensor.treadmill_facing", "sensor.treadmill_phase", "binary_sensor.treadmill_running")

# What Home Assistant allows (components/sensor/const.py: DEVICE_CLASS_UNITS, DEVICE_CLASS_STATE_CLASSES).
ANY_STATE: Final = {"measurement", "total", "total_increasing"}
SENSORS: Final[dict[str, tuple[set[str | None], set[str]]]] = {
    "enum": ({None}, set()),
    "timestamp": ({None}, set()),
    "distance": ({"km", "m", "cm", "mm", "mi", "nmi", "yd", "ft", "in"}, ANY_STATE),
    "duration": ({"d", "h", "min", "s", "ms"}, ANY_STATE),
    "energy": (
        {"J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "cal", "kcal", "Mcal", "Gcal"},
        {"total", "total_increasing"},
    ),
    "speed": (
        {"ft/s", "in/s", "m/min", "m/s", "km/h", "kn", "mph", "mm/s", "in/d", "in/h", "mm/d", "mm/h", "Beaufort"},
        {"measurement"},
    ),
}
BINARY: Final = {"connectivity", "running", "moving", "motion", "problem", "safety", "heat", "power"}
KNOWN: Final = {
    "sensor": {
        *("platform", "name", "unique_id", "state_topic", "value_template", "device_class", "state_class"),
        *("unit_of_measurement", "suggested_display_precision", "expire_after", "options", "icon", "qos"),
        *("enabled_by_default", "availability_topic", "availability_template", "entity_category"),
    },
    "binary_sensor": {
        *("platform", "name", "unique_id", "state_topic", "value_template", "device_class", "icon", "qos"),
        *("availability_topic", "availability_template", "entity_category"),
    },
    "button": {
        *("platform", "name", "unique_id", "command_topic", "command_template", "icon", "qos", "retain"),
        *("availability_topic", "availability_template"),
    },
    "event": {
        *("platform", "name", "unique_id", "state_topic", "event_types", "value_template", "icon", "qos"),
        *("availability_topic", "availability_template"),
    },
}


@cache
def messages() -> tuple[Sent, ...]:
    return tuple(sent(world()))


def home(*, told: dict[str, Any] | None = None) -> Home:
    found = Home(wall_s=WALL_S)
    found.discover(discovery_topic(BROKER), json.dumps(told or TOLD))
    return found


def play(found: Home, until: str = "") -> Sent:
    """Give it the session, up to the first status with this phase."""
    last = messages()[0]
    for last in messages():
        found.to(last.at_s)
        found.message(last.topic, last.payload)
        if until and last.topic == TOPICS.status and json.loads(last.payload)["phase"] == until:
            return last
    return last


# What is told.


def test_the_message_has_its_place_and_says_where_it_comes_from() -> None:
    assert announcement(BROKER, "1.2.3")[0] == "homeassistant/device/coach/treadmill/config"
    assert TOLD["origin"] == {"name": "coach", "sw_version": "1.2.3"}
    assert TOLD["device"]["identifiers"] == ["coach_treadmill"]
    assert set(TOLD) == {"device", "origin", "components"}  # availability is for each entity to have or not


def test_all_names_follow_the_settings() -> None:
    broker = Broker("b", device="hall-2", prefix="gym/coach", discovery_prefix="ha")
    topic, told = announcement(broker, "1")
    assert (topic, birth(broker)) == ("ha/device/coach/hall-2/config", f"ha/{BIRTH}")
    for entity in told["components"].values():
        for key in ("state_topic", "command_topic", "availability_topic"):
            assert read(entity.get(key, "gym/coach/hall-2/state"), "gym/coach") is not None
    ids = [entity["unique_id"] for entity in told["components"].values()]
    assert all(one.startswith("coach_hall-2_") for one in ids)
    assert len(set(ids)) == len(ids)


def test_the_same_settings_tell_the_same() -> None:
    assert announcement(BROKER, "1") == announcement(Broker("elsewhere"), "1")


def test_two_treadmills_share_no_entity() -> None:
    other = announcement(Broker("b", device="attic"), "1")
    found = home()
    found.discover(other[0], other[1])
    assert len(found.entities) == 2 * len(home().entities)


@pytest.mark.parametrize(("device", "name"), [("treadmill", "Treadmill"), ("hall-2_t7", "Hall 2 t7"), ("-", "-")])
def test_a_device_has_a_name_to_be_read(device: str, name: str) -> None:
    assert spoken(device) == name


def test_there_are_these_entities_and_none_that_could_start_or_speed_up_a_belt() -> None:
    assert {key: entity["platform"] for key, entity in ENTITIES.items()} == {
        **dict.fromkeys(("speed", "incline", "distance", "energy", "heart_rate", "zone", "time_left"), "sensor"),
        **dict.fromkeys(("facing", "phase", "segment", "ends_at"), "sensor"),
        **dict.fromkeys(("running", "link", "strap"), "binary_sensor"),
        **dict.fromkeys(("stop", "pause", "slower"), "button"),
        "event": "event",
    }
    assert "start" not in json.dumps(TOLD).replace("starting", "").replace("console-start", "")


@EACH
def test_an_entity_has_only_what_its_platform_knows(key: str) -> None:
    assert set(ENTITIES[key]) <= KNOWN[ENTITIES[key]["platform"]]
    assert ENTITIES[key]["name"]


@EACH
def test_an_entity_has_a_pair_of_classes_that_home_assistant_allows(key: str) -> None:
    entity = ENTITIES[key]
    device, state, unit = (entity.get(name) for name in ("device_class", "state_class", "unit_of_measurement"))
    if entity["platform"] == "binary_sensor":
        assert device in BINARY
        return
    if device is not None:
        units, states = SENSORS[device]
        assert unit in units
        assert state is None or state in states
    if device == "enum":
        assert entity["options"]
        assert state is None
    if state is not None:
        assert state in ANY_STATE
        assert entity["platform"] == "sensor"
    assert (device == "enum") is ("options" in entity)
    assert not (state is None and unit is not None)  # a unit without a class of state has no statistics


@pytest.mark.parametrize(
    ("key", "classes"),
    [
        ("speed", ("speed", "measurement", "km/h")),
        ("incline", (None, "measurement", "%")),
        ("distance", ("distance", "total_increasing", "m")),
        ("energy", ("energy", "total_increasing", "kcal")),
        ("heart_rate", (None, "measurement", "bpm")),
        ("zone", (None, "measurement", None)),
        ("time_left", ("duration", "measurement", "s")),
        ("ends_at", ("timestamp", None, None)),
        ("facing", ("enum", None, None)),
        ("phase", ("enum", None, None)),
        ("segment", (None, None, None)),
        ("running", ("running", None, None)),
        ("link", ("connectivity", None, None)),
        ("strap", ("connectivity", None, None)),
    ],
)
def test_what_each_entity_is(key: str, classes: tuple[str | None, ...]) -> None:
    entity = ENTITIES[key]
    assert tuple(entity.get(name) for name in ("device_class", "state_class", "unit_of_measurement")) == classes


def test_the_time_left_is_off_by_default_and_the_end_is_an_instant() -> None:
    assert [key for key, entity in ENTITIES.items() if not entity.get("enabled_by_default", True)] == ["time_left"]


def test_only_live_numbers_expire() -> None:
    expiring = {key for key, entity in ENTITIES.items() if "expire_after" in entity}
    assert expiring == {key for key, entity in ENTITIES.items() if entity.get("state_topic") == TOPICS.sample}
    assert {ENTITIES[key]["expire_after"] for key in expiring} == {15}
    assert all("state_class" in ENTITIES[key] for key in expiring)


def test_options_are_all_words_there_are() -> None:
    assert ENTITIES["facing"]["options"] == [face.value for face in Faces]
    assert ENTITIES["phase"]["options"] == list(PHASES)
    assert not {UNKNOWN, UNAVAILABLE} & {*ENTITIES["facing"]["options"], *ENTITIES["phase"]["options"]}


# What becomes of it.


def test_a_whole_session_is_understood() -> None:
    told = json.loads(json.dumps(TOLD))
    told["components"]["time_left"]["enabled_by_default"] = True
    found = home(told=told)
    play(found, "run")
    states = found.states()
    assert states["sensor.treadmill_phase"] == "run"
    assert states["sensor.treadmill_facing"] == "console"
    assert states["binary_sensor.treadmill_running"] == "on"
    assert states["sensor.treadmill_segment"] == "forward 1:10 @ 4.0 km/h"
    assert {states[f"binary_sensor.treadmill_{key}"] for key in ("treadmill_link", "strap")} == {"on"}
    for key in ("speed", "incline", "distance", "energy", "heart_rate", "zone", "time_left"):
        assert found.number(f"sensor.treadmill_{key}") is not None
    found = home(told=told)
    play(found)
    assert found.complaints == []


def test_before_the_first_message_nothing_is_made_up() -> None:
    states = home().states()
    assert states["sensor.treadmill_facing"] == states["sensor.treadmill_phase"] == UNKNOWN
    assert states["binary_sensor.treadmill_running"] == UNKNOWN
    assert {state for name, state in states.items() if name not in LASTING} == {UNAVAILABLE}


@pytest.mark.parametrize("until", ["run", "rails", "ready", "step-on"])
def test_a_will_alone_ends_what_must_end(until: str) -> None:
    """The bridge is killed: the broker sends the will, and nothing else ever comes."""
    found = home()
    last = play(found, until)
    found.message(TOPICS.status, gone().wire(), retain=True)
    assert [found.state(name) for name in LASTING] == ["idle", "idle", "off"]
    assert found.state("button.treadmill_stop") == UNAVAILABLE
    found.to(last.at_s + EXPIRE_S + 1)
    assert [found.state(name) for name in LASTING] == ["idle", "idle", "off"]
    assert found.state("sensor.treadmill_speed") == UNAVAILABLE


@pytest.mark.parametrize("order", [1, -1])
def test_after_a_will_a_home_assistant_that_starts_anew_finds_the_end_in_any_order(order: int) -> None:
    """Retained then are the last state of a session that ran, and the will."""
    last = next(one for one in reversed(messages()) if one.topic == TOPICS.state and b'"running":true' in one.payload)
    retained = [(TOPICS.state, last.payload), (TOPICS.status, gone().wire())]
    found = home()
    for topic, payload in retained[::order]:
        found.message(topic, payload, retain=True)
    assert [found.state(name) for name in LASTING] == ["idle", "idle", "off"]
    found.to(1000)
    assert [found.state(name) for name in LASTING] == ["idle", "idle", "off"]


def test_the_end_of_a_session_leaves_off_and_idle_and_never_unavailable() -> None:
    found = home()
    seen = set()
    for one in messages():
        found.to(one.at_s)
        found.message(one.topic, one.payload)
        seen |= {found.state(name) for name in LASTING}
    assert [found.state(name) for name in LASTING] == ["idle", "idle", "off"]
    assert UNAVAILABLE not in seen
    found.to(messages()[-1].at_s + 3600)
    assert [found.state(name) for name in LASTING] == ["idle", "idle", "off"]


def test_numbers_that_stop_coming_expire() -> None:
    found = home()
    last = play(found, "run")
    assert found.state("sensor.treadmill_speed") != UNAVAILABLE
    found.to(last.at_s + EXPIRE_S - 1.5)
    assert found.state("sensor.treadmill_speed") != UNAVAILABLE
    found.to(last.at_s + EXPIRE_S)
    assert found.state("sensor.treadmill_speed") == UNAVAILABLE
    assert found.state("sensor.treadmill_segment") != UNAVAILABLE


def test_a_number_that_is_not_known_is_unknown() -> None:
    found = home()
    play(found, "run")
    sample = next(one for one in messages() if one.topic == TOPICS.sample)
    told = json.loads(sample.payload) | {"heart_bpm": None, "zone": None, "speed_kmh": None}
    found.message(TOPICS.sample, json.dumps(told))
    assert {found.state(f"sensor.treadmill_{key}") for key in ("heart_rate", "zone", "speed")} == {UNKNOWN}
    assert found.complaints == []


def test_events_arrive_without_the_cues() -> None:
    found = home()
    play(found)
    kinds = [one["event_type"] for one in found.entities["event.treadmill_event"].happened]
    assert kinds == ["segment", "turn", "segment", "turn", "segment", "finished"]
    assert set(EVENTS) == {"segment", "turn", "trip", "stopped", "finished"}


def test_a_retained_event_is_none() -> None:
    found = home()
    event = next(one for one in messages() if b'"event_type":"segment"' in one.payload)
    found.message(TOPICS.status, messages()[0].payload)
    found.message(TOPICS.event, event.payload, retain=True)
    assert found.entities["event.treadmill_event"].happened == []


def test_a_trip_is_an_event() -> None:
    found = home()
    for one in sent(world(faults=["key@backward1+20"])):
        found.to(one.at_s)
        found.message(one.topic, one.payload)
    trips = [one for one in found.entities["event.treadmill_event"].happened if one["event_type"] == "trip"]
    assert [one["name"] for one in trips] == ["key"]
    assert found.complaints == []


# Buttons.


@pytest.mark.parametrize(("name", "verb"), [("stop", Verb.STOP), ("pause", Verb.PAUSE), ("slower", Verb.SLOWER)])
def test_a_button_sends_a_command_that_counts_now_and_not_later(name: str, verb: Verb) -> None:
    found = home()
    play(found, "run")
    pressed = found.press(f"button.treadmill_{name}")
    assert (pressed.topic, pressed.qos, pressed.retain) == (TOPICS.command(verb), 1, False)
    assert json.loads(pressed.payload)["ts"] == pytest.approx(WALL_S + found.at_s)
    judge = Judge(Topics("treadmill"), "s")
    arrived = Arrived(pressed.topic, pressed.payload.encode())
    assert judge.judge(arrived, WALL_S + found.at_s + 0.2, 1.0) == Accepted(verb)
    late = Judge(Topics("treadmill"), "s").judge(arrived, WALL_S + found.at_s + 60, 1.0)
    assert isinstance(late, Accepted) is (verb is Verb.STOP)


def test_a_button_is_grey_without_a_session() -> None:
    found = home()
    play(found)
    assert {found.state(f"button.treadmill_{name}") for name in ("stop", "pause", "slower")} == {UNAVAILABLE}


# Told again, and forgotten.


def test_told_again_changes_nothing_that_is_shown() -> None:
    found = home()
    play(found, "run")
    before = found.states()
    found.discover(*announcement(BROKER, "1.2.4"))
    assert found.states() == before


def test_an_empty_message_forgets_all_entities() -> None:
    found = home()
    found.discover(discovery_topic(BROKER), b"")
    assert found.entities == {}


def test_what_it_reads_is_what_is_sent() -> None:
    assert home().topics == {one.topic for one in messages()}

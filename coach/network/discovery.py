"""What Home Assistant is told: one retained message that describes the treadmill with all its entities.

Running, facing and phase read the status, which the last will replaces as a whole: they have no availability, so cut
off or over they are off and idle, and an automation that waits for it goes on. The numbers read the sample and expire.
All else is available while the status is online. There is no number, no switch and no start: entities that could make
a belt faster do not exist, and the three buttons only slow it down.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from coach.core.event import Verb
from coach.network.broker import Broker
from coach.network.payload import PHASES, EventType, Faces
from coach.network.topics import Topics

Json: TypeAlias = dict[str, Any]  # JSON has no closer type

ORIGIN: Final = "coach"
EXPIRE_S: Final = 15  # three states, or fifteen samples, did not come
PRESSED: Final = '{"schema": 1, "ts": {{ now().timestamp() }}}'  # fresh, so that no broker can keep it for later
EVENTS: Final = tuple(kind.value for kind in EventType if kind is not EventType.CUE)  # cues come every few seconds
BIRTH: Final = "status"  # behind the discovery prefix: where Home Assistant says that it is back
ONLINE: Final = "online"

_MEASURED: Final[Mapping[str, Json]] = MappingProxyType(
    {
        "speed": {
            "name": "Speed",
            "value_template": "{{ value_json.speed_kmh }}",
            "device_class": "speed",
            "state_class": "measurement",
            "unit_of_measurement": "km/h",
            "suggested_display_precision": 1,
        },
        "incline": {
            "name": "Incline",
            "value_template": "{{ value_json.incline_pct }}",
            "state_class": "measurement",
            "unit_of_measurement": "%",
            "suggested_display_precision": 1,
            "icon": "mdi:slope-uphill",
        },
        "distance": {
            "name": "Distance",
            "value_template": "{{ value_json.distance_m }}",
            "device_class": "distance",
            "state_class": "total_increasing",
            "unit_of_measurement": "m",
            "suggested_display_precision": 0,
        },
        "energy": {
            "name": "Energy",
            "value_template": "{{ value_json.energy_kcal }}",
            "device_class": "energy",
            "state_class": "total_increasing",
            "unit_of_measurement": "kcal",
            "suggested_display_precision": 0,
        },
        "heart_rate": {
            "name": "Heart rate",
            "value_template": "{{ value_json.heart_bpm }}",
            "state_class": "measurement",
            "unit_of_measurement": "bpm",
            "icon": "mdi:heart-pulse",
        },
        "zone": {
            "name": "Zone",
            "value_template": "{{ value_json.zone }}",
            "state_class": "measurement",
            "icon": "mdi:heart-flash",
        },
        "time_left": {
            "name": "Time left",
            "value_template": "{{ value_json.left_s }}",
            "device_class": "duration",
            "state_class": "measurement",
            "unit_of_measurement": "s",
            "enabled_by_default": False,  # it changes each second, and `ends_at` says the same once
        },
    }
)
"""Sensors of the sample: numbers that mean nothing once they are old."""

_LASTING: Final[Mapping[str, Json]] = MappingProxyType(
    {
        "facing": {
            "platform": "sensor",
            "name": "Facing",
            "value_template": "{{ value_json.facing }}",
            "device_class": "enum",
            "options": [face.value for face in Faces],
            "icon": "mdi:rotate-3d-variant",
        },
        "phase": {
            "platform": "sensor",
            "name": "Phase",
            "value_template": "{{ value_json.phase }}",
            "device_class": "enum",
            "options": list(PHASES),
            "icon": "mdi:run",
        },
        "running": {
            "platform": "binary_sensor",
            "name": "Running",
            "value_template": "{{ 'ON' if value_json.running else 'OFF' }}",
            "device_class": "running",
        },
    }
)
"""Read the status, and are never unavailable."""

_STATED: Final[Mapping[str, Json]] = MappingProxyType(
    {
        "segment": {
            "platform": "sensor",
            "name": "Segment",
            "value_template": "{{ value_json.segment }}",
            "icon": "mdi:format-list-numbered",
        },
        "ends_at": {
            "platform": "sensor",
            "name": "Ends at",
            "value_template": "{{ value_json.ends_at }}",
            "device_class": "timestamp",
        },
        "link": {
            "platform": "binary_sensor",
            "name": "Treadmill link",
            "value_template": "{{ 'ON' if value_json.link else 'OFF' }}",
            "device_class": "connectivity",
            "entity_category": "diagnostic",
        },
        "strap": {
            "platform": "binary_sensor",
            "name": "Strap",
            "value_template": "{{ 'ON' if value_json.strap else 'OFF' }}",
            "device_class": "connectivity",
            "entity_category": "diagnostic",
        },
    }
)
"""Read the state."""

_BUTTONS: Final[Mapping[Verb, Json]] = MappingProxyType(
    {
        Verb.STOP: {"name": "Stop", "icon": "mdi:stop-circle"},
        Verb.PAUSE: {"name": "Pause", "icon": "mdi:pause-circle"},
        Verb.SLOWER: {"name": "Slower", "icon": "mdi:speedometer-slow"},
    }
)


def announcement(broker: Broker, version: str) -> tuple[str, Json]:
    """The topic and the object that describe this treadmill; sent retained, and again whenever birth() says so."""
    topics = Topics(broker.device, broker.prefix)
    entities = {**_numbers(topics), **_words(topics), **_buttons(topics), "event": _event(topics)}
    return discovery_topic(broker), {
        "device": {
            "identifiers": [f"coach_{broker.device}"],
            "name": spoken(broker.device),
            "manufacturer": "coach",
            "model": "Treadmill",
            "sw_version": version,
        },
        "origin": {"name": ORIGIN, "sw_version": version},
        "components": {
            key: {"unique_id": f"coach_{broker.device}_{key}", "qos": 1, **entity} for key, entity in entities.items()
        },
    }


def discovery_topic(broker: Broker) -> str:
    """Where the treadmill is described; an empty retained message there makes Home Assistant forget it.

    The device is a level of its own, since the access rules of brokers put a user's name in the place of a whole level.
    """
    return f"{broker.discovery_prefix}/device/{ORIGIN}/{broker.device}/config"


def birth(broker: Broker) -> str:
    """Where Home Assistant says ONLINE when it has started anew."""
    return f"{broker.discovery_prefix}/{BIRTH}"


def spoken(device: str) -> str:
    """A device as Home Assistant shows it; its entities are called after it: sensor.treadmill_speed."""
    words = device.replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize() or device


def _numbers(topics: Topics) -> dict[str, Json]:
    shared = {"platform": "sensor", "state_topic": topics.sample, "expire_after": EXPIRE_S, "qos": 0}
    return {key: {**shared, **sensor} for key, sensor in _MEASURED.items()}


def _words(topics: Topics) -> dict[str, Json]:
    lasting = {key: {"state_topic": topics.status, **entity} for key, entity in _LASTING.items()}
    stated = {key: {"state_topic": topics.state, **_available(topics), **entity} for key, entity in _STATED.items()}
    return lasting | stated


def _buttons(topics: Topics) -> dict[str, Json]:
    return {
        verb.value: {
            "platform": "button",
            "command_topic": topics.command(verb),
            "command_template": PRESSED,
            "retain": False,
            **_available(topics),
            **button,
        }
        for verb, button in _BUTTONS.items()
    }


def _event(topics: Topics) -> Json:
    kinds = ", ".join(f"'{kind}'" for kind in EVENTS)
    return {
        "platform": "event",
        "name": "Event",
        "state_topic": topics.event,
        "event_types": list(EVENTS),
        "value_template": f"{{{{ value if value_json.event_type in ({kinds}) }}}}",
        "icon": "mdi:flag-checkered",
        **_available(topics),
    }


def _available(topics: Topics) -> Json:
    return {"availability_topic": topics.status, "availability_template": "{{ value_json.status }}"}

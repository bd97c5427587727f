"""A small Home Assistant: takes a discovery and messages, keeps states, presses buttons and runs an automation.

It has a clock of its own. What Home Assistant would complain of in its log stands in `complaints`. Where Home Assistant
is lenient with a template this one is strict: a field that is missing is a complaint.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeAlias

import yaml
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Json: TypeAlias = dict[str, Any]

UNKNOWN: Final = "unknown"
UNAVAILABLE: Final = "unavailable"
NONE: Final = "None"  # what a template makes of null
_READS: Final = frozenset({"sensor", "binary_sensor", "event"})
_JINJA: Final = ImmutableSandboxedEnvironment(undefined=StrictUndefined)


@cache
def _template(text: str) -> Template:
    return _JINJA.from_string(text)


@dataclass(frozen=True)
class Pressed:
    """What a button has sent."""

    topic: str
    payload: str
    qos: int
    retain: bool


@dataclass
class Entity:
    """An entity that was discovered."""

    entity_id: str
    config: Json
    available: bool
    value: str | None = None
    expires_s: float | None = None
    attributes: Json = field(default_factory=dict)
    happened: list[Json] = field(default_factory=list)  # of an event entity

    @property
    def platform(self) -> str:
        return str(self.config["platform"])

    @property
    def state(self) -> str:
        if not self.available or ("expire_after" in self.config and self.expires_s is None):
            return UNAVAILABLE
        return UNKNOWN if self.value is None else self.value


@dataclass(frozen=True)
class Call:
    """A service that an automation has called."""

    at_s: float
    action: str
    entity_id: str
    data: Json


class Home:
    """Home Assistant, as far as coach meets it."""

    def __init__(self, *, wall_s: float = 1_700_000_000.0, prefix: str = "homeassistant") -> None:
        self.at_s = 0.0
        self.wall_s = wall_s  # at 0 s
        self.prefix = prefix
        self.entities: dict[str, Entity] = {}
        self.devices: dict[str, Json] = {}  # by the topic of the discovery
        self.complaints: list[str] = []
        self.calls: list[Call] = []
        self.switched: dict[str, Json] = {}  # what the calls made of lights and fans
        self._automations: list[Automation] = []

    # What comes in.

    def discover(self, topic: str, payload: bytes | str | Json) -> None:
        """Take a discovery; an empty one removes the device."""
        found = re.fullmatch(rf"{re.escape(self.prefix)}/device/(?:[A-Za-z0-9_-]+/)?[A-Za-z0-9_-]+/config", topic)
        assert found, f"Home Assistant does not listen to {topic}"
        old = self.devices.pop(topic, None)
        if not payload:
            for key in (old or {}).get("components", {}):
                self._remove(old or {}, key)
            return
        told: Json = payload if isinstance(payload, dict) else json.loads(payload)
        assert told["device"]["identifiers"]
        assert told["origin"]["name"]
        for key in set((old or {}).get("components", {})) - set(told["components"]):
            self._remove(old or {}, key)
        self.devices[topic] = told
        for key, config in told["components"].items():
            self._add(told, key, config)

    @property
    def topics(self) -> set[str]:
        """What it has subscribed to."""
        return {topic for entity in self.entities.values() for topic in _heard(entity.config)}

    def message(self, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
        """Take a message."""
        text = payload.decode() if isinstance(payload, bytes) else payload
        before = self.states() if self._automations else {}
        for entity in self.entities.values():
            if topic == entity.config.get("availability_topic"):
                self._avail(entity, text)
        for entity in self.entities.values():
            if topic == entity.config.get("state_topic"):
                self._take(entity, text, retain=retain)
        self._react(before)

    def to(self, at_s: float) -> None:
        """Let time pass: what is too old expires."""
        assert at_s >= self.at_s
        due = sorted(
            entity.expires_s
            for entity in self.entities.values()
            if entity.expires_s is not None and entity.expires_s <= at_s
        )
        for due_s in due:
            self.at_s, before = due_s, self.states()
            for entity in self.entities.values():
                if entity.expires_s is not None and entity.expires_s <= due_s:
                    entity.expires_s = None
            self._react(before)
        self.at_s = at_s

    # What is shown, and done.

    def states(self) -> dict[str, str]:
        return {name: entity.state for name, entity in self.entities.items()}

    def state(self, entity_id: str) -> str:
        return self.entities[entity_id].state

    def number(self, entity_id: str) -> float | None:
        """A state as a number; None where it is none."""
        return _number(self.state(entity_id))

    def press(self, entity_id: str) -> Pressed:
        """Press a button."""
        config = self.entities[entity_id].config
        assert config["platform"] == "button"
        assert self.state(entity_id) != UNAVAILABLE, f"{entity_id} is grey"
        template = config.get("command_template", "{{ value }}")
        payload = _template(template).render(value=config.get("payload_press", "PRESS"), now=self._now)
        return Pressed(config["command_topic"], payload, config.get("qos", 0), config.get("retain", False))

    def automate(self, text: str) -> Automation:
        """Load an automation from its YAML."""
        automation = Automation.read(text, self)
        self._automations.append(automation)
        return automation

    def call(self, action: str, entity_id: str, data: Json) -> None:
        """What a service does to a light or a fan."""
        self.calls.append(Call(self.at_s, action, entity_id, data))
        domain, _, service = action.partition(".")
        assert entity_id.split(".")[0] == domain, f"{action} does nothing to {entity_id}"
        assert service in {"turn_on", "turn_off"}
        on = service == "turn_on"
        self.switched[entity_id] = {"state": "on" if on else "off", **(data if on else {})}

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.wall_s + self.at_s, UTC)

    # Inside.

    def _add(self, told: Json, key: str, config: Json) -> None:
        entity_id = _entity_id(told, config)
        old = self.entities.get(entity_id)
        if old is not None and old.config["unique_id"] == config["unique_id"]:
            old.config = config  # told again: what it showed stays
            return
        assert old is None, f"two entities are called {entity_id}"
        assert config["unique_id"] not in {entity.config["unique_id"] for entity in self.entities.values()}
        if config.get("enabled_by_default", True):
            self.entities[entity_id] = Entity(entity_id, config, "availability_topic" not in config)
        del key

    def _remove(self, told: Json, key: str) -> None:
        self.entities.pop(_entity_id(told, told["components"][key]), None)

    def _avail(self, entity: Entity, text: str) -> None:
        said = self._render(entity, entity.config.get("availability_template"), text)
        if said == entity.config.get("payload_available", "online"):
            entity.available = True
        elif said == entity.config.get("payload_not_available", "offline"):
            entity.available = False
        elif said is not None:
            self.complaints.append(f"{entity.entity_id}: {said!r} is no availability")

    def _take(self, entity: Entity, text: str, *, retain: bool) -> None:
        if entity.platform == "event" and retain:
            return
        if "expire_after" in entity.config:
            entity.expires_s = self.at_s + entity.config["expire_after"]
        said = self._render(entity, entity.config.get("value_template"), text)
        if said is None:
            return
        match entity.platform:
            case "binary_sensor":
                self._binary(entity, said)
            case "sensor":
                self._sensor(entity, said)
            case "event":
                self._event(entity, said)

    def _binary(self, entity: Entity, said: str) -> None:
        words = {entity.config.get("payload_on", "ON"): "on", entity.config.get("payload_off", "OFF"): "off"}
        if said in words:
            entity.value = words[said]
        else:
            self.complaints.append(f"{entity.entity_id}: {said!r} is neither on nor off")

    def _sensor(self, entity: Entity, said: str) -> None:
        config = entity.config
        numeric = "state_class" in config or "unit_of_measurement" in config
        if said == NONE:
            entity.value = None
        elif numeric and _number(said) is None:
            self.complaints.append(f"{entity.entity_id}: {said!r} is not a number")
        elif config.get("device_class") == "enum" and said not in config["options"]:
            self.complaints.append(f"{entity.entity_id}: {said!r} is not an option")
        elif config.get("device_class") == "timestamp" and _instant(said) is None:
            self.complaints.append(f"{entity.entity_id}: {said!r} is not an instant with its offset")
        elif len(said) > 255:
            self.complaints.append(f"{entity.entity_id}: the state is longer than 255 characters")
        else:
            entity.value = said

    def _event(self, entity: Entity, said: str) -> None:
        if not said or said in {NONE, "{}"}:
            return
        try:
            told = json.loads(said)
            kind = told.pop("event_type")
        except (ValueError, KeyError, AttributeError, TypeError):
            self.complaints.append(f"{entity.entity_id}: {said!r} is not an event")
            return
        if kind not in entity.config["event_types"]:
            self.complaints.append(f"{entity.entity_id}: {kind!r} is no type of event here")
            return
        entity.value, entity.attributes = self._now().isoformat(), {"event_type": kind, **told}
        entity.happened.append(entity.attributes)

    def _render(self, entity: Entity, template: str | None, text: str) -> str | None:
        if template is None:
            return text
        values: Json = {"value": text, "now": self._now}
        with suppress(ValueError):
            values["value_json"] = json.loads(text)
        try:
            return _template(template).render(values).strip()
        except TemplateError as error:
            self.complaints.append(f"{entity.entity_id}: {error}")
            return None

    def _react(self, before: Mapping[str, str]) -> None:
        if not self._automations:
            return
        for entity_id, state in self.states().items():
            old = before.get(entity_id, UNAVAILABLE)
            if state != old:
                for automation in self._automations:
                    automation.take(entity_id, old, state)


@dataclass
class Automation:
    """An automation: triggers, conditions and actions, as far as a treadmill needs them."""

    home: Home
    alias: str
    triggers: list[Json]
    actions: list[Json]

    @classmethod
    def read(cls, text: str, home: Home) -> Automation:
        """An automation from its YAML; what this Home Assistant does not know is an error."""
        told = yaml.load(text, Loader=yaml.SafeLoader)
        _only(told, {"alias", "description", "mode", "triggers", "actions"})
        automation = cls(home, told["alias"], told["triggers"], told["actions"])
        for trigger in automation.triggers:
            _only(trigger, {"trigger", "entity_id", "id", "above", "below", "to", "from"})
            for entity_id in _listed(trigger["entity_id"]):
                assert entity_id in home.entities, f"there is no {entity_id}"
        return automation

    def take(self, entity_id: str, old: str, new: str) -> None:
        """A state has changed."""
        for trigger in self.triggers:
            if entity_id in _listed(trigger["entity_id"]) and _fires(trigger, old, new):
                self._run(self.actions, trigger.get("id", ""))

    def _run(self, actions: Sequence[Json], trigger_id: str) -> None:
        for action in actions:
            if "choose" in action:
                _only(action, {"choose"})
                self._choose(action["choose"], trigger_id)
            else:
                _only(action, {"action", "target", "data"})
                for entity_id in _listed(action["target"]["entity_id"]):
                    self.home.call(action["action"], entity_id, action.get("data", {}))

    def _choose(self, choices: Sequence[Json], trigger_id: str) -> None:
        for choice in choices:
            _only(choice, {"conditions", "sequence"})
            if all(_holds(condition, trigger_id) for condition in choice["conditions"]):
                self._run(choice["sequence"], trigger_id)
                return


def _fires(trigger: Json, old: str, new: str) -> bool:
    match trigger["trigger"]:
        case "state":
            return ("to" not in trigger or new in _listed(trigger["to"])) and (
                "from" not in trigger or old in _listed(trigger["from"])
            )
        case "numeric_state":
            return _inside(trigger, new) and not _inside(trigger, old)
        case kind:
            raise AssertionError(f"{kind} is no trigger here")


def _inside(trigger: Json, state: str) -> bool:
    number = _number(state)
    if number is None:
        return False
    return float(trigger.get("above", "-inf")) < number < float(trigger.get("below", "inf"))


def _holds(condition: Json, trigger_id: str) -> bool:
    _only(condition, {"condition", "id"})
    assert condition["condition"] == "trigger"
    return trigger_id in _listed(condition["id"])


def _heard(config: Json) -> Iterator[str]:
    if config["platform"] in _READS:
        yield config["state_topic"]
    if "availability_topic" in config:
        yield config["availability_topic"]


def _entity_id(told: Json, config: Json) -> str:
    words = f"{told['device']['name']} {config['name']}".lower()
    return f"{config['platform']}.{re.sub(r'[^a-z0-9]+', '_', words).strip('_')}"


def _only(told: Json, known: set[str]) -> None:
    assert set(told) <= known, f"{sorted(set(told) - known)} is not known here"


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None

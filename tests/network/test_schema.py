"""The schema of all payloads: it names each, and what is sent is what it describes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from coach.network.payload import PAYLOADS, CommandIn, Payload
from coach.network.schema import DRAFT, mqtt_schema
from coach.script.schema import text
from tests.network.stream import sent, world

SCHEMA = mqtt_schema()


def test_every_payload_is_in_it() -> None:
    assert SCHEMA["$schema"] == DRAFT
    assert {model.__name__ for model in PAYLOADS} <= set(SCHEMA["$defs"])
    assert [ref["$ref"] for ref in SCHEMA["anyOf"]] == [f"#/$defs/{model.__name__}" for model in PAYLOADS]
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("model", PAYLOADS, ids=lambda model: model.__name__)
def test_each_says_its_topic_and_its_number(model: type[Payload]) -> None:
    told = SCHEMA["$defs"][model.__name__]
    assert "opic" in told["description"]
    assert told["properties"]["schema"]["const"] == 1
    if model is not CommandIn:
        assert set(told["required"]) == set(told["properties"])


@pytest.mark.parametrize("model", PAYLOADS, ids=lambda model: model.__name__)
def test_every_text_and_every_number_has_its_bounds(model: type[Payload]) -> None:
    for name, field in SCHEMA["$defs"][model.__name__]["properties"].items():
        for kind in field.get("anyOf", [field]):
            match kind.get("type"):
                case "string" if "enum" not in kind and "const" not in kind:
                    assert kind["maxLength"] <= 240, name
                case "number" | "integer" if name not in {"schema", "ts", "skew_s"}:
                    assert "minimum" in kind, name
                case "array":
                    assert kind["maxItems"] <= 200, name


def test_what_is_sent_has_the_fields_of_the_schema() -> None:
    for one in sent(world("30s@4")):
        told: dict[str, Any] = json.loads(one.payload)
        assert set(told) == set(SCHEMA["$defs"][type(one.told).__name__]["properties"])


@pytest.mark.parametrize("model", PAYLOADS, ids=lambda model: model.__name__)
def test_fields_that_a_later_coach_adds_are_passed_over(model: type[Payload]) -> None:
    assert model.model_config["extra"] == "ignore"
    assert model.model_config["frozen"] is True


def test_the_command_prints_it(coach: Callable[..., tuple[int, str, str]]) -> None:
    assert coach("schema", "--mqtt") == (0, text(SCHEMA), "")
    code, out, err = coach("schema", "--mqtt", "--plan")
    assert (code, out) == (2, "")
    assert "ask for one of them" in err

"""The JSON Schema of all payloads: what `coach schema --mqtt` prints."""

from __future__ import annotations

from typing import Any, Final

from pydantic.json_schema import models_json_schema

from coach.network.payload import PAYLOADS, CommandIn, Payload

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
TITLE: Final = "coach on MQTT"
TOLD: Final = "Each definition is the payload of one topic of coach/DEVICE/; its description names the topic."


def mqtt_schema() -> dict[str, Any]:  # JSON has no closer type
    """The schema of every payload, by name under $defs; a payload is valid that is any one of them."""
    places, made = models_json_schema(
        [(model, _mode(model)) for model in PAYLOADS], title=TITLE, description=TOLD, by_alias=True
    )
    refs = [places[model, _mode(model)] for model in PAYLOADS]
    return {"$schema": DRAFT, **made, "anyOf": refs}


def _mode(model: type[Payload]) -> Any:  # pydantic's own Literal
    """A command is read, all else is written."""
    return "validation" if model is CommandIn else "serialization"

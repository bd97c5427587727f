"""The JSON schema of a workout file (draft 7), made from the models, so that an editor completes and explains keys.

It is for editors only: its messages are not for people, and `coach check` never uses it.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from pydantic import WithJsonSchema
from pydantic.fields import FieldInfo

from coach.core.workout import Level
from coach.script.model import HEADS, REPEAT_KEYS, SCRIPT_KEYS, STRETCH_KEYS, Part, Repeat, Script, Stretch

Json: TypeAlias = dict[str, Any]  # JSON has no closer type

_TEXT: Final[Json] = {"type": "string"}
_STEPS: Final[Json] = {"type": "array", "items": {"$ref": "#/definitions/step"}}
_WORDS: Final[Json] = {"oneOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_NAME: Final = "^[A-Za-z][A-Za-z0-9_-]*$"
_HEADS: Final = {
    "forward": "Facing the console: EXTENT @ SPEED, INCLINE.",
    "backward": "Facing the rear: EXTENT @ SPEED, INCLINE.",
    "warm-up": "Forward, at the beginning.",
    "cool-down": "Forward, at the end.",
    "rest": "The belt stands; the runner faces as before.",
}
# What a key takes, where that is no text with a unit.
_SHAPES: Final[dict[str, Json]] = {
    "format": {"enum": [1], "description": "The version of the language."},
    "tags": _WORDS,
    "level": {"enum": [level.value for level in Level]},
    "params": {
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": {"type": ["string", "integer"]},
    },
    "limits": {"type": "object", "properties": {"heart": _TEXT, "backward": _TEXT}, "additionalProperties": False},
    "ask": {
        "type": "object",
        "properties": {"before": _WORDS, "after": _WORDS, "morning": _WORDS},
        "additionalProperties": False,
    },
    "define": {"type": "object", "propertyNames": {"pattern": _NAME}, "additionalProperties": _STEPS},
    "steps": _STEPS,
    "between": _STEPS,
    "vary": {"type": "object", "propertyNames": {"pattern": _NAME}, "additionalProperties": {"type": "array"}},
    "say": {"oneOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}]},
}


def schema() -> Json:
    """The schema as JSON values."""
    use, mark = _named("use", "A block from define:."), _named("mark", "A place from which to counts.")
    steps = [*map(_stretch, HEADS), _repeat(), use, mark]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "coach workout",
        "type": "object",
        "required": ["format", "name", "steps"],
        "properties": _properties(Script, SCRIPT_KEYS),
        "additionalProperties": False,
        "definitions": {"step": {"oneOf": steps}},
    }


def _stretch(head: str) -> Json:
    examples = ["1 min"] if head == "rest" else ["5 min @ 5 km/h", "400 m @ $easy, 1 %", "1:30 @ 4 -> 6 km/h"]
    value = {"type": "string", "description": _HEADS[head], "examples": examples}
    return _object({head: value, **_properties(Stretch, STRETCH_KEYS)}, head)


def _repeat() -> Json:
    times = {"type": ["integer", "string"], "description": "How many rounds.", "examples": [3]}
    return _object({"repeat": times, **_properties(Repeat, REPEAT_KEYS)}, "repeat", "steps")


def _named(key: str, description: str) -> Json:
    return _object({key: {"type": "string", "description": description}}, key)


def _object(properties: Json, *required: str) -> Json:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _properties(model: type[Part], keys: tuple[str, ...]) -> Json:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return {key: _property(key, fields.get(key)) for key in keys}


def _property(key: str, field: FieldInfo | None) -> Json:
    if field is None:  # format, which the reader checks and does not keep
        return _SHAPES[key]
    written = [item.json_schema for item in field.metadata if isinstance(item, WithJsonSchema)]
    return {**_SHAPES.get(key, written[0] if written and written[0] else _TEXT), "description": field.description}

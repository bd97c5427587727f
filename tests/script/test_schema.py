"""The JSON schema is made from the models and shipped beside the workouts."""

import json
from pathlib import Path

from coach.script.model import HEADS, REPEAT_KEYS, SCRIPT_KEYS, STRETCH_KEYS
from coach.script.schema import schema

SHIPPED = Path(__file__).parents[2] / "workouts" / "workout.schema.json"


def test_the_shipped_schema_is_that_of_the_models() -> None:
    assert json.loads(SHIPPED.read_text()) == schema()


def test_the_schema_knows_every_key_of_the_language_and_explains_it() -> None:
    made = schema()
    steps = made["definitions"]["step"]["oneOf"]
    assert tuple(made["properties"]) == SCRIPT_KEYS
    assert [tuple(step["properties"]) for step in steps] == [
        *((head, *STRETCH_KEYS) for head in HEADS),
        ("repeat", *REPEAT_KEYS),
        ("use",),
        ("mark",),
    ]
    for part in (made, *steps):
        assert all(key["description"] for key in part["properties"].values())
        assert part["additionalProperties"] is False

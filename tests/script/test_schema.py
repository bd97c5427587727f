"""The JSON schemas are made from the models and shipped; what coach reads they never refuse."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coach.core.workout import Level
from coach.script.field import read_bound, read_heart, read_moment, read_until
from coach.script.model import GROUPS, HEADS, REPEAT_KEYS, SCRIPT_KEYS, STRETCH_KEYS
from coach.script.problem import UnreadableError
from coach.script.quantity import read_line, read_ramp, read_reach, read_value
from coach.script.schema import DRAFT, FILE, PLAN_FILE, plan_schema, schema, text
from coach.script.training_read import PLAN_KEYS, REQUIRED, SESSION_KEYS, WEEK_KEYS
from coach.script.unit import ANY, COUNT, INCLINE, NAME, SPEED, TIME

HOME = Path(__file__).parents[2] / "workouts"
WORKOUT, PLAN = schema(), plan_schema()
STEPS: dict[str, Any] = {head: WORKOUT["definitions"][head] for head in (*HEADS, *GROUPS)}


def keys(part: dict[str, Any]) -> dict[str, Any]:
    """What may be written in a part, without the heads of other steps."""
    return {key: value for key, value in part["properties"].items() if value is not True}


@pytest.mark.parametrize(("file", "made"), [(FILE, WORKOUT), (f"plans/{PLAN_FILE}", PLAN)])
def test_the_shipped_schema_is_that_of_the_models(file: str, made: dict[str, Any]) -> None:
    assert (HOME / file).read_bytes().decode() == text(made)


def test_the_schema_knows_every_key_of_the_language() -> None:
    assert tuple(WORKOUT["properties"]) == SCRIPT_KEYS
    without = {"backward": {"heart", "within"}, "rest": {"speed", "incline", "heart", "within"}}
    for head in HEADS:
        assert tuple(keys(STEPS[head])) == (head, *(key for key in STRETCH_KEYS if key not in without.get(head, ())))
    assert tuple(keys(STEPS["repeat"])) == ("repeat", *REPEAT_KEYS)
    assert [tuple(keys(STEPS[head])) for head in ("use", "mark")] == [("use",), ("mark",)]
    assert all(part["additionalProperties"] is False for part in (WORKOUT, *STEPS.values()))


def test_the_schema_knows_every_key_of_a_plan() -> None:
    week = PLAN["properties"]["weeks"]["items"]
    session = week["properties"]["sessions"]["items"]
    assert tuple(PLAN["properties"]) == tuple(PLAN_KEYS)
    assert tuple(PLAN["required"]) == tuple(REQUIRED)
    assert tuple(week["properties"]) == tuple(WEEK_KEYS)
    assert tuple(session["properties"]) == tuple(SESSION_KEYS)
    assert all(part["additionalProperties"] is False for part in (PLAN, week, session))


@pytest.mark.parametrize("made", [WORKOUT, PLAN], ids=["workout", "plan"])
def test_every_key_is_explained_and_has_an_example(made: dict[str, Any]) -> None:
    shown = {"examples", "anyOf", "properties", "items", "additionalProperties", "defaultSnippets"}
    for part in _schemas(made, but=("if",)):
        for key, value in part.get("properties", {}).items():
            assert isinstance(value, bool) or (value["description"] and value.keys() & shown), key
        if "enumDescriptions" in part:
            assert len(part["enumDescriptions"]) == len(part["enum"])


def test_the_levels_are_told_with_their_caps() -> None:
    named, _ = WORKOUT["properties"]["level"]["anyOf"]
    assert named["enum"] == list(Level)
    assert named["enumDescriptions"][1] == "backward at most 3 km/h, 3 min at a time, 5 min in all"


@pytest.mark.parametrize("made", [WORKOUT, PLAN])
def test_it_is_draft_7_as_editors_read_it(made: dict[str, Any]) -> None:
    known = {
        "$schema", "$ref", "title", "description", "definitions", "type", "properties", "required", "enum",
        "additionalProperties", "propertyNames", "items", "minItems", "maxItems", "minProperties", "minimum", "maximum",
        "pattern", "patternProperties", "examples", "default", "dependencies", "if", "then", "else", "allOf", "anyOf",
        "enumDescriptions", "errorMessage", "patternErrorMessage", "defaultSnippets", "doNotSuggest",
    }  # fmt: skip
    assert made["$schema"] == DRAFT
    for part in _schemas(made):
        assert part.keys() <= known
        for pattern in [part.get("pattern"), *part.get("patternProperties", ())]:
            re.compile(pattern or "")
        reference = part.get("$ref", "#/definitions/step")
        assert reference.removeprefix("#/definitions/") in WORKOUT["definitions"]


def _schemas(part: Any, but: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """A schema and all within it, by the words of draft 7."""
    if not isinstance(part, dict):
        return
    yield part
    for word in ("properties", "patternProperties", "definitions"):
        for inner in part.get(word, {}).values():
            yield from _schemas(inner, but)
    for word in {"items", "additionalProperties", "propertyNames", "if", "then", "else"} - set(but):
        yield from _schemas(part.get(word), but)
    for word in ("allOf", "anyOf"):
        for inner in part.get(word, ()):
            yield from _schemas(inner, but)


# What a reader takes, its pattern takes

VARY = STEPS["repeat"]["properties"]["vary"]["additionalProperties"]["items"]
LIMITS = WORKOUT["properties"]["limits"]["properties"]
SAY = STEPS["forward"]["properties"]["say"]["then"]
FIELDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "line": (STEPS["forward"]["properties"]["forward"]["pattern"], read_line),
    "rest": (STEPS["rest"]["properties"]["rest"]["pattern"], lambda text: _rest(text)),
    "speed": (STEPS["forward"]["properties"]["speed"]["pattern"], lambda text: read_ramp(text, SPEED)),
    "incline": (STEPS["forward"]["properties"]["incline"]["pattern"], lambda text: read_ramp(text, INCLINE)),
    "heart": (STEPS["forward"]["properties"]["heart"]["pattern"], read_heart),
    "within": (STEPS["forward"]["properties"]["within"]["pattern"], lambda text: _within(text)),
    "until": (STEPS["forward"]["properties"]["until"]["pattern"], read_until),
    "at-least": (STEPS["forward"]["properties"]["at-least"]["pattern"], lambda text: read_value(text, TIME)),
    "moment": (next(iter(SAY["patternProperties"])), read_moment),
    "repeat": (STEPS["repeat"]["properties"]["repeat"]["pattern"], lambda text: read_value(text, COUNT)),
    "vary": (VARY["pattern"], lambda text: read_value(text, ANY)),
    "params": (WORKOUT["properties"]["params"]["additionalProperties"]["pattern"], lambda text: _param(text)),
    "name": (WORKOUT["properties"]["params"]["propertyNames"]["pattern"], lambda text: _name(text)),
    "limit": (LIMITS["heart"]["pattern"], read_bound),
    "backward": (LIMITS["backward"]["pattern"], lambda text: _constant(text)),
}
PIECES = st.sampled_from(
    [
        *(
            "5",
            "08",
            "1.25",
            "90",
            "$x",
            "$a-b_2",
            "60 % of $x",
            "60%of $x",
            "+",
            "-",
            "->",
            "..",
            "@",
            ",",
            ":",
            "<",
            ">",
        ),
        *("s", "min", "h", "m", "km", "mi", "km/h", "mph", "m/s", "/km", "/mi", "%", "bpm", "%max", "%hrr", "%lthr"),
        *("1:30", "6:00", "1:05:00", "zone", "heart", "open", "to", "start", "half", "every", "of"),
    ]
)
BLANKS = st.sampled_from(["", " ", " ", "  ", "\t", "\n"])
WORDS = st.lists(st.tuples(PIECES, BLANKS), min_size=1, max_size=9).map(
    lambda found: "".join(piece + blank for piece, blank in found)
)
TIMES = ["90 s", "+5min", "1 h 5 min 10 s", "1h5min", "1:30", "08:00", "1:30:00", " 5 min ", "5 min\n"]
SPEEDS = ["9 km/h", "+9km/h", "5.6 mph", "2.5m/s", "6:00 /km", "6:00/mi", "1:00:00 /km"]
GIVEN = ["$x", "60 % of $x", "60%of $x + 1 km/h", "$x - 5 %", "$x + -1 km/h", "$x + 6:00 /km", "$a-b_2\t+\t1 h"]
RAMPS = ["4 -> 6 km/h", "4->$x", "$x -> $x + 1 km/h", "7:30 -> 6:00 /km", "4 km/h -> 3 mph", "-2 -> 2 %", "0->4%"]
ENDS = ["5 .. 7.5 km/h", "5..7.5 km/h", "$x..$x + 1 km/h", "7:30 .. 6:00 /km"]
OTHERS = [
    *(
        "zone 2",
        "zone  2 .. 3",
        "120..135 bpm",
        "120bpm..135bpm",
        "60 .. 70 %max",
        "heart<105 bpm",
        "heart >  85 %lthr",
    ),
    *(
        "start",
        " half ",
        "every 30 s",
        "every  1:00",
        "-10 s",
        "- 1:00",
        "50 m",
        "-5 m",
        "150 bpm",
        "85%max",
        "3",
        "007",
    ),
    *("open", "to 2.5 km", "to  $x", "to 50 % of $x", "400 m", "0.5mi", "1 %", "100 % of $x"),
]


def _examples(test: Callable[..., None]) -> Callable[..., None]:
    belts = [f"5 min@{belt}" for belt in (*SPEEDS, *GIVEN, *RAMPS)]
    whole = [f"{belt} , {slope} " for belt in belts for slope in ("1 %", "0 -> 2 %", "$x", "$x + 1 %")]
    for said in (*TIMES, *SPEEDS, *GIVEN, *RAMPS, *ENDS, *OTHERS, *belts, *whole, "to $x @ $x -> 9 km/h, 50 % of $y"):
        test = example(said)(test)
    return test


@pytest.mark.parametrize(("pattern", "reader"), FIELDS.values(), ids=FIELDS)
@_examples
@given(WORDS)
def test_a_pattern_takes_all_that_its_reader_takes(pattern: str, reader: Callable[[str], object], text: str) -> None:
    try:
        reader(text)
    except UnreadableError:
        return
    assert re.search(pattern, text), f"{text!r} is refused"


REFUSED = {
    "line": ["5 m @ 9", "5 @ 9 km/h", "5 min @ 9", "5 min 9 km/h", "5 min @ fast", "5 min @ 9 km/h 1 %", "9 km/h", ""],
    "rest": ["400 m", "1 min @ 3 km/h", "to 5 km", "1"],
    "speed": ["9", "9 kmh", "5:00", "4 -> 6", "9,5 km/h", "zone 2", "$"],
    "incline": ["1", "1 km/h", "steep", "1 -> 2"],
    "heart": ["120", "120 bpm", "zone two", "> 120"],
    "within": ["5 km/h", "5 - 7 km/h", "5 .. 7"],
    "until": ["120 bpm", "heart = 120 bpm", "heart < 105"],
    "at-least": ["2", "400 m", "2 km/h"],
    "moment": ["end", "60", "every", "10 min before the end", "-half"],
    "repeat": ["3x", "3.5", "3 min", "three"],
    "vary": ["fast", "5 kmh", ""],
    "params": ["$x", "fast", "5 kmh"],
    "name": ["$x", "a b", "2x", ""],
    "limit": ["150", "zone 2"],
    "backward": ["3.5", "$x", "3 min"],
}


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in REFUSED.items() for text in texts])
def test_a_pattern_refuses_plain_mistakes(field: str, text: str) -> None:
    assert not re.search(FIELDS[field][0], text)


@pytest.mark.parametrize("field", FIELDS)
def test_a_pattern_takes_no_time_on_a_long_line(field: str) -> None:
    """Each blank and each digit belongs to one part of a pattern, or nearly so."""
    pattern = re.compile(FIELDS[field][0])
    for line in (
        "5 min" + " " * 3000 + "x",
        "5" * 3000 + "x",
        "5 s " * 1000 + "x",
        "$x + " * 600 + "x",
        " " * 3000 + "x",
    ):
        assert not pattern.search(line)


def _rest(text: str) -> None:
    reach = read_reach(text)
    if reach.to or reach.value is not None:
        read_value(text, TIME)


def _within(text: str) -> None:
    if read_ramp(text, SPEED, between="..").last is None:
        raise UnreadableError("unreadable-value", "within: needs two speeds")


def _param(text: str) -> None:
    if "$" in text:
        raise UnreadableError("unreadable-value", "a parameter is a number")
    read_value(text, ANY)


def _constant(text: str) -> None:
    if "$" in text:
        raise UnreadableError("unreadable-value", "a limit is a number")
    read_value(text, SPEED)


def _name(text: str) -> None:
    if not re.fullmatch(NAME, text):
        raise UnreadableError("bad-name", "no name")


def test_the_command_prints_what_is_shipped(coach: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    assert coach("schema") == (0, text(WORKOUT), "")
    assert coach("schema", "--plan") == (0, text(PLAN), "")
    assert coach("schema", "--plan", "-o", str(file)) == (0, f"{file} is written\n", "")
    assert file.read_text(encoding="utf-8") == text(PLAN)
    code, out, err = coach("schema", "-o", str(tmp_path / "no" / "where.json"))
    assert (code, out, err) == (1, "", f"coach: there is no folder {tmp_path / 'no'}; make it, or choose another\n")

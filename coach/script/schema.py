"""The JSON schemas (draft 7) of workouts and of training plans, by which an editor completes, explains and underlines.

Their law: what coach reads, a schema never underlines. So a text may be anything that YAML takes for a number or a
truth value, patterns are wider than the readers of quantity.py, and rules that need the whole workout are left to
`coach check`. A step is a chain of if and else, since a oneOf would tell of every head that was not meant.

`errorMessage`, `patternErrorMessage` and `defaultSnippets` are words of yaml-language-server and of VS Code; others
pass over them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from coach.core.level import LEVELS
from coach.core.rules import time
from coach.script.model import GROUPS, HEADS, REPEAT_KEYS, SCRIPT_KEYS, STRETCH_KEYS, Part, Repeat, Script, Stretch
from coach.script.training_read import DAYS, MOST_WEEKS, PLAN_KEYS, REQUIRED, SESSION_KEYS, WEEK_KEYS

Json: TypeAlias = dict[str, Any]  # JSON has no closer type

TITLE: Final = "coach workout"
PLAN_TITLE: Final = "coach training plan"
DRAFT: Final = "http://json-schema.org/draft-07/schema#"
FILE: Final = "workout.schema.json"
PLAN_FILE: Final = "plan.schema.json"

# Patterns: what is read is among what they match, and little else.
_NUMBER: Final = r"[0-9]+(\.[0-9]+)?"
_NAME: Final = "[A-Za-z][A-Za-z0-9_-]*"
_CLOCK: Final = r"[0-9]{1,4}:[0-9]{2}"
_REFERENCE: Final = rf"({_NUMBER}\s*%\s*of\s+)?\${_NAME}(\s+[+-]\s*[0-9+-][^@,>$]*)?"
_TIME: Final = rf"[+-]?({_NUMBER}\s*(h|min|s)\s*)+|{_CLOCK}(:[0-9]{{2}})?"
_DISTANCE: Final = rf"[+-]?{_NUMBER}\s*(km|mi|m)"
_SPEED: Final = rf"[+-]?{_NUMBER}\s*(km/h|mph|m/s)|{_CLOCK}(:[0-9]{{2}})?\s*/(km|mi)"
_PERCENT: Final = rf"[+-]?{_NUMBER}\s*%"
_BARE: Final = rf"[+-]?{_NUMBER}|{_CLOCK}"  # its unit stands at the other end of the ramp
_COUNT: Final = "[0-9]+"
_UNIT: Final = "(bpm|%max|%hrr|%lthr)"


def _either(*patterns: str) -> str:
    return f"({'|'.join(patterns)})"


def _ramp(pattern: str, arrow: str = "->") -> str:
    end = _either(pattern, _REFERENCE)
    return rf"({end}\s*{arrow}\s*{end}|({_BARE})\s*{arrow}\s*{end})"


def _or_ramp(pattern: str) -> str:
    return _either(_either(pattern, _REFERENCE), _ramp(pattern))


def _whole(pattern: str) -> str:
    return rf"^\s*{pattern}\s*$"


_EXTENT: Final = _either("open", rf"to\s+{_either(_DISTANCE, _REFERENCE)}", _TIME, _DISTANCE, _REFERENCE)
_BELT: Final = rf"(\s*@\s*{_or_ramp(_SPEED)}\s*(,\s*{_or_ramp(_PERCENT)}\s*)?)?"
_LINE: Final = _whole(_EXTENT + _BELT)
_MOMENT: Final = _whole(_either("start", "half", rf"every\s+{_either(_TIME)}", rf"-?\s*{_either(_TIME, _DISTANCE)}"))
_HEART: Final = _whole(
    _either(rf"zone\s+{_COUNT}(\s*\.\.\s*{_COUNT})?", rf"{_NUMBER}\s*{_UNIT}?\s*\.\.\s*{_NUMBER}\s*{_UNIT}")
)
_BOUND: Final = rf"{_NUMBER}\s*{_UNIT}"
_QUANTITY: Final = _either(_TIME, _DISTANCE, _SPEED, _PERCENT, _COUNT)


_HEART_TOLD: Final = "cannot be read as a heart range: zone 2, 120..135 bpm, 60..70 %max, %hrr or %lthr"
_LINE_TOLD: Final = "cannot be read as EXTENT @ SPEED, INCLINE, such as 5 min @ 9 km/h, 1 % or 400 m @ $easy"
_REST_TOLD: Final = "cannot be read as the time of a rest, such as 1 min, 90 s or 1:30; in a rest the belt stands"
_SPEED_TOLD: Final = "cannot be read as a speed: 9 km/h, 5.6 mph, 2.5 m/s, 6:40 /km, $easy or a ramp 4 -> 6 km/h"
_TIME_TOLD: Final = "cannot be read as a time: 90 s, 2 min or 1:30"
_ANY_TOLD: Final = "cannot be read as a value: 4.5 km/h, 6:40 /km, 5 min, 400 m, 2 % or a number of rounds"

_LEVELS: Final = {
    level.value: f"backward at most {row.speed_kmh:g} km/h, {time(row.block_s)} at a time, {time(row.session_s)} in all"
    for level, row in LEVELS.items()
}
_LEVELS_TOLD: Final = f"levels are {', '.join(_LEVELS)}"
_QUESTIONS: Final = {"pain": "where it hurts most, 0 to 10", "effort": "how hard it was, 0 to 10"}


class _Line(NamedTuple):
    """What a head takes."""

    said: str
    examples: tuple[object, ...]
    snippet: str  # what an editor puts behind it


_LINES: Final = {
    "forward": _Line(
        "Facing the console: EXTENT @ SPEED, INCLINE. The extent is a time (90 s, 5 min, 1:30), a distance (400 m, "
        "1.2 km), to 2.5 km (counted from the last mark) or open. The speed is in km/h, mph or m/s, a pace per km or "
        "mi, a parameter, or a ramp. The incline is in percent; left out it is 0 %.",
        ("5 min @ 9 km/h, 1 %", "400 m @ 5:00 /km", "1:30 @ 60 % of $easy", "to 2.5 km @ $easy"),
        "${1:5 min} @ ${2:6 km/h}",
    ),
    "backward": _Line(
        "Facing the rear: EXTENT @ SPEED, INCLINE, as forward. The belt never reverses: it stops, you face the "
        "rear and say so, it starts again. The turns on both sides are put in and timed by coach, never written. The "
        "workout needs a level; its caps hold.",
        ("90 s @ 1.5 km/h", "200 m @ $slow", "2 min @ 3 km/h, 1 %"),
        "${1:90 s} @ ${2:1.5 km/h}",
    ),
    "warm-up": _Line(
        "A forward step at the beginning: EXTENT @ SPEED, INCLINE.",
        ("5 min @ 4 -> 6 km/h", "3 min @ 4.5 km/h"),
        "${1:5 min} @ ${2:4 -> 6 km/h}",
    ),
    "cool-down": _Line(
        "A forward step at the end: EXTENT @ SPEED, INCLINE. After backward blocks at least 3 min.",
        ("5 min @ 6 -> 4 km/h", "3 min @ 4 km/h"),
        "${1:5 min} @ ${2:6 -> 4 km/h}",
    ),
    "rest": _Line(
        "The belt stands and you are on the rails, facing as before. It takes a time only, counted from the stop.",
        ("1 min", "90 s"),
        "${1:1 min}",
    ),
    "repeat": _Line(
        "How many rounds: a whole number or a parameter. Its steps stand under steps:, what comes between two rounds "
        "under between:, and values that change from round to round under vary:.",
        (3, "$rounds"),
        "${1:3}",
    ),
    "use": _Line("The name of a block under define:, whose steps are done here.", ("strides",), "${1:block}"),
    "mark": _Line(
        "A name for this place of the workout; extents such as to 2.5 km count from the last mark.",
        ("five kilometres",),
        "${1:here}",
    ),
}
_FEWER: Final = {  # the others take all keys of a step
    "backward": tuple(key for key in STRETCH_KEYS if key not in ("heart", "within")),
    "rest": ("until", "at-least", "say"),
}
_NEEDS: Final = {"heart": ["within"], "within": ["heart"], "at-least": ["until"]}

_SNIPPETS: Final[list[Json]] = [
    {
        "label": "repeat with steps",
        "description": "Intervals: a work step and an easy one, several times.",
        "body": {
            "repeat": "^${1:4}",
            "steps": [{"forward": "${2:1 min} @ ${3:10 km/h}"}, {"forward": "${4:2 min} @ ${5:6 km/h}"}],
        },
    },
    {
        "label": "repeat with between",
        "description": "Intervals with recovery between the rounds and none after the last.",
        "body": {
            "repeat": "^${1:4}",
            "steps": [{"forward": "${2:1 min} @ ${3:10 km/h}"}],
            "between": [{"forward": "${4:2 min} @ ${5:6 km/h}"}],
        },
    },
    {
        "label": "backward with cues",
        "description": "A backward block with what is said in it.",
        "body": {
            "backward": "${1:90 s} @ ${2:1.5 km/h}",
            "say": {"start": "${3:Short steps.}", "-10 s": "${4:Ten more.}"},
        },
    },
    {
        "label": "heart step",
        "description": "The belt follows the heart between two speeds.",
        "body": {
            "forward": "${1:8 min} @ ${2:6 km/h}",
            "heart": "${3:zone 2}",
            "within": "${4:5 .. 7 km/h}",
        },
    },
]


def text(schema: Json) -> str:
    """A schema as it is shipped and printed."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def schema() -> Json:
    """The schema of a workout file, as JSON values."""
    return {
        "$schema": DRAFT,
        "title": TITLE,
        "description": "A workout: its steps, in order. `coach check FILE` says all that is wrong with it.",
        "type": "object",
        "required": ["format", "name", "steps"],
        "properties": _properties(Script, SCRIPT_KEYS),
        "additionalProperties": False,
        "definitions": {"step": _step(), **{head: _of(head) for head in (*HEADS, *GROUPS)}},
    }


def plan_schema() -> Json:
    """The schema of a training plan, as JSON values."""
    return {
        "$schema": DRAFT,
        "title": PLAN_TITLE,
        "description": "A training plan: weeks of sessions, each with its workout. `coach plan FILE` checks it.",
        "type": "object",
        "required": list(REQUIRED),
        "properties": _shaped(PLAN_KEYS, {"weeks": _weeks}),
        "additionalProperties": False,
    }


def _weeks(said: str) -> Json:
    told = "a week has sessions:, a list with a dash before each workout:"
    week = {"properties": _shaped(WEEK_KEYS, {"sessions": _sessions}), "additionalProperties": False}
    return _listed(said, {"type": "object", **week, "allOf": [_needs("sessions", told)]}, most=MOST_WEEKS)


def _sessions(said: str) -> Json:
    told = "a session has a workout:, a name from coach list or a path"
    session = {"properties": _shaped(SESSION_KEYS, {}), "additionalProperties": False}
    return _listed(said, {"type": "object", **session, "allOf": [_needs("workout", told)]}, most=DAYS)


def _day(said: str) -> Json:
    day = _value(said, _whole(f"[1-{DAYS}]"), f"a day is 1 to {DAYS}", 1, 3, 5, whole=True)
    return {**day, "minimum": 1, "maximum": DAYS}


def _step() -> Json:
    """The head decides what else a step may have; without one only heads are offered."""
    told = "a step is a dash, a blank and its head: forward, backward, warm-up, cool-down, rest, repeat, use or mark"
    chain: Json = {
        "type": "object",
        "properties": {head: _offered(head) for head in (*HEADS, *GROUPS)},
        "additionalProperties": False,
        "errorMessage": told,
        "defaultSnippets": _SNIPPETS,
    }
    for head in reversed((*HEADS, *GROUPS)):
        beside = {"type": "object", "required": [head]}
        chain = {"if": beside, "then": {"$ref": f"#/definitions/{head}"}, "else": chain}
    return {**chain, "minProperties": 1}


def _offered(head: str) -> Json:
    line = _LINES[head]
    return {"description": line.said, "defaultSnippets": [{"label": head, "body": line.snippet}]}


def _of(head: str) -> Json:
    """A step with this head, and no other."""
    others = [other for other in (*HEADS, *GROUPS) if other != head]
    keys = _keys(head)
    told = "a step has one head; is a dash missing before this one?"
    return {
        "properties": {**keys, **dict.fromkeys(others, True)},
        "additionalProperties": False,
        "dependencies": {key: needed for key, needed in _NEEDS.items() if key in keys},
        "allOf": [{"properties": dict.fromkeys(others, False), "errorMessage": told}, *_missing(head)],
    }


def _keys(head: str) -> Json:
    said, examples = _LINES[head].said, _LINES[head].examples
    match head:
        case "repeat":
            times = _value(
                said,
                _whole(_either(_COUNT, _REFERENCE)),
                "cannot be read as a number of rounds, such as 3",
                *examples,
                whole=True,
            )
            return {head: {**times, "minimum": 1}, **_properties(Repeat, REPEAT_KEYS)}
        case "use" | "mark":
            return {head: _text(said, *examples)}
        case "rest":
            line = _value(said, _whole(_either("open", _TIME, _REFERENCE)), _REST_TOLD, *examples)
        case _:
            line = _value(said, _LINE, _LINE_TOLD, *examples)
    return {head: line, **_properties(Stretch, _FEWER.get(head, STRETCH_KEYS))}


def _needs(key: str, told: str) -> Json:
    return {"required": [key], "errorMessage": told}


def _missing(head: str) -> list[Json]:
    """What a step must have beside its head; a line without an @ has its speed under it."""
    if head == "repeat":
        told = "this repeat has no steps; they stand under steps:, further in, each with a dash"
        return [_needs("steps", told)]
    if head in GROUPS or head == "rest":
        return []
    told = f"this step has no speed; write {head}: 5 min @ 5 km/h, or speed: under it"
    without = {"required": [head], "properties": {head: {"type": "string", "pattern": "^[^@]*$"}}}
    return [{"if": without, "then": _needs("speed", told)}]


def _text(description: str, *examples: object) -> Json:
    """A text of people, which YAML may take for a number or a truth value."""
    told = "a text is needed here; one with a colon in it stands in quotes"
    wrong = {"if": {"type": ["object", "array"]}, "then": {"type": "string", "errorMessage": told}}
    return {"description": description, "examples": list(examples), **wrong}


def _value(description: str, pattern: str, told: str, *examples: object, whole: bool = False) -> Json:
    """A text with a unit; `whole` is one that may be a whole number."""
    return {
        "type": ["string", "integer"] if whole else "string",
        "description": description,
        "examples": list(examples),
        "pattern": pattern,
        "patternErrorMessage": told,
        "errorMessage": told,
    }


def _choice(description: str, words: Mapping[str, str], told: str) -> Json:
    """One of some words; in quotes there may be blanks around it."""
    any_word = f"({'|'.join(words)})"
    named = {"title": TITLE, "enum": list(words), "enumDescriptions": list(words.values()), "errorMessage": told}
    return {"description": description, "anyOf": [named, _quoted(rf"^(\s+{any_word}\s*|{any_word}\s+)$", told)]}


def _quoted(pattern: str, told: str) -> Json:
    """Another form of what an enum names; its own title keeps it out of what is shown over a word."""
    return {"title": f"{TITLE}, in quotes", "type": "string", "pattern": pattern, "errorMessage": told}


def _words(description: str, item: Json, *examples: object) -> Json:
    """A list of words, or one of them alone."""
    alone = {key: value for key, value in item.items() if key not in ("description", "examples")}
    listed = {"type": "array", "items": item}
    both = {"if": {"type": "array"}, "then": listed, "else": alone}
    return {"description": description, "examples": list(examples), **both}


def _named(description: str, item: Json) -> Json:
    """A map from names to something."""
    told = "a name has letters, digits, - and _, and begins with a letter"
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": f"^{_NAME}$", "patternErrorMessage": told, "doNotSuggest": True},
        "additionalProperties": item,
    }


def _steps(description: str) -> Json:
    listed = _listed(description, {"$ref": "#/definitions/step"})
    return {**listed, "errorMessage": "a list of steps is needed here, each with a dash"}


def _listed(description: str, item: Json, most: int | None = None) -> Json:
    """A list that is not empty."""
    bounds = {"minItems": 1} if most is None else {"minItems": 1, "maxItems": most}
    return {"type": "array", "description": description, "items": item, **bounds}


def _limits(said: str) -> Json:
    heart = _value(
        "The heart rate above which coach takes speed away: bpm, %max, %hrr or %lthr.",
        _whole(_BOUND),
        "cannot be read as a heart rate: 150 bpm or 85 %max",
        "150 bpm",
        "85 %max",
    )
    backward = _value("The fastest backward speed.", _whole(_either(_SPEED)), _SPEED_TOLD, "3.5 km/h")
    keys = {"heart": heart, "backward": backward}
    return {"type": "object", "description": said, "properties": keys, "additionalProperties": False}


def _ask(said: str) -> Json:
    told = "questions are pain and effort"
    questions = _words("What is asked then.", _choice("A question.", _QUESTIONS, told), "pain", ["pain", "effort"])
    moments = {
        "before": "What is asked before the first step.",
        "after": "What is asked when the belt stands.",
        "morning": "What is asked the next morning, before the next session.",
    }
    keys = {moment: {**questions, "description": description} for moment, description in moments.items()}
    return {"type": "object", "description": said, "properties": keys, "additionalProperties": False}


def _say(said: str) -> Json:
    cue = "What is said. A text with a comma in { } or with a colon stands in quotes."
    known = {
        "start": _text(f"At the start of the step. {cue}", "Short steps."),
        "half": _text(f"At half of the step. {cue}", "Half."),
        "1:00": _text(f"One minute into the step; also 90 s, or 50 m. {cue}", "One minute."),
        "-10 s": _text(f"Ten seconds before its end; also -50 m. {cue}", "Ten more."),
        "every 30 s": _text(f"Again and again, every 5 s or more. {cue}", "Stay tall."),
    }
    moments = {
        "type": "object",
        "properties": known,
        "patternProperties": {
            _MOMENT: _text(f"A time or a distance from the start, with a - before the end. {cue}", "Go.")
        },
        "additionalProperties": False,
        "errorMessage": "cannot be read as the time of a cue: start, half, 1:00, -10 s, 50 m or every 30 s",
    }
    alone = _text(said, "Look ahead.")
    others = {"if": alone.pop("if"), "then": alone.pop("then")}
    return {**alone, "if": {"type": "object"}, "then": moments, "else": others}


def _vary(said: str) -> Json:
    each = _value(
        "The value in one round.", _whole(_either(_QUANTITY, _REFERENCE)), _ANY_TOLD, "2 km/h", "$easy", whole=True
    )
    return _named(said, {"type": "array", "description": "One value for each round.", "items": each})


def _params(said: str) -> Json:
    told = "Its default: a speed, time, distance, percentage or number of rounds."
    examples = ("4.5 km/h", "6:40 /km", "5 min", "400 m", "2 %", 3)
    return _named(said, _value(told, _whole(_QUANTITY), _ANY_TOLD, *examples, whole=True))


def _version(said: str, told: str) -> Json:
    named = {"title": TITLE, "enum": [1], "errorMessage": told}
    return {"description": said, "default": 1, "anyOf": [named, _quoted(_whole("1"), told)]}


# What each key takes, given what it is for.
_SHAPES: Final[dict[str, Callable[[str], Json]]] = {
    "format": lambda said: _version(said, "this coach reads format: 1"),
    "name": lambda said: _text(said, "Easy intervals"),
    "description": lambda said: _text(said, "Four fast minutes with rest between them."),
    "purpose": lambda said: _text(said, "Speed without long suffering."),
    "source": lambda said: _text(said, "My coach, spring 2024."),
    "author": lambda said: _text(said, "Anna"),
    "language": lambda said: _text(said, "en", "de"),
    "tags": lambda said: _words(said, _text("A word.", "run", "intervals", "easy"), ["run", "intervals"]),
    "level": lambda said: _choice(said, _LEVELS, _LEVELS_TOLD),
    "params": _params,
    "limits": _limits,
    "ask": _ask,
    "define": lambda said: _named(said, _steps("The steps of this block, which - use: puts in.")),
    "steps": _steps,
    "between": _steps,
    "vary": _vary,
    "speed": lambda said: _value(said, _whole(_or_ramp(_SPEED)), _SPEED_TOLD, "9 km/h", "$easy", "4 -> 6 km/h"),
    "incline": lambda said: _value(
        said, _whole(_or_ramp(_PERCENT)), "cannot be read as an incline: 1 % or a ramp 0 -> 2 %", "1 %", "0 -> 2 %"
    ),
    "heart": lambda said: _value(said, _HEART, _HEART_TOLD, "zone 2", "120..135 bpm", "60..70 %max"),
    "within": lambda said: _value(
        said, _whole(_ramp(_SPEED, r"\.\.")), "cannot be read as two speeds: 5 .. 7.5 km/h", "5 .. 7.5 km/h"
    ),
    "until": lambda said: _value(
        said, _whole(rf"heart\s*[<>]\s*{_BOUND}"), "cannot be read as an end: heart < 105 bpm", "heart < 105 bpm"
    ),
    "at-least": lambda said: _value(said, _whole(_either(_TIME, _REFERENCE)), _TIME_TOLD, "2 min"),
    "say": _say,
    "plan": lambda said: _version(said, "this coach reads plan: 1"),
    "repeat-if": lambda said: _words(said, _text("A reason.", "Pain above 3."), "Pain above 3."),
    "aim": lambda said: _text(said, "Learn the turn."),
    "easy": lambda said: _text(said, "The body catches up."),
    "workout": lambda said: _text(said, "first-steps-back", "mine.yaml"),
    "day": _day,
    "set": _params,
    "note": lambda said: _text(said, "Stop at the first pain."),
}
_NOT_KEPT: Final = {"format": "The version of the language: 1."}  # keys that the reader checks and does not keep


def _properties(model: type[Part], keys: tuple[str, ...]) -> Json:
    said = {field.alias or name: field.description or "" for name, field in model.model_fields.items()}
    return _shaped({key: (_NOT_KEPT | said)[key] for key in keys}, {})


def _shaped(keys: Mapping[str, str], own: Mapping[str, Callable[[str], Json]]) -> Json:
    """What each key takes and what it is for; `own` are shapes that go before those of all."""
    return {key: {**_SHAPES, **own}[key](said) for key, said in keys.items()}

"""The tree to models: the keys at the top of a workout, with each problem at its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from coach.core.runner import Runner
from coach.core.workout import HeartRange, HeartUnit
from coach.script.field import heart_text, read_bound
from coach.script.meant import foreign, kind_of, meant_by
from coach.script.model import FORMAT, SCRIPT_KEYS, Script, Step
from coach.script.problem import Findings, Place, quoted
from coach.script.quantity import read_value
from coach.script.source import Listing, Node, Table, Text
from coach.script.steps import Steps
from coach.script.unit import ANY, SPEED, Quantity, Reference, Value
from coach.script.values import LONGEST_NAME, Values

__all__ = ["LONGEST_NAME", "read_script"]

AT_REST_BPM: Final = Runner().rest_bpm  # of a runner whose settings say nothing
_PROSE: Final = frozenset({"name", "description", "purpose", "source", "author", "language"})
_MOMENTS: Final = ("before", "after", "morning")
_QUESTIONS: Final = ("pain", "effort")


def read_script(root: Node, text: str, findings: Findings) -> Script:
    """The models of a file; what could not be read is left out and is among the findings."""
    return _Reader(text, findings).script(root)


class _Reader:
    """Walks the tree once."""

    def __init__(self, text: str, findings: Findings) -> None:
        self.values = Values(text, findings)
        self.error = self.values.error
        self.steps = Steps(self.values)
        self.places: dict[str, Place] = {}  # of the keys at the top, of params and of blocks

    def script(self, root: Node) -> Script:
        if not isinstance(root, Table):
            if isinstance(root, Text) and (squeezed := re.match(r"([a-z-]+):(?=\S)", root.value)):
                self.values.blank_missing(root.place, squeezed[1], root.value[squeezed.end() :].split()[0])
            else:
                message = f'a workout has the keys "format:", "name:" and "steps:", here is only {kind_of(root)}'
                fix = foreign(root.value) if isinstance(root, Text) else None
                self.error(root.place, "no-workout", message, fix or "begin with a copy of one that coach list shows")
            return Script()
        found = dict[str, object]()
        places = self.places
        for key, node in self.values.items(root):
            name = key.value
            if name not in SCRIPT_KEYS:
                self.values.unknown(key, "a workout", SCRIPT_KEYS)
                continue
            places[name] = key.place
            value = self._top(name, key, node)
            if value is not None:
                found[name] = value
        self._required(places)
        steps = found.get("steps")
        if "steps" in places and steps == () and not self.values.findings.failed:
            self.error(places["steps"], "no-steps", "steps: is empty", "begin with - warm-up: 5 min @ 4 km/h")
        return Script.model_validate({**found, "places": places, "name_at": places.get("name", Place(1, 1))})

    def _required(self, places: dict[str, Place]) -> None:
        for name, fix in (("format", "write format: 1"), ("name", "write name: My workout"), ("steps", None)):
            if name not in places:
                place = places.get("name", Place(1, 1))
                self.error(place, "key-missing", f'the workout has no "{name}:"', fix or "list its steps under steps:")

    def _top(self, name: str, key: Text, node: Node) -> object:
        if name in _PROSE:
            return self.values.name(key, node) if name == "name" else self.values.prose(key, node)
        readers: dict[str, Callable[[Text, Node], object]] = {
            "format": self._format,
            "tags": self.values.words,
            "level": self.values.level,
            "params": self._params,
            "limits": self._limits,
            "ask": self._ask,
            "define": self._define,
            "steps": lambda key, node: self.steps.read(key, node, 0),
        }
        return readers[name](key, node)

    def _format(self, key: Text, node: Node) -> None:
        text = self.values.scalar(key, node, "1")
        if text is not None and text.value.strip() != FORMAT:
            fix = "this coach reads format: 1; a newer coach may read it"
            self.error(text.place, "format", f"format {quoted(text.value)} is not known", fix)

    def _params(self, key: Text, node: Node) -> dict[str, Quantity]:
        values = dict[str, Quantity]()
        if isinstance(node, Listing):
            self.error(
                node.place, "not-a-map", "params: takes a map, here is a list", "delete the dashes below params:"
            )
        if not isinstance(node, Table):
            self.places["params.*"] = node.place  # any name may have been among them
        for name, value in () if isinstance(node, Listing) else self.values.table(key, node, "{easy: 4.5 km/h}"):
            self.places[f"params.{name.value.removeprefix('$')}"] = name.place
            quantity = self._param(name, value)
            if quantity is not None:
                values[name.value] = quantity
        return values

    def _param(self, name: Text, node: Node) -> Quantity | None:
        if not self.values.good_name(name):
            return None
        value = self.values.value(name, node, lambda text: read_value(text, ANY), "4.5 km/h")
        if isinstance(value, Reference):
            message = "a parameter is a number, it cannot use another"
            self.error(node.place, "unreadable-value", message, "write 4.5 km/h")
            return None
        return value

    def _limits(self, key: Text, node: Node) -> dict[str, HeartRange | Quantity]:
        limits = dict[str, HeartRange | Quantity]()
        for name, value in self.values.table(key, node, "{heart: 150 bpm, backward: 3.5 km/h}"):
            limit: HeartRange | Value | None = None
            if name.value == "heart":
                limit = self.values.value(name, value, read_bound, "150 bpm")
            elif name.value == "backward":
                limit = self.values.value(name, value, lambda text: read_value(text, SPEED), "3.5 km/h")
            else:
                self.values.unknown(name, "limits:", ("heart", "backward"))
            if isinstance(limit, Reference):
                self.error(value.place, "unreadable-value", "a limit is a number, no $x", "write 3.5 km/h")
            elif isinstance(limit, Quantity) and not 0 < limit.amount <= 22:
                self.error(value.place, "out-of-range", "a backward limit is above 0 and at most 22 km/h")
            elif limit is not None:
                limits[name.value] = limit
            if isinstance(limit, HeartRange) and limit.unit is HeartUnit.BPM and limit.low <= AT_REST_BPM:
                message = f"a heart limit of {heart_text(limit)} cannot be kept: many hearts beat faster at rest"
                self.values.findings.warning(value.place, "heart-limit-low", message, "write one such as 150 bpm")
        return limits

    def _ask(self, key: Text, node: Node) -> tuple[tuple[str, tuple[str, ...]], ...]:
        asked = list[tuple[str, tuple[str, ...]]]()
        for name, value in self.values.table(key, node, "{before: pain, after: [pain, effort]}"):
            if name.value not in _MOMENTS:
                self.values.unknown(name, "ask:", _MOMENTS)
                continue
            words = self.values.words(name, value)
            for word in words:
                if word not in _QUESTIONS:
                    fix = meant_by(word, _QUESTIONS) or "questions are pain and effort"
                    self.error(value.place, "unknown-question", f"{quoted(word)} is not a question", fix)
            asked.append((name.value, words))
        return tuple(asked)

    def _define(self, key: Text, node: Node) -> dict[str, tuple[Step, ...]]:
        blocks = dict[str, tuple[Step, ...]]()
        for name, value in self.values.table(key, node, "a name and a list of steps"):
            self.places[f"define.{name.value}"] = name.place
            if self.values.good_name(name):
                blocks[name.value] = self.steps.read(name, value, 0)
        return blocks

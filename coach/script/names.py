"""The names of a workout and their values: --set over the runner's own over the file's; each one used is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coach.script.model import Script
from coach.script.problem import Findings, Place, UnreadableError
from coach.script.quantity import read_value, resolve
from coach.script.unit import ANY, Quantity, Reference, Value, Want

WRITTEN: Final = "write 4.5 km/h"


def given(text: str) -> Quantity:
    """The value of a name, as a person gives it.

    Raises:
        UnreadableError: it is no number with its unit.
    """
    try:
        value = read_value(text, ANY)
    except UnreadableError as wrong:
        fix = wrong.fix(WRITTEN)  # a parameter cannot use another
        raise UnreadableError(wrong.rule, wrong.message, fix, wrong.at) from wrong
    if isinstance(value, Reference):
        raise UnreadableError("unreadable-value", "a parameter is a number, it cannot use another", WRITTEN)
    return value


class Names:
    """The names of one script."""

    def __init__(self, script: Script, findings: Findings) -> None:
        self._script, self._findings = script, findings
        self.used: set[str] = set()
        written = {place.partition(".")[2] for place in script.places if place.startswith("params.")}
        self.unreadable = written - script.params.keys()  # whose own problem was told

    @property
    def place(self) -> Place:
        """Where they are given a value."""
        return self._script.places.get("params", self._script.name_at)

    def scope(self, sets: Mapping[str, str], runner_params: Mapping[str, str]) -> dict[str, Quantity]:
        """The value of each name: --set over the runner's own over the file's."""
        scope = dict(self._script.params)
        for name, text in runner_params.items():
            try:
                scope[name] = given(text)
            except UnreadableError as wrong:
                if name in self._script.params:
                    message = f"the runner's own {name} cannot be used: {wrong}"
                    self._findings.error(self.place, "runner-param", message, "correct it with coach config")
        for name, text in sets.items():
            try:
                scope[name] = given(text)
            except UnreadableError as wrong:
                self._findings.error(self.place, wrong.rule, f"--set {name}={text}: {wrong}", wrong.help)
        return scope

    def resolved(self, value: Value, scope: Mapping[str, Quantity], want: Want, place: Place) -> Quantity | None:
        """The number behind a value; None where a problem was told."""
        if isinstance(value, Quantity):
            return value
        self.used.add(value.name)
        if value.name not in scope and not self.unreadable.isdisjoint((value.name, "*")):
            return None
        try:
            return resolve(value, scope, want)
        except UnreadableError as wrong:
            self._findings.error(place, wrong.rule, str(wrong), wrong.help)
            return None

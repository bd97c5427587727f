"""Where a setting came from: the line of its key in a TOML file, or a variable of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from coach.places import PREFIX

NESTED: Final = "__"  # between the parts of a variable's name
DEFAULT: Final = "default"
_TABLE: Final = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")
_KEY: Final = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


class Places:
    """Finds the line of a key again: TOML readers keep none."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._lines: Mapping[tuple[str, ...], int] = dict(_keys(text))

    def origin(self, path: tuple[str, ...]) -> str:
        """Where a value came from."""
        wanted = PREFIX + NESTED.join(path).upper()
        for name in os.environ:
            if name.upper() == wanted or name.upper().startswith(wanted + NESTED):
                return name
        line = self.line(path)
        return DEFAULT if line is None else f"{self._file}:{line}"

    def where(self, path: tuple[str, ...]) -> str:
        """Where it is complained of: its origin, or the begin of the file."""
        found = self.origin(path)
        return f"{self._file}:1" if found == DEFAULT else found

    def line(self, path: tuple[str, ...]) -> int | None:
        """Of the key, or of the table or the inline table that holds it."""
        if path in self._lines:
            return self._lines[path]
        inline = len(path) == 4 and path[:3] in self._lines
        return self._lines[path[:3]] if inline else None


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if found := _TABLE.match(line):
            table = _path(found[1])
            yield table, number
        elif found := _KEY.match(line):
            yield (*table, *_path(found[1])), number


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))

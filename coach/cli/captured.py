"""A capture frame by frame, in words or as facts: what `coach decode FILE` says of what `coach capture` wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final

from coach.link.captured import Capture, Frame, LinkChange, brief

NAMELESS: Final = "not of the Bluetooth standard"  # a maker's own characteristic, or one that coach does not read

Decode = Callable[[str, str], dict[str, object]]
Describe = Callable[[dict[str, object]], list[str]]


class Retold:
    """Says a capture with the decoder of single values."""

    def __init__(self, known: frozenset[str], decode: Decode, describe: Describe) -> None:
        """`known` are the characteristics that the decoder reads, as a capture has them."""
        self._known = known
        self._decode = decode
        self._describe = describe

    def lines(self, capture: Capture) -> Iterator[str]:
        """A line for each value that was read, each that was heard, and each change of the link."""
        header = capture.header
        yield f"{header.name}, {'simulated, ' * header.simulated}captured by coach {header.coach}"
        for uuid, value in header.values.items():
            yield f"{'read':>10}  {self._words(uuid, value)}"
        for said in capture.said:
            match said:
                case LinkChange(linked=linked):
                    yield f"{said.at_s:>10.3f}  link {'found' if linked else 'lost'}"
                case Frame(uuid=uuid, value=value):
                    yield f"{said.at_s:>10.3f}  {self._words(uuid, value)}"

    def facts(self, capture: Capture) -> Iterator[str]:
        """The same as JSON, an object a line; `at_s` is null for what was read before anything was heard."""
        for uuid, value in capture.header.values.items():
            yield self._json(None, self._object(uuid, value))
        for said in capture.said:
            match said:
                case LinkChange(linked=linked):
                    yield self._json(said.at_s, {"link": "found" if linked else "lost"})
                case Frame(uuid=uuid, value=value):
                    yield self._json(said.at_s, self._object(uuid, value))

    def _words(self, uuid: str, value: bytes) -> str:
        if brief(uuid) not in self._known:
            return f"{brief(uuid)}, {NAMELESS}: {value.hex(' ')}"
        name, *fields = self._describe(self._decode(brief(uuid), value.hex()))
        return f"{name}: " + ", ".join(" ".join(field.split()) for field in fields)

    def _object(self, uuid: str, value: bytes) -> dict[str, object]:
        if brief(uuid) not in self._known:
            return {"characteristic": brief(uuid), "value": value.hex()}
        return self._decode(brief(uuid), value.hex())

    def _json(self, at_s: float | None, facts: dict[str, object]) -> str:
        return json.dumps({"at_s": at_s} | facts, ensure_ascii=False)

"""The steps of a workout: heads, repeats, their keys and their cues, from the tree to models."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from coach.core.workout import Head, SayAt
from coach.script.agreement import agree
from coach.script.field import SAY_EXAMPLE, read_heart, read_moment, read_until
from coach.script.meant import (
    FACINGS,
    INSTEAD,
    KINDS,
    LENGTHS,
    STEP_HEADS,
    STEP_KEYS,
    TURNS,
    cues_meant,
    facing_meant,
    foreign,
    instead,
    is_moment,
    kind_of,
    moment_meant,
    rounds_of,
)
from coach.script.model import HEADS, REPEAT_KEYS, STRETCH_KEYS, Cue, Mark, Repeat, Step, Stretch, Use
from coach.script.problem import Place, UnreadableError, quoted
from coach.script.quantity import read_line, read_ramp, read_reach, read_value
from coach.script.source import Listing, Node, Table, Text
from coach.script.unit import ANY, COUNT, INCLINE, SPEED, TIME, Kind, Quantity, Value
from coach.script.values import Values

DEEPEST: Final = 12  # repeats and uses within each other

_UNUSUAL: Final = frozenset({Head.BACKWARD, Head.REST})  # heads with rules of their own
_HEADS: Final = {head: Head(head) for head in HEADS}


class Steps:
    """Reads lists of steps, which may stand within each other."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.error = values.error

    def read(self, key: Text, node: Node, depth: int) -> tuple[Step, ...]:
        """The steps below a key; `depth` counts the repeats around them."""
        steps = list[Step]()
        if isinstance(node, Listing):
            for item in node.items:
                steps += self._step(item, depth)
            if not node.items:
                self.error(key.place, "no-steps", f"{key.value}: is empty", "begin with - forward: 5 min @ 4 km/h")
        elif isinstance(node, Table):
            steps += self._without_dash(key, node, depth)
        elif node.empty:
            message = f"{key.value}: has no steps"
            fix = f"write them below, each with a dash, further in than {key.value}:"
            self.error(key.place, "no-steps", message, fix)
        else:
            message = f"{key.value}: is a list of steps, here is the text {quoted(node.value)}"
            self.error(node.place, "no-steps", message, foreign(node.value) or "begin with - forward: 5 min @ 4 km/h")
        return tuple(steps)

    def _without_dash(self, key: Text, node: Table, depth: int) -> list[Step]:
        squeezed = [step for step, _ in node.items if step.value[:1] == "-" and step.value[1:] in STEP_HEADS]
        for step in squeezed:
            fix = f"write - {step.value[1:]}: ..."
            self.error(step.place, "blank-missing", "a blank is missing after the dash", fix)
        if squeezed:
            return []
        message = f"{key.value}: is a list, each step begins with a dash"
        first = node.items[0][0].value if node.items else "forward"
        self.error(node.place, "dash-missing", message, f"write - {first}: ...")
        return self._step(node, depth)

    def _step(self, node: Node, depth: int) -> list[Step]:
        if isinstance(node, Table):
            items = self.values.items(node)
            if len(items) == 1 and items[0][0].value in _HEADS:
                stretch = self._stretch(_HEADS[items[0][0].value], *items[0], [])
                return [] if stretch is None else [stretch]
            heads = [index for index, (key, _) in enumerate(items) if key.value in STEP_HEADS]
            if len(heads) == 1:
                step = self._one(items, heads[0], depth)
                return [] if step is None else [step]
            return self._several(items, heads, depth) if heads else self._no_head(items, node)
        if isinstance(node, Listing):
            self.error(node.place, "no-head", "here is a list within a list of steps", "delete one dash")
            return []
        return self._bare_step(node)

    def _bare_step(self, node: Text) -> list[Step]:
        if node.empty:
            self.error(node.place, "no-head", "this step is empty", "write - rest: 1 min or delete the dash")
        elif squeezed := re.match(r"([a-z-]+):(\S.*)", node.value):
            self.values.blank_missing(node.place, squeezed[1], squeezed[2])
        elif re.split(r"[ \t]+[0-9]", node.value.lower())[0].strip() in TURNS:
            self._turn(node)
        elif fix := foreign(node.value):
            message = f"{quoted(node.value)} is not a step; a step is a head, a colon and its extent"
            self.error(node.place, "no-head", message, fix)
        else:
            first, _, rest = node.value.partition(" ")
            head = first if first in STEP_HEADS else INSTEAD.get(first.lower(), "")
            fix = f"write - {head}: {rest or '1 min'}" if head in STEP_HEADS else "write - forward: 5 min @ 4 km/h"
            message = f"{quoted(node.value)} is not a step; a step is a head, a colon and its extent"
            self.error(node.place, "no-head", message, fix)
        return []

    def _turn(self, place: Text) -> None:
        message = "a turn is not a step; coach puts turns in by itself, wherever the facing changes"
        self.error(place.place, "no-head", message, "delete it")

    def _no_head(self, items: list[tuple[Text, Node]], node: Table) -> list[Step]:
        heads = "forward, backward, warm-up, cool-down, rest, repeat, use or mark"
        for key, value in items:
            if key.value.lower() in TURNS:
                self._turn(key)
                return []
            if key.value.lower() in FACINGS and isinstance(value, Text) and (head := facing_meant(value.value)):
                message = f"the head of a step is its key, here it is the value of {quoted(key.value)}"
                self.error(key.place, "no-head", message, f"write - {head}: and the extent and speed behind it")
                return []
            if key.value in KINDS and isinstance(value, Text) and value.value in STEP_HEADS:
                message = f"the head of a step is its key, here it is the value of {quoted(key.value)}"
                self.error(key.place, "no-head", message, f"write - {value.value}: and the extent and speed behind it")
                return []
            if value != Text("", value.line, value.column) and "@" in getattr(value, "value", ""):
                meant: str | None = instead(key.value, HEADS)
                meant = "forward" if meant == "rest" else meant  # it has a speed
            else:
                meant = instead(key.value, tuple(STEP_HEADS))
            if meant:
                fix = f"did you mean {meant}?"
                self.error(key.place, "unknown-key", f"{quoted(key.value)} is not a head of a step", fix)
                return []
            if value == Text("", value.line, value.column) and key.value not in STEP_KEYS:
                break
        if items:
            message = f"this step has {quoted(items[0][0].value)} but no head"
            alone = len(items) == 1 and items[0][0].value in STRETCH_KEYS
            fix = "delete its dash if it belongs to the step above, and begin it below the head of that"
            self.error(node.place, "no-head", message, fix if alone else f"a head is {heads}")
        elif not self.values.findings.failed:
            self.error(node.place, "no-head", "this step is empty", f"a head is {heads}")
        return []

    def _several(self, items: list[tuple[Text, Node]], heads: list[int], depth: int) -> list[Step]:
        first = items[heads[0]][0].value
        for index in heads[1:]:
            key, value = items[index]
            message = f"this step has two heads, {first} and {key.value}"
            shown = value.value if isinstance(value, Text) else "..."
            self.error(key.place, "two-heads", message, f"a dash is missing: write - {key.value}: {shown}")
        starts = [0, *heads[1:], len(items)]
        steps = list[Step]()
        for head, start, end in zip(heads, starts, starts[1:], strict=False):
            step = self._one(items[start:end], head - start, depth)
            steps += [] if step is None else [step]
        return steps

    def _one(self, items: list[tuple[Text, Node]], head: int, depth: int) -> Step | None:
        key, value = items[head]
        others = items[:head] + items[head + 1 :]
        kind = _HEADS.get(key.value)
        if kind is not None:
            return self._stretch(kind, key, value, others)
        if key.value == "repeat":
            return self._repeat(key, value, others, depth)
        for other, _ in others:
            self.values.unknown(other, f"a {key.value} step", ())
        text = self.values.scalar(key, value, "a name")
        if text is None:
            return None
        if key.value == "use":
            return Use(block=text.value, place=key.place)
        return Mark(name=text.value, place=key.place)

    def _repeat(self, key: Text, node: Node, others: list[tuple[Text, Node]], depth: int) -> Repeat | None:
        if depth >= DEEPEST:
            message = f"repeats stand more than {DEEPEST} deep within each other"
            self.error(key.place, "too-deep", message, "write fewer, larger repeats")
            return None
        if not isinstance(node, Text):
            what = "the list" if isinstance(node, Listing) else "all that stands below it"
            message = f"repeat: takes the number of rounds, here is {kind_of(node)}"
            self.error(key.place, "no-steps", message, f"write repeat: 3, below it steps:, and {what} further in")
            return None
        times = self._times(key, node)
        steps: tuple[Step, ...] | None = None
        between: tuple[Step, ...] = ()
        vary = dict[str, tuple[Value, ...]]()
        vary_at = dict[str, Place]()
        vary_places = dict[str, tuple[Place, ...]]()
        for other, value in others:
            if other.value == "steps":
                steps = self.read(other, value, depth + 1)
            elif other.value == "between":
                between = self.read(other, value, depth + 1)
            elif other.value == "vary":
                vary, vary_at, vary_places = self._vary(other, value)
            else:
                self._unknown_of_repeat(other, value)
        if steps is None:
            fix = "write steps: under repeat:, and move the lines that it repeats further in, below steps:"
            self.error(key.place, "no-steps", "this repeat has no steps", fix)
        if times is None or not steps:
            return None
        return Repeat(
            times=times,
            steps=steps,
            vary=vary,
            between=between,
            place=key.place,
            times_at=node.place,
            vary_at=vary_at,
            vary_places=vary_places,
        )

    def _unknown_of_repeat(self, key: Text, node: Node) -> None:
        meant = instead(key.value, HEADS)
        if meant is None or not isinstance(node, Text):
            self.values.unknown(key, "a repeat", ("repeat", *REPEAT_KEYS))
            return
        fix = f"write - {meant}: {node.value} further in, below steps:"
        self.error(key.place, "unknown-key", f"a repeat has no key {quoted(key.value)}", fix)

    def _times(self, key: Text, node: Node) -> Value | None:
        if isinstance(node, Text) and (rounds := rounds_of(node.value)):
            fix = f"write repeat: {rounds}"
            self.error(node.place, "unreadable-value", f"{quoted(node.value)} is not a plain number", fix)
            return Quantity(Kind.COUNT, float(rounds[:9]))
        return self.values.value(key, node, lambda text: read_value(text, COUNT), "3")

    def _vary(
        self, key: Text, node: Node
    ) -> tuple[dict[str, tuple[Value, ...]], dict[str, Place], dict[str, tuple[Place, ...]]]:
        values = dict[str, tuple[Value, ...]]()
        at = dict[str, Place]()
        places = dict[str, tuple[Place, ...]]()
        for name, listing in self.values.table(key, node, "{slow: [1.5 km/h, 2 km/h]}"):
            if not self.values.good_name(name):
                continue
            at[name.value] = name.place
            if not isinstance(listing, Listing):
                fix = f"write {name.value}: [1.5 km/h, 2 km/h]"
                message = f"{name.value} needs a list with one value for each round"
                self.error(listing.place, "vary-length", message, fix)
                continue
            read = [
                self.values.value(name, item, lambda text: read_value(text, ANY), "2 km/h") for item in listing.items
            ]
            if None not in read:
                values[name.value] = tuple(value for value in read if value is not None)
                places[name.value] = tuple(item.place for item in listing.items)
        return values, at, places

    def _stretch(self, head: Head, key: Text, node: Node, others: list[tuple[Text, Node]]) -> Stretch | None:
        if others and isinstance(node, Text) and node.empty and self._length_apart(head, others):
            return None
        if isinstance(node, Listing):
            message = f"{head}: takes its extent, here is a list"
            self.error(
                node.place, "not-text", message, "for steps that belong together write - repeat: 1, and steps: below it"
            )
            return None
        text = self.values.scalar(key, node, "1 min" if head is Head.REST else "5 min @ 4 km/h")
        found = self._keys(head, others) if others else {}
        if text is None:
            return None
        try:
            line = read_line(text.value)
        except UnreadableError as wrong:
            self.values.wrong(text, _of_rest(text.value, wrong) if head is Head.REST else wrong)
            return None
        step = Stretch(
            head=head,
            line=line,
            text=text,
            place=key.place,
            **found,  # type: ignore[arg-type]  # the keys of STRETCH_KEYS, each read by _key
        )
        if others or line.speed is None or head in _UNUSUAL:
            agree(step, self.values)
        return step

    def _length_apart(self, head: Head, others: list[tuple[Text, Node]]) -> bool:
        """The extent stands in a key of its own, which the language does not have."""
        for key, node in others:
            if key.value in LENGTHS and isinstance(node, Text):
                message = f"a {head} step has no key {quoted(key.value)}"
                self.error(key.place, "unknown-key", message, f"write it behind the head: {head}: {node.value}")
                return True
        return False

    def _keys(self, head: Head, others: list[tuple[Text, Node]]) -> dict[str, object]:
        written = dict[str, tuple[Text, Node]]()
        found: dict[str, object] = {"written": written}
        for key, node in self._with_cues_below(others):
            name = key.value
            if name.lower() in FACINGS:
                self._facing(head, key, node)
                continue
            if name not in STRETCH_KEYS:
                self.values.unknown(key, f"a {head} step", (head.value, *STRETCH_KEYS))
                continue
            written[name] = key, node
            read = self._key(name, key, node)
            if read is not None:
                found[name] = read
        return found

    def _facing(self, head: Head, key: Text, node: Node) -> None:
        """The way that the runner faces stands in the head."""
        meant = facing_meant(node.value) if isinstance(node, Text) else None
        if meant is None:
            fix = "delete it; in a backward step the runner faces the rear, in all others the console"
        elif (meant == Head.BACKWARD) is (head is Head.BACKWARD):
            fix = f"delete it, {head}: says it"
        else:
            fix = f"delete it, and write {meant}: in place of {head}:"
        message = f"a {head} step has no key {quoted(key.value)}; its head says which way the runner faces"
        self.error(key.place, "unknown-key", message, fix)

    def _with_cues_below(self, others: list[tuple[Text, Node]]) -> list[tuple[Text, Node]]:
        """The keys of a step, without times of cues that stand beside an empty say:."""
        empty = next(
            (key for key, node in others if key.value == "say" and isinstance(node, Text) and node.empty), None
        )
        beside = [key for key, _ in others if key.value not in STRETCH_KEYS and is_moment(key.value)]
        if empty is None or not beside:
            return others
        message = f"{quoted(beside[0].value + ':')} is the time of a cue and stands beside say:, not below it"
        self.error(beside[0].place, "indentation", message, f"begin it further in, in column {empty.column + 2}")
        return [(key, node) for key, node in others if key is not empty and key not in beside]

    def _key(self, name: str, key: Text, node: Node) -> object:
        match name:
            case "speed":
                return self.values.value(key, node, lambda text: read_ramp(text, SPEED), "5 km/h")
            case "incline":
                return self.values.value(key, node, lambda text: read_ramp(text, INCLINE), "1 %")
            case "heart":
                return self.values.value(key, node, read_heart, "zone 2")
            case "within":
                return self.values.value(key, node, lambda text: read_ramp(text, SPEED, between=".."), "5 .. 7.5 km/h")
            case "until":
                return self.values.value(key, node, read_until, "heart < 105 bpm")
            case "at-least":
                return self.values.value(key, node, lambda text: read_value(text, TIME), "2 min")
            case _:
                return self._say(key, node)

    def _say(self, key: Text, node: Node) -> tuple[Cue, ...] | None:
        if isinstance(node, Text):
            text = self._spoken(key, node)
            return None if text is None else (Cue(moment=SayAt.START, amount=0.0, text=text, place=key.place),)
        cues = list[Cue]()
        if isinstance(node, Listing):
            message = "say: is a text or a map of times to texts, here is a list"
            self.error(node.place, "not-a-map", message, f"write {cues_meant(node)}")
            return None
        for when, value in self.values.table(key, node, "a text, or a map of times to texts"):
            try:
                moment, amount = read_moment(when.value)
            except UnreadableError as wrong:
                close = moment_meant(when.value)
                if wrong.rule in ("unreadable-value", "unknown-unit"):
                    message = f"{quoted(when.value)} is not a time for a cue"
                    wrong = UnreadableError("unknown-moment", message, close or f"times are {SAY_EXAMPLE}")
                self.values.wrong(when, wrong)
                continue
            text = self._spoken(when, value)
            if text is not None:
                cues.append(Cue(moment=moment, amount=amount, text=text, place=when.place))
        return tuple(cues)

    def _spoken(self, key: Text, node: Node) -> str | None:
        text = self.values.prose(key, node)
        if text is None:
            return None
        if not text:
            self.error(key.place, "value-missing", "there is nothing to say here", "write say: Look ahead.")
            return None
        return " ".join(text.split())


def _of_rest(text: str, wrong: UnreadableError) -> UnreadableError:
    """What is wrong behind the time of a rest is that anything stands there."""
    before, sign, _ = min(text.partition(","), text.partition("@"), key=lambda parts: len(parts[0]))
    with suppress(UnreadableError):
        told = read_reach(before).value
        if sign and isinstance(told, Quantity) and told.kind is Kind.TIME:
            message = "in a rest the belt stands, only its time is written"
            return UnreadableError("rest-stands", message, f"write {before.strip()}", len(before))
    return wrong

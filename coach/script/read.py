"""The tree to models: every key and value of the language, with each problem at its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from coach.core.workout import Head, HeartRange, Level, SayAt
from coach.script.field import SAY_EXAMPLE, read_bound, read_heart, read_moment, read_until
from coach.script.model import (
    FORMAT,
    GROUPS,
    HEADS,
    REPEAT_KEYS,
    SCRIPT_KEYS,
    STRETCH_KEYS,
    Cue,
    Mark,
    Repeat,
    Script,
    Step,
    Stretch,
    Use,
)
from coach.script.problem import Findings, Place, UnreadableError, quoted
from coach.script.quantity import (
    ANY,
    COUNT,
    INCLINE,
    NAME,
    SPEED,
    TIME,
    Kind,
    Quantity,
    Reference,
    Value,
    read_line,
    read_ramp,
    read_value,
)
from coach.script.source import Listing, Node, Table, Text

DEEPEST: Final = 12  # repeats and uses within each other
LONGEST_NAME: Final = 100  # characters; a name is spoken and stands in the banner
MOST_SPOKEN: Final = 200  # characters of a cue, about 14 s of speech

_UNUSUAL: Final = frozenset({Head.BACKWARD, Head.REST})  # heads with rules of their own
_HEADS: Final = {head: Head(head) for head in HEADS}
_STEP_HEADS: Final = frozenset((*HEADS, *GROUPS))
_STEP_KEYS: Final = (*HEADS, *GROUPS, *STRETCH_KEYS, *REPEAT_KEYS)
_PROSE: Final = frozenset({"name", "description", "purpose", "source", "author", "language"})
_MOMENTS: Final = ("before", "after", "morning")
_QUESTIONS: Final = ("pain", "effort")
_INSTEAD: Final = {
    "back": "backward", "backwards": "backward", "reverse": "backward", "retro": "backward",
    "forwards": "forward", "walk": "forward", "run": "forward", "jog": "forward", "work": "forward", "step": "forward",
    "warmup": "warm-up", "warm_up": "warm-up", "warm up": "warm-up",
    "cooldown": "cool-down", "cool_down": "cool-down", "cool down": "cool-down",
    "recovery": "rest", "pause": "rest", "stop": "rest", "loop": "repeat", "times": "repeat", "rounds": "repeat",
    "grade": "incline", "inclination": "incline", "slope": "incline", "pace": "speed", "hr": "heart", "cue": "say",
    "text": "say", "bounds": "within", "at_least": "at-least", "at least": "at-least", "title": "name",
    "version": "format", "parameters": "params", "variables": "params",
    "segments": "steps", "intervals": "steps", "workout": "steps",
}  # fmt: skip

_T = TypeVar("_T")


def read_script(root: Node, text: str, findings: Findings) -> Script:
    """The models of a file; what could not be read is left out and is among the findings."""
    return _Reader(text, findings).script(root)


class _Reader:
    """Walks the tree once."""

    def __init__(self, text: str, findings: Findings) -> None:
        self.text = text
        self.findings = findings
        self._lines: list[str] | None = None
        self.places: dict[str, Place] = {}  # of the keys at the top, of params and of blocks

    @property
    def lines(self) -> list[str]:
        if self._lines is None:
            self._lines = re.split("\r\n|\n|\r", self.text)
        return self._lines

    def error(self, place: Place, rule: str, message: str, fix: str | None = None) -> None:
        self.findings.error(place, rule, message, fix)

    # The whole file

    def script(self, root: Node) -> Script:
        if not isinstance(root, Table):
            if isinstance(root, Text) and (squeezed := re.match(r"([a-z-]+):(?=\S)", root.value)):
                self._blank_missing(root.place, squeezed[1], root.value[squeezed.end() :].split()[0])
            else:
                message = f'a workout has the keys "format:", "name:" and "steps:", here is only {_kind(root)}'
                self.error(root.place, "no-workout", message, "begin with a copy of one that coach list shows")
            return Script()
        found = dict[str, object]()
        places = self.places
        for key, node in self._items(root):
            name = key.value
            if name not in SCRIPT_KEYS:
                self._unknown(key, "a workout", SCRIPT_KEYS)
                continue
            places[name] = key.place
            value = self._top(name, key, node)
            if value is not None:
                found[name] = value
        self._required(places)
        steps = found.get("steps")
        if "steps" in places and steps == () and not self.findings.failed:
            self.error(places["steps"], "no-steps", "steps: is empty", "begin with - warm-up: 5 min @ 4 km/h")
        return Script.model_validate({**found, "places": places, "name_at": places.get("name", Place(1, 1))})

    def _required(self, places: dict[str, Place]) -> None:
        for name, fix in (("format", "write format: 1"), ("name", "write name: My workout"), ("steps", None)):
            if name not in places:
                place = places.get("name", Place(1, 1))
                self.error(place, "key-missing", f'the workout has no "{name}:"', fix or "list its steps under steps:")

    def _top(self, name: str, key: Text, node: Node) -> object:
        if name in _PROSE:
            return self._name(key, node) if name == "name" else self._prose(key, node)
        readers: dict[str, Callable[[Text, Node], object]] = {
            "format": self._format,
            "tags": self._tags,
            "level": self._level,
            "params": self._params,
            "limits": self._limits,
            "ask": self._ask,
            "define": self._define,
            "steps": lambda key, node: self._steps(key, node, 0),
        }
        return readers[name](key, node)

    def _format(self, key: Text, node: Node) -> None:
        text = self._scalar(key, node, "1")
        if text is not None and text.value.strip() != FORMAT:
            fix = "this coach reads format: 1; a newer coach may read it"
            self.error(text.place, "format", f"format {quoted(text.value)} is not known", fix)

    def _name(self, key: Text, node: Node) -> str | None:
        name = self._prose(key, node)
        if name is not None and not name:
            self.error(key.place, "value-missing", "the name is empty", "write name: My workout")
        elif name is not None and len(name) > LONGEST_NAME:
            self.error(key.place, "too-long", f"the name has {len(name)} characters, {LONGEST_NAME} are the most")
        return " ".join(name.split()) if name else None

    def _tags(self, key: Text, node: Node) -> tuple[str, ...] | None:
        return self._words(key, node)

    def _level(self, key: Text, node: Node) -> Level | None:
        text = self._scalar(key, node, "beginner")
        if text is None:
            return None
        try:
            return Level(text.value.strip())
        except ValueError:
            rows = ", ".join(Level)
            fix = _meant(text.value.lower(), Level) or f"levels are {rows}"
            self.error(text.place, "level-row", f"{quoted(text.value)} is no level", fix)
            return None

    def _params(self, key: Text, node: Node) -> dict[str, Quantity]:
        values = dict[str, Quantity]()
        for name, value in self._table(key, node, "{easy: 4.5 km/h}"):
            self.places[f"params.{name.value.removeprefix('$')}"] = name.place
            quantity = self._param(name, value)
            if quantity is not None:
                values[name.value] = quantity
        return values

    def _param(self, name: Text, node: Node) -> Quantity | None:
        if not self._good_name(name):
            return None
        value = self._value(name, node, lambda text: read_value(text, ANY), "4.5 km/h")
        if isinstance(value, Reference):
            message = "a parameter is a number, it cannot use another"
            self.error(node.place, "unreadable-value", message, "write 4.5 km/h")
            return None
        return value

    def _good_name(self, name: Text) -> bool:
        if re.fullmatch(NAME, name.value):
            return True
        fix = f"write {name.value[1:]}, the $ is for its use" if name.value.startswith("$") else None
        message = f"{quoted(name.value)} is no name; a name has letters, digits, - and _"
        self.error(name.place, "bad-name", message, fix)
        return False

    def _limits(self, key: Text, node: Node) -> dict[str, HeartRange | Quantity]:
        limits = dict[str, HeartRange | Quantity]()
        for name, value in self._table(key, node, "{heart: 150 bpm, backward: 3.5 km/h}"):
            limit: HeartRange | Value | None = None
            if name.value == "heart":
                limit = self._value(name, value, read_bound, "150 bpm")
            elif name.value == "backward":
                limit = self._value(name, value, lambda text: read_value(text, SPEED), "3.5 km/h")
            else:
                self._unknown(name, "limits:", ("heart", "backward"))
            if isinstance(limit, Reference):
                self.error(value.place, "unreadable-value", "a limit is a number, no $x", "write 3.5 km/h")
            elif isinstance(limit, Quantity) and not 0 < limit.amount <= 22:
                self.error(value.place, "out-of-range", "a backward limit is above 0 and at most 22 km/h")
            elif limit is not None:
                limits[name.value] = limit
        return limits

    def _ask(self, key: Text, node: Node) -> tuple[tuple[str, tuple[str, ...]], ...]:
        asked = list[tuple[str, tuple[str, ...]]]()
        for name, value in self._table(key, node, "{before: pain, after: [pain, effort]}"):
            if name.value not in _MOMENTS:
                self._unknown(name, "ask:", _MOMENTS)
                continue
            words = self._words(name, value)
            for word in words:
                if word not in _QUESTIONS:
                    fix = _meant(word, _QUESTIONS) or "questions are pain and effort"
                    self.error(value.place, "unknown-question", f"{quoted(word)} is no question", fix)
            asked.append((name.value, words))
        return tuple(asked)

    def _define(self, key: Text, node: Node) -> dict[str, tuple[Step, ...]]:
        blocks = dict[str, tuple[Step, ...]]()
        for name, value in self._table(key, node, "a name and a list of steps"):
            self.places[f"define.{name.value}"] = name.place
            if self._good_name(name):
                blocks[name.value] = self._steps(name, value, 0)
        return blocks

    # Steps

    def _steps(self, key: Text, node: Node, depth: int) -> tuple[Step, ...]:
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
            self.error(node.place, "no-steps", message, "begin with - forward: 5 min @ 4 km/h")
        return tuple(steps)

    def _without_dash(self, key: Text, node: Table, depth: int) -> list[Step]:
        squeezed = [step for step, _ in node.items if step.value[:1] == "-" and step.value[1:] in _STEP_HEADS]
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
            items = self._items(node)
            if len(items) == 1 and items[0][0].value in _HEADS:
                stretch = self._stretch(_HEADS[items[0][0].value], *items[0], [])
                return [] if stretch is None else [stretch]
            heads = [index for index, (key, _) in enumerate(items) if key.value in _STEP_HEADS]
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
            self._blank_missing(node.place, squeezed[1], squeezed[2])
        else:
            first, _, rest = node.value.partition(" ")
            head = first if first in _STEP_HEADS else _INSTEAD.get(first.lower(), "")
            fix = f"write - {head}: {rest or '1 min'}" if head in _STEP_HEADS else "write - forward: 5 min @ 4 km/h"
            message = f"{quoted(node.value)} is no step; a step is a head, a colon and its extent"
            self.error(node.place, "no-head", message, fix)
        return []

    def _no_head(self, items: list[tuple[Text, Node]], node: Table) -> list[Step]:
        heads = "forward, backward, warm-up, cool-down, rest, repeat, use or mark"
        for key, value in items:
            meant = _instead(key.value, tuple(_STEP_HEADS))
            if meant:
                fix = f"did you mean {meant}?"
                self.error(key.place, "unknown-key", f"{quoted(key.value)} is no head of a step", fix)
                return []
            if value == Text("", value.line, value.column) and key.value not in _STEP_KEYS:
                break
        if items:
            message = f"this step has {quoted(items[0][0].value)} but no head"
            self.error(node.place, "no-head", message, f"a head is {heads}")
        elif not self.findings.failed:
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
            self._unknown(other, f"a {key.value} step", ())
        text = self._scalar(key, value, "a name")
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
        times = self._times(key, node)
        steps: tuple[Step, ...] | None = None
        between: tuple[Step, ...] = ()
        vary = dict[str, tuple[Value, ...]]()
        vary_at = dict[str, Place]()
        vary_places = dict[str, tuple[Place, ...]]()
        for other, value in others:
            if other.value == "steps":
                steps = self._steps(other, value, depth + 1)
            elif other.value == "between":
                between = self._steps(other, value, depth + 1)
            elif other.value == "vary":
                vary, vary_at, vary_places = self._vary(other, value)
            else:
                self._unknown(other, "a repeat", ("repeat", *REPEAT_KEYS))
        if steps is None:
            fix = "write steps: under it, and the steps further in, each with a dash"
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

    def _times(self, key: Text, node: Node) -> Value | None:
        if isinstance(node, Text) and (times := re.fullmatch(r"([0-9]+) ?[x×*]", node.value)):
            fix = f"write repeat: {times[1]}"
            self.error(node.place, "unreadable-value", f"{quoted(node.value)} is no plain number", fix)
            return Quantity(Kind.COUNT, float(times[1][:9]))
        return self._value(key, node, lambda text: read_value(text, COUNT), "3")

    def _vary(
        self, key: Text, node: Node
    ) -> tuple[dict[str, tuple[Value, ...]], dict[str, Place], dict[str, tuple[Place, ...]]]:
        values = dict[str, tuple[Value, ...]]()
        at = dict[str, Place]()
        places = dict[str, tuple[Place, ...]]()
        for name, listing in self._table(key, node, "{slow: [1.5 km/h, 2 km/h]}"):
            if not self._good_name(name):
                continue
            at[name.value] = name.place
            if not isinstance(listing, Listing):
                fix = f"write {name.value}: [1.5 km/h, 2 km/h]"
                message = f"{name.value} needs a list with one value for each round"
                self.error(listing.place, "vary-length", message, fix)
                continue
            read = [self._value(name, item, lambda text: read_value(text, ANY), "2 km/h") for item in listing.items]
            if None not in read:
                values[name.value] = tuple(value for value in read if value is not None)
                places[name.value] = tuple(item.place for item in listing.items)
        return values, at, places

    def _stretch(self, head: Head, key: Text, node: Node, others: list[tuple[Text, Node]]) -> Stretch | None:
        text = self._scalar(key, node, "1 min" if head is Head.REST else "5 min @ 4 km/h")
        found = self._keys(head, others) if others else {}
        if text is None:
            return None
        try:
            line = read_line(text.value)
        except UnreadableError as wrong:
            self._wrong(text, wrong)
            return None
        step = Stretch(
            head=head,
            line=line,
            text=text,
            place=key.place,
            **found,  # type: ignore[arg-type]  # the keys of STRETCH_KEYS, each read by _key
        )
        if others or line.speed is None or head in _UNUSUAL:
            self._agreement(step)
        return step

    def _keys(self, head: Head, others: list[tuple[Text, Node]]) -> dict[str, object]:
        written = dict[str, tuple[Text, Node]]()
        found: dict[str, object] = {"written": written}
        for key, node in others:
            name = key.value
            if name not in STRETCH_KEYS:
                self._unknown(key, f"a {head} step", (head.value, *STRETCH_KEYS))
                continue
            written[name] = key, node
            read = self._key(name, key, node)
            if read is not None:
                found[name] = read
        return found

    def _key(self, name: str, key: Text, node: Node) -> object:
        match name:
            case "speed":
                return self._value(key, node, lambda text: read_ramp(text, SPEED), "5 km/h")
            case "incline":
                return self._value(key, node, lambda text: read_ramp(text, INCLINE), "1 %")
            case "heart":
                return self._value(key, node, read_heart, "zone 2")
            case "within":
                return self._value(key, node, lambda text: read_ramp(text, SPEED, between=".."), "5 .. 7.5 km/h")
            case "until":
                return self._value(key, node, read_until, "heart < 105 bpm")
            case "at-least":
                return self._value(key, node, lambda text: read_value(text, TIME), "2 min")
            case _:
                return self._say(key, node)

    def _agreement(self, step: Stretch) -> None:
        """What the keys of one step must have to do with each other."""
        head, line, written = step.head, step.line, step.written
        if head is Head.REST:
            self._agreement_of_rest(step)
        elif line.speed is None and "speed" not in written:
            fix = f"write {head}: {step.text.value} @ {'2' if head is Head.BACKWARD else '5'} km/h"
            self.error(step.text.place, "speed-missing", "this step has no speed", fix)
        if line.speed is not None and "speed" in written:
            self._twice(step.key_at("speed"), "speed")
        if line.incline is not None and "incline" in written:
            self._twice(step.key_at("incline"), "incline")
        if head is Head.BACKWARD and step.slope is not None and step.slope.last is not None:
            message = "a backward step keeps one incline, it has no ramp of incline"
            self.error(step.incline_at, "backward-incline", message, "write one incline, such as 1 %")
        if "heart" in written or "within" in written:
            self._agreement_of_heart(step)
        if "at-least" in written and "until" not in written:
            message = "at-least: is for a step with until:"
            self.error(
                step.key_at("at-least"), "at-least-without-until", message, "add until: heart < 105 bpm, or delete it"
            )

    def _agreement_of_heart(self, step: Stretch) -> None:
        head, written = step.head, step.written
        if "heart" not in written:
            message = "within: is for a step with heart:"
            self.error(step.key_at("within"), "within-without-heart", message, "add heart: zone 2, or delete within:")
        elif head is Head.BACKWARD:
            message = "the heart cannot lead the speed while the runner faces the rear"
            self.error(step.key_at("heart"), "heart-hold-backward", message, "heart: is for forward steps")
        elif head is Head.REST:
            self.error(step.key_at("heart"), "rest-stands", "in a rest the belt stands, the heart cannot lead it")
        elif "within" not in written:
            message = "a heart: step needs the speeds between which the belt may follow"
            self.error(step.key_at("heart"), "heart-hold-without-bounds", message, "add within: 5 .. 7.5 km/h")
        elif step.pace is not None and step.pace.last is not None:
            message = "a heart: step starts at one speed, it has no ramp"
            self.error(step.speed_at, "heart-hold-ramp", message, "write the speed where it starts")
        if step.within is not None and step.within.last is None:
            message = "within: needs two speeds"
            self.error(step.at("within"), "unreadable-value", message, "write within: 5 .. 7.5 km/h")

    def _agreement_of_rest(self, step: Stretch) -> None:
        fix = "write rest: 1 min"
        if step.pace is not None:
            self.error(step.speed_at, "rest-stands", "in a rest the belt stands, it has no speed", fix)
        if step.slope is not None:
            self.error(step.incline_at, "rest-stands", "in a rest the belt stands, it has no incline", fix)
        value = step.extent.value
        if step.extent.to or (isinstance(value, Quantity) and value.kind is Kind.DISTANCE):
            self.error(step.extent_at, "rest-stands", "in a rest the belt stands, it has no distance", fix)

    # Cues

    def _say(self, key: Text, node: Node) -> tuple[Cue, ...] | None:
        if isinstance(node, Text):
            text = self._spoken(key, node)
            return None if text is None else (Cue(moment=SayAt.START, amount=0.0, text=text, place=key.place),)
        cues = list[Cue]()
        for when, value in self._table(key, node, "a text, or a map of times to texts"):
            try:
                moment, amount = read_moment(when.value)
            except UnreadableError as wrong:
                close = _meant(when.value, ("start", "half"))
                if wrong.rule in ("unreadable-value", "unknown-unit"):
                    message = f"{quoted(when.value)} is no time for a cue"
                    wrong = UnreadableError("unknown-moment", message, close or f"times are {SAY_EXAMPLE}")
                self._wrong(when, wrong)
                continue
            text = self._spoken(when, value)
            if text is not None:
                cues.append(Cue(moment=moment, amount=amount, text=text, place=when.place))
        return tuple(cues)

    def _spoken(self, key: Text, node: Node) -> str | None:
        text = self._prose(key, node)
        if text is None:
            return None
        if not text:
            self.error(key.place, "value-missing", "there is nothing to say here", "write say: Look ahead.")
            return None
        if len(text) > MOST_SPOKEN:
            message = f"this cue has {len(text)} characters and takes longer than {len(text) // 14} s to speak"
            self.findings.warning(node.place, "cue-too-long", message, f"say it in {MOST_SPOKEN} characters")
        return " ".join(text.split())

    # Values of every kind

    def _prose(self, key: Text, node: Node) -> str | None:
        if not isinstance(node, Text):
            fix = None
            if isinstance(node, Table) and node.items and not node.flow:
                fix = f'put a text with a colon in quotes: {key.value}: "..."'
            self.error(node.place, "not-text", f"{key.value}: is a text, here is {_kind(node)}", fix)
            return None
        if not node.style and "#" in self.text:
            self._cut(key, node)
        return node.value.strip()

    def _cut(self, key: Text, node: Text) -> None:
        """Warn where a text seems to go on behind a # that began a comment; two blanks before it say it is meant."""
        if node.empty:
            return
        line = self.lines[node.end_line - 1]
        rest = line[node.end_column - 1 :]
        found = re.match(r"([ \t]+)#(.?)", rest)
        if found and (len(found[1]) == 1 or not found[2].isspace()) and rest.strip() != "#":
            place = Place(node.end_line, node.end_column + found.end(1))
            message = f"the text ends before the #, the rest is read as a comment: {quoted(rest.strip())}"
            whole = f"{node.value} {rest.strip()}"
            shown = whole if len(whole) <= 60 else "..."
            self.findings.warning(place, "text-cut-by-comment", message, f'put it in quotes: {key.value}: "{shown}"')

    def _value(self, key: Text, node: Node, reader: Callable[[str], _T], example: str) -> _T | None:
        text = self._scalar(key, node, example)
        if text is None:
            return None
        try:
            return reader(text.value)
        except UnreadableError as wrong:
            self._wrong(text, wrong)
            return None

    def _scalar(self, key: Text, node: Node, example: str) -> Text | None:
        """A text of one line, which is what every value is."""
        if not isinstance(node, Text):
            message = f"{key.value}: takes one value, here is {_kind(node)}"
            self.error(node.place, "not-text", message, f"write {key.value}: {example}")
            return None
        if node.empty or not node.value.strip():
            self.error(key.place, "value-missing", f"{key.value}: has no value", f"write {key.value}: {example}")
            return None
        if node.end_line > node.line and not node.style:
            self._runs_on(key, node)
            return None
        return node

    def _runs_on(self, key: Text, node: Text) -> None:
        """An unquoted value over several lines: a key without its blank, or a dash that was forgotten."""
        for number in range(node.line + 1, node.end_line + 1):
            line = self.lines[number - 1]
            squeezed = re.match(r"(\s*)(-\s+)?([a-z-]+):(\S.*)", line)
            if squeezed:
                value = squeezed[4].split(" #")[0].rstrip()
                self._blank_missing(Place(number, squeezed.start(3) + 1), squeezed[3], value)
                return
        message = f"{key.value}: takes a value on one line, this one goes on"
        column = len(self.lines[node.line]) - len(self.lines[node.line].lstrip()) + 1
        self.error(Place(node.line + 1, column), "value-goes-on", message, "is a colon or a dash missing here?")

    def _blank_missing(self, place: Place, key: str, value: str) -> None:
        message = f"a blank is missing after {quoted(key + ':')}"
        self.error(place, "blank-missing", message, f"write {key}: {value}")

    def _table(self, key: Text, node: Node, example: str) -> Iterable[tuple[Text, Node]]:
        if isinstance(node, Table):
            return self._items(node)
        if isinstance(node, Text) and node.empty:
            self.error(key.place, "value-missing", f"{key.value}: has no value", f"write {key.value}: {example}")
        else:
            message = f"{key.value}: takes a map, here is {_kind(node)}"
            self.error(node.place, "not-a-map", message, f"write {key.value}: {example}")
        return ()

    def _items(self, table: Table) -> list[tuple[Text, Node]]:
        """The pairs of a map, without those that a comma or a missing blank has made."""
        if not table.flow:
            return table.items
        kept = list[tuple[Text, Node]]()
        for key, node in table.items:
            if not (isinstance(node, Text) and node.empty) or key.style:
                kept.append((key, node))
            elif squeezed := re.fullmatch(r"([a-z-]+):(\S.*)", key.value):
                self._blank_missing(key.place, squeezed[1], squeezed[2])
                kept.append((key._replace(value=squeezed[1]), key._replace(value=squeezed[2])))
            elif kept and isinstance(before := kept[-1][1], Text) and key.value not in _STEP_KEYS:
                whole = self._comma(kept[-1][0], before, key)
                kept[-1] = (kept[-1][0], before._replace(value=whole, style='"'))
            else:
                kept.append((key, node))
        return kept

    def _comma(self, key: Text, before: Text, after: Text) -> str:
        """Note the comma, and give the text as it was meant."""
        if before.value[-1:].isdigit() and after.value[:1].isdigit():
            message = f"{quoted(before.value + ',' + after.value)} has a decimal comma"
            self.error(before.place, "decimal-comma", message, f"write {before.value}.{after.value}")
            return f"{before.value}.{after.value}"
        message = f"in braces a comma ends the text, so {quoted(after.value)} stands alone"
        whole = f"{before.value}, {after.value}"
        self.error(after.place, "comma-in-braces", message, f'put the text in quotes: {key.value}: "{whole}"')
        return whole

    def _words(self, key: Text, node: Node) -> tuple[str, ...]:
        nodes = node.items if isinstance(node, Listing) else [node]
        texts = [self._scalar(key, item, "[one, two]") for item in nodes]
        return tuple(text.value.strip() for text in texts if text is not None)

    # Problems that several fields have

    def _wrong(self, text: Text, wrong: UnreadableError) -> None:
        self.error(text.at(wrong.at), wrong.rule, wrong.message, wrong.help)

    def _twice(self, place: Place, name: str) -> None:
        message = f"this step says its {name} twice, in its head and here"
        self.error(place, "said-twice", message, "delete one of the two")

    def _unknown(self, key: Text, whose: str, known: tuple[str, ...]) -> None:
        if whose == "a workout" and key.value in _STEP_HEADS:
            message = f'"{key.value}:" is a step and stands here outside of steps:'
            self.error(key.place, "unknown-key", message, "write it under steps:, with a dash")
            return
        meant = _instead(key.value, known)
        fix = f"did you mean {meant}?" if meant else (f"keys are {', '.join(known)}" if known else None)
        self.error(key.place, "unknown-key", f"{whose} has no key {quoted(key.value)}", fix)


def _instead(word: str, known: Iterable[str]) -> str | None:
    known = tuple(known)
    other = _INSTEAD.get(word.lower())
    if other in known:
        return other
    if word.lower() in known:
        return word.lower()
    close = difflib.get_close_matches(word.lower()[:40], known, 1)
    return close[0] if close else None


def _meant(word: str, known: Iterable[str]) -> str | None:
    close = _instead(word, known)
    return f"did you mean {close}?" if close else None


def _kind(node: Node) -> str:
    if isinstance(node, Listing):
        return "a list"
    return "a map" if isinstance(node, Table) else f"the text {quoted(node.value)}"

"""The language as models: which keys there are, what each means, and the typed values that the reader puts there.

The reader (read.py) takes its keys from these models and the JSON schema (schema.py) its descriptions, so that a key
exists in one place. Values are read by quantity.py and field.py, where their messages are; a model only holds them.
"""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

from coach.core.workout import Head, HeartRange, Level, SayAt
from coach.script.problem import Place
from coach.script.source import Node, Text
from coach.script.unit import Line, Quantity, Ramp, Reach, Value

FORMAT: Final = "1"
HEADS: Final = tuple(head.value for head in Head if head is not Head.BRIDGE)
GROUPS: Final = ("repeat", "use", "mark")


class Part(BaseModel):
    """What all models share: frozen, and no key but those that are named."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        arbitrary_types_allowed=True,
        alias_generator=lambda name: name.replace("_", "-"),  # at-least
    )


_Ramp: TypeAlias = Annotated[Ramp | None, SkipValidation]
_Band: TypeAlias = Annotated[HeartRange | None, SkipValidation]
_Bound: TypeAlias = Annotated[tuple[bool, HeartRange] | None, SkipValidation]
_Time: TypeAlias = Annotated[Value | None, SkipValidation]
_Place: TypeAlias = Annotated[Place, SkipValidation]


class Cue(NamedTuple):
    """A text and when it is said."""

    moment: SayAt
    amount: float
    text: str
    place: Place


class Stretch(Part):
    """A step that takes time: one of the heads, with its extent and speed."""

    head: Annotated[Head, SkipValidation]
    line: Annotated[Line, SkipValidation]  # what the head says: EXTENT @ SPEED, INCLINE
    text: Annotated[Text, SkipValidation]  # the same as written
    place: _Place  # of the head
    written: Annotated[dict[str, tuple[Text, Node]], SkipValidation] = Field(default_factory=dict)  # the other keys
    speed: _Ramp = Field(
        default=None,
        description="The speed, where the head has no @: km/h, mph, m/s, a pace per km or mi, a parameter, or a ramp.",
    )
    incline: _Ramp = Field(
        default=None,
        description="The incline in percent, where the head has none; a ramp only forward. Left out it is 0 %.",
    )
    heart: _Band = Field(
        default=None,
        description="A heart rate that the belt follows, between the speeds of within:, which it needs. The step "
        "begins at its own speed and stays there without a strap. Forward only.",
    )
    within: _Ramp = Field(default=None, description="The slowest and the fastest speed of a heart: step.")
    until: _Bound = Field(
        default=None,
        description="Ends the step early, once the heart rate is below (or above) a bound; its extent is the longest.",
    )
    at_least: _Time = Field(default=None, description="The shortest time before until: counts.")
    say: Annotated[tuple[Cue, ...], SkipValidation] = Field(
        default=(),
        description="What coach says: a text, at the start of the step; or a map from times to texts, such as "
        "{half: Half., -10 s: Ten more.}",
    )

    @property
    def extent(self) -> Reach:
        """How long it is."""
        return self.line.extent

    @property
    def pace(self) -> Ramp | None:
        """The speed, by whichever form it was written."""
        return self.line.speed if self.speed is None else self.speed

    @property
    def slope(self) -> Ramp | None:
        """The incline, by whichever form it was written."""
        return self.line.incline if self.incline is None else self.incline

    def key_at(self, key: str) -> Place:
        """Where one of its other keys stands."""
        return self.written[key][0].place

    def at(self, key: str) -> Place:
        """Where the value of one of its other keys stands."""
        return self.written[key][1].place

    @property
    def extent_at(self) -> Place:
        """Where its extent stands."""
        return self.text.place

    @property
    def speed_at(self) -> Place:
        """Where its speed stands."""
        return self.at("speed") if "speed" in self.written else self.text.at(self.line.speed_at)

    @property
    def incline_at(self) -> Place:
        """Where its incline stands."""
        return self.at("incline") if "incline" in self.written else self.text.at(self.line.incline_at)


class Repeat(Part):
    """Steps that are done several times."""

    times: Annotated[Value, SkipValidation]
    steps: Annotated[tuple[Step, ...], SkipValidation] = Field(description="The steps of one round.")
    vary: Annotated[dict[str, tuple[Value, ...]], SkipValidation] = Field(
        default_factory=dict, description="Names with one value for each round; its steps use them as $name."
    )
    between: Annotated[tuple[Step, ...], SkipValidation] = Field(
        default=(), description="Steps between two rounds, not after the last."
    )
    place: _Place
    times_at: _Place
    vary_at: Annotated[dict[str, Place], SkipValidation] = Field(default_factory=dict)
    vary_places: Annotated[dict[str, tuple[Place, ...]], SkipValidation] = Field(default_factory=dict)


class Use(Part):
    """A block from define:."""

    block: str
    place: _Place


class Mark(Part):
    """A named place from which `to` counts."""

    name: str
    place: _Place


Step: TypeAlias = Stretch | Repeat | Use | Mark


class Script(Part):
    """A workout file."""

    name: str = Field(default="", description="What the runner sees and hears; at most 100 characters.")
    description: str = Field(default="", description="One or two sentences for the library.")
    purpose: str = Field(default="", description="Why one does this workout.")
    source: str = Field(default="", description="Where it comes from.")
    author: str = Field(default="", description="Who wrote it.")
    language: str = Field(default="", description="The language of its texts, such as en or de.")
    tags: tuple[str, ...] = Field(default=(), description="Words to find it by.")
    level: Annotated[Level, SkipValidation] | None = Field(
        default=None, description="The row of caps for backward steps; a workout that has one needs it."
    )
    params: Annotated[dict[str, Quantity], SkipValidation] = Field(
        default_factory=dict,
        description="Names with their defaults, used as $name; the runner's own values and --set win.",
    )
    limits: Annotated[dict[str, HeartRange | Quantity], SkipValidation] = Field(
        default_factory=dict, description="May only lower what the level allows: a heart rate, a backward speed."
    )
    ask: Annotated[tuple[tuple[str, tuple[str, ...]], ...], SkipValidation] = Field(
        default=(), description="What is asked before, after and the next morning."
    )
    define: Annotated[dict[str, tuple[Step, ...]], SkipValidation] = Field(
        default_factory=dict, description="Blocks of steps with a name, which - use: NAME puts in."
    )
    steps: Annotated[tuple[Step, ...], SkipValidation] = Field(default=(), description="The workout, in order.")
    places: Annotated[dict[str, Place], SkipValidation] = Field(default_factory=dict)
    name_at: _Place = Place(1, 1)


Repeat.model_rebuild()


def keys(model: type[Part], *own: str) -> tuple[str, ...]:
    """The keys that an author may write in a part; those that only the reader fills are not among them."""
    written = (field.alias or name for name, field in model.model_fields.items() if field.description)
    return (*own, *written)


STRETCH_KEYS: Final = keys(Stretch)
REPEAT_KEYS: Final = keys(Repeat)
SCRIPT_KEYS: Final = keys(Script, "format")

"""Settings: a TOML file and the environment, each value with the place that it came from.

```toml
sound = true
workouts = "~/treadmill"      # a folder of your own; its files are known by name

[runner.anna]                 # with one runner there is no question
birth_year = 1980
max_bpm = 182                 # measured; without it 208 - 0.7 x age
level = "intermediate"        # the highest that you want; it opens by what you have run on a real belt
granted_by = "Ada Weiss"      # or at once, where somebody who knows you grants it
granted_on = 2026-05-04       # and over all that was before that day
params = {easy = "5 km/h"}    # what $easy is in every workout
hears = true                  # false: what sound is to others, the page of --share is to you
threshold = "4:40 /km"        # what coach convert measures shares of a threshold against
paces = {"5k" = "4:20 /km"}   # and shares of race paces: mile, 5k, 10k, half, marathon

[mqtt]                        # tell the session to a broker of your network
host = "broker.lan"
port = 8883                   # without it 8883 with TLS and 1883 without
tls = true                    # without it: yes, unless the broker is this computer
ca = "~/broker.pem"           # who signed the broker's certificate, where the system does not know
user = "treadmill"
password_file = "~/.mqtt"     # only you may read it (mode 600); or COACH_MQTT__PASSWORD, never in this file
device = "cellar"             # in topics and entities; without it the treadmill's name
prefix = "coach"              # all topics begin with it
discovery_prefix = "homeassistant"  # "": Home Assistant is not told
```

COACH_CONFIG names another file. COACH_SOUND and COACH_RUNNER__ANNA__MAX_BPM win over the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from coach.core.error import CoachError
from coach.core.runner import FORWARD_CAP_KMH, FORWARD_MOST_KMH, INCLINE_CAP_PCT, INCLINE_MOST_PCT
from coach.core.runner import Runner as CoreRunner
from coach.core.workout import Level
from coach.network.broker import DISCOVERY_PREFIX
from coach.network.broker import PREFIX as TOPICS_PREFIX
from coach.network.topics import device_problem, prefix_problem
from coach.origins import NESTED, Places
from coach.places import FILE_VARIABLE, NO_SETTINGS, PREFIX, config_file
from coach.plainly import plainly

if TYPE_CHECKING:
    from coach.script.convert.pace import Paces

YOUNGEST: Final = 13  # years; safety.md 10
PASSWORD_VARIABLE: Final = f"{PREFIX}MQTT{NESTED}PASSWORD"
SET: Final = "set"  # what is shown of a password

_Bpm = Annotated[int, Field(ge=30, le=240)]


class ConfigError(CoachError):
    """Settings that cannot be used; the message begins with the file and line, or the variable, of the first one."""


class Runner(BaseModel):
    """What coach knows of a person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    max_bpm: _Bpm | None = None  # measured
    rest_bpm: _Bpm = 60
    threshold_bpm: _Bpm | None = None  # lactate threshold heart rate
    weight_kg: Annotated[float, Field(ge=20, le=300)] = 70.0
    easy_kmh: Annotated[float, Field(ge=0.8, le=FORWARD_MOST_KMH)] | None = None  # $easy in every workout
    beta_blocker: bool = False
    hears: bool = True  # else backward needs the page behind the treadmill (coach run --share)
    level: Level = Level.BEGINNER  # the highest row of backward caps that is wanted; on simulators every row is open
    granted_by: Annotated[str, Field(max_length=80)] = ""  # who has opened it, whatever was run (safety.md 3)
    granted_on: date | None = None  # from then on, and over what was before; without it from the beginning
    params: dict[str, str] = {}
    threshold: str | None = None  # pace or speed of about an hour, as the language writes it: 4:40 /km
    paces: dict[str, str] = {}  # of races, the same way
    forward_cap_kmh: Annotated[float, Field(ge=0, le=FORWARD_MOST_KMH)] = FORWARD_CAP_KMH
    incline_cap_pct: Annotated[float, Field(ge=0, le=INCLINE_MOST_PCT)] = INCLINE_CAP_PCT
    forward_ceiling_bpm: _Bpm | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Runner:
        if self.max_bpm is not None and self.rest_bpm >= self.max_bpm:
            raise ValueError(f"rest_bpm {self.rest_bpm} is not below max_bpm {self.max_bpm}")
        return self

    @model_validator(mode="after")
    def _granted(self) -> Runner:
        if self.granted_on is not None and not self.granted_by:
            raise ValueError("granted_on says when; granted_by has to say who")
        return self

    @field_validator("granted_by")
    @classmethod
    def _name(cls, name: str) -> str:
        if name and not (name.strip() and name.isprintable()):
            raise ValueError(f"{name!r} is nobody's name")
        return name.strip()

    @field_validator("threshold")
    @classmethod
    def _readable(cls, threshold: str | None) -> str | None:
        from coach.script.convert.pace import read_speed

        try:
            _ = None if threshold is None else read_speed(threshold)
        except CoachError as wrong:
            raise ValueError(str(wrong)) from wrong
        return threshold

    @field_validator("params")
    @classmethod
    def _of_numbers(cls, params: dict[str, str]) -> dict[str, str]:
        from coach.script.names import given
        from coach.script.problem import UnreadableError

        for name, text in params.items():
            try:
                given(text)
            except UnreadableError as wrong:
                raise ValueError(f"{name}: {wrong}{f'; {wrong.help}' if wrong.help else ''}") from wrong
        return params

    @field_validator("paces")
    @classmethod
    def _known(cls, paces: dict[str, str]) -> dict[str, str]:
        from coach.script.convert.pace import read_race

        try:
            _ = [read_race(race, pace) for race, pace in paces.items()]
        except CoachError as wrong:
            raise ValueError(str(wrong)) from wrong
        return paces

    def parameters(self) -> dict[str, str]:
        """What this person's own values are in every workout."""
        easy = {} if self.easy_kmh is None else {"easy": f"{self.easy_kmh:g} km/h"}
        return easy | self.params

    def references(self) -> Paces:
        """The speeds that workouts of other programs measure against."""
        from coach.script.convert.pace import Paces, read_race, read_speed

        easy = self.parameters().get("easy")
        return Paces(
            threshold_kmh=None if self.threshold is None else read_speed(self.threshold),
            race_kmh=dict(read_race(race, pace) for race, pace in self.paces.items()),
            easy_kmh=None if easy is None else read_speed(easy),
        )

    def person(self, year: int) -> CoreRunner:
        """The person as the plan takes it.

        Raises:
            ConfigError: too young.
        """
        age = CoreRunner().age if self.birth_year is None else year - self.birth_year
        if age < YOUNGEST:
            raise ConfigError(f"coach is for people from {YOUNGEST} years; birth_year says {age}")
        return CoreRunner(
            age=age,
            measured_max_bpm=self.max_bpm,
            rest_bpm=self.rest_bpm,
            threshold_bpm=self.threshold_bpm,
            weight_kg=self.weight_kg,
            beta_blocker=self.beta_blocker,
            forward_ceiling_bpm=self.forward_ceiling_bpm,
            forward_cap_kmh=self.forward_cap_kmh,
            incline_cap_pct=self.incline_cap_pct,
        )


class Mqtt(BaseModel):
    """The broker that a session is told to; without a host there is none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: Annotated[str, Field(max_length=253)] = ""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tls: bool | None = None
    ca: Path | None = None
    user: Annotated[str, Field(max_length=256)] = ""
    password: SecretStr = SecretStr("")  # from the environment only
    password_file: Path | None = None
    device: str = ""
    prefix: str = TOPICS_PREFIX
    discovery_prefix: str = DISCOVERY_PREFIX

    @field_validator("host")
    @classmethod
    def _a_host(cls, host: str) -> str:
        if host and (not host.isprintable() or any(sign in host for sign in " /@")):
            raise ValueError(
                f"{host!r} is not a name or address of a computer; it stands alone, without mqtt:// and port"
            )
        return host

    @field_validator("device")
    @classmethod
    def _a_device(cls, device: str) -> str:
        if device and (problem := device_problem(device)):
            raise ValueError(problem)
        return device

    @field_validator("prefix", "discovery_prefix")
    @classmethod
    def _a_prefix(cls, prefix: str, info: ValidationInfo) -> str:
        if (prefix or info.field_name == "prefix") and (problem := prefix_problem(prefix)):
            raise ValueError(problem)
        return prefix

    @model_validator(mode="after")
    def _one_password(self) -> Mqtt:
        if self.password.get_secret_value() and self.password_file is not None:
            raise ValueError(f"there is a password in {PASSWORD_VARIABLE} and a password_file; one of them is enough")
        return self


class Config(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, extra="forbid", frozen=True, validate_default=False
    )

    sound: bool = True
    workouts: Path | None = None
    runner: dict[str, Runner] = {}
    mqtt: Mqtt = Mqtt()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; there is nothing else."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    def chosen(self, name: str | None = None) -> Runner:
        """The runner of that name, or the only one.

        Raises:
            ConfigError: there is none of that name, or there are several and nobody said which.
        """
        names = ", ".join(sorted(self.runner))
        if name is not None:
            if name not in self.runner:
                there = f"there are {names}" if names else f"write [runner.{name}] in {config_file()}"
                raise ConfigError(f"there is no runner {name!r}; {there}")
            return self.runner[name]
        if len(self.runner) > 1:
            raise ConfigError(f"there are several runners, {names}; say who with --runner NAME")
        return next(iter(self.runner.values()), Runner())


@dataclass(frozen=True, slots=True)
class Value:
    """A setting in force; `origin` is default, FILE:LINE or the name of a variable."""

    name: str
    value: object
    origin: str


def load() -> Config:
    """The settings in force.

    Raises:
        ConfigError: the file cannot be read, or a value is unknown or wrong.
    """
    text, file = _text(config_file()), config_file()
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        sentence = re.sub(r"\s*\(at .*\)", "", str(error))
        line = place[1] if place else text.count("\n") + 1
        raise ConfigError(f"{file}:{line}: is not TOML: {sentence}") from error
    except (ValueError, RecursionError) as error:  # thousands of digits, or of lists within each other
        raise ConfigError(f"{file}: cannot be read: a number is too long, or lists are nested too deep") from error
    _no_password(file, text, values)
    _no_options(file, text, values)
    try:
        config = Config(**values)
    except ValidationError as error:
        places = Places(file, text)
        raise ConfigError("\n".join(_told(places, detail) for detail in _sorted(places, error.errors()))) from error
    except ValueError as error:  # a variable of the environment that should be JSON and is not
        raise ConfigError(f"the environment: {error}") from error
    for name in config.runner:
        if not re.fullmatch(r"[^\W\d_][\w-]*", name) or name != name.lower():
            where = Places(file, text).origin(("runner", name))
            raise ConfigError(f"{where}: a runner's name is a word in small letters, not {name!r}")
    return config


def values(config: Config) -> Iterator[Value]:
    """Every setting with its origin, in the order of the classes."""
    places = Places(config_file(), _text(config_file()))
    for name in Config.model_fields:
        value: object = getattr(config, name)
        if isinstance(value, dict):
            for runner, settings in value.items():
                for key in Runner.model_fields:
                    path = ("runner", runner, key)
                    yield Value(".".join(path), getattr(settings, key), places.origin(path))
        elif isinstance(value, Mqtt):
            yield from _of_broker(value, places) if value.host else ()
        else:
            yield Value(name, value, places.origin((name,)))


def strays() -> list[str]:
    """Variables that begin like ours and set nothing."""
    known = {name.upper() for name in Config.model_fields}
    return sorted(
        name
        for name in os.environ
        if name.upper().startswith(PREFIX)
        and name.upper() not in NO_SETTINGS
        and name.upper().removeprefix(PREFIX).partition(NESTED)[0] not in known
    )


def _of_broker(broker: Mqtt, places: Places) -> Iterator[Value]:
    for key in Mqtt.model_fields:
        value: object = getattr(broker, key)
        shown = (SET if value.get_secret_value() else None) if isinstance(value, SecretStr) else value
        yield Value(f"mqtt.{key}", shown, places.origin(("mqtt", key)))


def _no_password(file: Path, text: str, values: Mapping[str, object]) -> None:
    broker = values.get("mqtt")
    if isinstance(broker, dict) and "password" in broker:
        raise ConfigError(
            f"{Places(file, text).origin(('mqtt', 'password'))}: a password does not belong in this file; "
            f"set {PASSWORD_VARIABLE}, or name a file that only you may read as password_file"
        )


def _no_options(file: Path, text: str, values: Mapping[str, object]) -> None:
    """What pydantic-settings takes beside values begins with a line below, such as _env_prefix."""
    for name in values:
        if name.startswith("_"):
            known = ", ".join(Config.model_fields)
            raise ConfigError(f"{Places(file, text).where((name,))}: {name} is not a setting; there are {known}")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if os.environ.get(FILE_VARIABLE):
            raise ConfigError(f"{file}: there is no such file; {FILE_VARIABLE} names it") from None
        return ""
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8 text") from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {(error.strerror or str(error)).lower()}") from error


_FIELDS: Final[Mapping[str, type[BaseModel]]] = {"runner": Runner, "mqtt": Mqtt}


def _sorted(places: Places, details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Problems in the order of the file."""
    return sorted(details, key=lambda detail: places.line(_parts(detail)) or 0)


def _told(places: Places, detail: ErrorDetails) -> str:
    """A problem as its author hears it."""
    path = _parts(detail)
    where, key = places.where(path), ".".join(path)
    if path[0] == "runner" and len(path) > 1 and path[1] in Runner.model_fields:
        return f"{where}: {key} is nobody's; the settings of a person stand under a name, such as [runner.anna]"
    if detail["type"] == "extra_forbidden":
        known = [name for name in _FIELDS.get(path[0], Config).model_fields if name != "password"]
        close = get_close_matches(path[-1], known, 1)
        return f"{where}: {key} is not a setting; " + (
            f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
        )
    said = plainly(detail["msg"])
    if path[-1] == "password":
        return f"{where}: {key} is not text"
    if path == ("mqtt",) and detail["type"] != "value_error":  # a password may be in it
        return f"{where}: mqtt is not a table of settings; it begins with [mqtt]"
    if detail["type"] == "value_error":
        return f"{where}: {key}: {said}"
    shown = repr(detail["input"]) if isinstance(detail["input"], str) else str(detail["input"])
    should = "it must be text in quotes" if detail["type"] == "string_type" else said
    return f"{where}: {key} is {shown}; {should}"


def _parts(detail: ErrorDetails) -> tuple[str, ...]:
    return tuple(str(part) for part in detail["loc"])

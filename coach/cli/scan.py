"""`coach scan`: the treadmills and straps in reach, what is known of each, and what one of them can do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from shlex import quote
from textwrap import wrap
from threading import Lock as Mutex
from typing import Annotated, Final, TypeVar

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.core import ftms
from coach.core.error import DecodeError, MachineError
from coach.keeper.lock import apart
from coach.known import Known, KnownStrap
from coach.link.ble import INSPECT_S, inspect, scan
from coach.link.facts import FIRMWARE, MAKER, MODEL, Facts, full, short
from coach.link.models import Model
from coach.link.radio import Radio
from coach.link.sighting import Sighting
from coach.machines import Store, model_for

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
SECONDS: Final = 8.0  # a machine that sleeps says its name every few seconds
SPARE_S: Final = 15.0  # over the seconds, for a slow system
WIDTH: Final = 80  # columns of the narrowest usual terminal
NAME, SIGNAL = 24, 31  # signs in the table
STRENGTHS: Final = ((-60, "strong"), (-75, "good"), (-85, "weak"))  # dBm, from which on the word holds
WORDS: Final = {"indoor_bike": "exercise bike"}  # where the name of the specification is not the usual one
NOTHING: Final = (
    "No treadmill was found. Is it switched on and near? While another app (Zwift, Kinomap, the maker's own) is"
    " connected to it, nobody else finds it. `coach doctor` looks at this computer."
)
LISTENS: Final = {"indicate": "indications", "notify": "notifications"}

Seconds = Annotated[float, typer.Option("--seconds", metavar="N", min=1, max=120, help="How long to listen.")]
Connect = Annotated[
    str | None,
    typer.Option("--connect", metavar="NAME", help="Connect to one, by name or address, and show what it can do."),
]
_T = TypeVar("_T")


def command(*, seconds: Seconds = SECONDS, connect: Connect = None, as_json: options.Json = False) -> None:
    """Find treadmills and heart straps; with --connect also read what one of them offers. Nothing is written to it."""
    live = Live() if not as_json and sys.stdout is not None and sys.stdout.isatty() else None
    with Radio() as radio:
        found = radio.run(scan(seconds, live), seconds + SPARE_S)
        facts = None
        if connect is not None:
            target = chosen(found, connect)
            with apart(target.address, target.name):
                facts = radio.run(inspect(target), INSPECT_S + SPARE_S)
    store = Store()
    store.load()
    if store.told:
        complain(store.told)
    seen = Seen(found, store.machines(), store.straps())
    if as_json:
        out(json.dumps(told(seen, seconds, facts), ensure_ascii=False, indent=2))
        return
    for line in (*table(seen), *(offered(facts) if facts is not None else ()), *next_steps(seen)):
        out(line)


class Live:
    """Says each device once, as soon as it is heard, and again when its name comes; called from the radio's thread."""

    def __init__(self, say: Callable[[str], None] = out) -> None:
        self._say = say
        self._said: set[tuple[str, str]] = set()
        self._one = Mutex()

    def __call__(self, seen: Sighting) -> None:
        """Take what was heard."""
        with self._one:
            if (seen.address, seen.name) not in self._said:
                self._said.add((seen.address, seen.name))
                self._say(f"... {kind(seen)} {label(seen.name)}, {signal(seen)}")


def chosen(found: Sequence[Sighting], word: str) -> Sighting:
    """The device of that address or name, or the only one with that in its name; capitals do not matter.

    Raises:
        MachineError: there is none, or there are several; the message names them.
    """
    asked = word.strip().lower()
    whole = [one for one in found if asked in {one.address.lower(), one.name.lower()}]
    part = whole or [one for one in found if asked and asked in one.name.lower()]
    if len(part) == 1:
        return part[0]
    if not part:
        there = f"in reach are {_listed(found)}" if found else "nothing is in reach"
        raise MachineError(f"{word} was not found; {there}")
    raise MachineError(f"{word} fits {len(part)}: {_listed(part)}; give the address")


def _listed(found: Iterable[Sighting]) -> str:
    return ", ".join(f"{label(one.name)} ({one.address})" for one in found)


# What is seen.


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found, beside what this user knows."""

    found: Sequence[Sighting]
    machines: Sequence[Known] = ()
    known_straps: Sequence[KnownStrap] = ()

    @property
    def treadmills(self) -> list[Sighting]:
        """Those that are treadmills, or do not say what they are."""
        return [one for one in self.found if one.machine and not one.other_type]

    @property
    def straps(self) -> list[Sighting]:
        """Those that measure a heart and are no machine."""
        return [one for one in self.found if one.strap and not one.machine]

    @property
    def others(self) -> list[Sighting]:
        """Machines that say that they are no treadmill."""
        return [one for one in self.found if one.other_type]

    def own(self, one: Sighting) -> Known | None:
        """What is known of a treadmill."""
        return _by_address(self.machines, one, lambda known: known.address)

    def bound(self, one: Sighting) -> KnownStrap | None:
        """What is known of a strap."""
        return _by_address(self.known_straps, one, lambda known: known.address)

    def model(self, one: Sighting) -> Model | None:
        """Which model it seems to be."""
        return model_for(self.own(one), one.name)


def _by_address(known: Iterable[_T], one: Sighting, address: Callable[[_T], str]) -> _T | None:
    return next((each for each in known if address(each).lower() == one.address.lower()), None)


def label(name: str) -> str:
    """A name as it can be shown: what a device advertises may hold anything."""
    return "".join(sign if sign.isprintable() else "?" for sign in name).strip() or "(no name)"


def kind(one: Sighting) -> str:
    """What it is, as far as it says."""
    if one.other_type:
        names = (name for bit, name in enumerate(ftms.MACHINE_TYPES) if (one.types or 0) >> bit & 1)
        return " and ".join(WORDS.get(name, name.replace("_", " ")) for name in names) or "machine of an unknown type"
    if one.machine:
        return "treadmill" if one.types is not None and one.types else "fitness machine"
    return "strap"


def signal(one: Sighting) -> str:
    """How well it is heard, in a word and in dBm."""
    if one.held and one.rssi is None:
        return "connected to this computer"
    if one.rssi is None:
        return "no signal strength"
    word = next((word for least_dbm, word in STRENGTHS if one.rssi >= least_dbm), "very weak")
    return f"{word}, {one.rssi} dBm" + (", connected" if one.held else "")


def standing(seen: Seen, one: Sighting) -> str:
    """Whose it is: simulated, proved, or not yours yet (safety.md 5)."""
    own = seen.own(one)
    if one.simulated or (own is not None and own.simulated):
        return "simulated"
    if own is None:
        return "not yours yet"
    return "proved" if own.proved_at else "yours, not proved yet"


# For people.


def table(seen: Seen) -> Iterator[str]:
    """All that was found in lines of at most 80 signs: treadmills first, then straps, then what is neither."""
    if seen.treadmills:
        yield "TREADMILLS"
    for one in seen.treadmills:
        yield f"  {label(one.name)[: NAME - 1]:<{NAME}}{signal(one):<{SIGNAL}}{standing(seen, one)}"
        yield f"    {one.address}" + ("" if kind(one) == "treadmill" else "; it does not say that it is a treadmill")
        yield from wrap(_profile(seen, one), WIDTH, initial_indent="    ", subsequent_indent="    ")
    if seen.straps:
        yield "HEART STRAPS"
    for one in seen.straps:
        state = "simulated" if one.simulated else "yours" if seen.bound(one) else "not bound yet"
        yield f"  {label(one.name)[: NAME - 1]:<{NAME}}{signal(one):<{SIGNAL}}{state}"
        yield f"    {one.address}"
    if seen.others:
        yield "NOT FOR COACH"
    for one in seen.others:
        article = "an" if kind(one)[0] in "aeiou" else "a"
        yield f"  {label(one.name)[: NAME - 1]:<{NAME}}{signal(one)}"
        yield f"    {one.address}; {article} {kind(one)}, not a treadmill"


def _profile(seen: Seen, one: Sighting) -> str:
    model = seen.model(one)
    if model is not None:
        return f"{model.key}: {model.note}"
    return "a simulated machine" if one.simulated else "no known model; coach is careful with it until it is tested"


def next_steps(seen: Seen) -> Iterator[str]:
    """What to type next, the likeliest only."""
    ready = [one for one in seen.treadmills if standing(seen, one) == "proved"]
    simulated = [one for one in seen.treadmills if standing(seen, one) == "simulated"]
    if ready:
        yield f"Next: coach run first-steps-back --treadmill {quote(label(ready[0].name))}"
    elif len(simulated) < len(seen.treadmills):
        yield "Next: coach setup treadmill, which makes one of them yours; the belt stands meanwhile."
    elif simulated:
        yield f"Next: coach run first-steps-back --treadmill {quote(label(simulated[0].name))}"
    else:
        yield from wrap(NOTHING, WIDTH)


def offered(facts: Facts) -> Iterator[str]:
    """What a connected device can do, in lines."""
    yield f"CONNECTED TO {label(facts.name)}"
    able = abilities(facts)
    rows = {"maker": able["maker"], "model": able["model"], "firmware": able["firmware"], "it is": able["is"]}
    rows |= {
        "measures": _words(able["machine_features"]),
        "can be set": _words(able["target_settings"]),
        "speed": _range(able["speed"], "km/h", "kmh"),
        "incline": _range(able["incline"], "%", "pct"),
        "control point": _control(able["control_point"]),
    }
    for name, value in rows.items():
        if value:
            yield from wrap(str(value), WIDTH, initial_indent=f"  {name:<16}", subsequent_indent=" " * 18)


def _words(names: object) -> str:
    if not isinstance(names, list):
        return ""
    return ", ".join(str(name).replace("_", " ") for name in names) or "nothing, it says"


def _range(facts: object, unit: str, suffix: str) -> str:
    if not isinstance(facts, dict):
        return ""
    low, high, step = (facts[f"{end}_{suffix}"] for end in ("min", "max", "step"))
    return f"{low:g} to {high:g} {unit} by {step:g}, as it says"


def _control(facts: object) -> str:
    if not isinstance(facts, dict):
        return "none: coach can only watch it, and tells you what to press"
    return f"answers by {facts['answers']}" if facts["answers"] else "never answers; only the belt tells"


# For programs.


def told(seen: Seen, seconds: float, facts: Facts | None) -> dict[str, object]:
    """What was found.

    `treadmills` have `name` (None where they have none), `address`, `rssi_dbm`, `signal`, `held` (the system holds it
    connected), `simulated`, `standing` (simulated, proved, yours or not yet), `model` and `note` (None: unknown);
    `straps` have `bound` instead of the last three; `others` have `kind`. `connected` is None or what one can do.
    """
    treadmills = [
        _basic(one)
        | {
            "simulated": one.simulated,
            "standing": standing(seen, one),
            "model": model.key if (model := seen.model(one)) is not None else None,
            "note": model.note if model is not None else None,
        }
        for one in seen.treadmills
    ]
    straps = [_basic(one) | {"simulated": one.simulated, "bound": seen.bound(one) is not None} for one in seen.straps]
    return {
        "schema": SCHEMA,
        "seconds": seconds,
        "treadmills": treadmills,
        "straps": straps,
        "others": [_basic(one) | {"kind": kind(one)} for one in seen.others],
        "connected": None if facts is None else abilities(facts),
    }


def _basic(one: Sighting) -> dict[str, object]:
    return {
        "name": one.name or None,
        "address": one.address,
        "rssi_dbm": one.rssi,
        "signal": signal(one),
        "held": one.held,
    }


def abilities(facts: Facts) -> dict[str, object]:
    """What a device can do, by its own word.

    `is` is treadmill, simulated treadmill, or what else; ranges are None where there is none or it cannot be read.
    `control_point` is None, or its `properties` and what it `answers` by: indications, notifications or None.
    """
    properties = {one.uuid: one.properties for service in facts.services for one in service.characteristics}
    control = properties.get(full(ftms.CONTROL_POINT))
    feature = _decoded(facts, ftms.FEATURE, ftms.decode_feature)
    speeds = _decoded(facts, ftms.SPEED_RANGE, ftms.decode_speed_range)
    inclines = _decoded(facts, ftms.INCLINATION_RANGE, ftms.decode_inclination_range)
    return {
        "name": facts.name,
        "address": facts.address,
        "maker": facts.text(MAKER) or None,
        "model": facts.text(MODEL) or None,
        "firmware": facts.text(FIRMWARE) or None,
        "is": _is(facts, properties),
        "machine_features": None if feature is None else _in_order(ftms.MACHINE_FEATURES, feature.machine),
        "target_settings": None if feature is None else _in_order(ftms.TARGET_SETTINGS, feature.target),
        "speed": None
        if speeds is None
        else {"min_kmh": speeds.min_kmh, "max_kmh": speeds.max_kmh, "step_kmh": speeds.step_kmh},
        "incline": None
        if inclines is None
        else {"min_pct": inclines.min_pct, "max_pct": inclines.max_pct, "step_pct": inclines.step_pct},
        "control_point": None if control is None else {"properties": sorted(control), "answers": _answers(control)},
        "services": [
            f"{number:04x}" if (number := short(one.uuid)) is not None else one.uuid for one in facts.services
        ],
    }


def _is(facts: Facts, properties: dict[str, frozenset[str]]) -> str:
    if full(ftms.TREADMILL_DATA) in properties:
        simulated = facts.simulated
        return "simulated treadmill" if simulated else "treadmill"
    if any(service.uuid == full(0x180D) for service in facts.services):
        return "heart strap"
    return "no treadmill: it has no Treadmill Data"


def _answers(control: frozenset[str]) -> str | None:
    return next((words for name, words in LISTENS.items() if name in control), None)


def _decoded(facts: Facts, uuid: int, decode: Callable[[bytes], _T]) -> _T | None:
    try:
        return decode(facts.values[uuid]) if uuid in facts.values else None
    except DecodeError:
        return None


def _in_order(names: Iterable[str], those: frozenset[str]) -> list[str]:
    return [name for name in names if name in those]

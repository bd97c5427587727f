"""`coach machines`: the treadmills of this user, what is known of models, and the simulated ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from importlib.resources.abc import Traversable
from textwrap import wrap
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.core.error import MachineError
from coach.known import Known, KnownStrap
from coach.link.machine_file import SimMachine, about, load_machine, shipped_machines
from coach.link.models import Model, models
from coach.machines import Store, model_for, profile_for

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
_WIDTH: Final = 78  # columns of the narrowest usual terminal

Models = Annotated[bool, typer.Option("--models", help="Show what is known of real treadmills by their names.")]
Forget = Annotated[
    str | None,
    typer.Option("--forget", metavar="NAME", help="Forget one of your treadmills or straps, its proof and its test."),
]


def command(*, with_models: Models = False, forget: Forget = None, as_json: options.Json = False) -> None:
    """List your treadmills and the simulated ones; --treadmill sim:NAME takes a simulated one."""
    shipped, store = shipped_machines(), Store()
    if forget is not None:
        gone = _forget(store, forget)
        complain(f"Forgotten: {gone.label} ({gone.address}).")
    machines, straps = store.machines(), store.straps()
    if store.told:
        complain(store.told)
    if as_json:
        told: dict[str, object] = {
            "schema": SCHEMA,
            "own": [_own_facts(one) for one in machines],
            "straps": [asdict(one) for one in straps],
            **({"models": [_model_facts(one) for one in models()]} if with_models else {}),
            "machines": [_facts(name, source) for name, source in shipped.items()],
        }
        out(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for line in (*_own(machines), *_straps(straps), *(_models() if with_models else ()), *_simulated(shipped)):
        out(line)


def _forget(store: Store, word: str) -> Known | KnownStrap:
    try:
        return store.forget(word)
    except MachineError as no_machine:
        try:
            return store.forget_strap(word)
        except MachineError:
            raise no_machine from None


def _own(machines: tuple[Known, ...]) -> Iterator[str]:
    if not machines:
        yield "You have no treadmill of your own yet: coach setup finds one."
    for one in machines:
        yield f"{one.label}  ({one.address})" + ("" if one.real else "  SIMULATED")
        yield from _indented(_state(one))
        model = model_for(one)
        if model is not None:
            yield from _indented(f"{model.key}: {model.note}")
    yield ""


def _state(known: Known) -> str:
    keeps = profile_for(known).keeps_on_link_loss
    sure = "" if known.tested_at else ", as long as no test shows otherwise"
    return "; ".join(
        (
            f"proved {known.proved_at[:10]}" if known.proved_at else "not proved",
            f"tested {known.tested_at[:10]}" if known.tested_at else "not tested",
            f"keeps going when the link is lost{sure}" if keeps else "stops when the link is lost",
            f"last used {known.last_used_at[:10]}" if known.last_used_at else "never used",
        )
    )


def _straps(straps: tuple[KnownStrap, ...]) -> Iterator[str]:
    for one in straps:
        used = f"last used {one.last_used_at[:10]}" if one.last_used_at else "never used"
        yield f"{one.label}  ({one.address})"
        yield from _indented(f"heart strap; {used}")
    if straps:
        yield ""


def _models() -> Iterator[str]:
    yield "Known models, by the names that they advertise:"
    for one in models():
        yield f"{one.key:<22}{', '.join(one.names) or 'advertises no name'}"
        yield from _indented(f"{one.note} [{one.source}]")
    yield ""


def _simulated(shipped: dict[str, Traversable]) -> Iterator[str]:
    for name, source in shipped.items():
        first, *others = wrap(about(source), 56)
        yield f"{name:<22}{first}"
        for line in others:
            yield " " * 22 + line
    yield "Take one with --treadmill sim:NAME, or your own with --treadmill sim:FILE.toml."


def _indented(text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def _own_facts(known: Known) -> dict[str, object]:
    model = model_for(known)
    return {
        **asdict(known),
        "model": model.key if model else None,
        "note": model.note if model else None,
        "keeps_on_link_loss": profile_for(known).keeps_on_link_loss,
        "real": known.real,
    }


def _model_facts(model: Model) -> dict[str, object]:
    return {
        "key": model.key,
        "names": list(model.names),
        "captured": model.captured,
        "source": model.source,
        "note": model.note,
        "speed_control": model.profile.speed_control,
        "incline_control": model.profile.incline_control,
    }


def _facts(name: str, source: Traversable) -> dict[str, object]:
    machine = load_machine(source)
    keys = {field.name: _plain(getattr(machine, field.name)) for field in fields(SimMachine) if field.name != "name"}
    return {"name": name, "advertises": machine.name, "description": about(source), **keys}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value

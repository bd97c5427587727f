"""`coach machines`: the own treadmills first, then what is known of models, then the simulated ones."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.known import Known, KnownStrap
from coach.machines import Store

Coach = Callable[..., tuple[int, str, str]]

PAD = Known(
    "AA:00:00:00:00:01",
    "KS-HD-Z1D",
    proved_at="2026-11-16T18:00:00Z",
    tested_at="2026-11-16T18:10:00Z",
    found={"keeps_on_link_loss": False},
    last_used_at="2026-11-17T07:00:00Z",
)
NEW = Known("AA:00:00:00:00:02", "Odd\x1b[2Jname")
STRAP = KnownStrap("BB:00:00:00:00:01", "Polar H10")


@pytest.fixture
def own() -> Store:
    store = Store()
    store.remember(PAD)
    store.remember(NEW)
    store.remember_strap(STRAP)
    return store


def test_the_own_ones_are_told_first_with_all_that_matters(own: Store, coach: Coach) -> None:
    assert own.machines() == (PAD, NEW)
    code, out, err = coach("machines")
    assert (code, err) == (0, "")
    assert out.startswith(
        "KS-HD-Z1D  (AA:00:00:00:00:01)\n"
        "    proved 2026-11-16; tested 2026-11-16; stops when the link is lost; last\n"
        "    used 2026-11-17\n"
        "    kingsmith-z1: It listens after a code that coach knows; its lowest speed,\n"
        "    1.6 km/h, is too fast for backward running.\n"
        "Odd?[2Jname  (AA:00:00:00:00:02)\n"
        "    not proved; not tested; keeps going when the link is lost, as long as no\n"
        "    test shows otherwise; never used\n"
        "\n"
        "Polar H10  (BB:00:00:00:00:01)\n"
        "    heart strap; never used\n"
        "\n"
    )
    assert "\nhome " in out
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_without_any_it_says_how_to_get_one(coach: Coach) -> None:
    code, out, _ = coach("machines")
    assert code == 0
    assert out.startswith("You have no treadmill of your own yet: coach setup finds one.\n\n")


def test_models_are_shown_when_asked_for(coach: Coach) -> None:
    _, out, _ = coach("machines", "--models")
    assert "\nkingsmith-z1          KS-HD-Z1D\n" in out
    assert "\nhorizon-omega-z       advertises no name\n" in out
    assert max(map(len, out.splitlines())) <= 110
    assert "kingsmith-z1" not in coach("machines")[1]


@pytest.mark.usefixtures("own")
def test_programs_are_told_the_same(coach: Coach) -> None:
    told = json.loads(coach("machines", "--json")[1])
    assert told["schema"] == 1
    assert [one["address"] for one in told["own"]] == [PAD.address, NEW.address]
    assert told["own"][0] | {"note": ""} == {
        "address": PAD.address,
        "name": PAD.name,
        "model": "kingsmith-z1",
        "note": "",
        "accepted_at": None,
        "proved_at": PAD.proved_at,
        "tested_at": PAD.tested_at,
        "found": {"keeps_on_link_loss": False},
        "speeds": None,
        "inclines": None,
        "units": None,
        "last_used_at": PAD.last_used_at,
        "simulated": False,
        "real": True,
        "keeps_on_link_loss": False,
    }
    assert told["own"][1]["model"] is None
    assert [one["name"] for one in told["straps"]] == ["Polar H10"]
    assert "home" in [one["name"] for one in told["machines"]]
    assert "models" not in told
    models = json.loads(coach("machines", "--models", "--json")[1])["models"]
    assert "KS-HD-Z1D" in [name for one in models for name in one["names"]]


def test_one_is_forgotten_by_a_part_of_its_name(own: Store, coach: Coach) -> None:
    code, _, err = coach("machines", "--forget", "z1d")
    assert (code, err) == (0, "Forgotten: KS-HD-Z1D (AA:00:00:00:00:01).\n")
    assert coach("machines", "--forget", "polar")[0] == 0
    code, out, err = coach("machines", "--forget", "z1d")
    assert (code, out) == (1, "")
    assert "you have no treadmill 'z1d'; there are Odd?[2Jname (AA:00:00:00:00:02)" in err
    own.load()
    assert (own.machines(), own.straps()) == ((NEW,), ())


@pytest.mark.usefixtures("own")
def test_a_damaged_file_is_said_and_the_simulated_ones_are_listed(coach: Coach, home: Path) -> None:
    file = home / "data" / "machines.json"
    file.write_text("{", encoding="utf-8")
    code, out, err = coach("machines")
    assert code == 0
    assert "is not JSON; it was kept as machines.damaged-1.json" in err
    assert "\nhome " in out
    assert coach("machines")[2] == ""

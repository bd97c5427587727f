"""What is known of the user's own machines: kept whole, never lost to damage or to another process."""

import json
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach import places
from coach.core.error import MachineError
from coach.core.machine import (
    MILES,
    UNKNOWN_INCLINE,
    UNKNOWN_SPEED,
    Ack,
    MachineProfile,
    Range,
    Reported,
    Units,
)
from coach.keeper.lock import Lock
from coach.known import SCHEMA, Content, Fact, Known, KnownStrap, KnownUnits, check, parsed, profile_with, text_of
from coach.link.habits import Habits
from coach.link.models import Model, model, models
from coach.machines import (
    Store,
    auto_choice,
    habits_for,
    inclines_for,
    model_for,
    profile_for,
    speeds_for,
    units_for,
)

MONDAY, TUESDAY = "2026-11-16T18:00:00+00:00", "2026-11-17T18:00:00Z"
HOME = Known("AA:00:00:00:00:01", "My Treadmill", proved_at=MONDAY, last_used_at=MONDAY)
OFFICE = Known("AA:00:00:00:00:02", "Office Pad", proved_at=MONDAY, last_used_at=TUESDAY)
STRAP = KnownStrap("BB:00:00:00:00:01", "Polar H10 0419", bound_at=MONDAY)
UNKNOWN = MachineProfile()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "machines.json")


def again(store: Store) -> Store:
    """The same file, read by another process."""
    return Store(store.path)


def test_the_file_is_in_the_folder_of_the_user(home: Path) -> None:
    assert Store().path == places.machines() == home / "data" / "machines.json"
    assert Store().machines() == ()
    assert not (home / "data").exists()


def test_what_was_remembered_is_there_again_and_the_last_used_is_first(store: Store) -> None:
    never = Known("AA:00:00:00:00:03", "a third one")
    for known in (HOME, never, OFFICE):
        store.remember(known)
    store.remember_strap(STRAP)
    assert store.machines() == again(store).machines() == (OFFICE, HOME, never)
    assert store.straps() == again(store).straps() == (STRAP,)
    used = replace(HOME, last_used_at="2026-11-18T08:00:00+02:00")
    store.remember(used)
    assert again(store).machines() == (used, OFFICE, never)
    assert [path.name for path in store.path.parent.iterdir() if path.suffix != ".lock"] == ["machines.json"]


def test_last_used_is_judged_by_the_instant_and_not_by_its_spelling(store: Store) -> None:
    early = replace(HOME, last_used_at="2026-11-18T01:00:00+02:00")
    late = replace(OFFICE, last_used_at="2026-11-17T23:30:00Z")
    for known in (early, late):
        store.remember(known)
    assert store.machines() == (late, early)


def test_an_address_is_the_same_in_capitals(store: Store) -> None:
    store.remember(HOME)
    small = replace(HOME, address=HOME.address.lower(), name="New name")
    store.remember(small)
    assert again(store).machines() == (small,)


numbers = st.floats(0.01, 1000, allow_nan=False)
instants = st.none() | st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat())
ranges = st.builds(lambda low, size, step: Range(low, low + size, step), numbers, numbers, numbers)
facts: dict[str, st.SearchStrategy[Fact]] = {
    "stop_works": st.booleans(),
    "decel_kmh_s": numbers,
    "start_delay_s": numbers,
    "report_period_s": numbers,
    "ack": st.sampled_from([one.value for one in Ack]),
    "disobeys": st.text(),
}
machines = st.builds(
    Known,
    address=st.text(min_size=1).filter(str.strip),
    name=st.text(),
    model=st.text(),
    accepted_at=instants,
    proved_at=instants,
    tested_at=instants,
    found=st.fixed_dictionaries({}, optional=facts),
    speeds=st.none() | ranges,
    inclines=st.none() | ranges,
    units=st.none()
    | st.builds(KnownUnits, st.sampled_from([1.0, MILES]), st.sampled_from([1.0, MILES]), st.booleans()),
    last_used_at=instants,
    simulated=st.booleans(),
)
straps = st.builds(
    KnownStrap, st.text(min_size=1).filter(str.strip), st.text(), bound_at=instants, last_used_at=instants
)


@given(machines, straps)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_record_comes_back_equal(known: Known, strap: KnownStrap) -> None:
    check(known)
    check(strap)
    assert parsed(text_of(Content((known,), (strap,)))) == (Content((known,), (strap,)), "")
    profile_for(known)
    units_for(known)


@given(st.text() | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_text_can_be_read(text: str) -> None:
    content, wrong = parsed(text)
    assert content == Content()
    assert wrong


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([one.name for one in fields(Known)]), json_values))
def test_any_record_is_read_or_refused(record: dict[str, object]) -> None:
    content, wrong = parsed(json.dumps({"schema": SCHEMA, "machines": [record], "straps": [record]}))
    assert all(one.address for one in content.machines)
    assert all(one.address for one in content.straps)
    assert len(content.machines) + len(content.straps) == 2 or wrong
    for known in content.machines:
        profile_for(known)


@pytest.mark.parametrize("word", ["AA:00:00:00:00:02", "aa:00:00:00:00:02", "Office Pad", " office pad ", "office"])
def test_a_treadmill_is_found_by_its_address_its_name_or_a_part_of_it(store: Store, word: str) -> None:
    for known in (HOME, OFFICE):
        store.remember(known)
    assert store.machine(word) == OFFICE


def test_a_whole_name_wins_over_a_part(store: Store) -> None:
    short = Known("AA:00:00:00:00:04", "Office")
    for known in (OFFICE, short):
        store.remember(known)
    assert store.machine("office") == short


def test_a_word_for_several_or_for_none_is_refused_with_what_there_is(store: Store) -> None:
    with pytest.raises(MachineError, match="you have no treadmill 'x'; there are none yet"):
        store.machine("x")
    for known in (HOME, replace(OFFICE, name="My Tread\x1bmill 2")):
        store.remember(known)
    store.remember_strap(STRAP)
    with pytest.raises(MachineError) as several:
        store.machine("my tread")
    assert str(several.value) == (
        "'my tread' is the name of several treadmills: "
        "My Tread?mill 2 (AA:00:00:00:00:02), My Treadmill (AA:00:00:00:00:01); say the address of one"
    )
    for word in ("kitchen", "", " "):
        with pytest.raises(MachineError, match=r"you have no treadmill '.*'; there are My Tread"):
            store.machine(word)
    with pytest.raises(MachineError, match=r"you have no heart strap 'x'; there are Polar H10 0419 \(BB:"):
        store.strap("x")
    assert store.strap("h10") == STRAP


def test_what_is_forgotten_is_gone_and_the_rest_stays(store: Store) -> None:
    before = again(store)
    assert not before.machines()
    assert not before.straps()
    for known in (HOME, OFFICE):
        store.remember(known)
    store.remember_strap(STRAP)
    assert before.forget("office") == OFFICE
    assert again(store).machines() == (HOME,)
    before = again(before)
    assert before.straps() == (STRAP,)
    spare = KnownStrap("BB:00:00:00:00:02", "Spare")
    store.remember_strap(spare)
    assert before.forget_strap("spare") == spare
    assert store.forget_strap("polar") == STRAP
    assert (again(store).machines(), again(store).straps()) == ((HOME,), ())
    with pytest.raises(MachineError):
        store.forget("office")


def test_of_two_that_write_neither_loses_the_records_of_the_other(store: Store) -> None:
    other = again(store)
    assert (store.machines(), other.machines()) == ((), ())
    store.remember(HOME)
    other.remember(OFFICE)
    store.remember_strap(STRAP)
    assert store.machines() == (OFFICE, HOME)
    assert again(store).straps() == (STRAP,)


def test_a_change_begins_with_what_stands_in_the_file(store: Store) -> None:
    store.remember(HOME)
    again(store).remember(replace(HOME, tested_at=MONDAY))
    written = store.amend(HOME.address, lambda known: replace(known, last_used_at=TUESDAY))
    assert written == replace(HOME, tested_at=MONDAY, last_used_at=TUESDAY)
    assert again(store).machines() == (written,)
    with pytest.raises(MachineError):
        store.amend(OFFICE.address, lambda known: known)


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing(store: Store) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom coach.known import Known\nfrom coach.machines import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for number in range(8):\n    store.remember(Known(f'{sys.argv[2]}:{number}', sys.argv[2]))\n"
    )
    words = [sys.executable, "-c", code, str(store.path)]
    writers = [subprocess.Popen([*words, name], stderr=subprocess.PIPE) for name in ("A", "B", "C")]
    for writer in writers:
        _, said = writer.communicate(timeout=60)
        assert (writer.returncode, said) == (0, b"")
    assert {one.address for one in store.machines()} == {f"{name}:{number}" for name in "ABC" for number in range(8)}


@pytest.mark.slow
def test_a_file_that_another_process_holds_is_not_written(store: Store) -> None:
    store.remember(HOME)
    with (
        closing(Lock(store.path.parent, "machines", "a test")),
        pytest.raises(MachineError, match=r"machines.json: another coach is writing to it; try again"),
    ):
        store.remember(OFFICE)
    store.remember(OFFICE)
    assert again(store).machines() == (OFFICE, HOME)


GOOD = json.loads(text_of(Content((HOME,), (STRAP,))))
DAMAGED: dict[str, tuple[bytes, str]] = {
    "cut off": (text_of(Content((HOME,)))[:-9].encode(), "is not JSON"),
    "empty": (b"", "is not JSON"),
    "no text": (b"\xff\xfe{", "is not UTF-8 text"),
    "too deep": (b"[" * 100_000, "is not JSON"),
    "another schema": (json.dumps({**GOOD, "schema": 2}).encode(), "was not written by this version of coach"),
    "no object": (b"[]", "was not written by this version of coach"),
}


@pytest.mark.parametrize(("value", "said"), DAMAGED.values(), ids=DAMAGED)
def test_a_file_that_cannot_be_read_is_kept_aside_and_said(store: Store, value: bytes, said: str) -> None:
    store.path.parent.mkdir(parents=True)
    for number in (1, 2):
        store.path.write_bytes(value)
        assert store.machines() == ()
        aside = store.path.with_name(f"machines.damaged-{number}.json")
        assert aside.read_bytes() == value
        assert store.told == (
            f"{store.path}: {said}; it was kept as {aside.name}. What is missing comes back with: coach setup"
        )
        store = again(store)
        assert (store.machines(), store.told) == ((), "")
        store = again(store)


RECORDS: dict[str, tuple[object, str]] = {
    "no record": (3, "there is no address"),
    "no address": ({"address": " "}, "there is no address"),
    "a number for a name": ({"address": "x", "name": 3}, "name is not text"),
    "no instant": ({"address": "x", "proved_at": "yes"}, "proved_at is not an instant: 'yes'"),
    "an instant without a zone": ({"address": "x", "tested_at": "2026-11-16T18:00:00"}, "tested_at is not an instant"),
    "a flag for an instant": ({"address": "x", "tested_at": True}, "tested_at is not an instant: True"),
    "a text for a flag": ({"address": "x", "simulated": "no"}, "simulated is not true or false"),
    "no table": ({"address": "x", "found": []}, "found is not a table"),
    "a text for a number": ({"address": "x", "found": {"decel_kmh_s": "fast"}}, "decel_kmh_s cannot be 'fast'"),
    "a ramp of nothing": ({"address": "x", "found": {"decel_kmh_s": 0}}, "decel_kmh_s cannot be 0"),
    "a ramp without end": ({"address": "x", "found": {"decel_kmh_s": float("inf")}}, "decel_kmh_s cannot be inf"),
    "less than nothing": ({"address": "x", "found": {"settle_s": -1}}, "settle_s cannot be -1"),
    "a huge number": ({"address": "x", "found": {"settle_s": 10**400}}, "settle_s cannot be 1000"),
    "a flag for a ramp": ({"address": "x", "found": {"decel_kmh_s": True}}, "decel_kmh_s cannot be True"),
    "a number for a flag": ({"address": "x", "found": {"stop_works": 1}}, "stop_works cannot be 1"),
    "no choice": ({"address": "x", "found": {"ack": "wave"}}, "ack cannot be 'wave'"),
    "not found out: known": ({"address": "x", "found": {"known": True}}, "known is nothing that is found out"),
    "not found out: answered": (
        {"address": "x", "found": {"unit_answered": True}},
        "unit_answered is nothing that is found out",
    ),
    "no range": ({"address": "x", "speeds": [1, 2, 3]}, "speeds is not a range"),
    "a range of no steps": ({"address": "x", "speeds": {"low": 1, "high": 2, "step": 0}}, "speeds is not a range"),
    "a range upside down": ({"address": "x", "inclines": {"low": 2, "high": 1, "step": 1}}, "inclines is not a range"),
    "no units": ({"address": "x", "units": "mph"}, "units are none"),
    "units too small": ({"address": "x", "units": {"target": 0.6, "report": 1}}, "units are none"),
    "units too large": ({"address": "x", "units": {"target": 1, "report": 2}}, "units are none"),
    "the same twice": ({"address": HOME.address.lower()}, "its address was there before"),
}


@pytest.mark.parametrize(("record", "said"), RECORDS.values(), ids=RECORDS)
def test_a_damaged_record_is_kept_aside_and_the_others_stay(store: Store, record: object, said: str) -> None:
    store.path.parent.mkdir(parents=True)
    damaged = json.dumps({**GOOD, "machines": [*GOOD["machines"], record]})
    store.path.write_text(damaged, encoding="utf-8")
    assert (store.machines(), store.straps()) == ((HOME,), (STRAP,))
    assert f"machines, the 2. record: {said}" in store.told
    assert store.path.with_name("machines.damaged-1.json").read_text(encoding="utf-8") == damaged
    assert (again(store).machines(), again(store).straps()) == ((HOME,), (STRAP,))


@pytest.mark.parametrize("kind", ["machines", "straps"])
def test_a_list_that_is_none_is_said(store: Store, kind: str) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.write_text(json.dumps({**GOOD, kind: {}}), encoding="utf-8")
    store.load()
    assert f"{kind} is not a list" in store.told
    assert len(store.machines()) + len(store.straps()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        replace(HOME, proved_at="yesterday"),
        replace(HOME, found={"stop_works": "no"}),
        replace(HOME, found={"keeps_on_link_loss": float("nan")}),
        Known(" "),
    ],
)
def test_what_could_not_be_read_again_is_not_written(store: Store, wrong: Known) -> None:
    store.remember(HOME)
    before = store.path.read_bytes()
    with pytest.raises(MachineError):
        store.remember(wrong)
    with pytest.raises(MachineError):
        store.amend(HOME.address, lambda _: wrong)
    with pytest.raises(MachineError):
        store.remember_strap(KnownStrap("x", bound_at="now"))
    assert store.path.read_bytes() == before


def test_a_place_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(MachineError, match=r"machines.json: "):
        Store(tmp_path / "file" / "machines.json").remember(HOME)
    (tmp_path / "machines.json").mkdir()
    with pytest.raises(MachineError, match=r"machines.json: cannot be read: "):
        Store(tmp_path / "machines.json").machines()


def test_facts_of_a_later_version_are_kept_and_left_alone(store: Store) -> None:
    later = replace(HOME, found={"warp": 9.0, "stop_resets": True})
    store.remember(later)
    assert again(store).machines() == (later,)
    assert profile_for(later).stop_resets
    check(replace(HOME, found=MappingProxyType({"stop_resets": True})))


def test_a_machine_that_nobody_knows_is_taken_with_care() -> None:
    assert profile_for(None) == UNKNOWN
    assert profile_for(None, "Somebody's") == replace(UNKNOWN, name="Somebody's")
    assert profile_for(Known("x")) == UNKNOWN
    assert (habits_for(None), units_for(None), model_for(None)) == (Habits(), Units(), None)
    assert (speeds_for(None), inclines_for(None)) == (UNKNOWN_SPEED, UNKNOWN_INCLINE)


def test_what_was_found_wins_over_the_model_and_the_model_over_nothing_known() -> None:
    name = "CITYSPORTS-LINKER"
    kind = model("citysports-wp8")
    assert kind is not None
    assert profile_for(None, name) == replace(kind.profile, name=name)
    found: dict[str, Fact] = {"start_delay_s": 2.5, "reported": "actual", "ack": "status", "report_period_s": 1}
    profile = profile_for(Known("x", name, found=found))
    assert profile == replace(
        kind.profile,
        name=name,
        start_delay_s=2.5,
        reported=Reported.ACTUAL,
        ack=Ack.STATUS,
        report_period_s=1.0,
    )
    assert profile.decel_kmh_s == kind.profile.decel_kmh_s


def test_only_the_machine_test_makes_a_machine_known_and_says_what_a_lost_link_does() -> None:
    stops = replace(HOME, found={"keeps_on_link_loss": False})
    said = [
        (profile_for(one).known, profile_for(one).keeps_on_link_loss)
        for one in (HOME, stops, replace(HOME, tested_at=MONDAY), replace(stops, tested_at=MONDAY))
    ]
    assert said == [(False, True), (False, True), (True, True), (True, False)]


@pytest.mark.parametrize("kind", models(), ids=lambda kind: kind.key)
def test_a_record_names_its_model_where_the_name_does_not(kind: Model) -> None:
    known = Known("x", "Whatever", model=kind.key)
    assert model_for(known) is kind
    assert profile_for(known) == replace(kind.profile, name="Whatever")
    assert (habits_for(known), units_for(known)) == (kind.habits, kind.units)


def test_a_model_that_is_gone_is_looked_up_by_the_name() -> None:
    found = model_for(Known("x", "KS-HD-Z1D", model="gone"))
    assert found is not None
    assert found.key == "kingsmith-z1"
    assert model_for(Known("x"), "KS-HD-Z1D") is found


def test_remembered_units_win_and_are_agreed_and_measured_anew() -> None:
    known = Known("x", "BOWFLEX T9 1", speeds=Range(0.5, 10, 0.1))
    assert units_for(known) == Units(target=MILES)
    assert speeds_for(known) == Range(0.5 * MILES, 10 * MILES, 0.1 * MILES)
    measured = replace(known, units=KnownUnits(MILES, 1.0))
    assert [profile_for(one).unit_answered for one in (known, measured)] == [False, False]
    answered = replace(known, units=KnownUnits(1.0, MILES, answered=True))
    assert units_for(answered) == Units(target=1.0, report=MILES, agreed=False, measured=False)
    assert speeds_for(answered) == Range(0.5, 10, 0.1)
    assert profile_for(answered).unit_answered


@pytest.mark.parametrize(
    ("name", "miles"),
    [
        ("TM4800", Units(target=MILES)),
        ("THERUN  T15", Units(target=MILES, report=MILES)),
        ("BOWFLEX T9", Units(target=MILES)),
        ("YESOUL", Units()),
    ],
)
def test_some_machines_change_their_unit_with_the_console(name: str, miles: Units) -> None:
    always = Units(target=MILES) if name == "BOWFLEX T9" else Units()
    assert units_for(Known("x", name, found={"console_miles": True})) == miles
    assert units_for(Known("x", name, found={"console_miles": False})) == always
    assert units_for(Known("x", name)) == units_for(None, name) == always
    assert units_for(Known("x", name, found={"console_miles": True}, units=KnownUnits())) == Units()


def test_ranges_are_those_that_the_machine_really_takes() -> None:
    pad = Known("x", "MOBVOI TMP", speeds=Range(0.6, 6, 0.1))
    assert speeds_for(pad) == Range(1.0, 6, 0.1)
    assert speeds_for(None, "MOBVOI TMP").low == 1.0
    sole = Known("x", "F85", inclines=Range(-6, 15, 0.5))
    assert inclines_for(sole) == Range(-5, 15, 1)


def test_a_simulated_one_is_told_by_its_record_or_its_name() -> None:
    for known in (Known("x", "SIM-HOME"), Known("x", "Home", simulated=True)):
        assert not known.real
        assert profile_for(known).simulated
    assert profile_for(None, "SIM-HOME").simulated
    assert HOME.real
    assert not profile_for(HOME).simulated


def test_auto_takes_only_a_real_one_that_was_proved_and_the_last_used_of_several(store: Store) -> None:
    simulated = Known("AA:00:00:00:00:05", "SIM-HOME", proved_at=MONDAY, last_used_at="2026-11-20T18:00:00Z")
    for known in (simulated, replace(simulated, address="y", name="x", simulated=True)):
        store.remember(known)
    store.remember(Known("AA:00:00:00:00:06", "accepted", accepted_at=MONDAY, last_used_at="2026-11-20T19:00:00Z"))
    none = auto_choice(store)
    assert isinstance(none, MachineError)
    assert "coach setup" in str(none)
    store.remember(HOME)
    assert auto_choice(store) == HOME
    store.remember(OFFICE)
    assert auto_choice(store) == OFFICE


@pytest.mark.parametrize("key", [one.name for one in fields(MachineProfile)])
def test_a_field_of_a_profile_is_found_out_or_follows_from_something(key: str) -> None:
    usual, accepted = getattr(UNKNOWN, key), []
    tried: tuple[Fact, ...] = (True, 2.5, "text", *([str(usual)] if isinstance(usual, StrEnum) else []))
    for value in tried:
        with suppress(MachineError):
            accepted.append((value, getattr(profile_with(UNKNOWN, {key: value}), key)))
    follows = key in {"name", "known", "simulated", "unit_answered"} or isinstance(usual, bytes)
    assert len(accepted) == (0 if follows else 1)
    assert all(value == kept and isinstance(kept, str) == isinstance(value, str) for value, kept in accepted)

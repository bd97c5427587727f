"""What is kept of runners: as it was written, atomically, private, and never out of damage."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.workout import Level
from coach.gate import Facts, Screening
from coach.people import KEPT_DAYS, People, PeopleError, Person, facts, parsed, text_of
from coach.setup.screening import CONSENT_VERSION

NOW = "2026-03-01T09:00:00+00:00"
TODAY = date(2026, 3, 1)
ANNA = Person(
    "anna",
    born=1980,
    screened_at=NOW,
    yes=("heart",),
    cleared_on="2026-02-20",
    cleared_by="Dr. Wu",
    consented_at=NOW,
    consent=CONSENT_VERSION,
    balance_s=3.4,
    buttons={"1b5b357e": "PageUp"},
    heard_at=NOW,
    done={"screening": NOW},
    days={"2026-03-01": True},
)


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(tmp_path / "data" / "people.json")


def test_what_is_written_is_read_again(people: People) -> None:
    people.remember(ANNA)
    people.remember(Person())
    assert people.all() == (Person(), ANNA)
    assert (people.person("anna"), people.person("ben")) == (ANNA, Person("ben"))


def test_two_who_write_keep_each_others_records(people: People) -> None:
    other = People(people.path)
    people.remember(ANNA)
    other.remember(Person("ben"))
    people.remember(replace(ANNA, born=1981))
    assert [(one.name, one.born) for one in other.all()] == [("anna", 1981), ("ben", None)]


def test_one_can_be_forgotten(people: People) -> None:
    people.remember(ANNA)
    assert (people.forget("anna"), people.forget("anna"), people.all()) == (True, False, ())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits")
def test_health_is_nobody_elses_business(people: People) -> None:
    people.remember(ANNA)
    assert people.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in people.path.parent.iterdir()] == ["people.json"]


DAMAGE = {
    "no JSON": "{",
    "another schema": '{"schema": 99, "people": []}',
    "no list": '{"schema": 1, "people": {}}',
    "no record": '{"schema": 1, "people": [3]}',
    "an instant without zone": '{"schema": 1, "people": [{"name": "a", "screened_at": "2026-03-01T09:00:00"}]}',
    "no instant": '{"schema": 1, "people": [{"name": "a", "consented_at": true}]}',
    "no date": '{"schema": 1, "people": [{"name": "a", "cleared_on": "soon"}]}',
    "no year": '{"schema": 1, "people": [{"name": "a", "born": "1980"}]}',
    "no length": '{"schema": 1, "people": [{"name": "a", "balance_s": -1}]}',
    "not a number": '{"schema": 1, "people": [{"name": "a", "balance_s": NaN}]}',
    "no answers": '{"schema": 1, "people": [{"name": "a", "days": {"2026-03-01": "yes"}}]}',
    "no version": '{"schema": 1, "people": [{"name": "a", "consent": true}]}',
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("text", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_put_aside_and_said_and_clears_nobody(people: People, text: str) -> None:
    people.path.parent.mkdir()
    people.path.write_text(text, encoding="utf-8")
    assert people.person("a").screening is Screening.UNASKED
    assert "cannot be read" in people.trouble
    assert people.path.with_name("people.damaged.json").read_text(encoding="utf-8") == text
    people.remember(ANNA)
    assert people.all() == (ANNA,)


def test_bytes_that_are_no_text_are_damage_too(people: People) -> None:
    people.path.parent.mkdir()
    people.path.write_bytes(b"\xff\xfe\x00")
    assert (people.all(), people.trouble != "") == ((), True)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(PeopleError, match=r"people\.json"):
        People(tmp_path / "data" / "people.json").remember(ANNA)


def test_keys_of_a_later_version_are_left_out() -> None:
    told = json.loads(text_of({"anna": ANNA}))
    told["people"][0]["shoes"] = 43
    assert parsed(json.dumps(told)) == {"anna": ANNA}


@given(st.text(max_size=20), st.booleans(), st.dictionaries(st.dates(), st.booleans(), max_size=80))
def test_any_record_comes_back_as_it_was(name: str, yes: bool, days: dict[date, bool]) -> None:
    person = replace(ANNA, name=name, yes=("knee",) * yes)
    for day, well in days.items():
        person = person.answered(day, well=well)
    assert parsed(text_of({name: person})) == {name: person}
    assert len(person.days) <= KEPT_DAYS


@pytest.mark.parametrize(
    ("person", "screening"),
    [
        (Person(), Screening.UNASKED),
        (Person(screened_at=NOW), Screening.CLEAR),
        (Person(screened_at=NOW, yes=("knee",)), Screening.FLAGGED),
        (ANNA, Screening.CLEAR),
    ],
)
def test_screening_follows_from_the_answers(person: Person, screening: Screening) -> None:
    assert person.screening is screening


def test_consent_to_an_older_text_is_none() -> None:
    assert not replace(ANNA, consent=CONSENT_VERSION - 1).consented
    assert ANNA.consented


def test_the_answer_of_a_day_holds_for_that_day_and_the_last_one_counts() -> None:
    person = ANNA.answered(TODAY, well=False)
    assert (person.well_on(TODAY), person.well_on(TODAY + timedelta(1))) == (False, None)
    assert person.answered(TODAY, well=True).well_on(TODAY) is True


def test_what_the_gate_takes() -> None:
    assert facts(ANNA, simulated=False, proved=True, tested=False, today=TODAY) == Facts(
        simulated=False,
        age=46,
        screening=Screening.CLEAR,
        consented=True,
        proved=True,
        tested=False,
        asked_today=True,
    )
    assert (ANNA.most, replace(ANNA, balance_s=9.0).most) == (None, Level.REHAB)
    assert not facts(Person(), simulated=False, proved=False, tested=False, today=TODAY).asked_today


def test_the_usual_place_is_beside_the_sessions(home: Path) -> None:
    People().remember(ANNA)
    assert (home / "data" / "people.json").is_file()
    assert os.environ["COACH_HOME"] == str(home)


def test_what_a_button_sends_is_read_back_and_damage_is_left_out() -> None:
    assert Person(buttons={"1b5b31357e": "F5", "zz": "none", "ff": "no text"}).sends == ("\x1b[15~",)

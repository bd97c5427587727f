from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from math import inf
from pathlib import Path

import pytest

from coach import simulate
from coach.core.event import (
    CockpitSilent,
    Event,
    FocusFound,
    FocusLost,
    GuardFound,
    GuardLost,
    Heard,
    Key,
    LinkFound,
    LinkLost,
    Pressed,
    Remote,
    Returned,
    Slept,
    SoundFound,
    SoundLost,
    Tick,
    Verb,
)
from coach.core.level import UNLIMITED, Allowance
from coach.core.machine import MILES, MachineProfile, Units
from coach.core.plan import Plan, make_plan
from coach.core.session import Outcome, Session, first
from coach.core.workout import Level
from coach.script.check import load
from coach.sinks.canonical import digest
from coach.sinks.header import Origin
from coach.sinks.journal import Journal, parse_journal, read_journal
from coach.sinks.line import JournalError, decode_event, encode_event
from coach.sinks.replay import replay

EVENTS: list[Event] = [
    Tick(0.1 + 0.2),
    Heard(1.0, 0x2ACD, bytes.fromhex("08 00 20 03")),
    Heard(1.5, 0x2A37, b""),
    Returned(2.0, ok=True),
    Returned(2.0, ok=False),
    Pressed(3.0, Key.STOP),
    Pressed(3.5, Key.DIGIT, "3", 7, 1.25),
    Remote(3.6, Verb.STOP),
    Remote(3.7, Verb.SAY, "Tee um f\u00fcnf?", 12),
    LinkLost(4.0),
    LinkFound(4.5),
    SoundLost(5.0),
    SoundFound(5.5),
    FocusLost(6.0),
    FocusFound(6.5),
    GuardLost(6.6),
    GuardFound(6.7),
    Slept(7.0, 12.5),
    CockpitSilent(8.0, ended=False),
    CockpitSilent(8.5, ended=True),
]
ORIGIN = Origin("script", "abc", UNLIMITED, simulated=True, version="0.1.0")


def plan(name: str = "zone-2-sandwich") -> Plan:
    workout = load(name).workout
    assert workout is not None
    return make_plan(workout, MachineProfile("machine", lowest_kmh=1.0), units=Units(MILES, MILES))


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The journal of a short session that finished."""
    path = tmp_path_factory.mktemp("journal") / "session.jsonl"
    assert simulate("20s@5", journal=path).ended == "finished"
    return path


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    line = json.loads(json.dumps(encode_event(event)))

    assert decode_event(line) == event


def test_every_kind_of_event_is_in_the_table() -> None:
    assert {type(event) for event in EVENTS} == set(Event.__args__)


def test_a_session_without_an_event_comes_to_its_beginning(tmp_path: Path) -> None:
    """Its unit is the remembered one already."""
    here, path = plan(), tmp_path / "one.jsonl"
    journal = Journal.open(path, here, ORIGIN)
    journal.end("stopped", "you left", first(here))
    journal.close()
    again = replay(path)
    assert (again.equal, again.session) == (True, first(here))


@pytest.mark.parametrize("name", ["zone-2-sandwich", "five-k-retro-breaks", "kind-knees", "eight-by-one-minute"])
def test_a_plan_comes_back_as_it_was(name: str) -> None:
    file, before = StringIO(), plan(name)
    Journal(file, before, ORIGIN)

    assert parse_journal(file.getvalue()).plan == before


def test_the_header_tells_what_the_session_was_run_by() -> None:
    file = StringIO()
    Journal(file, plan(), Origin("text", "abc", Allowance(session_s=inf), simulated=False, version="1", started="now"))
    header = json.loads(file.getvalue())

    assert header["journal"] == 1
    assert (header["script"], header["sha256"], header["simulated"], header["started"]) == ("text", "abc", False, "now")
    assert header["versions"]["coach"] == "1"
    assert {"caps", "level", "machine", "runner", "allowance", "rows", "workout"} <= set(header)
    assert header["machine"]["lowest_kmh"] == 1.0
    assert (header["units"]["target"], header["units"]["report"]) == (MILES, MILES)


def test_what_was_told_of_the_origin_comes_back() -> None:
    origin = Origin("text", "abc", Allowance(Level.REHAB, 2, week_one=True, speed_kmh=1.5), simulated=True, version="1")
    file = StringIO()
    Journal(file, plan(), origin)

    assert parse_journal(file.getvalue()).origin == origin


def test_each_line_is_out_when_the_call_returns(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    journal = Journal.open(path, plan(), ORIGIN)
    journal.take(Tick(1.0), Outcome(writes=(b"\x08\x01",)))

    assert json.loads(path.read_text().splitlines()[-1]) == {"at_s": 1.0, "event": "tick", "writes": ["0801"]}
    journal.close()


def test_a_journal_that_is_folded_again_comes_out_equal(journal: Path) -> None:
    again = replay(journal)

    assert (again.equal, again.difference, again.complete) == (True, "", True)
    assert again.events == len(journal.read_text().splitlines()) - 3  # header, summary, end


def test_another_write_is_told_with_its_place(journal: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.jsonl"
    changed.write_text(journal.read_text().replace('"writes":["07"]', '"writes":["0801"]'))
    again = replay(changed)

    assert not again.equal
    assert "wrote 08 01, now writes 07" in again.difference


def test_another_final_state_is_told(journal: Path, tmp_path: Path) -> None:
    *lines, end = journal.read_text().splitlines()
    changed = tmp_path / "changed.jsonl"
    changed.write_text("\n".join([*lines, json.dumps(json.loads(end) | {"digest": "0"})]) + "\n")

    assert replay(changed).difference == "the writes are equal, the final state is another"


@pytest.mark.parametrize("cut", [2, 30, 90, 200])
def test_a_last_line_that_was_cut_off_is_left_away(journal: Path, tmp_path: Path, cut: int) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(journal.read_bytes()[:-cut])
    recording = read_journal(torn)

    assert recording.torn
    assert recording.end is None
    assert replay(recording).equal
    assert not replay(recording).complete


def test_a_last_line_that_lacks_nothing_but_its_end_counts(journal: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(journal.read_bytes()[:-1])
    whole, recording = read_journal(journal), read_journal(torn)

    assert (recording.entries, recording.end) == (whole.entries, whole.end)
    assert (whole.torn, recording.torn) == (False, True)


GUARD = '{"guard":"stop","after_s":0.1}\n'


@pytest.mark.parametrize(
    "left", ['{"at_s":99.5,"ev', "\0" * 4096, "\0\n\0\0\n", "x\n\ny\n", "[" * 50_000, '{"at_s":NaN}']
)
@pytest.mark.parametrize("behind", ["", GUARD], ids=["at the end", "before what a guard wrote"])
def test_what_a_crash_leaves_at_the_end_is_left_away(journal: Path, left: str, behind: str) -> None:
    *lines, _, _ = journal.read_text().splitlines(keepends=True)
    recording = parse_journal("".join(lines) + left + "\n" * (left[-1] != "\n") * bool(behind) + behind)

    assert len(recording.entries) == len(lines) - 1
    assert len(recording.guard) == bool(behind)
    assert recording.torn
    assert replay(recording).equal


@pytest.mark.parametrize("left", ["\0" * 100, '{"at_s":99.5,"ev', ""], ids=["zeros", "half a line", "an empty line"])
def test_what_is_damaged_before_its_end_is_one_error_with_its_place(journal: Path, left: str) -> None:
    lines = journal.read_text().splitlines()
    lines[10:12] = [left, left]

    with pytest.raises(JournalError, match=r"^journal:11: cannot be read") as refused:
        parse_journal("\n".join(lines) + "\n")
    assert refused.value.line == 11


def test_a_journal_that_is_being_written_is_not_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    journal = Journal.open(path, plan(), ORIGIN)
    written = path.read_bytes()

    with pytest.raises(BlockingIOError, match="another session writes it"):
        Journal.open(path, plan(), ORIGIN)
    assert path.read_bytes() == written
    journal.close()
    Journal.open(path, plan("easy-walk-30"), ORIGIN).close()
    assert path.read_bytes() != written


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "journal:"),
        ("hello\n", "journal:1:"),
        ("[]\n", "journal:1:"),
        ("{}\n", "journal:1:"),
        ('{"journal":2}\n', "journal:1:"),
        ('{HEADER}\nhello\n{"at_s":1,"event":"tick"}\n', "journal:2:"),
        ('{HEADER}\n{"at_s":1e999,"event":"tick"}\n', "journal:2:"),
        (f'{{HEADER}}\n{{"at_s":{"9" * 400},"event":"tick"}}\n', "journal:2:"),
        ('{HEADER}\n{"at_s":1,"event":"pressed","key":"yes","steady_s":1e999}\n', "journal:2:"),
        ('{HEADER}\n{"at_s":1}\n', "journal:2:"),
        ('{HEADER}\n{"at_s":1,"event":"sneeze"}\n', "journal:2:"),
        ('{HEADER}\n{"at_s":"1","event":"tick"}\n', "journal:2:"),
        ('{HEADER}\n{"at_s":1,"event":"heard","uuid":"2acd","bytes":"0"}\n', "journal:2:"),
        ('{HEADER}\n{"at_s":1,"event":"heard","uuid":"2acd"}\n', "journal:2:"),
        ('{HEADER}\n{"at_s":1,"event":"pressed","key":"sneeze"}\n', "journal:2:"),
        ('{HEADER}\n{"at_s":1,"event":"tick","writes":"07"}\n', "journal:2:"),
        ('{HEADER}\n{"plan":7}\n', "journal:2:"),
    ],
)
def test_what_is_no_journal_is_one_error_with_its_place(text: str, place: str) -> None:
    file = StringIO()
    Journal(file, plan("easy-walk-30"), ORIGIN)

    with pytest.raises(JournalError) as refused:
        parse_journal(text.replace("{HEADER}", file.getvalue().rstrip("\n")))

    assert str(refused.value).startswith(place)


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_is_not_there_is_one_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(JournalError, match="cannot be read"):
        read_journal(tmp_path / name)


def test_equal_states_have_equal_digests_and_others_have_not() -> None:
    assert digest(Session()) == digest(Session())
    assert digest(Session()) != digest(Session(belt=Session().belt.__class__(link=True)))


@pytest.mark.parametrize("pain", [None, 0, 10])
def test_what_was_said_before_stands_in_the_header_and_is_the_first_that_was_said(pain: int | None) -> None:
    file = StringIO()
    Journal(file, plan(), replace(ORIGIN, pain_before=pain))
    file.write('{"said":{"effort":6}}\n')
    found = parse_journal(file.getvalue())
    assert found.origin.pain_before == pain
    assert found.said == (*([] if pain is None else [{"pain_before": pain}]), {"effort": 6})


@pytest.mark.parametrize("said", ["[]", '"no"', "{}", '{"pain_before":"much"}', '{"pain_before":true}', "null"])
def test_a_header_with_words_that_cannot_be_read_is_a_header_all_the_same(said: str) -> None:
    file = StringIO()
    Journal(file, plan(), replace(ORIGIN, pain_before=3))
    found = parse_journal(file.getvalue().replace('{"pain_before":3}', said))
    assert found.origin.pain_before is None

"""What a session came to: made by its keeper, kept in its journal, and the same when it is folded again."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coach.core.workout import Facing
from coach.history.past import past
from coach.history.rating import UNSAID, Rating
from coach.history.summary import SCHEMA, TRIPPED, read_summary, refolded, summary_of
from coach.sinks.journal import Guarded, Recording, parse_journal
from tests.history.made import journal, recording

SESSIONS = {
    "turns": ("first-steps-back", "home", ()),
    "key": ("first-steps-back", "home", ("key@backward1+20",)),
    "heart": ("easy-walk-30", "home", ("strap-off@120:60",)),
    "miles": ("flip-flop", "mph-target", ()),
}


@pytest.fixture(params=list(SESSIONS.values()), ids=list(SESSIONS))
def recorded(request: pytest.FixtureRequest) -> Recording:
    workout, machine, faults = request.param
    return recording(workout, machine, faults)


def test_the_summary_in_a_journal_is_that_of_its_events(recorded: Recording) -> None:
    assert recorded.summary is not None
    assert summary_of(recorded) == replace(
        summary_of(replace(recorded, summary=None)), started=summary_of(recorded).started
    )


def test_a_summary_comes_back_from_its_json(recorded: Recording) -> None:
    summary = summary_of(recorded)
    assert read_summary(json.loads(json.dumps(summary.facts(), allow_nan=False))) == summary


def test_the_ways_add_up_to_the_segments(recorded: Recording) -> None:
    summary = summary_of(recorded)
    for way, facing in ((summary.forward, "forward"), (summary.backward, "backward")):
        rows = [one for one in summary.segments if one.facing == facing and one.kind != "rest"]
        assert way.time_s == pytest.approx(sum(one.time_s for one in rows), abs=0.05)
        assert way.distance_m == pytest.approx(sum(one.distance_m for one in rows), abs=0.5)
    assert summary.forward.distance_m + summary.backward.distance_m <= summary.distance_m
    assert summary.backward_s <= summary.rear_s


def test_net_energy_is_less_than_gross_by_what_rest_costs() -> None:
    way = summary_of(recording("first-steps-back")).forward
    resting = 3.5 * 70 / 1000 * 5 / 60 * way.time_s
    assert way.gross_kcal - way.net_kcal == pytest.approx(resting, abs=0.2)
    assert 0.2 * way.gross_kcal <= way.margin_kcal <= 0.3 * way.gross_kcal


def test_a_summary_of_another_version_is_made_again() -> None:
    recorded = recording("first-steps-back")
    assert recorded.summary is not None
    other = replace(recorded, summary={**recorded.summary, "schema": SCHEMA + 1, "workout": "from the future"})
    assert read_summary(other.summary) is None
    assert summary_of(other).workout == "First steps back"


@pytest.mark.parametrize("damage", [{"segments": 5}, {"elapsed_s": "long"}, {"turns": [{}]}, {"heart": None}])
def test_a_damaged_summary_is_made_again(damage: dict[str, object]) -> None:
    recorded = recording("first-steps-back")
    assert recorded.summary is not None
    assert summary_of(replace(recorded, summary={**recorded.summary, **damage})) == summary_of(
        replace(recorded, summary=None)
    )


def test_a_recording_that_breaks_off_is_summed_up_as_far_as_it_goes() -> None:
    whole = recording("first-steps-back")
    half = replace(whole, entries=whole.entries[: len(whole.entries) // 2], end=None, summary=None)
    summary = summary_of(half)
    assert (summary.ended, summary.reason) == ("stopped", "the recording breaks off")
    assert 0 < summary.elapsed_s <= half.entries[-1].event.at_s + 0.01
    assert summary.forward.time_s < summary_of(whole).forward.time_s


def test_a_guard_that_acted_is_an_alarm_whatever_the_keeper_wrote() -> None:
    summary = summary_of(replace(recording("first-steps-back"), guard=(Guarded("stop", 0.5),)))
    assert summary.ended == TRIPPED
    assert summary.alarmed
    assert summary.reason.endswith("the guard stopped the belt")


def test_a_key_pulled_facing_the_rear_is_in_the_line_of_the_session() -> None:
    recorded = recording("first-steps-back", faults=("key@backward1+20",))
    summary = summary_of(recorded)
    assert summary.key_rear
    assert summary.alarmed
    at = journal("first-steps-back")
    one = past("id", at, datetime(2026, 5, 20, tzinfo=UTC), summary, UNSAID)
    assert (one.fell, one.alarmed, one.backward) == (True, True, False)
    calm = past("id", at, one.at, summary_of(recording("first-steps-back")), Rating(fell=True))
    assert (calm.key_rear, calm.fell, calm.alarmed) == (False, True, False)


def test_the_account_of_a_refolded_journal_is_that_of_the_session() -> None:
    account, session = refolded(recording("first-steps-back"))
    assert session.progress.ended == "finished"
    assert account.hearts[Facing.BACKWARD].seconds == pytest.approx(
        sum(summary_of(recording("first-steps-back")).backward.heart.zones_s), abs=0.1
    )


def test_what_the_runner_said_later_stands_behind_the_end_and_changes_nothing_before_it() -> None:
    text = journal("first-steps-back").read_text(encoding="utf-8")
    more = text + '{"said":{"at":"2026-05-21T08:00:00+02:00","pain_morning":3}}\n'
    plain, said = parse_journal(text), parse_journal(more)
    assert (plain.entries, plain.end, plain.summary) == (said.entries, said.end, said.summary)
    assert [dict(one)["pain_morning"] for one in said.said] == [3]

"""The shelf: what a workout comes to, what opens it, what fits today, and its forward part."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.level import FIRST as FIRST_ONE
from coach.core.level import Allowance
from coach.core.plan import problems
from coach.core.workout import ExtentUnit, Facing, Level, Workout
from coach.library import Library
from coach.script.check import check_text, load
from coach.script.find import shipped
from coach.shelf import (
    Entry,
    History,
    NothingForwardError,
    Recent,
    Source,
    entry,
    forward_only,
    lock,
    matching,
    pick,
    spoken,
)

BEGINNER, INTERMEDIATE = Level.BEGINNER, Level.INTERMEDIATE
NOW = datetime(2026, 5, 20, 18, 0, tzinfo=UTC)
SHELF = [entry(Source(name, name), load(name), History()) for name in shipped()]


def workout(steps: str, *, level: str = "beginner") -> Workout:
    loaded = check_text(f"format: 1\nname: Made\nlevel: {level}\nsteps:\n{steps}")
    assert loaded.workout is not None, loaded.rendered()
    return loaded.workout


def ran(name: str, days_ago: float, backward_s: float = 180.0, *, ended: str = "finished", real: bool = True) -> Recent:
    return Recent(name, NOW - timedelta(days=days_ago), backward_s, ended, simulated=not real)


def history(*recent: Recent, level: Level = Level.BEGINNER) -> History:
    backward = [one for one in recent if one.backward_s and not one.simulated]
    return History(recent, len(backward), sum(one.backward_s for one in backward), level)


def picked(past: History, entries: Sequence[Entry] = SHELF) -> str:
    shelf = [entry(one.source, one.loaded, past) for one in entries]
    found = pick(shelf, past, NOW)
    return "" if found is None else found.entry.name


@pytest.mark.parametrize(
    ("name", "minutes", "backward_s", "turns"),
    [("easy-walk-30", 30, 0.0, 0), ("first-steps-back", 21, 180.0, 4), ("kind-knees", 31, 600.0, 2)],
)
def test_minutes_have_the_turns_and_the_stops_around_rests_in_them(
    name: str, minutes: int, backward_s: float, turns: int
) -> None:
    one = next(one for one in SHELF if one.name == name)
    assert (one.minutes, one.backward_s, one.turns) == (minutes, backward_s, turns)


OPEN = " On the simulator it is open."
SO_FAR = (
    "Opens after 6 backward sessions and 18 backward minutes on a real belt; {} so far: "
    "in about {}, at 3 sessions a week." + OPEN
)
YOURS = 'Open to you when you say so: level = "intermediate" in the settings.' + OPEN


@pytest.mark.parametrize(
    ("name", "sessions", "minutes", "words"),
    [
        ("first-steps-back", 0, 0, ""),
        ("kind-knees", 0, 0, ""),
        ("tempo-20", 0, 0, ""),  # intermediate, and forward only
        ("flip-flop-plus", 2, 5, SO_FAR.format("2 and 5", "2 weeks")),
        ("flip-flop-plus", 5, 18, SO_FAR.format("5 and 18", "1 week")),
        ("flip-flop-plus", 6, 17.9, SO_FAR.format("6 and 17", "1 week")),
        ("flip-flop-plus", 6, 18, YOURS),
    ],
)
def test_a_locked_workout_says_what_opens_it(name: str, sessions: int, minutes: float, words: str) -> None:
    found = load(name).workout
    assert found is not None
    assert lock(found, History((), sessions, minutes * 60)) == words


@pytest.mark.parametrize(
    ("name", "past", "words"),
    [
        (
            "flip-flop-plus",
            History((), 6, 1080, BEGINNER, INTERMEDIATE, "Level intermediate opens after what is missing"),
            "Level intermediate opens after what is missing." + OPEN,
        ),
        (
            "fifteen-back",
            History((), 18, 4200, BEGINNER, INTERMEDIATE, "Level intermediate opens after what is missing"),
            'Open to you when you say so: level = "advanced" in the settings.' + OPEN,
        ),
        ("flip-flop-plus", History((), 6, 1080, BEGINNER, None, "The balance test"), "The balance test." + OPEN),
        (
            "flip-flop",
            History((), 6, 1080, Level.REHAB, BEGINNER, "Level beginner waits"),
            "Level beginner waits." + OPEN,
        ),
        (
            "flip-flop",
            History(level=Level.REHAB),
            "Opens when your level is beginner; it is rehab now." + OPEN,
        ),
    ],
)
def test_what_else_keeps_a_level_closed_is_said_where_the_numbers_are_reached(
    name: str, past: History, words: str
) -> None:
    found = load(name).workout
    assert found is not None
    assert lock(found, past) == words


def test_a_runner_of_the_level_finds_it_open() -> None:
    found = load("flip-flop-plus").workout
    assert found is not None
    assert lock(found, History(level=Level.INTERMEDIATE)) == ""


@pytest.mark.parametrize(
    ("past", "name"),
    [
        (history(), "first-steps-back"),
        (history(*[ran("flip-flop", days, real=False) for days in range(9)]), "first-steps-back"),  # never count
        (history(ran("first-steps-back", 2)), "first-steps-back"),
        (
            history(*[ran("first-steps-back", 2 * days, 59) for days in range(1, 5)]),
            "first-steps-back",
        ),  # under a minute
        (history(*[ran("first-steps-back", 2 * days) for days in range(1, 5)]), "flip-flop-short"),
        (history(ran("flip-flop-short", 2), *[ran("first-steps-back", 9)] * 4), "flip-flop"),
        (history(ran("flip-flop", 2), *[ran("first-steps-back", 9)] * 4), "zone-2-backward-breaks"),  # short is passed
        (history(ran("zone-2-backward-breaks", 2, 80), ran("flip-flop", 4, 80), *[ran("x", 9)] * 4), "flip-flop"),
        (history(*[ran("first-steps-back", 2 * days) for days in range(1, 4)]), "first-steps-back"),
        (history(ran("flip-flop", 2, 100, ended="tripped"), *[ran("flip-flop", 9)] * 6), "first-steps-back"),
        (history(*[ran("flip-flop", 21)] * 6), "first-steps-back"),
        (history(*[ran("flip-flop", 20)] * 6), "zone-2-backward-breaks"),
        (history(level=Level.REHAB), "kind-knees-start"),
        (history(*[ran("kind-knees-start", 3 * days, 360) for days in range(1, 5)], level=Level.REHAB), "kind-knees"),
        (
            history(
                *[ran("flip-flop-plus", 2, 60), ran("zone-2-sandwich", 4, 60), ran("first-steps-back", 9)] * 2,
                level=Level.INTERMEDIATE,
            ),
            "hills-backward",
        ),
        (history(*[ran("first-steps-back", 9)] * 4, level=Level.INTERMEDIATE), "flip-flop-plus-short"),
        (history(*[ran("first-steps-back", 9)] * 4, level=Level.ADVANCED), "flip-flop-plus"),
    ],
)
def test_a_backward_day_is_the_next_step_of_the_way(past: History, name: str) -> None:
    assert picked(past) == name


def test_a_workout_by_threshold_heart_rate_stands_on_the_shelf_of_one_who_never_measured_his() -> None:
    steps = "  - warm-up: 5 min @ 5 km/h\n  - forward: 5 min @ 6 km/h\n"
    steps += "    heart: 80..90 %lthr\n    within: 5 .. 6 km/h\n"
    steps += "  - backward: 1 min @ 2 km/h\n  - cool-down: 4 min @ 4 km/h\n"
    loaded = check_text(f"format: 1\nname: Led\nlevel: beginner\nsteps:\n{steps}")
    assert entry(Source("led", "led"), loaded, History()).minutes == 18
    assert loaded.workout is not None
    assert len(forward_only(loaded.workout).segments) == 3


@pytest.mark.parametrize("hours", [1, 17, 24, 41])
@pytest.mark.parametrize("level", [Level.BEGINNER, Level.INTERMEDIATE, Level.REHAB])
def test_no_backward_running_on_two_days_in_a_row(hours: int, level: Level) -> None:
    past = history(ran("first-steps-back", hours / 24, 60.0), level=level)
    found = next(one for one in SHELF if one.name == picked(past))
    assert not found.backward


def test_less_than_a_minute_backward_is_no_backward_day() -> None:
    assert picked(history(ran("first-steps-back", 1, 59.0))) == "first-steps-back"


@pytest.mark.parametrize(("left_s", "name"), [(inf, "flip-flop-short"), (210, "flip-flop-short"), (209, "")])
def test_what_fits_today_is_what_a_real_belt_would_take(left_s: float, name: str) -> None:
    past = history(*[ran("first-steps-back", 2 * days) for days in range(1, 5)])
    held = replace(past, allowance=Allowance(BEGINNER, 4, session_s=left_s))
    short = [one for one in SHELF if one.name in {"flip-flop-short", "easy-walk-30"}]
    assert picked(held, short) == (name or "easy-walk-30")
    found = pick(short, held, NOW)
    assert found is not None
    assert (
        name or found.why == "Nothing backward on the shelf fits into the 3 ½ minutes that this week has left: forward."
    )


def test_a_workout_that_is_too_much_for_a_first_session_is_not_picked_for_one() -> None:
    own = entry(Source("own", "first-steps-back", own=True), load("flip-flop"), History())
    ahead = next(one for one in SHELF if one.name == "easy-walk-30")
    assert picked(replace(history(), allowance=FIRST_ONE), [own, ahead]) == "easy-walk-30"


def test_why_there_is_nothing_backward_today_is_said() -> None:
    held = replace(history(ran("flip-flop", 3)), why_not_today="Nothing is left this week: 15 of 15 minutes are done")
    found = pick(SHELF, held, NOW)
    assert found is not None
    assert not found.entry.backward
    assert found.why == "Nothing is left this week: 15 of 15 minutes are done. Forward today."


def test_an_easy_day_follows_a_hard_one() -> None:
    past = history(ran("eight-by-one-minute", 1, 0.0), ran("first-steps-back", 1, 180.0))
    found = pick(SHELF, past, NOW)
    assert found is not None
    assert found.entry.easy
    assert "easy day" in found.why


def test_a_session_is_known_by_the_title_of_its_workout_too() -> None:
    titles = {one.name: one.title for one in SHELF}
    for name in ("eight-by-one-minute", "easy-walk-30"):
        rest = ran("first-steps-back", 1, 180.0)
        by_name, by_title = history(ran(name, 1, 0.0), rest), history(ran(titles[name], 1, 0.0), rest)
        assert pick(SHELF, by_title, NOW) == pick(SHELF, by_name, NOW)
    assert pick(SHELF, by_name, NOW) != pick(SHELF, history(ran(titles["eight-by-one-minute"], 1, 0.0), rest), NOW)


def test_what_is_locked_is_not_picked_whatever_its_name() -> None:
    text = load("flip-flop-plus").text
    own = entry(Source("own", "first-steps-back", own=True), check_text(text), History())
    assert own.lock
    found = pick([own, *(one for one in SHELF if one.name == "tempo-20")], History(), NOW)
    assert found is not None
    assert found.entry.name == "tempo-20"


def test_a_shelf_with_nothing_that_runs_has_no_pick() -> None:
    broken = entry(Source("x", "x"), check_text("nonsense"), History())
    assert pick([broken], History(), NOW) is None
    assert pick([], History(), NOW) is None


@given(st.lists(st.tuples(st.sampled_from(shipped()), st.floats(0, 60), st.floats(0, 600), st.booleans()), max_size=12))
def test_what_is_picked_can_be_run_whatever_was_run_before(past: list[tuple[str, float, float, bool]]) -> None:
    recent = sorted(
        (ran(name, days, s, real=real) for name, days, s, real in past), key=lambda one: -one.when.timestamp()
    )
    made = history(*recent)
    found = pick(SHELF, made, NOW)
    assert found is not None
    assert not found.entry.broken
    assert not found.entry.lock
    yesterday = any((NOW.date() - one.when.date()).days <= 1 and one.backward_s >= 60 for one in made.real)
    assert not (yesterday and found.entry.backward)


@pytest.mark.parametrize(
    ("text", "only_forward", "names"),
    [
        ("flip", False, ["flip-flop", "flip-flop-plus", "flip-flop-plus-short", "flip-flop-short"]),
        ("FLIP plus", False, ["flip-flop-plus", "flip-flop-plus-short"]),
        ("rehab", False, ["kind-knees", "kind-knees-start"]),
        ("retro", True, []),
        ("run tempo", True, ["progression-run", "tempo-20"]),
        ("xyz", False, []),
    ],
)
def test_every_word_must_be_found(text: str, only_forward: bool, names: list[str]) -> None:
    assert [one.name for one in matching(SHELF, text, forward_only=only_forward)] == names


@pytest.mark.parametrize(
    ("seconds", "words"), [(45, "45 seconds"), (60, "1 minute"), (90, "1 ½ minutes"), (270, "4 ½ minutes")]
)
def test_lengths_are_words(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


@pytest.mark.parametrize("name", shipped())
def test_the_forward_part_of_every_shipped_workout_keeps_all_rules(name: str) -> None:
    whole = load(name).workout
    assert whole is not None
    part = forward_only(whole)
    assert not part.backward
    assert problems(part) == ()
    assert all(segment.facing is Facing.FORWARD for segment in part.segments)


@pytest.mark.parametrize("name", shipped())
def test_no_backward_step_is_run_forward(name: str) -> None:
    whole = load(name).workout
    assert whole is not None
    ahead = [one for one in whole.segments if one.facing is Facing.FORWARD]
    part = forward_only(whole).segments
    assert [(one.head, one.target) for one in part] == [(one.head, one.target) for one in ahead]


def test_rests_that_face_the_rear_go_and_others_stay() -> None:
    whole = workout(
        "  - warm-up: 2 min @ 5 km/h\n  - rest: 30 s\n  - backward: 60 s @ 2 km/h\n  - rest: 40 s\n"
        "  - backward: 60 s @ 2 km/h\n  - cool-down: 3 min @ 4 km/h\n"
    )
    assert [(one.head, one.extent.amount) for one in forward_only(whole).segments] == [
        ("warm-up", 120),
        ("rest", 30),
        ("cool-down", 180),
    ]


def test_a_step_that_counts_from_a_mark_is_as_long_as_it_was_planned() -> None:
    whole = workout(
        "  - warm-up: 2 min @ 6 km/h\n  - mark: here\n  - forward: to 1 km @ 6 km/h\n  - backward: 50 m @ 2 km/h\n"
        "  - forward: to 2 km @ 6 km/h\n  - cool-down: 3 min @ 4 km/h\n"
    )
    first, second = forward_only(whole).segments[1:3]
    assert (first.extent.unit, first.extent.amount) == (ExtentUnit.TO_MARK, 1000)
    assert second.extent.unit is ExtentUnit.DISTANCE
    assert second.extent.amount == pytest.approx(950 - 12)  # less the 50 m backward and what two turns cover


def test_a_mark_behind_what_was_left_out_counts_again() -> None:
    whole = workout(
        "  - warm-up: 2 min @ 6 km/h\n  - backward: 50 m @ 2 km/h\n  - forward: 2 min @ 6 km/h\n  - mark: here\n"
        "  - forward: to 1 km @ 6 km/h\n  - cool-down: 3 min @ 4 km/h\n"
    )
    assert forward_only(whole).segments[2].extent.unit is ExtentUnit.TO_MARK


def test_cues_of_a_step_before_a_turn_go_since_they_may_speak_of_it() -> None:
    whole = workout(
        "  - warm-up: 2 min @ 5 km/h\n    say: Backward comes next.\n"
        "  - backward: 60 s @ 2 km/h\n    say: Short steps.\n"
        "  - cool-down: 3 min @ 4 km/h\n    say: Well done.\n"
    )
    assert [cue.text for one in forward_only(whole).segments for cue in one.say] == ["Well done."]


def test_a_workout_that_is_all_forward_stays_itself() -> None:
    whole = load("tempo-20").workout
    assert whole is not None
    assert forward_only(whole) is whole


def test_nothing_forward_is_refused_in_words() -> None:
    segments = load("first-steps-back").workout
    assert segments is not None
    rear = tuple(one for one in segments.segments if one.facing is Facing.BACKWARD)
    with pytest.raises(NothingForwardError, match="has no forward part"):
        forward_only(Workout("All backward", rear, Level.BEGINNER))


def test_own_files_come_first_and_change_their_stamp_with_their_text(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("format: 1\n")
    (tmp_path / "notes.txt").write_text("no workout")
    library = Library(tmp_path)
    before = library.listing().sources
    assert [(one.name, one.own) for one in before[:2]] == [("mine", True), (shipped()[0], False)]
    assert library.listing().sources == before
    file.write_text("format: 1\nname: Mine\n")
    os.utime(file, ns=(1, 1))
    assert library.listing().sources[0] != before[0]
    assert library.listing().sources[1:] == before[1:]


@pytest.mark.parametrize("missing", ["not-there", "a-file"])
def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, missing: str) -> None:
    (tmp_path / "a-file").write_text("")
    listing = Library(tmp_path / missing).listing()
    assert missing in listing.told
    assert [one.name for one in listing.sources] == shipped()


def test_a_broken_workout_is_an_entry_with_problems() -> None:
    one = entry(Source("x", "x"), check_text("format: 1\nname: Bad\nsteps: []\n"), History())
    assert one.broken
    assert one.workout is None
    assert not one.easy

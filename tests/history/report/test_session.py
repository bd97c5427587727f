"""The page of a session: its tables are the summary's numbers, its texts stay texts, nothing comes from elsewhere."""

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from coach.core.runner import SpokenUnit
from coach.core.workout import Facing
from coach.history.cadence import Count, Steps
from coach.history.rating import Rating
from coach.history.report.markup import POLICY, SIMULATED, Column, chart, table, told
from coach.history.report.session import session_page
from coach.history.report.shown import Shown
from coach.history.report.tell import FACES, NOTHING
from coach.history.statistics import statistics
from coach.history.steady import Steady
from coach.history.summary import Heart
from coach.result import Trip
from coach.show.words import clock
from coach.told import RETOLD
from tests.history.report.pages import EVIL, Reading, Table, played, told_of, weeks_of_windows
from tests.history.report.pages import told as session

FACED, ZONES = "Totals of the intervals; turns are not in them", "Time in heart zones, on a moving belt"
STEPS = "Every interval of the workout; lengths as minutes and seconds, or as written"
TURNS = "Turns, from slowing down to running on"
WORKOUTS = ("first-steps-back", "kind-knees", "zone-2-sandwich-short", "3x(30s@9/30s@6)", "10s@3")


def read(shown: Shown) -> Reading:
    found = Reading(session_page(shown))
    assert found.open == []
    return found


@cache
def page(workout: str) -> Reading:
    return read(session(workout))


def text_of(reading: Reading) -> str:
    return " ".join(text for inside, text in reading.texts if inside != "style")


@pytest.mark.parametrize("workout", WORKOUTS)
def test_the_totals_by_facing_are_those_of_the_summary(workout: str) -> None:
    summary, found = session(workout).summary, page(workout).tables[FACED]
    for facing, way in (("console", summary.forward), ("rear", summary.backward)):
        rows = [row for row in found.rows if row[0] == facing]
        if not way.time_s and facing == "rear":
            assert rows == []
            continue
        cells = dict(zip(found.rows[0], rows[0], strict=True))
        assert cells["Time (min:s)"] == clock(way.time_s)
        assert float(cells["Mean speed (km/h)"]) == pytest.approx(way.mean_speed_kmh, abs=0.051)
        assert cells["Energy (kcal)"] == f"{way.gross_kcal:.0f}"
        low, high = (float(bound) for bound in cells["Energy, range (kcal)"].split(" to "))
        assert low <= way.gross_kcal + 0.5 <= high + 1
        assert cells["Heart mean (bpm)"] == f"{way.heart.mean_bpm:.0f}"


@pytest.mark.parametrize("workout", WORKOUTS)
def test_every_interval_stands_with_planned_and_measured(workout: str) -> None:
    shown, found = session(workout), page(workout).tables[STEPS]
    assert len(found.rows) == len(shown.summary.segments) + 1
    for cells, row in zip(found.rows[1:], shown.summary.segments, strict=True):
        told_ = dict(zip(found.rows[0], cells, strict=True))
        assert told_["No."] == str(row.index)
        assert told_["What"].startswith(row.name)
        assert told_["Faces"] == (NOTHING if row.kind == "rest" else FACES[row.facing])
        assert told_["Planned"] == clock(row.planned_s or 0)
        assert told_["Measured"] == clock(row.time_s)
        assert told_["Measured (km/h)"] == (NOTHING if row.mean_speed_kmh is None else f"{row.mean_speed_kmh:.1f}")
        assert told_["End"] == "done"


def test_zones_stand_by_facing_with_their_bounds() -> None:
    shown, found = session(), page("first-steps-back").tables[ZONES]
    assert found.column("Zone") == ["below Z1", "Z1 easy", "Z2 steady", "Z3 brisk", "Z4 hard", "Z5 all-out"]
    assert found.column("Heart (bpm)")[0] == "below 90"
    assert found.column("Heart (bpm)")[1] == "90 to 108"
    assert found.column("Heart (bpm)")[5] == "162 and more"
    for at, zone_s in enumerate(shown.summary.backward.heart.zones_s):
        assert found.column("Facing rear (min:s)")[at] == (clock(zone_s) if zone_s >= 0.5 else NOTHING)
    assert "reckoned from the age" in text_of(page("first-steps-back"))


def test_turns_stand_with_their_times() -> None:
    shown, found = session(), page("first-steps-back").tables[TURNS]
    assert found.column("To face") == ["rear", "console", "rear", "console"]
    assert found.column("Took (min:s)") == [clock(turn.took_s or 0) for turn in shown.summary.turns]
    assert TURNS not in page("10s@3").tables


@pytest.mark.parametrize("workout", WORKOUTS)
def test_headings_are_in_order_and_tables_have_heads_with_a_scope(workout: str) -> None:
    reading = page(workout)
    levels = [int(tag[1]) for tag, _ in reading.texts if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert set(reading.having("th", "scope")) == {"col", "row"}
    for found in reading.tables.values():
        assert all(found.rows[0])
        assert {len(row) for row in found.rows} == {len(found.rows[0])}


@pytest.mark.parametrize("workout", WORKOUTS)
def test_charts_are_pictures_with_words_and_every_name_is_there_once(workout: str) -> None:
    text = session_page(session(workout))
    assert text.count('role="img"') == text.count("<svg ")
    assert all(
        label.endswith(".") and len(label) > 30 for label in re.findall(r'role="img" aria-label="([^"]*)"', text)
    )
    names = re.findall(r'\bid="([^"]+)"', text)
    assert len(names) == len(set(names))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text)) <= set(names)


@pytest.mark.parametrize("workout", WORKOUTS)
def test_nothing_comes_from_elsewhere_and_nothing_runs(workout: str) -> None:
    text = session_page(session(workout))
    assert f'http-equiv="Content-Security-Policy" content="{POLICY}"' in text
    bare = re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)
    assert re.findall(r"\w+://|@import|<script|<link|<iframe|<img|<object|javascript:|\son\w+=", bare) == []
    assert all(one.startswith("#") for one in re.findall(r"""(?:href|src|url)\s*[=(]\s*["']?([^"')\s>]+)""", bare))


def test_the_same_session_gives_the_same_bytes() -> None:
    assert session_page(session()) == session_page(session())


# What a page says.


def test_simulated_stands_first_and_a_real_session_has_no_such_word() -> None:
    simulated = Reading(session_page(session(simulated=True)))
    assert simulated.of("p")[0] == SIMULATED
    assert ("p", "class", "simulated") in simulated.attributes
    assert "simulated" not in text_of(page("first-steps-back")).lower()


def test_energy_is_never_promised() -> None:
    said = text_of(page("first-steps-back"))
    assert "an estimate" in said
    assert "promises no extra calories" in said


def test_without_a_heart_the_page_is_whole_and_says_so() -> None:
    reading = read(session(heart="none"))
    assert ZONES not in reading.tables
    assert "There was no heart rate." in text_of(reading)
    assert not any("Heart" in head for head in reading.tables[STEPS].rows[0])


def test_a_session_that_tripped_says_what_happened_in_plain_words() -> None:
    said = text_of(read(session(faults=["drop@backward1+20:40"])))
    assert "the connection was lost" in said
    assert "link-lost" not in said
    key = text_of(read(session(faults=["key@backward1+20"])))
    assert "the safety key was pulled." in key
    assert "all of" not in key


@pytest.mark.parametrize(("action", "stopped"), [("stop", True), ("alarm", True), ("guided", True), ("hold", False)])
def test_that_coach_stopped_the_belt_is_told_where_it_did(action: str, stopped: bool) -> None:
    shown = session()
    shown = replace(shown, summary=replace(shown.summary, trips=(Trip(61.0, "stale", action),)))
    assert ("At 1:01: the treadmill gave no answer; coach stopped the belt." in text_of(read(shown))) is stopped


def test_a_session_that_was_stopped_lists_what_never_began() -> None:
    shown = session("flip-flop", presses=["space@backward1+30"])
    found = read(shown)
    assert "Stopped before the end: you pressed stop." in text_of(found)
    assert found.tables[STEPS].column("End")[-1] == "not begun"
    assert found.tables[STEPS].column("Measured")[-1] == NOTHING


def test_a_recording_that_breaks_off_says_so() -> None:
    whole = played("first-steps-back")
    cut = replace(whole, entries=whole.entries[: len(whole.entries) // 3], end=None, summary=None, torn=True)
    said = text_of(read(told_of(cut)))
    assert "The recording breaks off" in said
    assert "The recording breaks off" not in text_of(page("first-steps-back"))


def test_a_session_of_other_rules_says_so() -> None:
    whole = played("first-steps-back")
    other = [replace(entry, writes=tuple(reversed(entry.writes)) or (b"\x00",)) for entry in whole.entries[:1]]
    shown = told_of(replace(whole, entries=(*other, *whole.entries[1:])))
    assert RETOLD in text_of(read(shown))
    assert shown.facts()["as_run"] is False
    assert RETOLD not in text_of(page("first-steps-back"))


def test_a_session_in_which_the_belt_never_moved_is_a_page_too() -> None:
    whole = played("10s@3")
    still = replace(whole, entries=whole.entries[:5], end=None, summary=None)
    said = text_of(read(told_of(still)))
    assert "Nothing was run today." in said
    assert "The belt never moved." in said


def test_hands_on_the_rails_stand_in_their_column_and_below_the_energy() -> None:
    reading = read(session(rating=Rating(rails=True)))
    assert "held" in reading.tables[STEPS].column("Rails")
    assert "in all of the metres facing the rear" in text_of(reading)
    assert "Rails" not in page("first-steps-back").tables[STEPS].rows[0]


def test_what_the_runner_said_stands_on_it() -> None:
    said = text_of(read(session(rating=Rating(effort=4, pain_before=0, pain_morning=2, fell=True, note="Good\nlegs"))))
    for words in ("Effort: 4 of 10", "Pain before: 0 of 10", "Pain the next morning: 2 of 10", "There was a fall"):
        assert words in said
    assert "Good" in said
    assert "How it was" not in text_of(page("first-steps-back"))


def test_the_trend_stands_on_it_where_there_is_one() -> None:
    shown = session("flip-flop")
    with_trend = session("flip-flop", seen=weeks_of_windows(shown))
    reading = read(with_trend)
    assert re.search(r"Facing the rear at 2\.5 km/h: heart \d+, was 134 three weeks ago\.", text_of(reading))
    found = reading.tables["First and last week of each"]
    assert found.column("What") == ["Block 1 at 2.5 km/h", "Block 2 at 2.5 km/h", "Block 3 at 2.5 km/h"]
    assert found.column("Heart then (bpm)") == ["138", "138", "138"]
    assert "Heart facing the rear" not in text_of(read(shown))


def test_what_came_after_a_session_is_not_on_its_page() -> None:
    shown = session("flip-flop")
    later = [replace(one, at=shown.at + 3 * (shown.at - one.at)) for one in weeks_of_windows(shown)]
    assert session("flip-flop", seen=later).trends == ()


def test_a_runner_who_reads_miles_has_miles_everywhere() -> None:
    whole = played("first-steps-back")
    runner = replace(whole.plan.runner, spoken=SpokenUnit.MPH)
    reading = read(told_of(replace(whole, plan=replace(whole.plan, runner=runner))))
    assert "km" not in re.sub(r"--\w+", "", text_of(reading))
    assert reading.tables[STEPS].column("Planned (mph)")[0] == "2.2"


def test_a_cadence_stands_where_the_treadmill_counts_steps() -> None:
    shown = session()
    steps = Steps({Facing.FORWARD: Count(1000, 600.0), Facing.BACKWARD: Count(100, 150.0)})
    found = read(replace(shown, statistics=statistics(shown.summary, shown.plan, steps=steps))).tables[FACED]
    assert found.column("Cadence (steps/min)") == ["100", "40", "88"]
    assert "Cadence (steps/min)" not in page("first-steps-back").tables[FACED].rows[0]


@pytest.mark.parametrize(
    ("pct", "words"),
    [
        (4.9, "lost 4.9 % of that against the first", ),
        (-2.0, "gained 2.0 % of that"),
    ],
)  # fmt: skip
def test_a_steady_stretch_tells_its_decoupling_as_a_convention(pct: float, words: str) -> None:
    shown = session()
    steady = Steady(300.0, 1800.0, 8.0, 140.0, 0.952, pct)
    said = text_of(read(replace(shown, statistics=replace(shown.statistics, steady=steady))))
    assert words in said
    assert "25:00 min facing the console at about 8.0 km/h: heart 140 bpm on average, 0.95 m for each beat." in said
    assert "a convention of coaches; here it is little" in said


@pytest.mark.parametrize(("pct", "much"), [(4.9, "little"), (5.0, "some"), (10.0, "some"), (10.1, "much")])
def test_decoupling_is_named_by_its_bounds(pct: float, much: str) -> None:
    shown = session()
    steady = Steady(300.0, 1800.0, 8.0, 140.0, 0.952, pct)
    said = text_of(read(replace(shown, statistics=replace(shown.statistics, steady=steady))))
    assert f"here it is {much}." in said


def test_no_medical_words() -> None:
    shown = session("flip-flop", seen=weeks_of_windows(session("flip-flop")))
    said = text_of(read(shown)).lower().replace("coach is not a medical device", "")
    assert not re.search(r"\b(medic|health|disease|diagnos|risk|fitness|vo2|therap)", said)


# Texts from outside.


def test_a_text_from_outside_is_never_markup() -> None:
    shown = session(rating=Rating(note=f"{EVIL}\n</p><script>"))
    evil = replace(shown, summary=replace(shown.summary, workout=EVIL, machine=EVIL, reason=EVIL, ended="stopped"))
    text = session_page(evil)
    assert "<script" not in text
    assert not re.search(r"[\x00-\x08\u202e]", text)
    reading = read(evil)
    assert reading.of("h1")[0].startswith("<script>alert(1)</script> & \"quotes\" 'n' $x^2_1$")


def test_told_is_one_line_without_markup() -> None:
    assert told(' a\n<b>\t"c" & \x1b[0m ') == "a &lt;b&gt; &quot;c&quot; &amp; \\u001b[0m"


def test_columns_in_which_nothing_is_known_are_left_out() -> None:
    columns = [Column("A"), Column("B"), Column("C", number=False)]
    found = Reading("".join(table("T", columns, [("1", NOTHING, ""), ("2", "", "x")]))).tables["T"]
    assert found == Table([["A", "C"], ["1", ""], ["2", "x"]])


def test_a_chart_takes_the_colours_of_the_page() -> None:
    drawn = (
        '<svg width="9pt" viewBox="0 0 9 9"><style>x</style><path id="a" style="fill: #1A1A1A; stroke: #0072b2"/></svg>'
    )
    found = chart(drawn, "it")
    assert "fill: var(--ink); stroke: var(--forward)" in found
    assert 'id="it-a"' in found
    assert "<style" not in found


def test_a_heart_without_zones_is_no_error() -> None:
    shown = session()
    ways = {name: replace(getattr(shown.summary, name), heart=Heart()) for name in ("forward", "backward")}
    summary = replace(shown.summary, heart=Heart(), **ways)
    read(replace(shown, summary=summary, statistics=statistics(summary, shown.plan)))

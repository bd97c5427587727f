"""What the screen says about a moment, without a screen."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import coach.core.cap
from coach.core.cue import CueKind
from coach.core.heart import Source
from coach.core.progress import Ask, Button, Question
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.crew import Life
from coach.keeper.wire import Asked, Said, Voice
from coach.result import Side
from coach.seen.moment import AHEAD_S, aged
from coach.seen.rows import ahead_of, left_in_all_s
from coach.seen.states import Situation
from coach.seen.units import Units
from coach.seen.view import CUE_SIGNS, ZONE_PURPOSE, banner_of, captions_of, heart_of, numbers_of, step_of, totals_of
from coach.seen.words import LIMITS, limit_words
from coach.told import TRIPS
from coach.tui.signs import Foot, foot_of, signs_of
from coach.tui.widgets.lines import draw_ahead, draw_captions, draw_foot, draw_signs, draw_step, draw_totals
from coach.tui.widgets.numbers import draw_numbers
from coach.tui.widgets.pane import Line, length
from tests.tui.bare import moment, plan, snapshot

REAR: dict[str, Any] = {"facing": Facing.BACKWARD, "claimed": Facing.BACKWARD, "row": 2}


def text(lines: list[Line]) -> str:
    return "\n".join("".join(part for part, _ in line) for line in lines)


# Time between two snapshots.


def test_clocks_and_ages_go_on_between_two_snapshots() -> None:
    now = aged(snapshot(), 2.0)
    assert (now.clock_s, now.left_s, now.at_s) == (42.0, 78.0, 102.0)
    assert (now.heart_age_s, now.link_age_s) == (2.4, 2.3)


def test_in_time_lapse_they_go_on_faster_but_no_further() -> None:
    assert aged(snapshot(pace=10.0), 0.2).left_s == 78.0
    assert aged(snapshot(pace=1000.0), 0.1).left_s == 80.0 - AHEAD_S


def test_a_countdown_that_stands_stays() -> None:
    assert aged(snapshot(runs=False), 2.0).left_s == 80.0


@pytest.mark.parametrize(("by_s", "left_s"), [(-1.0, 80.0), (2.9, 77.1), (3.0, 77.0), (60.0, 77.0)])
def test_a_clock_is_not_made_up_for_longer_than_a_keeper_may_be_silent(by_s: float, left_s: float) -> None:
    assert AHEAD_S == 3.0
    assert aged(snapshot(), by_s).left_s == left_s


def test_a_countdown_never_falls_below_nothing() -> None:
    assert aged(snapshot(left_s=1.0), 3.0).left_s == 0.0


# Banner.


def test_the_banner_says_the_facing_by_word_arrow_and_pattern() -> None:
    forward, backward = banner_of(moment()), banner_of(moment(**REAR))
    assert (forward.sign, forward.word, forward.hatched) == ("▲▲", "FORWARD", False)
    assert (backward.sign, backward.word, backward.hatched) == ("▼▼", "BACKWARD", True)


def test_the_banner_says_whether_the_belt_is_real() -> None:
    real = replace(plan(), profile=replace(plan().profile, simulated=False))
    assert banner_of(moment()).belt == "SIMULATED"
    assert banner_of(moment(real)).belt == "REAL BELT"


@pytest.mark.parametrize(
    ("changes", "sign", "word"),
    [
        ({"phase": Phase.SLOW, "row": 2}, "↻ ▽", "TURN: SLOWING"),
        ({"phase": Phase.SLOW, "row": 0}, "▽", "REST: SLOWING"),
        ({"phase": Phase.RAMP, "row": 3}, "↻ ▲▲", "FORWARD, SLOWLY FASTER"),
        ({"phase": Phase.RAMP, "row": 0}, "▲▲", "FORWARD, SLOWLY FASTER"),
    ],
)
def test_only_a_turn_is_called_a_turn(changes: dict[str, Any], sign: str, word: str) -> None:
    banner = banner_of(moment(**changes))
    assert (banner.sign, banner.word) == (sign, word)


# Numbers.


@pytest.mark.parametrize(
    ("left_s", "shown"), [(3.0, "0:03"), (2.01, "0:03"), (2.0, "0:02"), (0.0, "0:00"), (90, "1:30")]
)
def test_a_countdown_reads_three_when_three_is_said(left_s: float, shown: str) -> None:
    assert numbers_of(moment(left_s=left_s)).left == shown


def test_a_step_without_an_end_counts_up() -> None:
    numbers = numbers_of(moment(plan("free"), left_s=None, clock_s=65.0))
    assert (numbers.left, numbers.left_more) == ("1:05", "b: backward block")


def test_an_easy_stretch_for_the_heart_has_a_countdown_of_its_own() -> None:
    now = moment(phase=Phase.BRIDGE, row=2, at_s=110.0, since_s=90.0)
    numbers = numbers_of(now)
    assert (numbers.left, numbers.left_more) == ("0:40", "until your heart is calm")
    assert step_of(now).name == "before step 3 of 9 · easy until your heart is calm"


def test_time_that_runs_faster_says_so() -> None:
    assert step_of(moment(pace=10.0)).name.endswith("time × 10")


def test_a_distance_says_what_is_left_of_it() -> None:
    assert numbers_of(moment(left_m=320.4)).left_more == "320 m left"


def test_target_difference_trim_and_incline_stand_under_the_speed() -> None:
    numbers = numbers_of(moment(kmh=4.6, target_kmh=5.0, trim=1.05, incline_pct=1.5, incline_trim_pct=0.5))
    assert numbers.speed == "4.6"
    assert numbers.speed_more == ("target 5.0 (−0.4)  trim +5 %  incline 1.5 % (+0.5)", "asked 4.0")


def test_a_belt_that_says_nothing_has_a_dash() -> None:
    assert numbers_of(moment(kmh=None)).speed == "–"


def test_speeds_are_shown_in_the_unit_that_was_chosen() -> None:
    assert [numbers_of(replace(moment(kmh=6.0), units=units)).speed for units in Units] == ["6.0", "3.7", "10:00"]


@pytest.mark.parametrize("width", [80, 110, 120, 200])
@pytest.mark.parametrize("left", ["0:03", "12:34", "1:02:03"])
@pytest.mark.parametrize("speed", ["–", "0.8", "16.0", "12:34"])
def test_digits_are_at_least_seven_rows_high_and_fit(width: int, left: str, speed: str) -> None:
    numbers = replace(numbers_of(moment()), left=left, speed=speed)
    lines = draw_numbers(numbers, width, 17 if width == 200 else 10)
    assert {length(line) for line in lines} <= {width}
    tall = [line for line in lines if any("█" in part for part, _ in line)]
    assert len(tall) >= 7


# Heart.


@pytest.mark.parametrize(
    ("bpm", "zone", "word"),
    [
        (89, 0, "rest"),
        (90, 1, "Z1 easy"),
        (107, 1, "Z1 easy"),
        (108, 2, "Z2 steady"),
        (126, 3, "Z3 brisk"),
        (170, 5, "Z5 all-out"),
    ],
)
def test_the_heart_has_its_zone_by_number_and_word(bpm: int, zone: int, word: str) -> None:
    heart = heart_of(moment(bpm=bpm))
    assert plan().runner.max_bpm == 180
    assert (heart.digits, heart.zone, heart.word) == (str(bpm), zone, word)


def test_zone_two_says_what_it_is_for() -> None:
    assert heart_of(moment(bpm=115)).purpose == ZONE_PURPOSE[2] == "builds the base; you can talk"


@pytest.mark.parametrize(("age_s", "digits"), [(4.9, "115"), (5.0, "115"), (5.1, "---"), (None, "---")])
def test_a_heart_rate_older_than_five_seconds_is_a_dash(age_s: float | None, digits: str) -> None:
    assert heart_of(moment(heart_age_s=age_s)).digits == digits


def test_a_heart_rate_of_the_treadmill_says_so() -> None:
    now = moment(bpm=129, heart_from=Source.TREADMILL)
    assert heart_of(now).source == "console"
    assert "♥ 129 console" in text(draw_numbers(numbers_of(now), 80, 10))
    assert "HEART, bpm, console" in text(draw_numbers(numbers_of(now), 120, 10))
    assert heart_of(moment()).source == ""


def test_a_heart_rate_that_is_missing_says_why() -> None:
    assert heart_of(moment(bpm=None, heart_why="no skin contact")).purpose == "no skin contact"


@pytest.mark.parametrize("zone", range(1, 6))
def test_a_zone_is_told_by_bars_too(zone: int) -> None:
    bpm = 80 + 18 * zone
    line = text(draw_numbers(numbers_of(moment(bpm=bpm)), 80, 10))
    assert "▮" * zone + "▯" * (5 - zone) in line


# Next, then.


def test_next_and_then_say_direction_speed_and_length() -> None:
    ahead = ahead_of(moment(row=1))
    assert ahead.next == "↻ turn, then ▼▼ BACKWARD 2.5 km/h, 1:30"
    assert ahead.then == "↻ turn, then ▲▲ FORWARD 5.0 km/h, 3:00"


@pytest.mark.parametrize(("left_s", "soon"), [(10.1, ""), (10.0, "in 10 s"), (0.4, "in 1 s")])
def test_what_comes_next_is_marked_from_ten_seconds(left_s: float, soon: str) -> None:
    ahead = ahead_of(moment(left_s=left_s))
    assert ahead.soon == soon
    assert ("▶ NEXT" in text(draw_ahead(ahead, 80, 2))) is bool(soon)


def test_after_the_last_step_comes_the_end() -> None:
    ahead = ahead_of(moment(row=len(plan().rows) - 1))
    assert (ahead.next, ahead.then) == ("■ END, the belt stops", "")


def test_inclines_ramps_and_rests_are_told() -> None:
    assert ahead_of(moment(plan("easy-walk-30"), row=1)).next == "▲▲ FORWARD 5.0 km/h, 3 %, 2:00"
    assert ahead_of(moment(plan("easy-walk-30"), row=len(plan("easy-walk-30").rows) - 2)).next.count("→") == 1


def test_a_bridge_for_the_heart_leads_to_the_row_that_waits() -> None:
    assert ahead_of(moment(phase=Phase.BRIDGE, row=2)).next.startswith("↻ turn, then ▼▼ BACKWARD")


# What holds back.


def test_every_rule_of_the_caps_has_plain_words() -> None:
    source = Path(coach.core.cap.__file__).read_text(encoding="utf-8")
    rules = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', source))
    assert rules
    assert rules == set(LIMITS)


def test_a_rule_without_words_is_named() -> None:
    assert "brand-new" in limit_words("brand-new")


def test_every_trip_has_words() -> None:
    assert set(TRIPS) == set(Trip)


@pytest.mark.parametrize(
    ("changes", "notice"),
    [
        ({}, ""),
        ({"limit": "level"}, "Held at the cap of your level."),
        ({"limit": "level", "trips": (Trip.HEART_HIGH,)}, "The heart rate was above its ceiling."),
        ({"row": 1, "no_backward": "no cue would reach you", "left_s": 40.0}, "No turn now: no cue would reach you."),
        ({"row": 1, "no_backward": "no cue would reach you", "left_s": 41.0}, ""),
        ({"row": 0, "no_backward": "no cue would reach you"}, ""),
    ],
)
def test_the_worst_that_holds_is_told(changes: dict[str, Any], notice: str) -> None:
    assert step_of(moment(**changes)).notice == notice


def test_a_notice_wins_where_there_is_no_room_for_both() -> None:
    line = text(draw_step(step_of(moment(limit="second-set-point", row=2)), 80, 1))
    assert "One small step first" in line
    assert "step 3 of 9" in line


# Captions.


def said(at_s: float, words: str = "Halfway.", cue: CueKind = CueKind.TIME) -> Said:
    return Said(at_s, cue, words)


def test_captions_come_newest_first_and_go_with_age() -> None:
    now = replace(moment(), said=(said(87.9, "old"), said(88.0, "first"), said(99.0, "second")))
    assert [caption.text for caption in captions_of(now)] == ["second", "first"]


def test_a_question_is_no_caption_while_it_stands_nor_once_it_is_answered() -> None:
    asked = Said(95.0, CueKind.QUESTION, "Press when ready.")
    early = Said(96.0, CueKind.QUESTION, "Too early. Press again.")
    question = Question(Ask.YES, 1, 95.0, 1.5, asked.text)
    stands = replace(moment(phase=Phase.READY, since_s=94.0, question=question), said=(asked, early))
    answered = replace(moment(phase=Phase.STARTING, since_s=98.0), said=(asked, early))
    assert [caption.text for caption in captions_of(stands)] == [early.text]
    assert captions_of(answered) == ()


def test_what_is_to_be_pressed_is_no_caption_while_it_stands() -> None:
    prompt = Asked(Button.SPEED, 1, "Set 8.0 on the treadmill.", speed_kmh=8.0)
    asked = Said(95.0, CueKind.QUESTION, prompt.text)
    now = replace(moment(prompt=prompt, prompted="so", since_s=90.0), said=(asked,))
    assert captions_of(now) == ()
    assert captions_of(replace(now, snapshot=replace(now.snapshot, kmh=8.0))) != ()


def test_only_the_newest_caption_is_bright() -> None:
    now = replace(moment(), said=(said(98.0), said(99.0)))
    assert [caption.role for caption in captions_of(now)] == ["strong", "dim"]


def test_every_kind_of_cue_has_a_sign_of_its_own() -> None:
    assert set(CUE_SIGNS) == set(CueKind)
    assert len(set(CUE_SIGNS.values())) == len(CueKind)


def test_a_long_caption_takes_another_line_and_nothing_is_lost() -> None:
    words = "Clip on. The belt will start and change speed by itself. Press when ready, and not before it."
    lines = text(draw_captions(captions_of(replace(moment(), said=(said(99.0, words),))), 80, 3))
    assert " ".join(lines.replace("◷", "").split()) == words


# Totals.


def test_totals_are_split_by_facing() -> None:
    lines = totals_of(moment(forward=Side(300.0, 380.0), backward=Side(45.0, 25.0), turns=1))
    assert lines[0] == "▲ forward 5:00  380 m"
    assert lines[1] == "▼ backward 0:45  25 m"
    assert lines[2] == "↻ 1 turn"


def test_a_forward_session_says_nothing_of_turns() -> None:
    assert not any("↻" in line or "▼" in line for line in totals_of(moment(plan("easy-walk-30"))))


def test_what_is_left_in_all_counts_turns() -> None:
    of = plan()
    rest_s = sum(row.planned_s or 0 for row in of.rows[1:]) + sum(of.turn_s(i) for i in (2, 3, 4, 5, 6, 7))
    assert left_in_all_s(moment(left_s=80.0)) == pytest.approx(80.0 + rest_s)


def test_after_the_end_nothing_is_left() -> None:
    assert left_in_all_s(moment(row=len(plan().rows), left_s=0.0)) == 0.0


# The row of states.


def test_all_is_well_is_seven_signs() -> None:
    words = [f"{sign.mark} {sign.word}" for sign in signs_of(moment())]
    assert words == ["✓ link 0 s", "✓ strap 0 s", "– captions", "✓ focus", "✓ awake", "● rec", "✓ guard"]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"link": False}, "✕ NO LINK 0 s"),
        ({"link_age_s": 3.4}, "! link quiet 3 s"),
        ({"link_age_s": 3.4, "still": True}, "✓ link 3 s"),
        ({"link_age_s": None}, "! link quiet never heard"),
        ({"bpm": None}, "! strap?"),
        ({"battery_pct": 19}, "! strap 19 %"),
        ({"battery_pct": 20}, "✓ strap 0 s"),
        ({"battery_pct": 5, "bpm": None}, "! strap?"),
        ({"heart_from": Source.TREADMILL}, "✓ heart 0 s"),
        ({"prompted": "another app has control"}, "◉ PROMPT MODE"),
        ({"sound": False}, "✕ NO SOUND"),
        ({"voice": Voice.SHORT}, "♪ voice short"),
        ({"focus": False}, "! NO FOCUS"),
        ({"awake": False}, "! may sleep"),
        ({"recording": False}, "! NO REC"),
        ({"guarded": False}, "! NO GUARD"),
    ],
)
def test_what_is_not_well_says_so_by_mark_and_word(changes: dict[str, Any], shown: str) -> None:
    well = {f"{sign.mark} {sign.word}" for sign in signs_of(moment())}
    marks = {f"{sign.mark} {sign.word}" for sign in signs_of(moment(**changes))}
    assert marks - well <= {shown}
    assert shown in marks


def test_without_a_strap_the_treadmills_heart_rate_is_as_good() -> None:
    assert signs_of(moment(plan(strap=False), heart_from=Source.TREADMILL))[1].word == "heart 0 s"


def test_where_there_is_no_room_what_is_well_gives_way_to_what_is_not() -> None:
    bad: dict[str, Any] = {
        "link": False,
        "sound": False,
        "focus": False,
        "recording": False,
        "guarded": False,
        "prompted": "so",
    }
    line = text(draw_signs(signs_of(moment(link_age_s=12.0, **bad)), 80, 1))
    assert all(word in line for word in ("PROMPT MODE", "NO LINK 12 s", "NO SOUND", "NO FOCUS", "NO REC", "NO GUARD"))
    assert "awake" not in line


def test_without_a_strap_its_absence_is_no_fault() -> None:
    assert signs_of(moment(plan(strap=False), bpm=None))[1].mark == "–"


def test_a_lost_keeper_leaves_no_old_signs_and_no_old_captions() -> None:
    lost = replace(moment(), life=Life.LOST, guarded="still", said=(said(99.0),))
    assert [f"{sign.mark} {sign.word}" for sign in signs_of(lost)] == [
        "✕ KEEPER LOST",
        "i The guard has stopped the belt: it stands.",
    ]
    assert captions_of(lost) == ()


@pytest.mark.parametrize("width", [80, 120, 200])
def test_lines_fit_the_width_in_every_layout(width: int) -> None:
    now = replace(moment(limit="of-forward", row=1, left_s=5.0), said=(said(99.0, "word " * 40),))
    for lines in (
        draw_signs(signs_of(moment(link=False, sound=False, focus=False)), width, 1),
        draw_step(step_of(now), width, 1),
        draw_ahead(ahead_of(now), width, 2),
        draw_captions(captions_of(now), width, 3),
        draw_totals(totals_of(now), width, 2),
        draw_foot(foot_of(now), width, 1),
    ):
        assert {length(line) for line in lines} == {width}


# Keys.


def test_a_free_session_has_a_block_where_others_have_a_next_step() -> None:
    assert ("n", "next") in foot_of(moment()).keys
    free = foot_of(moment(plan("free")))
    assert ("b", "backward") in free.keys
    assert ("n", "next") not in free.keys


def test_facing_the_rear_the_footer_has_three_keys() -> None:
    assert foot_of(moment(**REAR)) == Foot((("Space", "STOP"), ("Enter", "gentle stop"), ("↓", "slower")))


def test_on_a_real_belt_there_is_no_trouble_to_choose() -> None:
    real = replace(plan(), profile=replace(plan().profile, simulated=False))
    assert ("F9", "trouble") in foot_of(moment(phase=Phase.PAUSED)).keys
    assert ("F9", "trouble") not in foot_of(moment(real, phase=Phase.PAUSED)).keys


def test_in_a_turn_the_footer_says_that_any_key_stops() -> None:
    now = moment(phase=Phase.RAILS)
    assert now.situation is Situation.RAILS
    assert foot_of(now).keys == (("Space", "STOP"), ("any key", "stops the belt"))

"""How long words take, and which of an author's cues are heard: against the voice and against the floor itself."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.cue import CueKind
from coach.core.machine import MachineProfile
from coach.core.workout import Level
from coach.script.check import check_text, load
from coach.script.course import planned
from coach.script.find import shipped
from coach.script.spoken import LONGEST_S, PATIENCE_S, SLACK_S, speaking_s, unheard
from coach.sinks.floor import MANNERS
from coach.sinks.speech import WORDS_PER_MIN, EspeakNg
from coach.sinks.tone import lasts_s

HEAD = "format: 1\nname: Test\n"
NEXT = {"faster": "forward: 5 min @ 6 km/h", "same": "forward: 5 min @ 5 km/h", "rest": "rest: 1 min"}


def told(first: str, say: str, after: str = NEXT["faster"], top: str = "") -> list[str]:
    """The rules that the cues of a step break."""
    steps = f"steps:\n  - {first}\n    say: {say}\n  - {after}\n  - cool-down: 3 min @ 4 km/h\n"
    return [problem.rule for problem in check_text(f"{HEAD}{top}{steps}").problems]


def words(seconds: float) -> str:
    """Words that take about so long."""
    text = "la"
    while speaking_s(f"{text} la") <= seconds:
        text += " la"
    return text


# The rate


def test_the_patience_is_that_of_the_floor() -> None:
    assert MANNERS[CueKind.SAY].patience_s == PATIENCE_S
    assert WORDS_PER_MIN == 165  # at which the rate of spoken.py was measured


def test_a_status_takes_six_seconds_and_a_word_less_than_one() -> None:
    assert speaking_s("Facing rear, 2.0 kilometres an hour, 1 minute left, heart 122.") == pytest.approx(6.2, abs=0.5)
    assert speaking_s("Ten more.") == pytest.approx(0.95, abs=0.1)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng")
def test_the_voice_speaks_as_fast_as_is_reckoned(tmp_path: Path) -> None:
    engine, path = EspeakNg(), tmp_path / "words.wav"
    said, reckoned = 0.0, 0.0
    for text in sorted(cues_of_all()):
        engine.render(text, path)
        takes_s = lasts_s(path)
        assert speaking_s(text) == pytest.approx(takes_s, abs=0.6 + 0.15 * takes_s), text
        said, reckoned = said + takes_s, reckoned + speaking_s(text)
    engine.close()
    assert reckoned == pytest.approx(said, rel=0.1)


def cues_of_all() -> set[str]:
    """All cues of the shipped workouts."""
    found = set[str]()
    for name in shipped():
        workout = load(name).workout
        assert workout is not None
        found |= {cue.text for segment in workout.segments for cue in segment.say}
    return found


@given(st.text(), st.text())
def test_more_words_take_longer(text: str, more: str) -> None:
    assert speaking_s(text) >= 0
    if more.strip().isalpha():
        assert speaking_s(f"{text.strip()} {more}") > speaking_s(text) - 0.5


# Limits


@pytest.mark.parametrize(("by", "rules"), [(-0.3, []), (0.3, ["cue-too-long-to-speak"])])
def test_no_cue_takes_longer_than_the_most(by: float, rules: list[str]) -> None:
    assert told("forward: 5 min @ 5 km/h", words(LONGEST_S + by)) == rules
    assert told("forward: open @ 5 km/h", words(LONGEST_S + by)) == rules


@pytest.mark.parametrize("room", [4, 6, 8])
def test_a_cue_is_over_before_what_is_announced(room: int) -> None:
    """At 10 s before the end of a step that is followed by a faster one comes the speed."""
    fits, long = words(room + SLACK_S - 0.2), words(room + SLACK_S + 0.4)
    assert told("forward: 5 min @ 5 km/h", f"{{-{room + 10} s: {fits}}}") == []
    assert told("forward: 5 min @ 5 km/h", f"{{-{room + 10} s: {long}}}") == ["cue-too-long-to-speak"]


def test_the_same_speed_cuts_nothing() -> None:
    assert told("forward: 5 min @ 5 km/h", f"{{-14 s: {words(6)}}}", NEXT["same"]) == []
    assert told("forward: 5 min @ 5 km/h", f"{{-14 s: {words(6)}}}", NEXT["faster"]) == ["cue-too-long-to-speak"]


@pytest.mark.parametrize("after", NEXT.values(), ids=NEXT)
def test_the_countdown_is_for_itself(after: str) -> None:
    assert told("forward: 5 min @ 5 km/h", "{-10 s: Ten more.}", after) == []
    assert told("forward: 5 min @ 5 km/h", f"{{-6 s: {words(3)}}}", after) == ["cue-too-long-to-speak"]
    assert told("forward: 5 min @ 5 km/h", "{-3 s: And now we go.}", after) == ["cues-overlap"]


def test_what_is_announced_cuts_what_coach_itself_says() -> None:
    """In a step of 20 s before a rest the rest is announced at once, and the words that begin the step are cut."""
    assert told("forward: 20 s @ 5 km/h", words(5.5), NEXT["rest"]) == []
    assert told("forward: 20 s @ 5 km/h", words(8.5), NEXT["rest"]) == ["cues-overlap"]


@pytest.mark.parametrize(("second", "rules"), [(62, ["cues-overlap"]), (64, []), (70, [])])
def test_two_cues_do_not_overlap(second: int, rules: list[str]) -> None:
    say = f"{{1:00: {words(4)}, {second} s: Look ahead.}}"
    assert told("forward: 5 min @ 5 km/h", say) == rules
    assert told("forward: open @ 5 km/h", say) == rules


@pytest.mark.parametrize(("before", "rules"), [(10, ["cue-too-long-to-speak"]), (40, [])])
def test_a_distance_has_its_instants_too(before: int, rules: list[str]) -> None:
    """At 6 km/h 10 m are 6 s, of which the countdown takes five."""
    assert told("forward: 200 m @ 6 km/h", f"{{100 m: Half of it., -{before} m: {words(3)}}}", NEXT["same"]) == rules


def test_a_cue_of_every_minute_is_told_once() -> None:
    found = told("forward: 5 min @ 5 km/h", f"{{every 30 s: {words(3)}, every 60 s: And more.}}")
    assert found == ["cues-overlap"]


@pytest.mark.parametrize("name", shipped())
def test_the_cues_of_a_shipped_workout_are_heard(name: str) -> None:
    workout = load(name).workout
    assert workout is not None
    rows = planned(workout, MachineProfile(), workout.level or Level.BEGINNER).rows
    segments = iter(workout.segments)
    for row, after in pairwise((*rows, None)):
        assert row is not None
        cues = () if row.kind == "bridge" else next(segments).say
        assert list(unheard(row, after, cues)) == []

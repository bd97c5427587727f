"""Topics: where each payload goes, and the way back from a topic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.event import Verb
from coach.network.topics import Topics, all_stop, device_problem, prefix_problem, read

CELLAR = Topics("cellar")


def test_every_topic_of_a_treadmill() -> None:
    assert [CELLAR.status, CELLAR.state, CELLAR.sample, CELLAR.event, CELLAR.workout, CELLAR.ack] == [
        f"coach/cellar/{leaf}" for leaf in ("status", "state", "sample", "event", "workout", "ack")
    ]
    assert [CELLAR.command(verb) for verb in Verb] == [
        f"coach/cellar/cmd/{verb}" for verb in ("stop", "pause", "slower", "incline-down", "say")
    ]
    assert (CELLAR.commands, CELLAR.all_stop) == ("coach/cellar/cmd/+", "coach/all/cmd/stop")


@pytest.mark.parametrize("prefix", ["coach", "gym/hall-2"])
def test_a_topic_leads_back_to_its_treadmill(prefix: str) -> None:
    topics = Topics("t-1", prefix)
    assert read(topics.state, prefix) == ("t-1", "state")
    assert read(topics.command(Verb.STOP), prefix) == ("t-1", "cmd/stop")
    assert read(all_stop(prefix), prefix) == ("all", "cmd/stop")


@pytest.mark.parametrize("topic", ["", "coach", "coach/", "coach//state", "coach/t1", "coach/t1/", "other/t1/state"])
def test_a_topic_that_is_none_of_ours_leads_nowhere(topic: str) -> None:
    assert read(topic) is None


@given(st.text())
def test_reading_a_topic_never_raises(topic: str) -> None:
    read(topic)
    read(f"coach/{topic}")


@pytest.mark.parametrize(
    ("device", "good"),
    [
        ("treadmill", True),
        ("Hall-2_t7", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("", False),
        ("all", False),
        ("a/b", False),
        ("a b", False),
        ("+", False),
        ("#", False),
        ("käller", False),
        ("a\n", False),
    ],
)
def test_a_device_is_one_level_of_plain_letters(device: str, good: bool) -> None:
    assert (device_problem(device) == "") is good


@pytest.mark.parametrize(
    ("prefix", "good"),
    [("coach", True), ("gym/hall 2", True), ("", False), ("/a", False), ("a/", False), ("a/+", False), ("$SYS", False)],
)
def test_a_prefix_has_no_wild_cards(prefix: str, good: bool) -> None:
    assert (prefix_problem(prefix) == "") is good

"""The page before a session, for a runner who does not hear: what is asked, in which order, and what he sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest

from coach.cli.app import RefusedError
from coach.cli.gatehouse import Gatehouse, ask_through
from coach.cli.share import shared
from coach.cli.sight import UNWATCHED, Sight
from coach.cli.stage import Stage
from coach.people import People
from tests.cli.test_gatehouse import READY, Answers, stage
from tests.page.served import wait_for

__all__ = ["stage"]


class Watched(Sight):
    """A page that a screen begins to show after it was asked for twice."""

    def __init__(self) -> None:
        share = shared(True, "127.0.0.1")
        assert share is not None
        super().__init__(share)
        self.looks = 0
        self.seen: list[str] = []

    @property
    def watched(self) -> bool:
        self.looks += 1
        self.mute = "" if self.looks > 2 else UNWATCHED
        return self.looks > 2

    def _shown(self, word: str, *do: str, alarm: bool = False) -> Thread:
        self.seen.append(word)
        return super()._shown(word, *do, alarm=alarm)


@pytest.fixture
def sight() -> Iterator[Watched]:
    made = Watched()
    yield made
    made.close()


def test_he_opens_the_page_sees_the_alarm_and_is_asked_for_the_presses_there(stage: Stage, sight: Watched) -> None:
    People().remember(READY)
    answers, gatehouse = Answers(), Gatehouse("", None, hears=False, sight=sight)
    ask_through(stage, gatehouse, answers, sight, answers.clock)
    said = " ".join(answers.asked)
    assert said.index("Open the page on a screen") < said.index("you see the alarm on the page")
    assert "Press when the page asks" in said
    assert "hear the alarm" not in said
    assert sight.seen == ["ALARM", "PRESS", "PRESS"]


def test_without_a_page_backward_is_refused_with_a_sentence(stage: Stage, sight: Watched) -> None:
    People().remember(READY)
    with pytest.raises(RefusedError, match="backward needs the page behind the treadmill: start coach with --share"):
        ask_through(stage, Gatehouse("", None, hears=False), Answers(), sight)


@pytest.mark.slow
def test_it_is_served_when_it_is_first_asked_for_and_gone_when_it_is_closed() -> None:
    share = shared(True, "127.0.0.1")
    assert share is not None
    sight = Sight(replace(share))
    assert not sight.watched
    assert sight.mute == UNWATCHED
    rehearsal = sight._served()
    assert rehearsal is not None
    wait_for(lambda: rehearsal.address)
    assert rehearsal.address.endswith(f":{share.port}/{share.token}/")
    sight.alarm().join()
    sight.close()
    assert rehearsal.wait(20.0)


def test_beside_the_page_of_a_session_it_is_never_served() -> None:
    share = shared(True, "127.0.0.1")
    assert share is not None
    sight = Sight(share, lambda: True)
    sight.say("Press.").join()
    sight.alarm().join()
    assert not sight.watched
    assert sight.mute == UNWATCHED
    assert sight._rehearsal is None

"""The keeper's end of the page: it never waits for it, says once that it is gone, and passes stop on."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from queue import Queue
from time import perf_counter, thread_time

import pytest

from coach.core.cue import Cue, CueKind
from coach.core.event import Tick, Verb
from coach.core.progress import Answer
from coach.core.session import Outcome, Session
from coach.keeper.onlooker import Command, Onlooker
from coach.keeper.wire import Share
from coach.page.lines import Stop, Watching, up_line
from coach.sinks.page import GONE, Page, Rehearsal, Screens
from tests.page.served import HERE, ORIGIN, PATIENCE_S, TOKEN, Watched, moments, over, served, wait_for
from tests.tui.bare import plan, snapshot

pytestmark = pytest.mark.slow


def said(text: str) -> Outcome:
    return Outcome(cues=(Cue(1.0, CueKind.SAY, text),))


def as_onlooker(page: Page) -> Onlooker:
    """It is one, as the keeper takes them."""
    return page


def feed(page: Page, count: int) -> None:
    now = snapshot()
    for _ in range(count):
        as_onlooker(page).take(Tick(1.0), Session(), Session(), said("Small steps."))
        page.show(now)


def test_a_page_has_an_address_with_its_secret_and_nobody_else_has() -> None:
    with served() as watched:
        assert watched.page.address == f"http://{HERE}:{watched.port}/{TOKEN}/"
        assert watched.page.watching == 0
        if Path("/proc").is_dir():
            told = Path(f"/proc/{watched.page.pid}/cmdline").read_bytes()
            told += Path(f"/proc/{watched.page.pid}/environ").read_bytes()
            assert TOKEN.encode() not in told


def test_a_page_that_is_killed_is_told_of_once_and_harms_nothing() -> None:
    with served() as watched:
        assert watched.page.pid is not None
        os.kill(watched.page.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        assert watched.told.get(timeout=PATIENCE_S) == GONE
        feed(watched.page, 1000)
        watched.page.end(over())
        watched.page.close()
        assert watched.told.empty()
        assert watched.page.address == ""


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be frozen here")
def test_a_frozen_page_makes_nobody_wait_and_goes_at_the_end() -> None:
    with served() as watched:
        assert watched.page.pid is not None
        os.kill(watched.page.pid, signal.SIGSTOP)
        watched.leave()
        feed(watched.page, 20_000)  # more than any pipe holds
        waiting = watched.page._out
        assert waiting is not None
        assert len(waiting._lines) <= 10_000
        before_s, worked_s = perf_counter(), thread_time()
        feed(watched.page, 200)
        assert perf_counter() - before_s < 20 * (thread_time() - worked_s) + 1.0  # nothing slept in there
        watched.page.close()
        assert watched.page.wait(PATIENCE_S)
        assert watched.told.empty()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be frozen here")
def test_a_page_that_freezes_is_watched_by_nobody() -> None:
    seen, now = Queue[bool](), [0.0]
    with served() as watched:
        screens = watched.page
        screens._seen, screens._clock = seen.put, lambda: now[0]
        assert screens.pid is not None
        os.kill(screens.pid, signal.SIGSTOP)
        screens._hear(up_line(Watching(2)))
        assert seen.get(timeout=PATIENCE_S) is True
        assert screens.watching == 2
        now[0] += 1.0
        assert screens.watching == 0
        assert seen.get(timeout=PATIENCE_S) is False
        os.kill(screens.pid, signal.SIGCONT)


def test_stop_is_offered_and_why_it_was_not_taken_goes_down() -> None:
    with served() as watched:
        watched.show(moments()["forward"])
        watched.page._hear(up_line(Stop()))
        command: Command = watched.offered.get(timeout=PATIENCE_S)
        assert command.verb is Verb.STOP
        command.answered(Answer(1, done=False, why="The session is over."))
        command.answered(Answer(1, done=True))


def test_a_page_gone_mad_offers_a_few_stops_and_nothing_else() -> None:
    with served() as watched:
        for _ in range(1000):
            watched.page._hear(up_line(Stop()))
            watched.page._hear(b'{"start": true}')
            watched.page._hear(b'{"kmh": 20}')
        assert 1 <= watched.offered.qsize() <= 50
        assert all(watched.offered.get().verb is Verb.STOP for _ in range(watched.offered.qsize()))


def test_a_page_is_gone_with_its_session() -> None:
    with served() as watched:
        watched.leave()
        watched.page.end(over())
        watched.page.close()
        assert watched.page.wait(PATIENCE_S)
        assert watched.told.empty()


def test_an_address_that_is_not_of_this_computer_is_told_once() -> None:
    told = Queue[str]()
    page = Page(Share("192.0.2.1", TOKEN), plan(), ORIGIN, lambda _: None, told.put, lambda _: None)
    page.end(over())
    page.close()
    assert told.get(timeout=PATIENCE_S).startswith("There is no page behind the treadmill: 192.0.2.1 cannot be served")
    assert page.wait(PATIENCE_S)
    assert told.empty()


def test_where_no_process_can_be_started_the_session_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    told = Queue[str]()
    page = Page(Share(HERE, TOKEN), plan(), ORIGIN, lambda _: None, told.put, lambda _: None)
    feed(page, 3)
    page.end(over())
    page.close()
    assert told.get_nowait() == "There is no page behind the treadmill: no such file or directory."
    assert (page.address, page.watching) == ("", 0)


def test_a_rehearsal_gives_its_place_to_the_page_of_the_session() -> None:
    rehearsal = Rehearsal(Share(HERE, TOKEN))
    wait_for(lambda: rehearsal.address)
    port = int(rehearsal.address.split("/")[2].rpartition(":")[2])
    rehearsal.show("ALARM", "You see it.", alarm=True)
    rehearsal.close()
    with served(port=port) as watched:
        assert watched.port == port
    assert rehearsal.wait(PATIENCE_S)


def test_it_takes_all_that_an_onlooker_is_given() -> None:
    with served() as watched:
        assert isinstance(watched, Watched)
        assert isinstance(watched.page, Screens)
        feed(watched.page, 2)
        assert watched.told.empty()

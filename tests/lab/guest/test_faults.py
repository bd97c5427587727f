"""Faults in every state of a session over BlueZ; the belt's own log says how each one ended (safety.md 6 to 9)."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

import pytest

from coach.air.quirks import Mischief
from coach.core.cue import CueKind
from coach.core.ftms import Op, Result
from coach.link.sim import VirtualTreadmill
from coach.link.writes import STOP
from coach.sinks.replay import replay
from tests.faults.behind import alarm_of, cues_of, ended_of, trips_of
from tests.faults.bluez import keep
from tests.faults.row import NONE, verdict
from tests.faults.row import Row as Cells
from tests.keeper.stand import wait_for
from tests.lab.guest.air import Air
from tests.lab.guest.session import LONG_S, Note, Scene, rear_speeds, session, starts_of_a_moving_belt
from tests.lab.guest.system import end_bluetoothd, start_bluetoothd, switch

WORKOUT: Final = """
format: 1
name: Short
level: {level}
steps:
  - warm-up: 75 s @ 5 km/h
  - backward: 90 s @ {backward_kmh} km/h
  - cool-down: 3 min @ 4 km/h
"""
PLACES: Final = {  # words of the lines of a session, in their order
    "forward": ["1/3 warm-up, 0:5"],
    "slowing": ["1/3 warm-up", "slowing"],
    "rails": ["1/3 warm-up", "on the rails(, heart|$)"],
    "stopping": ["1/3 warm-up", "stopping"],
    "ready": ["1/3 warm-up", r"ready\?"],
    "starting": ["1/3 warm-up", "starting"],
    "stepping on": ["1/3 warm-up", "stepping on"],
    "ramp": ["1/3 warm-up", "speeding up"],
    "backward": ["2/3 backward, 1:1"],
    "fast backward": ["2/3 backward, 0:3"],  # the first half minute is slower
}
WATCHED_S: Final = 20.0  # so long a belt that was stopped is looked at
GUIDED_KMH_S: Final = 0.3
SPARE_S: Final = 5.0  # beside the time of a guided stop (safety.md 9)
RISES_KMH: Final = 0.3
RADIO_S: Final = 0.7  # from a link on the air to one that is discovered and subscribed to
BEAT_S: Final = 1.0  # a strap speaks once a second, and a belt takes a moment
_FACING: Final = {"forward": "forward", "slowing": "forward", "rails": "forward", "ramp": "backward"} | dict.fromkeys(
    ("backward", "fast backward"), "backward"
)
_SAID: Final = re.compile(r"  > |HAS ENDED|guard has|lost|stands")
STALE_S: Final = 2 * 2.0 + 0.6  # twice stale: Stop (safety.md 1, 8), with what is heard before
AT_ONCE_S: Final = 0.5  # a line over two pipes, or a status and a Stop over the air
LATE: Final = {
    "answers 6 s late": Mischief(answer_late_s=6.0),
    "writes return 4 s late": Mischief(response_late_s=4.0),
}
REFUSED_S: Final = 15.0  # so long a machine that refuses Stop is looked at: alarm words come every 3 s (safety.md 1)
ALARMS: Final = 4
READS_S: Final = 1.0  # a link that came back in a running segment is heard once before it is written to


@contextmanager
def at(
    air: Air, folder: Path, place: str, machine: str = "home", level: str = "intermediate", backward_kmh: float = 2.5
) -> Iterator[Scene]:
    """A session that has come to a place; its runner has answered every question so far, and answers none any more."""
    workout = folder / "short.yaml"
    workout.write_text(WORKOUT.format(level=level, backward_kmh=backward_kmh))
    with session(air, folder, [str(workout)], machine) as scene:
        scene.stand.reach(*PLACES[place])
        yield scene


def told(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Show a figure beside the dots of the tests."""
    with capsys.disabled():
        print(f"\n{text}", end=" ")


def pass_by(seconds: float) -> None:
    """Let time go by, of the guest's clock."""
    Event().wait(seconds)


# -- what is done; each gives the instant from which the belt has to be slowed


def away(seconds: float) -> Callable[[Scene], float]:
    def act(scene: Scene) -> float:
        scene.air.leave(scene.mill)
        pass_by(seconds)
        scene.air.come_back(scene.mill)
        return connected_s(scene)

    return act


def adapter_off(scene: Scene) -> float:
    switch(on=False)
    pass_by(3.0)
    switch(on=True)
    return connected_s(scene)


def bluetoothd_restarted(scene: Scene) -> float:
    end_bluetoothd()
    pass_by(3.0)
    start_bluetoothd()
    switch(on=True)
    return connected_s(scene)


def connected_s(scene: Scene) -> float:
    wait_for(lambda: scene.air.connected(scene.mill))
    return scene.stand.notes()[-1].mono_s


def killed(*names: str) -> Callable[[Scene], float]:
    def act(scene: Scene) -> float:
        processes = {"keeper": scene.stand.keeper, "cockpit": scene.stand.cockpit.pid}
        now_s = monotonic()
        for name in names:
            os.kill(processes[name], signal.SIGKILL)
        return now_s

    return act


def keeper_killed_without_a_link(scene: Scene) -> float:
    scene.air.leave(scene.mill)
    os.kill(scene.stand.keeper, signal.SIGKILL)
    pass_by(5.0)
    scene.air.come_back(scene.mill)
    return connected_s(scene)


def frozen(scene: Scene) -> float:
    process, now_s = scene.stand.keeper, monotonic()
    os.kill(process, signal.SIGSTOP)
    return now_s


def by_hand(act: Callable[[VirtualTreadmill, float], None]) -> Callable[[Scene], float]:
    """Something that is done to the treadmill itself, or that it does."""

    def done(scene: Scene) -> float:
        now_s = monotonic()
        scene.air.hand(scene.mill, act)
        return now_s

    return done


def starts_itself(scene: Scene) -> float:
    now_s = by_hand(lambda mill, at_s: mill.self_start(at_s))(scene)
    wait_for(lambda: scene.kmh > 0)
    return now_s


key_pulled = by_hand(lambda mill, at_s: mill.pull_key(at_s))
silent = by_hand(lambda mill, _: mill.mute(inf))
stopped_at_the_console = by_hand(lambda mill, at_s: mill.console_stop(at_s))
garbled = by_hand(lambda mill, _: mill.garbage(inf))  # the seed's first ones tell no speed that a belt could have
taken = by_hand(lambda mill, at_s: mill.take_control(at_s))  # and gives it back when it is asked for


def taken_for_good(scene: Scene) -> float:
    """Somebody else takes control and keeps it: the machine refuses Stop as well."""
    scene.air.play(scene.mill, Mischief(results={Op.REQUEST_CONTROL: Result.NOT_PERMITTED}))
    return taken(scene)


def pressed(late: Mischief) -> Callable[[Scene], float]:
    """The runner presses Stop on a machine that has become late."""

    def act(scene: Scene) -> float:
        scene.air.play(scene.mill, late)
        now_s = monotonic()
        scene.stand.type("stop")
        return now_s

    return act


# -- how it ends


@dataclass(frozen=True, slots=True)
class Row:
    """A place, what goes wrong there, and how soon the belt has to be slowed then."""

    name: str
    place: str
    act: Callable[[Scene], float]
    within_s: float = 0.0
    machine: str = "link-loss-keeps"
    section: str = "8"
    alarms: bool = True  # where the runner may face the rear and the belt moves
    heard: bool = True  # at the end; else nobody knows that the belt stands, and nobody may say it
    by_itself: bool = False  # the machine stops, and nothing need be written


TURN: Final = ["slowing", "rails", "stopping", "ready", "starting", "stepping on", "ramp"]
WRITTEN_DOWN: Final = ["fast backward", "stepping on"]  # only for the table: CI has them without the radio
ROWS: Final = [
    *(Row(f"link {s:.0f} s", place, away(s), RADIO_S) for place in TURN for s in (2.0, 40.0)),
    *(Row(f"link {s:.0f} s", "fast backward", away(s), RADIO_S + READS_S) for s in (2.0, 40.0)),
    Row("link 2 s", "fast backward", away(2.0), RADIO_S + READS_S, machine="home"),
    Row("adapter off", "fast backward", adapter_off, RADIO_S + READS_S),
    Row("bluetoothd restarted", "fast backward", bluetoothd_restarted, RADIO_S + READS_S),
    Row("keeper killed", "fast backward", killed("keeper"), 1.0, section="9"),
    Row("cockpit killed", "fast backward", killed("cockpit"), 0.5, section="9"),
    Row("both killed", "fast backward", killed("cockpit", "keeper"), 1.0, section="9"),
    Row("keeper killed without a link", "fast backward", keeper_killed_without_a_link, 1.0, section="9"),
    Row("keeper frozen", "fast backward", frozen, 3.5, section="9"),
    Row("keeper killed", "ramp", killed("keeper"), 1.0, section="9"),
    Row("keeper killed", "slowing", killed("keeper"), 1.0, section="9"),
    Row("key pulled", "fast backward", key_pulled, 1.0),
    Row("starts by itself", "ready", starts_itself, 2.0),
    *(Row("says nothing", place, silent, STALE_S, heard=False) for place in WRITTEN_DOWN),
    *(
        Row("stopped at the console", place, stopped_at_the_console, 1.0, alarms=False, by_itself=True)
        for place in WRITTEN_DOWN
    ),
    *(Row("says noise", place, garbled, STALE_S, heard=False) for place in WRITTEN_DOWN),
    *(Row("control taken", place, taken, AT_ONCE_S) for place in WRITTEN_DOWN),
    *(
        Row(f"{words}, Stop pressed", place, pressed(late), AT_ONCE_S, section="4", alarms=False)
        for words, late in LATE.items()
        for place in ("forward", *WRITTEN_DOWN)
    ),
]
REFUSED: Final = [Row("control taken for good", place, taken_for_good, AT_ONCE_S) for place in WRITTEN_DOWN]


def _parameter(row: Row) -> pytest.ParameterSet:
    long = row.name == "link 40 s" and row.place in TURN  # as after 2 s, and by far the most of the time
    long = long or (row.place in WRITTEN_DOWN and row.act in {silent, stopped_at_the_console, garbled, taken})
    long = long or row.section == "4"
    return pytest.param(row, marks=pytest.mark.matrix if long else (), id=f"{row.name} at {row.place} on {row.machine}")


def _cells(row: Row, met: Met, scene: Scene) -> Cells:
    """The row of the table of faults."""
    facing = _FACING.get(row.place, "unknown")
    recording = scene.stand.recorded()
    words = [line.strip() for line in met.said if _SAID.search(line)]
    alarm = alarm_of(recording, met.before, met.said)
    in_time = met.slowed_s <= row.within_s or met.stood_s <= row.within_s or (row.by_itself and met.slowed_s == inf)
    verdicts = [] if in_time else [met.late(row.within_s)]
    if row.alarms and met.moved and alarm == "no":
        verdicts.append("no alarm")
    return Cells(
        stack="BlueZ",
        machine=row.machine,
        fault=row.name,
        place=row.place,
        facing=facing,
        ended=ended_of(recording),
        trips=trips_of(recording, met.before),
        alarm=alarm,
        rear="not rear at the fault"
        if facing == "forward"
        else f"{max([one.kmh for one in met.after], default=0.0):.1f}",
        slowed=f"{met.slowed_s:.1f}" if met.slowed_s < inf else f"none needed: it stands after {met.stood_s:.1f} s",
        told=words[0] if words else "nothing on the screen, whose process is gone",
        promise=f"{row.section}: {verdict(verdicts)}",
        laws="law 2: it was started again" if any(one.starts for one in met.after) else NONE,
    )


@dataclass(frozen=True, slots=True)
class Met:
    """What a fault came to: the belt's own log from then on, and what was said."""

    began_kmh: float
    since_s: float  # from when the belt has to be slowed
    before: int  # entries of the journal until then
    after: list[Note]
    said: list[str]

    @property
    def moved(self) -> bool:
        """Somebody may have been carried by it."""
        return self.began_kmh > 0 or any(one.kmh > 0 for one in self.after)

    @property
    def slowed_s(self) -> float:
        """Until the first slowing write."""
        writes = [one.mono_s - self.since_s for one in self.after if one.slows and one.mono_s >= self.since_s]
        return min(writes, default=inf)

    @property
    def stood_s(self) -> float:
        """Until the belt stood for good."""
        return max([0.0, *(one.mono_s - self.since_s for one in self.after if one.kmh > 0)])

    def late(self, within_s: float) -> str:
        """How a promise of so many seconds was broken."""
        return f"{self.slowed_s:.1f} s, {within_s:.1f} s promised"


@pytest.mark.parametrize("row", [_parameter(row) for row in ROWS])
def test_it_ends_with_a_belt_that_stands_and_nothing_starts_it(
    air: Air, tmp_path: Path, capsys: pytest.CaptureFixture[str], row: Row
) -> None:
    with at(air, tmp_path, row.place, row.machine) as scene:
        began_s, began_kmh, shown = monotonic(), scene.kmh, len("".join(scene.stand.said))
        before = len(scene.stand.recorded().entries)
        since_s = row.act(scene)
        stops_s = scene.kmh / GUIDED_KMH_S + SPARE_S
        pass_by(row.within_s + stops_s + WATCHED_S)
        after, kmh, lives = scene.stand.notes(began_s), scene.kmh, scene.stand.cockpit.poll() is None
        said = scene.stand.leave() if lives else scene.stand.rest()
        met = Met(began_kmh, since_s, before, after, said[shown:].splitlines())
        cells = _cells(row, met, scene)
        keep(cells)
        told(
            capsys,
            f"{row.name} at {row.place}: {began_kmh:.1f} km/h, slowed {met.slowed_s:.2f} s, stood {met.stood_s:.2f} s",
        )
        assert kmh == 0
        assert not any(one.starts for one in after)
        assert max((one.kmh for one in after), default=0.0) <= began_kmh + RISES_KMH
        assert met.stood_s <= row.within_s + stops_s
        assert not cells.broken, cells
        if lives:
            assert ("stands" in said) == row.heard
            assert ("THE BELT MAY STILL MOVE" in said) != row.heard
            assert scene.stand.cockpit.returncode == 1
    assert replay(scene.stand.recorded()).equal


@pytest.mark.parametrize("row", [pytest.param(row, id=row.place, marks=pytest.mark.matrix) for row in REFUSED])
def test_it_alarms_while_a_treadmill_refuses_stop_until_the_clip_is_pulled(air: Air, tmp_path: Path, row: Row) -> None:
    with at(air, tmp_path, row.place, row.machine) as scene:
        began_s, began_kmh, shown = monotonic(), scene.kmh, len("".join(scene.stand.said))
        before = len(scene.stand.recorded().entries)
        since_s = row.act(scene)
        pass_by(REFUSED_S)
        assert scene.kmh == pytest.approx(began_kmh)  # it refuses: nothing of coach's can slow it
        pulled_s = key_pulled(scene)
        wait_for(lambda: scene.kmh == 0)
        pass_by(WATCHED_S)
        after, kmh = scene.stand.notes(began_s), scene.kmh
        said = scene.stand.leave()
        cells = _cells(row, Met(began_kmh, since_s, before, after, said[shown:].splitlines()), scene)
        keep(cells)
        assert kmh == 0
        assert not any(one.starts for one in after)
        assert max(one.kmh for one in after) <= began_kmh + RISES_KMH
        assert not cells.broken, cells
        recording = scene.stand.recorded()
        alarms = [text for kind, text in cues_of(recording, before) if kind is CueKind.ALARM]
        assert len(alarms) >= ALARMS, f"{pulled_s - since_s:.1f} s: {alarms}"
    assert replay(recording).equal


STOP_STARTS_IT: Final = """
name = "SIM-toggle"
stop_when_stopped = "start"
needs_control = false
"""


@pytest.mark.parametrize("place", ["starting", "stopping"])
def test_a_belt_that_a_stop_would_start_is_not_started_when_the_link_comes_back(
    air: Air, tmp_path: Path, place: str
) -> None:
    machine = tmp_path / "toggle.toml"
    machine.write_text(STOP_STARTS_IT)
    with at(air, tmp_path, place, str(machine)) as scene:
        wait_for(lambda: STOP in air.written(scene.mill) or place == "starting")
        back_s = away(4.0)(scene)
        pass_by(WATCHED_S)
        assert max((one.kmh for one in scene.stand.notes(back_s)), default=0.0) == 0


@pytest.mark.parametrize("away_s", [2.0, 40.0])
def test_facing_forward_a_belt_that_runs_on_is_left_running(air: Air, tmp_path: Path, away_s: float) -> None:
    with at(air, tmp_path, "forward", "link-loss-keeps") as scene:
        lost_s = monotonic()
        away(away_s)(scene)
        pass_by(10.0)
        after = scene.stand.notes(lost_s)
        assert not any(one.starts or one.slows for one in after)
        assert scene.kmh == 5.0
        said = scene.stand.leave()
        assert "Connection lost. The belt may run on." in said
        assert "The belt stands." in said
    assert replay(scene.stand.recorded()).equal


def test_facing_forward_a_belt_that_stops_without_a_link_stays_stopped(air: Air, tmp_path: Path) -> None:
    with at(air, tmp_path, "forward", "home") as scene:
        lost_s = monotonic()
        away(20.0)(scene)
        pass_by(WATCHED_S)
        assert scene.kmh == 0
        assert not any(one.starts for one in scene.stand.notes(lost_s))
        scene.stand.until("paused")
        assert "stands" in scene.stand.leave()


def test_a_strap_that_is_lost_facing_the_rear_lowers_the_cap_within_30_seconds(air: Air, tmp_path: Path) -> None:
    with at(air, tmp_path, "fast backward", level="beginner", backward_kmh=3.0) as scene:
        assert scene.kmh == pytest.approx(3.0)
        scene.air.leave(scene.strap)
        pass_by(30.0 + BEAT_S)
        assert scene.kmh == pytest.approx(0.8 * 3.0)
        assert "stands" in scene.stand.leave()


def test_a_machine_that_reports_its_target_is_kept_under_the_cap_all_the_same(air: Air, tmp_path: Path) -> None:
    workout = tmp_path / "short.yaml"
    workout.write_text(WORKOUT.format(level="intermediate", backward_kmh=2.5))
    with session(air, tmp_path, [str(workout), "--auto"], "echo-target") as scene:
        assert "Session finished" in scene.stand.rest(LONG_S)
        assert scene.kmh == 0
        noted, recording = scene.stand.notes(), scene.stand.recorded()
    assert max(rear_speeds(recording, noted)) <= 2.5 + RISES_KMH
    assert starts_of_a_moving_belt(noted) == []
    assert replay(recording).equal

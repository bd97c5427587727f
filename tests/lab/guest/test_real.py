"""What coach does on a belt that looks real, as its user does it: from nothing to a session, and what it refuses.

The machine has no name and no service of a simulated one. The log of the belt is the witness of what it did, the list
of what was written to its control point the witness of what coach asked for.
"""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

import pytest

from coach import places
from coach.air.quirks import Quirks
from coach.cli.gatehouse import today
from coach.core.ftms import Op
from coach.core.machine import Range
from coach.known import Known, KnownUnits
from coach.machines import Store
from coach.people import People
from coach.sinks.journal import read_journal
from coach.sinks.replay import replay
from tests.keeper.stand import wait_for
from tests.lab.guest.gym import NAME, STRAP, Gym
from tests.lab.guest.owner import (
    ANSWERS,
    THEN,
    coach,
    guards,
    hands,
    kept,
    own,
    screened,
    session,
    short,
    strapped,
)
from tests.lab.guest.session import LONG_S, rear_speeds, starts_of_a_moving_belt
from tests.lab.guest.sitting import Act, Sitting
from tests.lab.guest.system import forget

TEST_KMH: Final = 3.0  # no machine test is faster (backward-running.md 4.9)
FIRST_KMH: Final = 2.0  # the first session of a beginner (safety.md 3)
FIRST_BLOCK_S: Final = 90.0
OVER_KMH: Final = 0.3
PLAYER: Final = "/bin/true"  # plays at once, and unheard


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was spoken into files once, by all of these tests: to speak takes longer than all else that they do."""
    return tmp_path_factory.mktemp("sounds")


LEAVES: Final = {"0 rest, 3 moderate": "q"}  # how hard it was is asked in the end
AWAY_S: Final = 10.0  # half of the time for which the connection is given up


@pytest.fixture
def gym(monkeypatch: pytest.MonkeyPatch, home: Path, sounds: Path) -> Iterator[Gym]:
    """A computer whose Bluetooth is new, with something that plays; on the air is nothing yet."""
    monkeypatch.setenv("COACH_PLAYER", PLAYER)
    (home / "cache").mkdir(parents=True)
    places.sounds().symlink_to(sounds)
    forget()
    with Gym() as one:
        yield one


# -- made known


def test_everything_is_set_up_from_nothing(gym: Gym, tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    mill = gym.belt("link-loss-keeps", truth=truth)
    gym.chest(mill)
    other, bike = gym.belt(name="Neighbour 3"), gym.belt(name="Bike 1", quirks=Quirks(bike=True))
    before: list[list[bytes]] = []
    away: list[int] = []

    def gone() -> None:
        wait_for(lambda: not gym.connected(mill), AWAY_S)  # BlueZ takes 2 s to let go
        away.append(len(guards()))

    acts = hands(gym, mill) | {
        "Step 7 of 7": lambda: before.append(gym.written(mill)),
        "No connection": gone,
    }
    with Sitting(["setup"], ANSWERS, acts) as one:
        code, text = one.rest(), one.text
    assert code == 0, text
    for line in (
        f"Accepted: {NAME}.",
        "Seen: this is your treadmill. Press Stop on it; coach has written nothing.",
        "Bike 1, near (-50 dBm)",
        "another kind of machine, not a treadmill",
        "All is set up.",
    ):
        assert line in text
    assert before == [[]]
    assert away == [1]
    assert (other.connections, other.writes, bike.connections, bike.writes) == (0, [], 0, [])
    assert gym.kmh(mill) == 0
    known = kept(mill)
    assert None not in (known.accepted_at, known.proved_at, known.tested_at)
    assert known.found["keeps_on_link_loss"] is True
    _measured(known)
    wait_for(lambda: not gym.connected(mill))
    _test_was_slow(truth)
    assert [strap.name for strap in Store().straps()] == [STRAP]
    (person,) = People().all()
    assert person.consented
    code, text = coach("machines")
    assert (code, "keeps going when the link is lost;" in text) == (0, True)
    assert "not done" not in coach("setup", "--list")[1]


def test_a_belt_that_stops_without_a_link_is_found_to_do_so(gym: Gym, tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    mill = gym.belt(truth=truth)
    own(mill)
    with Sitting(["setup", "test"], ANSWERS, hands(gym, mill)) as one:
        code, text = one.rest(), one.text
    assert code == 0, text
    known = kept(mill)
    assert known.found["keeps_on_link_loss"] is False
    _measured(known)
    wait_for(lambda: not gym.connected(mill))
    _test_was_slow(truth)
    (recorded,) = (places.journals(simulated=False).parent / "tests").glob("*.jsonl")
    assert replay(read_journal(recorded)).equal


def _measured(known: Known) -> None:
    """What the home treadmill is made of (coach/link/machines/home.toml)."""
    found = known.found
    assert (found["remote_start"], found["stop_works"], found["speed_control"]) == (True, True, True)
    assert found["accel_kmh_s"] == pytest.approx(0.5, abs=0.1)
    assert found["decel_kmh_s"] == pytest.approx(0.5, abs=0.1)
    assert 3.0 <= float(found["start_delay_s"]) <= 4.0


def _test_was_slow(truth: Path) -> None:
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    assert 2.5 < max(one["kmh"] for one in lines) <= TEST_KMH
    links = [one["link"] for one in lines if "link" in one]
    assert links[-4:] == ["connected", "disconnected", "connected", "disconnected"]


def test_a_window_that_is_closed_in_a_machine_test_stops_the_belt(gym: Gym, tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    mill = gym.belt("link-loss-keeps", truth=truth)
    own(mill)
    with Sitting(["setup", "test"], ANSWERS, hands(gym, mill)) as one:
        one.until("2.0 km/h")
        closed_s = monotonic()
        one.hang_up()
        wait_for(lambda: gym.kmh(mill) == 0)
        wait_for(lambda: not gym.connected(mill))
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    slowed = [line["mono"] - closed_s for line in lines if "write" in line and line["mono"] > closed_s]
    assert slowed[0] <= 0.5
    assert kept(mill).tested_at is None


@pytest.mark.matrix
@pytest.mark.parametrize("machine", ["no-control", "ignores-speed"])
def test_a_machine_test_of_one_that_takes_no_speeds_says_so(gym: Gym, tmp_path: Path, machine: str) -> None:
    mill = gym.belt(machine, truth=tmp_path / "truth.jsonl")
    own(mill)
    acts = hands(gym, mill) | {
        "Press Start on the treadmill": gym.press(mill, "start"),
        "Press Stop on the treadmill": gym.press(mill, "stop"),
    }
    with Sitting(["setup", "test"], ANSWERS, acts) as one:
        code, text = one.rest(), one.text
    assert code == 0, text
    known = kept(mill)
    assert known.tested_at is not None
    assert known.found["speed_control"] is False
    assert gym.kmh(mill) == 0


def test_another_key_proves_nothing(gym: Gym) -> None:
    mill = gym.belt()
    Store().remember(Known(mill.face.address, NAME, accepted_at=THEN))
    wrong = hands(gym, mill) | {"Now press + on the treadmill": gym.press(mill, "stop")}
    with Sitting(["setup", "proof"], ANSWERS, wrong) as one:
        one.rest()
        assert "Not seen: +." in one.text
        assert "Not proved, so coach will not drive it" in one.text
    assert kept(mill).proved_at is None
    code, text = coach("run", "1min@4", "--treadmill", NAME, "--plain")
    assert (code, "is not proved yet" in text) == (1, True)
    assert mill.writes == []


def test_keys_of_the_treadmill_beside_it_prove_nothing(gym: Gym) -> None:
    mill, other = gym.belt(), gym.belt(name="Neighbour 3")
    Store().remember(Known(mill.face.address, NAME, accepted_at=THEN))
    with Sitting(["setup", "proof"], ANSWERS, hands(gym, other)) as one:
        one.rest()
        assert "Not seen: Start. Instead its speed stayed at 0.0." in one.text
    assert kept(mill).proved_at is None
    assert (mill.writes, other.writes) == ([], [])


# -- forward


def test_forward_without_an_option_on_the_own_treadmill(gym: Gym, tmp_path: Path) -> None:
    mill = gym.belt(truth=tmp_path / "truth.jsonl")
    own(mill)
    acts: dict[str, Act] = {"on the rails, ready?": "\r"}
    with Sitting(["run", "2min@5", "--plain"], LEAVES, acts) as one:
        code, text = one.rest(), one.text
    assert code == 0, text
    assert "Session finished" in text
    assert not any("SIMULATED" in line for line in text.splitlines())
    timed = [line for line in text.splitlines() if re.match(r".*\d:\d\d  ", line)]
    assert len(timed) > 20
    assert all(line.startswith("REAL BELT") for line in timed)
    known = kept(mill)
    assert known.last_used_at is not None
    assert known.last_used_at > THEN
    assert known.speeds == Range(0.8, 18.0, 0.1)
    assert known.units == KnownUnits()
    (recorded,) = places.journals(simulated=False).glob("*.jsonl")
    assert not places.journals(simulated=True).exists()
    assert replay(read_journal(recorded)).equal
    assert gym.kmh(mill) == 0


@pytest.mark.parametrize("words", [["--treadmill", "auto"], ["--treadmill", NAME], []])
def test_nothing_that_only_a_simulated_world_can_do(gym: Gym, words: list[str]) -> None:
    mill = gym.belt()
    own(mill)
    for option in (["--auto"], ["--fault", "key@segment1+5"], ["--timelapse", "2"], ["--press", "stop@segment1+5"]):
        if words:
            code, text = coach("run", "1min@4", "--plain", *words, *option, typed=None)
            assert code == 2, text
            assert "a real belt has no --auto, --timelapse, --fault or --press" in " ".join(text.split())
    for heart in ("sim", "120", "SIM-heart"):
        code, text = coach("run", "1min@4", "--plain", *words, "--heart", heart)
        assert (code, f"--heart {heart}: a real belt takes a real strap or none" in text) == (1, True), text
    assert (mill.connections, mill.writes) == (0, [])


def test_the_end_of_input_is_a_guided_stop(gym: Gym, tmp_path: Path) -> None:
    mill = gym.belt(truth=tmp_path / "truth.jsonl")
    own(mill)
    with session(gym, tmp_path, mill, "5min@5") as stand:
        stand.reach("forward, 4:3")
        ended_s = monotonic()
        assert stand.cockpit.stdin is not None
        stand.cockpit.stdin.close()
        said = stand.rest(LONG_S)
        after = [one for one in stand.notes(ended_s) if one.write is not None]
    assert "The belt stands." in said
    assert stand.cockpit.returncode == 1
    assert [one.target_kmh for one in after] == [0.8, None]
    assert after[-1].write is not None
    assert after[-1].write[0] == Op.STOP
    assert after[-1].kmh == pytest.approx(0.8, abs=0.2)


def test_a_second_session_is_told_who_has_the_treadmill(gym: Gym, tmp_path: Path) -> None:
    mill = gym.belt(truth=tmp_path / "truth.jsonl")
    own(mill)
    with session(gym, tmp_path, mill, "5min@5") as stand:
        stand.reach("forward, 4:5")
        written = gym.written(mill)
        for words in (
            ["run", "1min@4", "--plain"],
            ["scan", "--connect", NAME],
            ["capture", str(tmp_path / "c.jsonl")],
        ):
            code, text = coach(*words)
            assert code == 1, text
            assert "5min@5" in text
        assert gym.written(mill) == written
        assert gym.kmh(mill) > 3
        assert "stands" in stand.leave()


def test_a_belt_that_moves_when_it_is_found_is_only_read(gym: Gym, tmp_path: Path) -> None:
    mill = gym.belt(truth=tmp_path / "truth.jsonl")
    own(mill)
    gym.press(mill, "start")()
    wait_for(lambda: gym.kmh(mill) > 0.5)
    with session(gym, tmp_path, mill, "1min@4") as stand:
        stand.until("moving")
        Event().wait(15.0)
        assert mill.writes == []
        assert gym.kmh(mill) == pytest.approx(0.8)
        gym.press(mill, "stop")()
        stand.reach("forward, 0:3")
        assert "finished" in stand.rest(LONG_S)


@pytest.mark.parametrize("machine", ["no-control"])
def test_a_machine_that_takes_nothing_tells_its_runner_what_to_press(gym: Gym, tmp_path: Path, machine: str) -> None:
    mill = gym.belt(machine, truth=tmp_path / "truth.jsonl")
    own(mill)
    acts: dict[str, Act] = {
        "on the rails, ready?": "\r",
        "Press Start on the treadmill": gym.press(mill, "start"),
        "km/h on the treadmill": lambda: gym.hand(
            mill, lambda one, at_s: one.console_change(4.0 - one.speed_kmh, at_s)
        ),
        "Press Stop on the treadmill": gym.press(mill, "stop"),
        "Press when you want to go on": "\r",
    }
    with Sitting(["run", "1min@4", "--plain"], LEAVES, acts) as one:
        code, text = one.rest(), one.text
    assert code == 0, text
    assert "Session finished" in text
    assert gym.kmh(mill) == 0
    starts = [one for one in mill.writes if one.value[0] == Op.START]
    assert len(starts) == 1  # in vain; then it is the runner's to start


# -- backward


def test_backward_says_what_is_missing_and_forward_runs_at_once(gym: Gym, tmp_path: Path) -> None:
    mill = gym.belt(truth=tmp_path / "truth.jsonl")
    own(mill)
    workout = short(tmp_path)
    code, text = coach("run", workout, "--plain")
    assert (code, "coach setup screening" in text, "--forward-only" in text) == (1, True, True), text
    screened()
    code, text = coach("run", workout, "--plain")
    assert (code, "coach setup test" in text, "--forward-only" in text) == (1, True, True), text
    assert (mill.connections, mill.writes) == (0, [])
    with session(gym, tmp_path, mill, workout, "--forward-only") as stand:
        stand.reach("1/2 warm-up")
        assert "stands" in stand.leave()


def test_backward_through_the_gate_under_the_caps_of_a_first_session(gym: Gym, tmp_path: Path) -> None:
    mill = gym.belt(truth=tmp_path / "truth.jsonl")
    own(mill, tested=True)
    strapped(gym, mill)
    screened()
    code, text = coach("run", short(tmp_path, kmh=2.5, seconds=120.0), "--plain")
    assert (code, "backward-too-fast" in text, "backward-too-long" in text, "--forward-only" in text) == (
        1,
        True,
        True,
        True,
    ), text
    workout = short(tmp_path, kmh=FIRST_KMH)
    with session(gym, tmp_path, mill, workout) as stand:
        stand.through_the_gate()
        stand.reach("2/3 backward, 1:", "3/3 cool-down")
        said = stand.rest(LONG_S)
        assert "Session finished" in said
        noted, recording = stand.notes(), stand.recorded()
    assert People().person().well_on(today()) is True
    assert 0 < max(rear_speeds(recording, noted)) <= FIRST_KMH + OVER_KMH
    assert starts_of_a_moving_belt(noted) == []
    assert replay(recording).equal
    assert recording.plan.caps.speed_kmh == FIRST_KMH
    assert recording.plan.caps.block_s == FIRST_BLOCK_S
    assert sum(one.starts for one in noted) == 1 + 2


@pytest.mark.parametrize("place", ["1/3 warm-up, 0:4", "2/3 backward, 0:5"])
def test_the_guard_stops_a_real_belt(gym: Gym, tmp_path: Path, place: str) -> None:
    mill = gym.belt("link-loss-keeps", truth=tmp_path / "truth.jsonl")
    own(mill, tested=True)
    screened()
    workout = short(tmp_path)
    with session(gym, tmp_path, mill, workout) as stand:
        stand.through_the_gate()
        stand.reach(place)
        assert gym.kmh(mill) > 1
        killed_s = monotonic()
        os.kill(stand.keeper, signal.SIGKILL)
        wait_for(lambda: gym.kmh(mill) == 0)
        after = stand.notes(killed_s)
        said = stand.rest(LONG_S)
    assert "The guard has stopped the belt: it stands." in said
    assert min(one.mono_s for one in after if one.slows) - killed_s <= 1.0
    assert not any(one.starts for one in after)


def test_what_a_balance_allows_holds_on_a_real_belt(gym: Gym, tmp_path: Path) -> None:
    mill = gym.belt()
    own(mill, tested=True)
    screened(balance_s=6.0)
    workout = short(tmp_path)
    code, text = coach("run", workout, "--plain")
    assert (code, "rehab" in text) == (1, True), text
    assert (mill.connections, mill.writes) == (0, [])


# -- who is not what he says


def test_a_simulated_treadmill_with_a_real_name_is_not_driven(gym: Gym) -> None:
    mill = gym.belt(claims=True)
    with Sitting(["setup", "treadmill"], ANSWERS | {"Which treadmill": f"#{NAME}"}, {}) as one:
        one.until("it is simulated, though its name does not say so")
        one.type("\x03")
    own(mill)
    code, text = coach("run", "1min@4", "--plain")
    assert (code, "is a simulated treadmill" in text) == (1, True), text
    assert mill.writes == []


def test_a_real_treadmill_with_a_simulated_name_is_not_driven(gym: Gym) -> None:
    mill = gym.belt(name="SIM-home")
    code, text = coach("run", "1min@4", "--plain", "--treadmill", "SIM-home", "--auto")
    assert (code, "has the name of a simulated treadmill and is none" in text) == (1, True), text
    assert mill.writes == []


def test_what_is_asked_of_the_radio_without_a_session_writes_nothing(gym: Gym, tmp_path: Path) -> None:
    mill = gym.belt()
    own(mill)
    code, text = coach("doctor")
    assert (code, "`coach scan` finds it" in text) == (0, True), text
    code, text = coach("scan")
    assert (code, NAME in text, "proved" in text) == (0, True, True), text
    code, text = coach("scan", "--connect", NAME)
    assert (code, "0.8" in text) == (0, True), text
    file = tmp_path / "capture.jsonl"
    with Sitting(["capture", str(file)], {}, {"Listening until Ctrl-C": "\x03"}) as one:
        assert one.rest() == 0, one.text
    assert file.read_text().count("\n") > 1
    assert mill.writes == []

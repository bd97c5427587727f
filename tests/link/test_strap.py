from __future__ import annotations

from itertools import pairwise
from math import inf
from pathlib import Path

import pytest

from coach.core.event import Heard
from coach.core.workout import Facing
from coach.link.strap import (
    CurveHeart,
    HeartError,
    ModelHeart,
    SteadyHeart,
    VirtualStrap,
    heart_source,
    load_curve,
)

CONTACT = 0x06  # supported and detected


def bpms(said: list[Heard]) -> list[int]:
    return [heard.value[1] for heard in said]


def test_a_strap_measures_once_a_second_in_8_bits_with_contact_and_beats() -> None:
    strap = VirtualStrap(SteadyHeart(150))
    said = strap.run_until(3.5)
    assert [(heard.at_s, heard.uuid) for heard in said] == [(1.0, 0x2A37), (2.0, 0x2A37), (3.0, 0x2A37)]
    assert bpms(said) == [150, 150, 150]
    assert all(heard.value[0] == 0x10 | CONTACT for heard in said)
    assert [len(heard.value) for heard in said] == [6, 8, 6]  # 2.5 beats a second: 2, 3, 2
    assert strap.due_s == 4.0


def test_beats_are_as_far_apart_as_the_heart_rate_says() -> None:
    said = VirtualStrap(SteadyHeart(150)).run_until(60.0)
    beats = [
        int.from_bytes(heard.value[at : at + 2], "little") for heard in said for at in range(2, len(heard.value), 2)
    ]
    assert len(beats) == 150
    assert sum(beats) / 1024 == pytest.approx(60.0, rel=0.01)


def test_the_heart_follows_the_effort() -> None:
    strap = VirtualStrap(ModelHeart(rest_bpm=60, max_bpm=190))
    rest = bpms(strap.run_until(60.0))
    effort = bpms(strap.run_until(360.0, speed_kmh=10.0))
    assert all(57 <= bpm <= 63 for bpm in rest)
    assert effort[-1] == pytest.approx(60 + 67.2, abs=4)
    assert effort[57] == pytest.approx(60 + 67.2 * 0.63, abs=4)


def test_the_heart_beats_faster_backward() -> None:
    forward = bpms(VirtualStrap(ModelHeart()).run_until(300.0, 4.0))
    backward = bpms(VirtualStrap(ModelHeart()).run_until(300.0, 4.0, 0.0, Facing.BACKWARD))
    assert 28 <= backward[-1] - forward[-1] <= 48


def test_the_same_seed_beats_the_same() -> None:
    said = [VirtualStrap(ModelHeart(), seed).run_until(100.0, 8.0) for seed in (1, 1, 2)]
    assert said[0] == said[1] != said[2]


def test_a_heart_is_never_quite_still() -> None:
    assert len(set(bpms(VirtualStrap(ModelHeart()).run_until(600.0, 8.0))[-60:])) > 1


def test_a_strap_taken_off_says_so_and_falls_silent_until_it_is_back() -> None:
    strap = VirtualStrap(SteadyHeart(150))
    strap.run_until(10.0)
    strap.take_off(20.0)
    said = strap.run_until(21.0)
    assert [heard.at_s for heard in said] == [11.0, 12.0, 13.0, 20.0, 21.0]
    assert [heard.value for heard in said[:3]] == [bytes.fromhex("04 96")] * 3  # contact supported, not detected
    assert said[3].value[0] == 0x10 | CONTACT


def test_a_frozen_strap_repeats_itself_without_beats() -> None:
    strap = VirtualStrap(ModelHeart())
    last = strap.run_until(100.0, 8.0)[-1]
    strap.freeze(200.0)
    assert {heard.value for heard in strap.run_until(199.5, 8.0)} == {bytes([CONTACT, last.value[1]])}
    assert bpms(strap.run_until(260.0, 8.0))[-1] > last.value[1]  # the heart went on meanwhile


def test_a_heart_rate_can_be_dictated() -> None:
    strap = VirtualStrap(ModelHeart())
    strap.run_until(10.0)
    strap.fix(185.0, 15.0)
    assert bpms(strap.run_until(16.0))[:4] == [185] * 4
    strap.fix(0.0, inf)
    assert [heard.value for heard in strap.run_until(17.0)] == [bytes.fromhex("06 00")]


def test_a_fault_changes_nothing_before_it() -> None:
    good, bad = VirtualStrap(ModelHeart()), VirtualStrap(ModelHeart())
    assert good.run_until(50.0, 6.0) == bad.run_until(50.0, 6.0)
    bad.freeze(60.0)
    after = [bpms(strap.run_until(120.0, 6.0))[-60:] for strap in (good, bad)]
    assert after[0] == after[1]  # nor after it


def test_a_curve_goes_straight_from_point_to_point_and_holds_at_its_ends() -> None:
    curve = CurveHeart(((10.0, 100.0), (20.0, 120.0), (30.0, 90.0)))
    assert [curve.bpm(at_s) for at_s in (0, 10, 15, 20, 25, 30, 99)] == [100, 100, 110, 120, 105, 90, 90]
    assert bpms(VirtualStrap(curve).run_until(31.0))[9::5] == [100, 110, 120, 105, 90]


@pytest.mark.parametrize(
    ("text", "source"),
    [("sim", ModelHeart()), ("none", None), ("150", SteadyHeart(150.0)), ("61.5", SteadyHeart(61.5))],
)
def test_a_source_is_read(text: str, source: ModelHeart | SteadyHeart | None) -> None:
    assert heart_source(text) == source


def test_a_curve_is_read_from_csv(tmp_path: Path) -> None:
    path = tmp_path / "heart.csv"
    path.write_text("t_s,bpm,note\n0,70\n\n60,120.5,fast\n", encoding="utf-8")
    assert heart_source(str(path)) == CurveHeart(((0.0, 70.0), (60.0, 120.5)))


@pytest.mark.parametrize("text", ["", "0", "256", "nan", "inf", "fast"])
def test_a_source_that_is_none_is_told(text: str) -> None:
    with pytest.raises(
        HeartError, match=r"is not a source of heart rate; give sim, none, bpm from 1 to 255, or FILE\.csv"
    ):
        heart_source(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1: the first line must be t_s,bpm"),
        ("time,heart\n0,70\n", "1: the first line must be t_s,bpm"),
        ("t_s,bpm\n", "1: no heart rate follows the first line"),
        ("t_s,bpm\nnow,70\n", "2: now is not a time in seconds"),
        ("t_s,bpm\n0,70\n0,71\n", "3: time 0 does not come after the one before"),
        ("t_s,bpm\nnan,70\n", "2: time nan does not come after the one before"),
        ("t_s,bpm\n0\n", "2: heart rate must be a number from 1 to 255"),
        ("t_s,bpm\n0,300\n", "2: heart rate must be a number from 1 to 255"),
    ],
)
def test_a_wrong_curve_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "heart.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HeartError) as caught:
        load_curve(path)
    assert str(caught.value) == f"{path}:{message}"


def test_a_curve_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(HeartError, match="cannot be read: No such file"):
        load_curve(tmp_path / "none.csv")
    (tmp_path / "odd.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(HeartError, match="is not CSV text"):
        load_curve(tmp_path / "odd.csv")


def test_measurements_come_in_order() -> None:
    said = VirtualStrap(ModelHeart()).run_until(30.0)
    assert all(later.at_s - earlier.at_s == 1.0 for earlier, later in pairwise(said))

"""`--share`: one address of this computer, a secret that nobody guesses, and a code for a camera."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from coach.cli.share import ShareError, address_of, shared, told
from coach.cli.stage import Choice, staged
from coach.keeper.wire import Share
from coach.qr import blocks


def test_nobody_asked() -> None:
    assert shared(False, None) is None
    assert address_of(None) == ""
    assert list(told(None, colour=False)) == []


def test_an_address_alone_asks_too_and_every_time_the_secret_is_another() -> None:
    first, second = shared(False, "127.0.0.1"), shared(True, "127.0.0.1")
    assert first is not None
    assert second is not None
    assert first.host == "127.0.0.1"
    assert first.port > 0
    assert re.fullmatch(r"[\w-]{22}", first.token)
    assert first.token != second.token


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "224.0.0.1", "localhost", "", "127.0.0.1:80", "a b"])
def test_what_is_not_one_address_is_a_matter_of_usage(host: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"is not an address|is every address") as refused:
        shared(True, host)
    assert refused.value.param_hint == "--share-address"


def test_an_address_of_another_computer_is_refused() -> None:
    with pytest.raises(ShareError, match=r"--share-address 192\.0\.2\.77: is none of this computer's"):
        shared(True, "192.0.2.77")


@pytest.mark.parametrize("host", ["fe80::1%lo", "::1%lo", "::ffff:127.0.0.1"])
def test_an_address_that_no_browser_opens_is_refused(host: str) -> None:
    with pytest.raises(typer.BadParameter, match="no browser opens such an address"):
        shared(True, host)


def test_without_a_network_it_says_what_can_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.cli.share.AWAY", ("127.0.0.1", 9))  # the way there leads nowhere else
    with pytest.raises(ShareError, match="is in no network; --share-address"):
        shared(True, None)


def test_what_is_printed_is_a_code_the_address_and_what_it_means() -> None:
    share = Share("192.168.1.20", "secret", 8000)
    *code, where, means = told(share, colour=False)
    assert tuple(code) == blocks("http://192.168.1.20:8000/secret/", negative=True)
    assert where == "Behind the treadmill: http://192.168.1.20:8000/secret/"
    assert "stop the belt" in means


@pytest.mark.parametrize(("line", "by_sight"), [("hears = false", True), ("hears = true", False), ("", False)])
def test_who_does_not_hear_is_told_to_the_keeper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, by_sight: bool
) -> None:
    file = tmp_path / "coach.toml"
    file.write_text(f"[runner.anna]\n{line}\n", encoding="utf-8")
    monkeypatch.setenv("COACH_CONFIG", str(file))
    stage = staged("10min@4", Choice("sim", "none"), level=None, sets=None, runner=None)
    assert stage.by_sight is by_sight

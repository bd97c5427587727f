"""`coach setup` as it is typed: a whole rehearsal in a terminal, leaving, and what it does without a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from tests.cli.talk import talk

Coach = Callable[..., tuple[int, str, str]]
ANSWERS = {
    "Enter begins": "",
    "In which year": "1980",
    "Type yes if": "yes",
    "How many seconds": "3.2",
    "from 1 to 3": "1",
    "from 1 to 2": "1",
    "Is this your": "yes",
    "Enter when": "",
    "nobody on the belt": "yes",
    "Did you hear": "yes",
    "While the connection was away": "yes",
    "Play it again": "no",
    "(yes or no)": "no",
}
FAST = ("--pace", "20")


@pytest.mark.slow
def test_a_whole_rehearsal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_PLAYER", f"{sys.executable} -c pass")  # plays at once, and unheard
    done = talk(["setup", "--treadmill", "sim", *FAST], ANSWERS, str(home))
    assert done.code in {0, 1}, done.text
    for line in (
        "REHEARSAL: nothing here is real, and nothing of it is kept.",
        "Step 1 of 7: Health questions, risks and balance, about 3 min.",
        "SIM-strap, near (-52 dBm), 00:00:00:00:00:01: 72 beats a minute",
        "Learnt: PageDown says yes, and stops a belt that moves.",
        "Seen: this is your treadmill. Press Stop on it; coach has written nothing.",
        "I let go of the connection for twenty seconds. Stay off, and watch the belt.",
        "  obeys Stop              yes",
        "  when the link is lost   the belt stops",
    ):
        assert line in done.text
    assert "Step on" not in done.text
    assert not list(home.rglob("people.json"))
    assert not list(home.rglob("machines.json"))


@pytest.mark.slow
@pytest.mark.parametrize(("key", "said"), [("q\n", "Left."), ("\x03", "Left."), ("\x04", "Left.")])
def test_one_may_leave_by_q_by_ctrl_c_and_by_the_end_of_input(home: Path, key: str, said: str) -> None:
    done = talk(["setup", "keyboard"], {"Enter begins": ""}, str(home), otherwise=key)
    assert (done.code, said in done.text) == (0, True), done.text
    assert "Traceback" not in done.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "said"),
    [("Now press Start", "Left. What is done is kept"), ("In ten, faster: 1.5", "The belt is being stopped.")],
)
def test_ctrl_c_while_nobody_is_asked_leaves_in_order(
    home: Path, line: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_PLAYER", f"{sys.executable} -c pass")
    keys = {"Press Enter, and it starts": "\r", "Too early": "\r", line: "\x03"}
    done = talk(["setup", "--treadmill", "sim", *FAST], ANSWERS | {"from 1 to 2": "2"}, str(home), keys=keys)
    assert "Traceback" not in done.text
    assert "KeyboardInterrupt" not in done.text
    assert said in done.text
    assert done.code in {0, 1}, done.text


@pytest.mark.slow
def test_a_step_is_kept_and_listed(home: Path, coach: Coach) -> None:
    done = talk(["setup", "keyboard"], {"Enter begins": "", "from 1 to 2": "2"}, str(home))
    assert done.code == 0, done.text
    code, out, _ = coach("setup", "--list")
    assert code == 0
    assert out.count("not done") == 6
    assert "keyboard   Presenter or keyboard: done 20" in out


def test_without_a_terminal_it_says_so(coach: Coach) -> None:
    code, out, errors = coach("setup")
    assert (code, out) == (2, "")
    assert "needs a terminal" in errors


def test_an_unknown_step_is_usage(coach: Coach) -> None:
    code, _, errors = coach("setup", "dance")
    assert code == 2
    assert "screening" in errors


def test_a_runner_that_is_not_in_the_settings_is_said(coach: Coach, settings: Callable[[str], Path]) -> None:
    settings("[runner.anna]\nbirth_year = 1980\n")
    code, _, errors = coach("setup", "--list", "--runner", "ben")
    assert code == 1
    assert "there is no runner 'ben'" in errors


def test_a_list_of_nothing(coach: Coach) -> None:
    code, out, _ = coach("setup", "--list")
    assert code == 0
    assert out.count("not done") == 7


def test_a_treadmill_that_nobody_has_is_told_with_the_list(coach: Coach) -> None:
    code, out, _ = coach("setup", "--list", "--treadmill", "nope")
    assert code == 0
    assert out.endswith("No treadmill of yours is called nope.\n")

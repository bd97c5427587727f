"""The voice of a real session: every cue that must be heard begins within 150 ms of its instant."""

import shutil
import stat
import sys
from pathlib import Path
from time import monotonic, time

import pytest

from coach.core.cue import Cue, CueKind
from coach.keeper.wire import Voice
from coach.sinks.phrase import utterance
from coach.sinks.replay import refold
from tests.keeper.stand import Stand

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the player is a shell script"),
    pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed"),
    pytest.mark.skipif(shutil.which("soxi") is None, reason="sox is not installed"),
]

LATE_S = 0.15
SESSION_S = 240.0  # it takes 75
LATEST_S = 0.5
EARLY_S = 0.03  # the two clocks are compared through the date of the shell
PLAYER = '#!/bin/sh\necho "$(date +%s.%N) $1" >>{log}\nexec sleep "$(soxi -D "$1")"\n'
PATIENT = {CueKind.SAY, CueKind.TIME, CueKind.FORM, CueKind.NOW}  # they wait for what is being said, or are left out


def test_each_cue_of_a_real_session_begins_in_time(tmp_path: Path) -> None:
    player, log = tmp_path / "player", tmp_path / "played"
    player.write_text(PLAYER.format(log=log))
    player.chmod(player.stat().st_mode | stat.S_IXUSR)
    words = ["run", "15s@4/15s@5", "--auto", "--voice", "full"]
    with Stand(tmp_path, words, {"COACH_PLAYER": str(player)}) as stand:
        said = stand.rest(SESSION_S)
        assert stand.cockpit.returncode == 0, said
        truth = stand.truth()
    zero_s = min(float(str(one["mono"])) - float(str(one["at_s"])) for one in truth.lines)
    shift_s = time() - monotonic()
    starts_s = [float(line.split()[0]) - shift_s - zero_s for line in log.read_text().splitlines()]
    cues = [cue for _, _, _, outcome in refold(stand.recorded()) for cue in outcome.cues]
    due = [cue for cue in cues if utterance(cue, Voice.FULL, 0.0) is not None and cue.kind not in PATIENT]
    assert len(due) >= 12
    late = [(cue, _late_s(cue, starts_s)) for cue in due]
    assert [one for one in late if one[1] > LATEST_S] == []
    assert len([one for one in late if one[1] > LATE_S]) <= len(late) // 10  # other tests run beside this one


def _late_s(cue: Cue, starts_s: list[float]) -> float:
    """From its instant to the first sound that begins then or later."""
    return min((start_s - cue.at_s for start_s in starts_s if start_s >= cue.at_s - EARLY_S), default=1e9)

from __future__ import annotations

from math import inf

import pytest

from coach.core.event import Key
from coach.link.fault import Anchor, Fault, FaultError, FaultKind, KeyPress, When, parse_fault, parse_press

INSTANT = "give seconds (600, 90s, 1:30) or a place such as backward2+10, turn1 or segment5"
LASTING = f"{INSTANT}, and SECONDS behind a colon"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("drop@600", Fault(FaultKind.DROP, When(600))),
        ("drop@90s:15", Fault(FaultKind.DROP, When(90), 15)),
        ("mute@600", Fault(FaultKind.MUTE, When(600), inf)),
        ("mute@90:10", Fault(FaultKind.MUTE, When(90), 10)),
        ("mute@1:30:10", Fault(FaultKind.MUTE, When(90), 10)),
        ("garbage@backward2+10:5s", Fault(FaultKind.GARBAGE, When(10, Anchor.BACKWARD, 2), 5)),
        ("refuse@turn1", Fault(FaultKind.REFUSE, When(0, Anchor.TURN, 1), inf)),
        ("key@1:30:20", Fault(FaultKind.KEY, When(90), 20)),
        ("console=+1.0@90s", Fault(FaultKind.CONSOLE, When(90), None, 1.0)),
        ("console=-0.5@segment5", Fault(FaultKind.CONSOLE, When(0, Anchor.SEGMENT, 5), None, -0.5)),
        ("console-stop@90s", Fault(FaultKind.CONSOLE_STOP, When(90))),
        ("self-start@rest1+2.5", Fault(FaultKind.SELF_START, When(2.5, Anchor.REST, 1))),
        ("stop-ignored@0", Fault(FaultKind.STOP_IGNORED, When(0), inf)),
        ("strap-off@5:7", Fault(FaultKind.STRAP_OFF, When(5), 7)),
        ("strap-frozen@forward1", Fault(FaultKind.STRAP_FROZEN, When(0, Anchor.FORWARD, 1), inf)),
        ("heart=185@300:60", Fault(FaultKind.HEART, When(300), 60, 185)),
        ("no-confirm@turn2", Fault(FaultKind.NO_CONFIRM, When(0, Anchor.TURN, 2))),
        ("late-confirm=25@turn1", Fault(FaultKind.LATE_CONFIRM, When(0, Anchor.TURN, 1), None, 25)),
        ("double-confirm@turn1", Fault(FaultKind.DOUBLE_CONFIRM, When(0, Anchor.TURN, 1))),
        ("sound-lost@10:3", Fault(FaultKind.SOUND_LOST, When(10), 3)),
        (" Focus-Lost@10 ", Fault(FaultKind.FOCUS_LOST, When(10), inf)),
        ("slept@10", Fault(FaultKind.SLEPT, When(10), 10)),
    ],
)
def test_a_fault_is_read(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


def test_every_kind_can_be_written() -> None:
    amounts = {FaultKind.CONSOLE: "=1", FaultKind.HEART: "=185", FaultKind.LATE_CONFIRM: "=25"}
    for kind in FaultKind:
        assert parse_fault(f"{kind}{amounts.get(kind, '')}@60").kind is kind


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing: a fault is written KIND@WHEN or KIND@WHEN:SECONDS, such as mute@600:10"),
        ("mute", "mute: a fault is written KIND@WHEN or KIND@WHEN:SECONDS, such as mute@600:10"),
        ("mute@", "mute@: a fault is written KIND@WHEN or KIND@WHEN:SECONDS, such as mute@600:10"),
        ("mutt@6", "mutt@6: mutt is not a fault; did you mean mute?"),
        ("mute@soon", f"mute@soon: soon is not an instant; {LASTING}"),
        ("key@-5", f"key@-5: -5 is not an instant; {LASTING}"),
        pytest.param("key@" + "9" * 5000, f"key@{'9' * 5000}: {'9' * 5000} is not an instant; {LASTING}", id="endless"),
        ("drop@trun1", "drop@trun1: trun is not a place; did you mean turn?"),
        ("drop@turn0", "drop@turn0: places are counted from 1, so the first is turn1"),
        ("heart@5", "heart@5: give an amount in bpm, such as heart=185"),
        ("heart=high@5", "heart=high@5: give an amount in bpm, such as heart=185"),
        ("heart=300@5", "heart=300@5: 300 is not within 0 to 255 bpm"),
        ("heart=nan@5", "heart=nan@5: nan is not within 0 to 255 bpm"),
        ("console=1e9@5", "console=1e9@5: 1e9 is not within -20 to 20 km/h"),
        ("drop=3@5", "drop=3@5: drop takes no amount; leave =3 away"),
    ],
)
def test_a_wrong_fault_is_told_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse_fault(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "press"),
    [
        ("space@600", KeyPress(Key.STOP, When(600))),
        ("yes@turn1+20", KeyPress(Key.YES, When(20, Anchor.TURN, 1))),
        ("enter@1:30", KeyPress(Key.YES, When(90))),
        ("Shift+Up@5", KeyPress(Key.MUCH_FASTER, When(5))),
        ("much-faster@5", KeyPress(Key.MUCH_FASTER, When(5))),
        ("3@5", KeyPress(Key.DIGIT, When(5), "3")),
    ],
)
def test_a_press_is_read(text: str, press: KeyPress) -> None:
    assert parse_press(text) == press


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("space", "space: a press is written KEY@WHEN, such as space@600 or yes@turn1+20"),
        ("spcae@5", "spcae@5: spcae is not a key; did you mean space?"),
        ("space@now", f"space@now: now is not an instant; {INSTANT}"),
    ],
)
def test_a_wrong_press_is_told_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse_press(text)
    assert str(caught.value) == message

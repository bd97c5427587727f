"""All that may happen at any instant: keys, the network, the machine, its console, the link, the guards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from coach.core.event import (
    CockpitSilent,
    Event,
    FocusFound,
    FocusLost,
    GuardFound,
    GuardLost,
    Key,
    LinkFound,
    LinkLost,
    Pressed,
    Remote,
    Slept,
    SoundFound,
    SoundLost,
    Verb,
)
from coach.core.ftms import Status
from coach.core.progress import Ask, Button, Question
from coach.core.wish import Phase
from tests.core.explore_laws import fresh
from tests.core.explore_machine import LOW_KMH, Mode, halted
from tests.core.explore_world import Happened

CONSOLE_KMH: Final = 1.0  # a hand at the console sets the belt so much faster or slower
RACING_BPM: Final = 178  # over every ceiling, and over 95 % of a measured maximum
CALM_BPM: Final = 110
WATCHDOG_S: Final = 0.5  # heartbeats that were broken just now


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that may happen: where it can, and what it does."""

    name: str
    can: Callable[[Happened], bool]
    do: Callable[[Happened], None]


def right(question: Question, at_s: float, steady_s: float = 60.0) -> Pressed:
    """The press that a question asks for."""
    key = Key.DIGIT if question.ask is Ask.DIGIT else Key.YES
    return Pressed(at_s, key, question.digit, question.serial, steady_s)


def answers(play: Happened) -> bool:
    """Somebody is asked, and a right answer would count now."""
    question = play.session.progress.question
    if question is None or play.known.closed:
        return False
    return fresh(play.plan, play.known, play.session, right(question, play.at_s))


def _answer(play: Happened) -> None:
    question = play.session.progress.question
    assert question is not None
    play.feed(right(question, play.at_s))


def _to_press(play: Happened) -> bool:
    """Something is asked for at the console, and the machine does not do it already."""
    prompt, machine = play.session.progress.prompt, play.machine
    if prompt is None or play.session.progress.phase is Phase.ENDED:
        return False
    match prompt.button:
        case Button.START:
            return machine.kmh == 0 and machine.goal_kmh == 0
        case Button.STOP:
            return machine.goal_kmh > 0
        case Button.SPEED:
            return machine.goal_kmh not in {0.0, prompt.speed_kmh}


def _press(play: Happened) -> None:
    prompt = play.session.progress.prompt
    assert prompt is not None
    match prompt.button:
        case Button.START:
            _console_start(play)
        case Button.STOP:
            _console_stop(play)
        case Button.SPEED:
            play.machine = replace(play.machine, goal_kmh=prompt.speed_kmh or LOW_KMH)


ANSWER: Final = Act("the right answer", answers, _answer)
PRESS: Final = Act("the button that is asked for", _to_press, _press)
RIGHT: Final = (ANSWER, PRESS)
WAIT: Final = Act("nothing", lambda _: True, lambda _: None)


def _always(play: Happened) -> bool:
    return play.session.progress.phase is not Phase.ENDED


def _open(play: Happened) -> bool:
    return _always(play) and not play.known.closed  # a press comes from the cockpit


def _asked(play: Happened) -> bool:
    return play.session.progress.question is not None and not play.known.closed


def _digit_asked(play: Happened) -> bool:
    question = play.session.progress.question
    return _asked(play) and question is not None and question.ask is Ask.DIGIT


def _linked(play: Happened) -> bool:
    return play.known.linked and _always(play)


def _key(key: Key) -> Act:
    def do(play: Happened) -> None:
        question = play.session.progress.question
        play.feed(Pressed(play.at_s, key, serial=None if question is None else question.serial, steady_s=60.0))

    def can(play: Happened) -> bool:
        question = play.session.progress.question
        answer = key is Key.YES and question is not None and question.ask is not Ask.DIGIT
        return _open(play) and not (answer and answers(play))

    return Act(f"key {key}", can, do)


def _bad(name: str, change: Callable[[Pressed], Pressed], can: Callable[[Happened], bool] = _asked) -> Act:
    def do(play: Happened) -> None:
        question = play.session.progress.question
        assert question is not None
        play.feed(change(right(question, play.at_s)))

    return Act(name, can, do)


def _early(play: Happened) -> bool:
    return _asked(play) and not answers(play)


def _verb(verb: Verb) -> Act:
    return Act(f"network {verb}", _always, lambda play: play.feed(Remote(play.at_s, verb, "well done", 1)))


def _event(name: str, made: Callable[[float], Event], can: Callable[[Happened], bool] = _always) -> Act:
    return Act(name, can, lambda play: play.feed(made(play.at_s)))


def _status(name: str, status: Status, *rest: int) -> Act:
    return Act(name, _linked, lambda play: play.says(status, *rest))


def _mode(mode: Mode) -> Act:
    def do(play: Happened) -> None:
        play.machine = replace(play.machine, mode=mode)

    return Act(f"the machine {mode}", lambda play: play.machine.mode is Mode.OBEYS and _always(play), do)


def _heart(name: str, bpm: int) -> Act:
    def do(play: Happened) -> None:
        play.bpm = bpm

    return Act(name, lambda play: play.bpm not in {None, bpm} and _always(play), do)


def _runs(play: Happened) -> bool:
    return play.machine.goal_kmh > 0 and _always(play)


def _stands(play: Happened) -> bool:
    return play.machine.kmh == 0 and _always(play)


def _console_start(play: Happened) -> None:
    started = replace(play.machine, start_in_s=0, kmh=LOW_KMH, goal_kmh=LOW_KMH)
    play.machine = replace(started, unheard=started.mute or not play.known.linked)
    play.says(Status.STARTED)


def _console_stop(play: Happened) -> None:
    play.machine = halted(play.machine)
    play.says(Status.STOPPED, 1)


def _console_pause(play: Happened) -> None:
    """As the consoles have it whose Pause only slows (safety.md 5)."""
    play.machine = replace(play.machine, goal_kmh=LOW_KMH)
    play.says(Status.STOPPED, 2)


def _key_pulled(play: Happened) -> None:
    play.machine = replace(halted(play.machine), kmh=0.0)
    play.says(Status.SAFETY_KEY)


def _console(change_kmh: float) -> Callable[[Happened], None]:
    def do(play: Happened) -> None:
        play.machine = replace(play.machine, goal_kmh=max(play.machine.goal_kmh + change_kmh, LOW_KMH))

    return do


def _mute(play: Happened) -> None:
    play.machine = replace(play.machine, mute=not play.machine.mute, unheard=False)


def _strapless(play: Happened) -> None:
    play.bpm = None


KEYS: Final = (
    *(Key.STOP, Key.YES, Key.PAUSE, Key.NEXT, Key.FASTER, Key.MUCH_FASTER, Key.SLOWER, Key.STEEPER, Key.UNTRIM),
    *(Key.QUIT, Key.OTHER),
)
"""The others are heard as OTHER is, or change nothing of the belt (laps, help, the rails that were held)."""

ACTS: Final = (
    *(_key(key) for key in KEYS),
    _bad("the answer too early", lambda press: press, _early),
    _bad("the answer to the question before", lambda press: replace(press, serial=(press.serial or 0) - 1)),
    _bad("the answer with broken heartbeats", lambda press: replace(press, steady_s=WATCHDOG_S)),
    _bad("a wrong digit", lambda press: replace(press, digit="9"), _digit_asked),
    *(_verb(verb) for verb in Verb),
    _event("link lost", LinkLost, lambda play: play.known.linked),
    _event("link found", LinkFound, lambda play: not play.known.linked),
    _event("the computer slept", lambda at_s: Slept(at_s, 9.0), _linked),
    _event("sound lost", SoundLost, lambda play: play.known.sound and _always(play)),
    _event("sound found", SoundFound, lambda play: not play.known.sound and _always(play)),
    _event("focus lost", FocusLost, lambda play: play.known.focused and _always(play)),
    _event("focus found", FocusFound, lambda play: not play.known.focused and _always(play)),
    _event("guard lost", GuardLost, lambda play: play.known.guarded and _always(play)),
    _event("guard found", GuardFound, lambda play: not play.known.guarded and _always(play)),
    _event("cockpit silent", lambda at_s: CockpitSilent(at_s, ended=False), lambda play: play.known.cockpit),
    _event("cockpit ended", lambda at_s: CockpitSilent(at_s, ended=True), lambda play: not play.known.closed),
    _status("status 02 01", Status.STOPPED, 1),
    _status("status 02 02", Status.STOPPED, 2),
    _status("status 03", Status.SAFETY_KEY),
    _status("status 04", Status.STARTED),
    _status("status 05 9 km/h", Status.TARGET_SPEED, 0x84, 0x03),
    _status("status ff", Status.CONTROL_LOST),
    Act("Start at the console", lambda play: _stands(play) and play.machine.goal_kmh == 0, _console_start),
    Act("Stop at the console", _runs, _console_stop),
    Act("Pause at the console, which only slows", _runs, _console_pause),
    Act("the key is pulled", _runs, _key_pulled),
    Act("faster at the console", _runs, _console(CONSOLE_KMH)),
    Act("slower at the console", lambda play: _runs(play) and play.machine.goal_kmh > LOW_KMH, _console(-CONSOLE_KMH)),
    Act("the machine falls silent or speaks again", _always, _mute),
    *(_mode(mode) for mode in Mode if mode is not Mode.OBEYS),
    _heart("the heart races", RACING_BPM),
    _heart("the heart is calm", CALM_BPM),
    Act("the strap is lost", lambda play: play.bpm is not None, _strapless),
)

"""The search in its small form, proof that each law of it can fail, and what it has found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

import pytest

from coach.core import engine, hand, say
from coach.core.cue import CueKind
from coach.core.event import Event, Key, Pressed, Remote, Verb
from coach.core.guard import Guard
from coach.core.phase import enter
from coach.core.plan import Plan
from coach.core.press import Meaning, meaning
from coach.core.progress import Progress
from coach.core.remote import obey
from coach.core.scene import Scene
from coach.core.session import Outcome, Session, advance
from coach.core.target import tune
from coach.core.trip import Action
from coach.core.wish import Phase
from tests.core import explore_world
from tests.core.build import START, STOP
from tests.core.explore import BETWEEN_S, TINY, Found, Search, story
from tests.core.explore_acts import ACTS, ANSWER, answers
from tests.core.explore_machine import Mode
from tests.core.explore_world import Happened, connected

BY_NAME: Final = {act.name: act for act in ACTS}
SLOWING_PAUSE: Final = "Pause at the console, which only slows"
Mutant: TypeAlias = Callable[[pytest.MonkeyPatch], None]


def searched(name: str, depth: int, *acts: str) -> Found:
    """A search with all that may happen, or with this alone."""
    return Search(TINY[name], [BY_NAME[act] for act in acts] or ACTS, most_broken=1).run(depth)


def told(name: str, found: Found) -> str:
    """The counter-examples, to be read."""
    return "\n\n".join(story(TINY[name], broken) for broken in found.broken)


BY_COACH: Final = (Phase.STARTING, Phase.RAMP, Phase.RAILS, Phase.BRIDGE, Phase.RESTING)
FAILURES: Final = (Phase.BELT_MOVES, Phase.KEY, Phase.STOP_FAILED, Phase.CONSOLE_START)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "depth", "states", "unseen"),
    [
        ("there and back", 1, 7000, {Phase.BRIDGE, Phase.RESTING}),
        ("forward only", 1, 2500, {Phase.BRIDGE, Phase.RESTING, Phase.RAILS}),
        ("with a rest", 0, 100, {Phase.BRIDGE, *FAILURES}),
        ("from running", 0, 150, {Phase.RESTING, *FAILURES}),
        ("with a strap", 0, 150, {Phase.BRIDGE, Phase.RESTING, *FAILURES}),
        ("silent at rest", 0, 150, {Phase.BRIDGE, Phase.RESTING, *FAILURES}),
        ("echoing", 0, 100, {Phase.BRIDGE, Phase.RESTING, *FAILURES}),
        ("too fast", 0, 150, {Phase.RESTING, *FAILURES}),
        ("too slow", 0, 150, {Phase.RESTING, *FAILURES}),
        ("by hand", 0, 150, {*BY_COACH, Phase.BELT_MOVES, Phase.KEY, Phase.STOP_FAILED}),
    ],
)
def test_no_state_breaks_a_law(name: str, depth: int, states: int, unseen: set[Phase]) -> None:
    found = searched(name, depth)
    print(f"{name}: {found.line()}")
    assert not found.broken, told(name, found)
    assert found.depth == depth
    assert found.states > states  # a view that tells nothing apart would find nothing
    assert found.phases == set(Phase) - unseen


# Each law can fail: a session that is wrong in one thing is found out.


def early(patch: pytest.MonkeyPatch) -> None:
    """An answer counts at once."""

    def hasty(progress: Progress, event: Pressed) -> Meaning:
        means = meaning(progress, event)
        return Meaning.YES if means is Meaning.EARLY else means

    patch.setattr(hand, "meaning", hasty)


def restarted(patch: pytest.MonkeyPatch) -> None:
    """The network starts a belt that is paused."""

    def start(scene: Scene, event: Remote) -> Progress:
        starts = scene.progress.phase is Phase.PAUSED and event.verb is Verb.SAY
        return enter(scene, Phase.STARTING) if starts else obey(scene, event)

    patch.setattr(engine, "obey", start)


def twice(patch: pytest.MonkeyPatch) -> None:
    """STARTING forgets that it has asked for its Start."""

    def forgetful(plan: Plan, session: Session, event: Event) -> tuple[Session, Outcome]:
        after, outcome = advance(plan, session, event)
        return replace(after, progress=replace(after.progress, start_told=False)), outcome

    patch.setattr(explore_world, "advance", forgetful)


def unheld(patch: pytest.MonkeyPatch) -> None:
    """What only holds increases holds nothing."""
    patch.setattr(
        Guard, "action", property(lambda guard: guard.latched_action if guard.latched is not None else Action.NOTE)
    )


def reversed_keys(patch: pytest.MonkeyPatch) -> None:
    """Slower is faster."""
    patch.setattr(
        hand,
        "tune",
        lambda plan, progress, belt, key, at_s, most_kmh: tune(
            plan, progress, belt, Key.MUCH_FASTER if key is Key.SLOWER else key, at_s, most_kmh
        ),
    )


def silent(patch: pytest.MonkeyPatch) -> None:
    """Nothing sounds the alarm."""

    def quiet(plan: Plan, session: Session, event: Event) -> tuple[Session, Outcome]:
        after, outcome = advance(plan, session, event)
        return after, replace(outcome, cues=tuple(cue for cue in outcome.cues if cue.kind is not CueKind.ALARM))

    patch.setattr(explore_world, "advance", quiet)


def believing(patch: pytest.MonkeyPatch) -> None:
    """Whoever said that the belt stops is believed for ever."""
    patch.setattr(engine, "_runs_on", lambda _: False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mutant", "law", "acts"),
    [
        (early, "law 2", ("the answer too early",)),
        (early, "law 2", ("the answer with broken heartbeats",)),
        (restarted, "law 2", ("network say",)),
        (twice, "law 2", ("key other",)),
        (unheld, "law 3", ("guard lost",)),
        (reversed_keys, "law 6", ("key slower",)),
        (silent, "law 7", ("link lost",)),
        (believing, "law 7", (SLOWING_PAUSE,)),
    ],
)
def test_a_session_that_breaks_a_law_is_found_out(
    mutant: Mutant, law: str, acts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)
    found = searched("forward only", 1, *acts)
    assert [broken.law for broken in found.broken] == [law]
    assert law in told("forward only", found)


def test_a_counter_example_is_told_with_its_instants_states_and_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    twice(monkeypatch)
    found = searched("forward only", 0)
    assert told("forward only", found).splitlines() == [
        "law 2: a Start without a fresh yes of its own",
        "    0.0 s    connecting, unknown, belt 0.0 km/h",
        "    3.0 s    ready, forward, belt 0.0 km/h",
        "    3.0 s    wrote 00",
        "    5.5 s  the right answer",
        "    5.5 s    starting, forward, belt 0.0 km/h",
        "    7.0 s    wrote 07",
        "    8.0 s    wrote 07",
    ]


# What the search has found.


def paused_at_the_console() -> Happened:
    """Facing the rear on a belt that was only slowed by its console's Pause."""
    play = connected(TINY["there and back"])
    while play.session.progress.row != 1 or play.machine.kmh < 1.9:
        if answers(play):
            ANSWER.do(play)
        play.second()
    play.at_s += BETWEEN_S
    BY_NAME[SLOWING_PAUSE].do(play)
    play.second()
    play.steps.clear()
    return play


def wrote(play: Happened) -> list[bytes]:
    """What was written since."""
    return [value for step in play.steps for value in step.outcome.writes]


def test_the_stop_key_stops_a_belt_that_the_console_only_slowed() -> None:
    play = paused_at_the_console()
    assert play.session.progress.phase is Phase.STOPPING
    BY_NAME["key stop"].do(play)
    assert wrote(play) == [STOP]


def test_a_belt_that_the_console_only_slowed_is_stopped_when_it_should_stand() -> None:
    play = paused_at_the_console()
    while play.session.progress.phase is Phase.STOPPING:
        play.second()
    assert wrote(play) == [STOP]
    assert START not in wrote(play)
    assert (play.session.progress.phase, play.machine.kmh) == (Phase.PAUSED, 0.0)
    assert play.at_s - play.session.control.sent.stop_at_s < 12


def starting(name: str = "forward only") -> Happened:
    """The count runs and no Start was written yet."""
    play = connected(TINY[name])
    while not answers(play):
        play.second()
    ANSWER.do(play)
    play.steps.clear()
    assert play.session.progress.phase is Phase.STARTING
    return play


def test_the_first_press_to_leave_cancels_a_start() -> None:
    play = starting()
    BY_NAME["key quit"].do(play)
    for _ in range(20):
        play.second()
    assert START not in wrote(play)
    assert play.session.progress.phase is Phase.PAUSED


def test_a_machine_that_says_it_was_started_is_not_started() -> None:
    play = starting()
    BY_NAME["status 04"].do(play)
    for _ in range(5):
        play.second()
    assert START not in wrote(play)


def test_a_belt_that_was_never_heard_is_not_said_to_stand() -> None:
    play = connected(TINY["forward only"])
    BY_NAME["the machine falls silent or speaks again"].do(play)
    while play.session.progress.phase is not Phase.ENDED:
        play.second()
    assert [cue.text for cue in play.steps[-1].outcome.cues] == [say.SILENT_END]


def at(play: Happened) -> Phase:
    """The state now; asked again after each thing that happens."""
    return play.session.progress.phase


def test_a_start_at_the_console_in_the_second_of_our_own_is_not_taken_for_it() -> None:
    """The machine was started by us some seconds ago, and stopped at its console since."""
    play = starting()
    while not play.machine.kmh:
        play.second()
    play.at_s += BETWEEN_S
    BY_NAME["Stop at the console"].do(play)
    while at(play) is not Phase.PAUSED or not answers(play):
        play.second()
    ANSWER.do(play)
    play.steps.clear()
    while not play.session.progress.start_told and at(play) is Phase.STARTING:
        BY_NAME["status 04"].do(play)
        play.second()
    assert START not in wrote(play)
    assert at(play) is not Phase.STARTING


@pytest.mark.parametrize("act", ["nothing", "key stop", "key quit"])
def test_a_belt_that_was_not_heard_since_its_start_is_not_taken_for_one_that_stands(act: str) -> None:
    play = starting()
    play.machine = replace(play.machine, mode=Mode.IGNORES)
    while START not in wrote(play):
        play.second()
    play.machine = replace(play.machine, mute=True)
    play.second()
    assert not play.session.belt.still
    if act != "nothing":
        BY_NAME[act].do(play)
    for _ in range(30):
        play.second()
    assert play.machine.kmh > 0
    assert at(play) is Phase.STOP_FAILED
    assert play.session.wish.alarm


@pytest.mark.parametrize("phase", [Phase.STEP_ON, Phase.RAMP])
def test_the_first_press_to_leave_stops_a_turn(phase: Phase) -> None:
    play = starting()
    while at(play) is not phase:
        play.second()
    play.steps.clear()
    BY_NAME["key quit"].do(play)
    assert wrote(play) == [STOP]
    while at(play) is Phase.STOPPING:
        play.second()
    assert at(play) is Phase.PAUSED


def test_a_worse_trip_in_the_instant_of_another_is_acted_on() -> None:
    play = starting()
    while at(play) is not Phase.RUN:
        play.second()
    play.at_s += BETWEEN_S
    BY_NAME["cockpit silent"].do(play)
    assert at(play) is Phase.SLOW
    BY_NAME["status 03"].do(play)
    assert at(play) is Phase.KEY
    assert STOP in wrote(play)


def test_a_stop_from_the_network_stops_a_belt_that_the_console_only_slowed() -> None:
    play = paused_at_the_console()
    assert at(play) is Phase.STOPPING
    BY_NAME["network stop"].do(play)
    assert wrote(play) == [STOP]


@pytest.mark.parametrize("phase", [Phase.CONNECTING, Phase.READY])
def test_a_belt_that_is_not_heard_any_more_is_not_said_to_stand(phase: Phase) -> None:
    play = connected(TINY["forward only"])
    play.second()
    while at(play) is not phase:
        play.second()
    BY_NAME["the machine falls silent or speaks again"].do(play)
    while at(play) is not Phase.ENDED:
        play.second()
    assert [cue.text for cue in play.steps[-1].outcome.cues] == [say.SILENT_END]


def test_a_belt_that_echoes_its_target_stands_when_its_way_down_from_that_is_over() -> None:
    """Our Stop is not taken, and the console's is, a second and a half later."""
    play = starting("echoing")
    while at(play) is not Phase.RUN or play.machine.kmh < play.machine.goal_kmh:
        play.second()
    play.machine = replace(play.machine, mode=Mode.DEAF)
    BY_NAME["key stop"].do(play)
    play.second()
    play.at_s += BETWEEN_S
    BY_NAME["Stop at the console"].do(play)
    while not play.session.belt.still:
        play.second()
    assert play.machine.kmh == 0


def test_a_belt_that_was_told_to_start_and_falls_silent_is_stopped_although_its_console_said_stopped() -> None:
    play = starting()
    while START not in wrote(play):
        play.second()
    play.second()
    BY_NAME["status 02 01"].do(play)
    assert at(play) is Phase.PAUSED
    play.machine = replace(play.machine, mute=True)
    while at(play) is Phase.PAUSED:
        play.second()
    assert at(play) is Phase.STOP_FAILED
    assert wrote(play)[-1] == STOP

"""The loop of the keeper: deadlines, presses, a cockpit that falls silent or goes, a belt that stands at each end."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from coach.core.cue import Cue, CueKind
from coach.core.event import CockpitSilent, Event, Key, Pressed, Slept
from coach.core.plan import make_plan
from coach.core.wish import Phase
from coach.keeper.lapse import true_speed
from coach.keeper.run import Closed, Fittings, Inbound, Keeper, Sound
from coach.keeper.session import BY_SIGHT
from coach.keeper.wire import Beat, Focus, FromKeeper, Leave, Mischief, Note, Press, Said, Say, Snapshot, Voice
from coach.keeper.wire import from_keeper as read
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import ModelHeart, VirtualStrap
from coach.link.world import World
from coach.script.check import load
from tests.keeper.wall import Wall

WALK = "5min@5/1min@6"
BACK = "warm-up 70s@4 / back 60s@2 / cool-down 3min@4"


def world(workout: str = WALK, machine: str = "home", *, auto: bool = True) -> World:
    """A world that is ready to run."""
    simulated = find_machine(machine)
    loaded = load(workout).workout
    assert loaded is not None
    plan = make_plan(loaded, profile_of(simulated))
    runner = VirtualRunner() if auto else None
    return World(plan, VirtualTreadmill(simulated), VirtualStrap(ModelHeart()), runner)


@dataclass
class Spoken:
    """What a speaker was told."""

    cues: list[tuple[Cue, bool, float]] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    dangers: int = 0

    def take(self, cues: tuple[Cue, ...], *, rear: bool, due_s: float) -> None:
        """Note them."""
        self.cues += [(cue, rear, due_s) for cue in cues]

    def voice(self, voice: Voice) -> None:
        """Note it."""
        self.voices.append(voice)

    def danger(self) -> None:
        """Note it."""
        self.dangers += 1


class Kept:
    """A keeper on a wall that a test moves, and a cockpit that beats unless it is told not to."""

    def __init__(self, played: World, *, pace: float = 1.0, everywhere: bool = False, asleep_s: float = 0.0) -> None:
        self.wall = Wall()
        self.world = played
        self.events: list[tuple[float, Event]] = []  # with the wall's time
        self.told: list[tuple[float, FromKeeper]] = []
        self.spoken = Spoken()
        self.beats = True
        self._beat_s = 0.0
        self._number = 0
        self.asleep_s = asleep_s
        self.keeper = Keeper(
            Fittings(
                played,
                self.wall.inbox,
                lambda line, _: self.told.append((self.wall.now_s, read(line))),
                None,
                lambda: True,
                self.spoken,
                None,
                lambda: True,
                timelapse=pace,
                lapse_turns=everywhere,
                clock=self.wall,
                sleeper=self._slept,
            )
        )
        self._record()

    def _slept(self) -> float:
        gap_s, self.asleep_s = self.asleep_s, 0.0
        return gap_s

    def _record(self) -> None:
        fold = self.world._fold

        def recording(event: Event) -> object:
            self.events.append((self.wall.now_s, event))
            return fold(event)

        self.world._fold = recording  # type: ignore[method-assign,assignment]  # what the session was told

    def say(self, *messages: Inbound) -> None:
        """What comes in."""
        for message in messages:
            self.wall.inbox.put(message)

    def turn(self) -> None:
        """One turn of the loop, with a heartbeat where one is due."""
        if self.beats and self.wall.now_s - self._beat_s >= 0.5:
            self._beat_s, self._number = self.wall.now_s, self._number + 1
            self.say(Beat(self._number, 0))
        self.keeper.turn()

    def until(self, done: Callable[[], bool], most: int = 40_000) -> None:
        """Turn until something is so, or the session is over."""
        for _ in range(most):
            if done() or self.keeper.over():
                return
            self.turn()
        raise AssertionError(f"never: {self.world.session.progress}")

    @property
    def true_kmh(self) -> float:
        """The speed of the belt itself."""
        assert self.world.treadmill.hands is not None
        return self.world.treadmill.hands.speed_kmh

    def to(self, phase: Phase) -> None:
        """Turn until a phase is entered."""
        self.until(lambda: self.world.session.progress.phase is phase)
        assert self.world.session.progress.phase is phase

    def out(self) -> None:
        """Turn until the session is over; the belt stands then."""
        self.until(lambda: False)
        assert self.world.session.belt.still or self.world.session.progress.starts == 0
        assert self.true_kmh == 0

    def snapshots(self) -> list[Snapshot]:
        """All that were shown."""
        return [told for _, told in self.told if isinstance(told, Snapshot)]


def test_a_kept_session_is_the_session_under_the_virtual_clock() -> None:
    kept, other = Kept(world(BACK), pace=500.0, everywhere=True), world(BACK)
    kept.out()
    for _ in other.run_until(1e6):
        pass
    assert kept.world.session == other.session
    assert kept.world.session.progress.ended == "finished"


def test_a_pace_that_changes_loses_nothing_that_the_machine_said() -> None:
    kept, other = Kept(world(BACK), pace=20.0), world(BACK)
    kept.out()
    for _ in other.run_until(1e6):
        pass
    assert {wall.pace for wall in kept.snapshots()} == {1.0, 20.0}
    assert kept.world.session == other.session


def test_a_keeper_without_a_cockpit_rests_between_events() -> None:
    kept = Kept(world())
    kept.to(Phase.RUN)
    kept.say(Leave())
    kept.until(lambda: kept.world.session.progress.phase is Phase.SLOW)
    kept.turn()
    kept.beats = False  # it went on beating for a moment, and then its process ended
    turns, since_s = 0, kept.wall.now_s
    while kept.wall.now_s - since_s < 8.0 and not kept.keeper.over():
        kept.turn()
        turns += 1
    assert turns < 8 * 20


def test_time_goes_by_deadlines_and_not_by_sleeps() -> None:
    kept = Kept(world())
    began_s = kept.wall.now_s
    kept.until(lambda: kept.world.at_s > 60)
    lags_s = [wall_s - began_s - event.at_s for wall_s, event in kept.events]
    assert min(lags_s) > -1e-3
    assert max(lags_s) < 0.05


def test_time_lapse_falls_to_true_speed_for_presses_and_turns() -> None:
    played = world(BACK)
    slow: dict[Phase, set[bool]] = {}
    near = []
    for step in played.run_until(1e6):
        progress = step.session.progress
        slow.setdefault(progress.phase, set()).add(true_speed(played))
        if progress.phase is Phase.RUN and progress.row == 0:
            near.append((progress.left_s(played.plan, step.session.belt, step.event.at_s) <= 10, true_speed(played)))
    assert slow.pop(Phase.RUN) == {True, False}
    assert all(seen == {True} for seen in slow.values())
    assert all(is_near == is_slow for is_near, is_slow in near)


def test_time_lapse_falls_to_true_speed_while_a_second_press_is_awaited() -> None:
    kept = Kept(world(), pace=20.0)
    kept.until(lambda: kept.world.session.progress.phase is Phase.RUN and kept.world.at_s > 40)
    kept.say(Press(Key.QUIT))
    asked_s = kept.wall.now_s
    kept.turn()
    kept.until(lambda: kept.wall.now_s > asked_s + 4.0)
    kept.say(Press(Key.QUIT))
    kept.turn()
    assert kept.world.session.progress.reason == "you left"


def test_the_pace_changes_at_the_step_that_changes_it() -> None:
    kept = Kept(world(BACK), pace=1000.0)
    kept.to(Phase.SLOW)
    last_s = [shown.at_s for shown in kept.snapshots() if shown.phase is Phase.RUN and shown.pace == 1.0]
    assert len(last_s) > 20  # the last ten seconds were shown at true speed


def test_snapshots_come_on_change_and_at_most_ten_a_second() -> None:
    kept = Kept(world(), pace=50.0)
    kept.until(lambda: kept.world.at_s > 100)
    times_s = [wall_s for wall_s, told in kept.told if isinstance(told, Snapshot)]
    assert len(times_s) > 10
    assert min(later - sooner for sooner, later in pairwise(times_s)) >= 0.1 - 1e-6
    assert max(later - sooner for sooner, later in pairwise(times_s)) < 1.2


def test_the_keeper_beats_twice_a_second_and_echoes_the_cockpit() -> None:
    kept = Kept(world())
    kept.until(lambda: kept.world.at_s > 20)
    beats = [(wall_s, told) for wall_s, told in kept.told if isinstance(told, Beat)]
    assert [beat.number for _, beat in beats] == list(range(1, len(beats) + 1))
    assert max(later - sooner for (sooner, _), (later, _) in pairwise(beats)) < 0.55
    assert beats[-1][1].echo >= len(beats) - 3


def test_a_press_carries_the_question_that_was_on_the_screen_and_how_long_the_heartbeat_held() -> None:
    kept = Kept(world(auto=False))
    kept.to(Phase.READY)
    kept.until(lambda: kept.world.at_s > 5)
    question = kept.snapshots()[-1].question
    assert question is not None
    kept.say(Press(Key.YES, serial=question.serial))
    kept.turn()
    (pressed,) = [event for _, event in kept.events if isinstance(event, Pressed)]
    assert (pressed.key, pressed.serial) == (Key.YES, question.serial)
    assert pressed.steady_s > 4
    assert kept.world.session.progress.phase is Phase.STARTING


@pytest.mark.parametrize("serial", [None, 0, 2], ids=["none", "older", "newer"])
def test_a_press_for_another_question_starts_nothing(serial: int | None) -> None:
    kept = Kept(world(auto=False))
    kept.to(Phase.READY)
    kept.until(lambda: kept.world.at_s > 5)
    kept.say(Press(Key.YES, serial=serial))
    kept.turn()
    assert kept.world.session.progress.phase is Phase.READY


def test_a_press_that_was_kept_while_the_cockpit_was_frozen_starts_nothing() -> None:
    kept = Kept(world(auto=False))
    kept.to(Phase.READY)
    kept.until(lambda: kept.world.at_s > 5)
    question = kept.snapshots()[-1].question
    assert question is not None
    kept.beats = False
    kept.until(lambda: kept.world.at_s > 7.5)
    kept.beats = True
    kept.say(Press(Key.YES, serial=question.serial))  # what waited comes before the next beat, or right behind it
    kept.turn()
    kept.say(Press(Key.YES, serial=question.serial))
    kept.turn()
    assert kept.world.session.progress.phase is Phase.READY
    assert kept.true_kmh == 0


def test_a_silent_cockpit_is_a_tone_after_two_seconds_and_a_guided_stop_after_three() -> None:
    kept = Kept(world())
    kept.to(Phase.RUN)
    kept.until(lambda: kept.world.session.belt.kmh == 5.0)
    last_s = kept._beat_s
    kept.beats = False
    kept.until(lambda: kept.spoken.dangers == 1)
    assert 2.0 <= kept.wall.now_s - last_s < 2.4
    kept.to(Phase.SLOW)
    assert 3.0 <= kept.wall.now_s - last_s < 3.1
    kept.to(Phase.PAUSED)
    silences = [event for _, event in kept.events if isinstance(event, CockpitSilent)]
    assert [event.ended for event in silences] == [False]
    kept.beats = True
    kept.until(lambda: kept.wall.now_s - last_s > 30)
    assert kept.spoken.dangers == 1
    assert kept.world.session.progress.phase is Phase.STARTING or kept.world.session.progress.starts == 2  # a fresh yes


def test_a_cockpit_that_has_never_drawn_is_not_missed() -> None:
    kept = Kept(world(auto=False))
    kept.beats = False
    kept.until(lambda: kept.world.at_s > 20)
    assert kept.spoken.dangers == 0
    assert kept.world.session.progress.phase is Phase.READY


@pytest.mark.parametrize("gone", [Closed(), Leave()], ids=["its pipe ended", "it left"])
@pytest.mark.parametrize("phase", [Phase.CONNECTING, Phase.READY, Phase.STARTING, Phase.STEP_ON, Phase.RUN, Phase.SLOW])
def test_a_cockpit_that_is_gone_is_a_guided_stop_and_the_end(phase: Phase, gone: Inbound) -> None:
    kept = Kept(world(BACK))
    kept.to(phase)
    kept.say(gone)
    at_s = kept.wall.now_s
    kept.turn()
    told = [wall_s for wall_s, event in kept.events if isinstance(event, CockpitSilent) and event.ended]
    assert told
    assert told[0] - at_s < 0.05
    kept.out()
    assert kept.world.session.progress.ended in {"tripped", "stopped", ""}


def test_a_belt_that_ignores_stop_keeps_nobody_for_ever() -> None:
    kept = Kept(world(machine="stop-ignored-once"), pace=20.0)
    kept.to(Phase.RUN)
    kept.say(Closed())
    kept.out()
    assert kept.world.at_s < 200


def test_a_computer_that_slept_has_lost_the_link() -> None:
    kept = Kept(world())
    kept.to(Phase.RUN)
    kept.asleep_s = 40.0
    kept.turn()
    assert [event.gap_s for _, event in kept.events if isinstance(event, Slept)] == [40.0]
    assert not kept.world.session.belt.link
    kept.until(lambda: kept.world.session.belt.link)
    assert kept.world.session.belt.link


def test_sound_focus_voice_and_mischief_reach_whom_they_are_for() -> None:
    kept = Kept(world())
    kept.to(Phase.RUN)
    kept.say(Sound(on=False), Focus(on=False), Say(Voice.FULL), Mischief("key:5"), Mischief("nonsense"), Note("hello"))
    kept.turn()
    kept.until(lambda: kept.world.session.progress.phase is Phase.KEY)
    guard = kept.world.session.guard
    assert not guard.sound
    assert guard.focus_at_s < 1e9
    assert kept.spoken.voices == [Voice.FULL]
    notes = [told.text for _, told in kept.told if isinstance(told, Note)]
    assert notes[-1] == "hello"
    assert "nonsense is not a fault" in notes[0]


def test_cues_are_shown_and_spoken_at_their_time_and_not_in_fast_time_lapse() -> None:
    kept = Kept(world(), pace=60.0)
    kept.out()
    said = [told.text for _, told in kept.told if isinstance(told, Said)]
    spoken = [cue.text for cue, _, _ in kept.spoken.cues]
    assert "Halfway." in said
    assert "Halfway." not in spoken
    assert "Stay on the rails. Three, two, one." in spoken
    cue, _, due_s = next(one for one in kept.spoken.cues if one[0].kind is CueKind.QUESTION)
    assert due_s - 1000.0 == pytest.approx(cue.at_s, abs=0.01)


def test_facing_the_rear_and_turning_the_speaker_knows_it() -> None:
    kept = Kept(world(BACK), pace=2.0)
    kept.out()
    rear = {cue.text: rear for cue, rear, _ in kept.spoken.cues}
    assert rear["Facing rear. Slowly faster."]
    assert rear["Step on. Hold the rails."]
    assert not rear["Halfway."]


def test_no_snapshot_is_of_a_later_instant_than_what_is_said_after_it() -> None:
    kept = Kept(world(BACK), pace=1000.0)
    kept.wall.step_s = 0.02  # a computer that is slow to fold
    kept.out()
    shown_s = 0.0
    for _, told in kept.told:
        if isinstance(told, Snapshot):
            shown_s = told.at_s
        elif isinstance(told, Said):
            assert told.at_s >= shown_s - 1e-9, told.text


def test_a_runner_who_does_not_hear_is_told_of_the_page_where_others_are_told_of_the_sound() -> None:
    kept = Kept(world(BACK))
    kept.keeper._fit = replace(kept.keeper._fit, worded=lambda text: BY_SIGHT.get(text, text))
    kept.to(Phase.RUN)
    kept.say(Sound(on=False))
    kept.turn()
    kept.until(lambda: any(isinstance(told, Said) and "page" in told.text.lower() for _, told in kept.told))
    said = [told.text for _, told in kept.told if isinstance(told, Said)]
    assert "No page. No turn until it is back." in said
    assert not [text for text in said if "ound" in text]

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from time import monotonic

import pytest

from coach import simulate
from coach.core import say
from coach.core.cue import Cue, CueKind, status
from coach.core.machine import MachineProfile
from coach.core.plan import Plan, make_plan
from coach.core.runner import SpokenUnit
from coach.core.workout import Facing
from coach.keeper.wire import Voice
from coach.script.check import load
from coach.sinks.phrase import STATUS, effective, phrases, utterance
from coach.sinks.player import Player, Playing
from coach.sinks.speech import Cache, Engine, EspeakNg
from coach.sinks.tone import Tone
from coach.sinks.voice import MOST_QUEUED, VoiceSink
from tests.sinks.test_player import script
from tests.sinks.test_speech import Counting, espeak
from tests.sinks.test_tone import sox_peak

WAIT_S = 20.0
WORKOUT = "first-steps-back"
needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="the players of these tests are shell scripts")


def plan(name: str = WORKOUT) -> Plan:
    """A shipped workout on some machine."""
    workout = load(name).workout
    assert workout is not None
    return make_plan(workout, MachineProfile("machine"))


def cue(kind: CueKind, text: str = "Words.") -> Cue:
    return Cue(7.0, kind, text)


def cues_of(name: str) -> list[Cue]:
    """All that is said in a simulated session."""
    return [Cue(one.at_s, CueKind(one.kind), one.text) for one in simulate(name).cues]


# Which words.


@pytest.mark.parametrize(
    ("voice", "rear", "simulated", "then"),
    [
        (Voice.FULL, False, True, Voice.FULL),
        (Voice.SHORT, True, True, Voice.SHORT),
        (Voice.TONES, False, True, Voice.TONES),
        (Voice.TONES, True, True, Voice.SHORT),
        (Voice.TONES, True, False, Voice.SHORT),
        (Voice.CAPTIONS, False, True, Voice.CAPTIONS),
        (Voice.CAPTIONS, True, True, Voice.CAPTIONS),
        (Voice.CAPTIONS, False, False, Voice.TONES),
        (Voice.CAPTIONS, True, False, Voice.SHORT),
    ],
)
def test_facing_the_rear_cannot_be_muted_but_on_the_simulator(
    voice: Voice, rear: bool, simulated: bool, then: Voice
) -> None:
    assert effective(voice, rear=rear, simulated=simulated) is then


@pytest.mark.parametrize("kind", CueKind)
@pytest.mark.parametrize("voice", [Voice.FULL, Voice.SHORT, Voice.TONES])
def test_alarms_and_questions_always_have_words_and_a_tone(voice: Voice, kind: CueKind) -> None:
    said = utterance(cue(kind), voice, 0.0)
    if kind in {CueKind.ALARM, CueKind.QUESTION}:
        assert said is not None
        assert said.tone is not None
        assert said.text == "Words."


@pytest.mark.parametrize(
    ("one", "full", "short", "tones"),
    [
        (cue(CueKind.FORM), (None, "Words."), None, None),
        (cue(CueKind.SAY), (None, "Words."), (None, "Words."), None),
        (cue(CueKind.TURN), (Tone.TURN, "Words."), (Tone.TURN, "Words."), (Tone.TURN, "")),
        (cue(CueKind.FASTER), (Tone.FASTER, "Words."), (Tone.FASTER, "Words."), (Tone.FASTER, "")),
        (cue(CueKind.SLOWER), (Tone.SLOWER, "Words."), (Tone.SLOWER, "Words."), (Tone.SLOWER, "")),
        (cue(CueKind.COUNT, "One."), (Tone.COUNT, "One."), (Tone.COUNT, "One."), (Tone.COUNT, "")),
        (cue(CueKind.NOTICE), (Tone.NOTICE, "Words."), (Tone.NOTICE, "Words."), (Tone.NOTICE, "")),
        (cue(CueKind.TIME, "Halfway."), (Tone.HALF, "Halfway."), (Tone.HALF, ""), (Tone.HALF, "")),
        (cue(CueKind.TIME, "Last thirty."), (None, "Last thirty."), (None, "Last thirty."), None),
        (cue(CueKind.TIME, say.FINISHED), (None, say.FINISHED), (None, say.FINISHED), None),
        (
            cue(CueKind.NOW, "Now forward: 4.0, 2 minutes."),
            (Tone.NOW, "Now forward: 4.0, 2 minutes."),
            (Tone.NOW, "Now forward."),
            (Tone.NOW, ""),
        ),
    ],
    ids=lambda value: value.kind.value if isinstance(value, Cue) else None,
)
def test_less_is_said_the_less_is_chosen(
    one: Cue, full: tuple[Tone | None, str], short: tuple[Tone | None, str] | None, tones: tuple[Tone, str] | None
) -> None:
    for voice, wanted in ((Voice.FULL, full), (Voice.SHORT, short), (Voice.TONES, tones), (Voice.CAPTIONS, None)):
        said = utterance(one, voice, 0.0)
        assert (None if said is None else (said.tone, said.text)) == wanted, voice


@pytest.mark.parametrize("bpm", [None, 122])
@pytest.mark.parametrize("facing", [Facing.FORWARD, Facing.BACKWARD])
def test_the_short_voice_leaves_the_status_out(facing: Facing, bpm: int | None) -> None:
    text = status(facing, 3.0, 40.0, bpm, SpokenUnit.KMH)
    assert text.startswith(STATUS)
    assert utterance(cue(CueKind.TIME, text), Voice.SHORT, 0.0) is None
    assert utterance(cue(CueKind.TIME, text), Voice.FULL, 0.0) is not None


@pytest.mark.parametrize("name", [WORKOUT, "easy-walk-30", "kind-knees"])
@pytest.mark.parametrize("voice", [Voice.FULL, Voice.SHORT])
def test_all_that_a_session_says_was_made_ready_but_what_depends_on_the_moment(name: str, voice: Voice) -> None:
    ready = set(phrases(plan(name), voice))
    said = [utterance(one, voice, 0.0) for one in cues_of(name)]
    missing = {one.text for one in said if one is not None and one.text and (one.tone, one.text) not in ready}
    assert len([one for one in said if one is not None]) > 40
    assert all(text.startswith(STATUS) or text.endswith("kilometres an hour.") for text in missing), missing


def test_alarms_are_made_ready_first() -> None:
    found = phrases(plan())
    alarms = [at for at, (tone, _) in enumerate(found) if tone is Tone.DANGER]
    assert alarms == list(range(len(alarms)))
    assert (Tone.DANGER, "Rails. Step off. Pull the clip.") in found


@pytest.mark.slow
@espeak
def test_espeak_speaks_every_cue_of_a_shipped_workout_and_sox_hears_it(tmp_path: Path) -> None:
    engine, cache = EspeakNg(), Cache(tmp_path)
    said = (utterance(one, Voice.FULL, 0.0) for one in cues_of(WORKOUT))
    wanted = {(one.tone, one.text) for one in said if one is not None}
    assert len(wanted) > 35
    for tone, text in wanted:
        assert sox_peak(cache.make(engine, tone, text)) > 0.1, text


# The sink.


class Blocked(Player):
    """A player that does not return for as long as the test lets it."""

    def __init__(self) -> None:
        super().__init__([("player",)])
        self.entered: SimpleQueue[threading.Thread] = SimpleQueue()
        self.go = threading.Event()

    def play(self, path: Path, length_s: float, ended: Callable[[Playing], None]) -> Playing:
        self.entered.put(threading.current_thread())
        assert self.go.wait(WAIT_S)
        return super().play(path, length_s, ended)


class Opened:
    """A sink with what it told its owner."""

    def __init__(self, folder: Path, player: Player, voice: Voice, engine: Engine | None) -> None:
        self.told: SimpleQueue[str] = SimpleQueue()
        self.sink = VoiceSink(
            plan(),
            voice,
            simulated=True,
            greeting="Simulated treadmill.",
            player=player,
            engine=engine,
            folder=folder / "cache",
            lost=self.told.put,
            found=lambda: self.told.put("found"),
        )


Open = Callable[..., Opened]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens sinks and closes them."""
    all_of_them: list[Opened] = []

    def one(player: Player, voice: Voice = Voice.FULL, engine: Engine | None = None) -> Opened:
        all_of_them.append(Opened(tmp_path, player, voice, engine or Counting()))
        return all_of_them[-1]

    yield one
    for each in all_of_them:
        each.sink.close()
        assert not each.sink._thread.is_alive()


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """A pipe into which players write the names of their files, and wait until that is read."""
    path = tmp_path / "heard"
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)
    return path


def writer(folder: Path, fifo: Path, then: str = "") -> Player:
    """A player that writes into the pipe."""
    return Player([(script(folder, "player", f'echo "$1" > {fifo}\n{then}'),)])


def heard(fifo: Path, *wanted: str) -> str:
    """Wait until one of these is played; what was played before it is passed over."""
    while True:
        with fifo.open() as pipe:
            found = [Path(line).name for line in pipe.read().split()]
        for name in found:
            if name in wanted:
                return name


def file_of(folder: Path, tone: Tone | None, text: str) -> str:
    """The name of the file of a phrase."""
    return Cache(folder / "cache").path(Counting(), tone, text).name


def now(sink: VoiceSink, kind: CueKind, text: str = "Words.", *, rear: bool = True) -> None:
    """Give a cue that is due now."""
    sink.take((cue(kind, text),), rear=rear, due_s=monotonic())


@needs_shell
def test_a_cue_is_heard(opened: Open, fifo: Path, tmp_path: Path) -> None:
    now(opened(writer(tmp_path, fifo)).sink, CueKind.TURN, say.SLOWING)
    assert heard(fifo, "turn.wav", file_of(tmp_path, Tone.TURN, say.SLOWING))


@needs_shell
def test_words_that_nobody_foresaw_are_heard_too(opened: Open, fifo: Path, tmp_path: Path) -> None:
    text = "Facing rear, 1.7 kilometres an hour."
    now(opened(writer(tmp_path, fifo)).sink, CueKind.QUESTION, text)
    assert heard(fifo, file_of(tmp_path, None, text))


@needs_shell
def test_the_greeting_is_heard_before_anything_else_is_said(opened: Open, fifo: Path, tmp_path: Path) -> None:
    greeting = file_of(tmp_path, None, "Simulated treadmill.")
    sink = opened(writer(tmp_path, fifo)).sink
    with fifo.open() as pipe:
        first = Path(pipe.read().split()[0]).name
    assert first in {"silence.wav", greeting}
    assert first == greeting or heard(fifo, greeting)
    assert sink.lateness().held == 0


@needs_shell
def test_the_danger_tone_is_heard_at_once_though_a_phrase_sounds(opened: Open, fifo: Path, tmp_path: Path) -> None:
    sink = opened(writer(tmp_path, fifo, then='case "$1" in *danger*) ;; *) exec sleep 1000 ;; esac')).sink
    now(sink, CueKind.TURN, say.SLOWING)
    heard(fifo, "turn.wav", file_of(tmp_path, Tone.TURN, say.SLOWING))
    sink.danger()
    assert heard(fifo, "danger.wav")


def test_a_player_that_blocks_holds_the_thread_of_the_sink_and_nobody_else(opened: Open) -> None:
    player = Blocked()
    sink = opened(player).sink
    assert player.entered.get(timeout=WAIT_S) is sink._thread
    for _ in range(3 * MOST_QUEUED):
        now(sink, CueKind.ALARM)
        sink.danger()
        sink.voice(Voice.SHORT)
    assert sink._inbox.qsize() <= MOST_QUEUED + 1, "the queue is bounded"
    assert sink.overflow > 0
    assert not player.go.is_set(), "all that happened while the player was blocked"
    player.go.set()


def test_a_voice_that_hangs_is_a_lost_sound_until_it_is_back(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.sinks.voice.HANGS_S", 0.0)
    player = Blocked()
    one = opened(player)
    player.entered.get(timeout=WAIT_S)
    for _ in range(2):
        now(one.sink, CueKind.TURN)
    assert one.told.get(timeout=WAIT_S) == "the voice hangs"
    assert one.told.empty(), "it is said once"
    monkeypatch.setattr("coach.sinks.voice.HANGS_S", 1000.0)
    player.go.set()
    assert one.told.get(timeout=WAIT_S) == "found"


def test_a_voice_that_died_while_nobody_wanted_it_is_lost_when_it_is_wanted(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise OSError("no room")

    monkeypatch.setattr("coach.sinks.voice._files", fail)
    one = opened(Player([]), Voice.CAPTIONS)
    now(one.sink, CueKind.TURN)
    assert one.told.empty()
    one.sink.voice(Voice.FULL)
    assert one.told.get(timeout=WAIT_S) == "no room"


def test_an_engine_that_blocks_delays_no_tone(opened: Open, fifo: Path, tmp_path: Path) -> None:
    class Slow(Counting):
        """An engine that renders when the test lets it."""

        go = threading.Event()

        def render(self, text: str, path: Path) -> None:
            assert self.go.wait(WAIT_S)
            super().render(text, path)

    engine = Slow()
    sink = opened(writer(tmp_path, fifo), engine=engine).sink
    now(sink, CueKind.ALARM, "Rails. Step off. Pull the clip.")
    assert heard(fifo, "danger.wav")
    engine.go.set()


def test_without_a_player_the_sound_is_lost(opened: Open) -> None:
    assert opened(Player([])).told.get(timeout=WAIT_S) == "no player plays"


@needs_shell
def test_a_player_that_works_again_is_found_by_itself(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.sinks.speaker.PROBE_EVERY_S", 0.02)
    there = tmp_path / "there"
    told = opened(Player([(script(tmp_path, "player", f"test -e {there}"),)])).told
    assert told.get(timeout=WAIT_S) == "no player plays"
    there.touch()
    assert told.get(timeout=WAIT_S) == "found"


def test_captions_lose_no_sound_and_render_nothing(opened: Open) -> None:
    engine = Counting()
    one = opened(Player([]), Voice.CAPTIONS, engine)
    now(one.sink, CueKind.ALARM)
    one.sink.close()
    assert one.told.empty()
    assert engine.texts == []


def test_all_phrases_are_rendered_when_sound_is_asked_for_alarms_first(opened: Open) -> None:
    class Counted(Counting):
        """An engine that says how far it is."""

        def __init__(self) -> None:
            super().__init__()
            self.done: SimpleQueue[str] = SimpleQueue()

        def render(self, text: str, path: Path) -> None:
            super().render(text, path)
            self.done.put(text)

    engine = Counted()
    sink = opened(Player([]), Voice.CAPTIONS, engine).sink
    sink.voice(Voice.FULL)
    wanted = [text for _, text in phrases(plan())]
    alarms = {text for tone, text in phrases(plan()) if tone is Tone.DANGER}
    order = [engine.done.get(timeout=WAIT_S) for _ in range(len(wanted) + 1)]  # and the greeting
    assert set(wanted) <= set(order)
    assert set([text for text in order if text != "Simulated treadmill."][: len(alarms)]) == alarms


def test_a_voice_that_dies_is_a_lost_sound(opened: Open) -> None:
    class Mad(Player):
        """A player with a mistake in it."""

        def play(self, path: Path, length_s: float, ended: Callable[[Playing], None]) -> Playing:
            raise RuntimeError(f"a mistake about {path.name}, {length_s} s, {ended}")

    one = opened(Mad([("player",)]))
    assert one.told.get(timeout=WAIT_S).startswith("a mistake")
    assert one.sink.failed.startswith("a mistake")
    now(one.sink, CueKind.ALARM)


@needs_shell
def test_closing_ends_what_sounds(opened: Open, fifo: Path, tmp_path: Path) -> None:
    player = Player([(script(tmp_path, "player", f'echo "$$ $1" > {fifo}; exec sleep 1000'),)])
    sink = opened(player).sink
    with fifo.open() as pipe:
        number = int(pipe.read().split()[0])
    sink.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_what_comes_after_the_end_is_passed_over(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    one = opened(Player([("true",)]))
    one.sink.close()
    told = one.told.qsize()
    monkeypatch.setattr("coach.sinks.voice.HANGS_S", 0.0)
    now(one.sink, CueKind.ALARM)
    assert one.told.qsize() == told


@needs_shell
def test_what_began_on_time_is_counted_and_what_was_too_late_is_not_said(
    opened: Open, fifo: Path, tmp_path: Path
) -> None:
    sink = opened(writer(tmp_path, fifo)).sink
    sink.take((cue(CueKind.COUNT, "Three."),), rear=True, due_s=monotonic() - 1.0)
    for text in (say.SLOWING, say.RAILS, say.STEP_ON):
        now(sink, CueKind.TURN, text)
        heard(fifo, "turn.wav", file_of(tmp_path, Tone.TURN, text))
    found = sink.lateness()
    assert found.count >= 1
    assert 0.0 <= found.median_s <= found.p99_s <= found.most_s
    assert found.dropped >= 1

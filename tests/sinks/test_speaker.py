from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coach.core.cue import Cue, CueKind
from coach.keeper.wire import Voice
from coach.sinks.player import Fate, Player, Playing
from coach.sinks.speaker import CUT_WITHIN_S, MOST_BESIDE, PROBE_EVERY_S, WORDS_WITHIN_S, Files, Owner, Speaker
from coach.sinks.speech import Cache, Engine, Renderer
from coach.sinks.tone import Tone, write, write_silence
from tests.sinks.test_speech import Counting

STATE = "Slowing. Hold the rails."


class Sounding(Playing):
    """A sound that ends when the test says so."""

    def __init__(self, path: Path, ended: Callable[[Playing], None], now_s: float) -> None:
        self.path = path
        self.fate = None
        self.started_at_s = now_s
        self.used = 0
        self.was_cut = False
        self.is_late = False
        self._ended = ended

    @property
    def late(self) -> bool:
        return self.is_late

    def cut(self) -> None:
        self.was_cut = True

    def join(self, timeout_s: float) -> bool:
        del timeout_s
        return True

    def end(self, fate: Fate = Fate.PLAYED) -> None:
        """The child has ended."""
        self.fate = Fate.CUT if self.was_cut else fate
        if fate is Fate.FAILED:
            self.started_at_s = None
        self._ended(self)


class Orchestra(Player):
    """A player that notes what it is given."""

    def __init__(self, players: int = 1) -> None:
        super().__init__([("player",)] * players)
        self.sounds: list[Sounding] = []
        self.now_s = 0.0

    def play(self, path: Path, length_s: float, ended: Callable[[Playing], None]) -> Playing:
        del length_s
        self.sounds.append(Sounding(path, ended, self.now_s))
        return self.sounds[-1]

    def everywhere(self, path: Path, length_s: float, ended: Callable[[Playing], None]) -> list[Playing]:
        return [self.play(path, length_s, ended) for _ in self.commands]


class Library(Renderer):
    """Phrases that are ready or not."""

    engine: Engine

    def __init__(self, folder: Path) -> None:
        self.engine = Counting()
        self.broken = ""
        self.asked: list[tuple[Tone | None, str]] = []
        self._folder = Cache(folder)
        self._ready = {}

    def want(self, tone: Tone | None, text: str, urgency: int = 0) -> None:
        del urgency
        self.asked.append((tone, text))

    def make(self, tone: Tone | None, text: str) -> Path:
        """Have a phrase ready."""
        self._ready[tone, text] = self._folder.make(self.engine, tone, text)
        return self._ready[tone, text]


@dataclass
class Stage:
    """A speaker, its surroundings and its clock."""

    folder: Path
    speaker: Speaker = field(init=False)
    orchestra: Orchestra = field(default_factory=Orchestra)
    library: Library = field(init=False)
    told: list[str] = field(default_factory=list)
    files: Files = field(init=False)

    def __post_init__(self) -> None:
        self.library = Library(self.folder / "cache")
        tones = {tone: self.folder / f"{tone}.wav" for tone in Tone}
        for tone, path in tones.items():
            write(tone, path)
        self.files = Files(tones, self.folder / "silence.wav")
        write_silence(self.files.silence)

    def open(
        self,
        voice: Voice = Voice.FULL,
        *,
        simulated: bool = False,
        engine: bool = True,
        words_needed: bool = False,
        greeting: str = "",
        probe: Fate | None = Fate.PLAYED,
    ) -> Stage:
        owner = Owner(self.told.append, lambda: self.told.append("found"), self._ended)
        self.speaker = Speaker(
            self.files,
            self.orchestra,
            self.library if engine else None,
            owner,
            voice=voice,
            simulated=simulated,
            words_needed=words_needed,
            greeting=greeting,
            clock=lambda: self.orchestra.now_s,
        )
        self.speaker.look()
        if probe is not None and self.probes():
            self.probes()[0].end(probe)
        return self

    def _ended(self, playing: Playing) -> None:
        self.speaker.ended(playing)
        self.speaker.look()

    def at(self, now_s: float) -> None:
        """Time goes on."""
        self.orchestra.now_s = now_s
        self.speaker.look()

    def cue(self, kind: CueKind, text: str = "Words.", *, rear: bool = False) -> None:
        """A cue that is due now."""
        self.speaker.cues((Cue(7.0, kind, text),), rear=rear, due_s=self.orchestra.now_s)
        self.speaker.look()

    @property
    def playing(self) -> list[Sounding]:
        """What sounds, the probes left out."""
        return [one for one in self.orchestra.sounds if one.fate is None and one.path != self.files.silence]

    @property
    def sound(self) -> Sounding:
        """The only sound."""
        (one,) = self.playing
        return one

    def probes(self) -> list[Sounding]:
        """Silences that are under way."""
        return [one for one in self.orchestra.sounds if one.fate is None and one.path == self.files.silence]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Where a speaker can be opened."""
    return Stage(tmp_path)


def test_a_phrase_that_is_ready_is_one_file_of_tone_and_words(stage: Stage) -> None:
    path = stage.library.make(Tone.TURN, STATE)
    stage.open().cue(CueKind.TURN, STATE)
    assert stage.sound.path == path


def test_words_that_were_not_foreseen_follow_their_tone_as_soon_as_they_are_there(stage: Stage) -> None:
    stage.open().cue(CueKind.TURN, STATE)
    assert stage.sound.path == stage.files.tones[Tone.TURN]
    assert stage.library.asked == [(None, STATE)]
    words = stage.library.make(None, STATE)
    stage.speaker.rendered(STATE)
    stage.sound.end()
    assert stage.sound.path == words


def test_a_tone_waits_for_its_words_and_not_for_ever(stage: Stage) -> None:
    stage.open().cue(CueKind.TURN, STATE)
    stage.sound.end()
    assert stage.playing == []
    stage.cue(CueKind.QUESTION, "Ready?")
    assert stage.playing == [], "the floor is still taken"
    stage.at(WORDS_WITHIN_S)
    assert stage.sound.path == stage.files.tones[Tone.QUESTION]


def test_words_that_come_too_late_are_not_said(stage: Stage) -> None:
    stage.open().cue(CueKind.TIME, "1.5 kilometres an hour.")
    assert stage.playing == []
    assert stage.speaker.wait_s() == pytest.approx(WORDS_WITHIN_S)
    stage.at(WORDS_WITHIN_S)
    stage.library.make(None, "1.5 kilometres an hour.")
    stage.speaker.rendered("1.5 kilometres an hour.")
    stage.speaker.look()
    assert stage.playing == []


def test_a_sound_that_is_cut_lets_the_device_go_before_the_next_begins(stage: Stage) -> None:
    path = stage.library.make(Tone.TURN, STATE)
    talk = stage.library.make(None, "Breathe out slowly.")
    stage.open().cue(CueKind.FORM, "Breathe out slowly.")
    first = stage.sound
    assert first.path == talk
    stage.cue(CueKind.TURN, STATE)
    assert first.was_cut
    assert stage.playing == [first]
    first.end()
    assert stage.sound.path == path


def test_a_sound_that_does_not_end_when_it_is_cut_is_left_to_itself(stage: Stage) -> None:
    stage.library.make(None, "Breathe out slowly.")
    path = stage.library.make(Tone.TURN, STATE)
    stage.open().cue(CueKind.FORM, "Breathe out slowly.")
    stage.cue(CueKind.TURN, STATE)
    assert stage.speaker.wait_s() == pytest.approx(CUT_WITHIN_S)
    stage.at(CUT_WITHIN_S)
    assert [one.path for one in stage.playing][1:] == [path]


def test_a_cut_that_comes_while_words_are_awaited_frees_the_floor(stage: Stage) -> None:
    stage.open().cue(CueKind.TIME, "1.5 kilometres an hour.")
    stage.cue(CueKind.TURN, STATE)
    assert stage.sound.path == stage.files.tones[Tone.TURN]


def test_a_cue_that_is_due_later_waits_for_its_instant(stage: Stage) -> None:
    stage.library.make(Tone.COUNT, "Three.")
    stage.open()
    stage.speaker.cues((Cue(7.0, CueKind.COUNT, "Three."),), rear=False, due_s=5.0)
    stage.at(4.0)
    assert stage.playing == []
    assert stage.speaker.wait_s() == pytest.approx(1.0)
    stage.at(5.0)
    assert len(stage.playing) == 1


def test_cues_of_one_call_keep_their_distance(stage: Stage) -> None:
    for text in ("Two.", "One."):
        stage.library.make(Tone.COUNT, text)
    stage.open()
    cues = (Cue(7.0, CueKind.COUNT, "Two."), Cue(8.0, CueKind.COUNT, "One."))
    stage.speaker.cues(cues, rear=False, due_s=0.0)
    stage.speaker.look()
    stage.sound.end()
    assert stage.playing == []
    stage.at(1.0)
    assert len(stage.playing) == 1


def test_how_late_a_sound_began_is_remembered_and_whether_it_had_to_wait(stage: Stage) -> None:
    for kind, text in ((CueKind.TURN, STATE), (CueKind.SAY, "Short steps.")):
        stage.library.make(Tone.TURN if kind is CueKind.TURN else None, text)
    stage.open()
    stage.speaker.cues((Cue(7.0, CueKind.TURN, STATE), Cue(7.0, CueKind.SAY, "Short steps.")), rear=False, due_s=0.0)
    stage.at(0.02)
    stage.orchestra.now_s = 3.0
    stage.sound.end()
    stage.sound.end()
    assert [(one.kind, round(one.late_s, 3), one.held) for one in stage.speaker.starts] == [
        (CueKind.TURN, 0.02, False),
        (CueKind.SAY, 3.0, True),
    ]


def test_the_first_phrase_says_whether_the_treadmill_is_a_real_one(stage: Stage) -> None:
    path = stage.library.make(None, "Simulated treadmill.")
    stage.open(greeting="Simulated treadmill.")
    assert stage.sound.path == path


# How much is said.


def test_captions_on_the_simulator_make_no_sound_and_lose_none(stage: Stage) -> None:
    stage.open(Voice.CAPTIONS, simulated=True, engine=False, words_needed=True, greeting="Simulated treadmill.")
    for kind in CueKind:
        stage.cue(kind, rear=True)
    stage.speaker.danger()
    stage.at(0.0)
    stage.at(100.0)
    assert stage.orchestra.sounds == []
    assert stage.told == []
    assert stage.speaker.wait_s() is None


def test_sound_that_is_asked_for_begins_with_the_greeting(stage: Stage) -> None:
    path = stage.library.make(None, "Simulated treadmill.")
    stage.open(Voice.CAPTIONS, simulated=True, greeting="Simulated treadmill.")
    stage.speaker.choose(Voice.FULL)
    stage.speaker.look()
    assert stage.sound.path == path, "which tells whether the player works as well as a silence does"
    stage.sound.end(Fate.FAILED)
    assert stage.told == ["no player plays"]


def test_captions_cut_what_sounds_and_need_no_player(stage: Stage) -> None:
    stage.open(Voice.FULL, simulated=True, probe=Fate.FAILED)
    assert stage.told == ["no player plays"]
    stage.cue(CueKind.TURN)
    stage.cue(CueKind.QUESTION)
    stage.speaker.choose(Voice.CAPTIONS)
    assert stage.sound.was_cut
    assert stage.told == ["no player plays", "found"]
    stage.sound.end()
    assert stage.speaker.wait_s() is None


@pytest.mark.parametrize("rear", [False, True])
def test_words_are_never_left_out_facing_the_rear(rear: bool, stage: Stage) -> None:
    stage.open(Voice.TONES).cue(CueKind.TURN, STATE, rear=rear)
    stage.sound.end()
    assert stage.library.asked == ([(None, STATE)] if rear else [])


def test_captions_find_no_sound_that_was_not_lost(stage: Stage) -> None:
    stage.open(Voice.FULL, simulated=True).speaker.choose(Voice.CAPTIONS)
    assert stage.told == []


def test_more_or_fewer_words_cut_nothing_and_greet_nobody_again(stage: Stage) -> None:
    stage.library.make(None, "Simulated treadmill.")
    stage.open(greeting="Simulated treadmill.")
    greeting = stage.sound
    stage.speaker.choose(Voice.SHORT)
    stage.speaker.look()
    assert not greeting.was_cut
    greeting.end()
    assert stage.speaker.wait_s() is None
    assert len(stage.orchestra.sounds) == 1


def test_words_without_a_tone_sound_as_soon_as_they_are_there(stage: Stage) -> None:
    stage.open().cue(CueKind.TIME, "1.5 kilometres an hour.")
    words = stage.library.make(None, "1.5 kilometres an hour.")
    stage.speaker.rendered("1.5 kilometres an hour.")
    assert stage.sound.path == words


def test_tone_and_words_that_follow_are_one_start(stage: Stage) -> None:
    stage.open().cue(CueKind.TURN, STATE)
    stage.library.make(None, STATE)
    stage.sound.end()
    stage.sound.end()
    assert [one.text for one in stage.speaker.starts] == [STATE]


class Live(Counting):
    """An engine that speaks and writes no files."""

    renders = False

    def speaking(self, text: str) -> tuple[str, ...]:
        return ("speak", text)

    def hushing(self) -> tuple[str, ...]:
        return ("hush",)


def test_an_engine_that_only_speaks_speaks_behind_the_tone_and_is_told_when_it_is_cut(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[tuple[str, ...]] = []

    def spawned(given: list[tuple[str, ...]], _: float, ended: Callable[[Playing], None]) -> Sounding:
        commands.extend(given)
        stage.orchestra.sounds.append(Sounding(Path(given[0][0]), ended, 0.0))
        return stage.orchestra.sounds[-1]

    monkeypatch.setattr("coach.sinks.speaker.Playing", spawned)
    stage.library.engine = Live()
    stage.open().cue(CueKind.TURN, STATE)
    assert stage.sound.path == stage.files.tones[Tone.TURN]
    stage.sound.end()
    assert commands == [("speak", STATE)]
    stage.cue(CueKind.ALARM, "Rails.")
    assert stage.playing[0].was_cut
    assert commands == [("speak", STATE), ("hush",)]


# When the sound is lost.


def test_a_player_is_tried_with_a_silence_before_anything_is_said(stage: Stage) -> None:
    stage.open(probe=None)
    (probe,) = stage.probes()
    probe.end()
    assert stage.told == []
    assert stage.speaker.wait_s() is None, "a player that works is not tried again"


def test_a_player_that_fails_is_a_lost_sound_and_a_probe_finds_it_again(stage: Stage) -> None:
    stage.open(probe=Fate.FAILED)
    assert stage.told == ["no player plays"]
    assert stage.speaker.wait_s() == pytest.approx(PROBE_EVERY_S)
    stage.at(PROBE_EVERY_S - 0.01)
    assert stage.probes() == []
    stage.at(PROBE_EVERY_S)
    stage.probes()[0].end(Fate.FAILED)
    stage.at(2 * PROBE_EVERY_S)
    stage.probes()[0].end()
    assert stage.told == ["no player plays", "found"]
    assert stage.speaker.wait_s() is None


def test_a_cue_does_not_wait_for_a_probe_and_does_not_share_the_device_with_it(stage: Stage) -> None:
    stage.open(probe=None)
    (probe,) = stage.probes()
    stage.cue(CueKind.TURN)
    assert probe.was_cut
    assert stage.playing == []
    probe.end()
    assert stage.sound.path == stage.files.tones[Tone.TURN]
    assert stage.told == []


def test_a_probe_that_hangs_is_a_lost_sound(stage: Stage) -> None:
    stage.open(probe=None)
    (probe,) = stage.probes()
    probe.started_at_s, probe.is_late = None, True
    stage.at(0.5)
    assert stage.told == ["the player does not start"]


def test_words_that_replace_the_danger_of_a_lost_sound_do_not_cut_it(stage: Stage) -> None:
    stage.orchestra = Orchestra(players=2)
    stage.open().cue(CueKind.TURN, rear=True)
    stage.sound.end(Fate.FAILED)
    danger = stage.playing
    stage.cue(CueKind.NOTICE, rear=True)
    stage.cue(CueKind.TURN, rear=True)
    assert len(danger) == 2
    assert not any(one.was_cut for one in danger)


def test_a_cue_that_fails_is_a_lost_sound_and_one_that_is_heard_finds_it(stage: Stage) -> None:
    stage.open().cue(CueKind.TURN)
    stage.sound.end(Fate.FAILED)
    assert stage.told == ["no player plays"]
    stage.at(WORDS_WITHIN_S)
    stage.cue(CueKind.TURN)
    stage.sound.end()
    assert stage.told == ["no player plays", "found"]


def test_a_sound_that_does_not_begin_is_lost(stage: Stage) -> None:
    stage.open().cue(CueKind.TURN)
    stage.sound.started_at_s = None
    assert stage.speaker.wait_s() == pytest.approx(0.5)
    stage.at(0.5)
    assert stage.told == []
    stage.sound.is_late = True
    stage.at(0.51)
    assert stage.told == ["the player does not start"]


def test_a_sound_that_was_cut_is_no_lost_one(stage: Stage) -> None:
    stage.open().cue(CueKind.FORM, "Breathe out slowly.")
    stage.library.make(None, "Breathe out slowly.")
    stage.speaker.rendered("Breathe out slowly.")
    stage.cue(CueKind.TURN)
    stage.playing[0].end()
    assert stage.told == []


def test_sound_that_is_lost_facing_the_rear_tries_the_danger_tone_everywhere(stage: Stage) -> None:
    stage.orchestra = Orchestra(players=3)
    stage.open().cue(CueKind.TURN, rear=True)
    stage.sound.end(Fate.FAILED)
    danger = [one for one in stage.playing if one.path == stage.files.tones[Tone.DANGER]]
    assert len(danger) == 3


def test_sound_that_is_lost_facing_the_console_stays_quiet(stage: Stage) -> None:
    stage.open().cue(CueKind.TURN, rear=False)
    stage.sound.end(Fate.FAILED)
    assert stage.playing == []


def test_an_alarm_without_sound_is_tried_on_every_player_and_one_that_fails_loses_nothing_twice(stage: Stage) -> None:
    stage.orchestra = Orchestra(players=3)
    alarm = stage.library.make(Tone.DANGER, "Rails.")
    stage.open(probe=Fate.FAILED)
    stage.cue(CueKind.ALARM, "Rails.")
    assert [one.path for one in stage.playing] == [alarm] * 3
    first, second, third = stage.playing
    second.end()
    first.end(Fate.FAILED)
    third.end(Fate.FAILED)
    assert stage.told == ["no player plays", "found"]


def test_an_alarm_that_no_player_takes_frees_the_floor(stage: Stage) -> None:
    stage.orchestra = Orchestra(players=0)
    stage.open(probe=Fate.FAILED).cue(CueKind.ALARM, "Rails.")
    stage.at(WORDS_WITHIN_S)
    assert stage.speaker.floor.speaking is None


def test_what_sounds_beside_does_not_end_what_sounds(stage: Stage) -> None:
    stage.orchestra = Orchestra(players=2)
    stage.open().cue(CueKind.TURN, rear=True)
    stage.sound.end(Fate.FAILED)
    beside = stage.playing
    stage.at(WORDS_WITHIN_S)
    stage.cue(CueKind.TURN)
    (main,) = [one for one in stage.playing if one not in beside]
    beside[0].end(Fate.FAILED)
    stage.cue(CueKind.FORM)
    assert [one for one in stage.playing if one not in beside] == [main]
    assert stage.told == ["no player plays"]


def test_an_alarm_with_sound_is_played_once(stage: Stage) -> None:
    stage.orchestra = Orchestra(players=3)
    stage.library.make(Tone.DANGER, "Rails.")
    stage.open().cue(CueKind.ALARM, "Rails.")
    assert len(stage.playing) == 1


@pytest.mark.parametrize("words_needed", [False, True])
def test_where_nothing_can_speak_the_sound_is_lost_if_somebody_will_face_the_rear(
    words_needed: bool, stage: Stage
) -> None:
    stage.open(engine=False, words_needed=words_needed)
    assert stage.told == (["nothing here can speak"] if words_needed else [])
    stage.cue(CueKind.TURN)
    assert stage.sound.path == stage.files.tones[Tone.TURN], "tones sound all the same"
    stage.sound.end()
    stage.cue(CueKind.FASTER)
    assert stage.sound.path == stage.files.tones[Tone.FASTER]


def test_an_engine_that_breaks_is_a_lost_sound_that_no_tone_brings_back(stage: Stage) -> None:
    stage.open(words_needed=True).cue(CueKind.TURN, STATE)
    stage.library.broken = "no voice today"
    stage.speaker.rendered(STATE)
    assert stage.told == ["no voice today"]
    stage.sound.end()
    assert stage.told == ["no voice today"]


def test_players_that_hang_do_not_pile_up(stage: Stage) -> None:
    stage.open()
    for at in range(3 * MOST_BESIDE):
        stage.at(float(at))
        stage.cue(CueKind.TURN)
        for one in stage.playing:
            one.started_at_s, one.is_late = None, True
        stage.speaker.look()
    assert len(stage.orchestra.sounds) <= MOST_BESIDE + 1


def test_the_danger_tone_cuts_what_sounds_and_no_alarm(stage: Stage) -> None:
    stage.library.make(Tone.DANGER, "Rails.")
    stage.open().cue(CueKind.TURN)
    stage.speaker.danger()
    assert stage.sound.was_cut
    stage.sound.end()
    assert stage.sound.path == stage.files.tones[Tone.DANGER]
    stage.sound.end()
    stage.at(10.0)
    stage.cue(CueKind.ALARM, "Rails.")
    stage.speaker.danger()
    assert not stage.sound.was_cut


def test_closing_cuts_everything(stage: Stage) -> None:
    stage.open().cue(CueKind.TURN)
    stage.cue(CueKind.QUESTION, "Ready?")
    stage.speaker.close(0.0)
    assert stage.sound.was_cut
    stage.sound.end()
    assert stage.playing == [], "who waited does not speak"

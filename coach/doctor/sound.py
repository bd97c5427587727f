"""Probes of the voice: what plays, what speaks, and, where it may be heard, the alarm itself."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from coach.doctor.finding import Finding, State
from coach.sinks.alarm import Words, prepare
from coach.sinks.player import Fate, Player, Playing, find_player, limit_s
from coach.sinks.speech import SpeechError, find_engine
from coach.sinks.tone import SoundError, lasts_s, write_silence
from coach.system.sound import get_engine, get_player

SPARE_S: Final = 3.0  # over the limit that a sound has by itself, for each of the players
_SPOKEN: Final = "Short steps. Ten more."


def player(found: Player | None = None) -> Finding:
    """A player is there and takes a sound that nobody hears."""
    found = found or find_player()
    if not found.there:
        return Finding("player", State.MISSING, "none", get_player())
    names = ", ".join(command[0] for command in found.commands)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "silence.wav"
        write_silence(path)
        played = _played(found, path)
    if played is not None and played.fate is Fate.PLAYED:
        return Finding("player", State.OK, found.name)
    do = "is a loudspeaker or a headset there, switched on and chosen? Then try coach doctor --sound"
    return Finding("player", State.MISSING, f"no sound comes out of {names}", do)


def voice(setting: str = "") -> Finding:
    """An engine is there and makes a phrase; a setting names one, as find_engine() knows it."""
    engine = find_engine(setting)
    if engine is None:
        return Finding("voice", State.MISSING, "no engine speaks", get_engine())
    with TemporaryDirectory() as folder, closing(engine):
        if not engine.renders:
            do = "apt install espeak-ng: alarms then have words even when coach itself is lost"
            return Finding("voice", State.WARN, f"{engine.name} speaks, but writes no files", do)
        try:
            engine.render(_SPOKEN, Path(folder) / "spoken.wav")
            length_s = lasts_s(Path(folder) / "spoken.wav")
        except (SpeechError, SoundError) as error:
            return Finding("voice", State.MISSING, str(error), get_engine())
    return Finding("voice", State.OK, f"{engine.name}, {length_s:.1f} s of words made")


def alarm(found: Player | None = None) -> Finding:
    """Play the alarm once, tone and words, so that somebody may hear it; nothing is asked."""
    found = found or find_player()
    with TemporaryDirectory() as folder:
        ready = prepare(Path(folder))
        played = _played(found, ready.path(Words.RAILS))
    if played is None or played.fate is not Fate.PLAYED or played.started_at_s is None:
        return Finding("alarm", State.MISSING, "it was not played", "mend the player first")
    late_s = played.started_at_s - played.asked_at_s
    words = "" if ready.complete else ", the tone without words"
    return Finding("alarm", State.OK, f"played by {found.name} after {late_s:.2f} s{words}; was it loud enough?")


def _played(player: Player, path: Path) -> Playing | None:
    """A sound when it is over; None where it does not end."""
    length_s = lasts_s(path)
    playing = player.play(path, length_s, lambda _: None)
    if playing.join((limit_s(length_s) + SPARE_S) * max(len(player.commands), 1)):
        return playing
    playing.cut()
    return None

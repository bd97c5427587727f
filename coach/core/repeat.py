"""What is said or asked again while a state waits: Stops, alarm words and questions (safety.md 6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from coach.core import say
from coach.core.cue import CueKind
from coach.core.progress import Progress
from coach.core.scene import Scene
from coach.core.trip import COURSES, Trip
from coach.core.turn import AGAIN_KMH
from coach.core.wish import STANDING, Phase

ALARM_EVERY_S: Final = 3.0
STOPS_AT_S: Final = (2.0, 4.0)  # STOP_FAILED (safety.md 6c)
PAUSE_AT_S: Final = 6.0  # then Pause, once
URGENT_EVERY_S: Final = 5.0  # then Stop again, beside the lowest speed


def insist(progress: Progress, scene: Scene) -> Progress:
    """Stop again at 2 and 4 s while the belt does not fall, at 6 s Pause once (safety.md 6c)."""
    falls = (scene.belt.kmh or 0.0) <= scene.sent.stop_from_kmh - AGAIN_KMH and scene.belt.link
    if progress.prompts < len(STOPS_AT_S) and scene.in_s >= STOPS_AT_S[progress.prompts]:
        return replace(progress, prompts=progress.prompts + 1, stops=progress.stops + (0 if falls else 1))
    if progress.prompts == len(STOPS_AT_S) and scene.in_s >= PAUSE_AT_S:
        due = not falls and (scene.belt.moving or scene.sent.stopping)  # one that said 0 before any Stop gets no Pause
        return replace(progress, prompts=progress.prompts + 1, pauses=progress.pauses + (1 if due else 0))
    later = progress.prompts - len(STOPS_AT_S)  # a machine that obeys late must be asked late
    if later > 0 and scene.in_s >= PAUSE_AT_S + later * URGENT_EVERY_S and scene.belt.link:
        return replace(progress, prompts=progress.prompts + 1, stops=progress.stops + (0 if falls else 1))
    return progress


def alarm(scene: Scene) -> Progress:
    """Alarm words come again every 3 s until the belt stands."""
    progress = scene.progress
    if (scene.belt.still and scene.heard) or scene.at_s - progress.alarmed_at_s < ALARM_EVERY_S:
        return progress
    if progress.phase in STANDING and (scene.belt.link or scene.sent.renews(scene.at_s)):
        return progress
    scene.say(CueKind.ALARM, COURSES[_alarming(scene)].say_rear)
    return replace(progress, alarmed_at_s=scene.at_s)


def _alarming(scene: Scene) -> Trip:
    """What the words are about; a link that is there is not said to be lost."""
    latched, link = scene.guard.latched, scene.belt.link
    if latched is not None and COURSES[latched].repeats and not (link and latched is Trip.LINK_LOST):
        return latched
    return Trip.STOP_IGNORED if link else Trip.LINK_LOST


def remind(progress: Progress, scene: Scene) -> Progress:
    """A question that stands is asked again."""
    question = progress.question
    if question is None:
        return progress
    due_s = say.PAUSED_EVERY_S * (progress.prompts + 1)
    if progress.phase is Phase.READY:
        if progress.prompts >= len(say.REMINDERS_S):
            return progress
        due_s = say.REMINDERS_S[progress.prompts]
    if scene.at_s - question.at_s < due_s:
        return progress
    scene.say(CueKind.QUESTION, question.text)
    return replace(progress, prompts=progress.prompts + 1)

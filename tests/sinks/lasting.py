"""How long what is heard takes."""

from coach.sinks.tone import TONES, Tone


def length_s(tone: Tone) -> float:
    """How long a tone sounds."""
    return sum(pulse.length_s + pulse.gap_s for pulse in TONES[tone])

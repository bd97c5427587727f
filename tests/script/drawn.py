"""Workouts drawn at random, such as a careful author would write: they check without an error."""

from dataclasses import replace
from string import ascii_letters

from hypothesis import strategies as st

from coach.core.workout import (
    KMH_PER_MPH,
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartHold,
    HeartRange,
    HeartUnit,
    Level,
    Say,
    SayAt,
    Segment,
    Target,
    Until,
    Workout,
)

WARM_UP = Segment(Head.WARM_UP, Facing.FORWARD, Extent(ExtentUnit.TIME, 300.0), Target(6.0))
COOL_DOWN = Segment(Head.COOL_DOWN, Facing.FORWARD, Extent(ExtentUnit.TIME, 240.0), Target(4.0))
SIGNS = ascii_letters + "0123456789 .,:;#'\"{}[]&*!|>%@`-?äé走\u2013"

SECONDS = st.integers(4, 240).map(lambda fives: fives * 5.0)
METRES = st.integers(5, 80).map(lambda tens: tens * 10.0)
SPEEDS = st.one_of(
    st.integers(20, 150).map(lambda tenths: tenths / 10),
    st.integers(13, 90).map(lambda tenths: tenths / 10 * KMH_PER_MPH),
    st.integers(240, 900).map(lambda seconds: 3600 / seconds),
)
INCLINES = st.integers(0, 24).map(lambda halves: halves / 2)
TEXTS = st.text(SIGNS, min_size=1, max_size=40).map(lambda text: " ".join(text.split())).filter(bool)
BANDS = st.one_of(
    st.integers(1, 5).map(lambda zone: HeartRange(zone, zone, HeartUnit.ZONE)),
    st.integers(90, 150).map(lambda bpm: HeartRange(bpm, bpm + 15)),
    st.integers(50, 85).map(lambda share: HeartRange(share, share + 8, HeartUnit.MAX)),
)


def segment(head: Head = Head.FORWARD, kmh: float = 10.0, **changed: object) -> Segment:
    """A step of five minutes."""
    facing = Facing.BACKWARD if head is Head.BACKWARD else Facing.FORWARD
    plain = Segment(head, facing, Extent(ExtentUnit.TIME, 300.0), Target(kmh))
    return replace(plain, **changed)  # type: ignore[arg-type]  # the fields of a segment


@st.composite
def forward(draw: st.DrawFn, *, heart: bool = True, ramps: bool = True, says: bool = True) -> Segment:
    """A step facing the console."""
    extent = draw(
        st.one_of(
            SECONDS.map(lambda seconds: Extent(ExtentUnit.TIME, seconds)),
            METRES.map(lambda metres: Extent(ExtentUnit.DISTANCE, metres)),
        )
    )
    speed_kmh, incline_pct = draw(SPEEDS), draw(INCLINES)
    kind = draw(st.sampled_from(["steady", *["ramp"] * ramps, *["heart", "until"] * heart]))
    target = Target(speed_kmh, incline_pct=incline_pct)
    hold = until = None
    if kind == "ramp":
        target = Target(speed_kmh, draw(SPEEDS), incline_pct, draw(st.none() | INCLINES))
    elif kind == "heart":
        hold = HeartHold(draw(BANDS), round(speed_kmh * 0.75, 2), round(speed_kmh * 1.25, 2))
    elif kind == "until":
        until = Until(
            below=draw(st.booleans()), bound=HeartRange(120.0, 120.0), at_least_s=draw(st.sampled_from([0.0, 10.0]))
        )
    say = tuple(draw(cues(extent))) if says else ()
    return Segment(Head.FORWARD, Facing.FORWARD, extent, target, hold, until, say)


@st.composite
def cues(draw: st.DrawFn, extent: Extent) -> list[Say]:
    """Cues at different moments of a step."""
    moments = {
        ExtentUnit.TIME: [(SayAt.START, 0.0), (SayAt.HALF, 0.0), (SayAt.AT_S, 15.0), (SayAt.BEFORE_END_S, 10.0)],
        ExtentUnit.DISTANCE: [(SayAt.START, 0.0), (SayAt.HALF, 0.0), (SayAt.AT_M, 40.0), (SayAt.BEFORE_END_M, 30.0)],
    }[extent.unit]
    chosen = draw(st.lists(st.sampled_from(moments), unique=True, max_size=3))
    return [Say(at, amount, draw(TEXTS)) for at, amount in chosen]


@st.composite
def workouts(
    draw: st.DrawFn,
    *,
    backward: bool = True,
    heart: bool = True,
    ramps: bool = True,
    rests: bool = True,
    says: bool = True,
) -> Workout:
    """A workout of some steps; where it has backward blocks it keeps the rules of an intermediate runner."""
    segments = [WARM_UP]
    blocks = draw(st.integers(0, 3)) if backward else 0
    for _ in range(blocks):
        kmh = draw(st.integers(16, 30)) / 10
        length_s = draw(st.integers(12, 36)) * 5.0
        extent = Extent(ExtentUnit.TIME, length_s)
        say = tuple(draw(cues(extent))) if says else ()
        segments.append(
            Segment(
                Head.BACKWARD,
                Facing.BACKWARD,
                extent,
                Target(kmh, incline_pct=draw(st.sampled_from([0.0, 1.0, 2.5]))),
                say=say,
            )
        )
        ahead = draw(forward(heart=False, ramps=False, says=says))
        segments.append(replace(ahead, extent=Extent(ExtentUnit.TIME, draw(st.integers(12, 60)) * 5.0)))
    segments += draw(st.lists(forward(heart=heart, ramps=ramps, says=says), min_size=0 if blocks else 1, max_size=6))
    if rests and draw(st.booleans()):
        segments.append(Segment(Head.REST, Facing.FORWARD, Extent(ExtentUnit.TIME, 60.0)))
    name = draw(st.text(ascii_letters + " äé", min_size=1, max_size=30).map(str.strip).filter(bool))
    return Workout(
        " ".join(name.split()),
        (*segments, COOL_DOWN),
        level=Level.INTERMEDIATE if blocks else None,
        description=draw(st.just("") | TEXTS),
        tags=tuple(draw(st.lists(TEXTS, max_size=2, unique=True))),
    )

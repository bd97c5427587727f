"""What treadmills say, for tests of the board: builders with good defaults."""

from __future__ import annotations

from typing import Any

from coach.core.event import Verb
from coach.network.payload import Ack, CommandIn, Event, EventType, Faces, Sample, State, Status, gone

AT = "2026-05-04T18:00:00+02:00"
RUNNING: dict[str, Any] = {
    "session": "s1",
    "at": AT,
    "speed_kmh": 8.4,
    "incline_pct": 1.0,
    "distance_m": 1200.0,
    "energy_kcal": 90.0,
    "heart_bpm": 142,
    "zone": 3,
    "left_s": 754.0,
    "target_kmh": 8.5,
    "segment_left_s": 30.0,
    "ends_at": AT,
    "running": True,
    "facing": Faces.CONSOLE,
    "phase": "run",
    "segment": "forward 2 min at 8.5 km/h",
    "segment_index": 3,
    "turns": 1,
    "link": True,
    "strap": True,
    "trips": (),
    "reason": "",
    "ended": "",
    "simulated": False,
}
REAR: dict[str, Any] = {"facing": Faces.REAR, "speed_kmh": 2.5, "segment": "backward 90 s at 2.5 km/h"}
IDLING: dict[str, Any] = {
    "running": False,
    "facing": Faces.IDLE,
    "phase": "idle",
    "speed_kmh": None,
    "heart_bpm": None,
    "zone": None,
    "left_s": None,
    "segment": None,
    "segment_index": None,
}


def topic(device: str, leaf: str = "state") -> str:
    return f"coach/{device}/{leaf}"


def state(**changes: Any) -> bytes:
    return State(**{**RUNNING, **changes}).wire()


def idle(**changes: Any) -> bytes:
    return state(**{**IDLING, **changes})


def rear(**changes: Any) -> bytes:
    return state(**{**REAR, **changes})


def sample(**changes: Any) -> bytes:
    whole = {**RUNNING, **changes}
    return Sample(**{name: whole[name] for name in Sample.model_fields if name in whole}).wire()


def online() -> bytes:
    return Status(status="online", running=True, facing=Faces.CONSOLE, phase="run").wire()


def offline() -> bytes:
    return gone().wire()


def tripped(name: str) -> bytes:
    faces = Faces.REAR
    return Event(
        event_type=EventType.TRIP, session="s1", at=AT, number=1, text="it tripped", facing=faces, name=name
    ).wire()


def ack(name: str, *, accepted: bool = True, why: str = "") -> bytes:
    return Ack(session="s1", at=AT, verb=Verb.STOP, id=name, accepted=accepted, why=why).wire()


def command(name: str) -> bytes:
    return CommandIn(ts=1.0, id=name).wire()

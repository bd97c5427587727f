"""What goes wrong: every kind of the simulated world with its variants, and what happens to the session from outside.

A fault is written KIND@{} or KIND@{}:SECONDS, where {} is the instant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from types import MappingProxyType
from typing import Final

from coach.core.event import CockpitSilent, Event, GuardFound, GuardLost, Remote, Verb

FAULTS: Final = (
    *("drop@{}:1", "drop@{}:8", "drop@{}", "mute@{}:3", "mute@{}:10", "mute@{}", "garbage@{}:5", "garbage@{}"),
    *("refuse@{}:20", "refuse@{}", "key@{}:8", "key@{}", "console=+1.0@{}", "console=+4@{}", "console=-1.0@{}"),
    *("console-stop@{}", "self-start@{}", "stop-ignored@{}", "stop-ignored@{}:10", "strap-off@{}"),
    *("strap-frozen@{}", "heart=185@{}", "heart=160@{}", "no-confirm@{}", "late-confirm=25@{}"),
    *("double-confirm@{}", "sound-lost@{}:10", "sound-lost@{}", "focus-lost@{}:20", "focus-lost@{}", "slept@{}:5"),
)
"""What the options of a session can break: at least one for each kind."""

CONTROL_TAKEN: Final = "control-taken@{}"
OUTSIDE: Final[Mapping[str, Callable[[float], tuple[Event, ...]]]] = MappingProxyType(
    {
        "screen-silent@{}": lambda at_s: (CockpitSilent(at_s, ended=False),),
        "screen-closed@{}": lambda at_s: (CockpitSilent(at_s, ended=True),),
        "guard-lost@{}:10": lambda at_s: (GuardLost(at_s), GuardFound(at_s + 10.0)),
        "guard-lost@{}": lambda at_s: (GuardLost(at_s),),
        "network-stop@{}": lambda at_s: (Remote(at_s, Verb.STOP, ticket=1),),
        "network-pause@{}": lambda at_s: (Remote(at_s, Verb.PAUSE, ticket=1),),
    }
)
"""What comes to the session from its other processes and from the network."""

ALL: Final = (*FAULTS, CONTROL_TAKEN, *OUTSIDE)


def kind_of(fault: str) -> str:
    """The name of the kind alone."""
    return fault.partition("@")[0].partition("=")[0]


def lasts_s(fault: str) -> float:
    """How long it lasts, where that is written."""
    return float(fault.partition("@{}:")[2] or inf)


def told_of(fault: str) -> str:
    """The fault as a row is called: without its instant."""
    head, _, seconds = fault.partition("@{}")
    return f"{head} for {seconds[1:]} s" if seconds else head

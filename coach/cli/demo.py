"""`coach demo`: a short simulated session in time-lapse with captions; asks nothing and needs nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from queue import SimpleQueue
from time import monotonic
from typing import Annotated, Final

import typer

from coach.cli.app import out
from coach.cli.keyboard import Inbox
from coach.cli.lines import Feed, Lines, coloured
from coach.cli.live import Live, signals
from coach.core.event import Key
from coach.core.plan import make_plan
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.link.fault import parse_fault
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import ModelHeart, VirtualStrap
from coach.link.world import Step, World
from coach.script.check import check_text

WORKOUT: Final = """\
format: 1
name: Demo
level: beginner
steps:
  - warm-up: 70 s @ 4 km/h
  - backward: 60 s @ 2 km/h
  - cool-down: 3 min @ 4 km/h
"""
KEY: Final = "key@forward2+20"  # somebody pulls it in the cool-down

_INTRO: Final = """\
SIMULATED: no real belt moves, and nothing is asked of you. This takes about a minute.
A runner walks forward, turns round and walks backward for a minute, and turns back.
The belt never reverses, the runner turns: so coach stops it, waits until the runner
says "ready", and starts it again. Lines with > are what coach says aloud.
"""

"""In which ways a served machine is not what the specification says on the air, beside what its machine file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Quirks:
    """How a peripheral is made; fixed while it is served."""

    named: bool = True  # False: the advertisement carries no name, as with Omega Z (ftms.md 3.2)
    speed_range: bool = True  # False: no 2AD4
    command_only: bool = False  # the control point takes Write Without Response only (ftms.md 3.12)
    encrypted: bool = False  # the control point asks for an encrypted link, as FTMS table 4.1 wants
    bike: bool = False  # an exercise bike: 2AD2 in place of 2ACD, and the machine type says so


NO_QUIRKS: Final = Quirks()


@dataclass(frozen=True, slots=True)
class Mischief:
    """What goes wrong on the air from now on; may change while the machine is served. Times are true seconds."""

    results: Mapping[int, int] = field(default_factory=dict)  # op code: result that is answered, and nothing is done
    mute_answers: bool = False  # writes are obeyed, and the control point never answers
    answer_late_s: float = 0.0  # so much later than the machine would answer
    response_late_s: float = 0.0  # so much later than the machine would return a write
    drop_at_connect: bool = False  # every new link is ended at once

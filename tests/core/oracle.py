"""The laws of the belt as a judge: watches a simulated session from outside and names every law that it breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Final

from coach.core.cue import CueKind
from coach.core.event import LinkFound, LinkLost, Slept
from coach.core.level import UNLIMITED
from coach.core.machine import Range
from coach.core.plan import refusals
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.link.machine_file import SpeedUnit
from coach.link.world import Step, World
from tests.core.build import CONTROL, START, STOP, asked_kmh

KMH_PER: Final = {SpeedUnit.KMH: 1.0, SpeedUnit.MPH: 1.609344}
OVER_KMH: Final = 0.3
OVER_S: Final = 2.0
TICK_S: Final = 0.6  # nothing happens more seldom
ALARM_S: Final = 3.6  # alarm words come every 3 s
TINY: Final = 1e-6
MOST_RENEWALS: Final = 3
JUST_STARTED_KMH: Final = 0.05  # by itself, in the instant in which its last report was heard


@dataclass
class Judge:
    """What is remembered of a session so far, and which laws it broke."""

    world: World
    broken: list[str] = field(default_factory=list)
    over_since_s: float = inf
    stopped_at_s: float = -inf  # the last Stop that was handed over
    started_at_s: float = -inf
    yes_used_s: float = -inf
    still_since_s: float = inf
    alarmed_at_s: float = -inf
    link: bool = False
    link_at_s: float = -inf
    fastest_forward_kmh: float = 0.0
    last_target_kmh: float = 0.0
    renewals: int = 0

    def __post_init__(self) -> None:
        hands = self.world.treadmill.hands
        assert hands is not None
        machine = hands.machine
        low, high = sorted((machine.min_kmh, machine.max_kmh))
        self.speeds = Range(low, high, machine.step_kmh or 0.1)
        self.unit = KMH_PER[machine.target_unit]
        self.creep_kmh = self.speeds.at_least(0.8)
        flat, steep = sorted((machine.incline_min_pct, machine.incline_max_pct))
        inclines = Range(flat, steep, machine.incline_step_pct or 0.5)
        self.fit = not refusals(self.world.plan, UNLIMITED, self.speeds, inclines)
        self.slack_s = machine.report_lag_s + machine.report_period_s + machine.jitter_s + TICK_S

    def breaks(self, law: str, at_s: float, what: str) -> None:
        """Note it."""
        self.broken.append(f"{law} at {at_s:.1f} s in {self.world.session.progress.phase}: {what}")

    def see(self, step: Step) -> None:
        """Look at one step."""
        at_s = step.event.at_s
        if isinstance(step.event, LinkLost | Slept):
            self.link, self.link_at_s = False, at_s
        if isinstance(step.event, LinkFound):
            self.link, self.link_at_s = True, at_s
        if any(cue.kind is CueKind.ALARM for cue in step.outcome.cues):
            self.alarmed_at_s = at_s
        if step.session.progress.facing is Facing.FORWARD:
            self.fastest_forward_kmh = max(self.fastest_forward_kmh, step.true_kmh)
        self._stillness(step)
        for write in step.outcome.writes:
            self._write(step, write)
        if step.outcome.renew:
            self._renew(step)
        self._over(step)

    def _renew(self, step: Step) -> None:
        """A link is given up on a belt that stands only, while nothing is under way, and three times at most."""
        at_s, phase = step.event.at_s, step.session.progress.phase
        self.renewals += 1
        if step.true_kmh > 0 or phase not in {Phase.READY, Phase.PAUSED, Phase.RESTING}:
            self.breaks("renewal", at_s, f"in {phase} at {step.true_kmh:.2f} km/h")
        if self.renewals > MOST_RENEWALS:
            self.breaks("renewal", at_s, f"for the {self.renewals}th time")

    def _stillness(self, step: Step) -> None:
        still = step.session.belt.still
        if still and step.before.belt.still:
            return
        self.still_since_s = step.event.at_s if still else inf
        if still and step.true_kmh > JUST_STARTED_KMH and not step.session.belt.still_by_silence:
            self.breaks("STILL", step.event.at_s, f"the belt runs at {step.true_kmh:.2f}")

    def _write(self, step: Step, write: bytes) -> None:
        at_s, guard, progress = step.event.at_s, step.session.guard, step.session.progress
        if progress.phase is Phase.CONNECTING:
            self.breaks("connect", at_s, f"{write.hex()} was written before the belt was seen standing")
        if guard.prompted and progress.phase is not Phase.STOP_FAILED and not progress.facing.rear:
            calm = write == CONTROL and (step.session.belt.still or step.session.control.sent.stopping)
            if write != STOP and not calm:
                self.breaks("prompt", at_s, f"{write.hex()} was written in prompt mode")
        if write == STOP:
            self.stopped_at_s = at_s
        if write == START:
            self._start(step)
        raw_kmh = asked_kmh(write)
        if raw_kmh is not None:
            self._target(step, raw_kmh * self.unit)

    def _start(self, step: Step) -> None:
        at_s, progress = step.event.at_s, step.session.progress
        if progress.phase is not Phase.STARTING:
            self.breaks("law 2", at_s, "Start outside of STARTING")
        if step.true_kmh > 0:
            self.breaks("law 2", at_s, f"Start to a belt at {step.true_kmh:.2f} km/h")
        if progress.yes_at_s <= self.yes_used_s:
            self.breaks("law 2", at_s, "a second Start for one yes")
        if progress.yes_at_s < self.still_since_s:
            self.breaks("law 2", at_s, "the yes is older than the standstill")
        if at_s - progress.yes_at_s > 6:
            self.breaks("law 2", at_s, f"the yes is {at_s - progress.yes_at_s:.1f} s old")
        self.yes_used_s, self.started_at_s = progress.yes_at_s, at_s

    def _target(self, step: Step, true_kmh: float) -> None:
        at_s, facing, plan = step.event.at_s, step.session.progress.facing, self.world.plan
        before_kmh, self.last_target_kmh = self.last_target_kmh, true_kmh
        step_kmh = self.speeds.step + 0.01
        units = step.session.belt.units
        spare = 1.61 if self.unit > 1 and not units.measured and units.target == 1 else 1.0
        if facing is Facing.UNKNOWN and true_kmh > self.creep_kmh * spare + step_kmh:
            self.breaks("law 1", at_s, f"{true_kmh:.2f} km/h asked for facing unknown")
        if facing is not Facing.BACKWARD:
            return
        cap_kmh = max(min(plan.caps.speed_kmh, 0.6 * self.fastest_forward_kmh), self.creep_kmh)
        if true_kmh > cap_kmh + step_kmh and true_kmh >= before_kmh:
            self.breaks("law 1", at_s, f"{true_kmh:.2f} km/h asked for backward, cap {cap_kmh:.2f}")
        if true_kmh > before_kmh + max(step_kmh, plan.caps.ramp_kmh_s + 0.01) and before_kmh > 0:
            self.breaks("ramp", at_s, f"from {before_kmh:.2f} to {true_kmh:.2f} km/h backward")

    def _over(self, step: Step) -> None:
        at_s, progress, session = step.event.at_s, step.session.progress, step.session
        limit_kmh = self.creep_kmh if progress.facing is Facing.UNKNOWN else max(session.guard.cap_kmh, self.creep_kmh)
        over = (
            progress.facing.rear and step.true_kmh > limit_kmh + OVER_KMH + TINY and progress.phase is not Phase.ENDED
        )
        if not over or not self.link or not self.fit or progress.phase is Phase.CONNECTING:
            self.over_since_s = inf
            return
        self.over_since_s = min(self.over_since_s, at_s)
        if self.stopped_at_s > self.started_at_s:
            return
        if at_s - max(self.over_since_s, self.link_at_s) > OVER_S + self.slack_s:
            self.breaks("law 5", at_s, f"{step.true_kmh:.2f} km/h since {self.over_since_s:.1f}, no Stop")
            self.over_since_s = inf

    def end(self) -> None:
        """The session is over, or the time that it was given is."""
        hands = self.world.treadmill.hands
        assert hands is not None
        progress, at_s, true_kmh = self.world.session.progress, self.world.at_s, hands.speed_kmh
        if not self.world.ended:
            alarmed = at_s - self.alarmed_at_s <= ALARM_S
            if not alarmed:
                self.breaks("law 7", at_s, f"not over, {true_kmh:.2f} km/h, {progress.reason!r}")
            return
        if progress.ended not in {"finished", "stopped", "tripped"}:
            self.breaks("law 7", at_s, f"ended {progress.ended!r}")
        if true_kmh > 0 and at_s - self.alarmed_at_s > ALARM_S:
            self.breaks("law 7", at_s, f"ended with {true_kmh:.2f} km/h and no alarm")


def judged(world: World, until_s: float = 1500.0) -> Judge:
    """Play a session to its end, or to the end of its time."""
    judge = Judge(world)
    for step in world.run_until(until_s):
        judge.see(step)
    judge.end()
    return judge

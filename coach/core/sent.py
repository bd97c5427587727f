"""What left by the door: the last set-points and acts, as they were believed when they were written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from coach.core.machine import MachineProfile
from coach.core.value import ADDED

RAMP_SPARE_S: Final = 2.0  # latency on top of a machine's ramp
UNKNOWN_ACCEL_KMH_S: Final = 1.0  # fastest home machine; for overshoot, the cautious side
LATENCY_S: Final = 0.5  # a ramp that was turned round still rises for so long, and for a report
MEASURE: Final = 0.12  # a belt that is no further off may do what it is asked by its own measure
STARTS_S: Final = 15.0  # motion within is by our Start, if it still stands (safety.md 8)
SLOWING_S: Final = 5.0  # slowing writes so close are one: the lowest report of them counts (safety.md 2.4)
ANSWER_S: Final = 1.5  # a Stop is answered within, or is not; as long as its write may take (safety.md 1)
RENEWALS: Final = 3  # of the link in a session; then the machine does not answer
RENEW_S: Final = 30.0  # a link that was given up is back within, or it is lost
ECHO_S: Final = 8.0  # the answer to a set-point may come so long after the next: some take 6 s (ftms.md 4)
TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Sent:
    """Speeds in km/h, instants in s; -inf where nothing of the kind was written."""

    target_kmh: float | None = None
    before_kmh: float | None = None  # the set-point before it
    target_at_s: float = -inf
    ramp_until_s: float = -inf  # when the belt should have reached it
    slowed_at_s: float = -inf  # the last write that asked for less
    slowed_from_kmh: float = 0.0  # what was reported then, and what a ramp still under way adds
    incline_pct: float | None = None
    incline_at_s: float = -inf
    olds: tuple[tuple[float, float], ...] = field(default=(), metadata=ADDED)  # those before, and when they were
    adopted: bool = field(default=False, metadata=ADDED)  # it was not written: the console was set to it
    answered: bool = True  # nothing is under way
    start_at_s: float = -inf
    stop_at_s: float = -inf
    stop_from_kmh: float = 0.0  # what was reported when Stop was handed over
    stop_unseen: bool = False  # nothing was: on a link that was new; the first report counts in its place
    stop_returned: bool = False
    stop_accepted: bool = False
    stop_refused: bool = field(default=False, metadata=ADDED)  # it was answered, and not with success
    stop_done: bool = False  # the belt has been STILL since
    from_kmh: float = 0.0  # what was reported when the set-point was written
    speeds_taken: int = 0  # set-points that were answered with success, in this session
    speeds_refused: int = 0  # and with anything else
    speed_refused_at_s: float = inf  # the first of them
    unsupported: bool = False  # one of them with "not supported"
    renewals: int = 0  # how often a new link was asked for
    renewing: bool = False  # and it is not there yet
    renew_at_s: float = -inf
    given_up: bool = False  # it does not answer on a new link either

    @property
    def stopping(self) -> bool:
        """Stop was the last act and the belt has not been STILL since."""
        return self.stop_at_s > self.start_at_s and not self.stop_done

    def started_lately(self, at_s: float) -> bool:
        """Motion now would be by our Start, or by one that was called off."""
        return at_s - self.start_at_s <= STARTS_S

    def stop_taken(self, at_s: float) -> bool:
        """The Stop was answered with success, or came back to a machine that does not answer."""
        silent = at_s - self.stop_at_s >= ANSWER_S
        return self.stop_returned and not self.stop_refused and (self.stop_accepted or silent)

    def renews(self, at_s: float) -> bool:
        """The link is down because a new one was asked for."""
        return self.renewing and at_s - self.renew_at_s < RENEW_S


def aimed(
    profile: MachineProfile, sent: Sent, target_kmh: float, reported_kmh: float, period_s: float, at_s: float
) -> Sent:
    """Note a set-point and how long the machine needs to get there; one below the report is a slowing write."""
    asked_kmh = sent.target_kmh
    repeated = asked_kmh is not None and abs(asked_kmh - target_kmh) <= TINY
    above, rises = reported_kmh - target_kmh, target_kmh > reported_kmh + TINY
    more = asked_kmh is not None and target_kmh > asked_kmh + TINY and reported_kmh <= asked_kmh * (1 + MEASURE)
    slows = above > TINY and not more  # a belt that is some percent too fast goes up upon it
    per_s = profile.accel_kmh_s if rises else profile.decel_kmh_s
    still_rising = at_s < sent.ramp_until_s and (asked_kmh or 0.0) > reported_kmh
    accel_kmh_s = profile.accel_kmh_s if profile.known else UNKNOWN_ACCEL_KMH_S
    spare_kmh = accel_kmh_s * (period_s + LATENCY_S) if still_rising else 0.0
    from_kmh = sent.slowed_from_kmh if at_s - sent.slowed_at_s <= SLOWING_S else inf
    ramp_until_s = at_s + abs(target_kmh - reported_kmh) / per_s + RAMP_SPARE_S
    return replace(
        sent,
        before_kmh=sent.before_kmh if repeated else asked_kmh,
        olds=sent.olds if repeated else _olds(sent, at_s),
        target_kmh=target_kmh,
        target_at_s=at_s,
        adopted=False,
        from_kmh=sent.from_kmh if repeated else reported_kmh,
        ramp_until_s=min(sent.ramp_until_s, ramp_until_s) if repeated else ramp_until_s,  # the first asking counts
        slowed_at_s=at_s if slows else -inf if rises or more else sent.slowed_at_s,
        slowed_from_kmh=min(reported_kmh + spare_kmh, from_kmh) if slows else sent.slowed_from_kmh,
    )


def _olds(sent: Sent, at_s: float) -> tuple[tuple[float, float], ...]:
    """The set-points that some machines may still answer to: what they were, in km/h, and until when, in s."""
    lately = tuple(old for old in sent.olds if at_s - old[1] <= ECHO_S)
    return lately if sent.before_kmh is None else (*lately, (sent.before_kmh, sent.target_at_s))

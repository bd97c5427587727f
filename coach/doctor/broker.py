"""Probe of the broker that sessions are told to, where the settings name one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.doctor.finding import Finding, State
from coach.network.broker import Broker

ABOUT: Final = "broker"


def look(broker: Broker, warnings: Sequence[str]) -> Finding:
    """It lets us in, and takes what a session says; a session runs without it as well."""
    from coach.sinks.broker_look import look as look_at_it

    there = f"{broker.host}:{broker.port}"
    if wrong := look_at_it(broker):
        return Finding(ABOUT, State.WARN, wrong, "mend it, or leave [mqtt] out; sessions run without a broker")
    if warnings:
        return Finding(ABOUT, State.WARN, " ".join(warnings), "look at [mqtt] in the settings")
    seen = f"{there}, {'TLS' if broker.tls else 'this computer, without TLS'}, device {broker.device}"
    return Finding(ABOUT, State.OK, seen)


def unusable(why: str) -> Finding:
    """The settings name one and cannot be used."""
    return Finding(ABOUT, State.WARN, why, "mend it; sessions do not begin with such settings")

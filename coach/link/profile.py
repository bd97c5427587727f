"""What coach would know of a simulated machine after the one-time machine test, units left out (safety.md 5)."""

from __future__ import annotations

from typing import Final

from coach.core.ftms import Op
from coach.core.machine import Ack, MachineProfile, Reported, StartWhenRunning
from coach.link import machine_file as sim
from coach.link.machine_file import SimMachine

LATENCY_S: Final = 0.2  # from the write of Start to the countdown
STEADY_S: Final = 1.0  # from motion to the first speed


def profile_of(machine: SimMachine) -> MachineProfile:
    """The profile of a tested machine; which unit it means is found out on the belt, in every session."""
    echoes = machine.report is sim.Report.TARGET
    metric = machine.target_unit is machine.report_unit is sim.SpeedUnit.KMH
    deaf = Op.REQUEST_CONTROL in machine.refuses and machine.needs_control
    never = machine.refuses + machine.ignores
    return MachineProfile(
        name=machine.name,
        known=True,
        simulated=True,
        start_when_running=(
            StartWhenRunning.OK if machine.start_when_running is sim.StartWhenRunning.OK else StartWhenRunning.FORBIDDEN
        ),
        ack=Ack.TELEMETRY if machine.ack is sim.Ack.NONE else Ack.INDICATION,
        pause_stops=machine.pause in {sim.Pause.PAUSE, sim.Pause.STOP},
        stop_works=machine.stop is sim.Stop.STOP and Op.STOP not in never,
        disobeys=_disobeys(machine),
        stop_resets=machine.resets_on_stop,
        remote_start=Op.START not in never,
        speed_control=Op.TARGET_SPEED not in never and not deaf,
        speed_needs_start=machine.speed_needs_start,
        incline_control=Op.TARGET_INCLINATION not in never and machine.incline_max_pct > machine.incline_min_pct,
        reported=Reported.TARGET if echoes else Reported.ACTUAL,
        unit_answered=echoes and metric,
        start_delay_s=machine.start_countdown_s + LATENCY_S,
        start_kmh=machine.start_kmh,
        settle_s=STEADY_S,
        accel_kmh_s=machine.accel_kmh_s,
        decel_kmh_s=machine.decel_kmh_s,
        silent_when_stopped=machine.silent_when_stopped,
        keeps_on_link_loss=machine.on_link_loss is sim.LinkLoss.KEEP,
        answer_s=machine.ack_delay_s,
        report_period_s=machine.report_period_s,
        incline_pct_s=machine.incline_pct_s,
    )


def _disobeys(machine: SimMachine) -> str:
    if machine.stop is sim.Stop.IGNORE or Op.STOP in machine.refuses + machine.ignores:
        return "does not obey Stop"
    return "speeds up when it is told to slow down" if machine.slow_raises else ""

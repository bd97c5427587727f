"""A treadmill that is not there: an FTMS server on bytes under a virtual clock.

Nothing waits and nothing is stepped: every instant at which something happens is known beforehand, and between two
of them the belt is a closed formula. The same machine, seed and calls give the same bytes; a fault changes nothing
that lies before it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from heapq import heappop, heappush
from math import inf
from random import Random
from typing import Final, TypeAlias

from coach.core.event import Heard, Returned
from coach.core.ftms import (
    CONTROL_POINT,
    MACHINE_STATUS,
    TRAINING_STATUS,
    TREADMILL_DATA,
    MachineStatus,
    Op,
    Response,
    Result,
    Status,
    Stopping,
    Training,
    TrainingStatus,
    encode_machine_status,
    encode_response,
    encode_training_status,
)
from coach.link.dialect import Dialect
from coach.link.machine_file import (
    Ack,
    LinkLoss,
    Pause,
    Report,
    SimMachine,
    StartWhenRunning,
    Stop,
    StopWhenStopped,
)
from coach.link.motion import TrueBelt

Said: TypeAlias = Heard  # what the machine says is what the link hears

RESPONSE_S: Final = 0.05  # a write response takes one or two connection intervals
KEY_DECEL_KMH_S: Final = 3.0  # the key cuts the motor: no belt stops slower than this then
_GARBAGE_BYTES: Final = 24  # the longest value of the garbage fault


class Motion(StrEnum):
    """What the belt is about."""

    IDLE = "idle"
    COUNTDOWN = "countdown"
    RUNNING = "running"
    STOPPING = "stopping"
    PAUSED = "paused"

    @property
    def standing(self) -> bool:
        """Nothing moves and nothing is about to."""
        return self in (Motion.IDLE, Motion.PAUSED)


class VirtualTreadmill:
    """One machine with its belt; the caller owns the clock, and no call may be earlier than the one before.

    `write` and the hands may be called at any instant; what the machine says meanwhile is kept for `run_until`.
    The properties hold at the instant of the last call.
    """

    def __init__(self, machine: SimMachine, seed: int = 0) -> None:
        self.machine: Final = machine
        self.linked = False
        self.motion = Motion.IDLE
        self.controlled = False  # Request Control was granted on this link
        self.key_in = True
        self._dialect = Dialect(machine)
        self._belt = TrueBelt(
            machine.accel_kmh_s, machine.decel_kmh_s, machine.incline_pct_s, memory_s=machine.report_lag_s
        )
        self._now_s = 0.0
        self._out: list[Heard | Returned] = []
        self._queue: list[tuple[float, int, Callable[[], None]]] = []  # answers under way; dies with the link
        self._queued = 0
        self._motion_s = inf  # when the countdown or the stop ends
        self._report_s = inf
        self._slot_s = 0.0  # when the last report was due, without jitter
        self._busy_until_s = 0.0  # a procedure runs
        self._returned_s = 0.0  # the last write response
        self._waiting_kmh: float | None = None  # a target that came before the belt moves
        self._set_kmh = 0.0  # what the running belt was told last
        self._had_speed = False
        self._pausing = False
        self._stops_ignored = 0  # in this run
        self._asked = 0  # procedures, on this link
        self._training = Training.IDLE
        self._zero_m = 0.0  # where the machine's own counters began
        self._zero_s = 0.0
        self._mute_until_s = self._garbage_until_s = self._refuse_until_s = self._stop_ignored_until_s = -inf
        self._report_jitter = Random(f"{seed} report")
        self._answer_jitter = Random(f"{seed} answer")
        self._garbage = Random(f"{seed} garbage")
        self._procedures: dict[int, Callable[[bytes], Result]] = {
            Op.REQUEST_CONTROL: self._request_control,
            Op.RESET: self._reset,
            Op.TARGET_SPEED: self._target_speed,
            Op.START: self._start,
            Op.STOP: self._stop,
        }
        if self._dialect.inclines:
            self._procedures[Op.TARGET_INCLINATION] = self._target_inclination

    @property
    def hands(self) -> VirtualTreadmill:
        """Of people."""
        return self

    @property
    def speed_kmh(self) -> float:
        """The true speed of the belt."""
        return self._belt.speed_kmh(self._now_s)

    @property
    def distance_m(self) -> float:
        """How far the belt has truly run, whatever the machine's own counter says."""
        return self._belt.distance_m(self._now_s)

    @property
    def incline_pct(self) -> float:
        """The true incline."""
        return self._belt.incline_pct(self._now_s)

    @property
    def due_s(self) -> float:
        """The next instant at which the machine has something to say or changes what it does."""
        if self._out:
            return self._out[0].at_s
        return min(self._queue[0][0] if self._queue else inf, self._report_s, self._motion_s)

    def connect(self, at_s: float) -> None:
        """Link and subscribe to everything; reports start a period later."""
        self._advance(at_s)
        self.linked = True
        self._asked = 0
        self._slot_s = self._now_s
        self._plan_report()

    def disconnect(self, at_s: float) -> None:
        """Lose the link, and with it control and every answer under way."""
        self._advance(at_s)
        self.linked = self.controlled = False
        self._queue.clear()
        self._report_s = inf
        self._busy_until_s = 0.0
        if self.machine.on_link_loss is LinkLoss.STOP:
            self._halt(Stopping.STOP)

    renew = slept = disconnect  # the world makes the new link

    def read(self, uuid: int) -> bytes | None:
        """The value of a characteristic; None where the machine has no such, or it cannot be read."""
        if uuid == TRAINING_STATUS:
            return encode_training_status(TrainingStatus(self._training))
        return self._dialect.readable.get(uuid)

    def write(self, value: bytes, at_s: float) -> None:
        """Write to the control point, with response; while a procedure runs the write fails (FTMS 4.16.3)."""
        self._advance(at_s)
        now_s, machine = self._now_s, self.machine
        if not self.linked:
            self._tell(Returned(now_s, ok=False))
            return
        if now_s < self._busy_until_s or not value:
            self._return(max(now_s + RESPONSE_S, self._returned_s), ok=False)
            return
        delay_s = machine.ack_delay_s + self._answer_jitter.random() * machine.jitter_s
        response_s = act_s = now_s + RESPONSE_S
        answer_s = response_s + delay_s
        if machine.ack_before_response:
            answer_s = now_s + delay_s
            act_s = min(act_s, answer_s)
            response_s = answer_s + RESPONSE_S
        self._asked += 1
        answered = machine.ack is not Ack.NONE and value[0] not in machine.unanswered
        answered = answered and (not machine.answers or self._asked <= machine.answers)
        self._busy_until_s = max(answer_s, response_s) if answered else response_s
        self._return(response_s, ok=True)
        self._at(act_s, partial(self._act, value, answer_s if answered else inf))

    def run_until(self, at_s: float) -> list[Heard | Returned]:
        """All that the machine has said up to an instant, that instant included, in order of time."""
        self._advance(at_s)
        out, self._out = self._out, []
        return out

    # The hands of people, and what breaks.

    def pull_key(self, at_s: float) -> None:
        """Pull the safety key: the motor is cut, and nothing starts until the key is back."""
        self._advance(at_s)
        self.key_in = False
        self._status(Status.SAFETY_KEY)
        self._halt(Stopping.STOP, at_least_kmh_s=KEY_DECEL_KMH_S)

    def put_key(self, at_s: float) -> None:
        """Put the safety key back."""
        self._advance(at_s)
        self.key_in = True

    def console_change(self, delta_kmh: float, at_s: float) -> None:
        """Press faster or slower on the console of a running belt."""
        self._advance(at_s)
        if self.motion is Motion.RUNNING:
            set_kmh = self._set_kmh + delta_kmh
            self._run_at(min(max(set_kmh, self._dialect.lowest_kmh), self._dialect.highest_kmh))
            self._status_target_speed(self._set_kmh)

    def console_stop(self, at_s: float) -> None:
        """Press Stop on the console."""
        self._advance(at_s)
        if self.motion in (Motion.RUNNING, Motion.COUNTDOWN):
            self._status(Status.STOPPED, Stopping.STOP)
            self._halt(Stopping.STOP)

    def console_start(self, at_s: float) -> None:
        """Press Start on the console."""
        self._advance(at_s)
        if self.motion.standing and self.key_in:
            self._count_down()

    def self_start(self, at_s: float) -> None:
        """Start by itself, without a countdown and without a word; a belt without its key does not."""
        self._advance(at_s)
        if self.key_in and (self.motion.standing or self.motion is Motion.COUNTDOWN):
            self._move()

    def take_control(self, at_s: float) -> None:
        """Let somebody else command the machine (status FF)."""
        self._advance(at_s)
        if self.controlled:
            self.controlled = False
            self._status(Status.CONTROL_LOST)

    def mute(self, until_s: float) -> None:
        """Say nothing from now on; writes are still accepted and obeyed."""
        self._mute_until_s = until_s

    def garbage(self, until_s: float) -> None:
        """Say random bytes for Treadmill Data from now on."""
        self._garbage_until_s = until_s

    def refuse(self, until_s: float) -> None:
        """Answer every procedure but Stop with 04 from now on."""
        self._refuse_until_s = until_s

    def ignore_stop(self, until_s: float) -> None:
        """Answer Stop and Pause with success and do nothing from now on."""
        self._stop_ignored_until_s = until_s

    # The clock.

    def _advance(self, at_s: float) -> None:
        while True:
            queue_s = self._queue[0][0] if self._queue else inf
            due_s = min(queue_s, self._motion_s, self._report_s)
            if due_s > at_s:
                break
            self._now_s = due_s
            if due_s == queue_s:
                heappop(self._queue)[2]()
            elif due_s == self._motion_s:
                self._motion_s = inf
                self._move() if self.motion is Motion.COUNTDOWN else self._stand()
            else:
                self._plan_report()
                self._report()
        self._now_s = max(self._now_s, at_s)

    def _at(self, at_s: float, act: Callable[[], None]) -> None:
        self._queued += 1  # at one instant, first come first served
        heappush(self._queue, (at_s, self._queued, act))

    def _return(self, at_s: float, *, ok: bool) -> None:
        self._returned_s = at_s
        self._at(at_s, partial(self._tell, Returned(at_s, ok)))

    # What the machine says.

    def _tell(self, event: Heard | Returned) -> None:
        self._out.append(event)

    def _say(self, uuid: int, value: bytes) -> None:
        if self.linked and self._now_s >= self._mute_until_s:
            self._tell(Heard(self._now_s, uuid, value))

    def _status(self, event: Status, parameter: float | None = None) -> None:
        self._say(MACHINE_STATUS, encode_machine_status(MachineStatus(event, parameter)))

    def _status_target_speed(self, speed_kmh: float) -> None:
        self._status(Status.TARGET_SPEED, self._dialect.target_raw(speed_kmh) / 100)

    def _train(self, training: Training) -> None:
        self._training = training
        self._say(TRAINING_STATUS, encode_training_status(TrainingStatus(training)))

    def _plan_report(self) -> None:
        self._slot_s += self.machine.report_period_s
        self._report_s = self._slot_s + self._report_jitter.random() * self.machine.jitter_s

    def _report(self) -> None:
        machine, belt, now_s = self.machine, self._belt, self._now_s
        running = self.motion is Motion.RUNNING
        if machine.silent_when_stopped and not running and self.motion is not Motion.STOPPING:
            return
        if now_s < self._garbage_until_s:
            self._say(TREADMILL_DATA, self._garbage.randbytes(self._garbage.randint(0, _GARBAGE_BYTES)))
            return
        echoes = running and machine.report is Report.TARGET
        speed_kmh = self._set_kmh if echoes else belt.speed_kmh(now_s - machine.report_lag_s)
        distance_m = belt.distance_m(now_s) - self._zero_m
        elapsed_s = belt.moved_s(now_s) - self._zero_s
        for value in self._dialect.record(speed_kmh, distance_m, belt.incline_pct(now_s), elapsed_s):
            self._say(TREADMILL_DATA, value)

    # The control point.

    def _act(self, value: bytes, answer_s: float) -> None:
        result = self._result(value)
        if answer_s < inf:
            answer = encode_response(Response(value[0], result))
            self._at(answer_s, partial(self._say, CONTROL_POINT, answer))

    def _result(self, value: bytes) -> Result:
        op = value[0]
        if self._now_s < self._refuse_until_s and op != Op.STOP:
            return Result.FAILED
        if op in self.machine.refuses:
            return Result(self.machine.refuse_result)
        if op in self.machine.ignores:
            return Result.SUCCESS
        procedure = self._procedures.get(op)
        if procedure is None:
            return Result.NOT_SUPPORTED
        if not self.controlled and self.machine.needs_control and op != Op.REQUEST_CONTROL:
            return Result.NOT_PERMITTED
        return procedure(value[1:])

    def _request_control(self, _: bytes) -> Result:
        self.controlled = True
        return Result.SUCCESS

    def _reset(self, _: bytes) -> Result:
        self._halt(Stopping.STOP)
        self._waiting_kmh, self._had_speed = None, False
        self._clear_counters()
        self._status(Status.RESET)
        self._train(Training.IDLE)
        self.controlled = False  # a Reset by the client ends its control (FTMS 4.16.2.1)
        return Result.SUCCESS

    def _target_speed(self, parameter: bytes) -> Result:
        if self.machine.speed_needs_start and self.motion is not Motion.RUNNING:
            return Result.NOT_PERMITTED
        if self.motion is Motion.STOPPING:
            return Result.FAILED
        speed_kmh = self._dialect.target_kmh(int.from_bytes(parameter[:2], "little")) if len(parameter) > 1 else None
        if speed_kmh is None:
            return Result.INVALID_PARAMETER
        if self.motion is Motion.RUNNING:
            self._run_at(self._raised(speed_kmh))
        else:
            self._waiting_kmh = speed_kmh
        self._status_target_speed(speed_kmh)
        return Result.SUCCESS

    def _raised(self, speed_kmh: float) -> float:
        lower_kmh = self._set_kmh - speed_kmh
        if not self.machine.slow_raises or lower_kmh <= 0:
            return speed_kmh
        return min(self._set_kmh + lower_kmh, self._dialect.highest_kmh)

    def _target_inclination(self, parameter: bytes) -> Result:
        raw = int.from_bytes(parameter[:2], "little", signed=True)
        incline_pct = self._dialect.target_pct(raw) if len(parameter) > 1 else None
        if incline_pct is None:
            return Result.INVALID_PARAMETER
        self._belt.tilt(incline_pct, self._now_s)
        self._status(Status.TARGET_INCLINATION, incline_pct)
        return Result.SUCCESS

    def _start(self, _: bytes) -> Result:
        if not self.key_in or self.motion is Motion.STOPPING:
            return Result.FAILED
        if self.motion.standing:
            self._count_down()
            return Result.SUCCESS
        if self.machine.start_when_running is StartWhenRunning.REFUSE:
            return Result.FAILED
        if self.machine.start_when_running is StartWhenRunning.STOP:
            self._status(Status.STOPPED, Stopping.STOP)
            self._halt(Stopping.STOP)
        return Result.SUCCESS

    def _stop(self, parameter: bytes) -> Result:
        if not parameter or parameter[0] not in (Stopping.STOP, Stopping.PAUSE):
            return Result.INVALID_PARAMETER
        how = Stopping(parameter[0])
        if self.motion.standing:
            return self._stop_standing(how)
        if self._ignores(how):
            return Result.SUCCESS
        if how is Stopping.PAUSE and self.machine.pause is Pause.SLOW:
            if self.motion is Motion.RUNNING:
                self._status(Status.STOPPED, Stopping.PAUSE)
                self._run_at(min(self._set_kmh, self._dialect.lowest_kmh))
            return Result.SUCCESS
        if self.machine.pause is Pause.STOP:
            how = Stopping.STOP
        self._status(Status.STOPPED, how)
        self._halt(how)
        return Result.SUCCESS

    def _stop_standing(self, how: Stopping) -> Result:
        if self.motion is Motion.PAUSED and how is Stopping.STOP:
            self._pausing = False
            self._stand()
            return Result.SUCCESS
        if self.machine.stop_when_stopped is StopWhenStopped.REFUSE:
            return Result.FAILED
        if self.machine.stop_when_stopped is StopWhenStopped.START and self.key_in:
            self._count_down()
        return Result.SUCCESS

    def _ignores(self, how: Stopping) -> bool:
        if self._now_s < self._stop_ignored_until_s:
            return True
        if how is Stopping.PAUSE:
            return self.machine.pause is Pause.IGNORE
        self._stops_ignored += 1
        return self.machine.stop is Stop.IGNORE or (self.machine.stop is Stop.IGNORE_FIRST and self._stops_ignored == 1)

    # The belt.

    def _count_down(self) -> None:
        self.motion = Motion.COUNTDOWN
        self._motion_s = self._now_s + self.machine.start_countdown_s
        self._status(Status.STARTED)
        self._train(Training.PRE_WORKOUT)

    def _move(self) -> None:
        machine = self.machine
        own_kmh = machine.resume_kmh if self._pausing else machine.start_kmh
        if machine.keeps_target and self._had_speed:
            own_kmh = self._set_kmh
        self.motion = Motion.RUNNING
        self._motion_s = inf
        self._pausing = False
        self._stops_ignored = 0
        self._run_at(own_kmh if self._waiting_kmh is None else self._waiting_kmh)
        self._waiting_kmh = None
        self._train(Training.MANUAL_MODE_QUICK_START)

    def _run_at(self, speed_kmh: float) -> None:
        self._set_kmh, self._had_speed = speed_kmh, True
        self._belt.head_for(speed_kmh * self.machine.speed_part, self._now_s)

    def _halt(self, how: Stopping, *, at_least_kmh_s: float = 0.0) -> None:
        self._waiting_kmh = None
        if self.motion.standing:
            return
        if self.motion is Motion.STOPPING and not at_least_kmh_s:
            self._pausing = how is Stopping.PAUSE
            return
        if self.motion is Motion.COUNTDOWN:
            self.motion = Motion.IDLE
            self._motion_s = inf
        else:
            self.motion = Motion.STOPPING
            self._pausing = how is Stopping.PAUSE
            self._belt.head_for(0.0, self._now_s, at_least_kmh_s=at_least_kmh_s)
            self._motion_s = self._belt.reached_s
        self._train(Training.POST_WORKOUT)

    def _stand(self) -> None:
        self.motion = Motion.PAUSED if self._pausing else Motion.IDLE
        if self.machine.resets_on_stop and not self._pausing:
            self._clear_counters()
            self._train(Training.IDLE)

    def _clear_counters(self) -> None:
        self._zero_m = self._belt.distance_m(self._now_s)
        self._zero_s = self._belt.moved_s(self._now_s)

"""The session on the network: what it is and what happens goes to a broker, and what may make it safer comes back.

Whoever looks on here only hands over; all else is done in the client's thread. Nobody on the network can start a belt
or make one faster: there is no word for it in `Verb`.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic, time
from typing import Final

from coach.core.event import Event, Verb
from coach.core.plan import Plan
from coach.core.progress import Answer
from coach.core.session import Outcome, Session
from coach.keeper.onlooker import Command
from coach.keeper.wire import Done, Snapshot
from coach.network.broker import Broker
from coach.network.discovery import ONLINE, announcement, birth
from coach.network.facts import changed, events_of, over, sample_of, session_id, state_of, status_of, workout_of
from coach.network.judge import Accepted, Arrived, Judge, Refused, Verdict
from coach.network.payload import Payload, State, Status, gone
from coach.network.topics import Topics
from coach.sinks.broker_client import Client
from coach.sinks.header import Origin
from coach.sinks.mqtt import Message, Received

STATE_S: Final = 5.0  # a state at least so often
STATE_LASTS_S: Final = 15  # what nobody has renewed for so long is no state
SAMPLE_S: Final = 1.0  # as often as most machines report
SLACK_S: Final = 0.05  # snapshots come ten times a second at most, and not quite evenly
SAMPLE_LASTS_S: Final = 5  # an older one would be taken for now
UNANSWERED_S: Final = 1.0  # a stop that has no answer after that is asked for again
ACKS: Final = 20  # a second; a flood is not answered by a flood
WAITING: Final = 8  # stops that share an answer, each with an ack
RESPONSE: Final = 256  # characters of a topic for an answer
LEVELS: Final = 16  # of one; mosquitto cuts off who publishes to more than 200


@dataclass(frozen=True, slots=True)
class _Asked:
    """A command that waits for its answer."""

    verdict: Verdict
    received: Received


class Bridge:
    """Looks on while a session is kept, and tells a broker."""

    def __init__(
        self,
        broker: Broker,
        plan: Plan,
        origin: Origin,
        offer: Callable[[Command], None],
        told: Callable[[str], None],
    ) -> None:
        """Begin to connect.

        Args:
            broker: where to.
            plan: of the session.
            origin: of the session.
            offer: takes a command that counts; from another thread.
            told: a sentence for the runner; from another thread.
        """
        self._broker, self._plan, self._origin, self._offer, self._told = broker, plan, origin, offer, told
        self._topics = Topics(broker.device, broker.prefix)
        self._judge = Judge(self._topics, session_id(origin))
        self._snapshot: Snapshot | None = None
        self._state: State | None = None  # as it was told last
        self._status = gone().model_copy(update={"status": "online"})
        self._stated_s = self._sampled_s = -STATE_S
        self._number = 0  # of events
        self._ended = False
        self._stops: deque[_Asked] = deque(maxlen=WAITING)  # that wait for one answer
        self._stop_s = -UNANSWERED_S
        self._acked_s: deque[float] = deque(maxlen=ACKS)
        self._client = Client(
            broker,
            f"coach-{broker.device}",
            told=told,
            arrived=self._received,
            up=self._up,
            will=Message(self._topics.status, gone().wire(), qos=1, retain=True),
            begun=False,
        )
        self._client.subscribe(self._topics.commands, retained=False)
        self._client.subscribe(self._topics.all_stop, retained=False)
        if broker.discovery_prefix:
            self._client.subscribe(birth(broker), retained=False)
        self._client.begin()

    @property
    def state(self) -> str:
        """`connected`, or why not, in a few words."""
        return self._client.state

    def take(self, event: Event, before: Session, session: Session, outcome: Outcome) -> None:
        """A step of the fold: what happened in it is told, in order and once."""
        if outcome.cues or outcome.trips or session.progress is not before.progress:
            self._client.call(partial(self._happened, event, before, session, outcome, time()))

    def show(self, snapshot: Snapshot) -> None:
        """How the session looks now."""
        self._snapshot = snapshot
        self._client.call(self._show)

    def end(self, done: Done) -> None:
        """The session is over."""
        self._client.call(partial(self._over, done))

    def close(self) -> None:
        """Say that nobody is here any more, and go; within a second, whether the broker takes it or not."""
        self._client.call(self._leave)
        self._client.close()

    # From here on in the client's thread.

    def _up(self) -> None:
        """The broker may have forgotten everything, and may have told the will."""
        self._announce()
        self._retain(self._topics.status, self._status)
        self._retain(self._topics.workout, workout_of(self._plan, self._origin))
        if self._state is not None:
            self._retain(self._topics.state, self._state, STATE_LASTS_S)

    def _announce(self) -> None:
        if self._broker.discovery_prefix:
            topic, described = announcement(self._broker, self._origin.version)
            payload = json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()
            self._client.publish(topic, payload, qos=1, retain=True, newest=True)

    def _happened(self, event: Event, before: Session, session: Session, outcome: Outcome, wall_s: float) -> None:
        for one in events_of(self._plan, self._origin, event, before, session, outcome, wall_s):
            self._number += 1
            payload = one.model_copy(update={"number": self._number}).wire()
            self._client.publish(self._topics.event, payload, qos=1)

    def _show(self) -> None:
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is None or self._ended:
            return
        wall_s, now_s = time(), monotonic()
        state = state_of(self._plan, self._origin, snapshot, wall_s)
        if changed(self._state, state) or now_s - self._stated_s >= STATE_S - SLACK_S:
            self._tell(state)
            self._stated_s = now_s
        if now_s - self._sampled_s >= SAMPLE_S - SLACK_S:
            sample = sample_of(self._plan, self._origin, snapshot, wall_s)
            self._client.publish(self._topics.sample, sample.wire(), expiry_s=SAMPLE_LASTS_S, newest=True)
            self._sampled_s = now_s

    def _tell(self, state: State) -> None:
        self._state = state
        self._retain(self._topics.state, state, STATE_LASTS_S)
        if (status := status_of(state)) != self._status:
            self._set(status)

    def _set(self, status: Status) -> None:
        self._status = status
        self._retain(self._topics.status, status)

    def _retain(self, topic: str, payload: Payload, expiry_s: int | None = None) -> None:
        self._client.publish(topic, payload.wire(), qos=1, retain=True, expiry_s=expiry_s, newest=True)

    def _over(self, done: Done | None) -> None:
        if not self._ended:
            self._ended = True
            self._tell(over(self._plan, self._origin, time(), done))

    def _leave(self) -> None:
        self._over(None)
        self._set(gone())

    # Commands.

    def _received(self, received: Received) -> None:
        if self._broker.discovery_prefix and received.topic == birth(self._broker):
            if received.payload == ONLINE.encode():
                self._announce()
            return
        verdict = self._judge.judge(Arrived(received.topic, received.payload, received.retain), time(), monotonic())
        if notice := self._judge.notice():
            self._told(notice)
        asked = _Asked(verdict, received)
        if isinstance(verdict, Refused):
            if not verdict.silent:
                self._ack(asked, None)
        elif verdict.verb is Verb.STOP:
            self._stop(asked)
        else:
            self._ask(verdict, partial(self._ack, asked))

    def _stop(self, asked: _Asked) -> None:
        """Hand one stop over, and those that come before its answer with it: a thousand are no more than one."""
        assert isinstance(asked.verdict, Accepted)
        waits = bool(self._stops) and monotonic() - self._stop_s < UNANSWERED_S
        if asked.verdict.again and not waits:
            self._ack(asked, None)
            return
        self._stops.append(asked)
        if not waits:
            self._stop_s = monotonic()
            self._ask(asked.verdict, self._stopped)

    def _stopped(self, answer: Answer) -> None:
        while self._stops:
            self._ack(self._stops.popleft(), answer)

    def _ask(self, verdict: Accepted, answered: Callable[[Answer], None]) -> None:
        self._offer(Command(verdict.verb, verdict.text, lambda answer: self._client.call(partial(answered, answer))))

    def _ack(self, asked: _Asked, answer: Answer | None) -> None:
        now_s = monotonic()
        if len(self._acked_s) == ACKS and now_s - self._acked_s[0] < 1.0:
            return
        self._acked_s.append(now_s)
        topic = self._response(asked.received.response)
        self._client.publish(
            topic,
            self._judge.answered(asked.verdict, answer, time()).wire(),
            qos=1,
            correlation=asked.received.correlation,
            quiet=topic != self._topics.ack,
        )

    def _response(self, wanted: str) -> str:
        """Where an ack goes: never where it would be a command, a state of somebody, or a description."""
        fits = 0 < len(wanted) <= RESPONSE and wanted.count("/") < LEVELS and wanted.isprintable()
        fits = fits and not wanted.startswith("$") and not set("+#") & set(wanted)
        kept = tuple(f"{prefix}/" for prefix in (self._broker.prefix, self._broker.discovery_prefix) if prefix)
        own = wanted.startswith(f"{self._topics.ack}/")
        return wanted if fits and (own or not wanted.startswith(kept)) else self._topics.ack

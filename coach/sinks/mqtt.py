"""A client of an MQTT broker in a thread of its own: whoever hands over goes on at once, however the broker behaves.

MQTT 5, clean start, no session that outlives the connection. What waits is bounded; events outlast an outage.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from time import monotonic, sleep
from typing import Final, ParamSpec, TypeVar

import aiomqtt
from paho.mqtt.client import MQTT_ERR_SUCCESS, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.client import Client as PahoClient
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from coach.network.broker import CONNECTED, Broker
from coach.sinks import broker_trouble
from coach.sinks.broker_trouble import CONNECTING, LOST, REFUSED_FROM, Trouble

log = logging.getLogger(__name__)

QUEUED: Final = 1000  # events that outlast an outage; an hour of intervals has some hundred
LONGEST: Final = 64 * 1024  # bytes of a message that the broker may send us
AT_ONCE: Final = 16  # messages on their way; the order is kept
RECEIVES: Final = 20  # QoS 1 messages that the broker may have on their way to us
KEEP_ALIVE_S: Final = 5  # a frozen process is offline after twice that
ANSWER_S: Final = 5.0  # a broker that does not answer for so long is gone
SETTLED_S: Final = 3.0  # a connection that held for so long is good
FIRST_AGAIN_S: Final = 1.0  # between tries, doubled up to
LAST_AGAIN_S: Final = 30.0
CLOSES_S: Final = 0.8  # for what is left to be said
ENDS_S: Final = 0.2  # the thread ends so fast then
OFTEN: Final = 3  # connections that ended without a word: two clients may have one name
READS: Final = 3  # of the library for a message
CALM: Final = 50  # messages a second that are taken as they come
BREATH_S: Final = 0.0002  # between those of a flood, so that the belt's own thread always comes first
_QUIET: Final = logging.getLogger(f"{__name__}.paho")
_QUIET.disabled = True  # a line for each packet; what matters is told
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Message:
    """What is published."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    expiry_s: int | None = None  # when it is older nobody needs it any more
    correlation: bytes = b""  # of an answer
    response: str = ""  # the topic on which an answer is awaited
    newest: bool = False  # a later one of the same topic takes its place
    quiet: bool = False  # nobody is told where the broker does not take it, and it is tried once
    at_s: float = field(default_factory=monotonic)

    def left_s(self, now_s: float) -> float | None:
        """How long it is still of use; None: for ever."""
        return None if self.expiry_s is None else self.expiry_s - (now_s - self.at_s)


@dataclass(frozen=True, slots=True)
class Received:
    """What was heard."""

    topic: str
    payload: bytes
    retain: bool = False  # the broker had kept it, or it was published to be kept
    response: str = ""  # the topic on which an answer is awaited
    correlation: bytes = b""  # that belongs into the answer


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be heard."""

    topic: str
    qos: int
    retained: bool


class Client:
    """Publishes and subscribes; nothing here waits or raises, but close(), which waits for as long as it is told."""

    def __init__(
        self,
        broker: Broker,
        name: str,
        *,
        told: Callable[[str], None] = lambda _: None,
        arrived: Callable[[Received], None] = lambda _: None,
        up: Callable[[], None] = lambda: None,
        will: Message | None = None,
        longest: int = LONGEST,
        begun: bool = True,
    ) -> None:
        """Connect, and never cease to try until close().

        Args:
            broker: where to.
            name: of the client at the broker, unique there.
            told: a sentence for a person, once for each trouble and once when it is over; from the client's thread.
            arrived: called with each message, from the client's thread; it must be quick.
            up: called whenever the connection is there, from the client's thread, before anything is sent.
            will: what the broker publishes when this client dies.
            longest: bytes of a message that the broker may send.
            begun: False: begin() follows, once whoever is called back is complete.
        """
        self._broker, self._name, self._will, self._longest = broker, name, will, longest
        self._told, self._arrived, self._up = told, arrived, up
        self._given: deque[Message | _Wish | Callable[[], None]] = deque(maxlen=4 * QUEUED)  # by any thread
        self._events: deque[Message] = deque()
        self._newest: dict[str, Message] = {}
        self._flushed: list[Callable[[], None]] = []  # who waits until nothing waits
        self._wishes: dict[str, _Wish] = {}
        self._unheard: list[_Wish] = []  # on this connection
        self._state = CONNECTING
        self._losses = 0
        self._troubles: set[str] = set()  # that were told since the connection was good
        self._refused: set[str] = set()  # what the broker does not take, or let us hear
        self._good = self._woken = self._closing = False
        self._patience_s = CLOSES_S
        self._tls: ssl.SSLContext | None = None
        self._loop = asyncio.SelectorEventLoop()
        self._more, self._leave = asyncio.Event(), asyncio.Event()
        self._thread = Thread(target=self._run, name="mqtt", daemon=True)
        if begun:
            self.begin()

    def begin(self) -> None:
        """Begin to connect, where that was left for later."""
        self._thread.start()

    @property
    def state(self) -> str:
        """`connected`, or why not, in a few words."""
        return self._state

    @property
    def alive(self) -> bool:
        """It has not ended yet."""
        return self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """Messages that were not sent yet; there is a bound to it."""
        return len(self._given) + len(self._events) + len(self._newest)

    def subscribe(self, topic: str, *, qos: int = 1, retained: bool = True) -> None:
        """Hear a topic or a filter from here on. Any thread.

        Args:
            topic: without wildcards or with them.
            qos: at most.
            retained: also what the broker has kept of it. Without, whatever was published to be kept says so, even
                while we listen.
        """
        self._give(_Wish(topic, qos, retained))

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 0,
        retain: bool = False,
        expiry_s: int | None = None,
        correlation: bytes = b"",
        response: str = "",
        newest: bool = False,
        quiet: bool = False,
    ) -> None:
        """Hand a message over. Any thread.

        `newest`: a later one of the same topic takes its place while it waits. Else up to QUEUED wait in order, and the
        oldest goes when there are more. `quiet`: nobody is told where the broker does not take it, and it is tried
        once: somebody else said where to, and the broker may cut us off for it.
        """
        self._give(Message(topic, payload, qos, retain, expiry_s, correlation, response, newest, quiet))

    def call(self, act: Callable[[], None]) -> None:
        """Have something done in the client's thread, in the order of what is handed over. Any thread."""
        self._give(act)

    def flush(self, done: Callable[[], None]) -> None:
        """Call back, from the client's thread, once the broker has all that was handed over before. Any thread."""
        self.call(lambda: self._flushed.append(done))

    def close(self, timeout_s: float = CLOSES_S) -> None:
        """Send what waits, as far as that can be done in that time, and go."""
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._begin_to_close, timeout_s)
        self._thread.join(timeout_s + ENDS_S)

    def _give(self, one: Message | _Wish | Callable[[], None]) -> None:
        self._given.append(one)
        if not self._woken:
            self._woken = True
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._take)

    # From here on in the client's thread.

    def _run(self) -> None:
        self._loop.set_exception_handler(lambda _, context: log.debug("%s", context.get("message")))
        self._loop.set_default_executor(_Aside())
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._live())

    def _take(self) -> None:
        """Sort what was handed over."""
        self._woken = False
        while self._given:
            one = self._given.popleft()
            if isinstance(one, _Wish):
                self._wishes[one.topic] = one
                self._unheard.append(one)
            elif not isinstance(one, Message):
                _act(one)
            elif one.newest:
                self._newest.pop(one.topic, None)
                self._newest[one.topic] = one
            else:
                self._events.append(one)
        while len(self._events) > QUEUED:
            self._events.popleft()
        self._more.set()

    def _begin_to_close(self, timeout_s: float) -> None:
        self._take()
        self._closing, self._patience_s = True, timeout_s
        self._leave.set()

    async def _live(self) -> None:
        async with asyncio.TaskGroup() as group:
            work = group.create_task(self._keep())
            await self._leave.wait()
            await asyncio.wait({work}, timeout=self._patience_s)
            work.cancel()

    async def _keep(self) -> None:
        """Connect, again and again."""
        again_s = FIRST_AGAIN_S
        while not self._closing or self._events or self._newest:
            self._good = False
            await self._once()
            if self._closing:
                return
            again_s = FIRST_AGAIN_S if self._good else again_s
            with suppress(TimeoutError):
                async with asyncio.timeout(again_s * random.uniform(0.5, 1.0)):  # so that belts do not come all at once
                    await self._leave.wait()
            again_s = min(2 * again_s, LAST_AGAIN_S)

    async def _once(self) -> None:
        """One connection, from its beginning to its end."""
        link: _Link | None = None
        try:
            link = self._link()
            async with link:
                await self._talk(link)
        except* (aiomqtt.MqttError, _TroubleError, OSError, ValueError) as errors:
            self._trouble(_why(self._broker, link, _first(errors)))
        finally:
            if link is not None:
                link.cut()

    def _link(self) -> _Link:
        if self._broker.tls and self._tls is None:
            try:
                self._tls = ssl.create_default_context(cafile=self._broker.ca or None)
                self._tls.sslsocket_class = _TlsSocket
            except OSError as error:  # those of TLS are among them
                raise _TroubleError(broker_trouble.no_certificates(self._broker, error)) from error
        return _Link(self._broker, self._name, self._tls, self._will, self._longest, self._arrived)

    async def _talk(self, link: _Link) -> None:
        try:
            self._state = CONNECTED
            log.info("connected to %s", broker_trouble.where(self._broker))
            self._unheard = list(self._wishes.values())
            _act(self._up)
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(watch) for watch in (link.last(), self._settle())]
                await self._hear(link)
                self._take()
                await self._deliver(link, self._cut(link.window, newest_first=True))
                await self._send(link)
                for task in tasks:
                    task.cancel()
        except BaseException:
            link.cut()  # else its end would wait for an answer
            raise

    async def _settle(self) -> None:
        await asyncio.sleep(SETTLED_S)
        self._good = True
        if self._troubles:
            self._troubles.clear()
            _act(partial(self._told, broker_trouble.back(self._broker)))

    async def _hear(self, link: _Link) -> None:
        while self._unheard:
            wish = self._unheard.pop(0)
            options = SubscribeOptions(
                wish.qos,
                retainAsPublished=not wish.retained,
                retainHandling=SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
                if wish.retained
                else SubscribeOptions.RETAIN_DO_NOT_SEND,
            )
            for answer in await link.subscribe(wish.topic, options=options):
                code = answer if isinstance(answer, int) else answer.value
                if code >= REFUSED_FROM:
                    self._refuse("hear", broker_trouble.not_subscribed(self._broker, wish.topic, code))

    async def _send(self, link: _Link) -> None:
        while True:
            await self._hear(link)
            if batch := self._cut(link.window):
                await self._deliver(link, batch)
            elif self._closing:
                return
            elif self._flushed:
                _act(self._flushed.pop(0))
            else:
                self._more.clear()
                await self._more.wait()

    def _cut(self, count: int, *, newest_first: bool = False) -> list[Message]:
        """The next messages to be sent, without those that nobody needs any more."""
        batch: list[Message] = []
        now_s = monotonic()
        while len(batch) < count and (self._events or self._newest):
            if self._events and not (newest_first and self._newest):
                one = self._events.popleft()
            else:
                one = self._newest.pop(next(iter(self._newest)))
            left_s = one.left_s(now_s)
            if left_s is None or left_s > 0:
                batch.append(one)
        return batch

    async def _deliver(self, link: _Link, batch: list[Message]) -> None:
        """Send messages in their order; those that were not taken wait again."""
        done: set[int] = set()

        async def put(number: int, message: Message) -> None:
            code = await link.put(message)
            done.add(number)
            if code >= REFUSED_FROM and not message.quiet:
                self._refuse("publish", broker_trouble.not_published(self._broker, message.topic, code))

        try:
            async with asyncio.TaskGroup() as group:
                for number, message in enumerate(batch):
                    group.create_task(put(number, message))
        finally:
            self._put_back([one for number, one in enumerate(batch) if number not in done and not one.quiet])

    def _put_back(self, batch: list[Message]) -> None:
        for one in reversed(batch):
            if one.newest:
                self._newest.setdefault(one.topic, one)
            elif len(self._events) < QUEUED:
                self._events.appendleft(one)

    def _refuse(self, what: str, sentence: str) -> None:
        if what not in self._refused:
            self._refused.add(what)
            log.warning("%s", sentence)
            _act(partial(self._told, sentence))

    def _trouble(self, trouble: Trouble) -> None:
        self._state = trouble.short
        self._losses += trouble.short == LOST
        if self._losses >= OFTEN:
            self._refuse("name", broker_trouble.often_lost(self._broker))
        key = "" if trouble.away else trouble.sentence
        if self._closing or key in self._troubles:
            return
        self._troubles.add(key)
        log.warning("%s", trouble.sentence)
        _act(partial(self._told, trouble.sentence))


class _TroubleError(Exception):
    """The connection cannot be used; it is known why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.short)
        self.trouble = trouble


class _TlsSocket(ssl.SSLSocket):
    """Is closed where TLS comes to nothing; the library leaves it open."""

    def do_handshake(self, block: bool = False) -> None:
        """Begin to speak TLS."""
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


class _Link(aiomqtt.Client):
    """One connection, which hands over what arrives at once, and knows what the broker refused.

    The callbacks of the library keep no reason codes, and its queue drops what is too much, be it a stop.
    """

    def __init__(
        self,
        broker: Broker,
        name: str,
        tls: ssl.SSLContext | None,
        will: Message | None,
        longest: int,
        arrived: Callable[[Received], None],
    ) -> None:
        properties = _empty(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 0
        properties.ReceiveMaximum = RECEIVES
        properties.MaximumPacketSize = longest
        super().__init__(
            broker.host,
            broker.port,
            identifier=name,
            username=broker.user or None,
            password=broker.password or None,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=True,
            keepalive=KEEP_ALIVE_S,
            timeout=ANSWER_S,
            properties=properties,
            tls_context=tls,
            will=None if will is None else aiomqtt.Will(will.topic, will.payload, will.qos, will.retain),
            logger=_QUIET,
        )
        self.window = AT_ONCE
        self.up = False  # it was there
        self.trouble: Trouble | None = None  # that has ended it
        self._broker, self._longest, self._arrived = broker, longest, arrived
        self._takes: int | None = None  # bytes of a message
        self._put: dict[int, asyncio.Future[int]] = {}
        self._second_s, self._count, self._floods = 0.0, 0, False
        self._receive = self._client._sock_recv  # noqa: SLF001 - nothing else comes before a message is in memory
        self._client._sock_recv = self._measured  # type: ignore[method-assign]  # noqa: SLF001 - likewise

    async def put(self, message: Message) -> int:
        """Publish, and wait for the broker's word on it: a reason code."""
        if self._takes is not None and len(message.payload) + 2 * len(message.topic) + 100 > self._takes:
            return 0x95
        info = self._client.publish(message.topic, message.payload, message.qos, message.retain, _properties(message))
        if info.rc != MQTT_ERR_SUCCESS:
            raise aiomqtt.MqttCodeError(info.rc)
        if info.is_published():
            return 0
        answer: asyncio.Future[int] = self._loop.create_future()
        self._put[info.mid] = answer
        try:
            async with asyncio.timeout(ANSWER_S):
                return await answer
        except TimeoutError:
            raise _TroubleError(broker_trouble.lost(self._broker, broker_trouble.KEEP_ALIVE)) from None
        finally:
            self._put.pop(info.mid, None)

    async def last(self) -> None:
        """Raise when the connection ends, or has ended before anybody looked."""
        if self.trouble is not None:
            raise _TroubleError(self.trouble)
        async for _ in self.messages:
            pass

    def cut(self) -> None:
        """Be off at once, without a word."""
        self._client._sock_close()  # noqa: SLF001 - the library waits for the broker

    def _on_connect(
        self,
        client: PahoClient,
        userdata: object,
        flags: ConnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        self.up = not reason_code.is_failure
        if not self.up:
            self.trouble = broker_trouble.not_let_in(self._broker, reason_code.value)
        self._takes = getattr(properties, "MaximumPacketSize", None)
        self.window = min(AT_ONCE, getattr(properties, "ReceiveMaximum", AT_ONCE))
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_disconnect(
        self,
        client: PahoClient,
        userdata: object,
        flags: DisconnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        self.trouble = self.trouble or self._end(reason_code.value)
        if not self._connected.done():  # else the library would wait for what cannot come any more
            self._connected.set_exception(_TroubleError(self.trouble))
        super()._on_disconnect(client, userdata, flags, reason_code, properties)

    def _end(self, code: int) -> Trouble:
        if self._floods:
            return broker_trouble.too_large(self._broker)
        return broker_trouble.lost(self._broker, code) if self.up else broker_trouble.hung_up(self._broker, code)

    def _on_message(self, client: PahoClient, userdata: object, message: MQTTMessage) -> None:
        del client, userdata
        _act(partial(self._arrived, _received(message)))

    def _measured(self, bufsize: int) -> bytes:
        """Read from the broker, never more of a message than is taken, and never so busily that the belt would wait."""
        if bufsize > self._longest:
            self._floods = True
            raise ConnectionAbortedError("too large")
        now_s = monotonic()
        if now_s - self._second_s >= 1.0:
            self._second_s, self._count = now_s, 0
        self._count += 1
        if self._count > READS * CALM and self._count % READS == 0:
            sleep(BREATH_S)
        return self._receive(bufsize)

    def _on_publish(
        self, client: PahoClient, userdata: object, mid: int, reason_code: ReasonCode, properties: Properties
    ) -> None:
        del client, userdata, properties
        answer = self._put.get(mid)
        if answer is not None and not answer.done():
            answer.set_result(reason_code.value)


class _Aside(ThreadPoolExecutor):
    """Runs what may hang, such as the look-up of a name, in threads that no end of the program waits for."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Begin a thread for it."""
        done: Future[_T] = Future()

        def run() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
                done.set_exception(error)
            else:
                done.set_result(result)

        Thread(target=run, name="mqtt connects", daemon=True).start()
        return done


def _act(act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:  # whatever goes wrong in telling of a session, the session goes on
        log.exception("an error of ours, which costs a message")


def _empty(kind: int) -> Properties:
    return Properties(kind)  # type: ignore[no-untyped-call]  # the library has types for the rest of it


def _properties(message: Message) -> Properties:
    properties = _empty(PacketTypes.PUBLISH)
    left_s = message.left_s(monotonic())
    if left_s is not None:
        properties.MessageExpiryInterval = max(round(left_s), 1)
    if message.response:
        properties.ResponseTopic = message.response
    if message.correlation:
        properties.CorrelationData = message.correlation
    return properties


def _received(message: MQTTMessage) -> Received:
    properties = message.properties
    return Received(
        message.topic,
        bytes(message.payload),
        retain=message.retain,
        response=getattr(properties, "ResponseTopic", ""),
        correlation=getattr(properties, "CorrelationData", b""),
    )


def _first(errors: BaseExceptionGroup[Exception]) -> Exception:
    one = errors.exceptions[0]
    return _first(one) if isinstance(one, BaseExceptionGroup) else one


def _why(broker: Broker, link: _Link | None, error: Exception) -> Trouble:
    """What an error of the connection means."""
    if isinstance(error, _TroubleError):
        return error.trouble
    if link is not None and link.trouble is not None:
        return link.trouble
    if link is not None and link.up:
        return broker_trouble.lost(broker)
    return broker_trouble.cannot_connect(broker, error.__context__ if isinstance(error, aiomqtt.MqttError) else error)

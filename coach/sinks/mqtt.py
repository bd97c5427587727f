"""A connection to an MQTT broker, from its beginning to its end; what it gives back is what the broker said.

MQTT 5, clean start, no session that outlives the connection. What arrives is handed over at once, and bounded in size.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import monotonic, sleep
from typing import Final

import aiomqtt
from paho.mqtt.client import MQTT_ERR_SUCCESS, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.client import Client as PahoClient
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from coach.network.broker import Broker
from coach.sinks import broker_trouble
from coach.sinks.broker_trouble import Trouble

log = logging.getLogger(__name__)

LONGEST: Final = 64 * 1024  # bytes of a message that the broker may send us
AT_ONCE: Final = 16  # messages on their way; the order is kept
RECEIVES: Final = 20  # QoS 1 messages that the broker may have on their way to us
KEEP_ALIVE_S: Final = 5  # a frozen process is offline after twice that
ANSWER_S: Final = 5.0  # a broker that does not answer for so long is gone
READS: Final = 3  # of the library for a message
CALM: Final = 50  # messages a second that are taken as they come
BREATH_S: Final = 0.0002  # between those of a flood, so that the belt's own thread always comes first
_QUIET: Final = logging.getLogger(f"{__name__}.paho")
_QUIET.disabled = True  # a line for each packet; what matters is told


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
class Wish:
    """What is to be heard."""

    topic: str
    qos: int
    retained: bool


class TroubleError(Exception):
    """The connection cannot be used; it is known why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.short)
        self.trouble = trouble


ERRORS: Final = (aiomqtt.MqttError, TroubleError, OSError, ValueError)  # in which a connection may end


class Link(aiomqtt.Client):
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
            raise TroubleError(broker_trouble.lost(self._broker, broker_trouble.KEEP_ALIVE)) from None
        finally:
            self._put.pop(info.mid, None)

    async def hear(self, wish: Wish) -> int:
        """Subscribe, and wait for the broker's word on it: the worst of its reason codes."""
        options = SubscribeOptions(
            wish.qos,
            retainAsPublished=not wish.retained,
            retainHandling=SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
            if wish.retained
            else SubscribeOptions.RETAIN_DO_NOT_SEND,
        )
        answers = await self.subscribe(wish.topic, options=options)
        return max((answer if isinstance(answer, int) else answer.value for answer in answers), default=0)

    async def last(self) -> None:
        """Raise when the connection ends, or has ended before anybody looked."""
        if self.trouble is not None:
            raise TroubleError(self.trouble)
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
            self._connected.set_exception(TroubleError(self.trouble))
        super()._on_disconnect(client, userdata, flags, reason_code, properties)

    def _end(self, code: int) -> Trouble:
        if self._floods:
            return broker_trouble.too_large(self._broker)
        return broker_trouble.lost(self._broker, code) if self.up else broker_trouble.hung_up(self._broker, code)

    def _on_message(self, client: PahoClient, userdata: object, message: MQTTMessage) -> None:
        del client, userdata
        act(partial(self._arrived, _received(message)))

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


def trusted(broker: Broker) -> ssl.SSLContext:
    """What a connection with TLS believes.

    Raises:
        TroubleError: there are no certificates.
    """
    try:
        context = ssl.create_default_context(cafile=broker.ca or None)
        context.sslsocket_class = _TlsSocket
    except OSError as error:  # those of TLS are among them
        raise TroubleError(broker_trouble.no_certificates(broker, error)) from error
    return context


def why(broker: Broker, link: Link | None, errors: BaseExceptionGroup[Exception]) -> Trouble:
    """What an error of a connection means; there was none yet where that could not even be begun."""
    error = _first(errors)
    if isinstance(error, TroubleError):
        return error.trouble
    if link is not None and link.trouble is not None:
        return link.trouble
    if link is not None and link.up:
        return broker_trouble.lost(broker)
    return broker_trouble.cannot_connect(broker, error.__context__ if isinstance(error, aiomqtt.MqttError) else error)


def act(todo: Callable[[], None]) -> None:
    """Call somebody back; what goes wrong there costs a message."""
    try:
        todo()
    except Exception:  # whatever goes wrong in telling of a session, the session goes on
        log.exception("an error of ours, which costs a message")


class _TlsSocket(ssl.SSLSocket):
    """Is closed where TLS comes to nothing; the library leaves it open."""

    def do_handshake(self, block: bool = False) -> None:
        """Begin to speak TLS."""
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


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

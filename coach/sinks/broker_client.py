"""A client of an MQTT broker in a thread of its own: whoever hands over goes on at once, however the broker behaves.

It connects again and again. What waits is bounded; events outlast an outage.
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
from functools import partial
from threading import Thread
from time import monotonic
from typing import Final, ParamSpec, TypeVar

from coach.network.broker import CONNECTED, Broker
from coach.sinks import broker_trouble
from coach.sinks.broker_trouble import CONNECTING, LOST, REFUSED_FROM, Trouble
from coach.sinks.mqtt import ERRORS, LONGEST, Link, Message, Received, Wish, act, trusted, why

log = logging.getLogger(__name__)

QUEUED: Final = 1000  # events that outlast an outage; an hour of intervals has some hundred
SETTLED_S: Final = 3.0  # a connection that held for so long is good
FIRST_AGAIN_S: Final = 1.0  # between tries, doubled up to
LAST_AGAIN_S: Final = 30.0  # a broker that is back is found within it
CLOSES_S: Final = 0.8  # for what is left to be said
ENDS_S: Final = 0.2  # the thread ends so fast then
OFTEN: Final = 3  # connections that ended without a word: two clients may have one name
_P = ParamSpec("_P")
_T = TypeVar("_T")


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
        self._given: deque[Message | Wish | Callable[[], None]] = deque(maxlen=4 * QUEUED)  # by any thread
        self._events: deque[Message] = deque()
        self._newest: dict[str, Message] = {}
        self._flushed: list[Callable[[], None]] = []  # who waits until nothing waits
        self._wishes: dict[str, Wish] = {}
        self._unheard: list[Wish] = []  # on this connection
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
        self._give(Wish(topic, qos, retained))

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

    def _give(self, one: Message | Wish | Callable[[], None]) -> None:
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
            if isinstance(one, Wish):
                self._wishes[one.topic] = one
                self._unheard.append(one)
            elif not isinstance(one, Message):
                act(one)
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
        link: Link | None = None
        try:
            link = self._link()
            async with link:
                await self._talk(link)
        except* ERRORS as errors:
            self._trouble(why(self._broker, link, errors))
        finally:
            if link is not None:
                link.cut()

    def _link(self) -> Link:
        if self._broker.tls and self._tls is None:
            self._tls = trusted(self._broker)
        return Link(self._broker, self._name, self._tls, self._will, self._longest, self._arrived)

    async def _talk(self, link: Link) -> None:
        try:
            self._state = CONNECTED
            log.info("connected to %s", broker_trouble.where(self._broker))
            self._unheard = list(self._wishes.values())
            act(self._up)
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
            act(partial(self._told, broker_trouble.back(self._broker)))

    async def _hear(self, link: Link) -> None:
        while self._unheard:
            wish = self._unheard.pop(0)
            code = await link.hear(wish)
            if code >= REFUSED_FROM:
                self._refuse("hear", broker_trouble.not_subscribed(self._broker, wish.topic, code))

    async def _send(self, link: Link) -> None:
        while True:
            await self._hear(link)
            if batch := self._cut(link.window):
                await self._deliver(link, batch)
            elif self._closing:
                return
            elif self._flushed:
                act(self._flushed.pop(0))
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

    async def _deliver(self, link: Link, batch: list[Message]) -> None:
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
            act(partial(self._told, sentence))

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
        act(partial(self._told, trouble.sentence))


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

"""A look at a broker: is it there, does it let us in, and does it let us say and hear what a session needs?"""

from __future__ import annotations

from queue import Empty, SimpleQueue
from typing import Final

from coach.network.broker import Broker
from coach.network.topics import Topics
from coach.sinks.broker_client import Client

LOOK_S: Final = 12.0  # a name, a connection, TLS and an answer have five seconds each, and need none of them


def look(broker: Broker, limit_s: float = LOOK_S) -> str:
    """What is wrong, in a sentence; nothing where all is well.

    Nothing that is said is kept, and no treadmill and nobody else has a use for it.
    """
    said: SimpleQueue[str] = SimpleQueue()
    client = Client(broker, f"coach-{broker.device}-look", told=said.put)
    topics = Topics(broker.device, broker.prefix)
    client.subscribe(topics.commands, retained=False)
    client.publish(topics.ack, b"", qos=1)
    client.flush(lambda: said.put(""))
    try:
        return said.get(timeout=limit_s)
    except Empty:
        return f"The MQTT broker at {broker.host}:{broker.port} gives no answer."
    finally:
        client.close()

"""Which MQTT broker a session is told to, and under which names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

PORT: Final = 1883  # registered for MQTT, like the one below
TLS_PORT: Final = 8883
PREFIX: Final = "coach"  # of all topics
CONNECTED: Final = "connected"  # the state of a client whose broker is reached; else it says why not
DISCOVERY_PREFIX: Final = "homeassistant"


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker and how it is spoken to; everything is settled, nothing is looked up any more."""

    host: str
    port: int = PORT
    tls: bool = False
    ca: str = ""  # a file of certificates; without it those of the system
    user: str = ""
    password: str = field(default="", repr=False)
    device: str = "treadmill"  # of the topics, of the entities, and of the client
    prefix: str = PREFIX
    discovery_prefix: str = DISCOVERY_PREFIX  # nothing: Home Assistant is not told

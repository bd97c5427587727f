"""Why an MQTT broker cannot be used, in a few words and in one sentence for whoever has to mend it."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import dataclass
from typing import Final

from coach.network.broker import Broker

CONNECTING: Final = "connecting"
LOST: Final = "lost"

KEEP_ALIVE: Final = 0x8D  # reason codes, this one and those below (MQTT 5, 2.4)
REFUSED_FROM: Final = 0x80  # reason codes from here on are refusals (MQTT 5, 2.4)
_MALFORMED: Final = frozenset({0x81, 0x82})
_OLD: Final = frozenset({0x01, 0x84})  # also as brokers of MQTT 3.1.1 say it
_NAME: Final = frozenset({0x02, 0x85})
_BUSY: Final = frozenset({0x03, 0x88, 0x89, 0x97, 0x9F})
_USER: Final = frozenset({0x04, 0x05, 0x86, 0x87, 0x8C})
_BANNED: Final = 0x8A
_TAKEN: Final = 0x8E
_SAID: Final = {0x87: "not allowed", 0x90: "no such topic", 0x95: "too large", 0x97: "too much"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a broker."""

    short: str  # a few words for a line of states
    sentence: str
    away: bool = False  # it is off, or out of reach: one such thing is told for all


def where(broker: Broker) -> str:
    """The broker in a sentence."""
    return f"the MQTT broker at {broker.host}:{broker.port}"


def cannot_connect(broker: Broker, error: BaseException | None) -> Trouble:
    """What the system or TLS said; without an error the broker said nothing in time."""
    there = where(broker)
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message or "it cannot be checked"
        return Trouble(
            "certificate not trusted",
            f"The certificate of {there} is not trusted: {why}. "
            "Name the file of the authority that signed it as ca under [mqtt].",
        )
    if isinstance(error, TimeoutError) or error is None:
        return Trouble("no answer", f"{_capital(there)} gives no answer.", away=True)
    if isinstance(error, ssl.SSLError):
        return Trouble(
            "no TLS", f"{_capital(there)} does not speak TLS as coach does ({_ssl(error)}); is it the right port?"
        )
    if isinstance(error, socket.gaierror | UnicodeError):
        return Trouble("no such host", f"There is no computer named {broker.host} in this network.")
    if isinstance(error, ConnectionRefusedError):
        return Trouble("refused", f"No MQTT broker listens at {broker.host}:{broker.port}.", away=True)
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return closed_at_once(broker)
    if isinstance(error, OSError) and error.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH}:
        return Trouble("out of reach", f"There is no way to {broker.host}: is the network on?", away=True)
    said = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return Trouble("no connection", f"{_capital(there)} cannot be reached: {said.lower()}.")


def no_certificates(broker: Broker, error: Exception) -> Trouble:
    """The file of certificates is no such file."""
    said = (error.strerror if isinstance(error, OSError) else None) or "it holds no certificate"
    return Trouble("ca unusable", f"The certificates in {broker.ca} cannot be used: {said.lower()}.")


def closed_at_once(broker: Broker) -> Trouble:
    """It hung up before it said anything."""
    tls = "TLS, as coach is told to" if broker.tls else "a connection without TLS, as coach is told to"
    return Trouble("closed at once", f"{_capital(where(broker))} hangs up at once: does it take {tls}?", away=True)


def hung_up(broker: Broker, code: int) -> Trouble:
    """It ended before it let us in; `code` as the library has it."""
    return _unlike_mqtt(broker, code) if code in _MALFORMED else closed_at_once(broker)


def not_let_in(broker: Broker, code: int) -> Trouble:
    """It answered, and refused."""
    there = where(broker)
    if code in _USER and not broker.user:
        return Trouble(
            "user wanted", f"{_capital(there)} wants a user and a password: user and password_file under [mqtt]."
        )
    if code in _USER:
        return Trouble("user refused", f"{_capital(there)} refuses user {broker.user} or the password.")
    if code in _OLD:
        return Trouble("too old", f"{_capital(there)} does not speak MQTT 5, which coach needs.")
    if code in _NAME:
        return Trouble("name refused", f"{_capital(there)} refuses a client of this name; change device under [mqtt].")
    if code in _BUSY:
        return Trouble("busy", f"{_capital(there)} takes no more clients at the moment.")
    if code == _BANNED:
        return Trouble("banned", f"{_capital(there)} does not let this client in.")
    return _unlike_mqtt(broker, code)


def lost(broker: Broker, code: int = 0) -> Trouble:
    """It was there; `code` is the reason of the end, where there is one."""
    there = where(broker)
    if code == _TAKEN:
        return Trouble(
            "name taken", f"Another client has taken the name {broker.device} at {there}; change device under [mqtt]."
        )
    if code in _MALFORMED:
        return _unlike_mqtt(broker, code)
    if code == KEEP_ALIVE:
        return Trouble("no answer", f"{_capital(there)} gives no answer any more.", away=True)
    return Trouble(LOST, f"The connection to {there} is lost.", away=True)


def often_lost(broker: Broker) -> str:
    """It was there and lost several times: not every broker says that it cut one of two clients of one name off."""
    return (
        f"The connection to {where(broker)} ends again and again. Where another coach is named {broker.device} too, "
        "give one of them another device under [mqtt]."
    )


def too_large(broker: Broker) -> Trouble:
    """It sends more than anybody should have to take."""
    return Trouble("floods", f"{_capital(where(broker))} sends more than coach takes; the connection was cut.")


def not_published(broker: Broker, topic: str, code: int) -> str:
    """It is there, and does not take what we say."""
    return f"{_capital(where(broker))} does not take {topic} ({_said(code)}): look at its access list."


def not_subscribed(broker: Broker, topic: str, code: int) -> str:
    """It is there, and does not let us hear."""
    return f"{_capital(where(broker))} does not let coach hear {topic} ({_said(code)}): look at its access list."


def back(broker: Broker) -> str:
    """All is well again."""
    return f"{_capital(where(broker))} is there again."


def _unlike_mqtt(broker: Broker, code: int) -> Trouble:
    return Trouble(
        "no MQTT",
        f"What answers at {broker.host}:{broker.port} is not an MQTT broker coach understands (reason {code:#04x}).",
    )


def _said(code: int) -> str:
    return _SAID.get(code, f"reason {code:#04x}")


def _ssl(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).replace("_", " ").lower()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""From the settings to the broker that a session is told to, and what is to be said about that broker beforehand."""

from __future__ import annotations

import os
import re
import socket
import stat
from ipaddress import ip_address
from pathlib import Path
from shlex import quote
from typing import Final
from unicodedata import normalize

from coach.config import PASSWORD_VARIABLE, ConfigError, Mqtt, load
from coach.network.broker import PORT, TLS_PORT, Broker
from coach.network.topics import ALL, LONGEST
from coach.system.files import own, private

LONGEST_PASSWORD: Final = 4096  # bytes of its file
_NAMELESS: Final = "treadmill"


def broker_of() -> Broker | None:
    """The broker of the settings; None where there is none. Without a device this computer gives it its name.

    Raises:
        ConfigError: the settings cannot be used, or the file of the password is open to others.
    """
    mqtt = load().mqtt
    if not mqtt.host:
        return None
    tls = not is_loopback(mqtt.host) if mqtt.tls is None else mqtt.tls
    return Broker(
        host=mqtt.host,
        port=(TLS_PORT if tls else PORT) if mqtt.port is None else mqtt.port,
        tls=tls,
        ca="" if mqtt.ca is None else str(_at_home(mqtt.ca)),
        user=mqtt.user,
        password=_password(mqtt),
        device=mqtt.device or slug(socket.gethostname()) or _NAMELESS,
        prefix=mqtt.prefix,
        discovery_prefix=mqtt.discovery_prefix,
    )


def warnings_of(broker: Broker) -> tuple[str, ...]:
    """What a user has to know of a broker that is not this computer, each in a sentence to be shown at the start."""
    if is_loopback(broker.host):
        return ()
    found = []
    if not broker.tls:
        what = "your password and your session" if broker.password else "your session"
        found.append(
            f"WARNING: {what} will be sent to {broker.host} so that everybody on the way can read it, and can say that "
            "he is the broker. Set tls = true under [mqtt]."
        )
    if not broker.user:
        found.append(
            f"WARNING: the broker at {broker.host} is used without a user: everybody in the network may be able to "
            "read your heart rate and to stop your belt. Give coach a user under [mqtt], and the broker an access list."
        )
    return tuple(found)


def is_loopback(host: str) -> bool:
    """The host is this computer, whatever the network is."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def slug(name: str) -> str:
    """A name as a part of a topic: the same for the same name; nothing where nothing of it is left."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    told = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")[:LONGEST].strip("-")
    return f"{told}-{_NAMELESS}" if told == ALL else told


def _password(mqtt: Mqtt) -> str:
    if mqtt.password_file is None:
        return mqtt.password.get_secret_value()
    path = _at_home(mqtt.password_file)
    try:
        if not path.is_file() and path.exists():
            raise _no_file(path)
        with path.open("rb") as file:
            _must_be_private(path, os.fstat(file.fileno()))
            told = file.read(LONGEST_PASSWORD + 1)
    except OSError as error:
        raise ConfigError(f"{path}: the password cannot be read: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:  # a sign that no name has
        raise ConfigError(f"{str(path)!r}: is not a name of a file") from error
    try:
        password = told.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the password is not UTF-8 text") from error
    if not password or "\n" in password or len(told) > LONGEST_PASSWORD:
        raise ConfigError(f"{path}: the password has to be the one line of that file; or set {PASSWORD_VARIABLE}")
    return password


def _no_file(path: Path) -> ConfigError:
    return ConfigError(f"{path}: is not a file, so it cannot hold the password")


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{path}: there is no such user, or he has no home") from error


def _must_be_private(path: Path, found: os.stat_result) -> None:
    """Nobody but the user reads it."""
    if not stat.S_ISREG(found.st_mode):
        raise _no_file(path)
    if not own(found):
        raise ConfigError(f"{path}: belongs to another user; the password's file has to be yours")
    if not private(found):
        raise ConfigError(f"{path}: others can read the password; run: chmod 600 {quote(str(path))}")

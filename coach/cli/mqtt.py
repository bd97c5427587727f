"""`coach mqtt`: which broker sessions are told to, under which topics; `coach mqtt forget` takes back what it keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.cli.network import broker_of, warnings_of
from coach.config import SET
from coach.core.error import CoachError
from coach.network.broker import Broker
from coach.network.discovery import discovery_topic
from coach.network.topics import Topics, device_problem
from coach.places import config_file

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
FORGETS_S: Final = 15.0  # to connect and to be answered
FORGET: Final = "forget"

What = Annotated[
    str | None, typer.Argument(metavar="[forget]", help="forget: have broker and Home Assistant forget the treadmill.")
]
Device = Annotated[
    str, typer.Option("--device", metavar="NAME", help="Another one than that of the settings, such as an old name.")
]


def command(what: What = None, *, device: Device = "", as_json: options.Json = False) -> None:
    """Show the broker that sessions are sent to, or have it forget the treadmill.

    Nothing is sent without `forget`. `coach doctor` tries whether the broker can be used.
    """
    if what not in {None, FORGET}:
        raise typer.BadParameter(f"there is only {FORGET}, not {what!r}", param_hint="[forget]")
    if device and (problem := device_problem(device)):
        raise typer.BadParameter(problem, param_hint="--device")
    broker = broker_of()
    if broker is None:
        raise CoachError(f'there is no broker yet. Write two lines into {config_file()}: [mqtt] and host = "…"')
    broker = replace(broker, device=device) if device else broker
    if what == FORGET:
        forget(broker)
        told = [f"{one} is forgotten" for one in retained(broker)]
        out(json.dumps({"schema": SCHEMA, "forgotten": retained(broker)}) if as_json else "\n".join(told))
    elif as_json:
        out(json.dumps(facts(broker), ensure_ascii=False, indent=2))
    else:
        for line in lines(broker):
            out(line)
    for warning in warnings_of(broker):
        complain(warning)


def retained(broker: Broker) -> list[str]:
    """The topics on which a broker keeps something of a treadmill."""
    topics = Topics(broker.device, broker.prefix)
    described = [discovery_topic(broker)] if broker.discovery_prefix else []
    return [*described, topics.state, topics.workout, topics.status]


def forget(broker: Broker) -> None:
    """Take back all that the broker keeps of a treadmill; an empty message does it.

    Raises:
        CoachError: the broker cannot be used, or does not take it.
    """
    from coach.sinks.broker_client import Client

    said: SimpleQueue[str] = SimpleQueue()
    client = Client(broker, f"coach-{broker.device}-{FORGET}", told=said.put)
    for topic in retained(broker):
        client.publish(topic, b"", qos=1, retain=True)
    client.flush(lambda: said.put(""))
    try:
        wrong = said.get(timeout=FORGETS_S)
    except Empty:
        wrong = f"the broker at {broker.host} gives no answer"
    finally:
        client.close()
    if wrong:
        raise CoachError(wrong)


def lines(broker: Broker) -> Iterator[str]:
    """A broker and its topics for a terminal."""
    topics = Topics(broker.device, broker.prefix)
    yield f"broker     {broker.host}:{broker.port}, {'with' if broker.tls else 'without'} TLS"
    yield f"user       {broker.user or '-'}, password {SET if broker.password else 'not set'}"
    yield f"device     {broker.device}"
    for name, topic in _said(topics).items():
        yield f"{name:<11}{topic}"
    yield f"commands   {topics.commands}, {topics.all_stop}"
    yield f"described  {discovery_topic(broker) if broker.discovery_prefix else 'nowhere: discovery_prefix is empty'}"


def facts(broker: Broker) -> dict[str, object]:
    """The same for programs; the password itself is no part of it."""
    topics = Topics(broker.device, broker.prefix)
    return {
        "schema": SCHEMA,
        "host": broker.host,
        "port": broker.port,
        "tls": broker.tls,
        "ca": broker.ca or None,
        "user": broker.user or None,
        "password": SET if broker.password else None,
        "device": broker.device,
        "topics": _said(topics),
        "commands": [topics.commands, topics.all_stop],
        "discovery": discovery_topic(broker) if broker.discovery_prefix else None,
        "warnings": list(warnings_of(broker)),
    }


def _said(topics: Topics) -> dict[str, str]:
    names = ("status", "state", "sample", "event", "workout", "ack")
    return {name: getattr(topics, name) for name in names}

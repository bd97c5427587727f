"""`--share`: where the page behind the treadmill is served, and under which secret."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_address
from secrets import token_urlsafe
from typing import Annotated, Final

import typer

from coach import qr
from coach.cli.options import each
from coach.core.error import CoachError
from coach.keeper.wire import Share
from coach.page.lines import address

TOKEN_BYTES: Final = 16  # 128 bits: nobody guesses them while a session lasts
AWAY: Final = ("192.0.2.1", 9)  # an address of nobody (RFC 5737); nothing is sent, only the way there is looked up

ShareOption = Annotated[
    bool, typer.Option("--share", help="Show the session on a phone or tablet behind the treadmill; it can only stop.")
]
ShareAddress = Annotated[
    str | None,
    typer.Option("--share-address", metavar="ADDRESS", help="The address of this computer to serve it from."),
]


class ShareError(CoachError):
    """The page cannot be served; the message says what can be done."""


def shared(wanted: bool, host: str | None) -> Share | None:
    """What a keeper is asked to serve; nothing where nobody asked for it.

    Raises:
        ShareError: there is no network, or the address is none of this computer.
        typer.BadParameter: it is none that a page could be served from.
    """
    if not wanted and host is None:
        return None
    where = _way() if host is None else each("--share-address", [host], _own)[0]
    return Share(where, token_urlsafe(TOKEN_BYTES), _free(where))


def address_of(share: Share | None) -> str:
    """What a browser is to open; nothing where nothing is shared."""
    return "" if share is None else address(share.host, share.port, share.token)


def told(share: Share | None, *, colour: bool) -> Iterator[str]:
    """The address and its QR code, as lines."""
    if share is None:
        return
    yield from qr.lines(address_of(share), colour=colour)
    yield f"Behind the treadmill: {address_of(share)}"
    yield "Whoever has this address can watch, and stop the belt. Let the screen stay on."


def _way() -> str:
    """The address of the interface that the default route leads through."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as one:
        try:
            one.connect(AWAY)
            found = str(one.getsockname()[0])
        except OSError:
            found = ""
    if not found or ip_address(found).is_loopback or ip_address(found).is_unspecified:
        raise ShareError("--share: this computer is in no network; --share-address names one of its own addresses")
    return found


def _own(host: str) -> str:
    """The address that was asked for, where one computer can have it."""
    try:
        found = ip_address(host)
    except ValueError:
        raise CoachError(f"{host or 'nothing'} is not an address; write it in numbers, as 192.168.1.20") from None
    if found.is_unspecified or found.is_multicast:
        raise CoachError(f"{host} is every address; the page is served from one only")
    if found.version == 6 and (found.scope_id or found.ipv4_mapped):
        raise CoachError(f"{host}: no browser opens such an address; name another of this computer")
    return str(found)


def _free(host: str) -> int:
    """A port that is free now. It is chosen here, so that every page of this start of coach has the same address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with closing(socket.socket(family, socket.SOCK_STREAM)) as one:
            one.bind((host, 0))
            return int(one.getsockname()[1])
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ShareError(f"--share-address {host}: is none of this computer's: {why}") from error

"""`python -m coach.page`: the process that serves the page; its keeper talks to it over standard input and output."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from queue import SimpleQueue
from typing import Final

from coach.core.error import CoachError
from coach.keeper.pipe import Outlet, listen
from coach.keeper.wire import LONGEST
from coach.log import to_file
from coach.page.lines import NotServed, Up, read_opening, up_line
from coach.page.view import Shown
from coach.system.signals import OF_TERMINAL, ignore

LEAVES_S: Final = 1.0  # so long the last lines may take

log = logging.getLogger("coach.page")


def main() -> int:
    """Serve the page that the first line asks for."""
    ignore(OF_TERMINAL)  # these are for the cockpit (safety.md 9)
    out = Outlet(os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0), "to-keeper")
    inbox: SimpleQueue[bytes | None] = SimpleQueue()  # None: nothing more comes
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    _ = listen(source, "from-keeper", inbox.put, lambda: inbox.put(None), LONGEST)
    try:
        return _served(inbox, out)
    finally:
        out.close(LEAVES_S)


def _served(inbox: SimpleQueue[bytes | None], out: Outlet) -> int:
    from coach.sinks.header import read_header

    try:
        opening = read_opening(inbox.get() or b"")
        to_file("page")
        plan = None if opening.header is None else read_header(opening.header)[0]
    except CoachError as refused:
        out.put(up_line(NotServed(str(refused))))
        return 1
    from coach.page.serve import Server

    def say(said: Up) -> None:
        out.put(up_line(said))

    async def serve() -> None:
        server, loop = Server(opening, Shown(plan), say), asyncio.get_running_loop()

        def pass_on() -> None:
            while (line := inbox.get()) is not None:
                _ = loop.call_soon_threadsafe(server.hear, line)
            _ = loop.call_soon_threadsafe(server.end)

        passing = loop.run_in_executor(None, pass_on)
        try:
            await server.run()
        finally:
            inbox.put(None)
            await passing

    asyncio.run(serve())
    return 0


if __name__ == "__main__":
    sys.exit(main())

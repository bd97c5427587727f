"""`python -m coach.keeper`: the process that owns the belt. Its cockpit talks to it over standard input and output."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Final

from coach.core.error import CoachError
from coach.keeper.pipe import Outlet, listen
from coach.keeper.run import Closed, Inbox
from coach.keeper.wire import LONGEST, WIRE, Begin, Refused, WireError, encode, to_keeper
from coach.log import beside, to_file
from coach.system.signals import OF_TERMINAL, ignore

LEAVES_S: Final = 3.0  # so long the last lines may take to a cockpit that does not read

log = logging.getLogger("coach.keeper")


def main() -> int:
    """Keep the session that the first line asks for."""
    ignore(OF_TERMINAL)  # these are for the cockpit (safety.md 9)
    out = Outlet(os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0), "to-cockpit")
    try:
        return _kept(out)
    finally:
        out.close(LEAVES_S)


def _kept(out: Outlet) -> int:
    inbox: Inbox = SimpleQueue()
    with ExitStack() as stack:
        try:
            begin = _begin(sys.stdin.buffer.readline(LONGEST))
            to_file("keeper")
            watchdog = stack.enter_context(beside("keeper-hung.txt"))
            from coach.keeper.session import keep, prepare

            kept = prepare(begin, inbox, out, stack, watchdog)
        except (CoachError, OSError) as refused:
            out.put(encode(Refused(str(refused))))
            return 1
        except Exception as error:
            log.exception("the session cannot be kept")
            out.put(encode(Refused(f"an error of its own: {type(error).__name__}: {error}")))
            return 1
        listen(sys.stdin.buffer, "from-cockpit", lambda line: _hear(line, inbox), lambda: inbox.put(Closed()), LONGEST)
        try:
            keep(kept, out)
        except Exception:
            log.exception("the keeper ends; the guard has the belt")  # its pipe ends with us
            os._exit(1)
    return 0


def _begin(line: bytes) -> Begin:
    if not line.endswith(b"\n"):
        raise WireError("this workout is too large for one session; make it shorter")
    begin = to_keeper(line)
    if not isinstance(begin, Begin) or begin.wire != WIRE:
        raise WireError("the cockpit speaks another version of this protocol; start coach again")
    return begin


def _hear(line: bytes, inbox: Inbox) -> None:
    try:
        inbox.put(to_keeper(line))
    except WireError as error:
        log.warning("from the cockpit: %s", error)


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    os._exit(code)  # the thread that listens sits in a read, which Python's own end would trip over

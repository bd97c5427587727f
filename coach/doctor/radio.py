"""Probes of the radio: the adapters that Linux lists, and one look through bleak in a child process.

On macOS a program without the permission for Bluetooth is ended by the system with SIGABRT, without an exception
(bleak's documentation); so the look is a child's, and its exit code is part of the answer.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from coach.doctor.finding import Finding, State
from coach.spawn import spawn
from coach.system import SYSTEM
from coach.system.radio import allow, forbidden

CHILD: Final = "coach.doctor.radio"  # this module, run by itself, is the child
CHILD_S: Final = 12.0  # imports take seconds on a small computer, the look itself one
LISTEN_S: Final = 1.0  # a device nearby advertises several times in it
_SYS: Final = Path("/sys/class")


def adapter(system: Path = _SYS) -> Finding:
    """The adapters that the kernel of Linux lists, and whether a switch holds them off; `system` is /sys/class."""
    names = sorted(path.name for path in system.glob("bluetooth/hci*") if ":" not in path.name)
    off = [kind for kind in ("hard", "soft") if any(_blocked(path, kind) for path in system.glob("rfkill/rfkill*"))]
    if not names and not off:
        return Finding("adapter", State.MISSING, "none", "plug in a USB adapter for Bluetooth 4.0 or newer")
    seen = ", ".join(names) or "one"
    if "hard" in off:
        return Finding("adapter", State.MISSING, f"{seen}, off by a switch", "look for a switch or key for the radio")
    if "soft" in off:
        return Finding("adapter", State.MISSING, f"{seen}, switched off", "rfkill unblock bluetooth")
    return Finding("adapter", State.OK, seen)


def _blocked(path: Path, kind: str) -> bool:
    try:
        told = [(path / name).read_text(encoding="utf-8").strip() for name in ("type", kind)]
    except OSError:
        return False
    return told == ["bluetooth", "1"]


def radio(timeout_s: float = CHILD_S) -> Finding:
    """Bluetooth can be used: switched on, allowed, and it hears. Takes LISTEN_S and the start of a process."""
    try:
        child = spawn(CHILD)
    except OSError as error:
        return Finding("radio", State.MISSING, f"no process for it: {error}", "try again")
    try:
        told, _ = child.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return Finding("radio", State.MISSING, f"no answer in {timeout_s:g} s", "switch Bluetooth off and on again")
    return answered(child.returncode, told)


def answered(code: int, told: bytes, system: str = SYSTEM) -> Finding:
    """What the end of the child means: its exit code and what it said."""
    try:
        facts = json.loads(told.splitlines()[-1])
        error, heard = facts["error"], facts["heard"]
    except (IndexError, ValueError, KeyError, TypeError):
        return _died(code, system)
    if error:
        seen, _, do = str(error).partition("; ")
        return Finding("radio", State.MISSING, seen.rstrip("."), do.rstrip(".") or "then run coach doctor again")
    return Finding("radio", State.OK, f"switched on and allowed; {_many(heard)} in {LISTEN_S:g} s")


def _many(heard: object) -> str:
    return "heard no treadmill or strap" if heard == 0 else f"heard {heard} treadmills and straps"


def _died(code: int, system: str) -> Finding:
    if forbidden(code, system):
        do = f"{allow(system)}, and open it anew"
        return Finding("radio", State.MISSING, "macOS does not allow this terminal to use Bluetooth", do)
    why = f"signal {-code}" if code < 0 else f"exit code {code}"
    return Finding("radio", State.MISSING, f"the look at Bluetooth ended with {why}", "run coach scan --debug")


def main() -> int:
    """The child: one look, one line of JSON."""
    from coach.core.error import LinkError
    from coach.link.ble import scan

    try:
        heard, error = len(asyncio.run(scan(LISTEN_S))), ""
    except LinkError as failed:
        heard, error = 0, str(failed)
    print(json.dumps({"heard": heard, "error": error}), flush=True)
    return 1 if error else 0


if __name__ == "__main__":
    sys.exit(main())

"""Drives a machine to a speed, posts a guard, says so, and waits for its own end; run as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

from coach.link.machine_file import find_machine
from coach.link.remote import RemoteTreadmill
from coach.spawn import Process, spawn

THERE_S: Final = 100.0  # of the session's clock, when the belt has its speed


def run_at(kmh: float, treadmill: RemoteTreadmill) -> None:
    """Bring the belt to a speed, from creep on, at THERE_S."""
    treadmill.connect(0.0)
    treadmill.write(b"\x00", 1.0)
    treadmill.write(b"\x07", 2.0)
    treadmill.run_until(20.0)
    treadmill.write(b"\x02" + round(kmh * 100).to_bytes(2, "little"), 20.0)
    treadmill.run_until(THERE_S)


def post(orders: dict[str, object], last: dict[str, object]) -> Process:
    """A guard that has its orders, is asleep and knows what the belt said last."""
    guard = spawn("coach.keeper.guard", log=sys.stderr)
    assert guard.stdin is not None
    assert guard.stdout is not None
    guard.stdin.write(json.dumps(orders).encode() + b"\n")
    guard.stdin.flush()
    assert json.loads(guard.stdout.readline())["ready"] is True
    guard.stdin.write(json.dumps(last).encode() + b"\n")
    guard.stdin.flush()
    return guard


def main() -> None:
    """Be the driver that the word says."""
    asked = json.loads(sys.argv[1])
    treadmill = RemoteTreadmill(asked["port"], asked["secret"], find_machine(asked["machine"]))
    treadmill.pace = asked["pace"]
    run_at(asked["kmh"], treadmill)
    guard = post(asked["orders"], asked["last"])
    # A child that came later and outlives us must not hold the pipe of the guard.
    bystander = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    subprocess.Popen(bystander, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    treadmill.run_until(THERE_S + 0.1)
    print(guard.pid, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()

"""How many times faster than pyftms 0.4.15 a Treadmill Data frame is decoded, on the same frames and interpreter.

    python tests/bench/bench_decode.py [--python INTERPRETER]

pyftms needs Python 3.12 or 3.13. An interpreter that has it is used as it is; for another one, a temporary virtual
environment is made and filled from the package index. Both sides run in that interpreter, each in a process of its own.
Exit code 1 when a ratio is under the budget.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

PYFTMS = "pyftms==0.4.15"
BUDGET = 25.0
ROUNDS = 7
COUNT = 60  # of each frame in a round
FIRST_SIGHT = "no frame twice"  # told, not judged: machines notify up to five times between two changes
ROOT = Path(__file__).resolve().parents[2]
FRAMES = (  # the golden frames that pyftms can read whole (ftms.md 5)
    "9e04730233022500003c00ff7f0000ff7f0200ffffff1f00",  # Life Fitness
    "9e0517059202fb00000000ff7f7c00ff7f1b00ffffff698a00",
    "9e0c5000bd025301000000ff7f7c00ff7f2300ffffffad003b00",
    "001f71000002cc003c06ff7f1a00",  # Matrix
    "1f0084012a00000000000001000000",  # Technogym
    "80064e020200ffffff372700",
    "8624fa00d900a605005500ffffff5709f30d00",  # Yesoul
    "8404000000000000000000000000",  # Horizon
    "9c25000000000000000000000000000000000000000000000000",  # Urevo
)


def main() -> int:
    """Measure both sides and print the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", default=shutil.which("python3.12") or shutil.which("python3.13"))
    parser.add_argument("--side", choices=("coach", "pyftms"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.side:
        print(json.dumps(measure(coach_reader() if chosen.side == "coach" else pyftms_reader())))
        return 0
    if not chosen.python:
        print("no python3.12 or python3.13 on PATH; name one with --python", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place:
        python = prepared(chosen.python, Path(place))
        ours, theirs = run(python, "coach"), run(python, "pyftms")
    ratios = {how: theirs[how] / ours[how] for how in ours}
    for how, ratio in ratios.items():
        print(f"{how:20} coach {ours[how]:6.2f} us   {PYFTMS} {theirs[how]:6.2f} us   ratio {ratio:5.1f}")
    print(f"budget: {BUDGET:g} times, for all but {FIRST_SIGHT!r}")
    return 0 if all(ratio >= BUDGET for how, ratio in ratios.items() if how != FIRST_SIGHT) else 1


def coach_reader() -> Callable[[bytes], object]:
    """Bytes to fields, flat and in units."""
    from coach.core.ftms import decode_treadmill_data

    return decode_treadmill_data


def pyftms_reader() -> Callable[[bytes], object]:
    """Bytes to the same: what pyftms does with each notification before it looks for changes."""
    from pyftms.models.realtime_data.treadmill import TreadmillData  # type: ignore[import-not-found]  # there, not here
    from pyftms.serializer import get_serializer  # type: ignore[import-not-found]  # there, not here

    serializer = get_serializer(TreadmillData)
    return lambda value: serializer.deserialize(value)._asdict()


def measure(read: Callable[[bytes], object]) -> dict[str, float]:
    """Microseconds for a frame, the best of some rounds."""
    golden = [bytes.fromhex(frame) for frame in FRAMES]
    return {
        "the same frames": best(read, [golden * COUNT] * ROUNDS),
        "each 5 times running": best(read, [[f for f in frames for _ in range(5)] for frames in different(golden)]),
        FIRST_SIGHT: best(read, different(golden)),
    }


def different(golden: list[bytes]) -> list[list[bytes]]:
    """Frames for each round of which no two are alike: the first number of each counts up."""
    return [
        [frame[:2] + (start + count).to_bytes(2, "little") + frame[4:] for count in range(COUNT) for frame in golden]
        for start in range(0, ROUNDS * COUNT, COUNT)
    ]


def best(read: Callable[[bytes], object], rounds: list[list[bytes]]) -> float:
    """Microseconds for a frame in the fastest round."""
    spent = []
    for frames in rounds:
        begun = perf_counter()
        for frame in frames:
            read(frame)
        spent.append((perf_counter() - begun) / len(frames))
    return min(spent) * 1e6


def prepared(python: str, place: Path) -> str:
    """Give an interpreter that has pyftms."""
    asked = "from importlib.metadata import version; print('pyftms==' + version('pyftms'))"
    found = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
    if found.stdout.strip() == PYFTMS:
        return python
    subprocess.run([python, "-m", "venv", str(place)], check=True)
    python = str(place / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    subprocess.run([python, "-m", "pip", "install", "--quiet", PYFTMS], check=True)
    return python


def run(python: str, side: str) -> dict[str, float]:
    """Measure one side in a process of its own."""
    done = subprocess.run(
        [python, __file__, "--side", side],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    times: dict[str, float] = json.loads(done.stdout)
    return times


if __name__ == "__main__":
    sys.exit(main())

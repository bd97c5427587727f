"""How many times faster than pyftms 0.4.15 a Treadmill Data frame is decoded, on the same frames and interpreter.

pyftms needs Python 3.12 or 3.13. An interpreter that has it is used as it is; for another one, a temporary virtual
environment is made and filled from the package index. Both sides run in that interpreter, each in a process of its own:
`python tests/bench/decode.py SIDE` is one, and imports nothing but what it measures.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

PYFTMS = "pyftms==0.4.15"
VARIABLE = "PYFTMS_PYTHON"  # names the interpreter, where neither is on the PATH
ROUNDS = 7
COUNT = 60  # of each frame in a round
SAME, FIVE, FIRST_SIGHT = "the same frames", "each five times running", "no frame twice"
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


def ratios() -> dict[str, float]:
    """How many times faster, by how the frames repeat; machines notify up to five times between two changes.

    Raises:
        OSError: there is no interpreter that can have pyftms, or it cannot be had; the message says so.
    """
    with tempfile.TemporaryDirectory() as place:
        python = _prepared(_interpreter(), Path(place))
        ours, theirs = _run(python, "coach"), _run(python, "pyftms")
    return {how: theirs[how] / ours[how] for how in ours}


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
        SAME: _best(read, [golden * COUNT] * ROUNDS),
        FIVE: _best(read, [[f for f in frames for _ in range(5)] for frames in _different(golden)]),
        FIRST_SIGHT: _best(read, _different(golden)),
    }


def _different(golden: list[bytes]) -> list[list[bytes]]:
    """Frames for each round of which no two are alike: the first number of each counts up."""
    return [
        [frame[:2] + (start + count).to_bytes(2, "little") + frame[4:] for count in range(COUNT) for frame in golden]
        for start in range(0, ROUNDS * COUNT, COUNT)
    ]


def _best(read: Callable[[bytes], object], rounds: list[list[bytes]]) -> float:
    """Microseconds for a frame in the fastest round."""
    spent = []
    for frames in rounds:
        begun = perf_counter()
        for frame in frames:
            read(frame)
        spent.append((perf_counter() - begun) / len(frames))
    return min(spent) * 1e6


def _interpreter() -> str:
    """A Python that pyftms runs with."""
    for python in filter(None, _candidates()):
        asked = "import sys; sys.exit(not (3, 12) <= sys.version_info < (3, 14))"
        if not subprocess.run([python, "-c", asked], capture_output=True, check=False).returncode:
            return python
    raise FileNotFoundError(f"pyftms needs Python 3.12 or 3.13, and none is here; {VARIABLE} names one")


def _candidates() -> Iterator[str | None]:
    yield os.environ.get(VARIABLE)
    yield from (sys.executable, shutil.which("python3.12"), shutil.which("python3.13"))
    if pyenv := shutil.which("pyenv"):  # its own commands work only for the version that is chosen
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False).stdout.strip()
        yield from (str(path) for path in sorted(Path(root).glob("versions/3.1[23].*/bin/python")))


def _prepared(python: str, place: Path) -> str:
    """An interpreter that has pyftms."""
    asked = "from importlib.metadata import version; print('pyftms==' + version('pyftms'))"
    found = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
    if found.stdout.strip() == PYFTMS:
        return python
    words = [[python, "-m", "venv", str(place)]]
    python = str(place / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    words.append([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYFTMS])
    for command in words:
        if subprocess.run(command, capture_output=True, check=False).returncode:
            raise OSError(f"{PYFTMS} cannot be installed here")
    return python


def _run(python: str, side: str) -> dict[str, float]:
    """Measure one side in a process of its own."""
    done = subprocess.run(
        [python, __file__, side],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    times: dict[str, float] = json.loads(done.stdout)
    return times


if __name__ == "__main__":
    print(json.dumps(measure(coach_reader() if sys.argv[1] == "coach" else pyftms_reader())))

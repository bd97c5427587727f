"""Runs batches of a target in a process of its own, and watches it: an input that never comes back is told too.

A batch has a seed of its own, so an input is made again from target, seed, batch and number, without those before it.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any, Final, TypeAlias

from tests.fuzz.mutate import Mutator
from tests.fuzz.targets import Target, targets

HANG_S: Final = 10.0  # an input that takes so long takes for ever
LOOKS_S: Final = 0.5  # how often somebody looks
STARTS_S: Final = 60.0  # a process with its corpus
ROOT: Final = str(Path(__file__).resolve().parents[2])
Place: TypeAlias = "tuple[int, int]"  # batch and number of an input


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be: in words, the input, and where that comes from."""

    what: str
    place: Place
    raw: bytes


@dataclass(slots=True)
class Account:
    """What running a target came to."""

    inputs: int = 0
    seconds: float = 0.0
    slowest_s: float = 0.0
    slowest_at: Place = (0, 0)
    begin_kb: int = 0  # of memory, after the first batch
    end_kb: int = 0
    peak_kb: int = 0
    findings: list[Finding] = field(default_factory=list)  # one of each kind
    times: Counter[str] = field(default_factory=Counter)

    def add(self, more: Account) -> None:
        """Another batch."""
        self.inputs += more.inputs
        if more.slowest_s > self.slowest_s:
            self.slowest_s, self.slowest_at = more.slowest_s, more.slowest_at
        self.begin_kb, self.end_kb = self.begin_kb or more.end_kb, more.end_kb or self.end_kb
        self.peak_kb = max(self.peak_kb, more.peak_kb)
        self.findings += [one for one in more.findings if one.what not in self.times]
        self.times += more.times


def made(target: Target, seed: int, batch: int) -> Iterator[bytes]:
    """The inputs of a batch, one after the other."""
    mutator = Mutator(
        f"{seed}/{target.name}/{batch}", target.corpus(), target.tokens, longest=target.longest, text=target.text
    )
    while True:
        yield mutator.make()


def run_batch(target: Target, seed: int, batch: int, size: int, place: Any = None) -> Account:
    """Run some inputs in this process; `place` is where another one looks which input it is at."""
    account, longest_s, longest = Account(size), 0.0, 0
    inputs = made(target, seed, batch)
    try:
        with target.feeding() as feed:
            for number in range(size):
                raw = next(inputs)
                if place is not None:
                    place[1] = number
                began_s = perf_counter()
                try:
                    feed(raw)
                except target.told:
                    pass
                except Exception as error:  # noqa: BLE001 whatever it is, it is what is looked for
                    _note(account, Finding(_words(error), (batch, number), raw))
                took_s = perf_counter() - began_s
                if took_s > longest_s:
                    longest_s, longest = took_s, number
    except Exception as error:  # noqa: BLE001 what is said of the batch as a whole
        _note(account, Finding(f"after the batch: {_words(error)}", (batch, size), b""))
    account.slowest_s, account.slowest_at = longest_s, (batch, longest)
    return account


def target_of(name: str) -> Target:
    """A target by its name."""
    return targets()[name]


def run(
    name: str, seed: int, count: int, seconds: float, find: Callable[[str], Target] = target_of, hang_s: float = HANG_S
) -> Account:
    """Run a target in a process of its own until so many inputs are through, or so many seconds."""
    account, began_s, batch = Account(), monotonic(), 0
    while account.inputs < count and monotonic() - began_s < seconds:
        work = _Work(name, find, seed, batch, count - account.inputs, began_s + seconds - monotonic())
        batch = _watched(work, hang_s, account)
    account.seconds = monotonic() - began_s
    return account


@dataclass(frozen=True, slots=True)
class _Work:
    """What a process is to run: batches from one on."""

    name: str
    find: Callable[[str], Target]
    seed: int
    batch: int
    count: int
    seconds: float


def _watched(work: _Work, hang_s: float, account: Account) -> int:
    """Run batches; returns the next one, which is behind an input that hung."""
    spawning = multiprocessing.get_context("spawn")
    place = spawning.RawArray("Q", 2)  # batch, counted from 1, and number of the input that is read
    ours, theirs = spawning.Pipe()
    batch = work.batch
    process = spawning.Process(target=_work, args=(work, place, theirs), daemon=True)
    process.start()
    theirs.close()
    seen, seen_s = (0, 0), monotonic()
    try:
        while True:
            if ours.poll(LOOKS_S):
                told: Account | None = ours.recv()
                if told is None:
                    return batch
                account.add(told)
                batch, seen_s = batch + 1, monotonic()
                continue
            now = (int(place[0]), int(place[1]))
            if now != seen:
                seen, seen_s = now, monotonic()
            if monotonic() - seen_s > (hang_s if seen[0] else STARTS_S):
                at, number = max(seen[0] - 1, batch), seen[1]
                raw = next(islice(made(work.find(work.name), work.seed, at), number, None))
                account.add(_alone(Finding(f"hangs: more than {hang_s:g} s", (at, number), raw), number + 1))
                return at + 1
    except (EOFError, ConnectionError):
        process.join(HANG_S)
        number = int(place[1])
        account.add(_alone(Finding(f"the process ended with {process.exitcode}", (batch, number), b""), number + 1))
        return batch + 1
    finally:
        ours.close()
        process.kill()
        process.join()


def _work(work: _Work, place: Any, told: Connection) -> None:
    warnings.simplefilter("error")
    logging.disable()
    target, until_s, batch, count = work.find(work.name), monotonic() + work.seconds, work.batch, work.count
    _ = target.corpus()
    while count > 0 and monotonic() < until_s:
        place[0] = batch + 1
        account = run_batch(target, work.seed, batch, min(target.batch, count), place)
        gc.collect()
        account.end_kb, account.peak_kb = _memory_kb()
        told.send(account)
        count -= account.inputs
        batch += 1
    told.send(None)


def _alone(finding: Finding, inputs: int) -> Account:
    return Account(inputs, findings=[finding], times=Counter({finding.what: 1}))


def _note(account: Account, finding: Finding) -> None:
    if finding.what not in account.times:
        account.findings.append(finding)
    account.times[finding.what] += 1


def _words(error: Exception) -> str:
    """The kind of an error and the innermost line of ours that it came through: the same fault has the same words."""
    ours = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith(ROOT)]
    ours = [one for one in ours if ".venv" not in one.filename]
    where = f"{Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno} {ours[-1].name}" if ours else "?"
    message = str(error).partition("\n")[0] if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} at {where} {message[:60]}".rstrip()


def _memory_kb() -> tuple[int, int]:
    """What this process holds now, and held at most; nothing where the system does not say."""
    if sys.platform != "linux":
        return 0, 0
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(told["VmRSS"].split()[0]), int(told["VmHWM"].split()[0])

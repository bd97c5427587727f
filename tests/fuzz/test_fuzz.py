"""Hostile inputs for everything that reads, a few of each target; the long form is `python -m tests.fuzz`."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import replace
from itertools import islice
from threading import Event

import pytest

from coach.core.error import DecodeError
from tests.fuzz import corpus
from tests.fuzz.run import made, run, run_batch
from tests.fuzz.targets import Target, targets

SEED = 20_261_122
FEW = {"frames": 3000, "belt": 1000, "decode": 500, "page": 1000, "mqtt": 300, "pipe": 300, "socket": 20, "fit": 20}
USUAL = 60
DIGITS = b"9" * 5000  # more than Python makes a number of
SURROGATE = b"\\ud800"  # in JSON, half of a sign
TITLE = b"format: 1\nname: Test\nsteps:\n"


@pytest.mark.parametrize("name", targets())
def test_no_mutation_raises_anything_but_what_is_documented(name: str) -> None:
    account = run_batch(targets()[name], SEED, 0, FEW.get(name, USUAL))
    assert account.findings == []


def _one(inputs: tuple[bytes, ...], old: bytes, new: bytes) -> bytes:
    whole = next(one for one in inputs if old in one)
    return whole.replace(old, new, 1)


def _without_summary(journal: bytes) -> bytes:
    return b"".join(line for line in journal.splitlines(keepends=True) if not line.startswith(b'{"summary"'))


FOUND = {  # inputs that broke something once: what it was, and the target
    "a long line with many colons took minutes": ("check", TITLE + b"  -" + b"<a>" * 8000 + b"{x: y: " * 2000),
    "a speed of thousands of digits took seconds": ("check", TITLE + b"  - forward: 0." + b"1" * 40_000 + b" @ 5\n"),
    "many declarations before the root took for ever": ("qz", b'<?xml version="1.0"?>' * 2000 + b"<"),
    "a status with line breaks reached the terminal": ("decode", b"\x07\x03\x02A\x0a\x1b[2J"),
    "a capture with deep lists": ("capture", b'{"schema": 1, "values": ' + b"[" * 5000 + b"\n"),
    "a capture with an instant of hundreds of digits": (
        "capture",
        _one(corpus.captures(), b'"at_s": 0.5', b'"at_s": ' + b"9" * 400),
    ),
    "a number in the settings with thousands of digits": ("settings", b"[runner.anna]\nbirth_year = " + DIGITS),
    "settings with deep lists": ("settings", b"sound = " + b"[" * 5000),
    "an option of the library as a setting": ("settings", b"_env_prefix = 5\n"),
    "the name of an argument as a setting": ("settings", b"__pydantic_self__ = 1\n"),
    "a number of a machine with thousands of digits": ("machine", b'name = "SIM-x"\nmax_kmh = ' + DIGITS),
    "a machine with deep lists": ("machine", b'name = "SIM-x"\nmax_kmh = ' + b"[" * 5000),
    "a fact about a machine that is not a number": (
        "known",
        _one(corpus.known_files(), b'"start_delay_s": 3.0', b'"another": NaN'),
    ),
    "half of a sign in the name of a machine": ("known", _one(corpus.known_files(), b'"T9"', b'"' + SURROGATE + b'"')),
    "half of a sign in the name of a runner": (
        "people",
        _one(corpus.people_files(), b'"anna"', b'"' + SURROGATE + b'"'),
    ),
    "a balance of hundreds of digits": ("people", _one(corpus.people_files(), b"12.5", b"9" * 400)),
    "half of a sign in the mark of a deleted session": (
        "stub",
        _one(corpus.stubs(), b'"mark": "', b'"mark": "' + SURROGATE),
    ),
    "a plan with units that are infinite": ("replay", _one(corpus.journals(), b'"target":1.0', b'"target":1e309')),
    "a closed journal without a summary whose numbers make no sense": (
        "journal",
        _one((_without_summary(corpus.journals()[1]),), b'"target":1.0', b'"target":1e309'),
    ),
    "the key of a websocket that is no base64": (
        "socket",
        _one(corpus.requests(), b"dGhlIHNhbXBsZSBub25jZQ==", b"\xc9GhlIA"),
    ),
}


@pytest.mark.parametrize(("name", "raw"), FOUND.values(), ids=FOUND)
def test_what_broke_something_once_is_read_or_refused(name: str, raw: bytes) -> None:
    with targets()[name].feeding() as feed, suppress(*targets()[name].told):
        feed(raw)


def test_the_same_seed_makes_the_same_inputs() -> None:
    for target in (targets()["check"], targets()["frames"]):
        first = list(islice(made(target, 1, 3), 50))
        assert first == list(islice(made(target, 1, 3), 50))
        assert first != list(islice(made(target, 1, 4), 50))
        assert max(map(len, first)) <= target.longest


def test_what_raises_is_told_once_with_its_first_input_and_how_often() -> None:
    def breaks(raw: bytes) -> None:
        if raw[:1] == b"\0":
            raise ZeroDivisionError
        raise DecodeError("told")

    target = replace(targets()["frames"], feeding=lambda: nullcontext(breaks))
    account = run_batch(target, SEED, 0, 200)
    (finding,) = account.findings
    assert finding.what.startswith("ZeroDivisionError at tests/fuzz/test_fuzz.py:")
    assert finding.raw[0] == 0
    assert 1 < account.times.total() < 200
    again = list(islice(made(target, SEED, 0), 200))
    assert again[finding.place[1]] == finding.raw


def _hangs_at_seven(raw: bytes) -> None:
    if raw == SEVENTH:
        _ = Event().wait()


def _hanging(name: str) -> Target:
    return Target(name, 20, corpus.shorthands, lambda: nullcontext(_hangs_at_seven), batch=10)


SEVENTH = list(islice(made(_hanging("hanging"), SEED, 0), 8))[7]


@pytest.mark.slow
def test_an_input_that_never_comes_back_is_told_and_the_rest_is_run() -> None:
    account = run("hanging", SEED, 20, 60.0, _hanging, hang_s=0.5)
    assert [(one.what, one.raw) for one in account.findings] == [("hangs: more than 0.5 s", SEVENTH)]
    assert account.inputs == 20

"""Spoils bytes: a few changes at a time, of the kinds that break parsers; the same seed, the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import Final

MOST_CHANGES: Final = 6
DEEPEST: Final = 20_000  # brackets within each other; Python's own parsers give up at about a thousand
MOST_TIMES: Final = 4096  # of a piece that is repeated
NUMBERS: Final = (
    b"0", b"-0", b"-1", b"1e309", b"-1e309", b"1e-320", b"NaN", b"Infinity", b"nan", b"inf", b"0x7f", b"1_000", b"255",
    b"256", b"65535", b"65536", b"2147483648", b"4294967296", b"9007199254740993", b"18446744073709551616", b"true",
    b"1.7976931348623157e308", b"0.1" + b"0" * 400 + b"1", b"9" * 400, b"9" * 5000, b"null", b'""', b"[]", b"{}",
)  # fmt: skip
SIGNS: Final = (
    "\0", "\a", "\x1b[2J", "\r", "\r\n", "\t", "\x85", "\u00a0", "\u00ad", "\u0130", "\u0301" * 40, "\u200b", "\u200f",
    "\u2028", "\u2029", "\u202e", "\u2212", "\u2013", "\u00df", "\u0660", "\u06f5", "\uff11", "\ufdfa", "\ufeff",
    "\ufffe", "\uffff", "\ud800", "\udfff", "\U0001f3c3", "\U0010ffff", "\u8d70", "\u00bd", "\u00b2", "\u2460",
)  # fmt: skip
BROKEN: Final = (b"\xff", b"\xc0\x80", b"\xf8\x88\x80\x80\x80", b"\xe2\x82", b"\x80")  # no UTF-8
ODD: Final = (*(sign.encode("utf-8", "surrogatepass") for sign in SIGNS), *BROKEN)
BRACKETS: Final = (
    (b"[", b"]"), (b"{", b"}"), (b'{"a":', b"}"), (b"[[", b"]]"), (b"(", b")"), (b"<a>", b"</a>"), (b"- ", b""),
)  # fmt: skip
_NUMBER: Final = re.compile(rb"-?\d+(?:\.\d+)?")


class Mutator:
    """Makes inputs of what a format's inputs look like, and of its words."""

    def __init__(
        self, seed: str, corpus: Sequence[bytes], tokens: Sequence[bytes], *, longest: int, text: bool
    ) -> None:
        """What is longer than `longest` is cut; numbers, signs and brackets are for what is text."""
        self._random = Random(seed).random
        self._corpus = corpus
        self._tokens = tokens or (b"",)
        self._longest = longest
        changes = (
            self._flip,
            self._octet,
            self._cut_out,
            self._end,
            self._twice,
            self._splice,
            self._token,
            self._instead,
        )
        more = (self._number, self._number, self._odd, self._swap, self._repeat, self._nest)
        self._changes = (*changes, *more) if text else changes

    def make(self) -> bytes:
        """The next input."""
        raw = bytearray(self._corpus[self._below(len(self._corpus))])
        changes = self._changes
        for _ in range(1 + int(self._random() ** 2 * MOST_CHANGES)):
            changes[self._below(len(changes))](raw)
        del raw[self._longest :]
        return bytes(raw)

    def _below(self, end: int) -> int:
        return int(self._random() * end)

    def _piece(self, raw: bytearray, longest: int = 40) -> tuple[int, int]:
        start = self._below(len(raw) + 1)
        return start, min(len(raw), start + self._below(longest))

    def _flip(self, raw: bytearray) -> None:
        if raw:
            raw[self._below(len(raw))] ^= 1 << self._below(8)

    def _octet(self, raw: bytearray) -> None:
        if raw:
            raw[self._below(len(raw))] = self._below(256)

    def _cut_out(self, raw: bytearray) -> None:
        start, end = self._piece(raw)
        del raw[start:end]

    def _end(self, raw: bytearray) -> None:
        if self._random() < 0.5:
            del raw[self._below(len(raw) + 1) :]
        else:
            raw += bytes(self._below(256) for _ in range(self._below(8)))

    def _twice(self, raw: bytearray) -> None:
        start, end = self._piece(raw)
        raw[start:start] = raw[start:end]

    def _splice(self, raw: bytearray) -> None:
        other = self._corpus[self._below(len(self._corpus))]
        start = self._below(len(other) + 1)
        raw[self._below(len(raw) + 1) :] = other[start:]

    def _token(self, raw: bytearray) -> None:
        at = self._below(len(raw) + 1)
        raw[at:at] = self._tokens[self._below(len(self._tokens))]

    def _instead(self, raw: bytearray) -> None:
        start, end = self._piece(raw)
        raw[start:end] = self._tokens[self._below(len(self._tokens))]

    def _number(self, raw: bytearray) -> None:
        found = _NUMBER.search(raw, self._below(len(raw) + 1)) or _NUMBER.search(raw)
        start, end = found.span() if found else self._piece(raw)
        raw[start:end] = NUMBERS[self._below(len(NUMBERS))]

    def _odd(self, raw: bytearray) -> None:
        start, end = self._piece(raw, 3)
        raw[start:end] = ODD[self._below(len(ODD))]

    def _swap(self, raw: bytearray) -> None:
        """Two lines change places."""
        lines = raw.split(b"\n")
        one, other = self._below(len(lines)), self._below(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
        raw[:] = b"\n".join(lines)

    def _repeat(self, raw: bytearray) -> None:
        start, end = self._piece(raw)
        raw[start:end] = raw[start:end] * int(MOST_TIMES ** self._random())

    def _nest(self, raw: bytearray) -> None:
        opening, closing = BRACKETS[self._below(len(BRACKETS))]
        start, end = self._piece(raw)
        times = int(DEEPEST ** self._random())
        raw[start:end] = opening * times + raw[start:end] + closing * (times if self._random() < 0.7 else 0)

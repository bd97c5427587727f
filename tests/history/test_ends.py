"""The two ends of a journal say the same as the whole of it, however it was cut off."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from coach.history.ends import Ends, read_ends
from coach.history.tail import PIECE_BYTES
from coach.sinks.journal import parse_journal
from coach.sinks.line import JournalError
from tests.history.journals import BACK, WALK
from tests.history.made import journal

HEAD = b'{"journal":1,"simulated":true}\n'
EVENT = b'{"at_s":1.0,"event":"tick"}\n'
END = b'{"ended":"finished","reason":"finished","digest":"d"}\n'


def ends(content: bytes) -> Ends:
    return read_ends(BytesIO(content))


@pytest.mark.parametrize("workout", [WALK, BACK])
def test_the_ends_of_a_journal_tell_what_all_of_it_tells(workout: str) -> None:
    content = journal(workout).read_bytes()
    whole, found = parse_journal(content.decode()), ends(content)
    assert found.summary == whole.summary
    assert whole.end is not None
    assert found.end == {"ended": "finished", "reason": "finished", "digest": whole.end.digest}
    assert (found.guarded, found.said) == (False, ())
    assert found.head["sha256"] == whole.origin.sha256


def test_wherever_it_is_cut_off_the_ends_tell_what_the_rest_of_it_tells() -> None:
    content = journal(WALK).read_bytes() + b'{"said":{"effort":3}}\n{"said":{"effort":4,"note":"\xc3\xa4"}}\n'
    header = content.index(b"\n") + 1
    for cut in {*range(header, header + 200, 7), *range(len(content) - 2500, len(content) + 1, 19), len(content)}:
        whole, found = parse_journal(content[:cut].decode(errors="replace")), ends(content[:cut])
        assert found.summary == whole.summary, cut
        assert (found.end is None) == (whole.end is None), cut
        assert list(found.said) == [dict(one) for one in whole.said], cut


@pytest.mark.parametrize("more", [-2, -1, 0, 1, 2, PIECE_BYTES, PIECE_BYTES * 5])
def test_a_summary_as_long_as_what_is_read_at_once_is_found_whole(more: int) -> None:
    frame = b'{"summary":{"note":""}}\n'
    summary = frame.replace(b'""', b'"' + b"x" * (PIECE_BYTES - len(frame) - len(END) + more) + b'"')
    found = ends(HEAD + EVENT * 3 + summary + END)
    assert isinstance(found.summary, dict)
    assert len(found.summary["note"]) == PIECE_BYTES - len(frame) - len(END) + more
    assert found.end is not None


@pytest.mark.parametrize("events", [0, 1, 599, 600, 601, 2000])
def test_what_was_said_is_found_in_its_order_behind_any_number_of_events(events: int) -> None:
    said = b"".join(b'{"said":{"effort":%d}}\n' % (number % 11) for number in range(1200))
    found = ends(HEAD + EVENT * events + END + said)
    assert [one["effort"] for one in found.said] == [number % 11 for number in range(1200)]


def test_lines_that_cannot_be_read_count_as_not_written() -> None:
    found = ends(
        HEAD + EVENT + b'{"summary":{"a":1}}\n' + END + b"\0\0\0\n[1]\n{\n" + b'{"said":3}\n{"said":{"effort":1}}\n{"sa'
    )
    assert (found.summary, found.end is not None, found.said) == ({"a": 1}, True, ({"effort": 1},))


def test_of_two_ends_the_later_holds() -> None:
    found = ends(
        HEAD + b'{"summary":{"a":1}}\n' + END + b'{"summary":{"a":2}}\n{"ended":"stopped","reason":"","digest":"e"}\n'
    )
    assert found.summary == {"a": 2}
    assert found.end is not None
    assert found.end["ended"] == "stopped"


def test_a_guard_behind_the_last_event_is_seen() -> None:
    assert ends(HEAD + EVENT + b'{"guard":"stop","after_s":0.5}\n').guarded
    assert not ends(HEAD + EVENT).guarded


def test_the_mark_is_that_of_the_session_whatever_was_said_of_it() -> None:
    content = HEAD + EVENT + END
    assert ends(content).mark == ends(content + b'{"said":{"effort":1}}\n').mark
    others = [content.replace(b"true", b"false"), content.replace(b'"d"', b'"e"'), HEAD + EVENT]
    assert len({ends(content).mark, *(ends(other).mark for other in others)}) == 4


NO_JOURNALS = {
    "nothing": b"",
    "zeros": b"\0" * 100_000,
    "text": b"nonsense\n",
    "a list": b"[]\n",
    "another file of coach": b'{"capture": 1}\n{"at_s": 1}\n',
    "a header that is cut off": HEAD[:-1],
    "half a header": HEAD[:10],
    "depth": b"[" * 100_000 + b"\n",
    "another format": b'{"journal":2}\n',
    "no number": b'{"journal":NaN}\n',
}


@pytest.mark.parametrize("content", NO_JOURNALS.values(), ids=NO_JOURNALS)
def test_what_is_no_journal_is_refused(content: bytes) -> None:
    with pytest.raises(JournalError, match=r"is not a journal|format 2"):
        ends(content)


def test_a_line_without_an_end_is_not_read_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with path.open("wb") as file:
        file.write(HEAD)
        file.seek(40_000_000)
        file.write(b"\n")
    with path.open("rb") as file, pytest.raises(JournalError, match="too long"):
        read_ends(file)

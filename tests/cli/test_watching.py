"""What counts as a change of a file, whichever way an editor writes; nobody waits here."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coach.cli.watching import changes, sign

Act = Callable[[Path], None]


def nothing(path: Path) -> None:
    pass


def in_place(path: Path) -> None:
    path.write_text("longer than before", encoding="utf-8")


def beside(path: Path) -> None:
    new = path.with_suffix(".new")
    new.write_text("anew", encoding="utf-8")
    new.replace(path)


def same_size_and_time(path: Path) -> None:
    found = path.stat()
    new = path.with_suffix(".new")
    new.write_text("yaml"[: found.st_size], encoding="utf-8")
    os.utime(new, ns=(found.st_atime_ns, found.st_mtime_ns))
    new.replace(path)


def gone(path: Path) -> None:
    path.unlink()


def back(path: Path) -> None:
    path.write_text("back", encoding="utf-8")


def older(path: Path) -> None:
    os.utime(path, ns=(0, 0))


STORIES: dict[str, tuple[list[Act], list[str]]] = {
    "nothing": ([nothing] * 4, []),
    "written in place": ([in_place, nothing, nothing], ["was saved"]),
    "written beside and put in its place": ([beside, nothing, nothing], ["was saved"]),
    "the same size and time, another file": ([same_size_and_time, nothing], ["was saved"]),
    "an older file": ([older, nothing], ["was saved"]),
    "saved twice": ([in_place, nothing, beside, nothing], ["was saved", "was saved"]),
    "gone for one look": ([gone, back, nothing], ["was saved"]),
    "gone": ([gone, nothing, nothing], ["is gone"]),
    "gone and back": ([gone, nothing, nothing, back, nothing], ["is gone", "is there"]),
    "still being written": ([in_place, beside, in_place, beside, nothing, nothing], ["was saved"]),
    "saved and not looked at again": ([nothing, in_place], []),
}


@pytest.mark.parametrize(("acts", "told"), STORIES.values(), ids=STORIES)
def test_a_change_is_told_once_when_two_looks_have_seen_it(tmp_path: Path, acts: list[Act], told: list[str]) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("mine", encoding="utf-8")
    assert [words for (words,) in seen(lambda: [file], acts, file)] == told


class EndError(Exception):
    """The story is over."""


def seen(paths: Callable[[], list[Path]], acts: list[Act], file: Path) -> Iterator[list[str]]:
    """The words of each change, while a story happens to a file."""
    story = iter(acts)

    def wait() -> None:
        act = next(story, None)
        if act is None:
            raise EndError
        act(file)

    told = changes(paths, wait)
    assert next(told) == ()
    while True:
        try:
            yield [change.words for change in next(told)]
        except EndError:
            return


def test_what_comes_into_a_folder_is_new_and_what_leaves_it_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"

    def listed() -> list[Path]:
        return sorted(tmp_path.glob("*.yaml"))

    assert list(seen(listed, [back, nothing, nothing, gone, nothing], file)) == [["is new"], ["is gone"]]


def test_several_files_that_change_at_once_are_told_together_in_order(tmp_path: Path) -> None:
    one, two = tmp_path / "a.yaml", tmp_path / "b.yaml"

    def both(_: Path) -> None:
        two.write_text("b", encoding="utf-8")
        one.write_text("a", encoding="utf-8")

    assert list(seen(lambda: [two, one], [both, nothing], one)) == [["is there", "is there"]]


def test_what_is_no_path_has_no_sign(tmp_path: Path) -> None:
    assert sign(tmp_path / "nothing") is None
    assert sign(Path("a\0b")) is None
    assert sign(tmp_path) is not None

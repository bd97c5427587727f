"""`coach card`: a picture of the session that was meant, in the format that was named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coach import places
from tests.cli.test_report import folder, real
from tests.history.journals import BACK, put

Run = Callable[..., tuple[int, str, str]]
__all__ = ["folder"]


def test_without_a_file_it_is_a_png_here(coach: Run, folder: Path) -> None:
    path = real(folder)
    code, out, err = coach("card")
    assert (code, out, err) == (0, f"{path.stem}.png: written\n", "")
    assert Path(f"{path.stem}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("name", "begin"), [("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("A.PNG", b"\x89PNG")])
def test_the_name_of_the_file_says_the_format(coach: Run, folder: Path, name: str, begin: bytes) -> None:
    real(folder)
    assert coach("card", "last", "-o", name)[0] == 0
    assert Path(name).read_bytes().startswith(begin)


def test_a_folder_takes_a_png_and_the_terminal_an_svg(coach: Run, folder: Path) -> None:
    path = real(folder)
    Path("cards").mkdir()
    assert coach("card", "-o", "cards")[0] == 0
    assert Path("cards", f"{path.stem}.png").exists()
    code, out, _ = coach("card", "-o", "-")
    assert code == 0
    assert out.startswith("<svg ")
    assert out.rstrip().endswith("</svg>")


def test_a_simulated_session_says_so(coach: Run, folder: Path) -> None:
    assert folder.exists()
    put(places.journals(simulated=True), workout=BACK, simulated=True)
    code, out, _ = coach("card", "-o", "a.svg")
    assert code == 0
    assert "SIMULATED" in out
    assert ">SIMULATED</text>" in Path("a.svg").read_text(encoding="utf-8")
    assert coach("card", "--text")[1].rstrip().endswith("SIMULATED: no real belt moved.")


def test_text_is_for_a_chat(coach: Run, folder: Path) -> None:
    real(folder, who="ann")
    code, out, err = coach("card", "--text")
    assert (code, err) == (0, "")
    assert "Facing the rear: 1:30 min" in out
    assert "ann" not in out
    assert coach("card", "--text", "-o", "chat.txt")[1] == "chat.txt: written\n"
    assert Path("chat.txt").read_text(encoding="utf-8") == out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-o", "a.pdf"], 2, "name a .svg or a .png"),
        (["-o", ".png"], 2, "name a .svg or a .png"),
        (["-o", "a"], 2, "name a .svg or a .png"),
        (["-o", "none/a.png"], 1, "there is no folder none"),
        (["nonsense"], 1, "there is no session 'nonsense'"),
        (["--runner", "bob"], 1, "there is no runner 'bob'"),
        (["--text", "-o", "a.jsonl"], 1, "recordings have such names"),
    ],
)
def test_what_is_wrong_is_one_sentence(coach: Run, folder: Path, words: list[str], code: int, said: str) -> None:
    real(folder)
    found, _, err = coach("card", *words)
    assert (found, said in err) == (code, True), err
    assert list(Path().iterdir()) == []


def test_a_card_is_never_drawn_over_the_recording(coach: Run, folder: Path) -> None:
    path = real(folder)
    before = path.read_bytes()
    Path("a.png").symlink_to(path)
    assert coach("card", "-o", "a.png")[0] == 1
    assert path.read_bytes() == before

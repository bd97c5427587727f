"""The README keeps its promises: its workout is valid, its commands exist, its tree is the tree."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coach.cli import COMMANDS
from coach.script.check import check_text, load
from tests.bench.table import PARTS

HOME = Path(__file__).parents[1]
README = (HOME / "README.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """The fenced blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_workout_of_the_page_is_valid() -> None:
    (text,) = blocks("yaml")
    assert check_text(text).rendered() == ""


def test_the_shorthand_of_the_page_is_valid() -> None:
    (text,) = re.findall(r"needs no file: `'([^']+)'` is one", README)
    assert load(text).rendered() == ""


def test_the_settings_of_the_page_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from coach.config import load as load_config

    file = tmp_path / "config.toml"
    file.write_text(blocks("toml")[0], encoding="utf-8")
    monkeypatch.setenv("COACH_CONFIG", str(file))
    assert load_config().chosen().max_bpm == 182


def test_the_python_of_the_page_runs() -> None:
    exec(compile(blocks("python")[0], "README.md", "exec"), {})


def test_every_command_of_the_page_exists_and_every_command_is_on_it() -> None:
    named = set(re.findall(r"`coach ([a-z-]+)", README)) | set(re.findall(r"^coach ([a-z-]+)", README, re.MULTILINE))
    assert named == set(COMMANDS)


def test_set_up_is_two_commands_with_the_uv_form_beside_each() -> None:
    first, second = blocks("sh")[:2]
    assert [len(block.splitlines()) for block in (first, second)] == [1, 1]
    assert first.endswith("coach demo\n")
    assert second.endswith("pytest\n")
    assert len(blocks("sh uv")[0].splitlines()) == 2


def test_the_tree_of_the_page_is_the_tree() -> None:
    (tree,) = (block for block in blocks("text") if block.startswith("workouts/"))
    words = set(re.findall(r"[a-z_]+(?:\.py)?", tree))
    core = {path.stem for path in (HOME / "coach" / "core").glob("*.py")} - {"__init__"}
    files = {path.name for path in (HOME / "coach").glob("*.py")} - {"__init__.py"}
    assert (core | files) - words == set()
    assert {path.parent.name for path in (HOME / "coach").glob("*/__init__.py")} == set(
        re.findall(r"^  (?:\S.*  )?(\w+)/ ", tree, re.MULTILINE)
    )


def test_the_tree_names_what_the_tests_have_beside_the_folders_of_coach() -> None:
    (tree,) = (block for block in blocks("text") if block.startswith("workouts/"))
    named = tree.partition("\ntests/")[2]
    folders = {file.parent.name for file in (HOME / "tests").glob("*/*.py")}
    mirrored = {path.name for path in (HOME / "coach").iterdir() if path.is_dir()}
    alone = {file.name for file in (HOME / "tests").glob("*.py") if not file.name.startswith(("test_", "conftest"))}
    assert {f"{folder}/" for folder in folders - mirrored} == set(re.findall(r"\b(?!coach/)[a-z]+/", named))
    assert alone == set(re.findall(r"[a-z]+\.py", named))


def test_every_proof_of_the_page_can_be_run() -> None:
    proofs = set(re.findall(r"python -m (tests\.[a-z.]+[a-z])", README))
    assert proofs >= {f"tests.{name}" for name in ("core.explore", "faults", "fuzz", "soak", "mutation", "covered")}
    files = {HOME / Path(*proof.split(".")) for proof in proofs}
    assert not [file for file in files if not (file.with_suffix(".py").is_file() or (file / "__main__.py").is_file())]


def test_the_table_of_budgets_has_every_row_that_is_measured() -> None:
    (table,) = re.findall(r"<!-- budgets -->\n(.*?)<!-- end of budgets -->", README, re.DOTALL)
    rows = [line.split(" | ")[:2] for line in table.splitlines() if line.startswith("| ")]
    assert rows[1:] == [[f"| {row.what}", row.budget] for part in PARTS for row in part.rows]


@pytest.mark.slow
@pytest.mark.parametrize("name", re.findall(r"^\| `python -m (tests[.a-z]+)", README, re.MULTILINE))
def test_every_proof_of_the_page_says_what_it_does(name: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", name, "--help"]
    said = subprocess.run(
        words, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(HOME)}, capture_output=True, text=True
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith(f"usage: python -m {name} ")
    assert list(tmp_path.iterdir()) == []

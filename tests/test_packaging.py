"""The wheel: it has the workouts and the machines, and nothing that does not belong; it runs from anywhere."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

HOME = Path(__file__).parents[1]

DATA = {  # beside the modules, and the fewest of each
    "link/machines/*.toml": 16,
    "link/models.toml": 1,
    "script/rules/*.toml": 4,
    "templates/*.yaml": 7,
    "tui/coach.tcss": 1,
    "page/page.*": 3,
    "page/digits.js": 1,
    "py.typed": 1,
}

TOP = {"LICENSE", "README.md", "coach", "pyproject.toml", "tests", "workouts"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=HOME, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_has_all_data_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if ".dist-info/" not in name}
    code = {path.relative_to(HOME).as_posix() for path in (HOME / "coach").rglob("*.py")}
    data = {
        path.relative_to(HOME).as_posix()
        for pattern, fewest in DATA.items()
        for path in enough(sorted((HOME / "coach").glob(pattern)), fewest)
    }
    workouts = {f"coach/{path.relative_to(HOME).as_posix()}" for path in (HOME / "workouts").rglob("*.*")}
    assert len(workouts) >= 28
    assert names == code | data | workouts


def test_the_top_of_the_project_holds_what_it_should_and_nothing_else() -> None:
    if not (HOME / ".git").exists():
        pytest.skip("this is no checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, check=True, capture_output=True, text=True).stdout
    tops = {name.split("/")[0] for name in listed.split("\0") if name}
    assert {top for top in tops if not top.startswith(".")} == TOP


def enough(paths: list[Path], fewest: int) -> list[Path]:
    """The paths, of which there are as many as there should be."""
    assert len(paths) >= fewest
    return paths


def test_the_wheel_names_its_command_and_its_licence(wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        about = {Path(name).name: opened.read(name).decode() for name in opened.namelist() if ".dist-info/" in name}
    assert "coach = coach.__main__:main" in about["entry_points.txt"]
    assert "MIT License" in about["LICENSE"]
    assert "\nName: treadmill-coach\n" in about["METADATA"]
    assert "\nRequires-Python: >=3.11\n" in about["METADATA"]


@pytest.mark.parametrize("words", [["list", "--json"], ["machines", "--json"], ["simulate", "kind-knees", "--json"]])
def test_the_wheel_runs_from_another_directory(wheel: Path, tmp_path: Path, words: list[str]) -> None:
    package = tmp_path / "package"
    with ZipFile(wheel) as opened:
        opened.extractall(package)
    code = f"import sys; sys.path.insert(0, {str(package)!r}); from coach.__main__ import main; main()"
    here = tmp_path / "elsewhere"
    here.mkdir()
    nobody = {"COACH_CONFIG": "", "PATH": os.environ.get("PATH", ""), "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")}
    run = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=here, capture_output=True, text=True, check=True, env=nobody
    )
    assert json.loads(run.stdout)["schema"] == 1

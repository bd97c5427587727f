"""The laws of the tree: who may import whom, where a permit is written, and how long a file of the core may be."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "coach"
CORE = sorted((PACKAGE / "core").rglob("*.py"))
IMPURE = ["asyncio", "time", "logging", "random", "os"]
LONGEST_CORE = 300
ONLY_IN = {  # a library, and the only places that may import it
    "yaml": ["script/source.py"],
    "defusedxml": ["script/convert/xml.py"],
    "fit_tool": ["script/convert/fit.py", "history/export/fit_file.py"],
    "sqlite3": ["history/index.py"],
    "matplotlib": ["show/figure.py", "show/handout.py", "history/report/charts/"],
    "segno": ["qr.py"],
    "textual": ["tui/"],
    "bleak": ["link/ble.py"],
    "bumble": ["air/"],
    "typer": ["cli/", "__main__.py"],
    "aiohttp": ["page/"],
    "aiomqtt": ["sinks/mqtt.py"],
    "wakepy": ["keeper/awake.py"],
    "faulthandler": ["keeper/run.py"],
    "pydantic_settings": ["config.py"],
}
APART = [  # neither imports the other
    ("core/engine.py", "core/safety.py"),
    ("link/", "sinks/"),
    ("link/", "tui/"),
    ("sinks/", "tui/"),
]
NEVER = [
    ("core/safety.py", "core/ftms/"),
    ("core/safety.py", "core/control.py"),
    ("", "tests/"),
    ("keeper/", "cli/"),
    ("keeper/", "tui/"),
    ("keeper/", "script/"),
    ("tui/", "cli/"),
    *(("network/", other) for other in ("cli/", "tui/", "link/", "page/")),
    ("seen/", "cli/"),
    ("seen/", "tui/"),
    ("seen/", "link/"),
    ("seen/", "sinks/"),
    ("tui/", "history/store.py"),
    ("tui/", "history/index.py"),
    ("tui/", "history/indexed.py"),
    ("history/", "cli/"),
    ("history/", "tui/"),
    ("history/", "keeper/"),
    ("history/", "link/"),
    ("setup/", "cli/"),
    ("setup/", "tui/"),
    ("setup/", "sinks/"),
    ("air/", "keeper/"),
    ("doctor/", "cli/"),
    ("script/", "cli/"),
    ("script/", "link/"),
    ("show/", "cli/"),
    ("show/", "tui/"),
    ("show/", "link/"),
    *(("tui/", f"keeper/{name}.py") for name in ("client", "run", "session", "guard")),
    *(  # a replay drives, sounds and writes nothing
        ("keeper/player.py", name)
        for name in (
            *(
                f"keeper/{one}.py"
                for one in ("client", "guard", "lock", "pipe", "recorder", "run", "sentry", "session")
            ),
            *(f"sinks/{one}.py" for one in ("alarm", "mouth", "player", "speaker", "voice")),
            *("spawn.py", "written.py", "link/driver.py", "link/radio.py"),
        )
    ),
]


def place(path: Path) -> str:
    """The place of a file in the package: core/engine.py."""
    return path.relative_to(PACKAGE).as_posix()


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All that stands in a file."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))))


def imported(path: Path) -> Iterator[str]:
    """The full names of all that a file imports, also inside functions."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path)}:{node.lineno}: a relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def places(path: Path) -> set[str]:
    """The places in the package that a file imports from."""
    found = set()
    for name in imported(path):
        parts = name.split(".")
        if parts[0] != "coach":
            continue
        inside = PACKAGE.joinpath(*parts[1:])
        if inside.with_suffix(".py").is_file() and len(parts) > 1:
            found.add(place(inside.with_suffix(".py")))
        elif inside.is_dir():
            found.add(f"{place(inside)}/")
    return found


FILES = {place(path): path for path in sorted(PACKAGE.rglob("*.py"))}
IMPORTS = {name: places(path) for name, path in FILES.items()}


def libraries(path: Path) -> set[str]:
    """The top names of all that a file imports."""
    return {name.partition(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", CORE, ids=place)
def test_the_core_imports_itself_and_the_pure_part_of_the_standard_library(path: Path) -> None:
    outside = libraries(path) - {"coach"}
    assert outside <= sys.stdlib_module_names - set(IMPURE)
    assert all(one.startswith("core/") or one == "/" for one in IMPORTS[place(path)]), IMPORTS[place(path)]


def test_the_core_when_imported_brings_nothing_else() -> None:
    names = [".".join(("coach", *Path(place(path)).with_suffix("").parts)) for path in CORE]
    code = f"import sys\nbefore = set(sys.modules)\nimport {', '.join(names)}\nprint(*(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    found = {name.partition(".")[0] for name in run.stdout.split()}
    own = {name for name in run.stdout.split() if name.startswith("coach.")}
    assert found - {"coach"} <= set(sys.stdlib_module_names)
    assert not found & {"asyncio", "logging", "random"}
    assert all(name.startswith("coach.core") for name in own)


@pytest.mark.parametrize(("library", "allowed"), ONLY_IN.items(), ids=ONLY_IN)
def test_a_library_is_imported_only_where_it_belongs(library: str, allowed: list[str]) -> None:
    users = [name for name, path in FILES.items() if library in libraries(path)]
    assert [name for name in users if not name.startswith(tuple(allowed))] == []


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_parts_do_not_import_each_other(one: str, other: str) -> None:
    for here, there in ((one, other), (other, one)):
        users = {name: found for name, found in IMPORTS.items() if name.startswith(here)}
        assert [name for name, found in users.items() if any(part.startswith(there) for part in found)] == []


@pytest.mark.parametrize(("one", "other"), NEVER)
def test_a_part_does_not_import_another(one: str, other: str) -> None:
    users = {name: found for name, found in IMPORTS.items() if name.startswith(one)}
    assert users
    assert [name for name, found in users.items() if any(part.startswith(other) for part in found)] == []


def test_only_safety_makes_a_permit() -> None:
    makers = []
    for name, path in FILES.items():
        calls = (node for node in nodes(path) if isinstance(node, ast.Call))
        names = {
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "") for call in calls
        }
        makers += [name] if "Permit" in names else []
    assert makers == ["core/safety.py"]


@pytest.mark.parametrize("path", CORE, ids=place)
def test_a_file_of_the_core_is_not_too_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_CORE


def test_help_imports_no_library() -> None:
    code = (
        "import sys, io\nsys.argv = ['coach', '--help']\nfrom coach.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    modules = run.stdout.splitlines()[-1].split()
    assert {name.partition(".")[0] for name in modules} & {"typer", "rich", "pydantic", "yaml", "platformdirs"} == set()
    assert [name for name in modules if name.startswith("coach.")] == ["coach.cli", "coach.__main__"]

"""The law of the three systems: what differs stands in coach/system, and every file can be imported on each."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
SYSTEM = HOME / "coach" / "system"
OUTSIDE = [path for path in sorted((HOME / "coach").rglob("*.py")) if SYSTEM not in path.parents]

NAMES = frozenset({"linux", "darwin", "win32", "cygwin", "nt", "posix"})  # of systems, as Python has them
MODULES = frozenset(
    {
        *("fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"),
        *("_winapi", "msvcrt", "nt", "winreg", "winsound"),
    }
)
SOMEWHERE = {  # what only some systems have, or what means something else on each
    "sys": {"platform", "getwindowsversion"},
    "os": {
        *("chown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getpgid", "getpgrp", "getuid", "killpg"),
        *("mkfifo", "name", "nice", "openpty", "pread", "pwrite", "setpgid", "setsid", "setuid", "startfile"),
        *("sched_getaffinity", "sysconf", "tcgetpgrp", "tcsetpgrp", "uname", "wait3", "wait4"),
        *("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "WIFSIGNALED", "WTERMSIG"),
    },
    "signal": {
        *("SIGALRM", "SIGBREAK", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP"),
        *("SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGUSR1", "SIGUSR2", "SIGXFSZ", "alarm", "pause", "setitimer"),
    },
    "time": {"CLOCK_BOOTTIME", "CLOCK_UPTIME_RAW", "clock_gettime"},
    "ctypes": {"windll", "WinDLL"},
    "subprocess": {"CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW", "STARTUPINFO"},
    "asyncio": {"ProactorEventLoop", "open_unix_connection", "start_unix_server"},
}
OPENS = frozenset({"open", "fdopen", "read_text", "write_text"})
SUSPECT = re.compile(  # what a file has in it that is worth reading as a tree
    "|".join(
        [
            *(rf"\b{module}\.(?:{'|'.join(sorted(names))})\b" for module, names in SOMEWHERE.items()),
            rf"\bimport .*\b(?:{'|'.join(sorted(MODULES))})\b",
            rf"\bfrom (?:{'|'.join(sorted(MODULES | SOMEWHERE.keys()))}) import",
            rf"\b(?:get|has)attr\((?:{'|'.join(sorted(SOMEWHERE))})\b",
            rf"[\"'](?:{'|'.join(sorted(NAMES))})[\"']",
        ]
    )
)
IMPORTED = re.compile(r"^from (tests[\w.]*) import \(?([\w, \n]+)", re.MULTILINE)
OPENING = re.compile(r"open\(|_text\(|text=True")


def place(path: Path) -> str:
    """The place of a file: coach/core/engine.py."""
    return path.relative_to(HOME).as_posix()


def tree(path: Path, suspect: re.Pattern[str] | None = None) -> ast.Module:
    """A file; empty where nothing in it is suspect."""
    text = path.read_text(encoding="utf-8")
    return ast.parse(text if suspect is None or suspect.search(text) else "", str(path))


def modules(node: ast.AST) -> set[str]:
    """The top names of what a statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return {(node.module or "").partition(".")[0]} if isinstance(node, ast.ImportFrom) else set()


def taken(node: ast.AST) -> set[tuple[str, str]]:
    """The names of modules that a node uses: os.fork, or `from os import fork`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return {(node.value.id, node.attr)}
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "", alias.name) for alias in node.names}
    return set()


def of_one_system(node: ast.AST) -> Iterator[str]:
    """What in a node is there on some systems only."""
    yield from (name for name in modules(node) & MODULES)
    yield from (f"{module}.{name}" for module, name in taken(node) if name in SOMEWHERE.get(module, ()))


def differing(node: ast.AST) -> Iterator[str]:
    """What in a node is of one system, asks which one this is, or asks what it has."""
    yield from of_one_system(node)
    if isinstance(node, ast.Constant) and node.value in NAMES:
        yield repr(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"getattr", "hasattr"}:
        asked = node.args[0]
        if isinstance(asked, ast.Name) and asked.id in SOMEWHERE:
            yield f"{node.func.id}({asked.id}, ...)"


def test_what_differs_between_systems_stands_in_its_place() -> None:
    found = [
        f"{place(path)}:{getattr(node, 'lineno', 0)}: {what}"
        for path in OUTSIDE
        for node in ast.walk(tree(path, SUSPECT))
        for what in differing(node)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        *("import fcntl", "import sys, msvcrt", "from pwd import getpwuid", "from os import fork", "os.killpg(1, 9)"),
        *("sys.platform == 'x'", "on = 'win32'", "getattr(os, name)", "hasattr(signal, name)", "signal.SIGHUP"),
    ],
)
def test_the_law_sees_what_differs(text: str, tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text(text, encoding="utf-8")
    assert [what for node in ast.walk(tree(path, SUSPECT)) for what in differing(node)] != []


def test_what_differs_imports_only_the_standard_library_and_itself() -> None:
    for path in SYSTEM.glob("*.py"):
        for node in ast.walk(tree(path)):
            whole = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert modules(node) <= sys.stdlib_module_names or whole.startswith("coach.system"), place(path)


def test_text_is_utf_8_on_every_system() -> None:
    found = [
        f"{place(path)}:{node.lineno}: {ast.unparse(node)}"
        for path in (*OUTSIDE, *SYSTEM.glob("*.py"))
        for node in ast.walk(tree(path, OPENING))
        if isinstance(node, ast.Call) and _of_text(node) and not {one.arg for one in node.keywords} & {"encoding", None}
    ]
    assert found == []


def _of_text(node: ast.Call) -> bool:
    """It opens a file of text, or the pipes of a process for text."""
    if isinstance(node.func, ast.Name):
        return node.func.id == "open" and not _of_bytes(node)
    if not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr in {"run", "Popen", "check_output"}:
        return any(one.arg == "text" for one in node.keywords)
    return node.func.attr in OPENS and not _of_bytes(node) and not _other_open(node.func)


def _of_bytes(node: ast.Call) -> bool:
    """A mode says that it is opened for bytes."""
    values = [*node.args, *(one.value for one in node.keywords)]
    return any(isinstance(one, ast.Constant) and isinstance(one.value, str) and "b" in one.value for one in values)


def _other_open(opens: ast.Attribute) -> bool:
    """It is os.open(), or a thing of ours that can be opened."""
    owner = opens.value
    named = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return opens.attr == "open" and (named[:1].isupper() or named in {"os", "webbrowser", "self", "outside"})


def test_every_test_can_be_imported_on_every_system() -> None:
    found = [
        f"{place(path)}:{getattr(node, 'lineno', 0)}: {what}"
        for path in _collected()
        for node in _at_import(tree(path, SUSPECT).body)
        for what in of_one_system(node)
        if what not in {"sys.platform", "os.name"}
    ]
    assert found == []


def _collected() -> list[Path]:
    """What pytest imports: its files, and those of ours that they name; the guest of the laboratory is a Linux."""
    found: set[Path] = set()
    wanted = [path for name in ("test_*.py", "conftest.py") for path in (HOME / "tests").rglob(name)]
    while wanted:
        path = wanted.pop()
        if path in found or not path.is_file() or "guest" in path.parts:
            continue
        found.add(path)
        for module, names in IMPORTED.findall(path.read_text(encoding="utf-8")):
            inside = HOME.joinpath(*module.split("."))
            wanted += [inside.with_suffix(".py"), *(inside / f"{name.strip()}.py" for name in names.split(","))]
    return sorted(found)


def _at_import(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """What is done when a file is imported on Windows: no bodies of functions, and nothing that is for the others."""
    for one in body:
        match one:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from (node for part in one.decorator_list for node in _asked(part))
            case ast.ClassDef():
                yield from _at_import(one.body)
            case ast.If() if "sys.platform" in ast.unparse(one.test):
                windows = ast.unparse(one.test) == "sys.platform == 'win32'"
                yield from _at_import(one.body if windows else one.orelse)
            case ast.If() if ast.unparse(one.test) == "TYPE_CHECKING":
                pass
            case _:
                yield from _asked(one)


def _asked(node: ast.AST) -> Iterator[ast.AST]:
    """All that is in a node, but what stands behind a question about the system."""
    asks = "sys.platform", "os.name", "hasattr"
    if isinstance(node, ast.BoolOp) and any(word in ast.unparse(node.values[0]) for word in asks):
        return
    yield node
    for part in ast.iter_child_nodes(node):
        yield from _asked(part)

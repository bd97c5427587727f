"""What `coach editor-setup` prints can be pasted: each piece is read by a reader of its language."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from ruamel.yaml import YAML

from coach.cli.editor_setup import EDITORS, HOOK, TRAINING, WORKOUTS, emacs, helix, neovim, schemas, vscode, zed

Coach = Callable[..., tuple[int, str, str]]
ODD = {
    Path('/home/Zoë (2)/it\'s/my "schema" #1.json').as_uri(): ["*.workout.yaml", "/home/Zoë's [x]/*.yaml"],
    Path("/other.json").as_uri(): ["*.plan.yaml"],
}


def test_the_paths_are_those_of_the_schemas_of_this_coach(settings: Callable[[str], Path], tmp_path: Path) -> None:
    own = tmp_path / "own"
    settings(f'workouts = "{own.as_posix()}"\n')
    found = schemas()
    files = [Path(url2pathname(urlsplit(address).path)) for address in found]
    assert [json.loads(file.read_text(encoding="utf-8"))["title"] for file in files] == [
        "coach workout",
        "coach training plan",
    ]
    assert list(found.values()) == [[WORKOUTS, f"{own.resolve().as_posix()}/*.yaml"], [TRAINING]]


@pytest.mark.parametrize("given", [ODD, None], ids=["odd", "real"])
def test_every_editor_gets_all_schemas_in_its_own_language(given: Mapping[str, list[str]] | None) -> None:
    wanted = given or schemas()
    assert json.loads(vscode(wanted)) == {"yaml.schemas": wanted}
    assert json.loads(zed(wanted))["lsp"]["yaml-language-server"]["settings"]["yaml"]["schemas"] == wanted
    server = tomllib.loads(helix(wanted))["language-server"]["yaml-language-server"]
    assert server == {
        "command": "yaml-language-server", "args": ["--stdio"], "config": {"yaml": {"schemas": wanted}},
    }  # fmt: skip
    assert _lua(neovim(wanted))["settings"]["yaml"]["schemas"] == wanted
    assert _lisp(emacs(wanted))[":yaml"][":schemas"] == {f":{address}": files for address, files in wanted.items()}


@pytest.mark.skipif(shutil.which("luac") is None, reason="luac is not installed")
def test_the_lua_compiles(tmp_path: Path) -> None:
    file = tmp_path / "init.lua"
    file.write_text(neovim(ODD), encoding="utf-8")
    subprocess.run(["luac", "-p", str(file)], check=True)


@pytest.mark.skipif(shutil.which("emacs") is None, reason="emacs is not installed")
def test_the_lisp_is_read(tmp_path: Path) -> None:
    file = tmp_path / "init.el"
    file.write_text(emacs(ODD), encoding="utf-8")
    subprocess.run(["emacs", "-Q", "--batch", "-l", str(file)], check=True)


def test_the_hook_is_a_map_whose_pattern_takes_workouts() -> None:
    (repo,) = YAML(typ="safe").load(HOOK)["repos"]
    (hook,) = repo["hooks"]
    assert (repo["repo"], hook["entry"], hook["language"]) == ("local", "coach check", "system")
    taken = ["a.workout.yaml", "b/c.workout.yml", "a.yaml", "workout.yaml", "a.workout.yaml.bak"]
    assert [name for name in taken if re.search(hook["files"], name)] == taken[:2]


@pytest.mark.parametrize("name", EDITORS)
def test_only_what_is_pasted_goes_to_the_output(coach: Coach, name: str) -> None:
    code, out, err = coach("editor-setup", name)
    assert code == 0
    assert out == EDITORS[name].settings(schemas()) + "\n"
    assert EDITORS[name].where in err
    assert EDITORS[name].needs in err


def test_without_an_editor_all_are_told_on_one_page(coach: Coach) -> None:
    code, out, err = coach("editor-setup")
    assert (code, err) == (0, "")
    assert all(f"coach editor-setup {name} " in out for name in EDITORS)
    assert "coach check --watch" in out
    assert all(f"  {line}\n" in out for line in HOOK.splitlines())
    assert max(map(len, out.splitlines())) <= 80
    assert len(out.splitlines()) <= 24


@pytest.mark.parametrize(
    ("typed", "message"), [("nvim", "did you mean neovim?"), ("ed lin", "there are vscode, neovim")]
)
def test_an_unknown_editor_gives_the_nearest(coach: Coach, typed: str, message: str) -> None:
    code, out, err = coach("editor-setup", typed)
    assert (code, out) == (2, "")
    assert message in " ".join(err.split())


def test_a_name_may_be_in_capitals(coach: Coach) -> None:
    assert coach("editor-setup", "VSCode")[0] == 0


_TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|[A-Za-z_][\w.]*|[{}()\[\]=,])')


def _lua(text: str) -> Any:
    """The table that is given to vim.lsp.config; a reader of tables, names and strings, which is all there may be."""
    tokens = [found[1] for found in _TOKEN.finditer(text)]
    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", "".join(tokens)), "all of it was read"
    assert tokens[:4] == ["vim.lsp.config", "(", '"yamlls"', ","]
    table, rest = _lua_value(tokens[4:])
    assert rest == [")", "vim.lsp.enable", "(", '"yamlls"', ")"]
    return table


def _lua_value(tokens: list[str]) -> tuple[Any, list[str]]:
    first, rest = tokens[0], tokens[1:]
    if first != "{":
        return json.loads(first), rest
    listed, named = list[Any](), dict[str, Any]()
    while rest[0] != "}":
        if rest[0] == "[":
            assert rest[2:4] == ["]", "="]
            named[json.loads(rest[1])], rest = _lua_value(rest[4:])
        elif rest[1] == "=":
            named[rest[0]], rest = _lua_value(rest[2:])
        else:
            value, rest = _lua_value(rest)
            listed.append(value)
        if rest[0] == ",":
            rest = rest[1:]
    assert not (listed and named)
    return named or listed, rest[1:]


_ATOM = re.compile(r'\s*(\'|"(?:\\.|[^"\\])*"|[()\[\]]|[^\s()\[\]"\']+)')


def _lisp(text: str) -> Any:
    """The value of eglot-workspace-configuration, its property lists as dicts."""
    tokens = [found[1] for found in _ATOM.finditer(text)]
    forms = []
    while tokens:
        form, tokens = _lisp_value(tokens)
        forms.append(form)
    ((_, name, (quote, value)),) = (form for form in forms if form[0] == "setq-default")
    assert (name, quote) == ("eglot-workspace-configuration", "'")
    return _plist(value)


def _plist(value: Any) -> Any:
    if not (isinstance(value, list) and value and str(value[0]).startswith(":")):
        return value
    return {key: _plist(one) for key, one in zip(value[::2], value[1::2], strict=True)}


def _lisp_value(tokens: list[str]) -> tuple[Any, list[str]]:
    first, rest = tokens[0], tokens[1:]
    if first == "'":
        value, rest = _lisp_value(rest)
        return ["'", value], rest
    if first not in "([":
        return json.loads(first) if first[0] == '"' else first, rest
    found = []
    while rest[0] not in ")]":
        value, rest = _lisp_value(rest)
        found.append(value)
    assert rest[0] == {"(": ")", "[": "]"}[first]
    return found, rest[1:]

"""`coach editor-setup`: what to paste into an editor, so that it completes, explains and underlines workouts.

What is to be pasted goes to standard output and the words about it to standard error, so that it can be appended to a
file as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple, TypeAlias

import typer

from coach.cli.app import complain, out
from coach.cli.stage import person
from coach.script.find import PLANS, home
from coach.script.problem import close_to, quoted
from coach.script.schema import FILE, PLAN_FILE

Schemas: TypeAlias = Mapping[str, Sequence[str]]  # patterns of files by the address of their schema

WORKOUTS: Final = "*.workout.yaml"
TRAINING: Final = "*.plan.yaml"
INSTALL: Final = "npm install -g yaml-language-server"

Editor = Annotated[
    str, typer.Argument(metavar="EDITOR", help="vscode, neovim, helix, emacs or zed.", show_default=False)
]


class Setup(NamedTuple):
    """An editor: what it needs, where its settings are, and how they say which schema is for which files."""

    needs: str
    where: str
    settings: Callable[[Schemas], str]


def command(editor: Editor = "") -> None:
    """Say what to paste into an editor, so that it completes, explains and underlines; all editors without one."""
    if not editor:
        _overview()
        return
    setup = EDITORS.get(editor.lower())
    if setup is None:
        fix = close_to(editor.lower(), EDITORS) or f"there are {', '.join(EDITORS)}"
        raise typer.BadParameter(f"there is no editor {quoted(editor)} here; {fix}", param_hint="EDITOR")
    complain(f"Needed: {setup.needs}.")
    complain(f"Put this into {setup.where}, among what is there:\n")
    out(setup.settings(schemas()))
    complain(f"\nIt holds for {', '.join(pattern for patterns in schemas().values() for pattern in patterns)}.")
    complain("A file from `coach new` needs nothing of this. Print it again after Python was renewed: paths change.")


def schemas() -> Schemas:
    """The schemas of this coach as addresses, each with its files: by their names, and those of the own folder."""
    folder, own = Path(str(home())).resolve(), person().folder
    mine = [] if own is None else [f"{own.resolve().as_posix()}/*.yaml"]
    return {
        (folder / FILE).as_uri(): [WORKOUTS, *mine],
        (folder / PLANS / PLAN_FILE).as_uri(): [TRAINING],
    }


def vscode(schemas: Schemas) -> str:
    """Settings of VS Code, whose YAML extension has the language server in it."""
    return json.dumps({"yaml.schemas": schemas}, indent=2)


def neovim(schemas: Schemas) -> str:
    """Lua for Neovim 0.11 and newer."""
    lines = [f"        [{_lua(schema)}] = {{ {', '.join(map(_lua, files))} }}," for schema, files in schemas.items()]
    return "\n".join(
        [
            'vim.lsp.config("yamlls", {',
            '  cmd = { "yaml-language-server", "--stdio" },',
            '  filetypes = { "yaml" },',
            "  settings = {",
            "    yaml = {",
            "      schemas = {",
            *lines,
            "      },",
            "    },",
            "  },",
            "})",
            'vim.lsp.enable("yamlls")',
        ]
    )


def helix(schemas: Schemas) -> str:
    """TOML for Helix."""
    lines = [f"{json.dumps(schema)} = {json.dumps(list(files))}" for schema, files in schemas.items()]
    server = ["[language-server.yaml-language-server]", 'command = "yaml-language-server"', 'args = ["--stdio"]', ""]
    return "\n".join([*server, "[language-server.yaml-language-server.config.yaml.schemas]", *lines])


def emacs(schemas: Schemas) -> str:
    """Lisp for Eglot, which comes with Emacs 29; addresses have no sign that a symbol could not have."""
    pairs = [f":{schema} [{' '.join(map(json.dumps, files))}]" for schema, files in schemas.items()]
    told = "\n     ".join(pairs)
    return "\n".join(
        [
            "(with-eval-after-load 'eglot",
            "  (add-to-list 'eglot-server-programs",
            '               \'((yaml-mode yaml-ts-mode) . ("yaml-language-server" "--stdio"))))',
            "(setq-default eglot-workspace-configuration",
            "  '(:yaml (:schemas",
            f"    ({told}))))",
        ]
    )


def zed(schemas: Schemas) -> str:
    """Settings of Zed, which brings the language server itself."""
    settings = {"lsp": {"yaml-language-server": {"settings": {"yaml": {"schemas": schemas}}}}}
    return json.dumps(settings, indent=2)


EDITORS: Final[dict[str, Setup]] = {
    "vscode": Setup(
        "the extension YAML by Red Hat (redhat.vscode-yaml)",
        "settings.json (Preferences: Open User Settings (JSON))",
        vscode,
    ),
    "neovim": Setup(f"Neovim 0.11; {INSTALL}", "~/.config/nvim/init.lua", neovim),
    "helix": Setup(INSTALL, "~/.config/helix/languages.toml", helix),
    "emacs": Setup(f"Emacs 29; {INSTALL}", "~/.emacs.d/init.el", emacs),
    "zed": Setup("nothing, Zed brings the language server", "~/.config/zed/settings.json", zed),
}

HOOK: Final = """\
repos:
  - repo: local
    hooks:
      - id: coach-check
        name: coach check
        entry: coach check
        language: system
        files: \\.workout\\.ya?ml$"""


def _overview() -> None:
    out("A workout that begins with this line needs no settings, where the editor runs")
    out("yaml-language-server and the schema lies beside it; `coach new` sees to both:")
    out(f"  # yaml-language-server: $schema={FILE}")
    out()
    for name, setup in EDITORS.items():
        out(f"  coach editor-setup {name:<7}  {setup.needs}")
    out()
    out("An editor knows the language and not its rules; this checks at each save:")
    out("  coach check --watch my-workout.yaml")
    out()
    out("And this at each commit, in .pre-commit-config.yaml for https://pre-commit.com:")
    out("\n".join(f"  {line}" for line in HOOK.splitlines()))


def _lua(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

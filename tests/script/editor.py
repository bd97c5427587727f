"""An editor without a screen: it speaks the Language Server Protocol over two pipes, and one thing at a time."""

from __future__ import annotations

import json
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Self

LONGEST_S = 60  # a server that hangs is killed, and the pipe ends
SETTINGS: Mapping[str, Any] = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},
        "kubernetesCRDStore": {"enable": False},
    }
}
CAPABILITIES = {
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
    "textDocument": {
        "publishDiagnostics": {},
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
    },
}


class Editor:
    """A client of a language server; use it in a with."""

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, Any] = SETTINGS) -> None:
        self.folder = folder
        self.settings = settings
        self.process = subprocess.Popen(
            [*command, "--stdio"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.told = deque[dict[str, Any]]()  # notifications that nobody has asked for yet
        self.asked = 0
        self.opened = 0
        self.configured = False  # the server has asked for its settings

    def __enter__(self) -> Self:
        where = {"rootUri": self.folder.as_uri(), "workspaceFolders": None, "processId": None}
        try:
            self.ask("initialize", {**where, "capabilities": CAPABILITIES})
            self.tell("initialized", {})
            while not self.configured:
                self._heed(self._read())
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.ask("shutdown", None)
            self.tell("exit", None)
        else:
            self.process.kill()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait(LONGEST_S)

    def diagnostics(self, file: Path, text: str | None = None) -> list[str]:
        """What is underlined in a file: LINE:COLUMN: message, both from 1."""
        uri = self.open(file, text)
        while True:
            told = self._next_told()
            if told["method"] == "textDocument/publishDiagnostics" and told["params"]["uri"] == uri:
                found = told["params"]["diagnostics"]
                return [f"{_place(one['range']['start'])}: {one['message']}" for one in found]

    def complete(self, file: Path, text: str) -> dict[str, str]:
        """What is offered where a text has its `|`, by label, and what it puts in."""
        before, _, after = text.partition("|")
        answer = self.ask("textDocument/completion", self._at(self.open(file, before + after), before))
        return {item["label"]: item.get("textEdit", {}).get("newText", item["insertText"]) for item in answer["items"]}

    def hover(self, file: Path, text: str) -> str:
        """What is shown over the sign behind the `|` of a text."""
        before, _, after = text.partition("|")
        answer = self.ask("textDocument/hover", self._at(self.open(file, before + after), before))
        return "" if answer is None else str(answer["contents"]["value"])

    def open(self, file: Path, text: str | None = None) -> str:
        """Open a file as the editor holds it, with a name that the server has not seen; its URI."""
        self.opened += 1
        shown = file.with_name(f"{self.opened}-{file.name}") if text is not None else file
        uri = shown.as_uri()
        held = file.read_text(encoding="utf-8") if text is None else text
        document = {"uri": uri, "languageId": "yaml", "version": self.opened, "text": held}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def ask(self, method: str, params: object) -> Any:
        """The answer to a request."""
        self.asked += 1
        self._write({"id": self.asked, "method": method, "params": params})
        while True:
            message = self._read()
            if "method" not in message and message.get("id") == self.asked:
                assert "error" not in message, message["error"]
                return message["result"]
            self._heed(message)

    def tell(self, method: str, params: object) -> None:
        """A notification."""
        self._write({"method": method, "params": params})

    def _next_told(self) -> dict[str, Any]:
        while not self.told:
            self._heed(self._read())
        return self.told.popleft()

    def _heed(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            self.told.append(message)
        elif message["method"] == "workspace/configuration":
            self.configured = True
            items = message["params"]["items"]
            self._write({"id": message["id"], "result": [self.settings.get(item.get("section")) for item in items]})
        elif "method" in message:
            self._write({"id": message["id"], "result": None})

    def _at(self, uri: str, before: str) -> dict[str, Any]:
        lines = before.split("\n")
        return {"textDocument": {"uri": uri}, "position": {"line": len(lines) - 1, "character": len(lines[-1])}}

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        watch = Timer(LONGEST_S, self.process.kill)
        watch.start()
        try:
            length = 0
            while line := self.process.stdout.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            body = self.process.stdout.read(length)
        finally:
            watch.cancel()
            watch.join()
        assert len(body) == length > 0, "the language server has ended"
        message: dict[str, Any] = json.loads(body)
        return message


def _place(position: Mapping[str, int]) -> str:
    return f"{position['line'] + 1}:{position['character'] + 1}"

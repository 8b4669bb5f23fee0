# SPDX-License-Identifier: MIT
"""A client of the language server over standard input and output, as an editor is one."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any


class LspError(Exception):
    """The server refused a request."""


class LspClient:
    """Starts `hhc lsp`, keeps what it publishes, asks and waits for answers."""

    def __init__(self, hhc: Path, root: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [hhc, "lsp", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.published: Queue[dict[str, Any]] = Queue()
        self._answers: Queue[dict[str, Any]] = Queue()
        self._next = 0
        self._version = 0
        self.seconds = 0.0  # that the last request took
        threading.Thread(target=self._read, daemon=True).start()
        self.capabilities = self.request(
            "initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}}
        )["capabilities"]
        self.notify("initialized", {})

    def __enter__(self) -> LspClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.request("shutdown", None)
            self.notify("exit", None)
            assert self.process.wait(20) == 0
        else:
            self.process.kill()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline().strip()) != b"":
                length = int(line.split(b":")[1])
            if length == 0:
                return
            message = json.loads(stream.read(length))
            if message.get("method") == "textDocument/publishDiagnostics":
                params = message["params"]
                self.diagnostics[params["uri"]] = params["diagnostics"]
                self.published.put(params)
            else:
                self._answers.put(message)

    def send(self, text: bytes) -> None:
        """Any bytes, as one message."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(text) + text)
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        return self._answers.get(timeout=60)

    def request(self, method: str, params: object) -> Any:
        self._next += 1
        message = {"jsonrpc": "2.0", "id": self._next, "method": method, "params": params}
        start = time.perf_counter()
        self.send(json.dumps(message).encode())
        answer = self.answer()
        self.seconds = time.perf_counter() - start
        assert answer["id"] == self._next
        if "error" in answer:
            raise LspError(answer["error"]["message"])
        return answer["result"]

    def notify(self, method: str, params: object) -> None:
        self.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())

    def wait_for_diagnostics(self, uri: str, version: int) -> list[dict[str, Any]]:
        """Of this version of a text."""
        while True:
            try:
                params = self.published.get(timeout=60)
            except Empty:
                raise AssertionError("no diagnostics were published") from None
            if params["uri"] == uri and params.get("version") == version:
                return list(params["diagnostics"])

    def open(self, path: Path, text: str) -> list[dict[str, Any]]:
        self._version += 1
        document = {"uri": path.as_uri(), "languageId": "hhm", "version": self._version}
        self.notify("textDocument/didOpen", {"textDocument": {**document, "text": text}})
        return self.wait_for_diagnostics(path.as_uri(), self._version)

    def change(self, path: Path, *changes: dict[str, Any]) -> list[dict[str, Any]]:
        self._version += 1
        document = {"uri": path.as_uri(), "version": self._version}
        start = time.perf_counter()
        self.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)}
        )
        found = self.wait_for_diagnostics(path.as_uri(), self._version)
        self.seconds = time.perf_counter() - start
        return found

    def at(self, method: str, path: Path, line: int, character: int, **more: object) -> Any:
        """A request about a place; lines and characters from 0."""
        return self.request(
            f"textDocument/{method}",
            {
                "textDocument": {"uri": path.as_uri()},
                "position": {"line": line, "character": character},
                **more,
            },
        )

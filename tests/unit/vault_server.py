"""The part of Vault's HTTP interface that the key store uses: KV version 2, over real HTTP.

As the real one: versions, check-and-set, 404 with an empty list of errors for what is not there,
403 for a wrong token, `LIST` of one level, deleting metadata deletes every version.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token-of-the-test"
MOUNT = "secret"


class VaultServer(ThreadingHTTPServer):
    """A Vault with one KV engine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secrets: dict[str, list[dict[str, str]]] = {}
        self.lock = threading.Lock()
        self.is_sealed = False

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: VaultServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Read a secret, or list names."""
        if "?list=true" in self.path or "list=true" in self.path:
            self.do_LIST()
            return
        self._answer("data", self._read)

    def do_LIST(self) -> None:
        """List the names below a path."""
        self._answer("metadata", self._list)

    def do_POST(self) -> None:
        """Write a version of a secret."""
        self._answer("data", self._write)

    do_PUT = do_POST  # noqa: N815 - the name that http.server looks for

    def do_DELETE(self) -> None:
        """Delete a secret with all its versions."""
        self._answer("metadata", self._delete)

    def _answer(self, what: str, work: Any) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        path = self.path.partition("?")[0]
        start = f"/v1/{MOUNT}/{what}/"
        if self.server.is_sealed:
            self._send(503, {"errors": ["Vault is sealed"]})
        elif self.headers.get("X-Vault-Token") != TOKEN:
            self._send(403, {"errors": ["permission denied"]})
        elif not path.startswith(start):
            self._send(404, {"errors": []})
        else:
            with self.server.lock:
                status, answer = work(path.removeprefix(start), body)
            self._send(status, answer)

    def _read(self, name: str, _: Any) -> tuple[int, Any]:
        versions = self.server.secrets.get(name)
        if not versions:
            return 404, {"errors": []}
        metadata = {"version": len(versions), "destroyed": False, "deletion_time": ""}
        return 200, {"data": {"data": versions[-1], "metadata": metadata}}

    def _list(self, name: str, _: Any) -> tuple[int, Any]:
        start = name.rstrip("/") + "/"
        below = [one.removeprefix(start) for one in self.server.secrets if one.startswith(start)]
        names = sorted({one.partition("/")[0] + ("/" if "/" in one else "") for one in below})
        return (200, {"data": {"keys": names}}) if names else (404, {"errors": []})

    def _write(self, name: str, body: Any) -> tuple[int, Any]:
        versions = self.server.secrets.setdefault(name, [])
        cas = (body.get("options") or {}).get("cas")
        if cas is not None and cas != len(versions):
            text = "check-and-set parameter did not match the current version"
            return 400, {"errors": [text]}
        versions.append(body["data"])
        return 200, {"data": {"version": len(versions)}}

    def _delete(self, name: str, _: Any) -> tuple[int, Any]:
        self.server.secrets.pop(name, None)
        return 204, None

    def _send(self, status: int, answer: Any) -> None:
        body = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def vault_server() -> Iterator[VaultServer]:
    """Run one as long as the block lasts."""
    server = VaultServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A server on loopback that speaks the XML protocol of Google Cloud Storage, as far as newsgen
needs it: https://cloud.google.com/storage/docs/xml-api/reference-headers.

The emulators that Python packages have speak the JSON protocol only, and obstore writes by XML.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

_KEPT = ("Content-Type", "Cache-Control", "Content-Encoding")


class Objects(ThreadingHTTPServer):
    """The server: objects by path, each with its bytes, its headers and its generation."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, tuple[bytes, dict[str, str], int]] = {}
        self.requests: list[tuple[str, str]] = []
        self.generation = 0
        self.changing = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Objects

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path, wanted = self._path(), self.headers["x-goog-if-generation-match"]
        with self.server.changing:
            there = self.server.objects.get(path)
            if wanted is not None and int(wanted) != (there[2] if there else 0):
                self._answer(412)
                return
            self.server.generation += 1
            kept = {name: self.headers[name] for name in _KEPT if name in self.headers}
            self.server.objects[path] = (body, kept, self.server.generation)
            self._answer(200, generation=self.server.generation)

    def do_GET(self) -> None:
        found = self.server.objects.get(self._path())
        if found is None:
            self._answer(404)
            return
        self._answer(200, found[0], found[1], found[2])

    def do_DELETE(self) -> None:
        with self.server.changing:
            self._answer(204 if self.server.objects.pop(self._path(), None) else 404)

    def _path(self) -> str:
        path = unquote(self.path)
        self.server.requests.append((self.command, path))
        return path

    def _answer(
        self,
        status: int,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        generation: int = 0,
    ) -> None:
        self.send_response(status)
        own = {"ETag": f'"{generation}"', "x-goog-generation": str(generation)}
        own |= {"Last-Modified": "Fri, 30 Jan 2026 08:00:00 GMT"}
        for name, value in {**own, **(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def google() -> Iterator[Objects]:
    """Start the server; the system chooses the port."""
    with Objects() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

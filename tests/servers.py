"""Real HTTP servers on loopback that misbehave on request."""

from __future__ import annotations

import ssl
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support import PATIENCE

Reply = tuple[int, dict[str, str]]
Route = Reply | list[Reply] | Callable[[BaseHTTPRequestHandler], None]


def certified(host: str, folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return the TLS context of a server with a certificate for this name, and the file of the
    certificate, which is made with openssl.
    """
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    named = ["-addext", f"subjectAltName=DNS:{host}", "-keyout", key, "-out", certificate]
    subprocess.run(["openssl", *made, *named], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


class Server:
    """Answers by path.

    Given a list of replies, it sends them in order and repeats the last. `asked` has the method,
    path and time of each request. A path without a route gets the route "*", or 404.
    """

    def __init__(self, routes: dict[str, Route], tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[str, str, float]] = []
        self.at_once = 0
        self.headers: list[dict[str, str]] = []
        self._now = 0
        self._times: dict[str, int] = defaultdict(int)
        self._guard = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = PATIENCE  # so that a client that never disconnects cannot block the tests

            def do_GET(self) -> None:
                owner.answer(self, routes)

            do_HEAD = do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def answer(self, request: BaseHTTPRequestHandler, routes: dict[str, Route]) -> None:
        with self._guard:
            self.asked.append((request.command, request.path, time.monotonic()))
            self.headers.append(dict(request.headers))
        route = routes.get(request.path) or routes.get(
            request.path.partition("?")[0], routes.get("*", (404, {}))
        )
        if callable(route):
            with self._counted():
                route(request)
            return
        with self._counted():
            replies = route if isinstance(route, list) else [route]
            status, headers = replies[min(self._times[request.path], len(replies) - 1)]
            self._times[request.path] += 1
        # No longer counted, because a client may send its next request as soon as the answer ends.
        request.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            request.send_header(name, value)
        request.end_headers()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._guard:
            self._now += 1
            self.at_once = max(self.at_once, self._now)
        try:
            yield
        finally:
            with self._guard:
                self._now -= 1

    @property
    def paths(self) -> list[str]:
        return [f"{method} {path}" for method, path, _ in self.asked]

    @contextmanager
    def running(self) -> Iterator[Server]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            thread.join()
            self._http.server_close()


def until_it_goes(request: BaseHTTPRequestHandler) -> None:
    """Send nothing more until the client gives up and closes the connection."""
    with suppress(OSError):
        while request.connection.recv(1 << 16):
            pass
    request.close_connection = True


def silent(request: BaseHTTPRequestHandler) -> None:
    """Send no answer."""
    until_it_goes(request)


def broken(request: BaseHTTPRequestHandler) -> None:
    """Send something that is not HTTP."""
    request.wfile.write(b"\x16\x03\x01 no answer\r\n\r\n")
    request.close_connection = True


def dripping(head: bytes, drop: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Send `head`, then `drop` again and again while the client listens."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        with suppress(OSError):
            request.wfile.write(head)
            while True:
                request.wfile.write(drop)
                time.sleep(0.01)

    return answer


_OK = b"HTTP/1.1 200 OK\r\n"
# Answers that never end, each in a different part of an HTTP response.
ENDLESS = {
    "status line": dripping(b"HTTP/1.1 200 ", b"O"),
    "head, byte by byte": dripping(_OK + b"X-Slow: ", b"a"),
    "continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "fast continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 5000),
    "chunk size": dripping(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "chunk extension": dripping(_OK + b"Transfer-Encoding: chunked\r\n\r\n5;", b"x"),
    "chunks": dripping(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "trailer": dripping(_OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-T: ", b"a"),
    "body": dripping(_OK + b"Content-Length: 100000000\r\n\r\n", b"a"),
}
# Endless bodies of answers that can be understood from their heads alone.
OVERLONG = {
    "error": dripping(b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\n\r\n", b"a" * 65536),
    "redirect": dripping(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", b"a" * 65536),
    "missing": dripping(b"HTTP/1.1 404 Not Found\r\n\r\n", b"a" * 65536),
}

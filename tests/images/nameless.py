"""A program for a separate network namespace: a nightly run there, with a resolver that is silent
or knows no name, and one image's host.

Called as `nameless.py silent|empty MINUTES` in a site's folder, with rights over its namespace. It
prints JSON: the exit code of the run, its output, its report, and the names that the resolver
received.
"""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from photos import photo
from servers import Server
from support import SmallSite, newsgen

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
SITE = {"network": {"private": ["127.0.0.1"]}}


class Resolver:
    """A name server on loopback, at the port of all resolvers; `asked` are the names in
    requests.
    """

    def __init__(self, silent: bool) -> None:
        self.asked: list[str] = []
        self._silent = silent

    @contextmanager
    def running(self) -> Iterator[None]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as self._socket:
            self._socket.bind(("127.0.0.1", 53))
            thread = threading.Thread(target=self._serve)
            thread.start()
            try:
                yield
            finally:
                self._socket.sendto(b"", self._socket.getsockname())  # the end
                thread.join()

    def _serve(self) -> None:
        while True:
            question, sender = self._socket.recvfrom(512)
            if not question:
                return
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1 : at + 1 + question[at]].decode())
                at += 1 + question[at]
            self.asked.append(".".join(labels))
            if not self._silent:  # there is no such name
                self._socket.sendto(
                    question[:2] + b"\x81\x83" + question[4:6] + bytes(6) + question[12 : at + 5],
                    sender,
                )


def there(request: BaseHTTPRequestHandler) -> None:
    """Send the image of the reachable host."""
    data = photo()
    request.send_response(200)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


def main(kind: str, minutes: str) -> None:
    with socket.socket(
        socket.AF_INET, socket.SOCK_DGRAM
    ) as any_socket:  # loopback is down in a new namespace
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
    site, resolver = SmallSite(Path.cwd(), **SITE), Resolver(kind == "silent")
    with resolver.running(), Server({"/there.jpg": there}).running() as server:
        site.article("there", images=[{"url": f"{server.url}/there.jpg"}])
        done = newsgen(
            "nightly", "--set", f"nightly.fetch_minutes={minutes}", "--json", cwd=site.root
        )
    report = json.loads(done.stdout) if done.returncode == 0 else None
    print(
        json.dumps(
            {
                "code": done.returncode,
                "said": done.stderr,
                "report": report,
                "asked": resolver.asked,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

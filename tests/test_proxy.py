"""Requests through a proxy from the environment: a real one on loopback that records requests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from newsgen.network.http import Client, Refused, Unreachable
from newsgen.network.proxy import find_proxy, may_be_public
from servers import Server, certified


class Proxy:
    """Connects each client to one server, whatever host it names.

    `lines` are the first lines of requests, and `heads` their complete heads.
    """

    def __init__(self, server: Server) -> None:
        self.lines: list[str] = []
        self.heads: list[str] = []
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    @contextmanager
    def running(self) -> Iterator[Proxy]:
        thread = threading.Thread(target=self._serve)
        thread.start()
        try:
            yield self
        finally:
            self._listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(
                    target=self._connect, args=(self._listening.accept()[0],), daemon=True
                ).start()

    def _connect(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._server.port)) as server:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (data := client.recv(65_536)):
                    return
                head += data
            self.heads.append(head.decode())
            self.lines.append(self.heads[-1].partition("\r\n")[0])
            if head.startswith(b"CONNECT"):
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                method, url, rest = head.split(b" ", 2)
                server.sendall(b" ".join([method, b"/" + url.split(b"/", 3)[3], rest]))
            back = threading.Thread(target=_copy, args=(server, client))
            back.start()
            _copy(client, server)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def ask(url: str, *allowed: str) -> int:
    client = Client(allowed, timeout=60, retries=0)
    try:
        answer, _ = client.request("GET", url)
        answer.close()
        return answer.status
    finally:
        client.close()


@pytest.mark.needs("openssl")
@pytest.mark.parametrize(
    ("host", "connected"),
    [("localhost", ("127.0.0.1", "[::1]")), ("pictures.example", ("pictures.example",))],
)
def test_https_goes_through_a_tunnel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, connected: tuple[str, ...]
) -> None:
    """The proxy gets the checked address, or a name that only it may resolve.

    The certificate is the host's.
    """
    context, certificate = certified(host, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Server({"/a": (200, {})}, context).running() as server, Proxy(server).running() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:pass%20word@"))
        assert ask(f"https://{host}:8443/a", "localhost") == 200
        assert proxy.lines[0] in [
            f"CONNECT {address}:8443 HTTP/1.{minor}" for address in connected for minor in (0, 1)
        ]
        assert "proxy-authorization: basic dxnlcjpwyxnzihdvcmq=" in proxy.heads[0].lower()
        assert "proxy-authorization" not in {name.lower() for name in server.headers[0]}


def test_http_goes_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over plain HTTP the proxy gets the whole URL. Names in NO_PROXY are requested directly."""
    with Server({"/a?b=c": (200, {})}).running() as server, Proxy(server).running() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert ask("http://pictures.example/a?b=c") == 200
        assert proxy.lines == ["GET http://pictures.example/a?b=c HTTP/1.1"]
        monkeypatch.setenv("NO_PROXY", "elsewhere.example, 127.0.0.1")
        assert ask(f"{server.url}/a?b=c", "127.0.0.1") == 200
        assert len(proxy.lines) == 1


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "intranet",
        "printer.local",
        "db.internal",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_private_addresses_are_refused_through_a_proxy_too(
    monkeypatch: pytest.MonkeyPatch, scheme: str, host: str
) -> None:
    """The proxy gets no private address, and no name that only a local network can resolve."""
    with Server({}).running() as server, Proxy(server).running() as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with pytest.raises((Refused, Unreachable)):
            ask(f"{scheme}://{host}/")
        assert proxy.lines == []


def test_what_is_no_proxy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unsupported kind of proxy is reported, without its password."""
    monkeypatch.setenv("HTTPS_PROXY", "socks5://user:secret@127.0.0.1:1")
    with pytest.raises(Unreachable, match="not one of http or https") as caught:
        ask("https://127.0.0.1/", "127.0.0.1")
    assert "secret" not in str(caught.value)


def test_names_and_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default port is 80 or 443 and the default scheme http.

    ALL_PROXY replaces unset variables.
    """
    monkeypatch.setenv("ALL_PROXY", "proxy.example")
    monkeypatch.setenv("https_proxy", "https://proxy.example")
    found = [find_proxy(scheme, "x.example") for scheme in ("http", "https")]
    assert [one and one.url.url for one in found] == [
        "http://proxy.example:80",
        "https://proxy.example:443",
    ]
    assert [
        may_be_public(name) for name in ("x.example", "x", "1.2.3.4", "x.local.", "x.home.arpa")
    ] == [True, *[False] * 4]

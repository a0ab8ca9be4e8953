"""Network requests go only to public addresses, at every redirect, with retries.

The tests use real servers.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from newsgen.network.http import Absent, Client, Refused, Resting, Unreachable, public_address
from servers import ENDLESS, OVERLONG, Server, broken, certified, silent

PRIVATE = (
    "127.0.0.1 10.1.2.3 192.168.0.1 172.16.5.5 169.254.169.254 100.64.0.1 0.0.0.0 "
    "224.0.0.1 255.255.255.255 localhost 2130706433 127.1 "
    "::1 :: fe80::1 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1::"
)
LOCAL = ("127.0.0.1", "localhost")


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a server with a few pages."""
    routes = {
        "/": (200, {}),
        "/moved": (301, {"Location": "/there/again"}),
        "/there/again": (302, {"Location": "../?q=1#part"}),
        "/?q=1": (200, {}),
        "/round": (302, {"Location": "/round"}),
        "/metadata": (302, {"Location": "http://169.254.169.254/latest/"}),
        "/inside": (302, {"Location": "http://localhost/"}),
        "/file": (302, {"Location": "file:///etc/passwd"}),
        "/no-address": (302, {"Location": "http://[::1"}),
        "/busy": [(429, {"Retry-After": "1"}), (200, {})],
        "/leave-me": (429, {"Retry-After": "86400"}),
        "/odd": [(503, {"Retry-After": "soon"}), (200, {})],
        "/failing": (500, {}),
        "/silent": silent,
        "/broken": broken,
    }
    with Server(routes).running() as running:
        yield running


@pytest.fixture
def client() -> Iterator[Client]:
    """Return a fast client that may connect to 127.0.0.1 and tries twice."""
    made = Client(["127.0.0.1"], timeout=60, retries=1, backoff=0.01, patience=3)
    yield made
    made.close()


@pytest.mark.parametrize("host", PRIVATE.split())
def test_addresses_that_are_not_public_are_refused(host: str) -> None:
    """Non-public addresses are refused, in every spelling and within IPv6.

    These are loopback, private, link-local, shared, multicast and unspecified ones.
    """
    with pytest.raises(Refused):
        public_address(host, 80)


@pytest.mark.parametrize(
    "host", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_public_addresses_are_taken(host: str) -> None:
    """A public address is accepted, also in IPv6."""
    assert public_address(host, 443) == host


def test_a_host_may_be_allowed() -> None:
    """A host named in the settings may be private; another host at the same address may not."""
    assert public_address("127.0.0.1", 80, ["127.0.0.1"]) == "127.0.0.1"
    with pytest.raises(Refused):
        public_address("localhost", 80, ["127.0.0.1"])


def test_a_host_that_is_not_there() -> None:
    """An unknown or invalid name is reported."""
    for name in ("nobody.invalid", "a" * 70 + ".example"):
        with pytest.raises(Unreachable, match="there is no host"):
            public_address(name, 80)


def test_redirects_are_followed(server: Server, client: Client) -> None:
    """The answer is that of the last URL.

    Relative URLs are resolved, and newsgen identifies itself.
    """
    answer, url = client.request("GET", f"{server.url}/moved")
    answer.close()
    assert (answer.status, url) == (200, f"{server.url}/?q=1#part")
    assert server.paths == ["GET /moved", "GET /there/again", "GET /?q=1"]
    assert all(headers["User-Agent"].startswith("newsgen/") for headers in server.headers)
    assert {headers["Host"] for headers in server.headers} == {f"127.0.0.1:{server.port}"}


@pytest.mark.parametrize("path", ["/metadata", "/inside", "/file"])
def test_each_hop_is_looked_at(server: Server, client: Client, path: str) -> None:
    """A redirect to a private address or a file is refused, without a request there."""
    with pytest.raises(Refused):
        client.request("GET", server.url + path)
    assert server.paths == [f"GET {path}"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "file:///etc/passwd",
        "http://a:b@a.example/",
        "http://[::1]/",
        "gopher://x",
        "",
        "x",
    ],
)
def test_other_schemes_and_credentials_are_refused(client: Client, url: str) -> None:
    """Only http and https URLs without user name and password are requested."""
    with pytest.raises(Refused):
        client.request("GET", url)


def test_a_redirect_without_an_end(server: Server, client: Client) -> None:
    """A redirect loop ends after a few hops; a redirect to an invalid URL ends immediately."""
    with pytest.raises(Unreachable, match="redirected more than"):
        client.request("GET", f"{server.url}/round")
    with pytest.raises(Unreachable, match="not a valid address"):
        client.request("GET", f"{server.url}/no-address")


def test_retry_after_is_honoured(server: Server, client: Client) -> None:
    """A busy host is asked again when its Retry-After says, and not before."""
    answer, _ = client.request("GET", f"{server.url}/busy")
    answer.close()
    assert answer.status == 200
    (_, _, first), (_, _, second) = server.asked
    assert second - first >= 1


def test_a_host_that_wants_to_be_left_alone_is(server: Server, client: Client) -> None:
    """A Retry-After that is too long ends all requests to that host. An invalid one is ignored."""
    answer, _ = client.request("GET", f"{server.url}/odd")
    answer.close()
    assert answer.status == 200
    answer, _ = client.request("GET", f"{server.url}/leave-me")
    answer.close()
    assert (answer.status, server.paths[2:]) == (429, ["GET /leave-me"])
    with pytest.raises(Resting, match="until"):
        client.request("GET", f"{server.url}/")
    assert len(server.paths) == 3


def test_errors_are_asked_again(server: Server, client: Client) -> None:
    """A server error is reported after another attempt."""
    answer, _ = client.request("GET", f"{server.url}/failing")
    answer.close()
    assert (answer.status, server.paths) == (500, ["GET /failing"] * 2)


def test_hosts_that_do_not_answer(server: Server, client: Client) -> None:
    """Silence, nonsense and a closed port are reported with a message."""
    with (
        closing(Client(["127.0.0.1"], timeout=0.3, retries=0, within=600)) as brief,
        pytest.raises(Unreachable, match="in time"),
    ):
        brief.request("GET", f"{server.url}/silent")
    with pytest.raises(Unreachable, match="does not answer"):
        client.request("GET", f"{server.url}/broken")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="does not answer"):
            client.request("GET", f"http://127.0.0.1:{unused.getsockname()[1]}/")


@pytest.mark.needs("openssl")
def test_the_certificate_must_be_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a certificate for the host's name is accepted, although the connection goes to a
    checked address."""
    context, certificate = certified("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    named: list[str] = []
    context.sni_callback = lambda socket, name, _: named.append(name)
    with Server({"/": (200, {})}, context).running() as server:
        client = Client(LOCAL, timeout=60, retries=0)
        answer, _ = client.request("GET", f"https://localhost:{server.port}/")
        answer.close()
        assert (answer.status, named) == (200, ["localhost"])
        with pytest.raises(Unreachable, match=r"(?i)certificate|hostname|IP address"):
            client.request("GET", f"https://127.0.0.1:{server.port}/")
        client.close()


@pytest.mark.parametrize("part", ENDLESS)
def test_one_deadline_covers_the_whole_answer(part: str) -> None:
    """An endless answer is abandoned at the deadline, whatever part of HTTP it stretches.

    A timeout between bytes would not do that.
    """
    client = Client(["127.0.0.1"], timeout=600, within=0.5)
    with Server({"/": ENDLESS[part]}).running() as server:
        with pytest.raises(Unreachable, match="it takes too long"):
            client.read_body(client.request("GET", server.url)[0], 10**9)
        client.close()


@pytest.mark.parametrize(
    ("part", "status", "asked"), [("error", 503, 2), ("redirect", 404, 2), ("missing", 404, 1)]
)
def test_a_body_that_nobody_needs_is_not_read(part: str, status: int, asked: int) -> None:
    """Endless bodies of retried errors, redirects and missing pages cost nothing."""
    client = Client(["127.0.0.1"], timeout=600, within=600, retries=1, backoff=0)
    with Server({f"/{part}": OVERLONG[part]}).running() as server:
        answer, _ = client.request("GET", f"{server.url}/{part}")
        answer.close()
        client.close()
        assert (answer.status, len(server.asked)) == (status, asked)


@pytest.mark.parametrize("drop", [b"", b"\x16"])
def test_the_deadline_covers_the_handshake(drop: bytes) -> None:
    """A host that never finishes the TLS handshake, silent or byte by byte, is abandoned at the
    deadline."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=_drip, args=(listening, drop))
        thread.start()
        with (
            closing(Client(["127.0.0.1"], timeout=600, within=0.5)) as client,
            pytest.raises(Unreachable, match="it takes too long"),
        ):
            client.request("GET", f"https://127.0.0.1:{listening.getsockname()[1]}/")
        thread.join()


def _drip(listening: socket.socket, drop: bytes) -> None:
    """Begin a TLS record of 16,384 bytes and send it slowly until the other side disconnects."""
    with listening.accept()[0] as connection, suppress(OSError):
        connection.settimeout(0.01)
        connection.sendall(b"\x16\x03\x03\x40\x00")
        while True:
            connection.sendall(drop)
            with suppress(TimeoutError):
                if not connection.recv(1 << 16):
                    break


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return a resolver that never answers for names that end in .example, and the names in its
    requests.
    """
    asked: list[str] = []
    released, real = threading.Event(), socket.getaddrinfo

    def resolver(host: str, *rest: Any, **more: Any) -> Any:
        if host.endswith(".example"):
            asked.append(host)
            released.wait()
        return real("127.0.0.1" if host.endswith(".example") else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    yield asked
    released.set()


def test_the_deadline_covers_names(hanging: list[str]) -> None:
    """A name that the resolver never answers for counts as an unknown host."""
    with closing(Client(timeout=600, within=0.2)) as client:
        with pytest.raises(Absent, match="does not answer in time") as caught:
            client.request("GET", "https://pictures.example/")
        assert (caught.value.host, hanging) == ("pictures.example", ["pictures.example"])


def test_the_deadline_covers_the_proxys_name(
    hanging: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy whose name the resolver never answers for is abandoned at the deadline."""
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://proxy.example:3128")
        with (
            closing(Client(["127.0.0.1"], timeout=600, within=0.2)) as client,
            pytest.raises(Unreachable),
        ):
            client.request("GET", f"{scheme}://127.0.0.1/")
    assert hanging == ["proxy.example"] * 2


def test_no_wait_goes_beyond_the_deadline(server: Server) -> None:
    """If a host asks for a retry after the deadline, newsgen does not wait; the answer counts."""
    client = Client(["127.0.0.1"], retries=5, backoff=0.01, patience=86_400, within=60)
    answer, _ = client.request("GET", f"{server.url}/leave-me")
    answer.close()
    client.close()
    assert (answer.status, server.paths) == (429, ["GET /leave-me"])

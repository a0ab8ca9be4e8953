"""HTTP to pages that untrusted text names: http and https alone, to public addresses alone, each hop of a redirect looked at.

A name is resolved once and the connection goes to the address that was looked at, so that a name cannot lead elsewhere
in between (DNS rebinding). No proxy is used, no cookie kept, no credential sent.
"""

from __future__ import annotations

import builtins
import http.client
import io
import ipaddress
import math
import socket
import time
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Self, cast
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, InvalidHeader, MaxRetryError, NewConnectionError, TimeoutError
from urllib3.util.retry import Retry
from urllib3.util.timeout import Timeout

from newsgen import __version__
from newsgen.content.urls import safe_url

USER_AGENT = f"newsgen/{__version__} (Python urllib3)"
_REDIRECTS = (301, 302, 303, 307, 308)
_HOPS = 8
_TOO_LONG = "it takes too long"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):
    """An address that is never asked: of another scheme, or not public."""


class Unreachable(Exception):
    """A host that is not there or does not answer as HTTP does."""


class Absent(Unreachable):
    """A `host` whose name is not known, or which takes no connection: nothing else of it will come either."""

    def __init__(self, message: str, host: str) -> None:
        super().__init__(message)
        self.host = host


def public_address(host: str, port: int, allowed: Collection[str] = ()) -> str:
    """The address of a host, which must be public unless the host is one of `allowed`.

    All its addresses must be (RFC 6890, and what IPv6 may carry of IPv4). Raises Refused, Unreachable.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Absent(f"there is no host {host}: {getattr(error, 'strerror', None) or error}", host) from None
    addresses = [str(info[4][0]) for info in found]
    if host not in allowed:
        for address in addresses:
            if not _is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise Refused(f"{host} is at {address}, which is not a public address")
    return addresses[0]


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if not all(_is_public(inner) for inner in carried if inner):
            return False
        if address.ipv4_mapped:
            return True
    return address.is_global and not address.is_multicast


class Deadline:
    """The instant by which one request must be complete: connecting, redirects, retries, head and body.

    urllib3's own timeouts count from byte to byte, so a host that drips its answer could hold on for ever. `step` is
    that timeout, `until` the instant on the monotonic clock. All connections of a client share one deadline.
    """

    def __init__(self, step: float) -> None:
        self._step = step
        self.until = math.inf

    def left(self) -> float:
        """Return for how many seconds the next call may block. Raises TimeoutError after the deadline."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise builtins.TimeoutError
        return min(left, self._step)

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self.until


class _Incoming(io.RawIOBase):
    """The bytes that come over a socket, where each read ends by the deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self._raw, self._sock, self._deadline = raw, sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        return cast("int | None", self._raw.readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """A response whose status line, head and body are all read by the deadline."""

    def __init__(self, deadline: Deadline, sock: socket.socket, *rest: Any, **more: Any) -> None:
        super().__init__(sock, *rest, **more)
        self.fp = io.BufferedReader(_Incoming(self.fp.detach(), sock, deadline))


class _Connection(HTTPConnection):
    """A connection that is made and read by the deadline; the TLS handshake keeps to the timeout that the socket has."""

    def __init__(self, *rest: Any, deadline: Deadline, **more: Any) -> None:
        super().__init__(*rest, **more)
        self._deadline = deadline
        self.response_class = partial(_Response, deadline)  # type: ignore[assignment]  # whatever makes one will do

    def _new_conn(self) -> socket.socket:
        self.timeout = self._deadline.left()
        sock = super()._new_conn()
        sock.settimeout(self._deadline.left())
        return sock


class _TLSConnection(_Connection, HTTPSConnection):
    """The same over TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class _Patience(Retry):
    """As urllib3's, but a host that wants to be left alone for longer than `backoff_max`, or than the deadline allows, is
    left alone for good. The body of an answer that is asked for again is not read: it may have no end."""

    def __init__(self, *rest: Any, deadline: Deadline, **more: Any) -> None:
        super().__init__(*rest, **more)
        self._deadline = deadline

    def new(self, **more: Any) -> Self:
        return super().new(deadline=self._deadline, **more)

    def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float | None:
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None

    def increment(
        self, method: str | None = None, url: str | None = None, response: urllib3.BaseHTTPResponse | None = None, *rest: Any, **more: Any
    ) -> Self:
        asked = self.get_retry_after(response) if response is not None else None
        following = super().increment(method, url, response, *rest, **more)
        wait = asked or following.get_backoff_time()
        if wait > self.backoff_max or time.monotonic() + wait >= self._deadline.until:
            raise MaxRetryError(more["_pool"], url or "", rest[0] if rest else more.get("error"))
        if response is not None:
            response.close()
        return following


class Client:
    """Asks hosts. `allowed` are those that need not be public; `timeout` is seconds to connect and between bytes, `within`
    seconds for one request from the connection to the last byte of the body. What may be there later (429, 500, 502, 503,
    504, no answer) is asked again `retries` times, each time after twice as long (`backoff` seconds at first), or when the
    host says (Retry-After), if that is at most in `patience` seconds. One client belongs to one thread."""

    def __init__(
        self,
        allowed: Collection[str] = (),
        timeout: float = 20,
        retries: int = 2,
        backoff: float = 1,
        patience: float = 30,
        within: float = 120,
    ) -> None:
        self._allowed = frozenset(allowed)
        self._timeout = Timeout(connect=timeout, read=timeout)
        self._within = within
        self._deadline = Deadline(timeout)
        self._retry = _Patience(
            total=retries,
            redirect=False,
            status_forcelist=(429, 500, 502, 503, 504),
            backoff_factor=backoff,
            backoff_max=patience,
            raise_on_status=False,
            deadline=self._deadline,
        )
        self._pools: dict[tuple[str, str, int], urllib3.HTTPConnectionPool] = {}

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        until: float | None = None,
    ) -> tuple[urllib3.BaseHTTPResponse, str]:
        """The answer, its body not read yet, and the URL that it came from, behind all redirects. Close the answer, or
        read it by `read_body` before the next request. `headers` go with the question, beside those that every one has.
        `until` is the deadline on the monotonic clock, of the body too; by default `within` seconds from now.

        Raises Refused, Unreachable.
        """
        self._deadline.until = time.monotonic() + self._within if until is None else until
        for _ in range(_HOPS):
            answer = self._ask(method, url, headers or {}, body)
            target = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not target:
                return answer, url
            answer.close()
            try:
                url = urljoin(url, target)
            except ValueError:
                raise Unreachable(f"it is redirected to {target[:200]}, which is no address") from None
        raise Unreachable(f"it is redirected more than {_HOPS} times")

    def _ask(self, method: str, url: str, more: Mapping[str, str], body: bytes | None) -> urllib3.BaseHTTPResponse:
        safe = safe_url(url, lambda code: None)
        if not safe:
            raise Refused(f"{url[:200]} is not an address of http or https")
        parts = urlsplit(safe)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": parts.netloc, "User-Agent": USER_AGENT, "Accept": "*/*", **more}
        try:
            pool = self._pool(parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
            return pool.urlopen(method, target, body, headers, self._retry, redirect=False, assert_same_host=False, preload_content=False)
        except HTTPError as error:
            if self._deadline.passed:
                raise Unreachable(_TOO_LONG) from None
            cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
            if isinstance(cause, NewConnectionError | ConnectTimeoutError):
                raise Absent(_in_words(cause), parts.hostname or "") from None
            raise Unreachable(_in_words(cause)) from None

    def _pool(self, scheme: str, host: str, port: int) -> urllib3.HTTPConnectionPool:
        """Connections to the address that the name has now; the certificate must still be the name's."""
        key = (scheme, host, port)
        if key not in self._pools:
            address = public_address(host, port, self._allowed)
            if scheme == "https":
                self._pools[key] = _TLSPool(
                    address,
                    port,
                    timeout=self._timeout,
                    server_hostname=host,
                    assert_hostname=host,
                    deadline=self._deadline,
                )
            else:
                self._pools[key] = _Pool(address, port, timeout=self._timeout, deadline=self._deadline)
        return self._pools[key]

    def read_body(self, answer: urllib3.BaseHTTPResponse, limit: int) -> bytes:
        """The body of the answer to the last request, which is closed then. Raises Refused where it is longer than `limit`
        bytes, Unreachable where it breaks off or goes on after the deadline of the request."""
        body = bytearray()
        try:
            while piece := answer.read1(1 << 16, decode_content=True):
                body += piece
                if len(body) > limit:
                    raise Refused(f"it is larger than {limit:,} bytes")
        except HTTPError as error:
            raise Unreachable(_TOO_LONG if self._deadline.passed else _in_words(error)) from None
        finally:
            answer.close()
        return bytes(body)

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    text = str(error.args[-1] if error.args else error)
    return f"it does not answer: {text[:200]}"

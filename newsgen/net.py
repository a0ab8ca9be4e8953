"""HTTP to pages that untrusted text names: http and https alone, to public addresses alone, each hop of a redirect looked at.

A name is resolved once and the connection goes to the address that was looked at, so that a name cannot lead elsewhere
in between (DNS rebinding). No proxy is used, no cookie kept, no credential sent.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Collection, Mapping
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, InvalidHeader, MaxRetryError, NewConnectionError, TimeoutError
from urllib3.util.retry import Retry
from urllib3.util.timeout import Timeout

from newsgen import __version__
from newsgen.content.urls import safe_url

USER_AGENT = f"newsgen/{__version__} (Python urllib3)"
_REDIRECTS = (301, 302, 303, 307, 308)
_HOPS = 8
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


class _Patience(Retry):
    """As urllib3's, but a host that wants to be left alone for longer than `backoff_max` is left alone for good."""

    def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float | None:
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None

    def increment(
        self, method: str | None = None, url: str | None = None, response: urllib3.BaseHTTPResponse | None = None, *rest: Any, **more: Any
    ) -> Self:
        if response is not None and (self.get_retry_after(response) or 0) > self.backoff_max:
            raise MaxRetryError(more["_pool"], url or "", None)
        return super().increment(method, url, response, *rest, **more)


class Client:
    """Asks hosts. `allowed` are those that need not be public; `timeout` is seconds to connect and between bytes. What may
    be there later (429, 500, 502, 503, 504, no answer) is asked again `retries` times, each time after twice as long
    (`backoff` seconds at first), or when the host says (Retry-After), if that is at most in `patience` seconds. One client
    belongs to one thread."""

    def __init__(
        self, allowed: Collection[str] = (), timeout: float = 20, retries: int = 2, backoff: float = 1, patience: float = 30
    ) -> None:
        self._allowed = frozenset(allowed)
        self._timeout = Timeout(connect=timeout, read=timeout)
        self._retry = _Patience(
            total=retries,
            redirect=False,
            status_forcelist=(429, 500, 502, 503, 504),
            backoff_factor=backoff,
            backoff_max=patience,
            raise_on_status=False,
        )
        self._pools: dict[tuple[str, str, int], urllib3.HTTPConnectionPool] = {}

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> tuple[urllib3.BaseHTTPResponse, str]:
        """The answer, its body not read yet, and the URL that it came from, behind all redirects. Close the answer, or
        read it by `read_body`. `headers` go with the question, beside those that every one has.

        Raises Refused, Unreachable.
        """
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
                self._pools[key] = urllib3.HTTPSConnectionPool(
                    address, port, timeout=self._timeout, server_hostname=host, assert_hostname=host
                )
            else:
                self._pools[key] = urllib3.HTTPConnectionPool(address, port, timeout=self._timeout)
        return self._pools[key]

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()


def read_body(answer: urllib3.BaseHTTPResponse, limit: int, until: float) -> bytes:
    """The body of an answer, which is closed then. Raises Refused where it is longer than `limit` bytes, Unreachable where
    it breaks off or goes on after `until` (of the monotonic clock)."""
    body = bytearray()
    try:
        while piece := answer.read1(1 << 16, decode_content=True):  # what is there, so that the clock is looked at
            body += piece
            if len(body) > limit:
                raise Refused(f"it is larger than {limit:,} bytes")
            if time.monotonic() > until:
                raise Unreachable("it takes too long")
    except HTTPError as error:
        raise Unreachable(_in_words(error)) from None
    finally:
        answer.close()
    return bytes(body)


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    text = str(error.args[-1] if error.args else error)
    return f"it does not answer: {text[:200]}"

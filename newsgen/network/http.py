"""HTTP requests to addresses that come from untrusted text.

Only http and https to public addresses are allowed, and each redirect is checked. A name is
resolved once, and the connection goes to the address that was checked, so the name cannot lead
elsewhere in between (DNS rebinding). No cookie is kept. No credentials are sent, except those of a
proxy to that proxy.

If the environment names a proxy, it is asked to connect to the checked address too. The proxy
resolves the name itself in two cases: over plain HTTP, where it needs the name, and where this
machine cannot resolve the name. Its own rules then decide where the name leads.
"""

from __future__ import annotations

import builtins
import ipaddress
import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.connection import ProxyConfig
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InvalidHeader,
    MaxRetryError,
    NewConnectionError,
    TimeoutError,
)
from urllib3.util.retry import Retry
from urllib3.util.timeout import Timeout

from newsgen import __version__
from newsgen.content.urls import safe_url
from newsgen.network.connections import Deadline, Pool, TLSPool
from newsgen.network.proxy import Proxy, find_proxy, may_be_public
from newsgen.network.resolver import resolve

USER_AGENT = f"newsgen/{__version__} (Python urllib3)"
_REDIRECTS = (301, 302, 303, 307, 308)
_HOPS = 8
_LEFT_ALONE = 3600.0  # default pause in seconds after status 429 without Retry-After
LONGEST_REST = 30 * 86_400.0  # a longer wait means that the host's clock is wrong
_TOO_LONG = "it takes too long"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):
    """An address that is never requested: not http or https, or not public."""


class Unreachable(Exception):
    """A host that does not exist or does not answer as HTTP requires."""


class Resting(Unreachable):
    """A host that asked for a pause, by status 429 or Retry-After.

    `until` is its end, in seconds since the epoch.
    """

    def __init__(self, host: str, until: float) -> None:
        super().__init__(
            f"{host} asks for no requests until "
            f"{datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M} UTC"
        )
        self.until = until


class Absent(Unreachable):
    """A `host` whose name is unknown, or which accepts no connection.

    Its other addresses will fail too.
    """

    def __init__(self, message: str, host: str) -> None:
        super().__init__(message)
        self.host = host


def public_address(host: str, port: int, allowed: Collection[str] = (), seconds: float = 20) -> str:
    """Return the address of a host. It must be public unless the host is in `allowed`.

    All addresses of the name must be public (RFC 6890), including IPv4 addresses embedded in IPv6.
    Raises Refused and Unreachable, also if the name is not resolved within `seconds`.
    """
    try:
        addresses = resolve(host, port, seconds)
    except (OSError, UnicodeError) as error:
        raise Absent(
            f"there is no host {host}: {getattr(error, 'strerror', None) or error}", host
        ) from None
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
    """urllib3's Retry, except that it gives up if the wait exceeds `backoff_max` or the deadline.

    It does not read the body of a response that is requested again: the body may never end.
    """

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
        self,
        method: str | None = None,
        url: str | None = None,
        response: urllib3.BaseHTTPResponse | None = None,
        *rest: Any,
        **more: Any,
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
    """An HTTP client. Use each client in one thread only.

    Hosts in `allowed` need not be public. `timeout` is in seconds, to connect and between bytes.
    `within` is in seconds for a whole request, from the connection to the last byte of the body.

    A request that may succeed later (429, 500, 502, 503, 504, no answer) is repeated up to
    `retries` times. The wait starts at `backoff` seconds and doubles each time, or is what the host
    asks for (Retry-After), if that is at most `patience` seconds. HEAD is not repeated, because GET
    may be answered.

    `resting` maps host and port to the end of a pause, in seconds since the epoch. A host that
    still asks for a pause is not contacted again by any client that shares it.
    """

    def __init__(
        self,
        allowed: Collection[str] = (),
        timeout: float = 20,
        retries: int = 2,
        backoff: float = 1,
        patience: float = 30,
        within: float = 120,
        resting: dict[str, float] | None = None,
    ) -> None:
        self.resting: dict[str, float] = {} if resting is None else resting
        self._allowed = frozenset(allowed)
        self._timeout = Timeout(connect=timeout, read=timeout)
        self._within = within
        self._deadline = Deadline(timeout)
        self._retry = _Patience(
            total=retries,
            redirect=False,
            allowed_methods=Retry.DEFAULT_ALLOWED_METHODS - {"HEAD"},
            status_forcelist=(429, 500, 502, 503, 504),
            backoff_factor=backoff,
            backoff_max=patience,
            raise_on_status=False,
            deadline=self._deadline,
        )
        self._pools: dict[tuple[str, str, int], urllib3.HTTPConnectionPool] = {}
        self.redirects: list[int] = []  # the statuses of the last request's redirects

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        until: float | None = None,
        follow: bool = True,
    ) -> tuple[urllib3.BaseHTTPResponse, str]:
        """Return the response, with its body unread, and its URL after all redirects.

        Without `follow`, a redirect is the response: use this for requests with a token.

        Close the response, or read it with `read_body`, before the next request. `headers` are sent
        in addition to the default ones. `until` is the deadline on the monotonic clock, for the
        body too; the default is `within` seconds from now. Raises Refused and Unreachable.
        """
        self._deadline.until = time.monotonic() + self._within if until is None else until
        self.redirects = []
        for _ in range(_HOPS):
            answer = self._ask(method, url, headers or {}, body)
            target = _location(answer.headers.get("Location", ""))
            if answer.status not in _REDIRECTS or not (target and follow):
                return answer, url
            answer.close()
            self.redirects.append(answer.status)
            try:
                url = urljoin(url, target)
            except ValueError:
                raise Unreachable(
                    f"it is redirected to {target[:200]}, which is not a valid address"
                ) from None
        raise Unreachable(f"it is redirected more than {_HOPS} times")

    def _ask(
        self, method: str, url: str, more: Mapping[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        safe = safe_url(url, lambda code: None)
        if not safe:
            raise Refused(f"{url[:200]} is not an http or https address")
        parts = urlsplit(safe)
        if parts.netloc in self.resting:
            raise Resting(parts.netloc, self.resting[parts.netloc])
        headers = {"Host": parts.netloc, "User-Agent": USER_AGENT, "Accept": "*/*", **more}
        try:
            pool, target = self._way(parts)
            headers |= pool.proxy_headers if pool.proxy is None else {}
            answer = pool.urlopen(
                method,
                target,
                body,
                headers,
                self._retry,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
            )
        except builtins.TimeoutError:
            raise Unreachable(_TOO_LONG) from None
        except HTTPError as error:
            if self._deadline.passed:
                raise Unreachable(_TOO_LONG) from None
            cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
            if isinstance(cause, NewConnectionError | ConnectTimeoutError):
                raise Absent(_in_words(cause), parts.hostname or "") from None
            raise Unreachable(_in_words(cause)) from None
        self._leave_alone(parts.netloc, answer)
        return answer

    def _leave_alone(self, host: str, answer: urllib3.BaseHTTPResponse) -> None:
        """Stop requests to a host whose response says that it is overloaded.

        See RFC 6585, section 4, and RFC 9110, section 15.6.4.
        """
        now = time.time()
        wait = _retry_after(answer.headers.get("Retry-After", ""), now)
        if answer.status == 429 or (answer.status == 503 and wait is not None):
            self.resting[host] = now + min(_LEFT_ALONE if wait is None else wait, LONGEST_REST)

    def _way(self, parts: SplitResult) -> tuple[urllib3.HTTPConnectionPool, str]:
        """Return connections to the name's current address, and the request target.

        The certificate must match the name.
        """
        scheme, host = parts.scheme, parts.hostname or ""
        port = parts.port or (443 if scheme == "https" else 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            proxy = find_proxy(scheme, host)
        except ValueError as error:
            raise Unreachable(str(error)) from None
        if proxy and scheme == "http":
            target = f"http://{parts.netloc}{target}"
        key = (scheme, host, port)
        if key not in self._pools:
            self._pools[key] = self._connections(
                scheme, host, self._address(host, port, proxy), port, proxy
            )
        return self._pools[key], target

    def _address(self, host: str, port: int, proxy: Proxy | None) -> str:
        """Return the address to connect to, or the name if only the proxy can resolve it."""
        try:
            return public_address(host, port, self._allowed, self._deadline.left())
        except Absent:
            if proxy and (host in self._allowed or may_be_public(host)):
                return host
            raise

    def _connections(
        self, scheme: str, host: str, address: str, port: int, proxy: Proxy | None
    ) -> urllib3.HTTPConnectionPool:
        more: dict[str, Any] = {"timeout": self._timeout, "deadline": self._deadline}
        if scheme == "https":
            if proxy:
                more |= {
                    "_proxy": proxy.url,
                    "_proxy_headers": proxy.headers,
                    "_proxy_config": ProxyConfig(None, False, None, None),
                }
            return TLSPool(address, port, server_hostname=host, assert_hostname=host, **more)
        if proxy is None:
            return Pool(address, port, **more)
        kind = TLSPool if proxy.url.scheme == "https" else Pool
        return kind(str(proxy.url.host), proxy.url.port, _proxy_headers=proxy.headers, **more)

    def read_body(self, answer: urllib3.BaseHTTPResponse, limit: int) -> bytes:
        """Read and close the response to the last request.

        Raises Refused if the body is longer than `limit` bytes, Unreachable if it breaks off or
        exceeds the request's deadline.
        """
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


def _retry_after(header: str, now: float) -> float | None:
    """Return the seconds of a Retry-After header, None if it is invalid.

    It holds seconds or a date (RFC 9110, section 10.2.3). urllib3's own parser limits the value to
    six hours.
    """
    if header.strip().isdecimal():
        return float(header)
    try:
        date = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return max(date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now, 0)


def _location(header: str) -> str:
    """Return a Location header as an address.

    http.client reads its bytes as ISO 8859-1. Like browsers, newsgen reads them as UTF-8 if they
    are valid; otherwise the non-ASCII bytes are percent-encoded.
    """
    data = header.encode("latin-1")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in data)


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    text = str(error.args[-1] if error.args else error)
    return f"it does not answer: {text[:200]}"

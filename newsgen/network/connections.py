"""urllib3 connections with one deadline for a request, up to the last byte of its response."""

from __future__ import annotations

import builtins
import http.client
import io
import math
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any, cast

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from newsgen.network.resolver import resolve


class Deadline:
    """The time by which one request must be complete: connect, redirects, retries, head and body.

    urllib3's own timeouts apply to each read, so a host that sends one byte at a time could hold a
    connection for ever. `step` is that timeout in seconds; `until` is the deadline on the monotonic
    clock. All connections of a client share one deadline.
    """

    def __init__(self, step: float) -> None:
        self._step = step
        self.until = math.inf

    def left(self) -> float:
        """Return for how many seconds the next call may block. Raises TimeoutError if none are
        left.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise builtins.TimeoutError
        return min(left, self._step)

    @property
    def passed(self) -> bool:
        """Return whether the deadline has passed."""
        return time.monotonic() >= self.until


class _Incoming(io.RawIOBase):
    """The bytes that arrive at a socket. Each read ends by the deadline."""

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
    """A connection that is made and read by the deadline.

    The TLS handshake keeps to the socket's timeout.
    """

    def __init__(self, *rest: Any, deadline: Deadline, **more: Any) -> None:
        super().__init__(*rest, **more)
        self._deadline = deadline
        self.response_class = partial(_Response, deadline)  # type: ignore[assignment]  # any callable that returns a response works

    def _new_conn(self) -> socket.socket:
        """Connect to the first address that answers. The host is an address, except a proxy's,
        which may be a name.
        """
        name = self._dns_host
        try:
            addresses = resolve(name.strip("[]"), self.port, self._deadline.left())
        except (OSError, UnicodeError) as error:
            message = f"there is no host {name}: {getattr(error, 'strerror', None) or error}"
            raise NewConnectionError(self, message) from None
        try:
            for self._dns_host in addresses[:-1]:
                with suppress(NewConnectionError, ConnectTimeoutError):
                    return self._connected()
            self._dns_host = addresses[-1]
            return self._connected()
        finally:
            self._dns_host = name  # a proxy's certificate names it

    def _connected(self) -> socket.socket:
        self.timeout = self._deadline.left()
        sock = super()._new_conn()
        sock.settimeout(self._deadline.left())
        return sock


class _TLSConnection(_Connection, HTTPSConnection):
    """The same connection over TLS."""


class Pool(urllib3.HTTPConnectionPool):
    """Plain HTTP connections that keep to a deadline."""

    ConnectionCls = _Connection


class TLSPool(urllib3.HTTPSConnectionPool):
    """TLS connections that keep to a deadline."""

    ConnectionCls = _TLSConnection

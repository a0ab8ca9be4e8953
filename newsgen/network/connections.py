"""Connections of urllib3 that keep to one deadline, from the first byte of a request to the last of its answer."""

from __future__ import annotations

import builtins
import http.client
import io
import math
import socket
import time
from functools import partial
from typing import Any, cast

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection


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


class Pool(urllib3.HTTPConnectionPool):
    """Connections by plain HTTP that keep to a deadline."""

    ConnectionCls = _Connection


class TLSPool(urllib3.HTTPSConnectionPool):
    """Connections over TLS that keep to a deadline."""

    ConnectionCls = _TLSConnection

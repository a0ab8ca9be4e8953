"""Name resolution with a time limit, which the system's resolver does not have."""

from __future__ import annotations

import socket
import threading


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a host in the system's order of preference.

    Raises OSError or UnicodeError if there is no such host, TimeoutError (an OSError) after
    `seconds`. Nothing can interrupt the system's resolver, so a thread that does not keep the
    process alive waits for it.
    """
    addresses: list[str] = []
    errors: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses.extend(str(info[4][0]) for info in found)
        except (OSError, UnicodeError) as error:
            errors.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        raise TimeoutError(0, "its name server does not answer in time")
    if errors:
        raise errors[0]
    return addresses

"""The proxy settings of the environment, read as curl and the standard library do.

They are HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import unquote
from urllib.request import getproxies_environment, proxy_bypass

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, make_headers, parse_url

# Names that only a local network resolves (RFC 6761, 6762, 8375; `internal` is reserved by ICANN).
_LOCAL = ("localhost", "local", "internal", "home.arpa")


class Proxy(NamedTuple):
    """The address of a proxy, and the headers it needs (its credentials)."""

    url: Url
    headers: dict[str, str]


def find_proxy(scheme: str, host: str) -> Proxy | None:
    """Return the proxy for a scheme and host, or None if there is none or the host is excluded.

    Raises ValueError if it is not an HTTP proxy.
    """
    proxies = getproxies_environment()
    chosen = proxies.get(scheme) or proxies.get("all")
    if not chosen or proxy_bypass(host):
        return None
    try:
        url = parse_url(chosen if "://" in chosen else f"http://{chosen}")
    except LocationParseError:
        raise ValueError(f"the proxy for {scheme} is not an address") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"the proxy for {scheme} is not one of http or https")
    headers = make_headers(proxy_basic_auth=unquote(url.auth)) if url.auth else {}
    port = url.port or (443 if url.scheme == "https" else 80)
    return Proxy(Url(url.scheme, host=url.host, port=port), headers)


def may_be_public(host: str) -> bool:
    """Return whether a name may belong to a public host, although this machine cannot resolve it.

    A proxy may be able to.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name = host.rstrip(".").lower()
        return "." in name and not any(
            name == local or name.endswith(f".{local}") for local in _LOCAL
        )
    return False

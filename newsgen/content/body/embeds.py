"""Build players for videos of other sites. Only hosts named in the settings are allowed, the
address is rebuilt, and the player loads when a reader asks for it.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


class Hosts(Struct, frozen=True):
    """The hosts whose players, and whose audio and video, articles may show."""

    players: tuple[str, ...] = ()
    media: tuple[str, ...] = ()


class Player(Struct, frozen=True):
    """A player: the address of its frame, the host to show to the reader, the page of what it
    plays, and the name of the service.
    """

    url: str
    host: str
    link: str
    name: str


def make_player(address: str, hosts: tuple[str, ...]) -> Player | None:
    """Return the player for an iframe's address, or None if its host is not in `hosts`.

    YouTube uses the domain without cookies, and Vimeo is asked not to track. For other hosts the
    address stays the same, except that it always uses https.
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
        if parts.scheme not in ("http", "https") or host not in hosts or parts.port:
            return None
    except ValueError:
        return None
    last = parts.path.rstrip("/").rpartition("/")[2]
    if host in ("youtube.com", "youtube-nocookie.com", "m.youtube.com", "youtu.be"):
        name = dict(parse_qs(parts.query)).pop("v", [""])[0] or last
        frame = f"https://www.youtube-nocookie.com/embed/{name}"
        page = f"https://www.youtube.com/watch?v={name}"
        known = _ID.fullmatch(name)
        return Player(frame, "youtube-nocookie.com", page, "YouTube") if known else None
    if host in ("vimeo.com", "player.vimeo.com"):
        frame, page = f"https://player.vimeo.com/video/{last}?dnt=1", f"https://vimeo.com/{last}"
        return Player(frame, "player.vimeo.com", page, "Vimeo") if last.isdigit() else None
    url = parts._replace(scheme="https").geturl()
    return Player(url, host, url, host)


def frame_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hosts that frames may load from, for the content security policy."""
    named = {
        "youtube.com": "www.youtube-nocookie.com",
        "youtu.be": "www.youtube-nocookie.com",
        "m.youtube.com": "www.youtube-nocookie.com",
    }
    named |= {"youtube-nocookie.com": "www.youtube-nocookie.com", "vimeo.com": "player.vimeo.com"}
    return tuple(dict.fromkeys(named.get(host, host) for host in hosts))

"""Players of other sites: only from hosts of the settings, their address made anew, loaded when a reader asks."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


class Player(Struct, frozen=True):
    """A player: the address of its frame and the host that a reader will be told of."""

    url: str
    host: str


def make_player(address: str, hosts: tuple[str, ...]) -> Player | None:
    """The player of an iframe's address, or None where its host is not among `hosts`.

    YouTube's is the one without cookies, Vimeo's asks not to be tracked; of other hosts the address stays.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    if parts.scheme not in ("http", "https") or host not in hosts:
        return None
    last = parts.path.rstrip("/").rpartition("/")[2]
    if host in ("youtube.com", "youtube-nocookie.com", "m.youtube.com", "youtu.be"):
        name = parse_qs(parts.query).get("v", [""])[0] or last
        return Player(f"https://www.youtube-nocookie.com/embed/{name}", "youtube-nocookie.com") if _ID.fullmatch(name) else None
    if host in ("vimeo.com", "player.vimeo.com"):
        return Player(f"https://player.vimeo.com/video/{last}?dnt=1", "player.vimeo.com") if last.isdigit() else None
    return Player(parts._replace(scheme="https").geturl(), host)


def frame_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """The hosts that frames may come from, for the content security policy."""
    named = {"youtube.com": "www.youtube-nocookie.com", "youtu.be": "www.youtube-nocookie.com", "m.youtube.com": "www.youtube-nocookie.com"}
    named |= {"youtube-nocookie.com": "www.youtube-nocookie.com", "vimeo.com": "player.vimeo.com"}
    return tuple(dict.fromkeys(named.get(host, host) for host in hosts))

"""The recording that an article's field `audio` names, as gathered from podcasts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from msgspec import Struct

from newsgen.content.urls import body_image, own_path

_TYPE = re.compile(r"(?:audio|video)/[\w.+-]{1,60}", re.ASCII)


class Recording(Struct, frozen=True):
    """An audio or video recording.

    `plays` is true if pages may play it: its host is the site's own, or allowed by the settings.
    `type` is its media type (RFC 6838), "" if unknown.
    """

    url: str
    kind: Literal["audio", "video"]
    type: str
    plays: bool


def make_recording(value: Any, hosts: tuple[str, ...], site: str, base: str) -> Recording | None:
    """Return the recording of a field's value, a mapping or an address, or None if it has none.

    `hosts` are those whose files pages may play, `site` is the site's address, `base` its path. An
    address always uses https (W3C, Mixed Content).
    """
    if not value:
        return None
    given = value if isinstance(value, Mapping) else {"url": value}
    link = body_image(str(given.get("url") or ""))
    if not link.url:
        return None
    told = str(given.get("type") or "")
    kind: Literal["audio", "video"] = "video" if told.startswith("video/") else "audio"
    url = link.url if link.outside else base + link.url
    plays = not link.outside or bool(own_path(url, site)) or urlsplit(url).netloc in hosts
    return Recording(url, kind, told if _TYPE.fullmatch(told) else "", plays)

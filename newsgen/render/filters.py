"""What templates can call. docs/templates.md documents each; a test holds it to this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache, partial
from typing import Any, get_args
from urllib.parse import urlsplit

from newsgen.builder.names import href
from newsgen.config import Kind, Settings
from newsgen.model import Label
from newsgen.pages.base import View
from newsgen.render.feeds import json_feed
from newsgen.render.structured import Structured


class SiteInfo(View, frozen=True):
    """What every template may read as `site`: nothing that an added article changes.

    `url` is absolute, `base` the path that links begin with, `home` the link to the front page; `icon` is the link to
    the site's own SVG icon, if it has one. `noindex` and `canonical` are slugs of sources.
    """

    description: str
    base: str
    home: str
    language: str
    menu: tuple[Label, ...]
    kinds_without: tuple[str, ...]
    icon: str
    noindex: tuple[str, ...]
    canonical: tuple[str, ...]

    def has(self, kind: str) -> bool:
        """Whether the site has pages of this kind (see the setting `without`). Raises ValueError for no kind."""
        if kind not in get_args(Kind):
            raise ValueError(f"{kind} is no kind of page; the kinds are " + ", ".join(get_args(Kind)))
        return kind not in self.kinds_without


def site_info(settings: Settings, menu: tuple[Label, ...]) -> SiteInfo:
    """The part of the settings that pages share, and the menu."""
    return SiteInfo(
        url=settings.url,
        title=settings.title,
        description=settings.description,
        base=settings.base,
        home=settings.base + "/",
        language=settings.language,
        menu=menu,
        kinds_without=settings.without,
        icon=href(settings.base, "/" + settings.icon) if settings.icon.lower().endswith(".svg") else "",
        noindex=settings.sources.noindex,
        canonical=settings.sources.canonical,
    )


def origin_of(settings: Settings) -> str:
    """The site's scheme and host."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(settings.url))


def make_filters(settings: Settings, assets: Mapping[str, str]) -> dict[str, Callable[..., Any]]:
    """The filters by name; `assets` are static files with the paths that hold their digests."""
    origin = origin_of(settings)

    def absolute(link: str) -> str:
        """A link of this site with its scheme and host; others unchanged."""
        return origin + link if link.startswith("/") else link

    def asset(name: str) -> str:
        """The link to a static file under a name that changes with its bytes. Raises LookupError where there is none."""
        if name not in assets:
            raise LookupError(f"there is no static file {name}, or its name does not stand in the template as plain text")
        return href(settings.base, "/" + assets[name])

    return {
        "absolute": absolute,
        "asset": asset,
        "date": _date_filter(settings.language),
        "iso": iso,
        "json_feed": partial(json_feed, settings, origin),
        "locale": locale,
        "media_type": media_type,
        "rfc822": rfc822,
        "structured": Structured(settings, origin),
    }


@lru_cache(16)
def locale(language: str) -> str:
    """A language tag as OpenGraph wants it: `en_GB` of `en-GB`; of a language alone with its likely country, `de_DE`."""
    from babel.core import get_global

    parts = language.split("-")
    likely = str(get_global("likely_subtags").get("_".join(parts), ""))
    country = next((part for part in (*parts[1:], *likely.split("_")[1:]) if len(part) == 2), "")
    return f"{parts[0]}_{country.upper()}" if country else parts[0]


@lru_cache(4096)
def media_type(url: str) -> str:
    """The type of a picture by the suffix of its address: `image/jpeg`; "" where that tells none."""
    suffix = urlsplit(url).path.rpartition(".")[2].lower()
    return f"image/{_PICTURES[suffix]}" if suffix in _PICTURES else ""


_PICTURES = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "gif": "gif", "avif": "avif", "svg": "svg+xml"}


def _date_filter(language: str) -> Callable[[datetime, str], str]:
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_datetime as format_by_locale

    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")

    @lru_cache(8192)
    def minute(year: int, month: int, day: int, hour: int, minute: int, pattern: str) -> str:
        text: str = format_by_locale(datetime(year, month, day, hour, minute), pattern, locale=locale)
        return text

    def date(value: datetime, pattern: str = "long") -> str:
        """A time in words by the site's language: a Babel format name or a CLDR pattern such as `d MMMM y`."""
        if pattern in ("full", "long", "medium", "short"):
            pattern = str(locale.date_formats[pattern].pattern)
        timed = any(letter in pattern for letter in "hHkKmsaB")
        return minute(value.year, value.month, value.day, value.hour if timed else 0, value.minute if timed else 0, pattern)

    return date


def iso(value: datetime) -> str:
    """A time as ISO 8601 with its offset, for `datetime` attributes."""
    return value.isoformat()


def rfc822(value: datetime) -> str:
    """A time as RSS wants it (RFC 822)."""
    return format_datetime(value.astimezone(UTC), usegmt=True)

"""What templates can call. docs/templates.md documents each; a test holds it to this file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, get_args
from urllib.parse import urlsplit

from newsgen.config import Kind, Settings
from newsgen.model import Label
from newsgen.pages.base import View


class SiteInfo(View, frozen=True):
    """What every template may read as `site`: nothing that an added article changes.

    `url` is absolute, `base` the path that links begin with, `home` the link to the front page.
    """

    description: str
    base: str
    home: str
    language: str
    menu: tuple[Label, ...]
    kinds_without: tuple[str, ...]

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
    )


def make_filters(settings: Settings) -> dict[str, Callable[..., Any]]:
    """The filters by name."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(settings.url))

    def absolute(link: str) -> str:
        """A link of this site with its scheme and host; others unchanged."""
        return origin + link if link.startswith("/") else link

    return {"absolute": absolute, "date": _date_filter(settings.language), "iso": iso, "rfc822": rfc822}


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

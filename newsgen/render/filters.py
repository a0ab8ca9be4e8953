"""What templates can call. docs/templates.md documents each; a test checks that it is complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache, partial
from itertools import groupby
from typing import Any, get_args
from urllib.parse import quote, urlsplit

from jinja2 import pass_context

from newsgen.config.about import SHARE
from newsgen.config.paths import composed
from newsgen.config.settings import Kind, Settings
from newsgen.content.body.embeds import Player, make_player
from newsgen.content.slugs import fold, href, make_label
from newsgen.content.urls import own_path
from newsgen.core.model import Card, Label, MenuEntry, Navigation
from newsgen.pages.base import View
from newsgen.pages.lists import GroupLink
from newsgen.pages.stylesheet import theme_css, theme_route
from newsgen.render.dates import (
    date_filter,
    dated_filter,
    direction,
    iso,
    number_filter,
    rfc3339,
    weeks_filter,
)
from newsgen.render.feeds import html_text, json_feed
from newsgen.render.images import ImageHtml
from newsgen.render.structured import Structured

_KINDS = frozenset(get_args(Kind))


class SiteInfo(View, frozen=True):
    """What every template may read as `site`: nothing that changes when an article is added.

    `url` is absolute, `base` the path that links begin with, `home` the link to the front page.
    `icon` is the link to the site's own SVG icon, or "". `dir` is the direction of the language
    (rtl, ltr), `dates` the permalink of a day. `style` is the link of the stylesheet made from the
    settings, `preload` holds those of fonts to load first. `noindex` and `canonical` are slugs of
    sources; `hubs` are the WebSub hubs notified of changed feeds. `profiles` are the site's pages
    elsewhere, `share` the services to share a story with; that without a name is email.
    """

    description: str
    base: str
    home: str
    language: str
    sections: tuple[Label, ...]
    menu: tuple[MenuEntry, ...]
    footer_menu: tuple[Label, ...]
    dir: str
    dates: str
    logo: str
    style: str
    preload: tuple[str, ...]
    kinds_without: tuple[str, ...]
    icon: str
    noindex: tuple[str, ...]
    canonical: tuple[str, ...]
    hubs: tuple[str, ...]
    profiles: tuple[Label, ...]
    share: tuple[Label, ...]

    def has(self, kind: str) -> bool:
        """Whether the site has pages of this kind (see the setting `without`). Raises ValueError
        for an unknown kind.
        """
        if kind in self.kinds_without:
            return False
        if kind not in _KINDS:
            raise ValueError(
                f"{kind} is not a kind of page; the kinds are " + ", ".join(get_args(Kind))
            )
        return True

    def day(self, time: datetime, kind: str = "day") -> str:
        """Return the link to the day of a time, or to its `month` or `year`; "" if the site has no
        such pages.
        """
        if kind in self.kinds_without:
            return ""
        pattern = self.dates.partition(f"{{{kind}}}")[0] + f"{{{kind}}}/"
        return href(
            self.base,
            pattern.format(year=f"{time.year:04}", month=f"{time.month:02}", day=f"{time.day:02}"),
        )


def site_info(settings: Settings, navigation: Navigation) -> SiteInfo:
    """Return the settings that all pages share, and what all pages link to."""
    base, theme = settings.base, settings.theme
    css = theme_css(theme, base)
    return SiteInfo(
        url=settings.url,
        title=settings.title,
        description=settings.description,
        base=base,
        home=base + "/",
        language=settings.language,
        sections=navigation.sections,
        menu=navigation.menu,
        footer_menu=navigation.footer,
        dir=direction(settings.language),
        dates=settings.permalinks.date,
        logo=base + theme.logo if theme.logo else "",
        style=base + theme_route(css) if css else "",
        preload=tuple(base + font.file for font in theme.fonts if font.preload),
        kinds_without=tuple(dict.fromkeys((*settings.without, *navigation.empty))),
        icon=href(settings.base, "/" + settings.icon)
        if settings.icon.lower().endswith(".svg")
        else "",
        noindex=settings.sources.noindex,
        canonical=settings.sources.canonical,
        hubs=settings.announce.websub,
        profiles=tuple(make_label(one.name, one.url, "") for one in settings.profiles),
        share=tuple(
            make_label(*(SHARE[one] if isinstance(one, str) else (one.name, one.url)), "")
            for one in settings.share
        ),
    )


def origin_of(settings: Settings) -> str:
    """Return the site's scheme and host."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(settings.url))


def make_filters(
    settings: Settings, assets: Mapping[str, str], images: ImageHtml
) -> dict[str, Callable[..., Any]]:
    """Return the filters by name. `assets` maps static files to paths with their digests;
    `images` makes the HTML of images.
    """
    origin = origin_of(settings)
    date = date_filter(settings.language, settings.zone)

    def absolute(link: str) -> str:
        """Return a link of this site with scheme and host; other links unchanged."""
        return origin + link if link.startswith("/") else link

    def asset(name: str) -> str:
        """Return the link to a static file, under a name that changes with its bytes. Raises
        LookupError if there is none.
        """
        path = assets.get(composed(name))
        if path is None:
            raise LookupError(
                f"there is no static file {name}, or the template does not contain its name as "
                "plain text"
            )
        return href(settings.base, "/" + path)

    def external(address: str) -> bool:
        """Whether an address leads to another site."""
        return not address.startswith("/") and not own_path(address, settings.url)

    def player(address: str) -> Player | None:
        """Return the player of an embedded video, or None if its host is not in `embeds.hosts`."""
        return make_player(address, settings.embeds.hosts)

    return {
        "absolute": _late(absolute),
        "asset": _late(asset),
        "date": date,
        "dated": dated_filter(date),
        "dir": direction,
        "external": _late(external),
        "html_text": html_text,
        "initials": initials,
        "iso": in_zone(iso, settings.zone),
        "json_feed": partial(json_feed, settings, origin, images),
        "locale": locale,
        "media_type": media_type,
        "minutes": minutes,
        "number": _late(number_filter(settings.language)),
        "image": images.html,
        "picture": images.html,  # its earlier name
        "player": _late(player),
        "rfc3339": in_zone(rfc3339, settings.zone),
        "rfc822": rfc822,
        "runs": runs,
        "share": share,
        "social": images.social,
        "structured": Structured(settings, origin, images),
        "weeks": _late(weeks_filter(settings.language)),
    }


def _late(function: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a filter that is not computed at compile time.

    Jinja computes filters of constants when it compiles, and compiled templates are kept between
    builds. So a filter that depends on settings or assets takes the context, which makes Jinja run
    it when it renders.
    """

    @pass_context
    def late(_: Any, value: Any) -> Any:
        return function(value)

    return late


def runs(cards: Iterable[Card], by: str, least: int = 1) -> list[list[Card]]:
    """Split a list of cards into runs of neighbours in the same `year`, `month` or `day`; with ""
    into a single run.

    A run of fewer than `least` cards is joined with the next one, the last with the one before.
    """
    depth = ("", "year", "month", "day").index(by)
    found: list[list[Card]] = []
    for _, run in groupby(
        cards,
        lambda card: card.time and (card.time.year, card.time.month, card.time.day)[:depth],
    ):
        if found and len(found[-1]) < least:
            found[-1] += run
        else:
            found.append(list(run))
    if len(found) > 1 and len(found[-1]) < least:
        last = found.pop()
        found[-1] += last
    return found


def share(service: Label, address: str, title: str) -> str:
    """Return the link that shares a page with a service."""
    values = {"url": quote(address, safe=""), "title": quote(title, safe="")}
    return _PLACEHOLDER.sub(lambda found: values[found[1]], service.url)


_PLACEHOLDER = re.compile(r"\{(url|title)\}")


def initials(groups: Iterable[GroupLink]) -> list[tuple[str, list[GroupLink]]]:
    """Return the groups of an index in the order of their names, by initial. Names that begin with
    no letter come first, under `#`.
    """
    named = sorted(groups, key=lambda group: fold(group.title).casefold())
    named.sort(key=lambda group: _initial(group) != "#")
    return [(letter, list(run)) for letter, run in groupby(named, _initial)]


def _initial(group: GroupLink) -> str:
    first = fold(group.title)[:1].upper()
    return first if first.isalpha() else "#"


def minutes(body: str) -> int:
    """Return how many minutes an HTML text takes to read, at 230 words or 500 characters of Chinese
    and Japanese a minute; at least 1.
    """
    text = _TAGS.sub(" ", body)
    wide = len(_WIDE.findall(text)) if not text.isascii() else 0
    return max(round(len(text.split()) / 230 + wide / 500), 1)


_TAGS = re.compile("<[^<>]*>")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


@lru_cache(16)
def locale(language: str) -> str:
    """Return a language tag as OpenGraph needs it: `en_GB` for `en-GB`. A language without a
    country gets its likely one: `de_DE`.
    """
    from babel.core import get_global

    parts = language.split("-")
    likely = str(get_global("likely_subtags").get("_".join(parts), ""))
    country = next((part for part in (*parts[1:], *likely.split("_")[1:]) if len(part) == 2), "")
    return f"{parts[0]}_{country.upper()}" if country else parts[0]


@lru_cache(4096)
def media_type(url: str) -> str:
    """Return the type of an image from the suffix of its address, such as `image/jpeg`; "" if the
    suffix is unknown.
    """
    suffix = urlsplit(url).path.rpartition(".")[2].lower()
    return f"image/{_PICTURES[suffix]}" if suffix in _PICTURES else ""


_PICTURES = {
    "jpg": "jpeg",
    "jpeg": "jpeg",
    "png": "png",
    "webp": "webp",
    "gif": "gif",
    "avif": "avif",
    "svg": "svg+xml",
}


def in_zone(form: Callable[[datetime], str], zone: tzinfo) -> Callable[[datetime], str]:
    """Return a filter that writes times in the site's time zone."""
    if zone is UTC:
        return form

    def written(value: datetime) -> str:
        return form(value.astimezone(zone) if value.tzinfo is UTC else value)

    return written


def rfc822(value: datetime) -> str:
    """Return a time as RSS needs it (RFC 822)."""
    from email.utils import format_datetime  # imported here because few builds write a feed

    return format_datetime(value.astimezone(UTC), usegmt=True)

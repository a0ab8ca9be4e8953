"""The values and filters of templates. The docstrings of filters are their rows in
docs/templates.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache, partial, wraps
from itertools import groupby
from typing import Any, get_args
from urllib.parse import quote, urlsplit

from jinja2 import pass_context

from newsgen.config.about import SHARE
from newsgen.config.paths import composed
from newsgen.config.settings import Kind, Settings
from newsgen.content.body.embeds import Player, make_player
from newsgen.content.body.recording import Recording, make_recording
from newsgen.content.slugs import fold, href, make_label
from newsgen.content.urls import own_path
from newsgen.core.card import Card
from newsgen.core.model import Label, MenuEntry, Navigation
from newsgen.core.patterns import lazily
from newsgen.pages.base import View
from newsgen.pages.lists import GroupLink
from newsgen.pages.stylesheet import theme_css, theme_route
from newsgen.render.date_formats import (
    date_filter,
    dated_filter,
    direction,
    iso,
    number_filter,
    rfc3339,
    weeks_filter,
)
from newsgen.render.feed_content import html_text, json_feed
from newsgen.render.image_html import ImageHtml
from newsgen.render.structured import Structured

_KINDS = frozenset(get_args(Kind))


class SiteInfo(View, frozen=True):
    """What every template may read as `site`: nothing that changes when an article is added.

    Title, description, language and `url`, which is absolute, are the settings of these names.
    """

    description: str
    """The setting of the same name."""
    base: str
    """The path that links begin with: nothing, or a path such as `/azure`."""
    home: str
    """The link to the front page."""
    language: str
    """The setting of the same name."""
    sections: tuple[Label, ...]
    """The main topics, which have a data file: [Labels](#label)."""
    menu: tuple[MenuEntry, ...]
    """The setting `menu`, which replaces the sections in the header: [MenuEntries](#menuentry)."""
    footer_menu: tuple[Label, ...]
    """The links of the footer's menu: [Labels](#label)."""
    dir: str
    """The direction of the language: `ltr` or `rtl`."""
    dates: str
    """The setting `permalinks.date`."""
    logo: str
    """The link to the logo, or nothing."""
    style: str
    """The link to the stylesheet from the settings, or nothing."""
    preload: tuple[str, ...]
    """Links to the site's own fonts that browsers load first."""
    kinds_without: tuple[str, ...]
    """The setting `without`, the indexes that would list nothing, and `day` where
    [`archive.days`](settings.md#pages) leaves out days."""
    icon: str
    """The link to the site's own SVG icon, or nothing."""
    noindex: tuple[str, ...]
    """The setting `sources.noindex`."""
    canonical: tuple[str, ...]
    """The setting `sources.canonical`."""
    hubs: tuple[str, ...]
    """The setting `announce.websub`: feeds name these hubs."""
    profiles: tuple[Label, ...]
    """The setting `profiles`: [Labels](#label)."""
    share: tuple[Label, ...]
    """The setting `share`, for the filter `share`: [Labels](#label). Email has no name."""

    def has(self, kind: str) -> bool:
        """Whether the site has pages of this kind, as in `site.has("topics")`.

        Raises ValueError for an unknown kind.
        """
        if kind in self.kinds_without:
            return False
        if kind not in _KINDS:
            raise ValueError(
                f"{kind} is not a kind of page; the kinds are " + ", ".join(get_args(Kind))
            )
        return True

    def day(self, time: datetime, kind: str = "day") -> str:
        """The link to the day of a time, or to its month or year with `"month"` or `"year"`;
        nothing if the site has no such pages.
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
    return _address_filters(settings, assets) | {
        "date": date,
        "dated": dated_filter(date),
        "dir": direction,
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
        "rfc3339": in_zone(rfc3339, settings.zone),
        "rfc822": rfc822,
        "runs": runs,
        "share": share,
        "social": images.social,
        "structured": Structured(settings, origin, images),
        "weeks": _late(weeks_filter(settings.language)),
    }


def _address_filters(
    settings: Settings, assets: Mapping[str, str]
) -> dict[str, Callable[..., Any]]:
    """Return the filters of addresses."""
    origin = origin_of(settings)

    def absolute(link: str) -> str:
        """A link within this site with scheme and host, for feeds and metadata:
        `page.url|absolute`. Other links stay."""
        return origin + link if link.startswith("/") else link

    def asset(name: str) -> str:
        """The link to a [static file](#static-files) under a name with its digest:
        `"newsgen.css"|asset`.

        Raises LookupError if there is none.
        """
        path = assets.get(composed(name))
        if path is None:
            raise LookupError(
                f"there is no static file {name}, or the template does not contain its name as "
                "plain text"
            )
        return href(settings.base, "/" + path)

    def external(address: str) -> bool:
        """Whether an address leaves the site, in any spelling of the site's own address:
        `article.link|external`."""
        return not address.startswith("/") and not own_path(address, settings.url)

    def player(address: str) -> Player | None:
        """For the address of an embedded player: its `url`, rebuilt, its `host`, the `link` to what
        it plays, and the `name` of the service. None if `embeds.hosts` does not list the host.
        """
        return make_player(address, settings.embeds.hosts)

    def recording(value: Any) -> Recording | None:
        """The recording that an article's `audio` names: its `url`, its `type` and its `kind`,
        `audio` or `video`, and whether it `plays` here, because it is the site's or `embeds.media`
        lists its host; none without an address: `article.extra.get("audio")|recording`.
        """
        return make_recording(value, settings.embeds.media, settings.url, settings.base)

    return {
        "absolute": _late(absolute),
        "asset": _late(asset),
        "external": _late(external),
        "player": _late(player),
        "recording": _late(recording),
    }


def _late(function: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a filter that is not computed at compile time.

    Jinja computes filters of constants when it compiles, and compiled templates are kept between
    builds. So a filter that depends on settings or assets takes the context, which makes Jinja run
    it when it renders.
    """

    @pass_context
    @wraps(function)
    def late(_: Any, value: Any) -> Any:
        return function(value)

    return late


def runs(cards: Iterable[Card], by: str, least: int = 1) -> list[list[Card]]:
    """Cards in groups of consecutive ones of the same day: `cards|runs("day")`; `month`, `year`, or
    `""` for one group of all. With a number, as in `runs("day", 2)`, a smaller group is joined with
    the next, the last with the one before.
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
    """The link that shares a page: `service|share(page.url|absolute, article.title)`."""
    values = {"url": quote(address, safe=""), "title": quote(title, safe="")}
    return _PLACEHOLDER.sub(lambda found: values[found[1]], service.url)


_PLACEHOLDER = lazily(r"\{(url|title)\}")


def initials(groups: Iterable[GroupLink]) -> list[tuple[str, list[GroupLink]]]:
    """The groups of an index by name and initial: `page.groups|initials` gives pairs of a letter
    and its [GroupLinks](#grouplink). Names that begin with no letter come first, under `#`.
    """
    named = sorted(groups, key=lambda group: fold(group.title).casefold())
    named.sort(key=lambda group: _initial(group) != "#")
    return [(letter, list(run)) for letter, run in groupby(named, _initial)]


def _initial(group: GroupLink) -> str:
    first = fold(group.title)[:1].upper()
    return first if first.isalpha() else "#"


def minutes(body: str) -> int:
    """How many minutes a text in HTML takes to read, at 230 words or 500 characters of Chinese and
    Japanese a minute; at least 1: `article.body|minutes`.
    """
    text = _TAGS.sub(" ", body)
    wide = len(_WIDE.findall(text)) if not text.isascii() else 0
    return max(round(len(text.split()) / 230 + wide / 500), 1)


_TAGS = lazily("<[^<>]*>")
_WIDE = lazily("[\u3040-\u30ff\u3400-\u9fff]")


@lru_cache(16)
def locale(language: str) -> str:
    """A language tag as OpenGraph needs it, `en_GB` for `en-GB`: `site.language|locale`. A
    language without a country gets its likely one: `de_DE`.
    """
    from babel.core import get_global

    parts = language.split("-")
    likely = str(get_global("likely_subtags").get("_".join(parts), ""))
    country = next((part for part in (*parts[1:], *likely.split("_")[1:]) if len(part) == 2), "")
    return f"{parts[0]}_{country.upper()}" if country else parts[0]


@lru_cache(4096)
def media_type(url: str) -> str:
    """The media type of an image from its address, such as `image/jpeg`, or nothing:
    `card.image.url|media_type`.
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

    @wraps(form)
    def written(value: datetime) -> str:
        return form(value.astimezone(zone) if value.tzinfo is UTC else value)

    return written


def rfc822(value: datetime) -> str:
    """A time as RSS needs it (RFC 822)."""
    from email.utils import format_datetime  # imported here because few builds write a feed

    return format_datetime(value.astimezone(UTC), usegmt=True)

"""The sitemap: all pages that may be indexed (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from newsgen.model import Card
from newsgen.pages.base import Page, Planning, View


class Location(Struct, frozen=True, gc=False):
    """A page in the sitemap. `card` tells when its own content last changed, for articles."""

    url: str
    card: Card | None


class SitemapView(View, frozen=True, gc=False):
    """A list of pages."""

    locations: tuple[Location, ...]


def plan_sitemaps(planning: Planning) -> Iterator[Page]:
    """One sitemap over the home page, the lists and the articles."""
    if not planning.has("sitemap"):
        return
    site = planning.site
    locations = [Location(planning.href("/"), None)]
    locations += [Location(g.label.url, None) for g in (*site.topics, *site.sources) if g.label.url]
    locations += [Location(story.card.url, story.card) for story in site.stories]
    yield Page("/sitemap.xml", "sitemap.xml", SitemapView(planning.href("/sitemap.xml"), "Sitemap", tuple(locations)))

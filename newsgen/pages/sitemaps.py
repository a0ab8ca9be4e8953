"""The sitemap: all pages that may be indexed (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

from collections.abc import Iterator

from newsgen.model import Card
from newsgen.pages.base import Page, Planning, View


class SitemapView(View, frozen=True, gc=False):
    """The links of the lists, and the cards of the articles: those tell when they last changed."""

    lists: tuple[str, ...]
    cards: tuple[Card, ...]


def plan_sitemaps(planning: Planning) -> Iterator[Page]:
    """One sitemap over the home page, the lists and the articles."""
    if not planning.has("sitemap"):
        return
    site = planning.site
    lists = [planning.href("/"), *(g.label.url for g in (*site.topics, *site.sources) if g.label.url)]
    cards = tuple([story.card for story in site.stories])
    yield Page("/sitemap.xml", "sitemap.xml", SitemapView(planning.href("/sitemap.xml"), "Sitemap", tuple(lists), cards))

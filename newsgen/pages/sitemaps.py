"""Plan the files for search engines: the sitemap (sitemaps.org, protocol 0.9), the news sitemap and
robots.txt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from newsgen.content.times import start_of
from newsgen.content.visibility import NEWS_WINDOW
from newsgen.core.card import Card
from newsgen.core.site import Story
from newsgen.pages.base import Page, PlanContext, View

# The protocol allows 50,000 addresses and 52,428,800 bytes in a file. With 40,000, even addresses
# of 1,200 bytes, longer than any that newsgen makes, stay below both limits.
LIMIT = 40_000
NEWS_LIMIT = 1_000


class SitemapView(View, frozen=True, array_like=True, gc=False):
    """A sitemap."""

    urls: tuple[str, ...]
    """Links to pages that may be indexed: articles from the oldest, then lists and other pages."""
    times: tuple[datetime | None, ...]
    """For each, when its page last changed, or none."""


class SitemapIndexView(View, frozen=True, array_like=True, gc=False):
    """The index of several sitemaps."""

    urls: tuple[str, ...]
    """Links to the sitemaps."""


class NewsView(View, frozen=True, array_like=True, gc=False):
    """The news sitemap."""

    cards: tuple[Card, ...]
    """The stories of the last two days, newest first: [Cards](#card)."""


class RobotsView(View, frozen=True, array_like=True, gc=False):
    """The file `robots.txt`."""

    urls: tuple[str, ...]
    """Links to the sitemaps."""
    rules: tuple[str, ...]
    """The lines of the setting `robots`."""


def plan_sitemaps(
    planning: PlanContext, pages: Iterable[Page], limit: int = LIMIT
) -> Iterator[Page]:
    """Plan the sitemap, the news sitemap and robots.txt.

    The sitemap lists all pages that may be indexed. With more than `limit` addresses it becomes
    several parts and their index.
    """
    maps: list[str] = []
    if planning.has("sitemap"):
        stories = [
            story for story in reversed(planning.site.stories) if may_be_indexed(planning, story)
        ]
        urls = [story.card.url for story in stories]
        times: list[datetime | None] = [story.card.updated or story.card.time for story in stories]
        lists = _lists(planning, pages)
        parts = partition([*urls, *lists], [*times, *[None] * len(lists)], limit)
        if len(parts) == 1:
            yield _sitemap(planning, "/sitemap.xml", *parts[0])
        else:
            routes = [f"/sitemaps/{n}.xml" for n in range(1, len(parts) + 1)]
            for route, part in zip(routes, parts, strict=True):
                yield _sitemap(planning, route, *part)
            index = SitemapIndexView(
                planning.href("/sitemap.xml"), "Sitemaps", tuple(map(planning.href, routes))
            )
            yield Page("/sitemap.xml", "sitemap-index.xml", index)
        maps.append(planning.href("/sitemap.xml"))
    if planning.settings.news_sitemap:
        news = _news(planning)
        if news:
            maps.append(planning.href("/news-sitemap.xml"))
            yield Page(
                "/news-sitemap.xml", "news-sitemap.xml", NewsView(maps[-1], "News sitemap", news)
            )
    if planning.has("robots"):
        view = RobotsView(
            planning.href("/robots.txt"), "robots.txt", tuple(maps), planning.settings.robots
        )
        yield Page("/robots.txt", "robots.txt", view)


def may_be_indexed(planning: PlanContext, story: Story) -> bool:
    """Return whether search engines should index the story's page here. The article can ask them
    not to, and the settings can exclude its source.
    """
    sources, meta = planning.settings.sources, story.document.meta
    slug = story.card.source.slug
    return (
        not meta.noindex
        and slug not in sources.noindex
        and (slug not in sources.canonical or not meta.link)
    )


def partition(
    urls: Sequence[str], times: Sequence[datetime | None], limit: int
) -> list[tuple[tuple[str, ...], tuple[datetime | None, ...]]]:
    """Split the sitemap into parts of at most `limit` addresses. Addresses added at the end leave
    the full parts unchanged.
    """
    starts = range(0, max(len(urls), 1), limit)
    return [(tuple(urls[i : i + limit]), tuple(times[i : i + limit])) for i in starts]


def _lists(planning: PlanContext, pages: Iterable[Page]) -> list[str]:
    """Return the links of the listed pages that are not articles."""
    articles = {story.card.url for story in planning.site.stories}
    return [
        page.view.url
        for page in pages
        if page.listed and page.route.endswith("/") and page.view.url not in articles
    ]


def _sitemap(
    planning: PlanContext, route: str, urls: tuple[str, ...], times: tuple[datetime | None, ...]
) -> Page:
    return Page(route, "sitemap.xml", SitemapView(planning.href(route), "Sitemap", urls, times))


def _news(planning: PlanContext) -> tuple[Card, ...]:
    since = planning.as_of - NEWS_WINDOW
    cards: list[Card] = []
    for story in planning.site.stories:  # newest first
        if start_of(story.document.meta.time) <= since or len(cards) == NEWS_LIMIT:
            break
        if may_be_indexed(planning, story):
            cards.append(story.card)
    return tuple(cards)

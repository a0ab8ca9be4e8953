"""Plan the search page and the files of its index.

A plan knows no titles. So it knows the articles of a file, but not its content. The cards of a
block are an ordinary page. A file of terms is made from the texts of a whole shard. Its content is
computed outside the plan (see build/search.py), and its digest covers that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from urllib.parse import parse_qsl, urlsplit

from newsgen.config.settings import Settings
from newsgen.core.card import ArticleRef, Card
from newsgen.core.model import Label
from newsgen.core.site import Group, Story
from newsgen.pages.base import Link, Page, PlanContext, View
from newsgen.pages.date_lists import date_route
from newsgen.search.index import SIZE, file_count, group
from newsgen.search.shards import Shard, split

ROUTE = "/search/"


class SearchView(View, frozen=True, array_like=True, gc=False):
    """The search page."""

    engine: str
    """The address of another search engine for readers without JavaScript, or nothing."""
    fields: tuple[tuple[str, str], ...]
    """Names and values to send to it beside the words."""
    zone: str
    """The site's time zone."""
    archives: tuple[Link, ...]
    """The years of the archive, newest first: [Links](#link)."""


class OpenSearchView(View, frozen=True, array_like=True, gc=False):
    """The description with which browsers offer the site's search."""


class SearchIndexView(View, frozen=True, array_like=True, gc=False):
    """The shards of the index, oldest first: name and months (see Shard)."""

    shards: tuple[tuple[str, tuple[tuple[int, int, int], ...]], ...]
    recency: float


class SearchGroupsView(View, frozen=True, array_like=True, gc=False):
    """The filters of results: term, name and number of articles of each group."""

    topics: tuple[tuple[str, str, int], ...]
    sources: tuple[tuple[str, str, int], ...]
    authors: tuple[tuple[str, str, int], ...]


class SearchCardsView(View, frozen=True, array_like=True, gc=False):
    """The cards of a block, oldest first.

    `files` is how many files hold the terms of its shard. For each card, `labels` holds the names
    that find it and its card does not have, and `groups` its groups. `records` names the Articles
    if bodies are searched.
    """

    files: int
    cards: tuple[Card, ...]
    labels: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    records: tuple[ArticleRef, ...]


class SearchTermsView(View, frozen=True, array_like=True, gc=False):
    """A file of terms: the name of its shard, and its number there.

    `blocks` are the keys of the shard's blocks; they are not part of the plan.
    """

    name: str
    number: int
    blocks: tuple[bytes, ...] = ()


def plan_search(planning: PlanContext) -> Iterator[Page]:
    """Plan the search page, its description for browsers and the index."""
    if not planning.has("search"):
        return
    engine, fields = fallback_of(planning.settings)
    title = planning.title("Search")
    settings, archives = planning.settings, tuple(_archives(planning))
    view = SearchView(planning.href(ROUTE), title, engine, fields, settings.timezone, archives)
    yield Page(ROUTE, "search.html", view, listed=False)
    route = "/opensearch.xml"
    yield Page(route, "opensearch.xml", OpenSearchView(planning.href(route), title))
    stories, zone = planning.site.stories, planning.settings.zone
    times = [story.document.meta.time.astimezone(zone) for story in reversed(stories)]
    months = [
        (year, month, len(list(members)))
        for (year, month), members in groupby(times, lambda time: (time.year, time.month))
    ]
    shards, first = split(months), len(stories)
    yield _index(planning, shards)
    yield _groups(planning)
    for shard in shards:
        first -= shard.size
        yield from _shard(planning, shard, range(first + shard.size - 1, first - 1, -1))


def _shard(planning: PlanContext, shard: Shard, members: range) -> Iterator[Page]:
    """Plan the files of a shard whose articles are `members`, oldest first."""
    stories, files = planning.site.stories, file_count(shard.size)
    for start in range(0, shard.size, SIZE):
        block = members[start : start + SIZE]
        route = f"{ROUTE}{shard.name}/c{start // SIZE}.json"
        view = SearchCardsView(
            planning.href(route),
            "Search",
            files,
            planning.cards(block),
            tuple([_labels(stories[i]) for i in block]),
            tuple([_groups_of(stories[i]) for i in block]),
            tuple([ArticleRef(stories[i].card.index) for i in block])
            if planning.settings.search.body
            else (),
        )
        yield Page(route, "", view)
    for number in range(files):
        route = f"{ROUTE}{shard.name}/t{number}.json"
        yield Page(route, "", SearchTermsView(planning.href(route), "Search", shard.name, number))


def _index(planning: PlanContext, shards: Sequence[Shard]) -> Page:
    route = f"{ROUTE}index.json"
    told = tuple([(shard.name, shard.months) for shard in shards])
    view = SearchIndexView(planning.href(route), "Search", told, planning.settings.search.recency)
    return Page(route, "", view)


def _groups(planning: PlanContext) -> Page:
    site, route = planning.site, f"{ROUTE}groups.json"
    view = SearchGroupsView(
        planning.href(route),
        "Search",
        _named("#", site.topics),
        _named("@", site.sources),
        _named("~", site.authors),
    )
    return Page(route, "", view)


def _named(kind: str, groups: Sequence[Group]) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        [
            (group(kind, one.label.slug), one.label.name, len(one.members))
            for one in groups
            if one.members
        ]
    )


def _labels(story: Story) -> str:
    return " ".join([label.name for label in (*story.tags, *story.authors)])


def _groups_of(story: Story) -> tuple[str, ...]:
    card = story.card
    sources = (card.source,) if card.source.name else ()
    kinds: tuple[tuple[str, tuple[Label, ...]], ...] = (
        ("#", card.topics),
        ("@", sources),
        ("~", story.authors),
    )
    return tuple([group(kind, label.slug) for kind, labels in kinds for label in labels])


def _archives(planning: PlanContext) -> Iterator[Link]:
    """Yield a link to each year, if the site has such pages."""
    if not planning.has("year"):
        return
    zone, stories = planning.settings.zone, planning.site.stories
    years = [story.document.meta.time.astimezone(zone).year for story in stories]
    for year, members in groupby(years):
        yield Link(f"{year:04}", planning.href(date_route(planning, (year,))), len(list(members)))


def fallback_of(settings: Settings) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the address of the setting `search.fallback` without its query, and the fields of that
    query. Both are empty without the setting.
    """
    parts = urlsplit(settings.search.fallback.replace("{host}", urlsplit(settings.url).netloc))
    address = parts._replace(query="", fragment="").geturl()
    return address, tuple(parse_qsl(parts.query))

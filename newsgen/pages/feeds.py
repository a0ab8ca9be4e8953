"""Plan RSS, Atom and JSON feeds: one of each for all stories, for every topic, for every author
with a data file, and for every term of a taxonomy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from newsgen.config.settings import Kind
from newsgen.content.slugs import fold
from newsgen.core.card import ArticleRef, Card
from newsgen.core.model import Label
from newsgen.core.site import Story
from newsgen.pages.base import Page, PlanContext, View


class FeedFormat(NamedTuple):
    """A feed format: the kind of page, its file (also the name of its template), and its media
    type.
    """

    kind: Kind
    file: str
    media_type: str


FORMATS = (
    FeedFormat("feed", "feed.xml", "application/rss+xml"),
    FeedFormat("atom", "atom.xml", "application/atom+xml"),
    FeedFormat("jsonfeed", "feed.json", "application/feed+json"),
)


class FeedView(View, frozen=True, array_like=True, gc=False):
    """A feed of the newest stories. Its title is the name of the site or topic."""

    home: str
    """The link to the page that the feed is about."""
    cards: tuple[Card, ...]
    """The newest stories: [Cards](#card)."""
    label: Label | None
    """The topic, author or term: a [Label](#label), or none."""
    origins: tuple[str, ...]
    """For each card, the story's address at its source, or nothing."""
    records: tuple[ArticleRef, ...]
    """Internal: use `bodies`."""
    changed: datetime | None
    """The last change of any of the stories; nothing in an empty feed."""
    authors: tuple[tuple[str, ...], ...]
    """For each card, the names of its authors, or of its source if it names none."""
    categories: tuple[tuple[str, ...], ...]
    """For each card, the names of its topics and tags."""
    links: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Internal: use `bodies`."""


def plan_feeds(planning: PlanContext) -> Iterator[Page]:
    """Plan feeds for the site, each topic, term and author with a data file, in each format."""
    formats = [one for one in FORMATS if planning.has(one.kind)]
    if not formats:
        return
    yield from _feeds(
        planning, formats, "/", planning.settings.title, range(len(planning.site.stories)), None
    )
    topics = planning.site.topics if planning.has("topic") else ()
    authors = planning.site.authors if planning.has("author") else ()
    terms = [group for taxonomy in planning.site.taxonomies for group in taxonomy.groups]
    for group in (*topics, *terms, *(author for author in authors if author.profile)):
        if group.route:
            yield from _feeds(
                planning, formats, group.route, group.label.name, group.members, group.label
            )


def _feeds(
    planning: PlanContext,
    formats: Sequence[FeedFormat],
    route: str,
    title: str,
    members: Sequence[int],
    label: Label | None,
) -> Iterator[Page]:
    feeds = planning.settings.feeds
    newest = [planning.site.stories[i] for i in members[: feeds.limit]]
    cards = tuple([story.card for story in newest])
    origins = tuple([story.document.meta.link for story in newest])
    authors = tuple([_authors(story) for story in newest])
    categories = tuple([_categories(story.card.topics, story.tags) for story in newest])
    records = tuple([ArticleRef(card.index) for card in cards]) if feeds.full_text else ()
    links = tuple([story.links for story in newest]) if feeds.full_text else ()
    home = planning.href(route)
    changed = max((time for card in cards if (time := card.updated or card.time)), default=None)
    for one in formats:
        view = FeedView(
            home + one.file,
            title,
            home,
            cards,
            label,
            origins,
            records,
            changed,
            authors,
            categories,
            links,
        )
        yield Page(route + one.file, one.file, view)


def _authors(story: Story) -> tuple[str, ...]:
    names = tuple([author.name for author in story.authors])
    return names or ((story.card.source.name,) if story.card.source.name else ())


def _categories(topics: Iterable[Label], tags: Iterable[Label]) -> tuple[str, ...]:
    """Return the names of topics, then of tags. If names differ only in case or accents, the first
    is kept.
    """
    names: dict[str, str] = {}
    for label in (*topics, *tags):
        names.setdefault(fold(label.name), label.name)
    return tuple(names.values())

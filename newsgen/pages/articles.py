"""Article pages: the story, its sidebar, its neighbours in its first topic."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from newsgen.builder.related import nearest, own_related
from newsgen.model import Card, Correction, Group, Label
from newsgen.pages.base import Link, Page, Planning, View, make_link


class Stored(Struct, frozen=True, gc=False):
    """Where the cache keeps an Article, and the digest of what it says."""

    key: bytes
    digest: bytes


class ArticleView(View, frozen=True, gc=False):
    """An article page. The renderer fetches the Article itself by its `record`.
    `sidebar` holds cards of this site and places in the article's own list of related stories."""

    card: Card
    record: Stored
    sidebar: tuple[Card | int, ...]
    crumbs: tuple[Link, ...]
    newer: Card | None
    older: Card | None
    tags: tuple[Label, ...]
    authors: tuple[Label, ...]
    corrections: tuple[Correction, ...]


def plan_articles(planning: Planning) -> Iterator[Page]:
    """A page for each visible article."""
    site, related = planning.site, planning.settings.related
    topics = {group.label.slug: group for group in site.topics}
    crumbs = {group.label.slug: (make_link(group.label.name, group.label.url),) if group.label.url else () for group in site.categories}
    for i, story in enumerate(site.stories):
        card = story.card
        own = own_related(site, i, related.limit)
        picks: list[Card | int] = [site.stories[local].card if local >= 0 else place for place, local in own]
        groups = [topics[label.slug] for label in card.topics]
        if related.fill and groups and len(picks) < related.limit:
            without = {i, *(local for _, local in own if local >= 0)}
            more = nearest(site, i, groups, related.limit - len(picks), without)
            picks += [site.stories[local].card for local in more]
        newer, older = _neighbours(planning, i, groups)
        view = ArticleView(
            url=card.url,
            title=card.title,
            card=card,
            record=Stored(story.document.record, story.document.entry.content),
            sidebar=tuple(picks),
            crumbs=crumbs[story.category.slug],
            newer=newer,
            older=older,
            tags=story.tags,
            authors=story.authors,
            corrections=story.corrections,
        )
        yield Page(story.route, "article.html", view, parts_of(view))


def parts_of(view: ArticleView) -> list[Any]:
    """All that the page shows of the view, by digests: its address and title are the card's, the key of its record is no part of it."""
    newer, older = view.newer, view.older
    return [
        view.card.digest,
        view.record.digest,
        [pick if isinstance(pick, int) else pick.digest for pick in view.sidebar],
        [link.digest for link in view.crumbs],
        newer.digest if newer else b"",
        older.digest if older else b"",
        [label.digest for label in view.tags],
        [label.digest for label in view.authors],
        view.corrections,
    ]


def _neighbours(planning: Planning, index: int, groups: list[Group]) -> tuple[Card | None, Card | None]:
    """The next newer and older story of the article's first topic."""
    if not groups:
        return None, None
    members, stories = groups[0].members, planning.site.stories
    at = bisect_left(members, index)
    newer = stories[members[at - 1]].card if at else None
    older = stories[members[at + 1]].card if at + 1 < len(members) else None
    return newer, older

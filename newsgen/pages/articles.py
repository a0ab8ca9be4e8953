"""Article pages: the story, its sidebar, its neighbours in its first topic."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from newsgen.builder.related import nearest, own_related
from newsgen.model import Card, Correction, Group, Label, Stored
from newsgen.pages.base import AnyView, Link, Page, Planning


class ArticleView(AnyView, frozen=True, array_like=True, gc=False):
    """An article page. The renderer fetches the Article itself by its `record`. `own` are the places that its sidebar takes from
    the article's own list of related stories, -1 for the next one of `cards`, which the others follow."""

    card: Card
    record: Stored
    own: tuple[int, ...]
    cards: tuple[Card, ...]
    crumbs: tuple[Link, ...]
    newer: Card | None
    older: Card | None
    tags: tuple[Label, ...]
    authors: tuple[Label, ...]
    corrections: tuple[Correction, ...]

    @property
    def title(self) -> str:
        """The story's own."""
        return self.card.title

    @property
    def sidebar(self) -> tuple[Card | int, ...]:
        """Cards of this site and places in the article's own list of related stories, as they follow each other."""
        cards = iter(self.cards)
        return (*(place if place >= 0 else next(cards) for place in self.own), *cards)


def plan_articles(planning: Planning) -> Iterator[Page]:
    """A page for each visible article."""
    site, related = planning.site, planning.settings.related
    topics = {group.label.slug: group for group in site.topics}
    crumbs = {group.label.slug: (Link(group.label.name, group.label.url),) if group.label.url else () for group in site.categories}
    for i, story in enumerate(site.stories):
        card = story.card
        own = own_related(site, i, related.limit)
        cards = [local for _, local in own if local >= 0]
        groups = [topics[label.slug] for label in card.topics]
        if related.fill and groups and len(own) < related.limit:
            cards += nearest(site, i, groups, related.limit - len(own), {i, *cards})
        newer, older = _neighbours(planning, i, groups)
        view = ArticleView(
            url=card.url,
            card=card,
            record=Stored(i),
            own=tuple([place if local < 0 else -1 for place, local in own]),
            cards=planning.cards(cards),
            crumbs=crumbs[story.category.slug],
            newer=newer,
            older=older,
            tags=story.tags,
            authors=story.authors,
            corrections=story.corrections,
        )
        yield Page(story.route, "article.html", view)


def _neighbours(planning: Planning, index: int, groups: list[Group]) -> tuple[Card | None, Card | None]:
    """The next newer and older story of the article's first topic."""
    if not groups:
        return None, None
    members, stories = groups[0].members, planning.site.stories
    at = bisect_left(members, index)
    newer = stories[members[at - 1]].card if at else None
    older = stories[members[at + 1]].card if at + 1 < len(members) else None
    return newer, older

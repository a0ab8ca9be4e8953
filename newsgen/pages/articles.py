"""Plan article pages: the story, its coverage, other stories, and its neighbours in its section:
its first topic, or else its category.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from newsgen.builder.related import Nearest, own_related
from newsgen.core.card import ArticleRef, Card
from newsgen.core.model import Correction, Label, Terms
from newsgen.core.site import Site
from newsgen.pages.base import AnyView, Link, Page, PlanContext
from newsgen.pages.social_cards import ends

Neighbours = tuple[int, int]


class Pick(Struct, frozen=True, array_like=True, gc=False):
    """Another story to read."""

    card: Card
    """Another story: a [Card](#card)."""
    topic: Label | None
    """The first of the article's topics that both share: a [Label](#label), or none."""
    days: int
    """How many days after the article it was published; below 0 if before."""


class ArticleView(AnyView, frozen=True, array_like=True, gc=False):
    """An article page. Templates read its article as `article`.

    The renderer fetches the Article itself by `record`. `own` holds the items of the article's own
    list of related stories that the sidebar shows, by their place in the list; -1 means the next of
    `cards`. `members` are the other visible articles of its story. `told` holds the places in its
    own list of other sources that have the story, one for each source. The first `room` of
    `related` are shown in the sidebar too. A plan holds no `related` (see hydrate.py). `links` maps
    links in the body, as written, to those that the page has. A `recent` article may have a social
    card.
    """

    card: Card
    """What other pages show of the article: its [Card](#card), with links to its source and topics.
    """
    record: ArticleRef
    """Internal."""
    own: tuple[int, ...]
    """Internal."""
    cards: tuple[Card, ...]
    """Internal."""
    crumbs: tuple[Link, ...]
    """[Links](#link) to the lists above the article."""
    newer: Card | None
    """The next newer story of its first topic, or without topics of its category: a [Card](#card),
    or none."""
    older: Card | None
    """The next older one: a [Card](#card), or none."""
    tags: tuple[Label, ...]
    """Its tags: [Labels](#label)."""
    authors: tuple[Label, ...]
    """Its authors: [Labels](#label)."""
    corrections: tuple[Correction, ...]
    """Its corrections, newest first: [Corrections](#correction)."""
    lead: Card | None
    """The [Card](#card) of the article that leads this one's [story](stories.md), if it is another;
    else none."""
    members: tuple[Card, ...]
    """Internal."""
    told: tuple[int, ...]
    """Internal."""
    room: int
    """Internal."""
    related: tuple[Pick, ...] = ()
    """Similar stories: [Picks](#pick)."""
    links: tuple[tuple[str, str], ...] = ()
    """Internal."""
    terms: tuple[Terms, ...] = ()
    """What it has of each [taxonomy](settings.md#taxonomies): a list of [Terms](#terms)."""
    recent: bool = False
    """Internal."""

    @property
    def title(self) -> str:
        """The headline."""
        return self.card.title

    @property
    def sidebar(self) -> tuple[Card | int, ...]:
        """Internal: use the variable `sidebar`.

        The cards of this site and the places in the article's own list of related
        stories, in display order.
        """
        cards = iter(self.cards)
        return (
            *(place if place >= 0 else next(cards) for place in self.own),
            *(pick.card for pick in self.related[: self.room]),
        )


class StoryPlace(AnyView, frozen=True, array_like=True, gc=False):
    """The page of the article in a file, as far as other pages need to know it while they are
    planned. `periods` plans the rest.
    """

    path: str


def place_articles(planning: PlanContext) -> Iterator[Page]:
    """Plan where the page of each visible article is."""
    for story in planning.site.stories:
        place = StoryPlace(story.card.url, story.document.path)
        yield Page(story.route, "article.html", place)


def plan_articles(planning: PlanContext) -> Iterator[Page]:
    """Plan a page for each visible article."""
    beside = neighbours(planning.site)
    return (plan_article(planning, i, beside[i]) for i in range(len(planning.site.stories)))


def plan_article(planning: PlanContext, index: int, beside: Neighbours) -> Page:
    """Plan the page of the story at `index`. What it reads of the site is in the key of its period
    (see periods.py).
    """
    site, related = planning.site, planning.settings.related
    story = site.stories[index]
    card, lead = story.card, site.leads[index]
    own = own_related(index, site.listed[index], related.limit)
    newer, older = (site.stories[i].card if i else None for i in beside)
    view = ArticleView(
        url=card.url,
        card=card,
        record=ArticleRef(card.index),
        own=tuple([place if local < 0 else -1 for place, local in own]),
        cards=planning.cards([local for _, local in own if local >= 0]),
        crumbs=(Link(story.category.name, story.category.url),) if story.category.url else (),
        newer=newer,
        older=older,
        tags=story.tags,
        authors=story.authors,
        corrections=story.corrections,
        lead=site.stories[lead].card if lead != index else None,
        members=planning.cards([other for other in site.members.get(lead, ()) if other != index]),
        told=told_places(site, index),
        room=related.limit - len(own) if related.fill else 0,
        links=story.links,
        terms=story.terms,
        recent=has_card(story.document.meta.time, planning),
    )
    return Page(story.route, "article.html", view)


def told_places(site: Site, index: int) -> tuple[int, ...]:
    """Return the places in a story's own list of other sources that have it."""
    return tuple([place for place, _ in site.covered[index] if place >= 0])


def has_card(time: datetime, planning: PlanContext) -> bool:
    """Return whether an article of this time may have a social card at the build's clock."""
    end = ends(time, planning.settings)
    return end is not None and planning.as_of < end


def shown_places(view: AnyView) -> tuple[int, ...]:
    """Return the places in a story's own list that its page shows, none for other pages."""
    return (*view.own, *view.told) if isinstance(view, ArticleView) else ()


def near_stories(planning: PlanContext) -> Iterator[list[int]]:
    """Return for each article other stories of its topics that are near in time. They fill up its
    related stories if too few are similar.
    """
    nearest = Nearest(planning.site, planning.settings.related.limit)
    return map(nearest.of, range(len(planning.site.stories)))


def neighbours(site: Site) -> list[Neighbours]:
    """Return for each story the next newer and the next older one of its section, as indexes from
    the end of all stories: 0 for none.
    """
    count = len(site.stories)
    found: list[Neighbours] = [(0, 0)] * count
    topics = [story.card.topics[0].slug if story.card.topics else "" for story in site.stories]
    categories = [
        "" if topic or not story.category.url else story.category.slug
        for topic, story in zip(topics, site.stories, strict=True)
    ]
    for groups, sections in ((site.topics, topics), (site.categories, categories)):
        for group in groups:
            slug, members = group.label.slug, group.members
            rows = zip(members, (count, *members), (*members[1:], count), strict=False)
            for i, newer, older in rows:
                if sections[i] == slug:
                    found[i] = newer - count, older - count
    return found

"""RSS feeds: one over all stories, one per topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsgen.model import Card, Label
from newsgen.pages.base import Page, Planning, View


class FeedView(View, frozen=True, gc=False):
    """The newest stories. `home` is the page that the feed is about."""

    home: str
    cards: tuple[Card, ...]
    label: Label | None


def plan_feeds(planning: Planning) -> Iterator[Page]:
    """A feed for the site and for each topic."""
    if not planning.has("feed"):
        return
    yield _feed(planning, "/", planning.settings.title, range(len(planning.site.stories)), None)
    if planning.has("topic"):
        for group in planning.site.topics:
            route = planning.settings.permalinks.topic.format(slug=group.label.slug)
            yield _feed(planning, route, group.label.name, group.members, group.label)


def _feed(planning: Planning, route: str, title: str, members: Sequence[int], label: Label | None) -> Page:
    cards = planning.cards(members[: planning.settings.feeds.limit])
    own = f"{route}feed.xml"
    return Page(own, "feed.xml", FeedView(planning.href(own), title, planning.href(route), cards, label))

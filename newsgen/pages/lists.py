"""Home, topics, sources and categories: a list each, and an index of the topics and of the sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsgen.model import Group, Label
from newsgen.pages.base import Link, Page, Planning, View, make_link, paged


class Listed(View, frozen=True, gc=False):
    """A group in an index: how many stories it has, and its parent."""

    label: Label
    count: int
    parent: Label | None


class IndexView(View, frozen=True, gc=False):
    """All topics or all sources."""

    groups: tuple[Listed, ...]


def plan_home(planning: Planning) -> Iterator[Page]:
    """The front page and the pages of older stories."""
    settings = planning.settings
    members = range(len(planning.site.stories))
    topics = tuple(
        make_link(g.label.name, g.label.url) for g in planning.site.topics if g.label.url and g.order < len(planning.site.topics)
    )
    yield from paged(planning, "/", "home.html", settings.title, members, settings.per_page, parts=topics)


def plan_categories(planning: Planning) -> Iterator[Page]:
    """The index of each category, the first part of its articles' addresses."""
    if planning.has("category"):
        for group in planning.site.categories:
            yield from _group(planning, group, f"/{group.label.slug}/", "category.html", ())


def plan_topics(planning: Planning) -> Iterator[Page]:
    """The index of topics and a list for each."""
    crumbs: tuple[Link, ...] = ()
    if planning.has("topics"):
        yield _index(planning, planning.site.topics, "/topics/", "Topics", "topics.html")
        crumbs = (make_link("Topics", planning.href("/topics/")),)
    if planning.has("topic"):
        for group in planning.site.topics:
            above = (*crumbs, make_link(group.parent.name, group.parent.url)) if group.parent and group.parent.url else crumbs
            yield from _group(planning, group, planning.settings.permalinks.topic.format(slug=group.label.slug), "topic.html", above)


def plan_sources(planning: Planning) -> Iterator[Page]:
    """The index of sources and a list for each."""
    crumbs: tuple[Link, ...] = ()
    if planning.has("sources"):
        yield _index(planning, planning.site.sources, "/sources/", "Sources", "sources.html")
        crumbs = (make_link("Sources", planning.href("/sources/")),)
    if planning.has("source"):
        for group in planning.site.sources:
            yield from _group(planning, group, planning.settings.permalinks.source.format(slug=group.label.slug), "source.html", crumbs)


def _index(planning: Planning, groups: Sequence[Group], route: str, title: str, template: str) -> Page:
    listed = tuple(Listed(g.label.url, g.label.name, g.label, len(g.members), g.parent) for g in groups)
    return Page(route, template, IndexView(planning.href(route), title, listed))


def _group(planning: Planning, group: Group, route: str, template: str, crumbs: tuple[Link, ...]) -> Iterator[Page]:
    per_page = planning.settings.per_page
    yield from paged(planning, route, template, group.label.name, group.members, per_page, crumbs, label=group.label)

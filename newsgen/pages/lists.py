"""Home, topics, sources and categories: a list each, and an index of the topics and of the sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsgen.model import Group, Label
from newsgen.pages.base import Link, Page, Planning, View, paged


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
    topics = tuple(Link(g.label.name, g.label.url) for g in planning.site.topics if g.label.url and g.order < len(planning.site.topics))
    yield from paged(planning, "/", "home.html", settings.title, members, settings.per_page, parts=topics)


def plan_categories(planning: Planning) -> Iterator[Page]:
    """The index of each category, the first part of its articles' addresses."""
    if planning.has("categories"):
        for group in planning.site.categories:
            yield from _group(planning, group, f"/{group.label.slug}/", "category.html", ())


def plan_topics(planning: Planning) -> Iterator[Page]:
    """The index of topics and a list for each."""
    if planning.has("topics"):
        yield from _groups(planning, planning.site.topics, "/topics/", "Topics", "topic.html", planning.settings.permalinks.topic)


def plan_sources(planning: Planning) -> Iterator[Page]:
    """The index of sources and a list for each."""
    if planning.has("sources"):
        yield from _groups(planning, planning.site.sources, "/sources/", "Sources", "source.html", planning.settings.permalinks.source)


def _groups(planning: Planning, groups: Sequence[Group], route: str, title: str, template: str, permalink: str) -> Iterator[Page]:
    listed = tuple(Listed(g.label.url, g.label.name, g.label, len(g.members), g.parent) for g in groups)
    yield Page(route, template.replace(".html", "s.html"), IndexView(planning.href(route), title, listed))
    crumb = Link(title, planning.href(route))
    for group in groups:
        above = (crumb, Link(group.parent.name, group.parent.url)) if group.parent and group.parent.url else (crumb,)
        yield from _group(planning, group, permalink.format(slug=group.label.slug), template, above)


def _group(planning: Planning, group: Group, route: str, template: str, crumbs: tuple[Link, ...]) -> Iterator[Page]:
    per_page = planning.settings.per_page
    yield from paged(planning, route, template, group.label.name, group.members, per_page, crumbs, label=group.label)

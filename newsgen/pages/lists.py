"""Home, categories, topics, sources, tags and authors: a list each, and an index of all but the categories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsgen.config import Kind
from newsgen.model import Group, Label
from newsgen.pages.base import Link, Page, Planning, View, make_link, paged


class Listed(View, frozen=True, gc=False):
    """A group in an index: how many stories it has, and its parent."""

    label: Label
    count: int
    parent: Label | None


class IndexView(View, frozen=True, gc=False):
    """All topics, sources, tags or authors."""

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


def plan_groups(planning: Planning) -> Iterator[Page]:
    """An index of the topics, of the sources, of the tags and of the authors, and a list for each; no empty index of the last two."""
    site, permalinks = planning.site, planning.settings.permalinks
    yield from _groups(planning, site.topics, "topics", "topic", permalinks.topic)
    yield from _groups(planning, site.sources, "sources", "source", permalinks.source)
    if site.tags:
        yield from _groups(planning, site.tags, "tags", "tag", permalinks.tag)
    if site.authors:
        yield from _groups(planning, site.authors, "authors", "author", permalinks.author)


def _groups(planning: Planning, groups: Sequence[Group], many: Kind, one: Kind, permalink: str) -> Iterator[Page]:
    crumbs: tuple[Link, ...] = ()
    if planning.has(many):
        index = _index(planning, groups, f"/{many}/", many.capitalize(), f"{many}.html")
        crumbs = (make_link(index.view.title, index.view.url),)
        yield index
    if planning.has(one):
        for group in groups:
            above = (*crumbs, make_link(group.parent.name, group.parent.url)) if group.parent and group.parent.url else crumbs
            yield from _group(planning, group, permalink.format(slug=group.label.slug), f"{one}.html", above)


def _index(planning: Planning, groups: Sequence[Group], route: str, title: str, template: str) -> Page:
    listed = tuple(Listed(g.label.url, g.label.name, g.label, len(g.members), g.parent) for g in groups)
    return Page(route, template, IndexView(planning.href(route), title, listed))


def _group(planning: Planning, group: Group, route: str, template: str, crumbs: tuple[Link, ...]) -> Iterator[Page]:
    per_page = planning.settings.per_page
    yield from paged(planning, route, template, group.label.name, group.members, per_page, crumbs, label=group.label)

"""Build a Site from documents: the visible ones, newest first, grouped by topic, source, category,
tag and author, and by the keys in the setting `taxonomies`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from msgspec import structs

from newsgen.builder.attached import Attached, without_withheld
from newsgen.builder.labels import CategoryLabels, NameLabels, SourceLabels, label_groups
from newsgen.builder.menus import Targets, make_navigation
from newsgen.builder.plain import plain_pages
from newsgen.builder.ranking import find_covered
from newsgen.builder.related import listed
from newsgen.builder.route_table import SITE, ListRoutes, RouteTable
from newsgen.builder.routes import article_routes
from newsgen.builder.sections import SectionPlaces, Sections, find_sections
from newsgen.builder.source_links import LinkTargets, SourceLinks
from newsgen.builder.taxonomies import TermLabels
from newsgen.config.settings import Settings
from newsgen.content.clock import Clock
from newsgen.content.data import Data
from newsgen.content.derive import links_in
from newsgen.content.pages import is_section
from newsgen.content.slugs import hrefs
from newsgen.content.visibility import has_come, is_gone, visibility
from newsgen.core import digest
from newsgen.core.card import Card
from newsgen.core.model import Correction, Document, Label, PlainFile, Summary
from newsgen.core.problems import Problem
from newsgen.core.site import Group, Plain, Site, Story
from newsgen.stories.grouping import StoryAssignment

MOST_REPORTS = 100  # stories of an event that the page of each names


class Built(NamedTuple):
    """A Site, and the problems found while it was built."""

    site: Site
    problems: list[Problem]


class _Selected(NamedTuple):
    """The visible documents, newest first, the removed ones, and the keys of URLs and titles that
    must not be named.
    """

    visible: list[Document]
    gone: list[Document]
    withheld: set[int]


class _Labels(NamedTuple):
    """The labels of all visible articles."""

    topics: NameLabels
    sources: SourceLabels
    tags: NameLabels
    authors: NameLabels
    categories: CategoryLabels
    terms: TermLabels

    def lists(self, places: ListRoutes) -> dict[str, tuple[Group, ...]]:
        """Return the lists that menus may leave out if they are empty."""
        return {
            "topics": self.topics.groups(self.categories.of_topics),
            "sources": label_groups(self.sources.labels, self.sources.by_slug, places),
            "tags": self.tags.groups(),
            "authors": self.authors.groups(),
        }


class _Routed(NamedTuple):
    """Everything with an address. `merged` are the routes of categories that a topic replaces, each
    with the topic's route and name. `articles` are the routes of visible articles, `gone` those of
    removed ones.
    """

    plain: tuple[Plain, ...]
    places: ListRoutes
    labels: _Labels
    merged: dict[str, tuple[str, str]]
    sections: Sections
    articles: list[str]
    gone: tuple[str, ...]


def reports(lead: int, event: list[int]) -> list[int]:
    """Return the stories that pages name of an event, as indexes, newest first.

    Each of its stories names the others, so the cost grows with the square of their number. Only
    the newest, the first report and the lead of an event with more than MOST_REPORTS stories are
    named.
    """
    if len(event) <= MOST_REPORTS:
        return event
    return sorted({*event[: MOST_REPORTS - 2], event[-1], lead})


def build_site(
    documents: Sequence[Document],
    pages: Sequence[PlainFile],
    data: Data,
    settings: Settings,
    clock: Clock,
    assigned: StoryAssignment | None = None,
    static: Iterable[str] = (),
    near: Iterable[str] = (),
) -> Built:
    """Return the Site of these documents and plain pages at this clock.

    `static` holds the paths of static files, `near` those of other files in the content folder. The
    order of the documents does not matter. Without `assigned` each article is a story. Pure.
    """
    selected = _select(documents, clock)
    visible = selected.visible
    problems: list[Problem] = []
    table = RouteTable(settings, static)
    routed = _route(selected, pages, data, table, settings, clock, problems)
    labels, introductions = routed.labels, routed.sections.introductions
    targets = dict(zip([document.path for document in visible], routed.articles, strict=True))
    others = [*routed.plain, *introductions.values()]
    files = [*(one.path for one in documents), *(page.path for page in pages)]
    public = without_withheld(near, files, [*targets, *(page.file.path for page in others)])
    place = Attached(table, problems).place
    slugs = {one.path: one.meta.slug for one in visible if one.meta.slug}
    sources = LinkTargets(targets, others, public, settings.base, place, slugs)
    texts = _Texts(sources, visible, routed.plain, introductions)
    stories = _stories(visible, routed.articles, labels, settings, clock, texts.links)
    own = _find_listed(selected)
    leads = assigned.leads if assigned else tuple(range(len(visible)))
    members = _members(leads)
    lists = labels.lists(routed.places)
    categories = label_groups(labels.categories.labels, labels.categories.by_slug, routed.places)
    named = [file for file in pages if not is_section(file.path)]
    menu_targets = Targets(routed.plain, lists["topics"], categories, named, data.topics)
    empty = [name for name, groups in lists.items() if not groups]
    empty += ["day"] if settings.archive.days == "auto" and _few_a_day(stories) else []
    site = Site(
        stories=stories,
        **lists,
        categories=categories,
        pages=texts.pages,
        navigation=make_navigation(menu_targets, empty, settings, problems),
        gone=routed.gone,
        listed=own,
        covered=find_covered(stories, own, leads, members),
        leads=leads,
        members=members,
        attached=tuple(dict.fromkeys(texts.attached)),
        missing=tuple(texts.missing),
        moved=_moved(assigned.moved if assigned else (), documents, settings),
        merged=tuple((route, *topic) for route, topic in routed.merged.items()),
        taxonomies=labels.terms.taxonomies(),
        sections=routed.sections.groups,
        introductions=texts.introductions,
    )
    return Built(site, problems)


def _route(
    selected: _Selected,
    pages: Sequence[PlainFile],
    data: Data,
    table: RouteTable,
    settings: Settings,
    clock: Clock,
    problems: list[Problem],
) -> _Routed:
    """Assign the addresses of articles, lists and pages, in this fixed order."""
    plain = plain_pages(pages, settings, clock, table, problems)
    if "corrections" not in settings.without:
        # After plain pages, because one of them may introduce the corrections.
        table.claim("/corrections/", SITE)
    places = ListRoutes(table, settings, problems)
    labels = _label(selected.visible, places, data, settings)
    merged = {
        route: (places.of[topic.url], topic.name)
        for route, topic in labels.categories.merged.items()
    }
    found = SectionPlaces(table, places, {route: to for route, (to, _) in merged.items()})
    sections = find_sections(pages, selected.visible, found, settings, clock, problems)
    plain += sections.pages
    articles, gone = article_routes(selected.visible, selected.gone, settings, table, problems)
    return _Routed(plain, places, labels, merged, sections, articles, gone)


def _members(leads: Sequence[int]) -> dict[int, list[int]]:
    """Return the stories of each event that has several, by its lead: see `reports`."""
    events: dict[int, list[int]] = defaultdict(list)
    for i, lead in enumerate(leads):
        events[lead].append(i)
    return {lead: reports(lead, some) for lead, some in events.items() if len(some) > 1}


class _Texts:
    """Visible articles, plain pages and introductions with their links resolved, and the targets of
    all links.
    """

    def __init__(
        self,
        sources: LinkTargets,
        visible: Sequence[Document],
        plain: Iterable[Plain],
        introductions: Mapping[str, Plain],
    ) -> None:
        self.links = [sources.of(one.path, one.meta.links) for one in visible]
        self.attached = [file for some in self.links for file in some.files]
        self.missing = [
            (one.path, link)
            for one, some in zip(visible, self.links, strict=True)
            for link in some.missing
        ]
        self.pages = tuple([self._linked(page, sources) for page in plain])
        self.introductions = {
            route: self._linked(page, sources) for route, page in introductions.items()
        }

    def _linked(self, page: Plain, sources: LinkTargets) -> Plain:
        path = page.file.path
        links = sources.of(path, links_in(page.file.page.body))
        self.attached += links.files
        self.missing += [(path, link) for link in links.missing]
        return structs.replace(page, links=links.resolved)


def _select(documents: Iterable[Document], clock: Clock) -> _Selected:
    selected = _Selected([], [], set())
    for document in documents:
        seen = visibility(document.meta, clock)
        if seen == "visible":
            selected.visible.append(document)
        elif seen == "withheld":
            selected.withheld.update((document.meta.url, document.title))
            if is_gone(document.meta, clock):
                selected.gone.append(document)
    selected.withheld.discard(0)
    selected.visible.sort(key=attrgetter("path"), reverse=True)
    selected.visible.sort(key=attrgetter("meta.time"), reverse=True)
    return selected


def _few_a_day(stories: Sequence[Story]) -> bool:
    """Return whether days with stories have fewer than three on average. Their month shows them
    too.
    """
    days = {story.card.time.date() for story in stories if story.card.time}
    return len(stories) < 3 * len(days)


def _label(
    visible: Sequence[Document], places: ListRoutes, data: Data, settings: Settings
) -> _Labels:
    """Return all labels. Their lists take their routes in this order."""
    metas, links = [document.meta for document in visible], settings.permalinks
    without = settings.without
    topics = NameLabels(
        [meta.topics for meta in metas], places, links.topic, "topic" not in without, data.topics
    )
    return _Labels(
        topics=topics,
        sources=SourceLabels(
            [(meta.source_domain, meta.source_name) for meta in metas], places, data, settings
        ),
        tags=NameLabels([meta.tags for meta in metas], places, links.tag, "tag" not in without),
        authors=NameLabels(
            [meta.authors for meta in metas],
            places,
            links.author,
            "author" not in without,
            data.authors,
        ),
        categories=CategoryLabels(
            [meta.category for meta in metas], places, "category" not in without, topics
        ),
        terms=TermLabels(metas, places, settings),
    )


def _stories(
    visible: Sequence[Document],
    routes: Sequence[str],
    labels: _Labels,
    settings: Settings,
    clock: Clock,
    links: Sequence[SourceLinks],
) -> tuple[Story, ...]:
    parts = zip(
        visible,
        routes,
        hrefs(settings.base, routes),
        labels.sources.labels,
        labels.topics.labels,
        strict=True,
    )
    stories = []
    for i, (document, route, url, source, topics) in enumerate(parts):
        card = _card(i - len(visible), document, url, source, topics, settings, clock)
        corrections = document.meta.corrections and tuple(
            [
                Correction(one.time.astimezone(settings.zone), one.text)
                for one in document.meta.corrections
                if has_come(one.time, clock)
            ]
        )
        story = Story(
            document,
            card,
            _placement(card, document),
            route,
            labels.categories.labels[i],
            labels.tags.labels[i],
            labels.authors.labels[i],
            corrections,
            links[i].resolved,
            labels.terms.of(i),
        )
        stories.append(story)
    return tuple(stories)


def _card(
    index: int,
    document: Document,
    url: str,
    source: Label,
    topics: tuple[Label, ...],
    settings: Settings,
    clock: Clock,
) -> Card:
    meta, zone = document.meta, settings.zone
    updated = meta.updated if meta.updated and has_come(meta.updated, clock) else None
    return Card(
        url,
        meta.time.astimezone(zone),
        meta.kind,
        source,
        topics,
        _unknown_summary,
        updated=updated.astimezone(zone) if updated else None,
        language="" if meta.language == settings.language else meta.language,
        index=index,
    )


def _placement(card: Card, document: Document) -> bytes:
    """Return the digest of a card without its summary."""
    topics = [label.digest for label in card.topics]
    source = card.source.digest
    said = (card.url, document.meta.time, card.updated, card.kind, card.language, source, topics)
    return digest.of_value(said)


def _unknown_summary(index: int) -> Summary:
    raise LookupError("a planner must not read a card's title, excerpt or image")


def _find_listed(selected: _Selected) -> tuple[tuple[int, ...], ...]:
    """Return for each visible article the stories in its own list, as in `Site.listed`."""
    visible = selected.visible
    oldest_first = range(len(visible) - 1, -1, -1)
    by_url = {visible[i].meta.url: i for i in oldest_first}
    by_url.pop(0, None)  # 0 means no URL
    by_title = {visible[i].title: i for i in oldest_first}
    return tuple(
        [
            listed(document.meta, by_url, by_title, selected.withheld) if document.meta.ties else ()
            for document in visible
        ]
    )


def _moved(
    moved: Sequence[tuple[str, int]], documents: Sequence[Document], settings: Settings
) -> tuple[tuple[str, int], ...]:
    """Return the routes of hidden articles that redirect to their stories, each with the index of
    the story's lead.
    """
    by_path = (
        {document.path: document for document in documents}
        if moved and settings.stories.redirect
        else {}
    )
    hidden = [(by_path[path], lead) for path, lead in moved if path in by_path]
    routes, _ = article_routes(
        [document for document, _ in hidden], (), settings, RouteTable(settings), []
    )
    return tuple([(route, lead) for route, (_, lead) in zip(routes, hidden, strict=True)])

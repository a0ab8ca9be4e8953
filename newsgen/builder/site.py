"""Build a Site from documents: the visible ones, newest first, grouped by topic, source, category,
tag and author.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from newsgen.builder.plain import make_menu, plain_pages
from newsgen.builder.ranking import find_covered
from newsgen.builder.related import listed
from newsgen.builder.route_table import SITE, ListRoutes, RouteTable
from newsgen.builder.routes import article_routes
from newsgen.config.settings import Settings
from newsgen.content.data import Data, OrganizationFact, TopicFact
from newsgen.content.slugs import Slugs, fold, hrefs, make_label, slugify
from newsgen.content.visibility import Clock, has_come, is_gone, visibility
from newsgen.core import digest
from newsgen.core.model import (
    Card,
    Correction,
    Document,
    Group,
    Label,
    PlainFile,
    Site,
    Story,
    Summary,
)
from newsgen.core.problems import Problem
from newsgen.stories.grouping import StoryAssignment

_UNORDERED = 1_000_000
_DEFAULT_CATEGORY = "news"


class Built(NamedTuple):
    """A Site, and the problems found while it was built."""

    site: Site
    problems: list[Problem]


def build_site(
    documents: Sequence[Document],
    pages: Sequence[PlainFile],
    data: Data,
    settings: Settings,
    clock: Clock,
    told: StoryAssignment | None = None,
    static: Iterable[str] = (),
) -> Built:
    """Return the Site that these documents and plain pages make at this clock.

    `static` holds the paths of static files. The order of the documents does not matter. Without
    `told` each article is a story of its own. Pure.
    """
    visible: list[Document] = []
    gone: list[Document] = []
    withheld: set[int] = set()
    for document in documents:
        seen = visibility(document.meta, clock)
        if seen == "visible":
            visible.append(document)
        elif seen == "withheld":
            withheld.update((document.meta.url, document.title))
            if is_gone(document.meta, clock):
                gone.append(document)
    withheld.discard(0)
    visible.sort(key=attrgetter("path"), reverse=True)
    visible.sort(key=attrgetter("meta.time"), reverse=True)

    problems: list[Problem] = []
    table = RouteTable(settings, static)
    plain = plain_pages(pages, settings, clock, table, problems)
    if "corrections" not in settings.without:
        # After plain pages, because one of them may introduce the corrections.
        table.claim("/corrections/", SITE)
    leads = told.leads if told else tuple(range(len(visible)))
    events: dict[int, list[int]] = defaultdict(list)
    for i, lead in enumerate(leads):
        events[lead].append(i)
    members = {lead: some for lead, some in events.items() if len(some) > 1}
    without = settings.without
    entries = [document.meta for document in visible]
    places, permalinks = ListRoutes(table, settings, problems), settings.permalinks
    topics = _Names(
        [entry.topics for entry in entries],
        places,
        permalinks.topic,
        "topic" not in without,
        data.topics,
    )
    sources = _Sources(
        [(entry.source_domain, entry.source_name) for entry in entries], places, data, settings
    )
    tags = _Names([entry.tags for entry in entries], places, permalinks.tag, "tag" not in without)
    authors = _Names(
        [entry.authors for entry in entries], places, permalinks.author, "author" not in without
    )
    categories = _Categories(
        [entry.category for entry in entries], places, "category" not in without
    )
    routes, gone_routes = article_routes(visible, gone, settings, table, problems)

    zone = settings.zone
    stories: list[Story] = []
    told_by = zip(
        visible, routes, hrefs(settings.base, routes), sources.labels, topics.labels, strict=True
    )
    for i, (document, route, url, source, labels) in enumerate(told_by):
        entry = document.meta
        updated = (
            entry.updated.astimezone(zone)
            if entry.updated and has_come(entry.updated, clock)
            else None
        )
        language = "" if entry.language == settings.language else entry.language
        card = Card(
            url,
            entry.time.astimezone(zone),
            entry.kind,
            source,
            labels,
            _unseen,
            b"",
            False,
            updated,
            language,
            i,
        )
        shown = (
            url,
            entry.time,
            updated,
            entry.kind,
            language,
            source.digest,
            [label.digest for label in labels],
        )
        corrections = entry.corrections and tuple(
            [
                Correction(one.time.astimezone(zone), one.text)
                for one in entry.corrections
                if has_come(one.time, clock)
            ]
        )
        stories.append(
            Story(
                document,
                card,
                digest.of_value(shown),
                route,
                categories.labels[i],
                tags.labels[i],
                authors.labels[i],
                corrections,
            )
        )
    oldest_first = range(len(visible) - 1, -1, -1)
    by_url = {entries[i].url: i for i in oldest_first}
    by_url.pop(0, None)  # 0 means no URL
    by_title = {visible[i].title: i for i in oldest_first}
    own = tuple(
        [listed(entry, by_url, by_title, withheld) if entry.ties else () for entry in entries]
    )

    site = Site(
        stories=tuple(stories),
        topics=topics.groups(),
        sources=_groups(sources.labels, sources.by_slug, places),
        categories=_groups(categories.labels, categories.by_slug, places),
        tags=tags.groups(),
        authors=authors.groups(),
        pages=plain,
        menu=make_menu(plain, pages, settings, problems),
        gone=gone_routes,
        listed=own,
        covered=find_covered(stories, own, leads, members),
        leads=leads,
        members=members,
        moved=_moved(told.moved if told else (), documents, settings),
    )
    return Built(site, problems)


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


def _unseen(index: int) -> Summary:
    raise LookupError("what only pages show is not there to be planned by")


def _by_name(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(sorted(groups, key=lambda g: (g.order, fold(g.label.name), g.label.slug)))


def _groups(
    labels: Sequence[Label], by_slug: Mapping[str, Label], places: ListRoutes
) -> tuple[Group, ...]:
    """Return a group for each label that has a name. `labels` holds the label of each article."""
    members: dict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        if label.name:
            members[label.slug].append(i)
    return _by_name(
        Group(by_slug[slug], places.of.get(by_slug[slug].url, ""), tuple(some), _UNORDERED)
        for slug, some in members.items()
    )


class _Names:
    """Turns names into topics, tags or authors. Names that differ only in case or accents are one;
    it is shown under the name in its data file, else under the most common one.

    `each` holds the names of each visible article, `linked` says whether they have pages. `labels`
    holds the labels of each article, each once, in the article's own order.
    """

    def __init__(
        self,
        each: Sequence[tuple[str, ...]],
        places: ListRoutes,
        permalink: str,
        linked: bool,
        facts: Sequence[TopicFact] = (),
    ) -> None:
        # Oldest first, so that a new name never takes a slug in use.
        often = Counter(reversed(each))
        counts: Counter[str] = Counter()
        for some, n in often.items():
            for name in some:
                counts[name] += n
        spellings: dict[str, list[str]] = {}
        for name in counts:
            spellings.setdefault(fold(name), []).append(name)
        slugs = Slugs()
        self._places = places
        self._by_fold: dict[str, Label] = {}
        self._order: dict[str, int] = {}
        self._parents: dict[str, str] = {}

        def add(name: str, wanted: str, folded: set[str]) -> Label:
            slug = slugs.give(name, wanted)
            folded -= self._by_fold.keys()  # if two data files claim a name, the first gets it
            used = any(other in spellings for other in folded)
            url = places.link(permalink.format(slug=slug), name) if linked and used else ""
            label = make_label(name, url, slug)
            self._by_fold.update(dict.fromkeys(folded, label))
            return label

        for fact in facts:
            label = add(fact.name, fact.slug, {fold(n) for n in (fact.name, *fact.other_names)})
            self._order[label.slug] = fact.order
            self._parents[label.slug] = fact.parent
        for folded, names in spellings.items():
            if folded not in self._by_fold:
                add(min(names, key=lambda n: (-counts[n], n)), "", {folded})
        by_name = {
            name: self._by_fold[folded] for folded, names in spellings.items() for name in names
        }
        known = {
            some: tuple({label.slug: label for label in map(by_name.__getitem__, some)}.values())
            for some in often
        }
        self.labels = [known[some] for some in each]

    def groups(self) -> tuple[Group, ...]:
        """Return the groups that have stories: in the order of their data files, then by name."""
        labels = {label.slug: label for label in self._by_fold.values()}
        members: dict[str, list[int]] = defaultdict(list)
        for i, some in enumerate(self.labels):
            for label in some:
                members[label.slug].append(i)
        found = []
        for slug, having in members.items():
            label, parent = labels[slug], self._by_fold.get(fold(self._parents.get(slug, "")))
            route = self._places.of.get(label.url, "")
            found.append(
                Group(label, route, tuple(having), self._order.get(slug, _UNORDERED), parent)
            )
        return _by_name(found)


class _Sources:
    """Turns domains and names into sources. A source is identified by its registrable domain, or by
    name on platforms with many publishers.

    It is shown under the name in its data file, else under the most common one. `each` holds domain
    and name for each visible article, `labels` the label of each: one without a name if the article
    has no source.
    """

    def __init__(
        self, each: Sequence[tuple[str, str]], places: ListRoutes, data: Data, settings: Settings
    ) -> None:
        self._places = places
        self._platforms = frozenset(settings.sources.platforms)
        self._linked = "source" not in settings.without
        self._permalink = settings.permalinks.source
        self._facts: dict[str, OrganizationFact] = {}
        for fact in data.organizations:
            for known in (fact.domain, _spoken(fact.name), *map(_spoken, fact.other_names)):
                if known:
                    self._facts.setdefault(known, fact)
        counts = Counter(reversed(each))
        self._homes = self._domains_by_name(counts)
        names: dict[str, dict[str, int]] = {}
        for pair, n in counts.items():
            spellings = names.setdefault(self._key(*pair), {})
            spellings[pair[1]] = spellings.get(pair[1], 0) + n
        slugs = Slugs()
        by_key = {key: self._make(key, spellings, slugs) for key, spellings in names.items()}
        self.by_slug = {label.slug: label for label in by_key.values()}
        by_pair = {pair: by_key[self._key(*pair)] for pair in counts}
        self.labels = [by_pair[pair] for pair in each]

    def _domains_by_name(self, counts: dict[tuple[str, str], int]) -> dict[str, str]:
        """Return the domain of each name that more than half of a domain's stories use, because
        such a publisher may also appear on a platform. If two domains share a name, the one with
        more stories gets it.
        """
        total: dict[str, int] = defaultdict(int)
        named: dict[tuple[str, str], int] = defaultdict(int)
        for (domain, name), n in counts.items():
            if domain and domain not in self._platforms:
                total[domain] += n
                named[domain, _spoken(name)] += n
        homes = {
            name: domain
            for _, domain, name in sorted((n, *pair) for pair, n in named.items())
            if 2 * named[domain, name] > total[domain]
        }
        return homes | {
            _spoken(fact.name): fact.domain for fact in self._facts.values() if fact.domain in total
        }

    def _key(self, domain: str, name: str) -> str:
        if domain and domain not in self._platforms:
            return domain
        spoken = _spoken(name)
        return self._homes.get(spoken) or "name " + spoken if spoken else ""

    def _make(self, key: str, counts: dict[str, int], slugs: Slugs) -> Label:
        if not key:
            return make_label("", "", "")
        commonest = min(counts, key=lambda n: (-counts[n], n))
        fact = self._facts.get(key) or self._facts.get(key.removeprefix("name "))
        name = fact.name if fact else commonest
        slug = slugs.give(commonest) if key.startswith("name ") else key
        url = self._places.link(self._permalink.format(slug=slug), name) if self._linked else ""
        return make_label(name, url, slug, fact.logo if fact else None)


@lru_cache(4096)
def _spoken(name: str) -> str:
    """Return a key for a publisher's name: the same for Game Rant and GameRant, and for GamesRadar
    and GamesRadar+.
    """
    folded = fold(name)
    return "".join(c for c in folded if c.isalnum()) or folded


class _Categories:
    """Turns category names into labels. Categories are the first part of articles' addresses.

    `each` holds the category of each visible article, `labels` the label of each. Articles without
    a category get `news`.
    """

    def __init__(self, each: Sequence[str], places: ListRoutes, linked: bool) -> None:
        self.by_slug: dict[str, Label] = {}
        by_name: dict[str, Label] = {}
        urls: dict[str, str] = {}
        # Oldest first, so that a new one never takes a route in use.
        for name in dict.fromkeys(reversed(each)):
            slug = slugify(name or _DEFAULT_CATEGORY)
            if slug not in urls:
                urls[slug] = places.link(f"/{slug}/", name or _DEFAULT_CATEGORY) if linked else ""
        for name in dict.fromkeys(each):
            slug = slugify(name or _DEFAULT_CATEGORY)
            if slug not in self.by_slug:
                self.by_slug[slug] = make_label(name or _DEFAULT_CATEGORY, urls[slug], slug)
            by_name[name] = self.by_slug[slug]
        self.labels = [by_name[name] for name in each]

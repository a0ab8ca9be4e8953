"""Turn the names in articles into labels and groups: topics, tags, authors, sources and
categories.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from types import MappingProxyType

from newsgen.builder.route_table import ListRoutes
from newsgen.config.settings import Settings
from newsgen.content.data import UNORDERED, Data, NameFact, OrganizationFact
from newsgen.content.slugs import Slugs, fold, make_label, slugify
from newsgen.core.model import Image, Label, Profile
from newsgen.core.site import Group

_DEFAULT_CATEGORY = "news"


def _by_name(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(sorted(groups, key=lambda g: (g.order, fold(g.label.name), g.label.slug)))


def label_groups(
    labels: Sequence[Label], by_slug: Mapping[str, Label], places: ListRoutes
) -> tuple[Group, ...]:
    """Return a group for each label in `by_slug` that has a name. `labels` holds the label of each
    article.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        if label.name and label.slug in by_slug:
            members[label.slug].append(i)
    return _by_name(
        Group(by_slug[slug], places.of.get(by_slug[slug].url, ""), tuple(some), UNORDERED)
        for slug, some in members.items()
    )


class NameLabels:
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
        facts: Sequence[NameFact] = (),
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
        self._profiles: dict[str, Profile | None] = {}

        def add(name: str, wanted: str, folded: set[str], logo: Image | None = None) -> Label:
            slug = slugs.give(name, wanted)
            # If two data files claim a name, the first gets it. `-=` would iterate over all keys.
            folded = {one for one in folded if one not in self._by_fold}
            used = any(other in spellings for other in folded)
            url = places.link(permalink.format(slug=slug), name) if linked and used else ""
            label = make_label(name, url, slug, logo)
            self._by_fold.update(dict.fromkeys(folded, label))
            return label

        for fact in facts:
            known_as = {fold(n) for n in (fact.name, *fact.other_names)}
            label = add(fact.name, fact.slug, known_as, fact.logo)
            self._order[label.slug] = fact.order
            self._profiles[label.slug] = fact.profile
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

    def titled(self, name: str) -> Label | None:
        """Return the label with a page that has this name or, as a slug, its slug."""
        slug = slugify(name)
        found = self._by_fold.get(fold(name)) or self._with_pages.get(slug)
        return found if found and found.url else None

    @cached_property
    def _with_pages(self) -> dict[str, Label]:
        return {label.slug: label for label in self._by_fold.values() if label.url}

    def groups(self, more: Mapping[str, Sequence[int]] = MappingProxyType({})) -> tuple[Group, ...]:
        """Return the groups that have stories: in the order of their data files, then by name.

        `more` holds stories to list in addition, by slug.
        """
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
                Group(
                    label,
                    route,
                    tuple(sorted({*having, *more[slug]}) if slug in more else having),
                    self._order.get(slug, UNORDERED),
                    parent,
                    self._profiles.get(slug),
                )
            )
        return _by_name(found)


class SourceLabels:
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
    """Return a key for a publisher's name. Game Rant and GameRant have the same key, and so have
    GamesRadar and GamesRadar+.
    """
    folded = fold(name)
    return "".join(c for c in folded if c.isalnum()) or folded


class CategoryLabels:
    """Turns category names into labels. Categories are the first part of articles' addresses.

    `each` holds the category of each visible article, `labels` the label of each. Articles without
    a category get `news`. A category with the name of a topic has that topic's label. `merged`
    holds the route that its list would have, with the topic, and `of_topics` its stories by the
    slug of the topic.
    """

    def __init__(
        self, each: Sequence[str], places: ListRoutes, linked: bool, topics: NameLabels
    ) -> None:
        self.by_slug: dict[str, Label] = {}
        self.merged: dict[str, Label] = {}
        self.of_topics: dict[str, list[int]] = defaultdict(list)
        # Oldest first, so that a new one never takes a route in use.
        spellings: dict[str, list[str]] = defaultdict(list)
        for name in dict.fromkeys(reversed(each)):
            spellings[slugify(name or _DEFAULT_CATEGORY)].append(name)
        by_name: dict[str, Label] = {}
        for slug, some in spellings.items():
            shown = [name or _DEFAULT_CATEGORY for name in some]
            found = filter(None, map(topics.titled, shown)) if linked else iter(())
            label, route = next(found, None), f"/{slug}/"
            if label is None:
                url = places.link(route, shown[0]) if linked else ""
                label = self.by_slug[slug] = make_label(shown[-1], url, slug)
            elif places.of[label.url] != route:
                self.merged[places.of[places.link(route, shown[0])]] = label
            by_name |= dict.fromkeys(some, label)
        self.labels = [by_name[name] for name in each]
        for i, label in enumerate(self.labels):
            if label.slug not in self.by_slug:
                self.of_topics[label.slug].append(i)

"""Plan the front page, categories, topics, sources, tags and authors: a list for each, and an index
for all but the categories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from heapq import nlargest
from itertools import chain

from msgspec import Struct, structs

from newsgen.builder.menus import main_topics
from newsgen.builder.ranking import Score, coverage, lead_stories
from newsgen.config.settings import Kind
from newsgen.core.card import Card
from newsgen.core.model import Introduction, Label
from newsgen.core.site import Group, Story
from newsgen.pages.base import (
    Lead,
    Link,
    ListView,
    Page,
    PlanContext,
    Tally,
    View,
    list_page,
    list_views,
)

_LEADS, _FEW_LEADS = 8, 4
_STRIPS, _STRIP = 6, 4
_COVERED, _SOURCES, _TOP, _BUSIEST = 6, 12, 5, 3
LONG = 8  # stories a list needs to show its months, or for a date its top sources


class GroupLink(View, frozen=True, array_like=True, gc=False):
    """A group in an index. `url` is the link to its page, and the title is its name."""

    label: Label
    """The topic, source, tag or author: a [Label](#label)."""
    count: int
    """Its number of stories."""
    parent: Label | None
    """The [Label](#label) of the topic above it, or none."""


class IndexView(View, frozen=True, array_like=True, gc=False):
    """An index of topics, sources, tags, authors or terms."""

    groups: tuple[GroupLink, ...]
    """All topics, sources, tags, authors or terms: a list of [GroupLink](#grouplink)."""
    introduction: Introduction | None = None
    """The text of an `_index.md`: an [Introduction](#introduction), or none."""


class AuthorView(ListView, frozen=True, array_like=True, gc=False):
    """The stories of an author. Its label has the author's image as `logo`."""


class Strip(Struct, frozen=True, array_like=True, gc=False):
    """More stories of a main topic on the front page."""

    topic: Label
    """The topic: a [Label](#label)."""
    cards: tuple[Card, ...]
    """Its newest stories that are nowhere else on the page: [Cards](#card)."""


class Covered(Struct, frozen=True, array_like=True, gc=False):
    """A story that many sources have."""

    card: Card
    """Its [Card](#card)."""
    count: int
    """How many others have the story."""


class HomeView(ListView, frozen=True, array_like=True, gc=False):
    """The front page: a list of all stories. Its title is the name of the site, and its `parts` are
    the main topics.
    """

    leads: tuple[Lead, ...] = ()
    """The leading stories: [Leads](#lead). See [how they are chosen](#the-front-page)."""
    river: tuple[Card, ...] = ()
    """The other stories: [Cards](#card)."""
    strips: tuple[Strip, ...] = ()
    """More stories of the main topics: [Strips](#strip)."""
    covered: tuple[Covered, ...] = ()
    """The newer stories with the most coverage: a list of [Covered](#covered)."""


def plan_home(planning: PlanContext) -> Iterator[Page]:
    """Plan the front page and the pages of older stories."""
    site, per_page = planning.site, planning.settings.per_page
    count = len(site.stories)
    title = planning.settings.title  # also if `_index.md` has another
    (_, first), *older = list_views(planning, "/", title, range(count), per_page)
    shown = front_stories(planning)
    leads = front_leads(planning, shown)
    topics = main_topics(site.topics)
    used = {*shown, *leads}
    strips = []
    for group in topics[:_STRIPS]:
        newest = [i for i in group.members[: 4 * _STRIP + len(shown)] if i not in used][:_STRIP]
        if len(newest) == _STRIP:
            used.update(newest)
            strips.append(Strip(group.label, planning.cards(newest)))
    view = HomeView(
        planning.href("/"),
        title,
        cards=first.cards,
        pager=first.pager,
        parts=tuple(Link(group.label.name, group.label.url) for group in topics),
        count=count,
        since=first.since,
        top=tuple(
            Tally(g.label, len(g.members))
            for g in nlargest(_SOURCES, site.sources, key=lambda g: len(g.members))
        ),
        leads=tuple(Lead(site.stories[i].card, tuple(coverage(site, i))) for i in leads),
        river=planning.cards([i for i in shown if i not in leads]),
        strips=tuple(strips),
        covered=tuple(_most_covered(planning, range(min(count, 4 * per_page)))),
        introduction=first.introduction,
    )
    yield Page("/", "home.html", view)
    for route, list_view in older:
        yield list_page(route, "older.html", list_view)


def front_leads(planning: PlanContext, shown: Sequence[int]) -> dict[int, Score]:
    """Return the leading stories of the front page that shows `shown`. Pinned stories may be older
    than those.
    """
    stories, as_of = planning.site.stories, planning.as_of
    older = [
        i
        for i in range(len(shown), len(stories))
        if (until := stories[i].document.meta.pin_until) and until > as_of
    ]
    return lead_stories(
        planning.site,
        [*shown, *older],
        _LEADS if len(shown) >= 3 * _LEADS else _FEW_LEADS,
        planning.as_of,
    )


def front_stories(planning: PlanContext) -> range:
    """Return the stories that the front page shows: the newest, up to where the pages of older ones
    begin.
    """
    per_page, count = planning.settings.per_page, len(planning.site.stories)
    return range(count - max(count // per_page - 1, 0) * per_page)


def _most_covered(planning: PlanContext, members: Sequence[int]) -> Iterator[Covered]:
    """Return the stories among `members` that most other sources have, each event once."""
    site = planning.site
    seen: set[int] = set()
    found = 0
    for i in sorted(members, key=lambda i: (-len(site.stories[i].document.meta.providers), i)):
        others = coverage(site, i) if site.leads[i] not in seen else []
        if len(others) > 1 and found < _COVERED:
            found += 1
            seen.add(site.leads[i])
            yield Covered(site.stories[i].card, len(others))


def plan_categories(planning: PlanContext) -> Iterator[Page]:
    """Plan the list of each category, the first part of its articles' addresses, and of each folder
    that has a file about it and no other list.
    """
    groups = planning.site.categories if planning.has("category") else ()
    for group in (*groups, *planning.site.sections):
        yield from _group(planning, group, "category.html", ())


def plan_groups(planning: PlanContext) -> Iterator[Page]:
    """Plan an index of topics, sources, tags, authors and each taxonomy, and a list for each group.
    An index that would list nothing is left out.
    """
    site = planning.site
    yield from _groups(planning, site.topics, "topics", "topic")
    yield from _groups(planning, site.sources, "sources", "source")
    yield from _groups(planning, site.tags, "tags", "tag")
    yield from _groups(planning, site.authors, "authors", "author")
    for taxonomy in site.taxonomies:
        if taxonomy.groups:
            index = _index(
                planning, taxonomy.groups, taxonomy.route, taxonomy.title, "taxonomy.html"
            )
            yield index
            crumbs = (Link(index.view.title, index.view.url),)
            for group in taxonomy.groups:
                yield from _group(planning, group, "term.html", crumbs)


def _groups(
    planning: PlanContext, groups: Sequence[Group], many: Kind, one: Kind
) -> Iterator[Page]:
    crumbs: tuple[Link, ...] = ()
    if groups and planning.has(many):
        index = _index(
            planning, groups, f"/{many}/", planning.title(many.capitalize()), f"{many}.html"
        )
        crumbs = (Link(index.view.title, index.view.url),)
        yield index
    if planning.has(one):
        labels = {"topic": by_source, "source": _by_topic}.get(one)
        facts = ListFacts(planning, labels) if labels else None
        for group in groups:
            above = (
                (*crumbs, Link(group.parent.name, group.parent.url))
                if group.parent and group.parent.url
                else crumbs
            )
            yield from _group(planning, group, f"{one}.html", above, facts)


def by_source(story: Story) -> tuple[Label, ...]:
    """Return the source of a story, as a tuple."""
    return (story.card.source,)


def _by_topic(story: Story) -> tuple[Label, ...]:
    return story.card.topics


def _index(
    planning: PlanContext, groups: Sequence[Group], route: str, title: str, template: str
) -> Page:
    listed = tuple(
        GroupLink(g.label.url, g.label.name, g.label, len(g.members), g.parent) for g in groups
    )
    introduction = planning.introduction(route)
    title = (introduction and introduction.title) or title
    return Page(route, template, IndexView(planning.href(route), title, listed, introduction))


class ListFacts:
    """What a list's own page says about all its stories: their months, and which labels most of
    them have.
    """

    def __init__(self, planning: PlanContext, labels: Callable[[Story], tuple[Label, ...]]) -> None:
        self._planning = planning
        self._stories = planning.site.stories
        found = list(map(labels, self._stories))
        self._by_slug = {label.slug: label for some in found for label in some}
        self._labels = [[label.slug for label in some if label.name] for some in found]

    @cached_property
    def _months(self) -> list[int]:
        return [time.year * 12 + time.month for story in self._stories if (time := story.card.time)]

    def months(self, group: Group) -> tuple[int, ...]:
        """Return how many stories each month had, oldest first; () for a short list or a single
        month.
        """
        if len(group.members) < LONG:
            return ()
        first, last = self._months[group.members[-1]], self._months[group.members[0]]
        if first == last:
            return ()
        counts = Counter(map(self._months.__getitem__, group.members))
        return tuple([counts[month] for month in range(first, last + 1)])

    @cached_property
    def _days(self) -> list[int]:
        return [time.toordinal() for story in self._stories if (time := story.card.time)]

    def busiest(self, members: Sequence[int]) -> tuple[Link, ...]:
        """Return the days that stand out: with at least three stories, and three times the average
        of days that have any. Short lists have none.
        """
        counts = Counter(map(self._days.__getitem__, members)) if len(members) >= LONG else {}
        days = nlargest(_BUSIEST, counts, key=lambda day: (counts[day], day))
        least = max(3 * len(members) / max(len(counts), 1), 3)
        dates = [(datetime.fromordinal(day), counts[day]) for day in days if counts[day] >= least]
        return tuple([Link(f"{day.date()}", "", count, day) for day, count in dates])

    def lead(self, members: Sequence[int]) -> Lead | None:
        """Return the leading story of a list that is long enough."""
        site = self._planning.site
        best = (
            next(iter(lead_stories(site, members, 1, self._planning.as_of)), None)
            if len(members) >= LONG
            else None
        )
        return None if best is None else Lead(site.stories[best].card, tuple(coverage(site, best)))

    def within(self, group: Group) -> tuple[Tally, ...]:
        """Return the topics whose parent this one is."""
        return tuple(
            [
                Tally(one.label, len(one.members))
                for one in self._planning.site.topics
                if one.parent == group.label
            ]
        )

    def top(self, members: Sequence[int]) -> tuple[Tally, ...]:
        """Return the labels with most of these stories, or () if there is only one label."""
        counts = Counter(chain.from_iterable(map(self._labels.__getitem__, members)))
        best = counts.most_common(_TOP) if len(counts) > 1 else []
        return tuple([Tally(self._by_slug[slug], count) for slug, count in best])


def _group(
    planning: PlanContext,
    group: Group,
    template: str,
    crumbs: tuple[Link, ...],
    facts: ListFacts | None = None,
) -> Iterator[Page]:
    label, per_page = group.label, planning.settings.per_page
    views = list_views(
        planning, group.route, label.name, group.members, per_page, crumbs, label=label
    )
    for route, view in views:
        if template == "author.html":
            view = AuthorView(**structs.asdict(view))
        if not view.pager.number:
            view = structs.replace(view, profile=group.profile)
        if facts and not view.pager.number:
            view = structs.replace(
                view,
                months=facts.months(group),
                top=facts.top(group.members),
                lead=facts.lead(group.members[: len(view.cards)]),
                busiest=facts.busiest(group.members),
                within=facts.within(group),
            )
        yield list_page(route, template, view)

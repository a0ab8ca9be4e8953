"""The plan: all pages of a site, and the row of each of its stories.

A plan holds no title, excerpt or image, and nothing that only an article's own page shows. Where a
view has a card or an article's record, the plan has the index of the story. So the plan stays the
same while only those change, and can be cached. hydrate.py fills them in again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Raw, structs

from newsgen.content.derive import links_in
from newsgen.core.model import Image, Label, Navigation, Record
from newsgen.core.problems import Problem
from newsgen.core.site import Site, Story
from newsgen.pages.articles import StoryPlace, has_card, place_articles, plan_articles
from newsgen.pages.base import ListView, Page, PlanContext
from newsgen.pages.encoded_page import EncodedPage
from newsgen.pages.files import plan_files
from newsgen.pages.hosts import plan_hosts
from newsgen.pages.kinds import PLANNERS, kind_of
from newsgen.pages.lists import IndexView
from newsgen.pages.periods import PlannedPart, PlanPart, parts_of
from newsgen.pages.plain import plan_gone, plan_plain
from newsgen.pages.planned_pages import PlannedPages
from newsgen.pages.redirects import plan_redirects
from newsgen.pages.sitemaps import plan_sitemaps
from newsgen.pages.texts import plan_texts

_QUERY = re.compile("[?#]")


class StoryRow(Record, frozen=True, array_like=True, gc=False):
    """The route of a story, and the fields of its card that the plan decides. `source` and `topics`
    are indexes of the plan's labels.
    """

    route: str
    time: datetime
    kind: str
    source: int
    topics: tuple[int, ...]
    updated: datetime | None
    language: str


class Plan(Record, frozen=True, array_like=True, gc=False):
    """All pages, and all stories (newest first) with their files.

    `placements` are the stories' digests (see Story), joined. `small` says for each story which of
    the small images it names (see ImageRefs) its page shows, two bytes each. `near` holds for each
    story the indexes of others to show if too few are similar, 32 bits each. `plain` holds file and
    route of each plain page, `navigation` is what all pages link to. `portraits` are the images of
    authors and topics from their data files. `missing` holds the links in bodies of stories that
    lead nowhere, each after the file that has it. `links` maps links as written to those of pages,
    by file. `recent` are the indexes of the stories that may have a social card. The fields after
    it grow with the site, and are kept in parts (see periods.py).
    """

    placements: bytes
    labels: tuple[Label, ...]
    navigation: Navigation
    portraits: tuple[Image, ...]
    plain: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]
    links: dict[str, dict[str, str]]
    problems: tuple[Problem, ...]
    recent: tuple[int, ...] = ()
    pages: tuple[EncodedPage, ...] = ()
    stories: tuple[Raw, ...] = ()
    paths: tuple[str, ...] = ()
    small: tuple[bytes, ...] = ()
    near: tuple[bytes, ...] = ()

    def with_parts(self, parts: Sequence[PlanPart]) -> Plan:
        """Return the plan with the fields of its parts."""
        columns: dict[str, Any] = {
            name: tuple(chain.from_iterable(getattr(part, name) for part in parts))
            for name in PlanPart.__struct_fields__
        }
        return structs.replace(self, **columns)


def plan_in_parts(
    planning: PlanContext, problems: Sequence[Problem] = ()
) -> tuple[Plan, Iterator[PlannedPart]]:
    """Plan all pages of the site. Return the plan without its parts, and these.

    If two pages have the same route, the first stays and the other is a problem. Those come after
    `problems`, the ones found before.
    """
    pages, found = _plan_pages(planning)
    site = planning.site
    labels: dict[bytes, Label] = {}
    for story in reversed(site.stories):  # oldest first, so that a new label moves none
        card = story.card
        for label in (card.source, *card.topics):
            labels[label.digest] = label
    places = {label: place for place, label in enumerate(labels)}
    texts = [*site.pages, *site.introductions.values()]
    rows = [Raw(_encode_row(row)) for row in _rows(site.stories, places)]
    plan = Plan(
        placements=b"".join([story.placement for story in site.stories]),
        labels=tuple(labels.values()),
        navigation=site.navigation,
        portraits=tuple(
            group.profile.image
            for group in (*site.topics, *site.authors)
            if group.profile and group.profile.image
        ),
        plain=tuple((plain.file.path, plain.route) for plain in texts),
        links={story.document.path: dict(story.links) for story in site.stories if story.links}
        | {plain.file.path: dict(plain.links) for plain in texts if plain.links},
        missing=(*site.missing, *_lead_nowhere(planning, pages)),
        problems=(*problems, *found, *_introduce_nothing(site, pages)),
        recent=tuple(
            story.card.index
            for story in site.stories
            if has_card(story.document.meta.time, planning)
        ),
    )
    return plan, parts_of(planning, rows, pages)


def _plan_pages(planning: PlanContext) -> tuple[dict[str, Page], list[Problem]]:
    """Return all pages by route, and the problems found.

    Static files come first, so they replace any page. Then come pages with fixed routes, pages that
    give way to those, and last the pages made from all the others.
    """
    planned, problems = PlannedPages(), list[Problem]()

    def claim(pages: Iterable[Page]) -> None:
        for page in pages:
            if other := planned.add(page):
                problems.append(_conflict(page, other, planning))

    for page in plan_files(planning):
        planned.add(page)
    planners = [place_articles if one is plan_articles else one for one in PLANNERS]
    claim(chain.from_iterable(planner(planning) for planner in planners))
    plain, found = plan_plain(planning)
    problems += found
    claim(plain)
    for redirect, problem in plan_redirects(planning):
        if (redirect is None or planned.add(redirect)) and problem:
            problems.append(problem)
    for page in plan_gone(planning):
        planned.add(page)
    pages = list(planned.by_route.values())
    texts, found = plan_texts(planning)
    problems += found
    hosts, found = plan_hosts(planning, pages)
    last = [*plan_sitemaps(planning, pages), *texts, *hosts]
    # A static file on one of their routes replaces them without a problem.
    claim(page for page in last if page.route[1:] not in planning.files)
    return planned.by_route, problems + found


def _introduce_nothing(site: Site, pages: Mapping[str, Page]) -> Iterator[Problem]:
    """Yield a problem for each file about a folder that has no list."""
    for route, plain in site.introductions.items():
        page = pages.get(route)
        if not (page and isinstance(page.view, (ListView, IndexView))):
            message = f"there is no list at {route}; its text is not shown"
            hint = "remove the file, or write what the list would hold"
            yield Problem("warning", "no-list", message, hint=hint, file=plain.file.path)


def _lead_nowhere(planning: PlanContext, pages: Mapping[str, Page]) -> Iterator[tuple[str, str]]:
    """Yield the links from the site's root in bodies that lead to no page, after their files.

    Images are looked for elsewhere, and fragments by `check`.
    """
    base = planning.settings.base
    site = planning.site
    stories = ((one.document.path, one.document.meta.links, one.links) for one in site.stories)
    texts = (
        (one.file.path, links_in(one.file.page.body), one.links)
        for one in (*site.pages, *site.introductions.values())
    )
    for path, links, resolved in chain(stories, texts):
        known = dict(resolved) if links else {}
        for link in links:
            if link[0] != "/" or link in known:
                continue
            route = unquote(_QUERY.split(link)[0].removeprefix(base)) or "/"
            others = (f"{route}/", route.removesuffix("index.html"))
            if route not in pages and not any(other in pages for other in others):
                yield path, link


def _rows(stories: Iterable[Story], labels: Mapping[bytes, int]) -> Iterator[StoryRow]:
    for story in stories:
        card, meta = story.card, story.document.meta
        yield StoryRow(
            story.route,
            meta.time,
            card.kind,
            labels[card.source.digest],
            tuple([labels[label.digest] for label in card.topics]),
            meta.updated if card.updated else None,
            card.language,
        )


_encode_row = msgspec.msgpack.Encoder().encode


def _conflict(page: Page, other: Page, planning: PlanContext) -> Problem:
    """Return the problem that a page is left out because another has its route."""
    names = f"{_name_of(other, planning)} has it, {_name_of(page, planning)} is left out"
    message = f"two pages want the route {page.route}: {names}"
    hint = "rename the file, or change the permalinks"
    return Problem("error", "route-conflict", message, hint=hint)


def _name_of(page: Page, planning: PlanContext) -> str:
    """Return a page's name for messages: the file it is made from, else its title or link, and its
    template.
    """
    if isinstance(page.view, StoryPlace):
        return page.view.path
    kind, site = kind_of(page.view), planning.site
    if kind.render == "copy":
        return f"the static file {page.view.title}"
    plain = site.pages if kind.content == "plain" else ()
    found = (one.file.path for one in plain if one.route == page.route)
    # The title of any other view may be that of an article, which a plan does not know.
    title = "title" in page.view.__struct_fields__
    return next(found, "") or (
        f"the page “{page.view.title if title else page.view.url}” ({page.template})"
    )

"""The plan: all pages of a site, and where each of its stories stands.

It holds no title, excerpt or picture, and nothing of what an article's own page alone says: where a view has a card or an
article's record, the plan has the place of the story. So it stays as it is while only those change, and can be kept (see
views.py for the way back).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec
from msgspec import Raw

from newsgen.core.model import ArticleRef, Card, Label, Record, Story
from newsgen.core.problems import Problem
from newsgen.pages.articles import ArticleView, near_stories, plan_articles
from newsgen.pages.base import AnyView, Page, PlanContext, View
from newsgen.pages.corrections import plan_corrections
from newsgen.pages.dates import plan_dates
from newsgen.pages.draft import Draft
from newsgen.pages.feeds import plan_feeds
from newsgen.pages.files import FileView, plan_assets, plan_files, plan_not_found
from newsgen.pages.hosts import check_redirects, plan_hosts
from newsgen.pages.lists import plan_categories, plan_groups, plan_home
from newsgen.pages.plain import PlainView, plan_gone, plan_gone_answer, plan_plain
from newsgen.pages.redirects import plan_redirects
from newsgen.pages.sitemaps import plan_sitemaps
from newsgen.pages.theme import plan_theme

PLANNERS: tuple[Callable[[PlanContext], Iterator[Page]], ...] = (
    plan_assets,
    plan_home,
    plan_categories,
    plan_groups,
    plan_dates,
    plan_articles,
    plan_corrections,
    plan_feeds,
    plan_not_found,
    plan_gone_answer,
    plan_theme,
)


class StoryRow(Record, frozen=True, array_like=True, gc=False):
    """Where a story stands and what of its card the plan decides. `source` and `topics` are places in the plan's labels."""

    route: str
    time: datetime
    kind: str
    source: int
    topics: tuple[int, ...]
    updated: datetime | None
    language: str


class EncodedPage(Record, frozen=True, array_like=True, gc=False):
    """A page: its route and template (as in Page), the name of its view's class, and the view, with a 0 where a card or a record
    is to be. `refs` are the stories of these, 32 bits each: the place of a card's, the complement of a record's."""

    route: str
    template: str
    kind: str
    view: Raw
    refs: bytes


class Plan(Record, frozen=True, array_like=True, gc=False):
    """All pages, and all stories (newest first) with their files, the digests of their placements (see Story), joined,
    which of the small pictures that they name (see Shows) their pages show, two bytes for each, and the places (32 bits each) of others
    beside each, where too few are like it. `plain` tells file and route of each plain page, `menu` is what all pages show."""

    pages: tuple[EncodedPage, ...]
    stories: tuple[Raw, ...]
    paths: tuple[str, ...]
    placements: bytes
    small: tuple[bytes, ...]
    near: tuple[bytes, ...]
    labels: tuple[Label, ...]
    menu: tuple[Label, ...]
    plain: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


# These look at the pages that the others have planned, and tell what is wrong with theirs.
LATER: tuple[Callable[[PlanContext, Draft], Iterator[Page]], ...] = (plan_plain, plan_redirects, plan_gone)
# These are made from all pages before them. A static file of the site in the place of one of them is meant so.
LAST: tuple[Callable[[PlanContext, Collection[Page]], Iterator[Page]], ...] = (plan_sitemaps, plan_hosts)


def make_plan(planning: PlanContext, problems: Sequence[Problem] = ()) -> Plan:
    """All pages of the site. Of two on one route the first stays; the other is a problem, told after those that were found before."""
    draft = Draft()
    pages = draft.pages
    shown: dict[int, AnyView] = {}  # by the place of the story
    for page in plan_files(planning):
        draft.add(page)
    early = (planner(planning) for planner in PLANNERS)
    later = (planner(planning, draft) for planner in LATER)
    last = (page for planner in LAST for page in planner(planning, list(pages.values())) if page.route[1:] not in planning.files)
    for page in chain(*early, *later, last):
        standing = draft.in_the_way(page.route)
        if standing:
            names = f"{_named(standing, planning)} has it, {_named(page, planning)} is left out"
            message = f"two pages want the route {page.route}: {names}"
            draft.problems.append(Problem("error", "route-conflict", message, hint="rename the file, or change the permalinks"))
            continue
        draft.add(page)
        if isinstance(page.view, ArticleView):
            shown[page.view.card.index] = page.view
    site = planning.site
    labels: dict[bytes, Label] = {}
    for story in site.stories:
        card = story.card
        for label in (card.source, *card.topics):
            labels[label.digest] = label
    return Plan(
        pages=tuple(map(encode_page, pages.values())),
        stories=tuple(_placed(site.stories, {label: place for place, label in enumerate(labels)})),
        paths=tuple([story.document.path for story in site.stories]),
        placements=b"".join([story.placement for story in site.stories]),
        small=tuple([_small(_listed(shown.get(i)), not story.card.source.logo) for i, story in enumerate(site.stories)]),
        near=tuple([array("i", near).tobytes() for near in near_stories(planning)]) if planning.settings.related.fill else (),
        labels=tuple(labels.values()),
        menu=site.menu,
        plain=tuple((plain.file.path, plain.route) for plain in site.pages),
        problems=(*problems, *draft.problems, *check_redirects(pages.get("/_redirects"))),
    )


def _placed(stories: Iterable[Story], labels: Mapping[bytes, int]) -> Iterator[Raw]:
    for story in stories:
        card, entry = story.card, story.document.entry
        topics = tuple([labels[label.digest] for label in card.topics])
        updated = entry.updated if card.updated else None
        placed = StoryRow(story.route, entry.time, card.kind, labels[card.source.digest], topics, updated, card.language)
        yield Raw(_encode_plain(placed))


def _listed(view: AnyView | None) -> tuple[int, ...]:
    """The places in a story's own list that its page shows."""
    return (*view.own, *view.told) if isinstance(view, ArticleView) else ()


@lru_cache(4096)
def _small(places: tuple[int, ...], logo: bool) -> bytes:
    """The small pictures that a page shows (see Plan): of these places in the story's own list, and its publisher's `logo`."""
    shown = sorted({place + 1 for place in places if place >= 0})
    return array("H", [0, *shown] if logo else shown).tobytes()


def encode_page(page: Page) -> EncodedPage:
    """A page as a plan has it."""
    refs: list[int] = _refs
    refs.clear()
    view = Raw(_encode_view(page.view))
    return EncodedPage(page.route, page.template, page.view.__class__.__name__, view, array("i", refs).tobytes())


def _refer(value: Any) -> int:
    """What stands in a view where a card or a record is."""
    if value.__class__ is Card:
        _refs.append(value.index)
    elif value.__class__ is ArticleRef:
        _refs.append(~value.index)
    else:
        raise TypeError(f"a view holds no {value.__class__.__name__}")
    return 0


_refs: list[int] = []  # of the view that is being encoded
_encode_view = msgspec.msgpack.Encoder(enc_hook=_refer).encode
_encode_plain = msgspec.msgpack.Encoder().encode


def _named(page: Page, planning: PlanContext) -> str:
    """A page as people know it: by the file that it is made of, else by its title and template."""
    if isinstance(page.view, FileView):
        return f"the static file {page.view.title}"
    articles = (story.document.path for story in planning.site.stories if story.route == page.route)
    plain = (plain.file.path for plain in planning.site.pages if plain.route == page.route)
    file = next(chain(articles if page.template == "article.html" else (), plain if isinstance(page.view, PlainView) else ()), "")
    return file or f"the page “{page.view.title if isinstance(page.view, View) else page.view.url}” ({page.template})"

"""The plan: all pages of a site, and the row of each of its stories.

A plan holds no title, excerpt or image, and nothing that only an article's own page says. Where a
view has a card or an article's record, the plan has the index of the story. So the plan stays the
same while only those change, and can be cached (see hydrate.py for the way back).
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


class EncodedPage(Record, frozen=True, array_like=True, gc=False):
    """A page as the plan stores it: its route and template (as in Page), the name of its view's
    class, and the encoded view.

    The view has a 0 for each card and record. `refs` names their stories in the same order, as
    32-bit integers: the index for a card, its complement (`~index`) for a record.
    """

    route: str
    template: str
    kind: str
    view: Raw
    refs: bytes


class Plan(Record, frozen=True, array_like=True, gc=False):
    """All pages, and all stories (newest first) with their files.

    `placements` are the stories' digests (see Story), joined. `small` says for each story which of
    the small images it names (see ImageRefs) its page shows, two bytes each. `near` holds for each
    story the indexes of others to show if too few are similar, 32 bits each. `plain` holds file and
    route of each plain page, `menu` is the menu on all pages.
    """

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


# These check the pages planned so far and report problems with their own.
LATER: tuple[Callable[[PlanContext, Draft], Iterator[Page]], ...] = (
    plan_plain,
    plan_redirects,
    plan_gone,
)
# These are made from all pages before them. A static file on one of their routes replaces it
# without a problem.
LAST: tuple[Callable[[PlanContext, Collection[Page]], Iterator[Page]], ...] = (
    plan_sitemaps,
    plan_hosts,
)


def make_plan(planning: PlanContext, problems: Sequence[Problem] = ()) -> Plan:
    """Return the plan: all pages of the site.

    If two pages have the same route, the first stays and the other is a problem. Those come after
    `problems`, the ones found before.
    """
    draft = Draft()
    pages = draft.pages
    shown: dict[int, AnyView] = {}  # by the index of the story
    for page in plan_files(planning):
        draft.add(page)
    early = (planner(planning) for planner in PLANNERS)
    later = (planner(planning, draft) for planner in LATER)
    last = (
        page
        for planner in LAST
        for page in planner(planning, list(pages.values()))
        if page.route[1:] not in planning.files
    )
    for page in chain(*early, *later, last):
        standing = draft.in_the_way(page.route)
        if standing:
            names = f"{_named(standing, planning)} has it, {_named(page, planning)} is left out"
            message = f"two pages want the route {page.route}: {names}"
            draft.problems.append(
                Problem(
                    "error",
                    "route-conflict",
                    message,
                    hint="rename the file, or change the permalinks",
                )
            )
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
        small=tuple(
            [
                _small(_listed(shown.get(i)), not story.card.source.logo)
                for i, story in enumerate(site.stories)
            ]
        ),
        near=tuple([array("i", near).tobytes() for near in near_stories(planning)])
        if planning.settings.related.fill
        else (),
        labels=tuple(labels.values()),
        menu=site.menu,
        plain=tuple((plain.file.path, plain.route) for plain in site.pages),
        problems=(*problems, *draft.problems, *check_redirects(pages.get("/_redirects"))),
    )


def _placed(stories: Iterable[Story], labels: Mapping[bytes, int]) -> Iterator[Raw]:
    for story in stories:
        card, entry = story.card, story.document.meta
        topics = tuple([labels[label.digest] for label in card.topics])
        updated = entry.updated if card.updated else None
        placed = StoryRow(
            story.route,
            entry.time,
            card.kind,
            labels[card.source.digest],
            topics,
            updated,
            card.language,
        )
        yield Raw(_encode_plain(placed))


def _listed(view: AnyView | None) -> tuple[int, ...]:
    """Return the places in a story's own list that its page shows."""
    return (*view.own, *view.told) if isinstance(view, ArticleView) else ()


@lru_cache(4096)
def _small(places: tuple[int, ...], logo: bool) -> bytes:
    """Return which small images a page shows (see Plan): those of these places in the story's own
    list and, with `logo`, its publisher's logo.
    """
    shown = sorted({place + 1 for place in places if place >= 0})
    return array("H", [0, *shown] if logo else shown).tobytes()


def encode_page(page: Page) -> EncodedPage:
    """Return a page as the plan stores it."""
    refs: list[int] = _refs
    refs.clear()
    view = Raw(_encode_view(page.view))
    return EncodedPage(
        page.route, page.template, page.view.__class__.__name__, view, array("i", refs).tobytes()
    )


def _refer(value: Any) -> int:
    """Encode a card or a record as 0 and note its story in `_refs`."""
    if value.__class__ is Card:
        _refs.append(value.index)
    elif value.__class__ is ArticleRef:
        _refs.append(~value.index)
    else:
        raise TypeError(f"a view holds no {value.__class__.__name__}")
    return 0


_refs: list[int] = []  # of the view being encoded
_encode_view = msgspec.msgpack.Encoder(enc_hook=_refer).encode
_encode_plain = msgspec.msgpack.Encoder().encode


def _named(page: Page, planning: PlanContext) -> str:
    """Return what to call a page in messages: the file it is made from, else its title and
    template.
    """
    if isinstance(page.view, FileView):
        return f"the static file {page.view.title}"
    articles = (story.document.path for story in planning.site.stories if story.route == page.route)
    plain = (plain.file.path for plain in planning.site.pages if plain.route == page.route)
    file = next(
        chain(
            articles if page.template == "article.html" else (),
            plain if isinstance(page.view, PlainView) else (),
        ),
        "",
    )
    return file or (
        f"the page “{page.view.title if isinstance(page.view, View) else page.view.url}” "
        f"({page.template})"
    )

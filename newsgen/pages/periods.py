"""Plan the pages of articles, their rows and the stories near them, period by period.

A period is SIZE successive stories, counted from the oldest, so a newer story joins only the last
period. A period is a pure function of what its own stories say and of the indexes of the stories
that they show. Its key is the digest of these. Indexes count from the end (see Card), so a newer
story changes few keys, and only periods with another key are planned again.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile
from typing import NamedTuple

from msgspec import Raw

from newsgen.builder.related import Nearest
from newsgen.core import digest
from newsgen.core.model import Record
from newsgen.pages.articles import (
    Neighbours,
    StoryPlace,
    has_card,
    neighbours,
    plan_article,
    shown_places,
    told_places,
)
from newsgen.pages.base import Page, PlanContext
from newsgen.pages.encoded_page import EncodedPage, encode_page

SIZE = 512


class PlanPart(Record, frozen=True, array_like=True, gc=False):
    """A part of the fields of a plan that grow with the site (see Plan)."""

    pages: tuple[EncodedPage, ...] = ()
    stories: tuple[Raw, ...] = ()
    paths: tuple[str, ...] = ()
    small: tuple[bytes, ...] = ()
    near: tuple[bytes, ...] = ()


class PlannedPart(NamedTuple):
    """A part of a plan, not made yet: its name, the digest of all that it is made of, and what
    makes it.
    """

    name: str
    key: bytes
    make: Callable[[], PlanPart]


class _Articles(NamedTuple):
    """What the article pages of all periods are made of. `rows` are the stories' encoded rows, and
    `own` says whether the page on a story's route is its own.
    """

    planning: PlanContext
    rows: Sequence[Raw]
    own: Sequence[bool]
    beside: Sequence[Neighbours]
    settings: bytes

    def part(self, name: str, stories: range) -> PlannedPart:
        """Return the part with the pages and rows of successive stories."""
        return PlannedPart(name, self._key(stories), lambda: self._planned(stories))

    def _planned(self, stories: range) -> PlanPart:
        planned = [plan_article(self.planning, i, self.beside[i]) for i in stories]
        site, own = self.planning.site, self.own
        return PlanPart(
            pages=tuple(
                [encode_page(page) for page, i in zip(planned, stories, strict=True) if own[i]]
            ),
            stories=tuple(self.rows[stories.start : stories.stop]),
            paths=tuple([site.stories[i].document.path for i in stories]),
            small=tuple(
                [
                    _small_images(page if own[i] else None, not site.stories[i].card.source.logo)
                    for page, i in zip(planned, stories, strict=True)
                ]
            ),
        )

    def _key(self, stories: range) -> bytes:
        """Return the digest of all that the article pages of these stories are made of."""
        site, count = self.planning.site, len(self.rows)
        own = slice(stories.start, stories.stop)
        leads = site.leads[own]
        events = {lead: site.members[lead] for lead in leads if lead in site.members}
        return digest.of_value(
            (
                self.settings,
                self.rows[own],
                self.own[own],
                self.beside[own],
                # A list names stories of this site by numbers below those of others (see Site).
                [
                    [i - count - 2 if i >= 0 else i for i in some] if some else 0
                    for some in site.listed[own]
                ],
                [told_places(self.planning.site, i) for i in stories],
                [lead - count for lead in leads],
                [[lead - count, *[i - count for i in some]] for lead, some in events.items()],
                [
                    (
                        story.document.path,
                        not story.card.source.logo,
                        story.category,
                        story.tags,
                        story.authors,
                        story.corrections,
                        story.links,
                        story.terms,
                        has_card(story.document.meta.time, self.planning),
                    )
                    for story in site.stories[own]
                ],
            )
        )


def parts_of(
    planning: PlanContext, rows: Sequence[Raw], pages: Mapping[str, Page]
) -> Iterator[PlannedPart]:
    """Return the parts of a plan, in the order of its pages. `rows` are the stories' encoded rows,
    `pages` all pages by route.
    """
    planned = iter(pages.values())
    first = takewhile(lambda page: page.view.__class__ is not StoryPlace, planned)
    yield from _others("plan first", [encode_page(page) for page in first])
    yield from _of_articles(planning, rows, pages)
    last = [encode_page(page) for page in planned if page.view.__class__ is not StoryPlace]
    yield from _others("plan last", last)


def _others(name: str, pages: Sequence[EncodedPage]) -> Iterator[PlannedPart]:
    """Return parts with these pages, which are not those of articles."""
    for i in range(0, len(pages), SIZE):
        part = PlanPart(pages=tuple(pages[i : i + SIZE]))
        yield PlannedPart(f"{name} {i // SIZE}", digest.of_value(part), partial(_same, part))


def _same(part: PlanPart) -> PlanPart:
    return part


def _of_articles(
    planning: PlanContext, rows: Sequence[Raw], pages: Mapping[str, Page]
) -> Iterator[PlannedPart]:
    """Return the parts of each period, newest period first."""
    site, settings = planning.site, planning.settings
    count = len(site.stories)
    own = [
        (page := pages.get(story.route)) is not None and page.view.__class__ is StoryPlace
        for story in site.stories
    ]
    shared = digest.of_value(settings)
    articles = _Articles(planning, rows, own, neighbours(site), shared)
    nearest = Nearest(site, settings.related.limit) if settings.related.fill else None
    for number in range(-(-count // SIZE) - 1, -1, -1):
        stop = count - number * SIZE
        stories = range(max(stop - SIZE, 0), stop)
        yield articles.part(f"plan articles {number}", stories)
        if nearest:
            yield _near(nearest, f"plan near {number}", stories, count, shared)


def _near(nearest: Nearest, name: str, stories: range, count: int, settings: bytes) -> PlannedPart:
    """Return the part with the stories near those of a period."""
    key = digest.of_value((settings, nearest.read_for(stories)))

    def make() -> PlanPart:
        found = (array("i", [other - count for other in nearest.of(i)]) for i in stories)
        return PlanPart(near=tuple([some.tobytes() for some in found]))

    return PlannedPart(name, key, make)


def _small_images(page: Page | None, logo: bool) -> bytes:
    """Return which small images a story's page shows (see Plan): places in its own list and, with
    `logo`, its publisher's logo.
    """
    places = shown_places(page.view) if page else ()
    shown = sorted({place + 1 for place in places if place >= 0})
    return array("H", [0, *shown] if logo else shown).tobytes()

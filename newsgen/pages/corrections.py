"""Plan the corrections log: the corrections of all articles on one page."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from newsgen.content.body.body_links import relinked
from newsgen.core.card import Card
from newsgen.core.model import Correction
from newsgen.pages.base import Page, PlanContext, View

ROUTE = "/corrections/"


class Corrected(Struct, frozen=True, array_like=True, gc=False):
    """A correction on the page of all corrections."""

    card: Card
    """The [Card](#card) of the article."""
    correction: Correction
    """A [Correction](#correction)."""


class CorrectionsView(View, frozen=True, array_like=True, gc=False):
    """All corrections. The title is that of the plain page `corrections`, if there is one."""

    excerpt: str
    """A sentence for search engines, or nothing."""
    body: str
    """Its introduction: safe HTML, or nothing."""
    items: tuple[Corrected, ...]
    """All corrections, newest first: a list of [Corrected](#corrected)."""


def plan_corrections(planning: PlanContext) -> Iterator[Page]:
    """Plan one page if there are corrections. A plain page on its route becomes its
    introduction.
    """
    if not planning.has("corrections"):
        return
    items = [
        Corrected(story.card, one) for story in planning.site.stories for one in story.corrections
    ]
    introduction = next((page for page in planning.site.pages if page.route == ROUTE), None)
    if items or introduction:
        items.sort(key=lambda item: item.correction.time, reverse=True)
        title, excerpt, body = (
            (page.title, page.excerpt, relinked(page.body, introduction.links))
            if introduction and (page := introduction.file.page)
            else (planning.title("Corrections"), "", "")
        )
        yield Page(
            ROUTE,
            "corrections.html",
            CorrectionsView(planning.href(ROUTE), title, excerpt, body, tuple(items)),
        )

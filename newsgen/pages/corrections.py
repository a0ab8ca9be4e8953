"""Plan the corrections log: the corrections of all articles on one page."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from newsgen.content.body.places import relinked
from newsgen.core.model import Card, Correction
from newsgen.pages.base import Page, PlanContext, View

ROUTE = "/corrections/"


class Corrected(Struct, frozen=True, array_like=True, gc=False):
    """A correction, and the card of the corrected article."""

    card: Card
    correction: Correction


class CorrectionsView(View, frozen=True, array_like=True, gc=False):
    """All corrections, newest first. `body` introduces them: safe HTML, or ""."""

    excerpt: str
    body: str
    items: tuple[Corrected, ...]


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

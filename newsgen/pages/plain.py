"""Plan plain pages, such as About, and the pages of removed articles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsgen.core.problems import Problem
from newsgen.pages.base import Link, Page, PlanContext, View
from newsgen.pages.corrections import ROUTE as CORRECTIONS

if TYPE_CHECKING:
    from newsgen.pages.draft import Draft


GONE = "/410.html"  # what hosts show with status 410


class PlainView(View, frozen=True, array_like=True, gc=False):
    """A plain page: `body` is safe HTML, or ""; `crumbs` link to the pages above it."""

    excerpt: str
    body: str
    crumbs: tuple[Link, ...]


class GoneView(View, frozen=True, array_like=True, gc=False):
    """The page of a removed article. It says nothing about the article."""


def plan_plain(planning: PlanContext, draft: Draft) -> Iterator[Page]:
    """Plan a page for each plain page, with the template it asks for.

    That must be a template in `layouts/`: any other would miss fields that it reads.
    """
    titles = {page.route: page.file.page.title for page in planning.site.pages}
    for page in planning.site.pages:
        route, record = page.route, page.file.page
        if route == CORRECTIONS and planning.has("corrections"):
            continue
        steps = route.split("/")
        above = ["/".join(steps[:end]) + "/" for end in range(2, len(steps) - 1)]
        crumbs = tuple(Link(titles[step], planning.href(step)) for step in above if step in titles)
        template = f"layouts/{record.layout}.html" if record.layout else "plain.html"
        if template not in (*planning.layouts, "plain.html"):
            message = f"there is no template {template}; the page gets plain.html"
            draft.problems.append(
                Problem(
                    "warning",
                    "no-layout",
                    message,
                    "$.layout",
                    "write the template",
                    page.file.path,
                )
            )
            template = "plain.html"
        yield Page(
            route,
            template,
            PlainView(planning.href(route), record.title, record.excerpt, record.body, crumbs),
        )


def plan_gone(planning: PlanContext, draft: Draft) -> Iterator[Page]:
    """Plan a page for each removed article that leaves a note, unless another page or an alias has
    its route.
    """
    for route in planning.site.gone if planning.has("gone") else ():
        if not draft.in_the_way(route):
            yield _gone(planning, route)


def plan_gone_answer(planning: PlanContext) -> Iterator[Page]:
    """Plan the page that hosts send with status 410 for removed articles."""
    if planning.site.gone and planning.has("gone") and planning.settings.gone_status == 410:
        yield _gone(planning, GONE)


def _gone(planning: PlanContext, route: str) -> Page:
    return Page(
        route, "gone.html", GoneView(planning.href(route), planning.title("This page was removed"))
    )

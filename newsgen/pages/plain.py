"""Plain pages, such as About, and the pages of articles that were removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsgen.core.problems import Problem
from newsgen.pages.base import Link, Page, PlanContext, View
from newsgen.pages.corrections import ROUTE as CORRECTIONS

if TYPE_CHECKING:
    from newsgen.pages.draft import Draft


GONE = "/410.html"  # what hosts show that answer so


class PlainView(View, frozen=True, array_like=True, gc=False):
    """A plain page: `body` is safe HTML, or nothing; `crumbs` lead to the pages above it."""

    excerpt: str
    body: str
    crumbs: tuple[Link, ...]


class GoneView(View, frozen=True, array_like=True, gc=False):
    """Where an article was that has been removed. It says nothing of it."""


def plan_plain(planning: PlanContext, draft: Draft) -> Iterator[Page]:
    """A page for each plain page, by the template that it asks for. That is one made for it: any other would miss what it reads."""
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
            draft.problems.append(Problem("warning", "no-layout", message, "$.layout", "write the template", page.file.path))
            template = "plain.html"
        yield Page(route, template, PlainView(planning.href(route), record.title, record.excerpt, record.body, crumbs))


def plan_gone(planning: PlanContext, draft: Draft) -> Iterator[Page]:
    """A page for each article that was removed and is to say so, unless another page stands there or an alias leads on."""
    for route in planning.site.gone if planning.has("gone") else ():
        if not draft.in_the_way(route):
            yield _gone(planning, route)


def plan_gone_answer(planning: PlanContext) -> Iterator[Page]:
    """The page that hosts answer with for what was removed."""
    if planning.site.gone and planning.has("gone") and planning.settings.gone_status == 410:
        yield _gone(planning, GONE)


def _gone(planning: PlanContext, route: str) -> Page:
    return Page(route, "gone.html", GoneView(planning.href(route), planning.title("This page was removed")))

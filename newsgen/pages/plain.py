"""Plan plain pages, such as About, and the pages of removed articles."""

from __future__ import annotations

from collections.abc import Iterator

from newsgen.content.body.body_links import relinked
from newsgen.core.problems import Problem
from newsgen.pages.base import Link, Page, PlanContext, RedirectRule, View
from newsgen.pages.corrections import ROUTE as CORRECTIONS

GONE = "/410.html"  # what hosts show with status 410


class PlainView(View, frozen=True, array_like=True, gc=False):
    """A plain page, such as About."""

    excerpt: str
    """A sentence for search engines, or nothing."""
    body: str
    """Safe HTML, or nothing: write it as `{{ page.body|safe }}`."""
    crumbs: tuple[Link, ...]
    """[Links](#link) to the plain pages above it."""
    noindex: bool
    """Whether search engines are asked not to index it."""


class GoneView(View, frozen=True, array_like=True, gc=False):
    """The page of a removed article. It says nothing about the article."""


def plan_plain(planning: PlanContext) -> tuple[list[Page], list[Problem]]:
    """Plan a page for each plain page, with the template it asks for.

    That must be a template in `layouts/`: any other would miss fields that it reads.
    """
    titles = {page.route: page.file.page.title for page in planning.site.pages}
    planned, problems = list[Page](), list[Problem]()
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
            hint = "write the template"
            file = page.file.path
            problems.append(Problem("warning", "no-layout", message, "$.layout", hint, file))
            template = "plain.html"
        body = relinked(record.body, page.links)
        view = PlainView(
            planning.href(route), record.title, record.excerpt, body, crumbs, record.noindex
        )
        planned.append(Page(route, template, view, listed=not record.noindex))
    return planned, problems


def plan_gone(planning: PlanContext) -> Iterator[Page]:
    """Plan a page for each removed article that leaves a note. It gives way to all others."""
    answer = planning.settings.gone_status == 410
    for route in planning.site.gone if planning.has("gone") else ():
        rule = RedirectRule(planning.href(route), planning.href(GONE), 410) if answer else None
        yield _gone(planning, route, rule)


def plan_gone_answer(planning: PlanContext) -> Iterator[Page]:
    """Plan the page that hosts send with status 410 for removed articles."""
    if planning.site.gone and planning.has("gone") and planning.settings.gone_status == 410:
        yield _gone(planning, GONE)


def _gone(planning: PlanContext, route: str, rule: RedirectRule | None = None) -> Page:
    view = GoneView(planning.href(route), planning.title("This page was removed"))
    return Page(route, "gone.html", view, listed=False, rule=rule)

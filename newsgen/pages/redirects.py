"""Plan redirects: old addresses (`aliases`) to the page's current one, and those of hidden articles
to their story.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsgen.core.model import Card, Site
from newsgen.core.problems import Problem
from newsgen.pages.base import Page, PlanContext, RedirectView

if TYPE_CHECKING:
    from newsgen.pages.draft import Draft


def plan_redirects(planning: PlanContext, draft: Draft) -> Iterator[Page]:
    """Plan a page for each alias, except where a page or a folder of pages exists.

    This runs after all others. Articles are sorted oldest first, so that a newer one never takes an
    alias in use. Redirects of hidden articles give way without a problem, because nobody asked for
    them.
    """
    aliases = [*_aliases(planning.site), *_moved(planning.site)] if planning.has("redirect") else []
    for alias, target, title, card, file in aliases:
        if draft.in_the_way(alias):
            if not file:
                continue
            message = f"its alias {alias} is the address of another page; it is left out"
            draft.problems.append(
                Problem("warning", "alias-taken", message, "$.aliases", "remove the alias", file)
            )
            continue
        # 302 for hidden articles, because another member of the story may become its lead.
        status = 301 if file else 302
        yield Page(
            alias,
            "redirect.html",
            RedirectView(planning.href(alias), title, planning.href(target), status, card),
        )


def _aliases(site: Site) -> Iterator[tuple[str, str, str, Card | None, str]]:
    """Return each alias, the route it leads to, the title or card of the page there, and the file
    that names it.
    """
    for page in site.pages:
        for alias in page.file.page.aliases:
            yield alias, page.route, page.file.page.title, None, page.file.path
    for story in reversed(site.stories):
        for alias in story.document.meta.aliases:
            yield alias, story.route, "", story.card, story.document.path


def _moved(site: Site) -> Iterator[tuple[str, str, str, Card | None, str]]:
    """Return the same for hidden articles. The file is "", because none asks for the redirect."""
    for route, lead in site.moved:
        yield route, site.stories[lead].route, "", site.stories[lead].card, ""

"""Old addresses (`aliases`) that lead to where the page is now, and those of hidden articles that lead to their story."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsgen.core.model import Card, Site
from newsgen.core.problems import Problem
from newsgen.pages.base import Page, PlanContext, RedirectView

if TYPE_CHECKING:
    from newsgen.pages.draft import Draft


def plan_redirects(planning: PlanContext, draft: Draft) -> Iterator[Page]:
    """A page for each alias, but for those where a page, or a folder of pages, stands already. Planned after all
    others; articles from the oldest, so that a newer one takes no alias that is in use. What no one asked for gives way without a word."""
    aliases = [*_aliases(planning.site), *_moved(planning.site)] if planning.has("redirect") else []
    for alias, target, title, card, file in aliases:
        if draft.in_the_way(alias):
            if not file:
                continue
            message = f"its alias {alias} is the address of another page; it is left out"
            draft.problems.append(Problem("warning", "alias-taken", message, "$.aliases", "remove the alias", file))
            continue
        status = 301 if file else 302  # another member of a story may come to lead it
        yield Page(alias, "redirect.html", RedirectView(planning.href(alias), title, planning.href(target), status, card))


def _aliases(site: Site) -> Iterator[tuple[str, str, str, Card | None, str]]:
    """Alias, the route it leads to, the title or the card of the page there, and the file that names it."""
    for page in site.pages:
        for alias in page.file.page.aliases:
            yield alias, page.route, page.file.page.title, None, page.file.path
    for story in reversed(site.stories):
        for alias in story.document.entry.aliases:
            yield alias, story.route, "", story.card, story.document.path


def _moved(site: Site) -> Iterator[tuple[str, str, str, Card | None, str]]:
    """The same of hidden articles, whose files ask for no address."""
    for route, lead in site.moved:
        yield route, site.stories[lead].route, "", site.stories[lead].card, ""

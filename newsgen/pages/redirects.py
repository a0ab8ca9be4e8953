"""Plan redirects: old addresses (`aliases`) to the page's current one, and those of hidden articles
to their story.
"""

from __future__ import annotations

from collections.abc import Iterator

from newsgen.core.model import Card
from newsgen.core.problems import Problem
from newsgen.core.site import Site
from newsgen.pages.base import Page, PlanContext, RedirectRule, RedirectView


def plan_redirects(planning: PlanContext) -> Iterator[tuple[Page, Problem | None]]:
    """Plan a page for each alias, each with the problem to report if its route is taken.

    They give way to all other pages, folders of pages included. Articles are sorted oldest first,
    so that a newer one never takes an alias in use. Redirects of hidden articles give way without a
    problem, because nobody asked for them. So do those of categories that a topic replaces.
    """
    site = planning.site
    aliases = [*_aliases(site), *_moved(site)] if planning.has("redirect") else []
    for route, topic, name in site.merged if planning.has("redirect") else ():
        rule = RedirectRule(planning.href(route), planning.href(topic), 301)
        view = RedirectView(rule.url, name, rule.target)
        yield Page(route, "redirect.html", view, listed=False, rule=rule), None
    for alias, target, title, card, file in aliases:
        message = f"its alias {alias} is the address of another page; it is left out"
        taken = Problem("warning", "alias-taken", message, "$.aliases", "remove the alias", file)
        # 302 for hidden articles, because another member of the story may become its lead.
        rule = RedirectRule(planning.href(alias), planning.href(target), 301 if file else 302)
        view = RedirectView(rule.url, title, rule.target, rule.status, card)
        page = Page(alias, "redirect.html", view, listed=False, rule=rule)
        yield page, taken if file else None


def _aliases(site: Site) -> Iterator[tuple[str, str, str, Card | None, str]]:
    """Return each alias, the route it leads to, the title or card of the page there, and the file
    that names it.
    """
    for page in (*site.pages, *site.introductions.values()):
        for alias in page.file.page.aliases:
            yield alias, page.route, page.file.page.title, None, page.file.path
    for story in reversed(site.stories):
        for alias in story.document.meta.aliases:
            yield alias, story.route, "", story.card, story.document.path


def _moved(site: Site) -> Iterator[tuple[str, str, str, Card | None, str]]:
    """Return the same for hidden articles. The file is "", because none asks for the redirect."""
    for route, lead in site.moved:
        yield route, site.stories[lead].route, "", site.stories[lead].card, ""

"""Plan redirects: those of the settings, old addresses (`aliases`) to the page's current one, and
those of hidden articles to their story.
"""

from __future__ import annotations

from collections.abc import Iterator

from newsgen.content.slugs import setting_link
from newsgen.content.urls import safe_route
from newsgen.core.card import Card
from newsgen.core.problems import Problem
from newsgen.core.site import Site
from newsgen.pages.base import Page, PlanContext, RedirectRule, RedirectView


def plan_redirects(planning: PlanContext) -> Iterator[tuple[Page | None, Problem | None]]:
    """Plan a page for each old address, each with the problem to report if its route is taken.

    Old addresses that no page can have get none. Redirects give way to all other pages, folders of
    pages included. Articles are sorted oldest first, so that a newer one never takes an alias in
    use. Redirects of hidden articles give way without a problem, because nobody asked for them. So
    do those of categories that a topic replaces.
    """
    if not planning.has("redirect"):
        return
    site = planning.site
    for old, target in planning.settings.redirects.items():
        yield _asked_for(planning, old, target)
    for route, topic, name in site.merged:
        rule = RedirectRule(planning.href(route), planning.href(topic), 301)
        view = RedirectView(rule.url, name, rule.target)
        yield Page(route, "redirect.html", view, listed=False, rule=rule), None
    for alias, target, title, card, file in (*_aliases(site), *_moved(site)):
        message = f"its alias {alias} is the address of another page; it is left out"
        taken = Problem("warning", "alias-taken", message, "$.aliases", "remove the alias", file)
        # 302 for hidden articles, because another member of the story may become its lead.
        rule = RedirectRule(planning.href(alias), planning.href(target), 301 if file else 302)
        view = RedirectView(rule.url, title, rule.target, rule.status, card)
        page = Page(alias, "redirect.html", view, listed=False, rule=rule)
        yield page, taken if file else None


def _asked_for(planning: PlanContext, old: str, target: str) -> tuple[Page | None, Problem | None]:
    """Plan a redirect of the settings."""
    route, link = safe_route(old), setting_link(planning.settings.base, target)
    why = "is the address of another page" if route else "cannot be the address of a page"
    message = f"the setting redirects names {old}, which {why}; it is left out"
    problem = Problem("warning", "alias-taken", message, hint="remove it from redirects")
    if not route:
        return None, problem
    rule = RedirectRule(planning.href(route), link, 301)
    view = RedirectView(rule.url, target, rule.target)
    return Page(route, "redirect.html", view, listed=False, rule=rule), problem


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

"""The plan: all pages of a site with their digests. Lazy: nothing is rendered here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import chain

from newsgen import digest
from newsgen.pages.articles import plan_articles
from newsgen.pages.base import Page, Planning
from newsgen.pages.corrections import plan_corrections
from newsgen.pages.dates import plan_dates
from newsgen.pages.feeds import plan_feeds
from newsgen.pages.files import FileView, plan_files, plan_not_found
from newsgen.pages.hosts import plan_hosts
from newsgen.pages.lists import plan_categories, plan_groups, plan_home
from newsgen.pages.plain import PlainView, plan_gone, plan_plain
from newsgen.pages.redirects import plan_redirects
from newsgen.pages.sitemaps import plan_sitemaps
from newsgen.pages.theme import plan_theme
from newsgen.problems import Problem

PLANNERS: tuple[Callable[[Planning], Iterator[Page]], ...] = (
    plan_home,
    plan_categories,
    plan_groups,
    plan_dates,
    plan_articles,
    plan_corrections,
    plan_feeds,
    plan_not_found,
    plan_theme,
)


class Plan:
    """Pages by route, and the digest of each: of its view, its template and what all pages share."""

    def __init__(self, template_digest: Callable[[str], bytes], shared: bytes) -> None:
        self.pages: dict[str, Page] = {}
        self.digests: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self.template_digest = template_digest
        self.shared = shared


# These look at the pages that the others have planned, and tell what is wrong with theirs.
LATER: tuple[Callable[[Planning, Plan], Iterator[Page]], ...] = (plan_plain, plan_redirects, plan_gone)
# These are made from all pages before them. A static file of the site in the place of one of them is meant so.
LAST: tuple[Callable[[Planning, Collection[Page]], Iterator[Page]], ...] = (plan_sitemaps, plan_hosts)


def make_plan(planning: Planning, template_digest: Callable[[str], bytes], shared: bytes) -> Plan:
    """All pages of the site. Of two on one route the first stays; the other is a problem."""
    plan = Plan(template_digest, shared)
    pages, digests = plan.pages, plan.digests
    contexts: dict[str, bytes] = {}
    files: dict[str, Page] = {}  # by path: a file and a folder of one name cannot be
    folders: dict[str, Page] = {}  # the first page below each
    early = (plan_files(planning), *(planner(planning) for planner in PLANNERS))
    later = (planner(planning, plan) for planner in LATER)
    last = (page for planner in LAST for page in planner(planning, list(pages.values())) if page.route[1:] not in planning.files)
    for page in chain(*early, *later, last):
        route, template = page.route, page.template
        path = route + "index.html" if route[-1] == "/" else route
        folder = path.rpartition("/")[0]
        standing = files.get(path) or folders.get(path) or _above(folder, files, folders)
        if standing:
            message = f"two pages want the route {route}: {_named(standing, planning)} has it, {_named(page, planning)} is left out"
            plan.problems.append(Problem("error", "route-conflict", message, hint="rename the file, or change the permalinks"))
            continue
        pages[route] = files[path] = page
        while folder and folder not in folders:
            folders[folder] = page
            folder = folder.rpartition("/")[0]
        context = contexts.get(template)
        if context is None:
            context = contexts[template] = template_digest(template) + shared
        if page.parts is not None:
            digests[route] = digest.of_plain(page.parts, context)
        else:
            digests[route] = digest.of_value(page.view, b"" if isinstance(page.view, FileView) else context)
    return plan


def _above(folder: str, files: dict[str, Page], folders: dict[str, Page]) -> Page | None:
    """The page whose file stands where this folder, or one that holds it, is to be; above one that is known there is none."""
    while folder and folder not in folders:
        if folder in files:
            return files[folder]
        folder = folder.rpartition("/")[0]
    return None


def _named(page: Page, planning: Planning) -> str:
    """A page as people know it: by the file that it is made of, else by its title and template."""
    if isinstance(page.view, FileView):
        return f"the static file {page.view.title}"
    articles = (story.document.path for story in planning.site.stories if story.route == page.route)
    plain = (plain.file.path for plain in planning.site.pages if plain.route == page.route)
    file = next(chain(articles if page.template == "article.html" else (), plain if isinstance(page.view, PlainView) else ()), "")
    return file or f"the page “{page.view.title}” ({page.template})"


def output_path(route: str) -> str:
    """The file of a route, relative to the output: a folder's index.html for those that end in a slash."""
    return route[1:] + "index.html" if route.endswith("/") else route[1:]

"""The route table, which records the addresses of a site and their owners.

Static files come first, then the site's own pages, plain pages, lists, and finally articles. So an
article can never take the address of one of the site's own pages. Addresses that newsgen may need
later are reserved by pattern, because an article on one of them would have to move some day. These
are numbered pages, dates, feeds of lists, and files that hosts and browsers read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from newsgen.config.settings import Kind, Settings
from newsgen.content.slugs import href, slugify
from newsgen.core.patterns import lazily
from newsgen.core.problems import Problem

SITE = "the site itself"  # the owner of the site's own pages in messages
# Names that newsgen writes into many folders.
_OWN_NAMES = frozenset(("index.html", "feed.xml", "atom.xml", "feed.json"))
# Top-level names with a meaning for hosts, browsers or crawlers. theme.DIGEST.css is the stylesheet
# made from the settings.
_OWN_TOP = lazily(
    r"_media|_headers|_redirects|_worker\.js|4(?:04|10)\.html|theme\.[0-9a-f]+\.css|.+\.(?:xml|txt|json|webmanifest|ico|png)"
)
_OWN_FILE = lazily(r"sitemaps/[0-9]+\.xml|icons/[a-z0-9]+\.png|search/.+\.json")
# The digest in names of static files that templates use through `asset`.
_DIGEST = lazily(r"\.[0-9a-f]{10}(?=\.[^./]*$|$)")
_NUMBERED = lazily(r"(.*/)?page/[0-9]+/index\.html")
_OWN_PAGES: tuple[Kind, ...] = ("topics", "sources", "tags", "authors", "search")
_DATE_LEVELS: tuple[tuple[Kind, str], ...] = (
    ("year", "[0-9]{4}"),
    ("month", "[0-9]{2}"),
    ("day", "[0-9]{2}"),
)
_LONGEST = 240  # bytes in a name: most file systems allow 255, and a number may be added


def taxonomy_route(key: str) -> str:
    """Return the route of a taxonomy's index. Those of its terms are below it."""
    return f"/{slugify(key)}/"


def output_path(route: str) -> str:
    """Return the file of a route, relative to the output: a folder's index.html if the route ends
    in a slash.
    """
    return route[1:] + "index.html" if route.endswith("/") else route[1:]


class RouteTable:
    """The routes of a site that are taken. Case is ignored, as some file systems do."""

    def __init__(self, settings: Settings, static: Iterable[str] = ()) -> None:
        """Create a table that holds the static files at these paths and the site's own pages."""
        self._owners: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._lists = {""}
        self._dates = _date_pattern(settings)
        for path in static:
            self._add(path.casefold(), f"the static file {path}")
        self._static = self._owners.copy()
        indexes = [f"/{kind}/" for kind in _OWN_PAGES if kind not in settings.without]
        for route in ("/", *indexes, *map(taxonomy_route, settings.taxonomies)):
            self.claim(route, SITE)

    def taken_by(self, route: str) -> str:
        """Return what takes this route, or has a file where the route needs a folder; "" if it is
        free.
        """
        path = output_path(route).casefold()
        folder = path.rpartition("/")[0]
        if not folder and _OWN_TOP.fullmatch(path):
            return self._owners.get(path, SITE)
        while folder and folder not in self._folders:
            if owner := self._file(folder):
                return owner
            folder = folder.rpartition("/")[0]
        return self._page(path)

    def taken_for_file(self, route: str) -> str:
        """Return what takes this route for a file beside an article, "" if it is free. Such a file
        must not have a name that the site itself writes into folders.
        """
        return self.taken_by(route) or self._file(output_path(route).casefold())

    def take(self, route: str, owner: str) -> None:
        """Mark a route as taken. Messages name `owner` as what is there."""
        self._add(output_path(route).casefold(), owner)

    def claim(self, route: str, owner: str) -> str:
        """Take exactly this route and return "", or return what has it.

        A static file on the route does not count: it replaces the page, and links to the page lead
        to it.
        """
        path = output_path(route).casefold()
        taken = (
            ""
            if path in self._static and self._owners[path] == self._static[path]
            else self.taken_by(route)
        )
        if not taken:
            self._add(path, owner)
        return taken

    def take_list(self, wanted: str, owner: str) -> str:
        """Take a route for a list and return it: the wanted one, or the next free one. The routes
        of the list's numbered pages are reserved.
        """
        route = wanted
        if self.claim(route, owner):
            route = self.free(wanted)
            self.take(route, owner)
        self._lists.add(route[1:].casefold())
        return route

    def free(self, wanted: str) -> str:
        """Return the wanted route (of a folder) if it is free; otherwise add `-2`, `-3` ... to the
        name that is taken.
        """
        if len(wanted) > _LONGEST // 4:
            wanted = "/".join(map(_fitting, wanted.split("/")))
        if not self.taken_by(wanted):
            return wanted
        *above, last = wanted.strip("/").split("/")
        route = ""
        for name in above:
            route = _next_free(
                f"{route}/{name}", lambda path: bool(self._file(path[1:].casefold()))
            )
        return _next_free(f"{route}/{last}", lambda path: bool(self.taken_by(path + "/"))) + "/"

    def _file(self, path: str) -> str:
        """Return what has or may need a file at this path, which would block a folder."""
        if owner := self._owners.get(path):
            return owner
        folder, _, name = path.rpartition("/")
        own = (
            name in _OWN_NAMES
            or (not folder and _OWN_TOP.fullmatch(name))
            or _OWN_FILE.fullmatch(path)
        )
        return SITE if own or ("." in name and _DIGEST.sub("", path) in self._static) else ""

    def _page(self, path: str) -> str:
        """Return what has or may need this file."""
        if owner := self._owners.get(path) or self._folders.get(path):
            return owner
        numbered = _NUMBERED.fullmatch(path)
        list_ = numbered[1] or "" if numbered else path.removesuffix("index.html")
        dated = self._dates is not None and self._dates.fullmatch(list_)
        return SITE if dated or (numbered and list_ in self._lists) else ""

    def _add(self, path: str, owner: str) -> None:
        self._owners[path] = owner
        self._add_folders(path, owner)

    def _add_folders(self, path: str, owner: str) -> None:
        folder = path.rpartition("/")[0]
        while folder and folder not in self._folders:
            self._folders[folder] = owner
            folder = folder.rpartition("/")[0]


class ListRoutes:
    """Assigns routes to lists of articles. `of` maps the link of a list to its route."""

    def __init__(self, table: RouteTable, settings: Settings, problems: list[Problem]) -> None:
        self._table, self._base, self._problems = table, settings.base, problems
        self.of: dict[str, str] = {}

    def link(self, wanted: str, name: str) -> str:
        """Return the link of the list called `name`. If the wanted route is taken, the list gets
        another one, with a problem.
        """
        taken = self._table.taken_by(wanted)
        route = self._table.take_list(wanted, f"the list “{name}”")
        if route != wanted:
            message = (
                f"the list “{name}” wants the route {wanted}, which {taken} has; it gets {route}"
            )
            self._problems.append(
                Problem(
                    "warning",
                    "route-conflict",
                    message,
                    hint="use another name, or change the permalinks",
                )
            )
        url = href(self._base, route)
        self.of[url] = route
        return url


def _next_free(path: str, taken: Callable[[str], bool]) -> str:
    n, found = 1, path
    while taken(found):
        n += 1
        found = f"{path}-{n}"
    return found


def _fitting(name: str) -> str:
    """Return a name cut to the number of bytes that file systems accept."""
    return name.encode()[:_LONGEST].decode(errors="ignore")


def _date_pattern(settings: Settings) -> re.Pattern[str] | None:
    """Return a pattern for the routes (without the first slash) of years, months and days that have
    pages.
    """
    found = []
    for level, _ in _DATE_LEVELS:
        if level not in settings.without:
            pattern = re.escape(
                settings.permalinks.date.partition(f"{{{level}}}")[0][1:].casefold()
                + f"{{{level}}}/"
            )
            for name, digits in _DATE_LEVELS:
                pattern = pattern.replace(re.escape(f"{{{name}}}"), digits)
            found.append(pattern)
    return re.compile("|".join(found)) if found else None

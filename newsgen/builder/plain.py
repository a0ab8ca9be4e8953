"""Choose the plain pages to publish, and build the menu from them and the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsgen.builder.route_table import RouteTable
from newsgen.config.paths import composed
from newsgen.config.settings import Settings
from newsgen.content.pages import FOLDER
from newsgen.content.slugs import href, make_label, slugify
from newsgen.content.visibility import Clock, page_visible
from newsgen.core.model import Label, PlainFile
from newsgen.core.problems import Problem
from newsgen.core.site import Plain


def plain_pages(
    files: Sequence[PlainFile],
    settings: Settings,
    clock: Clock,
    table: RouteTable,
    problems: list[Problem],
) -> tuple[Plain, ...]:
    """Return the visible plain pages, sorted by path.

    A page whose route is taken is left out, with a problem. A page that a static file replaces is
    kept, because links to it lead to that file.
    """
    if "page" in settings.without:
        return ()
    by_path: dict[str, Plain] = {}
    for file in sorted(files, key=lambda file: file.path):
        if page_visible(file.page, clock):
            route = plain_route(file.path)
            owner = table.claim(route, file.path)
            if owner:
                code = "page-taken" if owner in by_path else "route-conflict"
                message = f"its route {route} is taken by {owner}; it is left out"
                problems.append(
                    Problem("error", code, message, hint="rename the file", file=file.path)
                )
            else:
                by_path[file.path] = Plain(file, route)
    return tuple(by_path.values())


def plain_route(path: str) -> str:
    """Return the route for a file: `/legal/privacy/` for `pages/legal/privacy.md`, `/legal/` for
    `pages/legal/index.md`.
    """
    names = [slugify(name) for name in _name(path).split("/")]
    if names[-1] == "index":
        names.pop()
    return "/" + "".join(f"{name}/" for name in names)


def _name(path: str) -> str:
    """Return a page's name in the settings: its path without folder and suffix."""
    return composed(path.removeprefix(FOLDER).rpartition(".")[0])


def make_menu(
    pages: Sequence[Plain], files: Sequence[PlainFile], settings: Settings, problems: list[Problem]
) -> tuple[Label, ...]:
    """Return the items of the setting `menu`, then the pages that ask to be in the menu. Each link
    appears once.
    """
    by_url: dict[str, Label] = {}
    for label in (
        *_named(pages, files, settings, problems),
        *(_label(page, settings) for page in pages if page.file.page.menu),
    ):
        by_url.setdefault(label.url, label)
    return tuple(by_url.values())


def _named(
    pages: Sequence[Plain], files: Sequence[PlainFile], settings: Settings, problems: list[Problem]
) -> Iterator[Label]:
    by_name = {_name(page.file.path): page for page in pages}
    for item in (composed(item) if isinstance(item, str) else item for item in settings.menu):
        if not isinstance(item, str):
            yield make_label(
                item.name,
                href(settings.base, item.url) if item.url.startswith("/") else item.url,
                "",
            )
        elif item in by_name:
            yield _label(by_name[item], settings)
        elif not any(_name(file.path) == item for file in files):
            message = (
                f"the menu names the page {item}, which does not exist; it is left out of the menu"
            )
            problems.append(
                Problem(
                    "warning",
                    "no-menu-page",
                    message,
                    hint=f"write {FOLDER}{item}.md in the content folder",
                )
            )


def _label(page: Plain, settings: Settings) -> Label:
    return make_label(page.file.page.title, href(settings.base, page.route), "")

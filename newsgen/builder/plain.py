"""Choose the plain pages to publish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsgen.builder.route_table import RouteTable
from newsgen.config.paths import composed
from newsgen.config.settings import Settings
from newsgen.content.clock import Clock
from newsgen.content.pages import FOLDER, is_section
from newsgen.content.slugs import slugify
from newsgen.content.visibility import page_visible
from newsgen.core.model import PlainFile
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
    for file in visible_pages(files, clock):
        if not is_section(file.path):
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


def visible_pages(files: Sequence[PlainFile], clock: Clock) -> Iterator[PlainFile]:
    """Yield the visible pages, sorted by path."""
    for file in sorted(files, key=lambda file: file.path):
        if page_visible(file.page, clock):
            yield file


def plain_route(path: str) -> str:
    """Return the route for a file: `/legal/privacy/` for `pages/legal/privacy.md`, `/legal/` for
    `pages/legal/index.md` and `pages/legal/_index.md`.
    """
    *above, name = page_name(path).split("/")
    names = [slugify(one) for one in (*above, name.removeprefix("_") if name == "_index" else name)]
    if names[-1] == "index":
        names.pop()
    return "/" + "".join(f"{name}/" for name in names)


def page_name(path: str) -> str:
    """Return a page's name in the settings: its path without folder and suffix."""
    return composed(path.removeprefix(FOLDER).rpartition(".")[0])

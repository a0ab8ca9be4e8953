"""Choose the files beside articles that are copied to their pages, and their routes. Pure. A file
never takes an address that the site or an article has or may need. Examples are feeds, icons, files
that hosts read at the top, and the folder of image copies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from newsgen.builder.route_table import RouteTable
from newsgen.builder.source_links import is_bundle
from newsgen.config.paths import composed
from newsgen.core.problems import Problem

_HINT = "rename the file, or change the address of the article"


def without_withheld(
    near: Iterable[str], paths: Iterable[str], visible: Collection[str]
) -> list[str]:
    """Return the files in the content folder without those of articles that are not visible.

    Unless a visible article is in its folder, a file belongs to the nearest `index.md` at or above
    it. `paths` are all articles, `visible` those that have a page.
    """
    shown = {composed(path.rpartition("/")[0]) for path in visible}
    bundles = {composed(path.rpartition("/")[0]) for path in paths if is_bundle(path)}
    return [path for path in near if (owner := _owner(path, bundles)) is None or owner in shown]


def _owner(path: str, bundles: Collection[str]) -> str | None:
    """Return the folder of the bundle that a file belongs to, None if it belongs to none."""
    folder = path.rpartition("/")[0]
    while folder and folder not in bundles:
        folder = folder.rpartition("/")[0]
    return folder or None


class Attached:
    """Takes the routes of files beside pages, and reports those that are taken."""

    def __init__(self, table: RouteTable, problems: list[Problem]) -> None:
        self._table, self._problems = table, problems
        self._placed: dict[tuple[str, str], bool] = {}

    def place(self, route: str, file: str) -> bool:
        """Return whether the copy of a file has this route."""
        placed = self._placed.get((route, file))
        if placed is None:
            owner = self._table.taken_for_file(route)
            placed = self._placed[route, file] = not owner
            if placed:
                self._table.take(route, file)
            else:
                message = f"its copy would have the address {route}, which {owner} has"
                why = f"{message}; it is not published"
                self._problems.append(Problem("warning", "route-conflict", why, "$", _HINT, file))
        return placed

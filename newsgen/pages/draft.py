"""A plan while planners fill it: the pages so far, and which routes are free."""

from __future__ import annotations

from newsgen.builder.route_table import output_path
from newsgen.core.problems import Problem
from newsgen.pages.base import Page


class Draft:
    """A plan being made: its pages by route, and the problems found. Case is ignored, as some file
    systems do.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.problems: list[Problem] = []
        self._files: dict[str, Page] = {}
        self._folders: dict[str, Page] = {}  # folder: the first page below it

    def in_the_way(self, route: str) -> Page | None:
        """Return the page that blocks this route, or None.

        A page blocks it if it has the same route, needs a folder where the route's file would be,
        or has a file where the route needs a folder.
        """
        path = output_path(route).casefold()
        standing = self._files.get(path) or self._folders.get(path)
        folder = path.rpartition("/")[0]
        while folder and not standing and folder not in self._folders:
            standing = self._files.get(folder)
            folder = folder.rpartition("/")[0]
        return standing

    def add(self, page: Page) -> None:
        """Add a page whose route is free."""
        path = output_path(page.route).casefold()
        self.pages[page.route] = self._files[path] = page
        folder = path.rpartition("/")[0]
        while folder and folder not in self._folders:
            self._folders[folder] = page
            folder = folder.rpartition("/")[0]

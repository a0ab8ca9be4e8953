"""The pages planned so far, and which routes are free."""

from __future__ import annotations

from newsgen.builder.route_table import output_path
from newsgen.pages.base import Page


class PlannedPages:
    """Pages by route. Case is ignored, as some file systems do."""

    def __init__(self) -> None:
        self.by_route: dict[str, Page] = {}
        self._files: dict[str, Page] = {}
        self._folders: dict[str, Page] = {}  # folder: the first page below it

    def add(self, page: Page) -> Page | None:
        """Add a page if its route is free. Otherwise return the page that blocks it.

        A page blocks a route if it has the same one, needs a folder where the route's file would
        be, or has a file where the route needs a folder.
        """
        path = output_path(page.route).casefold()
        if blocking := self._blocking(path):
            return blocking
        self.by_route[page.route] = self._files[path] = page
        folder = path.rpartition("/")[0]
        while folder and folder not in self._folders:
            self._folders[folder] = page
            folder = folder.rpartition("/")[0]
        return None

    def _blocking(self, path: str) -> Page | None:
        found = self._files.get(path) or self._folders.get(path)
        folder = path.rpartition("/")[0]
        while folder and not found and folder not in self._folders:
            found = self._files.get(folder)
            folder = folder.rpartition("/")[0]
        return found

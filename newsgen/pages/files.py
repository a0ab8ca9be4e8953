"""The 404 page, and files that are copied as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newsgen.output import above
from newsgen.pages.base import Page, Planning, StaticFile, View


class FileView(View, frozen=True, array_like=True, gc=False):
    """A file to copy: where it stands, and the digest of its bytes."""

    source: str
    digest: bytes


def plan_not_found(planning: Planning) -> Iterator[Page]:
    """The page that hosts show for an address that is not there."""
    if planning.has("404"):
        yield Page("/404.html", "404.html", View(planning.href("/404.html"), planning.title("Page not found")))


def overlay(theme: Iterable[StaticFile], site: Iterable[StaticFile]) -> dict[str, StaticFile]:
    """The static files of a site by path: its own, and those of the theme that none of its own replaces or stands in the way of."""
    own = {file.path: file for file in site}
    folders = {folder for path in own for folder in above(path)}
    kept = (file for file in theme if file.path not in folders and own.keys().isdisjoint(above(file.path)))
    return {file.path: file for file in kept} | own


def plan_files(planning: Planning) -> Iterator[Page]:
    """Static files, each at its own path."""
    return (_copy(planning, file, file.path) for file in planning.files.values())


def plan_assets(planning: Planning) -> Iterator[Page]:
    """The static files that templates ask for by `asset`, under a name with the file's digest."""
    for name, path in planning.assets.items():
        if path not in planning.files:
            yield _copy(planning, planning.files[name], path)


def _copy(planning: Planning, file: StaticFile, path: str) -> Page:
    return Page(f"/{path}", "", FileView(planning.href(f"/{path}"), file.path, file.place, file.digest))

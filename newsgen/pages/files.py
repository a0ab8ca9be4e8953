"""The 404 page, and files that are copied as they are."""

from __future__ import annotations

from collections.abc import Iterator

from newsgen.pages.base import Page, Planning, View


class FileView(View, frozen=True, array_like=True, gc=False):
    """A file to copy: where it stands, and the digest of its bytes."""

    source: str
    digest: bytes


def plan_not_found(planning: Planning) -> Iterator[Page]:
    """The page that hosts show for an address that is not there."""
    if planning.has("404"):
        yield Page("/404.html", "404.html", View(planning.href("/404.html"), planning.title("Page not found")))


def plan_files(planning: Planning) -> Iterator[Page]:
    """Static files, each at its own path; what templates ask for by `asset` also under a name with its digest."""
    for file in planning.files.values():
        for path in filter(None, (file.path, planning.assets.get(file.path))):
            route = "/" + path
            yield Page(route, "", FileView(planning.href(route), file.path, file.place, file.digest))

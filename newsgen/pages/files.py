"""The 404 page, and files that are copied as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsgen.pages.base import Page, Planning, View


class FileView(View, frozen=True, gc=False):
    """A file to copy: where it stands, and the digest of its bytes."""

    source: str
    digest: bytes


def plan_not_found(planning: Planning) -> Iterator[Page]:
    """The page that hosts show for an address that is not there."""
    if planning.has("404"):
        yield Page("/404.html", "404.html", View(planning.href("/404.html"), "Page not found"))


def plan_files(planning: Planning, files: Sequence[tuple[str, str, bytes]]) -> Iterator[Page]:
    """Static files (path below the static folder, where it stands, digest of its bytes), each at its own path."""
    for path, source, digest in files:
        yield Page("/" + path, "", FileView(planning.href("/" + path), path, source, digest))

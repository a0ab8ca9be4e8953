"""Images of editions, and the pages that show them."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from newsgen.builder.route_table import output_path
from newsgen.content.scan import read_file
from newsgen.publish.hardlinks import Files

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".svg")
_DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{8,64}(?![0-9a-f])")


def images_of(page: str, files: Collection[str]) -> set[str]:
    """Return those files that are copies of images on a page, or none if the page is unreadable.

    A copy has a digest in its name that also occurs in the page.
    """
    with suppress(OSError):
        shown = set(_DIGEST.findall(read_file(page)))
        images = (path for path in files if path.lower().endswith(SUFFIXES))
        return {
            path
            for path in images
            if not shown.isdisjoint(_DIGEST.findall(os.path.basename(path).encode()))
        }
    return set()


def without_images(files: Files, folder: Path, routes: Iterable[str]) -> Files:
    """Return these files without the copies of images on the pages of these routes.

    `folder` is the edition that contains the pages.
    """
    hidden: set[str] = set()
    for route in routes:
        hidden |= images_of(os.path.join(folder, output_path(route)), files.keys())
    return {path: file for path, file in files.items() if path not in hidden} if hidden else files

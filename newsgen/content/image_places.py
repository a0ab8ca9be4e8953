"""Find the site's image that an article names by a path. Pure.

Hugo, Jekyll and their themes name images of the static folder without the slash before them, or by
the file's name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from posixpath import normpath
from urllib.parse import unquote

from newsgen.config.paths import composed
from newsgen.content.urls import is_near, near, safe_image_url
from newsgen.core import digest
from newsgen.core.media import Media


def image_url(url: str, folder: str, media: Media) -> str:
    """Return the URL on the site of an image that a file in this folder names. If there is no such
    image, this is the URL of one beside the file.
    """
    if not is_near(url):
        return url
    known = (
        one
        for one in places(url, folder, media.base, media.names)
        if digest.key(one) in media.originals
    )
    return next(known, near(url, folder))


def places(url: str, folder: str, base: str, names: Mapping[str, str]) -> Iterator[str]:
    """Yield the URLs that a relative path may mean, the likeliest first: beside the file, then from
    the site's root. The last is that of the only image in the static folder with this name, if one
    of the two paths ends with the other.
    """
    yield near(url, folder)
    path = composed(normpath("/" + unquote(url)))
    yield from_root(path, base)
    named = names.get(path.rpartition("/")[2], "")
    if named and (named.endswith(path) or path.endswith(named)):
        yield from_root(named, base)


def from_root(path: str, base: str) -> str:
    """Return the URL of an image by its path from the site's root, for a site at `base`."""
    return base + safe_image_url(path, lambda code: None)


def only_names(paths: Iterable[str]) -> dict[str, str]:
    """Return the path from the root of each image with a unique name, by that name."""
    found: dict[str, str] = {}
    for path in paths:
        name = composed(path.rpartition("/")[2])
        found[name] = "" if name in found else composed(f"/{path}")
    return {name: path for name, path in found.items() if path}

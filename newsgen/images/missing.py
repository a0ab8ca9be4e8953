"""Find local images that articles name and that do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import unquote

from msgspec import structs

from newsgen.content.body.body_links import find_in_body
from newsgen.content.image_places import places
from newsgen.content.urls import is_near, near
from newsgen.core.messages import did_you_mean
from newsgen.core.problems import Problem
from newsgen.store.records import FileRecord

# Names in the folder to compare a missing one with. Each costs about 10 microseconds.
_COMPARED = 500


class LocalFiles(NamedTuple):
    """The files that an article can name, and the site's base path.

    `names` are those beside articles as `./` and the path below the content folder, and those of
    the static folder by address. `unique` are those of Media by name.
    """

    names: frozenset[str]
    base: str
    unique: Mapping[str, str]

    def has(self, url: str, folder: str) -> bool:
        """Return whether an image named by a file in this folder exists."""
        url = unquote(url.partition("?")[0])
        found = places(url, folder, self.base, self.unique) if is_near(url) else (url,)
        return any(_key(unquote(one)) in self.names for one in found)


def local_files(
    beside: Iterable[str], static: Iterable[str], base: str, unique: Mapping[str, str]
) -> LocalFiles:
    """Return the files beside articles and in the static folder, given by path, for a site at
    `base`. `unique` are the names of Media.
    """
    return LocalFiles(
        frozenset(
            [_key(f"./{path}") for path in beside]
            + [_key(f"{base}/{path}") for path in beside]
            + [_key(f"{base}/{path}") for path in static]
        ),
        base,
        unique,
    )


def missing_images(files: Iterable[FileRecord], there: LocalFiles, content: Path) -> list[Problem]:
    """Return a problem for each local image that these articles name and that is not in `there`.

    `content` is their folder, where images in bodies are looked up.
    """
    found: list[Problem] = []
    for file in files:
        for place, url in file.listed_files:
            if not there.has(url, file.path.rpartition("/")[0]):
                problem = _missing(file.path, place, url, there)
                if place < 0:
                    line, column = find_in_body(content / file.path, url, there.base)
                    problem = structs.replace(problem, field="$", line=line, column=column)
                found.append(problem)
    return found


def _key(path: str) -> str:
    return normalize("NFC", path)


def _missing(path: str, place: int, url: str, there: LocalFiles) -> Problem:
    beside, address = is_near(url), unquote(url.partition("?")[0])
    key = _key(near(address, path.rpartition("/")[0]))
    folder, _, wanted = key.rpartition("/")
    names = sorted(
        one.removeprefix(f"{folder}/")
        for one in there.names
        if one.startswith(f"{folder}/") and "/" not in one[len(folder) + 1 :]
    )
    same = [name for name in names if name.casefold() == wanted.casefold()]
    elsewhere = [
        one.removeprefix(there.base)
        for one in sorted(there.names)
        if one[0] == "/" and one.casefold().endswith(f"/{wanted.casefold()}")
    ]
    others = same or names[:_COMPARED]
    hint = did_you_mean(wanted, others, "add the file, or correct the name")
    if elsewhere and not same:
        hint = f"did you mean {elsewhere[0]}?"
    where = (
        "neither beside the article nor in the content folder or the static folder"
        if beside
        else "not in the static folder"
    )
    return Problem(
        "warning",
        "missing-image",
        f"the image {unquote(url.removeprefix(there.base))} is {where}",
        f"$.images[{place}].url",
        hint,
        path,
    )

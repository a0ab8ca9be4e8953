"""Find local images that articles name and that do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import unquote

from msgspec import structs

from newsgen.content.body.places import find_in_body
from newsgen.content.urls import is_near, near
from newsgen.core.messages import did_you_mean
from newsgen.core.problems import Problem
from newsgen.store.records import FileRecord

# Names in the folder to compare a missing one with. Each costs about 10 microseconds.
_COMPARED = 500


class LocalFiles(NamedTuple):
    """The files that an article can name, and the site's base path.

    `names` are those beside articles as `./` and the path below the content folder, and those of
    the static folder by address.
    """

    names: frozenset[str]
    base: str


def local_files(beside: Iterable[str], static: Iterable[str], base: str) -> LocalFiles:
    """Return the files beside articles and in the static folder, given by path, for a site at
    `base`.
    """
    return LocalFiles(
        frozenset(
            [_key(f"./{path}") for path in beside]
            + [_key(f"{base}/{path}") for path in beside]
            + [_key(f"{base}/{path}") for path in static]
        ),
        base,
    )


def missing_images(files: Iterable[FileRecord], there: LocalFiles, content: Path) -> list[Problem]:
    """Return a problem for each local image that these articles name and that is not in `there`.

    `content` is their folder, where images in bodies are looked up.
    """
    found: list[Problem] = []
    for file in files:
        for place, url in file.listed_files:
            key = _key(near(unquote(url.partition("?")[0]), file.path.rpartition("/")[0]))
            if key not in there.names:
                problem = _missing(file.path, place, url, key, there)
                if place < 0:
                    line, column = find_in_body(content / file.path, url, there.base)
                    problem = structs.replace(problem, field="$", line=line, column=column)
                found.append(problem)
    return found


def _key(path: str) -> str:
    return normalize("NFC", path)


def _missing(path: str, place: int, url: str, key: str, there: LocalFiles) -> Problem:
    folder = key.rpartition("/")[0] + "/"
    names = sorted(
        one.removeprefix(folder)
        for one in there.names
        if one.startswith(folder) and "/" not in one[len(folder) :]
    )
    wanted = key.removeprefix(folder)
    same = [name for name in names if name.casefold() == wanted.casefold()]
    hint = did_you_mean(wanted, same or names[:_COMPARED], "add the file, or correct the name")
    where = "beside the article" if is_near(url) else "in the static folder"
    return Problem(
        "warning",
        "missing-image",
        f"the image {unquote(url.removeprefix(there.base))} is not {where}",
        f"$.images[{place}].url",
        hint,
        path,
    )

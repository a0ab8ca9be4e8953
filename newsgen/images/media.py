"""The folder `media/`: original images named by the digest of their bytes, and an index of where
each came from.

The index has one line of JSON for each URL, sorted, so that it can be read, compared and merged. If
two lines have the same URL, the one checked later counts. Both are inputs of a build: you may
commit them, or copy them between machines.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from newsgen.content.scan import INDEX
from newsgen.core import digest
from newsgen.core.atomic import replace_file
from newsgen.core.model import Record
from newsgen.core.problems import Problem

# The accepted types, by Pillow's name, with their file suffix. No SVG, because it can contain
# scripts.
SUFFIXES = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}

CPU_SECONDS = 60  # seconds for decoding one image; images within the size limit need a few


class ImageFacts(Record, frozen=True, array_like=True, gc=False):
    """An image's size in pixels when upright, whether it has transparent parts, and its dominant
    colour as three digits from 0 to 3 (red, green, blue).

    `refused` says why the image is not used, or is "".
    """

    width: int
    height: int
    alpha: bool
    colour: str
    suffix: str
    refused: str = ""


class Origin(Struct, frozen=True, omit_defaults=True):
    """The URL of an image, and what its host answered.

    `file` is the path of the original below the folder, or "". `fetched` is when it was downloaded,
    `checked` when the host was last asked, and `due` when it may be asked again. `status` is the
    host's last status, 0 without an answer; `error` says what went wrong, `failures` times in a
    row. `location` is the URL after redirects.
    """

    url: str
    checked: datetime
    due: datetime
    file: str = ""
    fetched: datetime | None = None
    status: int = 0
    error: str = ""
    failures: int = 0
    etag: str = ""
    modified: str = ""
    location: str = ""

    def is_due(self, now: datetime) -> bool:
        """Return whether the host may be asked again. An image with implausible times is due,
        because some clock was wrong.
        """
        return not (self.checked <= now + _SKEW and now < self.due <= self.checked + LONGEST)


LONGEST = timedelta(days=365)  # the longest time between two requests
# Tolerated difference between the clocks of machines that share an index.
_SKEW = timedelta(hours=1)
_decoder = msgspec.json.Decoder(Origin)


def read_index(folder: Path) -> tuple[dict[str, Origin], list[Problem]]:
    """Return the entry of each URL. Lines that cannot be read, such as merge markers, are skipped
    with a problem.
    """
    try:
        lines = (folder / INDEX).read_bytes().splitlines()
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        return {}, [
            Problem("error", "unreadable-file", f"cannot be read: {error.strerror}", file=INDEX)
        ]
    origins: dict[str, Origin] = {}
    problems: list[Problem] = []
    for n, line in enumerate(lines, 1):
        try:
            origin = _decoder.decode(line)
            if origin.file and not _is_name(origin.file):
                raise ValueError("its file name is not one that newsgen gives")
        except ValueError as error:  # msgspec's errors are ValueErrors too
            if line.strip():
                hint = "remove the line; `newsgen images fetch` downloads the image again"
                problems.append(
                    Problem(
                        "warning",
                        "media-index",
                        f"the line is ignored: {error}",
                        "$",
                        hint,
                        INDEX,
                        n,
                        1,
                    )
                )
            continue
        known = origins.get(origin.url)
        if known is None or origin.checked > known.checked:
            origins[origin.url] = origin
    return origins, problems


def _is_name(name: str) -> bool:
    """Return whether a name has the form that `file_name` gives. The index is untrusted input and
    must not point elsewhere.
    """
    stem, _, suffix = name.partition("/")[2].partition(".")
    return (
        name[:2] == stem[:2]
        and name[2] == "/"
        and suffix.isalnum()
        and len(stem) == 2 * digest.SIZE
        and stem.isalnum()
    )


def write_index(folder: Path, origins: Mapping[str, Origin]) -> None:
    """Write the whole index. Raises OSError."""
    lines = [msgspec.json.encode(origins[url]) + b"\n" for url in sorted(origins)]
    replace_file(folder / INDEX, b"".join(lines))


def file_name(data: bytes, suffix: str) -> str:
    """Return the path of an original below the folder, named by its bytes."""
    name = digest.of_bytes(data).hex()
    return f"{name[:2]}/{name}.{suffix}"


def keep(folder: Path, data: bytes, suffix: str) -> str:
    """Write an original and return its path below the folder. Raises OSError."""
    name = file_name(data, suffix)
    replace_file(folder / name, data)
    return name


def sound(files: Mapping[str, bytes], names: Iterable[str]) -> frozenset[str]:
    """Return the names whose file exists and has the bytes of its name's digest. `files` holds
    digests by path.
    """
    return frozenset(
        name
        for name in names
        if name in files and os.path.basename(name).partition(".")[0] == files[name].hex()
    )

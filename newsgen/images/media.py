"""The folder `media/`: original pictures by the digest of their bytes, and the index that tells where each came from.

The index has one line of JSON a URL, sorted, so that it can be read, compared and merged; of two lines of one URL the later
answer counts. Both are inputs of a build: they may be committed, or kept from one machine to the next.
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

# The types that are taken, by Pillow's names of what is in the bytes, and the suffix of a file of each. No SVG: it can hold scripts.
SUFFIXES = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}


class ImageFacts(Record, frozen=True, array_like=True, gc=False):
    """A picture's size in pixels, the right way up; whether it has transparent parts; its dominant colour as three digits
    from 0 to 3 (red, green, blue). `refused` says why it is not used, if so."""

    width: int
    height: int
    alpha: bool
    colour: str
    suffix: str
    refused: str = ""


class Origin(Struct, frozen=True, omit_defaults=True):
    """A picture's URL and what its host said. `file` is the original below the folder, "" while there is none; `fetched`
    when its bytes came, `checked` when the host was last asked, `due` before when it need not be asked again. `status` is
    the host's last answer, 0 where there was none, and `error` what was wrong with it, `failures` times in a row. `location`
    is the address behind redirects."""

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
        """Whether the host may be asked again. Times that cannot be right are not believed: a clock was wrong then."""
        return not (self.checked <= now + _SKEW and now < self.due <= self.checked + LONGEST)


LONGEST = timedelta(days=365)  # for which a picture is not asked for again, whatever its host says
_SKEW = timedelta(hours=1)  # of the clocks of machines that share an index
_decoder = msgspec.json.Decoder(Origin)


def read_index(folder: Path) -> tuple[dict[str, Origin], list[Problem]]:
    """What is known of each URL; lines that say nothing, such as the marks of a merge, are problems and passed over."""
    try:
        lines = (folder / INDEX).read_bytes().splitlines()
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        return {}, [Problem("error", "unreadable-file", f"cannot be read: {error.strerror}", file=INDEX)]
    origins: dict[str, Origin] = {}
    problems: list[Problem] = []
    for n, line in enumerate(lines, 1):
        try:
            origin = _decoder.decode(line)
            if origin.file and not _is_name(origin.file):
                raise ValueError("its file is none that newsgen names")
        except ValueError as error:  # msgspec's are too
            if line.strip():
                hint = "remove the line; `newsgen images fetch` fetches the picture anew"
                problems.append(Problem("warning", "media-index", f"the line is passed over: {error}", "$", hint, INDEX, n, 1))
            continue
        known = origins.get(origin.url)
        if known is None or origin.checked > known.checked:
            origins[origin.url] = origin
    return origins, problems


def _is_name(name: str) -> bool:
    """Whether a file is named as `file_name` does: the index is an input, and leads nowhere else."""
    stem, _, suffix = name.partition("/")[2].partition(".")
    return name[:2] == stem[:2] and name[2] == "/" and suffix.isalnum() and len(stem) == 2 * digest.SIZE and stem.isalnum()


def write_index(folder: Path, origins: Mapping[str, Origin]) -> None:
    """The index anew, whole. Raises OSError."""
    lines = [msgspec.json.encode(origins[url]) + b"\n" for url in sorted(origins)]
    replace_file(folder / INDEX, b"".join(lines))


def file_name(data: bytes, suffix: str) -> str:
    """The file of an original below the folder, named by its bytes."""
    name = digest.of_bytes(data).hex()
    return f"{name[:2]}/{name}.{suffix}"


def keep(folder: Path, data: bytes, suffix: str) -> str:
    """Write an original, and tell its file below the folder. Raises OSError."""
    name = file_name(data, suffix)
    replace_file(folder / name, data)
    return name


def sound(files: Mapping[str, bytes], names: Iterable[str]) -> frozenset[str]:
    """Those of the names whose file is there and has the bytes that it is named by; `files` are digests by path."""
    return frozenset(name for name in names if name in files and os.path.basename(name).partition(".")[0] == files[name].hex())

"""Make copies of images in the sizes and formats that pages use. Each is made once and stored in
the cache.

libvips runs in separate programs (encode.py), neither in this process nor in forks of it. Its
threads would not survive a later fork. Also, a script that uses newsgen then need not guard its
main module.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from newsgen.config.images import Qualities
from newsgen.core.model import Record
from newsgen.core.problems import build_error
from newsgen.core.progress import Progress, quiet
from newsgen.images.programs import run
from newsgen.pages.image_variants import VariantView

# Of at most 9 and 6. Higher values cost several times as much and save a few percent.
EFFORT = {"avif": 2, "webp": 2}


class Order(Record, frozen=True, array_like=True, gc=False):
    """The work of one program: the copies of each original, the cache folder, and the quality."""

    groups: list[list[VariantView]]
    cache: str
    quality: Qualities


def copy_file(cache: Path, name: str) -> Path:
    """Return the file of a copy by its name on the site. It starts with four bytes of checksum."""
    return variants_folder(cache) / name[:2] / name


def variants_folder(cache: Path) -> Path:
    """Return the folder of all copies."""
    return cache / "variants"


def read_variant(cache: Path, view: VariantView, quality: Qualities) -> bytes:
    """Return the bytes of a copy. Makes it if it is missing or damaged. Raises UserError (exit code
    3) if that fails.
    """
    path = copy_file(cache, view.title)
    return read_checked(path, lambda: make_variants([view], cache, quality, 1))


def read_checked(path: Path, make: Callable[[], None]) -> bytes:
    """Return the bytes of a file in the cache after its checksum. `make` makes the file if it is
    missing or damaged. Raises UserError (exit code 3) if that does not help.
    """
    for _ in range(2):
        make()
        data = path.read_bytes()
        if zlib.crc32(data[4:]).to_bytes(4, "big") == data[:4]:
            return data[4:]
        path.unlink()
    raise build_error(
        "cannot-write",
        f"{path}: the bytes read differ from the bytes written",
        hint="pass another folder with --cache",
    )


def make_variants(
    views: Sequence[VariantView],
    cache: Path,
    quality: Qualities,
    jobs: int,
    progress: Progress = quiet,
) -> None:
    """Make the copies that the cache does not have. Raises UserError (exit code 3) if that
    fails.
    """
    missing: dict[bytes, list[VariantView]] = {}
    for view in views:
        if not copy_file(cache, view.title).is_file():
            missing.setdefault(view.original.digest, []).append(view)
    groups = list(missing.values())
    if not groups:
        return
    orders = [
        msgspec.msgpack.encode(Order(groups[n::jobs], str(cache), quality))
        for n in range(min(jobs, len(groups)))
    ]
    run("newsgen.images.encode", orders, len(groups), progress)

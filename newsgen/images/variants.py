"""Copies of pictures in the sizes and formats that pages use: each made once, ever, and kept in the cache.

libvips runs in programs of its own (encode.py), not in this one nor in forks of it: its threads would not survive a later fork,
and a script that uses newsgen need not guard its main module.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from newsgen.config.settings import Qualities
from newsgen.core.model import Record
from newsgen.core.problems import build_error
from newsgen.core.progress import Progress, quiet
from newsgen.pages.images import VariantView

EFFORT = {"avif": 2, "webp": 2}  # of 9 and 6: more costs several times as much for a few percent


class Order(Record, frozen=True, array_like=True, gc=False):
    """What one program is to make: the copies of each original, where to keep them, how good they are to be."""

    groups: list[list[VariantView]]
    cache: str
    quality: Qualities


def variant_file(cache: Path, view: VariantView) -> Path:
    """Where a copy is kept, behind four bytes of its checksum."""
    return variants_folder(cache) / view.title[:2] / view.title


def variants_folder(cache: Path) -> Path:
    """Where all copies are kept."""
    return cache / "variants"


def read_variant(cache: Path, view: VariantView, quality: Qualities) -> bytes:
    """A copy's bytes; made now where it is not there, or damaged. Raises UserError (exit code 3) where it cannot be."""
    path = variant_file(cache, view)
    for _ in range(2):
        make_variants([view], cache, quality, 1)
        data = path.read_bytes()
        if zlib.crc32(data[4:]).to_bytes(4, "big") == data[:4]:
            return data[4:]
        path.unlink()
    raise build_error("cannot-write", f"{path}: what is written there is not what is read", hint="--cache names another folder")


def make_variants(views: Sequence[VariantView], cache: Path, quality: Qualities, jobs: int, progress: Progress = quiet) -> None:
    """Make those of these copies that the cache does not have. Raises UserError (exit code 3) where it cannot be done."""
    missing: dict[bytes, list[VariantView]] = {}
    for view in views:
        if not variant_file(cache, view).is_file():
            missing.setdefault(view.original.digest, []).append(view)
    groups = list(missing.values())
    if not groups:
        return
    import subprocess  # most builds make none

    told, telling = os.pipe()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "VIPS_CONCURRENCY": "1"}  # a processor each
    programs: list[subprocess.Popen[bytes]] = []
    try:
        for n in range(min(jobs, len(groups))):
            command = [sys.executable, "-m", "newsgen.images.encode"]
            one = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=telling, env=environment, start_new_session=True)
            programs.append(one)
            assert one.stdin
            order = msgspec.msgpack.encode(Order(groups[n::jobs], str(cache), quality))
            one.stdin.write(len(order).to_bytes(8, "big") + order)
            one.stdin.flush()  # and left open: it is closed with this process, however that ends
        os.close(telling)
        done = 0
        with open(told, encoding="utf-8") as lines:
            for done, line in enumerate(lines, 1):
                if line.strip():
                    raise build_error("bad-picture", line.strip(), hint="build again; if it is so again, remove the picture")
                progress("pictures", done, len(groups))
        if done < len(groups):
            raise build_error("bad-picture", "a program that makes copies of pictures ended early", hint="see what it said")
    finally:
        for program in programs:
            program.kill()
            program.communicate()

"""Atomic file writes: a reader sees the old bytes or the new ones, never a mixture."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SUFFIX = ".newsgen-part"


@contextmanager
def part_of(file: Path, data: bytes, durable: bool, mode: int = 0o666) -> Iterator[Path]:
    """Write the bytes to a temporary file beside `file`, to be renamed, and remove it at the end.

    Its name contains the process and thread ids, so several writers may run at once. Only a killed
    process leaves it: see `clear_parts`. With `durable`, the bytes are synchronised to disk, for
    files that must survive a power failure. `mode` are its permissions, less the umask.
    """
    part = file.with_name(f".{os.getpid()}-{threading.get_ident()}{_SUFFIX}")
    try:
        with open(part, "wb", opener=lambda path, flags: os.open(path, flags, mode)) as out:
            out.write(data)
            if durable:
                out.flush()
                os.fsync(out.fileno())
        yield part
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def replace_file(file: Path, data: bytes, durable: bool = False) -> None:
    """Write a file atomically and create its folder. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with part_of(file, data, durable) as part:
        part.replace(file)


def clear_parts(folder: Path) -> None:
    """Remove the temporary files of killed processes from a folder.

    Call it only while nobody else may write there.
    """
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.endswith(_SUFFIX):
                (folder / name).unlink(missing_ok=True)

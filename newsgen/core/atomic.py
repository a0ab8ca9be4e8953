"""Replacing a file whole: whoever reads it sees the old bytes or the new ones, never a part."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

_SUFFIX = ".newsgen-part"


def replace_file(file: Path, data: bytes, durable: bool = False) -> None:
    """Write a file whole, making its folder. `durable` brings it to the disk first, for files that must outlive a power cut.

    The bytes are written beside the file, under a name of this process and thread, so that two may write at once. Nothing is left
    there whatever ends the writing, but the end of the process: see `clear_parts`. Raises OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}{_SUFFIX}")
    try:
        with part.open("wb") as out:
            out.write(data)
            if durable:
                out.flush()
                os.fsync(out.fileno())
        part.replace(file)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def clear_parts(folder: Path) -> None:
    """Remove what processes that were killed left in a folder; only for those who alone may write there."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.endswith(_SUFFIX):
                (folder / name).unlink(missing_ok=True)

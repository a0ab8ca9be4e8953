"""Atomic file writes: a reader sees the old bytes or the new ones, never a mixture."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

_SUFFIX = ".newsgen-part"


def replace_file(file: Path, data: bytes, durable: bool = False) -> None:
    """Write a file atomically and create its folder. Raises OSError.

    The bytes go to a temporary file in the same folder, then the file is renamed. The temporary
    name contains the process and thread ids, so several writers may run at once. Only a killed
    process leaves a temporary file: see `clear_parts`. With `durable`, the bytes are synchronised
    to disk before the rename, for files that must survive a power failure.
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
    """Remove the temporary files of killed processes from a folder.

    Call it only while nobody else may write there.
    """
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.endswith(_SUFFIX):
                (folder / name).unlink(missing_ok=True)

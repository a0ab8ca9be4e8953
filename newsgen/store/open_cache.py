"""Open the cache, and create it again if it proves damaged."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from newsgen.core.problems import Problem, UserError, build_error
from newsgen.store.cache import Cache, CacheDamaged
from newsgen.store.records import CACHE_FILE

T = TypeVar("T")


def open_cache(folder: Path) -> tuple[Cache, bool]:
    """Return the cache, and whether it was damaged or of another version and created again."""
    try:
        return Cache(folder), False
    except CacheDamaged:
        discard(folder)
        return Cache(folder), True


def discard(folder: Path) -> None:
    """Delete the cache's files."""
    for end in ("", "-wal", "-shm"):
        (folder / f"{CACHE_FILE}{end}").unlink(missing_ok=True)


def use_cache(folder: Path, work: Callable[[Cache, list[Problem]], T]) -> T:
    """Call `work` with the cache. If the cache proves damaged, create it again and repeat the call.

    Raises UserError (exit code 3) if the cache cannot be created or written.
    """
    renewed = Problem(
        "warning",
        "cache-renewed",
        "the cache was damaged or of another version; it is created again",
    )
    collecting = gc.isenabled()
    gc.disable()  # few reference cycles arise here, so garbage collection would only cost time
    try:
        cache, created = open_cache(folder)
        try:
            return work(cache, [renewed] if created else [])
        except CacheDamaged:
            cache.close()
            discard(folder)
            cache = Cache(folder)
            return work(cache, [renewed])
        finally:
            cache.close()
    except OSError as error:
        raise cannot_write(error, folder) from None
    finally:
        if collecting:
            gc.enable()


def cannot_write(error: OSError, cache: Path) -> UserError:
    """Return the error for a cache, or a file in it, that cannot be written: exit code 3."""
    return build_error(
        "cannot-write",
        f"{error.filename or cache}: {error.strerror}",
        hint="pass another folder with --cache",
    )

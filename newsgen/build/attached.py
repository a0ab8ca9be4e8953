"""Files beside articles that may not be published, because a browser would run code in them."""

from __future__ import annotations

from pathlib import Path

from newsgen.build.read import StaticFiles
from newsgen.content.active_svg import why_active
from newsgen.core import digest
from newsgen.core.problems import Problem
from newsgen.store.cache import Cache

_SVG = ".svg"
_HINT = "save it as plain SVG, or put it into the static folder if you trust it"


def without_active(near: StaticFiles, cache: Cache) -> StaticFiles:
    """Return the files beside articles without SVG files that may run code, each with a problem.

    The files are read only if one of them changed.
    """
    drawings = [file for file in near.files if file.path.lower().endswith(_SVG)]
    if not drawings:
        return near
    key = digest.of_value([(file.path, file.digest) for file in drawings])

    def look(_: dict[str, str] | None) -> dict[str, str]:
        found = {}
        for file in drawings:
            try:
                found[file.path] = why_active(Path(file.place).read_bytes())
            except OSError as error:
                found[file.path] = f"cannot be read: {error.strerror}"
        return {path: why for path, why in found.items() if why}

    active = cache.memo("active drawings", key, dict[str, str], look)
    problems = [
        Problem("warning", "active-svg", f"{why}; it is not published", "$", _HINT, path)
        for path, why in active.items()
    ]
    kept = [file for file in near.files if file.path not in active]
    return StaticFiles(kept, [*near.problems, *problems], near.settled)

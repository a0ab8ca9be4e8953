"""`build --verify`: compare the output with a clean build, trusting neither cache nor manifest."""

from __future__ import annotations

import tempfile
from pathlib import Path

from msgspec import structs

from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.settings import Config
from newsgen.core import digest
from newsgen.core.problems import Problem
from newsgen.core.progress import Progress, quiet
from newsgen.store.output import read_manifest


def verify(config: Config, options: BuildOptions, progress: Progress = quiet) -> list[Problem]:
    """Compare the output with a clean build in a temporary folder, and return the differences.

    The clean build has the same inputs and the same clock. Raises UserError as `build` does.
    """
    with tempfile.TemporaryDirectory(prefix="newsgen-verify-") as folder:
        paths = structs.replace(
            config.paths, output=Path(folder, "site"), cache=Path(folder, "cache")
        )
        build(structs.replace(config, paths=paths), options, progress)
        clean = read_manifest(paths.output)
    manifest = read_manifest(config.paths.output)
    found: dict[str, str] = {}
    for path in sorted(clean.keys() | manifest.keys()):
        actual = _digest(config.paths.output / path)
        if path not in clean:
            found[path] = "is not in a clean build"
        elif actual is None:
            found[path] = "is missing"
        elif actual != clean[path]:
            found[path] = (
                "differs from a clean build"
                if actual == manifest.get(path)
                else "was changed by another program"
            )
        elif path not in manifest:
            found[path] = "is not in the manifest"
    hint = "delete the output's .newsgen-manifest and the cache; if this happens again, report it"
    return [
        Problem("error", "verify-differs", f"/{path} {what}", hint=hint)
        for path, what in found.items()
    ]


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return digest.of_file(file).hex()
    except OSError:
        return None

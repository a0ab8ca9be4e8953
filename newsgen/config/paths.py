"""The folders of a site, and the check that they do not overlap."""

import os
import unicodedata
from pathlib import Path

import msgspec
from msgspec import Struct

from newsgen.core.problems import settings_error


def composed(name: str) -> str:
    """Return a name in Unicode's composed form (NFC), which the site uses for all names.

    Some file systems store another form.
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name)


class Paths(Struct, frozen=True):
    """The folders of a site's inputs, cache and output, and its settings file."""

    root: Path
    config: Path
    content: Path
    data: Path
    templates: Path
    static: Path
    media: Path
    output: Path
    editions: Path
    cache: Path


def check_folders(paths: Paths) -> None:
    """Check that folder names are valid UTF-8, and that no folder newsgen writes overlaps an input.

    The output and editions folders may hold no input, and no input may hold them. Raises UserError
    (exit code 2).
    """
    for folder in msgspec.structs.astuple(paths):
        if os.fsencode(folder) != str(folder).encode("utf-8", "replace"):
            raise settings_error(
                "bad-setting", f"the folder {os.fsencode(folder)!r} has a name that is not UTF-8"
            )
    written = {
        name: Path(os.path.realpath(getattr(paths, name))) for name in ("output", "editions")
    }
    for name in ("content", "data", "templates", "static", "media", "cache", "editions"):
        folder = Path(os.path.realpath(getattr(paths, name)))
        for mine, output in written.items():
            if mine != name and (
                output == folder or output in folder.parents or folder in output.parents
            ):
                raise settings_error(
                    "output-overlaps",
                    f"the {mine} {getattr(paths, mine)} and the folder {name} ({folder}) overlap",
                    hint=f"set {mine} to a separate folder",
                )
    root = Path(os.path.realpath(paths.root))
    for mine, output in written.items():
        if output == root or output in root.parents:
            raise settings_error(
                "output-overlaps",
                f"the {mine} {getattr(paths, mine)} contains the site's root",
                hint=f"set {mine} to a separate folder",
            )

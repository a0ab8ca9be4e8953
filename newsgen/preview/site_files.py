"""The files and folders of a site that a preview watches."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from newsgen.config.settings import Config
from newsgen.preview.watch import Watched, links_on_the_way


def watched(config: Config) -> Watched:
    """Return what to watch for a site: its folders and files by real path, and symlinks to them."""
    folders, file = _folders(config), config.paths.config
    return Watched(
        frozenset(map(os.path.realpath, folders)),
        frozenset([os.path.realpath(file)]),
        frozenset(link for path in (*folders, file) for link in links_on_the_way(str(path))),
    )


def holds_links(config: Config) -> bool:
    """Return whether any input is a symbolic link.

    Its content can then change together with another file, whose name may be anything.
    """
    pending = list(map(str, _folders(config)))
    while pending:
        with suppress(OSError), os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_symlink():
                    return True
                if entry.is_dir():
                    pending.append(entry.path)
    return False


def _folders(config: Config) -> tuple[Path, ...]:
    paths = config.paths
    return (paths.content, paths.data, paths.templates, paths.static, paths.media)

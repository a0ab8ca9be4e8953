"""What a site is made of, looked at again where it changed: of a hundred thousand files one is statted."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from newsgen.builder.visibility import Clock
from newsgen.config import Config
from newsgen.content.scan import SUFFIXES, rescan
from newsgen.outcome import OF_OUTPUTS, Inputs, scan_inputs
from newsgen.preview.watch import Watched


def watched(config: Config) -> Watched:
    """The folders and files of a site, by the paths that events name."""
    paths = config.paths
    folders = (paths.content, paths.data, paths.templates, paths.static, paths.media)
    return Watched(frozenset(map(os.path.realpath, folders)), frozenset([os.path.realpath(paths.config)]))


def look_again(inputs: Inputs, config: Config, clock: Clock, changed: Collection[str] | None) -> Inputs:
    """The inputs with these files (real paths; None: all) as they are now."""
    if changed is None or inputs.problems:
        return scan_inputs(config, clock)
    content = rescan(config.paths.content, inputs.content, below(config.paths.content, changed), SUFFIXES)
    static = rescan(config.paths.static, inputs.static, below(config.paths.static, changed), (), OF_OUTPUTS, hidden=True)
    if content is None or static is None:
        return scan_inputs(config, clock)
    return inputs._replace(content=content, static=static)


def below(folder: Path, paths: Collection[str]) -> list[str]:
    """Those of the paths that are below a folder, relative to it, in POSIX form."""
    prefix = os.path.realpath(folder) + os.sep
    return [path[len(prefix) :].replace(os.sep, "/") for path in paths if path.startswith(prefix)]

"""What a site is made of, looked at again where it changed: of a hundred thousand files one is statted."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from pathlib import Path

from msgspec import structs

from newsgen.build import Prepared, read_content
from newsgen.builder.visibility import Clock
from newsgen.cache import Cache
from newsgen.config import Config
from newsgen.content.scan import SUFFIXES, FileStat, rescan
from newsgen.outcome import OF_OUTPUTS, Inputs, placed, scan_inputs
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


def edited(before: Sequence[FileStat], after: Sequence[FileStat], paths: Iterable[str]) -> list[FileStat] | None:
    """Those of these files whose stats differ, as they are now; None where files came or went."""
    found: list[FileStat] = []
    for path in paths:
        place, old = (bisect_left(stats, path, key=itemgetter(0)) for stats in (after, before))
        stat, was = (stats[i : i + 1] for stats, i in ((after, place), (before, old)))
        now, then = (bool(one) and one[0].path == path for one in (stat, was))
        if now != then:
            return None
        found += stat if now and stat != was else []
    return found


def follow(before: Prepared, config: Config, inputs: Inputs, changed: list[FileStat], cache: Cache) -> Prepared | None:
    """The site after these content files were edited; None where that may move or name more than their own pages and cards, so
    that all is to be planned again: a plan holds for any titles, excerpts, pictures and bodies. Raises CacheDamaged, OSError."""
    known = {stat.path: before.files[stat.path] for stat in changed if stat.path in before.files}
    read = read_content(config, inputs._replace(content=changed), cache, 1, known=known)
    titles: set[int] = set()
    for stat in changed:
        old, new = known.get(stat.path), read.files.get(stat.path)
        if not old or not new or (bytes(old.entry), old.page, not old.content) != (bytes(new.entry), new.page, not new.content):
            return None
        titles |= {old.title, new.title} if old.title != new.title else set()
    if not titles.isdisjoint(before.titles):
        return None
    paths = config.paths
    gone = placed([structs.replace(p, file=file.path) for file in known.values() for p in file.problems], paths.content, paths.root)
    problems = [problem for problem in before.problems if problem not in gone] if gone else list(before.problems)
    files = {**before.files, **read.files}
    found = problems + placed(read.problems, paths.content, paths.root)
    return before._replace(views=before.views.over(files), files=files, read=read.read, problems=found)


def restyle(before: Prepared) -> Prepared | None:
    """The site after templates were edited; None where all is to be planned again. Raises UserError."""
    templates = before.templates.again()
    if templates.plan() != before.templates.plan():
        return None
    return before._replace(templates=templates, made=before.views.made_of(before.made.plan, templates.digest, before.shared))


def below(folder: Path, paths: Collection[str]) -> list[str]:
    """Those of the paths that are below a folder, relative to it, in POSIX form."""
    prefix = os.path.realpath(folder) + os.sep
    return [path[len(prefix) :].replace(os.sep, "/") for path in paths if path.startswith(prefix)]

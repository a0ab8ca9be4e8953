"""Update the prepared site after file changes.

Of a hundred thousand files, newsgen stats only those that changed.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from operator import itemgetter
from pathlib import Path

from msgspec import structs

from newsgen.build.inputs import OF_OUTPUTS, Inputs, scan_inputs
from newsgen.build.plan import detect_stories, events
from newsgen.build.prepare import Prepared, read_content
from newsgen.config.settings import Config
from newsgen.content.scan import INDEX, PICTURES, SUFFIXES, FileStat, rescan
from newsgen.content.uncopied import refusal
from newsgen.content.visibility import Clock
from newsgen.core.problems import Problem, placed
from newsgen.images.missing import LocalFiles, missing_images
from newsgen.pages.digests import page_context
from newsgen.preview.watch import Watched, links_on_the_way
from newsgen.store.cache import Cache
from newsgen.store.records import FileRecord


def watched(config: Config) -> Watched:
    """Return what to watch for a site: its folders and files by real path, and symlinks to them."""
    paths, folders = config.paths, _folders(config)
    links = frozenset(
        link for path in (*folders, paths.config) for link in links_on_the_way(str(path))
    )
    return Watched(
        frozenset(map(os.path.realpath, folders)),
        frozenset([os.path.realpath(paths.config)]),
        links,
    )


def _folders(config: Config) -> tuple[Path, ...]:
    paths = config.paths
    return (paths.content, paths.data, paths.templates, paths.static, paths.media)


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


def look_again(
    inputs: Inputs, config: Config, clock: Clock, changed: Collection[str] | None
) -> Inputs:
    """Return the inputs after these files (real paths; None: all) have changed."""
    if changed is None or inputs.problems:
        return scan_inputs(config, clock)
    paths, inside = config.paths, below(config.paths.content, changed)
    content = rescan(paths.content, inputs.content, inside, SUFFIXES)
    near = rescan(paths.content, inputs.near, inside, PICTURES)
    static = rescan(
        paths.static,
        inputs.static,
        below(paths.static, changed),
        (),
        OF_OUTPUTS,
        hidden=True,
        refuse=refusal,
    )
    media = rescan(paths.media, inputs.media, below(paths.media, changed), (*PICTURES, INDEX))
    if content is None or near is None or static is None or media is None:
        return scan_inputs(config, clock)
    return inputs._replace(content=content, near=near, static=static, media=media)


def edited(
    before: Sequence[FileStat], after: Sequence[FileStat], paths: Iterable[str]
) -> list[FileStat] | None:
    """Return the new stats of those files whose stats differ, or None if files came or went."""
    found: list[FileStat] = []
    for path in paths:
        place, old = (bisect_left(stats, path, key=itemgetter(0)) for stats in (after, before))
        stat, was = (stats[i : i + 1] for stats, i in ((after, place), (before, old)))
        now, then = (bool(one) and one[0].path == path for one in (stat, was))
        if now != then:
            return None
        found += stat if now and stat != was else []
    return found


def follow(
    before: Prepared, config: Config, inputs: Inputs, changed: list[FileStat], cache: Cache
) -> Prepared | None:
    """Return the site after these content files were edited, or None if it must be planned again.

    That is so if an edit may move or rename more than the articles' own pages and cards. A plan
    holds for any titles, excerpts, images and bodies. Raises CacheDamaged, OSError.
    """
    known = {stat.path: before.files[stat.path] for stat in changed if stat.path in before.files}
    read = read_content(config, inputs._replace(content=changed), cache, 1, known=known)
    pairs = [(known.get(stat.path), read.files.get(stat.path)) for stat in changed]
    titles: set[int] = set()
    for old, new in pairs:
        if (
            not old
            or not new
            or (bytes(old.meta), old.page, not old.article_digest)
            != (bytes(new.meta), new.page, not new.article_digest)
        ):
            return None
        titles |= {old.title, new.title} if old.title != new.title else set()
    if not titles.isdisjoint(before.cached_plan.titles):
        return None
    files = {**before.files, **read.files}
    others = before.views.similar
    if any(
        old and new and old.summary_digest != new.summary_digest for old, new in pairs
    ):  # a new text may report another event
        told = detect_stories(
            read._replace(files=files), before.cached_plan.candidates, config.settings, cache, 1
        )
        if events(told) != before.cached_plan.events:
            return None
        others = told.others if told.others != others else others
    paths = config.paths
    gone = placed(_problems_of(known.values(), before.local), paths.content, paths.root)
    problems = (
        [problem for problem in before.problems if problem not in gone]
        if gone
        else list(before.problems)
    )
    found = problems + placed(
        [*read.problems, *missing_images(read.files.values(), before.local)],
        paths.content,
        paths.root,
    )
    prepared = before._replace(
        views=before.views.with_edits(read.files, others),
        files=files,
        read=read.read,
        problems=found,
    )
    return _made(prepared) if before.views.media.originals else prepared


def _problems_of(files: Collection[FileRecord], local: LocalFiles) -> list[Problem]:
    own = [structs.replace(problem, file=file.path) for file in files for problem in file.problems]
    return own + missing_images(files, local)


def _made(prepared: Prepared) -> Prepared:
    context = page_context(
        prepared.views, prepared.context.plan, prepared.templates.digest, prepared.shared
    )
    return prepared._replace(context=context)


def restyle(before: Prepared) -> Prepared | None:
    """Return the site after templates were edited, or None if it must be planned again.

    Raises UserError.
    """
    templates = before.templates.again()
    if templates.plan() != before.templates.plan():
        return None
    return _made(before._replace(templates=templates))


def below(folder: Path, paths: Collection[str]) -> list[str]:
    """Return those paths that are below a folder, relative to it, in POSIX form."""
    prefix = os.path.realpath(folder) + os.sep
    return [path[len(prefix) :].replace(os.sep, "/") for path in paths if path.startswith(prefix)]

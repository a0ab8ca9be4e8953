"""Prepare a site again after files changed, with as little work as the change allows.

A plan holds for any titles, excerpts, images and bodies (see pages/plan.py). So after such an edit
only the edited files are read, and nothing is planned. This is for processes that keep a site in
memory: of a hundred thousand files, they stat only those that changed.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from newsgen.build.inputs import OF_OUTPUTS, Inputs, Stopwatch, scan_inputs
from newsgen.build.plan import detect_stories, events
from newsgen.build.prepare import Prepared, prepare, read_content
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.content.scan import BESIDE, INDEX, PICTURES, SUFFIXES, FileStat, rescan
from newsgen.content.unpublished_files import refusal
from newsgen.core.engine import INLINE
from newsgen.core.problems import Problem, placed
from newsgen.core.progress import quiet
from newsgen.images.missing import missing_images
from newsgen.pages.page_digests import page_context
from newsgen.store.cache import Cache
from newsgen.store.records import FileRecord


class Snapshot(NamedTuple):
    """A prepared site, and the inputs it was prepared from at this time."""

    clock: Clock
    inputs: Inputs
    prepared: Prepared


def prepare_again(
    before: Snapshot, config: Config, clock: Clock, changed: Collection[str] | None, cache: Cache
) -> Snapshot:
    """Return the site after these files (real paths; None: any) changed, `before` if none did.

    The settings must not have changed. Digests of pages are left out. Raises CacheDamaged, OSError,
    UserError (exit code 3) if a template cannot be read.
    """
    due = before.prepared.due
    late = clock.as_of < before.clock.as_of or (due and clock.as_of >= due)
    inputs = _scan_again(before.inputs, config, clock, changed)
    if changed is None and inputs.digest == before.inputs.digest and not late:
        return before
    prepared = None
    if (
        changed is not None
        and not late
        and inputs[1:6] == before.inputs[1:6]
        and not _below(config.paths.data, changed)
    ):
        edits = _edits(before.inputs.content, inputs.content)
        prepared = _edited(before.prepared, config, inputs, edits, cache)
        if prepared and _below(config.paths.templates, changed):
            prepared = _with_templates(prepared)
        elif prepared is before.prepared:
            return before
    if prepared is None:
        prepared = prepare(config, clock, inputs, cache, INLINE, Stopwatch(), quiet, digested=False)
    return Snapshot(clock, inputs, prepared)


def _scan_again(
    inputs: Inputs, config: Config, clock: Clock, changed: Collection[str] | None
) -> Inputs:
    if changed is None or inputs.problems:
        return scan_inputs(config, clock)
    paths = config.paths
    inside, static = _below(paths.content, changed), _below(paths.static, changed)
    scans = {
        "content": rescan(paths.content, inputs.content, inside, SUFFIXES),
        "near": rescan(paths.content, inputs.near, inside, BESIDE),
        "static": rescan(
            paths.static, inputs.static, static, (), OF_OUTPUTS, hidden=True, refuse=refusal
        ),
        "media": rescan(
            paths.media, inputs.media, _below(paths.media, changed), (*PICTURES, INDEX)
        ),
    }
    if None in scans.values():
        return scan_inputs(config, clock)
    return inputs._replace(**scans)  # type: ignore[arg-type]


def _edits(before: Sequence[FileStat], after: Sequence[FileStat]) -> list[FileStat] | None:
    """Return the new stats of edited files, or None if files came or went."""
    if len(before) != len(after):
        return None
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old is not new]
    if any(old.path != new.path for old, new in pairs):
        return None
    return [new for old, new in pairs if old != new]


def _edited(
    before: Prepared, config: Config, inputs: Inputs, edits: list[FileStat] | None, cache: Cache
) -> Prepared | None:
    """Return the site after these content files were edited, or None if it must be planned again.

    That is so if an edit may move or rename more than the articles' own pages and cards.
    """
    if not edits or any(stat.path not in before.files for stat in edits):
        return None if edits is None or edits else before
    old = {stat.path: before.files[stat.path] for stat in edits}
    read = read_content(config, inputs._replace(content=edits), cache, INLINE, known=old)
    if _planned(old.values()) != _planned(read.files.values()):
        return None
    pairs = [(file, read.files[path]) for path, file in old.items()]
    titles = {one.title for pair in pairs for one in pair if pair[0].title != pair[1].title}
    if not titles.isdisjoint(before.cached_plan.titles):
        return None
    files, others = {**before.files, **read.files}, before.views.similar
    if any(one.summary_digest != other.summary_digest for one, other in pairs):
        loaded, candidates = read._replace(files=files), before.cached_plan.candidates
        assignment = detect_stories(loaded, candidates, config.settings, cache, INLINE)
        if events(assignment) != before.cached_plan.events:
            return None
        others = assignment.others if assignment.others != others else others
    # Lines are left out: in a changed body, they differ from the ones found before.
    gone = {_unplaced(problem) for problem in _problems(old, before, config)}
    problems = [problem for problem in before.problems if _unplaced(problem) not in gone]
    prepared = before._replace(
        views=before.views.with_edits(read.files, others),
        files=files,
        read=read.read,
        problems=problems + _problems(read.files, before, config),
    )
    return _with_context(prepared) if before.views.media.originals else prepared


def _planned(files: Collection[FileRecord]) -> list[tuple[object, ...]]:
    """Return everything of these files that decides a plan, except titles."""
    return [(file.path, bytes(file.meta), file.page, not file.article_digest) for file in files]


def _problems(files: Mapping[str, FileRecord], site: Prepared, config: Config) -> list[Problem]:
    found = [
        structs.replace(problem, file=path)
        for path, file in files.items()
        for problem in file.problems
    ]
    missing = missing_images(files.values(), site.local, config.paths.content)
    return placed([*found, *missing], config.paths.content, config.paths.root)


def _unplaced(problem: Problem) -> Problem:
    return structs.replace(problem, line=0, column=0, source="")


def _with_context(site: Prepared) -> Prepared:
    context = page_context(site.views, site.context.plan, site.templates.digest, site.shared)
    return site._replace(context=context)


def _with_templates(before: Prepared) -> Prepared | None:
    """Return the site with its templates read again, or None if it must be planned again."""
    templates = before.templates.again()
    if templates.plan() != before.templates.plan():
        return None
    return _with_context(before._replace(templates=templates))


def _below(folder: Path, paths: Collection[str]) -> list[str]:
    """Return those paths that are below a folder, relative to it, in POSIX form."""
    prefix = os.path.realpath(folder) + os.sep
    return [path[len(prefix) :].replace(os.sep, "/") for path in paths if path.startswith(prefix)]

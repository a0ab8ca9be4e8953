"""The next edition: the built site, or a second build without the articles that guards reject."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from msgspec import structs

from newsgen.build.pipeline import BuildOptions, build
from newsgen.builder.route_table import output_path
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.core import digest
from newsgen.core.engine import local
from newsgen.core.problems import Problem
from newsgen.publish import guards
from newsgen.publish.diff import Difference, compare, shown_files
from newsgen.publish.editions import CURRENT, Edition, Store, Told
from newsgen.publish.guards import Finding, Look
from newsgen.publish.hardlinks import EditionFile
from newsgen.store.output import MANIFEST, manifest_text, read_manifest
from newsgen.store.records import CACHE_FILE

_ROUNDS = 4  # builds without the rejected articles so far; the findings on the last one count


class Candidate(NamedTuple):
    """An edition that does not exist yet.

    `folder` holds its files, `difference` is what it changes, and `problems` are those that stop
    it. `left_out` has a warning for each article that it was built without.
    """

    edition: Edition
    folder: Path
    difference: Difference
    problems: list[Problem]
    left_out: list[Problem]


class Guarding(NamedTuple):
    """The arguments of the guards.

    `store` has all editions, and `live` is the live one. `built` are the problems of the build.
    `thorough` runs the guards that read the whole site.
    """

    config: Config
    store: Store
    live: Edition | None
    clock: Clock
    built: Sequence[Problem]
    jobs: int
    thorough: bool


def find_candidate(guarding: Guarding, stack: ExitStack, strict: bool) -> Candidate:
    """Return the edition to publish.

    If guards reject it because of articles, it is built again without them, unless `strict`. Its
    folder exists until `stack` is closed. Raises UserError as `build` does.
    """
    config = guarding.config
    first = _look(guarding, config.paths.output, (), frozenset())
    found = _findings(guarding, first)
    named = frozenset[str]().union(*(finding.articles for finding in found))
    if strict or not named or not all(finding.articles for finding in found):
        return _candidate(guarding, first, [finding.problem for finding in found], [])
    place = stack.enter_context(_workspace(config))
    look, why = first, list(found)
    for _ in range(_ROUNDS):
        build(place, BuildOptions(guarding.clock, local(guarding.jobs), without=named))
        look, found = _with_old_pages(guarding, first, place.paths.output, named)
        why += found
        named = named.union(*(finding.articles for finding in found))
        if not found or not all(finding.articles for finding in found):
            break
    left_out = [] if found else list(_left_out(why, config))
    return _candidate(guarding, look, [finding.problem for finding in found], left_out)


def _with_old_pages(
    guarding: Guarding, first: Look, folder: Path, named: frozenset[str]
) -> tuple[Look, list[Finding]]:
    """Return a site built without the named articles, and the guards' findings on it.

    A named article keeps its page of the live edition if that page passes all guards and the
    article is still public. It is public if it is a story of `first`, the site with all articles.
    """
    live = guarding.live
    public, files, shown = (
        {told.file for told in first.edition.stories},
        read_manifest(folder),
        shown_files(live),
    )
    known = {
        output_path(told.route): told
        for told in (live.stories if live else ())
        if told.file in named
    }
    old = {
        path: told
        for path, told in known.items()
        if told.file in public and path in shown and path not in files
    }
    for path in old:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(guarding.config.paths.editions / CURRENT / path, target)
    absent = {
        output_path(told.route) for told in first.edition.stories if told.file in named
    } | known.keys()
    while True:
        look = _look(
            guarding, folder, old.values(), named, frozenset(absent - files.keys() - old.keys())
        )
        found = _findings(guarding, look)
        failing = {path for finding in found for path in finding.paths & old.keys()}
        if not failing:
            return look, found
        for path in failing:
            del old[path]
            (folder / path).unlink()


def _look(
    guarding: Guarding,
    folder: Path,
    old: Collection[Told],
    without: frozenset[str],
    absent: frozenset[str] = frozenset(),
) -> Look:
    """Return the edition made of a built site and some old pages."""
    config, had = guarding.config, shown_files(guarding.live)
    kept = {output_path(told.route) for told in old}
    files = {path: EditionFile(known, 0) for path, known in read_manifest(folder).items()} | {
        path: EditionFile(had[path], 0) for path in kept
    }
    stories = guards.read_stories(
        config, guarding.clock, files.keys() - kept, guarding.jobs, without
    )
    manifest = (
        manifest_text({path: file.digest for path, file in files.items()})
        if kept
        else (folder / MANIFEST).read_text("utf-8")
    )
    edition = Edition(
        digest.of_bytes(manifest.encode()).hex(),
        1 + max((head.serial for head in guarding.store.heads()), default=0),
        guarding.clock.as_of,
        built=digest.of_bytes((config.paths.output / MANIFEST).read_bytes()).hex(),
        files=files,
        stories=(*stories, *old),
    )
    changed = [path for path, file in files.items() if had.get(path) != file.digest or path in kept]
    return Look(folder, edition, changed, guarding.live, without, absent)


def _findings(guarding: Guarding, look: Look) -> list[Finding]:
    config = guarding.config
    gone = len(compare(look.live, look.edition, config.settings.url, config.settings.base).gone)
    return guards.findings(
        look, guarding.built, gone, config, guarding.clock, guarding.jobs, guarding.thorough
    )


def _candidate(
    guarding: Guarding, look: Look, problems: list[Problem], left_out: list[Problem]
) -> Candidate:
    config = guarding.config
    difference = compare(look.live, look.edition, config.settings.url, config.settings.base)
    problems = [
        *problems,
        *guards.space(guarding.store, guards.new_bytes(look.changed, look.folder)),
    ]
    return Candidate(look.edition, look.folder, difference, problems, left_out)


def _left_out(why: Iterable[Finding], config: Config) -> Iterator[Problem]:
    """Yield a warning for each article that the edition was built without."""
    prefix = os.path.relpath(config.paths.content, config.paths.root)
    told: set[str] = set()
    for finding in why:
        for file in sorted(finding.articles - told):
            told.add(file)
            message = f"the edition is published without this article: {finding.problem.message}"
            hint = finding.problem.hint or "`newsgen publish --strict` stops instead"
            yield structs.replace(
                finding.problem,
                severity="warning",
                message=message,
                hint=hint,
                file=f"{prefix}/{file}",
            )


@contextmanager
def _workspace(config: Config) -> Iterator[Config]:
    """Yield the same settings with a temporary output and cache, which start as copies.

    So a build there costs only the difference, and the built site stays as `newsgen build` made it.
    """
    with TemporaryDirectory(prefix="publish-", dir=config.paths.cache) as name:
        paths = structs.replace(config.paths, output=Path(name, "site"), cache=Path(name, "cache"))

        def skipped(folder: str, names: list[str]) -> list[str]:
            return [
                one for one in names if Path(folder, one) == Path(name) or one.endswith(".lock")
            ]

        def copy(source: str, target: str) -> str:
            changes = os.path.basename(source).startswith(CACHE_FILE)
            return shutil.copyfile(source, target) if changes else _link(source, target)

        shutil.copytree(config.paths.cache, paths.cache, ignore=skipped, copy_function=copy)
        for path in (*read_manifest(config.paths.output), MANIFEST):
            target = paths.output / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if (config.paths.output / path).is_file():
                _link(str(config.paths.output / path), str(target))
        yield structs.replace(config, paths=paths)


def _link(source: str, target: str) -> str:
    """Link a file, or copy it if it cannot be linked.

    A link is safe, because newsgen never writes into such a file: it replaces whole files.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target

"""The pipeline, readable from top to bottom: load, build, plan, render, write.

It returns a value and prints nothing; time and progress are arguments. The stages are imported
where they run, so that a build with nothing to do does not pay for them.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from msgspec import Struct, structs

from newsgen import digest
from newsgen.builder.visibility import Clock
from newsgen.cache import Cache, CacheDamaged, discard, open_cache
from newsgen.config import Config
from newsgen.fingerprint import program, theme_folder
from newsgen.known import File, Ledger
from newsgen.outcome import Inputs, Result, Stopwatch, look_at, placed, recall, remember
from newsgen.output import Output
from newsgen.problems import STOPPING, Problem, UserError, build_error

if TYPE_CHECKING:
    from datetime import datetime

    from newsgen.content.ahead import Ahead
    from newsgen.images.missing import LocalFiles
    from newsgen.ingest import Ingested
    from newsgen.pages.views import Made, Views
    from newsgen.planning import Kept
    from newsgen.render.templates import Templates

T = TypeVar("T")
# What the last build was made of, kept for want of a reason to take it apart: a process mostly ends after a build, and
# freeing what is known of each article takes longer than rendering a page.
_last: list[object] = []
Progress = Callable[[str, int, int], None]


class BuildOptions(Struct, frozen=True):
    """How to build: the clock, the number of processes, whether to wait for another run, whether to tell only what would be
    done, and `without` which files of the content folder, as if they were not there."""

    clock: Clock
    jobs: int = 1
    wait: bool = False
    dry_run: bool = False
    without: frozenset[str] = frozenset()


class Prepared(NamedTuple):
    """A site that is planned and not yet rendered: its pages with their digests, what these are made of and what was rendered
    before, what is known of its content files, the originals in the folder of media that are whole, and what all pages share.
    `kept` is the plan with what it holds for; `settled` tells that all stats can be trusted next time, `local` are
    the files that articles can name as images."""

    views: Views
    made: Made
    digests: list[bytes]
    before: Ledger
    files: dict[str, File]
    sound: frozenset[str]
    templates: Templates
    shared: bytes
    read: int
    problems: list[Problem]
    kept: Kept
    settled: bool
    local: LocalFiles

    @property
    def due(self) -> datetime | None:
        """When time alone changes the plan."""
        return self.kept.due


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def build(config: Config, options: BuildOptions, progress: Progress = quiet, ahead: Ahead | None = None) -> Result:
    """Build the site into its output folder. `ahead` is a look at the content folder that has begun.

    Raises UserError with the exit code: 3 where it cannot be built or written (what was there
    stays), 4 where another run holds the output.
    """
    return use_cache(config.paths.cache, lambda cache, notes: _build(config, options, progress, cache, notes, ahead))


def use_cache(folder: Path, work: Callable[[Cache, list[Problem]], T]) -> T:
    """Work with the cache; where it turns out to be damaged, make it anew and work again.

    Raises UserError (exit code 3) where it cannot be made or written.
    """
    renewed = Problem("warning", "cache-renewed", "the cache was damaged or of another version; it is made anew")
    collecting = gc.isenabled()
    gc.disable()  # nothing here makes cycles by the thousand; looking for them would only cost time
    try:
        cache, anew = open_cache(folder)
        try:
            return work(cache, [renewed] if anew else [])
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
    """The cache in this folder, or what is kept in it, cannot be written: exit code 3."""
    return build_error("cannot-write", f"{error.filename or cache}: {error.strerror}", hint="--cache names another folder for it")


def _build(config: Config, options: BuildOptions, progress: Progress, cache: Cache, notes: list[Problem], ahead: Ahead | None) -> Result:
    paths, clock, stopwatch = config.paths, options.clock, Stopwatch()
    with stopwatch("scan"):
        looked = look_at(config, clock, ahead, cache.prepare("content"))
        known = None if options.without else recall(cache, looked.digest, paths.output, clock.as_of)
    if known:
        return structs.replace(known, seconds=stopwatch.seconds)
    inputs = looked.inputs(options.without)

    from newsgen.render.write import compare, write

    output = Output(paths.output)
    lock = None if options.dry_run else output.lock(options.wait)
    try:
        output.read()
        prepared = prepare(config, clock, inputs, cache, options.jobs, stopwatch, progress)
        stopping = next((problem for problem in prepared.problems if problem.code in STOPPING), None)
        if stopping:
            raise UserError(stopping, 3)
        with stopwatch("compare"):
            work = compare(prepared, output)
        result = Result(
            articles=len(prepared.views.plan.stories),
            pages=len(prepared.digests),
            rendered=len(work.todo),
            written=0,
            removed=len(work.gone),
            read=prepared.read,
            problems=(*notes, *prepared.problems),
            edition="",
            seconds=stopwatch.seconds,
            due=prepared.due,
        )
        if options.dry_run:
            return structs.replace(result, changes=work.changes(prepared, cache))
        written = write(work, prepared, config, cache, output, options.jobs, stopwatch, progress)
        result = structs.replace(result, written=written.files, edition=written.edition.hex(), templates=written.templates)
        if prepared.settled and not options.without:
            remember(cache, looked.digest, written.edition, written.top, clock.as_of, result)
        _last[:] = inputs, output, work, prepared
        return result
    finally:
        if lock:
            lock.release()


def read_content(
    config: Config,
    inputs: Inputs,
    cache: Cache,
    jobs: int,
    progress: Progress = quiet,
    repairs: bool = False,
    known: Mapping[str, File] | None = None,
) -> Ingested:
    """The articles and plain pages of the content folder, read where they changed; with `repairs`, what was mended is
    among the problems. With `known`, that is what is known of the files, and the cache learns of articles alone. Raises CacheDamaged."""
    from newsgen.content.loader import Options
    from newsgen.ingest import ingest

    settings = config.settings
    markdown = settings.markdown
    reading = Options(
        settings.timezone,
        markdown.engine,
        markdown.extensions,
        settings.base,
        settings.language,
        repairs,
        settings.budgets,
        settings.url,
    )
    salt = digest.fold([program(), digest.of_value(reading)])

    def read(done: int, total: int) -> None:
        progress("reading", done, total)

    return ingest(config.paths.content, inputs.content, cache, reading, salt, jobs, read, known)


def prepare(
    config: Config,
    clock: Clock,
    inputs: Inputs,
    cache: Cache,
    jobs: int,
    stopwatch: Stopwatch,
    progress: Progress,
    repairs: bool = False,
    digested: bool = True,
) -> Prepared:
    """Load, build and plan: all but rendering. With `repairs`, what was mended is among the problems; unless `digested`, the
    digests are left out: who shows few pages folds theirs.

    Raises UserError (exit code 3) for a template that cannot be read.
    """
    from newsgen.content.data import load_data
    from newsgen.content.no_articles import find_no_articles
    from newsgen.images.load import load_media, with_logos
    from newsgen.images.missing import local_files, missing_images
    from newsgen.ingest import static_files
    from newsgen.pages.files import missing_files, overlay
    from newsgen.pages.views import Views
    from newsgen.planning import Material, plan_site
    from newsgen.render.filters import site_info
    from newsgen.render.templates import Templates
    from newsgen.render.words import read_words

    settings, paths = config.settings, config.paths
    with stopwatch("read"):
        loaded = read_content(config, inputs, cache, jobs, progress, repairs)
        data, data_problems = load_data(paths.data, paths.static, settings.base)
        theme_files = static_files(theme_folder("static"), inputs.theme_static, cache, "theme")
        site_files = static_files(paths.static, inputs.static, cache, "static")
        originals = static_files(paths.media, inputs.media, cache, "media")
        near = static_files(paths.content, inputs.near, cache, "near")
        pictures = load_media(config, originals.files, site_files.files, near.files, cache, jobs, progress)
        data = with_logos(data, pictures.media)
        files = overlay(theme_files.files, site_files.files)
        templates = Templates(paths.templates, theme_folder("templates"), paths.root, files)
        words = read_words(templates, settings.language)
    with stopwatch("plan"):
        layouts = frozenset(name for name in templates.by_name if name.startswith("layouts/"))
        kept, others = plan_site(Material(loaded, data, files, layouts, templates.assets, words.titles, settings, clock), cache, jobs)
        plan = kept.plan
        info = site_info(settings, plan.menu)
        images = (settings.images.missing, settings.images.avif, settings.images.widths, pictures.media.encoder)
        shared = digest.fold([program(), words.digest, digest.of_value((info, settings.timezone, images))])
        views = Views(plan, loaded.files, settings, pictures.media, others)
        made = views.made_of(kept.digest, templates.digest, shared)
        before = cache.ledger() if digested else Ledger()
        digests = views.digests(made, before) if digested else []
    local = local_files([file.path for file in near.files], files, settings.base)
    problems = [
        *inputs.problems,
        *placed([*loaded.problems, *plan.problems], paths.content, paths.root),
        *placed([p for p in data_problems if repairs or p.severity != "repair"], paths.data, paths.root),
        *placed(site_files.problems, paths.static, paths.root),
        *placed(originals.problems, paths.media, paths.root),
        *placed(near.problems, paths.content, paths.root),
        *placed(missing_images(loaded.files.values(), local), paths.content, paths.root),
        *pictures.problems,
        *words.problems,
    ]
    nothing = find_no_articles(paths.content, paths.root, inputs.content, loaded.files, loaded.problems)
    problems += [nothing] if nothing else []
    config_file = os.path.relpath(paths.config, paths.root)
    problems += missing_files(settings, files, (page.route for page in plan.pages), config_file)
    settled = all(part.settled for part in (loaded, theme_files, site_files, originals, near, pictures))
    return Prepared(
        views, made, digests, before, loaded.files, pictures.sound, templates, shared, loaded.read, problems, kept, settled, local
    )

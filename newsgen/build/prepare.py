"""Read, build and plan a site: everything except rendering."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from newsgen.build.inputs import Inputs, Stopwatch
from newsgen.config.hosts import HOSTS, refusals
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.content.scan_ahead import import_all, imports
from newsgen.core import digest
from newsgen.core.engine import INLINE, Engine
from newsgen.core.problems import Problem, placed
from newsgen.core.progress import Progress, quiet
from newsgen.store.cache import Cache
from newsgen.store.fingerprint import program
from newsgen.store.records import FileRecord, RenderRecord

if TYPE_CHECKING:
    from datetime import datetime

    from newsgen.build.materials import Materials
    from newsgen.build.plan import CachedPlan
    from newsgen.build.read import ReadResult
    from newsgen.images.missing import LocalFiles
    from newsgen.pages.hydrate import PageSet
    from newsgen.pages.page_digests import PageContext
    from newsgen.render.templates import Templates


class Prepared(NamedTuple):
    """A planned site, ready to render.

    `views` are its pages and `digests` their digests, in the same order. `context` holds what the
    digests are computed from, and `before` the digests of the last rendering. `files` are the
    records of the content files, `intact_originals` the intact originals in the media folder, and
    `shared` the digest of what all pages share. `cached_plan` is its plan. `settled` is true if all
    stats can be trusted next time. `local` are the files that articles can name as images.
    """

    views: PageSet
    context: PageContext
    digests: list[bytes]
    before: RenderRecord
    files: dict[str, FileRecord]
    intact_originals: frozenset[str]
    templates: Templates
    shared: bytes
    read: int
    problems: list[Problem]
    cached_plan: CachedPlan
    settled: bool
    local: LocalFiles

    @property
    def due(self) -> datetime | None:
        """The moment at which time alone changes the plan."""
        return self.cached_plan.due


def read_content(
    config: Config,
    inputs: Inputs,
    cache: Cache,
    engine: Engine,
    progress: Progress = quiet,
    repairs: bool = False,
    known: Mapping[str, FileRecord] | None = None,
    meanwhile: Iterable[object] = (),
) -> ReadResult:
    """Return the articles and plain pages of the content folder, reading only changed files.

    With `repairs`, the problems include repairs. With `known`, those records replace the cache's,
    and only articles are added to the cache. `meanwhile` are steps to take while a single process
    reads. Raises CacheDamaged.
    """
    from newsgen.build.read import read_articles
    from newsgen.content.body.embeds import Hosts
    from newsgen.content.loader import Options

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
        markdown.typography,
        Hosts(settings.embeds.hosts, settings.embeds.media),
        settings.fields,
        tuple(settings.taxonomies),
    )
    salt = digest.fold([program(), digest.of_value(reading)])

    def read(done: int, total: int) -> None:
        progress("reading", done, total)

    return read_articles(
        config.paths.content, inputs.content, cache, reading, salt, engine, read, known, meanwhile
    )


def _importing(progress: Progress) -> Progress:
    """Return the same progress function, extended: its first report, while other processes read,
    imports what the rest of a build needs.
    """

    def step(stage: str, done: int, total: int) -> None:
        progress(stage, done, total)
        if done < total:
            import_all()  # takes time only once

    return step


def prepare(
    config: Config,
    clock: Clock,
    inputs: Inputs,
    cache: Cache,
    engine: Engine,
    stopwatch: Stopwatch,
    progress: Progress,
    repairs: bool = False,
    digested: bool = True,
) -> Prepared:
    """Read, build and plan a site: everything except rendering.

    With `repairs`, the problems include repairs. With `digested` false, the pages' digests are left
    out, for callers that show few pages and compute theirs on demand.

    Raises UserError (exit code 3) if a template cannot be read.
    """
    with stopwatch("read"):
        loaded = read_content(
            config, inputs, cache, engine, _importing(progress), repairs, meanwhile=imports()
        )
    # Only now: most of what these import was imported while other processes read.
    from newsgen.build.materials import read_materials
    from newsgen.build.plan import plan_site
    from newsgen.build.search import search_terms
    from newsgen.pages.hydrate import PageSet
    from newsgen.pages.page_digests import page_context, page_digests

    settings = config.settings
    with stopwatch("read"):
        found = read_materials(config, inputs, cache, engine, progress)
    with stopwatch("plan"):
        cached_plan, others = plan_site(found.plan_inputs(loaded, settings, clock), cache, engine)
        plan, media = cached_plan.plan, found.library.media
        shared = found.shared_digest(settings, plan.navigation)
        views = PageSet(plan, loaded.files, settings, media, others, found.drawn.style)
        terms = search_terms(views, cache, engine)
        views = views.with_search(terms, partial(search_terms, cache=cache, engine=INLINE))
        context = page_context(views, cached_plan.digest, found.templates.digest, shared)
        before = cache.last_render() if digested else RenderRecord()
        digests = page_digests(views, context, before) if digested else []
    return Prepared(
        views,
        context,
        digests,
        before,
        loaded.files,
        found.library.sound,
        found.templates,
        shared,
        loaded.read,
        _problems(config, inputs, loaded, found, views, repairs),
        cached_plan,
        loaded.settled and found.settled,
        found.local,
    )


def _problems(
    config: Config,
    inputs: Inputs,
    loaded: ReadResult,
    found: Materials,
    views: PageSet,
    repairs: bool,
) -> list[Problem]:
    """Return the problems of a site by subject, with repairs if these are wanted."""
    from newsgen.content.body.body_links import missing_links
    from newsgen.images.missing import missing_images
    from newsgen.images.social_cards import undrawn_cards

    paths, plan = config.paths, views.plan
    of_data = [one for one in found.data_problems if repairs or one.severity != "repair"]
    missing = [
        *missing_images(loaded.files.values(), found.local, paths.content),
        *missing_links(plan.missing, paths.content, config.settings.base),
    ]
    return [
        *inputs.problems,
        *placed([*loaded.problems, *plan.problems], paths.content, paths.root),
        *placed(of_data, paths.data, paths.root),
        *placed(found.static.problems, paths.static, paths.root),
        *placed(found.originals.problems, paths.media, paths.root),
        *placed(found.near.problems, paths.content, paths.root),
        *placed(missing, paths.content, paths.root),
        *found.library.problems,
        *found.words.problems,
        *found.drawn.problems,
        *placed([*undrawn_cards(views.undrawn())], paths.content, paths.root),
        *_problems_of_site(config, inputs, loaded, found, views),
    ]


def _problems_of_site(
    config: Config, inputs: Inputs, loaded: ReadResult, found: Materials, views: PageSet
) -> list[Problem]:
    """Return the problems that no single file has: no articles, files that settings name and that
    do not exist, and limits of the host.
    """
    from newsgen.content.no_articles import find_no_articles
    from newsgen.pages.files import missing_files

    settings, paths = config.settings, config.paths
    nothing = find_no_articles(
        paths.content, paths.root, inputs.content, loaded.files, loaded.problems
    )
    config_file = os.path.relpath(paths.config, paths.root)
    routes = (page.route for page in views.plan.pages)
    sizes = {stat.path: stat.size for stat in inputs.static}
    return [
        *([nothing] if nothing else []),
        *missing_files(settings, found.files, routes, config_file),
        *(
            Problem("warning", "host-limit", message, "$.host", "see docs/hosts", config_file)
            for message in refusals(HOSTS[settings.host], len(views.all_pages), sizes)
        ),
    ]

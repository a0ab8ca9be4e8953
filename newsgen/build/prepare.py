"""Read, build and plan a site: everything except rendering."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from newsgen.build.inputs import Inputs, Stopwatch
from newsgen.config.hosts import HOSTS, refusals
from newsgen.config.settings import Config
from newsgen.content.ahead import imports
from newsgen.content.clock import Clock
from newsgen.core import digest
from newsgen.core.engine import INLINE, Engine
from newsgen.core.problems import Problem, placed
from newsgen.core.progress import Progress, quiet
from newsgen.store.cache import Cache
from newsgen.store.fingerprint import program, theme_folders
from newsgen.store.records import FileRecord, RenderRecord

if TYPE_CHECKING:
    from datetime import datetime

    from newsgen.build.plan import CachedPlan
    from newsgen.build.read import ReadResult
    from newsgen.images.missing import LocalFiles
    from newsgen.pages.digests import PageContext
    from newsgen.pages.hydrate import PageSet
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
) -> ReadResult:
    """Return the articles and plain pages of the content folder, reading only changed files.

    With `repairs`, the problems include repairs. With `known`, those records replace the cache's,
    and only articles are added to the cache. Raises CacheDamaged.
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
        config.paths.content, inputs.content, cache, reading, salt, engine, read, known
    )


def _importing(progress: Progress) -> Progress:
    """Return the same progress, which imports a module that the rest of a build needs each time
    that it is told: other processes read meanwhile.
    """
    steps = imports()

    def told(stage: str, done: int, total: int) -> None:
        progress(stage, done, total)
        next(steps, None)

    return told


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
    settings, paths = config.settings, config.paths
    with stopwatch("read"):
        loaded = read_content(config, inputs, cache, engine, _importing(progress), repairs)
    # Only now: most of these were imported while other processes read.
    from newsgen.build.attached import without_active
    from newsgen.build.plan import PlanInputs, plan_site
    from newsgen.build.read import static_files
    from newsgen.build.search import search_terms
    from newsgen.content.body.places import missing_links
    from newsgen.content.data import load_data
    from newsgen.content.no_articles import find_no_articles
    from newsgen.images.library import load_media, with_logos
    from newsgen.images.missing import local_files, missing_images
    from newsgen.images.social_cards import load_card_style, undrawn_cards
    from newsgen.pages.digests import page_context, page_digests
    from newsgen.pages.files import missing_files, overlay
    from newsgen.pages.hydrate import PageSet
    from newsgen.render.filters import site_info
    from newsgen.render.templates import Templates
    from newsgen.render.translations import read_words

    with stopwatch("read"):
        data, data_problems = load_data(paths.data, paths.static, settings.base)
        shared_files = [
            static_files(one.folder, one.files, cache, f"shared {place}", one.prefix)
            for place, one in enumerate(inputs.shared)
        ]
        site_files = static_files(paths.static, inputs.static, cache, "static")
        originals = static_files(paths.media, inputs.media, cache, "media")
        near = without_active(static_files(paths.content, inputs.near, cache, "near"), cache)
        library = load_media(
            config, originals.files, site_files.files, near.files, cache, engine, progress
        )
        data = with_logos(data, library.media)
        files = overlay(chain(*(one.files for one in shared_files)), site_files.files)
        drawn = load_card_style(config, files, cache)
        themes = theme_folders("templates", settings.theme.name)
        templates = Templates(paths.templates, themes, paths.root, files)
        words = read_words(templates, settings.language)
    with stopwatch("plan"):
        beside = {file.path: file for file in near.files}
        layouts = frozenset(name for name in templates.by_name if name.startswith("layouts/"))
        cached_plan, others = plan_site(
            PlanInputs(
                loaded,
                data,
                files,
                beside,
                layouts,
                templates.assets,
                words.titles,
                settings,
                clock,
            ),
            cache,
            engine,
        )
        plan = cached_plan.plan
        info = site_info(settings, plan.navigation)
        images = (
            settings.images.missing,
            settings.images.avif,
            settings.images.widths,
            library.media.encoder,
        )
        shared = digest.fold(
            [
                program(),
                words.digest,
                digest.of_value((info, settings.timezone, settings.embeds, images, drawn.key)),
            ]
        )
        views = PageSet(plan, loaded.files, settings, library.media, others, drawn.style)
        terms = search_terms(views, cache, engine)
        views = views.with_search(terms, partial(search_terms, cache=cache, engine=INLINE))
        context = page_context(views, cached_plan.digest, templates.digest, shared)
        before = cache.last_render() if digested else RenderRecord()
        digests = page_digests(views, context, before) if digested else []
    local = local_files([file.path for file in near.files], files, settings.base)
    problems = [
        *inputs.problems,
        *placed([*loaded.problems, *plan.problems], paths.content, paths.root),
        *placed(
            [p for p in data_problems if repairs or p.severity != "repair"], paths.data, paths.root
        ),
        *placed(site_files.problems, paths.static, paths.root),
        *placed(originals.problems, paths.media, paths.root),
        *placed(near.problems, paths.content, paths.root),
        *placed(
            [
                *missing_images(loaded.files.values(), local, paths.content),
                *missing_links(plan.missing, paths.content, settings.base),
            ],
            paths.content,
            paths.root,
        ),
        *library.problems,
        *words.problems,
        *drawn.problems,
        *placed([*undrawn_cards(views.undrawn())], paths.content, paths.root),
    ]
    nothing = find_no_articles(
        paths.content, paths.root, inputs.content, loaded.files, loaded.problems
    )
    problems += [nothing] if nothing else []
    config_file = os.path.relpath(paths.config, paths.root)
    problems += missing_files(settings, files, (page.route for page in plan.pages), config_file)
    sizes = {stat.path: stat.size for stat in inputs.static}
    problems += [
        Problem("warning", "host-limit", message, "$.host", "see docs/hosts", config_file)
        for message in refusals(HOSTS[settings.host], len(views.all_pages), sizes)
    ]
    settled = loaded.settled and library.settled
    settled &= all(part.settled for part in (*shared_files, site_files, originals, near))
    return Prepared(
        views,
        context,
        digests,
        before,
        loaded.files,
        library.sound,
        templates,
        shared,
        loaded.read,
        problems,
        cached_plan,
        settled,
        local,
    )

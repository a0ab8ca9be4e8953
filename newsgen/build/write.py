"""Find the pages that changed, render them in worker processes, and update the output."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from newsgen.build.inputs import Change, Stopwatch, TemplateTiming
from newsgen.build.prepare import Prepared
from newsgen.build.rendering import Job, Rendered, render_all, why
from newsgen.builder.route_table import output_path
from newsgen.config.settings import Config
from newsgen.core import digest
from newsgen.core.engine import Engine, default_jobs
from newsgen.core.progress import Progress
from newsgen.images.social_cards import make_cards
from newsgen.images.variants import make_variants
from newsgen.pages.encoded_page import EncodedPage
from newsgen.store.cache import Cache
from newsgen.store.output import (
    Output,
    manifest_text,
    tops,
)
from newsgen.store.records import RenderRecord


class Work(NamedTuple):
    """What a build has to do.

    `todo` are the indexes of pages to render and `gone` the files to remove. `kept` are the files
    that stay, with the digests of their bytes. `routes` are the routes of all pages, and `files`
    the digest of the bytes last rendered for each.
    """

    todo: list[int]
    gone: list[str]
    kept: dict[str, str]
    routes: tuple[str, ...]
    files: list[str]

    def changes(self, prepared: Prepared, cache: Cache) -> tuple[Change, ...]:
        """Return the work as changes, each with its reason."""
        pages, views = [prepared.views.all_pages[i] for i in self.todo], prepared.views
        rendered = [
            Change(
                page.route,
                why(
                    page,
                    views.view(page),
                    prepared.templates,
                    prepared.shared,
                    cache.trace(page.route),
                )[0],
            )
            for page in pages
        ]
        return (
            *rendered,
            *(
                Change("/" + path.removesuffix("index.html"), "no page has this route now", True)
                for path in self.gone
            ),
        )


class Written(NamedTuple):
    """What was written.

    `files` counts the files written, `edition` is the digest of the manifest, `top` are the entries
    of the output folder, and `templates` is the cost of each template.
    """

    files: int
    edition: bytes
    top: tuple[str, ...]
    templates: tuple[TemplateTiming, ...]


def compare(prepared: Prepared, output: Output) -> Work:
    """Return what has to change in the output.

    A page is rendered only if its digest changed, or if its file is not the one rendered last.
    """
    before, pages = prepared.before, prepared.views.all_pages
    if output.manifest != before.manifest:
        output.adopt(dict(zip(map(output_path, before.routes), before.files, strict=False)))
    known = output.known
    routes = tuple([page.route for page in pages])
    digests, files = digest.split(before.pages), list(before.files)
    if routes != before.routes:
        place = dict(zip(before.routes, range(len(before.routes)), strict=True))
        # -1 picks the empty last entry, for new pages.
        order = [place.get(route, -1) for route in routes]
        digests, files = [*digests, b""], [*files, ""]
        digests, files = [digests[i] for i in order], [files[i] for i in order]
    if routes == before.routes and output.manifest == before.manifest:
        # Every file is as last rendered.
        pairs = zip(prepared.digests, digests, strict=True)
        todo, gone = [i for i, (now, then) in enumerate(pairs) if now != then], []
    else:
        paths = list(map(output_path, routes))
        # No digest is "-", so a missing file is rendered again.
        there = [known.get(path, "-") for path in paths]
        rows = enumerate(zip(prepared.digests, digests, files, there, strict=True))
        todo = [i for i, (now, then, file, present) in rows if now != then or file != present]
        gone = sorted(known.keys() - set(paths))
    kept = known.copy()
    for path in (*gone, *[output_path(routes[i]) for i in todo]):
        kept.pop(path, None)
    return Work(todo, gone, kept, routes, files)


def write(
    work: Work,
    prepared: Prepared,
    config: Config,
    cache: Cache,
    output: Output,
    engine: Engine,
    stopwatch: Stopwatch,
    progress: Progress,
) -> Written:
    """Render what changed, write files whose bytes differ, and remove those no longer generated.

    All or nothing. Raises UserError (exit code 3); then the old output stays.
    """
    pages, paths = prepared.views.all_pages, [output_path(work.routes[i]) for i in work.todo]
    files, totals = dict(work.kept), _Totals(work.files.copy())
    damaged = output.manifest != prepared.before.manifest
    anything = bool(work.todo or work.gone or output.interrupted or damaged)
    with stopwatch("render"):
        output.refuse_foreign(paths)
        if anything:
            output.begin(paths + work.gone)
        try:
            _make_copies(work, prepared, config, cache, engine, progress)
            job = Job(
                config.settings,
                prepared.templates,
                prepared.shared,
                str(output.folder),
                cache.folder,
                int(time.time()),
            )
            for batch in render_all(engine, job, prepared, cache, output.known, work.todo):
                cache.add_traces([(work.routes[done.place], done.trace) for done in batch])
                totals.add(batch, pages)
                progress("rendering", totals.count, len(work.todo))
        except BaseException:
            output.abandon(paths)
            raise
    with stopwatch("write"):
        files |= {path: totals.files[i] for i, path in zip(work.todo, paths, strict=True)}
        manifest = manifest_text(files)
        edition = digest.of_bytes(manifest.encode())
        if anything:
            output.finish(
                [output_path(work.routes[i]) for i in totals.staged],
                work.gone,
                manifest,
            )
            record = _record(work, prepared, totals.files, edition)
            gone = set(prepared.before.routes).difference(work.routes)
            cache.set_rendered(prepared.before, record, gone)
    costs = sorted(totals.costs.values(), key=lambda cost: -cost.seconds)
    return Written(totals.written, edition, tuple(tops(files)), tuple(costs))


def _make_copies(
    work: Work, prepared: Prepared, config: Config, cache: Cache, engine: Engine, progress: Progress
) -> None:
    """Make the copies of images and the social cards that the pages to render show."""
    views, pages = prepared.views, prepared.views.all_pages
    jobs = min(engine.slots, default_jobs())  # they are made on this machine
    copies = list(views.image_copies(pages[i] for i in work.todo))
    make_variants(copies, cache.folder, config.settings.images.quality, jobs, progress)
    cards = list(views.card_copies(pages[i] for i in work.todo))
    make_cards(cards, cache.folder, jobs, progress)


def _record(work: Work, prepared: Prepared, files: Sequence[str], edition: bytes) -> RenderRecord:
    """Return what the next build compares its pages with."""
    made = prepared.context
    return RenderRecord(
        made.plan,
        work.routes,
        b"".join(prepared.digests),
        tuple(files),
        made.context,
        made.summaries,
        made.articles,
        made.recommended,
        edition,
    )


class _Totals:
    """Totals of what workers report about rendered pages: a site may have a million.

    `files` holds the digest of each page's file by index. `count` is the number of pages, `written`
    that of files, and `staged` are the indexes of those that still have to be moved into place.
    """

    def __init__(self, files: list[str]) -> None:
        self.files = files
        self.count = self.written = 0
        self.staged: list[int] = []
        self.costs: dict[str, TemplateTiming] = {}
        self._most: dict[str, float] = {}

    def add(self, batch: Sequence[Rendered], pages: Sequence[EncodedPage]) -> None:
        """Add a batch of these pages."""
        self.count += len(batch)
        for done in batch:
            page, seconds = pages[done.place], done.seconds
            self.files[done.place] = done.digest
            self.written += done.staged
            if done.staged and not done.placed:
                self.staged.append(done.place)
            name = page.template or "(copied files)"
            known = self.costs.get(name) or TemplateTiming(name, 0, 0.0, "")
            slowest = known.slowest
            if seconds > self._most.get(name, -1.0):
                self._most[name], slowest = seconds, page.route
            self.costs[name] = TemplateTiming(
                name, known.pages + 1, known.seconds + seconds, slowest
            )

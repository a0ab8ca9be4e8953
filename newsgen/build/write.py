"""Find the pages that changed, render them in worker processes, and update the output."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from newsgen.build import trace
from newsgen.build.inputs import Change, Stopwatch, TemplateTiming
from newsgen.build.prepare import Prepared
from newsgen.build.search import read_parts
from newsgen.builder.route_table import output_path
from newsgen.config.settings import Config, Settings
from newsgen.core import digest
from newsgen.core.engine import Engine, default_jobs
from newsgen.core.progress import Progress
from newsgen.images.social_cards import make_cards
from newsgen.images.variants import make_variants
from newsgen.pages.base import AnyView
from newsgen.pages.plan import EncodedPage
from newsgen.render.renderer import Renderer
from newsgen.store.cache import Cache, seal
from newsgen.store.output import (
    Output,
    manifest_text,
    same_bytes,
    stage,
    stage_copy,
    tops,
    unwritable,
)
from newsgen.store.records import PageTrace, RenderRecord

_BATCH = 40


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
            Change(page.route, _why(page, views.view(page), prepared, cache)[0]) for page in pages
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


class _State(NamedTuple):
    prepared: Prepared
    settings: Settings
    cache: Cache
    output: str
    known: dict[str, str]


class _Done(NamedTuple):
    place: int
    path: str
    digest: str
    staged: bool
    placed: bool
    trace: bytes
    seconds: float


def compare(prepared: Prepared, output: Output) -> Work:
    """Return what has to change in the output.

    A page is rendered only if its digest changed, or if its file is not the one rendered last.
    """
    before, pages = prepared.before, prepared.views.all_pages
    if output.manifest != before.manifest:
        output.adopt(dict(zip(map(output_path, before.routes), before.files, strict=False)))
    known = output.known
    routes = tuple([page.route for page in pages])
    digests, files = digest.apart(before.pages), list(before.files)
    if routes != before.routes:
        place = dict(zip(before.routes, range(len(before.routes)), strict=True))
        # -1 picks the empty last entry, for new pages.
        order = [place.get(route, -1) for route in routes]
        digests, files = [*digests, b""], [*files, ""]
        digests, files = [digests[i] for i in order], [files[i] for i in order]
    if routes == before.routes and output.manifest == before.manifest:
        # Every file is the one rendered last.
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
    pages = prepared.views.all_pages
    paths = [output_path(pages[i].route) for i in work.todo]
    files, rendered = dict(work.kept), list[_Done]()
    anything = bool(work.todo or work.gone or output.interrupted)
    with stopwatch("render"):
        output.refuse_foreign(paths)
        if anything:
            output.begin(paths + work.gone)
        try:
            jobs = min(engine.slots, default_jobs())  # copies are made on this machine
            copies = list(prepared.views.image_copies(pages[i] for i in work.todo))
            make_variants(copies, cache.folder, config.settings.images.quality, jobs, progress)
            cards = list(prepared.views.card_copies(pages[i] for i in work.todo))
            make_cards(cards, cache.folder, jobs, progress)
            state = _State(prepared, config.settings, cache, str(output.folder), output.known)
            tasks = [work.todo[i : i + _BATCH] for i in range(0, len(work.todo), _BATCH)]
            for batch in engine.run(_prepare, state, tasks):
                rendered += batch
                progress("rendering", len(rendered), len(work.todo))
        except BaseException:
            output.abandon(paths)
            raise
    with stopwatch("write"):
        files |= {done.path: done.digest for done in rendered}
        manifest = manifest_text(files)
        edition = digest.of_bytes(manifest.encode())
        if anything:
            output.finish(
                [done.path for done in rendered if done.staged and not done.placed],
                work.gone,
                manifest,
            )
            made, joined, found = prepared.context, b"".join(prepared.digests), work.files.copy()
            for done in rendered:
                found[done.place] = done.digest
            record = RenderRecord(
                made.plan,
                work.routes,
                joined,
                tuple(found),
                made.context,
                made.summaries,
                made.articles,
                made.recommended,
                edition,
            )
            gone = set(prepared.before.routes).difference(work.routes)
            cache.set_rendered(
                prepared.before,
                record,
                [(work.routes[done.place], done.trace) for done in rendered],
                gone,
            )
    return Written(
        sum(done.staged for done in rendered),
        edition,
        tuple(tops(files)),
        _slowest(pages, rendered),
    )


def _slowest(pages: Sequence[EncodedPage], rendered: Sequence[_Done]) -> tuple[TemplateTiming, ...]:
    by_template: dict[str, list[_Done]] = {}
    for done in rendered:
        by_template.setdefault(pages[done.place].template or "(copied files)", []).append(done)
    found = []
    for name, group in by_template.items():
        slowest = max(group, key=lambda done: done.seconds)
        found.append(
            TemplateTiming(
                name, len(group), sum(done.seconds for done in group), pages[slowest.place].route
            )
        )
    return tuple(sorted(found, key=lambda slow: -slow.seconds))


def _why(
    page: EncodedPage, view: AnyView, prepared: Prepared, cache: Cache | None
) -> tuple[str, list[trace.Part]]:
    parts = trace.parts_of(view, prepared.templates.digest(page.template), prepared.shared)
    before = cache.trace(page.route) if cache else None
    return trace.reason(parts, before.parts if before else None), parts


def _prepare(state: _State) -> Callable[[Sequence[int]], list[_Done]]:
    cache = state.cache.own()
    prepared = state.prepared
    views, pages = prepared.views, prepared.views.all_pages
    renderer = Renderer(
        prepared.templates,
        state.settings,
        views,
        cache.articles,
        cache.folder,
        cache,
        partial(read_parts, cache),
    )
    now = int(time.time())

    def work(places: Sequence[int]) -> list[_Done]:
        batch = [(i, views.view(pages[i])) for i in places]
        renderer.fetch(pages[i] for i in places)
        return [_write_page(state, renderer, cache, now, i, view) for i, view in batch]

    return work


def _write_page(
    state: _State, renderer: Renderer, cache: Cache, now: int, index: int, view: AnyView
) -> _Done:
    page = state.prepared.views.all_pages[index]
    path = output_path(page.route)
    known = state.known.get(path)
    start, placed = time.perf_counter(), False
    try:
        if copy := state.prepared.views.static_file(page):
            staged = known != copy.digest.hex()
            found = (stage_copy(copy.source, state.output, path) if staged else copy.digest).hex()
        else:
            data = renderer.render(page, view)
            found = digest.of_bytes(data).hex()
            staged = known != found and not (known == "" and same_bytes(state.output, path, data))
            if staged:
                placed = stage(state.output, path, data)
    except OSError as error:
        raise unwritable(error, os.path.join(state.output, path)) from None
    seconds = time.perf_counter() - start
    why, parts = _why(page, view, state.prepared, cache if state.prepared.before.routes else None)
    return _Done(
        index, path, found, staged, placed, seal(PageTrace(why, now, trace.stored(parts))), seconds
    )

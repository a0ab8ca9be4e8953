"""Find the pages that changed, render them in processes, and bring the output to the plan."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from newsgen import digest, trace, workers
from newsgen.build import Prepared, Progress
from newsgen.cache import Cache, Rendered, Trace, seal
from newsgen.config import Config, Settings
from newsgen.outcome import Change, Slow, Stopwatch
from newsgen.output import Output, manifest_text, same_bytes, stage, stage_copy, unwritable
from newsgen.pages.base import AnyView
from newsgen.pages.files import FileView
from newsgen.pages.plan import Planned, output_path
from newsgen.pages.views import Views
from newsgen.render.renderer import Renderer

_BATCH = 40


class Work(NamedTuple):
    """What is to be done: routes to render, files to remove; what stays, with the digests of the bytes."""

    todo: list[str]
    gone: list[str]
    kept: dict[str, bytes]
    before: dict[str, Rendered]

    def changes(self, prepared: Prepared, cache: Cache) -> tuple[Change, ...]:
        """The same in words, with the reason of each."""
        pages = prepared.views.pages
        rendered = [Change(route, _why(pages[route], prepared.views.view(pages[route]), prepared, cache)[0]) for route in self.todo]
        return (*rendered, *(Change("/" + path.removesuffix("index.html"), "no page stands here any more", True) for path in self.gone))


class Written(NamedTuple):
    """How many files were written, the digest of the manifest, what stands in the output's own folder, and
    what each template cost."""

    files: int
    edition: bytes
    top: tuple[str, ...]
    templates: tuple[Slow, ...]


class _State(NamedTuple):
    prepared: Prepared
    settings: Settings
    cache: Path
    output: str
    known: dict[str, bytes]
    any_before: bool


class _Done(NamedTuple):
    route: str
    digest: bytes
    staged: bool
    placed: bool
    trace: bytes
    seconds: float


def compare(digests: Mapping[str, bytes], cache: Cache, output: Output) -> Work:
    """What of the plan the output does not hold yet: a page is rendered only if its digest changed,
    or if its file is not what was rendered."""
    before = cache.pages()
    known = output.known
    kept: dict[str, bytes] = {}
    todo: list[str] = []
    for route, page_digest in digests.items():
        path = output_path(route)
        rendered = before.get(route)
        if rendered and rendered[1] == page_digest and rendered[2] == known.get(path):
            kept[path] = rendered[2]
        else:
            todo.append(route)
    gone = known.keys() - kept.keys() - {output_path(route) for route in todo}
    return Work(todo, sorted(gone), kept, before)


def write(
    work: Work, prepared: Prepared, config: Config, cache: Cache, output: Output, jobs: int, stopwatch: Stopwatch, progress: Progress
) -> Written:
    """Render what changed and write what differs; remove what is gone. All or nothing.

    Raises UserError (exit code 3); then what was there stays.
    """
    pages = prepared.views.pages
    paths = [output_path(route) for route in work.todo]
    files, rendered = dict(work.kept), []
    anything = bool(work.todo or work.gone or output.interrupted)
    with stopwatch("render"):
        output.refuse_foreign(paths)
        if anything:
            output.clear_staged()
            output.begin(paths + work.gone)
        try:
            state = _State(prepared, config.settings, cache.folder, str(output.folder), output.known, bool(work.before))
            tasks = [work.todo[i : i + _BATCH] for i in range(0, len(work.todo), _BATCH)]
            for batch in workers.run(_prepare, state, tasks, jobs):
                rendered += batch
                progress("rendering", len(rendered), len(work.todo))
        except BaseException:
            output.abandon(paths)
            raise
    with stopwatch("write"):
        files |= {output_path(done.route): done.digest for done in rendered}
        staged = [output_path(done.route) for done in rendered if done.staged and not done.placed]
        manifest = manifest_text(files)
        if anything:
            output.finish(staged, work.gone, manifest)
            now = {done.route: (done.route, prepared.digests[done.route], done.digest) for done in rendered}
            gone = [route for route in work.before if route not in pages]
            kept = {route: page for route, page in work.before.items() if route in pages}
            cache.update_pages(kept | now, [(done.route, done.trace) for done in rendered], gone)
    top = tuple(sorted({path.partition("/")[0] for path in files}))
    return Written(sum(done.staged for done in rendered), digest.of_bytes(manifest.encode()), top, _slowest(prepared.views, rendered))


def _slowest(views: Views, rendered: Sequence[_Done]) -> tuple[Slow, ...]:
    by_template: dict[str, list[_Done]] = {}
    for done in rendered:
        by_template.setdefault(views.pages[done.route].template or "(copied files)", []).append(done)
    slow = [Slow(name, len(d), sum(x.seconds for x in d), max(d, key=lambda x: x.seconds).route) for name, d in by_template.items()]
    return tuple(sorted(slow, key=lambda s: -s.seconds))


def _why(page: Planned, view: AnyView, prepared: Prepared, cache: Cache | None) -> tuple[str, list[trace.Part]]:
    parts = trace.parts_of(view, prepared.templates.digest(page.template), prepared.shared)
    before = cache.trace(page.route) if cache else None
    return trace.reason(parts, before.parts if before else None), parts


def _prepare(state: _State) -> Callable[[Sequence[str]], list[_Done]]:
    cache = Cache(state.cache)
    views = state.prepared.views
    renderer = Renderer(state.prepared.templates, state.settings, views, cache.articles, cache)
    now = int(time.time())

    def work(routes: Sequence[str]) -> list[_Done]:
        batch = [(page := views.pages[route], views.view(page)) for route in routes]
        renderer.fetch(view for _, view in batch)
        return [_write_page(state, renderer, cache, now, page, view) for page, view in batch]

    return work


def _write_page(state: _State, renderer: Renderer, cache: Cache, now: int, page: Planned, view: AnyView) -> _Done:
    path = output_path(page.route)
    known = state.known.get(path)
    start, placed = time.perf_counter(), False
    try:
        if isinstance(view, FileView):
            staged = known != view.digest
            found = stage_copy(view.source, state.output, path) if staged else view.digest
        else:
            data = renderer.render(page, view)
            found = digest.of_bytes(data)
            staged = known != found and not (known == b"" and same_bytes(state.output, path, data))
            if staged:
                placed = stage(state.output, path, data)
    except OSError as error:
        raise unwritable(error, os.path.join(state.output, path)) from None
    seconds = time.perf_counter() - start
    why, parts = _why(page, view, state.prepared, cache if state.any_before else None)
    return _Done(page.route, found, staged, placed, seal(Trace(why, now, trace.kept(parts))), seconds)

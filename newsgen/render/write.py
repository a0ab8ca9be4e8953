"""Render the pages that changed, in processes, and bring the output to the plan."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from newsgen import digest, workers
from newsgen.cache import Cache
from newsgen.config import Settings
from newsgen.output import Output, manifest_text, same_bytes, stage, stage_copy, unwritable
from newsgen.pages.base import Page
from newsgen.pages.files import FileView
from newsgen.pages.plan import Plan, output_path
from newsgen.render.renderer import Renderer
from newsgen.render.templates import Templates

_BATCH = 40


class Written(NamedTuple):
    """How many pages were rendered, files written and removed; `edition` is the digest of the manifest."""

    rendered: int
    written: int
    removed: int
    edition: bytes


class _State(NamedTuple):
    pages: dict[str, Page]
    templates: Templates
    settings: Settings
    cache: Path
    output: str
    known: dict[str, bytes]


class _Done(NamedTuple):
    route: str
    digest: bytes
    staged: bool


def write_pages(
    plan: Plan,
    templates: Templates,
    settings: Settings,
    cache: Cache,
    output: Output,
    jobs: int,
    clock: Any,
    progress: Callable[[str, int, int], None],
) -> Written:
    """Render what changed and write what differs; remove what is gone. All or nothing.

    Raises UserError (exit code 3); then what was there stays.
    """
    with clock("diff"):
        before = cache.pages()
        files: dict[str, bytes] = {}
        todo: list[str] = []
        for route, page_digest in plan.digests.items():
            path = output_path(route)
            known, rendered = output.known.get(path), before.get(route)
            if known and rendered and rendered.digest == page_digest and rendered.bytes == known:
                files[path] = known
            else:
                todo.append(route)
        wanted = {output_path(route) for route in plan.pages}
        gone = [path for path in output.known if path not in wanted]
        paths = [output_path(route) for route in todo]
        output.refuse_foreign(paths)
    staged: list[str] = []
    rows: list[tuple[str, bytes, bytes]] = []
    with clock("render"):
        if todo or gone or output.interrupted:
            output.clear_staged()
            output.begin(paths + gone)
        try:
            state = _State(
                {route: plan.pages[route] for route in todo}, templates, settings, cache.folder, str(output.folder), output.known
            )
            tasks = [todo[i : i + _BATCH] for i in range(0, len(todo), _BATCH)]
            for batch in workers.run(_prepare, state, tasks, jobs):
                for done in batch:
                    path = output_path(done.route)
                    files[path] = done.digest
                    rows.append((done.route, plan.digests[done.route], done.digest))
                    if done.staged:
                        staged.append(path)
                progress("rendering", len(rows), len(todo))
        except BaseException:
            output.abandon(paths)
            raise
    with clock("write"):
        if todo or gone or output.interrupted:
            output.finish(staged, gone, files)
            cache.update_pages(rows, before.keys() - plan.pages.keys())
    return Written(len(todo), len(staged), len(gone), digest.of_bytes(manifest_text(files).encode()))


def _prepare(state: _State) -> Callable[[Sequence[str]], list[_Done]]:
    cache = Cache(state.cache)
    renderer = Renderer(state.templates, state.settings, cache.article, cache)

    def work(routes: Sequence[str]) -> list[_Done]:
        return [_write_page(state, renderer, state.pages[route]) for route in routes]

    return work


def _write_page(state: _State, renderer: Renderer, page: Page) -> _Done:
    path = output_path(page.route)
    known = state.known.get(path)
    try:
        if isinstance(page.view, FileView):
            if known == page.view.digest:
                return _Done(page.route, known, False)
            return _Done(page.route, stage_copy(page.view.source, state.output, path), True)
        data = renderer.render(page)
        found = digest.of_bytes(data)
        if known == found or (known is not None and not known and same_bytes(state.output, path, data)):
            return _Done(page.route, found, False)
        stage(state.output, path, data)
        return _Done(page.route, found, True)
    except OSError as error:
        raise unwritable(error, os.path.join(state.output, path)) from None

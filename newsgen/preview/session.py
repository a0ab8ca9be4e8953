"""The site in memory: planned again when files change, each page rendered on request.

Everything runs under one lock, so a page shows one state of the site. If a page fails, its last
good version is served with the error.
"""

from __future__ import annotations

import os
import threading
import time
from array import array
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from newsgen.build import trace
from newsgen.build.inputs import Inputs, Stopwatch, scan_inputs
from newsgen.build.prepare import Prepared, prepare
from newsgen.config.settings import Config
from newsgen.content.slugs import href
from newsgen.content.visibility import Clock
from newsgen.core import digest
from newsgen.core.engine import default_jobs
from newsgen.core.model import Article, ArticleMeta
from newsgen.core.problems import STOPPING, Problem, UserError, locate_all
from newsgen.core.progress import Progress, quiet
from newsgen.pages.digests import page_digest
from newsgen.pages.plan import EncodedPage
from newsgen.preview.background_checks import Around
from newsgen.preview.incremental import (
    below,
    edited,
    follow,
    holds_links,
    look_again,
    restyle,
    watched,
)
from newsgen.preview.watch import Watched
from newsgen.render.renderer import Renderer
from newsgen.store.cache import CacheDamaged, cannot_write, discard, open_cache

_meta_decoder = msgspec.msgpack.Decoder(ArticleMeta)
_KEPT = 300  # pages in memory
_SHOWN = 8
_DUE = 3600.0  # seconds; a limit, because the system clock may be set meanwhile


class Served(NamedTuple):
    """A page as served.

    `body` is what a build writes; `source` is set instead for a copied file. `file` is the page's
    content file, relative to the root. `problem` says why this is the last good version instead of
    the current page.
    """

    template: str
    digest: str
    body: bytes
    source: str
    file: str
    why: str
    seconds: float
    parts: Mapping[int, bytes]
    problem: Problem | None = None


class State(NamedTuple):
    """The site at one moment.

    `tag` is the digest of all templates, and `shared` is everything that compiled templates depend
    on.
    """

    config: Config
    clock: Clock
    inputs: Inputs
    prepared: Prepared
    renderer: Renderer
    tag: str
    shared: tuple[Any, ...]


class PreviewSession:
    """A site that follows its files.

    `load` reads its settings and `clock` returns its clock. Several threads may use it; what a
    thread requests while holding `lock` belongs to one state.

    Raises UserError if the site cannot be planned at first. Later errors become problems.
    """

    def __init__(
        self,
        load: Callable[[], Config],
        clock: Callable[[Config], Clock],
        progress: Progress = quiet,
    ) -> None:
        self._load, self._clock = load, clock
        self.lock = threading.RLock()
        self._news = threading.Condition(self.lock)
        self._kept: dict[str, Served] = {}
        self._unseen: set[str] | None = set()
        self._stopped: Problem | None = None
        self._around = Around()
        self.touched: dict[str, int] = {}
        self.number = 0
        self.closed = False
        config = load()
        try:
            self._cache, _ = open_cache(config.paths.cache)
            inputs = scan_inputs(config, clock(config))
            self.state = self._plan(
                config,
                inputs,
                None,
                default_jobs() if threading.active_count() == 1 else 1,
                progress,
            )
        except OSError as error:
            raise cannot_write(error, config.paths.cache) from None
        self._linked = holds_links(config)

    def _plan(
        self,
        config: Config,
        inputs: Inputs,
        before: State | None,
        jobs: int = 1,
        progress: Progress = quiet,
    ) -> State:
        clock = self._clock(config)
        try:
            prepared = prepare(
                config, clock, inputs, self._cache, jobs, Stopwatch(), progress, digested=False
            )
        except CacheDamaged:
            before = None
            self._renew_cache(config)
            prepared = prepare(
                config, clock, inputs, self._cache, jobs, Stopwatch(), progress, digested=False
            )
        return self._state(config, clock, inputs, prepared, before)

    def _state(
        self, config: Config, clock: Clock, inputs: Inputs, prepared: Prepared, before: State | None
    ) -> State:
        templates = prepared.templates
        tag = digest.of_text(
            *(
                part
                for name, template in sorted(templates.by_name.items())
                for part in (name, template.text)
            )
        ).hex()
        media = prepared.views.media
        shared = (tag, config.settings, prepared.views.plan.menu, templates.assets, media)
        if before and before.shared == shared:
            renderer = before.renderer.with_pages(prepared.views)
        else:
            renderer = Renderer(
                templates,
                config.settings,
                prepared.views,
                self._articles,
                self._cache.folder,
                self._cache,
            )
        return State(config, clock, inputs, prepared, renderer, tag, shared)

    def _articles(self, keys: Collection[bytes]) -> dict[bytes, Article]:
        return self._cache.articles(
            keys
        )  # looked up on each call, because the cache may have been replaced

    def _renew_cache(self, config: Config) -> None:
        self._cache.close()
        discard(config.paths.cache)
        try:
            self._cache, _ = open_cache(config.paths.cache)
        except OSError as error:
            raise cannot_write(error, config.paths.cache) from None

    def _start_over(self) -> None:
        """Read everything again.

        The cache was damaged, or another run dropped records that only this one still needed.
        """
        self._renew_cache(self.state.config)
        self._take(
            self._plan(self.state.config, scan_inputs(self.state.config, self.state.clock), None)
        )

    # Follow the files

    def watched(self) -> Watched:
        """Return the files and folders that decide the site."""
        return watched(self.state.config)

    def update(self, paths: Collection[str] | None) -> float | None:
        """Apply changes to these files (real paths; None: any), and wake everyone waiting.

        Return the seconds until time alone changes the site.
        """
        with self.lock:
            before = self.state
            self._unseen = (
                None if paths is None or self._unseen is None else self._unseen | set(paths)
            )
            try:
                state = self._look_or_start_over(before, self._unseen)
            except UserError as error:
                self._stopped = _from_root(error, before.config.paths.root)
                self._tell()
            except OSError as error:
                self._stopped = cannot_write(error, before.config.paths.cache).problem
                self._tell()
            else:
                self._unseen = set()
                if state is not before or self._stopped:
                    self._take(state)
            due = None if self._stopped else self.state.prepared.due
            return (
                min(max((due - self._clock(self.state.config).as_of).total_seconds(), 0), _DUE)
                if due
                else None
            )

    def _look_or_start_over(self, before: State, paths: set[str] | None) -> State:
        try:
            return self._look(before, paths)
        except CacheDamaged:
            self._start_over()
            return self.state

    def _look(self, before: State, paths: set[str] | None) -> State:
        if paths is not None and (self._linked or any(map(os.path.islink, paths))):
            paths = None
        config, clock, due = before.config, self._clock(before.config), before.prepared.due
        if paths is None or self._stopped or not paths.isdisjoint(watched(config).files):
            loaded = self._load()
            if loaded != config:
                return self._plan(loaded, scan_inputs(loaded, self._clock(loaded)), before)
        inputs = look_again(before.inputs, config, clock, paths)
        if paths is None:
            self._linked = holds_links(config)
        late = clock.as_of < before.clock.as_of or (due and clock.as_of >= due)
        if paths is None and inputs.digest == before.inputs.digest and not late:
            return before
        if (
            paths is not None
            and not late
            and not below(config.paths.data, paths)
            and inputs[1:6] == before.inputs[1:6]
        ):
            edits = edited(
                before.inputs.content, inputs.content, below(config.paths.content, paths)
            )
            templates = below(config.paths.templates, paths)
            if edits == [] and not templates:
                return before
            prepared = (
                follow(before.prepared, config, inputs, edits, self._cache)
                if edits
                else None
                if edits is None
                else before.prepared
            )
            prepared = restyle(prepared) if prepared and templates else prepared
            if prepared:
                return self._state(config, clock, inputs, prepared, before)
        return self._plan(config, inputs, before)

    def _take(self, state: State) -> None:
        changed = {stat.path for stat in set(state.inputs.static) ^ set(self.state.inputs.static)}
        self.touched |= {
            href(state.config.settings.base, "/" + path): self.number + 1 for path in changed
        }
        if state.tag != self.state.tag:
            self._around.forget_templates()
        self.state, self._stopped = state, None
        self._tell()

    def _tell(self) -> None:
        self.number += 1
        self._news.notify_all()

    def wait(self, number: int, seconds: float) -> int:
        """Wait until the site's number differs from this one, and return it.

        Waits at most so many seconds.
        """
        with self._news:
            self._news.wait_for(lambda: self.number != number or self.closed, seconds)
            return self.number

    def close(self) -> None:
        """Wake everyone waiting, for good."""
        with self._news:
            self.closed = True
            self._news.notify_all()

    def end(self) -> None:
        """Close the cache, after the last request."""
        with self.lock:
            self._cache.close()

    # Serve pages

    def page(self, route: str) -> Served | None:
        """Return the page of a route, or None if there is none.

        If the page fails now, return its last good version. Raises UserError if there is no good
        version.
        """
        with self.lock:
            kept, prepared = self._kept.get(route), self.state.prepared
            page = prepared.views.pages.get(route)
            if page is None:
                left_out = (
                    next(
                        (
                            p
                            for p in prepared.problems
                            if p.severity == "error" and p.file == kept.file
                        ),
                        None,
                    )
                    if kept
                    else None
                )
                return kept._replace(problem=left_out) if kept and left_out else None
            told = page_digest(prepared.views, page, prepared.context).hex()
            file = self.from_root(self.state.prepared.views.file_of(page))
            if kept and kept.digest == told:
                self._kept[route] = kept = kept._replace(file=file)
                return kept
            start = time.perf_counter()
            try:
                served = self._render(page, told, kept)
            except CacheDamaged:
                self._start_over()
                return self.page(route)
            except UserError as error:
                if kept is None:
                    raise
                return kept._replace(problem=error.problem)
            self._kept.pop(route, None)
            self._kept[route] = served = served._replace(
                file=file, seconds=time.perf_counter() - start
            )
            if len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
            return served

    def _render(self, page: EncodedPage, told: str, kept: Served | None) -> Served:
        prepared = self.state.prepared
        view = prepared.views.view(page)
        parts = trace.parts_of(view, prepared.templates.digest(page.template), prepared.shared)
        why = trace.reason(parts, kept.parts) if kept else "it was not asked for before"
        copy = prepared.views.static_file(page)
        body = b"" if copy else self.state.renderer.render(page, view)
        source = copy.source if copy else ""
        return Served(page.template, told, body, source, "", why, 0, trace.kept(parts))

    def badges(self, route: str) -> dict[str, str]:
        """Return the badges of a page, by the link of the story. The page's own badge is at ""."""
        with self.lock:
            views = self.state.prepared.views
            page = views.pages.get(route)
            paths = (
                {views.card(ref).url: views.plan.paths[ref] for ref in set(array("i", page.cards))}
                if page
                else {}
            )
            paths |= {"": self.state.prepared.views.file_of(page)} if page else {}
            return {link: badge for link, path in paths.items() if (badge := self.badge(path))}

    def badge(self, path: str) -> str:
        """Return `draft` or `scheduled` for a file that only the preview shows, else ""."""
        file = self.state.prepared.files.get(path)
        if file is None or not file.article_digest:
            return "draft" if file and file.page and file.page.draft else ""
        meta = _meta_decoder.decode(file.meta)
        return "draft" if meta.draft else "scheduled" if meta.time > self.state.clock.as_of else ""

    def from_root(self, file: str) -> str:
        """Return a path below the content folder relative to the root."""
        paths = self.state.config.paths
        return f"{os.path.relpath(paths.content, paths.root)}/{file}" if file else ""

    def problems(self) -> list[Problem]:
        """Return all problems found so far, errors first, without line and column."""
        with self.lock:
            found = [
                *([self._stopped] if self._stopped else []),
                *self.state.prepared.problems,
                *self._around.problems(),
            ]
        return sorted(found, key=lambda problem: problem.severity != "error")

    def errors(self, served: Served | None) -> list[Problem]:
        """Return the errors that affect a page.

        They concern the whole site, templates or the page's own file. Without a page, return every
        error.
        """
        with self.lock:
            own = served.file if served else ""
            found = [served.problem] if served and served.problem else []
            found += [*([self._stopped] if self._stopped else []), *self._around.templates]
            found += [p for p in self.state.prepared.problems if p.code in STOPPING]
            found += [
                p
                for p in self.state.prepared.problems
                if p.severity == "error" and (served is None or p.file == own != "")
            ]
            once = {(p.file, p.line, p.field, p.message): p for p in reversed(found)}
            return self.located([*reversed(once.values())][:_SHOWN])

    def located(self, problems: list[Problem]) -> list[Problem]:
        """Return problems with their lines and columns."""
        return [
            p if p.source else q
            for p, q in zip(
                problems, locate_all(problems, self.state.config.paths.root), strict=True
            )
        ]

    # Check in the background

    def look_around(self, interrupted: Callable[[], bool]) -> None:
        """Check the site while there is nothing else to do.

        Compiles all templates and renders a page of each kind if templates changed, and checks the
        links in bodies. Gives way to requests, and stops if interrupted.
        """
        state = self.state
        steps = self._around.steps(
            state.prepared, state.config, state.renderer, self._cache.articles
        )
        before = self._around.problems()
        while True:
            with self.lock:
                try:
                    if self.state is not state or self.closed or interrupted():
                        return
                    if next(steps, None) is None:
                        break
                except CacheDamaged:
                    self._start_over()
                    return
            time.sleep(
                0.001
            )  # locks are unfair: without a pause, this thread would take the lock again
        if self._around.problems() != before:
            with self.lock:
                self._tell()


def _from_root(error: UserError, root: Path) -> Problem:
    """Return an error's problem with its file relative to the root.

    Errors in settings name their file relative to the working folder.
    """
    problem = error.problem
    if error.exit_code != 2 or not problem.file:
        return problem
    return structs.replace(problem, file=os.path.relpath(problem.file, root))

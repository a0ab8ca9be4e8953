"""The site in memory: planned again when files change, each page rendered on request.

Everything runs under one lock, so a page shows one state of the site. If a page fails, its last
good version is served with the error.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from newsgen.build import trace
from newsgen.build.incremental import Snapshot, prepare_again
from newsgen.build.inputs import Stopwatch, scan_inputs
from newsgen.build.prepare import Prepared, prepare
from newsgen.build.search import read_parts
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.content.slugs import href
from newsgen.core.engine import INLINE, Engine, default_jobs, local
from newsgen.core.model import Article
from newsgen.core.problems import STOPPING, Problem, UserError, locate_all
from newsgen.core.progress import Progress, quiet
from newsgen.pages.encoded_page import EncodedPage
from newsgen.pages.page_digests import page_digest
from newsgen.preview.background_checks import Around
from newsgen.preview.site_files import holds_links, watched
from newsgen.preview.state import State, state_of
from newsgen.preview.watch import Watched
from newsgen.store.cache import CacheDamaged
from newsgen.store.open_cache import cannot_write, discard, open_cache

_IN_MEMORY = 300  # pages in memory
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
        self._pages: dict[str, Served] = {}
        self._unseen: set[str] | None = set()
        self._stopped: Problem | None = None
        self._around = Around()
        self.touched: dict[str, int] = {}
        self.number = 0
        self.closed = False
        config = load()
        try:
            self._cache, _ = open_cache(config.paths.cache)
            engine = local(default_jobs() if threading.active_count() == 1 else 1)
            self.state = self._prepare(config, engine, progress)
        except OSError as error:
            raise cannot_write(error, config.paths.cache) from None
        self._linked = holds_links(config)

    def _prepare(
        self, config: Config, engine: Engine = INLINE, progress: Progress = quiet
    ) -> State:
        """Return the site, with everything scanned and planned."""
        clock = self._clock(config)
        inputs = scan_inputs(config, clock)

        def prepared() -> Prepared:
            return prepare(
                config, clock, inputs, self._cache, engine, Stopwatch(), progress, digested=False
            )

        try:
            site = prepared()
        except CacheDamaged:
            self._renew_cache(config)
            site = prepared()
        return self._state(config, Snapshot(clock, inputs, site), None)

    def _state(self, config: Config, site: Snapshot, before: State | None) -> State:
        return state_of(config, site, self._articles, self._parts, self._cache, before)

    def _articles(self, keys: Collection[bytes]) -> dict[bytes, Article]:
        # Looked up on each call, because the cache may have been replaced.
        return self._cache.articles(keys)

    def _parts(self, name: str, keys: Sequence[bytes], number: int) -> list[str]:
        return read_parts(self._cache, name, keys, number)

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
        self._take(self._prepare(self.state.config))

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
            if self._unseen is not None:
                self._unseen = None if paths is None else self._unseen | set(paths)
            try:
                state = self._follow(before, self._unseen)
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
            if due is None:
                return None
            left = (due - self._clock(self.state.config).as_of).total_seconds()
            return min(max(left, 0), _DUE)

    def _follow(self, before: State, paths: set[str] | None) -> State:
        config = before.config
        if paths is not None and (self._linked or any(map(os.path.islink, paths))):
            paths = None
        if paths is None or self._stopped or not paths.isdisjoint(watched(config).files):
            loaded = self._load()
            if loaded != config:
                return self._prepare(loaded)
        if paths is None:
            self._linked = holds_links(config)
        try:
            site = prepare_again(before.site, config, self._clock(config), paths, self._cache)
        except CacheDamaged:
            self._renew_cache(config)
            return self._prepare(config)
        return before if site is before.site else self._state(config, site, before)

    def _take(self, state: State) -> None:
        static = set(state.site.inputs.static) ^ set(self.state.site.inputs.static)
        changed = {stat.path for stat in static}
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

        If the page fails now, return its last good version. Raises UserError if there never was
        one.
        """
        with self.lock:
            try:
                return self._page(route)
            except CacheDamaged:
                self._start_over()
                return self._page(route)

    def _page(self, route: str) -> Served | None:
        cached, prepared = self._pages.get(route), self.state.prepared
        page = prepared.views.pages.get(route)
        if page is None:
            return self._left_out(cached) if cached else None
        key = page_digest(prepared.views, page, prepared.context).hex()
        file = self.state.from_root(prepared.views.file_of(page))
        if cached and cached.digest == key:
            self._pages[route] = cached = cached._replace(file=file)
            return cached
        start = time.perf_counter()
        try:
            served = self._render(page, key, cached)
        except UserError as error:
            if cached is None:
                raise
            return cached._replace(problem=error.problem)
        self._pages.pop(route, None)
        self._pages[route] = served = served._replace(
            file=file, seconds=time.perf_counter() - start
        )
        if len(self._pages) > _IN_MEMORY:
            del self._pages[next(iter(self._pages))]
        return served

    def _left_out(self, cached: Served) -> Served | None:
        """Return the last version of a page whose file is left out now, with the reason."""
        for problem in self.state.prepared.problems:
            if problem.severity == "error" and problem.file == cached.file:
                return cached._replace(problem=problem)
        return None

    def _render(self, page: EncodedPage, key: str, cached: Served | None) -> Served:
        prepared = self.state.prepared
        view = prepared.views.view(page)
        parts = trace.parts_of(view, prepared.templates.digest(page.template), prepared.shared)
        why = trace.reason(parts, cached.parts) if cached else "it was not requested before"
        copy = prepared.views.static_file(page)
        body = b"" if copy else self.state.renderer.render(page, view)
        source = copy.source if copy else ""
        return Served(page.template, key, body, source, "", why, 0, trace.stored(parts))

    def badges(self, route: str) -> dict[str, str]:
        """Return the badges of a page, by the link of the story. The page's own badge is at ""."""
        with self.lock:
            return self.state.badges(route)

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

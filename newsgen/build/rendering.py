"""Render pages and stage their files: the work of a build's workers.

A worker that shares this process's memory takes pages from the site. Any other gets batches that
carry what they need, also on this machine if the site is very large. It writes into the output
folder if it can see it, and sends its pages back otherwise.
"""

from __future__ import annotations

import os
import time
import uuid
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from newsgen.build import trace
from newsgen.build.prepare import Prepared
from newsgen.build.search import read_parts
from newsgen.builder.route_table import output_path
from newsgen.config.settings import Settings
from newsgen.core import digest
from newsgen.core.engine import Engine, sharing, unshared
from newsgen.core.model import Article, Record
from newsgen.pages.base import AnyView
from newsgen.pages.encoded_page import EncodedPage
from newsgen.pages.kinds import KINDS, TERMS
from newsgen.pages.site_part import PartFacts, SiteFrame, SitePart
from newsgen.pages.views import Views
from newsgen.render.renderer import Renderer
from newsgen.render.templates import Templates
from newsgen.store.cache import Cache, article_decoder, seal, unseal
from newsgen.store.output import STAGED, same_bytes, stage, stage_copy, unwritable
from newsgen.store.records import PageTrace

_BATCH = 40
_MANY = 30_000  # pages; workers that shared the site of more would need much memory
_AFAR = 200  # pages that a remote worker gets at once: each task costs the scheduler 3 ms
# Stages the file at a path, and returns whether it was written in place. Raises OSError.
Put = Callable[[str, bytes], bool]


class Job(NamedTuple):
    """What the rendering of all pages has in common.

    `shared` is the digest of what all pages share. `cache` is the folder of image copies. `now` is
    in seconds since the epoch.
    """

    settings: Settings
    templates: Templates
    shared: bytes
    output: str
    cache: Path
    now: int


class Rendered(NamedTuple):
    """A page that was rendered.

    `place` is its index, `digest` that of its bytes. `staged` is false if its file has them
    already, `placed` true if it was written in place. `trace` is the sealed PageTrace. `data` are
    the bytes of a file to stage, if its worker does not have the output folder.
    """

    place: int
    digest: str
    staged: bool
    placed: bool
    trace: bytes
    seconds: float
    data: bytes | None = None


class _Site(NamedTuple):
    """A whole site, for workers that share memory. `known` are the digests of its files by path."""

    job: Job
    prepared: Prepared
    cache: Cache
    known: Mapping[str, str]


class _Batch(Record, frozen=True, array_like=True, gc=False):
    """Pages, each after its index, and what they are made of.

    `articles` are sealed Articles by key, `terms` the parts of files of search terms by shard and
    number. `traces` are those of the last rendering by route, `known` the digests of files by path.
    """

    pages: list[tuple[int, EncodedPage]]
    facts: PartFacts
    articles: dict[bytes, bytes]
    terms: dict[str, list[str]]
    traces: dict[str, PageTrace]
    known: dict[str, str]


def render_all(
    engine: Engine,
    job: Job,
    prepared: Prepared,
    cache: Cache,
    known: Mapping[str, str],
    todo: Sequence[int],
) -> Iterator[list[Rendered]]:
    """Render the pages with these indexes, and stage their files. Yield them batch by batch.

    Raises UserError (exit code 3), CacheDamaged, WorkerDied.
    """
    site = _Site(job, prepared, cache, known)
    engine = unshared(engine) if len(todo) > _MANY else engine
    if engine.shares or len(todo) <= _BATCH:
        yield from sharing(engine).run(_of_site, site, _batches(todo))
        return
    # Files are copied here: workers do not need them.
    pages = prepared.views.all_pages
    copied = [i for i in todo if KINDS[pages[i].kind].standalone]
    yield from sharing(engine).run(_of_site, site, _batches(copied))
    others = [i for i in todo if not KINDS[pages[i].kind].standalone]
    packed = (_pack(site, places) for places in _batches(others, _AFAR))
    mark = _mark(job.output)
    for batch in engine.run(_of_part, (job, prepared.views.frame, mark), packed):
        yield [_staged_here(job, pages, done) for done in batch]
    mark.unlink()


def _mark(output: str) -> Path:
    """Create a file with a unique name in the staging folder: a worker that finds it sees this
    folder. If the build ends early, the file is removed with the folder.
    """
    mark = Path(output, STAGED, uuid.uuid4().hex)
    try:
        mark.touch()
    except OSError as error:
        raise unwritable(error, str(mark)) from None
    return mark


def _staged_here(job: Job, pages: Sequence[EncodedPage], done: Rendered) -> Rendered:
    """Stage what a worker sent."""
    if done.data is None:
        return done
    path = output_path(pages[done.place].route)
    try:
        return done._replace(placed=stage(job.output, path, done.data), data=None)
    except OSError as error:
        raise unwritable(error, os.path.join(job.output, path)) from None


def why(
    page: EncodedPage,
    view: AnyView,
    templates: Templates,
    shared: bytes,
    before: PageTrace | None,
) -> tuple[str, list[trace.Part]]:
    """Return why a page is rendered, and its parts. `before` is from its last rendering."""
    parts = trace.parts_of(view, templates.digest(page.template), shared)
    return trace.reason(parts, before.parts if before else None), parts


def _batches(places: Sequence[int], size: int = _BATCH) -> list[Sequence[int]]:
    return [places[i : i + size] for i in range(0, len(places), size)]


def _of_site(site: _Site) -> Callable[[Sequence[int]], list[Rendered]]:
    cache, (job, prepared, _, known) = site.cache.own(), site
    views, pages = prepared.views, prepared.views.all_pages
    parts = partial(read_parts, cache)
    renderer = Renderer(
        job.templates, job.settings, views, cache.articles, cache.folder, cache, parts
    )
    trace_of = cache.trace if prepared.before.routes else _NO_TRACES.get
    put = partial(stage, job.output)
    return lambda places: _render_batch(
        job, views, renderer, trace_of, known, [(i, pages[i]) for i in places], put
    )


_NO_TRACES: dict[str, PageTrace] = {}


def _terms_name(shard: str, number: int) -> str:
    return f"{shard}/{number}"


def _pack(site: _Site, places: Sequence[int]) -> bytes:
    """Return the batch of these pages, encoded."""
    views, cache = site.prepared.views, site.cache
    pages = [views.all_pages[i] for i in places]
    # Only these show whole articles. The search index needs them too, but is computed earlier.
    whole = [page for page in pages if KINDS[page.kind].render in ("article", "feed")]
    keys = {views.record(i).key for page in whole for i in array("i", page.articles)}
    terms = [views.search_terms(page) for page in pages if page.kind == TERMS.name]
    paths = [output_path(page.route) for page in pages]
    routes = [page.route for page in pages] if site.prepared.before.routes else []
    traces = {route: cache.trace(route) for route in routes}
    batch = _Batch(
        list(zip(places, pages, strict=True)),
        views.part(pages),
        cache.sealed_articles(keys),
        {
            _terms_name(one.name, one.number): read_parts(cache, one.name, one.blocks, one.number)
            for one in terms
        },
        {route: found for route, found in traces.items() if found},
        {path: site.known[path] for path in paths if path in site.known},
    )
    return _encode_batch(batch)


class _Carried:
    """What the current batch carries, used in place of the cache."""

    batch: _Batch

    def articles(self, keys: Collection[bytes]) -> dict[bytes, Article]:
        return {key: unseal(self.batch.articles[key], article_decoder) for key in keys}

    def terms(self, name: str, keys: Sequence[bytes], number: int) -> list[str]:
        return self.batch.terms[_terms_name(name, number)]

    def bytecode(self, name: str) -> None:
        return None

    def set_bytecode(self, name: str, code: bytes) -> None:
        pass


def _of_part(state: tuple[Job, SiteFrame, Path]) -> Callable[[bytes], list[Rendered]]:
    (job, frame, mark), carried = state, _Carried()
    here = mark.exists()
    empty = SitePart(frame, PartFacts({}, {}))
    renderer = Renderer(
        job.templates, job.settings, empty, carried.articles, job.cache, carried, carried.terms
    )

    sent: dict[str, bytes] = {}

    def send(path: str, data: bytes) -> bool:
        sent[path] = data
        return False

    put = partial(stage, job.output) if here else send

    def work(packed: bytes) -> list[Rendered]:
        batch = carried.batch = _batch_decoder.decode(packed)
        views, pages = SitePart(frame, batch.facts), batch.pages
        own = renderer.with_pages(views)
        done = _render_batch(job, views, own, batch.traces.get, batch.known, pages, put)
        paths = [output_path(page.route) for _, page in pages]
        return [
            one._replace(data=sent.pop(path, None)) for one, path in zip(done, paths, strict=True)
        ]

    return work


def _render_batch(
    job: Job,
    views: Views,
    renderer: Renderer,
    trace_of: Callable[[str], PageTrace | None],
    known: Mapping[str, str],
    pages: Sequence[tuple[int, EncodedPage]],
    put: Put,
) -> list[Rendered]:
    """Render pages, each after its index. `known` are the digests of the output's files by path."""
    batch = [(place, page, views.view(page)) for place, page in pages]
    renderer.fetch(page for _, page in pages)
    done = []
    for place, page, view in batch:
        start, path = time.perf_counter(), output_path(page.route)
        try:
            found, staged, placed = _stage(
                job, views, renderer, known.get(path), path, page, view, put
            )
        except OSError as error:
            raise unwritable(error, os.path.join(job.output, path)) from None
        seconds = time.perf_counter() - start
        reason, parts = why(page, view, job.templates, job.shared, trace_of(page.route))
        sealed = seal(PageTrace(reason, job.now, trace.stored(parts)))
        done.append(Rendered(place, found, staged, placed, sealed, seconds))
    return done


def _stage(
    job: Job,
    views: Views,
    renderer: Renderer,
    known: str | None,
    path: str,
    page: EncodedPage,
    view: AnyView,
    put: Put,
) -> tuple[str, bool, bool]:
    """Stage a page's file if its bytes are not the `known` ones. Return the digest of its bytes,
    whether it was staged, and whether it was written in place. Raises OSError.
    """
    if copy := views.static_file(page):
        staged = known != copy.digest.hex()
        found = stage_copy(copy.source, job.output, path) if staged else copy.digest
        return found.hex(), staged, False
    data = renderer.render(page, view)
    digested = digest.of_bytes(data).hex()
    staged = known != digested and not (known == "" and same_bytes(job.output, path, data))
    return digested, staged, staged and put(path, data)


_encode_batch = msgspec.msgpack.Encoder().encode
_batch_decoder = msgspec.msgpack.Decoder(_Batch)

"""Tending the pictures of a site: fetching what its pages show, telling how it stands with them, removing what nothing names."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from newsgen.build.inputs import Stopwatch, scan_inputs
from newsgen.build.prepare import Prepared, prepare
from newsgen.config.settings import Config
from newsgen.content.data import load_data
from newsgen.content.urls import pictures_in
from newsgen.content.visibility import Clock
from newsgen.core.model import Article, Image, PlainPage
from newsgen.core.problems import Problem, build_error, locate_all
from newsgen.core.progress import Progress, quiet
from newsgen.images.fetch import Report, alone, fetch_all
from newsgen.images.media import Origin, read_index, write_index
from newsgen.images.variants import variants_folder
from newsgen.pages.articles import ArticleView
from newsgen.pages.images import VariantView
from newsgen.store.cache import Cache, use_cache

_BATCH = 500
_FETCHED = ("http://", "https://")


class Host(Struct, frozen=True):
    """What came of one host: addresses, those with a picture, those that failed when they were last asked for."""

    host: str
    urls: int
    pictures: int
    failing: int


class ImageStatus(Struct, frozen=True):
    """How it stands with the fetched pictures: addresses, originals and their bytes; addresses that never had a picture
    (`dead`), those whose picture stays though the source fails (`stale`), those that may be asked for now (`due`); the
    copies that are kept, and their bytes; the hosts, those with most addresses first."""

    urls: int
    originals: int
    bytes: int
    dead: int
    stale: int
    due: int
    copies: int
    copies_bytes: int
    hosts: tuple[Host, ...]


class Pruned(Struct, frozen=True):
    """What is removed, or would be: lines of the index by URL, originals, their bytes, and copies that no page uses."""

    urls: tuple[str, ...]
    originals: int
    bytes: int
    copies: int


def fetch(config: Config, clock: Clock, jobs: int = 1, progress: Progress = quiet, everything: bool = False, minutes: float = 0) -> Report:
    """Fetch the pictures that the site's pages show at this clock, where they are not there or may have changed; with
    `everything`, ask for all of them; ask for so many `minutes` at most (0: however long it takes). What fails is told in the
    report and stops nothing.

    Raises UserError: exit code 3 where the site cannot be planned or pictures cannot be written, 4 where another run fetches.
    """

    def look(cache: Cache, _: object) -> tuple[dict[str, bool], frozenset[str]]:
        prepared = prepare(config, clock, scan_inputs(config, clock), cache, jobs, Stopwatch(), progress)
        return wanted(prepared, cache), prepared.sound

    pictures, sound = use_cache(config.paths.cache, look)
    try:
        return fetch_all(config, pictures, sound, progress, everything, minutes)
    except OSError as error:
        message = f"{error.filename or config.paths.media}: {error.strerror}"
        raise build_error("cannot-write", message, hint="the setting media names the folder of pictures") from None


def wanted(prepared: Prepared, cache: Cache) -> dict[str, bool]:
    """The addresses of the pictures that pages show, and whether an article says of each that it could once be fetched."""
    views, found = prepared.views, dict[str, bool]()
    shown = [label.logo for label in views.plan.labels]
    shown += _in_bodies(prepared.files[path].page for path, _ in views.plan.plain)
    pages = [page for page in views.plan.pages if page.kind == ArticleView.__name__]
    for start in range(0, len(pages), _BATCH):
        batch = [view for page in pages[start : start + _BATCH] if isinstance(view := views.view(page), ArticleView)]
        articles = cache.articles({view.record.key for view in batch})
        for view in batch:
            article = articles[view.record.key]
            shown += [view.card.picture, *(article.related[place].picture for place in view.own if place >= 0)]
            shown += _in_bodies([article])
            shown += [] if view.card.source.logo else [article.provider.logo]
    for picture in filter(None, shown):
        if picture.url.startswith(_FETCHED):
            found[picture.url] = found.get(picture.url, False) or picture.cached
    return found


def _in_bodies(records: Iterable[Article | PlainPage | None]) -> Iterator[Image]:
    return (Image(url) for record in records if record for url in pictures_in(record.body))


def status(config: Config) -> ImageStatus:
    """How it stands with the fetched pictures, by the index and the files."""
    origins, _ = read_index(config.paths.media)
    files = {path: path.stat().st_size for path in _originals(config)}
    there = {path.relative_to(config.paths.media).as_posix() for path in files}
    copies = [path.stat().st_size for path in _copies(config)]
    now = datetime.now(UTC)
    by_host: dict[str, list[Origin]] = {}
    for origin in origins.values():
        by_host.setdefault(urlsplit(origin.url).netloc, []).append(origin)
    hosts = [
        Host(host, len(some), sum(one.file in there for one in some), sum(one.failures > 0 for one in some))
        for host, some in by_host.items()
    ]
    return ImageStatus(
        urls=len(origins),
        originals=len(files),
        bytes=sum(files.values()),
        dead=sum(not one.file for one in origins.values()),
        stale=sum(one.failures > 0 and bool(one.file) for one in origins.values()),
        due=sum(one.is_due(now) or (bool(one.file) and one.file not in there) for one in origins.values()),
        copies=len(copies),
        copies_bytes=sum(copies),
        hosts=tuple(sorted(hosts, key=lambda host: (-host.urls, host.host))),
    )


def missing(config: Config, clock: Clock, jobs: int = 1, progress: Progress = quiet) -> tuple[Problem, ...]:
    """The images of the site's own that articles name and that are not there. Raises UserError (exit code 3)."""

    def look(cache: Cache, _: object) -> tuple[Problem, ...]:
        prepared = prepare(config, clock, scan_inputs(config, clock), cache, jobs, Stopwatch(), progress)
        return tuple(locate_all([one for one in prepared.problems if one.code == "missing-image"], config.paths.root))

    return use_cache(config.paths.cache, look)


def prune(config: Config, clock: Clock, keep_days: float = 0, delete: bool = False, jobs: int = 1, progress: Progress = quiet) -> Pruned:
    """Remove the originals that no article and no data file names, seen or not, unless they came in the last `keep_days`
    days, with their lines of the index, and the copies that no page uses. Only told, unless `delete`.

    Raises UserError: exit code 3 where the site cannot be planned, 4 where pictures are being fetched.
    """

    def work(cache: Cache, _: object) -> Pruned:
        prepared = prepare(config, clock, scan_inputs(config, clock), cache, jobs, Stopwatch(), progress)
        with alone(config.paths.cache):
            return _prune(config, prepared, named(config, prepared, cache), keep_days, delete)

    return use_cache(config.paths.cache, work)


def named(config: Config, prepared: Prepared, cache: Cache) -> set[str]:
    """The addresses of all pictures that any article, plain page or data file names."""
    data, _ = load_data(config.paths.data, config.paths.static)
    pictures = [one.logo for one in data.organizations]
    pictures += _in_bodies(file.page for file in prepared.files.values())
    keys = [file.key for file in prepared.files.values() if file.content]
    for start in range(0, len(keys), _BATCH):
        for article in cache.articles(keys[start : start + _BATCH]).values():
            pictures += [*article.images, article.provider.logo, *_in_bodies([article])]
            pictures += [picture for item in article.related for picture in (item.picture, item.provider.logo)]
    return {picture.url for picture in pictures if picture}


def _prune(config: Config, prepared: Prepared, names: set[str], keep_days: float, delete: bool) -> Pruned:
    origins, _ = read_index(config.paths.media)
    now = datetime.now(UTC)
    before = now - timedelta(days=keep_days)
    kept = {url: one for url, one in origins.items() if url in names or before < one.checked <= now}
    files = {one.file for one in kept.values()}
    young = time.time() - keep_days * 86_400
    unused = [path for path in _originals(config) if path.relative_to(config.paths.media).as_posix() not in files]
    unused = [path for path in unused if path.stat().st_mtime <= young]
    used = {page.route.rpartition("/")[2] for page in prepared.views.pages.values() if page.kind == VariantView.__name__}
    copies = [path for path in _copies(config) if path.name not in used]
    pruned = Pruned(tuple(sorted(origins.keys() - kept.keys())), len(unused), sum(path.stat().st_size for path in unused), len(copies))
    if delete:
        if len(kept) < len(origins):
            write_index(config.paths.media, kept)
        for path in (*unused, *copies):
            path.unlink(missing_ok=True)
    return pruned


def _originals(config: Config) -> list[Path]:
    """The originals, and what an interrupted run has left of one."""
    return [
        path for path in config.paths.media.glob("[0-9a-f][0-9a-f]/*") if path.is_file() and path.name.lstrip(".")[:2] == path.parent.name
    ]


def _copies(config: Config) -> list[Path]:
    return [path for path in variants_folder(config.paths.cache).glob("*/*") if path.is_file()]

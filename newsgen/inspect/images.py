"""Download remote images, report their status, delete unused ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from newsgen.build.inputs import Stopwatch, scan_inputs
from newsgen.build.prepare import Prepared, prepare
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.content.data import load_data
from newsgen.content.urls import images_in
from newsgen.core.engine import local
from newsgen.core.model import Article, Image, PlainPage
from newsgen.core.problems import Problem, build_error, locate_all
from newsgen.core.progress import Progress, quiet
from newsgen.images.fetch import Report, alone, fetch_all
from newsgen.images.media import Origin, read_index, write_index
from newsgen.images.variants import variants_folder
from newsgen.store.cache import Cache
from newsgen.store.open_cache import use_cache

_BATCH = 500
_FETCHED = ("http://", "https://")


class Host(Struct, frozen=True):
    """The images of one host: its URLs, those with an image, and those whose last request
    failed."""

    host: str
    urls: int
    pictures: int
    failing: int


class ImageStatus(Struct, frozen=True):
    """The status of remote images.

    `dead` are URLs that never gave an image. `stale` are those that keep their image although the
    source now fails. `due` are those that may be requested now. `originals` and the encoded copies
    are counted, with their bytes. `hosts` are ordered by number of URLs, largest first.
    """

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
    """What is or would be removed.

    These are index entries by URL, originals with their bytes, and copies that no page uses.
    """

    urls: tuple[str, ...]
    originals: int
    bytes: int
    copies: int


def fetch(
    config: Config,
    clock: Clock,
    jobs: int = 1,
    progress: Progress = quiet,
    everything: bool = False,
    minutes: float = 0,
) -> Report:
    """Download the images that the site's pages show at this clock, if missing or possibly changed.

    `everything` requests all of them. `minutes` limits the time spent (0: no limit). Failures are
    in the report and stop nothing.

    Raises UserError: exit code 3 if the site cannot be planned or images cannot be written, 4 if
    another run is fetching.
    """

    def look(cache: Cache, _: object) -> tuple[dict[str, bool], frozenset[str]]:
        prepared = prepare(
            config, clock, scan_inputs(config, clock), cache, local(jobs), Stopwatch(), progress
        )
        return wanted(prepared, cache), prepared.intact_originals

    images, sound = use_cache(config.paths.cache, look)
    try:
        return fetch_all(config, images, sound, progress, everything, minutes)
    except OSError as error:
        message = f"{error.filename or config.paths.media}: {error.strerror}"
        raise build_error(
            "cannot-write", message, hint="the setting media names the folder of images"
        ) from None


def wanted(prepared: Prepared, cache: Cache) -> dict[str, bool]:
    """Return the URLs of remote images that pages show.

    The value says whether an article reports that the image was once fetched.
    """
    views, found = prepared.views, dict[str, bool]()
    shown = [label.logo for label in views.plan.labels]
    shown += _in_bodies(prepared.files[path].page for path, _ in views.plan.plain)
    pages = views.article_views()
    while batch := list(islice(pages, _BATCH)):
        articles = cache.articles({view.record.key for view in batch})
        for view in batch:
            article = articles[view.record.key]
            shown += [
                view.card.image,
                *(article.related[place].image for place in view.own if place >= 0),
            ]
            shown += _in_bodies([article])
            shown += [] if view.card.source.logo else [article.provider.logo]
    for image in filter(None, shown):
        if image.url.startswith(_FETCHED):
            found[image.url] = found.get(image.url, False) or image.cached
    return found


def _in_bodies(records: Iterable[Article | PlainPage | None]) -> Iterator[Image]:
    return (Image(url) for record in records if record for url in images_in(record.body))


def status(config: Config) -> ImageStatus:
    """Return the status of remote images, from the index and the files."""
    origins, _ = read_index(config.paths.media)
    files = {path: path.stat().st_size for path in _originals(config)}
    there = {path.relative_to(config.paths.media).as_posix() for path in files}
    copies = [path.stat().st_size for path in _copies(config)]
    now = datetime.now(UTC)
    by_host: dict[str, list[Origin]] = {}
    for origin in origins.values():
        by_host.setdefault(urlsplit(origin.url).netloc, []).append(origin)
    hosts = [
        Host(
            host,
            len(some),
            sum(one.file in there for one in some),
            sum(one.failures > 0 for one in some),
        )
        for host, some in by_host.items()
    ]
    return ImageStatus(
        urls=len(origins),
        originals=len(files),
        bytes=sum(files.values()),
        dead=sum(not one.file for one in origins.values()),
        stale=sum(one.failures > 0 and bool(one.file) for one in origins.values()),
        due=sum(
            one.is_due(now) or (bool(one.file) and one.file not in there)
            for one in origins.values()
        ),
        copies=len(copies),
        copies_bytes=sum(copies),
        hosts=tuple(sorted(hosts, key=lambda host: (-host.urls, host.host))),
    )


def missing(
    config: Config, clock: Clock, jobs: int = 1, progress: Progress = quiet
) -> tuple[Problem, ...]:
    """Return the site's own images that articles name but that do not exist.

    Raises UserError (exit code 3).
    """

    def look(cache: Cache, _: object) -> tuple[Problem, ...]:
        prepared = prepare(
            config, clock, scan_inputs(config, clock), cache, local(jobs), Stopwatch(), progress
        )
        return tuple(
            locate_all(
                [one for one in prepared.problems if one.code == "missing-image"], config.paths.root
            )
        )

    return use_cache(config.paths.cache, look)


def prune(
    config: Config,
    clock: Clock,
    keep_days: float = 0,
    delete: bool = False,
    jobs: int = 1,
    progress: Progress = quiet,
) -> Pruned:
    """Delete originals that no article or data file names, and copies that no page uses.

    Articles count whether visible or not. Originals fetched within the last `keep_days` days stay.
    The entries of deleted originals leave the index. Without `delete`, only report.

    Raises UserError: exit code 3 if the site cannot be planned, 4 if images are being fetched.
    """

    def work(cache: Cache, _: object) -> Pruned:
        prepared = prepare(
            config, clock, scan_inputs(config, clock), cache, local(jobs), Stopwatch(), progress
        )
        with alone(config.paths.cache):
            return _prune(config, prepared, named(config, prepared, cache), keep_days, delete)

    return use_cache(config.paths.cache, work)


def named(config: Config, prepared: Prepared, cache: Cache) -> set[str]:
    """Return the URLs of all images that any article, plain page or data file names."""
    data, _ = load_data(config.paths.data, config.paths.static)
    images = [one.logo for one in data.organizations]
    images += _in_bodies(file.page for file in prepared.files.values())
    keys = [file.key for file in prepared.files.values() if file.article_digest]
    for start in range(0, len(keys), _BATCH):
        for article in cache.articles(keys[start : start + _BATCH]).values():
            images += [*article.images, article.provider.logo, *_in_bodies([article])]
            images += [
                image for item in article.related for image in (item.image, item.provider.logo)
            ]
    return {image.url for image in images if image}


def _prune(
    config: Config, prepared: Prepared, names: set[str], keep_days: float, delete: bool
) -> Pruned:
    origins, _ = read_index(config.paths.media)
    now = datetime.now(UTC)
    before = now - timedelta(days=keep_days)
    kept = {url: one for url, one in origins.items() if url in names or before < one.checked <= now}
    files = {one.file for one in kept.values()}
    young = time.time() - keep_days * 86_400
    unused = [
        path
        for path in _originals(config)
        if path.relative_to(config.paths.media).as_posix() not in files
    ]
    unused = [path for path in unused if path.stat().st_mtime <= young]
    views, pages = prepared.views, prepared.views.all_pages
    used = {copy.title for copy in (*views.image_copies(pages), *views.card_copies(pages))}
    copies = [path for path in _copies(config) if path.name not in used]
    pruned = Pruned(
        tuple(sorted(origins.keys() - kept.keys())),
        len(unused),
        sum(path.stat().st_size for path in unused),
        len(copies),
    )
    if delete:
        if len(kept) < len(origins):
            write_index(config.paths.media, kept)
        for path in (*unused, *copies):
            path.unlink(missing_ok=True)
    return pruned


def _originals(config: Config) -> list[Path]:
    """Return the originals, and partial files of interrupted runs."""
    return [
        path
        for path in config.paths.media.glob("[0-9a-f][0-9a-f]/*")
        if path.is_file() and path.name.lstrip(".")[:2] == path.parent.name
    ]


def _copies(config: Config) -> list[Path]:
    return [path for path in variants_folder(config.paths.cache).glob("*/*") if path.is_file()]

"""Content files to documents, reading only what changed: stat, then bytes, then parsing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from newsgen import digest, workers
from newsgen.cache import Brief, Cache, CacheDamaged, seal
from newsgen.content.loader import Options, entry_of, load_article, load_page
from newsgen.content.pages import FOLDER
from newsgen.content.scan import FileStat, read_file
from newsgen.model import Document, PlainFile
from newsgen.pages.base import StaticFile
from newsgen.problems import Problem

_BATCH = 48
_UNSAVED = 4_000_000  # bytes of records kept back: each transaction writes the pages of the index anew
# A file as young as this when its stat was taken may change again without its stat telling (in nanoseconds).
_YOUNG = 2_000_000_000
_NEVER = -1


class Ingested(NamedTuple):
    """The articles and the plain pages of a folder, what is wrong with them, how many files were read, and whether all
    stats can be trusted next time."""

    documents: list[Document]
    pages: list[PlainFile]
    problems: list[Problem]
    read: int
    settled: bool


class _Reading(NamedTuple):
    folder: str
    cache_folder: Path
    options: Options
    salt: bytes
    any_known: bool


class _Read(NamedTuple):
    """What a worker found: the file's key, and its record where the cache has none yet."""

    stat: FileStat
    key: bytes
    brief: bytes | None
    article: bytes | None
    error: str


def settle(stat: FileStat, now: int) -> FileStat:
    """The stat as it may be remembered: one that is too young never matches again."""
    return stat._replace(mtime=_NEVER) if stat.mtime > now - _YOUNG else stat


def ingest(
    folder: Path, stats: Sequence[FileStat], cache: Cache, options: Options, salt: bytes, jobs: int, progress: Callable[[int, int], None]
) -> Ingested:
    """The documents of these files. `salt` stands for all that decides how bytes are read, but the bytes.

    Raises CacheDamaged.
    """
    now = time.time_ns()
    problems: list[Problem] = []
    before = cache.files("content")
    keys: dict[str, bytes] = {}
    changed: list[FileStat] = []
    for stat in stats:
        known = before.get(stat.path)
        if known and known[:4] == stat and known[4].startswith(salt):
            keys[stat.path] = known[4]
        else:
            changed.append(stat)
    remembered: list[tuple[FileStat, bytes]] = []
    done = 0
    tasks = [changed[i : i + _BATCH] for i in range(0, len(changed), _BATCH)]
    reading = _Reading(str(folder), cache.folder, options, salt, bool(before))
    unsaved: list[tuple[bytes, bytes, bytes | None]] = []
    size = 0
    for batch in workers.run(_prepare, reading, tasks, jobs):
        unsaved += [(item.key, item.brief, item.article) for item in batch if item.brief]
        size += sum(len(item.article or b"") for item in batch)
        if size > _UNSAVED:
            cache.add_records(unsaved)
            unsaved, size = [], 0
        for item in batch:
            if item.error:
                problems.append(Problem("error", "unreadable-file", item.error, file=item.stat.path))
                continue
            keys[item.stat.path] = item.key
            remembered.append((settle(item.stat, now), item.key))
        done += len(batch)
        progress(done, len(changed))
    cache.add_records(unsaved)
    gone = before.keys() - keys.keys()
    if remembered or gone:
        cache.update_files("content", remembered, gone)
    settled = all(stat.mtime != _NEVER for stat, _ in remembered) and not problems
    documents, pages, more = _documents(cache, keys)
    return Ingested(documents, pages, problems + more, len(changed), settled)


class StaticFiles(NamedTuple):
    """The files of a static folder, those that cannot be read, and whether all stats can be trusted next time."""

    files: list[StaticFile]
    problems: list[Problem]
    settled: bool


def static_files(folder: Path, stats: Sequence[FileStat], cache: Cache, area: str) -> StaticFiles:
    """These files with the digests of their bytes; only those whose stat changed are read."""
    now = time.time_ns()
    before = cache.files(area)
    out: list[StaticFile] = []
    problems: list[Problem] = []
    changed: list[tuple[FileStat, bytes]] = []
    for stat in stats:
        known = before.get(stat.path)
        key = known[4] if known and known[:4] == stat else b""
        place = os.path.join(folder, stat.path)
        if not key:
            try:
                with open(place, "rb") as file:
                    key = digest.of_file(file)
            except OSError as error:
                problems.append(Problem("error", "unreadable-file", f"cannot be read: {error.strerror}", file=stat.path))
                continue
            changed.append((settle(stat, now), key))
        out.append(StaticFile(stat.path, place, key))
    gone = before.keys() - {stat.path for stat in stats}
    if changed or gone:
        cache.update_files(area, changed, gone)
    return StaticFiles(out, problems, all(stat.mtime != _NEVER for stat, _ in changed) and not problems)


def _documents(cache: Cache, keys: dict[str, bytes]) -> tuple[list[Document], list[PlainFile], list[Problem]]:
    sealed = cache.briefs()
    documents: list[Document] = []
    pages: list[PlainFile] = []
    problems: list[Problem] = []
    for path, key in keys.items():
        if key not in sealed:
            raise CacheDamaged
        brief = cache.brief(sealed[key])
        if brief.entry is not None:
            documents.append(Document(path, key, brief.entry))
        elif brief.page is not None:
            pages.append(PlainFile(path, brief.page))
        if brief.problems:
            problems += [structs.replace(problem, file=path) for problem in brief.problems]
    unused = sealed.keys() - set(keys.values())
    if len(unused) > 1000 + len(keys) // 2:
        cache.drop_records(unused)
    return documents, pages, problems


def _prepare(reading: _Reading) -> Callable[[Sequence[FileStat]], list[_Read]]:
    cache = Cache(reading.cache_folder)

    def read(batch: Sequence[FileStat]) -> list[_Read]:
        return [_read(reading, cache, stat) for stat in batch]

    return read


def _read(reading: _Reading, cache: Cache, stat: FileStat) -> _Read:
    try:
        data = read_file(os.path.join(reading.folder, stat.path))
    except OSError as error:
        return _Read(stat, b"", None, None, f"cannot be read: {error.strerror}")
    plain = stat.path.startswith(FOLDER)
    told = digest.of_bytes(data)
    key = reading.salt + (digest.fold([told, b"plain page"]) if plain else told)
    if reading.any_known and cache.has_record(key):
        return _Read(stat, key, None, None, "")
    if plain:
        page, problems = load_page(data, reading.options)
        return _Read(stat, key, seal(Brief(None, _shown(problems, reading.options), page)), None, "")
    article, problems = load_article(data, reading.options)
    shown = _shown(problems, reading.options)
    if article is None:
        return _Read(stat, key, seal(Brief(None, shown)), None, "")
    sealed = seal(article)
    return _Read(stat, key, seal(Brief(entry_of(article, digest.of_bytes(sealed)), shown)), sealed, "")


def _shown(problems: Sequence[Problem], options: Options) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if options.repairs or problem.severity != "repair")

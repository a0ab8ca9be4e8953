"""Turn content files into records, handling only what changed: stat, then bytes, then parsing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Raw, structs

from newsgen.config.paths import composed
from newsgen.content.aliases import NO_HINTS, hints_of
from newsgen.content.derive import image_refs_of, local_images, meta_of, summary_of, title_key
from newsgen.content.loader import Options, load_article, load_page, load_section
from newsgen.content.pages import FOLDER, is_section, language_of_section
from newsgen.content.scan import FileStat, read_file
from newsgen.core import digest, guarded_workers
from newsgen.core.engine import Engine
from newsgen.core.guarded_workers import Lost
from newsgen.core.model import ArticleMeta, Document, PlainFile
from newsgen.core.problems import DIED, Problem
from newsgen.pages.base import StaticFile
from newsgen.store.cache import Cache, CacheDamaged, seal
from newsgen.store.records import FileRecord

T = TypeVar("T")
_BATCH = 48
_AFAR = 240  # files that a remote worker gets at once (see build/rendering.py)
_SENT = 20 * _AFAR  # files whose bytes are in memory at once, if workers do not have the folder
_UNSAVED = 4_000_000  # bytes of records to batch, because each transaction rewrites index pages
# Nanoseconds. A file changed this recently before its stat may change again with the same stat.
_YOUNG = 2_000_000_000
_NEVER = -1
_NOTHING = FileRecord("", -1, _NEVER, -1, -1, b"")


class ReadResult(NamedTuple):
    """The records of a folder's files.

    `read` counts the files read. `settled` is true if all stats can be trusted next time.
    """

    files: dict[str, FileRecord]
    problems: list[Problem]
    read: int
    settled: bool

    def documents(self) -> list[Document]:
        """Return the articles. Raises CacheDamaged."""
        articles = [file for file in self.files.values() if file.article_digest]
        try:
            return [
                Document(file.path, file.title, _meta_decoder.decode(file.meta))
                for file in articles
            ]
        except msgspec.MsgspecError:
            raise CacheDamaged from None

    def pages(self) -> list[PlainFile]:
        """Return the plain pages."""
        return [PlainFile(file.path, file.page) for file in self.files.values() if file.page]


class _Reading(NamedTuple):
    folder: str
    options: Options
    salt: bytes
    known: Collection[bytes]


class _File(NamedTuple):
    """A file with its bytes, or why it cannot be read."""

    stat: FileStat
    data: bytes
    error: str


class _Read(NamedTuple):
    """What a worker found in a file.

    `file` and `article` are the encoded FileRecord and Article, or None if the cache already has
    them.
    """

    key: bytes
    file: bytes | None
    article: bytes | None
    error: str


def settle(stat: FileStat, now: int) -> FileStat:
    """Return the stat to store, made to never match if it is too close to the last change.

    A stat far in the future is stored unchanged, because the next change gives the file another
    time.
    """
    return stat._replace(mtime=_NEVER) if now - _YOUNG < stat.mtime < now + _YOUNG else stat


def read_articles(
    folder: Path,
    stats: Sequence[FileStat],
    cache: Cache,
    options: Options,
    salt: bytes,
    engine: Engine,
    progress: Callable[[int, int], None],
    known_files: Mapping[str, FileRecord] | None = None,
    meanwhile: Iterable[object] = (),
) -> ReadResult:
    """Read these files, reusing the records of those with a known stat or known bytes.

    `salt` is the digest of everything but the bytes that decides how a file is read. With
    `known_files`, those records replace the cache's, and only articles are added to the cache.
    `meanwhile` are steps to take while a single process reads. Raises CacheDamaged.
    """
    now = time.time_ns()
    problems: list[Problem] = []
    before = cache.files("content") if known_files is None else known_files
    files, changed = _apart(stats, before, salt)
    touched: list[str] = []
    done = unsaved_size = 0
    files_before = before.values() if changed else ()
    by_key = {file.key: file for file in files_before if file.key.startswith(salt)}
    unsaved: list[tuple[bytes, bytes]] = []
    reading = _Reading(str(folder), options, salt, frozenset(by_key))
    for batch in _read_all(reading, changed, engine, meanwhile):
        for stat, item in batch:
            if isinstance(item, Lost) or item.error:
                problems.append(_unread(item, stat.path))
                del files[stat.path]
                continue
            file = _file_decoder.decode(item.file) if item.file else by_key[item.key]
            path, size, mtime, inode, ctime = settle(stat, now)  # not the worker's copies
            if item.article:
                unsaved.append((item.key, item.article))
                unsaved_size += len(item.article)
            files[path] = structs.replace(
                file, path=path, size=size, mtime=mtime, inode=inode, ctime=ctime
            )
            touched.append(path)
        if unsaved_size > _UNSAVED:
            cache.add_articles(unsaved)
            unsaved, unsaved_size = [], 0
        done += len(batch)
        progress(done, len(changed))
    cache.add_articles(unsaved)
    gone = before.keys() - files.keys()
    if known_files is None and (touched or gone):
        cache.update_files("content", files, [*touched, *gone])
        cache.drop_unused({file.key for file in files.values()})
    settled = all(files[path].mtime != _NEVER for path in touched) and not problems
    for file in files.values():
        if file.problems:
            problems += [structs.replace(problem, file=file.path) for problem in file.problems]
    return ReadResult(files, problems, len(changed), settled)


def _apart(
    stats: Sequence[FileStat], before: Mapping[str, FileRecord], salt: bytes
) -> tuple[dict[str, FileRecord], list[FileStat]]:
    """Return the earlier record of each file, in the order of the stats, and the stats of files
    that have to be read.
    """
    files: dict[str, FileRecord] = {}
    changed: list[FileStat] = []
    for stat in stats:
        path, size, mtime, inode, ctime = stat
        files[path] = known = before.get(path, _NOTHING)
        if (
            known.mtime != mtime
            or known.ctime != ctime
            or known.size != size
            or known.inode != inode
            or not known.key.startswith(salt)
        ):
            changed.append(stat)
    return files, changed


class StaticFiles(NamedTuple):
    """The files of a static folder, and whether all stats can be trusted next time."""

    files: list[StaticFile]
    problems: list[Problem]
    settled: bool


def static_files(
    folder: Path, stats: Sequence[FileStat], cache: Cache, area: str, prefix: str = ""
) -> StaticFiles:
    """Return these files with the digests of their bytes, reading only those whose stat changed.

    `prefix` comes before their paths on the site.
    """
    now = time.time_ns()
    before = cache.files(area)
    files: dict[str, FileRecord] = {}
    touched: list[str] = []
    problems: list[Problem] = []
    for stat in stats:
        known = before.get(stat.path)
        if known is None or (known.size, known.mtime, known.inode, known.ctime) != stat[1:]:
            try:
                with open(os.path.join(folder, stat.path), "rb") as file:
                    known = FileRecord(*settle(stat, now), digest.of_file(file))
            except OSError as error:
                problems.append(
                    Problem(
                        "error",
                        "unreadable-file",
                        f"cannot be read: {error.strerror}",
                        file=stat.path,
                    )
                )
                continue
            touched.append(stat.path)
        files[stat.path] = known
    gone = before.keys() - files.keys()
    if touched or gone:
        cache.update_files(area, files, [*touched, *gone])
    found: dict[str, StaticFile] = {}
    for path, known in files.items():
        name = composed(path)
        if name in files and name != path:
            message = (
                f"has the name of another file, {name}, in another Unicode form; it is not copied"
            )
            problems.append(
                Problem(
                    "warning",
                    "file-name",
                    message,
                    hint="rename or delete one of the two",
                    file=path,
                )
            )
        # Otherwise both differ from `name` only in Unicode form, and the first wins.
        elif name not in found:
            found[name] = StaticFile(prefix + name, os.path.join(folder, path), known.key)
    return StaticFiles(
        list(found.values()),
        problems,
        all(files[path].mtime != _NEVER for path in touched) and not problems,
    )


def _unread(item: _Read | Lost[Any], path: str) -> Problem:
    """Return why a file was not read: it has an error, or its worker died of it."""
    if not isinstance(item, Lost):
        return Problem("error", "unreadable-file", item.error, file=path)
    message = f"reading it {item.reason}; it is left out, and the command ends with 1"
    hint = (
        "this is a fault of newsgen or of a package it uses, which this article triggers: "
        "please report it"
    )
    return Problem("error", DIED, message, hint=hint, file=path)


def _read_all(
    reading: _Reading, stats: Sequence[FileStat], engine: Engine, meanwhile: Iterable[object]
) -> Iterator[list[tuple[FileStat, _Read | Lost[Any]]]]:
    """Yield what was found in each file, batch by batch. Workers on other machines get the bytes of
    files that they do not have in the same state.
    """
    seconds, missing = reading.options.budgets.cpu_seconds, list[FileStat]()
    size, prepare = (_BATCH, _prepare) if engine.shares else (_AFAR, _prepare_elsewhere)
    batches = _batches(stats, size)
    found = guarded_workers.run(prepare, reading, batches, engine, seconds, meanwhile)
    for batch, items in zip(batches, found, strict=True):
        pairs = list(zip(batch, items, strict=True))
        missing += [stat for stat, item in pairs if item is None]
        yield [(stat, item) for stat, item in pairs if item is not None]
    for at in range(0, len(missing), _SENT):
        files = [_load(reading.folder, stat) for stat in missing[at : at + _SENT]]
        sent = _batches(files, _AFAR)
        read = guarded_workers.run(_prepare_loaded, reading, sent, engine, seconds)
        for loaded, results in zip(sent, read, strict=True):
            yield [(file.stat, item) for file, item in zip(loaded, results, strict=True)]


def _batches(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[i : i + size] for i in range(0, len(items), size)]


def _prepare(reading: _Reading) -> Callable[[FileStat], _Read | None]:
    return lambda stat: _read(reading, _load(reading.folder, stat))


def _prepare_elsewhere(reading: _Reading) -> Callable[[FileStat], _Read | None]:
    """Do the same on another machine. The result is None for a file that differs there."""
    return lambda stat: (
        _read(reading, _load(reading.folder, stat)) if _is_here(reading.folder, stat) else None
    )


def _prepare_loaded(reading: _Reading) -> Callable[[_File], _Read]:
    return lambda file: _read(reading, file)


def _is_here(folder: str, stat: FileStat) -> bool:
    try:
        info = os.stat(os.path.join(folder, stat.path))
    except OSError:
        return False
    return (info.st_size, info.st_mtime_ns) == (stat.size, stat.mtime)


def _load(folder: str, stat: FileStat) -> _File:
    try:
        return _File(stat, read_file(os.path.join(folder, stat.path)), "")
    except OSError as error:
        return _File(stat, b"", f"cannot be read: {error.strerror}")


def _read(reading: _Reading, file_read: _File) -> _Read:
    stat, data, error = file_read
    if error:
        return _Read(b"", None, None, error)
    plain = stat.path.startswith(FOLDER)
    told = digest.of_bytes(data)
    place = NO_HINTS if plain else hints_of(stat.path, data)
    section = is_section(stat.path)
    language = language_of_section(stat.path) if section else ""
    if language not in ("", reading.options.language):
        key = reading.salt + digest.fold([told, b"foreign section"])
        noted = (Problem("repair", "section-file", ""),) if reading.options.repairs else ()
        return _Read(key, _encode(FileRecord(*stat, key, problems=noted)), None, "")
    if plain or section:
        told = digest.fold([told, b"section" if section else b"plain page"])
    elif any(place):
        told = digest.fold([told, repr(place).encode()])
    key = reading.salt + told
    if key in reading.known:
        return _Read(key, None, None, "")
    file = FileRecord(*stat, key)
    if plain or section:
        load = load_section if section else load_page
        page, problems = load(data, reading.options)
        file = structs.replace(file, page=page, problems=_shown(problems, reading.options))
        return _Read(key, _encode(file), None, "")
    article, problems = load_article(data, reading.options, place)
    if article is None:
        return _Read(
            key,
            _encode(structs.replace(file, problems=_shown(problems, reading.options))),
            None,
            "",
        )
    sealed, summary, images = seal(article), _encode(summary_of(article)), image_refs_of(article)
    file = FileRecord(
        *stat,
        key,
        meta=Raw(_encode(meta_of(article))),
        summary=Raw(summary),
        title=title_key(article.title),
        summary_digest=digest.of_bytes(summary),
        article_digest=digest.of_bytes(sealed),
        problems=_shown(problems, reading.options),
        page_images=images.page_images,
        thumbnails=images.thumbnails,
        local_images=images.local_images,
        listed_files=local_images(article),
    )
    return _Read(key, _encode(file), sealed, "")


_encode = msgspec.msgpack.Encoder().encode
_file_decoder = msgspec.msgpack.Decoder(FileRecord)
_meta_decoder = msgspec.msgpack.Decoder(ArticleMeta)


def _shown(problems: Sequence[Problem], options: Options) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if options.repairs or problem.severity != "repair")

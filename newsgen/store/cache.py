"""The cache, `.newsgen/cache.sqlite`: file records, clean articles, and what was rendered.

You may delete it at any time. It may hold values that are a pure function of their key, and the
stat of a file with the digest its bytes had, but never a value of `secured`. Every blob has a
checksum. If anything is damaged, the cache is created again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast
from zlib import crc32

import msgspec
from msgspec import structs

from newsgen.core import digest
from newsgen.core.model import Article
from newsgen.store.fingerprint import program
from newsgen.store.records import CACHE_FILE, FileRecord, PageTrace, RenderRecord

FORMAT = 14
T = TypeVar("T")
# WITHOUT ROWID only for small rows: it stores whole rows in the key's tree, so a search reads every
# large row it passes to its end.
_TABLES = """
CREATE TABLE memos (name TEXT PRIMARY KEY, code BLOB, key BLOB, value BLOB);
CREATE TABLE buckets (area TEXT, bucket INT, items BLOB, decided BLOB, PRIMARY KEY (area, bucket));
CREATE TABLE articles (key BLOB PRIMARY KEY, article BLOB);
CREATE TABLE render (field TEXT PRIMARY KEY, value BLOB);
CREATE TABLE traces (route TEXT PRIMARY KEY, trace BLOB) WITHOUT ROWID;
CREATE TABLE bytecode (name TEXT PRIMARY KEY, code BLOB);
"""
# Traces of the current render, visible only to this connection. They are in a file, not in memory,
# and have no index: each route is rendered once, and all are read at once.
_NEW_TRACES = "CREATE TEMP TABLE IF NOT EXISTS new_traces (route TEXT, trace BLOB)"


class CacheDamaged(Exception):
    """The cache cannot be trusted and must be created again."""


_BUCKETS = 128  # a row for each file would cost more than decoding the files


def seal(value: Any) -> bytes:
    """Encode a value, with a checksum."""
    data = msgspec.msgpack.encode(value)
    return crc32(data).to_bytes(4, "big") + data


_files_decoder = msgspec.msgpack.Decoder(list[FileRecord])
_render_decoders = {
    field.name: msgspec.msgpack.Decoder(field.type) for field in structs.fields(RenderRecord)
}
_bytes_decoder = msgspec.msgpack.Decoder(bytes)
_trace_decoder = msgspec.msgpack.Decoder(PageTrace)
article_decoder = msgspec.msgpack.Decoder(Article)
_memo_decoders: dict[Any, msgspec.msgpack.Decoder[Any]] = {}  # by type


def unseal(data: Any, decoder: msgspec.msgpack.Decoder[T]) -> T:
    """Decode a sealed value. Raises CacheDamaged."""
    if data.__class__ is not bytes:
        raise CacheDamaged
    body = memoryview(data)[4:]
    if crc32(body) != int.from_bytes(data[:4], "big"):
        raise CacheDamaged
    try:
        return decoder.decode(body)
    except msgspec.MsgspecError:
        raise CacheDamaged from None


def _bucket(name: str) -> int:
    return crc32(name.encode()) % _BUCKETS


def _decided(files: Iterable[FileRecord]) -> bytes:
    return digest.of_value(
        [(file.path, file.meta, file.page) for file in files if file.article_digest or file.page]
    )


class Cache:
    """A connection to the cache, for one thread at a time. Any method may raise CacheDamaged."""

    def __init__(self, folder: Path) -> None:
        """Open or create the cache. Raises OSError if the folder cannot be created or written."""
        self.folder = folder
        self._memos: dict[str, tuple[bytes, Any]] = {}
        self._prepared: dict[str, tuple[int, dict[str, FileRecord]]] = {}
        self._render_version = -1
        self._process = os.getpid()
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / CACHE_FILE
        new = not self.file.exists()
        try:
            self._db = sqlite3.connect(
                self.file, timeout=60, isolation_level=None, check_same_thread=False
            )
            # Page size of a new file: records of 3 KB would waste space in pages of 4 KB.
            self._db.execute("PRAGMA page_size=16384")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=OFF")
            if new:
                self._create()
            elif self._db.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
                raise CacheDamaged
        except sqlite3.OperationalError as error:
            raise OSError(0, f"the cache cannot be opened: {error}", str(self.file)) from None
        except sqlite3.DatabaseError:
            raise CacheDamaged from None

    def _create(self) -> None:
        self._db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version={FORMAT}; COMMIT;")

    def __reduce__(self) -> tuple[type[Cache], tuple[Path]]:
        return Cache, (self.folder,)

    def own(self) -> Cache:
        """Return this connection, or a new one in a forked process, which must not share it."""
        return self if self._process == os.getpid() else Cache(self.folder)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _all(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        try:
            return self._db.execute(sql, tuple(values)).fetchall()
        except sqlite3.DatabaseError:
            raise CacheDamaged from None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise OSError(0, f"the cache cannot be written: {error}", str(self.file)) from None
        except sqlite3.DatabaseError:
            raise CacheDamaged from None

    def _write(self, statements: Sequence[tuple[str, Iterable[tuple[Any, ...]]]]) -> None:
        with self._transaction():
            for sql, rows in statements:
                self._db.executemany(sql, rows)

    def _version(self) -> int:
        """Return a number that changes when another connection writes."""
        return int(self._all("PRAGMA data_version")[0][0])

    # File records

    def files(self, area: str) -> dict[str, FileRecord]:
        """Return the record of each file in an area (`content`, `static`, `theme`), by path."""
        version, files = self._prepared.pop(area, (-1, {}))
        if version != self._version():
            rows = self._all("SELECT items FROM buckets WHERE area = ?", (area,))
            files = {
                file.path: file for (bucket,) in rows for file in unseal(bucket, _files_decoder)
            }
        return files

    def prepare(self, area: str) -> Iterator[None]:
        """Read ahead what `files` will return, one part per step.

        If the cache is written before `files` is called, `files` reads everything again.
        """
        version, files = self._version(), dict[str, FileRecord]()
        for (bucket,) in self._all(
            "SELECT bucket FROM buckets WHERE area = ? ORDER BY bucket", (area,)
        ):
            for (items,) in self._all(
                "SELECT items FROM buckets WHERE area = ? AND bucket = ?", (area, bucket)
            ):
                files |= {file.path: file for file in unseal(items, _files_decoder)}
            yield
        self._prepared[area] = version, files

    def update_files(
        self, area: str, files: Mapping[str, FileRecord], touched: Iterable[str]
    ) -> None:
        """Store the records of an area's files. Only those at `touched` paths have changed."""
        buckets: dict[int, list[FileRecord]] = {_bucket(path): [] for path in touched}
        for path in sorted([path for path in files if crc32(path.encode()) % _BUCKETS in buckets]):
            buckets[_bucket(path)].append(files[path])
        self._prepared.pop(area, None)
        # Sealed one by one, here and in `save`: all of them would take as much memory as the files.
        rows = ((area, n, seal(bucket), _decided(bucket)) for n, bucket in buckets.items())
        self._write([("INSERT OR REPLACE INTO buckets VALUES (?, ?, ?, ?)", rows)])

    def decided(self, area: str) -> bytes:
        """Return the digest of everything that an area's files decide, except what only an
        article's pages show.
        """
        return digest.fold(
            row[0]
            for row in self._all(
                "SELECT decided FROM buckets WHERE area = ? ORDER BY bucket", (area,)
            )
        )

    def article(self, key: bytes) -> Article:
        """Return the Article of this key."""
        return self.articles([key])[key]

    def articles(self, keys: Collection[bytes]) -> dict[bytes, Article]:
        """Return the Articles of these keys, a few thousand at most."""
        return {key: unseal(it, article_decoder) for key, it in self.sealed_articles(keys).items()}

    def sealed_articles(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Return the same without decoding them."""
        sql = f"SELECT key, article FROM articles WHERE key IN ({','.join('?' * len(keys))})"
        found = dict(self._all(sql, keys))
        if len(found) < len(set(keys)):
            raise CacheDamaged
        return found

    def add_articles(self, articles: Iterable[tuple[bytes, bytes]]) -> None:
        """Store pairs of key and sealed Article."""
        self._write([("INSERT OR REPLACE INTO articles VALUES (?, ?)", articles)])

    def drop_unused(self, used: Collection[bytes]) -> None:
        """Delete Articles that no file uses any more, once there are many."""
        (count,) = self._all("SELECT count(*) FROM articles")[0]
        if count > 1000 + len(used) * 3 // 2:
            keys = {row[0] for row in self._all("SELECT key FROM articles")}
            unused = [(key,) for key in keys.difference(used)]
            self._write([("DELETE FROM articles WHERE key = ?", unused)])

    # What was rendered

    def last_render(self) -> RenderRecord:
        """Return the record of the last render, an empty one if there is none."""
        self._render_version = self._version()
        self._all("DROP TABLE IF EXISTS temp.new_traces")  # left by a failed render
        found = dict(self._all("SELECT field, value FROM render"))
        if not found:
            return RenderRecord()
        if found.keys() != _render_decoders.keys():
            raise CacheDamaged
        return RenderRecord(
            **{name: unseal(found[name], decoder) for name, decoder in _render_decoders.items()}
        )

    def trace(self, route: str) -> PageTrace | None:
        """Return why a route was last rendered, and from what."""
        rows = self._all("SELECT trace FROM traces WHERE route = ?", (route,))
        return unseal(rows[0][0], _trace_decoder) if rows else None

    def add_traces(self, traces: Iterable[tuple[str, bytes]]) -> None:
        """Keep traces, (route, sealed PageTrace) for each page, until `set_rendered`."""
        with self._transaction():
            self._db.execute(_NEW_TRACES)
            self._db.executemany("INSERT INTO new_traces VALUES (?, ?)", traces)

    def set_rendered(
        self,
        before: RenderRecord,
        record: RenderRecord,
        gone: Iterable[str],
    ) -> None:
        """Store the record of a render, with the traces added before.

        The traces of routes in `gone` are deleted. `before` is the record that this connection
        read: most edits change few of its fields, and only those are written.
        """
        with self._transaction():
            known = self._render_version == self._version()
            fields = [
                (name, getattr(record, name), getattr(before, name)) for name in _render_decoders
            ]
            rows = [
                (name, seal(now))
                for name, now, then in fields
                if now != then or not known or not before.routes
            ]
            self._db.executemany("INSERT OR REPLACE INTO render VALUES (?, ?)", rows)
            self._db.execute(_NEW_TRACES)
            self._db.execute("INSERT OR REPLACE INTO traces SELECT * FROM new_traces")
            self._db.execute("DROP TABLE new_traces")
            self._db.executemany("DELETE FROM traces WHERE route = ?", [(route,) for route in gone])

    # Memos

    def load(
        self, name: str, kind: type[T], key: bytes | None = None, keep: bool = True
    ) -> T | None:
        """Return the memo of this name, or None if there is none with this key (None: any key).

        Memos of another version of newsgen are ignored. Unless `keep` is false, the memo stays in
        memory.
        """
        known = self._memos.get(name)
        if known and key in (None, known[0]):
            return cast(T, known[1])
        rows = self._all(
            "SELECT key, value FROM memos WHERE name = ? AND code = ? AND key = ifnull(?, key)",
            (name, program(), key),
        )
        if not rows:
            return None
        if kind not in _memo_decoders:
            _memo_decoders[kind] = msgspec.msgpack.Decoder(kind)
        value: T = unseal(rows[0][1], _memo_decoders[kind])
        if keep:
            self._memos[name] = rows[0][0], value
        return value

    def keys(self, names: str) -> dict[str, bytes]:
        """Return the keys of the memos whose names match this pattern of SQLite's GLOB."""
        sql = "SELECT name, key FROM memos WHERE name GLOB ? AND code = ?"
        return dict(self._all(sql, (names, program())))

    def save(self, memos: Mapping[str, tuple[bytes, Any]], gone: Collection[str] = ()) -> None:
        """Store memos, each a key and a value, by name, and delete those in `gone`."""
        code = program()
        rows = ((name, code, key, seal(value)) for name, (key, value) in memos.items())
        drop = [(name, code) for name in gone] or [("", code)]
        self._write(
            [
                ("DELETE FROM memos WHERE name = ? OR code != ?", drop),
                ("INSERT OR REPLACE INTO memos VALUES (?, ?, ?, ?)", rows),
            ]
        )
        for name in (*gone, *memos):
            self._memos.pop(name, None)

    def memo(self, name: str, key: bytes, kind: type[T], compute: Callable[[T | None], T]) -> T:
        """Return the memo of this name if it has this key. Otherwise compute and store it.

        `key` is the digest of everything that decides the value. `compute` receives an outdated
        memo, if there is one. It may save time and must not change the result.
        """
        found = self.load(name, kind, key)
        if found is None:
            found = compute(self.load(name, kind))
            self.save({name: (key, found)})
            self._memos[name] = key, found
        return found

    # Compiled templates, for Jinja's BytecodeCache

    def bytecode(self, name: str) -> bytes | None:
        """Return a template's compiled code, None if there is none."""
        rows = self._all("SELECT code FROM bytecode WHERE name = ?", (name,))
        return unseal(rows[0][0], _bytes_decoder) if rows else None

    def set_bytecode(self, name: str, code: bytes) -> None:
        """Store a template's compiled code."""
        self._write([("INSERT OR REPLACE INTO bytecode VALUES (?, ?)", [(name, seal(code))])])

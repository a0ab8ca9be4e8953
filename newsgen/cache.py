"""The cache `.newsgen/cache.sqlite`: what is known of files, clean records, what was rendered.

It may vanish at any time. What may be kept in it: values that are a pure function of their key,
and the stat of a file together with the digest its bytes had. Never a value of `secured`.
Every blob carries a checksum; damage of any kind means that the cache is made anew.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from newsgen.content.scan import FileStat
from newsgen.model import Article, Entry, PlainPage, Record
from newsgen.problems import Problem

FORMAT = 4
T = TypeVar("T")
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE files (area TEXT, path TEXT, size INT, mtime INT, inode INT, key BLOB, PRIMARY KEY (area, path)) WITHOUT ROWID;
CREATE TABLE records (key BLOB PRIMARY KEY, brief BLOB, article BLOB);
CREATE TABLE pages (route TEXT PRIMARY KEY, digest BLOB, bytes BLOB, trace BLOB) WITHOUT ROWID;
CREATE TABLE bytecode (name TEXT PRIMARY KEY, code BLOB) WITHOUT ROWID;
"""


class CacheDamaged(Exception):
    """The cache cannot be trusted; it is to be made anew."""


class Brief(Record, frozen=True, array_like=True, gc=False):
    """What the cache says of a file's bytes: the Entry of an article or the plain page, both None where they
    were left out, and the problems."""

    entry: Entry | None
    problems: tuple[Problem, ...]
    page: PlainPage | None = None


class Trace(Record, frozen=True, array_like=True, gc=False):
    """Why a page was rendered, when (seconds since the epoch), and the digests of its parts (see trace.py)."""

    reason: str
    at: int
    parts: dict[int, bytes]


class Rendered(NamedTuple):
    """What was rendered for a route: the page's digest, and the digest of the bytes."""

    route: str
    digest: bytes
    bytes: bytes


def seal(value: Any) -> bytes:
    """A value as bytes with a checksum."""
    data = msgspec.msgpack.encode(value)
    return zlib.crc32(data).to_bytes(4, "big") + data


_brief_decoder = msgspec.msgpack.Decoder(Brief)
_bytes_decoder = msgspec.msgpack.Decoder(bytes)
_trace_decoder = msgspec.msgpack.Decoder(Trace)
_article_decoder = msgspec.msgpack.Decoder(Article)


def unseal(data: Any, decoder: msgspec.msgpack.Decoder[T]) -> T:
    """The value that was sealed. Raises CacheDamaged."""
    if data.__class__ is not bytes:
        raise CacheDamaged
    body = data[4:]
    if zlib.crc32(body) != int.from_bytes(data[:4], "big"):
        raise CacheDamaged
    try:
        return decoder.decode(body)
    except msgspec.MsgspecError:
        raise CacheDamaged from None


class Cache:
    """One connection to the cache. Any method raises CacheDamaged where the file is not as it should be."""

    def __init__(self, folder: Path) -> None:
        """Open or make the cache. Raises OSError where the folder cannot be made or written."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "cache.sqlite"
        new = not self.file.exists()
        try:
            self._db = sqlite3.connect(self.file, timeout=60, isolation_level=None)
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

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _all(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        try:
            return self._db.execute(sql, tuple(values)).fetchall()
        except sqlite3.DatabaseError:
            raise CacheDamaged from None

    def _write(self, statements: list[tuple[str, Iterable[tuple[Any, ...]]]]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for sql, rows in statements:
                self._db.executemany(sql, rows)
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise OSError(0, f"the cache cannot be written: {error}", str(self.file)) from None
        except sqlite3.DatabaseError:
            raise CacheDamaged from None

    # What is known of files

    def files(self, area: str) -> dict[str, tuple[str, int, int, int, bytes]]:
        """Path, size, mtime, inode (as in FileStat) and key of each file of an area (`content`, `static`, `theme`), by path."""
        rows = self._all("SELECT path, size, mtime, inode, key FROM files WHERE area = ?", (area,))
        return {row[0]: row for row in rows}

    def briefs(self) -> dict[bytes, bytes]:
        """All sealed briefs by key; `brief` opens one."""
        return dict(self._all("SELECT key, brief FROM records"))

    @staticmethod
    def brief(sealed: bytes) -> Brief:
        """The brief that was sealed."""
        return unseal(sealed, _brief_decoder)

    def has_record(self, key: bytes) -> bool:
        """Whether bytes of this key were read before."""
        return bool(self._all("SELECT 1 FROM records WHERE key = ?", (key,)))

    def article(self, key: bytes) -> Article:
        """The Article of this key."""
        rows = self._all("SELECT article FROM records WHERE key = ?", (key,))
        if not rows:
            raise CacheDamaged
        return unseal(rows[0][0], _article_decoder)

    def add_records(self, records: Iterable[tuple[bytes, bytes, bytes | None]]) -> None:
        """Keep (key, sealed brief, sealed Article or None)."""
        self._write([("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", records)])

    def update_files(self, area: str, changed: Iterable[tuple[FileStat, bytes]], gone: Iterable[str]) -> None:
        """Remember stats and keys of files, and forget those that are gone."""
        self._write(
            [
                ("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", [(area, *stat, key) for stat, key in changed]),
                ("DELETE FROM files WHERE area = ? AND path = ?", [(area, path) for path in gone]),
            ]
        )

    def drop_records(self, keys: Iterable[bytes]) -> None:
        """Forget records that no file has any more."""
        self._write([("DELETE FROM records WHERE key = ?", [(key,) for key in keys])])

    # What was rendered

    def pages(self) -> dict[str, tuple[str, bytes, bytes]]:
        """What was rendered by route, as plain tuples in the order of Rendered: they are read by the thousand."""
        return {row[0]: row for row in self._all("SELECT route, digest, bytes FROM pages")}

    def page(self, route: str) -> Rendered | None:
        """What was rendered for one route."""
        rows = self._all("SELECT route, digest, bytes FROM pages WHERE route = ?", (route,))
        return Rendered(*rows[0]) if rows else None

    def trace(self, route: str) -> Trace | None:
        """Why and from what a route was last rendered."""
        rows = self._all("SELECT trace FROM pages WHERE route = ?", (route,))
        return unseal(rows[0][0], _trace_decoder) if rows else None

    def update_pages(self, rendered: Iterable[tuple[str, bytes, bytes, bytes]], gone: Iterable[str]) -> None:
        """Remember (route, digest of the page, digest of its bytes, sealed Trace), and forget routes that are gone."""
        self._write(
            [
                ("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", rendered),
                ("DELETE FROM pages WHERE route = ?", [(route,) for route in gone]),
            ]
        )

    # Small things

    def meta(self, name: str) -> bytes | None:
        """A value by name."""
        rows = self._all("SELECT value FROM meta WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def set_meta(self, name: str, value: bytes) -> None:
        """Remember a value."""
        self._write([("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(name, value)])])

    # The compiled code of templates, as Jinja's BytecodeCache wants it kept

    def bytecode(self, name: str) -> bytes | None:
        """A template's compiled code; None where there is none."""
        rows = self._all("SELECT code FROM bytecode WHERE name = ?", (name,))
        return unseal(rows[0][0], _bytes_decoder) if rows else None

    def set_bytecode(self, name: str, code: bytes) -> None:
        """Remember a template's compiled code."""
        self._write([("INSERT OR REPLACE INTO bytecode VALUES (?, ?)", [(name, seal(code))])])


def open_cache(folder: Path) -> tuple[Cache, bool]:
    """The cache, and whether it had to be made anew because it was damaged or of another version."""
    try:
        return Cache(folder), False
    except CacheDamaged:
        discard(folder)
        return Cache(folder), True


def discard(folder: Path) -> None:
    """Remove the cache's files."""
    for name in ("cache.sqlite", "cache.sqlite-wal", "cache.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)

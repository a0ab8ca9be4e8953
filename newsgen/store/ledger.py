"""The record of files that newsgen wrote into the content folder: item, file and bytes.

The ledger is a file of JSON lines. A line is added before a file is written, and another one after.
So a run that is killed at any moment neither loses an item nor writes it twice. Other bytes show
that somebody edited a file. The ledger is not a cache: keep it with the articles.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec
from msgspec import Struct, structs

from newsgen.core import digest
from newsgen.core.atomic import clear_parts, replace_file


class WrittenItem(Struct, frozen=True, omit_defaults=True):
    """An item of a feed or an export, and the file that newsgen made of it.

    `key` identifies the item, and `names` are other names of the same item. `path` is relative to
    the content folder, "" for an item that was left out. `digest` is that of the file's bytes,
    `source` that of the item's content. `time` is the item's date, or when it was first seen.
    `origin` says where it is from. `begun` is true until the file is written.
    """

    key: str
    path: str = ""
    digest: str = ""
    source: str = ""
    names: tuple[str, ...] = ()
    title: str = ""
    time: datetime | None = None
    origin: str = ""
    begun: bool = False


class Ledger:
    """All items that were written. Use it in a `with` statement; only one process at a time."""

    def __init__(self, file: Path, content: Path) -> None:
        """Read the ledger. Raises OSError. Lines that cannot be read are skipped."""
        self._file, self._content = file, content
        self._items: dict[str, WrittenItem] = {}
        self._names: dict[str, str] = {}
        self._out: IO[bytes] | None = None
        self._lines = 0
        self._taken: set[str] = set()
        decoder = msgspec.json.Decoder(WrittenItem)
        earlier: dict[str, WrittenItem] = {}
        data = file.read_bytes() if file.exists() else b""
        self._torn = bool(data) and not data.endswith(b"\n")
        for line in data.splitlines():
            try:
                item = decoder.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
            self._lines += 1
            if not item.begun:
                earlier[item.key] = item
            self._items[item.key] = item
        self._unfinished = [item for item in self._items.values() if item.begun]
        for key, item in list(self._items.items()):
            if item.begun:
                if self.bytes_of(item) == item.digest:
                    self._items[key] = structs.replace(item, begun=False)
                elif key in earlier:
                    self._items[key] = earlier[key]
                else:
                    del self._items[key]
        for item in self._items.values():
            self._index(item)

    def _index(self, item: WrittenItem) -> None:
        for name in (item.key, *item.names):
            self._names.setdefault(name, item.key)

    def __enter__(self) -> Self:
        for item in self._unfinished:  # left by a killed run
            clear_parts((self._content / item.path).parent)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._out:
            self._out.close()
            self._out = None
            if self._lines > 2 * len(self._items):
                self._compact()

    def __iter__(self) -> Iterator[WrittenItem]:
        return iter(list(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)

    def find(self, *names: str) -> WrittenItem | None:
        """Return the item that has one of these names, the first name first."""
        for name in names:
            if name in self._names:
                return self._items[self._names[name]]
        return None

    def bytes_of(self, item: WrittenItem) -> str:
        """Return the digest of an item's file as it is now, "" if there is none."""
        try:
            return digest.of_bytes((self._content / item.path).read_bytes()).hex()
        except OSError:
            return ""

    def is_edited(self, item: WrittenItem) -> bool:
        """Return whether somebody changed or removed an item's file."""
        return bool(item.path) and self.bytes_of(item) != item.digest

    def is_there(self, path: str) -> bool:
        """Return whether the content folder has this file and no item of the ledger made it."""
        return (self._content / path).exists()

    def free_path(self, wanted: str, whole: bool = False) -> str:
        """Return a path for a new file: `wanted`, or with a number.

        No other item's file has the same name in any folder, because the name is in the address.
        With `whole`, the whole path is in the address.
        """
        if not self._taken:
            self._taken = {_name(item.path) for item in self._items.values()}
        stem, dot, suffix = wanted.rpartition(".")
        path, n = wanted, 1
        while (not whole and _name(path) in self._taken) or (self._content / path).exists():
            n += 1
            path = f"{stem}-{n}{dot}{suffix}"
        self._taken.add(_name(path))
        return path

    def write(self, item: WrittenItem, data: bytes) -> WrittenItem:
        """Write an item's file and remember it. Raises OSError."""
        item = structs.replace(item, digest=digest.of_bytes(data).hex(), begun=True)
        self._append(item)
        replace_file(self._content / item.path, data)
        done = structs.replace(item, begun=False)
        self.remember(done)
        return done

    def remember(self, item: WrittenItem) -> None:
        """Remember an item. Raises OSError."""
        self._append(item)
        self._items[item.key] = item
        self._index(item)

    def _append(self, item: WrittenItem) -> None:
        if self._out is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._out = open(self._file, "ab", buffering=0)  # noqa: SIM115 - __exit__ closes it
            if self._torn:
                self._out.write(b"\n")
        self._out.write(msgspec.json.encode(item) + b"\n")
        self._lines += 1

    def _compact(self) -> None:
        lines = [msgspec.json.encode(item) + b"\n" for item in self._items.values()]
        replace_file(self._file, b"".join(lines), durable=True)


def _name(path: str) -> str:
    return path.rpartition("/")[2].casefold()

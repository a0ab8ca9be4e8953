"""Save start-up time: scan the content folder in a forked process, and meanwhile import the modules
that a build with changes needs.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Raw, Struct

from newsgen.config.paths import Paths
from newsgen.content.scan import BESIDE, OF_CONTENT, SUFFIXES, UNREAD, FileStat, scan
from newsgen.core import digest
from newsgen.core.engine import default_jobs
from newsgen.core.messages import count
from newsgen.core.problems import Problem
from newsgen.store.records import CACHE_FILE

_MUCH = 8_000_000  # bytes; the cache of a few thousand articles has as many
_NEEDED = (
    "newsgen.pages.plan",
    "newsgen.pages.page_digests",
    "newsgen.build.plan",
    "newsgen.build.materials",
    "newsgen.stories.detect",
    "random",
    "tempfile",
    "json",
    "jinja2",
    "newsgen.build.write",
    "filelock",
    "babel.dates",
    "babel.numbers",
    "newsgen.content.no_articles",
)
# What most first builds need too. Otherwise, each worker would import the last one again.
_AT_FIRST = ("newsgen.builder.site_builder", "newsgen.render.icons")

_UNREAD = tuple(UNREAD)


def imports() -> Iterator[object]:
    """Import the modules that a build with changes needs, one at each step."""
    return map(import_module, _NEEDED)


def import_all() -> None:
    """Import the modules that a build with many changes needs."""
    for name in (*_NEEDED, *_AT_FIRST):
        import_module(name)


class ScanResult(Struct, frozen=True, array_like=True):
    """The encoded stats of the articles in a content folder and of other files beside them.

    `digest` covers both: if nothing changed, a build needs only the digest.
    """

    articles: Raw
    near: Raw
    digest: bytes
    problems: list[Problem]


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(ScanResult)
_stats_decoder = msgspec.msgpack.Decoder(list[FileStat])


def stats_of(encoded: Raw) -> list[FileStat]:
    """Decode stats."""
    return _stats_decoder.decode(encoded)


def scan_content(folder: Path) -> ScanResult:
    """Scan the content folder now."""
    found, problems = scan(folder, OF_CONTENT)
    unread = frozenset(stat for stat in found if stat.path.lower().endswith(_UNREAD))
    if unread:
        found = [stat for stat in found if stat not in unread]
        problems += _unread(sorted(unread))
    near = [
        stat
        for stat in found
        if not stat.path.endswith(SUFFIXES) and stat.path.lower().endswith(BESIDE)
    ]
    beside = frozenset(near)
    articles = [stat for stat in found if stat not in beside] if near else found
    encoded = Raw(_encode(articles)), Raw(_encode(near))
    return ScanResult(*encoded, digest.fold(map(digest.of_bytes, encoded)), problems)


def _unread(stats: list[FileStat]) -> list[Problem]:
    """Return a warning for each format of articles that newsgen does not read."""
    paths: dict[str, list[str]] = {}
    for stat in stats:
        paths.setdefault(os.path.splitext(stat.path)[1].lower(), []).append(stat.path)
    return [
        Problem(
            "warning",
            "unread-format",
            f"{count(len(names), 'file')} {'ends' if len(names) == 1 else 'end'} in `{suffix}`, "
            "which newsgen does not read",
            hint=UNREAD[suffix],
            file=names[0],
        )
        for suffix, names in sorted(paths.items())
    ]


class Ahead:
    """A scan of the content folder in a forked process. `child` is its process id."""

    def __init__(self, folder: Path) -> None:
        """Start the process. Raises OSError if it cannot be forked."""
        self._source, sink = os.pipe()
        self.child = os.fork()
        if not self.child:
            _tell(folder, sink)
        os.close(sink)
        self._ended: tuple[int, bytes] | None = None

    def found(self, meanwhile: Iterable[object] = ()) -> ScanResult | None:
        """Return the result, or None if the process failed.

        Until the result is there, this imports modules that a build with changes needs, then runs
        through `meanwhile`. Each step should take only milliseconds, because a build without
        changes waits for the current one.
        """
        if self._ended is None:
            steps, end = chain(imports(), meanwhile), object()
            while not select.select([self._source], [], [], 0)[0] and next(steps, end) is not end:
                pass
            with open(self._source, "rb", buffering=0) as pipe:
                told = pipe.readall()
            self._ended = os.waitpid(self.child, 0)[1], told
        status, told = self._ended
        return None if status else _decoder.decode(told)


def look_ahead(paths: Paths) -> Ahead | None:
    """Start a scan and return it, or None.

    It is started if forking is safe and the size of the cache shows that it is worth it.
    """
    if not sys.platform.startswith("linux") or threading.active_count() > 1 or default_jobs() < 2:
        return None
    try:
        return Ahead(paths.content) if os.stat(paths.cache / CACHE_FILE).st_size > _MUCH else None
    except OSError:
        return None


def _tell(folder: Path, sink: int) -> NoReturn:
    status = 1
    try:
        with open(sink, "wb") as pipe:
            pipe.write(_encode(scan_content(folder)))
        status = 0
    finally:
        os._exit(status)  # skips this process's cleanup, which is the parent's task

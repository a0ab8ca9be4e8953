"""`status`: list which articles are published or withheld and why, and what changes next. Writes
only the cache.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime

from msgspec import Struct

from newsgen.build.inputs import scan_inputs
from newsgen.build.prepare import read_content
from newsgen.build.read import ReadResult
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.content.pages import FOLDER, is_section
from newsgen.content.visibility import next_due, page_reasons, reasons, visibility
from newsgen.core.engine import local
from newsgen.store.cache import Cache
from newsgen.store.open_cache import use_cache


class FileStatus(Struct, frozen=True):
    """A content file and its visibility.

    `kind` is `article` or `page`. `seen` is `visible`, `hidden`, `withheld`, or `left out` because
    of the problem codes in `why`. `due` is when time alone changes that.
    """

    file: str
    kind: str
    seen: str
    why: tuple[str, ...] = ()
    due: datetime | None = None


class Status(Struct, frozen=True):
    """All content files at one time.

    `articles` and `pages` count them by visibility; `why` counts those not visible by reason. `due`
    is when time alone next changes the site. `changes` are the files whose visibility changes then;
    it is empty if only the age of stories counts, as in the news sitemap.
    """

    at: datetime
    articles: dict[str, int]
    pages: dict[str, int]
    why: dict[str, int]
    due: datetime | None
    changes: tuple[FileStatus, ...]
    files: tuple[FileStatus, ...]


def status(config: Config, at: datetime, jobs: int) -> Status:
    """Return a site's status at a time. Raises UserError (exit code 3) if the cache is not
    writable."""
    return use_cache(config.paths.cache, lambda cache, _: _status(config, at, jobs, cache))


def _status(config: Config, at: datetime, jobs: int, cache: Cache) -> Status:
    clock, prefix = Clock(at), os.path.relpath(config.paths.content, config.paths.root) + "/"
    inputs = scan_inputs(config, clock)
    read = read_content(config, inputs, cache, local(jobs))
    files = _seen(read, clock, prefix)
    codes: dict[str, set[str]] = {prefix + stat.path: set() for stat in inputs.content}
    for file, code in [(p.file, p.code) for p in inputs.problems] + [
        (prefix + p.file, p.code) for p in read.problems
    ]:
        if file.startswith(prefix):
            codes.setdefault(file, set()).add(code)
    for file in codes.keys() - files.keys():
        own = file.removeprefix(prefix)
        kind = "page" if own.startswith(FOLDER) or is_section(own) else "article"
        files[file] = FileStatus(file, kind, "left out", tuple(sorted(codes[file])))
    listed = tuple(files[name] for name in sorted(files))
    due = next_due(
        (one.meta for one in read.documents()),
        (one.page for one in read.pages()),
        clock,
        config.settings.news_sitemap,
    )
    then = _seen(read, Clock(due), prefix) if due else {}
    return Status(
        at=at,
        articles=Counter(one.seen for one in listed if one.kind == "article"),
        pages=Counter(one.seen for one in listed if one.kind == "page"),
        why=Counter(reason for one in listed for reason in one.why),
        due=due,
        changes=tuple(then[name] for name in sorted(then) if then[name].seen != files[name].seen),
        files=listed,
    )


def _seen(read: ReadResult, clock: Clock, prefix: str) -> dict[str, FileStatus]:
    """Return the visibility of each readable file, by name."""
    now = clock.as_of
    out: list[FileStatus] = []
    for document in read.documents():
        entry = document.meta
        due = min(
            (time for time in (entry.time, entry.expires) if time and time > now), default=None
        )
        out.append(
            FileStatus(
                prefix + document.path,
                "article",
                visibility(entry, clock),
                reasons(entry, clock),
                due,
            )
        )
    for file in read.pages():
        expires = file.page.expires
        due = expires if expires and expires > now else None
        why = page_reasons(file.page, clock)
        seen = "withheld" if why else "visible"
        out.append(FileStatus(prefix + file.path, "page", seen, why, due))
    return {one.file: one for one in out}

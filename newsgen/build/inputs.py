"""The inputs of a build and its stored result.

The result of a build is cached under the digest of its inputs' stats, until the next moment at
which time alone would change the output. This module imports little, so a build with nothing to do
costs little more than the stats.
"""

import os
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct, structs

from newsgen.config.fonts import FOLDER, FontFace
from newsgen.config.paths import composed
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.content.scan import INDEX, PICTURES, FileStat, scan
from newsgen.content.scan_ahead import Ahead, ScanResult, scan_content, stats_of
from newsgen.content.unpublished_files import refusal
from newsgen.core import digest
from newsgen.core.problems import Problem, placed
from newsgen.store.cache import Cache
from newsgen.store.fingerprint import program, theme_folders
from newsgen.store.output import JOURNAL, LOCK, MANIFEST, STAGED, intact


class Change(Struct, frozen=True):
    """A page to render or remove, and the reason."""

    route: str
    reason: str
    removed: bool = False


class TemplateTiming(Struct, frozen=True):
    """The cost of a template: its pages, their seconds in total, and the slowest page."""

    template: str
    pages: int
    seconds: float
    slowest: str


class Result(Struct, frozen=True):
    """What a build did or would do.

    `seconds` is the time of each stage, `read` counts the content files read, and `written` counts
    the files whose bytes changed. `due` is the next moment at which time alone changes the site.
    """

    articles: int
    pages: int
    rendered: int
    written: int
    removed: int
    read: int
    problems: tuple[Problem, ...]
    edition: str
    seconds: dict[str, float]
    due: datetime | None = None
    unchanged: bool = False
    changes: tuple[Change, ...] = ()
    templates: tuple[TemplateTiming, ...] = ()


class SharedFolder(NamedTuple):
    """Static files that the theme and font packages give the site, at paths below `prefix`."""

    folder: Path
    prefix: str
    files: list[FileStat]

    def paths(self) -> Iterator[str]:
        """Yield the files' paths on the site."""
        return (self.prefix + stat.path for stat in self.files)


class Inputs(NamedTuple):
    """The files of a site, and a digest that decides whether its output is current.

    The digest covers their stats and everything else that decides the output. `near` are the other
    files in the content folder that pages may show or link to. `shared` are the static files of the
    theme and of font packages.
    """

    content: list[FileStat]
    near: list[FileStat]
    static: list[FileStat]
    shared: list[SharedFolder]
    media: list[FileStat]
    problems: list[Problem]
    digest: bytes

    def static_paths(self) -> list[str]:
        """Return the paths of the static files on the site: the theme's, then the site's own."""
        own = (stat.path for stat in self.static)
        return [composed(path) for path in (*chain(*map(SharedFolder.paths, self.shared)), *own)]


class InputState(NamedTuple):
    """The inputs before the scan of the content folder is decoded into stats."""

    found: ScanResult
    static: list[FileStat]
    shared: list[SharedFolder]
    media: list[FileStat]
    problems: list[Problem]
    digest: bytes

    def inputs(self, without: Collection[str] = ()) -> Inputs:
        """Return the inputs, leaving out the content files in `without`."""
        articles = [stat for stat in stats_of(self.found.articles) if stat.path not in without]
        return Inputs(articles, stats_of(self.found.near), *self[1:])


class Outcome(Struct, frozen=True):
    """A stored result and the conditions under which it holds.

    It holds for an output folder with this manifest and these entries, and from `as_of` until the
    result is due.
    """

    manifest: bytes
    top: tuple[str, ...]
    as_of: datetime
    result: Result


# Never copied, because a static folder may hold a built site.
OF_OUTPUTS = (MANIFEST, JOURNAL, LOCK, STAGED)


def scan_inputs(config: Config, clock: Clock) -> Inputs:
    """Stat all inputs. Reads no file: the settings are already in `config`."""
    return check_inputs(config, clock).inputs()


def check_inputs(
    config: Config, clock: Clock, ahead: Ahead | None = None, meanwhile: Iterable[object] = ()
) -> InputState:
    """Stat all inputs, without decoding the scan of the content folder.

    `ahead` is a scan of that folder by another process. While it runs, this function consumes
    `meanwhile`.
    """
    paths = config.paths
    static, more = scan(paths.static, (), OF_OUTPUTS, hidden=True, refuse=refusal)
    theme = config.settings.theme.name
    shared = [
        SharedFolder(folder, "", scan(folder, ())[0]) for folder in theme_folders("static", theme)
    ]
    shared += _font_files(config)
    media, _ = scan(paths.media, (*PICTURES, INDEX))
    others = [
        scan(folder, ())[0]
        for folder in (paths.data, paths.templates, *theme_folders("templates", theme))
    ]
    parts = [
        program(),
        digest.of_value((config.settings, clock.drafts, clock.future, str(paths.root))),
    ]
    parts += [
        digest.of_bytes(msgspec.msgpack.encode(stats))
        for stats in (static, *(one.files for one in shared), media, *others)
    ]
    found = (ahead and ahead.found(meanwhile)) or scan_content(paths.content)
    problems = [
        *config.problems,
        *placed(found.problems, paths.content, paths.root),
        *placed(more, paths.static, paths.root),
    ]
    # An unreadable folder has no stats, so its problem counts.
    parts += [found.digest, digest.of_value(tuple(problems))]
    return InputState(found, static, shared, media, problems, digest.fold(parts))


def _font_files(config: Config) -> Iterator[SharedFolder]:
    """Yield the files of font packages, by folder."""
    names: dict[str, list[str]] = {}
    for font in config.settings.theme.fonts:
        if isinstance(font, FontFace):
            folder, name = os.path.split(font.source)
            names.setdefault(folder, []).append(name)
    for folder, wanted in names.items():
        stats = (stat for stat in scan(Path(folder), (".woff2",))[0] if stat.path in wanted)
        yield SharedFolder(Path(folder), f"{FOLDER}/", list(stats))


def load_outcome(cache: Cache, inputs: bytes, output: Path, as_of: datetime) -> Result | None:
    """Return the stored result if a build now would only repeat it, else None.

    Raises CacheDamaged.
    """
    outcome = cache.load("outcome", Outcome, inputs)
    if (
        outcome is None
        or as_of < outcome.as_of
        or (outcome.result.due and as_of >= outcome.result.due)
    ):
        return None
    return outcome.result if intact(output, outcome.manifest, outcome.top) else None


def save_outcome(
    cache: Cache,
    inputs: bytes,
    manifest: bytes,
    top: tuple[str, ...],
    as_of: datetime,
    result: Result,
) -> None:
    """Store a result for `load_outcome`. Raises OSError, CacheDamaged."""
    kept = structs.replace(
        result, rendered=0, written=0, removed=0, read=0, unchanged=True, changes=(), templates=()
    )
    cache.save({"outcome": (inputs, Outcome(manifest, top, as_of, kept))})


class Stopwatch:
    """Seconds spent in each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Add the time spent in the block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start

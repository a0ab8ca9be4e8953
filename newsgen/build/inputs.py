"""What goes into a build and what came of it; nothing changed, nothing done.

The result of a build is remembered under the digest of its inputs' stats, until the next
instant at which time alone would change the output. This module imports little: a build that
only finds that there is nothing to do costs little more than the stats.
"""

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct, structs

from newsgen.config.paths import composed
from newsgen.config.settings import Config
from newsgen.content.ahead import Ahead, ScanResult, scan_content, stats_of
from newsgen.content.scan import INDEX, PICTURES, FileStat, scan
from newsgen.content.uncopied import refusal
from newsgen.content.visibility import Clock
from newsgen.core import digest
from newsgen.core.problems import Problem, placed
from newsgen.store.cache import Cache, seal, unseal
from newsgen.store.fingerprint import program, theme_folder
from newsgen.store.output import JOURNAL, LOCK, MANIFEST, STAGED, intact


class Change(Struct, frozen=True):
    """A page that is rendered or removed, and why."""

    route: str
    reason: str
    removed: bool = False


class TemplateTiming(Struct, frozen=True):
    """What a template cost: pages, seconds in all, and its slowest page."""

    template: str
    pages: int
    seconds: float
    slowest: str


class Result(Struct, frozen=True):
    """What a build did, or would do. `seconds` is the time of each stage, `read` counts content files
    read, `written` files whose bytes changed; `due` is when time alone would change the site."""

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


class Inputs(NamedTuple):
    """The files that a site is made of, and a digest of their stats and of all else that decides the output. `near` are the
    pictures beside the articles."""

    content: list[FileStat]
    near: list[FileStat]
    static: list[FileStat]
    theme_static: list[FileStat]
    media: list[FileStat]
    problems: list[Problem]
    digest: bytes

    def static_paths(self) -> list[str]:
        """Where the static files stand on the site, the theme's and its own."""
        return [composed(stat.path) for stat in (*self.theme_static, *self.static)]


class InputState(NamedTuple):
    """The same, where the content folder was looked at and nothing made of what was found there yet."""

    found: ScanResult
    static: list[FileStat]
    theme_static: list[FileStat]
    media: list[FileStat]
    problems: list[Problem]
    digest: bytes

    def inputs(self, without: Collection[str] = ()) -> Inputs:
        """The files, `without` some of the content folder."""
        articles = [stat for stat in stats_of(self.found.articles) if stat.path not in without]
        return Inputs(articles, stats_of(self.found.near), *self[1:])


class Outcome(Struct, frozen=True):
    """For these inputs, a manifest of this digest and these entries in the output's own folder, from this
    instant to the due one: this result."""

    inputs: bytes
    manifest: bytes
    top: tuple[str, ...]
    as_of: datetime
    result: Result


_decoder = msgspec.msgpack.Decoder(Outcome)
OF_OUTPUTS = (MANIFEST, JOURNAL, LOCK, STAGED)  # never copied: a static folder may hold a built site


def scan_inputs(config: Config, clock: Clock) -> Inputs:
    """Stat all inputs; nothing is read but the settings, which are in `config`."""
    return check_inputs(config, clock).inputs()


def check_inputs(config: Config, clock: Clock, ahead: Ahead | None = None, meanwhile: Iterable[object] = ()) -> InputState:
    """The same, with what another process finds in the content folder, if any does; `meanwhile` is run through while it looks."""
    paths = config.paths
    static, more = scan(paths.static, (), OF_OUTPUTS, hidden=True, refuse=refusal)
    theme_static, _ = scan(theme_folder("static"), ())
    media, _ = scan(paths.media, (*PICTURES, INDEX))
    others = [scan(folder, ())[0] for folder in (paths.data, paths.templates, theme_folder("templates"))]
    parts = [program(), digest.of_value((config.settings, clock.drafts, clock.future, str(paths.root)))]
    parts += [digest.of_bytes(msgspec.msgpack.encode(stats)) for stats in (static, theme_static, media, *others)]
    found = (ahead and ahead.found(meanwhile)) or scan_content(paths.content)
    problems = [*placed(found.problems, paths.content, paths.root), *placed(more, paths.static, paths.root)]
    parts += [found.digest, digest.of_value(tuple(problems))]  # a folder that cannot be read has no stats
    return InputState(found, static, theme_static, media, problems, digest.fold(parts))


def load_outcome(cache: Cache, inputs: bytes, output: Path, as_of: datetime) -> Result | None:
    """The result of an earlier build of inputs of this digest that a build now would only repeat. Raises CacheDamaged."""
    sealed = cache.meta("outcome")
    if sealed is None:
        return None
    outcome = unseal(sealed, _decoder)
    if outcome.inputs != inputs or as_of < outcome.as_of or (outcome.result.due and as_of >= outcome.result.due):
        return None
    return outcome.result if intact(output, outcome.manifest, outcome.top) else None


def save_outcome(cache: Cache, inputs: bytes, manifest: bytes, top: tuple[str, ...], as_of: datetime, result: Result) -> None:
    """Keep a result for `recall`. Raises OSError, CacheDamaged."""
    kept = structs.replace(result, rendered=0, written=0, removed=0, read=0, unchanged=True, changes=(), templates=())
    cache.set_meta("outcome", seal(Outcome(inputs, manifest, top, as_of, kept)))


class Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Add the time that the block takes to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start

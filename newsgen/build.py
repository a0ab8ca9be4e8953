"""The pipeline, readable from top to bottom: load, build, plan, render, write.

It returns a value and prints nothing; time and progress are arguments.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from newsgen import digest
from newsgen.builder.site import build_site
from newsgen.builder.visibility import Clock, next_due
from newsgen.cache import Cache, CacheDamaged, discard, open_cache, seal, unseal
from newsgen.config import Config
from newsgen.content.data import load_data
from newsgen.content.loader import SUFFIXES, FileStat, Options, scan
from newsgen.fingerprint import program, theme_folder
from newsgen.ingest import ingest, static_files
from newsgen.output import Output
from newsgen.pages.base import Planning
from newsgen.pages.plan import Plan, make_plan
from newsgen.problems import Problem, build_error
from newsgen.render.filters import site_info
from newsgen.render.templates import Templates

Progress = Callable[[str, int, int], None]


class BuildOptions(Struct, frozen=True):
    """How to build: the clock, the number of processes, whether to wait for another run."""

    clock: Clock
    jobs: int = 1
    wait: bool = False


class Result(Struct, frozen=True):
    """What a build did. `seconds` is the time of each stage; `read` counts content files read,
    `written` files whose bytes changed; `due` is when time alone would change the site."""

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


class Outcome(Struct, frozen=True):
    """What is remembered of a build: for these inputs, from this instant to the due one, this result."""

    inputs: bytes
    manifest: bytes
    as_of: datetime
    result: Result


_outcome_decoder = msgspec.msgpack.Decoder(Outcome)


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def build(config: Config, options: BuildOptions, progress: Progress = quiet) -> Result:
    """Build the site into its output folder.

    Raises UserError with the exit code: 3 where it cannot be built or written (what was there
    stays), 4 where another run holds the output.
    """
    try:
        return _build_once(config, options, progress, [])
    except CacheDamaged:
        discard(config.paths.cache)
        note = Problem("warning", "cache-renewed", "the cache was damaged or of another version; it is made anew")
        return _build_once(config, options, progress, [note])


class Inputs(NamedTuple):
    """The files that a site is made of, and a digest of their stats and of all else that decides the output."""

    content: list[FileStat]
    static: list[FileStat]
    theme_static: list[FileStat]
    problems: list[Problem]
    digest: bytes


def _build_once(config: Config, options: BuildOptions, progress: Progress, notes: list[Problem]) -> Result:
    clock = Stopwatch()
    was_enabled = gc.isenabled()
    gc.disable()  # nothing here makes cycles by the thousand; collecting would only cost time
    try:
        cache, renewed = open_cache(config.paths.cache)
        if renewed:
            notes = [Problem("warning", "cache-renewed", "the cache was damaged or of another version; it is made anew")]
        try:
            return _pipeline(config, options, progress, cache, clock, notes)
        finally:
            cache.close()
    except OSError as error:
        raise build_error(
            "cannot-write", f"{error.filename or config.paths.cache}: {error.strerror}", hint="--cache names another folder"
        ) from None
    finally:
        if was_enabled:
            gc.enable()


def _pipeline(config: Config, options: BuildOptions, progress: Progress, cache: Cache, clock: Stopwatch, notes: list[Problem]) -> Result:
    settings, paths = config.settings, config.paths
    with clock("scan"):
        inputs = scan_inputs(config, options.clock)
        remembered = _remembered(cache, inputs, paths.output, options.clock.as_of)
        if remembered:
            return msgspec.structs.replace(remembered, seconds=clock.seconds)
    output = Output(paths.output)
    lock = output.lock(options.wait)
    try:
        if options.wait:
            output = Output(paths.output)
        with clock("read"):
            reading = Options(settings.timezone, settings.markdown.engine, settings.markdown.extensions)
            salt = digest.fold([program(), digest.of_value(reading)])
            loaded = ingest(paths.content, inputs.content, cache, reading, salt, options.jobs, lambda n, all: progress("reading", n, all))
            data, problems = load_data(paths.data, paths.static)
            theme_files, settled = static_files(theme_folder("static"), inputs.theme_static, cache, "theme")
            site_files, settled_too = static_files(paths.static, inputs.static, cache, "static")
        with clock("build"):
            built = build_site(loaded.documents, data, settings, options.clock)
        with clock("plan"):
            templates = Templates(paths.templates, theme_folder("templates"), shown_from(paths.root))
            plan = plan_site(config, Planning(built.site, settings), templates, {**_by_path(theme_files), **_by_path(site_files)})
        from newsgen.render.write import write_pages

        written = write_pages(plan, templates, settings, cache, output, options.jobs, clock, progress)
        result = Result(
            articles=len(built.site.stories),
            pages=len(plan.pages),
            rendered=written.rendered,
            written=written.written,
            removed=written.removed,
            read=loaded.read,
            problems=(
                *notes,
                *placed([*inputs.problems, *loaded.problems, *built.problems], paths.content, paths.root),
                *placed(problems, paths.data, paths.root),
                *plan.problems,
            ),
            edition=written.edition.hex(),
            seconds=clock.seconds,
            due=next_due((document.entry for document in loaded.documents), options.clock),
        )
        if not loaded.young and settled and settled_too:
            outcome = Outcome(
                inputs.digest,
                written.edition,
                options.clock.as_of,
                msgspec.structs.replace(result, rendered=0, written=0, removed=0, read=0, unchanged=True),
            )
            cache.set_meta("outcome", seal(outcome))
        return result
    finally:
        lock.release()


def scan_inputs(config: Config, clock: Clock) -> Inputs:
    """Stat all inputs; nothing is read but the settings, which are in `config`."""
    paths = config.paths
    content, problems = scan(paths.content, SUFFIXES, skip=("pages",))
    static, more = scan(paths.static, (), hidden=True)
    theme_static, _ = scan(theme_folder("static"), ())
    others = [scan(folder, ()) for folder in (paths.data, paths.templates, theme_folder("templates"))]
    parts = [program(), digest.of_value(config.settings), digest.of_value((clock.drafts, clock.future)), str(paths.static).encode()]
    parts += [_stat_digest(stats) for stats in (content, static, theme_static, *(stats for stats, _ in others))]
    return Inputs(content, static, theme_static, problems + more, digest.fold(parts))


def _stat_digest(stats: Sequence[FileStat]) -> bytes:
    return digest.of_bytes(msgspec.msgpack.encode(stats))


def _remembered(cache: Cache, inputs: Inputs, output: Path, as_of: datetime) -> Result | None:
    """The result of an earlier build that this one would only repeat."""
    sealed = cache.meta("outcome")
    if sealed is None:
        return None
    outcome = unseal(sealed, _outcome_decoder)
    if outcome.inputs != inputs.digest or as_of < outcome.as_of or (outcome.result.due and as_of >= outcome.result.due):
        return None
    from newsgen.output import intact

    return outcome.result if intact(output, outcome.manifest) else None


def shown_from(root: Path) -> Callable[[Path], str]:
    """How a template's file is shown: from the site's root where it stands there."""
    return lambda path: path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def plan_site(config: Config, planning: Planning, templates: Templates, files: dict[str, tuple[str, str, bytes]]) -> Plan:
    """The plan of a site; all its pages share the code, the settings that templates see, and their template."""
    shared = digest.fold([program(), digest.of_value(site_info(config.settings)), digest.of_text(config.settings.timezone)])
    return make_plan(
        planning, [files[path] for path in sorted(files)], lambda name: digest.fold([shared, templates.digest(name)]) if name else b""
    )


def placed(problems: Sequence[Problem], folder: Path, root: Path) -> list[Problem]:
    """Problems of files below a folder, with the files named from the root."""
    prefix = os.path.relpath(folder, root)
    return [msgspec.structs.replace(p, file=f"{prefix}/{p.file}") if p.file else p for p in problems]


def _by_path(files: Sequence[tuple[str, str, bytes]]) -> dict[str, tuple[str, str, bytes]]:
    return {file[0]: file for file in files}


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

"""The pipeline, readable from top to bottom: scan, prepare (read, build, plan), compare, write.

It returns a value and prints nothing. Time and progress are arguments. Stages are imported where
they run, so a build with nothing to do does not pay for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, structs

from newsgen.build.inputs import Result, Stopwatch, check_inputs, load_outcome, save_outcome
from newsgen.build.prepare import Prepared, prepare
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.core.engine import INLINE, Engine, WorkerDied
from newsgen.core.problems import STOPPING, Problem, UserError, build_error
from newsgen.core.progress import Progress, quiet
from newsgen.store.cache import Cache
from newsgen.store.open_cache import use_cache
from newsgen.store.output import Output

if TYPE_CHECKING:
    from newsgen.build.write import Work
    from newsgen.content.scan_ahead import Ahead

T = TypeVar("T")
# Keeps the last build alive. Most processes end after a build, and freeing the records of every
# article takes longer than rendering a page.
_last: list[object] = []


class BuildOptions(Struct, frozen=True):
    """How to build.

    `engine` does the work that can be done in parallel. `wait` waits for another run instead of
    failing. `dry_run` only reports what would change. `without` names files of the content folder
    to ignore.
    """

    clock: Clock
    engine: Engine = INLINE
    wait: bool = False
    dry_run: bool = False
    without: frozenset[str] = frozenset()


def build(
    config: Config, options: BuildOptions, progress: Progress = quiet, ahead: Ahead | None = None
) -> Result:
    """Build the site into its output folder.

    `ahead` is a scan of the content folder already under way.

    Raises UserError. Its exit code is 3 if the site cannot be built or written (the old output
    stays), and 4 if another run holds the output.
    """
    return use_cache(
        config.paths.cache,
        lambda cache, notes: _build(config, options, progress, cache, notes, ahead),
    )


def _build(
    config: Config,
    options: BuildOptions,
    progress: Progress,
    cache: Cache,
    notes: list[Problem],
    ahead: Ahead | None,
) -> Result:
    paths, clock, stopwatch = config.paths, options.clock, Stopwatch()
    with stopwatch("scan"):
        looked = check_inputs(config, clock, ahead, cache.prepare("content"))
        known = (
            None
            if options.without
            else load_outcome(cache, looked.digest, paths.output, clock.as_of)
        )
    if known:
        return structs.replace(known, seconds=stopwatch.seconds)
    inputs = looked.inputs(options.without)

    output = Output(paths.output)
    lock = None if options.dry_run else output.lock(options.wait)
    try:
        output.read()
        prepared = prepare(config, clock, inputs, cache, options.engine, stopwatch, progress)
        _refuse(prepared.problems)
        from newsgen.build.write import compare, write

        with stopwatch("compare"):
            work = compare(prepared, output)
        result = _result(prepared, work, notes, stopwatch.seconds)
        if options.dry_run:
            return structs.replace(result, changes=work.changes(prepared, cache))
        written = write(work, prepared, config, cache, output, options.engine, stopwatch, progress)
        result = structs.replace(
            result,
            written=written.files,
            edition=written.edition.hex(),
            templates=written.templates,
        )
        if prepared.settled and not options.without:
            save_outcome(cache, looked.digest, written.edition, written.top, clock.as_of, result)
        _last[:] = inputs, output, work, prepared
        return result
    except WorkerDied:
        message = "a worker ended before its task was done"
        hint = "it may have run out of memory: try --jobs 1, or workers with more"
        raise build_error("worker-died", message, hint=hint) from None
    finally:
        if lock:
            lock.release()


def _refuse(problems: Sequence[Problem]) -> None:
    """Raise the first problem that stops a build, as UserError."""
    stopping = next((problem for problem in problems if problem.code in STOPPING), None)
    if stopping:
        raise UserError(stopping, 3)


def _result(
    prepared: Prepared, work: Work, notes: Sequence[Problem], seconds: dict[str, float]
) -> Result:
    """Return the result of a build that has not written anything yet."""
    return Result(
        articles=len(prepared.views.plan.stories),
        pages=len(prepared.digests),
        rendered=len(work.todo),
        written=0,
        removed=len(work.gone),
        read=prepared.read,
        problems=(*notes, *prepared.problems),
        edition="",
        seconds=seconds,
        due=prepared.due,
    )

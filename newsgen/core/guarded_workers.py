"""A parallel map that survives crashes: only the item that ends its worker process is lost.

It guards against the unforeseeable: a parser that aborts, memory that runs out, work that never
ends. The CPU time limit never changes a result, because an item that exceeds it has none.
"""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import IO, Any, Generic, NamedTuple, TypeVar

from newsgen.core.engine import INLINE, Engine, Processes, WorkerDied, may_fork

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")
Prepare = Callable[[S], Callable[[T], R]]


class Lost(NamedTuple, Generic[T]):
    """An item that ended its process, and how."""

    item: T
    reason: str


def run(
    prepare: Prepare[S, T, R],
    state: S,
    batches: Sequence[Sequence[T]],
    engine: Engine,
    seconds: int,
    meanwhile: Iterable[object] = (),
) -> Iterator[list[R | Lost[T]]]:
    """Yield the results of each batch, in order. An item may take `seconds` of CPU time. While a
    single process works, this one runs through `meanwhile`. Work done in this process, where
    forking is not possible, is not guarded.
    """
    if not batches:
        return
    if len(batches) < 2 or (engine.shares and engine.slots < 2):
        one = _forked if may_fork() else _inline
        results = one(prepare, state, list(chain.from_iterable(batches)), seconds, iter(meanwhile))
        yield from (list(islice(results, len(batch))) for batch in batches)
        return
    done = 0
    try:
        for worked in engine.run(_prepare_batch, (prepare, state, seconds), batches):
            done += 1
            yield worked
    except WorkerDied:
        end = done + engine.slots
        suspects, others = batches[done:end], batches[end:]
        yield from (
            run(prepare, state, suspects, INLINE, seconds)
            if may_fork()
            else _spawned(prepare, state, suspects, seconds)
        )
        yield from run(prepare, state, others, engine, seconds)


def _prepare_batch(
    state: tuple[Prepare[Any, Any, Any], Any, int],
) -> Callable[[Sequence[Any]], list[Any]]:
    prepare, own, seconds = state
    work = limited(prepare(own), seconds)

    def batch(items: Sequence[Any]) -> list[Any]:
        done = [work(item) for item in items]
        _unlimited()
        return done

    return batch


def limited(work: Callable[[T], R], seconds: int) -> Callable[[T], R]:
    """Return `work` with a CPU time limit for each item, if the system supports one.

    SIGXCPU kills a process that exceeds it.
    """
    try:
        import resource
    except ImportError:  # Windows
        return work
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]

    def limited(item: T) -> R:
        limit = int(time.process_time()) + 1 + seconds
        resource.setrlimit(
            resource.RLIMIT_CPU,
            (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard),
        )
        return work(item)

    return limited


def _unlimited() -> None:
    """Lift the limit again: the worker of a cluster has other work to do after this."""
    with suppress(ImportError):  # Windows
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def _inline(
    prepare: Prepare[S, T, R], state: S, items: Sequence[T], seconds: int, _: Iterator[object]
) -> Iterator[R | Lost[T]]:
    return map(prepare(state), items)


def _forked(
    prepare: Prepare[S, T, R], state: S, items: Sequence[T], seconds: int, steps: Iterator[object]
) -> Iterator[R | Lost[T]]:
    """Yield the results of a forked process, and of a new one after each lost item.

    Run through `steps` while the first one works.
    """
    done = 0
    while done < len(items):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            _serve(prepare, state, items[done:], seconds, writer)
        os.close(writer)
        with open(reader, "rb") as results:
            try:
                for _ in steps:
                    pass
                for value in _received(results):
                    done += 1
                    yield value
            finally:
                results.close()  # ends a child that is still writing
                _, status = os.waitpid(child, 0)
        if done < len(items):
            yield Lost(items[done], reason(os.waitstatus_to_exitcode(status)))
            done += 1


def _serve(
    prepare: Prepare[S, T, R], state: S, items: Sequence[T], seconds: int, writer: int
) -> None:
    """Write the results, or the error that was raised, and end this process."""
    try:
        # Ctrl-C also reaches the parent, which stops this process
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with open(writer, "wb") as results:
            try:
                work = limited(prepare(state), seconds)
                for item in items:
                    results.write(pickle.dumps((work(item), None)))
                    results.flush()
            except Exception as error:
                results.write(pickle.dumps((None, error)))
    finally:
        os._exit(0)


def _received(results: IO[bytes]) -> Iterator[Any]:
    """Yield values up to the end, or up to where the writer died. Raises the writer's error."""
    while True:
        try:
            value, error = pickle.load(results)
        except (EOFError, pickle.UnpicklingError):
            return
        if error is not None:
            raise error
        yield value


def reason(code: int) -> str:
    """Return how a process ended. A negative exit code is the signal that ended it."""
    if code >= 0:
        return "ended its process"
    return (
        "took too much CPU time"
        if -code == signal.SIGXCPU
        else f"ended its process ({signal.Signals(-code).name})"
    )


def _spawned(
    prepare: Prepare[S, T, R], state: S, batches: Sequence[Sequence[T]], seconds: int
) -> Iterator[list[R | Lost[T]]]:
    """Run each item in a separate process, to find out which one ends its process."""
    for batch in batches:
        out: list[R | Lost[T]] = []
        for item in batch:
            try:
                alone = Processes(2).run(_prepare_batch, (prepare, state, seconds), [[item], []])
                out += next(alone)
            except WorkerDied:
                out.append(Lost(item, "ended its process"))
        yield out

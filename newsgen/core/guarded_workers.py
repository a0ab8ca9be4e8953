"""One map over items that may end the process that works on them: an item that does is lost, no other is.

That is for what cannot be foreseen: a parser that aborts, memory that runs out, work that never ends. No result
depends on the limit of CPU time, since an item that exceeds it has none.
"""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import IO, Any, Generic, NamedTuple, TypeVar

from newsgen.core import engine

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")
Prepare = Callable[[S], Callable[[T], R]]


class Lost(NamedTuple, Generic[T]):
    """An item that ended its process, and how."""

    item: T
    reason: str


def run(prepare: Prepare[S, T, R], state: S, batches: Sequence[Sequence[T]], jobs: int, seconds: int) -> Iterator[list[R | Lost[T]]]:
    """The results of each batch, as `workers.run` has them; `seconds` of CPU time is the most that an item may take.

    Where processes cannot be forked and one job does it all, it runs here, and nothing is guarded.
    """
    if not batches:
        return
    if jobs < 2 or len(batches) < 2:
        one = _forked if engine.may_fork() else _inline
        results = one(prepare, state, list(chain.from_iterable(batches)), seconds)
        yield from (list(islice(results, len(batch))) for batch in batches)
        return
    from concurrent.futures.process import BrokenProcessPool

    done = 0
    try:
        for worked in engine.run(_prepare_batch, (prepare, state, seconds), batches, jobs):
            done += 1
            yield worked
    except BrokenProcessPool:
        suspects, others = batches[done : done + jobs], batches[done + jobs :]
        yield from run(prepare, state, suspects, 1, seconds) if engine.may_fork() else _spawned(prepare, state, suspects, seconds)
        yield from run(prepare, state, others, jobs, seconds)


def _prepare_batch(state: tuple[Prepare[Any, Any, Any], Any, int]) -> Callable[[Sequence[Any]], list[Any]]:
    prepare, own, seconds = state
    work = _limited(prepare(own), seconds)
    return lambda batch: [work(item) for item in batch]


def _limited(work: Callable[[T], R], seconds: int) -> Callable[[T], R]:
    """The work with a limit of CPU time for each item, where the system has one: beyond it, the process is killed (SIGXCPU)."""
    try:
        import resource
    except ImportError:  # Windows
        return work
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]

    def limited(item: T) -> R:
        limit = int(time.process_time()) + 1 + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
        return work(item)

    return limited


def _inline(prepare: Prepare[S, T, R], state: S, items: Sequence[T], seconds: int) -> Iterator[R | Lost[T]]:
    return map(prepare(state), items)


def _forked(prepare: Prepare[S, T, R], state: S, items: Sequence[T], seconds: int) -> Iterator[R | Lost[T]]:
    """The results of one forked process, and of a new one after each item that is lost."""
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
                for value in _received(results):
                    done += 1
                    yield value
            finally:
                results.close()  # a child that still writes ends by that
                _, status = os.waitpid(child, 0)
        if done < len(items):
            yield Lost(items[done], _reason(status))
            done += 1


def _serve(prepare: Prepare[S, T, R], state: S, items: Sequence[T], seconds: int, writer: int) -> None:
    """Write the results, or the error that there was, and end this process."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with open(writer, "wb") as results:
            try:
                work = _limited(prepare(state), seconds)
                for item in items:
                    results.write(pickle.dumps((work(item), None)))
                    results.flush()
            except Exception as error:
                results.write(pickle.dumps((None, error)))
    finally:
        os._exit(0)


def _received(results: IO[bytes]) -> Iterator[Any]:
    """The values up to the end, or to where the writer died. Raises the writer's error."""
    while True:
        try:
            value, error = pickle.load(results)
        except (EOFError, pickle.UnpicklingError):
            return
        if error is not None:
            raise error
        yield value


def _reason(status: int) -> str:
    if not os.WIFSIGNALED(status):
        return "ended its process"
    number = os.WTERMSIG(status)
    return "took too much CPU time" if number == signal.SIGXCPU else f"ended its process ({signal.Signals(number).name})"


def _spawned(prepare: Prepare[S, T, R], state: S, batches: Sequence[Sequence[T]], seconds: int) -> Iterator[list[R | Lost[T]]]:
    """Batches of one item each over a process, so that it is known which item ended it."""
    from concurrent.futures.process import BrokenProcessPool

    for batch in batches:
        out: list[R | Lost[T]] = []
        for item in batch:
            try:
                out += next(engine.run(_prepare_batch, (prepare, state, seconds), [[item], []], 2))
            except BrokenProcessPool:
                out.append(Lost(item, "ended its process"))
        yield out

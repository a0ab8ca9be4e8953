"""A parallel map, in this process or over worker processes. Results have the order of the tasks."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")


def run(
    prepare: Callable[[S], Callable[[T], R]], state: S, tasks: Sequence[T], jobs: int
) -> Iterator[R]:
    """Call `prepare(state)` once per process, then yield its result for each task.

    `prepare` returns the function that does a task. With one job or one task, everything runs in
    this process. Where forking is safe, workers are forked and share `state`; elsewhere it is
    pickled.
    """
    if jobs < 2 or len(tasks) < 2:
        yield from map(prepare(state), tasks)
        return
    import multiprocessing  # the import costs more than a few tasks
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork" if may_fork() else "spawn")
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), context, initializer=_start, initargs=(prepare, state)
    )
    try:
        yield from pool.map(_work, tasks)
    finally:
        pool.shutdown(cancel_futures=True)


def may_fork() -> bool:
    """Return whether this process can be forked safely.

    That needs Linux, because system libraries of other platforms do not allow it, and a single
    thread: locks held by other threads would stay locked in the child.
    """
    return sys.platform.startswith("linux") and threading.active_count() == 1


def default_jobs() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_function: Callable[[Any], Any]


def _start(prepare: Callable[[Any], Callable[[Any], Any]], state: Any) -> None:
    global _function
    # Signals to the group also reach the parent, which stops the workers. A worker that ended while
    # it writes a result would leave a part of it, and the pool would wait for the rest for ever.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    _function = prepare(state)


def _die_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _work(task: Any) -> Any:
    return _function(task)
